//! gRPC: one unary call with opaque bytes both ways. Client and service are what tonic generates
//! from a description, written out, so that no protobuf compiler is needed.

use crate::pair::{
    Answering, Ask, Asking, What, announce, answer_to, check_answer, checksum, measure, payload,
};
use anyhow::{Context, bail};
use bytes::Bytes;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::Poll;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::body::Body;
use tonic::client::Grpc as Client;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::http::{Request, Response};
use tonic::server::{Grpc as Server, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Uri};
use tonic::{Status, codegen::Service};
use tonic_prost::ProstCodec;

const PATH: &str = "/bench.Bytes/Ask";

/// The largest message of the ladder, and what is around it.
const MOST_BYTES: usize = 9 << 20;

#[derive(Clone, PartialEq, prost::Message)]
struct Opaque {
    #[prost(bytes = "bytes", tag = "1")]
    payload: Bytes,
}

struct Answer;

impl UnaryService<Opaque> for Answer {
    type Response = Opaque;
    type Future = Ready<Result<tonic::Response<Opaque>, Status>>;

    fn call(&mut self, asked: tonic::Request<Opaque>) -> Self::Future {
        let payload = Bytes::copy_from_slice(&answer_to(&asked.get_ref().payload));
        ready(Ok(tonic::Response::new(Opaque { payload })))
    }
}

#[derive(Clone)]
struct Answers;

impl NamedService for Answers {
    const NAME: &'static str = "bench.Bytes";
}

impl Service<Request<Body>> for Answers {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, asked: Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<Opaque, Opaque>::default();
            let mut server = Server::new(codec).max_decoding_message_size(MOST_BYTES);
            Ok(server.unary(Answer, asked).await)
        })
    }
}

pub(crate) async fn answer_tcp() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("listen")?;
    announce(&listener.local_addr()?.to_string())?;
    let streams = TcpIncoming::from(listener).with_nodelay(Some(true));
    Ok(tonic::transport::Server::builder().add_service(Answers).serve_with_incoming(streams).await?)
}

pub(crate) async fn answer_unix(answering: &Answering) -> anyhow::Result<()> {
    let listener = UnixListener::bind(&answering.socket).context("listen")?;
    announce(&answering.socket.display().to_string())?;
    let streams = UnixListenerStream::new(listener);
    Ok(tonic::transport::Server::builder().add_service(Answers).serve_with_incoming(streams).await?)
}

#[derive(Clone)]
struct Asker {
    client: Client<Channel>,
    payload: Bytes,
    expected: u64,
}

impl Ask for Asker {
    async fn ask(&mut self) -> anyhow::Result<()> {
        self.client.ready().await?;
        let asked = tonic::Request::new(Opaque { payload: self.payload.clone() });
        let codec = ProstCodec::<Opaque, Opaque>::default();
        let answer = self.client.unary(asked, PathAndQuery::from_static(PATH), codec).await?;
        check_answer(&answer.get_ref().payload, self.expected)
    }
}

async fn ask_over(asking: &Asking, channel: Channel) -> anyhow::Result<()> {
    let What::Bytes(bytes) = asking.what else { bail!("gRPC is measured with opaque bytes alone") };
    let payload = Bytes::from(payload(bytes));
    let expected = checksum(&payload);
    let client = Client::new(channel).max_encoding_message_size(MOST_BYTES);
    measure(asking, vec![Asker { client, payload, expected }; asking.in_flight]).await
}

pub(crate) async fn ask_tcp(asking: &Asking) -> anyhow::Result<()> {
    let endpoint = Endpoint::from_shared(format!("http://{}", asking.address))?.tcp_nodelay(true);
    ask_over(asking, endpoint.connect().await.context("connect")?).await
}

pub(crate) async fn ask_unix(asking: &Asking) -> anyhow::Result<()> {
    let path = asking.address.clone();
    let connect = move |_: Uri| {
        let path = path.clone();
        async move { anyhow::Ok(TokioIo::new(UnixStream::connect(path).await?)) }
    };
    let endpoint = Endpoint::from_static("http://localhost");
    ask_over(asking, endpoint.connect_with_connector(tower::service_fn(connect)).await.context("connect")?)
        .await
}
