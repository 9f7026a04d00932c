use super::*;
use crate::interaction::TOKEN_LIFE;
use crate::stall::TICK;
use crate::stats::Stats;
use crate::wire::Body;

/// A world with a registered command and a user, at a time that the test sets.
struct Bench {
    world: World,
    stats: Stats,
    now: Moment,
    user: User,
}

fn start() -> Bench {
    let config = crate::Config {
        listen: ([127, 0, 0, 1], 1).into(),
        seed: 3,
        token: "t".to_owned(),
        answer_within: crate::ANSWER_WITHIN,
        state: None,
    };
    let now = Moment::from_unix_ms(1_795_000_000_000);
    let (counters, stats) = Stats::new();
    let world = World::new(&config, config.listen, now, counters);
    let user = User::new(&world.mint, "ana");
    let mut bench = Bench { world, stats, now, user };
    bench.users("users", json!({"name": "ana"}));
    let commands = format!("applications/{}/commands", bench.world.application);
    bench.rest(Method::PUT, &commands, json!([{"name": "ping", "description": "d"}]));
    bench
}

fn request(method: Method, path: &str, json: Value) -> Request {
    Request {
        number: 0,
        method,
        path: path.split('/').map(str::to_owned).collect(),
        query: BTreeMap::new(),
        authorization: Some("Bot t".to_owned()),
        body: Ok(Body { json, ..Body::default() }),
    }
}

impl Bench {
    fn rest(&mut self, method: Method, path: &str, json: Value) -> Value {
        rest::answer(&mut self.world, self.now, request(method, path, json)).body.unwrap_or_default()
    }

    fn users(&mut self, path: &str, json: Value) -> Value {
        users::answer(&mut self.world, self.now, request(Method::POST, path, json)).body.unwrap()
    }

    fn press(&mut self) -> Snowflake {
        let pressed = self.users(&format!("users/{}/commands", self.user.id), json!({"name": "ping"}));
        Snowflake::from_json(&pressed["interaction_id"]).unwrap()
    }

    fn call_back(&mut self, id: Snowflake, body: Value) -> Value {
        let token = self.world.interactions.get(id).unwrap().token.clone();
        self.rest(Method::POST, &format!("interactions/{id}/{token}/callback"), body)
    }

    /// Lets time pass as on a machine that keeps up.
    fn wait(&mut self, duration: Duration) {
        let end = self.now.after(duration);
        while self.now < end {
            self.now = self.now.after(TICK).min(end);
            self.world.wake(self.now);
        }
    }

    /// Lets time pass as on a machine that stands still.
    fn stall(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
        self.world.wake(self.now);
    }
}

#[test]
fn a_nonce_is_forgotten_after_three_minutes() {
    let mut bench = start();
    let path = format!("channels/{}/messages", bench.user.dm);
    let body = json!({"content": "x", "nonce": 5, "enforce_nonce": true});
    let first = bench.rest(Method::POST, &path, body.clone())["id"].clone();
    bench.wait(NONCE_LIFE - Duration::from_secs(1));
    assert_eq!(bench.rest(Method::POST, &path, body.clone())["id"], first);
    let unforced = json!({"content": "x", "nonce": 5});
    assert_ne!(bench.rest(Method::POST, &path, unforced)["id"], first);
    bench.wait(NONCE_LIFE);
    assert_ne!(bench.rest(Method::POST, &path, body)["id"], first);
}

#[test]
fn a_token_ends_after_fifteen_minutes() {
    let mut bench = start();
    let id = bench.press();
    let token = bench.world.interactions.get(id).unwrap().token.clone();
    bench.call_back(id, json!({"type": 5}));
    let original = format!("webhooks/{}/{token}/messages/@original", bench.world.application);
    bench.wait(TOKEN_LIFE);
    assert_eq!(bench.rest(Method::PATCH, &original, json!({"content": "in time"}))["content"], "in time");
    bench.wait(Duration::from_secs(1));
    assert_eq!(bench.rest(Method::PATCH, &original, json!({"content": "late"}))["code"], 50027);
}

#[test]
fn a_miss_counts_unless_the_machine_stalled() {
    let mut bench = start();
    bench.world.identify(bench.now, 0, Share::WHOLE).unwrap();
    for (stalled, expected) in [(false, (1, 0)), (true, (1, 1))] {
        let id = bench.press();
        bench.wait(Duration::from_secs(2));
        if stalled {
            bench.stall(Duration::from_secs(20));
        }
        bench.wait(Duration::from_secs(2));
        assert_eq!(bench.call_back(id, json!({"type": 5}))["code"], 10062);
        let report = bench.stats.read();
        assert_eq!((report.deadline_misses, report.machine_stalled), expected);
    }
}

#[test]
fn a_callback_that_came_while_the_emulator_stood_still_is_taken() {
    let mut bench = start();
    let id = bench.press();
    bench.wait(Duration::from_secs(2));
    bench.stall(Duration::from_secs(20));
    assert_eq!(bench.call_back(id, json!({"type": 5}))["code"], Value::Null);
    let report = bench.stats.read();
    assert_eq!((report.deadline_misses, report.machine_stalled), (0, 0));
}

#[test]
fn ack_and_answer_are_measured_from_the_press() {
    let mut bench = start();
    let id = bench.press();
    bench.wait(Duration::from_millis(700));
    bench.call_back(id, json!({"type": 5}));
    bench.wait(Duration::from_millis(800));
    let token = bench.world.interactions.get(id).unwrap().token.clone();
    let original = format!("webhooks/{}/{token}/messages/@original", bench.world.application);
    bench.rest(Method::PATCH, &original, json!({"content": "done"}));
    let report = bench.stats.read();
    assert_eq!((report.ack_ms.max, report.answer_ms.max), (700.0, 1_500.0));
}

#[test]
fn a_callback_that_is_refused_can_be_repeated() {
    let mut bench = start();
    let id = bench.press();
    assert_eq!(bench.call_back(id, json!({"type": 4, "data": {"content": ""}}))["code"], 50006);
    assert_eq!(bench.call_back(id, json!({"type": 7, "data": {"content": "x"}}))["code"], 50035);
    assert_eq!(bench.call_back(id, json!({"type": 4, "data": {"content": "x"}})), Value::Null);
    assert_eq!(bench.stats.read().ack_ms.count, 1);
}

#[test]
fn hostile_requests_are_refused_without_a_panic() {
    let mut bench = start();
    let deep = (0..100).fold(json!("x"), |inner, _| json!({"components": [inner], "type": 17}));
    let bodies = [
        Value::Null,
        json!(1),
        json!("x"),
        json!([]),
        json!([[]]),
        json!([null]),
        json!({"type": -1}),
        json!({"type": 4, "data": 5}),
        json!({"type": 9, "data": {"components": [{}]}}),
        json!({"_errors": {"_errors": 1}}),
        json!({"embeds": [null, {"fields": [1], "timestamp": "한국어한국어한국어한국어"}]}),
        json!({"components": deep}),
        json!({"flags": 32768, "components": [deep]}),
        json!({"flags": u64::MAX}),
        json!({"attachments": [1]}),
        json!({"content": "x", "nonce": {}}),
        json!({"name": "ping", "options": []}),
        json!({"modal_id": 1}),
        json!([{"type": 99, "name": 1, "options": [{"type": 1, "options": [{"type": 2, "options": [{"type": 1}]}]}]}]),
    ];
    let id = bench.press();
    let token = bench.world.interactions.get(id).unwrap().token.clone();
    let (app, dm, user) = (bench.world.application, bench.user.dm, bench.user.id);
    let paths = [
        format!("applications/{app}/commands"),
        "users/@me/channels".to_owned(),
        format!("channels/{dm}/messages"),
        format!("interactions/{id}/{token}/callback"),
        format!("webhooks/{app}/{token}"),
        format!("webhooks/{app}/."),
        "channels/0".to_owned(),
        "".to_owned(),
        "channels/-1/messages/x".to_owned(),
    ];
    for body in &bodies {
        for path in &paths {
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                bench.rest(method, path, body.clone());
            }
        }
        for action in ["commands", "components", "modals", "messages", "autocomplete", "x"] {
            bench.users(&format!("users/{user}/{action}"), body.clone());
        }
        bench.users("users", body.clone());
        bench.users("faults", body.clone());
        bench.wait(Duration::from_secs(6));
    }
}
