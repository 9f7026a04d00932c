//! What a check found, in the words in which it is stored.

use std::fmt;
use std::str::FromStr;

/// Who plays in a replay, as [`Check`] holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsFinding {
    pub humans: usize,
    pub computers: usize,
    /// Two people who do not play against each other.
    pub one_team: bool,
}

impl fmt::Display for SeatsFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SeatsFinding { humans, computers, one_team } = self;
        let teams = if *one_team { ", one team" } else { "" };
        write!(f, "players {humans}, AI {computers}{teams}")
    }
}

impl FromStr for SeatsFinding {
    type Err = NotAFinding;

    fn from_str(text: &str) -> Result<SeatsFinding, NotAFinding> {
        let (text, one_team) = text.strip_suffix(", one team").map_or((text, false), |text| (text, true));
        let counts = text.strip_prefix("players ").and_then(|text| text.split_once(", AI "));
        let (humans, computers) = counts.ok_or(NotAFinding)?;
        Ok(SeatsFinding { humans: number(humans)?, computers: number(computers)?, one_team })
    }
}

/// What the files of a game say of its mod, as [`Check::found`] holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModFinding {
    /// Exactly the files of this release.
    Official { release: String },
    /// So many files are known from unofficial copies.
    Fake { files: usize },
    /// So many files are those of another game region than the players'.
    OtherRegion { files: usize },
    /// Not the files that games on the map load, by so many too many and too few.
    Differs { unknown: usize, missing: usize },
    /// Nobody has learned yet what games on the map load.
    Unlearned { files: usize },
}

impl fmt::Display for ModFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModFinding::Official { release } => write!(f, "official {release}"),
            ModFinding::Fake { files } => write!(f, "fake files {files}"),
            ModFinding::OtherRegion { files } => write!(f, "files of another region {files}"),
            ModFinding::Differs { unknown, missing } => {
                write!(f, "unknown files {unknown}, missing files {missing}")
            }
            ModFinding::Unlearned { files } => write!(f, "unverified files {files}"),
        }
    }
}

impl FromStr for ModFinding {
    type Err = NotAFinding;

    fn from_str(text: &str) -> Result<ModFinding, NotAFinding> {
        let after = |prefix| text.strip_prefix(prefix);
        if let Some(release) = after("official ") {
            Ok(ModFinding::Official { release: release.to_owned() })
        } else if let Some(files) = after("fake files ") {
            Ok(ModFinding::Fake { files: number(files)? })
        } else if let Some(files) = after("files of another region ") {
            Ok(ModFinding::OtherRegion { files: number(files)? })
        } else if let Some(files) = after("unverified files ") {
            Ok(ModFinding::Unlearned { files: number(files)? })
        } else {
            let counts = after("unknown files ").and_then(|text| text.split_once(", missing files "));
            let (unknown, missing) = counts.ok_or(NotAFinding)?;
            Ok(ModFinding::Differs { unknown: number(unknown)?, missing: number(missing)? })
        }
    }
}

/// A text that no check wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAFinding;

fn number(text: &str) -> Result<usize, NotAFinding> {
    text.parse().map_err(|_| NotAFinding)
}
