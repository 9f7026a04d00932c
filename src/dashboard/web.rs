//! Who may see what. All of it is read-only, and nothing comes from elsewhere.
//!
//! | path | answer |
//! |---|---|
//! | `/health` | 200: this process lives |
//! | `/ready` | 200 while players are served, else 503 with the reason |
//! | `/metrics` | Prometheus' text |
//! | `/` | the page; its files are below `/page/` |
//! | `/state`, `/history` | what it draws, as JSON |
//!
//! Where there is a token it is asked for, but for `/health` and `/ready`: what probes these cannot send
//! one, and without it `/ready` does not say the reason.

use super::{Board, metrics};
use crate::config::Secret;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::serve::Listener;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at a time. Who comes later waits in the backlog; what nobody uses costs a few kilobytes.
const CONNECTIONS: usize = 256;

const COOKIE: &str = "evoladder_dashboard";

const HTML: &str = "text/html; charset=utf-8";
const FILES: &[(&str, &str, &str)] = &[
    ("page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("page/app.js")),
    ("chart.js", "text/javascript; charset=utf-8", include_str!("page/chart.js")),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];

/// Nothing comes from elsewhere, and nothing that a process said can run.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// A page of an older build must not ask a newer one.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Who is let in. It keeps no secret, only what one can be told by.
#[derive(Debug, Clone)]
pub struct Door {
    /// Of the token, if one is asked for.
    token: Option<[u8; 32]>,
    /// What a browser shows that came with the token once.
    cookie: String,
}

/// What somebody who asks is.
#[derive(Debug, PartialEq, Eq)]
enum Visitor {
    Known,
    /// Known by the token in the address, which is taken out of it.
    Arriving,
    /// Has no token, or a wrong one.
    Stranger,
    /// Asks by a name that may lead anywhere, where this machine alone is let in: so does the page of a
    /// stranger whose name was turned to point here.
    Misled,
}

impl Door {
    pub fn new(token: Option<&Secret>) -> Door {
        let token = token.map(Secret::expose);
        let cookie: [u8; 32] = Sha256::digest(format!("{COOKIE} {}", token.unwrap_or_default())).into();
        let cookie = cookie.iter().map(|byte| format!("{byte:02x}")).collect();
        Door { token: token.map(|token| Sha256::digest(token).into()), cookie }
    }

    fn visitor(&self, headers: &HeaderMap, query: &str) -> Visitor {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let Some(token) = self.token else {
            return if text(header::HOST).is_none_or(is_own_name) { Visitor::Known } else { Visitor::Misled };
        };
        let is_token = |said: &str| same(&Sha256::digest(said).into(), &token);
        if text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).is_some_and(is_token) {
            return Visitor::Known;
        }
        let cookies = text(header::COOKIE).unwrap_or_default().split(';').map(str::trim);
        let mut ours = cookies.filter_map(|cookie| cookie.strip_prefix(COOKIE)?.strip_prefix('='));
        let cookie: [u8; 32] = Sha256::digest(&self.cookie).into();
        if ours.any(|said| same(&Sha256::digest(said).into(), &cookie)) {
            return Visitor::Known;
        }
        let query: HashMap<String, String> =
            Query::try_from_uri(&format!("/?{query}").parse().unwrap_or_default())
                .map(|Query(all)| all)
                .unwrap_or_default();
        if query.get("token").is_some_and(|said| is_token(said)) {
            Visitor::Arriving
        } else {
            Visitor::Stranger
        }
    }
}

/// Whether two digests are the same, in a time that does not tell where they differ.
fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Whether a name, with or without a port, can only be this machine's: an address, or `localhost`.
fn is_own_name(host: &str) -> bool {
    let name = host.parse::<SocketAddr>().map(|address| address.ip().to_string());
    let name = name.unwrap_or_else(|_| host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned());
    name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// Serves until it fails.
pub async fn serve(listener: TcpListener, door: Door, board: Arc<Board>) -> io::Result<()> {
    let guarded = Router::new()
        .route("/", get(async || file(HTML, include_str!("page/index.html"))))
        .route("/page/{file}", get(page_file))
        .route("/metrics", get(metrics))
        .route("/state", get(state))
        .route("/history", get(history))
        .layer(from_fn_with_state(door.clone(), guard));
    let open = Router::new().route("/health", get(async || (HEADERS, "The dashboard lives.\n"))).route(
        "/ready",
        get(async move |State(board): State<Arc<Board>>, request: Request| ready(&door, &board, &request)),
    );
    let app = guarded.merge(open).with_state(board);
    axum::serve(Bounded { listener, room: Arc::new(Semaphore::new(CONNECTIONS)) }, app).await
}

async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let refused = |status: StatusCode, text: &'static str| (status, HEADERS, text).into_response();
    match door.visitor(request.headers(), request.uri().query().unwrap_or_default()) {
        Visitor::Known => next.run(request).await,
        Visitor::Arriving => {
            // Out of the address, and with it out of the browser's history and of logs on the way.
            let cookie =
                format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000", door.cookie);
            let to = Redirect::to(request.uri().path());
            (HEADERS, [(header::SET_COOKIE, cookie)], to).into_response()
        }
        Visitor::Stranger => {
            let text =
                "The dashboard asks for its token: open /?token=…, or send it as Authorization: Bearer ….\n";
            let mut response = refused(StatusCode::UNAUTHORIZED, text);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Visitor::Misled => refused(
            StatusCode::FORBIDDEN,
            "Without a token the dashboard is shown by address or as localhost alone.\n",
        ),
    }
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    (HEADERS, [(header::CONTENT_TYPE, content_type)], text).into_response()
}

async fn page_file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, _, _)| *known == name) {
        Some((_, content_type, text)) => file(content_type, text),
        None => (StatusCode::NOT_FOUND, HEADERS, "There is no such file.\n").into_response(),
    }
}

async fn metrics(State(board): State<Arc<Board>>) -> Response {
    (HEADERS, [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], board.shown().metrics.clone()).into_response()
}

async fn state(State(board): State<Arc<Board>>) -> Response {
    json(board.shown().state.clone())
}

async fn history(State(board): State<Arc<Board>>) -> Response {
    json(board.history().into())
}

fn json(text: Bytes) -> Response {
    (HEADERS, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn ready(door: &Door, board: &Board, request: &Request) -> Response {
    let shown = board.shown();
    let visitor = door.visitor(request.headers(), request.uri().query().unwrap_or_default());
    match &shown.not_ready {
        None if shown.state.is_empty() => {
            (StatusCode::SERVICE_UNAVAILABLE, HEADERS, "Nobody has looked yet.\n").into_response()
        }
        None => (HEADERS, "Players are served.\n").into_response(),
        Some(why) => {
            let known = matches!(visitor, Visitor::Known | Visitor::Arriving);
            let text = if known { format!("Not ready: {why}.\n") } else { "Not ready.\n".to_owned() };
            (StatusCode::SERVICE_UNAVAILABLE, HEADERS, text).into_response()
        }
    }
}

/// A listener with room for so many connections.
struct Bounded {
    listener: TcpListener,
    room: Arc<Semaphore>,
}

/// A connection, which makes room when it ends.
struct Held {
    stream: TcpStream,
    _room: OwnedSemaphorePermit,
}

impl Listener for Bounded {
    type Io = Held;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Held, SocketAddr) {
        let room = Arc::clone(&self.room).acquire_owned().await.expect("nobody closes it");
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (Held { stream, _room: room }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Held {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The door, the headers and the query that somebody comes with, and what they are.
    type Row<'a> = (&'a Door, &'a [(HeaderName, &'a str)], &'a str, Visitor);

    #[test]
    fn the_token_opens_by_header_address_and_cookie_and_nothing_else_does() {
        let (open, shut) = (Door::new(None), Door::new(Some(&Secret::new("0123456789abcdef"))));
        let cookie = format!("a=b; {COOKIE}={}", shut.cookie);
        use Visitor::{Arriving, Known, Misled, Stranger};
        #[rustfmt::skip]
        let table: &[Row<'_>] = &[
            (&open, &[(header::HOST, "127.0.0.1:9640")], "", Known),
            (&open, &[(header::HOST, "[::1]:9640")], "", Known),
            (&open, &[(header::HOST, "localhost:9640")], "", Known),
            (&open, &[(header::HOST, "localhost")], "", Known),
            (&open, &[], "", Known),
            (&open, &[(header::HOST, "rebound.example:9640")], "", Misled),
            (&shut, &[], "", Stranger),
            (&shut, &[(header::AUTHORIZATION, "Bearer 0123456789abcdef")], "", Known),
            (&shut, &[(header::AUTHORIZATION, "Bearer 0123456789abcdeF")], "", Stranger),
            (&shut, &[(header::AUTHORIZATION, "Bearer 0123456789abcdef0")], "", Stranger),
            (&shut, &[(header::AUTHORIZATION, "0123456789abcdef")], "", Stranger),
            (&shut, &[], "token=0123456789abcdef", Arriving),
            (&shut, &[], "x=1&token=0123456789abcde", Stranger),
            (&shut, &[(header::COOKIE, &cookie)], "", Known),
            (&shut, &[(header::COOKIE, "evoladder_dashboard=0123456789abcdef")], "", Stranger),
            (&shut, &[(header::COOKIE, "evoladder_dashboard=")], "", Stranger),
            (&shut, &[(header::HOST, "ladder.example")], "token=0123456789abcdef", Arriving),
        ];
        for (door, headers, query, expected) in table {
            let headers =
                headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
            assert_eq!(door.visitor(&headers, query), *expected, "{headers:?} {query}");
        }
        assert!(!format!("{shut:?}").contains("0123456789abcdef"));
    }
}
