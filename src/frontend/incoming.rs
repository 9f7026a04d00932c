//! Reads an interaction of Discord's into what the runner needs. Nothing here trusts that a field is
//! there or that a kind is known: what cannot be read is answered or left alone, never a panic.

use super::commands::{self, Ack, COMMANDS, Command, Input, Origin, Plan, SentFile};
use super::custom_id::CustomId;
use super::reply::{Surface, shown_in};
use ipc_schema::backend::Caller;
use ipc_schema::ids::{ChannelId, MessageId, UserId};
use ipc_schema::vocab::{Locale, Timestamp};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::application::interaction::modal::ModalInteractionComponent;
use twilight_model::application::interaction::{
    Interaction, InteractionContextType, InteractionData, InteractionType,
};
use twilight_model::channel::Message;
use twilight_model::channel::message::{Component, MessageFlags};
use twilight_model::id::Id;
use twilight_model::id::marker::{ApplicationMarker, AttachmentMarker};

#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub id: u64,
    pub token: String,
    pub application: Id<ApplicationMarker>,
    pub caller: Caller,
    pub visible: Visible,
    /// The message a component belongs to.
    pub message: Option<MessageId>,
    /// What that message showed then.
    pub shown: Vec<Component>,
    pub origin: Origin,
    pub ack: Ack,
    pub plan: Plan,
}

/// Who sees a new message that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visible {
    /// The caller alone: in a guild.
    Ephemeral,
    /// It stays in the DM, where nobody else is.
    Stays,
}

impl Incoming {
    /// When Discord made it, which may be long before it got here.
    pub fn made_at(&self) -> Timestamp {
        Timestamp::of_snowflake(self.id)
    }

    pub fn surface(&self) -> Surface<'_> {
        if self.message.is_some() { Surface::Existing(&self.shown) } else { Surface::New }
    }

    /// None for what asks for nothing that this bot has.
    pub fn read(interaction: Interaction) -> Option<Incoming> {
        let user = interaction.author_id()?;
        let in_dm = match interaction.context {
            Some(context) => context == InteractionContextType::BotDm,
            None => interaction.guild_id.is_none(),
        };
        let channel = interaction.channel.as_ref().map(|channel| ChannelId(channel.id.get()));
        let caller = Caller {
            user: UserId(user.get()),
            locale: locale_of(interaction.locale.as_deref()),
            dm: channel.filter(|_| in_dm),
        };
        // A message that others see as well stays as it is: who presses there is answered alone.
        let is_own = |message: &&Message| {
            in_dm || message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL))
        };
        let own = interaction.message.as_ref().filter(is_own);
        let message = own.map(|message| MessageId(message.id.get()));
        let shown = own.map(shown_in).unwrap_or_default();
        let typing = interaction.kind == InteractionType::ApplicationCommandAutocomplete;
        let (origin, message, ack, plan) = match interaction.data? {
            InteractionData::ApplicationCommand(data) => {
                let (ack, plan) = plan_command(caller, *data, typing);
                (Origin::Command, None, ack, plan)
            }
            InteractionData::MessageComponent(data) => {
                let input = Input { values: data.values, ..Input::default() };
                let (origin, plan) = plan_press(&data.custom_id, caller, input);
                (origin, message, plan.ack(), plan)
            }
            InteractionData::ModalSubmit(data) => {
                let mut fields = Vec::new();
                collect(&data.components, &mut fields);
                let mut sent = Vec::new();
                uploaded(&data.components, &mut sent);
                let resolved = data.resolved.as_ref().map(|resolved| &resolved.attachments);
                let files = sent.iter().filter_map(|id| resolved?.get(id)).map(SentFile::from).collect();
                let input = Input { values: Vec::new(), fields, files };
                let (origin, plan) = plan_press(&data.custom_id, caller, input);
                (origin, message, plan.ack(), plan)
            }
            _ => return None,
        };
        Some(Incoming {
            id: interaction.id.get(),
            token: interaction.token,
            application: interaction.application_id,
            caller,
            visible: if in_dm { Visible::Stays } else { Visible::Ephemeral },
            message,
            shown,
            origin,
            ack,
            plan,
        })
    }
}

/// A command, or one whose option is being typed.
fn plan_command(caller: Caller, data: CommandData, typing: bool) -> (Ack, Plan) {
    let command = COMMANDS.iter().find(|command| command.name == data.name);
    let ack = match command {
        _ if typing => Ack::Choices,
        Some(command) => command.ack,
        None => Ack::Message,
    };
    let to_plan = command.and_then(|Command { request, suggest, .. }| match typing {
        true => *suggest,
        false => Some(*request),
    });
    let Some(to_plan) = to_plan else { return (ack, Plan::Say("button-unknown")) };
    let name = data.name.clone();
    let plan = to_plan(&caller, data).unwrap_or_else(|error| {
        tracing::warn!(command = name, "{error}");
        Plan::Say("button-unknown")
    });
    (ack, plan)
}

fn plan_press(custom_id: &str, caller: Caller, input: Input) -> (Origin, Plan) {
    match CustomId::parse(custom_id) {
        Some(id) => (Origin::of(id), commands::plan(id, caller, input)),
        None => (Origin::Command, Plan::Say("button-unknown")),
    }
}

/// Text inputs wherever they are nested: under labels in new modals, in rows in old ones.
fn collect(components: &[ModalInteractionComponent], fields: &mut Vec<(String, String)>) {
    for component in components {
        match component {
            ModalInteractionComponent::TextInput(input) => {
                fields.push((input.custom_id.clone(), input.value.clone()));
            }
            ModalInteractionComponent::Label(label) => {
                collect(std::slice::from_ref(label.component.as_ref()), fields);
            }
            ModalInteractionComponent::ActionRow(row) => collect(&row.components, fields),
            _ => {}
        }
    }
}

/// Files wherever they are nested.
fn uploaded(components: &[ModalInteractionComponent], ids: &mut Vec<Id<AttachmentMarker>>) {
    for component in components {
        match component {
            ModalInteractionComponent::FileUpload(upload) => ids.extend(&upload.values),
            ModalInteractionComponent::Label(label) => {
                uploaded(std::slice::from_ref(label.component.as_ref()), ids);
            }
            _ => {}
        }
    }
}

/// The ladder's language for a Discord client's.
fn locale_of(code: Option<&str>) -> Locale {
    match code.unwrap_or_default() {
        "ko" => Locale::KoKr,
        "zh-CN" | "zh-TW" => Locale::ZhCn,
        "es-419" | "es-ES" => Locale::EsMx,
        "ru" => Locale::RuRu,
        _ => Locale::EnUs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_schema::backend::BackendRequest;
    use ipc_schema::event::Names;
    use ipc_schema::ids::MatchId;
    use ipc_schema::view::LeaderboardFilter;
    use serde_json::{Value, json};

    fn read(kind: u8, data: &Value, place: &Value) -> Option<Incoming> {
        let mut json = json!({
            "id": "1423000000000000000", "application_id": "5", "type": kind, "token": "secret", "version": 1,
            "locale": "ko", "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 10_485_760, "data": data,
            "channel": { "id": "9", "type": 1 },
        });
        let extra = place.as_object().unwrap().clone();
        json.as_object_mut().unwrap().extend(extra);
        Incoming::read(serde_json::from_value(json).unwrap())
    }

    fn user() -> Value {
        json!({ "id": "7", "username": "ana", "discriminator": "0", "global_name": null, "avatar": null })
    }

    fn dm() -> Value {
        json!({ "user": user(), "context": 1 })
    }

    const CALLER: Caller = Caller { user: UserId(7), locale: Locale::KoKr, dm: Some(ChannelId(9)) };

    #[test]
    fn a_command_in_the_dm_asks_for_its_page() {
        let data = json!({ "id": "1", "name": "queue", "type": 1 });
        let incoming = read(2, &data, &dm()).unwrap();
        assert_eq!(incoming.caller, CALLER);
        assert_eq!(incoming.visible, Visible::Stays);
        assert_eq!(incoming.plan, Plan::Ask(BackendRequest::ShowQueue { caller: CALLER }));
        assert_eq!(incoming.made_at(), Timestamp(1_759_340_038_061));
    }

    #[test]
    fn a_command_in_a_guild_is_answered_to_its_caller_alone() {
        let data = json!({ "id": "1", "name": "leaderboard", "type": 1,
            "options": [{ "name": "page", "type": 4, "value": 3 }] });
        let member = json!({ "user": user(), "roles": [], "deaf": false, "mute": false, "flags": 0,
            "joined_at": null, "permissions": "0" });
        let incoming = read(2, &data, &json!({ "member": member, "guild_id": "3", "context": 0 })).unwrap();
        let caller = Caller { dm: None, ..CALLER };
        assert_eq!(incoming.visible, Visible::Ephemeral);
        assert_eq!(
            incoming.plan,
            Plan::Ask(BackendRequest::Leaderboard { caller, page: 2, filter: LeaderboardFilter::default() })
        );
    }

    #[test]
    fn what_is_typed_is_answered_by_suggestions() {
        let typed = |command: &str, option: &str| {
            let option = json!({ "name": option, "type": 3, "value": "Fla", "focused": true });
            let data = json!({ "id": "1", "name": command, "type": 1, "options": [option] });
            let incoming = read(4, &data, &dm()).unwrap();
            (incoming.ack, incoming.plan)
        };
        let names = BackendRequest::PlayerNames { caller: CALLER, typed: "Fla".to_owned() };
        assert_eq!(typed("profile", "player"), (Ack::Choices, Plan::Ask(names)));
        assert_eq!(
            typed("queue", "race"),
            (Ack::Choices, Plan::Say("button-unknown")),
            "it has no suggestions"
        );
    }

    #[test]
    fn a_press_and_a_modal_are_read() {
        let data = json!({ "component_type": 2, "custom_id": "match:confirm:12" });
        let incoming = read(3, &data, &dm()).unwrap();
        let (caller, match_id) = (CALLER, MatchId(12));
        assert_eq!(incoming.plan, Plan::Ask(BackendRequest::Confirm { caller, match_id }));

        let input = |id: &str, value: &str| json!({ "type": 18, "id": 1, "component": { "type": 4, "id": 2, "custom_id": id, "value": value } });
        let components = [
            input("name", "Flash"),
            input("battle_tag", "F#123"),
            input("alternatives", ""),
            input("country", "kr"),
        ];
        let data = json!({ "custom_id": "setup:names", "components": components });
        let names = Names {
            name: "Flash".to_owned(),
            battle_tag: "F#123".to_owned(),
            alternatives: Vec::new(),
            country: "KR".to_owned(),
        };
        assert_eq!(
            read(5, &data, &dm()).unwrap().plan,
            Plan::Ask(BackendRequest::SetNames { caller, names })
        );
    }

    #[test]
    fn a_modal_brings_the_file_that_was_chosen_in_it() {
        let upload = json!({ "type": 19, "id": 2, "custom_id": "replay", "values": ["44"] });
        let file = json!({ "id": "44", "filename": "game.SC2Replay", "size": 3, "url": "http://cdn/game",
            "proxy_url": "http://cdn/game" });
        let data = json!({ "custom_id": "match:file:12", "components": [{ "type": 18, "id": 1, "component": upload }],
            "resolved": { "attachments": { "44": file } } });
        let (name, url) = ("game.SC2Replay".to_owned(), "http://cdn/game".to_owned());
        let file = SentFile { id: 44, name, bytes: 3, url };
        let incoming = read(5, &data, &dm()).unwrap();
        assert_eq!(incoming.plan, Plan::TakeFile { file, of: Some(MatchId(12)) });
        assert_eq!(incoming.ack, Ack::Message);
    }

    #[test]
    fn a_press_on_what_others_see_is_answered_to_its_presser_alone() {
        let data = json!({ "component_type": 2, "custom_id": "match:report:12:won" });
        let member = json!({ "user": user(), "roles": [], "deaf": false, "mute": false, "flags": 0,
            "joined_at": null, "permissions": "0" });
        let message = |flags: u64| {
            json!({ "id": "3", "channel_id": "9", "author": user(), "content": "", "timestamp": "2026-11-22T08:00:00+00:00",
                "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
                "attachments": [], "embeds": [], "pinned": false, "type": 0, "flags": flags })
        };
        let place =
            |flags| json!({ "member": member, "guild_id": "5", "context": 0, "message": message(flags) });
        let shared = read(3, &data, &place(0)).unwrap();
        assert_eq!((shared.message, shared.visible), (None, Visible::Ephemeral));
        let own = read(3, &data, &place(64)).unwrap();
        assert_eq!((own.message, own.visible), (Some(MessageId(3)), Visible::Ephemeral));
    }

    #[test]
    fn what_is_unknown_is_said_so_or_left_alone() {
        let unknown = Plan::Say("button-unknown");
        let data = json!({ "id": "1", "name": "dance", "type": 1 });
        assert_eq!(read(2, &data, &dm()).unwrap().plan, unknown);
        let data = json!({ "component_type": 2, "custom_id": "old:button" });
        assert_eq!(read(3, &data, &dm()).unwrap().plan, unknown);
        let data = json!({ "id": "1", "name": "leaderboard", "type": 1,
            "options": [{ "name": "size", "type": 4, "value": 3 }] });
        assert_eq!(read(2, &data, &dm()).unwrap().plan, unknown);
        let data = json!({ "id": "1", "name": "queue", "type": 1 });
        assert_eq!(read(2, &data, &json!({})), None, "nobody asked");
    }
}
