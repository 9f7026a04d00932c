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

#[cfg(test)]
mod tests {
    use super::super::layouts;
    use super::*;
    use crate::ErrorKind;

    fn layout() -> &'static Layout {
        layouts::of(80_949).expect("it is listed").0
    }

    /// At once, from user 1 to the allies: `text`.
    fn text(text: &[u8]) -> Vec<u8> {
        // Eight bits of delta, five of user, four of id, three of recipient and
        // eleven of length; its first four lie in the third byte.
        let (high, low) = ((text.len() >> 7) as u8, (text.len() & 0x7f) as u8);
        [&[0, 1, 1 << 1 | high << 4, low], text].concat()
    }

    fn parse_ok(content: &[u8]) -> Chat {
        parse(content, layout()).expect("it fits")
    }

    #[test]
    fn texts_are_told_from_other_messages() {
        // A ping to the server, after 3 loops, by user 2; then loading, 32 bits.
        let ping = [3 << 2, 2 | 1 << 5, 1];
        let loading = [1 << 2, 2 | 1 << 5, 0, 0xff, 0xff, 0xff, 1];
        let long = vec![b'x'; 2047];
        let content = [&text(b"gl")[..], &ping, &text(b""), &loading, &text(&long), &text(b"\xff")].concat();
        let chat = parse_ok(&content);
        let found: Vec<_> = chat
            .messages
            .iter()
            .map(|message| (message.game_loop, message.user_id, message.recipient, message.text.as_str()))
            .collect();
        let long = String::from_utf8(long).expect("it is text");
        assert_eq!(found, [(0, 1, 1, "gl"), (3, 1, 1, ""), (4, 1, 1, &long), (4, 1, 1, "\u{fffd}")]);
        assert_eq!(chat.left_out, 0);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let whole = text(b"gl hf");
        #[rustfmt::skip]
        let contents = [
            ("cut in the text",   whole[..whole.len() - 1].to_vec()),
            ("cut in the head",   whole[..2].to_vec()),
            ("a byte more",       [&whole[..], &[0]].concat()),
            ("an unknown id",     vec![0, 7 << 5, 1, 0, 0, 0, 0, 0]),
            ("time runs over",    vec![0xff, 0xff, 0xff, 0xff, 3, 3, 1 << 2, 1 << 5, 1]),
        ];
        for (name, content) in contents {
            let error = parse(&content, layout()).map(|_| ()).expect_err(name);
            assert_eq!(error.kind, ErrorKind::Malformed, "{name}");
            assert!(error.message.starts_with("replay.message.events"), "{name}");
        }
        assert!(parse_ok(&[]).messages.is_empty());
    }

    #[test]
    fn texts_beyond_the_limit_are_counted() {
        let content = text(b"a").repeat(limits::CHAT_MESSAGES + 3);
        let chat = parse_ok(&content);
        assert_eq!((chat.messages.len(), chat.left_out), (limits::CHAT_MESSAGES, 3));
    }
}
