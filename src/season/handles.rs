//! The lists of mod and map files in `season/handles/`: reads, checks, and names every fault by file and line.

use crate::domain::season::Map;
use crate::domain::verdict::mod_files::{RegionFiles, Release, is_hash};
use anyhow::{anyhow, bail};
use ipc_schema::vocab::GameRegion;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// A hash or a map's key, and where it is written.
type Word = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    release: String,
    #[serde(default)]
    fakes: Vec<Word>,
    #[serde(default)]
    other_maps: BTreeMap<String, String>,
    americas: Option<RegionFile>,
    europe: Option<RegionFile>,
    asia: Option<RegionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionFile {
    base: Vec<Word>,
    maps: BTreeMap<Word, Vec<Word>>,
}

/// The text of a file of lists, for a season with these maps. An error is one line that begins with
/// `file:line: `.
pub fn read(file: &str, text: &str, maps: &[Map]) -> anyhow::Result<Release> {
    let at = |start: usize, what: &str| anyhow!("{file}:{}: {what}", line_of(text, start));
    let lists: File = toml::from_str(text)
        .map_err(|error| at(error.span().map_or(0, |span| span.start), error.message().trim()))?;
    let known = |key: &str| lists.other_maps.contains_key(key) || maps.iter().any(|map| map.key == key);
    let add = |to: &mut BTreeSet<String>, hash: &Word, others: &[&BTreeSet<String>]| {
        let (start, hash) = (hash.span().start, hash.get_ref());
        if !is_hash(hash) {
            bail!(at(start, &format!("{hash} is not 64 lower-case hex digits")));
        }
        if others.iter().any(|other| other.contains(hash)) || !to.insert(hash.clone()) {
            bail!(at(start, &format!("{hash} is there twice")));
        }
        Ok(())
    };
    let mut release = Release {
        name: lists.release,
        fakes: BTreeSet::new(),
        regions: BTreeMap::new(),
        other_maps: lists.other_maps.clone(),
    };
    for fake in &lists.fakes {
        add(&mut release.fakes, fake, &[])?;
    }
    let regions = [
        (GameRegion::Americas, &lists.americas),
        (GameRegion::Europe, &lists.europe),
        (GameRegion::Asia, &lists.asia),
    ];
    for (region, of_region) in regions.into_iter().filter_map(|(region, of)| Some((region, of.as_ref()?))) {
        let mut files = RegionFiles::default();
        for hash in &of_region.base {
            add(&mut files.base, hash, &[&release.fakes])?;
        }
        for (key, hashes) in &of_region.maps {
            if !known(key.get_ref()) {
                bail!(at(
                    key.span().start,
                    &format!("{} is no map of the season or of other_maps", key.get_ref())
                ));
            }
            let mut own = BTreeSet::new();
            for hash in hashes {
                add(&mut own, hash, &[&release.fakes, &files.base])?;
            }
            files.maps.insert(key.get_ref().clone(), own);
        }
        // A map of the season is told by such a file when a client has an unknown title for it.
        for key in of_region.maps.keys().filter(|key| maps.iter().any(|map| map.key == *key.get_ref())) {
            let others = files.maps.iter().filter(|(other, _)| *other != key.get_ref());
            let of_others: BTreeSet<String> = others.flat_map(|(_, files)| files).cloned().collect();
            if files.maps[key.get_ref()].is_subset(&of_others) {
                bail!(at(key.span().start, &format!("{} has no file that no other map has", key.get_ref())));
            }
        }
        release.regions.insert(region, files);
    }
    Ok(release)
}

/// From 1.
fn line_of(text: &str, start: usize) -> usize {
    1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::{Which, load};

    const LISTS: &str = include_str!("../../season/handles/2025-11.toml");

    #[test]
    fn a_fault_in_the_lists_is_named_by_file_and_line() {
        let maps = load(Which::Real).unwrap().maps;
        let read = |text: &str| read("lists.toml", text, &maps);
        assert!(read(LISTS).is_ok());
        let hash = LISTS.lines().find(|line| line.starts_with("  \"")).unwrap().trim().trim_end_matches(',');
        let europe = LISTS[LISTS.find("[europe]").unwrap()..].lines().nth(3).unwrap().trim();
        for (from, to, told) in [
            ("release = ", "realese = ", "lists.toml:3: unknown field `realese`"),
            ("release = \"2025-11\"", "release = 2025", "lists.toml:3: invalid type"),
            ("[asia]", "[asia", "lists.toml:"),
            (hash, "\"abc\"", "lists.toml:7: abc is not 64 lower-case hex digits"),
            (hash, &hash.to_uppercase(), "lists.toml:7: "),
            (europe, &format!("{hash},"), "is there twice"),
            (europe, &format!("{europe} {europe}"), "is there twice"),
            ("[europe.maps]\ndeath_valley", "[europe.maps]\natlantis", "atlantis is no map"),
            ("death_valley = \"", "sad_valley = \"", "death_valley is no map"),
        ] {
            assert!(LISTS.contains(from), "{from}");
            // The last of them, so that a region is hit and not the list of fakes.
            let at = if from == hash { LISTS.find(from) } else { LISTS.rfind(from) }.unwrap();
            let text = format!("{}{to}{}", &LISTS[..at], &LISTS[at + from.len()..]);
            let fault = format!("{:#}", read(&text).err().unwrap_or_else(|| panic!("{from} -> {to}")));
            assert!(fault.contains(told) && !fault.contains('\n'), "{from} -> {to}: {fault}");
        }
        // A map whose only own file another map has as well; one of other_maps may be without.
        let base = "a".repeat(64);
        let (b, c) = ("b".repeat(64), "c".repeat(64));
        let lists = |khione: &str| {
            format!(
                "release = \"x\"\n[other_maps]\nold = \"Old\"\n[europe]\nbase = [\"{base}\"]\n\
                 [europe.maps]\nold = []\nkeres_passage = [\"{b}\"]\nkhione = {khione}\n"
            )
        };
        assert!(read(&lists(&format!("[\"{b}\", \"{c}\"]"))).is_err(), "keres_passage has none left");
        assert!(read(&lists(&format!("[\"{c}\"]"))).is_ok());
        for khione in ["[]", &format!("[\"{b}\"]")] {
            let fault = format!("{:#}", read(&lists(khione)).err().unwrap());
            let line = if khione == "[]" { 9 } else { 8 };
            assert!(fault.starts_with(&format!("lists.toml:{line}: ")), "{fault}");
            assert!(fault.ends_with(" has no file that no other map has"), "{fault}");
        }
        let fault = format!("{:#}", read(&LISTS.replace("[asia]\n", "[asia]\nextra = 1\n")).err().unwrap());
        let line = 1 + LISTS.lines().position(|line| line == "[asia]").unwrap() + 1;
        assert!(fault.starts_with(&format!("lists.toml:{line}: unknown field `extra`")), "{fault}");
    }
}
