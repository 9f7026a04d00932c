//! bzip2, bounded.
//!
//! A unit is unpacked into a buffer of its stream's declared size and one byte
//! more, so that a bomb is seen when it overflows, after at most one block. The library
//! bounds neither time nor the number of blocks, and blocks of one byte each
//! would cost seconds; they are counted before unpacking begins.

use bzip2::{Decompress, Status};

use crate::error::Error;
use crate::limits;

/// What one file may still cost.
pub(crate) struct Budget {
    bytes: usize,
    blocks: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget { bytes, blocks: limits::BZIP2_BLOCKS }
    }

    pub(crate) fn take_bytes(&mut self, bytes: usize) -> Result<(), Error> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or_else(|| Error::too_large("the streams are larger together than any"))?;
        Ok(())
    }

    fn take_blocks(&mut self, blocks: usize) -> Result<(), Error> {
        let left = self.blocks.checked_sub(blocks);
        self.blocks = left.ok_or_else(|| Error::too_large("the file has more packed blocks than any"))?;
        Ok(())
    }
}

/// Appends the `expected` bytes that `data` stands for to `out`.
/// `offset` is where an error says it happened.
pub(crate) fn bzip2(
    data: &[u8],
    expected: usize,
    out: &mut Vec<u8>,
    budget: &mut Budget,
    offset: usize,
) -> Result<(), Error> {
    let most = expected.div_euclid(limits::BZIP2_BLOCK_BYTES).saturating_add(2);
    let blocks = count_blocks(data, most);
    if blocks > most {
        return Err(Error::too_large("the stream is packed in more blocks than its size needs"));
    }
    // A unit costs something even if it has no block.
    budget.take_blocks(blocks.max(1))?;

    let Some((head, body)) = data.split_first_chunk::<4>() else {
        return Err(Error::malformed("the packed stream is cut short", offset));
    };
    let start = out.len();
    // The decoder prepares a work area for blocks of the size that the head
    // names, mostly 3.6 MB, which costs more than to unpack a small stream. So
    // it is told the smallest size that should do. If that fails, the verdict
    // is that of the stream as it is, and the work is paid for again.
    let [magic @ .., level] = *head;
    let enough = smallest_level(expected);
    if enough < level {
        let [b, z, h] = magic;
        if decode(&[b, z, h, enough], body, expected, out, offset).is_ok() {
            return Ok(());
        }
        out.truncate(start);
        budget.take_bytes(expected)?;
    }
    decode(head, body, expected, out, offset)
}

/// The digit of the block size, in 100,000 bytes, that surely holds `expected`
/// bytes after the first step of packing, which lengthens them by a quarter at most.
fn smallest_level(expected: usize) -> u8 {
    let level = expected.saturating_add(expected.div_euclid(4)).div_euclid(100_000).min(8);
    u8::try_from(level).map_or(b'9', |level| b'1'.saturating_add(level))
}

/// One byte more than `expected` is room enough to see that a stream goes on.
/// The library fills what room there is and takes no more.
fn decode(head: &[u8], body: &[u8], expected: usize, out: &mut Vec<u8>, offset: usize) -> Result<(), Error> {
    let malformed = || Error::malformed("the packed stream is damaged", offset);
    let end = out.len().saturating_add(expected);
    out.reserve_exact(expected.saturating_add(1));
    let mut decoder = Decompress::new(false);
    decoder.decompress(head, &mut []).map_err(|_| malformed())?;
    let mut rest = body;
    loop {
        let before = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress_vec(rest, out).map_err(|_| malformed())?;
        let after = (decoder.total_in(), decoder.total_out());
        let read = usize::try_from(after.0.saturating_sub(before.0)).map_err(|_| malformed())?;
        rest = rest.get(read..).ok_or_else(malformed)?;
        if out.len() > end {
            return Err(Error::too_large("the stream unpacks to more than it says"));
        }
        match status {
            Status::StreamEnd if out.len() == end => return Ok(()),
            Status::StreamEnd => {
                return Err(Error::malformed("the stream unpacks to less than it says", offset));
            }
            Status::MemNeeded => return Err(malformed()),
            _ if before == after => return Err(malformed()),
            _ => {}
        }
    }
}

/// Begins every block, at any bit.
const BLOCK_MAGIC: u64 = 0x3141_5926_5359;

/// For each value of a byte, at which bits of the byte before it a magic can
/// begin so that the magic has this byte whole as its second.
#[cfg_attr(not(test), expect(clippy::indexing_slicing, reason = "the compiler evaluates it, with no input"))]
const CANDIDATES: [u8; 256] = {
    let mut table = [0; 256];
    let mut shift = 0;
    while shift < 8 {
        table[(BLOCK_MAGIC >> (32 + shift)) as usize & 0xff] |= 1 << shift;
        shift += 1;
    }
    table
};

/// The number of blocks in `data`, or a number above `most` if it is more.
///
/// Counts where a block may begin. Packed data that looks like it by chance
/// comes once in 2^48 bits.
fn count_blocks(data: &[u8], most: usize) -> usize {
    let mut blocks = 0_usize;
    for (before, byte) in data.iter().skip(1).enumerate() {
        let mut candidates = CANDIDATES.get(usize::from(*byte)).copied().unwrap_or_default();
        if candidates == 0 {
            continue;
        }
        let mut window = [0; 8];
        for (slot, byte) in window.iter_mut().zip(data.get(before..).unwrap_or_default()) {
            *slot = *byte;
        }
        let window = u64::from_be_bytes(window);
        while candidates != 0 {
            let shift = candidates.trailing_zeros();
            candidates &= candidates.wrapping_sub(1);
            if (window >> 16_u32.saturating_sub(shift)) & 0xffff_ffff_ffff == BLOCK_MAGIC {
                blocks = blocks.saturating_add(1);
            }
        }
        if blocks > most {
            break;
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_counted_at_every_bit() {
        for shift in 0..8 {
            let stream = u128::from(BLOCK_MAGIC) << (80 - 40 - shift);
            let bytes = stream.to_be_bytes();
            assert_eq!(count_blocks(&bytes, 9), 1, "magic shifted by {shift} bits");
            let twice = [bytes, bytes].concat();
            assert_eq!(count_blocks(&twice, 9), 2, "two magics shifted by {shift} bits");
        }
        assert_eq!(count_blocks(&BLOCK_MAGIC.to_be_bytes(), 9), 1, "a magic that ends the data");
        assert_eq!(count_blocks(b"", 9), 0);
    }
}
