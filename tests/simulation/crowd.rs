//! Evenings of 4 to 2,000 people with characters: some leave the queue, some never answer, some
//! abort whatever they find, some say they won whatever happened, some press everything twice, and
//! most just play. Staff decide cases, ban and adjust. After each event the rules that must always
//! hold are checked for whom it touches, and every wave is held against a rule of its own.
//!
//! `EVENINGS=20 cargo test --release --test ladder crowd` plays twenty times as many.

use super::{EVENING, Evening};
use evoladder::domain::ladder::{Act, Input, Ladder, Rebuild, RebuildMatches};
use evoladder::domain::match_::Phase;
use ipc_schema::PROTOCOL_VERSION;
use ipc_schema::db_writer::{Record, StoredReply};
use ipc_schema::event::Event;
use ipc_schema::frame;
use ipc_schema::ids::{CaseId, Key, MatchId, PlayerId, Seq, UserId};
use ipc_schema::replay::Fault;
use ipc_schema::snapshot::{Part, is_of_matches};
use ipc_schema::staff::StaffAct;
use ipc_schema::view::LeaderboardFilter;
use ipc_schema::vocab::{
    Era, FileHash, Ground, Mmr, Outcome, Race, RaceChoice, TermsAnswer, Timestamp, Verdict,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

const STAFF: u64 = 9_000_000;

/// Who an evening is made of, and how many of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Character {
    /// Confirms, plays, and sends the replay.
    Honest,
    /// Queues and leaves again.
    Leaver,
    /// Queues and answers nothing.
    NoShow,
    /// Aborts whatever is found.
    Aborter,
    /// Has won, whatever happened.
    Liar,
    /// Does everything twice, and what makes no sense.
    Fidget,
}

const CHARACTERS: [(Character, usize); 6] = [
    (Character::Honest, 60),
    (Character::Leaver, 10),
    (Character::NoShow, 5),
    (Character::Aborter, 5),
    (Character::Liar, 8),
    (Character::Fidget, 12),
];

/// From one look of a person at Discord to the next, at the most.
const PAUSE_MS: usize = 40_000;
/// Between two rounds of deliveries by Discord.
const DELIVERY: Duration = Duration::from_millis(900);
const GAME_MS: [usize; 2] = [4 * 60_000, 22 * 60_000];

struct Crowd {
    evening: Evening,
    characters: Vec<Character>,
    /// Who looks at Discord next, and when.
    agenda: BinaryHeap<Reverse<(Timestamp, u64)>>,
    /// When each match is played to its end.
    games: BTreeMap<MatchId, Timestamp>,
}

impl Crowd {
    fn new(seed: u64, people: u64) -> Crowd {
        let mut evening = Evening::new(seed, people);
        evening.input(&Input::OwnerNamed { user: UserId(STAFF) });
        let (mut characters, mut agenda) = (Vec::new(), BinaryHeap::new());
        for user in 1..=people {
            evening.set_up(user);
            let mut draw = evening.chance.below(100);
            let drawn = CHARACTERS.iter().find(|(_, share)| {
                let found = draw < *share;
                draw = draw.saturating_sub(*share);
                found
            });
            characters.push(drawn.expect("the shares make a hundred").0);
            let eras: &[Era] = [&[Era::Bw][..], &[Era::Sc2], &[Era::Bw, Era::Sc2]][evening.chance.below(3)];
            for era in eras {
                let races: Vec<Race> = Race::ALL.iter().copied().filter(|race| race.era() == *era).collect();
                let race = *evening.pick(&races);
                evening.act(user, Act::ChooseRace { era: *era, race: Some(race) });
                let mmr = Mmr(1100 + (0..4).map(|_| evening.chance.below(200) as i32).sum::<i32>());
                let player = evening.ladder.player_of(UserId(user)).expect("everyone is set up").1.name();
                evening.staff_does(StaffAct::AdjustMmr { player, race, to: mmr });
            }
            let arrives = EVENING + Duration::from_millis(evening.chance.below(600_000) as u64);
            agenda.push(Reverse((arrives, user)));
        }
        Crowd { evening, characters, agenda, games: BTreeMap::new() }
    }

    /// Lets the evening go on until then; `each` looks at it after every step.
    fn live(&mut self, until: Timestamp, each: impl Fn(&Evening)) {
        let mut delivery = self.evening.now;
        while let Some(Reverse((at, user))) = self.agenda.peek().copied()
            && at <= until
        {
            self.agenda.pop();
            if at >= delivery {
                self.evening.deliver();
                delivery = at + DELIVERY;
            }
            self.evening.pass(at.since(self.evening.now));
            self.think(user);
            let pause = 2_000 + self.evening.chance.below(PAUSE_MS) as u64;
            self.agenda.push(Reverse((at + Duration::from_millis(pause), user)));
            each(&self.evening);
        }
        self.evening.pass(until.since(self.evening.now));
    }

    /// What a person does who looks at Discord.
    fn think(&mut self, user: u64) {
        let character = self.characters[usize::try_from(user).unwrap() - 1];
        let evening = &mut self.evening;
        let (player, _) = evening.ladder.player_of(UserId(user)).expect("everyone is set up");
        let open = evening.ladder.match_of(player).filter(|(_, match_)| match_.is_open());
        let open = open.map(|(id, match_)| (id, match_.phase.clone()));
        let waits = evening.ladder.is_queued(player);
        match (open, character) {
            (None, Character::Leaver) if waits => {
                if evening.chance.below(3) == 0 {
                    evening.act(user, Act::LeaveQueue);
                }
            }
            (None, _) if waits => {}
            (None, Character::Fidget) => {
                evening.act(user, Act::JoinQueue);
                let again = evening.act(user, Act::JoinQueue);
                assert!(again.refusal.is_some(), "seed {}: nobody joins twice", evening.seed);
                evening.act(user, Act::Confirm(MatchId(1)));
                evening.act(user, Act::Report { match_id: MatchId(1), outcome: Outcome::Won });
                evening.act(user, Act::Upload { hash: FileHash([9; 32]), bytes: 10 });
            }
            (None, _) => drop(evening.act(user, Act::JoinQueue)),
            (Some((id, Phase::Confirming { .. })), Character::Aborter) => {
                drop(evening.act(user, Act::Abort(id)));
            }
            (Some((_, Phase::Confirming { .. })), Character::NoShow) => {}
            (Some((id, Phase::Confirming { .. })), _) => drop(evening.act(user, Act::Confirm(id))),
            (Some((id, Phase::Playing { .. })), _) => self.play(user, id, character),
            (Some((_, Phase::Closed { .. })), _) => unreachable!("a closed match is not open"),
        }
        if character == Character::Fidget && self.evening.chance.below(30) == 0 {
            self.evening.act(user, Act::AnswerTerms(TermsAnswer::Decline));
            assert!(!self.evening.ladder.is_queued(player), "seed {}", self.evening.seed);
            self.evening.act(user, Act::AnswerTerms(TermsAnswer::Accept));
        }
        if self.evening.chance.below(100) == 0 {
            self.staff_look(player);
            self.evening.check_pages();
        }
    }

    fn play(&mut self, user: u64, id: MatchId, character: Character) {
        let evening = &mut self.evening;
        let [shortest, longest] = GAME_MS;
        let length = shortest + evening.chance.below(longest - shortest);
        let ends = *self.games.entry(id).or_insert(evening.now + Duration::from_millis(length as u64));
        if evening.now < ends {
            return;
        }
        match character {
            Character::Liar => drop(evening.act(user, Act::Report { match_id: id, outcome: Outcome::Won })),
            // Somebody who cannot find the file.
            _ if evening.chance.below(5) == 0 => {
                let outcome = *evening.pick(&[Outcome::Won, Outcome::Lost, Outcome::Draw]);
                evening.act(user, Act::Report { match_id: id, outcome });
            }
            Character::NoShow if evening.chance.below(4) > 0 => {}
            _ => evening.upload(user),
        }
        if evening.chance.below(15) == 0 {
            evening.act(user, Act::Dispute { match_id: id });
        }
    }

    /// Staff answer the oldest case, look back at an old match, or at a player.
    fn staff_look(&mut self, player: PlayerId) {
        let evening = &mut self.evening;
        let name = evening.ladder.player(player).expect("it is one of the crowd").name();
        let verdicts = [
            Verdict::Decided { winner: 0, ground: Ground::Staff },
            Verdict::Decided { winner: 1, ground: Ground::Staff },
            Verdict::Drawn { ground: Ground::Staff },
            Verdict::Void,
        ];
        let verdict = *evening.pick(&verdicts);
        let case = evening.ladder.open_cases().next().map(|(id, case)| (id, case.match_id));
        let any = evening.chance.below(usize::try_from(evening.ladder.counts().matches_paired).unwrap() + 1);
        let any = MatchId(1 + any as u64);
        let (race, mmr) = (*evening.pick(Race::ALL), Mmr(1000 + evening.chance.below(1000) as i32));
        let act = match (evening.chance.below(12), case) {
            (0, Some((case, _))) => StaffAct::CloseCase { case },
            (1..5, Some((_, match_id))) => StaffAct::Resolve { match_id, verdict },
            (5, _) => StaffAct::AdjustMmr { player: name, race, to: mmr },
            (6, _) => StaffAct::Ban { player: name, days: Some(1) },
            (7, _) => StaffAct::Unban { player: name },
            (8, _) => StaffAct::TimeOut { player: name, minutes: 10 },
            (9, _) => StaffAct::TimeOut { player: name, minutes: 0 },
            (10, _) if evening.chance.below(4) == 0 => StaffAct::ClearQueue,
            (10, _) => StaffAct::ResetAborts { player: name },
            _ => StaffAct::Resolve { match_id: any, verdict },
        };
        evening.staff_does(act);
    }

    /// Nobody does anything any more: what is left of it ends by itself.
    fn end(mut self) -> Evening {
        let evening = &mut self.evening;
        let seed = evening.seed;
        // Jobs whose worker died are given up in the end.
        let jobs: Vec<_> = evening.ladder.jobs().map(|(job, _)| job).collect();
        for job in jobs {
            evening.input(&Input::JobFailed { job, fault: Fault::NotRead });
        }
        evening.pass(Duration::from_secs(4 * 60 * 60));
        assert_eq!(evening.ladder.open_matches(), 0, "seed {seed}: every match ends");
        let cases: Vec<CaseId> = evening.ladder.open_cases().map(|(case, _)| case).collect();
        for case in cases {
            evening.staff_does(StaffAct::CloseCase { case });
        }
        // Who waits has a card that may change.
        for user in 1..=evening.people {
            evening.act(user, Act::LeaveQueue);
        }
        for _ in 0..60 {
            evening.deliver();
        }
        assert_eq!(evening.ladder.jobs().count(), 0, "seed {seed}");
        let left: Vec<_> = evening.ladder.cards().iter().collect();
        assert!(left.is_empty(), "seed {seed}: what cannot change is forgotten: {left:?}");
        assert_eq!(evening.ladder.open_cases().count(), 0, "seed {seed}");
        assert!(evening.ladder.kept_matches() <= 1000, "seed {seed}: {}", evening.ladder.kept_matches());
        assert_eq!(evening.ladder.audit(), [], "seed {seed}: ratings are the fold of results");
        self.evening
    }
}

impl Evening {
    /// Staff propose something and confirm it, if the rules allow it.
    fn staff_does(&mut self, act: StaffAct<String>) {
        let proposed = self.act(STAFF, Act::Propose { act, reason: "by chance".to_owned() });
        let id = proposed.events.iter().find_map(|event| match event {
            Event::StaffProposed { proposal, .. } => Some(*proposal),
            _ => None,
        });
        assert_eq!(id.is_none(), proposed.refusal.is_some(), "seed {}", self.seed);
        if let Some(id) = id {
            let done = self.act(STAFF, Act::Perform(id));
            assert_eq!(done.refusal, None, "seed {}: nothing changed meanwhile", self.seed);
            let again = self.act(STAFF, Act::Perform(id));
            assert!(again.refusal.is_some(), "seed {}: it is done once", self.seed);
        }
    }

    /// Nobody is in two places at once, and nobody waits who may not.
    pub(super) fn check_places(&self, players: &[PlayerId]) {
        for id in players {
            let plays = self.ladder.match_of(*id).is_some_and(|(_, match_)| match_.is_open());
            let waits = self.ladder.is_queued(*id);
            assert!(!(plays && waits), "seed {}: player {id} waits and plays", self.seed);
            let player = self.ladder.player(*id).expect("who acts is known");
            assert!(!waits || player.may_wait(self.now), "seed {}: player {id} may not wait", self.seed);
        }
    }

    /// Who is banned is on no page.
    fn check_pages(&self) {
        for page in 0.. {
            let view =
                self.ladder.leaderboard_view(&self.season, self.now, page, LeaderboardFilter::default());
            for row in &view.rows {
                let player = self.ladder.player(row.player).expect("rows are of players");
                assert!(player.ban.is_none(), "seed {}: player {} is banned", self.seed, row.player);
            }
            if page + 1 >= view.pages {
                return;
            }
        }
    }

    /// Before a wave: who waits, with what, and how much of a gap each accepts. The rule is written
    /// down here once more, apart from the domain's own.
    pub(super) fn waiting(&self) -> Vec<Waiting> {
        let knobs = &self.season.knobs;
        let mmr = |player, race: Option<Race>| Some(self.ladder.mmr(&self.season, player, race?).0);
        let waiting = self.ladder.waiting().map(|(player, entry)| {
            let RaceChoice { bw, sc2 } = entry.races;
            let window = knobs.window_start + knobs.window_step * (entry.waves + 1);
            Waiting { player, bw: mmr(player, bw), sc2: mmr(player, sc2), window }
        });
        waiting.collect()
    }

    /// Of those whom a wave left, no two could have been paired.
    pub(super) fn check_wave(&self, waiting: &[Waiting], event: &Event) {
        let Event::WaveFired { pairings, .. } = event else { return };
        let paired: BTreeSet<PlayerId> = pairings.iter().flat_map(|pairing| pairing.players).collect();
        assert_eq!(paired.len(), 2 * pairings.len(), "seed {}: nobody is paired twice", self.seed);
        let left: Vec<&Waiting> = waiting.iter().filter(|one| !paired.contains(&one.player)).collect();
        for (at, one) in left.iter().enumerate() {
            let other = left[at + 1..].iter().find(|other| one.fits(other));
            assert!(other.is_none(), "seed {}: {one:?} and {other:?} were left", self.seed);
        }
    }
}

#[derive(Debug)]
pub(super) struct Waiting {
    player: PlayerId,
    bw: Option<i32>,
    sc2: Option<i32>,
    window: u32,
}

impl Waiting {
    fn fits(&self, other: &Waiting) -> bool {
        let gap = |bw: Option<i32>, sc2: Option<i32>| Some(bw?.abs_diff(sc2?));
        let gaps = [gap(self.bw, other.sc2), gap(other.bw, self.sc2)];
        gaps.into_iter().flatten().any(|gap| gap <= self.window.max(other.window))
    }
}

/// The ladder as a new process has it, from bytes.
fn reloaded(evening: &Evening) -> Ladder {
    let events = evening.events.clone();
    let record = Record { seq: Seq(1), at: evening.now, key: None, events, reply: None };
    let stored: Record = frame::from_bytes(&frame::to_bytes(&record)).unwrap();
    let mut ladder = Ladder::new(evening.seed);
    stored.events.iter().for_each(|event| ladder.evolve(event));
    ladder.take_changed_cards();
    ladder
}

fn times() -> u64 {
    std::env::var("EVENINGS").map_or(1, |times| times.parse().expect("EVENINGS is a number"))
}

#[test]
fn small_crowds_are_reloaded_at_every_step() {
    for seed in 0..40 * times() {
        let mut crowd = Crowd::new(10_000 + seed, 4 + seed % 5);
        crowd.live(EVENING + Duration::from_secs(25 * 60), |evening| {
            assert_eq!(reloaded(evening), evening.ladder, "seed {}", evening.seed);
        });
        crowd.end();
    }
}

#[test]
fn crowds_of_all_sizes_keep_the_rules() {
    let mut decided = 0;
    for (people, evenings, minutes) in [(4, 60, 60), (12, 40, 60), (40, 16, 60), (200, 2, 45), (2_000, 1, 9)]
    {
        for number in 0..evenings * times() {
            let mut crowd = Crowd::new(people * 1000 + number, people);
            crowd.live(EVENING + Duration::from_secs(minutes * 60), |_| {});
            let evening = crowd.end();
            assert_eq!(reloaded(&evening), evening.ladder, "seed {}", evening.seed);
            decided += evening.ladder.counts().matches_decided;
        }
    }
    assert!(decided > 1000, "crowds have matches: {decided}");
}

/// A ladder as it is after it was stored and made anew.
pub(crate) fn stored_and_back(ladder: &Ladder, seed: u64) -> Ladder {
    let (mut rebuild, mut of_matches) = (Rebuild::default(), RebuildMatches::default());
    let at = EVENING;
    let parts = ladder.to_snapshot(at, |part| {
        let bytes = frame::to_bytes(&part);
        let read: Part = frame::from_bytes(&bytes).map_err(|error| error.to_string())?;
        assert!(read == part, "seed {seed}: a part is read as it was stored");
        let bulk = is_of_matches(&bytes);
        let rest = if bulk { of_matches.take(read) } else { rebuild.take(read) };
        rest.map_or(Ok(()), |part| Err(format!("{part:?} is taken by nobody")))
    });
    parts.unwrap();
    let (ladder, stored_at) =
        rebuild.finish(seed, || of_matches.finish()).expect("what was stored makes a ladder");
    assert_eq!(stored_at, at);
    ladder
}

/// The events of an evening as records, each with a key and a reply.
pub(crate) fn records_of_an_evening(seed: u64, people: u64, minutes: u64) -> Vec<Record> {
    let mut crowd = Crowd::new(seed, people);
    crowd.live(EVENING + Duration::from_secs(minutes * 60), |_| {});
    let events = crowd.evening.events;
    (1..)
        .zip(events.chunks(1))
        .map(|(seq, events)| Record {
            seq: Seq(seq),
            at: EVENING + Duration::from_secs(seq),
            key: Some(Key::Interaction(seq)),
            events: events.to_vec(),
            reply: Some(StoredReply { protocol: PROTOCOL_VERSION, bytes: vec![7; 3] }),
        })
        .collect()
}

#[test]
fn a_ladder_made_anew_from_what_is_stored_is_the_same_ladder_at_every_step() {
    for seed in 0..20 * times() {
        let mut crowd = Crowd::new(20_000 + seed, 4 + seed % 7);
        crowd.live(EVENING + Duration::from_secs(25 * 60), |evening| {
            let made = stored_and_back(&evening.ladder, evening.seed);
            assert!(made == evening.ladder, "seed {}", evening.seed);
        });
        crowd.end();
    }
}

#[test]
fn large_crowds_are_stored_and_made_anew_too() {
    for (people, minutes) in [(200, 40), (1_000, 8)] {
        for seed in 0..times() {
            let mut crowd = Crowd::new(30_000 + seed, people);
            for step in 1..=4 {
                crowd.live(EVENING + Duration::from_secs(minutes * 15 * step), |_| {});
                let ladder = &crowd.evening.ladder;
                let made = stored_and_back(ladder, crowd.evening.seed);
                assert!(made == *ladder, "seed {}, step {step}", crowd.evening.seed);
            }
        }
    }
}

#[test]
fn an_evening_goes_on_from_a_snapshot_as_it_would_have_without() {
    for seed in 0..12 * times() {
        let [alone, copied] = [false, true].map(|with_copies| {
            let mut crowd = Crowd::new(40_000 + seed, 6 + seed % 30);
            for minutes in 1..=40 {
                crowd.live(EVENING + Duration::from_secs(minutes * 60), |_| {});
                if with_copies {
                    crowd.evening.ladder = stored_and_back(&crowd.evening.ladder, crowd.evening.seed);
                }
            }
            crowd.evening
        });
        assert!(alone.events == copied.events, "seed {}", alone.seed);
        assert!(alone.ladder == copied.ladder, "seed {}", alone.seed);
        assert!(alone.events.len() > 100, "something happened");
    }
}
