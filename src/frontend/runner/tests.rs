use super::*;
use crate::frontend::commands::Origin;
use crate::frontend::reply::Page;
use ipc_schema::backend::Caller;
use ipc_schema::ids::UserId;
use ipc_schema::view::{EntryView, QueueHint};
use ipc_schema::vocab::{Locale, Timestamp};
use serde_json::{Value, json};
use twilight_model::id::Id;

const DM: ChannelId = ChannelId(5);

fn incoming(visible: Visible, message: Option<MessageId>) -> Incoming {
    let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: None };
    Incoming {
        id: 1,
        token: "secret".to_owned(),
        application: Id::new(5),
        caller,
        visible,
        message,
        shown: Body::of_page(Page::of("There".to_owned())).components().to_vec(),
        origin: Origin::Queue,
        ack: Ack::Message,
        plan: Plan::Say("help"),
    }
}

fn json_of(response: &Callback) -> Value {
    serde_json::to_value(response).unwrap()
}

#[test]
fn a_command_is_answered_by_a_message_and_in_a_guild_for_its_caller_alone() {
    let page = || Reply::from(Page::of("Here".to_owned()));
    let guild = json_of(&immediate(&incoming(Visible::Ephemeral, None), page()));
    assert_eq!((&guild["type"], &guild["data"]["flags"]), (&json!(4), &json!(64 | 1 << 15)));
    let dm = json_of(&immediate(&incoming(Visible::Stays, None), page()));
    assert_eq!((&dm["type"], &dm["data"]["flags"]), (&json!(4), &json!(1 << 15)));
    assert_eq!(dm["data"]["components"][0]["components"][0]["content"], "Here");
    assert_eq!(dm["data"]["allowed_mentions"]["parse"], json!([]));
}

#[test]
fn a_press_changes_its_own_message() {
    let press = incoming(Visible::Ephemeral, Some(MessageId(3)));
    let page = Reply::from(Page::of("Here".to_owned()));
    let shown = json_of(&immediate(&press, page));
    assert_eq!((&shown["type"], &shown["data"]["flags"]), (&json!(7), &json!(1 << 15)));
    let notice = json_of(&immediate(&press, Reply::Notice("Too late.".to_owned())));
    assert_eq!(notice["type"], 7);
    let texts = |at: usize| &notice["data"]["components"][at]["components"][0]["content"];
    assert_eq!([texts(0), texts(1)], ["There", "Too late."]);
    assert_eq!(json_of(&immediate(&press, Reply::Taken)), json!({ "type": 6 }));
}

#[test]
fn a_deferral_keeps_the_answer_where_it_belongs() {
    assert_eq!(
        json_of(&deferral(&incoming(Visible::Ephemeral, None))),
        json!({ "type": 5, "data": { "flags": 64 } })
    );
    assert_eq!(json_of(&deferral(&incoming(Visible::Stays, None))), json!({ "type": 5, "data": {} }));
    let press = incoming(Visible::Stays, Some(MessageId(3)));
    assert_eq!(json_of(&deferral(&press)), json!({ "type": 6 }));
}

/// A page of the queue while its player waits, whose card has this message and replaces that.
fn waiting(message: Option<u64>, replaces: Option<u64>) -> BackendReply {
    let at = Timestamp(1_800_000_090_000);
    let entry = EntryView { since: at, hint: QueueHint::Fits, expected: None };
    let there = |message: u64| (DM, MessageId(message));
    let (message, replaces) = (message.map(there), replaces.map(there));
    let card = Some(CardState { card: CardId(4), version: 1, message, replaces });
    BackendReply::Queue { locale: Locale::EnUs, queue: queue::tests::view_of(Some(entry)), card }
}

#[test]
fn the_message_that_a_command_makes_becomes_the_card_and_takes_the_place_of_the_old_one() {
    let asked = |dm, message| {
        let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm };
        Incoming { caller, ..incoming(Visible::Stays, message) }
    };
    let (of_dm, of_guild) = (asked(Some(DM), None), asked(None, None));
    let answer = Answer::render_at(&of_dm, &waiting(None, Some(3)));
    assert!(answer.wants_message(&of_dm) && !answer.wants_message(&of_guild));
    let Handled { shown, replaced, .. } = handled(&of_dm, &answer, Some(MessageId(9)));
    let (card, version, message) = (CardId(4), 1, MessageId(9));
    let report = BackendRequest::CardShown { card, version, channel: DM, message };
    assert_eq!(shown, [(Key::Card { card, version }, report)]);
    assert_eq!(replaced, Some((DM, MessageId(3))));
    // Where it is not known which message it is, the card is posted, and replaces the old one then.
    for (of, made) in [(&of_dm, None), (&of_guild, Some(MessageId(9)))] {
        let Handled { shown, replaced, .. } = handled(of, &answer, made);
        assert_eq!((shown.len(), replaced), (0, None));
    }
}

#[test]
fn while_a_player_waits_other_messages_of_the_dm_point_to_the_one_that_says_so() {
    let pressed = |dm, message| {
        let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm };
        Incoming { caller, ..incoming(Visible::Stays, message) }
    };
    let there = "https://discord.com/channels/@me/5/3";
    for (dm, message, points) in [
        (Some(DM), Some(MessageId(2)), true),
        (Some(DM), Some(MessageId(3)), false),
        (Some(DM), None, false),
        // An answer that only its reader sees, in a server.
        (None, Some(MessageId(2)), false),
    ] {
        let pressed = pressed(dm, message);
        let answer = Answer::render_at(&pressed, &waiting(Some(3), None));
        let shown = json_of(&immediate(&pressed, answer.reply)).to_string();
        assert_eq!((shown.contains(there), shown.contains("queue:leave")), (points, !points), "{message:?}");
    }
}

#[test]
fn a_command_whose_answer_comes_by_card_says_so() {
    let shown = json_of(&immediate(&incoming(Visible::Stays, None), Reply::Taken));
    assert_eq!(
        shown["data"]["components"][0]["components"][0]["content"],
        "Got it. The rest follows here in a moment."
    );
}
