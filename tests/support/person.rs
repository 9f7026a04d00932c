//! Someone in the emulator: presses, types, uploads, and sees what a player would see.

use super::wait_for;
use ipc_schema::fact_line::{Fact, FactLine};
use ipc_schema::ids::MatchId;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Person {
    pub(super) http: reqwest::Client,
    pub(super) emulator: SocketAddr,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Where everything happens; None for the DM.
    channel: Option<String>,
    /// Modals that were submitted.
    submitted: AtomicUsize,
}

impl Person {
    pub(crate) async fn new(emulator: SocketAddr, name: &str) -> Person {
        // The client wants a provider even for plain HTTP; another test may have installed it.
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut person = Person {
            http: reqwest::Client::new(),
            emulator,
            id: String::new(),
            name: name.to_owned(),
            channel: None,
            submitted: AtomicUsize::new(0),
        };
        let user = person.post("users", &json!({ "name": name })).await;
        person.id = user["id"].as_str().unwrap().to_owned();
        person
    }

    /// The same person in a channel of the guild, before any modal opened.
    pub(crate) async fn in_guild(&self) -> Person {
        let url = format!("http://{}/emulator/guild", self.emulator);
        let guild: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        self.in_first_channel_of(&guild).await
    }

    /// The same in a server whose events go to this shard.
    pub(crate) async fn at_shard(&self, shard: u32, of: u32) -> Person {
        let guild = self.post("guilds", &json!({ "shard": shard, "of": of })).await;
        self.in_first_channel_of(&guild).await
    }

    async fn in_first_channel_of(&self, guild: &Value) -> Person {
        let channel = guild["channels"][0]["id"].as_str().map(str::to_owned);
        let person = Person::new(self.emulator, &self.name).await;
        Person { channel: Some(channel.expect("a guild has channels")), ..person }
    }

    /// Where everything happens, if that is not the DM.
    pub(crate) fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// Whether the account takes messages of the bot's.
    pub(crate) async fn takes_messages(&self, open: bool) {
        let dms = if open { "open" } else { "closed" };
        self.post(&format!("users/{}/settings", self.id), &json!({ "dms": dms })).await;
    }

    /// What the person does, where it is done.
    async fn act(&self, what: &str, mut body: Value) {
        if let Some(channel) = &self.channel {
            body["channel_id"] = json!(channel);
        }
        self.post(&format!("users/{}/{what}", self.id), &body).await;
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/emulator/{path}", self.emulator);
        let answer = self.http.post(url).json(body).send().await.unwrap();
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!(status.is_success(), "{}: {path} {body}", self.name);
        body
    }

    /// What the DM shows, or the channel, oldest first.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        let place =
            self.channel.as_ref().map_or_else(String::new, |channel| format!("?channel_id={channel}"));
        let url = format!("http://{}/emulator/users/{}/messages{place}", self.emulator, self.id);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn command(&self, name: &str) {
        self.command_with(name, &json!({})).await;
    }

    /// Sub-commands are written with spaces.
    pub(crate) async fn command_with(&self, name: &str, options: &Value) {
        self.act("commands", json!({ "name": name, "options": options })).await;
    }

    /// Writes to the bot.
    pub(crate) async fn write(&self, words: &str) {
        self.act("messages", json!({ "content": words })).await;
    }

    /// What is suggested while an option is typed: as it is shown, and what it stands for.
    pub(crate) async fn suggested(&self, command: &str, option: &str, typed: &str) -> Vec<(String, String)> {
        let body = json!({ "name": command, "options": { option: typed }, "focused": option });
        self.act("autocomplete", body).await;
        let event = self.event("suggestions", |event| event["kind"] == "choices").await;
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let choices = event["choices"].as_array().unwrap().iter();
        choices.map(|choice| (word(&choice["name"]), word(&choice["value"]))).collect()
    }

    /// Presses a button, or chooses in a menu, once some message has it.
    pub(crate) async fn press(&self, custom_id: &str, values: &[&str]) {
        let message = wait_for(&format!("{custom_id} for {}", self.name), async || {
            let messages = self.messages().await;
            let offering = messages.iter().rev().find(|message| offers(&message["components"], custom_id))?;
            offering["id"].as_str().map(str::to_owned)
        })
        .await;
        let mut press = json!({ "message_id": message, "custom_id": custom_id });
        if !values.is_empty() {
            press["values"] = json!(values);
        }
        self.act("components", press).await;
    }

    /// Presses what the newest message does not have, or chooses what its menu does not offer.
    pub(crate) async fn forge_press(&self, custom_id: &str, values: &[&str]) {
        let messages = self.messages().await;
        let message = &messages.last().expect("there is a message to press")["id"];
        let press = json!({
            "message_id": message, "custom_id": custom_id, "values": values, "unchecked": true,
        });
        self.act("components", press).await;
    }

    /// Submits the modal that opened after the last one that was submitted.
    pub(crate) async fn submit_modal(&self, fields: &Value) {
        let (number, mut modals) = (self.submitted.fetch_add(1, Ordering::Relaxed), 0);
        let modal = self.event("a modal", |event| {
            modals += usize::from(event["kind"] == "modal");
            modals > number
        });
        let modal = modal.await["modal"]["modal_id"].clone();
        self.act("modals", json!({ "modal_id": modal, "fields": fields })).await;
    }

    /// Reads the emulator's events for this user from the first one, for one that is it.
    async fn event(&self, what: &str, mut is_it: impl FnMut(&Value) -> bool) -> Value {
        let url = format!("http://{}/emulator/events?after=0", self.emulator);
        let mut stream = self.http.get(url).send().await.unwrap();
        let mut seen = Vec::new();
        wait_for(&format!("{what} for {}", self.name), async || {
            let chunk = stream.chunk().await.unwrap()?;
            seen.extend_from_slice(&chunk);
            let whole = seen.iter().rposition(|byte| *byte == b'\n')? + 1;
            let lines: Vec<u8> = seen.drain(..whole).collect();
            lines.split(|byte| *byte == b'\n').find_map(|line| {
                let event: Value = serde_json::from_slice(line).ok()?;
                (event["user"] == json!(self.id) && is_it(&event)).then_some(event)
            })
        })
        .await
    }

    /// Types into an option of a command until `expected` is among what is suggested.
    pub(crate) async fn suggestions(&self, command: &str, options: &Value, focused: &str, expected: &str) {
        let body = json!({ "name": command, "options": options, "focused": focused });
        self.post(&format!("users/{}/autocomplete", self.id), &body).await;
        self.event(&format!("{expected:?} among the suggestions"), |event| {
            event["kind"] == "choices" && event.to_string().contains(expected)
        })
        .await;
    }

    /// Presses a button on the oldest message that has it.
    pub(crate) async fn press_oldest(&self, custom_id: &str) {
        let message = wait_for(&format!("{custom_id} for {}", self.name), async || {
            let messages = self.messages().await;
            let offering = messages.iter().find(|message| offers(&message["components"], custom_id))?;
            offering["id"].as_str().map(str::to_owned)
        })
        .await;
        self.act("components", json!({ "message_id": message, "custom_id": custom_id })).await;
    }

    /// Waits until so many messages of the DM have this button or menu.
    pub(crate) async fn has_times(&self, custom_id: &str, times: usize) {
        wait_for(&format!("{} to have {custom_id} {times} times", self.name), async || {
            let messages = self.messages().await;
            let offering = messages.iter().filter(|message| offers(&message["components"], custom_id));
            (offering.count() == times).then_some(())
        })
        .await;
    }

    /// Goes through `/setup` to its end.
    pub(crate) async fn set_up(&self) {
        self.command("setup").await;
        self.press("setup:terms:accept", &[]).await;
        self.press("setup:names:open", &[]).await;
        let battle_tag = format!("{}#1234", self.name);
        let fields =
            json!({ "name": self.name, "battle_tag": battle_tag, "alternatives": "", "country": "DE" });
        self.submit_modal(&fields).await;
        self.press("setup:region", &["EUW"]).await;
        self.press("setup:notify:done", &[]).await;
        self.press("setup:finish", &[]).await;
        self.press("guide:open", &[]).await;
        self.press("guide:read", &[]).await;
    }

    /// Joins the queue with one race.
    pub(crate) async fn join(&self, era: &str, race: &str) {
        self.command("queue").await;
        self.press(&format!("queue:race:{era}"), &[race]).await;
        self.press("queue:join", &[]).await;
    }

    /// Whether some message of the DM contains `words`.
    pub(crate) async fn reads(&self, words: &str) -> bool {
        self.messages().await.iter().any(|message| text_of(message).contains(words))
    }

    /// Waits until some message of the DM contains `words`.
    pub(crate) async fn reads_in_time(&self, words: &str) {
        let what = format!("{} to read {words:?}", self.name);
        wait_for(&what, async || self.reads(words).await.then_some(())).await;
    }

    /// The messages of the DM as texts, oldest first.
    pub(crate) async fn texts(&self) -> Vec<String> {
        self.messages().await.iter().map(text_of).collect()
    }

    /// All facts that the DM tells at present, oldest message first.
    pub(crate) async fn facts(&self) -> Vec<FactLine> {
        self.texts().await.iter().filter_map(|text| FactLine::find(text)).collect()
    }

    /// Waits for a fact and returns what `pick` makes of it.
    pub(crate) async fn told<T>(&self, what: &str, mut pick: impl FnMut(&FactLine) -> Option<T>) -> T {
        wait_for(&format!("{} to be told {what}", self.name), async || {
            self.facts().await.iter().rev().find_map(&mut pick)
        })
        .await
    }

    pub(crate) async fn found_match(&self) -> MatchId {
        self.told("of a match", |line| (line.fact == Fact::Confirming).then_some(line.match_id)).await
    }

    pub(crate) async fn upload(&self, file_name: &str, bytes: Vec<u8>) {
        self.upload_all(vec![(file_name.to_owned(), bytes)]).await;
    }

    /// Sends several files by one message.
    pub(crate) async fn upload_all(&self, files: Vec<(String, Vec<u8>)>) {
        let url = format!("http://{}/emulator/users/{}/messages", self.emulator, self.id);
        let empty = Form::new().text("content", "");
        let form = (0..).zip(files).fold(empty, |form, (number, (file_name, bytes))| {
            form.part(format!("files[{number}]"), Part::bytes(bytes).file_name(file_name))
        });
        let answer = self.http.post(url).multipart(form).send().await.unwrap();
        assert!(answer.status().is_success(), "{}: upload {}", self.name, answer.status());
    }
}

pub(crate) fn offers(component: &Value, custom_id: &str) -> bool {
    match component {
        Value::Array(components) => components.iter().any(|component| offers(component, custom_id)),
        Value::Object(fields) => {
            fields.get("custom_id").is_some_and(|id| id == custom_id)
                || ["components", "accessory"]
                    .iter()
                    .any(|part| fields.get(*part).is_some_and(|inner| offers(inner, custom_id)))
        }
        _ => false,
    }
}

/// All that a message says, as one text: every message of the bot is of Components V2.
pub(super) fn text_of(message: &Value) -> String {
    fn collect<'a>(component: &'a Value, texts: &mut Vec<&'a str>) {
        match component {
            Value::Array(components) => components.iter().for_each(|component| collect(component, texts)),
            Value::Object(fields) => {
                texts.extend(fields.get("content").and_then(Value::as_str));
                if let Some(inner) = fields.get("components") {
                    collect(inner, texts);
                }
            }
            _ => {}
        }
    }
    let mut texts = Vec::new();
    collect(&message["components"], &mut texts);
    texts.join("\n")
}
