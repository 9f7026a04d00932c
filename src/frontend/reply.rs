//! What the player reads, before it becomes a request to Discord: a page, and the message of
//! Components V2 that [`Body`] makes of it. The helpers build components that Discord takes.
//!
//! Every message is of Components V2: one that has the flag cannot lose it, so a message that may
//! be edited later is never of the older kind. Messages that an older build made get the flag with
//! their next edit.

mod body;

use super::custom_id::CustomId;
pub use body::{Attachment, Body, Surface, shown_in, text_of};
use bytes::Bytes;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::{
    ActionRow, Button, ButtonStyle, Label, SelectMenu, SelectMenuOption, SelectMenuType, TextInput,
    TextInputStyle,
};

/// The answer to one press or command.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Replaces whatever the message showed.
    Page(Box<Page>),
    /// A sentence. Where the press came from a message, it is added to it and takes nothing away.
    Notice(String),
    /// Nothing to read: what follows comes as a card.
    Taken,
    /// The rules say no. Shown as a notice, with the button that opens the gate, if there is one.
    Refused { text: String, gate: Option<Component> },
}

/// A whole message: a container with a coloured stripe, and in it from top to bottom its sentence,
/// its blocks, its rows, and the line for programs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// What a push notification shows and a screen reader begins with.
    pub content: String,
    pub blocks: Vec<Block>,
    /// Rows of buttons, or of one menu each.
    pub rows: Vec<Component>,
    pub tone: Tone,
    /// What programs read, a line of small print.
    pub fact: Option<String>,
    /// What is told beside the page and stays whole, below its blocks: those are cut first.
    pub beside: Option<String>,
    /// A sentence about what was pressed last, in a box of its own.
    pub notice: Option<String>,
    /// By [`Page::picture`] and [`Page::file`].
    pub files: Vec<File>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Markdown; an empty one is left out.
    Text(String),
    /// A line between what is above and below.
    Line,
    /// Text with a button at its side.
    Section(String, Component),
    /// A file of the page that is a picture, by name.
    Picture(String),
    /// A file of the page to be downloaded, by name.
    File(String),
}

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    name: String,
    alt: Option<String>,
    bytes: Bytes,
}

/// A picture in a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Unique in its message, letters, digits, dots and dashes: `rating.png`.
    pub name: String,
    /// What it shows, for who cannot see it; cut at 1,024 characters.
    pub alt: String,
    /// PNG.
    pub bytes: Bytes,
}

/// What a page is about, as the colour of its stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Calm,
    Good,
    Warning,
    Bad,
}

impl Tone {
    fn colour(self) -> u32 {
        match self {
            Tone::Calm => 0x0058_65F2,
            Tone::Good => 0x002E_A043,
            Tone::Warning => 0x00D2_9722,
            Tone::Bad => 0x00C9_3C37,
        }
    }
}

impl Page {
    /// A page of one sentence.
    pub fn of(content: String) -> Page {
        Page { content, ..Page::default() }
    }

    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Page {
        self.tone = tone;
        self
    }

    #[must_use]
    pub fn text(mut self, text: String) -> Page {
        self.blocks.push(Block::Text(text));
        self
    }

    #[must_use]
    pub fn line(mut self) -> Page {
        self.blocks.push(Block::Line);
        self
    }

    #[must_use]
    pub fn section(mut self, text: String, button: Component) -> Page {
        self.blocks.push(Block::Section(text, button));
        self
    }

    #[must_use]
    pub fn row(mut self, row: Component) -> Page {
        self.rows.push(row);
        self
    }

    /// Shows a picture below what is there.
    #[must_use]
    pub fn picture(mut self, picture: Picture) -> Page {
        let Picture { name, alt, bytes } = picture;
        let alt = alt.chars().take(1024).collect();
        self.blocks.push(Block::Picture(name.clone()));
        self.files.push(File { name, alt: Some(alt), bytes });
        self
    }

    /// Offers a file for download below what is there. The name is unique in its message.
    #[must_use]
    pub fn file(mut self, name: String, bytes: Bytes) -> Page {
        self.blocks.push(Block::File(name.clone()));
        self.files.push(File { name, alt: None, bytes });
        self
    }

    #[must_use]
    pub fn beside(mut self, text: String) -> Page {
        self.beside = Some(text);
        self
    }

    /// The page with a sentence about what was pressed.
    #[must_use]
    pub fn noticing(mut self, text: &str) -> Page {
        self.notice = Some(text.to_owned());
        self
    }
}

impl From<Page> for Reply {
    fn from(page: Page) -> Reply {
        Reply::Page(Box::new(page))
    }
}

/// Something with a name above it.
pub fn field(name: &str, value: &str) -> String {
    format!("**{name}**\n{value}")
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

    use super::body::{PAGE_COMPONENTS, PAGE_TEXT};
    use super::*;
    use std::collections::BTreeSet;

    fn length(text: &str) -> usize {
        text.chars().count()
    }

    /// All that a page says, from top to bottom.
    pub(crate) fn text(page: &Page) -> String {
        let body = Body::of_page(page.clone());
        body.text()
    }

    #[track_caller]
    pub(crate) fn assert_fits(page: &Page) {
        assert!(!page.content.trim().is_empty(), "nothing to notify of");
        let texts = page.blocks.iter().filter_map(|block| match block {
            Block::Text(text) | Block::Section(text, _) => Some(text),
            Block::Line | Block::Picture(_) | Block::File(_) => None,
        });
        let texts = texts.chain([&page.content]).chain(&page.fact).chain(&page.beside);
        let in_all: usize = texts.map(|text| length(text)).sum();
        assert!(in_all <= PAGE_TEXT, "{in_all} characters");
        let mut seen = Seen::default();
        seen.walk(Body::of_page(page.clone()).components());
        assert!(seen.count <= PAGE_COMPONENTS, "{} components", seen.count);
    }

    #[derive(Default)]
    struct Seen {
        count: usize,
        ids: BTreeSet<String>,
    }

    impl Seen {
        #[track_caller]
        fn walk(&mut self, components: &[Component]) {
            self.count += components.len();
            for component in components {
                match component {
                    Component::Container(container) => self.walk(&container.components),
                    Component::Section(section) => {
                        self.walk(&section.components);
                        self.walk(std::slice::from_ref(&*section.accessory));
                    }
                    Component::ActionRow(row) => {
                        assert!((1..=5).contains(&row.components.len()));
                        let alone = row.components.len() == 1;
                        let menu = row.components.iter().any(|part| matches!(part, Component::SelectMenu(_)));
                        assert!(alone || !menu, "a menu shares its row");
                        self.walk(&row.components);
                    }
                    Component::Button(button) => {
                        let label = button.label.as_deref().map_or(0, length);
                        assert!((1..=80).contains(&label), "label of {label}");
                        self.id(button.custom_id.as_ref().unwrap());
                    }
                    Component::SelectMenu(menu) => {
                        assert_menu_fits(menu);
                        self.id(&menu.custom_id);
                    }
                    Component::MediaGallery(gallery) => assert!((1..=10).contains(&gallery.items.len())),
                    Component::TextDisplay(_) | Component::Separator(_) | Component::File(_) => {}
                    other => panic!("unexpected component {other:?}"),
                }
            }
        }

        #[track_caller]
        fn id(&mut self, id: &str) {
            assert!(CustomId::parse(id).is_some(), "{id}");
            assert!(self.ids.insert(id.to_owned()), "{id} twice");
        }
    }

    fn assert_menu_fits(menu: &SelectMenu) {
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
