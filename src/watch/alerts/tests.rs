use super::*;
use ipc_schema::control::Latencies;
use ipc_schema::watch::RoleWatch;
use std::collections::BTreeMap;

/// Gauges that went from the first to the second value within a minute.
type Gauges<'a> = &'a [(&'a str, f64, f64)];

/// What is wrong with a ladder whose gauges went so; `change` adds what is known by the end.
fn met(role: Role, gauges: Gauges<'_>, change: impl for<'a> Fn(&mut Facts<'a>)) -> Vec<&'static str> {
    let mut samples = Samples::default();
    let value = |at: usize| {
        let one = |(name, first, second): &(&str, f64, f64)| ((*name).to_owned(), [*first, *second][at]);
        gauges.iter().map(one).collect::<BTreeMap<_, _>>()
    };
    let (first, second) = (value(0), value(1));
    let before = Facts { gauges: vec![(role, &first)], ..Facts::default() };
    samples.push(Duration::ZERO, &before);
    let mut facts = Facts { gauges: vec![(role, &second)], ..Facts::default() };
    change(&mut facts);
    samples.push(Duration::from_secs(60), &facts);
    names(&facts, &samples, LoadLevel::Normal)
}

fn names(facts: &Facts<'_>, samples: &Samples, level: LoadLevel) -> Vec<&'static str> {
    let found = found(&Look { facts, samples, level }, &Knobs::default());
    RULES.iter().zip(found).filter(|(_, text)| text.is_some()).map(|(rule, _)| rule.name).collect()
}

/// Whose gauges went from what to what, and the rules that are met.
type Row = (Role, &'static [(&'static str, f64, f64)], &'static [&'static str]);

#[test]
fn each_rule_is_met_beyond_its_limit_and_not_at_it() {
    use Role::{Backend, DbWriter, Frontend};
    #[rustfmt::skip]
    let table: &[Row] = &[
        (Backend,  &[("replay_jobs", 0.0, 100.0), ("replay_jobs_timed_out", 0.0, 10.0)], &[]),
        (Backend,  &[("replay_jobs", 0.0, 100.0), ("replay_jobs_timed_out", 0.0, 11.0)], &["ReplayTimeouts"]),
        (Backend,  &[("replay_jobs", 0.0, 2.0), ("replay_jobs_timed_out", 0.0, 2.0)], &[]),
        (Backend,  &[("journal_lag_s", 0.0, 5.0)], &[]),
        (Backend,  &[("journal_lag_s", 0.0, 5.1)], &["JournalLag"]),
        (Backend,  &[("replays_in_line", 0.0, 50.0), ("records_unsaved", 0.0, 200.0)], &[]),
        (Backend,  &[("replays_in_line", 0.0, 51.0), ("records_unsaved", 0.0, 201.0)], &["UploadLine", "WriterQueue"]),
        (Backend,  &[("read_only", 0.0, 1.0)], &["ReadOnly"]),
        (DbWriter, &[("database_lag_s", 0.0, 60.0), ("database_connected", 1.0, 1.0)], &[]),
        (DbWriter, &[("database_lag_s", 0.0, 61.0), ("database_connected", 1.0, 0.0)], &["DatabaseLag", "DatabaseAway"]),
        (Frontend, &[("breaker_open", 0.0, 0.0)], &[]),
        (Frontend, &[("breaker_open", 0.0, 1.0)], &["BreakerOpen"]),
    ];
    for (role, gauges, expected) in table {
        assert_eq!(met(*role, gauges, |_| {}), *expected, "{gauges:?}");
    }
    let died = |facts: &mut Facts<'_>| {
        facts.roles = vec![RoleWatch { role: Backend, processes: 1, ready: 1, restarts: 1, pss_kib: None }];
    };
    assert_eq!(met(Backend, &[], died), ["Restarts"]);
    for (used, expected) in [(900, &[][..]), (901, &["Memory"])] {
        assert_eq!(met(Backend, &[], |facts| facts.memory = (Some(used), Some(1000))), *expected);
    }
    let silent = |facts: &mut Facts<'_>| facts.not_ready = Some("frontend starts".to_owned());
    assert_eq!(met(Backend, &[], silent), [NOT_READY]);
    let nothing = (Facts::default(), Samples::default());
    assert_eq!(names(&nothing.0, &nothing.1, LoadLevel::Busy), [""; 0]);
    assert_eq!(names(&nothing.0, &nothing.1, LoadLevel::Overloaded), ["Overloaded"]);
    for (at, count, expected) in [(9, 20, &[][..]), (10, 19, &[]), (10, 20, &["SlowAnswers"])] {
        let mut samples = Samples::default();
        for (second, counted) in [(0, 0), (60, count)] {
            let mut counts = vec![0; 15];
            counts[at] = counted;
            let told = Latencies { name: "answer".to_owned(), counts, sum_s: 0.0 };
            let told = BTreeMap::from([("answer".to_owned(), told)]);
            let facts = Facts { latencies: vec![(Frontend, &told)], ..Facts::default() };
            samples.push(Duration::from_secs(second), &facts);
        }
        assert_eq!(names(&Facts::default(), &samples, LoadLevel::Normal), expected, "{count} at {at}");
    }
}

/// What was told of one rule by the seconds at which it was looked at: whether it was met, and the news.
fn news(rule: &str, looks: &[(u64, bool)]) -> Vec<Option<AlertNews>> {
    let at = RULES.iter().position(|of| of.name == rule).unwrap();
    let mut alerts = Alerts::default();
    let look = |(second, is_met): &(u64, bool)| {
        let mut found = vec![None; RULES.len()];
        found[at] = is_met.then(|| format!("at {second} s"));
        let now = Duration::from_secs(*second);
        alerts.look(now, Timestamp(0) + now, found, &Knobs::default());
        let news = alerts.now().first().and_then(|alert| Some((alert.number, alert.news?)));
        let (number, news) = news?;
        alerts.told(number, news);
        assert_eq!(alerts.now().iter().filter(|alert| alert.news.is_some()).count(), 0, "told once");
        Some(news)
    };
    looks.iter().map(look).collect()
}

/// What it is about, the rule, the seconds at which it was looked at and whether it was met, and what was told.
type Telling = (&'static str, &'static str, &'static [(u64, bool)], &'static [Option<AlertNews>]);

#[test]
fn an_alert_begins_and_ends_after_a_while_and_is_told_once_of_each() {
    use AlertNews::{Began, Over};
    #[rustfmt::skip]
    let table: &[Telling] = &[
        ("told at once",        "JournalLag", &[(0, true), (1, true)],                               &[Some(Began), None]),
        ("only if it lasts",    "UploadLine", &[(0, true), (59, true), (60, true)],                  &[None, None, Some(Began)]),
        ("not if interrupted",  "UploadLine", &[(0, true), (59, false), (60, true), (119, true)],    &[None; 4]),
        ("over after a while",  "JournalLag", &[(0, true), (9, true), (68, false), (69, false)],     &[Some(Began), None, None, Some(Over)]),
        ("one if it comes back", "JournalLag", &[(0, true), (59, false), (60, true), (119, false)],  &[Some(Began), None, None, None]),
        ("anew after its end",  "JournalLag", &[(0, true), (60, false), (61, true)],                 &[Some(Began), Some(Over), Some(Began)]),
    ];
    for (name, rule, looks, expected) in table {
        assert_eq!(news(rule, looks), *expected, "{name}");
    }
}

#[test]
fn what_nobody_could_be_told_in_time_is_told_as_a_whole_in_the_words_of_its_beginning() {
    let at = RULES.iter().position(|of| of.name == "JournalLag").unwrap();
    let mut alerts = Alerts::default();
    let look = |alerts: &mut Alerts, second: u64, is_met: bool| {
        let mut found = vec![None; RULES.len()];
        found[at] = is_met.then(|| format!("at {second} s"));
        let now = Duration::from_secs(second);
        alerts.look(now, Timestamp(0) + now, found, &Knobs::default());
    };
    look(&mut alerts, 0, true);
    look(&mut alerts, 5, true);
    assert_eq!((alerts.now()[0].text.as_str(), alerts.now()[0].news), ("at 0 s", Some(AlertNews::Began)));
    look(&mut alerts, 65, false);
    let whole = alerts.now();
    assert_eq!((whole.len(), whole[0].news, whole[0].text.as_str()), (1, Some(AlertNews::Was), "at 0 s"));
    assert_eq!((whole[0].began, whole[0].over), (Timestamp(0), Some(Timestamp(65_000))));
    // Its beginning arrived after all: then its end is left.
    alerts.told(1, AlertNews::Began);
    assert_eq!(alerts.now()[0].news, Some(AlertNews::Over));
    alerts.told(1, AlertNews::Over);
    assert_eq!(alerts.now(), []);
    // Told, it says how it is by now.
    look(&mut alerts, 70, true);
    alerts.told(2, AlertNews::Began);
    look(&mut alerts, 80, true);
    assert_eq!(alerts.now()[0].text, "at 80 s");
    // Where there is no channel nothing waits to be told.
    look(&mut alerts, 140, false);
    alerts.nobody_to_tell();
    assert_eq!(alerts.now(), []);
    // And who looks at the status reads how it is by now.
    look(&mut alerts, 150, true);
    alerts.nobody_to_tell();
    look(&mut alerts, 160, true);
    alerts.nobody_to_tell();
    let shown = &alerts.now()[0];
    assert_eq!((shown.text.as_str(), shown.news), ("at 160 s", None));
}

#[test]
fn what_waits_to_be_told_is_bounded() {
    let mut alerts = Alerts::default();
    for second in 0..10_u64 {
        let is_met = second.is_multiple_of(2);
        let found = RULES.iter().map(|_| is_met.then(|| "so it is".to_owned())).collect();
        let now = Duration::from_secs(second * 100);
        let knobs = Knobs { patience: Duration::ZERO, ..Knobs::default() };
        alerts.look(now, Timestamp(0) + now, found, &knobs);
    }
    assert_eq!(alerts.now().len(), UNTOLD);
    assert_eq!(alerts.now().last().unwrap().number, 5 * RULES.len() as u64, "the newest stay");
}

#[test]
fn prometheus_has_the_same_rules_with_the_same_limits() {
    let file = include_str!("../../../docs/operations/alerts.yml");
    let rules: Vec<(&str, &str)> = file
        .split("- alert: ")
        .skip(1)
        .map(|part| part.split_once('\n').expect("a rule has more than a name"))
        .collect();
    let names: Vec<&str> = rules.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, RULES.iter().map(|rule| rule.name).collect::<Vec<_>>());
    for (rule, (name, text)) in RULES.iter().zip(rules) {
        assert_eq!(text.contains("\n        for: 1m\n"), rule.begins == AfterPatience, "{name}: for");
        assert!(text.contains("\n        keep_firing_for: 1m\n"), "{name}: keep_firing_for");
        let (_, after) = text.split_once("expr:").unwrap();
        let (expression, _) = after.split_once("labels:").unwrap();
        if let Some(limit) = rule.limit {
            assert!(expression.contains(&format!("> {limit}")), "{name}: {limit} is not in {expression}");
        }
    }
}
