//! The two encodings of values, in the direction of writing.

use crate::format::kind;

/// Writes values that describe themselves.
#[derive(Default)]
pub(super) struct Versioned {
    pub(super) bytes: Vec<u8>,
}

impl Versioned {
    /// Begins a struct; each of its fields is a [`field`](Self::field) and a value.
    pub(super) fn structure(&mut self, fields: i64) {
        self.bytes.push(kind::STRUCT);
        self.number(fields);
    }

    pub(super) fn field(&mut self, number: i64) -> &mut Versioned {
        self.number(number);
        self
    }

    /// Begins a list of so many values.
    pub(super) fn array(&mut self, length: usize) {
        self.bytes.push(kind::ARRAY);
        self.length(length);
    }

    /// Begins a value that need not be there.
    pub(super) fn some(&mut self) -> &mut Versioned {
        self.bytes.extend([kind::OPTIONAL, 1]);
        self
    }

    pub(super) fn none(&mut self) {
        self.bytes.extend([kind::OPTIONAL, 0]);
    }

    pub(super) fn integer(&mut self, value: impl Into<i64>) {
        self.bytes.push(kind::INTEGER);
        self.number(value.into());
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.bytes.extend([kind::BYTE, u8::from(value)]);
    }

    pub(super) fn four_bytes(&mut self, value: [u8; 4]) {
        self.bytes.push(kind::FOUR_BYTES);
        self.bytes.extend(value);
    }

    pub(super) fn blob(&mut self, value: &[u8]) {
        self.bytes.push(kind::BLOB);
        self.length(value.len());
        self.bytes.extend(value);
    }

    fn length(&mut self, length: usize) {
        self.number(i64::try_from(length).expect("what is in memory can be counted"));
    }

    fn number(&mut self, value: i64) {
        let sign = u64::from(value < 0);
        let mut rest = value.unsigned_abs();
        let mut bits = (rest & 0x3f) << 1 | sign;
        rest >>= 6;
        while rest != 0 {
            self.bytes.push(bits as u8 | 0x80);
            bits = rest & 0x7f;
            rest >>= 7;
        }
        self.bytes.push(bits as u8);
    }
}

/// Writes values bit after bit.
#[derive(Default)]
pub(super) struct BitPacked {
    pub(super) bytes: Vec<u8>,
    /// Bits of the last byte that are taken; a whole byte counts as none.
    used: u32,
}

impl BitPacked {
    /// Writes a value of `width` bits. Two values are not one wider value: the
    /// order of bits in a byte is not that of bytes in a value.
    pub(super) fn bits(&mut self, width: u32, value: impl Into<u64>) {
        let value = value.into();
        assert!(width == 64 || value >> width == 0, "{value} does not fit into {width} bits");
        let mut left = width;
        while left > 0 {
            if self.used == 0 {
                self.bytes.push(0);
            }
            let taken = left.min(8 - self.used);
            left -= taken;
            let bits = value >> left & ((1 << taken) - 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= (bits << self.used) as u8;
            }
            self.used = (self.used + taken) % 8;
        }
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.bits(1, u8::from(value));
    }

    /// The loops since the event before, as every event begins.
    pub(super) fn delta(&mut self, loops: u32) {
        let (choice, width) = match loops {
            0..0x40 => (0_u8, 6),
            0x40..0x4000 => (1, 14),
            0x4000..0x40_0000 => (2, 22),
            _ => (3, 32),
        };
        self.bits(2, choice);
        self.bits(width, loops);
    }

    /// A value that need not be there.
    pub(super) fn optional(&mut self, width: u32, value: Option<u64>) {
        self.flag(value.is_some());
        if let Some(value) = value {
            self.bits(width, value);
        }
    }

    pub(super) fn blob(&mut self, width: u32, value: &[u8]) {
        self.bits(width, value.len() as u64);
        self.whole_bytes(value);
    }

    pub(super) fn whole_bytes(&mut self, value: &[u8]) {
        self.align();
        self.bytes.extend(value);
    }

    pub(super) fn align(&mut self) {
        self.used = 0;
    }
}
