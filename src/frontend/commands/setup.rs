//! `/setup`: who the player is, step by step. Each step is saved when it is taken, so the page always
//! shows what the ladder knows.

use super::language::languages;
use super::{Ack, Command, CommandError, Plan, country, notifications};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Choose, Page, Tone, button, field, menu, option, row, text_input};
use crate::frontend::text::{Words, flag, plain};
use ipc_schema::backend::{BackendRequest, Caller, TermsAnswer};
use ipc_schema::event::Names;
use ipc_schema::notifications::Place;
use ipc_schema::view::{SetupStep, SetupView};
use ipc_schema::vocab::Region;
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;
use twilight_model::http::interaction::InteractionResponseData;

/// `/setup`: join the ladder, or change what it knows about you.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "setup",
    desc = "Join the ladder, or change what it knows about you",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Setup {}

pub const COMMAND: Command = Command {
    name: Setup::NAME,
    ack: Ack::Message,
    register: || Setup::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, _: CommandData) -> Result<Plan, CommandError> {
    Ok(Plan::Ask(BackendRequest::Setup { caller: *caller }))
}

pub fn render(view: &SetupView, words: Words) -> Page {
    let (title, body) = match view.step {
        SetupStep::Terms => (words.say("setup-title-terms"), words.say("setup-body-terms")),
        SetupStep::Names => (words.say("setup-title-names"), words.say("setup-body-names")),
        SetupStep::Region => (words.say("setup-title-region"), words.say("setup-body-region")),
        SetupStep::Notifications => {
            (words.say("setup-title-notifications"), words.say("setup-body-notifications"))
        }
        SetupStep::Preview => (words.say("setup-title-preview"), words.say("setup-body-preview")),
        SetupStep::Done => (words.say("setup-title-done"), words.say("setup-body-done")),
    };
    let page = Page::of(format!("{title}\n{body}"));
    let page = match view.step {
        SetupStep::Terms => {
            page.line().text(field(&words.say("setup-terms-title"), &words.say("setup-terms")))
        }
        SetupStep::Done => page.tone(Tone::Good),
        SetupStep::Names | SetupStep::Region | SetupStep::Notifications | SetupStep::Preview => page,
    };
    let known = known(view, words);
    let page = if known.is_empty() || view.step == SetupStep::Terms {
        page
    } else {
        page.line().text(known.join("\n"))
    };
    Page { rows: rows(view, words), ..page }
}

/// What the ladder knows of the player, a line each.
fn known(view: &SetupView, words: Words) -> Vec<String> {
    let mut known = Vec::new();
    let mut add = |key: &str, value: String| known.push(format!("**{}:** {value}", words.say(key)));
    if let Some(names) = &view.names {
        add("setup-field-name", plain(&names.name, 60));
        add("setup-field-battle-tag", plain(&names.battle_tag, 80));
        if !names.alternatives.is_empty() {
            let alternatives: Vec<String> =
                names.alternatives.iter().map(|name| plain(name, 60)).take(3).collect();
            add("setup-field-alternatives", alternatives.join(", "));
        }
        add(
            "setup-field-country",
            format!("{} {}", flag(&names.country), words.name_of("country", &names.country)),
        );
    }
    if let Some(region) = view.region {
        add("setup-field-region", words.name_of("region", region.code()));
    }
    if view.step >= SetupStep::Notifications {
        let chosen = notifications::summary(&view.notifications, words);
        add("setup-field-notifications", chosen.join(" "));
    }
    if view.names.is_some() || view.region.is_some() {
        add("setup-field-language", words.name_of("locale", view.locale.code()));
    }
    known
}

fn rows(view: &SetupView, words: Words) -> Vec<Component> {
    let language = languages(CustomId::SetupLocale, words);
    let regions = Region::ALL
        .iter()
        .map(|region| {
            option(region.code(), words.name_of("region", region.code()), Some(*region) == view.region)
        })
        .collect();
    let region = menu(CustomId::SetupRegion, Choose::One, words.say("setup-menu-region"), regions);

    let accept = CustomId::SetupTerms(TermsAnswer::Accept);
    let decline = CustomId::SetupTerms(TermsAnswer::Decline);
    let enter = |label| button(CustomId::SetupNamesOpen, ButtonStyle::Primary, label);
    let change = |label| button(CustomId::SetupNamesOpen, ButtonStyle::Secondary, label);
    match view.step {
        SetupStep::Terms => vec![
            language,
            row(vec![
                button(accept, ButtonStyle::Success, words.say("setup-button-accept")),
                button(decline, ButtonStyle::Secondary, words.say("setup-button-decline")),
            ]),
        ],
        SetupStep::Names => vec![row(vec![enter(words.say("setup-button-names"))])],
        SetupStep::Region => vec![region, row(vec![change(words.say("setup-button-names-change"))])],
        SetupStep::Notifications => {
            let [kinds, pings] = notifications::menus(&view.notifications, Place::Setup, words);
            let go_on =
                button(CustomId::SetupNotifyDone, ButtonStyle::Primary, words.say("setup-button-continue"));
            vec![kinds, pings, row(vec![go_on, notifications::times_button(Place::Setup, words)])]
        }
        SetupStep::Preview => {
            let [kinds, pings] = notifications::menus(&view.notifications, Place::Setup, words);
            let finish =
                button(CustomId::SetupFinish, ButtonStyle::Success, words.say("setup-button-finish"));
            let names = change(words.say("setup-button-names-change"));
            let times = notifications::times_button(Place::Setup, words);
            vec![region, kinds, pings, row(vec![finish, names, times])]
        }
        SetupStep::Done => vec![
            language,
            region,
            row(vec![
                button(CustomId::GuideOpen, ButtonStyle::Primary, words.say("setup-button-guide")),
                button(CustomId::NotifyShow, ButtonStyle::Secondary, words.say("setup-button-notifications")),
                change(words.say("setup-button-names-change")),
                button(decline, ButtonStyle::Danger, words.say("setup-button-withdraw")),
            ]),
        ],
    }
}

/// The modal of `setup:names`, with what is known filled in.
pub fn modal(known: Option<&Names>, words: Words) -> InteractionResponseData {
    let alternatives = known.map(|names| names.alternatives.join(", "));
    let components = vec![
        input(Field::Name, known.map(|names| names.name.clone()), words),
        input(Field::BattleTag, known.map(|names| names.battle_tag.clone()), words),
        input(Field::Alternatives, alternatives, words),
        input(Field::Country, known.map(|names| words.name_of("country", &names.country)), words),
    ];
    InteractionResponseData {
        custom_id: Some(CustomId::SetupNames.to_string()),
        title: Some(words.say("setup-modal-title")),
        components: Some(components),
        ..InteractionResponseData::default()
    }
}

/// An input of the modal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    BattleTag,
    Alternatives,
    Country,
}

fn input(field: Field, value: Option<String>, words: Words) -> Component {
    // Generous bounds: the backend judges with the ladder's rules and says what is wrong.
    let (id, label, help, max, required) = match field {
        Field::Name => ("name", words.say("setup-modal-name"), words.say("setup-modal-name-help"), 32, true),
        Field::BattleTag => (
            "battle_tag",
            words.say("setup-modal-battle-tag"),
            words.say("setup-modal-battle-tag-help"),
            32,
            true,
        ),
        Field::Alternatives => (
            "alternatives",
            words.say("setup-modal-alternatives"),
            words.say("setup-modal-alternatives-help"),
            100,
            false,
        ),
        Field::Country => {
            ("country", words.say("setup-modal-country"), words.say("setup-modal-country-help"), 60, true)
        }
    };
    text_input(id, label, help, value, max, required)
}

/// What was typed into the modal, as custom id and text. Blanks around it mean nothing.
pub fn names_of(fields: &[(String, String)]) -> Names {
    let typed = |id: &str| {
        fields.iter().find(|(known, _)| known == id).map_or("", |(_, text)| text.trim()).to_owned()
    };
    Names {
        name: typed("name"),
        battle_tag: typed("battle_tag"),
        alternatives: typed("alternatives")
            .split([',', '，', '、'])
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        country: country::code_of(&typed("country")),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::notifications::Notifications;
    use ipc_schema::vocab::Locale;

    pub(crate) fn view_at(step: SetupStep) -> SetupView {
        SetupView {
            step,
            locale: Locale::EnUs,
            terms_accepted: step > SetupStep::Terms,
            names: (step > SetupStep::Names).then(|| Names {
                name: "Flash".to_owned(),
                battle_tag: "Flash#1234".to_owned(),
                alternatives: vec!["God".to_owned(), "이영호".to_owned()],
                country: "KR".to_owned(),
            }),
            region: (step > SetupStep::Region).then_some(Region::Krj),
            notifications: Notifications::default(),
        }
    }

    fn ids(page: &Page) -> Vec<String> {
        let json = serde_json::to_value(&page.rows).unwrap();
        let rows = json.as_array().unwrap().iter();
        rows.flat_map(|row| row["components"].as_array().unwrap().clone())
            .map(|component| component["custom_id"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_step_offers_what_leads_to_the_next() {
        let steps = [
            (SetupStep::Terms, vec!["setup:locale", "setup:terms:accept", "setup:terms:decline"]),
            (SetupStep::Names, vec!["setup:names:open"]),
            (SetupStep::Region, vec!["setup:region", "setup:names:open"]),
            (
                SetupStep::Notifications,
                vec![
                    "setup:notify:kinds",
                    "setup:notify:pings",
                    "setup:notify:done",
                    "setup:notify:times:open",
                ],
            ),
            (
                SetupStep::Preview,
                vec![
                    "setup:region",
                    "setup:notify:kinds",
                    "setup:notify:pings",
                    "setup:finish",
                    "setup:names:open",
                    "setup:notify:times:open",
                ],
            ),
            (
                SetupStep::Done,
                vec![
                    "setup:locale",
                    "setup:region",
                    "guide:open",
                    "notify:show",
                    "setup:names:open",
                    "setup:terms:decline",
                ],
            ),
        ];
        for (step, expected) in steps {
            let page = render(&view_at(step), Words::of(Locale::EnUs));
            assert_fits(&page);
            assert_eq!(ids(&page), expected, "{step:?}");
        }
    }

    #[test]
    fn the_preview_shows_what_was_entered() {
        let page = render(&view_at(SetupStep::Preview), Words::of(Locale::EnUs));
        assert!(
            text(&page).ends_with(
                "\n**Name:** Flash\n\
                 **BattleTag:** Flash\\#1234\n\
                 **Alternative names:** God, 이영호\n\
                 **Country:** 🇰🇷 South Korea\n\
                 **Region:** Korea and Japan\n\
                 **Notifications:** You also read announcements, and corrections of old matches that \
                 move your rating. You are not told when others queue.\n\
                 **Language:** English"
            ),
            "{}",
            text(&page)
        );
    }

    #[test]
    fn the_modal_stays_within_discords_limits_and_knows_what_was_entered() {
        let names = view_at(SetupStep::Done).names;
        let data = modal(names.as_ref(), Words::of(Locale::EnUs));
        assert!(data.title.unwrap().chars().count() <= 45);
        let components = data.components.unwrap();
        assert!(components.len() <= 5);
        let mut inputs = Vec::new();
        for component in components {
            let Component::Label(label) = component else { panic!("a modal part without a label") };
            assert!(label.label.chars().count() <= 45, "{}", label.label);
            assert!(label.description.unwrap().chars().count() <= 100);
            let Component::TextInput(input) = *label.component else { panic!("not a text input") };
            inputs.push((input.custom_id, input.value.unwrap_or_default(), input.required.unwrap()));
        }
        let inputs: Vec<_> = inputs.iter().map(|(id, value, must)| (&**id, &**value, *must)).collect();
        assert_eq!(
            inputs,
            [
                ("name", "Flash", true),
                ("battle_tag", "Flash#1234", true),
                ("alternatives", "God, 이영호", false),
                ("country", "South Korea", true),
            ]
        );
    }

    #[test]
    fn typed_names_are_trimmed_and_split_at_commas() {
        let field = |id: &str, text: &str| (id.to_owned(), text.to_owned());
        let fields = [
            field("name", " Flash "),
            field("battle_tag", "Flash#1234"),
            field("alternatives", "God,, 이영호 ,"),
            field("country", "kr"),
        ];
        assert_eq!(Some(names_of(&fields)), view_at(SetupStep::Done).names);
        assert_eq!(names_of(&[]).alternatives, Vec::<String>::new());
    }
}
