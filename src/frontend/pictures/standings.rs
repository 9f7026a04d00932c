//! The first rows of a page of the leaderboard.

use super::Drawing;
use super::svg::{
    Anchor, Area, LARGE, MARGIN, MIDDLE, SMALL, Style, Svg, WIDTH, colour, race_colour, rank_colour,
};
use crate::frontend::text::Words;
use ipc_schema::view::{LeaderboardRow, LeaderboardView};

/// More rows would be too small on a phone.
const ROWS: usize = 10;

const HEAD: f32 = 68.0;
/// What the filter takes where there is one.
const UNDER_TITLE: f32 = 26.0;
const ROW: f32 = 42.0;

/// `filter` is what was asked for, in words. None for a page without rows.
pub fn draw(view: &LeaderboardView, filter: &[String], words: Words) -> Option<Drawing> {
    let rows = &view.rows[..view.rows.len().min(ROWS)];
    let first = rows.first()?;
    let head = if filter.is_empty() { HEAD } else { HEAD + UNDER_TITLE };
    let mut svg = Svg::new(head + ROW * rows.len() as f32 + 14.0);
    let room = WIDTH - 2.0 * MARGIN;
    let title = words.say("leaderboard-picture-title");
    svg.text(MARGIN, 46.0, room, Style::of(LARGE, colour::TEXT).bold(), &title);
    // No font of the pictures has flags; a country's two letters stay.
    let asked: Vec<&str> = filter.iter().map(|words| words.trim_start_matches(is_flag)).collect();
    svg.text(MARGIN, 74.0, room, Style::of(SMALL, colour::MUTED), &asked.join(" · "));
    for (number, row) in rows.iter().enumerate() {
        let top = head + ROW * number as f32;
        if number % 2 == 0 {
            let stripe = Area { x: 10.0, y: top, width: WIDTH - 20.0, height: ROW };
            svg.area(stripe, 8.0, colour::STRIPE);
        }
        standing(&mut svg, top + 28.0, row, words);
    }
    let told = rows.iter().map(|row| told_of(row, words)).collect::<Vec<_>>().join(" ");
    let places = [("from", first.place.into()), ("rows", told.into())];
    let alt = words.with("leaderboard-picture-alt", &places);
    Some(Drawing { name: "leaderboard.png", svg: svg.finish(), alt, locale: words.locale() })
}

fn is_flag(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3f3}' | '\u{1f310}' | '\u{fe0f}' | ' ')
}

/// Place, rank, country, name, race and MMR on one line.
fn standing(svg: &mut Svg, y: f32, row: &LeaderboardRow, words: Words) {
    let place = Style::of(MIDDLE, if row.place <= 3 { rank_colour(row.rank) } else { colour::MUTED });
    svg.text(62.0, y, 46.0, place.at(Anchor::End), &row.place.to_string());
    svg.rank(76.0, y - 1.0, row.rank);
    svg.country(112.0, y - 1.0, &row.country);
    svg.text(160.0, y, 200.0, Style::of(MIDDLE, colour::TEXT).bold(), &row.name);
    svg.dot(378.0, y - 6.5, 4.0, race_colour(row.race), false);
    let race = words.name_of("race", row.race.code());
    svg.text(392.0, y, 112.0, Style::of(SMALL, colour::MUTED), &race);
    let mmr = super::mmr(row.mmr, row.provisional, words);
    svg.text(WIDTH - MARGIN, y, 66.0, Style::of(MIDDLE, colour::TEXT).bold().at(Anchor::End), &mmr);
}

fn told_of(row: &LeaderboardRow, words: Words) -> String {
    words.with(
        "leaderboard-picture-alt-row",
        &[
            ("place", row.place.into()),
            ("name", row.name.as_str().into()),
            ("race", words.name_of("race", row.race.code()).into()),
            ("mmr", super::mmr(row.mmr, row.provisional, words).into()),
            ("rank", row.rank.code().into()),
        ],
    )
}
