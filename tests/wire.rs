//! The wire: the bytes of messages, what is refused, and connections that end in every way.

pub(crate) mod alone;
mod connections;
mod links;
mod peer;
mod pieces;
pub(crate) mod samples;
mod waiting;

use alone::{Chance, alone};
use ipc_schema::backend::{BackendCall, BackendMessage};
use ipc_schema::control::{FromChild, Hello, Role, ToChild};
use ipc_schema::db_writer::{Record, WriterAnswer, WriterCall};
use ipc_schema::event::Event;
use ipc_schema::frame::{self, Decode, Encode, FrameError, MAX_FRAME_BYTES, Message, PREFIX_BYTES};
use ipc_schema::ids::Incarnation;
use ipc_schema::replay::{Job, WorkerRequest};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::fmt::Debug;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The frame of a message and the raw bytes it announces, without the prefix.
fn body<T: Message>(message: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame::encode(message, &mut bytes).unwrap();
    bytes.resize(bytes.len() + message.blob_bytes(), 0xee);
    bytes.split_off(PREFIX_BYTES)
}

#[test]
fn the_bytes_of_hello_are_frozen() {
    let hello = Hello {
        magic: Hello::MAGIC,
        protocol: 0x0403_0201,
        role: Role::Backend,
        incarnation: Incarnation(7),
    };
    let mut bytes = Vec::new();
    frame::encode(&hello, &mut bytes).unwrap();
    //          length    "EVOL"    protocol  role      incarnation
    let frozen = "14000000".to_owned() + "45564f4c" + "01020304" + "02000000" + "0700000000000000";
    assert_eq!(hex(&bytes), frozen);
    for (hello, role) in samples::hellos().iter().zip(0u8..) {
        assert_eq!(body(hello)[8], role, "{:?}: roles are numbered for ever", hello.role);
    }
}

fn survives_a_frame<T: Message + Debug + PartialEq>(messages: &[T]) {
    for message in messages {
        let bytes = body(message);
        let used = bytes.len() - message.blob_bytes();
        assert_eq!(frame::decode::<T>(&bytes).as_ref(), Ok(&(message_again(message), used)), "{message:?}");
    }

    fn message_again<T: Message>(message: &T) -> T {
        frame::from_bytes(&frame::to_bytes(message)).unwrap()
    }
}

fn survives_a_disk<T: Encode + Decode<()> + Debug + PartialEq>(values: &[T]) {
    for value in values {
        assert_eq!(frame::from_bytes::<T>(&frame::to_bytes(value)).as_ref(), Ok(value));
    }
}

#[test]
fn every_variant_of_every_message_survives_a_round_trip() {
    survives_a_disk(&samples::backend_requests());
    survives_a_disk(&samples::backend_replies());
    survives_a_disk(&samples::backend_messages());
    survives_a_disk(&samples::backend_calls());
    survives_a_disk(&samples::writer_calls());
    survives_a_disk(&samples::writer_answers());
    survives_a_disk(&samples::worker_requests());
    survives_a_disk(&samples::jobs());
    survives_a_disk(&samples::hellos());
    survives_a_disk(&samples::to_child());
    survives_a_disk(&samples::from_child());
    survives_a_disk::<Event>(&samples::events());
    survives_a_disk::<Record>(&samples::records());
    survives_a_disk(&samples::verdicts());
    survives_a_disk(&samples::case_kinds());
    survives_a_frame(&samples::backend_calls());
    survives_a_frame(&samples::backend_messages());
    survives_a_frame(&samples::writer_calls());
    survives_a_frame(&samples::writer_answers());
    survives_a_frame(&samples::worker_requests());
    survives_a_frame(&samples::jobs());
    survives_a_frame(&samples::hellos());
    survives_a_frame(&samples::to_child());
    survives_a_frame(&samples::from_child());
}

#[test]
fn a_message_larger_than_a_frame_is_not_sent() {
    let mut out = b"before".to_vec();
    for bytes in [MAX_FRAME_BYTES - 20, MAX_FRAME_BYTES - 19] {
        let bytes_told = u32::try_from(bytes).unwrap();
        let job =
            Job { job: ipc_schema::ids::JobId(1), bytes: bytes_told, trace: ipc_schema::ids::Trace::NONE };
        let encoded = frame::encode(&job, &mut out);
        if bytes + 20 > MAX_FRAME_BYTES {
            assert_eq!(encoded, Err(FrameError::TooLong { bytes: MAX_FRAME_BYTES + 1 }));
            assert_eq!(out, b"before", "a refused message leaves nothing behind");
        } else {
            assert_eq!(encoded, Ok(()));
            out.truncate(b"before".len());
        }
    }
}

#[test]
fn a_length_above_the_limit_is_refused_before_memory_is_taken() {
    for (bytes, allowed) in [
        (0, true),
        (MAX_FRAME_BYTES, true),
        (MAX_FRAME_BYTES + 1, false),
        (usize::try_from(u32::MAX).unwrap(), false),
    ] {
        let prefix = u32::try_from(bytes).unwrap().to_le_bytes();
        let expected = if allowed { Ok(bytes) } else { Err(FrameError::TooLong { bytes }) };
        assert_eq!(frame::frame_bytes(prefix), expected, "{bytes}");
    }
}

/// Damages the bytes of real messages in every way there is. Refusing is not asked of a flipped
/// bit, which may make another message; panics and memory are forbidden to all.
fn damage<T: Message + Debug>(messages: &[T]) {
    let mut chance = Chance(1);
    for message in messages {
        let whole = body(message);
        for length in 0..whole.len() {
            assert!(frame::decode::<T>(&whole[..length]).is_err(), "{length} bytes of {message:?}");
        }
        let longer = [whole.as_slice(), &[0]].concat();
        assert!(frame::decode::<T>(&longer).is_err(), "one byte behind {message:?}");
        for at in 0..whole.len() {
            // Any eight bytes may be a length.
            for forged in [1 << 24, 1 << 32, 1 << 40, 1 << 60, u64::MAX] {
                let mut bytes = whole.clone();
                let end = whole.len().min(at + 8);
                bytes[at..end].copy_from_slice(&u64::to_le_bytes(forged)[..end - at]);
                drop(frame::decode::<T>(&bytes));
            }
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << chance.below(8);
            drop(frame::decode::<T>(&bytes));
        }
    }
    for _ in 0..2000 {
        let mut bytes: Vec<u8> = (0..chance.below(200)).map(|_| chance.next().to_le_bytes()[0]).collect();
        drop(frame::decode::<T>(&bytes));
        // Small numbers find their way deeper into a message.
        bytes.iter_mut().for_each(|byte| *byte %= 4);
        drop(frame::decode::<T>(&bytes));
    }
}

#[test]
fn truncated_forged_and_random_frames_neither_panic_nor_take_memory() {
    alone("wire::truncated_forged_and_random_frames_neither_panic_nor_take_memory", || {
        // An allocation beyond this would end the process: decoding may claim four times the
        // longest frame, and the rest is for stacks and the heap's own needs.
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: u64 = statm.split(' ').next().unwrap().parse().unwrap();
        let limit = pages * 4096 + 4 * MAX_FRAME_BYTES as u64 + (32 << 20);
        let (_, hard) = getrlimit(Resource::RLIMIT_AS).unwrap();
        setrlimit(Resource::RLIMIT_AS, limit, hard).unwrap();

        damage::<BackendCall>(&samples::backend_calls());
        damage::<BackendMessage>(&samples::backend_messages());
        damage::<WriterCall>(&samples::writer_calls());
        damage::<WriterAnswer>(&samples::writer_answers());
        damage::<WorkerRequest>(&samples::worker_requests());
        damage::<Job>(&samples::jobs());
        damage::<Hello>(&samples::hellos());
        damage::<ToChild>(&samples::to_child());
        damage::<FromChild>(&samples::from_child());
    });
}

#[test]
fn a_forged_list_length_is_refused() {
    // Variant 1 of FromChild and of ToChild announce a text or a list; these are the shortest lies.
    for length in [1u64 << 40, 1 << 60, u64::MAX, u64::MAX - 7] {
        let length = length.to_le_bytes();
        let stats = [&3u32.to_le_bytes()[..], &length].concat();
        assert!(frame::decode::<FromChild>(&stats).is_err(), "gauges {length:02x?}");
        let sandbox = [&4u32.to_le_bytes()[..], &length].concat();
        assert!(frame::decode::<FromChild>(&sandbox).is_err(), "layers {length:02x?}");
        let address = [&1u32.to_le_bytes()[..], &[1], &length].concat();
        assert!(frame::decode::<FromChild>(&address).is_err(), "address {length:02x?}");
        let append = [&1u64.to_le_bytes()[..], &1u32.to_le_bytes(), &length].concat();
        assert!(frame::decode::<WriterCall>(&append).is_err(), "records {length:02x?}");
        // Without a limit these nine bytes abort the process.
        let nine = [&length[..], &[0]].concat();
        assert!(frame::from_bytes::<Vec<String>>(&nine).is_err(), "texts {length:02x?}");
        assert!(frame::from_bytes::<Vec<u8>>(&nine).is_err(), "bytes {length:02x?}");
    }
}
