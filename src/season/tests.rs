use super::*;
use ipc_schema::vocab::{Race, Region, Server, Timestamp};

/// What is told of the real season with this text.
fn faults(text: &str) -> String {
    told(read(&[(SEASON.0, text)], &[]))
}

/// And of the demo, where it changes this of the season.
fn demo_faults(demo: &str) -> String {
    told(read(&[SEASON, ("season/demo.toml", demo)], DEMO_HANDLES))
}

fn told(season: Result<Season, config::Faults>) -> String {
    season.map_or_else(|faults| faults.to_string(), |_| String::new())
}

/// The line in which a part of a text begins.
fn line(text: &str, part: &str) -> usize {
    let at = text.find(part).unwrap_or_else(|| panic!("{part}"));
    1 + text[..at].matches('\n').count()
}

#[test]
fn the_season_and_the_demo_are_whole() {
    let (real, demo) = (load(Which::Real).unwrap(), load(Which::Demo).unwrap());
    assert_eq!((real.knobs.wave.as_secs(), demo.knobs.wave.as_secs()), (45, 5));
    assert_eq!(real.maps.len(), 9);
    assert_eq!(real.server([Region::Fer, Region::Oce]), Server::Sng);
    assert_eq!(demo.knobs.match_limit, real.knobs.match_limit);
    assert_eq!(real.race_words["스1 저그"], Race::BwZerg);
    assert_eq!(real.countries.len(), 251);
    assert_eq!((&*real.region_names[&Region::Chn], &*real.server_names[&Server::Brz]), ("China", "Brazil"));
    assert_eq!((real.known_problems.len(), demo.known_problems.len()), (0, 1));
    assert_eq!(demo.known_problems[0].since, Timestamp(1_767_225_600_000), "the first of January 2026");
    assert_eq!(real.servers.len(), Region::ALL.len() * Region::ALL.len());
}

#[test]
fn the_numbers_of_the_season_are_those_of_the_rules() {
    let lines: Vec<String> = crate::domain::knobs::KNOBS
        .iter()
        .map(|knob| format!("{} {}", knob.name, knob.read(&load(Which::Real).unwrap().knobs)))
        .collect();
    let expected = "wave_s 45; window_start 100; window_step 50; vetoes 4; confirm_after_wave_s 60; \
        confirm_after_delivery_s 45; remind_after_s 20; match_limit_s 9000; play_reminders_min 45, 90; \
        aborts_per_month 3; timeouts_min 5, 10, 20, 40, 80, 160, 240; mmr_start 1500; mmr_scale 500; mmr_k 40; \
        rematch_s 7200; toons_per_region 4; dispute_s 600; provisional_deviation 110";
    assert_eq!(lines.join("; "), expected);
}

#[test]
fn every_fault_of_the_season_is_named_by_file_and_line() {
    let wave = "wave_s is 4, but should be a whole number from 5 to 600";
    let rows: &[(&str, &str, &str, &str)] = &[
        // What becomes what, the part of the new text whose line is named, what is told of it.
        // Knobs.
        ("wave_s = 45", "wave_s = 4", "wave_s", wave),
        ("wave_s = 45", "wave_s = 45.5", "wave_s", "wave_s is 45.5, but should be"),
        ("wave_s = 45", "wave_s = \"45\"", "wave_s", "wave_s should be a whole number from 5 to 600"),
        ("wave_s = 45", "wave_s = [45]", "wave_s", "wave_s is 45, but should be a whole number"),
        ("wave_s = 45", "", "[knobs]", "the knob wave_s is missing"),
        ("wave_s = 45", "wave_s = 45\nwave = 4", "wave = 4", "unknown knob wave"),
        ("mmr_k = 40", "mmr_k = 0", "mmr_k", "mmr_k is 0, but should be a number from 1 to 200"),
        ("[5, 10, 20,", "[10, 5, 20,", "timeouts_min", "timeouts_min is 10, 5, 20, 40"),
        ("[5, 10, 20,", "[5, \"ten\", 20,", "timeouts_min", "timeouts_min should be 1 to 20 whole numbers"),
        ("vetoes = 4", "vetoes = 5", "vetoes = 5", "vetoes is 5: two players could veto all 9 maps"),
        // Maps and mod.
        (
            "key = \"khione\"",
            "key = \"radeon\"",
            "key = \"radeon\"\ntitle = \"[SC",
            "the key radeon is there twice",
        ),
        (
            "key = \"khione\"",
            "key = \"Khi one\"",
            "key = \"Khi one\"",
            "the key Khi one is not of lower-case",
        ),
        (
            "title = \"Khione SEL\"",
            "title = \"MOTHERSHIP LE\"",
            "\"Mothership LE\"",
            "the title Mothership LE is there twice",
        ),
        (
            "title = \"Khione SEL\"",
            "title = \"Khione SEL\"\naliases = [\"Khione sel\"]",
            "aliases = ",
            "the title Khione sel is there twice",
        ),
        ("title = \"Khione SEL\"", "title = \"\"", "title = \"\"", "a title is empty"),
        ("era = \"sc2\"", "era = \"SC2\"", "era = \"SC2\"", "the era SC2 is neither bw nor sc2"),
        ("era = \"sc2\"", "", "[[maps]]", "era is missing"),
        ("era = \"sc2\"", "era = \"sc2\"\nyear = 3", "year = 3", "unknown field year"),
        (
            "\"2/260081\"",
            "\"3/260081\"",
            "\"3/260081\"",
            "the id 3/260081 is not of europe, whose number is 2",
        ),
        ("\"2/260081\"", "\"2/26O081\"", "\"2/26O081\"", "the id 2/26O081 is not of the form 1/234567"),
        ("\"2/260081\"", "\"260081\"", "\"260081\"", "the id 260081 is not of the form 1/234567"),
        ("\"2/260081\"", "\"2/\"", "\"2/\"", "the id 2/ is not of the form 1/234567"),
        ("\"2/260081\", ", "", "ids = [\"1/369157\"", "celestial_enclave has 2 ids, not 3"),
        ("\"2/260081\"", "\"2/258892\"", "[[maps]]\nkey = \"holy_world\"", "the id 2/258892 is there twice"),
        ("\"3/162487\"", "\"1/162487\"", "\"1/162487\"", "the id 1/162487 is not of asia, whose number is 3"),
        ("author = \"SCEvoDev\"", "", "[mod]", "author is missing"),
        // Races.
        ("\"Zerg\"", "\"terran\"", "\"terran\"", "the word terran is there twice"),
        ("\"Zerg\"", "\"BW Zerg\"", "sc2_zerg", "the word BW Zerg is there twice"),
        ("sc2_zerg = [", "sc3_zerg = [", "sc3_zerg", "sc3_zerg is no race"),
        ("sc2_zerg = [", "sc3_zerg = [", "[races]", "the race sc2_zerg is missing"),
        (
            "bw_zerg = [\"BW Zerg\", \"스1 저그\", \"SC1异虫\"]",
            "bw_zerg = []",
            "bw_zerg = [",
            "bw_zerg has no words",
        ),
        // Regions, servers, and which hosts which.
        ("NAW = \"North", "NOW = \"North", "NOW = \"North", "NOW is no region"),
        ("NAW = \"North", "NOW = \"North", "[regions]", "the region NAW is missing"),
        ("\"Africa\"", "\"China\"", "CHN = \"China\"", "the name China is there twice"),
        ("BRZ = {", "BRA = {", "BRA = {", "BRA is no server"),
        ("BRZ = {", "BRA = {", "[servers]", "the server BRZ is missing"),
        ("region = \"europe\"", "region = \"asia\"", "EUC = {", "EUC is in europe, not in asia"),
        ("region = \"europe\"", "region = \"EU\"", "EUC = {", "EU is no game region"),
        (", region = \"europe\"", "", "EUC = {", "region is missing"),
        ("\nFER = [\"KOR\", ", "\nFER = [", "FER = [", "no server for FER and FER"),
        ("\nNAC = [\"USC\", \"USC\"]", "", "[hosts]", "the region NAC is missing"),
        ("NAW = [\"USW\"]", "NAW = [\"USW\", \"USC\"]", "NAW = [", "the row of NAW has 2 servers, not 1"),
        ("NAW = [\"USW\"]", "NAW = [\"XYZ\"]", "NAW = [", "XYZ for NAW and NAW is no server"),
        ("NAW = [\"USW\"]", "XYZ = [\"USW\"]", "XYZ = [", "XYZ is no region"),
        ("NAW = [\"USW\"]", "NAW = \"USW\"", "NAW = \"USW\"", "a list should be here"),
        // Countries.
        ("\"AE\"", "\"AD\"", "\"AD\", \"AD\"", "the country AD is there twice"),
        ("\"AE\"", "\"ae\"", "\"ae\"", "ae is not two capital letters"),
        ("\"AE\"", "\"ARE\"", "\"ARE\"", "ARE is not two capital letters"),
        (", \"XX\"", "", "countries = [", "the country XX is missing"),
        ("\"AE\"", "3", "\"AD\", 3", "a text in quotes should be here"),
        // Known problems.
        (
            "name = \"2026\"",
            "name = \"2026\"\nknown_problems = 3",
            "known_problems = 3",
            "a list should be here",
        ),
        (
            "[mod]",
            "[[known_problems]]\nrace = \"bw_zorg\"\n[mod]",
            "race = \"bw_zorg\"",
            "bw_zorg is no race",
        ),
        ("[mod]", "[[known_problems]]\nrace = \"bw_zerg\"\n[mod]", "[[known_problems]]", "since is missing"),
        (
            "[mod]",
            "[[known_problems]]\nrace = \"bw_zerg\"\n[[known_problems]]\nrace = \"bw_zerg\" # Again\n[mod]",
            "race = \"bw_zerg\" # Again",
            "the known problem of bw_zerg is there twice",
        ),
        (
            "[mod]",
            "[[known_problems]]\nsince = \"22.11.2026\"\n[mod]",
            "since = \"22.11",
            "since is 22.11.2026, but should be a day such as 2026-11-22",
        ),
        (
            "[mod]",
            "[[known_problems]]\nsays = { koKR = \"\" }\n[mod]",
            "says = {",
            "a problem is told in 1 to 200 letters, not 0",
        ),
        (
            "[mod]",
            "[[known_problems]]\nsays = { koKR = \"x\" }\n[mod]",
            "says = {",
            "the language enUS is missing",
        ),
        // The whole.
        ("name = \"2026\"", "name = 2026", "name = 2026", "a text in quotes should be here"),
        ("[hosts]", "[hots]", "[hots]", "unknown field hots"),
        ("[mod]", "[mod]\ntitle = \"Again\"", "title = \"SC: Evo", "duplicate key"),
        ("[knobs]", "[knobs", "[knobs", ""),
    ];
    for (from, to, place, what) in rows {
        assert!(SEASON.1.contains(from), "{from}");
        let text = SEASON.1.replacen(from, to, 1);
        let faults = faults(&text);
        let expected = format!("season/2026.toml:{}: {what}", line(&text, place));
        assert!(faults.lines().any(|fault| fault.starts_with(&expected)), "{expected}\n{faults}");
        assert!(faults.lines().all(|fault| fault.starts_with("season/2026.toml:")), "{faults}");
    }
}

#[test]
fn faults_of_the_demo_are_named_in_its_own_file() {
    for (demo, told) in [
        (
            "name = \"demo\"\n[knobs]\nwave_s = 4\n",
            "3: wave_s is 4, but should be a whole number from 5 to 600",
        ),
        ("[knobs]\nvetoes = 5\n", "2: vetoes is 5: two players could veto all 9 maps"),
        ("[knobs]\nwaves = 5\n", "2: unknown knob waves"),
        ("[races]\nsc2_zerg = [\"Terran\"]\n", ""),
        ("\n[hosts]\nNAW = [\"XYZ\"]\n", "3: XYZ for NAW and NAW is no server"),
        ("\n\nmaps = []\n", ""),
        ("[knobs\n", "1: "),
        ("extra = 1\n", "1: unknown field extra"),
        ("countries = [\"DE\"]\n", "1: the country XX is missing"),
        ("[servers]\nEUC = { name = \"Frankfurt\" }\n", ""),
        ("[servers]\nEUC = { region = \"asia\" }\n", "2: EUC is in europe, not in asia"),
        ("mod = 3", "1: a table should be here"),
    ] {
        let faults = demo_faults(demo);
        if let Some((line, what)) = told.split_once(": ") {
            let line = format!("season/demo.toml:{line}: {what}");
            assert!(faults.lines().any(|fault| fault.starts_with(&line)), "{demo}: {faults}");
        } else if demo.contains("Frankfurt") {
            assert_eq!(faults, "", "tables are gone into");
        } else {
            // Two files contradict each other; the later place is named, in whichever it is.
            assert!(!faults.is_empty(), "{demo}");
        }
    }
    assert_eq!(demo_faults("name = \"demo\"\n[knobs]\nwave_s = 5\n"), "");
}

#[test]
fn all_faults_of_all_files_are_told_together_and_in_order() {
    let (file, text) = SEASON;
    let season =
        text.replace("mmr_k = 40", "mmr_k = 400").replace("\"Africa\"", "7").replace("\"AE\"", "\"ae\"");
    let (_, lists) = DEMO_HANDLES[0];
    let lists = lists.replacen("release = \"demo\"", "release = \"demo\"\nextra = 1", 1);
    let all = [(file, season.as_str()), ("season/demo.toml", "[knobs]\nwave_s = 1\nspeed = 2\n")];
    let told = told(read(&all, &[("lists.toml", &lists), ("lists.toml", &lists)]));
    let told: Vec<&str> = told.lines().collect();
    let expected = [
        format!("season/2026.toml:{}: ae is not two capital letters", line(&season, "\"ae\"")),
        format!(
            "season/2026.toml:{}: mmr_k is 400, but should be a number from 1 to 200",
            line(&season, "mmr_k")
        ),
        format!("season/2026.toml:{}: a text in quotes should be here", line(&season, "AFR = 7")),
        "season/demo.toml:2: wave_s is 1, but should be a whole number from 5 to 600".to_owned(),
        "season/demo.toml:3: unknown knob speed".to_owned(),
    ];
    for fault in &expected {
        assert!(told.contains(&fault.as_str()), "{fault}: {told:#?}");
    }
    assert_eq!(told.iter().filter(|fault| fault.ends_with(": unknown field extra")).count(), 2);
    assert_eq!(told.iter().filter(|fault| fault.ends_with(": the release demo is there twice")).count(), 1);
    assert_eq!(told.len(), expected.len() + 3, "{told:#?}");
    assert_eq!(
        told.iter().position(|fault| *fault == expected[0]),
        Some(3),
        "by file, then by line: {told:#?}"
    );
}
