//! The players' chance: SplitMix64, as in Steele, Lea and Flood, "Fast Splittable Pseudorandom
//! Number Generators" (OOPSLA 2014). Its stream is fixed, so a seed tells the same story in every
//! build.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The odd number nearest to 2^64 divided by the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// A stream of its own for `what` number `number` under `seed`.
    pub fn of(seed: u64, what: &str, number: u64) -> Chance {
        let mut state = mix(seed.wrapping_add(GAMMA));
        for byte in what.bytes() {
            state = mix(state ^ u64::from(byte)).wrapping_add(GAMMA);
        }
        Chance { state: mix(state ^ mix(number)) }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// From 0 to `bound` - 1, biased by less than `bound` / 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "nothing lies below zero");
        let product = u128::from(self.next_u64()) * bound as u128;
        usize::try_from(product >> 64).expect("the product's upper half is below the bound")
    }

    /// From 0 to almost 1, in steps of 2^-53.
    pub fn fraction(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True `percent` times in a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A time within `range_ms`.
    pub fn within_ms(&mut self, range_ms: RangeInclusive<u64>) -> Duration {
        let span = (range_ms.end() - range_ms.start()) as usize + 1;
        Duration::from_millis(range_ms.start() + self.below(span) as u64)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_paper() {
        let mut chance = Chance { state: 1_234_567 };
        let drawn: Vec<u64> = (0..3).map(|_| chance.next_u64()).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn draws_stay_inside_their_bounds_and_reach_both_ends() {
        let mut chance = Chance::of(1, "bounds", 0);
        let mut seen = [0; 6];
        for _ in 0..1_000 {
            seen[chance.below(6)] += 1;
            assert!((0.0..1.0).contains(&chance.fraction()));
        }
        assert!(seen.iter().all(|&times| times > 100), "{seen:?}");
        let times: Vec<u128> = (0..100).map(|_| chance.within_ms(3..=5).as_millis()).collect();
        assert_eq!((times.iter().min(), times.iter().max()), (Some(&3), Some(&5)));
    }

    #[test]
    fn streams_differ_by_seed_subject_and_number() {
        let first = |seed, what, number| Chance::of(seed, what, number).next_u64();
        let draws = [first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)];
        for (at, draw) in draws.iter().enumerate() {
            assert!(!draws[..at].contains(draw), "{draws:?}");
        }
        assert_eq!(first(1, "a", 0), draws[0]);
    }
}
