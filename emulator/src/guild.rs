//! A guild: its roles, its channels and threads, and who may do what in them.
//!
//! One is there from the start, with ids from the seed; further ones, of other shards, are made on request.
//! Everyone is a member until told otherwise.
//! Permissions are computed as Discord computes them: the roles' first, then what a channel takes
//! and gives; a thread has those of its channel. What is not emulated: categories, system messages
//! of threads, and changes of roles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::ids::{Mint, Snowflake};
use crate::world::{Channel, User};

/// Discord's bits.
pub(crate) mod permission {
    pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
    pub(crate) const MANAGE_CHANNELS: u64 = 1 << 4;
    pub(crate) const ADD_REACTIONS: u64 = 1 << 6;
    pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
    pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
    pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;
    pub(crate) const EMBED_LINKS: u64 = 1 << 14;
    pub(crate) const ATTACH_FILES: u64 = 1 << 15;
    pub(crate) const READ_MESSAGE_HISTORY: u64 = 1 << 16;
    pub(crate) const MENTION_EVERYONE: u64 = 1 << 17;
    pub(crate) const MANAGE_ROLES: u64 = 1 << 28;
    pub(crate) const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
    pub(crate) const MANAGE_THREADS: u64 = 1 << 34;
    pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    pub(crate) const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
    pub(crate) const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
}
use permission as may;

/// What can be given to the bot or taken from it, by Discord's names.
pub(crate) const PERMISSIONS: &[(&str, u64)] = &[
    ("ADMINISTRATOR", may::ADMINISTRATOR),
    ("MANAGE_CHANNELS", may::MANAGE_CHANNELS),
    ("ADD_REACTIONS", may::ADD_REACTIONS),
    ("VIEW_CHANNEL", may::VIEW_CHANNEL),
    ("SEND_MESSAGES", may::SEND_MESSAGES),
    ("MANAGE_MESSAGES", may::MANAGE_MESSAGES),
    ("EMBED_LINKS", may::EMBED_LINKS),
    ("ATTACH_FILES", may::ATTACH_FILES),
    ("READ_MESSAGE_HISTORY", may::READ_MESSAGE_HISTORY),
    ("MENTION_EVERYONE", may::MENTION_EVERYONE),
    ("MANAGE_ROLES", may::MANAGE_ROLES),
    ("USE_APPLICATION_COMMANDS", may::USE_APPLICATION_COMMANDS),
    ("MANAGE_THREADS", may::MANAGE_THREADS),
    ("CREATE_PUBLIC_THREADS", may::CREATE_PUBLIC_THREADS),
    ("CREATE_PRIVATE_THREADS", may::CREATE_PRIVATE_THREADS),
    ("SEND_MESSAGES_IN_THREADS", may::SEND_MESSAGES_IN_THREADS),
];

const EVERYONE_MAY: u64 = may::ADD_REACTIONS
    | may::VIEW_CHANNEL
    | may::SEND_MESSAGES
    | may::EMBED_LINKS
    | may::ATTACH_FILES
    | may::READ_MESSAGE_HISTORY
    | may::USE_APPLICATION_COMMANDS
    | may::SEND_MESSAGES_IN_THREADS;

/// What an invite of a bot with private threads asks for, and no more.
const BOT_MAY: u64 = may::VIEW_CHANNEL
    | may::SEND_MESSAGES
    | may::EMBED_LINKS
    | may::ATTACH_FILES
    | may::READ_MESSAGE_HISTORY
    | may::MANAGE_THREADS
    | may::CREATE_PRIVATE_THREADS
    | may::SEND_MESSAGES_IN_THREADS;

const STAFF_MAY: u64 = may::MANAGE_THREADS | may::MANAGE_MESSAGES;

/// Threads that are not archived; Discord's number is not documented, this is the common report.
pub(crate) const MAX_ACTIVE_THREADS: usize = 1_000;
/// Members of a thread.
pub(crate) const MAX_MEMBERS: usize = 1_000;

/// Discord's numbers for kinds of channels.
pub(crate) mod channel_kind {
    pub(crate) const TEXT: u8 = 0;
    pub(crate) const DM: u8 = 1;
    pub(crate) const PUBLIC_THREAD: u8 = 11;
    pub(crate) const PRIVATE_THREAD: u8 = 12;
}

/// A text channel as the guild begins with it.
struct Template {
    name: &'static str,
    topic: &'static str,
    everyone_denied: u64,
    /// Given to the bot and to staff where everyone is denied.
    given: u64,
}

const TEMPLATES: [Template; 3] = [
    Template {
        name: "matches",
        topic: "Threads of running matches",
        everyone_denied: may::SEND_MESSAGES,
        given: may::SEND_MESSAGES,
    },
    Template {
        name: "match-log",
        topic: "Every decided match",
        everyone_denied: may::SEND_MESSAGES,
        given: may::SEND_MESSAGES,
    },
    Template {
        name: "staff",
        topic: "What staff have to look at",
        everyone_denied: may::VIEW_CHANNEL,
        given: may::VIEW_CHANNEL | may::SEND_MESSAGES,
    },
];

/// The ids of the guild of a seed, for who must know them before the emulator runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuildIds {
    pub guild: u64,
    /// The text channels.
    pub matches: u64,
    pub match_log: u64,
    pub staff: u64,
    pub staff_role: u64,
}

impl GuildIds {
    pub fn of_seed(seed: u64) -> GuildIds {
        let mint = Mint::new(seed);
        let id = |kind, name| mint.stable(kind, name).number();
        GuildIds {
            guild: id("guild", "EvoLadder"),
            matches: id("channel", "matches"),
            match_log: id("channel", "match-log"),
            staff: id("channel", "staff"),
            staff_role: id("role", "Staff"),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) bot_role: Snowflake,
    pub(crate) staff_role: Snowflake,
    pub(crate) made_at: Moment,
    owner: Snowflake,
    bot: Snowflake,
    /// Permissions that the bot was given, or that were taken from it, on request.
    pub(crate) granted: u64,
    pub(crate) denied: u64,
}

/// A text channel. It is also a line of the saved world: a field that is renamed needs an upgrade in `saved`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Text {
    /// Which of the channels that the guild begins with.
    template: usize,
    pub(crate) name: String,
    pub(crate) topic: String,
    /// None in the guild that is there from the start.
    #[serde(default)]
    pub(crate) guild: Option<Snowflake>,
}

/// A thread. It is also a line of the saved world: a field that is renamed needs an upgrade in `saved`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) parent: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) name: String,
    pub(crate) is_private: bool,
    pub(crate) invitable: bool,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Minutes without a message after which it is archived.
    pub(crate) auto_archive_minutes: u64,
    pub(crate) slowmode_seconds: u64,
    pub(crate) made_at: Moment,
    /// When it was archived or opened last, or had its last message.
    pub(crate) touched_at: Moment,
    /// With when each joined.
    pub(crate) members: BTreeMap<Snowflake, Moment>,
}

/// What a channel is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// The DM of one user with the bot.
    Dm {
        user: Snowflake,
    },
    Text(Text),
    Thread(Thread),
}

impl Place {
    pub(crate) fn number(&self) -> u8 {
        match self {
            Place::Dm { .. } => channel_kind::DM,
            Place::Text(_) => channel_kind::TEXT,
            Place::Thread(Thread { is_private: true, .. }) => channel_kind::PRIVATE_THREAD,
            Place::Thread(Thread { is_private: false, .. }) => channel_kind::PUBLIC_THREAD,
        }
    }

    pub(crate) fn thread(&self) -> Option<&Thread> {
        match self {
            Place::Thread(thread) => Some(thread),
            Place::Dm { .. } | Place::Text(_) => None,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who<'a> {
    Bot,
    User(&'a User),
}

impl Guild {
    /// The guild of a seed, and its text channels.
    pub(crate) fn new(mint: &Mint, bot: Snowflake) -> (Guild, Vec<Channel>) {
        let roles = [mint.stable("role", "EvoLadder"), mint.stable("role", "Staff")];
        let guild = Guild::named(mint, bot, "EvoLadder", roles);
        let texts = TEMPLATES.iter().enumerate().map(|(template, begins)| Channel {
            id: mint.stable("channel", begins.name),
            place: Place::Text(Text {
                template,
                name: begins.name.to_owned(),
                topic: begins.topic.to_owned(),
                guild: None,
            }),
            messages: BTreeMap::new(),
        });
        (guild, texts.collect())
    }

    /// Another guild of a seed, with one text channel in which nobody writes.
    pub(crate) fn further(mint: &Mint, bot: Snowflake, name: &str) -> (Guild, Channel) {
        let role = |of: &str| mint.stable("role", &format!("{of} in {name}"));
        let guild = Guild::named(mint, bot, name, [role("EvoLadder"), role("Staff")]);
        let text =
            Text { template: 0, name: "ladder".to_owned(), topic: String::new(), guild: Some(guild.id) };
        let id = mint.stable("channel", &format!("ladder in {name}"));
        (guild, Channel { id, place: Place::Text(text), messages: BTreeMap::new() })
    }

    fn named(mint: &Mint, bot: Snowflake, name: &str, [bot_role, staff_role]: [Snowflake; 2]) -> Guild {
        let id = mint.stable("guild", name);
        let (made_at, owner) = (id.made_at(), mint.stable("owner", ""));
        Guild { id, name: name.to_owned(), bot_role, staff_role, made_at, owner, bot, granted: 0, denied: 0 }
    }

    fn roles_of(&self, who: Who<'_>) -> Vec<(Snowflake, u64)> {
        let mut roles = vec![(self.id, EVERYONE_MAY)];
        match who {
            Who::Bot => roles.push((self.bot_role, (BOT_MAY | self.granted) & !self.denied)),
            Who::User(user) if user.staff => roles.push((self.staff_role, STAFF_MAY)),
            Who::User(_) => {}
        }
        roles
    }

    /// What everyone, staff and the bot are given and denied in a text channel.
    fn overwrites(&self, text: &Text) -> [(Snowflake, u64, u64); 3] {
        let begins = &TEMPLATES[text.template.min(TEMPLATES.len() - 1)];
        [
            (self.id, 0, begins.everyone_denied),
            (self.staff_role, begins.given, 0),
            // What was taken from the bot it must not have by everyone's role.
            (self.bot_role, begins.given & !self.denied, self.denied),
        ]
    }

    /// What someone's roles allow before any channel takes or gives.
    pub(crate) fn base(&self, who: Who<'_>) -> u64 {
        let base = self.roles_of(who).iter().fold(0, |all, (_, role)| all | role);
        if base & may::ADMINISTRATOR != 0 { u64::MAX >> 11 } else { base }
    }

    fn in_text(&self, text: &Text, who: Who<'_>) -> u64 {
        let base = self.base(who);
        if base & may::ADMINISTRATOR != 0 {
            return base;
        }
        let [everyone, staff, bot] = self.overwrites(text);
        let mut allowed = (base & !everyone.2) | everyone.1;
        let role = match who {
            Who::Bot => Some(bot),
            Who::User(user) => user.staff.then_some(staff),
        };
        if let Some((_, given, denied)) = role {
            allowed = (allowed & !denied) | given;
        }
        // Who does not see a channel can do nothing there.
        if allowed & may::VIEW_CHANNEL == 0 { 0 } else { allowed }
    }

    pub(crate) fn render_roles(&self) -> Value {
        let role = |id: Snowflake, name: &str, position: u64, permissions: u64| {
            json!({
                "id": id.json(), "name": name, "description": null, "color": 0,
                "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
                "hoist": false, "icon": null, "unicode_emoji": null, "position": position,
                "permissions": permissions.to_string(), "managed": false, "mentionable": false, "flags": 0,
            })
        };
        let mut bot = role(self.bot_role, "EvoLadder", 2, (BOT_MAY | self.granted) & !self.denied);
        bot["managed"] = true.into();
        bot["tags"] = json!({"bot_id": self.bot.json()});
        let mut staff = role(self.staff_role, "Staff", 1, STAFF_MAY);
        staff["mentionable"] = true.into();
        json!([role(self.id, "@everyone", 0, EVERYONE_MAY), staff, bot])
    }

    /// What REST and GUILD_CREATE have in common.
    pub(crate) fn render(&self) -> Value {
        let mut guild = json!({
            "id": self.id.json(), "name": self.name, "owner_id": self.owner.json(), "region": "deprecated",
            "afk_timeout": 300, "verification_level": 0, "default_message_notifications": 1,
            "explicit_content_filter": 0, "roles": self.render_roles(), "emojis": [], "stickers": [],
            "features": [], "mfa_level": 0, "system_channel_flags": 0, "max_members": 500_000,
            "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "premium_tier": 0,
            "premium_subscription_count": 0, "premium_progress_bar_enabled": false,
            "preferred_locale": "en-US", "nsfw": false, "nsfw_level": 0, "widget_enabled": false,
        });
        for absent in [
            "icon",
            "splash",
            "discovery_splash",
            "banner",
            "description",
            "home_header",
            "afk_channel_id",
            "application_id",
            "system_channel_id",
            "rules_channel_id",
            "public_updates_channel_id",
            "safety_alerts_channel_id",
            "max_presences",
            "vanity_url_code",
            "widget_channel_id",
            "incidents_data",
        ] {
            guild[absent] = Value::Null;
        }
        guild
    }

    /// Someone as a member, without the account.
    pub(crate) fn render_member(&self, who: Who<'_>) -> Value {
        let roles: Vec<Value> = self.roles_of(who).iter().skip(1).map(|(id, _)| id.json()).collect();
        json!({
            "roles": roles, "joined_at": self.made_at.iso8601(), "nick": null, "avatar": null, "banner": null,
            "premium_since": null, "deaf": false, "mute": false, "pending": false, "flags": 0,
            "communication_disabled_until": null,
        })
    }

    pub(crate) fn render_text(&self, id: Snowflake, text: &Text, last_message: Option<Snowflake>) -> Value {
        let overwrites: Vec<Value> = self
            .overwrites(text)
            .iter()
            .filter(|(_, allow, deny)| allow | deny != 0)
            .map(|(id, allow, deny)| {
                json!({"id": id.json(), "type": 0, "allow": allow.to_string(), "deny": deny.to_string()})
            })
            .collect();
        json!({
            "id": id.json(), "guild_id": self.id.json(), "type": channel_kind::TEXT, "name": text.name,
            "topic": text.topic, "position": text.template, "parent_id": null, "nsfw": false, "flags": 0,
            "rate_limit_per_user": 0, "last_message_id": last_message.map(Snowflake::json),
            "permission_overwrites": overwrites,
        })
    }

    pub(crate) fn render_thread(&self, id: Snowflake, thread: &Thread, channel: &Channel) -> Value {
        let mut metadata = json!({
            "archived": thread.archived, "archive_timestamp": thread.touched_at.iso8601(),
            "auto_archive_duration": thread.auto_archive_minutes, "locked": thread.locked,
            "create_timestamp": thread.made_at.iso8601(),
        });
        if thread.is_private {
            metadata["invitable"] = thread.invitable.into();
        }
        let mut shown = json!({
            "id": id.json(), "guild_id": self.id.json(), "parent_id": thread.parent.json(),
            "owner_id": thread.owner.json(), "type": channel.place.number(), "name": thread.name, "flags": 0,
            "rate_limit_per_user": thread.slowmode_seconds,
            "last_message_id": channel.messages.last_key_value().map(|(id, _)| id.json()),
            "message_count": channel.messages.len(), "total_message_sent": channel.messages.len(),
            // Discord counts no further.
            "member_count": thread.members.len().min(50),
            "thread_metadata": metadata,
        });
        if let Some(joined) = thread.members.get(&self.bot) {
            shown["member"] = thread_member(id, self.bot, *joined);
        }
        shown
    }

    /// What someone with these permissions in a channel may do in a thread of it, by Discord's rule that
    /// writing in a thread is a permission of its own.
    fn in_thread(allowed: u64) -> u64 {
        if allowed & may::SEND_MESSAGES_IN_THREADS == 0 {
            allowed & !may::SEND_MESSAGES
        } else {
            allowed | may::SEND_MESSAGES
        }
    }

    /// What someone may do in a place of the guild; `parent` is the text channel of a thread.
    pub(crate) fn permissions(&self, place: &Place, parent: Option<&Place>, who: Who<'_>) -> u64 {
        match (place, parent) {
            (Place::Text(text), _) => self.in_text(text, who),
            (Place::Thread(thread), Some(Place::Text(text))) => {
                let allowed = self.in_text(text, who);
                let id = match who {
                    Who::Bot => self.bot,
                    Who::User(user) => user.id,
                };
                let hidden = thread.is_private
                    && allowed & may::MANAGE_THREADS == 0
                    && !thread.members.contains_key(&id);
                if hidden { 0 } else { Guild::in_thread(allowed) }
            }
            (Place::Dm { .. } | Place::Thread(_), _) => 0,
        }
    }
}

/// A member of a thread.
pub(crate) fn thread_member(thread: Snowflake, user: Snowflake, joined: Moment) -> Value {
    json!({
        "id": thread.json(), "user_id": user.json(), "join_timestamp": joined.iso8601(), "flags": 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_takes_and_gives_what_the_roles_allow() {
        let mint = Mint::new(1);
        let (mut guild, texts) = Guild::new(&mint, mint.stable("application", ""));
        let person = |staff| User { staff, ..User::new(&mint, "ana") };
        let (player, staff) = (person(false), person(true));
        let write = may::VIEW_CHANNEL | may::SEND_MESSAGES;
        let see = may::VIEW_CHANNEL;
        for (channel, who, asked, expected) in [
            ("matches", Who::Bot, write | may::CREATE_PRIVATE_THREADS, true),
            ("matches", Who::User(&player), see | may::USE_APPLICATION_COMMANDS, true),
            ("matches", Who::User(&player), write, false),
            ("matches", Who::User(&player), may::CREATE_PRIVATE_THREADS, false),
            ("match-log", Who::Bot, write, true),
            ("staff", Who::User(&player), see, false),
            ("staff", Who::User(&staff), write, true),
            ("staff", Who::Bot, write, true),
            ("staff", Who::Bot, may::MANAGE_CHANNELS, false),
        ] {
            let text = texts.iter().find_map(|text| match &text.place {
                Place::Text(of) if of.name == channel => Some(&text.place),
                _ => None,
            });
            let allowed = guild.permissions(text.unwrap(), None, who);
            assert_eq!(allowed & asked == asked, expected, "{channel} {asked:b}");
        }
        guild.denied = may::SEND_MESSAGES;
        assert_eq!(guild.permissions(&texts[0].place, None, Who::Bot) & write, see);
        guild.granted = may::ADMINISTRATOR;
        assert_eq!(guild.permissions(&texts[0].place, None, Who::Bot) & write, write);
    }
}
