//! How the state moves by what staff did.

use super::Ladder;
use crate::domain::cards::Content;
use crate::domain::match_::Phase;
use crate::domain::player::{Ban, Player};
use crate::domain::staff::Staff;
use ipc_schema::ids::{PlayerId, UserId};
use ipc_schema::staff::StaffAct;
use ipc_schema::view::News;
use ipc_schema::vocab::Timestamp;
use std::time::Duration;

impl Ladder {
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// Whom staff mean: a name in any spelling, or the number or a mention of a Discord account.
    pub fn find_player(&self, text: &str) -> Option<PlayerId> {
        let text = text.trim();
        self.player_named(text).or_else(|| {
            let inner = text.strip_prefix("<@").and_then(|text| text.strip_suffix('>')).unwrap_or(text);
            self.by_user.get(&UserId(inner.parse().ok()?)).copied()
        })
    }

    pub(super) fn begin_ban(&mut self, player: PlayerId, until: Option<Timestamp>, reason: &str) {
        let ban = Ban { until, reason: reason.to_owned() };
        let before = self.known(player).ban.replace(ban).and_then(|ban| ban.until);
        self.staff.move_ban_end(player, before, until);
        self.standings.set_hidden(player, true);
        self.news(player, News::Banned { until, reason: reason.to_owned() });
    }

    pub(super) fn end_ban(&mut self, player: PlayerId, reason: Option<&String>) {
        let before = self.known(player).ban.take().and_then(|ban| ban.until);
        self.staff.move_ban_end(player, before, None);
        self.standings.set_hidden(player, false);
        self.stand(player);
        self.news(player, News::BanEnded { reason: reason.cloned() });
    }

    fn news(&mut self, player: PlayerId, news: News) {
        self.cards.add(player, Content::News(news));
    }

    /// Owes a message to those whom an act concerns. The state is as it was before the act.
    pub(super) fn tell_of(&mut self, act: &StaffAct, reason: &str, at: Timestamp) {
        let reason = || reason.to_owned();
        match act {
            StaffAct::SetRole { user, role } => {
                if let Some(player) = self.by_user.get(user) {
                    self.news(*player, News::RoleSet { role: *role, reason: reason() });
                }
            }
            StaffAct::RemoveFromQueue { player } => {
                self.news(*player, News::RemovedFromQueue { reason: reason() });
            }
            StaffAct::ClearQueue => {
                for player in self.queue.keys().copied().collect::<Vec<_>>() {
                    self.news(player, News::RemovedFromQueue { reason: reason() });
                }
            }
            // The player is told by the event itself, the opponent here.
            StaffAct::Ban { player, .. } => {
                if let Some(match_id) = self.open.get(player).copied()
                    && let match_ = &self.matches[&match_id]
                    && let Ok(slot) = match_.slot_of(*player)
                {
                    let opponent = match_.pairing.players[1 - slot];
                    let confirming = matches!(match_.phase, Phase::Confirming { .. });
                    let requeued = confirming && self.players[&opponent].may_wait(at);
                    self.news(opponent, News::MatchCancelled { match_id, requeued });
                }
            }
            // The event itself tells it.
            StaffAct::Unban { .. } => {}
            StaffAct::TimeOut { player, minutes: 0 } => {
                self.news(*player, News::TimeOutLifted { reason: reason() });
            }
            StaffAct::TimeOut { player, minutes } => {
                let until = at + minutes_of(*minutes);
                self.news(*player, News::TimedOut { until, reason: reason() });
            }
            StaffAct::ResetAborts { player } => self.news(*player, News::AbortsReset { reason: reason() }),
            StaffAct::Announce { text } => {
                for player in self.audience() {
                    self.news(player, News::Announcement { text: text.clone() });
                }
            }
            StaffAct::Rename { player, name } => {
                self.news(*player, News::Renamed { name: name.clone(), reason: reason() });
            }
            StaffAct::AllowToons { player, region, count } => {
                let (region, count) = (*region, *count);
                self.news(*player, News::ToonsAllowed { region, count, reason: reason() });
            }
            StaffAct::UnbindToon { player, toon } => {
                self.news(*player, News::ToonUnbound { toon: *toon, reason: reason() });
            }
            // The rules concern everybody and nobody.
            StaffAct::SetKnob { .. } | StaffAct::RetireHandles { .. } | StaffAct::MarkFake { .. } => {}
            // The events themselves tell it, and a case is between staff.
            StaffAct::Resolve { .. }
            | StaffAct::AdjustMmr { .. }
            | StaffAct::CloseCase { .. }
            | StaffAct::LearnHandles { .. } => {}
        }
    }

    /// Those who read an announcement.
    pub(super) fn audience(&self) -> Vec<PlayerId> {
        let reads = |player: &Player| {
            let is_asked_for = player.settings.notifications.announcements;
            player.setup_finished && player.terms_accepted && player.ban.is_none() && is_asked_for
        };
        self.players.iter().filter(|(_, player)| reads(player)).map(|(id, _)| *id).collect()
    }
}

pub(super) fn minutes_of(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}
