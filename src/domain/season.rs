//! What a season fixes: maps, servers, words for races, and the knobs. Read and checked by
//! [`crate::season`]; here it is only asked.

use ipc_schema::vocab::{Era, GameRegion, Race, Region, Server};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Season {
    pub name: String,
    pub knobs: Knobs,
    pub maps: Vec<Map>,
    pub mod_title: String,
    /// Arcade ids by game region.
    pub mod_ids: [String; 3],
    /// For both orders of every two regions.
    pub servers: BTreeMap<(Region, Region), Server>,
    /// From the words of replays, lower case.
    pub race_words: BTreeMap<String, Race>,
}

#[derive(Debug, Clone)]
pub struct Map {
    pub key: String,
    pub title: String,
    pub era: Era,
    pub author: String,
    /// Arcade ids by game region.
    pub ids: [String; 3],
}

#[derive(Debug, Clone)]
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
    pub aborts_per_month: u8,
    pub timeouts: Vec<Duration>,
    pub mmr_start: i32,
    pub mmr_scale: f64,
    pub mmr_k: f64,
    pub rematch: Duration,
}

impl Season {
    pub fn map(&self, key: &str) -> Option<&Map> {
        self.maps.iter().find(|map| map.key == key)
    }

    pub fn server(&self, regions: [Region; 2]) -> Server {
        *self.servers.get(&(regions[0], regions[1])).expect("a season has a server for every two regions")
    }

    /// In-game link of an arcade id; the doubled colon is the game client's.
    pub fn link(ids: &[String; 3], region: GameRegion) -> String {
        format!("battlenet:://starcraft/map/{}", ids[usize::from(region.number()) - 1])
    }
}
