//! Maximum-weight matching on a general graph.
//!
//! Edmonds' primal-dual method ("Maximum matching and a polyhedron with 0,1-vertices", 1965): duals
//! on vertices and on odd sets (blossoms) prove the matching best. One alternating tree is grown at
//! a time, from a vertex that has no mate yet, and blossoms outlive it; the best edge between any
//! two nodes is kept as in Galil's survey ("Efficient algorithms for finding maximum matching in
//! graphs", 1986), so that a tree costs at most O(n²) and the whole O(n³). Integers throughout:
//! weights are doubled, so that halves never arise.

/// No edge between two vertices.
const NONE: i64 = i64::MIN;

/// Rounds in which the first duals are lowered; each costs as much as to look at every edge.
const ROUNDS: usize = 12;

/// The mate of each vertex, or None where it has none, such that the sum of the weights is the
/// largest possible. `weight(a, b)` with `a < b` is above 0, or None where there is no edge.
///
/// # Panics
/// If a weight is not above 0, or larger than an eighth of what `i64` holds.
pub fn maximum_weight(
    vertices: usize,
    mut weight: impl FnMut(usize, usize) -> Option<i64>,
) -> Vec<Option<usize>> {
    let mut doubled = vec![NONE; vertices * vertices];
    for a in 0..vertices {
        for b in a + 1..vertices {
            if let Some(weight) = weight(a, b) {
                assert!(weight > 0 && weight < i64::MAX / 8, "a weight of {weight} cannot be matched by");
                doubled[a * vertices + b] = 2 * weight;
                doubled[b * vertices + a] = 2 * weight;
            }
        }
    }
    let mut search = Search::new(vertices, doubled);
    search.start();
    for vertex in 0..vertices {
        if search.mate[vertex].is_none() && search.dual[vertex] > 0 {
            search.grow_from(vertex);
        }
    }
    search.mate
}

/// Where a node stands in the tree that is being grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Outside,
    /// An even number of steps from the root. Its vertices may be matched anew.
    Even,
    /// An odd number of steps from the root, which it was reached from over the edge: a vertex
    /// of the even node, and one of its own.
    Odd(usize, usize),
}

/// Nodes are vertices, by number, and above them blossoms. Only those that lie in no other node
/// take part in a tree.
struct Search {
    vertices: usize,
    nodes: usize,
    doubled: Vec<i64>,
    /// Of vertices: what they pay. Of blossoms: what their edges are spared.
    dual: Vec<i64>,
    mate: Vec<Option<usize>>,
    /// The outermost node around each vertex.
    outer: Vec<usize>,
    label: Vec<Label>,
    /// For each node, the even node with the least slack to it.
    nearest: Vec<Option<usize>>,
    /// The nodes of a blossom around its odd cycle; the base, whose mate lies outside, is first.
    cycle: Vec<Vec<usize>>,
    /// For each place of the cycle, the edge to the next: a vertex there, and one of the next.
    links: Vec<Vec<(usize, usize)>>,
    /// Vertices of each node.
    members: Vec<Vec<usize>>,
    /// The edge with the least slack between two nodes of which one is a blossom.
    between: Vec<Option<(u32, u32)>>,
    unused: Vec<usize>,
    /// Nodes that lie in no other.
    outermost: Vec<usize>,
}

impl Search {
    fn new(vertices: usize, doubled: Vec<i64>) -> Search {
        // Each blossom around others has two nodes more than it replaces.
        let nodes = vertices + vertices / 2;
        Search {
            vertices,
            nodes,
            doubled,
            dual: vec![0; nodes],
            mate: vec![None; vertices],
            outer: (0..vertices).collect(),
            label: vec![Label::Outside; nodes],
            nearest: vec![None; nodes],
            cycle: vec![Vec::new(); nodes],
            links: vec![Vec::new(); nodes],
            members: (0..nodes).map(|node| if node < vertices { vec![node] } else { Vec::new() }).collect(),
            between: vec![None; nodes * nodes],
            unused: (vertices..nodes).rev().collect(),
            outermost: (0..vertices).collect(),
        }
    }

    /// Duals that allow every edge and that few edges have room below, and the tight ones that do not
    /// meet as the first matching. The better these are, the smaller the trees.
    fn start(&mut self) {
        let n = self.vertices;
        for a in 0..n {
            self.dual[a] = self.row(a).iter().copied().max().unwrap_or(NONE).max(0) / 2;
        }
        // Halfway to the least that its edges demand of each: if all go at once, no edge is left short.
        for _ in 0..ROUNDS {
            let halfway = |a: usize| (self.dual[a] + self.demand(a)).div_euclid(2) + 1;
            let duals: Vec<i64> = (0..n).map(|a| halfway(a).min(self.dual[a])).collect();
            self.dual[..n].copy_from_slice(&duals);
        }
        for a in 0..n {
            if self.mate[a].is_some() {
                continue;
            }
            self.dual[a] = self.demand(a);
            let tight = |b: &usize| {
                let doubled = self.doubled[a * n + b];
                doubled != NONE && self.mate[*b].is_none() && doubled - self.dual[*b] == self.dual[a]
            };
            if let Some(b) = (0..n).find(tight) {
                self.mate[a] = Some(b);
                self.mate[b] = Some(a);
            }
        }
    }

    /// The least dual of a vertex that its edges allow.
    fn demand(&self, a: usize) -> i64 {
        let edges = self.row(a).iter().zip(&self.dual).filter(|(doubled, _)| **doubled != NONE);
        edges.map(|(doubled, dual)| doubled - dual).max().unwrap_or(0).max(0)
    }

    fn row(&self, a: usize) -> &[i64] {
        &self.doubled[a * self.vertices..][..self.vertices]
    }

    /// The edge with the least slack between two nodes that do not share a vertex.
    fn edge(&self, x: usize, y: usize) -> Option<(usize, usize)> {
        if x < self.vertices && y < self.vertices {
            (self.doubled[x * self.vertices + y] != NONE).then_some((x, y))
        } else {
            self.between[x * self.nodes + y].map(|(a, b)| (a as usize, b as usize))
        }
    }

    /// What an edge between two outermost nodes lacks to be tight.
    fn slack(&self, (a, b): (usize, usize)) -> i64 {
        self.dual[a] + self.dual[b] - self.doubled[a * self.vertices + b]
    }

    fn slack_between(&self, x: usize, y: usize) -> Option<i64> {
        self.edge(x, y).map(|edge| self.slack(edge))
    }

    /// The vertex of a node whose mate lies outside of it, if it has one.
    fn base(&self, mut node: usize) -> usize {
        while node >= self.vertices {
            node = self.cycle[node][0];
        }
        node
    }

    /// Matches `root`, or proves that the best matching leaves it, or a vertex that gives way
    /// to it, without a mate.
    fn grow_from(&mut self, root: usize) {
        for &node in &self.outermost {
            self.label[node] = Label::Outside;
            self.nearest[node] = None;
        }
        self.make_even(root);
        loop {
            match self.next_step() {
                Step::GiveUp(vertex) => return self.rematch(vertex, None),
                Step::Reach(a, b) => {
                    let node = self.outer[b];
                    let Some(mate) = self.mate[self.base(node)] else {
                        self.set_base(node, b);
                        self.mate[b] = Some(a);
                        return self.rematch(a, Some(b));
                    };
                    self.label[node] = Label::Odd(a, b);
                    self.make_even(self.outer[mate]);
                }
                Step::Close(a, b) => self.contract(a, b),
                Step::Open(blossom) => self.expand(blossom),
            }
        }
    }

    /// Lowers the duals of even vertices and raises those of odd ones until something can be done.
    fn next_step(&mut self) -> Step {
        let mut least = i64::MAX;
        let mut step = None;
        for &node in &self.outermost {
            let (cost, found) = match self.label[node] {
                Label::Even => {
                    for &vertex in &self.members[node] {
                        if self.dual[vertex] < least {
                            least = self.dual[vertex];
                            step = Some(Step::GiveUp(vertex));
                        }
                    }
                    let Some(edge) = self.nearest[node].and_then(|near| self.edge(near, node)) else {
                        continue;
                    };
                    (self.slack(edge) / 2, Step::Close(edge.0, edge.1))
                }
                Label::Outside => {
                    let Some(edge) = self.nearest[node].and_then(|near| self.edge(near, node)) else {
                        continue;
                    };
                    (self.slack(edge), Step::Reach(edge.0, edge.1))
                }
                Label::Odd(..) if node >= self.vertices => (self.dual[node] / 2, Step::Open(node)),
                Label::Odd(..) => continue,
            };
            if cost < least {
                least = cost;
                step = Some(found);
            }
        }
        for &node in &self.outermost {
            let change = match self.label[node] {
                Label::Even => -least,
                Label::Odd(..) => least,
                Label::Outside => continue,
            };
            for &vertex in &self.members[node] {
                self.dual[vertex] += change;
            }
            if node >= self.vertices {
                self.dual[node] -= 2 * change;
            }
        }
        step.expect("the root itself can always give up")
    }

    /// Labels a node even, which brings its edges into play.
    fn make_even(&mut self, node: usize) {
        self.label[node] = Label::Even;
        for at in 0..self.outermost.len() {
            let other = self.outermost[at];
            if other == node {
                continue;
            }
            self.offer(other, node);
        }
        self.find_nearest(node);
    }

    /// Notes that `even` is the nearest even node of `node`, if it is.
    fn offer(&mut self, node: usize, even: usize) {
        let Some(slack) = self.slack_between(even, node) else { return };
        let held = self.nearest[node].and_then(|near| self.slack_between(near, node));
        if held.is_none_or(|held| slack < held) {
            self.nearest[node] = Some(even);
        }
    }

    fn find_nearest(&mut self, node: usize) {
        self.nearest[node] = None;
        for at in 0..self.outermost.len() {
            let other = self.outermost[at];
            if other != node && self.label[other] == Label::Even {
                self.offer(node, other);
            }
        }
    }

    /// Gives a vertex of an even node a new mate (or none), and everyone between it and the root
    /// the mate that this leaves them. The mate itself is the caller's to tell.
    fn rematch(&mut self, mut vertex: usize, mut mate: Option<usize>) {
        loop {
            let node = self.outer[vertex];
            let left = self.mate[self.base(node)];
            self.set_base(node, vertex);
            self.mate[vertex] = mate;
            let Some(left) = left else { return };
            let odd = self.outer[left];
            let Label::Odd(even, own) = self.label[odd] else {
                unreachable!("the mate of an even node is odd")
            };
            self.set_base(odd, own);
            self.mate[own] = Some(even);
            (vertex, mate) = (even, Some(own));
        }
    }

    /// Turns the matching inside a node so that `vertex` is the one without a mate in it.
    fn set_base(&mut self, node: usize, vertex: usize) {
        if node < self.vertices {
            return;
        }
        let place = self.place_in(node, vertex);
        let child = self.cycle[node][place];
        self.set_base(child, vertex);
        if place == 0 {
            return;
        }
        self.cycle[node].rotate_left(place);
        self.links[node].rotate_left(place);
        for place in (1..self.cycle[node].len()).step_by(2) {
            let (a, b) = self.links[node][place];
            let [first, second] = [self.cycle[node][place], self.cycle[node][place + 1]];
            self.set_base(first, a);
            self.set_base(second, b);
            self.mate[a] = Some(b);
            self.mate[b] = Some(a);
        }
    }

    /// The place in a blossom's cycle of the node that holds `vertex`.
    fn place_in(&self, blossom: usize, vertex: usize) -> usize {
        let place = self.cycle[blossom].iter().position(|&child| self.members[child].contains(&vertex));
        place.expect("a blossom holds its members")
    }

    /// The even node above an even node in the tree, with the odd one between them.
    fn above(&self, even: usize) -> Option<(usize, usize)> {
        let odd = self.outer[self.mate[self.base(even)]?];
        let Label::Odd(vertex, _) = self.label[odd] else { unreachable!("the mate of an even node is odd") };
        Some((odd, self.outer[vertex]))
    }

    /// Makes a blossom of the odd cycle that a tight edge between two even nodes closes.
    fn contract(&mut self, a: usize, b: usize) {
        let line = |start: usize| {
            let mut line = vec![start];
            while let Some((odd, even)) = self.above(line[line.len() - 1]) {
                line.extend([odd, even]);
            }
            line
        };
        let (mut left, mut right) = (line(self.outer[a]), line(self.outer[b]));
        // What both lines have in common, but for its lower end, is above the cycle.
        let mut top = usize::MAX;
        while let (Some(one), Some(other)) = (left.last(), right.last()) {
            if one != other {
                break;
            }
            top = *one;
            left.pop();
            right.pop();
        }
        // Down the left line from the top, over the closing edge, and up the right one.
        let mut cycle = vec![top];
        let mut links = Vec::new();
        for &node in left.iter().rev() {
            links.push(match self.label[node] {
                Label::Odd(even, own) => (even, own),
                _ => (self.base(cycle[cycle.len() - 1]), self.base(node)),
            });
            cycle.push(node);
        }
        links.push((a, b));
        for &node in &right {
            cycle.push(node);
            links.push(match self.label[node] {
                Label::Odd(even, own) => (own, even),
                _ => {
                    let base = self.base(node);
                    (base, self.mate[base].expect("only the root has no mate, and it is not below the top"))
                }
            });
        }
        let blossom = self.unused.pop().expect("there are as many numbers as nested blossoms");
        self.members[blossom] = cycle.iter().flat_map(|&node| self.members[node].iter().copied()).collect();
        for at in 0..self.members[blossom].len() {
            let vertex = self.members[blossom][at];
            self.outer[vertex] = blossom;
        }
        self.outermost.retain(|node| !cycle.contains(node));
        self.outermost.push(blossom);
        self.dual[blossom] = 0;
        self.note_edges(blossom, &cycle);
        self.cycle[blossom] = cycle;
        self.links[blossom] = links;
        // A nearest node that is now inside is replaced by the blossom, which is no farther.
        for at in 0..self.outermost.len() {
            let node = self.outermost[at];
            if self.nearest[node].is_some_and(|near| self.cycle[blossom].contains(&near)) {
                self.nearest[node] = None;
                self.find_nearest(node);
            }
        }
        self.make_even(blossom);
    }

    /// The best edges between a new blossom and every other node. They stay the best, since all
    /// vertices of a blossom are charged alike for as long as it lasts.
    fn note_edges(&mut self, blossom: usize, cycle: &[usize]) {
        for other in 0..self.nodes {
            let exists = other < self.vertices || !self.members[other].is_empty();
            if !exists || other == blossom {
                continue;
            }
            let mut best: Option<((usize, usize), i64)> = None;
            for &child in cycle {
                let Some(edge) = self.edge(child, other) else { continue };
                let slack = self.slack(edge);
                if best.is_none_or(|(_, least)| slack < least) {
                    best = Some((edge, slack));
                }
            }
            let edge = best.map(|((a, b), _)| (a as u32, b as u32));
            self.between[blossom * self.nodes + other] = edge;
            self.between[other * self.nodes + blossom] = edge.map(|(a, b)| (b, a));
        }
    }

    /// Takes an odd blossom apart that spares its edges nothing any more.
    fn expand(&mut self, blossom: usize) {
        let Label::Odd(even, own) = self.label[blossom] else {
            unreachable!("only odd blossoms are expanded")
        };
        let entry = self.place_in(blossom, own);
        let cycle = std::mem::take(&mut self.cycle[blossom]);
        let links = std::mem::take(&mut self.links[blossom]);
        self.members[blossom].clear();
        self.outermost.retain(|&node| node != blossom);
        self.outermost.extend(&cycle);
        for &child in &cycle {
            self.label[child] = Label::Outside;
            self.nearest[child] = None;
            for at in 0..self.members[child].len() {
                let vertex = self.members[child][at];
                self.outer[vertex] = child;
            }
        }
        self.unused.push(blossom);
        // From where the tree enters to the base there are two ways; the even one stays in the tree.
        let count = cycle.len();
        self.label[cycle[entry]] = Label::Odd(even, own);
        let mut made_even = Vec::new();
        let mut place = entry;
        while place != 0 {
            let (between, next, link) = if entry.is_multiple_of(2) {
                let (a, b) = links[place - 2];
                (place - 1, place - 2, (b, a))
            } else {
                (place + 1, (place + 2) % count, links[place + 1])
            };
            made_even.push(cycle[between]);
            self.label[cycle[next]] = Label::Odd(link.0, link.1);
            place = next;
        }
        for &child in &cycle {
            self.find_nearest(child);
        }
        for node in made_even {
            self.make_even(node);
        }
    }
}

/// What tight edges and spent duals allow.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// An even vertex that pays nothing can do without a mate.
    GiveUp(usize),
    /// A tight edge from an even vertex to one outside the tree.
    Reach(usize, usize),
    /// A tight edge between two even nodes.
    Close(usize, usize),
    /// An odd blossom that spares nothing.
    Open(usize),
}

/// Adds pairs to a matching until no matching of the graph has more (Edmonds, "Paths, trees, and
/// flowers", 1965). Who has a mate keeps one. `edge(a, b)` is asked once for every `a < b`.
pub fn maximum_cardinality(mates: &mut [Option<usize>], edge: impl Fn(usize, usize) -> bool) {
    let vertices = mates.len();
    let free: Vec<usize> = (0..vertices).filter(|vertex| mates[*vertex].is_none()).collect();
    if free.len() < 2 {
        return;
    }
    let mut neighbours = vec![Bits::none(vertices); vertices];
    for a in 0..vertices {
        for b in a + 1..vertices {
            if edge(a, b) {
                neighbours[a].insert(b);
                neighbours[b].insert(a);
            }
        }
    }
    let mut live = Bits::none(vertices);
    (0..vertices).for_each(|vertex| live.insert(vertex));
    for root in free {
        if mates[root].is_none() {
            Forest::new(vertices, root).grow(mates, &mut live, &neighbours);
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

    fn contains(&self, vertex: usize) -> bool {
        self.0[vertex / 64] >> (vertex % 64) & 1 == 1
    }
}

/// A search for a path from `root` to another vertex without a mate, over which pairs alternate.
struct Forest {
    root: usize,
    /// The vertex before an odd one, on the way back to the root.
    before: Vec<Option<usize>>,
    even: Bits,
    odd: Bits,
    /// The base of the blossom that a vertex is part of, or the vertex itself.
    base: Vec<usize>,
    line: Vec<usize>,
}

impl Forest {
    fn new(vertices: usize, root: usize) -> Forest {
        let mut even = Bits::none(vertices);
        even.insert(root);
        Forest {
            root,
            before: vec![None; vertices],
            even,
            odd: Bits::none(vertices),
            base: (0..vertices).collect(),
            line: vec![root],
        }
    }

    /// Takes a path if there is one. If there is none, what was reached can be on no path to come
    /// either, and leaves `live`.
    fn grow(mut self, mates: &mut [Option<usize>], live: &mut Bits, neighbours: &[Bits]) {
        let mut at = 0;
        while let Some(&vertex) = self.line.get(at) {
            at += 1;
            for word in 0..live.0.len() {
                // What is odd and not even is in the tree already, and no news.
                let reach = |this: &Forest| {
                    neighbours[vertex].0[word] & live.0[word] & (this.even.0[word] | !this.odd.0[word])
                };
                let mut left = reach(&self);
                while left != 0 {
                    let other = word * 64 + left.trailing_zeros() as usize;
                    left &= left - 1;
                    if self.even.contains(other) {
                        if self.base[vertex] != self.base[other] {
                            self.contract(mates, vertex, other);
                        }
                        continue;
                    }
                    self.before[other] = Some(vertex);
                    self.odd.insert(other);
                    let Some(mate) = mates[other] else { return self.take_path(mates, other) };
                    self.even.insert(mate);
                    self.line.push(mate);
                }
            }
        }
        for (live, (even, odd)) in live.0.iter_mut().zip(self.even.0.iter().zip(&self.odd.0)) {
            *live &= !(even | odd);
        }
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

    /// Two even vertices meet: the odd cycle that they close becomes one even vertex.
    fn contract(&mut self, mates: &[Option<usize>], a: usize, b: usize) {
        let base = self.common_base(mates, a, b);
        let mut inside = vec![false; mates.len()];
        for (mut even, mut from) in [(a, b), (b, a)] {
            while self.base[even] != base {
                let odd = mates[even].expect("only the root has no mate");
                inside[self.base[even]] = true;
                inside[self.base[odd]] = true;
                self.before[even] = Some(from);
                (from, even) = (odd, self.before[odd].expect("an odd vertex was reached from an even one"));
            }
        }
        for vertex in 0..mates.len() {
            if inside[self.base[vertex]] {
                self.base[vertex] = base;
                if !self.even.contains(vertex) {
                    self.even.insert(vertex);
                    self.line.push(vertex);
                }
            }
        }
    }

    /// The base at which the ways of two even vertices to the root meet.
    fn common_base(&self, mates: &[Option<usize>], a: usize, b: usize) -> usize {
        let above = |base: usize| {
            (base != self.root).then(|| {
                let odd = mates[base].expect("only the root has no mate");
                self.base[self.before[odd].expect("an odd vertex was reached from an even one")]
            })
        };
        let mut on_the_way = vec![false; mates.len()];
        let mut next = Some(self.base[a]);
        while let Some(base) = next {
            on_the_way[base] = true;
            next = above(base);
        }
        let mut base = self.base[b];
        while !on_the_way[base] {
            base = above(base).expect("both ways end at the root");
        }
        base
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chance::Chance;

    /// Weights of the pairs `a < b` of `n` vertices; 0 where there is no edge.
    struct Graph {
        n: usize,
        weights: Vec<i64>,
    }

    impl Graph {
        fn weight(&self, a: usize, b: usize) -> Option<i64> {
            Some(self.weights[a.min(b) * self.n + a.max(b)]).filter(|weight| *weight > 0)
        }

        fn by_chance(chance: &mut Chance, n: usize) -> Graph {
            let density = chance.below(101);
            let range = [1, 2, 5, 20, 1000][chance.below(5)];
            let weights = (0..n * n).map(|at| {
                let there = at / n < at % n && chance.below(100) < density;
                if there { 1 + chance.below(range) as i64 } else { 0 }
            });
            Graph { n, weights: weights.collect() }
        }

        /// The largest sum of weights, and the largest number of pairs, by trying everything.
        fn best(&self) -> (i64, usize) {
            let mut best = vec![(0, 0); 1 << self.n];
            for set in 1..best.len() {
                let first = set.trailing_zeros() as usize;
                let rest = set & (set - 1);
                let mut found: (i64, usize) = best[rest];
                for other in (first + 1..self.n).filter(|other| rest >> other & 1 == 1) {
                    if let Some(weight) = self.weight(first, other) {
                        let (sum, pairs) = best[rest & !(1 << other)];
                        found = (found.0.max(sum + weight), found.1.max(pairs + 1));
                    }
                }
                best[set] = found;
            }
            best[best.len() - 1]
        }

        /// Sum of weights and number of pairs, of a matching that is one.
        fn value(&self, mates: &[Option<usize>]) -> (i64, usize) {
            let pairs = mates.iter().enumerate().filter_map(|(a, mate)| mate.map(|b| (a, b)));
            let weights = pairs.map(|(a, b)| {
                assert_eq!(mates[b], Some(a), "{a} and {b} are mates of each other");
                self.weight(a, b).expect("only edges are taken")
            });
            let (sum, ends) = weights.fold((0, 0), |(sum, ends), weight| (sum + weight, ends + 1));
            (sum / 2, ends / 2)
        }

        fn check(&self, what: &str) {
            let (sum, pairs) = self.best();
            let heaviest = maximum_weight(self.n, |a, b| self.weight(a, b));
            assert_eq!(self.value(&heaviest).0, sum, "{what}");
            let mut most = vec![None; self.n];
            maximum_cardinality(&mut most, |a, b| self.weight(a, b).is_some());
            assert_eq!(self.value(&most).1, pairs, "{what}");
            // And from a matching that is there already.
            let mut more = heaviest;
            maximum_cardinality(&mut more, |a, b| self.weight(a, b).is_some());
            assert_eq!(self.value(&more).1, pairs, "{what}");
        }
    }

    /// Rows of neighbours as bits.
    type Rows = Vec<u32>;

    /// The same for all graphs that differ only in the numbers of their vertices: the largest rows
    /// over all orders of the vertices that sort them by degree and by their neighbours' degrees.
    fn canonical(rows: &Rows) -> Rows {
        let neighbours = |vertex: usize| (0..rows.len()).filter(move |other| rows[vertex] >> other & 1 == 1);
        let degree = |vertex: usize| rows[vertex].count_ones();
        let kind = |vertex: usize| {
            let mut degrees: Vec<u32> = neighbours(vertex).map(degree).collect();
            degrees.sort_unstable();
            (degree(vertex), degrees)
        };
        let kinds: Vec<_> = (0..rows.len()).map(kind).collect();
        let mut sorted = kinds.clone();
        sorted.sort();
        let mut best = Rows::new();
        let mut orders = vec![Vec::new()];
        while let Some(order) = orders.pop() {
            let Some(kind) = sorted.get(order.len()) else {
                let place = |vertex| order.iter().position(|at| *at == vertex).unwrap();
                let row = |&vertex: &usize| neighbours(vertex).map(|other| 1 << place(other)).sum();
                best = best.max(order.iter().map(row).collect());
                continue;
            };
            let fitting = (0..rows.len()).filter(|vertex| kinds[*vertex] == *kind && !order.contains(vertex));
            orders.extend(fitting.map(|vertex| [order.clone(), vec![vertex]].concat()));
        }
        best
    }

    /// All graphs that have one vertex more.
    fn extended(rows: &Rows) -> impl Iterator<Item = Rows> {
        let n = rows.len();
        (0..1_u32 << n).map(move |new| {
            let old = rows.iter().enumerate().map(|(vertex, row)| row | (new >> vertex & 1) << n);
            old.chain([new]).collect()
        })
    }

    #[test]
    fn every_graph_of_up_to_eight_vertices_is_matched_best() {
        let mut graphs = std::collections::BTreeSet::from([Rows::new()]);
        for n in 1..=8_usize {
            let larger = graphs.iter().flat_map(extended);
            // Those of eight come more than once, which costs less than to tell them apart.
            let larger: Vec<Rows> = if n < 8 {
                larger
                    .map(|rows| canonical(&rows))
                    .collect::<std::collections::BTreeSet<_>>()
                    .into_iter()
                    .collect()
            } else {
                larger.collect()
            };
            // Numbers of graphs (OEIS A000088).
            let known = [1, 1, 2, 4, 11, 34, 156, 1044].get(n);
            assert!(
                known.is_none_or(|known| larger.len() == *known),
                "{} graphs of {n} vertices",
                larger.len()
            );
            let mut chance = Chance(n as u64);
            for rows in &larger {
                let mut weights = vec![0; n * n];
                for (a, b) in (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))) {
                    weights[a * n + b] = i64::from(rows[a] >> b & 1) * (1 + chance.below(12) as i64);
                }
                Graph { n, weights }.check(&format!("{rows:?}"));
            }
            graphs = larger.into_iter().collect();
        }
    }

    #[test]
    fn graphs_by_chance_are_matched_best() {
        for seed in 0..2000 {
            let mut chance = Chance(seed);
            let n = 9 + chance.below(5);
            Graph::by_chance(&mut chance, n).check(&format!("seed {seed}"));
        }
    }
}
