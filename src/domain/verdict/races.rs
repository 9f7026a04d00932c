//! Whether each played the race of the match.

use crate::domain::season::Season;
use ipc_schema::event::{Check, CheckKind, Grade};
use ipc_schema::replay::ReplayPlayer;
use ipc_schema::vocab::Race;

/// By the code that no language changes and by the words of the recording client's language. Where
/// the two contradict each other, or neither is known, the race is left unverified, never guessed.
pub(super) fn check(season: &Season, expected: [Race; 2], seats: [&ReplayPlayer; 2]) -> Check {
    let slots = [0, 1].map(|slot| {
        let seat: &ReplayPlayer = seats[slot];
        let by_code = seat.race_code.as_deref().and_then(race_of_code);
        let by_text = season.race_words.get(&seat.race_text.trim().to_lowercase()).copied();
        one(expected[slot], by_code, by_text, seat)
    });
    Check {
        kind: CheckKind::Races,
        grade: slots.iter().map(|(grade, _)| *grade).max().expect("there are two"),
        expected: expected.map(Race::code).join(", "),
        found: slots.map(|(_, found)| found).join(", "),
    }
}

fn one(expected: Race, by_code: Option<Race>, by_text: Option<Race>, seat: &ReplayPlayer) -> (Grade, String) {
    let right = |race: Race| if race == expected { Grade::Passed } else { Grade::Failed };
    match (by_code, by_text) {
        (Some(code), Some(text)) if code != text => {
            // Whichever of them is true, it is not the race of the match.
            let known_wrong = code != expected && text != expected;
            (if known_wrong { Grade::Failed } else { Grade::Warning }, as_recorded(seat))
        }
        (Some(race), _) | (None, Some(race)) => (right(race), race.code().to_owned()),
        (None, None) => (Grade::Warning, as_recorded(seat)),
    }
}

/// The words of the replay. A comma would look like the next player's.
fn as_recorded(seat: &ReplayPlayer) -> String {
    let code = seat.race_code.as_deref().map_or_else(String::new, |code| format!(" ({code})"));
    format!("{}{code}", seat.race_text).replace(',', " ")
}

fn race_of_code(code: &str) -> Option<Race> {
    Some(match code {
        "Terr" => Race::Sc2Terran,
        "Zerg" => Race::Sc2Zerg,
        "Prot" => Race::Sc2Protoss,
        "BWTe" => Race::BwTerran,
        "BWZe" => Race::BwZerg,
        "BWPr" => Race::BwProtoss,
        _ => return None,
    })
}
