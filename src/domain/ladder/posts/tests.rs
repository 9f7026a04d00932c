//! What is owed to channels, by what happened to a match.

use super::*;
use crate::domain::ladder::{Rebuild, RebuildMatches};
use ipc_schema::event::{CaseKind, Names, Pairing};
use ipc_schema::ids::{ChannelId, GuildId, MessageId, PlayerId, RoleId, UserId};
use ipc_schema::snapshot::Part;
use ipc_schema::vocab::{Locale, Race, Region, Server};
use std::convert::Infallible;

const AT: Timestamp = Timestamp(1_795_284_000_000);
const MATCH: MatchId = MatchId(1);
const CASE: CaseId = CaseId(1);
const PLACES: Places = Places {
    log: Some(ChannelId(10)),
    staff: Some(ChannelId(11)),
    staff_role: Some(RoleId(12)),
    threads: Some((GuildId(13), ChannelId(14))),
};

fn season() -> Season {
    crate::season::load(crate::season::Which::Real).unwrap()
}

/// A ladder that speaks in these places, with a match that both confirmed.
fn playing(places: Places) -> Ladder {
    let mut ladder = Ladder::new(1);
    let players = [PlayerId(1), PlayerId(2)];
    for player in players {
        let names = Names {
            name: format!("P{player}"),
            battle_tag: format!("P{player}#1234"),
            alternatives: Vec::new(),
            country: "KR".to_owned(),
        };
        let user = UserId(100 + player.0);
        ladder.evolve(&Event::PlayerJoined { player, user, locale: Locale::EnUs, at: AT });
        ladder.evolve(&Event::NamesSet { player, names });
        ladder.evolve(&Event::RegionSet { player, region: Region::Euw });
    }
    if let Some(event) = ladder.name_places(AT, places) {
        ladder.evolve(&event);
    }
    let pairing = Pairing {
        match_id: MATCH,
        players,
        races: [Race::BwZerg, Race::Sc2Terran],
        map: "keres_passage".to_owned(),
        server: Server::Euc,
        confirm_deadline: AT,
    };
    let [one, other] = players.map(|player| Event::Queued { player, at: AT });
    let wave = Event::WaveFired { at: AT, pairings: vec![pairing], generator: 1 };
    let started = Event::Started { match_id: MATCH, at: AT, deadline: AT };
    [one, other, wave, started].iter().for_each(|event| ladder.evolve(event));
    ladder
}

fn close(ladder: &mut Ladder, verdict: Verdict) {
    let events = ladder.closing(&season(), AT, &ladder.matches[&MATCH], verdict);
    events.iter().for_each(|event| ladder.evolve(event));
}

fn resolve(ladder: &mut Ladder, verdict: Verdict) {
    let events = ladder.resolve(&season(), AT, UserId(9), MATCH, verdict).unwrap();
    events.iter().for_each(|event| ladder.evolve(event));
}

/// The posts that are due, all of which are shown by it.
fn deliver(ladder: &mut Ladder) -> Vec<Post> {
    let mut posts = Vec::new();
    for id in ladder.cards.due().collect::<Vec<_>>() {
        let card = ladder.cards.get(id).unwrap();
        if let Content::Post(post) = card.content {
            assert!(
                ladder.place_of(id).is_some() && ladder.card_view(&season(), AT, id).is_some(),
                "{post:?}"
            );
            posts.push(post);
        }
        let (version, channel, message) = (card.version, ChannelId(20 + id.0), MessageId(id.0));
        ladder.evolve(&Event::CardShown { card: id, version, channel, message, at: AT });
    }
    posts
}

const WON: Verdict = Verdict::Decided { winner: 0, ground: Ground::Recorded };

#[test]
fn a_ladder_without_channels_owes_them_nothing() {
    let mut ladder = playing(Places::default());
    close(&mut ladder, WON);
    ladder.evolve(&Event::CaseOpened { case: CASE, match_id: MATCH, kind: CaseKind::Conflict, at: AT });
    resolve(&mut ladder, Verdict::Void);
    assert_eq!(deliver(&mut ladder), []);
}

#[test]
fn a_match_has_a_thread_until_it_is_over_and_then_a_line() {
    let mut ladder = playing(PLACES);
    assert_eq!(deliver(&mut ladder), [Post::Thread(MATCH)]);
    let thread = ladder.cards.post(Post::Thread(MATCH)).unwrap();
    let Some(PostPlace::Thread(place)) = ladder.place_of(thread) else { panic!("it has no thread") };
    assert_eq!((place.name.as_str(), place.is_over), ("Match 1: P1 vs P2", false));
    assert_eq!(place.members, [UserId(101), UserId(102)]);
    close(&mut ladder, WON);
    let Some(PostPlace::Thread(place)) = ladder.place_of(thread) else { panic!("it has no thread") };
    assert!(place.is_over);
    assert_eq!(deliver(&mut ladder), [Post::Thread(MATCH), Post::Result(MATCH)]);
    assert_eq!(ladder.cards.post(Post::Thread(MATCH)), None, "nothing more will be said there");
    assert!(ladder.cards.post(Post::Result(MATCH)).is_some(), "it may be corrected");
    assert_eq!(deliver(&mut ladder), []);
}

#[test]
fn a_correction_changes_the_line_and_one_of_an_old_match_is_a_new_line() {
    let mut ladder = playing(PLACES);
    close(&mut ladder, WON);
    deliver(&mut ladder);
    let line = ladder.cards.post(Post::Result(MATCH));
    resolve(&mut ladder, Verdict::Void);
    assert_eq!(ladder.cards.post(Post::Result(MATCH)), line);
    assert_eq!(deliver(&mut ladder), [Post::Result(MATCH)]);
    // As when newer matches take its room.
    ladder.matches.remove(&MATCH);
    ladder.forget_posts();
    assert_eq!(ladder.cards.post(Post::Result(MATCH)), None);
    resolve(&mut ladder, Verdict::Decided { winner: 1, ground: Ground::Staff });
    let line = ladder.result_line(&season(), MATCH).unwrap();
    assert_eq!((line.map_title, line.verdict.outcome(1)), (None, Some(Outcome::Won)));
    assert_eq!(deliver(&mut ladder), [Post::Result(MATCH)]);
    assert_eq!(ladder.cards.post(Post::Result(MATCH)), None);
}

#[test]
fn a_match_without_a_result_has_no_line_until_staff_give_it_one() {
    let mut ladder = playing(PLACES);
    deliver(&mut ladder);
    close(&mut ladder, Verdict::Conflict);
    assert_eq!(deliver(&mut ladder), [Post::Thread(MATCH)]);
    resolve(&mut ladder, Verdict::Drawn { ground: Ground::Staff });
    assert_eq!(deliver(&mut ladder), [Post::Result(MATCH)]);
}

#[test]
fn a_case_is_one_card_from_its_opening_to_its_end() {
    let mut ladder = playing(PLACES);
    close(&mut ladder, WON);
    let kind = CaseKind::Dispute { by: PlayerId(2) };
    ladder.evolve(&Event::CaseOpened { case: CASE, match_id: MATCH, kind, at: AT });
    assert!(deliver(&mut ladder).contains(&Post::Case(CASE)));
    let card = ladder.cards.post(Post::Case(CASE)).unwrap();
    let role = PLACES.staff_role;
    assert_eq!(ladder.place_of(card), Some(PostPlace::Channel { channel: ChannelId(11), role }));
    resolve(&mut ladder, Verdict::Void);
    let Some(PostView::Case(view)) = ladder.post_view(&season(), AT, Post::Case(CASE)) else { panic!() };
    assert!(view.closed.is_some());
    assert!(deliver(&mut ladder).contains(&Post::Case(CASE)));
    assert_eq!(ladder.cards.post(Post::Case(CASE)), None);
}

#[test]
fn a_thread_that_cannot_be_made_is_not_tried_again() {
    let mut ladder = playing(PLACES);
    let card = ladder.cards.post(Post::Thread(MATCH)).unwrap();
    ladder.evolve(&Event::CardLost { card, version: 1, at: AT });
    close(&mut ladder, Verdict::Expired);
    assert_eq!(deliver(&mut ladder), []);
}

#[test]
fn a_place_that_is_taken_away_is_owed_nothing() {
    let mut ladder = playing(PLACES);
    let nowhere = ladder.name_places(AT, Places::default()).expect("they are other places");
    ladder.evolve(&nowhere);
    assert_eq!(ladder.name_places(AT, Places::default()), None);
    close(&mut ladder, WON);
    assert_eq!(deliver(&mut ladder), []);
}

#[test]
fn places_and_what_is_owed_to_them_survive_a_snapshot() {
    let mut ladder = playing(PLACES);
    ladder.evolve(&Event::CaseOpened { case: CASE, match_id: MATCH, kind: CaseKind::Conflict, at: AT });
    ladder.take_changed_cards();
    let (mut rebuild, mut matches) = (Rebuild::default(), RebuildMatches::default());
    let each = |part: Part| {
        assert!(rebuild.take(part).and_then(|part| matches.take(part)).is_none());
        Ok::<_, Infallible>(())
    };
    let Ok(()) = ladder.to_snapshot(AT, each);
    let (made, _) = rebuild.finish(1, || matches.finish()).unwrap();
    assert_eq!(made, ladder);
    assert_eq!(deliver(&mut ladder), [Post::Thread(MATCH), Post::Case(CASE)]);
}
