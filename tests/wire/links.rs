//! A client that outlives its server.

use super::alone::block_on;
use super::peer::{PATIENCE, Peer, hello, patient};
use bytes::Bytes;
use evoladder::ipc::WireError;
use evoladder::ipc::link::{BackendProtocol, CallError, Link, LinkEvent, WriterProtocol};
use ipc_schema::backend::{BackendCall, BackendMessage, BackendReply, BackendRequest};
use ipc_schema::control::{Hello, Role};
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{Key, UserId};
use ipc_schema::vocab::{Caller, FileHash, Locale, Refusal};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot};

type Waiting = oneshot::Receiver<(BackendReply, Bytes)>;

/// A link to a backend that the test plays itself.
struct Stage {
    _dir: TempDir,
    listener: UnixListener,
    link: Link<BackendProtocol>,
    events: mpsc::Receiver<LinkEvent<BackendProtocol>>,
}

fn socket() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    (dir, path)
}

impl Stage {
    fn new(in_flight: usize) -> Stage {
        let (dir, path) = socket();
        let listener = UnixListener::bind(&path).unwrap();
        let (link, events) = Link::start(path, hello(Role::Frontend), in_flight);
        Stage { _dir: dir, listener, link, events }
    }

    async fn serve(&self) -> Peer {
        Peer::accept(&self.listener, Role::Backend).await
    }

    fn ask(&self, number: u64) -> Waiting {
        self.link.begin(Some(Key::Interaction(number)), request(number), Bytes::new(), PATIENCE).unwrap()
    }

    async fn event(&mut self) -> &'static str {
        match patient(self.events.recv()).await.expect("the link lives") {
            LinkEvent::Up => "up",
            LinkEvent::Down => "down",
            LinkEvent::Event(_) => "event",
            LinkEvent::Unusable(_) => "unusable",
        }
    }
}

fn request(number: u64) -> BackendRequest {
    BackendRequest::Setup { caller: Caller { user: UserId(number), locale: Locale::EnUs, dm: None } }
}

/// An answer that tells which request it is for.
fn reply(number: u64) -> BackendReply {
    BackendReply::Refused { locale: Locale::EnUs, refusal: Refusal::FileTooLarge { limit_bytes: number } }
}

async fn take(server: &mut Peer, calls: usize) -> Vec<BackendCall> {
    let mut taken = Vec::new();
    while taken.len() < calls {
        taken.push(server.receive().await.expect("the link asks"));
    }
    taken
}

fn number_of(call: &BackendCall) -> u64 {
    let BackendRequest::Setup { caller } = call.request else { panic!("{call:?}") };
    assert_eq!(call.key, Some(Key::Interaction(caller.user.0)), "a request keeps its key");
    caller.user.0
}

async fn answer(server: &mut Peer, call: &BackendCall) {
    server.send(&BackendMessage::Reply { id: call.id, reply: reply(number_of(call)) }, &[]).await;
}

async fn answered(waiting: Waiting, number: u64) {
    assert_eq!(patient(waiting).await.expect("the request is answered").0, reply(number));
}

#[test]
fn a_request_asked_while_the_server_is_away_is_answered_when_it_comes_back() {
    block_on(async {
        let mut stage = Stage::new(8);
        let first = stage.ask(1);
        let mut server = stage.serve().await;
        assert_eq!(stage.event().await, "up");
        let calls = take(&mut server, 1).await;
        answer(&mut server, &calls[0]).await;
        answered(first, 1).await;
        drop(server);
        assert_eq!(stage.event().await, "down");
        let second = stage.ask(2);
        let mut server = stage.serve().await;
        assert_eq!(stage.event().await, "up");
        let calls = take(&mut server, 1).await;
        answer(&mut server, &calls[0]).await;
        answered(second, 2).await;
    });
}

#[test]
fn a_request_waits_even_for_a_socket_that_is_not_there_yet() {
    block_on(async {
        let (_dir, path) = socket();
        let (link, _events) = Link::<BackendProtocol>::start(path.clone(), hello(Role::Frontend), 8);
        let waiting =
            link.begin(None, BackendRequest::Setup { caller: caller() }, Bytes::new(), PATIENCE).unwrap();
        // A first attempt has failed once its task has run.
        tokio::task::yield_now().await;
        let listener = UnixListener::bind(&path).unwrap();
        let mut server = Peer::accept(&listener, Role::Backend).await;
        let call = server.receive::<BackendCall>().await.unwrap();
        server.send(&BackendMessage::Reply { id: call.id, reply: BackendReply::Taken }, &[]).await;
        assert_eq!(patient(waiting).await.unwrap().0, BackendReply::Taken);
    });

    fn caller() -> Caller {
        Caller { user: UserId(1), locale: Locale::EnUs, dm: None }
    }
}

#[test]
fn what_was_in_flight_when_the_server_died_is_sent_again_in_order_under_the_same_id_and_key() {
    block_on(async {
        let stage = Stage::new(8);
        let mut waiting: Vec<Waiting> = (1..=5).map(|number| stage.ask(number)).collect();
        let mut server = stage.serve().await;
        let first = take(&mut server, 5).await;
        assert_eq!(first.iter().map(number_of).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        answer(&mut server, &first[1]).await;
        answered(waiting.remove(1), 2).await;
        // Nobody waits for the fourth any more.
        drop(waiting.remove(2));
        drop(server);

        let mut server = stage.serve().await;
        let again = take(&mut server, 3).await;
        let expected: Vec<BackendCall> = [0, 2, 4].map(|at: usize| first[at].clone()).into();
        assert_eq!(again, expected);
        let late = stage.ask(6);
        let calls = take(&mut server, 1).await;
        assert!(calls[0].id > first[4].id, "ids are never used twice");
        for call in again.iter().chain(&calls).rev() {
            answer(&mut server, call).await;
        }
        for (waiting, number) in waiting.into_iter().zip([1, 3, 5]) {
            answered(waiting, number).await;
        }
        answered(late, 6).await;
    });
}

#[test]
fn a_link_at_its_bound_is_busy_and_serves_again_below_it() {
    block_on(async {
        let stage = Stage::new(4);
        let mut server = stage.serve().await;
        let mut waiting: Vec<Waiting> = (1..=4).map(|number| stage.ask(number)).collect();
        let calls = take(&mut server, 4).await;
        let call = |number| stage.link.call(None, request(number), Bytes::new(), PATIENCE);
        assert_eq!(patient(call(5)).await.err(), Some(CallError::Busy));
        answer(&mut server, &calls[0]).await;
        answered(waiting.remove(0), 1).await;
        waiting.push(stage.ask(6));
        assert_eq!(number_of(&take(&mut server, 1).await[0]), 6);
        // One that nobody waits for any more makes room too.
        assert_eq!(patient(call(7)).await.err(), Some(CallError::Busy));
        drop(waiting.remove(0));
        let _eighth = stage.ask(8);
        assert_eq!(number_of(&take(&mut server, 1).await[0]), 8);
    });
}

#[test]
fn a_call_without_an_answer_ends_at_its_deadline() {
    block_on(async {
        let stage = Stage::new(1);
        let limit = Duration::from_millis(20);
        let call = |limit| stage.link.call(Some(Key::Interaction(1)), request(1), Bytes::new(), limit);
        assert_eq!(patient(call(limit)).await.err(), Some(CallError::DeadlinePassed), "nobody serves");
        let mut server = stage.serve().await;
        assert_eq!(patient(call(limit)).await.err(), Some(CallError::DeadlinePassed), "nobody answers");
        // The late answer of one that was given up is no answer to the next.
        let late = take(&mut server, 1).await;
        answer(&mut server, &late[0]).await;
        let serving = async {
            let calls = take(&mut server, 1).await;
            assert_ne!(calls[0].id, late[0].id);
            answer(&mut server, &calls[0]).await;
        };
        let (called, ()) = tokio::join!(call(PATIENCE), serving);
        assert_eq!(called.unwrap().0, reply(1));
    });
}

#[test]
fn a_server_of_another_build_ends_the_link() {
    block_on(async {
        let mut stage = Stage::new(1);
        let (stream, _) = patient(stage.listener.accept()).await.unwrap();
        let mut other = Hello::new(Role::Backend, ipc_schema::ids::Incarnation(1));
        other.protocol += 1;
        let mut bytes = Vec::new();
        ipc_schema::frame::encode(&other, &mut bytes).unwrap();
        stream.writable().await.unwrap();
        assert_eq!(stream.try_write(&bytes).unwrap(), bytes.len());
        let event = patient(stage.events.recv()).await;
        assert!(matches!(event, Some(LinkEvent::Unusable(WireError::Protocol { .. }))), "{event:?}");
    });
}

#[test]
fn thousands_of_requests_in_flight_over_a_restart_are_all_answered() {
    /// As many as the backend may have under way.
    const REQUESTS: u64 = 4096;
    block_on(async {
        let (_dir, path) = socket();
        let listener = UnixListener::bind(&path).unwrap();
        let requests = usize::try_from(REQUESTS).unwrap();
        let (link, _events) = Link::<WriterProtocol>::start(path, hello(Role::Backend), requests);
        // Requests and answers large enough that no buffer on the way holds them all.
        let request = WriterRequest::StoreReplay { hash: FileHash([3; 32]), bytes: 1000 };
        let ask = |_| link.begin(None, request.clone(), Bytes::from_static(&[7; 1000]), PATIENCE).unwrap();
        let waiting: Vec<_> = (1..=REQUESTS).map(ask).collect();
        // The link notes them all while it waits to be greeted.
        for _ in 0..requests {
            tokio::task::yield_now().await;
        }
        let serving = async {
            let mut server = Peer::accept(&listener, Role::DbWriter).await;
            for id in 1..=REQUESTS {
                let call: WriterCall = server.receive().await.expect("the link asks");
                assert_eq!(call.id, id);
                // This server takes no further request before its answer is sent.
                let reply = WriterReply::ReadOnly { reason: "no space left on device ".repeat(40) };
                server.send(&WriterAnswer { id, reply }, &[]).await;
            }
        };
        let all = async {
            patient(serving).await;
            for waiting in waiting {
                patient(waiting).await.expect("each is answered");
            }
        };
        patient(all).await;
    });
}

#[test]
fn blobs_go_through_a_link_and_over_a_restart() {
    block_on(async {
        let (_dir, path) = socket();
        let listener = UnixListener::bind(&path).unwrap();
        let (link, _events) = Link::<WriterProtocol>::start(path, hello(Role::Backend), 8);
        let blob: Bytes = (0..5 << 20).map(|at| (at % 249) as u8).collect();
        let request = WriterRequest::StoreReplay { hash: FileHash([2; 32]), bytes: 5 << 20 };
        let waiting = link.begin(None, request, blob.clone(), PATIENCE).unwrap();
        // The first server dies in the middle of the file.
        let mut dying = Peer::accept(&listener, Role::DbWriter).await;
        dying.read(100_000).await;
        drop(dying);
        let mut server = Peer::accept(&listener, Role::DbWriter).await;
        let (call, received) = server.receive_with_blob::<WriterCall>().await.unwrap();
        assert!(received == blob, "the file arrives whole");
        server
            .send(&WriterAnswer { id: call.id, reply: WriterReply::Replay(Some(5 << 20)) }, &received)
            .await;
        let (reply, back) = patient(waiting).await.unwrap();
        assert_eq!(reply, WriterReply::Replay(Some(5 << 20)));
        assert!(back == blob, "and comes back whole");
    });
}
