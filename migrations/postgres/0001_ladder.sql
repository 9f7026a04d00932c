-- The ladder's events and the tables people query. The tables are projected from the events, so
-- they can be dropped and made again; the events are the truth, copied from the journal.
-- Times are milliseconds since 1970; Discord's ids are text, since they do not fit a signed number for ever.

create table progress (
    id integer not null constraint progress_pkey primary key constraint progress_has_one_row check (id = 1),
    ladder_id text not null,
    seq bigint not null,
    checksum bigint not null
);
comment on table progress is 'One row: how far the tables are, moved in the statement that moves them.';
comment on column progress.ladder_id is 'Tells this ladder from every other, in hex; the journal has it too.';
comment on column progress.seq is 'The last record that is in the tables.';
comment on column progress.checksum is 'CRC-32C of the record seq as stored, to tell forked histories apart.';

create table events (
    seq bigint not null constraint events_pkey primary key,
    at_ms bigint not null,
    request_key text,
    format bigint not null,
    record bytea not null
);
comment on table events is 'The records of the journal, one decision each. Everything else follows from them.';
comment on column events.request_key is 'What made the decision happen once: an interaction, an attachment, a job.';
comment on column events.format is 'Version of the layout of record.';

create table players (
    player_id bigint not null constraint players_pkey primary key,
    discord_user_id text not null constraint players_discord_user_is_unique unique,
    locale text not null,
    name text,
    battle_tag text,
    alternative_names text not null default '[]',
    country text,
    region text,
    terms_accepted_at_ms bigint,
    setup_finished_at_ms bigint,
    joined_at_ms bigint not null
);
create unique index players_battle_tag_is_unique on players (battle_tag) where battle_tag is not null;
create index players_by_name on players (name);
comment on table players is 'Everyone who ever spoke to the ladder.';
comment on column players.discord_user_id is 'A Discord snowflake.';
comment on column players.alternative_names is 'A JSON list of texts.';
comment on column players.terms_accepted_at_ms is 'Null for who did not accept them, or no longer does.';

create table player_toons (
    player_id bigint not null constraint player_toons_are_of_a_player references players,
    game_region text not null,
    toon text not null constraint player_toons_toon_is_unique unique,
    constraint player_toons_pkey primary key (player_id, game_region, toon)
);
comment on table player_toons is 'Accounts in the game that are known to be a player''s.';
comment on column player_toons.toon is 'As the game writes it: region-S2-realm-id.';

create table ratings (
    player_id bigint not null constraint ratings_are_of_a_player references players,
    race text not null,
    mmr integer not null,
    wins integer not null,
    losses integer not null,
    last_played_at_ms bigint not null,
    constraint ratings_pkey primary key (player_id, race)
);
create index ratings_by_mmr on ratings (mmr desc);
create index ratings_by_race on ratings (race, mmr desc);
comment on table ratings is 'A row for each race that a player has a rating in.';
comment on column ratings.race is 'bw_ or sc2_ with terran, zerg or protoss.';
comment on column ratings.mmr is 'The number that players see.';

create table matches (
    match_id bigint not null constraint matches_pkey primary key,
    player_1_id bigint not null constraint matches_player_1_is_a_player references players,
    player_2_id bigint not null constraint matches_player_2_is_a_player references players,
    race_1 text not null,
    race_2 text not null,
    map text not null,
    server text not null,
    paired_at_ms bigint not null,
    started_at_ms bigint,
    closed_at_ms bigint,
    verdict text,
    winner_id bigint constraint matches_winner_is_a_player references players,
    ground text,
    mmr_1_before integer,
    mmr_1_after integer,
    mmr_2_before integer,
    mmr_2_after integer,
    constraint matches_are_between_two check (player_1_id <> player_2_id)
);
create index matches_by_player_1 on matches (player_1_id, match_id desc);
create index matches_by_player_2 on matches (player_2_id, match_id desc);
create index matches_open on matches (match_id) where closed_at_ms is null;
comment on table matches is 'From the pairing to the verdict.';
comment on column matches.started_at_ms is 'When both had confirmed.';
comment on column matches.closed_at_ms is 'Null while the match is open.';
comment on column matches.verdict is 'decided, drawn, conflict, void, cancelled, aborted, unconfirmed, expired.';
comment on column matches.ground is 'Why the winner is the winner, or who aborted or cancelled.';
comment on column matches.mmr_1_after is 'As told when the match closed; rating_corrections has what moved later.';

create table replays (
    job_id bigint not null constraint replays_pkey primary key,
    match_id bigint not null constraint replays_are_of_a_match references matches,
    player_id bigint not null constraint replays_are_of_a_player references players,
    sha256 text not null,
    bytes bigint not null,
    uploaded_at_ms bigint not null,
    outcome text,
    judged_at_ms bigint,
    map_title text,
    duration_game_loops bigint
);
create index replays_by_match on replays (match_id);
create index replays_by_sha256 on replays (sha256);
comment on table replays is 'Files that players sent for their matches.';
comment on column replays.sha256 is 'Of the file, in hex; also its name where files are kept.';
comment on column replays.outcome is
    'decided, undecided, rejected, too_late, already_decided, for_staff, or why it could not be read.';
comment on column replays.duration_game_loops is '22.4 of them are a second of the game at speed faster.';
