//! What forging a replay costs against reading it, for each length of a pool.
//!
//! Prints a table, and with a folder as argument writes the files into it, and
//! those broken on purpose beside them, so that other readers can be asked.
//! The numbers are of one thread's processor time, the median of some rounds
//! in which both take turns.

use std::io::{self, Write};
use std::path::Path;
use std::{env, fs};

use nix::time::{ClockId, clock_gettime};
use replay::forge::broken::BROKEN;
use replay::forge::{self, Game, Pool, Recording};
use replay::parse;

const ROUNDS: usize = 31;

fn cpu_us() -> f64 {
    let now = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux has this clock");
    now.tv_sec() as f64 * 1e6 + now.tv_nsec() as f64 / 1e3
}

fn median(mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    costs[costs.len() / 2]
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let pool = Pool::default();
    writeln!(out, "minutes  file bytes  from the pool  packed anew  reading  reading / pool")?;
    for minutes in [2, 5, 10, 18, 27, 40] {
        let Recording { events, loops, .. } = Recording::of_minutes(2, minutes);
        let game = Game { events, duration_game_loops: loops + 200, ..Game::default() };
        let [mut pooled, mut packed, mut read] = [const { Vec::new() }; 3];
        let mut file = Vec::new();
        for round in 0..ROUNDS {
            let game = Game { event_seed: round as u64, ..game.clone() };
            let began = cpu_us();
            file = pool.write(&game);
            let forged = cpu_us();
            parse(&file).expect("a forged replay is read");
            let parsed = cpu_us();
            forge::write(&game);
            let rewritten = cpu_us();
            pooled.push(forged - began);
            read.push(parsed - forged);
            packed.push(rewritten - parsed);
        }
        let [pooled, packed, read] = [pooled, packed, read].map(median);
        let bytes = file.len();
        writeln!(
            out,
            "{minutes:7}  {bytes:10}  {pooled:10.0} us  {packed:8.0} us {read:5.0} us  {:14.1}",
            read / pooled
        )?;
        if let Some(folder) = env::args_os().nth(1) {
            fs::write(Path::new(&folder).join(format!("pool-{minutes}.SC2Replay")), &file)?;
        }
    }
    if let Some(folder) = env::args_os().nth(1) {
        for (how, name, expected) in BROKEN {
            let path = Path::new(&folder).join(format!("broken-{how:?}.SC2Replay"));
            fs::write(path, forge::broken(*how))?;
            writeln!(out, "broken-{how:?}: {name}, {expected:?}")?;
        }
    }
    Ok(())
}
