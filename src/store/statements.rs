//! Every change that an event makes in the tables, each one SQL text that SQLite and PostgreSQL both
//! understand. SQLite prepares them one by one; for PostgreSQL they are the branches of a function
//! ([`super::postgres`]), so the order here is of no consequence and a text holds no `$` but its parameters.

/// What a parameter is to PostgreSQL; each may be null. SQLite takes values as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Big,
    Int,
    Text,
    Real,
}

impl Kind {
    pub(super) fn of_postgres(self) -> &'static str {
        match self {
            Kind::Big => "bigint",
            Kind::Int => "integer",
            Kind::Text => "text",
            Kind::Real => "double precision",
        }
    }
}

macro_rules! statements {
    ($($name:ident [$($kind:ident),+] $sql:expr;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Statement { $($name),+ }

        impl Statement {
            /// All of them, each at its own number.
            pub(super) const ALL: &[Statement] = &[$(Statement::$name),+];

            pub(super) fn sql(self) -> &'static str {
                match self { $(Statement::$name => $sql),+ }
            }

            /// Of `$1`, `$2` and so on.
            pub(super) fn parameters(self) -> &'static [Kind] {
                match self { $(Statement::$name => &[$(Kind::$kind),+]),+ }
            }

            pub(super) fn number(self) -> i32 {
                self as i32
            }
        }
    };
}

/// What makes a row that is not there: with what an unrated player has, which is the first number
/// where none was told.
macro_rules! new_rows {
    ($($rows:tt)+) => {
        concat!(
            "insert into ratings (player_id, race, mmr, wins, losses, draws, last_played_at_ms)
             select player, race,
                 coalesce((select mmr_start from rating_systems order by seq desc limit 1), 1500), 0, 0, 0, 0
             from (",
            $($rows)+,
            ") as wanted where true on conflict (player_id, race) do nothing"
        )
    };
}

/// The two rows of match $1.
macro_rules! rows_of_match {
    () => {
        "select player_1_id as player, race_1 as race from matches where match_id = $1
         union all select player_2_id, race_2 from matches where match_id = $1"
    };
}

/// Whether a match was one of the row's.
macro_rules! of_row {
    () => {
        "(player_1_id = ratings.player_id and race_1 = ratings.race
          or player_2_id = ratings.player_id and race_2 = ratings.race)"
    };
}

statements! {
    JoinPlayer [Big, Text, Text, Big]
        "insert into players (player_id, discord_user_id, locale, joined_at_ms) values ($1, $2, $3, $4)";
    SetLocale [Big, Text]
        "update players set locale = $2 where player_id = $1";
    SetTerms [Big, Big]
        "update players set terms_accepted_at_ms = $2 where player_id = $1";
    SetNames [Big, Text, Text, Text, Text]
        "update players set name = $2, battle_tag = $3, alternative_names = $4, country = $5 where player_id = $1";
    SetRegion [Big, Text]
        "update players set region = $2 where player_id = $1";
    FinishSetup [Big, Big]
        "update players set setup_finished_at_ms = $2 where player_id = $1";
    SetBan [Big, Big, Big, Text]
        "update players set banned_at_ms = $2, banned_until_ms = $3, ban_reason = $4 where player_id = $1";
    BindToon [Big, Text, Text]
        "insert into player_toons (player_id, game_region, toon) values ($1, $2, $3) on conflict do nothing";
    UnbindToon [Big, Text]
        "delete from player_toons where player_id = $1 and toon = $2";
    PairMatch [Big, Big, Big, Text, Text, Text, Text, Big]
        "insert into matches (match_id, player_1_id, player_2_id, race_1, race_2, map, server, paired_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    StartMatch [Big, Big]
        "update matches set started_at_ms = $2 where match_id = $1";
    ReportMatch [Big, Big, Text]
        "update matches set report_1 = case player_1_id when $2 then $3 else report_1 end,
             report_2 = case player_2_id when $2 then $3 else report_2 end
         where match_id = $1";
    CloseMatch [Big, Big, Text, Big, Text, Int, Int, Int, Int, Big]
        "update matches set closed_at_ms = $2, verdict = $3, ground = $5,
             winner_id = case $4 when 0 then player_1_id when 1 then player_2_id end,
             mmr_1_before = $6, mmr_1_after = $7, mmr_2_before = $8, mmr_2_after = $9, closed_seq = $10
         where match_id = $1";
    CountMatch [Big, Text, Int, Int, Int, Int, Big]
        "insert into ratings (player_id, race, mmr, wins, losses, draws, last_played_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (player_id, race) do update set mmr = excluded.mmr, wins = ratings.wins + excluded.wins,
             losses = ratings.losses + excluded.losses, draws = ratings.draws + excluded.draws,
             last_played_at_ms = case when ratings.last_played_at_ms > excluded.last_played_at_ms
                 then ratings.last_played_at_ms else excluded.last_played_at_ms end";
    SetGlicko [Big, Text, Real, Real, Real]
        "update ratings set glicko_rating = $3, glicko_deviation = $4, glicko_volatility = $5
         where player_id = $1 and race = $2";
    TakeReplay [Big, Big, Big, Text, Big, Big]
        "insert into replays (job_id, match_id, player_id, sha256, bytes, uploaded_at_ms)
         values ($1, $2, $3, $4, $5, $6)";
    JudgeReplay [Big, Text, Text, Big, Big]
        "update replays set outcome = $2, map_title = $3, duration_game_loops = $4, judged_at_ms = $5 where job_id = $1";
    AttachReplay [Big, Text]
        "update replays set would_be = $2 where job_id = $1";
    OpenCase [Big, Big, Text, Big, Big, Text, Big]
        "insert into cases (case_id, match_id, kind, player_id, job_id, detail, opened_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7)";
    CloseCase [Big, Big, Text, Text]
        "update cases set closed_at_ms = $2, closed_by = $3, note = $4 where case_id = $1";
    SetStaff [Text, Text, Big]
        "insert into staff (discord_user_id, role, set_at_ms) values ($1, $2, $3)
         on conflict (discord_user_id) do update set role = excluded.role, set_at_ms = excluded.set_at_ms";
    RemoveStaff [Text]
        "delete from staff where discord_user_id = $1";
    LogAct [Big, Big, Text, Text, Big, Big, Text, Text, Text]
        "insert into audit_log
             (entry_id, at_ms, discord_user_id, command, player_id, match_id, reason, state_before, state_after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SetRatingSystem [Big, Int, Real, Real, Big]
        "insert into rating_systems (seq, mmr_start, mmr_scale, mmr_k, at_ms) values ($1, $2, $3, $4, $5)";
    // Staff give a match another verdict. The counts of its two rows are made anew from the matches.
    LogResolution [Big, Big, Text, Text, Big]
        "insert into match_resolutions (seq, match_id, verdict_before, winner_before_id, verdict, by_user, at_ms)
         select $1, match_id, case when closed_seq is distinct from $1 then verdict end,
             case when closed_seq is distinct from $1 then winner_id end, $3, $4, $5 from matches where match_id = $2";
    ResolveMatch [Big, Text, Big, Text]
        "update matches set verdict = $2, ground = $4,
             winner_id = case $3 when 0 then player_1_id when 1 then player_2_id end
         where match_id = $1";
    CloseCasesOfMatch [Big, Big, Text]
        "update cases set closed_at_ms = $2, closed_by = $3 where match_id = $1 and closed_at_ms is null";
    MakeRowsOfMatch [Big]
        new_rows!(rows_of_match!());
    CountRowsOfMatch [Big]
        concat!(
            "update ratings set
                 wins = (select count(*) from matches where ",
            of_row!(),
            " and winner_id = ratings.player_id),
                 losses = (select count(*) from matches where ",
            of_row!(),
            " and winner_id <> ratings.player_id),
                 draws = (select count(*) from matches where ",
            of_row!(),
            " and verdict = 'drawn'),
                 last_played_at_ms = (select coalesce(max(closed_at_ms), 0) from matches where ",
            of_row!(),
            " and verdict in ('decided', 'drawn'))
             where (player_id, race) in (",
            rows_of_match!(),
            ")"
        );
    // A row that nothing made is no row.
    DropRowsOfMatch [Big]
        concat!(
            "delete from ratings where (player_id, race) in (",
            rows_of_match!(),
            ") and wins + losses + draws = 0 and not exists (
                 select 1 from rating_corrections
                 where match_id is null and player_id = ratings.player_id and race = ratings.race)"
        );
    SetMmr [Big, Text, Int]
        "update ratings set mmr = $3 where player_id = $1 and race = $2";
    LogRerating [Big, Big, Big, Text, Int, Int]
        "insert into rating_corrections (seq, match_id, player_id, race, mmr_before, mmr_after)
         values ($1, $2, $3, $4, $5, $6)";
    // Staff move a rating.
    MakeRow [Big, Text]
        new_rows!("select $1 as player, $2 as race");
    LogAdjustment [Big, Big, Text, Int, Text, Text, Big]
        "insert into rating_corrections
             (seq, player_id, race, mmr_before, mmr_after, by_user, reason, at_ms)
         select $1, player_id, race, mmr, mmr + $4, $5, $6, $7 from ratings
         where player_id = $2 and race = $3";
    AdjustMmr [Big, Text, Int]
        "update ratings set mmr = mmr + $3 where player_id = $1 and race = $2";
}

#[cfg(test)]
mod tests {
    use super::Statement;

    /// What generates the function for PostgreSQL replaces each `$n` by a value.
    #[test]
    fn each_statement_uses_each_of_its_parameters_and_no_other() {
        for (number, statement) in Statement::ALL.iter().enumerate() {
            assert_eq!(usize::try_from(statement.number()), Ok(number));
            let mut used: Vec<usize> = statement
                .sql()
                .split('$')
                .skip(1)
                .map(|rest| {
                    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                    rest[..digits].parse().unwrap_or(0)
                })
                .collect();
            used.sort_unstable();
            used.dedup();
            let expected: Vec<usize> = (1..=statement.parameters().len()).collect();
            assert_eq!(used, expected, "{statement:?}");
        }
    }
}
