//! What the parts of the ladder's state take of memory, about: entries times what one takes, and what some of
//! them have elsewhere on the heap, by a sample. It takes next to no time, however large the ladder is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How much more than its entries a B-tree takes: its nodes have room for eleven, and are full where it was made of a
/// sorted list, but little more than half full where its keys ascended one by one.
const TREE: (usize, usize) = (3, 2);

/// Entries at either end that are asked for what they have on the heap.
const SAMPLE: usize = 32;

/// Bytes of a map, without what its entries have on the heap.
pub fn of_flat_map<K, V>(map: &BTreeMap<K, V>) -> usize {
    map.len() * size_of::<(K, V)>() * TREE.0 / TREE.1
}

/// Bytes of a map whose entries have that much on the heap.
pub fn of_map<K, V>(map: &BTreeMap<K, V>, heap: impl Fn(&K, &V) -> usize) -> usize {
    let sample = map.iter().take(SAMPLE).chain(map.iter().rev().take(SAMPLE));
    let (count, bytes) =
        sample.fold((0, 0), |(count, bytes), (key, value)| (count + 1, bytes + heap(key, value)));
    of_flat_map(map) + bytes * map.len() / count.max(1)
}

pub fn of_set<T>(set: &BTreeSet<T>) -> usize {
    set.len() * size_of::<T>() * TREE.0 / TREE.1
}

pub fn of_vec<T>(vec: &Vec<T>) -> usize {
    vec.capacity() * size_of::<T>()
}

pub fn of_deque<T>(deque: &VecDeque<T>) -> usize {
    deque.capacity() * size_of::<T>()
}

pub fn of_texts(texts: &[String]) -> usize {
    size_of_val(texts) + texts.iter().map(String::capacity).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_takes_its_entries_and_what_they_have_elsewhere() {
        let numbers: BTreeMap<u64, u64> = (0..1000).map(|number| (number, number)).collect();
        assert_eq!(of_flat_map(&numbers), 24_000);
        let texts: BTreeMap<u64, String> = (0..1000).map(|number| (number, "x".repeat(100))).collect();
        assert_eq!(of_map(&texts, |_, text| text.capacity()), 1000 * (32 * 3 / 2 + 100));
        let lengths: BTreeMap<u64, String> =
            (0..1000).map(|number| (number, "x".repeat(number as usize))).collect();
        let of_texts = of_map(&lengths, |_, text| text.capacity()) - 1000 * 32 * 3 / 2;
        assert!((400_000..600_000).contains(&of_texts), "old and new ones are asked: {of_texts}");
        assert_eq!(of_flat_map(&BTreeMap::<u64, u64>::new()), 0);
    }
}
