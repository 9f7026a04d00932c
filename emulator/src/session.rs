//! Gateway sessions: what was dispatched, and who is connected to take it.
//!
//! A session outlives its connections. Everything dispatched to it is kept for a
//! while; a connection asks for what follows the last it sent, so RESUME is the same
//! as going on. Nothing waits where no session is: Discord drops those events too.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::Moment;
use crate::ids::{Mint, Snowflake};
use crate::saved::Entry;

/// A dispatch is 1 to 3 KiB, so a session holds at most some 30 MB. A connection that
/// falls further behind loses its session and must identify anew.
const WINDOW: usize = 10_000;

/// How long a session waits for its client to come back.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(240);

/// More than a bot of ours ever has; at the bound the session lost longest ago goes.
const MAX_SESSIONS: usize = 64;

/// So many dispatches go to a connection at once, to keep one answer of the loop short.
const BATCH: usize = 256;

/// Who was gone for longer has not heard of what happened meanwhile.
const AWAY: Duration = Duration::from_secs(1);

/// Discord's bits for what a session wants to be told.
pub(crate) mod intent {
    pub(crate) const GUILDS: u64 = 1 << 0;
    pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
    pub(crate) const GUILD_PRESENCES: u64 = 1 << 8;
    pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(crate) const DIRECT_MESSAGES: u64 = 1 << 12;
    pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
}

/// Who a dispatch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Audience {
    /// Bits of which a session needs one; with none of them it is for all.
    pub(crate) intent: u64,
    /// Whose shard it goes to; without a guild to the first.
    pub(crate) guild: Option<Snowflake>,
}

/// Which part of the guilds a session is for: its number, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) number: u64,
    pub(crate) of: u64,
}

impl Share {
    pub(crate) const WHOLE: Share = Share { number: 0, of: 1 };

    pub(crate) fn has(self, guild: Option<Snowflake>) -> bool {
        guild.map_or(0, Snowflake::time_part) % self.of.max(1) == self.number
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConnectionId(u64);

/// What a connection is woken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal {
    pub(crate) last: u64,
    /// Whose session it is; a connection that is no longer named ends.
    pub(crate) connection: Option<ConnectionId>,
}

/// A connection's hold on its session.
#[derive(Debug)]
pub(crate) struct Attached {
    pub(crate) session: String,
    pub(crate) connection: ConnectionId,
    /// The connection goes on after this dispatch.
    pub(crate) after: u64,
    pub(crate) signal: watch::Receiver<Signal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CannotIdentify {
    /// Its owner has not switched them on.
    PrivilegedIntents,
    /// None are left of the day's.
    NoneLeft,
    /// Another came a moment before.
    TooFast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CannotResume {
    UnknownSession,
    SequenceAhead,
}

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    sessions: BTreeMap<String, Session>,
    connections: u64,
    /// Saved sessions that are gone.
    ended: Vec<String>,
}

#[derive(Debug)]
struct Session {
    intents: u64,
    share: Share,
    last: u64,
    window: VecDeque<Utf8Bytes>,
    /// When the connection was lost; none while there is one.
    lost_at: Option<Moment>,
    /// When the newest connection came.
    connected_at: Moment,
    /// The last dispatch that is saved; none while the session itself is not.
    saved: Option<u64>,
    signal: watch::Sender<Signal>,
}

impl Sessions {
    /// Makes a session whose first dispatch is READY, rendered for its id.
    pub(crate) fn identify(
        &mut self,
        mint: &mut Mint,
        now: Moment,
        intents: u64,
        share: Share,
        ready: impl FnOnce(&str) -> Value,
    ) -> Attached {
        if self.sessions.len() >= MAX_SESSIONS {
            let oldest =
                self.sessions.iter().min_by_key(|(_, session)| (session.lost_at.is_none(), session.lost_at));
            if let Some(id) = oldest.map(|(id, _)| id.clone()) {
                self.end(&id);
            }
        }
        let salt = mint.next(now).to_string();
        let id = mint.signature(&["session", &salt]);
        let connection = self.next_connection();
        let signal = watch::channel(Signal { last: 0, connection: Some(connection) }).0;
        let receiver = signal.subscribe();
        let mut session = Session {
            intents,
            share,
            last: 0,
            window: VecDeque::new(),
            lost_at: None,
            connected_at: now,
            saved: None,
            signal,
        };
        session.push("READY", &ready(&id).to_string());
        self.sessions.insert(id.clone(), session);
        Attached { session: id, connection, after: 0, signal: receiver }
    }

    /// Attaches a new connection after dispatch `after`; an older one is let go.
    pub(crate) fn resume(&mut self, now: Moment, id: &str, after: u64) -> Result<Attached, CannotResume> {
        self.sweep(now);
        let connection = self.next_connection();
        let session = self.sessions.get_mut(id).ok_or(CannotResume::UnknownSession)?;
        if after > session.last {
            return Err(CannotResume::SequenceAhead);
        }
        if after < session.last - session.window.len() as u64 {
            self.end(id);
            return Err(CannotResume::UnknownSession);
        }
        // Who is back at once was there.
        if session.lost_at.take().is_some_and(|lost| now.since(lost) > AWAY) {
            session.connected_at = now;
        }
        session.signal.send_modify(|signal| signal.connection = Some(connection));
        session.push("RESUMED", "{}");
        Ok(Attached { session: id.to_owned(), connection, after, signal: session.signal.subscribe() })
    }

    /// Tells all sessions of the audience; those that may not read everyone's words get `withheld`
    /// instead, where there is such a form.
    pub(crate) fn dispatch(
        &mut self,
        audience: Audience,
        event: &str,
        data: &Value,
        withheld: Option<&Value>,
    ) {
        let whole = data.to_string();
        let withheld = withheld.map(Value::to_string);
        for session in self.sessions.values_mut() {
            let wants = audience.intent == 0 || session.intents & audience.intent != 0;
            if wants && session.share.has(audience.guild) {
                let reads = session.intents & intent::MESSAGE_CONTENT != 0;
                session.push(event, withheld.as_ref().filter(|_| !reads).unwrap_or(&whole));
            }
        }
    }

    /// Tells one session alone.
    pub(crate) fn tell(&mut self, id: &str, event: &str, data: &Value) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.push(event, &data.to_string());
        }
    }

    /// What follows `after`, or nothing when the connection has lost its session.
    pub(crate) fn pull(
        &mut self,
        id: &str,
        connection: ConnectionId,
        after: u64,
    ) -> Option<(Vec<Utf8Bytes>, u64)> {
        let session = self.sessions.get(id)?;
        if session.signal.borrow().connection != Some(connection) {
            return None;
        }
        let oldest = session.last - session.window.len() as u64;
        if after < oldest {
            self.end(id);
            return None;
        }
        let frames: Vec<Utf8Bytes> =
            session.window.iter().skip((after - oldest) as usize).take(BATCH).cloned().collect();
        let last = after + frames.len() as u64;
        Some((frames, last))
    }

    /// The connection is gone; its session waits for a RESUME.
    pub(crate) fn lose(&mut self, now: Moment, id: &str, connection: ConnectionId) {
        if self.holds(id, connection)
            && let Some(session) = self.sessions.get_mut(id)
        {
            session.lost_at = Some(now);
            session.signal.send_modify(|signal| signal.connection = None);
        }
    }

    /// Whether the session is this connection's.
    pub(crate) fn holds(&self, id: &str, connection: ConnectionId) -> bool {
        self.sessions.get(id).is_some_and(|session| session.signal.borrow().connection == Some(connection))
    }

    pub(crate) fn is_known(&self, id: &str) -> bool {
        self.sessions.contains_key(id)
    }

    /// Sessions with a connection.
    pub(crate) fn living(&self) -> impl Iterator<Item = &str> {
        let living = self.sessions.iter().filter(|(_, session)| session.lost_at.is_none());
        living.map(|(id, _)| id.as_str())
    }

    /// Whether a session whose connection is not younger than this is told of what happens in the guild, or in
    /// DMs without one.
    pub(crate) fn reach(&self, guild: Option<Snowflake>, since: Moment) -> bool {
        self.sessions.values().any(|session| {
            session.lost_at.is_none() && session.connected_at <= since && session.share.has(guild)
        })
    }

    /// The client has said good-bye, which ends the session at once.
    pub(crate) fn close(&mut self, id: &str, connection: ConnectionId) {
        if self.holds(id, connection) {
            self.end(id);
        }
    }

    /// Drops all connections without a word.
    pub(crate) fn cut(&mut self, now: Moment) {
        for session in self.sessions.values_mut().filter(|session| session.lost_at.is_none()) {
            session.lost_at = Some(now);
            session.signal.send_modify(|signal| signal.connection = None);
        }
    }

    /// Forgets sessions whose client did not come back.
    pub(crate) fn sweep(&mut self, now: Moment) {
        let ended = &mut self.ended;
        self.sessions.retain(|id, session| {
            let stays = session.lost_at.is_none_or(|lost| now.since(lost) < KEPT_FOR);
            if !stays && session.saved.is_some() {
                ended.push(id.clone());
            }
            stays
        });
    }

    /// Hands over what changed since this was asked last; all there is, after [`Sessions::forget_saved`].
    pub(crate) fn save(&mut self, mut put: impl FnMut(Entry<'_>)) {
        for id in self.ended.drain(..) {
            put(Entry::SessionEnded(id));
        }
        for (id, session) in &mut self.sessions {
            let oldest = session.last - session.window.len() as u64;
            let saved = session.saved.unwrap_or_else(|| {
                let (intents, share) = (session.intents, session.share);
                put(Entry::Session { id: id.into(), intents, last: oldest, share });
                oldest
            });
            for frame in session.window.iter().skip((saved.max(oldest) - oldest) as usize) {
                put(Entry::Frame { session: id.into(), frame: frame.as_str().into() });
            }
            session.saved = Some(session.last);
        }
    }

    pub(crate) fn forget_saved(&mut self) {
        self.ended.clear();
        for session in self.sessions.values_mut() {
            session.saved = None;
        }
    }

    /// Takes in a session of a former life, after dispatch `last`. Its client has as long to come
    /// back as if it had been lost now.
    pub(crate) fn restore(&mut self, now: Moment, id: &str, intents: u64, share: Share, last: u64) {
        let signal = watch::channel(Signal { last, connection: None }).0;
        let window = VecDeque::new();
        let (lost_at, connected_at) = (Some(now), now);
        let session = Session { intents, share, last, window, lost_at, connected_at, saved: None, signal };
        self.sessions.insert(id.to_owned(), session);
    }

    pub(crate) fn restore_frame(&mut self, id: &str, frame: &str) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.last += 1;
            session.keep(frame.into());
        }
    }

    pub(crate) fn forget(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    fn end(&mut self, id: &str) {
        if let Some(session) = self.sessions.remove(id) {
            session.signal.send_modify(|signal| signal.connection = None);
            if session.saved.is_some() {
                self.ended.push(id.to_owned());
            }
        }
    }

    fn next_connection(&mut self) -> ConnectionId {
        self.connections += 1;
        ConnectionId(self.connections)
    }
}

impl Session {
    fn push(&mut self, event: &str, data: &str) {
        self.last += 1;
        let frame = format!(r#"{{"op":0,"t":"{event}","s":{},"d":{data}}}"#, self.last);
        self.keep(frame.into());
        self.signal.send_modify(|signal| signal.last = self.last);
    }

    fn keep(&mut self, frame: Utf8Bytes) {
        if self.window.len() == WINDOW {
            self.window.pop_front();
        }
        self.window.push_back(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Audience = Audience { intent: 0, guild: None };

    #[test]
    fn a_guild_is_one_shards_and_dms_are_the_firsts() {
        let guild: Snowflake = (((6_u64) << 22) | 5).to_string().parse().unwrap();
        let now = Moment::from_unix_ms(1_795_000_000_000);
        let mut sessions = Sessions::default();
        let mut mint = Mint::new(1);
        let shards = [0, 1, 2, 3]
            .map(|number| sessions.identify(&mut mint, now, 0, Share { number, of: 4 }, |_| Value::Null));
        sessions.dispatch(Audience { intent: 0, guild: Some(guild) }, "GUILD", &Value::Null, None);
        sessions.dispatch(ALL, "DM", &Value::Null, None);
        let told = shards.each_ref().map(|shard| {
            let (frames, _) = sessions.pull(&shard.session, shard.connection, 1).unwrap();
            frames.iter().map(|frame| frame.contains("GUILD")).collect::<Vec<_>>()
        });
        assert_eq!(told, [vec![false], vec![], vec![true], vec![]]);
        let reach =
            |sessions: &Sessions, since| [None, Some(guild)].map(|guild| sessions.reach(guild, since));
        assert_eq!(reach(&sessions, now), [true, true]);
        sessions.lose(now, &shards[2].session, shards[2].connection);
        assert_eq!(reach(&sessions, now), [true, false], "its shard is gone");
        let soon = now.after(AWAY);
        sessions.resume(soon, &shards[2].session, 0).unwrap();
        assert_eq!(reach(&sessions, now), [true, true], "it was hardly away");
        sessions.cut(soon);
        sessions.resume(soon, &shards[0].session, 0).unwrap();
        let later = soon.after(AWAY + Duration::from_millis(1));
        sessions.resume(later, &shards[2].session, 0).unwrap();
        assert_eq!(reach(&sessions, now), [true, false], "it came too late");
        assert_eq!(reach(&sessions, later), [true, true]);
    }

    fn start() -> (Sessions, Attached, Moment) {
        let now = Moment::from_unix_ms(1_795_000_000_000);
        let mut sessions = Sessions::default();
        let attached = sessions.identify(&mut Mint::new(1), now, 0, Share::WHOLE, |_| Value::Null);
        (sessions, attached, now)
    }

    #[test]
    fn a_resumed_session_gets_what_it_missed_and_then_resumed() {
        let (mut sessions, first, now) = start();
        sessions.cut(now);
        sessions.dispatch(ALL, "A", &Value::Null, None);
        let wanted_elsewhere = Audience { intent: intent::DIRECT_MESSAGES, guild: None };
        sessions.dispatch(wanted_elsewhere, "B", &Value::Null, None);
        assert_eq!(sessions.pull(&first.session, first.connection, 1), None);
        let second = sessions.resume(now, &first.session, 1).unwrap();
        let (frames, last) = sessions.pull(&second.session, second.connection, second.after).unwrap();
        let expected = [r#"{"op":0,"t":"A","s":2,"d":null}"#, r#"{"op":0,"t":"RESUMED","s":3,"d":{}}"#];
        assert_eq!(frames.iter().map(Utf8Bytes::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(last, 3);
    }

    #[test]
    fn a_session_ends_when_nobody_comes_back_or_the_window_has_moved_on() {
        let (mut sessions, first, now) = start();
        assert_eq!(sessions.resume(now, "other", 0).err(), Some(CannotResume::UnknownSession));
        assert_eq!(sessions.resume(now, &first.session, 9).err(), Some(CannotResume::SequenceAhead));
        sessions.cut(now);
        let late = now.after(KEPT_FOR);
        assert_eq!(sessions.resume(late, &first.session, 1).err(), Some(CannotResume::UnknownSession));

        let (mut sessions, first, now) = start();
        for _ in 0..=WINDOW {
            sessions.dispatch(ALL, "A", &Value::Null, None);
        }
        assert_eq!(sessions.resume(now, &first.session, 1).err(), Some(CannotResume::UnknownSession));
    }

    #[test]
    fn a_newer_connection_takes_the_session_over() {
        let (mut sessions, first, now) = start();
        let second = sessions.resume(now, &first.session, 1).unwrap();
        assert_eq!(sessions.pull(&first.session, first.connection, 1), None);
        sessions.lose(now, &first.session, first.connection);
        assert!(sessions.pull(&second.session, second.connection, 1).is_some());
    }
}
