use super::*;
use crate::domain::chance::Chance;
use crate::domain::pairing::cardinality::maximum_cardinality;

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

    /// The heaviest matching, found from `known` edges on, and what proves that it is.
    fn heaviest(&self, known: &[Edge], what: &str) -> Vec<Option<usize>> {
        let all: Vec<Edge> = (0..self.n)
            .flat_map(|a| (a + 1..self.n).filter_map(move |b| Some((a, b, self.weight(a, b)?))))
            .collect();
        let mut proof = None;
        let mates = maximum_weight(self.n, known, |matching| {
            let spared = matching.spared();
            let lacking = |(a, b, weight): &Edge| {
                matching.pays(*a) + matching.pays(*b) + spared.between(*a, *b) < 2 * weight
            };
            let more: Vec<Edge> = all.iter().copied().filter(lacking).take(5).collect();
            if more.is_empty() {
                proof =
                    Some((0..self.n).map(|vertex| matching.pays(vertex)).sum::<i64>() + matching.odd_sets());
            }
            more
        });
        let (sum, _) = self.value(&mates);
        // The duals cover every edge, and cost no more than the matching weighs (doubled).
        assert_eq!(proof, Some(2 * sum), "{what}");
        mates
    }

    fn check(&self, chance: &mut Chance, what: &str) {
        let (sum, pairs) = self.best();
        let known = self.some_edges(chance);
        let heaviest = self.heaviest(&known, what);
        assert_eq!(self.value(&heaviest).0, sum, "{what}");
        let most = self.most_pairs(vec![None; self.n]);
        assert_eq!(self.value(&most).1, pairs, "{what}");
        // And from a matching that is there already.
        let more = self.most_pairs(heaviest);
        assert_eq!(self.value(&more).1, pairs, "{what}");
    }

    /// All edges, some, or none.
    fn some_edges(&self, chance: &mut Chance) -> Vec<Edge> {
        let percent = [0, 30, 70, 100][chance.below(4)];
        let mut edges = Vec::new();
        for (a, b) in (0..self.n).flat_map(|a| (a + 1..self.n).map(move |b| (a, b))) {
            if let Some(weight) = self.weight(a, b).filter(|_| chance.below(100) < percent) {
                edges.push((a, b, weight));
            }
        }
        edges
    }

    fn most_pairs(&self, mut mates: Vec<Option<usize>>) -> Vec<Option<usize>> {
        maximum_cardinality(&mut mates, 0..self.n, |a| {
            (0..self.n).filter(|b| *b != a && self.weight(a, *b).is_some()).collect()
        });
        mates
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
        assert!(known.is_none_or(|known| larger.len() == *known), "{} graphs of {n} vertices", larger.len());
        let mut chance = Chance(n as u64);
        for rows in &larger {
            let mut weights = vec![0; n * n];
            for (a, b) in (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))) {
                weights[a * n + b] = i64::from(rows[a] >> b & 1) * (1 + chance.below(12) as i64);
            }
            Graph { n, weights }.check(&mut chance, &format!("{rows:?}"));
        }
        graphs = larger.into_iter().collect();
    }
}

#[test]
fn graphs_by_chance_are_matched_best() {
    for seed in 0..2000 {
        let mut chance = Chance(seed);
        let n = 9 + chance.below(5);
        Graph::by_chance(&mut chance, n).check(&mut chance, &format!("seed {seed}"));
    }
}

/// The sum of weights of the heaviest matching, by another implementation.
fn second_opinion(graph: &Graph, most_pairs_first: bool) -> (i128, usize) {
    use rustworkx_core::petgraph::graph::UnGraph;
    let mut other = UnGraph::<(), i128>::default();
    let nodes: Vec<_> = (0..graph.n).map(|_| other.add_node(())).collect();
    for (a, b) in (0..graph.n).flat_map(|a| (a + 1..graph.n).map(move |b| (a, b))) {
        if let Some(weight) = graph.weight(a, b) {
            other.add_edge(nodes[a], nodes[b], i128::from(weight));
        }
    }
    let weight = |edge: &i128| Ok::<i128, std::convert::Infallible>(*edge);
    let found = rustworkx_core::max_weight_matching::max_weight_matching(
        &other,
        most_pairs_first,
        |edge| weight(edge.weight()),
        false,
    )
    .unwrap();
    let sum = found.iter().map(|(a, b)| i128::from(graph.weight(*a, *b).unwrap())).sum();
    (sum, found.len())
}

#[test]
fn larger_graphs_are_matched_as_another_implementation_does() {
    for seed in 0..60 {
        let mut chance = Chance(seed);
        let n = 20 + chance.below(101);
        let graph = Graph::by_chance(&mut chance, n);
        let known = graph.some_edges(&mut chance);
        let (sum, _) = graph.value(&graph.heaviest(&known, &format!("seed {seed}")));
        assert_eq!(i128::from(sum), second_opinion(&graph, false).0, "seed {seed}");

        // The same with most pairs first: as the ladder asks for it, by an addend on each weight.
        let addend = 1000 * n as i64;
        let weights = graph.weights.iter().map(|weight| if *weight > 0 { weight + addend } else { 0 });
        let raised = Graph { n, weights: weights.collect() };
        let mates = raised.heaviest(&raised.some_edges(&mut chance), &format!("seed {seed}"));
        let (sum, pairs) = graph.value(&mates);
        assert_eq!((i128::from(sum), pairs), second_opinion(&graph, true), "seed {seed}");
        assert_eq!(graph.value(&graph.most_pairs(vec![None; n])).1, pairs, "seed {seed}");
    }
}
