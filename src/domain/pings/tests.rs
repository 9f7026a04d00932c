use super::*;
use crate::domain::ladder::{Act, Decision, Input, Rebuild, RebuildMatches};
use crate::domain::season::Season;
use ipc_schema::event::Names;
use ipc_schema::ids::{CardId, ChannelId, MessageId, UserId};
use ipc_schema::snapshot::Part;
use ipc_schema::view::{CardView, News};
use ipc_schema::vocab::{Caller, Locale, Race, Region};

/// 2026-11-21T18:00:00Z.
const NOW: Timestamp = Timestamp(1_795_284_000_000);
const BW: RaceChoice = RaceChoice { bw: Some(Race::BwZerg), sc2: None };
const SC2: RaceChoice = RaceChoice { bw: None, sc2: Some(Race::Sc2Terran) };
const BOTH: RaceChoice = RaceChoice { bw: BW.bw, sc2: SC2.sc2 };
const DM: ChannelId = ChannelId(9);

struct World {
    season: Season,
    ladder: Ladder,
    now: Timestamp,
}

impl World {
    fn new(races: &[RaceChoice]) -> World {
        let season = crate::season::load(crate::season::Which::Real).unwrap();
        let mut world = World { season, ladder: Ladder::new(1), now: NOW };
        for (number, races) in (1..).zip(races) {
            let player = PlayerId(number);
            let names = Names {
                name: format!("P{number:03}"),
                battle_tag: format!("P{number:03}#1234"),
                alternatives: Vec::new(),
                country: "KR".to_owned(),
            };
            for event in [
                Event::PlayerJoined { player, user: UserId(number), locale: Locale::EnUs, at: NOW },
                Event::TermsAnswered { player, accepted: true, at: NOW },
                Event::NamesSet { player, names },
                Event::RegionSet { player, region: Region::Euw },
                Event::SetupFinished { player, at: NOW },
                Event::GuideRead { player, at: NOW },
                Event::RacesChosen { player, races: *races },
            ] {
                world.ladder.evolve(&event);
            }
        }
        world
    }

    fn input(&mut self, input: &Input) -> Decision {
        let decision = self.ladder.decide(&self.season, self.now, input);
        decision.events.iter().for_each(|event| self.ladder.evolve(event));
        decision
    }

    fn act_in(&mut self, dm: Option<ChannelId>, user: u64, act: Act) -> Decision {
        let caller = Caller { user: UserId(user), locale: Locale::EnUs, dm };
        self.input(&Input::Act { caller, act })
    }

    fn act(&mut self, user: u64, act: Act) -> Decision {
        self.act_in(None, user, act)
    }

    fn wants(&mut self, user: u64, of: PingsOf) {
        assert_eq!(self.act(user, Act::WishNotifications(Wish::Pings(of))).refusal, None);
    }

    /// Whom somebody who joins has told.
    fn joins(&mut self, user: u64) -> Vec<u64> {
        let joined = self.act(user, Act::JoinQueue);
        assert_eq!(joined.refusal, None);
        let pinged = joined.events.into_iter().find_map(|event| match event {
            Event::PlayersPinged { pinged, .. } => Some(pinged),
            _ => None,
        });
        pinged.unwrap_or_default().into_iter().map(|player| player.0).collect()
    }

    /// The same, and leaves again.
    fn pinged_by(&mut self, user: u64) -> Vec<u64> {
        let pinged = self.joins(user);
        self.act(user, Act::LeaveQueue);
        pinged
    }

    /// What is due to a player and may go out.
    fn due(&self, user: u64) -> Vec<CardView> {
        let cards = self.ladder.cards();
        let due = cards.due().filter(|card| cards.get(*card).is_some_and(|card| card.player.0 == user));
        due.filter_map(|card| self.ladder.card_view(&self.season, self.now, card)).collect()
    }

    fn tick(&mut self) {
        while self.ladder.next_tick(&self.season, self.now).is_some_and(|at| at <= self.now) {
            self.input(&Input::Tick);
        }
    }

    fn unreachable(&mut self, card: u64) -> Vec<Event> {
        self.input(&Input::CardUnreachable { card: CardId(card), version: 1 }).events
    }

    fn pass(&mut self, minutes: u64) {
        self.now = self.now + Duration::from_secs(minutes * 60);
    }
}

#[test]
fn times_of_day_are_read_as_people_write_them() {
    for (text, expected) in [
        ("23:00", Some(1380)),
        ("8", Some(480)),
        ("07.30", Some(450)),
        ("0:05", Some(5)),
        ("9：15", Some(555)),
        ("24:00", None),
        ("12:60", None),
        ("7:5", None),
        ("+7:00", None),
        ("123:00", None),
        ("", None),
        ("evening", None),
    ] {
        assert_eq!(time_of_day(text), expected, "{text:?}");
    }
}

#[test]
fn an_offset_is_told_as_such_or_by_a_clock() {
    for (text, expected) in [
        ("+9", Some(540)),
        ("UTC+9", Some(540)),
        ("utc -3:30", Some(-210)),
        ("−5", Some(-300)),
        ("GMT", Some(0)),
        ("0", Some(0)),
        ("UTC+5:45", Some(345)),
        ("+14", Some(840)),
        ("+15", None),
        // It is 18:00 in UTC, and typing takes a while.
        ("18:00", Some(0)),
        ("03:02", Some(540)),
        ("12:58", Some(-300)),
        ("23:31", Some(330)),
        ("6:00", Some(-720)),
        ("5:59", Some(720)),
        ("UTC 21:35", None),
        ("21", None),
        ("Seoul", None),
    ] {
        assert_eq!(utc_offset(text, NOW), expected, "{text:?}");
    }
}

#[test]
fn quiet_hours_are_the_players_own_and_may_cross_midnight() {
    let night = Some(Quiet { from_min: 23 * 60, to_min: 8 * 60 });
    let noon = Some(Quiet { from_min: 12 * 60, to_min: 14 * 60 });
    // At 18:00 in UTC.
    for (quiet, offset, expected) in [
        (None, 0, false),
        (night, 0, false),
        (night, 300, true),
        (night, 299, false),
        (night, 540, true),
        (night, 839, true),
        (night, 840, false),
        (night, -600, false),
        (noon, 0, false),
        (noon, -360, true),
        (noon, -241, true),
        (noon, -240, false),
    ] {
        let pings = Pings { of: PingsOf::Anyone, cooldown_min: 5, quiet, utc_offset_min: Some(offset) };
        assert_eq!(is_quiet(&pings, NOW), expected, "{quiet:?} {offset}");
    }
}

#[test]
fn what_is_wished_is_checked_and_the_offset_is_asked_for_once() {
    let times = |cooldown: &str, from: &str, to: &str, zone: &str| {
        let [cooldown, quiet_from, quiet_to, zone] = [cooldown, from, to, zone].map(str::to_owned);
        Wish::Times(Times { cooldown, quiet_from, quiet_to, zone })
    };
    let out_of_range = || Refusal::OutOfRange { from: 5, to: 1440 };
    let newcomer = Notifications::default();
    for (wish, refusal) in [
        (times("4", "", "", ""), out_of_range()),
        (times("1441", "", "", ""), out_of_range()),
        (times("often", "", "", ""), out_of_range()),
        (times("", "", "", ""), out_of_range()),
        (times("5", "23:00", "", "+1"), Refusal::TimeInvalid),
        (times("5", "23:00", "23:00", "+1"), Refusal::TimeInvalid),
        (times("5", "late", "early", "+1"), Refusal::TimeInvalid),
        (times("5", "23:00", "7", ""), Refusal::ZoneInvalid),
        (times("5", "", "", "here"), Refusal::ZoneInvalid),
    ] {
        assert_eq!(grant(newcomer, NOW, &wish), Err(refusal), "{wish:?}");
    }
    let told = grant(newcomer, NOW, &times("1440", "23:00", "7", "19:02")).unwrap();
    let quiet = Some(Quiet { from_min: 1380, to_min: 420 });
    let pings = Pings { of: PingsOf::Nobody, cooldown_min: 1440, quiet, utc_offset_min: Some(60) };
    assert_eq!(told, Notifications { pings, ..newcomer });
    let again = grant(told, NOW, &times("5", "22", "6", "")).unwrap();
    assert_eq!(again.pings.utc_offset_min, Some(60));
    assert_eq!(grant(again, NOW, &times("5", "", "", "")).unwrap().pings.quiet, None);
}

#[test]
fn those_who_asked_and_could_play_are_told_and_nobody_else() {
    let mut world = World::new(&[BW, SC2, SC2, BW, BOTH, RaceChoice::default(), SC2, SC2]);
    world.wants(2, PingsOf::Bw);
    world.wants(3, PingsOf::Sc2);
    world.wants(4, PingsOf::Anyone);
    world.wants(5, PingsOf::Anyone);
    world.wants(6, PingsOf::Bw);
    let ban = Event::Banned { player: PlayerId(7), until: None, reason: String::new(), at: NOW };
    world.wants(7, PingsOf::Anyone);
    world.ladder.evolve(&ban);
    world.wants(8, PingsOf::Anyone);
    world.ladder.evolve(&Event::DmsClosed { player: PlayerId(8), at: NOW });
    assert_eq!(world.pinged_by(1), [2, 5, 6]);
    assert_eq!(world.due(6), [CardView::News(News::SomebodyQueues { races: BW, at: NOW })]);
    // Within the hour nobody is told twice; who could not play before may now.
    assert_eq!(world.pinged_by(5), [3, 4]);
    world.pass(59);
    assert_eq!(world.pinged_by(1), [0; 0]);
    world.pass(1);
    assert_eq!(world.pinged_by(1), [2, 5, 6]);
}

#[test]
fn nobody_is_told_while_an_opponent_waits() {
    let mut world = World::new(&[BW, BW, SC2, SC2]);
    world.wants(4, PingsOf::Anyone);
    assert_eq!(world.joins(3), [0; 0]);
    assert_eq!(world.joins(1), [0; 0]);
    world.act(3, Act::LeaveQueue);
    // Another of the same era is no opponent.
    assert_eq!(world.pinged_by(2), [4]);
    // Who waits is not told of others.
    world.act(1, Act::LeaveQueue);
    world.wants(3, PingsOf::Anyone);
    world.pass(60);
    assert_eq!(world.joins(4), [0; 0]);
    assert_eq!(world.joins(3), [0; 0]);
    world.act(4, Act::LeaveQueue);
    world.ladder.evolve(&Event::RacesChosen { player: PlayerId(4), races: BOTH });
    world.act(3, Act::LeaveQueue);
    world.act(3, Act::JoinQueue);
    assert_eq!(world.joins(4), [0; 0]);
    assert_eq!(world.ladder.player(PlayerId(3)).unwrap().settings.last_ping, None);
}

#[test]
fn the_whole_ladder_tells_so_many_in_a_minute_and_who_waited_longest_first() {
    let mut races = vec![SC2; MOST + 10];
    races.push(BW);
    let by = races.len() as u64;
    let mut world = World::new(&races);
    for user in 1..by {
        world.wants(user, PingsOf::Anyone);
        let times = Times { cooldown: "5".to_owned(), ..Times::default() };
        world.act(user, Act::WishNotifications(Wish::Times(times)));
    }
    let first: Vec<u64> = (1..=MOST as u64).collect();
    assert_eq!(world.pinged_by(by), first);
    assert_eq!(world.pinged_by(by), [0; 0]);
    world.pass(1);
    let rest: Vec<u64> = (MOST as u64 + 1..by).collect();
    assert_eq!(world.pinged_by(by), rest);
    world.pass(5);
    assert_eq!(world.pinged_by(by), first, "they were told longer ago");
}

#[test]
fn who_wants_no_announcements_and_corrections_gets_none() {
    let mut world = World::new(&[BW, SC2]);
    let neither = Wish::Kinds { corrections: false, announcements: false };
    world.act(2, Act::WishNotifications(neither));
    world.input(&Input::OwnerNamed { user: UserId(1) });
    let announce = ipc_schema::staff::StaffAct::Announce { text: "The season ends.".to_owned() };
    let proposed = world.act(1, Act::Propose { act: announce, reason: "it does".to_owned() });
    assert_eq!(proposed.refusal, None);
    world.act(1, Act::Perform(ipc_schema::ids::ProposalId(1)));
    let audience: Vec<PlayerId> = world.ladder.cards().iter().map(|(_, card)| card.player).collect();
    assert_eq!(audience, [PlayerId(1)]);
    let (race, before, after) = (Race::BwZerg, ipc_schema::vocab::Mmr(1500), ipc_schema::vocab::Mmr(1490));
    let glicko = ipc_schema::vocab::Glicko { rating: 1500.0, deviation: 350.0, volatility: 0.06 };
    let row = |player| ipc_schema::event::Rerating { player: PlayerId(player), race, before, after, glicko };
    let rerated = Event::Rerated { match_id: ipc_schema::ids::MatchId(3), rows: vec![row(1), row(2)] };
    world.ladder.evolve(&rerated);
    let told = world.ladder.cards().iter().filter(|(_, card)| card.player == PlayerId(2));
    assert_eq!(told.count(), 0);
    assert_eq!(world.ladder.cards().len(), 2);
}

/// The state that a snapshot of it makes.
fn stored_and_loaded(world: &World) -> Ladder {
    let mut parts = Vec::new();
    let all = world.ladder.to_snapshot(world.now, |part: Part| {
        parts.push(part);
        Ok::<(), ()>(())
    });
    all.unwrap();
    let (mut rebuild, mut of_matches) = (Rebuild::default(), RebuildMatches::default());
    for part in parts {
        rebuild.take(part).and_then(|part| of_matches.take(part));
    }
    rebuild.finish(1, || of_matches.finish()).unwrap().0
}

#[test]
fn what_does_not_reach_a_player_is_held_back_told_by_an_answer_or_sent_when_messages_arrive() {
    let mut world = World::new(&[BW, SC2]);
    world.wants(2, PingsOf::Anyone);
    assert_eq!(world.joins(1), [2]);
    world.act(2, Act::JoinQueue);
    let notice = || Act::RefuseUpload { refusal: Refusal::NotAReplay, files: 1 };
    world.act(2, notice());
    let last = |world: &World| world.ladder.cards().next_id().0 - 1;
    let first = last(&world);
    // A ping says nothing later, and who does not read messages does not wait.
    let (player, at) = (PlayerId(2), NOW);
    let closed = [Event::DmsClosed { player, at }, Event::LeftQueue { player, at }];
    assert_eq!(world.unreachable(first), closed);
    assert_eq!(world.unreachable(first), [], "it is known");
    assert_eq!(world.due(2), []);
    assert_eq!(world.act(2, Act::JoinQueue).refusal, Some(Refusal::DmsClosed));
    let held = |world: &World| {
        let held = world.ladder.held_back(&world.season, world.now, player);
        held.map(|held| held.iter().map(|held| held.card.0).collect::<Vec<_>>())
    };
    assert_eq!(held(&world), Some(vec![first]));
    world.act(2, notice());
    let second = last(&world);
    let told = Input::CardTold { card: CardId(first), version: 1 };
    assert_eq!(world.input(&told).events.len(), 1);
    assert_eq!(world.input(&told).events, [], "it is told once");
    assert_eq!(held(&world), Some(vec![second]));
    world.ladder.take_changed_cards();
    assert_eq!(stored_and_loaded(&world), world.ladder);
    // A press in the DM means that it is read there.
    world.act_in(Some(DM), 2, Act::Look);
    assert_eq!(held(&world), None);
    assert_eq!(world.due(2), [CardView::Notice { refusal: Refusal::NotAReplay, files: 1 }]);
    assert_eq!(world.ladder.take_changed_cards(), [CardId(second)], "it is shown as it is by now");
    assert_eq!(world.act(2, Act::JoinQueue).refusal, None);
}

#[test]
fn a_match_is_tried_once_and_posted_anew_when_the_player_asks_whether_messages_arrive() {
    let mut world = World::new(&[BW, SC2]);
    world.act(1, Act::JoinQueue);
    world.act(2, Act::JoinQueue);
    world.ladder.evolve(&Event::DmsClosed { player: PlayerId(2), at: NOW });
    world.pass(1);
    world.tick();
    let (card, _) = world.ladder.match_card(ipc_schema::ids::MatchId(1), PlayerId(2)).unwrap();
    assert!(world.ladder.cards().is_due(card), "it is tried in any case");
    world.unreachable(card.0);
    assert!(!world.ladder.cards().is_due(card));
    let other = world.ladder.match_card(ipc_schema::ids::MatchId(1), PlayerId(1)).unwrap().0;
    let (channel, message) = (DM, MessageId(3));
    world.input(&Input::CardShown { card: other, version: 1, channel, message });
    world.act(1, Act::Confirm(ipc_schema::ids::MatchId(1)));
    world.act(2, Act::Confirm(ipc_schema::ids::MatchId(1)));
    assert!(!world.ladder.cards().is_due(card), "it was tried once");
    assert!(
        world.ladder.held_back(&world.season, world.now, PlayerId(2)).is_some_and(|held| held.len() == 1)
    );
    let opened = world.act(2, Act::TryDms).events;
    assert_eq!(opened, [Event::DmsOpened { player: PlayerId(2), greeted: true, at: world.now }]);
    let due = world.due(2);
    assert!(due.contains(&CardView::News(News::DmsOpen)), "{due:?}");
    assert!(due.iter().any(|view| matches!(view, CardView::Match(_))), "{due:?}");
    assert_eq!(world.act(2, Act::TryDms).events, []);
}

#[test]
fn little_is_held_back_for_one_player_and_a_message_that_gets_through_ends_it() {
    let mut world = World::new(&[BW]);
    world.ladder.evolve(&Event::DmsClosed { player: PlayerId(1), at: NOW });
    for files in 1..=30 {
        world.act(1, Act::RefuseUpload { refusal: Refusal::NotAReplay, files });
    }
    let held: Vec<u64> = world.ladder.cards().held_of(PlayerId(1)).map(|(card, _)| card.0).collect();
    assert_eq!(held, (21..=30).collect::<Vec<_>>());
    world.ladder.take_changed_cards();
    let (channel, message) = (DM, MessageId(3));
    let shown = world.input(&Input::CardShown { card: CardId(30), version: 1, channel, message }).events;
    assert!(shown.contains(&Event::DmsOpened { player: PlayerId(1), greeted: false, at: NOW }), "{shown:?}");
    assert_eq!(world.due(1).len(), 9);
}

#[test]
fn the_guide_is_read_once_and_after_the_other_gates() {
    let mut world = World::new(&[BW, SC2]);
    let mut unread = Player::new(UserId(5), Locale::EnUs);
    assert_eq!(unread.guide_gate(), Err(Refusal::GuideUnread));
    unread.settings.guide_read = true;
    assert_eq!(unread.guide_gate(), Ok(()));
    assert_eq!(world.act(9, Act::ReadGuide).refusal, Some(Refusal::SetupNeeded));
    assert_eq!(world.act(1, Act::ReadGuide).events, [], "it was read");
    assert_eq!(world.ladder.queue_gate(UserId(1)).map(|(player, _)| player), Ok(PlayerId(1)));
    assert_eq!(world.ladder.queue_gate(UserId(9)).unwrap_err(), Refusal::SetupNeeded);
    world.act(1, Act::JoinQueue);
    world.act(2, Act::JoinQueue);
    world.pass(1);
    world.tick();
    assert_eq!(world.ladder.queue_gate(UserId(1)).unwrap_err(), Refusal::InMatch);
}

#[test]
fn a_stranger_who_writes_stays_one() {
    let mut world = World::new(&[BW]);
    assert_eq!(world.act_in(Some(DM), 7, Act::Greet), Decision::default());
    let seen = Event::ChannelSeen { player: PlayerId(1), channel: DM };
    assert_eq!(world.act_in(Some(DM), 1, Act::Greet).events, [seen]);
}
