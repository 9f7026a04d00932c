//! A player against a bot made of fabricated events.

use super::*;
use crate::players::matches::tests::game;
use crate::players::people::people;
use ipc_schema::vocab::{Outcome as Said, Race, RaceChoice};
use serde_json::json;

const MAPS: &[&str] = &["khione", "vermeer"];
/// The seat of this player in [`game`].
const INDEX: usize = 3;

struct Desk {
    player: Player,
    now: Timestamp,
    interactions: u64,
}

impl Desk {
    /// A player who was registered and has read this conversation.
    fn with(conversation: Vec<Value>) -> Desk {
        Desk::of(INDEX, Habits::demo(), conversation)
    }

    fn of(index: usize, habits: Habits, conversation: Vec<Value>) -> Desk {
        let person = people(1, index + 1, MAPS).pop().unwrap();
        let mut player = Player::new(1, index, person, Rc::new(habits));
        player.arrive(Timestamp(1_000));
        let mut desk = Desk { player, now: Timestamp(0), interactions: 0 };
        assert_eq!(desk.act(), Act::Register);
        desk.player.outcome(desk.now, Outcome::Registered { user: "77".to_owned() });
        assert_eq!(desk.act(), Act::ReadConversation);
        desk.player.outcome(desk.now, Outcome::Conversation(conversation));
        desk
    }

    /// A player who is set up and sits before the answer to `/queue`.
    fn queueing(card: &Value) -> Desk {
        let mut desk = Desk::with(vec![message("1", "hello", &json!([]))]);
        desk.acts_and_sees("/queue", card);
        desk
    }

    /// A player who has been told of match 12.
    fn told(text: &str, buttons: &[&str]) -> Desk {
        let mut desk = Desk::queueing(&message("2", "", &row(&["queue:leave"])));
        desk.sees(&message("3", text, &row(buttons)));
        desk
    }

    /// Waits for the next act.
    fn act(&mut self) -> Act {
        for _ in 0..10 {
            self.now = self.player.wake().expect("nothing is under way").max(self.now);
            if let Some(act) = self.player.think(self.now) {
                return act;
            }
        }
        panic!("{:?} does nothing", self.player)
    }

    /// The upload that is under way has arrived.
    fn sent(&mut self) {
        self.player.outcome(self.now, Outcome::Sent { message: "900".to_owned() });
    }

    fn sees(&mut self, message: &Value) {
        self.event("message_create", json!({"message": message}));
    }

    fn event(&mut self, kind: &str, mut line: Value) {
        line["seq"] = 1.into();
        line["kind"] = kind.into();
        let line: Line = serde_json::from_value(line).unwrap();
        self.player.see(self.now, &line);
    }

    /// The next act is `expected`, and the bot answers with `message`.
    fn acts_and_sees(&mut self, expected: &str, message: &Value) {
        self.acts(expected, "message_update", json!({"message": message}));
    }

    fn acts(&mut self, expected: &str, kind: &str, mut answer: Value) {
        let act = self.act();
        assert_eq!(written(&act), expected, "{:?}", self.player);
        self.interactions += 1;
        let interaction = format!("i{}", self.interactions);
        answer["interaction_id"] = interaction.clone().into();
        // Every other answer overtakes the emulator's own.
        if self.interactions.is_multiple_of(2) {
            self.event(kind, answer);
            self.player.outcome(self.now, Outcome::Pressed { interaction });
        } else {
            self.player.outcome(self.now, Outcome::Pressed { interaction });
            self.event(kind, answer);
        }
    }

    fn next_is(&mut self, expected: &str) {
        assert_eq!(written(&self.act()), expected);
    }
}

fn written(act: &Act) -> String {
    match act {
        Act::Register | Act::ReadConversation => format!("{act:?}"),
        Act::Command(name) => format!("/{name}"),
        Act::Press { message, custom_id, values: None } => format!("{message} {custom_id}"),
        Act::Press { message, custom_id, values: Some(values) } => {
            format!("{message} {custom_id} = {}", values.join(" "))
        }
        Act::Submit { modal_id, fields } => {
            format!("submit {modal_id} {}", fields.keys().cloned().collect::<Vec<_>>().join(" "))
        }
        Act::Upload { game, attempt, .. } => format!("upload {} {attempt}", game.match_id),
    }
}

fn message(id: &str, text: &str, components: &Value) -> Value {
    json!({"id": id, "content": text, "components": components})
}

fn row(buttons: &[&str]) -> Value {
    let buttons: Vec<Value> = buttons.iter().map(|id| json!({"type": 2, "custom_id": id})).collect();
    json!([{"type": 1, "components": buttons}])
}

fn menu(custom_id: &str, values: &[&str], chosen: &[&str], max_values: u8) -> Value {
    let options: Vec<Value> = values
        .iter()
        .map(|value| json!({"label": value, "value": value, "default": chosen.contains(value)}))
        .collect();
    let menu = json!({"type": 3, "custom_id": custom_id, "options": options, "max_values": max_values});
    json!({"type": 1, "components": [menu]})
}

const PLAYING: &str = "-# match 12 · playing · bw_zerg · sc2_terran · keres_passage · EUC";
const CONFIRMING: &str = "-# match 12 · confirming";
const BUTTONS: &[&str] = &["match:confirm:12", "match:abort:12"];

#[test]
fn a_newcomer_follows_setup_to_its_end_and_queues() {
    let mut desk = Desk::with(Vec::new());
    let person = desk.player.person.clone();
    let locales = menu("setup:locale", &["enUS", "koKR", "zhCN", "esMX", "ruRU"], &[], 1);
    let terms = json!([locales, row(&["setup:terms:accept"])[0]]);
    desk.acts_and_sees("/setup", &message("1", "", &terms));
    desk.acts_and_sees(&format!("1 setup:locale = {}", person.locale), &message("1", "", &terms));
    desk.acts_and_sees("1 setup:terms:accept", &message("1", "", &row(&["setup:names:open"])));
    let inputs: Vec<Value> = ["name", "battle_tag", "alternatives", "country"]
        .map(|id| json!({"type": 18, "component": {"type": 4, "custom_id": id}}))
        .to_vec();
    let modal = json!({"modal_id": "m1", "custom_id": "setup:names", "components": inputs});
    desk.acts("1 setup:names:open", "modal", json!({"modal": modal}));
    let region = menu("setup:region", &[person.region.code()], &[], 1);
    let names = json!([region, row(&["setup:names:open"])[0]]);
    desk.acts_and_sees("submit m1 alternatives battle_tag country name", &message("1", "", &names));
    let preview = message("1", "", &row(&["setup:names:open", "setup:finish"]));
    let kinds = menu("setup:notify:kinds", &["corrections", "announcements"], &["corrections"], 2);
    let notifications = json!([kinds, row(&["setup:notify:done"])[0]]);
    let step = message("1", "", &notifications);
    desk.acts_and_sees(&format!("1 setup:region = {}", person.region), &step);
    desk.acts_and_sees("1 setup:notify:done", &preview);
    assert!(!desk.player.ready);
    desk.acts_and_sees("1 setup:finish", &message("1", "done", &json!([])));
    assert!(desk.player.ready);
    desk.acts_and_sees("/queue", &message("2", "", &row(&["guide:read"])));
    desk.next_is("2 guide:read");
}

#[test]
fn who_finds_setup_done_changes_nothing() {
    let mut desk = Desk::with(Vec::new());
    let locale = menu("setup:locale", &["enUS"], &["enUS"], 1);
    let region = menu("setup:region", &["EUW"], &["EUW"], 1);
    let done = json!([locale, region, row(&["setup:names:open", "setup:terms:decline"])[0]]);
    desk.acts_and_sees("/setup", &message("1", "", &done));
    desk.next_is("/queue");
    assert!(desk.player.ready);
}

#[test]
fn races_and_vetoes_are_chosen_once_and_only_where_they_differ() {
    let races = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
    let card = |bw: &str, vetoes: &[&str]| {
        let components = json!([
            menu("queue:race:bw", &["none", "bw_zerg", "bw_terran"], &[bw], 1),
            menu("queue:race:sc2", &["none", "sc2_zerg"], &["none"], 1),
            menu("queue:vetoes", MAPS, vetoes, 4),
            row(&["queue:join"])[0],
        ]);
        message("2", "", &components)
    };
    let mut desk = Desk::with(vec![message("1", "hello", &json!([]))]);
    desk.player.person.races = races;
    desk.player.person.vetoes = vec!["vermeer"];
    desk.acts_and_sees("/queue", &card("none", &[]));
    desk.acts_and_sees("2 queue:race:bw = bw_zerg", &card("bw_zerg", &[]));
    desk.acts_and_sees("2 queue:vetoes = vermeer", &card("bw_zerg", &["vermeer"]));
    desk.acts_and_sees("2 queue:join", &message("2", "waiting", &row(&["queue:leave"])));
    assert!(desk.player.is_queued());
    // Nothing changes for half a minute.
    let joined = desk.now;
    desk.next_is("/queue");
    assert!(desk.now.since(joined) >= Habits::demo().quiet);
}

#[test]
fn a_found_match_is_confirmed_after_a_moment() {
    let mut desk = Desk::told(CONFIRMING, BUTTONS);
    let told = desk.now;
    desk.acts_and_sees("3 match:confirm:12", &message("3", CONFIRMING, &json!([])));
    assert!((300..=3_000).contains(&desk.now.since(told).as_millis()));
    desk.next_is("/match");
}

#[test]
fn a_confirm_button_of_another_match_is_not_pressed() {
    let mut desk = Desk::told("-# match 1 · confirming", BUTTONS);
    desk.next_is("/match");
}

#[test]
fn few_abort_and_few_ignore() {
    let moods: Vec<Mood> =
        (0..2_000).map(|match_id| Desk::with(Vec::new()).player.mood(MatchId(match_id))).collect();
    for mood in [Mood::Abort, Mood::Ignore] {
        let share = moods.iter().filter(|found| **found == mood).count();
        assert!((5..50).contains(&share), "{mood:?}: {share} of 2000");
    }
}

#[test]
fn who_is_to_send_the_replay_does_so_when_the_game_is_over() {
    for match_id in 1..40 {
        let game = Rc::new(Game { match_id: MatchId(12), ..game(match_id) });
        if game.is_reported() {
            continue;
        }
        let mut desk = Desk::told(PLAYING, &[]);
        desk.now = game.begins;
        desk.player.play(desk.now, &game);
        let act = desk.act();
        if game.is_sent_by(INDEX) {
            assert_eq!(written(&act), "upload 12 0");
            assert!((0..2_000).contains(&desk.now.since(game.ends).as_millis()));
            desk.sent();
            desk.sees(&message("5", "-# match 12 · replay · 8 · reading", &json!([])));
            desk.sees(&message("6", "-# match 12 · won · bw_zerg · 1500 · 1520", &json!([])));
            assert_eq!(desk.player.open_match(), None);
            assert!(matches!(desk.act(), Act::Command("queue" | "leaderboard")));
        } else {
            assert_eq!(written(&act), "/match");
            assert!(desk.now.since(game.ends) >= Habits::demo().quiet);
        }
    }
}

#[test]
fn a_replay_that_was_not_accepted_is_sent_once_more() {
    let game = Rc::new(Game { match_id: MatchId(12), sends: [true; 2], ..game(1) });
    let mut desk = Desk::told(PLAYING, &[]);
    desk.player.play(desk.now, &game);
    for (attempt, next) in [(0, "upload 12 1"), (1, "/match")] {
        if attempt == 0 {
            desk.next_is("upload 12 0");
        }
        desk.sent();
        let text = format!("-# match 12 · replay · {attempt} · rejected");
        desk.sees(&message(&format!("1{attempt}"), &text, &json!([])));
        desk.next_is(next);
    }
}

const REPORT: &[&str] =
    &["match:report:12:won", "match:report:12:lost", "match:report:12:draw", "match:show"];

#[test]
fn what_is_not_accepted_over_and_over_is_reported_by_button() {
    let game = Rc::new(Game { match_id: MatchId(12), sends: [true; 2], ..game(1) });
    let claim = game.claim_of(INDEX).unwrap();
    let mut desk = Desk::told(PLAYING, REPORT);
    desk.player.play(desk.now, &game);
    for attempt in 0..2 {
        desk.next_is(&format!("upload 12 {attempt}"));
        desk.sent();
        let text = format!("-# match 12 · replay · {attempt} · undecided");
        desk.sees(&message(&format!("1{attempt}"), &text, &json!([])));
    }
    let sheet = message("3", PLAYING, &row(REPORT));
    desk.acts_and_sees(&format!("3 match:report:12:{claim}"), &sheet);
    // Then it is the opponent's turn.
    let reported = desk.now;
    desk.next_is("/match");
    assert!(desk.now.since(reported) >= Habits::demo().quiet);
}

#[test]
fn a_game_of_which_nobody_kept_the_replay_is_reported_when_it_is_over() {
    for outcome in [Said::Won, Said::Lost] {
        let claims = [outcome; 2];
        let game = Rc::new(Game { match_id: MatchId(12), sends: [false; 2], claims, ..game(1) });
        let mut desk = Desk::told(PLAYING, REPORT);
        desk.player.play(desk.now, &game);
        desk.next_is(&format!("3 match:report:12:{outcome}"));
        assert!((0..2_000).contains(&desk.now.since(game.ends).as_millis()));
    }
}

#[test]
fn few_losers_dispute_and_only_what_the_card_offers() {
    let mut disputes = 0;
    for match_id in 1..600 {
        let mut desk = Desk::told("-# match 0 · playing · bw_zerg · sc2_terran · khione · EUC", &[]);
        let lost = format!("-# match {match_id} · lost · bw_zerg · 1500 · 1480");
        let button = format!("match:dispute:{match_id}");
        desk.sees(&message("9", &lost, &row(&[&button])));
        let act = written(&desk.act());
        if act == format!("9 {button}") {
            disputes += 1;
        } else {
            assert!(["/queue", "/leaderboard"].contains(&act.as_str()), "{act}");
        }
    }
    assert!((3..30).contains(&disputes), "{disputes} of 599");
}

#[test]
fn a_press_that_nobody_answers_is_tried_again() {
    let mut desk = Desk::told(CONFIRMING, BUTTONS);
    desk.acts("3 match:confirm:12", "interaction_failed", json!({}));
    assert_eq!(desk.player.tally.failed, 1);
    desk.next_is("3 match:confirm:12");
    desk.player.outcome(desk.now, Outcome::Refused("not shown".to_owned()));
    assert_eq!(desk.player.tally.refused, 1);
    // What did not work twice is looked up.
    let card = message("9", CONFIRMING, &row(BUTTONS));
    desk.acts_and_sees("/match", &card);
    desk.next_is("9 match:confirm:12");
    let interaction = "late".to_owned();
    desk.player.outcome(desk.now, Outcome::Pressed { interaction });
    let pressed = desk.now;
    desk.next_is("9 match:confirm:12");
    assert!(desk.now.since(pressed) >= ANSWER);
    assert_eq!(desk.player.tally.failed, 2);
}

#[test]
fn a_refused_join_waits_longer_each_time() {
    let card = message("2", "", &row(&["queue:join"]));
    let mut desk = Desk::queueing(&card);
    let mut pauses = Vec::new();
    for round in 0..4 {
        desk.acts_and_sees("2 queue:join", &message(&format!("10{round}"), "not yet", &json!([])));
        let refused = desk.now;
        desk.acts_and_sees("/queue", &card);
        pauses.push(desk.now.since(refused));
    }
    assert!(pauses[3] > pauses[0], "{pauses:?}");
}

#[test]
fn an_old_card_does_not_bring_a_match_back() {
    let mut desk = Desk::told(PLAYING, &[]);
    desk.sees(&message("4", "-# match 12 · closed · expired", &json!([])));
    desk.sees(&message("5", CONFIRMING, &row(BUTTONS)));
    desk.sees(&message("6", "-# match 11 · confirming", &row(&["match:confirm:11"])));
    assert_eq!(desk.player.open_match(), None);
    desk.sees(&message("7", "-# match 13 · confirming", &row(&["match:confirm:13"])));
    desk.sees(&message("8", PLAYING, &json!([])));
    assert_eq!(desk.player.open_match(), Some(MatchId(13)));
}

#[test]
fn who_comes_back_goes_on_with_the_open_match() {
    let conversation = vec![
        message("1", "-# match 11 · lost · bw_zerg · 1500 · 1480", &json!([])),
        message("2", CONFIRMING, &row(BUTTONS)),
    ];
    let mut desk = Desk::with(conversation);
    desk.acts_and_sees("2 match:confirm:12", &message("2", CONFIRMING, &json!([])));
    desk.player.arrive_again(desk.now);
    desk.next_is("Register");
    desk.player.outcome(desk.now, Outcome::Registered { user: "77".to_owned() });
    desk.next_is("ReadConversation");
    let news = desk.player.outcome(desk.now, Outcome::Conversation(vec![message("2", PLAYING, &json!([]))]));
    assert_eq!(news.len(), 1);
    assert_eq!(desk.player.open_match(), Some(MatchId(12)));
}

#[test]
fn who_is_held_begins_at_the_word() {
    let mut desk = Desk::of(INDEX, Habits::evening(1), vec![message("1", "hello", &json!([]))]);
    desk.player.hold();
    desk.now = desk.player.wake().unwrap();
    assert_eq!(desk.player.think(desk.now), None);
    assert_eq!(desk.player.wake(), Some(Timestamp(u64::MAX)));
    desk.player.begin(desk.now);
    let told = desk.now;
    desk.next_is("/queue");
    assert!((1_000..=30_000).contains(&desk.now.since(told).as_millis()));
}

#[test]
fn who_came_to_look_around_looks_at_page_after_page_and_never_queues() {
    let mut desk = Desk::of(10, Habits::evening(1), vec![message("1", "hello", &json!([]))]);
    let page = message("2", "", &row(&["leaderboard:2", "leaderboard:picture:1"]));
    let mut seen = BTreeSet::new();
    for _ in 0..60 {
        let act = written(&desk.act());
        assert!(
            ["/leaderboard", "/profile", "/activity", "/help", "2 leaderboard:2"].contains(&act.as_str()),
            "{act}"
        );
        seen.insert(act);
        let interaction = "i".to_owned();
        desk.player.outcome(desk.now, Outcome::Pressed { interaction });
        let looked = desk.now;
        desk.event("message_update", json!({"message": page, "interaction_id": "i"}));
        let pause = desk.player.wake().unwrap().since(looked).as_millis();
        assert!((5_000..=15_000).contains(&pause), "{pause}");
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}

#[test]
fn in_a_drill_a_replay_of_another_day_is_sent_in_each_such_time() {
    let every = Duration::from_secs(20);
    let game = Rc::new(Game { match_id: MatchId(12), ..game(1) });
    let mut desk = Desk::of(INDEX, Habits::drill(every), vec![message("1", "hello", &json!([]))]);
    desk.sees(&message("3", PLAYING, &json!([])));
    desk.player.play(desk.now, &game);
    let mut sent = desk.now;
    for attempt in 0..3 {
        let act = desk.act();
        assert!(
            matches!(&act, Act::Upload { day: Day::Another, attempt: made, .. } if *made == attempt),
            "{act:?}"
        );
        assert!(desk.now.since(sent) <= every && (attempt == 0 || desk.now.since(sent) == every));
        sent = desk.now;
        desk.sent();
        desk.sees(&message(
            &format!("1{attempt}"),
            &format!("-# match 12 · replay · {attempt} · rejected"),
            &json!([]),
        ));
    }
}
