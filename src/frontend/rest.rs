//! Calls to Discord, in two classes that share nothing but the breaker.
//!
//! *Callbacks* acknowledge interactions. They have three seconds and no limit at Discord, so they go
//! through a plain HTTP client: twilight's limiter would send them one at a time, and without its
//! limiter twilight repeats a 429 at once, tens of thousands of times a second.
//! Everything else is *bulk* and goes through twilight with its limiter.
//!
//! Every call ends in time, and none is repeated here: the caller knows whether that is wise.

use super::breaker::{Breaker, Counted};
use super::reply::{Attachment, Body};
use crate::clock;
use ipc_schema::ids::{ChannelId, MessageId, UserId};
use reqwest::multipart;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use twilight_http::Client;
use twilight_http::api_error::ApiError;
use twilight_http::error::{Error, ErrorType};
use twilight_http::request::{Form, Request, RequestBuilder};
use twilight_http::routing::Route;
use twilight_model::application::command::Command;
use twilight_model::channel::{Channel, Message};
use twilight_model::http::interaction::{InteractionResponseData, InteractionResponseType};
use twilight_model::id::Id;
use twilight_model::id::marker::ApplicationMarker;

/// A callback has 3 s at Discord; the rest is for the way back and for one more attempt.
pub const CALLBACK_LIMIT: Duration = Duration::from_millis(2500);

/// Sending a message or an edit, waiting for the limiter included.
const MESSAGE_LIMIT: Duration = Duration::from_secs(20);

/// Commands are read and written once in a process's life.
const COMMANDS_LIMIT: Duration = Duration::from_secs(30);

/// How often twilight may send one call: it repeats a 429 by itself, and some without waiting.
const SENDS_PER_CALL: u32 = 3;

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
    pub const NO_MUTUAL_GUILD: u64 = 50278;
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
    bulk: Client,
    callbacks: reqwest::Client,
    /// `https://discord.com` or the emulator.
    base: String,
    breaker: Arc<Mutex<Breaker>>,
    calls: AtomicU64,
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

impl Callback {
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
}

impl Rest {
    /// `proxy` is host and port of a Discord that speaks plain HTTP.
    pub fn new(token: &str, proxy: Option<&str>) -> anyhow::Result<Rest> {
        let mut bulk = Client::builder().token(token.to_owned()).timeout(MESSAGE_LIMIT);
        let base = match proxy {
            Some(proxy) => {
                bulk = bulk.proxy(proxy.to_owned(), true);
                format!("http://{proxy}")
            }
            None => "https://discord.com".to_owned(),
        };
        let callbacks = reqwest::Client::builder()
            .user_agent(concat!("DiscordBot (evoladder, ", env!("CARGO_PKG_VERSION"), ")"))
            .no_proxy()
            .timeout(CALLBACK_LIMIT)
            .build()?;
        Ok(Rest { bulk: bulk.build(), callbacks, base, breaker: Arc::default(), calls: AtomicU64::new(0) })
    }

    /// Calls so far, for the gauge.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub fn breaker_is_open(&self) -> bool {
        lock(&self.breaker).is_open(clock::now())
    }

    /// The first answer to an interaction.
    pub async fn callback(
        &self,
        interaction: u64,
        token: &str,
        callback: &Callback,
    ) -> Result<(), RestError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let url = format!("{}/api/v10/interactions/{interaction}/{token}/callback", self.base);
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
        let sent = request.send().await.map_err(failed)?;
        let status = sent.status().as_u16();
        if sent.status().is_success() {
            return Ok(());
        }
        count(&self.breaker, status);
        if status == 429 {
            return Err(RestError::Limited);
        }
        let body: ErrorBody = sent.json().await.unwrap_or_default();
        Err(RestError::Refused { status, code: body.code, message: body.message })
    }

    /// Edits the answer to an interaction, or the message it came from.
    pub async fn edit_answer(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        let route =
            Route::UpdateInteractionOriginal { application_id: application.get(), interaction_token: token };
        let request = with_body(Request::builder(&route).use_authorization_token(false), body)?;
        self.send(request.build(), MESSAGE_LIMIT).await
    }

    pub async fn open_dm(&self, user: UserId) -> Result<ChannelId, RestError> {
        let body = serde_json::json!({ "recipient_id": user.to_string() });
        let request = Request::builder(&Route::CreatePrivateChannel).json(&body);
        let channel: Channel = self.read(request.build(), MESSAGE_LIMIT).await?;
        Ok(ChannelId(channel.id.get()))
    }

    /// Posts a message; with a nonce in `body` a second post within minutes answers with the first.
    pub async fn post(&self, channel: ChannelId, body: &Body) -> Result<Message, RestError> {
        let request = with_body(Request::builder(&Route::CreateMessage { channel_id: channel.0 }), body)?;
        self.read(request.build(), MESSAGE_LIMIT).await
    }

    pub async fn edit(&self, channel: ChannelId, message: MessageId, body: &Body) -> Result<(), RestError> {
        let route = Route::UpdateMessage { channel_id: channel.0, message_id: message.0 };
        self.send(with_body(Request::builder(&route), body)?.build(), MESSAGE_LIMIT).await
    }

    /// Deletes a message of the bot.
    pub async fn delete(&self, channel: ChannelId, message: MessageId) -> Result<(), RestError> {
        let route = Route::DeleteMessage { channel_id: channel.0, message_id: message.0 };
        self.send(Request::builder(&route).build(), MESSAGE_LIMIT).await
    }

    /// The newest messages of a channel, newest first.
    pub async fn messages(&self, channel: ChannelId, limit: u16) -> Result<Vec<Message>, RestError> {
        let route = Route::GetMessages {
            after: None,
            around: None,
            before: None,
            channel_id: channel.0,
            limit: Some(limit),
        };
        self.read(Request::builder(&route).build(), MESSAGE_LIMIT).await
    }

    pub async fn commands(&self, application: Id<ApplicationMarker>) -> Result<Vec<Command>, RestError> {
        let application_id = application.get();
        let route = Route::GetGlobalCommands { application_id, with_localizations: Some(true) };
        self.read(Request::builder(&route).build(), COMMANDS_LIMIT).await
    }

    pub async fn set_commands(
        &self,
        application: Id<ApplicationMarker>,
        commands: &[Command],
    ) -> Result<(), RestError> {
        let route = Route::SetGlobalCommands { application_id: application.get() };
        self.send(Request::builder(&route).json(&commands).build(), COMMANDS_LIMIT).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        request: Result<Request, Error>,
        limit: Duration,
    ) -> Result<T, RestError> {
        let bytes = self.bytes(request, limit).await?;
        serde_json::from_slice(&bytes).map_err(|error| RestError::Transport(Box::new(error)))
    }

    async fn send(&self, request: Result<Request, Error>, limit: Duration) -> Result<(), RestError> {
        self.bytes(request, limit).await.map(drop)
    }

    async fn bytes(&self, request: Result<Request, Error>, limit: Duration) -> Result<Vec<u8>, RestError> {
        if self.breaker_is_open() {
            return Err(RestError::BreakerOpen);
        }
        let request = request.map_err(|error| RestError::Transport(Box::new(error)))?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        let mut call = self.bulk.request::<()>(request);
        let (breaker, sends) = (Arc::clone(&self.breaker), AtomicU32::new(0));
        call.set_pre_flight(move || {
            let earlier = sends.fetch_add(1, Ordering::Relaxed);
            if earlier > 0 {
                // twilight sends again only after a 429, which it shows to nobody.
                count(&breaker, 429);
            }
            earlier < SENDS_PER_CALL
        });
        let answered = async {
            let response = call.await.map_err(|error| self.sorted(error))?;
            response.bytes().await.map_err(|error| RestError::Transport(Box::new(error)))
        };
        tokio::time::timeout(limit, answered).await.unwrap_or(Err(RestError::TimedOut))
    }

    fn sorted(&self, error: Error) -> RestError {
        match error.kind() {
            ErrorType::Response { error: body, status, .. } => {
                count(&self.breaker, status.get());
                let (code, message) = match body {
                    ApiError::General(general) => (general.code, general.message.clone()),
                    other => (0, other.to_string()),
                };
                RestError::Refused { status: status.get(), code, message }
            }
            ErrorType::Unauthorized => {
                RestError::Refused { status: 401, code: 0, message: "the token is invalid".to_owned() }
            }
            // Only the pre-flight check cancels.
            ErrorType::RequestCanceled => RestError::Limited,
            ErrorType::RequestTimedOut => RestError::TimedOut,
            _ => RestError::Transport(Box::new(error)),
        }
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

fn count(breaker: &Mutex<Breaker>, status: u16) {
    if !matches!(status, 401 | 403 | 429) {
        return;
    }
    if lock(breaker).failed(clock::now()) == Counted::Opened {
        tracing::error!("discord refused too many calls in ten minutes; only acknowledgements go on");
    }
}

fn lock(breaker: &Mutex<Breaker>) -> std::sync::MutexGuard<'_, Breaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}
