//! What a card shows, from the backend's view of it.

use super::commands::match_::{self, append_fact};
use super::commands::queue;
use super::reply::{Page, Tone, field, row};
use super::text::{Words, plain};
use super::{news, refusal};
use ipc_schema::event::{Check, CheckKind, Grade, Judged, Judgement, ModFinding, SeatsFinding};
use ipc_schema::fact_line::FactLine;
use ipc_schema::view::{CardView, ReplayStage, ReplayView};
use ipc_schema::vocab::{Ground, Race};

/// Characters of all lines on checks; what stands above and below them needs room too.
const LINES: usize = 2300;

/// Characters of one expected or found value.
const VALUE: usize = 120;

pub fn render(view: &CardView, words: Words) -> Page {
    match view {
        CardView::Match(view) => match_::render(view, words),
        CardView::Reminder { match_id, deadline } => match_::render_reminder(*match_id, *deadline, words),
        CardView::PlayReminder { match_id, number, deadline } => {
            match_::render_play_reminder(*match_id, *number, *deadline, words)
        }
        CardView::Replay(replay) => {
            let mut page = replay_page(replay, words);
            append_fact(&mut page, FactLine::of(view));
            page
        }
        CardView::News(told) => news::page(told, words),
        CardView::Queue(view) => queue::render(view, words),
        CardView::Notice { refusal, files } => {
            let page = Page::of(refusal::render_files(refusal, *files, words)).tone(Tone::Warning);
            let gate = refusal::gate(refusal, words);
            Page { rows: gate.map(|button| row(vec![button])).into_iter().collect(), ..page }
        }
    }
}

fn replay_page(view: &ReplayView, words: Words) -> Page {
    let id = [("id", view.match_id.to_string().into())];
    match &view.stage {
        ReplayStage::Reading => Page::of(words.with("replay-reading", &id)),
        ReplayStage::InLine { before } => {
            let [id] = id;
            Page::of(words.with("replay-in-line", &[id, ("before", (*before).into())]))
        }
        ReplayStage::Failed { fault } => {
            Page::of(words.with(&format!("replay-fault-{}", fault.code()), &id)).tone(Tone::Warning)
        }
        ReplayStage::Judged { judgement, winner } => {
            let winner = match winner {
                Some(name) => plain(name, 60),
                None => words.say("replay-somebody"),
            };
            let [id] = id;
            let (title, tone) = match judgement.outcome {
                // A replay decides by what it records, or by who left.
                Judged::Decided { ground: Ground::Recorded | Ground::Reported | Ground::Staff, .. } => {
                    (words.with("replay-decided", &[id, ("winner", winner.into())]), Tone::Good)
                }
                Judged::Decided { ground: Ground::OpponentLeftFirst, .. } => {
                    (words.with("replay-decided-left-first", &[id, ("winner", winner.into())]), Tone::Good)
                }
                Judged::Undecided => (words.with("replay-undecided", &[id]), Tone::Warning),
                Judged::Rejected => (words.with("replay-rejected", &[id]), Tone::Bad),
                Judged::TooLate => (words.with("replay-too-late", &[id]), Tone::Warning),
                Judged::AlreadyDecided => (words.with("replay-already-decided", &[id]), Tone::Calm),
                Judged::ForStaff => (words.with("replay-for-staff", &[id]), Tone::Calm),
            };
            checks(Page::of(title).tone(tone), judgement, words)
        }
    }
}

fn checks(page: Page, judgement: &Judgement, words: Words) -> Page {
    if judgement.checks.is_empty() {
        return page;
    }
    let (settings, others): (Vec<&Check>, Vec<&Check>) =
        judgement.checks.iter().partition(|check| check.kind.is_setting());
    let mut lines: Vec<String> = others.iter().map(|check| check_line(check, words)).collect();
    // A lobby as it should be is one line; what is not as it should be is told in small.
    let (right, wrong): (Vec<&Check>, Vec<&Check>) =
        settings.into_iter().partition(|check| check.grade == Grade::Passed);
    if wrong.is_empty() && !right.is_empty() {
        lines.push(format!("{} {}", mark(Grade::Passed), words.say("replay-lobby-right")));
    }
    lines.extend(wrong.iter().map(|check| format!("-# {}", check_line(check, words))));
    let mut room = LINES;
    lines.retain(|line| {
        let length = line.chars().count() + 1;
        let fits = length <= room;
        room -= if fits { length } else { 0 };
        fits
    });
    let page = page.line().text(field(&words.say("replay-checks"), &lines.join("\n")));
    let failed = judgement.checks.iter().filter(|check| check.grade == Grade::Failed);
    // The first of them is what to mend first; an account of somebody else is told above it.
    let first = failed.max_by_key(|check| (check.kind == CheckKind::Owner, std::cmp::Reverse(check.kind)));
    match first {
        Some(check) => page.line().text(words.name_of("replay-todo", check.kind.code())),
        None => page,
    }
}

fn mark(grade: Grade) -> &'static str {
    match grade {
        Grade::Passed => "✅",
        Grade::Warning => "⚠️",
        Grade::Failed => "❌",
    }
}

fn check_line(check: &Check, words: Words) -> String {
    let name = words.name_of("replay-check", check.kind.code());
    let (expected, found) =
        (value(check.kind, &check.expected, words), value(check.kind, &check.found, words));
    let unless_empty = |text: String| if text.is_empty() { words.say("nothing") } else { text };
    let text = match (check.kind, check.grade) {
        (CheckKind::Mod, _) | (CheckKind::Reuse | CheckKind::Owner, Grade::Failed) => {
            words.with("replay-check-passed", &[("check", name.into()), ("found", found.into())])
        }
        (CheckKind::Readable | CheckKind::Reuse | CheckKind::Owner, Grade::Passed) => {
            words.with("replay-check-passed-plain", &[("check", name.into())])
        }
        (_, Grade::Passed) if found.is_empty() => {
            words.with("replay-check-passed-plain", &[("check", name.into())])
        }
        (_, Grade::Passed) => {
            words.with("replay-check-passed", &[("check", name.into()), ("found", found.into())])
        }
        (_, Grade::Warning | Grade::Failed) => words.with(
            "replay-check-differs",
            &[
                ("check", name.into()),
                ("expected", unless_empty(expected).into()),
                ("found", unless_empty(found).into()),
            ],
        ),
    };
    format!("{} {text}", mark(check.grade))
}

/// What was expected or found, in the reader's words where the rules wrote a code. All else comes from
/// people and files.
fn value(kind: CheckKind, text: &str, words: Words) -> String {
    let known = |key: &str| words.say(key);
    let count = |key: &str, name: &'static str, number: usize| words.with(key, &[(name, number.into())]);
    match kind {
        CheckKind::Readable => match text.parse() {
            Ok(SeatsFinding { humans, computers, one_team }) => {
                let key = if one_team { "replay-seats-one-team" } else { "replay-seats" };
                words.with(key, &[("humans", humans.into()), ("computers", computers.into())])
            }
            Err(_) => plain(text, VALUE),
        },
        CheckKind::Races => {
            let one = |text: &str| match Race::from_code(text) {
                Some(race) => words.name_of("race", race.code()),
                None => plain(text, VALUE / 2),
            };
            text.split(", ").take(2).map(one).collect::<Vec<_>>().join(", ")
        }
        CheckKind::Mod => match text.parse() {
            Ok(ModFinding::Official { release }) => {
                words.with("replay-mod-official", &[("release", plain(&release, 40).into())])
            }
            Ok(ModFinding::Fake { files }) => count("replay-mod-fake", "files", files),
            Ok(ModFinding::OtherRegion { files }) => count("replay-mod-region", "files", files),
            Ok(ModFinding::Differs { unknown, missing }) => {
                words.with("replay-mod-differs", &[("unknown", unknown.into()), ("missing", missing.into())])
            }
            Ok(ModFinding::Unlearned { .. }) => known("replay-mod-unverified"),
            Err(_) => plain(text, VALUE),
        },
        CheckKind::Reuse => match text.parse::<u64>() {
            Ok(match_id) => words.with("replay-reuse-match", &[("id", match_id.to_string().into())]),
            Err(_) => plain(text, VALUE),
        },
        CheckKind::Owner if !text.is_empty() => {
            words.with("replay-owner-other", &[("account", plain(text, VALUE).into())])
        }
        CheckKind::Time if is_times(text) => text.to_owned(),
        CheckKind::Privacy => match text {
            "Norm" => known("replay-privacy-normal"),
            "NoMH" => known("replay-privacy-no-match-history"),
            "NoBO" => known("replay-privacy-no-build-order"),
            other => plain(other, VALUE),
        },
        CheckKind::Speed => match text {
            "0" => known("replay-speed-slower"),
            "1" => known("replay-speed-slow"),
            "2" => known("replay-speed-normal"),
            "3" => known("replay-speed-fast"),
            "4" => known("replay-speed-faster"),
            other => plain(other, VALUE),
        },
        CheckKind::Duration => match text.parse::<usize>() {
            Ok(0) => known("replay-duration-infinite"),
            Ok(minutes) => count("replay-duration-minutes", "minutes", minutes),
            Err(_) => plain(text, VALUE),
        },
        CheckKind::Alliances => match text {
            "yes" => known("replay-alliances-locked"),
            "no" => known("replay-alliances-open"),
            other => plain(other, VALUE),
        },
        CheckKind::Identity | CheckKind::Map | CheckKind::Time | CheckKind::Observers | CheckKind::Owner => {
            plain(text, VALUE)
        }
    }
}

/// Discord's own marks for times, which the rules make.
fn is_times(text: &str) -> bool {
    text.len() <= VALUE && text.chars().all(|letter| "<t:0123456789T> –".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::commands::match_::tests::playing;
    use crate::frontend::refusal::tests::every_refusal;
    use crate::frontend::reply::limits::{assert_fits, text};
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

    fn seats(humans: usize, computers: usize) -> String {
        SeatsFinding { humans, computers, one_team: false }.to_string()
    }

    fn shown(checks: Vec<Check>, outcome: Judged) -> String {
        let page = render(&judged(outcome, checks), WORDS());
        assert_fits(&page);
        let (_, checks) =
            text(&page).split_once("\n**Checks**\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let fact = checks.rfind("\n-# match").unwrap();
        checks[..fact].to_owned()
    }

    #[test]
    fn a_rejected_replay_lists_each_check_and_says_what_to_do() {
        let (passed, failed) = (Grade::Passed, Grade::Failed);
        let checks = vec![
            check(CheckKind::Readable, passed, &seats(2, 0), &seats(2, 0)),
            check(CheckKind::Identity, passed, "Flash, Serral", "Flash (2-S2-1-7), Serral (2-S2-1-8)"),
            check(CheckKind::Races, Grade::Warning, "bw_zerg, sc2_terran", "кто знает, sc2_terran"),
            check(CheckKind::Map, failed, "Keres Passage SEL", "Khione SEL"),
            check(CheckKind::Mod, failed, "SC: Evo Complete", &ModFinding::Fake { files: 1 }.to_string()),
            check(CheckKind::Time, Grade::Warning, "<t:1795284000:T> – <t:1795284060:T>", "-3 min"),
            check(CheckKind::Reuse, failed, "new", "12"),
            check(CheckKind::Observers, passed, "0", "0"),
            check(CheckKind::Privacy, Grade::Warning, "Norm", "NoBO"),
            check(CheckKind::Duration, Grade::Warning, "0", ""),
        ];
        let page = render(&judged(Judged::Rejected, checks.clone()), WORDS());
        assert!(text(&page).starts_with("**This replay does not decide match 12.**"), "{}", text(&page));
        assert!(text(&page).ends_with("\n-# match 12 · replay · 3 · rejected"), "{}", text(&page));
        assert_eq!(
            shown(checks, Judged::Rejected),
            "✅ Two players\n\
             ✅ Players: Flash \\(2\\-S2\\-1\\-7\\), Serral \\(2\\-S2\\-1\\-8\\)\n\
             ⚠️ Races: expected BW Zerg, SC2 Terran, found кто знает, SC2 Terran\n\
             ❌ Map: expected Keres Passage SEL, found Khione SEL\n\
             ❌ Mod: not the official mod: 1 file of an unofficial copy\n\
             ⚠️ Time: expected <t:1795284000:T> – <t:1795284060:T>, found \\-3 min\n\
             ❌ New game: this game decided match 12 already\n\
             -# ⚠️ Privacy: expected Normal, found No build order\n\
             -# ⚠️ Duration: expected Infinite, found none\n\
             Send the replay of this match, played on the map of your match sheet."
        );
    }

    #[test]
    fn what_a_check_found_is_told_in_words() {
        let of = |kind, grade, expected: &str, found: &str| {
            let text = shown(vec![check(kind, grade, expected, found)], Judged::Rejected);
            text.lines().next().unwrap().to_owned()
        };
        let (passed, warning, failed) = (Grade::Passed, Grade::Warning, Grade::Failed);
        let two = seats(2, 0);
        let one_team = SeatsFinding { humans: 2, computers: 0, one_team: true }.to_string();
        let mod_of =
            |grade, finding: ModFinding| of(CheckKind::Mod, grade, "SC: Evo Complete", &finding.to_string());
        for (line, expected) in [
            (
                of(CheckKind::Readable, failed, &two, &seats(1, 1)),
                "❌ Two players: expected 2 players, found 1 player and 1 AI",
            ),
            (
                of(CheckKind::Readable, failed, &two, &seats(4, 0)),
                "❌ Two players: expected 2 players, found 4 players",
            ),
            (
                of(CheckKind::Readable, failed, &two, &one_team),
                "❌ Two players: expected 2 players, found 2 players on one team",
            ),
            // As builds before wrote it.
            (of(CheckKind::Readable, failed, "1v1", "4"), "❌ Two players: expected 1v1, found 4"),
            (of(CheckKind::Reuse, passed, "new", "new"), "✅ New game"),
            (
                of(CheckKind::Owner, failed, "", "2-S2-1-7"),
                "❌ Account: 2\\-S2\\-1\\-7 belongs to another player of the ladder",
            ),
            (
                mod_of(passed, ModFinding::Official { release: "2025-11".to_owned() }),
                "✅ Mod: verified (2025\\-11)",
            ),
            (
                mod_of(warning, ModFinding::Unlearned { files: 16 }),
                "⚠️ Mod: unverified, since the ladder does not know this version of the map or mod yet",
            ),
            (
                mod_of(failed, ModFinding::Differs { unknown: 1, missing: 0 }),
                "❌ Mod: not the official mod: 1 unknown file",
            ),
            (
                mod_of(failed, ModFinding::Differs { unknown: 0, missing: 2 }),
                "❌ Mod: not the official mod: 2 files missing",
            ),
            (
                mod_of(failed, ModFinding::Differs { unknown: 3, missing: 1 }),
                "❌ Mod: not the official mod: 3 unknown files, 1 file missing",
            ),
            (
                mod_of(failed, ModFinding::OtherRegion { files: 16 }),
                "❌ Mod: not the official mod: 16 files of another game region",
            ),
            (of(CheckKind::Speed, warning, "4", "2"), "-# ⚠️ Speed: expected Faster, found Normal"),
            (
                of(CheckKind::Duration, warning, "0", "30"),
                "-# ⚠️ Duration: expected Infinite, found 30 minutes",
            ),
            (
                of(CheckKind::Alliances, warning, "yes", "no"),
                "-# ⚠️ Alliances: expected locked, found not locked",
            ),
            (of(CheckKind::Observers, warning, "0", "2"), "-# ⚠️ Observers: expected 0, found 2"),
            (of(CheckKind::Privacy, passed, "Norm", "NoMH"), "✅ Lobby: as on the match sheet"),
        ] {
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn every_failed_check_says_what_to_do() {
        for kind in CheckKind::ALL.into_iter().filter(|kind| !kind.is_setting()) {
            let text = shown(vec![check(kind, Grade::Failed, "a", "b")], Judged::Rejected);
            let todo = text.lines().last().unwrap();
            assert!(todo.ends_with('.') && text.lines().count() == 2, "{kind:?}: {text}");
        }
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
            (judged(Judged::AlreadyDecided, Vec::new()), "already_decided"),
            (judged(Judged::ForStaff, Vec::new()), "for_staff"),
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
            assert!(text(&page).ends_with(&format!("\n-# match 12 · replay · 3 · {fact}")), "{fact}");
        }
    }

    #[test]
    fn a_replay_in_line_tells_how_many_are_before_it() {
        for (before, words) in [(1, "1 replay is before yours."), (2, "2 replays are before yours.")] {
            let page = render(&replay(ReplayStage::InLine { before }), WORDS());
            assert!(text(&page).contains(words), "{}", text(&page));
        }
    }

    #[test]
    fn a_hostile_replay_cannot_fill_or_decorate_the_card() {
        let hostile = "*_@everyone ".repeat(400);
        let kinds = CheckKind::ALL.iter().cycle().take(60);
        let checks = kinds.map(|kind| check(*kind, Grade::Failed, &hostile, &hostile)).collect();
        let page = render(&judged(Judged::Rejected, checks), WORDS());
        assert_fits(&page);
        assert!(!text(&page).contains(" @everyone"));
    }

    #[test]
    fn every_card_fits() {
        let deadline = Timestamp(1_800_000_000_000);
        assert_fits(&render(&CardView::Match(Box::new(playing())), WORDS()));
        assert_fits(&render(&CardView::Reminder { match_id: MatchId(12), deadline }, WORDS()));
        let page = render(&CardView::PlayReminder { match_id: MatchId(12), number: 2, deadline }, WORDS());
        assert_fits(&page);
        assert!(
            text(&page)
                .ends_with("<t:1800000000:R>, and then no rating changes.\n-# match 12 · reminder · 2")
        );
        for refusal in every_refusal() {
            assert_fits(&render(&CardView::Notice { refusal, files: 20 }, WORDS()));
        }
    }
}
