//! The web page: Discord's client as a person sees it, for whoever opens the emulator's address in
//! a browser.
//!
//! Its files are part of the executable and need nothing from elsewhere. It works through the API
//! of `users` and `GET /emulator/events` like every other client; what is here beside its files is
//! the [`Guide`] of whoever started the emulator, who knows what the bot is for.
//!
//! `GET /page/guide` answers `{"title", "steps": [{"command", "taken_by", "text"}]}`, `GET /page/offers/USER` a list
//! of `{"number", "label", "file_name"}`, and `GET /page/offers/USER/NUMBER` the bytes of that file.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::http::put;
use crate::wire::{Body, Request};
use crate::world::Ask;

/// What newcomers are told and given, beside what the bot says.
#[derive(Clone, Default)]
pub struct Guide {
    /// What the page is called.
    pub title: &'static str,
    /// What a newcomer does, in this order.
    pub steps: &'static [Step],
    /// Makes the files that a user could send in place of what another program would have left on
    /// the own disk, from the messages of the DM as Discord's objects, oldest first.
    pub offers: Option<Offers>,
}

pub type Offers = Arc<dyn Fn(&[Value]) -> Vec<Offer> + Send + Sync>;

#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The slash command that it begins with, without the slash; empty where there is none.
    pub command: &'static str,
    /// What takes it too: how the custom id of a button or a menu begins, or `file` for a message with
    /// one; empty where there is nothing.
    pub taken_by: &'static str,
    pub text: &'static str,
}

/// A file that is there to be sent.
pub struct Offer {
    pub label: String,
    pub file_name: String,
    /// Makes its bytes; called at most once, and where it may take a while.
    pub make: Box<dyn FnOnce() -> Vec<u8> + Send>,
}

#[derive(Clone)]
struct Page {
    asks: mpsc::Sender<Ask>,
    guide: Guide,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: &[(&str, &str, &str)] = &[
    ("message.css", CSS, include_str!("../page/message.css")),
    ("page.css", CSS, include_str!("../page/page.css")),
    ("app.js", JAVASCRIPT, include_str!("../page/app.js")),
    ("component.js", JAVASCRIPT, include_str!("../page/component.js")),
    ("composer.js", JAVASCRIPT, include_str!("../page/composer.js")),
    ("dom.js", JAVASCRIPT, include_str!("../page/dom.js")),
    ("emoji.js", JAVASCRIPT, include_str!("../page/emoji.js")),
    ("icon.svg", SVG, include_str!("../page/icon.svg")),
    ("markdown.js", JAVASCRIPT, include_str!("../page/markdown.js")),
    ("message.js", JAVASCRIPT, include_str!("../page/message.js")),
    ("modal.js", JAVASCRIPT, include_str!("../page/modal.js")),
    ("pane.js", JAVASCRIPT, include_str!("../page/pane.js")),
    ("server.js", JAVASCRIPT, include_str!("../page/server.js")),
];

/// Nothing comes from elsewhere, and nothing that a bot or a user wrote can run.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// A page of an older build must not talk to a newer emulator.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

pub(crate) fn router(asks: mpsc::Sender<Ask>, guide: Guide) -> Router {
    Router::new()
        .route("/page/guide", get(tell_guide))
        .route("/page/offers/{user}", get(list_offers))
        .route("/page/offers/{user}/{number}", get(make_offer))
        .route("/page/{file}", get(open))
        .with_state(Page { asks, guide })
}

/// What a browser gets at the root.
pub(crate) fn root() -> Response {
    serve(HTML, include_str!("../page/index.html"))
}

fn serve(content_type: &'static str, text: &'static str) -> Response {
    (HEADERS, [(header::CONTENT_TYPE, content_type)], text).into_response()
}

async fn open(Path(file): Path<String>) -> Response {
    match FILES.iter().find(|(name, _, _)| *name == file) {
        Some((_, content_type, text)) => serve(content_type, text),
        None => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    }
}

async fn tell_guide(State(page): State<Page>) -> Response {
    let step = |step: &Step| json!({"command": step.command, "taken_by": step.taken_by, "text": step.text});
    let steps: Vec<Value> = page.guide.steps.iter().map(step).collect();
    axum::Json(json!({"title": page.guide.title, "steps": steps})).into_response()
}

async fn list_offers(State(page): State<Page>, Path(user): Path<String>) -> Response {
    let offers = offers(&page, user).await;
    let list = |(number, offer): (usize, Offer)| json!({"number": number, "label": offer.label, "file_name": offer.file_name});
    axum::Json(offers.into_iter().enumerate().map(list).collect::<Vec<Value>>()).into_response()
}

async fn make_offer(State(page): State<Page>, Path((user, number)): Path<(String, usize)>) -> Response {
    let Some(offer) = offers(&page, user).await.into_iter().nth(number) else {
        return (StatusCode::NOT_FOUND, "There is no such file any more.").into_response();
    };
    // The loop of the world shares this thread, and must not stand still for it.
    match tokio::task::spawn_blocking(offer.make).await {
        Ok(bytes) => (HEADERS, [(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "The file could not be made.").into_response(),
    }
}

/// What is there for a user to send; nothing for one who does not exist.
async fn offers(page: &Page, user: String) -> Vec<Offer> {
    let Some(make) = &page.guide.offers else { return Vec::new() };
    let request = Request {
        number: 0,
        method: Method::GET,
        path: vec!["users".to_owned(), user, "messages".to_owned()],
        query: Default::default(),
        authorization: None,
        body: Ok(Body::default()),
    };
    let shown = put(&page.asks, |reply| Ask::Users { request, reply }).await;
    match shown.and_then(|reply| reply.body) {
        Some(Value::Array(messages)) => make(&messages),
        _ => Vec::new(),
    }
}
