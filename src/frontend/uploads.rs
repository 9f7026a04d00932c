//! What a player writes to the bot: replays, which go to the backend, and words, which get a hint.
//!
//! The backend answers for each file; what was refused is told by one card for all files of a player
//! that were refused for the same reason at about the same time.

use super::commands::SentFile;
use super::commands::setup;
use super::reply::{Body, Page};
use super::runner::Unanswered;
use super::text::Words;
use super::{Desk, Ended};
use crate::clock;
use crate::failpoint;
use bytes::{Bytes, BytesMut};
use ipc_schema::backend::{BackendReply, BackendRequest, Caller};
use ipc_schema::ids::{ChannelId, Key, UserId};
use ipc_schema::view::SetupStep;
use ipc_schema::view::Urgency;
use ipc_schema::vocab::{Locale, Refusal, Timestamp};
use ipc_schema::watch::LoadLevel;
use std::collections::HashMap;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{sleep, timeout};
use twilight_model::channel::Message;

/// The largest replay taken.
const FILE_LIMIT: u64 = 5 << 20;

/// More files in one message are refused unread: a match has one replay.
const FILES_PER_MESSAGE: u8 = 5;

/// Messages of one player that are dealt with side by side, one file of each at a time; the files
/// of more are refused at once. So one player never has the downloads to himself.
const MESSAGES_PER_PLAYER: u8 = 3;

/// What is refused of one player for one reason within this time is told by one message.
const GATHER: Duration = Duration::from_secs(1);

/// Downloads at a time, each of which may hold a whole file in memory.
const DOWNLOADS: usize = 8;

/// Downloads at a time while the ladder is overloaded. Who waits longer for that is told the place in line.
const FEW_DOWNLOADS: usize = 2;

/// Messages that wait for a download; more are refused as "line full".
const WAITING: usize = 256;

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(10);

/// Before a download that failed is tried once more.
const DOWNLOAD_PAUSE: Duration = Duration::from_secs(1);

/// Over restarts of the backend; the file is held meanwhile.
const UPLOAD_LIMIT: Duration = Duration::from_secs(60);

/// How often the backend is asked that does not answer in time, or cannot save for half a minute.
const UPLOAD_TRIES: u32 = 12;
const UPLOAD_PAUSE: Duration = Duration::from_secs(3);

/// All tries together.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(300);

/// Learning whom to answer; after it the answer is the one for anyone.
const GREET_LIMIT: Duration = Duration::from_secs(5);

/// One hint a minute is enough for anyone.
const HINT_PAUSE: Duration = Duration::from_secs(60);

/// Above it, hints that were given long ago are forgotten.
const HINTS_KEPT: usize = 1024;

#[derive(Debug)]
pub struct Uploads {
    http: reqwest::Client,
    downloads: Semaphore,
    /// Passed before, while the ladder is overloaded.
    few: Semaphore,
    /// How many wait for that.
    in_line: AtomicU32,
    waiting: Semaphore,
    hinted: Mutex<HashMap<UserId, Timestamp>>,
    /// How many messages of each player are dealt with.
    at_hand: Mutex<HashMap<UserId, u8>>,
    /// What is about to be told.
    gathered: Mutex<Vec<Gathered>>,
}

/// Files of one player that were refused for one reason, until they are told of together.
#[derive(Debug)]
struct Gathered {
    user: UserId,
    refusal: Refusal,
    files: u32,
    /// What came of telling, for those whose files were added.
    told: watch::Receiver<Option<Ended>>,
}

/// Who tells of files that were refused.
#[derive(Debug)]
enum Gathering {
    /// The first does, after [`GATHER`].
    First(watch::Sender<Option<Ended>>),
    Added(watch::Receiver<Option<Ended>>),
}

/// A player's message among those at hand.
#[derive(Debug)]
struct Turn<'a> {
    uploads: &'a Uploads,
    user: UserId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut at_hand = self.uploads.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(messages) = at_hand.get_mut(&self.user) {
            *messages -= 1;
            if *messages == 0 {
                at_hand.remove(&self.user);
            }
        }
    }
}

/// Files of one message that were refused for one reason.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    refusal: Refusal,
    files: u32,
    /// The first of them.
    attachment: u64,
}

/// What became of one file.
#[derive(Debug)]
enum File {
    /// By the backend, which may have refused it.
    Answered(BackendReply),
    /// Before the backend was asked.
    Refused(Refusal),
    /// The backend did not answer, or could not save it.
    NotTaken,
    /// This process has to leave first.
    Unfinished,
}

/// Why a file did not come.
#[derive(Debug, thiserror::Error)]
enum DownloadError {
    #[error("the file is larger than it said")]
    TooLarge,
    #[error("no whole file in time")]
    TimedOut,
    #[error("download failed")]
    Http(#[from] reqwest::Error),
    /// A redirect as well: its body is not the file, and nobody follows it.
    #[error("the answer was {0}")]
    Status(reqwest::StatusCode),
}

/// A file that waits to be one of few.
struct InLine<'a> {
    uploads: &'a Uploads,
    /// From 1.
    number: u32,
}

impl InLine<'_> {
    fn of(uploads: &Uploads) -> InLine<'_> {
        InLine { uploads, number: uploads.in_line.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.uploads.in_line.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Uploads {
    pub fn new() -> anyhow::Result<Uploads> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .build()?;
        Ok(Uploads {
            http,
            downloads: Semaphore::new(DOWNLOADS),
            few: Semaphore::new(FEW_DOWNLOADS),
            in_line: AtomicU32::new(0),
            waiting: Semaphore::new(WAITING),
            hinted: Mutex::default(),
            at_hand: Mutex::default(),
            gathered: Mutex::default(),
        })
    }

    /// Whether the user may be given a hint, which is noted.
    fn may_hint(&self, user: UserId, now: Timestamp) -> bool {
        let mut hinted = self.hinted.lock().unwrap_or_else(PoisonError::into_inner);
        if hinted.len() >= HINTS_KEPT {
            hinted.retain(|_, at| now.since(*at) < HINT_PAUSE);
        }
        if hinted.get(&user).is_some_and(|at| now.since(*at) < HINT_PAUSE) || hinted.len() >= HINTS_KEPT {
            return false;
        }
        hinted.insert(user, now);
        true
    }

    /// None where as many messages of the player are at hand already as may be.
    fn enter(&self, user: UserId) -> Option<Turn<'_>> {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = at_hand.entry(user).or_default();
        if *messages >= MESSAGES_PER_PLAYER {
            return None;
        }
        *messages += 1;
        Some(Turn { uploads: self, user })
    }

    /// Adds files to those of the player that are about to be told of for the same reason.
    fn gather(&self, user: UserId, refusal: &Refusal, files: u32) -> Gathering {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let of_same = gathered.iter_mut().find(|other| other.user == user && other.refusal == *refusal);
        if let Some(other) = of_same {
            other.files += files;
            return Gathering::Added(other.told.clone());
        }
        let (tell, told) = watch::channel(None);
        gathered.push(Gathered { user, refusal: refusal.clone(), files, told });
        Gathering::First(tell)
    }

    /// How many files were gathered; later ones are told of by another message.
    fn take_gathered(&self, user: UserId, refusal: &Refusal) -> u32 {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let at = gathered.iter().position(|other| other.user == user && other.refusal == *refusal);
        gathered.remove(at.expect("whoever gathered first takes it, once")).files
    }

    async fn download(&self, url: &str) -> Result<Bytes, DownloadError> {
        let whole = async {
            let mut response = self.http.get(url).send().await?;
            if !response.status().is_success() {
                return Err(DownloadError::Status(response.status()));
            }
            let mut file = BytesMut::new();
            while let Some(chunk) = response.chunk().await? {
                // Discord's own number was small enough, but it is not what arrives that it counts.
                if file.len() as u64 + chunk.len() as u64 > FILE_LIMIT {
                    return Err(DownloadError::TooLarge);
                }
                file.extend_from_slice(&chunk);
            }
            Ok(file.freeze())
        };
        timeout(DOWNLOAD_LIMIT, whole).await.unwrap_or(Err(DownloadError::TimedOut))
    }
}

/// A message from a player in the DM with the bot.
pub fn is_for_us(message: &Message) -> bool {
    message.guild_id.is_none() && !message.author.bot && message.webhook_id.is_none()
}

impl Desk {
    /// Takes what a player wrote. Unfinished where this process has to leave first.
    pub(super) async fn take_message(&self, message: Message) -> Ended {
        let user = UserId(message.author.id.get());
        let channel = ChannelId(message.channel_id.get());
        // A message tells no language; the backend knows the player's.
        let caller = Caller { user, locale: Locale::EnUs, dm: Some(channel) };
        if message.attachments.is_empty() {
            self.greet(caller, channel, message.id.get()).await;
            return Ended::Finished;
        }
        let files: Vec<SentFile> = message.attachments.iter().map(SentFile::from).collect();
        let (refused, ended) = self.take_files(caller, message.id.get(), &files).await;
        if ended == Ended::Unfinished {
            return Ended::Unfinished;
        }
        for refused in refused {
            if self.tell_refused(caller, message.id.get(), refused).await == Ended::Unfinished {
                return Ended::Unfinished;
            }
        }
        Ended::Finished
    }

    /// Takes the files of a message, one after the other; those that were refused are still to be
    /// told of.
    async fn take_files(&self, caller: Caller, message: u64, files: &[SentFile]) -> (Vec<Refused>, Ended) {
        let mut refused = Vec::new();
        let Some(_turn) = self.uploads.enter(caller.user) else {
            let refusal = Refusal::OwnLineFull { limit: MESSAGES_PER_PLAYER };
            refuse(&mut refused, refusal, files);
            return (refused, Ended::Finished);
        };
        let mut left = files;
        for _ in 0..FILES_PER_MESSAGE {
            let Some((file, others)) = left.split_first() else { break };
            match self.take_file(caller, message, file).await {
                File::Refused(refusal) | File::Answered(BackendReply::Refused { refusal, .. }) => {
                    if is_about_the_sender(&refusal) {
                        // The others would be refused for the same reason.
                        refuse(&mut refused, refusal, left);
                        return (refused, Ended::Finished);
                    }
                    refuse(&mut refused, refusal, slice::from_ref(file));
                }
                File::Answered(_) => {}
                File::NotTaken => {
                    self.tell_not_taken(caller, left.len(), file.id).await;
                    return (refused, Ended::Finished);
                }
                File::Unfinished => return (refused, Ended::Unfinished),
            }
            left = others;
        }
        refuse(&mut refused, Refusal::TooManyFiles { limit: FILES_PER_MESSAGE }, left);
        (refused, Ended::Finished)
    }

    /// Takes a file that came with an interaction, whose answer tells what became of it: that it is taken,
    /// or why it is not. None if the backend did not answer, or could not save it.
    pub(super) async fn take_sent(
        &self,
        caller: Caller,
        interaction: u64,
        file: &SentFile,
    ) -> (Option<BackendReply>, Ended) {
        let taken = match self.uploads.enter(caller.user) {
            Some(_turn) => self.take_file(caller, interaction, file).await,
            None => File::Refused(Refusal::OwnLineFull { limit: MESSAGES_PER_PLAYER }),
        };
        match taken {
            File::Answered(reply) => (Some(reply), Ended::Finished),
            File::Refused(refusal) => {
                // The backend knows the player's language. No file is told of by a card.
                let request = BackendRequest::RefuseUpload { caller, refusal: refusal.clone(), files: 0 };
                let refused = match self.call(None, request, Bytes::new(), UPLOAD_LIMIT).await {
                    Ok(reply @ BackendReply::Refused { .. }) => reply,
                    Ok(_) | Err(_) => BackendReply::Refused { locale: caller.locale, refusal },
                };
                (Some(refused), Ended::Finished)
            }
            File::NotTaken => (None, Ended::Finished),
            File::Unfinished => (None, Ended::Unfinished),
        }
    }

    async fn take_file(&self, caller: Caller, message: u64, sent: &SentFile) -> File {
        if let Some(refusal) = refused(&sent.name, sent.bytes) {
            return File::Refused(refusal);
        }
        let Ok(_waiting) = self.uploads.waiting.try_acquire() else {
            return File::Refused(Refusal::LineFull);
        };
        let _one_of_few = match self.load.level() {
            LoadLevel::Overloaded => self.stand_in_line(caller, sent.id).await,
            LoadLevel::Normal | LoadLevel::Busy => None,
        };
        // Held until the backend has the file, since that is how long it takes memory.
        let Ok(_download) = self.uploads.downloads.acquire().await else { return File::Unfinished };
        let mut file = self.uploads.download(&sent.url).await;
        if matches!(file, Err(DownloadError::TimedOut | DownloadError::Http(_) | DownloadError::Status(_))) {
            sleep(DOWNLOAD_PAUSE).await;
            file = self.uploads.download(&sent.url).await;
        }
        let key = Key::Attachment { message, attachment: sent.id };
        match file {
            Ok(file) => {
                let bytes = u32::try_from(file.len()).expect("FILE_LIMIT fits u32");
                let file_name = sent.name.chars().take(200).collect();
                let request = BackendRequest::UploadReplay { caller, file_name, bytes };
                failpoint::hit("frontend: file downloaded").ok();
                let handed_over = self.hand_over(key, request, file).await;
                failpoint::hit("frontend: file handed over").ok();
                handed_over
            }
            Err(DownloadError::TooLarge) => File::Refused(Refusal::FileTooLarge { limit_bytes: FILE_LIMIT }),
            Err(error) => {
                tracing::warn!(?key, "{error}");
                File::Refused(Refusal::DownloadFailed)
            }
        }
    }

    /// Waits until it is this file's turn to be one of the few that are fetched. Who sent it in the DM is told
    /// the place in line, once; with an interaction "thinking" stands there until then.
    async fn stand_in_line(&self, caller: Caller, attachment: u64) -> Option<SemaphorePermit<'_>> {
        let uploads = &self.uploads;
        if let Ok(turn) = uploads.few.try_acquire() {
            return Some(turn);
        }
        let waits = InLine::of(uploads);
        let words = Words::of(self.last_answers.locale_of(caller));
        let told = async {
            if let Some(channel) = caller.dm {
                let page = Page::of(words.with("upload-in-line", &[("place", waits.number.into())]));
                self.say(channel, page, format!("l{attachment}")).await;
            }
        };
        // The place is taken before it is told, and whose turn comes before that is told nothing of waiting.
        let mut turn = std::pin::pin!(uploads.few.acquire());
        tokio::select! {
            biased;
            turn = &mut turn => return turn.ok(),
            () = told => {}
        }
        turn.await.ok()
    }

    /// Has the player told by one card of all files that were refused for this reason in a moment.
    async fn tell_refused(&self, caller: Caller, message: u64, refused: Refused) -> Ended {
        let Refused { refusal, files, attachment } = refused;
        let key = Key::NotTaken { message, attachment };
        let request = |files| BackendRequest::RefuseUpload { caller, refusal: refusal.clone(), files };
        let (files, tell) = match self.uploads.gather(caller.user, &refusal, files) {
            Gathering::First(tell) => {
                let mut leaving = self.leaving.clone();
                tokio::select! {
                    () = sleep(GATHER) => {}
                    _ = leaving.wait_for(|leaving| *leaving) => {}
                }
                (self.uploads.take_gathered(caller.user, &refusal), Some(tell))
            }
            Gathering::Added(mut told) => match told.wait_for(Option::is_some).await {
                // Under the own key as well, so that this message is not told of again.
                Ok(ended) if *ended == Some(Ended::Finished) => (0, None),
                Ok(_) | Err(_) => return Ended::Unfinished,
            },
        };
        let ended = match self.hand_over(key, request(files), Bytes::new()).await {
            File::Answered(_) | File::Refused(_) => Ended::Finished,
            File::NotTaken => {
                self.tell_not_taken(caller, files as usize, attachment).await;
                Ended::Finished
            }
            File::Unfinished => Ended::Unfinished,
        };
        if let Some(tell) = tell {
            // Nobody may have been added.
            tell.send(Some(ended)).ok();
        }
        ended
    }

    /// Asks until there is an answer, or until it is time to tell the player that there is none.
    async fn hand_over(&self, key: Key, request: BackendRequest, blob: Bytes) -> File {
        let answered = async {
            for _ in 0..UPLOAD_TRIES {
                match self.call(Some(key), request.clone(), blob.clone(), UPLOAD_LIMIT).await {
                    Ok(BackendReply::Refused { refusal: Refusal::Busy | Refusal::ReadOnly, .. })
                    | Err(Unanswered::Busy) => sleep(UPLOAD_PAUSE).await,
                    // Nothing is known of it any more, and the same key would be refused again.
                    Ok(BackendReply::Refused { refusal: Refusal::Stale, .. }) => return None,
                    Ok(reply) => return Some(File::Answered(reply)),
                    Err(Unanswered::Late) if *self.leaving.borrow() => return None,
                    Err(Unanswered::Late) => {}
                }
            }
            None
        };
        match timeout(UPLOAD_PATIENCE, answered).await {
            Ok(Some(file)) => file,
            Ok(None) | Err(_) if *self.leaving.borrow() => File::Unfinished,
            Ok(None) | Err(_) => {
                tracing::warn!(?key, "the backend did not take a message of a player's");
                File::NotTaken
            }
        }
    }

    /// Says that there is no room for the files of a message. Words are left alone: a hint is worth no call then.
    pub(super) async fn send_back(&self, message: &Message) {
        let (user, channel) = (UserId(message.author.id.get()), ChannelId(message.channel_id.get()));
        if let Some(first) = message.attachments.first() {
            // The player's language is the backend's to know, which has enough to do.
            let caller = Caller { user, locale: Locale::EnUs, dm: Some(channel) };
            self.tell_not_taken(caller, message.attachments.len(), first.id.get()).await;
        }
    }

    async fn tell_not_taken(&self, caller: Caller, files: usize, attachment: u64) {
        let Some(channel) = caller.dm.filter(|_| files > 0) else { return };
        let content = Words::of(caller.locale).with("upload-not-taken", &[("files", files.into())]);
        self.say(channel, Page::of(content), format!("u{attachment}")).await;
    }

    /// A message in the DM, once for each nonce.
    async fn say(&self, channel: ChannelId, page: Page, nonce: String) {
        let body = Body::of_page(page).once(nonce);
        if let Err(error) = self.rest.post(Urgency::Answer, channel, &body).await {
            tracing::warn!("a message to a player was not sent: {error}");
        }
    }

    /// Answers words: with `/setup` until that is done, and then with a hint.
    async fn greet(&self, caller: Caller, channel: ChannelId, message: u64) {
        if !self.uploads.may_hint(caller.user, clock::now()) {
            return;
        }
        let known = self.call(None, BackendRequest::Greet { caller }, Bytes::new(), GREET_LIMIT).await;
        let page = match known {
            Ok(BackendReply::Setup(view)) if view.step != SetupStep::Done => {
                setup::render(&view, Words::of(view.locale))
            }
            Ok(BackendReply::Setup(view)) => hint(view.locale),
            _ => hint(caller.locale),
        };
        self.say(channel, page, format!("h{message}")).await;
    }
}

fn hint(locale: Locale) -> Page {
    Page::of(Words::of(locale).say("help-hint"))
}

/// Adds files to those that were refused for the same reason.
fn refuse(refused: &mut Vec<Refused>, refusal: Refusal, sent: &[SentFile]) {
    let Some(first) = sent.first() else { return };
    let files = u32::try_from(sent.len()).expect("a message has few files");
    match refused.iter_mut().find(|other| other.refusal == refusal) {
        Some(other) => other.files += files,
        None => refused.push(Refused { refusal, files, attachment: first.id }),
    }
}

/// Whether any other file of the same player would be refused like this.
fn is_about_the_sender(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::SetupNeeded
            | Refusal::TermsNeeded
            | Refusal::NoOpenMatch
            | Refusal::AlreadyDecided
            | Refusal::OwnLineFull { .. }
            | Refusal::TooManyUploads { .. }
            | Refusal::LineFull
    )
}

/// What can be said without the file itself.
fn refused(name: &str, size: u64) -> Option<Refusal> {
    if !name.to_ascii_lowercase().ends_with(".sc2replay") {
        Some(Refusal::NotAReplay)
    } else if size > FILE_LIMIT {
        Some(Refusal::FileTooLarge { limit_bytes: FILE_LIMIT })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[test]
    fn name_and_size_are_judged_before_the_download() {
        let too_large = Some(Refusal::FileTooLarge { limit_bytes: FILE_LIMIT });
        let cases = [
            ("game.SC2Replay", 100, None),
            ("game.sc2replay", FILE_LIMIT, None),
            ("game.SC2Replay", FILE_LIMIT + 1, too_large),
            ("game.zip", 100, Some(Refusal::NotAReplay)),
            ("SC2Replay", 100, Some(Refusal::NotAReplay)),
        ];
        for (name, size, expected) in cases {
            assert_eq!(refused(name, size), expected, "{name} of {size}");
        }
    }

    fn uploads() -> Uploads {
        drop(rustls::crypto::ring::default_provider().install_default());
        Uploads::new().unwrap()
    }

    #[test]
    fn a_user_gets_one_hint_a_minute() {
        let uploads = uploads();
        let (ana, ben) = (UserId(1), UserId(2));
        let start = Timestamp(1_800_000_000_000);
        assert!(uploads.may_hint(ana, start));
        assert!(!uploads.may_hint(ana, start + Duration::from_secs(59)));
        assert!(uploads.may_hint(ben, start));
        assert!(uploads.may_hint(ana, start + HINT_PAUSE));
        for user in 10..20_000 {
            uploads.may_hint(UserId(user), start);
        }
        assert!(uploads.hinted.lock().unwrap().len() <= HINTS_KEPT);
    }

    fn sent(count: u64) -> Vec<SentFile> {
        let file = |id: u64| SentFile { id, name: "game.SC2Replay".to_owned(), bytes: 3, url: String::new() };
        (1..=count).map(file).collect()
    }

    #[test]
    fn files_refused_for_one_reason_are_one_refusal() {
        let (files, mut told) = (sent(7), Vec::new());
        refuse(&mut told, Refusal::NotAReplay, &files[..1]);
        refuse(&mut told, Refusal::OwnLineFull { limit: 3 }, &files[1..4]);
        refuse(&mut told, Refusal::NotAReplay, &files[4..]);
        refuse(&mut told, Refusal::TooManyFiles { limit: 5 }, &[]);
        assert_eq!(
            told,
            [
                Refused { refusal: Refusal::NotAReplay, files: 4, attachment: 1 },
                Refused { refusal: Refusal::OwnLineFull { limit: 3 }, files: 3, attachment: 2 },
            ]
        );
    }

    #[test]
    fn what_is_refused_of_one_player_for_one_reason_is_gathered_until_it_is_told() {
        let uploads = uploads();
        let (ana, ben, why) = (UserId(1), UserId(2), Refusal::LineFull);
        let first = |gathering| matches!(gathering, Gathering::First(_));
        assert!(first(uploads.gather(ana, &why, 5)));
        assert!(!first(uploads.gather(ana, &why, 10)));
        assert!(first(uploads.gather(ana, &Refusal::NotAReplay, 1)));
        assert!(first(uploads.gather(ben, &why, 1)));
        assert_eq!(uploads.take_gathered(ana, &why), 15);
        assert!(first(uploads.gather(ana, &why, 1)), "what comes later is told anew");
        assert_eq!(uploads.take_gathered(ben, &why), 1);
    }

    #[test]
    fn one_player_has_few_messages_at_hand_and_others_are_not_kept_waiting() {
        let uploads = uploads();
        let mut turns: Vec<_> = (0..MESSAGES_PER_PLAYER).map(|_| uploads.enter(UserId(1)).unwrap()).collect();
        assert!(uploads.enter(UserId(1)).is_none());
        assert!(uploads.enter(UserId(2)).is_some());
        turns.pop();
        assert!(uploads.enter(UserId(1)).is_some());
        drop(turns);
        assert!(uploads.at_hand.lock().unwrap().is_empty(), "nobody who has left is remembered");
    }

    /// A server that answers one request with `body` and no length.
    async fn serve(status: &'static str, body: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/game.SC2Replay", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            drop(stream.read(&mut request).await);
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
            drop(stream.write_all(head.as_bytes()).await);
            drop(stream.write_all(&body).await);
        });
        url
    }

    #[tokio::test]
    async fn a_file_is_downloaded_up_to_the_limit_and_no_further() {
        let uploads = uploads();
        let whole = vec![7; 1 << 20];
        assert_eq!(uploads.download(&serve("200 OK", whole.clone()).await).await.unwrap(), whole);
        let larger = serve("200 OK", vec![7; FILE_LIMIT as usize + 1]).await;
        assert!(matches!(uploads.download(&larger).await, Err(DownloadError::TooLarge)));
    }

    #[tokio::test]
    async fn what_comes_with_another_answer_than_success_is_no_file() {
        let uploads = uploads();
        for status in ["302 Found\r\nlocation: /elsewhere", "304 Not Modified", "404 Not Found", "502 Bad"] {
            let url = serve(status, b"not the file".to_vec()).await;
            let downloaded = uploads.download(&url).await;
            assert!(matches!(downloaded, Err(DownloadError::Status(_))), "{status}: {downloaded:?}");
        }
    }
}
