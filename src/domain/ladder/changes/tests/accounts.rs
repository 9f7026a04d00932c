//! Names and accounts.

use super::*;

/// Player 1 plays with the account in the next match: whether the replay decides it.
fn plays(of: &mut Setting, number: u8, account: u64) -> bool {
    let match_id = MatchId(u64::from(number));
    let khione = official(&of.base(), "khione");
    of.playing(match_id.0, "khione");
    let (outcome, ..) = of.sends(number, &khione, [(account, "P001"), (1000, "P002")]);
    let decided = matches!(outcome, Judged::Decided { .. });
    if !decided {
        of.evolve(vec![Event::Closed { match_id, verdict: Verdict::Expired, ratings: None, at: NOW }]);
    }
    decided
}

fn rename(of: &mut Setting, user: u64, name: &str, alternatives: &[&str]) -> Option<Refusal> {
    of.act(user, Act::SetNames(names(user, name, alternatives))).refusal
}

#[test]
fn staff_let_a_player_bind_more_accounts_and_take_them_away() {
    let mut of = Setting::new();
    for number in 1..=4 {
        assert!(plays(&mut of, number, u64::from(number)), "account {number}");
    }
    assert!(!plays(&mut of, 5, 5), "four by playing, and no fifth");

    let allow = |of: &mut Setting, player: u64, count: u8| {
        of.staff(|ladder, _| ladder.allow_toons(NOW, STAFF, PlayerId(player), EUROPE, count, WHY))
    };
    assert_eq!(allow(&mut of, 7, 5), Err(Refusal::PlayerUnknown));
    let (name, min, max) = ("toons_per_region".to_owned(), "1".to_owned(), "20".to_owned());
    let range = Refusal::KnobOutOfRange { name, min, max };
    for count in [0, 21] {
        assert_eq!(allow(&mut of, 1, count), Err(range.clone()));
    }
    allow(&mut of, 1, 5).unwrap();
    let events = of.events.len();
    allow(&mut of, 1, 5).unwrap();
    assert_eq!(of.events.len(), events, "as before");
    assert!(plays(&mut of, 6, 5));
    assert!(!plays(&mut of, 7, 6));

    let unbind = |of: &mut Setting, player: u64, account: u64| {
        of.staff(|ladder, _| ladder.unbind_toon(NOW, STAFF, PlayerId(player), toon(account), WHY))
    };
    assert_eq!(unbind(&mut of, 7, 5), Err(Refusal::PlayerUnknown));
    assert_eq!(unbind(&mut of, 2, 5), Err(Refusal::ToonUnknown));
    unbind(&mut of, 1, 5).unwrap();
    assert_eq!(unbind(&mut of, 1, 5), Err(Refusal::ToonUnknown));
    assert!(plays(&mut of, 8, 6), "there is room again");
    // The account that was taken away may become somebody else's.
    of.join(3, "Cea", &[]);
    of.evolve(vec![Event::ToonBound { player: PlayerId(3), region: EUROPE, toon: toon(5) }]);
    assert!(!plays(&mut of, 9, 5));
    let player = of.ladder.player(PlayerId(1)).unwrap();
    assert_eq!(player.toons_in(EUROPE).copied().collect::<Vec<_>>(), [1, 2, 3, 4, 6].map(toon));
    assert_eq!(of.reloaded(of.base()).ladder, of.ladder);
}

#[test]
fn a_name_is_one_players_in_all_its_spellings() {
    let mut of = Setting::new();
    for (user, name) in [(1, "Straße"), (2, "Ana"), (3, "Cea")] {
        of.join(user, name, &[]);
    }
    for taken in ["STRASSE", "strasse", "STRAẞE", "Ｓｔｒａßｅ"] {
        assert_eq!(rename(&mut of, 2, taken, &[]), Some(Refusal::NameTaken), "{taken}");
    }
    assert_eq!(of.ladder.player_named("ANA"), Some(PlayerId(2)), "a refused name changes nothing");
    // Another spelling of the own name, which stays taken.
    assert_eq!(rename(&mut of, 1, "STRASSE", &[]), None);
    assert_eq!(of.ladder.player(PlayerId(1)).unwrap().name(), "STRASSE");
    assert_eq!(rename(&mut of, 2, "Straße", &[]), Some(Refusal::NameTaken));
    assert_eq!(of.ladder.player_named("straße"), Some(PlayerId(1)));
    // The name that was given up is free for the next.
    assert_eq!(rename(&mut of, 1, "Bea", &[]), None);
    assert_eq!(rename(&mut of, 2, "Straße", &[]), None);
    assert_eq!(of.ladder.player_named("ana"), None);
    assert_eq!(rename(&mut of, 1, "ana", &[]), None);
    // Names in the game may be alike, and an alternative takes nothing from anybody.
    assert_eq!(rename(&mut of, 3, "Cea", &["ANA"]), None);
    assert_eq!(of.ladder.player_named("Ana"), Some(PlayerId(1)));
    assert_eq!(rename(&mut of, 1, "ANA", &[]), None);
    assert_eq!(rename(&mut of, 2, "cea", &[]), Some(Refusal::NameTaken));
}

#[test]
fn names_that_an_older_build_told_apart_stay_with_the_first_who_had_them() {
    let mut of = Setting::new();
    of.join(1, "Straße", &[]);
    of.join(2, "Strasse", &[]);
    assert_eq!(of.ladder.player_named("STRASSE"), Some(PlayerId(1)));
    assert_eq!(rename(&mut of, 2, "Bea", &[]), None);
    assert_eq!(of.ladder.player_named("STRASSE"), Some(PlayerId(1)), "it was not the other's to give up");
    assert_eq!(of.ladder.player_named("Bea"), Some(PlayerId(2)));
    // Back to it: the other has it still, and it is theirs once the first takes another one.
    of.join(3, "Strasse", &[]);
    assert_eq!(rename(&mut of, 1, "Ana", &[]), None);
    assert_eq!(of.ladder.player_named("STRASSE"), Some(PlayerId(3)));
    assert_eq!(rename(&mut of, 2, "Straße", &[]), Some(Refusal::NameTaken));
}

#[test]
fn an_alternative_name_does_not_take_an_account_that_may_be_its_owners() {
    let mut of = Setting::new();
    // Flash has not played yet. The first player goes by that name in the game.
    of.join(1, "P001", &["Flash"]);
    of.join(2, "P002", &[]);
    of.join(3, "FLASH", &[]);
    let khione = official(&of.base(), "khione");
    of.playing(1, "khione");
    let seats = [(11, "Flash"), (22, "P002")];
    assert_eq!(of.sends(1, &khione, seats).0, Judged::Rejected);
    // The account of Flash is known, so another one by that name is somebody else's.
    of.evolve(vec![Event::ToonBound { player: PlayerId(3), region: EUROPE, toon: toon(33) }]);
    assert!(matches!(of.sends(2, &khione, seats).0, Judged::Decided { .. }));
    assert_eq!(of.ladder.player(PlayerId(1)).unwrap().toons, [(EUROPE, toon(11))]);
}
