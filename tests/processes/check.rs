//! `evoladder check` before a run: against a Discord that is there, one that is not, and one that lacks things.

use crate::support::{Ladder, free_address};
use emulator::{ANSWER_WITHIN, Config, Emulator};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const TOKEN: &str = "a-token-of-the-test";

/// What it says with these variables set, and how it ends.
async fn checked(data: &Path, variables: &[(&str, &str)]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evoladder"));
    for name in ["DISCORD_TOKEN", "DATABASE_URL", "GUILD_ID"] {
        command.env_remove(name);
    }
    command.arg("check").env("EVOLADDER_DATA", data).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code().unwrap(), said.concat())
}

async fn discord() -> String {
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        seed: 1,
        token: TOKEN.to_owned(),
        answer_within: ANSWER_WITHIN,
        state: None,
    };
    let emulator = Emulator::bind(config).await.unwrap();
    let address = emulator.local_addr().to_string();
    tokio::spawn(async move { emulator.run(std::future::pending()).await });
    address
}

async fn look_up(discord: &str, what: &str) -> Value {
    reqwest::get(format!("http://{discord}/emulator/{what}")).await.unwrap().json().await.unwrap()
}

fn id_of(list: &Value, name: &str) -> String {
    let found = list.as_array().unwrap().iter().find(|place| place["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list:#}"))["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_check_says_what_is_missing_and_where_to_click_and_changes_nothing() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let (discord, root) = (discord().await, tempfile::tempdir().unwrap());
    let data = root.path().join("data");
    let nobody = free_address().to_string();
    let guild = look_up(&discord, "guild").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (guild_id, threads) = (text(&guild["id"]), id_of(&guild["channels"], "matches"));
    let (log, staff) = (id_of(&guild["channels"], "match-log"), id_of(&guild["channels"], "staff"));
    let role = id_of(&guild["roles"], "Staff");
    let (discord_is, token) = (("DISCORD_PROXY", discord.as_str()), ("DISCORD_TOKEN", TOKEN));
    let places = [
        ("GUILD_ID", guild_id.as_str()),
        ("MATCH_THREADS", "on"),
        ("MATCH_CHANNEL_ID", threads.as_str()),
        ("MATCH_LOG_CHANNEL_ID", log.as_str()),
        ("STAFF_CHANNEL_ID", staff.as_str()),
        ("STAFF_ROLE_ID", role.as_str()),
    ];
    let elsewhere = [("GUILD_ID", "100000000000000001")];
    let no_channel = [("GUILD_ID", guild_id.as_str()), ("STAFF_CHANNEL_ID", "100000000000000001")];
    #[rustfmt::skip]
    type Row<'a> = (Vec<(&'a str, &'a str)>, i32, &'a [&'a str]);
    let table: Vec<Row<'_>> = vec![
        (vec![], 78, &["DISCORD_TOKEN is not set"]),
        (vec![discord_is, ("DISCORD_TOKEN", "another")], 78, &["Reset Token"]),
        (vec![("DISCORD_PROXY", nobody.as_str()), token], 78, &["Discord cannot be reached"]),
        (vec![discord_is, token], 0, &["can be made", "oauth2/authorize?client_id=", "&permissions=0"]),
        ([&[discord_is, token][..], &places].concat(), 0, &["#matches", "#match-log", "#staff", "@Staff"]),
        ([&[discord_is, token][..], &elsewhere].concat(), 78, &["not in the server 100000000000000001"]),
        ([&[discord_is, token][..], &no_channel].concat(), 78, &["STAFF_CHANNEL_ID", "Copy Channel ID"]),
        (
            vec![discord_is, token, ("DATABASE_URL", "postgres://ana:hidden@127.0.0.1:1/x")],
            78,
            &["look at DATABASE_URL"],
        ),
    ];
    for (variables, code, says) in &table {
        let (ended, said) = checked(&data, variables).await;
        assert_eq!(ended, *code, "{variables:?}: {said}");
        for says in *says {
            assert!(said.contains(says), "{variables:?} should say {says:?}: {said}");
        }
        assert!(!said.contains("hidden") && !said.contains(TOKEN), "{said}");
    }
    assert!(!data.exists(), "it makes nothing");
    let deny = json!({"deny": ["CREATE_PRIVATE_THREADS"]});
    let url = format!("http://{discord}/emulator/faults");
    assert!(reqwest::Client::new().post(url).json(&deny).send().await.unwrap().status().is_success());
    let (ended, said) = checked(&data, &[&[discord_is, token][..], &places].concat()).await;
    assert_eq!(ended, 78, "{said}");
    assert!(said.contains("in #matches (MATCH_CHANNEL_ID) the bot lacks: Create Private Threads"), "{said}");
    assert!(look_up(&discord, "stats").await["gateway_identifies"] == 0, "it begins no session");
}

#[tokio::test]
async fn a_check_beside_a_running_ladder_finds_its_database() {
    let ladder = Ladder::start().await;
    let (discord, data) = (discord().await, ladder.data());
    let variables = [("DISCORD_PROXY", discord.as_str()), ("DISCORD_TOKEN", TOKEN)];
    let (ended, said) = checked(&data, &variables).await;
    assert_eq!(ended, 0, "{said}");
    assert!(said.contains("can be written") && said.contains("ladder.sqlite"), "{said}");
    assert!(ladder.stop().0.success());
}
