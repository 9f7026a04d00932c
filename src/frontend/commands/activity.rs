//! `/activity`: when players queue, hour by hour in the time of who asks.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Block, Page, button, row};
use crate::frontend::text::Words;
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::view::{ActivityHour, ActivityView};
use twilight_interactions::command::{CommandModel, CommandOption, CreateCommand, CreateOption};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

/// Length of the longest bar.
const BAR: u32 = 10;

/// Hours that are told beside the picture.
const BUSIEST: usize = 3;

/// `/activity`: when players queue.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "activity",
    desc = "See when players queue",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Activity {
    /// How far back to look; without it, 24 hours
    period: Option<Period>,
}

#[derive(CommandOption, CreateOption)]
enum Period {
    #[option(name = "24 hours", value = 1)]
    Day,
    #[option(name = "7 days", value = 7)]
    Week,
    #[option(name = "30 days", value = 30)]
    Month,
}

pub const COMMAND: Command = Command {
    name: Activity::NAME,
    ack: Ack::Message,
    register: || Activity::create_command().into(),
    request,
    suggest: None,
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let options = Activity::from_interaction(data.into())?;
    let days = match options.period {
        None | Some(Period::Day) => 1,
        Some(Period::Week) => 7,
        Some(Period::Month) => 30,
    };
    Ok(Plan::Draw(BackendRequest::Activity { caller: *caller, days }))
}

pub fn render(view: &ActivityView, words: Words) -> Page {
    let most = view.hours.iter().map(|hour| hour.players).max().unwrap_or_default();
    if most == 0 {
        return Page { rows: pings(words), ..Page::of(words.say("activity-empty")) };
    }
    let title = words.with("activity-title", &[("days", u32::from(view.days).into())]);
    let lines: Vec<String> = view.hours.iter().map(|hour| line(hour, view.days, most, words)).collect();
    Page { rows: pings(words), ..Page::of(title).line().text(lines.join("\n")) }
}

/// The way to be told when somebody queues.
fn pings(words: Words) -> Vec<Component> {
    let show = button(CustomId::NotifyShow, ButtonStyle::Secondary, words.say("activity-button-pings"));
    vec![row(vec![show])]
}

/// The page where a picture has the bars: the hours with most players, in the time that Discord shows to who
/// reads it. The picture knows that time only of those who have told it.
pub fn beside_picture(view: &ActivityView, page: Page, words: Words) -> Page {
    let mut hours: Vec<&ActivityHour> = view.hours.iter().filter(|hour| hour.players > 0).collect();
    hours.sort_by_key(|hour| std::cmp::Reverse(hour.players));
    let told = |hour: &&ActivityHour| {
        format!("<t:{}:t> **{}**", hour.at.unix_seconds(), each_day(hour.players, view.days))
    };
    let busiest: Vec<String> = hours.iter().take(BUSIEST).map(told).collect();
    let busiest = words.with("activity-busiest", &[("hours", busiest.join(" · ").into())]);
    Page { blocks: vec![Block::Text(busiest)], ..page }
}

fn line(hour: &ActivityHour, days: u16, most: u32, words: Words) -> String {
    let full = u64::from(hour.players) * u64::from(BAR);
    let full = usize::try_from(full.div_ceil(u64::from(most))).expect("it is at most the bar");
    let bar = "█".repeat(full) + &" ".repeat(BAR as usize - full);
    let players = words.with(
        "activity-hour",
        &[
            ("players", each_day(hour.players, days).into()),
            ("bw", each_day(hour.bw, days).into()),
            ("sc2", each_day(hour.sc2, days).into()),
        ],
    );
    // Discord shows the time of day of who reads it.
    format!("`{bar}` <t:{}:t> {players}", hour.at.unix_seconds())
}

/// The average of so many days, to a tenth; of one day the number.
fn each_day(sum: u32, days: u16) -> String {
    match days {
        0 | 1 => sum.to_string(),
        _ => format!("{:.1}", f64::from(sum) / f64::from(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::reply::limits::{assert_fits, text};
    use ipc_schema::vocab::{Locale, Timestamp};

    fn view(days: u16, players: impl Fn(u64) -> u32) -> ActivityView {
        let hour = |number: u64| {
            let players = players(number);
            let at = Timestamp(1_800_000_000_000 + number * 3_600_000);
            ActivityHour { at, joins: players * 2, players, bw: players / 2, sc2: players }
        };
        ActivityView { days, utc_offset_min: None, hours: (0..24).map(hour).collect() }
    }

    #[test]
    fn each_hour_has_a_bar_and_its_players() {
        let words = Words::of(Locale::EnUs);
        let page = render(&view(1, |hour| if hour < 2 { hour as u32 * 4 + 1 } else { 0 }), words);
        assert_fits(&page);
        let shown = text(&page);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 25);
        assert_eq!(lines[0], "**Who queues when**: players in each of the last 24 hours");
        assert_eq!(lines[1], "`██        ` <t:1800000000:t> 1 · BW 0 · SC2 1");
        assert_eq!(lines[2], "`██████████` <t:1800003600:t> 5 · BW 2 · SC2 5");
        assert_eq!(lines[24], "`          ` <t:1800082800:t> 0 · BW 0 · SC2 0");
        let week = text(&render(&view(7, |hour| if hour == 0 { 10 } else { 0 }), words));
        assert!(
            week.contains("over the last 7 days\n`██████████` <t:1800000000:t> 1.4 · BW 0.7 · SC2 1.4\n")
        );
    }

    #[test]
    fn beside_a_picture_the_busiest_hours_are_told_in_the_readers_time() {
        let words = Words::of(Locale::EnUs);
        let view = view(7, |hour| if hour < 5 { hour as u32 * 7 } else { 0 });
        let page = beside_picture(&view, render(&view, words), words);
        assert_fits(&page);
        let lines = text(&page);
        let told = "Busiest: <t:1800014400:t> **4.0** · <t:1800010800:t> **3.0** · <t:1800007200:t> **2.0**";
        assert_eq!(lines.lines().collect::<Vec<_>>()[1..], [told]);
    }

    #[test]
    fn the_busiest_month_fits_and_a_silent_one_is_said() {
        for locale in Locale::ALL {
            let words = Words::of(*locale);
            assert_fits(&render(&view(30, |_| 3_000_000), words));
            let silent = render(&view(30, |_| 0), words);
            assert_fits(&silent);
            assert_eq!(text(&silent).lines().count(), 1, "{locale}");
        }
    }
}
