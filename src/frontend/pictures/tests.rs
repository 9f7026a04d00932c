//! The drawings as text, and what becomes of them with fonts, without, and with too many at once.

use super::paint::{Fonts, SCALE, decoded};
use super::svg::{Area, WIDTH};
use super::*;
use crate::frontend::commands::leaderboard;
use crate::frontend::text::Words;
use ipc_schema::ids::PlayerId;
use ipc_schema::view::{
    ActivityHour, ActivityView, GameRecord, LeaderboardFilter, LeaderboardRow, LeaderboardView,
    ProfileRating, ProfileView,
};
use ipc_schema::vocab::{CountryCode, Mmr, Race, Rank, Timestamp};
use std::path::Path;
use std::sync::Condvar;

const HOUR: u64 = 60 * 60 * 1000;

/// The first of November 2026, at midnight.
const START: u64 = 1_793_491_200_000;

/// The fonts of this machine. A developer may have none, where CI is set they have to be there.
fn fonts() -> Option<Fonts> {
    let fonts = Fonts::find();
    let needed = std::env::var_os("CI").is_some();
    assert!(fonts.is_some() || !needed, "there are no fonts: install {PACKAGES}");
    if fonts.is_none() {
        println!("skipped: there are no fonts; install {PACKAGES}");
    }
    fonts
}

/// A rating that went up and down in so many matches, from a stream of its own.
fn moved(race: Race, start: i32, matches: u64, place: Option<(u32, Rank)>) -> ProfileRating {
    let (mut mmr, mut chance) = (start, start.unsigned_abs());
    let history: Vec<(Timestamp, Mmr)> = (0..matches)
        .map(|number| {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            mmr += i32::try_from(chance >> 24).unwrap() % 41 - 17;
            (Timestamp(START + number * 9 * HOUR + u64::from(chance % 7) * HOUR), Mmr(mmr))
        })
        .collect();
    let record = GameRecord { wins: 31, losses: 12, draws: 0 };
    ProfileRating { race, mmr: Mmr(mmr), place, provisional: place.is_none(), record, history }
}

fn profile(name: &str, ratings: Vec<ProfileRating>) -> ProfileView {
    ProfileView {
        name: name.to_owned(),
        country: "KR".to_owned(),
        region: None,
        ratings,
        periods: Vec::new(),
        streak: 0,
        against_you: None,
    }
}

fn two_races() -> Vec<ProfileRating> {
    vec![moved(Race::BwProtoss, 1650, 60, Some((4, Rank::A))), moved(Race::Sc2Zerg, 1500, 12, None)]
}

fn all_races() -> Vec<ProfileRating> {
    let races = Race::ALL.iter().copied().zip(1..);
    races.map(|(race, nth)| moved(race, 2000 - nth * 70, 40, Some((12_345, Rank::S)))).collect()
}

fn board(names: &[&str]) -> LeaderboardView {
    let countries = ["KR", "CN", "RU", "DE", "US", "MX", "XX", "FR", "BR", "ZZ"];
    let row = |(number, name): (usize, &&str)| LeaderboardRow {
        place: u32::try_from(number).unwrap() + 1,
        player: PlayerId(1),
        name: (*name).to_owned(),
        country: countries[number % 10].to_owned(),
        race: Race::ALL[number % 6],
        mmr: Mmr(2104 - 37 * i32::try_from(number).unwrap()),
        rank: Rank::ALL[number.div_ceil(2)],
        provisional: number == 8,
        record: GameRecord { wins: 31, losses: 12, draws: 0 },
    };
    let rows = names.iter().enumerate().map(row).collect();
    LeaderboardView { page: 0, pages: 3, filter: LeaderboardFilter::default(), rows }
}

const NAMES: [&str; 10] = [
    "Bisu",
    "홀리월드",
    "追猎者",
    "Иванович",
    "MMMMMMMMMMMM",
    "Élan",
    "프로게이머프로게이머프로",
    "Стратегия",
    "漢字漢字漢字漢字漢字漢字",
    "iloveZerg",
];

fn hours(days: u16, utc_offset_min: Option<i16>) -> ActivityView {
    let hour = |number: u64| {
        let players = u32::try_from((number * 7 + 3) % 11 * (number % 4) * 2).unwrap();
        let (bw, sc2) = (players * 2 / 3, players - players / 4);
        ActivityHour { at: Timestamp(START + (number + 8) * HOUR), joins: players * 2, players, bw, sc2 }
    };
    ActivityView { days, utc_offset_min, hours: (0..24).map(hour).collect() }
}

fn words() -> Words {
    Words::of(Locale::EnUs)
}

#[test]
fn the_drawings_are_the_stored_ones() {
    let filter = LeaderboardFilter {
        race: Some(Race::BwZerg),
        country: CountryCode::from_code("KR"),
        ..LeaderboardFilter::default()
    };
    let standings = LeaderboardView { filter, ..board(&NAMES) };
    let drawings = [
        ("rating", rating::draw(&profile("Bisu", two_races()), words())),
        ("standings", leaderboard::drawing(&standings, words())),
        ("day", activity::draw(&hours(1, None), words())),
        ("week", activity::draw(&hours(7, Some(540)), words())),
    ];
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/frontend/pictures/tests");
    let changed = std::env::temp_dir();
    let others = drawings.into_iter().filter(|(name, drawing)| {
        let Drawing { svg, alt, .. } = drawing.as_ref().unwrap();
        let found = format!("{svg}<!-- {alt} -->\n");
        let as_stored = std::fs::read_to_string(stored.join(name).with_extension("svg")).unwrap() == found;
        if !as_stored {
            std::fs::write(changed.join(name).with_extension("svg"), found).unwrap();
        }
        !as_stored
    });
    let others: Vec<&str> = others.map(|(name, _)| name).collect();
    assert!(others.is_empty(), "drawn otherwise, look at them in {}: {others:?}", changed.display());
}

#[test]
fn there_is_nothing_to_draw_where_nothing_happened() {
    assert_eq!(rating::draw(&profile("Bisu", Vec::new()), words()), None);
    let unplayed = ProfileRating { history: Vec::new(), ..moved(Race::BwZerg, 1500, 1, None) };
    assert_eq!(rating::draw(&profile("Bisu", vec![unplayed]), words()), None);
    assert_eq!(standings::draw(&board(&[]), &[], words()), None);
    let mut silent = hours(30, None);
    silent.hours.iter_mut().for_each(|hour| hour.players = 0);
    assert_eq!(activity::draw(&silent, words()), None);
}

#[test]
fn the_hours_are_those_of_the_zone_and_a_habit_begins_at_midnight() {
    for (days, ahead, first, zone) in [
        (1, None, "08:00", "UTC"),
        (1, Some(0), "08:00", "your time, UTC"),
        (1, Some(540), "17:00", "your time, UTC+9"),
        (7, Some(540), "00:00", "your time, UTC+9"),
        (30, Some(-210), "00:30", "your time, UTC-3:30"),
    ] {
        let drawing = activity::draw(&hours(days, ahead), words()).unwrap();
        let labels: Vec<&str> = drawing.svg.split(['>', '<']).filter(|text| text.contains(':')).collect();
        assert!(labels.contains(&first), "{days} {ahead:?}: {labels:?}");
        assert!(drawing.alt.contains(&format!("({zone})")), "{}", drawing.alt);
    }
}

/// Every drawing with the longest of everything.
fn longest(locale: Locale) -> Vec<Drawing> {
    let words = Words::of(locale);
    let names = [
        "WWWWWWWWWWWW",
        "MmMmMmMmMmMm",
        "홀리월드홀리월드홀리월드",
        "龍龍龍龍龍龍龍龍龍龍龍龍",
        "ЖЩЮЖЩЮЖЩЮЖЩЮ",
        "жщюжщюжщюжщю",
        "QGODNHQGODNH",
        "ıłiïÏĲĲĲĲĲĲĲ",
        "ΩΩΩΩΩΩωωωωωω",
        "888888888888",
    ];
    let mut drawings: Vec<Drawing> =
        names.iter().map(|name| rating::draw(&profile(name, all_races()), words).unwrap()).collect();
    let mut largest = board(&names);
    for row in &mut largest.rows {
        (row.place, row.mmr, row.provisional) = (99_990 + row.place, Mmr(-9_999), true);
    }
    largest.filter = LeaderboardFilter {
        race: Some(Race::Sc2Protoss),
        country: CountryCode::from_code("KR"),
        rank: Some(Rank::A),
        best: true,
    };
    drawings.push(leaderboard::drawing(&largest, words).unwrap());
    let mut busy = hours(30, Some(-570));
    busy.hours.iter_mut().for_each(|hour| hour.players *= 100_000);
    drawings.push(activity::draw(&busy, words).unwrap());
    drawings.push(activity::draw(&hours(1, None), words).unwrap());
    for (matches, every) in [(1, 1), (2, 400), (40, 500), (2, 2)] {
        let mut ratings = two_races();
        for rating in &mut ratings {
            rating.history.truncate(matches);
            for (number, (at, _)) in (0..).zip(&mut rating.history) {
                *at = Timestamp(START + number * every * HOUR);
            }
        }
        drawings.push(rating::draw(&profile("Bisu", ratings), words).unwrap());
    }
    drawings
}

#[test]
fn no_text_leaves_the_card_or_runs_into_another() {
    let Some(fonts) = fonts() else { return };
    for locale in Locale::ALL.iter().copied() {
        for drawing in longest(locale) {
            let (_, height, _) = decoded(&fonts.paint(&drawing.svg, locale).unwrap());
            let texts = fonts.texts(&drawing.svg, locale);
            assert!(texts.len() > 5, "{}: {texts:?}", drawing.name);
            for (number, (text, area)) in texts.iter().enumerate() {
                let Area { x, y, width, height: tall } = *area;
                let (right, bottom) = (WIDTH - 12.0, height as f32 / SCALE);
                let inside = x >= 12.0 && x + width <= right && y >= 4.0 && y + tall <= bottom;
                assert!(inside, "{locale} {}: {text} is at {area:?}", drawing.name);
                for (other, place) in &texts[number + 1..] {
                    // The boxes have room for marks above and below, which hardly any letter has.
                    let apart = x + width <= place.x
                        || place.x + place.width <= x
                        || y + tall * 0.8 <= place.y + place.height * 0.2
                        || place.y + place.height * 0.8 <= y + tall * 0.2;
                    assert!(apart, "{locale} {}: {text} {area:?} runs into {other} {place:?}", drawing.name);
                }
            }
            // Discord takes 1,024.
            assert!((1..=1024).contains(&drawing.alt.chars().count()), "{}", drawing.alt);
        }
    }
}

#[test]
fn a_picture_is_a_png_of_its_size_and_the_same_each_time() {
    let Some(fonts) = fonts() else { return };
    let drawing = rating::draw(&profile("홀리월드", two_races()), words()).unwrap();
    let png = fonts.paint(&drawing.svg, Locale::KoKr).unwrap();
    let (width, height, pixels) = decoded(&png);
    assert_eq!((width, height), ((WIDTH * SCALE) as u32, 848));
    assert!(png.len() < 150_000, "{} bytes", png.len());
    assert_eq!(decoded(&fonts.paint(&drawing.svg, Locale::KoKr).unwrap()).2, pixels);
}

#[test]
fn letters_of_all_scripts_and_of_none_are_painted_and_none_leaves_its_room() {
    let Some(fonts) = fonts() else { return };
    let letters: Vec<char> =
        ('\u{80}'..=char::MAX).filter(|letter| letter.is_alphanumeric()).step_by(89).collect();
    assert!(letters.len() > 1_000, "{}", letters.len());
    let names: Vec<String> = letters.chunks(12).map(|name| name.iter().collect()).collect();
    for names in names.chunks(10) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let drawing = standings::draw(&board(&names), &[], words()).unwrap();
        fonts.paint(&drawing.svg, Locale::EnUs).unwrap();
    }
    // The widest letters that have a font, and letters that have none: right of the name all is as with
    // any other.
    let pixels = |name: &str| {
        let drawing = standings::draw(&board(&[name]), &[], words()).unwrap();
        let (width, _, pixels) = decoded(&fonts.paint(&drawing.svg, Locale::EnUs).unwrap());
        let line = width as usize * 4;
        let after = 362 * SCALE as usize * 4;
        pixels.chunks(line).flat_map(|line| line[after..].to_vec()).collect::<Vec<u8>>()
    };
    for name in ["𒈙𒈙𒈙𒈙𒈙𒈙𒈙𒈙𒈙𒈙𒈙𒈙", "\u{e000}\u{e000}\u{10fffd}", "ကျွန်ုပ်ကျွန်ုပ်"]
    {
        assert!(pixels(name) == pixels("Ana"), "{name} leaves its room");
    }
}

#[test]
fn without_fonts_there_is_no_picture_and_any_font_will_do() {
    let empty = tempfile::tempdir().unwrap();
    assert!(Fonts::find_in(empty.path()).is_none());
    std::fs::write(empty.path().join("broken.ttf"), b"no font").unwrap();
    assert!(Fonts::find_in(empty.path()).is_none());
    if fonts().is_none() {
        return;
    }
    let ours = Path::new("/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf");
    if ours.is_file() {
        std::fs::copy(ours, empty.path().join("any.ttf")).unwrap();
        let fonts = Fonts::find_in(empty.path()).unwrap();
        let drawing = standings::draw(&board(&NAMES), &[], words()).unwrap();
        assert!(fonts.texts(&drawing.svg, Locale::EnUs).len() > 40, "all of it is written");
        fonts.paint(&drawing.svg, Locale::EnUs).unwrap();
    }
}

static OPEN: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

/// Keeps the painter waiting, and has no fonts for it in the end.
fn late_and_none() -> Option<Fonts> {
    let closed = OPEN.1.wait_while(OPEN.0.lock().unwrap(), |open| !*open);
    drop(closed);
    None
}

#[tokio::test]
async fn a_flood_fills_the_line_and_no_more() {
    let pictures = Pictures::start_with(Load::default(), late_and_none).unwrap();
    let drawing = |number: u32| Drawing {
        name: "a.png",
        svg: format!("<svg>{number}</svg>"),
        alt: String::new(),
        locale: Locale::EnUs,
    };
    let drawings: Vec<Drawing> = (0..100).map(drawing).collect();
    let asked = futures_util::future::join_all(drawings.iter().map(|drawing| pictures.paint(drawing)));
    let answers = asked.await;
    let count = |missing| answers.iter().filter(|answer| **answer == Err(missing)).count();
    // The painter may have taken one out of the line before it was full.
    let in_line = [LINE, LINE + 1];
    assert!(in_line.contains(&count(Missing::Slow)), "{answers:?}");
    assert_eq!(count(Missing::Busy), 100 - count(Missing::Slow));
    assert_eq!(pictures.turned_away(), count(Missing::Busy) as u64);
    *OPEN.0.lock().unwrap() = true;
    OPEN.1.notify_all();
    // Whoever asks before the line is worked off is told to come again.
    while pictures.paint(&drawings[0]).await == Err(Missing::Busy) {
        tokio::task::yield_now().await;
    }
    assert_eq!(pictures.paint(&drawings[0]).await, Err(Missing::Never));
    assert_eq!(pictures.painted(), 0);
}

#[tokio::test]
async fn what_was_painted_is_not_painted_again() {
    if fonts().is_none() {
        return;
    }
    let pictures = Pictures::start(Load::default()).unwrap();
    let drawing = standings::draw(&board(&NAMES), &[], words()).unwrap();
    let mut picture = pictures.paint(&drawing).await;
    while picture == Err(Missing::Slow) {
        picture = pictures.paint(&drawing).await;
    }
    assert_eq!(pictures.paint(&drawing).await, picture);
    let same: Vec<_> = futures_util::future::join_all((0..40).map(|_| pictures.paint(&drawing))).await;
    assert!(same.iter().all(|other| *other == picture) && picture.is_ok());
    assert_eq!(pictures.painted(), 1);
    let korean = Drawing { locale: Locale::KoKr, ..drawing };
    while pictures.paint(&korean).await == Err(Missing::Slow) {}
    assert_eq!(pictures.painted(), 2, "Han letters are written otherwise there");
}

#[tokio::test]
async fn while_the_ladder_is_overloaded_what_was_painted_is_shown_and_nothing_is_painted() {
    if fonts().is_none() {
        return;
    }
    let load = Load::default();
    let pictures = Pictures::start(load.clone()).unwrap();
    let drawing = standings::draw(&board(&NAMES), &[], words()).unwrap();
    load.set(LoadLevel::Busy);
    let mut picture = pictures.paint(&drawing).await;
    while picture == Err(Missing::Slow) {
        picture = pictures.paint(&drawing).await;
    }
    assert!(picture.is_ok(), "busy, it is painted all the same");
    load.set(LoadLevel::Overloaded);
    assert_eq!(pictures.paint(&drawing).await, picture);
    let another = Drawing { svg: format!("{} ", drawing.svg), ..drawing };
    assert_eq!(pictures.paint(&another).await, Err(Missing::Busy));
    assert_eq!((pictures.painted(), pictures.turned_away()), (1, 1));
}
