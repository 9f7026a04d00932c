//! How many requests the bot makes of Discord for a normal match of two.
//!
//! Counted for each of the two players from joining the queue until the result is shown: callbacks,
//! answers by edit, posts (also ones that Discord recognised as repeated) and edits. The log does not
//! say whom the other requests were for (the opening of a DM, a reading, one that was refused); they
//! are counted evenly over all matches, without those that a bot makes when it starts. The result is
//! the median over matches that ended by a result and in which neither player was in another match,
//! and no frontend or emulator started, meanwhile; and the even share on top.

use super::Case;
use super::files::{Entry, What};
use crate::store::MatchRow;
use ipc_schema::ids::MatchId;
use std::collections::{BTreeMap, BTreeSet};

/// Routes a bot asks when it starts.
const AT_START: [&str; 6] = [
    "GET gateway",
    "GET gateway/bot",
    "GET users/@me",
    "GET applications/@me",
    "GET applications/commands",
    "PUT applications/commands",
];
/// The callback that edits the message which was pressed.
const UPDATE: u64 = 7;

/// What one player's part of the log comes to.
#[derive(Debug, Default)]
struct Line {
    joined: Vec<u64>,
    /// When a request was made for the player.
    requests: Vec<u64>,
    /// When each match was first told, and its result.
    told: BTreeMap<MatchId, (u64, Option<u64>)>,
}

pub(super) fn per_match(case: &Case) -> Option<f64> {
    let mut lines: BTreeMap<u64, Line> = BTreeMap::new();
    // Updates that are part of a callback.
    let mut updates: BTreeSet<u64> = BTreeSet::new();
    let mut breaks = Vec::new();
    let (mut total, mut attributed) = (0, 0);
    for entry in &case.log.entries {
        match &entry.what {
            What::Reconnected => breaks.push(entry.at),
            What::Requests(requests) => {
                let counted = requests.iter().filter(|(route, _)| !AT_START.contains(&route.as_str()));
                total = counted.map(|(_, count)| count).sum();
            }
            What::Press { user, joins_queue: true, .. } => {
                lines.entry(*user).or_default().joined.push(entry.at);
            }
            _ => {
                note_fact(entry, &mut lines);
                if let Some(user) = request_for(entry, &mut updates) {
                    attributed += 1;
                    lines.entry(user).or_default().requests.push(entry.at);
                }
            }
        }
    }
    let mut counts: Vec<usize> = case
        .facts
        .matches
        .iter()
        .filter(|(_, row)| row.closed.as_ref().is_some_and(|closing| closing.at.0 >= case.since))
        .filter_map(|(id, row)| count(case, *id, row, &lines, &breaks))
        .collect();
    counts.sort_unstable();
    let middle = counts.len().checked_sub(1)? / 2;
    let median = (counts[middle] + counts[counts.len() / 2]) as f64 / 2.0;
    let share = total.saturating_sub(attributed) as f64 / case.facts.matches.len() as f64;
    Some(((median + share) * 10.0).round() / 10.0)
}

/// The player for whom this line is a request.
fn request_for(entry: &Entry, updates: &mut BTreeSet<u64>) -> Option<u64> {
    match &entry.what {
        What::Callback { interaction, user, callback, taken } => {
            if *taken && *callback == UPDATE {
                updates.insert(*interaction);
            }
            *user
        }
        // The message of a callback appears by the callback.
        What::Message { interaction: Some(_), is_new: true, .. } => None,
        What::Message { interaction: Some(id), user, .. } => (!updates.remove(id)).then_some(*user),
        What::Message { user, .. } | What::Repeated { user } => Some(*user),
        _ => None,
    }
}

fn note_fact(entry: &Entry, lines: &mut BTreeMap<u64, Line>) {
    let What::Message { user, fact: Some(line), .. } = &entry.what else { return };
    let told = &mut lines.entry(*user).or_default().told;
    let (_, result) = told.entry(line.match_id).or_insert((entry.at, None));
    if line.fact.is_result() {
        result.get_or_insert(entry.at);
    }
}

/// The requests for a match, if it is a normal one.
fn count(
    case: &Case,
    match_id: MatchId,
    row: &MatchRow,
    lines: &BTreeMap<u64, Line>,
    breaks: &[u64],
) -> Option<usize> {
    let mut sum = 0;
    for player in row.players {
        let line = lines.get(case.facts.users.get(&player)?)?;
        let (found, result) = line.told.get(&match_id)?;
        let until = (*result)?;
        let from = line.joined.iter().rev().find(|joined| **joined <= *found)?;
        let meanwhile = |at: &u64| (*from..=until).contains(at);
        let other_match = line.told.iter().any(|(id, (at, _))| *id != match_id && meanwhile(at));
        if other_match || breaks.iter().any(meanwhile) {
            return None;
        }
        sum += line.requests.iter().filter(|at| meanwhile(at)).count();
    }
    Some(sum)
}
