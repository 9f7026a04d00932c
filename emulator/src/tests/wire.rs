//! What the gateway puts on the wire, read without any of Discord's libraries.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zstd_safe::{DCtx, InBuffer, OutBuffer};

use super::*;

/// What a stream of zstd begins with.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

const TEXT: u8 = 1;
const BINARY: u8 = 2;

/// A websocket, frame by frame.
struct Raw(TcpStream);

impl Raw {
    async fn connect(bench: &Bench, query: &str) -> Raw {
        let mut socket = TcpStream::connect(&bench.address).await.unwrap();
        let upgrade = format!(
            "GET /?v=10&encoding=json{query} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            bench.address
        );
        socket.write_all(upgrade.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        Raw(socket)
    }

    /// The next frame's kind and what is in it.
    async fn frame(&mut self) -> (u8, Vec<u8>) {
        let kind = self.0.read_u8().await.unwrap() & 0x0f;
        let length = match self.0.read_u8().await.unwrap() {
            126 => u64::from(self.0.read_u16().await.unwrap()),
            127 => self.0.read_u64().await.unwrap(),
            length => u64::from(length),
        };
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut bytes).await.unwrap();
        (kind, bytes)
    }

    async fn say(&mut self, message: &Value) {
        let text = message.to_string();
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        // A client's frames are masked; a mask of zeros changes nothing.
        let head = [0x80 | TEXT, 0x80 | 126, length[0], length[1], 0, 0, 0, 0];
        self.0.write_all(&[&head, text.as_bytes()].concat()).await.unwrap();
    }
}

fn read(stream: &mut DCtx<'_>, frame: &[u8]) -> Option<Value> {
    let (mut input, mut text) = (InBuffer::around(frame), vec![0; 64 * 1024]);
    let mut output = OutBuffer::around(&mut text[..]);
    while input.pos() < frame.len() {
        stream.decompress_stream(&mut output, &mut input).ok()?;
    }
    serde_json::from_slice(output.as_slice()).ok()
}

fn identify() -> Value {
    json!({"op": 2, "d": {"token": TOKEN, "intents": 1 << 12, "properties": {}}})
}

#[tokio::test]
async fn a_connection_that_asks_for_zstd_is_one_stream_and_the_next_one_another() {
    let bench = start().await;
    let ana = bench.person("ana").await;
    let mut raw = Raw::connect(&bench, "&compress=zstd-stream").await;
    let mut stream = DCtx::create();
    let (kind, hello) = raw.frame().await;
    assert!(kind == BINARY && hello.starts_with(&MAGIC), "{kind} {hello:?}");
    assert_eq!(read(&mut stream, &hello).unwrap()["op"], 10);
    raw.say(&identify()).await;
    let (_, ready) = raw.frame().await;
    assert_eq!(read(&mut DCtx::create(), &ready), None, "it is part of the stream, and no stream of its own");
    let ready = read(&mut stream, &ready).unwrap();
    assert_eq!(ready["t"], "READY");
    let mut sizes = Vec::new();
    for content in ["first", "second"] {
        bench.does(&ana, "messages", json!({"content": content})).await;
        let (_, frame) = raw.frame().await;
        let told = read(&mut stream, &frame).unwrap();
        assert_eq!(told["d"]["content"], content);
        sizes.push((told.to_string().len(), frame.len()));
    }
    println!("two messages: {sizes:?} bytes as text and as sent");
    let (text, wire) = sizes[1];
    assert!(4 * wire < text, "the second of two that are alike: {sizes:?}");

    // The session goes on with a RESUME; the stream does not.
    drop(raw);
    let mut raw = Raw::connect(&bench, "&compress=zstd-stream").await;
    let mut stream = DCtx::create();
    let (_, hello) = raw.frame().await;
    assert!(hello.starts_with(&MAGIC));
    assert_eq!(read(&mut stream, &hello).unwrap()["op"], 10);
    raw.say(&json!({"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": 2}})).await;
    for expected in ["MESSAGE_CREATE", "RESUMED"] {
        let (_, frame) = raw.frame().await;
        assert_eq!(read(&mut stream, &frame).unwrap()["t"], expected);
    }
}

#[tokio::test]
async fn a_connection_that_does_not_ask_for_zstd_gets_text() {
    let bench = start().await;
    for query in ["", "&compress=zlib-stream"] {
        let (kind, hello) = Raw::connect(&bench, query).await.frame().await;
        assert_eq!(kind, TEXT, "{query}");
        assert_eq!(serde_json::from_slice::<Value>(&hello).unwrap()["op"], 10);
    }
}

#[tokio::test]
async fn the_clients_of_the_ladder_take_zstd_over_every_kind_of_reconnect() {
    let bench = start().await;
    let ana = bench.person("ana").await;
    let mut shard = bench.shard().await;
    for (round, fault) in
        [json!({"disconnect": true}), json!({"reconnect": true}), json!({"invalid_session": "resumable"})]
            .into_iter()
            .enumerate()
    {
        bench.post("faults", &fault).await;
        next(&mut shard, |event| matches!(event, Event::Resumed).then_some(())).await;
        let content = format!("message {round}");
        bench.does(&ana, "messages", json!({"content": content})).await;
        next(&mut shard, |event| match event {
            Event::MessageCreate(message) => (message.content == content).then_some(()),
            _ => None,
        })
        .await;
    }
    let report = bench.stats.read();
    let (text, wire) = (report.gateway_text_bytes, report.gateway_wire_bytes);
    println!("{text} bytes of text were {wire} on the wire");
    assert!(wire > 0 && 10 * wire < 8 * text, "{wire} of {text}");
}
