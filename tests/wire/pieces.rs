//! A socket gives bytes in whatever pieces it likes: what is read is the same.

use super::alone::{Chance, block_on};
use super::peer::{hello, patient};
use evoladder::ipc::WireError;
use evoladder::ipc::blocking::BlockingConnection;
use evoladder::ipc::connection::{Connection, connect};
use ipc_schema::control::Role;
use ipc_schema::frame;
use ipc_schema::ids::{JobId, Trace};
use ipc_schema::replay::Job;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// Around the sizes at which a reader changes its way, and far beyond them.
const BLOBS: [usize; 12] = [0, 1, 64, 4_095, 4_096, 4_097, 16_383, 16_384, 70_000, 300_000, 2, 1_048_576];

fn jobs() -> Vec<(JobId, Vec<u8>)> {
    let mut chance = Chance(7);
    let sizes = BLOBS.into_iter().chain((0..300).map(|number| number % 90)).chain(BLOBS.into_iter().rev());
    (1..).zip(sizes).map(|(job, bytes)| (JobId(job), vec![chance.next().to_le_bytes()[0]; bytes])).collect()
}

/// Greets one client and sends it the jobs, but for the last `missing` bytes.
fn serve_in_pieces(path: &Path, seed: u64, missing: usize) -> JoinHandle<()> {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        frame::encode(&hello(Role::Backend), &mut bytes).unwrap();
        let mut greeting = vec![0; bytes.len()];
        for (job, blob) in jobs() {
            let bytes_of_blob = u32::try_from(blob.len()).unwrap();
            frame::encode(&Job { job, bytes: bytes_of_blob, trace: Trace::NONE }, &mut bytes).unwrap();
            bytes.extend_from_slice(&blob);
        }
        bytes.truncate(bytes.len() - missing);
        let (mut stream, mut chance) = (listener.accept().unwrap().0, Chance(seed));
        // A socket closed over unread bytes would end with a reset.
        stream.read_exact(&mut greeting).unwrap();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            // Pieces of one byte, of some messages, of a part of a file.
            let most = [3, 200, 40_000][(chance.next() % 3) as usize];
            let (piece, behind) = rest.split_at(rest.len().min(1 + (chance.next() % most) as usize));
            stream.write_all(piece).unwrap();
            if chance.next().is_multiple_of(8) {
                std::thread::sleep(Duration::from_micros(50));
            }
            rest = behind;
        }
    })
}

fn socket() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    (folder, path)
}

#[test]
fn a_worker_reads_the_same_in_whatever_pieces() {
    for seed in 1..=3 {
        let (_folder, path) = socket();
        let server = serve_in_pieces(&path, seed, 0);
        let mut connection =
            BlockingConnection::connect(&path, hello(Role::ReplayWorker), Role::Backend).unwrap();
        connection.take_greeting(Role::Backend).unwrap();
        for (job, blob) in jobs() {
            let (message, bytes) = connection.receive::<Job>().unwrap().expect("a job");
            assert!(message.job == job && bytes == blob, "seed {seed}, {job:?} of {} bytes", blob.len());
        }
        assert!(connection.receive::<Job>().unwrap().is_none(), "the end is one");
        server.join().unwrap();
    }
}

#[test]
fn a_process_on_tokio_reads_the_same_in_whatever_pieces() {
    for seed in 1..=3 {
        let (_folder, path) = socket();
        let server = serve_in_pieces(&path, seed, 0);
        block_on(async {
            let greeted = patient(connect(&path, hello(Role::ReplayWorker), Role::Backend)).await.unwrap();
            let mut connection: Connection<Job> = greeted.open();
            for (job, blob) in jobs() {
                let inbound = patient(connection.inbox.recv()).await.expect("a job");
                assert!(
                    inbound.message.job == job && inbound.blob == blob,
                    "seed {seed}, {job:?} of {} bytes",
                    blob.len()
                );
            }
            assert!(patient(connection.inbox.recv()).await.is_none(), "the end is one");
        });
        server.join().unwrap();
    }
}

#[test]
fn an_end_within_a_frame_is_no_message() {
    assert_eq!(BLOBS[0], 0, "the last job is a message of 12 bytes behind 4 of its length");
    for missing in [1, 12, 13] {
        let (_folder, path) = socket();
        let server = serve_in_pieces(&path, 1, missing);
        let mut connection =
            BlockingConnection::connect(&path, hello(Role::ReplayWorker), Role::Backend).unwrap();
        connection.take_greeting(Role::Backend).unwrap();
        for _ in 1..jobs().len() {
            connection.receive::<Job>().unwrap().expect("a whole job");
        }
        match connection.receive::<Job>() {
            // Nobody can be owed a message whose length never came.
            Ok(None) => assert!(missing > 12, "{missing} bytes are missing"),
            Err(WireError::Socket(error)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{missing} bytes are missing");
            }
            other => panic!("{missing} bytes are missing: {other:?}"),
        }
        server.join().unwrap();
    }
}
