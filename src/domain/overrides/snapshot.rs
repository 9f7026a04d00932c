//! What staff changed of the season, as it is stored.

use super::{Change, Changed, Learned, Overrides, Scope};
use ipc_schema::snapshot::{StoredChange, StoredChanged, StoredLearned, StoredOverrides, StoredScope};

/// What counts, the sets that staff taught, and the newest changes.
pub(in crate::domain) type Stored = (StoredOverrides, Vec<StoredLearned>, Vec<StoredChange>);

impl Overrides {
    pub(in crate::domain) fn to_stored(&self) -> Stored {
        let Overrides { knobs, fakes, retired, learned, history, changes } = self;
        let overrides = StoredOverrides {
            knobs: knobs.iter().map(|(name, text)| (name.clone(), text.clone())).collect(),
            fakes: fakes.iter().map(|(file, fake)| (file.clone(), *fake)).collect(),
            retired: retired.iter().map(Scope::to_stored).collect(),
            changes: *changes,
        };
        let learned = learned.iter().map(Learned::to_stored).collect();
        (overrides, learned, history.iter().map(Change::to_stored).collect())
    }

    pub(in crate::domain) fn from_stored((overrides, learned, history): Stored) -> Overrides {
        let StoredOverrides { knobs, fakes, retired, changes } = overrides;
        Overrides {
            knobs: knobs.into_iter().collect(),
            fakes: fakes.into_iter().collect(),
            retired: retired.into_iter().map(Scope::from_stored).collect(),
            learned: learned.into_iter().map(Learned::from_stored).collect(),
            history: history.into_iter().map(Change::from_stored).collect(),
            changes,
        }
    }
}

impl Scope {
    fn to_stored(&self) -> StoredScope {
        let Scope { release, region, map } = self.clone();
        StoredScope { release, region, map }
    }

    fn from_stored(stored: StoredScope) -> Scope {
        let StoredScope { release, region, map } = stored;
        Scope { release, region, map }
    }
}

impl Learned {
    fn to_stored(&self) -> StoredLearned {
        let Learned { release, region, map, files } = self.clone();
        StoredLearned { release, region, map, files: files.into_iter().collect() }
    }

    fn from_stored(stored: StoredLearned) -> Learned {
        let StoredLearned { release, region, map, files } = stored;
        Learned { release, region, map, files: files.into_iter().collect() }
    }
}

impl Change {
    fn to_stored(&self) -> StoredChange {
        let Change { by, reason, at, what } = self.clone();
        let what = match what {
            Changed::Knob { name, before, after } => StoredChanged::Knob { name, before, after },
            Changed::Learned(learned) => StoredChanged::Learned(learned.to_stored()),
            Changed::Retired(scope) => StoredChanged::Retired(scope.to_stored()),
            Changed::Fake { file, fake } => StoredChanged::Fake { file, fake },
        };
        StoredChange { by, reason, at, what }
    }

    fn from_stored(stored: StoredChange) -> Change {
        let StoredChange { by, reason, at, what } = stored;
        let what = match what {
            StoredChanged::Knob { name, before, after } => Changed::Knob { name, before, after },
            StoredChanged::Learned(learned) => Changed::Learned(Learned::from_stored(learned)),
            StoredChanged::Retired(scope) => Changed::Retired(Scope::from_stored(scope)),
            StoredChanged::Fake { file, fake } => Changed::Fake { file, fake },
        };
        Change { by, reason, at, what }
    }
}
