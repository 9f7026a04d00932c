//! Whose call to Discord goes out next. Pure: [`super::line`] is the loop around it.
//!
//! Calls of one lane (a channel, an interaction) go out one by one, the more urgent first and equals in
//! their order; lanes go side by side. What waits for a limit waits here and is not sent, so a 429
//! costs one call and not one for each that waits behind it.

use ipc_schema::view::Urgency;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Discord's limit for a bot, over all routes but those of interactions.
const GLOBAL: usize = 50;
const WINDOW: Duration = Duration::from_secs(1);

/// A call without an answer has reached Discord by then, or never will.
const ON_THE_WAY: Duration = Duration::from_secs(1);

/// A call that met a limit is sent again after this at the earliest, whatever Discord asks for.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Routes whose limits are remembered; those whose window has ended are forgotten above it.
const BUCKETS: usize = 4096;

/// Names a call for as long as it waits or is under way. Grows, so it is also the order of those who came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u64);

/// What has to be known of a call before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub lane: Lane,
    /// What Discord counts it with: the route, and the channel or interaction it is for.
    pub bucket: String,
    pub urgency: Urgency,
    /// Whether it is one of the 50 a second.
    pub counts: bool,
}

/// Calls of one lane never overlap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// A channel, a guild or the token of an interaction, by its path.
    Of(String),
    /// It has no order with any other.
    Own,
}

/// What Discord said of limits with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Nothing,
    /// So many more of the bucket until then.
    Left {
        remaining: u32,
        reset_after: Duration,
    },
    /// It was refused: 429.
    Limited {
        scope: Scope,
        wait: Duration,
    },
}

/// Who has to wait after a 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of the bucket.
    Bucket,
    /// All calls of the bot that count.
    Bot,
    /// Everything from this address: not Discord's API said so, but what stands before it.
    Address,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// This one is under way from now on.
    Send(CallId),
    /// Nothing before then, unless something ends or comes.
    Wait(Instant),
    Idle,
}

#[derive(Debug)]
struct Waiting {
    call: Call,
    not_before: Option<Instant>,
}

#[derive(Debug, Default)]
struct LaneState {
    /// The most urgent first, equals in the order in which they came.
    waiting: BTreeSet<(Urgency, CallId)>,
    under_way: bool,
}

#[derive(Debug)]
struct Sent {
    call: Call,
    at: Instant,
}

#[derive(Debug, Default)]
pub struct Schedule {
    last: u64,
    calls: HashMap<CallId, Waiting>,
    lanes: HashMap<Lane, LaneState>,
    /// The first of every lane that has none under way.
    ready: BTreeMap<(Urgency, CallId), Lane>,
    under_way: HashMap<CallId, Sent>,
    /// When calls that count have ended, of the last second.
    ended: VecDeque<Instant>,
    buckets: HashMap<String, Bucket>,
    bot_waits: Option<Instant>,
    address_waits: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    remaining: u32,
    resets: Instant,
}

impl Schedule {
    /// Takes a call in.
    pub fn enter(&mut self, call: Call) -> CallId {
        self.last += 1;
        let id = CallId(self.last);
        self.put(id, Waiting { call, not_before: None });
        id
    }

    /// The next that may be sent.
    pub fn next(&mut self, now: Instant) -> Next {
        let mut soonest: Option<Instant> = None;
        let mut chosen = None;
        let room = self.room(now);
        for (place, lane) in &self.ready {
            let waiting = &self.calls[&place.1];
            match self.may_go(waiting, room, now) {
                None => {
                    chosen = Some((*place, lane.clone()));
                    break;
                }
                Some(at) => soonest = Some(soonest.map_or(at, |soonest| soonest.min(at))),
            }
        }
        let Some((place, lane)) = chosen else { return soonest.map_or(Next::Idle, Next::Wait) };
        self.ready.remove(&place);
        let id = place.1;
        let Waiting { call, .. } = self.calls.remove(&id).expect("what is ready waits");
        if let Some(state) = self.lanes.get_mut(&lane) {
            state.waiting.remove(&place);
            state.under_way = true;
        }
        if let Some(bucket) = self.buckets.get_mut(&call.bucket) {
            bucket.remaining = bucket.remaining.saturating_sub(1);
        }
        self.under_way.insert(id, Sent { call, at: now });
        Next::Send(id)
    }

    /// The call was answered, or given up; `Told::Limited` ends it too.
    pub fn ended(&mut self, id: CallId, told: Told, now: Instant) {
        if let Some(call) = self.over(id, told, now) {
            self.leave(&call.lane);
        }
    }

    /// The call was to be sent, and nobody wanted it any more.
    pub fn unsent(&mut self, id: CallId) {
        if let Some(Sent { call, .. }) = self.under_way.remove(&id) {
            self.leave(&call.lane);
        }
    }

    /// The call met a limit and is to be sent again, at its place in line.
    pub fn again(&mut self, id: CallId, scope: Scope, wait: Duration, now: Instant) {
        let sent_at = self.under_way.get(&id).map(|sent| sent.at);
        let Some(call) = self.over(id, Told::Limited { scope, wait }, now) else { return };
        if let Some(state) = self.lanes.get_mut(&call.lane) {
            state.under_way = false;
        }
        self.put(id, Waiting { call, not_before: sent_at.map(|at| at + RETRY_EVERY) });
    }

    /// What waits in the lane holds up something as urgent as this, which comes after it.
    pub fn hurry(&mut self, lane: &Lane, urgency: Urgency) {
        let Some(state) = self.lanes.get_mut(lane) else { return };
        if let Some(first) = state.waiting.first() {
            self.ready.remove(first);
        }
        let hurried =
            std::mem::take(&mut state.waiting).into_iter().map(|(known, id)| (known.min(urgency), id));
        state.waiting = hurried.collect();
        for (urgency, id) in &state.waiting {
            if let Some(waiting) = self.calls.get_mut(id) {
                waiting.call.urgency = *urgency;
            }
        }
        if !state.under_way
            && let Some(first) = state.waiting.first()
        {
            self.ready.insert(*first, lane.clone());
        }
    }

    /// The call is given up before it was sent.
    pub fn give_up(&mut self, id: CallId) {
        let Some(Waiting { call, .. }) = self.calls.remove(&id) else { return };
        self.ready.remove(&(call.urgency, id));
        if let Some(state) = self.lanes.get_mut(&call.lane) {
            state.waiting.remove(&(call.urgency, id));
            if !state.under_way {
                self.leave(&call.lane);
            }
        }
    }

    /// Calls that wait.
    pub fn waiting(&self) -> usize {
        self.calls.len()
    }

    fn put(&mut self, id: CallId, waiting: Waiting) {
        let place = (waiting.call.urgency, id);
        let lane = waiting.call.lane.clone();
        self.calls.insert(id, waiting);
        if lane == Lane::Own {
            self.ready.insert(place, lane);
            return;
        }
        let state = self.lanes.entry(lane.clone()).or_default();
        if let Some(first) = state.waiting.first() {
            self.ready.remove(first);
        }
        state.waiting.insert(place);
        if !state.under_way
            && let Some(first) = state.waiting.first()
        {
            self.ready.insert(*first, lane);
        }
    }

    /// None is under way in the lane any more.
    fn leave(&mut self, lane: &Lane) {
        let Some(state) = self.lanes.get_mut(lane) else { return };
        state.under_way = false;
        match state.waiting.first() {
            Some(first) => drop(self.ready.insert(*first, lane.clone())),
            None => drop(self.lanes.remove(lane)),
        }
    }

    fn over(&mut self, id: CallId, told: Told, now: Instant) -> Option<Call> {
        let Sent { call, .. } = self.under_way.remove(&id)?;
        if call.counts {
            self.ended.push_back(now);
        }
        match told {
            Told::Nothing => {}
            Told::Left { remaining, reset_after } => {
                self.learn(&call.bucket, Bucket { remaining, resets: now + reset_after }, now);
            }
            Told::Limited { scope, wait } => {
                let until = now + wait;
                match scope {
                    Scope::Bucket => self.learn(&call.bucket, Bucket { remaining: 0, resets: until }, now),
                    Scope::Bot => self.bot_waits = later(self.bot_waits, until),
                    Scope::Address => self.address_waits = later(self.address_waits, until),
                }
            }
        }
        Some(call)
    }

    fn learn(&mut self, name: &str, told: Bucket, now: Instant) {
        if self.buckets.len() >= BUCKETS {
            self.buckets.retain(|_, bucket| bucket.resets > now);
        }
        self.buckets.insert(name.to_owned(), told);
    }

    /// None where a call that counts may be sent, else when one may. Discord counts a call at some moment
    /// between its sending and its answer, so each is counted until a second after its answer: of any
    /// second of Discord's, no more than 50 can be in it.
    fn room(&mut self, now: Instant) -> Option<Instant> {
        while self.ended.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
            self.ended.pop_front();
        }
        let arriving =
            self.under_way.values().filter(|sent| sent.call.counts).map(|sent| sent.at + ON_THE_WAY + WINDOW);
        let mut free: Vec<Instant> =
            self.ended.iter().map(|at| *at + WINDOW).chain(arriving).filter(|free| *free > now).collect();
        if free.len() < GLOBAL {
            return None;
        }
        free.sort_unstable_by_key(|at| Reverse(*at));
        free.get(GLOBAL - 1).copied()
    }

    /// None if it may be sent, else when it may.
    fn may_go(&self, waiting: &Waiting, room: Option<Instant>, now: Instant) -> Option<Instant> {
        let Call { bucket, counts, .. } = &waiting.call;
        let of_bucket = self.buckets.get(bucket).filter(|bucket| bucket.remaining == 0);
        let of_bot = if *counts { self.bot_waits.max(room) } else { None };
        let until =
            waiting.not_before.max(self.address_waits).max(of_bot).max(of_bucket.map(|bucket| bucket.resets));
        until.filter(|until| *until > now)
    }
}

fn later(known: Option<Instant>, until: Instant) -> Option<Instant> {
    known.max(Some(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn call(lane: &str, urgency: Urgency) -> Call {
        Call { lane: Lane::Of(lane.to_owned()), bucket: format!("POST {lane}"), urgency, counts: true }
    }

    const SECOND: Duration = Duration::from_secs(1);

    /// Everything that may be sent at that moment.
    fn sent(schedule: &mut Schedule, now: Instant) -> Vec<CallId> {
        let mut sent = Vec::new();
        while let Next::Send(id) = schedule.next(now) {
            sent.push(id);
        }
        sent
    }

    #[test]
    fn lanes_go_side_by_side_and_each_keeps_its_order_but_for_what_is_more_urgent() {
        let (mut schedule, now) = (Schedule::default(), clock::instant());
        let first = schedule.enter(call("a", Urgency::Edit));
        let second = schedule.enter(call("a", Urgency::Edit));
        let other = schedule.enter(call("b", Urgency::News));
        let urgent = schedule.enter(call("a", Urgency::Match));
        assert_eq!(sent(&mut schedule, now), [urgent, other]);
        schedule.ended(urgent, Told::Nothing, now);
        assert_eq!(sent(&mut schedule, now), [first]);
        assert_eq!(sent(&mut schedule, now), []);
        schedule.ended(first, Told::Nothing, now);
        schedule.ended(other, Told::Nothing, now);
        assert_eq!(sent(&mut schedule, now), [second]);
        schedule.ended(second, Told::Nothing, now);
        assert_eq!((schedule.next(now), schedule.lanes.len()), (Next::Idle, 0));
    }

    #[test]
    fn a_match_goes_before_a_thousand_others_that_came_earlier() {
        let (mut schedule, now) = (Schedule::default(), clock::instant());
        for number in 0..1000 {
            schedule.enter(call(&format!("news {number}"), Urgency::News));
        }
        assert_eq!(sent(&mut schedule, now).len(), GLOBAL);
        let urgent: Vec<CallId> = (0..3)
            .map(|number| schedule.enter(call(&format!("news {}", 990 + number), Urgency::Match)))
            .collect();
        for number in 1..=GLOBAL as u64 {
            schedule.ended(CallId(number), Told::Nothing, now);
        }
        let next = sent(&mut schedule, now + SECOND);
        assert_eq!(next[..3], urgent[..]);
        assert_eq!(next.len(), GLOBAL);
    }

    #[test]
    fn no_second_of_discords_has_more_than_fifty_calls() {
        // Each takes from 20 to 310 ms, and is counted somewhere in between.
        let (mut schedule, start) = (Schedule::default(), clock::instant());
        for number in 0..400 {
            schedule.enter(call(&number.to_string(), Urgency::Match));
        }
        let (mut under_way, mut counted): (Vec<(Instant, CallId)>, Vec<Duration>) = (Vec::new(), Vec::new());
        let mut now = start;
        while counted.len() < 400 {
            for id in sent(&mut schedule, now) {
                let takes = Duration::from_millis(20 + id.0 * 7919 % 290);
                counted.push(now + takes.mul_f64((id.0 * 31 % 100) as f64 / 100.0) - start);
                under_way.push((now + takes, id));
            }
            now += Duration::from_millis(5);
            under_way.retain(|(ends, id)| {
                if *ends <= now {
                    schedule.ended(*id, Told::Nothing, *ends);
                }
                *ends > now
            });
        }
        counted.sort_unstable();
        let most = counted.windows(GLOBAL + 1).all(|calls| calls[GLOBAL] - calls[0] >= WINDOW);
        assert!(most, "a second has more than {GLOBAL}: {counted:?}");
        assert!(now - start < Duration::from_secs(12), "400 calls took {:?}", now - start);
    }

    #[test]
    fn a_429_is_waited_for_once_by_all_whom_it_concerns_and_by_nobody_else() {
        let wait = Duration::from_secs(5);
        let exempt = |lane: &str| Call { counts: false, ..call(lane, Urgency::Match) };
        // Who is limited; and of a call of the same bucket, one of another channel, and an answer, who goes at once.
        for (scope, at_once) in [
            (Scope::Bucket, [false, true, true]),
            (Scope::Bot, [false, false, true]),
            (Scope::Address, [false; 3]),
        ] {
            let (mut schedule, now) = (Schedule::default(), clock::instant());
            let limited = schedule.enter(call("a", Urgency::Match));
            assert_eq!(sent(&mut schedule, now), [limited]);
            schedule.again(limited, scope, wait, now);
            let others = [
                schedule.enter(call("a", Urgency::Match)),
                schedule.enter(call("b", Urgency::Match)),
                schedule.enter(exempt("answer")),
            ];
            let went = sent(&mut schedule, now);
            assert_eq!(others.map(|id| went.contains(&id)), at_once, "{scope:?}");
            let just_before = now + wait - Duration::from_millis(1);
            assert_eq!(sent(&mut schedule, just_before), [], "{scope:?}");
            let then = sent(&mut schedule, now + wait);
            assert_eq!(then[0], limited, "{scope:?}: it kept its place");
        }
    }

    #[test]
    fn a_limit_that_passes_at_once_is_not_tried_again_within_the_second() {
        let (mut schedule, now) = (Schedule::default(), clock::instant());
        let limited = schedule.enter(call("a", Urgency::Match));
        assert_eq!(sent(&mut schedule, now), [limited]);
        schedule.again(limited, Scope::Bucket, Duration::ZERO, now + Duration::from_millis(100));
        assert_eq!(schedule.next(now + Duration::from_millis(999)), Next::Wait(now + SECOND));
        assert_eq!(schedule.next(now + SECOND), Next::Send(limited));
    }

    #[test]
    fn what_the_headers_tell_is_kept_to_before_there_is_a_429() {
        let (mut schedule, now) = (Schedule::default(), clock::instant());
        let first = schedule.enter(call("a", Urgency::Match));
        let second = schedule.enter(call("a", Urgency::Match));
        assert_eq!(sent(&mut schedule, now), [first]);
        schedule.ended(first, Told::Left { remaining: 0, reset_after: 4 * SECOND }, now);
        assert_eq!(schedule.next(now), Next::Wait(now + 4 * SECOND));
        assert_eq!(schedule.next(now + 4 * SECOND), Next::Send(second));
    }

    #[test]
    fn what_holds_up_a_match_goes_out_as_if_it_were_one() {
        let (mut schedule, now) = (Schedule::default(), clock::instant());
        let others: Vec<CallId> = (0..60).map(|_| schedule.enter(call("busy", Urgency::Edit))).collect();
        let (news, edit) =
            (schedule.enter(call("a", Urgency::News)), schedule.enter(call("a", Urgency::Edit)));
        schedule.hurry(&Lane::Of("a".to_owned()), Urgency::Match);
        schedule.hurry(&Lane::Of("nobody's".to_owned()), Urgency::Match);
        assert_eq!(sent(&mut schedule, now), [news, others[0]]);
        schedule.ended(news, Told::Nothing, now);
        assert_eq!(sent(&mut schedule, now), [edit]);
    }

    #[test]
    fn what_is_given_up_holds_up_nobody() {
        let (mut schedule, now) = (Schedule::default(), clock::instant());
        let ids = ["a", "a", "b"].map(|lane| schedule.enter(call(lane, Urgency::Match)));
        schedule.give_up(ids[0]);
        assert_eq!(sent(&mut schedule, now), [ids[1], ids[2]]);
        schedule.give_up(ids[1]);
        assert_eq!(schedule.waiting(), 0);
        ids.iter().for_each(|id| schedule.ended(*id, Told::Nothing, now));
        assert!(schedule.lanes.is_empty() && schedule.ready.is_empty() && schedule.calls.is_empty());
    }
}
