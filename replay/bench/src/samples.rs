//! The files that are read: real ones, else forged ones.

use std::fs;
use std::path::{Path, PathBuf};

use replay::forge::{self, Game};
use replay::measure::{self, PackedStream};
use serde_json::{Value, json};

pub struct Sample {
    pub name: String,
    pub bytes: Vec<u8>,
    pub path: PathBuf,
    pub streams: Vec<PackedStream>,
}

/// Files so alike that one time stands for all: their mean.
pub struct Group {
    pub name: String,
    pub samples: Vec<Sample>,
}

impl Group {
    pub fn describe(&self) -> Value {
        let files = self.samples.iter().map(|sample| {
            let unpacked: usize = sample.streams.iter().map(|stream| stream.size).sum();
            let packed: usize = sample.streams.iter().map(|stream| stream.packed.len()).sum();
            json!({ "name": sample.name, "bytes": sample.bytes.len(), "packed": packed, "unpacked": unpacked })
        });
        json!({ "name": self.name, "files": files.collect::<Vec<_>>() })
    }
}

/// The large games, by the start of their file names. The goals are about the first.
const LARGE: [(&str, &str); 3] = [
    ("sc2_5.0.0_1v1_ladder", "150 KB, 1v1"),
    ("sc2_5.0.11_2v2_ai", "119 KB, 2v2 with AI"),
    ("sc2_5.0.14_1v2_ai", "177 KB, 1v2 with AI"),
];

pub fn load(replays: &Path, scratch: &Path) -> Vec<Group> {
    let mut paths: Vec<PathBuf> = fs::read_dir(replays)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.sort();
    let starting = |start: &str| {
        let name =
            |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
        paths.iter().filter(name).filter_map(|path| sample(path)).collect::<Vec<_>>()
    };
    let mut groups: Vec<Group> =
        LARGE.map(|(start, name)| Group { name: name.into(), samples: starting(start) }).into();
    let evo = starting("evo_");
    groups.push(Group { name: format!("SC: Evo, {} files", evo.len()), samples: evo });
    if groups.iter().all(|group| !group.samples.is_empty()) {
        println!("Real replays of {}.", replays.display());
        return groups;
    }
    println!("No real replays in {}, so these numbers are of FORGED ones.", replays.display());
    println!("They say how the reader did, not whether the goals are met: those are about real files.");
    forged(scratch)
}

fn sample(path: &Path) -> Option<Sample> {
    let bytes = fs::read(path).ok()?;
    let streams = measure::packed_streams(&bytes).ok()?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some(Sample { name, bytes, path: path.to_owned(), streams })
}

/// Games with as many events as the real ones have.
fn forged(scratch: &Path) -> Vec<Group> {
    let games =
        [("forged, 13,793 events", 13_793), ("forged, 7,461 events", 7_461), ("forged, 10 events", 10)];
    let groups = games.map(|(name, events)| {
        let path = scratch.join(format!("forged_{events}.SC2Replay"));
        let written = fs::write(&path, forge::write(&Game { events, ..Game::default() }));
        let samples = written.ok().and_then(|()| sample(&path)).into_iter().collect();
        Group { name: name.into(), samples }
    });
    groups.into()
}
