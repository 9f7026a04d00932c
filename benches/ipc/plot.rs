//! A picture of some curves: panels side by side, both axes logarithmic, as SVG.

use std::fmt::Write;

/// One curve. Its place in every panel decides its colour and its mark.
pub(crate) struct Curve {
    pub(crate) name: String,
    /// Both above 0; others are left out.
    pub(crate) points: Vec<(f64, f64)>,
}

pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) x_axis: String,
    pub(crate) y_axis: String,
    pub(crate) curves: Vec<Curve>,
}

pub(crate) struct Plot {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) columns: usize,
    /// Where the x axis has its lines, and what they are called.
    pub(crate) x_ticks: Vec<(f64, String)>,
    pub(crate) panels: Vec<Panel>,
}

const PANEL: (f64, f64) = (400.0, 340.0);
/// Around the curves of a panel: left, top, right, bottom.
const MARGIN: (f64, f64, f64, f64) = (66.0, 34.0, 16.0, 52.0);
const HEAD: f64 = 92.0;
const FOOT: f64 = 12.0;
/// Of a letter, so that names do not run into each other.
const LETTER: f64 = 7.4;

/// Told apart by who does not see red or green, and on paper without colours by their marks.
const COLOURS: [&str; 9] =
    ["#000000", "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73", "#7fc9a9", "#8c4a8c", "#cc79a7"];

/// One axis: values to places.
struct Axis {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn place(&self, value: f64) -> f64 {
        let part = (value.ln() - self.least.ln()) / (self.most.ln() - self.least.ln());
        self.from + part * (self.to - self.from)
    }

    fn holds(&self, value: f64) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

/// 1, 2 and 5 of each power of ten between `least` and `most`, which are made wide enough for three.
fn ticks(least: f64, most: f64) -> (f64, f64, Vec<f64>) {
    let steps: Vec<f64> =
        (-9..=12).flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * 10_f64.powi(power))).collect();
    let first = steps.iter().rposition(|step| *step <= least * 1.000_001).unwrap_or(0);
    let last = steps.iter().position(|step| *step >= most * 0.999_999).unwrap_or(steps.len() - 1);
    let last = last.max(first + 2).min(steps.len() - 1);
    (steps[first], steps[last], steps[first..=last].to_vec())
}

/// A number of an axis, short.
fn label(value: f64) -> String {
    let (scaled, suffix) = match value {
        value if value >= 1e6 => (value / 1e6, " M"),
        value if value >= 1e3 => (value / 1e3, " k"),
        value => (value, ""),
    };
    // Digits beyond the first would only show how numbers are stored.
    format!("{}{suffix}", (scaled * 1e6).round() / 1e6)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn text(out: &mut String, at: (f64, f64), class: &str, words: &str) {
    let (x, y) = at;
    writeln!(out, r#"<text x="{x:.1}" y="{y:.1}" class="{class}">{}</text>"#, escaped(words)).ok();
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), class: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    writeln!(out, r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" class="{class}"/>"#).ok();
}

/// The mark of a curve: a disc, a square or a triangle, full or empty.
fn mark(out: &mut String, (x, y): (f64, f64), curve: usize) {
    let colour = COLOURS[curve % COLOURS.len()];
    let fill = if (curve / 3).is_multiple_of(2) { colour } else { "#ffffff" };
    let shape = match curve % 3 {
        0 => format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="4""#),
        1 => format!(r#"<rect x="{:.1}" y="{:.1}" width="7.4" height="7.4""#, x - 3.7, y - 3.7),
        _ => format!(
            r#"<path d="M {x:.1} {:.1} L {:.1} {:.1} L {:.1} {:.1} Z""#,
            y - 5.0,
            x - 4.6,
            y + 3.6,
            x + 4.6,
            y + 3.6
        ),
    };
    writeln!(out, r#"{shape} fill="{fill}" stroke="{colour}" stroke-width="1.6"/>"#).ok();
}

impl Plot {
    pub(crate) fn svg(&self) -> String {
        let columns = self.columns.max(1);
        let rows = self.panels.len().div_ceil(columns);
        let (width, height) = (PANEL.0 * columns as f64, HEAD + PANEL.1 * rows as f64 + FOOT);
        let mut out = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<style>
text {{ font-family: "Noto Sans", "DejaVu Sans", sans-serif; font-size: 12px; fill: #222222; }}
.title {{ font-size: 17px; font-weight: bold; }}
.panel {{ font-size: 13px; font-weight: bold; }}
.x {{ text-anchor: middle; }}
.y {{ text-anchor: end; }}
.grid {{ stroke: #dddddd; stroke-width: 1; }}
.frame {{ fill: none; stroke: #777777; stroke-width: 1; }}
.curve {{ fill: none; stroke-width: 2; }}
</style>
<rect width="{width}" height="{height}" fill="#ffffff"/>
"##
        );
        text(&mut out, (16.0, 26.0), "title", &self.title);
        text(&mut out, (16.0, 46.0), "", &self.subtitle);
        let mut x = 22.0;
        for (number, name) in self.names().into_iter().enumerate() {
            mark(&mut out, (x, 68.0), number);
            text(&mut out, (x + 10.0, 72.0), "", name);
            x += 36.0 + LETTER * name.chars().count() as f64;
        }
        for (number, panel) in self.panels.iter().enumerate() {
            let corner = (PANEL.0 * (number % columns) as f64, HEAD + PANEL.1 * (number / columns) as f64);
            self.panel(&mut out, corner, panel);
        }
        out.push_str("</svg>\n");
        out
    }

    /// All curves there are, in the order of the first panel that has them.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for curve in self.panels.iter().flat_map(|panel| &panel.curves) {
            if !names.contains(&curve.name.as_str()) {
                names.push(&curve.name);
            }
        }
        names
    }

    fn panel(&self, out: &mut String, (left, top): (f64, f64), panel: &Panel) {
        let (x_from, x_to) = (left + MARGIN.0, left + PANEL.0 - MARGIN.2);
        let (y_from, y_to) = (top + PANEL.1 - MARGIN.3, top + MARGIN.1);
        text(out, (x_from, top + 22.0), "panel", &panel.title);
        let drawn = |curve: &Curve| -> Vec<(f64, f64)> {
            curve.points.iter().copied().filter(|(x, y)| *x > 0.0 && *y > 0.0).collect()
        };
        let all: Vec<(f64, f64)> = panel.curves.iter().flat_map(drawn).collect();
        if all.is_empty() {
            text(out, (x_from, (y_from + y_to) / 2.0), "", "nothing was measured");
            return;
        }
        let bounds = |of: fn(&(f64, f64)) -> f64| {
            let values = all.iter().map(of);
            (values.clone().fold(f64::MAX, f64::min), values.fold(f64::MIN, f64::max))
        };
        let ((least_x, most_x), (least_y, most_y)) = (bounds(|point| point.0), bounds(|point| point.1));
        // Room beside the outermost marks.
        let x_axis = Axis { least: least_x / 1.6, most: most_x * 1.6, from: x_from, to: x_to };
        let (least_y, most_y, y_ticks) = ticks(least_y, most_y);
        let y_axis = Axis { least: least_y, most: most_y, from: y_from, to: y_to };
        // Every step has a line; where they are many, powers of ten alone have numbers.
        let crowded = y_ticks.len() > 10;
        for tick in y_ticks {
            let y = y_axis.place(tick);
            line(out, (x_from, y), (x_to, y), "grid");
            if !crowded || (tick.log10() - tick.log10().round()).abs() < 1e-6 {
                text(out, (x_from - 6.0, y + 4.0), "y", &label(tick));
            }
        }
        for (tick, name) in self.x_ticks.iter().filter(|(tick, _)| x_axis.holds(*tick)) {
            let x = x_axis.place(*tick);
            line(out, (x, y_from), (x, y_to), "grid");
            text(out, (x, y_from + 17.0), "x", name);
        }
        writeln!(
            out,
            r#"<rect x="{x_from:.1}" y="{y_to:.1}" width="{:.1}" height="{:.1}" class="frame"/>"#,
            x_to - x_from,
            y_from - y_to
        )
        .ok();
        text(out, ((x_from + x_to) / 2.0, y_from + 36.0), "x", &panel.x_axis);
        let (x, y) = (left + 16.0, (y_from + y_to) / 2.0);
        writeln!(
            out,
            r#"<text x="{x:.1}" y="{y:.1}" class="x" transform="rotate(-90 {x:.1} {y:.1})">{}</text>"#,
            escaped(&panel.y_axis)
        )
        .ok();
        let names = self.names();
        for curve in &panel.curves {
            let number = names.iter().position(|name| *name == curve.name).unwrap_or(0);
            let places: Vec<(f64, f64)> =
                drawn(curve).into_iter().map(|(x, y)| (x_axis.place(x), y_axis.place(y))).collect();
            let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let (path, colour) = (path.join(" "), COLOURS[number % COLOURS.len()]);
            writeln!(out, r#"<polyline points="{path}" class="curve" stroke="{colour}"/>"#).ok();
            for place in places {
                mark(out, place, number);
            }
        }
    }
}
