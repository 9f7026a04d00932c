//! `/profile`: how somebody stands.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::reply::{Page, beside, colour, embed};
use crate::frontend::text::{Words, flag, plain};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::view::{Period, ProfileRating, ProfileView};
use twilight_interactions::command::{AutocompleteValue, CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;

/// `/profile`: how somebody stands.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "profile",
    desc = "See how a player stands",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Profile {
    /// The player's name on the ladder; without it, yourself
    #[command(max_length = 32, autocomplete = true)]
    player: Option<String>,
}

/// The same while it is typed.
#[derive(CommandModel)]
#[command(autocomplete = true)]
struct Typing {
    player: AutocompleteValue<String>,
}

pub const COMMAND: Command = Command {
    name: Profile::NAME,
    ack: Ack::Message,
    register: || Profile::create_command().into(),
    request,
    suggest: Some(suggest),
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let options = Profile::from_interaction(data.into())?;
    Ok(Plan::Ask(BackendRequest::Profile { caller: *caller, name: options.player }))
}

fn suggest(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let typed = match Typing::from_interaction(data.into())?.player {
        AutocompleteValue::Focused(typed) | AutocompleteValue::Completed(typed) => typed,
        AutocompleteValue::None => String::new(),
    };
    Ok(Plan::Ask(BackendRequest::PlayerNames { caller: *caller, typed }))
}

pub fn render(view: &ProfileView, words: Words) -> Page {
    let content = format!("{} **{}**", flag(&view.country), plain(&view.name, 26));
    if view.ratings.is_empty() {
        let lines = [content, words.say("profile-unrated")];
        return Page { content: lines.join("\n"), ..Page::default() };
    }
    let ratings: Vec<String> = view.ratings.iter().map(|rating| rating_line(rating, words)).collect();
    let mut recent: Vec<String> = view.periods.iter().map(|period| period_line(period, words)).collect();
    let (streak, run) = (view.streak, view.streak.unsigned_abs());
    if run > 1 {
        let key = if streak > 0 { "profile-won-in-a-row" } else { "profile-lost-in-a-row" };
        recent.push(words.with(key, &[("run", run.into())]));
    }
    let mut fields = vec![beside(words.say("profile-recent"), recent.join("\n"))];
    if let Some((wins, losses)) = view.against_you.filter(|(wins, losses)| wins + losses > 0) {
        let record = words.with("leaderboard-record", &[("wins", wins.into()), ("losses", losses.into())]);
        fields.push(beside(words.say("profile-against-you"), record));
    }
    let embed = embed(colour::CALM, None, Some(ratings.join("\n")), fields);
    Page { content, embeds: vec![embed], ..Page::default() }
}

fn rating_line(rating: &ProfileRating, words: Words) -> String {
    words.with(
        "profile-rating",
        &[
            ("race", words.name_of("race", rating.race.code()).into()),
            ("mmr", rating.mmr.0.into()),
            ("place", rating.place.into()),
            ("wins", rating.wins.into()),
            ("losses", rating.losses.into()),
        ],
    )
}

fn period_line(period: &Period, words: Words) -> String {
    let (days, wins, losses) = (u32::from(period.days), period.wins, period.losses);
    words.with("profile-period", &[("days", days.into()), ("wins", wins.into()), ("losses", losses.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::assert_fits;
    use ipc_schema::vocab::{Locale, Mmr, Race};

    fn profile() -> ProfileView {
        let rating = |race, mmr, place| ProfileRating { race, mmr: Mmr(mmr), place, wins: 31, losses: 12 };
        ProfileView {
            name: "Bisu".to_owned(),
            country: "KR".to_owned(),
            region: None,
            ratings: vec![rating(Race::BwProtoss, 1832, 4), rating(Race::Sc2Zerg, 1490, 51)],
            periods: vec![Period { days: 14, wins: 3, losses: 1 }, Period { days: 30, wins: 5, losses: 4 }],
            streak: 3,
            against_you: Some((1, 2)),
        }
    }

    #[test]
    fn a_profile_tells_ratings_recent_results_and_the_record_against_the_asker() {
        let page = render(&profile(), Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(page.content, "🇰🇷 **Bisu**");
        let embed = &page.embeds[0];
        assert_eq!(
            embed.description.as_deref(),
            Some("BW Protoss: **1832** MMR, place 4, 31–12\nSC2 Zerg: **1490** MMR, place 51, 31–12")
        );
        assert_eq!(embed.fields[0].value, "14 days: 3–1\n30 days: 5–4\n3 won in a row");
        assert_eq!(embed.fields[1].value, "1–2");
    }

    #[test]
    fn a_player_without_a_match_has_no_rating_yet() {
        let nobody = ProfileView { ratings: Vec::new(), streak: 0, against_you: None, ..profile() };
        let page = render(&nobody, Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(page.content, "🇰🇷 **Bisu**\nNo rated match yet.");
    }

    #[test]
    fn the_longest_profile_fits() {
        let rating = ProfileRating {
            race: Race::BwProtoss,
            mmr: Mmr(i32::MIN),
            place: u32::MAX,
            wins: u32::MAX,
            losses: u32::MAX,
        };
        let long = ProfileView {
            name: "*".repeat(300),
            ratings: vec![rating; Race::ALL.len()],
            periods: vec![Period { days: u16::MAX, wins: u32::MAX, losses: u32::MAX }; 3],
            streak: i32::MIN,
            against_you: Some((u32::MAX / 2, u32::MAX / 2)),
            ..profile()
        };
        assert_fits(&render(&long, Words::of(Locale::EnUs)));
    }
}
