//! What staff look at, and what they are shown of what they do.

use super::{Entry, Proposal};
use crate::domain::knobs::{KNOBS, Knob};
use crate::domain::ladder::Ladder;
use crate::domain::match_::{Match, Phase};
use crate::domain::season::Season;
use ipc_schema::ids::{MatchId, PlayerId, ProposalId, UserId};
use ipc_schema::staff::{
    AuditView, BanView, KnobView, MatchLine, MatchState, OpenMatch, ProposalView, QueuedPlayer, SnapshotView,
    StaffAct, StaffLook, StaffMatchView, StaffMember, StaffPlayerView, StaffRating, StaffView,
};
use ipc_schema::vocab::{Refusal, Timestamp};

/// Rows of each list of a snapshot.
const LISTED: usize = 10;

/// Matches, and audit entries, of one player.
const OF_PLAYER: usize = 5;

/// Audit entries of one page: each may have long texts.
const PAGE_ENTRIES: usize = 5;

impl Ladder {
    /// What a member of staff sees. The health is not the ladder's to know.
    pub fn staff_view(
        &self,
        season: &Season,
        now: Timestamp,
        user: UserId,
        look: &StaffLook,
    ) -> Result<StaffView, Refusal> {
        self.staff().role(user).ok_or(Refusal::StaffOnly)?;
        Ok(match look {
            StaffLook::Snapshot => StaffView::Snapshot(Box::new(self.snapshot())),
            StaffLook::Player { name } => {
                let player = self.find_player(name).ok_or(Refusal::PlayerUnknown)?;
                StaffView::Player(Box::new(self.staff_player(season, now, player)))
            }
            StaffLook::Match { match_id } => {
                let match_ = self.matches.get(match_id).ok_or(Refusal::MatchUnknown)?;
                StaffView::Match(Box::new(self.staff_match(season, *match_id, match_)))
            }
            StaffLook::Log { page } => self.log_page(*page),
            StaffLook::Roster => StaffView::Roster(self.roster()),
            StaffLook::Cases { page } => self.case_page(season, *page),
            StaffLook::Knobs => StaffView::Knobs(self.knobs(season)),
            StaffLook::Health => return Err(Refusal::NothingToDo),
        })
    }

    /// What a member is asked to confirm. `confirmed` is the proposal that was confirmed and became
    /// this one, since the ladder had changed.
    pub fn proposal_view(
        &self,
        now: Timestamp,
        user: UserId,
        confirmed: Option<ProposalId>,
    ) -> Option<StaffView> {
        let proposal = self.staff().proposal_of(user, now)?;
        Some(StaffView::Proposal(Box::new(ProposalView {
            proposal: proposal.id,
            act: self.named(&proposal.act),
            reason: proposal.reason.clone(),
            before: proposal.before.clone(),
            after: proposal.after.clone(),
            expires_at: proposal.expires_at(),
            changed: confirmed.is_some_and(|confirmed| confirmed != proposal.id),
        })))
    }

    /// What was done by confirming a proposal.
    pub fn done_view(&self, proposal: ProposalId) -> Option<StaffView> {
        let entry = self.staff().log().find(|entry| entry.done.id == proposal)?;
        Some(StaffView::Done(Box::new(self.audit_view(entry))))
    }

    fn named(&self, act: &StaffAct) -> StaffAct<String> {
        let name = |player: PlayerId| Ok::<_, std::convert::Infallible>(self.players[&player].name());
        let Ok(named) = act.clone().try_map(name);
        named
    }

    fn audit_view(&self, entry: &Entry) -> AuditView {
        let Entry { by, done: Proposal { id, act, reason, before, after, at } } = entry;
        AuditView {
            proposal: *id,
            at: *at,
            by: *by,
            act: self.named(act),
            reason: reason.clone(),
            before: before.clone(),
            after: after.clone(),
        }
    }

    fn log_page(&self, page: u32) -> StaffView {
        let log = self.staff().log();
        let pages = log.len().div_ceil(PAGE_ENTRIES).max(1);
        let page = usize::try_from(page).map_or(pages - 1, |page| page.min(pages - 1));
        let entries = log.skip(page * PAGE_ENTRIES).take(PAGE_ENTRIES);
        StaffView::Log {
            entries: entries.map(|entry| self.audit_view(entry)).collect(),
            page: number(page),
            pages: number(pages),
        }
    }

    fn case_page(&self, season: &Season, page: u32) -> StaffView {
        let pages = self.cases().open_count().max(1);
        let page = usize::try_from(page).map_or(pages - 1, |page| page.min(pages - 1));
        let case = self.case_views(season, page, 1).pop().map(Box::new);
        StaffView::Cases { page: number(page), pages: number(pages), case }
    }

    fn roster(&self) -> Vec<StaffMember> {
        let member = |(user, role)| StaffMember {
            user,
            role,
            name: self.player_of(user).and_then(|(_, player)| Some(player.names.as_ref()?.name.clone())),
        };
        let mut roster: Vec<StaffMember> = self.staff().members().map(member).collect();
        roster.sort_by_key(|member| (member.role, member.user));
        roster
    }

    fn knobs(&self, season: &Season) -> Vec<KnobView> {
        let view = |knob: &Knob| {
            let (value, unit) = (knob.read(&season.knobs).to_string(), knob.unit());
            KnobView {
                name: knob.name.to_owned(),
                value: if unit.is_empty() { value } else { format!("{value} {unit}") },
                expects: knob.expects(),
                changed: self.overrides().has_knob(knob.name),
            }
        };
        KNOBS.iter().map(view).collect()
    }

    fn snapshot(&self) -> SnapshotView {
        let mut queue: Vec<_> = self.queue.iter().collect();
        queue.sort_by_key(|(player, entry)| (entry.since, **player));
        let open: Vec<&Match> = self.matches.values().filter(|match_| match_.is_open()).collect();
        let shown = |match_: &&Match| OpenMatch {
            match_id: match_.pairing.match_id,
            players: match_.pairing.players.map(|player| self.players[&player].name()),
            playing: matches!(match_.phase, Phase::Playing { .. }),
            since: match_.paired_at,
        };
        SnapshotView {
            players: number(self.players.len()),
            set_up: number(self.players.values().filter(|player| player.setup_finished).count()),
            banned: number(self.players.values().filter(|player| player.ban.is_some()).count()),
            queued: number(self.queue.len()),
            queue: queue
                .iter()
                .take(LISTED)
                .map(|(player, entry)| QueuedPlayer {
                    name: self.players[*player].name(),
                    races: entry.races,
                    since: entry.since,
                    waves: entry.waves,
                })
                .collect(),
            open_matches: number(open.len()),
            matches: open.iter().take(LISTED).map(shown).collect(),
            jobs: number(self.jobs().count()),
            cards_due: number(self.cards().due().count()),
            matches_decided: self.counts().matches_decided,
            cases_open: number(self.cases().open_count()),
        }
    }

    fn staff_player(&self, season: &Season, now: Timestamp, id: PlayerId) -> StaffPlayerView {
        let player = &self.players[&id];
        let ratings = self.ratings.iter().filter(|((of, _), _)| *of == id);
        let of_player = |act: &StaffAct| match act {
            StaffAct::SetRole { user, .. } => *user == player.user,
            act => act.player() == Some(&id),
        };
        StaffPlayerView {
            player: id,
            user: player.user,
            locale: player.locale,
            names: player.names.clone(),
            region: player.region,
            terms_accepted: player.terms_accepted,
            setup_finished: player.setup_finished,
            role: self.staff().role(player.user),
            ban: player.ban.as_ref().map(|ban| BanView { until: ban.until, reason: ban.reason.clone() }),
            timed_out_until: player.timed_out(now),
            aborts_left: player.aborts_left(season, now),
            races: player.races,
            vetoes: player.vetoes.clone(),
            toons: player.toons.iter().map(|(_, toon)| *toon).collect(),
            ratings: ratings
                .map(|((_, race), rating)| StaffRating {
                    race: *race,
                    mmr: rating.mmr,
                    wins: rating.wins,
                    losses: rating.losses,
                    draws: rating.draws,
                    last_played: rating.last_played,
                })
                .collect(),
            queued_since: self.queue.get(&id).map(|entry| entry.since),
            matches: self.matches_of(id),
            audit: self
                .staff()
                .log()
                .filter(|entry| of_player(&entry.done.act))
                .take(OF_PLAYER)
                .map(|entry| self.audit_view(entry))
                .collect(),
        }
    }

    fn matches_of(&self, player: PlayerId) -> Vec<MatchLine> {
        let own = self.matches.iter().rev().filter_map(|(id, match_)| {
            let slot = match_.slot_of(player).ok()?;
            Some(MatchLine {
                match_id: *id,
                opponent: self.players[&match_.pairing.players[1 - slot]].name(),
                paired_at: match_.paired_at,
                verdict: match &match_.phase {
                    Phase::Closed { verdict, .. } => Some(*verdict),
                    Phase::Confirming { .. } | Phase::Playing { .. } => None,
                },
                slot: u8::try_from(slot).expect("a slot is 0 or 1"),
            })
        });
        own.take(OF_PLAYER).collect()
    }

    fn staff_match(&self, season: &Season, match_id: MatchId, match_: &Match) -> StaffMatchView {
        let pairing = &match_.pairing;
        let (state, ratings) = match &match_.phase {
            Phase::Confirming { seats, deadline } => {
                let (found, confirmed) = (seats.map(|seat| seat.found), seats.map(|seat| seat.confirmed));
                (MatchState::Confirming { deadline: *deadline, found, confirmed }, None)
            }
            Phase::Playing { since, deadline, .. } => {
                (MatchState::Playing { since: *since, deadline: *deadline }, None)
            }
            Phase::Closed { verdict, ratings, .. } => {
                let moved = ratings.map(|changes| changes.map(|change| (change.before, change.after)));
                (MatchState::Closed { verdict: *verdict }, moved)
            }
        };
        StaffMatchView {
            match_id,
            players: pairing.players.map(|player| self.players[&player].name()),
            races: pairing.races,
            map_title: season.map(&pairing.map).map_or_else(|| pairing.map.clone(), |map| map.title.clone()),
            server: pairing.server,
            paired_at: match_.paired_at,
            state,
            ratings,
            reports: match_.reports.map(|report| report.map(|report| report.outcome)),
            uploads: self.case_match(season, match_).uploads,
            cases: self.cases().of_match(match_id).map(|(case, _)| case).collect(),
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
