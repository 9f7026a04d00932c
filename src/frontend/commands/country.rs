//! `/setcountry`: the flag beside a player's name. The list of all countries is longer than a menu
//! of Discord's, so names are suggested while one is typed.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::reply::{Page, Tone};
use crate::frontend::text::countries::countries_matching;
use crate::frontend::text::{Words, flag};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::vocab::Locale;
use twilight_interactions::command::{AutocompleteValue, CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;

/// `/setcountry`: choose your country.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "setcountry",
    desc = "Choose the country shown beside your name",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct SetCountry {
    /// Begin to type its name
    #[command(max_length = 60, autocomplete = true)]
    country: String,
}

/// The same while it is typed.
#[derive(CommandModel)]
#[command(autocomplete = true)]
struct Typing {
    country: AutocompleteValue<String>,
}

pub const COMMAND: Command = Command {
    name: SetCountry::NAME,
    ack: Ack::Message,
    register: || SetCountry::create_command().into(),
    request,
    suggest: Some(suggest),
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let options = SetCountry::from_interaction(data.into())?;
    let country = code_of(&options.country);
    Ok(Plan::Ask(BackendRequest::SetCountry { caller: *caller, country }))
}

fn suggest(_: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let typed = match Typing::from_interaction(data.into())?.country {
        AutocompleteValue::Focused(typed) | AutocompleteValue::Completed(typed) => typed,
        AutocompleteValue::None => String::new(),
    };
    Ok(Plan::SuggestCountries(typed))
}

/// What is suggested for what was typed: as it is shown, and its code.
pub fn suggestions(words: Words, typed: &str) -> Vec<(String, String)> {
    let shown = |code: &str| format!("{} {}", flag(code), words.name_of("country", code));
    countries_matching(words, typed).into_iter().map(|code| (shown(code), code.to_owned())).collect()
}

/// The code of a country that was typed: by its code, or by its name in any language of the ladder.
/// What is neither stays as it is, for the rules to refuse.
pub fn code_of(typed: &str) -> String {
    let typed = typed.trim();
    let upper = typed.to_uppercase();
    if typed.chars().count() == 2 && typed.is_ascii() {
        return upper;
    }
    let named = Locale::ALL.iter().find_map(|locale| {
        let words = Words::of(*locale);
        let is_it = |code: &&str| words.name_of("country", code).to_uppercase() == upper;
        countries_matching(words, typed).into_iter().find(is_it)
    });
    named.map_or(upper, str::to_owned)
}

pub fn render(country: &str, words: Words) -> Page {
    let name = words.name_of("country", country);
    let args = [("flag", flag(country).into()), ("country", name.into())];
    Page::of(words.with("country-set", &args)).tone(Tone::Good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::assert_fits;

    #[test]
    fn a_country_is_taken_by_its_code_or_its_name_whatever_the_case() {
        for (typed, expected) in
            [("kr", "KR"), (" De ", "DE"), ("xx", "XX"), ("nowhere", "NOWHERE"), ("south korea", "KR")]
        {
            assert_eq!(code_of(typed), expected, "{typed}");
        }
    }

    #[test]
    fn what_is_suggested_is_shown_with_its_flag_and_stands_for_the_code() {
        let found = suggestions(Words::of(Locale::EnUs), "Germ");
        assert_eq!(found, [("🇩🇪 Germany".to_owned(), "DE".to_owned())]);
        let all = suggestions(Words::of(Locale::EnUs), "");
        assert_eq!(all.len(), 25);
        assert!(all.iter().all(|(shown, _)| shown.chars().count() <= 100));
    }

    #[test]
    fn the_answer_shows_the_flag() {
        let page = render("KR", Words::of(Locale::EnUs));
        assert_fits(&page);
        assert!(page.content.contains("🇰🇷 South Korea"), "{}", page.content);
    }
}
