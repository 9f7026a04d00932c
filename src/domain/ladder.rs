//! The whole state of the ladder, and how events move it; [`decide`] has what makes them true.

mod changes;
mod contact;
mod decide;
mod look;
mod memory;
mod posts;
mod queue_cards;
mod results;
mod snapshot;
mod staff;

use super::activity::Activity;
use super::cards::{Card, Cards, Content};
use super::cases::Cases;
use super::chance::Chance;
use super::history::History;
use super::match_::{Match, Phase, Report, Seat, Upload};
use super::overrides::{Changed, Learned, Overrides, Scope};
use super::player::{Player, rename};
use super::queue::{Entry, LeftOut};
use super::rating::{Rating, RatingKey};
use super::staff::{Proposal, Staff};
use super::standings::Standings;
use super::verdict::Game;
use super::waits::Waits;
use ipc_schema::event::{Event, Judged, Pairing, Places, RatingChange};
use ipc_schema::ids::{CardId, ChannelId, JobId, MatchId, MessageId, PlayerId, ProposalId, UserId};
use ipc_schema::notifications::Wish;
use ipc_schema::replay::{Fault, ReplayFacts};
use ipc_schema::staff::StaffAct;
use ipc_schema::view::{CaseClosing, Post, ReplayStage, ReplayView, UploadEnd};
use ipc_schema::vocab::{
    Caller, CountryCode, Era, FileHash, Locale, Outcome, Race, Refusal, Region, TermsAnswer, Timestamp, Toon,
    Verdict,
};
pub use snapshot::{Matches, Rebuild, RebuildMatches};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Closed matches kept whole; older ones are in the database. Kept beyond that are those whose result is
/// still to be told, and those that staff have to look at.
const CLOSED_KEPT: usize = 1000;

/// Workers that a file may kill before it is never read again.
const STRIKES: u8 = 2;

#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    pub(super) players: BTreeMap<PlayerId, Player>,
    by_user: BTreeMap<UserId, PlayerId>,
    /// Folded names and BattleTags, which are unique.
    pub(super) by_name: BTreeMap<String, PlayerId>,
    by_battle_tag: BTreeMap<String, PlayerId>,
    by_toon: BTreeMap<Toon, PlayerId>,
    pub(super) queue: BTreeMap<PlayerId, Entry>,
    pub(super) waits: Waits,
    pub(super) matches: BTreeMap<MatchId, Match>,
    /// The match each player is in.
    open: BTreeMap<PlayerId, MatchId>,
    /// Oldest first.
    closed: VecDeque<MatchId>,
    last_match: BTreeMap<PlayerId, MatchId>,
    pub(super) ratings: BTreeMap<RatingKey, Rating>,
    pub(super) standings: Standings,
    pub(super) activity: Activity,
    jobs: BTreeMap<JobId, Job>,
    /// Files that decided a match; they are never read again.
    spent_files: BTreeSet<FileHash>,
    /// Nor are those that killed as many workers as a file may.
    quarantined_files: BTreeSet<FileHash>,
    /// Workers killed by files that may still be read, over all jobs of the file.
    strikes: BTreeMap<FileHash, u8>,
    /// Each game that decided a match, and which.
    games: BTreeMap<Game, MatchId>,
    cases: Cases,
    staff: Staff,
    pub(super) history: History,
    cards: Cards,
    /// The card of each player who waits and can be reached.
    queue_cards: BTreeMap<PlayerId, CardId>,
    chance: Chance,
    last_wave: Timestamp,
    /// Time before it was given back to the players already, as far as it was lost.
    lost_until: Timestamp,
    next_match: u64,
    next_job: u64,
    counts: Counts,
    overrides: Overrides,
    places: Places,
}

/// A replay in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub match_id: MatchId,
    pub player: PlayerId,
    pub hash: FileHash,
    pub bytes: u32,
    pub uploaded_at: Timestamp,
    card: CardId,
}

/// Totals since the ladder began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub matches_paired: u64,
    pub matches_decided: u64,
    pub replays_parsed: u64,
    pub replays_failed: u64,
}

/// Something that may make events true.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Act {
        caller: Caller,
        act: Act,
    },
    CardShown {
        card: CardId,
        version: u32,
        channel: ChannelId,
        message: MessageId,
    },
    CardLost {
        card: CardId,
        version: u32,
    },
    /// The player does not take messages.
    CardUnreachable {
        card: CardId,
        version: u32,
    },
    /// A card that is held back was told by an answer.
    CardTold {
        card: CardId,
        version: u32,
    },
    /// The message that a version was to edit is gone.
    CardGone {
        card: CardId,
        version: u32,
    },
    /// The ladder could not serve its players in that time.
    TimeLost {
        since: Timestamp,
        until: Timestamp,
    },
    /// A worker died over the job, or let it lie; `strike` where the file is to blame.
    JobDropped {
        job: JobId,
        strike: bool,
        out_of_tries: bool,
    },
    JobRead {
        job: JobId,
        facts: Box<ReplayFacts>,
    },
    JobFailed {
        job: JobId,
        fault: Fault,
    },
    /// How many replays are read before each of these, which wait; none before one that is being
    /// read and takes its time.
    LineMoved {
        places: Vec<(JobId, u32)>,
    },
    /// Time has passed.
    Tick,
    /// The ladder was loaded and is about to go on, perhaps with another season.
    Started,
    /// The environment says who the owner is.
    OwnerNamed {
        user: UserId,
    },
    /// The environment says where the ladder speaks besides DMs.
    PlacesNamed {
        places: Places,
    },
}

/// What a player does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Look at something, which makes nothing true but the acquaintance.
    Look,
    SetLocale(Locale),
    AnswerTerms(TermsAnswer),
    SetNames(ipc_schema::event::Names),
    SetRegion(Region),
    FinishSetup,
    ChooseRace {
        era: Era,
        race: Option<Race>,
    },
    ChooseVetoes(Vec<String>),
    JoinQueue,
    LeaveQueue,
    Confirm(MatchId),
    Abort(MatchId),
    Upload {
        hash: FileHash,
        bytes: u32,
    },
    /// So many files could not be taken; the player is told why. None where it is told elsewhere.
    RefuseUpload {
        refusal: Refusal,
        files: u32,
    },
    /// Say how a match ended.
    Report {
        match_id: MatchId,
        outcome: Outcome,
    },
    /// Disagree with how it was decided.
    Dispute {
        match_id: MatchId,
    },
    /// Staff want to do something, and are asked once whether they mean it.
    Propose {
        act: StaffAct<String>,
        reason: String,
    },
    /// They do.
    Perform(ProposalId),
    /// They do not.
    Withdraw(ProposalId),
    SetCountry(String),
    WishNotifications(Wish),
    /// Go on in the setup with the notifications as they are.
    PassNotifications,
    ReadGuide,
    /// Write to the bot, which is no press and so tells no language: a stranger stays one.
    Greet,
    /// See whether messages arrive.
    TryDms,
    /// See the queue in a new message of the DM.
    ShowQueue,
}

/// What an input makes true, and whether the rules said no to what was asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    pub events: Vec<Event>,
    pub refusal: Option<Refusal>,
}

impl Default for Ladder {
    fn default() -> Self {
        Ladder {
            players: BTreeMap::new(),
            by_user: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_battle_tag: BTreeMap::new(),
            by_toon: BTreeMap::new(),
            queue: BTreeMap::new(),
            waits: Waits::default(),
            matches: BTreeMap::new(),
            open: BTreeMap::new(),
            closed: VecDeque::new(),
            last_match: BTreeMap::new(),
            ratings: BTreeMap::new(),
            standings: Standings::default(),
            activity: Activity::default(),
            jobs: BTreeMap::new(),
            spent_files: BTreeSet::new(),
            quarantined_files: BTreeSet::new(),
            strikes: BTreeMap::new(),
            games: BTreeMap::new(),
            cases: Cases::default(),
            staff: Staff::default(),
            history: History::default(),
            cards: Cards::default(),
            queue_cards: BTreeMap::new(),
            chance: Chance(0),
            last_wave: Timestamp::ZERO,
            lost_until: Timestamp::ZERO,
            next_match: 1,
            next_job: 1,
            counts: Counts::default(),
            overrides: Overrides::default(),
            places: Places::default(),
        }
    }
}

impl Ladder {
    /// A ladder without players, whose chance begins at `seed`.
    pub fn new(seed: u64) -> Ladder {
        Ladder { chance: Chance(seed), ..Ladder::default() }
    }

    /// Makes one event part of the state. Never fails: what was decided, is true.
    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::PlayerJoined { player, user, locale, .. } => {
                self.by_user.insert(*user, *player);
                self.players.insert(*player, Player::new(*user, *locale));
            }
            Event::ChannelSeen { player, channel } => self.known(*player).channel = Some(*channel),
            Event::LocaleSet { player, locale } => self.known(*player).locale = *locale,
            Event::TermsAnswered { player, accepted, .. } => self.known(*player).terms_accepted = *accepted,
            Event::NamesSet { player, names } => {
                let old = self.known(*player).names.replace(names.clone());
                let old = old.as_ref().map(|old| (old.name.as_str(), old.battle_tag.as_str())).unzip();
                let Ladder { by_name, by_battle_tag, players, .. } = self;
                rename(by_name, players, *player, (old.0, &names.name), |names| &names.name);
                rename(by_battle_tag, players, *player, (old.1, &names.battle_tag), |names| {
                    &names.battle_tag
                });
                self.stand(*player);
            }
            Event::RegionSet { player, region } => self.known(*player).region = Some(*region),
            Event::SetupFinished { player, .. } => self.known(*player).setup_finished = true,
            Event::RacesChosen { player, races } => self.known(*player).races = *races,
            Event::VetoesChosen { player, maps } => self.known(*player).vetoes.clone_from(maps),
            Event::Queued { player, at } => {
                self.standings.advance(*at);
                self.enqueue(*player, *at);
                self.activity.join(*player, self.players[player].races, *at);
            }
            Event::Requeued { player, .. } => {
                let match_id = self.last_match[player];
                let match_ = self.matches.get_mut(&match_id).expect("it was closed just now");
                let slot = match_.slot_of(*player).expect("a player goes back from an own match");
                if let Phase::Closed { requeued, .. } = &mut match_.phase {
                    requeued[slot] = true;
                }
                let entry = match_.entries[slot].clone();
                self.queue.insert(*player, entry);
            }
            Event::LeftQueue { player, .. } => {
                self.queue.remove(player);
                self.end_queue_card(*player);
            }
            Event::WaveFired { at, pairings, generator } => {
                self.last_wave = *at;
                self.standings.advance(*at);
                self.chance = Chance(*generator);
                for entry in self.queue.values_mut().filter(|entry| entry.since < *at) {
                    entry.waves += 1;
                }
                for pairing in pairings {
                    self.begin_match(pairing, *at);
                }
            }
            Event::Found { match_id, player, deadline, at } => {
                self.seat(*match_id, *player, |seat| seat.found = Some(*at));
                if let Some(Match { phase: Phase::Confirming { deadline: old, .. }, cards, .. }) =
                    self.matches.get_mut(match_id)
                    && *old != *deadline
                {
                    *old = *deadline;
                    let cards = *cards;
                    cards.into_iter().for_each(|card| self.cards.touch(card));
                }
            }
            Event::Confirmed { match_id, player, .. } => {
                self.seat(*match_id, *player, |seat| seat.confirmed = true);
                self.cards.drop_reminders(*match_id, *player);
                // The press may have come from another message, such as the reminder.
                if let Some((card, _)) = self.match_card(*match_id, *player) {
                    self.cards.touch(card);
                }
            }
            Event::Reminded { match_id, player } => {
                self.seat(*match_id, *player, |seat| seat.reminded = true);
                if let Some(Match { phase: Phase::Confirming { deadline, .. }, .. }) =
                    self.matches.get(match_id)
                {
                    let content = Content::Reminder { match_id: *match_id, deadline: *deadline };
                    self.cards.add(*player, content);
                }
            }
            Event::Started { match_id, at, deadline } => {
                let match_ = self.matches.get_mut(match_id).expect("a match that starts is open");
                match_.phase = Phase::Playing { since: *at, deadline: *deadline, reminders: 0 };
                let (cards, players, map) =
                    (match_.cards, match_.pairing.players, match_.pairing.map.clone());
                cards.into_iter().for_each(|card| self.cards.touch(card));
                self.known(players[0]).met(players[1], &map, *at);
                self.known(players[1]).met(players[0], &map, *at);
                self.post_thread(*match_id);
            }
            Event::TimeLost { lost_ms, at } => {
                self.lost_until = *at;
                let lost = Duration::from_millis(*lost_ms);
                for id in self.open.values().copied().collect::<BTreeSet<_>>() {
                    let match_ = self.matches.get_mut(&id).expect("open matches are kept");
                    let shows = match &mut match_.phase {
                        Phase::Confirming { deadline, .. } => {
                            *deadline = *deadline + lost;
                            true
                        }
                        Phase::Playing { deadline, .. } => {
                            let minute = |at: Timestamp| at.0 / 60_000;
                            let before = *deadline;
                            *deadline = *deadline + lost;
                            minute(before) != minute(*deadline)
                        }
                        Phase::Closed { .. } => false,
                    };
                    // Time is lost in pieces of seconds, and there are hundreds of running matches. Theirs is told
                    // to the minute, so each is told of once a minute at most.
                    if shows {
                        match_.cards.into_iter().for_each(|card| self.cards.touch(card));
                        self.cards.touch_post(Post::Thread(id));
                    }
                }
            }
            Event::AbortSpent { player, month } => self.known(*player).spend_abort(*month),
            Event::TimedOut { player, step, until } => self.known(*player).time_out(*step, *until),
            Event::Closed { match_id, verdict, ratings, at } => {
                self.close(*match_id, *verdict, ratings.as_ref(), *at);
                self.post_closed(*match_id, *verdict);
            }
            Event::ReplayTaken { job, match_id, player, hash, bytes, at } => {
                self.next_job = job.0 + 1;
                if let Some(match_) = self.matches.get_mut(match_id)
                    && let Ok(slot) = match_.slot_of(*player)
                {
                    let end = UploadEnd::InLine;
                    match_.uploads.push(Upload { job: *job, slot, hash: *hash, at: *at, end });
                }
                let view = ReplayView { job: *job, match_id: *match_id, stage: ReplayStage::Reading };
                let card = self.cards.add(*player, Content::Replay(view));
                self.jobs.insert(
                    *job,
                    Job {
                        match_id: *match_id,
                        player: *player,
                        hash: *hash,
                        bytes: *bytes,
                        uploaded_at: *at,
                        card,
                    },
                );
            }
            Event::ReplayJudged { job, facts, judgement, .. } => {
                self.counts.replays_parsed += 1;
                let Some(known) = self.jobs.remove(job) else { return };
                self.strikes.remove(&known.hash);
                self.upload_ended(known.match_id, *job, UploadEnd::Judged(judgement.outcome));
                let winner = if let Judged::Decided { winner, .. } = judgement.outcome {
                    self.spent_files.insert(known.hash);
                    self.games.extend(Game::of(facts).map(|game| (game, known.match_id)));
                    let match_ = &self.matches[&known.match_id];
                    Some(self.players[&match_.pairing.players[usize::from(winner)]].name())
                } else {
                    None
                };
                self.end_job(*job, &known, ReplayStage::Judged { judgement: judgement.clone(), winner });
            }
            Event::ReplayFailed { job, fault, .. } => {
                self.counts.replays_failed += 1;
                let Some(known) = self.jobs.remove(job) else { return };
                // What no worker came to the end of says nothing of the file.
                if *fault != Fault::NotRead {
                    self.strikes.remove(&known.hash);
                }
                if *fault == Fault::Killed {
                    self.quarantined_files.insert(known.hash);
                }
                self.upload_ended(known.match_id, *job, UploadEnd::Failed(fault.clone()));
                self.end_job(*job, &known, ReplayStage::Failed { fault: fault.clone() });
            }
            Event::ReplayStruck { job, strikes } => {
                if let Some(job) = self.jobs.get(job) {
                    self.strikes.insert(job.hash, *strikes);
                }
            }
            Event::ToonBound { player, region, toon } => {
                self.by_toon.insert(*toon, *player);
                self.known(*player).toons.push((*region, *toon));
            }
            Event::NoticeDue { player, refusal, .. } => {
                self.cards.add(*player, Content::Notice { refusal: refusal.clone(), files: 1 });
            }
            Event::FilesRefused { player, refusal, files, .. } => {
                self.cards.add(*player, Content::Notice { refusal: refusal.clone(), files: *files });
            }
            Event::ReplayPlaced { job: id, before } => {
                let Some(job) = self.jobs.get(id) else { return };
                let stage = match before {
                    0 => ReplayStage::Reading,
                    before => ReplayStage::InLine { before: *before },
                };
                let view = ReplayView { job: *id, match_id: job.match_id, stage };
                self.cards.set_content(job.card, Content::Replay(view));
            }
            Event::CardShown { card, version, channel, message, .. } => {
                let may_change = self.may_change(*card);
                self.cards.settled(*card, *version, Some((*channel, *message)), may_change);
            }
            Event::CardLost { card, .. } if self.lose_queue_card(*card) => {}
            Event::CardLost { card, version, .. } => {
                let may_change = self.may_change(*card) && !self.is_unposted(*card);
                self.cards.settled(*card, *version, None, may_change);
            }
            Event::CardGone { card } => self.cards.gone(*card),
            // What is known of them is known by their cases.
            Event::ModUnverified { .. } | Event::ToonClashed { .. } => {}
            Event::Reported { match_id, player, outcome, at } => {
                let match_ = self.matches.get_mut(match_id).expect("a match that is reported is open");
                let slot = match_.slot_of(*player).expect("players report on their own matches");
                match_.reports[slot] = Some(Report { outcome: *outcome, at: *at });
                // The press may have come from another message; the opponent sees that there is a report.
                let cards = match_.cards;
                cards.into_iter().for_each(|card| self.cards.touch(card));
            }
            Event::Disputed { match_id, player, at } => {
                if let Some(match_) = self.matches.get_mut(match_id)
                    && let Ok(slot) = match_.slot_of(*player)
                    && let Phase::Closed { disputed, .. } = &mut match_.phase
                {
                    disputed[slot] = Some(*at);
                }
            }
            Event::PlayReminded { match_id, number, .. } => {
                let match_ = self.matches.get_mut(match_id).expect("a match that is played is open");
                if let Phase::Playing { reminders, deadline, .. } = &mut match_.phase {
                    *reminders = *number;
                    let (number, deadline, match_id) = (*number, *deadline, *match_id);
                    for player in match_.pairing.players {
                        self.cards.add(player, Content::PlayReminder { match_id, number, deadline });
                    }
                }
            }
            Event::ReplayAttached { job, match_id, outcome, .. } => {
                self.upload_ended(*match_id, *job, UploadEnd::Judged(*outcome));
                self.touch_cases(*match_id);
            }
            Event::CaseOpened { case, match_id, kind, at } => {
                self.cases.add(*case, *match_id, kind.clone(), *at);
                self.post_case(*case);
            }
            Event::CaseClosed { case, by, note, at } => {
                self.cases.close(*case, CaseClosing { by: *by, note: note.clone(), at: *at });
                self.cards.touch_post(Post::Case(*case));
                self.forget_posts();
            }
            Event::KnobSet { name, before, after, by, reason, at } => {
                let (name, before, after) = (name.clone(), before.clone(), after.clone());
                self.changed(*by, reason, *at, Changed::Knob { name, before, after });
            }
            Event::HandlesLearned { release, region, map, files, by, reason, at } => {
                let files = files.iter().cloned().collect();
                let (release, map) = (release.clone(), map.clone());
                let learned = Learned { release, region: *region, map, files };
                self.changed(*by, reason, *at, Changed::Learned(learned));
            }
            Event::HandlesRetired { release, region, map, by, reason, at } => {
                let scope = Scope { release: release.clone(), region: *region, map: map.clone() };
                self.cases.forget_settled_files();
                self.changed(*by, reason, *at, Changed::Retired(scope));
            }
            Event::FakeMarked { file, fake, by, reason, at } => {
                self.changed(*by, reason, *at, Changed::Fake { file: file.clone(), fake: *fake });
            }
            Event::ToonsAllowed { player, region, count, .. } => {
                self.known(*player).toon_allowances.insert(*region, *count);
            }
            Event::ToonUnbound { player, toon, .. } => self.unbind(*player, *toon),
            Event::WaveWeighed { waiting, unmatched, .. } => {
                for one in unmatched {
                    let entry = self.queue.get_mut(&one.player).expect("a wave weighs those who wait");
                    entry.left_out = Some(LeftOut { why: one.why, waiting: *waiting });
                }
            }
            Event::RatingSystem { mmr_start, mmr_scale, mmr_k, at } => {
                self.standings.advance(*at);
                self.take_system(*mmr_start, *mmr_scale, *mmr_k);
            }
            Event::Rated { rows, .. } => self.take_rated(rows),
            Event::MmrAdjusted { player, race, points, reason, .. } => {
                self.take_adjusted(*player, *race, *points, reason);
            }
            Event::Resolved { match_id, verdict, by, at } => {
                self.standings.advance(*at);
                self.take_resolved(*match_id, *verdict, *at);
                let closing = CaseClosing { by: *by, note: String::new(), at: *at };
                self.touch_cases(*match_id);
                self.cases.close_all_of(*match_id, &closing);
                self.forget_posts();
            }
            Event::Rerated { match_id, rows } => self.take_rerated(*match_id, rows),
            Event::StaffSet { user, role, .. } => self.staff.set_role(*user, *role),
            Event::StaffProposed { proposal, by, act, reason, before, after, at } => {
                self.staff.propose(*by, Proposal::new(*proposal, act, [reason, before, after], *at));
            }
            Event::StaffWithdrew { by, .. } => self.staff.withdraw(*by),
            Event::StaffActed { proposal, by, act, reason, before, after, at } => {
                self.tell_of(act, reason, *at);
                self.staff.acted(*by, Proposal::new(*proposal, act, [reason, before, after], *at));
            }
            Event::Banned { player, until, reason, .. } => self.begin_ban(*player, *until, reason),
            Event::BanEnded { player, reason, .. } => self.end_ban(*player, reason.as_ref()),
            Event::AbortsReset { player } => self.known(*player).reset_aborts(),
            Event::NotificationsSet { player, notifications } => {
                self.known(*player).settings.notifications = *notifications;
            }
            Event::NotificationsPassed { player } => {
                self.known(*player).settings.notifications_passed = true;
            }
            Event::GuideRead { player, .. } => self.known(*player).settings.guide_read = true,
            Event::PlayersPinged { races, pinged, at, .. } => self.ping(pinged, *races, *at),
            Event::DmsClosed { player, at } => self.close_dms(*player, *at),
            Event::DmsOpened { player, greeted, .. } => self.open_dms(*player, *greeted),
            Event::CardTold { card, version, .. } => {
                let may_change = self.may_change(*card);
                self.cards.settled(*card, *version, None, may_change);
            }
            Event::QueueCardDue { player, replaces, at } => self.add_queue_card(*player, *replaces, *at),
            Event::QueueCardsStale { players, at } => self.renew_queue_cards(players, *at),
            Event::PlacesSet { places, .. } => self.set_places(*places),
        }
    }

    fn known(&mut self, player: PlayerId) -> &mut Player {
        self.players.get_mut(&player).expect("events are about players who joined before")
    }

    fn enqueue(&mut self, player: PlayerId, since: Timestamp) {
        assert!(!self.open.contains_key(&player), "player {player} cannot wait while in a match");
        let known = &self.players[&player];
        let (races, vetoes) = (known.races, known.vetoes.clone());
        self.queue.insert(player, Entry::new(since, 0, races, vetoes));
    }

    fn begin_match(&mut self, pairing: &Pairing, at: Timestamp) {
        let id = pairing.match_id;
        self.next_match = id.0 + 1;
        self.counts.matches_paired += 1;
        let entries = pairing.players.map(|player| {
            let entry = self.queue.remove(&player).expect("a wave pairs those who wait");
            self.waits.add(entry.races, entry.since, at);
            // The wave that paired them does not count as one waited.
            Entry { waves: entry.waves.saturating_sub(1), left_out: None, ..entry }
        });
        pairing.players.iter().for_each(|player| self.end_queue_card(*player));
        let cards = pairing.players.map(|player| self.cards.add(player, Content::Match(id)));
        for player in pairing.players {
            let before = self.open.insert(player, id);
            assert_eq!(before, None, "player {player} is in one match at a time");
            self.last_match.insert(player, id);
        }
        self.matches.insert(
            id,
            Match {
                pairing: pairing.clone(),
                paired_at: at,
                cards,
                entries,
                reports: [None; 2],
                uploads: Vec::new(),
                phase: Phase::Confirming { seats: [Seat::default(); 2], deadline: pairing.confirm_deadline },
            },
        );
    }

    fn seat(&mut self, match_id: MatchId, player: PlayerId, change: impl FnOnce(&mut Seat)) {
        if let Some(match_) = self.matches.get_mut(&match_id)
            && let Ok(slot) = match_.slot_of(player)
            && let Phase::Confirming { seats, .. } = &mut match_.phase
        {
            change(&mut seats[slot]);
        }
    }

    fn close(&mut self, id: MatchId, verdict: Verdict, ratings: Option<&[RatingChange; 2]>, at: Timestamp) {
        self.standings.advance(at);
        let match_ = self.matches.get_mut(&id).expect("a match that closes is open");
        assert!(match_.is_open(), "match {id} closes once");
        let since = match match_.phase {
            Phase::Playing { since, .. } => Some(since),
            Phase::Confirming { .. } | Phase::Closed { .. } => None,
        };
        match_.phase = Phase::Closed {
            at,
            since,
            verdict,
            ratings: ratings.copied(),
            requeued: [false; 2],
            disputed: [None; 2],
        };
        let was_played = since.is_some();
        let (pairing, cards) = (match_.pairing.clone(), match_.cards);
        for player in pairing.players {
            self.open.remove(&player);
            self.cards.drop_reminders(id, player);
        }
        cards.into_iter().for_each(|card| self.cards.touch(card));
        if was_played || ratings.is_some() {
            self.take_result(&pairing, verdict, ratings, at);
        }
        self.closed.push_back(id);
        let mut beyond = self.closed.len().saturating_sub(CLOSED_KEPT);
        if beyond > 0 {
            let Ladder { closed, matches, cards, cases, .. } = &mut *self;
            closed.retain(|id| {
                let is_newest = beyond == 0;
                beyond = beyond.saturating_sub(1);
                let post = cards.post(Post::Result(*id));
                let cards_of: Vec<CardId> = matches[id].cards.into_iter().chain(post).collect();
                let is_told = !cards_of.iter().any(|card| cards.is_due(*card));
                let is_kept = is_newest || cases.is_open(*id) || !is_told;
                if !is_kept {
                    matches.remove(id);
                    // What is held back of it has nothing to show any more.
                    cards_of.into_iter().for_each(|card| cards.remove(card));
                }
                is_kept
            });
            self.forget_posts();
        }
    }

    /// Whether there was such a match, and it is closed.
    pub fn is_over(&self, match_id: MatchId) -> bool {
        let is_open = self.matches.get(&match_id).is_some_and(Match::is_open);
        match_id.0 > 0 && match_id.0 < self.next_match && !is_open
    }

    /// Whether there was such a match, which only the database has in full.
    pub fn is_archived(&self, match_id: MatchId) -> bool {
        match_id.0 > 0 && match_id.0 < self.next_match && !self.matches.contains_key(&match_id)
    }

    fn upload_ended(&mut self, match_id: MatchId, job: JobId, end: UploadEnd) {
        let uploads = self.matches.get_mut(&match_id).map(|match_| &mut match_.uploads);
        if let Some(upload) = uploads.into_iter().flatten().find(|upload| upload.job == job) {
            upload.end = end;
        }
    }

    /// The leaderboard has a player's rows as they are.
    fn stand(&mut self, player: PlayerId) {
        let country = self.players.get(&player).map(Player::country).and_then(CountryCode::from_code);
        let rows = (player, Race::ALL[0])..=(player, Race::ALL[Race::ALL.len() - 1]);
        let rows = self.ratings.range(rows).map(|((_, race), row)| (*race, row.mmr, row.last_played));
        self.standings.set(player, country.unwrap_or(CountryCode::UNSAID), rows);
    }

    fn end_job(&mut self, id: JobId, job: &Job, stage: ReplayStage) {
        let view = ReplayView { job: id, match_id: job.match_id, stage };
        self.cards.set_content(job.card, Content::Replay(view));
    }

    /// Whether a card may get another version.
    fn may_change(&self, id: CardId) -> bool {
        let Some(Card { content, .. }) = self.cards.get(id) else { return false };
        match content {
            Content::Match(match_id) => self.matches.get(match_id).is_some_and(Match::is_open),
            Content::Replay(view) => match view.stage {
                ReplayStage::Reading | ReplayStage::InLine { .. } => true,
                ReplayStage::Judged { .. } | ReplayStage::Failed { .. } => false,
            },
            Content::Queue { .. } => self.queue_cards.values().any(|card| *card == id),
            Content::Post(post) => self.post_may_change(*post),
            Content::Reminder { .. }
            | Content::PlayReminder { .. }
            | Content::Notice { .. }
            | Content::News(_) => false,
        }
    }
}
