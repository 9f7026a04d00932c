//! Names and descriptions of commands in the languages of Discord's clients.
//!
//! The English ones are those of the commands. The others are in `commands.ftl`: `command-queue` for a
//! command, `command-admin-ban-days` for what is below it, `option-reason` for all options of that name that
//! have no text of their own, with the name as the attribute `.name` where it is translated; and
//! `choice-role-owner` for a choice, by its option and its value.
//!
//! `/admin` and its sub-commands keep their English names: clients do not find the sub-commands of a command
//! whose name is translated (discord-api-docs, issue 5105).

use super::Texts;
use ipc_schema::vocab::Locale;
use std::collections::HashMap;
use twilight_model::application::command::{
    Command, CommandOption, CommandOptionChoice, CommandOptionChoiceValue, CommandOptionType,
};

/// Languages of Discord's clients. Discord shows a British client the American text where there is no
/// other, so each language is named.
const CLIENTS: [(&str, Locale); 7] = [
    ("en-US", Locale::EnUs),
    ("en-GB", Locale::EnUs),
    ("ko", Locale::KoKr),
    ("zh-CN", Locale::ZhCn),
    ("es-419", Locale::EsMx),
    ("es-ES", Locale::EsMx),
    ("ru", Locale::RuRu),
];

/// Where the words of a thing are, the more particular key first.
type Keys = [Option<String>; 2];

/// The command with its words in every language.
#[must_use]
pub fn localized(mut command: Command) -> Command {
    let path = format!("command-{}", command.name);
    let keys = [Some(path.clone()), None];
    command.name_localizations = Some(names(&keys, &command.name));
    command.description_localizations = Some(descriptions(&keys, &command.description));
    for option in &mut command.options {
        localize_option(&path, option);
    }
    command
}

fn localize_option(path: &str, option: &mut CommandOption) {
    let path = format!("{path}-{}", option.name);
    let keys = keys_of(&path, option);
    option.name_localizations = Some(names(&keys, &option.name));
    option.description_localizations = Some(descriptions(&keys, &option.description));
    for choice in option.choices.iter_mut().flatten() {
        let key = choice_key(&option.name, choice);
        choice.name_localizations =
            Some(in_each_language(&choice.name, |locale| text(locale, key.as_deref()?)));
    }
    for inner in option.options.iter_mut().flatten() {
        localize_option(&path, inner);
    }
}

fn keys_of(path: &str, option: &CommandOption) -> Keys {
    let holds_others =
        matches!(option.kind, CommandOptionType::SubCommand | CommandOptionType::SubCommandGroup);
    [Some(path.to_owned()), (!holds_others).then(|| format!("option-{}", option.name))]
}

/// None for a letter, such as a rank, which is the same in every language.
fn choice_key(option: &str, choice: &CommandOptionChoice) -> Option<String> {
    let value = match &choice.value {
        CommandOptionChoiceValue::String(value) => value.clone(),
        CommandOptionChoiceValue::Integer(value) => value.to_string(),
        CommandOptionChoiceValue::Number(value) => value.to_string(),
    };
    (choice.name.chars().count() > 1).then(|| format!("choice-{option}-{value}"))
}

fn descriptions(keys: &Keys, english: &str) -> HashMap<String, String> {
    in_each_language(english, |locale| keys.iter().flatten().find_map(|key| text(locale, key)))
}

fn names(keys: &Keys, english: &str) -> HashMap<String, String> {
    in_each_language(english, |locale| {
        // The name belongs to the text: a particular text without a name keeps the English one.
        let key = keys.iter().flatten().find(|key| text(locale, key).is_some())?;
        Texts::all().name(locale, key)
    })
}

fn text(locale: Locale, key: &str) -> Option<String> {
    Texts::all().find(locale, key, &[])
}

fn in_each_language(english: &str, translate: impl Fn(Locale) -> Option<String>) -> HashMap<String, String> {
    let of = |locale| if locale == Locale::EnUs { None } else { translate(locale) };
    CLIENTS
        .iter()
        .map(|(client, locale)| ((*client).to_owned(), of(*locale).unwrap_or_else(|| english.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::commands::COMMANDS;
    use std::collections::{BTreeMap, BTreeSet};

    /// What a whole command may hold, each word counted in its longest language.
    const WHOLE: usize = 8000;

    fn all() -> Vec<Command> {
        COMMANDS.iter().map(|command| localized((command.register)())).collect()
    }

    /// A thing with a name and a description, where it is, and the keys of its words.
    struct Thing<'a> {
        path: String,
        keys: Keys,
        name: (&'a str, &'a HashMap<String, String>),
        description: (&'a str, &'a HashMap<String, String>),
    }

    fn things(command: &Command) -> Vec<Thing<'_>> {
        let path = format!("command-{}", command.name);
        let mut things = vec![Thing {
            keys: [Some(path.clone()), None],
            path: path.clone(),
            name: (&command.name, command.name_localizations.as_ref().unwrap()),
            description: (&command.description, command.description_localizations.as_ref().unwrap()),
        }];
        command.options.iter().for_each(|option| below(&path, option, &mut things));
        things
    }

    fn below<'a>(path: &str, option: &'a CommandOption, things: &mut Vec<Thing<'a>>) {
        let path = format!("{path}-{}", option.name);
        things.push(Thing {
            keys: keys_of(&path, option),
            path: path.clone(),
            name: (&option.name, option.name_localizations.as_ref().unwrap()),
            description: (&option.description, option.description_localizations.as_ref().unwrap()),
        });
        option.options.iter().flatten().for_each(|inner| below(&path, inner, things));
    }

    fn choices(options: &[CommandOption]) -> Vec<(&str, &CommandOptionChoice)> {
        let mut found = Vec::new();
        for option in options {
            found.extend(option.choices.iter().flatten().map(|choice| (option.name.as_str(), choice)));
            found.extend(choices(option.options.as_deref().unwrap_or_default()));
        }
        found
    }

    #[test]
    fn every_command_has_its_words_in_every_language_and_no_words_are_left_over() {
        let commands = all();
        let mut used = BTreeSet::new();
        let mut shared: BTreeMap<String, &str> = BTreeMap::new();
        let mut missing = Vec::new();
        for (locale, source) in super::super::COMMAND_FILES {
            let keys: BTreeSet<&str> = super::super::tests::keys_of_source(source);
            for thing in commands.iter().flat_map(things) {
                let Some(key) = thing.keys.iter().flatten().find(|key| keys.contains(key.as_str())) else {
                    missing.push(format!("{locale}: {} ({})", thing.path, thing.description.0));
                    continue;
                };
                if *key != thing.path {
                    let english = *shared.entry(key.clone()).or_insert(thing.description.0);
                    assert_eq!(english, thing.description.0, "{key} cannot be the text of {}", thing.path);
                }
                used.insert(key.clone());
            }
            for (option, choice) in commands.iter().flat_map(|command| choices(&command.options)) {
                let Some(key) = choice_key(option, choice) else { continue };
                if !keys.contains(key.as_str()) {
                    missing.push(format!("{locale}: {key} ({})", choice.name));
                }
                used.insert(key);
            }
            let unused: Vec<_> = keys.into_iter().filter(|key| !used.contains(*key)).collect();
            assert!(unused.is_empty(), "{locale}: nothing has these words: {unused:?}");
        }
        assert!(missing.is_empty(), "no words for\n{}", missing.join("\n"));
    }

    #[test]
    fn discord_takes_the_words_of_every_language() {
        let letter = |c: char| {
            matches!(c, '-' | '_' | '\'') || c.is_alphanumeric() && c.to_lowercase().eq(std::iter::once(c))
        };
        let longest = |texts: &HashMap<String, String>| {
            assert_eq!(texts.len(), CLIENTS.len());
            texts.values().map(|text| text.chars().count()).max().unwrap_or_default()
        };
        for command in all() {
            let mut whole = 0;
            for Thing { path, name: (name, names), description: (description, descriptions), .. } in
                things(&command)
            {
                for (client, name) in names {
                    assert!((1..=32).contains(&name.chars().count()), "{path} in {client}: {name}");
                    assert!(name.chars().all(letter), "{path} in {client}: {name}");
                }
                for (client, text) in descriptions {
                    assert!((1..=100).contains(&text.chars().count()), "{path} in {client}: {text}");
                }
                assert_eq!((&*names["en-GB"], &*descriptions["en-US"]), (name, description));
                whole += longest(names) + longest(descriptions);
            }
            for (option, choice) in choices(&command.options) {
                let names = choice.name_localizations.as_ref().unwrap();
                assert!((1..=100).contains(&longest(names)), "{option}: {names:?}");
                let CommandOptionChoiceValue::String(value) = &choice.value else { continue };
                whole += longest(names) + value.chars().count();
            }
            assert!(whole <= WHOLE, "/{} has {whole} characters", command.name);
        }
    }

    #[test]
    fn no_two_of_a_kind_have_the_same_name_in_any_language() {
        fn check(path: &str, options: &[CommandOption]) {
            for (client, _) in CLIENTS {
                let of = |option: &CommandOption| option.name_localizations.as_ref().unwrap()[client].clone();
                let names: BTreeSet<String> = options.iter().map(of).collect();
                assert_eq!(names.len(), options.len(), "{path} in {client}: {names:?}");
            }
            for option in options {
                check(&format!("{path} {}", option.name), option.options.as_deref().unwrap_or_default());
            }
        }
        let commands = all();
        for (client, _) in CLIENTS {
            let of = |command: &Command| command.name_localizations.as_ref().unwrap()[client].clone();
            let names: BTreeSet<String> = commands.iter().map(of).collect();
            assert_eq!(names.len(), commands.len(), "in {client}: {names:?}");
        }
        commands.iter().for_each(|command| check(&command.name, &command.options));
    }

    #[test]
    fn a_command_with_sub_commands_keeps_its_english_name() {
        let sub = |option: &CommandOption| option.kind == CommandOptionType::SubCommand;
        let with_subs: Vec<_> = all().into_iter().filter(|command| command.options.iter().any(sub)).collect();
        assert!(!with_subs.is_empty());
        for command in with_subs {
            let names = command.name_localizations.unwrap();
            assert!(names.values().all(|name| *name == command.name), "{names:?}");
        }
    }
}
