//! What a button, a menu or a modal means. Discord hands the text back with a press, also years later
//! and to another process, so the text is all there is: the frontend remembers nothing beside it.

use ipc_schema::backend::TermsAnswer;
use ipc_schema::ids::{CaseId, MatchId, ProposalId};
use ipc_schema::notifications::Place;
use ipc_schema::view::LeaderboardFilter;
use ipc_schema::vocab::{CountryCode, Era, Outcome, Race, Rank};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomId {
    /// Menu of languages, by their codes.
    SetupLocale,
    SetupTerms(TermsAnswer),
    /// Button that opens the modal.
    SetupNamesOpen,
    /// The modal itself.
    SetupNames,
    /// Menu of regions, by their codes.
    SetupRegion,
    SetupFinish,
    /// Menu of one era's races, by their codes, and `none`.
    QueueRace(Era),
    /// Menu of maps, by their keys.
    QueueVetoes,
    QueueJoin,
    QueueLeave,
    QueueRefresh,
    MatchConfirm(MatchId),
    MatchAbort(MatchId),
    MatchShow,
    /// `page` from 0.
    Leaderboard {
        page: u32,
        filter: LeaderboardFilter,
    },
    MatchReport(MatchId, Outcome),
    MatchDispute(MatchId),
    /// Staff mean what they proposed.
    StaffDo(ProposalId),
    /// They do not.
    StaffCancel(ProposalId),
    /// `page` from 0.
    StaffLog {
        page: u32,
    },
    /// `page` from 0.
    StaffCases {
        page: u32,
    },
    /// Button that opens the modal for the reason of an act.
    StaffAsk(StaffOrder),
    /// The modal itself.
    StaffReason(StaffOrder),
    /// Button that opens the modal for the replay of a match.
    MatchReplay(MatchId),
    /// The modal itself.
    MatchFile(MatchId),
    /// Menu of languages, by their codes.
    Language,
    /// Button that leads to the notifications.
    NotifyShow,
    /// Menu of `corrections` and `announcements`.
    NotifyKinds(Place),
    /// Menu of whose queueing to tell of, by the codes of it.
    NotifyPings(Place),
    /// Button that opens the modal of cool-down and quiet hours.
    NotifyTimesOpen(Place),
    /// The modal itself.
    NotifyTimes(Place),
    /// The step of the setup is done.
    SetupNotifyDone,
    GuideOpen,
    GuideRead,
    /// Button that leads to how messages get through.
    DmsShow,
    DmsRetry,
    SetupShow,
    /// The same page with a picture of its first rows.
    LeaderboardPicture {
        page: u32,
        filter: LeaderboardFilter,
    },
}

/// Where a filter asks for nothing.
const ANY: &str = "-";

/// What a filter asks for, if anything; None for a word that is neither.
fn unless_any<T>(word: &str, parse: fn(&str) -> Option<T>) -> Option<Option<T>> {
    if word == ANY { Some(None) } else { parse(word).map(Some) }
}

/// A page of the leaderboard and its filter, as [`LeaderboardPage`] writes them.
fn leaderboard_page(words: &[&str]) -> Option<(u32, LeaderboardFilter)> {
    let (page, filter) = match words {
        [page] => (page, LeaderboardFilter::default()),
        [page, race, country, rank, rows] => {
            let filter = LeaderboardFilter {
                race: unless_any(race, Race::from_code)?,
                country: unless_any(country, CountryCode::from_code)?,
                rank: unless_any(rank, Rank::from_code)?,
                best: *rows == "best",
            };
            (page, filter)
        }
        _ => return None,
    };
    Some((page.parse().ok()?, filter))
}

struct LeaderboardPage(u32, LeaderboardFilter);

impl fmt::Display for LeaderboardPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LeaderboardPage(page, filter) = self;
        if *filter == LeaderboardFilter::default() {
            return write!(f, "{page}");
        }
        let LeaderboardFilter { race, country, rank, best } = filter;
        let race = race.map_or(ANY, Race::code);
        let country = country.map_or_else(|| ANY.to_owned(), |country| country.to_string());
        let rank = rank.map_or(ANY, Rank::code);
        write!(f, "{page}:{race}:{country}:{rank}:{}", if *best { "best" } else { "all" })
    }
}

/// What a button on a case does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffOrder {
    /// The match was won by the player of a slot, or by neither.
    Won(MatchId, u8),
    Draw(MatchId),
    Void(MatchId),
    Close(CaseId),
    Learn(CaseId),
}

impl StaffOrder {
    fn parse(words: &[&str]) -> Option<StaffOrder> {
        Some(match words {
            ["1", id] => StaffOrder::Won(MatchId(id.parse().ok()?), 0),
            ["2", id] => StaffOrder::Won(MatchId(id.parse().ok()?), 1),
            ["draw", id] => StaffOrder::Draw(MatchId(id.parse().ok()?)),
            ["void", id] => StaffOrder::Void(MatchId(id.parse().ok()?)),
            ["close", id] => StaffOrder::Close(CaseId(id.parse().ok()?)),
            ["learn", id] => StaffOrder::Learn(CaseId(id.parse().ok()?)),
            _ => return None,
        })
    }
}

impl fmt::Display for StaffOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StaffOrder::Won(id, slot) => write!(f, "{}:{id}", slot + 1),
            StaffOrder::Draw(id) => write!(f, "draw:{id}"),
            StaffOrder::Void(id) => write!(f, "void:{id}"),
            StaffOrder::Close(case) => write!(f, "close:{case}"),
            StaffOrder::Learn(case) => write!(f, "learn:{case}"),
        }
    }
}

impl CustomId {
    /// None for a text that is not one of ours, or not written the way [`fmt::Display`] writes it.
    pub fn parse(text: &str) -> Option<CustomId> {
        let words: Vec<&str> = text.split(':').collect();
        let id = match words.as_slice() {
            ["setup", "locale"] => CustomId::SetupLocale,
            ["setup", "terms", "accept"] => CustomId::SetupTerms(TermsAnswer::Accept),
            ["setup", "terms", "decline"] => CustomId::SetupTerms(TermsAnswer::Decline),
            ["setup", "names", "open"] => CustomId::SetupNamesOpen,
            ["setup", "names"] => CustomId::SetupNames,
            ["setup", "region"] => CustomId::SetupRegion,
            ["setup", "finish"] => CustomId::SetupFinish,
            ["queue", "race", era] => CustomId::QueueRace(Era::from_code(era)?),
            ["queue", "vetoes"] => CustomId::QueueVetoes,
            ["queue", "join"] => CustomId::QueueJoin,
            ["queue", "leave"] => CustomId::QueueLeave,
            ["queue", "refresh"] => CustomId::QueueRefresh,
            ["match", "confirm", id] => CustomId::MatchConfirm(MatchId(id.parse().ok()?)),
            ["match", "abort", id] => CustomId::MatchAbort(MatchId(id.parse().ok()?)),
            ["match", "show"] => CustomId::MatchShow,
            ["match", "report", id, outcome] => {
                CustomId::MatchReport(MatchId(id.parse().ok()?), Outcome::from_code(outcome)?)
            }
            ["match", "dispute", id] => CustomId::MatchDispute(MatchId(id.parse().ok()?)),
            ["leaderboard", "picture", words @ ..] => {
                let (page, filter) = leaderboard_page(words)?;
                CustomId::LeaderboardPicture { page, filter }
            }
            ["leaderboard", words @ ..] => {
                let (page, filter) = leaderboard_page(words)?;
                CustomId::Leaderboard { page, filter }
            }
            ["staff", "do", id] => CustomId::StaffDo(ProposalId(id.parse().ok()?)),
            ["staff", "cancel", id] => CustomId::StaffCancel(ProposalId(id.parse().ok()?)),
            ["staff", "log", page] => CustomId::StaffLog { page: page.parse().ok()? },
            ["staff", "cases", page] => CustomId::StaffCases { page: page.parse().ok()? },
            ["staff", "ask", order @ ..] => CustomId::StaffAsk(StaffOrder::parse(order)?),
            ["staff", "reason", order @ ..] => CustomId::StaffReason(StaffOrder::parse(order)?),
            ["match", "replay", id] => CustomId::MatchReplay(MatchId(id.parse().ok()?)),
            ["match", "file", id] => CustomId::MatchFile(MatchId(id.parse().ok()?)),
            ["language"] => CustomId::Language,
            ["notify", "show"] => CustomId::NotifyShow,
            ["setup", "notify", "done"] => CustomId::SetupNotifyDone,
            ["setup", "notify", words @ ..] => CustomId::of_place(Place::Setup, words)?,
            ["notify", words @ ..] => CustomId::of_place(Place::Notifications, words)?,
            ["guide", "open"] => CustomId::GuideOpen,
            ["guide", "read"] => CustomId::GuideRead,
            ["dms", "show"] => CustomId::DmsShow,
            ["dms", "retry"] => CustomId::DmsRetry,
            ["setup", "show"] => CustomId::SetupShow,
            _ => return None,
        };
        // One meaning, one spelling: `+7` and `007` are numbers too, but never ours.
        (id.to_string() == text).then_some(id)
    }

    /// What is on two pages: in `/notifications`, and in the setup's step for the same.
    fn of_place(place: Place, words: &[&str]) -> Option<CustomId> {
        Some(match words {
            ["kinds"] => CustomId::NotifyKinds(place),
            ["pings"] => CustomId::NotifyPings(place),
            ["times", "open"] => CustomId::NotifyTimesOpen(place),
            ["times"] => CustomId::NotifyTimes(place),
            _ => return None,
        })
    }
}

fn begin(place: Place) -> &'static str {
    match place {
        Place::Setup => "setup:notify",
        Place::Notifications => "notify",
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CustomId::SetupLocale => f.write_str("setup:locale"),
            CustomId::SetupTerms(TermsAnswer::Accept) => f.write_str("setup:terms:accept"),
            CustomId::SetupTerms(TermsAnswer::Decline) => f.write_str("setup:terms:decline"),
            CustomId::SetupNamesOpen => f.write_str("setup:names:open"),
            CustomId::SetupNames => f.write_str("setup:names"),
            CustomId::SetupRegion => f.write_str("setup:region"),
            CustomId::SetupFinish => f.write_str("setup:finish"),
            CustomId::QueueRace(era) => write!(f, "queue:race:{era}"),
            CustomId::QueueVetoes => f.write_str("queue:vetoes"),
            CustomId::QueueJoin => f.write_str("queue:join"),
            CustomId::QueueLeave => f.write_str("queue:leave"),
            CustomId::QueueRefresh => f.write_str("queue:refresh"),
            CustomId::MatchConfirm(id) => write!(f, "match:confirm:{id}"),
            CustomId::MatchAbort(id) => write!(f, "match:abort:{id}"),
            CustomId::MatchShow => f.write_str("match:show"),
            CustomId::MatchReport(id, outcome) => write!(f, "match:report:{id}:{outcome}"),
            CustomId::MatchDispute(id) => write!(f, "match:dispute:{id}"),
            CustomId::Leaderboard { page, filter } => {
                write!(f, "leaderboard:{}", LeaderboardPage(*page, *filter))
            }
            CustomId::StaffDo(id) => write!(f, "staff:do:{id}"),
            CustomId::StaffCancel(id) => write!(f, "staff:cancel:{id}"),
            CustomId::StaffLog { page } => write!(f, "staff:log:{page}"),
            CustomId::StaffCases { page } => write!(f, "staff:cases:{page}"),
            CustomId::StaffAsk(order) => write!(f, "staff:ask:{order}"),
            CustomId::StaffReason(order) => write!(f, "staff:reason:{order}"),
            CustomId::MatchReplay(id) => write!(f, "match:replay:{id}"),
            CustomId::MatchFile(id) => write!(f, "match:file:{id}"),
            CustomId::Language => f.write_str("language"),
            CustomId::NotifyShow => f.write_str("notify:show"),
            CustomId::NotifyKinds(place) => write!(f, "{}:kinds", begin(*place)),
            CustomId::NotifyPings(place) => write!(f, "{}:pings", begin(*place)),
            CustomId::NotifyTimesOpen(place) => write!(f, "{}:times:open", begin(*place)),
            CustomId::NotifyTimes(place) => write!(f, "{}:times", begin(*place)),
            CustomId::SetupNotifyDone => f.write_str("setup:notify:done"),
            CustomId::GuideOpen => f.write_str("guide:open"),
            CustomId::GuideRead => f.write_str("guide:read"),
            CustomId::DmsShow => f.write_str("dms:show"),
            CustomId::DmsRetry => f.write_str("dms:retry"),
            CustomId::SetupShow => f.write_str("setup:show"),
            CustomId::LeaderboardPicture { page, filter } => {
                write!(f, "leaderboard:picture:{}", LeaderboardPage(*page, *filter))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_custom_id_is_read_back_as_it_was_written() {
        let ids = [
            (CustomId::SetupLocale, "setup:locale"),
            (CustomId::SetupTerms(TermsAnswer::Accept), "setup:terms:accept"),
            (CustomId::SetupTerms(TermsAnswer::Decline), "setup:terms:decline"),
            (CustomId::SetupNamesOpen, "setup:names:open"),
            (CustomId::SetupNames, "setup:names"),
            (CustomId::SetupRegion, "setup:region"),
            (CustomId::SetupFinish, "setup:finish"),
            (CustomId::QueueRace(Era::Bw), "queue:race:bw"),
            (CustomId::QueueRace(Era::Sc2), "queue:race:sc2"),
            (CustomId::QueueVetoes, "queue:vetoes"),
            (CustomId::QueueJoin, "queue:join"),
            (CustomId::QueueLeave, "queue:leave"),
            (CustomId::QueueRefresh, "queue:refresh"),
            (CustomId::MatchConfirm(MatchId(12)), "match:confirm:12"),
            (CustomId::MatchAbort(MatchId(u64::MAX)), "match:abort:18446744073709551615"),
            (CustomId::MatchShow, "match:show"),
            (CustomId::MatchReport(MatchId(12), Outcome::Won), "match:report:12:won"),
            (
                CustomId::MatchReport(MatchId(u64::MAX), Outcome::Draw),
                "match:report:18446744073709551615:draw",
            ),
            (CustomId::MatchDispute(MatchId(12)), "match:dispute:12"),
            (CustomId::Leaderboard { page: 0, filter: LeaderboardFilter::default() }, "leaderboard:0"),
            (
                CustomId::Leaderboard {
                    page: u32::MAX,
                    filter: LeaderboardFilter {
                        race: Some(Race::Sc2Protoss),
                        country: CountryCode::from_code("KR"),
                        rank: Some(Rank::S),
                        best: true,
                    },
                },
                "leaderboard:4294967295:sc2_protoss:KR:S:best",
            ),
            (
                CustomId::Leaderboard {
                    page: 2,
                    filter: LeaderboardFilter { rank: Some(Rank::F), ..LeaderboardFilter::default() },
                },
                "leaderboard:2:-:-:F:all",
            ),
            (CustomId::StaffDo(ProposalId(7)), "staff:do:7"),
            (CustomId::StaffCancel(ProposalId(u64::MAX)), "staff:cancel:18446744073709551615"),
            (CustomId::StaffLog { page: 3 }, "staff:log:3"),
            (CustomId::StaffCases { page: 0 }, "staff:cases:0"),
            (CustomId::StaffAsk(StaffOrder::Won(MatchId(12), 0)), "staff:ask:1:12"),
            (CustomId::StaffAsk(StaffOrder::Won(MatchId(12), 1)), "staff:ask:2:12"),
            (CustomId::StaffReason(StaffOrder::Draw(MatchId(12))), "staff:reason:draw:12"),
            (
                CustomId::StaffReason(StaffOrder::Void(MatchId(u64::MAX))),
                "staff:reason:void:18446744073709551615",
            ),
            (CustomId::StaffAsk(StaffOrder::Close(CaseId(3))), "staff:ask:close:3"),
            (CustomId::StaffReason(StaffOrder::Learn(CaseId(3))), "staff:reason:learn:3"),
            (CustomId::MatchReplay(MatchId(12)), "match:replay:12"),
            (CustomId::MatchFile(MatchId(u64::MAX)), "match:file:18446744073709551615"),
            (CustomId::Language, "language"),
            (CustomId::NotifyShow, "notify:show"),
            (CustomId::NotifyKinds(Place::Notifications), "notify:kinds"),
            (CustomId::NotifyKinds(Place::Setup), "setup:notify:kinds"),
            (CustomId::NotifyPings(Place::Notifications), "notify:pings"),
            (CustomId::NotifyPings(Place::Setup), "setup:notify:pings"),
            (CustomId::NotifyTimesOpen(Place::Notifications), "notify:times:open"),
            (CustomId::NotifyTimesOpen(Place::Setup), "setup:notify:times:open"),
            (CustomId::NotifyTimes(Place::Notifications), "notify:times"),
            (CustomId::NotifyTimes(Place::Setup), "setup:notify:times"),
            (CustomId::SetupNotifyDone, "setup:notify:done"),
            (CustomId::GuideOpen, "guide:open"),
            (CustomId::GuideRead, "guide:read"),
            (CustomId::DmsShow, "dms:show"),
            (CustomId::DmsRetry, "dms:retry"),
            (CustomId::SetupShow, "setup:show"),
            (
                CustomId::LeaderboardPicture { page: 0, filter: LeaderboardFilter::default() },
                "leaderboard:picture:0",
            ),
            (
                CustomId::LeaderboardPicture {
                    page: u32::MAX,
                    filter: LeaderboardFilter { best: true, ..LeaderboardFilter::default() },
                },
                "leaderboard:picture:4294967295:-:-:-:best",
            ),
        ];
        for (id, text) in ids {
            assert_eq!(id.to_string(), text);
            assert_eq!(CustomId::parse(text), Some(id), "{text}");
            // Discord's limit is 100.
            assert!(text.len() <= 100, "{text}");
        }
    }

    #[test]
    fn what_is_not_one_of_ours_is_refused() {
        let garbage = [
            "",
            ":",
            "setup",
            "setup:",
            "setup:terms",
            "setup:terms:perhaps",
            "setup:names:open:now",
            "queue:race:wc3",
            "match:confirm",
            "match:confirm:",
            "match:confirm:+7",
            "match:confirm:007",
            "match:confirm:-1",
            "match:confirm:18446744073709551616",
            "leaderboard:1.5",
            "leaderboard:picture",
            "leaderboard:picture:1:-:-:-:all",
            "match:report:12",
            "match:report:12:lose",
            "match:report::won",
            "match:dispute:007",
            "match:replay:",
            "match:file:-1",
            "leaderboard:1:-:-:-:all",
            "leaderboard:1:-:-:-:none",
            "leaderboard:1:bw_zerg:kr:-:all",
            "leaderboard:1:zerg:-:-:all",
            "leaderboard:1:-:-:G:best",
            "staff:do",
            "staff:do:007",
            "staff:ask",
            "staff:ask:3:12",
            "staff:reason:void:",
            "notify",
            "notify:done",
            "notify:times:closed",
            "setup:notify",
            "guide",
            "dms:open",
            " match:show",
            "MATCH:SHOW",
        ];
        for text in garbage {
            assert_eq!(CustomId::parse(text), None, "{text:?}");
        }
    }
}
