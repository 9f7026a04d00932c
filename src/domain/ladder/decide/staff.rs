//! What staff make true. Every act is asked for once: proposed with what it changes, then confirmed.

#[cfg(test)]
mod tests;

use crate::domain::history::Standing;
use crate::domain::ladder::Ladder;
use crate::domain::ladder::results::is_ruling;
use crate::domain::ladder::staff::minutes_of;
use crate::domain::match_::Phase;
use crate::domain::overrides::Scope;
use crate::domain::player::{Ban, check_names, fold};
use crate::domain::season::Season;
use crate::domain::verdict::Unverified;
use ipc_schema::event::{CaseKind, Event, Names};
use ipc_schema::ids::{CaseId, MatchId, PlayerId, ProposalId, UserId};
use ipc_schema::staff::{StaffAct, StaffRole};
use ipc_schema::vocab::{Outcome, Refusal, Timestamp, Verdict};
use std::time::Duration;

/// Characters of a reason.
const REASON: (u16, u16) = (3, 300);

/// Characters of an announcement; a message of Discord's has 2,000.
const ANNOUNCEMENT: (u16, u16) = (3, 1500);

/// The longest ban that ends.
const BAN_DAYS: u16 = 3650;

/// The longest time-out, a week: more is a ban.
const TIME_OUT_MINUTES: u32 = 7 * 24 * 60;

/// Names that a preview lists.
const LISTED: usize = 10;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What an act would do: data rather than words, times as Discord's time stamps.
struct Effect {
    before: String,
    after: String,
    events: Vec<Event>,
}

impl Effect {
    fn of(before: impl Into<String>, after: impl Into<String>, event: Event) -> Effect {
        Effect { before: before.into(), after: after.into(), events: vec![event] }
    }
}

impl Ladder {
    /// The environment says who the owner is.
    pub(super) fn name_owner(&self, now: Timestamp, user: UserId) -> Option<Event> {
        let is_owner = self.staff.role(user) == Some(StaffRole::Owner);
        (!is_owner).then_some(Event::StaffSet { user, role: Some(StaffRole::Owner), at: now })
    }

    /// The first ban that is over.
    pub(super) fn ban_over(&self, now: Timestamp) -> Option<Event> {
        let (until, player) = self.staff.next_ban_end()?;
        (until <= now).then_some(Event::BanEnded { player, reason: None, at: now })
    }

    pub(super) fn propose(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        act: &StaffAct<String>,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.staff.role(by).ok_or(Refusal::StaffOnly)?;
        let known = |name: String| self.find_player(&name).ok_or(Refusal::PlayerUnknown);
        let act = act.clone().try_map(known)?;
        let reason = reason.trim();
        if !has_length(reason, REASON) {
            return Err(Refusal::ReasonNeeded { from: REASON.0, to: REASON.1 });
        }
        let effect = self.effect(season, now, by, &act, reason)?;
        Ok(vec![self.proposed(now, by, act, reason, effect)])
    }

    pub(super) fn perform(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        id: ProposalId,
    ) -> Result<Vec<Event>, Refusal> {
        self.staff.role(by).ok_or(Refusal::StaffOnly)?;
        let proposal = self.staff.proposal_of(by, now).filter(|proposal| proposal.id == id);
        let proposal = proposal.ok_or(Refusal::ProposalGone)?;
        let (act, reason) = (proposal.act.clone(), proposal.reason.as_str());
        let effect = self.effect(season, now, by, &act, reason)?;
        // What was confirmed is what was shown. Of a crowd nobody means the very ones who were in it.
        let of_a_crowd = matches!(act, StaffAct::ClearQueue | StaffAct::Announce { .. });
        if effect.before != proposal.before && !of_a_crowd {
            return Ok(vec![self.proposed(now, by, act, reason, effect)]);
        }
        let Effect { before, after, events } = effect;
        let reason = reason.to_owned();
        let acted = Event::StaffActed { proposal: id, by, act, reason, before, after, at: now };
        Ok(std::iter::once(acted).chain(events).collect())
    }

    pub(super) fn withdraw(&self, now: Timestamp, by: UserId, id: ProposalId) -> Result<Vec<Event>, Refusal> {
        self.staff.role(by).ok_or(Refusal::StaffOnly)?;
        let open = self.staff.proposal_of(by, now).is_some_and(|proposal| proposal.id == id);
        if open { Ok(vec![Event::StaffWithdrew { proposal: id, by }]) } else { Err(Refusal::ProposalGone) }
    }

    fn proposed(&self, now: Timestamp, by: UserId, act: StaffAct, reason: &str, effect: Effect) -> Event {
        let (proposal, reason) = (self.staff.next_proposal(), reason.to_owned());
        let Effect { before, after, .. } = effect;
        Event::StaffProposed { proposal, by, act, reason, before, after, at: now }
    }

    fn effect(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        act: &StaffAct,
        reason: &str,
    ) -> Result<Effect, Refusal> {
        match act {
            StaffAct::SetRole { user, role } => self.set_role(now, by, *user, *role),
            StaffAct::RemoveFromQueue { player } => {
                let before = self.queue_text(*player).ok_or(Refusal::NothingToDo)?;
                Ok(Effect::of(before, "not queued", Event::LeftQueue { player: *player, at: now }))
            }
            StaffAct::ClearQueue => self.clear_queue(now),
            StaffAct::Ban { player, days } => self.ban(season, now, *player, *days, reason),
            StaffAct::Unban { player } => {
                let ban = self.players[player].ban.as_ref().ok_or(Refusal::NothingToDo)?;
                let reason = Some(reason.to_owned());
                let ended = Event::BanEnded { player: *player, reason, at: now };
                Ok(Effect::of(ban_text(ban), "not banned", ended))
            }
            StaffAct::TimeOut { player, minutes } => self.time_out(now, *player, *minutes),
            StaffAct::ResetAborts { player } => {
                let all = season.knobs.aborts_per_month;
                let left = self.players[player].aborts_left(season, now);
                if left >= all {
                    return Err(Refusal::NothingToDo);
                }
                let text = |left| format!("{left} of {all} aborts left this month");
                Ok(Effect::of(text(left), text(all), Event::AbortsReset { player: *player }))
            }
            StaffAct::Announce { text } => {
                if !has_length(text.trim(), ANNOUNCEMENT) {
                    return Err(Refusal::TextLength { from: ANNOUNCEMENT.0, to: ANNOUNCEMENT.1 });
                }
                let after = format!("announced to {} players", self.audience().len());
                Ok(Effect { before: "not announced".to_owned(), after, events: Vec::new() })
            }
            StaffAct::Rename { player, name } => self.rename(season, *player, name),
            StaffAct::SetKnob { name, value } => {
                // What is the value already makes nothing true.
                let events = self.set_knob(season, now, by, name, value, reason)?;
                let Some(Event::KnobSet { before, after, .. }) = events.first() else {
                    return Err(Refusal::NothingToDo);
                };
                let (before, after) = (format!("{name} = {before}"), format!("{name} = {after}"));
                Ok(Effect { before, after, events })
            }
            StaffAct::RetireHandles { release, region, map } => {
                let scope = Scope { release: release.clone(), region: *region, map: map.clone() };
                let events = self.retire_handles(season, now, by, &scope, reason)?;
                Ok(Effect { before: "counts".to_owned(), after: "counts no more".to_owned(), events })
            }
            StaffAct::MarkFake { file, fake } => {
                let events = match fake {
                    true => self.mark_fake(season, now, by, file, reason)?,
                    false => self.clear_fake(season, now, by, file, reason)?,
                };
                if events.is_empty() {
                    return Err(Refusal::NothingToDo);
                }
                let text = |fake| if fake { "rejected as unofficial" } else { "not known as unofficial" };
                Ok(Effect { before: text(!fake).to_owned(), after: text(*fake).to_owned(), events })
            }
            StaffAct::AllowToons { player, region, count } => {
                let events = self.allow_toons(now, by, *player, *region, *count, reason)?;
                let before = self.players[player].toons_allowed(&season.knobs, *region);
                if events.is_empty() || before == *count {
                    return Err(Refusal::NothingToDo);
                }
                let text = |count| format!("{count} accounts may be bound in {region}");
                Ok(Effect { before: text(before), after: text(*count), events })
            }
            StaffAct::UnbindToon { player, toon } => {
                let events = self.unbind_toon(now, by, *player, *toon, reason)?;
                let before = format!("{toon} is bound to {}", self.players[player].name());
                Ok(Effect { before, after: format!("{toon} is free"), events })
            }
            StaffAct::Resolve { match_id, verdict } => self.ruling(season, now, by, *match_id, *verdict),
            StaffAct::AdjustMmr { player, race, to } => {
                let before = self.mmr(season, *player, *race);
                let events = self.adjust_mmr(season, now, by, *player, *race, *to, reason.to_owned())?;
                let text = |mmr| format!("{race}: {mmr} MMR");
                Ok(Effect { before: text(before), after: text(*to), events })
            }
            StaffAct::CloseCase { case } => {
                let before = self.case_text(*case)?;
                let events = self.close_case(now, *case, by, reason)?;
                Ok(Effect { before, after: "closed, and the match stays as it is".to_owned(), events })
            }
            StaffAct::LearnHandles { case } => {
                let before = self.case_text(*case)?;
                let Some(CaseKind::Unverified { region, map, files }) =
                    self.cases.get(*case).map(|case| case.kind.clone())
                else {
                    return Err(Refusal::HandlesUnknown);
                };
                let after = format!("{} files on {map} in {region} are official, case closed", files.len());
                let game = Unverified { region, map, files };
                let mut events = self.learn_handles(season, now, by, None, &game, reason)?;
                events.extend(self.close_case(now, *case, by, reason)?);
                Ok(Effect { before, after, events })
            }
        }
    }

    fn set_role(
        &self,
        now: Timestamp,
        by: UserId,
        user: UserId,
        role: Option<StaffRole>,
    ) -> Result<Effect, Refusal> {
        if self.staff.role(by) != Some(StaffRole::Owner) {
            return Err(Refusal::OwnerOnly);
        }
        let before = self.staff.role(user);
        if before == role {
            return Err(Refusal::NothingToDo);
        }
        if before == Some(StaffRole::Owner) && self.staff.owners() == 1 {
            return Err(Refusal::LastOwner);
        }
        let text = |role: Option<StaffRole>| role.map_or("no role", StaffRole::code);
        Ok(Effect::of(text(before), text(role), Event::StaffSet { user, role, at: now }))
    }

    fn clear_queue(&self, now: Timestamp) -> Result<Effect, Refusal> {
        if self.queue.is_empty() {
            return Err(Refusal::NothingToDo);
        }
        let names: Vec<String> =
            self.queue.keys().take(LISTED).map(|player| self.players[player].name()).collect();
        let more = if self.queue.len() > LISTED { ", …" } else { "" };
        let before = format!("{} queued: {}{more}", self.queue.len(), names.join(", "));
        let left = self.queue.keys().map(|player| Event::LeftQueue { player: *player, at: now });
        Ok(Effect { before, after: "0 queued".to_owned(), events: left.collect() })
    }

    fn ban(
        &self,
        season: &Season,
        now: Timestamp,
        player: PlayerId,
        days: Option<u16>,
        reason: &str,
    ) -> Result<Effect, Refusal> {
        if days.is_some_and(|days| !(1..=BAN_DAYS).contains(&days)) {
            return Err(Refusal::OutOfRange { from: 1, to: u32::from(BAN_DAYS) });
        }
        let known = &self.players[&player];
        if self.staff.role(known.user).is_some() {
            return Err(Refusal::StaffNotBanned);
        }
        let mut before = vec![known.ban.as_ref().map_or_else(|| "not banned".to_owned(), ban_text)];
        let mut after = vec![match days {
            Some(days) => format!("banned for {days} days"),
            None => "banned for good".to_owned(),
        }];
        let until = days.map(|days| now + DAY * u32::from(days));
        let mut events = vec![Event::Banned { player, until, reason: reason.to_owned(), at: now }];
        if let Some(queued) = self.queue_text(player) {
            before.push(queued);
            after.push("not queued".to_owned());
            events.push(Event::LeftQueue { player, at: now });
        }
        if let Some(match_id) = self.open.get(&player).copied() {
            let match_ = &self.matches[&match_id];
            let slot = match_.slot_of(player)?;
            let confirming = matches!(match_.phase, Phase::Confirming { .. });
            before
                .push(format!("in match {match_id}, {}", if confirming { "confirming" } else { "playing" }));
            after.push(format!("match {match_id} cancelled"));
            let by = Some(u8::try_from(slot).expect("a slot is 0 or 1"));
            let verdict = Verdict::Cancelled { by };
            events.extend(self.closing(season, now, match_, verdict));
            if confirming {
                events.extend(self.requeue(now, match_, 1 - slot));
            }
        }
        Ok(Effect { before: before.join("; "), after: after.join("; "), events })
    }

    fn time_out(&self, now: Timestamp, player: PlayerId, minutes: u32) -> Result<Effect, Refusal> {
        if minutes > TIME_OUT_MINUTES {
            return Err(Refusal::OutOfRange { from: 0, to: TIME_OUT_MINUTES });
        }
        let known = &self.players[&player];
        let standing = known.timeout_step(now);
        let running = known.timed_out(now);
        let mut before = vec![match running {
            Some(until) => format!("timed out until {}, step {standing}", stamp(until)),
            None => format!("not timed out, step {standing}"),
        }];
        if minutes == 0 {
            if running.is_none() && standing == 0 {
                return Err(Refusal::NothingToDo);
            }
            let lifted = Event::TimedOut { player, step: 0, until: now };
            return Ok(Effect::of(before.remove(0), "not timed out, step 0", lifted));
        }
        let mut after = vec![format!("timed out for {minutes} min, step {standing}")];
        // The steps are for those who let others wait; what staff give is beside them.
        let until = now + minutes_of(minutes);
        let mut events = vec![Event::TimedOut { player, step: standing, until }];
        if let Some(queued) = self.queue_text(player) {
            before.push(queued);
            after.push("not queued".to_owned());
            events.push(Event::LeftQueue { player, at: now });
        }
        Ok(Effect { before: before.join("; "), after: after.join("; "), events })
    }

    fn rename(&self, season: &Season, player: PlayerId, name: &str) -> Result<Effect, Refusal> {
        let old = self.players[&player].names.as_ref().ok_or(Refusal::NothingToDo)?;
        let names = check_names(season, &Names { name: name.to_owned(), ..old.clone() })?;
        if names.name == old.name {
            return Err(Refusal::NothingToDo);
        }
        if self.by_name.get(&fold(&names.name)).is_some_and(|owner| *owner != player) {
            return Err(Refusal::NameTaken);
        }
        let (before, after) = (old.name.clone(), names.name.clone());
        Ok(Effect::of(before, after, Event::NamesSet { player, names }))
    }

    fn ruling(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        match_id: MatchId,
        verdict: Verdict,
    ) -> Result<Effect, Refusal> {
        if !is_ruling(verdict) {
            return Err(Refusal::MatchUnknown);
        }
        let events = self.resolve(season, now, by, match_id, verdict)?;
        let played = self.history.find(match_id).map(|played| (played.players, played.standing));
        let open = || self.matches.get(&match_id).map(|match_| match_.pairing.players);
        let (players, before) = match played {
            Some((players, Standing::Counts(outcome))) => (players, result_text(outcome)),
            Some((players, Standing::Unsettled)) => (players, "no result".to_owned()),
            Some((players, Standing::Void)) => (players, "void".to_owned()),
            None => (open().ok_or(Refusal::MatchUnknown)?, "playing".to_owned()),
        };
        let [first, second] = players.map(|player| self.players[&player].name());
        let before = format!("match {match_id}, 1 {first}, 2 {second}: {before}");
        let moved: usize = events
            .iter()
            .map(|event| if let Event::Rerated { rows, .. } = event { rows.len() } else { 0 })
            .sum();
        let after = verdict.outcome(0).map_or_else(|| "void".to_owned(), result_text);
        let after = if moved > 0 { format!("{after}; {moved} ratings are made anew") } else { after };
        Ok(Effect { before, after, events })
    }

    fn case_text(&self, case: CaseId) -> Result<String, Refusal> {
        let open = self.cases.get(case).filter(|case| case.closed.is_none());
        let known = open.ok_or(Refusal::CaseUnknown)?;
        Ok(format!("case {case} of match {} open: {}", known.match_id, known.kind.code()))
    }

    fn queue_text(&self, player: PlayerId) -> Option<String> {
        let entry = self.queue.get(&player)?;
        Some(format!("queued since {}", stamp(entry.since)))
    }
}

/// For the first of the two.
fn result_text(outcome: Outcome) -> String {
    let text = match outcome {
        Outcome::Won => "player 1 won",
        Outcome::Lost => "player 2 won",
        Outcome::Draw => "a draw",
    };
    text.to_owned()
}

fn ban_text(ban: &Ban) -> String {
    match ban.until {
        Some(until) => format!("banned until {}: {}", stamp(until), ban.reason),
        None => format!("banned for good: {}", ban.reason),
    }
}

/// A moment as Discord shows it, in the reader's own time.
fn stamp(at: Timestamp) -> String {
    format!("<t:{}:f>", at.unix_seconds())
}

fn has_length(text: &str, (from, to): (u16, u16)) -> bool {
    (usize::from(from)..=usize::from(to)).contains(&text.chars().count())
}
