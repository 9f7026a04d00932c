//! What `scripts/bench ipc` and `load` make of their numbers. Whole runs of the latter are in `processes/measured.rs`.

#[path = "../benches/load/log.rs"]
#[expect(dead_code, reason = "its own tests look at what makes the numbers")]
mod load_log;
#[path = "../benches/ipc/plot.rs"]
mod plot;
#[path = "../benches/ipc/statistics.rs"]
mod statistics;

use plot::{Curve, Panel, Plot};
use statistics::{median, quantile};

#[test]
fn quantiles_and_medians_are_values_in_the_middle() {
    let hundred: Vec<u64> = (1..=100).collect();
    for (sorted, percent, expected) in [
        (&hundred[..], 50, 50),
        (&hundred[..], 99, 99),
        (&hundred[..99], 99, 99),
        (&hundred[..2], 50, 1),
        (&hundred[..1], 99, 1),
        (&[], 50, 0),
    ] {
        assert_eq!(quantile(sorted, percent), expected, "{percent} % of {}", sorted.len());
    }
    for (values, expected) in
        [(vec![3.0, 1.0, 2.0], Some(2.0)), (vec![4.0, 1.0, 2.0, 3.0], Some(2.5)), (vec![], None)]
    {
        assert_eq!(median(values.clone()), expected, "{values:?}");
    }
}

/// The numbers of an attribute, in the order of the picture.
fn numbers(svg: &str, attribute: &str) -> Vec<f64> {
    let before = format!(" {attribute}=\"");
    svg.split(&before).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

#[test]
fn a_picture_has_a_mark_for_every_point_inside_its_panel() {
    let curve = |name: &str, points: &[(f64, f64)]| Curve { name: name.to_owned(), points: points.into() };
    let panel = |curves| Panel {
        title: "Round <trip>".to_owned(),
        x_axis: "payload".to_owned(),
        y_axis: "µs".to_owned(),
        curves,
    };
    let plot = Plot {
        title: "A & B".to_owned(),
        subtitle: String::new(),
        columns: 2,
        x_ticks: vec![(64.0, "64 B".to_owned()), (1e9, "beyond".to_owned())],
        panels: vec![
            panel(vec![curve("raw", &[(64.0, 9.1), (1024.0, 20.0), (1e6, 0.0)])]),
            panel(vec![]),
            panel(vec![curve("raw", &[(64.0, 5e6)])]),
        ],
    };
    let svg = plot.svg();
    let (across, down) = (numbers(&svg, "cx"), numbers(&svg, "cy"));
    // One in the legend; a value of 0 has no place on a logarithmic axis.
    assert_eq!((across.len(), down.len()), (4, 4), "{svg}");
    let (width, height) = (numbers(&svg, "width")[0], numbers(&svg, "height")[0]);
    assert!(across.iter().all(|x| (0.0..width).contains(x)), "{across:?}");
    assert!(down.iter().all(|y| (0.0..height).contains(y)), "{down:?}");
    assert!(across[1] < across[2], "more is to the right");
    assert!(down[1] > down[2], "more is higher");
    assert!(across[3] < width / 2.0 && down[3] > down[1], "the third panel is below the first");
    for (words, times) in
        [("A &amp; B", 1), ("Round &lt;trip&gt;", 3), ("64 B", 2), ("beyond", 0), ("nothing was measured", 1)]
    {
        assert_eq!(svg.matches(words).count(), times, "{words}");
    }
}
