//! One value of everything that processes say to each other and that a disk holds.
//!
//! A list that names every variant does not compile while one is missing, so a new variant comes
//! with its sample.

use channels::{match_choice, past_match, place, places, post_views};
use ipc_schema::backend::{
    BackendCall, BackendEvent, BackendMessage, BackendReply, BackendRequest, CardFailure, CardState,
    ShowCard, TermsAnswer,
};
use ipc_schema::db_writer::{Record, StoredReply};
use ipc_schema::event::{
    Check, CheckKind, Crowd, Event, Grade, Judged, Judgement, Names, Pairing, RatedRow, RatingChange,
    Rerating, Unmatched, WhyNot,
};
use ipc_schema::ids::{
    CardId, CaseId, ChannelId, JobId, Key, LadderId, MatchId, MessageId, PlayerId, ProposalId, Seq, Trace,
    UserId,
};
use ipc_schema::notifications::{Place, Wish};
use ipc_schema::replay::{Fault, ReplayFacts, ReplayPlayer};
use ipc_schema::staff::{StaffAct, StaffLook, StaffRole, StaffView};
use ipc_schema::view::{
    ActivityHour, ActivityView, CardView, Claims, Dispute, EntryView, GameRecord, LeaderboardFilter,
    LeaderboardRow, LeaderboardView, MatchPhase, MatchSheet, MatchView, Period, ProfileRating, ProfileView,
    QueueHint, QueueView, RaceProblem, ReplayStage, ReplayView, ResultView, SetupStep, SetupView,
    SheetPlayer, Waiting,
};
use ipc_schema::vocab::{
    Caller, CountryCode, Era, FileHash, GameRegion, GatewaySession, Glicko, Ground, Locale, Mmr, Outcome,
    PingsOf, Race, RaceChoice, Rank, Refusal, Region, Server, Timestamp, Toon, Verdict,
};
use players::{held_cards, notifications, wishes};
use staff::{archived_match, news, staff_acts, staff_looks, staff_views};
use std::convert::Infallible;

/// A sample of each variant, in the order of the declaration or not; leaving one out does not compile.
macro_rules! every {
    ($enum:ident: $($variant:ident $({ $($fields:tt)* })? $(( $($values:tt)* ))?),+ $(,)?) => {{
        let complete = |value: &$enum| match value { $($enum::$variant { .. } => {})+ };
        let samples = vec![$($enum::$variant $({ $($fields)* })? $(( $($values)* ))?),+];
        samples.iter().for_each(complete);
        samples
    }};
}

mod channels;
mod control;
mod players;
mod staff;
mod writer;

pub(crate) use control::{from_child, hellos, to_child};
pub(crate) use staff::case_kinds;
pub(crate) use writer::{jobs, worker_requests, writer_answers, writer_calls};

const PLAYER: PlayerId = PlayerId(7);
const MATCH: MatchId = MatchId(12);
const JOB: JobId = JobId(3);
const CARD: CardId = CardId(4);
const CHANNEL: ChannelId = ChannelId(1_100_000_000_000_000_001);
const MESSAGE: MessageId = MessageId(1_100_000_000_000_000_002);
const USER: UserId = UserId(u64::MAX);
const GLICKO: Glicko = Glicko { rating: 1512.25, deviation: 90.5, volatility: 0.06 };
const PROPOSAL: ProposalId = ProposalId(9);
const AT: Timestamp = Timestamp(1_767_225_600_123);

fn text(text: &str) -> String {
    text.to_owned()
}

fn caller() -> Caller {
    Caller { user: USER, locale: Locale::KoKr, dm: Some(CHANNEL) }
}

fn names() -> Names {
    Names {
        name: text("Ålice"),
        battle_tag: text("Alice#1234"),
        alternatives: vec![text("앨리스"), String::new()],
        country: text("XX"),
    }
}

fn judgement(outcome: Judged) -> Judgement {
    #[rustfmt::skip]
    let kinds = every!(CheckKind:
        Readable, Identity, Races, Map, Time, Reuse,
        Owner, Mod, Observers, Privacy, Speed, Duration, Alliances,
    );
    let grades = every!(Grade: Passed, Warning, Failed);
    let checks = kinds.into_iter().zip(grades.into_iter().cycle());
    let checks = checks.map(|(kind, grade)| Check { kind, grade, expected: text("a"), found: text("b") });
    Judgement { checks: checks.collect(), outcome }
}

/// With the checks that there were when the stored history was frozen.
fn stored_judgement() -> Judgement {
    let Judgement { mut checks, outcome } = judgement(Judged::Undecided);
    checks.truncate(6);
    Judgement { checks, outcome }
}

fn facts() -> ReplayFacts {
    let player = |name: &str, outcome, left_at_loop| ReplayPlayer {
        toon: Toon { region: 2, realm: 1, id: 278_321 },
        name: text(name),
        race_text: text("저그"),
        race_code: Some(text("BWZe")),
        outcome,
        left_at_loop,
    };
    ReplayFacts {
        base_build: 93_333,
        unlisted_build: true,
        duration_game_loops: 12_345,
        ended_at_ms: AT.0,
        map_title: text("Keres Passage"),
        cache_handles: vec![text("7332356d")],
        game_speed: 4,
        random_seed: u32::MAX,
        is_1v1: true,
        players: vec![player("A", Some(Outcome::Won), None), player("B", None, Some(12_300))],
        observers: 1,
        attributes: vec![(3001, text("Zerg"))],
    }
}

pub(crate) fn judged() -> Vec<Judged> {
    every!(Judged: Decided { winner: 1, ground: Ground::OpponentLeftFirst }, Undecided, Rejected, TooLate,
        AlreadyDecided, ForStaff)
}

pub(crate) fn faults() -> Vec<Fault> {
    every!(Fault: UnsupportedBuild, Encrypted, Malformed, TooLarge, Killed, FileLost, NotRead)
}

pub(crate) fn verdicts() -> Vec<Verdict> {
    every!(Verdict:
        Decided { winner: 0, ground: Ground::Recorded },
        Aborted { by: 1 },
        Unconfirmed { confirmed: [true, false] },
        Expired,
        Drawn { ground: Ground::Reported },
        Conflict,
        Void,
        Cancelled { by: Some(1) },
    )
}

pub(crate) fn refusals() -> Vec<Refusal> {
    every!(Refusal:
        SetupNeeded,
        TermsNeeded,
        NameInvalid,
        NameTaken,
        BattleTagInvalid,
        BattleTagTaken,
        AlternativeNameInvalid,
        CountryUnknown,
        RegionUnknown,
        NoRace,
        TooManyVetoes { allowed: 4 },
        MapUnknown,
        AlreadyQueued,
        NotQueued,
        InMatch,
        TimedOut { until: AT },
        MatchUnknown,
        TooLate,
        NoOpenMatch,
        FileTooLarge { limit_bytes: 5 << 20 },
        NotAReplay,
        FileRefused,
        LineFull,
        DownloadFailed,
        ReadOnly,
        Busy,
        Stale,
        PlayerUnknown,
        OwnLineFull { limit: 3 },
        TooManyFiles { limit: 5 },
        FileQuarantined,
        AlreadyDecided,
        TooManyUploads { limit: 10 },
        KnobUnknown,
        KnobInvalid { name: text("timeouts_min"), expects: text("a list") },
        KnobOutOfRange { name: text("wave_s"), min: text("5"), max: text("600") },
        HandlesInvalid,
        HandlesFake,
        HandlesKnown,
        HandlesUnknown,
        ToonUnknown,
        NotStarted,
        NotDisputable,
        DisputeOver { minutes: 10 },
        CaseUnknown,
        MatchNotPlayed,
        Unchanged,
        CorrectionTooLarge { limit: 120_000 },
        MmrOutOfRange { least: Mmr(-100_000), most: Mmr(100_000) },
        Banned { until: Some(AT), reason: text("maphacks") },
        StaffOnly,
        OwnerOnly,
        ReasonNeeded { from: 3, to: 300 },
        ProposalGone,
        NothingToDo,
        LastOwner,
        StaffNotBanned,
        OutOfRange { from: 0, to: u32::MAX },
        TextLength { from: 3, to: 1500 },
        HistoryAway,
        ReplayInLine,
        MatchPrivate,
        GuideUnread,
        DmsClosed,
        TimeInvalid,
        ZoneInvalid,
    )
}

pub(crate) fn keys() -> Vec<Key> {
    every!(Key:
        Interaction(1),
        Attachment { message: 2, attachment: u64::MAX },
        Card { card: CARD, version: 3 },
        Gateway { shard: 0, since: u64::MAX },
        NotTaken { message: 2, attachment: 3 },
    )
}

/// New variants go to the end: the stored history is compared with the beginning of this list.
pub(crate) fn events() -> Vec<Event> {
    let change =
        |player, race, before, after| RatingChange { player, race, before: Mmr(before), after: Mmr(after) };
    every!(Event:
        PlayerJoined { player: PLAYER, user: USER, locale: Locale::EnUs, at: AT },
        ChannelSeen { player: PLAYER, channel: CHANNEL },
        LocaleSet { player: PLAYER, locale: Locale::RuRu },
        TermsAnswered { player: PLAYER, accepted: true, at: AT },
        NamesSet { player: PLAYER, names: names() },
        RegionSet { player: PLAYER, region: Region::Fer },
        SetupFinished { player: PLAYER, at: AT },
        RacesChosen { player: PLAYER, races: RaceChoice { bw: Some(Race::BwZerg), sc2: None } },
        VetoesChosen { player: PLAYER, maps: vec![text("keres_passage"), text("tourmaline")] },
        Queued { player: PLAYER, at: AT },
        LeftQueue { player: PLAYER, at: AT },
        WaveFired {
            at: AT,
            pairings: vec![Pairing {
                match_id: MATCH,
                players: [PLAYER, PlayerId(8)],
                races: [Race::BwTerran, Race::Sc2Protoss],
                map: text("keres_passage"),
                server: Server::Twn,
                confirm_deadline: AT,
            }],
            generator: u64::MAX,
        },
        Found { match_id: MATCH, player: PLAYER, deadline: AT, at: AT },
        Confirmed { match_id: MATCH, player: PLAYER, at: AT },
        Reminded { match_id: MATCH, player: PLAYER },
        Started { match_id: MATCH, at: AT, deadline: AT },
        TimeLost { lost_ms: 90_000, at: AT },
        AbortSpent { player: PLAYER, month: 24_313 },
        TimedOut { player: PLAYER, step: 2, until: AT },
        Requeued { player: PLAYER, since: AT, waves: 6 },
        Closed {
            match_id: MATCH,
            verdict: Verdict::Decided { winner: 0, ground: Ground::Recorded },
            ratings: Some([
                change(PLAYER, Race::BwTerran, 1500, 1520),
                change(PlayerId(8), Race::Sc2Protoss, 0, -20),
            ]),
            at: AT,
        },
        ReplayTaken { job: JOB, match_id: MATCH, player: PLAYER, hash: FileHash([0xab; 32]), bytes: 300_000, at: AT },
        ReplayJudged { job: JOB, facts: Box::new(facts()), judgement: stored_judgement(), at: AT },
        ReplayFailed { job: JOB, fault: Fault::Killed, strikes: 2, at: AT },
        ReplayStruck { job: JOB, strikes: 1 },
        ToonBound {
            player: PLAYER,
            region: GameRegion::Europe,
            toon: Toon { region: 2, realm: 1, id: 278_321 },
        },
        NoticeDue { player: PLAYER, refusal: Refusal::FileTooLarge { limit_bytes: 5 << 20 }, at: AT },
        CardShown { card: CARD, version: 2, channel: CHANNEL, message: MESSAGE, at: AT },
        CardLost { card: CARD, version: 2, at: AT },
        CardGone { card: CARD },
        ModUnverified {
            job: JOB,
            match_id: MATCH,
            region: GameRegion::Asia,
            map: text("keres_passage"),
            files: vec!["ab".repeat(32)],
            at: AT,
        },
        ToonClashed {
            job: JOB,
            match_id: MATCH,
            toon: Toon { region: 3, realm: 1, id: 278_321 },
            owner: PLAYER,
            at: AT,
        },
        FilesRefused { player: PLAYER, refusal: Refusal::NotAReplay, files: 17, at: AT },
        ReplayPlaced { job: JOB, before: 2 },
        KnobSet {
            name: text("wave_s"),
            before: text("45"),
            after: text("30"),
            by: USER,
            reason: text("a quiet evening"),
            at: AT,
        },
        HandlesLearned {
            release: text("2025-11"),
            region: GameRegion::Asia,
            map: text("keres_passage"),
            files: vec!["ab".repeat(32)],
            by: USER,
            reason: text("seen in official games"),
            at: AT,
        },
        HandlesRetired {
            release: text("2025-11"),
            region: Some(GameRegion::Asia),
            map: None,
            by: USER,
            reason: text("uploaded anew"),
            at: AT,
        },
        FakeMarked { file: "cd".repeat(32), fake: true, by: USER, reason: text("a copy"), at: AT },
        ToonsAllowed {
            player: PLAYER,
            region: GameRegion::Europe,
            count: 6,
            by: USER,
            reason: text("moved"),
            at: AT,
        },
        ToonUnbound {
            player: PLAYER,
            toon: Toon { region: 2, realm: 1, id: 278_321 },
            by: USER,
            reason: text("sold"),
            at: AT,
        },
        StaffSet { user: USER, role: Some(StaffRole::Owner), at: AT },
        StaffProposed {
            proposal: PROPOSAL,
            by: USER,
            act: StaffAct::Announce { text: text("Hello") },
            reason: text("because"),
            before: text("not announced"),
            after: text("announced to 2 players"),
            at: AT,
        },
        StaffWithdrew { proposal: PROPOSAL, by: USER },
        StaffActed {
            proposal: PROPOSAL,
            by: USER,
            act: StaffAct::ClearQueue,
            reason: text("because"),
            before: text("1 queued: A"),
            after: text("0 queued"),
            at: AT,
        },
        Banned { player: PLAYER, until: Some(AT), reason: text("maphacks"), at: AT },
        BanEnded { player: PLAYER, reason: Some(text("a mistake")), at: AT },
        AbortsReset { player: PLAYER },
        QueueCardDue { player: PLAYER, replaces: Some((CHANNEL, MESSAGE)), at: AT },
        QueueCardsStale { players: vec![PLAYER], at: AT },
        Reported { match_id: MATCH, player: PLAYER, outcome: Outcome::Draw, at: AT },
        Disputed { match_id: MATCH, player: PLAYER, at: AT },
        PlayReminded { match_id: MATCH, number: 2, at: AT },
        ReplayAttached { job: JOB, match_id: MATCH, outcome: Judged::Undecided, at: AT },
        CaseOpened { case: CaseId(1), match_id: MATCH, kind: case_kinds().remove(0), at: AT },
        CaseClosed { case: CaseId(1), by: USER, note: text("seen"), at: AT },
        WaveWeighed { at: AT, waiting: Crowd { bw: 3, sc2: 1, both: 2 }, unmatched: unmatched() },
        RatingSystem { mmr_start: Mmr(1500), mmr_scale: 500.0, mmr_k: 40.0, at: AT },
        Rated {
            match_id: MATCH,
            rows: [Race::BwTerran, Race::Sc2Protoss].map(|race| RatedRow { player: PLAYER, race, glicko: GLICKO }),
        },
        MmrAdjusted {
            player: PLAYER,
            race: Race::BwZerg,
            points: -50,
            by: USER,
            reason: text("test"),
            at: AT,
        },
        Resolved { match_id: MATCH, verdict: Verdict::Void, by: USER, at: AT },
        Rerated {
            match_id: MATCH,
            rows: vec![Rerating {
                player: PLAYER,
                race: Race::BwZerg,
                before: Mmr(1520),
                after: Mmr(-3),
                glicko: GLICKO,
            }],
        },
        PlacesSet { places: places(), at: AT },
        NotificationsSet { player: PLAYER, notifications: notifications() },
        NotificationsPassed { player: PLAYER },
        GuideRead { player: PLAYER, at: AT },
        PlayersPinged {
            by: PLAYER,
            races: RaceChoice { bw: Some(Race::BwZerg), sc2: None },
            pinged: vec![PlayerId(8), PlayerId(u64::MAX)],
            at: AT,
        },
        DmsClosed { player: PLAYER, at: AT },
        DmsOpened { player: PLAYER, greeted: true, at: AT },
        CardTold { card: CARD, version: 3, at: AT },
    )
}

fn unmatched() -> Vec<Unmatched> {
    let reasons = every!(WhyNot:
        Alone,
        NobodyOfEra { era: Era::Bw },
        TooFar { gap: 310, window: 250 },
        Outnumbered { fitting: 4 },
    );
    reasons.into_iter().map(|why| Unmatched { player: PLAYER, why }).collect()
}

pub(crate) fn records() -> Vec<Record> {
    let reply = StoredReply { protocol: 1, bytes: vec![1, 2, 3] };
    let all =
        Record { seq: Seq(1), at: AT, key: Some(Key::Interaction(9)), events: events(), reply: Some(reply) };
    let keyed = keys().into_iter().zip(2..).map(|(key, seq)| Record {
        seq: Seq(seq),
        at: AT,
        key: Some(key),
        events: Vec::new(),
        reply: None,
    });
    let acts = staff_acts().into_iter().map(|act| Event::StaffActed {
        proposal: PROPOSAL,
        by: USER,
        act,
        reason: text("because"),
        before: String::new(),
        after: String::new(),
        at: AT,
    });
    let staff = Record { seq: Seq(100), at: AT, key: None, events: acts.collect(), reply: None };
    let silent = Record { seq: Seq(u64::MAX), at: Timestamp(0), key: None, events: Vec::new(), reply: None };
    std::iter::once(all).chain(keyed).chain([staff, silent]).collect()
}

fn setup_view() -> SetupView {
    SetupView {
        step: SetupStep::Preview,
        locale: Locale::ZhCn,
        terms_accepted: true,
        names: Some(names()),
        region: Some(Region::Krj),
        notifications: notifications(),
    }
}

pub(crate) fn queue_views() -> Vec<QueueView> {
    let hints = every!(QueueHint:
        FirstWave,
        Alone,
        NobodyOfOtherEra { era: Era::Sc2 },
        TooFar { gap: 400, window: 200, fits_at: AT },
        Fits,
        Outnumbered { fitting: 4, waiting: Waiting { bw: 6, sc2: 4, both: 0 } },
    );
    let entries = hints.into_iter().zip([None, Some(AT)].into_iter().cycle());
    let entries = entries.map(|(hint, expected)| Some(EntryView { since: AT, hint, expected })).chain([None]);
    let view = |entry: Option<EntryView>| QueueView {
        races: RaceChoice { bw: None, sc2: Some(Race::Sc2Zerg) },
        vetoes: vec![text("tourmaline")],
        vetoes_allowed: 4,
        maps: vec![(text("keres_passage"), text("Keres Passage"))],
        next_wave: AT,
        waiting: Waiting { bw: 1, sc2: 2, both: 3 },
        in_match: entry.is_none(),
        entry,
    };
    entries.map(view).collect()
}

pub(crate) fn match_views() -> Vec<MatchView> {
    let player = |name: &str| SheetPlayer {
        name: text(name),
        country: text("KR"),
        region: Region::Krj,
        race: Race::BwZerg,
        mmr: Mmr(-3),
        rank: Some(Rank::S),
        battle_tag: text("A#1"),
        alternatives: vec![text("a")],
    };
    let sheet = Box::new(MatchSheet {
        you: player("A"),
        opponent: player("B"),
        map: text("keres_passage"),
        map_title: text("Keres Passage"),
        map_author: text("someone"),
        map_link: text("battlenet:://starcraft/map/1/1"),
        mod_title: text("mod"),
        mod_link: text("battlenet:://starcraft/extensionmod/1/1"),
        server: Server::Kor,
        chat_channel: text("SCEvo"),
        known_problems: vec![RaceProblem { race: Race::BwZerg, says: text("beware") }],
    });
    let result = ResultView {
        outcome: Outcome::Won,
        opponent: text("B"),
        map_title: text("Keres Passage"),
        race: Race::BwZerg,
        opponent_race: Race::Sc2Terran,
        before: Mmr(1500),
        after: Mmr(1520),
    };
    let phases = every!(MatchPhase:
        Confirming { deadline: AT, you_confirmed: true, aborts_left: 3 },
        Playing { sheet, deadline: AT, claims: Claims { yours: Some(Outcome::Won), opponent_reported: true } },
        Closed {
            verdict: verdicts()[0],
            your_slot: 1,
            requeued: false,
            result: Some(Box::new(result)),
            claims: Claims::default(),
            dispute: Dispute::Until(AT),
        },
    );
    let unplayed = verdicts().into_iter().map(|verdict| MatchPhase::Closed {
        verdict,
        your_slot: 0,
        requeued: true,
        result: None,
        claims: Claims::default(),
        dispute: Dispute::No,
    });
    phases.into_iter().chain(unplayed).map(|phase| MatchView { match_id: MATCH, phase }).collect()
}

pub(crate) fn card_views() -> Vec<CardView> {
    let replay = |stage| Box::new(ReplayView { job: JOB, match_id: MATCH, stage });
    let stages = every!(ReplayStage:
        Reading,
        InLine { before: 2 },
        Judged { judgement: judgement(Judged::TooLate), winner: Some(text("A")) },
        Failed { fault: Fault::Malformed },
    );
    let cards = every!(CardView:
        Match(Box::new(match_views().remove(0))),
        Reminder { match_id: MATCH, deadline: AT },
        Replay(replay(ReplayStage::Reading)),
        Notice { refusal: Refusal::LineFull, files: 2 },
        News(news().remove(0)),
        PlayReminder { match_id: MATCH, number: 1, deadline: AT },
        Queue(Box::new(queue_views().remove(0))),
        Post(Box::new(post_views().remove(0))),
    );
    let judged = judged()
        .into_iter()
        .map(|outcome| ReplayStage::Judged { judgement: judgement(outcome), winner: None });
    cards
        .into_iter()
        .chain(stages.into_iter().chain(judged).map(|stage| CardView::Replay(replay(stage))))
        .chain(match_views().into_iter().map(|view| CardView::Match(Box::new(view))))
        .chain(news().into_iter().map(CardView::News))
        .chain(post_views().into_iter().map(|view| CardView::Post(Box::new(view))))
        .collect()
}

pub(crate) fn backend_requests() -> Vec<BackendRequest> {
    let caller = caller();
    let mut requests = every!(BackendRequest:
        Setup { caller },
        SetLocale { caller, locale: Locale::EsMx },
        AnswerTerms { caller, answer: TermsAnswer::Decline },
        SetNames { caller, names: names() },
        SetRegion { caller, region: Region::Naw },
        FinishSetup { caller },
        Queue { caller },
        ChooseRace { caller, era: Era::Bw, race: Some(Race::BwProtoss) },
        ChooseVetoes { caller, maps: vec![text("tourmaline")] },
        JoinQueue { caller },
        LeaveQueue { caller },
        Confirm { caller, match_id: MATCH },
        Abort { caller, match_id: MATCH },
        Match { caller },
        Leaderboard { caller, page: u32::MAX, filter: filter() },
        UploadReplay { caller, file_name: text("game.SC2Replay"), bytes: 3 },
        RefuseUpload { caller, refusal: Refusal::NotAReplay, files: 2 },
        CardShown { card: CARD, version: 1, channel: CHANNEL, message: MESSAGE },
        CardFailed { card: CARD, version: 1, failure: CardFailure::MessageGone },
        Profile { caller, name: Some(text("Bisu")) },
        SaveSession { shard: 0, session: gateway_session() },
        LoadSession { shard: u32::MAX },
        TimeLost { since: AT, until: AT },
        PlayerNames { caller, typed: text("Bi") },
        MatchChannels,
        Report { caller, match_id: MATCH, outcome: Outcome::Lost },
        Dispute { caller, match_id: MATCH },
        Activity { caller, days: 7 },
        StaffPropose { caller, act: StaffAct::ClearQueue, reason: text("because") },
        StaffPerform { caller, proposal: PROPOSAL },
        StaffWithdraw { caller, proposal: PROPOSAL },
        StaffLook { caller, look: StaffLook::Snapshot },
        PastMatch { caller, match_id: MATCH },
        MatchChoices { caller, typed: text("1") },
        ReplayFile { hash: FileHash([0xcd; 32]) },
        Language { caller, locale: Some(Locale::ZhCn) },
        SetCountry { caller, country: text("KR") },
        Notifications { caller },
        SetNotifications { caller, wish: Wish::Pings(PingsOf::Sc2), place: Place::Setup },
        PassNotifications { caller },
        Guide { caller },
        ReadGuide { caller },
        Greet { caller },
        Dms { caller },
        TryDms { caller },
        HeldBack { caller },
        CardTold { card: CARD, version: 1 },
        ShowQueue { caller },
        TakeCards,
    );
    let reason = || text("because");
    let acts = staff_acts().into_iter().map(|act| act.try_map(|_| Ok::<_, Infallible>(text("Bisu"))));
    requests.extend(acts.map(|Ok(act)| BackendRequest::StaffPropose { caller, act, reason: reason() }));
    let place = Place::Notifications;
    requests.extend(wishes().into_iter().map(|wish| BackendRequest::SetNotifications {
        caller,
        wish,
        place,
    }));
    requests.extend(staff_looks().into_iter().map(|look| BackendRequest::StaffLook { caller, look }));
    requests
}

fn filter() -> LeaderboardFilter {
    LeaderboardFilter {
        race: Some(Race::BwZerg),
        country: CountryCode::from_code("KR"),
        rank: Some(Rank::F),
        best: true,
    }
}

pub(crate) fn backend_calls() -> Vec<BackendCall> {
    let keys = std::iter::once(None).chain(keys().into_iter().map(Some)).cycle();
    let call = |((request, key), id)| BackendCall { id, key, trace: Trace(id), deadline: AT, request };
    backend_requests().into_iter().zip(keys).zip(1..).map(call).collect()
}

fn gateway_session() -> GatewaySession {
    let (id, resume_url) = (text("0123abcd"), text("wss://gateway.example"));
    GatewaySession { id, resume_url, sequence: u64::MAX, application: 7, refused: vec![8, u64::MAX] }
}

fn card_state(message: Option<(ChannelId, MessageId)>) -> CardState {
    CardState { card: CARD, version: 2, message, replaces: message }
}

const RECORD: GameRecord = GameRecord { wins: 1, losses: 0, draws: 2 };

fn profile() -> ProfileView {
    ProfileView {
        name: text("Bisu"),
        country: text("KR"),
        region: Some(Region::Krj),
        ratings: vec![ProfileRating {
            race: Race::BwZerg,
            mmr: Mmr(1520),
            place: Some((1, Rank::D)),
            provisional: true,
            record: RECORD,
            history: vec![(AT, Mmr(1480)), (AT, Mmr(1520))],
        }],
        periods: vec![Period { days: 14, record: RECORD }],
        streak: -1,
        against_you: Some(RECORD),
    }
}

pub(crate) fn backend_replies() -> Vec<BackendReply> {
    let locale = Locale::EnUs;
    let leaderboard = || LeaderboardView {
        page: 0,
        pages: 2,
        filter: filter(),
        rows: vec![LeaderboardRow {
            place: 1,
            player: PLAYER,
            name: text("A"),
            country: text("KR"),
            race: Race::BwZerg,
            mmr: Mmr(1520),
            rank: Rank::A,
            provisional: false,
            record: RECORD,
        }],
    };
    let one_each = every!(BackendReply:
        Refused { locale, refusal: Refusal::Busy },
        Setup(setup_view()),
        Queue { locale, queue: queue_views().remove(0), card: Some(card_state(None)) },
        Match { locale, match_: Box::new(match_views().remove(0)), card: Some(card_state(None)) },
        Leaderboard { locale, leaderboard: leaderboard() },
        Taken,
        Profile { locale, profile: Box::new(profile()) },
        Session(Some(gateway_session())),
        PlayerNames(vec![text("Bisu")]),
        MatchChannels(vec![CHANNEL]),
        Activity {
            locale,
            activity: ActivityView {
                days: 7,
                utc_offset_min: Some(-210),
                hours: vec![ActivityHour { at: AT, joins: 3, players: 2, bw: 1, sc2: 2 }],
            },
        },
        Staff { locale, view: StaffView::Withdrawn },
        ReplayTaken { locale },
        PastMatch { locale, match_: Box::new(past_match()) },
        MatchChoices { locale, matches: vec![match_choice()] },
        ReplayFile(Some(4)),
        Language { locale },
        Country { locale, country: text("KR") },
        Notifications { locale, notifications: notifications() },
        Guide { locale },
        Dms { locale, tried: true },
        HeldBack { locale, held: Some(held_cards()) },
    );
    one_each
        .into_iter()
        .chain(refusals().into_iter().map(|refusal| BackendReply::Refused { locale, refusal }))
        .chain(queue_views().into_iter().map(|queue| BackendReply::Queue { locale, queue, card: None }))
        .chain(match_views().into_iter().map(|view| {
            let card = Some(card_state(Some((CHANNEL, MESSAGE))));
            BackendReply::Match { locale, match_: Box::new(view), card }
        }))
        .chain(staff_views().into_iter().map(|view| BackendReply::Staff { locale, view }))
        .chain([BackendReply::Session(None), BackendReply::PlayerNames(Vec::new())])
        .collect()
}

pub(crate) fn backend_events() -> Vec<BackendEvent> {
    let show = |view| ShowCard {
        card: CARD,
        version: 2,
        user: USER,
        place: Some(place()),
        locale: Locale::KoKr,
        channel: Some(CHANNEL),
        message: None,
        replaces: Some(MESSAGE),
        tried_since: None,
        trace: Trace(7),
        view,
    };
    let one_each = every!(BackendEvent:
        Ladder(LadderId(u64::MAX)),
        ShowCard(Box::new(show(CardView::Notice { refusal: Refusal::Stale, files: 1 }))),
    );
    let cards = card_views().into_iter().map(|view| BackendEvent::ShowCard(Box::new(show(view))));
    one_each.into_iter().chain(cards).collect()
}

pub(crate) fn backend_messages() -> Vec<BackendMessage> {
    let one_each = every!(BackendMessage:
        Reply { id: 1, reply: BackendReply::Taken },
        Event(BackendEvent::Ladder(LadderId(1))),
    );
    one_each
        .into_iter()
        .chain(backend_replies().into_iter().zip(2..).map(|(reply, id)| BackendMessage::Reply { id, reply }))
        .chain(backend_events().into_iter().map(BackendMessage::Event))
        .collect()
}
