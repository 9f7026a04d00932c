//! `/queue`: what to play, the queue, and why there is no match yet.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Choose, Page, Tone, button, menu, option, row};
use crate::frontend::text::{Words, plain, relative};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::ids::{ChannelId, MessageId};
use ipc_schema::view::{EntryView, QueueHint, QueueView};
use ipc_schema::vocab::{Era, Race};
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

/// Discord takes no more options in one menu.
const MENU_OPTIONS: usize = 25;

/// `/queue`: look for a match.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "queue",
    desc = "Look for a match",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Queue {}

pub const COMMAND: Command = Command {
    name: Queue::NAME,
    ack: Ack::Message,
    register: || Queue::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, _: CommandData) -> Result<Plan, CommandError> {
    Ok(Plan::Ask(BackendRequest::ShowQueue { caller: *caller }))
}

/// What the menu of one era's races says: a race of that era, or `none`. None for anything else.
pub fn race_of(era: Era, value: &str) -> Option<Option<Race>> {
    if value == "none" {
        return Some(None);
    }
    Race::from_code(value).filter(|race| race.era() == era).map(Some)
}

pub fn render(view: &QueueView, words: Words) -> Page {
    let Some(entry) = &view.entry else {
        if view.in_match {
            let show = button(CustomId::MatchShow, ButtonStyle::Primary, words.say("match-button-show"));
            return Page::of(words.say("queue-in-match")).tone(Tone::Good).row(row(vec![show]));
        }
        let content = format!("{}\n{}", words.say("queue-title"), words.say("queue-how"));
        let page = Page::of(content).text(choice(view, words)).line().text(crowd(view, words));
        return Page { rows: rows(view, words), ..page };
    };
    let since = words.with("queue-since", &[("at", relative(entry.since).into())]);
    let mut why = vec![hint(entry, words)];
    if let Some(expected) = entry.expected {
        why.push(words.with("queue-expected", &[("at", relative(expected).into())]));
    }
    let page = Page::of(format!("{}\n{since}", words.say("queue-title-waiting")))
        .text(choice(view, words))
        .line()
        .text(why.join("\n"))
        .line()
        .text(crowd(view, words))
        .tone(Tone::Good);
    Page { rows: rows(view, words), ..page }
}

/// What a message other than that of the wait says while its player waits.
pub fn elsewhere(channel: ChannelId, message: MessageId, words: Words) -> Page {
    let link = format!("https://discord.com/channels/@me/{channel}/{message}");
    Page::of(words.with("queue-elsewhere", &[("link", link.into())])).tone(Tone::Good)
}

/// What the player plays, and not on which maps.
fn choice(view: &QueueView, words: Words) -> String {
    let races = races(view, words);
    if view.vetoes.is_empty() {
        return races;
    }
    let maps: Vec<String> = view.vetoes.iter().take(MENU_OPTIONS).map(|key| title_of(view, key)).collect();
    format!("{races}\n{}", words.with("queue-vetoes", &[("maps", maps.join(", ").into())]))
}

/// Who waits, and for how long at least.
fn crowd(view: &QueueView, words: Words) -> String {
    let waiting = view.waiting;
    let waiting = words.with(
        "queue-waiting",
        &[("bw", waiting.bw.into()), ("sc2", waiting.sc2.into()), ("both", waiting.both.into())],
    );
    format!("{waiting}\n{}", words.with("queue-next-wave", &[("at", relative(view.next_wave).into())]))
}

fn races(view: &QueueView, words: Words) -> String {
    let races: Vec<String> = [view.races.bw, view.races.sc2]
        .into_iter()
        .flatten()
        .map(|race| words.name_of("race", race.code()))
        .collect();
    if races.is_empty() {
        words.say("queue-no-races")
    } else {
        words.with("queue-races", &[("races", races.join(", ").into())])
    }
}

fn title_of(view: &QueueView, key: &str) -> String {
    let known = view.maps.iter().find(|(known, _)| known == key);
    plain(known.map_or(key, |(_, title)| title), 60)
}

fn hint(entry: &EntryView, words: Words) -> String {
    match entry.hint {
        QueueHint::FirstWave => words.say("queue-hint-first-wave"),
        QueueHint::Alone => words.say("queue-hint-alone"),
        QueueHint::NobodyOfOtherEra { era: Era::Bw } => words.say("queue-hint-nobody-bw"),
        QueueHint::NobodyOfOtherEra { era: Era::Sc2 } => words.say("queue-hint-nobody-sc2"),
        QueueHint::TooFar { gap, window, fits_at } => words.with(
            "queue-hint-too-far",
            &[("gap", gap.into()), ("window", window.into()), ("at", relative(fits_at).into())],
        ),
        QueueHint::Fits => words.say("queue-hint-fits"),
        QueueHint::Outnumbered { fitting, waiting } => words.with(
            "queue-hint-outnumbered",
            &[
                ("bw", waiting.bw.into()),
                ("sc2", waiting.sc2.into()),
                ("both", waiting.both.into()),
                ("fitting", fitting.into()),
            ],
        ),
    }
}

fn rows(view: &QueueView, words: Words) -> Vec<Component> {
    let refresh = button(CustomId::QueueRefresh, ButtonStyle::Secondary, words.say("queue-button-refresh"));
    if view.entry.is_some() {
        let leave = button(CustomId::QueueLeave, ButtonStyle::Danger, words.say("queue-button-leave"));
        return vec![row(vec![leave, refresh])];
    }
    let mut rows = vec![
        race_menu(view, Era::Bw, words.say("queue-menu-bw"), words.say("queue-menu-none-bw"), words),
        race_menu(view, Era::Sc2, words.say("queue-menu-sc2"), words.say("queue-menu-none-sc2"), words),
    ];
    if view.vetoes_allowed > 0 && !view.maps.is_empty() {
        let allowed = usize::from(view.vetoes_allowed);
        let mut chosen = 0;
        let maps = view.maps.iter().take(MENU_OPTIONS).map(|(key, title)| {
            let vetoed = view.vetoes.contains(key) && chosen < allowed;
            chosen += usize::from(vetoed);
            option(key, title.chars().take(100).collect(), vetoed)
        });
        let maps = maps.collect();
        let placeholder = words.with("queue-menu-vetoes", &[("allowed", view.vetoes_allowed.into())]);
        rows.push(menu(CustomId::QueueVetoes, Choose::UpTo(view.vetoes_allowed), placeholder, maps));
    }
    // Join is never greyed out: without a race the answer says what is missing.
    let join = button(CustomId::QueueJoin, ButtonStyle::Success, words.say("queue-button-join"));
    rows.push(row(vec![join, refresh]));
    rows
}

fn race_menu(view: &QueueView, era: Era, placeholder: String, none: String, words: Words) -> Component {
    let chosen = view.races.of(era);
    let mut options: Vec<_> = Race::ALL
        .iter()
        .filter(|race| race.era() == era)
        .map(|race| option(race.code(), words.name_of("race", race.code()), chosen == Some(*race)))
        .collect();
    options.push(option("none", none, false));
    menu(CustomId::QueueRace(era), Choose::One, placeholder, options)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::view::Waiting;
    use ipc_schema::vocab::{Locale, RaceChoice, Timestamp};

    pub(crate) fn view_of(entry: Option<EntryView>) -> QueueView {
        QueueView {
            races: RaceChoice { bw: Some(Race::BwZerg), sc2: None },
            vetoes: vec!["keres_passage".to_owned()],
            vetoes_allowed: 4,
            maps: vec![
                ("keres_passage".to_owned(), "Keres Passage SEL".to_owned()),
                ("holy_world".to_owned(), "[SC:Evo] Holy World (홀리월드)".to_owned()),
            ],
            next_wave: Timestamp(1_800_000_045_000),
            waiting: Waiting { bw: 1, sc2: 2, both: 3 },
            entry,
            in_match: false,
        }
    }

    #[test]
    fn the_page_says_what_is_chosen_and_who_waits() {
        let page = render(&view_of(None), Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(
            text(&page),
            "**Look for a match**\n\
             Pick what you play, Brood War, StarCraft II or both, and press Join. A match is always one \
             Brood War race against one StarCraft II race.\n\
             You play: BW Zerg\n\
             Vetoed maps: Keres Passage SEL\n\
             Waiting now: 1 with Brood War, 2 with StarCraft II, 3 with both.\n\
             Next matches are made <t:1800000045:R>."
        );
        let json = serde_json::to_value(&page.rows).unwrap();
        let races = &json[0]["components"][0];
        assert_eq!(races["custom_id"], "queue:race:bw");
        assert_eq!(races["options"][1]["value"], "bw_zerg");
        assert_eq!(races["options"][1]["default"], true);
        assert_eq!(races["options"][3]["value"], "none");
        assert_eq!(json[2]["components"][0]["min_values"], 0);
        assert_eq!(json[2]["components"][0]["max_values"], 2);
        assert_eq!(json[3]["components"][0]["custom_id"], "queue:join");
    }

    #[test]
    fn a_waiting_player_reads_why_there_is_no_match_and_may_leave() {
        let at = Timestamp(1_800_000_090_000);
        let hints = [
            (QueueHint::FirstWave, "The next round is your first chance."),
            (
                QueueHint::Alone,
                "Nobody else is waiting at present. You stay in the queue, and a message tells you when a \
                 match is found.",
            ),
            (
                QueueHint::NobodyOfOtherEra { era: Era::Sc2 },
                "Nobody is waiting who plays StarCraft II at present.",
            ),
            (
                QueueHint::NobodyOfOtherEra { era: Era::Bw },
                "Nobody is waiting who plays Brood War at present.",
            ),
            (
                QueueHint::TooFar { gap: 1310, window: 250, fits_at: at },
                "The best opponent is 1310 MMR away; you accept 250 now and 1310 <t:1800000090:R>.",
            ),
            (
                QueueHint::Outnumbered { fitting: 4, waiting: Waiting { bw: 6, sc2: 4, both: 0 } },
                "In the last round 6 waited with Brood War, 4 with StarCraft II and 0 with both. The 4 who \
                 fit you were paired with others.",
            ),
            (
                QueueHint::Outnumbered { fitting: 1, waiting: Waiting { bw: 2, sc2: 1, both: 0 } },
                "In the last round 2 waited with Brood War, 1 with StarCraft II and 0 with both. The one who \
                 fits you was paired with somebody else.",
            ),
            (QueueHint::Fits, "Somebody fits you. The next round will see."),
        ];
        for (hint, expected) in hints {
            let page = render(
                &view_of(Some(EntryView { since: at, hint, expected: None })),
                Words::of(Locale::EnUs),
            );
            assert_fits(&page);
            assert!(text(&page).contains(&format!("\n{expected}\nWaiting now: ")), "{hint:?}");
            let json = serde_json::to_value(&page.rows).unwrap();
            assert_eq!(json[0]["components"][0]["custom_id"], "queue:leave");
        }
    }

    #[test]
    fn who_is_in_a_match_reads_so_and_has_no_menus() {
        let page = render(&QueueView { in_match: true, ..view_of(None) }, Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(text(&page), "**A match was found.** You are not in the queue any more.");
        let json = serde_json::to_value(&page.rows).unwrap();
        assert_eq!(json[0]["components"][0]["custom_id"], "match:show");
    }

    #[test]
    fn an_estimate_of_the_wait_is_shown_where_there_is_one() {
        let at = Timestamp(1_800_000_090_000);
        let entry = EntryView { since: at, hint: QueueHint::Fits, expected: Some(at) };
        let page = render(&view_of(Some(entry)), Words::of(Locale::EnUs));
        assert_fits(&page);
        let expected = "By what others waited lately, your match may be found <t:1800000090:R>.";
        assert!(text(&page).contains(&format!("\n{expected}\nWaiting now: ")), "{}", text(&page));
    }

    #[test]
    fn the_largest_pool_with_the_longest_titles_fits() {
        let title = "홀".repeat(200);
        let mut view = view_of(None);
        view.maps = (0..40).map(|number| (format!("map_{number}"), title.clone())).collect();
        view.vetoes = view.maps.iter().take(4).map(|(key, _)| key.clone()).collect();
        assert_fits(&render(&view, Words::of(Locale::EnUs)));
        view.vetoes_allowed = 0;
        assert_fits(&render(&view, Words::of(Locale::EnUs)));
        view.vetoes = view.maps.iter().map(|(key, _)| key.clone()).collect();
        view.vetoes_allowed = 3;
        assert_fits(&render(&view, Words::of(Locale::EnUs)));
    }

    #[test]
    fn a_menu_of_races_takes_only_races_of_its_era() {
        assert_eq!(race_of(Era::Bw, "bw_zerg"), Some(Some(Race::BwZerg)));
        assert_eq!(race_of(Era::Bw, "none"), Some(None));
        assert_eq!(race_of(Era::Bw, "sc2_zerg"), None);
        assert_eq!(race_of(Era::Sc2, "protoss"), None);
    }
}
