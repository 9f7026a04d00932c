//! The words for what happened to a player without their doing.

use super::text::Words;
use ipc_schema::view::News;

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
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::MatchId;
    use ipc_schema::vocab::{Locale, Mmr, Race};

    #[test]
    fn news_say_what_happened_and_why() {
        let (match_id, race) = (MatchId(12), Race::BwZerg);
        let corrected = News::RatingCorrected { match_id, race, before: Mmr(1520), after: Mmr(1500) };
        let cases = [(
            corrected,
            "The result of match 12 was corrected. Your rating with BW Zerg: 1520 → 1500 MMR (-20)",
        )];
        cases.into_iter().for_each(|(news, expected)| {
            assert_eq!(render(&news, Words::of(Locale::EnUs)), expected);
        });
    }
}
