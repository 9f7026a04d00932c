//! What a person does in the server, and with files: commands, modals, and what a channel shows.

use super::person::{offers, text_of};
use super::{Ladder, Person, wait_for};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

/// The emulator's server: ids of its channels and of the role of staff.
pub(crate) struct Guild {
    pub(crate) id: String,
    pub(crate) matches: String,
    pub(crate) log: String,
    pub(crate) staff: String,
    pub(crate) staff_role: String,
}

impl Guild {
    pub(crate) async fn of(ladder: &Ladder) -> Guild {
        // The client wants a provider even for plain HTTP; another test may have installed it.
        rustls::crypto::ring::default_provider().install_default().ok();
        let url = format!("http://{}/emulator/guild", ladder.emulator);
        let guild: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let id = |list: &str, name: &str| {
            let all = guild[list].as_array().unwrap();
            all.iter().find(|one| one["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
        };
        Guild {
            id: guild["id"].as_str().unwrap().to_owned(),
            matches: id("channels", "matches"),
            log: id("channels", "match-log"),
            staff: id("channels", "staff"),
            staff_role: id("roles", "Staff"),
        }
    }
}

impl Person {
    /// Changes what the emulator lets this person be: `staff`, `in_guild`.
    pub(crate) async fn settings(&self, settings: &Value) {
        self.post(&format!("users/{}/settings", self.id), settings).await;
    }

    async fn send(&self, path: &str, form: Form) {
        let url = format!("http://{}/emulator/users/{}/{path}", self.emulator, self.id);
        let answer = self.http.post(url).multipart(form).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{}: {path} {body}", self.name);
    }

    /// `/report` with this file, in the DM or in a channel.
    pub(crate) async fn report_file(&self, channel: Option<&str>, file_name: &str, bytes: Vec<u8>) {
        let body = json!({ "name": "report", "options": { "replay": "file" }, "channel_id": channel });
        self.send("commands", with_file(&body, file_name, bytes)).await;
    }

    /// The newest modal of this person that has such a custom id, once it is open.
    async fn modal(&self, custom_id: &str) -> Value {
        let url = format!("http://{}/emulator/events?after=0", self.emulator);
        let mut stream = self.http.get(url).send().await.unwrap();
        let mut seen = Vec::new();
        wait_for(&format!("the modal {custom_id} for {}", self.name), async || {
            let chunk = stream.chunk().await.unwrap()?;
            seen.extend_from_slice(&chunk);
            let whole = seen.iter().rposition(|byte| *byte == b'\n')?;
            seen[..whole].split(|byte| *byte == b'\n').rev().find_map(|line| {
                let event: Value = serde_json::from_slice(line).ok()?;
                let own = event["kind"] == "modal" && event["user"] == json!(self.id);
                let id = event["modal"]["custom_id"].as_str()?;
                (own && id == custom_id).then(|| event["modal"]["modal_id"].clone())
            })
        })
        .await
    }

    /// Submits an open modal with texts.
    pub(crate) async fn fill_in(&self, custom_id: &str, fields: &Value) {
        let modal = self.modal(custom_id).await;
        self.post(&format!("users/{}/modals", self.id), &json!({ "modal_id": modal, "fields": fields }))
            .await;
    }

    /// Submits an open modal with a file in its field `replay`.
    pub(crate) async fn fill_in_file(&self, custom_id: &str, file_name: &str, bytes: Vec<u8>) {
        let modal = self.modal(custom_id).await;
        let body = json!({ "modal_id": modal, "fields": { "replay": ["file"] } });
        self.send("modals", with_file(&body, file_name, bytes)).await;
    }

    /// What is suggested for the option `id` of `/match`.
    pub(crate) async fn match_choices(&self, typed: &str) -> Vec<(String, u64)> {
        let body = json!({ "name": "match", "options": { "id": typed }, "focused": "id" });
        let asked = self.post(&format!("users/{}/autocomplete", self.id), &body).await;
        let url = format!("http://{}/emulator/events?after=0", self.emulator);
        let mut stream = self.http.get(url).send().await.unwrap();
        let mut seen = Vec::new();
        let choices = wait_for(&format!("suggestions for {}", self.name), async || {
            let chunk = stream.chunk().await.unwrap()?;
            seen.extend_from_slice(&chunk);
            let whole = seen.iter().rposition(|byte| *byte == b'\n')?;
            seen[..whole].split(|byte| *byte == b'\n').find_map(|line| {
                let event: Value = serde_json::from_slice(line).ok()?;
                let answers =
                    event["kind"] == "choices" && event["interaction_id"] == asked["interaction_id"];
                answers.then(|| event["choices"].as_array().cloned())?
            })
        })
        .await;
        let choice =
            |choice: &Value| (choice["name"].as_str().unwrap().to_owned(), choice["value"].as_u64().unwrap());
        choices.iter().map(choice).collect()
    }

    /// What a channel shows to this person, oldest first; none if it is not shown.
    pub(crate) async fn messages_in(&self, channel: &str) -> Vec<Value> {
        let url =
            format!("http://{}/emulator/users/{}/messages?channel_id={channel}", self.emulator, self.id);
        let shown: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        shown.as_array().cloned().unwrap_or_default()
    }

    pub(crate) async fn texts_in(&self, channel: &str) -> Vec<String> {
        self.messages_in(channel).await.iter().map(text_of).collect()
    }

    pub(crate) async fn reads_in(&self, channel: &str, words: &str) {
        let what = format!("{} to read {words:?} in {channel}", self.name);
        wait_for(&what, async || {
            self.texts_in(channel).await.iter().any(|text| text.contains(words)).then_some(())
        })
        .await;
    }

    /// Presses a button in a channel, once some message there has it.
    pub(crate) async fn press_in(&self, channel: &str, custom_id: &str) {
        let message = wait_for(&format!("{custom_id} for {} in {channel}", self.name), async || {
            let messages = self.messages_in(channel).await;
            let offering = messages.iter().rev().find(|message| offers(&message["components"], custom_id))?;
            offering["id"].as_str().map(str::to_owned)
        })
        .await;
        let press = json!({ "message_id": message, "custom_id": custom_id, "channel_id": channel });
        self.post(&format!("users/{}/components", self.id), &press).await;
    }

    /// The threads that are shown to this person.
    pub(crate) async fn threads(&self) -> Vec<Value> {
        let url = format!("http://{}/emulator/users/{}/places", self.emulator, self.id);
        let places: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        let is_thread = |place: &&Value| place["kind"] == "private_thread";
        places.as_array().unwrap().iter().filter(is_thread).cloned().collect()
    }

    /// Downloads the file of the newest message that has one.
    pub(crate) async fn download(&self) -> Vec<u8> {
        let messages = self.messages().await;
        let url = messages.iter().rev().find_map(|message| message["attachments"][0]["url"].as_str());
        let answer = self.http.get(url.expect("a message has a file")).send().await.unwrap();
        assert!(answer.status().is_success());
        answer.bytes().await.unwrap().to_vec()
    }
}

fn with_file(body: &Value, file_name: &str, bytes: Vec<u8>) -> Form {
    Form::new()
        .text("payload_json", body.to_string())
        .part("file", Part::bytes(bytes).file_name(file_name.to_owned()))
}

/// How often the bot called each of these, over all lives of the emulator.
pub(crate) async fn calls<const N: usize>(ladder: &Ladder, names: [&str; N]) -> [u64; N] {
    let url = format!("http://{}/emulator/stats", ladder.emulator);
    let stats: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    names.map(|name| stats["http_requests"][name].as_u64().unwrap_or_default())
}
