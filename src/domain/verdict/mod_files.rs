//! Whether a game loaded the official mod, by the files that the replay names in its cache handles.
//!
//! An unofficial copy of the mod loads the official files and one more, so knowing some or most of a
//! game's files proves nothing: the whole set has to be the one that is known.

use crate::domain::season::Season;
use ipc_schema::event::{Check, CheckKind, Grade, ModFinding};
use ipc_schema::vocab::GameRegion;
use std::collections::{BTreeMap, BTreeSet};

/// The kind of file that maps and mods are, `s2ma`, as handles begin with it.
const KIND: &str = "73326d61";

/// The official files of one release of the mod, and those known from unofficial copies. Files are
/// SHA-256 as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub name: String,
    pub fakes: BTreeSet<String>,
    pub regions: BTreeMap<GameRegion, RegionFiles>,
    /// Titles of maps that the season does not play, by the keys used in `regions`.
    pub other_maps: BTreeMap<String, String>,
    /// What was learned of single maps where nobody knows which of the files every game loads.
    pub exact: Vec<ExactFiles>,
}

/// All files of a game on a map, of which nothing is known but that together they are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExactFiles {
    pub region: GameRegion,
    pub map: String,
    pub files: BTreeSet<String>,
}

impl Release {
    /// Adds what official games on a map load. Where the files of all games are known, the map's
    /// own are the others; else, and where another map could not be told by its files any more,
    /// the set is kept as a whole.
    pub fn learn(&mut self, region: GameRegion, map: &str, files: &BTreeSet<String>) {
        let known = self.regions.get_mut(&region);
        if !known.is_some_and(|known| known.learn(map, files)) {
            self.exact.push(ExactFiles { region, map: map.to_owned(), files: files.clone() });
        }
    }

    /// Forgets what games load: in one game region or all, on one map or all.
    pub fn retire(&mut self, region: Option<GameRegion>, map: Option<&str>) {
        let in_region = |of: GameRegion| region.is_none_or(|region| region == of);
        self.exact.retain(|exact| !in_region(exact.region) || map.is_some_and(|map| map != exact.map));
        match map {
            None => self.regions.retain(|of, _| !in_region(*of)),
            Some(map) => {
                let regions = self.regions.iter_mut().filter(|(of, _)| in_region(**of));
                regions.for_each(|(_, files)| drop(files.maps.remove(map)));
            }
        }
    }
}

/// What games of one game region load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionFiles {
    /// In every game.
    pub base: BTreeSet<String>,
    /// Beside the base, by map; some files belong to several maps.
    pub maps: BTreeMap<String, BTreeSet<String>>,
}

impl RegionFiles {
    /// All files of a game on the map; None where nobody has learned them.
    pub fn of_map(&self, key: &str) -> Option<BTreeSet<String>> {
        Some(self.base.union(self.maps.get(key)?).cloned().collect())
    }

    /// Whether a file tells the map from every other one.
    pub fn tells(&self, key: &str) -> bool {
        !self.own(key).is_empty()
    }

    /// Adds a map that is not known yet, unless its files do not fit in.
    fn learn(&mut self, map: &str, files: &BTreeSet<String>) -> bool {
        if self.base.is_empty() || !self.base.is_subset(files) || self.maps.contains_key(map) {
            return false;
        }
        let told: Vec<String> = self.maps.keys().filter(|key| self.tells(key)).cloned().collect();
        self.maps.insert(map.to_owned(), files.difference(&self.base).cloned().collect());
        let fits = self.tells(map) && told.iter().all(|key| self.tells(key));
        if !fits {
            self.maps.remove(map);
        }
        fits
    }

    /// The files that tell the map from every other one.
    fn own(&self, key: &str) -> BTreeSet<&String> {
        let of_others =
            |file: &&String| self.maps.iter().any(|(other, files)| other != key && files.contains(*file));
        self.maps.get(key).into_iter().flatten().filter(|file| !of_others(file)).collect()
    }
}

/// Whether a text is a hash as the lists have them.
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The cache handle of a file in a game region, in hex.
pub fn handle(region: GameRegion, file: &str) -> String {
    format!("{KIND}{}{file}", letters(region))
}

/// The letters of a game region as handles hold them, in hex.
fn letters(region: GameRegion) -> &'static str {
    match region {
        GameRegion::Americas => "00005553", // US
        GameRegion::Europe => "00004555",   // EU
        GameRegion::Asia => "00004b52",     // KR
    }
}

/// The files of a game by what its handles say of them.
pub struct LoadedFiles {
    pub files: BTreeSet<String>,
    /// Handles of another kind, or with letters that are not those of the game's region.
    pub of_elsewhere: usize,
}

impl LoadedFiles {
    pub fn of(handles: &[String], region: GameRegion) -> LoadedFiles {
        let prefix = handle(region, "");
        let here: BTreeSet<_> = handles.iter().filter_map(|handle| handle.strip_prefix(&prefix)).collect();
        LoadedFiles {
            files: here.into_iter().map(str::to_owned).collect(),
            of_elsewhere: handles.iter().filter(|handle| !handle.starts_with(&prefix)).count(),
        }
    }
}

/// What the lists say of the files of a game on the map.
pub fn finding(releases: &[Release], region: GameRegion, map: &str, handles: &[String]) -> ModFinding {
    let is_fake = |handle: &&String| {
        let file = handle.get(KIND.len() + letters(region).len()..).unwrap_or_default();
        releases.iter().any(|release| release.fakes.contains(file))
    };
    let fakes = handles.iter().filter(is_fake).count();
    if fakes > 0 {
        return ModFinding::Fake { files: fakes };
    }
    let loaded = LoadedFiles::of(handles, region);
    if loaded.of_elsewhere > 0 {
        return ModFinding::OtherRegion { files: loaded.of_elsewhere };
    }
    let of_region = || releases.iter().filter_map(|release| Some((release, release.regions.get(&region)?)));
    let lists: Vec<_> =
        of_region().filter_map(|(release, files)| Some((release, files, files.of_map(map)?))).collect();
    let exact = || {
        let all = releases.iter().flat_map(|release| release.exact.iter().map(move |set| (release, set)));
        all.filter(|(_, set)| set.region == region && set.map == map)
    };
    let by_list = lists.iter().find(|(_, _, list)| *list == loaded.files).map(|(release, ..)| *release);
    let by_set = || exact().find(|(_, set)| set.files == loaded.files).map(|(release, _)| release);
    if let Some(release) = by_list.or_else(by_set) {
        return ModFinding::Official { release: release.name.clone() };
    }
    // The release that a game is of is told by the files of all its games. An upload of the mod
    // changes some of them, so a game without them is of a release that is still to be learned.
    let has_base = |files: &RegionFiles| files.base.is_subset(&loaded.files);
    let of_unlearned_map = of_region().any(|(_, files)| has_base(files) && !files.maps.contains_key(map));
    let is_official = |file: &String| of_region().any(|(_, files)| files.base.contains(file));
    let differs = |list: &BTreeSet<String>, is_of_release: bool| {
        let unknown = loaded.files.difference(list).count();
        let missing = list.difference(&loaded.files).count();
        // A copy has all files of a list and a strange one, whatever else is being learned.
        let more = missing == 0 && !loaded.files.difference(list).all(is_official);
        (more || unknown == 0 || is_of_release).then_some((unknown, missing))
    };
    let of_lists = lists.iter().filter_map(|(_, files, list)| {
        let is_of_release = has_base(files) && !of_unlearned_map;
        differs(list, is_of_release)
    });
    // Which of a set's files tell its release is unknown.
    let of_sets = exact().filter_map(|(_, set)| differs(&set.files, false));
    let nearest = of_lists.chain(of_sets).min_by_key(|(unknown, missing)| unknown + missing);
    match nearest {
        Some((unknown, missing)) => ModFinding::Differs { unknown, missing },
        None => ModFinding::Unlearned { files: loaded.files.len() },
    }
}

/// Whether the files of games on the map are known in the game region.
pub(super) fn is_learned(season: &Season, region: GameRegion, map: &str) -> bool {
    let mut regions = season.releases.iter().filter_map(|release| release.regions.get(&region));
    regions.any(|files| files.maps.contains_key(map))
}

pub(super) fn check(season: &Season, region: Option<GameRegion>, map: &str, handles: &[String]) -> Check {
    let finding = match region {
        Some(region) => finding(&season.releases, region, map, handles),
        None => ModFinding::OtherRegion { files: handles.len() },
    };
    let grade = match finding {
        ModFinding::Official { .. } => Grade::Passed,
        ModFinding::Unlearned { .. } => Grade::Warning,
        ModFinding::Fake { .. } | ModFinding::OtherRegion { .. } | ModFinding::Differs { .. } => {
            Grade::Failed
        }
    };
    Check { kind: CheckKind::Mod, grade, expected: season.mod_title.clone(), found: finding.to_string() }
}

/// The key and title of the map whose own files are all there, or whose files they are as a whole,
/// if the lists know one.
pub(super) fn map_of<'a>(
    season: &'a Season,
    region: GameRegion,
    handles: &[String],
) -> Option<(&'a str, &'a str)> {
    let loaded = LoadedFiles::of(handles, region).files;
    season.releases.iter().find_map(|release| {
        let by_own = release.regions.get(&region).and_then(|files| {
            let is_there = |key: &&String| files.own(key).into_iter().all(|file| loaded.contains(file));
            files.maps.keys().filter(|key| files.tells(key)).find(is_there)
        });
        let mut exact = release.exact.iter().filter(|set| set.region == region);
        let key = by_own.or_else(|| Some(&exact.find(|set| set.files == loaded)?.map))?;
        let title = season.map(key).map(|map| &map.title).or_else(|| release.other_maps.get(key))?;
        Some((key.as_str(), title.as_str()))
    })
}
