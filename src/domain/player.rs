//! A member of the ladder, and the rules for what they call themselves.

pub(super) mod settings;
pub(super) mod snapshot;

use super::memory;
use super::season::{Knobs, Season};
use ipc_schema::event::Names;
use ipc_schema::ids::{ChannelId, PlayerId, UserId};
use ipc_schema::view::{SetupStep, SetupView};
use ipc_schema::vocab::{GameRegion, Locale, RaceChoice, Refusal, Region, Timestamp, Toon};
pub use settings::Settings;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Opponents remembered to avoid a rematch. Games take minutes, so more do not fit the time that counts.
const RECENT: usize = 32;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Clone, PartialEq)]
pub struct Player {
    pub user: UserId,
    pub locale: Locale,
    /// The DM with the bot, once one was seen.
    pub channel: Option<ChannelId>,
    pub terms_accepted: bool,
    pub names: Option<Names>,
    pub region: Option<Region>,
    pub setup_finished: bool,
    pub races: RaceChoice,
    pub vetoes: Vec<String>,
    pub toons: Vec<(GameRegion, Toon)>,
    /// How many accounts of a game region staff let the player bind, instead of the season's number.
    pub toon_allowances: BTreeMap<GameRegion, u8>,
    pub last_map: Option<String>,
    pub recent_opponents: VecDeque<(PlayerId, Timestamp)>,
    aborts: Aborts,
    timeout: Option<Timeout>,
    /// Ends by an event, also where it ends by time.
    pub ban: Option<Ban>,
    pub settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// None for good.
    pub until: Option<Timestamp>,
    pub reason: String,
}

/// Aborts used in a month, counted from year 0; another month begins at none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Aborts {
    month: u32,
    used: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Timeout {
    /// From 1; 0 for one that staff gave or lifted.
    step: u8,
    until: Timestamp,
}

impl Player {
    pub fn new(user: UserId, locale: Locale) -> Player {
        Player {
            user,
            locale,
            channel: None,
            terms_accepted: false,
            names: None,
            region: None,
            setup_finished: false,
            races: RaceChoice::default(),
            vetoes: Vec::new(),
            toons: Vec::new(),
            toon_allowances: BTreeMap::new(),
            last_map: None,
            recent_opponents: VecDeque::new(),
            aborts: Aborts::default(),
            timeout: None,
            ban: None,
            settings: Settings::default(),
        }
    }

    /// The name shown; before it is chosen, the Discord account's number.
    pub fn name(&self) -> String {
        self.names.as_ref().map_or_else(|| self.user.to_string(), |names| names.name.clone())
    }

    pub fn country(&self) -> &str {
        self.names.as_ref().map_or("XX", |names| &names.country)
    }

    /// The accounts bound in a game region.
    pub fn toons_in(&self, region: GameRegion) -> impl Iterator<Item = &Toon> {
        self.toons.iter().filter(move |(bound, _)| *bound == region).map(|(_, toon)| toon)
    }

    /// How many accounts of a game region verified matches may bind.
    pub fn toons_allowed(&self, knobs: &Knobs, region: GameRegion) -> u8 {
        self.toon_allowances.get(&region).copied().unwrap_or(knobs.toons_per_region)
    }

    /// Where `/setup` resumes.
    pub fn setup_step(&self) -> SetupStep {
        if !self.terms_accepted {
            SetupStep::Terms
        } else if self.names.is_none() {
            SetupStep::Names
        } else if self.region.is_none() {
            SetupStep::Region
        } else if self.setup_finished {
            SetupStep::Done
        } else if self.settings.notifications_passed {
            SetupStep::Preview
        } else {
            SetupStep::Notifications
        }
    }

    pub fn setup_view(&self) -> SetupView {
        SetupView {
            step: self.setup_step(),
            locale: self.locale,
            terms_accepted: self.terms_accepted,
            names: self.names.clone(),
            region: self.region,
            notifications: self.settings.notifications,
        }
    }

    /// The first of the gates.
    pub fn ban_gate(&self) -> Result<(), Refusal> {
        match &self.ban {
            Some(Ban { until, reason }) => Err(Refusal::Banned { until: *until, reason: reason.clone() }),
            None => Ok(()),
        }
    }

    /// What must be open before the player may queue or upload.
    pub fn gate(&self) -> Result<(), Refusal> {
        self.ban_gate()?;
        match self.setup_step() {
            SetupStep::Done => Ok(()),
            SetupStep::Terms if self.setup_finished => Err(Refusal::TermsNeeded),
            SetupStep::Terms
            | SetupStep::Names
            | SetupStep::Region
            | SetupStep::Notifications
            | SetupStep::Preview => Err(Refusal::SetupNeeded),
        }
    }

    /// The last of the gates before the queue: what a match is like was read once.
    pub fn guide_gate(&self) -> Result<(), Refusal> {
        if self.settings.guide_read { Ok(()) } else { Err(Refusal::GuideUnread) }
    }

    /// What is elsewhere on the heap, about.
    pub fn heap_bytes(&self) -> usize {
        let names = self.names.as_ref().map_or(0, |names| {
            let Names { name, battle_tag, alternatives, country } = names;
            name.capacity() + battle_tag.capacity() + country.capacity() + memory::of_texts(alternatives)
        });
        let last_map = self.last_map.as_ref().map_or(0, String::capacity);
        names
            + memory::of_texts(&self.vetoes)
            + memory::of_vec(&self.toons)
            + memory::of_deque(&self.recent_opponents)
            + last_map
    }

    /// When a queue time-out that runs at `now` ends.
    pub fn timed_out(&self, now: Timestamp) -> Option<Timestamp> {
        self.timeout.map(|timeout| timeout.until).filter(|until| *until > now)
    }

    /// The step and end of the time-out for one more offence at `now`: one step up. One that runs
    /// longer, by staff, goes on.
    pub fn next_timeout(&self, season: &Season, now: Timestamp) -> (u8, Timestamp) {
        let steps = &season.knobs.timeouts;
        let step = usize::from(self.timeout_step(now)).min(steps.len() - 1);
        let until = (now + steps[step]).max(self.timed_out(now).unwrap_or(now));
        (u8::try_from(step + 1).expect("there are a handful of steps"), until)
    }

    /// How far up the ladder of time-outs the player stands: one step down from the last one for
    /// every clean day since it ended.
    pub fn timeout_step(&self, now: Timestamp) -> u8 {
        self.timeout.map_or(0, |timeout| {
            let clean_days = now.since(timeout.until).as_secs() / DAY.as_secs();
            timeout.step.saturating_sub(u8::try_from(clean_days).unwrap_or(u8::MAX))
        })
    }

    /// Whether nothing keeps the player out of the queue.
    pub fn may_wait(&self, now: Timestamp) -> bool {
        self.gate().is_ok() && self.timed_out(now).is_none()
    }

    pub fn time_out(&mut self, step: u8, until: Timestamp) {
        self.timeout = Some(Timeout { step, until });
    }

    pub fn aborts_left(&self, season: &Season, now: Timestamp) -> u8 {
        let used = if self.aborts.month == month_of(now) { self.aborts.used } else { 0 };
        season.knobs.aborts_per_month.saturating_sub(used)
    }

    pub fn spend_abort(&mut self, month: u32) {
        let used = if self.aborts.month == month { self.aborts.used } else { 0 };
        self.aborts = Aborts { month, used: used.saturating_add(1) };
    }

    pub fn reset_aborts(&mut self) {
        self.aborts.used = 0;
    }

    pub fn met(&mut self, opponent: PlayerId, map: &str, at: Timestamp) {
        if self.recent_opponents.len() == RECENT {
            self.recent_opponents.pop_front();
        }
        self.recent_opponents.push_back((opponent, at));
        self.last_map = Some(map.to_owned());
    }
}

/// The UTC month, counted from year 0 (Howard Hinnant's civil-from-days).
pub fn month_of(at: Timestamp) -> u32 {
    let days = at.0 / (1000 * DAY.as_secs()) + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    // Years begin in March here, so January and February belong to the next one.
    let month = if shifted_month < 10 { shifted_month + 2 } else { shifted_month - 10 };
    let year = 400 * era + year_of_era + u64::from(month < 2);
    u32::try_from(12 * year + month).expect("a month of this era fits")
}

/// One name for all its spellings: without regard to case in any language, to how letters with
/// marks are stored, and to full width and other forms of the same letters (compatibility caseless
/// matching, the Unicode Standard, definition D146). Turkish has two letters where others have one,
/// and writes them I and i without and with a dot; nobody can tell from IRMAK which was meant, so
/// all four are one here.
pub fn fold(name: &str) -> String {
    // What all the rest comes to for these. A load folds every name, so it shows.
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let once = UniCase::unicode(name.nfd().collect::<String>()).to_folded_case();
    let twice = UniCase::unicode(once.nfkd().collect::<String>()).to_folded_case();
    let mut after_i = false;
    let one_i = twice.nfkd().filter_map(|char| {
        let is_dot = after_i && char == '\u{307}';
        let char = if char == 'ı' { 'i' } else { char };
        after_i = char == 'i';
        (!is_dot).then_some(char)
    });
    one_i.nfkc().collect()
}

/// Moves a player's entry among unique names. Names that another build told apart may be one in
/// this one: the first who had it keeps it, nobody loses it to a change of the other's name, and when
/// the first takes another one, it is the other's.
pub(super) fn rename(
    unique: &mut BTreeMap<String, PlayerId>,
    players: &BTreeMap<PlayerId, Player>,
    player: PlayerId,
    (old, new): (Option<&str>, &str),
    name_of: fn(&Names) -> &String,
) {
    let new = fold(new);
    if let Some(old) = old.map(fold).filter(|old| *old != new && unique.get(old) == Some(&player)) {
        let has_it = |known: &Player| known.names.as_ref().is_some_and(|names| fold(name_of(names)) == old);
        match players.iter().find(|(id, known)| **id != player && has_it(known)) {
            Some((heir, _)) => unique.insert(old, *heir),
            None => unique.remove(&old),
        };
    }
    unique.entry(new).or_insert(player);
}

/// The names in their stored form, if the rules allow them. An alternative may be the name of
/// somebody else: names in the game belong to nobody, and two may well have the same. What it is
/// good for then, [`super::verdict`] says.
pub fn check_names(season: &Season, names: &Names) -> Result<Names, Refusal> {
    let name = check_name(&names.name).ok_or(Refusal::NameInvalid)?;
    let battle_tag = check_battle_tag(&names.battle_tag).ok_or(Refusal::BattleTagInvalid)?;
    let alternatives = names.alternatives.iter().map(|name| check_name(name)).collect::<Option<Vec<_>>>();
    let alternatives = alternatives.ok_or(Refusal::AlternativeNameInvalid)?;
    let mut folded: Vec<String> = alternatives.iter().chain([&name]).map(|name| fold(name)).collect();
    folded.sort();
    folded.dedup();
    if alternatives.len() > 3 || folded.len() != alternatives.len() + 1 {
        return Err(Refusal::AlternativeNameInvalid);
    }
    let country = names.country.trim().to_uppercase();
    if !season.countries.contains(&country) {
        return Err(Refusal::CountryUnknown);
    }
    Ok(Names { name, battle_tag, alternatives, country })
}

fn check_name(name: &str) -> Option<String> {
    let name: String = name.trim().nfc().collect();
    ((3..=12).contains(&name.chars().count()) && is_of_letters(&name)).then_some(name)
}

fn check_battle_tag(tag: &str) -> Option<String> {
    let tag: String = tag.trim().nfc().collect();
    let (name, number) = tag.split_once('#')?;
    let name_fits = (1..=12).contains(&name.chars().count()) && is_of_letters(name);
    let number_fits = (3..=12).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit());
    (name_fits && number_fits).then_some(tag)
}

/// Whether a text has nothing but letters and digits, and the marks that letters of some scripts
/// are written with: at most two on one of them, since more are no word but a tower.
fn is_of_letters(text: &str) -> bool {
    let mut marks = None;
    text.chars().all(|char| {
        marks = match marks {
            _ if is_invisible(char) => return false,
            Some(on_letter) if is_combining_mark(char) => Some(on_letter + 1),
            None if is_combining_mark(char) => return false,
            _ if char.is_alphanumeric() => Some(0),
            _ => return false,
        };
        marks <= Some(2)
    })
}

/// Letters and marks that show nothing: with them, two names could look the same.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn season() -> Season {
        crate::season::load(crate::season::Which::Real).unwrap()
    }

    fn names(name: &str, battle_tag: &str, alternatives: &[&str], country: &str) -> Names {
        let alternatives = alternatives.iter().map(|name| (*name).to_owned()).collect();
        Names {
            name: name.to_owned(),
            battle_tag: battle_tag.to_owned(),
            alternatives,
            country: country.to_owned(),
        }
    }

    #[test]
    fn names_follow_the_rules() {
        for (names, expected) in [
            (names("Ana", "Ana#123", &[], "DE"), Ok(())),
            (names("홍진호", "홍진호#31234", &["Yellow"], "kr"), Ok(())),
            (names("Жук123456789", "a#123456789012", &[], "XX"), Ok(())),
            (names("Al", "Al#123", &[], "DE"), Err(Refusal::NameInvalid)),
            (names("Anaanaanaanaa", "Ana#123", &[], "DE"), Err(Refusal::NameInvalid)),
            (names("An a", "Ana#123", &[], "DE"), Err(Refusal::NameInvalid)),
            (names("Ana", "Ana#12", &[], "DE"), Err(Refusal::BattleTagInvalid)),
            (names("Ana", "Ana123", &[], "DE"), Err(Refusal::BattleTagInvalid)),
            (names("Ana", "Ana#١٢٣", &[], "DE"), Err(Refusal::BattleTagInvalid)),
            (names("Ana", "Ana#123", &["ANA"], "DE"), Err(Refusal::AlternativeNameInvalid)),
            (names("Ana", "Ana#123", &["Bea", "bea"], "DE"), Err(Refusal::AlternativeNameInvalid)),
            (names("Ana", "Ana#123", &["Ｂｅａ", "bea"], "DE"), Err(Refusal::AlternativeNameInvalid)),
            (names("Strasse", "Ana#123", &["Straße"], "DE"), Err(Refusal::AlternativeNameInvalid)),
            (names("Ana", "Ana#123", &["Bea", "Cea", "Dea"], "ZZ"), Ok(())),
            (
                names("Ana", "Ana#123", &["Bea", "Cea", "Dea", "Eea"], "DE"),
                Err(Refusal::AlternativeNameInvalid),
            ),
            (names("Ana", "Ana#123", &[], "Germany"), Err(Refusal::CountryUnknown)),
        ] {
            assert_eq!(check_names(&season(), &names).map(|_| ()), expected, "{names:?}");
        }
    }

    #[test]
    fn a_name_has_letters_of_any_script_and_nothing_that_cannot_be_seen() {
        for (name, fits) in [
            ("Zoë", true),
            ("Ąčęł", true),
            ("Ώμέγα", true),
            ("李世石", true),
            ("ひらがな", true),
            ("ｶﾀｶﾅ", true),
            ("שלום", true),
            ("محمد", true),
            // Letters that are written with marks.
            ("हिन्दी", true),
            ("น้ำใส", true),
            ("한글이", true),
            ("q\u{323}\u{307}yz", true),
            ("q\u{323}\u{307}\u{301}yz", false),
            ("\u{301}abc", false),
            // Fillers, joiners and selectors, which show nothing.
            ("\u{3164}\u{3164}\u{3164}", false),
            ("Ana\u{3164}", false),
            ("Ana\u{ffa0}", false),
            ("Ana\u{115f}", false),
            ("Ana\u{fe0f}", false),
            ("Ana\u{34f}", false),
            ("Ana\u{e0100}", false),
            ("Ana\u{200d}", false),
            ("Ana\u{200b}", false),
            ("Ana\u{ad}", false),
            ("A\u{202e}na", false),
            ("Ana_", false),
            ("Ana🙂", false),
            ("A-na", false),
        ] {
            assert_eq!(check_name(name).is_some(), fits, "{name:?}");
            let tag = format!("{name}#123");
            assert_eq!(check_battle_tag(&tag).is_some(), fits, "{name:?}");
        }
    }

    #[test]
    fn names_that_differ_in_case_or_form_alone_are_one() {
        for (one, other, same) in [
            ("Straße", "STRASSE", true),
            ("Straße", "STRAẞE", true),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς", true),
            ("Οδυσσεύς", "οδυσσεύσ", true),
            ("ΜΆΪΟΣ", "μάϊος", true),
            // The Turkish letters, in each other's capitals and in small ones.
            ("İrmak", "irmak", true),
            ("IRMAK", "ırmak", true),
            ("İRMAK", "ırmak", true),
            ("i\u{307}rmak", "Irmak", true),
            ("ÍNGRID", "íngrid", true),
            ("Íngrid", "Ingrid", false),
            // Full width, half width, ligatures, other forms of digits.
            ("Ａｎａ", "ana", true),
            ("ＡＮＡ９", "Ana9", true),
            ("ｶﾀｶﾅ", "カタカナ", true),
            ("ﬁnn", "FINN", true),
            ("Ana²", "ana2", true),
            ("ᏣᎳᎩ", "ꮳꮃꭹ", true),
            ("Жук", "ЖУК", true),
            ("Жук", "Жyк", false),
            ("Zoe", "Zoë", false),
            ("かな", "カナ", false),
        ] {
            assert_eq!(fold(one) == fold(other), same, "{one} and {other}");
            assert_eq!(fold(&fold(one)), fold(one), "folding {one} once is enough");
        }
    }

    #[test]
    fn a_composed_and_a_decomposed_name_are_one() {
        assert_eq!(fold("Zo\u{e9}"), fold("ZOE\u{301}"));
        assert_eq!(
            check_names(&season(), &names("Zoe\u{301}", "Z#123", &[], "FR")).unwrap().name,
            "Zo\u{e9}"
        );
    }

    #[test]
    fn a_month_begins_on_its_first_day_in_utc() {
        // 2026-10-31T23:59:59Z, 2026-11-01T00:00:00Z, 2024-02-29T12:00:00Z, 2027-01-01T00:00:00Z
        let months = [1_793_491_199, 1_793_491_200, 1_709_208_000, 1_798_761_600]
            .map(|at| month_of(Timestamp(at * 1000)));
        assert_eq!(months, [2026 * 12 + 9, 2026 * 12 + 10, 2024 * 12 + 1, 2027 * 12]);
    }

    #[test]
    fn a_day_is_clean_once_it_is_whole_and_counts_from_the_end_of_the_last_timeout() {
        let season = crate::season::load(crate::season::Which::Real).unwrap();
        let start = Timestamp(1_795_284_000_000);
        let mut player = Player::new(UserId(1), Locale::EnUs);
        player.time_out(3, start);
        let second = Duration::from_secs(1);
        for (after, step) in [
            // During it, and on the day after it, nothing is forgiven.
            (Duration::ZERO, 4),
            (DAY - second, 4),
            (DAY, 3),
            (2 * DAY - second, 3),
            (2 * DAY, 2),
            (3 * DAY, 1),
            (300 * DAY, 1),
        ] {
            assert_eq!(player.next_timeout(&season, start + after).0, step, "after {after:?}");
        }
        assert_eq!(player.next_timeout(&season, start - DAY).0, 4);
        // Another offence begins the count anew.
        let (step, until) = player.next_timeout(&season, start + DAY);
        player.time_out(step, until);
        assert_eq!(player.next_timeout(&season, start + 2 * DAY).0, 4, "the new one ends later");
        assert_eq!(player.next_timeout(&season, until + DAY).0, 3);
    }

    #[test]
    fn timeouts_climb_and_are_forgiven_by_the_day() {
        let season = season();
        let mut player = Player::new(UserId(1), Locale::EnUs);
        let mut now = Timestamp(0);
        for (after_days, minutes) in [
            (0, 5),
            (0, 10),
            (0, 20),
            (1, 20),
            (3, 5),
            (0, 10),
            (0, 20),
            (0, 40),
            (0, 80),
            (0, 160),
            (0, 240),
            (0, 240),
        ] {
            now = now + after_days * DAY;
            let (step, until) = player.next_timeout(&season, now);
            assert_eq!(until.since(now), Duration::from_secs(60 * minutes), "after {after_days} days");
            player.time_out(step, until);
            now = until;
        }
    }
}
