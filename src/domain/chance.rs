//! The generator of chance: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators", 2014). Its whole state is one number, which events carry, and its stream never changes.

/// A generator at some point of its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance(pub u64);

impl Chance {
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform below `bound`, which must not be 0: the upper half of a wide product, whose bias is
    /// far below anything a ladder can notice.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "a choice needs something to choose from");
        let product = u128::from(self.next_u64()) * bound as u128;
        usize::try_from(product >> 64).expect("it is below a usize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_splitmix64() {
        let mut chance = Chance(1_234_567);
        let stream = [chance.next_u64(), chance.next_u64(), chance.next_u64()];
        assert_eq!(stream, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
