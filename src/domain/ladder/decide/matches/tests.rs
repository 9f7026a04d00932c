//! The life of a match as scripts: when, what happens -> what becomes true.
//!
//! `A` plays Brood War, `B` StarCraft II, paired at 0 s. Between two lines no timer may be over; `time`
//! is a tick at the very moment of the next one. What is about bindings and cards is left out.

use crate::domain::chance::Chance;
use crate::domain::ladder::{Act, Input, Ladder};
use crate::domain::match_::UPLOADS;
use crate::domain::player::month_of;
use crate::domain::season::Season;
use crate::domain::verdict::mod_files::handle;
use ipc_schema::event::{CaseKind, Event, Judged, Names, Pairing};
use ipc_schema::ids::{CaseId, ChannelId, JobId, MatchId, MessageId, PlayerId, UserId};
use ipc_schema::replay::{Fault, ReplayFacts, ReplayPlayer};
use ipc_schema::view::{Claims, Dispute, MatchPhase, UploadEnd};
use ipc_schema::vocab::{
    Caller, FileHash, GameRegion, Ground, Locale, Outcome, Race, RaceChoice, Refusal, Region, Server,
    Timestamp, Toon, Verdict,
};
use std::sync::LazyLock;
use std::time::Duration;

/// 2026-11-21T18:00:00Z.
const EVENING: Timestamp = Timestamp(1_795_284_000_000);
const MATCH: MatchId = MatchId(1);
const PLAYERS: [PlayerId; 2] = [PlayerId(1), PlayerId(2)];

static SEASON: LazyLock<Season> = LazyLock::new(|| crate::season::load(crate::season::Which::Real).unwrap());

struct Table {
    season: &'static Season,
    ladder: Ladder,
    start: Timestamp,
    now: Timestamp,
}

fn at(start: Timestamp, seconds: u64) -> Timestamp {
    start + Duration::from_secs(seconds)
}

fn letter(player: PlayerId) -> char {
    if player == PLAYERS[0] { 'A' } else { 'B' }
}

fn player(word: &str) -> usize {
    ["A", "B"].iter().position(|name| *name == word).unwrap_or_else(|| panic!("{word} is nobody"))
}

impl Table {
    /// Two who have just been paired.
    fn paired(start: Timestamp) -> Table {
        let mut table = Table { season: &SEASON, ladder: Ladder::new(1), start, now: start };
        for player in PLAYERS {
            let names = Names {
                name: format!("P{player}0"),
                battle_tag: format!("P{player}#1234"),
                alternatives: Vec::new(),
                country: "KR".to_owned(),
            };
            let races = RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Terran) };
            for event in [
                Event::PlayerJoined { player, user: UserId(player.0), locale: Locale::EnUs, at: start },
                Event::TermsAnswered { player, accepted: true, at: start },
                Event::NamesSet { player, names },
                Event::RegionSet { player, region: Region::Euw },
                Event::SetupFinished { player, at: start },
                Event::GuideRead { player, at: start },
                Event::RacesChosen { player, races },
            ] {
                table.ladder.evolve(&event);
            }
        }
        table.pair(MATCH);
        table
    }

    fn pair(&mut self, match_id: MatchId) {
        for player in PLAYERS {
            self.ladder.evolve(&Event::Queued { player, at: self.now - Duration::from_secs(100) });
        }
        let pairing = Pairing {
            match_id,
            players: PLAYERS,
            races: [Race::BwZerg, Race::Sc2Terran],
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: self.now + self.season.knobs.confirm_after_wave,
        };
        self.ladder.evolve(&Event::WaveFired { at: self.now, pairings: vec![pairing], generator: 1 });
    }

    fn input(&mut self, input: &Input) -> (Vec<Event>, Option<Refusal>) {
        let decision = self.ladder.decide(self.season, self.now, input);
        decision.events.iter().for_each(|event| self.ladder.evolve(event));
        (decision.events, decision.refusal)
    }

    fn act(&mut self, slot: usize, act: Act) -> (Vec<Event>, Option<Refusal>) {
        let caller = Caller { user: UserId(PLAYERS[slot].0), locale: Locale::EnUs, dm: None };
        self.input(&Input::Act { caller, act })
    }

    /// What a worker reads in the file of a job: `words` are who won, and which game it was.
    fn facts(&self, job: JobId, words: &[&str]) -> ReplayFacts {
        let seat = |slot: usize, outcome| ReplayPlayer {
            toon: Toon { region: GameRegion::Europe.number(), realm: 1, id: PLAYERS[slot].0 },
            name: self.ladder.player(PLAYERS[slot]).unwrap().name(),
            race_text: String::new(),
            race_code: Some(["BWZe", "Terr"][slot].to_owned()),
            outcome,
            left_at_loop: None,
        };
        let (won, lost) = (Some(Outcome::Won), Some(Outcome::Lost));
        let (game, outcomes) = match words {
            ["A", "won", game] => (game, [won, lost]),
            ["B", "won", game] => (game, [lost, won]),
            ["undecided", game] | ["strangers", game] => (game, [None; 2]),
            other => panic!("no game is {other:?}"),
        };
        let mut players = vec![seat(0, outcomes[0]), seat(1, outcomes[1])];
        if words[0] == "strangers" {
            players.iter_mut().for_each(|player| player.name = "Stranger".to_owned());
        }
        let region = GameRegion::Europe;
        let handles = self.season.official_handles(region, "keres_passage");
        ReplayFacts {
            base_build: 95299,
            unlisted_build: false,
            duration_game_loops: 0,
            ended_at_ms: self.ladder.job(job).unwrap().uploaded_at.0,
            map_title: self.season.map("keres_passage").unwrap().title.clone(),
            cache_handles: handles.unwrap_or_else(|| vec![handle(region, &"0".repeat(64))]),
            game_speed: 4,
            random_seed: game.parse().unwrap(),
            is_1v1: true,
            players,
            observers: 0,
            attributes: Vec::new(),
        }
    }

    fn happens(&mut self, what: &str) -> (Vec<Event>, Option<Refusal>) {
        let words: Vec<&str> = what.split_whitespace().collect();
        let match_id = MATCH;
        match words.as_slice() {
            ["time"] => self.input(&Input::Tick),
            ["found", who] => {
                let (card, known) = self.ladder.match_card(match_id, PLAYERS[player(who)]).unwrap();
                let (version, channel) = (known.version, ChannelId(known.player.0));
                self.input(&Input::CardShown { card, version, channel, message: MessageId(card.0) })
            }
            ["confirm", who] => self.act(player(who), Act::Confirm(match_id)),
            ["abort", who] => self.act(player(who), Act::Abort(match_id)),
            ["join", who] => self.act(player(who), Act::JoinQueue),
            ["dispute", who] => self.act(player(who), Act::Dispute { match_id }),
            ["report", who, outcome] => {
                let outcome = Outcome::from_code(outcome).expect("won, lost or draw");
                self.act(player(who), Act::Report { match_id, outcome })
            }
            ["send", who, file] => {
                let hash = FileHash([file.parse().unwrap(); 32]);
                self.act(player(who), Act::Upload { hash, bytes: 9 })
            }
            ["read", job, facts @ ..] => {
                let job = JobId(job.parse().unwrap());
                let facts = Box::new(self.facts(job, facts));
                self.input(&Input::JobRead { job, facts })
            }
            ["fail", job] => {
                self.input(&Input::JobFailed { job: JobId(job.parse().unwrap()), fault: Fault::Malformed })
            }
            ["lost", seconds] => {
                let lost = Duration::from_secs(seconds.parse().unwrap());
                self.input(&Input::TimeLost { since: self.now - lost, until: self.now })
            }
            other => panic!("nothing is {other:?}"),
        }
    }

    fn written(&self, event: &Event) -> Option<String> {
        let since = |at: &Timestamp| at.since(self.start).as_secs();
        let text = match event {
            Event::Found { player, deadline, .. } => {
                format!("{} found until {}s", letter(*player), since(deadline))
            }
            Event::Confirmed { player, .. } => format!("{} confirmed", letter(*player)),
            Event::Reminded { player, .. } => format!("{} reminded", letter(*player)),
            Event::Started { deadline, .. } => format!("started until {}s", since(deadline)),
            Event::AbortSpent { player, .. } => format!("{} spent an abort", letter(*player)),
            Event::TimedOut { player, step, .. } => format!("{} timed out {step}", letter(*player)),
            Event::Requeued { player, since: entered, .. } => {
                let waits = self.now.since(*entered).as_secs();
                format!("{} requeued after {waits}s", letter(*player))
            }
            Event::Queued { player, .. } => format!("{} queued", letter(*player)),
            Event::Closed { verdict, ratings, .. } => {
                assert_eq!(ratings.is_some(), verdict.outcome(0).is_some(), "{event:?}");
                match verdict {
                    Verdict::Decided { winner, ground } => {
                        format!("{} won, {ground:?}", letter(PLAYERS[usize::from(*winner)]))
                    }
                    Verdict::Drawn { ground } => format!("drawn, {ground:?}"),
                    other => format!("{other:?}"),
                }
            }
            Event::ReplayTaken { job, .. } => format!("replay {job}"),
            Event::ReplayJudged { job, judgement, .. } => judged(*job, "is", judgement.outcome),
            Event::ReplayAttached { job, outcome, .. } => judged(*job, "shows", *outcome),
            Event::ReplayFailed { job, .. } => format!("replay {job} failed"),
            Event::Reported { player, outcome, .. } => format!("{} reported {outcome}", letter(*player)),
            Event::Disputed { player, .. } => format!("{} disputed", letter(*player)),
            Event::PlayReminded { number, .. } => format!("both reminded, {number}"),
            Event::CaseOpened { case, kind, .. } => format!("case {case} {}", kind.code()),
            Event::TimeLost { .. }
            | Event::ToonBound { .. }
            | Event::CardShown { .. }
            | Event::ChannelSeen { .. }
            | Event::ModUnverified { .. }
            | Event::RatingSystem { .. }
            | Event::Rated { .. }
            | Event::QueueCardDue { .. } => return None,
            other => panic!("{other:?} has no words"),
        };
        Some(text)
    }

    fn plays(&mut self, script: &str) {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (when, rest) = line.split_once("s ").expect("a line begins with its time");
            let (what, expected) = rest.split_once("->").expect("a line says what becomes true");
            let seconds: f64 = when.parse().unwrap_or_else(|_| panic!("{line}"));
            let at = self.start + Duration::from_secs_f64(seconds);
            // No one waits in a queue without pairs for long, so that waves are no events here.
            let timer = self.ladder.next_tick(self.season, self.now);
            let is_time = what.trim() == "time";
            let due = timer.is_some_and(|timer| if is_time { timer.max(self.now) == at } else { timer < at });
            let waves = self.ladder.queued() > 0;
            assert!(
                waves || due == is_time,
                "{line}: the next timer is {:?}",
                timer.map(|timer| timer.since(self.start))
            );
            self.now = at;
            let (events, refusal) = self.happens(what);
            let mut said: Vec<String> = events.iter().filter_map(|event| self.written(event)).collect();
            said.extend(refusal.map(|refusal| format!("refused: {refusal:?}")));
            assert_eq!(said.join("; "), expected.trim(), "{line}");
        }
    }
}

fn judged(job: JobId, verb: &str, outcome: Judged) -> String {
    let outcome = match outcome {
        Judged::Decided { winner, .. } => format!("{} won", letter(PLAYERS[usize::from(winner)])),
        Judged::Undecided => "undecided".to_owned(),
        Judged::Rejected => "rejected".to_owned(),
        Judged::TooLate => "too late".to_owned(),
        Judged::AlreadyDecided => "already decided".to_owned(),
        Judged::ForStaff => "for staff".to_owned(),
    };
    format!("replay {job} {verb} {outcome}")
}

fn check(script: &str) -> Table {
    let mut table = Table::paired(EVENING);
    table.plays(script);
    table
}

/// As [`check`], once both have confirmed at 10 s.
fn playing(script: &str) -> Table {
    let begin = "2s found A -> A found until 60s
                 2s found B -> B found until 60s
                 9s confirm A -> A confirmed
                10s confirm B -> B confirmed; started until 9010s";
    check(&format!("{begin}\n{script}"))
}

#[test]
fn who_confirmed_goes_back_with_the_old_waiting_time_and_who_did_not_is_timed_out() {
    let table = check(
        "2s found A -> A found until 60s
         3s found B -> B found until 60s
         5s confirm A -> A confirmed
         5s confirm A ->
        23s time -> B reminded
        60s time -> Unconfirmed { confirmed: [true, false] }; A requeued after 160s; B timed out 1
        61s confirm B -> refused: TooLate
        61s join B -> refused: TimedOut { until: Timestamp(1795284360000) }",
    );
    let view = table.ladder.match_view(table.season, table.now, MATCH, PLAYERS[0]).unwrap();
    assert!(matches!(view.phase, MatchPhase::Closed { requeued: true, .. }), "A is told: {view:?}");
}

#[test]
fn one_players_confirmation_silences_nobody_elses_reminder() {
    // Each is reminded 20 s after the own delivery, once.
    check(
        "1s found A -> A found until 60s
         9s found B -> B found until 60s
        21s time -> A reminded
        22s confirm A -> A confirmed
        29s time -> B reminded
        60s time -> Unconfirmed { confirmed: [true, false] }; A requeued after 160s; B timed out 1",
    );
    // Two that are due at one moment are both reminded.
    check(
        "1s found A -> A found until 60s
         1s found B -> B found until 60s
        21s time -> A reminded; B reminded",
    );
}

#[test]
fn the_time_to_confirm_begins_with_the_wave_and_is_extended_by_a_late_delivery_only() {
    check("60s time -> Unconfirmed { confirmed: [false, false] }");
    // What reached nobody is held against nobody; who was reached late has 45 s.
    check(
        "40s found A -> A found until 85s
         60s time -> A reminded
         85s time -> Unconfirmed { confirmed: [false, false] }; A timed out 1",
    );
    // Looking at it again extends nothing.
    check(
        "2s found A -> A found until 60s
        22s time -> A reminded
        50s found A ->
        60s time -> Unconfirmed { confirmed: [false, false] }; A timed out 1",
    );
    // Time that the ladder lost is nobody's.
    check(
        "2s found A -> A found until 60s
        20s lost 10 ->
        22s time -> A reminded
        65s confirm A -> A confirmed
        70s time -> Unconfirmed { confirmed: [true, false] }; A requeued after 170s",
    );
}

#[test]
fn an_abort_costs_one_of_the_months_and_then_time() {
    let mut table = check(
        "2s found B -> B found until 60s
         3s confirm B -> B confirmed
         4s abort A -> A spent an abort; Aborted { by: 0 }; B requeued after 104s
         5s abort A -> refused: TooLate
         5s report A won -> refused: TooLate
         5s dispute A -> refused: NotDisputable
         5s send A 1 -> refused: NoOpenMatch",
    );
    for (match_id, expected) in [(2, 1), (3, 0), (4, 0)] {
        assert_eq!(
            table.ladder.player(PLAYERS[0]).unwrap().aborts_left(table.season, table.now),
            expected + u8::from(match_id < 4)
        );
        if table.ladder.is_queued(PLAYERS[1]) {
            table.ladder.evolve(&Event::LeftQueue { player: PLAYERS[1], at: table.now });
        }
        table.pair(MatchId(match_id));
        let (events, _) = table.act(0, Act::Abort(MatchId(match_id)));
        let timed_out = events.iter().any(|event| matches!(event, Event::TimedOut { step: 1, .. }));
        assert_eq!(timed_out, match_id == 4, "match {match_id}: {events:?}");
    }
}

#[test]
fn aborts_are_refilled_on_the_first_of_each_month_in_utc() {
    // The last millisecond of a year, and of a short month of a leap year.
    for (last, next) in [(1_798_761_599_999, 1_798_761_600_000), (1_709_251_199_999, 1_709_251_200_000)] {
        let (last, next) = (Timestamp(last), Timestamp(next));
        assert_eq!(month_of(next), month_of(last) + 1);
        let mut table = Table::paired(last - Duration::from_secs(1));
        table.now = last;
        let (events, _) = table.act(0, Act::Abort(MATCH));
        assert_eq!(events[0], Event::AbortSpent { player: PLAYERS[0], month: month_of(last) });
        let left = |at| table.ladder.player(PLAYERS[0]).unwrap().aborts_left(table.season, at);
        assert_eq!((left(last), left(next)), (2, 3), "at {last:?}");
    }
}

#[test]
fn agreeing_reports_close_a_match_and_move_the_ratings() {
    for (first, second, expected) in [
        ("won", "lost", "A won, Reported"),
        ("lost", "won", "B won, Reported"),
        ("draw", "draw", "drawn, Reported"),
    ] {
        let table = playing(&format!(
            "600s report A {first} -> A reported {first}
             605s report B {second} -> B reported {second}; {expected}
             606s report B won -> refused: TooLate
             607s join A -> A queued",
        ));
        assert_eq!(table.ladder.counts().matches_decided, 1);
        assert!(table.ladder.cases().is_empty());
    }
}

#[test]
fn a_report_may_be_changed_until_the_other_one_is_in() {
    playing(
        "600s report A lost -> A reported lost
         601s report A lost ->
         602s report A draw -> A reported draw
         603s report A won -> A reported won
         605s report B lost -> B reported lost; A won, Reported",
    );
}

#[test]
fn reports_that_disagree_are_a_conflict_and_a_case_and_both_may_queue() {
    for (first, second) in [("won", "won"), ("lost", "lost"), ("won", "draw"), ("draw", "lost")] {
        let table = playing(&format!(
            "600s report A {first} -> A reported {first}
             605s report B {second} -> B reported {second}; Conflict; case 1 conflict
             606s dispute A -> refused: NotDisputable
             607s join A -> A queued
             608s join B -> B queued",
        ));
        assert_eq!(table.ladder.counts().matches_decided, 0);
        let case = &table.ladder.case_views(table.season, 0, 9)[0];
        let match_ = case.match_.as_ref().unwrap();
        let reports = [0, 1].map(|slot| match_.players[slot].report.unwrap());
        let said = [first, second].map(|said| Outcome::from_code(said).unwrap());
        assert_eq!(reports, [(said[0], at(EVENING, 600)), (said[1], at(EVENING, 605))]);
        assert_eq!((case.kind.clone(), match_.started_at), (CaseKind::Conflict, Some(at(EVENING, 10))));
        assert_eq!(match_.closed, Some((at(EVENING, 605), Verdict::Conflict)));
    }
}

#[test]
fn nothing_can_be_reported_before_both_have_confirmed() {
    check(
        "2s found A -> A found until 60s
         3s report A won -> refused: NotStarted
         3s dispute A -> refused: NotStarted
         3s send A 1 -> refused: NoOpenMatch
         4s confirm A -> A confirmed
         5s report A won -> refused: NotStarted",
    );
}

#[test]
fn an_undecided_replay_is_no_draw_and_the_match_goes_on() {
    let table = playing(
        "600s send A 1 -> replay 1
         601s read 1 undecided 7 -> replay 1 is undecided
         602s send B 2 -> replay 2
         603s read 2 B won 8 -> replay 2 is B won; B won, Recorded",
    );
    assert_eq!(table.ladder.counts().matches_decided, 1);
}

#[test]
fn a_replay_comes_before_reports_whatever_the_order_of_the_two() {
    // It came before the second report.
    playing(
        "600s report A lost -> A reported lost
         601s send A 1 -> replay 1
         602s read 1 A won 7 -> replay 1 is A won; A won, Recorded
         603s report B won -> refused: TooLate",
    );
    // It came before, but is read after: the conflict waits for it, and no longer.
    playing(
        "600s report A won -> A reported won
         601s send A 1 -> replay 1
         602s report B won -> B reported won
         603s read 1 A won 7 -> replay 1 is A won; A won, Recorded",
    );
    playing(
        "600s report A won -> A reported won
         601s send A 1 -> replay 1
         602s report B won -> B reported won
         603s fail 1 -> replay 1 failed
         603s time -> Conflict; case 1 conflict",
    );
    playing(
        "600s report A won -> A reported won
         601s send A 1 -> replay 1
         602s report B won -> B reported won
        1501s time -> Conflict; case 1 conflict
        1502s read 1 A won 7 -> replay 1 is for staff; replay 1 shows A won",
    );
    // Who gives in while it is read ends it at once.
    playing(
        "600s report A won -> A reported won
         601s send A 1 -> replay 1
         602s report B won -> B reported won
         603s report B lost -> B reported lost; A won, Reported
         604s read 1 A won 7 -> replay 1 is too late",
    );
}

#[test]
fn a_replay_after_a_conflict_decides_nothing_and_is_shown_to_staff() {
    let table = playing(
        "600s report A won -> A reported won
         605s report B won -> B reported won; Conflict; case 1 conflict
         610s send A 1 -> replay 1
         611s read 1 A won 7 -> replay 1 is for staff; replay 1 shows A won
         612s send B 2 -> replay 2
         613s read 2 strangers 8 -> replay 2 is for staff; replay 2 shows rejected
         614s send B 3 -> replay 3
         615s fail 3 -> replay 3 failed",
    );
    let case = table.ladder.case_view(table.season, CaseId(1)).unwrap();
    let ends: Vec<(u8, UploadEnd)> =
        case.match_.unwrap().uploads.into_iter().map(|upload| (upload.slot, upload.end)).collect();
    let won = Judged::Decided { winner: 0, ground: Ground::Recorded };
    let expected = [
        (0, UploadEnd::Judged(won)),
        (1, UploadEnd::Judged(Judged::Rejected)),
        (1, UploadEnd::Failed(Fault::Malformed)),
    ];
    assert_eq!(ends, expected);
    assert_eq!(table.ladder.counts().matches_decided, 0);
}

#[test]
fn what_staff_closed_takes_no_more_replays() {
    let mut table = playing(
        "600s report A won -> A reported won
         605s report B won -> B reported won; Conflict; case 1 conflict",
    );
    assert_eq!(table.ladder.close_case(table.now, CaseId(2), UserId(9), "?"), Err(Refusal::CaseUnknown));
    for event in table.ladder.close_case(table.now, CaseId(1), UserId(9), "both agree to drop it").unwrap() {
        table.ladder.evolve(&event);
    }
    assert_eq!(table.ladder.close_case(table.now, CaseId(1), UserId(9), "?"), Err(Refusal::CaseUnknown));
    assert_eq!(table.ladder.open_cases().count(), 0);
    table.plays("610s send A 1 -> refused: NoOpenMatch");
}

#[test]
fn a_match_that_nobody_finishes_is_closed_after_two_reminders() {
    let table = playing(
        "2710s time -> both reminded, 1
         5410s time -> both reminded, 2
         9010s time -> Expired
         9011s report A won -> refused: TooLate",
    );
    assert!(table.ladder.cases().is_empty());
    // Reminders that were missed are one message.
    let mut table = playing("100s confirm A ->");
    table.now = at(EVENING, 6000);
    assert!(table.ladder.next_tick(table.season, table.now).unwrap() <= table.now);
    let (events, _) = table.input(&Input::Tick);
    assert_eq!(events, [Event::PlayReminded { match_id: MATCH, number: 2, at: table.now }]);
}

#[test]
fn one_report_alone_moves_no_rating_and_is_a_case() {
    let table = playing(
        "2710s time -> both reminded, 1
         5410s time -> both reminded, 2
         6000s report B won -> B reported won
         9009.9s report B lost -> B reported lost
         9010s report A won -> refused: TooLate
         9010s time -> Expired; case 1 one_report
         9020s send B 1 -> replay 1
         9021s read 1 B won 7 -> replay 1 is for staff; replay 1 shows B won",
    );
    let kind = &table.ladder.open_cases().next().unwrap().1.kind;
    assert_eq!(*kind, CaseKind::OneReport { by: PLAYERS[1] });
    for (slot, yours, opponent_reported) in [(0, None, true), (1, Some(Outcome::Lost), false)] {
        let view = table.ladder.match_view(table.season, table.now, MATCH, PLAYERS[slot]).unwrap();
        let MatchPhase::Closed { claims, .. } = view.phase else { panic!("{view:?}") };
        assert_eq!(claims, Claims { yours, opponent_reported });
    }
}

#[test]
fn a_result_can_be_disputed_for_ten_minutes_once_by_each() {
    let table = playing(
        "600s send A 1 -> replay 1
         601s read 1 A won 7 -> replay 1 is A won; A won, Recorded
         602s dispute B -> B disputed; case 1 dispute
         603s dispute B ->
        1200.9s dispute A -> A disputed; case 2 dispute
        1201s dispute B ->",
    );
    assert_eq!(table.ladder.counts().matches_decided, 1, "the result stands");
    playing(
        "600s report A won -> A reported won
         601s report B lost -> B reported lost; A won, Reported
        1201s dispute B -> refused: DisputeOver { minutes: 10 }",
    );
    let table = playing(
        "600s report A won -> A reported won
         601s dispute A -> refused: NotDisputable
         601s report B lost -> B reported lost; A won, Reported",
    );
    let dispute = |seconds| {
        table.ladder.find_match(MATCH).unwrap().dispute(&table.season.knobs, at(EVENING, seconds), 1)
    };
    assert_eq!(dispute(1200), Dispute::Until(at(EVENING, 1201)));
    assert_eq!(dispute(1201), Dispute::No);
}

#[test]
fn a_replay_that_names_another_winner_is_a_case_once_a_match() {
    // The same game, then another game of the two, then the same once more.
    playing(
        "600s send A 1 -> replay 1
         600s send B 2 -> replay 2
         600s send B 3 -> replay 3
         600s send B 4 -> replay 4
         601s read 1 A won 7 -> replay 1 is A won; A won, Recorded
         602s read 2 B won 8 -> replay 2 is too late
         603s read 3 B won 7 -> replay 3 is for staff; replay 3 shows B won; case 1 contradiction
         604s read 4 B won 7 -> replay 4 is for staff; replay 4 shows B won",
    );
    // After agreeing reports any game of the match tells.
    playing(
        "600s send A 1 -> replay 1
         600s send A 2 -> replay 2
         601s report A lost -> A reported lost
         602s report B won -> B reported won; B won, Reported
         603s read 1 B won 8 -> replay 1 is too late
         604s read 2 A won 7 -> replay 2 is for staff; replay 2 shows A won; case 1 contradiction",
    );
    playing(
        "600s send A 1 -> replay 1
         601s report A draw -> A reported draw
         602s report B draw -> B reported draw; drawn, Reported
         603s read 1 A won 7 -> replay 1 is for staff; replay 1 shows A won; case 1 contradiction",
    );
}

#[test]
fn two_files_at_once_decide_once_in_either_order() {
    for (first, second) in [(1, 2), (2, 1)] {
        playing(&format!(
            "600s send A 1 -> replay 1
             600s send B 2 -> replay 2
             601s read {first} A won 7 -> replay {first} is A won; A won, Recorded
             602s read {second} A won 7 -> replay {second} is already decided
             603s send A 3 -> refused: AlreadyDecided",
        ));
    }
    // One that proves nothing changes nothing for the other.
    playing(
        "600s send A 1 -> replay 1
         600s send B 2 -> replay 2
         601s read 1 undecided 7 -> replay 1 is undecided
         602s read 2 B won 7 -> replay 2 is B won; B won, Recorded",
    );
}

/// Whatever happens to a match in whatever order, it is open with a timer or closed without, it closes
/// once, and by itself in the end.
#[test]
fn no_order_of_moves_leaves_a_match_without_a_timer() {
    const MOVES: [&str; 16] = [
        "found A",
        "found B",
        "confirm A",
        "confirm B",
        "abort A",
        "report A won",
        "report A lost",
        "report A draw",
        "report B won",
        "report B lost",
        "dispute A",
        "dispute B",
        "lost 1",
        "time",
        "send",
        "read",
    ];
    let mut ends = std::collections::BTreeSet::new();
    for seed in 0..400 {
        let mut table = Table::paired(EVENING);
        let (mut chance, mut closings, mut sent) = (Chance(seed), 0, 0);
        for step in 0..5 + chance.below(40) {
            table.now = table.now + Duration::from_millis(chance.below(20_000) as u64);
            let what = match MOVES[chance.below(MOVES.len())] {
                // Few abort.
                "abort A" if chance.below(10) > 0 => continue,
                "send" => {
                    sent += 1;
                    format!("send {} {}", ["A", "B"][chance.below(2)], sent % 250)
                }
                "read" => {
                    let Some(job) = table.ladder.jobs().next().map(|(job, _)| job) else { continue };
                    let game = chance.below(3);
                    let told = ["A won", "B won", "undecided", "strangers"][chance.below(4)];
                    if chance.below(5) == 0 {
                        format!("fail {job}")
                    } else {
                        format!("read {job} {told} {game}")
                    }
                }
                "found A" | "found B" if table.ladder.match_card(MATCH, PLAYERS[0]).is_none() => continue,
                "found B" if table.ladder.match_card(MATCH, PLAYERS[1]).is_none() => continue,
                other => other.to_owned(),
            };
            let (events, _) = table.happens(&what);
            closings += events.iter().filter(|event| matches!(event, Event::Closed { .. })).count();
            let match_ = table.ladder.find_match(MATCH).unwrap();
            let timer = match_.deadline(&table.season.knobs);
            assert_eq!(timer.is_some(), match_.is_open(), "seed {seed}, step {step}: {what}");
            assert!(match_.uploads_of(0).max(match_.uploads_of(1)) <= usize::from(UPLOADS));
        }
        let end = table.now + Duration::from_secs(4 * 3600);
        while let Some(at) = table.ladder.next_tick(table.season, table.now).filter(|at| *at < end)
            && table.ladder.open_matches() > 0
        {
            table.now = table.now.max(at);
            let (events, _) = table.input(&Input::Tick);
            assert!(!events.is_empty(), "seed {seed}: a timer that is over changes something");
            closings += events.iter().filter(|event| matches!(event, Event::Closed { .. })).count();
        }
        assert_eq!((closings, table.ladder.open_matches()), (1, 0), "seed {seed}");
        if let super::Phase::Closed { verdict, .. } = table.ladder.find_match(MATCH).unwrap().phase {
            ends.insert(format!("{verdict:?}"));
        }
    }
    for end in ["Conflict", "Expired", "Reported", "Recorded", "Aborted", "Unconfirmed"] {
        assert!(ends.iter().any(|found| found.contains(end)), "none ended as {end}: {ends:?}");
    }
}
