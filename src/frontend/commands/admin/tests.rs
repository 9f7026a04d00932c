use super::*;
use crate::frontend::reply::Page;
use crate::frontend::reply::limits::{assert_fits, text as read};
use crate::frontend::text::Words;
use ipc_schema::control::Role;
use ipc_schema::event::{CaseKind, Judged, Names};
use ipc_schema::ids::{CaseId, JobId, PlayerId, ProposalId};
use ipc_schema::replay::Fault;
use ipc_schema::staff::{
    AuditView, BanView, HealthView, KnobView, MatchLine, MatchState, OpenMatch, ProposalView, QueuedPlayer,
    SnapshotView, StaffMatchView, StaffMember, StaffPlayerView, StaffRating, StaffView,
};
use ipc_schema::view::{CaseMatch, CasePlayer, CaseUpload, CaseView, UploadEnd};
use ipc_schema::vocab::{
    FileHash, GameRegion, Ground, Locale, Mmr, Outcome, Race, RaceChoice, Region, Server, Timestamp, Toon,
    Verdict,
};
use ipc_schema::watch::{Alert, LoadLevel, Numbers, RoleWatch, Watch};
use serde_json::{Value, json};

const CALLER: Caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: None };
const AT: Timestamp = Timestamp(1_800_000_000_000);

fn shown(view: &StaffView) -> Page {
    for locale in Locale::ALL {
        assert_fits(&render(view, Words::of(*locale)));
    }
    render(view, Words::of(Locale::EnUs))
}

fn data(sub_command: &str, options: &Value) -> CommandData {
    let json = json!({ "id": "1", "name": "admin", "type": 1,
        "options": [{ "name": sub_command, "type": 1, "options": options }] });
    serde_json::from_value(json).unwrap()
}

fn text(name: &str, value: &str) -> Value {
    json!({ "name": name, "type": 3, "value": value })
}

fn whole(name: &str, value: i64) -> Value {
    json!({ "name": name, "type": 4, "value": value })
}

#[test]
fn every_sub_command_asks_for_what_it_says() {
    let player = || "Ana".to_owned();
    let looks: Vec<(&str, Value, StaffLook)> = vec![
        ("snapshot", json!([]), StaffLook::Snapshot),
        ("player", json!([text("player", "Ana")]), StaffLook::Player { name: player() }),
        ("match", json!([whole("id", 12)]), StaffLook::Match { match_id: MatchId(12) }),
        ("log", json!([]), StaffLook::Log { page: 0 }),
        ("log", json!([whole("page", 3)]), StaffLook::Log { page: 2 }),
        ("health", json!([]), StaffLook::Health),
        ("staff", json!([]), StaffLook::Roster),
        ("knobs", json!([]), StaffLook::Knobs),
        ("cases", json!([]), StaffLook::Cases { page: 0 }),
    ];
    for (name, options, look) in looks {
        let plan = request(&CALLER, data(name, &options)).unwrap();
        assert_eq!(plan, Plan::Ask(BackendRequest::StaffLook { caller: CALLER, look }), "{name}");
    }
    let user = json!({ "name": "user", "type": 6, "value": "1423000000000000000" });
    let user_id = UserId(1_423_000_000_000_000_000);
    let acts: Vec<(&str, Vec<Value>, StaffAct<String>)> = vec![
        (
            "role",
            vec![user.clone(), text("role", "admin")],
            StaffAct::SetRole { user: user_id, role: Some(StaffRole::Admin) },
        ),
        ("role", vec![user, text("role", "none")], StaffAct::SetRole { user: user_id, role: None }),
        ("remove-from-queue", vec![text("player", "Ana")], StaffAct::RemoveFromQueue { player: player() }),
        ("clear-queue", Vec::new(), StaffAct::ClearQueue),
        ("ban", vec![text("player", "Ana")], StaffAct::Ban { player: player(), days: None }),
        (
            "ban",
            vec![text("player", "Ana"), whole("days", 7)],
            StaffAct::Ban { player: player(), days: Some(7) },
        ),
        ("unban", vec![text("player", "Ana")], StaffAct::Unban { player: player() }),
        (
            "time-out",
            vec![text("player", "Ana"), whole("minutes", 30)],
            StaffAct::TimeOut { player: player(), minutes: 30 },
        ),
        ("reset-aborts", vec![text("player", "Ana")], StaffAct::ResetAborts { player: player() }),
        (
            "rename",
            vec![text("player", "Ana"), text("name", "Anna")],
            StaffAct::Rename { player: player(), name: "Anna".to_owned() },
        ),
        ("announce", vec![text("text", "Hello")], StaffAct::Announce { text: "Hello".to_owned() }),
        (
            "resolve",
            vec![whole("id", 12), text("result", "2")],
            StaffAct::Resolve {
                match_id: MatchId(12),
                verdict: Verdict::Decided { winner: 1, ground: Ground::Staff },
            },
        ),
        (
            "resolve",
            vec![whole("id", 12), text("result", "draw")],
            StaffAct::Resolve { match_id: MatchId(12), verdict: Verdict::Drawn { ground: Ground::Staff } },
        ),
        (
            "adjust-mmr",
            vec![text("player", "Ana"), text("race", "bw_zerg"), whole("mmr", 1600)],
            StaffAct::AdjustMmr { player: player(), race: Race::BwZerg, to: Mmr(1600) },
        ),
        (
            "set-knob",
            vec![text("name", "wave_s "), text("value", "30")],
            StaffAct::SetKnob { name: "wave_s".to_owned(), value: "30".to_owned() },
        ),
        (
            "retire-handles",
            vec![text("release", "2025-11"), text("region", "asia")],
            StaffAct::RetireHandles {
                release: "2025-11".to_owned(),
                region: Some(GameRegion::Asia),
                map: None,
            },
        ),
        (
            "mark-fake",
            vec![text("file", &"AB".repeat(32)), json!({ "name": "fake", "type": 5, "value": true })],
            StaffAct::MarkFake { file: "ab".repeat(32), fake: true },
        ),
        (
            "allow-accounts",
            vec![text("player", "Ana"), text("region", "europe"), whole("count", 6)],
            StaffAct::AllowToons { player: player(), region: GameRegion::Europe, count: 6 },
        ),
        (
            "unbind-account",
            vec![text("player", "Ana"), text("account", "2-S2-1-278321")],
            StaffAct::UnbindToon { player: player(), toon: Toon { region: 2, realm: 1, id: 278_321 } },
        ),
    ];
    for (name, mut options, act) in acts {
        let without = data(name, &Value::Array(options.clone()));
        assert!(request(&CALLER, without).is_err(), "{name} needs a reason");
        options.push(text("reason", "since"));
        let plan = request(&CALLER, data(name, &Value::Array(options))).unwrap();
        let reason = "since".to_owned();
        assert_eq!(plan, Plan::Ask(BackendRequest::StaffPropose { caller: CALLER, act, reason }), "{name}");
    }
}

#[test]
fn names_are_suggested_in_sub_commands() {
    let focused = json!([{ "name": "player", "type": 3, "value": "An", "focused": true }]);
    let plan = suggest(&CALLER, data("ban", &focused)).unwrap();
    let typed = "An".to_owned();
    assert_eq!(plan, Plan::Ask(BackendRequest::PlayerNames { caller: CALLER, typed }));
}

#[test]
fn nobody_sees_the_command_in_a_server_unless_its_administrators_say_so() {
    let json = serde_json::to_value((COMMAND.register)()).unwrap();
    assert_eq!(json["default_member_permissions"], "0");
}

fn entry(act: StaffAct<String>, text: &str) -> AuditView {
    let (reason, before, after) = (text.to_owned(), text.to_owned(), text.to_owned());
    AuditView { proposal: ProposalId(u64::MAX), at: AT, by: UserId(u64::MAX), act, reason, before, after }
}

fn proposal(changed: bool) -> ProposalView {
    ProposalView {
        proposal: ProposalId(12),
        act: StaffAct::Ban { player: "Ana".to_owned(), days: Some(7) },
        reason: "Left five matches".to_owned(),
        before: "not banned; queued since <t:1800000000:f>".to_owned(),
        after: "banned for 7 days; not queued".to_owned(),
        expires_at: AT,
        changed,
    }
}

#[test]
fn a_question_shows_before_and_after_and_its_buttons_carry_its_number() {
    let page = shown(&StaffView::Proposal(Box::new(proposal(false))));
    assert_eq!(
        read(&page),
        "**Ban Ana for 7 days?** Nothing has been done yet. This question ends <t:1800000000:R>.\n\
         **Reason**\nLeft five matches\n\
         **Before**\nnot banned; queued since <t:1800000000:f>\n\
         **After**\nbanned for 7 days; not queued"
    );
    let buttons = serde_json::to_string(&page.rows).unwrap();
    assert!(buttons.contains("staff:do:12") && buttons.contains("staff:cancel:12"), "{buttons}");
    let again = shown(&StaffView::Proposal(Box::new(proposal(true))));
    assert!(again.content.contains("has changed since you were asked"), "{}", again.content);
}

#[test]
fn what_was_done_has_no_buttons_left() {
    let done = entry(StaffAct::ClearQueue, "2 queued");
    let page = shown(&StaffView::Done(Box::new(done)));
    assert!(page.content.starts_with("**Done: Clear the queue.**"), "{}", page.content);
    assert!(page.rows.is_empty());
    assert!(shown(&StaffView::Withdrawn).rows.is_empty());
}

fn upload(end: UploadEnd) -> CaseUpload {
    CaseUpload { job: JobId(1), slot: 1, hash: FileHash([0xab; 32]), at: AT, end }
}

fn case(kind: CaseKind) -> StaffView {
    let player = |report| CasePlayer {
        player: PlayerId(1),
        user: UserId(1),
        name: "*".repeat(300),
        race: Race::BwZerg,
        report,
        disputed_at: None,
    };
    let ends = [
        UploadEnd::InLine,
        UploadEnd::Judged(Judged::Decided { winner: 0, ground: Ground::Recorded }),
        UploadEnd::Judged(Judged::Undecided),
        UploadEnd::Judged(Judged::Rejected),
        UploadEnd::Judged(Judged::ForStaff),
        UploadEnd::Failed(Fault::Malformed),
    ];
    let match_ = CaseMatch {
        players: [player(Some((Outcome::Won, AT))), player(Some((Outcome::Draw, AT)))],
        map: "keres_passage".to_owned(),
        map_title: "*".repeat(300),
        server: Server::Sng,
        paired_at: AT,
        started_at: Some(AT),
        closed: Some((AT, Verdict::Conflict)),
        ratings: None,
        uploads: ends.into_iter().cycle().take(20).map(upload).collect(),
    };
    let case = CaseView {
        case: CaseId(3),
        kind,
        opened_at: AT,
        closed: None,
        match_id: MatchId(12),
        match_: Some(Box::new(match_)),
    };
    StaffView::Cases { page: 1, pages: 3, case: Some(Box::new(case)) }
}

#[test]
fn a_case_has_a_button_for_each_verdict_and_what_else_helps() {
    let verdicts = ["staff:ask:1:12", "staff:ask:2:12", "staff:ask:draw:12", "staff:ask:void:12"];
    let turns = ["staff:cases:0", "staff:cases:2"];
    let files = vec!["ab".repeat(32)];
    let learn = CaseKind::Unverified { region: GameRegion::Asia, map: "*".repeat(300), files };
    let toon = Toon { region: 3, realm: 1, id: 7 };
    for (kind, extra) in [
        (CaseKind::Conflict, None),
        (CaseKind::OneReport { by: PlayerId(1) }, None),
        (CaseKind::Dispute { by: PlayerId(1) }, None),
        (CaseKind::Contradiction { job: JobId(1) }, None),
        (CaseKind::Clash { toon, owner: PlayerId(2) }, None),
        (learn, Some("staff:ask:learn:3")),
    ] {
        let page = shown(&case(kind.clone()));
        let rows = serde_json::to_value(&page.rows).unwrap();
        let buttons = rows.as_array().unwrap().iter().flat_map(|row| row["components"].as_array().unwrap());
        let ids: Vec<&str> = buttons.map(|button| button["custom_id"].as_str().unwrap()).collect();
        let expected: Vec<&str> =
            verdicts.into_iter().chain(["staff:ask:close:3"]).chain(extra).chain(turns).collect();
        assert_eq!(ids, expected, "{kind:?}");
    }
    let none = shown(&StaffView::Cases { page: 0, pages: 1, case: None });
    assert_eq!(none.content, "No case is open.");
}

#[test]
fn a_button_on_a_case_asks_for_the_reason_and_then_for_a_confirmation() {
    let data = modal(StaffOrder::Void(MatchId(12)), Words::of(Locale::EnUs));
    assert_eq!(data.custom_id.as_deref(), Some("staff:reason:void:12"));
    assert!(data.title.unwrap().chars().count() <= 45);
    let components = serde_json::to_value(data.components.unwrap()).unwrap();
    assert_eq!(components[0]["component"]["custom_id"], "reason");
    assert!(components[0]["description"].as_str().unwrap().chars().count() <= 100);
    assert_eq!(reason_of(&[("reason".to_owned(), "both agree".to_owned())]), "both agree");
}

/// Everything as long as it gets.
fn longest() -> Vec<StaffView> {
    let name = || "*".repeat(300);
    let races = RaceChoice { bw: Some(Race::BwProtoss), sc2: Some(Race::Sc2Protoss) };
    let long = || entry(StaffAct::Announce { text: "*".repeat(1500) }, &"*".repeat(3000));
    let verdict = Verdict::Decided { winner: 0, ground: Ground::Staff };
    let acts = [
        StaffAct::SetRole { user: UserId(u64::MAX), role: None },
        StaffAct::RemoveFromQueue { player: name() },
        StaffAct::ClearQueue,
        StaffAct::Ban { player: name(), days: None },
        StaffAct::Unban { player: name() },
        StaffAct::TimeOut { player: name(), minutes: 0 },
        StaffAct::TimeOut { player: name(), minutes: u32::MAX },
        StaffAct::ResetAborts { player: name() },
        StaffAct::Rename { player: name(), name: name() },
        StaffAct::Announce { text: name() },
        StaffAct::SetKnob { name: name(), value: name() },
        StaffAct::RetireHandles { release: name(), region: None, map: None },
        StaffAct::RetireHandles { release: name(), region: Some(GameRegion::Asia), map: Some(name()) },
        StaffAct::MarkFake { file: name(), fake: true },
        StaffAct::MarkFake { file: name(), fake: false },
        StaffAct::AllowToons { player: name(), region: GameRegion::Asia, count: u8::MAX },
        StaffAct::UnbindToon { player: name(), toon: Toon { region: 2, realm: u32::MAX, id: u64::MAX } },
        StaffAct::Resolve { match_id: MatchId(u64::MAX), verdict: Verdict::Void },
        StaffAct::AdjustMmr { player: name(), race: Race::Sc2Protoss, to: Mmr(i32::MIN) },
        StaffAct::CloseCase { case: CaseId(u64::MAX) },
        StaffAct::LearnHandles { case: CaseId(u64::MAX) },
    ];
    let match_view = |state| {
        StaffView::Match(Box::new(StaffMatchView {
            match_id: MatchId(u64::MAX),
            players: [name(), name()],
            races: [Race::BwZerg, Race::Sc2Protoss],
            map_title: name(),
            server: Server::Sng,
            paired_at: AT,
            state,
            ratings: Some([(Mmr(i32::MIN), Mmr(i32::MAX)); 2]),
            reports: [Some(Outcome::Won), None],
            uploads: vec![upload(UploadEnd::InLine); 20],
            cases: vec![CaseId(u64::MAX); 5],
        }))
    };
    let long_proposal = ProposalView {
        act: StaffAct::Announce { text: "*".repeat(1500) },
        reason: "*".repeat(300),
        before: "*".repeat(3000),
        after: "*".repeat(3000),
        ..proposal(true)
    };
    let mut views = vec![
        StaffView::Proposal(Box::new(long_proposal)),
        StaffView::Snapshot(Box::new(SnapshotView {
            players: u32::MAX,
            set_up: u32::MAX,
            banned: u32::MAX,
            queued: u32::MAX,
            queue: vec![QueuedPlayer { name: name(), races, since: AT, waves: u32::MAX }; 10],
            open_matches: u32::MAX,
            matches: vec![
                OpenMatch {
                    match_id: MatchId(u64::MAX),
                    players: [name(), name()],
                    playing: true,
                    since: AT
                };
                10
            ],
            jobs: u32::MAX,
            cards_due: u32::MAX,
            matches_decided: u64::MAX,
            cases_open: u32::MAX,
        })),
        StaffView::Player(Box::new(StaffPlayerView {
            player: PlayerId(u64::MAX),
            user: UserId(u64::MAX),
            locale: Locale::KoKr,
            names: Some(Names {
                name: name(),
                battle_tag: name(),
                alternatives: vec![name(); 3],
                country: "KR".to_owned(),
            }),
            region: Some(Region::Thm),
            terms_accepted: false,
            setup_finished: false,
            role: Some(StaffRole::Owner),
            ban: Some(BanView { until: Some(AT), reason: name() }),
            timed_out_until: Some(AT),
            aborts_left: 3,
            races,
            vetoes: vec![name(); 4],
            toons: vec![Toon { region: 3, realm: u32::MAX, id: u64::MAX }; 12],
            ratings: Race::ALL
                .iter()
                .map(|race| StaffRating {
                    race: *race,
                    mmr: Mmr(i32::MIN),
                    wins: u32::MAX,
                    losses: u32::MAX,
                    draws: u32::MAX,
                    last_played: AT,
                })
                .collect(),
            queued_since: Some(AT),
            matches: vec![
                MatchLine {
                    match_id: MatchId(u64::MAX),
                    opponent: name(),
                    paired_at: AT,
                    verdict: Some(verdict),
                    slot: 1,
                };
                5
            ],
            audit: vec![long(); 5],
        })),
        match_view(MatchState::Confirming { deadline: AT, found: [Some(AT), None], confirmed: [false; 2] }),
        match_view(MatchState::Playing { since: AT, deadline: AT }),
        StaffView::Log { page: 1, pages: 40, entries: vec![long(); 5] },
        StaffView::Log { page: 0, pages: 1, entries: Vec::new() },
        StaffView::Health(Box::new(HealthView {
            records: u64::MAX,
            records_unsaved: u64::MAX,
            read_only: true,
            workers: u32::MAX,
            workers_idle: u32::MAX,
            replays_in_line: u32::MAX,
            cards_due: u32::MAX,
            cards_under_way: u32::MAX,
            replays_parsed: u64::MAX,
            replays_failed: u64::MAX,
            watch: Some(Box::new(busiest())),
        })),
        StaffView::Roster(vec![
            StaffMember {
                user: UserId(u64::MAX),
                role: StaffRole::Admin,
                name: Some(name())
            };
            100
        ]),
    ];
    let (value, expects) = ("5, 10, 20, 40 min".to_owned(), "a number".to_owned());
    let knob = KnobView { name: "confirm_after_delivery_s".to_owned(), value, expects, changed: true };
    views.push(StaffView::Knobs(vec![knob; 25]));
    views.extend(acts.map(|act| StaffView::Done(Box::new(entry(act, &"*".repeat(3000))))));
    let verdicts = [
        verdict,
        Verdict::Aborted { by: 1 },
        Verdict::Unconfirmed { confirmed: [false; 2] },
        Verdict::Expired,
        Verdict::Drawn { ground: Ground::Reported },
        Verdict::Conflict,
        Verdict::Void,
        Verdict::Cancelled { by: Some(1) },
        Verdict::Cancelled { by: None },
    ];
    views.extend(verdicts.map(|verdict| match_view(MatchState::Closed { verdict })));
    views
}

/// All that can be wrong at once, in the longest words.
fn busiest() -> Watch {
    let alert = |number| Alert {
        number,
        name: "ReplayTimeouts".to_owned(),
        text: "*".repeat(300),
        began: AT,
        over: None,
        news: None,
    };
    let number = Some(1e15 + 0.1);
    let role = |role| RoleWatch {
        role,
        processes: u32::MAX,
        ready: u32::MAX,
        restarts: u64::MAX,
        pss_kib: Some(u64::MAX),
    };
    Watch {
        level: LoadLevel::Overloaded,
        causes: vec!["journal_lag 10000000000.5".to_owned(); 6],
        alerts: (1..=29).map(alert).collect(),
        roles: Role::ALL.map(role).to_vec(),
        numbers: Numbers {
            users_active: number,
            queue_entries: number,
            matches_open: number,
            interactions: number,
            answer_p50_ms: number,
            answer_p95_ms: number,
            durable_p95_ms: number,
            journal_lag_s: number,
            database_lag_s: number,
            calls_a_second: number,
            calls_waiting: number,
            discord_failures: number,
            memory_bytes: number,
            memory_limit_bytes: number,
        },
    }
}

#[test]
fn the_health_says_level_alerts_numbers_and_processes_as_far_as_they_are_known() {
    let mut view = HealthView {
        records: 12,
        records_unsaved: 1,
        read_only: false,
        workers: 2,
        workers_idle: 1,
        replays_in_line: 0,
        cards_due: 0,
        cards_under_way: 0,
        replays_parsed: 3,
        replays_failed: 1,
        watch: None,
    };
    let first = read(&shown(&StaffView::Health(Box::new(view.clone()))));
    assert!(first.starts_with("**How the whole does is not known yet.**"), "{first}");
    let role = |role, restarts| RoleWatch { role, processes: 1, ready: 1, restarts, pss_kib: Some(20_480) };
    let mut watch = Watch {
        roles: vec![role(Role::Backend, 2), role(Role::Frontend, 0)],
        numbers: Numbers {
            answer_p95_ms: Some(12.34),
            calls_a_second: Some(7.0),
            memory_bytes: Some(314_572_800.0),
            memory_limit_bytes: Some(536_870_912.0),
            ..Numbers::default()
        },
        ..Watch::default()
    };
    view.watch = Some(Box::new(watch.clone()));
    let calm = shown(&StaffView::Health(Box::new(view.clone())));
    let text = read(&calm);
    for line in [
        "**The ladder does as usual**",
        "Nothing is wrong.",
        "Answers: half within –, 19 of 20 within 12.3 ms; – on their way",
        "Calls to Discord a second: 7 / 50, in line –; failures in ten minutes: –",
        "Memory: 300 MiB / 512 MiB",
        "Records: 12, not on disk yet 1",
        "backend: 1 of 1 ready, restarts 2, 20 MiB",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
    }
    watch.level = LoadLevel::Busy;
    watch.causes = vec!["replays 51".to_owned(), "answer 1.2".to_owned()];
    let alert = |number, over| Alert {
        number,
        name: "UploadLine".to_owned(),
        text: "51 replays wait to be read".to_owned(),
        began: AT,
        over,
        news: None,
    };
    watch.alerts = vec![alert(1, Some(AT)), alert(2, None)];
    view.watch = Some(Box::new(watch));
    let busy = shown(&StaffView::Health(Box::new(view)));
    assert_ne!(calm.tone, busy.tone);
    let text = read(&busy);
    assert!(text.starts_with("**The ladder is busy**: replays 51, answer 1.2\n"), "{text}");
    assert_eq!(text.matches("⚠ **UploadLine**, <t:1800000000:R>: 51 replays wait to be read").count(), 1);
}

#[test]
fn the_longest_pages_fit() {
    longest().iter().for_each(|view| drop(shown(view)));
}

#[test]
fn staff_confirm_an_announcement_of_which_they_see_every_letter() {
    let text = format!("{}The last word.", "**Cup** on _Sunday_. ".repeat(70));
    let act = StaffAct::Announce { text: text.clone() };
    let long = ProposalView { act: act.clone(), reason: "*".repeat(300), ..proposal(false) };
    for view in [StaffView::Proposal(Box::new(long)), StaffView::Done(Box::new(entry(act, "A cup")))] {
        let shown = read(&shown(&view));
        assert!(shown.contains(&text), "{shown}");
    }
}

#[test]
fn the_log_turns_its_pages() {
    let log = |page| StaffView::Log { page, pages: 3, entries: vec![entry(StaffAct::ClearQueue, "text")] };
    for (page, expected) in
        [(0, &["staff:log:1"][..]), (1, &["staff:log:0", "staff:log:2"]), (2, &["staff:log:1"])]
    {
        let rows = serde_json::to_value(shown(&log(page)).rows).unwrap();
        let buttons = rows[0]["components"].as_array().unwrap();
        let ids: Vec<&str> = buttons.iter().map(|button| button["custom_id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "page {page}");
    }
}
