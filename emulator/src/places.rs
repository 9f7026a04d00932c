//! Channels as the world has them: who sees one, who is told what happens there, and the life of a thread.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::events::Seen;
use crate::fault::Fault;
use crate::guild::{Guild, Place, Text, Thread, Who, permission, thread_member};
use crate::ids::Snowflake;
use crate::message::{Message, items};
use crate::saved::Entry;
use crate::session::{Audience, Share, intent};
use crate::world::{Channel, User, World};

/// What Discord grants an app in a DM: view, send, embed, attach, history, external
/// emoji and stickers, slash commands, polls.
pub(crate) const DM_PERMISSIONS: u64 = 563_089_540_238_336;

/// How often threads are looked through for those that nobody writes in.
const ARCHIVE_EVERY: Duration = Duration::from_secs(60);

/// Flags of an application that may read everyone's words: approved for it, or small enough.
const READS_CONTENT: u64 = 1 << 18 | 1 << 19;

/// Whom a message pings. It is also part of a line of the saved world.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Pings {
    pub(crate) users: Vec<Snowflake>,
    pub(crate) roles: Vec<Snowflake>,
    pub(crate) everyone: bool,
}

impl World {
    /// The guild that installed the app, as an interaction in a channel tells it; that of a DM is anonymous.
    pub(crate) fn integration_owner(&self, channel: Snowflake) -> Value {
        match self.channel(channel).map(|channel| &channel.place) {
            Some(Place::Text(_) | Place::Thread(_)) => self.guild_at(channel).id.json(),
            Some(Place::Dm { .. }) | None => "0".into(),
        }
    }

    /// All that the bot is in, the one with all its places first.
    pub(crate) fn guilds(&self) -> impl Iterator<Item = &Guild> {
        std::iter::once(&self.guild).chain(self.further.values())
    }

    /// The guild of a channel or thread.
    pub(crate) fn guild_at(&self, channel: Snowflake) -> &Guild {
        let of = |channel: Snowflake| match &self.channels.get(&channel)?.place {
            Place::Text(text) => Some(text.guild),
            Place::Thread(thread) => match &self.channels.get(&thread.parent)?.place {
                Place::Text(text) => Some(text.guild),
                Place::Dm { .. } | Place::Thread(_) => None,
            },
            Place::Dm { .. } => None,
        };
        of(channel).flatten().and_then(|guild| self.further.get(&guild)).unwrap_or(&self.guild)
    }

    /// By which guild it is decided whose shard is told of a channel; by none for a DM.
    pub(crate) fn shard_by(&self, channel: Snowflake) -> Option<Snowflake> {
        let place = &self.channels.get(&channel)?.place;
        (!matches!(place, Place::Dm { .. })).then(|| self.guild_at(channel).id)
    }

    /// Has the bot in a further guild, whose events go to this shard; it is the same one whenever it is asked for.
    pub(crate) fn enter_guild_of(&mut self, share: Share) -> Snowflake {
        let name = (2_u64..).map(|number| format!("EvoLadder {number}"));
        let (guild, text) = name
            .map(|name| Guild::further(&self.mint, self.application, &name))
            .find(|(guild, _)| share.has(Some(guild.id)))
            .expect("ids fall on all shards");
        let id = guild.id;
        self.further.entry(id).or_insert(guild);
        self.channels.entry(text.id).or_insert(text);
        id
    }

    pub(crate) fn channel(&self, id: Snowflake) -> Option<&Channel> {
        self.channels.get(&id)
    }

    /// What someone may do there; nothing where it is not shown.
    pub(crate) fn permissions(&self, who: Who<'_>, channel: &Channel) -> u64 {
        match (&channel.place, who) {
            (Place::Dm { .. }, Who::Bot) => DM_PERMISSIONS | permission::SEND_MESSAGES,
            (Place::Dm { user }, Who::User(asking)) if *user == asking.id => {
                DM_PERMISSIONS | permission::SEND_MESSAGES
            }
            (Place::Dm { .. }, Who::User(_)) => 0,
            (_, Who::User(user)) if !user.in_guild => 0,
            (place, who) => {
                let parent = place.thread().and_then(|thread| self.channels.get(&thread.parent));
                self.guild_at(channel.id).permissions(place, parent.map(|parent| &parent.place), who)
            }
        }
    }

    pub(crate) fn sees(&self, who: Who<'_>, channel: &Channel) -> bool {
        self.permissions(who, channel) & permission::VIEW_CHANNEL != 0
    }

    /// The channel, in which the bot may do `needed`.
    pub(crate) fn bot_may(&self, channel: Snowflake, needed: u64) -> Result<&Channel, Fault> {
        let channel = self.channels.get(&channel).ok_or(Fault::UnknownChannel)?;
        let allowed = self.permissions(Who::Bot, channel);
        if allowed & permission::VIEW_CHANNEL == 0 {
            return Err(Fault::MissingAccess);
        }
        let is_dm = matches!(channel.place, Place::Dm { .. });
        if is_dm || allowed & needed == needed { Ok(channel) } else { Err(Fault::MissingPermissions) }
    }

    pub(crate) fn render_channel(&self, channel: &Channel) -> Value {
        let last_message = channel.messages.last_key_value().map(|(id, _)| *id);
        match &channel.place {
            Place::Dm { user } => {
                let recipients: Vec<Value> = self.users.get(user).map(User::render).into_iter().collect();
                json!({
                    "id": channel.id.json(),
                    "type": channel.place.number(),
                    "flags": 0,
                    "last_message_id": last_message.map(Snowflake::json),
                    "recipients": recipients,
                })
            }
            Place::Text(text) => self.guild_at(channel.id).render_text(channel.id, text, last_message),
            Place::Thread(thread) => self.guild_at(channel.id).render_thread(channel.id, thread, channel),
        }
    }

    /// The one user who sees a message, where it is one.
    pub(crate) fn only_reader(&self, message: &Message) -> Option<Snowflake> {
        match self.channels.get(&message.channel)?.place {
            Place::Dm { user } => Some(user),
            Place::Text(_) | Place::Thread(_) => message.seen_by.filter(|_| message.is_ephemeral()),
        }
    }

    /// Whether `user`, who sees the channel, sees this message in it.
    pub(crate) fn shows_to(&self, user: &User, message: &Message) -> bool {
        self.only_reader(message).is_none_or(|reader| reader == user.id)
    }

    /// Whether the bot gets the words of a message: in DMs, its own, and where it is mentioned.
    fn bot_reads(&self, message: &Message) -> bool {
        let is_dm = matches!(self.channel(message.channel), Some(Channel { place: Place::Dm { .. }, .. }));
        is_dm || message.by_bot || message.pings.users.contains(&self.application)
    }

    /// The message as the bot may read it over HTTP.
    pub(crate) fn render_for_bot(&self, now: Moment, message: &Message) -> Value {
        let shown = self.render(now, message);
        if self.bot_reads(message) || self.application_flags & READS_CONTENT != 0 {
            shown
        } else {
            withheld(&shown)
        }
    }

    /// Tells the bot of something in a channel, with one of these intents.
    pub(crate) fn dispatch(
        &mut self,
        now: Moment,
        channel: Snowflake,
        bits: (u64, u64),
        event: &str,
        data: &Value,
        withheld: Option<&Value>,
    ) {
        let (in_dm, in_guild) = bits;
        let Some(place) = self.channels.get(&channel) else { return };
        let intent = if matches!(place.place, Place::Dm { .. }) { in_dm } else { in_guild };
        let audience = Audience { intent, guild: self.shard_by(channel) };
        let times = self.trouble.deliveries();
        for _ in 0..times {
            self.sessions.dispatch(audience, event, data, withheld);
        }
        if times > 1 {
            self.log.note(now, "duplicate", json!({"event": event}));
        }
    }

    /// Tells the bot of a message, if it sees the channel.
    pub(crate) fn dispatch_message(&mut self, now: Moment, event: &str, message: &Message, shown: &Value) {
        let Some(channel) = self.channels.get(&message.channel) else { return };
        if !self.sees(Who::Bot, channel) {
            return;
        }
        let mut data = shown.clone();
        if !matches!(channel.place, Place::Dm { .. }) {
            let guild = self.guild_at(message.channel);
            data["guild_id"] = guild.id.json();
            let author = data["author"]["id"].clone();
            let author = Snowflake::from_json(&author).and_then(|id| self.users.get(&id));
            let who = author.map_or(Who::Bot, Who::User);
            data["member"] = guild.render_member(who);
        }
        let withheld = (!self.bot_reads(message)).then(|| withheld(&data));
        let bits = (intent::DIRECT_MESSAGES, intent::GUILD_MESSAGES);
        self.dispatch(now, message.channel, bits, event, &data, withheld.as_ref());
    }

    /// Whom the words of a message ping, of those that `allowed` lets it: Discord's `allowed_mentions`.
    pub(crate) fn pings(&self, message: &Message, allowed: Option<&Value>) -> Pings {
        let text = message.text_to_ping();
        let role_pings = self.channels.get(&message.channel).is_some_and(|channel| {
            let author = Snowflake::from_json(&message.author["id"]).and_then(|id| self.users.get(&id));
            let who = author.map_or(Who::Bot, Who::User);
            self.permissions(who, channel) & permission::MENTION_EVERYONE != 0
        });
        let allowed = allowed.filter(|allowed| allowed.is_object());
        let lets = |kind: &str, id: Option<Snowflake>| {
            let Some(allowed) = allowed else { return true };
            let parsed = allowed.get("parse").map(items).unwrap_or_default();
            let named = allowed.get(kind).map(items).unwrap_or_default();
            parsed.iter().any(|word| word == kind)
                || id.is_some_and(|id| named.iter().any(|named| Snowflake::from_json(named) == Some(id)))
        };
        let mut pings = Pings::default();
        for part in text.split('<').skip(1) {
            let Some((inner, _)) = part.split_once('>') else { continue };
            if let Some(id) = inner.strip_prefix("@&").and_then(|id| id.parse().ok()) {
                // The other roles can be pinged by nobody without a permission for it.
                let can = id == self.guild.staff_role || (role_pings && id == self.guild.bot_role);
                if can && lets("roles", Some(id)) && !pings.roles.contains(&id) {
                    pings.roles.push(id);
                }
            } else if let Some(id) = inner.strip_prefix('@')
                && let Ok(id) = id.trim_start_matches('!').parse()
                && (id == self.application || self.users.contains_key(&id))
                && lets("users", Some(id))
                && !pings.users.contains(&id)
            {
                pings.users.push(id);
            }
        }
        pings.everyone = role_pings
            && lets("everyone", None)
            && ["@everyone", "@here"].iter().any(|word| text.contains(word));
        pings
    }

    pub(crate) fn render_pings(&self, pings: &Pings, into: &mut Value) {
        let user = |id: &Snowflake| {
            if *id == self.application { Some(self.bot_user()) } else { self.users.get(id).map(User::render) }
        };
        into["mentions"] = pings.users.iter().filter_map(user).collect();
        into["mention_roles"] = pings.roles.iter().map(|id| id.json()).collect();
        into["mention_everyone"] = pings.everyone.into();
    }

    // Threads.

    pub(crate) fn threads(&self) -> impl Iterator<Item = (&Channel, &Thread)> {
        self.channels.values().filter_map(|channel| Some((channel, channel.place.thread()?)))
    }

    /// Begins a thread with the bot in it.
    pub(crate) fn open_thread(&mut self, now: Moment, mut thread: Thread) -> Value {
        let id = self.mint.next(now);
        thread.members.insert(self.application, now);
        let name = thread.name.clone();
        self.put_thread(id, thread);
        let mut shown =
            self.channels.get(&id).map(|channel| self.render_channel(channel)).unwrap_or_default();
        let answer = shown.clone();
        shown["newly_created"] = true.into();
        self.dispatch(now, id, (0, intent::GUILDS), "THREAD_CREATE", &shown, None);
        self.log.note(now, "thread", json!({"channel": id.json(), "name": name}));
        self.see(now, None, None, Seen::Places);
        answer
    }

    /// Takes in a thread, new or of a former life.
    pub(crate) fn put_thread(&mut self, id: Snowflake, thread: Thread) {
        self.saved.put(&Entry::Thread { id, thread: Cow::Borrowed(&thread) });
        let place = Place::Thread(thread);
        match self.channels.get_mut(&id) {
            Some(channel) => channel.place = place,
            None => {
                self.channels.insert(id, Channel { id, place, messages: BTreeMap::new() });
            }
        }
    }

    /// Takes in a text channel under another name or topic.
    pub(crate) fn put_text(&mut self, id: Snowflake, text: Text) {
        self.saved.put(&Entry::Text { id, text: Cow::Borrowed(&text) });
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.place = Place::Text(text);
        }
    }

    /// Puts a changed thread in the place of the old and tells everyone.
    pub(crate) fn change_thread(&mut self, now: Moment, id: Snowflake, thread: Thread) {
        self.put_thread(id, thread);
        let Some(channel) = self.channels.get(&id) else { return };
        let shown = self.render_channel(channel);
        if self.sees(Who::Bot, channel) {
            self.dispatch(now, id, (0, intent::GUILDS), "THREAD_UPDATE", &shown, None);
        }
        self.see(now, None, None, Seen::Places);
    }

    pub(crate) fn end_thread(&mut self, now: Moment, id: Snowflake) {
        let Some(thread) = self.channels.get(&id).and_then(|channel| channel.place.thread()) else { return };
        let fields = json!({
            "id": id.json(), "guild_id": self.guild.id.json(), "parent_id": thread.parent.json(),
            "type": self.channels[&id].place.number(),
        });
        self.dispatch(now, id, (0, intent::GUILDS), "THREAD_DELETE", &fields, None);
        self.channels.remove(&id);
        self.saved.put(&Entry::ThreadGone(id));
        self.see(now, None, None, Seen::Places);
    }

    /// Adds someone to a thread or takes someone out of it. The bot is told only if it is about itself:
    /// of others a bot without the intent for members hears nothing.
    pub(crate) fn set_thread_member(&mut self, now: Moment, id: Snowflake, user: Snowflake, is_in: bool) {
        let Some(mut thread) = self.channels.get(&id).and_then(|channel| channel.place.thread()).cloned()
        else {
            return;
        };
        let changed = if is_in {
            thread.members.insert(user, now).is_none()
        } else {
            thread.members.remove(&user).is_some()
        };
        if !changed {
            return;
        }
        let count = thread.members.len();
        self.put_thread(id, thread);
        if user == self.application {
            let mut fields =
                json!({"id": id.json(), "guild_id": self.guild.id.json(), "member_count": count});
            if is_in {
                fields["added_members"] = json!([thread_member(id, user, now)]);
            } else {
                fields["removed_member_ids"] = json!([user.json()]);
            }
            self.dispatch(now, id, (0, intent::GUILDS), "THREAD_MEMBERS_UPDATE", &fields, None);
        }
        let kind = if is_in { "thread_joined" } else { "thread_left" };
        self.log.note(now, kind, json!({"channel": id.json(), "user": user.json()}));
        self.see(now, Some(user).filter(|user| *user != self.application), None, Seen::Places);
    }

    /// A message keeps a thread open, and opens one that was archived unless it is locked.
    pub(crate) fn touch_thread(&mut self, now: Moment, id: Snowflake) {
        let Some(thread) = self.channels.get(&id).and_then(|channel| channel.place.thread()) else { return };
        let thread = Thread { touched_at: now, archived: false, ..thread.clone() };
        if self.channels[&id].place.thread().is_some_and(|before| before.archived) {
            self.change_thread(now, id, thread);
        } else {
            self.put_thread(id, thread);
        }
    }

    /// Archives threads in which nothing was written for as long as they say.
    pub(crate) fn archive_idle(&mut self, now: Moment) {
        if now < self.archive_next {
            return;
        }
        self.archive_next = now.after(ARCHIVE_EVERY);
        let idle: Vec<(Snowflake, Thread)> = self
            .threads()
            .filter(|(_, thread)| {
                let kept = Duration::from_secs(60 * thread.auto_archive_minutes);
                !thread.archived && now.since(thread.touched_at) >= kept
            })
            .map(|(channel, thread)| (channel.id, thread.clone()))
            .collect();
        for (id, thread) in idle {
            self.change_thread(now, id, Thread { archived: true, touched_at: now, ..thread });
        }
    }

    /// A guild as a new session is told of it.
    pub(crate) fn guild_create(&self, of: &Guild) -> Value {
        let mut guild = of.render();
        let of_kind = |is_thread: bool| -> Value {
            let here = self.channels.values().filter(|channel| self.guild_at(channel.id).id == of.id);
            let all = here.filter(|channel| match &channel.place {
                Place::Dm { .. } => false,
                Place::Text(_) => !is_thread && self.sees(Who::Bot, channel),
                Place::Thread(thread) => is_thread && !thread.archived && self.sees(Who::Bot, channel),
            });
            all.map(|channel| self.render_channel(channel)).collect()
        };
        let mut bot = of.render_member(Who::Bot);
        bot["user"] = self.bot_user();
        let more = json!({
            "joined_at": of.made_at.iso8601(), "large": self.users.len() > 250, "unavailable": false,
            "member_count": 1 + self.users.values().filter(|user| user.in_guild).count(),
            "voice_states": [], "members": [bot], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [], "channels": of_kind(false),
            "threads": of_kind(true),
        });
        if let (Value::Object(guild), Value::Object(more)) = (&mut guild, more) {
            guild.extend(more);
        }
        guild
    }
}

/// A message without what only those with the intent for content are told.
fn withheld(shown: &Value) -> Value {
    let mut shown = shown.clone();
    shown["content"] = "".into();
    for list in ["embeds", "attachments", "components"] {
        shown[list] = json!([]);
    }
    shown
}
