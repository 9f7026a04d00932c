//! The bot as Discord knows it: token, application, commands, and the server and channels it is to use.

use super::Finding;
use super::permissions::{
    HISTORY, MANAGE_THREADS, MENTION, PRIVATE_THREADS, Permission, SEND, SEND_IN_THREADS, VIEW, in_channel,
    in_guild, lacking,
};
use crate::config::{CheckedPlaces, Shards};
use crate::frontend::rest::{Rest, RestError};
use serde_json::Value;

const PORTAL: &str = "https://discord.com/developers/applications";

/// Sessions of the gateway below which one should wait with another start.
const FEW_SESSIONS: u64 = 50;

/// Flags of an application for intents that Discord calls privileged, and which the ladder does without.
const PRIVILEGED: u64 = 0b1111 << 12 | 0b11 << 18;

// A line that was lost on its way is looked for before it is posted again. Files go to DMs, and with answers to
// presses, which need no permission.
const IN_LOG: &[Permission] = &[VIEW, SEND, HISTORY];
const IN_STAFF: &[Permission] = &[VIEW, SEND, HISTORY];
const WITH_THREADS: &[Permission] = &[VIEW, HISTORY, PRIVATE_THREADS, SEND_IN_THREADS, MANAGE_THREADS];

pub(super) async fn look(rest: &Rest, places: CheckedPlaces, shards: Shards) -> Vec<Finding> {
    let bot = match rest.look_up("users/@me").await {
        Ok(bot) => bot,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut found = vec![Finding::good("token", format!("the bot is {}", name_of(&bot)))];
    let application = match rest.look_up("applications/@me").await {
        Ok(application) => application,
        Err(error) => {
            found.push(Finding::missing("application", format!("Discord does not show it: {error}")));
            return found;
        }
    };
    let id = application["id"].as_str().unwrap_or_default();
    let invite = invite(id, places);
    found.extend(application_of(&application));
    found.extend(gateway(rest, shards).await);
    found.extend(commands(rest, id, places.guild, &invite).await);
    match places.guild {
        Some(guild) => found.extend(in_server(rest, guild, places, &bot, &invite).await),
        None => found.push(Finding::mind(
            "server",
            format!("GUILD_ID is not set. The bot and its players need one server in common; invite it by {invite}"),
        )),
    }
    found
}

/// The link by which the bot is installed, with no more permissions than what is set needs.
pub(super) fn invite(application: &str, places: CheckedPlaces) -> String {
    let sets = [
        (places.threads, WITH_THREADS),
        (places.log, IN_LOG),
        (places.staff, IN_STAFF),
        (places.staff_role, &[MENTION][..]),
    ];
    let needed = sets.into_iter().filter(|(place, _)| place.is_some()).flat_map(|(_, needed)| needed);
    let bits = needed.fold(0, |all, permission| all | permission.bit);
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot%20applications.commands&permissions={bits}"
    )
}

fn name_of(thing: &Value) -> &str {
    ["global_name", "username", "name"].iter().find_map(|field| thing[field].as_str()).unwrap_or("(no name)")
}

fn unreachable(error: &RestError) -> Finding {
    match error.status() {
        Some(401) => Finding::missing(
            "token",
            format!(
                "Discord does not know it. Copy it anew into DISCORD_TOKEN: {PORTAL}, your application, Bot, Reset Token"
            ),
        ),
        Some(_) => Finding::missing("token", format!("Discord does not take it: {error}")),
        None => Finding::missing(
            "token",
            format!(
                "Discord cannot be reached: {}. Look at this machine's network, and at https://discordstatus.com",
                whole(error)
            ),
        ),
    }
}

/// An error with its causes.
fn whole(error: &RestError) -> String {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        said.push_str(": ");
        said.push_str(&error.to_string());
        cause = error.source();
    }
    said
}

fn application_of(application: &Value) -> Vec<Finding> {
    let about = "application";
    let id = application["id"].as_str().unwrap_or_default();
    let mut found = Vec::new();
    if let Some(url) = application["interactions_endpoint_url"].as_str().filter(|url| !url.is_empty()) {
        found.push(Finding::missing(
            about,
            format!(
                "Discord sends everything that players press to {url}, so the ladder hears nothing of it. Empty the field: \
                 {PORTAL}/{id}/information, Interactions Endpoint URL, Save Changes"
            ),
        ));
    }
    if application["bot_require_code_grant"] == true {
        found.push(Finding::missing(
            about,
            format!(
                "nobody can install the bot by a link. Turn it off: {PORTAL}/{id}/bot, Requires OAuth2 Code Grant, Save Changes"
            ),
        ));
    }
    if application["flags"].as_u64().unwrap_or(0) & PRIVILEGED != 0 {
        found.push(Finding::mind(
            "intents",
            format!(
                "privileged ones are on, and the ladder needs none. You may turn them off: {PORTAL}/{id}/bot"
            ),
        ));
    } else {
        found.push(Finding::good("intents", "no privileged one is on, and none is needed"));
    }
    if !found.iter().any(|finding| finding.about == about) {
        found.insert(0, Finding::good(about, format!("{} ({id})", name_of(application))));
    }
    found
}

async fn gateway(rest: &Rest, shards: Shards) -> Vec<Finding> {
    let about = "gateway";
    let gateway = match rest.look_up("gateway/bot").await {
        Ok(gateway) => gateway,
        Err(error) => return vec![Finding::mind(about, format!("Discord does not show it: {error}"))],
    };
    let mut found = Vec::new();
    let limit = &gateway["session_start_limit"];
    let numbers = ["remaining", "total", "reset_after"].map(|name| limit[name].as_u64());
    if let [Some(remaining), Some(total), Some(reset_after)] = numbers {
        let minutes = reset_after / 60_000;
        let says = format!("{remaining} of {total} sessions may still begin; counted anew in {minutes} min");
        found.push(if remaining < FEW_SESSIONS {
            Finding::mind(about, format!("{says}. Below 20 a start waits for that"))
        } else {
            Finding::good(about, says)
        });
    }
    if let Some(recommended) = gateway["shards"].as_u64() {
        found.push(of_shards(shards, recommended));
    }
    found
}

/// Whether the shards are all that there are, and as many as Discord recommends.
fn of_shards(shards: Shards, recommended: u64) -> Finding {
    let (about, total) = ("shards", shards.total());
    if shards.count() < total {
        let others = total - shards.count();
        Finding::mind(
            about,
            format!(
                "SHARDS is {shards}: presses in the servers of the other {others} reach nobody; 0-{}/{total} has all",
                total - 1
            ),
        )
    } else if recommended > u64::from(total) {
        let last = recommended - 1;
        Finding::mind(
            about,
            format!(
                "Discord recommends {recommended}, and SHARDS is {shards}; 0-{last}/{recommended} has as many"
            ),
        )
    } else {
        Finding::good(
            about,
            format!("SHARDS is {shards}, of which Discord recommends at least {recommended}"),
        )
    }
}

async fn commands(rest: &Rest, application: &str, guild: Option<u64>, invite: &str) -> Vec<Finding> {
    let about = "commands";
    let mut found = Vec::new();
    match rest.look_up(&format!("applications/{application}/commands")).await {
        Ok(Value::Array(known)) if known.is_empty() => {
            found.push(Finding::good(about, "none yet; they register themselves at the first start"));
        }
        Ok(known) => {
            let count = known.as_array().map_or(0, Vec::len);
            found.push(Finding::good(
                about,
                format!("{count} are registered; a start brings them up to date"),
            ));
        }
        Err(error) => found.push(Finding::missing(
            about,
            format!("Discord does not show them: {error}. Look at the application at {PORTAL}"),
        )),
    }
    if let Some(guild) = guild {
        match rest.look_up(&format!("applications/{application}/guilds/{guild}/commands")).await {
            Ok(Value::Array(own)) if !own.is_empty() => found.push(Finding::mind(
                about,
                format!(
                    "the server {guild} has {} of its own from this bot, which players see twice",
                    own.len()
                ),
            )),
            Err(error) if error.status() == Some(403) => found.push(Finding::missing(
                about,
                format!(
                    "the bot was installed in the server {guild} without them. Install it again by {invite}"
                ),
            )),
            // Whatever else it may be, the server is looked at by itself.
            Ok(_) | Err(_) => {}
        }
    }
    found
}

async fn in_server(
    rest: &Rest,
    guild_id: u64,
    places: CheckedPlaces,
    bot: &Value,
    invite: &str,
) -> Vec<Finding> {
    let guild = match rest.look_up(&format!("guilds/{guild_id}")).await {
        Ok(guild) => guild,
        Err(error) if matches!(error.status(), Some(403 | 404)) => {
            let says = format!("the bot is not in the server {guild_id} (GUILD_ID). Install it by {invite}");
            return vec![Finding::missing("server", says)];
        }
        Err(error) => return vec![Finding::missing("server", format!("Discord does not show it: {error}"))],
    };
    let bot_id = bot["id"].as_str().unwrap_or_default();
    let member = match rest.look_up(&format!("guilds/{guild_id}/members/{bot_id}")).await {
        Ok(member) => member,
        Err(error) => {
            return vec![Finding::missing("server", format!("Discord does not show the bot in it: {error}"))];
        }
    };
    let mut found = vec![Finding::good("server", name_of(&guild))];
    for (place, setting, needed) in [
        (places.threads, "MATCH_CHANNEL_ID", WITH_THREADS),
        (places.log, "MATCH_LOG_CHANNEL_ID", IN_LOG),
        (places.staff, "STAFF_CHANNEL_ID", IN_STAFF),
    ] {
        let Some(id) = place else { continue };
        let shown = rest.look_up(&format!("channels/{id}")).await;
        found.push(channel(shown, id, setting, needed, &guild, &member));
    }
    found.extend(places.staff_role.map(|role| staff_role(role, &guild, &member)));
    found
}

fn channel(
    shown: Result<Value, RestError>,
    id: u64,
    setting: &str,
    needed: &[Permission],
    guild: &Value,
    member: &Value,
) -> Finding {
    let about = "channel";
    let channel = match shown {
        Ok(channel) => channel,
        Err(error) if error.status() == Some(404) => {
            let says = format!(
                "there is no channel {id} ({setting}). In Discord with developer mode: right click on the channel, Copy Channel ID"
            );
            return Finding::missing(about, says);
        }
        Err(error) if error.status() == Some(403) => {
            let says = format!(
                "the bot does not see the channel {id} ({setting}). In Discord: Edit Channel, Permissions, add the bot's role, \
                 and allow View Channel"
            );
            return Finding::missing(about, says);
        }
        Err(error) => {
            return Finding::missing(about, format!("Discord does not show {id} ({setting}): {error}"));
        }
    };
    let name = name_of(&channel);
    if channel["guild_id"] != guild["id"] {
        let says = format!("#{name} ({setting}) is in another server than GUILD_ID says");
        return Finding::missing(about, says);
    }
    // Text and announcements.
    if !matches!(channel["type"].as_u64(), Some(0 | 5)) || needed == WITH_THREADS && channel["type"] != 0 {
        return Finding::missing(about, format!("#{name} ({setting}) is no text channel; name another"));
    }
    let lacking = lacking(in_channel(guild, &channel, member), needed);
    if lacking.is_empty() {
        return Finding::good(about, format!("#{name} ({setting}) has all permissions that are needed"));
    }
    let says = format!(
        "in #{name} ({setting}) the bot lacks: {}. In Discord: Edit Channel, Permissions, add the bot's role, and allow these",
        lacking.join(", ")
    );
    Finding::missing(about, says)
}

fn staff_role(id: u64, guild: &Value, member: &Value) -> Finding {
    let about = "staff role";
    let roles = guild["roles"].as_array().map_or(&[][..], Vec::as_slice);
    let wanted = id.to_string();
    let Some(role) = roles.iter().find(|role| role["id"] == wanted.as_str()) else {
        let says = format!(
            "there is no role {id} (STAFF_ROLE_ID). In Discord with developer mode: Server Settings, Roles, …, Copy Role ID"
        );
        return Finding::missing(about, says);
    };
    let name = name_of(role);
    if role["mentionable"] == true || in_guild(guild, member) & MENTION.bit != 0 {
        return Finding::good(about, format!("@{name} can be mentioned"));
    }
    let says = format!(
        "@{name} is not notified when it is mentioned. In Discord: Server Settings, Roles, {name}, allow anyone to @mention \
         this role"
    );
    Finding::mind(about, says)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use serde_json::json;

    fn server() -> (Value, Value) {
        let everyone = json!({ "id": "1", "permissions": (VIEW.bit | SEND.bit).to_string() });
        let staff = json!({ "id": "3", "name": "Staff", "permissions": "0", "mentionable": false });
        let guild = json!({ "id": "1", "name": "Ladder", "owner_id": "9", "roles": [everyone, staff] });
        (guild, json!({ "user": { "id": "5" }, "roles": [] }))
    }

    fn refused(status: u16) -> RestError {
        RestError::Refused { status, code: 0, message: "no".to_owned() }
    }

    #[test]
    fn an_invite_asks_for_no_more_than_what_is_set_needs() {
        let none = CheckedPlaces::default();
        assert!(invite("7", none).ends_with("client_id=7&scope=bot%20applications.commands&permissions=0"));
        let log = CheckedPlaces { log: Some(1), ..none };
        assert!(invite("7", log).ends_with(&format!("&permissions={}", VIEW.bit | SEND.bit | HISTORY.bit)));
    }

    #[test]
    fn what_is_wrong_with_a_channel_says_what_to_click() {
        let (guild, member) = server();
        let in_guild = |kind: u8, guild: &str| json!({ "name": "log", "type": kind, "guild_id": guild });
        #[rustfmt::skip]
        let table = [
            (Err(refused(404)),       "Copy Channel ID"),
            (Err(refused(403)),       "allow View Channel"),
            (Ok(in_guild(0, "2")),    "another server"),
            (Ok(in_guild(2, "1")),    "no text channel"),
            (Ok(in_guild(0, "1")),    "lacks: Read Message History. In Discord: Edit Channel"),
        ];
        for (shown, says) in table {
            let found = channel(shown, 8, "MATCH_LOG_CHANNEL_ID", IN_LOG, &guild, &member);
            assert!(found.is_missing() && found.says.contains(says), "{found}");
            assert!(found.says.contains("MATCH_LOG_CHANNEL_ID"), "{found}");
        }
        let found = channel(Ok(in_guild(0, "1")), 8, "STAFF_CHANNEL_ID", &[VIEW, SEND], &guild, &member);
        assert_eq!(found.verdict, Verdict::Good, "{found}");
    }

    #[test]
    fn an_application_that_takes_presses_away_is_found() {
        let plain = json!({ "id": "7", "name": "EvoLadder", "flags": 0, "bot_require_code_grant": false });
        assert!(application_of(&plain).iter().all(|finding| finding.verdict == Verdict::Good));
        let with = |field: &str, value: Value| {
            let mut application = plain.clone();
            application[field] = value;
            application_of(&application)
        };
        let found = with("interactions_endpoint_url", json!("https://example.com"));
        assert!(found[0].is_missing() && found[0].says.contains("Interactions Endpoint URL"));
        assert!(with("bot_require_code_grant", json!(true))[0].says.contains("OAuth2 Code Grant"));
        assert!(with("flags", json!(1 << 19)).iter().any(|finding| finding.verdict == Verdict::Mind));
    }

    #[test]
    fn a_role_that_is_not_notified_and_one_that_is_not_there_are_told_apart() {
        let (guild, member) = server();
        assert_eq!(staff_role(3, &guild, &member).verdict, Verdict::Mind);
        assert!(staff_role(4, &guild, &member).is_missing());
    }
}
