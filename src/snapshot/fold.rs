//! The ladder in memory as long as it takes to make the next snapshot from the last one and the
//! records behind it.

use super::{Draft, Mark, Snapshot, SnapshotError};
use crate::domain::ladder::{Ladder, Rebuild, RebuildMatches};
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::snapshot::{Part, StoredAnswer};
use ipc_schema::vocab::Timestamp;
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

/// How long answers are remembered: as long as a backend remembers them.
pub const REMEMBERED: Duration = Duration::from_secs(15 * 60);

/// Answers of one part: each is a page of Discord's at the most.
const ANSWERS: usize = 64;

/// The state after some record, and what was answered lately.
#[derive(Debug)]
pub struct Folded {
    ladder: Ladder,
    seq: Seq,
    checksum: u32,
    at: Timestamp,
    answers: VecDeque<StoredAnswer>,
}

impl Default for Folded {
    /// Before the first record.
    fn default() -> Self {
        let (ladder, answers) = (Ladder::default(), VecDeque::new());
        Folded { ladder, seq: Seq(0), checksum: 0, at: Timestamp::ZERO, answers }
    }
}

impl Folded {
    pub fn load(snapshot: &Snapshot) -> Result<Folded, SnapshotError> {
        let (mut rebuild, mut of_matches) = (Rebuild::default(), RebuildMatches::default());
        let mut answers = VecDeque::new();
        for part in snapshot.read() {
            let rest = rebuild.take(part?).and_then(|part| of_matches.take(part));
            if let Some(Part::Answers(rows)) = rest {
                answers.extend(rows);
            }
        }
        let unfit = || snapshot.damaged("its parts do not make a ladder");
        // Chance is stored as it comes: whoever loads a ladder without a wave has a seed of its own.
        let (ladder, at) = rebuild.finish(0, || of_matches.finish()).ok_or_else(unfit)?;
        let Mark { seq, checksum, .. } = snapshot.mark();
        Ok(Folded { ladder, seq, checksum, at, answers })
    }

    /// The last record that is in it; 0 before the first.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    /// Takes the records that follow.
    pub fn take(&mut self, records: Vec<Record>) {
        if let Some(last) = records.last() {
            self.checksum = crc32c::crc32c(&frame::to_bytes(last));
        }
        for record in records {
            assert_eq!(record.seq.0, self.seq.0 + 1, "the history has no gaps");
            self.seq = record.seq;
            self.at = record.at;
            record.events.iter().for_each(|event| self.ladder.evolve(event));
            if let (Some(key), Some(reply)) = (record.key, record.reply) {
                self.answers.push_back(StoredAnswer { at: record.at, key, reply });
            }
        }
        let oldest = self.at - REMEMBERED;
        while self.answers.front().is_some_and(|answer| answer.at < oldest) {
            self.answers.pop_front();
        }
        // Nobody here shows cards.
        self.ladder.take_changed_cards();
    }

    /// Writes the snapshot of the last record into a folder.
    pub fn store(&self, dir: &Path, ladder: LadderId) -> Result<Snapshot, SnapshotError> {
        let Folded { seq, checksum, .. } = *self;
        let mut draft = Draft::begin(dir, Mark { ladder, seq, checksum })?;
        self.parts(|part| draft.push(&frame::to_bytes(&part)))?;
        draft.publish()
    }

    fn parts<E>(&self, mut each: impl FnMut(Part) -> Result<(), E>) -> Result<(), E> {
        self.ladder.to_snapshot(self.at, &mut each)?;
        let mut answers = self.answers.iter().cloned().peekable();
        while answers.peek().is_some() {
            each(Part::Answers(answers.by_ref().take(ANSWERS).collect()))?;
        }
        Ok(())
    }
}
