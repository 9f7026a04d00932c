//! Who queues when: a bar for each hour of the day, made of those who could play Brood War, StarCraft II or both.

use super::Drawing;
use super::scale::{Ticks, time_of_day};
use super::svg::{Anchor, Area, LARGE, MARGIN, SMALL, Style, Svg, WIDTH, colour};
use crate::frontend::text::Words;
use ipc_schema::view::{ActivityHour, ActivityView};

const LEFT: f32 = 66.0;
const RIGHT: f32 = WIDTH - MARGIN;
const TOP: f32 = 130.0;
const BOTTOM: f32 = 352.0;
const HEIGHT: f32 = 396.0;

/// An hour that is marked on the axis: every third.
const MARKED: usize = 3;

/// None where nobody queued. Times are those of the reader's clock where the ladder knows it, else of UTC.
pub fn draw(view: &ActivityView, words: Words) -> Option<Drawing> {
    let ahead_minutes = view.utc_offset_min.unwrap_or(0);
    let hours = in_order(view, ahead_minutes);
    let days = f64::from(view.days.max(1));
    let of = |hour: &ActivityHour| f64::from(hour.players) / days;
    let busiest = hours.iter().rev().max_by_key(|hour| hour.players).filter(|hour| hour.players > 0)?;
    let axis = Ticks::over(0.0, of(busiest), 5);

    let mut svg = Svg::new(HEIGHT);
    let title = Style::of(LARGE, colour::TEXT).bold();
    svg.text(MARGIN, 46.0, 370.0, title, &words.say("activity-picture-title"));
    let told = Style::of(SMALL, colour::MUTED);
    let zone = zone_of(ahead_minutes);
    let (zone_key, alt_key) = match view.utc_offset_min {
        Some(_) => ("activity-picture-zone-own", "activity-picture-alt-own"),
        None => ("activity-picture-zone", "activity-picture-alt"),
    };
    let zone_told = words.with(zone_key, &[("zone", zone.as_str().into())]);
    svg.text(WIDTH - MARGIN, 44.0, 170.0, told.at(Anchor::End), &zone_told);
    let period = words.with("activity-picture-period", &[("days", u32::from(view.days).into())]);
    svg.text(MARGIN, 74.0, WIDTH - 2.0 * MARGIN, told, &period);
    legend(&mut svg, words);

    for value in axis.ticks() {
        let y = BOTTOM - (BOTTOM - TOP) * axis.share(value) as f32;
        svg.level(y, LEFT, RIGHT, colour::GRID);
        let label = if axis.has_tenths() { format!("{value:.1}") } else { format!("{value}") };
        svg.text(LEFT - 10.0, y + 5.5, 44.0, told.at(Anchor::End), &label);
    }
    let width = (RIGHT - LEFT) / hours.len() as f32;
    for (number, hour) in hours.iter().enumerate() {
        let x = LEFT + width * number as f32;
        bar(&mut svg, x + 3.0, width - 6.0, hour, |players| {
            (BOTTOM - TOP) * axis.share(f64::from(players) / days) as f32
        });
        if number % MARKED == 0 {
            let label = clock_of(hour, ahead_minutes);
            svg.text(x + width / 2.0, BOTTOM + 26.0, 62.0, told.at(Anchor::Middle), &label);
        }
    }
    let players = match view.days {
        0 | 1 => busiest.players.to_string(),
        _ => format!("{:.1}", of(busiest)),
    };
    let alt = words.with(
        alt_key,
        &[
            ("period", period.into()),
            ("hour", clock_of(busiest, ahead_minutes).into()),
            ("players", players.into()),
            ("zone", zone.into()),
        ],
    );
    Some(Drawing { name: "activity.png", svg: svg.finish(), alt, locale: words.locale() })
}

/// The last 24 hours as they went by; of more days from midnight to midnight, where a habit is looked for.
fn in_order(view: &ActivityView, ahead_minutes: i16) -> Vec<ActivityHour> {
    let mut hours = view.hours.clone();
    if view.days > 1 {
        hours.sort_by_key(|hour| time_of_day(hour.at, ahead_minutes));
    }
    hours
}

/// From below: those with a race of Brood War alone, of both, of StarCraft II alone.
fn bar(svg: &mut Svg, x: f32, width: f32, hour: &ActivityHour, tall: impl Fn(u32) -> f32) {
    let only_bw = hour.players.saturating_sub(hour.sc2);
    let only_sc2 = hour.players.saturating_sub(hour.bw);
    let both = hour.players.saturating_sub(only_bw).saturating_sub(only_sc2);
    let mut y = BOTTOM;
    for (players, fill) in [(only_bw, colour::BW), (both, colour::BOTH), (only_sc2, colour::SC2)] {
        // On whole pixels, since two colours that share one make a line of neither.
        let height = (tall(players) * 2.0).round() / 2.0;
        if players > 0 {
            y -= height;
            svg.area(Area { x, y, width, height }, 0.0, fill);
        }
    }
}

fn legend(svg: &mut Svg, words: Words) {
    let style = Style::of(SMALL, colour::TEXT);
    let eras = [
        (colour::BW, words.say("era-bw")),
        (colour::BOTH, words.say("activity-picture-both")),
        (colour::SC2, words.say("era-sc2")),
    ];
    for (number, (fill, era)) in eras.into_iter().enumerate() {
        let x = MARGIN + 184.0 * number as f32;
        svg.area(Area { x, y: 91.0, width: 14.0, height: 14.0 }, 3.0, fill);
        svg.text(x + 22.0, 104.0, 150.0, style, &era);
    }
}

fn clock_of(hour: &ActivityHour, ahead_minutes: i16) -> String {
    let (hours, minutes) = time_of_day(hour.at, ahead_minutes);
    format!("{hours:02}:{minutes:02}")
}

/// `UTC`, `UTC+9` or `UTC-3:30`.
fn zone_of(ahead_minutes: i16) -> String {
    let (hours, minutes) = (ahead_minutes.unsigned_abs() / 60, ahead_minutes.unsigned_abs() % 60);
    let sign = if ahead_minutes < 0 { '-' } else { '+' };
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}
