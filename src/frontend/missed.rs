//! Replays that came while no session of the gateway was there to tell of them.
//!
//! Discord repeats events only to a session that is resumed. After a fresh IDENTIFY the DMs in which
//! a replay is due are read instead. What was taken before is taken once, by its key.

use super::runner::Unanswered;
use super::{Desk, uploads};
use crate::clock;
use bytes::Bytes;
use futures_util::StreamExt as _;
use ipc_schema::backend::{BackendReply, BackendRequest};
use ipc_schema::ids::ChannelId;
use ipc_schema::vocab::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use twilight_model::channel::Message;

/// Channels read at a time.
const CHANNELS: usize = 50;

/// Of each channel. Players write little, and what they play gives one replay.
const MESSAGES: u16 = 20;

/// The backend remembers what it took for 15 minutes, and refuses what is older.
const YOUNG: Duration = Duration::from_secs(14 * 60);

const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_secs(3);
const CHANNELS_LIMIT: Duration = Duration::from_secs(60);

impl Desk {
    /// Takes the replays that players of open matches sent while nobody heard.
    pub(super) fn catch_up(desk: &Arc<Desk>) {
        let desk = Arc::clone(desk);
        tokio::spawn(async move {
            // A role that drains waits for it a little, as for every message.
            let Ok(_room) = desk.listening.acquire().await else { return };
            let channels = desk.match_channels().await;
            futures_util::stream::iter(channels)
                .for_each_concurrent(CHANNELS, |channel| desk.take_missed(channel))
                .await;
        });
    }

    async fn match_channels(&self) -> Vec<ChannelId> {
        for _ in 0..TRIES {
            match self.call(None, BackendRequest::MatchChannels, Bytes::new(), CHANNELS_LIMIT).await {
                Ok(BackendReply::MatchChannels(channels)) => return channels,
                Ok(_) | Err(Unanswered::Busy) => sleep(PAUSE).await,
                Err(Unanswered::Late) => break,
            }
        }
        tracing::warn!("it is not known where replays may have been missed");
        Vec::new()
    }

    async fn take_missed(&self, channel: ChannelId) {
        for _ in 0..TRIES {
            match self.rest.messages(channel, MESSAGES).await {
                Ok(messages) => {
                    for message in messages.into_iter().rev().filter(may_be_missed) {
                        self.take_message(message).await;
                    }
                    return;
                }
                Err(error) if error.is_passing() && !*self.leaving.borrow() => sleep(PAUSE).await,
                Err(error) => return tracing::warn!(channel = channel.0, "a DM cannot be read: {error}"),
            }
        }
    }
}

fn may_be_missed(message: &Message) -> bool {
    let made = Timestamp::of_snowflake(message.id.get());
    uploads::is_for_us(message) && !message.attachments.is_empty() && clock::now().since(made) < YOUNG
}
