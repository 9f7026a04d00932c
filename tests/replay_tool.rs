//! `evoladder replay`, as someone at a terminal uses it, and the check of the mod on real replays.

use crate::support::cache_handle;
use evoladder::domain::verdict::mod_files::{finding, handle};
use evoladder::season::{Which, load};
use ipc_schema::event::ModFinding;
use ipc_schema::vocab::GameRegion;
use replay::facts::GameResult;
use replay::forge::{self, ForgedPlayer, Game};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Exit code, standard output, standard error.
type Ran = (i32, String, String);

fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_evoladder"))
        .arg("replay")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A folder with files of games.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The game that the example of a match file tells of, won by Ana with Brood War Zerg.
fn game(map: &str) -> Game {
    let season = load(Which::Real).unwrap();
    let player = |name: &str, race_text: &str, race_code: &str, toon_id, result| ForgedPlayer {
        name: name.to_owned(),
        race_text: race_text.to_owned(),
        race_code: race_code.to_owned(),
        toon_id,
        result,
        ..ForgedPlayer::default()
    };
    Game {
        map_title: season.map(map).unwrap().title.clone(),
        cache_handles: handles(&season.official_handles(GameRegion::Europe, map).unwrap()),
        players: vec![
            player("Bea", "Terran", "Terr", 22, GameResult::Loss),
            player("Ana", "BW Zerg", "BWZe", 1_234_567, GameResult::Win),
        ],
        // 2026-11-21T18:20:00Z, ten minutes after it began.
        ended_at_unix: 1_795_285_200,
        ..Game::default()
    }
}

fn handles(hex: &[String]) -> Vec<replay::facts::CacheHandle> {
    hex.iter().map(|handle| cache_handle(handle)).collect()
}

fn file(number: u8) -> String {
    handle(GameRegion::Europe, &format!("{number:02x}").repeat(32))
}

#[test]
fn a_folder_is_shown_as_a_table_and_hostile_names_do_not_reach_the_terminal() {
    let folder = Folder::new();
    let mut hostile = game("khione");
    hostile.players[0].name = "\u{1b}[31mred\u{202e}".to_owned();
    hostile.map_title = "[SC:Evo] Sylphid (실피드)".to_owned();
    folder.write("a.SC2Replay", forge::write(&game("keres_passage")));
    folder.write("deep/b.sc2replay", forge::write(&hostile));
    folder.write("deep/c.SC2Replay", b"MPQ\x1b nonsense");
    folder.write("notes.txt", "no replay");
    let (code, out, notes) = run([OsStr::new("inspect"), folder.path().as_os_str()]);
    assert_eq!((code, notes.as_str()), (1, ""), "one of them cannot be read");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>().join(" "),
        "FILE MAP PLAYERS RACES RESULT LENGTH BUILD"
    );
    assert!(lines[1].starts_with("a.SC2Replay       Keres Passage SEL          Bea, Ana"), "{out}");
    assert!(lines[1].contains("Terran, BW Zerg  Ana won  10:00"), "{out}");
    // Wide letters take two places, so the columns stay in line.
    assert!(
        lines[2].starts_with("deep/b.sc2replay  [SC:Evo] Sylphid (실피드)  \u{fffd}[31mred\u{fffd}, Ana"),
        "{out}"
    );
    assert!(lines[3].starts_with("deep/c.SC2Replay  "), "{out}");
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'));

    let (code, out, _) = run([OsStr::new("inspect"), OsStr::new("--json"), folder.path().as_os_str()]);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ok: Vec<_> = lines.iter().map(|line| line["ok"].as_bool().unwrap()).collect();
    assert_eq!((code, ok), (1, vec![true, true, false]));
    assert_eq!(lines[0]["facts"]["map_title"], "Keres Passage SEL");
    assert!(lines[2]["error"]["kind"].is_string());
}

#[test]
fn inspect_without_a_file_to_read_says_so() {
    let folder = Folder::new();
    folder.write("notes.txt", "no replay");
    let (code, out, notes) = run([OsStr::new("inspect"), folder.path().as_os_str()]);
    assert_eq!((code, out.as_str()), (65, ""));
    assert_eq!(notes, "evoladder replay: there is no .SC2Replay file in the named folders\n");
    let absent = folder.path().join("absent.SC2Replay");
    let (code, out, _) = run([OsStr::new("inspect"), absent.as_os_str()]);
    assert_eq!(code, 1);
    assert!(out.contains("No such file"), "{out}");
    assert_eq!(run(["inspect"]).0, 2);
}

#[test]
fn lists_are_learned_from_games_and_what_does_not_fit_is_named() {
    let folder = Folder::new();
    let of = |map: &str, files: &[u8]| {
        let hex: Vec<String> = files.iter().map(|number| file(*number)).collect();
        forge::write(&Game { cache_handles: handles(&hex), ..game(map) })
    };
    folder.write("keres 1.SC2Replay", of("keres_passage", &[1, 2, 3, 10]));
    folder.write("keres 2.SC2Replay", of("keres_passage", &[1, 2, 3, 10]));
    folder.write("keres 3.SC2Replay", of("keres_passage", &[1, 2, 3, 10, 99]));
    folder.write("khione.SC2Replay", of("khione", &[1, 2, 3, 20, 21]));
    let learn = |extra: &[&str]| {
        let mut arguments = vec![OsStr::new("handles"), folder.path().as_os_str()];
        arguments.extend(extra.iter().map(OsStr::new));
        run(arguments)
    };
    let (code, out, notes) = learn(&["--release", "2026-03"]);
    assert_eq!(code, 1, "{notes}");
    assert_eq!(notes.lines().count(), 1, "{notes}");
    assert!(notes.contains("keres 3.SC2Replay: it has 1 file more and 0 files fewer"), "{notes}");
    let season = load(Which::Real).unwrap();
    let release = evoladder::season::handles::read("learned", &out, &season.maps).unwrap();
    assert_eq!(release.name, "2026-03");
    let europe = &release.regions[&GameRegion::Europe];
    let hash = |number: u8| format!("{number:02x}").repeat(32);
    assert_eq!(europe.base, [1, 2, 3].map(hash).into());
    assert_eq!(europe.maps["keres_passage"], [hash(10)].into());
    assert_eq!(europe.maps["khione"], [20, 21].map(hash).into());

    let (_, out, _) = learn(&["--json"]);
    let lists: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(lists["regions"]["europe"]["maps"]["keres_passage"], json!([hash(10)]));
    assert_eq!(lists["suspicious"].as_array().unwrap().len(), 1);

    // A known file of an unofficial copy, players of two regions, and a map that nobody plays.
    let fake = handle(GameRegion::Europe, season.releases[0].fakes.first().unwrap());
    let hex = [file(1), file(2), file(3), fake];
    folder.write("fake.SC2Replay", forge::write(&Game { cache_handles: handles(&hex), ..game("vermeer") }));
    let mut mixed = game("vermeer");
    mixed.players[0].region = 1;
    folder.write("mixed.SC2Replay", forge::write(&mixed));
    let strange = Game { map_title: "Keres \"Passage\"".to_owned(), ..game("khione") };
    let hex: Vec<String> = [1, 2, 3, 30].map(file).into();
    folder.write("strange.SC2Replay", forge::write(&Game { cache_handles: handles(&hex), ..strange }));
    let (code, out, notes) = learn(&[]);
    assert_eq!((code, notes.lines().count()), (1, 3), "{notes}");
    assert!(notes.contains("fake.SC2Replay: it has 1 file of an unofficial copy"), "{notes}");
    assert!(notes.contains("mixed.SC2Replay: its players are of no one game region"), "{notes}");
    let release = evoladder::season::handles::read("learned", &out, &season.maps).unwrap();
    assert_eq!(release.other_maps["other_keres_passage"], "Keres \"Passage\"");
}

#[test]
fn maps_are_told_by_their_files_before_their_titles() {
    let folder = Folder::new();
    let on = |name: &str, title: &str, files: &[u8]| {
        let hex: Vec<String> = files.iter().map(|number| file(*number)).collect();
        let game = Game { map_title: title.to_owned(), cache_handles: handles(&hex), ..game("khione") };
        folder.write(name, forge::write(&game));
    };
    let season = load(Which::Real).unwrap();
    let title = |key: &str| season.map(key).unwrap().title.clone();
    // A client in another language, beside one in English.
    on("khione 1.SC2Replay", &title("khione"), &[1, 2, 10]);
    on("khione 2.SC2Replay", "키오네", &[1, 2, 10]);
    on("khione 3.SC2Replay", "키오네", &[1, 2, 10]);
    // As well on a map that the season does not play.
    on("temple 1.SC2Replay", "신전", &[1, 2, 20]);
    on("temple 2.SC2Replay", "Temple", &[1, 2, 20]);
    // Titles that differ only in what no key has.
    on("lost 1.SC2Replay", "Lost-World", &[1, 2, 30]);
    on("lost 2.SC2Replay", "Lost World", &[1, 2, 31]);
    on("lost 3.SC2Replay", "[SC:Evo] 세계", &[1, 2, 32]);
    on("lost 4.SC2Replay", "[SC:Evo] 성", &[1, 2, 33]);
    // A replay that names too few files says nothing of others.
    on("few.SC2Replay", &title("keres_passage"), &[1, 2]);
    // Titles of which no key can be made, on two maps.
    on("nameless 1.SC2Replay", "폐허", &[1, 2, 40]);
    on("nameless 2.SC2Replay", "들판", &[1, 2, 41]);
    // The files of a map that the season knows, under a title that nobody does, and under another's.
    let vermeer = season.official_handles(GameRegion::Europe, "vermeer").unwrap();
    let of = |title: String| Game { map_title: title, cache_handles: handles(&vermeer), ..game("khione") };
    folder.write("vermeer.SC2Replay", forge::write(&of("베르메르".to_owned())));
    folder.write("wrong.SC2Replay", forge::write(&of(title("radeon"))));

    let learn = |paths: &[&Path]| {
        let mut arguments = vec![OsStr::new("handles"), OsStr::new("--json")];
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        let (_, out, notes) = run(arguments);
        (serde_json::from_str::<Value>(&out).unwrap(), notes)
    };
    let (lists, notes) = learn(&[folder.path()]);
    let keys: Vec<&String> = lists["regions"]["europe"]["maps"].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "keres_passage",
            "khione",
            "lost_world",
            "other_lost_world",
            "other_sc_evo",
            "sc_evo",
            "temple",
            "vermeer"
        ],
        "{notes}"
    );
    assert_eq!(
        lists["other_maps"],
        json!({
            "lost_world": "Lost World",
            "other_lost_world": "Lost-World",
            "other_sc_evo": "[SC:Evo] 세계",
            "sc_evo": "[SC:Evo] 성",
            "temple": "Temple",
        })
    );
    let mut told: Vec<&str> = notes.lines().collect();
    told.sort_unstable();
    assert_eq!(told.len(), 4, "{notes}");
    for (line, (name, why)) in told.iter().zip([
        ("few.SC2Replay", "its map, Keres Passage SEL, has no file that no other map has"),
        ("nameless 1.SC2Replay", "has no Latin letter or digit to make a key of"),
        ("nameless 2.SC2Replay", "has no Latin letter or digit to make a key of"),
        ("wrong.SC2Replay", "its files are those of vermeer, and its title is that of radeon"),
    ]) {
        assert!(line.contains(name) && line.contains(why), "{line}");
    }
}

#[test]
fn a_map_without_a_file_of_its_own_is_named() {
    let folder = Folder::new();
    let of = |map: &str, files: &[u8]| {
        let hex: Vec<String> = files.iter().map(|number| file(*number)).collect();
        forge::write(&Game { cache_handles: handles(&hex), ..game(map) })
    };
    folder.write("a.SC2Replay", of("keres_passage", &[1, 10]));
    folder.write("b.SC2Replay", of("khione", &[1, 10, 20]));
    let (code, out, notes) = run([OsStr::new("handles"), folder.path().as_os_str()]);
    assert_eq!((code, notes.lines().count()), (1, 1), "{notes}");
    assert!(notes.contains("a.SC2Replay: its map, Keres Passage SEL, has no file"), "{notes}");
    let season = load(Which::Real).unwrap();
    let fault = evoladder::season::handles::read("learned", &out, &season.maps).unwrap_err().to_string();
    assert!(fault.starts_with("learned:") && fault.contains("keres_passage has no file"), "{fault}");
}

#[test]
fn one_map_is_not_enough_to_learn_from() {
    let folder = Folder::new();
    let path = folder.write("a.SC2Replay", forge::write(&game("khione")));
    let (code, out, notes) = run([OsStr::new("handles"), path.as_os_str()]);
    assert_eq!((code, out.as_str()), (65, ""));
    assert!(notes.contains("left out: europe: it takes games on at least two maps"), "{notes}");
    assert!(notes.contains("nothing could be learned from 1 files"), "{notes}");
}

/// Runs `verify` on a game with the example's match, changed.
fn verify(game: &Game, change: impl FnOnce(&mut Value), json: bool) -> Ran {
    let folder = Folder::new();
    let mut of = example();
    change(&mut of);
    let (replay, of) =
        (folder.write("a.SC2Replay", forge::write(game)), folder.write("match.json", of.to_string()));
    let mut arguments = vec![OsStr::new("verify"), replay.as_os_str(), OsStr::new("--match"), of.as_os_str()];
    arguments.extend(json.then_some(OsStr::new("--json")));
    run(arguments)
}

fn example() -> Value {
    let (code, out, _) = run(["verify", "--example"]);
    assert_eq!(code, 0);
    serde_json::from_str(&out).unwrap()
}

#[test]
fn a_replay_is_judged_for_a_match_from_a_file() {
    let (code, out, notes) = verify(&game("keres_passage"), |_| (), false);
    assert_eq!((code, notes.as_str()), (0, ""), "{out}");
    assert!(out.ends_with("\nDecided: Ana wins, as the replay records.\n"), "{out}");
    assert!(out.contains("2026-11-21T18:00:00Z – 2026-11-21T18:30:00Z"), "{out}");
    assert!(out.contains("official 2025-11"), "{out}");

    let (code, out, _) = verify(&game("keres_passage"), |_| (), true);
    let verdict: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &verdict["outcome"], &verdict["winner"]), (0, &json!("decided"), &json!("Ana")));
    assert_eq!(verdict["accounts"], json!(["2-S2-1-1234567", "2-S2-1-22"]));
    let graded = verdict["checks"].as_array().unwrap().iter().all(|check| check["grade"] == "passed");
    assert!(graded, "{out}");

    let mut fake = game("keres_passage");
    fake.cache_handles.push(cache_handle(&file(7)));
    let (code, out, _) = verify(&fake, |_| (), false);
    assert_eq!(code, 1);
    assert!(out.contains("unknown files 1, missing files 0"), "{out}");
    assert!(out.ends_with("\nRejected: it does not decide the match.\n"), "{out}");

    let mut without = game("keres_passage");
    without.players.iter_mut().for_each(|player| player.result = GameResult::Undecided);
    let (code, out, _) = verify(&without, |_| (), true);
    assert_eq!(
        (code, serde_json::from_str::<Value>(&out).unwrap()["outcome"].clone()),
        (1, json!("undecided"))
    );
}

#[test]
fn verify_takes_lists_that_were_learned() {
    let folder = Folder::new();
    let new: Vec<String> = [1, 2, 3, 10].map(file).into();
    let games = [
        ("a.SC2Replay", Game { cache_handles: handles(&new), ..game("keres_passage") }),
        ("b.SC2Replay", Game { cache_handles: handles(&[1, 2, 3, 20].map(file)), ..game("khione") }),
    ];
    let paths = games.map(|(name, game)| folder.write(name, forge::write(&game)));
    let of = folder.write("match.json", example().to_string());
    let (code, lists, _) = run([OsStr::new("handles"), folder.path().as_os_str()]);
    assert_eq!(code, 0);
    let lists = folder.write("lists.toml", lists);
    let arguments = [OsStr::new("verify"), paths[0].as_os_str(), OsStr::new("--match"), of.as_os_str()];
    let (code, out, _) = run(arguments);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("unverified files 4"), "{out}");
    let (code, out, _) = run(arguments.into_iter().chain([OsStr::new("--handles"), lists.as_os_str()]));
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("official learned"), "{out}");
    std::fs::write(&lists, "release = \"x\"\nfakes = [\"abc\"]\n").unwrap();
    let (code, _, notes) = run(arguments.into_iter().chain([OsStr::new("--handles"), lists.as_os_str()]));
    assert_eq!(code, 65);
    assert!(notes.contains("lists.toml:2: abc is not 64 lower-case hex digits"), "{notes}");
}

#[test]
fn a_wrong_match_file_is_told_by_its_field() {
    type Change = fn(&mut Value);
    let rows: [(Change, &str); 14] = [
        (|of| drop(of.as_object_mut().unwrap().remove("map")), "map is missing"),
        (|of| of["map"] = json!("atlantis"), "map should be one of celestial_enclave, "),
        (|of| of["maps"] = json!(1), "maps is no field"),
        (|of| of["season"] = json!("2027"), "season should be \"real\" or \"demo\""),
        (|of| of["players"] = json!([]), "players should be two"),
        (|of| of["players"][1]["race"] = json!("bw_zerg"), "players[1].race should be one of sc2_terran"),
        (|of| of["players"][0]["name"] = json!(5), "players[0].name should be a text"),
        (|of| of["players"][0]["name"] = json!("A"), "players[0]: name and alternatives"),
        (|of| of["players"][0]["alternatives"] = json!("x"), "players[0].alternatives should be a list"),
        (|of| of["players"][0]["toons"] = json!(["1-2-3"]), "players[0].toons[0] should be an account"),
        (
            |of| of["players"][1]["toons"] = json!(["2-S2-1-1234567"]),
            "players[1].toons: 2-S2-1-1234567 is there twice",
        ),
        (|of| of["started_at"] = json!("yesterday"), "started_at should be a time"),
        (|of| of["uploaded_at"] = json!("2026-11-21T17:00:00Z"), "uploaded_at should not be before"),
        (|of| *of = json!([]), "the file should be an object"),
    ];
    for (change, told) in rows {
        let (code, out, notes) = verify(&game("keres_passage"), change, false);
        assert_eq!((code, out.as_str()), (65, ""), "{told}");
        assert!(notes.contains(told) && notes.contains("match.json"), "{told}: {notes}");
        assert_eq!(notes.lines().count(), 1, "{notes}");
    }
    let folder = Folder::new();
    let path = folder.write("match.json", "{");
    let (code, _, notes) =
        run([OsStr::new("verify"), path.as_os_str(), OsStr::new("--match"), path.as_os_str()]);
    assert_eq!(code, 65);
    assert!(notes.contains("it is no JSON"), "{notes}");
    // A file that is no replay is a verdict, not a wrong call.
    let of = folder.write("match.json", example().to_string());
    let (code, out, _) = run([OsStr::new("verify"), of.as_os_str(), OsStr::new("--match"), of.as_os_str()]);
    assert_eq!(code, 1);
    assert!(out.starts_with("Unreadable: "), "{out}");
    assert_eq!(run(["verify"]).0, 2);
}

#[test]
fn real_official_games_pass_the_check_of_the_mod_and_no_fake_does() {
    let folder = std::env::var_os("EVOLADDER_REPLAYS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/replays"), PathBuf::from);
    let Ok(expected) = std::fs::read(folder.join("expected.json")) else {
        println!("skipped: no real replays");
        return;
    };
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let season = load(Which::Real).unwrap();
    let mut counts = [0; 2];
    for (name, of) in expected["replays"].as_object().unwrap() {
        let Some(kind) = of.get("evo_kind").and_then(Value::as_str) else { continue };
        let facts = replay::parse(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let region = GameRegion::from_number(facts.players[0].region).unwrap();
        let titles =
            season.maps.iter().map(|map| (&map.key, &map.title)).chain(&season.releases[0].other_maps);
        let map = titles.clone().find(|(_, title)| **title == facts.map_title).unwrap().0;
        let handles: Vec<String> = facts.cache_handles.iter().map(ToString::to_string).collect();
        let found = finding(&season.releases, region, map, &handles);
        if kind == "official" {
            assert_eq!(found, ModFinding::Official { release: "2025-11".to_owned() }, "{name}");
        } else {
            assert_eq!(found, ModFinding::Fake { files: 1 }, "{name}");
            // Nor would one pass that nobody has seen before.
            let mut releases = season.releases.clone();
            releases[0].fakes.clear();
            let found = finding(&releases, region, map, &handles);
            assert_eq!(found, ModFinding::Differs { unknown: 1, missing: 0 }, "{name}");
        }
        counts[usize::from(kind == "official")] += 1;
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}
