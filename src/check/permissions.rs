//! What a member may do in a server and in a channel, as Discord computes it.

use serde_json::Value;

/// A permission and what Discord's settings call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permission {
    pub(super) bit: u64,
    pub(super) name: &'static str,
}

const fn permission(bit: u8, name: &'static str) -> Permission {
    Permission { bit: 1 << bit, name }
}

pub(super) const ADMINISTRATOR: u64 = 1 << 3;
pub(super) const VIEW: Permission = permission(10, "View Channel");
pub(super) const SEND: Permission = permission(11, "Send Messages");
pub(super) const HISTORY: Permission = permission(16, "Read Message History");
pub(super) const MENTION: Permission = permission(17, "Mention @everyone, @here, and All Roles");
pub(super) const MANAGE_THREADS: Permission = permission(34, "Manage Threads");
pub(super) const PRIVATE_THREADS: Permission = permission(36, "Create Private Threads");
pub(super) const SEND_IN_THREADS: Permission = permission(38, "Send Messages in Threads");

/// All bits; a number as text.
fn bits(value: &Value) -> u64 {
    value.as_str().and_then(|text| text.parse().ok()).or_else(|| value.as_u64()).unwrap_or(0)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What `member` may do in all of `guild`.
pub(super) fn in_guild(guild: &Value, member: &Value) -> u64 {
    let has = |role: &Value| role["id"] == guild["id"] || items(&member["roles"]).contains(&role["id"]);
    let given = items(&guild["roles"]).iter().filter(|role| has(role));
    let given = given.fold(0, |all, role| all | bits(&role["permissions"]));
    let owns = guild["owner_id"].is_string() && guild["owner_id"] == member["user"]["id"];
    if owns || given & ADMINISTRATOR != 0 { u64::MAX } else { given }
}

/// What `member` may do in `channel` of `guild`: its exceptions for everyone, for roles, and for the member.
pub(super) fn in_channel(guild: &Value, channel: &Value, member: &Value) -> u64 {
    let mut may = in_guild(guild, member);
    if may == u64::MAX {
        return may;
    }
    let exceptions = items(&channel["permission_overwrites"]);
    let mut apply = |concerned: &dyn Fn(&Value) -> bool| {
        let found = || exceptions.iter().filter(|exception| concerned(&exception["id"]));
        let denied = found().fold(0, |all, exception| all | bits(&exception["deny"]));
        let allowed = found().fold(0, |all, exception| all | bits(&exception["allow"]));
        may = may & !denied | allowed;
    };
    apply(&|id| *id == guild["id"]);
    apply(&|id| *id != guild["id"] && items(&member["roles"]).contains(id));
    apply(&|id| *id == member["user"]["id"]);
    // Without it there is no channel to do anything in.
    if may & VIEW.bit == 0 { 0 } else { may }
}

/// The names of what is needed and not there.
pub(super) fn lacking(may: u64, needed: &[Permission]) -> Vec<&'static str> {
    needed.iter().filter(|needed| may & needed.bit == 0).map(|needed| needed.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn guild(everyone: u64, bot: u64) -> Value {
        let role = |id: &str, permissions: u64| json!({ "id": id, "permissions": permissions.to_string() });
        json!({ "id": "1", "owner_id": "9", "roles": [role("1", everyone), role("2", bot), role("3", 0)] })
    }

    fn member() -> Value {
        json!({ "user": { "id": "5" }, "roles": ["2"] })
    }

    fn exception(id: &str, allow: u64, deny: u64) -> Value {
        json!({ "id": id, "allow": allow.to_string(), "deny": deny.to_string() })
    }

    #[test]
    fn exceptions_of_a_channel_count_for_everyone_then_for_roles_then_for_the_member() {
        let (view, send) = (VIEW.bit, SEND.bit);
        #[rustfmt::skip]
        let table: &[(u64, Vec<Value>, u64)] = &[
            // the bot's role    exceptions of the channel                                              what it may
            (0,                  vec![],                                                                 view | send),
            (0,                  vec![exception("1", 0, send)],                                          view),
            (0,                  vec![exception("1", 0, send), exception("2", send, 0)],                 view | send),
            (0,                  vec![exception("2", send, 0), exception("5", 0, send)],                 view),
            (0,                  vec![exception("2", 0, send), exception("5", send, 0)],                 view | send),
            (0,                  vec![exception("3", 0, send)],                                          view | send),
            (0,                  vec![exception("1", 0, view)],                                          0),
            (ADMINISTRATOR,      vec![exception("1", 0, view)],                                          u64::MAX),
        ];
        for (bot, exceptions, expected) in table {
            let channel = json!({ "permission_overwrites": exceptions });
            assert_eq!(
                in_channel(&guild(view | send, *bot), &channel, &member()),
                *expected,
                "{exceptions:?}"
            );
        }
        let owner = json!({ "user": { "id": "9" }, "roles": [] });
        assert_eq!(in_channel(&guild(0, 0), &json!({}), &owner), u64::MAX);
    }

    #[test]
    fn what_is_lacking_is_named_as_in_discords_settings() {
        assert_eq!(lacking(VIEW.bit, &[VIEW, SEND, MANAGE_THREADS]), ["Send Messages", "Manage Threads"]);
    }
}
