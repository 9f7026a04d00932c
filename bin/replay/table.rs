//! Tables for people: columns as wide as what stands in them, up to a limit.

use super::files::plain;
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A heading, and the places on the line that its column may take.
pub(crate) type Column = (&'static str, usize);

/// Rows may have fewer cells than there are columns; the last cell of such a row is not cut.
pub(crate) fn print(out: &mut impl Write, columns: &[Column], rows: &[Vec<String>]) -> io::Result<()> {
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let width = |at: usize| {
        let (heading, limit) = columns[at];
        // What runs on to the end of the line does not make its column wider.
        let fitting = cells.iter().filter(|row| at + 1 < row.len() || row.len() == columns.len());
        let widest = fitting.filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
        widest.min(limit).max(heading.width())
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let headings = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    for row in std::iter::once(&headings).chain(&cells) {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let last = at + 1 == row.len();
            let shown = if last && row.len() < columns.len() { cell.clone() } else { cut(cell, widths[at]) };
            line.push_str(&shown);
            if !last {
                line.push_str(&" ".repeat(widths[at].saturating_sub(shown.width()) + 2));
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let fits = |letter: &char| {
        let letter = letter.width().unwrap_or(0);
        let fits = letter <= room;
        room = if fits { room - letter } else { 0 };
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
