//! Identities. Discord's ids travel as bare numbers in types of ours; the frontend turns them into twilight's.

use crate::frame::{Decode, Encode};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A member of the ladder, numbered from 1 in the order of first contact.
    PlayerId,
    /// A match, numbered from 1 in the order of pairing.
    MatchId,
    /// One uploaded replay to parse.
    JobId,
    /// A message the ladder owes a player and keeps up to date (see [`crate::event`]).
    CardId,
    /// A Discord account.
    UserId,
    /// A Discord channel; for players, the DM with the bot.
    ChannelId,
    /// A Discord message.
    MessageId,
    /// One run of a child, counted over all of them from 1 by their supervisor.
    Incarnation,
    /// Position of a record in the ladder's history, from 1 without gaps.
    Seq,
    /// Something that staff have to look at, numbered from 1.
    CaseId,
    /// An act that a member of staff is asked to confirm, numbered from 1.
    ProposalId,
    /// A Discord server.
    GuildId,
    /// A role in a Discord server.
    RoleId,
    /// Names one ladder for ever, chosen at random when its data folder or database is made.
    LadderId,
    /// What a line of a log belongs to: the snowflake of the interaction or message with which it began, in
    /// every process that works on it. 0 for what nobody began.
    Trace,
}

impl Trace {
    pub const NONE: Trace = Trace(0);
}

/// What makes a request happen once, however often it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Key {
    /// A press or a command: the interaction's id.
    Interaction(u64),
    /// A file in a message: the message and the attachment.
    Attachment { message: u64, attachment: u64 },
    /// A delivery of one version of a card.
    Card { card: CardId, version: u32 },
    /// A time without a gateway session, by its beginning in milliseconds since 1970.
    Gateway { shard: u32, since: u64 },
    /// What is told of files that were not taken: the message and the first of them.
    NotTaken { message: u64, attachment: u64 },
}

impl Key {
    /// The Discord snowflake inside, whose upper bits are the time it was made.
    pub fn snowflake(self) -> Option<u64> {
        match self {
            Key::Interaction(id)
            | Key::Attachment { message: id, .. }
            | Key::NotTaken { message: id, .. } => Some(id),
            Key::Card { .. } | Key::Gateway { .. } => None,
        }
    }
}
