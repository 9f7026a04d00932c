//! Keeps Discord's list of the bot's commands like the one here. Discord allows 200 new commands a
//! day, so it is written only where it differs.

use super::commands::COMMANDS;
use super::rest::{Rest, RestError};
use twilight_model::application::command::{Command, CommandOption, CommandType};
use twilight_model::application::interaction::InteractionContextType;
use twilight_model::guild::Permissions;
use twilight_model::id::Id;
use twilight_model::id::marker::ApplicationMarker;

pub async fn register(rest: &Rest, application: Id<ApplicationMarker>) -> Result<(), RestError> {
    let wanted: Vec<Command> = COMMANDS.iter().map(|command| (command.register)()).collect();
    let known = rest.commands(application).await?;
    if same(&wanted, &known) {
        tracing::debug!("commands are registered already");
        return Ok(());
    }
    rest.set_commands(application, &wanted).await?;
    tracing::info!(commands = wanted.len(), "commands registered");
    Ok(())
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
