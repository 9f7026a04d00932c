//! The match that a replay is judged for, as a JSON file. A fault is one sentence that names the field.

use anyhow::{Context, anyhow, bail, ensure};
use evoladder::domain::player::{Player, check_names};
use evoladder::domain::season::Season;
use evoladder::season::{Which, load};
use ipc_schema::event::{Names, Pairing};
use ipc_schema::ids::{MatchId, PlayerId, UserId};
use ipc_schema::vocab::{Era, GameRegion, Locale, Race, Server, Timestamp, Toon};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A match file to start from.
pub(crate) const EXAMPLE: &str = r#"{
  "season": "real",
  "players": [
    { "name": "Ana", "alternatives": ["Anabel"], "toons": ["2-S2-1-1234567"], "race": "bw_zerg" },
    { "name": "Bea", "alternatives": [], "toons": [], "race": "sc2_terran" }
  ],
  "map": "keres_passage",
  "server": "EUC",
  "uploader": "Ana",
  "started_at": "2026-11-21T18:00:00Z",
  "uploaded_at": "2026-11-21T18:30:00Z"
}
"#;

/// What [`EXAMPLE`] shows.
pub(crate) struct MatchFile {
    pub(crate) season: Season,
    pub(crate) players: [Player; 2],
    /// The owners of the players' accounts.
    pub(crate) owners: BTreeMap<Toon, PlayerId>,
    pub(crate) pairing: Pairing,
    pub(crate) uploader: PlayerId,
    pub(crate) started_at: Timestamp,
    pub(crate) uploaded_at: Timestamp,
}

pub(crate) fn parse(text: &str) -> anyhow::Result<MatchFile> {
    let value: Value = serde_json::from_str(text).map_err(|error| anyhow!("it is no JSON: {error}"))?;
    let fields = object(&value, "the file")?;
    only(fields, "", &["season", "players", "map", "server", "uploader", "started_at", "uploaded_at"])?;
    let season = match fields.get("season").map(|value| word(value, "season")).transpose()? {
        None | Some("real") => load(Which::Real)?,
        Some("demo") => load(Which::Demo)?,
        Some(_) => bail!("season should be \"real\" or \"demo\""),
    };
    let players = list(needed(fields, "", "players")?, "players")?;
    ensure!(players.len() == 2, "players should be two, the Brood War race first");
    let [first, second] =
        [player(&season, 0, &players[0], Era::Bw)?, player(&season, 1, &players[1], Era::Sc2)?];
    let mut owners = BTreeMap::new();
    for (number, (player, _)) in (1..).zip([&first, &second]) {
        for (_, toon) in &player.toons {
            let before = owners.insert(*toon, PlayerId(number));
            ensure!(before.is_none(), "players[{}].toons: {toon} is there twice", number - 1);
        }
    }
    let map = word(needed(fields, "", "map")?, "map")?;
    if season.map(map).is_none() {
        let keys: Vec<&str> = season.maps.iter().map(|map| map.key.as_str()).collect();
        bail!("map should be one of {}", keys.join(", "));
    }
    let server = word(needed(fields, "", "server")?, "server")?;
    let server = Server::from_code(server).with_context(|| {
        let codes: Vec<&str> = Server::ALL.iter().map(|server| server.code()).collect();
        format!("server should be one of {}", codes.join(", "))
    })?;
    let uploader = word(needed(fields, "", "uploader")?, "uploader")?;
    let uploader = (1..).zip([&first.0, &second.0]).find(|(_, player)| player.name() == uploader);
    let (uploader, _) = uploader.context("uploader should be the name of one of the players")?;
    let [started_at, uploaded_at] = ["started_at", "uploaded_at"].map(|name| instant(fields, name));
    let (started_at, uploaded_at) = (started_at?, uploaded_at?);
    ensure!(started_at <= uploaded_at, "uploaded_at should not be before started_at");
    Ok(MatchFile {
        pairing: Pairing {
            match_id: MatchId(1),
            players: [PlayerId(1), PlayerId(2)],
            races: [first.1, second.1],
            map: map.to_owned(),
            server,
            confirm_deadline: started_at,
        },
        uploader: PlayerId(uploader),
        players: [first.0, second.0],
        owners,
        season,
        started_at,
        uploaded_at,
    })
}

fn player(season: &Season, at: usize, value: &Value, era: Era) -> anyhow::Result<(Player, Race)> {
    let path = format!("players[{at}]");
    let fields = object(value, &path)?;
    let under = format!("{path}.");
    only(fields, &under, &["name", "alternatives", "toons", "race"])?;
    let name = word(needed(fields, &under, "name")?, &format!("{path}.name"))?;
    let alternatives = words(fields, &path, "alternatives")?;
    let names = Names {
        name: name.to_owned(),
        battle_tag: "Nobody#123".to_owned(),
        alternatives,
        country: "XX".to_owned(),
    };
    let names = check_names(season, &names).map_err(|refusal| {
        anyhow!("{path}: name and alternatives should be different names of the ladder ({refusal:?})")
    })?;
    let race = word(needed(fields, &under, "race")?, &format!("{path}.race"))?;
    let race = Race::from_code(race).filter(|race| race.era() == era);
    let races = Race::ALL.iter().filter(|race| race.era() == era).map(|race| race.code());
    let race = race
        .with_context(|| format!("{path}.race should be one of {}", races.collect::<Vec<_>>().join(", ")))?;
    let mut player = Player::new(UserId(at as u64 + 1), Locale::EnUs);
    player.names = Some(names);
    for (number, text) in words(fields, &path, "toons")?.iter().enumerate() {
        let bound = toon(text);
        let bound = bound.with_context(|| {
            format!("{path}.toons[{number}] should be an account such as 2-S2-1-1234567, of region 1, 2 or 3")
        })?;
        player.toons.push(bound);
    }
    Ok((player, race))
}

fn toon(text: &str) -> Option<(GameRegion, Toon)> {
    let [region, "S2", realm, id] = text.split('-').collect::<Vec<_>>()[..] else { return None };
    let toon = Toon { region: region.parse().ok()?, realm: realm.parse().ok()?, id: id.parse().ok()? };
    Some((GameRegion::from_number(toon.region)?, toon))
}

fn instant(fields: &Map<String, Value>, name: &str) -> anyhow::Result<Timestamp> {
    let text = word(needed(fields, "", name)?, name)?;
    let time = OffsetDateTime::parse(text, &Rfc3339).ok();
    let ms = time.and_then(|time| u64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok());
    ms.map(Timestamp).with_context(|| format!("{name} should be a time such as 2026-11-21T18:00:00Z"))
}

fn needed<'a>(fields: &'a Map<String, Value>, under: &str, name: &str) -> anyhow::Result<&'a Value> {
    fields.get(name).with_context(|| format!("{under}{name} is missing"))
}

fn only(fields: &Map<String, Value>, under: &str, known: &[&str]) -> anyhow::Result<()> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => bail!("{under}{name} is no field; known are {}", known.join(", ")),
        None => Ok(()),
    }
}

fn object<'a>(value: &'a Value, path: &str) -> anyhow::Result<&'a Map<String, Value>> {
    value.as_object().with_context(|| format!("{path} should be an object"))
}

fn list<'a>(value: &'a Value, path: &str) -> anyhow::Result<&'a Vec<Value>> {
    value.as_array().with_context(|| format!("{path} should be a list"))
}

fn word<'a>(value: &'a Value, path: &str) -> anyhow::Result<&'a str> {
    value.as_str().with_context(|| format!("{path} should be a text"))
}

/// A list of texts that may be left out.
fn words(fields: &Map<String, Value>, path: &str, name: &str) -> anyhow::Result<Vec<String>> {
    let Some(value) = fields.get(name) else { return Ok(Vec::new()) };
    let path = format!("{path}.{name}");
    let values = list(value, &path)?.iter().enumerate();
    values.map(|(at, value)| Ok(word(value, &format!("{path}[{at}]"))?.to_owned())).collect()
}
