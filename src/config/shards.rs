//! Which shards of the bot a container has, and how many processes share them.

use super::Reader;
use std::fmt;
use std::ops::RangeInclusive;

/// The shards of this container, and how many there are in all.
pub const SHARDS: &str = "SHARDS";
/// How many frontends share the shards.
pub const FRONTEND_PROCESSES: &str = "FRONTEND_PROCESSES";
/// Which of the frontends a process is; the supervisor says it.
pub const FRONTEND: &str = "EVOLADDER_FRONTEND";

/// A shard is a connection with its session; so many take some 10 MB, and a session each of the day's 1,000.
const MOST_SHARDS: u32 = 64;
/// More than Discord ever asked of a bot.
const MOST_IN_ALL: u32 = 16_384;
/// Each may have 2,000 answers of the 10,000 within ten minutes for which Discord bans an address.
const MOST_PROCESSES: usize = 4;

const SHARDS_ARE: &str = "the shards of this container and how many there are in all, such as 0/1 or 0-3/16";

/// Neighbouring shards, of a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shards {
    first: u32,
    last: u32,
    total: u32,
}

/// A process among those that do the same, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nth {
    pub number: u32,
    pub of: u32,
}

impl Nth {
    /// There is no other.
    pub const ALONE: Nth = Nth { number: 0, of: 1 };
}

impl Shards {
    /// Of a bot that needs no sharding.
    pub const ONE: Shards = Shards { first: 0, last: 0, total: 1 };

    /// As `SHARDS` has them; the error is a sentence's end, after the variable's name.
    pub fn parse(text: &str) -> Result<Shards, String> {
        let should_be = || format!("should be {SHARDS_ARE}");
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number <= MOST_IN_ALL);
        let (range, total) = text.trim().split_once('/').ok_or_else(should_be)?;
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last) = number(first).zip(number(last)).ok_or_else(should_be)?;
        let total = number(total).filter(|total| *total > 0).ok_or_else(should_be)?;
        if first > last {
            return Err(format!(
                "says {first}-{last}/{total}; the lower number comes first: {last}-{first}/{total}"
            ));
        }
        if last >= total {
            let highest = total - 1;
            return Err(format!(
                "has a shard {last} of {total}; they count from 0, so the last one is {highest}"
            ));
        }
        if last - first >= MOST_SHARDS {
            return Err(format!("has more than {MOST_SHARDS} shards, which is all that a container takes"));
        }
        Ok(Shards { first, last, total })
    }

    pub fn numbers(self) -> RangeInclusive<u32> {
        self.first..=self.last
    }

    /// How many there are here.
    pub fn count(self) -> u32 {
        self.last - self.first + 1
    }

    /// How many there are in all.
    pub fn total(self) -> u32 {
        self.total
    }

    /// Whether shard 0 is among them, to which Discord tells what happens in DMs.
    pub fn has_dms(self) -> bool {
        self.first == 0
    }

    /// What one of several processes has of them: as much as the others, or one more where that leaves a rest.
    /// There must be one for each.
    pub fn part(self, Nth { number, of }: Nth) -> Shards {
        assert!(number < of && of <= self.count(), "{self} has no part {number} of {of}");
        let (each, rest) = (self.count() / of, self.count() % of);
        let first = self.first + number * each + number.min(rest);
        let last = first + each - u32::from(number >= rest);
        Shards { first, last, ..self }
    }
}

impl fmt::Display for Shards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shards { first, last, total } = self;
        if first == last { write!(f, "{first}/{total}") } else { write!(f, "{first}-{last}/{total}") }
    }
}

impl fmt::Display for Nth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Reader<'_> {
    /// The shards of a container, which has all that the ladder does, and how many processes have them.
    pub(super) fn shards_and_processes(&mut self) -> (Shards, usize) {
        let before = self.faults.len();
        let shards = self.shards();
        if !shards.has_dms() {
            self.faults.push(format!(
                "{SHARDS} does not begin with shard 0: Discord tells it of DMs, and nobody else here would send messages. One \
                 container has a whole ladder, so let it begin with 0, and raise {FRONTEND_PROCESSES} if one process is too slow"
            ));
        }
        let is = format!("a number from 1 to {MOST_PROCESSES}");
        let processes = self
            .parsed(FRONTEND_PROCESSES, &is, |text| {
                text.parse().ok().filter(|processes| (1..=MOST_PROCESSES).contains(processes))
            })
            .unwrap_or(1);
        if self.faults.len() == before && processes > shards.count() as usize {
            let count = shards.count();
            self.faults.push(format!(
                "{FRONTEND_PROCESSES} is {processes}, but {SHARDS} has only {count}, and each process needs one"
            ));
        }
        (shards, processes)
    }

    /// The shards of one process.
    pub(super) fn shards(&mut self) -> Shards {
        match self.text(SHARDS).map(|text| Shards::parse(&text)) {
            None => Shards::ONE,
            Some(Ok(shards)) => shards,
            Some(Err(says)) => {
                self.faults.push(format!("{SHARDS} {says}"));
                Shards::ONE
            }
        }
    }

    /// Which of the frontends this one is.
    pub(super) fn which_frontend(&mut self) -> Nth {
        let which = self.parsed(FRONTEND, "a number and of how many, such as 0/2", |text| {
            let (number, of) = text.split_once('/')?;
            let which = Nth { number: number.parse().ok()?, of: of.parse().ok()? };
            (which.number < which.of).then_some(which)
        });
        which.unwrap_or(Nth::ALONE)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Faults;
    use super::*;
    use std::ffi::OsString;

    fn read(shards: &str, processes: &str) -> Result<(Shards, usize), Faults> {
        let (shards, processes) = (OsString::from(shards), OsString::from(processes));
        let lookup = move |name: &str| Some(if name == SHARDS { shards.clone() } else { processes.clone() });
        Reader::read(&lookup, Reader::shards_and_processes)
    }

    /// `SHARDS`, `FRONTEND_PROCESSES`, and what each process has or what is wrong.
    type Row = (&'static str, &'static str, Result<&'static [&'static str], &'static str>);

    #[test]
    fn shards_are_split_among_the_processes_or_refused_in_words() {
        #[rustfmt::skip]
        let table: &[Row] = &[
            ("",        "",   Ok(&["0/1"])),
            ("0/1",     "1",  Ok(&["0/1"])),
            ("0/16",    "",   Ok(&["0/16"])),
            (" 0-3/16", "",   Ok(&["0-3/16"])),
            ("0-3/16",  "2",  Ok(&["0-1/16", "2-3/16"])),
            ("0-4/5",   "3",  Ok(&["0-1/5", "2-3/5", "4/5"])),
            ("0-3/4",   "4",  Ok(&["0/4", "1/4", "2/4", "3/4"])),
            ("0-63/64", "4",  Ok(&["0-15/64", "16-31/64", "32-47/64", "48-63/64"])),
            ("3-1/16",  "",   Err("SHARDS says 3-1/16; the lower number comes first: 1-3/16")),
            ("0-16/16", "",   Err("SHARDS has a shard 16 of 16; they count from 0, so the last one is 15")),
            ("0/0",     "",   Err("SHARDS should be the shards of this container")),
            ("0",       "",   Err("SHARDS should be the shards of this container")),
            ("0..3/16", "",   Err("such as 0/1 or 0-3/16")),
            ("-1/16",   "",   Err("SHARDS should be")),
            ("0-64/99", "",   Err("more than 64 shards")),
            ("4-7/16",  "",   Err("SHARDS does not begin with shard 0")),
            ("4-7/16",  "2",  Err("SHARDS does not begin with shard 0")),
            ("0-3/16",  "5",  Err("FRONTEND_PROCESSES should be a number from 1 to 4")),
            ("0-3/16",  "0",  Err("FRONTEND_PROCESSES should be a number from 1 to 4")),
            ("0-1/16",  "3",  Err("FRONTEND_PROCESSES is 3, but SHARDS has only 2")),
            ("",        "2",  Err("FRONTEND_PROCESSES is 2, but SHARDS has only 1")),
        ];
        for (shards, processes, expected) in table {
            match (read(shards, processes), expected) {
                (Ok((shards, processes)), Ok(expected)) => {
                    let of = u32::try_from(processes).unwrap();
                    let parts = (0..of).map(|number| shards.part(Nth { number, of }).to_string());
                    assert_eq!(parts.collect::<Vec<_>>(), *expected, "{shards} {processes}");
                }
                (Err(faults), Err(expected)) => {
                    let is_told = faults.0.len() == 1 && faults.0[0].contains(expected);
                    assert!(is_told, "{shards} {processes}: {faults}");
                }
                (found, expected) => panic!("{shards} {processes}: {found:?} for {expected:?}"),
            }
        }
    }

    #[test]
    fn what_a_process_is_told_it_reads_as_it_was_meant() {
        let (shards, which) = (Shards::parse("0-4/16").unwrap(), Nth { number: 1, of: 2 });
        let part = shards.part(which);
        assert_eq!(Shards::parse(&part.to_string()), Ok(part));
        assert_eq!((part.numbers(), part.has_dms()), (3..=4, false));
        let said = OsString::from(which.to_string());
        let lookup = move |_: &str| Some(said.clone());
        assert_eq!(Reader::read(&lookup, Reader::which_frontend), Ok(which));
        assert_eq!(Reader::read(&|_| None, Reader::which_frontend), Ok(Nth::ALONE));
    }
}
