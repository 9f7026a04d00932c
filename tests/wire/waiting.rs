//! A backend whose db-writer lets it wait.

use crate::support::role::{Alone, receive, send};
use evoladder::config;
use ipc_schema::backend::{BackendCall, BackendMessage, BackendReply, BackendRequest};
use ipc_schema::control::{FromChild, Hello, Role};
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{Incarnation, Key, LadderId, Seq, Trace, UserId};
use ipc_schema::vocab::{Caller, Locale, Refusal, Timestamp};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

struct Waiting {
    backend: Alone,
    writer: UnixStream,
    root: TempDir,
}

impl Waiting {
    /// It has asked for the ladder, and says after a while that it stands by.
    fn start() -> Waiting {
        let root = tempfile::tempdir().unwrap();
        let writers = UnixListener::bind(root.path().join("db-writer.sock")).unwrap();
        let own = UnixListener::bind(root.path().join("backend.sock")).unwrap();
        let settings = [(config::SEASON, Path::new("demo"))];
        let executable = env!("CARGO_BIN_EXE_evoladder-backend");
        let mut backend = Alone::start(executable, Role::Backend, root.path(), &settings, &own);
        let (mut writer, _) = writers.accept().unwrap();
        assert_eq!(receive::<Hello>(&mut writer).map(|hello| hello.role), Some(Role::Backend));
        send(&mut writer, &Hello::new(Role::DbWriter, Incarnation(1)));
        let until = "the db-writer has sent the ladder".to_owned();
        assert_eq!(backend.says(), Some(FromChild::StandsBy { until }), "{}", backend.log());
        Waiting { backend, writer, root }
    }

    fn answer(&mut self, expected: &WriterRequest, reply: WriterReply) {
        let WriterCall { id, request, .. } = receive(&mut self.writer).unwrap();
        assert_eq!(request, *expected);
        send(&mut self.writer, &WriterAnswer { id, reply });
    }

    /// It has loaded a ladder in which nothing has happened.
    fn loads(&mut self) {
        self.answer(&WriterRequest::LoadSnapshot, WriterReply::Snapshot(None));
        let (ladder, records) = (LadderId(5), Vec::new());
        let page = WriterReply::Load { ladder, records, complete: true, backend_gone_at: None };
        self.answer(&WriterRequest::Load { after: Seq(0) }, page);
        assert_eq!(self.backend.says(), Some(FromChild::Ready { address: None }), "{}", self.backend.log());
    }
}

#[test]
fn a_backend_stands_by_until_its_writer_has_the_ladder_for_it() {
    let mut waiting = Waiting::start();
    waiting.loads();
}

#[test]
fn a_backend_that_waits_for_its_ladder_leaves_when_it_is_asked_to() {
    let mut waiting = Waiting::start();
    waiting.backend.drain();
    assert!(waiting.backend.ends().success(), "{}", waiting.backend.log());
}

/// Discord's id of something that happened then.
fn snowflake(at: Timestamp) -> u64 {
    (at.0 - 1_420_070_400_000) << 22
}

#[test]
fn a_press_is_too_old_once_its_answer_may_be_forgotten() {
    let mut waiting = Waiting::start();
    waiting.loads();
    let mut frontend = UnixStream::connect(waiting.root.path().join("backend.sock")).unwrap();
    send(&mut frontend, &Hello::new(Role::Frontend, Incarnation(1)));
    assert_eq!(receive::<Hello>(&mut frontend).map(|hello| hello.role), Some(Role::Backend));
    let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: None };
    let press = |frontend: &mut UnixStream, id: u64, minutes: u64| {
        let now = evoladder::clock::now();
        let key = Some(Key::Interaction(snowflake(now - Duration::from_secs(60 * minutes))));
        let (deadline, request) = (now + Duration::from_secs(60), BackendRequest::JoinQueue { caller });
        send(frontend, &BackendCall { id, key, deadline, trace: Trace::NONE, request });
    };
    press(&mut frontend, 1, 16);
    // Older presses were decided before, so this one is refused without the db-writer.
    let reply =
        std::iter::from_fn(|| receive::<BackendMessage>(&mut frontend)).find_map(|message| match message {
            BackendMessage::Reply { id: 1, reply } => Some(reply),
            _ => None,
        });
    let refused = BackendReply::Refused { locale: Locale::EnUs, refusal: Refusal::Stale };
    assert_eq!(reply, Some(refused), "{}", waiting.backend.log());
    press(&mut frontend, 2, 14);
    let WriterCall { request, .. } = receive(&mut waiting.writer).unwrap();
    assert!(matches!(request, WriterRequest::Append { .. }), "it is decided: {request:?}");
}
