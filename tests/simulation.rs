//! Evenings of the ladder, played in memory by people who act by chance: they set up, queue, leave,
//! confirm, abort, look away, upload right and wrong replays, and time passes. After each event the
//! rules that must always hold are checked. [`crowd`] has evenings of up to 2,000 with characters.

pub(crate) mod crowd;

use evoladder::domain::chance::Chance;
use evoladder::domain::ladder::{Act, Decision, Input, Ladder};
use evoladder::domain::match_::Phase;
use evoladder::domain::season::Season;
use evoladder::domain::verdict::mod_files::handle;
use evoladder::season::{Which, load};
use ipc_schema::event::{CaseKind, CheckKind, Event, Judged, Names};
use ipc_schema::ids::{CardId, CaseId, ChannelId, JobId, MatchId, MessageId, PlayerId, UserId};
use ipc_schema::replay::{Fault, ReplayFacts, ReplayPlayer};
use ipc_schema::vocab::{
    Caller, Era, FileHash, GameRegion, Locale, Outcome, Race, Region, TermsAnswer, Timestamp, Toon,
};
use std::time::Duration;

/// 2026-11-21T18:00:00Z.
const EVENING: Timestamp = Timestamp(1_795_284_000_000);

struct Evening {
    season: Season,
    ladder: Ladder,
    events: Vec<Event>,
    chance: Chance,
    seed: u64,
    now: Timestamp,
    people: u64,
}

impl Evening {
    fn new(seed: u64, people: u64) -> Evening {
        Evening {
            season: load(Which::Real).unwrap(),
            ladder: Ladder::new(seed),
            events: Vec::new(),
            chance: Chance(seed),
            seed,
            now: EVENING,
            people,
        }
    }

    fn input(&mut self, input: &Input) -> Decision {
        let decision = self.ladder.decide(&self.season, self.now, input);
        let again = self.ladder.decide(&self.season, self.now, input);
        assert_eq!(decision, again, "seed {}: the same state and input decide the same", self.seed);
        for event in &decision.events {
            let waiting = if matches!(event, Event::WaveFired { .. }) { self.waiting() } else { Vec::new() };
            self.ladder.evolve(event);
            self.check(event);
            self.check_wave(&waiting, event);
            self.events.push(event.clone());
        }
        self.ladder.take_changed_cards();
        decision
    }

    fn check(&self, event: &Event) {
        let seed = self.seed;
        match event {
            Event::Queued { player, .. } | Event::Requeued { player, .. } => self.check_places(&[*player]),
            Event::WaveFired { pairings, .. } => {
                pairings.iter().for_each(|pairing| self.check_places(&pairing.players));
            }
            _ => {}
        }
        if let Event::Closed { verdict, ratings, .. } = event {
            assert_eq!(ratings.is_some(), verdict.outcome(0).is_some(), "seed {seed}");
            if let Some([first, second]) = ratings {
                let moved = (first.after.0 - first.before.0) + (second.after.0 - second.before.0);
                assert_eq!(moved, 0, "seed {seed}: the two changes are opposite");
            }
        }
    }

    /// What must hold between any two inputs.
    fn check_state(&self) {
        let seed = self.seed;
        for player in
            (1..=self.people).filter_map(|user| self.ladder.player_of(UserId(user))).map(|(id, _)| id)
        {
            let in_match = self.ladder.match_of(player).is_some_and(|(_, match_)| match_.is_open());
            let waits = self.ladder.is_queued(player);
            assert!(!(waits && in_match), "seed {seed}: player {player} waits and plays");
            if let Some((id, match_)) = self.ladder.match_of(player) {
                let timer = match_.deadline(&self.season.knobs);
                assert_eq!(
                    timer.is_some(),
                    match_.is_open(),
                    "seed {seed}: match {id} has a timer while open"
                );
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.ladder.next_tick(&self.season, self.now).filter(|at| *at <= until) {
            self.now = self.now.max(at);
            let decision = self.input(&Input::Tick);
            assert!(!decision.events.is_empty(), "seed {}: a tick that is due decides something", self.seed);
        }
        self.now = until;
    }

    fn act(&mut self, user: u64, act: Act) -> Decision {
        let caller = Caller { user: UserId(user), locale: Locale::EnUs, dm: Some(ChannelId(user + 1000)) };
        self.input(&Input::Act { caller, act })
    }

    fn set_up(&mut self, user: u64) {
        let name = format!("P{user:03}");
        let names = Names {
            battle_tag: format!("{name}#1234"),
            name,
            alternatives: Vec::new(),
            country: "XX".to_owned(),
        };
        let region = *self.pick(Region::ALL);
        for act in [
            Act::AnswerTerms(TermsAnswer::Accept),
            Act::SetNames(names),
            Act::SetRegion(region),
            Act::FinishSetup,
            Act::ReadGuide,
        ] {
            assert_eq!(self.act(user, act).refusal, None);
        }
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.chance.below(from.len())]
    }

    /// One thing that someone does.
    fn step(&mut self) {
        let user = 1 + self.chance.below(usize::try_from(self.people).unwrap()) as u64;
        let open = self.ladder.player_of(UserId(user)).and_then(|(player, _)| self.ladder.match_of(player));
        let open: Option<(MatchId, Phase)> = open.map(|(id, match_)| (id, match_.phase.clone()));
        match (self.chance.below(20), open) {
            (0, _) => {
                let (era, race) = *self.pick(&[
                    (Era::Bw, Some(Race::BwTerran)),
                    (Era::Bw, Some(Race::BwProtoss)),
                    (Era::Bw, Some(Race::BwZerg)),
                    (Era::Bw, None),
                    (Era::Sc2, Some(Race::Sc2Terran)),
                    (Era::Sc2, Some(Race::Sc2Zerg)),
                    (Era::Sc2, None),
                ]);
                self.act(user, Act::ChooseRace { era, race });
            }
            (1, _) => {
                let maps = (0..self.chance.below(6)).map(|_| self.chance.below(self.season.maps.len()));
                let maps = maps.collect::<Vec<_>>().into_iter().map(|at| self.season.maps[at].key.clone());
                let maps = maps.collect();
                self.act(user, Act::ChooseVetoes(maps));
            }
            (2, _) if self.chance.below(4) == 0 => drop(self.act(user, Act::LeaveQueue)),
            (5, Some((match_id, _))) if self.chance.below(8) == 0 => {
                drop(self.act(user, Act::Abort(match_id)));
            }
            (6, _) => self.deliver(),
            (7..12, Some((match_id, Phase::Confirming { .. }))) => {
                drop(self.act(user, Act::Confirm(match_id)));
            }
            (12..16, Some((_, Phase::Playing { .. }))) => self.upload(user),
            (17, Some((match_id, Phase::Playing { .. }))) => {
                let outcome = *self.pick(Outcome::ALL);
                self.act(user, Act::Report { match_id, outcome });
            }
            (18, Some((match_id, Phase::Closed { .. }))) => {
                self.act(user, Act::Dispute { match_id });
                self.upload(user);
            }
            (16, _) => {
                let since = self.now - Duration::from_millis(700);
                self.input(&Input::TimeLost { since, until: self.now });
            }
            _ => drop(self.act(user, Act::JoinQueue)),
        }
    }

    /// Some of the cards that are due arrive, are lost, or turn out to be gone.
    fn deliver(&mut self) {
        let due: Vec<CardId> = self.ladder.cards().due().collect();
        for card in due {
            let version = self.ladder.cards().get(card).unwrap().version;
            let input = match self.chance.below(20) {
                0 => Input::CardLost { card, version },
                1 => Input::CardGone { card, version },
                2..4 => continue,
                _ => {
                    let channel = ChannelId(self.ladder.cards().get(card).unwrap().player.0 + 1000);
                    Input::CardShown { card, version, channel, message: MessageId(card.0) }
                }
            };
            self.input(&input);
        }
    }

    fn upload(&mut self, user: u64) {
        // Now and then the same file again.
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&(self.chance.below(100_000) as u64).to_le_bytes());
        let hash = FileHash(hash);
        self.act(user, Act::Upload { hash, bytes: 1000 });
        let jobs: Vec<_> = self.ladder.jobs().map(|(id, job)| (id, job.match_id)).collect();
        // All of them are told a place, as if there were others.
        let places = jobs.iter().map(|(job, _)| (*job, u32::try_from(job.0 % 3).unwrap())).collect();
        self.input(&Input::LineMoved { places });
        for (job, match_id) in jobs {
            let input = match self.chance.below(10) {
                0 => Input::JobFailed { job, fault: Fault::Malformed },
                1 => Input::JobDropped { job, strike: true, out_of_tries: false },
                2 => Input::JobDropped { job, strike: false, out_of_tries: true },
                _ => Input::JobRead { job, facts: Box::new(self.facts(match_id)) },
            };
            self.input(&input);
        }
    }

    /// What a worker reads in a replay of the match, right or wrong in some way.
    fn facts(&mut self, match_id: MatchId) -> ReplayFacts {
        let view = |player: PlayerId| self.ladder.player(player).unwrap().name();
        // Of one that is forgotten by now, what the replay says does not matter.
        let match_ = self.ladder.find_match(match_id);
        let match_ = match_.or_else(|| Some(self.ladder.match_of(PlayerId(1))?.1)).unwrap();
        let pairing = match_.pairing.clone();
        let (winner, region) = (self.chance.below(3), pairing.server.game_region());
        let players = [0, 1].map(|slot| ReplayPlayer {
            toon: Toon { region: region.number(), realm: 1, id: pairing.players[slot].0 },
            name: view(pairing.players[slot]),
            race_text: String::new(),
            race_code: Some(code_of(pairing.races[slot]).to_owned()),
            outcome: [Some(Outcome::Won), Some(Outcome::Lost), None][(winner + slot) % 3],
            left_at_loop: None,
        });
        let mut facts = ReplayFacts {
            base_build: 95299,
            unlisted_build: false,
            duration_game_loops: 100,
            ended_at_ms: self.now.0,
            map_title: self.season.map(&pairing.map).unwrap().title.clone(),
            cache_handles: self
                .season
                .official_handles(region, &pairing.map)
                .unwrap_or_else(|| vec![handle(region, &format!("{:064x}", self.chance.below(3)))]),
            game_speed: 4,
            random_seed: u32::try_from(self.chance.below(1_000_000)).unwrap(),
            is_1v1: true,
            players: players.to_vec(),
            observers: 0,
            attributes: Vec::new(),
        };
        match self.chance.below(12) {
            0 => facts.players.swap(0, 1),
            1 => facts.players[0].toon = facts.players[1].toon,
            2 => facts.players[1].name = "Stranger".to_owned(),
            3 => facts.players[0].race_code = Some(code_of(*self.pick(Race::ALL)).to_owned()),
            4 => facts.ended_at_ms = 0,
            5 => drop(facts.players.pop()),
            6 => facts.cache_handles.push(handle(GameRegion::Europe, &"f".repeat(64))),
            _ => {}
        }
        facts
    }
}

fn code_of(race: Race) -> &'static str {
    match race {
        Race::BwTerran => "BWTe",
        Race::BwZerg => "BWZe",
        Race::BwProtoss => "BWPr",
        Race::Sc2Terran => "Terr",
        Race::Sc2Zerg => "Zerg",
        Race::Sc2Protoss => "Prot",
    }
}

fn play(seed: u64, people: u64, steps: usize) -> Evening {
    let mut evening = Evening::new(seed, people);
    for user in 1..=people {
        evening.set_up(user);
    }
    for _ in 0..steps {
        evening.step();
        // Each of them does something every 4 s or so.
        let pause =
            Duration::from_millis(evening.chance.below(8_000 / usize::try_from(people).unwrap()) as u64);
        evening.pass(pause);
        evening.check_state();
    }
    evening
}

#[test]
fn an_evening_keeps_the_rules_after_every_event() {
    let mut decided = 0;
    for seed in 0..60 {
        let people = [2, 4, 7, 12, 40][usize::try_from(seed % 5).unwrap()];
        let mut evening = play(seed, people, 800);
        // Nobody does anything any more: every match ends by itself, and the queue stays as it is.
        evening.pass(Duration::from_secs(4 * 60 * 60));
        assert_eq!(evening.ladder.open_matches(), 0, "seed {seed}: every match ends");
        assert_eq!(evening.ladder.audit(), [], "seed {seed}: ratings are the fold of results");
        decided += evening.ladder.counts().matches_decided;
    }
    assert!(decided > 300, "evenings have matches: {decided}");
}

#[test]
fn a_ladder_folded_from_its_events_is_the_same_ladder() {
    for seed in 100..112 {
        let evening = play(seed, 12, 500);
        let mut folded = Ladder::new(seed);
        evening.events.iter().for_each(|event| folded.evolve(event));
        folded.take_changed_cards();
        assert_eq!(folded, evening.ladder, "seed {seed}");
    }
}

#[test]
fn a_long_evening_leaves_nothing_behind() {
    let mut evening = play(7, 12, 120_000);
    evening.pass(Duration::from_secs(4 * 60 * 60));
    for _ in 0..200 {
        evening.deliver();
    }
    let counts = evening.ladder.counts();
    let everyone = (1..=evening.people).map(|user| evening.ladder.player_of(UserId(user)).unwrap().0);
    let records = everyone.flat_map(|player| {
        let profile = evening.ladder.profile_view(&evening.season, evening.now, player, player).unwrap();
        profile.ratings.into_iter().map(|rating| rating.record)
    });
    let games: u64 = records.map(|of| u64::from(of.wins) + u64::from(of.losses) + u64::from(of.draws)).sum();
    assert!(counts.matches_paired > 1000, "more than are kept whole");
    assert_eq!(games, 2 * counts.matches_decided, "totals are those of all matches");
    let cases: Vec<CaseId> = evening.ladder.open_cases().map(|(case, _)| case).collect();
    assert!(cases.len() > 100, "{} cases", cases.len());
    for case in &cases {
        assert!(
            evening.ladder.case_view(&evening.season, *case).unwrap().match_.is_some(),
            "its match is kept"
        );
        for event in evening.ladder.close_case(evening.now, *case, UserId(9), "seen").unwrap() {
            evening.ladder.evolve(&event);
        }
    }
    assert!(evening.ladder.cases().len() <= 500, "closed cases are forgotten");
    // Matches of cases are forgotten with the next one that closes.
    for user in 1..=12 {
        evening.act(user, Act::JoinQueue);
    }
    evening.pass(Duration::from_secs(4 * 60 * 60));
    // Who waits has a card that may change.
    for user in 1..=12 {
        evening.act(user, Act::LeaveQueue);
    }
    for _ in 0..200 {
        evening.deliver();
    }
    assert!(evening.ladder.counts().matches_paired > 1100, "{:?}", evening.ladder.counts());
    assert!(evening.ladder.kept_matches() <= 1000, "{}", evening.ladder.kept_matches());
    assert_eq!(evening.ladder.jobs().count(), 0);
    assert_eq!(evening.ladder.cards().due().count(), 0);
    assert_eq!(evening.ladder.cards().len(), 0, "cards that cannot change are forgotten");
}

/// Two who have just been paired, and their match.
fn paired() -> (Evening, MatchId) {
    let mut evening = Evening::new(1, 2);
    for (user, era, race) in [(1, Era::Bw, Race::BwZerg), (2, Era::Sc2, Race::Sc2Terran)] {
        evening.set_up(user);
        evening.act(user, Act::ChooseRace { era, race: Some(race) });
        evening.act(user, Act::JoinQueue);
    }
    while evening.ladder.open_matches() == 0 {
        assert!(evening.now < EVENING + Duration::from_secs(3600), "two who fit are paired within an hour");
        evening.pass(Duration::from_secs(1));
    }
    let (player, _) = evening.ladder.player_of(UserId(1)).unwrap();
    let match_id = evening.ladder.match_of(player).unwrap().0;
    (evening, match_id)
}

#[test]
fn lost_time_moves_open_deadlines_and_no_moment_is_given_back_twice() {
    let (mut evening, match_id) = paired();
    let start = evening.now;
    let at = |ms: u64| start + Duration::from_millis(ms);
    let (player, _) = evening.ladder.player_of(UserId(1)).unwrap();
    let deadline = |evening: &Evening| match &evening.ladder.match_of(player).unwrap().1.phase {
        Phase::Confirming { deadline, .. } => *deadline,
        other => panic!("match {match_id} is {other:?}"),
    };
    let before = deadline(&evening);
    for (now, since, until, moved_ms) in [
        (2000, 0, 2000, 2000),
        // The backend was back before the gateway was.
        (3000, 1000, 3000, 3000),
        // Told late by someone who was away with the rest.
        (3500, 500, 2500, 3000),
        // Too short to be noticed.
        (4000, 3600, 4000, 3000),
    ] {
        evening.now = at(now);
        evening.input(&Input::TimeLost { since: at(since), until: at(until) });
        assert_eq!(deadline(&evening), before + Duration::from_millis(moved_ms), "at {now}");
    }
}

#[test]
fn a_confirmation_is_due_on_the_card_wherever_it_was_pressed() {
    let (mut evening, match_id) = paired();
    evening.deliver();
    let players = [1, 2].map(|user| evening.ladder.player_of(UserId(user)).unwrap().0);
    let versions = |evening: &Evening| {
        players.map(|player| evening.ladder.match_card(match_id, player).unwrap().1.version)
    };
    let before = versions(&evening);
    evening.act(1, Act::Confirm(match_id));
    assert_eq!(versions(&evening), [before[0] + 1, before[1]]);
    evening.act(1, Act::Confirm(match_id));
    assert_eq!(versions(&evening), [before[0] + 1, before[1]], "once more changes nothing");
    evening.act(2, Act::Confirm(match_id));
    assert!(versions(&evening).iter().zip(before).all(|(version, before)| *version > before));
}

/// Two whose match is played, and the facts of a game of it that the first one won.
fn played() -> (Evening, MatchId, ReplayFacts) {
    let (mut evening, match_id) = paired();
    let facts = playing(&mut evening, match_id);
    (evening, match_id, facts)
}

fn playing(evening: &mut Evening, match_id: MatchId) -> ReplayFacts {
    for user in [1, 2] {
        evening.act(user, Act::Confirm(match_id));
    }
    let pairing = evening.ladder.find_match(match_id).unwrap().pairing.clone();
    let region = pairing.server.game_region();
    let seat = |slot: usize, outcome| ReplayPlayer {
        toon: Toon { region: region.number(), realm: 1, id: pairing.players[slot].0 },
        name: evening.ladder.player(pairing.players[slot]).unwrap().name(),
        race_text: String::new(),
        race_code: Some(code_of(pairing.races[slot]).to_owned()),
        outcome: Some(outcome),
        left_at_loop: None,
    };
    ReplayFacts {
        base_build: 95299,
        unlisted_build: false,
        duration_game_loops: 0,
        ended_at_ms: evening.now.0,
        map_title: evening.season.map(&pairing.map).unwrap().title.clone(),
        cache_handles: evening
            .season
            .official_handles(region, &pairing.map)
            .unwrap_or_else(|| vec![handle(region, &"0".repeat(64))]),
        game_speed: 4,
        random_seed: u32::try_from(match_id.0).unwrap(),
        is_1v1: true,
        players: vec![seat(0, Outcome::Won), seat(1, Outcome::Lost)],
        observers: 0,
        attributes: Vec::new(),
    }
}

impl Evening {
    /// `user` sends a replay, and a worker reads it: how it was judged, and what became true beside.
    fn sends(&mut self, user: u64, facts: &ReplayFacts) -> (Judged, Vec<Event>) {
        let job = self.upload_of(user);
        self.read(job, facts)
    }

    fn upload_of(&mut self, user: u64) -> JobId {
        let number = u8::try_from(self.events.len() % 256).unwrap();
        let decision = self.act(user, Act::Upload { hash: FileHash([number; 32]), bytes: 1000 });
        assert_eq!(decision.refusal, None);
        self.ladder.jobs().last().unwrap().0
    }

    fn read(&mut self, job: JobId, facts: &ReplayFacts) -> (Judged, Vec<Event>) {
        let events = self.input(&Input::JobRead { job, facts: Box::new(facts.clone()) }).events;
        let Event::ReplayJudged { judgement, .. } = &events[0] else { panic!("{events:?}") };
        (judgement.outcome, events[1..].to_vec())
    }

    /// The two meet once more.
    fn pair_again(&mut self) -> MatchId {
        for user in [1, 2] {
            self.act(user, Act::JoinQueue);
        }
        while self.ladder.open_matches() == 0 {
            self.pass(Duration::from_secs(1));
        }
        let (player, _) = self.ladder.player_of(UserId(1)).unwrap();
        self.ladder.match_of(player).unwrap().0
    }
}

#[test]
fn the_opponents_file_of_the_same_game_reads_already_decided() {
    let (mut evening, match_id, facts) = played();
    let opponents = evening.upload_of(2);
    let (outcome, _) = evening.sends(1, &facts);
    assert!(matches!(outcome, Judged::Decided { winner: 0, .. }), "{outcome:?}");
    // The opponent's client speaks another language, and saw the game end a moment later.
    let theirs = ReplayFacts { map_title: "맵".to_owned(), duration_game_loops: 9, ..facts.clone() };
    assert_eq!(evening.read(opponents, &theirs), (Judged::AlreadyDecided, Vec::new()));
    // Another game of theirs is only late; and it cannot decide the next match.
    let next = evening.pair_again();
    assert_ne!(next, match_id);
    let new = playing(&mut evening, next);
    let late = evening.upload_of(2);
    assert_eq!(evening.sends(2, &theirs).0, Judged::Rejected);
    let found = evening.events.iter().rev().find_map(|event| match event {
        Event::ReplayJudged { judgement, .. } => {
            let reuse = judgement.checks.iter().find(|check| check.kind == CheckKind::Reuse)?;
            Some(reuse.found.clone())
        }
        _ => None,
    });
    assert_eq!(found, Some(match_id.to_string()));
    assert!(matches!(evening.sends(1, &new).0, Judged::Decided { .. }));
    let other = ReplayFacts { random_seed: 999, ..new };
    assert_eq!(evening.read(late, &other), (Judged::TooLate, Vec::new()));
}

#[test]
fn files_that_no_list_knows_count_and_come_to_staff_once() {
    let (mut evening, match_id, facts) = played();
    evening.season.releases.clear();
    let unverified = |events: &[Event]| {
        let cases = events.iter().filter_map(|event| match event {
            Event::ModUnverified { match_id, map, files, .. } => {
                Some((*match_id, map.clone(), files.clone()))
            }
            _ => None,
        });
        cases.collect::<Vec<_>>()
    };
    let map = evening.ladder.find_match(match_id).unwrap().pairing.map.clone();
    // They play on it again.
    evening.season.maps.retain(|known| known.key == map);
    let (outcome, events) = evening.sends(1, &facts);
    assert!(matches!(outcome, Judged::Decided { .. }), "{outcome:?}");
    let mut files: Vec<_> = facts.cache_handles.iter().map(|handle| handle[16..].to_owned()).collect();
    files.sort();
    assert_eq!(unverified(&events), [(match_id, map.clone(), files)]);
    // The same set on the same map opens no second case; another set does.
    for more in [false, true] {
        let next = evening.pair_again();
        let mut facts =
            ReplayFacts { cache_handles: facts.cache_handles.clone(), ..playing(&mut evening, next) };
        if more {
            let region = evening.ladder.find_match(next).unwrap().pairing.server.game_region();
            facts.cache_handles.push(handle(region, &"1".repeat(64)));
        }
        let (outcome, events) = evening.sends(2, &facts);
        assert!(matches!(outcome, Judged::Decided { .. }), "{outcome:?}");
        assert_eq!(unverified(&events).len(), usize::from(more), "{events:?}");
    }
    let mut folded = Ladder::new(1);
    evening.events.iter().for_each(|event| folded.evolve(event));
    assert_eq!(folded.cases(), evening.ladder.cases());
}

#[test]
fn an_account_of_somebody_else_comes_to_staff_once_a_match() {
    let (mut evening, match_id, facts) = played();
    let (zoe, toon) = (PlayerId(3), facts.players[1].toon);
    evening.set_up(3);
    // Zoe was bound to the account that Bea plays with.
    evening.ladder.evolve(&Event::ToonBound { player: zoe, region: GameRegion::Europe, toon });
    let (outcome, events) = evening.sends(1, &facts);
    assert_eq!(outcome, Judged::Rejected);
    let [Event::ToonClashed { match_id: of, toon: told, owner, .. }, Event::CaseOpened { case, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((*of, *told, *owner), (match_id, toon, zoe));
    assert_eq!(evening.ladder.cases().get(*case).unwrap().kind, CaseKind::Clash { toon, owner: zoe });
    assert_eq!(evening.sends(1, &facts), (Judged::Rejected, Vec::new()), "staff know it");
    assert!(evening.ladder.find_match(match_id).unwrap().is_open());
}
