//! `/admin health`: how the ladder does, from the backend and from what the supervisor told it last.

use super::pages::{SHORT, fit};
use crate::frontend::reply::{Page, Tone};
use crate::frontend::text::{Words, plain, relative};
use ipc_schema::staff::HealthView;
use ipc_schema::watch::{Alert, LoadLevel, Numbers, RoleWatch};

/// Characters of the alerts, and of the processes, of one page.
const LISTED: usize = 900;

pub(super) fn page(view: &HealthView, words: Words) -> Page {
    let count = |count: u32| count.to_string().into();
    let mut content = words.with(
        "admin-health",
        &[
            ("records", view.records.to_string().into()),
            ("unsaved", view.records_unsaved.to_string().into()),
            ("workers", count(view.workers)),
            ("idle", count(view.workers_idle)),
            ("line", count(view.replays_in_line)),
            ("due", count(view.cards_due)),
            ("under-way", count(view.cards_under_way)),
            ("parsed", view.replays_parsed.to_string().into()),
            ("failed", view.replays_failed.to_string().into()),
        ],
    );
    if view.read_only {
        content = format!("{}\n{content}", words.say("admin-health-read-only"));
    }
    let tone = if view.read_only { Tone::Bad } else { Tone::Calm };
    let Some(watch) = &view.watch else {
        return Page::of(words.say("admin-health-unknown")).tone(tone).line().text(content);
    };
    let tone = match watch.level {
        _ if view.read_only => Tone::Bad,
        LoadLevel::Normal if watch.alerts.iter().all(|alert| alert.over.is_some()) => Tone::Calm,
        LoadLevel::Normal | LoadLevel::Busy | LoadLevel::Overloaded => Tone::Warning,
    };
    let mut title = words.name_of("admin-health-level", watch.level.name());
    if !watch.causes.is_empty() {
        // By the names of `LOAD_LEVELS`.
        title = format!("{title}: {}", plain(&watch.causes.join(", "), SHORT));
    }
    Page::of(title)
        .tone(tone)
        .text(alerts(&watch.alerts, words))
        .line()
        .text(numbers(&watch.numbers, words))
        .line()
        .text(content)
        .line()
        .text(roles(&watch.roles, words))
}

/// What is wrong at present; the texts are the supervisor's, in English.
fn alerts(alerts: &[Alert], words: Words) -> String {
    let present = alerts.iter().filter(|alert| alert.over.is_none());
    let lines: Vec<String> = present
        .map(|alert| {
            let text = plain(&alert.text, SHORT);
            words.with(
                "admin-health-alert",
                &[
                    ("name", alert.name.clone().into()),
                    ("text", text.into()),
                    ("at", relative(alert.began).into()),
                ],
            )
        })
        .collect();
    if lines.is_empty() { words.say("admin-health-no-alert") } else { fit(&lines, LISTED) }
}

fn numbers(told: &Numbers, words: Words) -> String {
    let known = |value: Option<f64>, unit: &str| match value {
        Some(value) if value.fract() == 0.0 || value >= 100.0 => format!("{value:.0}{unit}"),
        Some(value) => format!("{value:.1}{unit}"),
        None => "–".to_owned(),
    };
    let mib = |bytes: Option<f64>| known(bytes.map(|bytes| (bytes / f64::from(1 << 20)).round()), " MiB");
    let memory = match told.memory_limit_bytes {
        Some(_) => format!("{} / {}", mib(told.memory_bytes), mib(told.memory_limit_bytes)),
        None => mib(told.memory_bytes),
    };
    words.with(
        "admin-health-numbers",
        &[
            ("active", known(told.users_active, "").into()),
            ("queue", known(told.queue_entries, "").into()),
            ("matches", known(told.matches_open, "").into()),
            ("presses", known(told.interactions, "").into()),
            ("p50", known(told.answer_p50_ms, " ms").into()),
            ("p95", known(told.answer_p95_ms, " ms").into()),
            ("durable", known(told.durable_p95_ms, " ms").into()),
            ("journal-lag", known(told.journal_lag_s, " s").into()),
            ("database-lag", known(told.database_lag_s, " s").into()),
            ("calls", known(told.calls_a_second, " / 50").into()),
            ("waiting", known(told.calls_waiting, "").into()),
            ("failures", known(told.discord_failures, " / 2000").into()),
            ("memory", memory.into()),
        ],
    )
}

/// The processes by role. What they are called is said in no language.
fn roles(roles: &[RoleWatch], words: Words) -> String {
    let lines: Vec<String> = roles
        .iter()
        .map(|of| {
            let memory = of.pss_kib.map_or_else(|| "–".to_owned(), |kib| format!("{} MiB", kib / 1024));
            words.with(
                "admin-health-role",
                &[
                    ("role", of.role.name().into()),
                    ("ready", of.ready.to_string().into()),
                    ("processes", of.processes.to_string().into()),
                    ("restarts", of.restarts.to_string().into()),
                    ("memory", memory.into()),
                ],
            )
        })
        .collect();
    fit(&lines, LISTED)
}
