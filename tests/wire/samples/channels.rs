//! What is shown in channels, and of matches that are over.

use super::{AT, CHANNEL, MATCH, USER, match_views, text, verdicts};
use ipc_schema::archive::{ArchivedVerdict, MatchChoice, PastMatchView, PastPlayer};
use ipc_schema::event::{CaseKind, Places};
use ipc_schema::ids::{CaseId, ChannelId, GuildId, RoleId};
use ipc_schema::view::{
    CaseView, MatchPhase, PostPlace, PostView, ResultLine, ResultPlayer, ThreadPlace, ThreadView,
};
use ipc_schema::vocab::{FileHash, Mmr, Outcome, Race, Server};

const GUILD: GuildId = GuildId(1_100_000_000_000_000_003);
const ROLE: RoleId = RoleId(1_100_000_000_000_000_004);

pub(super) fn places() -> Places {
    Places {
        log: Some(CHANNEL),
        staff: Some(ChannelId(1)),
        staff_role: Some(ROLE),
        threads: Some((GUILD, ChannelId(2))),
    }
}

pub(super) fn place() -> PostPlace {
    let thread = ThreadPlace {
        guild: GUILD,
        parent: CHANNEL,
        name: text("Match 12: A vs B"),
        since: AT,
        members: vec![USER],
        role: Some(ROLE),
        is_over: true,
    };
    every!(PostPlace: Channel { channel: CHANNEL, role: None }, Thread(Box::new(thread))).remove(1)
}

pub(super) fn post_views() -> Vec<PostView> {
    let player = |name: &str, ratings| ResultPlayer { name: text(name), race: Race::BwZerg, ratings };
    let line = || ResultLine {
        match_id: MATCH,
        players: [player("A", Some((Mmr(1500), Mmr(-3)))), player("B", None)],
        map_title: Some(text("Khione")),
        verdict: verdicts()[0],
    };
    let case = CaseView {
        case: CaseId(3),
        kind: CaseKind::Conflict,
        opened_at: AT,
        closed: None,
        match_id: MATCH,
        match_: None,
    };
    let playing = match_views().into_iter().find_map(|view| match view.phase {
        MatchPhase::Playing { sheet, deadline, .. } => {
            Some(ThreadView::Playing { match_id: MATCH, sheet, deadline })
        }
        _ => None,
    });
    let playing = playing.expect("some match is played");
    let mut views = every!(PostView: Result(line()), Case(case), Thread(playing));
    views.push(PostView::Thread(ThreadView::Over(line())));
    views
}

pub(super) fn past_match() -> PastMatchView {
    let player = |name: &str| PastPlayer { name: text(name), race: Race::Sc2Zerg, ratings: None };
    PastMatchView {
        match_id: MATCH,
        players: [player("A"), player("B")],
        map_title: text("Khione"),
        server: Server::Kor,
        started_at: Some(AT),
        closed_at: AT,
        verdict: ArchivedVerdict::Expired,
        ruled_at: None,
        duration_game_loops: Some(1),
        replay: Some(FileHash([0xab; 32])),
    }
}

pub(super) fn match_choice() -> MatchChoice {
    MatchChoice { match_id: MATCH, opponent: text("B"), outcome: Some(Outcome::Draw) }
}
