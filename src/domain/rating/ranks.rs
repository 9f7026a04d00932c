//! The letters of the leaderboard, by place among the rows that are on it.

use ipc_schema::vocab::Rank;

/// Rows of each rank in a hundred, in the order of [`Rank::ALL`].
const SHARES: [u32; 7] = [1, 7, 21, 21, 21, 21, 8];

const fn at(rank: Rank) -> usize {
    rank as usize
}

/// How many of `rows` have each rank, in the order of [`Rank::ALL`]: of each share the whole rows, and
/// what is left over goes to D, C, E, B, and then to F or A, whichever is scarcer.
pub fn sizes(rows: u32) -> [u32; 7] {
    let share = |share: u32| u32::try_from(u64::from(rows) * u64::from(share) / 100);
    let mut sizes = SHARES.map(|of| share(of).expect("a share is less than the whole"));
    let left = rows - sizes.iter().sum::<u32>();
    for turn in 0..left {
        let scarcer = if sizes[at(Rank::A)] < sizes[at(Rank::F)] { Rank::A } else { Rank::F };
        let rank = [Rank::D, Rank::C, Rank::E, Rank::B].get(turn as usize).copied().unwrap_or(scarcer);
        sizes[at(rank)] += 1;
    }
    sizes
}

/// The rank of a place, from 1, among `rows`.
pub fn of_place(place: u32, rows: u32) -> Rank {
    let mut last = 0;
    let through = sizes(rows).map(|size| {
        last += size;
        last
    });
    let rank = Rank::ALL.iter().zip(through).find(|(_, through)| place <= *through);
    rank.map_or(Rank::F, |(rank, _)| *rank)
}

/// The places of a rank among `rows`, from 0 and without the end.
pub fn places(rank: Rank, rows: u32) -> std::ops::Range<u32> {
    let sizes = sizes(rows);
    let start = sizes[..at(rank)].iter().sum();
    start..start + sizes[at(rank)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranks_share_all_rows() {
        for (rows, sizes_) in [
            (0, [0, 0, 0, 0, 0, 0, 0]),
            (1, [0, 0, 0, 0, 1, 0, 0]),
            (2, [0, 0, 0, 1, 1, 0, 0]),
            (4, [0, 0, 1, 1, 1, 1, 0]),
            (5, [0, 0, 1, 1, 2, 1, 0]),
            // Four are left for D, C, E, B, and the fifth for A, of which there is none yet.
            (14, [0, 1, 3, 3, 3, 3, 1]),
            (99, [0, 7, 21, 21, 21, 21, 8]),
            (100, [1, 7, 21, 21, 21, 21, 8]),
            (101, [1, 7, 21, 21, 22, 21, 8]),
            (1000, [10, 70, 210, 210, 210, 210, 80]),
        ] {
            assert_eq!(sizes(rows), sizes_, "{rows} rows");
        }
        for rows in (0..3000).chain([100_000, u32::MAX]) {
            assert_eq!(sizes(rows).iter().map(|size| u64::from(*size)).sum::<u64>(), u64::from(rows));
        }
    }

    #[test]
    fn a_place_has_the_rank_whose_places_hold_it() {
        for rows in [1, 5, 14, 101, 1000] {
            let ranks: Vec<Rank> = (1..=rows).map(|place| of_place(place, rows)).collect();
            assert!(ranks.is_sorted());
            for rank in Rank::ALL {
                let places = places(*rank, rows);
                assert_eq!(ranks.iter().filter(|of| *of == rank).count() as u32, places.end - places.start);
                assert!(places.map(|place| of_place(place + 1, rows)).all(|of| of == *rank));
            }
        }
    }
}
