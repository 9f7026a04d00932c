//! From a press to what the player reads.
//!
//! A backend that answers within [`QUICK`] is answered for by the one callback an interaction has.
//! Otherwise the callback says "thinking", and the answer follows as an edit. Every request carries
//! the interaction's id as its key, so asking again never does it again.

mod replays;

use super::commands::match_::past::{self, Download};
use super::commands::{
    self, Ack, Plan, SentFile, admin, changes_something, country, notifications, queue, report, setup,
};
use super::custom_id::StaffOrder;
use super::incoming::{Incoming, Visible};
use super::pictures::Missing;
use super::refusal;
use super::reply::{Body, Page, Picture, Reply, Surface, row};
use super::rest::{CALLBACK_LIMIT, Callback, CallbackData, Made, RestError, code};
use super::text::{Words, relative};
use super::{Desk, Ended};
use crate::clock;
use crate::failpoint;
use bytes::Bytes;
use ipc_schema::archive::MatchChoice;
use ipc_schema::backend::{BackendReply, BackendRequest, CardState};
use ipc_schema::ids::{CardId, ChannelId, Key, MatchId, MessageId};
use ipc_schema::notifications::{Notifications, Place};
use ipc_schema::vocab::Refusal;
use ipc_schema::watch::LoadLevel;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use twilight_model::application::command::{CommandOptionChoice, CommandOptionChoiceValue};
use twilight_model::channel::message::MessageFlags;
use twilight_model::http::interaction::{InteractionResponseData, InteractionResponseType};

/// How long the callback is held back for the answer itself.
const QUICK: Duration = Duration::from_millis(700);

/// A press older than this reaches the backend only after Discord took its acknowledgement: it may
/// be too old for one, and what a player sees fail must not happen.
const OLD: Duration = Duration::from_secs(1);

/// How long Discord is asked whether an old press is still to be answered: one that was acknowledged
/// by a process before this one stays so.
const OLD_LIMIT: Duration = Duration::from_secs(10);

/// One attempt at that. Its three seconds are over, so nothing is gained by asking again soon, and a Discord
/// that is slow has time to say whether it knows the press.
const OLD_ATTEMPT: Duration = Duration::from_millis(4500);

/// A modal or suggestions cannot follow an acknowledgement, so they wait this long for the backend.
const FIRST_WAIT: Duration = Duration::from_millis(1500);

/// After it an answer is given up. Restarts are over long before, and the token lives 15 minutes.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// Reading the page that is shown beside a refusal.
const PAGE_LIMIT: Duration = Duration::from_secs(5);

/// A quick answer does not wait longer for another edit of its message; it becomes a late answer.
const LANE_WAIT: Duration = Duration::from_millis(300);

/// Files of more bytes go up with an edit, which has more time than a callback. A picture has less, a replay more.
const QUICK_BYTES: usize = 128 << 10;

/// One attempt at a callback; the second learns whether the first arrived.
const CALLBACK_ATTEMPT: Duration = Duration::from_millis(1500);

/// A call that failed is made again after this at the earliest, so that a Discord in trouble meets each
/// call once a second at most.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// How long a callback is tried.
#[derive(Debug, Clone, Copy)]
struct Patience {
    in_all: Duration,
    attempt: Duration,
}

/// For a press that is younger than its three seconds.
const IN_TIME: Patience = Patience { in_all: CALLBACK_LIMIT, attempt: CALLBACK_ATTEMPT };

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taking {
    Taken,
    /// An earlier one was taken, by an attempt whose answer was lost or by another process.
    AlreadyTaken,
    /// Discord no longer knows the interaction.
    Expired,
    Unknown,
}

/// What the player is to read, and what is known about it.
#[derive(Debug)]
struct Answer {
    reply: Reply,
    /// The card that shows the same, so that the answer stands for its delivery.
    card: Option<CardState>,
    /// Whether the message becomes that card if it has none yet.
    takes_message: bool,
    ended: Ended,
    /// Cards held back that it tells of, by their versions; none once it is known that it is not shown.
    told: Vec<(CardId, u32)>,
    /// It says by itself how messages get through to the player.
    explains_dms: bool,
}

impl Answer {
    fn of(reply: Reply) -> Answer {
        Answer {
            reply,
            card: None,
            takes_message: false,
            ended: Ended::Finished,
            told: Vec::new(),
            explains_dms: false,
        }
    }

    /// What a message says that was pressed, or a new one. While a player waits one message says how it
    /// stands; any other in the DM points there.
    fn render_at(incoming: &Incoming, reply: &BackendReply) -> Answer {
        let answer = Answer::render(reply);
        if let BackendReply::Queue { locale, queue, card: Some(card) } = reply
            && let Some((channel, message)) = card.message
            && queue.entry.is_some()
            && incoming.caller.dm == Some(channel)
            && incoming.message.is_some_and(|pressed| pressed != message)
        {
            let reply = queue::elsewhere(channel, message, Words::of(*locale)).into();
            return Answer { reply, ..answer };
        }
        answer
    }

    fn render(reply: &BackendReply) -> Answer {
        let card = match reply {
            BackendReply::Match { card, .. } | BackendReply::Queue { card, .. } => *card,
            _ => None,
        };
        // A match that was found needs a message that rings.
        let takes_message = matches!(reply, BackendReply::Queue { .. });
        let explains_dms = matches!(reply, BackendReply::Dms { .. });
        Answer { card, takes_message, explains_dms, ..Answer::of(commands::render(reply)) }
    }

    /// Whether a card without a message becomes the one that the answer makes.
    fn wants_message(&self, incoming: &Incoming) -> bool {
        let stays = incoming.message.is_none() && incoming.caller.dm.is_some();
        stays && self.takes_message && self.card.is_some_and(|card| card.message.is_none())
    }
}

/// What is left to do when an interaction is over.
#[derive(Debug)]
pub(super) struct Handled {
    pub(super) ended: Ended,
    /// To be reported to the backend.
    pub(super) shown: Vec<(Key, BackendRequest)>,
    /// To be deleted then: the answer has taken its place.
    pub(super) replaced: Option<(ChannelId, MessageId)>,
}

impl Handled {
    const NOTHING_LEFT: Handled = Handled { ended: Ended::Finished, shown: Vec::new(), replaced: None };
}

impl Desk {
    /// Answers one interaction, whatever it takes.
    pub(super) async fn handle(&self, incoming: Incoming) -> Handled {
        let started = clock::instant();
        tracing::debug!("an interaction arrived");
        failpoint::hit("frontend: interaction taken").ok();
        match incoming.ack {
            Ack::Message => {}
            Ack::Modal => {
                match incoming.plan {
                    Plan::OpenReason(order) => self.open_reason(&incoming, order, started).await,
                    Plan::OpenReplay(match_id) => self.open_replay(&incoming, match_id, started).await,
                    Plan::OpenTimes(place) => self.open_times(&incoming, place, started).await,
                    _ => self.open_names(&incoming, started).await,
                }
                return Handled::NOTHING_LEFT;
            }
            Ack::Choices => {
                self.suggest(&incoming, started).await;
                return Handled::NOTHING_LEFT;
            }
        }
        if clock::now().since(incoming.made_at()) >= OLD {
            let asking = Patience { in_all: OLD_LIMIT, attempt: OLD_ATTEMPT };
            return match self.callback(&incoming, started, asking, &deferral(&incoming)).await {
                // Where nobody knows whether the acknowledgement arrived, the player may be waiting for the
                // answer; if it did not, the edit finds nothing.
                Taking::Taken | Taking::AlreadyTaken | Taking::Unknown => {
                    let answer = self.answer(&incoming).await;
                    self.edit(&incoming, started, answer).await
                }
                Taking::Expired => {
                    tracing::warn!(interaction = incoming.id, "came too late to be answered; not applied");
                    Handled::NOTHING_LEFT
                }
            };
        }
        let mut answer = Box::pin(self.answer(&incoming));
        match timeout(QUICK, &mut answer).await {
            Ok(answer) => self.answer_at_once(&incoming, started, answer).await,
            Err(_) => {
                // The request is on its way and its answer waits, so nothing is lost meanwhile.
                let acknowledged = self.callback(&incoming, started, IN_TIME, &deferral(&incoming)).await;
                let answer = answer.await;
                if acknowledged == Taking::Expired {
                    tracing::warn!(interaction = incoming.id, "expired before it was acknowledged");
                    return Handled::NOTHING_LEFT;
                }
                self.edit(&incoming, started, answer).await
            }
        }
    }

    /// Says that there is no room for this press, which did nothing.
    pub(super) async fn turn_away(&self, incoming: Incoming) {
        let response = if incoming.ack == Ack::Choices {
            choices(Vec::new())
        } else {
            let text = Words::of(incoming.caller.locale).say("busy-here");
            let body = Body::of(Reply::Notice(text), Surface::New);
            response(InteractionResponseType::ChannelMessageWithSource, body, Visible::Ephemeral)
        };
        self.callback(&incoming, clock::instant(), IN_TIME, &response).await;
    }

    async fn answer(&self, incoming: &Incoming) -> Answer {
        let words = Words::of(incoming.caller.locale);
        match &incoming.plan {
            Plan::Say(key) => Answer::of(Reply::Notice(words.say(key))),
            Plan::Refuse(refusal) => Answer::of(refusal::reply(refusal, words)),
            Plan::OpenNames
            | Plan::OpenReason(_)
            | Plan::OpenReplay(_)
            | Plan::OpenTimes(_)
            | Plan::SuggestCountries(_) => Answer::of(Reply::Notice(words.say("moment"))),
            Plan::TakeFile { file, of } => self.take_file_of(incoming, file, *of).await,
            Plan::Ask(request) | Plan::Draw(request) => {
                if let Some(answer) = self.shown_last(incoming, request).await {
                    return answer;
                }
                let answer = self.ask(incoming, request.clone(), words).await;
                self.with_held_back(incoming, answer).await
            }
        }
    }

    /// Adds what messages would have told a player whom they do not reach: in a guild it can be read.
    async fn with_held_back(&self, incoming: &Incoming, answer: Answer) -> Answer {
        // Below an older message there is no room for it; it waits for the next page.
        let has_room = matches!(answer.reply, Reply::Page(_)) || incoming.surface() == Surface::New;
        if incoming.visible != Visible::Ephemeral || !has_room {
            return answer;
        }
        let request = BackendRequest::HeldBack { caller: incoming.caller };
        let Ok(BackendReply::HeldBack { locale, held: Some(held) }) =
            self.call(None, request, Bytes::new(), PAGE_LIMIT).await
        else {
            return answer;
        };
        if answer.explains_dms && held.is_empty() {
            return answer;
        }
        let words = Words::of(locale);
        let room = match &answer.reply {
            Reply::Page(page) => page.room(),
            Reply::Notice(first) | Reply::Refused { text: first, .. } => Page::of(first.clone()).room(),
            Reply::Taken => Page::default().room(),
        };
        let (text, told) = notifications::held_back(&held, room, words);
        let show = notifications::dms_button(words);
        let reply = match answer.reply {
            Reply::Page(page) => {
                let page = page.beside(text);
                let page = if answer.explains_dms { page } else { page.row(row(vec![show])) };
                page.into()
            }
            Reply::Notice(first) => Reply::Notice(format!("{first}\n\n{text}")),
            Reply::Refused { text: first, gate } => {
                let text = format!("{first}\n\n{text}");
                Reply::Refused { text, gate: gate.or(Some(show)) }
            }
            Reply::Taken => Reply::Refused { text, gate: Some(show) },
        };
        let told = held[..told].iter().map(|held| (held.card, held.version)).collect();
        Answer { reply, told, ..answer }
    }

    /// The page that was shown last to whoever asked for the same, while so much is going on that nobody should wait
    /// for a newer one.
    async fn shown_last(&self, incoming: &Incoming, request: &BackendRequest) -> Option<Answer> {
        if self.load.level() < LoadLevel::Overloaded {
            return None;
        }
        let (reply, made_at) = self.last_answers.page(request, clock::now())?;
        let words = Words::of(self.last_answers.locale_of(incoming.caller));
        let answer = self.with_page(incoming, None, &reply).await;
        let Reply::Page(page) = answer.reply else { return None };
        let told = words.with("page-shown-last", &[("at", relative(made_at).into())]);
        Some(Answer { reply: page.beside(told).into(), ..answer })
    }

    async fn ask(&self, incoming: &Incoming, request: BackendRequest, words: Words) -> Answer {
        let key = changes_something(&request).then_some(Key::Interaction(incoming.id));
        let pressed = match &request {
            BackendRequest::Confirm { match_id, .. }
            | BackendRequest::Abort { match_id, .. }
            | BackendRequest::Report { match_id, .. }
            | BackendRequest::Dispute { match_id, .. } => Some(*match_id),
            _ => None,
        };
        let reply = match self.call(key, request.clone(), Bytes::new(), ANSWER_LIMIT).await {
            Ok(reply) => reply,
            Err(Unanswered::Busy) => {
                let ended = Ended::Refused;
                return Answer { ended, ..Answer::of(refusal::reply(&Refusal::Busy, words)) };
            }
            Err(Unanswered::Late) => {
                // The next process puts the answer there, if there is one.
                let ended = if *self.leaving.borrow() { Ended::Unfinished } else { Ended::Finished };
                return Answer { ended, ..Answer::of(Reply::Notice(words.say("answer-late"))) };
            }
        };
        self.last_answers.take_in(incoming.caller.user, &request, &reply, clock::now());
        if let BackendReply::PastMatch { locale, match_ } = &reply {
            let download = match match_.replay {
                Some(hash) => self.replay_file(hash).await.map_or(Download::Gone, Download::Here),
                None => Download::None,
            };
            return Answer::of(past::render(match_, download, Words::of(*locale)).into());
        }
        if let BackendReply::Staff { view, .. } = &reply {
            let answer = Answer::render_at(incoming, &reply);
            return self.with_replays(answer, admin::replays(view)).await;
        }
        self.with_page(incoming, pressed, &reply).await
    }

    /// Takes a file that came with the interaction. What comes of it follows by card.
    async fn take_file_of(&self, incoming: &Incoming, file: &SentFile, of: Option<MatchId>) -> Answer {
        match self.take_sent(incoming.caller, incoming.id, file).await {
            (Some(BackendReply::ReplayTaken { locale }), _) => match (incoming.surface(), incoming.visible) {
                (Surface::Existing(_), _) => Answer::of(Reply::Taken),
                (Surface::New, Visible::Stays) => {
                    Answer::of(Reply::Notice(Words::of(locale).say("report-taken")))
                }
                (Surface::New, Visible::Ephemeral) => {
                    Answer::of(Reply::Notice(Words::of(locale).say("report-taken-elsewhere")))
                }
            },
            (Some(reply), _) => self.with_page(incoming, of, &reply).await,
            (None, ended) => {
                let text = Words::of(incoming.caller.locale).with("upload-not-taken", &[("files", 1.into())]);
                Answer { ended, ..Answer::of(Reply::Notice(text)) }
            }
        }
    }

    /// What the player reads, and beside a refusal the page that helps; of matches only the pressed one.
    async fn with_page(&self, incoming: &Incoming, pressed: Option<MatchId>, reply: &BackendReply) -> Answer {
        let answer = Answer::render_at(incoming, reply);
        let (BackendReply::Refused { refusal, .. }, Reply::Refused { text, .. }) = (reply, &answer.reply)
        else {
            return match incoming.plan {
                Plan::Draw(_) => self.illustrate(answer, reply).await,
                _ => answer,
            };
        };
        if let Some(page) = incoming.origin.after(refusal, incoming.caller)
            && let Ok(page) = self.call(None, page, Bytes::new(), PAGE_LIMIT).await
            && pressed.is_none_or(|pressed| match_of(&page) == Some(pressed))
            && let Answer { reply: Reply::Page(page), card, takes_message, explains_dms, .. } =
                Answer::render_at(incoming, &page)
        {
            let reply = page.noticing(text).into();
            return Answer { card, takes_message, explains_dms, ..Answer::of(reply) };
        }
        answer
    }

    /// The answer with the picture of its page, if that is there in time.
    async fn illustrate(&self, answer: Answer, reply: &BackendReply) -> Answer {
        let Some(drawing) = commands::drawing(reply) else { return answer };
        let Reply::Page(page) = answer.reply else { return answer };
        let words = Words::of(drawing.locale);
        let page = match self.pictures.paint(&drawing).await {
            Ok(bytes) => {
                let picture = Picture { name: drawing.name.to_owned(), alt: drawing.alt, bytes };
                commands::beside_picture(reply, *page).picture(picture)
            }
            Err(Missing::Busy) => page.noticing(&words.say("picture-busy")),
            Err(Missing::Slow) => page.noticing(&words.say("picture-slow")),
            // It goes without saying where nobody asked for the picture itself.
            Err(Missing::Never) if matches!(reply, BackendReply::Leaderboard { .. }) => {
                page.noticing(&words.say("picture-never"))
            }
            Err(Missing::Never) => *page,
        };
        Answer { reply: page.into(), ..answer }
    }

    async fn open_names(&self, incoming: &Incoming, started: Instant) {
        let request = BackendRequest::Setup { caller: incoming.caller };
        let known = match self.call(None, request, Bytes::new(), FIRST_WAIT).await {
            Ok(BackendReply::Setup(view)) => Some(view),
            _ => None,
        };
        let locale = known.as_ref().map_or(incoming.caller.locale, |view| view.locale);
        let names = known.as_ref().and_then(|view| view.names.as_ref());
        let data = other(setup::modal(names, Words::of(locale)));
        let response = Callback { kind: InteractionResponseType::Modal, data };
        self.callback(incoming, started, IN_TIME, &response).await;
    }

    async fn open_reason(&self, incoming: &Incoming, order: StaffOrder, started: Instant) {
        let data = other(admin::modal(order, Words::of(incoming.caller.locale)));
        let response = Callback { kind: InteractionResponseType::Modal, data };
        self.callback(incoming, started, IN_TIME, &response).await;
    }

    async fn open_replay(&self, incoming: &Incoming, match_id: MatchId, started: Instant) {
        let data = other(report::modal(match_id, Words::of(incoming.caller.locale)));
        let response = Callback { kind: InteractionResponseType::Modal, data };
        self.callback(incoming, started, IN_TIME, &response).await;
    }

    async fn open_times(&self, incoming: &Incoming, place: Place, started: Instant) {
        let request = BackendRequest::Notifications { caller: incoming.caller };
        let (locale, known) = match self.call(None, request, Bytes::new(), FIRST_WAIT).await {
            Ok(BackendReply::Notifications { locale, notifications }) => (locale, notifications),
            _ => (incoming.caller.locale, Notifications::default()),
        };
        let data = other(notifications::modal(&known, place, Words::of(locale)));
        let response = Callback { kind: InteractionResponseType::Modal, data };
        self.callback(incoming, started, IN_TIME, &response).await;
    }

    /// Suggests something for what is being typed: nothing if the backend takes too long.
    async fn suggest(&self, incoming: &Incoming, started: Instant) {
        let suggested = match &incoming.plan {
            Plan::Ask(request) => match self.call(None, request.clone(), Bytes::new(), FIRST_WAIT).await {
                Ok(BackendReply::PlayerNames(names)) => {
                    names.into_iter().map(|name| (name.clone(), name)).map(choice).collect()
                }
                Ok(BackendReply::MatchChoices { locale, matches }) => {
                    matches.iter().filter_map(|of| match_choice(of, Words::of(locale))).collect()
                }
                _ => Vec::new(),
            },
            Plan::SuggestCountries(typed) => {
                // The language is the ladder's, which only the backend knows.
                let greet = BackendRequest::Greet { caller: incoming.caller };
                let locale = match self.call(None, greet, Bytes::new(), FIRST_WAIT).await {
                    Ok(BackendReply::Setup(view)) => view.locale,
                    _ => incoming.caller.locale,
                };
                country::suggestions(Words::of(locale), typed).into_iter().map(choice).collect()
            }
            _ => Vec::new(),
        };
        self.callback(incoming, started, IN_TIME, &choices(suggested)).await;
    }

    async fn answer_at_once(&self, incoming: &Incoming, started: Instant, mut answer: Answer) -> Handled {
        let lane = match incoming.message {
            None => None,
            Some(message) => match timeout(LANE_WAIT, self.lanes.enter(message)).await {
                Ok(lane) => Some(lane),
                Err(_) => return self.answer_late(incoming, started, answer).await,
            },
        };
        let response = if self.may_show(incoming, &answer) {
            immediate(incoming, answer.reply.clone())
        } else {
            answer.told.clear();
            deferral(incoming)
        };
        if response.file_bytes() > QUICK_BYTES {
            drop(lane);
            return self.answer_late(incoming, started, answer).await;
        }
        let made = if answer.wants_message(incoming) { Made::Asked } else { Made::Unasked };
        let (taken, made) = self.callback_making(incoming, started, IN_TIME, &response, made).await;
        drop(lane);
        match taken {
            Taking::Taken => {
                self.answered(started);
                handled(incoming, &answer, made)
            }
            // The same content once more does no harm, and an acknowledgement had none.
            Taking::AlreadyTaken | Taking::Unknown => self.edit(incoming, started, answer).await,
            Taking::Expired => {
                tracing::warn!(interaction = incoming.id, "expired before its answer");
                Handled::NOTHING_LEFT
            }
        }
    }

    /// Acknowledges first and puts the answer there afterwards.
    async fn answer_late(&self, incoming: &Incoming, started: Instant, answer: Answer) -> Handled {
        if self.callback(incoming, started, IN_TIME, &deferral(incoming)).await == Taking::Expired {
            tracing::warn!(interaction = incoming.id, "expired before it was acknowledged");
            return Handled::NOTHING_LEFT;
        }
        self.edit(incoming, started, answer).await
    }

    /// False if the message shows something newer already. Asked inside its lane.
    fn may_show(&self, incoming: &Incoming, answer: &Answer) -> bool {
        match (incoming.message, answer.card, &answer.reply) {
            (Some(message), Some(card), _) => self.lanes.advance(message, card.card, card.version),
            // A notice comes with what the message showed when it was pressed.
            (Some(message), None, Reply::Notice(_) | Reply::Refused { .. }) => {
                !self.lanes.changed_since(message, incoming.made_at())
            }
            _ => true,
        }
    }

    /// [`Desk::callback_making`], of a message that nobody asks for.
    async fn callback(
        &self,
        incoming: &Incoming,
        started: Instant,
        patience: Patience,
        response: &Callback,
    ) -> Taking {
        self.callback_making(incoming, started, patience, response, Made::Unasked).await.0
    }

    /// Sends the first answer, more than once if it takes that to know whether it arrived. Of a message
    /// that was made by it is told where that is asked and known.
    async fn callback_making(
        &self,
        incoming: &Incoming,
        started: Instant,
        patience: Patience,
        response: &Callback,
        made: Made,
    ) -> (Taking, Option<MessageId>) {
        loop {
            let began = clock::instant();
            let left = patience.in_all.saturating_sub(began.duration_since(started));
            let attempt = left.min(patience.attempt);
            failpoint::hit("frontend: before the callback").ok();
            let sent = timeout(attempt, self.rest.callback(incoming.id, &incoming.token, response, made));
            let error = match sent.await.unwrap_or(Err(RestError::TimedOut)) {
                Ok(message) => {
                    failpoint::hit("frontend: after the callback").ok();
                    self.measured.ack.took(clock::instant().duration_since(started));
                    return (Taking::Taken, message);
                }
                Err(error) => error,
            };
            match error.code() {
                Some(code::ALREADY_ACKNOWLEDGED) => return (Taking::AlreadyTaken, None),
                Some(code::UNKNOWN_INTERACTION) => {
                    self.expired.fetch_add(1, Ordering::Relaxed);
                    return (Taking::Expired, None);
                }
                _ => {}
            }
            let again = (began + RETRY_EVERY).max(clock::instant());
            let left = patience.in_all.saturating_sub(again.duration_since(started));
            if !error.is_passing() || left < Duration::from_millis(200) {
                tracing::warn!(interaction = incoming.id, "callback failed: {error}");
                return (Taking::Unknown, None);
            }
            sleep(again.duration_since(clock::instant())).await;
        }
    }

    /// Puts the answer where the deferral was, or where the press came from.
    async fn edit(&self, incoming: &Incoming, arrived: Instant, mut answer: Answer) -> Handled {
        let reply = shown(incoming, answer.reply.clone());
        let Some(body) = Body::of(reply, incoming.surface()) else { return handled(incoming, &answer, None) };
        let _lane = match incoming.message {
            Some(message) => Some(self.lanes.enter(message).await),
            None => None,
        };
        if !self.may_show(incoming, &answer) {
            answer.told.clear();
            return handled(incoming, &answer, None);
        }
        let started = clock::instant();
        let mut pause = RETRY_EVERY;
        loop {
            failpoint::hit("frontend: before an answer's edit").ok();
            let error = match self.rest.edit_answer(incoming.application, &incoming.token, &body).await {
                Ok(edited) => {
                    failpoint::hit("frontend: after an answer's edit").ok();
                    self.answered(arrived);
                    return handled(incoming, &answer, edited);
                }
                Err(error) => error,
            };
            // A deferral that is still on its way makes the message unknown for a moment.
            let passing = error.is_passing()
                || matches!(error.code(), Some(code::UNKNOWN_WEBHOOK | code::UNKNOWN_MESSAGE))
                    && clock::instant().duration_since(started) < Duration::from_secs(3);
            if !passing || clock::instant().duration_since(started) > ANSWER_LIMIT {
                tracing::warn!(interaction = incoming.id, "answer was not shown: {error}");
                return Handled::NOTHING_LEFT;
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(8));
        }
    }

    /// The player reads what was asked for.
    fn answered(&self, arrived: Instant) {
        let took = clock::instant().duration_since(arrived);
        self.measured.answer.took(took);
        tracing::debug!(ms = took.as_millis() as u64, "answered");
    }

    /// Asks the backend, also over its restart, until the limit or until this process has to leave.
    pub(super) async fn call(
        &self,
        key: Option<Key>,
        request: BackendRequest,
        blob: Bytes,
        limit: Duration,
    ) -> Result<BackendReply, Unanswered> {
        self.call_for_file(key, request, blob, limit).await.map(|(reply, _)| reply)
    }

    /// The same with the bytes that follow the reply.
    async fn call_for_file(
        &self,
        key: Option<Key>,
        request: BackendRequest,
        blob: Bytes,
        limit: Duration,
    ) -> Result<(BackendReply, Bytes), Unanswered> {
        let mut leaving = self.leaving.clone();
        let began = clock::instant();
        // It is sent in the turns of other tasks that follow, so a fault that is to find it sent comes later.
        failpoint::hit("frontend: request sent").ok();
        tokio::select! {
            answer = self.link.call(key, request, blob, limit) => match answer {
                Ok(answer) => {
                    failpoint::hit("frontend: reply received").ok();
                    self.measured.backend.took(began.elapsed());
                    Ok(answer)
                }
                Err(crate::ipc::link::CallError::Busy) => Err(Unanswered::Busy),
                Err(crate::ipc::link::CallError::DeadlinePassed) => Err(Unanswered::Late),
            },
            _ = leaving.wait_for(|leaving| *leaving) => Err(Unanswered::Late),
        }
    }
}

/// Why there is no answer of the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// Nothing was asked: too much is under way.
    Busy,
    /// It was asked, and may have been done.
    Late,
}

/// What is left after an answer was shown, or a newer version of it; `made` is the message that has it, if
/// that is known and none was pressed.
fn handled(incoming: &Incoming, answer: &Answer, made: Option<MessageId>) -> Handled {
    let here = incoming.message.or(made);
    let shown = answer.card.and_then(|CardState { card, version, message, .. }| {
        // A card that was never posted is in the message that shows it first, if that stays.
        let message = message.or(incoming.caller.dm.zip(here).filter(|_| answer.takes_message));
        let (channel, message) = message.filter(|(_, message)| Some(*message) == here)?;
        Some((Key::Card { card, version }, BackendRequest::CardShown { card, version, channel, message }))
    });
    let replaced = answer.card.and_then(|card| card.replaces).filter(|_| shown.is_some());
    let told = answer.told.iter().map(|(card, version)| {
        let (card, version) = (*card, *version);
        (Key::Card { card, version }, BackendRequest::CardTold { card, version })
    });
    Handled { ended: answer.ended, shown: shown.into_iter().chain(told).collect(), replaced }
}

fn match_of(reply: &BackendReply) -> Option<MatchId> {
    match reply {
        BackendReply::Match { match_, .. } => Some(match_.match_id),
        _ => None,
    }
}

/// A new message has to say something.
fn shown(incoming: &Incoming, reply: Reply) -> Reply {
    match (reply, incoming.surface()) {
        (Reply::Taken, Surface::New) => Reply::Notice(Words::of(incoming.caller.locale).say("taken")),
        (reply, _) => reply,
    }
}

fn deferral(incoming: &Incoming) -> Callback {
    match incoming.surface() {
        Surface::Existing(_) => Callback { kind: InteractionResponseType::DeferredUpdateMessage, data: None },
        Surface::New => {
            // Components V2 come with the edit: Discord takes only this flag here.
            let flags = ephemeral(incoming.visible);
            let data = other(InteractionResponseData { flags, ..InteractionResponseData::default() });
            Callback { kind: InteractionResponseType::DeferredChannelMessageWithSource, data }
        }
    }
}

fn immediate(incoming: &Incoming, reply: Reply) -> Callback {
    let surface = incoming.surface();
    let body = Body::of(shown(incoming, reply), surface);
    let kind = match (surface, &body) {
        (Surface::New, _) => InteractionResponseType::ChannelMessageWithSource,
        (Surface::Existing(_), Some(_)) => InteractionResponseType::UpdateMessage,
        (Surface::Existing(_), None) => InteractionResponseType::DeferredUpdateMessage,
    };
    response(kind, body, incoming.visible)
}

fn response(kind: InteractionResponseType, body: Option<Body>, visible: Visible) -> Callback {
    let data = body.map(|mut body| {
        // Who sees a message is settled when it is made.
        if kind == InteractionResponseType::ChannelMessageWithSource {
            body.flags |= ephemeral(visible).unwrap_or(MessageFlags::empty());
        }
        CallbackData::Message(Box::new(body))
    });
    Callback { kind, data }
}

/// A suggestion as it is shown, with what it stands for.
fn choice((name, value): (String, String)) -> CommandOptionChoice {
    CommandOptionChoice { name, value: CommandOptionChoiceValue::String(value), name_localizations: None }
}

/// None for a number that Discord's integers cannot have.
fn match_choice(of: &MatchChoice, words: Words) -> Option<CommandOptionChoice> {
    let value = CommandOptionChoiceValue::Integer(i64::try_from(of.match_id.0).ok()?);
    Some(CommandOptionChoice { name: past::choice(of, words), value, name_localizations: None })
}

fn choices(choices: Vec<CommandOptionChoice>) -> Callback {
    let choices = Some(choices);
    let data = other(InteractionResponseData { choices, ..InteractionResponseData::default() });
    Callback { kind: InteractionResponseType::ApplicationCommandAutocompleteResult, data }
}

fn other(data: InteractionResponseData) -> Option<CallbackData> {
    Some(CallbackData::Other(Box::new(data)))
}

fn ephemeral(visible: Visible) -> Option<MessageFlags> {
    match visible {
        Visible::Ephemeral => Some(MessageFlags::EPHEMERAL),
        Visible::Stays => None,
    }
}

#[cfg(test)]
mod tests;
