#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| replay::fuzzing::message_events(bytes));
