//! From one record to changes of rows, by nothing but its events. All but the counts of wins and losses are
//! written as results; the counts add up once because progress moves with them.
//! [`corrections`] has what staff change afterwards.

mod corrections;

use super::link::Value;
use super::statements::Statement;
use ipc_schema::db_writer::Record;
use ipc_schema::event::{CaseKind, Event, Judged, Pairing, RatingChange};
use ipc_schema::ids::{JobId, MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Glicko, Ground, Outcome, Race, Timestamp, Verdict};

/// A statement with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub statement: Statement,
    pub values: Vec<Value>,
}

/// `change!(Statement, value, value)`, with anything that is a value.
macro_rules! change {
    ($statement:ident, $($value:expr),+ $(,)?) => {
        $crate::store::project::Change {
            statement: $crate::store::statements::Statement::$statement,
            values: vec![$($crate::store::link::Value::from($value)),+],
        }
    };
}
use change;

/// What the events of a record change, in order.
pub(super) fn changes(record: &Record) -> Vec<Change> {
    record.events.iter().flat_map(|event| of_event(record.seq, event)).collect()
}

/// What an event of record `seq` changes. Events about messages and timers change no table.
fn of_event(seq: Seq, event: &Event) -> Vec<Change> {
    match event {
        Event::PlayerJoined { player, user, locale, at } => {
            vec![change!(JoinPlayer, player.0, user.to_string(), locale.code(), at)]
        }
        Event::LocaleSet { player, locale } => vec![change!(SetLocale, player.0, locale.code())],
        Event::TermsAnswered { player, accepted, at } => {
            vec![change!(SetTerms, player.0, accepted.then_some(at))]
        }
        Event::NamesSet { player, names } => vec![change!(
            SetNames,
            player.0,
            &names.name,
            &names.battle_tag,
            serde_json::Value::from(names.alternatives.clone()).to_string(),
            &names.country
        )],
        Event::RegionSet { player, region } => vec![change!(SetRegion, player.0, region.code())],
        Event::SetupFinished { player, at } => vec![change!(FinishSetup, player.0, at)],
        Event::ToonBound { player, region, toon } => {
            vec![change!(BindToon, player.0, region.code(), toon.to_string())]
        }
        Event::ToonUnbound { player, toon, .. } => vec![change!(UnbindToon, player.0, toon.to_string())],
        Event::WaveFired { at, pairings, .. } => {
            pairings.iter().map(|pairing| match_row(pairing, *at)).collect()
        }
        Event::Started { match_id, at, .. } => vec![change!(StartMatch, match_id.0, at)],
        Event::Closed { match_id, verdict, ratings, at } => {
            let mut changes = vec![closing(seq, *match_id, *verdict, ratings.as_ref(), *at)];
            let rated = ratings.iter().flatten().zip(0..);
            changes
                .extend(rated.filter_map(|(change, slot)| Some(rating(change, verdict.outcome(slot)?, *at))));
            changes
        }
        Event::ReplayTaken { job, match_id, player, hash, bytes, at } => {
            vec![change!(TakeReplay, job.0, match_id.0, player.0, hash.to_string(), *bytes, at)]
        }
        Event::ReplayJudged { job, facts, judgement, at } => {
            let outcome = judged_code(judgement.outcome);
            let known = Some((facts.map_title.as_str(), facts.duration_game_loops));
            vec![replay_outcome(*job, outcome, known, *at)]
        }
        Event::ReplayFailed { job, fault, at, .. } => vec![replay_outcome(*job, fault.code(), None, *at)],
        Event::RatingSystem { mmr_start, mmr_scale, mmr_k, at } => {
            vec![change!(SetRatingSystem, seq.0, mmr_start.0, *mmr_scale, *mmr_k, at)]
        }
        Event::Rated { rows, .. } => {
            rows.iter().map(|row| glicko(row.player, row.race, row.glicko)).collect()
        }
        Event::MmrAdjusted { player, race, points, by, reason, at } => {
            corrections::adjusted(seq, (*player, *race), *points, *by, reason, *at)
        }
        Event::Resolved { match_id, verdict, by, at } => {
            corrections::resolved(seq, *match_id, *verdict, *by, *at)
        }
        Event::Rerated { match_id, rows } => {
            rows.iter().flat_map(|row| corrections::rerated(seq, *match_id, row)).collect()
        }
        Event::ChannelSeen { .. }
        | Event::RacesChosen { .. }
        | Event::VetoesChosen { .. }
        | Event::Queued { .. }
        | Event::LeftQueue { .. }
        | Event::Found { .. }
        | Event::TimeLost { .. }
        | Event::Confirmed { .. }
        | Event::Reminded { .. }
        | Event::AbortSpent { .. }
        | Event::TimedOut { .. }
        | Event::Requeued { .. }
        | Event::ReplayStruck { .. }
        | Event::NoticeDue { .. }
        | Event::FilesRefused { .. }
        | Event::ReplayPlaced { .. }
        | Event::CardShown { .. }
        | Event::CardLost { .. }
        | Event::CardGone { .. }
        | Event::ModUnverified { .. }
        | Event::ToonClashed { .. }
        | Event::WaveWeighed { .. }
        | Event::KnobSet { .. }
        | Event::HandlesLearned { .. }
        | Event::HandlesRetired { .. }
        | Event::FakeMarked { .. }
        | Event::ToonsAllowed { .. }
        | Event::StaffProposed { .. }
        | Event::StaffWithdrew { .. }
        | Event::AbortsReset { .. }
        | Event::PlacesSet { .. }
        | Event::NotificationsSet { .. }
        | Event::NotificationsPassed { .. }
        | Event::GuideRead { .. }
        | Event::PlayersPinged { .. }
        | Event::DmsClosed { .. }
        | Event::DmsOpened { .. }
        | Event::CardTold { .. }
        | Event::Disputed { .. }
        | Event::PlayReminded { .. }
        | Event::QueueCardDue { .. }
        | Event::QueueCardsStale { .. } => Vec::new(),
        Event::Reported { match_id, player, outcome, .. } => {
            vec![change!(ReportMatch, match_id.0, player.0, outcome.code())]
        }
        Event::ReplayAttached { job, outcome, .. } => {
            vec![change!(AttachReplay, job.0, judged_code(*outcome))]
        }
        Event::CaseOpened { case, match_id, kind, at } => vec![change!(
            OpenCase,
            case.0,
            match_id.0,
            kind.code(),
            case_player(kind),
            case_job(kind),
            case_detail(kind),
            at
        )],
        Event::CaseClosed { case, by, note, at } => {
            vec![change!(CloseCase, case.0, at, by.to_string(), note)]
        }
        Event::StaffSet { user, role: Some(role), at } => {
            vec![change!(SetStaff, user.to_string(), role.code(), at)]
        }
        Event::StaffSet { user, role: None, .. } => {
            vec![change!(RemoveStaff, user.to_string())]
        }
        Event::StaffActed { proposal, by, act, reason, before, after, at } => vec![change!(
            LogAct,
            proposal.0,
            at,
            by.to_string(),
            act.code(),
            act.player().map(|player| player.0),
            act.match_id().map(|match_id| match_id.0),
            reason,
            before,
            after
        )],
        Event::Banned { player, until, reason, at } => {
            vec![ban(*player, Some(*at), *until, Some(reason))]
        }
        Event::BanEnded { player, .. } => vec![ban(*player, None, None, None)],
    }
}

fn ban(player: PlayerId, at: Option<Timestamp>, until: Option<Timestamp>, reason: Option<&String>) -> Change {
    change!(SetBan, player.0, at, until, reason)
}

fn match_row(pairing: &Pairing, at: Timestamp) -> Change {
    change!(
        PairMatch,
        pairing.match_id.0,
        pairing.players[0].0,
        pairing.players[1].0,
        pairing.races[0].code(),
        pairing.races[1].code(),
        &pairing.map,
        pairing.server.code(),
        at
    )
}

fn closing(
    seq: Seq,
    match_id: MatchId,
    verdict: Verdict,
    ratings: Option<&[RatingChange; 2]>,
    at: Timestamp,
) -> Change {
    let (word, winner, ground) = words_of(verdict);
    let rated = |slot: usize| ratings.map(|ratings| (ratings[slot].before.0, ratings[slot].after.0)).unzip();
    let ((before_1, after_1), (before_2, after_2)) = (rated(0), rated(1));
    change!(CloseMatch, match_id.0, at, word, winner, ground, before_1, after_1, before_2, after_2, seq.0)
}

/// The word of a verdict in the table.
pub fn verdict_code(verdict: Verdict) -> &'static str {
    words_of(verdict).0
}

/// A verdict as the table has it: its word, the winner's slot, and why.
fn words_of(verdict: Verdict) -> (&'static str, Option<u8>, Option<&'static str>) {
    match verdict {
        Verdict::Decided { winner, ground } => ("decided", Some(winner), Some(ground_code(ground))),
        Verdict::Drawn { ground } => ("drawn", None, Some(ground_code(ground))),
        Verdict::Conflict => ("conflict", None, None),
        Verdict::Void => ("void", None, None),
        Verdict::Cancelled { by: Some(0) } => ("cancelled", None, Some("by player 1")),
        Verdict::Cancelled { by: Some(_) } => ("cancelled", None, Some("by player 2")),
        Verdict::Cancelled { by: None } => ("cancelled", None, None),
        Verdict::Aborted { by: 0 } => ("aborted", None, Some("by player 1")),
        Verdict::Aborted { .. } => ("aborted", None, Some("by player 2")),
        Verdict::Unconfirmed { .. } => ("unconfirmed", None, None),
        Verdict::Expired => ("expired", None, None),
    }
}

fn judged_code(outcome: Judged) -> &'static str {
    match outcome {
        Judged::Decided { .. } => "decided",
        Judged::Undecided => "undecided",
        Judged::Rejected => "rejected",
        Judged::TooLate => "too_late",
        Judged::AlreadyDecided => "already_decided",
        Judged::ForStaff => "for_staff",
    }
}

/// Who made the case, or to whom the account in question belongs.
fn case_player(kind: &CaseKind) -> Option<u64> {
    match kind {
        CaseKind::OneReport { by } | CaseKind::Dispute { by } => Some(by.0),
        CaseKind::Clash { owner, .. } => Some(owner.0),
        CaseKind::Conflict | CaseKind::Unverified { .. } | CaseKind::Contradiction { .. } => None,
    }
}

fn case_job(kind: &CaseKind) -> Option<u64> {
    match kind {
        CaseKind::Contradiction { job } => Some(job.0),
        CaseKind::Conflict
        | CaseKind::OneReport { .. }
        | CaseKind::Dispute { .. }
        | CaseKind::Unverified { .. }
        | CaseKind::Clash { .. } => None,
    }
}

/// The account, or game region, map and files.
fn case_detail(kind: &CaseKind) -> Option<String> {
    match kind {
        CaseKind::Clash { toon, .. } => Some(toon.to_string()),
        CaseKind::Unverified { region, map, files } => Some(format!("{region} {map} {}", files.join(" "))),
        CaseKind::Conflict
        | CaseKind::OneReport { .. }
        | CaseKind::Dispute { .. }
        | CaseKind::Contradiction { .. } => None,
    }
}

fn ground_code(ground: Ground) -> &'static str {
    match ground {
        Ground::Recorded => "recorded",
        Ground::OpponentLeftFirst => "opponent_left_first",
        Ground::Reported => "reported",
        Ground::Staff => "staff",
    }
}

fn rating(change: &RatingChange, outcome: Outcome, at: Timestamp) -> Change {
    let count = |of| i64::from(outcome == of);
    change!(
        CountMatch,
        change.player.0,
        change.race.code(),
        change.after.0,
        count(Outcome::Won),
        count(Outcome::Lost),
        count(Outcome::Draw),
        at
    )
}

fn glicko(player: PlayerId, race: Race, glicko: Glicko) -> Change {
    change!(SetGlicko, player.0, race.code(), glicko.rating, glicko.deviation, glicko.volatility)
}

fn replay_outcome(job: JobId, outcome: &'static str, facts: Option<(&str, u32)>, at: Timestamp) -> Change {
    let (map_title, loops) = facts.unzip();
    change!(JudgeReplay, job.0, outcome, map_title, loops, at)
}
