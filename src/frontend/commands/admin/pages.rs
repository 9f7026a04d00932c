//! What staff read.

use super::archive::archive_page;
use super::health;
use crate::frontend::custom_id::{CustomId, StaffOrder};
use crate::frontend::reply::{Page, Tone, button, field, row};
use crate::frontend::text::{Words, date, flag, plain, relative};
use ipc_schema::event::{CaseKind, Judged};
use ipc_schema::ids::UserId;
use ipc_schema::staff::{
    AuditView, KnobView, MatchLine, MatchState, OpenMatch, ProposalView, QueuedPlayer, SnapshotView,
    StaffAct, StaffMatchView, StaffMember, StaffPlayerView, StaffRating, StaffRole, StaffView,
};
use ipc_schema::view::{CaseUpload, CaseView, UploadEnd};
use ipc_schema::vocab::{FileHash, Mmr, Outcome, Race, RaceChoice, Timestamp, Verdict};
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

/// Characters of all lines of one page; a page has 3,200, and its title needs some.
pub(super) const LINES: usize = 2_800;

/// Characters of one name, and of one text, on a line with others.
pub(super) const NAME: usize = 60;
pub(super) const SHORT: usize = 160;

/// Characters of one of four texts of a page.
const FIELD: usize = 700;

pub fn render(view: &StaffView, words: Words) -> Page {
    match view {
        StaffView::Proposal(proposal) => proposal_page(proposal, words),
        StaffView::Done(entry) => done_page(entry, words),
        StaffView::Withdrawn => Page::of(words.say("admin-withdrawn")),
        StaffView::Snapshot(snapshot) => snapshot_page(snapshot, words),
        StaffView::Player(player) => player_page(player, words),
        StaffView::Match(match_) => match_page(match_, words),
        StaffView::ArchivedMatch(match_) => archive_page(match_, words),
        StaffView::Log { page, pages, entries } => log_page(*page, *pages, entries, words),
        StaffView::Health(health) => health::page(health, words),
        StaffView::Roster(members) => roster_page(members, words),
        StaffView::Knobs(knobs) => knobs_page(knobs, words),
        StaffView::Cases { page, pages, case } => case_page(*page, *pages, case.as_deref(), words),
    }
}

fn proposal_page(view: &ProposalView, words: Words) -> Page {
    let title = if view.changed { "admin-propose-changed" } else { "admin-propose" };
    let expires = ("expires", relative(view.expires_at).into());
    let act = ("act", act(&view.act, words, NAME).into());
    let title = words.with(title, &[act, expires]);
    let buttons = vec![
        button(CustomId::StaffDo(view.proposal), ButtonStyle::Danger, words.say("admin-button-do")),
        button(
            CustomId::StaffCancel(view.proposal),
            ButtonStyle::Secondary,
            words.say("admin-button-cancel"),
        ),
    ];
    let page = change(title, &view.act, [&view.reason, &view.before, &view.after], words);
    page.row(row(buttons)).tone(Tone::Warning)
}

/// What is changed why, with before and after.
fn change(content: String, act: &StaffAct<String>, texts: [&str; 3], words: Words) -> Page {
    let [reason, before, after] = texts;
    let mut page = Page::of(content).line();
    let mut room = FIELD;
    if let StaffAct::Announce { text } = act {
        // As everybody will read it. What is there before and after is short.
        page = page.text(text.clone()).line();
        room = SHORT;
    }
    page.text(field(&words.say("admin-reason"), &plain(reason, FIELD)))
        .text(field(&words.say("admin-before"), &cut(&in_words(before, words), room)))
        .text(field(&words.say("admin-after"), &cut(&in_words(after, words), room)))
}

/// What the log keeps of a rating begins with the code of a race.
fn in_words(kept: &str, words: Words) -> String {
    let race = kept.split_once(": ").and_then(|(code, rest)| Some((Race::from_code(code)?, rest)));
    match race {
        Some((race, rest)) => format!("{}: {rest}", words.name_of("race", race.code())),
        None => kept.to_owned(),
    }
}

fn done_page(entry: &AuditView, words: Words) -> Page {
    let number = ("number", entry.proposal.to_string().into());
    let content = words.with("admin-done", &[("act", act(&entry.act, words, NAME).into()), number]);
    change(content, &entry.act, [&entry.reason, &entry.before, &entry.after], words).tone(Tone::Good)
}

/// What is done, in a sentence.
fn act(act: &StaffAct<String>, words: Words, room: usize) -> String {
    let of = |key: &str, player: &str| words.with(key, &[("player", plain(player, NAME).into())]);
    match act {
        StaffAct::SetRole { user, role } => words.with(
            "admin-act-set-role",
            &[("user", mention(*user).into()), ("role", role_name(*role, words).into())],
        ),
        StaffAct::RemoveFromQueue { player } => of("admin-act-remove-from-queue", player),
        StaffAct::ClearQueue => words.say("admin-act-clear-queue"),
        StaffAct::Ban { player, days: None } => of("admin-act-ban-for-good", player),
        StaffAct::Ban { player, days: Some(days) } => words.with(
            "admin-act-ban",
            &[("player", plain(player, NAME).into()), ("days", u32::from(*days).into())],
        ),
        StaffAct::Unban { player } => of("admin-act-unban", player),
        StaffAct::TimeOut { player, minutes: 0 } => of("admin-act-lift-time-out", player),
        StaffAct::TimeOut { player, minutes } => words.with(
            "admin-act-time-out",
            &[("player", plain(player, NAME).into()), ("minutes", (*minutes).into())],
        ),
        StaffAct::ResetAborts { player } => of("admin-act-reset-aborts", player),
        StaffAct::Announce { text } => {
            words.with("admin-act-announce", &[("text", plain(text, room).into())])
        }
        StaffAct::Rename { player, name } => words.with(
            "admin-act-rename",
            &[("player", plain(player, NAME).into()), ("name", plain(name, NAME).into())],
        ),
        StaffAct::SetKnob { name, value } => words.with(
            "admin-act-set-knob",
            &[("name", plain(name, NAME).into()), ("value", plain(value, NAME).into())],
        ),
        StaffAct::RetireHandles { release, region, map } => {
            let region = region.map_or_else(
                || words.say("admin-all-regions"),
                |region| words.name_of("game-region", region.code()),
            );
            let map = map.as_ref().map_or_else(|| words.say("admin-all-maps"), |map| plain(map, NAME));
            words.with(
                "admin-act-retire-handles",
                &[("release", plain(release, NAME).into()), ("where", format!("{region}, {map}").into())],
            )
        }
        StaffAct::MarkFake { file, fake } => {
            let key = if *fake { "admin-act-mark-fake" } else { "admin-act-clear-fake" };
            words.with(key, &[("file", plain(file, 80).into())])
        }
        StaffAct::AllowToons { player, region, count } => words.with(
            "admin-act-allow-accounts",
            &[
                ("player", plain(player, NAME).into()),
                ("region", words.name_of("game-region", region.code()).into()),
                ("count", u32::from(*count).into()),
            ],
        ),
        StaffAct::UnbindToon { player, toon } => words.with(
            "admin-act-unbind-account",
            &[("player", plain(player, NAME).into()), ("account", toon.to_string().into())],
        ),
        StaffAct::Resolve { match_id, verdict: ruling } => words.with(
            "admin-act-resolve",
            &[("id", match_id.to_string().into()), ("verdict", verdict(*ruling, words).into())],
        ),
        StaffAct::AdjustMmr { player, race: of, to } => words.with(
            "admin-act-adjust-mmr",
            &[
                ("player", plain(player, NAME).into()),
                ("race", race(*of, words).into()),
                ("mmr", to.to_string().into()),
            ],
        ),
        StaffAct::CloseCase { case } => {
            words.with("admin-act-close-case", &[("id", case.to_string().into())])
        }
        StaffAct::LearnHandles { case } => {
            words.with("admin-act-learn-handles", &[("id", case.to_string().into())])
        }
    }
}

/// One of `pages` cases, `page` from 0, with a button for each verdict.
pub fn case_page(page: u32, pages: u32, case: Option<&CaseView>, words: Words) -> Page {
    let Some(case) = case else {
        return Page::of(words.say("admin-cases-none"));
    };
    let kind = words.name_of("admin-case", case.kind.code());
    let content = words.with(
        "admin-case",
        &[
            ("id", case.case.to_string().into()),
            ("match", case.match_id.to_string().into()),
            ("kind", kind.into()),
            ("page", (page + 1).into()),
            ("pages", pages.into()),
            ("opened", relative(case.opened_at).into()),
        ],
    );
    let mut lines = Vec::new();
    if let Some(match_) = &case.match_ {
        for (slot, player) in (0..2).zip(&match_.players) {
            let mut line =
                format!("{}. {} ({})", slot + 1, plain(&player.name, NAME), race(player.race, words));
            line.push_str(&report_text(player.report.map(|(outcome, _)| outcome), words));
            lines.push(line);
        }
        lines.push(format!(
            "{} · {}",
            plain(&match_.map_title, SHORT),
            words.name_of("server", match_.server.code())
        ));
        if let Some((at, found)) = match_.closed {
            let told = verdict(found, words);
            lines.push(words.with("admin-case-closed", &[("verdict", told.into()), ("at", date(at).into())]));
        }
        lines.extend(match_.uploads.iter().map(|upload| upload_line(upload, words)));
    }
    match &case.kind {
        CaseKind::Unverified { region, map, files } => lines.push(words.with(
            "admin-case-files",
            &[
                ("region", words.name_of("game-region", region.code()).into()),
                ("map", plain(map, NAME).into()),
                ("files", u32::try_from(files.len()).unwrap_or(u32::MAX).into()),
            ],
        )),
        CaseKind::Clash { toon, owner } => lines.push(words.with(
            "admin-case-account",
            &[("account", toon.to_string().into()), ("player", owner.to_string().into())],
        )),
        CaseKind::Conflict
        | CaseKind::OneReport { .. }
        | CaseKind::Dispute { .. }
        | CaseKind::Contradiction { .. } => {}
    }
    let ask = |order, style, key: &str| button(CustomId::StaffAsk(order), style, words.say(key));
    let id = case.match_id;
    let mut rows = vec![row(vec![
        ask(StaffOrder::Won(id, 0), ButtonStyle::Primary, "admin-button-first"),
        ask(StaffOrder::Won(id, 1), ButtonStyle::Primary, "admin-button-second"),
        ask(StaffOrder::Draw(id), ButtonStyle::Secondary, "admin-button-draw"),
        ask(StaffOrder::Void(id), ButtonStyle::Danger, "admin-button-void"),
    ])];
    let mut others = vec![ask(StaffOrder::Close(case.case), ButtonStyle::Secondary, "admin-button-close")];
    if matches!(case.kind, CaseKind::Unverified { .. }) {
        others.push(ask(StaffOrder::Learn(case.case), ButtonStyle::Success, "admin-button-learn"));
    }
    let turn = |to: u32, key: &str| {
        button(CustomId::StaffCases { page: to }, ButtonStyle::Secondary, words.say(key))
    };
    others.extend((page > 0).then(|| turn(page - 1, "leaderboard-button-previous")));
    others.extend((page + 1 < pages).then(|| turn(page + 1, "leaderboard-button-next")));
    rows.push(row(others));
    Page { rows, ..listed(content, &lines).tone(Tone::Warning) }
}

/// What a player reported, behind the name.
fn report_text(report: Option<Outcome>, words: Words) -> String {
    let key = match report {
        Some(Outcome::Won) => "admin-report-won",
        Some(Outcome::Lost) => "admin-report-lost",
        Some(Outcome::Draw) => "admin-report-draw",
        None => return String::new(),
    };
    format!(": {}", words.say(key))
}

/// A replay and where its file lies in the data folder.
fn upload_line(upload: &CaseUpload, words: Words) -> String {
    let end = match &upload.end {
        UploadEnd::InLine => words.say("admin-upload-in-line"),
        UploadEnd::Judged(Judged::Decided { winner, .. }) => {
            words.with("admin-verdict-won", &[("slot", u32::from(winner + 1).into())])
        }
        UploadEnd::Judged(Judged::Undecided) => words.say("admin-upload-undecided"),
        UploadEnd::Judged(Judged::Rejected) => words.say("admin-upload-rejected"),
        UploadEnd::Judged(Judged::TooLate | Judged::AlreadyDecided | Judged::ForStaff) => {
            words.say("admin-upload-late")
        }
        UploadEnd::Failed(fault) => fault.code().to_owned(),
    };
    upload_text(upload.slot, upload.at, &end, upload.hash, words)
}

/// The replays of the match that is shown, oldest first.
pub fn replays(view: &StaffView) -> Vec<FileHash> {
    match view {
        StaffView::Match(match_) => match_.uploads.iter().map(|upload| upload.hash).collect(),
        StaffView::ArchivedMatch(view) => view.match_.uploads.iter().map(|upload| upload.hash).collect(),
        _ => Vec::new(),
    }
}

/// What came of a replay, and where its file lies.
pub(super) fn upload_text(slot: u8, at: Timestamp, end: &str, hash: FileHash, words: Words) -> String {
    let hash = hash.to_string();
    let line = words.with(
        "admin-upload",
        &[
            ("slot", u32::from(slot + 1).into()),
            ("at", date(at).into()),
            ("end", end.into()),
            ("file", format!("replays/{}/{hash}.SC2Replay", &hash[..2]).into()),
        ],
    );
    cut(&line, 400)
}

fn knobs_page(knobs: &[KnobView], words: Words) -> Page {
    let line = |knob: &KnobView| {
        let mark = if knob.changed { " ✎" } else { "" };
        format!("`{}` = **{}**{mark} ({})", knob.name, cut(&knob.value, SHORT), cut(&knob.expects, SHORT))
    };
    let lines: Vec<String> = knobs.iter().map(line).collect();
    listed(words.say("admin-knobs"), &lines)
}

fn snapshot_page(view: &SnapshotView, words: Words) -> Page {
    let count = |count: u32| count.to_string().into();
    let content = words.with(
        "admin-snapshot",
        &[
            ("players", count(view.players)),
            ("set-up", count(view.set_up)),
            ("banned", count(view.banned)),
            ("queued", count(view.queued)),
            ("matches", count(view.open_matches)),
            ("decided", view.matches_decided.to_string().into()),
            ("jobs", count(view.jobs)),
            ("cards", count(view.cards_due)),
            ("cases", count(view.cases_open)),
        ],
    );
    let queue = view.queue.iter().map(|entry| queued_line(entry, words)).collect();
    let matches = view.matches.iter().map(|match_| open_line(match_, words)).collect();
    let more = |shown: usize, all: u32| (all as usize > shown).then(|| "…".to_owned());
    [
        ("admin-snapshot-queue", queue, more(view.queue.len(), view.queued)),
        ("admin-snapshot-matches", matches, more(view.matches.len(), view.open_matches)),
    ]
    .into_iter()
    .filter(|(_, lines, _): &(_, Vec<String>, _)| !lines.is_empty())
    .fold(Page::of(content), |page, (title, mut lines, more)| {
        lines.extend(more);
        page.line().text(field(&words.say(title), &fit(&lines, LINES / 2)))
    })
}

fn queued_line(entry: &QueuedPlayer, words: Words) -> String {
    words.with(
        "admin-queued",
        &[
            ("name", plain(&entry.name, NAME).into()),
            ("races", races(entry.races, words).into()),
            ("since", relative(entry.since).into()),
            ("waves", entry.waves.into()),
        ],
    )
}

fn open_line(match_: &OpenMatch, words: Words) -> String {
    let key = if match_.playing { "admin-open-playing" } else { "admin-open-confirming" };
    let [first, second] = &match_.players;
    words.with(
        key,
        &[
            ("id", match_.match_id.to_string().into()),
            ("first", plain(first, NAME).into()),
            ("second", plain(second, NAME).into()),
            ("since", relative(match_.since).into()),
        ],
    )
}

fn player_page(view: &StaffPlayerView, words: Words) -> Page {
    let name = view.names.as_ref().map_or_else(|| words.say("nothing"), |names| plain(&names.name, NAME));
    let content = words.with(
        "admin-player",
        &[("name", name.into()), ("user", mention(view.user).into()), ("id", view.player.to_string().into())],
    );
    let mut lines = Vec::new();
    if let Some(ban) = &view.ban {
        let reason = ("reason", plain(&ban.reason, SHORT).into());
        lines.push(match ban.until {
            Some(until) => words.with("admin-player-banned", &[("until", date(until).into()), reason]),
            None => words.with("admin-player-banned-for-good", &[reason]),
        });
    }
    if let Some(role) = view.role {
        lines.push(words.with("admin-player-role", &[("role", role_name(Some(role), words).into())]));
    }
    let mut gates = Vec::new();
    gates.extend((!view.terms_accepted).then(|| words.say("admin-player-no-terms")));
    gates.extend((!view.setup_finished).then(|| words.say("admin-player-no-setup")));
    lines.extend((!gates.is_empty()).then(|| gates.join(", ")));
    if let Some(names) = &view.names {
        let alternatives: Vec<String> = names.alternatives.iter().map(|name| plain(name, NAME)).collect();
        let names_line = [plain(&names.battle_tag, NAME), alternatives.join(", ")];
        let names_line: Vec<String> = names_line.into_iter().filter(|text| !text.is_empty()).collect();
        lines.push(format!("{} {}", flag(&names.country), names_line.join(" · ")));
    }
    let region =
        view.region.map_or_else(|| words.say("nothing"), |region| words.name_of("region", region.code()));
    lines.push(format!("{region} · {}", words.name_of("locale", view.locale.code())));
    if let Some(until) = view.timed_out_until {
        lines.push(words.with("admin-player-timed-out", &[("until", relative(until).into())]));
    }
    lines.push(words.with(
        "admin-player-aborts",
        &[("left", u32::from(view.aborts_left).into()), ("races", races(view.races, words).into())],
    ));
    if !view.toons.is_empty() {
        let toons: Vec<String> = view.toons.iter().map(ToString::to_string).collect();
        lines.push(cut(&toons.join(", "), FIELD));
    }
    lines.extend(
        view.queued_since
            .map(|since| words.with("admin-player-queued", &[("since", relative(since).into())])),
    );
    lines.extend(view.ratings.iter().map(|rating| rating_line(rating, words)));
    lines.extend(view.matches.iter().map(|match_| match_line(match_, words)));
    lines.extend(view.audit.iter().map(|entry| short_entry(entry, words)));
    listed(content, &lines)
}

fn rating_line(rating: &StaffRating, words: Words) -> String {
    words.with(
        "admin-player-rating",
        &[
            ("race", race(rating.race, words).into()),
            ("mmr", rating.mmr.to_string().into()),
            ("wins", rating.wins.to_string().into()),
            ("losses", rating.losses.to_string().into()),
            ("draws", rating.draws.to_string().into()),
            ("last", relative(rating.last_played).into()),
        ],
    )
}

fn match_line(match_: &MatchLine, words: Words) -> String {
    let verdict = match match_.verdict {
        Some(found) => verdict(found, words),
        None => words.say("admin-verdict-open"),
    };
    words.with(
        "admin-player-match",
        &[
            ("id", match_.match_id.to_string().into()),
            ("opponent", plain(&match_.opponent, NAME).into()),
            ("slot", u32::from(match_.slot + 1).into()),
            ("verdict", verdict.into()),
            ("at", relative(match_.paired_at).into()),
        ],
    )
}

/// A player of a match: what of, how the rating moved, and what was reported.
pub(super) fn player_line(
    slot: usize,
    name: &str,
    of: Race,
    rating: Option<(Mmr, Mmr)>,
    report: Option<Outcome>,
    words: Words,
) -> String {
    let mut line = format!("{}. {} ({})", slot + 1, plain(name, NAME), race(of, words));
    if let Some((before, after)) = rating {
        line.push_str(&format!(": {before} → {after} MMR"));
    }
    line.push_str(&report_text(report, words));
    line
}

fn match_page(view: &StaffMatchView, words: Words) -> Page {
    let content = words.with("admin-match", &[("id", view.match_id.to_string().into())]);
    let mut lines: Vec<String> = (0..2)
        .map(|slot| {
            let rating = view.ratings.map(|ratings| ratings[slot]);
            player_line(slot, &view.players[slot], view.races[slot], rating, view.reports[slot], words)
        })
        .collect();
    lines.push(format!(
        "{} · {}",
        plain(&view.map_title, SHORT),
        words.name_of("server", view.server.code())
    ));
    lines.push(words.with("admin-match-paired", &[("at", date(view.paired_at).into())]));
    match view.state {
        MatchState::Confirming { deadline, found, confirmed } => {
            lines.push(words.with("admin-match-confirming", &[("deadline", relative(deadline).into())]));
            for slot in 0..2 {
                let key = match (found[slot], confirmed[slot]) {
                    (_, true) => "admin-seat-confirmed",
                    (Some(_), false) => "admin-seat-found",
                    (None, false) => "admin-seat-not-reached",
                };
                lines.push(format!("{}. {}", slot + 1, words.say(key)));
            }
        }
        MatchState::Playing { since, deadline } => lines.push(words.with(
            "admin-match-playing",
            &[("since", date(since).into()), ("deadline", relative(deadline).into())],
        )),
        MatchState::Closed { verdict: found } => {
            lines.push(words.with("admin-match-closed", &[("verdict", verdict(found, words).into())]));
        }
    }
    lines.extend(
        view.cases.iter().map(|case| words.with("admin-match-case", &[("id", case.to_string().into())])),
    );
    lines.extend(view.uploads.iter().map(|upload| upload_line(upload, words)));
    listed(content, &lines)
}

pub(super) fn verdict(verdict: Verdict, words: Words) -> String {
    let player = |key: &str, slot: u8| words.with(key, &[("slot", u32::from(slot + 1).into())]);
    match verdict {
        Verdict::Decided { winner, .. } => player("admin-verdict-won", winner),
        Verdict::Drawn { .. } => words.say("admin-verdict-drawn"),
        Verdict::Aborted { by } => player("admin-verdict-aborted", by),
        Verdict::Unconfirmed { .. } => words.say("admin-verdict-unconfirmed"),
        Verdict::Expired => words.say("admin-verdict-expired"),
        Verdict::Conflict => words.say("admin-verdict-conflict"),
        Verdict::Void => words.say("admin-verdict-void"),
        Verdict::Cancelled { by: Some(slot) } => player("admin-verdict-cancelled-by", slot),
        Verdict::Cancelled { by: None } => words.say("admin-verdict-cancelled"),
    }
}

fn log_page(page: u32, pages: u32, entries: &[AuditView], words: Words) -> Page {
    if entries.is_empty() {
        return Page::of(words.say("admin-log-empty"));
    }
    let content = words.with("admin-log", &[("page", (page + 1).into()), ("pages", pages.into())]);
    let lines: Vec<String> = entries.iter().map(|entry| whole_entry(entry, words)).collect();
    let turn =
        |to: u32, key: &str| button(CustomId::StaffLog { page: to }, ButtonStyle::Secondary, words.say(key));
    let mut turns: Vec<Component> = Vec::new();
    turns.extend((page > 0).then(|| turn(page - 1, "leaderboard-button-previous")));
    turns.extend((page + 1 < pages).then(|| turn(page + 1, "leaderboard-button-next")));
    let rows = if turns.is_empty() { Vec::new() } else { vec![row(turns)] };
    Page { rows, ..listed(content, &lines) }
}

fn whole_entry(entry: &AuditView, words: Words) -> String {
    format!("{}\n-# {} → {}", short_entry(entry, words), cut(&entry.before, SHORT), cut(&entry.after, SHORT))
}

fn short_entry(entry: &AuditView, words: Words) -> String {
    words.with(
        "admin-log-entry",
        &[
            ("number", entry.proposal.to_string().into()),
            ("at", date(entry.at).into()),
            ("by", mention(entry.by).into()),
            ("act", act(&entry.act, words, SHORT).into()),
            ("reason", plain(&entry.reason, SHORT).into()),
        ],
    )
}

fn roster_page(members: &[StaffMember], words: Words) -> Page {
    let line = |member: &StaffMember| {
        let name = member.name.as_ref().map_or_else(String::new, |name| format!(" ({})", plain(name, NAME)));
        format!("{}: {}{name}", role_name(Some(member.role), words), mention(member.user))
    };
    let lines: Vec<String> = members.iter().map(line).collect();
    listed(words.say("admin-roster"), &lines)
}

fn role_name(role: Option<StaffRole>, words: Words) -> String {
    words.name_of("staff-role", role.map_or("none", StaffRole::code))
}

pub(super) fn race(race: Race, words: Words) -> String {
    words.name_of("race", race.code())
}

fn races(choice: RaceChoice, words: Words) -> String {
    let chosen: Vec<String> =
        [choice.bw, choice.sc2].into_iter().flatten().map(|of| race(of, words)).collect();
    if chosen.is_empty() { words.say("nothing") } else { chosen.join(", ") }
}

/// Shown as a name by Discord; it pings nobody.
pub(super) fn mention(user: UserId) -> String {
    format!("<@{user}>")
}

/// What the rules wrote, with Discord's time stamps in it, cut at so many characters.
pub(super) fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max - 1).collect();
    format!("{kept}…")
}

/// A title and lines below it.
pub(super) fn listed(content: String, lines: &[String]) -> Page {
    Page::of(content).line().text(fit(lines, LINES))
}

/// As many lines as there is room for.
pub(super) fn fit(lines: &[String], room: usize) -> String {
    let mut text = String::new();
    let mut left = room;
    for line in lines {
        let length = line.chars().count() + 1;
        if length > left {
            text.push('…');
            break;
        }
        left -= length;
        text.push_str(line);
        text.push('\n');
    }
    text
}
