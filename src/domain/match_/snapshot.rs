//! A match that is kept whole, as it is stored.

use super::{Match, Phase, Report, Seat, Upload};
use crate::domain::queue::Entry;
use ipc_schema::snapshot::{StoredMatch, StoredPhase, StoredSeat, StoredUpload};

impl Match {
    pub(in crate::domain) fn to_stored(&self) -> StoredMatch {
        let Match { pairing, paired_at, cards, entries, reports, uploads, phase } = self;
        let upload = |upload: &Upload| {
            let Upload { job, slot, hash, at, end } = upload.clone();
            StoredUpload { job, slot: u8::try_from(slot).expect("a slot is 0 or 1"), hash, at, end }
        };
        StoredMatch {
            pairing: pairing.clone(),
            paired_at: *paired_at,
            cards: *cards,
            entries: entries.each_ref().map(Entry::to_stored),
            reports: reports.map(|report| report.map(|Report { outcome, at }| (outcome, at))),
            uploads: uploads.iter().map(upload).collect(),
            phase: phase.to_stored(),
        }
    }

    /// None where a replay is of neither player.
    pub(in crate::domain) fn from_stored(stored: StoredMatch) -> Option<Match> {
        let StoredMatch { pairing, paired_at, cards, entries, reports, uploads, phase } = stored;
        let upload = |StoredUpload { job, slot, hash, at, end }| {
            (slot < 2).then_some(Upload { job, slot: usize::from(slot), hash, at, end })
        };
        Some(Match {
            pairing,
            paired_at,
            cards,
            entries: entries.map(Entry::from_stored),
            reports: reports.map(|report| report.map(|(outcome, at)| Report { outcome, at })),
            uploads: uploads.into_iter().map(upload).collect::<Option<Vec<_>>>()?,
            phase: Phase::from_stored(phase),
        })
    }
}

impl Phase {
    fn to_stored(&self) -> StoredPhase {
        match *self {
            Phase::Confirming { seats, deadline } => {
                let seat = |Seat { found, reminded, confirmed }| StoredSeat { found, reminded, confirmed };
                StoredPhase::Confirming { seats: seats.map(seat), deadline }
            }
            Phase::Playing { since, deadline, reminders } => {
                StoredPhase::Playing { since, deadline, reminders }
            }
            Phase::Closed { at, since, verdict, ratings, requeued, disputed } => {
                StoredPhase::Closed { at, since, verdict, ratings, requeued, disputed }
            }
        }
    }

    fn from_stored(stored: StoredPhase) -> Phase {
        match stored {
            StoredPhase::Confirming { seats, deadline } => {
                let seat = |StoredSeat { found, reminded, confirmed }| Seat { found, reminded, confirmed };
                Phase::Confirming { seats: seats.map(seat), deadline }
            }
            StoredPhase::Playing { since, deadline, reminders } => {
                Phase::Playing { since, deadline, reminders }
            }
            StoredPhase::Closed { at, since, verdict, ratings, requeued, disputed } => {
                Phase::Closed { at, since, verdict, ratings, requeued, disputed }
            }
        }
    }
}
