//! `oracle`: compares all files and says where the readers differ.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use oracle::{File, Outcome};
use serde_json::json;

const HELP: &str = "\
oracle [OPTIONS]

Holds what the ladder reads in replays against the crate s2protocol: all real files, where there are
any, and forged ones. Exits with 1 if they differ anywhere.

  --forged N    how many forged files (500)
  --seed N      what the forged files are made from (1)
  --json FILE   write what was compared there, as JSON
  --write DIR   compare nothing: write the forged files there, and facts.ndjson with the facts that are
                read here in each file, for compare.py";

#[derive(Default)]
struct Options {
    forged: Option<u32>,
    seed: Option<u64>,
    json: Option<PathBuf>,
    write: Option<PathBuf>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut options = Options::default();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if matches!(&*argument, "-h" | "--help") {
            println!("{HELP}");
            return Ok(ExitCode::SUCCESS);
        }
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match &*argument {
            "--forged" => options.forged = Some(value.parse()?),
            "--seed" => options.seed = Some(value.parse()?),
            "--json" => options.json = Some(value.into()),
            "--write" => options.write = Some(value.into()),
            _ => return Err(format!("there is no option {argument}; --help lists them").into()),
        }
    }
    let (seed, forged) = (options.seed.unwrap_or(1), options.forged.unwrap_or(500));
    println!("Seed {seed}, {forged} forged files.");
    if let Some(folder) = options.write {
        let lines = oracle::write(&folder, seed, forged)?;
        println!("Wrote the facts of {lines} files.");
        return Ok(ExitCode::SUCCESS);
    }

    let mut count = Count::default();
    let real = oracle::real_files()?;
    if real.is_empty() {
        println!("skipped: no real replays");
    }
    real.iter().for_each(|file| count.add(file));
    let real = count.compared;
    oracle::forged_files(seed, forged).for_each(|file| count.add(&file));
    println!(
        "Compared {} files, {real} of them real; {} real ones of older builds and {} broken on purpose were \
         not. {} differ.",
        count.compared,
        count.unsupported,
        count.refused,
        count.differing.len()
    );
    if let Some(path) = options.json {
        let report = json!({
            "seed": seed,
            "compared": { "real": real, "forged": count.compared - real },
            "unsupported": count.unsupported,
            "refused": count.refused,
            "not_compared": oracle::second::NOT_COMPARED,
            "differing": count.differing,
        });
        fs::write(path, format!("{report:#}\n"))?;
    }
    Ok(if count.differing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Default)]
struct Count {
    compared: usize,
    unsupported: usize,
    refused: usize,
    /// Files and their differences.
    differing: Vec<(String, Vec<String>)>,
}

impl Count {
    fn add(&mut self, file: &File) {
        match oracle::check(file) {
            Outcome::Unsupported => self.unsupported += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Compared { differences } => {
                self.compared += 1;
                for difference in &differences {
                    println!("{}: {difference}", file.name);
                }
                if !differences.is_empty() {
                    self.differing.push((file.name.clone(), differences));
                }
            }
        }
    }
}
