//! One player: looks at the screen, waits a while, does one thing, sees what comes of it.
//!
//! No I/O and no clock. [`Player::see`] and [`Player::outcome`] say what happened,
//! [`Player::think`] what to do and [`Player::wake`] when to ask again. A player knows only what
//! the client shows and presses only what is shown.

mod choose;

use super::chance::Chance;
use super::game::Day;
use super::habits::{Errand, Habits, Uploads};
use super::matches::Game;
use super::people::Person;
use super::record::{Came, is_fault};
use super::screen::{Line, Message, Modal, News, Screen};
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

/// Discord fails a press without acknowledgement after 3 s; content follows soon after it.
const ANSWER: Duration = Duration::from_secs(15);
/// A press that was taken may change a card without being answered itself.
const TAKEN: Duration = Duration::from_secs(3);
/// The pace of those who wait only for all to be set up.
const IN_A_HURRY_MS: RangeInclusive<u64> = 300..=1_500;
/// Replays sent for one match, at the most.
const UPLOADS: u32 = 5;

/// After so many that were not accepted, a player reports by button.
const REFUSED: u32 = 2;

/// What a player does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Register,
    ReadConversation,
    Command(&'static str),
    Press { message: String, custom_id: String, values: Option<Vec<String>> },
    Submit { modal_id: String, fields: BTreeMap<String, String> },
    Upload { game: Rc<Game>, attempt: u32, day: Day },
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Outcome {
    Registered {
        user: String,
    },
    Conversation(Vec<Value>),
    /// A press, command or modal went out; the events will show the answer.
    Pressed {
        interaction: String,
    },
    Sent {
        message: String,
    },
    /// The client would not let its user do that.
    Refused(String),
    /// The client itself did not answer.
    Failed(String),
}

/// How often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub presses: u64,
    /// Presses that the bot or the client never answered.
    pub failed: u64,
    /// Presses that came too late: what they meant was gone from the screen.
    pub refused: u64,
    pub uploads: u64,
}

#[derive(Debug)]
pub struct Player {
    pub person: Person,
    /// The id in Discord, once known.
    pub user: Option<String>,
    pub tally: Tally,
    /// Set up, as far as the player was shown.
    pub ready: bool,
    index: usize,
    seed: u64,
    habits: Rc<Habits>,
    errand: Errand,
    /// Who is set up waits for the word to begin.
    held: bool,
    chance: Chance,
    screen: Screen,
    place: Place,
    life: Life,
    hand: Hand,
    /// Answers that came before the client said what they answer.
    early: Vec<(String, Answer)>,
    /// What came of presses and nobody has asked for yet.
    came: Vec<(String, Came)>,
    /// Nothing is done before.
    next: Timestamp,
    /// Failures and refusals in a row.
    setbacks: u32,
    /// Choices that were made and need not be made again.
    chosen: BTreeSet<Step>,
    /// The message of the last `/queue`.
    queue_card: Option<String>,
    /// The ladder said something that only `/match` can explain.
    look_up_match: bool,
    browse: bool,
    /// The newest match that is over.
    over: Option<MatchId>,
    /// A result that the player does not like.
    disputes: Option<MatchId>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Unregistered,
    /// Registered, but the conversation was not read.
    AtTheDoor,
    Here,
}

#[derive(Debug, Clone, PartialEq)]
enum Life {
    SettingUp,
    Idle,
    Queued,
    Confirming { match_id: MatchId, mood: Mood, pressed: bool },
    Playing(Playing),
}

#[derive(Debug, Clone, PartialEq)]
struct Playing {
    match_id: MatchId,
    /// None until the opponent was told as well.
    game: Option<Rc<Game>>,
    uploads: u32,
    /// Replays that were not accepted.
    refused: u32,
    /// The last of them is to be sent again.
    again: bool,
    looked: bool,
    reported: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Confirm,
    Abort,
    Ignore,
}

/// What a press is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Arrive,
    OpenSetup,
    Locale,
    Terms,
    OpenNames,
    SubmitNames,
    Region,
    Notifications,
    Finish,
    OpenQueue,
    ReadGuide,
    BwRace,
    Sc2Race,
    Vetoes,
    Join,
    Browse,
    ShowMatch,
    Confirm,
    Abort,
    Upload,
    Report,
    Dispute,
}

#[derive(Debug)]
enum Hand {
    Free,
    Calling(Step),
    /// `taken` once the bot acknowledged without anything to show.
    Awaiting {
        step: Step,
        interaction: String,
        until: Timestamp,
        taken: bool,
    },
}

#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Message(String),
    Modal,
    Acknowledged,
    Failed,
}

impl Player {
    /// One who does what the person came for as soon as that is possible.
    pub fn new(seed: u64, index: usize, mut person: Person, habits: Rc<Habits>) -> Player {
        let errand = habits.crowd.send(index, &mut person);
        Player {
            person,
            user: None,
            tally: Tally::default(),
            ready: false,
            index,
            seed,
            habits,
            errand,
            held: false,
            chance: Chance::of(seed, "player", index as u64),
            screen: Screen::default(),
            place: Place::Unregistered,
            life: Life::SettingUp,
            hand: Hand::Free,
            early: Vec::new(),
            came: Vec::new(),
            next: Timestamp(u64::MAX),
            setbacks: 0,
            chosen: BTreeSet::new(),
            queue_card: None,
            look_up_match: false,
            browse: false,
            over: None,
            disputes: None,
        }
    }

    /// When to ask [`Player::think`] next, unless something happens before.
    pub fn wake(&self) -> Option<Timestamp> {
        match &self.hand {
            Hand::Free => Some(self.next),
            Hand::Calling(_) => None,
            Hand::Awaiting { until, .. } => Some(*until),
        }
    }

    /// What came of presses since this was asked last, by their interactions.
    pub fn take_came(&mut self) -> Vec<(String, Came)> {
        std::mem::take(&mut self.came)
    }

    pub fn is_queued(&self) -> bool {
        self.life == Life::Queued
    }

    pub fn open_match(&self) -> Option<MatchId> {
        match &self.life {
            Life::Confirming { match_id, .. } | Life::Playing(Playing { match_id, .. }) => Some(*match_id),
            Life::SettingUp | Life::Idle | Life::Queued => None,
        }
    }

    /// Comes for the first time, then.
    pub fn arrive(&mut self, at: Timestamp) {
        self.next = at;
    }

    /// Waits, once set up, until [`Player::begin`].
    pub fn hold(&mut self) {
        self.held = true;
    }

    pub fn begin(&mut self, now: Timestamp) {
        self.held = false;
        if self.life == Life::Idle {
            self.next = now + self.chance.within_ms(self.habits.beginning_ms.clone());
        }
    }

    /// The events were interrupted; come again and read what was missed.
    pub fn arrive_again(&mut self, now: Timestamp) {
        self.place = Place::Unregistered;
        self.screen.mark_stale();
        self.next = now + self.pace();
    }

    /// An event of this user's client.
    pub fn see(&mut self, now: Timestamp, line: &Line) -> Option<News> {
        let mut news = None;
        let message = line.message.as_ref().and_then(Message::read);
        let answer = match (line.kind.as_str(), message) {
            ("message_create" | "message_update", Some(message)) => {
                let id = message.id.clone();
                news = self.screen.show(message);
                if self.life == Life::Queued {
                    self.next = self.next.max(now + self.habits.quiet);
                }
                Some(Answer::Message(id))
            }
            ("message_delete", Some(message)) => {
                self.screen.remove(&message.id);
                None
            }
            ("modal", _) => {
                self.screen.modal = line.modal.as_ref().and_then(Modal::read);
                Some(Answer::Modal)
            }
            ("acknowledged", _) => Some(Answer::Acknowledged),
            ("interaction_failed", _) => Some(Answer::Failed),
            // "thinking" announces content; suggestions are not asked for.
            _ => None,
        };
        if let (Some(answer), Some(interaction)) = (answer, &line.interaction_id) {
            self.answered(now, interaction, answer);
        }
        if let Some(news) = &news {
            self.hear(now, &news.line);
        }
        news
    }

    /// What came of the last act.
    pub fn outcome(&mut self, now: Timestamp, outcome: Outcome) -> Vec<News> {
        let Hand::Calling(step) = std::mem::replace(&mut self.hand, Hand::Free) else {
            panic!("player {} did nothing that could have come to {outcome:?}", self.index)
        };
        let early = std::mem::take(&mut self.early);
        match outcome {
            Outcome::Registered { user } => {
                self.user = Some(user);
                self.place = Place::AtTheDoor;
            }
            // One that was asked for before an interruption is old.
            Outcome::Conversation(_) if self.place != Place::AtTheDoor => {}
            Outcome::Conversation(messages) => return self.read(now, &messages),
            Outcome::Pressed { interaction } => {
                self.hand = Hand::Awaiting {
                    step,
                    interaction: interaction.clone(),
                    until: now + ANSWER,
                    taken: false,
                };
                for (_, answer) in early.into_iter().filter(|(answered, _)| *answered == interaction) {
                    self.answered(now, &interaction, answer);
                }
            }
            Outcome::Sent { .. } => {
                self.tally.uploads += 1;
                self.done(now, step, None);
            }
            Outcome::Refused(why) => {
                tracing::debug!(player = self.person.name, ?step, why, "the client refused");
                if step == Step::Arrive {
                    self.place = Place::Unregistered;
                } else {
                    self.tally.refused += 1;
                }
                self.set_back(now);
            }
            Outcome::Failed(why) => {
                tracing::warn!(player = self.person.name, ?step, why, "the client did not answer");
                if step == Step::Arrive {
                    self.place = Place::Unregistered;
                } else {
                    self.tally.failed += 1;
                }
                self.set_back(now);
            }
        }
        Vec::new()
    }

    /// The opponent was told as well, so the game can be played.
    pub fn play(&mut self, now: Timestamp, game: &Rc<Game>) {
        let Life::Playing(playing) = &mut self.life else { return };
        if playing.match_id != game.match_id || playing.game.is_some() {
            return;
        }
        playing.game = Some(game.clone());
        playing.looked = false;
        if let Uploads::Drill { every } = self.habits.uploads {
            self.next = now + self.chance.within_ms(0..=every.as_millis() as u64);
            return;
        }
        let acts = game.is_sent_by(self.index) || game.is_reported();
        let pause = if acts { self.pace() } else { self.habits.quiet };
        self.next = game.ends.max(now) + pause;
    }

    fn pace(&mut self) -> Duration {
        // Nothing is learned from people who take their time over `/setup`.
        let hurries = self.life == Life::SettingUp && self.held;
        self.chance.within_ms(if hurries { IN_A_HURRY_MS } else { self.habits.pace_ms.clone() })
    }

    /// What to do now, if anything.
    pub fn think(&mut self, now: Timestamp) -> Option<Act> {
        match &self.hand {
            Hand::Calling(_) => return None,
            Hand::Awaiting { until, .. } if now < *until => return None,
            Hand::Awaiting { step, taken, interaction, .. } => {
                let (step, taken) = (*step, *taken);
                let came = if taken { Came::Taken } else { Came::Unanswered };
                self.came.push((interaction.clone(), came));
                self.hand = Hand::Free;
                if taken {
                    self.done(now, step, None);
                } else {
                    tracing::warn!(player = self.person.name, ?step, "a press was never answered");
                    self.tally.failed += 1;
                    self.set_back(now);
                }
            }
            Hand::Free => {}
        }
        if now < self.next {
            return None;
        }
        let Some((step, act)) = self.choose(now) else {
            self.next = self.next.max(now + Duration::from_secs(1));
            return None;
        };
        if matches!(act, Act::Command(_) | Act::Press { .. } | Act::Submit { .. }) {
            self.tally.presses += 1;
        }
        self.hand = Hand::Calling(step);
        Some(act)
    }

    /// The first reading of the conversation, or one after an interruption.
    fn read(&mut self, now: Timestamp, messages: &[Value]) -> Vec<News> {
        self.place = Place::Here;
        let news = self.screen.catch_up(messages.iter().filter_map(Message::read).collect());
        self.next = now + self.pace();
        // Who has talked with the bot before need not begin with `/setup`.
        if self.life == Life::SettingUp && !self.ready && !self.screen.is_empty() {
            self.life = Life::Idle;
        }
        for news in &news {
            self.hear(now, &news.line);
        }
        news
    }

    fn answered(&mut self, now: Timestamp, interaction: &str, answer: Answer) {
        let (step, until, taken) = match &mut self.hand {
            Hand::Free => return,
            // Only one call is under way, so few answers can come before its own.
            Hand::Calling(_) => return self.early.push((interaction.to_owned(), answer)),
            Hand::Awaiting { interaction: awaited, .. } if awaited != interaction => return,
            Hand::Awaiting { step, until, taken, .. } => (*step, until, taken),
        };
        let came = match &answer {
            Answer::Message(_) => Some(Came::Message),
            Answer::Modal => Some(Came::Modal),
            Answer::Failed => Some(Came::Failed),
            Answer::Acknowledged => None,
        };
        self.came.extend(came.map(|came| (interaction.to_owned(), came)));
        match answer {
            Answer::Acknowledged => {
                *until = now + TAKEN;
                *taken = true;
            }
            Answer::Failed => {
                tracing::warn!(player = self.person.name, ?step, "the application did not respond");
                self.hand = Hand::Free;
                self.tally.failed += 1;
                self.set_back(now);
            }
            Answer::Modal => {
                self.hand = Hand::Free;
                self.done(now, step, None);
            }
            Answer::Message(id) => {
                self.hand = Hand::Free;
                self.done(now, step, Some(&id));
            }
        }
    }

    /// A step was answered, by the message of that id if by any.
    fn done(&mut self, now: Timestamp, step: Step, message: Option<&str>) {
        if !step.fits(&self.life) {
            return;
        }
        let mut pause = self.pace();
        let card = message.and_then(|id| self.screen.message(id));
        let offers = |prefix: &str| card.is_some_and(|card| card.offers(prefix));
        match step {
            Step::Arrive | Step::Dispute => {}
            Step::Browse => {
                if self.errand == Errand::LookAround {
                    pause = self.chance.within_ms(self.habits.reading_ms.clone());
                }
            }
            Step::Report => {
                if let Life::Playing(playing) = &mut self.life {
                    playing.reported = true;
                }
                pause = self.habits.quiet;
            }
            Step::OpenSetup => {
                self.chosen.clear();
                if card.is_some() && !offers("setup:") {
                    self.life = Life::Idle;
                }
            }
            Step::Locale
            | Step::Terms
            | Step::Region
            | Step::Notifications
            | Step::BwRace
            | Step::Sc2Race
            | Step::Vetoes => {
                self.chosen.insert(step);
            }
            Step::OpenNames if !self.held => pause = self.chance.within_ms(self.habits.typing_ms.clone()),
            Step::OpenNames => {}
            Step::SubmitNames => {
                self.chosen.insert(Step::OpenNames);
            }
            Step::Finish if offers("setup:finish") => return self.set_back(now),
            Step::Finish => self.is_set_up(),
            Step::OpenQueue if offers("guide:read") => self.queue_card = message.map(str::to_owned),
            Step::OpenQueue | Step::ReadGuide if offers("queue:") => {
                self.ready = true;
                self.queue_card = message.map(str::to_owned);
                if offers("queue:leave") {
                    self.life = Life::Queued;
                    pause = self.habits.quiet;
                } else {
                    self.life = Life::Idle;
                }
            }
            Step::OpenQueue if offers("setup:") => {
                self.life = Life::SettingUp;
                self.chosen.clear();
            }
            Step::OpenQueue if !self.ready || self.setbacks >= 3 => {
                self.life = Life::SettingUp;
                self.chosen.clear();
                return self.set_back(now);
            }
            Step::OpenQueue | Step::ReadGuide => {
                self.look_up_match = true;
                return self.set_back(now);
            }
            Step::Join => {
                let queue_card = self.queue_card.as_deref().and_then(|id| self.screen.message(id));
                if !offers("queue:leave") && !queue_card.is_some_and(|card| card.offers("queue:leave")) {
                    return self.set_back(now);
                }
                self.life = Life::Queued;
                pause = self.habits.quiet;
            }
            Step::ShowMatch => {
                let waits_for_press = offers("match:confirm:");
                if card.is_some_and(|card| card.fact.is_none()) {
                    // The match closed unnoticed, or there never was one.
                    self.life = Life::Idle;
                } else if let Life::Confirming { pressed, .. } = &mut self.life {
                    *pressed = *pressed && !waits_for_press;
                    pause = if waits_for_press { pause } else { self.habits.quiet };
                } else if self.open_match().is_some() {
                    pause = self.habits.quiet;
                }
            }
            Step::Confirm | Step::Abort => {
                if let Life::Confirming { pressed, .. } = &mut self.life {
                    *pressed = true;
                }
                pause = self.habits.quiet;
            }
            Step::Upload => {
                if let Life::Playing(playing) = &mut self.life {
                    playing.uploads += 1;
                    playing.again = false;
                }
                pause = match self.habits.uploads {
                    Uploads::Drill { every } => every,
                    Uploads::AfterGames | Uploads::Long => self.habits.quiet,
                };
            }
        }
        self.setbacks = 0;
        self.next = now + pause;
    }

    fn is_set_up(&mut self) {
        self.ready = true;
        self.life = Life::Idle;
        self.chosen.clear();
    }

    /// What a message told about a match.
    fn hear(&mut self, now: Timestamp, line: &FactLine) {
        let FactLine { match_id, ref fact } = *line;
        let passed = self.over.max(self.open_match().map(|open| MatchId(open.0.saturating_sub(1))));
        if passed.is_some_and(|passed| match_id <= passed) {
            return;
        }
        let is_open = self.open_match() == Some(match_id);
        match fact {
            Fact::Confirming if !is_open => {
                let mood = self.mood(match_id);
                self.life = Life::Confirming { match_id, mood, pressed: false };
                self.next = now + self.chance.within_ms(self.habits.confirm_ms.clone());
            }
            Fact::Playing { .. } if !matches!(&self.life, Life::Playing(playing) if playing.match_id == match_id) =>
            {
                let (uploads, refused, again) = (0, 0, false);
                let (looked, reported) = (false, false);
                let playing = Playing { match_id, game: None, uploads, refused, again, looked, reported };
                self.life = Life::Playing(playing);
                self.next = now + self.habits.quiet;
            }
            Fact::Confirming | Fact::Reminder | Fact::PlayReminder { .. } | Fact::Playing { .. } => {}
            Fact::Won { .. } | Fact::Lost { .. } | Fact::Drawn { .. } | Fact::Unplayed { .. } => {
                self.over = Some(match_id);
                self.ready = true;
                self.life = Life::Idle;
                self.setbacks = 0;
                self.queue_card = None;
                self.look_up_match = false;
                self.browse = self.chance.percent(10);
                let is_lost = matches!(fact, Fact::Lost { .. });
                self.disputes = (is_lost && self.is_sore(match_id)).then_some(match_id);
                self.next = now + self.chance.within_ms(self.habits.rest_ms.clone());
            }
            Fact::Replay { stage, .. } => {
                let Life::Playing(playing) = &mut self.life else { return };
                if !is_open || matches!(self.habits.uploads, Uploads::Drill { .. }) {
                    return;
                }
                self.next = now + self.habits.quiet;
                if is_fault(stage) {
                    playing.refused += 1;
                    playing.again = playing.uploads < REFUSED;
                    self.next = now + self.chance.within_ms(self.habits.typing_ms.clone());
                }
            }
        }
    }

    fn mood(&self, match_id: MatchId) -> Mood {
        let mut chance = Chance::of(self.seed ^ match_id.0, "mood", self.index as u64);
        match chance.below(100) {
            0 => Mood::Abort,
            1 => Mood::Ignore,
            _ => Mood::Confirm,
        }
    }

    /// Few losers say that they did not lose.
    fn is_sore(&self, match_id: MatchId) -> bool {
        Chance::of(self.seed ^ match_id.0, "dispute", self.index as u64).percent(2)
    }

    /// Something did not work: wait, each time longer, and begin anew.
    fn set_back(&mut self, now: Timestamp) {
        let pause = self.chance.within_ms(1_000..=2_500) * (1 << self.setbacks.min(5));
        self.setbacks += 1;
        self.queue_card = None;
        self.next = now + pause;
    }
}

impl Step {
    /// Whether the answer still matters to who is there.
    fn fits(self, life: &Life) -> bool {
        match self {
            Step::OpenSetup
            | Step::Locale
            | Step::Terms
            | Step::OpenNames
            | Step::SubmitNames
            | Step::Region
            | Step::Notifications
            | Step::Finish => matches!(life, Life::SettingUp),
            Step::OpenQueue => matches!(life, Life::Idle | Life::Queued),
            Step::BwRace | Step::Sc2Race | Step::Vetoes | Step::Join | Step::Browse | Step::ReadGuide => {
                matches!(life, Life::Idle)
            }
            Step::Arrive => true,
            Step::ShowMatch => matches!(life, Life::Idle | Life::Confirming { .. } | Life::Playing(_)),
            Step::Confirm | Step::Abort => matches!(life, Life::Confirming { .. }),
            Step::Upload | Step::Report => matches!(life, Life::Playing(_)),
            Step::Dispute => matches!(life, Life::Idle),
        }
    }
}

#[cfg(test)]
mod tests;
