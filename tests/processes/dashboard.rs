//! The dashboard beside a ladder: what it tells, to whom, and that nobody needs it.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, free_address, wait_for};
use evoladder::dashboard::metrics::{Kind, METRICS};
use nix::sys::signal::Signal;
use reqwest::header::{AUTHORIZATION, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const TOKEN: &str = "a-token-of-the-tests-4711";

/// Told only where something is so: a limit of the container, a store for replays, a replay that is read.
const MAYBE: [&str; 3] = [
    "evoladder_container_memory_bytes",
    "evoladder_container_memory_limit_bytes",
    "evoladder_replays_to_copy",
];

struct Dashboard {
    http: Client,
    port: u16,
}

impl Dashboard {
    fn of(ladder: &Ladder) -> Dashboard {
        let status = ladder.status().unwrap();
        let address = status["dashboard"].as_str().expect("a status has the dashboard's address");
        let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Dashboard { http, port }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn open(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    async fn open_with_token(&self, path: &str) -> Response {
        let request = self.http.get(self.url(path)).header(AUTHORIZATION, format!("Bearer {TOKEN}"));
        request.send().await.unwrap()
    }
}

#[tokio::test]
async fn it_tells_every_metric_and_asks_for_its_token_but_at_the_doors_of_probes() {
    let variables = [
        ("DASHBOARD_LISTEN", "0.0.0.0:0"),
        ("DASHBOARD_TOKEN", TOKEN),
        // A machine that stands still for a moment is not what this is about.
        ("ALERTS", "SlowAnswers=60 JournalLag=60"),
        ("LOAD_LEVELS", "answer=60/60 journal_lag=60/60"),
    ];
    let ladder = Ladder::start_again_with(tempfile::tempdir().unwrap(), free_address(), &variables).await;
    let dashboard = Dashboard::of(&ladder);
    for path in ["/", "/metrics", "/state", "/history", "/page/app.js", "/page/none", "/?token=wrong"] {
        let refused = dashboard.open(path).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert!(!refused.text().await.unwrap().contains(TOKEN), "{path}");
    }
    assert_eq!(dashboard.open("/health").await.status(), StatusCode::OK);
    wait_for("the ladder to be ready", async || {
        dashboard.open("/ready").await.status().is_success().then_some(())
    })
    .await;
    for path in ["/", "/metrics", "/state", "/history", "/page/app.js"] {
        let shown = dashboard.open_with_token(path).await;
        assert_eq!(shown.status(), StatusCode::OK, "{path}");
        let policy = shown.headers().get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'"), "{path}: {policy}");
    }
    // A browser brings the token once, and a cookie from then on.
    let arrived = dashboard.open(&format!("/?token={TOKEN}")).await;
    assert_eq!(
        (arrived.status(), &arrived.headers()[LOCATION]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let cookie = arrived.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(TOKEN),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let shown = dashboard.http.get(dashboard.url("/state")).header(COOKIE, cookie).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    let written =
        dashboard.http.post(dashboard.url("/state")).header(AUTHORIZATION, format!("Bearer {TOKEN}"));
    assert_eq!(written.send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);

    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    let text = wait_for("the match in the metrics", async || {
        let text = dashboard.open_with_token("/metrics").await.text().await.unwrap();
        let is_there = |line: &str| text.lines().any(|told| told == line);
        (is_there("evoladder_matches_decided_total 1") && is_there("evoladder_replay_job_seconds_count 1"))
            .then_some(text)
    })
    .await;
    for metric in METRICS.iter().filter(|metric| !MAYBE.contains(&metric.name)) {
        let name = if metric.kind == Kind::Histogram {
            format!("{}_count", metric.name)
        } else {
            metric.name.to_owned()
        };
        let told = text
            .lines()
            .any(|line| line.starts_with(&format!("{name} ")) || line.starts_with(&format!("{name}{{")));
        assert!(told, "{name} is told by no process:\n{text}");
    }
    let state: Value = dashboard.open_with_token("/state").await.json().await.unwrap();
    assert_eq!((&state["not_ready"], &state["alerts"]), (&Value::Null, &Value::Array(Vec::new())), "{state}");

    // Without the supervisor nobody knows how the ladder does, and that is said.
    let supervisor = i32::try_from(ladder.status().unwrap()["pid"].as_i64().unwrap()).unwrap();
    ladder.signal(&[supervisor], Signal::SIGSTOP);
    wait_for("the silence to be noticed", async || {
        let ready = dashboard.open("/ready").await;
        (ready.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    assert_eq!(dashboard.open("/ready").await.text().await.unwrap(), "Not ready.\n");
    let why = dashboard.open_with_token("/ready").await.text().await.unwrap();
    assert_eq!(why, "Not ready: the supervisor does not answer.\n");
    let text = dashboard.open_with_token("/metrics").await.text().await.unwrap();
    assert!(
        text.contains("evoladder_supervisor_up 0\n") && !text.contains("evoladder_queue_entries"),
        "{text}"
    );
    assert_eq!(dashboard.open("/health").await.status(), StatusCode::OK);
    ladder.signal(&[supervisor], Signal::SIGCONT);
    wait_for("the ladder to be ready again", async || {
        dashboard.open("/ready").await.status().is_success().then_some(())
    })
    .await;
    assert!(ladder.stop().0.success());
}

#[test]
fn a_start_that_would_show_it_to_everybody_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_evoladder"));
    run.args(["run", "--emulator", "--data"]).arg(data.path().join("data"));
    let run = run.env("DASHBOARD_LISTEN", "0.0.0.0:0").env_remove("DASHBOARD_TOKEN").output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(78), "{said}");
    assert!(said.contains("so DASHBOARD_TOKEN has to be set"), "{said}");
    assert!(!data.path().join("data").exists(), "nothing was begun");
}

/// Requests a second, over so many connections.
const ASKED: u32 = 1000;
const ASKERS: u32 = 4;

/// Asks again and again, over deaths of the dashboard, at its share of the pace; counts the answers.
fn ask(port: u16, over: &AtomicBool, answers: &AtomicU64) {
    let pause = Duration::from_secs(1) * ASKERS / ASKED;
    let paths = ["/metrics", "/state", "/", "/ready"];
    while !over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        };
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut next = evoladder::clock::instant();
        let mut bytes = vec![0; 256 << 10];
        for path in paths.iter().cycle() {
            if over.load(Ordering::Relaxed) {
                return;
            }
            let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
            if stream.write_all(request.as_bytes()).is_err() || !take_answer(&mut stream, &mut bytes) {
                break;
            }
            answers.fetch_add(1, Ordering::Relaxed);
            next += pause;
            std::thread::sleep(next.saturating_duration_since(evoladder::clock::instant()));
        }
    }
}

/// Reads one answer, whose length is told; false if there is none.
fn take_answer(stream: &mut TcpStream, bytes: &mut [u8]) -> bool {
    let mut had = 0;
    loop {
        let text = String::from_utf8_lossy(&bytes[..had]).to_ascii_lowercase();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
            if head.len() + 4 + length.expect("every answer tells its length") <= had {
                return true;
            }
        }
        match stream.read(&mut bytes[had..]) {
            Ok(0) | Err(_) => return false,
            Ok(read) => had += read,
        }
    }
}

#[tokio::test]
async fn a_match_is_played_while_the_dashboard_is_asked_a_thousand_times_a_second_and_dies() {
    let ladder = Ladder::start().await;
    let port = Dashboard::of(&ladder).port;
    let (over, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let askers: Vec<_> = (0..ASKERS)
        .map(|_| {
            let (over, answers) = (Arc::clone(&over), Arc::clone(&answers));
            std::thread::spawn(move || ask(port, &over, &answers))
        })
        .collect();
    let began: Instant = evoladder::clock::instant();
    let (ana, bea, match_id) = pair_up(&ladder).await;
    ladder.signal(&ladder.pids("dashboard"), Signal::SIGKILL);
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let file = replay_of(&ana).await;
    wait_for("the dashboard to be back", async || {
        (ladder.restarts_if_ready("dashboard") == Some(1)).then_some(())
    })
    .await;
    ladder.signal(&ladder.pids("dashboard"), Signal::SIGKILL);
    ana.upload("game.SC2Replay", file).await;
    told_the_result(&ana, &bea, match_id).await;
    wait_for("the dashboard to be back once more", async || {
        (ladder.restarts_if_ready("dashboard") == Some(2)).then_some(())
    })
    .await;
    let before = answers.load(Ordering::Relaxed);
    wait_for("it to answer where it was", async || {
        (answers.load(Ordering::Relaxed) > before + u64::from(ASKED)).then_some(())
    })
    .await;
    let (seconds, answered) = (began.elapsed().as_secs_f64(), answers.load(Ordering::Relaxed));
    over.store(true, Ordering::Relaxed);
    askers.into_iter().for_each(|asker| asker.join().unwrap());
    let ack = ladder.gauge("emulator", "ack_ms_p99").unwrap();
    println!(
        "{answered} answers in {seconds:.1} s, {:.0} a second; ack p99 {ack} ms",
        answered as f64 / seconds
    );
    assert_eq!(ladder.gauge("emulator", "deadline_misses"), Some(0.0));
    for role in ["frontend", "backend", "db-writer", "replay-worker"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    assert!(ladder.stop().0.success());
}
