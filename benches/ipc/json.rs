//! The same exchanges as a JSON API has them. Opaque bytes are base64 in a text, as APIs send files:
//! a list of numbers would have 3.6 characters a byte instead of 1.33 and take ten times as long to
//! read. Ids are texts, since a number of JSON is exact to 53 bits only.

use crate::pair::{What, answer_to, check_answer, checksum, expect, payload};
use crate::words;
use anyhow::Context;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ipc_schema::frame::MAX_FRAME_BYTES;
use ipc_schema::view::{EntryView, MatchSheet, QueueHint, QueueView, SheetPlayer};
use ipc_schema::vocab::Race;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
struct Opaque {
    payload: String,
}

#[derive(Serialize, Deserialize)]
struct Press {
    id: u64,
    interaction: String,
    deadline_ms: u64,
    action: String,
    user: String,
    locale: String,
    dm: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Map {
    key: String,
    title: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    since_ms: u64,
    hint: String,
    expected_ms: Option<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Waiting {
    bw: u32,
    sc2: u32,
    both: u32,
}

#[derive(Clone, Serialize, Deserialize)]
struct Pressed {
    id: u64,
    locale: String,
    race_bw: Option<String>,
    race_sc2: Option<String>,
    vetoes: Vec<String>,
    vetoes_allowed: u8,
    maps: Vec<Map>,
    next_wave_ms: u64,
    waiting: Waiting,
    entry: Option<Entry>,
    in_match: bool,
    card: Option<Shown>,
}

#[derive(Serialize, Deserialize)]
struct Player {
    name: String,
    country: String,
    region: String,
    race: String,
    mmr: i32,
    rank: Option<String>,
    battle_tag: String,
    alternatives: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Sheet {
    you: Player,
    opponent: Player,
    map: String,
    map_title: String,
    map_author: String,
    map_link: String,
    mod_title: String,
    mod_link: String,
    server: String,
    chat_channel: String,
}

#[derive(Serialize, Deserialize)]
struct Card {
    card: u64,
    version: u32,
    user: String,
    locale: String,
    channel: Option<String>,
    message: Option<String>,
    match_id: u64,
    sheet: Sheet,
    deadline_ms: u64,
    your_claim: Option<String>,
    opponent_reported: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Shown {
    card: u64,
    version: u32,
    channel: String,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct Job {
    job: u64,
    replay: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct ReadPlayer {
    toon: String,
    name: String,
    race_text: String,
    race_code: Option<String>,
    outcome: Option<String>,
    left_at_loop: Option<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Read {
    job: u64,
    base_build: u32,
    unlisted_build: bool,
    duration_game_loops: u32,
    ended_at_ms: u64,
    map_title: String,
    cache_handles: Vec<String>,
    game_speed: u32,
    random_seed: u32,
    is_1v1: bool,
    players: Vec<ReadPlayer>,
    observers: u32,
    attributes: Vec<(u32, String)>,
}

fn press() -> Press {
    Press {
        id: 1,
        interaction: words::KEY.snowflake().map(|id| id.to_string()).unwrap_or_default(),
        deadline_ms: words::AT.0,
        action: "join_queue".to_owned(),
        user: words::USER.0.to_string(),
        locale: "enUS".to_owned(),
        dm: Some(words::CHANNEL.0.to_string()),
    }
}

fn shown() -> Shown {
    Shown {
        card: words::CARD.0,
        version: words::VERSION,
        channel: words::CHANNEL.0.to_string(),
        message: words::MESSAGE.0.to_string(),
    }
}

fn pressed() -> Pressed {
    let QueueView { races, vetoes, vetoes_allowed, maps, next_wave, waiting, entry, in_match } =
        words::queue();
    let race = |race: Option<Race>| race.map(|race| race.code().to_owned());
    let entry = entry.map(|EntryView { since, hint, expected }| Entry {
        since_ms: since.0,
        hint: if hint == QueueHint::FirstWave { "first_wave".to_owned() } else { "fits".to_owned() },
        expected_ms: expected.map(|at| at.0),
    });
    Pressed {
        id: 1,
        locale: "enUS".to_owned(),
        race_bw: race(races.bw),
        race_sc2: race(races.sc2),
        vetoes,
        vetoes_allowed,
        maps: maps.into_iter().map(|(key, title)| Map { key, title }).collect(),
        next_wave_ms: next_wave.0,
        waiting: Waiting { bw: waiting.bw, sc2: waiting.sc2, both: waiting.both },
        entry,
        in_match,
        card: Some(shown()),
    }
}

fn card() -> Card {
    let player = |player: SheetPlayer| Player {
        name: player.name,
        country: player.country,
        region: player.region.code().to_owned(),
        race: player.race.code().to_owned(),
        mmr: player.mmr.0,
        rank: player.rank.map(|rank| rank.code().to_owned()),
        battle_tag: player.battle_tag,
        alternatives: player.alternatives,
    };
    let sheet: MatchSheet = words::sheet();
    Card {
        card: words::CARD.0,
        version: words::VERSION,
        user: words::USER.0.to_string(),
        locale: "enUS".to_owned(),
        channel: Some(words::CHANNEL.0.to_string()),
        message: Some(words::MESSAGE.0.to_string()),
        match_id: 1_204,
        sheet: Sheet {
            you: player(sheet.you),
            opponent: player(sheet.opponent),
            map: sheet.map,
            map_title: sheet.map_title,
            map_author: sheet.map_author,
            map_link: sheet.map_link,
            mod_title: sheet.mod_title,
            mod_link: sheet.mod_link,
            server: sheet.server.code().to_owned(),
            chat_channel: sheet.chat_channel,
        },
        deadline_ms: words::AT.0,
        your_claim: words::CLAIMS.yours.map(|outcome| outcome.code().to_owned()),
        opponent_reported: words::CLAIMS.opponent_reported,
    }
}

fn read() -> Read {
    let facts = words::facts();
    let player = |player: ipc_schema::replay::ReplayPlayer| ReadPlayer {
        toon: player.toon.to_string(),
        name: player.name,
        race_text: player.race_text,
        race_code: player.race_code,
        outcome: player.outcome.map(|outcome| outcome.code().to_owned()),
        left_at_loop: player.left_at_loop,
    };
    Read {
        job: words::JOB.0,
        base_build: facts.base_build,
        unlisted_build: facts.unlisted_build,
        duration_game_loops: facts.duration_game_loops,
        ended_at_ms: facts.ended_at_ms,
        map_title: facts.map_title,
        cache_handles: facts.cache_handles,
        game_speed: facts.game_speed,
        random_seed: facts.random_seed,
        is_1v1: facts.is_1v1,
        players: facts.players.into_iter().map(player).collect(),
        observers: facts.observers,
        attributes: facts.attributes,
    }
}

/// What answers, whatever the version of HTTP.
struct Answers {
    pressed: Pressed,
    shown: Shown,
    read: Read,
}

pub(crate) fn router() -> Router {
    let answers = Answers { pressed: pressed(), shown: shown(), read: read() };
    Router::new()
        .route("/bytes", post(answer_bytes))
        .route("/press", post(answer_press))
        .route("/card", post(answer_card))
        .route("/job", post(answer_job))
        // A frame of the ladder in base64, and what is around it.
        .layer(DefaultBodyLimit::max(MAX_FRAME_BYTES * 3 / 2))
        .with_state(Arc::new(answers))
}

async fn answer_bytes(Json(asked): Json<Opaque>) -> Result<Json<Opaque>, StatusCode> {
    let bytes = BASE64_STANDARD.decode(asked.payload).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(Json(Opaque { payload: BASE64_STANDARD.encode(answer_to(&bytes)) }))
}

async fn answer_press(
    State(answers): State<Arc<Answers>>,
    Json(asked): Json<Press>,
) -> Result<Json<Pressed>, StatusCode> {
    if asked.action != "join_queue" {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(Json(Pressed { id: asked.id, ..answers.pressed.clone() }))
}

async fn answer_card(State(answers): State<Arc<Answers>>, Json(asked): Json<Card>) -> Json<Shown> {
    Json(Shown { card: asked.card, version: asked.version, ..answers.shown.clone() })
}

async fn answer_job(
    State(answers): State<Arc<Answers>>,
    Json(asked): Json<Job>,
) -> Result<Json<Read>, StatusCode> {
    let bytes = BASE64_STANDARD.decode(asked.replay).map_err(|_| StatusCode::BAD_REQUEST)?;
    std::hint::black_box(checksum(&bytes));
    Ok(Json(Read { job: asked.job, ..answers.read.clone() }))
}

/// The side that asks: what it has in memory before, and what it must see afterwards.
#[derive(Clone)]
pub(crate) struct Exchange {
    what: What,
    payload: Arc<[u8]>,
    expected: u64,
    press: Arc<Press>,
    card: Arc<Card>,
}

impl Exchange {
    pub(crate) fn new(what: What) -> Exchange {
        let payload = payload(what.blob_bytes());
        Exchange {
            what,
            expected: checksum(&payload),
            payload: payload.into(),
            press: Arc::new(press()),
            card: Arc::new(card()),
        }
    }

    pub(crate) fn path(&self) -> &'static str {
        match self.what {
            What::Bytes(_) => "/bytes",
            What::Press => "/press",
            What::Card => "/card",
            What::Job => "/job",
        }
    }

    /// The body of a request, made anew as for any other message.
    pub(crate) fn body(&self) -> anyhow::Result<Vec<u8>> {
        Ok(match self.what {
            What::Bytes(_) => serde_json::to_vec(&Opaque { payload: BASE64_STANDARD.encode(&self.payload) })?,
            What::Press => serde_json::to_vec(&*self.press)?,
            What::Card => serde_json::to_vec(&*self.card)?,
            What::Job => {
                let replay = BASE64_STANDARD.encode(&self.payload);
                serde_json::to_vec(&Job { job: words::JOB.0, replay })?
            }
        })
    }

    /// Reads an answer and fails if it is another.
    pub(crate) fn check(&self, body: &[u8]) -> anyhow::Result<()> {
        match self.what {
            What::Bytes(_) => {
                let Opaque { payload } = serde_json::from_slice(body).context("read the answer")?;
                check_answer(&BASE64_STANDARD.decode(payload)?, self.expected)
            }
            What::Press => {
                let pressed: Pressed = serde_json::from_slice(body)?;
                expect(pressed.entry.is_some() && !pressed.in_match)
            }
            What::Card => {
                let shown: Shown = serde_json::from_slice(body)?;
                expect(shown.card == words::CARD.0)
            }
            What::Job => {
                let read: Read = serde_json::from_slice(body)?;
                expect(read.job == words::JOB.0 && read.is_1v1)
            }
        }
    }
}
