//! Posts of a process that died before it could report them, or whose answers were lost.
//!
//! Within some minutes Discord knows such a post by its nonce. After that it is looked for where it would be,
//! before the card is posted once more.

use super::Desk;
use super::posts::CLOCKS_DIFFER;
use super::reply::{Body, text_of};
use super::rest::{Posted, RestError};
use ipc_schema::fact_line::FactLine;
use ipc_schema::ids::{ChannelId, MessageId, UserId};
use ipc_schema::vocab::Timestamp;
use twilight_model::channel::Message;

/// The newest messages of a channel, among which it is looked for. Few are written in a DM meanwhile.
const MESSAGES: u16 = 50;

/// What an earlier post of a card is known by.
#[derive(Debug)]
struct Wanted {
    by: UserId,
    since: Timestamp,
    text: String,
    fact: Option<FactLine>,
}

impl Desk {
    /// An earlier post of the card that `body` shows, not older than `since`.
    pub(super) async fn find_post(
        &self,
        channel: ChannelId,
        body: &Body,
        since: Timestamp,
    ) -> Result<Option<Posted>, RestError> {
        let messages = match self.rest.messages(channel, MESSAGES).await {
            Ok(messages) => messages,
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                tracing::warn!(channel = channel.0, "cannot look for an earlier post: {error}");
                return Ok(None);
            }
        };
        let text = body.text();
        let wanted = Wanted { by: self.own_account().await?, since, fact: FactLine::find(&text), text };
        Ok(messages.iter().find_map(|message| wanted.found_in(message)))
    }
}

impl Wanted {
    fn found_in(&self, message: &Message) -> Option<Posted> {
        let by_us = message.author.id.get() == self.by.0;
        // An answer to a command shows the same, and is no card.
        let is_answer = message.interaction_metadata.is_some();
        if !by_us || is_answer || Timestamp::of_snowflake(message.id.get()) + CLOCKS_DIFFER < self.since {
            return None;
        }
        let text = text_of(&message.components);
        let is_it = match (&self.fact, FactLine::find(&text)) {
            (Some(wanted), Some(fact)) => wanted.is_of_same_card(&fact),
            (None, None) => text == self.text,
            (Some(_), None) | (None, Some(_)) => false,
        };
        is_it.then(|| Posted { id: MessageId(message.id.get()), text: Some(text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::fact_line::Fact;
    use ipc_schema::ids::MatchId;
    use serde_json::{Value, json};

    const SINCE: Timestamp = Timestamp(1_800_000_000_000);

    fn message(by: u64, at: Timestamp, text: &str, more: &Value) -> Message {
        let mut message = json!({
            "id": at.to_snowflake().to_string(), "channel_id": "9", "type": 0, "content": "", "embeds": [],
            "attachments": [], "flags": 1 << 15, "timestamp": "2026-11-22T08:00:00.000000+00:00",
            "edited_timestamp": null, "mentions": [], "mention_roles": [], "mention_everyone": false,
            "pinned": false, "tts": false, "components": [{ "type": 10, "id": 1, "content": text }],
            "author": { "id": by.to_string(), "username": "bot", "discriminator": "0", "global_name": null, "avatar": null },
        });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(message).unwrap()
    }

    #[test]
    fn an_earlier_post_is_known_by_its_line_or_its_words() {
        let wanted = |text: &str| Wanted {
            by: UserId(5),
            since: SINCE,
            text: text.to_owned(),
            fact: FactLine::find(text),
        };
        let sheet = FactLine { match_id: MatchId(12), fact: Fact::Confirming }.to_string();
        let closed = "Over.\n-# match 12 · closed · aborted";
        let (later, earlier) = (SINCE + CLOCKS_DIFFER, SINCE - 2 * CLOCKS_DIFFER);
        let user = json!({ "id": "7", "username": "ana", "discriminator": "0", "global_name": null, "avatar": null });
        let answer = json!({ "interaction_metadata": {
            "id": "1", "type": 2, "user": user, "authorizing_integration_owners": {},
        }});
        let table = [
            ("the same match, which went on", closed, 5, later, json!({}), true),
            ("another match", "-# match 13 · confirming", 5, later, json!({}), false),
            ("somebody else's", &sheet, 6, later, json!({}), false),
            ("from before", &sheet, 5, earlier, json!({}), false),
            ("an answer", &sheet, 5, later, answer, false),
            ("news", "Tournament on Sunday", 5, later, json!({}), false),
        ];
        for (what, text, by, at, more, expected) in table {
            let found = wanted(&sheet).found_in(&message(by, at, text, &more));
            assert_eq!(found.is_some(), expected, "{what}");
        }
        let news = wanted("Tournament on Sunday");
        for (text, expected) in
            [("Tournament on Sunday", true), ("Tournament on Monday", false), (closed, false)]
        {
            assert_eq!(news.found_in(&message(5, later, text, &json!({}))).is_some(), expected, "{text}");
        }
    }
}
