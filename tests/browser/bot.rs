//! A bot of a few lines, for an emulator of this process: it sends what a test wants to see, and
//! tells what came of it.

use crate::support::PATIENCE;
use emulator::{Config, Emulator};
use futures_util::StreamExt;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;
use twilight_gateway::{ConfigBuilder, Intents, Message, Shard, ShardId};

const TOKEN: &str = "a.token";

pub(crate) struct Bot {
    pub(crate) emulator: SocketAddr,
    http: reqwest::Client,
    shard: Shard,
    application: String,
    running: JoinHandle<Result<(), emulator::Error>>,
}

impl Bot {
    /// One whose presses wait so long for an answer.
    pub(crate) async fn start(answer_within: Duration) -> Bot {
        rustls::crypto::ring::default_provider().install_default().ok();
        let emulator = Emulator::bind(Config {
            listen: ([127, 0, 0, 1], 0).into(),
            seed: 7,
            token: TOKEN.to_owned(),
            answer_within,
            state: None,
        });
        let emulator = emulator.await.unwrap();
        let address = emulator.local_addr();
        let running = tokio::spawn(emulator.run(std::future::pending()));
        let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::DIRECT_MESSAGES);
        let config = config.proxy_url(format!("ws://{address}")).build();
        let shard = Shard::with_config(ShardId::ONE, config);
        let http = reqwest::Client::new();
        let mut bot = Bot { emulator: address, http, shard, application: String::new(), running };
        let ready = bot.next("READY").await;
        bot.application = ready["application"]["id"].as_str().unwrap().to_owned();
        bot
    }

    /// What the gateway tells next under this name.
    async fn next(&mut self, name: &str) -> Value {
        let wanted = async {
            loop {
                let Message::Text(text) = self.shard.next().await.unwrap().unwrap() else { continue };
                let mut event: Value = serde_json::from_str(&text).unwrap();
                if event["t"] == name {
                    return event["d"].take();
                }
            }
        };
        tokio::time::timeout(PATIENCE, wanted).await.unwrap_or_else(|_| panic!("{name} never came"))
    }

    /// The next interaction.
    pub(crate) async fn asked(&mut self) -> Value {
        self.next("INTERACTION_CREATE").await
    }

    async fn call(&self, method: Method, path: &str, body: &Value, file: Option<(&str, Vec<u8>)>) -> Value {
        let url = format!("http://{}/api/v10/{path}", self.emulator);
        let request = self.http.request(method, url).header("authorization", format!("Bot {TOKEN}"));
        let request = match file {
            None => request.json(body),
            Some((name, bytes)) => {
                let part = Part::bytes(bytes).file_name(name.to_owned());
                let part = part.mime_str("image/png").unwrap();
                request.multipart(Form::new().text("payload_json", body.to_string()).part("files[0]", part))
            }
        };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(crate) async fn register(&self, commands: &Value) {
        let path = format!("applications/{}/commands", self.application);
        self.call(Method::PUT, &path, commands, None).await;
    }

    /// Sends a message to a user of this name.
    pub(crate) async fn say(&self, user: &str, message: &Value, file: Option<(&str, Vec<u8>)>) {
        let url = format!("http://{}/emulator/users", self.emulator);
        let user: Value =
            self.http.post(url).json(&json!({ "name": user })).send().await.unwrap().json().await.unwrap();
        let path = format!("channels/{}/messages", user["dm_channel_id"].as_str().unwrap());
        // A bot must have opened the DM that it writes to.
        self.call(Method::POST, "users/@me/channels", &json!({ "recipient_id": user["id"] }), None).await;
        self.call(Method::POST, &path, message, file).await;
    }

    /// Answers an interaction at once.
    pub(crate) async fn answer(&self, asked: &Value, kind: u8, data: Value) {
        let (id, token) = (asked["id"].as_str().unwrap(), asked["token"].as_str().unwrap());
        let path = format!("interactions/{id}/{token}/callback");
        self.call(Method::POST, &path, &json!({ "type": kind, "data": data }), None).await;
    }

    /// Says what a deferred answer has become.
    pub(crate) async fn answer_later(&self, asked: &Value, data: Value) {
        let token = asked["token"].as_str().unwrap();
        let path = format!("webhooks/{}/{token}/messages/@original", self.application);
        self.call(Method::PATCH, &path, &data, None).await;
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.running.abort();
    }
}
