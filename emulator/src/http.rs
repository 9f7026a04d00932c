//! The one port: which path goes where, and bodies in and out.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{
    DefaultBodyLimit, FromRequest, Path, Query, Request as HttpRequest, State, WebSocketUpgrade,
};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::files::{Link, MAX_FILE_BYTES, MAX_FILES, Upload};
use crate::gateway;
use crate::page::{self, Guide};
use crate::trouble::Fate;
use crate::wire::{Body, BodyFault, Reply, Request};
use crate::world::{Ask, Download};

/// Discord's limit for a whole request.
const MAX_BODY_BYTES: usize = 25 * 1024 * 1024;

/// Text parts of a form; a message has one.
const MAX_TEXTS: usize = 16;

pub(crate) fn router(asks: mpsc::Sender<Ask>, guide: Guide) -> Router {
    Router::new()
        .route("/", get(connect))
        .route("/attachments/{channel}/{attachment}/{name}", get(open))
        .route("/api/v10/{*path}", any(rest))
        .route("/emulator/events", get(events))
        .route("/emulator/{*path}", any(users))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(asks.clone())
        .merge(page::router(asks, guide))
}

/// Puts `ask` to the loop; nothing when the emulator is stopping.
pub(crate) async fn put<T>(
    asks: &mpsc::Sender<Ask>,
    ask: impl FnOnce(oneshot::Sender<T>) -> Ask,
) -> Option<T> {
    let (reply, answer) = oneshot::channel();
    asks.send(ask(reply)).await.ok()?;
    answer.await.ok()
}

/// A frame of the bot is at most 4 KiB at Discord; this leaves it room to be refused.
const MAX_FRAME_BYTES: usize = 64 * 1024;

/// The gateway for who asks for a WebSocket, the page for all others.
async fn connect(
    State(asks): State<mpsc::Sender<Ask>>,
    Query(query): Query<BTreeMap<String, String>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else { return page::root() };
    upgrade.max_message_size(MAX_FRAME_BYTES).on_upgrade(async move |socket| {
        gateway::serve(socket, query.get("compress").map(String::as_str), asks).await;
    })
}

async fn open(
    State(asks): State<mpsc::Sender<Ask>>,
    Path((channel, attachment, name)): Path<(String, String, String)>,
    Query(mut query): Query<BTreeMap<String, String>>,
) -> Response {
    let mut take = |key: &str| query.remove(key).unwrap_or_default();
    let link =
        Link { channel, attachment, name, expires: take("ex"), issued: take("is"), signature: take("hm") };
    match put(&asks, |reply| Ask::Open { link, reply }).await {
        Some(Some(Download { content_type, bytes, latency })) => {
            tokio::time::sleep(latency).await;
            let content_type = content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            // What a user sent must not run as a page of this server.
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
            ];
            (headers, bytes).into_response()
        }
        Some(None) => (StatusCode::NOT_FOUND, "This content is no longer available.").into_response(),
        None => stopping(),
    }
}

async fn rest(State(asks): State<mpsc::Sender<Ask>>, request: HttpRequest) -> Response {
    let mut request = read("/api/v10/", request).await;
    let (method, path) = (request.method.clone(), request.path.join("/"));
    let fate = put(&asks, |reply| Ask::Fate { method, path, reply }).await;
    let Some((number, Fate { latency, failure })) = fate else { return stopping() };
    request.number = number;
    tokio::time::sleep(latency / 2).await;
    let mut reply = match failure {
        Some(failure) if !failure.is_done() => Some(failure.reply()),
        Some(_) | None => put(&asks, |reply| Ask::Rest { request, reply }).await,
    };
    if let Some(failure) = failure {
        tokio::time::sleep(failure.wait()).await;
        reply = reply.map(|_| failure.reply());
    }
    tokio::time::sleep(latency - latency / 2).await;
    respond(reply)
}

async fn users(State(asks): State<mpsc::Sender<Ask>>, request: HttpRequest) -> Response {
    if is_of_another_site(&request) {
        return (StatusCode::FORBIDDEN, "Another site may not act for users.").into_response();
    }
    let request = read("/emulator/", request).await;
    respond(put(&asks, |reply| Ask::Users { request, reply }).await)
}

/// Lines for a reader, fetched as fast as it reads.
async fn events(
    State(asks): State<mpsc::Sender<Ask>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let Some((last, newest)) = put(&asks, |reply| Ask::WatchEvents { reply }).await else {
        return stopping();
    };
    let after = match query.get("after").map(|after| after.parse::<u64>()) {
        None => last,
        Some(Ok(after)) => after.min(last),
        Some(Err(_)) => return (StatusCode::BAD_REQUEST, "after must be a number").into_response(),
    };
    let lines = futures_util::stream::unfold((asks, newest, after), |(asks, mut newest, after)| async move {
        newest.wait_for(|newest| *newest > after).await.ok()?;
        let (lines, last) = put(&asks, |reply| Ask::Events { after, reply }).await?;
        let lines: Vec<u8> = lines.concat();
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(lines)), (asks, newest, last)))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], HttpBody::from_stream(lines)).into_response()
}

fn respond(reply: Option<Reply>) -> Response {
    let Some(reply) = reply else { return stopping() };
    let mut response = match (reply.body, reply.page) {
        (_, Some(page)) => axum::response::Html(page).into_response(),
        (Some(body), None) => axum::Json(body).into_response(),
        (None, None) => ().into_response(),
    };
    *response.status_mut() = reply.status;
    for (name, value) in reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn stopping() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "the emulator is stopping").into_response()
}

async fn read(prefix: &str, request: HttpRequest) -> Request {
    let path = request.uri().path();
    let path = path.strip_prefix(prefix).unwrap_or(path).split('/').map(unescape).collect();
    let query = Query::try_from_uri(request.uri()).map(|Query(query)| query).unwrap_or_default();
    let authorization = text_of(&request, &header::AUTHORIZATION);
    let content_type = text_of(&request, &header::CONTENT_TYPE).unwrap_or_default();
    let method = request.method().clone();
    let body = if content_type.starts_with("multipart/form-data") {
        read_form(request).await
    } else {
        read_json(request).await
    };
    Request { number: 0, method, path, query, authorization, body }
}

/// A browser says which site's page sends a request. Any page may send one to any address, and
/// nothing else would keep a stranger's from pressing for users.
fn is_of_another_site(request: &HttpRequest) -> bool {
    let Some(origin) = text_of(request, &header::ORIGIN) else { return false };
    let host = text_of(request, &header::HOST).unwrap_or_default();
    origin.split_once("://").is_none_or(|(_, of)| of != host)
}

fn text_of(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn read_json(request: HttpRequest) -> Result<Body, BodyFault> {
    let bytes = Bytes::from_request(request, &()).await.map_err(|_| BodyFault::TooLarge)?;
    Ok(Body { json: parse(&bytes)?, ..Body::default() })
}

fn parse(bytes: &[u8]) -> Result<Value, BodyFault> {
    if bytes.is_empty() {
        Ok(Value::Null)
    } else {
        serde_json::from_slice(bytes).map_err(|_| BodyFault::NotJson)
    }
}

async fn read_form(request: HttpRequest) -> Result<Body, BodyFault> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| BodyFault::NotMultipart)?;
    let mut body = Body::default();
    while let Some(field) = form.next_field().await.map_err(form_fault)? {
        let part = field.name().unwrap_or_default().to_owned();
        let name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(form_fault)?;
        if part == "payload_json" {
            body.json = parse(&bytes)?;
        } else if let Some(name) = name {
            if bytes.len() > MAX_FILE_BYTES || body.files.len() == MAX_FILES {
                return Err(BodyFault::TooLarge);
            }
            body.files.push(Upload { part, name, content_type, bytes });
        } else if body.texts.len() < MAX_TEXTS {
            body.texts.insert(part, String::from_utf8_lossy(&bytes).into_owned());
        } else {
            return Err(BodyFault::TooLarge);
        }
    }
    Ok(body)
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn form_fault(fault: MultipartError) -> BodyFault {
    if fault.status() == StatusCode::PAYLOAD_TOO_LARGE {
        BodyFault::TooLarge
    } else {
        BodyFault::NotMultipart
    }
}

/// Undoes %XX. What is no UTF-8 then cannot name anything here.
fn unescape(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_in_a_path_are_undone_once() {
        for (path, plain) in
            [("%40original", "@original"), ("a%2Fb", "a/b"), ("100%", "100%"), ("%zz%2", "%zz%2")]
        {
            assert_eq!(unescape(path), plain);
        }
    }
}
