-- What the rules know beyond a won and a lost match.

alter table ratings add column draws integer not null default 0;
comment on column ratings.draws is 'By agreeing reports, or by staff.';

alter table matches add column report_1 text;
alter table matches add column report_2 text;
comment on column matches.report_1 is 'What player 1 reported: won, lost or draw.';
comment on column matches.report_2 is 'What player 2 reported: won, lost or draw.';

alter table replays add column would_be text;
comment on column replays.would_be is
    'What a replay would have decided that came after its match had ended, where staff ask who won.';

create table cases (
    case_id bigint not null constraint cases_pkey primary key,
    match_id bigint not null constraint cases_are_of_a_match references matches,
    kind text not null,
    player_id bigint constraint cases_player_is_a_player references players,
    job_id bigint constraint cases_job_is_a_replay references replays,
    detail text,
    opened_at_ms bigint not null,
    closed_at_ms bigint,
    closed_by text,
    note text
);
create index cases_by_match on cases (match_id);
create index cases_open on cases (case_id) where closed_at_ms is null;
comment on table cases is 'What staff have to look at.';
comment on column cases.kind is 'conflict, one_report, dispute, unverified, clash, contradiction.';
comment on column cases.player_id is 'Who reported alone or disputed; whose account it is.';
comment on column cases.job_id is 'The replay that contradicts.';
comment on column cases.detail is 'The account; game region, map and files.';
comment on column cases.closed_by is 'A Discord snowflake.';

alter table ratings add column glicko_rating double precision;
alter table ratings add column glicko_deviation double precision;
alter table ratings add column glicko_volatility double precision;
comment on column ratings.glicko_rating is
    'Glicko-2, beside the MMR that is shown; null for rows that no match moved since it is stored.';

alter table matches add column closed_seq bigint;
comment on column matches.closed_seq is 'The record that closed the match, to tell what came before a correction.';

create table rating_systems (
    seq bigint not null constraint rating_systems_pkey primary key,
    mmr_start integer not null,
    mmr_scale double precision not null,
    mmr_k double precision not null,
    at_ms bigint not null
);
comment on table rating_systems is 'The numbers that ratings followed from that record on.';

create table match_resolutions (
    seq bigint not null constraint match_resolutions_pkey primary key,
    match_id bigint not null constraint match_resolutions_are_of_a_match references matches,
    verdict_before text,
    winner_before_id bigint constraint match_resolutions_winner_is_a_player references players,
    verdict text not null,
    by_user text not null,
    at_ms bigint not null
);
create index match_resolutions_by_match on match_resolutions (match_id);
comment on table match_resolutions is
    'Verdicts that staff gave. A match keeps the ratings that were told when it closed.';
comment on column match_resolutions.by_user is 'A Discord snowflake, as of players.';

create table rating_corrections (
    seq bigint not null,
    match_id bigint constraint rating_corrections_are_of_a_match references matches,
    player_id bigint not null constraint rating_corrections_are_of_a_player references players,
    race text not null,
    mmr_before integer not null,
    mmr_after integer not null,
    by_user text,
    reason text,
    at_ms bigint,
    constraint rating_corrections_pkey primary key (seq, player_id, race)
);
create index rating_corrections_by_player on rating_corrections (player_id, race);
comment on table rating_corrections is
    'Ratings that staff moved: because a match got another verdict, or (without a match) by hand.';
comment on column rating_corrections.by_user is
    'Of those by hand; the others have theirs, and their time, in match_resolutions.';

create table staff (
    discord_user_id text not null constraint staff_pkey primary key,
    role text not null,
    set_at_ms bigint not null
);
comment on table staff is 'Who may use /admin.';
comment on column staff.discord_user_id is 'A Discord snowflake, of an account that need not play.';
comment on column staff.role is 'owner, admin.';

create table audit_log (
    entry_id bigint not null constraint audit_log_pkey primary key,
    at_ms bigint not null,
    discord_user_id text not null,
    command text not null,
    player_id bigint constraint audit_log_player_is_a_player references players,
    match_id bigint constraint audit_log_match_is_a_match references matches,
    reason text not null,
    state_before text not null,
    state_after text not null
);
create index audit_log_by_player on audit_log (player_id, entry_id desc);
create index audit_log_by_match on audit_log (match_id);
comment on table audit_log is 'What staff did. An entry is made when an act was confirmed.';
comment on column audit_log.discord_user_id is 'Who did it: a Discord snowflake.';
comment on column audit_log.player_id is 'Whom it was about.';
comment on column audit_log.match_id is 'Which match it was about.';

alter table players add column banned_at_ms bigint;
alter table players add column banned_until_ms bigint;
alter table players add column ban_reason text;
comment on column players.banned_at_ms is 'Null for a player who is not banned.';
comment on column players.banned_until_ms is 'Null also for one who is banned for good.';
