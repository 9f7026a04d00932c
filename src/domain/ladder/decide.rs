//! What inputs make true. Nothing here changes the state: what is decided becomes true by
//! [`Ladder::evolve`], here as after a restart. [`matches`] has the life of a match, [`replays`] what
//! files do to it.

mod matches;
mod replays;
mod staff;
#[cfg(test)]
mod tests;

use super::{Act, Decision, Input, Ladder};
use crate::domain::cards::{Content, NOBODY};
use crate::domain::chance::Chance;
use crate::domain::match_::Phase;
use crate::domain::pairing::{self, Candidate};
use crate::domain::pings;
use crate::domain::player::{Player, check_names, fold};
use crate::domain::queue::{Entry, crowd, wave_after, wave_at};
use crate::domain::season::Season;
use ipc_schema::event::{Event, Names, Pairing};
use ipc_schema::ids::{CardId, ChannelId, JobId, MatchId, MessageId, PlayerId};
use ipc_schema::view::SetupStep;
use ipc_schema::vocab::{Caller, Era, Refusal, TermsAnswer, Timestamp};
use matches::Move;
use std::collections::BTreeSet;
use std::time::Duration;

/// A shorter gap moved nobody's deadline by what they could notice.
const LOST_AT_LEAST: Duration = Duration::from_millis(500);

impl Ladder {
    /// When [`Input::Tick`] is due, if ever.
    pub fn next_tick(&self, season: &Season, now: Timestamp) -> Option<Timestamp> {
        let wave = (!self.queue.is_empty()).then(|| {
            if self.wave_due(season, now).is_some() { now } else { wave_after(now, season.knobs.wave) }
        });
        let awaited = self.awaited();
        let matches = self.open.values().map(|id| {
            let timer = self.matches[id].timer(&season.knobs, awaited.get(id).copied());
            timer.expect("an open match has a timer").0
        });
        let ban_end = self.staff.next_ban_end().map(|(at, _)| at);
        matches.chain(wave).chain(ban_end).chain(self.next_queue_card(season.pace)).min()
    }

    /// The first thing that is due by time; asked again until nothing is.
    fn tick(&self, season: &Season, now: Timestamp) -> Vec<Event> {
        let awaited = self.awaited();
        for id in self.open.values() {
            let match_ = &self.matches[id];
            let timer = match_.timer(&season.knobs, awaited.get(id).copied());
            let (at, due) = timer.expect("an open match has a timer");
            if at <= now {
                return self.advance_by_time(season, now, match_, due);
            }
        }
        if let Some(over) = self.ban_over(now) {
            return vec![over];
        }
        match self.wave_due(season, now) {
            Some(at) => self.wave(season, now, at),
            None => self.tell_of_queue(now, season.pace),
        }
    }

    /// The wave that should have fired by `now`, if someone was waiting for it.
    fn wave_due(&self, season: &Season, now: Timestamp) -> Option<Timestamp> {
        let wave = wave_at(now, season.knobs.wave);
        // A clock that was ahead and was set right does not silence the waves until it is there again.
        let fresh = wave > self.last_wave || self.last_wave > now + season.knobs.wave;
        let waited_for = fresh && self.queue.values().any(|entry| entry.since < wave);
        waited_for.then_some(wave)
    }

    /// What `input` makes true, in order, for the shell to store, send and schedule.
    pub fn decide(&self, season: &Season, now: Timestamp, input: &Input) -> Decision {
        match input {
            Input::Act { caller, act } => self.decide_act(season, now, caller, act),
            Input::CardShown { card, version, channel, message } => Decision {
                events: self.card_shown(season, now, *card, *version, (*channel, *message)),
                refusal: None,
            },
            Input::CardLost { card, version } => {
                let known = self.cards.get(*card).is_some_and(|card| card.shown < *version);
                Decision::of(known.then_some(Event::CardLost { card: *card, version: *version, at: now }))
            }
            Input::CardUnreachable { card, version } => {
                Decision { events: self.card_unreachable(now, *card, *version), refusal: None }
            }
            Input::CardTold { card, version } => {
                let known = self.cards.get(*card).is_some_and(|card| card.shown < *version);
                Decision::of(known.then_some(Event::CardTold { card: *card, version: *version, at: now }))
            }
            Input::CardGone { card, version } => {
                let known = self.cards.get(*card).is_some_and(|card| card.shown < *version);
                Decision::of(known.then_some(Event::CardGone { card: *card }))
            }
            Input::TimeLost { since, until } => {
                // Backend and gateway may have been away together; no time is given back twice.
                // A clock that was ahead and was set right does not stop it either.
                let given = if self.lost_until > now { Timestamp::ZERO } else { self.lost_until };
                let lost = until.since(given.max(*since));
                let lost_ms = u64::try_from(lost.as_millis()).unwrap_or(u64::MAX);
                let matters = lost >= LOST_AT_LEAST && !self.open.is_empty();
                Decision::of(matters.then_some(Event::TimeLost { lost_ms, at: now }))
            }
            Input::JobDropped { job, strike, out_of_tries } => {
                let events = self.job_dropped(now, *job, *strike, *out_of_tries);
                Decision { events, refusal: None }
            }
            Input::JobRead { job, facts } => {
                Decision { events: self.job_read(season, now, *job, facts), refusal: None }
            }
            Input::JobFailed { job, fault } => Decision::of(self.jobs.get(job).map(|known| {
                let strikes = self.strikes.get(&known.hash).copied().unwrap_or_default();
                Event::ReplayFailed { job: *job, fault: fault.clone(), strikes, at: now }
            })),
            Input::LineMoved { places } => {
                let told = places.iter().filter(|(job, before)| self.is_news(*job, *before));
                let events = told.map(|(job, before)| Event::ReplayPlaced { job: *job, before: *before });
                Decision { events: events.collect(), refusal: None }
            }
            Input::Tick => Decision { events: self.tick(season, now), refusal: None },
            Input::Started => Decision::of(self.rating_system(season, now)),
            Input::OwnerNamed { user } => Decision::of(self.name_owner(now, *user)),
            Input::PlacesNamed { places } => Decision::of(self.name_places(now, *places)),
        }
    }

    fn decide_act(&self, season: &Season, now: Timestamp, caller: &Caller, act: &Act) -> Decision {
        let mut events = Vec::new();
        if *act == Act::Greet && self.player_of(caller.user).is_none() {
            return Decision::default();
        }
        let stranger = Player::new(caller.user, caller.locale);
        let (id, player) = self.player_of(caller.user).unwrap_or_else(|| {
            let id = PlayerId(self.players.len() as u64 + 1);
            events.push(Event::PlayerJoined {
                player: id,
                user: caller.user,
                locale: caller.locale,
                at: now,
            });
            (id, &stranger)
        });
        if let Some(channel) = caller.dm.filter(|dm| player.channel != Some(*dm)) {
            events.push(Event::ChannelSeen { player: id, channel });
        }
        // Whoever writes or presses there may well read there again.
        let mut reached = None;
        if caller.dm.is_some() && player.settings.dms_closed.is_some() {
            events.push(Event::DmsOpened { player: id, greeted: *act == Act::TryDms, at: now });
            let mut opened = player.clone();
            opened.settings.dms_closed = None;
            reached = Some(opened);
        }
        let player = reached.as_ref().unwrap_or(player);
        let refusal = match self.act(season, now, id, player, act) {
            Ok(more) => {
                events.extend(more);
                None
            }
            Err(refusal) => {
                // These come by message, not by a press that could be answered.
                if let Act::RefuseUpload { files, .. } = act {
                    let (refusal, files) = (refusal.clone(), *files);
                    events.extend(match files {
                        0 => None,
                        1 => Some(Event::NoticeDue { player: id, refusal, at: now }),
                        _ => Some(Event::FilesRefused { player: id, refusal, files, at: now }),
                    });
                }
                Some(refusal)
            }
        };
        Decision { events, refusal }
    }

    fn act(
        &self,
        season: &Season,
        now: Timestamp,
        id: PlayerId,
        player: &Player,
        act: &Act,
    ) -> Result<Vec<Event>, Refusal> {
        // Nobody is banned from reading, from their language and from taking consent back. Whoever
        // looks after the ladder does so also while banned from playing.
        if !matches!(
            act,
            Act::Look
                | Act::SetLocale(_)
                | Act::AnswerTerms(_)
                | Act::RefuseUpload { .. }
                | Act::Propose { .. }
                | Act::Perform(_)
                | Act::Withdraw(_)
                | Act::Greet
                | Act::TryDms
                | Act::ShowQueue
        ) {
            player.ban_gate()?;
        }
        let event = match act {
            Act::Look | Act::Greet => return Ok(Vec::new()),
            Act::ShowQueue => return Ok(self.queue_card_anew(now, id).into_iter().collect()),
            Act::SetLocale(locale) => Event::LocaleSet { player: id, locale: *locale },
            Act::AnswerTerms(answer) => {
                let accepted = *answer == TermsAnswer::Accept;
                let answered = Event::TermsAnswered { player: id, accepted, at: now };
                // Who has declined may not wait either; a match that was found goes on.
                let waits = !accepted && self.queue.contains_key(&id);
                let left = waits.then_some(Event::LeftQueue { player: id, at: now });
                return Ok([answered].into_iter().chain(left).collect());
            }
            Act::SetNames(names) => {
                let names = check_names(season, names)?;
                let others = |owner: Option<&PlayerId>| owner.is_some_and(|owner| *owner != id);
                if others(self.by_name.get(&fold(&names.name))) {
                    return Err(Refusal::NameTaken);
                }
                if others(self.by_battle_tag.get(&fold(&names.battle_tag))) {
                    return Err(Refusal::BattleTagTaken);
                }
                Event::NamesSet { player: id, names }
            }
            Act::SetRegion(region) => Event::RegionSet { player: id, region: *region },
            Act::FinishSetup => match player.setup_step() {
                SetupStep::Done => return Ok(Vec::new()),
                // Who was not asked for the notifications yet has them as they are.
                SetupStep::Notifications | SetupStep::Preview => Event::SetupFinished { player: id, at: now },
                SetupStep::Terms => return Err(Refusal::TermsNeeded),
                SetupStep::Names | SetupStep::Region => return Err(Refusal::SetupNeeded),
            },
            Act::ChooseRace { era, race } => {
                player.gate()?;
                if race.is_some_and(|race| race.era() != *era) {
                    return Err(Refusal::NoRace);
                }
                Event::RacesChosen { player: id, races: player.races.with(*era, *race) }
            }
            Act::ChooseVetoes(maps) => {
                player.gate()?;
                let unique: BTreeSet<&String> = maps.iter().collect();
                if unique.len() > usize::from(season.knobs.vetoes) {
                    return Err(Refusal::TooManyVetoes { allowed: season.knobs.vetoes });
                }
                if unique.iter().any(|map| season.map(map).is_none()) {
                    return Err(Refusal::MapUnknown);
                }
                Event::VetoesChosen { player: id, maps: unique.into_iter().cloned().collect() }
            }
            Act::JoinQueue => {
                player.gate()?;
                if self.open.contains_key(&id) {
                    return Err(Refusal::InMatch);
                }
                if self.queue.contains_key(&id) {
                    return Err(Refusal::AlreadyQueued);
                }
                if let Some(until) = player.timed_out(now) {
                    return Err(Refusal::TimedOut { until });
                }
                player.guide_gate()?;
                if player.races.is_empty() {
                    return Err(Refusal::NoRace);
                }
                if player.settings.dms_closed.is_some() {
                    return Err(Refusal::DmsClosed);
                }
                let told = Event::QueueCardDue { player: id, replaces: None, at: now };
                let events = [Event::Queued { player: id, at: now }, told];
                return Ok(events.into_iter().chain(self.pings(now, id, player.races)).collect());
            }
            Act::LeaveQueue => {
                if !self.queue.contains_key(&id) {
                    let refusal =
                        if self.open.contains_key(&id) { Refusal::InMatch } else { Refusal::NotQueued };
                    return Err(refusal);
                }
                Event::LeftQueue { player: id, at: now }
            }
            Act::Confirm(match_id) => return self.press(season, now, id, *match_id, Move::Confirm),
            Act::Abort(match_id) => return self.press(season, now, id, *match_id, Move::Abort),
            Act::Upload { hash, bytes } => {
                let (player, match_id) = self.check_upload(season, now, player.user, *hash)?;
                let job = JobId(self.next_job);
                Event::ReplayTaken { job, match_id, player, hash: *hash, bytes: *bytes, at: now }
            }
            Act::RefuseUpload { refusal, .. } => return Err(refusal.clone()),
            Act::Report { match_id, outcome } => {
                return self.press(season, now, id, *match_id, |slot| Move::Report(slot, *outcome));
            }
            Act::Dispute { match_id } => return self.press(season, now, id, *match_id, Move::Dispute),
            Act::Propose { act, reason } => return self.propose(season, now, player.user, act, reason),
            Act::Perform(proposal) => return self.perform(season, now, player.user, *proposal),
            Act::Withdraw(proposal) => return self.withdraw(now, player.user, *proposal),
            Act::SetCountry(country) => {
                let known = player.names.as_ref().ok_or(Refusal::SetupNeeded)?;
                let names = check_names(season, &Names { country: country.clone(), ..known.clone() })?;
                Event::NamesSet { player: id, names }
            }
            Act::WishNotifications(wish) => {
                let notifications = pings::grant(player.settings.notifications, now, wish)?;
                Event::NotificationsSet { player: id, notifications }
            }
            Act::PassNotifications => Event::NotificationsPassed { player: id },
            Act::ReadGuide => {
                player.gate()?;
                if player.settings.guide_read {
                    return Ok(Vec::new());
                }
                Event::GuideRead { player: id, at: now }
            }
            Act::TryDms => {
                if player.settings.dms_closed.is_none() {
                    return Ok(Vec::new());
                }
                Event::DmsOpened { player: id, greeted: true, at: now }
            }
        };
        Ok(vec![event])
    }

    fn card_shown(
        &self,
        season: &Season,
        now: Timestamp,
        id: CardId,
        version: u32,
        (channel, message): (ChannelId, MessageId),
    ) -> Vec<Event> {
        let Some(card) = self.cards.get(id) else { return Vec::new() };
        let mut events = vec![Event::CardShown { card: id, version, channel, message, at: now }];
        // In a channel it is nobody's own.
        let Some(player) = self.players.get(&card.player) else { return events };
        if player.channel != Some(channel) {
            events.push(Event::ChannelSeen { player: card.player, channel });
        }
        // One that was there before is shown by the answer to a press, which reaches everyone.
        if card.message.is_none() && player.settings.dms_closed.is_some() {
            events.push(Event::DmsOpened { player: card.player, greeted: false, at: now });
        }
        if let Content::Match(match_id) = card.content
            && let Some(match_) = self.matches.get(&match_id)
            && let Phase::Confirming { seats, deadline } = &match_.phase
            && let Ok(slot) = match_.slot_of(card.player)
            && seats[slot].found.is_none()
        {
            let deadline = (now + season.knobs.confirm_after_delivery).max(*deadline);
            events.push(Event::Found { match_id, player: card.player, deadline, at: now });
        }
        events
    }

    /// A player does not take messages. Nobody waits for a match of which nothing would be heard.
    fn card_unreachable(&self, now: Timestamp, id: CardId, version: u32) -> Vec<Event> {
        let Some(card) = self.cards.get(id).filter(|card| card.shown < version) else { return Vec::new() };
        let player = card.player;
        let is_tried_once =
            matches!(card.content, Content::Match(_)) || card.message.is_some() || player == NOBODY;
        let lost = is_tried_once.then_some(Event::CardLost { card: id, version, at: now });
        let is_news = self.players.get(&player).is_some_and(|player| player.settings.dms_closed.is_none());
        let closed = is_news.then_some(Event::DmsClosed { player, at: now });
        let waits = is_news && self.queue.contains_key(&player);
        let left = waits.then_some(Event::LeftQueue { player, at: now });
        [lost, closed, left].into_iter().flatten().collect()
    }

    fn wave(&self, season: &Season, now: Timestamp, at: Timestamp) -> Vec<Event> {
        let candidates = self.candidates(season);
        let shift = usize::try_from(at.0 / 1000 % 7919).expect("it is small");
        let (pairs, unmatched) = pairing::wave(season, now, &candidates, shift);
        let mut chance = self.chance;
        let pairings = pairs
            .iter()
            .zip(self.next_match..)
            .map(|(pair, match_id)| {
                let players = pair.players.map(|player| &self.players[&player]);
                Pairing {
                    match_id: MatchId(match_id),
                    players: pair.players,
                    races: pair.races,
                    map: self.pick_map(season, pair.players, &mut chance),
                    server: season
                        .server(players.map(|player| player.region.expect("queued players have one"))),
                    confirm_deadline: now + season.knobs.confirm_after_wave,
                }
            })
            .collect();
        let waiting = crowd(self.queue.values());
        vec![
            Event::WaveFired { at, pairings, generator: chance.0 },
            Event::WaveWeighed { at, waiting, unmatched },
        ]
    }

    /// Uniform over the maps that neither vetoed and, where one is left, neither played last.
    pub(super) fn pick_map(&self, season: &Season, players: [PlayerId; 2], chance: &mut Chance) -> String {
        let entries = players.map(|player| &self.queue[&player]);
        let last = players.map(|player| self.players[&player].last_map.as_deref());
        // Staff may have lowered the number since they were chosen.
        let vetoes = || entries.iter().flat_map(|entry| entry.vetoes.iter().take(season.knobs.vetoes.into()));
        let open: Vec<&str> = season
            .maps
            .iter()
            .map(|map| map.key.as_str())
            .filter(|key| !vetoes().any(|veto| veto == key))
            .collect();
        let fresh: Vec<&str> = open.iter().copied().filter(|key| !last.contains(&Some(*key))).collect();
        // Vetoes of another season may cover all maps of this one.
        let all: Vec<&str> = season.maps.iter().map(|map| map.key.as_str()).collect();
        let choice =
            [&fresh, &open, &all].into_iter().find(|maps| !maps.is_empty()).expect("a season has maps");
        choice[chance.below(choice.len())].to_owned()
    }

    pub(in crate::domain) fn candidates(&self, season: &Season) -> Vec<Candidate<'_>> {
        self.queue.iter().map(|(id, entry)| self.candidate(season, *id, entry)).collect()
    }

    fn candidate<'a>(&'a self, season: &Season, id: PlayerId, entry: &'a Entry) -> Candidate<'a> {
        let player = &self.players[&id];
        let mmr = Era::ALL.iter().filter_map(|era| Some((*era, self.mmr(season, id, entry.races.of(*era)?))));
        Candidate {
            player: id,
            entry,
            region: player.region.expect("queued players have one"),
            mmr: mmr.collect(),
            recent_opponents: &player.recent_opponents,
        }
    }
}

impl Decision {
    fn of(event: Option<Event>) -> Decision {
        Decision { events: event.into_iter().collect(), refusal: None }
    }
}
