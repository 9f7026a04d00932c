//! Tells staff in their channel when an alert begins and when it is over.
//!
//! Alerts are the supervisor's, and go from it to Discord without passing the backend or a disk: most of all of
//! these staff want to hear. It repeats what is to be told until it hears that it was. A process that died over
//! that is followed by one which posts under the same nonce, and looks for the post where Discord has forgotten it.

use super::Desk;
use super::cards::is_for_good;
use super::reply::{Page, Tone};
use super::rest::RestError;
use super::text::{Words, date, plain};
use crate::clock;
use ipc_schema::ids::ChannelId;
use ipc_schema::vocab::{Locale, Timestamp};
use ipc_schema::watch::{Alert, AlertNews};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Before a post that failed for a passing reason is made again.
const PAUSE: Duration = Duration::from_secs(5);

/// Discord makes a message once for a nonce, for some minutes.
const NONCE_KEPT: Duration = Duration::from_secs(2 * 60);

/// Of an alert's text, as it is posted.
const TEXT: usize = 300;

/// An alert by its number, and what of it.
type News = (u64, AlertNews);

/// What is being told. Owned by one loop.
pub(super) struct Alerts {
    desk: Arc<Desk>,
    channel: Option<ChannelId>,
    under_way: BTreeSet<News>,
    /// As long as the supervisor asks for it.
    told: BTreeSet<News>,
    running: JoinSet<(News, Result<(), RestError>)>,
}

impl Alerts {
    pub(super) fn new(desk: Arc<Desk>, channel: Option<ChannelId>) -> Alerts {
        Alerts { desk, channel, under_way: BTreeSet::new(), told: BTreeSet::new(), running: JoinSet::new() }
    }

    /// Begins to tell what is not told yet. Comes back with what has been told, and is asked for all the same.
    pub(super) fn watched(&mut self, alerts: &[Alert]) -> Vec<News> {
        let Some(channel) = self.channel else { return Vec::new() };
        let asked: BTreeSet<News> =
            alerts.iter().filter_map(|alert| Some((alert.number, alert.news?))).collect();
        self.told.retain(|news| asked.contains(news));
        for alert in alerts {
            let is_new = |news: &AlertNews| {
                let news = (alert.number, *news);
                !self.told.contains(&news) && self.under_way.insert(news)
            };
            let Some(news) = alert.news.filter(is_new) else { continue };
            let (desk, number) = (Arc::clone(&self.desk), alert.number);
            let (page, nonce, since) = (page(alert, news), nonce(alert, news), since(alert, news));
            self.running.spawn(async move {
                let forgotten = clock::now().since(since) > NONCE_KEPT;
                let told = desk.tell_staff(channel, page, nonce, forgotten.then_some(since)).await;
                if told.as_ref().is_err_and(|error| !is_for_good(error)) {
                    sleep(PAUSE).await;
                }
                ((number, news), told)
            });
        }
        self.told.iter().copied().collect()
    }

    /// What has been told, or never can be; for ever while there is nothing.
    pub(super) async fn step(&mut self) -> News {
        loop {
            let (news, told) = match self.running.join_next().await {
                None => std::future::pending().await,
                Some(Ok(told)) => told,
                Some(Err(error)) => {
                    tracing::error!("an alert's post broke off: {error}");
                    continue;
                }
            };
            self.under_way.remove(&news);
            // Of what never can be, the log has the reason. All else is begun again with the supervisor's next word.
            if told.as_ref().err().is_none_or(is_for_good) {
                self.told.insert(news);
                return news;
            }
        }
    }
}

/// When there was something to tell.
fn since(alert: &Alert, news: AlertNews) -> Timestamp {
    match news {
        AlertNews::Began => alert.began,
        AlertNews::Over | AlertNews::Was => alert.over.unwrap_or(alert.began),
    }
}

/// The same for the same news, by whichever process. At most 25 characters.
fn nonce(alert: &Alert, news: AlertNews) -> String {
    let kind = match news {
        AlertNews::Began => 'b',
        AlertNews::Over => 'o',
        AlertNews::Was => 'w',
    };
    format!("a{kind}{:x}.{:x}", alert.began.0, alert.number)
}

/// In channels everybody reads the same.
fn page(alert: &Alert, news: AlertNews) -> Page {
    let words = Words::of(Locale::EnUs);
    let over = alert.over.unwrap_or(alert.began);
    let args = [
        ("name", alert.name.clone().into()),
        ("text", plain(&alert.text, TEXT).into()),
        ("began", date(alert.began).into()),
        ("over", date(over).into()),
    ];
    match news {
        AlertNews::Began => Page::of(words.with("alert-began", &args)).tone(Tone::Warning),
        AlertNews::Over => Page::of(words.with("alert-over", &args)).tone(Tone::Good),
        AlertNews::Was => Page::of(words.with("alert-was", &args)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::assert_fits;

    fn alert(number: u64) -> Alert {
        Alert {
            number,
            name: "JournalLag".to_owned(),
            text: "the oldest decision has been on its way to the disk for 6 s".to_owned(),
            began: Timestamp(1_795_284_000_000),
            over: Some(Timestamp(1_795_284_120_000)),
            news: None,
        }
    }

    #[test]
    fn a_post_is_the_same_whoever_makes_it_and_says_what_it_is_about() {
        let expected = [
            (
                AlertNews::Began,
                "**Alert JournalLag** since <t:1795284000:f>: the oldest decision has been on its way to the disk for 6 s",
            ),
            (AlertNews::Over, "**JournalLag is over.** It was so from <t:1795284000:f> to <t:1795284120:f>."),
            (
                AlertNews::Was,
                "**Alert JournalLag**, over by now: the oldest decision has been on its way to the disk for 6 s. It was so from <t:1795284000:f> to <t:1795284120:f>.",
            ),
        ];
        let mut nonces = BTreeSet::new();
        for (news, text) in expected {
            let page = page(&alert(1), news);
            assert_fits(&page);
            assert_eq!(page.content, text);
            for number in [1, u64::MAX >> 24] {
                let nonce = nonce(&alert(number), news);
                assert!(nonce.len() <= 25, "{nonce}");
                nonces.insert(nonce);
            }
        }
        assert_eq!(nonces.len(), 6);
    }
}
