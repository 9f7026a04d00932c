//! A match that is no longer in memory, as staff read it.

use super::pages::{LINES, NAME, SHORT, cut, fit, mention, player_line, race, upload_text, verdict};
use crate::frontend::reply::{Page, colour, embed};
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
    let embeds = vec![embed(colour::CALM, None, Some(fit(&lines, LINES)), Vec::new())];
    Page { content, embeds, rows: Vec::new() }
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
