//! Calls to Discord, in two classes that share nothing but the breaker.
//!
//! *Callbacks* acknowledge interactions. They have three seconds and no limit at Discord, so they go
//! through a plain HTTP client: twilight's limiter would send them one at a time, and without its
//! limiter twilight repeats a 429 at once, tens of thousands of times a second.
//! Everything else waits in one [`Line`], which keeps to Discord's limits and to what is urgent. It is
//! sent by a second plain client: twilight's would repeat a global 429 and one of Discord's front door
//! without waiting, for ever, and show neither. Of twilight there are routes, requests and models.
//!
//! Every call ends in time, the wait in line included. Only what a 429 refused, which did nothing, is
//! repeated here; of all else the caller knows whether that is wise.

use super::breaker::{Breaker, Counted};
use super::line::Line;
use super::reply::{Attachment, Body, text_of};
use super::schedule::{Call, Lane, Scope, Told};
use crate::clock;
use crate::telemetry::latency::Latency;
use anyhow::Context as _;
use bytes::Bytes;
use ipc_schema::ids::{ChannelId, GuildId, MessageId, UserId};
use ipc_schema::view::Urgency;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::multipart;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout_at;
use twilight_http::error::Error;
use twilight_http::request::{Form, Method, Request, RequestBuilder};
use twilight_http::routing::Route;
use twilight_model::application::command::Command;
use twilight_model::channel::Message;
use twilight_model::channel::message::Component;
use twilight_model::gateway::connection_info::BotConnectionInfo;
use twilight_model::http::interaction::{InteractionResponseData, InteractionResponseType};
use twilight_model::id::Id;
use twilight_model::id::marker::{ApplicationMarker, GenericMarker};

/// A callback has 3 s at Discord; the rest is for the way back and for one more attempt.
pub const CALLBACK_LIMIT: Duration = Duration::from_millis(2500);

/// One attempt at a callback at most. Whoever makes it bounds it more closely.
const CALLBACK_ATTEMPT_LIMIT: Duration = Duration::from_secs(5);

/// Sending a message or an edit, waiting in line included.
const MESSAGE_LIMIT: Duration = Duration::from_secs(20);

/// One attempt at it.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);

/// Commands are read and written once in a process's life.
const COMMANDS_LIMIT: Duration = Duration::from_secs(30);

/// What a 429 that says nothing of its length is taken for.
const UNTOLD_WAIT: Duration = Duration::from_secs(5);

/// Discord does not say how long one who opened DMs too fast has to wait.
const DM_WAIT: Duration = Duration::from_secs(30);

/// A longer wait is cut to this: nobody can tell what will be in a day.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

const USER_AGENT: &str = concat!("DiscordBot (evoladder, ", env!("CARGO_PKG_VERSION"), ")");

/// Discord's number for the kind of channel.
const PRIVATE_THREAD: u8 = 12;

/// Without a message for so long Discord archives a thread by itself; a match is over long before.
const ARCHIVED_AFTER_MINUTES: u16 = 1440;

/// Codes of Discord's JSON errors.
pub mod code {
    pub const UNKNOWN_INTERACTION: u64 = 10062;
    pub const UNKNOWN_MESSAGE: u64 = 10008;
    pub const UNKNOWN_WEBHOOK: u64 = 10015;
    pub const ALREADY_ACKNOWLEDGED: u64 = 40060;
    pub const UNKNOWN_CHANNEL: u64 = 10003;
    pub const UNKNOWN_USER: u64 = 10013;
    pub const MISSING_ACCESS: u64 = 50001;
    pub const NOT_ITS_AUTHOR: u64 = 50005;
    pub const EMPTY_MESSAGE: u64 = 50006;
    pub const INVALID_FORM: u64 = 50035;
    pub const CANNOT_MESSAGE_USER: u64 = 50007;
    pub const MISSING_PERMISSIONS: u64 = 50013;
    pub const WRONG_CHANNEL_KIND: u64 = 50024;
    pub const THREAD_ARCHIVED: u64 = 50083;
    pub const TOO_MANY_THREADS: u64 = 160_006;
    pub const NO_MUTUAL_GUILD: u64 = 50278;
    /// A 403 that waiting ends, and that asking again makes worse.
    pub const OPENING_DMS_TOO_FAST: u64 = 40003;
    /// Of a message older than an hour. It comes as a 429 that no waiting ends.
    pub const TOO_MANY_EDITS_OF_OLD_MESSAGE: u64 = 30046;
}

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// Discord says no.
    #[error("discord answered {status} with code {code}: {message}")]
    Refused { status: u16, code: u64, message: String },
    #[error("discord limits us")]
    Limited,
    #[error("no answer in time")]
    TimedOut,
    /// Too many failures lately; nothing was sent.
    #[error("the breaker is open")]
    BreakerOpen,
    #[error("call failed")]
    Transport(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl RestError {
    pub fn code(&self) -> Option<u64> {
        match self {
            RestError::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What Discord answered, if it did.
    pub fn status(&self) -> Option<u16> {
        match self {
            RestError::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            RestError::Refused { status, .. } => *status >= 500,
            RestError::Limited | RestError::TimedOut | RestError::BreakerOpen | RestError::Transport(_) => {
                true
            }
        }
    }
}

#[derive(Debug)]
pub struct Rest {
    line: Line,
    bulk: reqwest::Client,
    callbacks: reqwest::Client,
    authorization: HeaderValue,
    /// `https://discord.com` or the emulator.
    base: String,
    breaker: Mutex<Breaker>,
    calls: AtomicU64,
    counted: AtomicU64,
    limited: AtomicU64,
    /// From sending a call to its whole answer.
    took: Latency,
}

/// How the calls go, for the gauges.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// All so far.
    pub calls: u64,
    /// Those of them that are of Discord's 50 a second.
    pub counted: u64,
    /// Answers of 429 so far.
    pub limited: u64,
    /// Calls in line at the moment.
    pub waiting: u64,
    /// What Discord counts before it bans an address, of the last ten minutes.
    pub failures: u64,
    /// Whether the breaker is open.
    pub is_open: bool,
}

/// Whether people may write in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thread {
    Open,
    /// Archived and locked.
    Closed,
}

/// A thread that is not archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveThread {
    pub id: ChannelId,
    pub parent: ChannelId,
    /// Who made it.
    pub owner: UserId,
    pub name: String,
    pub is_private: bool,
}

impl ActiveThread {
    fn of(found: FoundThread) -> Option<ActiveThread> {
        let FoundThread { id, parent_id, owner_id, name, kind } = found;
        let (parent, owner) = (ChannelId(parent_id?.get()), UserId(owner_id?.get()));
        Some(ActiveThread {
            id: ChannelId(id.get()),
            parent,
            owner,
            name: name?,
            is_private: kind == PRIVATE_THREAD,
        })
    }
}

#[derive(Debug, Deserialize)]
struct ActiveThreads {
    threads: Vec<FoundThread>,
}

/// Of a thread what it is known by. What else Discord says of it may be new to this build.
#[derive(Debug, Deserialize)]
struct FoundThread {
    id: Id<GenericMarker>,
    parent_id: Option<Id<GenericMarker>>,
    owner_id: Option<Id<GenericMarker>>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: u8,
}

/// What Discord made, of which nothing but the number matters.
#[derive(Debug, Deserialize)]
struct Numbered {
    id: Id<GenericMarker>,
}

/// A message of the bot's, as Discord answers a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub id: MessageId,
    /// What it shows, as [`Body::text`] has it; None if this build cannot read it, which does not undo the post.
    pub text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct AnsweredPost {
    id: Id<GenericMarker>,
    #[serde(default)]
    components: Value,
}

impl Posted {
    fn of(AnsweredPost { id, components }: AnsweredPost) -> Posted {
        let components: Option<Vec<Component>> = serde_json::from_value(components).ok();
        Posted { id: MessageId(id.get()), text: components.map(|components| text_of(&components)) }
    }
}

/// The first answer to an interaction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Callback {
    #[serde(rename = "type")]
    pub kind: InteractionResponseType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<CallbackData>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CallbackData {
    Message(Box<Body>),
    /// A modal, suggestions, or who will see the message that follows.
    Other(Box<InteractionResponseData>),
}

/// Whether Discord is to say which message a callback made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Unasked,
    Asked,
}

/// What Discord says of a callback where it was asked.
#[derive(Debug, Deserialize)]
struct CallbackTaken {
    resource: Option<CallbackResource>,
}

#[derive(Debug, Deserialize)]
struct CallbackResource {
    message: Option<Numbered>,
}

impl CallbackTaken {
    fn message(self) -> Option<MessageId> {
        let Numbered { id } = self.resource?.message?;
        Some(MessageId(id.get()))
    }
}

impl Callback {
    /// What its files take.
    pub fn file_bytes(&self) -> usize {
        self.files().iter().map(|file| file.bytes.len()).sum()
    }

    fn files(&self) -> &[Attachment] {
        match &self.data {
            Some(CallbackData::Message(body)) => body.files(),
            Some(CallbackData::Other(_)) | None => &[],
        }
    }
}

/// A call that Discord refused, as JSON.
#[derive(Debug, Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    code: u64,
    #[serde(default)]
    message: String,
    /// In seconds, of a 429.
    retry_after: Option<f64>,
    #[serde(default)]
    global: bool,
}

/// A whole answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Rest {
    /// `proxy` is host and port of a Discord that speaks plain HTTP. Needs a runtime, for the line.
    pub fn new(token: &str, proxy: Option<&str>) -> anyhow::Result<Rest> {
        let base = match proxy {
            Some(proxy) => format!("http://{proxy}"),
            None => "https://discord.com".to_owned(),
        };
        let mut authorization = HeaderValue::try_from(format!("Bot {token}"))
            .context("DISCORD_TOKEN has strange letters in it")?;
        authorization.set_sensitive(true);
        let client = || reqwest::Client::builder().user_agent(USER_AGENT).no_proxy();
        Ok(Rest {
            line: Line::start(),
            bulk: client().timeout(ATTEMPT_LIMIT).build()?,
            callbacks: client().timeout(CALLBACK_ATTEMPT_LIMIT).build()?,
            authorization,
            base,
            breaker: Mutex::default(),
            calls: AtomicU64::new(0),
            counted: AtomicU64::new(0),
            limited: AtomicU64::new(0),
            took: Latency::new("discord"),
        })
    }

    pub fn counts(&self) -> Counts {
        let now = clock::now();
        let (failures, is_open) = {
            let mut breaker = self.breaker();
            (breaker.failures(now), breaker.is_open(now))
        };
        let [calls, counted, limited] =
            [&self.calls, &self.counted, &self.limited].map(|count| count.load(Ordering::Relaxed));
        Counts { calls, counted, limited, waiting: self.line.waiting(), failures, is_open }
    }

    pub fn latency(&self) -> &Latency {
        &self.took
    }

    pub fn breaker_is_open(&self) -> bool {
        self.breaker().is_open(clock::now())
    }

    /// A message as urgent as this waits for a call to that channel, which waits in line.
    pub fn hurry(&self, channel: ChannelId, urgency: Urgency) {
        self.line.hurry(Lane::Of(format!("channels/{channel}")), urgency);
    }

    /// The first answer to an interaction, and the message that it made where that is asked for.
    pub async fn callback(
        &self,
        interaction: u64,
        token: &str,
        callback: &Callback,
        made: Made,
    ) -> Result<Option<MessageId>, RestError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let query = match made {
            Made::Unasked => "",
            Made::Asked => "?with_response=true",
        };
        let url = format!("{}/api/v10/interactions/{interaction}/{token}/callback{query}", self.base);
        // The link holds the interaction's token, which no log shall have.
        let failed = |error: reqwest::Error| {
            if error.is_timeout() {
                RestError::TimedOut
            } else {
                RestError::Transport(Box::new(error.without_url()))
            }
        };
        let request = self.callbacks.post(url);
        let request = match callback.files() {
            [] => request.json(callback),
            files => request.multipart(callback_form(callback, files)?),
        };
        let began = clock::instant();
        let sent = request.send().await.map_err(failed)?;
        self.took.took(began.elapsed());
        let status = sent.status().as_u16();
        if sent.status().is_success() {
            return Ok(match made {
                Made::Unasked => None,
                // It was taken, whatever becomes of the rest of the answer.
                Made::Asked => sent.json().await.ok().and_then(CallbackTaken::message),
            });
        }
        self.count(status);
        if status == 429 {
            self.limited.fetch_add(1, Ordering::Relaxed);
            return Err(RestError::Limited);
        }
        let body: ErrorBody = sent.json().await.unwrap_or_default();
        Err(RestError::Refused { status, code: body.code, message: body.message })
    }

    /// Edits the answer to an interaction, or the message it came from, and says which message that is.
    pub async fn edit_answer(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        body: &Body,
    ) -> Result<Option<MessageId>, RestError> {
        let route =
            Route::UpdateInteractionOriginal { application_id: application.get(), interaction_token: token };
        let request = with_body(Request::builder(&route).use_authorization_token(false), body)?;
        // Outside the bot's limit, so it overtakes nobody.
        let edited = self.bytes(request.build(), Urgency::Match, MESSAGE_LIMIT).await?;
        Ok(serde_json::from_slice(&edited).ok().map(|Numbered { id }| MessageId(id.get())))
    }

    pub async fn open_dm(&self, urgency: Urgency, user: UserId) -> Result<ChannelId, RestError> {
        let body = serde_json::json!({ "recipient_id": user.to_string() });
        let request = Request::builder(&Route::CreatePrivateChannel).json(&body);
        let channel: Numbered = self.read(request.build(), urgency, MESSAGE_LIMIT).await?;
        Ok(ChannelId(channel.id.get()))
    }

    /// Posts a message; with a nonce in `body` a second post within minutes answers with the first.
    pub async fn post(&self, urgency: Urgency, channel: ChannelId, body: &Body) -> Result<Posted, RestError> {
        let request = with_body(Request::builder(&Route::CreateMessage { channel_id: channel.0 }), body)?;
        self.read(request.build(), urgency, MESSAGE_LIMIT).await.map(Posted::of)
    }

    pub async fn edit(
        &self,
        urgency: Urgency,
        channel: ChannelId,
        message: MessageId,
        body: &Body,
    ) -> Result<(), RestError> {
        let route = Route::UpdateMessage { channel_id: channel.0, message_id: message.0 };
        self.send(with_body(Request::builder(&route), body)?.build(), urgency, MESSAGE_LIMIT).await
    }

    /// Deletes a message of the bot.
    pub async fn delete(
        &self,
        urgency: Urgency,
        channel: ChannelId,
        message: MessageId,
    ) -> Result<(), RestError> {
        let route = Route::DeleteMessage { channel_id: channel.0, message_id: message.0 };
        self.send(Request::builder(&route).build(), urgency, MESSAGE_LIMIT).await
    }

    /// Threads of a server that are not archived, private ones of this application among them.
    pub async fn active_threads(&self, guild: GuildId) -> Result<Vec<ActiveThread>, RestError> {
        let request = Request::builder(&Route::GetActiveThreads { guild_id: guild.0 });
        let found: ActiveThreads = self.read(request.build(), Urgency::Answer, MESSAGE_LIMIT).await?;
        Ok(found.threads.into_iter().filter_map(ActiveThread::of).collect())
    }

    /// Makes a private thread into which only this application lets people.
    pub async fn create_thread(&self, parent: ChannelId, name: &str) -> Result<ChannelId, RestError> {
        let body = serde_json::json!({
            "name": name,
            "type": PRIVATE_THREAD,
            "invitable": false,
            "auto_archive_duration": ARCHIVED_AFTER_MINUTES,
        });
        let request = Request::builder(&Route::CreateThread { channel_id: parent.0 }).json(&body);
        let thread: Numbered = self.read(request.build(), Urgency::Answer, MESSAGE_LIMIT).await?;
        Ok(ChannelId(thread.id.get()))
    }

    /// Who is in it already stays in it.
    pub async fn add_to_thread(&self, thread: ChannelId, user: UserId) -> Result<(), RestError> {
        let route = Route::AddThreadMember { channel_id: thread.0, user_id: user.0 };
        self.send(Request::builder(&route).build(), Urgency::Answer, MESSAGE_LIMIT).await
    }

    pub async fn set_thread(&self, thread: ChannelId, to: Thread) -> Result<(), RestError> {
        let closed = to == Thread::Closed;
        let body = serde_json::json!({ "archived": closed, "locked": closed });
        let request = Request::builder(&Route::UpdateChannel { channel_id: thread.0 }).json(&body);
        self.send(request.build(), Urgency::Answer, MESSAGE_LIMIT).await
    }

    /// The newest messages of a channel, newest first, without any that this build cannot read.
    pub async fn messages(&self, channel: ChannelId, limit: u16) -> Result<Vec<Message>, RestError> {
        let route = Route::GetMessages {
            after: None,
            around: None,
            before: None,
            channel_id: channel.0,
            limit: Some(limit),
        };
        let request = Request::builder(&route).build();
        let found: Vec<Value> = self.read(request, Urgency::Answer, MESSAGE_LIMIT).await?;
        let message = |found| {
            serde_json::from_value(found).inspect_err(|error| {
                tracing::warn!(channel = channel.0, "a message could not be read: {error}");
            })
        };
        Ok(found.into_iter().filter_map(|found| message(found).ok()).collect())
    }

    /// Where the gateway is, and how many sessions may still begin today.
    pub async fn gateway(&self) -> Result<BotConnectionInfo, RestError> {
        self.read(Request::builder(&Route::GetGatewayBot).build(), Urgency::Match, MESSAGE_LIMIT).await
    }

    /// The bot's own account.
    pub async fn own_account(&self) -> Result<UserId, RestError> {
        let request = Request::builder(&Route::GetCurrentUser).build();
        let account: Numbered = self.read(request, Urgency::Answer, MESSAGE_LIMIT).await?;
        Ok(UserId(account.id.get()))
    }

    /// Whatever is at `path`, such as `applications/@me`.
    pub async fn look_up(&self, path: &str) -> Result<Value, RestError> {
        let request = RequestBuilder::raw(Method::Get, path.to_owned()).build();
        self.read(request, Urgency::Answer, MESSAGE_LIMIT).await
    }

    pub async fn commands(&self, application: Id<ApplicationMarker>) -> Result<Vec<Command>, RestError> {
        let application_id = application.get();
        let route = Route::GetGlobalCommands { application_id, with_localizations: Some(true) };
        self.read(Request::builder(&route).build(), Urgency::Answer, COMMANDS_LIMIT).await
    }

    pub async fn set_commands(
        &self,
        application: Id<ApplicationMarker>,
        commands: &[Command],
    ) -> Result<(), RestError> {
        let route = Route::SetGlobalCommands { application_id: application.get() };
        self.send(Request::builder(&route).json(&commands).build(), Urgency::Answer, COMMANDS_LIMIT).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        request: Result<Request, Error>,
        urgency: Urgency,
        limit: Duration,
    ) -> Result<T, RestError> {
        let bytes = self.bytes(request, urgency, limit).await?;
        serde_json::from_slice(&bytes).map_err(|error| RestError::Transport(Box::new(error)))
    }

    async fn send(
        &self,
        request: Result<Request, Error>,
        urgency: Urgency,
        limit: Duration,
    ) -> Result<(), RestError> {
        self.bytes(request, urgency, limit).await.map(drop)
    }

    /// What Discord answers to a call that it takes.
    async fn bytes(
        &self,
        request: Result<Request, Error>,
        urgency: Urgency,
        limit: Duration,
    ) -> Result<Bytes, RestError> {
        let request = request.map_err(|error| RestError::Transport(Box::new(error)))?;
        if self.breaker_is_open() {
            return Err(RestError::BreakerOpen);
        }
        let until = clock::instant() + limit;
        let call = call_of(&request, urgency);
        let counts = u64::from(call.counts);
        let mut turn = self.line.turn(call, until).await.map_err(|_| RestError::TimedOut)?;
        loop {
            if self.breaker_is_open() {
                return Err(RestError::BreakerOpen);
            }
            self.counted.fetch_add(counts, Ordering::Relaxed);
            let answer = timeout_at(until.into(), self.send_once(&request)).await;
            let Answer { status, headers, body } = answer.unwrap_or(Err(RestError::TimedOut))?;
            if (200..300).contains(&status) {
                turn.ended(told_by(&headers));
                return Ok(body);
            }
            let refused: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
            let (scope, wait) = match (status, refused.code) {
                (_, code::OPENING_DMS_TOO_FAST) => (Scope::Bucket, DM_WAIT),
                (429, known) if known != code::TOO_MANY_EDITS_OF_OLD_MESSAGE => limit_of(&headers, &refused),
                _ => {
                    turn.ended(told_by(&headers));
                    self.count(status);
                    return Err(RestError::Refused { status, code: refused.code, message: refused.message });
                }
            };
            self.limited.fetch_add(1, Ordering::Relaxed);
            // A limit shared with other bots is none of this one's doing.
            if header(&headers, SCOPE) != Some("shared") {
                self.count(status);
            }
            tracing::info!(path = shown(&request), ?scope, ?wait, "discord limits us");
            turn = turn.again(scope, wait, until).await.map_err(|_| RestError::Limited)?;
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, RestError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        // The link of an answer holds the interaction's token, which no log shall have.
        let failed = |error: reqwest::Error| {
            if error.is_timeout() {
                RestError::TimedOut
            } else {
                RestError::Transport(Box::new(error.without_url()))
            }
        };
        let method = match request.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            // The enum is open; there is no sixth that Discord takes.
            _ => reqwest::Method::DELETE,
        };
        let mut call = self.bulk.request(method, format!("{}/api/v10/{}", self.base, request.path()));
        if request.use_authorization_token() {
            call = call.header(AUTHORIZATION, self.authorization.clone());
        }
        if let Some(headers) = request.headers() {
            call = call.headers(headers.clone());
        }
        if let Some(form) = request.form() {
            call = call.header(CONTENT_TYPE, form.content_type()).body(form.clone().build());
        } else if let Some(body) = request.body() {
            call = call.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        } else if request.method() != Method::Get {
            // Discord refuses a request that may have a body and does not say how long it is.
            call = call.header(CONTENT_LENGTH, 0);
        }
        let began = clock::instant();
        let answer = call.send().await.map_err(failed)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.map_err(failed)?;
        self.took.took(began.elapsed());
        tracing::debug!(path = shown(request), status, "discord answered");
        Ok(Answer { status, headers, body })
    }

    /// Counts what Discord counts before it bans an address.
    fn count(&self, status: u16) {
        if !matches!(status, 401 | 403 | 429) {
            return;
        }
        if self.breaker().failed(clock::now()) == Counted::Opened {
            tracing::error!("discord refused too many calls in ten minutes; only acknowledgements go on");
        }
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a message, and with it the files that it brings.
fn with_body(request: RequestBuilder, body: &Body) -> Result<RequestBuilder, RestError> {
    if body.files().is_empty() {
        return Ok(request.json(body));
    }
    let json = serde_json::to_vec(body).map_err(|error| RestError::Transport(Box::new(error)))?;
    let form = body.files().iter().fold(Form::new().json_part(b"payload_json", &json), |form, file| {
        form.file_part(part_of(file).as_bytes(), file.filename.as_bytes(), &file.bytes)
    });
    Ok(request.form(form))
}

fn callback_form(callback: &Callback, files: &[Attachment]) -> Result<multipart::Form, RestError> {
    let json = serde_json::to_string(callback).map_err(|error| RestError::Transport(Box::new(error)))?;
    let json = multipart::Part::text(json).mime_str("application/json");
    let json = json.map_err(|error| RestError::Transport(Box::new(error)))?;
    let form = multipart::Form::new().part("payload_json", json);
    Ok(files.iter().fold(form, |form, file| {
        let bytes = multipart::Part::stream_with_length(file.bytes.clone(), file.bytes.len() as u64);
        form.part(part_of(file), bytes.file_name(file.filename.clone()))
    }))
}

/// The part of a form that has the file, as Discord finds it.
fn part_of(file: &Attachment) -> String {
    format!("files[{}]", file.id)
}

const SCOPE: &str = "x-ratelimit-scope";

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Where a call waits, and with which others Discord counts it.
fn call_of(request: &Request, urgency: Urgency) -> Call {
    let path = request.path().split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let major = match parts[..] {
        ["channels" | "guilds", _, ..] => 2,
        // With the token of the interaction.
        ["webhooks", _, _, ..] => 3,
        _ => 0,
    };
    let lane = if major == 0 { Lane::Own } else { Lane::Of(parts[..major].join("/")) };
    let is_id = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut bucket = request.method().name().to_owned();
    for (at, part) in parts.iter().enumerate() {
        bucket.push('/');
        bucket.push_str(if at >= major && is_id(part) { "id" } else { part });
    }
    Call { lane, bucket, urgency, counts: parts[0] != "webhooks" }
}

/// What is left of the call's bucket.
fn told_by(headers: &HeaderMap) -> Told {
    let remaining = header(headers, "x-ratelimit-remaining").and_then(|text| text.parse().ok());
    let reset_after =
        header(headers, "x-ratelimit-reset-after").and_then(seconds).map(|told| told.min(LONGEST_WAIT));
    match (remaining, reset_after) {
        (Some(remaining), Some(reset_after)) => Told::Left { remaining, reset_after },
        _ => Told::Nothing,
    }
}

/// Who has to wait after a 429, and how long.
fn limit_of(headers: &HeaderMap, body: &ErrorBody) -> (Scope, Duration) {
    let in_header = header(headers, RETRY_AFTER.as_str()).and_then(seconds);
    // The body has fractions of seconds, the header is rounded up.
    let told = body.retry_after.and_then(whole).or(in_header);
    let scope = match header(headers, SCOPE) {
        Some("global") => Scope::Bot,
        _ if body.global || headers.contains_key("x-ratelimit-global") => Scope::Bot,
        Some(_) => Scope::Bucket,
        None if body.retry_after.is_some() => Scope::Bucket,
        None => Scope::Address,
    };
    (scope, told.unwrap_or(UNTOLD_WAIT).min(LONGEST_WAIT))
}

fn seconds(text: &str) -> Option<Duration> {
    whole(text.parse().ok()?)
}

fn whole(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// A path without the tokens that may be in it.
fn shown(request: &Request) -> &str {
    let path = request.path();
    if path.starts_with("webhooks/") { "webhooks" } else { path }
}

#[cfg(test)]
mod tests;
