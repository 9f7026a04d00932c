//! The whole state as it is stored, and made anew from that.
//!
//! What is stored is taken apart field by field without a rest, here and in the `snapshot` of each part,
//! so that a new field cannot be forgotten. What follows from the rest is not stored: [`Rebuild`]
//! makes it in one go from rows that come sorted, which costs far less than one by one.

use super::{Counts, Job, Ladder, queue_cards};
use crate::domain::activity::Activity;
use crate::domain::cards::Cards;
use crate::domain::cases::Cases;
use crate::domain::chance::Chance;
use crate::domain::history::History;
use crate::domain::history::snapshot::Played;
use crate::domain::match_::Match;
use crate::domain::overrides::Overrides;
use crate::domain::player::snapshot::Beside;
use crate::domain::player::{Player, Settings, fold};
use crate::domain::queue::Entry;
use crate::domain::rating::{Rating, RatingKey};
use crate::domain::staff::Staff;
use crate::domain::standings::Standings;
use crate::domain::verdict::Game;
use crate::domain::waits::Waits;
use ipc_schema::event::{Names, Places};
use ipc_schema::ids::{CaseId, MatchId, PlayerId, UserId};
use ipc_schema::snapshot::{
    Numbers, Part, StoredActivity, StoredCard, StoredCase, StoredChange, StoredGame, StoredJob,
    StoredLearned, StoredMatch, StoredOverrides, StoredPlace, StoredProposal, StoredRating,
    StoredRatingChange, StoredSettings, StoredStaff, StoredWait,
};
use ipc_schema::vocab::{CountryCode, FileHash, Timestamp, Toon};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one part: of those that always have one size, about 1 MiB; of the others, which are as long as
/// their texts, so few that a part stays far below what a message between processes may have.
const SMALL_ROWS: usize = 32 << 10;
const PLAYERS: usize = 4 << 10;
const TEXTS: usize = 256;
const LONG_TEXTS: usize = 32;

impl Ladder {
    /// Shows `each` the whole state, part by part. `at` is when the last record was decided. Cards that
    /// changed since the shell last asked are the shell's, and not part of it.
    pub fn to_snapshot<E>(
        &self,
        at: Timestamp,
        mut each: impl FnMut(Part) -> Result<(), E>,
    ) -> Result<(), E> {
        let Ladder {
            players,
            by_user: _,
            by_name,
            by_battle_tag,
            by_toon,
            queue,
            waits,
            matches,
            open: _,
            closed,
            last_match,
            ratings,
            standings,
            activity,
            jobs,
            spent_files,
            quarantined_files,
            strikes,
            games,
            cases,
            staff,
            history,
            cards,
            // By the cards, and who waits.
            queue_cards: _,
            chance: Chance(chance),
            last_wave,
            lost_until,
            next_match,
            next_job,
            counts: Counts { matches_paired, matches_decided, replays_parsed, replays_failed },
            overrides,
            places,
        } = self;
        let each = &mut each;
        let (last_card, cards) = cards.to_stored();
        let (last_case, (cases, closed_cases, told)) = cases.to_stored();
        each(Part::Numbers(Numbers {
            at,
            chance: *chance,
            last_wave: *last_wave,
            lost_until: *lost_until,
            next_match: *next_match,
            next_job: *next_job,
            last_card,
            last_case,
            matches_paired: *matches_paired,
            matches_decided: *matches_decided,
            replays_parsed: *replays_parsed,
            replays_failed: *replays_failed,
            standings_clock: standings.clock(),
        }))?;
        let player = |(id, player): (&PlayerId, &Player)| {
            let is_of_other = |unique: &BTreeMap<String, PlayerId>, name_of: fn(&Names) -> &String| {
                let name = player.names.as_ref().map(|names| fold(name_of(names)));
                name.is_some_and(|name| unique.get(&name) != Some(id))
            };
            let beside = Beside {
                name_is_of_other: is_of_other(by_name, |names| &names.name),
                battle_tag_is_of_other: is_of_other(by_battle_tag, |names| &names.battle_tag),
                last_match: last_match.get(id).copied(),
            };
            player.to_stored(*id, beside, |toon| by_toon.get(toon) == Some(id))
        };
        rows(players.iter().map(player), PLAYERS, Part::Players, each)?;
        let rating = |((player, race), rating): (&RatingKey, &Rating)| {
            let Rating { mmr, wins, losses, draws, last_played, glicko } = *rating;
            let (player, race, is_listed) = (*player, *race, standings.is_listed(*player, *race));
            StoredRating { player, race, mmr, wins, losses, draws, last_played, glicko, is_listed }
        };
        rows(ratings.iter().map(rating), SMALL_ROWS / 2, Part::Ratings, each)?;
        let place = |(player, entry): (&PlayerId, &Entry)| {
            let (player, entry) = (*player, entry.to_stored());
            StoredPlace { player, entry }
        };
        rows(queue.iter().map(place), TEXTS, Part::Queue, each)?;
        each(Part::Waits(waits.to_stored()))?;
        each(Part::Activity(activity.to_stored()))?;
        rows(matches.values().map(Match::to_stored), LONG_TEXTS, Part::Matches, each)?;
        rows(closed.iter().copied(), SMALL_ROWS, Part::Closed, each)?;
        let job = |(id, job): (_, &Job)| {
            let Job { match_id, player, hash, bytes, uploaded_at, card } = *job;
            StoredJob { id, match_id, player, hash, bytes, uploaded_at, card }
        };
        rows(jobs.iter().map(|(id, of)| job((*id, of))), TEXTS, Part::Jobs, each)?;
        rows(cards, TEXTS, Part::Cards, each)?;
        rows(cases.into_iter(), LONG_TEXTS, Part::Cases, each)?;
        each(Part::CaseOrder { closed: closed_cases, told })?;
        let (staff, log) = staff.to_stored();
        each(Part::Staff(staff))?;
        rows(log.into_iter(), LONG_TEXTS, Part::StaffLog, each)?;
        let (overrides, learned, changes) = overrides.to_stored();
        each(Part::Overrides(overrides))?;
        rows(learned.into_iter(), LONG_TEXTS, Part::Learned, each)?;
        rows(changes.into_iter(), LONG_TEXTS, Part::SeasonHistory, each)?;
        let (changes, results) = history.to_stored();
        rows(changes.into_iter(), SMALL_ROWS, Part::RatingChanges, each)?;
        rows(results, SMALL_ROWS, Part::Results, each)?;
        let game = |(game, match_id): (&Game, &MatchId)| {
            let Game { random_seed, toons } = *game;
            StoredGame { random_seed, toons, match_id: *match_id }
        };
        rows(games.iter().map(game), SMALL_ROWS, Part::Games, each)?;
        rows(spent_files.iter().copied(), SMALL_ROWS, Part::SpentFiles, each)?;
        let (quarantined, strikes) = (
            quarantined_files.iter().copied().collect(),
            strikes.iter().map(|(file, count)| (*file, *count)),
        );
        each(Part::BadFiles { quarantined, strikes: strikes.collect() })?;
        if *places != Places::default() {
            each(Part::Places(*places))?;
        }
        let settings = players.iter().filter_map(|(id, player)| player.settings.to_stored(*id));
        rows(settings, SMALL_ROWS, Part::Settings, each)
    }
}

/// Hands over `rows` in parts of so many.
fn rows<T, E>(
    rows: impl Iterator<Item = T>,
    of_part: usize,
    part: fn(Vec<T>) -> Part,
    each: &mut impl FnMut(Part) -> Result<(), E>,
) -> Result<(), E> {
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        each(part(rows.by_ref().take(of_part).collect()))?;
    }
    Ok(())
}

/// What there is of every match, on its way into memory; apart from the rest, so that another thread may
/// have it ([`ipc_schema::snapshot::is_of_matches`]).
#[derive(Debug, Default)]
pub struct RebuildMatches {
    played: Played,
    games: Vec<(Game, MatchId)>,
    spent_files: Vec<FileHash>,
    is_unfit: bool,
}

impl RebuildMatches {
    /// Takes a part; those of one kind in order. What is not of matches is given back.
    pub fn take(&mut self, part: Part) -> Option<Part> {
        match part {
            Part::Results(rows) => self.is_unfit |= self.played.take(&rows).is_none(),
            Part::Games(rows) => {
                let game =
                    |StoredGame { random_seed, toons, match_id }| (Game { random_seed, toons }, match_id);
                self.games.extend(rows.into_iter().map(game));
            }
            Part::SpentFiles(rows) => self.spent_files.extend(rows),
            other => return Some(other),
        }
        None
    }

    /// None where the parts are not of matches.
    pub fn finish(self) -> Option<Matches> {
        let RebuildMatches { mut played, games, spent_files, is_unfit } = self;
        if is_unfit {
            return None;
        }
        played.index();
        let (games, spent_files) = (games.into_iter().collect(), spent_files.into_iter().collect());
        Some(Matches { played, games, spent_files })
    }
}

/// What there is of every match.
#[derive(Debug)]
pub struct Matches {
    played: Played,
    games: BTreeMap<Game, MatchId>,
    spent_files: BTreeSet<FileHash>,
}

/// Quarantined files, and the strikes of others.
type BadFiles = (Vec<FileHash>, Vec<(FileHash, u8)>);

/// A ladder on its way from a snapshot into memory.
#[derive(Debug, Default)]
pub struct Rebuild {
    numbers: Option<Numbers>,
    players: Vec<(PlayerId, Player, Beside, Vec<Toon>)>,
    ratings: Vec<StoredRating>,
    queue: Vec<StoredPlace>,
    waits: Option<[Vec<StoredWait>; 3]>,
    activity: Option<StoredActivity>,
    matches: Vec<StoredMatch>,
    closed: Vec<MatchId>,
    jobs: Vec<StoredJob>,
    cards: Vec<StoredCard>,
    cases: Vec<StoredCase>,
    case_order: Option<(Vec<CaseId>, Vec<CaseId>)>,
    staff: Option<StoredStaff>,
    staff_log: Vec<(UserId, StoredProposal)>,
    overrides: Option<StoredOverrides>,
    learned: Vec<StoredLearned>,
    season_history: Vec<StoredChange>,
    rating_changes: Vec<(u32, StoredRatingChange)>,
    bad_files: Option<BadFiles>,
    places: Places,
    settings: Vec<StoredSettings>,
}

impl Rebuild {
    /// Takes a part; those of one kind in order. What is of matches is given back, and answers, which are
    /// the shell's.
    pub fn take(&mut self, part: Part) -> Option<Part> {
        match part {
            Part::Numbers(numbers) => self.numbers = Some(numbers),
            Part::Players(rows) => self.players.extend(rows.into_iter().map(Player::from_stored)),
            Part::Ratings(rows) => self.ratings.extend(rows),
            Part::Queue(rows) => self.queue.extend(rows),
            Part::Waits(waits) => self.waits = Some(waits),
            Part::Activity(activity) => self.activity = Some(activity),
            Part::Matches(rows) => self.matches.extend(rows),
            Part::Closed(rows) => self.closed.extend(rows),
            Part::Jobs(rows) => self.jobs.extend(rows),
            Part::Cards(rows) => self.cards.extend(rows),
            Part::Cases(rows) => self.cases.extend(rows),
            Part::CaseOrder { closed, told } => self.case_order = Some((closed, told)),
            Part::Staff(staff) => self.staff = Some(staff),
            Part::StaffLog(rows) => self.staff_log.extend(rows),
            Part::Overrides(overrides) => self.overrides = Some(overrides),
            Part::Learned(rows) => self.learned.extend(rows),
            Part::SeasonHistory(rows) => self.season_history.extend(rows),
            Part::RatingChanges(rows) => self.rating_changes.extend(rows),
            Part::BadFiles { quarantined, strikes } => self.bad_files = Some((quarantined, strikes)),
            Part::Places(places) => self.places = places,
            Part::Settings(rows) => self.settings.extend(rows),
            other @ (Part::Results(_) | Part::Games(_) | Part::SpentFiles(_) | Part::Answers(_)) => {
                return Some(other);
            }
        }
        None
    }

    /// The ladder, and when its last record was decided. Its chance begins at `seed` where no wave drew
    /// from it yet. None where the parts do not make a ladder.
    /// `of_matches` is asked last, so that another thread may still be making it.
    pub fn finish(
        self,
        seed: u64,
        of_matches: impl FnOnce() -> Option<Matches>,
    ) -> Option<(Ladder, Timestamp)> {
        let Rebuild {
            numbers,
            players: with_beside,
            ratings: stored_ratings,
            queue,
            waits,
            activity,
            matches,
            closed,
            jobs,
            cards,
            cases,
            case_order,
            staff,
            staff_log,
            overrides,
            learned,
            season_history,
            rating_changes,
            bad_files,
            places,
            settings,
        } = self;
        let Numbers {
            at,
            chance,
            last_wave,
            lost_until,
            next_match,
            next_job,
            last_card,
            last_case,
            matches_paired,
            matches_decided,
            replays_parsed,
            replays_failed,
            standings_clock,
        } = numbers?;
        let (quarantined_files, strikes) = bad_files?;
        let (closed_cases, told) = case_order?;

        let by_user = with_beside.iter().map(|(id, player, ..)| (player.user, *id)).collect();
        let by_name = unique(&with_beside, |names| &names.name, |beside| beside.name_is_of_other);
        let by_battle_tag =
            unique(&with_beside, |names| &names.battle_tag, |beside| beside.battle_tag_is_of_other);
        let by_toon =
            with_beside.iter().flat_map(|(id, _, _, owned)| owned.iter().map(|toon| (*toon, *id))).collect();
        let last_match =
            with_beside.iter().filter_map(|(id, _, beside, _)| Some((*id, beside.last_match?))).collect();
        let mut players: BTreeMap<PlayerId, Player> =
            with_beside.into_iter().map(|(id, player, ..)| (id, player)).collect();
        for (id, settings) in settings.iter().map(Settings::from_stored) {
            players.get_mut(&id)?.settings = settings;
        }
        let unreached = players.iter().filter(|(_, player)| player.settings.dms_closed.is_some());
        let unreached = unreached.map(|(id, _)| *id).collect();

        let rating = |stored: &StoredRating| {
            let StoredRating { player, race, mmr, wins, losses, draws, last_played, glicko, is_listed: _ } =
                *stored;
            ((player, race), Rating { mmr, wins, losses, draws, last_played, glicko })
        };
        let ratings: BTreeMap<RatingKey, Rating> = stored_ratings.iter().map(rating).collect();
        let banned = players.iter().filter(|(_, player)| player.ban.is_some());
        let listed = stored_ratings.iter().filter(|row| row.is_listed);
        let standings = Standings::of_listed(
            standings_clock,
            banned.clone().map(|(id, _)| *id).collect(),
            listed.map(|row| (row.player, row.race, row.mmr, row.last_played)),
            |player| {
                let country = players.get(&player).map(Player::country);
                country.and_then(CountryCode::from_code).unwrap_or(CountryCode::UNSAID)
            },
        );
        let ban_ends = banned.filter_map(|(id, player)| Some((player.ban.as_ref()?.until?, *id)));
        let staff = Staff::from_stored(staff?, staff_log, ban_ends);

        let matches = matches
            .into_iter()
            .map(|stored| Some((stored.pairing.match_id, Match::from_stored(stored)?)))
            .collect::<Option<BTreeMap<MatchId, Match>>>()?;
        let open = matches.iter().filter(|(_, match_)| match_.is_open());
        let open = open.flat_map(|(id, match_)| match_.pairing.players.map(|player| (player, *id))).collect();
        let job = |StoredJob { id, match_id, player, hash, bytes, uploaded_at, card }| {
            (id, Job { match_id, player, hash, bytes, uploaded_at, card })
        };
        let place = |StoredPlace { player, entry }| (player, Entry::from_stored(entry));
        // Without a wave nothing was ever drawn, and whoever goes on has a seed of its own.
        let chance = if last_wave == Timestamp::ZERO { seed } else { chance };
        let Matches { played, games, spent_files } = of_matches()?;
        if !played.are_of(|player| players.contains_key(player)) {
            return None;
        }
        let history = History::from_stored(rating_changes, played);
        let queue: BTreeMap<PlayerId, Entry> = queue.into_iter().map(place).collect();
        let cards = Cards::from_stored(last_card, cards.into_iter(), unreached);
        let queue_cards = queue_cards::of_waiting(&cards, |player| queue.contains_key(&player));
        let ladder = Ladder {
            players,
            by_user,
            by_name,
            by_battle_tag,
            by_toon,
            queue,
            waits: Waits::from_stored(waits?),
            matches,
            open,
            closed: closed.into(),
            last_match,
            ratings,
            standings,
            activity: Activity::from_stored(activity?),
            jobs: jobs.into_iter().map(job).collect(),
            spent_files,
            quarantined_files: quarantined_files.into_iter().collect(),
            strikes: strikes.into_iter().collect(),
            games,
            cases: Cases::from_stored(last_case, (cases, closed_cases, told))?,
            staff,
            history,
            cards,
            queue_cards,
            chance: Chance(chance),
            last_wave,
            lost_until,
            next_match,
            next_job,
            counts: Counts { matches_paired, matches_decided, replays_parsed, replays_failed },
            overrides: Overrides::from_stored((overrides?, learned, season_history)),
            places,
        };
        Some((ladder, at))
    }
}

/// Whose a folded name is: of those who have it, the one who had it first.
fn unique(
    players: &[(PlayerId, Player, Beside, Vec<Toon>)],
    name_of: fn(&Names) -> &String,
    is_of_other: fn(&Beside) -> bool,
) -> BTreeMap<String, PlayerId> {
    let folded = |(id, player, ..): &(PlayerId, Player, Beside, Vec<Toon>)| {
        Some((fold(name_of(player.names.as_ref()?)), *id))
    };
    let (others, owners): (Vec<_>, Vec<_>) =
        players.iter().partition(|(_, _, beside, _)| is_of_other(beside));
    let mut unique: BTreeMap<String, PlayerId> = owners.into_iter().rev().filter_map(folded).collect();
    // Names that the build which stored them folded otherwise may be nobody's in this one.
    for (name, player) in others.into_iter().filter_map(folded) {
        unique.entry(name).or_insert(player);
    }
    unique
}
