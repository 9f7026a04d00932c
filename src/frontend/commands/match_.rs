//! `/match`: the player's open match with all its buttons, else the last one; with a number, any match that
//! is over ([`past`]). The cards of a match show the same page.

pub mod past;

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Page, Tone, button, field, row};
use crate::frontend::text::{Words, flag, plain, relative};
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::fact_line::FactLine;
use ipc_schema::ids::MatchId;
use ipc_schema::view::{
    CardView, Claims, Dispute, MatchPhase, MatchSheet, MatchView, ResultView, SheetPlayer,
};
use ipc_schema::vocab::{Ground, Outcome, Timestamp, Verdict};
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

/// `/match`: show my match.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "match",
    desc = "Show your match with all its buttons, or one that is over",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Match {
    /// The number of a match that is over
    #[command(autocomplete = true, min_value = 1)]
    id: Option<i64>,
}

pub const COMMAND: Command = Command {
    name: Match::NAME,
    ack: Ack::Message,
    register: || Match::create_command().into(),
    request,
    suggest: Some(past::suggest),
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let caller = *caller;
    Ok(Plan::Ask(match Match::from_interaction(data.into())?.id {
        None => BackendRequest::Match { caller },
        Some(id) => BackendRequest::PastMatch { caller, match_id: MatchId(id.unsigned_abs()) },
    }))
}

pub fn render(view: &MatchView, words: Words) -> Page {
    let mut page = match &view.phase {
        MatchPhase::Confirming { deadline, you_confirmed, aborts_left } => {
            let deadline = ("deadline", relative(*deadline).into());
            let (title, rows) = if *you_confirmed {
                (words.with("match-found-confirmed", &[deadline]), Vec::new())
            } else {
                (words.with("match-found", &[deadline]), confirm_buttons(view.match_id, *aborts_left, words))
            };
            let page = Page::of(title).text(words.say("match-found-secret")).tone(Tone::Good);
            Page { rows, ..page }
        }
        MatchPhase::Playing { sheet, deadline, claims } => {
            sheet_page(view.match_id, sheet, *deadline, *claims, words)
        }
        MatchPhase::Closed { verdict, your_slot, requeued, result, claims, dispute } => {
            let page = match result {
                Some(result) => played(view.match_id, *verdict, *your_slot, result, words),
                None => unplayed(view.match_id, *verdict, *your_slot, *requeued, *claims, words),
            };
            match dispute {
                Dispute::No => page,
                Dispute::Until(until) => {
                    let id = CustomId::MatchDispute(view.match_id);
                    let dispute = button(id, ButtonStyle::Secondary, words.say("match-button-dispute"));
                    let text = words.with("match-dispute-until", &[("until", relative(*until).into())]);
                    page.line().section(text, dispute)
                }
                Dispute::Filed => page.line().text(words.say("match-disputed")),
            }
        }
    };
    let fact = FactLine::of(&CardView::Match(Box::new(view.clone())));
    append_fact(&mut page, fact);
    page
}

/// The card that asks once more.
pub fn render_reminder(match_id: MatchId, deadline: Timestamp, words: Words) -> Page {
    let content = words.with("match-reminder", &[("deadline", relative(deadline).into())]);
    let confirm = CustomId::MatchConfirm(match_id);
    let buttons = vec![
        button(confirm, ButtonStyle::Success, words.say("match-button-confirm")),
        button(CustomId::MatchShow, ButtonStyle::Secondary, words.say("match-button-show")),
    ];
    let mut page = Page::of(content).row(row(buttons)).tone(Tone::Warning);
    append_fact(&mut page, FactLine::of(&CardView::Reminder { match_id, deadline }));
    page
}

/// The card that tells of the time limit.
pub fn render_play_reminder(match_id: MatchId, number: u8, deadline: Timestamp, words: Words) -> Page {
    let id = ("id", match_id.to_string().into());
    let content = words.with("match-play-reminder", &[id, ("deadline", relative(deadline).into())]);
    let mut page = Page::of(content).row(report_buttons(match_id, None, words)).tone(Tone::Warning);
    append_fact(&mut page, FactLine::of(&CardView::PlayReminder { match_id, number, deadline }));
    page
}

/// Won, lost, draw, what was chosen standing out; and the sheet.
fn report_buttons(match_id: MatchId, chosen: Option<Outcome>, words: Words) -> Component {
    let report = |outcome: &Outcome| {
        let style = if chosen == Some(*outcome) { ButtonStyle::Primary } else { ButtonStyle::Secondary };
        let label = words.name_of("match-button", outcome.code());
        button(CustomId::MatchReport(match_id, *outcome), style, label)
    };
    let mut buttons: Vec<Component> = Outcome::ALL.iter().map(report).collect();
    buttons.push(replay_button(match_id, words));
    buttons.push(button(CustomId::MatchShow, ButtonStyle::Secondary, words.say("match-button-show")));
    row(buttons)
}

/// What was reported so far, or that it may be.
fn claims_lines(claims: Claims, words: Words) -> Vec<String> {
    let yours = claims.yours.map(|outcome| {
        let outcome = words.name_of("match-reported", outcome.code());
        words.with("match-report-yours", &[("outcome", outcome.into())])
    });
    match (yours, claims.opponent_reported) {
        (None, false) => vec![words.say("match-report-todo")],
        (None, true) => vec![words.say("match-report-opponent")],
        (Some(yours), false) => vec![yours],
        // Equal reports would have closed it.
        (Some(yours), true) => vec![yours, words.say("match-report-contradicting")],
    }
}

/// What programs read is always the last text.
pub fn append_fact(page: &mut Page, fact: Option<FactLine>) {
    page.fact = fact.map(|fact| fact.to_string());
}

fn confirm_buttons(match_id: MatchId, aborts_left: u8, words: Words) -> Vec<Component> {
    let confirm = CustomId::MatchConfirm(match_id);
    let abort = words.with("match-button-abort", &[("left", aborts_left.into())]);
    vec![row(vec![
        button(confirm, ButtonStyle::Success, words.say("match-button-confirm")),
        button(CustomId::MatchAbort(match_id), ButtonStyle::Danger, abort),
    ])]
}

fn sheet_page(
    match_id: MatchId,
    sheet: &MatchSheet,
    deadline: Timestamp,
    claims: Claims,
    words: Words,
) -> Page {
    let title = words.with(
        "match-playing",
        &[
            ("id", match_id.to_string().into()),
            ("you", plain(&sheet.you.name, 60).into()),
            ("opponent", plain(&sheet.opponent.name, 60).into()),
        ],
    );
    let todo = words.with("match-playing-todo", &[("deadline", relative(deadline).into())]);
    let map = words.with(
        "match-map-by",
        &[("title", plain(&sheet.map_title, 120).into()), ("author", plain(&sheet.map_author, 80).into())],
    );
    let game_region = sheet.server.game_region();
    let server = words.with(
        "match-server-value",
        &[
            ("server", words.name_of("server", sheet.server.code()).into()),
            ("region", words.name_of("game-region", game_region.code()).into()),
        ],
    );
    let lines: Vec<String> = [title, todo].into_iter().chain(claims_lines(claims, words)).collect();
    let map = format!("{map}\n{}", link(&sheet.map_link));
    let mod_ = format!("{}\n{}", plain(&sheet.mod_title, 120), link(&sheet.mod_link));
    let of = |key: &str, value: String| field(&words.say(key), &value);
    let named = |key: &str, value: String| format!("**{}**: {value}", words.say(key));
    let lobby = [
        named("match-server", server),
        named("match-chat", plain(&sheet.chat_channel, 60)),
        named("match-lobby", words.say("match-lobby-value").replace('\n', " · ")),
    ];
    let problems = sheet.known_problems.iter().map(|problem| {
        let race = words.name_of("race", problem.race.code());
        words.with("match-known-problem", &[("race", race.into()), ("says", problem.says.clone().into())])
    });
    let page = Page::of(lines.join("\n"))
        .line()
        .text(of("match-you", player(&sheet.you, words)))
        .text(of("match-opponent", player(&sheet.opponent, words)))
        .line()
        .text(of("match-map", map))
        .text(of("match-mod", mod_))
        .text(lobby.join("\n"));
    problems
        .fold(page, |page, problem| page.text(problem))
        .line()
        // Spoiler marks are the one thing in a message that a reader can fold.
        .text(of("match-guide", format!("||{}||", words.say("match-guide-value"))))
        .row(report_buttons(match_id, claims.yours, words))
}

/// Opens the modal that takes the replay.
fn replay_button(match_id: MatchId, words: Words) -> Component {
    button(CustomId::MatchReplay(match_id), ButtonStyle::Success, words.say("match-button-replay"))
}

fn player(player: &SheetPlayer, words: Words) -> String {
    let race = words.with(
        "match-player-race",
        &[("race", words.name_of("race", player.race.code()).into()), ("mmr", player.mmr.to_string().into())],
    );
    let race = match player.rank {
        Some(rank) => {
            words.with("match-player-rank", &[("player", race.into()), ("rank", rank.code().into())])
        }
        None => race,
    };
    let mut lines = vec![
        format!("{} **{}** · {race}", flag(&player.country), plain(&player.name, 60)),
        format!("{} · {}", plain(&player.battle_tag, 80), words.name_of("region", player.region.code())),
    ];
    if !player.alternatives.is_empty() {
        let names: Vec<String> = player.alternatives.iter().take(3).map(|name| plain(name, 60)).collect();
        lines.push(words.with("match-player-alternatives", &[("names", names.join(", ").into())]));
    }
    lines.join("\n")
}

/// Discord links no `battlenet:` address, so it is shown ready to be copied.
pub fn link(address: &str) -> String {
    format!("`{}`", address.replace('`', "").chars().take(200).collect::<String>())
}

fn played(match_id: MatchId, verdict: Verdict, your_slot: u8, result: &ResultView, words: Words) -> Page {
    let args = [
        ("id", match_id.to_string().into()),
        ("opponent", plain(&result.opponent, 60).into()),
        ("before", result.before.to_string().into()),
        ("after", result.after.to_string().into()),
        ("change", format!("{:+}", result.after.0.saturating_sub(result.before.0)).into()),
    ];
    let (title, tone) = match result.outcome {
        Outcome::Won => (words.with("match-won", &args), Tone::Good),
        Outcome::Lost => (words.with("match-lost", &args), Tone::Bad),
        Outcome::Draw => (words.with("match-drawn", &args), Tone::Calm),
    };
    let detail = words.with(
        "match-result-detail",
        &[
            ("race", words.name_of("race", result.race.code()).into()),
            ("opponent-race", words.name_of("race", result.opponent_race.code()).into()),
            ("map", plain(&result.map_title, 120).into()),
        ],
    );
    let mut lines = vec![detail];
    if let Verdict::Decided { ground, .. } | Verdict::Drawn { ground } = verdict {
        let won = verdict.outcome(usize::from(your_slot)) == Some(Outcome::Won);
        lines.extend(match ground {
            Ground::Recorded => None,
            Ground::OpponentLeftFirst if won => Some(words.say("match-result-ground")),
            Ground::OpponentLeftFirst => Some(words.say("match-result-ground-lost")),
            Ground::Reported => Some(words.say("match-result-reported")),
            Ground::Staff => Some(words.say("match-result-staff")),
        });
    }
    Page::of(title).text(lines.join("\n")).text(words.say("match-next")).tone(tone)
}

fn unplayed(
    match_id: MatchId,
    verdict: Verdict,
    your_slot: u8,
    requeued: bool,
    claims: Claims,
    words: Words,
) -> Page {
    let id = [("id", match_id.to_string().into())];
    let after = || {
        if requeued { words.say("match-requeued") } else { words.say("match-not-requeued") }
    };
    let lines = match verdict {
        Verdict::Aborted { by } if by == your_slot => vec![words.with("match-aborted-you", &id)],
        Verdict::Aborted { .. } => vec![words.with("match-aborted-opponent", &id), after()],
        Verdict::Unconfirmed { confirmed } => {
            let you = confirmed.get(usize::from(your_slot)).copied().unwrap_or_default();
            if you {
                vec![words.with("match-unconfirmed-opponent", &id), after()]
            } else {
                vec![words.with("match-unconfirmed-you", &id)]
            }
        }
        Verdict::Expired => {
            let key = match (claims.yours, claims.opponent_reported) {
                (Some(_), _) => "match-expired-reported",
                (None, true) => "match-expired-silent",
                (None, false) => "match-expired",
            };
            vec![words.with(key, &id)]
        }
        Verdict::Decided { .. } | Verdict::Drawn { .. } => vec![words.with("match-decided", &id)],
        Verdict::Conflict => vec![words.with("match-conflict", &id)],
        Verdict::Void => vec![words.with("match-void", &id)],
        Verdict::Cancelled { by: Some(slot) } if slot == your_slot => {
            vec![words.with("match-cancelled-you", &id)]
        }
        Verdict::Cancelled { .. } => vec![words.with("match-cancelled", &id), after()],
    };
    Page::of(lines.join("\n")).tone(Tone::Warning)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use crate::frontend::reply::{Block, Body};
    use ipc_schema::view::RaceProblem;
    use ipc_schema::vocab::{Locale, Mmr, Race, Rank, Region, Server};

    const WORDS: fn() -> Words = || Words::of(Locale::EnUs);

    fn sheet() -> MatchSheet {
        MatchSheet {
            you: SheetPlayer {
                name: "Flash".to_owned(),
                country: "KR".to_owned(),
                region: Region::Krj,
                race: Race::BwTerran,
                mmr: Mmr(1740),
                rank: Some(Rank::A),
                battle_tag: "Flash#1234".to_owned(),
                alternatives: vec!["God".to_owned()],
            },
            opponent: SheetPlayer {
                name: "Serral".to_owned(),
                country: "FI".to_owned(),
                region: Region::Euw,
                race: Race::Sc2Zerg,
                mmr: Mmr(1690),
                rank: None,
                battle_tag: "Serral#222".to_owned(),
                alternatives: Vec::new(),
            },
            map: "keres_passage".to_owned(),
            map_title: "Keres Passage SEL".to_owned(),
            map_author: "HyperONE".to_owned(),
            map_link: "battlenet:://starcraft/map/1/367550".to_owned(),
            mod_title: "SC: Evo Complete".to_owned(),
            mod_link: "battlenet:://starcraft/map/1/349669".to_owned(),
            server: Server::Usw,
            chat_channel: "SCEvoLadder".to_owned(),
            known_problems: Vec::new(),
        }
    }

    fn view(phase: MatchPhase) -> MatchView {
        MatchView { match_id: MatchId(12), phase }
    }

    pub(crate) fn playing() -> MatchView {
        played_with(Claims::default())
    }

    fn played_with(claims: Claims) -> MatchView {
        let deadline = Timestamp(1_800_000_000_000);
        view(MatchPhase::Playing { sheet: Box::new(sheet()), deadline, claims })
    }

    fn closed(verdict: Verdict, requeued: bool, result: Option<ResultView>) -> MatchView {
        closed_with(verdict, requeued, result, Claims::default(), Dispute::No)
    }

    fn closed_with(
        verdict: Verdict,
        requeued: bool,
        result: Option<ResultView>,
        claims: Claims,
        dispute: Dispute,
    ) -> MatchView {
        let result = result.map(Box::new);
        view(MatchPhase::Closed { verdict, your_slot: 0, requeued, result, claims, dispute })
    }

    #[test]
    fn before_both_confirmed_nothing_about_the_match_is_told() {
        let deadline = Timestamp(1_800_000_000_000);
        let page =
            render(&view(MatchPhase::Confirming { deadline, you_confirmed: false, aborts_left: 2 }), WORDS());
        assert_fits(&page);
        assert_eq!(
            text(&page),
            "**Match found!** Confirm <t:1800000000:R>, or it goes to somebody else.\n\
             Who you play and where is told when both have confirmed.\n\
             -# match 12 · confirming"
        );
        let json = serde_json::to_value(&page.rows).unwrap();
        assert_eq!(json[0]["components"][0]["custom_id"], "match:confirm:12");
        assert_eq!(json[0]["components"][1]["custom_id"], "match:abort:12");
        assert_eq!(json[0]["components"][1]["label"], "Abort (2 left)");

        let page =
            render(&view(MatchPhase::Confirming { deadline, you_confirmed: true, aborts_left: 2 }), WORDS());
        assert_fits(&page);
        assert!(page.rows.is_empty());
        assert_fits(&render_reminder(MatchId(12), deadline, WORDS()));
    }

    #[test]
    fn the_sheet_has_all_that_two_players_need() {
        let page = render(&playing(), WORDS());
        assert_fits(&page);
        let expected = [
            "**Match 12: Flash against Serral**\n\
             Meet in the game, play, then **drop your replay here**. The ladder closes this match \
             <t:1800000000:R>.\n\
             No replay? Then both of you say below how it ended.",
            "**You**\n🇰🇷 **Flash** · BW Terran, 1740 MMR, rank A\nFlash\\#1234 · Korea and Japan\nalso known as God",
            "**Your opponent**\n🇫🇮 **Serral** · SC2 Zerg, 1690 MMR\nSerral\\#222 · Europe, west",
            "**Map**\nKeres Passage SEL by HyperONE\n`battlenet:://starcraft/map/1/367550`",
            "**Mod**\nSC\\: Evo Complete\n`battlenet:://starcraft/map/1/349669`",
            "**Server**: US West (game region Americas)\n\
             **In-game channel**: SCEvoLadder\n\
             **Lobby settings**: Privacy: Normal · Speed: Faster · Duration: Infinite · Locked alliances: Yes",
        ];
        let (shown, rest) = (text(&page), expected.join("\n"));
        let rest = shown.strip_prefix(&rest).unwrap_or_else(|| panic!("{shown}"));
        assert!(rest.starts_with("\n**How to host**\n||One of you"), "{rest}");
        assert!(
            rest.ends_with("\n-# match 12 · playing · bw_terran · sc2_zerg · keres_passage · USW"),
            "{rest}"
        );
    }

    #[test]
    fn a_known_problem_of_a_race_stands_on_the_sheet() {
        let mut sheet = sheet();
        sheet.known_problems =
            vec![RaceProblem { race: Race::Sc2Zerg, says: "Creep *vanishes*.".to_owned() }];
        let (deadline, claims) = (Timestamp(1_800_000_000_000), Claims::default());
        let view = view(MatchPhase::Playing { sheet: Box::new(sheet), deadline, claims });
        let shown = text(&render(&view, WORDS()));
        assert!(shown.contains("\n**Good to know** · SC2 Zerg: Creep *vanishes*.\n"), "{shown}");
    }

    #[test]
    fn the_longest_sheet_fits() {
        let mut sheet = sheet();
        for player in [&mut sheet.you, &mut sheet.opponent] {
            player.name = "*".repeat(500);
            player.battle_tag = "#".repeat(500);
            player.alternatives = vec!["_".repeat(500); 30];
        }
        sheet.map_title = "[".repeat(500);
        sheet.map_author = "(".repeat(500);
        sheet.map_link = "`x".repeat(500);
        sheet.mod_title = "m".repeat(500);
        sheet.mod_link = "y".repeat(500);
        sheet.chat_channel = "z".repeat(500);
        let problem = RaceProblem { race: Race::BwProtoss, says: "p".repeat(200) };
        sheet.known_problems = vec![problem; 2];
        let deadline = Timestamp(u64::MAX);
        let claims = Claims { yours: Some(Outcome::Lost), opponent_reported: true };
        assert_fits(&render(
            &view(MatchPhase::Playing { sheet: Box::new(sheet), deadline, claims }),
            WORDS(),
        ));
    }

    #[test]
    fn the_sheet_tells_who_has_reported_and_not_what_the_opponent_did() {
        let ids = |page: &Page| {
            let json = serde_json::to_value(&page.rows).unwrap();
            let buttons = json[0]["components"].as_array().unwrap().clone();
            let of = |button: &serde_json::Value| {
                (button["custom_id"].as_str().unwrap().to_owned(), button["style"].as_u64().unwrap())
            };
            buttons.iter().map(of).collect::<Vec<_>>()
        };
        for (yours, opponent_reported, expected, not) in [
            (None, false, "No replay? Then both of you say below", "reported"),
            (None, true, "Your opponent has reported how it ended.", "You reported"),
            (Some(Outcome::Won), false, "You reported: **you won**.", "Your opponent has reported"),
            (Some(Outcome::Draw), true, "Your opponent has reported something else.", "No replay?"),
        ] {
            let page = render(&played_with(Claims { yours, opponent_reported }), WORDS());
            assert_fits(&page);
            assert!(text(&page).contains(expected) && !text(&page).contains(not), "{}", text(&page));
            let buttons = ids(&page);
            let shown: Vec<&str> = buttons.iter().map(|(id, _)| id.as_str()).collect();
            let report = ["match:report:12:won", "match:report:12:lost", "match:report:12:draw"];
            assert_eq!(shown, [report[0], report[1], report[2], "match:replay:12", "match:show"]);
            let chosen = buttons.iter().filter(|(_, style)| *style == 1).map(|(id, _)| id.clone());
            let expected: Vec<String> =
                yours.iter().map(|outcome| format!("match:report:12:{outcome}")).collect();
            assert_eq!(chosen.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_result_says_how_it_moved_the_rating() {
        let result = ResultView {
            outcome: Outcome::Won,
            opponent: "Serral".to_owned(),
            map_title: "Keres Passage SEL".to_owned(),
            race: Race::BwTerran,
            opponent_race: Race::Sc2Zerg,
            before: Mmr(1740),
            after: Mmr(1758),
        };
        let verdict = Verdict::Decided { winner: 0, ground: Ground::Recorded };
        let page = render(&closed(verdict, false, Some(result.clone())), WORDS());
        assert_fits(&page);
        assert_eq!(
            text(&page),
            "**You won match 12** against Serral: 1740 → 1758 MMR (+18)\n\
             BW Terran against SC2 Zerg on Keres Passage SEL\n\
             Use /queue for the next one.\n\
             -# match 12 · won · bw_terran · 1740 · 1758"
        );

        let lost = ResultView { outcome: Outcome::Lost, after: Mmr(1720), ..result };
        let verdict = Verdict::Decided { winner: 1, ground: Ground::OpponentLeftFirst };
        let page = render(&closed(verdict, false, Some(lost)), WORDS());
        assert!(text(&page).starts_with("**You lost match 12** against Serral: 1740 → 1720 MMR (-20)\n"));
        assert!(text(&page).contains("you left first"));
    }

    #[test]
    fn a_result_can_be_disputed_for_a_while() {
        let result = ResultView {
            outcome: Outcome::Lost,
            opponent: "Serral".to_owned(),
            map_title: "Keres Passage SEL".to_owned(),
            race: Race::BwTerran,
            opponent_race: Race::Sc2Zerg,
            before: Mmr(1740),
            after: Mmr(1720),
        };
        let verdict = Verdict::Decided { winner: 1, ground: Ground::Reported };
        let page_of = |dispute| {
            let page = closed_with(verdict, false, Some(result.clone()), Claims::default(), dispute);
            let page = render(&page, WORDS());
            assert_fits(&page);
            page
        };
        let open = page_of(Dispute::Until(Timestamp(1_800_000_000_000)));
        assert!(text(&open).contains("dispute it; the time for that ends <t:1800000000:R>."));
        let body = serde_json::to_string(&Body::of_page(open)).unwrap();
        assert!(body.contains("\"match:dispute:12\""));
        for (dispute, words) in [(Dispute::Filed, true), (Dispute::No, false)] {
            let page = page_of(dispute);
            assert!(!page.blocks.iter().any(|block| matches!(block, Block::Section(..))));
            assert_eq!(text(&page).contains("You disputed this."), words, "{}", text(&page));
        }
    }

    #[test]
    fn a_match_that_one_alone_reported_says_so_to_each() {
        let mine = Claims { yours: Some(Outcome::Won), opponent_reported: false };
        let theirs = Claims { yours: None, opponent_reported: true };
        for (claims, expected) in [
            (mine, "your opponent did not report in time"),
            (theirs, "you did not report in time"),
            (Claims::default(), "nobody finished it in time"),
        ] {
            let view = closed_with(Verdict::Expired, false, None, claims, Dispute::No);
            let page = render(&view, WORDS());
            assert_fits(&page);
            assert!(text(&page).contains(expected), "{}", text(&page));
            assert!(text(&page).ends_with("\n-# match 12 · closed · expired"));
        }
    }

    #[test]
    fn an_unplayed_match_says_why_and_what_is_next() {
        let cases = [
            (Verdict::Aborted { by: 0 }, false, "You aborted match 12.", "aborted"),
            (Verdict::Aborted { by: 1 }, true, "You are back in the queue", "aborted"),
            (Verdict::Aborted { by: 1 }, false, "Use /queue to look for another", "aborted"),
            (Verdict::Unconfirmed { confirmed: [true, false] }, true, "back in the queue", "unconfirmed"),
            (Verdict::Unconfirmed { confirmed: [false, true] }, false, "you did not confirm", "unconfirmed"),
            (Verdict::Expired, false, "nobody finished it in time", "expired"),
        ];
        for (verdict, requeued, expected, fact) in cases {
            let page = render(&closed(verdict, requeued, None), WORDS());
            assert_fits(&page);
            assert!(text(&page).contains(expected), "{verdict:?}: {}", text(&page));
            assert!(text(&page).ends_with(&format!("\n-# match 12 · closed · {fact}")), "{verdict:?}");
        }
    }
}
