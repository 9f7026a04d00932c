//! How much is going on, as the supervisor says it, and what is shown from memory then.
//!
//! | level | what this role does less of |
//! |---|---|
//! | busy | pictures are painted with long pauses, and those that are late are left out |
//! | overloaded | no picture is painted; leaderboard and profiles are the pages that were shown last; files are fetched [few at a time](super::uploads) |
//!
//! The queue and matches are served as ever: of the room for interactions a part is theirs alone
//! ([`is_needed_to_play`]).

use super::commands::Plan;
use ipc_schema::backend::{BackendReply, BackendRequest, Caller};
use ipc_schema::ids::UserId;
use ipc_schema::view::LeaderboardFilter;
use ipc_schema::vocab::{Locale, Timestamp};
use ipc_schema::watch::LoadLevel;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Pages that were shown last, a few kilobytes each. Beyond it the oldest is forgotten, and asked for.
const PAGES: usize = 512;

/// A page that is older is asked for, however long that takes.
const PAGE_LIFE: Duration = Duration::from_secs(5 * 60);

/// Languages of players that are remembered, for what is told without asking. Beyond it all are forgotten, and
/// learned anew from the next answers.
const LOCALES: usize = 20_000;

/// The level, for all threads.
#[derive(Debug, Clone, Default)]
pub struct Load(Arc<AtomicU8>);

impl Load {
    pub fn set(&self, level: LoadLevel) {
        self.0.store(level.number(), Ordering::Relaxed);
    }

    pub fn level(&self) -> LoadLevel {
        let number = self.0.load(Ordering::Relaxed);
        LoadLevel::ALL.into_iter().find(|level| level.number() == number).unwrap_or_default()
    }
}

/// What is on a page, but for the language.
#[derive(Debug, PartialEq)]
enum Subject {
    Leaderboard(u32, LeaderboardFilter),
    /// Of the player of this name, in lower case.
    Profile(String),
    OwnProfile(UserId),
}

#[derive(Debug)]
struct Shown {
    subject: Subject,
    made_at: Timestamp,
    reply: BackendReply,
}

/// What the backend answered last. All of it can be lost.
#[derive(Debug, Default)]
pub struct LastAnswers {
    /// By age.
    pages: Mutex<VecDeque<Shown>>,
    locales: Mutex<HashMap<UserId, Locale>>,
}

impl LastAnswers {
    /// Takes in what this account is answered.
    pub fn take_in(&self, user: UserId, request: &BackendRequest, reply: &BackendReply, now: Timestamp) {
        if let Some(locale) = language_of(reply) {
            self.note_locale(user, locale);
        }
        let Some((_, subject)) = subject_of(request) else { return };
        let reply = match reply {
            BackendReply::Leaderboard { .. } => reply.clone(),
            BackendReply::Profile { locale, profile } => {
                let mut profile = profile.clone();
                // Who asks next has another record against them.
                profile.against_you = None;
                BackendReply::Profile { locale: *locale, profile }
            }
            _ => return,
        };
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|shown| shown.subject != subject);
        if pages.len() == PAGES {
            pages.pop_front();
        }
        pages.push_back(Shown { subject, made_at: now, reply });
    }

    /// The page that was shown last to whoever asked for the same, in the caller's language, and of when it is.
    pub fn page(&self, request: &BackendRequest, now: Timestamp) -> Option<(BackendReply, Timestamp)> {
        let (caller, subject) = subject_of(request)?;
        let (mut found, made_at) = {
            let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            let shown = pages.iter().find(|shown| shown.subject == subject)?;
            (shown.reply.clone(), shown.made_at)
        };
        if now.since(made_at) > PAGE_LIFE {
            return None;
        }
        if let BackendReply::Leaderboard { locale, .. } | BackendReply::Profile { locale, .. } = &mut found {
            *locale = self.locale_of(caller);
        }
        Some((found, made_at))
    }

    fn note_locale(&self, user: UserId, locale: Locale) {
        let mut locales = self.locales.lock().unwrap_or_else(PoisonError::into_inner);
        if locales.len() >= LOCALES {
            locales.clear();
        }
        locales.insert(user, locale);
    }

    /// The language of the last answer, else the one that Discord says.
    pub fn locale_of(&self, caller: Caller) -> Locale {
        let locales = self.locales.lock().unwrap_or_else(PoisonError::into_inner);
        locales.get(&caller.user).copied().unwrap_or(caller.locale)
    }
}

/// In which language the ladder spoke, of the answers that players read most.
fn language_of(reply: &BackendReply) -> Option<Locale> {
    match reply {
        BackendReply::Refused { locale, .. }
        | BackendReply::Queue { locale, .. }
        | BackendReply::Match { locale, .. }
        | BackendReply::Leaderboard { locale, .. }
        | BackendReply::Profile { locale, .. }
        | BackendReply::Language { locale } => Some(*locale),
        BackendReply::Setup(view) => Some(view.locale),
        _ => None,
    }
}

fn subject_of(request: &BackendRequest) -> Option<(Caller, Subject)> {
    match request {
        BackendRequest::Leaderboard { caller, page, filter } => {
            Some((*caller, Subject::Leaderboard(*page, *filter)))
        }
        BackendRequest::Profile { caller, name: Some(name) } => {
            Some((*caller, Subject::Profile(name.trim().to_lowercase())))
        }
        BackendRequest::Profile { caller, name: None } => Some((*caller, Subject::OwnProfile(caller.user))),
        _ => None,
    }
}

/// Whether somebody who plays, or staff who look after it, cannot do without this. All else has to leave them
/// room.
pub fn is_needed_to_play(plan: &Plan) -> bool {
    let (Plan::Ask(request) | Plan::Draw(request)) = plan else {
        return matches!(plan, Plan::TakeFile { .. } | Plan::OpenReplay(_) | Plan::OpenReason(_));
    };
    match request {
        BackendRequest::Queue { .. }
        | BackendRequest::ShowQueue { .. }
        | BackendRequest::ChooseRace { .. }
        | BackendRequest::ChooseVetoes { .. }
        | BackendRequest::JoinQueue { .. }
        | BackendRequest::LeaveQueue { .. }
        | BackendRequest::Confirm { .. }
        | BackendRequest::Abort { .. }
        | BackendRequest::Match { .. }
        | BackendRequest::Report { .. }
        | BackendRequest::Dispute { .. }
        | BackendRequest::StaffPropose { .. }
        | BackendRequest::StaffPerform { .. }
        | BackendRequest::StaffWithdraw { .. }
        | BackendRequest::StaffLook { .. } => true,
        BackendRequest::Setup { .. }
        | BackendRequest::SetLocale { .. }
        | BackendRequest::AnswerTerms { .. }
        | BackendRequest::SetNames { .. }
        | BackendRequest::SetRegion { .. }
        | BackendRequest::FinishSetup { .. }
        | BackendRequest::Leaderboard { .. }
        | BackendRequest::UploadReplay { .. }
        | BackendRequest::RefuseUpload { .. }
        | BackendRequest::CardShown { .. }
        | BackendRequest::CardFailed { .. }
        | BackendRequest::Profile { .. }
        | BackendRequest::SaveSession { .. }
        | BackendRequest::LoadSession { .. }
        | BackendRequest::TimeLost { .. }
        | BackendRequest::PlayerNames { .. }
        | BackendRequest::MatchChannels
        | BackendRequest::Activity { .. }
        | BackendRequest::PastMatch { .. }
        | BackendRequest::MatchChoices { .. }
        | BackendRequest::ReplayFile { .. }
        | BackendRequest::Language { .. }
        | BackendRequest::SetCountry { .. }
        | BackendRequest::Notifications { .. }
        | BackendRequest::SetNotifications { .. }
        | BackendRequest::PassNotifications { .. }
        | BackendRequest::Guide { .. }
        | BackendRequest::ReadGuide { .. }
        | BackendRequest::Greet { .. }
        | BackendRequest::Dms { .. }
        | BackendRequest::TryDms { .. }
        | BackendRequest::HeldBack { .. }
        | BackendRequest::CardTold { .. }
        | BackendRequest::TakeCards => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::view::{GameRecord, LeaderboardView, ProfileView};

    const NOW: Timestamp = Timestamp(1_795_284_000_000);

    fn caller(number: u64, locale: Locale) -> Caller {
        Caller { user: UserId(number), locale, dm: None }
    }

    fn board(number: u64, page: u32) -> (BackendRequest, BackendReply) {
        let filter = LeaderboardFilter::default();
        let leaderboard = LeaderboardView { page, pages: 9, filter, rows: Vec::new() };
        let request = BackendRequest::Leaderboard { caller: caller(number, Locale::EnUs), page, filter };
        (request, BackendReply::Leaderboard { locale: Locale::KoKr, leaderboard })
    }

    fn profile(number: u64, name: Option<&str>) -> (BackendRequest, BackendReply) {
        let request =
            BackendRequest::Profile { caller: caller(number, Locale::EnUs), name: name.map(str::to_owned) };
        let profile = Box::new(ProfileView {
            name: "Ana".to_owned(),
            country: "DE".to_owned(),
            region: None,
            ratings: Vec::new(),
            periods: Vec::new(),
            streak: 0,
            against_you: Some(GameRecord { wins: 1, losses: 0, draws: 0 }),
        });
        (request, BackendReply::Profile { locale: Locale::EnUs, profile })
    }

    #[test]
    fn a_page_is_shown_again_to_whoever_asks_for_the_same_in_their_own_language() {
        let (last, (request, reply)) = (LastAnswers::default(), board(1, 2));
        assert_eq!(last.page(&request, NOW), None);
        last.take_in(UserId(1), &request, &reply, NOW);
        assert_eq!(last.page(&request, NOW + PAGE_LIFE), Some((reply, NOW)), "the ladder's language");
        let (another, _) = board(2, 2);
        let Some((BackendReply::Leaderboard { locale, .. }, _)) = last.page(&another, NOW) else {
            panic!("the page is everybody's")
        };
        assert_eq!(locale, Locale::EnUs, "Discord's language of whom nothing is known");
        assert_eq!(last.page(&board(1, 3).0, NOW), None, "another page");
        assert_eq!(last.page(&request, NOW + PAGE_LIFE + Duration::from_secs(1)), None, "too old");
    }

    #[test]
    fn a_profile_is_shown_to_others_without_the_record_against_them_and_ones_own_to_nobody_else() {
        let last = LastAnswers::default();
        let (named, reply) = profile(1, Some("Ana"));
        last.take_in(UserId(1), &named, &reply, NOW);
        let Some((BackendReply::Profile { profile: shown, .. }, _)) =
            last.page(&profile(2, Some(" ANA")).0, NOW)
        else {
            panic!("it is the same player")
        };
        assert_eq!(shown.against_you, None);
        let (own, reply) = profile(1, None);
        assert_eq!(last.page(&own, NOW), None);
        last.take_in(UserId(1), &own, &reply, NOW);
        assert!(last.page(&own, NOW).is_some() && last.page(&profile(2, None).0, NOW).is_none());
    }

    #[test]
    fn the_queue_matches_and_files_have_room_that_pages_have_not() {
        let caller = caller(1, Locale::EnUs);
        let match_id = ipc_schema::ids::MatchId(1);
        let table = [
            (Plan::Ask(BackendRequest::ShowQueue { caller }), true),
            (Plan::Ask(BackendRequest::JoinQueue { caller }), true),
            (Plan::Ask(BackendRequest::Confirm { caller, match_id }), true),
            (Plan::OpenReplay(match_id), true),
            (Plan::Ask(BackendRequest::Setup { caller }), false),
            (Plan::Ask(board(1, 0).0), false),
            (Plan::Draw(profile(1, None).0), false),
            (Plan::Say("help"), false),
        ];
        for (plan, expected) in table {
            assert_eq!(is_needed_to_play(&plan), expected, "{plan:?}");
        }
    }

    #[test]
    fn only_so_many_pages_are_kept_and_no_refusals() {
        let last = LastAnswers::default();
        for page in 0..=u32::try_from(PAGES).unwrap() {
            let (request, reply) = board(1, page);
            last.take_in(UserId(1), &request, &reply, NOW);
        }
        assert_eq!(last.page(&board(1, 0).0, NOW), None, "the oldest is gone");
        assert!(last.page(&board(1, 1).0, NOW).is_some());
        let (request, _) = profile(1, Some("Nobody"));
        let refusal = ipc_schema::vocab::Refusal::PlayerUnknown;
        last.take_in(UserId(1), &request, &BackendReply::Refused { locale: Locale::EnUs, refusal }, NOW);
        assert_eq!(last.page(&request, NOW), None);
    }
}
