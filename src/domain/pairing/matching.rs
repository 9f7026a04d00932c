//! Maximum-weight matching on a general graph.
//!
//! Edmonds' primal-dual method ("Maximum matching and a polyhedron with 0,1-vertices", 1965): duals
//! on vertices and on odd sets (blossoms) prove the matching best. One alternating tree is grown at
//! a time, from a vertex that has no mate yet, and blossoms outlive it. What happens next in a tree
//! stands in a heap, and duals change with the tree's clock instead of one by one (Galil, Micali
//! and Gabow, "An O(EV log V) algorithm for finding a maximal weighted matching in general graphs",
//! 1986). So a tree costs what it reaches and no more. Integers throughout: weights are doubled, so
//! that halves never arise.
//!
//! A graph with many edges is matched on few of them. Those left out are held against the duals
//! afterwards, those that the duals do not cover join, and the search goes on from where it was
//! (Cook and Rohe, "Computing minimum-weight perfect matchings", 1999). Once none is left, the
//! matching is the best of the whole graph.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Rounds in which the first duals are lowered; each costs as much as to look at every edge.
const ROUNDS: usize = 12;

/// A weight must stay far below what an `i64` holds, for sums and doubling.
const WEIGHT_LIMIT: i64 = i64::MAX / 16;

/// How far trees grow at first, and how often that is doubled before they grow as far as it takes.
const NEAR: i64 = 2048;
const DOUBLINGS: usize = 4;

const NEVER: i64 = i64::MAX;

/// An edge and its weight, which is above 0.
pub type Edge = (usize, usize, i64);

/// Where a node stands in the tree that is being grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Outside,
    /// An even number of steps from the root. Its vertices may be matched anew.
    Even,
    /// An odd number of steps from the root, which it was reached from over the edge: a vertex
    /// of the even node, and one of its own.
    Odd(u32, u32),
}

/// A graph and a matching in it. Nodes are vertices, by number, and above them blossoms. Only those
/// that lie in no other node take part in a tree.
pub struct Matching {
    vertices: usize,
    /// Of each vertex: its neighbours, and the doubled weight of the edge.
    edges: Vec<Vec<(u32, i64)>>,
    /// Of vertices: what they pay. Of blossoms: what their edges are spared. While a node is in the
    /// tree, an even one's vertices pay the clock less than this and an odd one's that much more; an
    /// even blossom spares twice the clock more and an odd one that much less.
    dual: Vec<i64>,
    mate: Vec<Option<usize>>,
    /// The outermost node around each vertex.
    outer: Vec<usize>,
    /// The blossom that a node lies in.
    parent: Vec<Option<usize>>,
    /// The nodes of a blossom around its odd cycle; the base, whose mate lies outside, is first.
    cycle: Vec<Vec<usize>>,
    /// For each place of the cycle, the edge to the next: a vertex there, and one of the next.
    links: Vec<Vec<(usize, usize)>>,
    /// Vertices of each node.
    members: Vec<Vec<usize>>,
    unused: Vec<usize>,
    /// The next vertex of the odd ring of tight edges that a vertex is half matched along.
    ring: Vec<Option<usize>>,
    tree: Tree,
}

/// What blossoms spare the edge between any two vertices, if there is one.
pub struct Spared {
    place: Vec<usize>,
    /// At `[level][at]`, the least of `2^level` numbers from `at` on; the first are what a vertex and
    /// the one before it are spared.
    least: Vec<Vec<i64>>,
}

impl Spared {
    pub fn between(&self, a: usize, b: usize) -> i64 {
        let (a, b) = (self.place[a], self.place[b]);
        let (first, end) = (a.min(b) + 1, a.max(b) + 1);
        let level = (end - first).ilog2() as usize;
        self.least[level][first].min(self.least[level][end - (1 << level)])
    }
}

/// What is known of the tree that is being grown.
struct Tree {
    label: Vec<Label>,
    /// By how much the root has been charged less so far.
    clock: i64,
    /// Edges from even vertices, by the time at which they are tight. Some are no longer of use when
    /// their time comes.
    tight: BinaryHeap<Reverse<Tight>>,
    /// When odd blossoms spare nothing any more.
    spent: BinaryHeap<Reverse<(i64, usize)>>,
    /// The even vertex that pays nothing first, and when.
    broke: (i64, usize),
    /// When the search will have ended, as far as is known: nothing later is of interest.
    end: i64,
    /// For each outside vertex, the first of its edges from even ones to be tight.
    nearest: Vec<(i64, u32)>,
    /// Vertices for which that is set, and nodes that have or had a label.
    offered: Vec<usize>,
    labelled: Vec<usize>,
    /// When a node was last seen on the way to the root.
    seen: Vec<u64>,
    searches: u64,
}

/// The mate of each vertex, or None where it has none, such that the sum of the weights is the
/// largest possible. `edges` are some of the graph's; `left_out` is asked for others whose
/// weight the duals do not cover: twice it is more than the two ends pay ([`Matching::pays`]) and are
/// [`Spared`]. It is asked again and again until it knows none.
///
/// # Panics
/// If a weight is not above 0, or is beyond a sixteenth of what `i64` holds.
pub fn maximum_weight(
    vertices: usize,
    edges: &[Edge],
    mut left_out: impl FnMut(&Matching) -> Vec<Edge>,
) -> Vec<Option<usize>> {
    let mut matching = Matching::new(vertices, edges);
    matching.start();
    for odd in [Odd::HalfMatch, Odd::Contract] {
        loop {
            matching.grow_all(odd);
            let more = left_out(&matching);
            if more.is_empty() {
                break;
            }
            more.into_iter().for_each(|edge| matching.add(edge));
        }
        (0..vertices).for_each(|vertex| matching.break_ring(vertex));
    }
    matching.mate
}

impl Matching {
    fn new(vertices: usize, edges: &[Edge]) -> Matching {
        // Each blossom around others has two nodes more than it replaces.
        let nodes = vertices + vertices / 2;
        let mut matching = Matching {
            vertices,
            edges: vec![Vec::new(); vertices],
            dual: vec![0; nodes],
            mate: vec![None; vertices],
            outer: (0..vertices).collect(),
            parent: vec![None; nodes],
            cycle: vec![Vec::new(); nodes],
            links: vec![Vec::new(); nodes],
            members: (0..nodes).map(|node| if node < vertices { vec![node] } else { Vec::new() }).collect(),
            unused: (vertices..nodes).rev().collect(),
            ring: vec![None; vertices],
            tree: Tree {
                label: vec![Label::Outside; nodes],
                clock: 0,
                tight: BinaryHeap::new(),
                spent: BinaryHeap::new(),
                broke: (NEVER, 0),
                end: NEVER,
                nearest: vec![(NEVER, 0); vertices],
                offered: Vec::new(),
                labelled: Vec::new(),
                seen: vec![0; nodes],
                searches: 0,
            },
        };
        let mut degrees = vec![0; vertices];
        edges.iter().for_each(|(a, b, _)| [a, b].into_iter().for_each(|end| degrees[*end] += 1));
        for (edges, degree) in matching.edges.iter_mut().zip(degrees) {
            edges.reserve(degree + 2);
        }
        edges.iter().for_each(|edge| matching.note(*edge));
        matching
    }

    fn note(&mut self, (a, b, weight): Edge) {
        assert!(0 < weight && weight < WEIGHT_LIMIT, "a weight of {weight} cannot be matched by");
        self.edges[a].push((b as u32, 2 * weight));
        self.edges[b].push((a as u32, 2 * weight));
    }

    /// Twice what a vertex pays for each of its edges, whatever blossoms spare it.
    pub fn pays(&self, vertex: usize) -> i64 {
        self.dual[vertex]
    }

    /// What all blossoms together spare a matching: each once for every pair it has room for.
    #[cfg(test)]
    fn odd_sets(&self) -> i64 {
        let blossoms = (self.vertices..self.members.len()).filter(|node| !self.members[*node].is_empty());
        blossoms.map(|node| self.dual[node] * (self.members[node].len() / 2) as i64).sum()
    }

    /// What blossoms spare each pair of vertices at present.
    pub fn spared(&self) -> Spared {
        // Vertices in an order in which those of a blossom are side by side. Between two neighbours
        // stands what both of them are spared; of two that are farther apart, it is the least between.
        let mut place = vec![0; self.vertices];
        let mut between = Vec::with_capacity(self.vertices);
        let outermost = (0..self.members.len()).filter(|node| {
            let exists = *node < self.vertices || !self.members[*node].is_empty();
            exists && self.parent[*node].is_none()
        });
        // Nodes still to be laid out, with what is spared before them and in them.
        let mut stack: Vec<(usize, i64, i64)> = outermost.map(|node| (node, 0, 0)).collect();
        while let Some((node, before, around)) = stack.pop() {
            if node < self.vertices {
                place[node] = between.len();
                between.push(before);
                continue;
            }
            let inside = around + self.dual[node];
            let children = self.cycle[node].iter();
            stack.extend(children.map(|child| (*child, inside, inside)));
            // The last is the first to be laid out.
            stack.last_mut().expect("a blossom has children").1 = before;
        }
        let mut least = vec![between];
        while let Some(below) = least.last()
            && let width = 1 << (least.len() - 1)
            && below.len() > width
        {
            least.push(below.iter().zip(&below[width..]).map(|(one, other)| *one.min(other)).collect());
        }
        Spared { place, least }
    }

    /// Notes an edge that the duals may not cover, and charges one of its ends for it. That one loses
    /// its mate until the search goes on.
    fn add(&mut self, edge: Edge) {
        self.note(edge);
        let (a, b, weight) = edge;
        let apart = |vertex: &usize| {
            (self.mate[*vertex].is_some(), self.ring[*vertex].is_some(), self.outer[*vertex] >= self.vertices)
        };
        let charged = if apart(&b) < apart(&a) { b } else { a };
        while self.outer[charged] >= self.vertices {
            self.dissolve(self.outer[charged]);
        }
        let lacking = 2 * weight - self.dual[a] - self.dual[b];
        if lacking > 0 {
            self.dual[charged] += lacking;
            self.part(charged);
        }
    }

    /// Takes an outermost blossom apart by charging its vertices for what it spared. Its inner edges
    /// are paid for as before; the base's mate is lost.
    fn dissolve(&mut self, blossom: usize) {
        let base = self.base(blossom);
        self.part(base);
        // What a blossom spares is even: it changes by twice the clock.
        let share = self.dual[blossom] / 2;
        for vertex in std::mem::take(&mut self.members[blossom]) {
            self.dual[vertex] += share;
        }
        for child in self.take_children(blossom).0 {
            self.release(child);
        }
    }

    fn part(&mut self, vertex: usize) {
        self.break_ring(vertex);
        if let Some(mate) = self.mate[vertex].take() {
            self.mate[mate] = None;
        }
    }

    /// Makes a node outermost.
    fn release(&mut self, node: usize) {
        self.parent[node] = None;
        for at in 0..self.members[node].len() {
            let vertex = self.members[node][at];
            self.outer[vertex] = node;
        }
    }

    fn take_children(&mut self, blossom: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
        self.unused.push(blossom);
        self.members[blossom].clear();
        (std::mem::take(&mut self.cycle[blossom]), std::mem::take(&mut self.links[blossom]))
    }

    /// Duals that allow every edge and that few edges have room below, and the tight ones that do not
    /// meet as the first matching. The better these are, the smaller the trees.
    fn start(&mut self) {
        let n = self.vertices;
        for a in 0..n {
            self.dual[a] = self.edges[a].iter().map(|(_, doubled)| *doubled).max().unwrap_or(0) / 2;
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
            let tight = |(b, doubled): &&(u32, i64)| {
                let b = *b as usize;
                self.mate[b].is_none() && doubled - self.dual[b] == self.dual[a]
            };
            if let Some(&(b, _)) = self.edges[a].iter().find(tight) {
                self.mate[a] = Some(b as usize);
                self.mate[b as usize] = Some(a);
            }
        }
    }

    /// The least dual of a vertex that its edges allow.
    fn demand(&self, a: usize) -> i64 {
        self.edges[a].iter().map(|(b, doubled)| doubled - self.dual[*b as usize]).max().unwrap_or(0).max(0)
    }

    /// Grows trees until who has no mate pays nothing.
    fn grow_all(&mut self, odd: Odd) {
        // As if all trees grew at once: those that meet halfway reach less than one alone would.
        let limits = std::iter::successors(Some(NEAR), |limit| Some(limit * 2)).take(DOUBLINGS);
        limits.chain([NEVER]).for_each(|limit| self.grow_until(odd, limit));
    }

    /// The same, but lets go of a tree whose root was charged less by `limit`.
    fn grow_until(&mut self, odd: Odd, limit: i64) {
        for vertex in 0..self.vertices {
            if self.mate[vertex].is_none() && self.ring[vertex].is_none() && self.dual[vertex] > 0 {
                self.tree.end = limit;
                self.grow_from(vertex, odd);
                self.fell();
            }
        }
    }

    /// Pairs up the others of a vertex's ring, if it is in one.
    fn break_ring(&mut self, vertex: usize) {
        let mut next = self.ring[vertex].take();
        while let Some(a) = next.filter(|a| *a != vertex) {
            let b = self.ring[a].take().expect("a ring has no end");
            next = self.ring[b].take();
            self.mate[a] = Some(b);
            self.mate[b] = Some(a);
        }
    }

    /// Half matches the odd cycle of vertices that a tight edge between two even ones closes, and
    /// the way from there to the root anew.
    fn make_ring(&mut self, a: usize, b: usize) {
        let ([mut left, right], top) = self.ways_up(a, b);
        self.rematch(top, None);
        left.reverse();
        let ring = [vec![top], left, right].concat();
        for at in 0..ring.len() {
            self.mate[ring[at]] = None;
            self.ring[ring[at]] = Some(ring[(at + 1) % ring.len()]);
        }
    }

    /// The vertex of a node whose mate lies outside of it, if it has one.
    fn base(&self, node: usize) -> usize {
        base(&self.cycle, self.vertices, node)
    }

    /// Matches `root`, or proves that the best matching leaves it, or a vertex that gives way
    /// to it, without a mate.
    fn grow_from(&mut self, root: usize, odd: Odd) {
        self.make_even(self.outer[root]);
        loop {
            match self.next_step() {
                Step::GiveUp(vertex) => return self.rematch(vertex, None),
                Step::Pause => return,
                Step::Reach(a, b) => {
                    let node = self.outer[b];
                    let Some(mate) = self.mate[self.base(node)] else {
                        self.break_ring(b);
                        self.set_base(node, b);
                        self.mate[b] = Some(a);
                        return self.rematch(a, Some(b));
                    };
                    self.make_odd(node, a, b);
                    self.make_even(self.outer[mate]);
                }
                Step::Close(a, b) => match odd {
                    Odd::HalfMatch => return self.make_ring(a, b),
                    Odd::Contract => self.contract(a, b),
                },
                Step::Open(blossom) => self.expand(blossom),
            }
        }
    }

    /// Moves the clock on until something can be done.
    fn next_step(&mut self) -> Step {
        let tree = &mut self.tree;
        loop {
            let tight = tree.tight.peek().map_or(NEVER, |Reverse(edge)| edge.time());
            let spent = tree.spent.peek().map_or(NEVER, |Reverse((time, _))| *time);
            let (broke, vertex) = tree.broke;
            if tree.end < tight.min(spent).min(broke) {
                tree.clock = tree.end;
                return Step::Pause;
            }
            if broke <= tight && broke <= spent {
                tree.clock = broke;
                return Step::GiveUp(vertex);
            }
            if tight <= spent {
                let Some(Reverse(edge)) = tree.tight.pop() else { unreachable!("it was seen") };
                let (from, to) = (edge.from as usize, edge.to as usize);
                let step = if edge.closes() {
                    (self.outer[from] != self.outer[to]).then_some(Step::Close(from, to))
                } else {
                    let outside = tree.label[self.outer[to]] == Label::Outside;
                    let first = tree.nearest[to] == (edge.time(), edge.from);
                    (outside && first).then_some(Step::Reach(from, to))
                };
                if let Some(step) = step {
                    tree.clock = edge.time();
                    return step;
                }
                continue;
            }
            let Some(Reverse((time, blossom))) = tree.spent.pop() else { unreachable!("it was seen") };
            let odd = matches!(tree.label[blossom], Label::Odd(..)) && self.parent[blossom].is_none();
            if odd && self.dual[blossom] == 2 * time {
                tree.clock = time;
                return Step::Open(blossom);
            }
        }
    }

    /// Labels an outside node even, which brings its edges into play.
    fn make_even(&mut self, node: usize) {
        self.tree.label[node] = Label::Even;
        self.tree.labelled.push(node);
        let clock = self.tree.clock;
        if node >= self.vertices {
            self.dual[node] -= 2 * clock;
        }
        for at in 0..self.members[node].len() {
            let vertex = self.members[node][at];
            self.dual[vertex] += clock;
            self.look_around(vertex);
        }
    }

    /// Labels an outside node odd, reached over an edge to `own` in it.
    fn make_odd(&mut self, node: usize, even: usize, own: usize) {
        for at in 0..self.members[node].len() {
            let vertex = self.members[node][at];
            self.dual[vertex] -= self.tree.clock;
        }
        self.label_odd(node, even, own);
    }

    /// The same for a node whose vertices are charged as odd ones already.
    fn label_odd(&mut self, node: usize, even: usize, own: usize) {
        self.tree.label[node] = Label::Odd(even as u32, own as u32);
        self.tree.labelled.push(node);
        if node >= self.vertices {
            self.dual[node] += 2 * self.tree.clock;
            self.tree.spent.push(Reverse((self.dual[node] / 2, node)));
        }
    }

    /// Brings the edges of an even vertex into play.
    fn look_around(&mut self, vertex: usize) {
        let tree = &mut self.tree;
        let (own, node) = (self.dual[vertex], self.outer[vertex]);
        tree.broke = tree.broke.min((own, vertex));
        tree.end = tree.end.min(own);
        for &(other, doubled) in &self.edges[vertex] {
            let to = other as usize;
            let outer = self.outer[to];
            let time = own + self.dual[to] - doubled;
            match tree.label[outer] {
                Label::Outside if time <= tree.end => {
                    if self.mate[base(&self.cycle, self.vertices, outer)].is_none() {
                        tree.end = time;
                    }
                    tree.offer(vertex, to, time);
                }
                Label::Even if outer != node && time / 2 <= tree.end => {
                    tree.tight.push(Reverse(Tight::new(time / 2, true, vertex, to)));
                }
                Label::Outside | Label::Even | Label::Odd(..) => {}
            }
        }
    }

    /// Lets go of the tree: everything is outside again, and pays what it pays.
    fn fell(&mut self) {
        let clock = std::mem::take(&mut self.tree.clock);
        for node in std::mem::take(&mut self.tree.labelled) {
            let sign = match std::mem::replace(&mut self.tree.label[node], Label::Outside) {
                Label::Outside => continue,
                // A node inside of a blossom was brought up to date when it came there.
                _ if self.parent[node].is_some() || self.members[node].is_empty() => continue,
                Label::Even => -1,
                Label::Odd(..) => 1,
            };
            for &vertex in &self.members[node] {
                self.dual[vertex] += sign * clock;
            }
            if node >= self.vertices {
                self.dual[node] -= sign * 2 * clock;
            }
        }
        for vertex in self.tree.offered.drain(..) {
            self.tree.nearest[vertex].0 = NEVER;
        }
        self.tree.tight.clear();
        self.tree.spent.clear();
        self.tree.broke = (NEVER, 0);
        self.tree.end = NEVER;
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
            let Label::Odd(even, own) = self.tree.label[odd] else {
                unreachable!("the mate of an even node is odd")
            };
            let (even, own) = (even as usize, own as usize);
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
        let mut child = vertex;
        while self.parent[child] != Some(blossom) {
            child = self.parent[child].expect("a blossom holds its members");
        }
        self.cycle[blossom].iter().position(|node| *node == child).expect("a child is on its blossom's cycle")
    }

    /// The even node above an even node in the tree, with the odd one between them.
    fn above(&self, even: usize) -> Option<(usize, usize)> {
        let odd = self.outer[self.mate[self.base(even)]?];
        let Label::Odd(vertex, _) = self.tree.label[odd] else {
            unreachable!("the mate of an even node is odd")
        };
        Some((odd, self.outer[vertex as usize]))
    }

    /// The ways of two even nodes to the even node where they meet, which is given last and is
    /// part of neither.
    fn ways_up(&mut self, one: usize, other: usize) -> ([Vec<usize>; 2], usize) {
        self.tree.searches += 1;
        let search = self.tree.searches;
        let mut ways = [vec![one], vec![other]];
        [one, other].into_iter().for_each(|node| self.tree.seen[node] = search);
        for side in [0, 1].into_iter().cycle() {
            let Some((odd, even)) = self.above(*ways[side].last().expect("it begins with a node")) else {
                continue;
            };
            ways[side].push(odd);
            if self.tree.seen[even] == search {
                let across = ways[1 - side].iter().position(|node| *node == even);
                ways[1 - side].truncate(across.expect("it was seen there"));
                return (ways, even);
            }
            self.tree.seen[even] = search;
            ways[side].push(even);
        }
        unreachable!("both ways end at the root")
    }

    /// Makes a blossom of the odd cycle that a tight edge between two even nodes closes.
    fn contract(&mut self, a: usize, b: usize) {
        let ([left, right], top) = self.ways_up(self.outer[a], self.outer[b]);
        // Down the left way from the top, over the closing edge, and up the right one.
        let mut cycle = vec![top];
        let mut links = Vec::new();
        for &node in left.iter().rev() {
            links.push(match self.tree.label[node] {
                Label::Odd(even, own) => (even as usize, own as usize),
                _ => (self.base(cycle[cycle.len() - 1]), self.base(node)),
            });
            cycle.push(node);
        }
        links.push((a, b));
        for &node in &right {
            cycle.push(node);
            links.push(match self.tree.label[node] {
                Label::Odd(even, own) => (own as usize, even as usize),
                _ => {
                    let base = self.base(node);
                    (base, self.mate[base].expect("only the root has no mate, and it is not below the top"))
                }
            });
        }
        let blossom = self.unused.pop().expect("there are as many numbers as nested blossoms");
        let clock = self.tree.clock;
        let mut members = Vec::new();
        let mut turned_even = Vec::new();
        for &child in &cycle {
            let odd = self.tree.label[child] != Label::Even;
            for &vertex in &self.members[child] {
                self.outer[vertex] = blossom;
                if odd {
                    self.dual[vertex] += 2 * clock;
                    turned_even.push(vertex);
                }
            }
            if child >= self.vertices {
                self.dual[child] += if odd { -2 * clock } else { 2 * clock };
            }
            self.parent[child] = Some(blossom);
            members.extend_from_slice(&self.members[child]);
        }
        self.members[blossom] = members;
        self.cycle[blossom] = cycle;
        self.links[blossom] = links;
        self.dual[blossom] = -2 * clock;
        self.tree.label[blossom] = Label::Even;
        self.tree.labelled.push(blossom);
        for vertex in turned_even {
            self.look_around(vertex);
        }
    }

    /// Takes an odd blossom apart that spares its edges nothing any more.
    fn expand(&mut self, blossom: usize) {
        let Label::Odd(even, own) = self.tree.label[blossom] else {
            unreachable!("only odd blossoms are expanded")
        };
        let (even, own) = (even as usize, own as usize);
        let entry = self.place_in(blossom, own);
        let (cycle, links) = self.take_children(blossom);
        for &child in &cycle {
            self.release(child);
            self.tree.label[child] = Label::Outside;
        }
        // From where the tree enters to the base there are two ways; the even one stays in the tree.
        let count = cycle.len();
        self.label_odd(cycle[entry], even, own);
        let mut turned_even = Vec::new();
        let mut place = entry;
        while place != 0 {
            let (between, next, link) = if entry.is_multiple_of(2) {
                let (a, b) = links[place - 2];
                (place - 1, place - 2, (b, a))
            } else {
                (place + 1, (place + 2) % count, links[place + 1])
            };
            turned_even.push(cycle[between]);
            self.label_odd(cycle[next], link.0, link.1);
            place = next;
        }
        for &child in &cycle {
            if self.tree.label[child] == Label::Outside {
                self.leave_tree(child);
            }
        }
        for node in turned_even {
            self.make_even(node);
        }
    }

    /// Puts a node outside again whose vertices are charged as odd ones.
    fn leave_tree(&mut self, node: usize) {
        let tree = &mut self.tree;
        for &vertex in &self.members[node] {
            self.dual[vertex] += tree.clock;
            tree.nearest[vertex].0 = NEVER;
            for &(other, doubled) in &self.edges[vertex] {
                let from = other as usize;
                if tree.label[self.outer[from]] == Label::Even {
                    tree.offer(from, vertex, self.dual[from] + self.dual[vertex] - doubled);
                }
            }
        }
    }
}

fn base(cycle: &[Vec<usize>], vertices: usize, mut node: usize) -> usize {
    while node >= vertices {
        node = cycle[node][0];
    }
    node
}

impl Tree {
    /// Notes when an edge from an even vertex to one outside is tight, if none is before it.
    fn offer(&mut self, from: usize, to: usize, time: i64) {
        let (nearest, _) = self.nearest[to];
        if time < nearest {
            if nearest == NEVER {
                self.offered.push(to);
            }
            self.nearest[to] = (time, from as u32);
            self.tight.push(Reverse(Tight::new(time, false, from, to)));
        }
    }
}

/// An edge from an even vertex that will be tight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tight {
    /// Twice the time, and one more if the other end is even too and not outside.
    key: i64,
    from: u32,
    to: u32,
}

impl Tight {
    fn new(time: i64, closes: bool, from: usize, to: usize) -> Tight {
        Tight { key: 2 * time + i64::from(closes), from: from as u32, to: to as u32 }
    }

    fn time(self) -> i64 {
        self.key >> 1
    }

    fn closes(self) -> bool {
        self.key & 1 == 1
    }
}

/// What becomes of an odd cycle of tight edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// It ends the search: each of its vertices is matched half to the one and half to the other
    /// neighbour, as the linear program without the odd sets would have it. Such a matching is found
    /// fast and is close to the best, so that few vertices are left to begin a tree at.
    HalfMatch,
    /// It becomes a blossom.
    Contract,
}

/// What tight edges and spent duals allow.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// An even vertex that pays nothing can do without a mate.
    GiveUp(usize),
    /// The search has gone as far as it may for the time being.
    Pause,
    /// A tight edge from an even vertex to one outside the tree.
    Reach(usize, usize),
    /// A tight edge between two even nodes.
    Close(usize, usize),
    /// An odd blossom that spares nothing.
    Open(usize),
}

#[cfg(test)]
mod tests;
