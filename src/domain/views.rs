//! What players see of the state.

use super::cards::Content;
use super::ladder::Ladder;
use super::match_::{Match, Phase};
use super::pairing;
use super::player::{Player, fold};
use super::queue::{hint, waiting, wave_after};
use super::season::Season;
use super::standings::{self, Place};
use ipc_schema::ids::{CardId, ChannelId, MatchId, PlayerId, UserId};
use ipc_schema::view::{
    ActivityView, CardView, EntryView, HeldCard, LeaderboardFilter, LeaderboardRow, LeaderboardView,
    MatchPhase, MatchSheet, MatchView, ProfileRating, ProfileView, QueueView, RaceProblem, ResultView,
    SheetPlayer,
};
use ipc_schema::vocab::{Race, Refusal, Timestamp};

/// Rows of one leaderboard page.
const PAGE_ROWS: usize = 20;

/// Discord shows no more suggestions for what is being typed.
pub const SUGGESTIONS: usize = 25;

/// Cards held back that one answer tells of: each is a sentence beside the answer itself.
const HELD_TOLD: usize = 3;

/// The in-game chat channel of the ladder.
const CHAT_CHANNEL: &str = "SCEvoLadder";

impl Ladder {
    pub fn queue_view(&self, season: &Season, now: Timestamp, player: PlayerId) -> Option<QueueView> {
        let known = self.player(player)?;
        let entry = self.queue.get(&player).map(|entry| {
            let candidates = self.candidates(season);
            let own =
                candidates.iter().find(|candidate| candidate.player == player).expect("the player waits");
            let others: Vec<_> = candidates
                .iter()
                .filter(|other| other.player != player)
                .map(|other| (other.player, other.entry, pairing::nearest_gap(own, other)))
                .collect();
            // Matches are made in waves only.
            let expected = self.waits.expected(now, entry.races, entry.since);
            EntryView {
                since: entry.since,
                hint: hint(season, now, entry, &others),
                expected: expected.map(|at| at.max(wave_after(now, season.knobs.wave))),
            }
        });
        Some(QueueView {
            races: known.races,
            vetoes: known.vetoes.clone(),
            vetoes_allowed: season.knobs.vetoes,
            maps: season.maps.iter().map(|map| (map.key.clone(), map.title.clone())).collect(),
            next_wave: wave_after(now, season.knobs.wave),
            waiting: waiting(self.queue.values()),
            entry,
            in_match: self.is_in_match(player),
        })
    }

    /// The gates before the queue, for a look at it: in a match there is nothing to wait for.
    pub fn queue_gate(&self, user: UserId) -> Result<(PlayerId, &Player), Refusal> {
        let (id, player) = self.player_of(user).ok_or(Refusal::SetupNeeded)?;
        player.gate()?;
        if self.is_in_match(id) {
            return Err(Refusal::InMatch);
        }
        player.guide_gate()?;
        Ok((id, player))
    }

    /// The oldest cards that are held back from a player whom messages do not reach; None where they do.
    pub fn held_back(&self, season: &Season, now: Timestamp, player: PlayerId) -> Option<Vec<HeldCard>> {
        self.player(player)?.settings.dms_closed?;
        let held = self.cards().held_of(player).filter_map(|(id, card)| {
            let view = self.card_view(season, now, id)?;
            Some(HeldCard { card: id, version: card.version, view })
        });
        Some(held.take(HELD_TOLD).collect())
    }

    pub fn match_view(
        &self,
        season: &Season,
        now: Timestamp,
        id: MatchId,
        player: PlayerId,
    ) -> Option<MatchView> {
        let match_ = self.matches.get(&id)?;
        let slot = match_.slot_of(player).ok()?;
        let phase = match &match_.phase {
            Phase::Confirming { seats, deadline } => MatchPhase::Confirming {
                deadline: *deadline,
                you_confirmed: seats[slot].confirmed,
                aborts_left: self.players[&player].aborts_left(season, now),
            },
            Phase::Playing { deadline, .. } => MatchPhase::Playing {
                sheet: Box::new(self.sheet(season, now, match_, slot)),
                deadline: *deadline,
                claims: match_.claims(slot),
            },
            Phase::Closed { verdict, ratings, requeued, .. } => {
                let result = ratings.as_ref().and_then(|ratings| {
                    Some(Box::new(ResultView {
                        outcome: verdict.outcome(slot)?,
                        opponent: self.players[&match_.pairing.players[1 - slot]].name(),
                        map_title: map_title(season, match_),
                        race: match_.pairing.races[slot],
                        opponent_race: match_.pairing.races[1 - slot],
                        before: ratings[slot].before,
                        after: ratings[slot].after,
                    }))
                });
                let your_slot = u8::try_from(slot).expect("a slot is 0 or 1");
                MatchPhase::Closed {
                    verdict: *verdict,
                    your_slot,
                    requeued: requeued[slot],
                    result,
                    claims: match_.claims(slot),
                    dispute: match_.dispute(&season.knobs, now, slot),
                }
            }
        };
        Some(MatchView { match_id: id, phase })
    }

    pub(super) fn sheet(&self, season: &Season, now: Timestamp, match_: &Match, slot: usize) -> MatchSheet {
        let pairing = &match_.pairing;
        let region = pairing.server.game_region();
        let map = season.map(&pairing.map);
        MatchSheet {
            you: self.sheet_player(season, now, pairing.players[slot], pairing.races[slot]),
            opponent: self.sheet_player(season, now, pairing.players[1 - slot], pairing.races[1 - slot]),
            map: pairing.map.clone(),
            map_title: map_title(season, match_),
            map_author: map.map_or_else(String::new, |map| map.author.clone()),
            map_link: map.map_or_else(String::new, |map| Season::link(&map.ids, region)),
            mod_title: season.mod_title.clone(),
            mod_link: Season::link(&season.mod_ids, region),
            server: pairing.server,
            chat_channel: CHAT_CHANNEL.to_owned(),
            known_problems: self.untold_problems(season, pairing.players[slot], pairing.races),
        }
    }

    /// Known problems of these races, of which the reader was not told in a match before this one.
    fn untold_problems(&self, season: &Season, reader: PlayerId, races: [Race; 2]) -> Vec<RaceProblem> {
        let locale = self.players[&reader].locale;
        let problems = season.known_problems.iter().filter(|problem| races.contains(&problem.race));
        let untold = problems.filter(|problem| !self.history.has_met(reader, problem.race, problem.since));
        untold
            .map(|problem| RaceProblem { race: problem.race, says: problem.says[&locale].clone() })
            .collect()
    }

    fn sheet_player(&self, season: &Season, now: Timestamp, id: PlayerId, race: Race) -> SheetPlayer {
        let player: &Player = &self.players[&id];
        SheetPlayer {
            name: player.name(),
            country: player.country().to_owned(),
            region: player.region.expect("players of a match have a region"),
            race,
            mmr: self.mmr(season, id, race),
            rank: self.standings.place_of(now, (id, race)).map(|place| place.rank),
            battle_tag: player.names.as_ref().map_or_else(String::new, |names| names.battle_tag.clone()),
            alternatives: player.names.as_ref().map_or_else(Vec::new, |names| names.alternatives.clone()),
        }
    }

    /// What a card shows at its newest version; None for a match that is no longer kept.
    pub fn card_view(&self, season: &Season, now: Timestamp, id: CardId) -> Option<CardView> {
        let card = self.cards().get(id)?;
        Some(match &card.content {
            Content::Match(match_id) => {
                CardView::Match(Box::new(self.match_view(season, now, *match_id, card.player)?))
            }
            Content::Reminder { match_id, deadline } => {
                CardView::Reminder { match_id: *match_id, deadline: *deadline }
            }
            Content::PlayReminder { match_id, number, deadline } => {
                CardView::PlayReminder { match_id: *match_id, number: *number, deadline: *deadline }
            }
            Content::Replay(view) => CardView::Replay(Box::new(view.clone())),
            Content::News(news) => CardView::News(news.clone()),
            Content::Queue { .. } => CardView::Queue(Box::new(self.queue_view(season, now, card.player)?)),
            Content::Post(post) => CardView::Post(Box::new(self.post_view(season, now, *post)?)),
            Content::Notice { refusal, files } => {
                CardView::Notice { refusal: refusal.clone(), files: *files }
            }
        })
    }

    /// How `player` stands, as `asker` sees it.
    pub fn profile_view(
        &self,
        season: &Season,
        now: Timestamp,
        player: PlayerId,
        asker: PlayerId,
    ) -> Option<ProfileView> {
        let known = self.player(player)?;
        let own = (player, Race::ALL[0])..=(player, Race::ALL[Race::ALL.len() - 1]);
        let mut moves = self.history.moves(player);
        let mut ratings: Vec<ProfileRating> = self
            .ratings
            .range(own)
            .map(|(row, rating)| {
                let mut history = moves.remove(&row.1).unwrap_or_default();
                // Staff may have moved it since the last match.
                if history.last().is_some_and(|(_, told)| *told != rating.mmr) {
                    history.push((rating.last_played, rating.mmr));
                }
                ProfileRating {
                    race: row.1,
                    mmr: rating.mmr,
                    place: self.standings.place_of(now, *row).map(|Place { place, rank }| (place, rank)),
                    provisional: rating.is_provisional(&season.knobs),
                    record: rating.record(),
                    history,
                }
            })
            .collect();
        ratings.sort_by_key(|rating| std::cmp::Reverse(rating.mmr));
        Some(ProfileView {
            name: known.name(),
            country: known.country().to_owned(),
            region: known.region,
            ratings,
            periods: self.history.periods(player, now),
            streak: self.history.streak(player),
            against_you: (asker != player).then(|| self.history.against(asker, player)),
        })
    }

    /// Names that begin with what is typed, in any spelling, and after them those that have it further
    /// on, each in order.
    pub fn names_like(&self, typed: &str) -> Vec<String> {
        let typed = fold(typed.trim());
        let begin = self.by_name.range(typed.clone()..).take_while(|(name, _)| name.starts_with(&typed));
        let contain = self.by_name.iter().filter(|(name, _)| {
            let found = name.find(&typed);
            found.is_some_and(|at| at > 0)
        });
        begin.chain(contain).take(SUGGESTIONS).map(|(_, player)| self.players[player].name()).collect()
    }

    /// Where players whose match is being played write to the bot.
    pub fn match_channels(&self) -> Vec<ChannelId> {
        let playing = self.matches.values().filter(|match_| matches!(match_.phase, Phase::Playing { .. }));
        let players = playing.flat_map(|match_| match_.pairing.players);
        players.filter_map(|player| self.players[&player].channel).collect()
    }

    /// One page of the leaderboard, from 0; one past the end shows the last.
    pub fn leaderboard_view(
        &self,
        season: &Season,
        now: Timestamp,
        page: u32,
        filter: LeaderboardFilter,
    ) -> LeaderboardView {
        let wanted = usize::try_from(page).unwrap_or(usize::MAX);
        let standings::Page { page, pages, rows } = self.standings.page(now, &filter, wanted, PAGE_ROWS);
        let number = |number| u32::try_from(number).expect("there are fewer rows than players and races");
        let row = |(Place { place, rank }, (id, race))| {
            let (player, rating) = (&self.players[&id], &self.ratings[&(id, race)]);
            LeaderboardRow {
                place,
                player: id,
                name: player.name(),
                country: player.country().to_owned(),
                race,
                mmr: rating.mmr,
                rank,
                provisional: rating.is_provisional(&season.knobs),
                record: rating.record(),
            }
        };
        let rows = rows.into_iter().map(row).collect();
        LeaderboardView { page: number(page), pages: number(pages), filter, rows }
    }

    /// When players queue, for this reader.
    pub fn activity_view(&self, now: Timestamp, days: u16, reader: UserId) -> ActivityView {
        let settings = self.player_of(reader).map(|(_, player)| &player.settings);
        let utc_offset_min = settings.and_then(|settings| settings.notifications.pings.utc_offset_min);
        self.activity.view(now, days, utc_offset_min)
    }
}

pub(super) fn map_title(season: &Season, match_: &Match) -> String {
    season.map(&match_.pairing.map).map_or_else(|| match_.pairing.map.clone(), |map| map.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::event::{Event, Names};
    use ipc_schema::ids::UserId;
    use ipc_schema::notifications::Notifications;
    use ipc_schema::vocab::Locale;

    fn ladder_of(names: &[String]) -> Ladder {
        let mut ladder = Ladder::new(1);
        for (number, name) in (1..).zip(names) {
            let (player, user) = (PlayerId(number), UserId(number));
            ladder.evolve(&Event::PlayerJoined { player, user, locale: Locale::EnUs, at: Timestamp(0) });
            let names = Names {
                name: name.clone(),
                battle_tag: format!("Tag#{number}"),
                alternatives: Vec::new(),
                country: "KR".to_owned(),
            };
            ladder.evolve(&Event::NamesSet { player, names });
        }
        ladder
    }

    #[test]
    fn names_that_begin_with_what_is_typed_come_first_in_any_spelling() {
        let names = ["Élan", "flash", "FlaSh2", "Bisu", "NewFlash", "AFlash", "프로"];
        let ladder = ladder_of(&names.map(str::to_owned));
        assert_eq!(ladder.names_like("fLA"), ["flash", "FlaSh2", "AFlash", "NewFlash"]);
        assert_eq!(ladder.names_like(" e\u{301}L"), ["Élan"]);
        assert_eq!(ladder.names_like("프"), ["프로"]);
        assert_eq!(ladder.names_like("").len(), names.len());
        assert!(ladder.names_like("jaedong").is_empty());
    }

    #[test]
    fn no_more_names_are_suggested_than_discord_shows() {
        let names: Vec<String> = (10..50).map(|number| format!("Zealot{number}")).collect();
        let ladder = ladder_of(&names);
        assert_eq!(ladder.names_like("zeal"), names[..SUGGESTIONS]);
        assert_eq!(ladder.names_like("lot"), names[..SUGGESTIONS]);
        assert_eq!(ladder.names_like(""), names[..SUGGESTIONS]);
    }
    #[test]
    fn the_activity_goes_by_the_clock_that_its_reader_has_told() {
        let mut ladder = ladder_of(&["Ana".to_owned(), "Bea".to_owned()]);
        let mut notifications = Notifications::default();
        notifications.pings.utc_offset_min = Some(540);
        ladder.evolve(&Event::NotificationsSet { player: PlayerId(2), notifications });
        let offset = |user| ladder.activity_view(Timestamp(0), 1, UserId(user)).utc_offset_min;
        assert_eq!([1, 2, 3].map(offset), [None, Some(540), None]);
    }
}
