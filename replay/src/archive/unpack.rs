//! bzip2, bounded: the only file that names the library.
//!
//! A unit is unpacked into a buffer of its declared size and one byte more, so
//! that a bomb is seen when it overflows, after at most one block. The library
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
    pub(crate) fn new() -> Budget {
        Budget { bytes: limits::ALL_STREAM_BYTES, blocks: limits::BZIP2_BLOCKS }
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

    let malformed = || Error::malformed("the packed stream is damaged", offset);
    let start = out.len();
    let end = start.saturating_add(expected);
    out.resize(end.saturating_add(1), 0);
    let mut decoder = Decompress::new(false);
    let (mut read, mut written) = (0, start);
    loop {
        let input = data.get(read..).ok_or_else(malformed)?;
        let output = out.get_mut(written..).ok_or_else(malformed)?;
        let before = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(input, output).map_err(|_| malformed())?;
        let after = (decoder.total_in(), decoder.total_out());
        read = usize::try_from(after.0).map_err(|_| malformed())?;
        written =
            usize::try_from(after.1).ok().and_then(|out| start.checked_add(out)).ok_or_else(malformed)?;
        if written > end {
            return Err(Error::too_large("the stream unpacks to more than it says"));
        }
        match status {
            Status::StreamEnd if written == end => break,
            Status::StreamEnd => {
                return Err(Error::malformed("the stream unpacks to less than it says", offset));
            }
            Status::MemNeeded => return Err(malformed()),
            _ if before == after => return Err(malformed()),
            _ => {}
        }
    }
    out.truncate(end);
    Ok(())
}

/// Begins every block, at any bit.
const BLOCK_MAGIC: u64 = 0x3141_5926_5359;

/// For each value of a byte, at which bits of the byte before it a magic can
/// begin so that the magic has this byte whole as its second.
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
