use super::*;
use crate::domain::chance::Chance;
use crate::domain::ladder::{Act, Decision, Input};
use crate::domain::overrides::{CurrentSeason, HISTORY};
use crate::domain::queue::wave_after;
use crate::domain::season::Knobs;
use ipc_schema::event::{CheckKind, Judged, Names, Pairing};
use ipc_schema::ids::MatchId;
use ipc_schema::replay::{ReplayFacts, ReplayPlayer};
use ipc_schema::vocab::{Caller, FileHash, Locale, Outcome, Race, RaceChoice, Region, Server, Verdict};
use std::collections::BTreeSet;
use std::time::Duration;

mod accounts;
mod files;

/// 2026-11-21T18:00:00Z.
const NOW: Timestamp = Timestamp(1_795_284_000_000);
const STAFF: UserId = UserId(99);
const EUROPE: GameRegion = GameRegion::Europe;
const WHY: &str = "a good reason";

/// A ladder, its season, and everything that became true.
struct Setting {
    ladder: Ladder,
    season: CurrentSeason,
    events: Vec<Event>,
}

impl Setting {
    fn new() -> Setting {
        Setting::of(crate::season::load(crate::season::Which::Real).unwrap())
    }

    fn of(base: Season) -> Setting {
        Setting { ladder: Ladder::new(1), season: CurrentSeason::new(base), events: Vec::new() }
    }

    fn base(&self) -> Season {
        self.season.base().clone()
    }

    fn evolve(&mut self, events: Vec<Event>) {
        for event in events {
            self.ladder.evolve(&event);
            self.season.follow(self.ladder.overrides());
            self.events.push(event);
        }
    }

    /// Makes true what staff asked for.
    fn staff(
        &mut self,
        ask: impl FnOnce(&Ladder, &Season) -> Result<Vec<Event>, Refusal>,
    ) -> Result<(), Refusal> {
        let events = ask(&self.ladder, self.season.get())?;
        self.evolve(events);
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        self.staff(|ladder, season| ladder.set_knob(season, NOW, STAFF, name, value, WHY))
    }

    fn input(&mut self, input: &Input) -> Decision {
        let decision = self.ladder.decide(self.season.get(), NOW, input);
        self.evolve(decision.events.clone());
        decision
    }

    fn act(&mut self, user: u64, act: Act) -> Decision {
        let caller = Caller { user: UserId(user), locale: Locale::EnUs, dm: None };
        self.input(&Input::Act { caller, act })
    }

    /// The same ladder from its events, in a build with another season.
    fn reloaded(&self, base: Season) -> Setting {
        let mut loaded = Setting::of(base);
        self.events.iter().for_each(|event| loaded.ladder.evolve(event));
        loaded.season.follow(loaded.ladder.overrides());
        loaded
    }

    fn join(&mut self, user: u64, name: &str, alternatives: &[&str]) {
        let player = PlayerId(user);
        let races = RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Terran) };
        self.evolve(vec![
            Event::PlayerJoined { player, user: UserId(user), locale: Locale::EnUs, at: NOW },
            Event::TermsAnswered { player, accepted: true, at: NOW },
            Event::NamesSet { player, names: names(user, name, alternatives) },
            Event::RegionSet { player, region: Region::Euw },
            Event::SetupFinished { player, at: NOW },
            Event::GuideRead { player, at: NOW },
            Event::RacesChosen { player, races },
        ]);
    }

    /// Players 1 and 2 play a match on the map in Europe.
    fn playing(&mut self, match_id: u64, map: &str) {
        let players = [PlayerId(1), PlayerId(2)];
        for player in players {
            if self.ladder.player(player).is_none() {
                self.join(player.0, &format!("P{:03}", player.0), &[]);
            }
        }
        let mut events = players.map(|player| Event::Queued { player, at: NOW }).to_vec();
        let pairing = Pairing {
            match_id: MatchId(match_id),
            players,
            races: [Race::BwZerg, Race::Sc2Terran],
            map: map.to_owned(),
            server: Server::Euc,
            confirm_deadline: NOW,
        };
        events.push(Event::WaveFired { at: NOW, pairings: vec![pairing], generator: 1 });
        let deadline = NOW + Duration::from_secs(3600);
        events.push(Event::Started { match_id: MatchId(match_id), at: NOW, deadline });
        self.evolve(events);
    }

    /// Player 1 sends a replay of the match with these files, played by these accounts and names: how
    /// it is judged, what is found of the mod, and what becomes true beside.
    fn sends(
        &mut self,
        number: u8,
        game: &Unverified,
        seats: [(u64, &str); 2],
    ) -> (Judged, String, Vec<Event>) {
        let taken = self.act(1, Act::Upload { hash: FileHash([number; 32]), bytes: 9 });
        assert_eq!(taken.refusal, None);
        let job = self.ladder.jobs().last().unwrap().0;
        let seat = |slot: usize, race: &str, outcome| ReplayPlayer {
            toon: toon(seats[slot].0),
            name: seats[slot].1.to_owned(),
            race_text: String::new(),
            race_code: Some(race.to_owned()),
            outcome: Some(outcome),
            left_at_loop: None,
        };
        let facts = ReplayFacts {
            base_build: 95299,
            unlisted_build: false,
            duration_game_loops: 0,
            ended_at_ms: NOW.0,
            map_title: self.season.get().map(&game.map).unwrap().title.clone(),
            cache_handles: game.files.iter().map(|file| handle(game.region, file)).collect(),
            game_speed: 4,
            random_seed: u32::from(number),
            is_1v1: true,
            players: vec![seat(0, "BWZe", Outcome::Won), seat(1, "Terr", Outcome::Lost)],
            observers: 0,
            attributes: Vec::new(),
        };
        let events = self.input(&Input::JobRead { job, facts: Box::new(facts) }).events;
        let Event::ReplayJudged { judgement, .. } = &events[0] else { panic!("{events:?}") };
        let of_mod = judgement.checks.iter().find(|check| check.kind == CheckKind::Mod);
        let found = of_mod.map_or_else(String::new, |check| check.found.clone());
        (judgement.outcome, found, events[1..].to_vec())
    }
}

fn names(user: u64, name: &str, alternatives: &[&str]) -> Names {
    Names {
        name: name.to_owned(),
        battle_tag: format!("P{user:03}#1234"),
        alternatives: alternatives.iter().map(|name| (*name).to_owned()).collect(),
        country: "KR".to_owned(),
    }
}

fn toon(id: u64) -> Toon {
    Toon { region: EUROPE.number(), realm: 1, id }
}

/// The files of an official game in Europe.
fn official(season: &Season, map: &str) -> Unverified {
    let known = season.official_handles(EUROPE, map).unwrap();
    let mut files: Vec<String> = known.iter().map(|handle| handle[16..].to_owned()).collect();
    files.sort();
    Unverified { region: EUROPE, map: map.to_owned(), files }
}

#[test]
fn a_knob_that_staff_set_counts_at_once_and_after_a_reload() {
    let mut of = Setting::new();
    of.join(1, "Ana", &[]);
    let base = of.base();
    let later = NOW + Duration::from_secs(1);
    let next_wave = |of: &Setting| of.ladder.next_tick(of.season.get(), later);
    of.act(1, Act::JoinQueue);
    assert_eq!(next_wave(&of), Some(wave_after(later, Duration::from_secs(45))));
    let window = |of: &Setting| of.ladder.queue.values().next().unwrap().window(&of.season.get().knobs);
    assert_eq!(window(&of), 150);

    of.set("wave_s", "120").unwrap();
    of.set("window_start", "1000").unwrap();
    of.set("timeouts_min", "1, 2,3").unwrap();
    of.set("mmr_k", "32.5").unwrap();
    for of in [&of, &of.reloaded(base.clone())] {
        assert_eq!(next_wave(of), Some(wave_after(later, Duration::from_secs(120))));
        assert_eq!(window(of), 1050);
        let expected = Knobs {
            wave: Duration::from_secs(120),
            window_start: 1000,
            timeouts: [60, 120, 180].map(Duration::from_secs).to_vec(),
            mmr_k: 32.5,
            ..base.knobs.clone()
        };
        assert_eq!((&of.season.get().knobs, &of.season.base().knobs), (&expected, &base.knobs));
    }
    assert_eq!(of.reloaded(base).ladder, of.ladder);
    let change = |change: &Change| match &change.what {
        Changed::Knob { name, before, after } => format!("{name}: {before} -> {after}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        of.ladder.overrides().history().map(change).collect::<Vec<_>>(),
        [
            "wave_s: 45 -> 120",
            "window_start: 100 -> 1000",
            "timeouts_min: 5, 10, 20, 40, 80, 160, 240 -> 1, 2, 3",
            "mmr_k: 40 -> 32.5"
        ]
    );
    let last = of.ladder.overrides().history().next_back().unwrap();
    assert_eq!((last.by, last.reason.as_str(), last.at), (STAFF, WHY, NOW));
}

#[test]
fn a_knob_is_refused_with_what_it_takes() {
    let mut of = Setting::new();
    let range = |name: &str, min: &str, max: &str| Refusal::KnobOutOfRange {
        name: name.to_owned(),
        min: min.to_owned(),
        max: max.to_owned(),
    };
    let invalid = |name: &str, expects: &str| Refusal::KnobInvalid {
        name: name.to_owned(),
        expects: expects.to_owned(),
    };
    let list = "1 to 20 whole numbers from 1 to 1440, in order";
    for (name, value, expected) in [
        ("wave", "45", Err(Refusal::KnobUnknown)),
        ("wave_s", "4", Err(range("wave_s", "5", "600"))),
        ("wave_s", "601", Err(range("wave_s", "5", "600"))),
        ("wave_s", "soon", Err(invalid("wave_s", "a whole number from 5 to 600"))),
        ("timeouts_min", "20, 10", Err(invalid("timeouts_min", list))),
        ("vetoes", "5", Err(range("vetoes", "0", "4"))),
        ("vetoes", "13", Err(range("vetoes", "0", "12"))),
        ("vetoes", "0", Ok(())),
        ("vetoes", "4", Ok(())),
    ] {
        assert_eq!(of.set(name, value), expected, "{name} = {value}");
    }
    assert_eq!(of.events.len(), 2);
    assert_eq!(of.set("vetoes", " 4.0 "), Ok(()));
    assert_eq!(of.events.len(), 2, "it was 4 before");
}

#[test]
fn what_a_newer_build_does_not_allow_is_left_out_at_load() {
    let mut of = Setting::new();
    let set = |name: &str, after: &str| Event::KnobSet {
        name: name.to_owned(),
        before: "1".to_owned(),
        after: after.to_owned(),
        by: STAFF,
        reason: WHY.to_owned(),
        at: NOW,
    };
    of.evolve(vec![
        set("gone_s", "45"),
        set("wave_s", "1"),
        set("timeouts_min", "9, 8"),
        set("mmr_k", "forty"),
        set("dispute_s", "1800"),
        set("vetoes", "4"),
    ]);
    // The newer season has fewer maps, and vetoes to fit.
    let mut newer = of.base();
    newer.maps.truncate(5);
    newer.knobs.vetoes = 2;
    let loaded = of.reloaded(newer.clone());
    let expected = Knobs { dispute: Duration::from_secs(1800), ..newer.knobs };
    assert_eq!(loaded.season.get().knobs, expected);
    assert_eq!(of.season.get().knobs, Knobs { vetoes: 4, ..expected });
    assert_eq!(loaded.ladder.overrides().history().count(), 6, "it was done all the same");
}

#[test]
fn the_history_of_changes_is_bounded() {
    let mut of = Setting::new();
    for number in 0..HISTORY as u64 + 10 {
        of.set("window_start", &number.to_string()).unwrap();
    }
    let history: Vec<_> = of.ladder.overrides().history().collect();
    assert_eq!(history.len(), HISTORY);
    let Changed::Knob { before, after, .. } = &history[0].what else { panic!() };
    assert_eq!((before.as_str(), after.as_str()), ("9", "10"));
    assert_eq!(of.ladder.overrides().changes(), HISTORY as u64 + 10);
    assert_eq!(of.season.get().knobs.window_start, u32::try_from(HISTORY).unwrap() + 9);
}

#[test]
fn fewer_vetoes_count_at_once_whatever_was_chosen_before() {
    let mut of = Setting::new();
    let maps: Vec<String> = of.base().maps.iter().map(|map| map.key.clone()).collect();
    for user in [1, 2] {
        of.join(user, &format!("P{user:03}"), &[]);
        assert_eq!(of.act(user, Act::ChooseVetoes(maps[..4].to_vec())).refusal, None);
        assert_eq!(of.act(user, Act::JoinQueue).refusal, None);
    }
    let played = |of: &Setting| {
        let mut chance = Chance(1);
        let players = [PlayerId(1), PlayerId(2)];
        (0..300).map(|_| of.ladder.pick_map(of.season.get(), players, &mut chance)).collect::<BTreeSet<_>>()
    };
    assert_eq!(played(&of).len(), 5);
    of.set("vetoes", "0").unwrap();
    assert_eq!(played(&of).len(), 9);
}

#[test]
fn whatever_staff_do_leaves_a_season_to_play_and_the_same_ladder_at_load() {
    for seed in 0..20 {
        let (mut of, mut chance) = (Setting::new(), Chance(seed));
        of.join(1, "Ana", &[]);
        let maps: Vec<String> = of.base().maps.iter().map(|map| map.key.clone()).collect();
        let mut refused = 0;
        for _ in 0..100 {
            let knob = &knobs::KNOBS[chance.below(knobs::KNOBS.len())];
            let region = GameRegion::ALL[chance.below(3)];
            let map = maps[chance.below(maps.len())].clone();
            let files: Vec<String> =
                (0..chance.below(6)).map(|_| format!("{:064x}", chance.below(8))).collect();
            let file = format!("{:064x}", chance.below(8));
            let release = ["2025-11", "2026-02", "learned"][chance.below(3)];
            let (kind, number) = (chance.below(6), chance.below(2000));
            let value = if knob.is_list() { format!("{number}, {}", number + 5) } else { number.to_string() };
            let scope = Scope {
                release: release.to_owned(),
                region: (number % 2 == 0).then_some(region),
                map: (number % 3 == 0).then(|| map.clone()),
            };
            let game = Unverified { region, map, files };
            let done = of.staff(|ladder, season| match kind {
                0 | 1 => ladder.set_knob(season, NOW, STAFF, knob.name, &value, WHY),
                2 => ladder.learn_handles(season, NOW, STAFF, Some(release), &game, WHY),
                3 => ladder.retire_handles(season, NOW, STAFF, &scope, WHY),
                4 => ladder.mark_fake(season, NOW, STAFF, &file, WHY),
                _ => ladder.clear_fake(season, NOW, STAFF, &file, WHY),
            });
            refused += usize::from(done.is_err());
            let season = of.season.get();
            for knob in knobs::KNOBS {
                assert_eq!(knob.check(&knob.read(&season.knobs)), Ok(()), "seed {seed}: {}", knob.name);
            }
            assert!(Season::leaves_a_map(season.knobs.vetoes, season.maps.len()), "seed {seed}");
            if kind == 2 && done.is_ok() {
                let handles: Vec<String> = game.files.iter().map(|file| handle(region, file)).collect();
                let found = finding(&season.releases, region, &game.map, &handles);
                assert!(matches!(found, ModFinding::Official { .. }), "seed {seed}: {game:?}: {found}");
            }
        }
        assert!((10..90).contains(&refused), "seed {seed}: {refused} of 100 are refused");
        let loaded = of.reloaded(of.base());
        assert_eq!(loaded.ladder, of.ladder, "seed {seed}");
        assert_eq!(loaded.season.get().knobs, of.season.get().knobs, "seed {seed}");
        assert_eq!(loaded.season.get().releases, of.season.get().releases, "seed {seed}");
    }
}
