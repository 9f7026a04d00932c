//! What a player writes to the bot: replays, which go to the backend, and words, which get a hint.

use super::reply::{Body, Page};
use super::runner::Unanswered;
use super::text::Words;
use super::{Desk, Ended};
use crate::clock;
use bytes::{Bytes, BytesMut};
use ipc_schema::backend::{BackendReply, BackendRequest, Caller};
use ipc_schema::ids::{ChannelId, Key, UserId};
use ipc_schema::vocab::{Locale, Refusal, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use twilight_model::channel::{Attachment, Message};

/// The largest replay taken.
const FILE_LIMIT: u64 = 5 << 20;

/// More files in one message are left alone: a match has one replay.
const FILES_PER_MESSAGE: usize = 5;

/// Downloads at a time, each of which may hold a whole file in memory.
const DOWNLOADS: usize = 8;

/// Messages that wait for a download; more are refused as "line full".
const WAITING: usize = 256;

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(10);

/// Over restarts of the backend; the file is held meanwhile.
const UPLOAD_LIMIT: Duration = Duration::from_secs(60);

/// How often the backend is asked that does not answer in time, or cannot save for half a minute.
const UPLOAD_TRIES: u32 = 12;
const UPLOAD_PAUSE: Duration = Duration::from_secs(3);

/// All tries together.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(300);

/// One hint a minute is enough for anyone.
const HINT_PAUSE: Duration = Duration::from_secs(60);

/// Above it, hints that were given long ago are forgotten.
const HINTS_KEPT: usize = 1024;

#[derive(Debug)]
pub struct Uploads {
    http: reqwest::Client,
    downloads: Semaphore,
    waiting: Semaphore,
    hinted: Mutex<HashMap<UserId, Timestamp>>,
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
            waiting: Semaphore::new(WAITING),
            hinted: Mutex::default(),
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

    async fn download(&self, url: &str) -> Result<Bytes, DownloadError> {
        let whole = async {
            let mut response = self.http.get(url).send().await?.error_for_status()?;
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
            self.hint(user, channel, message.id.get()).await;
            return Ended::Finished;
        }
        for attachment in message.attachments.iter().take(FILES_PER_MESSAGE) {
            let key = Key::Attachment { message: message.id.get(), attachment: attachment.id.get() };
            if self.take_file(caller, key, attachment).await == Ended::Unfinished {
                return Ended::Unfinished;
            }
        }
        Ended::Finished
    }

    async fn take_file(&self, caller: Caller, key: Key, attachment: &Attachment) -> Ended {
        if let Some(refusal) = refused(&attachment.filename, attachment.size) {
            return self
                .tell(caller, key, BackendRequest::RefuseUpload { caller, refusal }, Bytes::new())
                .await;
        }
        let Ok(_waiting) = self.uploads.waiting.try_acquire() else {
            let refusal = Refusal::LineFull;
            return self
                .tell(caller, key, BackendRequest::RefuseUpload { caller, refusal }, Bytes::new())
                .await;
        };
        // Held until the backend has the file, since that is how long it takes memory.
        let Ok(_download) = self.uploads.downloads.acquire().await else { return Ended::Unfinished };
        let mut file = self.uploads.download(&attachment.url).await;
        if matches!(file, Err(DownloadError::TimedOut | DownloadError::Http(_))) {
            file = self.uploads.download(&attachment.url).await;
        }
        let (request, file) = match file {
            Ok(file) => {
                let bytes = u32::try_from(file.len()).expect("FILE_LIMIT fits u32");
                let file_name = attachment.filename.chars().take(200).collect();
                (BackendRequest::UploadReplay { caller, file_name, bytes }, file)
            }
            Err(DownloadError::TooLarge) => {
                let refusal = Refusal::FileTooLarge { limit_bytes: FILE_LIMIT };
                (BackendRequest::RefuseUpload { caller, refusal }, Bytes::new())
            }
            Err(error) => {
                tracing::warn!(?key, "{error}");
                let refusal = Refusal::DownloadFailed;
                (BackendRequest::RefuseUpload { caller, refusal }, Bytes::new())
            }
        };
        self.tell(caller, key, request, file).await
    }

    /// Asks until there is an answer, which is told by card, or until it is time to tell the player
    /// that there is none.
    async fn tell(&self, caller: Caller, key: Key, request: BackendRequest, blob: Bytes) -> Ended {
        let taken = async {
            for _ in 0..UPLOAD_TRIES {
                match self.call(Some(key), request.clone(), blob.clone(), UPLOAD_LIMIT).await {
                    Ok(BackendReply::Refused { refusal: Refusal::Busy | Refusal::ReadOnly, .. })
                    | Err(Unanswered::Busy) => sleep(UPLOAD_PAUSE).await,
                    Ok(_) => return true,
                    Err(Unanswered::Late) if *self.leaving.borrow() => return false,
                    Err(Unanswered::Late) => {}
                }
            }
            false
        };
        if timeout(UPLOAD_PATIENCE, taken).await == Ok(true) {
            return Ended::Finished;
        }
        if *self.leaving.borrow() {
            return Ended::Unfinished;
        }
        tracing::warn!(?key, "the backend did not take a message of a player's");
        let (Some(channel), Key::Attachment { attachment, .. }) = (caller.dm, key) else {
            return Ended::Finished;
        };
        let content = Words::of(caller.locale).say("upload-not-taken");
        self.say(channel, content, format!("u{attachment}")).await;
        Ended::Finished
    }

    /// A sentence in the DM, once for each nonce.
    async fn say(&self, channel: ChannelId, content: String, nonce: String) {
        let body = Body {
            nonce: Some(nonce),
            enforce_nonce: Some(true),
            ..Body::of_page(Page { content, ..Page::default() })
        };
        if let Err(error) = self.rest.post(channel, &body).await {
            tracing::warn!("a message to a player was not sent: {error}");
        }
    }

    async fn hint(&self, user: UserId, channel: ChannelId, message: u64) {
        if !self.uploads.may_hint(user, clock::now()) {
            return;
        }
        let content = Words::of(Locale::EnUs).say("help-hint");
        self.say(channel, content, format!("h{message}")).await;
    }
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

    /// A server that answers one request with `body` and no length.
    async fn serve(body: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/game.SC2Replay", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            drop(stream.read(&mut request).await);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await);
            drop(stream.write_all(&body).await);
        });
        url
    }

    #[tokio::test]
    async fn a_file_is_downloaded_up_to_the_limit_and_no_further() {
        let uploads = uploads();
        let whole = vec![7; 1 << 20];
        assert_eq!(uploads.download(&serve(whole.clone()).await).await.unwrap(), whole);
        let larger = serve(vec![7; FILE_LIMIT as usize + 1]).await;
        assert!(matches!(uploads.download(&larger).await, Err(DownloadError::TooLarge)));
    }
}
