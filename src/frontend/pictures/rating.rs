//! How a player's ratings moved: a line for each race over time, and below it what they are.

use super::scale::{Days, Ticks};
use super::svg::{Anchor, LARGE, MARGIN, MIDDLE, SMALL, Style, Svg, WIDTH, colour, race_colour};
use super::{Drawing, date};
use crate::frontend::text::Words;
use ipc_schema::view::{ProfileRating, ProfileView};
use ipc_schema::vocab::{Mmr, Timestamp};

/// The frame of the lines, within the card.
const LEFT: f32 = 76.0;
const RIGHT: f32 = WIDTH - 36.0;
const TOP: f32 = 96.0;
const BOTTOM: f32 = 330.0;

/// The first line of the ratings below it, and how far they are apart.
const LEGEND: f32 = 396.0;
const ROW: f32 = 34.0;

/// Ratings that move less than this are shown as if they did not, instead of as mountains.
const LEAST_SPAN: i32 = 60;

/// None for who has not been rated yet.
pub fn draw(view: &ProfileView, words: Words) -> Option<Drawing> {
    let rated: Vec<&ProfileRating> = view.ratings.iter().filter(|of| !of.history.is_empty()).collect();
    let points = || rated.iter().flat_map(|of| &of.history);
    let (from, to) = (points().map(|(at, _)| *at).min()?, points().map(|(at, _)| *at).max()?);
    let (least, most) = (points().map(|(_, mmr)| mmr.0).min()?, points().map(|(_, mmr)| mmr.0).max()?);
    let frame = Frame::of((from, to), (least, most));

    let height = LEGEND + ROW * rated.len().div_ceil(2) as f32 - 6.0;
    let mut svg = Svg::new(height);
    svg.country(MARGIN, 42.0, &view.country);
    svg.text(MARGIN + 46.0, 44.0, 330.0, Style::of(LARGE, colour::TEXT).bold(), &view.name);
    let told = Style::of(SMALL, colour::MUTED);
    svg.text(WIDTH - MARGIN, 42.0, 150.0, told.at(Anchor::End), &words.say("profile-picture-unit"));
    let dates =
        words.with("picture-dates", &[("from", date(from, words).into()), ("to", date(to, words).into())]);
    svg.text(MARGIN, 74.0, WIDTH - 2.0 * MARGIN, told, &dates);

    for value in frame.mmr.ticks() {
        let y = frame.y(value);
        svg.level(y, LEFT, RIGHT, colour::GRID);
        svg.text(LEFT - 10.0, y + 5.5, 50.0, told.at(Anchor::End), &format!("{value}"));
    }
    for (at, label) in Days::of(from, to).ticks(words) {
        let x = frame.x(at);
        svg.upright(x, BOTTOM, BOTTOM + 6.0, colour::GRID);
        // A label at the very end would leave the card.
        let held = x.min(WIDTH - MARGIN - 32.0);
        svg.text(held, BOTTOM + 26.0, 84.0, told.at(Anchor::Middle), &label);
    }
    if let Some(best) = rated.first() {
        svg.shade(&frame.points(best), BOTTOM, race_colour(best.race));
    }
    // The best comes last, and so above the others.
    for rating in rated.iter().rev() {
        line(&mut svg, &frame, rating);
    }
    for (number, rating) in rated.iter().enumerate() {
        let x = if number % 2 == 0 { MARGIN } else { WIDTH / 2.0 + MARGIN };
        legend(&mut svg, x, LEGEND + ROW * (number / 2) as f32, rating, words);
    }
    let alt = alt(view, &rated, (from, to), words);
    Some(Drawing { name: "rating.png", svg: svg.finish(), alt, locale: words.locale() })
}

/// From moments and ratings to places in the picture.
struct Frame {
    time: (f64, f64),
    mmr: Ticks,
}

impl Frame {
    fn of((from, to): (Timestamp, Timestamp), (least, most): (i32, i32)) -> Frame {
        let lacking = (LEAST_SPAN - (most - least)).max(0);
        let mmr = Ticks::over(f64::from(least - lacking / 2), f64::from(most + lacking / 2), 5);
        let (from, to) = (from.0 as f64, to.0 as f64);
        // A single moment lies in the middle.
        let time = if to > from { (from, to) } else { (from - 1.0, from + 1.0) };
        Frame { time, mmr }
    }

    fn x(&self, at: Timestamp) -> f32 {
        let (from, to) = self.time;
        LEFT + (RIGHT - LEFT) * ((at.0 as f64 - from) / (to - from)) as f32
    }

    fn points(&self, rating: &ProfileRating) -> Vec<(f32, f32)> {
        rating.history.iter().map(|(at, mmr)| (self.x(*at), self.y(f64::from(mmr.0)))).collect()
    }

    fn y(&self, mmr: f64) -> f32 {
        BOTTOM - (BOTTOM - TOP) * self.mmr.share(mmr) as f32
    }
}

fn line(svg: &mut Svg, frame: &Frame, rating: &ProfileRating) {
    let points = frame.points(rating);
    let colour = race_colour(rating.race);
    if points.len() > 1 {
        svg.curve(&points, colour, rating.provisional);
    }
    if let Some((x, y)) = points.last() {
        svg.dot(*x, *y, 5.0, colour, rating.provisional);
    }
}

fn legend(svg: &mut Svg, x: f32, y: f32, rating: &ProfileRating, words: Words) {
    let right = x + WIDTH / 2.0 - 2.0 * MARGIN;
    let colour = race_colour(rating.race);
    svg.curve(&[(x + 1.0, y - 6.0), (x + 25.0, y - 6.0)], colour, rating.provisional);
    let race = words.name_of("race", rating.race.code());
    svg.text(x + 36.0, y, 114.0, Style::of(MIDDLE - 1.0, colour::TEXT), &race);
    if let Some((_, rank)) = rating.place {
        svg.rank(right - 94.0, y, rank);
    }
    let mmr = super::mmr(rating.mmr, rating.provisional, words);
    svg.text(right, y, 64.0, Style::of(MIDDLE, colour::TEXT).bold().at(Anchor::End), &mmr);
}

fn alt(
    view: &ProfileView,
    rated: &[&ProfileRating],
    (from, to): (Timestamp, Timestamp),
    words: Words,
) -> String {
    let (name, from, to) = (view.name.as_str(), date(from, words), date(to, words));
    let whole =
        words.with("profile-picture-alt", &[("name", name.into()), ("from", from.into()), ("to", to.into())]);
    let races = rated.iter().map(|rating| {
        let of = |pick: fn(Mmr, Mmr) -> Mmr| {
            rating.history.iter().map(|(_, mmr)| *mmr).reduce(pick).unwrap_or(rating.mmr).to_string()
        };
        words.with(
            "profile-picture-alt-race",
            &[
                ("race", words.name_of("race", rating.race.code()).into()),
                ("mmr", super::mmr(rating.mmr, rating.provisional, words).into()),
                ("least", of(Mmr::min).into()),
                ("most", of(Mmr::max).into()),
            ],
        )
    });
    std::iter::once(whole).chain(races).collect::<Vec<_>>().join(" ")
}
