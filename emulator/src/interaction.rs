//! Interactions with their two clocks, and modals that are open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;
use crate::ids::{Mint, Snowflake};

/// How long the token of an interaction is good for.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// With 100 presses a second, 15 minutes hold 90,000. At the bound a press is refused.
const MAX_OPEN: usize = 200_000;

/// Modals that nobody submits; the oldest are forgotten.
const MAX_MODALS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Command,
    Component,
    /// A keystroke in an option of this kind.
    Autocomplete {
        option_kind: u64,
    },
    Modal,
}

impl Kind {
    /// As in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Command => "command",
            Kind::Component => "component",
            Kind::Autocomplete { .. } => "autocomplete",
            Kind::Modal => "modal",
        }
    }

    pub(crate) fn number(self) -> u64 {
        match self {
            Kind::Command => 2,
            Kind::Component => 3,
            Kind::Autocomplete { .. } => 4,
            Kind::Modal => 5,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Waiting,
    /// Nobody called back in time.
    Failed,
    Acknowledged {
        /// What `@original` names: the answer, or the message that was pressed.
        original: Option<Snowflake>,
    },
}

/// It is also a line of the saved world: a field that is renamed needs an upgrade in `saved`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(crate) token: String,
    pub(crate) kind: Kind,
    pub(crate) user: Snowflake,
    pub(crate) channel: Snowflake,
    /// Later than that by what the emulator stood still while it waited for its callback.
    pub(crate) pressed_at: Moment,
    /// The message that was pressed, also when a modal came in between.
    pub(crate) message: Option<Snowflake>,
    pub(crate) state: State,
    /// Whether the user has seen more than "thinking".
    pub(crate) answered: bool,
}

/// What a token of the bot turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenFault {
    Unknown,
    Expired,
}

#[derive(Debug, Default)]
pub(crate) struct Interactions {
    /// Ids grow with time, so the first is the oldest.
    by_id: BTreeMap<Snowflake, Interaction>,
    waiting: VecDeque<Snowflake>,
    /// Those that differ from what is saved.
    unsaved: BTreeSet<Snowflake>,
}

impl Interactions {
    pub(crate) fn is_full(&self) -> bool {
        self.by_id.len() >= MAX_OPEN
    }

    pub(crate) fn insert(&mut self, interaction: Interaction) {
        self.waiting.push_back(interaction.id);
        self.unsaved.insert(interaction.id);
        self.by_id.insert(interaction.id, interaction);
    }

    pub(crate) fn get(&self, id: Snowflake) -> Option<&Interaction> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: Snowflake) -> Option<&mut Interaction> {
        self.unsaved.insert(id);
        self.by_id.get_mut(&id)
    }

    /// Takes in one of a former life; to be called in the order in which they were pressed.
    pub(crate) fn restore(&mut self, interaction: Interaction) {
        if interaction.state == State::Waiting {
            self.waiting.push_back(interaction.id);
        }
        self.by_id.insert(interaction.id, interaction);
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Interaction> {
        self.by_id.values()
    }

    /// Those that changed since this was asked last.
    pub(crate) fn take_unsaved(&mut self) -> Vec<Interaction> {
        let unsaved = std::mem::take(&mut self.unsaved);
        unsaved.iter().filter_map(|id| self.by_id.get(id).cloned()).collect()
    }

    /// The interaction of this token, which may have been forgotten and is then expired.
    pub(crate) fn by_token(&self, mint: &Mint, now: Moment, token: &str) -> Result<&Interaction, TokenFault> {
        let id: Snowflake = token
            .split_once('.')
            .and_then(|(id, _)| id.parse().ok())
            .filter(|id| token_of(mint, *id) == token)
            .ok_or(TokenFault::Unknown)?;
        let interaction = self.by_id.get(&id).ok_or(TokenFault::Expired)?;
        if now.since(interaction.pressed_at) > TOKEN_LIFE {
            return Err(TokenFault::Expired);
        }
        Ok(interaction)
    }

    /// When the next one must have been called back.
    pub(crate) fn next_deadline(&self, within: Duration) -> Option<Moment> {
        let id = self.waiting.front()?;
        Some(self.by_id.get(id)?.pressed_at.after(within))
    }

    /// Those that wait are as old as if this time had not passed.
    pub(crate) fn excuse(&mut self, stall: Duration) {
        for id in &self.waiting {
            if let Some(waiting) = self.by_id.get_mut(id).filter(|known| known.state == State::Waiting) {
                waiting.pressed_at = waiting.pressed_at.after(stall);
                self.unsaved.insert(*id);
            }
        }
    }

    /// Fails those that waited too long and returns them.
    pub(crate) fn fail_overdue(&mut self, now: Moment, within: Duration) -> Vec<Interaction> {
        let mut failed = Vec::new();
        while let Some(id) = self.waiting.front() {
            match self.by_id.get_mut(id) {
                Some(waiting) if waiting.state == State::Waiting => {
                    if now.since(waiting.pressed_at) <= within {
                        break;
                    }
                    waiting.state = State::Failed;
                    self.unsaved.insert(waiting.id);
                    failed.push(waiting.clone());
                }
                _ => {}
            }
            self.waiting.pop_front();
        }
        failed
    }

    /// Forgets those whose token has expired.
    pub(crate) fn forget_expired(&mut self, now: Moment) {
        while let Some(oldest) = self.by_id.first_entry() {
            if now.since(oldest.get().pressed_at) <= TOKEN_LIFE {
                break;
            }
            oldest.remove();
        }
    }
}

/// The token of an interaction. It proves itself, so that one that has been forgotten
/// is told from one that never was.
pub(crate) fn token_of(mint: &Mint, id: Snowflake) -> String {
    format!("{id}.{}", mint.signature(&["interaction", &id.to_string()]))
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Modal {
    pub(crate) user: Snowflake,
    pub(crate) custom_id: String,
    pub(crate) components: Vec<Value>,
    pub(crate) message: Option<Snowflake>,
    /// Where it was opened; in worlds of before there were guilds, the DM.
    #[serde(default)]
    pub(crate) channel: Option<Snowflake>,
}

#[derive(Debug, Default)]
pub(crate) struct Modals {
    open: BTreeMap<Snowflake, Modal>,
}

impl Modals {
    pub(crate) fn insert(&mut self, id: Snowflake, modal: Modal) {
        if self.open.len() >= MAX_MODALS {
            self.open.pop_first();
        }
        self.open.insert(id, modal);
    }

    pub(crate) fn get(&self, id: Snowflake) -> Option<&Modal> {
        self.open.get(&id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Snowflake, &Modal)> {
        self.open.iter().map(|(id, modal)| (*id, modal))
    }

    pub(crate) fn close(&mut self, id: Snowflake) {
        self.open.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_until_it_expires_and_expired_also_when_forgotten() {
        let mut mint = Mint::new(5);
        let now = Moment::from_unix_ms(1_795_000_000_000);
        let id = mint.next(now);
        let token = token_of(&mint, id);
        let mut interactions = Interactions::default();
        interactions.insert(Interaction {
            id,
            token: token.clone(),
            kind: Kind::Command,
            user: mint.stable("user", "ana"),
            channel: mint.stable("dm", "ana"),
            pressed_at: now,
            message: None,
            state: State::Waiting,
            answered: false,
        });
        let late = now.after(TOKEN_LIFE + Duration::from_millis(1));
        let fault =
            |interactions: &Interactions, now, token: &str| interactions.by_token(&mint, now, token).err();
        assert_eq!(fault(&interactions, now.after(TOKEN_LIFE), &token), None);
        assert_eq!(fault(&interactions, late, &token), Some(TokenFault::Expired));
        interactions.forget_expired(late);
        assert_eq!(fault(&interactions, now, &token), Some(TokenFault::Expired));
        assert_eq!(fault(&interactions, now, &format!("{id}.0")), Some(TokenFault::Unknown));
        assert_eq!(fault(&interactions, now, "x"), Some(TokenFault::Unknown));
    }
}
