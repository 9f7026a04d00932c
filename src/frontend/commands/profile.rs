//! `/profile`: how somebody stands.

use super::leaderboard::{mmr, record};
use super::{Ack, Command, CommandError, Plan};
use crate::frontend::reply::{Page, field};
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
    Ok(Plan::Draw(BackendRequest::Profile { caller: *caller, name: options.player }))
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
        return Page::of(content).text(words.say("profile-unrated"));
    }
    let mut ratings: Vec<String> = view.ratings.iter().map(|rating| rating_line(rating, words)).collect();
    if view.ratings.iter().any(|rating| rating.provisional) {
        ratings.push(words.say("profile-provisional"));
    }
    let mut recent: Vec<String> = view.periods.iter().map(|period| period_line(period, words)).collect();
    let (streak, run) = (view.streak, view.streak.unsigned_abs());
    if run > 1 {
        let key = if streak > 0 { "profile-won-in-a-row" } else { "profile-lost-in-a-row" };
        recent.push(words.with(key, &[("run", run.into())]));
    }
    let page = Page::of(content)
        .text(ratings.join("\n"))
        .line()
        .text(field(&words.say("profile-recent"), &recent.join("\n")));
    match view.against_you.filter(|record| record.games() > 0) {
        Some(met) => page.text(field(&words.say("profile-against-you"), &record(met, words))),
        None => page,
    }
}

fn rating_line(rating: &ProfileRating, words: Words) -> String {
    let race = words.name_of("race", rating.race.code());
    let mmr = mmr(rating.mmr, rating.provisional, words);
    let record = record(rating.record, words);
    let mut told = vec![("race", race.into()), ("mmr", mmr.into()), ("record", record.into())];
    match rating.place {
        None => words.with("profile-rating", &told),
        Some((place, rank)) => {
            told.extend([("rank", rank.code().into()), ("place", place.into())]);
            words.with("profile-rating-placed", &told)
        }
    }
}

fn period_line(period: &Period, words: Words) -> String {
    let record = record(period.record, words);
    words.with("profile-period", &[("days", u32::from(period.days).into()), ("record", record.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::view::GameRecord;
    use ipc_schema::vocab::{Locale, Mmr, Race, Rank};

    fn games(wins: u32, losses: u32, draws: u32) -> GameRecord {
        GameRecord { wins, losses, draws }
    }

    fn profile() -> ProfileView {
        let rating = |race, mmr, place| ProfileRating {
            race,
            mmr: Mmr(mmr),
            place,
            provisional: false,
            record: games(31, 12, 0),
            history: Vec::new(),
        };
        ProfileView {
            name: "Bisu".to_owned(),
            country: "KR".to_owned(),
            region: None,
            ratings: vec![
                rating(Race::BwProtoss, 1832, Some((4, Rank::A))),
                ProfileRating {
                    provisional: true,
                    record: games(1, 0, 2),
                    ..rating(Race::Sc2Zerg, 1490, None)
                },
            ],
            periods: vec![
                Period { days: 14, record: games(3, 1, 0) },
                Period { days: 30, record: games(5, 4, 1) },
            ],
            streak: 3,
            against_you: Some(games(1, 2, 0)),
        }
    }

    #[test]
    fn a_profile_tells_ratings_recent_results_and_the_record_against_the_asker() {
        let page = render(&profile(), Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(
            text(&page),
            "🇰🇷 **Bisu**\n\
             BW Protoss: **1832** MMR, rank A, place 4, 31–12\n\
             SC2 Zerg: **1490?** MMR, 1–0–2\n\
             ? Too few games to be sure of.\n\
             **Lately**\n14 days: 3–1\n30 days: 5–4–1\n3 won in a row\n\
             **You against them**\n1–2"
        );
    }

    #[test]
    fn a_player_without_a_match_has_no_rating_yet() {
        let nobody = ProfileView { ratings: Vec::new(), streak: 0, against_you: None, ..profile() };
        let page = render(&nobody, Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(text(&page), "🇰🇷 **Bisu**\nNo rated match yet.");
    }

    #[test]
    fn the_longest_profile_fits() {
        let rating = ProfileRating {
            race: Race::BwProtoss,
            mmr: Mmr(i32::MIN),
            place: Some((u32::MAX, Rank::F)),
            provisional: true,
            record: games(u32::MAX, u32::MAX, u32::MAX),
            history: Vec::new(),
        };
        let long = ProfileView {
            name: "*".repeat(300),
            ratings: vec![rating; Race::ALL.len()],
            periods: vec![Period { days: u16::MAX, record: games(u32::MAX, u32::MAX, u32::MAX) }; 3],
            streak: i32::MIN,
            against_you: Some(games(u32::MAX, u32::MAX, u32::MAX)),
            ..profile()
        };
        for locale in Locale::ALL {
            assert_fits(&render(&long, Words::of(*locale)));
        }
    }
}
