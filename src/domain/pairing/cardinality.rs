//! Maximum-cardinality matching on a general graph, without weights: Edmonds, "Paths, trees, and
//! flowers", 1965. It shares nothing with [`super::matching`] and so can be held against it.

use std::rc::Rc;

/// Adds pairs to a matching until no matching of the graph has more. Who has a mate keeps one. Those
/// who have none are asked in the order of `free`; each is matched if the matching can still have more
/// with it. `neighbours` tells all that a vertex has an edge to; it is asked at most once of each.
pub fn maximum_cardinality(
    mates: &mut [Option<usize>],
    free: impl IntoIterator<Item = usize>,
    neighbours: impl Fn(usize) -> Vec<usize>,
) {
    let vertices = mates.len();
    let mut rows = vec![None; vertices];
    let mut live = Bits::none(vertices);
    (0..vertices).for_each(|vertex| live.insert(vertex));
    let mut row_of = |vertex: usize| {
        rows[vertex]
            .get_or_insert_with(|| {
                let mut row = Bits::none(vertices);
                neighbours(vertex).into_iter().for_each(|other| row.insert(other));
                Rc::new(row)
            })
            .clone()
    };
    let mut forest = Forest::new(vertices);
    // Those without a mate who may still get one: a path needs two.
    let mut left = mates.iter().filter(|mate| mate.is_none()).count();
    for root in free {
        if left < 2 {
            return;
        }
        if mates[root].is_none() {
            forest.grow(root, mates, &mut live, &mut row_of);
            forest.clear();
            left -= if mates[root].is_some() { 2 } else { 1 };
        }
    }
}

/// A set of vertices, 64 to a word: a tree looks at whole words of neighbours it has not reached.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(vertices: usize) -> Bits {
        Bits(vec![0; vertices.div_ceil(64)])
    }

    fn insert(&mut self, vertex: usize) {
        self.0[vertex / 64] |= 1 << (vertex % 64);
    }

    fn remove(&mut self, vertex: usize) {
        self.0[vertex / 64] &= !(1 << (vertex % 64));
    }

    fn contains(&self, vertex: usize) -> bool {
        self.0[vertex / 64] >> (vertex % 64) & 1 == 1
    }
}

/// A search for a path from a root to another vertex without a mate, over which pairs alternate.
struct Forest {
    /// The vertex before an odd one, on the way back to the root.
    before: Vec<Option<usize>>,
    even: Bits,
    odd: Bits,
    /// A vertex nearer to the base of the blossom that this one is part of; the base has itself.
    toward_base: Vec<usize>,
    /// Even vertices, in the order in which their neighbours are looked at.
    line: Vec<usize>,
    /// All vertices of the tree.
    reached: Vec<usize>,
    /// Marks of one contraction.
    marked: Bits,
}

impl Forest {
    fn new(vertices: usize) -> Forest {
        Forest {
            before: vec![None; vertices],
            even: Bits::none(vertices),
            odd: Bits::none(vertices),
            toward_base: (0..vertices).collect(),
            line: Vec::new(),
            reached: Vec::new(),
            marked: Bits::none(vertices),
        }
    }

    fn clear(&mut self) {
        for vertex in self.reached.drain(..) {
            self.before[vertex] = None;
            self.toward_base[vertex] = vertex;
            self.even.remove(vertex);
            self.odd.remove(vertex);
        }
        self.line.clear();
    }

    /// Takes a path if there is one. If there is none, what was reached can be on no path to come
    /// either, and leaves `live`.
    fn grow(
        &mut self,
        root: usize,
        mates: &mut [Option<usize>],
        live: &mut Bits,
        row_of: &mut impl FnMut(usize) -> Rc<Bits>,
    ) {
        self.make_even(root);
        self.reached.push(root);
        let mut at = 0;
        while let Some(&vertex) = self.line.get(at) {
            at += 1;
            let row = row_of(vertex);
            for word in 0..live.0.len() {
                // What is odd and not even is in the tree already, and no news.
                let old = !self.even.0[word] & self.odd.0[word];
                let mut left = row.0[word] & live.0[word] & !old;
                while left != 0 {
                    let other = word * 64 + left.trailing_zeros() as usize;
                    left &= left - 1;
                    if self.even.contains(other) {
                        if self.base(vertex) != self.base(other) {
                            self.contract(mates, vertex, other);
                        }
                        continue;
                    }
                    if self.odd.contains(other) {
                        continue;
                    }
                    self.before[other] = Some(vertex);
                    self.odd.insert(other);
                    self.reached.push(other);
                    let Some(mate) = mates[other] else { return self.take_path(mates, other) };
                    self.make_even(mate);
                    self.reached.push(mate);
                }
            }
        }
        self.reached.iter().for_each(|vertex| live.remove(*vertex));
    }

    fn make_even(&mut self, vertex: usize) {
        self.even.insert(vertex);
        self.line.push(vertex);
    }

    /// Pairs up anew all the way from the far end to the root.
    fn take_path(&self, mates: &mut [Option<usize>], end: usize) {
        let mut next = Some(end);
        while let Some(odd) = next {
            let even = self.before[odd].expect("an odd vertex was reached from an even one");
            next = mates[even];
            mates[odd] = Some(even);
            mates[even] = Some(odd);
        }
    }

    /// The base of the blossom that a vertex is part of, or the vertex itself. Ways are halved as they
    /// are gone (Tarjan and van Leeuwen, "Worst-case analysis of set union algorithms", 1984).
    fn base(&mut self, mut vertex: usize) -> usize {
        while self.toward_base[vertex] != vertex {
            self.toward_base[vertex] = self.toward_base[self.toward_base[vertex]];
            vertex = self.toward_base[vertex];
        }
        vertex
    }

    /// Two even vertices meet: the odd cycle that they close becomes one even vertex.
    fn contract(&mut self, mates: &[Option<usize>], a: usize, b: usize) {
        let base = self.common_base(mates, a, b);
        let mut inner = Vec::new();
        for (mut even, mut from) in [(a, b), (b, a)] {
            while self.base(even) != base {
                let odd = mates[even].expect("only the root has no mate");
                self.before[even] = Some(from);
                inner.extend([self.base(even), self.base(odd)]);
                if !self.even.contains(odd) {
                    self.make_even(odd);
                }
                (from, even) = (odd, self.before[odd].expect("an odd vertex was reached from an even one"));
            }
        }
        inner.into_iter().for_each(|inner| self.toward_base[inner] = base);
    }

    /// The next base on the way of one to the root, if that is not the root's.
    fn above(&mut self, mates: &[Option<usize>], base: usize) -> Option<usize> {
        let odd = mates[base]?;
        Some(self.base(self.before[odd].expect("an odd vertex was reached from an even one")))
    }

    /// The base at which the ways of two even vertices to the root meet.
    fn common_base(&mut self, mates: &[Option<usize>], a: usize, b: usize) -> usize {
        let mut ways = [vec![self.base(a)], vec![self.base(b)]];
        ways.iter().for_each(|way| self.marked.insert(way[0]));
        let common = 'found: {
            for side in [0, 1].into_iter().cycle() {
                let Some(base) = self.above(mates, *ways[side].last().expect("it has its start")) else {
                    continue;
                };
                if self.marked.contains(base) {
                    break 'found base;
                }
                self.marked.insert(base);
                ways[side].push(base);
            }
            unreachable!("both ways end at the root")
        };
        ways.iter().flatten().for_each(|base| self.marked.remove(*base));
        common
    }
}
