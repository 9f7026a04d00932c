//! `/notifications`: which messages beyond the necessary a player wants, and what becomes of all of
//! them where Discord does not bring any. The step of `/setup` that asks for the same shows the same
//! menus.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::news;
use crate::frontend::refusal;
use crate::frontend::reply::{Choose, Page, Tone, button, menu, option, row, text_input};
use crate::frontend::text::Words;
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::notifications::{Notifications, Pings, Place, Quiet, Times, Wish};
use ipc_schema::view::{CardView, HeldCard};
use ipc_schema::vocab::PingsOf;
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;
use twilight_model::http::interaction::InteractionResponseData;

/// Characters of one message that is told beside an answer.
const HELD: usize = 220;

/// `/notifications`: choose what you hear of.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "notifications",
    desc = "Choose which messages you get",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct NotificationsCommand {}

pub const COMMAND: Command = Command {
    name: NotificationsCommand::NAME,
    ack: Ack::Message,
    register: || NotificationsCommand::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, _: CommandData) -> Result<Plan, CommandError> {
    Ok(Plan::Ask(BackendRequest::Notifications { caller: *caller }))
}

pub fn render(notifications: &Notifications, words: Words) -> Page {
    let title = format!("{}\n{}", words.say("notify-title"), words.say("notify-how"));
    let chosen = summary(notifications, words).join("\n");
    let [kinds, pings] = menus(notifications, Place::Notifications, words);
    let times = times_button(Place::Notifications, words);
    Page::of(title).line().text(chosen).row(kinds).row(pings).row(row(vec![times]))
}

/// What is chosen, a sentence each.
pub fn summary(notifications: &Notifications, words: Words) -> Vec<String> {
    let Notifications { corrections, announcements, pings } = *notifications;
    let kinds = match (corrections, announcements) {
        (true, true) => "notify-both",
        (true, false) => "notify-corrections-only",
        (false, true) => "notify-announcements-only",
        (false, false) => "notify-neither",
    };
    let mut lines = vec![words.say(kinds)];
    let Pings { of, cooldown_min, quiet, utc_offset_min } = pings;
    let minutes = [("minutes", cooldown_min.into())];
    lines.push(match of {
        PingsOf::Nobody => words.say("notify-pings-nobody"),
        PingsOf::Bw => words.with("notify-pings-bw", &minutes),
        PingsOf::Sc2 => words.with("notify-pings-sc2", &minutes),
        PingsOf::Anyone => words.with("notify-pings-anyone", &minutes),
    });
    if let (Some(Quiet { from_min, to_min }), true) = (quiet, of != PingsOf::Nobody) {
        let args = [
            ("from", clock(from_min).into()),
            ("to", clock(to_min).into()),
            ("zone", zone(utc_offset_min.unwrap_or(0)).into()),
        ];
        lines.push(words.with("notify-quiet", &args));
    }
    lines
}

/// The menus of what to be told, and of whose queueing.
pub fn menus(notifications: &Notifications, place: Place, words: Words) -> [Component; 2] {
    let kinds = [
        option("corrections", words.say("notify-option-corrections"), notifications.corrections),
        option("announcements", words.say("notify-option-announcements"), notifications.announcements),
    ];
    let of = notifications.pings.of;
    let pings = PingsOf::ALL
        .iter()
        .map(|choice| option(choice.code(), words.name_of("notify-option", choice.code()), *choice == of));
    let (kinds_id, pings_id) = (CustomId::NotifyKinds(place), CustomId::NotifyPings(place));
    [
        menu(kinds_id, Choose::UpTo(2), words.say("notify-menu-kinds"), kinds.to_vec()),
        menu(pings_id, Choose::One, words.say("notify-menu-pings"), pings.collect()),
    ]
}

pub fn times_button(place: Place, words: Words) -> Component {
    button(CustomId::NotifyTimesOpen(place), ButtonStyle::Secondary, words.say("notify-button-times"))
}

/// What the menu of kinds says.
pub fn kinds_of(values: &[String]) -> Wish {
    let has = |kind: &str| values.iter().any(|value| value == kind);
    Wish::Kinds { corrections: has("corrections"), announcements: has("announcements") }
}

/// The modal of cool-down and quiet hours, with what is known filled in.
pub fn modal(known: &Notifications, place: Place, words: Words) -> InteractionResponseData {
    let Pings { cooldown_min, quiet, utc_offset_min, .. } = known.pings;
    let cooldown = cooldown_min.to_string();
    let (from, to) = quiet.map(|quiet| (clock(quiet.from_min), clock(quiet.to_min))).unzip();
    let zone = utc_offset_min.map(zone);
    let input = |id: &str, value: Option<String>, max: u16, required: bool| {
        let label = words.name_of("notify-modal", id);
        let help = words.name_of("notify-modal-help", id);
        text_input(id, label, help, value, max, required)
    };
    let components = vec![
        input("cooldown", Some(cooldown), 4, true),
        input("from", from, 5, false),
        input("to", to, 5, false),
        input("zone", zone, 12, false),
    ];
    InteractionResponseData {
        custom_id: Some(CustomId::NotifyTimes(place).to_string()),
        title: Some(words.say("notify-modal-title")),
        components: Some(components),
        ..InteractionResponseData::default()
    }
}

/// What was typed into it.
pub fn times_of(fields: &[(String, String)]) -> Times {
    let typed = |id: &str| fields.iter().find(|(known, _)| known == id).map_or("", |(_, text)| text.trim());
    Times {
        cooldown: typed("cooldown").to_owned(),
        quiet_from: typed("from").to_owned(),
        quiet_to: typed("to").to_owned(),
        zone: typed("zone").to_owned(),
    }
}

fn clock(minute_of_day: u16) -> String {
    format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}

/// As Discord's players write it, and as the ladder reads it: `UTC+9`, `UTC-3:30`.
fn zone(offset_min: i16) -> String {
    let (sign, minutes) = (if offset_min < 0 { '-' } else { '+' }, offset_min.unsigned_abs());
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// The page that says how Discord is made to bring messages; `tried` where one is on its way.
pub fn render_dms(tried: bool, words: Words) -> Page {
    let page = Page::of(words.say(if tried { "dms-tried" } else { "dms-how" })).tone(Tone::Warning);
    let retry = button(CustomId::DmsRetry, ButtonStyle::Primary, words.say("dms-button-retry"));
    let queue = button(CustomId::QueueRefresh, ButtonStyle::Secondary, words.say("dms-button-queue"));
    page.row(row(vec![retry, queue]))
}

/// The button that leads there.
pub fn dms_button(words: Words) -> Component {
    button(CustomId::DmsShow, ButtonStyle::Secondary, words.say("dms-button-show"))
}

/// What is told beside an answer because messages do not reach the player, in about `room` characters, and of
/// how many cards: of the first one in any case, and of the others as far as there is room.
pub fn held_back(held: &[HeldCard], room: usize, words: Words) -> (String, usize) {
    let mut text = words.say("dms-closed");
    let mut told = 0;
    for card in held {
        let line: String = held_card(&card.view, words).chars().take(HELD).collect();
        let length = text.chars().count() + line.chars().count() + 3;
        if told > 0 && length > room {
            break;
        }
        text = format!("{text}\n• {line}");
        told += 1;
    }
    (text, told)
}

/// One sentence for a card. What has buttons, or is long, is looked up.
fn held_card(view: &CardView, words: Words) -> String {
    let looked_up = |key: &str, id: String| words.with(key, &[("id", id.into())]);
    match view {
        CardView::News(told) => news::render(told, words),
        CardView::Notice { refusal, files } => refusal::render_files(refusal, *files, words),
        CardView::Replay(view) => looked_up("dms-held-replay", view.match_id.to_string()),
        CardView::Match(view) => looked_up("dms-held-match", view.match_id.to_string()),
        // These say nothing later, or are nobody's own, and are not held back.
        CardView::Queue(_) | CardView::Post(_) => words.say("refusal-dms-closed"),
        CardView::Reminder { match_id, .. } | CardView::PlayReminder { match_id, .. } => {
            looked_up("dms-held-match", match_id.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::ids::{CardId, MatchId};
    use ipc_schema::view::News;
    use ipc_schema::vocab::{Locale, Mmr, Race, Refusal};

    const WORDS: fn() -> Words = || Words::of(Locale::EnUs);

    fn pinged(of: PingsOf, quiet: Option<Quiet>, utc_offset_min: Option<i16>) -> Notifications {
        let pings = Pings { of, cooldown_min: 90, quiet, utc_offset_min };
        Notifications { pings, ..Notifications::default() }
    }

    #[test]
    fn the_page_says_what_is_chosen() {
        let quiet = Some(Quiet { from_min: 23 * 60, to_min: 7 * 60 + 30 });
        let night = pinged(PingsOf::Sc2, quiet, Some(-210));
        let none = Notifications { corrections: false, announcements: false, ..Notifications::default() };
        for (notifications, expected) in [
            (
                Notifications::default(),
                "You also read announcements, and corrections of old matches that move your rating.\n\
                 You are not told when others queue.",
            ),
            (
                none,
                "You read neither announcements nor corrections of old matches.\nYou are not told when others queue.",
            ),
            (
                night,
                "You also read announcements, and corrections of old matches that move your rating.\n\
                 You are told when somebody queues with StarCraft II and nobody waits for them, once in 90 minutes at most.\n\
                 Quiet from 23:00 to 07:30 of your day (UTC-3:30).",
            ),
        ] {
            let page = render(&notifications, WORDS());
            assert_fits(&page);
            assert!(text(&page).ends_with(expected), "{}", text(&page));
        }
    }

    #[test]
    fn the_menus_show_what_is_chosen_wherever_they_are() {
        for (place, begin) in [(Place::Notifications, "notify"), (Place::Setup, "setup:notify")] {
            let menus = menus(&pinged(PingsOf::Anyone, None, None), place, WORDS());
            let json = serde_json::to_value(&menus).unwrap();
            let [kinds, pings] = [&json[0]["components"][0], &json[1]["components"][0]];
            assert_eq!(kinds["custom_id"], format!("{begin}:kinds"));
            assert_eq!(pings["custom_id"], format!("{begin}:pings"));
            let chosen = |menu: &serde_json::Value| {
                let options = menu["options"].as_array().unwrap();
                let chosen = options.iter().filter(|option| option["default"] == true);
                chosen.map(|option| option["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            };
            assert_eq!(chosen(kinds), ["corrections", "announcements"]);
            assert_eq!(chosen(pings), ["anyone"]);
        }
        let kinds = |corrections, announcements| Wish::Kinds { corrections, announcements };
        assert_eq!(kinds_of(&[]), kinds(false, false));
        assert_eq!(kinds_of(&["announcements".to_owned()]), kinds(false, true));
    }

    #[test]
    fn the_modal_is_filled_with_what_is_known_and_read_back() {
        let known = pinged(PingsOf::Bw, Some(Quiet { from_min: 60, to_min: 605 }), Some(540));
        let data = modal(&known, Place::Setup, WORDS());
        assert_eq!(data.custom_id.as_deref(), Some("setup:notify:times"));
        assert!(data.title.unwrap().chars().count() <= 45);
        let mut fields = Vec::new();
        for component in data.components.unwrap() {
            let Component::Label(label) = component else { panic!("a modal part without a label") };
            assert!(label.label.chars().count() <= 45 && label.description.unwrap().chars().count() <= 100);
            let Component::TextInput(input) = *label.component else { panic!("not a text input") };
            fields.push((input.custom_id, input.value.unwrap()));
        }
        let times = times_of(&fields);
        let expected = ["90", "01:00", "10:05", "UTC+9"];
        assert_eq!([times.cooldown, times.quiet_from, times.quiet_to, times.zone], expected);
    }

    #[test]
    fn what_is_held_back_is_told_in_sentences() {
        let news = News::RatingCorrected {
            match_id: MatchId(12),
            race: Race::BwZerg,
            before: Mmr(1520),
            after: Mmr(1500),
        };
        let held = |view| HeldCard { card: CardId(1), version: 1, view };
        let cards = [
            held(CardView::News(news)),
            held(CardView::News(News::Announcement { text: "x".repeat(1500) })),
            held(CardView::Notice { refusal: Refusal::LineFull, files: 1 }),
        ];
        let (told, count) = held_back(&cards, 780, WORDS());
        assert_eq!(count, 3);
        assert!(told.starts_with("**Direct messages do not reach you**"), "{told}");
        assert_eq!(told.matches("• ").count(), 3);
        assert!(told.contains("1520 → 1500"), "{told}");
        assert!(told.chars().count() < 780, "{told}");
        // Where the page is full the first is told, and the others by the next answer.
        let (told, count) = held_back(&cards, 0, WORDS());
        assert_eq!((count, told.matches("• ").count()), (1, 1), "{told}");
        for tried in [false, true] {
            assert_fits(&render_dms(tried, WORDS()));
        }
    }
}
