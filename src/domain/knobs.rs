//! The numbers of the rules: what each is called outside, in which unit it is written, and between
//! which values it is safe. One table serves the season's file, staff who change a knob while the
//! ladder runs, and whoever lists them.
//!
//! The ranges hold for every season, the demo's too. They keep the ladder working, not well
//! balanced: a wave of 5 s suits a demo, and no value in range stops matches from being made,
//! played or closed.

#[cfg(test)]
mod tests;

use super::season::Knobs;
use std::fmt;
use std::time::Duration;

/// One number of the rules, or a list of them.
pub struct Knob {
    /// As in the season's file; the unit is its ending where it has one.
    pub name: &'static str,
    /// Least and greatest value, of each number where it is a list; both allowed.
    pub range: (f64, f64),
    pub about: &'static str,
    field: Field,
}

/// Where the value is among [`Knobs`], and with it the unit and the form that it is written in.
enum Field {
    Seconds(fn(&mut Knobs) -> &mut Duration),
    Count(fn(&mut Knobs) -> &mut u32),
    Small(fn(&mut Knobs) -> &mut u8),
    Mmr(fn(&mut Knobs) -> &mut i32),
    Decimal(fn(&mut Knobs) -> &mut f64),
    /// In order, so many of them at least and at most.
    Minutes(usize, usize, fn(&mut Knobs) -> &mut Vec<Duration>),
}

/// What a knob is set to, in its own unit.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    One(f64),
    Many(Vec<f64>),
}

/// Why a value is none of a knob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Not whole, no list, not in order, or too many.
    Form,
    /// Outside [`Knob::range`].
    Range,
}

const MINUTE: u64 = 60;

/// In the order in which they are listed.
#[rustfmt::skip]
pub const KNOBS: &[Knob] = &[
    knob("wave_s", (5.0, 600.0), Field::Seconds(|knobs| &mut knobs.wave),
        "Between waves, which fire on multiples of it since 1970."),
    knob("window_start", (0.0, 5000.0), Field::Count(|knobs| &mut knobs.window_start),
        "The gap in MMR that a player accepts before any wave."),
    knob("window_step", (1.0, 1000.0), Field::Count(|knobs| &mut knobs.window_step),
        "By which the gap grows with every wave waited, the present one included."),
    knob("vetoes", (0.0, 12.0), Field::Small(|knobs| &mut knobs.vetoes),
        "Maps that a player may veto; two players together never all of them."),
    knob("confirm_after_wave_s", (15.0, 600.0), Field::Seconds(|knobs| &mut knobs.confirm_after_wave),
        "The deadline to confirm is the later of this, after the wave, and the next one."),
    knob("confirm_after_delivery_s", (15.0, 600.0), Field::Seconds(|knobs| &mut knobs.confirm_after_delivery),
        "After the message reached the player."),
    knob("remind_after_s", (5.0, 300.0), Field::Seconds(|knobs| &mut knobs.remind_after),
        "After which a player who has not confirmed is reminded."),
    knob("match_limit_s", (600.0, 21_600.0), Field::Seconds(|knobs| &mut knobs.match_limit),
        "After which a match that nobody finished is closed."),
    knob("play_reminders_min", (1.0, 360.0), Field::Minutes(0, 5, |knobs| &mut knobs.play_reminders),
        "After which the players of a running match are reminded of it."),
    knob("aborts_per_month", (0.0, 31.0), Field::Small(|knobs| &mut knobs.aborts_per_month),
        "Matches that a player may abort in a month without a time-out."),
    knob("timeouts_min", (1.0, 1440.0), Field::Minutes(1, 20, |knobs| &mut knobs.timeouts),
        "Queue time-outs for not answering, one step up each time; one is forgiven per clean day."),
    knob("mmr_start", (0.0, 10_000.0), Field::Mmr(|knobs| &mut knobs.mmr_start),
        "The MMR of a race that was never played."),
    knob("mmr_scale", (50.0, 2000.0), Field::Decimal(|knobs| &mut knobs.mmr_scale),
        "The gap in MMR at which the better one is expected to win ten games of eleven."),
    knob("mmr_k", (1.0, 200.0), Field::Decimal(|knobs| &mut knobs.mmr_k),
        "The most that a match can move a MMR by."),
    knob("rematch_s", (0.0, 86_400.0), Field::Seconds(|knobs| &mut knobs.rematch),
        "Within which a pair that met is avoided, less and less."),
    knob("toons_per_region", (1.0, 20.0), Field::Small(|knobs| &mut knobs.toons_per_region),
        "Accounts of one player in a game region that a verified match binds; more by staff."),
    knob("dispute_s", (60.0, 86_400.0), Field::Seconds(|knobs| &mut knobs.dispute),
        "Within which a result can be disputed."),
    knob("provisional_deviation", (30.0, 350.0), Field::Decimal(|knobs| &mut knobs.provisional_deviation),
        "The deviation of a rating above which it is provisional."),
];

const fn knob(name: &'static str, range: (f64, f64), field: Field, about: &'static str) -> Knob {
    Knob { name, range, about, field }
}

/// The knob of that name.
pub fn find(name: &str) -> Option<&'static Knob> {
    KNOBS.iter().find(|knob| knob.name == name)
}

impl Knob {
    /// For people, behind a number.
    pub fn unit(&self) -> &'static str {
        match self.field {
            Field::Seconds(_) => "s",
            Field::Minutes(..) => "min",
            Field::Mmr(_) => "MMR",
            Field::Count(_) | Field::Small(_) | Field::Decimal(_) => "",
        }
    }

    pub fn is_list(&self) -> bool {
        matches!(self.field, Field::Minutes(..))
    }

    /// What fits, in words: `a whole number from 5 to 600`.
    pub fn expects(&self) -> String {
        let (least, most) = self.range;
        match self.field {
            Field::Decimal(_) => format!("a number from {least} to {most}"),
            Field::Minutes(fewest, most_of_them, _) => {
                format!("{fewest} to {most_of_them} whole numbers from {least} to {most}, in order")
            }
            Field::Seconds(_) | Field::Count(_) | Field::Small(_) | Field::Mmr(_) => {
                format!("a whole number from {least} to {most}")
            }
        }
    }

    /// One line of a list of all knobs: `wave_s = 45 s (5 to 600): Between waves, ...`.
    pub fn line(&self, knobs: &Knobs) -> String {
        let (least, most) = self.range;
        let space = if self.unit().is_empty() { "" } else { " " };
        format!(
            "{} = {}{space}{} ({least} to {most}): {}",
            self.name,
            self.read(knobs),
            self.unit(),
            self.about
        )
    }

    /// A value as people type it; a list has commas.
    pub fn parse(&self, text: &str) -> Result<Value, Wrong> {
        let number = |text: &str| {
            let number = text.trim().parse::<f64>().ok();
            number.filter(|number| number.is_finite()).ok_or(Wrong::Form)
        };
        let value = if !self.is_list() {
            Value::One(number(text)?)
        } else if text.trim().is_empty() {
            Value::Many(Vec::new())
        } else {
            Value::Many(text.split(',').map(number).collect::<Result<_, _>>()?)
        };
        self.check(&value)?;
        Ok(value)
    }

    pub fn check(&self, value: &Value) -> Result<(), Wrong> {
        let whole = !matches!(self.field, Field::Decimal(_));
        let numbers = match (value, &self.field) {
            (Value::Many(numbers), Field::Minutes(fewest, most, _)) => {
                if !(*fewest..=*most).contains(&numbers.len()) || !numbers.is_sorted() {
                    return Err(Wrong::Form);
                }
                numbers.as_slice()
            }
            (Value::One(number), field) if !matches!(field, Field::Minutes(..)) => {
                std::slice::from_ref(number)
            }
            (Value::One(_) | Value::Many(_), _) => return Err(Wrong::Form),
        };
        if numbers.iter().any(|number| !number.is_finite() || whole && number.fract() != 0.0) {
            return Err(Wrong::Form);
        }
        let (least, most) = self.range;
        if numbers.iter().any(|number| !(least..=most).contains(number)) {
            return Err(Wrong::Range);
        }
        Ok(())
    }

    pub fn read(&self, knobs: &Knobs) -> Value {
        let mut knobs = knobs.clone();
        let per = |time: Duration, unit: u64| time.as_secs_f64() / unit as f64;
        match self.field {
            Field::Seconds(of) => Value::One(per(*of(&mut knobs), 1)),
            Field::Count(of) => Value::One(f64::from(*of(&mut knobs))),
            Field::Small(of) => Value::One(f64::from(*of(&mut knobs))),
            Field::Mmr(of) => Value::One(f64::from(*of(&mut knobs))),
            Field::Decimal(of) => Value::One(*of(&mut knobs)),
            Field::Minutes(_, _, of) => {
                Value::Many(of(&mut knobs).iter().map(|time| per(*time, MINUTE)).collect())
            }
        }
    }

    /// Sets the knob to a value that [`Knob::check`] let pass.
    pub fn write(&self, knobs: &mut Knobs, value: &Value) {
        assert_eq!(self.check(value), Ok(()), "{} is set to what it takes", self.name);
        let time = |number: f64, unit: u64| Duration::from_secs_f64(number * unit as f64);
        match (&self.field, value) {
            (Field::Seconds(of), Value::One(number)) => *of(knobs) = time(*number, 1),
            // Whole and in range, so nothing is cut off.
            (Field::Count(of), Value::One(number)) => *of(knobs) = *number as u32,
            (Field::Small(of), Value::One(number)) => *of(knobs) = *number as u8,
            (Field::Mmr(of), Value::One(number)) => *of(knobs) = *number as i32,
            (Field::Decimal(of), Value::One(number)) => *of(knobs) = *number,
            (Field::Minutes(_, _, of), Value::Many(numbers)) => {
                *of(knobs) = numbers.iter().map(|number| time(*number, MINUTE)).collect();
            }
            (Field::Minutes(..), Value::One(_)) | (_, Value::Many(_)) => {
                unreachable!("the form was checked")
            }
        }
    }
}

/// As [`Knob::parse`] reads it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::One(number) => number.fmt(f),
            Value::Many(numbers) => {
                let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                f.write_str(&texts.join(", "))
            }
        }
    }
}
