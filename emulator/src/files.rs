//! Uploaded files and the signed links to them.
//!
//! A link carries when it was made (`is`), when it ends (`ex`) and a signature over
//! both (`hm`), as Discord's do. Every message that is sent out carries fresh links.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::ids::{Mint, Snowflake};

/// Discord's limit without a boost or Nitro.
pub(crate) const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// Discord's limit for a message.
pub(crate) const MAX_FILES: usize = 10;

/// All files together; the oldest are dropped. A day of 1,000 replays is about this.
const MAX_TOTAL_BYTES: usize = 128 * 1024 * 1024;

const LINK_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// A file as it came in a request.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The name of its part: `files[0]` from a bot.
    pub(crate) part: String,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// A stored file as a message names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) size: usize,
    pub(crate) ephemeral: bool,
}

/// What a link asks for.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) channel: String,
    pub(crate) attachment: String,
    pub(crate) name: String,
    pub(crate) expires: String,
    pub(crate) issued: String,
    pub(crate) signature: String,
}

#[derive(Debug)]
pub(crate) struct Files {
    address: SocketAddr,
    stored: BTreeMap<Snowflake, Stored>,
    by_age: VecDeque<Snowflake>,
    total_bytes: usize,
    unsaved: Vec<Change>,
}

/// What is not saved yet, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Stored(Snowflake),
    Dropped(Snowflake),
}

#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// Channel, id and name, as in its link.
    pub(crate) path: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Files {
    pub(crate) fn new(address: SocketAddr) -> Files {
        Files {
            address,
            stored: BTreeMap::new(),
            by_age: VecDeque::new(),
            total_bytes: 0,
            unsaved: Vec::new(),
        }
    }

    pub(crate) fn store(
        &mut self,
        mint: &mut Mint,
        now: Moment,
        channel: Snowflake,
        upload: Upload,
    ) -> Attachment {
        let id = mint.next(now);
        let name = safe_name(&upload.name);
        let size = upload.bytes.len();
        let path = format!("{channel}/{id}/{name}");
        let content_type = upload.content_type.clone();
        self.unsaved.push(Change::Stored(id));
        self.restore(id, Stored { path, content_type, bytes: upload.bytes });
        Attachment {
            id,
            channel,
            name,
            description: None,
            content_type: upload.content_type,
            size,
            ephemeral: false,
        }
    }

    /// Takes in a file, new or of a former life, as the newest.
    pub(crate) fn restore(&mut self, id: Snowflake, stored: Stored) {
        self.total_bytes += stored.bytes.len();
        self.stored.insert(id, stored);
        self.by_age.push_back(id);
        while self.total_bytes > MAX_TOTAL_BYTES {
            let Some(oldest) = self.by_age.pop_front() else { break };
            if let Some(gone) = self.stored.remove(&oldest) {
                self.total_bytes -= gone.bytes.len();
                self.unsaved.push(Change::Dropped(oldest));
            }
        }
    }

    pub(crate) fn forget(&mut self, id: Snowflake) {
        if let Some(gone) = self.stored.remove(&id) {
            self.total_bytes -= gone.bytes.len();
            self.by_age.retain(|kept| *kept != id);
        }
    }

    pub(crate) fn get(&self, id: Snowflake) -> Option<&Stored> {
        self.stored.get(&id)
    }

    /// All files, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Snowflake, &Stored)> {
        self.by_age.iter().filter_map(|id| Some((*id, self.stored.get(id)?)))
    }

    /// What changed since this was asked last.
    pub(crate) fn take_unsaved(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.unsaved)
    }

    /// Gives back what could not be saved, to be asked for again.
    pub(crate) fn not_saved(&mut self, changes: Vec<Change>) {
        self.unsaved.splice(..0, changes);
    }

    /// The attachment as a message shows it, with a link that begins to age now.
    pub(crate) fn render(&self, mint: &Mint, now: Moment, attachment: &Attachment) -> Value {
        let url = self.link(mint, now, attachment);
        let mut value = json!({
            "id": attachment.id.json(),
            "filename": attachment.name,
            "size": attachment.size,
            "url": url,
            "proxy_url": url,
        });
        if let Some(content_type) = &attachment.content_type {
            value["content_type"] = content_type.as_str().into();
        }
        if let Some(description) = &attachment.description {
            value["description"] = description.as_str().into();
        }
        if attachment.ephemeral {
            value["ephemeral"] = true.into();
        }
        value
    }

    pub(crate) fn link(&self, mint: &Mint, now: Moment, attachment: &Attachment) -> String {
        let issued = format!("{:x}", now.unix_seconds());
        let expires = format!("{:x}", now.after(LINK_LIFE).unix_seconds());
        let path = format!("{}/{}/{}", attachment.channel, attachment.id, attachment.name);
        let signature = mint.signature(&["link", &path, &expires, &issued]);
        format!("http://{}/attachments/{path}?ex={expires}&is={issued}&hm={signature}", self.address)
    }

    /// The file behind a link, unless it was forged, has expired, or was dropped.
    pub(crate) fn open(&self, mint: &Mint, now: Moment, link: &Link) -> Option<(Option<String>, Bytes)> {
        let path = format!("{}/{}/{}", link.channel, link.attachment, link.name);
        if mint.signature(&["link", &path, &link.expires, &link.issued]) != link.signature {
            return None;
        }
        if u64::from_str_radix(&link.expires, 16).ok()? < now.unix_seconds() {
            return None;
        }
        let stored = self.stored.get(&link.attachment.parse().ok()?)?;
        (stored.path == path).then(|| (stored.content_type.clone(), stored.bytes.clone()))
    }
}

/// Discord keeps letters, digits, `-`, `_` and `.` of a name; so a name needs no
/// escaping in a link.
fn safe_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c == ' ' { '_' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        .take(200)
        .collect();
    if kept.trim_matches('.').is_empty() { "file".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(bytes: usize) -> Upload {
        Upload {
            part: "files[0]".to_owned(),
            name: "한국 ladder 1.SC2Replay".to_owned(),
            content_type: None,
            bytes: Bytes::from(vec![7; bytes]),
        }
    }

    fn parse(url: &str) -> Link {
        let (path, query) = url.split_once("/attachments/").unwrap().1.split_once('?').unwrap();
        let path: Vec<&str> = path.split('/').collect();
        let value = |key: &str| {
            let pair = query.split('&').find(|pair| pair.starts_with(key)).unwrap();
            pair[key.len()..].to_owned()
        };
        Link {
            channel: path[0].to_owned(),
            attachment: path[1].to_owned(),
            name: path[2].to_owned(),
            expires: value("ex="),
            issued: value("is="),
            signature: value("hm="),
        }
    }

    #[test]
    fn a_link_opens_until_it_expires_and_only_unchanged() {
        let mut mint = Mint::new(3);
        let mut files = Files::new(([127, 0, 0, 1], 1).into());
        let now = Moment::from_unix_ms(1_795_000_000_000);
        let channel = mint.stable("dm", "ana");
        let attachment = files.store(&mut mint, now, channel, upload(10));
        assert_eq!(attachment.name, "_ladder_1.SC2Replay");
        let url = files.link(&mint, now, &attachment);
        let later = now.after(LINK_LIFE + Duration::from_secs(1));
        assert!(files.open(&mint, now, &parse(&url)).is_some());
        assert!(files.open(&mint, later, &parse(&url)).is_none());
        let longer = Link { expires: "ffffffff".to_owned(), ..parse(&url) };
        assert!(files.open(&mint, later, &longer).is_none());
        let other = Link { name: "other".to_owned(), ..parse(&url) };
        assert!(files.open(&mint, now, &other).is_none());
    }

    #[test]
    fn the_oldest_files_make_room() {
        let mut mint = Mint::new(3);
        let mut files = Files::new(([127, 0, 0, 1], 1).into());
        let now = Moment::from_unix_ms(1_795_000_000_000);
        let channel = mint.stable("dm", "ana");
        let links: Vec<String> = (0..14)
            .map(|_| {
                let attachment = files.store(&mut mint, now, channel, upload(MAX_FILE_BYTES));
                files.link(&mint, now, &attachment)
            })
            .collect();
        let open: Vec<bool> =
            links.iter().map(|link| files.open(&mint, now, &parse(link)).is_some()).collect();
        assert_eq!(open.iter().filter(|open| **open).count(), MAX_TOTAL_BYTES / MAX_FILE_BYTES);
        assert!(!open[0] && !open[1] && open[13]);
    }
}
