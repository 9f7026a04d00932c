use super::*;
use crate::domain::ladder::{Act, Input, Rebuild, RebuildMatches};
use crate::domain::season::Season;
use ipc_schema::event::Names;
use ipc_schema::ids::UserId;
use ipc_schema::view::CardView;
use ipc_schema::vocab::{Caller, Locale, Race, RaceChoice, Region};
use std::collections::BTreeSet;

/// A multiple of a wave and of a cycle.
const NOW: Timestamp = Timestamp(1_795_284_000_000);

fn season() -> Season {
    crate::season::load(crate::season::Which::Real).unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn caller(number: u64) -> Caller {
    Caller { user: UserId(number), locale: Locale::EnUs, dm: Some(ChannelId(number)) }
}

/// A ladder whose players, from 1 on, may queue; all of one race, so that no wave pairs them.
struct Evening {
    ladder: Ladder,
    season: Season,
}

impl Evening {
    fn of(players: u64) -> Evening {
        let mut ladder = Ladder::new(1);
        for number in 1..=players {
            let (player, user) = (PlayerId(number), UserId(number));
            let names = Names {
                name: format!("P{number:03}"),
                battle_tag: format!("P{number:03}#1234"),
                alternatives: Vec::new(),
                country: "KR".to_owned(),
            };
            for event in [
                Event::PlayerJoined { player, user, locale: Locale::EnUs, at: NOW },
                Event::ChannelSeen { player, channel: ChannelId(number) },
                Event::TermsAnswered { player, accepted: true, at: NOW },
                Event::NamesSet { player, names },
                Event::RegionSet { player, region: Region::Euw },
                Event::SetupFinished { player, at: NOW },
                Event::GuideRead { player, at: NOW },
                Event::RacesChosen { player, races: RaceChoice { bw: Some(Race::BwZerg), sc2: None } },
            ] {
                ladder.evolve(&event);
            }
        }
        Evening { ladder, season: season() }
    }

    fn take(&mut self, at: Timestamp, input: &Input) -> Vec<Event> {
        let decision = self.ladder.decide(&self.season, at, input);
        assert_eq!(decision.refusal, None);
        decision.events.iter().for_each(|event| self.ladder.evolve(event));
        decision.events
    }

    fn act(&mut self, at: Timestamp, player: u64, act: Act) -> Vec<Event> {
        self.take(at, &Input::Act { caller: caller(player), act })
    }

    /// Every card that is due is shown at once; cards that were posted have their number as message.
    fn deliver(&mut self, at: Timestamp) -> usize {
        let due: Vec<CardId> = self.ladder.cards().due().collect();
        for card in &due {
            let Card { player, version, message, .. } = self.ladder.cards().get(*card).unwrap();
            let (channel, message) = message.unwrap_or((ChannelId(player.0), MessageId(card.0)));
            let (card, version) = (*card, *version);
            self.take(at, &Input::CardShown { card, version, channel, message });
        }
        due.len()
    }

    /// Lets time pass until then, and says when how many messages were told anew.
    fn pass(&mut self, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, usize)> {
        let (mut now, mut told) = (from, Vec::new());
        while let Some(at) = self.ladder.next_tick(&self.season, now).filter(|at| *at <= until) {
            now = now.max(at);
            assert!(!self.take(now, &Input::Tick).is_empty(), "a tick that is due makes something true");
            match self.deliver(now) {
                0 => {}
                count => told.push((now, count)),
            }
        }
        told
    }

    fn card(&self, player: u64) -> Option<(CardId, &Card)> {
        self.ladder.queue_card(PlayerId(player))
    }

    fn shows_entry(&self, player: u64) -> bool {
        let (id, _) = self.card(player).unwrap();
        match self.ladder.card_view(&self.season, NOW, id) {
            Some(CardView::Queue(view)) => view.entry.is_some(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn who_joins_has_one_message_that_says_in_the_end_that_the_wait_is_over() {
    let mut evening = Evening::of(1);
    evening.act(NOW, 1, Act::JoinQueue);
    let (id, card) = evening.card(1).map(|(id, card)| (id, card.clone())).unwrap();
    assert_eq!((card.version, card.message, evening.shows_entry(1)), (1, None, true));
    evening.deliver(NOW);
    evening.act(NOW + seconds(3), 1, Act::LeaveQueue);
    let (ended, card) = evening.card(1).map(|(id, card)| (id, card.clone())).unwrap();
    assert_eq!((ended, card.version, evening.shows_entry(1)), (id, 2, false));
    evening.deliver(NOW + seconds(4));
    assert!(evening.ladder.cards().is_empty(), "it is told, and nothing can change it");
    assert_eq!(evening.pass(NOW, NOW + seconds(3600)), []);
}

#[test]
fn a_message_is_told_anew_only_where_something_changed_and_at_most_every_twenty_seconds() {
    let mut evening = Evening::of(3);
    evening.act(NOW + seconds(1), 1, Act::JoinQueue);
    evening.deliver(NOW + seconds(1));
    // A wave every 45 s, which changes when the next one is; never two versions within 20 s.
    let told = evening.pass(NOW + seconds(1), NOW + seconds(45 * 4));
    let waves: Vec<u64> = told.iter().map(|(at, _)| at.since(NOW).as_secs() / 45).collect();
    assert_eq!(waves, [1, 2, 3], "{told:?}");

    // Others come and go between waves.
    let from = NOW + seconds(45 * 4 + 30);
    let mut versions = Vec::new();
    evening.pass(NOW + seconds(45 * 4), from);
    for second in 0..40 {
        let act = if second % 2 == 0 { Act::JoinQueue } else { Act::LeaveQueue };
        evening.act(from + seconds(second), 2 + second / 2 % 2, act);
        evening.deliver(from + seconds(second));
        evening.pass(from + seconds(second), from + seconds(second));
        let Content::Queue { at, .. } = evening.card(1).unwrap().1.content else {
            panic!("not of the queue")
        };
        versions.push(at);
    }
    versions.dedup();
    assert!((2..=4).contains(&versions.len()), "{versions:?}");
    for pair in versions.windows(2) {
        assert!(pair[1].since(pair[0]) >= PAUSE, "{versions:?}");
    }
}

#[test]
fn a_full_queue_is_told_anew_at_ten_messages_a_second_and_without_bursts() {
    let mut evening = Evening::of(300);
    for player in 1..=300 {
        evening.act(NOW + Duration::from_millis(player), player, Act::JoinQueue);
    }
    evening.deliver(NOW + seconds(1));
    let (from, until) = (NOW + seconds(1), NOW + seconds(181));
    let told = evening.pass(from, until);
    let mut seconds_of = BTreeMap::<u64, usize>::new();
    for (at, count) in &told {
        *seconds_of.entry(at.since(NOW).as_secs()).or_default() += count;
    }
    let most = seconds_of.values().max().unwrap();
    assert!(*most <= 11, "{most} in one second");
    let in_all: usize = seconds_of.values().sum();
    assert!((900..=1800).contains(&in_all), "{in_all} in three minutes, of 300 messages");
}

#[test]
fn while_the_ladder_is_busy_messages_are_told_anew_three_times_as_rarely() {
    let mut evening = Evening::of(300);
    evening.season.pace = Pace::Rare;
    for player in 1..=300 {
        evening.act(NOW + Duration::from_millis(player), player, Act::JoinQueue);
    }
    evening.deliver(NOW + seconds(1));
    let told = evening.pass(NOW + seconds(1), NOW + seconds(361));
    let mut seconds_of = BTreeMap::<u64, usize>::new();
    for (at, count) in &told {
        *seconds_of.entry(at.since(NOW).as_secs()).or_default() += count;
    }
    let most = seconds_of.values().max().unwrap();
    assert!(*most <= 4, "{most} in one second");
    let in_all: usize = seconds_of.values().sum();
    assert!((600..=1200).contains(&in_all), "{in_all} in six minutes, of 300 messages");

    let mut evening = Evening::of(1);
    evening.season.pace = Pace::Rare;
    evening.act(NOW + seconds(1), 1, Act::JoinQueue);
    evening.deliver(NOW + seconds(1));
    let told = evening.pass(NOW + seconds(1), NOW + seconds(45 * 8));
    assert!((3..=6).contains(&told.len()), "{told:?}");
    for pair in told.windows(2) {
        assert!(pair[1].0.since(pair[0].0) >= PAUSE * RARER, "{told:?}");
    }
}

#[test]
fn a_message_that_is_on_its_way_gets_no_newer_version() {
    let mut evening = Evening::of(1);
    evening.act(NOW + seconds(1), 1, Act::JoinQueue);
    let mut now = NOW + seconds(1);
    while let Some(at) = evening.ladder.next_tick(&evening.season, now).filter(|at| *at < NOW + seconds(300))
    {
        now = at;
        evening.take(now, &Input::Tick);
    }
    assert_eq!(evening.card(1).unwrap().1.version, 1);
}

#[test]
fn a_change_in_a_quiet_queue_has_few_messages_under_way_at_a_time() {
    let mut evening = Evening::of(301);
    for player in 1..=300 {
        evening.act(NOW + seconds(1), player, Act::JoinQueue);
    }
    evening.deliver(NOW + seconds(1));
    evening.pass(NOW + seconds(1), NOW + seconds(4));
    evening.act(NOW + seconds(40), 301, Act::JoinQueue);
    let told = evening.pass(NOW + seconds(40), NOW + seconds(44));
    assert!(told.iter().all(|(_, count)| *count <= ON_THEIR_WAY + 1), "{told:?}");
}

#[test]
fn before_discord_limits_its_edits_a_message_is_posted_anew_in_place_of_the_old_one() {
    let mut evening = Evening::of(1);
    evening.act(NOW + seconds(1), 1, Act::JoinQueue);
    evening.deliver(NOW + seconds(1));
    let (old, card) = evening.card(1).map(|(id, card)| (id, card.clone())).unwrap();
    evening.pass(NOW + seconds(1), NOW + seconds(54 * 60));
    assert_eq!(evening.card(1).unwrap().0, old);
    evening.pass(NOW + seconds(54 * 60), NOW + seconds(56 * 60));
    let (new, again) = evening.card(1).map(|(id, card)| (id, card.clone())).unwrap();
    assert_ne!(new, old);
    let replaced = match again.content {
        Content::Queue { replaces, .. } => replaces,
        other => panic!("{other:?}"),
    };
    // The first version has been told by then; later ones take the place of nothing.
    assert!(replaced == card.message || replaced.is_none());
    assert!(evening.ladder.cards().get(old).is_none());
}

/// Of the newest message that a player has: which one it takes the place of.
fn replaced(evening: &Evening, player: u64) -> Option<(ChannelId, MessageId)> {
    match evening.card(player).unwrap().1.content {
        Content::Queue { replaces, .. } => replaces,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn who_asks_for_the_queue_again_has_a_message_that_takes_the_place_of_the_one_before() {
    let mut evening = Evening::of(1);
    assert_eq!(evening.act(NOW, 1, Act::ShowQueue), [], "who does not wait has none");
    evening.act(NOW + seconds(1), 1, Act::JoinQueue);
    assert_eq!(evening.act(NOW + seconds(2), 1, Act::ShowQueue), [], "it is on its way");
    evening.deliver(NOW + seconds(2));
    let (old, message) = evening.card(1).map(|(id, card)| (id, card.message)).unwrap();
    assert_ne!(message, None);
    evening.act(NOW + seconds(3), 1, Act::ShowQueue);
    let (new, card) = evening.card(1).map(|(id, card)| (id, card.clone())).unwrap();
    assert_eq!((card.version, card.message, replaced(&evening, 1)), (1, None, message));
    assert!(new != old && evening.ladder.cards().get(old).is_none());
    assert!(evening.shows_entry(1));
    evening.deliver(NOW + seconds(4));
    // Its life begins with it.
    evening.pass(NOW + seconds(4), NOW + seconds(54 * 60));
    assert_eq!(evening.card(1).unwrap().0, new);
}

#[test]
fn a_message_that_discord_lets_nobody_edit_any_more_is_posted_anew_in_place_of_the_old_one() {
    let mut evening = Evening::of(1);
    let mut now = NOW + seconds(1);
    evening.act(now, 1, Act::JoinQueue);
    evening.deliver(now);
    let (card, message) = evening.card(1).map(|(id, card)| (id, card.message)).unwrap();
    while evening.card(1).unwrap().1.version == 1 {
        now = now.max(evening.ladder.next_tick(&evening.season, now).unwrap());
        evening.take(now, &Input::Tick);
    }
    evening.take(now, &Input::CardGone { card, version: 2 });
    let again = evening.card(1).unwrap().1;
    assert_eq!((again.version, again.message, replaced(&evening, 1)), (3, None, message));
    // One that is gone before it is told takes the place of the same.
    evening.take(now, &Input::CardGone { card, version: 3 });
    assert_eq!(replaced(&evening, 1), message);
}

#[test]
fn a_message_that_cannot_reach_its_player_is_not_tried_again_and_a_snapshot_knows_it() {
    let mut evening = Evening::of(2);
    for player in [1, 2] {
        evening.act(NOW + seconds(1), player, Act::JoinQueue);
    }
    let (lost, version) = evening.card(1).map(|(id, card)| (id, card.version)).unwrap();
    evening.take(NOW + seconds(2), &Input::CardLost { card: lost, version });
    assert_eq!(evening.card(1), None);
    evening.deliver(NOW + seconds(2));
    evening.pass(NOW + seconds(2), NOW + seconds(100));

    let (mut rest, mut matches) = (Rebuild::default(), RebuildMatches::default());
    let stored: Result<(), ()> = evening.ladder.to_snapshot(NOW, |part| {
        if let Some(part) = rest.take(part) {
            assert!(matches.take(part).is_none());
        }
        Ok(())
    });
    stored.unwrap();
    let (loaded, _) = rest.finish(1, || matches.finish()).unwrap();
    evening.ladder.take_changed_cards();
    assert_eq!(loaded, evening.ladder);
    assert_eq!(loaded.queue_cards.keys().collect::<BTreeSet<_>>(), BTreeSet::from([&PlayerId(2)]));
}
