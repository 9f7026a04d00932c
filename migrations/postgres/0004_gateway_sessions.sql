-- The gateway sessions outlive a data folder that is lost, so that what was acknowledged is answered.

create table gateway_sessions (
    shard integer not null constraint gateway_sessions_pkey primary key,
    ladder_id text not null,
    session_id text not null,
    resume_url text not null,
    sequence bigint not null,
    application_id text not null,
    saved_at_ms bigint not null
);
comment on table gateway_sessions is 'With what the next connection to Discord goes on, by shard.';
comment on column gateway_sessions.sequence is 'Everything up to it is dealt with; Discord repeats what follows.';
comment on column gateway_sessions.application_id is 'A Discord snowflake.';
