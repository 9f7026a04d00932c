//! A link with a delay, over loopback: every byte reaches the other end so much later, however many
//! are on their way. Threads of its own keep the time, since a runtime's timers are as coarse as 1 ms.

use evoladder::clock::instant;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Listens on a port of its own, which it returns, for as long as this process runs.
pub(crate) fn start(port: u16, each_way: Duration) -> std::io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let here = listener.local_addr()?.port();
    thread::spawn(move || {
        for client in listener.incoming() {
            if let Err(error) = client.and_then(|client| join(client, port, each_way)) {
                println!("the delayed link: {error}");
            }
        }
    });
    Ok(here)
}

fn join(client: TcpStream, port: u16, each_way: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", port))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    pass_on(client.try_clone()?, server.try_clone()?, each_way);
    pass_on(server, client, each_way);
    Ok(())
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (read, on_their_way) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if read.send((instant() + delay, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in on_their_way {
            thread::sleep(due.saturating_duration_since(instant()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Both).ok();
    });
}
