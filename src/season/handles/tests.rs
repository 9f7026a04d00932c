use super::*;
use crate::season::{Which, load};

const LISTS: &str = include_str!("../../../season/handles/2025-11.toml");

fn faults_of(text: &str) -> String {
    let maps = load(Which::Real).unwrap().maps;
    read("lists.toml", text, &maps).map_or_else(|faults| faults.to_string(), |_| String::new())
}

#[test]
fn a_fault_in_the_lists_is_named_by_file_and_line() {
    assert_eq!(faults_of(LISTS), "");
    let hash = LISTS.lines().find(|line| line.starts_with("  \"")).unwrap().trim().trim_end_matches(',');
    let europe = LISTS[LISTS.find("[europe]").unwrap()..].lines().nth(3).unwrap().trim();
    for (from, to, told) in [
        ("release = ", "realese = ", "lists.toml:1: release is missing\nlists.toml:3: unknown field realese"),
        ("release = \"2025-11\"", "release = 2025", "lists.toml:3: a text in quotes should be here"),
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
        let faults = faults_of(&format!("{}{to}{}", &LISTS[..at], &LISTS[at + from.len()..]));
        assert!(faults.contains(told), "{from} -> {to}: {faults}");
        assert!(faults.lines().all(|line| line.starts_with("lists.toml:")), "{faults}");
    }
    let faults = faults_of(&LISTS.replace("[asia]\n", "[asia]\nextra = 1\n"));
    let line = 1 + LISTS.lines().position(|line| line == "[asia]").unwrap() + 1;
    assert_eq!(faults, format!("lists.toml:{line}: unknown field extra"));
}

#[test]
fn a_map_of_the_season_has_a_file_that_no_other_map_has() {
    // A map whose only own file another map has as well; one of other_maps may be without.
    let (base, b, c) = ("a".repeat(64), "b".repeat(64), "c".repeat(64));
    let lists = |khione: &str| {
        faults_of(&format!(
            "release = \"x\"\n[other_maps]\nold = \"Old\"\n[europe]\nbase = [\"{base}\"]\n\
             [europe.maps]\nold = []\nkeres_passage = [\"{b}\"]\nkhione = {khione}\n"
        ))
    };
    let has_none =
        |line: u8, map: &str| format!("lists.toml:{line}: {map} has no file that no other map has");
    assert_eq!(lists(&format!("[\"{b}\", \"{c}\"]")), has_none(8, "keres_passage"));
    assert_eq!(lists(&format!("[\"{c}\"]")), "");
    assert_eq!(lists("[]"), has_none(9, "khione"));
    let both = format!("{}\n{}", has_none(8, "keres_passage"), has_none(9, "khione"));
    assert_eq!(lists(&format!("[\"{b}\"]")), both);
}

#[test]
fn all_faults_are_told_together() {
    let text =
        "release = 1\nmaps = 2\nfakes = [\"x\"]\n[europe]\nbase = []\nnew = 3\n[europe.maps]\natlantis = 4\n";
    assert_eq!(
        faults_of(text),
        "lists.toml:1: a text in quotes should be here\n\
         lists.toml:2: unknown field maps\n\
         lists.toml:3: x is not 64 lower-case hex digits\n\
         lists.toml:6: unknown field new\n\
         lists.toml:8: a list should be here\n\
         lists.toml:8: atlantis is no map of the season or of other_maps"
    );
}
