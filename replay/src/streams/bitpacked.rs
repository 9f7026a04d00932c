//! The encoding without a spare bit: initData and game events.
//!
//! Values follow one another with nothing between them, so the reader must
//! know the layout. Each byte is used from its lowest bit, and the bits read
//! first are the highest of the value. Bytes of a blob begin at a whole byte.
//!
//! Everything is `None` past the end and nothing else fails, which keeps the
//! walk over game events fast; whoever reads turns `None` into an error at
//! [`BitPacked::offset`].

pub(crate) struct BitPacked<'a> {
    data: &'a [u8],
    /// In bits.
    at: usize,
    /// In bits.
    end: usize,
}

impl<'a> BitPacked<'a> {
    /// `data` is a stream within its limit, so its bits can be counted.
    pub(crate) fn new(data: &'a [u8]) -> BitPacked<'a> {
        BitPacked { data, at: 0, end: data.len().saturating_mul(8) }
    }

    /// The byte that is read next.
    pub(crate) fn offset(&self) -> usize {
        self.at / 8
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.end
    }

    /// A number of at most 32 bits.
    #[inline]
    pub(crate) fn bits(&mut self, width: u32) -> Option<u32> {
        let (mut value, mut left, mut at) = (0_u64, width, self.at);
        while left > 0 {
            let byte = *self.data.get(at / 8)?;
            let used = (at % 8) as u32;
            // Each of the sums is about at most 64 bits.
            let taken = left.min(8_u32.wrapping_sub(used));
            let mask = (1_u64 << taken).wrapping_sub(1);
            value = value << taken | u64::from(byte) >> used & mask;
            left = left.wrapping_sub(taken);
            at = at.wrapping_add(taken as usize);
        }
        self.at = at;
        Some(value as u32)
    }

    /// A number of 32 bits that counts from the lowest.
    pub(crate) fn signed(&mut self) -> Option<i32> {
        self.bits(32).map(|value| (value ^ 1 << 31).cast_signed())
    }

    /// A number of at most eight bits.
    #[inline]
    pub(crate) fn small(&mut self, width: u32) -> Option<u8> {
        self.bits(width).and_then(|value| u8::try_from(value).ok())
    }

    #[inline]
    pub(crate) fn flag(&mut self) -> Option<bool> {
        let byte = *self.data.get(self.at / 8)?;
        let used = self.at % 8;
        self.at = self.at.wrapping_add(1);
        Some(byte >> used & 1 != 0)
    }

    /// An optional number of at most eight bits.
    pub(crate) fn optional_small(&mut self, width: u32) -> Option<Option<u8>> {
        if self.flag()? { self.small(width).map(Some) } else { Some(None) }
    }

    /// Bytes with their number before them, in `width` bits.
    pub(crate) fn blob(&mut self, width: u32) -> Option<&'a [u8]> {
        let length = self.bits(width)? as usize;
        self.bytes(length)
    }

    pub(crate) fn text(&mut self, width: u32) -> Option<String> {
        self.blob(width).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// Bytes from the next whole byte on.
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let start = self.at.div_ceil(8);
        let end = start.checked_add(length)?;
        let bytes = self.data.get(start..end)?;
        self.at = end.checked_mul(8)?;
        Some(bytes)
    }

    #[inline]
    pub(crate) fn skip(&mut self, bits: usize) -> Option<()> {
        let at = self.at.checked_add(bits)?;
        self.at = at;
        (at <= self.end).then_some(())
    }

    /// Steps over an optional value of a fixed width.
    #[inline]
    pub(crate) fn skip_optional(&mut self, bits: usize) -> Option<()> {
        if self.flag()? { self.skip(bits) } else { Some(()) }
    }

    /// Steps over a list of values of a fixed width.
    pub(crate) fn skip_list(&mut self, width: u32, bits: usize) -> Option<()> {
        let length = self.bits(width)? as usize;
        self.skip(length.checked_mul(bits)?)
    }

    pub(crate) fn skip_blob(&mut self, width: u32) -> Option<()> {
        self.blob(width).map(drop)
    }

    /// The next bytes, left where they are, if the reader is at a whole byte.
    #[inline]
    pub(crate) fn peek<const N: usize>(&self) -> Option<&'a [u8; N]> {
        if self.at.is_multiple_of(8) { self.data.get(self.at / 8..)?.first_chunk() } else { None }
    }

    #[inline]
    pub(crate) fn align(&mut self) {
        self.at = self.at.div_ceil(8).saturating_mul(8);
    }
}
