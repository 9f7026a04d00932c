//! The streams of a replay, from bytes to facts.
//!
//! [`versioned`] and [`bitpacked`] are the two encodings; each other module is
//! one stream. [`layouts`] says which builds are laid out how.
//!
//! Streams are unpacked first and decoded afterwards, so that what does not
//! fit the layout can be told from what does not fit the container.

pub(crate) mod attributes;
pub(crate) mod bitpacked;
pub(crate) mod details;
pub(crate) mod game_events;
pub(crate) mod header;
pub(crate) mod init_data;
pub(crate) mod layouts;
pub(crate) mod messages;
pub(crate) mod metadata;
pub(crate) mod tracker_events;
pub(crate) mod versioned;

use std::borrow::Cow;

use crate::archive::{Archive, Budget};
use crate::error::Error;
use crate::facts::{Facts, GameResult, Lobby, Player};
use crate::format::{CONTROL_HUMAN, stream};
use crate::limits::{GAME_EVENT_BYTES, MESSAGE_BYTES, SMALL_STREAM_BYTES};
use header::Header;
use layouts::Layout;
use messages::Chat;

/// The unpacked streams of one replay.
pub(crate) struct Streams<'a> {
    details: Cow<'a, [u8]>,
    init_data: Cow<'a, [u8]>,
    attributes: Option<Cow<'a, [u8]>>,
    metadata: Option<Cow<'a, [u8]>>,
    game_events: Cow<'a, [u8]>,
    messages: Option<Cow<'a, [u8]>>,
}

impl<'a> Streams<'a> {
    pub(crate) fn unpack(archive: &Archive<'a>, budget: &mut Budget) -> Result<Streams<'a>, Error> {
        let mut small = |name| archive.read(name, SMALL_STREAM_BYTES, budget);
        // Some replays have only the copy that the game makes before it changes a stream.
        let details = match small(stream::DETAILS)? {
            Some(details) => Some(details),
            None => small(stream::DETAILS_BACKUP)?,
        };
        let init_data = match small(stream::INIT_DATA)? {
            Some(init_data) => Some(init_data),
            None => small(stream::INIT_DATA_BACKUP)?,
        };
        let attributes = small(stream::ATTRIBUTES)?;
        let metadata = small(stream::METADATA)?;
        let game_events = archive.read(stream::GAME_EVENTS, GAME_EVENT_BYTES, budget)?;
        let messages = archive.read(stream::MESSAGE_EVENTS, MESSAGE_BYTES, budget)?;
        Ok(Streams {
            details: required(details, stream::DETAILS)?,
            init_data: required(init_data, stream::INIT_DATA)?,
            attributes,
            metadata,
            game_events: required(game_events, stream::GAME_EVENTS)?,
            messages,
        })
    }

    /// `unlisted_build` is whether the layout is only tried.
    pub(crate) fn decode(
        &self,
        header: Header,
        layout: &Layout,
        unlisted_build: bool,
    ) -> Result<Facts, Error> {
        let details = details::parse(&self.details)?;
        let lobby = init_data::parse(&self.init_data)?;
        let attributes = self.attributes.as_deref().map(attributes::parse).transpose()?;
        let metadata_players = self.metadata.as_deref().map(metadata::parse).transpose()?;
        let events = game_events::walk(&self.game_events, layout)?;
        let messages = self.messages.as_deref().map(|content| messages::parse(content, layout));
        let Chat { messages: chat, left_out: chat_left_out } = messages.transpose()?.unwrap_or_default();

        let participants = details.players.iter().filter(|player| player.plays()).count();
        Ok(Facts {
            base_build: header.base_build,
            build: header.build,
            version: header.version,
            unlisted_build,
            duration_game_loops: header.elapsed_game_loops,
            utc_time: details.utc_time,
            time_utc_filetime: details.time_utc_filetime,
            map_title: details.map_title,
            game_speed: details.game_speed,
            cache_handles: details.cache_handles,
            metadata_players,
            attributes_global: attributes.unwrap_or_default(),
            random_seed: lobby.random_seed,
            game_events: events.count,
            leave_events: events.leaves,
            chat,
            chat_left_out,
            participants,
            observers: observers(&lobby),
            winner_team: winner_team(&details.players),
            is_1v1: is_1v1(&details.players),
            players: details.players,
            lobby,
        })
    }
}

fn required<'a>(content: Option<Cow<'a, [u8]>>, name: &str) -> Result<Cow<'a, [u8]>, Error> {
    content.ok_or_else(|| Error::malformed("the stream is missing", 0).in_stream(name))
}

/// Whether the streams tell the same story: each human in details sits in the
/// lobby slot of that number, with the same account and name, and nobody
/// leaves after the end. A layout that fits by chance does not pass this.
pub(crate) fn agree(facts: &Facts) -> bool {
    let humans = || facts.players.iter().filter(|player| player.is_human());
    humans().next().is_some()
        && humans().all(|player| sits_in_the_lobby(player, &facts.lobby))
        && facts.leave_events.iter().all(|leave| leave.game_loop <= facts.duration_game_loops)
}

fn sits_in_the_lobby(player: &Player, lobby: &Lobby) -> bool {
    lobby.slots_in_use.iter().any(|slot| {
        slot.slot == player.slot
            && slot.control == player.control
            && slot.toon == player.toon()
            && lobby.users.iter().any(|user| Some(user.user_id) == slot.user && user.name == player.name)
    })
}

fn observers(lobby: &Lobby) -> Vec<String> {
    let watching =
        lobby.slots_in_use.iter().filter(|slot| slot.control == CONTROL_HUMAN && slot.observe != 0);
    watching
        .filter_map(|slot| lobby.users.iter().find(|user| Some(user.user_id) == slot.user))
        .map(|user| user.name.clone())
        .collect()
}

fn winner_team(players: &[Player]) -> Option<u8> {
    let mut winners = players.iter().filter(|player| player.plays() && player.result == GameResult::Win);
    let team = winners.next()?.team;
    winners.all(|player| player.team == team).then_some(team)
}

fn is_1v1(players: &[Player]) -> bool {
    let mut playing = players.iter().filter(|player| player.plays());
    match (playing.next(), playing.next(), playing.next()) {
        (Some(one), Some(other), None) => one.is_human() && other.is_human() && one.team != other.team,
        _ => false,
    }
}
