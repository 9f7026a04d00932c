//! How the whole does, once a second, from what the children tell: by [`crate::watch`], for `evoladder status` and
//! for the children that go by it.

use super::slot::Slot;
use super::spec::{Duty, Plan};
use super::status;
use crate::clock;
use crate::watch::{Facts, READY, Seen, UP, Watcher, not_ready};
use ipc_schema::control::{Role, ToChild};
use ipc_schema::watch::{AlertNews, RoleWatch, Watch};
use serde_json::{Value, json};
use std::time::Instant;

/// Those who go by it.
const TOLD: [Role; 2] = [Role::Backend, Role::Frontend];

pub(super) struct Watching {
    watcher: Watcher,
    began: Instant,
    /// There is a channel in which staff are told.
    tells: bool,
    newest: Watch,
    memory: (Option<u64>, Option<u64>),
}

impl Watching {
    pub(super) fn new(plan: &Plan, now: Instant) -> Watching {
        Watching {
            watcher: Watcher::new(plan.watch.clone()),
            began: now,
            tells: plan.places.staff.is_some(),
            newest: Watch::default(),
            memory: (None, None),
        }
    }

    /// Looks at all children, of which the whole is in this state, and tells those who go by it.
    pub(super) fn look(&mut self, now: Instant, state: &str, slots: &mut [Slot]) {
        self.memory = status::container();
        let tells = |slot: &&Slot| slot.child().is_some_and(|child| child.has_told);
        // Before everything was up for the first time nobody was promised anything: a second ladder that stands by
        // is as it should be.
        let missing = not_ready(state, &slots.iter().map(seen).collect::<Vec<_>>()).filter(|_| state == UP);
        let facts = Facts {
            gauges: slots.iter().filter(tells).map(|slot| (slot.spec.role, &slot.gauges)).collect(),
            latencies: slots.iter().filter(tells).map(|slot| (slot.spec.role, &slot.latencies)).collect(),
            roles: roles(slots),
            memory: self.memory,
            not_ready: missing,
        };
        let since_start = now.saturating_duration_since(self.began);
        self.newest = self.watcher.look(since_start, clock::now(), &facts, self.tells);
        for child in
            slots.iter_mut().filter(|slot| TOLD.contains(&slot.spec.role)).filter_map(Slot::child_mut)
        {
            // One that has not read the last one gets the next, when it has.
            if child.greeted && !child.draining && !child.has_unsent() {
                child.send(&ToChild::Watch(Box::new(self.newest.clone())));
            }
        }
    }

    /// Staff have been told this.
    pub(super) fn told(&mut self, number: u64, news: AlertNews) {
        self.watcher.told(number, news);
    }

    /// What a status has of it.
    pub(super) fn add_to(&self, status: &mut Value) {
        let now = clock::now();
        let alerts = self.newest.alerts.iter().filter(|alert| alert.over.is_none());
        status["load_level"] = json!(self.newest.level.name());
        status["load_causes"] = json!(self.newest.causes);
        status["alerts"] = alerts
            .map(|alert| {
                let for_s = now.since(alert.began).as_secs_f64();
                json!({ "name": alert.name, "text": alert.text, "for_s": for_s })
            })
            .collect();
        let (used, limit) = self.memory;
        status["container"] = json!({ "memory_bytes": used, "limit_bytes": limit });
    }
}

fn seen(slot: &Slot) -> Seen<'_> {
    Seen {
        role: slot.spec.role.name(),
        name: slot.name(),
        state: slot.state(),
        is_spare: slot.spec.duty == Duty::Spare,
        stands_by_until: slot.child().and_then(|child| child.stands_by_until.as_deref()),
    }
}

/// The processes by role, in the order in which they start.
fn roles(slots: &[Slot]) -> Vec<RoleWatch> {
    let mut roles: Vec<RoleWatch> = Vec::new();
    for slot in slots {
        let role = slot.spec.role;
        if roles.last().is_none_or(|last| last.role != role) {
            roles.push(RoleWatch { role, processes: 0, ready: 0, restarts: 0, pss_kib: None });
        }
        let last = roles.last_mut().expect("it was just pushed, if it was not there");
        let usage = slot.child().map(|child| child.meter.usage(child.pid.as_raw()));
        last.processes += 1;
        last.ready += u32::from(slot.state() == READY);
        last.restarts += slot.restarts;
        last.pss_kib = match (last.pss_kib, usage.and_then(|usage| usage.pss_kib)) {
            (Some(sum), Some(one)) => Some(sum + one),
            (sum, one) => sum.or(one),
        };
    }
    roles
}
