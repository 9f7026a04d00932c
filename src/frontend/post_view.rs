//! What a card in a channel shows: the line of a match, a case, the sheet in the thread of a match.

use super::commands::admin;
use super::commands::match_::link;
use super::custom_id::CustomId;
use super::reply::{Page, button, row};
use super::text::{Words, date, flag, plain, relative};
use ipc_schema::ids::MatchId;
use ipc_schema::view::{CaseView, MatchSheet, PostView, ResultLine, ResultPlayer, SheetPlayer, ThreadView};
use ipc_schema::vocab::{Ground, Outcome, Timestamp, Verdict};
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

pub fn render(view: &PostView, words: Words) -> Page {
    match view {
        PostView::Result(line) => Page::of(result(line, words)),
        PostView::Case(case) => case_page(case, words),
        PostView::Thread(ThreadView::Playing { match_id, sheet, deadline }) => {
            sheet_page(*match_id, sheet, *deadline, words)
        }
        PostView::Thread(ThreadView::Over(line)) => {
            let title = words.with("thread-over", &[("id", line.match_id.to_string().into())]);
            let lines = [title, result(line, words), words.say("thread-closed")];
            Page::of(lines.join("\n"))
        }
    }
}

/// One or two lines.
fn result(line: &ResultLine, words: Words) -> String {
    let (winner, key, ground) = match line.verdict {
        Verdict::Decided { winner, ground } => (usize::from(winner), "log-won", Some(ground)),
        Verdict::Drawn { ground } => (0, "log-drawn", Some(ground)),
        Verdict::Void => (0, "log-void", None),
        Verdict::Aborted { .. }
        | Verdict::Unconfirmed { .. }
        | Verdict::Expired
        | Verdict::Conflict
        | Verdict::Cancelled { .. } => (0, "log-none", None),
    };
    let slot = winner.min(1);
    let mut args = vec![
        ("id", line.match_id.to_string().into()),
        ("winner", player(&line.players[slot], words).into()),
        ("loser", player(&line.players[1 - slot], words).into()),
    ];
    let has_result = line.verdict.outcome(0).is_some();
    let text = match line.map_title.as_ref().filter(|_| has_result) {
        Some(map) => {
            args.push(("map", plain(map, 120).into()));
            words.with(key, &args)
        }
        None if has_result => words.with(&format!("{key}-no-map"), &args),
        None => words.with(key, &args),
    };
    match ground {
        Some(Ground::Staff) => format!("{text}\n-# {}", words.say("log-staff")),
        Some(Ground::Recorded | Ground::OpponentLeftFirst | Ground::Reported) | None => text,
    }
}

fn player(player: &ResultPlayer, words: Words) -> String {
    let mut args = vec![
        ("player", format!("**{}**", plain(&player.name, 60)).into()),
        ("race", words.name_of("race", player.race.code()).into()),
    ];
    let Some((before, after)) = player.ratings else { return words.with("log-player", &args) };
    args.extend([("before", before.to_string().into()), ("after", after.to_string().into())]);
    words.with("log-player-rated", &args)
}

/// The page of `/admin cases` for this one case, whose buttons go when it is closed.
fn case_page(case: &CaseView, words: Words) -> Page {
    let mut page = admin::case_page(0, 1, Some(case), words);
    page.content = words.with(
        "post-case",
        &[
            ("id", case.case.to_string().into()),
            ("match", case.match_id.to_string().into()),
            ("kind", words.name_of("admin-case", case.kind.code()).into()),
            ("opened", relative(case.opened_at).into()),
        ],
    );
    if let Some(closed) = &case.closed {
        let args = [
            ("by", format!("<@{}>", closed.by).into()),
            ("at", date(closed.at).into()),
            ("note", plain(&closed.note, 300).into()),
        ];
        let key = if closed.note.is_empty() { "case-closed" } else { "case-closed-note" };
        page.content = format!("~~{}~~\n{}", page.content, words.with(key, &args));
        page.rows.clear();
    }
    page
}

/// The match sheet for both. What the buttons do depends on who presses them.
fn sheet_page(match_id: MatchId, sheet: &MatchSheet, deadline: Timestamp, words: Words) -> Page {
    let map = words.with(
        "match-map-by",
        &[("title", plain(&sheet.map_title, 120).into()), ("author", plain(&sheet.map_author, 80).into())],
    );
    let region = sheet.server.game_region();
    let server = words.with(
        "match-server-value",
        &[
            ("server", words.name_of("server", sheet.server.code()).into()),
            ("region", words.name_of("game-region", region.code()).into()),
        ],
    );
    let named = |key: &str, text: String| format!("**{}**: {text}", words.say(key));
    let lines = [
        words.with(
            "thread-playing",
            &[
                ("id", match_id.to_string().into()),
                ("first", plain(&sheet.you.name, 60).into()),
                ("second", plain(&sheet.opponent.name, 60).into()),
            ],
        ),
        sheet_player(&sheet.you, words),
        sheet_player(&sheet.opponent, words),
        named("match-map", format!("{map} {}", link(&sheet.map_link))),
        named("match-mod", format!("{} {}", plain(&sheet.mod_title, 120), link(&sheet.mod_link))),
        named("match-server", server),
        named("match-chat", plain(&sheet.chat_channel, 60)),
        named("match-lobby", words.say("match-lobby-value").replace('\n', ", ")),
        words.with("thread-todo", &[("deadline", relative(deadline).into())]),
    ];
    let report = |outcome: &Outcome| {
        let label = words.name_of("match-button", outcome.code());
        button(CustomId::MatchReport(match_id, *outcome), ButtonStyle::Secondary, label)
    };
    let mut buttons: Vec<Component> = Outcome::ALL.iter().map(report).collect();
    let replay = words.say("match-button-replay");
    buttons.push(button(CustomId::MatchReplay(match_id), ButtonStyle::Success, replay));
    buttons.push(button(CustomId::MatchShow, ButtonStyle::Secondary, words.say("match-button-show")));
    Page::of(lines.join("\n")).row(row(buttons))
}

fn sheet_player(player: &SheetPlayer, words: Words) -> String {
    let race = words.name_of("race", player.race.code());
    let race =
        words.with("match-player-race", &[("race", race.into()), ("mmr", player.mmr.to_string().into())]);
    let name = plain(&player.name, 60);
    let mut line =
        format!("{} **{name}** · {race} · {}", flag(&player.country), plain(&player.battle_tag, 80));
    if !player.alternatives.is_empty() {
        let names: Vec<String> = player.alternatives.iter().take(3).map(|name| plain(name, 30)).collect();
        let names = words.with("match-player-alternatives", &[("names", names.join(", ").into())]);
        line = format!("{line} · {names}");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::commands::match_::tests::playing;
    use crate::frontend::reply::limits::assert_fits;
    use ipc_schema::event::CaseKind;
    use ipc_schema::ids::{CaseId, UserId};
    use ipc_schema::view::{CaseClosing, MatchPhase};
    use ipc_schema::vocab::{Locale, Mmr, Race};

    const AT: Timestamp = Timestamp(1_800_000_000_000);
    const WORDS: fn() -> Words = || Words::of(Locale::EnUs);

    fn line(verdict: Verdict) -> ResultLine {
        let player = |name: &str, race, before, after| ResultPlayer {
            name: name.to_owned(),
            race,
            ratings: Some((Mmr(before), Mmr(after))),
        };
        ResultLine {
            match_id: MatchId(12),
            players: [player("Ana", Race::BwZerg, 1500, 1520), player("Bea", Race::Sc2Terran, 1500, 1480)],
            map_title: Some("Khione SEL".to_owned()),
            verdict,
        }
    }

    #[test]
    fn the_line_of_a_match_says_who_won_and_what_it_moved() {
        let recorded = Ground::Recorded;
        let told = |line: ResultLine| render(&PostView::Result(line), WORDS()).content;
        assert_eq!(
            told(line(Verdict::Decided { winner: 1, ground: recorded })),
            "Match 12: **Bea** (SC2 Terran, 1500 → 1480) beat **Ana** (BW Zerg, 1500 → 1520) on Khione SEL"
        );
        let mut ruled = line(Verdict::Decided { winner: 0, ground: Ground::Staff });
        ruled.players.iter_mut().for_each(|player| player.ratings = None);
        ruled.map_title = None;
        assert_eq!(
            told(ruled),
            "Match 12: **Ana** (BW Zerg) beat **Bea** (SC2 Terran)\n-# Staff decided it so."
        );
        assert!(told(line(Verdict::Drawn { ground: recorded })).contains(" drew on Khione SEL"));
        assert!(told(line(Verdict::Void)).ends_with("counts for nothing"));
        assert!(told(line(Verdict::Conflict)).ends_with("has no result"));
    }

    #[test]
    fn a_thread_has_the_sheet_and_the_buttons_of_the_match_until_it_is_over() {
        let MatchPhase::Playing { sheet, deadline, .. } = playing().phase else { unreachable!() };
        let view = ThreadView::Playing { match_id: MatchId(12), sheet, deadline };
        let page = render(&PostView::Thread(view), WORDS());
        assert_fits(&page);
        for words in ["Flash against Serral", "battlenet:", "Privacy: Normal, Speed: Faster", "Send replay"] {
            assert!(page.content.contains(words), "{words}: {}", page.content);
        }
        let buttons = serde_json::to_value(&page.rows).unwrap();
        assert_eq!(buttons[0]["components"][3]["custom_id"], "match:replay:12");
        let over = render(&PostView::Thread(ThreadView::Over(line(Verdict::Expired))), WORDS());
        assert_fits(&over);
        assert!(
            over.rows.is_empty() && over.content.starts_with("**Match 12 is over.**"),
            "{}",
            over.content
        );
    }

    #[test]
    fn a_case_has_its_buttons_until_it_is_closed() {
        let mut case = CaseView {
            case: CaseId(3),
            kind: CaseKind::Conflict,
            opened_at: AT,
            closed: None,
            match_id: MatchId(12),
            match_: None,
        };
        let open = render(&PostView::Case(case.clone()), WORDS());
        assert_fits(&open);
        let buttons = serde_json::to_value(&open.rows).unwrap();
        assert_eq!(buttons[0]["components"][0]["custom_id"], "staff:ask:1:12");
        case.closed = Some(CaseClosing { by: UserId(9), note: String::new(), at: AT });
        let closed = render(&PostView::Case(case), WORDS());
        assert!(closed.rows.is_empty() && closed.content.contains("Closed by <@9>"), "{}", closed.content);
    }
}
