//! Lists of files that staff change.

use super::*;

const SEATS: [(u64, &str); 2] = [(11, "P001"), (22, "P002")];

impl Setting {
    fn learn(&mut self, release: Option<&str>, game: &Unverified) -> Result<(), Refusal> {
        self.staff(|ladder, season| ladder.learn_handles(season, NOW, STAFF, release, game, WHY))
    }

    fn retire(
        &mut self,
        release: &str,
        region: Option<GameRegion>,
        map: Option<&str>,
    ) -> Result<(), Refusal> {
        let scope = Scope { release: release.to_owned(), region, map: map.map(str::to_owned) };
        self.staff(|ladder, season| ladder.retire_handles(season, NOW, STAFF, &scope, WHY))
    }

    /// What the lists say of a game.
    fn found(&self, game: &Unverified) -> String {
        let handles: Vec<String> = game.files.iter().map(|file| handle(game.region, file)).collect();
        finding(&self.season.get().releases, game.region, &game.map, &handles).to_string()
    }
}

fn file(number: u64) -> String {
    format!("{number:064x}")
}

/// Files of nothing that is known.
fn unknown(map: &str, numbers: &[u64]) -> Unverified {
    let files = numbers.iter().map(|number| file(*number)).collect();
    Unverified { region: EUROPE, map: map.to_owned(), files }
}

#[test]
fn a_learned_game_passes_the_second_time() {
    let mut of = Setting::new();
    // A map of the season that nobody has learned; the files of every game are known.
    let mut first = unknown("ruby_rock", &[1, 2]);
    first.files.extend(of.base().releases[0].regions[&EUROPE].base.iter().cloned());
    first.files.sort();
    of.playing(1, "ruby_rock");
    let (outcome, found, events) = of.sends(1, &first, SEATS);
    assert!(matches!(outcome, Judged::Decided { .. }), "{outcome:?}");
    assert_eq!(found, format!("unverified files {}", first.files.len()));
    assert!(events.iter().any(|event| matches!(event, Event::ModUnverified { .. })), "{events:?}");
    assert_eq!(of.ladder.cases().open_count(), 1);

    of.learn(None, &first).unwrap();
    assert_eq!(of.ladder.cases().open_count(), 0, "the case is settled");
    let files = &of.season.get().releases[0].regions[&EUROPE];
    assert_eq!(files.maps["ruby_rock"], [file(1), file(2)].into(), "without those of every game");
    of.playing(2, "ruby_rock");
    let (outcome, found, events) = of.sends(2, &first, SEATS);
    assert!(matches!(outcome, Judged::Decided { .. }), "{outcome:?}");
    assert_eq!(found, "official 2025-11");
    assert!(!events.iter().any(|event| matches!(event, Event::ModUnverified { .. })), "{events:?}");
    // And one strange file is one too many.
    of.playing(3, "ruby_rock");
    let mut copy = first.clone();
    copy.files.push(file(3));
    let (outcome, found, _) = of.sends(3, &copy, SEATS);
    assert_eq!((outcome, found.as_str()), (Judged::Rejected, "unknown files 1, missing files 0"));
    let loaded = of.reloaded(of.base());
    assert_eq!(loaded.ladder, of.ladder);
    assert_eq!(loaded.found(&first), "official 2025-11");
    assert_eq!(of.learn(None, &first), Err(Refusal::HandlesKnown));
}

#[test]
fn a_game_of_an_unknown_release_is_learned_as_a_whole() {
    let mut of = Setting::new();
    let first = unknown("ruby_rock", &[1, 2, 3]);
    of.playing(1, "ruby_rock");
    assert_eq!(of.sends(1, &first, SEATS).1, "unverified files 3");
    of.learn(Some("2026-02"), &first).unwrap();
    for of in [&of, &of.reloaded(of.base())] {
        for (map, numbers, found) in [
            ("ruby_rock", [1, 2, 3].as_slice(), "official 2026-02"),
            // Not all of them, and one more.
            ("ruby_rock", &[1, 2], "unknown files 0, missing files 1"),
            ("ruby_rock", &[1, 2, 3, 4], "unknown files 1, missing files 0"),
            // Which of them are the map's is unknown, so these may be of yet another release.
            ("ruby_rock", &[1, 2, 4], "unverified files 3"),
            // Nothing follows for another map.
            ("mothership", &[1, 2, 3], "unverified files 3"),
            ("mothership", &[1, 2, 5], "unverified files 3"),
        ] {
            assert_eq!(of.found(&unknown(map, numbers)), found, "{map} {numbers:?}");
        }
        let season = of.season.get();
        assert_eq!(season.official_handles(EUROPE, "ruby_rock").unwrap().len(), 3);
        assert_eq!(of.found(&official(season, "khione")), "official 2025-11", "what was known is known");
    }
    of.playing(2, "ruby_rock");
    assert_eq!(of.sends(2, &first, SEATS).1, "official 2026-02");
    // A second map of the release, and a second set of the first.
    of.learn(Some("2026-02"), &unknown("mothership", &[1, 2, 5])).unwrap();
    of.learn(Some("2026-02"), &unknown("ruby_rock", &[1, 2, 6])).unwrap();
    for numbers in [[1, 2, 3], [1, 2, 6]] {
        assert_eq!(of.found(&unknown("ruby_rock", &numbers)), "official 2026-02");
    }
    // Files of another map, whatever the title says.
    assert_eq!(of.learn(None, &unknown("khione", &[1, 2, 5])), Err(Refusal::HandlesInvalid));
    of.playing(3, "khione");
    assert_eq!(of.sends(3, &unknown("khione", &[1, 2, 5]), SEATS).0, Judged::Rejected);
}

#[test]
fn a_map_that_would_hide_another_is_learned_as_a_whole() {
    let mut of = Setting::new();
    let keres = official(&of.base(), "keres_passage");
    // All files of Keres Passage, and one more: in the lists, its own would tell nothing any more.
    let mut ruby = Unverified { map: "ruby_rock".to_owned(), ..keres.clone() };
    ruby.files.push(file(1));
    of.learn(None, &ruby).unwrap();
    let release = &of.season.get().releases[0];
    assert!(release.regions[&EUROPE].tells("keres_passage"));
    assert_eq!(release.exact.len(), 1);
    for game in [&ruby, &keres] {
        assert_eq!(of.found(game), "official 2025-11");
    }
}

#[test]
fn what_is_no_set_of_official_files_is_not_learned() {
    let mut of = Setting::new();
    let khione = official(&of.base(), "khione");
    let fake = of.base().releases[0].fakes.first().unwrap().clone();
    let on_ruby = |files: Vec<String>| Unverified { files, ..unknown("ruby_rock", &[]) };
    for (game, expected) in [
        (unknown("atlantis", &[1]), Refusal::MapUnknown),
        (unknown("ruby_rock", &[]), Refusal::HandlesInvalid),
        (unknown("ruby_rock", &(0..65).collect::<Vec<_>>()), Refusal::HandlesInvalid),
        (on_ruby(vec!["AB".repeat(32)]), Refusal::HandlesInvalid),
        (on_ruby(vec![file(1), fake]), Refusal::HandlesFake),
        (khione.clone(), Refusal::HandlesKnown),
        (on_ruby(khione.files), Refusal::HandlesInvalid),
    ] {
        assert_eq!(of.learn(None, &game), Err(expected), "{game:?}");
    }
    assert_eq!(of.events, []);
}

#[test]
fn what_is_retired_counts_as_unverified_until_it_is_learned_again() {
    let mut of = Setting::new();
    let (khione, radeon) = (official(&of.base(), "khione"), official(&of.base(), "radeon"));
    let unverified = |game: &Unverified| format!("unverified files {}", game.files.len());
    let both = |of: &Setting| [of.found(&khione), of.found(&radeon)];
    for (release, region, map) in [
        ("2024", None, None),
        ("2025-11", Some(EUROPE), Some("ruby_rock")),
        ("2025-11", None, Some("atlantis")),
    ] {
        assert_eq!(of.retire(release, region, map), Err(Refusal::HandlesUnknown), "{release} {map:?}");
    }
    // One map, built in.
    of.retire("2025-11", Some(EUROPE), Some("khione")).unwrap();
    assert_eq!(both(&of), [unverified(&khione), "official 2025-11".to_owned()]);
    assert_eq!(of.retire("2025-11", Some(EUROPE), Some("khione")), Err(Refusal::HandlesUnknown));
    of.learn(None, &khione).unwrap();
    assert_eq!(both(&of), ["official 2025-11"; 2]);
    // A region, with what was learned in it.
    of.retire("2025-11", Some(EUROPE), None).unwrap();
    assert_eq!(both(&of), [unverified(&khione), unverified(&radeon)]);
    assert!(of.season.get().official_handles(GameRegion::Asia, "khione").is_some());
    of.learn(Some("2025-11"), &khione).unwrap();
    assert_eq!(both(&of), ["official 2025-11".to_owned(), unverified(&radeon)]);
    assert_eq!(of.season.get().releases[0].exact.len(), 1, "the files of every game are unknown there");
    // Everything, and in the next build the same. What tells copies stays.
    of.retire("2025-11", None, None).unwrap();
    for of in [&of, &of.reloaded(of.base())] {
        assert_eq!(both(of), [unverified(&khione), unverified(&radeon)]);
        let release = &of.season.get().releases[0];
        assert!(release.regions.is_empty() && release.exact.is_empty() && !release.fakes.is_empty());
    }
}

#[test]
fn a_file_of_a_copy_rejects_every_game_until_the_mark_is_taken_back() {
    let mut of = Setting::new();
    let copy = unknown("ruby_rock", &[1, 2]);
    let mark = |of: &mut Setting, file: &str| {
        of.staff(|ladder, season| ladder.mark_fake(season, NOW, STAFF, file, WHY))
    };
    let clear = |of: &mut Setting, file: &str| {
        of.staff(|ladder, season| ladder.clear_fake(season, NOW, STAFF, file, WHY))
    };
    let khione = official(&of.base(), "khione");
    assert_eq!(mark(&mut of, "abc"), Err(Refusal::HandlesInvalid));
    assert_eq!(mark(&mut of, &khione.files[0]), Err(Refusal::HandlesKnown));
    assert_eq!(clear(&mut of, &file(1)), Err(Refusal::HandlesUnknown));
    // Staff believed it, and were wrong.
    of.learn(None, &copy).unwrap();
    assert_eq!(mark(&mut of, &file(1)), Err(Refusal::HandlesKnown), "it is to be retired first");
    of.retire(UNNAMED, None, None).unwrap();
    mark(&mut of, &file(1)).unwrap();
    assert_eq!(of.reloaded(of.base()).found(&copy), "fake files 1");
    assert_eq!(of.learn(None, &copy), Err(Refusal::HandlesFake));
    let events = of.events.len();
    mark(&mut of, &file(1)).unwrap();
    assert_eq!(of.events.len(), events, "it is marked already");
    clear(&mut of, &file(1)).unwrap();
    assert_eq!(of.found(&copy), "unverified files 2");
    // One that is built in.
    let built_in = of.base().releases[0].fakes.first().unwrap().clone();
    let with_it = Unverified { files: vec![built_in.clone()], ..copy };
    assert_eq!(of.found(&with_it), "fake files 1");
    clear(&mut of, &built_in).unwrap();
    assert_eq!(of.found(&with_it), "unverified files 1");
}
