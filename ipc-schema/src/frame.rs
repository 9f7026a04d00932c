//! How a message becomes bytes, and the only file that names bincode.
//!
//! A frame is a `u32` length (little endian, not counting itself), one message in bincode's legacy
//! layout (fixed width, little endian), and after it the raw bytes the message says it carries.
//!
//! The length is bounded by [`MAX_FRAME_BYTES`] before memory is taken, decoding is bounded by a
//! memory limit (without one, nine hostile bytes abort the process), and every byte must be used.

pub use bincode::{Decode, Encode};

/// The longest frame, without its length prefix. A replay may have 5 MiB; the rest is room to grow.
pub const MAX_FRAME_BYTES: usize = 8 << 20;

/// Bytes of the length prefix.
pub const PREFIX_BYTES: usize = 4;

// The limit counts the memory that decoding claims, which for many small strings is more than their bytes.
const CONFIG: bincode::config::Configuration<
    bincode::config::LittleEndian,
    bincode::config::Fixint,
    bincode::config::Limit<{ 4 * MAX_FRAME_BYTES }>,
> = bincode::config::legacy().with_limit::<{ 4 * MAX_FRAME_BYTES }>();

/// A message that may cross a socket.
pub trait Message: Encode + Decode<()> {
    /// How many raw bytes follow the message in its frame.
    fn blob_bytes(&self) -> usize {
        0
    }
}

/// Why a frame was refused. None of these can be answered; the connection is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("frame of {bytes} bytes, more than the {MAX_FRAME_BYTES} allowed")]
    TooLong { bytes: usize },
    #[error("undecodable message: {0}")]
    Undecodable(String),
    #[error("{found} bytes after the message, which says {expected}")]
    WrongBlob { expected: usize, found: usize },
}

/// Reads the length prefix and judges it, before anything is allocated for it.
pub fn frame_bytes(prefix: [u8; PREFIX_BYTES]) -> Result<usize, FrameError> {
    let bytes = u32::from_le_bytes(prefix) as usize;
    if bytes > MAX_FRAME_BYTES { Err(FrameError::TooLong { bytes }) } else { Ok(bytes) }
}

/// Appends prefix and message to `out`; the `blob_bytes` raw bytes the message announces must be
/// sent right behind. On an error `out` is as it was: encoding is not limited by itself, so the
/// size is checked here, at the sender.
pub fn encode<T: Message>(message: &T, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let start = out.len();
    out.extend_from_slice(&[0; PREFIX_BYTES]);
    let encoded = bincode::encode_into_std_write(message, out, CONFIG);
    let bytes = out.len() - start - PREFIX_BYTES + message.blob_bytes();
    let checked = match encoded {
        Err(error) => Err(FrameError::Undecodable(error.to_string())),
        Ok(_) if bytes > MAX_FRAME_BYTES => Err(FrameError::TooLong { bytes }),
        Ok(_) => Ok(()),
    };
    match checked {
        Ok(()) => {
            let length = u32::try_from(bytes).expect("MAX_FRAME_BYTES fits u32");
            out[start..start + PREFIX_BYTES].copy_from_slice(&length.to_le_bytes());
        }
        Err(_) => out.truncate(start),
    }
    checked
}

/// Reads the message of one frame (without its prefix) and says where its raw bytes begin.
pub fn decode<T: Message>(frame: &[u8]) -> Result<(T, usize), FrameError> {
    let (message, used): (T, usize) = bincode::decode_from_slice(frame, CONFIG)
        .map_err(|error| FrameError::Undecodable(error.to_string()))?;
    let (expected, found) = (message.blob_bytes(), frame.len() - used);
    if expected == found { Ok((message, used)) } else { Err(FrameError::WrongBlob { expected, found }) }
}

/// Which variant of an enum some bytes begin with, by its position.
pub fn variant_of(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// Plain bytes of a value for a disk or a table, in the same layout.
pub fn to_bytes<T: Encode>(value: &T) -> Vec<u8> {
    bincode::encode_to_vec(value, CONFIG).expect("plain data always encodes into memory")
}

/// Reads what [`to_bytes`] wrote; every byte must be used.
pub fn from_bytes<T: Decode<()>>(bytes: &[u8]) -> Result<T, FrameError> {
    let (value, used): (T, usize) = bincode::decode_from_slice(bytes, CONFIG)
        .map_err(|error| FrameError::Undecodable(error.to_string()))?;
    let found = bytes.len() - used;
    if found == 0 { Ok(value) } else { Err(FrameError::WrongBlob { expected: 0, found }) }
}
