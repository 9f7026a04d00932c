//! `/leaderboard`: where everybody stands, page by page.

use super::{Ack, Command, CommandError, Plan, RaceOption};
use crate::frontend::custom_id::CustomId;
use crate::frontend::pictures::{Drawing, standings};
use crate::frontend::reply::{Page, button, row};
use crate::frontend::text::{Words, flag, plain};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::view::{GameRecord, LeaderboardFilter, LeaderboardRow, LeaderboardView};
use ipc_schema::vocab::{CountryCode, Mmr, Race, Rank, Refusal};
use twilight_interactions::command::{CommandModel, CommandOption, CreateCommand, CreateOption};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::component::ButtonStyle;

/// The backend's pages have 20 rows; more would not fit into a message.
const ROWS: usize = 20;

/// `/leaderboard`: where everybody stands.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "leaderboard",
    desc = "See where everybody stands",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Leaderboard {
    /// Rows of this race alone
    race: Option<RaceOption>,
    /// Players of this country alone, by its two letters, such as KR
    #[command(min_length = 2, max_length = 2)]
    country: Option<String>,
    /// Rows of this rank alone
    rank: Option<RankOption>,
    /// Of each player only the best race
    best: Option<bool>,
    /// The page to open, from 1
    #[command(min_value = 1, max_value = 100_000)]
    page: Option<i64>,
    /// With a picture of the first ten rows
    picture: Option<bool>,
}

#[derive(Clone, Copy, CommandOption, CreateOption)]
enum RankOption {
    #[option(name = "S", value = "S")]
    S,
    #[option(name = "A", value = "A")]
    A,
    #[option(name = "B", value = "B")]
    B,
    #[option(name = "C", value = "C")]
    C,
    #[option(name = "D", value = "D")]
    D,
    #[option(name = "E", value = "E")]
    E,
    #[option(name = "F", value = "F")]
    F,
}

pub const COMMAND: Command = Command {
    name: Leaderboard::NAME,
    ack: Ack::Message,
    register: || Leaderboard::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let Leaderboard { race, country, rank, best, page, picture } =
        Leaderboard::from_interaction(data.into())?;
    let country = match country {
        None => None,
        Some(typed) => match CountryCode::from_code(&typed.to_ascii_uppercase()) {
            Some(country) => Some(country),
            None => return Ok(Plan::Refuse(Refusal::CountryUnknown)),
        },
    };
    let filter = LeaderboardFilter {
        race: race.map(Race::from),
        country,
        rank: rank.and_then(|rank| Rank::from_code(rank.value())),
        best: best.unwrap_or_default(),
    };
    let page = page.map_or(0, |page| u32::try_from(page - 1).unwrap_or(0));
    let request = BackendRequest::Leaderboard { caller: *caller, page, filter };
    Ok(if picture.unwrap_or_default() { Plan::Draw(request) } else { Plan::Ask(request) })
}

pub fn render(view: &LeaderboardView, words: Words) -> Page {
    let filter = view.filter;
    if view.rows.is_empty() {
        let all = filter == LeaderboardFilter::default();
        let key = if all { "leaderboard-empty" } else { "leaderboard-none" };
        return Page::of(words.say(key));
    }
    let (page, pages) = (view.page.saturating_add(1), view.pages.max(1));
    let title = words.with("leaderboard-title", &[("page", page.into()), ("pages", pages.into())]);
    let title: Vec<String> = std::iter::once(title).chain(filter_words(filter, words)).collect();
    let lines: Vec<String> = view.rows.iter().take(ROWS).map(|row| line(row, words)).collect();

    let mut buttons = Vec::new();
    if let Some(previous) = view.page.checked_sub(1) {
        let id = CustomId::Leaderboard { page: previous, filter };
        buttons.push(button(id, ButtonStyle::Secondary, words.say("leaderboard-button-previous")));
    }
    if page < pages {
        let id = CustomId::Leaderboard { page, filter };
        buttons.push(button(id, ButtonStyle::Secondary, words.say("leaderboard-button-next")));
    }
    let id = CustomId::LeaderboardPicture { page: view.page, filter };
    buttons.push(button(id, ButtonStyle::Secondary, words.say("leaderboard-button-picture")));
    Page { rows: vec![row(buttons)], ..Page::of(title.join(" · ")).line().text(lines.join("\n")) }
}

/// The picture of a page's first rows.
pub fn drawing(view: &LeaderboardView, words: Words) -> Option<Drawing> {
    let filter: Vec<String> = filter_words(view.filter, words).collect();
    standings::draw(view, &filter, words)
}

/// What a filter asks for.
fn filter_words(filter: LeaderboardFilter, words: Words) -> impl Iterator<Item = String> {
    let LeaderboardFilter { race, country, rank, best } = filter;
    let race = race.map(|race| words.name_of("race", race.code()));
    let country = country.map(|country| format!("{} {country}", flag(&country.to_string())));
    let rank = rank.map(|rank| words.with("leaderboard-filter-rank", &[("rank", rank.code().into())]));
    let best = best.then(|| words.say("leaderboard-filter-best"));
    [race, country, rank, best].into_iter().flatten()
}

fn line(row: &LeaderboardRow, words: Words) -> String {
    format!(
        "`{:>4} {}` {} **{}** · {} · {} · {}",
        row.place,
        row.rank,
        flag(&row.country),
        plain(&row.name, 26),
        words.name_of("race", row.race.code()),
        mmr(row.mmr, row.provisional, words),
        record(row.record, words),
    )
}

/// An MMR with a mark where it is provisional.
pub(in crate::frontend) fn mmr(mmr: Mmr, provisional: bool, words: Words) -> String {
    if provisional {
        words.with("leaderboard-provisional", &[("mmr", mmr.to_string().into())])
    } else {
        mmr.to_string()
    }
}

/// Won and lost games, and drawn ones where there are any.
pub(super) fn record(record: GameRecord, words: Words) -> String {
    let GameRecord { wins, losses, draws } = record;
    let key = if draws == 0 { "leaderboard-record" } else { "leaderboard-record-draws" };
    words.with(key, &[("wins", wins.into()), ("losses", losses.into()), ("draws", draws.into())])
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::ids::PlayerId;
    use ipc_schema::vocab::{Locale, Mmr, Race};

    fn standing(place: u32, name: &str) -> LeaderboardRow {
        LeaderboardRow {
            place,
            player: PlayerId(u64::from(place)),
            name: name.to_owned(),
            country: "KR".to_owned(),
            race: Race::BwProtoss,
            mmr: Mmr(1832),
            rank: Rank::B,
            provisional: false,
            record: GameRecord { wins: 31, losses: 12, draws: 0 },
        }
    }

    pub(crate) fn view_of(page: u32, pages: u32, rows: Vec<LeaderboardRow>) -> LeaderboardView {
        LeaderboardView { page, pages, filter: LeaderboardFilter::default(), rows }
    }

    #[test]
    fn a_row_tells_place_player_and_record() {
        let page = render(&view_of(1, 3, vec![standing(21, "Bisu")]), Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(
            text(&page),
            "**Leaderboard**, page 2 of 3\n`  21 B` 🇰🇷 **Bisu** · BW Protoss · 1832 · 31–12"
        );
        let json = serde_json::to_value(&page.rows).unwrap();
        assert_eq!(json[0]["components"][0]["custom_id"], "leaderboard:0");
        assert_eq!(json[0]["components"][1]["custom_id"], "leaderboard:2");
    }

    #[test]
    fn a_full_page_of_the_longest_rows_fits() {
        let long = LeaderboardRow {
            mmr: Mmr(-99_999),
            provisional: true,
            record: GameRecord { wins: 99_999, losses: 99_999, draws: 99_999 },
            ..standing(999_999, &"*".repeat(300))
        };
        let filter = LeaderboardFilter {
            race: Some(Race::BwProtoss),
            country: CountryCode::from_code("KR"),
            rank: Some(Rank::B),
            best: true,
        };
        let view = LeaderboardView { filter, ..view_of(99_999, 99_999, vec![long; 30]) };
        for locale in Locale::ALL {
            assert_fits(&render(&view, Words::of(*locale)));
        }
    }

    #[test]
    fn a_filter_is_said_and_kept_by_the_buttons() {
        let row = LeaderboardRow {
            provisional: true,
            record: GameRecord { wins: 3, losses: 1, draws: 2 },
            ..standing(21, "Bisu")
        };
        let filter = LeaderboardFilter {
            race: Some(Race::BwProtoss),
            country: CountryCode::from_code("KR"),
            rank: None,
            best: true,
        };
        let page = render(&LeaderboardView { filter, ..view_of(1, 3, vec![row]) }, Words::of(Locale::EnUs));
        assert_eq!(
            text(&page),
            "**Leaderboard**, page 2 of 3 · BW Protoss · 🇰🇷 KR · best races\n\
             `  21 B` 🇰🇷 **Bisu** · BW Protoss · 1832? · 3–1–2"
        );
        let json = serde_json::to_value(&page.rows).unwrap();
        assert_eq!(json[0]["components"][1]["custom_id"], "leaderboard:2:bw_protoss:KR:-:best");
    }

    #[test]
    fn an_empty_ladder_has_no_buttons_and_a_single_page_only_that_for_its_picture() {
        let words = Words::of(Locale::EnUs);
        let empty = render(&view_of(0, 0, Vec::new()), words);
        assert_fits(&empty);
        let filter = LeaderboardFilter { best: true, ..LeaderboardFilter::default() };
        let none = render(&LeaderboardView { filter, ..view_of(0, 1, Vec::new()) }, words);
        assert_ne!(empty.content, none.content);
        let single = render(&view_of(0, 1, vec![standing(1, "Bisu")]), words);
        assert!(empty.rows.is_empty());
        let json = serde_json::to_value(&single.rows).unwrap();
        assert_eq!(json[0]["components"].as_array().unwrap().len(), 1);
        assert_eq!(json[0]["components"][0]["custom_id"], "leaderboard:picture:0");
    }
}
