//! The lists of mod and map files in `season/handles/`: reads, checks, and names every fault by file and line.

use super::source::{self, Faults, Fields, Word};
use crate::config;
use crate::domain::season::Map;
use crate::domain::verdict::mod_files::{RegionFiles, Release, is_hash};
use ipc_schema::vocab::GameRegion;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// The text of a file of lists, for a season with these maps. An error has a line for each fault,
/// which begins with `file:line: `.
pub fn read(file: &str, text: &str, maps: &[Map]) -> Result<Release, config::Faults> {
    let mut faults = Faults::default();
    let lists = source::read(file, text, &mut faults);
    let release = if faults.is_empty() { check(lists, maps, &mut faults) } else { None };
    faults.or(release.map(|(_, release)| release))
}

/// The release, and where its name is written.
pub(super) fn check(mut lists: Fields, maps: &[Map], faults: &mut Faults) -> Option<(Word, Release)> {
    let name = lists.word("release", faults);
    let fakes = lists.maybe("fakes").map_or_else(Vec::new, |node| node.words(faults));
    let fakes = files(fakes, &[], faults);
    let mut other_maps = BTreeMap::new();
    if let Some(node) = lists.maybe("other_maps") {
        for (key, title) in node.fields(faults).rest() {
            if let Some(title) = title.word(faults) {
                other_maps.insert(key.text, title.text);
            }
        }
    }
    let known = |key: &str| other_maps.contains_key(key) || maps.iter().any(|map| map.key == key);
    let mut regions = BTreeMap::new();
    for region in GameRegion::ALL {
        let Some(node) = lists.maybe(region.code()) else { continue };
        let mut of_region = node.fields(faults);
        let base = of_region.words("base", faults);
        let mut region_files = RegionFiles { base: files(base, &[&fakes], faults), maps: BTreeMap::new() };
        let mut keys = Vec::new();
        for (key, hashes) in of_region.fields("maps", faults).rest() {
            let own = files(hashes.words(faults), &[&fakes, &region_files.base], faults);
            if known(&key.text) {
                region_files.maps.insert(key.text.clone(), own);
                keys.push(key);
            } else {
                let what = format!("{} is no map of the season or of other_maps", key.text);
                faults.add(&key.place, what);
            }
        }
        of_region.end(faults);
        // A map of the season is told by such a file when a client has an unknown title for it.
        for key in keys.iter().filter(|key| maps.iter().any(|map| map.key == key.text)) {
            if !region_files.tells(&key.text) {
                faults.add(&key.place, format!("{} has no file that no other map has", key.text));
            }
        }
        regions.insert(*region, region_files);
    }
    lists.end(faults);
    let name = name?;
    let release = Release { name: name.text.clone(), fakes, regions, other_maps, exact: Vec::new() };
    Some((name, release))
}

/// The hashes, each of which is there once and in none of the other sets.
fn files(words: Vec<Word>, others: &[&BTreeSet<String>], faults: &mut Faults) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for Word { place, text } in words {
        if !is_hash(&text) {
            faults.add(&place, format!("{text} is not 64 lower-case hex digits"));
        } else if others.iter().any(|other| other.contains(&text)) || !files.insert(text.clone()) {
            faults.add(&place, format!("{text} is there twice"));
        }
    }
    files
}
