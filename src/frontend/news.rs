//! The words for what happened to a player without their doing.

use super::text::{Words, plain};
use ipc_schema::view::News;
use ipc_schema::vocab::Outcome;

/// Characters of what staff wrote; more would crowd out the rest of the message.
const REASON: usize = 500;

pub fn render(news: &News, words: Words) -> String {
    match news {
        News::RatingCorrected { match_id, race, before, after } => words.with(
            "news-rating-corrected",
            &[
                ("id", match_id.to_string().into()),
                ("race", words.name_of("race", race.code()).into()),
                ("before", before.to_string().into()),
                ("after", after.to_string().into()),
                ("change", format!("{:+}", after.0.saturating_sub(before.0)).into()),
            ],
        ),
        News::MatchResolved { match_id, verdict, your_slot } => {
            let key = match verdict.outcome(usize::from(*your_slot)) {
                Some(Outcome::Won) => "news-match-won",
                Some(Outcome::Lost) => "news-match-lost",
                Some(Outcome::Draw) => "news-match-drawn",
                None => "news-match-void",
            };
            words.with(key, &[("id", match_id.to_string().into())])
        }
        News::MmrAdjusted { race, before, after, reason } => words.with(
            "news-mmr-adjusted",
            &[
                ("race", words.name_of("race", race.code()).into()),
                ("before", before.to_string().into()),
                ("after", after.to_string().into()),
                ("change", format!("{:+}", after.0.saturating_sub(before.0)).into()),
                ("reason", plain(reason, REASON).into()),
            ],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::MatchId;
    use ipc_schema::vocab::{Ground, Locale, Mmr, Race, Verdict};

    #[test]
    fn news_say_what_happened_and_why() {
        let (match_id, race) = (MatchId(12), Race::BwZerg);
        let corrected = News::RatingCorrected { match_id, race, before: Mmr(1520), after: Mmr(1500) };
        let resolved = |verdict, your_slot| News::MatchResolved { match_id, verdict, your_slot };
        let decided = Verdict::Decided { winner: 1, ground: Ground::Staff };
        let reason = "a *typo*".to_owned();
        let adjusted = News::MmrAdjusted { race, before: Mmr(1500), after: Mmr(1550), reason };
        let cases = [
            (
                corrected,
                "The result of match 12 was corrected. Your rating with BW Zerg: 1520 → 1500 MMR (-20)",
            ),
            (resolved(decided, 0), "Staff looked at match 12 and decided it: you lost."),
            (resolved(decided, 1), "Staff looked at match 12 and decided it: you won."),
            (
                resolved(Verdict::Drawn { ground: Ground::Staff }, 0),
                "Staff looked at match 12 and decided it: nobody won.",
            ),
            (resolved(Verdict::Void, 0), "Staff looked at match 12 and took it back. It counts for nothing."),
            (
                adjusted,
                "Staff set your rating with BW Zerg: 1500 → 1550 MMR (+50). Their reason: a \\*typo\\*",
            ),
        ];
        cases.into_iter().for_each(|(news, expected)| {
            assert_eq!(render(&news, Words::of(Locale::EnUs)), expected);
        });
    }
}
