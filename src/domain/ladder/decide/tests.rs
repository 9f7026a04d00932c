use super::replays::{AWAITED, LINE, LINE_PER_PLAYER};
use super::*;
use crate::domain::ladder::Counts;
use crate::domain::match_::UPLOADS;
use ipc_schema::event::Names;
use ipc_schema::ids::UserId;
use ipc_schema::replay::Fault;
use ipc_schema::view::{CardView, QueueHint, ReplayStage, Waiting};
use ipc_schema::vocab::{FileHash, Locale, Race, RaceChoice, Region, Server, Verdict};

const NOW: Timestamp = Timestamp(1_795_284_000_000);

fn season() -> Season {
    crate::season::load(crate::season::Which::Real).unwrap()
}

/// Players from 1 on, two and two of whom are found a match.
fn found_events(matches: u64) -> Vec<Event> {
    let mut events = Vec::new();
    let mut pairings = Vec::new();
    for number in 1..=matches * 2 {
        let player = PlayerId(number);
        let names = Names {
            name: format!("P{number:03}"),
            battle_tag: format!("P{number:03}#1234"),
            alternatives: Vec::new(),
            country: "KR".to_owned(),
        };
        events.extend([
            Event::PlayerJoined { player, user: UserId(number), locale: Locale::EnUs, at: NOW },
            Event::TermsAnswered { player, accepted: true, at: NOW },
            Event::NamesSet { player, names },
            Event::RegionSet { player, region: Region::Euw },
            Event::SetupFinished { player, at: NOW },
            Event::RacesChosen {
                player,
                races: RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Terran) },
            },
            Event::Queued { player, at: NOW },
        ]);
        if number % 2 == 0 {
            pairings.push(Pairing {
                match_id: MatchId(number / 2),
                players: [PlayerId(number - 1), player],
                races: [Race::BwZerg, Race::Sc2Terran],
                map: "keres_passage".to_owned(),
                server: Server::Euc,
                confirm_deadline: NOW,
            });
        }
    }
    events.push(Event::WaveFired { at: NOW, pairings, generator: 1 });
    events
}

/// The same when both of each have confirmed.
fn playing(matches: u64) -> Ladder {
    let mut ladder = Ladder::new(1);
    found_events(matches).iter().for_each(|event| ladder.evolve(event));
    for match_id in (1..=matches).map(MatchId) {
        ladder.evolve(&Event::Started { match_id, at: NOW, deadline: NOW + Duration::from_secs(3600) });
    }
    ladder
}

fn input(ladder: &mut Ladder, input: &Input) -> Decision {
    let decision = ladder.decide(&season(), NOW, input);
    decision.events.iter().for_each(|event| ladder.evolve(event));
    decision
}

fn hash(number: u64) -> FileHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    FileHash(hash)
}

fn act(ladder: &mut Ladder, user: u64, act: Act) -> Decision {
    let caller = Caller { user: UserId(user), locale: Locale::EnUs, dm: None };
    input(ladder, &Input::Act { caller, act })
}

fn upload(ladder: &mut Ladder, user: u64, file: u64) -> Option<Refusal> {
    act(ladder, user, Act::Upload { hash: hash(file), bytes: 9 }).refusal
}

fn dropped(ladder: &mut Ladder, job: u64, strike: bool, out_of_tries: bool) -> Vec<Event> {
    input(ladder, &Input::JobDropped { job: JobId(job), strike, out_of_tries }).events
}

fn stage(ladder: &Ladder, job: JobId) -> ReplayStage {
    let card = ladder.jobs[&job].card;
    match ladder.card_view(&season(), NOW, card) {
        Some(CardView::Replay(view)) => view.stage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_line_is_bounded_for_each_player_and_for_all() {
    let mut ladder = playing(LINE as u64);
    for file in 1..=u64::from(LINE_PER_PLAYER) {
        assert_eq!(upload(&mut ladder, 1, file), None);
    }
    assert_eq!(upload(&mut ladder, 1, 99), Some(Refusal::OwnLineFull { limit: LINE_PER_PLAYER }));
    for user in 2.. {
        match upload(&mut ladder, user, 1000 + user) {
            None => {}
            refusal => {
                assert_eq!(refusal, Some(Refusal::LineFull));
                break;
            }
        }
    }
    assert_eq!(ladder.jobs.len(), LINE);
    assert_eq!(upload(&mut ladder, 1, 99), Some(Refusal::OwnLineFull { limit: LINE_PER_PLAYER }));
}

#[test]
fn a_player_sends_so_many_replays_for_one_match_and_no_more() {
    let mut ladder = playing(1);
    for file in 1..=u64::from(UPLOADS) {
        assert_eq!(upload(&mut ladder, 1, file), None, "file {file}");
        input(&mut ladder, &Input::JobFailed { job: JobId(file), fault: Fault::Malformed });
    }
    assert_eq!(upload(&mut ladder, 1, 99), Some(Refusal::TooManyUploads { limit: UPLOADS }));
    assert_eq!(upload(&mut ladder, 2, 99), None, "the other player's are counted apart");
}

#[test]
fn a_match_whose_time_is_over_waits_for_the_replays_that_came_before() {
    let mut ladder = playing(1);
    let season = season();
    let over = NOW + Duration::from_secs(3600);
    let reminded = Event::PlayReminded { match_id: MatchId(1), number: 1, at: NOW };
    ladder.evolve(&reminded);
    assert_eq!(ladder.next_tick(&season, NOW), Some(over));
    assert_eq!(upload(&mut ladder, 1, 7), None);
    assert_eq!(ladder.next_tick(&season, NOW), Some(over), "the file came an hour before");
    let mut ladder = playing(1);
    ladder.evolve(&reminded);
    let just_before = over - Duration::from_secs(1);
    let caller = Caller { user: UserId(1), locale: Locale::EnUs, dm: None };
    let sends = Input::Act { caller, act: Act::Upload { hash: hash(7), bytes: 9 } };
    ladder.decide(&season, just_before, &sends).events.iter().for_each(|event| ladder.evolve(event));
    assert_eq!(ladder.next_tick(&season, over), Some(just_before + AWAITED));
    assert_eq!(ladder.decide(&season, over, &Input::Tick).events, []);
    let late = ladder.check_upload(&season, over, UserId(2), hash(8));
    assert_eq!(late, Err(Refusal::NoOpenMatch));
    input(&mut ladder, &Input::JobFailed { job: JobId(1), fault: Fault::Malformed });
    assert_eq!(ladder.next_tick(&season, over), Some(over));
    let ended = ladder.decide(&season, over, &Input::Tick).events;
    assert!(matches!(ended[..], [Event::Closed { verdict: Verdict::Expired, .. }]), "{ended:?}");
}

#[test]
fn a_refused_upload_is_told_by_the_notice_for_all_of_them() {
    let mut ladder = playing(1);
    let cards = ladder.cards().len();
    for file in 1..=3 {
        assert_eq!(upload(&mut ladder, 1, file), None);
    }
    assert!(upload(&mut ladder, 1, 4).is_some());
    assert_eq!(ladder.cards().len(), cards + 3, "the refusal itself has no card");
    let refusal = Refusal::OwnLineFull { limit: 3 };
    for (files, cards_more) in [(0, 0), (1, 1), (17, 1)] {
        let cards = ladder.cards().len();
        act(&mut ladder, 1, Act::RefuseUpload { refusal: refusal.clone(), files });
        assert_eq!(ladder.cards().len(), cards + cards_more, "{files} files");
    }
    let newest = ladder.cards().due().max().unwrap();
    let view = ladder.card_view(&season(), NOW, newest);
    assert_eq!(view, Some(CardView::Notice { refusal, files: 17 }));
}

#[test]
fn two_strikes_quarantine_a_file_whoever_sends_it() {
    let mut ladder = playing(2);
    assert_eq!(upload(&mut ladder, 1, 7), None);
    assert_eq!(upload(&mut ladder, 3, 7), None);
    assert_eq!(dropped(&mut ladder, 1, true, false), [Event::ReplayStruck { job: JobId(1), strikes: 1 }]);
    assert_eq!(dropped(&mut ladder, 1, false, false), []);
    // The strikes are the file's: the other job of it makes the second, and ends both.
    let failed = |job| Event::ReplayFailed { job: JobId(job), fault: Fault::Killed, strikes: 2, at: NOW };
    assert_eq!(dropped(&mut ladder, 2, true, false), [failed(1), failed(2)]);
    assert_eq!(ladder.jobs().count(), 0);
    for user in [1, 2, 3] {
        assert_eq!(upload(&mut ladder, user, 7), Some(Refusal::FileQuarantined));
    }
    assert_eq!(upload(&mut ladder, 1, 8), None, "the match goes on");
}

#[test]
fn losses_that_nobody_is_blamed_for_end_the_job_and_leave_the_file_alone() {
    let mut ladder = playing(1);
    assert_eq!(upload(&mut ladder, 1, 7), None);
    let not_read =
        |job, strikes| Event::ReplayFailed { job: JobId(job), fault: Fault::NotRead, strikes, at: NOW };
    assert_eq!(dropped(&mut ladder, 1, false, true), [not_read(1, 0)]);
    assert_eq!(upload(&mut ladder, 1, 7), None, "it may be sent again");
    dropped(&mut ladder, 2, true, false);
    assert_eq!(dropped(&mut ladder, 2, false, true), [not_read(2, 1)]);
    assert_eq!(upload(&mut ladder, 1, 7), None);
    dropped(&mut ladder, 3, true, false);
    assert_eq!(upload(&mut ladder, 1, 7), Some(Refusal::FileQuarantined), "a strike is not forgotten");
}

#[test]
fn a_place_is_told_when_it_has_halved_or_the_replay_is_being_read() {
    let mut ladder = playing(1);
    upload(&mut ladder, 1, 7);
    let job = JobId(1);
    let in_line = |before| ReplayStage::InLine { before };
    for (before, shown, told) in [
        (0, ReplayStage::Reading, false),
        (9, in_line(9), true),
        (12, in_line(9), false),
        (5, in_line(9), false),
        (4, in_line(4), true),
        (3, in_line(4), false),
        (1, in_line(1), true),
        (1, in_line(1), false),
        (0, ReplayStage::Reading, true),
        (0, ReplayStage::Reading, false),
        // Its worker died.
        (1, in_line(1), true),
    ] {
        let places = vec![(job, before), (JobId(99), 1)];
        let events = input(&mut ladder, &Input::LineMoved { places }).events;
        assert_eq!(events.len(), usize::from(told), "{before} before");
        assert_eq!(stage(&ladder, job), shown, "{before} before");
    }
}

#[test]
fn a_veto_is_of_a_map_of_the_season_and_there_are_so_many() {
    let mut ladder = playing(1);
    let keys: Vec<String> = season().maps.iter().map(|map| map.key.clone()).collect();
    let allowed = season().knobs.vetoes;
    let most = usize::from(allowed);
    for (maps, refusal) in [
        (keys[..most].to_vec(), None),
        (vec![keys[0].clone(); most + 1], None),
        (keys[..=most].to_vec(), Some(Refusal::TooManyVetoes { allowed })),
        (vec![keys[0].clone(), "of_another_season".to_owned()], Some(Refusal::MapUnknown)),
    ] {
        let decision = act(&mut ladder, 1, Act::ChooseVetoes(maps.clone()));
        assert_eq!(
            (decision.refusal, decision.events.is_empty()),
            (refusal.clone(), refusal.is_some()),
            "{maps:?}"
        );
    }
}

#[test]
fn after_a_decided_match_a_replay_is_answered_so() {
    let mut ladder = playing(2);
    let decided = Verdict::Decided { winner: 0, ground: ipc_schema::vocab::Ground::Recorded };
    for (match_id, verdict) in [(1, decided), (2, Verdict::Expired)] {
        let ratings = None;
        ladder.evolve(&Event::Closed { match_id: MatchId(match_id), verdict, ratings, at: NOW });
    }
    assert_eq!(upload(&mut ladder, 1, 7), Some(Refusal::AlreadyDecided));
    assert_eq!(upload(&mut ladder, 2, 8), Some(Refusal::AlreadyDecided));
    assert_eq!(upload(&mut ladder, 3, 9), Some(Refusal::NoOpenMatch));
    assert_eq!(ladder.counts(), Counts { matches_paired: 2, ..Counts::default() });
}

/// A ladder in which these wait, each with a Brood War race, a StarCraft II race or both.
fn waiting(sides: &[(bool, bool)]) -> (Ladder, Vec<Event>) {
    let mut ladder = Ladder::new(1);
    let mut events = Vec::new();
    for ((bw, sc2), number) in sides.iter().zip(1..) {
        let player = PlayerId(number);
        let races =
            RaceChoice { bw: Some(Race::BwZerg).filter(|_| *bw), sc2: Some(Race::Sc2Zerg).filter(|_| *sc2) };
        events.extend([
            Event::PlayerJoined { player, user: UserId(number), locale: Locale::EnUs, at: NOW },
            Event::RegionSet { player, region: Region::Euw },
            Event::RacesChosen { player, races },
            Event::Queued { player, at: NOW - Duration::from_secs(100 - number) },
        ]);
    }
    events.iter().for_each(|event| ladder.evolve(event));
    (ladder, events)
}

fn hint_of(ladder: &Ladder, player: u64) -> QueueHint {
    ladder.queue_view(&season(), NOW, PlayerId(player)).unwrap().entry.unwrap().hint
}

#[test]
fn a_wave_stores_why_it_left_players_out_and_the_queue_says_so() {
    let (mut ladder, mut events) = waiting(&[(true, false), (true, false), (true, false), (false, true)]);
    assert_eq!(hint_of(&ladder, 3), QueueHint::Fits, "before the first wave it is what the queue looks like");
    let decision = input(&mut ladder, &Input::Tick);
    events.extend(decision.events.iter().cloned());
    assert!(matches!(decision.events[..], [Event::WaveFired { .. }, Event::WaveWeighed { .. }]));
    let outnumbered = QueueHint::Outnumbered { fitting: 1, waiting: Waiting { bw: 3, sc2: 1, both: 0 } };
    assert!(!ladder.is_queued(PlayerId(1)), "who waited longest is paired");
    assert_eq!([hint_of(&ladder, 2), hint_of(&ladder, 3)], [outnumbered; 2]);

    let mut again = Ladder::new(1);
    events.iter().for_each(|event| again.evolve(event));
    ladder.take_changed_cards();
    again.take_changed_cards();
    assert_eq!(again, ladder, "folding the events gives the same state");
}

#[test]
fn a_map_is_one_that_neither_vetoed_and_where_one_is_left_neither_played_last() {
    let season = season();
    let keys: Vec<String> = season.maps.iter().map(|map| map.key.clone()).collect();
    for (vetoes, last, allowed) in [
        ([&keys[..2], &keys[2..4]], [None, None], &keys[4..]),
        ([&keys[..3], &keys[3..6]], [Some(6), Some(7)], &keys[8..]),
        // All that is left was played last: better the same map than a vetoed one.
        ([&keys[..4], &keys[4..8]], [Some(8), None], &keys[8..]),
        ([&keys[..5], &keys[5..]], [None, None], &keys[..]),
    ] {
        let (mut ladder, _) = waiting(&[(true, false), (false, true)]);
        for slot in [0, 1] {
            let player = PlayerId(slot as u64 + 1);
            ladder.queue.get_mut(&player).unwrap().vetoes = vetoes[slot].to_vec();
            ladder.players.get_mut(&player).unwrap().last_map = last[slot].map(|at: usize| keys[at].clone());
        }
        let mut chance = Chance(3);
        for _ in 0..200 {
            let map = ladder.pick_map(&season, [PlayerId(1), PlayerId(2)], &mut chance);
            assert!(allowed.contains(&map), "{map} with vetoes {vetoes:?} after {last:?}");
        }
    }
}

/// The reminders that are due, and to whom.
fn reminders(ladder: &Ladder) -> Vec<PlayerId> {
    let cards = ladder.cards.due().filter_map(|id| ladder.cards.get(id));
    let reminds =
        |content: &Content| matches!(content, Content::Reminder { .. } | Content::PlayReminder { .. });
    cards.filter(|card| reminds(&card.content)).map(|card| card.player).collect()
}

#[test]
fn nobody_is_reminded_of_what_was_confirmed_or_is_over_by_then() {
    let [ana, bea] = [PlayerId(1), PlayerId(2)];
    let match_id = MatchId(1);
    let mut ladder = Ladder::new(1);
    let closed = Event::Closed { match_id, verdict: Verdict::Expired, ratings: None, at: NOW };
    found_events(1).iter().for_each(|event| ladder.evolve(event));
    for player in [ana, bea] {
        ladder.evolve(&Event::Reminded { match_id, player });
    }
    assert_eq!(reminders(&ladder), [ana, bea]);
    ladder.evolve(&Event::Confirmed { match_id, player: ana, at: NOW });
    assert_eq!(reminders(&ladder), [bea]);
    let mut unconfirmed = ladder.clone();
    unconfirmed.evolve(&closed);
    assert_eq!(reminders(&unconfirmed), []);

    ladder.evolve(&Event::Confirmed { match_id, player: bea, at: NOW });
    ladder.evolve(&Event::Started { match_id, at: NOW, deadline: NOW });
    ladder.evolve(&Event::PlayReminded { match_id, number: 1, at: NOW });
    assert_eq!(reminders(&ladder), [ana, bea]);
    ladder.evolve(&closed);
    assert_eq!(reminders(&ladder), []);
}

#[test]
fn time_lost_is_told_at_once_while_a_match_waits_for_its_players_and_to_the_minute_while_it_is_played() {
    const PIECES: u64 = 24;
    let told = |ladder: &mut Ladder| {
        let mut told = Vec::new();
        for piece in 1..=PIECES {
            ladder.take_changed_cards();
            let at = NOW + Duration::from_secs(5 * piece);
            ladder.evolve(&Event::TimeLost { lost_ms: 5_000, at });
            told.push(ladder.take_changed_cards().len());
        }
        told
    };
    let mut found = Ladder::new(1);
    found_events(1).iter().for_each(|event| found.evolve(event));
    assert_eq!(told(&mut found), [2; PIECES as usize]);
    let mut played = playing(1);
    let told = told(&mut played);
    assert_eq!((told.iter().sum::<usize>(), told.iter().max()), (2 * 2, Some(&2)), "{told:?}");
    let Phase::Playing { deadline, .. } = played.matches[&MatchId(1)].phase else { panic!("it is played") };
    assert_eq!(deadline, NOW + Duration::from_secs(3600 + 5 * PIECES), "no time is lost to the players");
}
