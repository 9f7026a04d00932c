-- One writer at a time, copies of what the folder has, and views for people.

alter table progress add column epoch bigint not null default 0;
comment on column progress.epoch is 'Of the writer that may move the row; one of an older epoch is refused.';

create table lease (
    id integer not null constraint lease_pkey primary key constraint lease_has_one_row check (id = 1),
    ladder_id text not null,
    holder text not null,
    epoch bigint not null,
    expires_at_ms bigint not null,
    journal_ahead boolean not null
);
comment on table lease is 'One row: who may write, for how long.';
comment on column lease.epoch is 'Goes up by one with each holder.';
comment on column lease.expires_at_ms is 'By the clock of this database.';
comment on column lease.journal_ahead is 'Whether the holder''s folder may have records that are not here.';

create table snapshots (
    seq bigint not null,
    part integer not null,
    parts integer not null,
    bytes bytea not null,
    checksum bigint not null,
    constraint snapshots_pkey primary key (seq, part)
);
comment on table snapshots is 'The state of the ladder at a record, in parts of 1 MiB; whole if all parts are there.';
comment on column snapshots.checksum is 'CRC-32C of bytes.';

create table replay_files (
    sha256 text not null constraint replay_files_pkey primary key,
    bytes bytea not null
);
comment on table replay_files is 'The files that players sent, where there is neither a volume nor an object store.';
comment on column replay_files.sha256 is 'Of bytes, in hex, as in replays.';

create view matches_readable as
select m.match_id, one.name as player_1, m.race_1, two.name as player_2, m.race_2, m.map, m.server,
    m.verdict, winner.name as winner, m.ground,
    m.mmr_1_after - m.mmr_1_before as mmr_1_change, m.mmr_2_after - m.mmr_2_before as mmr_2_change,
    to_timestamp(m.paired_at_ms / 1000.0) as paired_at, to_timestamp(m.started_at_ms / 1000.0) as started_at,
    to_timestamp(m.closed_at_ms / 1000.0) as closed_at
from matches m
join players one on one.player_id = m.player_1_id
join players two on two.player_id = m.player_2_id
left join players winner on winner.player_id = m.winner_id;
comment on view matches_readable is 'Matches with names and times, for people.';

create view leaderboard as
select r.race, rank() over (partition by r.race order by r.mmr desc) as place, p.name, r.mmr, r.wins, r.losses,
    r.draws, to_timestamp(r.last_played_at_ms / 1000.0) as last_played_at, p.player_id
from ratings r join players p using (player_id);
comment on view leaderboard is 'Ratings by race, the best first; also of players who have played little or are banned.';
