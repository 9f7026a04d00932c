//! The seasons' data files: reads, checks, and names every fault by file and line.
//!
//! [`source`] makes trees of the texts, [`check`] a season of a tree, [`handles`] a release of the
//! mod. All files are part of the executable, so what is wrong with them is found by a test; at the
//! start it is looked for again, since a build may have been made without.

mod check;
pub mod handles;
mod source;
#[cfg(test)]
mod tests;

use crate::config;
use crate::domain::season::Season;
use ipc_schema::vocab::GameRegion;
use source::Faults;
use std::collections::BTreeMap;

/// A file by its name and its text.
type Text<'a> = (&'a str, &'a str);

const SEASON: Text<'_> = ("season/2026.toml", include_str!("../season/2026.toml"));
const DEMO: Text<'_> = ("season/demo.toml", include_str!("../season/demo.toml"));

const HANDLES: &[Text<'_>] =
    &[("season/handles/2025-11.toml", include_str!("../season/handles/2025-11.toml"))];
const DEMO_HANDLES: &[Text<'_>] =
    &[("season/handles/demo.toml", include_str!("../season/handles/demo.toml"))];

/// Which season is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The season itself.
    Real,
    /// The season with what the demo changes.
    Demo,
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

/// The season's data, checked. An error has a line `file:line: what is wrong` for each fault.
pub fn load(which: Which) -> Result<Season, config::Faults> {
    match which {
        Which::Real => read(&[SEASON], HANDLES),
        Which::Demo => read(&[SEASON, DEMO], DEMO_HANDLES),
    }
}

/// A season of texts that each change the one before, with lists of files.
fn read(texts: &[Text<'_>], lists: &[Text<'_>]) -> Result<Season, config::Faults> {
    let mut faults = Faults::default();
    let mut files =
        texts.iter().map(|(file, text)| source::read(file, text, &mut faults)).collect::<Vec<_>>();
    let lists: Vec<_> = lists.iter().map(|(file, text)| source::read(file, text, &mut faults)).collect();
    // What cannot be read is missing, and would be told as such once more.
    if !faults.is_empty() {
        return faults.or(None);
    }
    let mut file = files.remove(0);
    files.into_iter().for_each(|over| file.overlay(over));
    let mut season = check::season(file, &mut faults);
    for list in lists {
        let Some((name, release)) = handles::check(list, &season.maps, &mut faults) else { continue };
        if season.releases.iter().any(|other| other.name == release.name) {
            faults.add(&name.place, format!("the release {} is there twice", release.name));
        }
        season.releases.push(release);
    }
    faults.or(Some(season))
}

/// The cache handles, in hex, that an official game in a game region on a map has: as the season
/// knows them, and where it does not, as the demo invents them.
pub fn official_handles(which: Which) -> Result<BTreeMap<(GameRegion, String), Vec<String>>, config::Faults> {
    let seasons = [load(Which::Demo)?, load(which)?];
    let places =
        seasons[1].maps.iter().flat_map(|map| GameRegion::ALL.iter().map(|region| (*region, &map.key)));
    let known = |(region, key): (GameRegion, &String)| {
        let handles = seasons.iter().rev().find_map(|season| season.official_handles(region, key));
        Some(((region, key.clone()), handles?))
    };
    Ok(places.filter_map(known).collect())
}
