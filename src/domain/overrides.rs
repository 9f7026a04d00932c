//! What staff changed of the season while the ladder runs. It is part of the state, and so outlives
//! the process; [`Season::with`] makes of a season and these the one that is played.

pub(super) mod snapshot;

use super::knobs;
use super::season::{Pace, Season};
use super::verdict::mod_files::Release;
use ipc_schema::ids::UserId;
use ipc_schema::vocab::{GameRegion, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Changes kept to be looked at; older ones are in the audit log.
pub const HISTORY: usize = 200;

/// The release that carries what staff know of files whatever the release.
const BY_STAFF: &str = "staff";

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overrides {
    knobs: BTreeMap<String, String>,
    /// Files that are from unofficial copies, or are not although the season says so.
    fakes: BTreeMap<String, bool>,
    retired: BTreeSet<Scope>,
    /// What was learned and not retired since, in the order of its release, region and map.
    learned: BTreeSet<Learned>,
    history: VecDeque<Change>,
    changes: u64,
}

/// Which of a release's lists: None is all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    pub release: String,
    pub region: Option<GameRegion>,
    pub map: Option<String>,
}

/// All files of an official game.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Learned {
    pub release: String,
    pub region: GameRegion,
    pub map: String,
    pub files: BTreeSet<String>,
}

/// Who changed what, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub by: UserId,
    pub reason: String,
    pub at: Timestamp,
    pub what: Changed,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Changed {
    Knob { name: String, before: String, after: String },
    Learned(Learned),
    Retired(Scope),
    Fake { file: String, fake: bool },
}

impl Scope {
    fn holds(&self, learned: &Learned) -> bool {
        self.release == learned.release
            && self.region.is_none_or(|region| region == learned.region)
            && self.map.as_ref().is_none_or(|map| *map == learned.map)
    }
}

impl Overrides {
    /// The newest changes, oldest first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.history.iter()
    }

    /// How many there ever were; another number means that the season is another one.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether staff ever set the knob of that name.
    pub fn has_knob(&self, name: &str) -> bool {
        self.knobs.contains_key(name)
    }

    /// Makes a change part of what was changed, and of the history.
    pub(super) fn apply(&mut self, change: Change) {
        match &change.what {
            Changed::Knob { name, after, .. } => drop(self.knobs.insert(name.clone(), after.clone())),
            Changed::Learned(learned) => drop(self.learned.insert(learned.clone())),
            // What is learned afterwards counts again.
            Changed::Retired(scope) => {
                self.learned.retain(|learned| !scope.holds(learned));
                self.retired.insert(scope.clone());
            }
            Changed::Fake { file, fake } => drop(self.fakes.insert(file.clone(), *fake)),
        }
        self.changes += 1;
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(change);
    }
}

impl Season {
    /// The season as staff have changed it. What does not fit any more is left out, and the season's
    /// own value counts: a knob that a newer build does not have, or whose value it does not allow.
    pub fn with(&self, overrides: &Overrides) -> Season {
        let mut season = self.clone();
        for (name, text) in &overrides.knobs {
            let value = knobs::find(name).and_then(|knob| Some((knob, knob.parse(text).ok()?)));
            let Some((knob, value)) = value else { continue };
            let before = knob.read(&season.knobs);
            knob.write(&mut season.knobs, &value);
            if !season.is_playable() {
                knob.write(&mut season.knobs, &before);
            }
        }
        for scope in &overrides.retired {
            let releases = season.releases.iter_mut().filter(|release| release.name == scope.release);
            releases.for_each(|release| release.retire(scope.region, scope.map.as_deref()));
        }
        for Learned { release, region, map, files } in &overrides.learned {
            season.release(release).learn(*region, map, files);
        }
        for (file, fake) in &overrides.fakes {
            for release in &mut season.releases {
                release.fakes.remove(file);
            }
            if *fake {
                season.release(BY_STAFF).fakes.insert(file.clone());
            }
        }
        season
    }

    /// Whether its knobs fit to its maps.
    pub(super) fn is_playable(&self) -> bool {
        Season::leaves_a_map(self.knobs.vetoes, self.maps.len())
    }

    fn release(&mut self, name: &str) -> &mut Release {
        let at = self.releases.iter().position(|release| release.name == name).unwrap_or_else(|| {
            self.releases.push(Release {
                name: name.to_owned(),
                fakes: BTreeSet::new(),
                regions: BTreeMap::new(),
                other_maps: BTreeMap::new(),
                exact: Vec::new(),
            });
            self.releases.len() - 1
        });
        &mut self.releases[at]
    }
}

/// A season that follows what staff change of it.
#[derive(Debug, Clone)]
pub struct CurrentSeason {
    base: Season,
    season: Season,
    changes: u64,
}

impl CurrentSeason {
    pub fn new(base: Season) -> CurrentSeason {
        CurrentSeason { season: base.clone(), base, changes: 0 }
    }

    /// Without what staff changed.
    pub fn base(&self) -> &Season {
        &self.base
    }

    pub fn get(&self) -> &Season {
        &self.season
    }

    /// How often messages are told anew from here on.
    pub fn set_pace(&mut self, pace: Pace) {
        (self.base.pace, self.season.pace) = (pace, pace);
    }

    /// To be called whenever the ladder has evolved, and before anything else is decided.
    pub fn follow(&mut self, overrides: &Overrides) {
        if overrides.changes() != self.changes {
            self.changes = overrides.changes();
            self.season = self.base.with(overrides);
        }
    }
}
