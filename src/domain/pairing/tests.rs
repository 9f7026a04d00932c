use super::*;
use crate::domain::chance::Chance;
use ipc_schema::event::WhyNot;
use ipc_schema::vocab::RaceChoice;
use std::collections::VecDeque;

const NOW: Timestamp = Timestamp(10_000_000);

/// A waiting room by chance: races, ratings, regions and waiting times.
fn waiting_room(chance: &mut Chance, players: usize, both_percent: usize) -> Vec<(Entry, [i32; 2], Region)> {
    (0..players)
        .map(|_| {
            let both = chance.below(100) < both_percent;
            let bw = both || chance.below(2) == 0;
            let races =
                RaceChoice { bw: bw.then_some(Race::BwZerg), sc2: (both || !bw).then_some(Race::Sc2Terran) };
            let waves = u32::try_from(chance.below(6)).unwrap();
            let since = Timestamp(NOW.0 - u64::from(waves) * 45_000 - chance.below(40_000) as u64);
            let mmr = [0, 1].map(|_| 1200 + i32::try_from(chance.below(600)).unwrap());
            let region = Region::ALL[chance.below(Region::ALL.len())];
            (Entry::new(since, waves, races, Vec::new()), mmr, region)
        })
        .collect()
}

/// Builds the candidates of a room and hands them to `look`.
fn with_candidates<T>(room: &[(Entry, [i32; 2], Region)], look: impl FnOnce(&[Candidate<'_>]) -> T) -> T {
    let nobody = VecDeque::new();
    let candidates: Vec<Candidate<'_>> = (1..)
        .zip(room)
        .map(|(id, (entry, mmr, region))| Candidate {
            player: PlayerId(id),
            entry,
            region: *region,
            mmr: Era::ALL
                .iter()
                .zip(mmr)
                .filter(|(era, _)| entry.races.of(**era).is_some())
                .map(|(era, mmr)| (*era, Mmr(*mmr)))
                .collect(),
            recent_opponents: &nobody,
        })
        .collect();
    look(&candidates)
}

fn pairs(season: &Season, now: Timestamp, candidates: &[Candidate<'_>], shift: usize) -> Vec<Pair> {
    wave(season, now, candidates, shift).0
}

fn season() -> Season {
    crate::season::load(crate::season::Which::Real).unwrap()
}

/// A matching that no other has more pairs than, by a search that starts from nothing.
fn most_pairs(room: &Room<'_>, players: usize) -> Vec<Option<usize>> {
    let mut mates = vec![None; players];
    cardinality::maximum_cardinality(&mut mates, 0..players, |a| {
        (0..players).filter(|b| room.cost(a, *b).is_some()).collect()
    });
    mates
}

/// Most pairs and, among those, least cost, by trying everything.
fn by_trying_everything(room: &Room<'_>, left: &[usize]) -> (usize, i64) {
    let Some((first, rest)) = left.split_first() else { return (0, 0) };
    let mut best = by_trying_everything(room, rest);
    for at in 0..rest.len() {
        let Some(cost) = room.cost(*first, rest[at]) else { continue };
        let (pairs, total) = by_trying_everything(room, &[&rest[..at], &rest[at + 1..]].concat());
        if pairs + 1 > best.0 || (pairs + 1 == best.0 && total + cost < best.1) {
            best = (pairs + 1, total + cost);
        }
    }
    best
}

#[test]
fn a_wave_takes_the_most_pairs_at_the_least_cost() {
    let season = season();
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let (players, both) = (2 + chance.below(7), [0, 30, 100][chance.below(3)]);
        let room = waiting_room(&mut chance, players, both);
        with_candidates(&room, |candidates| {
            let found = pairs(&season, NOW, candidates, chance.below(100));
            let room = Room::new(&season, NOW, candidates);
            let at = |player: PlayerId| usize::try_from(player.0).unwrap() - 1;
            let total = found.iter().map(|pair| room.cost(at(pair.players[0]), at(pair.players[1])).unwrap());
            let everyone: Vec<usize> = (0..candidates.len()).collect();
            assert_eq!((found.len(), total.sum()), by_trying_everything(&room, &everyone), "seed {seed}");
        });
    }
}

#[test]
fn who_has_waited_longest_is_told_first() {
    let season = season();
    for seed in 0..50 {
        let room = waiting_room(&mut Chance(seed), 60, 30);
        with_candidates(&room, |candidates| {
            let since = |player: &PlayerId| room[usize::try_from(player.0).unwrap() - 1].0.since;
            let began = |pair: &Pair| pair.players.iter().map(since).min();
            let found = pairs(&season, NOW, candidates, 0);
            assert!(found.len() > 5 && found.is_sorted_by_key(began), "seed {seed}");
        });
    }
}

#[test]
fn no_possible_match_is_lost_however_many_play_both_eras() {
    let season = season();
    for wave in 0..300_usize {
        let mut chance = Chance(wave as u64);
        let (players, both) = (2 + chance.below(60), [0, 30, 60, 100][wave % 4]);
        let room = waiting_room(&mut chance, players, both);
        with_candidates(&room, |candidates| {
            let found = pairs(&season, NOW, candidates, 0).len();
            let room = Room::new(&season, NOW, candidates);
            let most = most_pairs(&room, players);
            assert_eq!(found, most.iter().flatten().count() / 2, "wave {wave}, {both} % in both eras");
        });
    }
}

#[test]
fn a_wave_of_any_size_is_legal_and_leaves_no_pair_it_could_take() {
    let season = season();
    for seed in 0..12 {
        let mut chance = Chance(seed);
        let (players, both) =
            (if seed < 6 { chance.below(120) } else { EXACT + chance.below(400) }, chance.below(101));
        let room = waiting_room(&mut chance, players, both);
        with_candidates(&room, |candidates| {
            let found = pairs(&season, NOW, candidates, chance.below(100));
            let mut paired = std::collections::BTreeSet::new();
            for pair in &found {
                assert_eq!(pair.races.map(Race::era), [Era::Bw, Era::Sc2], "seed {seed}");
                assert!(pair.players.iter().all(|player| paired.insert(*player)), "seed {seed}: {pair:?}");
            }
            // No matching at all has more pairs, by a search that starts from nothing.
            let room = Room::new(&season, NOW, candidates);
            let most = most_pairs(&room, candidates.len());
            assert_eq!(found.len(), most.iter().flatten().count() / 2, "seed {seed}");
        });
    }
}

#[test]
fn the_two_of_a_pair_keep_the_window_of_either() {
    let season = season();
    let room = |gap: i32, waves| {
        let entry = |races| Entry::new(NOW, waves, races, Vec::new());
        let bw = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
        let sc2 = RaceChoice { bw: None, sc2: Some(Race::Sc2Zerg) };
        vec![(entry(bw), [1500, 0], Region::Euw), (entry(sc2), [0, 1500 + gap], Region::Euw)]
    };
    for (gap, waves, expected) in
        [(150, 0, 1), (151, 0, 0), (151, 1, 1), (200, 1, 1), (201, 1, 0), (-150, 0, 1)]
    {
        let found = with_candidates(&room(gap, waves), |candidates| pairs(&season, NOW, candidates, 0).len());
        assert_eq!(found, expected, "a gap of {gap} after {waves} waves");
    }
}

/// Two players who fit, and what pairing them costs in seconds.
fn cost_of_two(regions: [Region; 2], met: Option<Timestamp>) -> i64 {
    let season = season();
    let races =
        |bw| RaceChoice { bw: Some(Race::BwZerg).filter(|_| bw), sc2: Some(Race::Sc2Zerg).filter(|_| !bw) };
    let entries = [true, false].map(|bw| Entry::new(NOW, 0, races(bw), Vec::new()));
    let recent: VecDeque<_> = met.map(|at| (PlayerId(2), at)).into_iter().collect();
    let nobody = VecDeque::new();
    let candidates = [0, 1].map(|at| Candidate {
        player: PlayerId(at as u64 + 1),
        entry: &entries[at],
        region: regions[at],
        mmr: BTreeMap::from([([Era::Bw, Era::Sc2][at], Mmr(1500))]),
        recent_opponents: if at == 0 { &recent } else { &nobody },
    });
    let cost = Room::new(&season, NOW, &candidates).cost(0, 1).unwrap();
    assert_eq!(cost % 1000, 0, "these are whole seconds");
    cost / 1000
}

#[test]
fn a_server_costs_nothing_at_home_of_both_ten_seconds_of_one_and_25_of_none() {
    for (regions, expected) in [
        ([Region::Euw, Region::Euw], 0),
        ([Region::Euw, Region::Eue], 0),
        // On the server of the east of North America.
        ([Region::Euw, Region::Nae], 10),
        ([Region::Nae, Region::Euw], 10),
        // On the one of its west.
        ([Region::Euw, Region::Krj], 25),
    ] {
        assert_eq!(cost_of_two(regions, None), expected, "{regions:?}");
    }
}

#[test]
fn a_rematch_costs_less_the_longer_ago_they_met_and_nothing_after_two_hours() {
    let hours = |hours: f64| Timestamp(NOW.0 - (hours * 3_600_000.0) as u64);
    for (met, expected) in [(0.0, 120), (0.5, 90), (1.0, 60), (2.0, 0), (2.5, 0)] {
        assert_eq!(cost_of_two([Region::Euw; 2], Some(hours(met))), expected, "met {met} hours ago");
    }
}

fn is_paired(season: &Season, room: &[(Entry, [i32; 2], Region)], player: PlayerId) -> bool {
    let found = with_candidates(room, |candidates| pairs(season, NOW, candidates, 0));
    found.iter().any(|pair| pair.players.contains(&player))
}

#[test]
fn who_waited_longer_is_never_the_less_likely_to_be_paired() {
    let season = season();
    let mut left_out = 0;
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let players = 3 + chance.below(25);
        let both = chance.below(101);
        let mut room = waiting_room(&mut chance, players, both);
        let at = chance.below(players);
        let player = PlayerId(at as u64 + 1);
        let before = is_paired(&season, &room, player);
        left_out += usize::from(!before);
        let entry = &mut room[at].0;
        entry.since = Timestamp(entry.since.0 - chance.below(200_000) as u64);
        entry.waves += u32::try_from(chance.below(4)).unwrap();
        assert!(!before || is_paired(&season, &room, player), "seed {seed}");
    }
    assert!(left_out > 20, "the rooms are such that somebody is left out now and then");
}

#[test]
fn of_two_who_fit_alike_the_one_who_waited_longer_is_paired() {
    let season = season();
    let entry = |bw: bool, seconds: u64| {
        let races =
            RaceChoice { bw: Some(Race::BwZerg).filter(|_| bw), sc2: Some(Race::Sc2Zerg).filter(|_| !bw) };
        let since = Timestamp(NOW.0 - seconds * 1000);
        (Entry::new(since, 0, races, Vec::new()), [1500, 1500], Region::Euw)
    };
    for (first, second, expected) in [(30, 31, 2), (31, 30, 1)] {
        let room = [entry(true, first), entry(true, second), entry(false, 1)];
        assert!(is_paired(&season, &room, PlayerId(expected)), "{first} and {second} seconds");
    }
}

#[test]
fn one_bad_entry_never_stops_a_wave() {
    let season = season();
    let good = waiting_room(&mut Chance(7), 20, 50);
    let expected = with_candidates(&good, |candidates| pairs(&season, NOW, candidates, 0).len());
    let both = RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Terran) };
    let entry = |since, waves, races| Entry::new(since, waves, races, vec!["no_such_map".to_owned()]);
    let bad = [
        (entry(NOW, 0, RaceChoice::default()), [1500, 1500]),
        (entry(Timestamp::ZERO, u32::MAX, both), [i32::MIN, i32::MAX]),
        (entry(Timestamp(u64::MAX), u32::MAX, both), [i32::MAX, i32::MIN]),
        (entry(Timestamp(NOW.0 + 1), 3, both), [0, 0]),
    ];
    for (number, (entry, mmr)) in bad.iter().enumerate() {
        let mut room = good.clone();
        room.insert(number * 5, (entry.clone(), *mmr, Region::Fer));
        let found = with_candidates(&room, |candidates| pairs(&season, NOW, candidates, 0).len());
        assert!(found >= expected, "entry {number}: {found} pairs, {expected} without it");
    }
    // All at once, in a room that is cut into blocks.
    let mut room = waiting_room(&mut Chance(8), EXACT + 100, 30);
    room.extend(bad.iter().map(|(entry, mmr)| (entry.clone(), *mmr, Region::Fer)));
    let found = with_candidates(&room, |candidates| pairs(&season, NOW, candidates, 0).len());
    assert!(found > EXACT / 3, "{found} pairs");
}

#[test]
fn a_wave_says_why_it_left_somebody_without_a_match() {
    let season = season();
    let player = |bw: bool, sc2: bool, mmr, waves| {
        let races =
            RaceChoice { bw: Some(Race::BwZerg).filter(|_| bw), sc2: Some(Race::Sc2Zerg).filter(|_| sc2) };
        (Entry::new(NOW, waves, races, Vec::new()), [mmr; 2], Region::Euw)
    };
    let (bw, sc2, both) = ((true, false), (false, true), (true, true));
    type Side = (bool, bool);
    let room = |players: &[(Side, i32, u32)]| -> Vec<_> {
        players.iter().map(|((bw, sc2), mmr, waves)| player(*bw, *sc2, *mmr, *waves)).collect()
    };
    for (players, pairs, expected) in [
        (&[(both, 1500, 0)][..], 0, &[(1, WhyNot::Alone)][..]),
        (
            &[(bw, 1500, 0), (bw, 1500, 0)],
            0,
            &[(1, WhyNot::NobodyOfEra { era: Era::Sc2 }), (2, WhyNot::NobodyOfEra { era: Era::Sc2 })],
        ),
        (
            &[(sc2, 1500, 0), (sc2, 1500, 9)],
            0,
            &[(1, WhyNot::NobodyOfEra { era: Era::Bw }), (2, WhyNot::NobodyOfEra { era: Era::Bw })],
        ),
        // The wider window of the two counts.
        (
            &[(bw, 1500, 0), (sc2, 1810, 2)],
            0,
            &[(1, WhyNot::TooFar { gap: 310, window: 250 }), (2, WhyNot::TooFar { gap: 310, window: 250 })],
        ),
        // A player is no opponent of the own other race.
        (
            &[(both, 1500, 0), (sc2, 1700, 0)],
            0,
            &[(1, WhyNot::TooFar { gap: 200, window: 150 }), (2, WhyNot::TooFar { gap: 200, window: 150 })],
        ),
        (
            &[(bw, 1500, 0), (bw, 1500, 1), (bw, 1500, 2), (sc2, 1500, 0), (sc2, 1500, 0)],
            2,
            &[(1, WhyNot::Outnumbered { fitting: 2 })],
        ),
        (&[(both, 1500, 0), (both, 1500, 1), (both, 1500, 2)], 1, &[(1, WhyNot::Outnumbered { fitting: 2 })]),
    ] {
        let found = with_candidates(&room(players), |candidates| wave(&season, NOW, candidates, 0));
        let expected: Vec<_> =
            expected.iter().map(|(id, why)| Unmatched { player: PlayerId(*id), why: *why }).collect();
        // Who is left out among equals is not what is asked here.
        let by_reason = |unmatched: &[Unmatched]| unmatched.iter().map(|one| one.why).collect::<Vec<_>>();
        assert_eq!((found.0.len(), by_reason(&found.1)), (pairs, by_reason(&expected)), "{players:?}");
    }
}

#[test]
fn everyone_of_a_wave_is_paired_or_told_why_not() {
    let season = season();
    for seed in 0..60 {
        let mut chance = Chance(seed);
        let (players, both) = (1 + chance.below(60), chance.below(101));
        let room = waiting_room(&mut chance, players, both);
        with_candidates(&room, |candidates| {
            let (pairs, unmatched) = wave(&season, NOW, candidates, 0);
            let mut seen: Vec<PlayerId> = pairs.iter().flat_map(|pair| pair.players).collect();
            seen.extend(unmatched.iter().map(|one| one.player));
            seen.sort_unstable();
            assert_eq!(seen, candidates.iter().map(|one| one.player).collect::<Vec<_>>(), "seed {seed}");
            let room = Room::new(&season, NOW, candidates);
            for one in &unmatched {
                let at = usize::try_from(one.player.0).unwrap() - 1;
                let fits = |other: &usize| *other != at && room.cost(at, *other).is_some();
                let fitting = (0..players).filter(fits).count();
                let told = match one.why {
                    WhyNot::Outnumbered { fitting } => usize::try_from(fitting).unwrap(),
                    WhyNot::Alone | WhyNot::NobodyOfEra { .. } | WhyNot::TooFar { .. } => 0,
                };
                assert_eq!(told, fitting, "seed {seed}: {one:?}");
            }
        });
    }
}
