//! The emulator's side for users, over HTTP. Every call ends: with an answer or at its time-out.

use super::player::Outcome;
use super::screen::Line;
use anyhow::Context;
use ipc_schema::vocab::Locale;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};

/// The emulator answers in milliseconds; this is for one that hangs or is stopped.
const CALL: Duration = Duration::from_secs(10);
/// Calls at once. More only wait in the emulator instead of here.
const CALLS: usize = 64;
/// A quiet stream is opened anew after this, in case its other end is gone.
const SILENCE: Duration = Duration::from_secs(60);
const RECONNECT: Duration = Duration::from_millis(500);
/// A message is at most some 10 KiB; a longer line is not one of the emulator's.
const LINE_BYTES: usize = 1 << 20;

#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    calls: Arc<Semaphore>,
}

/// One call for one user.
#[derive(Debug)]
pub enum Call {
    Register { name: String, locale: Locale },
    ReadConversation { user: String },
    Command { user: String, name: &'static str },
    Press { user: String, message: String, custom_id: String, values: Option<Vec<String>> },
    Submit { user: String, modal_id: String, fields: BTreeMap<String, String> },
    Upload { user: String, file_name: String, bytes: Vec<u8> },
}

/// What the stream of events brings.
#[derive(Debug)]
pub enum Feed {
    /// It is open, for the first time or again; what happened meanwhile may be missing.
    Opened,
    Line(Box<Line>),
}

impl Client {
    /// `address` is the emulator's host and port.
    pub fn new(address: &str) -> anyhow::Result<Client> {
        // The crate is built for TLS too and wants a provider even where only loopback is called.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .build()
            .context("build the HTTP client")?;
        let base = format!("http://{address}/emulator");
        Ok(Client { http, base, calls: Arc::new(Semaphore::new(CALLS)) })
    }

    pub async fn call(&self, call: Call) -> Outcome {
        let _permit = self.calls.acquire().await.expect("the semaphore is never closed");
        let is_upload = matches!(call, Call::Upload { .. });
        let registers = matches!(call, Call::Register { .. });
        let answer = match answer_to(self.request(call)).await {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        let id = |key: &str| answer[key].as_str().map(str::to_owned);
        let outcome = if registers {
            id("id").map(|user| Outcome::Registered { user })
        } else if is_upload {
            id("message_id").map(|message| Outcome::Sent { message })
        } else if let Value::Array(messages) = answer {
            Some(Outcome::Conversation(messages))
        } else {
            id("interaction_id").map(|interaction| Outcome::Pressed { interaction })
        };
        outcome.unwrap_or_else(|| Outcome::Failed("an answer without the id it should have".to_owned()))
    }

    fn request(&self, call: Call) -> RequestBuilder {
        let base = &self.base;
        let post = |user: &str, what: &str| self.http.post(format!("{base}/users/{user}/{what}"));
        match call {
            Call::Register { name, locale } => {
                let body = json!({"name": name, "locale": discord_locale(locale)});
                self.http.post(format!("{base}/users")).json(&body)
            }
            Call::ReadConversation { user } => self.http.get(format!("{base}/users/{user}/messages")),
            Call::Command { user, name } => post(&user, "commands").json(&json!({"name": name})),
            Call::Press { user, message, custom_id, values } => {
                let mut body = json!({"message_id": message, "custom_id": custom_id});
                if let Some(values) = values {
                    body["values"] = values.into();
                }
                post(&user, "components").json(&body)
            }
            Call::Submit { user, modal_id, fields } => {
                post(&user, "modals").json(&json!({"modal_id": modal_id, "fields": fields}))
            }
            Call::Upload { user, file_name, bytes } => {
                let part = Part::bytes(bytes).file_name(file_name);
                post(&user, "messages").multipart(Form::new().text("content", "").part("file", part))
            }
        }
        .timeout(CALL)
    }

    /// Follows the events for ever, from now on; ends when nobody listens any more.
    pub async fn follow(self, feed: mpsc::Sender<Feed>) {
        let mut last = None;
        loop {
            match self.follow_once(&feed, &mut last).await {
                Ok(()) => tracing::warn!("the emulator's events ended; opening them again"),
                Err(error) => tracing::warn!("the emulator's events broke: {error:#}"),
            }
            if feed.is_closed() {
                return;
            }
            tokio::time::sleep(RECONNECT).await;
        }
    }

    async fn follow_once(&self, feed: &mpsc::Sender<Feed>, last: &mut Option<u64>) -> anyhow::Result<()> {
        let mut request = self.http.get(format!("{}/events", self.base));
        if let Some(last) = last {
            request = request.query(&[("after", *last)]);
        }
        let opened = tokio::time::timeout(CALL, request.send()).await.context("open the events")?;
        let mut response = opened?.error_for_status()?;
        if feed.send(Feed::Opened).await.is_err() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = tokio::time::timeout(SILENCE, response.chunk()).await.context("wait")?? {
            bytes.extend_from_slice(&chunk);
            let mut from = 0;
            while let Some(length) = bytes[from..].iter().position(|byte| *byte == b'\n') {
                let line: Line =
                    serde_json::from_slice(&bytes[from..from + length]).context("read an event")?;
                from += length + 1;
                *last = Some(line.seq);
                // What a gap hides is read from the conversations.
                let item = if line.kind == "gap" { Feed::Opened } else { Feed::Line(Box::new(line)) };
                if feed.send(item).await.is_err() {
                    return Ok(());
                }
            }
            bytes.drain(..from);
            anyhow::ensure!(bytes.len() <= LINE_BYTES, "an event is longer than {LINE_BYTES} bytes");
        }
        Ok(())
    }
}

async fn answer_to(request: RequestBuilder) -> Result<Value, Outcome> {
    let failed = |error: reqwest::Error| Outcome::Failed(format!("{:#}", anyhow::Error::new(error)));
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    if status.is_success() {
        return response.json().await.map_err(failed);
    }
    let text = response.text().await.map_err(failed)?;
    Err(match status {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::PAYLOAD_TOO_LARGE => {
            Outcome::Refused(text)
        }
        _ => Outcome::Failed(format!("{status}: {text}")),
    })
}

/// As a Discord client names its language.
fn discord_locale(locale: Locale) -> &'static str {
    match locale {
        Locale::EnUs => "en-US",
        Locale::KoKr => "ko",
        Locale::ZhCn => "zh-CN",
        Locale::EsMx => "es-419",
        Locale::RuRu => "ru",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::players::screen::Message;
    use emulator::{Config, Emulator};

    async fn client() -> Client {
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            seed: 1,
            token: "a.b.c".to_owned(),
            answer_within: emulator::ANSWER_WITHIN,
            state: None,
        };
        let emulator = Emulator::bind(config).await.unwrap();
        let client = Client::new(&emulator.local_addr().to_string()).unwrap();
        tokio::spawn(emulator.run(std::future::pending()));
        client
    }

    async fn register(client: &Client) -> String {
        let call = Call::Register { name: "보람이".to_owned(), locale: Locale::KoKr };
        match client.call(call).await {
            Outcome::Registered { user } => user,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn what_a_user_sends_is_seen_as_an_event_and_in_the_conversation() {
        let client = client().await;
        let (feed, mut lines) = mpsc::channel(8);
        tokio::spawn(client.clone().follow(feed));
        assert!(matches!(lines.recv().await, Some(Feed::Opened)));

        let user = register(&client).await;
        assert_eq!(register(&client).await, user);
        let call =
            Call::Upload { user: user.clone(), file_name: "a.SC2Replay".to_owned(), bytes: vec![7; 9] };
        assert!(matches!(client.call(call).await, Outcome::Sent { .. }));

        let Some(Feed::Line(line)) = lines.recv().await else { panic!("an event follows") };
        assert_eq!((line.user.as_deref(), line.kind.as_str()), (Some(user.as_str()), "message_create"));
        let message = line.message.unwrap();
        assert_eq!(message["attachments"][0]["filename"], "a.SC2Replay");
        let Outcome::Conversation(messages) = client.call(Call::ReadConversation { user }).await else {
            panic!("a conversation follows")
        };
        assert_eq!(Message::read(&messages[0]).unwrap().id, Message::read(&message).unwrap().id);
    }

    #[tokio::test]
    async fn what_a_client_would_not_do_is_refused() {
        let client = client().await;
        let user = register(&client).await;
        let press = Call::Press {
            user: user.clone(),
            message: "1".to_owned(),
            custom_id: "queue:join".to_owned(),
            values: None,
        };
        for call in
            [press, Call::Command { user, name: "queue" }, Call::ReadConversation { user: "1".to_owned() }]
        {
            let outcome = client.call(call).await;
            assert!(matches!(&outcome, Outcome::Refused(why) if why.contains("error")), "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn without_an_emulator_a_call_fails_and_does_not_hang() {
        let client = Client::new("127.0.0.1:1").unwrap();
        let outcome = client.call(Call::Command { user: "1".to_owned(), name: "queue" }).await;
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    }
}
