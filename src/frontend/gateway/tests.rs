use super::*;
use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{self, Message, WebSocket};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

#[test]
fn a_gateway_that_is_closed_for_good_says_what_to_do() {
    for (code, says) in [
        (Some(4004), "DISCORD_TOKEN"),
        (Some(4010), "SHARDS"),
        (Some(4011), "too many servers"),
        (Some(4014), "privileged intent"),
        (Some(4012), "newer one"),
        (None, "try again"),
    ] {
        let Unusable(said) = closed_for_good(code, "why");
        assert!(said.contains(says) && said.contains("(why)"), "{said}");
    }
}

#[test]
fn short_lived_connections_are_followed_by_longer_and_longer_pauses() {
    let mut brake = Brake::default();
    let pauses: Vec<u128> = (0..9).map(|_| brake.closed(Duration::ZERO, 999_999).as_millis()).collect();
    assert_eq!(pauses, [499, 999, 1999, 3998, 7996, 15992, 31984, 59970, 59970]);
    assert_eq!(brake.closed(Duration::from_secs(3600), 0), Duration::ZERO);
    assert_eq!(brake.closed(Duration::from_secs(9), 0), Duration::from_millis(250));
}

#[test]
fn processes_take_turns_by_the_clock_and_one_alone_waits_for_none() {
    let round = 12_000;
    let start = Timestamp(1_800_000_000_000 - 1_800_000_000_000 % round);
    let wait = |after_ms: u64, number| {
        let earliest = start + Duration::from_millis(after_ms);
        until_turn(earliest, Nth { number, of: 2 }).as_millis()
    };
    assert_eq!([0, 1, 5_999, 6_000, 11_999].map(|after| wait(after, 0)), [0, 11_999, 6_001, 6_000, 1]);
    assert_eq!([0, 1, 5_999, 6_000, 11_999].map(|after| wait(after, 1)), [6_000, 5_999, 1, 0, 6_001]);
    assert_eq!(until_turn(start + Duration::from_millis(7), Nth::ALONE), Duration::ZERO);
}

/// How a gateway behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    /// Closes with a code, before it has said a word or after.
    Closes { code: u16, greets: bool },
    /// Drops the connection without a word.
    Drops { greets: bool },
    /// Knows no session.
    Invalid { resumable: bool },
    /// Asks for another connection.
    Reconnects,
    /// Has few sessions left today.
    Spent { remaining: u32 },
}

/// What a gateway saw: when connections were made, and how many sessions were to begin.
#[derive(Debug, Default)]
struct Log {
    connections: Vec<Instant>,
    identifies: u32,
}

async fn serve_gateway(mut socket: WebSocket, behaviour: Behaviour, log: Arc<Mutex<Log>>) {
    log.lock().unwrap().connections.push(clock::instant());
    let greets =
        !matches!(behaviour, Behaviour::Closes { greets: false, .. } | Behaviour::Drops { greets: false });
    if greets {
        let hello = json!({ "op": 10, "t": null, "s": null, "d": { "heartbeat_interval": 45_000 } });
        socket.send(Message::Text(hello.to_string().into())).await.ok();
        // IDENTIFY or RESUME.
        let Some(Ok(Message::Text(asked))) = socket.recv().await else { return };
        let asked: Value = serde_json::from_str(&asked).unwrap();
        if asked["op"] == 2 {
            log.lock().unwrap().identifies += 1;
        }
    }
    let answer = match behaviour {
        Behaviour::Closes { code, .. } => Message::Close(Some(ws::CloseFrame { code, reason: "".into() })),
        Behaviour::Drops { .. } => return,
        Behaviour::Invalid { resumable } => {
            Message::Text(json!({ "op": 9, "t": null, "s": null, "d": resumable }).to_string().into())
        }
        Behaviour::Reconnects => {
            Message::Text(json!({ "op": 7, "t": null, "s": null, "d": null }).to_string().into())
        }
        Behaviour::Spent { .. } => return std::future::pending().await,
    };
    socket.send(answer).await.ok();
    // Until the client has closed it too.
    while let Some(Ok(_)) = socket.recv().await {}
}

/// A gateway that behaves like this, and what our side makes of it in so long.
async fn meet(behaviour: Behaviour, for_so_long: Duration) -> (Arc<Mutex<Log>>, Option<Unusable>) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let log = Arc::<Mutex<Log>>::default();
    let seen = Arc::clone(&log);
    let connect = move |upgrade: WebSocketUpgrade| {
        let log = Arc::clone(&seen);
        async move { upgrade.on_upgrade(move |socket| serve_gateway(socket, behaviour, log)) }
    };
    let remaining = if let Behaviour::Spent { remaining } = behaviour { remaining } else { 900 };
    let limit =
        json!({ "total": 1000, "remaining": remaining, "reset_after": 3_600_000, "max_concurrency": 1 });
    let info = json!({ "url": "ws://unused", "shards": 1, "session_start_limit": limit });
    let routes = Router::new()
        .route("/", get(connect))
        .route("/api/v10/gateway/bot", get(move || async move { axum::Json(info) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });
    let rest = Arc::new(Rest::new("token", Some(&address)).unwrap());
    // A session that only its owner knows, so that there is something to resume.
    let session = (!matches!(behaviour, Behaviour::Spent { .. })).then(|| GatewaySession {
        id: "abc".to_owned(),
        resume_url: format!("ws://{address}"),
        sequence: 3,
        application: 7,
        refused: Vec::new(),
    });
    let sessions = Sessions::new(rest, Shards::ONE, Nth::ALONE);
    let shard = shard("token", Some(&address), 0, session.as_ref(), sessions);
    let (_stop, stopped) = watch::channel(false);
    let ended = timeout(for_so_long, run(shard, stopped, |_| {})).await;
    server.abort();
    (log, ended.ok().map(|ended| ended.expect_err("nobody asked it to stop")))
}

#[tokio::test]
async fn a_gateway_in_trouble_is_asked_at_most_once_a_second_after_the_third_time() {
    let mut behaviours = vec![Behaviour::Reconnects];
    for code in [1000, 1011, 4000, 4009] {
        behaviours.extend([true, false].map(|greets| Behaviour::Closes { code, greets }));
    }
    behaviours.extend([true, false].map(|greets| Behaviour::Drops { greets }));
    behaviours.extend([true, false].map(|resumable| Behaviour::Invalid { resumable }));
    let met = behaviours.into_iter().map(|behaviour| async move {
        let (log, ended) = meet(behaviour, Duration::from_secs(6)).await;
        assert!(ended.is_none(), "{behaviour:?}: it goes on: {ended:?}");
        let log = log.lock().unwrap();
        let (count, identifies) = (log.connections.len(), log.identifies);
        assert!((3..=8).contains(&count), "{behaviour:?}: {count} connections");
        let pauses: Vec<_> = log.connections.windows(2).map(|two| two[1] - two[0]).collect();
        let too_soon = pauses.iter().skip(2).any(|pause| *pause < Duration::from_millis(950));
        assert!(!too_soon, "{behaviour:?}: {pauses:?}");
        // Discord begins one session in five seconds.
        assert!(identifies <= 2, "{behaviour:?}: {identifies} sessions");
    });
    futures_util::future::join_all(met).await;
}

#[tokio::test]
async fn a_gateway_that_closes_for_good_ends_it_at_once() {
    for code in [4004, 4010, 4011, 4012, 4013, 4014] {
        for greets in [true, false] {
            let (log, ended) = meet(Behaviour::Closes { code, greets }, Duration::from_secs(5)).await;
            let Unusable(said) = ended.unwrap_or_else(|| panic!("{code} goes on"));
            assert!(said.contains(&code.to_string()), "{said}");
            assert_eq!(log.lock().unwrap().connections.len(), 1, "{code}");
        }
    }
}

#[tokio::test]
async fn the_last_sessions_of_a_day_are_not_used_up() {
    let wait = Duration::from_secs(1);
    for (remaining, begun) in [(SPARED, 0), (0, 0), (SPARED + 1, 1)] {
        let (log, _) = meet(Behaviour::Spent { remaining }, wait).await;
        assert_eq!(log.lock().unwrap().identifies, begun, "{remaining} left");
    }
}
