-- The ladder's events and the tables people query. The tables are projected from the events, so
-- they can be dropped and made again; the events are the truth, copied from the journal.

create table progress (
    -- One row: how far the tables are, moved in the transaction that moves them.
    id integer not null primary key constraint progress_has_one_row check (id = 1),
    ladder_id text not null,
    seq integer not null,
    -- CRC-32C of the record `seq` as stored, to tell forked histories apart.
    checksum integer not null
) strict;

create table events (
    seq integer not null primary key,
    at_ms integer not null,
    -- What made the decision happen once: an interaction, an attachment, a job.
    request_key text,
    -- Version of the layout of `record`.
    format integer not null,
    record blob not null
) strict;

create table players (
    player_id integer not null primary key,
    -- A Discord snowflake; text, since it does not fit a signed number for ever.
    discord_user_id text not null constraint players_discord_user_is_unique unique,
    locale text not null,
    name text,
    battle_tag text,
    -- A JSON list.
    alternative_names text not null default '[]',
    country text,
    region text,
    terms_accepted_at_ms integer,
    setup_finished_at_ms integer,
    joined_at_ms integer not null
) strict;
create unique index players_battle_tag_is_unique on players (battle_tag) where battle_tag is not null;
create index players_by_name on players (name);

create table player_toons (
    player_id integer not null references players (player_id),
    game_region text not null,
    toon text not null constraint player_toons_toon_is_unique unique,
    primary key (player_id, game_region, toon)
) strict;

create table ratings (
    player_id integer not null references players (player_id),
    race text not null,
    mmr integer not null,
    wins integer not null,
    losses integer not null,
    last_played_at_ms integer not null,
    primary key (player_id, race)
) strict;
create index ratings_by_mmr on ratings (mmr desc);

create table matches (
    match_id integer not null primary key,
    player_1_id integer not null references players (player_id),
    player_2_id integer not null references players (player_id),
    race_1 text not null,
    race_2 text not null,
    map text not null,
    server text not null,
    paired_at_ms integer not null,
    started_at_ms integer,
    closed_at_ms integer,
    -- decided, aborted, unconfirmed, expired.
    verdict text,
    winner_id integer references players (player_id),
    -- Why the winner is the winner, or who aborted.
    ground text,
    mmr_1_before integer,
    mmr_1_after integer,
    mmr_2_before integer,
    mmr_2_after integer,
    constraint matches_are_between_two check (player_1_id <> player_2_id)
) strict;
create index matches_by_player_1 on matches (player_1_id, match_id);
create index matches_by_player_2 on matches (player_2_id, match_id);

create table replays (
    job_id integer not null primary key,
    match_id integer not null references matches (match_id),
    player_id integer not null references players (player_id),
    sha256 text not null,
    bytes integer not null,
    uploaded_at_ms integer not null,
    -- decided, undecided, rejected, too_late, or why it could not be read.
    outcome text,
    judged_at_ms integer,
    map_title text,
    duration_game_loops integer
) strict;
create index replays_by_match on replays (match_id);
create index replays_by_sha256 on replays (sha256);
