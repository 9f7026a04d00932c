//! The sockets between processes: the tokio side ([`connection`], [`link`]), the blocking side for
//! replay workers ([`blocking`]), a child's tie to its supervisor ([`child`]), and what is worked on,
//! which goes with each request ([`trace`]).
//!
//! Every connection begins with one [`Hello`] each way. After it frames of one type flow in each
//! direction, read by one task and written by another. Nothing here knows what messages mean.

pub mod blocking;
pub mod child;
pub mod connection;
pub mod link;
pub mod trace;

use ipc_schema::control::{Hello, Role};
use ipc_schema::frame::FrameError;
use std::time::Duration;

/// A stranger that connects and says nothing is dropped after this.
pub const GREETING_LIMIT: Duration = Duration::from_secs(1);

/// The group of a ladder's processes where each role has a user of its own; else all of them are one user.
pub const CHILDREN_GROUP: u32 = 10_001;

/// Why a connection did not come to be, or ended.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("connection to {0} failed")]
    Connect(&'static str, #[source] std::io::Error),
    #[error("socket failed")]
    Socket(#[from] std::io::Error),
    #[error("refused a frame")]
    Frame(#[from] FrameError),
    #[error("connection closed before the greeting")]
    ClosedEarly,
    #[error("no greeting within {} s", GREETING_LIMIT.as_secs())]
    Silent,
    #[error("greeting without our magic number; the peer is not a process of the ladder")]
    NotOurs,
    #[error("peer runs as user {found}, this process as {expected}")]
    ForeignUser { expected: u32, found: u32 },
    #[error("{} may not connect here", .0.name())]
    WrongRole(Role),
    #[error("{} speaks protocol {found}, this build {expected}; start all processes from one build", .role.name())]
    Protocol { role: Role, expected: u32, found: u32 },
}

/// Judges the first frame of a peer.
fn check_hello(hello: Hello, accepted: &[Role]) -> Result<Hello, WireError> {
    let expected = ipc_schema::PROTOCOL_VERSION;
    if hello.magic != Hello::MAGIC {
        Err(WireError::NotOurs)
    } else if hello.protocol != expected {
        Err(WireError::Protocol { role: hello.role, expected, found: hello.protocol })
    } else if !accepted.contains(&hello.role) {
        Err(WireError::WrongRole(hello.role))
    } else {
        Ok(hello)
    }
}
