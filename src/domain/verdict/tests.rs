use super::*;
use crate::domain::verdict::mod_files::handle;
use ipc_schema::event::{ModFinding, Names};
use ipc_schema::ids::{MatchId, UserId};
use ipc_schema::vocab::{Locale, Race, Server};

/// The match of Ana (Brood War Zerg) and Bea (StarCraft II Terran), assigned at 1,000 s, and a
/// replay of it sent at 2,000 s. `change` bends it; the checks that do not pass and the outcome
/// come back as text.
fn check(change: impl FnOnce(&mut Setting)) -> String {
    let ruling = rule(change);
    let judgement = ruling.judgement;
    let faults = judgement.checks.iter().filter(|check| check.grade != Grade::Passed);
    let mut words: Vec<String> =
        faults.map(|check| format!("{} {:?}", check.kind.code(), check.grade)).collect();
    words.push(match judgement.outcome {
        Judged::Decided { winner, ground } => {
            format!("{} wins: {ground:?}", ["Ana", "Bea"][usize::from(winner)])
        }
        other => format!("{other:?}"),
    });
    words.join(", ")
}

fn rule(change: impl FnOnce(&mut Setting)) -> Ruling {
    let mut setting = Setting::new();
    change(&mut setting);
    let pairing = Pairing {
        match_id: MatchId(1),
        players: [PlayerId(1), PlayerId(2)],
        races: [Race::BwZerg, Race::Sc2Terran],
        map: setting.map.clone(),
        server: setting.server,
        confirm_deadline: Timestamp::ZERO,
    };
    let owners = setting.owners.clone();
    let case = Case {
        pairing: &pairing,
        players: [&setting.players[0], &setting.players[1]],
        owner_of: &|toon| owners.iter().find(|(bound, _)| bound == toon).map(|(_, owner)| *owner),
        unbound_named: &|name, region| {
            let own = [0, 1].into_iter().find(|slot| {
                let player = &setting.players[*slot];
                fold(&player.name()) == fold(name) && player.toons_in(region).next().is_none()
            });
            let of_match = own.map(|slot| pairing.players[slot]);
            of_match.or_else(|| (fold(name) == fold(setting.waiting)).then_some(PlayerId(3)))
        },
        uploader: PlayerId(setting.uploader),
        started_at: Timestamp(1_000_000),
        uploaded_at: Timestamp(2_000_000),
        used_by: setting.used_by,
    };
    judge(&setting.season, &case, &setting.facts)
}

/// Grade, expected and found of one check.
fn line(kind: CheckKind, change: impl FnOnce(&mut Setting)) -> String {
    let checks = rule(change).judgement.checks;
    let check = checks.iter().find(|check| check.kind == kind);
    check.map_or_else(
        || "no check".to_owned(),
        |check| format!("{:?}: {} / {}", check.grade, check.expected, check.found),
    )
}

struct Setting {
    facts: ReplayFacts,
    players: [Player; 2],
    owners: Vec<(Toon, PlayerId)>,
    used_by: Option<MatchId>,
    uploader: u64,
    /// The name of player 3, who has no account yet.
    waiting: &'static str,
    map: String,
    server: Server,
    season: Season,
}

impl Setting {
    fn new() -> Setting {
        let season = crate::season::load(crate::season::Which::Real).unwrap();
        let seat = |name: &str, id, race_text: &str, code: &str, outcome, left| ReplayPlayer {
            toon: Toon { region: 2, realm: 1, id },
            name: name.to_owned(),
            race_text: race_text.to_owned(),
            race_code: Some(code.to_owned()),
            outcome: Some(outcome),
            left_at_loop: Some(left),
        };
        let player = |name: &str| {
            let mut player = Player::new(UserId(1), Locale::EnUs);
            player.names = Some(Names {
                name: name.to_owned(),
                battle_tag: format!("{name}#123"),
                alternatives: vec![format!("{name}smurf")],
                country: "XX".to_owned(),
            });
            player
        };
        Setting {
            facts: ReplayFacts {
                base_build: 95299,
                unlisted_build: false,
                duration_game_loops: 22_400,
                ended_at_ms: 2_000_000,
                map_title: "Keres Passage SEL".to_owned(),
                cache_handles: season.official_handles(GameRegion::Europe, "keres_passage").unwrap(),
                game_speed: 4,
                random_seed: 7,
                is_1v1: true,
                // The order of the file is not the order of the match.
                players: vec![
                    seat("Bea", 22, "Terran", "Terr", Outcome::Lost, 22_300),
                    seat("Ana", 11, "BW Zerg", "BWZe", Outcome::Won, 22_400),
                ],
                observers: 0,
                attributes: [(3010, "yes"), (3015, "0"), (4000, "NoMH")]
                    .map(|(number, value)| (number, value.to_owned()))
                    .to_vec(),
            },
            players: [player("Ana"), player("Bea")],
            owners: Vec::new(),
            used_by: None,
            uploader: 1,
            waiting: "Zoe",
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            season,
        }
    }

    fn ana(&mut self) -> &mut ReplayPlayer {
        &mut self.facts.players[1]
    }

    fn bind(&mut self, slot: usize, id: u64) {
        let toon = Toon { region: 2, realm: 1, id };
        self.players[slot].toons.push((GameRegion::Europe, toon));
        self.owners.push((toon, PlayerId(slot as u64 + 1)));
    }
}

#[test]
fn a_replay_of_the_match_decides_it() {
    assert_eq!(check(|_| ()), "Ana wins: Recorded");
    assert_eq!(check(|of| of.facts.players.swap(0, 1)), "Ana wins: Recorded");
    assert_eq!(check(|of| of.ana().name = "ANASMURF".to_owned()), "Ana wins: Recorded");
    assert_eq!(
        check(|of| of.facts.players.iter_mut().for_each(|seat| seat.race_code = None)),
        "Ana wins: Recorded"
    );
    assert_eq!(check(|of| of.ana().race_text = "кто знает".to_owned()), "Ana wins: Recorded");
}

#[test]
fn a_bound_account_proves_identity_whatever_the_name() {
    assert_eq!(
        check(|of| {
            of.bind(0, 11);
            of.ana().name = "Zoe".to_owned();
        }),
        "Ana wins: Recorded"
    );
    // Another account of hers, by her name.
    assert_eq!(check(|of| of.bind(0, 99)), "Ana wins: Recorded");
    // Bound in another region only: the name decides in this one.
    assert_eq!(
        check(|of| of.players[0].toons.push((GameRegion::Asia, Toon { region: 3, realm: 1, id: 5 }))),
        "Ana wins: Recorded"
    );
    let accounts = |count: u64| move |of: &mut Setting| (0..count).for_each(|id| of.bind(0, 90 + id));
    assert_eq!(check(accounts(3)), "Ana wins: Recorded");
    assert_eq!(check(accounts(4)), "identity Failed, Rejected");
    assert_eq!(
        line(CheckKind::Identity, accounts(4)),
        "Failed: Ana (2-S2-1-90 2-S2-1-91 2-S2-1-92 2-S2-1-93), Bea / Bea (2-S2-1-22), Ana (2-S2-1-11)"
    );
    // Enough of them elsewhere say nothing about this region.
    assert_eq!(
        check(|of| {
            accounts(4)(of);
            of.players[0].toons.iter_mut().for_each(|(region, _)| *region = GameRegion::Asia);
        }),
        "Ana wins: Recorded"
    );
}

#[test]
fn an_account_of_somebody_else_is_told_where_it_claims_the_match() {
    let toon = Toon { region: 2, realm: 1, id: 11 };
    let clash = |change: fn(&mut Setting)| {
        let ruling = rule(|of| {
            of.owners.push((toon, PlayerId(3)));
            change(of);
        });
        assert_eq!(ruling.judgement.outcome, Judged::Rejected);
        let told = ruling.judgement.checks.iter().any(|check| check.kind == CheckKind::Owner);
        assert_eq!(told, !ruling.clashes.is_empty());
        ruling.clashes
    };
    // By Ana's name, in a game that fits or not; by another name in a game that fits.
    assert_eq!(clash(|_| ()), [(toon, PlayerId(3))]);
    assert_eq!(clash(|of| of.used_by = Some(MatchId(4))), [(toon, PlayerId(3))]);
    assert_eq!(clash(|of| of.ana().name = "Zoe".to_owned()), [(toon, PlayerId(3))]);
    // A game with Zoe from before is no claim, only the wrong file.
    assert_eq!(
        clash(|of| {
            of.ana().name = "Zoe".to_owned();
            of.facts.ended_at_ms = 0;
        }),
        []
    );
    assert_eq!(line(CheckKind::Owner, |of| of.owners.push((toon, PlayerId(3)))), "Failed:  / 2-S2-1-11");
    // The two of the match are no strangers to each other, whatever they call themselves.
    assert_eq!(
        check(|of| {
            of.bind(0, 11);
            of.bind(1, 22);
            of.ana().name = "Bea".to_owned();
        }),
        "Ana wins: Recorded"
    );
    assert_eq!(rule(|of| of.owners.push((toon, PlayerId(2)))).clashes, []);
}

#[test]
fn a_replay_of_something_else_is_rejected_with_the_reason() {
    assert_eq!(check(|of| of.ana().name = "Zoe".to_owned()), "identity Failed, Rejected");
    // One account cannot sit on both sides.
    assert_eq!(check(|of| of.ana().toon.id = 22), "identity Failed, Rejected");
    assert_eq!(check(|of| of.ana().toon.region = 1), "identity Failed, mod Failed, Rejected");
    assert_eq!(check(|of| of.used_by = Some(MatchId(4))), "reuse Failed, Rejected");
    assert_eq!(line(CheckKind::Reuse, |of| of.used_by = Some(MatchId(4))), "Failed: new / 4");
}

#[test]
fn a_replay_is_of_two_people_against_each_other() {
    let two = "players 2, AI 0";
    let of_computers = |players: usize, computers: usize| {
        move |of: &mut Setting| {
            let seat = of.ana().clone();
            of.facts.is_1v1 = false;
            of.facts.players = vec![seat; players + computers];
            for computer in &mut of.facts.players[players..] {
                computer.toon = Toon { region: 0, realm: 0, id: 0 };
            }
        }
    };
    for (players, computers, found) in [
        (1, 1, "players 1, AI 1"),
        (1, 0, "players 1, AI 0"),
        (0, 0, "players 0, AI 0"),
        (2, 0, "players 2, AI 0, one team"),
        (2, 2, "players 2, AI 2"),
        (4, 0, "players 4, AI 0"),
        (8, 0, "players 8, AI 0"),
    ] {
        let expected = format!("Failed: {two} / {found}");
        assert_eq!(line(CheckKind::Readable, of_computers(players, computers)), expected);
        assert_eq!(check(of_computers(players, computers)), "readable Failed, Rejected");
    }
    assert_eq!(line(CheckKind::Readable, |_| ()), format!("Passed: {two} / {two}"));
}

#[test]
fn a_race_counts_by_code_or_text_and_is_never_guessed() {
    let right = "Passed: bw_zerg, sc2_terran / bw_zerg, sc2_terran";
    for (code, text, expected) in [
        (Some("BWZe"), "BW Zerg", right),
        (Some("BWZe"), "SC1异虫", right),
        (Some("BWZe"), "кто знает", right),
        (Some("Rand"), "스1 저그", right),
        (None, " bw zerg ", right),
        (Some("BWTe"), "BW Terran", "Failed: bw_zerg, sc2_terran / bw_terran, sc2_terran"),
        (Some("BWTe"), "кто знает", "Failed: bw_zerg, sc2_terran / bw_terran, sc2_terran"),
        (None, "Зерги", "Failed: bw_zerg, sc2_terran / sc2_zerg, sc2_terran"),
        // They contradict each other, and one of them is right.
        (Some("BWTe"), "BW Zerg", "Warning: bw_zerg, sc2_terran / BW Zerg (BWTe), sc2_terran"),
        (Some("BWZe"), "Zerg", "Warning: bw_zerg, sc2_terran / Zerg (BWZe), sc2_terran"),
        // And none.
        (Some("BWTe"), "Zerg", "Failed: bw_zerg, sc2_terran / Zerg (BWTe), sc2_terran"),
        (None, "кто, знает", "Warning: bw_zerg, sc2_terran / кто  знает, sc2_terran"),
        (Some("Rand"), "", "Warning: bw_zerg, sc2_terran /  (Rand), sc2_terran"),
    ] {
        let change = |of: &mut Setting| {
            of.ana().race_code = code.map(str::to_owned);
            of.ana().race_text = text.to_owned();
        };
        assert_eq!(line(CheckKind::Races, change), expected, "{code:?} {text}");
        let outcome = check(change);
        match expected.split(':').next().unwrap() {
            "Passed" => assert_eq!(outcome, "Ana wins: Recorded"),
            "Warning" => assert_eq!(outcome, "races Warning, Ana wins: Recorded"),
            _ => assert_eq!(outcome, "races Failed, Rejected"),
        }
    }
}

#[test]
fn a_map_is_known_by_its_files_and_else_by_its_title_in_any_language() {
    let right = "Passed: Keres Passage SEL / Keres Passage SEL";
    // The files are those of the map.
    assert_eq!(line(CheckKind::Map, |of| of.facts.map_title = "통로".to_owned()), right);
    let of_map = |map: &'static str| {
        move |of: &mut Setting| {
            of.facts.cache_handles = of.season.official_handles(GameRegion::Europe, map).unwrap();
        }
    };
    assert_eq!(line(CheckKind::Map, of_map("khione")), "Failed: Keres Passage SEL / Khione SEL");
    // The season does not play it, the lists know it.
    assert_eq!(
        line(CheckKind::Map, of_map("death_valley")),
        "Failed: Keres Passage SEL / [SC:Evo] Death Valley (데스밸리)"
    );
    let titled = |title: &'static str| {
        move |of: &mut Setting| {
            of.facts.cache_handles.clear();
            of.facts.map_title = title.to_owned();
            let keres = of.season.maps.iter_mut().find(|map| map.key == "keres_passage").unwrap();
            keres.aliases = vec!["케레스 통로 SEL".to_owned()];
        }
    };
    assert_eq!(
        line(CheckKind::Map, titled(" keres PASSAGE sel ")),
        "Passed: Keres Passage SEL / keres PASSAGE sel"
    );
    assert_eq!(
        line(CheckKind::Map, titled("케레스 통로 SEL")),
        "Passed: Keres Passage SEL / 케레스 통로 SEL"
    );
    assert_eq!(line(CheckKind::Map, titled("Khione SEL")), "Failed: Keres Passage SEL / Khione SEL");
    assert_eq!(line(CheckKind::Map, titled("")), "Failed: Keres Passage SEL / ");
}

#[test]
fn the_mod_is_official_only_with_exactly_its_files() {
    let of = |number: u64| format!("{number:064x}");
    let fake = |of: &Setting| of.season.releases[0].fakes.first().unwrap().clone();
    let europe = GameRegion::Europe;
    let unlearn = |of: &mut Setting| {
        let files = of.season.releases[0].regions.get_mut(&europe).unwrap();
        files.maps.remove("keres_passage");
    };
    type Change<'a> = Box<dyn Fn(&mut Setting) + 'a>;
    let rows: Vec<(Change<'_>, &str, &str)> = vec![
        (Box::new(|_| ()), "Passed", "official 2025-11"),
        (Box::new(|of| of.facts.cache_handles.reverse()), "Passed", "official 2025-11"),
        (
            Box::new(|of| {
                let again = of.facts.cache_handles.clone();
                of.facts.cache_handles.extend(again);
            }),
            "Passed",
            "official 2025-11",
        ),
        (
            Box::new(|setting| setting.facts.cache_handles.push(handle(europe, &of(1)))),
            "Failed",
            "unknown files 1, missing files 0",
        ),
        (Box::new(|of| drop(of.facts.cache_handles.pop())), "Failed", "unknown files 0, missing files 1"),
        (Box::new(|of| of.facts.cache_handles.clear()), "Failed", "unknown files 0, missing files 16"),
        (
            Box::new(|of| of.facts.cache_handles = of.season.official_handles(europe, "khione").unwrap()),
            "Failed",
            "unknown files 2, missing files 2",
        ),
        (
            Box::new(|of| {
                let fake = fake(of);
                of.facts.cache_handles.push(handle(europe, &fake));
            }),
            "Failed",
            "fake files 1",
        ),
        (
            Box::new(|of| {
                // In whichever region, and where nothing is learned.
                let fake = fake(of);
                of.facts.cache_handles = vec![handle(GameRegion::Asia, &fake)];
                of.season.releases[0].regions.clear();
            }),
            "Failed",
            "fake files 1",
        ),
        (
            Box::new(|of| {
                let asia = GameRegion::Asia;
                of.facts.cache_handles = of.season.official_handles(asia, "keres_passage").unwrap();
            }),
            "Failed",
            "files of another region 23",
        ),
        (
            Box::new(|of| of.facts.cache_handles[3] = "nonsense".to_owned()),
            "Failed",
            "files of another region 1",
        ),
        (Box::new(unlearn), "Warning", "unverified files 16"),
        (Box::new(|of| of.season.releases.clear()), "Warning", "unverified files 16"),
        (
            Box::new(|of| {
                // A second release knows the same files as the first, and more.
                let mut newer = of.season.releases[0].clone();
                newer.name = "newer".to_owned();
                newer.fakes.clear();
                newer.regions.get_mut(&europe).unwrap().base.insert(format!("{:064x}", 9));
                of.season.releases.push(newer);
                of.facts.cache_handles.push(handle(europe, &format!("{:064x}", 9)));
            }),
            "Passed",
            "official newer",
        ),
        (
            Box::new(|of| {
                // A second release of which the map was not learned yet.
                let mut newer = of.season.releases[0].clone();
                let files = newer.regions.get_mut(&europe).unwrap();
                files.maps.clear();
                files.base.insert(format!("{:064x}", 9));
                of.season.releases.push(newer);
                of.facts.cache_handles.push(handle(europe, &format!("{:064x}", 9)));
            }),
            "Warning",
            "unverified files 17",
        ),
        (
            // An upload of the mod changed a file of every game.
            Box::new(|setting| {
                let base = setting.season.releases[0].regions[&europe].base.first().unwrap().clone();
                let handles = &mut setting.facts.cache_handles;
                handles.retain(|known| *known != handle(europe, &base));
                handles.push(handle(europe, &of(1)));
            }),
            "Warning",
            "unverified files 16",
        ),
        (
            // An upload of the map alone changed one of its own.
            Box::new(|setting| {
                let files = &setting.season.releases[0].regions[&europe];
                let own = files.maps["keres_passage"].first().unwrap().clone();
                let handles = &mut setting.facts.cache_handles;
                handles.retain(|known| *known != handle(europe, &own));
                handles.push(handle(europe, &of(1)));
            }),
            "Failed",
            "unknown files 1, missing files 1",
        ),
        (
            // A copy, while a second list with the same base does not have the map yet.
            Box::new(|setting| {
                let mut newer = setting.season.releases[0].clone();
                newer.regions.get_mut(&europe).unwrap().maps.clear();
                setting.season.releases.push(newer);
                setting.facts.cache_handles.push(handle(europe, &of(1)));
            }),
            "Failed",
            "unknown files 1, missing files 0",
        ),
    ];
    for (change, grade, found) in rows {
        assert!(found.parse::<ModFinding>().is_ok(), "{found}");
        let expected = format!("{grade}: SC: Evo Complete / {found}");
        assert_eq!(line(CheckKind::Mod, &change), expected);
        let ruling = rule(&change);
        let rejected = ruling.judgement.outcome == Judged::Rejected;
        assert_eq!(rejected, grade == "Failed", "{found}");
        assert_eq!(ruling.unverified.is_some(), grade == "Warning", "{found}");
    }
    let unverified = rule(unlearn).unverified.unwrap();
    assert_eq!((unverified.region, unverified.map.as_str()), (europe, "keres_passage"));
    assert_eq!(unverified.files.len(), 16);
    // What does not count needs nobody's look.
    let rejected = rule(|of| {
        unlearn(of);
        of.used_by = Some(MatchId(4));
    });
    assert_eq!(rejected.unverified, None);
    let undecided = rule(|of| {
        unlearn(of);
        of.facts.players.iter_mut().for_each(|seat| (seat.outcome, seat.left_at_loop) = (None, None));
    });
    assert_eq!((undecided.judgement.outcome, undecided.unverified), (Judged::Undecided, None));
}

#[test]
fn a_title_that_nobody_knows_rejects_only_where_the_map_is_known_by_its_files() {
    let on = |map: &'static str, title: &'static str| {
        move |of: &mut Setting| {
            map.clone_into(&mut of.map);
            title.clone_into(&mut of.facts.map_title);
            of.facts.cache_handles.clear();
        }
    };
    assert_eq!(line(CheckKind::Map, on("ruby_rock", "루비 바위")), "Warning: Ruby Rock LE / 루비 바위");
    assert_eq!(line(CheckKind::Map, on("ruby_rock", "Ruby Rock LE")), "Passed: Ruby Rock LE / Ruby Rock LE");
    assert_eq!(line(CheckKind::Map, on("ruby_rock", "Khione SEL")), "Failed: Ruby Rock LE / Khione SEL");
    assert_eq!(line(CheckKind::Map, on("khione", "카이오니")), "Failed: Khione SEL / 카이오니");
}

#[test]
fn nobody_brings_along_an_account_of_somebody_else() {
    // Bea has an account in Europe. Ana sends a game against another one by Bea's name.
    let brought = |uploader: u64| {
        move |of: &mut Setting| {
            of.bind(0, 11);
            of.bind(1, 99);
            of.uploader = uploader;
        }
    };
    assert_eq!(check(brought(1)), "identity Failed, Rejected");
    // It is her word that counts.
    assert_eq!(check(brought(2)), "Ana wins: Recorded");
    // Nor in a game region where she has none, but which the match is not played in.
    let elsewhere = |of: &mut Setting| {
        brought(1)(of);
        of.server = Server::Kor;
        of.players[1].toons.clear();
    };
    assert_eq!(check(elsewhere), "identity Failed, Rejected");
    // With bound accounts a game counts wherever it was played.
    assert_eq!(
        check(|of| {
            of.bind(0, 11);
            of.bind(1, 22);
            of.server = Server::Kor;
        }),
        "Ana wins: Recorded"
    );
}

#[test]
fn an_alternative_name_binds_no_account_that_may_be_somebody_elses() {
    let named = |name: &'static str| {
        move |of: &mut Setting| {
            of.players[0].names.as_mut().unwrap().alternatives.push("Zoe".to_owned());
            of.ana().name = name.to_owned();
        }
    };
    // Zoe has not played in Europe yet: the account that plays by her name may be hers.
    for spelling in ["Zoe", "ZOE", "Ｚｏｅ"] {
        assert_eq!(check(named(spelling)), "identity Failed, Rejected", "{spelling}");
    }
    // She has one there, and this is another; or nobody on the ladder has the name.
    assert_eq!(
        check(|of| {
            named("zoe")(of);
            of.waiting = "";
        }),
        "Ana wins: Recorded"
    );
    // An account that is bound already proves who plays, by whatever name.
    assert_eq!(
        check(|of| {
            named("Zoe")(of);
            of.bind(0, 11);
        }),
        "Ana wins: Recorded"
    );
    // Nor the opponent's name.
    let as_bea = |of: &mut Setting| {
        of.players[0].names.as_mut().unwrap().alternatives.push("Bea".to_owned());
        of.ana().name = "Bea".to_owned();
        of.facts.players[0].name = "Beasmurf".to_owned();
    };
    assert_eq!(check(as_bea), "identity Failed, Rejected");
}

#[test]
fn staff_decide_how_many_accounts_a_player_binds() {
    let allowed = |count: Option<u8>, bound: u64| {
        check(|of| {
            (0..bound).for_each(|id| of.bind(0, 90 + id));
            let allowances = &mut of.players[0].toon_allowances;
            allowances.extend(count.map(|count| (GameRegion::Europe, count)));
            allowances.insert(GameRegion::Asia, 20);
        })
    };
    for (count, bound, fits) in [
        (None, 3, true),
        (None, 4, false),
        (Some(6), 4, true),
        (Some(6), 5, true),
        (Some(6), 6, false),
        (Some(1), 0, true),
        (Some(1), 1, false),
    ] {
        let expected = if fits { "Ana wins: Recorded" } else { "identity Failed, Rejected" };
        assert_eq!(allowed(count, bound), expected, "{count:?} allowed, {bound} bound");
    }
}

#[test]
fn races_tell_who_is_who_where_names_do_not() {
    // Both have the name by which both play.
    let alike = |of: &mut Setting| {
        for slot in 0..2 {
            of.players[slot].names.as_mut().unwrap().alternatives.push("Cea".to_owned());
            of.facts.players[slot].name = "Cea".to_owned();
        }
    };
    assert_eq!(check(alike), "Ana wins: Recorded");
    assert_eq!(
        check(|of| {
            alike(of);
            for seat in &mut of.facts.players {
                (seat.race_code, seat.race_text) = (None, "?".to_owned());
            }
        }),
        "identity Failed, Rejected"
    );
}

#[test]
fn a_wrong_setting_of_the_lobby_is_told_and_rejects_nothing() {
    let attribute = |number: u32, value: &'static str| {
        move |of: &mut Setting| {
            of.facts.attributes.retain(|(known, _)| *known != number);
            if !value.is_empty() {
                of.facts.attributes.push((number, value.to_owned()));
            }
        }
    };
    type Change = Box<dyn Fn(&mut Setting)>;
    let rows: Vec<(CheckKind, Change, &str)> = vec![
        (CheckKind::Observers, Box::new(|_| ()), "Passed: 0 / 0"),
        (CheckKind::Observers, Box::new(|of| of.facts.observers = 2), "Warning: 0 / 2"),
        (CheckKind::Privacy, Box::new(attribute(4000, "Norm")), "Passed: Norm / Norm"),
        (CheckKind::Privacy, Box::new(attribute(4000, "NoMH")), "Passed: Norm / NoMH"),
        (CheckKind::Privacy, Box::new(attribute(4000, "NoBO")), "Warning: Norm / NoBO"),
        (CheckKind::Privacy, Box::new(attribute(4000, "")), "Warning: Norm / "),
        (CheckKind::Speed, Box::new(|_| ()), "Passed: 4 / 4"),
        (CheckKind::Speed, Box::new(|of| of.facts.game_speed = 2), "Warning: 4 / 2"),
        (CheckKind::Duration, Box::new(attribute(3015, "0")), "Passed: 0 / 0"),
        (CheckKind::Duration, Box::new(attribute(3015, "30")), "Warning: 0 / 30"),
        (CheckKind::Duration, Box::new(attribute(3015, "")), "Warning: 0 / "),
        (CheckKind::Alliances, Box::new(attribute(3010, "yes")), "Passed: yes / yes"),
        (CheckKind::Alliances, Box::new(attribute(3010, "no")), "Warning: yes / no"),
    ];
    for (kind, change, expected) in rows {
        assert_eq!(line(kind, &change), expected);
        assert!(kind.is_setting() && check(&change).ends_with("Ana wins: Recorded"), "{expected}");
    }
}

#[test]
fn the_game_must_have_begun_between_assignment_and_upload() {
    // The game took 1,000 s, so it began at `ended` - 1,000 s.
    for (ended, expected) in [
        (2_000, "Ana wins: Recorded"),
        (1_945, "Ana wins: Recorded"),
        (1_935, "time Warning, Ana wins: Recorded"),
        (1_401, "time Warning, Ana wins: Recorded"),
        (1_399, "time Failed, Rejected"),
        (3_000, "Ana wins: Recorded"),
        (3_001, "time Warning, Ana wins: Recorded"),
        (3_299, "time Warning, Ana wins: Recorded"),
        (3_301, "time Failed, Rejected"),
    ] {
        assert_eq!(check(|of| of.facts.ended_at_ms = ended * 1000), expected, "ended at {ended} s");
    }
}

#[test]
fn the_winner_needs_a_ground() {
    let result = |bea, ana| {
        move |of: &mut Setting| {
            of.facts.players[0].outcome = bea;
            of.ana().outcome = ana;
        }
    };
    assert_eq!(check(result(Some(Outcome::Won), Some(Outcome::Lost))), "Bea wins: Recorded");
    assert_eq!(check(result(None, Some(Outcome::Lost))), "Bea wins: Recorded");
    assert_eq!(check(result(None, None)), "Ana wins: OpponentLeftFirst");
    assert_eq!(check(result(Some(Outcome::Won), Some(Outcome::Won))), "Undecided");
    assert_eq!(check(result(Some(Outcome::Draw), Some(Outcome::Draw))), "Undecided");
    let nobody_left = |of: &mut Setting| {
        result(None, None)(of);
        of.facts.players.iter_mut().for_each(|seat| seat.left_at_loop = None);
    };
    assert_eq!(check(nobody_left), "Undecided");
    let both_at_once = |of: &mut Setting| {
        result(None, None)(of);
        of.facts.players.iter_mut().for_each(|seat| seat.left_at_loop = Some(5));
    };
    assert_eq!(check(both_at_once), "Undecided");
}
