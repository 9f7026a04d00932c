-- The gateway sessions outlive a data folder that is lost, so that what was acknowledged is answered.

-- With what the next connection to Discord goes on, by shard. Empty in a file, which lies beside them.
create table gateway_sessions (
    shard integer not null primary key,
    ladder_id text not null,
    session_id text not null,
    resume_url text not null,
    -- Everything up to it is dealt with; Discord repeats what follows.
    sequence integer not null,
    -- A Discord snowflake.
    application_id text not null,
    saved_at_ms integer not null
) strict;
