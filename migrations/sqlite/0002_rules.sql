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
