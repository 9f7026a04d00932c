//! Several sessions at once, each of a shard, and guilds that are spread over them.

use super::*;

impl Bench {
    /// What a client gets that says which shard it is.
    async fn shard_of(&self, number: u32, of: u32) -> Shard {
        let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::DIRECT_MESSAGES)
            .proxy_url(format!("ws://{}", self.address))
            .build();
        let mut shard = Shard::with_config(ShardId::new(number, of), config);
        next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
        shard
    }
}

#[tokio::test]
async fn what_happens_in_a_guild_goes_to_its_shard_and_what_happens_in_dms_to_the_first() {
    let bench = start().await;
    bench.register(json!([{"name": "ping", "description": "d", "contexts": [0, 1]}])).await;
    let ana = bench.person("ana").await;
    let mut shards = Vec::new();
    for number in 0..4 {
        shards.push(bench.shard_of(number, 4).await);
    }
    for number in 0..4_u64 {
        let guild = bench.post("guilds", &json!({"shard": number, "of": 4})).await;
        let again = bench.post("guilds", &json!({"shard": number, "of": 4})).await;
        assert_eq!((guild.status, &guild.body), (200, &again.body), "it is the same one");
        let id: u64 = guild.body["id"].as_str().unwrap().parse().unwrap();
        assert_eq!((id >> 22) % 4, number);
        let channel = &guild.body["channels"][0]["id"];
        bench.does(&ana, "commands", json!({"name": "ping", "channel_id": channel})).await;
        let told = next_interaction(&mut shards[usize::try_from(number).unwrap()]).await;
        assert_eq!(told.guild_id.map(Id::get), Some(id));
        assert_eq!(told.channel.as_ref().unwrap().guild_id, told.guild_id);
        bench.call_back(&told, json!({"type": 4, "data": {"content": "pong", "flags": 64}})).await;
        bench.does(&ana, "commands", json!({"name": "ping"})).await;
        let told = next_interaction(&mut shards[0]).await;
        assert_eq!((told.guild_id, told.channel.as_ref().unwrap().id), (None, ana.dm));
        bench.call_back(&told, json!({"type": 4, "data": {"content": "pong"}})).await;
    }
    let refused = bench.post("guilds", &json!({"shard": 4, "of": 4})).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert_eq!(bench.stats.read().gateway_identifies, 4);
}

#[tokio::test]
async fn a_press_that_only_another_shard_could_have_heard_of_has_expired() {
    let bench = start_with(|config| config.answer_within = Duration::from_millis(200)).await;
    bench.register(json!([{"name": "ping", "description": "d", "contexts": [0, 1]}])).await;
    let ana = bench.person("ana").await;
    let _first = bench.shard_of(0, 2).await;
    let mut watcher = bench.watch(0).await;
    let guild = bench.post("guilds", &json!({"shard": 1, "of": 2})).await;
    let channel = &guild.body["channels"][0]["id"];
    for (body, [expired, missed]) in
        [(json!({"name": "ping", "channel_id": channel}), [1, 0]), (json!({"name": "ping"}), [1, 1])]
    {
        bench.does(&ana, "commands", body).await;
        while watcher.line().await["kind"] != "interaction_failed" {}
        let report = bench.stats.read();
        let misses = report.deadline_misses + report.machine_stalled;
        assert_eq!([report.interactions_expired, misses], [expired, missed]);
    }
}

#[tokio::test]
async fn the_bot_is_told_how_many_shards_to_use_and_how_many_may_begin_at_once() {
    let bench = start().await;
    let told = async || {
        let info = bench.bot.gateway().authed().await.unwrap().model().await.unwrap();
        (info.shards, info.session_start_limit.max_concurrency)
    };
    assert_eq!(told().await, (1, 1));
    bench.post("faults", &json!({"recommended_shards": 16, "max_concurrency": 2})).await;
    assert_eq!(told().await, (16, 2));
}
