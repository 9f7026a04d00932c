//! The database half: batches into PostgreSQL against COPY, row by row and a plain upsert, near and at
//! a distance, and how long it is from request to durable. The server is the bench's own, with fsync.

use super::load::{self, PLAYERS};
use super::postgres::Postgres;
use super::{median, relay};
use anyhow::Context;
use evoladder::clock::instant;
use evoladder::config::{Durability, Secret};
use evoladder::db_writer::lease::Terms;
use evoladder::db_writer::project::{Following, Projector};
use evoladder::journal::commit::Commits;
use evoladder::journal::{FORMAT, Journal};
use evoladder::store::{Claim, Database, Store};
use ipc_schema::db_writer::Record;
use ipc_schema::frame;
use ipc_schema::ids::{LadderId, Seq};
use serde::Serialize;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use sqlx::{Connection, Executor, Postgres as Dialect};
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

const LADDER: LadderId = LadderId(1);

/// Of the delayed link, in each direction.
const EACH_WAY: Duration = Duration::from_millis(10);

/// Of a record: one of `events`, and one of `matches`.
const ROWS: u64 = 2;

/// Rows in a batch, and batches in a round, near and at a distance.
const BATCHES: [(u64, u64, u64); 2] = [(100, 20, 5), (1_000, 4, 4)];

/// Single rows in a round.
const SINGLE_NEAR: u64 = 200;
const SINGLE_FAR: u64 = 20;

/// Rows a second at a distance, to those row by row: with 100 rows in a batch and with 1,000.
const FAR_GOALS: [f64; 2] = [90.0, 300.0];

/// The time of a batch to that of a plain upsert, at a distance.
const ONCE_GOAL: f64 = 1.1;

/// Clients, and records they append in a round, with the database near and at a distance.
const LOADS: [(usize, u64, u64); 3] = [(1, 300, 30), (16, 3_000, 400), (256, 20_000, 6_000)];

/// What the tables lack after an outage.
const OUTAGE_RECORDS: u64 = 100_000;
/// So many times at the most, since it takes long.
const OUTAGES: u32 = 5;

#[derive(Serialize)]
pub(crate) struct Report {
    batches: Vec<BatchRow>,
    durable: Vec<DurableRow>,
    catch_up: CatchUp,
}

/// One size of batch, with the server at one distance.
#[derive(Serialize)]
struct BatchRow {
    link: &'static str,
    batch_rows: u64,
    /// Of `Store::apply`. Half of them are of `events` and half of `matches`; its row of progress is not counted.
    rows_per_s: f64,
    apply_ms: f64,
    /// The same rows, each by a statement that is committed by itself.
    single_per_s: f64,
    single_ratio: f64,
    single_goal: Option<f64>,
    /// One statement with both tables, without progress.
    upsert_ms: f64,
    once_ratio: f64,
    once_goal: Option<f64>,
    /// COPY into tables without a constraint or an index; and into those that the ladder has.
    copy_per_s: f64,
    copy_ratio: f64,
    copy_constrained_per_s: f64,
    copy_constrained_ratio: f64,
    /// `Store::apply` in SQLite.
    sqlite_per_s: Option<f64>,
    met: bool,
}

#[derive(Serialize)]
struct DurableRow {
    durability: &'static str,
    link: &'static str,
    clients: usize,
    records: u64,
    events_per_s: f64,
    /// From the request until it is durable, all rounds together.
    p50_ms: f64,
    p99_ms: f64,
}

/// A journal that the tables lack, brought in through the projector.
#[derive(Serialize)]
struct CatchUp {
    records: u64,
    /// Rows of `events`, and changes of other tables.
    rows: u64,
    records_per_s: f64,
    rows_per_s: f64,
}

/// None where PostgreSQL is not installed.
pub(crate) fn measure(dir: &Path, rounds: u32) -> anyhow::Result<Option<Report>> {
    let Some(server) = Postgres::start(&["fsync=on"]) else { return Ok(None) };
    // As the db-writer runs.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let far = relay::start(server.port(), EACH_WAY).context("start the delayed link")?;
    runtime.block_on(async {
        let links = Links { server: &server, far };
        let batches = batches(&links, dir, rounds).await?;
        let durable = durables(&links, dir, rounds).await?;
        let catch_up = catch_up(&links, dir, rounds).await?;
        Ok(Some(Report { batches, durable, catch_up }))
    })
}

impl Report {
    pub(crate) fn print(&self) {
        println!();
        println!(
            "PostgreSQL       rows     rows/s  apply ms  one by one  ratio  goal  upsert ms  ratio  goal     COPY/s  ratio  constrained  ratio   SQLite/s"
        );
        let goal = |goal: Option<f64>| goal.map_or("-".to_owned(), |goal| goal.to_string());
        for row in &self.batches {
            println!(
                "{:<14} {:>6} {:>10.0} {:>9.2} {:>11.0} {:>6.1} {:>5} {:>10.2} {:>6.2} {:>5} {:>10.0} {:>6.2} {:>12.0} {:>6.2} {:>10}",
                row.link,
                row.batch_rows,
                row.rows_per_s,
                row.apply_ms,
                row.single_per_s,
                row.single_ratio,
                goal(row.single_goal),
                row.upsert_ms,
                row.once_ratio,
                goal(row.once_goal),
                row.copy_per_s,
                row.copy_ratio,
                row.copy_constrained_per_s,
                row.copy_constrained_ratio,
                row.sqlite_per_s.map_or("-".to_owned(), |per_s| format!("{per_s:.0}"))
            );
        }
        println!();
        println!("DURABILITY  PostgreSQL     clients   events/s    p50 ms    p99 ms");
        for row in &self.durable {
            println!(
                "{:<11} {:<14} {:>7} {:>10.0} {:>9.2} {:>9.2}",
                row.durability, row.link, row.clients, row.events_per_s, row.p50_ms, row.p99_ms
            );
        }
        let CatchUp { records, records_per_s, rows_per_s, .. } = &self.catch_up;
        println!(
            "after an outage of {records} records: {records_per_s:.0} records/s, {rows_per_s:.0} rows/s"
        );
    }
}

/// How the server is reached.
struct Links<'a> {
    server: &'a Postgres,
    far: u16,
}

#[derive(Clone, Copy, PartialEq)]
enum Link {
    Near,
    Far,
}

impl Link {
    fn name(self) -> &'static str {
        match self {
            Link::Near => "local socket",
            Link::Far => "20 ms away",
        }
    }
}

impl Links<'_> {
    /// A new database, with its address by each link: a socket in the file system, or the delayed one.
    fn fresh(&self) -> [String; 2] {
        let url = self.server.fresh();
        let name = url.rsplit('/').next().expect("a URL has a path").to_owned();
        let (root, port, far) = (self.server.root().display(), self.server.port(), self.far);
        [
            format!("postgres://postgres@localhost:{port}/{name}?host={root}&sslmode=disable"),
            format!("postgres://postgres@127.0.0.1:{far}/{name}?sslmode=disable"),
        ]
    }
}

fn database(url: &str) -> anyhow::Result<Database> {
    Ok(Database::of(Path::new("."), Some(&Secret::new(url)))?)
}

/// Ours, which goes on from the last record.
struct Ours {
    store: Store,
    last: u64,
}

impl Ours {
    async fn open(database: Database) -> anyhow::Result<Ours> {
        let mut store = Store::open(database).await?;
        store.apply(LADDER, &load::joins()).await?;
        Ok(Ours { store, last: PLAYERS })
    }

    /// The time of each of some batches.
    async fn apply(&mut self, size: u64, batches: u64) -> anyhow::Result<Vec<Duration>> {
        let mut each = Vec::new();
        for _ in 0..batches {
            let records: Vec<Record> = (self.last + 1..=self.last + size).map(load::found).collect();
            let began = instant();
            let applied = self.store.apply(LADDER, &records).await?;
            each.push(began.elapsed());
            self.last += size;
            anyhow::ensure!(applied == Seq(self.last), "a batch of {size} was parted");
        }
        Ok(each)
    }
}

/// Somebody who writes the same rows in another way.
struct Rival {
    connection: PgConnection,
    last: u64,
}

impl Rival {
    /// With the tables that the ladder makes, and players in them.
    async fn open(urls: &[String; 2], link: Link) -> anyhow::Result<Rival> {
        Ours::open(database(&urls[0])?).await?;
        let mut connection = PgConnection::connect(&urls[link as usize]).await?;
        // As the store has it; and the plain tables, for who writes there.
        connection
            .execute(
                "set synchronous_commit = on; set jit = off;
                 create table plain_events (like events); create table plain_matches (like matches)",
            )
            .await?;
        Ok(Rival { connection, last: PLAYERS })
    }

    fn next(&mut self, size: u64) -> Vec<Record> {
        let records = (self.last + 1..=self.last + size).map(load::found).collect();
        self.last += size;
        records
    }

    /// The time of each row by itself.
    async fn singles(&mut self, rows: u64) -> anyhow::Result<Vec<Duration>> {
        let mut each = Vec::new();
        for record in self.next(rows / ROWS) {
            let began = instant();
            let event = sqlx::query(
                "insert into events (seq, at_ms, request_key, format, record) values ($1, $2, $3, $4, $5)",
            );
            let event = event.bind(record.seq.0.cast_signed()).bind(record.at.0.cast_signed());
            let event = event.bind(key(&record)).bind(i64::from(FORMAT)).bind(frame::to_bytes(&record));
            self.connection.execute(event).await?;
            each.push(began.elapsed());
            let began = instant();
            let seq = record.seq.0.cast_signed();
            let players = load::players_of(record.seq.0).map(u64::cast_signed);
            let row = sqlx::query(
                "insert into matches (match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
            );
            let row = row.bind(seq).bind(players[0]).bind(players[1]).bind(load::RACES[0].code());
            let row = row.bind(load::RACES[1].code()).bind(load::MAP).bind(load::SERVER.code());
            self.connection.execute(row.bind(record.at.0.cast_signed())).await?;
            each.push(began.elapsed());
        }
        Ok(each)
    }

    async fn upsert(&mut self, size: u64, batches: u64) -> anyhow::Result<Vec<Duration>> {
        let mut each = Vec::new();
        for _ in 0..batches {
            let records = self.next(size);
            let began = instant();
            self.connection.execute(upsert_of(&records)).await?;
            each.push(began.elapsed());
        }
        Ok(each)
    }

    /// Both tables in one transaction.
    async fn copy(&mut self, tables: [&str; 2], size: u64, batches: u64) -> anyhow::Result<Vec<Duration>> {
        let mut each = Vec::new();
        for _ in 0..batches {
            let records = self.next(size);
            let began = instant();
            let mut transaction = self.connection.begin().await?;
            let rows = [Rows::of_events(&records), Rows::of_matches(&records)];
            let columns = [
                "seq, at_ms, request_key, format, record",
                "match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms",
            ];
            for ((table, columns), Rows(bytes)) in tables.into_iter().zip(columns).zip(rows) {
                let statement = format!("copy {table} ({columns}) from stdin (format binary)");
                let mut copy = transaction.copy_in_raw(&statement).await?;
                copy.send(bytes).await?;
                copy.finish().await?;
            }
            transaction.commit().await?;
            each.push(began.elapsed());
        }
        Ok(each)
    }
}

fn key(record: &Record) -> String {
    record.key.map(|key| format!("{key:?}")).expect("every record here has a key")
}

/// One statement with the rows of both tables as arrays.
fn upsert_of(records: &[Record]) -> Query<'static, Dialect, PgArguments> {
    let numbers = |of: &dyn Fn(&Record) -> u64| -> Vec<i64> {
        records.iter().map(|record| of(record).cast_signed()).collect()
    };
    let words = |word: &'static str| vec![word; records.len()];
    let player = |slot: usize| numbers(&|record| load::players_of(record.seq.0)[slot]);
    sqlx::query(
        "with logged as (
             insert into events (seq, at_ms, request_key, format, record)
             select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bytea[])
             on conflict (seq) do update set at_ms = excluded.at_ms, request_key = excluded.request_key,
                 format = excluded.format, record = excluded.record
         )
         insert into matches (match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms)
         select * from unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::text[],
             $12::text[], $13::bigint[])
         on conflict (match_id) do update set player_1_id = excluded.player_1_id,
             player_2_id = excluded.player_2_id, race_1 = excluded.race_1, race_2 = excluded.race_2,
             map = excluded.map, server = excluded.server, paired_at_ms = excluded.paired_at_ms",
    )
    .bind(numbers(&|record| record.seq.0))
    .bind(numbers(&|record| record.at.0))
    .bind(records.iter().map(key).collect::<Vec<String>>())
    .bind(numbers(&|_| FORMAT.into()))
    .bind(records.iter().map(frame::to_bytes).collect::<Vec<Vec<u8>>>())
    .bind(numbers(&|record| record.seq.0))
    .bind(player(0))
    .bind(player(1))
    .bind(words(load::RACES[0].code()))
    .bind(words(load::RACES[1].code()))
    .bind(words(load::MAP))
    .bind(words(load::SERVER.code()))
    .bind(numbers(&|record| record.at.0))
}

/// Rows as COPY wants them in its binary format.
struct Rows(Vec<u8>);

impl Rows {
    fn of_events(records: &[Record]) -> Rows {
        Rows::of(records, 5, |rows, record| {
            rows.number(record.seq.0);
            rows.number(record.at.0);
            rows.field(key(record).as_bytes());
            rows.number(FORMAT.into());
            rows.field(&frame::to_bytes(record));
        })
    }

    fn of_matches(records: &[Record]) -> Rows {
        Rows::of(records, 8, |rows, record| {
            rows.number(record.seq.0);
            load::players_of(record.seq.0).into_iter().for_each(|player| rows.number(player));
            let words = [load::RACES[0].code(), load::RACES[1].code(), load::MAP, load::SERVER.code()];
            words.into_iter().for_each(|word| rows.field(word.as_bytes()));
            rows.number(record.at.0);
        })
    }

    fn of(records: &[Record], columns: i16, fill: impl Fn(&mut Rows, &Record)) -> Rows {
        let mut rows = Rows(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec());
        for record in records {
            rows.0.extend(columns.to_be_bytes());
            fill(&mut rows, record);
        }
        rows.0.extend((-1_i16).to_be_bytes());
        rows
    }

    fn number(&mut self, number: u64) {
        self.field(&number.to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u32).to_be_bytes());
        self.0.extend(bytes);
    }
}

/// What a round says of each way: rows a second.
fn per_s(rows_each: u64, each: &[Duration]) -> f64 {
    (rows_each * each.len() as u64) as f64 / each.iter().sum::<Duration>().as_secs_f64()
}

async fn batches(links: &Links<'_>, dir: &Path, rounds: u32) -> anyhow::Result<Vec<BatchRow>> {
    let mut rows = Vec::new();
    for link in [Link::Near, Link::Far] {
        for ((rows_each, near, far), goal) in BATCHES.into_iter().zip(FAR_GOALS) {
            let size = rows_each / ROWS;
            let (count, singles) = if link == Link::Near { (near, SINGLE_NEAR) } else { (far, SINGLE_FAR) };
            let folder = tempfile::tempdir_in(dir).context("make a folder on the disk to measure")?;
            let urls = links.fresh();
            let mut ours = Ours::open(database(&urls[link as usize])?).await?;
            let mut single = Rival::open(&links.fresh(), link).await?;
            let mut upserting = Rival::open(&links.fresh(), link).await?;
            let mut copying = Rival::open(&links.fresh(), link).await?;
            let mut constrained = Rival::open(&links.fresh(), link).await?;
            let mut sqlite = Ours::open(Database::File(folder.path().join("ladder.sqlite"))).await?;
            let mut all: [Vec<f64>; 6] = Default::default();
            // The first round warms up, and counts for nothing.
            for round in 0..=rounds {
                let of_round = [
                    per_s(rows_each, &ours.apply(size, count).await?),
                    per_s(1, &single.singles(singles).await?),
                    per_s(rows_each, &upserting.upsert(size, count).await?),
                    per_s(rows_each, &copying.copy(["plain_events", "plain_matches"], size, count).await?),
                    per_s(rows_each, &constrained.copy(["events", "matches"], size, count).await?),
                    per_s(rows_each, &sqlite.apply(size, near).await?),
                ];
                if round > 0 {
                    all.iter_mut().zip(of_round).for_each(|(all, of_round)| all.push(of_round));
                }
            }
            let ratio =
                |of: usize, to: usize| median(all[of].iter().zip(&all[to]).map(|(of, to)| of / to).collect());
            let (single_ratio, once_ratio) = (ratio(0, 1), ratio(2, 0));
            let (copy_ratio, copy_constrained_ratio) = (ratio(0, 3), ratio(0, 4));
            let [ours, single, upsert, copy, constrained, sqlite] = all.map(median);
            let is_far = link == Link::Far;
            rows.push(BatchRow {
                link: link.name(),
                batch_rows: rows_each,
                rows_per_s: ours,
                apply_ms: rows_each as f64 / ours * 1e3,
                single_per_s: single,
                single_ratio,
                single_goal: is_far.then_some(goal),
                upsert_ms: rows_each as f64 / upsert * 1e3,
                once_ratio,
                once_goal: is_far.then_some(ONCE_GOAL),
                copy_per_s: copy,
                copy_ratio,
                copy_constrained_per_s: constrained,
                copy_constrained_ratio,
                sqlite_per_s: (!is_far).then_some(sqlite),
                met: !is_far || single_ratio >= goal && once_ratio <= ONCE_GOAL,
            });
        }
    }
    Ok(rows)
}

/// A journal with the players in it, a projector that has brought them into a new database, and what
/// the writer's loop knows.
struct Writer {
    commits: Commits,
    synced: watch::Sender<Seq>,
    following: watch::Receiver<Following>,
    projecting: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Writer {
    /// Where the journal is behind the players already, the tables have to follow.
    async fn start(
        dir: &Path,
        urls: &[String; 2],
        (durability, link): (Durability, Link),
        further: &[Record],
    ) -> anyhow::Result<Writer> {
        let mut journal = Journal::open(dir, LADDER)?;
        for records in [&load::joins(), further] {
            for frame in records.chunks(1_000) {
                journal.append(frame)?;
            }
        }
        let last = journal.last();
        // Tables are made here, so that what is measured does not begin with it.
        let mut store = Store::open(database(&urls[0])?).await?;
        store.apply(LADDER, &load::joins()).await?;
        drop(store);
        let database = database(&urls[link as usize])?;
        let mut store = Store::open(&database).await?;
        let terms = Terms::of(dir.parent().context("the journal lies in a folder")?, durability, None)?;
        let seen = store.lease().await?;
        let claim = Claim {
            ladder: LADDER,
            holder: &terms.holder,
            epoch: seen.as_ref().map_or(1, |seen| seen.epoch + 1),
            journal_ahead: true,
            seen: seen.as_ref(),
            is_free: true,
        };
        let is_taken = store.take_lease(claim).await?;
        anyhow::ensure!(is_taken, "somebody else has the lease of a database that was just made");
        let (epoch, store) = (Some(store.epoch()), Some(store));
        let projected = Seq(PLAYERS);
        let following = Following { projected, is_connected: true, statement_ms: 0.0 };
        let (synced, follow) = watch::channel(last);
        let (told, following) = watch::channel(following);
        let (ladder, dir) = (LADDER, dir.to_owned());
        let projector = Projector { database, terms, store, ladder, dir, projected, began_at: Seq(0), epoch };
        let projecting = tokio::spawn(projector.run(follow, told));
        let commits = Commits::start(journal, |error| panic!("{error}"));
        Ok(Writer { commits, synced, following, projecting })
    }

    /// Some clients append a record each, and the next one when that is durable.
    async fn append(
        &mut self,
        records: &[Record],
        clients: usize,
        durability: Durability,
    ) -> anyhow::Result<Vec<Duration>> {
        let (told, mut acknowledged) = mpsc::channel(4096);
        let mut unanswered: VecDeque<(Seq, Instant)> = VecDeque::new();
        let mut rest = records.iter();
        let mut each = Vec::new();
        while each.len() < records.len() {
            while unanswered.len() < clients
                && let Some(record) = rest.next()
            {
                let told = told.clone();
                unanswered.push_back((record.seq, instant()));
                let done = move |synced| drop(told.blocking_send(synced));
                self.commits.append(std::slice::from_ref(record), done).map_err(anyhow::Error::msg)?;
            }
            tokio::select! {
                Some(synced) = acknowledged.recv() => {
                    self.synced.send_replace(synced.map_err(anyhow::Error::msg)?);
                }
                changed = self.following.changed() => changed.context("the projector ended")?,
            }
            let synced = *self.synced.borrow();
            let durable = match durability {
                Durability::Journal => synced,
                Durability::Database => synced.min(self.following.borrow_and_update().projected),
            };
            while let Some((_, began)) = unanswered.pop_front_if(|(seq, _)| *seq <= durable) {
                each.push(began.elapsed());
            }
        }
        Ok(each)
    }

    async fn stop(self) -> anyhow::Result<()> {
        drop(self.synced);
        self.projecting.await?
    }
}

async fn durables(links: &Links<'_>, dir: &Path, rounds: u32) -> anyhow::Result<Vec<DurableRow>> {
    let mut rows = Vec::new();
    for (clients, near, far) in LOADS {
        let ways = [
            (Durability::Journal, Link::Near, near),
            (Durability::Database, Link::Near, near),
            (Durability::Database, Link::Far, far),
        ];
        let mut writers = Vec::new();
        for (durability, link, _) in ways {
            let folder = tempfile::tempdir_in(dir).context("make a folder on the disk to measure")?;
            let writer =
                Writer::start(&folder.path().join("journal"), &links.fresh(), (durability, link), &[])
                    .await?;
            writers.push((writer, folder));
        }
        let mut all = ways.map(|_| (Vec::new(), Vec::new()));
        for round in 0..=rounds {
            for (((durability, _, count), (writer, _)), (rates, each)) in
                ways.into_iter().zip(&mut writers).zip(&mut all)
            {
                let records = load::played(PLAYERS + 1 + u64::from(round) * count, count);
                let began = instant();
                let times = writer.append(&records, clients, durability).await?;
                let took = began.elapsed();
                // The tables follow before the next one has its turn.
                let last = *writer.synced.borrow();
                writer.following.wait_for(|following| following.projected >= last).await?;
                if round > 0 {
                    rates.push(count as f64 / took.as_secs_f64());
                    each.extend(times);
                }
            }
        }
        for (writer, _) in writers {
            writer.stop().await?;
        }
        for ((durability, link, count), (rates, mut each)) in ways.into_iter().zip(all) {
            each.sort();
            let at = |part: f64| each[((each.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
            rows.push(DurableRow {
                durability: durability.name(),
                link: link.name(),
                clients,
                records: count,
                events_per_s: median(rates),
                p50_ms: at(0.5),
                p99_ms: at(0.99),
            });
        }
    }
    Ok(rows)
}

async fn catch_up(links: &Links<'_>, dir: &Path, rounds: u32) -> anyhow::Result<CatchUp> {
    let records = load::played(PLAYERS + 1, OUTAGE_RECORDS);
    let mut seconds = Vec::new();
    for _ in 0..rounds.min(OUTAGES) {
        let folder = tempfile::tempdir_in(dir).context("make a folder on the disk to measure")?;
        let mut writer = Writer::start(
            &folder.path().join("journal"),
            &links.fresh(),
            (Durability::Journal, Link::Near),
            &records,
        )
        .await?;
        let began = instant();
        let last = Seq(PLAYERS + OUTAGE_RECORDS);
        writer.following.wait_for(|following| following.projected >= last).await?;
        seconds.push(began.elapsed().as_secs_f64());
        writer.stop().await?;
    }
    let seconds = median(seconds);
    let rows = OUTAGE_RECORDS + OUTAGE_RECORDS / load::RECORDS_OF_MATCH * load::CHANGES_OF_MATCH;
    Ok(CatchUp {
        records: OUTAGE_RECORDS,
        rows,
        records_per_s: OUTAGE_RECORDS as f64 / seconds,
        rows_per_s: rows as f64 / seconds,
    })
}
