//! What came of every press.

use super::files::{LOG, What};
use super::{Case, Judgement, Kind, place};
use std::collections::BTreeMap;

/// Discord's numbers for callbacks that are no promise of more.
const FINAL: [u64; 3] = [ACKNOWLEDGED, 8, 9];
const ACKNOWLEDGED: u64 = 6;
/// How long Discord waits for a callback.
const DISCORD_MS: u64 = 3_000;

struct Press {
    user: u64,
    at: u64,
    line: usize,
    life: usize,
    came: Came,
}

#[derive(Clone, Copy, PartialEq)]
enum Came {
    Nothing,
    /// A callback, but no content yet.
    Thinking,
    Answer,
    Failed {
        life: usize,
        machine_stalled: bool,
        expired: bool,
        turned_away: bool,
    },
}

pub(super) fn judge(case: &Case, judgement: &mut Judgement) {
    for press in presses(case).into_values().filter(|press| press.at >= case.since) {
        judgement.presses += 1;
        let lost = match press.came {
            Came::Answer => continue,
            // The emulator ended within the 3 s, and with it everything.
            Came::Failed { life, .. } if life != press.life => {
                judgement.while_down += 1;
                continue;
            }
            Came::Nothing if case.log.lives.0[press.life].1 < press.at + DISCORD_MS => {
                judgement.while_down += 1;
                continue;
            }
            Came::Failed { machine_stalled: true, .. } => {
                judgement.machine_stalled += 1;
                continue;
            }
            Came::Failed { expired: true, .. } => {
                judgement.expired += 1;
                continue;
            }
            Came::Failed { turned_away: true, .. } => {
                judgement.turned_away += 1;
                continue;
            }
            Came::Failed { .. } => {
                judgement.deadline_misses += 1;
                "pressed and Discord gave up after 3 s"
            }
            Came::Thinking if case.log.lives.after(press.at) < case.due_ms => {
                judgement.not_yet_due += 1;
                continue;
            }
            Came::Thinking => "pressed and was never answered",
            Came::Nothing => "pressed and nothing came of it",
        };
        let places = vec![place(LOG, press.line)];
        judgement.find(Kind::Lost, case.name(press.user), None, lost.to_owned(), places);
    }
}

/// By interaction.
fn presses(case: &Case) -> BTreeMap<u64, Press> {
    let mut presses: BTreeMap<u64, Press> = BTreeMap::new();
    for entry in &case.log.entries {
        let (interaction, came) = match &entry.what {
            What::Press { interaction, user, .. } => {
                let (user, at, line, life) = (*user, entry.at, entry.line, entry.life);
                presses.insert(*interaction, Press { user, at, line, life, came: Came::Nothing });
                continue;
            }
            What::Callback { interaction, callback, taken: true, .. } => {
                let came = if FINAL.contains(callback) { Came::Answer } else { Came::Thinking };
                (interaction, came)
            }
            What::Answer { interaction } => (interaction, Came::Answer),
            What::Failed { interaction, machine_stalled, expired, turned_away } => {
                let (machine_stalled, expired, turned_away) = (*machine_stalled, *expired, *turned_away);
                (interaction, Came::Failed { life: entry.life, machine_stalled, expired, turned_away })
            }
            _ => continue,
        };
        if let Some(press) = presses.get_mut(interaction)
            && press.came != Came::Answer
        {
            press.came = came;
        }
    }
    presses
}
