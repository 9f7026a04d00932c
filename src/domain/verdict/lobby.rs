//! Whether the lobby was set as the match sheet says. A wrong setting is a mistake of who made the
//! lobby, which both saw before they played: it is told, and rejects nothing.

use ipc_schema::event::{Check, CheckKind, Grade};
use ipc_schema::replay::ReplayFacts;

/// The game's number for Faster.
const FASTER: u32 = 4;

/// Numbers of attributes of the game as a whole.
const LOCKED_ALLIANCES: u32 = 3010;
const DURATION: u32 = 3015;
const PRIVACY: u32 = 4000;

pub(super) fn checks(facts: &ReplayFacts) -> [Check; 5] {
    let attribute = |number| {
        let found = facts.attributes.iter().find(|(known, _)| *known == number);
        found.map_or("", |(_, value)| value.as_str())
    };
    let check = |kind, expected: &[&str], found: &str| Check {
        kind,
        grade: if expected.contains(&found) { Grade::Passed } else { Grade::Warning },
        expected: expected[0].to_owned(),
        found: found.to_owned(),
    };
    [
        check(CheckKind::Observers, &["0"], &facts.observers.to_string()),
        // Normal is what the sheet says; No Match History tells the ladder as much.
        check(CheckKind::Privacy, &["Norm", "NoMH"], attribute(PRIVACY)),
        check(CheckKind::Speed, &[&FASTER.to_string()], &facts.game_speed.to_string()),
        check(CheckKind::Duration, &["0"], attribute(DURATION)),
        check(CheckKind::Alliances, &["yes"], attribute(LOCKED_ALLIANCES)),
    ]
}
