//! From one record to rows, by nothing but its events. All but the counts of wins and losses are
//! written as results; the counts add up once because progress moves in the same transaction.
//! [`corrections`] has what staff change afterwards.

mod corrections;

use crate::journal::FORMAT;
use ipc_schema::db_writer::Record;
use ipc_schema::event::{CaseKind, Event, Judged, Pairing, RatingChange};
use ipc_schema::frame;
use ipc_schema::ids::{JobId, MatchId, PlayerId, Seq};
use ipc_schema::vocab::{Glicko, Ground, Outcome, Race, Timestamp, Verdict};
use sqlx::SqliteConnection;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};

type Sql<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

/// Numbers of ours stay far below 2^63.
trait Signed {
    fn signed(self) -> i64;
}

impl Signed for u64 {
    fn signed(self) -> i64 {
        self.cast_signed()
    }
}

impl Signed for Timestamp {
    fn signed(self) -> i64 {
        self.0.cast_signed()
    }
}

pub(super) async fn apply(connection: &mut SqliteConnection, record: &Record) -> sqlx::Result<()> {
    sqlx::query("insert into events (seq, at_ms, request_key, format, record) values ($1, $2, $3, $4, $5)")
        .bind(record.seq.0.signed())
        .bind(record.at.signed())
        .bind(record.key.map(|key| format!("{key:?}")))
        .bind(i64::from(FORMAT))
        .bind(frame::to_bytes(record))
        .execute(&mut *connection)
        .await?;
    for event in &record.events {
        for statement in statements(record.seq, event) {
            statement.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// What an event of record `seq` changes. Events about messages and timers change no table.
fn statements(seq: Seq, event: &Event) -> Vec<Sql<'_>> {
    match event {
        Event::PlayerJoined { player, user, locale, at } => vec![
            sqlx::query("insert into players (player_id, discord_user_id, locale, joined_at_ms) values ($1, $2, $3, $4)")
                .bind(player.0.signed())
                .bind(user.to_string())
                .bind(locale.code())
                .bind(at.signed()),
        ],
        Event::LocaleSet { player, locale } => vec![
            sqlx::query("update players set locale = $2 where player_id = $1").bind(player.0.signed()).bind(locale.code()),
        ],
        Event::TermsAnswered { player, accepted, at } => vec![
            sqlx::query("update players set terms_accepted_at_ms = $2 where player_id = $1")
                .bind(player.0.signed())
                .bind(accepted.then_some(at.signed())),
        ],
        Event::NamesSet { player, names } => vec![
            sqlx::query(
                "update players set name = $2, battle_tag = $3, alternative_names = $4, country = $5 where player_id = $1",
            )
            .bind(player.0.signed())
            .bind(&names.name)
            .bind(&names.battle_tag)
            .bind(serde_json::Value::from(names.alternatives.clone()).to_string())
            .bind(&names.country),
        ],
        Event::RegionSet { player, region } => vec![
            sqlx::query("update players set region = $2 where player_id = $1").bind(player.0.signed()).bind(region.code()),
        ],
        Event::SetupFinished { player, at } => vec![
            sqlx::query("update players set setup_finished_at_ms = $2 where player_id = $1")
                .bind(player.0.signed())
                .bind(at.signed()),
        ],
        Event::ToonBound { player, region, toon } => vec![
            sqlx::query("insert into player_toons (player_id, game_region, toon) values ($1, $2, $3) on conflict do nothing")
                .bind(player.0.signed())
                .bind(region.code())
                .bind(toon.to_string()),
        ],
        Event::ToonUnbound { player, toon, .. } => vec![
            sqlx::query("delete from player_toons where player_id = $1 and toon = $2")
                .bind(player.0.signed())
                .bind(toon.to_string()),
        ],
        Event::WaveFired { at, pairings, .. } => pairings.iter().map(|pairing| match_row(pairing, *at)).collect(),
        Event::Started { match_id, at, .. } => vec![
            sqlx::query("update matches set started_at_ms = $2 where match_id = $1")
                .bind(match_id.0.signed())
                .bind(at.signed()),
        ],
        Event::Closed { match_id, verdict, ratings, at } => {
            let mut statements = vec![closing(seq, *match_id, *verdict, ratings.as_ref(), *at)];
            let rated = ratings.iter().flatten().zip(0..);
            statements.extend(rated.filter_map(|(change, slot)| Some(rating(change, verdict.outcome(slot)?, *at))));
            statements
        }
        Event::ReplayTaken { job, match_id, player, hash, bytes, at } => vec![
            sqlx::query(
                "insert into replays (job_id, match_id, player_id, sha256, bytes, uploaded_at_ms)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(job.0.signed())
            .bind(match_id.0.signed())
            .bind(player.0.signed())
            .bind(hash.to_string())
            .bind(i64::from(*bytes))
            .bind(at.signed()),
        ],
        Event::ReplayJudged { job, facts, judgement, at } => {
            let outcome = judged_code(judgement.outcome);
            let known = Some((facts.map_title.as_str(), i64::from(facts.duration_game_loops)));
            vec![replay_outcome(*job, outcome, known, *at)]
        }
        Event::ReplayFailed { job, fault, at, .. } => vec![replay_outcome(*job, fault.code(), None, *at)],
        Event::RatingSystem { mmr_start, mmr_scale, mmr_k, at } => vec![
            sqlx::query("insert into rating_systems (seq, mmr_start, mmr_scale, mmr_k, at_ms) values ($1, $2, $3, $4, $5)")
                .bind(seq.0.signed())
                .bind(mmr_start.0)
                .bind(*mmr_scale)
                .bind(*mmr_k)
                .bind(at.signed()),
        ],
        Event::Rated { rows, .. } => rows.iter().map(|row| glicko(row.player, row.race, row.glicko)).collect(),
        Event::MmrAdjusted { player, race, points, by, reason, at } => {
            corrections::adjusted(seq, (*player, *race), *points, *by, reason, *at)
        }
        Event::Resolved { match_id, verdict, by, at } => corrections::resolved(seq, *match_id, *verdict, *by, *at),
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
        | Event::Disputed { .. }
        | Event::PlayReminded { .. } => Vec::new(),
        Event::Reported { match_id, player, outcome, .. } => vec![
            sqlx::query(
                "update matches set report_1 = case player_1_id when $2 then $3 else report_1 end,
                     report_2 = case player_2_id when $2 then $3 else report_2 end
                 where match_id = $1",
            )
            .bind(match_id.0.signed())
            .bind(player.0.signed())
            .bind(outcome.code()),
        ],
        Event::ReplayAttached { job, outcome, .. } => vec![
            sqlx::query("update replays set would_be = $2 where job_id = $1")
                .bind(job.0.signed())
                .bind(judged_code(*outcome)),
        ],
        Event::CaseOpened { case, match_id, kind, at } => vec![
            sqlx::query(
                "insert into cases (case_id, match_id, kind, player_id, job_id, detail, opened_at_ms)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(case.0.signed())
            .bind(match_id.0.signed())
            .bind(kind.code())
            .bind(case_player(kind))
            .bind(case_job(kind))
            .bind(case_detail(kind))
            .bind(at.signed()),
        ],
        Event::CaseClosed { case, by, note, at } => vec![
            sqlx::query("update cases set closed_at_ms = $2, closed_by = $3, note = $4 where case_id = $1")
                .bind(case.0.signed())
                .bind(at.signed())
                .bind(by.to_string())
                .bind(note),
        ],
        Event::StaffSet { user, role: Some(role), at } => vec![
            sqlx::query(
                "insert into staff (discord_user_id, role, set_at_ms) values ($1, $2, $3)
                 on conflict (discord_user_id) do update set role = excluded.role, set_at_ms = excluded.set_at_ms",
            )
            .bind(user.to_string())
            .bind(role.code())
            .bind(at.signed()),
        ],
        Event::StaffSet { user, role: None, .. } => {
            vec![sqlx::query("delete from staff where discord_user_id = $1").bind(user.to_string())]
        }
        Event::StaffActed { proposal, by, act, reason, before, after, at } => vec![
            sqlx::query(
                "insert into audit_log
                     (entry_id, at_ms, discord_user_id, command, player_id, match_id, reason, state_before, state_after)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(proposal.0.signed())
            .bind(at.signed())
            .bind(by.to_string())
            .bind(act.code())
            .bind(act.player().map(|player| player.0.signed()))
            .bind(act.match_id().map(|match_id| match_id.0.signed()))
            .bind(reason)
            .bind(before)
            .bind(after),
        ],
        Event::Banned { player, until, reason, at } => {
            vec![ban(*player, Some(*at), *until, Some(reason))]
        }
        Event::BanEnded { player, .. } => vec![ban(*player, None, None, None)],
    }
}

fn ban(
    player: PlayerId,
    at: Option<Timestamp>,
    until: Option<Timestamp>,
    reason: Option<&String>,
) -> Sql<'_> {
    sqlx::query(
        "update players set banned_at_ms = $2, banned_until_ms = $3, ban_reason = $4 where player_id = $1",
    )
    .bind(player.0.signed())
    .bind(at.map(Timestamp::signed))
    .bind(until.map(Timestamp::signed))
    .bind(reason)
}

fn match_row(pairing: &Pairing, at: Timestamp) -> Sql<'_> {
    sqlx::query(
        "insert into matches (match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(pairing.match_id.0.signed())
    .bind(pairing.players[0].0.signed())
    .bind(pairing.players[1].0.signed())
    .bind(pairing.races[0].code())
    .bind(pairing.races[1].code())
    .bind(&pairing.map)
    .bind(pairing.server.code())
    .bind(at.signed())
}

fn closing<'q>(
    seq: Seq,
    match_id: MatchId,
    verdict: Verdict,
    ratings: Option<&[RatingChange; 2]>,
    at: Timestamp,
) -> Sql<'q> {
    let (word, winner, ground) = words_of(verdict);
    let rated = |slot: usize| ratings.map(|ratings| (ratings[slot].before.0, ratings[slot].after.0)).unzip();
    let ((before_1, after_1), (before_2, after_2)) = (rated(0), rated(1));
    sqlx::query(
        "update matches set closed_at_ms = $2, verdict = $3, ground = $5,
             winner_id = case $4 when 0 then player_1_id when 1 then player_2_id end,
             mmr_1_before = $6, mmr_1_after = $7, mmr_2_before = $8, mmr_2_after = $9, closed_seq = $10
         where match_id = $1",
    )
    .bind(match_id.0.signed())
    .bind(at.signed())
    .bind(word)
    .bind(winner.map(i64::from))
    .bind(ground)
    .bind(before_1)
    .bind(after_1)
    .bind(before_2)
    .bind(after_2)
    .bind(seq.0.signed())
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
fn case_player(kind: &CaseKind) -> Option<i64> {
    match kind {
        CaseKind::OneReport { by } | CaseKind::Dispute { by } => Some(by.0.signed()),
        CaseKind::Clash { owner, .. } => Some(owner.0.signed()),
        CaseKind::Conflict | CaseKind::Unverified { .. } | CaseKind::Contradiction { .. } => None,
    }
}

fn case_job(kind: &CaseKind) -> Option<i64> {
    match kind {
        CaseKind::Contradiction { job } => Some(job.0.signed()),
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

fn rating<'q>(change: &RatingChange, outcome: Outcome, at: Timestamp) -> Sql<'q> {
    let count = |of| i64::from(outcome == of);
    sqlx::query(
        "insert into ratings (player_id, race, mmr, wins, losses, draws, last_played_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (player_id, race) do update set mmr = excluded.mmr, wins = wins + excluded.wins,
             losses = losses + excluded.losses, draws = draws + excluded.draws,
             last_played_at_ms = max(last_played_at_ms, excluded.last_played_at_ms)",
    )
    .bind(change.player.0.signed())
    .bind(change.race.code())
    .bind(change.after.0)
    .bind(count(Outcome::Won))
    .bind(count(Outcome::Lost))
    .bind(count(Outcome::Draw))
    .bind(at.signed())
}

fn glicko<'q>(player: PlayerId, race: Race, glicko: Glicko) -> Sql<'q> {
    sqlx::query(
        "update ratings set glicko_rating = $3, glicko_deviation = $4, glicko_volatility = $5
         where player_id = $1 and race = $2",
    )
    .bind(player.0.signed())
    .bind(race.code())
    .bind(glicko.rating)
    .bind(glicko.deviation)
    .bind(glicko.volatility)
}

fn replay_outcome<'q>(
    job: JobId,
    outcome: &'static str,
    facts: Option<(&'q str, i64)>,
    at: Timestamp,
) -> Sql<'q> {
    let (map_title, loops) = facts.unzip();
    sqlx::query(
        "update replays set outcome = $2, map_title = $3, duration_game_loops = $4, judged_at_ms = $5 where job_id = $1",
    )
    .bind(job.0.signed())
    .bind(outcome)
    .bind(map_title)
    .bind(loops)
    .bind(at.signed())
}
