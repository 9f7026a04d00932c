//! What staff do and see, and what players are told of it.

use super::{AT, JOB, MATCH, PLAYER, PROPOSAL, USER, names, text};
use ipc_schema::archive::{
    ArchivedCase, ArchivedClosing, ArchivedCorrection, ArchivedEnd, ArchivedMatch, ArchivedMatchView,
    ArchivedResolution, ArchivedUpload, ArchivedVerdict,
};
use ipc_schema::event::{CaseKind, Judged};
use ipc_schema::ids::{CaseId, PlayerId, Seq};
use ipc_schema::replay::Fault;
use ipc_schema::staff::{
    AuditView, BanView, HealthView, KnobView, MatchLine, MatchState, OpenMatch, ProposalView, QueuedPlayer,
    SnapshotView, StaffAct, StaffLook, StaffMatchView, StaffMember, StaffPlayerView, StaffRating, StaffRole,
    StaffView,
};
use ipc_schema::view::{CaseClosing, CaseMatch, CasePlayer, CaseUpload, CaseView, News, UploadEnd};
use ipc_schema::vocab::{
    FileHash, GameRegion, Ground, Locale, Mmr, Outcome, Race, RaceChoice, Region, Server, Toon, Verdict,
};
use ipc_schema::watch::LoadLevel;

pub(super) fn staff_acts() -> Vec<StaffAct> {
    let roles = every!(StaffRole: Owner, Admin);
    let player = PLAYER;
    let mut acts = every!(StaffAct:
        SetRole { user: USER, role: None },
        RemoveFromQueue { player },
        ClearQueue,
        Ban { player, days: Some(7) },
        Unban { player },
        TimeOut { player, minutes: 0 },
        ResetAborts { player },
        Announce { text: text("Hello") },
        Rename { player, name: text("Anna") },
        SetKnob { name: text("wave_s"), value: text("30") },
        RetireHandles { release: text("2025-11"), region: Some(GameRegion::Asia), map: None },
        MarkFake { file: "ab".repeat(32), fake: true },
        AllowToons { player, region: GameRegion::Europe, count: 6 },
        UnbindToon { player, toon: Toon { region: 2, realm: 1, id: 278_321 } },
        Resolve { match_id: MATCH, verdict: Verdict::Drawn { ground: Ground::Staff } },
        AdjustMmr { player, race: Race::BwZerg, to: Mmr(-3) },
        CloseCase { case: CaseId(1) },
        LearnHandles { case: CaseId(1) },
    );
    acts.extend(roles.into_iter().map(|role| StaffAct::SetRole { user: USER, role: Some(role) }));
    acts
}

pub(super) fn staff_looks() -> Vec<StaffLook> {
    every!(StaffLook:
        Snapshot,
        Player { name: text("Bisu") },
        Match { match_id: MATCH },
        Log { page: u32::MAX },
        Health,
        Roster,
        Knobs,
        Cases { page: u32::MAX },
    )
}

fn audit_view() -> AuditView {
    AuditView {
        proposal: PROPOSAL,
        at: AT,
        by: USER,
        act: StaffAct::Ban { player: text("Bisu"), days: None },
        reason: text("because"),
        before: text("not banned"),
        after: text("banned for good"),
    }
}

fn upload(end: UploadEnd) -> CaseUpload {
    CaseUpload { job: JOB, slot: 1, hash: FileHash([0xab; 32]), at: AT, end }
}

fn case_view(kind: CaseKind) -> CaseView {
    let player = |report| CasePlayer {
        player: PLAYER,
        user: USER,
        name: text("A"),
        race: Race::BwZerg,
        report,
        disputed_at: Some(AT),
    };
    let match_ = CaseMatch {
        players: [player(Some((Outcome::Won, AT))), player(None)],
        map: text("keres_passage"),
        map_title: text("Keres Passage"),
        server: Server::Kor,
        paired_at: AT,
        started_at: Some(AT),
        closed: Some((AT, Verdict::Conflict)),
        ratings: None,
        uploads: vec![upload(UploadEnd::InLine)],
    };
    CaseView {
        case: CaseId(1),
        kind,
        opened_at: AT,
        closed: Some(CaseClosing { by: USER, note: text("seen"), at: AT }),
        match_id: MATCH,
        match_: Some(Box::new(match_)),
    }
}

/// With a resolution for each verdict.
pub(super) fn archived_match() -> ArchivedMatch {
    let verdicts = every!(ArchivedVerdict:
        Decided { winner: 1, ground: Some(Ground::Recorded) },
        Drawn { ground: None },
        Conflict,
        Void,
        Aborted { by: Some(0) },
        Unconfirmed,
        Expired,
        Cancelled { by: None },
    );
    let resolution = |after: &ArchivedVerdict| ArchivedResolution {
        seq: Seq(9),
        at: AT,
        by: USER,
        before: Some(ArchivedVerdict::Conflict),
        after: *after,
    };
    let end = ArchivedEnd {
        outcome: text("for_staff"),
        would_be: Some(text("decided")),
        at: AT,
        map_title: Some(text("Keres Passage")),
        duration_game_loops: Some(3007),
    };
    ArchivedMatch {
        match_id: MATCH,
        players: [PLAYER, PlayerId(2)],
        races: [Race::BwTerran, Race::Sc2Zerg],
        map: text("keres_passage"),
        server: Server::Twn,
        paired_at: AT,
        started_at: Some(AT),
        reports: [Some(Outcome::Won), None],
        closed: Some(ArchivedClosing {
            at: AT,
            verdict: verdicts[0],
            ratings: Some([(Mmr(1500), Mmr(1520)), (Mmr(1500), Mmr(1480))]),
        }),
        resolutions: verdicts.iter().map(resolution).collect(),
        corrections: vec![ArchivedCorrection {
            seq: Seq(9),
            slot: 1,
            race: Race::Sc2Zerg,
            before: Mmr(1480),
            after: Mmr(1500),
        }],
        others_corrected: 7,
        uploads: vec![ArchivedUpload {
            job: JOB,
            slot: 1,
            hash: FileHash([0xab; 32]),
            bytes: 5,
            at: AT,
            end: Some(end),
        }],
        cases: vec![ArchivedCase {
            case: CaseId(1),
            kind: text("clash"),
            player: Some(PLAYER),
            job: None,
            detail: Some(text("2-S2-1-7")),
            opened_at: AT,
            closed: Some((AT, USER, Some(text("seen")))),
        }],
    }
}

pub(super) fn staff_views() -> Vec<StaffView> {
    let match_view = |state| {
        Box::new(StaffMatchView {
            match_id: MATCH,
            players: [text("A"), text("B")],
            races: [Race::BwTerran, Race::Sc2Zerg],
            map_title: text("Keres Passage"),
            server: Server::Twn,
            paired_at: AT,
            state,
            ratings: Some([(Mmr(1500), Mmr(1520)), (Mmr(1500), Mmr(1480))]),
            reports: [Some(Outcome::Won), None],
            uploads: vec![upload(UploadEnd::InLine)],
            cases: vec![CaseId(1)],
        })
    };
    let states = every!(MatchState:
        Confirming { deadline: AT, found: [Some(AT), None], confirmed: [true, false] },
        Playing { since: AT, deadline: AT },
        Closed { verdict: Verdict::Void },
    );
    let views = every!(StaffView:
        Proposal(Box::new(ProposalView {
            proposal: PROPOSAL,
            act: StaffAct::ClearQueue,
            reason: text("because"),
            before: text("1 queued: A"),
            after: text("0 queued"),
            expires_at: AT,
            changed: true,
        })),
        Done(Box::new(audit_view())),
        Withdrawn,
        Snapshot(Box::new(SnapshotView {
            players: 3,
            set_up: 2,
            banned: 1,
            queued: 1,
            queue: vec![QueuedPlayer { name: text("A"), races: RaceChoice::default(), since: AT, waves: 1 }],
            open_matches: 1,
            matches: vec![OpenMatch {
                match_id: MATCH,
                players: [text("A"), text("B")],
                playing: true,
                since: AT,
            }],
            jobs: 1,
            cards_due: 2,
            matches_decided: u64::MAX,
            cases_open: 1,
        })),
        Player(Box::new(StaffPlayerView {
            player: PLAYER,
            user: USER,
            locale: Locale::KoKr,
            names: Some(names()),
            region: Some(Region::Krj),
            terms_accepted: true,
            setup_finished: true,
            role: Some(StaffRole::Admin),
            ban: Some(BanView { until: None, reason: text("maphacks") }),
            timed_out_until: Some(AT),
            aborts_left: 2,
            races: RaceChoice { bw: Some(Race::BwZerg), sc2: None },
            vetoes: vec![text("tourmaline")],
            toons: vec![Toon { region: 2, realm: 1, id: 278_321 }],
            ratings: vec![StaffRating {
                race: Race::BwZerg,
                mmr: Mmr(1520),
                wins: 1,
                losses: 0,
                draws: 2,
                last_played: AT,
            }],
            queued_since: Some(AT),
            matches: vec![MatchLine {
                match_id: MATCH,
                opponent: text("B"),
                paired_at: AT,
                verdict: Some(Verdict::Conflict),
                slot: 1,
            }],
            audit: vec![audit_view()],
        })),
        Match(match_view(MatchState::Playing { since: AT, deadline: AT })),
        Log { page: 0, pages: 1, entries: vec![audit_view()] },
        Health(Box::new(HealthView {
            records: u64::MAX,
            records_unsaved: 1,
            read_only: false,
            workers: 2,
            workers_idle: 1,
            replays_in_line: 3,
            cards_due: 4,
            cards_under_way: 5,
            replays_parsed: 6,
            replays_failed: 7,
            watch: Some(Box::new(super::control::watch(LoadLevel::Busy))),
        })),
        Roster(vec![StaffMember { user: USER, role: StaffRole::Owner, name: None }]),
        Knobs(vec![KnobView {
            name: text("wave_s"),
            value: text("45 s"),
            expects: text("a whole number from 5 to 600"),
            changed: true,
        }]),
        Cases { page: 0, pages: 1, case: Some(Box::new(case_view(case_kinds().remove(0)))) },
        ArchivedMatch(Box::new(ArchivedMatchView {
            match_: archived_match(),
            players: [text("A"), text("B")],
            map_title: text("Keres Passage"),
        })),
    );
    let cases = case_kinds().into_iter().map(|kind| StaffView::Cases {
        page: 0,
        pages: 1,
        case: Some(Box::new(case_view(kind))),
    });
    let ends = every!(UploadEnd: InLine, Judged(Judged::Undecided), Failed(Fault::Killed));
    let uploads = ends.into_iter().map(|end| {
        let view = match_view(MatchState::Playing { since: AT, deadline: AT });
        StaffView::Match(Box::new(StaffMatchView { uploads: vec![upload(end)], ..*view }))
    });
    let views = views.into_iter().chain(cases).chain(uploads);
    views.chain(states.into_iter().map(|state| StaffView::Match(match_view(state)))).collect()
}

pub(crate) fn case_kinds() -> Vec<CaseKind> {
    every!(CaseKind:
        Conflict,
        OneReport { by: PLAYER },
        Dispute { by: PLAYER },
        Unverified { region: GameRegion::Asia, map: text("khione"), files: vec!["ab".repeat(32)] },
        Clash { toon: Toon { region: 3, realm: 1, id: 278_321 }, owner: PLAYER },
        Contradiction { job: JOB },
    )
}

pub(super) fn news() -> Vec<News> {
    every!(News:
        RatingCorrected { match_id: MATCH, race: Race::BwZerg, before: Mmr(1520), after: Mmr(-3) },
        MatchResolved { match_id: MATCH, verdict: Verdict::Void, your_slot: 1 },
        MmrAdjusted { race: Race::BwZerg, before: Mmr(1520), after: Mmr(-3), reason: text("test") },
        Banned { until: None, reason: text("maphacks") },
        BanEnded { reason: Some(text("a mistake")) },
        TimedOut { until: AT, reason: text("insults") },
        TimeOutLifted { reason: text("a mistake") },
        AbortsReset { reason: text("a crash") },
        RemovedFromQueue { reason: text("the end") },
        MatchCancelled { match_id: MATCH, requeued: true },
        Renamed { name: text("Anna"), reason: text("insults") },
        RoleSet { role: Some(StaffRole::Admin), reason: text("welcome") },
        Announcement { text: text("Hello") },
        ToonsAllowed { region: GameRegion::Europe, count: 6, reason: text("moved") },
        ToonUnbound { toon: Toon { region: 2, realm: 1, id: 278_321 }, reason: text("sold") },
        MatchRuled { match_id: MATCH, verdict: Verdict::Void, your_slot: 1, reason: text("a bug") },
        SomebodyQueues { races: RaceChoice { bw: Some(Race::BwZerg), sc2: None }, at: AT },
        DmsOpen,
    )
}
