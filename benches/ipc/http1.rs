//! HTTP/1.1 with JSON as a Rust service has it: axum answers, hyper asks over connections that stay.
//! One connection carries one request at a time, so as many are open as are in flight.

use crate::json::{Exchange, router};
use crate::pair::{Answering, Ask, Asking, announce, measure};
use anyhow::{Context, ensure};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

pub(crate) async fn answer_tcp() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("listen")?;
    announce(&listener.local_addr()?.to_string())?;
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a socket takes its options"));
    Ok(axum::serve(listener, router()).await?)
}

pub(crate) async fn answer_unix(answering: &Answering) -> anyhow::Result<()> {
    let listener = UnixListener::bind(&answering.socket).context("listen")?;
    announce(&answering.socket.display().to_string())?;
    Ok(axum::serve(listener, router()).await?)
}

struct Asker {
    sender: SendRequest<Full<Bytes>>,
    exchange: Exchange,
}

impl Ask for Asker {
    async fn ask(&mut self) -> anyhow::Result<()> {
        let request = Request::post(self.exchange.path())
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(self.exchange.body()?))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        ensure!(response.status() == StatusCode::OK, "status {}", response.status());
        self.exchange.check(&response.into_body().collect().await?.to_bytes())
    }
}

async fn asker<S>(stream: S, exchange: Exchange) -> anyhow::Result<Asker>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Whoever asks is told as well.
        connection.await.ok();
    });
    Ok(Asker { sender, exchange })
}

pub(crate) async fn ask_tcp(asking: &Asking) -> anyhow::Result<()> {
    let exchange = Exchange::new(asking.what);
    let mut askers = Vec::new();
    for _ in 0..asking.in_flight {
        let stream = TcpStream::connect(&asking.address).await.context("connect")?;
        stream.set_nodelay(true)?;
        askers.push(asker(stream, exchange.clone()).await?);
    }
    measure(asking, askers).await
}

pub(crate) async fn ask_unix(asking: &Asking) -> anyhow::Result<()> {
    let exchange = Exchange::new(asking.what);
    let mut askers = Vec::new();
    for _ in 0..asking.in_flight {
        let stream = UnixStream::connect(&asking.address).await.context("connect")?;
        askers.push(asker(stream, exchange.clone()).await?);
    }
    measure(asking, askers).await
}
