//! The encoding that describes itself: header and details.
//!
//! Each value begins with a byte for its kind, a struct names its fields by
//! number, and a number takes seven bits a byte. So a field that is not known
//! here can be stepped over, to any depth that an attacker cares to write:
//! nesting is bounded by [`limits::DEPTH`], lengths by their type and by what
//! is left of the stream.

use crate::error::Error;
use crate::format::kind;
use crate::limits;

pub(crate) struct Versioned<'a> {
    data: &'a [u8],
    at: usize,
    depth: u32,
}

impl<'a> Versioned<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Versioned<'a> {
        Versioned { data, at: 0, depth: 0 }
    }

    /// An error at the place that was read last.
    pub(crate) fn malformed(&self, message: &'static str) -> Error {
        Error::malformed(message, self.at)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at == self.data.len()
    }

    /// Requires that nothing is left.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        if self.is_done() { Ok(()) } else { Err(self.malformed("something follows the end")) }
    }

    /// A struct: `field` is called with the number of each field and must read
    /// or [`skip`](Self::skip) its value.
    pub(crate) fn structure(
        &mut self,
        mut field: impl FnMut(&mut Self, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.expect(kind::STRUCT)?;
        self.nested(|this| {
            for _ in 0..this.length()? {
                let number = this.number()?;
                // A negative number is no field of any struct.
                field(this, u64::try_from(number).unwrap_or(u64::MAX))?;
            }
            Ok(())
        })
    }

    pub(crate) fn array<T>(
        &mut self,
        most: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.expect(kind::ARRAY)?;
        self.nested(|this| {
            let length = this.length()?;
            if length > most {
                return Err(this.malformed("a list is longer than its type allows"));
            }
            (0..length).map(|_| item(this)).collect()
        })
    }

    pub(crate) fn optional<T>(
        &mut self,
        value: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.expect(kind::OPTIONAL)?;
        if self.byte()? == 0 {
            return Ok(None);
        }
        self.nested(value).map(Some)
    }

    /// One of several values, which `value` reads when told which it is.
    pub(crate) fn choice<T>(
        &mut self,
        value: impl FnOnce(&mut Self, u64) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.expect(kind::CHOICE)?;
        let tag = self.number()?;
        self.nested(|this| value(this, u64::try_from(tag).unwrap_or(u64::MAX)))
    }

    pub(crate) fn integer(&mut self) -> Result<i64, Error> {
        self.expect(kind::INTEGER)?;
        self.number()
    }

    /// An integer of a narrower type.
    pub(crate) fn narrow<T: TryFrom<i64>>(&mut self) -> Result<T, Error> {
        let number = self.integer()?;
        T::try_from(number).map_err(|_| self.malformed("a number is out of range"))
    }

    pub(crate) fn blob(&mut self, most: usize) -> Result<&'a [u8], Error> {
        self.expect(kind::BLOB)?;
        let length = self.length()?;
        if length > most {
            return Err(self.malformed("a text is longer than its type allows"));
        }
        self.bytes(length)
    }

    pub(crate) fn text(&mut self, most: usize) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(self.blob(most)?).into_owned())
    }

    /// Steps over a value of any kind.
    pub(crate) fn skip(&mut self) -> Result<(), Error> {
        match self.byte()? {
            kind::ARRAY => self.nested(|this| {
                for _ in 0..this.length()? {
                    this.skip()?;
                }
                Ok(())
            }),
            kind::BIT_ARRAY => {
                let bits = self.number()?;
                let bytes = usize::try_from(bits).ok().map(|bits| bits.div_ceil(8));
                let bytes = bytes.ok_or_else(|| self.malformed("a length is negative"))?;
                self.bytes(bytes).map(drop)
            }
            kind::BLOB => {
                let length = self.length()?;
                self.bytes(length).map(drop)
            }
            kind::CHOICE => {
                self.number()?;
                self.nested(Self::skip)
            }
            kind::OPTIONAL => match self.byte()? {
                0 => Ok(()),
                _ => self.nested(Self::skip),
            },
            kind::STRUCT => self.nested(|this| {
                for _ in 0..this.length()? {
                    this.number()?;
                    this.skip()?;
                }
                Ok(())
            }),
            kind::BYTE => self.bytes(1).map(drop),
            kind::FOUR_BYTES => self.bytes(4).map(drop),
            kind::EIGHT_BYTES => self.bytes(8).map(drop),
            kind::INTEGER => self.number().map(drop),
            _ => Err(self.malformed("a value is of an unknown kind")),
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth >= limits::DEPTH {
            return Err(self.malformed("values are nested too deeply"));
        }
        self.depth = self.depth.saturating_add(1);
        let value = read(self)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(value)
    }

    fn expect(&mut self, kind: u8) -> Result<(), Error> {
        if self.byte()? == kind { Ok(()) } else { Err(self.malformed("a value is not of its kind")) }
    }

    /// A number of items or bytes; each takes at least one byte of what is left.
    fn length(&mut self) -> Result<usize, Error> {
        let length = usize::try_from(self.number()?).ok();
        let left = self.data.len().saturating_sub(self.at);
        length
            .filter(|&length| length <= left)
            .ok_or_else(|| self.malformed("a length is more than what is left"))
    }

    /// A number: the sign in the lowest bit of the first byte, then six bits,
    /// then seven in each further byte; the highest bit says that one follows.
    fn number(&mut self) -> Result<i64, Error> {
        let first = self.byte()?;
        let mut magnitude = i64::from(first >> 1 & 0x3f);
        let mut more = first & 0x80 != 0;
        let mut shift = 6_u32;
        while more {
            let byte = self.byte()?;
            let bits = i64::from(byte & 0x7f);
            // The tenth byte has room for one bit below the sign.
            if shift > 62 || (shift == 62 && bits > 1) {
                return Err(self.malformed("a number has too many digits"));
            }
            magnitude |= bits << shift;
            shift = shift.wrapping_add(7);
            more = byte & 0x80 != 0;
        }
        Ok(if first & 1 == 0 { magnitude } else { magnitude.saturating_neg() })
    }

    fn byte(&mut self) -> Result<u8, Error> {
        self.bytes(1)?.first().copied().ok_or_else(|| self.malformed("the stream is cut short"))
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let end = self.at.checked_add(length);
        let bytes = end.and_then(|end| self.data.get(self.at..end));
        let bytes = bytes.ok_or_else(|| self.malformed("the stream is cut short"))?;
        self.at = self.at.saturating_add(length);
        Ok(bytes)
    }
}
