//! Strangers on the sockets of a running ladder.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::support::{Ladder, wait_for};
use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::{self, MAX_FRAME_BYTES};
use ipc_schema::ids::Incarnation;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Sends bytes to a socket and waits until the other side ends the connection.
fn send_and_see_it_end(socket: &Path, bytes: &[u8]) {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut rest = Vec::new();
    // The server greets, refuses and hangs up; a reset is an end as well.
    if let Err(error) = stream.read_to_end(&mut rest) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{}", socket.display());
    }
}

fn hello(protocol: u32, role: Role) -> Vec<u8> {
    let mut bytes = Vec::new();
    let hello = Hello { protocol, ..Hello::new(role, Incarnation(1)) };
    frame::encode(&hello, &mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn strangers_are_refused_and_logged_and_nobody_else_notices() {
    let ladder = Ladder::start().await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    let version = ipc_schema::PROTOCOL_VERSION;
    let forged_length = u32::try_from(MAX_FRAME_BYTES + 1).unwrap().to_le_bytes().to_vec();
    // After a right greeting: a frame of four bytes that is no message, and one of a forged length.
    let nonsense = [hello(version, Role::ReplayWorker), vec![4, 0, 0, 0, 255, 255, 255, 255]].concat();
    let late_forgery = [hello(version, Role::ReplayWorker), vec![255; 4]].concat();
    for (socket, bytes, logged) in [
        ("backend.sock", hello(version + 1, Role::Frontend), "frontend speaks protocol"),
        ("backend.sock", forged_length, "refused a connection"),
        ("backend.sock", hello(version, Role::DbWriter), "db-writer may not connect here"),
        ("backend.sock", b"\x12\0\0\0GET / HTTP/1.1\r\n\r\n".to_vec(), "refused a connection"),
        ("backend.sock", nonsense, "undecodable message"),
        ("backend.sock", late_forgery, "connection ended"),
        // Says nothing at all.
        ("backend.sock", Vec::new(), "no greeting within 1 s"),
        ("db-writer.sock", hello(version, Role::Frontend), "frontend may not connect here"),
        ("db-writer.sock", hello(version + 7, Role::Backend), "backend speaks protocol"),
        ("supervisor.sock", vec![255; 64], ""),
    ] {
        let socket = ladder.run_dir().join(socket);
        tokio::task::spawn_blocking(move || send_and_see_it_end(&socket, &bytes)).await.unwrap();
        wait_for(logged, async || ladder.log().contains(logged).then_some(())).await;
    }
    confirm(&bea, match_id).await;
    ana.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;
    for role in ["backend", "db-writer", "frontend", "replay-worker"] {
        assert_eq!(ladder.restarts(role), 0, "{role}");
    }
    assert!(ladder.stop().0.success());
}
