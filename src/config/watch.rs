//! From when on the ladder counts as busy, and something as wrong.

use super::Reader;
use crate::watch::Knobs;
use crate::watch::alerts::RULES;
use crate::watch::level::{Limits, MEASURES};
use std::time::Duration;

/// From when on the ladder is busy, and overloaded.
pub const LOAD_LEVELS: &str = "LOAD_LEVELS";
/// Above which something is an alert.
pub const ALERTS: &str = "ALERTS";

impl Reader<'_> {
    /// The limits there are without the two variables, with what these change of them.
    pub(super) fn watch(&mut self) -> Knobs {
        let mut knobs = Knobs::default();
        let measures: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        let is = format!(
            "words such as replays=51/150 (busy from 51, overloaded from 150) of {}, and calm=30 (seconds)",
            measures.join(", ")
        );
        if let Some(changed) = self.parsed(LOAD_LEVELS, &is, |text| levels(knobs.clone(), text)) {
            knobs = changed;
        }
        let limited: Vec<&str> =
            RULES.iter().filter(|rule| rule.limit.is_some()).map(|rule| rule.name).collect();
        let is = format!(
            "words such as UploadLine=50 (an alert above 50) of {}, and for=60 and keep=60 (seconds)",
            limited.join(", ")
        );
        if let Some(changed) = self.parsed(ALERTS, &is, |text| alerts(knobs.clone(), text)) {
            knobs = changed;
        }
        knobs
    }
}

/// The words of a text as names and values.
fn words(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    text.split([' ', ',']).filter(|word| !word.is_empty()).map(|word| word.split_once('='))
}

/// A number that something can be above.
fn limit(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into()))
}

fn levels(mut knobs: Knobs, text: &str) -> Option<Knobs> {
    for word in words(text) {
        let (name, value) = word?;
        if name == "calm" {
            knobs.calm = seconds(value)?;
            continue;
        }
        let at = MEASURES.iter().position(|measure| measure.name == name)?;
        let (busy, overloaded) = value.split_once('/')?;
        let limits = Limits { busy: limit(busy)?, overloaded: limit(overloaded)? };
        // From 0 on everything would be busy for ever.
        if limits.busy <= 0.0 || limits.overloaded < limits.busy {
            return None;
        }
        knobs.levels[at] = limits;
    }
    Some(knobs)
}

fn alerts(mut knobs: Knobs, text: &str) -> Option<Knobs> {
    for word in words(text) {
        let (name, value) = word?;
        match name {
            "for" => knobs.patience = seconds(value)?,
            "keep" => knobs.keep = seconds(value)?,
            name => {
                let at = RULES.iter().position(|rule| rule.name == name && rule.limit.is_some())?;
                knobs.alerts[at] = limit(value)?;
            }
        }
    }
    Some(knobs)
}

#[cfg(test)]
mod tests {
    use super::super::Faults;
    use super::*;
    use crate::watch::level::Measure;
    use std::ffi::OsString;

    fn read(levels: &str, alerts: &str) -> Result<Knobs, Faults> {
        let (levels, alerts) = (OsString::from(levels), OsString::from(alerts));
        let lookup =
            move |name: &str| Some(if name == LOAD_LEVELS { levels.clone() } else { alerts.clone() });
        Reader::read(&lookup, Reader::watch)
    }

    #[test]
    fn what_is_not_named_keeps_its_limit() {
        assert_eq!(read("", ""), Ok(Knobs::default()));
        let knobs = read("replays=1/2, calm=3", "UploadLine=0 Memory=0.5 for=1 keep=2").unwrap();
        let of = |name| knobs.levels[MEASURES.iter().position(|measure| measure.name == name).unwrap()];
        assert_eq!(of("replays"), Limits { busy: 1.0, overloaded: 2.0 });
        assert_eq!(of("unsaved"), Limits { busy: 201.0, overloaded: 1000.0 });
        let above = |name| knobs.alerts[RULES.iter().position(|rule| rule.name == name).unwrap()];
        assert_eq!([above("UploadLine"), above("Memory"), above("WriterQueue")], [0.0, 0.5, 200.0]);
        let seconds = [knobs.calm, knobs.patience, knobs.keep].map(|time| time.as_secs());
        assert_eq!(seconds, [3, 1, 2]);
    }

    #[test]
    fn the_readme_has_the_defaults() {
        let knobs = Knobs::default();
        let level = |(measure, limits): (&Measure, &Limits)| {
            format!("{}={}/{} ", measure.name, limits.busy, limits.overloaded)
        };
        let levels: String = MEASURES.iter().zip(&knobs.levels).map(level).collect();
        let rules = RULES.iter().filter_map(|rule| Some(format!("{}={} ", rule.name, rule.limit?)));
        let [calm, patience, keep] = [knobs.calm, knobs.patience, knobs.keep].map(|time| time.as_secs());
        let readme = include_str!("../../README.md");
        for expected in [
            format!("| `LOAD_LEVELS` | `{levels}calm={calm}` |"),
            format!("| `ALERTS` | `{}for={patience} keep={keep}` |", rules.collect::<String>()),
        ] {
            assert!(readme.contains(&expected), "README.md should have {expected}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_a_fault() {
        for wrong in
            ["replays", "replays=5", "replays=0/5", "replays=6/5", "replays=a/b", "queue=1/2", "calm=-1"]
        {
            let faults = read(wrong, "").unwrap_err();
            assert!(
                faults.0.len() == 1 && faults.0[0].starts_with("LOAD_LEVELS should be words"),
                "{faults}"
            );
        }
        for wrong in ["UploadLine", "UploadLine=-1", "UploadLine=NaN", "ReadOnly=1", "Cpu=1", "for=soon"] {
            let faults = read("", wrong).unwrap_err();
            assert!(faults.0.len() == 1 && faults.0[0].starts_with("ALERTS should be words"), "{faults}");
        }
    }
}
