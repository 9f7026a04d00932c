//! `/language`: which language the ladder speaks with a player.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Choose, Page, menu, option};
use crate::frontend::text::Words;
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::vocab::Locale;
use twilight_interactions::command::{CommandModel, CommandOption, CreateCommand, CreateOption};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::Component;

/// `/language`: choose the language of the ladder.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "language",
    desc = "Choose the language the ladder speaks with you",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Language {
    /// The language; without it, pick one from a menu
    language: Option<LanguageOption>,
}

/// Each is called what its own speakers call it.
#[derive(CommandOption, CreateOption)]
enum LanguageOption {
    #[option(name = "English", value = "enUS")]
    English,
    #[option(name = "한국어", value = "koKR")]
    Korean,
    #[option(name = "简体中文", value = "zhCN")]
    Chinese,
    #[option(name = "Español", value = "esMX")]
    Spanish,
    #[option(name = "Русский", value = "ruRU")]
    Russian,
}

pub const COMMAND: Command = Command {
    name: Language::NAME,
    ack: Ack::Message,
    register: || Language::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let options = Language::from_interaction(data.into())?;
    let locale = options.language.map(|language| match language {
        LanguageOption::English => Locale::EnUs,
        LanguageOption::Korean => Locale::KoKr,
        LanguageOption::Chinese => Locale::ZhCn,
        LanguageOption::Spanish => Locale::EsMx,
        LanguageOption::Russian => Locale::RuRu,
    });
    Ok(Plan::Ask(BackendRequest::Language { caller: *caller, locale }))
}

/// Says in the language spoken which one it is.
pub fn render(words: Words) -> Page {
    let language = words.name_of("locale", words.locale().code());
    let spoken = words.with("language-spoken", &[("language", language.into())]);
    Page::of(spoken).row(languages(CustomId::Language, words))
}

/// The menu of all languages; that of the words is chosen.
pub fn languages(id: CustomId, words: Words) -> Component {
    let languages = Locale::ALL.iter().map(|locale| {
        option(locale.code(), words.name_of("locale", locale.code()), *locale == words.locale())
    });
    menu(id, Choose::One, words.say("setup-menu-language"), languages.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::assert_fits;

    #[test]
    fn the_page_names_the_language_and_offers_all() {
        for locale in Locale::ALL {
            let page = render(Words::of(*locale));
            assert_fits(&page);
            let json = serde_json::to_value(&page.rows).unwrap();
            let options = json[0]["components"][0]["options"].as_array().unwrap();
            let chosen: Vec<_> = options.iter().filter(|option| option["default"] == true).collect();
            assert_eq!((options.len(), chosen.len()), (5, 1));
            assert_eq!(chosen[0]["value"], locale.code());
        }
    }
}
