//! The seasons' data files: reads, checks, and names every fault.

pub mod handles;

use crate::config;
use crate::domain::season::{Knobs, Map, Season};
use crate::domain::verdict::mod_files::Release;
use anyhow::{Context, bail};
use ipc_schema::vocab::{Era, GameRegion, Race, Region, Server};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

const SEASON: &str = include_str!("../season/2026.toml");
const DEMO: &str = include_str!("../season/demo.toml");

/// A file of lists by its name and its text.
type Lists = (&'static str, &'static str);

const HANDLES: &[Lists] = &[("season/handles/2025-11.toml", include_str!("../season/handles/2025-11.toml"))];
const DEMO_HANDLES: &[Lists] = &[("season/handles/demo.toml", include_str!("../season/handles/demo.toml"))];

/// Which season is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The season itself.
    Real,
    /// The season with what the demo changes.
    Demo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    knobs: KnobsFile,
    #[serde(rename = "mod")]
    mod_: ModFile,
    races: BTreeMap<String, Vec<String>>,
    maps: Vec<MapFile>,
    servers: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnobsFile {
    wave_s: u64,
    window_start: u32,
    window_step: u32,
    vetoes: u8,
    confirm_after_wave_s: u64,
    confirm_after_delivery_s: u64,
    remind_after_s: u64,
    match_limit_s: u64,
    aborts_per_month: u8,
    timeouts_min: Vec<u64>,
    mmr_start: i32,
    mmr_scale: f64,
    mmr_k: f64,
    rematch_s: u64,
    toons_per_region: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModFile {
    title: String,
    #[serde(rename = "author")]
    _author: String,
    ids: [String; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    key: String,
    title: String,
    #[serde(default)]
    aliases: Vec<String>,
    era: String,
    author: String,
    ids: [String; 3],
}

impl Which {
    /// By the name in `EVOLADDER_SEASON`.
    pub fn from_name(name: &str) -> Option<Which> {
        match name {
            config::DEFAULT_SEASON => Some(Which::Real),
            config::DEMO_SEASON => Some(Which::Demo),
            _ => None,
        }
    }
}

/// The season's data, checked.
pub fn load(which: Which) -> anyhow::Result<Season> {
    let mut table: toml::Table = SEASON.parse().context("read season/2026.toml")?;
    if which == Which::Demo {
        overlay(&mut table, DEMO.parse().context("read season/demo.toml")?);
    }
    let mut season = check(table.try_into().context("read season/2026.toml")?)?;
    let lists = if which == Which::Demo { DEMO_HANDLES } else { HANDLES };
    season.releases = read_lists(lists, &season.maps)?;
    Ok(season)
}

fn read_lists(lists: &[Lists], maps: &[Map]) -> anyhow::Result<Vec<Release>> {
    let releases = lists.iter().map(|(file, text)| handles::read(file, text, maps));
    let releases = releases.collect::<anyhow::Result<Vec<_>>>()?;
    for (at, release) in releases.iter().enumerate() {
        if releases[..at].iter().any(|other| other.name == release.name) {
            bail!("season/handles: release {} is there twice", release.name);
        }
    }
    Ok(releases)
}

/// The cache handles, in hex, that an official game in a game region on a map has: as the season
/// knows them, and where it does not, as the demo invents them.
pub fn official_handles(which: Which) -> anyhow::Result<BTreeMap<(GameRegion, String), Vec<String>>> {
    let seasons = [load(Which::Demo)?, load(which)?];
    let places =
        seasons[1].maps.iter().flat_map(|map| GameRegion::ALL.iter().map(|region| (*region, &map.key)));
    let known = |(region, key): (GameRegion, &String)| {
        let handles = seasons.iter().rev().find_map(|season| season.official_handles(region, key));
        Some(((region, key.clone()), handles?))
    };
    Ok(places.filter_map(known).collect())
}

/// Values of `over` replace those of `table`; tables are gone into.
fn overlay(table: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(over)) => overlay(below, over),
            (_, value) => drop(table.insert(key, value)),
        }
    }
}

fn check(file: File) -> anyhow::Result<Season> {
    let knobs = &file.knobs;
    if knobs.wave_s == 0
        || knobs.timeouts_min.is_empty()
        || knobs.mmr_scale <= 0.0
        || knobs.vetoes > 25
        || knobs.toons_per_region == 0
    {
        bail!(
            "season {}: wave_s, mmr_scale and toons_per_region must be above 0, timeouts_min not empty, vetoes at most 25",
            file.name
        );
    }
    let mut maps: Vec<Map> = Vec::new();
    for MapFile { key, title, aliases, era, author, ids } in file.maps {
        let era =
            Era::from_code(&era).with_context(|| format!("map {key}: era {era} is neither bw nor sc2"))?;
        let is_taken =
            |name: &String| maps.iter().any(|map| map.title == *name || map.aliases.contains(name));
        if maps.iter().any(|map| map.key == key) || aliases.iter().chain([&title]).any(is_taken) {
            bail!("map {key} is there twice");
        }
        maps.push(Map { key, title, aliases, era, author, ids });
    }
    if maps.len() <= 2 * usize::from(knobs.vetoes) {
        bail!("season {}: two players could veto all {} maps", file.name, maps.len());
    }
    let mut race_words = BTreeMap::new();
    for (code, words) in &file.races {
        let race = Race::from_code(code).with_context(|| format!("races: {code} is no race"))?;
        for word in words {
            if race_words.insert(word.to_lowercase(), race).is_some() {
                bail!("races: {word} is there twice");
            }
        }
    }
    Ok(Season {
        name: file.name,
        maps,
        mod_title: file.mod_.title,
        mod_ids: file.mod_.ids,
        servers: check_servers(&file.servers)?,
        race_words,
        releases: Vec::new(),
        knobs: Knobs {
            wave: Duration::from_secs(knobs.wave_s),
            window_start: knobs.window_start,
            window_step: knobs.window_step,
            vetoes: knobs.vetoes,
            confirm_after_wave: Duration::from_secs(knobs.confirm_after_wave_s),
            confirm_after_delivery: Duration::from_secs(knobs.confirm_after_delivery_s),
            remind_after: Duration::from_secs(knobs.remind_after_s),
            match_limit: Duration::from_secs(knobs.match_limit_s),
            aborts_per_month: knobs.aborts_per_month,
            timeouts: knobs.timeouts_min.iter().map(|minutes| Duration::from_secs(60 * minutes)).collect(),
            mmr_start: knobs.mmr_start,
            mmr_scale: knobs.mmr_scale,
            mmr_k: knobs.mmr_k,
            rematch: Duration::from_secs(knobs.rematch_s),
            toons_per_region: knobs.toons_per_region,
        },
    })
}

fn check_servers(rows: &BTreeMap<String, Vec<String>>) -> anyhow::Result<BTreeMap<(Region, Region), Server>> {
    if let Some(unknown) = rows.keys().find(|code| Region::from_code(code).is_none()) {
        bail!("servers: {unknown} is no region");
    }
    let mut servers = BTreeMap::new();
    for (at, region) in Region::ALL.iter().enumerate() {
        let row = rows.get(region.code()).with_context(|| format!("servers: no row for {region}"))?;
        if row.len() != at + 1 {
            bail!("servers: the row of {region} has {} servers, not {}", row.len(), at + 1);
        }
        for (other, code) in Region::ALL.iter().zip(row) {
            let server = Server::from_code(code);
            let server =
                server.with_context(|| format!("servers: {code} for {region} and {other} is no server"))?;
            servers.insert((*region, *other), server);
            servers.insert((*other, *region), server);
        }
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_season_and_the_demo_are_whole() {
        let (real, demo) = (load(Which::Real).unwrap(), load(Which::Demo).unwrap());
        assert_eq!((real.knobs.wave.as_secs(), demo.knobs.wave.as_secs()), (45, 5));
        assert_eq!(real.maps.len(), 9);
        assert_eq!(real.server([Region::Fer, Region::Oce]), Server::Sng);
        assert_eq!(demo.knobs.match_limit, real.knobs.match_limit);
        assert_eq!(real.race_words["스1 저그"], Race::BwZerg);
    }

    #[test]
    fn a_fault_in_the_data_is_named() {
        for (from, to, told) in [
            ("\nFER = [\"KOR\", ", "\nFER = [", "the row of FER has 15 servers, not 16"),
            ("key = \"khione\"", "key = \"radeon\"", "map radeon is there twice"),
            ("NAW = [\"USW\"]", "NAW = [\"XYZ\"]", "XYZ for NAW and NAW is no server"),
            ("wave_s = 45", "wave_s = 0", "wave_s"),
            ("wave_s = 45", "", "wave_s"),
        ] {
            assert!(SEASON.contains(from), "{from}");
            let table: toml::Table = SEASON.replacen(from, to, 1).parse().unwrap();
            let fault = table.try_into().map_err(anyhow::Error::from).and_then(check).err().unwrap();
            assert!(format!("{fault:#}").contains(told), "{fault:#}");
        }
    }
}
