use super::*;
use crate::domain::cards::Content;
use crate::domain::ladder::{Act, Decision, Input};
use ipc_schema::event::Pairing;
use ipc_schema::ids::CardId;
use ipc_schema::view::News;
use ipc_schema::vocab::{
    Caller, FileHash, GameRegion, Ground, Locale, Mmr, Race, RaceChoice, Region, Server, TermsAnswer, Toon,
};

const NOW: Timestamp = Timestamp(1_795_284_000_000);

const TOON: Toon = Toon { region: 2, realm: 1, id: 7 };

const OWNER: UserId = UserId(100);
const ADMIN: UserId = UserId(101);

/// Players by name, whose user has the same number as the player.
const NAMES: [&str; 10] = ["Ana", "Bea", "Cea", "Dia", "Eve", "Fay", "Gus", "Hal", "Ivy", "Jon"];

fn season() -> Season {
    crate::season::load(crate::season::Which::Real).unwrap()
}

fn user_of(name: &str) -> UserId {
    UserId(1 + NAMES.iter().position(|known| *known == name).unwrap() as u64)
}

fn player_of(name: &str) -> PlayerId {
    PlayerId(user_of(name).0)
}

/// Bea waits, Cea and Dia confirm match 1, of whom Dia has, Eve and Fay play match 2. Gus is banned for good,
/// Hal for a day. Ivy is timed out, Jon has an account and has spent an abort. Ana is free.
struct World {
    ladder: Ladder,
    events: Vec<Event>,
    now: Timestamp,
}

impl World {
    fn new() -> World {
        let mut world = World { ladder: Ladder::new(1), events: Vec::new(), now: NOW };
        for (user, role) in [(OWNER, StaffRole::Owner), (ADMIN, StaffRole::Admin)] {
            world.evolve(Event::StaffSet { user, role: Some(role), at: NOW });
        }
        let races = RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Terran) };
        for name in NAMES {
            let (player, user) = (player_of(name), user_of(name));
            let names = Names {
                name: name.to_owned(),
                battle_tag: format!("{name}#1234"),
                alternatives: Vec::new(),
                country: "KR".to_owned(),
            };
            for event in [
                Event::PlayerJoined { player, user, locale: Locale::EnUs, at: NOW },
                Event::TermsAnswered { player, accepted: true, at: NOW },
                Event::NamesSet { player, names },
                Event::RegionSet { player, region: Region::Euw },
                Event::SetupFinished { player, at: NOW },
                Event::GuideRead { player, at: NOW },
                Event::RacesChosen { player, races },
            ] {
                world.evolve(event);
            }
        }
        for name in ["Bea", "Cea", "Dia", "Eve", "Fay"] {
            world.evolve(Event::Queued { player: player_of(name), at: NOW });
        }
        let pairing = |match_id, players: [&str; 2]| Pairing {
            match_id: MatchId(match_id),
            players: players.map(player_of),
            races: [Race::BwZerg, Race::Sc2Terran],
            map: "keres_passage".to_owned(),
            server: Server::Euc,
            confirm_deadline: NOW + Duration::from_secs(60),
        };
        let pairings = vec![pairing(1, ["Cea", "Dia"]), pairing(2, ["Eve", "Fay"])];
        let deadline = NOW + Duration::from_secs(3600);
        let for_good =
            Event::Banned { player: player_of("Gus"), until: None, reason: "cheats".to_owned(), at: NOW };
        let until = Some(NOW + DAY);
        for event in [
            Event::WaveFired { at: NOW, pairings, generator: 1 },
            Event::Confirmed { match_id: MatchId(1), player: player_of("Dia"), at: NOW },
            Event::Started { match_id: MatchId(2), at: NOW, deadline },
            for_good,
            Event::Banned { player: player_of("Hal"), until, reason: "insults".to_owned(), at: NOW },
            Event::CaseOpened {
                case: CaseId(1),
                match_id: MatchId(2),
                kind: CaseKind::Unverified {
                    region: GameRegion::Asia,
                    map: "khione".to_owned(),
                    files: vec!["ab".repeat(32)],
                },
                at: NOW,
            },
            Event::ToonBound { player: player_of("Jon"), region: GameRegion::Europe, toon: TOON },
            Event::TimedOut { player: player_of("Ivy"), step: 2, until: NOW + minutes_of(10) },
            Event::AbortSpent { player: player_of("Jon"), month: crate::domain::player::month_of(NOW) },
        ] {
            world.evolve(event);
        }
        world
    }

    fn evolve(&mut self, event: Event) {
        self.ladder.evolve(&event);
        self.events.push(event);
    }

    fn input(&mut self, input: &Input) -> Decision {
        let decision = self.ladder.decide(&season(), self.now, input);
        decision.events.iter().for_each(|event| self.evolve(event.clone()));
        decision
    }

    fn act(&mut self, user: UserId, act: Act) -> Result<Vec<Event>, Refusal> {
        let caller = Caller { user, locale: Locale::EnUs, dm: None };
        let Decision { events, refusal } = self.input(&Input::Act { caller, act });
        refusal.map_or(Ok(events), Err)
    }

    fn propose(&mut self, by: UserId, act: StaffAct<String>) -> Result<ProposalId, Refusal> {
        self.act(by, Act::Propose { act, reason: " because of this ".to_owned() })?;
        Ok(self.ladder.staff().proposal_of(by, self.now).unwrap().id)
    }

    fn perform(&mut self, by: UserId, proposal: ProposalId) -> Result<Vec<Event>, Refusal> {
        self.act(by, Act::Perform(proposal))
    }

    /// Proposed and confirmed.
    fn done(&mut self, by: UserId, act: StaffAct<String>) {
        let proposal = self.propose(by, act).unwrap();
        let events = self.perform(by, proposal).unwrap();
        assert!(events.iter().any(|event| matches!(event, Event::StaffActed { .. })), "{events:?}");
    }

    /// Before and after, as the preview shows them.
    fn preview(&self, by: UserId) -> (String, String) {
        let proposal = self.ladder.staff().proposal_of(by, self.now).unwrap();
        (proposal.before.clone(), proposal.after.clone())
    }

    fn news_of(&self, name: &str) -> Vec<News> {
        let cards = (1..self.ladder.cards().next_id().0).filter_map(|id| self.ladder.cards().get(CardId(id)));
        let own = cards.filter(|card| card.player == player_of(name));
        own.filter_map(|card| match &card.content {
            Content::News(news) => Some(news.clone()),
            _ => None,
        })
        .collect()
    }

    fn check_fold(&self) {
        let mut folded = Ladder::new(1);
        self.events.iter().for_each(|event| folded.evolve(event));
        assert_eq!(folded, self.ladder, "the fold of the events is the state");
    }
}

fn to(name: &str) -> String {
    name.to_owned()
}

fn why() -> String {
    "because of this".to_owned()
}

fn queued() -> String {
    format!("queued since {}", stamp(NOW))
}

/// Before and after, or why not.
type Shown = Result<(String, String), Refusal>;

/// Each act in each state that matters to it: what an admin is shown, or why not.
fn table() -> Vec<(StaffAct<String>, Shown)> {
    let shown = |before: &str, after: &str| Ok((before.to_owned(), after.to_owned()));
    let (both, hal) = (queued(), format!("banned until {}: insults", stamp(NOW + DAY)));
    let ivy = format!("timed out until {}, step 2", stamp(NOW + minutes_of(10)));
    let ban = |name: &str, days| StaffAct::Ban { player: to(name), days };
    let time_out = |name: &str, minutes| StaffAct::TimeOut { player: to(name), minutes };
    let rename = |name: &str, new: &str| StaffAct::Rename { player: to(name), name: new.to_owned() };
    let rule = |verdict| StaffAct::Resolve { match_id: MatchId(2), verdict };
    let knob = |name: &str, value: &str| StaffAct::SetKnob { name: to(name), value: to(value) };
    let days = Err(Refusal::OutOfRange { from: 1, to: 3650 });
    let text = Err(Refusal::TextLength { from: 3, to: 1500 });
    let idle = Err(Refusal::NothingToDo);
    let nobody = Err(Refusal::PlayerUnknown);
    vec![
        (StaffAct::RemoveFromQueue { player: to("Bea") }, shown(&both, "not queued")),
        (StaffAct::RemoveFromQueue { player: to("Ana") }, idle.clone()),
        (StaffAct::RemoveFromQueue { player: to("Cea") }, idle.clone()),
        (StaffAct::RemoveFromQueue { player: to("Zoe") }, nobody.clone()),
        (StaffAct::ClearQueue, shown("1 queued: Bea", "0 queued")),
        (ban("ana", None), shown("not banned", "banned for good")),
        (ban("<@1>", Some(7)), shown("not banned", "banned for 7 days")),
        (ban("Bea", Some(1)), shown(&format!("not banned; {both}"), "banned for 1 days; not queued")),
        (ban("3", None), shown("not banned; in match 1, confirming", "banned for good; match 1 cancelled")),
        (ban("Eve", None), shown("not banned; in match 2, playing", "banned for good; match 2 cancelled")),
        (ban("Gus", Some(2)), shown("banned for good: cheats", "banned for 2 days")),
        (ban("Hal", None), shown(&hal, "banned for good")),
        (ban("Ana", Some(0)), days.clone()),
        (ban("Ana", Some(3651)), days),
        (ban("Zoe", None), nobody),
        (StaffAct::Unban { player: to("Gus") }, shown("banned for good: cheats", "not banned")),
        (StaffAct::Unban { player: to("Hal") }, shown(&hal, "not banned")),
        (StaffAct::Unban { player: to("Ana") }, idle.clone()),
        (time_out("Ana", 30), shown("not timed out, step 0", "timed out for 30 min, step 0")),
        (time_out("Ivy", 30), shown(&ivy, "timed out for 30 min, step 2")),
        (time_out("Ivy", 0), shown(&ivy, "not timed out, step 0")),
        (
            time_out("Bea", 5),
            shown(&format!("not timed out, step 0; {both}"), "timed out for 5 min, step 0; not queued"),
        ),
        (time_out("Ana", 0), idle.clone()),
        (time_out("Ana", 10_081), Err(Refusal::OutOfRange { from: 0, to: 10_080 })),
        (
            StaffAct::ResetAborts { player: to("Jon") },
            shown("2 of 3 aborts left this month", "3 of 3 aborts left this month"),
        ),
        (StaffAct::ResetAborts { player: to("Ana") }, idle.clone()),
        (StaffAct::Announce { text: to("Hello, all") }, shown("not announced", "announced to 8 players")),
        (StaffAct::Announce { text: to(" hi ") }, text.clone()),
        (StaffAct::Announce { text: "x".repeat(1501) }, text),
        (rename("Ana", "Anna"), shown("Ana", "Anna")),
        (rename("Ana", "ANA"), shown("Ana", "ANA")),
        (rename("Ana", "Ana"), idle),
        (rename("Ana", "bea"), Err(Refusal::NameTaken)),
        (rename("Ana", "A!"), Err(Refusal::NameInvalid)),
        (StaffAct::SetRole { user: UserId(1), role: None }, Err(Refusal::OwnerOnly)),
        (rule(Verdict::Void), shown("match 2, 1 Eve, 2 Fay: playing", "void")),
        (
            rule(Verdict::Decided { winner: 1, ground: Ground::Staff }),
            shown("match 2, 1 Eve, 2 Fay: playing", "player 2 won"),
        ),
        (rule(Verdict::Conflict), Err(Refusal::MatchUnknown)),
        (StaffAct::Resolve { match_id: MatchId(1), verdict: Verdict::Void }, Err(Refusal::MatchNotPlayed)),
        (StaffAct::Resolve { match_id: MatchId(9), verdict: Verdict::Void }, Err(Refusal::MatchUnknown)),
        (
            StaffAct::AdjustMmr { player: to("Ana"), race: Race::BwZerg, to: Mmr(1600) },
            shown("bw_zerg: 1500 MMR", "bw_zerg: 1600 MMR"),
        ),
        (
            StaffAct::CloseCase { case: CaseId(1) },
            shown("case 1 of match 2 open: unverified", "closed, and the match stays as it is"),
        ),
        (StaffAct::CloseCase { case: CaseId(2) }, Err(Refusal::CaseUnknown)),
        (
            StaffAct::LearnHandles { case: CaseId(1) },
            shown(
                "case 1 of match 2 open: unverified",
                "1 files on khione in asia are official, case closed",
            ),
        ),
        (knob("wave_s", "30"), shown("wave_s = 45", "wave_s = 30")),
        (knob("wave_s", "45"), Err(Refusal::NothingToDo)),
        (knob("wave", "30"), Err(Refusal::KnobUnknown)),
        (
            StaffAct::MarkFake { file: "ab".repeat(32), fake: true },
            shown("not known as unofficial", "rejected as unofficial"),
        ),
        (StaffAct::MarkFake { file: "ab".repeat(32), fake: false }, Err(Refusal::HandlesUnknown)),
        (
            StaffAct::AllowToons { player: to("Ana"), region: GameRegion::Europe, count: 6 },
            shown("4 accounts may be bound in europe", "6 accounts may be bound in europe"),
        ),
        (
            StaffAct::AllowToons { player: to("Ana"), region: GameRegion::Europe, count: 4 },
            Err(Refusal::NothingToDo),
        ),
        (
            StaffAct::UnbindToon { player: to("Jon"), toon: TOON },
            shown("2-S2-1-7 is bound to Jon", "2-S2-1-7 is free"),
        ),
        (StaffAct::UnbindToon { player: to("Ana"), toon: TOON }, Err(Refusal::ToonUnknown)),
    ]
}

#[test]
fn every_act_is_shown_with_before_and_after_and_done_once_it_is_confirmed() {
    for (act, expected) in table() {
        for by in [OWNER, ADMIN, UserId(1)] {
            let mut world = World::new();
            let before = world.ladder.clone();
            let proposed = world.propose(by, act.clone());
            let is_role = matches!(act, StaffAct::SetRole { .. });
            let expected = match &expected {
                _ if world.ladder.staff().role(by).is_none() => Err(Refusal::StaffOnly),
                _ if is_role && by == OWNER => continue,
                expected => expected.clone(),
            };
            let Ok((text_before, text_after)) = expected else {
                assert_eq!(proposed.map(|_| ()), expected.map(|_| ()), "{act:?} by {by}");
                assert_eq!(world.ladder.queued(), before.queued());
                continue;
            };
            let proposal = proposed.unwrap_or_else(|refusal| panic!("{act:?} by {by}: {refusal:?}"));
            assert_eq!(world.preview(by), (text_before.clone(), text_after.clone()), "{act:?} by {by}");
            assert_eq!(world.ladder.cards(), before.cards(), "{act:?}: a question changes nothing");
            let events = world.perform(by, proposal).unwrap();
            let Some(Event::StaffActed { before, after, reason, .. }) = events.first() else {
                panic!("{act:?}: {events:?}")
            };
            assert_eq!((before, after, reason), (&text_before, &text_after, &why()), "{act:?}");
            assert_eq!(world.ladder.staff().log().len(), 1);
            world.check_fold();
            assert_eq!(world.perform(by, proposal), Err(Refusal::ProposalGone), "{act:?} twice");
        }
    }
}

#[test]
fn what_is_done_is_told_to_those_it_concerns() {
    let reason = why();
    let until = NOW + minutes_of(30);
    let text = to("Hello, all");
    let expected: Vec<(StaffAct<String>, &str, News)> = vec![
        (StaffAct::RemoveFromQueue { player: to("Bea") }, "Bea", News::RemovedFromQueue { reason: why() }),
        (StaffAct::ClearQueue, "Bea", News::RemovedFromQueue { reason: why() }),
        (
            StaffAct::Ban { player: to("Bea"), days: Some(1) },
            "Bea",
            News::Banned { until: Some(NOW + DAY), reason: why() },
        ),
        (
            StaffAct::Ban { player: to("Cea"), days: None },
            "Dia",
            News::MatchCancelled { match_id: MatchId(1), requeued: true },
        ),
        (
            StaffAct::Ban { player: to("Dia"), days: None },
            "Cea",
            News::MatchCancelled { match_id: MatchId(1), requeued: true },
        ),
        (
            StaffAct::Ban { player: to("Fay"), days: None },
            "Eve",
            News::MatchCancelled { match_id: MatchId(2), requeued: false },
        ),
        (StaffAct::Unban { player: to("Gus") }, "Gus", News::BanEnded { reason: Some(why()) }),
        (
            StaffAct::TimeOut { player: to("Ana"), minutes: 30 },
            "Ana",
            News::TimedOut { until, reason: why() },
        ),
        (StaffAct::TimeOut { player: to("Ivy"), minutes: 0 }, "Ivy", News::TimeOutLifted { reason: why() }),
        (StaffAct::ResetAborts { player: to("Jon") }, "Jon", News::AbortsReset { reason: why() }),
        (StaffAct::Announce { text: text.clone() }, "Jon", News::Announcement { text }),
        (
            StaffAct::Rename { player: to("Ana"), name: to("Anna") },
            "Ana",
            News::Renamed { name: to("Anna"), reason: why() },
        ),
        (
            StaffAct::SetRole { user: user_of("Ana"), role: Some(StaffRole::Admin) },
            "Ana",
            News::RoleSet { role: Some(StaffRole::Admin), reason },
        ),
    ];
    for (act, name, news) in expected {
        let mut world = World::new();
        world.done(OWNER, act.clone());
        assert_eq!(world.news_of(name).last(), Some(&news), "{act:?}");
    }
    let mut world = World::new();
    world.done(ADMIN, StaffAct::Announce { text: to("Hello, all") });
    let told = |name: &str| world.news_of(name).iter().any(|news| matches!(news, News::Announcement { .. }));
    let deaf: Vec<&str> = NAMES.into_iter().filter(|name| !told(name)).collect();
    assert_eq!(deaf, ["Gus", "Hal"], "who is banned hears nothing");
}

#[test]
fn a_ban_ends_queue_and_match_and_the_opponent_goes_back_to_the_old_place() {
    let mut world = World::new();
    world.done(ADMIN, StaffAct::Ban { player: to("Bea"), days: None });
    assert!(!world.ladder.is_queued(player_of("Bea")));
    // Cea has not confirmed, Dia has: whoever is let down by staff waits on.
    for (banned, opponent) in [("Cea", "Dia"), ("Dia", "Cea")] {
        let mut world = World::new();
        world.done(ADMIN, StaffAct::Ban { player: to(banned), days: Some(3) });
        let match_ = world.ladder.find_match(MatchId(1)).unwrap();
        let slot = u8::try_from(match_.slot_of(player_of(banned)).unwrap()).unwrap();
        let Phase::Closed { verdict, .. } = &match_.phase else { panic!("{match_:?}") };
        assert_eq!(*verdict, Verdict::Cancelled { by: Some(slot) });
        assert!(world.ladder.is_queued(player_of(opponent)) && !world.ladder.is_queued(player_of(banned)));
        assert_eq!(world.ladder.queue[&player_of(opponent)].since, NOW);
        world.check_fold();
    }
    let mut world = World::new();
    world.done(ADMIN, StaffAct::Ban { player: to("Eve"), days: None });
    assert!(!world.ladder.find_match(MatchId(2)).unwrap().is_open());
    assert_eq!(world.ladder.ratings.len(), 0, "no rating moves");
    assert!(!world.ladder.is_queued(player_of("Fay")));
    world.act(user_of("Fay"), Act::JoinQueue).unwrap();
}

#[test]
fn who_is_banned_reads_until_when_and_why_at_every_gate() {
    let mut world = World::new();
    let names = Names {
        name: "Other".to_owned(),
        battle_tag: "Other#1234".to_owned(),
        alternatives: Vec::new(),
        country: "KR".to_owned(),
    };
    let (until, reason) = (Some(NOW + DAY), "insults".to_owned());
    let banned = Refusal::Banned { until, reason };
    let upload = Act::Upload { hash: FileHash([7; 32]), bytes: 9 };
    for act in [
        Act::JoinQueue,
        Act::LeaveQueue,
        Act::SetNames(names),
        Act::SetRegion(Region::Naw),
        Act::ChooseVetoes(Vec::new()),
        upload,
    ] {
        assert_eq!(world.act(user_of("Hal"), act.clone()), Err(banned.clone()), "{act:?}");
    }
    let early = world.ladder.check_upload(&season(), NOW, user_of("Hal"), FileHash([7; 32]));
    assert_eq!(early, Err(banned), "before its bytes are stored");
    for act in [Act::Look, Act::SetLocale(Locale::KoKr), Act::AnswerTerms(TermsAnswer::Accept)] {
        assert!(world.act(user_of("Hal"), act.clone()).is_ok(), "{act:?}");
    }
    // The ban is told before anything else.
    world.act(user_of("Hal"), Act::AnswerTerms(TermsAnswer::Decline)).unwrap();
    assert!(matches!(world.act(user_of("Hal"), Act::JoinQueue), Err(Refusal::Banned { .. })));
}

#[test]
fn a_ban_ends_by_time_and_the_player_is_told() {
    let mut world = World::new();
    // Nothing else is due meanwhile.
    for name in ["Bea", "Cea", "Eve"] {
        world.done(ADMIN, StaffAct::Ban { player: to(name), days: None });
    }
    world.act(user_of("Dia"), Act::LeaveQueue).unwrap();
    assert_eq!(world.ladder.next_tick(&season(), NOW), Some(NOW + DAY));
    assert_eq!(world.input(&Input::Tick).events, [], "it is not over yet");
    world.now = NOW + DAY;
    let ended = Event::BanEnded { player: player_of("Hal"), reason: None, at: world.now };
    assert_eq!(world.input(&Input::Tick).events, [ended]);
    assert_eq!(world.news_of("Hal").last(), Some(&News::BanEnded { reason: None }));
    assert_eq!(world.ladder.next_tick(&season(), world.now), None, "for good is for good");
    world.act(user_of("Hal"), Act::JoinQueue).unwrap();
    // A longer ban takes the place of the shorter one's end, and an unban removes it.
    world.done(ADMIN, StaffAct::Ban { player: to("Ana"), days: Some(1) });
    world.done(ADMIN, StaffAct::Ban { player: to("Ana"), days: Some(2) });
    assert_eq!(world.ladder.staff().next_ban_end(), Some((world.now + 2 * DAY, player_of("Ana"))));
    world.done(ADMIN, StaffAct::Unban { player: to("Ana") });
    assert_eq!(world.ladder.staff().next_ban_end(), None);
    world.check_fold();
}

#[test]
fn a_question_is_its_askers_alone_and_the_newest_one_counts() {
    let mut world = World::new();
    let ban = |name: &str| StaffAct::Ban { player: to(name), days: None };
    let first = world.propose(ADMIN, ban("Ana")).unwrap();
    assert_eq!(world.perform(OWNER, first), Err(Refusal::ProposalGone));
    assert_eq!(world.perform(UserId(1), first), Err(Refusal::StaffOnly));
    let second = world.propose(ADMIN, ban("Bea")).unwrap();
    assert_ne!(first, second);
    assert_eq!(world.perform(ADMIN, first), Err(Refusal::ProposalGone), "it was replaced");
    let others = world.propose(OWNER, ban("Jon")).unwrap();
    assert_eq!(world.act(ADMIN, Act::Withdraw(others)), Err(Refusal::ProposalGone));
    world.act(ADMIN, Act::Withdraw(second)).unwrap();
    assert_eq!(world.perform(ADMIN, second), Err(Refusal::ProposalGone), "it was withdrawn");
    assert_eq!(world.act(ADMIN, Act::Withdraw(second)), Err(Refusal::ProposalGone));
    world.perform(OWNER, others).unwrap();
    let (mut early, late) = (World::new(), Duration::from_secs(15 * 60));
    let old = early.propose(ADMIN, ban("Ana")).unwrap();
    early.now = NOW + late - Duration::from_millis(1);
    assert!(early.ladder.decide(&season(), early.now, &confirm(ADMIN, old)).refusal.is_none());
    early.now = NOW + late;
    assert_eq!(early.perform(ADMIN, old), Err(Refusal::ProposalGone), "it is too old");
    world.check_fold();
}

fn confirm(user: UserId, proposal: ProposalId) -> Input {
    Input::Act { caller: Caller { user, locale: Locale::EnUs, dm: None }, act: Act::Perform(proposal) }
}

#[test]
fn what_changed_since_it_was_shown_is_shown_again_and_not_done() {
    let mut world = World::new();
    let first = world.propose(ADMIN, StaffAct::Ban { player: to("Bea"), days: None }).unwrap();
    world.act(user_of("Bea"), Act::LeaveQueue).unwrap();
    let events = world.perform(ADMIN, first).unwrap();
    assert!(matches!(events[..], [Event::StaffProposed { .. }]), "{events:?}");
    assert_eq!(world.preview(ADMIN), (to("not banned"), to("banned for good")));
    assert_eq!(world.perform(ADMIN, first), Err(Refusal::ProposalGone), "the old button is dead");
    let second = world.ladder.staff().proposal_of(ADMIN, NOW).unwrap().id;
    world.perform(ADMIN, second).unwrap();
    assert!(world.ladder.player(player_of("Bea")).unwrap().ban.is_some());
    // What the rules no longer allow is refused.
    let remove = world.propose(ADMIN, StaffAct::RemoveFromQueue { player: to("Ana") });
    assert_eq!(remove, Err(Refusal::NothingToDo));
    world.act(user_of("Ana"), Act::JoinQueue).unwrap();
    let remove = world.propose(ADMIN, StaffAct::RemoveFromQueue { player: to("Ana") }).unwrap();
    world.act(user_of("Ana"), Act::LeaveQueue).unwrap();
    assert_eq!(world.perform(ADMIN, remove), Err(Refusal::NothingToDo));
    // Who loses the role loses the question.
    let rename = world.propose(ADMIN, StaffAct::Rename { player: to("Ana"), name: to("Anna") }).unwrap();
    world.done(OWNER, StaffAct::SetRole { user: ADMIN, role: None });
    assert_eq!(world.perform(ADMIN, rename), Err(Refusal::StaffOnly));
    world.check_fold();
}

#[test]
fn a_crowd_may_change_while_staff_are_asked() {
    let mut world = World::new();
    let clear = world.propose(ADMIN, StaffAct::ClearQueue).unwrap();
    world.act(user_of("Ana"), Act::JoinQueue).unwrap();
    world.perform(ADMIN, clear).unwrap();
    assert_eq!(world.ladder.queued(), 0);
    let entry = world.ladder.staff().log().next().unwrap();
    assert_eq!(entry.done.before, "2 queued: Ana, Bea", "the log says who it was");
    assert_eq!(world.propose(ADMIN, StaffAct::ClearQueue), Err(Refusal::NothingToDo));
}

#[test]
fn a_reason_is_needed() {
    let mut world = World::new();
    for (reason, fits) in [("", false), ("  no  ", false), ("abc", true)] {
        let act = Act::Propose { act: StaffAct::ClearQueue, reason: reason.to_owned() };
        let needed = Err(Refusal::ReasonNeeded { from: 3, to: 300 });
        assert_eq!(world.act(ADMIN, act).map(|_| ()), if fits { Ok(()) } else { needed }, "{reason:?}");
    }
    let act = Act::Propose { act: StaffAct::ClearQueue, reason: "x".repeat(301) };
    assert_eq!(world.act(ADMIN, act), Err(Refusal::ReasonNeeded { from: 3, to: 300 }));
}

#[test]
fn a_ladder_keeps_an_owner_and_staff_are_not_banned() {
    let mut world = World::new();
    let role = |user, role| StaffAct::SetRole { user, role };
    for (act, refusal) in [
        (role(OWNER, None), Refusal::LastOwner),
        (role(OWNER, Some(StaffRole::Admin)), Refusal::LastOwner),
        (role(ADMIN, Some(StaffRole::Admin)), Refusal::NothingToDo),
        (role(UserId(1), None), Refusal::NothingToDo),
    ] {
        assert_eq!(world.propose(OWNER, act.clone()), Err(refusal), "{act:?}");
    }
    world.done(OWNER, role(user_of("Ana"), Some(StaffRole::Owner)));
    let staff = world.propose(ADMIN, StaffAct::Ban { player: to("Ana"), days: None });
    assert_eq!(staff, Err(Refusal::StaffNotBanned));
    // Two owners ask at once to be no owner any more; one of them stays.
    let own = world.propose(OWNER, role(OWNER, None)).unwrap();
    world.done(user_of("Ana"), role(user_of("Ana"), None));
    assert_eq!(world.perform(OWNER, own), Err(Refusal::LastOwner));
    // An operator always gets back in.
    let named = Input::OwnerNamed { user: UserId(9000) };
    assert_eq!(world.input(&named).events.len(), 1);
    assert_eq!(world.ladder.staff().role(UserId(9000)), Some(StaffRole::Owner));
    assert_eq!(world.input(&named).events, [], "once");
    world.check_fold();
}

#[test]
fn a_time_out_of_staff_runs_to_its_end_and_brings_no_forgiven_step_back() {
    let season = season();
    let mut world = World::new();
    let next = |world: &World, name: &str| {
        world.ladder.player(player_of(name)).unwrap().next_timeout(&season, world.now)
    };
    // Ivy's two steps are forgiven by two clean days, and a break given on the third brings none back.
    world.now = NOW + DAY * 3;
    world.done(ADMIN, StaffAct::TimeOut { player: to("Ivy"), minutes: 10 });
    assert_eq!(next(&world, "Ivy").0, 1);
    // A week for Dia, who has confirmed a match: no offence of hers shortens it, and she does not wait.
    let week = world.now + minutes_of(TIME_OUT_MINUTES);
    world.done(ADMIN, StaffAct::TimeOut { player: to("Dia"), minutes: TIME_OUT_MINUTES });
    assert_eq!(next(&world, "Dia"), (1, week));
    world.input(&Input::Tick);
    assert!(
        !world.ladder.is_queued(player_of("Dia")),
        "whom a match let down goes back only if they may wait"
    );
    assert_eq!(world.ladder.player(player_of("Dia")).unwrap().timed_out(world.now), Some(week));
    world.check_fold();
}

#[test]
fn a_time_out_of_staff_leaves_the_steps_alone_and_lifting_it_forgets_them() {
    let season = season();
    let mut world = World::new();
    let next = |world: &World, name: &str| {
        world.ladder.player(player_of(name)).unwrap().next_timeout(&season, world.now).0
    };
    world.done(ADMIN, StaffAct::TimeOut { player: to("Ana"), minutes: 30 });
    let refused = Refusal::TimedOut { until: NOW + minutes_of(30) };
    assert_eq!(world.act(user_of("Ana"), Act::JoinQueue), Err(refused));
    assert_eq!((next(&world, "Ana"), next(&world, "Ivy")), (1, 3));
    world.done(ADMIN, StaffAct::TimeOut { player: to("Ivy"), minutes: 0 });
    assert_eq!(next(&world, "Ivy"), 1);
    world.act(user_of("Ivy"), Act::JoinQueue).unwrap();
    world.check_fold();
}
