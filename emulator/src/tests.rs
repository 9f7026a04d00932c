//! The emulator as its clients meet it: twilight as the bot, plain HTTP as the users.
#![expect(clippy::needless_pass_by_value, reason = "tables of bodies read better without ampersands")]

mod bot;
mod forms;
mod guild;
mod lives;
mod people;
mod shards;
mod troubles;
mod wire;

use std::sync::Once;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use twilight_gateway::{ConfigBuilder, EventTypeFlags, Intents, Shard, ShardId, StreamExt as _};
use twilight_model::application::interaction::Interaction;
use twilight_model::gateway::event::Event;
use twilight_model::id::Id;
use twilight_model::id::marker::{ApplicationMarker, ChannelMarker};

use crate::{Config, Emulator, Stats};

const TOKEN: &str = "the-token";

/// What never takes long here, unless it never happens.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running emulator with a bot's and a person's means to reach it.
struct Bench {
    address: String,
    stats: Stats,
    _like_discord: LikeDiscord,
    /// The limiter of twilight is off: what is tested is the emulator's.
    bot: twilight_http::Client,
    http: reqwest::Client,
    running: tokio::task::JoinHandle<Result<(), crate::Error>>,
    stop: tokio::sync::oneshot::Sender<()>,
}

/// Sees at the end of a test that every answer was as Discord describes its API, where that is at hand.
struct LikeDiscord(Stats);

impl Drop for LikeDiscord {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let report = self.0.read();
            assert_eq!(report.unlike_discord, 0, "the last of them: {}", report.last_unlike_discord);
        }
    }
}

async fn start() -> Bench {
    start_with(|_| {}).await
}

async fn start_with(change: impl FnOnce(&mut Config)) -> Bench {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
    });
    let mut config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        seed: 7,
        token: TOKEN.to_owned(),
        answer_within: crate::ANSWER_WITHIN,
        state: None,
    };
    change(&mut config);
    let mut emulator = Emulator::bind(config).await.unwrap();
    if let Some(document) = spec() {
        emulator.hold_against(&document).unwrap();
    }
    let address = emulator.local_addr().to_string();
    let stats = emulator.stats();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let running = tokio::spawn(emulator.run(async { drop(stopped.await) }));
    let bot = twilight_http::Client::builder()
        .proxy(address.clone(), true)
        .ratelimiter(None)
        .token(TOKEN.to_owned())
        .build();
    let _like_discord = LikeDiscord(stats.clone());
    Bench { address, stats, _like_discord, bot, http: reqwest::Client::new(), running, stop }
}

/// Discord's description of its API, if it lies beside the checkout.
fn spec() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("EVOLADDER_DISCORD_SPEC").map(std::path::PathBuf::from);
    let beside = || {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/discord-openapi.json");
        root.exists().then_some(root)
    };
    named.or_else(beside)
}

struct Person {
    id: String,
    dm: Id<ChannelMarker>,
}

/// An answer to a raw request.
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Bench {
    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// A request as the bot, without twilight's own checks.
    async fn raw(&self, method: &str, path: &str, body: &Value) -> Answer {
        let url = format!("http://{}/api/v10/{path}", self.address);
        let request = self.http.request(method.parse().unwrap(), url);
        self.send(request.header("authorization", format!("Bot {TOKEN}")).json(body)).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/emulator/{path}", self.address)
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.http.post(self.url(path)).json(body)).await
    }

    async fn get(&self, path: &str) -> Value {
        self.send(self.http.get(self.url(path))).await.body
    }

    async fn person(&self, name: &str) -> Person {
        let answer = self.post("users", &json!({"name": name, "locale": "ko"})).await;
        let field = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        Person { id: field("id"), dm: field("dm_channel_id").parse().unwrap() }
    }

    /// What a person does; it must be possible.
    async fn does(&self, person: &Person, action: &str, body: Value) -> String {
        let answer = self.post(&format!("users/{}/{action}", person.id), &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = answer.body.get("interaction_id").or_else(|| answer.body.get("message_id"));
        id.unwrap().as_str().unwrap().to_owned()
    }

    /// What a person's client does not allow; returns its sentence.
    async fn cannot(&self, person: &Person, action: &str, body: Value) -> String {
        let answer = self.post(&format!("users/{}/{action}", person.id), &body).await;
        assert!(matches!(answer.status, 400 | 404), "{}: {}", answer.status, answer.body);
        answer.body["error"].as_str().unwrap().to_owned()
    }

    async fn application(&self) -> Id<ApplicationMarker> {
        self.bot.current_user_application().await.unwrap().model().await.unwrap().id
    }

    async fn register(&self, commands: Value) {
        let application = self.application().await;
        let answer = self.raw("PUT", &format!("applications/{application}/commands"), &commands).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// A shard that has read READY.
    async fn shard(&self) -> Shard {
        self.shard_with(Intents::DIRECT_MESSAGES).await
    }

    async fn shard_with(&self, intents: Intents) -> Shard {
        let config =
            ConfigBuilder::new(TOKEN.to_owned(), intents).proxy_url(format!("ws://{}", self.address)).build();
        let mut shard = Shard::with_config(ShardId::ONE, config);
        next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
        shard
    }

    /// Answers an interaction; the callback must be accepted.
    async fn call_back(&self, interaction: &Interaction, body: Value) {
        let answer = self.try_call_back(interaction, body).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    async fn try_call_back(&self, interaction: &Interaction, body: Value) -> Answer {
        let path = format!("interactions/{}/{}/callback", interaction.id, interaction.token);
        self.raw("POST", &path, &body).await
    }

    async fn watch(&self, after: u64) -> Watcher {
        let response = self.http.get(self.url(&format!("events?after={after}"))).send().await.unwrap();
        let chunks = response.bytes_stream().map(|chunk| chunk.unwrap().to_vec());
        Watcher { chunks: Box::pin(chunks), unread: Vec::new() }
    }
}

/// Reads what the users see.
struct Watcher {
    chunks: std::pin::Pin<Box<dyn futures_util::Stream<Item = Vec<u8>>>>,
    unread: Vec<u8>,
}

impl Watcher {
    async fn line(&mut self) -> Value {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return serde_json::from_slice(&line).unwrap();
            }
            let chunk = tokio::time::timeout(PATIENCE, self.chunks.next()).await.expect("nothing seen");
            self.unread.extend(chunk.expect("the stream never ends"));
        }
    }

    /// The next event, which must be of this kind.
    async fn sees(&mut self, kind: &str) -> Value {
        let line = self.line().await;
        assert_eq!(line["kind"], kind, "{line}");
        line
    }
}

/// The first event that `pick` wants. Everything on the way must parse.
async fn next<T>(shard: &mut Shard, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let wanted = async {
        loop {
            let event = shard.next_event(EventTypeFlags::all()).await.expect("the shard goes on");
            match event {
                Ok(event) => {
                    if let Some(picked) = pick(event) {
                        return picked;
                    }
                }
                Err(error) => {
                    let cause = format!("{error:?}");
                    assert!(!cause.contains("Deserializing"), "twilight cannot read it: {cause}");
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, wanted).await.expect("the event never came")
}

async fn next_interaction(shard: &mut Shard) -> Interaction {
    next(shard, |event| match event {
        Event::InteractionCreate(interaction) => Some(interaction.0),
        _ => None,
    })
    .await
}

/// The code of Discord's that a twilight request failed with.
fn code_of(error: &twilight_http::Error) -> u64 {
    match error.kind() {
        twilight_http::error::ErrorType::Response {
            error: twilight_http::api_error::ApiError::General(error),
            ..
        } => error.code,
        other => panic!("{other:?}"),
    }
}

fn row(components: Value) -> Value {
    json!({"type": 1, "components": components})
}

fn button(custom_id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "Press", "custom_id": custom_id})
}
