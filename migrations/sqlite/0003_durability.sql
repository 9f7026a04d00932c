-- One writer at a time, copies of what the folder has, and views for people.

-- Of the writer that may move the row; one of an older epoch is refused.
alter table progress add column epoch integer not null default 0;

-- One row: who may write, for how long.
create table lease (
    id integer not null primary key constraint lease_has_one_row check (id = 1),
    ladder_id text not null,
    holder text not null,
    -- Goes up by one with each holder.
    epoch integer not null,
    -- By the clock of this database.
    expires_at_ms integer not null,
    -- Whether the holder's folder may have records that are not here: 0 or 1.
    journal_ahead integer not null
) strict;

-- The state of the ladder at a record, in parts of 1 MiB; whole if all parts are there.
create table snapshots (
    seq integer not null,
    part integer not null,
    parts integer not null,
    bytes blob not null,
    -- CRC-32C of bytes.
    checksum integer not null,
    primary key (seq, part)
) strict;

-- The files that players sent, where there is neither a volume nor an object store.
create table replay_files (
    -- Of bytes, in hex, as in replays.
    sha256 text not null primary key,
    bytes blob not null
) strict;

create index matches_open on matches (match_id) where closed_at_ms is null;
create index ratings_by_race on ratings (race, mmr desc);

-- Matches with names and times, for people.
create view matches_readable as
select m.match_id, one.name as player_1, m.race_1, two.name as player_2, m.race_2, m.map, m.server,
    m.verdict, winner.name as winner, m.ground,
    m.mmr_1_after - m.mmr_1_before as mmr_1_change, m.mmr_2_after - m.mmr_2_before as mmr_2_change,
    datetime(m.paired_at_ms / 1000, 'unixepoch') as paired_at,
    datetime(m.started_at_ms / 1000, 'unixepoch') as started_at,
    datetime(m.closed_at_ms / 1000, 'unixepoch') as closed_at
from matches m
join players one on one.player_id = m.player_1_id
join players two on two.player_id = m.player_2_id
left join players winner on winner.player_id = m.winner_id;

-- Ratings by race, the best first; also of players who have played little or are banned.
create view leaderboard as
select r.race, rank() over (partition by r.race order by r.mmr desc) as place, p.name, r.mmr, r.wins, r.losses,
    r.draws, datetime(r.last_played_at_ms / 1000, 'unixepoch') as last_played_at, p.player_id
from ratings r join players p using (player_id);
