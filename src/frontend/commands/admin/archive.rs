//! A match that is no longer in memory, as staff read it.

use super::pages::{NAME, SHORT, cut, listed, mention, player_line, race, upload_text, verdict};
use crate::frontend::reply::Page;
use crate::frontend::text::{Words, date, plain, relative};
use ipc_schema::archive::{
    ArchivedCase, ArchivedCorrection, ArchivedMatchView, ArchivedResolution, ArchivedUpload, ArchivedVerdict,
};
use ipc_schema::vocab::{Ground, Verdict};

pub(super) fn archive_page(view: &ArchivedMatchView, words: Words) -> Page {
    let match_ = &view.match_;
    let content = words.with("admin-archive", &[("id", match_.match_id.to_string().into())]);
    let ratings = match_.closed.and_then(|closed| closed.ratings);
    let mut lines: Vec<String> = (0..2)
        .map(|slot| {
            let rating = ratings.map(|ratings| ratings[slot]);
            player_line(slot, &view.players[slot], match_.races[slot], rating, match_.reports[slot], words)
        })
        .collect();
    lines.push(format!(
        "{} · {}",
        plain(&view.map_title, SHORT),
        words.name_of("server", match_.server.code())
    ));
    lines.push(words.with("admin-match-paired", &[("at", date(match_.paired_at).into())]));
    lines.extend(match_.started_at.map(|at| words.with("admin-archive-began", &[("at", date(at).into())])));
    lines.push(match match_.closed {
        Some(closed) => words.with(
            "admin-archive-closed",
            &[("at", date(closed.at).into()), ("verdict", in_words(closed.verdict, words).into())],
        ),
        None => words.say("admin-archive-open"),
    });
    lines.extend(match_.resolutions.iter().map(|resolution| resolution_line(resolution, words)));
    lines.extend(match_.corrections.iter().map(|correction| correction_line(correction, words)));
    if match_.others_corrected > 0 {
        lines.push(words.with("admin-archive-others", &[("count", match_.others_corrected.into())]));
    }
    lines.extend(match_.cases.iter().map(|case| case_line(case, words)));
    lines.extend(match_.uploads.iter().map(|upload| upload_line(upload, words)));
    listed(content, &lines)
}

/// With its ground, where it is known.
fn in_words(found: ArchivedVerdict, words: Words) -> String {
    let (text, ground) = match found {
        // The words for it do not say why.
        ArchivedVerdict::Decided { winner, ground } => {
            (verdict(Verdict::Decided { winner, ground: ground.unwrap_or(Ground::Staff) }, words), ground)
        }
        ArchivedVerdict::Drawn { ground } => {
            (verdict(Verdict::Drawn { ground: ground.unwrap_or(Ground::Staff) }, words), ground)
        }
        ArchivedVerdict::Conflict => (verdict(Verdict::Conflict, words), None),
        ArchivedVerdict::Void => (verdict(Verdict::Void, words), None),
        ArchivedVerdict::Aborted { by: Some(by) } => (verdict(Verdict::Aborted { by }, words), None),
        ArchivedVerdict::Aborted { by: None } => (words.say("admin-archive-aborted"), None),
        ArchivedVerdict::Unconfirmed => (words.say("admin-verdict-unconfirmed"), None),
        ArchivedVerdict::Expired => (verdict(Verdict::Expired, words), None),
        ArchivedVerdict::Cancelled { by } => (verdict(Verdict::Cancelled { by }, words), None),
    };
    let Some(ground) = ground else { return text };
    let key = match ground {
        Ground::Recorded => "admin-archive-ground-recorded",
        Ground::OpponentLeftFirst => "admin-archive-ground-left",
        Ground::Reported => "admin-archive-ground-reported",
        Ground::Staff => "admin-archive-ground-staff",
    };
    format!("{text} ({})", words.say(key))
}

fn resolution_line(resolution: &ArchivedResolution, words: Words) -> String {
    let before = match resolution.before {
        Some(before) => in_words(before, words),
        None => words.say("admin-verdict-open"),
    };
    words.with(
        "admin-archive-resolved",
        &[
            ("at", date(resolution.at).into()),
            ("by", mention(resolution.by).into()),
            ("before", before.into()),
            ("after", in_words(resolution.after, words).into()),
        ],
    )
}

fn correction_line(correction: &ArchivedCorrection, words: Words) -> String {
    words.with(
        "admin-archive-corrected",
        &[
            ("slot", u32::from(correction.slot + 1).into()),
            ("race", race(correction.race, words).into()),
            ("before", correction.before.to_string().into()),
            ("after", correction.after.to_string().into()),
        ],
    )
}

fn case_line(case: &ArchivedCase, words: Words) -> String {
    let line = words.with(
        "admin-archive-case",
        &[
            ("id", case.case.to_string().into()),
            ("kind", words.name_of("admin-case", &case.kind).into()),
            ("opened", relative(case.opened_at).into()),
        ],
    );
    let Some((at, by, note)) = &case.closed else { return line };
    let closed = [("at", date(*at).into()), ("by", mention(*by).into())];
    let note = note.as_deref().filter(|note| !note.is_empty());
    let note = note.map_or_else(String::new, |note| format!(": {}", plain(note, SHORT)));
    format!("{line} {}{note}", words.with("admin-archive-case-closed", &closed))
}

fn upload_line(upload: &ArchivedUpload, words: Words) -> String {
    let Some(end) = &upload.end else {
        return upload_text(upload.slot, upload.at, &words.say("admin-upload-in-line"), upload.hash, words);
    };
    let mut text = outcome(&end.outcome, words);
    if let Some(other) = &end.would_be {
        text = words
            .with("admin-archive-would-be", &[("end", text.into()), ("other", outcome(other, words).into())]);
    }
    if let Some(title) = &end.map_title {
        text = format!("{text} ({})", plain(title, NAME));
    }
    upload_text(upload.slot, upload.at, &text, upload.hash, words)
}

/// The word of the table in a player's words; that of a fault as it is.
fn outcome(code: &str, words: Words) -> String {
    match code {
        "decided" => words.say("admin-archive-decided"),
        "undecided" => words.say("admin-upload-undecided"),
        "rejected" => words.say("admin-upload-rejected"),
        "too_late" | "already_decided" | "for_staff" => words.say("admin-upload-late"),
        fault => cut(fault, NAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::archive::{ArchivedClosing, ArchivedEnd, ArchivedMatch};
    use ipc_schema::ids::{CaseId, JobId, MatchId, PlayerId, Seq, UserId};
    use ipc_schema::vocab::{FileHash, Locale, Mmr, Outcome, Race, Server, Timestamp};

    const AT: Timestamp = Timestamp(1_800_000_000_000);

    fn view() -> ArchivedMatchView {
        let upload = |end| ArchivedUpload {
            job: JobId(1),
            slot: 1,
            hash: FileHash([0xab; 32]),
            bytes: 5,
            at: AT,
            end,
        };
        let end = |outcome: &str, would_be: Option<&str>, map_title: Option<&str>| ArchivedEnd {
            outcome: outcome.to_owned(),
            would_be: would_be.map(str::to_owned),
            at: AT,
            map_title: map_title.map(str::to_owned),
            duration_game_loops: None,
        };
        let by_bea = ArchivedVerdict::Decided { winner: 1, ground: Some(Ground::Staff) };
        ArchivedMatchView {
            match_: ArchivedMatch {
                match_id: MatchId(7),
                players: [PlayerId(1), PlayerId(2)],
                races: [Race::BwZerg, Race::Sc2Terran],
                map: "khione".to_owned(),
                server: Server::Kor,
                paired_at: AT,
                started_at: Some(AT),
                reports: [Some(Outcome::Won), None],
                closed: Some(ArchivedClosing {
                    at: AT,
                    verdict: by_bea,
                    ratings: Some([(Mmr(1500), Mmr(1520)), (Mmr(1500), Mmr(1480))]),
                }),
                resolutions: vec![
                    ArchivedResolution {
                        seq: Seq(5),
                        at: AT,
                        by: UserId(9),
                        before: Some(ArchivedVerdict::Decided { winner: 0, ground: None }),
                        after: ArchivedVerdict::Void,
                    },
                    ArchivedResolution {
                        seq: Seq(6),
                        at: AT,
                        by: UserId(9),
                        before: Some(ArchivedVerdict::Void),
                        after: by_bea,
                    },
                ],
                corrections: vec![ArchivedCorrection {
                    seq: Seq(5),
                    slot: 0,
                    race: Race::BwZerg,
                    before: Mmr(1520),
                    after: Mmr(1500),
                }],
                others_corrected: 3,
                uploads: vec![
                    upload(Some(end("decided", None, Some("Khione")))),
                    upload(Some(end("for_staff", Some("undecided"), None))),
                    upload(Some(end("malformed", None, None))),
                    upload(None),
                ],
                cases: vec![ArchivedCase {
                    case: CaseId(3),
                    kind: "dispute".to_owned(),
                    player: Some(PlayerId(2)),
                    job: None,
                    detail: None,
                    opened_at: AT,
                    closed: Some((AT, UserId(9), Some("seen".to_owned()))),
                }],
            },
            players: ["Ana".to_owned(), "Bea".to_owned()],
            map_title: "Khione".to_owned(),
        }
    }

    #[test]
    fn everything_about_an_older_match_is_told() {
        let page = archive_page(&view(), Words::of(Locale::EnUs));
        assert_fits(&page);
        let file = format!("`replays/ab/{}.SC2Replay`", "ab".repeat(32));
        let expected = [
            "**Match 7**, from the archive",
            "1. Ana (BW Zerg): 1500 → 1520 MMR: reported a win",
            "2. Bea (SC2 Terran): 1500 → 1480 MMR",
            "Khione · Korea",
            "Paired <t:1800000000:f>",
            "Began <t:1800000000:f>",
            "Closed <t:1800000000:f>: player 2 won (staff ruled so)",
            "Ruling of <@9>, <t:1800000000:f>: player 1 won → void",
            "Ruling of <@9>, <t:1800000000:f>: void → player 2 won (staff ruled so)",
            "Corrected: player 1 (BW Zerg) 1520 → 1500 MMR",
            "The rulings moved 3 ratings of other players",
            "Case 3, opened <t:1800000000:R>: a player does not agree with how it was decided. Closed <t:1800000000:f> by <@9>: seen",
            &format!("Replay of player 2, <t:1800000000:f>: decided the match (Khione) {file}"),
            &format!(
                "Replay of player 2, <t:1800000000:f>: came too late; in time: says nothing of a winner {file}"
            ),
            &format!("Replay of player 2, <t:1800000000:f>: malformed {file}"),
            &format!("Replay of player 2, <t:1800000000:f>: waits to be read {file}"),
        ];
        let told = text(&page);
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_verdict_has_words_and_the_longest_page_fits() {
        let mut long = view();
        long.players = ["*".repeat(300), "_".repeat(300)];
        long.map_title = "*".repeat(300);
        let match_ = &mut long.match_;
        for upload in &mut match_.uploads {
            upload.end = upload.end.take().map(|end| ArchivedEnd { map_title: Some("*".repeat(300)), ..end });
        }
        match_.cases[0].closed = Some((AT, UserId(u64::MAX), Some("*".repeat(300))));
        match_.uploads = match_.uploads.iter().cycle().take(50).cloned().collect();
        match_.cases = vec![match_.cases[0].clone(); 50];
        match_.resolutions = match_.resolutions.repeat(25);
        match_.others_corrected = u32::MAX;
        let verdicts = [
            (ArchivedVerdict::Drawn { ground: Some(Ground::Reported) }, "a draw (both players said so)"),
            (
                ArchivedVerdict::Decided { winner: 0, ground: Some(Ground::OpponentLeftFirst) },
                "player 1 won (the other player left first)",
            ),
            (ArchivedVerdict::Drawn { ground: None }, "a draw"),
            (ArchivedVerdict::Conflict, "the reports contradict each other"),
            (ArchivedVerdict::Aborted { by: Some(1) }, "player 2 aborted"),
            (ArchivedVerdict::Aborted { by: None }, "a player aborted"),
            (ArchivedVerdict::Unconfirmed, "not confirmed"),
            (ArchivedVerdict::Expired, "nobody finished it"),
            (ArchivedVerdict::Cancelled { by: None }, "cancelled"),
        ];
        for (verdict, words) in verdicts {
            long.match_.closed = Some(ArchivedClosing { at: AT, verdict, ratings: None });
            let page = archive_page(&long, Words::of(Locale::EnUs));
            assert_fits(&page);
            let told = text(&page);
            assert!(
                told.lines().any(|line| line == format!("Closed <t:1800000000:f>: {words}")),
                "{words}: {told}"
            );
        }
    }
}
