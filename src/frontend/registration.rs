//! Keeps Discord's list of the bot's commands like the one here. Discord allows 200 new commands a
//! day, so it is written only where it differs.

use super::commands::COMMANDS;
use super::rest::{Rest, RestError};
use super::text::commands::localized;
use std::collections::HashMap;
use twilight_model::application::command::{Command, CommandOption, CommandType};
use twilight_model::application::interaction::InteractionContextType;
use twilight_model::guild::Permissions;
use twilight_model::id::Id;
use twilight_model::id::marker::ApplicationMarker;

pub async fn register(rest: &Rest, application: Id<ApplicationMarker>) -> Result<(), RestError> {
    let wanted = wanted();
    let known = rest.commands(application).await?;
    if same(&wanted, &known) {
        tracing::debug!("commands are registered already");
        return Ok(());
    }
    rest.set_commands(application, &wanted).await?;
    tracing::info!(commands = wanted.len(), "commands registered");
    Ok(())
}

fn wanted() -> Vec<Command> {
    COMMANDS.iter().map(|command| localized((command.register)())).collect()
}

/// What players see of a command; ids and versions are Discord's.
#[derive(Debug, PartialEq)]
struct Visible<'a> {
    name: &'a str,
    names: Option<&'a HashMap<String, String>>,
    kind: CommandType,
    description: &'a str,
    descriptions: Option<&'a HashMap<String, String>>,
    options: Vec<CommandOption>,
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
                names: command.name_localizations.as_ref(),
                kind: command.kind,
                description: &command.description,
                descriptions: command.description_localizations.as_ref(),
                options: command.options.iter().map(plain).collect(),
                contexts,
                permissions: command.default_member_permissions,
            }
        })
        .collect();
    visible.sort_by_key(|command| command.name);
    visible
}

/// Without what says no more than nothing does: Discord leaves out what is false or empty.
fn plain(option: &CommandOption) -> CommandOption {
    let mut option = option.clone();
    option.required = option.required.filter(|required| *required);
    option.autocomplete = option.autocomplete.filter(|autocomplete| *autocomplete);
    option.choices = option.choices.filter(|choices| !choices.is_empty());
    let inner = option.options.filter(|options| !options.is_empty());
    option.options = inner.map(|options| options.iter().map(plain).collect());
    option
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_discord_adds_and_reorders_is_no_difference() {
        let mut known = wanted();
        known.reverse();
        for (number, command) in (1..).zip(&mut known) {
            command.id = Some(Id::new(number));
            command.version = Id::new(1000 + number);
            command.application_id = Some(Id::new(5));
            command.contexts.as_mut().unwrap().reverse();
            command.nsfw = Some(false);
            for option in &mut command.options {
                option.required = option.required.filter(|required| *required);
                option.autocomplete = option.autocomplete.filter(|autocomplete| *autocomplete);
                option.options.get_or_insert_default();
            }
        }
        assert!(same(&wanted(), &known));
    }

    #[test]
    fn every_visible_change_is_a_difference() {
        let changes: [fn(&mut Vec<Command>); 10] = [
            |known| drop(known.pop()),
            |known| known[0].description.push('!'),
            |known| known[0].name.push('s'),
            |known| known[0].name_localizations = None,
            |known| drop(known[0].description_localizations.as_mut().unwrap().remove("ko")),
            |known| {
                let options = known.iter_mut().flat_map(|command| &mut command.options);
                options.for_each(|option| option.description_localizations = None);
            },
            |known| {
                let options = known.iter_mut().flat_map(|command| &mut command.options);
                let choices = options.flat_map(|option| option.choices.iter_mut().flatten());
                choices.for_each(|choice| choice.name_localizations = None);
            },
            |known| known[0].contexts = None,
            |known| known.iter_mut().for_each(|command| command.default_member_permissions = None),
            |known| known.iter_mut().for_each(|command| command.options.clear()),
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut known = wanted();
            change(&mut known);
            assert!(!same(&wanted(), &known), "change {number}");
        }
    }
}
