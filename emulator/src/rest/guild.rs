//! The guild and its threads, as the bot asks for them and makes them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::fault::Fault;
use crate::guild::{
    MAX_ACTIVE_THREADS, MAX_MEMBERS, Place, Thread, Who, channel_kind, permission, thread_member,
};
use crate::ids::Snowflake;
use crate::limits::RENAME;
use crate::rules::channels::{check_thread, check_thread_change};
use crate::wire::{Body, Reply};
use crate::world::{Channel, World};

/// Minutes without a message, unless a thread says otherwise.
const ARCHIVED_AFTER: u64 = 1_440;

pub(super) fn check_guild(world: &World, guild: Snowflake) -> Result<(), Fault> {
    if guild == world.guild.id { Ok(()) } else { Err(Fault::UnknownGuild) }
}

pub(super) fn guild(world: &World, guild: Snowflake) -> Result<Reply, Fault> {
    check_guild(world, guild)?;
    Ok(Reply::ok(world.guild.render()))
}

/// The guilds of the bot, with what it may do in each.
pub(super) fn current_guilds(world: &World) -> Reply {
    let shown = world.guilds().map(|guild| {
        json!({
            "id": guild.id.json(), "name": guild.name, "icon": null, "banner": null, "owner": false,
            "permissions": guild.base(Who::Bot).to_string(), "features": [],
        })
    });
    Reply::ok(shown.collect())
}

pub(super) fn channels(world: &World, guild: Snowflake) -> Result<Reply, Fault> {
    check_guild(world, guild)?;
    let texts = world
        .channels
        .values()
        .filter(|channel| matches!(channel.place, Place::Text(_)) && world.guild_at(channel.id).id == guild);
    Ok(Reply::ok(texts.map(|channel| world.render_channel(channel)).collect()))
}

pub(super) fn roles(world: &World, guild: Snowflake) -> Result<Reply, Fault> {
    check_guild(world, guild)?;
    Ok(Reply::ok(world.guild.render_roles()))
}

pub(super) fn member(world: &World, guild: Snowflake, user: Snowflake) -> Result<Reply, Fault> {
    check_guild(world, guild)?;
    let (who, account) = if user == world.application {
        (Who::Bot, world.bot_user())
    } else {
        let user = world.users.get(&user).ok_or(Fault::UnknownUser)?;
        if !user.in_guild {
            return Err(Fault::UnknownMember);
        }
        (Who::User(user), user.render())
    };
    let mut member = world.guild.render_member(who);
    member["user"] = account;
    Ok(Reply::ok(member))
}

/// A list of threads as Discord gives it, with the bot's membership of those it is in.
fn listing<'a>(world: &World, threads: impl Iterator<Item = (&'a Channel, &'a Thread)>) -> Value {
    let threads: Vec<(&Channel, &Thread)> = threads.collect();
    let bot = world.application;
    let members = threads
        .iter()
        .filter_map(|(channel, thread)| Some(thread_member(channel.id, bot, *thread.members.get(&bot)?)));
    json!({
        "members": members.collect::<Vec<_>>(),
        "threads": threads.iter().map(|(channel, _)| world.render_channel(channel)).collect::<Vec<_>>(),
        "has_more": false,
    })
}

pub(super) fn active_threads(world: &World, guild: Snowflake) -> Result<Reply, Fault> {
    check_guild(world, guild)?;
    let shown = world.threads().filter(|(channel, thread)| !thread.archived && world.sees(Who::Bot, channel));
    Ok(Reply::ok(listing(world, shown)))
}

/// Which archived threads of a channel are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Archived {
    Public,
    Private,
    /// Private ones that the bot is in.
    Joined,
}

pub(super) fn archived_threads(
    world: &World,
    parent: Snowflake,
    which: Archived,
    query: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    let needed = match which {
        Archived::Public | Archived::Joined => permission::READ_MESSAGE_HISTORY,
        Archived::Private => permission::READ_MESSAGE_HISTORY | permission::MANAGE_THREADS,
    };
    let channel = world.bot_may(parent, needed)?;
    if !matches!(channel.place, Place::Text(_)) {
        return Err(Fault::WrongChannelKind);
    }
    let limit = query.get("limit").map_or(Some(50), |limit| limit.parse().ok());
    let limit = limit
        .filter(|limit| (2..=100).contains(limit))
        .ok_or_else(|| Fault::form("limit", "NUMBER_TYPE_RANGE", "int value should be between 2 and 100."))?;
    // By time of archiving, or by id for those that the bot has joined.
    let before = query.get("before");
    let mut found: Vec<(&Channel, &Thread)> = world
        .threads()
        .filter(|(channel, thread)| {
            let fits = match which {
                Archived::Public => !thread.is_private,
                Archived::Private => thread.is_private,
                Archived::Joined => thread.is_private && thread.members.contains_key(&world.application),
            };
            let is_before = before.is_none_or(|before| match which {
                Archived::Joined => before.parse().is_ok_and(|before| channel.id < before),
                Archived::Public | Archived::Private => thread.touched_at.iso8601() < *before,
            });
            thread.parent == parent && thread.archived && fits && is_before
        })
        .collect();
    match which {
        Archived::Joined => found.sort_by_key(|(channel, _)| std::cmp::Reverse(channel.id)),
        Archived::Public | Archived::Private => {
            found.sort_by_key(|(_, thread)| std::cmp::Reverse(thread.touched_at));
        }
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    let mut listing = listing(world, found.into_iter());
    listing["has_more"] = has_more.into();
    Ok(Reply::ok(listing))
}

pub(super) fn create_thread(
    world: &mut World,
    now: Moment,
    parent: Snowflake,
    body: &Body,
) -> Result<Reply, Fault> {
    let channel = world.bot_may(parent, 0)?;
    if !matches!(channel.place, Place::Text(_)) {
        return Err(Fault::WrongChannelKind);
    }
    check_thread(&body.json)?;
    let number = |field: &str| body.json.get(field).and_then(Value::as_u64);
    // Discord's default, which it says it may change.
    let kind = number("type").unwrap_or(u64::from(channel_kind::PRIVATE_THREAD));
    let is_private = kind == u64::from(channel_kind::PRIVATE_THREAD);
    let needed =
        if is_private { permission::CREATE_PRIVATE_THREADS } else { permission::CREATE_PUBLIC_THREADS };
    world.bot_may(parent, needed)?;
    if world.threads().filter(|(_, thread)| !thread.archived).count() >= MAX_ACTIVE_THREADS {
        return Err(Fault::TooManyThreads);
    }
    let name = body.json.get("name").and_then(Value::as_str).unwrap_or_default();
    let thread = Thread {
        parent,
        owner: world.application,
        name: name.trim().to_owned(),
        is_private,
        invitable: body.json.get("invitable") != Some(&Value::Bool(false)),
        archived: false,
        locked: false,
        auto_archive_minutes: number("auto_archive_duration").unwrap_or(ARCHIVED_AFTER),
        slowmode_seconds: number("rate_limit_per_user").unwrap_or(0),
        made_at: now,
        touched_at: now,
        members: BTreeMap::new(),
    };
    Ok(Reply::new(StatusCode::CREATED, world.open_thread(now, thread)))
}

/// Changes a thread, or name and topic of a text channel.
pub(super) fn modify_channel(
    world: &mut World,
    now: Moment,
    id: Snowflake,
    body: &Body,
) -> Result<Reply, Fault> {
    let channel = world.bot_may(id, 0)?;
    let allowed = world.permissions(Who::Bot, channel);
    let given = |field: &str| body.json.get(field).filter(|value| !value.is_null());
    let text = |field: &str| given(field).and_then(Value::as_str).map(|text| text.trim().to_owned());
    match channel.place.clone() {
        Place::Dm { .. } => return Err(Fault::WrongChannelKind),
        Place::Text(mut place) => {
            if allowed & permission::MANAGE_CHANNELS == 0 {
                return Err(Fault::MissingPermissions);
            }
            check_thread_change(&body.json, false)?;
            take_rename(world, now, id, body)?;
            place.name = text("name").unwrap_or(place.name);
            if body.json.get("topic").is_some() {
                place.topic = text("topic").unwrap_or_default();
            }
            world.put_text(id, place);
            let shown = world.channel(id).map(|channel| world.render_channel(channel)).unwrap_or_default();
            let bits = (0, crate::session::intent::GUILDS);
            world.dispatch(now, id, bits, "CHANNEL_UPDATE", &shown, None);
            world.see(now, None, None, crate::events::Seen::Places);
        }
        Place::Thread(thread) => {
            check_thread_change(&body.json, true)?;
            let manages = allowed & permission::MANAGE_THREADS != 0;
            let flag = |field: &str, before: bool| given(field).and_then(Value::as_bool).unwrap_or(before);
            let archived = flag("archived", thread.archived);
            let opens = thread.archived && !archived;
            let number = |field: &str, before: u64| given(field).and_then(Value::as_u64).unwrap_or(before);
            let after = Thread {
                archived,
                locked: flag("locked", thread.locked),
                invitable: flag("invitable", thread.invitable),
                name: text("name").unwrap_or_else(|| thread.name.clone()),
                auto_archive_minutes: number("auto_archive_duration", thread.auto_archive_minutes),
                slowmode_seconds: number("rate_limit_per_user", thread.slowmode_seconds),
                touched_at: if archived == thread.archived { thread.touched_at } else { now },
                ..thread.clone()
            };
            // Who began a thread may do without the permission what does not bind staff.
            let binds = after.locked != thread.locked || (opens && thread.locked);
            if !manages && (binds || thread.owner != world.application) {
                return Err(Fault::MissingPermissions);
            }
            let only_opens_or_locks = {
                let same = Thread {
                    archived: thread.archived,
                    locked: thread.locked,
                    touched_at: thread.touched_at,
                    ..after.clone()
                };
                same == thread
            };
            if thread.archived && archived && !only_opens_or_locks {
                return Err(Fault::ThreadArchived);
            }
            if after.name != thread.name {
                take_rename(world, now, id, body)?;
            }
            world.change_thread(now, id, after);
        }
    }
    super::channels::channel(world, id)
}

pub(super) fn delete_channel(world: &mut World, now: Moment, id: Snowflake) -> Result<Reply, Fault> {
    let channel = world.bot_may(id, 0)?;
    let needed = match channel.place {
        Place::Thread(_) => permission::MANAGE_THREADS,
        // Text channels and DMs stay here.
        Place::Text(_) => return Err(Fault::MissingPermissions),
        Place::Dm { .. } => return Err(Fault::WrongChannelKind),
    };
    world.bot_may(id, needed)?;
    let shown = super::channels::channel(world, id)?;
    world.end_thread(now, id);
    Ok(shown)
}

fn thread(world: &World, id: Snowflake) -> Result<&Thread, Fault> {
    world.bot_may(id, 0)?.place.thread().ok_or(Fault::WrongChannelKind)
}

pub(super) fn thread_members(world: &World, id: Snowflake) -> Result<Reply, Fault> {
    let members = thread(world, id)?.members.iter();
    Ok(Reply::ok(members.map(|(user, joined)| thread_member(id, *user, *joined)).collect()))
}

pub(super) fn one_thread_member(world: &World, id: Snowflake, user: Snowflake) -> Result<Reply, Fault> {
    let joined = thread(world, id)?.members.get(&user).ok_or(Fault::UnknownMember)?;
    Ok(Reply::ok(thread_member(id, user, *joined)))
}

/// Adds a user to a thread; that the user is in it already is as good.
pub(super) fn add_thread_member(
    world: &mut World,
    now: Moment,
    id: Snowflake,
    user: Snowflake,
) -> Result<Reply, Fault> {
    let thread = thread(world, id)?;
    if thread.archived {
        return Err(Fault::ThreadArchived);
    }
    if thread.members.len() >= MAX_MEMBERS {
        return Err(Fault::TooManyThreadMembers);
    }
    if user != world.application {
        world.bot_may(id, permission::SEND_MESSAGES)?;
        let parent = thread.parent;
        let user = world.users.get(&user).ok_or(Fault::UnknownUser)?;
        if !user.in_guild {
            return Err(Fault::UnknownMember);
        }
        let sees = world.channel(parent).is_some_and(|parent| world.sees(Who::User(user), parent));
        if !sees {
            return Err(Fault::MissingAccess);
        }
    }
    world.set_thread_member(now, id, user, true);
    Ok(Reply::no_content())
}

pub(super) fn remove_thread_member(
    world: &mut World,
    now: Moment,
    id: Snowflake,
    user: Snowflake,
) -> Result<Reply, Fault> {
    let thread = thread(world, id)?;
    if thread.archived {
        return Err(Fault::ThreadArchived);
    }
    let own = user == world.application || (thread.is_private && thread.owner == world.application);
    if !own {
        world.bot_may(id, permission::MANAGE_THREADS)?;
    }
    world.set_thread_member(now, id, user, false);
    Ok(Reply::no_content())
}

/// Counts a new name or topic, of which Discord allows few and tells nothing before.
fn take_rename(world: &mut World, now: Moment, id: Snowflake, body: &Body) -> Result<(), Fault> {
    if ["name", "topic"].iter().all(|field| body.json.get(field).is_none()) {
        return Ok(());
    }
    world.limits.take(now, RENAME, &id.to_string()).map(|_| ()).map_err(Fault::Limited)
}
