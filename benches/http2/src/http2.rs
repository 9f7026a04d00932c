//! HTTP/2 with JSON: the routes of HTTP/1.1, and one connection that carries all requests.

use crate::json::{Exchange, router};
use crate::pair::{Answering, Ask, Asking, announce, measure};
use anyhow::{Context, ensure};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
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

#[derive(Clone)]
struct Asker {
    sender: SendRequest<Full<Bytes>>,
    exchange: Exchange,
}

impl Ask for Asker {
    async fn ask(&mut self) -> anyhow::Result<()> {
        let uri = format!("http://localhost{}", self.exchange.path());
        let request = Request::post(uri)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(self.exchange.body()?))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        ensure!(response.status() == StatusCode::OK, "status {}", response.status());
        self.exchange.check(&response.into_body().collect().await?.to_bytes())
    }
}

async fn ask_over<S>(asking: &Asking, stream: S) -> anyhow::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Whoever asks is told as well.
        connection.await.ok();
    });
    let asker = Asker { sender, exchange: Exchange::new(asking.what) };
    measure(asking, vec![asker; asking.in_flight]).await
}

pub(crate) async fn ask_tcp(asking: &Asking) -> anyhow::Result<()> {
    let stream = TcpStream::connect(&asking.address).await.context("connect")?;
    stream.set_nodelay(true)?;
    ask_over(asking, stream).await
}

pub(crate) async fn ask_unix(asking: &Asking) -> anyhow::Result<()> {
    ask_over(asking, UnixStream::connect(&asking.address).await.context("connect")?).await
}
