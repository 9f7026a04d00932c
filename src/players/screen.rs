//! What one person's Discord client shows: the messages of the DM and, over them, a modal.
//!
//! It only knows what the emulator's events say. Whoever presses something finds it here first.

use ipc_schema::fact_line::FactLine;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// People look at the end of a conversation; older messages scroll out of reach.
const MESSAGES: usize = 60;

/// One line of the emulator's events.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    pub seq: u64,
    /// None where the line concerns everyone.
    pub user: Option<String>,
    pub kind: String,
    pub interaction_id: Option<String>,
    pub message: Option<Value>,
    pub modal: Option<Value>,
}

/// A message as it is shown.
#[derive(Debug, Clone, Default)]
pub struct Message {
    pub id: String,
    pub fact: Option<FactLine>,
    pub controls: Vec<Control>,
}

/// A button or a menu.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Control {
    pub custom_id: String,
    pub disabled: bool,
    /// The values of a menu, and whether each is chosen.
    pub options: Vec<(String, bool)>,
    pub max_values: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Modal {
    pub modal_id: String,
    pub custom_id: String,
    /// The custom ids of its inputs.
    pub fields: Vec<String>,
}

impl Message {
    pub fn read(message: &Value) -> Option<Message> {
        let mut read = Message { id: message["id"].as_str()?.to_owned(), ..Message::default() };
        let mut texts = Vec::new();
        texts.extend(message["content"].as_str());
        for embed in list(&message["embeds"]) {
            texts.extend(embed["title"].as_str());
            texts.extend(embed["description"].as_str());
            for field in list(&embed["fields"]) {
                texts.extend(field["value"].as_str());
            }
            texts.extend(embed["footer"]["text"].as_str());
        }
        walk(&message["components"], &mut |component| {
            texts.extend(component["content"].as_str());
            read.controls.extend(Control::read(component));
        });
        // The line stands last on a card, so a later text wins.
        read.fact = texts.iter().rev().find_map(|text| FactLine::find(text));
        Some(read)
    }

    /// The enabled control of that custom id.
    pub fn control(&self, custom_id: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.custom_id == custom_id && !control.disabled)
    }

    pub fn offers(&self, prefix: &str) -> bool {
        self.controls.iter().any(|control| control.custom_id.starts_with(prefix) && !control.disabled)
    }
}

impl Control {
    fn read(component: &Value) -> Option<Control> {
        let options = list(&component["options"]).filter_map(|option| {
            Some((option["value"].as_str()?.to_owned(), option["default"].as_bool().unwrap_or_default()))
        });
        Some(Control {
            custom_id: component["custom_id"].as_str()?.to_owned(),
            disabled: component["disabled"].as_bool().unwrap_or_default(),
            options: options.collect(),
            max_values: component["max_values"].as_u64().and_then(|max| usize::try_from(max).ok()),
        })
    }

    pub fn has(&self, value: &str) -> bool {
        self.options.iter().any(|(option, _)| option == value)
    }

    pub fn chosen(&self) -> impl Iterator<Item = &str> {
        self.options.iter().filter(|(_, chosen)| *chosen).map(|(value, _)| value.as_str())
    }
}

impl Modal {
    pub fn read(modal: &Value) -> Option<Modal> {
        let mut fields = Vec::new();
        walk(&modal["components"], &mut |component| {
            fields.extend(component["custom_id"].as_str().map(str::to_owned));
        });
        Some(Modal {
            modal_id: modal["modal_id"].as_str()?.to_owned(),
            custom_id: modal["custom_id"].as_str()?.to_owned(),
            fields,
        })
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Visits components, however deep they are nested.
fn walk<'a>(components: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    for component in list(components) {
        visit(component);
        walk(&component["components"], visit);
        // A label and a section hold one more component each.
        for inner in [&component["component"], &component["accessory"]] {
            if inner.is_object() {
                visit(inner);
            }
        }
    }
}

/// Something a message tells that it did not tell before.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    pub message: String,
    pub line: FactLine,
}

#[derive(Debug, Default)]
pub struct Screen {
    /// By id, thus oldest first: ids are numbers that grow.
    messages: BTreeMap<u64, Message>,
    /// Messages that may have changed or gone while nobody looked.
    stale: BTreeSet<u64>,
    pub modal: Option<Modal>,
}

impl Screen {
    /// Shows a message, as new or instead of its older version.
    pub fn show(&mut self, message: Message) -> Option<News> {
        let id: u64 = message.id.parse().ok()?;
        self.stale.remove(&id);
        let line = message.fact.clone().map(|line| News { message: message.id.clone(), line });
        let before = self.messages.insert(id, message).and_then(|before| before.fact);
        if self.messages.len() > MESSAGES {
            self.messages.pop_first();
        }
        line.filter(|news| before.as_ref() != Some(&news.line))
    }

    /// The connection to the events was lost; what is shown may be old.
    pub fn mark_stale(&mut self) {
        self.stale = self.messages.keys().copied().collect();
        self.modal = None;
    }

    /// Takes in the whole conversation. What the events showed meanwhile is newer than this list.
    pub fn catch_up(&mut self, conversation: Vec<Message>) -> Vec<News> {
        let mut news = Vec::new();
        for message in conversation {
            let Ok(id) = message.id.parse::<u64>() else { continue };
            if self.stale.contains(&id) || !self.messages.contains_key(&id) {
                news.extend(self.show(message));
            }
        }
        for gone in std::mem::take(&mut self.stale) {
            self.messages.remove(&gone);
        }
        news
    }

    pub fn remove(&mut self, id: &str) {
        if let Ok(id) = id.parse::<u64>() {
            self.messages.remove(&id);
            self.stale.remove(&id);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.get(&id.parse().ok()?)
    }

    /// The newest message that offers a control whose custom id begins so.
    pub fn newest_offering(&self, prefix: &str) -> Option<&Message> {
        self.messages.values().rev().find(|message| message.offers(prefix))
    }

    /// The newest message that has exactly this control.
    pub fn newest_with(&self, custom_id: &str) -> Option<&Message> {
        self.messages.values().rev().find(|message| message.control(custom_id).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::fact_line::Fact;
    use ipc_schema::ids::MatchId;
    use serde_json::json;

    fn card(id: &str, text: &str, button: &str) -> Message {
        let message = json!({
            "id": id, "content": "", "embeds": [{"title": "t", "description": text}],
            "components": [{"type": 1, "components": [{"type": 2, "custom_id": button}]}],
        });
        Message::read(&message).unwrap()
    }

    #[test]
    fn a_fact_is_news_once_a_message() {
        let mut screen = Screen::default();
        let text = "**Match found**\n-# match 3 · confirming";
        let line = FactLine { match_id: MatchId(3), fact: Fact::Confirming };
        let news = |message: &str| Some(News { message: message.to_owned(), line: line.clone() });
        assert_eq!(screen.show(card("10", text, "match:confirm:3")), news("10"));
        assert_eq!(screen.show(card("10", text, "match:show")), None);
        assert_eq!(screen.show(card("11", text, "match:show")), news("11"));
    }

    #[test]
    fn only_what_is_shown_and_enabled_can_be_found() {
        let mut screen = Screen::default();
        let newest = |screen: &Screen| screen.newest_offering("queue:").map(|message| message.id.clone());
        screen.show(card("9", "", "queue:join"));
        screen.show(card("10", "", "queue:leave"));
        assert_eq!(newest(&screen).as_deref(), Some("10"));
        screen.remove("10");
        assert_eq!(newest(&screen).as_deref(), Some("9"));
        let disabled = json!({"id": "12", "components": [
            {"type": 1, "components": [{"type": 2, "custom_id": "queue:join", "disabled": true}]},
        ]});
        screen.show(Message::read(&disabled).unwrap());
        assert_eq!(newest(&screen).as_deref(), Some("9"));
        screen.show(card("13", "", "match:confirm:12"));
        assert!(screen.newest_with("match:confirm:1").is_none());
    }

    #[test]
    fn a_conversation_read_again_fills_in_and_never_turns_back() {
        let mut screen = Screen::default();
        screen.show(card("1", "-# match 1 · confirming", "a"));
        screen.show(card("2", "", "gone"));
        screen.mark_stale();
        screen.show(card("3", "-# match 2 · closed · expired", "newer"));
        let news = screen.catch_up(vec![
            card("1", "-# match 1 · closed · aborted", "b"),
            card("3", "-# match 2 · confirming", "older"),
            card("4", "", "c"),
        ]);
        assert_eq!(news.len(), 1, "{news:?}");
        let shown: Vec<bool> =
            ["a", "b", "gone", "older", "newer", "c"].map(|id| screen.newest_with(id).is_some()).to_vec();
        assert_eq!(shown, [false, true, false, false, true, true]);
    }

    #[test]
    fn menus_and_modals_are_read_with_what_they_hold() {
        let menu = json!({"id": "1", "components": [{"type": 1, "components": [{
            "type": 3, "custom_id": "queue:race:bw", "max_values": 1,
            "options": [{"label": "x", "value": "none", "default": true}, {"label": "y", "value": "bw_zerg"}],
        }]}]});
        let message = Message::read(&menu).unwrap();
        let control = message.control("queue:race:bw").unwrap();
        assert!(control.has("bw_zerg") && !control.has("bw_terran"));
        assert_eq!(control.chosen().collect::<Vec<_>>(), ["none"]);

        let modal = json!({"modal_id": "5", "custom_id": "setup:names", "title": "t", "components": [
            {"type": 18, "label": "l", "component": {"type": 4, "custom_id": "name"}},
            {"type": 1, "components": [{"type": 4, "custom_id": "country"}]},
        ]});
        assert_eq!(Modal::read(&modal).unwrap().fields, ["name", "country"]);
    }
}
