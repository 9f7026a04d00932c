//! HTTP/2 with JSON, and gRPC, for `scripts/bench ipc --http2`. It starts this executable for either
//! side of a measurement, as it starts itself for the other transports.

mod grpc;
mod http2;
#[path = "../../ipc/json.rs"]
mod json;
#[path = "../../ipc/pair.rs"]
mod pair;
#[expect(dead_code, reason = "medians are taken by who starts this")]
#[path = "../../ipc/statistics.rs"]
mod statistics;
#[expect(dead_code, reason = "the ladder's own sockets use more of it")]
#[path = "../../ipc/words.rs"]
mod words;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use pair::{Answering, Asking};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    side: Side,
}

#[derive(Subcommand)]
enum Side {
    Ask(Asking),
    Answer(Answering),
}

fn main() -> anyhow::Result<()> {
    let Arguments { side } = Arguments::parse();
    let core = match &side {
        Side::Ask(asking) => asking.core,
        Side::Answer(answering) => answering.core,
    };
    pair::begin(core)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start tokio")?;
    runtime.block_on(async {
        match side {
            Side::Ask(asking) => match asking.transport.as_str() {
                "http2-unix" => http2::ask_unix(&asking).await,
                "http2-tcp" => http2::ask_tcp(&asking).await,
                "grpc-unix" => grpc::ask_unix(&asking).await,
                "grpc-tcp" => grpc::ask_tcp(&asking).await,
                other => bail!("{other} is spoken by bench_ipc"),
            },
            Side::Answer(answering) => match answering.transport.as_str() {
                "http2-unix" => http2::answer_unix(&answering).await,
                "http2-tcp" => http2::answer_tcp().await,
                "grpc-unix" => grpc::answer_unix(&answering).await,
                "grpc-tcp" => grpc::answer_tcp().await,
                other => bail!("{other} is spoken by bench_ipc"),
            },
        }
    })
}
