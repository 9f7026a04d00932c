//! The state, the records on their way to disk, and everything that waits for them.

use super::workers::Wanted;
use super::{Event as LoopEvent, requests};
use crate::domain::cards::Content;
use crate::domain::ladder::{Decision, Input, Ladder, Rebuild, RebuildMatches};
use crate::domain::memory;
use crate::domain::overrides::CurrentSeason;
use crate::domain::season::{Pace, Season};
use crate::failpoint;
use crate::ipc::link::{Link, WriterProtocol};
use crate::ipc::trace;
use crate::telemetry::latency::Latency;
use anyhow::{Context, bail};
use bytes::Bytes;
use ipc_schema::PROTOCOL_VERSION;
use ipc_schema::backend::{BackendReply, BackendRequest, ShowCard};
use ipc_schema::db_writer::{Record, StoredReply, WriterReply, WriterRequest};
use ipc_schema::event::Places;
use ipc_schema::frame;
use ipc_schema::ids::{CardId, JobId, Key, LadderId, Seq, Trace, UserId};
use ipc_schema::snapshot::{Part, StoredAnswer};
use ipc_schema::staff::StaffRole;
use ipc_schema::view::{CardView, PostPlace, ReplayStage};
use ipc_schema::vocab::{FileHash, Locale, Refusal, Timestamp};
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How long a request's answer is remembered: as long as Discord lets it be given.
const REMEMBERED: Duration = Duration::from_secs(15 * 60);

/// Discord makes a message once for a nonce, for some minutes. After so long it counts as forgotten.
const NONCE_KEPT: Duration = Duration::from_secs(2 * 60);

/// A replay that is judged so soon is told of in one message instead of a message and its edit.
const UNMENTIONED: Duration = Duration::from_millis(800);

/// Records decided and not yet on disk at which players are told that the ladder is busy. It is a
/// second or more of a healthy disk's work.
pub(super) const UNSAVED: u64 = 4096;

/// Parts of a snapshot that are asked for before the first is there.
const PARTS_AHEAD: usize = 4;

/// How long to wait for a page of the ladder's history, over restarts of the writer. Where it waits for its
/// database so does this; the number only bounds that. A writer that hangs is ended by the supervisor.
const PAGE_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// After the disk refused, so long nothing is decided: a full disk stays full for a while, and each
/// refusal costs a load.
const READ_ONLY_PAUSE: Duration = Duration::from_secs(1);

/// Records in one append: a large one, a judged replay of a hostile file, has some 100 KB. A correction of
/// ratings may have fifty times that, and goes alone.
const APPEND_RECORDS: usize = 64;

/// Presses that were told no and are not recorded. Older ones are forgotten beyond it, and would be decided if
/// Discord told of them once more.
const TURNED_AWAY: usize = 16_384;

/// Appends are sent until they are answered; the number only bounds what one is told.
const APPEND_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct Core {
    season: CurrentSeason,
    seed: u64,
    ladder: Ladder,
    ladder_id: LadderId,
    writer: Link<WriterProtocol>,
    events: mpsc::Sender<LoopEvent>,
    /// The last record decided, and the last one known to be on disk.
    seq: Seq,
    durable: Seq,
    /// Records decided since the last flush.
    records: Vec<Record>,
    answers: BTreeMap<Key, BackendReply>,
    answered: VecDeque<(Timestamp, Key)>,
    /// What presses were answered that nothing was recorded of: that there was no room, or that nothing could be
    /// saved. Their players read it, so a press that comes again is not decided either.
    turned_away: BTreeMap<Key, BackendReply>,
    /// Replies that wait for their record.
    held: VecDeque<Held>,
    /// The newest version of each card that is due.
    cards: BTreeMap<CardId, DueCard>,
    /// Jobs by the record that took them, with what they belong to, as far as that is remembered.
    jobs: BTreeMap<JobId, (Seq, Trace)>,
    /// Records on their way to the disk: the last of what was handed over at a time, and since when.
    on_the_way: VecDeque<(Seq, Instant)>,
    /// Waves so far, since this process loaded the ladder.
    waves: u64,
    /// From handing records over to knowing them on disk.
    durable_after: Latency,
    refused: bool,
    /// After a refusal nothing is decided until then.
    read_only_until: Timestamp,
    /// Counts loads: an answer to an append of an older one says nothing any more.
    generation: u64,
    last_now: Timestamp,
    /// When the next tick was found to be due, and at which record. Finding it looks at every match and
    /// everybody who waits.
    next_tick: Cell<Option<(Seq, Option<Timestamp>)>>,
}

/// A card as it was at its record.
#[derive(Debug)]
struct DueCard {
    seq: Seq,
    /// Nobody tried to post it before then.
    since: Timestamp,
    show: ShowCard,
}

impl DueCard {
    /// Until when it is not worth a message of its own: that a replay is being read, while what was read may
    /// still come first.
    fn kept_back_until(&self) -> Option<Timestamp> {
        let ShowCard { message, view, .. } = &self.show;
        let is_being_read = matches!(view, CardView::Replay(replay) if replay.stage == ReplayStage::Reading && message.is_none());
        is_being_read.then(|| self.since + UNMENTIONED)
    }
}

/// A reply, of which request on which connection.
struct Held {
    seq: Seq,
    connection: u64,
    id: u64,
    key: Option<Key>,
    reply: BackendReply,
}

impl Core {
    pub(super) fn new(
        season: Season,
        seed: u64,
        writer: Link<WriterProtocol>,
        events: mpsc::Sender<LoopEvent>,
    ) -> Core {
        Core {
            ladder: Ladder::new(seed),
            season: CurrentSeason::new(season),
            seed,
            ladder_id: LadderId(0),
            writer,
            events,
            seq: Seq(0),
            durable: Seq(0),
            records: Vec::new(),
            answers: BTreeMap::new(),
            answered: VecDeque::new(),
            turned_away: BTreeMap::new(),
            held: VecDeque::new(),
            cards: BTreeMap::new(),
            jobs: BTreeMap::new(),
            on_the_way: VecDeque::new(),
            waves: 0,
            durable_after: Latency::new("durable"),
            refused: false,
            read_only_until: Timestamp::ZERO,
            generation: 0,
            last_now: Timestamp::ZERO,
            next_tick: Cell::new(None),
        }
    }

    pub(super) fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    pub(super) fn season(&self) -> &Season {
        self.season.get()
    }

    /// How often messages are told anew that are only to stay true.
    pub(super) fn set_pace(&mut self, pace: Pace) {
        self.season.set_pace(pace);
    }

    pub(super) fn ladder_id(&self) -> LadderId {
        self.ladder_id
    }

    pub(super) fn seq(&self) -> Seq {
        self.seq
    }

    pub(super) fn unsaved(&self) -> u64 {
        self.seq.0 - self.durable.0
    }

    /// What the answers that are remembered take of memory, about.
    pub(super) fn answers_bytes(&self) -> usize {
        memory::of_flat_map(&self.answers)
            + memory::of_deque(&self.answered)
            + memory::of_flat_map(&self.turned_away)
    }

    /// For how long the oldest record that is not known to be on disk has been on its way.
    pub(super) fn lag(&self) -> Duration {
        self.on_the_way.front().map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }

    pub(super) fn waves(&self) -> u64 {
        self.waves
    }

    pub(super) fn durable_after(&self) -> &Latency {
        &self.durable_after
    }

    pub(super) fn all_saved(&self) -> bool {
        self.durable == self.seq
    }

    /// The time, which never goes back here: events are in its order.
    pub(super) fn now(&mut self) -> Timestamp {
        self.last_now = self.last_now.max(crate::clock::now());
        self.last_now
    }

    /// Makes the state anew from all that the db-writer has on disk.
    pub(super) async fn load(&mut self) -> anyhow::Result<()> {
        let mut fresh =
            Core::new(self.season.base().clone(), self.seed, self.writer.clone(), self.events.clone());
        // Replies that are held were refused, and their players still wait for an answer.
        fresh.held = std::mem::take(&mut self.held);
        fresh.turned_away = std::mem::take(&mut self.turned_away);
        fresh.read_only_until = self.read_only_until;
        fresh.generation = self.generation + 1;
        (fresh.waves, fresh.durable_after) =
            (self.waves, std::mem::replace(&mut self.durable_after, Latency::new("durable")));
        *self = fresh;
        let since = crate::clock::now() - REMEMBERED;
        let mut last_at = self.load_snapshot(since).await?;
        // Cards of the last minutes; of older ones nobody knows when they were tried first.
        let mut made_at: BTreeMap<CardId, Timestamp> = BTreeMap::new();
        let gone_at = loop {
            let request = WriterRequest::Load { after: self.seq };
            let answer = self.writer.call(None, request, Bytes::new(), PAGE_LIMIT).await;
            let (records, end) = match answer.context("ask the db-writer")?.0 {
                WriterReply::Load { ladder, records, complete, backend_gone_at } => {
                    self.ladder_id = ladder;
                    (records, complete.then_some(backend_gone_at))
                }
                WriterReply::ReadOnly { reason } => bail!("the db-writer cannot read the history: {reason}"),
                other => bail!("the db-writer answered a load with {other:?}"),
            };
            for record in records {
                assert_eq!(record.seq.0, self.seq.0 + 1, "the history has no gaps");
                self.seq = record.seq;
                last_at = Some(record.at);
                let first_card = self.ladder.cards().next_id();
                record.events.iter().for_each(|event| self.ladder.evolve(event));
                if record.at >= since {
                    let made = first_card.0..self.ladder.cards().next_id().0;
                    made_at.extend(made.map(|card| (CardId(card), record.at)));
                }
                if record.at >= since
                    && let (Some(key), Some(reply)) = (record.key, &record.reply)
                {
                    self.remember_stored(record.at, key, reply);
                }
            }
            if let Some(gone_at) = end {
                break gone_at;
            }
        };
        self.durable = self.seq;
        self.season.follow(self.ladder.overrides());
        self.ladder.take_changed_cards();
        let due: Vec<CardId> = self.ladder.cards().due().collect();
        self.render_cards(due, |card| made_at.get(&card).copied().unwrap_or(Timestamp::ZERO));
        self.jobs = self.ladder.jobs().map(|(job, _)| (job, (self.seq, Trace::NONE))).collect();
        // Nobody's deadline runs while nobody can press: without a witness, since the last record.
        if let Some(since) = gone_at.or(last_at) {
            let until = self.now();
            self.take(&Input::TimeLost { since, until });
        }
        self.take(&Input::Started);
        Ok(())
    }

    /// Begins a load with the newest snapshot, and says of when its last record is. A writer that came
    /// back meanwhile may have another one, with which it begins anew.
    async fn load_snapshot(&mut self, since: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        loop {
            let head = match self.ask(WriterRequest::LoadSnapshot)?.await.context("ask the db-writer")?.0 {
                WriterReply::Snapshot(None) => return Ok(None),
                WriterReply::Snapshot(Some(head)) => head,
                other => bail!("the db-writer answered a load with {other:?}"),
            };
            // Made on two threads of their own, while the next parts come.
            let (parts, mut coming) = mpsc::channel::<Bytes>(PARTS_AHEAD);
            let (match_parts, mut coming_of_matches) = mpsc::channel::<Bytes>(PARTS_AHEAD);
            let (made, of_matches) = oneshot::channel();
            let matches = tokio::task::spawn_blocking(move || {
                let mut rebuild = RebuildMatches::default();
                while let Some(bytes) = coming_of_matches.blocking_recv() {
                    let part = frame::from_bytes(&bytes).context("read a part of the snapshot")?;
                    anyhow::ensure!(rebuild.take(part).is_none(), "a part of the snapshot is not of matches");
                }
                // Whoever waits for them may have given up.
                made.send(rebuild.finish().context("the snapshot makes no matches")?).ok();
                anyhow::Ok(())
            });
            let seed = self.seed;
            let rest = tokio::task::spawn_blocking(move || {
                let (mut rebuild, mut answers) = (Rebuild::default(), Vec::new());
                while let Some(bytes) = coming.blocking_recv() {
                    let part = frame::from_bytes(&bytes).context("read a part of the snapshot")?;
                    if let Some(Part::Answers(rows)) = rebuild.take(part) {
                        answers.extend(rows);
                    }
                }
                let made = rebuild.finish(seed, || of_matches.blocking_recv().ok());
                let (ladder, at) = made.context("the snapshot makes no ladder")?;
                anyhow::Ok((ladder, at, answers))
            });
            let (begin, end) = head.of_matches;
            let (are_there, matches_are_there) = tokio::try_join!(
                self.fetch(head.seq, (0..begin).chain(end..head.parts), parts),
                self.fetch(head.seq, begin..end, match_parts),
            )?;
            if !(are_there && matches_are_there) {
                continue;
            }
            matches.await.context("rebuild the ladder")??;
            let (ladder, at, answers) = rest.await.context("rebuild the ladder")??;
            (self.ladder, self.ladder_id, self.seq) = (ladder, head.ladder, head.seq);
            for StoredAnswer { at, key, reply } in answers.iter().filter(|answer| answer.at >= since) {
                self.remember_stored(*at, *key, reply);
            }
            return Ok(Some(at));
        }
    }

    /// Hands over parts of the snapshot of that record, the next ones of which are on their way meanwhile.
    /// False where the db-writer has it no more.
    async fn fetch(
        &self,
        seq: Seq,
        mut parts: impl Iterator<Item = u32>,
        to: mpsc::Sender<Bytes>,
    ) -> anyhow::Result<bool> {
        let mut asked = VecDeque::new();
        loop {
            while asked.len() < PARTS_AHEAD
                && let Some(part) = parts.next()
            {
                asked.push_back(self.ask(WriterRequest::SnapshotPart { seq, part })?);
            }
            let Some(answer) = asked.pop_front() else { return Ok(true) };
            match answer.await.context("ask the db-writer")? {
                // Whoever takes them says afterwards why it ended.
                (WriterReply::SnapshotPart(Some(_)), bytes) => drop(to.send(bytes).await),
                (WriterReply::SnapshotPart(None), _) => return Ok(false),
                (WriterReply::ReadOnly { reason }, _) => {
                    bail!("the db-writer cannot read the snapshot: {reason}")
                }
                (other, _) => bail!("the db-writer answered a load with {other:?}"),
            }
        }
    }

    /// Asks the db-writer at once; the answer is to be waited for.
    fn ask(
        &self,
        request: WriterRequest,
    ) -> anyhow::Result<impl Future<Output = anyhow::Result<(WriterReply, Bytes)>> + use<>> {
        let answer =
            self.writer.begin(None, request, Bytes::new(), PAGE_LIMIT).context("ask the db-writer")?;
        Ok(async { Ok(tokio::time::timeout(PAGE_LIMIT, answer).await??) })
    }

    /// Remembers an answer, unless another build made it.
    fn remember_stored(&mut self, at: Timestamp, key: Key, reply: &StoredReply) {
        if reply.protocol == PROTOCOL_VERSION {
            match frame::from_bytes(&reply.bytes) {
                Ok(reply) => self.remember(at, key, reply),
                Err(error) => tracing::error!("the answer under {key:?} is unreadable: {error}"),
            }
        }
    }

    /// The answer to a request that was decided before under this key: a refusal as it was, a view
    /// as it is by now, since the player may have seen a newer one than was recorded.
    pub(super) fn repeated(&mut self, key: Key, request: &BackendRequest) -> Option<BackendReply> {
        let Some(recorded) = self.answers.get(&key).cloned() else {
            return self.turned_away.get(&key).cloned();
        };
        match recorded {
            // What staff confirmed stays what they read, also once the log has moved on.
            BackendReply::Refused { .. }
            | BackendReply::Taken
            | BackendReply::Session(_)
            | BackendReply::Staff { .. }
            | BackendReply::ReplayTaken { .. }
            | BackendReply::PastMatch { .. }
            | BackendReply::MatchChoices { .. }
            | BackendReply::ReplayFile(_) => Some(recorded),
            BackendReply::Setup(_)
            | BackendReply::Queue { .. }
            | BackendReply::Match { .. }
            | BackendReply::Leaderboard { .. }
            | BackendReply::Profile { .. }
            | BackendReply::PlayerNames(_)
            | BackendReply::MatchChannels(_)
            | BackendReply::Activity { .. }
            | BackendReply::Language { .. }
            | BackendReply::Country { .. }
            | BackendReply::Notifications { .. }
            | BackendReply::Guide { .. }
            | BackendReply::Dms { .. }
            | BackendReply::HeldBack { .. } => {
                let now = self.now();
                match requests::reply(&self.ladder, self.season.get(), now, request) {
                    // It was done, and then what it shows went out of reach.
                    BackendReply::Refused { .. } => Some(recorded),
                    view => Some(view),
                }
            }
        }
    }

    /// What must not even be decided: too much is unsaved, or the request is older than memory.
    pub(super) fn refuse_before_deciding(
        &mut self,
        key: Option<Key>,
        request: &BackendRequest,
        now: Timestamp,
    ) -> Option<BackendReply> {
        let stale = key
            .and_then(Key::snowflake)
            .is_some_and(|snowflake| now.since(Timestamp::of_snowflake(snowflake)) > REMEMBERED);
        let refusal = if stale {
            Refusal::Stale
        } else if now < self.read_only_until {
            Refusal::ReadOnly
        } else if self.unsaved() >= UNSAVED {
            Refusal::Busy
        } else {
            return None;
        };
        let refused = requests::refused(&self.ladder, request, refusal);
        self.turn_away(key, &refused);
        Some(refused)
    }

    /// Remembers what a press is answered without a record. All else that is refused is asked for again under
    /// its key, until it is done.
    fn turn_away(&mut self, key: Option<Key>, reply: &BackendReply) {
        if let Some(key @ Key::Interaction(_)) = key {
            self.turned_away.insert(key, reply.clone());
            if self.turned_away.len() > TURNED_AWAY {
                // Ids of interactions grow, so this is the oldest.
                self.turned_away.pop_first();
            }
        }
    }

    /// The answer to what asks nothing of the rules.
    pub(super) fn look(&mut self, request: &BackendRequest) -> BackendReply {
        let now = self.now();
        requests::reply(&self.ladder, self.season.get(), now, request)
    }

    /// Decides a request and makes its reply, recorded under the key.
    pub(super) fn act(&mut self, key: Option<Key>, request: &BackendRequest, input: &Input) -> BackendReply {
        // The same request may have been decided while this one's file was being stored.
        if let Some(reply) = key.and_then(|key| self.repeated(key, request)) {
            return reply;
        }
        let now = self.now();
        let Decision { events, refusal } = self.ladder.decide(self.season.get(), now, input);
        self.evolve(&events);
        let reply = match refusal {
            Some(refusal) => requests::refused(&self.ladder, request, refusal),
            None => requests::reply(&self.ladder, self.season.get(), now, request),
        };
        if key.is_some() || !events.is_empty() {
            let stored =
                key.map(|_| StoredReply { protocol: PROTOCOL_VERSION, bytes: frame::to_bytes(&reply) });
            self.record(now, key, events, stored);
            if let Some(key) = key {
                self.remember(now, key, reply.clone());
            }
        }
        reply
    }

    /// Decides something that nobody waits for.
    pub(super) fn take(&mut self, input: &Input) {
        let now = self.now();
        let events = self.ladder.decide(self.season.get(), now, input).events;
        if !events.is_empty() {
            self.evolve(&events);
            self.record(now, None, events, None);
        }
    }

    fn evolve(&mut self, events: &[ipc_schema::event::Event]) {
        events.iter().for_each(|event| self.ladder.evolve(event));
        self.season.follow(self.ladder.overrides());
    }

    /// The environment names the owner, who is one of the ladder's from then on.
    pub(super) fn name_owner(&mut self, owner: Option<UserId>) {
        if let Some(user) = owner.filter(|user| self.ladder.staff().role(*user) != Some(StaffRole::Owner)) {
            tracing::info!("LADDER_OWNER makes {user} an owner of the ladder");
            self.take(&Input::OwnerNamed { user });
        }
    }

    /// The environment says where the ladder speaks besides DMs, at each start anew.
    pub(super) fn name_places(&mut self, places: Places) {
        if *self.ladder.places() != places {
            tracing::info!("the ladder speaks in other channels than before: {places:?}");
            self.take(&Input::PlacesNamed { places });
        }
    }

    /// Decides all that is due by time.
    pub(super) fn tick(&mut self) {
        let now = self.now();
        if self.is_read_only() {
            return;
        }
        while self.tick_due(now).is_some_and(|at| at <= now) {
            let before = self.seq;
            self.take(&Input::Tick);
            assert!(self.seq > before, "a tick that is due makes something true");
        }
        while let Some((at, key)) = self.answered.front()
            && now.since(*at) > REMEMBERED
        {
            self.answers.remove(key);
            self.answered.pop_front();
        }
    }

    /// Whether the disk refused a moment ago.
    pub(super) fn is_read_only(&self) -> bool {
        self.last_now < self.read_only_until
    }

    pub(super) fn next_tick(&self) -> Option<Timestamp> {
        if self.is_read_only() {
            return Some(self.read_only_until);
        }
        self.tick_due(crate::clock::now().max(self.last_now))
    }

    /// Of one state, and until it has come, that is one moment.
    fn tick_due(&self, now: Timestamp) -> Option<Timestamp> {
        if let Some((seq, due)) = self.next_tick.get()
            && seq == self.seq
            && due.is_none_or(|at| at > now)
        {
            return due;
        }
        let due = self.ladder.next_tick(self.season.get(), now);
        self.next_tick.set(Some((self.seq, due)));
        due
    }

    fn record(
        &mut self,
        at: Timestamp,
        key: Option<Key>,
        events: Vec<ipc_schema::event::Event>,
        reply: Option<StoredReply>,
    ) {
        self.seq = Seq(self.seq.0 + 1);
        tracing::debug!(seq = self.seq.0, events = events.len(), "decided");
        let changed = self.ladder.take_changed_cards();
        self.render_cards(changed, |_| at);
        for event in &events {
            match event {
                ipc_schema::event::Event::ReplayTaken { job, .. } => {
                    self.jobs.insert(*job, (self.seq, trace::current()));
                }
                ipc_schema::event::Event::WaveFired { .. } => self.waves += 1,
                _ => {}
            }
        }
        self.records.push(Record { seq: self.seq, at, key, events, reply });
        failpoint::hit("backend: decided").ok();
    }

    fn remember(&mut self, at: Timestamp, key: Key, reply: BackendReply) {
        self.answers.insert(key, reply);
        self.answered.push_back((at, key));
    }

    /// Keeps what the cards show at this record, to be sent once the record is on disk. `since` is when
    /// one is due for the first time.
    fn render_cards(&mut self, cards: Vec<CardId>, since: impl Fn(CardId) -> Timestamp) {
        for id in cards {
            let Some(card) = self.ladder.cards().get(id) else { continue };
            let Some(view) = self.ladder.card_view(self.season.get(), self.last_now, id) else { continue };
            let replaces = match card.content {
                Content::Queue { replaces, .. } => replaces.map(|(_, message)| message),
                _ => None,
            };
            let place = self.ladder.place_of(id);
            let (user, locale, dm) = match (self.ladder.player(card.player), &place) {
                (Some(player), _) => (player.user, player.locale, player.channel),
                // In channels everybody reads the same.
                (None, Some(PostPlace::Channel { channel, .. })) => (UserId(channel.0), Locale::EnUs, None),
                (None, Some(PostPlace::Thread(_))) => (UserId(id.0), Locale::EnUs, None),
                (None, None) => continue,
            };
            let show = ShowCard {
                card: id,
                version: card.version,
                user,
                place,
                locale,
                channel: card.message.map(|(channel, _)| channel).or(dm),
                message: card.message.map(|(_, message)| message),
                replaces,
                tried_since: None,
                trace: trace::current(),
                view,
            };
            // A message that is gone was posted, and what takes its place is another post.
            let unposted = self.cards.get(&id).filter(|due| due.show.message.is_none());
            let since = unposted.map_or_else(|| since(id), |due| due.since);
            self.cards.insert(id, DueCard { seq: self.seq, since, show });
        }
    }

    /// Holds a reply until everything it was computed from is on disk.
    pub(super) fn hold(&mut self, connection: u64, id: u64, reply: BackendReply) {
        self.hold_under(None, connection, id, reply);
    }

    /// The same for what was asked under a key.
    pub(super) fn hold_under(&mut self, key: Option<Key>, connection: u64, id: u64, reply: BackendReply) {
        self.held.push_back(Held { seq: self.seq, connection, id, key, reply });
    }

    /// Hands the records decided since the last call to the db-writer.
    pub(super) fn flush(&mut self) {
        if self.records.is_empty() || self.refused {
            return;
        }
        let mut records = std::mem::take(&mut self.records);
        while !records.is_empty() {
            let alone = records.iter().position(moves_many_ratings);
            let together = alone.map_or(records.len(), |at| at.max(1)).min(APPEND_RECORDS);
            let rest = records.split_off(together);
            self.append(std::mem::replace(&mut records, rest));
        }
    }

    fn append(&mut self, records: Vec<Record>) {
        let Some(last) = records.last().map(|record| record.seq) else { return };
        let answer = self.writer.begin(None, WriterRequest::Append { records }, Bytes::new(), APPEND_LIMIT);
        let (events, generation) = (self.events.clone(), self.generation);
        match answer {
            Ok(answer) => {
                self.on_the_way.push_back((last, crate::clock::instant()));
                tokio::spawn(async move {
                    let answer = answer.await.ok().map(|(reply, _)| reply);
                    events.send(LoopEvent::Appended { generation, answer }).await.ok();
                });
                failpoint::hit("backend: handed to the writer").ok();
            }
            // Memory is ahead of what can ever be stored: go back to the disk.
            Err(error) => {
                tracing::error!("cannot hand records to the db-writer: {error}");
                self.refused = true;
            }
        }
    }

    pub(super) fn appended(&mut self, generation: u64, answer: Option<WriterReply>) {
        if generation != self.generation {
            return;
        }
        match answer {
            Some(WriterReply::Appended { through }) => {
                failpoint::hit("backend: acknowledged").ok();
                self.durable = self.durable.max(through.min(self.seq));
                while let Some((_, since)) = self.on_the_way.pop_front_if(|(seq, _)| *seq <= self.durable) {
                    self.durable_after.took(since.elapsed());
                }
            }
            refused => {
                tracing::error!("the db-writer stored nothing: {refused:?}");
                self.refused = true;
            }
        }
    }

    /// Whether memory is ahead of the disk for good. Those who wait for the lost records are told
    /// that the ladder is read-only.
    pub(super) fn must_reload(&mut self) -> bool {
        if self.refused {
            self.read_only_until = self.now() + READ_ONLY_PAUSE;
            let (mut held, durable) = (std::mem::take(&mut self.held), self.durable);
            for Held { seq, key, reply, .. } in held.iter_mut().filter(|held| held.seq > durable) {
                let locale = requests::locale_of(reply);
                *reply = BackendReply::Refused { locale, refusal: Refusal::ReadOnly };
                *seq = Seq(0);
                self.turn_away(*key, reply);
            }
            self.held = held;
        }
        self.refused
    }

    pub(super) fn take_due_replies(&mut self) -> Vec<(u64, u64, BackendReply)> {
        let mut due = Vec::new();
        while self.held.front().is_some_and(|held| held.seq <= self.durable) {
            let Held { connection, id, reply, .. } = self.held.pop_front().expect("it was just looked at");
            due.push((connection, id, reply));
        }
        due
    }

    /// Cards whose newest version is on disk and not shown, but for those that `skip` names.
    pub(super) fn due_cards(&mut self, skip: impl Fn(CardId) -> bool) -> Vec<ShowCard> {
        let now = self.now();
        let (ladder, durable) = (&self.ladder, self.durable);
        self.cards.retain(|id, DueCard { show, .. }| {
            ladder
                .cards()
                .get(*id)
                .is_some_and(|card| card.shown < show.version && card.version == show.version)
        });
        // One that is held back is rendered anew when it no longer is.
        let due = self.cards.iter().filter(|(id, due)| {
            let is_kept_back = due.kept_back_until().is_some_and(|until| until > now);
            due.seq <= durable && !is_kept_back && !skip(**id) && !ladder.cards().is_held(**id)
        });
        due.map(|(id, DueCard { since, show, .. })| {
            // Where the message is may have become known after the card was rendered.
            let message = ladder.cards().get(*id).and_then(|card| card.message);
            let channel = message.map(|(channel, _)| channel).or(show.channel);
            let forgotten = message.is_none() && now.since(*since) > NONCE_KEPT;
            let tried_since = forgotten.then_some(*since);
            ShowCard { channel, message: message.map(|(_, message)| message), tried_since, ..show.clone() }
        })
        .collect()
    }

    /// When the next card is no longer kept back, of those that were when somebody looked last.
    pub(super) fn next_to_mention(&self) -> Option<Timestamp> {
        self.cards.values().filter_map(DueCard::kept_back_until).filter(|until| *until > self.last_now).min()
    }

    /// Jobs whose upload is on disk, those that are being read included.
    pub(super) fn due_jobs(&mut self) -> impl Iterator<Item = Wanted> {
        self.jobs.retain(|job, _| self.ladder.job(*job).is_some());
        let due = self.jobs.iter().filter(|(_, (seq, _))| *seq <= self.durable);
        due.filter_map(|(job, (_, trace))| {
            let known = self.ladder.job(*job)?;
            Some(Wanted { job: *job, player: known.player, hash: known.hash, trace: *trace })
        })
    }

    /// What a job belongs to.
    pub(super) fn trace_of(&self, job: JobId) -> Trace {
        self.jobs.get(&job).map_or(Trace::NONE, |(_, trace)| *trace)
    }

    /// The job that the newest upload of this file became.
    pub(super) fn newest_job(&self, hash: FileHash) -> Option<JobId> {
        self.ladder.jobs().filter(|(_, job)| job.hash == hash).map(|(id, _)| id).last()
    }
}

fn moves_many_ratings(record: &Record) -> bool {
    record.events.iter().any(|event| matches!(event, ipc_schema::event::Event::Rerated { .. }))
}

#[cfg(test)]
mod tests;
