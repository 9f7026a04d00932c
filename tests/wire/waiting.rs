//! A backend whose db-writer lets it wait.

use crate::support::role::{Alone, receive, send};
use evoladder::config;
use ipc_schema::control::{FromChild, Hello, Role};
use ipc_schema::db_writer::{WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{Incarnation, LadderId};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use tempfile::TempDir;

struct Waiting {
    backend: Alone,
    writer: UnixStream,
    _root: TempDir,
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
        Waiting { backend, writer, _root: root }
    }

    fn answer(&mut self, expected: &WriterRequest, reply: WriterReply) {
        let WriterCall { id, request } = receive(&mut self.writer).unwrap();
        assert_eq!(request, *expected);
        send(&mut self.writer, &WriterAnswer { id, reply });
    }
}

#[test]
fn a_backend_stands_by_until_its_writer_has_the_ladder_for_it() {
    let mut waiting = Waiting::start();
    waiting.answer(&WriterRequest::LoadSnapshot, WriterReply::Snapshot(None));
    let (ladder, records) = (LadderId(5), Vec::new());
    let page = WriterReply::Load { ladder, records, complete: true, backend_gone_at: None };
    waiting.answer(&WriterRequest::Load { after: ipc_schema::ids::Seq(0) }, page);
    assert_eq!(waiting.backend.says(), Some(FromChild::Ready { address: None }), "{}", waiting.backend.log());
}

#[test]
fn a_backend_that_waits_for_its_ladder_leaves_when_it_is_asked_to() {
    let mut waiting = Waiting::start();
    waiting.backend.drain();
    assert!(waiting.backend.ends().success(), "{}", waiting.backend.log());
}
