//! What a season's file has to hold, and everything that may be wrong with it.

use super::source::{Faults, Fields, Node, Place, Word};
use crate::domain::knobs::{self, KNOBS, Value};
use crate::domain::player::fold;
use crate::domain::season::{Knobs, KnownProblem, Map, Pace, Season};
use ipc_schema::vocab::{Era, GameRegion, Locale, Race, Region, Server, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use time::format_description::well_known::Iso8601;

/// Those of two races fit the sheet of a match.
const PROBLEM_LETTERS: usize = 200;

/// The season, without lists of files. Where there are faults, something stands for what is wrong.
pub(super) fn season(mut file: Fields, faults: &mut Faults) -> Season {
    let name = file.word("name", faults);
    let maps = maps(&mut file, faults);
    let knobs = check_knobs(file.fields("knobs", faults), maps.len(), faults);
    let mut of_mod = file.fields("mod", faults);
    let mod_title = of_mod.word("title", faults);
    of_mod.word("author", faults);
    let mod_ids = arcade_ids(&mut of_mod, "the mod", faults);
    of_mod.end(faults);
    let race_words = race_words(file.fields("races", faults), faults);
    let region_names = region_names(file.fields("regions", faults), faults);
    let server_names = server_names(file.fields("servers", faults), faults);
    let servers = cross_table(file.fields("hosts", faults), faults);
    let countries = countries(&mut file, faults);
    let known_problems = known_problems(&mut file, faults);
    file.end(faults);
    Season {
        name: text_of(name),
        knobs,
        maps,
        mod_title: text_of(mod_title),
        mod_ids,
        region_names,
        server_names,
        servers,
        race_words,
        countries,
        known_problems,
        releases: Vec::new(),
        pace: Pace::default(),
    }
}

fn text_of(word: Option<Word>) -> String {
    word.map_or_else(String::new, |word| word.text)
}

fn check_knobs(file: Fields, maps: usize, faults: &mut Faults) -> Knobs {
    let table = file.place.clone();
    let mut values = Knobs::default();
    let mut seen = BTreeSet::new();
    for (name, node) in file.rest() {
        let Some(knob) = knobs::find(&name.text) else {
            faults.add(&name.place, format!("unknown knob {}", name.text));
            continue;
        };
        seen.insert(knob.name);
        let value = node.numbers().map(|numbers| numbers.map_or_else(Value::Many, Value::One));
        match value {
            Some(value) if knob.check(&value).is_ok() => knob.write(&mut values, &value),
            Some(value) => {
                let what = format!("{} is {value}, but should be {}", name.text, knob.expects());
                faults.add(&name.place, what);
            }
            None => faults.add(&name.place, format!("{} should be {}", name.text, knob.expects())),
        }
        if name.text == "vetoes" && !Season::leaves_a_map(values.vetoes, maps) {
            let vetoes = values.vetoes;
            faults.add(&name.place, format!("vetoes is {vetoes}: two players could veto all {maps} maps"));
        }
    }
    for knob in KNOBS.iter().filter(|knob| !seen.contains(knob.name)) {
        faults.add(&table, format!("the knob {} is missing", knob.name));
    }
    values
}

fn maps(file: &mut Fields, faults: &mut Faults) -> Vec<Map> {
    let Some(list) = file.take("maps", faults) else { return Vec::new() };
    let (mut keys, mut titles, mut ids_seen) = (Unique::new("key"), Unique::new("title"), Unique::new("id"));
    let mut maps = Vec::new();
    for item in list.list(faults) {
        let mut of_map = item.fields(faults);
        let key = of_map.word("key", faults);
        let title = of_map.word("title", faults);
        let aliases = of_map.maybe("aliases").map_or_else(Vec::new, |node| node.words(faults));
        let era = of_map.word("era", faults);
        let author = of_map.word("author", faults);
        let name = key.as_ref().or(title.as_ref()).map_or("a map", |word| &word.text).to_owned();
        let ids = arcade_ids(&mut of_map, &name, faults);
        let place = of_map.place.clone();
        of_map.end(faults);
        if let Some(key) = &key {
            if !is_key(&key.text) {
                let what = format!("the key {} is not of lower-case letters, digits and _", key.text);
                faults.add(&key.place, what);
            }
            keys.add(&key.place, &key.text, faults);
        }
        for title in title.iter().chain(&aliases) {
            titles.add(&title.place, &title.text, faults);
        }
        for id in ids.iter().filter(|id| !id.is_empty()) {
            ids_seen.add(&place, id, faults);
        }
        let era = era.and_then(|era| {
            let known = Era::from_code(&era.text);
            if known.is_none() {
                faults.add(&era.place, format!("the era {} is neither bw nor sc2", era.text));
            }
            known
        });
        let aliases = aliases.into_iter().map(|alias| alias.text).collect();
        maps.push(Map {
            key: text_of(key),
            title: text_of(title),
            aliases,
            era: era.unwrap_or(Era::Bw),
            author: text_of(author),
            ids,
        });
    }
    maps
}

/// Custom ids of buttons and tables hold keys.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// The ids of a map or the mod in the three game regions, in the order of their numbers.
fn arcade_ids(of: &mut Fields, name: &str, faults: &mut Faults) -> [String; 3] {
    let Some(node) = of.take("ids", faults) else { return <[String; 3]>::default() };
    let place = node.place.clone();
    let words = node.words(faults);
    if words.len() != GameRegion::ALL.len() {
        faults.add(&place, format!("{name} has {} ids, not {}", words.len(), GameRegion::ALL.len()));
        return <[String; 3]>::default();
    }
    for (word, region) in words.iter().zip(GameRegion::ALL) {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = word.text.split_once('/').filter(|(region, id)| digits(region) && digits(id));
        match number {
            None => faults.add(&word.place, format!("the id {} is not of the form 1/234567", word.text)),
            Some((number, _)) if number != region.number().to_string() => {
                let what =
                    format!("the id {} is not of {region}, whose number is {}", word.text, region.number());
                faults.add(&word.place, what);
            }
            Some(_) => {}
        }
    }
    let ids: Vec<String> = words.into_iter().map(|word| word.text).collect();
    ids.try_into().unwrap_or_default()
}

fn race_words(file: Fields, faults: &mut Faults) -> BTreeMap<String, Race> {
    let mut words = BTreeMap::new();
    let mut seen = Unique::new("word");
    for (race, of_race) in by_code(file, "race", Race::ALL, Race::from_code, faults) {
        let (place, list) = (of_race.place.clone(), of_race.words(faults));
        if list.is_empty() {
            faults.add(&place, format!("{race} has no words"));
        }
        for word in list {
            seen.add(&word.place, &word.text, faults);
            words.insert(word.text.to_lowercase(), race);
        }
    }
    words
}

fn region_names(file: Fields, faults: &mut Faults) -> BTreeMap<Region, String> {
    let mut seen = Unique::new("name");
    let mut names = BTreeMap::new();
    for (region, name) in by_code(file, "region", Region::ALL, Region::from_code, faults) {
        if let Some(name) = name.word(faults) {
            seen.add(&name.place, &name.text, faults);
            names.insert(region, name.text);
        }
    }
    names
}

/// The game region of a server is part of the code as well, since players link maps by it: the file
/// has to agree.
fn server_names(file: Fields, faults: &mut Faults) -> BTreeMap<Server, String> {
    let mut seen = Unique::new("name");
    let mut names = BTreeMap::new();
    for (server, node) in by_code(file, "server", Server::ALL, Server::from_code, faults) {
        let mut of_server = node.fields(faults);
        let (name, region) = (of_server.word("name", faults), of_server.word("region", faults));
        of_server.end(faults);
        if let Some(name) = name {
            seen.add(&name.place, &name.text, faults);
            names.insert(server, name.text);
        }
        match region.map(|region| (GameRegion::from_code(&region.text), region)) {
            Some((None, Word { place, text })) => faults.add(&place, format!("{text} is no game region")),
            Some((Some(region), Word { place, .. })) if region != server.game_region() => {
                faults.add(&place, format!("{server} is in {}, not in {region}", server.game_region()));
            }
            Some(_) | None => {}
        }
    }
    names
}

/// A row has the regions of the rows above it in order, then its own.
fn cross_table(file: Fields, faults: &mut Faults) -> BTreeMap<(Region, Region), Server> {
    let mut hosts = BTreeMap::new();
    for (region, node) in by_code(file, "region", Region::ALL, Region::from_code, faults) {
        let (place, row) = (node.place.clone(), node.words(faults));
        let others = &Region::ALL[..=region as usize];
        if row.len() > others.len() {
            faults
                .add(&place, format!("the row of {region} has {} servers, not {}", row.len(), others.len()));
        }
        for (at, other) in others.iter().enumerate() {
            let Some(Word { place, text }) = row.get(at) else {
                faults.add(&place, format!("no server for {region} and {other}"));
                continue;
            };
            let Some(server) = Server::from_code(text) else {
                faults.add(place, format!("{text} for {region} and {other} is no server"));
                continue;
            };
            hosts.insert((region, *other), server);
            hosts.insert((*other, region), server);
        }
    }
    hosts
}

fn countries(file: &mut Fields, faults: &mut Faults) -> BTreeSet<String> {
    let Some(list) = file.take("countries", faults) else { return BTreeSet::new() };
    let place = list.place.clone();
    let mut seen = Unique::new("country");
    let mut countries = BTreeSet::new();
    for Word { place, text } in list.words(faults) {
        if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            faults.add(&place, format!("{text} is not two capital letters"));
        } else {
            seen.add(&place, &text, faults);
            countries.insert(text);
        }
    }
    // Who does not say, and who is from elsewhere.
    for code in ["XX", "ZZ"].into_iter().filter(|code| !countries.contains(*code)) {
        faults.add(&place, format!("the country {code} is missing"));
    }
    countries
}

/// There need not be any.
fn known_problems(file: &mut Fields, faults: &mut Faults) -> Vec<KnownProblem> {
    let list = file.maybe("known_problems").map_or_else(Vec::new, |list| list.list(faults));
    // The sheet of a match has room for one of each race.
    let mut seen = Unique::new("known problem of");
    let problems = list.into_iter().filter_map(|item| {
        let mut of_problem = item.fields(faults);
        let race = of_problem.word("race", faults);
        let since = of_problem.word("since", faults);
        let says =
            by_code(of_problem.fields("says", faults), "language", Locale::ALL, Locale::from_code, faults);
        of_problem.end(faults);
        let says = says.into_iter().filter_map(|(locale, node)| {
            let Word { place, text } = node.word(faults)?;
            let letters = text.chars().count();
            if letters == 0 || letters > PROBLEM_LETTERS {
                faults.add(
                    &place,
                    format!("a problem is told in 1 to {PROBLEM_LETTERS} letters, not {letters}"),
                );
            }
            Some((locale, text))
        });
        let says = says.collect();
        let race = race.and_then(|Word { place, text }| {
            let known = Race::from_code(&text);
            if known.is_none() {
                faults.add(&place, format!("{text} is no race"));
            }
            seen.add(&place, &text, faults);
            known
        });
        let since = since.and_then(|Word { place, text }| {
            let day = Date::parse(&text, &Iso8601::DATE).ok();
            let seconds =
                day.and_then(|day| u64::try_from(day.midnight().assume_utc().unix_timestamp()).ok());
            if seconds.is_none() {
                faults.add(&place, format!("since is {text}, but should be a day such as 2026-11-22"));
            }
            seconds
        });
        Some(KnownProblem { race: race?, since: Timestamp(since? * 1000), says })
    });
    problems.collect()
}

/// The fields of a table whose names are the codes of a closed set: all of them, and no other.
fn by_code<T: Copy + PartialEq + std::fmt::Display>(
    file: Fields,
    what: &str,
    all: &[T],
    from_code: fn(&str) -> Option<T>,
    faults: &mut Faults,
) -> Vec<(T, Node)> {
    let place = file.place.clone();
    let mut known = Vec::new();
    for (code, node) in file.rest() {
        match from_code(&code.text) {
            Some(value) => known.push((value, node)),
            None => faults.add(&code.place, format!("{} is no {what}", code.text)),
        }
    }
    for missing in all.iter().filter(|code| known.iter().all(|(value, _)| value != *code)) {
        faults.add(&place, format!("the {what} {missing} is missing"));
    }
    known
}

/// What must not be there twice, in any spelling.
struct Unique {
    what: &'static str,
    seen: BTreeSet<String>,
}

impl Unique {
    fn new(what: &'static str) -> Unique {
        Unique { what, seen: BTreeSet::new() }
    }

    fn add(&mut self, place: &Place, text: &str, faults: &mut Faults) {
        if text.trim().is_empty() {
            faults.add(place, format!("a {} is empty", self.what));
        } else if !self.seen.insert(fold(text)) {
            faults.add(place, format!("the {} {text} is there twice", self.what));
        }
    }
}
