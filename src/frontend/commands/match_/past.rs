//! `/match` with a number: a match that is over, with its replay, as any player may read it.

use crate::frontend::commands::{CommandError, Plan};
use crate::frontend::reply::Page;
use crate::frontend::text::{Words, date, plain};
use bytes::Bytes;
use ipc_schema::archive::{ArchivedVerdict, MatchChoice, PastMatchView, PastPlayer};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::vocab::{Ground, Outcome};
use twilight_interactions::command::{AutocompleteValue, CommandModel};
use twilight_model::application::interaction::application_command::CommandData;

/// Game loops of a second at the speed Faster, times ten.
const LOOPS_OF_TEN_SECONDS: u64 = 224;

/// The number while it is typed.
#[derive(CommandModel)]
#[command(autocomplete = true)]
struct Typing {
    id: AutocompleteValue<i64>,
}

/// What of its replay is at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Download {
    /// Nobody sent one.
    None,
    /// It is stored, but cannot be read back.
    Gone,
    /// It goes with the page.
    Here(Bytes),
}

pub fn suggest(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let typed = match Typing::from_interaction(data.into())?.id {
        AutocompleteValue::Focused(typed) => typed,
        AutocompleteValue::Completed(id) => id.to_string(),
        AutocompleteValue::None => String::new(),
    };
    Ok(Plan::Ask(BackendRequest::MatchChoices { caller: *caller, typed }))
}

/// One match among those that are suggested.
pub fn choice(of: &MatchChoice, words: Words) -> String {
    // Discord shows it as it is, without any formatting.
    let opponent = ("opponent", of.opponent.chars().take(26).collect::<String>().into());
    let key = match of.outcome {
        Some(Outcome::Won) => "past-match-choice-won",
        Some(Outcome::Lost) => "past-match-choice-lost",
        Some(Outcome::Draw) => "past-match-choice-draw",
        None => "past-match-choice-none",
    };
    let result = ("result", words.with(key, &[opponent]).into());
    let text = words.with("past-match-choice", &[("id", of.match_id.to_string().into()), result]);
    text.chars().take(100).collect()
}

pub fn render(view: &PastMatchView, download: Download, words: Words) -> Page {
    let map = ("map", plain(&view.map_title, 120).into());
    let mut lines = vec![words.with("past-match", &[("id", view.match_id.to_string().into()), map])];
    lines.push(verdict(view, words));
    lines.extend(view.players.iter().map(|player| player_line(player, words)));
    let at = date(view.started_at.unwrap_or(view.closed_at));
    let mut when = words.with("past-match-when", &[("at", at.into())]);
    if let Some(loops) = view.duration_game_loops {
        let length = words.with("past-match-length", &[("length", length(loops).into())]);
        when = format!("{when} · {length}");
    }
    lines.push(format!("{when} · {}", words.name_of("server", view.server.code())));
    if let Some(at) = view.ruled_at {
        lines.push(words.with("past-match-ruled", &[("at", date(at).into())]));
    }
    let page = Page::of(lines.join("\n")).line();
    match download {
        Download::None => page.text(words.say("past-match-replay-none")),
        Download::Gone => page.text(words.say("past-match-replay-gone")),
        Download::Here(bytes) => page.file(format!("match-{}.SC2Replay", view.match_id), bytes),
    }
}

/// Minutes and seconds of real time.
fn length(loops: u32) -> String {
    let seconds = u64::from(loops) * 10 / LOOPS_OF_TEN_SECONDS;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn player_line(player: &PastPlayer, words: Words) -> String {
    let mut args = vec![
        ("player", plain(&player.name, 60).into()),
        ("race", words.name_of("race", player.race.code()).into()),
    ];
    let Some((before, after)) = player.ratings else { return words.with("past-match-player", &args) };
    args.extend([
        ("before", before.to_string().into()),
        ("after", after.to_string().into()),
        ("change", format!("{:+}", after.0.saturating_sub(before.0)).into()),
    ]);
    words.with("past-match-rated", &args)
}

fn verdict(view: &PastMatchView, words: Words) -> String {
    let (text, ground) = match view.verdict {
        ArchivedVerdict::Decided { winner, ground } => {
            let winner = view
                .players
                .get(usize::from(winner))
                .map_or_else(String::new, |player| plain(&player.name, 60));
            (words.with("past-match-won", &[("player", winner.into())]), ground)
        }
        ArchivedVerdict::Drawn { ground } => (words.say("past-match-drawn"), ground),
        ArchivedVerdict::Conflict => return words.say("past-match-conflict"),
        ArchivedVerdict::Void => return words.say("past-match-void"),
        ArchivedVerdict::Aborted { .. } => return words.say("past-match-aborted"),
        ArchivedVerdict::Unconfirmed => return words.say("past-match-unconfirmed"),
        ArchivedVerdict::Expired => return words.say("past-match-expired"),
        ArchivedVerdict::Cancelled { .. } => return words.say("past-match-cancelled"),
    };
    let key = match ground {
        None => return text,
        Some(Ground::Recorded) => "past-match-ground-recorded",
        Some(Ground::OpponentLeftFirst) => "past-match-ground-left",
        Some(Ground::Reported) => "past-match-ground-reported",
        Some(Ground::Staff) => "past-match-ground-staff",
    };
    format!("{text} ({})", words.say(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::Body;
    use crate::frontend::reply::limits::assert_fits;
    use ipc_schema::ids::MatchId;
    use ipc_schema::vocab::{FileHash, Locale, Mmr, Race, Server, Timestamp};

    const AT: Timestamp = Timestamp(1_800_000_000_000);

    fn view(verdict: ArchivedVerdict) -> PastMatchView {
        let player = |name: &str, race, before, after| PastPlayer {
            name: name.to_owned(),
            race,
            ratings: Some((Mmr(before), Mmr(after))),
        };
        PastMatchView {
            match_id: MatchId(12),
            players: [player("Ana", Race::BwZerg, 1500, 1520), player("Bea", Race::Sc2Terran, 1500, 1480)],
            map_title: "Khione SEL".to_owned(),
            server: Server::Kor,
            started_at: Some(AT),
            closed_at: AT,
            verdict,
            ruled_at: None,
            duration_game_loops: Some(16_128),
            replay: Some(FileHash([0xab; 32])),
        }
    }

    #[test]
    fn a_match_that_is_over_says_how_it_was_played_and_what_it_moved() {
        let won = ArchivedVerdict::Decided { winner: 0, ground: Some(Ground::Recorded) };
        let page = render(&view(won), Download::Here(Bytes::from_static(b"replay")), Words::of(Locale::EnUs));
        assert_fits(&page);
        assert_eq!(
            page.content,
            "**Match 12** on Khione SEL\n\
             **Ana won** (as the replay records)\n\
             Ana (BW Zerg): 1500 → 1520 MMR (+20)\n\
             Bea (SC2 Terran): 1500 → 1480 MMR (-20)\n\
             Played <t:1800000000:f> · 12:00 min · Korea"
        );
        assert_eq!(page.files.len(), 1);
    }

    #[test]
    fn every_verdict_has_words_and_a_ruling_of_staff_is_told() {
        let by_staff = Some(Ground::Staff);
        for (verdict, expected) in [
            (ArchivedVerdict::Decided { winner: 1, ground: by_staff }, "**Bea won** (as staff decided)"),
            (ArchivedVerdict::Decided { winner: 1, ground: None }, "**Bea won**"),
            (ArchivedVerdict::Drawn { ground: Some(Ground::Reported) }, "**Nobody won** (as both reported)"),
            (ArchivedVerdict::Conflict, "The two reports contradict each other"),
            (ArchivedVerdict::Void, "Staff took it back"),
            (ArchivedVerdict::Aborted { by: None }, "It was aborted"),
            (ArchivedVerdict::Unconfirmed, "It was not confirmed in time."),
            (ArchivedVerdict::Expired, "Nobody finished it in time."),
            (ArchivedVerdict::Cancelled { by: Some(0) }, "It was cancelled"),
        ] {
            let mut view = PastMatchView { ruled_at: Some(AT), ..view(verdict) };
            for player in &mut view.players {
                player.ratings = None;
            }
            let page = render(&view, Download::Gone, Words::of(Locale::EnUs));
            assert_fits(&page);
            assert!(page.content.contains(expected), "{verdict:?}: {}", page.content);
            assert!(page.content.contains("Staff decided it anew <t:1800000000:f>."), "{}", page.content);
            let told = Body::of_page(page).text();
            assert!(told.contains("cannot be read back"), "{told}");
        }
    }

    #[test]
    fn a_suggestion_names_number_result_and_opponent_within_its_room() {
        let words = Words::of(Locale::EnUs);
        let of = |outcome, opponent: String| MatchChoice { match_id: MatchId(12), opponent, outcome };
        assert_eq!(choice(&of(Some(Outcome::Won), "Bea".to_owned()), words), "12: won against Bea");
        assert_eq!(choice(&of(None, "Bea".to_owned()), words), "12: against Bea");
        assert!(choice(&of(Some(Outcome::Draw), "B".repeat(500)), words).chars().count() <= 100);
    }
}
