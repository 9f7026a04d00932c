//! From a page to the message that Discord is told, within Discord's limits whatever the words are.

use super::{Block, File, Page, Reply, Tone, row};
use bytes::Bytes;
use serde::Serialize;
use twilight_model::channel::message::component::{
    Container, FileDisplay, MediaGallery, MediaGalleryItem, Section, Separator, TextDisplay,
    UnfurledMediaItem,
};
use twilight_model::channel::message::{AllowedMentions, Component, Message, MessageFlags};

/// Characters of a page over all its texts. Discord takes 4,000 in a message; what is left is for a notice.
pub(super) const PAGE_TEXT: usize = 3_200;
pub(super) const NOTICE_TEXT: usize = 780;

/// Components of a page, nested ones included. Discord takes 40; what is left is for a notice with a button.
#[cfg(test)]
pub(super) const PAGE_COMPONENTS: usize = 36;

/// The box with a notice, so that the next one takes its place. Discord numbers the others from 1.
const NOTICE: i32 = 9_000;

/// Where a reply is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Surface<'a> {
    /// A message made for the answer.
    New,
    /// The message that the button or menu belongs to, with what it showed when it was pressed, of
    /// [`shown_in`].
    Existing(&'a [Component]),
}

/// What Discord is told of a message. Its components replace those that were there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Body {
    /// Null in an edit: Components V2 exclude it, and the message may be of a build without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<()>,
    /// Empty in an edit, for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    embeds: Option<[(); 0]>,
    components: Vec<Component>,
    pub flags: MessageFlags,
    /// By itself the empty list: no text of a player ever pings anyone.
    pub allowed_mentions: AllowedMentions,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enforce_nonce: Option<bool>,
    /// The files of the message; without a list those that are there stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Vec<Attachment>>,
}

/// A file that goes up with the message, in the part `files[id]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attachment {
    /// As text: Discord's own description of its API has no numbers for ids.
    #[serde(serialize_with = "as_text")]
    pub id: usize,
    pub filename: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip)]
    pub bytes: Bytes,
}

fn as_text<S: serde::Serializer>(id: &usize, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

impl Page {
    /// Characters that there still is room for.
    pub fn room(&self) -> usize {
        let blocks = self.blocks.iter().map(|block| match block {
            Block::Text(text) | Block::Section(text, _) => text.chars().count(),
            Block::Line | Block::Picture(_) | Block::File(_) => 0,
        });
        let others = [Some(&self.content), self.fact.as_ref(), self.beside.as_ref()];
        let others = others.into_iter().flatten().map(|text| text.chars().count());
        PAGE_TEXT.saturating_sub(blocks.chain(others).sum())
    }
}

impl Body {
    /// None where there is nothing to show.
    pub fn of(reply: Reply, surface: Surface<'_>) -> Option<Body> {
        let (text, gate) = match (reply, surface) {
            (Reply::Taken, _) => return None,
            (Reply::Page(mut page), Surface::Existing(_)) => {
                let notice = page.notice.take();
                let mut body = Body::of_page(*page).over_existing();
                body.components.extend(notice.map(|text| notice_box(&text, None)));
                return Some(body);
            }
            (Reply::Page(page), Surface::New) => return Some(Body::of_page(*page)),
            (Reply::Notice(text), _) => (text, None),
            (Reply::Refused { text, gate }, _) => (text, gate),
        };
        let body = match surface {
            Surface::New => {
                let tone = if gate.is_some() { Tone::Warning } else { Tone::Calm };
                let rows = gate.map(|button| row(vec![button])).into_iter().collect();
                Body::of_page(Page { content: text, rows, tone, ..Page::default() })
            }
            Surface::Existing(shown) => {
                let gate = gate.filter(|gate| !holds(shown, gate));
                let mut components = shown.to_vec();
                components.push(notice_box(&text, gate));
                Body { attachments: None, ..Body::with(components, Vec::new()) }.over_existing()
            }
        };
        Some(body)
    }

    /// A new message.
    pub fn of_page(page: Page) -> Body {
        let Page { content, blocks, rows, tone, fact, beside, notice, files } = page;
        let (fact, beside) = (fact.unwrap_or_default(), beside.unwrap_or_default());
        let mut room_beside = PAGE_TEXT.saturating_sub(fact.chars().count());
        let mut room = room_beside.saturating_sub(beside.chars().count());
        let mut parts = Vec::new();
        parts.extend(text(&content, &mut room));
        for block in blocks {
            parts.extend(match block {
                Block::Text(shown) => text(&shown, &mut room),
                Block::Line => Some(line()),
                Block::Section(shown, button) => text(&shown, &mut room).map(|text| {
                    Component::Section(Section {
                        accessory: Box::new(button),
                        components: vec![text],
                        id: None,
                    })
                }),
                Block::Picture(name) => Some(gallery(&name, &files)),
                Block::File(name) => Some(Component::File(FileDisplay {
                    file: media(format!("attachment://{name}")),
                    id: None,
                    spoiler: None,
                })),
            });
        }
        if let Some(beside) = text(&beside, &mut room_beside) {
            parts.extend([line(), beside]);
        }
        parts.extend(rows);
        // Below all that people use.
        parts.extend(text(&fact, &mut fact.chars().count()));
        // Who hears or reads the message as a notification begins with what was pressed.
        let mut components: Vec<Component> = notice.map(|text| notice_box(&text, None)).into_iter().collect();
        components.push(container(tone, parts, None));
        Body::with(components, files)
    }

    fn with(components: Vec<Component>, files: Vec<File>) -> Body {
        let attachment = |(id, file): (usize, File)| Attachment {
            id,
            filename: file.name,
            description: file.alt,
            bytes: file.bytes,
        };
        Body {
            content: None,
            embeds: None,
            components,
            flags: MessageFlags::IS_COMPONENTS_V2,
            allowed_mentions: AllowedMentions::default(),
            nonce: None,
            enforce_nonce: None,
            attachments: Some(files.into_iter().enumerate().map(attachment).collect()),
        }
    }

    /// The same as an edit of a message, whatever that showed.
    #[must_use]
    pub fn over_existing(self) -> Body {
        Body { content: Some(()), embeds: Some([]), ..self }
    }

    /// As a post that Discord makes once for this nonce, of 25 characters at most, in some minutes.
    #[must_use]
    pub fn once(self, nonce: String) -> Body {
        Body { nonce: Some(nonce), enforce_nonce: Some(true), ..self }
    }

    #[cfg(test)]
    pub(in crate::frontend) fn components(&self) -> &[Component] {
        &self.components
    }

    /// What goes up with it.
    pub fn files(&self) -> &[Attachment] {
        self.attachments.as_deref().unwrap_or_default()
    }

    /// All texts in it, a line or more each.
    pub fn text(&self) -> String {
        text_of(&self.components)
    }
}

/// All texts among components and inside them, as they are shown from top to bottom.
pub fn text_of(components: &[Component]) -> String {
    fn collect<'a>(components: &'a [Component], texts: &mut Vec<&'a str>) {
        for component in components {
            match component {
                Component::TextDisplay(text) => texts.push(text.content.trim()),
                Component::Container(container) => collect(&container.components, texts),
                Component::Section(section) => collect(&section.components, texts),
                _ => {}
            }
        }
    }
    let mut texts = Vec::new();
    collect(components, &mut texts);
    texts.join("\n")
}

/// What a message shows, as components that can be sent again, without an earlier notice. Its files are
/// named as they were when they went up.
pub fn shown_in(message: &Message) -> Vec<Component> {
    if message.flags.is_some_and(|flags| flags.contains(MessageFlags::IS_COMPONENTS_V2)) {
        let kept = message.components.iter().filter(|component| !is_notice(component));
        return kept.map(|component| named(component.clone(), message)).collect();
    }
    let mut room = PAGE_TEXT;
    let mut parts: Vec<Component> = text(&message.content, &mut room).into_iter().collect();
    for embed in &message.embeds {
        let fields = embed.fields.iter().map(|field| super::field(&field.name, &field.value));
        let all = [&embed.title, &embed.description].into_iter().flatten().cloned().chain(fields);
        parts.extend(all.filter_map(|shown| text(&shown, &mut room)));
    }
    parts.extend(message.components.iter().cloned());
    if parts.is_empty() { Vec::new() } else { vec![container(Tone::Calm, parts, None)] }
}

fn is_notice(component: &Component) -> bool {
    matches!(component, Component::Container(container) if container.id == Some(NOTICE))
}

/// With links to attachments as they were sent: the ones that Discord shows end after a day.
fn named(mut component: Component, message: &Message) -> Component {
    let rename = |media: &mut UnfurledMediaItem| {
        let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
        let found = message.attachments.iter().find(|file| path(&file.url) == path(&media.url));
        if let Some(file) = found {
            *media = self::media(format!("attachment://{}", file.filename));
        }
    };
    match &mut component {
        Component::Container(container) => {
            let inner = std::mem::take(&mut container.components);
            container.components = inner.into_iter().map(|inner| named(inner, message)).collect();
        }
        Component::MediaGallery(gallery) => gallery.items.iter_mut().for_each(|item| rename(&mut item.media)),
        Component::File(file) => rename(&mut file.file),
        _ => {}
    }
    component
}

/// Whether a button with the meaning of this one is among components.
fn holds(shown: &[Component], wanted: &Component) -> bool {
    shown.iter().any(|component| match component {
        Component::Container(container) => holds(&container.components, wanted),
        Component::ActionRow(row) => holds(&row.components, wanted),
        Component::Section(section) => holds(std::slice::from_ref(&*section.accessory), wanted),
        Component::Button(button) => {
            matches!(wanted, Component::Button(wanted) if wanted.custom_id == button.custom_id)
        }
        _ => false,
    })
}

/// A text as far as there is room for it.
fn text(shown: &str, room: &mut usize) -> Option<Component> {
    let shown = shown.trim();
    let length = shown.chars().count();
    let content = if length <= *room {
        shown.to_owned()
    } else {
        shown.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    };
    if shown.is_empty() || *room == 0 {
        return None;
    }
    *room -= length.min(*room);
    Some(Component::TextDisplay(TextDisplay { content, id: None }))
}

fn line() -> Component {
    Component::Separator(Separator { divider: None, id: None, spacing: None })
}

fn container(tone: Tone, components: Vec<Component>, id: Option<i32>) -> Component {
    let accent_color = Some(Some(tone.colour()));
    Component::Container(Container { accent_color, components, id, spoiler: None })
}

fn notice_box(shown: &str, gate: Option<Component>) -> Component {
    let mut parts: Vec<Component> = text(shown, &mut NOTICE_TEXT.clone()).into_iter().collect();
    parts.extend(gate.map(|button| row(vec![button])));
    container(Tone::Warning, parts, Some(NOTICE))
}

fn gallery(name: &str, files: &[File]) -> Component {
    let file = files.iter().find(|file| file.name == name);
    let item = MediaGalleryItem {
        description: file.and_then(|file| file.alt.clone()),
        media: media(format!("attachment://{name}")),
        spoiler: None,
    };
    Component::MediaGallery(MediaGallery { id: None, items: vec![item] })
}

fn media(url: String) -> UnfurledMediaItem {
    UnfurledMediaItem { content_type: None, height: None, proxy_url: None, url, width: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::custom_id::CustomId;
    use crate::frontend::reply::{Picture, button};
    use serde_json::{Value, json};
    use twilight_model::channel::message::component::ButtonStyle;

    fn json_of(body: &Body) -> Value {
        serde_json::to_value(body).unwrap()
    }

    /// A message of the bot's as Discord sends it with a press.
    fn message(parts: &Value) -> Message {
        let mut message = json!({
            "id": "5", "channel_id": "9", "type": 0, "content": "", "embeds": [], "components": [],
            "attachments": [], "flags": 0, "timestamp": "2026-11-22T08:00:00.000000+00:00",
            "edited_timestamp": null, "mentions": [], "mention_roles": [], "mention_everyone": false,
            "pinned": false, "tts": false,
            "author": { "id": "1", "username": "bot", "discriminator": "0", "global_name": null, "avatar": null },
        });
        let parts = parts.as_object().unwrap().clone();
        message.as_object_mut().unwrap().extend(parts.into_iter().filter(|(_, part)| !part.is_null()));
        serde_json::from_value(message).unwrap()
    }

    fn leave() -> Component {
        button(CustomId::QueueLeave, ButtonStyle::Danger, "Leave".to_owned())
    }

    #[test]
    fn a_new_message_is_one_container_from_its_sentence_to_the_line_for_programs() {
        let page = Page::of("Here".to_owned()).line().text("There".to_owned());
        let page = Page { fact: Some("-# match 1 · confirming".to_owned()), ..page }.row(row(vec![leave()]));
        let json = json_of(&Body::of_page(page));
        assert_eq!((&json["flags"], json.get("content"), json.get("embeds")), (&json!(1 << 15), None, None));
        assert_eq!(json["allowed_mentions"]["parse"], json!([]));
        assert_eq!(json["components"].as_array().unwrap().len(), 1);
        let parts = json["components"][0]["components"].as_array().unwrap();
        let kinds: Vec<_> = parts.iter().map(|part| part["type"].as_u64().unwrap()).collect();
        assert_eq!(kinds, [10, 14, 10, 1, 10]);
        assert_eq!(
            (&parts[0]["content"], &parts[4]["content"]),
            (&json!("Here"), &json!("-# match 1 · confirming"))
        );
    }

    #[test]
    fn an_edit_takes_away_what_messages_of_older_builds_have() {
        let page = Page::of("Here".to_owned());
        let json = json_of(&Body::of(page.into(), Surface::Existing(&[])).unwrap());
        assert_eq!((&json["content"], &json["embeds"]), (&Value::Null, &json!([])));
        assert!(json.as_object().unwrap().contains_key("content"));
        assert_eq!(json["attachments"], json!([]), "nor stays a picture of the page before");
    }

    #[test]
    fn a_notice_leaves_what_is_shown_alone_and_takes_the_place_of_the_one_before() {
        let page = Page::of("Here".to_owned()).row(row(vec![leave()]));
        let first = serde_json::to_value(Body::of_page(page)).unwrap();
        let before = shown_in(&message(&first));
        let refused = Reply::Refused { text: "Too late.".to_owned(), gate: Some(leave()) };
        let body = Body::of(refused, Surface::Existing(&before)).unwrap();
        let json = json_of(&body);
        assert_eq!(json["components"][0], first["components"][0]);
        let parts = &json["components"][1]["components"];
        assert_eq!(parts, &json!([{ "type": 10, "content": "Too late." }]), "its button is there already");
        assert_eq!(json.get("attachments"), None, "files that are there stay");

        let again = shown_in(&message(&json));
        let body = Body::of(Reply::Notice("Still.".to_owned()), Surface::Existing(&again)).unwrap();
        assert_eq!(body.text(), "Here\nStill.");
    }

    #[test]
    fn a_message_of_an_older_build_keeps_its_words_and_buttons_beside_a_notice() {
        let old = message(&json!({
            "content": "**Match found!**",
            "embeds": [{ "type": "rich", "title": "t", "description": "d", "fields": [
                { "name": "Map", "value": "Khione SEL", "inline": false },
            ]}],
            "components": [{ "type": 1, "components": [
                { "type": 2, "style": 4, "label": "Leave", "custom_id": "queue:leave" },
            ]}],
        }));
        let shown = shown_in(&old);
        let body = Body::of(Reply::Notice("Too late.".to_owned()), Surface::Existing(&shown)).unwrap();
        assert_eq!(body.text(), "**Match found!**\nt\nd\n**Map**\nKhione SEL\nToo late.");
        assert!(holds(&body.components, &leave()));
    }

    #[test]
    fn pictures_and_files_go_up_with_the_message_and_stay_when_a_notice_comes() {
        let picture = Picture {
            name: "rating.png".to_owned(),
            alt: "1500 to 1540".to_owned(),
            bytes: Bytes::from_static(b"png"),
        };
        let page = Page::of("Here".to_owned())
            .picture(picture)
            .file("a.SC2Replay".to_owned(), Bytes::from_static(b"mpq"));
        let body = Body::of_page(page);
        let sent: Vec<_> =
            body.files().iter().map(|file| (file.id, file.filename.as_str(), &file.bytes[..])).collect();
        assert_eq!(sent, [(0, "rating.png", &b"png"[..]), (1, "a.SC2Replay", &b"mpq"[..])]);
        let mut json = json_of(&body);
        assert_eq!(
            json["attachments"][0],
            json!({ "id": "0", "filename": "rating.png", "description": "1500 to 1540" })
        );
        let item = &json["components"][0]["components"][1]["items"][0];
        assert_eq!(item["media"]["url"], "attachment://rating.png");
        assert_eq!(item["description"], "1500 to 1540");

        // As Discord shows it.
        json["components"][0]["components"][1]["items"][0]["media"]["url"] =
            json!("https://cdn/rating.png?ex=1");
        json["attachments"] = json!([{ "id": "7", "filename": "rating.png", "size": 3, "content_type": "image/png",
            "url": "https://cdn/rating.png?ex=2", "proxy_url": "https://cdn/rating.png" }]);
        let shown = shown_in(&message(&json));
        let again = json_of(&Body::of(Reply::Notice("So.".to_owned()), Surface::Existing(&shown)).unwrap());
        let item = &again["components"][0]["components"][1]["items"][0];
        assert_eq!(item["media"]["url"], "attachment://rating.png");
    }

    #[test]
    fn what_is_told_beside_a_full_page_stays_whole() {
        let page = Page::of("a".repeat(2_000)).text("b".repeat(2_000)).row(row(vec![leave()]));
        assert_eq!((page.room(), Page::of("a".repeat(200)).room()), (0, PAGE_TEXT - 200));
        let beside = "c".repeat(500);
        let text = Body::of_page(page.beside(beside.clone())).text();
        assert!(text.ends_with(&format!("b…\n{beside}")), "{}", &text[text.len() - 520..]);
        assert!(text.chars().count() <= PAGE_TEXT + 2);
    }

    #[test]
    fn whatever_is_written_fits_and_the_line_for_programs_is_whole() {
        let mut page = Page::of("a".repeat(2_000)).text("b".repeat(2_000)).text("c".repeat(2_000));
        page.fact = Some("-# match 1 · confirming".to_owned());
        let body = Body::of_page(page.noticing(&"d".repeat(2_000)));
        let text = body.text();
        assert!(text.chars().count() <= PAGE_TEXT + NOTICE_TEXT + 5, "{}", text.chars().count());
        assert!(text.ends_with("b…\n-# match 1 · confirming"), "{}", &text[text.len() - 60..]);
    }
}
