//! Pictures that were painted, by their content, up to a number of bytes: the ones asked for last.

use super::Drawing;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// All pictures together. One has some 50 kB, so that the profiles and charts of an evening fit.
const BYTES: usize = 8 * 1024 * 1024;

/// The same drawing for the same readers is the same picture.
pub(super) fn content_key(drawing: &Drawing) -> [u8; 32] {
    let hash = Sha256::new().chain_update(drawing.locale.code()).chain_update([0]).chain_update(&drawing.svg);
    hash.finalize().into()
}

#[derive(Debug, Default)]
pub(super) struct Kept {
    pictures: HashMap<[u8; 32], (Bytes, u64)>,
    /// By when they were asked for last.
    order: BTreeMap<u64, [u8; 32]>,
    bytes: usize,
    asked: u64,
}

impl Kept {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&mut self, key: [u8; 32]) -> Option<Bytes> {
        let (picture, last) = self.pictures.get_mut(&key)?;
        self.order.remove(last);
        self.asked += 1;
        *last = self.asked;
        self.order.insert(self.asked, key);
        Some(picture.clone())
    }

    /// One that is larger than all room there is, is not kept.
    pub(super) fn keep(&mut self, key: [u8; 32], picture: Bytes) {
        if self.pictures.contains_key(&key) || picture.len() > BYTES {
            return;
        }
        self.asked += 1;
        self.bytes += picture.len();
        self.order.insert(self.asked, key);
        self.pictures.insert(key, (picture, self.asked));
        while self.bytes > BYTES {
            let (_, oldest) = self.order.pop_first().expect("what takes room is in the order");
            let (gone, _) = self.pictures.remove(&oldest).expect("what is in the order is kept");
            self.bytes -= gone.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_longest_ago_goes_first() {
        let mut kept = Kept::default();
        let key = |number: u8| [number; 32];
        let third = Bytes::from(vec![0; BYTES / 3]);
        for number in 1..=3 {
            kept.keep(key(number), third.clone());
        }
        assert!(kept.get(key(1)).is_some());
        kept.keep(key(4), third.clone());
        let there =
            |kept: &mut Kept| (1..=4).map(|number| kept.get(key(number)).is_some()).collect::<Vec<_>>();
        assert_eq!(there(&mut kept), [true, false, true, true]);
        kept.keep(key(4), third);
        kept.keep(key(5), Bytes::from(vec![0; BYTES + 1]));
        assert_eq!(
            there(&mut kept),
            [true, false, true, true],
            "neither twice nor more than there is room for"
        );
        assert!(kept.bytes <= BYTES && kept.order.len() == 3 && kept.pictures.len() == 3);
    }
}
