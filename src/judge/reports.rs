//! Reports by button: what was pressed is stored, and what is stored is how the match ended.

use super::files::{LOG, What};
use super::{Case, Judgement, Kind, place};
use crate::store::MatchRow;
use ipc_schema::ids::MatchId;
use ipc_schema::vocab::Outcome;
use std::collections::BTreeSet;

/// A press in the last moments of a match may have come behind its end, and then it was refused.
const LATE_MS: u64 = 5_000;

pub(super) fn judge(case: &Case, judgement: &mut Judgement) {
    for (match_id, row) in &case.facts.matches {
        let Some(closing) = row.closed.as_ref().filter(|closing| closing.at.0 >= case.since) else {
            continue;
        };
        let by_reports = closing.verdict == "conflict" || closing.ground.as_deref() == Some("reported");
        if by_reports && !fits(row, &closing.verdict) {
            let who = row.players.map(|player| case.name_of(player)).join(" and ");
            let told = row.reports.map(|report| report.map_or("nothing", Outcome::code)).join(" and ");
            let what = format!("the match is stored as {}, but they reported {told}", closing.verdict);
            judgement.find(Kind::Lost, who, Some(*match_id), what, vec![format!("matches {match_id}")]);
        }
    }
    unstored(case, judgement);
}

/// Whether the reports make that verdict, and that winner.
fn fits(row: &MatchRow, verdict: &str) -> bool {
    let [Some(first), Some(second)] = row.reports else { return false };
    let agreed = second == first.reversed();
    let winner = row.closed.as_ref().and_then(|closing| closing.winner);
    match verdict {
        "conflict" => !agreed,
        "drawn" => agreed && first == Outcome::Draw,
        _ => agreed && winner == Some(row.players[usize::from(first != Outcome::Won)]),
    }
}

/// Reports that were pressed and answered while the match was played, and left nothing.
fn unstored(case: &Case, judgement: &mut Judgement) {
    let answered: BTreeSet<u64> = case
        .log
        .entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Callback { interaction, taken: true, .. } | What::Answer { interaction } => {
                Some(*interaction)
            }
            _ => None,
        })
        .collect();
    let mut found: BTreeSet<(u64, MatchId)> = BTreeSet::new();
    for entry in &case.log.entries {
        let What::Press { interaction, user, reports: Some(match_id), .. } = &entry.what else { continue };
        let Some(row) = case.facts.matches.get(match_id) else { continue };
        let slot = row.players.iter().position(|player| case.facts.users.get(player) == Some(user));
        let until = row.closed.as_ref().map_or(u64::MAX, |closing| closing.at.0.saturating_sub(LATE_MS));
        let in_time = row.started_at.is_some() && (case.since..until).contains(&entry.at);
        if let Some(slot) = slot
            && in_time
            && answered.contains(interaction)
            && case.log.lives.after(entry.at) >= case.due_ms
            && row.reports[slot].is_none()
            && found.insert((*user, *match_id))
        {
            let what = "reported how the match ended, but no report is stored".to_owned();
            let places = vec![place(LOG, entry.line), format!("matches {match_id}")];
            judgement.find(Kind::Lost, case.name(*user), Some(*match_id), what, places);
        }
    }
}
