//! `/report`: send the replay of the open match, wherever one is. The same as dropping it into the DM,
//! and as the modal that a button of the match opens.

use super::{Ack, Command, CommandError, Plan, SentFile};
use crate::frontend::custom_id::CustomId;
use crate::frontend::text::Words;
use ipc_schema::backend::Caller;
use ipc_schema::ids::MatchId;
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::Attachment;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::{FileUpload, Label};
use twilight_model::http::interaction::InteractionResponseData;

/// What Discord lets a player choose. It goes by the name alone.
const FILE_TYPE: &str = ".SC2Replay";

/// `/report`: send the replay of my match.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "report",
    desc = "Send the replay of your match",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Report {
    /// The .SC2Replay file of the game
    #[command(file_types = ".SC2Replay")]
    replay: Attachment,
}

pub const COMMAND: Command = Command {
    name: Report::NAME,
    ack: Ack::Message,
    register: || Report::create_command().into(),
    request,
    suggest: None,
};

fn request(_: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let Report { replay } = Report::from_interaction(data.into())?;
    Ok(Plan::TakeFile { file: SentFile::from(&replay), of: None })
}

/// The modal that takes one replay.
pub fn modal(match_id: MatchId, words: Words) -> InteractionResponseData {
    let upload = FileUpload {
        custom_id: "replay".to_owned(),
        id: None,
        max_values: Some(1),
        min_values: Some(1),
        required: Some(true),
        file_types: Some(vec![FILE_TYPE.to_owned()]),
    };
    let label = Label {
        component: Box::new(Component::FileUpload(upload)),
        description: Some(words.say("report-modal-help")),
        id: None,
        label: words.say("report-modal-file"),
    };
    InteractionResponseData {
        custom_id: Some(CustomId::MatchFile(match_id).to_string()),
        title: Some(words.with("report-modal-title", &[("id", match_id.to_string().into())])),
        components: Some(vec![Component::Label(label)]),
        ..InteractionResponseData::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::ids::UserId;
    use ipc_schema::vocab::Locale;
    use serde_json::json;

    #[test]
    fn the_file_of_the_option_is_what_is_taken() {
        let data = json!({
            "id": "1", "name": "report", "type": 1, "options": [{ "name": "replay", "type": 11, "value": "44" }],
            "resolved": { "attachments": { "44": {
                "id": "44", "filename": "game.SC2Replay", "size": 3, "url": "http://cdn/game", "proxy_url": "http://cdn/game",
            } } },
        });
        let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: None };
        let plan = request(&caller, serde_json::from_value(data).unwrap()).unwrap();
        let (name, url) = ("game.SC2Replay".to_owned(), "http://cdn/game".to_owned());
        assert_eq!(plan, Plan::TakeFile { file: SentFile { id: 44, name, bytes: 3, url }, of: None });
    }

    #[test]
    fn option_and_modal_offer_replays_only() {
        let command = serde_json::to_value((COMMAND.register)()).unwrap();
        assert_eq!(command["options"][0]["file_types"], json!([FILE_TYPE]));
        assert_eq!(command["options"][0]["required"], true);
        let modal = modal(MatchId(u64::MAX), Words::of(Locale::EnUs));
        assert!(modal.title.as_ref().unwrap().chars().count() <= 45, "{modal:?}");
        let modal = serde_json::to_value(modal).unwrap();
        let label = &modal["components"][0];
        assert!(label["label"].as_str().unwrap().chars().count() <= 45, "{label}");
        assert!(label["description"].as_str().unwrap().chars().count() <= 100, "{label}");
        assert_eq!(label["component"]["file_types"], json!([FILE_TYPE]));
        assert_eq!((&label["component"]["type"], &label["component"]["max_values"]), (&json!(19), &json!(1)));
    }
}
