//! `/leaderboard`: where everybody stands, page by page.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Page, button, row};
use crate::frontend::text::{Words, flag, plain};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::view::{LeaderboardRow, LeaderboardView};
use twilight_interactions::command::{CommandModel, CreateCommand};
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
    /// The page to open, from 1
    #[command(min_value = 1, max_value = 100_000)]
    page: Option<i64>,
}

pub const COMMAND: Command = Command {
    name: Leaderboard::NAME,
    ack: Ack::Message,
    register: || Leaderboard::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let options = Leaderboard::from_interaction(data.into())?;
    let page = options.page.map_or(0, |page| u32::try_from(page - 1).unwrap_or(0));
    Ok(Plan::Ask(BackendRequest::Leaderboard { caller: *caller, page }))
}

pub fn render(view: &LeaderboardView, words: Words) -> Page {
    if view.rows.is_empty() {
        return Page { content: words.say("leaderboard-empty"), ..Page::default() };
    }
    let (page, pages) = (view.page.saturating_add(1), view.pages.max(1));
    let mut lines = vec![words.with("leaderboard-title", &[("page", page.into()), ("pages", pages.into())])];
    lines.extend(view.rows.iter().take(ROWS).map(|row| line(row, words)));

    let mut buttons = Vec::new();
    if let Some(previous) = view.page.checked_sub(1) {
        let id = CustomId::Leaderboard { page: previous };
        buttons.push(button(id, ButtonStyle::Secondary, words.say("leaderboard-button-previous")));
    }
    if page < pages {
        let id = CustomId::Leaderboard { page };
        buttons.push(button(id, ButtonStyle::Secondary, words.say("leaderboard-button-next")));
    }
    let rows = if buttons.is_empty() { Vec::new() } else { vec![row(buttons)] };
    Page { content: lines.join("\n"), embeds: Vec::new(), rows }
}

fn line(row: &LeaderboardRow, words: Words) -> String {
    let record =
        words.with("leaderboard-record", &[("wins", row.wins.into()), ("losses", row.losses.into())]);
    format!(
        "`{:>4}` {} **{}** · {} · {} · {record}",
        row.place,
        flag(&row.country),
        plain(&row.name, 26),
        words.name_of("race", row.race.code()),
        row.mmr,
    )
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::frontend::reply::limits::assert_fits;
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
            wins: 31,
            losses: 12,
        }
    }

    pub(crate) fn view_of(page: u32, pages: u32, rows: Vec<LeaderboardRow>) -> LeaderboardView {
        LeaderboardView { page, pages, rows }
    }

    #[test]
    fn a_row_tells_place_player_and_record() {
        let page = render(&view_of(1, 3, vec![standing(21, "Bisu")]), Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(
            page.content,
            "**Leaderboard**, page 2 of 3\n`  21` 🇰🇷 **Bisu** · BW Protoss · 1832 · 31–12"
        );
        let json = serde_json::to_value(&page.rows).unwrap();
        assert_eq!(json[0]["components"][0]["custom_id"], "leaderboard:0");
        assert_eq!(json[0]["components"][1]["custom_id"], "leaderboard:2");
    }

    #[test]
    fn a_full_page_of_the_longest_rows_fits() {
        let long = LeaderboardRow {
            place: u32::MAX,
            mmr: Mmr(i32::MIN),
            wins: u32::MAX,
            losses: u32::MAX,
            ..standing(1, &"*".repeat(300))
        };
        let rows = vec![long; 30];
        assert_fits(&render(&view_of(u32::MAX, u32::MAX, rows), Words::of(Locale::EnUs)));
    }

    #[test]
    fn an_empty_ladder_and_a_single_page_have_no_buttons() {
        let words = Words::of(Locale::EnUs);
        let empty = render(&view_of(0, 0, Vec::new()), words);
        assert_fits(&empty);
        let single = render(&view_of(0, 1, vec![standing(1, "Bisu")]), words);
        assert!(empty.rows.is_empty() && single.rows.is_empty());
    }
}
