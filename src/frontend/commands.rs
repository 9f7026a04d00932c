//! The commands, one file each, which also has the buttons and menus of its page and the page itself.
//! Everything here is pure: an interaction becomes a [`Plan`], a backend's reply becomes a page.

pub mod activity;
pub mod admin;
pub mod country;
pub mod help;
pub mod language;
pub mod leaderboard;
pub mod match_;
pub mod notifications;
pub mod profile;
pub mod queue;
pub mod report;
pub mod setup;

use super::custom_id::{CustomId, StaffOrder};
use super::pictures::{self, Drawing};
use super::refusal;
use super::reply::{Page, Reply};
use super::text::Words;
use ipc_schema::backend::{BackendReply, BackendRequest, Caller};
use ipc_schema::ids::MatchId;
use ipc_schema::notifications::{Place, Wish};
use ipc_schema::staff::StaffLook;
use ipc_schema::vocab::{Locale, PingsOf, Race, Refusal, Region};
use twilight_interactions::command::{CommandOption, CreateOption};
use twilight_interactions::error::ParseError;
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::Attachment;

/// One slash command.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub name: &'static str,
    pub ack: Ack,
    pub register: fn() -> twilight_model::application::command::Command,
    pub request: ToPlan,
    /// What to ask for while an option is typed. A command with it has an option that says so.
    pub suggest: Option<ToPlan>,
}

type ToPlan = fn(&Caller, CommandData) -> Result<Plan, CommandError>;

/// What Discord gets as the one answer it waits three seconds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ack {
    /// The answer itself if it is quick, else "thinking", in whose place it comes later.
    Message,
    /// A modal, which can follow nothing.
    Modal,
    /// Suggestions for the option being typed, which can follow nothing either.
    Choices,
}

/// In the order in which a newcomer needs them.
pub const COMMANDS: &[Command] = &[
    setup::COMMAND,
    queue::COMMAND,
    match_::COMMAND,
    leaderboard::COMMAND,
    profile::COMMAND,
    activity::COMMAND,
    help::COMMAND,
    admin::COMMAND,
    report::COMMAND,
    language::COMMAND,
    country::COMMAND,
    notifications::COMMAND,
];

/// Options that do not fit the registered command, such as those of an older registration.
#[derive(Debug, thiserror::Error)]
#[error("options do not fit the command")]
pub struct CommandError(#[from] ParseError);

/// A race, as commands take it.
#[derive(Clone, Copy, CommandOption, CreateOption)]
enum RaceOption {
    #[option(name = "BW Terran", value = "bw_terran")]
    BwTerran,
    #[option(name = "BW Zerg", value = "bw_zerg")]
    BwZerg,
    #[option(name = "BW Protoss", value = "bw_protoss")]
    BwProtoss,
    #[option(name = "SC2 Terran", value = "sc2_terran")]
    Sc2Terran,
    #[option(name = "SC2 Zerg", value = "sc2_zerg")]
    Sc2Zerg,
    #[option(name = "SC2 Protoss", value = "sc2_protoss")]
    Sc2Protoss,
}

impl From<RaceOption> for Race {
    fn from(option: RaceOption) -> Race {
        match option {
            RaceOption::BwTerran => Race::BwTerran,
            RaceOption::BwZerg => Race::BwZerg,
            RaceOption::BwProtoss => Race::BwProtoss,
            RaceOption::Sc2Terran => Race::Sc2Terran,
            RaceOption::Sc2Zerg => Race::Sc2Zerg,
            RaceOption::Sc2Protoss => Race::Sc2Protoss,
        }
    }
}

/// What an interaction leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    Ask(BackendRequest),
    /// The text of this key.
    Say(&'static str),
    Refuse(Refusal),
    /// The modal of `setup:names`, which must be the first answer.
    OpenNames,
    /// The modal that asks staff for a reason, likewise.
    OpenReason(StaffOrder),
    /// As [`Plan::Ask`], and the page comes with its picture.
    Draw(BackendRequest),
    /// The modal that takes the replay of a match, likewise.
    OpenReplay(MatchId),
    /// A file that came with a command, or with the modal of a match.
    TakeFile {
        file: SentFile,
        of: Option<MatchId>,
    },
    /// The modal of cool-down and quiet hours, likewise.
    OpenTimes(Place),
    /// Countries for what is typed.
    SuggestCountries(String),
}

/// A file that a player sent, before it is downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Of the attachment.
    pub id: u64,
    pub name: String,
    pub bytes: u64,
    /// From where it can be had for some hours.
    pub url: String,
}

impl From<&Attachment> for SentFile {
    fn from(attachment: &Attachment) -> SentFile {
        let Attachment { id, filename, size, url, .. } = attachment;
        SentFile { id: id.get(), name: filename.clone(), bytes: *size, url: url.clone() }
    }
}

impl Plan {
    /// How a press that leads to this is acknowledged.
    pub fn ack(&self) -> Ack {
        match self {
            Plan::OpenNames | Plan::OpenReason(_) | Plan::OpenReplay(_) | Plan::OpenTimes(_) => Ack::Modal,
            Plan::SuggestCountries(_) => Ack::Choices,
            Plan::Ask(_) | Plan::Draw(_) | Plan::Say(_) | Plan::Refuse(_) | Plan::TakeFile { .. } => {
                Ack::Message
            }
        }
    }
}

/// Which page a press came from, and so what is shown again beside a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Setup,
    Queue,
    Match,
    Leaderboard,
    Command,
    Staff,
    Notifications,
}

/// What was typed or chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// Of a menu.
    pub values: Vec<String>,
    /// Of a modal: custom id and text of each input.
    pub fields: Vec<(String, String)>,
    /// Of a modal.
    pub files: Vec<SentFile>,
}

/// What a button, a menu or a modal asks for.
pub fn plan(id: CustomId, caller: Caller, input: Input) -> Plan {
    let value = input.values.first().map_or("", String::as_str);
    let request = match id {
        CustomId::SetupNamesOpen => return Plan::OpenNames,
        CustomId::StaffAsk(order) => return Plan::OpenReason(order),
        CustomId::MatchReplay(match_id) => return Plan::OpenReplay(match_id),
        CustomId::MatchFile(match_id) => {
            return match input.files.into_iter().next() {
                Some(file) => Plan::TakeFile { file, of: Some(match_id) },
                None => Plan::Refuse(Refusal::NotAReplay),
            };
        }
        CustomId::SetupLocale => match Locale::from_code(value) {
            Some(locale) => BackendRequest::SetLocale { caller, locale },
            None => return Plan::Say("button-unknown"),
        },
        CustomId::SetupTerms(answer) => BackendRequest::AnswerTerms { caller, answer },
        CustomId::SetupNames => BackendRequest::SetNames { caller, names: setup::names_of(&input.fields) },
        CustomId::SetupRegion => match Region::from_code(value) {
            Some(region) => BackendRequest::SetRegion { caller, region },
            None => return Plan::Refuse(Refusal::RegionUnknown),
        },
        CustomId::SetupFinish => BackendRequest::FinishSetup { caller },
        CustomId::QueueRace(era) => match queue::race_of(era, value) {
            Some(race) => BackendRequest::ChooseRace { caller, era, race },
            None => return Plan::Say("button-unknown"),
        },
        CustomId::QueueVetoes => BackendRequest::ChooseVetoes { caller, maps: input.values },
        CustomId::QueueJoin => BackendRequest::JoinQueue { caller },
        CustomId::QueueLeave => BackendRequest::LeaveQueue { caller },
        CustomId::QueueRefresh => BackendRequest::Queue { caller },
        CustomId::MatchConfirm(match_id) => BackendRequest::Confirm { caller, match_id },
        CustomId::MatchAbort(match_id) => BackendRequest::Abort { caller, match_id },
        CustomId::MatchShow => BackendRequest::Match { caller },
        CustomId::MatchReport(match_id, outcome) => BackendRequest::Report { caller, match_id, outcome },
        CustomId::MatchDispute(match_id) => BackendRequest::Dispute { caller, match_id },
        CustomId::Leaderboard { page, filter } => BackendRequest::Leaderboard { caller, page, filter },
        CustomId::SetupShow => BackendRequest::Setup { caller },
        CustomId::StaffDo(proposal) => BackendRequest::StaffPerform { caller, proposal },
        CustomId::StaffCancel(proposal) => BackendRequest::StaffWithdraw { caller, proposal },
        CustomId::StaffLog { page } => BackendRequest::StaffLook { caller, look: StaffLook::Log { page } },
        CustomId::StaffCases { page } => {
            BackendRequest::StaffLook { caller, look: StaffLook::Cases { page } }
        }
        CustomId::StaffReason(order) => {
            let (act, reason) = (admin::act_of(order), admin::reason_of(&input.fields));
            BackendRequest::StaffPropose { caller, act, reason }
        }
        CustomId::LeaderboardPicture { page, filter } => {
            return Plan::Draw(BackendRequest::Leaderboard { caller, page, filter });
        }
        CustomId::Language => match Locale::from_code(value) {
            Some(locale) => BackendRequest::Language { caller, locale: Some(locale) },
            None => return Plan::Say("button-unknown"),
        },
        CustomId::NotifyShow => BackendRequest::Notifications { caller },
        CustomId::NotifyKinds(place) => {
            let wish = notifications::kinds_of(&input.values);
            BackendRequest::SetNotifications { caller, wish, place }
        }
        CustomId::NotifyPings(place) => match PingsOf::from_code(value) {
            Some(of) => BackendRequest::SetNotifications { caller, wish: Wish::Pings(of), place },
            None => return Plan::Say("button-unknown"),
        },
        CustomId::NotifyTimesOpen(place) => return Plan::OpenTimes(place),
        CustomId::NotifyTimes(place) => {
            let wish = Wish::Times(notifications::times_of(&input.fields));
            BackendRequest::SetNotifications { caller, wish, place }
        }
        CustomId::SetupNotifyDone => BackendRequest::PassNotifications { caller },
        CustomId::GuideOpen => BackendRequest::Guide { caller },
        CustomId::GuideRead => BackendRequest::ReadGuide { caller },
        CustomId::DmsShow => BackendRequest::Dms { caller },
        CustomId::DmsRetry => BackendRequest::TryDms { caller },
    };
    Plan::Ask(request)
}

impl Origin {
    pub fn of(id: CustomId) -> Origin {
        match id {
            CustomId::SetupLocale
            | CustomId::SetupTerms(_)
            | CustomId::SetupNamesOpen
            | CustomId::SetupNames
            | CustomId::SetupRegion
            | CustomId::SetupFinish
            | CustomId::SetupShow => Origin::Setup,
            CustomId::QueueRace(_)
            | CustomId::QueueVetoes
            | CustomId::QueueJoin
            | CustomId::QueueLeave
            | CustomId::QueueRefresh => Origin::Queue,
            CustomId::MatchConfirm(_)
            | CustomId::MatchAbort(_)
            | CustomId::MatchShow
            | CustomId::MatchReport(..)
            | CustomId::MatchDispute(_)
            | CustomId::MatchReplay(_)
            | CustomId::MatchFile(_) => Origin::Match,
            CustomId::Leaderboard { .. } | CustomId::LeaderboardPicture { .. } => Origin::Leaderboard,
            CustomId::StaffDo(_)
            | CustomId::StaffCancel(_)
            | CustomId::StaffLog { .. }
            | CustomId::StaffCases { .. }
            | CustomId::StaffAsk(_)
            | CustomId::StaffReason(_) => Origin::Staff,
            CustomId::Language | CustomId::DmsShow | CustomId::DmsRetry => Origin::Command,
            CustomId::NotifyKinds(Place::Setup)
            | CustomId::NotifyPings(Place::Setup)
            | CustomId::NotifyTimesOpen(Place::Setup)
            | CustomId::NotifyTimes(Place::Setup)
            | CustomId::SetupNotifyDone => Origin::Setup,
            CustomId::NotifyShow
            | CustomId::NotifyKinds(Place::Notifications)
            | CustomId::NotifyPings(Place::Notifications)
            | CustomId::NotifyTimesOpen(Place::Notifications)
            | CustomId::NotifyTimes(Place::Notifications) => Origin::Notifications,
            CustomId::GuideOpen | CustomId::GuideRead => Origin::Queue,
        }
    }

    /// The page that helps a player who was refused: the gate that is closed, or the page as it
    /// truly is.
    pub fn after(self, refusal: &Refusal, caller: Caller) -> Option<BackendRequest> {
        match (refusal, self) {
            (Refusal::Busy | Refusal::ReadOnly, _) => None,
            // No page opens this gate, and no page of a player is the one of staff.
            (Refusal::Banned { .. }, _) | (_, Origin::Staff) => None,
            (Refusal::SetupNeeded | Refusal::TermsNeeded, _) | (_, Origin::Setup) => {
                Some(BackendRequest::Setup { caller })
            }
            (Refusal::GuideUnread, _) => Some(BackendRequest::Guide { caller }),
            (Refusal::DmsClosed, _) => Some(BackendRequest::Dms { caller }),
            // The pressed match may not be the newest one, whose page must not take its place: whoever
            // asks has to look which one it got.
            (Refusal::InMatch, _) | (_, Origin::Match) => Some(BackendRequest::Match { caller }),
            (_, Origin::Queue) => Some(BackendRequest::Queue { caller }),
            (_, Origin::Notifications) => Some(BackendRequest::Notifications { caller }),
            (_, Origin::Leaderboard | Origin::Command) => None,
        }
    }
}

/// Whether asking twice could do something twice.
pub fn changes_something(request: &BackendRequest) -> bool {
    match request {
        BackendRequest::Setup { .. }
        | BackendRequest::Queue { .. }
        | BackendRequest::Match { .. }
        | BackendRequest::Leaderboard { .. }
        | BackendRequest::Profile { .. }
        | BackendRequest::PlayerNames { .. }
        | BackendRequest::MatchChannels
        | BackendRequest::LoadSession { .. }
        | BackendRequest::TakeCards
        | BackendRequest::Activity { .. }
        | BackendRequest::StaffLook { .. }
        | BackendRequest::PastMatch { .. }
        | BackendRequest::MatchChoices { .. }
        | BackendRequest::ReplayFile { .. }
        | BackendRequest::Language { locale: None, .. }
        | BackendRequest::Notifications { .. }
        | BackendRequest::Guide { .. }
        | BackendRequest::Greet { .. }
        | BackendRequest::Dms { .. }
        | BackendRequest::HeldBack { .. } => false,
        BackendRequest::SetLocale { .. }
        | BackendRequest::AnswerTerms { .. }
        | BackendRequest::SetNames { .. }
        | BackendRequest::SetRegion { .. }
        | BackendRequest::FinishSetup { .. }
        | BackendRequest::ChooseRace { .. }
        | BackendRequest::ChooseVetoes { .. }
        | BackendRequest::JoinQueue { .. }
        | BackendRequest::LeaveQueue { .. }
        | BackendRequest::Confirm { .. }
        | BackendRequest::Abort { .. }
        | BackendRequest::UploadReplay { .. }
        | BackendRequest::RefuseUpload { .. }
        | BackendRequest::CardShown { .. }
        | BackendRequest::CardFailed { .. }
        | BackendRequest::SaveSession { .. }
        | BackendRequest::TimeLost { .. }
        | BackendRequest::Report { .. }
        | BackendRequest::Dispute { .. }
        | BackendRequest::StaffPropose { .. }
        | BackendRequest::StaffPerform { .. }
        | BackendRequest::StaffWithdraw { .. }
        | BackendRequest::Language { locale: Some(_), .. }
        | BackendRequest::SetCountry { .. }
        | BackendRequest::SetNotifications { .. }
        | BackendRequest::PassNotifications { .. }
        | BackendRequest::ReadGuide { .. }
        | BackendRequest::TryDms { .. }
        | BackendRequest::CardTold { .. }
        | BackendRequest::ShowQueue { .. } => true,
    }
}

/// What a reply of the backend looks like to the player.
pub fn render(reply: &BackendReply) -> Reply {
    match reply {
        BackendReply::Refused { locale, refusal } => refusal::reply(refusal, Words::of(*locale)),
        BackendReply::Setup(view) => setup::render(view, Words::of(view.locale)).into(),
        BackendReply::Queue { locale, queue, .. } => queue::render(queue, Words::of(*locale)).into(),
        BackendReply::Match { locale, match_, .. } => match_::render(match_, Words::of(*locale)).into(),
        BackendReply::Leaderboard { locale, leaderboard } => {
            leaderboard::render(leaderboard, Words::of(*locale)).into()
        }
        BackendReply::Profile { locale, profile } => profile::render(profile, Words::of(*locale)).into(),
        BackendReply::Staff { locale, view } => admin::render(view, Words::of(*locale)).into(),
        BackendReply::Activity { locale, activity } => activity::render(activity, Words::of(*locale)).into(),
        // With its file, where it is read for somebody.
        BackendReply::PastMatch { locale, match_ } => {
            match_::past::render(match_, match_::past::Download::Gone, Words::of(*locale)).into()
        }
        BackendReply::Language { locale } => language::render(Words::of(*locale)).into(),
        BackendReply::Country { locale, country } => country::render(country, Words::of(*locale)).into(),
        BackendReply::Notifications { locale, notifications } => {
            notifications::render(notifications, Words::of(*locale)).into()
        }
        BackendReply::Guide { locale } => help::render_guide(Words::of(*locale)).into(),
        BackendReply::Dms { locale, tried } => notifications::render_dms(*tried, Words::of(*locale)).into(),
        // No press asks for these.
        BackendReply::Taken
        | BackendReply::ReplayTaken { .. }
        | BackendReply::MatchChoices { .. }
        | BackendReply::ReplayFile(_)
        | BackendReply::HeldBack { .. }
        | BackendReply::Session(_)
        | BackendReply::PlayerNames(_)
        | BackendReply::MatchChannels(_) => Reply::Taken,
    }
}

/// The picture beside the page of a reply, where there is one to draw.
pub fn drawing(reply: &BackendReply) -> Option<Drawing> {
    match reply {
        BackendReply::Leaderboard { locale, leaderboard } => {
            leaderboard::drawing(leaderboard, Words::of(*locale))
        }
        BackendReply::Profile { locale, profile } => pictures::rating::draw(profile, Words::of(*locale)),
        BackendReply::Activity { locale, activity } => pictures::activity::draw(activity, Words::of(*locale)),
        _ => None,
    }
}

/// The page of a reply, without what its picture says better.
pub fn beside_picture(reply: &BackendReply, page: Page) -> Page {
    match reply {
        BackendReply::Activity { locale, activity } => {
            activity::beside_picture(activity, page, Words::of(*locale))
        }
        _ => page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::backend::TermsAnswer;
    use ipc_schema::ids::{ProposalId, UserId};
    use ipc_schema::staff::StaffAct;
    use ipc_schema::view::LeaderboardFilter;
    use ipc_schema::vocab::{Era, Outcome, Race, Verdict};
    use std::collections::BTreeSet;
    use twilight_model::application::command::CommandOption;
    use twilight_model::application::interaction::InteractionContextType;

    const CALLER: Caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: None };

    #[test]
    fn the_commands_are_what_discord_takes() {
        let mut names = BTreeSet::new();
        for command in COMMANDS {
            let registered = (command.register)();
            assert_eq!(registered.name, command.name);
            assert!((1..=32).contains(&command.name.len()), "{}", command.name);
            assert!(command.name.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", command.name);
            assert!((1..=100).contains(&registered.description.len()), "{}", command.name);
            let contexts = [InteractionContextType::Guild, InteractionContextType::BotDm];
            assert_eq!(registered.contexts.as_deref(), Some(&contexts[..]), "{}", command.name);
            let suggests = suggests(&registered.options);
            assert_eq!(suggests, command.suggest.is_some(), "{}", command.name);
            assert_ne!(command.ack, Ack::Choices, "{} is more than typing", command.name);
            assert!(names.insert(command.name), "{} twice", command.name);
        }
        let expected = [
            "setup",
            "queue",
            "match",
            "leaderboard",
            "profile",
            "activity",
            "help",
            "admin",
            "report",
            "language",
            "setcountry",
            "notifications",
        ];
        assert_eq!(names, BTreeSet::from(expected));
    }

    fn suggests(options: &[CommandOption]) -> bool {
        let inner = |option: &CommandOption| option.options.as_deref().is_some_and(suggests);
        options.iter().any(|option| option.autocomplete == Some(true) || inner(option))
    }

    #[test]
    fn every_press_asks_for_what_it_says() {
        let match_id = MatchId(12);
        let (caller, answer) = (CALLER, TermsAnswer::Accept);
        let unknown = || Plan::Say("button-unknown");
        let race = Some(Race::BwZerg);
        let all = LeaderboardFilter::default();
        let best = LeaderboardFilter { best: true, ..all };
        let cases = [
            ("setup:locale", "koKR", Plan::Ask(BackendRequest::SetLocale { caller, locale: Locale::KoKr })),
            ("setup:locale", "klingon", unknown()),
            ("setup:terms:accept", "", Plan::Ask(BackendRequest::AnswerTerms { caller, answer })),
            ("setup:names:open", "", Plan::OpenNames),
            ("setup:region", "KRJ", Plan::Ask(BackendRequest::SetRegion { caller, region: Region::Krj })),
            ("setup:region", "", Plan::Refuse(Refusal::RegionUnknown)),
            ("setup:finish", "", Plan::Ask(BackendRequest::FinishSetup { caller })),
            (
                "queue:race:bw",
                "bw_zerg",
                Plan::Ask(BackendRequest::ChooseRace { caller, era: Era::Bw, race }),
            ),
            (
                "queue:race:bw",
                "none",
                Plan::Ask(BackendRequest::ChooseRace { caller, era: Era::Bw, race: None }),
            ),
            ("queue:race:bw", "sc2_zerg", unknown()),
            (
                "queue:vetoes",
                "keres_passage",
                Plan::Ask(BackendRequest::ChooseVetoes { caller, maps: vec!["keres_passage".to_owned()] }),
            ),
            ("queue:join", "", Plan::Ask(BackendRequest::JoinQueue { caller })),
            ("queue:leave", "", Plan::Ask(BackendRequest::LeaveQueue { caller })),
            ("queue:refresh", "", Plan::Ask(BackendRequest::Queue { caller })),
            ("match:confirm:12", "", Plan::Ask(BackendRequest::Confirm { caller, match_id })),
            ("match:abort:12", "", Plan::Ask(BackendRequest::Abort { caller, match_id })),
            ("match:show", "", Plan::Ask(BackendRequest::Match { caller })),
            (
                "match:report:12:draw",
                "",
                Plan::Ask(BackendRequest::Report { caller, match_id, outcome: Outcome::Draw }),
            ),
            ("match:dispute:12", "", Plan::Ask(BackendRequest::Dispute { caller, match_id })),
            ("match:replay:12", "", Plan::OpenReplay(match_id)),
            ("match:file:12", "", Plan::Refuse(Refusal::NotAReplay)),
            ("leaderboard:3", "", Plan::Ask(BackendRequest::Leaderboard { caller, page: 3, filter: all })),
            (
                "leaderboard:0:-:-:-:best",
                "",
                Plan::Ask(BackendRequest::Leaderboard { caller, page: 0, filter: best }),
            ),
            ("language", "koKR", Plan::Ask(BackendRequest::Language { caller, locale: Some(Locale::KoKr) })),
            ("language", "klingon", unknown()),
            (
                "setup:notify:pings",
                "sc2",
                Plan::Ask(BackendRequest::SetNotifications {
                    caller,
                    wish: Wish::Pings(PingsOf::Sc2),
                    place: Place::Setup,
                }),
            ),
            ("notify:pings", "", unknown()),
            (
                "notify:kinds",
                "corrections",
                Plan::Ask(BackendRequest::SetNotifications {
                    caller,
                    wish: Wish::Kinds { corrections: true, announcements: false },
                    place: Place::Notifications,
                }),
            ),
            ("notify:times:open", "", Plan::OpenTimes(Place::Notifications)),
            ("setup:notify:done", "", Plan::Ask(BackendRequest::PassNotifications { caller })),
            ("guide:open", "", Plan::Ask(BackendRequest::Guide { caller })),
            ("guide:read", "", Plan::Ask(BackendRequest::ReadGuide { caller })),
            ("dms:show", "", Plan::Ask(BackendRequest::Dms { caller })),
            ("dms:retry", "", Plan::Ask(BackendRequest::TryDms { caller })),
            ("staff:do:7", "", Plan::Ask(BackendRequest::StaffPerform { caller, proposal: ProposalId(7) })),
            (
                "staff:cancel:7",
                "",
                Plan::Ask(BackendRequest::StaffWithdraw { caller, proposal: ProposalId(7) }),
            ),
            ("staff:ask:void:12", "", Plan::OpenReason(StaffOrder::Void(match_id))),
            (
                "staff:reason:void:12",
                "",
                Plan::Ask(BackendRequest::StaffPropose {
                    caller,
                    act: StaffAct::Resolve { match_id, verdict: Verdict::Void },
                    reason: String::new(),
                }),
            ),
            (
                "leaderboard:picture:3",
                "",
                Plan::Draw(BackendRequest::Leaderboard { caller, page: 3, filter: all }),
            ),
            (
                "staff:log:2",
                "",
                Plan::Ask(BackendRequest::StaffLook { caller, look: StaffLook::Log { page: 2 } }),
            ),
        ];
        for (id, value, expected) in cases {
            let values = if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
            let input = Input { values, ..Input::default() };
            assert_eq!(plan(CustomId::parse(id).unwrap(), CALLER, input), expected, "{id} {value}");
        }
    }

    #[test]
    fn a_refusal_is_shown_beside_the_page_that_opens_the_gate() {
        let caller = CALLER;
        let setup = Some(BackendRequest::Setup { caller });
        let cases = [
            (Origin::Command, Refusal::SetupNeeded, setup.clone()),
            (Origin::Queue, Refusal::TermsNeeded, setup.clone()),
            (Origin::Setup, Refusal::NameTaken, setup),
            (Origin::Queue, Refusal::InMatch, Some(BackendRequest::Match { caller })),
            (Origin::Queue, Refusal::NoRace, Some(BackendRequest::Queue { caller })),
            (Origin::Queue, Refusal::Busy, None),
            (Origin::Match, Refusal::TooLate, Some(BackendRequest::Match { caller })),
            (Origin::Command, Refusal::NoOpenMatch, None),
            (Origin::Queue, Refusal::Banned { until: None, reason: String::new() }, None),
            (Origin::Staff, Refusal::ProposalGone, None),
            (Origin::Command, Refusal::GuideUnread, Some(BackendRequest::Guide { caller })),
            (Origin::Queue, Refusal::DmsClosed, Some(BackendRequest::Dms { caller })),
            (Origin::Notifications, Refusal::TimeInvalid, Some(BackendRequest::Notifications { caller })),
        ];
        for (origin, refusal, expected) in cases {
            assert_eq!(origin.after(&refusal, caller), expected, "{origin:?} {refusal:?}");
        }
    }
}
