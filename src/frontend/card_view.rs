//! What a card shows, from the backend's view of it.

use super::commands::match_::{self, append_fact};
use super::refusal;
use super::reply::{Page, colour, embed};
use super::text::{Words, plain};
use ipc_schema::event::{Check, Grade, Judged, Judgement};
use ipc_schema::fact_line::FactLine;
use ipc_schema::view::{CardView, ReplayStage, ReplayView};
use ipc_schema::vocab::Ground;

/// The rules have six checks; a longer list is cut so that it fits an embed.
const CHECKS: usize = 12;

pub fn render(view: &CardView, words: Words) -> Page {
    match view {
        CardView::Match(view) => match_::render(view, words),
        CardView::Reminder { match_id, deadline } => match_::render_reminder(*match_id, *deadline, words),
        CardView::Replay(replay) => {
            let mut page = replay_page(replay, words);
            append_fact(&mut page, FactLine::of(view));
            page
        }
        CardView::Notice { refusal, files } => {
            Page { content: refusal::render_files(refusal, *files, words), ..Page::default() }
        }
    }
}

fn replay_page(view: &ReplayView, words: Words) -> Page {
    let id = [("id", view.match_id.to_string().into())];
    match &view.stage {
        ReplayStage::Reading => Page { content: words.with("replay-reading", &id), ..Page::default() },
        ReplayStage::InLine { before } => {
            let [id] = id;
            let content = words.with("replay-in-line", &[id, ("before", (*before).into())]);
            Page { content, ..Page::default() }
        }
        ReplayStage::Failed { fault } => {
            Page { content: words.with(&format!("replay-fault-{}", fault.code()), &id), ..Page::default() }
        }
        ReplayStage::Judged { judgement, winner } => {
            let winner = match winner {
                Some(name) => plain(name, 60),
                None => words.say("replay-somebody"),
            };
            let [id] = id;
            let (title, stripe) = match judgement.outcome {
                Judged::Decided { ground: Ground::Recorded, .. } => {
                    (words.with("replay-decided", &[id, ("winner", winner.into())]), colour::GOOD)
                }
                Judged::Decided { ground: Ground::OpponentLeftFirst, .. } => {
                    (words.with("replay-decided-left-first", &[id, ("winner", winner.into())]), colour::GOOD)
                }
                Judged::Undecided => (words.with("replay-undecided", &[id]), colour::WARNING),
                Judged::Rejected => (words.with("replay-rejected", &[id]), colour::BAD),
                Judged::TooLate => (words.with("replay-too-late", &[id]), colour::WARNING),
            };
            Page { content: title, embeds: checks(judgement, stripe, words), rows: Vec::new() }
        }
    }
}

fn checks(judgement: &Judgement, stripe: u32, words: Words) -> Vec<twilight_model::channel::message::Embed> {
    if judgement.checks.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> =
        judgement.checks.iter().take(CHECKS).map(|check| check_line(check, words)).collect();
    vec![embed(stripe, Some(words.say("replay-checks")), Some(lines.join("\n")), Vec::new())]
}

fn check_line(check: &Check, words: Words) -> String {
    let name = words.name_of("replay-check", check.kind.code());
    // Times are Discord's own marks, which the rules make; all else comes from people and files.
    let of_times =
        |text: &str| text.len() <= 120 && text.chars().all(|letter| "<t:0123456789:T> –".contains(letter));
    let shown = |text: &String| if of_times(text) { text.clone() } else { plain(text, 120) };
    let (expected, found) = (shown(&check.expected), shown(&check.found));
    let mark = match check.grade {
        Grade::Passed => "✅",
        Grade::Warning => "⚠️",
        Grade::Failed => "❌",
    };
    let text = match check.grade {
        Grade::Passed if found.is_empty() => {
            words.with("replay-check-passed-plain", &[("check", name.into())])
        }
        Grade::Passed => {
            words.with("replay-check-passed", &[("check", name.into()), ("found", found.into())])
        }
        Grade::Warning | Grade::Failed => {
            let or_nothing = |text: String| if text.is_empty() { words.say("nothing") } else { text };
            words.with(
                "replay-check-differs",
                &[
                    ("check", name.into()),
                    ("expected", or_nothing(expected).into()),
                    ("found", or_nothing(found).into()),
                ],
            )
        }
    };
    format!("{mark} {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::commands::match_::tests::playing;
    use crate::frontend::refusal::tests::every_refusal;
    use crate::frontend::reply::limits::assert_fits;
    use ipc_schema::event::CheckKind;
    use ipc_schema::ids::{JobId, MatchId};
    use ipc_schema::replay::Fault;
    use ipc_schema::vocab::{Locale, Timestamp};

    const WORDS: fn() -> Words = || Words::of(Locale::EnUs);

    fn replay(stage: ReplayStage) -> CardView {
        CardView::Replay(Box::new(ReplayView { job: JobId(3), match_id: MatchId(12), stage }))
    }

    fn judged(outcome: Judged, checks: Vec<Check>) -> CardView {
        let winner = matches!(outcome, Judged::Decided { .. }).then(|| "Flash".to_owned());
        replay(ReplayStage::Judged { judgement: Judgement { checks, outcome }, winner })
    }

    fn check(kind: CheckKind, grade: Grade, expected: &str, found: &str) -> Check {
        Check { kind, grade, expected: expected.to_owned(), found: found.to_owned() }
    }

    #[test]
    fn a_rejected_replay_lists_each_check_with_what_was_expected_and_found() {
        let checks = vec![
            check(CheckKind::Readable, Grade::Passed, "", ""),
            check(CheckKind::Identity, Grade::Passed, "Flash, Serral", "Flash, Serral"),
            check(CheckKind::Map, Grade::Failed, "Keres Passage SEL", "Khione SEL"),
            check(CheckKind::Time, Grade::Warning, "<t:1795284000:T> – <t:1795284060:T>", "-3 min"),
        ];
        let page = render(&judged(Judged::Rejected, checks), WORDS());
        assert_fits(&page);
        assert!(page.content.starts_with("**This replay does not decide match 12.**"), "{}", page.content);
        assert!(page.content.ends_with("\n-# match 12 · replay · 3 · rejected"), "{}", page.content);
        assert_eq!(
            page.embeds[0].description.as_deref(),
            Some(
                "✅ Two players\n\
                 ✅ Players: Flash, Serral\n\
                 ❌ Map: expected Keres Passage SEL, found Khione SEL\n\
                 ⚠️ Time: expected <t:1795284000:T> – <t:1795284060:T>, found \\-3 min"
            )
        );
    }

    #[test]
    fn every_outcome_of_a_replay_has_words_and_its_fact() {
        let decided = |ground| Judged::Decided { winner: 0, ground };
        let cases = [
            (replay(ReplayStage::Reading), "reading"),
            (replay(ReplayStage::InLine { before: 2 }), "reading"),
            (replay(ReplayStage::Failed { fault: Fault::NotRead }), "not_read"),
            (judged(decided(Ground::Recorded), Vec::new()), "decided"),
            (judged(decided(Ground::OpponentLeftFirst), Vec::new()), "decided"),
            (judged(Judged::Undecided, Vec::new()), "undecided"),
            (judged(Judged::TooLate, Vec::new()), "too_late"),
            (replay(ReplayStage::Failed { fault: Fault::UnsupportedBuild }), "unsupported_build"),
            (replay(ReplayStage::Failed { fault: Fault::Encrypted }), "encrypted"),
            (replay(ReplayStage::Failed { fault: Fault::Malformed }), "malformed"),
            (replay(ReplayStage::Failed { fault: Fault::TooLarge }), "too_large"),
            (replay(ReplayStage::Failed { fault: Fault::FileLost }), "file_lost"),
            (replay(ReplayStage::Failed { fault: Fault::Killed }), "killed"),
        ];
        for (view, fact) in cases {
            let page = render(&view, WORDS());
            assert_fits(&page);
            assert!(page.content.ends_with(&format!("\n-# match 12 · replay · 3 · {fact}")), "{fact}");
        }
    }

    #[test]
    fn a_replay_in_line_tells_how_many_are_before_it() {
        for (before, words) in [(1, "1 replay is before yours."), (2, "2 replays are before yours.")] {
            let page = render(&replay(ReplayStage::InLine { before }), WORDS());
            assert!(page.content.contains(words), "{}", page.content);
        }
    }

    #[test]
    fn a_hostile_replay_cannot_fill_or_decorate_the_card() {
        let hostile = "*_@everyone ".repeat(400);
        let kinds = CheckKind::ALL.iter().cycle().take(60);
        let checks = kinds.map(|kind| check(*kind, Grade::Failed, &hostile, &hostile)).collect();
        let page = render(&judged(Judged::Rejected, checks), WORDS());
        assert_fits(&page);
        assert!(!page.embeds[0].description.as_deref().unwrap().contains(" @everyone"));
    }

    #[test]
    fn every_card_fits() {
        let deadline = Timestamp(1_800_000_000_000);
        assert_fits(&render(&CardView::Match(Box::new(playing())), WORDS()));
        assert_fits(&render(&CardView::Reminder { match_id: MatchId(12), deadline }, WORDS()));
        for refusal in every_refusal() {
            assert_fits(&render(&CardView::Notice { refusal, files: 20 }, WORDS()));
        }
    }
}
