//! From the frontend's words to the rules' inputs, and from the state to replies.

use crate::domain::cards::{Card, Content};
use crate::domain::ladder::{Act, Input, Ladder};
use crate::domain::player::Player;
use crate::domain::season::Season;
use crate::domain::views::SUGGESTIONS;
use ipc_schema::archive::{
    ArchivedMatch, ArchivedMatchView, ArchivedUpload, ArchivedVerdict, MatchChoice, PastMatchView, PastPlayer,
};
use ipc_schema::backend::{BackendReply, BackendRequest, CardState};
use ipc_schema::ids::{CardId, PlayerId};
use ipc_schema::notifications::Place;
use ipc_schema::staff::StaffView;
use ipc_schema::vocab::{Caller, Locale, Refusal, Timestamp};

/// The input of a request that needs nothing but deciding. The others, about cards and files, are
/// handled where they arrive. None for what is no matter of the ladder's state.
pub(super) fn input_of(request: &BackendRequest) -> Option<Input> {
    let (caller, act) = match request {
        BackendRequest::Setup { caller }
        | BackendRequest::Queue { caller }
        | BackendRequest::Match { caller }
        | BackendRequest::Leaderboard { caller, .. }
        | BackendRequest::Profile { caller, .. }
        | BackendRequest::PlayerNames { caller, .. }
        | BackendRequest::Activity { caller, .. }
        | BackendRequest::PastMatch { caller, .. }
        | BackendRequest::MatchChoices { caller, .. }
        | BackendRequest::UploadReplay { caller, .. } => (caller, Act::Look),
        BackendRequest::SetLocale { caller, locale } => (caller, Act::SetLocale(*locale)),
        BackendRequest::AnswerTerms { caller, answer } => (caller, Act::AnswerTerms(*answer)),
        BackendRequest::SetNames { caller, names } => (caller, Act::SetNames(names.clone())),
        BackendRequest::SetRegion { caller, region } => (caller, Act::SetRegion(*region)),
        BackendRequest::FinishSetup { caller } => (caller, Act::FinishSetup),
        BackendRequest::ChooseRace { caller, era, race } => {
            (caller, Act::ChooseRace { era: *era, race: *race })
        }
        BackendRequest::ChooseVetoes { caller, maps } => (caller, Act::ChooseVetoes(maps.clone())),
        BackendRequest::JoinQueue { caller } => (caller, Act::JoinQueue),
        BackendRequest::LeaveQueue { caller } => (caller, Act::LeaveQueue),
        BackendRequest::Confirm { caller, match_id } => (caller, Act::Confirm(*match_id)),
        BackendRequest::Abort { caller, match_id } => (caller, Act::Abort(*match_id)),
        BackendRequest::RefuseUpload { caller, refusal, files } => {
            (caller, Act::RefuseUpload { refusal: refusal.clone(), files: *files })
        }
        BackendRequest::Report { caller, match_id, outcome } => {
            (caller, Act::Report { match_id: *match_id, outcome: *outcome })
        }
        BackendRequest::Dispute { caller, match_id } => (caller, Act::Dispute { match_id: *match_id }),
        BackendRequest::StaffPropose { caller, act, reason } => {
            (caller, Act::Propose { act: act.clone(), reason: reason.clone() })
        }
        BackendRequest::StaffPerform { caller, proposal } => (caller, Act::Perform(*proposal)),
        BackendRequest::StaffWithdraw { caller, proposal } => (caller, Act::Withdraw(*proposal)),
        BackendRequest::StaffLook { caller, .. }
        | BackendRequest::Language { caller, locale: None }
        | BackendRequest::Notifications { caller }
        | BackendRequest::Guide { caller }
        | BackendRequest::Dms { caller }
        | BackendRequest::HeldBack { caller } => (caller, Act::Look),
        BackendRequest::Language { caller, locale: Some(locale) } => (caller, Act::SetLocale(*locale)),
        BackendRequest::SetCountry { caller, country } => (caller, Act::SetCountry(country.clone())),
        BackendRequest::SetNotifications { caller, wish, .. } => {
            (caller, Act::WishNotifications(wish.clone()))
        }
        BackendRequest::PassNotifications { caller } => (caller, Act::PassNotifications),
        BackendRequest::ReadGuide { caller } => (caller, Act::ReadGuide),
        BackendRequest::Greet { caller } => (caller, Act::Greet),
        BackendRequest::TryDms { caller } => (caller, Act::TryDms),
        // An answer in a server is nobody's message for long.
        BackendRequest::ShowQueue { caller } => {
            (caller, if caller.dm.is_some() { Act::ShowQueue } else { Act::Look })
        }
        BackendRequest::CardTold { card, version } => {
            return Some(Input::CardTold { card: *card, version: *version });
        }
        BackendRequest::TimeLost { since, until } => {
            return Some(Input::TimeLost { since: *since, until: *until });
        }
        BackendRequest::CardShown { .. }
        | BackendRequest::CardFailed { .. }
        | BackendRequest::SaveSession { .. }
        | BackendRequest::LoadSession { .. }
        | BackendRequest::ReplayFile { .. }
        | BackendRequest::MatchChannels
        | BackendRequest::TakeCards => return None,
    };
    Some(Input::Act { caller: *caller, act })
}

fn caller_of(request: &BackendRequest) -> Option<&Caller> {
    match request {
        BackendRequest::Setup { caller }
        | BackendRequest::SetLocale { caller, .. }
        | BackendRequest::AnswerTerms { caller, .. }
        | BackendRequest::SetNames { caller, .. }
        | BackendRequest::SetRegion { caller, .. }
        | BackendRequest::FinishSetup { caller }
        | BackendRequest::Queue { caller }
        | BackendRequest::ChooseRace { caller, .. }
        | BackendRequest::ChooseVetoes { caller, .. }
        | BackendRequest::JoinQueue { caller }
        | BackendRequest::LeaveQueue { caller }
        | BackendRequest::Confirm { caller, .. }
        | BackendRequest::Abort { caller, .. }
        | BackendRequest::Match { caller }
        | BackendRequest::Leaderboard { caller, .. }
        | BackendRequest::UploadReplay { caller, .. }
        | BackendRequest::RefuseUpload { caller, .. }
        | BackendRequest::Profile { caller, .. }
        | BackendRequest::PlayerNames { caller, .. }
        | BackendRequest::Report { caller, .. }
        | BackendRequest::Dispute { caller, .. }
        | BackendRequest::Activity { caller, .. }
        | BackendRequest::StaffPropose { caller, .. }
        | BackendRequest::StaffPerform { caller, .. }
        | BackendRequest::StaffWithdraw { caller, .. }
        | BackendRequest::StaffLook { caller, .. }
        | BackendRequest::PastMatch { caller, .. }
        | BackendRequest::MatchChoices { caller, .. }
        | BackendRequest::Language { caller, .. }
        | BackendRequest::SetCountry { caller, .. }
        | BackendRequest::Notifications { caller }
        | BackendRequest::SetNotifications { caller, .. }
        | BackendRequest::PassNotifications { caller }
        | BackendRequest::Guide { caller }
        | BackendRequest::ReadGuide { caller }
        | BackendRequest::Greet { caller }
        | BackendRequest::Dms { caller }
        | BackendRequest::TryDms { caller }
        | BackendRequest::HeldBack { caller }
        | BackendRequest::ShowQueue { caller } => Some(caller),
        BackendRequest::CardTold { .. }
        | BackendRequest::CardShown { .. }
        | BackendRequest::CardFailed { .. }
        | BackendRequest::SaveSession { .. }
        | BackendRequest::LoadSession { .. }
        | BackendRequest::TimeLost { .. }
        | BackendRequest::ReplayFile { .. }
        | BackendRequest::MatchChannels
        | BackendRequest::TakeCards => None,
    }
}

/// Whether the answer stays where the player can be written to.
pub(super) fn is_from_dm(request: &BackendRequest) -> bool {
    caller_of(request).is_some_and(|caller| caller.dm.is_some())
}

fn locale(ladder: &Ladder, caller: &Caller) -> Locale {
    ladder.player_of(caller.user).map_or(caller.locale, |(_, player)| player.locale)
}

pub(super) fn refused(ladder: &Ladder, request: &BackendRequest, refusal: Refusal) -> BackendReply {
    let locale = caller_of(request).map_or(Locale::EnUs, |caller| locale(ladder, caller));
    BackendReply::Refused { locale, refusal }
}

/// The language a reply is in.
pub(super) fn locale_of(reply: &BackendReply) -> Locale {
    match reply {
        BackendReply::Refused { locale, .. }
        | BackendReply::Queue { locale, .. }
        | BackendReply::Match { locale, .. }
        | BackendReply::Leaderboard { locale, .. }
        | BackendReply::Profile { locale, .. }
        | BackendReply::Activity { locale, .. }
        | BackendReply::Staff { locale, .. }
        | BackendReply::ReplayTaken { locale }
        | BackendReply::PastMatch { locale, .. }
        | BackendReply::MatchChoices { locale, .. }
        | BackendReply::Language { locale }
        | BackendReply::Country { locale, .. }
        | BackendReply::Notifications { locale, .. }
        | BackendReply::Guide { locale }
        | BackendReply::Dms { locale, .. }
        | BackendReply::HeldBack { locale, .. } => *locale,
        BackendReply::Setup(view) => view.locale,
        BackendReply::Taken
        | BackendReply::Session(_)
        | BackendReply::PlayerNames(_)
        | BackendReply::MatchChannels(_)
        | BackendReply::ReplayFile(_) => Locale::EnUs,
    }
}

/// What a request that was not refused is answered, from the state after it.
pub(super) fn reply(
    ladder: &Ladder,
    season: &Season,
    now: Timestamp,
    request: &BackendRequest,
) -> BackendReply {
    let refuse = |refusal| refused(ladder, request, refusal);
    let found = |caller: &Caller| ladder.player_of(caller.user);
    match request {
        BackendRequest::Setup { caller }
        | BackendRequest::SetLocale { caller, .. }
        | BackendRequest::AnswerTerms { caller, .. }
        | BackendRequest::SetNames { caller, .. }
        | BackendRequest::SetRegion { caller, .. }
        | BackendRequest::FinishSetup { caller }
        | BackendRequest::PassNotifications { caller }
        | BackendRequest::SetNotifications { caller, place: Place::Setup, .. } => match found(caller) {
            Some((_, player)) => BackendReply::Setup(player.setup_view()),
            None => refuse(Refusal::SetupNeeded),
        },
        BackendRequest::Queue { caller } | BackendRequest::ShowQueue { caller } => {
            match ladder.queue_gate(caller.user) {
                Err(refusal) => refuse(refusal),
                Ok((id, player)) => queue_reply(ladder, season, now, (id, player))
                    .unwrap_or_else(|| refuse(Refusal::SetupNeeded)),
            }
        }
        BackendRequest::ReadGuide { caller }
        | BackendRequest::ChooseRace { caller, .. }
        | BackendRequest::ChooseVetoes { caller, .. }
        | BackendRequest::JoinQueue { caller }
        | BackendRequest::LeaveQueue { caller } => match found(caller) {
            None => refuse(Refusal::SetupNeeded),
            Some((id, player)) => match (player.gate(), queue_reply(ladder, season, now, (id, player))) {
                (Ok(()), Some(reply)) => reply,
                (Err(refusal), _) => refuse(refusal),
                (Ok(()), None) => refuse(Refusal::SetupNeeded),
            },
        },
        BackendRequest::Confirm { caller, match_id }
        | BackendRequest::Abort { caller, match_id }
        | BackendRequest::Report { caller, match_id, .. }
        | BackendRequest::Dispute { caller, match_id } => {
            let view = found(caller).and_then(|(id, _)| ladder.match_view(season, now, *match_id, id));
            match_reply(ladder, caller, view).unwrap_or_else(|| refuse(Refusal::MatchUnknown))
        }
        BackendRequest::Match { caller } => {
            let view = found(caller).and_then(|(id, _)| {
                let (match_id, _) = ladder.match_of(id)?;
                ladder.match_view(season, now, match_id, id)
            });
            match_reply(ladder, caller, view).unwrap_or_else(|| refuse(Refusal::NoOpenMatch))
        }
        BackendRequest::Leaderboard { caller, page, filter } => BackendReply::Leaderboard {
            locale: locale(ladder, caller),
            leaderboard: ladder.leaderboard_view(season, now, *page, *filter),
        },
        BackendRequest::Profile { caller, name } => {
            let asker = found(caller).map(|(id, _)| id);
            let player = name.as_ref().map_or(asker, |name| ladder.player_named(name));
            let profile =
                asker.zip(player).and_then(|(asker, player)| ladder.profile_view(season, now, player, asker));
            match profile {
                Some(profile) => {
                    BackendReply::Profile { locale: locale(ladder, caller), profile: Box::new(profile) }
                }
                None => refuse(Refusal::PlayerUnknown),
            }
        }
        BackendRequest::PlayerNames { typed, .. } => BackendReply::PlayerNames(ladder.names_like(typed)),
        BackendRequest::MatchChannels => BackendReply::MatchChannels(ladder.match_channels()),
        BackendRequest::Activity { caller, days } => BackendReply::Activity {
            locale: locale(ladder, caller),
            activity: ladder.activity_view(now, *days, caller.user),
        },
        BackendRequest::StaffPropose { caller, .. } => {
            let view = ladder.proposal_view(now, caller.user, None);
            staff_reply(ladder, caller, view.ok_or(Refusal::ProposalGone))
        }
        BackendRequest::StaffPerform { caller, proposal } => {
            let done = ladder.done_view(*proposal);
            let view = done.or_else(|| ladder.proposal_view(now, caller.user, Some(*proposal)));
            staff_reply(ladder, caller, view.ok_or(Refusal::ProposalGone))
        }
        BackendRequest::StaffWithdraw { caller, .. } => staff_reply(ladder, caller, Ok(StaffView::Withdrawn)),
        BackendRequest::StaffLook { caller, look } => {
            staff_reply(ladder, caller, ladder.staff_view(season, now, caller.user, look))
        }
        BackendRequest::UploadReplay { caller, .. } => {
            BackendReply::ReplayTaken { locale: locale(ladder, caller) }
        }
        // Only of one's own open match; what is over is read from the tables.
        BackendRequest::PastMatch { caller, match_id } => {
            let view = found(caller).and_then(|(id, _)| ladder.match_view(season, now, *match_id, id));
            match_reply(ladder, caller, view).unwrap_or_else(|| refuse(Refusal::MatchUnknown))
        }
        BackendRequest::MatchChoices { caller, typed } => BackendReply::MatchChoices {
            locale: locale(ladder, caller),
            matches: found(caller).map_or_else(Vec::new, |(id, _)| match_choices(ladder, id, typed)),
        },
        BackendRequest::Language { caller, .. } => BackendReply::Language { locale: locale(ladder, caller) },
        BackendRequest::SetCountry { caller, .. } => match found(caller) {
            Some((_, player)) => {
                BackendReply::Country { locale: player.locale, country: player.country().to_owned() }
            }
            None => refuse(Refusal::SetupNeeded),
        },
        BackendRequest::Notifications { caller }
        | BackendRequest::SetNotifications { caller, place: Place::Notifications, .. } => {
            let notifications = found(caller).map(|(_, player)| player.settings.notifications);
            BackendReply::Notifications {
                locale: locale(ladder, caller),
                notifications: notifications.unwrap_or_default(),
            }
        }
        BackendRequest::Guide { caller } => BackendReply::Guide { locale: locale(ladder, caller) },
        BackendRequest::Greet { caller } => {
            let stranger = Player::new(caller.user, caller.locale);
            BackendReply::Setup(found(caller).map_or(&stranger, |(_, player)| player).setup_view())
        }
        BackendRequest::Dms { caller } => BackendReply::Dms { locale: locale(ladder, caller), tried: false },
        BackendRequest::TryDms { caller } => {
            BackendReply::Dms { locale: locale(ladder, caller), tried: true }
        }
        BackendRequest::HeldBack { caller } => BackendReply::HeldBack {
            locale: locale(ladder, caller),
            held: found(caller).and_then(|(id, _)| ladder.held_back(season, now, id)),
        },
        BackendRequest::RefuseUpload { .. }
        | BackendRequest::ReplayFile { .. }
        | BackendRequest::CardTold { .. }
        | BackendRequest::CardShown { .. }
        | BackendRequest::CardFailed { .. }
        | BackendRequest::SaveSession { .. }
        | BackendRequest::LoadSession { .. }
        | BackendRequest::TimeLost { .. }
        | BackendRequest::TakeCards => BackendReply::Taken,
    }
}

fn queue_reply(
    ladder: &Ladder,
    season: &Season,
    now: Timestamp,
    (id, player): (PlayerId, &Player),
) -> Option<BackendReply> {
    let queue = ladder.queue_view(season, now, id)?;
    let card = ladder.queue_card(id).map(|(id, card)| card_state(id, card));
    Some(BackendReply::Queue { locale: player.locale, queue, card })
}

pub(super) fn staff_reply(
    ladder: &Ladder,
    caller: &Caller,
    view: Result<StaffView, Refusal>,
) -> BackendReply {
    let locale = locale(ladder, caller);
    match view {
        Ok(view) => BackendReply::Staff { locale, view },
        Err(refusal) => BackendReply::Refused { locale, refusal },
    }
}

/// What staff see of a match that only the tables have.
pub(super) fn archived_view(ladder: &Ladder, season: &Season, match_: ArchivedMatch) -> StaffView {
    let name = |player| ladder.player(player).map_or_else(String::new, |player| player.name());
    let map_title = map_title(season, &match_.map);
    let players = match_.players.map(name);
    StaffView::ArchivedMatch(Box::new(ArchivedMatchView { match_, players, map_title }))
}

fn card_state(id: CardId, card: &Card) -> CardState {
    let replaces = match card.content {
        Content::Queue { replaces, .. } => replaces,
        _ => None,
    };
    CardState { card: id, version: card.version, message: card.message, replaces }
}

/// What a player sees of a match that is over, if anything: everybody sees those that have a result.
pub(super) fn past_view(
    ladder: &Ladder,
    season: &Season,
    caller: &Caller,
    match_: &ArchivedMatch,
) -> Result<PastMatchView, Refusal> {
    let closed = match_.closed.ok_or(Refusal::MatchUnknown)?;
    let asker = ladder.player_of(caller.user).map(|(id, _)| id);
    let is_own = match_.players.iter().any(|player| asker == Some(*player));
    let has_result =
        matches!(closed.verdict, ArchivedVerdict::Decided { .. } | ArchivedVerdict::Drawn { .. });
    // One whose result staff took back had one.
    if !is_own && !has_result && closed.ratings.is_none() {
        return Err(Refusal::MatchPrivate);
    }
    let player = |slot: usize| PastPlayer {
        name: ladder.player(match_.players[slot]).map_or_else(String::new, |player| player.name()),
        race: match_.races[slot],
        ratings: closed.ratings.map(|ratings| ratings[slot]),
    };
    let decided = |upload: &&ArchivedUpload| upload.end.as_ref().is_some_and(|end| end.outcome == "decided");
    let replay = match_.uploads.iter().rfind(decided).or(match_.uploads.last());
    Ok(PastMatchView {
        match_id: match_.match_id,
        players: [0, 1].map(player),
        map_title: map_title(season, &match_.map),
        server: match_.server,
        started_at: match_.started_at,
        closed_at: closed.at,
        verdict: closed.verdict,
        ruled_at: match_.resolutions.last().map(|ruling| ruling.at).filter(|at| *at > closed.at),
        duration_game_loops: replay.and_then(|upload| upload.end.as_ref()?.duration_game_loops),
        replay: replay.map(|upload| upload.hash),
    })
}

pub(super) fn past_reply(
    ladder: &Ladder,
    caller: &Caller,
    view: Result<Box<PastMatchView>, Refusal>,
) -> BackendReply {
    let locale = locale(ladder, caller);
    match view {
        Ok(match_) => BackendReply::PastMatch { locale, match_ },
        Err(refusal) => BackendReply::Refused { locale, refusal },
    }
}

fn map_title(season: &Season, key: &str) -> String {
    season.map(key).map_or_else(|| key.to_owned(), |map| map.title.clone())
}

/// A player's matches whose numbers begin with what is typed, newest first.
fn match_choices(ladder: &Ladder, player: PlayerId, typed: &str) -> Vec<MatchChoice> {
    let typed = typed.trim().trim_start_matches('#');
    let own = ladder.newest_matches(player).filter(|(match_id, ..)| match_id.to_string().starts_with(typed));
    let choice = |(match_id, opponent, outcome)| {
        let opponent = ladder.player(opponent).map_or_else(String::new, |player| player.name());
        MatchChoice { match_id, opponent, outcome }
    };
    own.take(SUGGESTIONS).map(choice).collect()
}

fn match_reply(
    ladder: &Ladder,
    caller: &Caller,
    view: Option<ipc_schema::view::MatchView>,
) -> Option<BackendReply> {
    let view = view?;
    let card = ladder.player_of(caller.user).and_then(|(player, _)| {
        let (id, card) = ladder.match_card(view.match_id, player)?;
        Some(card_state(id, card))
    });
    Some(BackendReply::Match { locale: locale(ladder, caller), match_: Box::new(view), card })
}
