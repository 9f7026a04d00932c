//! The replay header: which build recorded the game, and how long it took.
//!
//! Read before anything else, of files of any build: the build decides whether
//! the rest is read at all. So what only supported builds promise is required
//! only of them.

use super::layouts;
use super::versioned::Versioned;
use crate::error::Error;
use crate::format::SIGNATURE;

#[derive(Default)]
pub(crate) struct Header {
    pub(crate) base_build: u32,
    pub(crate) build: u32,
    pub(crate) version: String,
    pub(crate) elapsed_game_loops: u32,
}

pub(crate) fn parse(content: &[u8]) -> Result<Header, Error> {
    decode(content).map_err(|error| error.in_stream("header"))
}

fn decode(content: &[u8]) -> Result<Header, Error> {
    let mut stream = Versioned::new(content);
    let mut signature: &[u8] = &[];
    let mut version = [0_u8; 3];
    let [mut build, mut base_build, mut elapsed] = [None; 3];
    stream.structure(|stream, field| {
        match field {
            0 => signature = stream.blob(255)?,
            1 => stream.structure(|stream, field| {
                match field {
                    1 => version[0] = stream.narrow()?,
                    2 => version[1] = stream.narrow()?,
                    3 => version[2] = stream.narrow()?,
                    4 => build = Some(stream.narrow()?),
                    5 => base_build = Some(stream.narrow()?),
                    _ => stream.skip()?,
                }
                Ok(())
            })?,
            3 => elapsed = Some(stream.narrow()?),
            _ => stream.skip()?,
        }
        Ok(())
    })?;
    if !signature.starts_with(SIGNATURE) {
        return Err(stream.malformed("the signature is not a replay's"));
    }
    let base_build = base_build.ok_or_else(|| stream.malformed("the base build is missing"))?;
    if layouts::of(base_build).is_none() {
        return Ok(Header { base_build, ..Header::default() });
    }
    stream.finish()?;
    let [major, minor, revision] = version;
    Ok(Header {
        base_build,
        build: build.ok_or_else(|| stream.malformed("the build is missing"))?,
        version: format!("{major}.{minor}.{revision}"),
        elapsed_game_loops: elapsed.ok_or_else(|| stream.malformed("the duration is missing"))?,
    })
}
