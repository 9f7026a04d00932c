//! What a season fixes: maps, servers, words for races, and the knobs. Read and checked by
//! [`crate::season`]; here it is only asked.

use super::verdict::mod_files::{self, Release};
use ipc_schema::vocab::{Era, GameRegion, Locale, Race, Region, Server, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Season {
    pub name: String,
    pub knobs: Knobs,
    pub maps: Vec<Map>,
    pub mod_title: String,
    /// Arcade ids by game region.
    pub mod_ids: [String; 3],
    /// What the regions and the servers are called, in English.
    pub region_names: BTreeMap<Region, String>,
    pub server_names: BTreeMap<Server, String>,
    /// For both orders of every two regions.
    pub servers: BTreeMap<(Region, Region), Server>,
    /// From the words of replays, lower case.
    pub race_words: BTreeMap<String, Race>,
    /// Codes of what a player may have as nationality.
    pub countries: BTreeSet<String>,
    pub known_problems: Vec<KnownProblem>,
    /// What official games load, as far as it was learned.
    pub releases: Vec<Release>,
    /// In no file: whoever decides says it, by how much is going on.
    pub pace: Pace,
}

/// How often a message is told anew that only is to stay true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    #[default]
    Usual,
    Rare,
}

/// What whoever plays with a race or against it should know of it.
#[derive(Debug, Clone)]
pub struct KnownProblem {
    pub race: Race,
    /// Whoever has played a match with the race since then was told.
    pub since: Timestamp,
    /// In every language.
    pub says: BTreeMap<Locale, String>,
}

#[derive(Debug, Clone)]
pub struct Map {
    pub key: String,
    pub title: String,
    /// Its titles in other languages.
    pub aliases: Vec<String>,
    pub era: Era,
    pub author: String,
    /// Arcade ids by game region.
    pub ids: [String; 3],
}

/// The numbers of the rules; [`super::knobs`] has their names, units and ranges.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Knobs {
    pub wave: Duration,
    /// MMR accepted before any wave.
    pub window_start: u32,
    /// More for each wave waited, the present one included.
    pub window_step: u32,
    pub vetoes: u8,
    pub confirm_after_wave: Duration,
    pub confirm_after_delivery: Duration,
    pub remind_after: Duration,
    pub match_limit: Duration,
    /// Of a running match, after its start, in order.
    pub play_reminders: Vec<Duration>,
    pub aborts_per_month: u8,
    pub timeouts: Vec<Duration>,
    pub mmr_start: i32,
    pub mmr_scale: f64,
    pub mmr_k: f64,
    pub rematch: Duration,
    /// Accounts of one player in a game region that bind themselves by name.
    pub toons_per_region: u8,
    pub dispute: Duration,
    /// The deviation of a Glicko-2 rating above which it is provisional.
    pub provisional_deviation: f64,
}

impl Season {
    /// Whether two players with so many vetoes each leave one of so many maps.
    pub fn leaves_a_map(vetoes: u8, maps: usize) -> bool {
        2 * usize::from(vetoes) < maps
    }

    pub fn map(&self, key: &str) -> Option<&Map> {
        self.maps.iter().find(|map| map.key == key)
    }

    pub fn server(&self, regions: [Region; 2]) -> Server {
        *self.servers.get(&(regions[0], regions[1])).expect("a season has a server for every two regions")
    }

    /// The cache handles of an official game on the map, in hex, where a release's are known.
    pub fn official_handles(&self, region: GameRegion, map: &str) -> Option<Vec<String>> {
        let of_lists = self.releases.iter().find_map(|release| release.regions.get(&region)?.of_map(map));
        let files = of_lists.or_else(|| {
            let mut sets = self.releases.iter().flat_map(|release| &release.exact);
            Some(sets.find(|set| set.region == region && set.map == map)?.files.clone())
        })?;
        Some(files.iter().map(|file| mod_files::handle(region, file)).collect())
    }

    /// In-game link of an arcade id; the doubled colon is the game client's.
    pub fn link(ids: &[String; 3], region: GameRegion) -> String {
        format!("battlenet:://starcraft/map/{}", ids[usize::from(region.number()) - 1])
    }
}
