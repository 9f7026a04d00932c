//! `handles`: learns from replays of official games which files they load.
//!
//! A file of a game region that games on all maps load is the mod's; the rest is its map's. What
//! only a minority of the games on a map load is not learned, and who has it is named.

use super::files::{self, Progress, plain};
use super::maps::{self, Files, Game, Map};
use anyhow::bail;
use evoladder::domain::season::Season;
use evoladder::domain::verdict::mod_files::LoadedFiles;
use evoladder::season::{Which, load};
use ipc_schema::vocab::GameRegion;
use replay::Facts;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// What was learned of a release. Files are SHA-256 in hex.
#[derive(Serialize)]
struct Lists {
    release: String,
    /// Titles of maps that the season does not play, by key.
    other_maps: BTreeMap<String, String>,
    regions: BTreeMap<&'static str, RegionLists>,
    /// Game regions with too few maps.
    left_out: Vec<&'static str>,
    suspicious: Vec<Suspicious>,
}

#[derive(Serialize)]
struct RegionLists {
    base: Files,
    maps: BTreeMap<String, Files>,
}

#[derive(Serialize)]
struct Suspicious {
    file: String,
    why: String,
}

/// One game.
struct Sample {
    file: String,
    game: Game,
    map: Map,
}

pub(crate) fn run(paths: &[PathBuf], release: &str, json: bool) -> anyhow::Result<ExitCode> {
    let files = files::named(paths)?;
    let season = load(Which::Real)?;
    let progress = Progress::of(files.len());
    let (mut games, mut read, mut suspicious) = (Vec::new(), Vec::new(), Vec::new());
    for (number, path) in (1..).zip(&files) {
        progress.at(number);
        let file = path.display().to_string();
        let game = match files::facts(path) {
            Ok(facts) => game(&season, &facts),
            Err(error) => Err(format!("cannot be read: {error}")),
        };
        match game {
            Ok(game) => {
                games.push(game);
                read.push(file);
            }
            Err(why) => suspicious.push(Suspicious { file, why }),
        }
    }
    progress.end();
    let mut samples = Vec::new();
    let maps = maps::of_games(&season, &games);
    for ((file, game), map) in read.into_iter().zip(games).zip(maps) {
        match map {
            Ok(map) => samples.push(Sample { file, game, map }),
            Err(why) => suspicious.push(Suspicious { file, why }),
        }
    }
    let lists = learn(&season, release, &samples, suspicious);
    let (mut out, mut notes) = (io::stdout().lock(), io::stderr().lock());
    for Suspicious { file, why } in &lists.suspicious {
        writeln!(notes, "suspicious: {}: {}", plain(file), plain(why))?;
    }
    for region in &lists.left_out {
        writeln!(
            notes,
            "left out: {region}: it takes games on at least two maps to tell the mod's files from a map's"
        )?;
    }
    if lists.regions.is_empty() {
        bail!("nothing could be learned from {} files", files.len());
    }
    if json {
        writeln!(out, "{}", serde_json::to_string(&lists)?)?;
    } else {
        out.write_all(toml(&lists).as_bytes())?;
    }
    let whole = lists.suspicious.is_empty() && lists.left_out.is_empty();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a file says of the lists, or why it is none to learn from.
fn game(season: &Season, facts: &Facts) -> Result<Game, String> {
    let regions: BTreeSet<u8> =
        facts.players.iter().filter(|player| player.is_human()).map(|player| player.region).collect();
    let region = match regions.first().and_then(|number| GameRegion::from_number(*number)) {
        Some(region) if regions.len() == 1 => region,
        _ => return Err("its players are of no one game region".to_owned()),
    };
    let handles: Vec<String> = facts.cache_handles.iter().map(ToString::to_string).collect();
    let loaded = LoadedFiles::of(&handles, region);
    if loaded.of_elsewhere > 0 {
        return Err(format!(
            "it has {} of another game region than its players",
            counted(loaded.of_elsewhere)
        ));
    }
    let fakes = season.releases.iter().flat_map(|release| &release.fakes);
    let fakes = fakes.filter(|fake| loaded.files.contains(*fake)).count();
    if fakes > 0 {
        return Err(format!("it has {} of an unofficial copy of the mod", counted(fakes)));
    }
    if loaded.files.is_empty() {
        return Err("it names no files".to_owned());
    }
    Ok(Game { region, title: facts.map_title.trim().to_owned(), files: loaded.files })
}

fn learn(season: &Season, release: &str, samples: &[Sample], suspicious: Vec<Suspicious>) -> Lists {
    let mut lists = Lists {
        release: release.to_owned(),
        other_maps: BTreeMap::new(),
        regions: BTreeMap::new(),
        left_out: Vec::new(),
        suspicious,
    };
    for region in GameRegion::ALL {
        let of_region: Vec<&Sample> = samples.iter().filter(|sample| sample.game.region == *region).collect();
        let mut maps: BTreeMap<String, Files> = BTreeMap::new();
        let keys: BTreeSet<&String> = of_region.iter().map(|sample| &sample.map.key).collect();
        for key in keys {
            let on_map: Vec<&Sample> =
                of_region.iter().copied().filter(|sample| sample.map.key == *key).collect();
            let learned = of_most(&on_map);
            lists.suspicious.extend(on_map.iter().filter_map(|sample| differing(sample, &learned)));
            maps.insert(key.clone(), learned);
        }
        if maps.len() < 2 {
            lists.left_out.extend((!maps.is_empty()).then(|| region.code()));
            continue;
        }
        let base = maps.values().cloned().reduce(|base, files| &base & &files).unwrap_or_default();
        for files in maps.values_mut() {
            *files = &*files - &base;
        }
        for sample in without_own(&of_region, &maps) {
            let why = format!("its map, {}, has no file that no other map has", sample.map.title);
            lists.suspicious.push(Suspicious { file: sample.file.clone(), why });
        }
        let others = of_region.iter().map(|sample| &sample.map).filter(|map| season.map(&map.key).is_none());
        lists.other_maps.extend(others.map(|map| (map.key.clone(), map.title.clone())));
        lists.regions.insert(region.code(), RegionLists { base, maps });
    }
    lists
}

/// A game on each map whose files do not tell it from the others.
fn without_own<'a>(games: &[&'a Sample], maps: &BTreeMap<String, Files>) -> Vec<&'a Sample> {
    let is_without = |key: &String, files: &Files| {
        let others = maps.iter().filter(|(other, _)| *other != key);
        files.is_subset(&others.flat_map(|(_, files)| files).cloned().collect())
    };
    let without = maps.iter().filter(|(key, files)| is_without(key, files));
    without.filter_map(|(key, _)| games.iter().find(|game| game.map.key == *key).copied()).collect()
}

/// The files that more than half of the games load.
fn of_most(games: &[&Sample]) -> Files {
    let all: BTreeSet<&String> = games.iter().flat_map(|sample| &sample.game.files).collect();
    let common = |file: &&String| {
        2 * games.iter().filter(|sample| sample.game.files.contains(*file)).count() > games.len()
    };
    all.into_iter().filter(common).cloned().collect()
}

fn differing(sample: &Sample, learned: &Files) -> Option<Suspicious> {
    let (extra, missing) =
        (sample.game.files.difference(learned).count(), learned.difference(&sample.game.files).count());
    (extra + missing > 0).then(|| Suspicious {
        file: sample.file.clone(),
        why: format!(
            "it has {} more and {} fewer than most games on {}",
            counted(extra),
            counted(missing),
            sample.map.title
        ),
    })
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

fn toml(lists: &Lists) -> String {
    // A text of JSON is one of TOML as well, once it has no control characters.
    let text = |text: &str| serde_json::Value::from(plain(text)).to_string();
    let array = |files: &Files| {
        let files: String = files.iter().map(|file| format!("  \"{file}\",\n")).collect();
        format!("[\n{files}]\n")
    };
    let mut out = format!(
        "# SHA-256 of the files that games load, by game region.\nrelease = {}\n",
        text(&lists.release)
    );
    if !lists.other_maps.is_empty() {
        out += "\n# Maps that the season does not play.\n[other_maps]\n";
        out.extend(lists.other_maps.iter().map(|(key, title)| format!("{key} = {}\n", text(title))));
    }
    for (region, RegionLists { base, maps }) in &lists.regions {
        out += &format!("\n[{region}]\n# In every game of the region.\nbase = {}", array(base));
        out += &format!("\n# Beside them in games on the map.\n[{region}.maps]\n");
        out.extend(maps.iter().map(|(key, files)| format!("{key} = {}", array(files))));
    }
    out
}
