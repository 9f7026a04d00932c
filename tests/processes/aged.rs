//! Messages and matches that are older than a test may wait for: the journal says so.

use super::discord::{ask_for, logged};
use super::everything::refused;
use crate::support::person::offers;
use crate::support::{Ladder, Person, wait_for};
use evoladder::clock;
use evoladder::db_writer::JOURNAL;
use evoladder::domain::ladder::Ladder as State;
use evoladder::journal::Journal;
use evoladder::journal::reader::Reader;
use futures_util::future::join_all;
use ipc_schema::db_writer::Record;
use ipc_schema::event::{Event, Names, Pairing, RatingChange};
use ipc_schema::ids::{ChannelId, LadderId, MatchId, MessageId, PlayerId, Seq, UserId};
use ipc_schema::vocab::{Ground, Locale, Mmr, Race, Server, Timestamp, Verdict};
use serde_json::{Value, json};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use std::path::Path;
use std::time::Duration;

/// Pairs of players who are on no other page of the leaderboard than the first two.
const PAIRS: u64 = 11;

/// Of a message whose app is thinking.
const LOADING: u64 = 1 << 7;

/// A ladder that drained, whose journal goes on.
struct Stopped {
    journal: Journal,
    state: State,
    events: Vec<Event>,
}

impl Stopped {
    fn open(data: &Path) -> Stopped {
        let journal = Journal::open(&data.join(JOURNAL), LadderId(0)).unwrap();
        let stored = Reader::new(&data.join(JOURNAL), Seq(0)).read(journal.last(), usize::MAX).unwrap();
        let mut state = State::new(0);
        stored.iter().flat_map(|record| &record.events).for_each(|event| state.evolve(event));
        Stopped { journal, state, events: Vec::new() }
    }

    fn happens(&mut self, event: Event) {
        self.state.evolve(&event);
        self.events.push(event);
    }

    fn joins(&mut self, name: String) -> PlayerId {
        let (player, at) = (PlayerId(self.state.players() as u64 + 1), clock::now());
        let user = UserId(player.0);
        self.happens(Event::PlayerJoined { player, user, locale: Locale::EnUs, at });
        let battle_tag = format!("{name}#1234");
        let names = Names { name, battle_tag, alternatives: Vec::new(), country: "KR".to_owned() };
        self.happens(Event::NamesSet { player, names });
        player
    }

    /// The first beats the second, and it was over then.
    fn plays(&mut self, players: [PlayerId; 2], over: Timestamp) -> MatchId {
        let (match_id, races) =
            (MatchId(self.state.kept_matches() as u64 + 1), [Race::BwZerg, Race::Sc2Terran]);
        players.into_iter().for_each(|player| self.happens(Event::Queued { player, at: over }));
        let (map, server) = ("khione".to_owned(), Server::Kor);
        let pairing = Pairing { match_id, players, races, map, server, confirm_deadline: over };
        self.happens(Event::WaveFired { at: over, pairings: vec![pairing], generator: match_id.0 });
        self.happens(Event::Started { match_id, at: over, deadline: over });
        let change = |slot: usize, after| {
            let (player, race) = (players[slot], races[slot]);
            RatingChange { player, race, before: Mmr(1500), after: Mmr(after) }
        };
        let verdict = Verdict::Decided { winner: 0, ground: Ground::Recorded };
        let ratings = Some([change(0, 1520), change(1, 1480)]);
        self.happens(Event::Closed { match_id, verdict, ratings, at: over });
        match_id
    }

    /// The message about the queue that a player has, with a card that is as old as this.
    fn has_waited_since(&mut self, player: PlayerId, since: Timestamp) -> (ChannelId, MessageId) {
        let (_, card) = self.state.queue_card(player).expect("the player waits");
        let (channel, message) = card.message.expect("the message is there");
        let card = self.state.cards().next_id();
        self.happens(Event::QueueCardDue { player, replaces: None, at: since });
        self.happens(Event::CardShown { card, version: 1, channel, message, at: since });
        (channel, message)
    }

    /// Nobody is told of it any more but these players.
    fn tells(mut self, told: &[PlayerId]) {
        let cards = self.state.cards();
        let untold = cards.due().filter(|card| !told.contains(&cards.get(*card).unwrap().player));
        let at = clock::now();
        let lost = |card| Event::CardLost { card, version: cards.get(card).unwrap().version, at };
        let lost: Vec<Event> = untold.map(lost).collect();
        lost.into_iter().for_each(|event| self.happens(event));
        let seq = Seq(self.journal.last().0 + 1);
        self.journal.append(&[Record { seq, at, key: None, events: self.events, reply: None }]).unwrap();
    }
}

/// The messages by which a player could leave the queue, oldest first.
async fn messages_of_the_wait(person: &Person) -> Vec<String> {
    let messages = person.messages().await;
    let leave = messages.iter().filter(|message| offers(&message["components"], "queue:leave"));
    leave.map(|message| message["id"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the wait has one message, the newest of all, and another one than this; returns it.
async fn waits_in_a_message_after(person: &Person, old: &str) -> String {
    let what = format!("one message of the wait after {old}");
    let new = wait_for(&what, async || {
        let mut waits = messages_of_the_wait(person).await;
        (waits.len() == 1 && waits[0] != old).then(|| waits.remove(0))
    })
    .await;
    let newest = person.messages().await.pop().unwrap();
    assert_eq!(newest["id"], json!(new));
    new
}

#[tokio::test]
async fn what_is_old_is_posted_anew_or_refused_and_older_matches_wait_for_their_database() {
    let ladder = Ladder::start().await;
    let emulator = ladder.emulator;
    let (ana, bea, cid) = (
        Person::new(emulator, "Ana").await,
        Person::new(emulator, "Bea").await,
        Person::new(emulator, "Cid").await,
    );
    for person in [&ana, &bea, &cid] {
        person.set_up().await;
    }
    cid.join("bw", "bw_zerg").await;
    cid.has_times("queue:leave", 1).await;
    // It is on record once nothing more comes to the records.
    let mut before = None;
    wait_for("the message to be on record", async || {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let records = ladder.gauge("backend", "records");
        (records == before.replace(records?)).then_some(())
    })
    .await;
    let (status, root) = ladder.stop();
    assert!(status.success(), "{status}");
    let now = clock::now();
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let mut stopped = Stopped::open(&root.path().join("data"));
    for number in 0..PAIRS {
        let players = ["A", "B"].map(|side| stopped.joins(format!("{side}{number:03}")));
        stopped.plays(players, now);
    }
    let [winner, loser, waiting] = [1, 2, 3].map(PlayerId);
    // It can be disputed for ten minutes, of which little is left.
    let disputable_until = now + Duration::from_secs(45);
    let match_id = stopped.plays([winner, loser], disputable_until - minutes(10));
    let (_, old) = stopped.has_waited_since(waiting, now - minutes(56));
    stopped.tells(&[winner, loser, waiting]);

    // Answers that wait for the tables would make it busy, and then messages are told anew more rarely.
    let ladder = Ladder::start_again_with(root, emulator, &[("LOAD_LEVELS", "answer=60/60")]).await;
    // Discord would soon limit the edits of such a message.
    let anew = waits_in_a_message_after(&cid, &old.to_string()).await;
    // It is at hand again where Cid asks for it.
    cid.command("queue").await;
    let asked_for = waits_in_a_message_after(&cid, &anew).await;
    cid.press("queue:refresh", &[]).await;

    ana.command("leaderboard").await;
    ana.press("leaderboard:1", &[]).await;
    ana.press("leaderboard:0", &[]).await;

    // The tables cannot be written, so nobody can tell whether they have what is asked for.
    let url = format!("sqlite://{}", ladder.data().join("ladder.sqlite").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("begin immediate").execute(&mut database).await.unwrap();
    bea.command_with("language", &json!({ "language": "enUS" })).await;
    bea.reads_in_time("This ladder speaks English with you now").await;
    // More at once than the db-writer lets wait for it.
    let asked = json!({ "id": match_id.0 });
    join_all((0..40).map(|_| bea.command_with("match", &asked))).await;
    refused(&bea, "busy").await;
    refused(&bea, "history-away").await;
    // Discord is about to take no edits, and an answer is one as long as the app is thinking.
    wait_for("all to be answered", async || {
        let mut flags = bea.messages().await.into_iter().map(|message| message["flags"].as_u64());
        flags.all(|flags| flags.unwrap_or(0) & LOADING == 0).then_some(())
    })
    .await;
    sqlx::query("rollback").execute(&mut database).await.unwrap();
    database.close().await.unwrap();

    // The next change finds that Discord takes no edit of it.
    ask_for(&ladder, &json!({ "old_after_ms": 0, "old_edits": 0 })).await;
    let after_the_limit = waits_in_a_message_after(&cid, &asked_for).await;
    ask_for(&ladder, &json!({ "old_after_ms": 3_600_000, "old_edits": 5 })).await;
    let mut gone: Vec<String> = logged(&ladder, "message_delete")
        .iter()
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect();
    gone.dedup();
    assert_eq!(gone, [old.to_string(), anew, asked_for]);
    assert_eq!(messages_of_the_wait(&cid).await, [after_the_limit]);

    wait_for("the time to dispute to be over", async || (clock::now() >= disputable_until).then_some(()))
        .await;
    bea.press(&format!("match:dispute:{match_id}"), &[]).await;
    refused(&bea, "dispute-over").await;
    for role in ["backend", "db-writer", "frontend"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    // Nobody was told but the real ones, which the judge finds.
    let judged = std::fs::read(ladder.stop().1.path().join("data").join("judge.json")).unwrap();
    let judged: Value = serde_json::from_slice(&judged).unwrap();
    assert_eq!((&judged["lost"], &judged["duplicates"]), (&json!(2 * PAIRS), &json!(0)), "{judged:#}");
}
