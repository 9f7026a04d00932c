//! `replay.message.events`: what users wrote to one another.
//!
//! Pings on the map, loading and the like lie among the texts and are stepped
//! over. Whatever is kept or not, the stream must fit its layout to the end.

use super::bitpacked::BitPacked;
use super::game_events::delta;
use super::layouts::{Layout, Message};
use crate::error::Error;
use crate::facts::ChatMessage;
use crate::format::stream;
use crate::limits;

#[derive(Default)]
pub(crate) struct Chat {
    pub(crate) messages: Vec<ChatMessage>,
    /// How many were not kept.
    pub(crate) left_out: u32,
}

pub(crate) fn parse(content: &[u8], layout: &Layout) -> Result<Chat, Error> {
    let mut stream = BitPacked::new(content);
    let mut chat = Chat::default();
    let mut game_loop = 0;
    while !stream.is_done() {
        let start = stream.offset();
        let Some(message) = next(&mut stream, layout, &mut game_loop) else {
            return Err(Error::malformed("a message does not fit its layout", start)
                .in_stream(stream::MESSAGE_EVENTS));
        };
        stream.align();
        let Some(Text { user_id, recipient, text }) = message else { continue };
        if chat.messages.len() < limits::CHAT_MESSAGES {
            let text = String::from_utf8_lossy(text).into_owned();
            chat.messages.push(ChatMessage { game_loop, user_id, recipient, text });
        } else {
            chat.left_out = chat.left_out.saturating_add(1);
        }
    }
    Ok(chat)
}

struct Text<'a> {
    user_id: u8,
    recipient: u8,
    text: &'a [u8],
}

/// Steps over one message; gives it if it is a text.
fn next<'a>(stream: &mut BitPacked<'a>, layout: &Layout, game_loop: &mut u32) -> Option<Option<Text<'a>>> {
    *game_loop = game_loop.checked_add(delta(stream)?)?;
    let user_id = stream.small(5)?;
    let id = stream.small(4)?;
    match (layout.message)(id)? {
        Message::Chat { recipient, length } => {
            let recipient = stream.small(recipient)?;
            let text = stream.blob(length)?;
            Some(Some(Text { user_id, recipient, text }))
        }
        Message::Other(bits) => stream.skip(bits).map(|()| None),
    }
}
