//! What inputs make true. Nothing here changes the state: what is decided becomes true by
//! [`Ladder::evolve`], here as after a restart.

mod staff;
#[cfg(test)]
mod tests;

use super::{Act, Decision, Input, Ladder, STRIKES};
use crate::domain::cards::{Card, Content};
use crate::domain::chance::Chance;
use crate::domain::match_::{Match, Phase, Seat};
use crate::domain::pairing::{self, Candidate};
use crate::domain::player::{Player, check_names, fold, month_of};
use crate::domain::queue::{Entry, wave_after, wave_at};
use crate::domain::rating;
use crate::domain::season::Season;
use crate::domain::verdict::{self, Game, Unverified};
use ipc_schema::event::{Event, Judged, Judgement, Pairing, RatingChange};
use ipc_schema::ids::{CardId, ChannelId, JobId, MatchId, MessageId, PlayerId, UserId};
use ipc_schema::replay::{Fault, ReplayFacts};
use ipc_schema::view::{ReplayStage, SetupStep};
use ipc_schema::vocab::{Caller, Era, FileHash, GameRegion, Refusal, TermsAnswer, Timestamp, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Replays in line or being read. A worker reads hundreds a second, so a full line means that something is
/// wrong, and the next player is told so.
const LINE: usize = 200;

/// The same of one player. A match needs one; the others are for those who send the wrong one first.
const LINE_PER_PLAYER: u8 = 3;

/// Replays that a player may send for one match: each is stored, whatever it proves.
const UPLOADS: u8 = 10;

/// A match whose time is over waits so long for a replay that came before: a little longer than a
/// replay may be in line.
const AWAITED: Duration = Duration::from_secs(15 * 60);

/// A shorter gap moved nobody's deadline by what they could notice.
const LOST_AT_LEAST: Duration = Duration::from_millis(500);

impl Ladder {
    /// Whether an upload would be taken, before its bytes are stored.
    pub fn check_upload(
        &self,
        now: Timestamp,
        user: UserId,
        hash: FileHash,
    ) -> Result<(PlayerId, MatchId), Refusal> {
        let (player, of) = self.player_of(user).ok_or(Refusal::SetupNeeded)?;
        of.gate()?;
        let Some(match_id) = self.open.get(&player).copied() else {
            let last = self.last_match.get(&player).and_then(|id| self.matches.get(id));
            let decided = last.is_some_and(|last| {
                matches!(last.phase, Phase::Closed { verdict: Verdict::Decided { .. }, .. })
            });
            return Err(if decided { Refusal::AlreadyDecided } else { Refusal::NoOpenMatch });
        };
        let match_ = &self.matches[&match_id];
        let Phase::Playing { deadline, uploads, .. } = &match_.phase else {
            return Err(Refusal::NoOpenMatch);
        };
        // A match whose time is over waits for the replays that came before, and for no other.
        if now >= *deadline {
            return Err(Refusal::NoOpenMatch);
        }
        if self.spent_files.contains(&hash) {
            return Err(Refusal::FileRefused);
        }
        if self.quarantined_files.contains(&hash) {
            return Err(Refusal::FileQuarantined);
        }
        let own = self.jobs.values().filter(|job| job.player == player).count();
        if own >= usize::from(LINE_PER_PLAYER) {
            return Err(Refusal::OwnLineFull { limit: LINE_PER_PLAYER });
        }
        if self.jobs.len() >= LINE {
            return Err(Refusal::LineFull);
        }
        if uploads[match_.slot_of(player)?] >= UPLOADS {
            return Err(Refusal::TooManyUploads { limit: UPLOADS });
        }
        Ok((player, match_id))
    }

    /// When [`Input::Tick`] is due, if ever.
    pub fn next_tick(&self, season: &Season, now: Timestamp) -> Option<Timestamp> {
        let wave = (!self.queue.is_empty()).then(|| {
            if self.wave_due(season, now).is_some() { now } else { wave_after(now, season.knobs.wave) }
        });
        let awaited = self.awaited();
        let matches = self.open.values().filter_map(|id| {
            let deadline = self.matches[id].deadline(season.knobs.remind_after);
            deadline.max(awaited.get(id).copied())
        });
        let ban_end = self.staff.next_ban_end().map(|(at, _)| at);
        matches.chain(wave).chain(ban_end).min()
    }

    /// Until when a running match at least goes on, where a replay of it is in line.
    fn awaited(&self) -> BTreeMap<MatchId, Timestamp> {
        let mut awaited = BTreeMap::new();
        for job in self.jobs.values() {
            let until = awaited.entry(job.match_id).or_insert(Timestamp::ZERO);
            *until = (job.uploaded_at + AWAITED).max(*until);
        }
        awaited.retain(|id, _| self.matches.get(id).is_some_and(Match::is_open));
        awaited
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
            Input::CardGone { card, version } => {
                let known = self.cards.get(*card).is_some_and(|card| card.shown < *version);
                Decision::of(known.then_some(Event::CardGone { card: *card }))
            }
            Input::TimeLost { since, until } => {
                // Backend and gateway may have been away together; no time is given back twice.
                let lost = until.since(self.lost_until.max(*since));
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
            Input::OwnerNamed { user } => Decision::of(self.name_owner(now, *user)),
        }
    }

    fn decide_act(&self, season: &Season, now: Timestamp, caller: &Caller, act: &Act) -> Decision {
        let mut events = Vec::new();
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
        ) {
            player.ban_gate()?;
        }
        let event = match act {
            Act::Look => return Ok(Vec::new()),
            Act::SetLocale(locale) => Event::LocaleSet { player: id, locale: *locale },
            Act::AnswerTerms(answer) => {
                Event::TermsAnswered { player: id, accepted: *answer == TermsAnswer::Accept, at: now }
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
                SetupStep::Preview => Event::SetupFinished { player: id, at: now },
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
                if player.races.is_empty() {
                    return Err(Refusal::NoRace);
                }
                Event::Queued { player: id, at: now }
            }
            Act::LeaveQueue => {
                if !self.queue.contains_key(&id) {
                    let refusal =
                        if self.open.contains_key(&id) { Refusal::InMatch } else { Refusal::NotQueued };
                    return Err(refusal);
                }
                Event::LeftQueue { player: id, at: now }
            }
            Act::Confirm(match_id) => return self.confirm(season, now, id, *match_id),
            Act::Abort(match_id) => return self.abort(season, now, id, *match_id),
            Act::Upload { hash, bytes } => {
                let (player, match_id) = self.check_upload(now, player.user, *hash)?;
                let job = JobId(self.next_job);
                Event::ReplayTaken { job, match_id, player, hash: *hash, bytes: *bytes, at: now }
            }
            Act::RefuseUpload { refusal, .. } => return Err(refusal.clone()),
            Act::Propose { act, reason } => return self.propose(season, now, player.user, act, reason),
            Act::Perform(proposal) => return self.perform(season, now, player.user, *proposal),
            Act::Withdraw(proposal) => return self.withdraw(now, player.user, *proposal),
        };
        Ok(vec![event])
    }

    fn match_for(&self, player: PlayerId, match_id: MatchId) -> Result<(&Match, usize), Refusal> {
        let match_ = self.matches.get(&match_id).ok_or(Refusal::MatchUnknown)?;
        Ok((match_, match_.slot_of(player)?))
    }

    fn confirm(
        &self,
        season: &Season,
        now: Timestamp,
        player: PlayerId,
        match_id: MatchId,
    ) -> Result<Vec<Event>, Refusal> {
        let (match_, slot) = self.match_for(player, match_id)?;
        match &match_.phase {
            // Pressed in time is decided by the clock, also where the deadline's own tick is late.
            Phase::Confirming { deadline, .. } if now > *deadline => Err(Refusal::TooLate),
            Phase::Confirming { seats, .. } if seats[slot].confirmed => Ok(Vec::new()),
            Phase::Confirming { seats, .. } => {
                let mut events = vec![Event::Confirmed { match_id, player, at: now }];
                if seats[1 - slot].confirmed {
                    events.push(Event::Started {
                        match_id,
                        at: now,
                        deadline: now + season.knobs.match_limit,
                    });
                }
                Ok(events)
            }
            Phase::Playing { .. } => Ok(Vec::new()),
            Phase::Closed { .. } => Err(Refusal::TooLate),
        }
    }

    fn abort(
        &self,
        season: &Season,
        now: Timestamp,
        player: PlayerId,
        match_id: MatchId,
    ) -> Result<Vec<Event>, Refusal> {
        let (match_, slot) = self.match_for(player, match_id)?;
        let Phase::Confirming { seats, .. } = &match_.phase else { return Err(Refusal::TooLate) };
        let of = &self.players[&player];
        let price = if of.aborts_left(season, now) > 0 {
            Event::AbortSpent { player, month: month_of(now) }
        } else {
            let (step, until) = of.next_timeout(season, now);
            Event::TimedOut { player, step, until }
        };
        let by = u8::try_from(slot).expect("a slot is 0 or 1");
        let mut events =
            vec![price, Event::Closed { match_id, verdict: Verdict::Aborted { by }, ratings: None, at: now }];
        if seats[1 - slot].confirmed {
            events.push(requeue(match_, 1 - slot));
        }
        Ok(events)
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
        if self.players[&card.player].channel != Some(channel) {
            events.push(Event::ChannelSeen { player: card.player, channel });
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

    fn job_dropped(&self, now: Timestamp, id: JobId, strike: bool, out_of_tries: bool) -> Vec<Event> {
        let Some(job) = self.jobs.get(&id) else { return Vec::new() };
        let strikes = self.strikes.get(&job.hash).copied().unwrap_or_default() + u8::from(strike);
        if strikes >= STRIKES {
            // The same bytes may be in line more than once.
            let same = self.jobs.iter().filter(|(_, other)| other.hash == job.hash);
            let failed = same.map(|(job, _)| Event::ReplayFailed {
                job: *job,
                fault: Fault::Killed,
                strikes,
                at: now,
            });
            failed.collect()
        } else if out_of_tries {
            vec![Event::ReplayFailed { job: id, fault: Fault::NotRead, strikes, at: now }]
        } else if strike {
            vec![Event::ReplayStruck { job: id, strikes }]
        } else {
            Vec::new()
        }
    }

    /// Whether a place in line is worth a new version of the card: each costs a call to Discord.
    fn is_news(&self, job: JobId, before: u32) -> bool {
        let card = self.jobs.get(&job).and_then(|job| self.cards.get(job.card));
        let Some(Card { content: Content::Replay(view), .. }) = card else { return false };
        match view.stage {
            ReplayStage::Reading => before > 0,
            ReplayStage::InLine { before: told } => before <= told / 2,
            ReplayStage::Judged { .. } | ReplayStage::Failed { .. } => false,
        }
    }

    fn job_read(&self, season: &Season, now: Timestamp, id: JobId, facts: &ReplayFacts) -> Vec<Event> {
        let Some(job) = self.jobs.get(&id) else { return Vec::new() };
        let judged =
            |judgement| Event::ReplayJudged { job: id, facts: Box::new(facts.clone()), judgement, at: now };
        let used_by = self.games.get(&Game::of(facts)).copied();
        let open = self.matches.get(&job.match_id).and_then(|match_| match match_.phase {
            Phase::Playing { since, .. } => Some((match_, since)),
            Phase::Confirming { .. } | Phase::Closed { .. } => None,
        });
        let Some((match_, since)) = open else {
            let by_this = used_by == Some(job.match_id);
            let outcome = if by_this { Judged::AlreadyDecided } else { Judged::TooLate };
            return vec![judged(Judgement { checks: Vec::new(), outcome })];
        };
        let players = match_.pairing.players.map(|player| &self.players[&player]);
        let case = verdict::Case {
            pairing: &match_.pairing,
            players,
            owner_of: &|toon| self.by_toon.get(toon).copied(),
            unbound_named: &|name, region| {
                let named = self.by_name.get(&fold(name)).copied()?;
                self.players[&named].toons_in(region).next().is_none().then_some(named)
            },
            uploader: job.player,
            started_at: since,
            uploaded_at: job.uploaded_at,
            used_by,
        };
        let ruling = verdict::judge(season, &case, facts);
        let mut events = vec![judged(ruling.judgement.clone())];
        let match_id = job.match_id;
        let news = ruling.clashes.iter().filter(|(toon, _)| !self.cases.clashes.contains(&(match_id, *toon)));
        events.extend(news.map(|&(toon, owner)| Event::ToonClashed {
            job: id,
            match_id,
            toon,
            owner,
            at: now,
        }));
        if let Some(unverified) = ruling.unverified
            && !self.cases.unverified.contains_key(&unverified)
        {
            let Unverified { region, map, files } = unverified;
            events.push(Event::ModUnverified { job: id, match_id, region, map, files, at: now });
        }
        if let Judged::Decided { winner, ground } = ruling.judgement.outcome {
            for (slot, toon) in ruling.toons.iter().enumerate() {
                let (player, region) = (match_.pairing.players[slot], GameRegion::from_number(toon.region));
                let bound = players[slot].toons.iter().any(|(_, known)| known == toon);
                if let Some(region) = region.filter(|_| !bound) {
                    events.push(Event::ToonBound { player, region, toon: *toon });
                }
            }
            let verdict = Verdict::Decided { winner, ground };
            let ratings = self.rate(season, &match_.pairing, verdict);
            events.push(Event::Closed { match_id: job.match_id, verdict, ratings, at: now });
        }
        events
    }

    /// How a verdict moves the ratings, if it does.
    fn rate(&self, season: &Season, pairing: &Pairing, verdict: Verdict) -> Option<[RatingChange; 2]> {
        let outcome = verdict.outcome(0)?;
        let before = [0, 1].map(|slot| self.mmr(season, pairing.players[slot], pairing.races[slot]));
        let after = rating::after(&season.knobs, before, outcome);
        Some([0, 1].map(|slot| RatingChange {
            player: pairing.players[slot],
            race: pairing.races[slot],
            before: before[slot],
            after: after[slot],
        }))
    }

    /// The first thing that is due by time; asked again until nothing is.
    fn tick(&self, season: &Season, now: Timestamp) -> Vec<Event> {
        let awaited = self.awaited();
        for match_id in self.open.values() {
            let match_ = &self.matches[match_id];
            let events = match &match_.phase {
                Phase::Confirming { seats, deadline } if now >= *deadline => {
                    self.unconfirmed(season, now, match_, seats)
                }
                Phase::Confirming { seats, .. } => (0..2)
                    .filter(|slot| {
                        seats[*slot].reminder_at(season.knobs.remind_after).is_some_and(|at| at <= now)
                    })
                    .map(|slot| Event::Reminded { match_id: *match_id, player: match_.pairing.players[slot] })
                    .collect(),
                Phase::Playing { deadline, .. }
                    if awaited.get(match_id).is_none_or(|until| now >= *until) && now >= *deadline =>
                {
                    vec![Event::Closed {
                        match_id: *match_id,
                        verdict: Verdict::Expired,
                        ratings: None,
                        at: now,
                    }]
                }
                Phase::Playing { .. } | Phase::Closed { .. } => Vec::new(),
            };
            if !events.is_empty() {
                return events;
            }
        }
        if let Some(over) = self.ban_over(now) {
            return vec![over];
        }
        self.wave_due(season, now).map_or_else(Vec::new, |at| vec![self.wave(season, now, at)])
    }

    fn unconfirmed(&self, season: &Season, now: Timestamp, match_: &Match, seats: &[Seat; 2]) -> Vec<Event> {
        let match_id = match_.pairing.match_id;
        let verdict = Verdict::Unconfirmed { confirmed: [seats[0].confirmed, seats[1].confirmed] };
        let mut events = vec![Event::Closed { match_id, verdict, ratings: None, at: now }];
        for (slot, seat) in seats.iter().enumerate() {
            let player = match_.pairing.players[slot];
            if seat.confirmed {
                events.push(requeue(match_, slot));
            } else if seat.found.is_some() {
                let (step, until) = self.players[&player].next_timeout(season, now);
                events.push(Event::TimedOut { player, step, until });
            }
        }
        events
    }

    fn wave(&self, season: &Season, now: Timestamp, at: Timestamp) -> Event {
        let candidates = self.candidates(season);
        let shift = usize::try_from(at.0 / 1000 % 7919).expect("it is small");
        let pairs = pairing::pairs(season, now, &candidates, shift);
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
        Event::WaveFired { at, pairings, generator: chance.0 }
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

fn requeue(match_: &Match, slot: usize) -> Event {
    let Entry { since, waves, .. } = match_.entries[slot];
    Event::Requeued { player: match_.pairing.players[slot], since, waves }
}
