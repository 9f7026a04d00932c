-- What the rules know beyond a won and a lost match.

-- By agreeing reports, or by staff.
alter table ratings add column draws integer not null default 0;

-- What each player reported: won, lost or draw.
alter table matches add column report_1 text;
alter table matches add column report_2 text;

-- What a replay would have decided that came after its match had ended, where staff ask who won.
alter table replays add column would_be text;

-- What staff have to look at.
create table cases (
    case_id integer not null primary key,
    match_id integer not null references matches (match_id),
    -- conflict, one_report, dispute, unverified, clash, contradiction.
    kind text not null,
    -- Who reported alone or disputed; whose account it is.
    player_id integer references players (player_id),
    -- The replay that contradicts.
    job_id integer references replays (job_id),
    -- The account; game region, map and files.
    detail text,
    opened_at_ms integer not null,
    closed_at_ms integer,
    -- A Discord snowflake.
    closed_by text,
    note text
) strict;
create index cases_by_match on cases (match_id);
create index cases_open on cases (case_id) where closed_at_ms is null;

-- Glicko-2, beside the MMR that is shown; null for rows that no match moved since it is stored.
alter table ratings add column glicko_rating real;
alter table ratings add column glicko_deviation real;
alter table ratings add column glicko_volatility real;

-- The record that closed the match, to tell what came before a correction; null for older matches.
alter table matches add column closed_seq integer;

-- The numbers that ratings followed from that record on.
create table rating_systems (
    seq integer not null primary key,
    mmr_start integer not null,
    mmr_scale real not null,
    mmr_k real not null,
    at_ms integer not null
) strict;

-- Verdicts that staff gave. A match keeps the ratings that were told when it closed.
create table match_resolutions (
    seq integer not null primary key,
    match_id integer not null references matches (match_id),
    verdict_before text,
    winner_before_id integer references players (player_id),
    verdict text not null,
    -- A Discord snowflake, as of players.
    by_user text not null,
    at_ms integer not null
) strict;
create index match_resolutions_by_match on match_resolutions (match_id);

-- Ratings that staff moved: because a match got another verdict, or (without a match) by hand.
create table rating_corrections (
    seq integer not null,
    match_id integer references matches (match_id),
    player_id integer not null references players (player_id),
    race text not null,
    mmr_before integer not null,
    mmr_after integer not null,
    -- Of those by hand; the others have theirs in match_resolutions.
    by_user text,
    reason text,
    at_ms integer,
    primary key (seq, player_id, race)
) strict;
create index rating_corrections_by_player on rating_corrections (player_id, race);

-- Who may use /admin, and what they did. An entry is made when an act was confirmed.
create table staff (
    -- A Discord snowflake, of an account that need not play.
    discord_user_id text not null primary key,
    -- owner, admin.
    role text not null,
    set_at_ms integer not null
) strict;

create table audit_log (
    entry_id integer not null primary key,
    at_ms integer not null,
    discord_user_id text not null,
    command text not null,
    -- Whom, or which match, it was about.
    player_id integer references players (player_id),
    match_id integer references matches (match_id),
    reason text not null,
    state_before text not null,
    state_after text not null
) strict;
create index audit_log_by_player on audit_log (player_id);
create index audit_log_by_match on audit_log (match_id);

-- All null for a player who is not banned; banned_until_ms also for one who is banned for good.
alter table players add column banned_at_ms integer;
alter table players add column banned_until_ms integer;
alter table players add column ban_reason text;
