//! Keeps Discord's list of the bot's commands like the one here. Discord allows 200 new commands a
//! day, so it is written only where it differs.

use super::Unusable;
use super::commands::COMMANDS;
use super::rest::{Rest, RestError};
use twilight_model::application::command::{Command, CommandOption, CommandType};
use twilight_model::application::interaction::InteractionContextType;
use twilight_model::guild::Permissions;
use twilight_model::id::Id;
use twilight_model::id::marker::ApplicationMarker;

/// Why the commands are not registered.
#[derive(Debug)]
pub enum Failed {
    /// The same may work a little later.
    Passing(RestError),
    Unusable(Unusable),
}

/// Returns when Discord has the commands, or others of this bot that it does not let go of.
pub async fn register(rest: &Rest, application: Id<ApplicationMarker>) -> Result<(), Failed> {
    let wanted: Vec<Command> = COMMANDS.iter().map(|command| (command.register)()).collect();
    let known = rest.commands(application).await.map_err(|error| failed(error, "shows"))?;
    if same(&wanted, &known) {
        tracing::debug!("commands are registered already");
        return Ok(());
    }
    match rest.set_commands(application, &wanted).await {
        Ok(()) => tracing::info!(commands = wanted.len(), "commands registered"),
        // Players go on with those of an earlier build: most are the same, and a press needs none.
        Err(error) if !error.is_passing() && error.status() != Some(401) && !known.is_empty() => {
            tracing::error!("Discord keeps the commands of an earlier build: {error}");
        }
        Err(error) => return Err(failed(error, "takes")),
    }
    Ok(())
}

fn failed(error: RestError, does: &str) -> Failed {
    if error.is_passing() {
        return Failed::Passing(error);
    }
    let what_to_do = match error.status() {
        Some(401) => {
            "copy the token anew from https://discord.com/developers/applications, your application, Bot, Reset Token, \
             into DISCORD_TOKEN"
        }
        Some(403 | 404) => {
            "the bot's application may be gone or disabled: look at https://discord.com/developers/applications, and \
             install the bot anew by the link of `evoladder check`"
        }
        _ => "`evoladder check` looks for what is wrong; if it finds nothing, use a newer build",
    };
    Failed::Unusable(Unusable(format!("Discord {does} no commands of this bot: {error}; {what_to_do}")))
}

/// What players see of a command; ids and versions are Discord's.
#[derive(Debug, PartialEq)]
struct Visible<'a> {
    name: &'a str,
    kind: CommandType,
    description: &'a str,
    options: &'a [CommandOption],
    contexts: Vec<u8>,
    permissions: Option<Permissions>,
}

fn same(wanted: &[Command], known: &[Command]) -> bool {
    sorted(wanted) == sorted(known)
}

fn sorted(commands: &[Command]) -> Vec<Visible<'_>> {
    let mut visible: Vec<Visible<'_>> = commands
        .iter()
        .map(|command| {
            let contexts = command.contexts.iter().flatten().copied();
            let mut contexts: Vec<u8> = contexts.map(InteractionContextType::into).collect();
            contexts.sort_unstable();
            Visible {
                name: &command.name,
                kind: command.kind,
                description: &command.description,
                options: &command.options,
                contexts,
                permissions: command.default_member_permissions,
            }
        })
        .collect();
    visible.sort_by_key(|command| command.name);
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered() -> Vec<Command> {
        COMMANDS.iter().map(|command| (command.register)()).collect()
    }

    #[test]
    fn what_discord_refuses_for_good_says_what_to_do_and_all_else_is_tried_again() {
        let refused = |status| RestError::Refused { status, code: 0, message: "no".to_owned() };
        for (status, says) in
            [(401, "Reset Token"), (403, "install the bot"), (404, "gone"), (400, "newer build")]
        {
            match failed(refused(status), "takes") {
                Failed::Unusable(Unusable(said)) => assert!(said.contains(says), "{status}: {said}"),
                Failed::Passing(error) => panic!("{status} passes: {error}"),
            }
        }
        for error in [refused(503), RestError::Limited, RestError::TimedOut, RestError::BreakerOpen] {
            assert!(matches!(failed(error, "takes"), Failed::Passing(_)));
        }
    }

    #[test]
    fn what_discord_adds_and_reorders_is_no_difference() {
        let mut known = registered();
        known.reverse();
        for (number, command) in (1..).zip(&mut known) {
            command.id = Some(Id::new(number));
            command.version = Id::new(1000 + number);
            command.application_id = Some(Id::new(5));
            command.contexts.as_mut().unwrap().reverse();
            command.nsfw = Some(false);
        }
        assert!(same(&registered(), &known));
    }

    #[test]
    fn every_visible_change_is_a_difference() {
        let changes: [fn(&mut Vec<Command>); 6] = [
            |known| drop(known.pop()),
            |known| known[0].description.push('!'),
            |known| known[0].name.push('s'),
            |known| known[0].contexts = None,
            |known| known.iter_mut().for_each(|command| command.default_member_permissions = None),
            |known| known.iter_mut().for_each(|command| command.options.clear()),
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut known = registered();
            change(&mut known);
            assert!(!same(&registered(), &known), "change {number}");
        }
    }
}
