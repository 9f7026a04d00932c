//! Files that would do harm, sent to a ladder whose workers obey them, and a host without a sandbox.

use super::{confirm, pair_up, replay_of, told_the_result};
use crate::sandbox::where_refused;
use crate::sandbox::worker::probe;
use crate::support::{Ladder, processes, wait_for};
use ipc_schema::control::{EXIT_CONFIG, LayerKind};
use ipc_schema::fact_line::Fact;
use nix::libc;
use serde_json::json;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The executables of the ladder with the probe in the place of its worker. The supervisor starts
/// what is beside it.
fn executables_with_probe() -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let built = Path::new(env!("CARGO_BIN_EXE_evoladder")).parent().unwrap();
    for name in ["", "-dashboard", "-backend", "-db-writer", "-frontend", "-emulator", "-players", "-judge"] {
        let name = format!("evoladder{name}");
        fs::hard_link(built.join(&name), folder.path().join(&name)).unwrap();
    }
    fs::hard_link(probe(), folder.path().join("evoladder-replay-worker")).unwrap();
    folder
}

#[tokio::test]
async fn a_file_that_opens_a_socket_ends_its_worker_and_the_honest_one_is_read() {
    let executables = executables_with_probe();
    let secrets = [("DISCORD_TOKEN", "hidden.token"), ("RUST_BACKTRACE", "1"), ("OTHER_KEY", "hidden")];
    let ladder = Ladder::start_from(executables.path(), &secrets).await;
    let (ana, bea, match_id) = pair_up(&ladder).await;
    confirm(&ana, match_id).await;
    confirm(&bea, match_id).await;
    let target = UdpSocket::bind("127.0.0.1:0").unwrap();
    target.set_nonblocking(true).unwrap();
    let order = format!("probe:udp {}", target.local_addr().unwrap());
    ana.upload("game.SC2Replay", order.into_bytes()).await;
    ana.told("that her file is not read", |line| {
        matches!(&line.fact, Fact::Replay { stage, .. } if stage == "killed").then_some(())
    })
    .await;
    assert!(target.recv(&mut [0; 8]).is_err(), "nothing has left the worker");
    wait_for("two workers to be started again", async || {
        (ladder.restarts("replay-worker") >= 2).then_some(())
    })
    .await;
    assert!(ladder.log().contains("ended with SIGSYS"));
    // What a worker sees of the environment, in its own words.
    bea.upload("game.SC2Replay", b"probe:environment".to_vec()).await;
    wait_for("what the worker sees", async || ladder.log().contains("probe environment").then_some(())).await;
    let log = ladder.log();
    let seen = log.lines().find(|line| line.contains("probe environment")).unwrap();
    let names = ["EVOLADDER_RUN_DIR", "EVOLADDER_LOG", "EVOLADDER_LOG_FORMAT", "REPLAY_SANDBOX"];
    assert!(names.iter().all(|name| seen.contains(name)), "{seen}");
    assert_eq!(seen.matches(r#"\"="#).count(), names.len(), "it sees these and no others: {seen}");
    assert!(!seen.contains("hidden"), "{seen}");
    bea.upload("game.SC2Replay", replay_of(&ana).await).await;
    told_the_result(&ana, &bea, match_id).await;

    wait_for("all workers to be back", async || ladder.all_ready().then_some(())).await;
    for child in ladder.status().unwrap()["children"].as_array().unwrap() {
        let told = child["sandbox"].as_array().map(|layers| layers.iter().map(|layer| layer["name"].clone()));
        let layers = LayerKind::ALL.map(|kind| json!(kind.name()));
        let expected = (child["role"] == "replay-worker").then(|| layers.to_vec());
        assert_eq!(told.map(Iterator::collect), expected, "{child}");
    }
    assert!(ladder.stop().0.success());
}

#[test]
fn a_ladder_that_requires_the_sandbox_does_not_run_where_a_layer_is_missing() {
    let _alone = processes();
    let root = tempfile::tempdir().unwrap();
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_evoladder"))
            .args(["run", "--emulator", "--players", "0", "--data"])
            .arg(root.path().join("data"))
            .env_remove("DISCORD_TOKEN")
            .env("REPLAY_SANDBOX", "required")
            .env("REPLAY_WORKERS", "4")
            .output()
            .unwrap()
    };
    let output = where_refused(&[libc::SYS_seccomp], run);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(EXIT_CONFIG.into()), "{told}");
    assert_eq!(
        told.matches("replay workers parse without seccomp: ").count(),
        1,
        "said once for all: {told}"
    );
    assert!(told.contains("REPLAY_SANDBOX is required, and this host does not give seccomp"), "{told}");
}
