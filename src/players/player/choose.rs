//! What to do next, from what is shown.

use super::{Act, Life, Mood, Place, Player, Playing, REFUSED, Step, UPLOADS};
use crate::players::game::Day;
use crate::players::habits::{Errand, Habits, Uploads};
use crate::players::screen::{Message, Modal, Screen};
use ipc_schema::vocab::{Outcome, Race, Timestamp};
use std::collections::BTreeSet;

impl Player {
    pub(super) fn choose(&mut self, now: Timestamp) -> Option<(Step, Act)> {
        match self.place {
            Place::Unregistered => return Some((Step::Arrive, Act::Register)),
            Place::AtTheDoor => return Some((Step::Arrive, Act::ReadConversation)),
            Place::Here => {}
        }
        match &mut self.life {
            Life::SettingUp => self.set_up(now),
            Life::Idle if self.held => {
                self.next = Timestamp(u64::MAX);
                None
            }
            Life::Idle if self.errand == Errand::LookAround => Some(self.look_around()),
            Life::Idle => self.join_queue(now),
            Life::Queued => Some((Step::OpenQueue, Act::Command("queue"))),
            Life::Confirming { match_id, mood, pressed } => {
                let (step, custom_id) = match mood {
                    Mood::Confirm => (Step::Confirm, format!("match:confirm:{match_id}")),
                    Mood::Abort => (Step::Abort, format!("match:abort:{match_id}")),
                    Mood::Ignore => {
                        self.next = now + self.habits.quiet;
                        return None;
                    }
                };
                let lost = *pressed || self.setbacks % 3 == 2;
                let card = if lost { None } else { self.screen.newest_with(&custom_id) };
                Some(card.map_or((Step::ShowMatch, Act::Command("match")), |card| {
                    (step, press(card, custom_id, None))
                }))
            }
            Life::Playing(playing) => Some(playing.choose(self.index, &self.screen, &self.habits)),
        }
    }

    fn set_up(&mut self, now: Timestamp) -> Option<(Step, Act)> {
        let open = (Step::OpenSetup, Act::Command("setup"));
        if let Some(modal) = self.screen.modal.take() {
            return Some((Step::SubmitNames, self.fill_in(&modal)));
        }
        // What failed twice is tried from the beginning.
        if self.setbacks % 3 == 2 {
            return Some(open);
        }
        let Some(card) = self.screen.newest_offering("setup:") else { return Some(open) };
        let offers = |custom_id| card.control(custom_id).is_some();
        // Only who is done may change everything at once.
        if offers("setup:locale") && offers("setup:region") && !offers("setup:finish") {
            self.is_set_up();
            self.next = now;
            return None;
        }
        // A later step may still show the controls of earlier ones, so the last is tried first.
        let steps =
            [Step::Finish, Step::Notifications, Step::Region, Step::OpenNames, Step::Locale, Step::Terms];
        for step in steps {
            let (custom_id, value) = match step {
                Step::Finish => ("setup:finish", None),
                Step::Notifications => ("setup:notify:done", None),
                Step::Region => ("setup:region", Some(self.person.region.code())),
                Step::OpenNames => ("setup:names:open", None),
                Step::Locale => ("setup:locale", Some(self.person.locale.code())),
                _ => ("setup:terms:accept", None),
            };
            let Some(control) = card.control(custom_id) else { continue };
            let is_as_wished = value.is_some_and(|value| !control.has(value) || control.chosen().eq([value]));
            if self.chosen.contains(&step) || is_as_wished && step == Step::Locale {
                continue;
            }
            let values = value.map(|value| vec![value.to_owned()]);
            return Some((step, press(card, custom_id.to_owned(), values)));
        }
        Some(open)
    }

    fn fill_in(&self, modal: &Modal) -> Act {
        let person = &self.person;
        let answers = [
            ("name", person.name.clone()),
            ("battle_tag", person.battle_tag.clone()),
            ("alternatives", person.alternatives.join(", ")),
            ("country", person.country.to_owned()),
        ];
        let fields = answers
            .into_iter()
            .filter(|(field, _)| modal.fields.iter().any(|found| found == field))
            .map(|(field, answer)| (field.to_owned(), answer))
            .collect();
        Act::Submit { modal_id: modal.modal_id.clone(), fields }
    }

    fn join_queue(&mut self, now: Timestamp) -> Option<(Step, Act)> {
        if std::mem::take(&mut self.look_up_match) {
            return Some((Step::ShowMatch, Act::Command("match")));
        }
        if let Some(match_id) = self.disputes.take() {
            let custom_id = format!("match:dispute:{match_id}");
            if let Some(card) = self.screen.newest_with(&custom_id) {
                return Some((Step::Dispute, press(card, custom_id, None)));
            }
        }
        if std::mem::take(&mut self.browse) {
            return Some((Step::Browse, Act::Command("leaderboard")));
        }
        let card = self.queue_card.as_deref().and_then(|id| self.screen.message(id));
        if let Some(card) = card.filter(|card| card.control("guide:read").is_some()) {
            return Some((Step::ReadGuide, press(card, "guide:read".to_owned(), None)));
        }
        let Some(card) = card.filter(|card| card.offers("queue:")) else {
            return Some((Step::OpenQueue, Act::Command("queue")));
        };
        if card.control("queue:leave").is_some() {
            self.life = Life::Queued;
            self.next = now + self.habits.quiet;
            return None;
        }
        let race = |race: Option<Race>| vec![race.map_or("none", Race::code)];
        let wishes = [
            (Step::BwRace, "queue:race:bw", race(self.person.races.bw)),
            (Step::Sc2Race, "queue:race:sc2", race(self.person.races.sc2)),
            (Step::Vetoes, "queue:vetoes", self.person.vetoes.clone()),
        ];
        for (step, custom_id, mut wish) in wishes {
            let Some(menu) = card.control(custom_id) else { continue };
            wish.retain(|value| menu.has(value));
            wish.truncate(menu.max_values.unwrap_or(1));
            let chosen: BTreeSet<&str> = menu.chosen().filter(|value| *value != "none").collect();
            let wished: BTreeSet<&str> = wish.iter().copied().filter(|value| *value != "none").collect();
            if self.chosen.contains(&step) || chosen == wished {
                continue;
            }
            let values = wish.into_iter().map(str::to_owned).collect();
            return Some((step, press(card, custom_id.to_owned(), Some(values))));
        }
        if card.control("queue:join").is_some() {
            return Some((Step::Join, press(card, "queue:join".to_owned(), None)));
        }
        self.set_back(now);
        None
    }
}

/// What there is to be looked up.
const PAGES: &[&str] = &["leaderboard", "profile", "activity", "help"];

impl Player {
    /// The next page of what is open, or another one.
    fn look_around(&mut self) -> (Step, Act) {
        if self.chance.percent(50)
            && let Some(card) = self.screen.newest_offering("leaderboard:")
        {
            let buttons = |id: &str| id.starts_with("leaderboard:") && !id.starts_with("leaderboard:picture");
            let buttons = card
                .controls
                .iter()
                .filter(|of| of.options.is_empty() && !of.disabled && buttons(&of.custom_id));
            let buttons: Vec<_> = buttons.collect();
            if !buttons.is_empty() {
                let custom_id = self.chance.pick(&buttons).custom_id.clone();
                return (Step::Browse, press(card, custom_id, None));
            }
        }
        (Step::Browse, Act::Command(self.chance.pick::<&str>(PAGES)))
    }
}

impl Playing {
    fn choose(&mut self, player: usize, screen: &Screen, habits: &Habits) -> (Step, Act) {
        if let Some(game) = &self.game {
            if let Uploads::Drill { .. } = habits.uploads {
                let act = Act::Upload { game: game.clone(), attempt: self.uploads, day: Day::Another };
                return (Step::Upload, act);
            }
            if game.is_reported() || self.refused >= REFUSED {
                return self.report(game.claim_of(player), screen);
            }
            // Who is not to send does so all the same when a second look changed nothing.
            let due = self.again || self.looked || self.uploads == 0 && game.is_sent_by(player);
            if due && self.uploads < UPLOADS {
                self.looked = false;
                return (
                    Step::Upload,
                    Act::Upload { game: game.clone(), attempt: self.uploads, day: Day::Today },
                );
            }
        }
        self.looked = true;
        (Step::ShowMatch, Act::Command("match"))
    }
}

impl Playing {
    /// Says by button how it ended, where one is shown; else, and afterwards, looks what became of it.
    fn report(&mut self, claim: Option<Outcome>, screen: &Screen) -> (Step, Act) {
        let custom_id = claim.map(|claim| format!("match:report:{}:{claim}", self.match_id));
        let button = custom_id.and_then(|id| Some((screen.newest_with(&id)?, id)));
        match button {
            Some((card, custom_id)) if !self.reported => (Step::Report, press(card, custom_id, None)),
            _ => (Step::ShowMatch, Act::Command("match")),
        }
    }
}

fn press(card: &Message, custom_id: String, values: Option<Vec<String>>) -> Act {
    Act::Press { message: card.id.clone(), custom_id, values }
}
