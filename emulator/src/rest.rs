//! The bot's requests: `/api/v10`.
//!
//! A request is first given its [`Route`], which says how it is counted, limited and
//! authorised; then the route's function answers.

pub(crate) mod application;
mod channels;
mod guild;
mod interactions;

use axum::http::Method;
use serde_json::json;

use crate::clock::Moment;
use crate::fault::Fault;
use crate::ids::Snowflake;
use crate::limits::{self, Bucket};
use crate::wire::{Reply, Request};
use crate::world::World;

use guild::Archived;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Route {
    Gateway,
    GatewayBot,
    CurrentUser,
    CurrentApplication,
    ListCommands(Snowflake),
    OverwriteCommands(Snowflake),
    CreateCommand(Snowflake),
    OpenDm,
    CurrentGuilds,
    Guild(Snowflake),
    GuildChannels(Snowflake),
    GuildRoles(Snowflake),
    GuildMember(Snowflake, Snowflake),
    ActiveThreads(Snowflake),
    ArchivedThreads(Snowflake, Archived),
    CreateThread(Snowflake),
    ThreadMembers(Snowflake),
    ThreadMember(Snowflake, Member),
    AddThreadMember(Snowflake, Member),
    RemoveThreadMember(Snowflake, Member),
    Channel(Snowflake),
    ModifyChannel(Snowflake),
    DeleteChannel(Snowflake),
    Typing(Snowflake),
    ListMessages(Snowflake),
    CreateMessage(Snowflake),
    Message(Snowflake, Snowflake),
    EditMessage(Snowflake, Snowflake),
    DeleteMessage(Snowflake, Snowflake),
    Callback { interaction: Snowflake, token: String },
    FollowUp(Token),
    Answer(Token, Which),
    EditAnswer(Token, Which),
    DeleteAnswer(Token, Which),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    application: Snowflake,
    token: String,
}

/// Which message of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Original,
    Id(Snowflake),
}

/// A member of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Me,
    User(Snowflake),
}

impl Member {
    fn id(self, world: &World) -> Snowflake {
        match self {
            Member::Me => world.application,
            Member::User(id) => id,
        }
    }
}

impl Route {
    fn parse(method: &Method, path: &[String]) -> Option<Route> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let id = |text: &str| text.parse::<Snowflake>().ok();
        let token = |application: &str, token: &str| {
            Some(Token { application: id(application)?, token: token.to_owned() })
        };
        let which =
            |text: &str| if text == "@original" { Some(Which::Original) } else { id(text).map(Which::Id) };
        let member = |text: &str| if text == "@me" { Some(Member::Me) } else { id(text).map(Member::User) };
        Some(match (method.as_str(), parts.as_slice()) {
            ("GET", ["gateway"]) => Route::Gateway,
            ("GET", ["gateway", "bot"]) => Route::GatewayBot,
            ("GET", ["users", "@me"]) => Route::CurrentUser,
            ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => Route::CurrentApplication,
            ("GET", ["applications", app, "commands"]) => Route::ListCommands(id(app)?),
            ("PUT", ["applications", app, "commands"]) => Route::OverwriteCommands(id(app)?),
            ("POST", ["applications", app, "commands"]) => Route::CreateCommand(id(app)?),
            ("POST", ["users", "@me", "channels"]) => Route::OpenDm,
            ("GET", ["users", "@me", "guilds"]) => Route::CurrentGuilds,
            ("GET", ["guilds", guild]) => Route::Guild(id(guild)?),
            ("GET", ["guilds", guild, "channels"]) => Route::GuildChannels(id(guild)?),
            ("GET", ["guilds", guild, "roles"]) => Route::GuildRoles(id(guild)?),
            ("GET", ["guilds", guild, "members", user]) => Route::GuildMember(id(guild)?, id(user)?),
            ("GET", ["guilds", guild, "threads", "active"]) => Route::ActiveThreads(id(guild)?),
            ("GET", ["channels", channel, "threads", "archived", "public"]) => {
                Route::ArchivedThreads(id(channel)?, Archived::Public)
            }
            ("GET", ["channels", channel, "threads", "archived", "private"]) => {
                Route::ArchivedThreads(id(channel)?, Archived::Private)
            }
            ("GET", ["channels", channel, "users", "@me", "threads", "archived", "private"]) => {
                Route::ArchivedThreads(id(channel)?, Archived::Joined)
            }
            ("POST", ["channels", channel, "threads"]) => Route::CreateThread(id(channel)?),
            ("GET", ["channels", channel, "thread-members"]) => Route::ThreadMembers(id(channel)?),
            ("GET", ["channels", channel, "thread-members", user]) => {
                Route::ThreadMember(id(channel)?, member(user)?)
            }
            ("PUT", ["channels", channel, "thread-members", user]) => {
                Route::AddThreadMember(id(channel)?, member(user)?)
            }
            ("DELETE", ["channels", channel, "thread-members", user]) => {
                Route::RemoveThreadMember(id(channel)?, member(user)?)
            }
            ("GET", ["channels", channel]) => Route::Channel(id(channel)?),
            ("PATCH", ["channels", channel]) => Route::ModifyChannel(id(channel)?),
            ("DELETE", ["channels", channel]) => Route::DeleteChannel(id(channel)?),
            ("POST", ["channels", channel, "typing"]) => Route::Typing(id(channel)?),
            ("GET", ["channels", channel, "messages"]) => Route::ListMessages(id(channel)?),
            ("POST", ["channels", channel, "messages"]) => Route::CreateMessage(id(channel)?),
            ("GET", ["channels", channel, "messages", message]) => Route::Message(id(channel)?, id(message)?),
            ("PATCH", ["channels", channel, "messages", message]) => {
                Route::EditMessage(id(channel)?, id(message)?)
            }
            ("DELETE", ["channels", channel, "messages", message]) => {
                Route::DeleteMessage(id(channel)?, id(message)?)
            }
            ("POST", ["interactions", interaction, token, "callback"]) => {
                Route::Callback { interaction: id(interaction)?, token: (*token).to_owned() }
            }
            ("POST", ["webhooks", app, secret]) => Route::FollowUp(token(app, secret)?),
            ("GET", ["webhooks", app, secret, "messages", message]) => {
                Route::Answer(token(app, secret)?, which(message)?)
            }
            ("PATCH", ["webhooks", app, secret, "messages", message]) => {
                Route::EditAnswer(token(app, secret)?, which(message)?)
            }
            ("DELETE", ["webhooks", app, secret, "messages", message]) => {
                Route::DeleteAnswer(token(app, secret)?, which(message)?)
            }
            _ => return None,
        })
    }

    /// How it is called in the statistics.
    fn name(&self) -> &'static str {
        match self {
            Route::Gateway => "GET gateway",
            Route::GatewayBot => "GET gateway/bot",
            Route::CurrentUser => "GET users/@me",
            Route::CurrentApplication => "GET applications/@me",
            Route::ListCommands(_) => "GET applications/commands",
            Route::OverwriteCommands(_) => "PUT applications/commands",
            Route::CreateCommand(_) => "POST applications/commands",
            Route::OpenDm => "POST users/@me/channels",
            Route::CurrentGuilds => "GET users/@me/guilds",
            Route::Guild(_) => "GET guilds",
            Route::GuildChannels(_) => "GET guilds/channels",
            Route::GuildRoles(_) => "GET guilds/roles",
            Route::GuildMember(..) => "GET guilds/members/id",
            Route::ActiveThreads(_) => "GET guilds/threads/active",
            Route::ArchivedThreads(..) => "GET channels/threads/archived",
            Route::CreateThread(_) => "POST channels/threads",
            Route::ThreadMembers(_) => "GET channels/thread-members",
            Route::ThreadMember(..) => "GET channels/thread-members/id",
            Route::AddThreadMember(..) => "PUT channels/thread-members/id",
            Route::RemoveThreadMember(..) => "DELETE channels/thread-members/id",
            Route::Channel(_) => "GET channels",
            Route::ModifyChannel(_) => "PATCH channels",
            Route::DeleteChannel(_) => "DELETE channels",
            Route::Typing(_) => "POST channels/typing",
            Route::ListMessages(_) => "GET channels/messages",
            Route::CreateMessage(_) => "POST channels/messages",
            Route::Message(..) => "GET channels/messages/id",
            Route::EditMessage(..) => "PATCH channels/messages/id",
            Route::DeleteMessage(..) => "DELETE channels/messages/id",
            Route::Callback { .. } => "POST interactions/callback",
            Route::FollowUp(_) => "POST webhooks",
            Route::Answer(..) => "GET webhooks/messages/id",
            Route::EditAnswer(..) => "PATCH webhooks/messages/id",
            Route::DeleteAnswer(..) => "DELETE webhooks/messages/id",
        }
    }

    /// Interactions and webhooks: their token is in the path, and they are outside the
    /// bot's limit.
    fn has_own_token(&self) -> bool {
        match self {
            Route::Callback { .. }
            | Route::FollowUp(_)
            | Route::Answer(..)
            | Route::EditAnswer(..)
            | Route::DeleteAnswer(..) => true,
            Route::Gateway
            | Route::GatewayBot
            | Route::CurrentUser
            | Route::CurrentApplication
            | Route::ListCommands(_)
            | Route::OverwriteCommands(_)
            | Route::CreateCommand(_)
            | Route::OpenDm
            | Route::CurrentGuilds
            | Route::Guild(_)
            | Route::GuildChannels(_)
            | Route::GuildRoles(_)
            | Route::GuildMember(..)
            | Route::ActiveThreads(_)
            | Route::ArchivedThreads(..)
            | Route::CreateThread(_)
            | Route::ThreadMembers(_)
            | Route::ThreadMember(..)
            | Route::AddThreadMember(..)
            | Route::RemoveThreadMember(..)
            | Route::Channel(_)
            | Route::ModifyChannel(_)
            | Route::DeleteChannel(_)
            | Route::Typing(_)
            | Route::ListMessages(_)
            | Route::CreateMessage(_)
            | Route::Message(..)
            | Route::EditMessage(..)
            | Route::DeleteMessage(..) => false,
        }
    }

    fn bucket(&self) -> Option<(Bucket, String)> {
        match self {
            Route::CreateMessage(channel) => Some((limits::CREATE_MESSAGE, channel.to_string())),
            Route::EditMessage(channel, _) => Some((limits::EDIT_MESSAGE, channel.to_string())),
            Route::FollowUp(token) | Route::EditAnswer(token, _) | Route::DeleteAnswer(token, _) => {
                Some((limits::WEBHOOK, token.token.clone()))
            }
            _ => None,
        }
    }
}

pub(crate) fn answer(world: &mut World, now: Moment, request: Request) -> Reply {
    let route = Route::parse(&request.method, &request.path);
    let name = route.as_ref().map_or("other", Route::name);
    let (number, method) = (request.number, request.method.clone());
    let path = if world.spec.is_some() { request.path.clone() } else { Vec::new() };
    let reply = match route {
        Some(route) => answer_route(world, now, route, request),
        None => check_token(world, &request).err().unwrap_or(Fault::NoSuchRoute).into(),
    };
    check_reply(world, now, name, (&method, &path), &reply);
    world.counters.send_modify(|counters| {
        counters.request(name);
        if reply.status.as_u16() >= 400 {
            *counters.http_refusals.entry(reply.status.as_u16()).or_default() += 1;
        }
    });
    world.requests.answered(number, reply.status.as_u16());
    if matches!(reply.status.as_u16(), 401 | 403 | 429) {
        world.count_invalid(now);
    }
    if reply.status.as_u16() >= 400 {
        tracing::debug!(route = name, status = reply.status.as_u16(), body = ?reply.body, "refused");
    }
    reply
}

fn answer_route(world: &mut World, now: Moment, route: Route, request: Request) -> Reply {
    if !route.has_own_token() {
        if let Err(fault) = check_token(world, &request) {
            return fault.into();
        }
        if let Err(limited) = world.limits.take_global(now) {
            return limited.reply();
        }
    }
    let remaining = match route.bucket().map(|(bucket, key)| world.limits.take(now, bucket, &key)) {
        None => None,
        Some(Ok(remaining)) => Some(remaining),
        Some(Err(limited)) => return limited.reply(),
    };
    let mut reply = match check_spec(world, now, &route, &request) {
        Ok(()) => call(world, now, route, request).unwrap_or_else(Reply::from),
        Err(fault) => fault.into(),
    };
    if let Some(remaining) = remaining {
        reply.headers.extend(limits::bucket_headers(remaining));
    }
    reply
}

fn call(world: &mut World, now: Moment, route: Route, request: Request) -> Result<Reply, Fault> {
    let body = request.body?;
    match route {
        Route::Gateway => Ok(Reply::ok(json!({"url": format!("ws://{}", world.address)}))),
        Route::GatewayBot => Ok(application::gateway_bot(world, now)),
        Route::CurrentUser => Ok(Reply::ok(application::current_user(world))),
        Route::CurrentApplication => Ok(Reply::ok(application::current_application(world))),
        Route::ListCommands(app) => application::list_commands(world, app, &request.query),
        Route::OverwriteCommands(app) => application::overwrite_commands(world, now, app, &body),
        Route::CreateCommand(app) => application::create_command(world, now, app, &body),
        Route::OpenDm => channels::open_dm(world, now, &body),
        Route::CurrentGuilds => Ok(guild::current_guilds(world)),
        Route::Guild(id) => guild::guild(world, id),
        Route::GuildChannels(id) => guild::channels(world, id),
        Route::GuildRoles(id) => guild::roles(world, id),
        Route::GuildMember(id, user) => guild::member(world, id, user),
        Route::ActiveThreads(id) => guild::active_threads(world, id),
        Route::ArchivedThreads(parent, which) => {
            guild::archived_threads(world, parent, which, &request.query)
        }
        Route::CreateThread(parent) => guild::create_thread(world, now, parent, &body),
        Route::ThreadMembers(thread) => guild::thread_members(world, thread),
        Route::ThreadMember(thread, member) => guild::one_thread_member(world, thread, member.id(world)),
        Route::AddThreadMember(thread, member) => {
            guild::add_thread_member(world, now, thread, member.id(world))
        }
        Route::RemoveThreadMember(thread, member) => {
            guild::remove_thread_member(world, now, thread, member.id(world))
        }
        Route::Channel(channel) => channels::channel(world, channel),
        Route::ModifyChannel(channel) => guild::modify_channel(world, now, channel, &body),
        Route::DeleteChannel(channel) => guild::delete_channel(world, now, channel),
        Route::Typing(channel) => channels::channel(world, channel).map(|_| Reply::no_content()),
        Route::ListMessages(channel) => channels::list_messages(world, now, channel, &request.query),
        Route::CreateMessage(channel) => channels::create_message(world, now, channel, body),
        Route::Message(channel, message) => channels::message(world, now, channel, message),
        Route::EditMessage(channel, message) => channels::edit_message(world, now, channel, message, body),
        Route::DeleteMessage(channel, message) => channels::delete_message(world, now, channel, message),
        Route::Callback { interaction, token } => {
            let with_response = request.query.get("with_response").is_some_and(|value| value == "true");
            interactions::callback(world, now, interaction, &token, with_response, body)
        }
        Route::FollowUp(token) => interactions::follow_up(world, now, &token, body),
        Route::Answer(token, which) => interactions::answer(world, now, &token, which),
        Route::EditAnswer(token, which) => interactions::edit_answer(world, now, &token, which, body),
        Route::DeleteAnswer(token, which) => interactions::delete_answer(world, now, &token, which),
    }
}

/// Refuses what Discord's description of its API does not allow, and counts it.
fn check_spec(world: &mut World, now: Moment, route: &Route, request: &Request) -> Result<(), Fault> {
    let flaws = world.spec.as_mut().map(|spec| spec.check(request)).unwrap_or_default();
    if flaws.is_empty() {
        return Ok(());
    }
    world.counters.send_modify(|counters| counters.spec_violations += 1);
    let told: Vec<String> = flaws.iter().map(|flaw| format!("{}: {}", flaw.path, flaw.message)).collect();
    tracing::warn!(route = route.name(), flaws = ?told, "not as Discord describes its API");
    world.log.note(now, "spec_violation", json!({"route": route.name(), "flaws": told}));
    Err(Fault::InvalidForm(flaws))
}

/// Notes and counts what is not as Discord would answer; it is a fault of the emulator's.
fn check_reply(world: &mut World, now: Moment, name: &str, asked: (&Method, &[String]), reply: &Reply) {
    let flaws = world.spec.as_mut().map(|spec| spec.check_reply(asked.0, asked.1, reply)).unwrap_or_default();
    if flaws.is_empty() {
        return;
    }
    let told: Vec<String> = flaws.iter().map(|flaw| format!("{}: {}", flaw.path, flaw.message)).collect();
    world.counters.send_modify(|counters| {
        counters.unlike_discord += 1;
        counters.last_unlike_discord = format!("{name}: {}", told.join("; "));
    });
    tracing::warn!(route = name, status = reply.status.as_u16(), flaws = ?told, "an answer unlike Discord's");
    world.log.note(now, "unlike_discord", json!({"route": name, "flaws": told}));
}

fn check_token(world: &World, request: &Request) -> Result<(), Fault> {
    let token = request.authorization.as_deref().and_then(|value| value.strip_prefix("Bot "));
    if token == Some(world.token.as_str()) { Ok(()) } else { Err(Fault::Unauthorized) }
}
