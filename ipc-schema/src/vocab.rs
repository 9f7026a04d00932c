//! The small shared words of the ladder.

use crate::frame::{Decode, Encode};
use crate::ids::{ChannelId, UserId};
use std::{fmt, ops, time::Duration};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Timestamp(pub u64);

impl Timestamp {
    pub const ZERO: Timestamp = Timestamp(0);

    /// Whole seconds since 1970, as Discord's time stamps want them.
    pub fn unix_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// How long it is from `earlier` to here; zero if `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Discord's ids count milliseconds from the first of January 2015, in all but their lowest 22 bits.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

impl Timestamp {
    /// When Discord gave this id.
    pub fn of_snowflake(id: u64) -> Timestamp {
        Timestamp((id >> 22) + DISCORD_EPOCH_MS)
    }

    /// An id that Discord may have given then; 0 for a time before its first.
    pub fn to_snowflake(self) -> u64 {
        self.0.saturating_sub(DISCORD_EPOCH_MS) << 22
    }
}

impl ops::Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl ops::Sub<Duration> for Timestamp {
    type Output = Timestamp;
    fn sub(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// What it takes to go on with a session of Discord's gateway, also in another process.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GatewaySession {
    pub id: String,
    pub resume_url: String,
    /// Every event up to this one needs nothing more; Discord sends the later ones again.
    pub sequence: u64,
    /// Discord's id of the application, which only the beginning of a session tells.
    pub application: u64,
    /// Later events that are dealt with although nobody but their players knows: they were told that there was no
    /// room for them. Not in the database, which is told later than the disk anyway.
    pub refused: Vec<u64>,
}

/// A closed set of words with a code each: the code is what files, tables and custom ids hold.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    )+};
}

codes! {
    /// Brood War or StarCraft II.
    Era { Bw = "bw", Sc2 = "sc2" }
    /// What a player plays.
    Race {
        BwTerran = "bw_terran", BwZerg = "bw_zerg", BwProtoss = "bw_protoss",
        Sc2Terran = "sc2_terran", Sc2Zerg = "sc2_zerg", Sc2Protoss = "sc2_protoss",
    }
    /// Where a player lives, as far as servers are concerned.
    Region {
        Naw = "NAW", Nac = "NAC", Nae = "NAE", Cam = "CAM", Sam = "SAM", Euw = "EUW", Eue = "EUE", Afr = "AFR",
        Mea = "MEA", Sea = "SEA", Krj = "KRJ", Chn = "CHN", Thm = "THM", Oce = "OCE", Usb = "USB", Fer = "FER",
    }
    /// A place that hosts games.
    Server {
        Usw = "USW", Usc = "USC", Use = "USE", Brz = "BRZ", Sng = "SNG", Aus = "AUS",
        Euc = "EUC", Kor = "KOR", Twn = "TWN",
    }
    /// A Battle.net game region, whose number toon handles begin with.
    GameRegion { Americas = "americas", Europe = "europe", Asia = "asia" }
    /// A language of the ladder.
    Locale { EnUs = "enUS", KoKr = "koKR", ZhCn = "zhCN", EsMx = "esMX", RuRu = "ruRU" }
    /// How a game ended for one player.
    Outcome { Won = "won", Lost = "lost", Draw = "draw" }
    /// Whose queueing a player wants to hear of, by what they can play.
    PingsOf { Nobody = "nobody", Bw = "bw", Sc2 = "sc2", Anyone = "anyone" }
    /// The letter on the leaderboard, best first.
    Rank { S = "S", A = "A", B = "B", C = "C", D = "D", E = "E", F = "F" }
}

impl Outcome {
    /// The same game for the other player.
    pub fn reversed(self) -> Outcome {
        match self {
            Outcome::Won => Outcome::Lost,
            Outcome::Lost => Outcome::Won,
            Outcome::Draw => Outcome::Draw,
        }
    }
}

impl Race {
    pub fn era(self) -> Era {
        match self {
            Race::BwTerran | Race::BwZerg | Race::BwProtoss => Era::Bw,
            Race::Sc2Terran | Race::Sc2Zerg | Race::Sc2Protoss => Era::Sc2,
        }
    }
}

impl Era {
    pub fn other(self) -> Era {
        match self {
            Era::Bw => Era::Sc2,
            Era::Sc2 => Era::Bw,
        }
    }
}

impl GameRegion {
    /// Battle.net's number: 1 Americas, 2 Europe, 3 Asia.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    pub fn from_number(number: u8) -> Option<GameRegion> {
        GameRegion::ALL.get(usize::from(number.checked_sub(1)?)).copied()
    }
}

impl Server {
    pub fn game_region(self) -> GameRegion {
        match self {
            Server::Usw | Server::Usc | Server::Use | Server::Brz | Server::Sng | Server::Aus => {
                GameRegion::Americas
            }
            Server::Euc => GameRegion::Europe,
            Server::Kor | Server::Twn => GameRegion::Asia,
        }
    }
}

/// The number shown on the leaderboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Mmr(pub i32);

impl fmt::Display for Mmr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A Glicko-2 rating with its uncertainty, in Glicko's units: an average player has 1500.
#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub struct Glicko {
    pub rating: f64,
    /// One standard deviation of the rating.
    pub deviation: f64,
    pub volatility: f64,
}

/// Two capital letters: ISO 3166-1 alpha-2, or XX (does not say), ZZ (other).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Of who does not say.
    pub const UNSAID: CountryCode = CountryCode(*b"XX");

    pub fn from_code(code: &str) -> Option<CountryCode> {
        let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(CountryCode(letters))
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| fmt::Write::write_char(f, char::from(*letter)))
    }
}

/// A Battle.net account in one game region, written `2-S2-1-278321`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Toon {
    pub region: u8,
    pub realm: u32,
    pub id: u64,
}

impl fmt::Display for Toon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-S2-{}-{}", self.region, self.realm, self.id)
    }
}

/// SHA-256 of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct FileHash(pub [u8; 32]);

impl FileHash {
    /// Of 64 lower-case digits, as it is written everywhere.
    pub fn from_hex(text: &str) -> Option<FileHash> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut hash = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != hash.len() || !rest.is_empty() {
            return None;
        }
        for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Some(FileHash(hash))
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHash({self})")
    }
}

/// The races a player queues with: at most one of each era, at least one in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct RaceChoice {
    pub bw: Option<Race>,
    pub sc2: Option<Race>,
}

impl RaceChoice {
    pub fn of(self, era: Era) -> Option<Race> {
        match era {
            Era::Bw => self.bw,
            Era::Sc2 => self.sc2,
        }
    }

    pub fn with(self, era: Era, race: Option<Race>) -> RaceChoice {
        match era {
            Era::Bw => RaceChoice { bw: race, ..self },
            Era::Sc2 => RaceChoice { sc2: race, ..self },
        }
    }

    pub fn is_empty(self) -> bool {
        self.bw.is_none() && self.sc2.is_none()
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Caller {
    pub user: UserId,
    /// Of the Discord client; presets the ladder's language.
    pub locale: Locale,
    /// The DM with the bot, if the request came from there.
    pub dm: Option<ChannelId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum TermsAnswer {
    Accept,
    Decline,
}

/// How a match ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// One of them won. `winner` is the slot, 0 or 1.
    Decided { winner: u8, ground: Ground },
    /// One player left it before it began.
    Aborted { by: u8 },
    /// Not everyone confirmed in time; true where the player of that slot did.
    Unconfirmed { confirmed: [bool; 2] },
    /// Nobody finished it within the time limit.
    Expired,
    /// Neither won.
    Drawn { ground: Ground },
    /// The players' reports contradict each other; it counts for nothing until staff decide.
    Conflict,
    /// Staff decided that it counts for nothing.
    Void,
    /// Staff took a player off the ladder; `by` is the slot of that player, None where both stay.
    Cancelled { by: Option<u8> },
}

impl Verdict {
    /// What it counts as in the ratings for the player of a slot; None where it counts for nothing.
    pub fn outcome(self, slot: usize) -> Option<Outcome> {
        match self {
            Verdict::Decided { winner, .. } if usize::from(winner) == slot => Some(Outcome::Won),
            Verdict::Decided { .. } => Some(Outcome::Lost),
            Verdict::Drawn { .. } => Some(Outcome::Draw),
            Verdict::Aborted { .. }
            | Verdict::Unconfirmed { .. }
            | Verdict::Expired
            | Verdict::Conflict
            | Verdict::Void
            | Verdict::Cancelled { .. } => None,
        }
    }
}

/// Why the winner is the winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Ground {
    /// The replay records the result.
    Recorded,
    /// The result is missing and the other player left first.
    OpponentLeftFirst,
    /// Both players reported the same.
    Reported,
    /// Staff decided.
    Staff,
}

/// The rules say no. Shown to the player, not an error of ours.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Refusal {
    /// `/setup` is not finished.
    SetupNeeded,
    /// The terms are not accepted.
    TermsNeeded,
    NameInvalid,
    NameTaken,
    BattleTagInvalid,
    BattleTagTaken,
    AlternativeNameInvalid,
    CountryUnknown,
    RegionUnknown,
    /// Pick at least one race first.
    NoRace,
    /// More vetoes than the season allows.
    TooManyVetoes {
        allowed: u8,
    },
    MapUnknown,
    AlreadyQueued,
    NotQueued,
    InMatch,
    /// A queue time-out runs until then.
    TimedOut {
        until: Timestamp,
    },
    /// No such match, or not one of the asker's.
    MatchUnknown,
    /// The match is past that.
    TooLate,
    /// There is no match that waits for a replay.
    NoOpenMatch,
    /// The file is larger than a replay may be.
    FileTooLarge {
        limit_bytes: u64,
    },
    /// The file's name does not end in .SC2Replay.
    NotAReplay,
    /// This very file decided a match before.
    FileRefused,
    /// The line of replays to read is full, whoever sent them.
    LineFull,
    /// Discord's link to the file did not answer; sending the file once more helps.
    DownloadFailed,
    /// The ladder cannot write to its disk; nothing was changed.
    ReadOnly,
    /// The ladder is starting or overloaded; nothing was changed.
    Busy,
    /// Pressed so long ago that it may have been answered and forgotten.
    Stale,
    /// Nobody on the ladder has this name.
    PlayerUnknown,
    /// The player has as many replays in line as one may have.
    OwnLineFull {
        limit: u8,
    },
    /// The message has more files than are taken of one.
    TooManyFiles {
        limit: u8,
    },
    /// This very file ended the workers that read it.
    FileQuarantined,
    /// The last match has its result already, and there is no other.
    AlreadyDecided,
    /// The player sent as many replays for this match as one may.
    TooManyUploads {
        limit: u8,
    },
    /// No number of the rules has this name.
    KnobUnknown,
    /// Not a number, or list of numbers, as the knob takes it.
    KnobInvalid {
        name: String,
        /// What it takes, in English: `a whole number from 5 to 600`.
        expects: String,
    },
    /// Beyond what the knob may be set to; both ends are allowed.
    KnobOutOfRange {
        name: String,
        min: String,
        max: String,
    },
    /// No files, too many, not hashes, or those of another map.
    HandlesInvalid,
    /// One of the files is known from unofficial copies of the mod.
    HandlesFake,
    /// One of the files is the official mod's, or the set is known already.
    HandlesKnown,
    /// Nothing like that was ever learned.
    HandlesUnknown,
    /// The account is not bound to the player.
    ToonUnknown,
    /// Not both have confirmed the match yet.
    NotStarted,
    /// There is no result of that match that a player could dispute.
    NotDisputable,
    /// The time to dispute that result is over.
    DisputeOver {
        minutes: u16,
    },
    /// No such case, or one that is closed.
    CaseUnknown,
    /// The match was never played, so it has no result that could be another.
    MatchNotPlayed,
    /// It is as asked already.
    Unchanged,
    /// It would move more ratings than one decision can hold.
    CorrectionTooLarge {
        limit: u32,
    },
    MmrOutOfRange {
        least: Mmr,
        most: Mmr,
    },
    /// The first of all gates. None for good.
    Banned {
        until: Option<Timestamp>,
        reason: String,
    },
    /// Only staff do and see this.
    StaffOnly,
    /// Only owners change roles.
    OwnerOnly,
    /// What staff do needs a reason, of so many characters.
    ReasonNeeded {
        from: u16,
        to: u16,
    },
    /// It was done, withdrawn, replaced by another one, or is too old.
    ProposalGone,
    /// It is as staff want it to be already.
    NothingToDo,
    /// A ladder keeps an owner.
    LastOwner,
    /// Staff lose their role before they can be banned.
    StaffNotBanned,
    /// A number that staff gave.
    OutOfRange {
        from: u32,
        to: u32,
    },
    /// What staff want to announce has so many characters.
    TextLength {
        from: u16,
        to: u16,
    },
    /// The match is no longer in memory, and the database does not answer.
    HistoryAway,
    /// This very file is in line already, by whichever door it came.
    ReplayInLine,
    /// Nobody but its two players looks at a match that has no result.
    MatchPrivate,
    /// Whoever queues has read the guide once.
    GuideUnread,
    /// Discord does not bring messages to the player, who would not see a match.
    DmsClosed,
    /// Quiet hours are two different times of day, or none.
    TimeInvalid,
    /// Neither a distance to UTC nor a time of day.
    ZoneInvalid,
}
