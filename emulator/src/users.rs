//! What a Discord client does for its user, as JSON over HTTP under `/emulator`.
//!
//! Simulated players use this and nothing else. It needs no
//! authorisation: whoever reaches the port may act as any user. It refuses what
//! a Discord client would not let its user do, so a bot under test never sees a
//! press that could not have happened.
//!
//! Ids are strings, as everywhere at Discord. A refusal has status 400 (404 for
//! an unknown user, command or path, 413 for a file above 10 MiB) and a body
//! `{"error": "a sentence"}`. Every other answer is 200, or 201 where something
//! was made.
//!
//! # Requests
//!
//! `POST /emulator/users` `{"name": "ana", "locale": "ko"}` answers `{"id", "name",
//! "locale", "dm_channel_id"}`. The same name is the same user (200 instead of
//! 201) with the same ids, also in another run with the same seed. `locale` is
//! `en-US` unless given; giving another one changes it.
//!
//! `GET /emulator/users` lists all users, oldest first by id, each as above. Whatever a browser's page of
//! another site asks for here is refused (403).
//!
//! `POST /emulator/users/{id}/settings` changes what it names and answers the user: `in_guild`
//! (true; who leaves is in no thread any more and shares no guild with the bot), `staff` (false; the
//! role `Staff`), `dms` (`open` or `closed`: the bot's messages are refused with 50007).
//!
//! `GET /emulator/guild` answers `{"id", "name", "channels": [{"id", "name"}], "roles": [{"id", "name"}]}`:
//! text channels `matches`, `match-log` and `staff`, role `Staff`. All ids are the same in another run with
//! the same seed.
//!
//! `POST /emulator/guilds` `{"shard": 2, "of": 4}` has the bot in a further guild, whose events go to that shard, and
//! answers like the one above: a guild with one text channel and with everyone in it, for this life of the emulator.
//! It is the same whenever that shard is asked for, also in another run with the same seed.
//!
//! `GET /emulator/users/{id}/places` lists where the user can go: the DM, then the text channels and
//! threads of the guild that the user sees, each `{"id", "kind", "name", "can_write"}` with `kind` `dm`, `text`,
//! `public_thread` or `private_thread`, and for a thread also `parent_id`, `archived`, `locked` and
//! `members` (ids). A thread is shown to its members and to staff.
//!
//! What follows happens in the DM unless the body (or the query, for `GET`) has another `channel_id`.
//!
//! `GET /emulator/commands` lists the registered commands as Discord keeps them.
//! `GET /emulator/users/{id}/commands` lists those that the user is offered in the place, and
//! each command, option and choice has `name_localized` and `description_localized` in the user's language.
//!
//! `POST /emulator/users/{id}/commands` `{"name": "report", "options": {"match": 12}}`
//! presses Enter on a slash command and answers `{"interaction_id"}`. A sub-command
//! is written with spaces: `"admin player ban"`. Types come from the registered
//! command; integers, numbers and booleans may be written as JSON or as text, a user
//! option is a user's id. An attachment option needs a multipart request: the JSON is
//! the part `payload_json`, the files are parts with any other name, and the option's
//! value is the name of its part.
//!
//! `POST /emulator/users/{id}/autocomplete` has the same body and `"focused": "country"`,
//! the option being typed. The suggestions follow as an event `choices`.
//!
//! `POST /emulator/users/{id}/components` `{"message_id", "custom_id", "values": ["a"]}`
//! presses a button (without `values`) or chooses in a menu, and answers
//! `{"interaction_id"}`. Refused when the message is not shown to this user, has no
//! such component, or the component is disabled; when a value is not among the options;
//! and when there are fewer or more values than the menu allows. With `"unchecked": true` none of this but the
//! message is looked at: nobody's client does that, and a bot must stand it.
//!
//! `POST /emulator/users/{id}/modals` `{"modal_id", "fields": {"name": "Ana", "races": ["bw_zerg"]}}`
//! submits a modal that came in an event and answers `{"interaction_id"}`. Keys are the
//! custom ids of its inputs, values text, a list for a menu or a group, true or false for a checkbox, or
//! the names of multipart parts for a file upload. A field left out keeps the value the modal came with. Refused
//! when a required field is empty or a length is outside the input's bounds; the modal
//! then stays open. A modal can be submitted once.
//!
//! `POST /emulator/users/{id}/messages`, multipart with `content` and any number of
//! `file` parts, or JSON `{"content"}`, writes to the bot and answers `{"message_id"}`.
//!
//! `GET /emulator/users/{id}/messages` is a list of what the place shows to the user, oldest
//! first, as Discord's message objects. Ephemeral ones (flag 64) are shown only to their
//! user. Attachments have signed links to this server that expire.
//!
//! `POST /emulator/faults` makes things go wrong for the bot until they are asked for otherwise, or until
//! the emulator ends; fields that are left out stay as they are. Users notice nothing of it. The same JSON
//! in `EMULATOR_FAULTS` holds from the start.
//!
//! REST:
//!
//! | field | means |
//! |---|---|
//! | `latency_ms` | what each REST request takes more, half on the way to Discord, half on the way back |
//! | `callback_latency_ms` | the same for callbacks, at most 1000 |
//! | `errors`, 0 to 1 | the share of REST requests answered with 5xx, half of them after they were done |
//! | `hangs`, 0 to 1, `hang_ms` (60000) | the share that is answered with 504 after so long, half of them after they were done |
//! | `outage_ms` | all REST requests are answered with 503 for so long, from now |
//! | `rate_limited`: `{"scope", "ms", "paths"}` or null | REST requests are answered with 429 for so long. `scope` is `user`, `shared`, `global` or `cloudflare` (HTML, no header of Discord's but Retry-After). `paths` are beginnings such as `channels/`; without them all but interactions and webhooks are hit, by `cloudflare` those too |
//! | `invalid_request_limit` (10000) | answers 401, 403, 429 in ten minutes after which every request gets the front door's 429 until the ten minutes are over |
//! | `files_gone` | links to files lead nowhere (404) |
//! | `file_latency_ms` | what each download of a file takes more |
//! | `old_after_ms` (3600000), `old_edits` (5) | from what age, and how many times an hour, a message can be edited (30046) |
//! | `dm_opens` (50) | DMs that the bot may open in ten minutes with users who never turned to it (40003) |
//! | `deny`, `grant` | lists of permissions by Discord's names (`CREATE_PRIVATE_THREADS`): what the bot lacks in the guild, or has beyond an ordinary invite |
//! | `application_flags` | the flags of the application, which privileged intents need |
//!
//! Gateway:
//!
//! | field | means |
//! |---|---|
//! | `disconnect`: true | drops every gateway connection without a close frame, once |
//! | `close`: code | closes every gateway connection with this code, once |
//! | `accept_then_close`: code or null | closes each new connection with this code before a word is said |
//! | `drop_acks` | heartbeats are not acknowledged |
//! | `heartbeat_interval_ms` (41250) | for connections that begin |
//! | `reconnect`: true | tells every connection to reconnect (op 7), once |
//! | `invalid_session`: `resumable` or `gone` | tells every connection that its session is invalid (op 9), once |
//! | `refuse_resumes` | each RESUME is answered with op 9 |
//! | `duplicates`, 0 to 1 | the share of events that are delivered twice |
//! | `identifies_remaining` | what is left of the day's 1000 IDENTIFYs; the one too many closes with 4004 |
//! | `identify_interval_ms` (0; Discord's is 5000) | an IDENTIFY that comes sooner after another is answered with op 9 |
//! | `max_concurrency` (1) | shards whose numbers leave different rests when divided by it are counted apart for that |
//! | `reset_token` | the bot's token is of no use any more |
//! | `recommended_shards` (1) | the shards that `GET /gateway/bot` names |
//!
//! `GET /emulator/requests?after=SEQ` lists the bot's last 20000 REST requests as they came: `{"seq", "at_ms",
//! "method", "path", "status"}`, also those that were made to fail.
//!
//! A press that had no callback in time because its callback was made to fail is counted apart, as
//! `interactions_turned_away`.
//!
//! `GET /emulator/stats` is a [`crate::Report`] as JSON, over all lives of the world.
//!
//! # Events
//!
//! `GET /emulator/events?after=SEQ` never ends: one JSON object a line, for all users, in
//! the order in which it became visible. `seq` counts from 1 without holes. Without `after`
//! it begins with what happens next, with `after=0` with the oldest line still known, and a
//! reader that lost its connection goes on with the last `seq` it had.
//!
//! ```json
//! {"seq": 7, "at_ms": 1795000000000, "user": "1423...", "kind": "message_create", "interaction_id": "1423...", "message": {"id": "..."}}
//! ```
//!
//! `at_ms` is Unix time. An event about a message in the guild that all see who see its channel has no
//! `user`. `interaction_id` is there when the event is an answer to an
//! interaction, also for later edits through its token.
//!
//! | kind | also has | means |
//! |---|---|---|
//! | `message_create` | `message` | a message appeared, the user's own ones too |
//! | `message_update` | `message` | a message changed; the whole message as it is shown |
//! | `message_delete` | `message` with `id` and `channel_id` | a message is gone |
//! | `thinking` | `message` with flag 128 and no content | the bot deferred; the content follows as `message_update` of the same id |
//! | `acknowledged` | | a press was taken without anything to show yet |
//! | `modal` | `modal`: `modal_id`, `custom_id`, `title`, `components` | a modal opened |
//! | `choices` | `choices`: list of `name`, `value` | suggestions for an option |
//! | `places` | | the answer of `GET /emulator/users/{id}/places` changed; without `user` for anyone |
//! | `interaction_failed` | | no callback in time: "The application did not respond" |
//! | `gap` | `from`, `to`; no `user` | the lines from `from` to `to` were asked for but are no longer kept |

mod modal;
mod places;
mod press;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::files::{Attachment, Upload};
use crate::guild::{PERMISSIONS, Who};
use crate::ids::Snowflake;
use crate::interaction::{Interaction, Kind, State, token_of};
use crate::message::{Message, REGULAR, items};
use crate::places::Pings;
use crate::rules::commands::is_locale;
use crate::wire::{Body, BodyFault, Reply, Request};
use crate::world::{MAX_USERS, User, World};

/// What a client does not let its user do, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    status: StatusCode,
    sentence: String,
}

impl Refused {
    fn because(sentence: impl Into<String>) -> Refused {
        Refused { status: StatusCode::BAD_REQUEST, sentence: sentence.into() }
    }

    fn unknown(sentence: impl Into<String>) -> Refused {
        Refused { status: StatusCode::NOT_FOUND, sentence: sentence.into() }
    }
}

impl From<Refused> for Reply {
    fn from(refused: Refused) -> Reply {
        Reply::new(refused.status, json!({"error": refused.sentence}))
    }
}

impl From<BodyFault> for Refused {
    fn from(fault: BodyFault) -> Refused {
        match fault {
            BodyFault::TooLarge => Refused {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                sentence: "A file may have 10 MiB, a message ten files and 25 MiB.".to_owned(),
            },
            BodyFault::NotJson => Refused::because("The body is not JSON."),
            BodyFault::NotMultipart => Refused::because("The body is not a multipart form."),
        }
    }
}

pub(crate) fn answer(world: &mut World, now: Moment, request: Request) -> Reply {
    route(world, now, request).unwrap_or_else(Reply::from)
}

fn route(world: &mut World, now: Moment, request: Request) -> Result<Reply, Refused> {
    let body = request.body?;
    let parts: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let post = request.method == Method::POST;
    match parts.as_slice() {
        ["users"] if post => enter(world, now, &body.json),
        ["users"] => Ok(Reply::ok(world.users.values().map(places::account).collect())),
        ["guild"] if !post => Ok(places::guild(world, &world.guild)),
        ["guilds"] if post => places::enter(world, now, &body.json),
        ["commands"] if !post => Ok(Reply::ok(Value::Array(world.commands.clone()))),
        ["stats"] if !post => {
            let report = world.total().report();
            Ok(Reply::ok(serde_json::to_value(report).unwrap_or_default()))
        }
        ["requests"] if !post => {
            let after = request.query.get("after").and_then(|after| after.parse().ok()).unwrap_or(0);
            Ok(Reply::ok(world.requests.after(after)))
        }
        ["faults"] if post => fault(world, now, &body.json),
        ["users", id, action] => {
            let user = id.parse().ok().and_then(|id: Snowflake| world.users.get(&id)).cloned();
            let user = user.ok_or_else(|| Refused::unknown(format!("There is no user {id}.")))?;
            match (*action, post) {
                ("settings", true) => places::set(world, now, &user, &body.json),
                ("places", false) => Ok(places::list(world, &user)),
                ("commands", false) => {
                    let channel = where_is(world, &user, &place_of(&request.query))?;
                    Ok(places::commands(world, &user, channel))
                }
                ("commands", true) => press::command(world, now, &user, body),
                ("autocomplete", true) => press::autocomplete(world, now, &user, body),
                ("components", true) => press::component(world, now, &user, &body.json),
                ("modals", true) => modal::submit(world, now, &user, body),
                ("messages", true) => write(world, now, &user, body),
                ("messages", false) => {
                    let channel = where_is(world, &user, &place_of(&request.query))?;
                    Ok(shown(world, now, &user, channel))
                }
                _ => Err(nothing_here()),
            }
        }
        _ => Err(nothing_here()),
    }
}

/// What the query says of the place, as a body would.
fn place_of(query: &BTreeMap<String, String>) -> Value {
    json!({"channel_id": query.get("channel_id")})
}

/// The place that a body names, which the user sees; the DM unless it names one.
fn where_is(world: &World, user: &User, json: &Value) -> Result<Snowflake, Refused> {
    let Some(named) = json.get("channel_id").filter(|named| !named.is_null()) else { return Ok(user.dm) };
    let channel = Snowflake::from_json(named).and_then(|id| world.channel(id));
    let channel = channel.filter(|channel| world.sees(Who::User(user), channel));
    let channel = channel.ok_or_else(|| Refused::because(format!("The user sees no channel {named}.")))?;
    Ok(channel.id)
}

fn nothing_here() -> Refused {
    Refused::unknown("There is nothing at this path for this method.")
}

fn enter(world: &mut World, now: Moment, json: &Value) -> Result<Reply, Refused> {
    let name = json.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 32 || name.chars().any(char::is_control) {
        return Err(Refused::because("A user's name has 1 to 32 characters."));
    }
    let locale = json.get("locale").and_then(Value::as_str);
    if let Some(locale) = locale.filter(|locale| !is_locale(locale)) {
        return Err(Refused::because(format!("Discord has no locale {locale}.")));
    }
    let id = world.mint.stable("user", name);
    let is_new = !world.users.contains_key(&id);
    if is_new && world.users.len() >= MAX_USERS {
        return Err(Refused::because(format!("There are {MAX_USERS} users already.")));
    }
    let known = world.users.get(&id).cloned();
    let mut user = known.clone().unwrap_or_else(|| User::new(&world.mint, name));
    if let Some(locale) = locale {
        user.locale = locale.to_owned();
    }
    let body = places::account(&user);
    if is_new {
        let fields = json!({"user": id.json(), "name": name, "channel": user.dm.json()});
        world.log.note(now, "user", fields);
    }
    if known.as_ref() != Some(&user) {
        world.admit(user);
    }
    Ok(Reply::new(if is_new { StatusCode::CREATED } else { StatusCode::OK }, body))
}

/// Makes things go wrong as a request does; the error is a sentence.
pub(crate) fn ask_for_faults(world: &mut World, now: Moment, faults: &Value) -> Result<(), String> {
    fault(world, now, faults).map(|_| ()).map_err(|refused| refused.sentence)
}

fn fault(world: &mut World, now: Moment, json: &Value) -> Result<Reply, Refused> {
    let fields = json.as_object().ok_or_else(|| Refused::because("The body is not an object."))?;
    world.log.note(now, "fault", json!({"fault": json}));
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("disconnect", Value::Bool(true)) => world.cut(now),
            ("disconnect", Value::Bool(false)) => {}
            ("identifies_remaining", count) if count.is_u64() => {
                world.limits.set_identifies(now, small(count));
            }
            ("identify_interval_ms", ms) if ms.is_u64() => {
                world.limits.identify_every = Duration::from_millis(u64::from(small(ms)));
            }
            ("max_concurrency", count)
                if count.as_u64().is_some_and(|count| (1..=1_000).contains(&count)) =>
            {
                world.limits.max_concurrency = u16::try_from(small(count)).unwrap_or(u16::MAX);
            }
            ("recommended_shards", count) if count.is_u64() => world.recommended_shards = small(count).max(1),
            ("invalid_request_limit", count) if count.is_u64() => world.limits.invalid_limit = small(count),
            ("old_after_ms", ms) if ms.is_u64() => {
                world.limits.old_after = Duration::from_millis(u64::from(small(ms)));
            }
            ("old_edits", count) if count.is_u64() => world.limits.old_edits = small(count),
            ("dm_opens", count) if count.is_u64() => world.limits.dm_opens = small(count),
            ("deny", names) => world.guild.denied = permissions_of(names)?,
            ("grant", names) => world.guild.granted = permissions_of(names)?,
            ("application_flags", flags) if flags.is_u64() => {
                world.application_flags = flags.as_u64().unwrap_or_default();
            }
            ("reset_token", Value::Bool(true)) => world.reset_token(now),
            ("reset_token", Value::Bool(false)) => {}
            _ if world.trouble.ask(now, name, value).map_err(Refused::because)? => {}
            _ => return Err(Refused::because(format!("There is no fault {name} with this value."))),
        }
    }
    Ok(Reply::ok(json!({})))
}

fn small(number: &Value) -> u32 {
    number.as_u64().and_then(|number| number.try_into().ok()).unwrap_or(u32::MAX)
}

/// The bits of a list of Discord's names.
fn permissions_of(names: &Value) -> Result<u64, Refused> {
    let named = |name: &Value| {
        let known = PERMISSIONS.iter().find(|(known, _)| name == known);
        known.map(|(_, bit)| *bit).ok_or_else(|| Refused::because(format!("There is no permission {name}.")))
    };
    items(names).iter().map(named).try_fold(0, |bits, bit| Ok(bits | bit?))
}

fn shown(world: &World, now: Moment, user: &User, channel: Snowflake) -> Reply {
    let messages = world.channel(channel).map(|channel| &channel.messages);
    let messages = messages.into_iter().flat_map(|messages| messages.values());
    let messages = messages.filter(|message| world.shows_to(user, message));
    Reply::ok(messages.map(|message| world.render(now, message)).collect())
}

fn write(world: &mut World, now: Moment, user: &User, body: Body) -> Result<Reply, Refused> {
    let mut place = body.json.clone();
    if let Some(named) = body.texts.get("channel_id") {
        place = json!({"channel_id": named});
    }
    let channel = where_is(world, user, &place)?;
    if !places::can_write(world, user, channel) {
        return Err(Refused::because("The user cannot write here."));
    }
    let content = body.texts.get("content").map(String::as_str);
    let content =
        content.or_else(|| body.json.get("content")?.as_str()).unwrap_or_default().trim().to_owned();
    if content.is_empty() && body.files.is_empty() {
        return Err(Refused::because("A message needs content or a file."));
    }
    if content.chars().count() > 2_000 {
        return Err(Refused::because("A message has at most 2000 characters."));
    }
    let mut message = Message {
        id: world.mint.next(now),
        channel,
        author: user.render(),
        by_bot: false,
        kind: REGULAR,
        content,
        embeds: Vec::new(),
        components: Vec::new(),
        attachments: body.files.into_iter().map(|file| store(world, now, channel, file)).collect(),
        flags: 0,
        made_at: now,
        edited_at: None,
        nonce: None,
        reference: None,
        metadata: None,
        seen_by: None,
        pings: Pings::default(),
    };
    message.pings = world.pings(&message, None);
    let id = message.id;
    let names: Vec<&str> = message.attachments.iter().map(|file| file.name.as_str()).collect();
    let fields = json!({
        "user": user.id.json(), "channel": channel.json(), "message": id.json(), "files": names,
    });
    world.greeted.insert(user.id);
    world.log.note(now, "upload", fields);
    world.post(now, message, None);
    Ok(Reply::new(StatusCode::CREATED, json!({"message_id": id.json()})))
}

fn store(world: &mut World, now: Moment, channel: Snowflake, upload: Upload) -> Attachment {
    world.files.store(&mut world.mint, now, channel, upload)
}

/// Starts an interaction: the bot is told and its clock runs.
fn press(
    world: &mut World,
    now: Moment,
    user: &User,
    channel: Snowflake,
    kind: Kind,
    message: Option<Snowflake>,
    data: &Value,
) -> Result<Reply, Refused> {
    let here = world.channel(channel).ok_or_else(|| Refused::because("The channel is gone."))?;
    if here.place.thread().is_some_and(|thread| thread.archived) {
        return Err(Refused::because("Nothing can be done in an archived thread."));
    }
    if world.interactions.is_full() {
        let sentence = "Too many interactions are open.".to_owned();
        return Err(Refused { status: StatusCode::SERVICE_UNAVAILABLE, sentence });
    }
    let id = world.mint.next(now);
    let token = token_of(&world.mint, id);
    let mut payload = json!({
        "id": id.json(),
        "application_id": world.application.json(),
        "type": kind.number(),
        "token": token,
        "version": 1,
        "authorizing_integration_owners": {"0": world.integration_owner(channel)},
        "channel_id": channel.json(),
        "locale": user.locale,
        "entitlements": [],
        "attachment_size_limit": crate::files::MAX_FILE_BYTES,
        "data": data,
    });
    places::put_place(world, user, channel, &mut payload);
    let fields = json!({
        "by": kind.name(), "interaction": id.json(), "user": user.id.json(),
        "custom_id": data.get("custom_id"), "message": message.map(Snowflake::json),
        "command": data.get("name").map(|_| command_path(data)),
    });
    world.log.note(now, "press", fields);
    world.greeted.insert(user.id);
    if let Some(pressed) = message.and_then(|message| world.message(channel, message)) {
        payload["message"] = world.render(now, pressed);
    }
    world.interactions.insert(Interaction {
        id,
        token,
        kind,
        user: user.id,
        channel,
        pressed_at: now,
        message,
        state: State::Waiting,
        answered: false,
    });
    if !matches!(kind, Kind::Autocomplete { .. }) {
        world.counters.send_modify(|counters| counters.interactions += 1);
    }
    world.dispatch(now, channel, (0, 0), "INTERACTION_CREATE", &payload, None);
    Ok(Reply::new(StatusCode::CREATED, json!({"interaction_id": id.json()})))
}

/// The name of a command and the sub-command that was chosen in it.
fn command_path(data: &Value) -> String {
    const SUB_COMMANDS: [u64; 2] = [1, 2];
    let mut path = data["name"].as_str().unwrap_or_default().to_owned();
    let mut at = &data["options"][0];
    while at["type"].as_u64().is_some_and(|kind| SUB_COMMANDS.contains(&kind)) {
        path.push(' ');
        path.push_str(at["name"].as_str().unwrap_or_default());
        at = &at["options"][0];
    }
    path
}
