//! The people of a demo: they set up, queue, confirm, play and send replays, and write down what
//! they were told.
//!
//! They reach the bot only as users of the emulator do and act on nothing but what they are shown.
//! Whether they were told the truth is for others to judge, from [`record`].
//!
//! In reading order: [`people`] (who), [`habits`] (at what pace), [`screen`] (what they see), [`player`] (what they do),
//! [`matches`] and [`game`] (what two of them play), [`client`] (how they press). [`offers`] forges for
//! people at the emulator's page, who play with them or among themselves. A measurement has its own people by [`live`].

pub mod chance;
pub mod client;
pub mod game;
pub mod habits;
pub mod matches;
pub mod offers;
pub mod people;
pub mod player;
pub mod record;
pub mod screen;

use crate::clock;
use crate::ipc::child::{Child, gauge};
use crate::runtime;
use crate::season::Which;
use anyhow::Context;
use client::{Call, Client, Feed};
use game::Handles;
use habits::Habits;
use ipc_schema::control::Gauge;
use ipc_schema::fact_line::Fact;
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::Timestamp;
use matches::{Matches, Seat, Seated};
use player::{Act, Outcome, Player};
use record::{Deed, Entry, Record, Told, Who};
use screen::{Line, News};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Lines read ahead of the loop. A full channel stops the reading; the emulator keeps the rest.
const FEED: usize = 1_024;
/// What is under way when the drain begins may end within this.
const DRAIN: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Settings {
    /// Host and port.
    pub emulator: String,
    pub players: usize,
    pub seed: u64,
    /// What the ladder plays, and so which files games load.
    pub season: Which,
    /// Where to append what was told.
    pub record: Option<PathBuf>,
    pub habits: Habits,
}

/// How far the people go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// They set up, and wait for the others.
    SetUp,
    Live,
    /// What is under way may end.
    Leave,
}

/// What the people tell whoever runs them.
#[derive(Debug)]
pub enum Said {
    /// The emulator's events can be seen.
    Here,
    /// Once a second.
    Gauges(Vec<Gauge>),
}

/// Runs until the supervisor asks for the drain.
pub fn run(settings: Settings, child: Child) -> anyhow::Result<()> {
    runtime::block_on(run_until_drained(settings, child))
}

async fn run_until_drained(settings: Settings, child: Child) -> anyhow::Result<()> {
    let control = child.start_control()?;
    let (order, stage) = watch::channel(Stage::Live);
    let mut asked = control.clone();
    tokio::spawn(async move {
        asked.drain_asked().await;
        order.send_replace(Stage::Leave);
        // What is dropped says nothing any more.
        order.closed().await;
    });
    live(settings, stage, |said| match said {
        Said::Here => control.ready(None),
        Said::Gauges(gauges) => control.gauges(gauges),
    })
    .await?;
    control.finish().await;
    Ok(())
}

/// Runs until the last stage.
pub async fn live(
    settings: Settings,
    mut stage: watch::Receiver<Stage>,
    mut tell: impl FnMut(Said),
) -> anyhow::Result<()> {
    let client = Client::new(&settings.emulator)?;
    let (feed, mut lines) = mpsc::channel(FEED);
    tokio::spawn(client.clone().follow(feed));
    let mut crowd = Crowd::new(&settings, client)?;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    crowd.record.note(clock::now(), None, &Entry::Started { players: settings.players })?;
    let mut drained_at = None;
    let mut opened = false;
    if *stage.borrow() == Stage::SetUp {
        crowd.players.iter_mut().for_each(Player::hold);
    }
    loop {
        let wake = crowd.wake_in();
        let leave = drained_at;
        tokio::select! {
            changed = stage.changed(), if leave.is_none() => {
                changed.context("hear how far to go")?;
                match *stage.borrow_and_update() {
                    Stage::SetUp => {}
                    Stage::Live => crowd.begin(),
                    Stage::Leave => {
                        crowd.draining = true;
                        drained_at = Some(Instant::now() + DRAIN);
                    }
                }
            }
            () = tokio::time::sleep_until(leave.unwrap_or_else(Instant::now)), if leave.is_some() => break,
            item = lines.recv() => match item.context("follow the emulator's events")? {
                Feed::Opened if opened => crowd.arrive_again(),
                Feed::Opened => {
                    opened = true;
                    crowd.arrive();
                    tell(Said::Here);
                }
                Feed::Line(line) => crowd.see(&line)?,
            },
            Some(done) = crowd.calls.join_next() => {
                let (player, outcome) = done.context("call the emulator")?;
                crowd.outcome(player, outcome)?;
            }
            () = tokio::time::sleep(wake), if !crowd.draining => crowd.think()?,
            _ = tick.tick() => tell(Said::Gauges(crowd.gauges())),
        }
        crowd.record.flush()?;
        if crowd.draining && crowd.calls.is_empty() {
            break;
        }
    }
    crowd.record.note(clock::now(), None, &Entry::Stopped)?;
    crowd.record.flush()?;
    tell(Said::Gauges(crowd.gauges()));
    Ok(())
}

/// All players, and what they share.
struct Crowd {
    client: Client,
    players: Vec<Player>,
    /// By the id of the user.
    by_user: HashMap<String, usize>,
    /// When each player wants to think, and that list in order.
    wakes: Vec<Option<Timestamp>>,
    agenda: BTreeSet<(Timestamp, usize)>,
    matches: Matches,
    handles: Handles,
    habits: Rc<Habits>,
    record: Record,
    /// Who has read the conversation of before this life.
    caught_up: Vec<bool>,
    /// What each player's client is doing, where the record wants to know.
    deeds: Vec<Option<Deed>>,
    /// One for each player at the most.
    calls: JoinSet<(usize, Outcome)>,
    draining: bool,
}

impl Crowd {
    fn new(settings: &Settings, client: Client) -> anyhow::Result<Crowd> {
        let people = people::people(settings.seed, settings.players, &game::map_keys());
        let habits = Rc::new(settings.habits.clone());
        let player = |(index, person)| Player::new(settings.seed, index, person, Rc::clone(&habits));
        Ok(Crowd {
            client,
            players: people.into_iter().enumerate().map(player).collect(),
            by_user: HashMap::new(),
            wakes: vec![None; settings.players],
            agenda: BTreeSet::new(),
            matches: Matches::new(settings.seed, Rc::clone(&habits)),
            handles: Handles::of(settings.season)?,
            habits: Rc::clone(&habits),
            record: Record::open(settings.record.as_deref())?,
            caught_up: vec![false; settings.players],
            deeds: vec![None; settings.players],
            calls: JoinSet::new(),
            draining: false,
        })
    }

    fn arrive(&mut self) {
        let now = clock::now();
        // One after another, so that a full house does not press `/setup` at once.
        let people = u32::try_from(self.players.len().max(1)).unwrap_or(u32::MAX);
        let between = self.habits.between_arrivals.min(self.habits.arrivals / people);
        let mut at = now;
        for index in 0..self.players.len() {
            self.players[index].arrive(at);
            at = at + between;
            self.schedule(index);
        }
    }

    /// Those who are set up need not wait any more.
    fn begin(&mut self) {
        let now = clock::now();
        for index in 0..self.players.len() {
            self.players[index].begin(now);
            self.schedule(index);
        }
    }

    fn arrive_again(&mut self) {
        let now = clock::now();
        for index in 0..self.players.len() {
            self.players[index].arrive_again(now);
            self.schedule(index);
        }
    }

    fn see(&mut self, line: &Line) -> anyhow::Result<()> {
        // The other users are people at the web page.
        let player = line.user.as_ref().and_then(|user| self.by_user.get(user));
        let Some(&index) = player else { return Ok(()) };
        let now = clock::now();
        let news = self.players[index].see(now, line);
        self.told(now, index, news.as_slice(), Told::Now)?;
        self.attend(now, index)
    }

    fn outcome(&mut self, index: usize, outcome: Outcome) -> anyhow::Result<()> {
        if let Outcome::Registered { user } = &outcome {
            self.by_user.insert(user.clone(), index);
        }
        let now = clock::now();
        self.done(now, index, &outcome)?;
        let reads = matches!(outcome, Outcome::Conversation(_));
        let news = self.players[index].outcome(now, outcome);
        let first = reads && !std::mem::replace(&mut self.caught_up[index], true);
        self.told(now, index, &news, if first { Told::Before } else { Told::Now })?;
        self.attend(now, index)
    }

    /// Everyone whose time has come thinks.
    fn think(&mut self) -> anyhow::Result<()> {
        let now = clock::now();
        while let Some(&(due, index)) = self.agenda.first().filter(|(due, _)| *due <= now) {
            self.agenda.remove(&(due, index));
            self.wakes[index] = None;
            self.attend(now, index)?;
        }
        Ok(())
    }

    fn attend(&mut self, now: Timestamp, index: usize) -> anyhow::Result<()> {
        if !self.draining
            && let Some(act) = self.players[index].think(now)
        {
            self.perform(index, act);
        }
        for (interaction, came) in self.players[index].take_came() {
            self.note(now, index, &Entry::Outcome { interaction: &interaction, came })?;
        }
        self.schedule(index);
        Ok(())
    }

    fn schedule(&mut self, index: usize) {
        let wake = self.players[index].wake();
        let before = std::mem::replace(&mut self.wakes[index], wake);
        if before != wake {
            self.agenda.extend(wake.map(|wake| (wake, index)));
            if let Some(before) = before {
                self.agenda.remove(&(before, index));
            }
        }
    }

    fn wake_in(&self) -> Duration {
        self.agenda.first().map_or(Duration::from_secs(1), |(due, _)| due.since(clock::now()))
    }

    /// Writes down what came of the client's call.
    fn done(&mut self, now: Timestamp, index: usize, outcome: &Outcome) -> anyhow::Result<()> {
        let Some(deed) = &self.deeds[index].take() else { return Ok(()) };
        let entry = match outcome {
            Outcome::Pressed { interaction } => Entry::Pressed { interaction, deed },
            Outcome::Sent { message } => Entry::Uploaded { message, deed },
            Outcome::Refused(why) => Entry::Refused { why, deed },
            Outcome::Failed(why) => Entry::Unheard { why, deed },
            Outcome::Registered { .. } | Outcome::Conversation(_) => return Ok(()),
        };
        self.note(now, index, &entry)
    }

    fn note(&mut self, now: Timestamp, index: usize, entry: &Entry<'_>) -> anyhow::Result<()> {
        let who = who(&self.players[index], index);
        self.record.note(now, Some(who), entry)
    }

    fn perform(&mut self, index: usize, act: Act) {
        self.deeds[index] = deed(&act);
        let player = &self.players[index];
        let user = player.user.clone().unwrap_or_default();
        let call = match act {
            Act::Register => {
                Call::Register { name: player.person.name.clone(), locale: player.person.locale }
            }
            Act::ReadConversation => Call::ReadConversation { user },
            Act::Command(name) => Call::Command { user, name },
            Act::Press { message, custom_id, values } => Call::Press { user, message, custom_id, values },
            Act::Submit { modal_id, fields } => Call::Submit { user, modal_id, fields },
            Act::Upload { game, attempt, day } => {
                let file_name = format!("demo-match-{}.SC2Replay", game.match_id);
                Call::Upload {
                    user,
                    file_name,
                    bytes: game::forge(&self.handles, &game, index, attempt, day),
                }
            }
        };
        let client = self.client.clone();
        self.calls.spawn(async move { (index, client.call(call).await) });
    }

    /// Writes down what a player was told; who is told to play, sits down to play.
    fn told(&mut self, now: Timestamp, index: usize, news: &[News], when: Told) -> anyhow::Result<()> {
        for news in news {
            let player = &self.players[index];
            self.record.told(now, who(player, index), news, when)?;
            let match_id = news.line.match_id;
            match &news.line.fact {
                Fact::Playing { race, opponent_race, map, server }
                    if player.open_match() == Some(match_id) =>
                {
                    let seat = Seat {
                        player: index,
                        name: player.person.name.clone(),
                        toon: player.person.toon(server.game_region()),
                        race: *race,
                        opponent_race: *opponent_race,
                        skill: player.person.skill,
                        map: map.clone(),
                        server: *server,
                    };
                    self.sit(now, match_id, seat);
                }
                Fact::Won { .. } => self.close(match_id, index, Some(true)),
                Fact::Lost { .. } => self.close(match_id, index, Some(false)),
                // Nobody's win, so it says nothing about who won.
                Fact::Drawn { .. } | Fact::Unplayed { .. } => self.close(match_id, index, None),
                Fact::Playing { .. }
                | Fact::Confirming
                | Fact::Reminder
                | Fact::PlayReminder { .. }
                | Fact::Replay { .. } => {}
            }
        }
        Ok(())
    }

    fn sit(&mut self, now: Timestamp, match_id: MatchId, seat: Seat) {
        match self.matches.sit(now, match_id, seat) {
            Seated::Alone => {}
            Seated::Plays(game) => {
                for index in [game.seats[0].player, game.seats[1].player] {
                    self.players[index].play(now, &game);
                    self.schedule(index);
                }
            }
            Seated::Mismatch => {
                tracing::error!(match_id = match_id.0, "the players of a match were told different things");
            }
        }
    }

    fn close(&mut self, match_id: MatchId, index: usize, won: Option<bool>) {
        if !self.matches.close(match_id, index, won) {
            self.record.counts.told_wrong += 1;
            let player = &self.players[index].person.name;
            tracing::error!(player, match_id = match_id.0, won, "told the opposite of what was played");
        }
    }

    fn gauges(&self) -> Vec<Gauge> {
        let count = |is: fn(&Player) -> bool| self.players.iter().filter(|player| is(player)).count() as f64;
        let sum = |of: fn(&Player) -> u64| self.players.iter().map(of).sum::<u64>() as f64;
        let open: BTreeSet<MatchId> = self.players.iter().filter_map(Player::open_match).collect();
        let told = self.record.counts;
        vec![
            gauge("players_ready", count(|player| player.ready)),
            gauge("players_queued", count(Player::is_queued)),
            gauge("matches_open", open.len() as f64),
            gauge("matches_completed", told.completed as f64),
            gauge("presses", sum(|player| player.tally.presses)),
            gauge("presses_failed", sum(|player| player.tally.failed)),
            gauge("presses_refused", sum(|player| player.tally.refused)),
            gauge("uploads", sum(|player| player.tally.uploads)),
            gauge("replays_rejected", told.replays_rejected as f64),
            gauge("told_twice", told.told_twice as f64),
            gauge("told_wrong", told.told_wrong as f64),
        ]
    }
}

fn who(player: &Player, index: usize) -> Who<'_> {
    let user = player.user.as_deref().unwrap_or_default();
    Who { player: index, user, name: &player.person.name }
}

/// What an act is to those who read the record; coming and looking are nothing.
fn deed(act: &Act) -> Option<Deed> {
    match act {
        Act::Register | Act::ReadConversation => None,
        Act::Command(command) => Some(Deed::Command { command }),
        Act::Press { message, custom_id, .. } => {
            Some(Deed::Press { custom_id: custom_id.clone(), message: message.clone() })
        }
        Act::Submit { modal_id, .. } => Some(Deed::Submit { modal: modal_id.clone() }),
        Act::Upload { game, attempt, .. } => {
            Some(Deed::Upload { match_id: game.match_id.0, attempt: *attempt })
        }
    }
}
