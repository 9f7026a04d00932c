//! What staff change while the ladder runs: numbers of the rules, lists of files, accounts of players.
//!
//! Each function says what becomes true, or why not; who may ask, and that a reason is given, is
//! for the caller to see to.

#[cfg(test)]
mod tests;

use super::Ladder;
use crate::domain::knobs::{self, Wrong};
use crate::domain::overrides::{Change, Changed, Overrides, Scope};
use crate::domain::season::Season;
use crate::domain::verdict::Unverified;
use crate::domain::verdict::mod_files::{Release, finding, handle, is_hash};
use ipc_schema::event::{Event, ModFinding};
use ipc_schema::ids::{PlayerId, UserId};
use ipc_schema::vocab::{GameRegion, Refusal, Timestamp, Toon};

/// Files of one game. Replays hold at most 64 handles.
const FILES: usize = 64;

/// The release of files of which nobody said which they are of.
const UNNAMED: &str = "learned";

impl Ladder {
    /// What staff changed of the season.
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// Sets a number of the rules, for a `season` that has the earlier changes. `value` is as people
    /// type it, a list with commas. Nothing becomes true where it is the value already.
    pub fn set_knob(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        name: &str,
        value: &str,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let knob = knobs::find(name).ok_or(Refusal::KnobUnknown)?;
        let out_of_range = |min: f64, max: f64| Refusal::KnobOutOfRange {
            name: name.to_owned(),
            min: min.to_string(),
            max: max.to_string(),
        };
        let after = knob.parse(value).map_err(|wrong| match wrong {
            Wrong::Form => Refusal::KnobInvalid { name: name.to_owned(), expects: knob.expects() },
            Wrong::Range => out_of_range(knob.range.0, knob.range.1),
        })?;
        let mut changed = season.clone();
        knob.write(&mut changed.knobs, &after);
        if !changed.is_playable() {
            // Only vetoes depend on something else: two players leave one map.
            let most = season.maps.len().saturating_sub(1) / 2;
            return Err(out_of_range(knob.range.0, most as f64));
        }
        let before = knob.read(&season.knobs);
        let event = Event::KnobSet {
            name: name.to_owned(),
            before: before.to_string(),
            after: after.to_string(),
            by,
            reason: reason.to_owned(),
            at: now,
        };
        Ok(if before == after { Vec::new() } else { vec![event] })
    }

    /// Takes the files of a game for those of the official mod on the map. Without a release they
    /// are of the one whose games all load some of them, if there is one.
    pub fn learn_handles(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        release: Option<&str>,
        game: &Unverified,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let Unverified { region, map, files } = game;
        if season.map(map).is_none() {
            return Err(Refusal::MapUnknown);
        }
        let mut files = files.clone();
        files.sort();
        files.dedup();
        if files.is_empty() || files.len() > FILES || !files.iter().all(|file| is_hash(file)) {
            return Err(Refusal::HandlesInvalid);
        }
        let handles: Vec<String> = files.iter().map(|file| handle(*region, file)).collect();
        let on = |map: &str| finding(&season.releases, *region, map, &handles);
        match on(map) {
            ModFinding::Official { .. } => return Err(Refusal::HandlesKnown),
            ModFinding::Fake { .. } => return Err(Refusal::HandlesFake),
            ModFinding::OtherRegion { .. } | ModFinding::Differs { .. } | ModFinding::Unlearned { .. } => {}
        }
        if season.maps.iter().any(|other| matches!(on(&other.key), ModFinding::Official { .. })) {
            return Err(Refusal::HandlesInvalid);
        }
        let by_base = || {
            season.releases.iter().find(|release| {
                let base = release.regions.get(region).map(|of_region| &of_region.base);
                base.is_some_and(|base| !base.is_empty() && base.iter().all(|file| files.contains(file)))
            })
        };
        let release = release.or_else(|| by_base().map(|release| release.name.as_str())).unwrap_or(UNNAMED);
        let set = Unverified { region: *region, map: map.clone(), files };
        let settled = self.cases.of_files(&set);
        let learned = Event::HandlesLearned {
            release: release.to_owned(),
            region: *region,
            map: set.map,
            by,
            reason: reason.to_owned(),
            at: now,
            files: set.files,
        };
        let note = reason.to_owned();
        let closed = settled.map(|case| Event::CaseClosed { case, by, note, at: now });
        Ok([learned].into_iter().chain(closed).collect())
    }

    /// Takes lists of a release away, whether staff added them or they are built in. Games that load
    /// these files count as unverified again.
    pub fn retire_handles(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        scope: &Scope,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let Scope { release, region, map } = scope;
        let known = season.releases.iter().find(|known| known.name == *release);
        let known = known.ok_or(Refusal::HandlesUnknown)?;
        let mut rest = known.clone();
        rest.retire(*region, map.as_deref());
        if rest == *known {
            return Err(Refusal::HandlesUnknown);
        }
        Ok(vec![Event::HandlesRetired {
            release: release.clone(),
            region: *region,
            map: map.clone(),
            by,
            reason: reason.to_owned(),
            at: now,
        }])
    }

    /// Rejects every game that loads a file, by its SHA-256 in hex.
    pub fn mark_fake(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        file: &str,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        if !is_hash(file) {
            return Err(Refusal::HandlesInvalid);
        }
        let in_lists = |release: &Release| {
            let mut sets =
                release.exact.iter().map(|set| &set.files).chain(
                    release.regions.values().flat_map(|files| files.maps.values().chain([&files.base])),
                );
            sets.any(|set| set.contains(file))
        };
        // Every official game would be rejected.
        if season.releases.iter().any(in_lists) {
            return Err(Refusal::HandlesKnown);
        }
        if season.releases.iter().any(|release| release.fakes.contains(file)) {
            return Ok(Vec::new());
        }
        Ok(vec![fake_marked(now, by, file, true, reason)])
    }

    /// Takes a mark back that rejects every game that loads the file.
    pub fn clear_fake(
        &self,
        season: &Season,
        now: Timestamp,
        by: UserId,
        file: &str,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        if !season.releases.iter().any(|release| release.fakes.contains(file)) {
            return Err(Refusal::HandlesUnknown);
        }
        Ok(vec![fake_marked(now, by, file, false, reason)])
    }

    /// Lets verified matches bind so many accounts of a game region for a player, within what the
    /// knob `toons_per_region` may be.
    pub fn allow_toons(
        &self,
        now: Timestamp,
        by: UserId,
        player: PlayerId,
        region: GameRegion,
        count: u8,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.players.get(&player).ok_or(Refusal::PlayerUnknown)?;
        let knob = knobs::find("toons_per_region").expect("it is in the table");
        let (min, max) = knob.range;
        if !(min..=max).contains(&f64::from(count)) {
            let (min, max) = (min.to_string(), max.to_string());
            return Err(Refusal::KnobOutOfRange { name: knob.name.to_owned(), min, max });
        }
        if known.toon_allowances.get(&region) == Some(&count) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ToonsAllowed { player, region, count, by, reason: reason.to_owned(), at: now }])
    }

    /// Takes an account from a player. A verified match may bind it to anybody again.
    pub fn unbind_toon(
        &self,
        now: Timestamp,
        by: UserId,
        player: PlayerId,
        toon: Toon,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.players.get(&player).ok_or(Refusal::PlayerUnknown)?;
        if !known.toons.iter().any(|(_, bound)| *bound == toon) {
            return Err(Refusal::ToonUnknown);
        }
        Ok(vec![Event::ToonUnbound { player, toon, by, reason: reason.to_owned(), at: now }])
    }

    pub(super) fn changed(&mut self, by: UserId, reason: &str, at: Timestamp, what: Changed) {
        self.overrides.apply(Change { by, reason: reason.to_owned(), at, what });
    }

    pub(super) fn unbind(&mut self, player: PlayerId, toon: Toon) {
        if self.by_toon.get(&toon) == Some(&player) {
            self.by_toon.remove(&toon);
        }
        self.known(player).toons.retain(|(_, bound)| *bound != toon);
    }
}

fn fake_marked(at: Timestamp, by: UserId, file: &str, fake: bool, reason: &str) -> Event {
    Event::FakeMarked { file: file.to_owned(), fake, by, reason: reason.to_owned(), at }
}
