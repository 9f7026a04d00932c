//! The desk alone, at a Discord that follows a script.

use super::*;
use crate::frontend::commands::{Ack, Origin, Plan};
use crate::frontend::incoming::Visible;
use crate::frontend::text::Words;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{patch, post};
use ipc_schema::backend::Caller;
use ipc_schema::vocab::GatewaySession;
use tokio::net::{TcpListener, UnixListener};

/// A Discord that says of a callback what it is told to.
#[derive(Debug)]
struct Scripted {
    /// How long each answer takes. The first callback is taken; of the others that is said.
    slow: Duration,
    /// The answer to every callback instead.
    refusal: Option<(StatusCode, u64)>,
    callbacks: Mutex<usize>,
    edits: Mutex<Vec<Value>>,
    posts: Mutex<Vec<String>>,
}

async fn called_back(State(discord): State<Arc<Scripted>>) -> Response {
    let before = {
        let mut callbacks = discord.callbacks.lock().unwrap();
        *callbacks += 1;
        *callbacks - 1
    };
    sleep(discord.slow).await;
    let refused = |status: StatusCode, code: u64| {
        (status, json!({ "code": code, "message": "no" }).to_string()).into_response()
    };
    match discord.refusal {
        Some((status, code)) => refused(status, code),
        None if before == 0 => StatusCode::NO_CONTENT.into_response(),
        None => refused(StatusCode::BAD_REQUEST, 40060),
    }
}

async fn edited(State(discord): State<Arc<Scripted>>, body: String) -> Response {
    discord.edits.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    "{}".into_response()
}

async fn posted(State(discord): State<Arc<Scripted>>, body: String) -> Response {
    discord.posts.lock().unwrap().push(body);
    json!({ "id": "77", "components": [] }).to_string().into_response()
}

/// A desk between that Discord and a backend of the script.
struct Scene {
    desk: Arc<Desk>,
    discord: Arc<Scripted>,
    asked: Arc<Mutex<Vec<(BackendRequest, usize)>>>,
    _leave: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn open(slow: Duration, refusal: Option<(StatusCode, u64)>) -> Scene {
        drop(rustls::crypto::ring::default_provider().install_default());
        let discord = Arc::new(Scripted {
            slow,
            refusal,
            callbacks: Mutex::default(),
            edits: Mutex::default(),
            posts: Mutex::default(),
        });
        let routes = Router::new()
            .route("/api/v10/interactions/{id}/{token}/callback", post(called_back))
            .route("/api/v10/webhooks/{id}/{token}/messages/@original", patch(edited))
            .route("/api/v10/channels/{id}/messages", post(posted))
            .with_state(Arc::clone(&discord));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, routes).await });

        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("backend.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let mut accepted =
            serve_socket(listener, Hello::new(Role::Backend, Incarnation(1)), &[Role::Frontend]);
        let ours = Hello::new(Role::Frontend, Incarnation(1));
        let (link, mut events) = Link::<BackendProtocol>::start(socket, ours, REQUESTS);
        tokio::spawn(async move { while events.recv().await.is_some() {} });
        let connection = accepted.recv().await.unwrap().open::<BackendCall>();
        let asked = Arc::default();
        tokio::spawn(play_backend(connection, Arc::clone(&asked), Vec::new()));

        let (leave, leaving) = watch::channel(false);
        let desk =
            Desk::new(Rest::new("token", Some(&address)).unwrap(), link, leaving, Shards::ONE).unwrap();
        Scene { desk: Arc::new(desk), discord, asked, _leave: leave, _folder: folder }
    }

    fn joins(&self) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(request, _)| matches!(request, BackendRequest::JoinQueue { .. })).count()
    }

    fn edits(&self) -> Vec<String> {
        self.discord.edits.lock().unwrap().iter().map(ToString::to_string).collect()
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Scripted) -> bool) {
        let waiting = async {
            while !is_so(&self.discord) {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what} in time"));
    }
}

/// A press on Join, so long ago.
fn press(ago: Duration) -> Incoming {
    let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: Some(ChannelId(9)) };
    Incoming {
        id: (clock::now() - ago).to_snowflake(),
        token: "secret".to_owned(),
        application: Id::new(5),
        caller,
        visible: Visible::Stays,
        message: None,
        shown: Vec::new(),
        origin: Origin::Queue,
        ack: Ack::Message,
        plan: Plan::Ask(BackendRequest::JoinQueue { caller }),
    }
}

/// Handles a press of ten seconds ago: the requests that changed something, and the texts that were put where
/// its answer belongs.
async fn handled(slow: Duration, refusal: Option<(StatusCode, u64)>) -> (usize, Vec<String>) {
    let scene = Scene::open(slow, refusal).await;
    let press = press(Duration::from_secs(10));
    timeout(PATIENCE, scene.desk.handle(press)).await.expect("it is handled in time");
    (scene.joins(), scene.edits())
}

#[tokio::test]
async fn an_old_press_is_applied_and_answered_unless_discord_says_that_it_expired() {
    let slow = Duration::from_secs(2);
    let at_once = Duration::ZERO;
    let (taken, acknowledged, unknown, expired) = tokio::join!(
        handled(slow, None),
        handled(slow, Some((StatusCode::BAD_REQUEST, 40060))),
        handled(at_once, Some((StatusCode::BAD_REQUEST, 0))),
        handled(at_once, Some((StatusCode::NOT_FOUND, 10062))),
    );
    let cases = [("taken", taken), ("acknowledged before", acknowledged), ("unknown", unknown)];
    for (what, (applied, texts)) in cases {
        assert_eq!((applied, texts.len()), (1, 1), "{what}: {texts:?}");
        assert!(texts[0].contains("Pick at least one race first"), "{what}: {texts:?}");
    }
    assert_eq!(expired, (0, Vec::new()), "what the player saw fail did nothing");
}

fn begun(session: GatewaySession) -> Arc<Progress> {
    let progress = Arc::<Progress>::default();
    progress.begin(session);
    progress
}

fn session() -> GatewaySession {
    let (id, resume_url) = ("abc".to_owned(), "ws://127.0.0.1:9".to_owned());
    GatewaySession { id, resume_url, sequence: 1, application: 5, refused: Vec::new() }
}

#[tokio::test]
async fn a_press_that_there_was_no_room_for_is_not_done_by_the_next_process_either() {
    let scene = Scene::open(Duration::ZERO, None).await;
    let progress = begun(session());
    // One before it is still open, so it will come again.
    let _earlier = Progress::arrived(&progress, 2);
    let all = u32::try_from(INTERACTIONS).unwrap();
    let full = Arc::clone(&scene.desk.answering).try_acquire_many_owned(all).unwrap();
    Desk::arrived(&scene.desk, press(Duration::ZERO), Progress::arrived(&progress, 3));
    let kept = progress.session().unwrap();
    drop(full);
    scene.until("it is told", |discord| *discord.callbacks.lock().unwrap() == 1).await;

    let next = begun(kept);
    for sequence in [2, 3] {
        Desk::arrived(&scene.desk, press(Duration::from_secs(5)), Progress::arrived(&next, sequence));
    }
    scene
        .until("both are answered", |discord| {
            *discord.callbacks.lock().unwrap() == 3 && discord.edits.lock().unwrap().len() == 1
        })
        .await;
    assert_eq!(scene.joins(), 1, "the other one is done");
}

#[tokio::test]
async fn a_replay_that_there_is_no_room_for_is_told_to_be_not_taken() {
    let scene = Scene::open(Duration::ZERO, None).await;
    let all = u32::try_from(MESSAGES).unwrap();
    let _full = Arc::clone(&scene.desk.listening).try_acquire_many_owned(all).unwrap();
    let file = json!({ "id": "44", "filename": "game.SC2Replay", "size": 3, "url": "http://cdn/game",
        "proxy_url": "http://cdn/game" });
    let message = json!({
        "id": "5", "channel_id": "9", "type": 0, "content": "", "embeds": [], "components": [],
        "attachments": [file], "flags": 0, "timestamp": "2026-11-22T08:00:00.000000+00:00",
        "edited_timestamp": null, "mentions": [], "mention_roles": [], "mention_everyone": false,
        "pinned": false, "tts": false,
        "author": { "id": "7", "username": "ana", "discriminator": "0", "global_name": null, "avatar": null },
    });
    let progress = begun(session());
    let ticket = Progress::arrived(&progress, 2);
    Desk::heard(&scene.desk, serde_json::from_value(message).unwrap(), ticket);
    scene.until("it is told", |discord| !discord.posts.lock().unwrap().is_empty()).await;
    let told = Words::of(Locale::EnUs).with("upload-not-taken", &[("files", 1.into())]);
    let posts = scene.discord.posts.lock().unwrap();
    let post: Value = serde_json::from_str(&posts[0]).unwrap();
    assert_eq!(post["components"][0]["components"][0]["content"], json!(told));
}
