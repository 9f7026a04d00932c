//! A picture as SVG text: one palette, one size of letters that a phone can show, and a pen that writes shapes.
//! It measures nothing, so a text is given the room it may take and made smaller by what its letters are
//! at most as wide as.

use ipc_schema::vocab::{Race, Rank};
use std::fmt::Write as _;

/// All pictures are so wide. A phone shows them at about half of it, so letters below [`SMALL`] cannot be read.
pub const WIDTH: f32 = 600.0;

/// Between the frame and everything that is in it.
pub const MARGIN: f32 = 24.0;

pub const LARGE: f32 = 26.0;
pub const MIDDLE: f32 = 19.0;
pub const SMALL: f32 = 16.0;

/// One palette on a card that is a little darker than Discord's dark background. Every colour that carries a
/// meaning is at least four and a half times as bright as the card, and none carries it alone.
pub mod colour {
    pub const CARD: &str = "#1b1c20";
    pub const EDGE: &str = "#33353b";
    pub const STRIPE: &str = "#232529";
    pub const GRID: &str = "#34363d";
    pub const TEXT: &str = "#f2f3f5";
    pub const MUTED: &str = "#b0b5bf";
    pub const BW: &str = "#eba045";
    pub const BOTH: &str = "#b58cf0";
    pub const SC2: &str = "#4fa9f7";
}

/// The armies of Brood War are warm, those of StarCraft II cold.
pub fn race_colour(race: Race) -> &'static str {
    match race {
        Race::BwTerran => "#f0883e",
        Race::BwZerg => "#f0708f",
        Race::BwProtoss => "#f2cf55",
        Race::Sc2Terran => "#4fa9f7",
        Race::Sc2Zerg => "#b58cf0",
        Race::Sc2Protoss => "#45cfae",
    }
}

pub fn rank_colour(rank: Rank) -> &'static str {
    match rank {
        Rank::S => "#f2cf55",
        Rank::A => "#f0883e",
        Rank::B => "#b58cf0",
        Rank::C => "#4fa9f7",
        Rank::D => "#45cfae",
        Rank::E => "#8bc56b",
        Rank::F => "#a3a8b3",
    }
}

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub size: f32,
    pub fill: &'static str,
    pub bold: bool,
    pub anchor: Anchor,
}

impl Style {
    pub const fn of(size: f32, fill: &'static str) -> Style {
        Style { size, fill, bold: false, anchor: Anchor::Start }
    }

    pub const fn bold(self) -> Style {
        Style { bold: true, ..self }
    }

    pub const fn at(self, anchor: Anchor) -> Style {
        Style { anchor, ..self }
    }
}

/// A rectangle, from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// A picture that is being drawn.
#[derive(Debug)]
pub struct Svg {
    text: String,
}

impl Svg {
    /// An empty card.
    pub fn new(height: f32) -> Svg {
        let [width, tall] = [WIDTH, height].map(number);
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{tall}\" \
             font-family=\"Noto Sans\">\n"
        );
        let mut svg = Svg { text };
        svg.area(Area { x: 0.0, y: 0.0, width: WIDTH, height }, 14.0, colour::EDGE);
        let inner = Area { x: 2.0, y: 2.0, width: WIDTH - 4.0, height: height - 4.0 };
        svg.area(inner, 12.0, colour::CARD);
        svg
    }

    pub fn area(&mut self, area: Area, radius: f32, fill: &str) {
        let Area { x, y, width, height } = area;
        let [x, y, width, height, radius] = [x, y, width, height, radius].map(number);
        let _ = writeln!(
            self.text,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\" fill=\"{fill}\"/>"
        );
    }

    /// A level line.
    pub fn level(&mut self, y: f32, from: f32, to: f32, stroke: &str) {
        let [y, from, to] = [y, from, to].map(number);
        let _ = writeln!(self.text, "<path d=\"M{from} {y}H{to}\" stroke=\"{stroke}\" fill=\"none\"/>");
    }

    /// An upright line.
    pub fn upright(&mut self, x: f32, from: f32, to: f32, stroke: &str) {
        let [x, from, to] = [x, from, to].map(number);
        let _ = writeln!(self.text, "<path d=\"M{x} {from}V{to}\" stroke=\"{stroke}\" fill=\"none\"/>");
    }

    /// From point to point; broken where `dashed`.
    pub fn curve(&mut self, points: &[(f32, f32)], stroke: &str, dashed: bool) {
        let mut path = String::new();
        for (nth, (x, y)) in points.iter().enumerate() {
            let (letter, x, y) = (if nth == 0 { 'M' } else { 'L' }, number(*x), number(*y));
            let _ = write!(path, "{letter}{x} {y}");
        }
        let dashes = if dashed { " stroke-dasharray=\"7 6\"" } else { "" };
        let _ = writeln!(
            self.text,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"3\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\"{dashes}/>"
        );
    }

    /// The room between a curve and the level `base` below it, in a colour that fades downwards.
    pub fn shade(&mut self, points: &[(f32, f32)], base: f32, colour: &str) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        let top = points.iter().map(|(_, y)| *y).fold(base, f32::min);
        let mut path = format!("M{} {}", number(first.0), number(base));
        for (x, y) in points {
            let _ = write!(path, "L{} {}", number(*x), number(*y));
        }
        let _ = write!(path, "L{} {}Z", number(last.0), number(base));
        let _ = writeln!(
            self.text,
            "<linearGradient id=\"shade\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" x2=\"0\" y1=\"{}\" y2=\"{}\">\
             <stop offset=\"0\" stop-color=\"{colour}\" stop-opacity=\"0.28\"/>\
             <stop offset=\"1\" stop-color=\"{colour}\" stop-opacity=\"0\"/></linearGradient>\n\
             <path d=\"{path}\" fill=\"url(#shade)\"/>",
            number(top),
            number(base),
        );
    }

    /// A dot, or a ring where `hollow`.
    pub fn dot(&mut self, x: f32, y: f32, radius: f32, colour: &str, hollow: bool) {
        let [x, y, radius] = [x, y, radius].map(number);
        let fill = if hollow { colour::CARD } else { colour };
        let _ = writeln!(
            self.text,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"2.5\"/>"
        );
    }

    /// A text on the line `y` that takes no more than `room`: it is made smaller, and cut if it has to be.
    pub fn text(&mut self, x: f32, y: f32, room: f32, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        let Style { size, fill, bold, anchor } = style;
        let (size, cut) = fit(text, size, bold, room);
        let weight = if bold { " font-weight=\"700\"" } else { "" };
        let (left, held) = match anchor {
            Anchor::Start => (x, ""),
            Anchor::Middle => (x - room / 2.0, " text-anchor=\"middle\""),
            Anchor::End => (x - room, " text-anchor=\"end\""),
        };
        let rare = text.chars().any(is_rare);
        let top = y - 1.2 * size;
        if rare {
            // Such letters may be of any width: the room is a window, and what is beyond it is not seen.
            let [x, y, width, height] = [left, top, room, 1.7 * size].map(number);
            let window = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
            let _ = writeln!(self.text, "<svg {window}>");
        }
        let (x, y) = if rare { (x - left, y - top) } else { (x, y) };
        let [x, y, size] = [x, y, size].map(number);
        let _ = writeln!(
            self.text,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\"{weight}{held}>{}</text>",
            escaped(&cut),
        );
        if rare {
            self.text.push_str("</svg>\n");
        }
    }

    /// The two letters of a country in a frame of their own: no font of the pictures has flags.
    pub fn country(&mut self, x: f32, y: f32, country: &str) {
        let frame = Area { x, y: y - 16.5, width: 36.0, height: 22.0 };
        self.area(frame, 5.0, colour::EDGE);
        let style = Style::of(SMALL - 1.0, colour::TEXT).at(Anchor::Middle);
        self.text(x + 18.0, y, 32.0, style, country);
    }

    /// The letter of a rank in its colour.
    pub fn rank(&mut self, x: f32, y: f32, rank: Rank) {
        let frame = Area { x, y: y - 17.5, width: 24.0, height: 24.0 };
        self.area(frame, 6.0, rank_colour(rank));
        let style = Style::of(SMALL, colour::CARD).bold().at(Anchor::Middle);
        self.text(x + 12.0, y, 24.0, style, rank.code());
    }

    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}

/// Smaller than this no text is made; it is cut instead.
const LEAST: f32 = 13.0;

/// The size at which a text surely fits, and what is left of it.
fn fit(text: &str, size: f32, bold: bool, room: f32) -> (f32, String) {
    let wide: f32 = text.chars().map(|letter| width(letter, bold)).sum();
    let fitting = (room / wide * 10.0).floor() / 10.0;
    if fitting >= size || fitting >= LEAST {
        return (fitting.min(size), text.to_owned());
    }
    let size = size.min(LEAST);
    let mut left = room - width('…', bold) * size;
    let kept = text.chars().take_while(|letter| {
        left -= width(*letter, bold) * size;
        left >= 0.0
    });
    (size, format!("{}…", kept.collect::<String>().trim_end()))
}

/// What a letter is at most as wide as, in its size. A test holds this against the fonts.
fn width(letter: char, bold: bool) -> f32 {
    let regular = match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' => 0.36,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '/' | '-' | 'J' => 0.43,
        'm' | 'M' | 'W' | '%' | '…' => 0.96,
        'w' | 'O' | 'Q' | 'N' | 'H' | 'G' | 'U' | 'D' => 0.8,
        '0'..='9' | '?' | '+' | '–' => 0.58,
        'a'..='z' => 0.63,
        'A'..='Z' => 0.67,
        'Ж' | 'Ш' | 'Щ' | 'Ю' | 'М' | 'Ы' | 'Ф' | 'ж' | 'ш' | 'щ' | 'ю' | 'ы' | 'ф' | 'м' => {
            1.06
        }
        '\u{400}'..='\u{45f}' => 0.8,
        '\u{c0}'..='\u{24f}' => 0.96,
        _ => 1.0,
    };
    if bold { regular * 1.07 } else { regular }
}

/// Whether a letter is of a script whose letters the widths above say nothing of: there are some that are
/// several times as wide as high.
fn is_rare(letter: char) -> bool {
    !matches!(letter,
        '\u{20}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{45f}' | '\u{2010}'..='\u{2026}'
        | '\u{2190}'..='\u{2193}' | '\u{1100}'..='\u{11ff}' | '\u{3000}'..='\u{318f}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

/// With at most one place after the point, which is a twentieth of what an eye sees.
fn number(number: f32) -> String {
    let tenths = (number * 10.0).round() / 10.0;
    // There is no zero below zero in a picture.
    format!("{}", if tenths == 0.0 { 0.0 } else { tenths })
}

/// Without meaning to XML, which has no room for control characters at all.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
