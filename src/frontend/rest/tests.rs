use super::*;
use crate::frontend::reply::Page;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::patch;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::time::sleep;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn a_429_says_who_has_to_wait_and_how_long() {
    let json = r#"{"message": "You are being rate limited.", "retry_after": 1.5, "global": false}"#;
    let global = r#"{"message": "You are being rate limited.", "retry_after": 1.5, "global": true}"#;
    #[rustfmt::skip]
    type Headers = [(&'static str, &'static str)];
    let table: &[(&Headers, &str, Scope, u64)] = &[
        (&[("x-ratelimit-scope", "user"), ("retry-after", "2")], json, Scope::Bucket, 1_500),
        (&[("x-ratelimit-scope", "shared"), ("retry-after", "2")], json, Scope::Bucket, 1_500),
        (&[("x-ratelimit-scope", "global"), ("retry-after", "2")], json, Scope::Bot, 1_500),
        (&[("x-ratelimit-global", "true"), ("retry-after", "2")], json, Scope::Bot, 1_500),
        (&[("retry-after", "2")], global, Scope::Bot, 1_500),
        (&[("retry-after", "2")], json, Scope::Bucket, 1_500),
        (&[("retry-after", "65536")], "<html></html>", Scope::Address, 65_536_000),
        (&[], "error code: 1015", Scope::Address, 5_000),
        (&[("x-ratelimit-scope", "shared"), ("retry-after", "a while")], "", Scope::Bucket, 5_000),
        (&[("x-ratelimit-scope", "user"), ("retry-after", "1e30")], "", Scope::Bucket, 5_000),
        (&[("x-ratelimit-scope", "user"), ("retry-after", "-1")], "", Scope::Bucket, 5_000),
        (&[("retry-after", "999999")], "", Scope::Address, 86_400_000),
    ];
    for (given, body, scope, wait_ms) in table {
        let body: ErrorBody = serde_json::from_str(body).unwrap_or_default();
        let expected = (*scope, Duration::from_millis(*wait_ms));
        assert_eq!(limit_of(&headers(given), &body), expected, "{given:?} {body:?}");
    }
}

#[test]
fn a_call_waits_with_its_channel_and_is_counted_with_its_route() {
    let of = |route: Route<'_>| {
        let call = call_of(&Request::from_route(&route), Urgency::Match);
        (call.lane, call.bucket, call.counts)
    };
    let channel = || Lane::Of("channels/7".to_owned());
    assert_eq!(
        of(Route::UpdateMessage { channel_id: 7, message_id: 8 }),
        (channel(), "PATCH/channels/7/messages/id".to_owned(), true)
    );
    assert_eq!(
        of(Route::CreateMessage { channel_id: 7 }),
        (channel(), "POST/channels/7/messages".to_owned(), true)
    );
    assert_eq!(
        of(Route::UpdateInteractionOriginal { application_id: 5, interaction_token: "abc" }),
        (Lane::Of("webhooks/5/abc".to_owned()), "PATCH/webhooks/5/abc/messages/@original".to_owned(), false)
    );
    assert_eq!(of(Route::CreatePrivateChannel), (Lane::Own, "POST/users/@me/channels".to_owned(), true));
}

#[test]
fn headers_of_an_answer_say_what_is_left() {
    let told = told_by(&headers(&[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset-after", "1.250")]));
    assert_eq!(told, Told::Left { remaining: 3, reset_after: Duration::from_millis(1250) });
    assert_eq!(told_by(&headers(&[("x-ratelimit-remaining", "3")])), Told::Nothing);
    let told = told_by(&headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "1e19")]));
    assert_eq!(told, Told::Left { remaining: 0, reset_after: LONGEST_WAIT }, "which can be added to a time");
}

#[test]
fn a_post_counts_though_its_answer_cannot_be_read_in_full() {
    let posted = |json| Posted::of(serde_json::from_value(json).unwrap());
    let text = json!({ "type": 10, "id": 1, "content": "Here" });
    let known = posted(json!({ "id": "5", "components": [text], "kind_of_tomorrow": 7 }));
    assert_eq!(known, Posted { id: MessageId(5), text: Some("Here".to_owned()) });
    for components in [json!([{ "type": 10 }]), json!("all new"), Value::Null] {
        assert_eq!(
            posted(json!({ "id": "5", "components": components })),
            Posted { id: MessageId(5), text: None }
        );
    }
}

/// A Discord that takes 100 ms, fails one call in twenty, and for five seconds lets nobody in.
#[derive(Debug)]
struct Troubled {
    began: Instant,
    /// Whether it says so itself, or what stands before it.
    by_itself: bool,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    /// When each channel's message was to be edited, and when it was.
    tries: BTreeMap<u64, Vec<Instant>>,
    done: Vec<(u64, Instant)>,
    limited: usize,
    failed: usize,
}

const CALLS: u64 = 200;
const TROUBLE: std::ops::Range<Duration> = Duration::from_secs(1)..Duration::from_secs(6);

async fn edited(State(discord): State<Arc<Troubled>>, Path((channel, _)): Path<(u64, u64)>) -> Response {
    sleep(Duration::from_millis(50)).await;
    let answer = {
        let now = clock::instant();
        let mut log = discord.log.lock().unwrap();
        log.tries.entry(channel).or_default().push(now);
        let since = now.duration_since(discord.began);
        let draw = (channel * 7919 + 31 * log.tries[&channel].len() as u64) % 100;
        if TROUBLE.contains(&since) {
            log.limited += 1;
            let wait = (TROUBLE.end - since).as_secs_f64();
            if discord.by_itself {
                let headers = [("x-ratelimit-scope", "global"), ("retry-after", "5")];
                let body = json!({ "message": "slow", "retry_after": wait, "global": true });
                (StatusCode::TOO_MANY_REQUESTS, headers, body.to_string()).into_response()
            } else {
                let headers = [("retry-after", wait.ceil().to_string())];
                (StatusCode::TOO_MANY_REQUESTS, headers, "<html>1015</html>").into_response()
            }
        } else if draw < 5 {
            log.failed += 1;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        } else {
            log.done.push((channel, now));
            "{}".into_response()
        }
    };
    sleep(Duration::from_millis(50)).await;
    answer
}

/// As whoever edits a message does: again after a second where it may work then.
async fn edit_patiently(rest: &Rest, channel: ChannelId) {
    while let Err(error) =
        rest.edit(Urgency::Edit, channel, MessageId(1), &Body::of_page(Page::of("There".to_owned()))).await
    {
        assert!(error.is_passing(), "{channel:?}: {error}");
        sleep(Duration::from_secs(1)).await;
    }
}

async fn meet(by_itself: bool) -> Arc<Troubled> {
    let discord = Arc::new(Troubled { began: clock::instant(), by_itself, log: Mutex::default() });
    let routes = Router::new()
        .route("/api/v10/channels/{channel}/messages/{message}", patch(edited))
        .with_state(Arc::clone(&discord));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });
    let rest = Rest::new("token", Some(&address)).unwrap();
    futures_util::future::join_all((1..=CALLS).map(|channel| edit_patiently(&rest, ChannelId(channel))))
        .await;
    server.abort();
    discord
}

#[tokio::test]
async fn in_trouble_every_call_is_made_once_a_second_at_most_and_done_once_after() {
    drop(rustls::crypto::ring::default_provider().install_default());
    for discord in <[_; 2]>::from(tokio::join!(meet(true), meet(false))) {
        let (log, by_itself) = (discord.log.lock().unwrap(), discord.by_itself);
        assert!(log.failed > 3 && log.limited > 0, "by itself {by_itself}: there was trouble");
        // Those that were on the way when it began; the others waited without a call.
        assert!(log.limited <= 50, "by itself {by_itself}: {} calls met the limit", log.limited);
        for (channel, tries) in &log.tries {
            let too_soon = tries.windows(2).any(|two| two[1] - two[0] < Duration::from_millis(950));
            assert!(!too_soon, "channel {channel}: {tries:?}");
        }
        let mut channels: Vec<u64> = log.done.iter().map(|(channel, _)| *channel).collect();
        channels.sort_unstable();
        assert_eq!(channels, (1..=CALLS).collect::<Vec<_>>(), "each was done, and once");
        let mut all: Vec<Instant> = log.tries.values().flatten().copied().collect();
        all.sort_unstable();
        let too_many = all.windows(51).any(|calls| calls[50] - calls[0] < Duration::from_secs(1));
        assert!(!too_many, "by itself {by_itself}: more than 50 calls in a second");
    }
}
