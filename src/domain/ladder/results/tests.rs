//! A ladder in which a match was corrected is a ladder in which it ended so, or never happened.

use super::*;
use crate::domain::chance::Chance;
use crate::domain::ladder::{Act, Input};
use ipc_schema::event::Names;
use ipc_schema::view::{CardView, LeaderboardFilter, MatchPhase};
use ipc_schema::vocab::{Caller, Locale, Region, Server};
use std::time::Duration;

const START: Timestamp = Timestamp(1_795_284_000_000);
const STAFF: UserId = UserId(9_000);
const MINUTE: u64 = 60_000;

fn season() -> Season {
    crate::season::load(crate::season::Which::Real).unwrap()
}

/// One match as chance made it.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    match_id: MatchId,
    players: [PlayerId; 2],
    races: [Race; 2],
    verdict: Verdict,
}

fn won(winner: u8) -> Verdict {
    Verdict::Decided { winner, ground: Ground::Recorded }
}

/// Meetings of so many players, of which the better ones win more often; a few end otherwise.
fn meetings(seed: u64, players: usize, count: u64) -> Vec<Meeting> {
    let mut chance = Chance(seed);
    let meeting = |number| {
        let one = chance.below(players);
        let other = (one + 1 + chance.below(players - 1)) % players;
        let verdict = match chance.below(100) {
            0..3 => Verdict::Drawn { ground: Ground::Reported },
            3..5 => Verdict::Conflict,
            5 => Verdict::Expired,
            _ => won(u8::from(chance.below(one + other + 2) > one)),
        };
        Meeting {
            match_id: MatchId(number),
            players: [one, other].map(|player| PlayerId(player as u64 + 1)),
            races: [Race::ALL[chance.below(3)], Race::ALL[3 + chance.below(3)]],
            verdict,
        }
    };
    (1..=count).map(meeting).collect()
}

struct Evening {
    season: Season,
    ladder: Ladder,
}

impl Evening {
    fn new(players: usize) -> Evening {
        let mut ladder = Ladder::new(1);
        for number in 1..=players as u64 {
            let player = PlayerId(number);
            let names = Names {
                name: format!("P{number:04}"),
                battle_tag: format!("P{number:04}#1234"),
                alternatives: Vec::new(),
                country: "KR".to_owned(),
            };
            for event in [
                Event::PlayerJoined { player, user: UserId(number), locale: Locale::EnUs, at: START },
                Event::NamesSet { player, names },
                Event::RegionSet { player, region: Region::Euw },
            ] {
                ladder.evolve(&event);
            }
        }
        Evening { season: season(), ladder }
    }

    fn take(&mut self, events: &[Event]) {
        events.iter().for_each(|event| self.ladder.evolve(event));
    }

    fn at(meeting: &Meeting) -> Timestamp {
        Timestamp(START.0 + meeting.match_id.0 * MINUTE)
    }

    fn begin(&mut self, meeting: &Meeting) {
        let (at, match_id) = (Self::at(meeting), meeting.match_id);
        let pairing = Pairing {
            match_id,
            players: meeting.players,
            races: meeting.races,
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: at,
        };
        let [one, other] = meeting.players.map(|player| Event::Queued { player, at });
        let wave = Event::WaveFired { at, pairings: vec![pairing], generator: 1 };
        self.take(&[one, other, wave, Event::Started { match_id, at, deadline: at }]);
    }

    fn play(&mut self, meeting: &Meeting) {
        self.begin(meeting);
        let match_ = &self.ladder.matches[&meeting.match_id];
        let events = self.ladder.closing(&self.season, Self::at(meeting), match_, meeting.verdict);
        self.take(&events);
        self.deliver();
    }

    /// Nobody reads the cards here.
    fn deliver(&mut self) {
        for card in self.ladder.cards.due().collect::<Vec<_>>() {
            let version = self.ladder.cards.get(card).unwrap().version;
            self.ladder.evolve(&Event::CardLost { card, version, at: START });
        }
        self.ladder.take_changed_cards();
    }

    fn of(players: usize, meetings: &[Meeting]) -> Evening {
        let mut evening = Evening::new(players);
        meetings.iter().for_each(|meeting| evening.play(meeting));
        evening
    }

    fn now(&self) -> Timestamp {
        Timestamp(START.0 + 20_000 * MINUTE)
    }

    fn resolve(&mut self, match_id: u64, verdict: Verdict) -> Result<Vec<Event>, Refusal> {
        let events = self.ladder.resolve(&self.season, self.now(), STAFF, MatchId(match_id), verdict)?;
        self.take(&events);
        Ok(events)
    }

    fn news(&self, of: PlayerId) -> Vec<News> {
        let cards = self.ladder.cards.due().map(|card| self.ladder.cards.get(card).unwrap());
        let of_player = cards.filter(|card| card.player == of);
        let news = of_player.filter_map(|card| match &card.content {
            Content::News(news) => Some(news.clone()),
            _ => None,
        });
        news.collect()
    }
}

/// Ratings, counts and places are the same ones.
fn assert_same(found: &Evening, expected: &Evening) {
    assert_eq!(found.ladder.ratings.len(), expected.ladder.ratings.len());
    for (row, rating) in &found.ladder.ratings {
        let other = expected.ladder.ratings[row];
        assert!(glicko_distance(rating.glicko, other.glicko) <= 1e-9, "{row:?}: {rating:?}, {other:?}");
        assert_eq!(Rating { glicko: other.glicko, ..*rating }, other, "{row:?}");
    }
    for player in found.ladder.players.keys() {
        let views = [found, expected].map(|of| {
            let mut view = of.ladder.profile_view(&of.season, of.now(), *player, *player).unwrap();
            // Staff verdicts have the news, the never played ones have not.
            for rating in &mut view.ratings {
                rating.provisional = false;
                // It has what was told, which no correction takes back.
                rating.history.clear();
            }
            view
        });
        assert_eq!(views[0], views[1]);
    }
    let board = |of: &Evening| {
        let mut rows = Vec::new();
        for page in 0.. {
            let view = of.ladder.leaderboard_view(&of.season, of.now(), page, LeaderboardFilter::default());
            if page >= view.pages {
                return rows;
            }
            rows.extend(view.rows.into_iter().map(|row| (row.place, row.player, row.race, row.rank)));
        }
        rows
    };
    assert_eq!(board(found), board(expected));
    assert!(board(found).len() > 5 || found.ladder.ratings.len() <= 5);
    assert_eq!(found.ladder.audit(), []);
    assert_eq!(expected.ladder.audit(), []);
}

#[test]
fn voiding_the_first_of_10_000_matches_is_as_if_it_never_happened() {
    let meetings = meetings(1, 300, 10_000);
    let mut corrected = Evening::of(300, &meetings);
    assert_eq!(corrected.ladder.audit(), []);
    let first = meetings.iter().find(|meeting| meeting.verdict.outcome(0).is_some()).unwrap();
    assert!(!corrected.ladder.matches.contains_key(&first.match_id), "it is in the history alone");
    let events = corrected.resolve(first.match_id.0, Verdict::Void).unwrap();
    let rerated: usize = events
        .iter()
        .map(|event| match event {
            Event::Rerated { rows, .. } => rows.len(),
            _ => 0,
        })
        .sum();
    assert!(rerated > 100, "{rerated} rows moved");
    let rest: Vec<Meeting> =
        meetings.iter().filter(|meeting| meeting.match_id != first.match_id).copied().collect();
    assert_same(&corrected, &Evening::of(300, &rest));
    assert_eq!(corrected.resolve(first.match_id.0, Verdict::Void), Err(Refusal::Unchanged));
}

#[test]
fn any_verdict_of_any_match_is_as_if_it_had_ended_so() {
    let meetings = meetings(2, 12, 400);
    let staff = Ground::Staff;
    let mut asked = 0;
    for (number, meeting) in meetings.iter().enumerate().step_by(23) {
        for verdict in [
            Verdict::Void,
            Verdict::Drawn { ground: staff },
            Verdict::Decided { winner: 0, ground: staff },
            Verdict::Decided { winner: 1, ground: staff },
        ] {
            let mut corrected = Evening::of(12, &meetings);
            let mut otherwise = meetings.clone();
            otherwise[number].verdict = verdict;
            let found = corrected.resolve(meeting.match_id.0, verdict);
            if Standing::of(verdict) == Standing::of(meeting.verdict) {
                assert_eq!(found, Err(Refusal::Unchanged));
                continue;
            }
            let events = found.unwrap();
            assert_same(&corrected, &Evening::of(12, &otherwise));
            // Taking it back leads to where it began; of a conflict nobody makes one again.
            if let Verdict::Decided { winner, .. } = meeting.verdict {
                corrected.deliver();
                corrected.resolve(meeting.match_id.0, Verdict::Decided { winner, ground: staff }).unwrap();
                assert_same(&corrected, &Evening::of(12, &meetings));
            }
            let moved = events.iter().any(|event| matches!(event, Event::Rerated { .. }));
            let counted = meeting.verdict.outcome(0).is_some() || verdict.outcome(0).is_some();
            assert_eq!(moved, counted, "{meeting:?} to {verdict:?}");
            asked += 1;
        }
    }
    assert!(asked > 40, "{asked}");
}

#[test]
fn staff_close_an_open_match_and_correct_older_ones_beside_it() {
    let all = meetings(3, 6, 60);
    let mut evening = Evening::of(6, &all[..59]);
    let mut open = all[59];
    open.verdict = Verdict::Decided { winner: 1, ground: Ground::Staff };
    evening.begin(&open);
    let decided = all.iter().find(|meeting| matches!(meeting.verdict, Verdict::Decided { .. })).unwrap();
    evening.resolve(decided.match_id.0, Verdict::Void).unwrap();
    assert!(evening.ladder.matches[&open.match_id].is_open());
    let events = evening.resolve(open.match_id.0, open.verdict).unwrap();
    let [Event::Closed { ratings: Some(_), .. }, Event::Rated { .. }, Event::Resolved { by, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(*by, STAFF);
    assert!(!evening.ladder.open.contains_key(&open.players[0]), "both are free to queue");
    assert_eq!(evening.ladder.audit(), []);
    assert_eq!(evening.resolve(open.match_id.0, open.verdict), Err(Refusal::Unchanged));
    // The result came when staff decided, not when the match began.
    assert_eq!(evening.ladder.history.find(open.match_id).unwrap().at, evening.now());
}

#[test]
fn what_was_never_played_has_no_verdict_of_staff() {
    let all = meetings(4, 4, 3);
    let mut evening = Evening::of(4, &all[..1]);
    evening.begin(&all[1]);
    let verdict = Verdict::Void;
    for (id, refusal) in [(0, Refusal::MatchUnknown), (99, Refusal::MatchUnknown)] {
        assert_eq!(evening.resolve(id, verdict), Err(refusal), "match {id}");
    }
    // A match that is not confirmed yet, and later one that was aborted.
    let mut evening = Evening::of(4, &all[..1]);
    evening.begin(&all[1]);
    let match_ = evening.ladder.matches.get_mut(&all[1].match_id).unwrap();
    match_.phase = Phase::Confirming { seats: Default::default(), deadline: START };
    assert_eq!(evening.resolve(2, verdict), Err(Refusal::MatchNotPlayed));
    let by = Verdict::Aborted { by: 0 };
    evening.take(&[Event::Closed { match_id: all[1].match_id, verdict: by, ratings: None, at: START }]);
    assert_eq!(evening.resolve(2, verdict), Err(Refusal::MatchNotPlayed));
}

#[test]
fn each_player_who_was_moved_is_told_the_difference() {
    let [ana, bea, cea] = [1, 2, 3].map(PlayerId);
    let races = [Race::BwZerg, Race::Sc2Terran];
    let meeting = |number, players| Meeting { match_id: MatchId(number), players, races, verdict: won(0) };
    let mut evening = Evening::of(3, &[meeting(1, [ana, bea]), meeting(2, [cea, bea])]);
    evening.resolve(1, Verdict::Void).unwrap();
    let (match_id, verdict) = (MatchId(1), Verdict::Void);
    let corrected = |race, before, after| News::RatingCorrected {
        match_id,
        race,
        before: Mmr(before),
        after: Mmr(after),
    };
    let resolved = |your_slot| News::MatchResolved { match_id, verdict, your_slot };
    assert_eq!(evening.news(ana), [resolved(0), corrected(Race::BwZerg, 1520, 1500)]);
    assert_eq!(evening.news(bea), [resolved(1), corrected(Race::Sc2Terran, 1461, 1480)]);
    assert_eq!(evening.news(cea), [corrected(Race::BwZerg, 1519, 1520)]);
    assert!(!evening.ladder.ratings.contains_key(&(ana, Race::BwZerg)), "nothing made the row");
    let view = evening.ladder.match_view(&evening.season, evening.now(), match_id, ana).unwrap();
    assert!(matches!(view.phase, MatchPhase::Closed { verdict: Verdict::Void, result: None, .. }));
    let card = evening.ladder.cards.due().last().unwrap();
    assert!(matches!(
        evening.ladder.card_view(&evening.season, evening.now(), card),
        Some(CardView::News(_))
    ));
}

#[test]
fn staff_set_a_rating_and_it_stays_part_of_the_fold() {
    let [ana, bea] = [1, 2].map(PlayerId);
    let races = [Race::BwZerg, Race::Sc2Terran];
    let meeting = |number| Meeting { match_id: MatchId(number), players: [ana, bea], races, verdict: won(0) };
    let mut evening = Evening::of(2, &[meeting(1)]);
    let adjust = |evening: &Evening, player, race, to| {
        let reason = "smurf".to_owned();
        evening.ladder.adjust_mmr(&evening.season, START, STAFF, player, race, Mmr(to), reason)
    };
    for (player, to) in [(ana, 1800), (bea, 1400)] {
        let race = if player == ana { races[0] } else { Race::BwTerran };
        let events = adjust(&evening, player, race, to).unwrap();
        evening.take(&events);
    }
    assert_eq!(adjust(&evening, ana, races[0], 1800), Err(Refusal::Unchanged));
    assert_eq!(adjust(&evening, PlayerId(7), races[0], 1800), Err(Refusal::PlayerUnknown));
    assert!(matches!(adjust(&evening, ana, races[0], 200_000), Err(Refusal::MmrOutOfRange { .. })));
    evening.play(&meeting(2));
    assert_eq!(evening.ladder.audit(), []);
    let mmr = |evening: &Evening, player, race| evening.ladder.mmr(&evening.season, player, race).0;
    assert_eq!(mmr(&evening, bea, Race::BwTerran), 1400, "a rating without a match");
    assert_eq!(mmr(&evening, ana, races[0]), 1800 + 7);
    evening.resolve(1, Verdict::Void).unwrap();
    assert_eq!(evening.ladder.audit(), []);
    // Ana had won 20 before; what staff gave stays the same number of points.
    assert_eq!(mmr(&evening, ana, races[0]), 1780 + 9);
    evening.resolve(2, Verdict::Void).unwrap();
    assert_eq!(mmr(&evening, ana, races[0]), 1780);
    assert_eq!(evening.ladder.audit(), []);
}

#[test]
fn another_season_rates_what_comes_and_not_what_was() {
    let all = meetings(5, 6, 120);
    let mut evening = Evening::of(6, &all[..60]);
    let started =
        |evening: &Evening| evening.ladder.decide(&evening.season, evening.now(), &Input::Started).events;
    let told = started(&evening);
    assert!(matches!(told.as_slice(), [Event::RatingSystem { mmr_start: Mmr(1500), .. }]), "{told:?}");
    evening.take(&told);
    assert_eq!(started(&evening), [], "once");
    let before = evening.ladder.ratings.clone();
    evening.season.knobs.mmr_k = 24.0;
    evening.season.knobs.mmr_scale = 400.0;
    evening.season.knobs.mmr_start = 1000;
    // Whether the ladder was started anew, or staff turned a knob while it runs.
    all[60..].iter().for_each(|meeting| evening.play(meeting));
    assert_eq!(evening.ladder.history.system(), Some(System::of(&evening.season.knobs)));
    assert_eq!(evening.ladder.audit(), []);
    for number in (61..=120).rev() {
        let refused = evening.resolve(number, Verdict::Void).err();
        assert!(matches!(refused, None | Some(Refusal::Unchanged)));
        evening.deliver();
    }
    assert_eq!(evening.ladder.audit(), []);
    for (row, rating) in before {
        assert_eq!(evening.ladder.ratings[&row].mmr, rating.mmr, "{row:?}");
    }
}

#[test]
fn a_history_without_glicko_gets_it_when_it_is_loaded() {
    let all = meetings(6, 8, 100);
    let evening = Evening::of(8, &all);
    let mut old = Evening::new(8);
    for meeting in &all {
        old.begin(meeting);
        let match_ = &old.ladder.matches[&meeting.match_id];
        let mut events = old.ladder.closing(&old.season, Evening::at(meeting), match_, meeting.verdict);
        events.retain(|event| matches!(event, Event::Closed { .. }));
        old.take(&events);
        old.deliver();
    }
    assert_same(&old, &evening);
}

#[test]
fn a_correction_fits_a_record_or_is_refused() {
    let row = Rerating {
        player: PlayerId(u64::MAX),
        race: Race::Sc2Protoss,
        before: Mmr(i32::MIN),
        after: Mmr(i32::MAX),
        glicko: rating::UNRATED,
    };
    assert_eq!(for_one_decision(vec![row; RERATED_MOST]).map(|rows| rows.len()), Ok(RERATED_MOST));
    let refused = Err(Refusal::CorrectionTooLarge { limit: 120_000 });
    assert_eq!(for_one_decision(vec![row; RERATED_MOST + 1]), refused);
    let rows = vec![row; RERATED_ROWS];
    let event = Event::Rerated { match_id: MatchId(1), rows };
    let bytes = ipc_schema::frame::to_bytes(&event).len() * RERATED_MOST.div_ceil(RERATED_ROWS);
    assert!(bytes < 6 << 20, "{bytes}");
    assert!(bytes < ipc_schema::frame::MAX_FRAME_BYTES - (2 << 20), "a page holds a MiB more");
}

#[test]
fn those_who_play_are_on_the_leaderboard_for_two_weeks_unless_they_are_banned() {
    let [ana, bea] = [1, 2].map(PlayerId);
    let races = [Race::BwZerg, Race::Sc2Terran];
    let meeting = Meeting { match_id: MatchId(1), players: [ana, bea], races, verdict: won(0) };
    let mut evening = Evening::of(2, &[meeting]);
    let shown = |evening: &Evening, now| {
        let view = evening.ladder.leaderboard_view(&evening.season, now, 0, LeaderboardFilter::default());
        view.rows.iter().map(|row| row.player.0).collect::<Vec<_>>()
    };
    let at = Evening::at(&meeting);
    let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
    assert_eq!(shown(&evening, at), [1, 2]);
    assert_eq!(shown(&evening, at + days(14)), [1, 2]);
    assert_eq!(shown(&evening, at + days(14) + Duration::from_millis(1)), [0; 0]);
    evening.take(&[Event::Banned { player: ana, until: None, reason: "test".to_owned(), at }]);
    assert_eq!(shown(&evening, at), [2]);
    evening.take(&[Event::BanEnded { player: ana, reason: None, at }]);
    assert_eq!(shown(&evening, at), [1, 2]);
    // Time that an event tells takes old rows out of the order for good.
    let caller = Caller { user: UserId(1), locale: Locale::EnUs, dm: None };
    let late = at + days(15);
    evening.take(&[Event::Queued { player: bea, at: late }]);
    assert!(evening.ladder.standings.is_empty());
    let look = Input::Act { caller, act: Act::Look };
    assert_eq!(evening.ladder.decide(&evening.season, late, &look).events, []);
    assert_eq!(evening.ladder.activity_view(late, 1, caller.user).hours[23].players, 1);
}
