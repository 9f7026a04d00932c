//! Real sockets: strangers are refused, and those who are served notice nothing of them.

use super::alone::block_on;
use super::body;
use super::peer::{Peer, hello, patient};
use bytes::Bytes;
use evoladder::ipc::GREETING_LIMIT;
use evoladder::ipc::connection::{Connection, Inbound, connect, serve};
use ipc_schema::control::{Hello, Role};
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::frame::{self, MAX_FRAME_BYTES};
use ipc_schema::ids::{Seq, Trace};
use ipc_schema::vocab::FileHash;
use std::path::Path;
use tokio::net::UnixListener;

/// Answers every client by itself: a load with its number, a file with the same file.
fn start_server(path: &Path) {
    let listener = UnixListener::bind(path).unwrap();
    let mut clients = serve(listener, hello(Role::DbWriter), &[Role::Backend]);
    tokio::spawn(async move {
        while let Some(greeted) = clients.recv().await {
            let mut client: Connection<WriterCall> = greeted.open();
            tokio::spawn(async move {
                while let Some(Inbound { message: WriterCall { id, request, .. }, blob }) =
                    client.inbox.recv().await
                {
                    let reply = match request {
                        WriterRequest::Load { after } => WriterReply::Appended { through: after },
                        WriterRequest::StoreReplay { bytes, .. } => WriterReply::Replay(Some(bytes)),
                        other => panic!("nobody asks {other:?} here"),
                    };
                    if client.outbox.send(&WriterAnswer { id, reply }, blob).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
}

async fn healthy(path: &Path) -> Connection<WriterAnswer> {
    patient(connect(path, hello(Role::Backend), Role::DbWriter)).await.unwrap().open()
}

async fn ask(connection: &mut Connection<WriterAnswer>, id: u64) {
    let call = WriterCall { id, trace: Trace::NONE, request: WriterRequest::Load { after: Seq(id) } };
    connection.outbox.send(&call, Bytes::new()).await.unwrap();
    let answer = patient(connection.inbox.recv()).await.expect("the healthy connection stays").message;
    assert_eq!(answer, WriterAnswer { id, reply: WriterReply::Appended { through: Seq(id) } });
}

fn framed(body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).unwrap().to_le_bytes()[..], body].concat()
}

#[test]
fn a_stranger_is_refused_and_a_healthy_peer_beside_it_is_served() {
    let ours = framed(&body(&hello(Role::Backend)));
    let call = |id| {
        framed(&body(&WriterCall { id, trace: Trace::NONE, request: WriterRequest::Load { after: Seq(id) } }))
    };
    let forged = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes().to_vec();
    let wrong = |change: fn(&mut Hello)| {
        let mut hello = hello(Role::Backend);
        change(&mut hello);
        framed(&body(&hello))
    };
    let trailing = |mut frame: Vec<u8>| {
        frame.push(0);
        let length = u32::try_from(frame.len() - frame::PREFIX_BYTES).unwrap();
        frame[..frame::PREFIX_BYTES].copy_from_slice(&length.to_le_bytes());
        frame
    };
    let hostile_list =
        framed(&[&1u64.to_le_bytes()[..], &1u32.to_le_bytes(), &(1u64 << 60).to_le_bytes()].concat());
    let strangers: [(&str, Vec<u8>); 14] = [
        ("a forged length first", forged(MAX_FRAME_BYTES + 1)),
        ("the longest length there is", forged(usize::try_from(u32::MAX).unwrap())),
        ("a newer protocol", wrong(|hello| hello.protocol += 1)),
        ("an older protocol", wrong(|hello| hello.protocol -= 1)),
        ("a wrong role", wrong(|hello| hello.role = Role::ReplayWorker)),
        ("a wrong magic number", wrong(|hello| hello.magic ^= 1)),
        ("a browser", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
        ("an empty frame", framed(&[])),
        ("a byte behind the greeting", trailing(ours.clone())),
        ("a greeting, then a forged length", [ours.clone(), forged(MAX_FRAME_BYTES + 1)].concat()),
        ("a greeting, then nonsense", [ours.clone(), framed(&[0xff; 64])].concat()),
        ("a greeting, then a byte too many", [ours.clone(), trailing(call(1))].concat()),
        ("a greeting, then a hostile list", [ours.clone(), hostile_list].concat()),
        ("a greeting twice", [ours.clone(), ours.clone()].concat()),
    ];
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let path = dir.path().join("socket");
        start_server(&path);
        let mut beside = healthy(&path).await;
        for ((what, bytes), id) in strangers.into_iter().zip(1..) {
            ask(&mut beside, id).await;
            // On a machine that stands still for a second one cannot tell.
            let mut was_quick = false;
            for attempt in 1..=3 {
                let started = evoladder::clock::instant();
                let mut stranger = Peer::connect(&path).await;
                stranger.say(&bytes).await;
                let ((), ()) = tokio::join!(stranger.closed(), ask(&mut beside, attempt * 1000 + id));
                was_quick |= started.elapsed() < GREETING_LIMIT;
            }
            assert!(was_quick, "{what}: refused by what it said, not by its silence");
        }
        // Those that hang up in the middle of a word.
        for end in 0..ours.len() {
            let mut stranger = Peer::connect(&path).await;
            stranger.say(&ours[..end]).await;
            stranger.hang_up().await;
            stranger.closed().await;
        }
        ask(&mut beside, 9000).await;
        ask(&mut healthy(&path).await, 9001).await;
    });
}

#[test]
fn a_stranger_that_says_nothing_is_dropped_after_a_second() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let path = dir.path().join("socket");
        start_server(&path);
        let mut beside = healthy(&path).await;
        let started = evoladder::clock::instant();
        let mut silent = Peer::connect(&path).await;
        let mut slow = Peer::connect(&path).await;
        slow.say(&framed(&body(&hello(Role::Backend)))[..9]).await;
        let others = async {
            ask(&mut beside, 1).await;
            ask(&mut healthy(&path).await, 2).await;
        };
        tokio::select! {
            biased;
            () = others => {}
            () = silent.closed() => panic!("the others waited for the silent ones"),
        }
        silent.closed().await;
        slow.closed().await;
        assert!(started.elapsed() >= GREETING_LIMIT);
        ask(&mut beside, 3).await;
    });
}

#[test]
fn blobs_arrive_byte_equal_between_small_messages() {
    let dir = tempfile::tempdir().unwrap();
    let blob = |bytes: usize| -> Bytes { (0..bytes).map(|at| (at % 251) as u8).collect() };
    let sizes = [0, 1, 300 << 10, 5 << 20];
    block_on(async {
        let path = dir.path().join("socket");
        start_server(&path);
        let mut connection = healthy(&path).await;
        let outbox = connection.outbox.clone();
        let sending = async {
            for (bytes, id) in sizes.into_iter().zip(1..) {
                let length = u32::try_from(bytes).unwrap();
                let request = WriterRequest::StoreReplay { hash: FileHash([1; 32]), bytes: length };
                outbox.send(&WriterCall { id, trace: Trace::NONE, request }, blob(bytes)).await.unwrap();
                let request = WriterRequest::Load { after: Seq(id) };
                outbox
                    .send(&WriterCall { id: 100 + id, trace: Trace::NONE, request }, Bytes::new())
                    .await
                    .unwrap();
            }
        };
        let receiving = async {
            for (bytes, id) in sizes.into_iter().zip(1..) {
                let file = patient(connection.inbox.recv()).await.unwrap();
                let length = u32::try_from(bytes).unwrap();
                assert_eq!(file.message, WriterAnswer { id, reply: WriterReply::Replay(Some(length)) });
                assert!(file.blob == blob(bytes), "{bytes} bytes came back as others");
                let small = patient(connection.inbox.recv()).await.unwrap();
                let reply = WriterReply::Appended { through: Seq(id) };
                assert_eq!((small.message, small.blob.len()), (WriterAnswer { id: 100 + id, reply }, 0));
            }
        };
        tokio::join!(sending, receiving);
    });
}
