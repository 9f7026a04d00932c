//! `replay.gamemetadata.json`: races in codes that do not depend on a language.

use serde::Deserialize;

use crate::error::Error;
use crate::facts::MetadataPlayer;
use crate::format::stream;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(default)]
    players: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(rename = "PlayerID")]
    player_id: u32,
    #[serde(default)]
    selected_race: String,
    #[serde(default)]
    assigned_race: String,
    #[serde(default)]
    result: String,
}

pub(crate) fn parse(content: &[u8]) -> Result<Vec<MetadataPlayer>, Error> {
    // The parser's own words repeat input, so they are not passed on.
    let metadata: Metadata = serde_json::from_slice(content).map_err(|error| {
        Error::malformed("the metadata is not the JSON it should be", error.column())
            .in_stream(stream::METADATA)
    })?;
    let players = metadata.players.into_iter().map(|entry| MetadataPlayer {
        player_id: entry.player_id,
        selected_race: entry.selected_race,
        assigned_race: entry.assigned_race,
        result: entry.result,
    });
    Ok(players.collect())
}
