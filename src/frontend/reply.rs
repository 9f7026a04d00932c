//! What the player reads, before it becomes a request to Discord: content, embeds and rows of
//! components. The helpers build components that Discord takes.

use super::custom_id::CustomId;
use serde::Serialize;
use twilight_model::channel::message::component::{
    ActionRow, Button, ButtonStyle, Label, SelectMenu, SelectMenuOption, SelectMenuType, TextInput,
    TextInputStyle,
};
use twilight_model::channel::message::embed::EmbedField;
use twilight_model::channel::message::{AllowedMentions, Component, Embed, MessageFlags};

/// The answer to one press or command.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Replaces whatever the message showed.
    Page(Box<Page>),
    /// A sentence. Where the press came from a message, it is added to it and takes nothing away.
    Notice(String),
    /// Nothing to read: what follows comes as a card.
    Taken,
}

/// A whole message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub content: String,
    pub embeds: Vec<Embed>,
    pub rows: Vec<Component>,
}

/// Rows of components that a message has room for.
pub const ROWS: usize = 5;

/// The colours of the stripe beside an embed.
pub mod colour {
    pub const CALM: u32 = 0x0058_65F2;
    pub const GOOD: u32 = 0x002E_A043;
    pub const WARNING: u32 = 0x00D2_9722;
    pub const BAD: u32 = 0x00C9_3C37;
}

impl Page {
    /// The page with a sentence above its other embeds.
    #[must_use]
    pub fn noticing(mut self, text: &str) -> Page {
        self.embeds.insert(0, notice(text));
        self
    }
}

impl From<Page> for Reply {
    fn from(page: Page) -> Reply {
        Reply::Page(Box::new(page))
    }
}

/// Where a reply is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A message made for the answer.
    New,
    /// The message that the button or menu belongs to.
    Existing,
}

/// The part of a message that Discord is told. What is None stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embeds: Option<Vec<Embed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<Component>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<MessageFlags>,
    /// Always the empty list: no text of a player ever pings anyone.
    pub allowed_mentions: AllowedMentions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_nonce: Option<bool>,
}

impl Body {
    /// None where there is nothing to show.
    pub fn of(reply: Reply, surface: Surface) -> Option<Body> {
        match (reply, surface) {
            (Reply::Page(page), _) => Some(Body::of_page(*page)),
            (Reply::Notice(text), Surface::New) => {
                Some(Body::of_page(Page { content: text, ..Page::default() }))
            }
            (Reply::Notice(text), Surface::Existing) => {
                Some(Body { embeds: Some(vec![notice(&text)]), ..Body::default() })
            }
            (Reply::Taken, _) => None,
        }
    }

    pub fn of_page(page: Page) -> Body {
        Body {
            content: Some(page.content),
            embeds: Some(page.embeds),
            components: Some(page.rows),
            ..Body::default()
        }
    }
}

fn notice(text: &str) -> Embed {
    embed(colour::WARNING, None, Some(text.to_owned()), Vec::new())
}

pub fn embed(
    colour: u32,
    title: Option<String>,
    description: Option<String>,
    fields: Vec<EmbedField>,
) -> Embed {
    Embed {
        author: None,
        color: Some(colour),
        description,
        fields,
        flags: None,
        footer: None,
        image: None,
        kind: "rich".to_owned(),
        provider: None,
        thumbnail: None,
        timestamp: None,
        title,
        url: None,
        video: None,
    }
}

/// Side by side with its neighbours where there is room.
pub fn beside(name: String, value: String) -> EmbedField {
    EmbedField { inline: true, name, value }
}

/// On lines of its own.
pub fn below(name: String, value: String) -> EmbedField {
    EmbedField { inline: false, name, value }
}

pub fn row(components: Vec<Component>) -> Component {
    Component::ActionRow(ActionRow { components, id: None })
}

pub fn button(id: CustomId, style: ButtonStyle, label: String) -> Component {
    Component::Button(Button {
        custom_id: Some(id.to_string()),
        disabled: false,
        emoji: None,
        id: None,
        label: Some(label),
        sku_id: None,
        style,
        url: None,
    })
}

/// How many options may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choose {
    One,
    UpTo(u8),
}

/// A menu of texts, in a row of its own as Discord wants it.
pub fn menu(id: CustomId, choose: Choose, placeholder: String, options: Vec<SelectMenuOption>) -> Component {
    let (min, max) = match choose {
        Choose::One => (1, 1),
        Choose::UpTo(max) => (0, max.min(u8::try_from(options.len()).unwrap_or(u8::MAX))),
    };
    row(vec![Component::SelectMenu(SelectMenu {
        channel_types: None,
        custom_id: id.to_string(),
        default_values: None,
        disabled: false,
        id: None,
        kind: SelectMenuType::Text,
        max_values: Some(max),
        min_values: Some(min),
        options: Some(options),
        placeholder: Some(placeholder),
        required: None,
    })])
}

/// An input of a modal, under its label. A value that the input would not take is left out.
pub fn text_input(
    id: &str,
    label: String,
    help: String,
    value: Option<String>,
    max: u16,
    required: bool,
) -> Component {
    let value = value.filter(|value| !value.is_empty() && value.chars().count() <= usize::from(max));
    #[expect(deprecated, reason = "the model has the field; it stays empty")]
    let input = TextInput {
        custom_id: id.to_owned(),
        id: None,
        label: None,
        max_length: Some(max),
        min_length: required.then_some(1),
        placeholder: None,
        required: Some(required),
        style: TextInputStyle::Short,
        value,
    };
    Component::Label(Label {
        component: Box::new(Component::TextInput(input)),
        description: Some(help),
        id: None,
        label,
    })
}

/// `chosen` is shown as selected when the message appears.
pub fn option(value: &str, label: String, chosen: bool) -> SelectMenuOption {
    SelectMenuOption { default: chosen, description: None, emoji: None, label, value: value.to_owned() }
}

#[cfg(test)]
pub mod limits {
    //! Discord's limits for one message, for the tests of everything that renders one.

    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    pub(crate) fn assert_fits(page: &Page) {
        let length = |text: &str| text.chars().count();
        assert!(length(&page.content) <= 2000, "content of {}", length(&page.content));
        assert!(page.embeds.len() <= 10, "{} embeds", page.embeds.len());
        assert!(!page.content.is_empty() || !page.embeds.is_empty(), "an empty message");
        let mut in_all = 0;
        for embed in &page.embeds {
            let title = embed.title.as_deref().map_or(0, length);
            let description = embed.description.as_deref().map_or(0, length);
            assert!(title <= 256 && description <= 4096 && embed.fields.len() <= 25);
            in_all += title + description;
            for field in &embed.fields {
                let (name, value) = (length(&field.name), length(&field.value));
                assert!((1..=256).contains(&name) && (1..=1024).contains(&value), "{field:?}");
                in_all += name + value;
            }
        }
        assert!(in_all <= 6000, "{in_all} characters in embeds");
        assert!(page.rows.len() <= 5, "{} rows", page.rows.len());
        let mut ids = BTreeSet::new();
        for row in &page.rows {
            let Component::ActionRow(row) = row else { panic!("not a row: {row:?}") };
            assert!((1..=5).contains(&row.components.len()));
            for component in &row.components {
                let id = match component {
                    Component::Button(button) => {
                        let label = button.label.as_deref().map_or(0, length);
                        assert!((1..=80).contains(&label), "label of {label}");
                        button.custom_id.clone().unwrap()
                    }
                    Component::SelectMenu(menu) => {
                        assert_eq!(row.components.len(), 1, "a menu shares its row");
                        assert_menu_fits(menu);
                        menu.custom_id.clone()
                    }
                    other => panic!("unexpected component {other:?}"),
                };
                assert!(CustomId::parse(&id).is_some(), "{id}");
                assert!(ids.insert(id), "a custom id twice");
            }
        }
    }

    fn assert_menu_fits(menu: &SelectMenu) {
        let length = |text: &str| text.chars().count();
        let options = menu.options.as_ref().unwrap();
        assert!((1..=25).contains(&options.len()), "{} options", options.len());
        let max = usize::from(menu.max_values.unwrap());
        assert!(max >= 1 && max <= options.len());
        assert!(options.iter().filter(|option| option.default).count() <= max);
        assert!(menu.placeholder.as_deref().map_or(0, length) <= 150);
        for option in options {
            assert!((1..=100).contains(&length(&option.label)), "{option:?}");
            assert!((1..=100).contains(&length(&option.value)), "{option:?}");
        }
        let values: BTreeSet<_> = options.iter().map(|option| &option.value).collect();
        assert_eq!(values.len(), options.len(), "a value twice");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_on_an_existing_message_leaves_its_text_and_buttons_alone() {
        let body = Body::of(Reply::Notice("Too late.".to_owned()), Surface::Existing).unwrap();
        let json = serde_json::to_value(body).unwrap();
        assert!(json.get("content").is_none() && json.get("components").is_none());
        assert_eq!(json["embeds"][0]["description"], "Too late.");
        assert_eq!(json["allowed_mentions"]["parse"], serde_json::json!([]));
    }

    #[test]
    fn a_page_replaces_everything_that_was_there() {
        let page = Page { content: "Here".to_owned(), ..Page::default() };
        let json = serde_json::to_value(Body::of(page.into(), Surface::Existing).unwrap()).unwrap();
        assert_eq!(json["content"], "Here");
        assert_eq!(json["embeds"], serde_json::json!([]));
        assert_eq!(json["components"], serde_json::json!([]));
    }
}
