//! The whole role between the emulator's Discord and a backend that follows a script.

mod scripted;
mod wave;

use super::*;
use crate::frontend::commands::{match_, queue, setup};
use crate::ipc::connection::{Connection, Outbox, serve as serve_socket};
use bytes::Bytes;
use emulator::{ANSWER_WITHIN, Config, Emulator};
use ipc_schema::backend::{BackendCall, BackendMessage, BackendReply, BackendRequest, CardState, ShowCard};
use ipc_schema::control::Role;
use ipc_schema::ids::{CardId, ChannelId, Incarnation, LadderId, MatchId, MessageId, Trace, UserId};
use ipc_schema::view::{CardView, MatchPhase, MatchView, SetupStep};
use ipc_schema::vocab::{Locale, Refusal, Timestamp};
use serde_json::{Value, json};
use std::sync::Mutex;
use tokio::sync::{oneshot, watch};

const TOKEN: &str = "a-token-of-the-test";

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Ladder {
    http: reqwest::Client,
    base: String,
    user: String,
    dm: ChannelId,
    asked: Arc<Mutex<Vec<(BackendRequest, usize)>>>,
    backend: Outbox,
    drain: Option<oneshot::Sender<()>>,
    role: tokio::task::JoinHandle<anyhow::Result<()>>,
    _folder: tempfile::TempDir,
}

/// What the scripted backend answers, and after how long. `before` counts the same request.
fn script(request: &BackendRequest, before: usize) -> (Duration, BackendReply) {
    let locale = Locale::EnUs;
    let at_once = Duration::ZERO;
    match request {
        BackendRequest::Setup { .. } => {
            (at_once, BackendReply::Setup(setup::tests::view_at(SetupStep::Names)))
        }
        BackendRequest::SetNames { .. } => {
            (at_once, BackendReply::Setup(setup::tests::view_at(SetupStep::Region)))
        }
        BackendRequest::Queue { .. } | BackendRequest::ShowQueue { .. } => {
            let queue = queue::tests::view_of(None);
            (Duration::from_millis(1200), BackendReply::Queue { locale, queue, card: None })
        }
        BackendRequest::JoinQueue { .. } => {
            (at_once, BackendReply::Refused { locale, refusal: Refusal::NoRace })
        }
        BackendRequest::Abort { .. } => {
            (Duration::from_secs(1), BackendReply::Refused { locale, refusal: Refusal::TooLate })
        }
        BackendRequest::Confirm { match_id, .. } => {
            let phase = confirming(true);
            let match_ = Box::new(MatchView { match_id: *match_id, phase });
            let card = Some(CardState { card: CardId(7), version: 2, message: None, replaces: None });
            (Duration::from_secs(1), BackendReply::Match { locale, match_, card })
        }
        BackendRequest::CardShown { card: CardId(9), .. } if before == 0 => {
            (at_once, BackendReply::Refused { locale, refusal: Refusal::Busy })
        }
        BackendRequest::UploadReplay { file_name, .. } if file_name.starts_with("full") && before == 0 => {
            (at_once, BackendReply::Refused { locale, refusal: Refusal::ReadOnly })
        }
        BackendRequest::PlayerNames { typed, .. } => {
            let pause = if typed == "slow" { Duration::from_secs(20) } else { at_once };
            (pause, BackendReply::PlayerNames(vec!["Flash".to_owned(), "FlaSh2".to_owned()]))
        }
        BackendRequest::LoadSession { .. } => (at_once, BackendReply::Session(None)),
        _ => (at_once, BackendReply::Taken),
    }
}

fn confirming(you_confirmed: bool) -> MatchPhase {
    MatchPhase::Confirming { deadline: Timestamp(1_800_000_000_000), you_confirmed, aborts_left: 2 }
}

async fn play_backend(
    connection: Connection<BackendCall>,
    asked: Arc<Mutex<Vec<(BackendRequest, usize)>>>,
    channels: Vec<ChannelId>,
) {
    let Connection { mut inbox, outbox, .. } = connection;
    while let Some(call) = inbox.recv().await {
        let BackendCall { id, request, .. } = call.message;
        let before = asked.lock().unwrap().iter().filter(|(asked, _)| *asked == request).count();
        let (pause, reply) = match request {
            BackendRequest::MatchChannels => (Duration::ZERO, BackendReply::MatchChannels(channels.clone())),
            _ => script(&request, before),
        };
        asked.lock().unwrap().push((request, call.blob.len()));
        let outbox = outbox.clone();
        tokio::spawn(async move {
            sleep(pause).await;
            outbox.send(&BackendMessage::Reply { id, reply }, Bytes::new()).await.ok();
        });
    }
}

async fn send_file(http: &reqwest::Client, base: &str, user: &str, name: &'static str) {
    let file = reqwest::multipart::Part::bytes(vec![1, 2, 3]).file_name(name);
    let form = reqwest::multipart::Form::new().part("file", file);
    let url = format!("{base}/users/{user}/messages");
    assert!(http.post(url).multipart(form).send().await.unwrap().status().is_success());
}

impl Ladder {
    async fn start() -> Ladder {
        Ladder::start_after(&[]).await
    }

    /// A role that begins when the player, whose match is being played, has sent these files already.
    async fn start_after(missed: &[&'static str]) -> Ladder {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listen = "127.0.0.1:0".parse().unwrap();
        let config =
            Config { listen, seed: 1, token: TOKEN.to_owned(), answer_within: ANSWER_WITHIN, state: None };
        let emulator = Emulator::bind(config).await.unwrap();
        let address = emulator.local_addr().to_string();
        tokio::spawn(async move { emulator.run(std::future::pending()).await });

        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = format!("http://{address}/emulator");
        let url = format!("{base}/users");
        let user: Value =
            http.post(url).json(&json!({ "name": "ana" })).send().await.unwrap().json().await.unwrap();
        let id_of = |value: &Value| value.as_str().unwrap().to_owned();
        let dm = ChannelId(id_of(&user["dm_channel_id"]).parse().unwrap());
        let user = id_of(&user["id"]);
        for name in missed {
            send_file(&http, &base, &user, name).await;
        }
        let channels = if missed.is_empty() { Vec::new() } else { vec![dm] };

        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::UnixListener::bind(folder.path().join("backend.sock")).unwrap();
        let ours = Hello::new(Role::Backend, Incarnation(1));
        let mut accepted = serve_socket(listener, ours, &[Role::Frontend]);
        let settings = Settings {
            run_dir: folder.path().to_owned(),
            token: TOKEN.to_owned(),
            proxy: Some(address.clone()),
            staff_channel: None,
            shards: Shards::ONE,
            which: Nth::ALONE,
        };
        let (drain, drained) = oneshot::channel::<()>();
        let (ready, is_ready) = oneshot::channel();
        let role = tokio::spawn(async move {
            let mut ready = Some(ready);
            let drained = async { drop(drained.await) };
            serve(
                settings,
                Hello::new(Role::Frontend, Incarnation(1)),
                watch::channel(None).1,
                drained,
                move |told| {
                    if matches!(told, Told::Ready) {
                        ready.take().map(|ready| ready.send(()));
                    }
                },
            )
            .await
        });
        let connection = accepted.recv().await.unwrap().open::<BackendCall>();
        let (backend, asked) = (connection.outbox.clone(), Arc::default());
        tokio::spawn(play_backend(connection, Arc::clone(&asked), channels));
        timeout(PATIENCE, is_ready).await.expect("ready in time").expect("the role still runs");

        Ladder { http, base, user, dm, asked, backend, drain: Some(drain), role, _folder: folder }
    }

    async fn act(&self, what: &str, body: Value) {
        let url = format!("{}/users/{}/{what}", self.base, self.user);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{what} {body}: {}", answer.text().await.unwrap());
    }

    async fn upload(&self, name: &'static str) {
        send_file(&self.http, &self.base, &self.user, name).await;
    }

    async fn messages(&self) -> Vec<Value> {
        let url = format!("{}/users/{}/messages", self.base, self.user);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// The newest message of the bot that says `text`.
    async fn shown(&self, text: &str) -> Value {
        let found = async {
            loop {
                let messages = self.messages().await;
                let newest = messages
                    .into_iter()
                    .rev()
                    .find(|message| message["components"].to_string().contains(text));
                if let Some(message) = newest {
                    return message;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        match timeout(PATIENCE, found).await {
            Ok(message) => message,
            Err(_) => panic!("nobody said {text:?}: {:#?}", self.messages().await),
        }
    }

    /// Waits until the backend was asked so often.
    async fn asked_times(&self, times: usize, what: impl Fn(&BackendRequest) -> bool) {
        let found = async {
            while self.asked.lock().unwrap().iter().filter(|(request, _)| what(request)).count() < times {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, found).await.expect("it is asked again");
    }

    async fn asked(&self, what: impl Fn(&BackendRequest) -> bool) -> (BackendRequest, usize) {
        let found = async {
            loop {
                let found = self.asked.lock().unwrap().iter().find(|(request, _)| what(request)).cloned();
                if let Some(found) = found {
                    return found;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        match timeout(PATIENCE, found).await {
            Ok(found) => found,
            Err(_) => panic!("not asked: {:#?}", self.asked.lock().unwrap()),
        }
    }

    async fn event(&self, event: BackendEvent) {
        self.backend.send(&BackendMessage::Event(event), Bytes::new()).await.unwrap();
    }

    /// Posts the card of match 12, which both are to confirm.
    async fn found_match(&self) -> (ShowCard, Value) {
        let view = MatchView { match_id: MatchId(12), phase: confirming(false) };
        let card = ShowCard {
            card: CardId(7),
            version: 1,
            user: UserId(self.user.parse().unwrap()),
            place: None,
            locale: Locale::EnUs,
            channel: Some(self.dm),
            message: None,
            replaces: None,
            tried_since: None,
            trace: Trace::NONE,
            view: CardView::Match(Box::new(view)),
        };
        self.event(BackendEvent::Ladder(LadderId(1))).await;
        self.event(BackendEvent::ShowCard(Box::new(card.clone()))).await;
        let found = self.shown("-# match 12 · confirming").await;
        (card, found)
    }

    async fn opened_modal(&self) -> Value {
        self.happened("modal", 1).await["modal"].clone()
    }

    /// The event of this kind that came as the `nth`, from 1.
    async fn happened(&self, kind: &str, nth: usize) -> Value {
        let url = format!("{}/events?after=0", self.base);
        let mut stream = self.http.get(url).send().await.unwrap();
        let mut lines = Vec::new();
        let found = async {
            loop {
                lines.extend_from_slice(&stream.chunk().await.unwrap().unwrap());
                let text = String::from_utf8_lossy(&lines);
                let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
                if let Some(event) = events.filter(|event| event["kind"] == kind).nth(nth - 1) {
                    return event;
                }
            }
        };
        timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("no {kind} happens"))
    }

    async fn press(&self, message: &Value, custom_id: &str) {
        self.act("components", json!({ "message_id": message["id"], "custom_id": custom_id })).await;
    }

    async fn drain(&mut self) {
        self.drain.take().unwrap().send(()).unwrap();
        let ended = timeout(PATIENCE, &mut self.role).await.expect("drained in time");
        ended.unwrap().unwrap();
    }

    async fn leave(mut self) {
        self.drain().await;
    }
}

#[tokio::test]
async fn commands_and_presses_are_answered_quickly_or_late() {
    let ladder = Ladder::start().await;
    ladder.act("commands", json!({ "name": "help" })).await;
    ladder.shown("pairs Brood War players").await;

    ladder.act("commands", json!({ "name": "setup" })).await;
    let setup = ladder.shown("who are you?").await;
    ladder.press(&setup, "setup:names:open").await;
    let modal = ladder.opened_modal().await;
    // What the backend knows is filled in by the time the modal opens; the rest is typed.
    let fields =
        json!({ "name": "Flash", "battle_tag": "Flash#1234", "alternatives": "God", "country": "kr" });
    ladder.act("modals", json!({ "modal_id": modal["modal_id"], "fields": fields })).await;
    let region = ladder.shown("where do you play?").await;
    assert_eq!(region["id"], setup["id"], "the setup goes on in its own message");
    let (request, _) = ladder.asked(|request| matches!(request, BackendRequest::SetNames { .. })).await;
    let BackendRequest::SetNames { names, .. } = request else { unreachable!("just matched") };
    assert_eq!((names.name.as_str(), names.country.as_str()), ("Flash", "KR"));

    // The backend takes longer than a quick answer may: a deferral, then an edit of it.
    ladder.act("commands", json!({ "name": "queue" })).await;
    let queue = ladder.shown("Look for a match").await;
    ladder.press(&queue, "queue:join").await;
    let refused = ladder.shown("Pick at least one race first, then").await;
    assert_eq!(refused["id"], queue["id"], "a refusal is shown where the press was made");
    assert_eq!(refused["components"][0]["components"][4]["components"][0]["custom_id"], "queue:race:bw");
    ladder.leave().await;
}

#[tokio::test]
async fn names_are_suggested_while_one_is_typed() {
    let ladder = Ladder::start().await;
    let typed = |typed| json!({ "name": "profile", "options": { "player": typed }, "focused": "player" });
    ladder.act("autocomplete", typed("fla")).await;
    let choices = ladder.happened("choices", 1).await["choices"].clone();
    let named = |name| json!({ "name": name, "value": name });
    assert_eq!(choices, json!([named("Flash"), named("FlaSh2")]));
    let (request, _) = ladder.asked(|request| matches!(request, BackendRequest::PlayerNames { .. })).await;
    assert!(matches!(request, BackendRequest::PlayerNames { typed, .. } if typed == "fla"));
    // Discord waits three seconds, the backend takes longer.
    ladder.act("autocomplete", typed("slow")).await;
    assert_eq!(ladder.happened("choices", 2).await["choices"], json!([]));
    ladder.leave().await;
}

#[tokio::test]
async fn a_card_is_posted_once_and_edited_afterwards() {
    let ladder = Ladder::start().await;
    let user = UserId(ladder.user.parse().unwrap());
    let deadline = Timestamp(1_800_000_000_000);
    let reminder = ShowCard {
        card: CardId(7),
        version: 1,
        user,
        place: None,
        locale: Locale::EnUs,
        channel: None,
        message: None,
        replaces: None,
        tried_since: None,
        trace: Trace::NONE,
        view: CardView::Reminder { match_id: MatchId(12), deadline },
    };
    ladder.event(BackendEvent::Ladder(LadderId(1))).await;
    ladder.event(BackendEvent::ShowCard(Box::new(reminder.clone()))).await;
    let posted = ladder.shown("-# match 12 · reminder").await;
    let message = MessageId(posted["id"].as_str().unwrap().parse().unwrap());
    let shown = |version| BackendRequest::CardShown { card: CardId(7), version, channel: ladder.dm, message };
    ladder.asked(|request| *request == shown(1)).await;

    // Asked for again by a backend that had not heard: the same message, with the newer words.
    let view = CardView::Match(Box::new(match_::tests::playing()));
    let sheet = ShowCard { version: 2, view, ..reminder };
    ladder.event(BackendEvent::ShowCard(Box::new(sheet.clone()))).await;
    let edited = ladder.shown("-# match 12 · playing").await;
    assert_eq!(edited["id"], posted["id"]);
    ladder.asked(|request| *request == shown(2)).await;

    let gone = ShowCard { card: CardId(8), message: Some(MessageId(1)), channel: Some(ladder.dm), ..sheet };
    ladder.event(BackendEvent::ShowCard(Box::new(gone))).await;
    let failed = |request: &BackendRequest| {
        let failure = ipc_schema::backend::CardFailure::MessageGone;
        *request == BackendRequest::CardFailed { card: CardId(8), version: 2, failure }
    };
    ladder.asked(failed).await;
    assert_eq!(ladder.messages().await.len(), 1);
    ladder.leave().await;
}

#[tokio::test]
async fn a_late_refusal_leaves_the_card_as_it_was() {
    let ladder = Ladder::start().await;
    let (_, found) = ladder.found_match().await;
    ladder.press(&found, "match:abort:12").await;
    let refused = ladder.shown("That came too late").await;
    assert_eq!((&refused["id"], &refused["components"][0]), (&found["id"], &found["components"][0]));
    ladder.leave().await;
}

#[tokio::test]
async fn a_message_of_a_build_without_components_v2_is_brought_up_to_date_by_press_and_card() {
    let ladder = Ladder::start().await;
    let button = json!({ "type": 2, "style": 4, "label": "Abort", "custom_id": "match:abort:12" });
    let old = json!({
        "content": "**Match found!**",
        "embeds": [{ "description": "Who you play is told later." }],
        "components": [{ "type": 1, "components": [button] }],
    });
    let url = format!("{}/channels/{}/messages", ladder.base.replace("/emulator", "/api/v10"), ladder.dm);
    let post = ladder.http.post(url).header("Authorization", format!("Bot {TOKEN}")).json(&old);
    let old: Value = post.send().await.unwrap().json().await.unwrap();

    ladder.press(&old, "match:abort:12").await;
    let refused = ladder.shown("That came too late").await;
    assert_eq!((&refused["id"], &refused["content"]), (&old["id"], &json!("")));
    let shown = refused["components"].to_string();
    for kept in ["**Match found!**", "Who you play is told later.", "match:abort:12"] {
        assert!(shown.contains(kept), "{shown}");
    }
    assert_eq!(refused["embeds"], json!([]));

    // A card that takes the place of another message, which goes.
    let (card, found) = ladder.found_match().await;
    let replaces = Some(MessageId(old["id"].as_str().unwrap().parse().unwrap()));
    let anew = ShowCard { card: CardId(9), replaces, ..card };
    ladder.event(BackendEvent::ShowCard(Box::new(anew))).await;
    ladder.asked(|request| matches!(request, BackendRequest::CardShown { card: CardId(9), .. })).await;
    let left = ladder.messages().await;
    assert_eq!(left.len(), 2, "{left:#?}");
    assert!(left.iter().any(|message| message["id"] == found["id"]));
    assert!(left.iter().all(|message| message["id"] != old["id"]));
    ladder.leave().await;
}

#[tokio::test]
async fn a_slow_answer_never_covers_a_newer_version_of_its_card() {
    let mut ladder = Ladder::start().await;
    let (card, found) = ladder.found_match().await;
    ladder.press(&found, "match:confirm:12").await;
    ladder.asked(|request| matches!(request, BackendRequest::Confirm { .. })).await;
    // The other player confirms before the answer to the first is there.
    let view = CardView::Match(Box::new(match_::tests::playing()));
    let sheet = ShowCard { version: 3, view, ..card };
    ladder.event(BackendEvent::ShowCard(Box::new(sheet))).await;
    ladder.shown("-# match 12 · playing").await;
    // A role that drains finishes its answers first.
    ladder.drain().await;
    assert!(ladder.messages().await[0]["components"].to_string().contains("-# match 12 · playing"));
}

#[tokio::test]
async fn a_card_that_discord_may_have_forgotten_is_looked_for_before_it_is_posted_again() {
    let ladder = Ladder::start().await;
    let (card, found) = ladder.found_match().await;
    // Another number has another nonce, which Discord has not seen.
    let view = CardView::Match(Box::new(match_::tests::playing()));
    let again = ShowCard { card: CardId(8), version: 4, tried_since: Some(Timestamp::ZERO), view, ..card };
    ladder.event(BackendEvent::ShowCard(Box::new(again.clone()))).await;
    let message = MessageId(found["id"].as_str().unwrap().parse().unwrap());
    let shown = BackendRequest::CardShown { card: CardId(8), version: 4, channel: ladder.dm, message };
    ladder.asked(|request| *request == shown).await;
    let messages = ladder.messages().await;
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert!(
        messages[0]["components"].to_string().contains("-# match 12 · playing"),
        "it is as the card is by now"
    );

    let other = CardView::Notice { refusal: Refusal::NotAReplay, files: 1 };
    let other = ShowCard { card: CardId(9), version: 1, view: other, ..again };
    ladder.event(BackendEvent::ShowCard(Box::new(other))).await;
    ladder.asked(|request| matches!(request, BackendRequest::CardShown { card: CardId(9), .. })).await;
    assert_eq!(ladder.messages().await.len(), 2, "what was never posted is");
    ladder.leave().await;
}

#[tokio::test]
async fn a_role_that_drains_reads_its_answers_whatever_else_comes() {
    let mut ladder = Ladder::start().await;
    let (_, found) = ladder.found_match().await;
    ladder.press(&found, "match:abort:12").await;
    ladder.asked(|request| matches!(request, BackendRequest::Abort { .. })).await;
    // The answer comes a second after the press, behind more than the link holds.
    sleep(Duration::from_millis(600)).await;
    ladder.drain.take().unwrap().send(()).unwrap();
    sleep(Duration::from_millis(50)).await;
    for _ in 0..1000 {
        ladder.event(BackendEvent::Ladder(LadderId(1))).await;
    }
    timeout(PATIENCE, &mut ladder.role).await.expect("drained in time").unwrap().unwrap();
    let shown = ladder.messages().await[0]["components"].to_string();
    assert!(shown.contains("That came too late"), "{shown}");
}

#[tokio::test]
async fn a_replay_in_the_dm_reaches_the_backend_and_other_files_are_refused() {
    let ladder = Ladder::start().await;
    ladder.upload("game.SC2Replay").await;
    let (_, bytes) = ladder.asked(|request| matches!(request, BackendRequest::UploadReplay { .. })).await;
    assert_eq!(bytes, 3);
    ladder.upload("notes.txt").await;
    let refused = |request: &BackendRequest| {
        matches!(request, BackendRequest::RefuseUpload { refusal: Refusal::NotAReplay, .. })
    };
    ladder.asked(refused).await;
    ladder.act("messages", json!({ "content": "hello?" })).await;
    ladder.shown("Use /setup to join the ladder").await;
    ladder.leave().await;
}

#[tokio::test]
async fn a_replay_sent_while_nobody_heard_is_taken_when_a_session_begins() {
    let ladder = Ladder::start_after(&["early.SC2Replay", "late.SC2Replay"]).await;
    ladder.asked_times(2, |request| matches!(request, BackendRequest::UploadReplay { .. })).await;
    let asked = ladder.asked.lock().unwrap().clone();
    let names = asked.iter().filter_map(|(request, _)| match request {
        BackendRequest::UploadReplay { file_name, .. } => Some(file_name.as_str()),
        _ => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["early.SC2Replay", "late.SC2Replay"]);
    ladder.leave().await;
}

#[tokio::test]
async fn what_the_backend_refuses_to_save_is_brought_again() {
    let ladder = Ladder::start().await;
    let notice = ShowCard {
        card: CardId(9),
        version: 1,
        user: UserId(ladder.user.parse().unwrap()),
        place: None,
        locale: Locale::EnUs,
        channel: None,
        message: None,
        replaces: None,
        tried_since: None,
        trace: Trace::NONE,
        view: CardView::Notice { refusal: Refusal::NotAReplay, files: 1 },
    };
    ladder.event(BackendEvent::Ladder(LadderId(1))).await;
    ladder.event(BackendEvent::ShowCard(Box::new(notice))).await;
    ladder.upload("full.SC2Replay").await;
    ladder
        .asked_times(2, |request| matches!(request, BackendRequest::CardShown { card: CardId(9), .. }))
        .await;
    ladder.asked_times(2, |request| matches!(request, BackendRequest::UploadReplay { .. })).await;
    assert_eq!(ladder.messages().await.iter().filter(|message| message["author"]["bot"] == true).count(), 1);
    ladder.leave().await;
}

#[tokio::test]
async fn a_role_stands_by_while_nobody_is_where_discord_should_be() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = nobody.local_addr().unwrap();
    drop(nobody);
    let folder = tempfile::tempdir().unwrap();
    let listener = tokio::net::UnixListener::bind(folder.path().join("backend.sock")).unwrap();
    let mut accepted = serve_socket(listener, Hello::new(Role::Backend, Incarnation(1)), &[Role::Frontend]);
    tokio::spawn(async move {
        let connection = accepted.recv().await.unwrap().open::<BackendCall>();
        play_backend(connection, Arc::default(), Vec::new()).await;
    });
    let proxy = Some(listen.to_string());
    let (run_dir, token) = (folder.path().to_owned(), TOKEN.to_owned());
    let settings =
        Settings { run_dir, token, proxy, staff_channel: None, shards: Shards::ONE, which: Nth::ALONE };
    let hello = Hello::new(Role::Frontend, Incarnation(1));
    let (tell, mut told) = mpsc::unbounded_channel();
    let role =
        tokio::spawn(serve(settings, hello, watch::channel(None).1, std::future::pending(), move |word| {
            if !matches!(word, Told::Numbers(..)) {
                tell.send(matches!(word, Told::Ready)).ok();
            }
        }));
    let first = timeout(Duration::from_secs(1), told.recv()).await;
    assert_eq!(first.expect("told within a second"), Some(false), "it stands by");
    let config =
        Config { listen, seed: 1, token: TOKEN.to_owned(), answer_within: ANSWER_WITHIN, state: None };
    let emulator = Emulator::bind(config).await.unwrap();
    tokio::spawn(async move { emulator.run(std::future::pending()).await });
    let next = timeout(PATIENCE, told.recv()).await;
    assert_eq!(next.expect("told once Discord is there"), Some(true), "it is ready");
    role.abort();
}

#[tokio::test]
async fn a_wrong_token_ends_the_role_as_a_fault_of_configuration() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let listen = "127.0.0.1:0".parse().unwrap();
    let config =
        Config { listen, seed: 1, token: TOKEN.to_owned(), answer_within: ANSWER_WITHIN, state: None };
    let emulator = Emulator::bind(config).await.unwrap();
    let proxy = Some(emulator.local_addr().to_string());
    tokio::spawn(async move { emulator.run(std::future::pending()).await });
    let folder = tempfile::tempdir().unwrap();
    let listener = tokio::net::UnixListener::bind(folder.path().join("backend.sock")).unwrap();
    let mut accepted = serve_socket(listener, Hello::new(Role::Backend, Incarnation(1)), &[Role::Frontend]);
    tokio::spawn(async move {
        let connection = accepted.recv().await.unwrap().open::<BackendCall>();
        play_backend(connection, Arc::default(), Vec::new()).await;
    });
    let (run_dir, token) = (folder.path().to_owned(), "another".to_owned());
    let settings =
        Settings { run_dir, token, proxy, staff_channel: None, shards: Shards::ONE, which: Nth::ALONE };
    let hello = Hello::new(Role::Frontend, Incarnation(1));
    let ended =
        timeout(PATIENCE, serve(settings, hello, watch::channel(None).1, std::future::pending(), |_| {}))
            .await;
    let error = ended.expect("it ends").expect_err("it cannot go on");
    let said = error.downcast_ref::<Unusable>().expect("only its operator can mend it").to_string();
    assert!(said.contains("DISCORD_TOKEN"), "{said}");
}
