//! The words for what happened to a player without their doing.

use super::custom_id::CustomId;
use super::reply::{Page, Tone, button, row};
use super::text::{Arg, Words, date, plain, relative, sentence};
use ipc_schema::view::News;
use ipc_schema::vocab::Outcome;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

pub fn page(news: &News, words: Words) -> Page {
    let tone = match news {
        News::Banned { .. } | News::TimedOut { .. } | News::RemovedFromQueue { .. } => Tone::Bad,
        News::MatchCancelled { .. } | News::Renamed { .. } | News::ToonUnbound { .. } => Tone::Warning,
        News::BanEnded { .. }
        | News::TimeOutLifted { .. }
        | News::AbortsReset { .. }
        | News::SomebodyQueues { .. }
        | News::DmsOpen => Tone::Good,
        News::RatingCorrected { .. }
        | News::MatchResolved { .. }
        | News::MmrAdjusted { .. }
        | News::RoleSet { .. }
        | News::Announcement { .. }
        | News::ToonsAllowed { .. }
        | News::MatchRuled { .. } => Tone::Calm,
    };
    Page { rows: rows(news, words), ..Page::of(render(news, words)).tone(tone) }
}

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
        News::MatchRuled { match_id, verdict, your_slot, reason } => {
            let key = match verdict.outcome(usize::from(*your_slot)) {
                Some(Outcome::Won) => "news-match-ruled-won",
                Some(Outcome::Lost) => "news-match-ruled-lost",
                Some(Outcome::Draw) => "news-match-ruled-drawn",
                None => "news-match-ruled-void",
            };
            words.with(key, &[("id", match_id.to_string().into()), why(reason)])
        }
        News::MmrAdjusted { race, before, after, reason } => words.with(
            "news-mmr-adjusted",
            &[
                ("race", words.name_of("race", race.code()).into()),
                ("before", before.to_string().into()),
                ("after", after.to_string().into()),
                ("change", format!("{:+}", after.0.saturating_sub(before.0)).into()),
                why(reason),
            ],
        ),
        News::Banned { until: Some(until), reason } => {
            words.with("news-banned", &[("until", date(*until).into()), why(reason)])
        }
        News::Banned { until: None, reason } => words.with("news-banned-for-good", &[why(reason)]),
        News::BanEnded { reason: None } => words.say("news-ban-over"),
        News::BanEnded { reason: Some(reason) } => words.with("news-unbanned", &[why(reason)]),
        News::TimedOut { until, reason } => {
            words.with("news-timed-out", &[("until", relative(*until).into()), why(reason)])
        }
        News::TimeOutLifted { reason } => words.with("news-time-out-lifted", &[why(reason)]),
        News::AbortsReset { reason } => words.with("news-aborts-reset", &[why(reason)]),
        News::RemovedFromQueue { reason } => words.with("news-removed-from-queue", &[why(reason)]),
        News::MatchCancelled { match_id, requeued } => {
            let key = if *requeued { "news-match-cancelled-requeued" } else { "news-match-cancelled" };
            words.with(key, &[("id", match_id.to_string().into())])
        }
        News::Renamed { name, reason } => {
            words.with("news-renamed", &[("name", plain(name, 60).into()), why(reason)])
        }
        News::RoleSet { role: Some(role), reason } => {
            words.with("news-role", &[("role", words.name_of("staff-role", role.code()).into()), why(reason)])
        }
        News::RoleSet { role: None, reason } => words.with("news-role-none", &[why(reason)]),
        News::ToonsAllowed { region, count, reason } => words.with(
            "news-accounts-allowed",
            &[
                ("region", words.name_of("game-region", region.code()).into()),
                ("count", u32::from(*count).into()),
                why(reason),
            ],
        ),
        News::ToonUnbound { toon, reason } => {
            words.with("news-account-unbound", &[("account", toon.to_string().into()), why(reason)])
        }
        News::SomebodyQueues { races, at } => {
            let key = match (races.bw, races.sc2) {
                (Some(_), Some(_)) => "news-queues-both",
                (Some(_), None) => "news-queues-bw",
                (None, _) => "news-queues-sc2",
            };
            words.with(key, &[("at", relative(*at).into())])
        }
        News::DmsOpen => words.say("news-dms-open"),
        // Staff may format it and link to something.
        News::Announcement { text } => words.with("news-announcement", &[("text", text.as_str().into())]),
    }
}

/// What a player may do about it at once.
fn rows(news: &News, words: Words) -> Vec<Component> {
    match news {
        News::SomebodyQueues { .. } => {
            let queue =
                button(CustomId::QueueRefresh, ButtonStyle::Success, words.say("news-queues-button-queue"));
            let notify =
                button(CustomId::NotifyShow, ButtonStyle::Secondary, words.say("news-queues-button-notify"));
            vec![row(vec![queue, notify])]
        }
        _ => Vec::new(),
    }
}

fn why(reason: &str) -> Arg<'_> {
    ("reason", sentence(reason).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::assert_fits;
    use ipc_schema::ids::MatchId;
    use ipc_schema::staff::StaffRole;
    use ipc_schema::vocab::{GameRegion, Ground, Locale, Mmr, Race, RaceChoice, Timestamp, Toon, Verdict};

    #[test]
    fn news_say_what_happened_and_why() {
        let (match_id, race) = (MatchId(12), Race::BwZerg);
        let (until, reason) = (Timestamp(1_800_000_000_000), || "Maphacks".to_owned());
        let corrected = News::RatingCorrected { match_id, race, before: Mmr(1520), after: Mmr(1500) };
        let resolved = |verdict, your_slot| News::MatchResolved { match_id, verdict, your_slot };
        let ruled = |verdict, your_slot| News::MatchRuled { match_id, verdict, your_slot, reason: reason() };
        let decided = Verdict::Decided { winner: 1, ground: Ground::Staff };
        let typo = "a *typo*".to_owned();
        let adjusted = News::MmrAdjusted { race, before: Mmr(1500), after: Mmr(1550), reason: typo };
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
            (ruled(decided, 0), "Staff looked at match 12 and decided it: you lost. Why: Maphacks."),
            (ruled(decided, 1), "Staff looked at match 12 and decided it: you won. Why: Maphacks."),
            (
                ruled(Verdict::Drawn { ground: Ground::Staff }, 0),
                "Staff looked at match 12 and decided it: nobody won. Why: Maphacks.",
            ),
            (
                ruled(Verdict::Void, 0),
                "Staff looked at match 12 and took it back. It counts for nothing. Why: Maphacks.",
            ),
            (
                adjusted,
                "Staff set your rating with BW Zerg: 1500 → 1550 MMR (+50). Their reason: a \\*typo\\*.",
            ),
            (
                News::Banned { until: Some(until), reason: reason() },
                "**You were banned until <t:1800000000:f>.** Staff say why: Maphacks.",
            ),
            (
                News::Banned { until: None, reason: reason() },
                "**You were banned from this ladder.** Staff say why: Maphacks.",
            ),
            (News::BanEnded { reason: None }, "Your ban is over. Use /queue to find a match."),
            (
                News::BanEnded { reason: Some("A mistake!".to_owned()) },
                "**Staff ended your ban**: A mistake! Use /queue to find a match.",
            ),
            (
                News::TimedOut { until, reason: reason() },
                "**Staff gave you a break from the queue.** You can queue again <t:1800000000:R>. They say why: Maphacks.",
            ),
            (News::TimeOutLifted { reason: reason() }, "**Staff lifted your queue time-out**: Maphacks."),
            (
                News::AbortsReset { reason: reason() },
                "**Staff gave you all aborts of this month back**: Maphacks.",
            ),
            (
                News::RemovedFromQueue { reason: reason() },
                "**Staff took you out of the queue.** They say why: Maphacks. You can use /queue again.",
            ),
            (
                News::MatchCancelled { match_id, requeued: true },
                "**Match 12 was ended by staff**, and not because of you. You are back in the queue with your old waiting time.",
            ),
            (
                News::MatchCancelled { match_id, requeued: false },
                "**Match 12 was ended by staff**, and not because of you. No rating changed. Use /queue to find another one.",
            ),
            (
                News::Renamed { name: "Ana".to_owned(), reason: reason() },
                "**Staff changed your name on the ladder to Ana.** They say why: Maphacks.",
            ),
            (
                News::RoleSet { role: Some(StaffRole::Admin), reason: reason() },
                "**You are admin of this ladder now**: Maphacks.",
            ),
            (
                News::RoleSet { role: None, reason: reason() },
                "**You are not staff of this ladder any more**: Maphacks.",
            ),
            (
                News::ToonsAllowed { region: GameRegion::Europe, count: 6, reason: reason() },
                "**Staff let 6 accounts of yours be bound in Europe**: Maphacks.",
            ),
            (
                News::ToonUnbound { toon: Toon { region: 2, realm: 1, id: 7 }, reason: reason() },
                "**Staff took the account 2-S2-1-7 off your name**: Maphacks. A verified match may bind it again.",
            ),
            (
                News::Announcement { text: "The *season* ends.".to_owned() },
                "**From the staff of the ladder**\nThe *season* ends.",
            ),
            (
                News::SomebodyQueues { races: RaceChoice { bw: Some(race), sc2: None }, at: until },
                "**Somebody is looking for a match** with Brood War, since <t:1800000000:R>. Nobody waits who could be the opponent.",
            ),
            (News::DmsOpen, "Messages reach you here. Use /queue to find a match."),
        ];
        cases.into_iter().for_each(|(news, expected)| {
            assert_eq!(render(&news, Words::of(Locale::EnUs)), expected);
        });
    }

    #[test]
    fn the_longest_news_fit() {
        for news in [
            News::Announcement { text: "*".repeat(1500) },
            News::Banned { until: Some(Timestamp(u64::MAX)), reason: "*".repeat(300) },
        ] {
            assert_fits(&page(&news, Words::of(Locale::EnUs)));
        }
    }
}
