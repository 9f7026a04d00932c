//! Which map a game was on: by the files that it loaded, and then by the title, which every client
//! writes in its own language.

use evoladder::domain::season::Season;
use ipc_schema::vocab::GameRegion;
use std::collections::{BTreeMap, BTreeSet};

/// SHA-256 in hex.
pub(crate) type Files = BTreeSet<String>;

/// What a replay says of its game.
pub(crate) struct Game {
    pub(crate) region: GameRegion,
    pub(crate) title: String,
    pub(crate) files: Files,
}

#[derive(Clone)]
pub(crate) struct Map {
    /// The season's or its lists', or one made of the title.
    pub(crate) key: String,
    pub(crate) title: String,
}

/// The map of each game, or why it cannot be named.
pub(crate) fn of_games(season: &Season, games: &[Game]) -> Vec<Result<Map, String>> {
    let known: Vec<_> = games.iter().map(|game| known(season, game)).collect();
    let key_of = |at: usize| known[at].as_ref().ok().and_then(Option::as_deref);
    // A replay that names too few files has those of several maps, and so tells of none.
    let tells = |at: &usize| {
        let game = &games[*at];
        let has_all = |of: &Game| of.region == game.region && game.files.is_subset(&of.files);
        let mut keys = (0..games.len()).filter(|other| has_all(&games[*other])).filter_map(key_of);
        key_of(*at).is_some_and(|key| keys.all(|other| other == key))
    };
    let telling: Vec<usize> = (0..games.len()).filter(tells).collect();
    let mut of_new: BTreeMap<usize, Result<Map, String>> = BTreeMap::new();
    let mut unnamed: Vec<(String, Vec<usize>)> = Vec::new();
    for group in groups(games, (0..games.len()).filter(|at| known[*at] == Ok(None)).collect()) {
        let fitting = telling.iter().filter(|at| group.iter().any(|new| fit(&games[**at], &games[*new])));
        let keys: BTreeSet<&str> = fitting.filter_map(|at| key_of(*at)).collect();
        let map = match (keys.first(), best_title(games, &group)) {
            (Some(key), _) if keys.len() == 1 => Ok(known_map(season, key)),
            (Some(_), _) => {
                let keys: Vec<&str> = keys.into_iter().collect();
                Err(format!("its files are those of games on more than one map: {}", keys.join(", ")))
            }
            (None, Some(title)) => {
                unnamed.push((title, group));
                continue;
            }
            (None, None) => {
                Err("the title of its map has no Latin letter or digit to make a key of; add a game \
                                 on it that has a title with some, as an English client writes it"
                    .to_owned())
            }
        };
        of_new.extend(group.into_iter().map(|at| (at, map.clone())));
    }
    // In the order of their titles, so that the same games give the same keys.
    unnamed.sort();
    let mut taken: BTreeSet<String> = season.maps.iter().map(|map| map.key.clone()).collect();
    taken.extend(season.releases.iter().flat_map(|release| release.other_maps.keys().cloned()));
    for (title, group) in unnamed {
        let map = Map { key: new_key(&title, &taken), title };
        taken.insert(map.key.clone());
        of_new.extend(group.into_iter().map(|at| (at, Ok(map.clone()))));
    }
    let named = known.into_iter().enumerate().map(|(at, known)| match known? {
        Some(key) => Ok(known_map(season, &key)),
        None => of_new.remove(&at).expect("every new game is in a group"),
    });
    named.collect()
}

/// The key that the season and its lists have for the game's map, if they know it.
fn known(season: &Season, game: &Game) -> Result<Option<String>, String> {
    match (by_files(season, game), by_title(season, &game.title)) {
        (Some(files), Some(title)) if files != title => {
            Err(format!("its files are those of {files}, and its title is that of {title}"))
        }
        (files, title) => Ok(files.or(title).map(str::to_owned)),
    }
}

/// The map of which all files are there, with at least one that no other map has.
fn by_files<'a>(season: &'a Season, game: &Game) -> Option<&'a str> {
    let lists = season.releases.iter().filter_map(|release| release.regions.get(&game.region));
    let mut found = lists.flat_map(|list| {
        list.maps.iter().filter_map(|(key, files)| {
            let others = list.maps.iter().filter(|(other, _)| *other != key);
            let of_others: Files = others.flat_map(|(_, files)| files).cloned().collect();
            let has_own = !files.is_subset(&of_others);
            (has_own && files.is_subset(&game.files)).then_some(key.as_str())
        })
    });
    let first = found.next()?;
    found.all(|key| key == first).then_some(first)
}

fn by_title<'a>(season: &'a Season, title: &str) -> Option<&'a str> {
    let of_season =
        season.maps.iter().find(|map| map.title == title || map.aliases.iter().any(|alias| alias == title));
    let mut others = season.releases.iter().flat_map(|release| &release.other_maps);
    let other = || others.find(|(_, known)| *known == title).map(|(key, _)| key);
    of_season.map(|map| &map.key).or_else(other).map(String::as_str)
}

fn known_map(season: &Season, key: &str) -> Map {
    let of_others = || season.releases.iter().find_map(|release| release.other_maps.get(key));
    let title = season.map(key).map(|map| &map.title).or_else(of_others);
    Map { key: key.to_owned(), title: title.expect("a known map has a title").clone() }
}

/// Whether one game loaded all files of the other, in the same game region. Then they were on the
/// same map, since every map is a file itself.
fn fit(a: &Game, b: &Game) -> bool {
    a.region == b.region && (a.files.is_subset(&b.files) || b.files.is_subset(&a.files))
}

/// Those of the games that were on one map, by their files or their title.
fn groups(games: &[Game], mut left: Vec<usize>) -> Vec<Vec<usize>> {
    let same = |a: usize, b: usize| games[a].title == games[b].title || fit(&games[a], &games[b]);
    let mut groups = Vec::new();
    while let Some(first) = left.pop() {
        let mut group = vec![first];
        let mut next = 0;
        while let Some(at) = group.get(next).copied() {
            next += 1;
            let (found, others): (Vec<usize>, Vec<usize>) =
                left.into_iter().partition(|other| same(at, *other));
            left = others;
            group.extend(found);
        }
        groups.push(group);
    }
    groups
}

/// The title of most games, of those that make a key; the first in order where it is a draw.
fn best_title(games: &[Game], group: &[usize]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for at in group {
        *counts.entry(&games[*at].title).or_default() += 1;
    }
    let titles = counts.into_iter().filter(|(title, _)| !slug(title).is_empty());
    titles.rev().max_by_key(|(_, games)| *games).map(|(title, _)| title.to_owned())
}

fn new_key(title: &str, taken: &BTreeSet<String>) -> String {
    let slug = slug(title);
    let numbered = (2..).map(|number| format!("other_{slug}_{number}"));
    let mut keys = [slug.clone(), format!("other_{slug}")].into_iter().chain(numbered);
    keys.find(|key| !taken.contains(key)).expect("there are more numbers than maps")
}

/// Latin letters and digits of a title, in words.
fn slug(title: &str) -> String {
    let word = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let slug: String = title.chars().map(word).collect();
    slug.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}
