//! `/admin`: what staff look at and do. Every act is shown with what it changes and confirmed once;
//! the rules are the backend's, also who is staff.

mod archive;
mod health;
mod pages;
#[cfg(test)]
mod tests;

pub use pages::{case_page, render, replays};

use super::{Ack, Command, CommandError, Plan, RaceOption};
use crate::frontend::custom_id::{CustomId, StaffOrder};
use crate::frontend::text::Words;
use ipc_schema::backend::{BackendRequest, Caller};
use ipc_schema::ids::{MatchId, UserId};
use ipc_schema::staff::{StaffAct, StaffLook, StaffRole};
use ipc_schema::vocab::{GameRegion, Ground, Mmr, Refusal, Toon, Verdict};
use twilight_interactions::command::{CommandModel, CommandOption, CreateCommand, CreateOption};
use twilight_model::application::interaction::application_command::{
    CommandData, CommandDataOption, CommandOptionValue,
};
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::{Label, TextInput, TextInputStyle};
use twilight_model::guild::Permissions;
use twilight_model::http::interaction::InteractionResponseData;
use twilight_model::id::Id;
use twilight_model::id::marker::UserMarker;

/// `/admin`: look after the ladder.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "admin",
    desc = "Look after the ladder; for its staff",
    contexts = "guild bot_dm",
    integration_types = "guild_install",
    default_permissions = "nobody"
)]
enum Admin {
    #[command(name = "snapshot")]
    Snapshot(Snapshot),
    #[command(name = "player")]
    Player(Player),
    #[command(name = "match")]
    Match(Match),
    #[command(name = "log")]
    Log(Log),
    #[command(name = "health")]
    Health(Health),
    #[command(name = "staff")]
    Staff(Staff),
    #[command(name = "role")]
    Role(Role),
    #[command(name = "remove-from-queue")]
    RemoveFromQueue(RemoveFromQueue),
    #[command(name = "clear-queue")]
    ClearQueue(ClearQueue),
    #[command(name = "ban")]
    Ban(Ban),
    #[command(name = "unban")]
    Unban(Unban),
    #[command(name = "time-out")]
    TimeOut(TimeOut),
    #[command(name = "reset-aborts")]
    ResetAborts(ResetAborts),
    #[command(name = "rename")]
    Rename(Rename),
    #[command(name = "announce")]
    Announce(Announce),
    #[command(name = "cases")]
    Cases(Cases),
    #[command(name = "resolve")]
    Resolve(Resolve),
    #[command(name = "adjust-mmr")]
    AdjustMmr(AdjustMmr),
    #[command(name = "knobs")]
    Knobs(Knobs),
    #[command(name = "set-knob")]
    SetKnob(SetKnob),
    #[command(name = "retire-handles")]
    RetireHandles(RetireHandles),
    #[command(name = "mark-fake")]
    MarkFake(MarkFake),
    #[command(name = "allow-accounts")]
    AllowAccounts(AllowAccounts),
    #[command(name = "unbind-account")]
    UnbindAccount(UnbindAccount),
}

/// In a server nobody sees the command but those whom its administrators let, so that players are not
/// shown what is not for them.
fn nobody() -> Permissions {
    Permissions::empty()
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "snapshot", desc = "The ladder in numbers: queue, matches, replays, messages")]
struct Snapshot {}

#[derive(CommandModel, CreateCommand)]
#[command(name = "player", desc = "Everything about a player")]
struct Player {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "match", desc = "Everything about a match")]
struct Match {
    /// The number of the match
    #[command(min_value = 1)]
    id: i64,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "log", desc = "What staff did, newest first")]
struct Log {
    /// The page
    #[command(min_value = 1)]
    page: Option<i64>,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "health", desc = "How the ladder's processes are doing")]
struct Health {}

#[derive(CommandModel, CreateCommand)]
#[command(name = "staff", desc = "Who is staff")]
struct Staff {}

#[derive(CommandModel, CreateCommand)]
#[command(name = "role", desc = "Make somebody owner or admin, or neither; for owners")]
struct Role {
    /// The Discord account
    user: Id<UserMarker>,
    /// What they are from then on
    role: RoleOption,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandOption, CreateOption)]
enum RoleOption {
    #[option(name = "Owner", value = "owner")]
    Owner,
    #[option(name = "Admin", value = "admin")]
    Admin,
    #[option(name = "None", value = "none")]
    None,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "remove-from-queue", desc = "Take a player out of the queue")]
struct RemoveFromQueue {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "clear-queue", desc = "Take everyone out of the queue")]
struct ClearQueue {
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "ban", desc = "Ban a player; ends the place in the queue and the open match")]
struct Ban {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
    /// For how many days; for good without it
    #[command(min_value = 1, max_value = 3650)]
    days: Option<i64>,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "unban", desc = "End a player's ban")]
struct Unban {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "time-out", desc = "Keep a player out of the queue for a while, or lift a time-out")]
struct TimeOut {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// For how many minutes; 0 lifts the time-out and forgets earlier ones
    #[command(min_value = 0, max_value = 10080)]
    minutes: i64,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "reset-aborts", desc = "Give a player the month's aborts back")]
struct ResetAborts {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "rename", desc = "Give a player another name")]
struct Rename {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// The new name, 3 to 12 letters or digits
    #[command(max_length = 32)]
    name: String,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "announce", desc = "Send a message to every player")]
struct Announce {
    /// What everyone reads
    #[command(min_length = 3, max_length = 1500)]
    text: String,
    /// Why, for the audit log
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "cases", desc = "What staff have to look at, with a button for each verdict")]
struct Cases {}

#[derive(CommandModel, CreateCommand)]
#[command(name = "resolve", desc = "Decide a match, also one that was decided otherwise")]
struct Resolve {
    /// The number of the match
    #[command(min_value = 1)]
    id: i64,
    /// How it ended
    result: ResultOption,
    /// Why, for the audit log
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandOption, CreateOption)]
enum ResultOption {
    #[option(name = "Player 1 won", value = "1")]
    First,
    #[option(name = "Player 2 won", value = "2")]
    Second,
    #[option(name = "A draw", value = "draw")]
    Draw,
    #[option(name = "It counts for nothing", value = "void")]
    Void,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "adjust-mmr", desc = "Set a rating of a player")]
struct AdjustMmr {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// The race
    race: RaceOption,
    /// What it is from then on
    mmr: i64,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "knobs", desc = "The numbers of the rules")]
struct Knobs {}

#[derive(CommandModel, CreateCommand)]
#[command(name = "set-knob", desc = "Change a number of the rules; /admin knobs lists them")]
struct SetKnob {
    /// The name of the number, such as wave_s
    #[command(max_length = 32)]
    name: String,
    /// The new value; a list has commas
    #[command(max_length = 200)]
    value: String,
    /// Why, for the audit log
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "retire-handles", desc = "Let the mod files of a release count no more")]
struct RetireHandles {
    /// The name of the release
    #[command(max_length = 32)]
    release: String,
    /// Why, for the audit log
    #[command(min_length = 3, max_length = 300)]
    reason: String,
    /// Only in this game region; in all without it
    region: Option<RegionOption>,
    /// Only on this map, by its key; on all without it
    #[command(max_length = 64)]
    map: Option<String>,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "mark-fake", desc = "Reject games that load a file, or no longer do")]
struct MarkFake {
    /// The SHA-256 of the file, 64 hex digits
    #[command(min_length = 64, max_length = 64)]
    file: String,
    /// Whether it is from an unofficial copy of the mod
    fake: bool,
    /// Why, for the audit log
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "allow-accounts", desc = "Set how many accounts of a player may be bound in a game region")]
struct AllowAccounts {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// The game region
    region: RegionOption,
    /// How many
    #[command(min_value = 1, max_value = 20)]
    count: i64,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandModel, CreateCommand)]
#[command(name = "unbind-account", desc = "Take a Battle.net account off a player")]
struct UnbindAccount {
    /// Name on the ladder, Discord id or mention
    #[command(max_length = 32, autocomplete = true)]
    player: String,
    /// The account, written 2-S2-1-278321
    #[command(max_length = 40)]
    account: String,
    /// Why, for the audit log and for those it concerns
    #[command(min_length = 3, max_length = 300)]
    reason: String,
}

#[derive(CommandOption, CreateOption)]
enum RegionOption {
    #[option(name = "Americas", value = "americas")]
    Americas,
    #[option(name = "Europe", value = "europe")]
    Europe,
    #[option(name = "Asia", value = "asia")]
    Asia,
}

impl From<RegionOption> for GameRegion {
    fn from(option: RegionOption) -> GameRegion {
        match option {
            RegionOption::Americas => GameRegion::Americas,
            RegionOption::Europe => GameRegion::Europe,
            RegionOption::Asia => GameRegion::Asia,
        }
    }
}

pub const COMMAND: Command = Command {
    name: Admin::NAME,
    ack: Ack::Message,
    register: || Admin::create_command().into(),
    request,
    suggest: Some(suggest),
};

fn request(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let caller = *caller;
    let look = |look| Plan::Ask(BackendRequest::StaffLook { caller, look });
    let propose = |act, reason| Plan::Ask(BackendRequest::StaffPropose { caller, act, reason });
    Ok(match Admin::from_interaction(data.into())? {
        Admin::Snapshot(Snapshot {}) => look(StaffLook::Snapshot),
        Admin::Player(Player { player }) => look(StaffLook::Player { name: player }),
        Admin::Match(Match { id }) => look(StaffLook::Match { match_id: MatchId(id.unsigned_abs()) }),
        Admin::Log(Log { page }) => {
            // People count pages from 1.
            let page = page.map_or(0, |page| u32::try_from(page.saturating_sub(1)).unwrap_or(u32::MAX));
            look(StaffLook::Log { page })
        }
        Admin::Health(Health {}) => look(StaffLook::Health),
        Admin::Staff(Staff {}) => look(StaffLook::Roster),
        Admin::Role(Role { user, role, reason }) => {
            let role = match role {
                RoleOption::Owner => Some(StaffRole::Owner),
                RoleOption::Admin => Some(StaffRole::Admin),
                RoleOption::None => None,
            };
            propose(StaffAct::SetRole { user: UserId(user.get()), role }, reason)
        }
        Admin::RemoveFromQueue(RemoveFromQueue { player, reason }) => {
            propose(StaffAct::RemoveFromQueue { player }, reason)
        }
        Admin::ClearQueue(ClearQueue { reason }) => propose(StaffAct::ClearQueue, reason),
        Admin::Ban(Ban { player, reason, days }) => {
            let days = days.map(|days| u16::try_from(days).unwrap_or(u16::MAX));
            propose(StaffAct::Ban { player, days }, reason)
        }
        Admin::Unban(Unban { player, reason }) => propose(StaffAct::Unban { player }, reason),
        Admin::TimeOut(TimeOut { player, minutes, reason }) => {
            let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
            propose(StaffAct::TimeOut { player, minutes }, reason)
        }
        Admin::ResetAborts(ResetAborts { player, reason }) => {
            propose(StaffAct::ResetAborts { player }, reason)
        }
        Admin::Rename(Rename { player, name, reason }) => propose(StaffAct::Rename { player, name }, reason),
        Admin::Announce(Announce { text, reason }) => propose(StaffAct::Announce { text }, reason),
        Admin::Cases(Cases {}) => look(StaffLook::Cases { page: 0 }),
        Admin::Resolve(Resolve { id, result, reason }) => {
            let match_id = MatchId(id.unsigned_abs());
            let order = match result {
                ResultOption::First => StaffOrder::Won(match_id, 0),
                ResultOption::Second => StaffOrder::Won(match_id, 1),
                ResultOption::Draw => StaffOrder::Draw(match_id),
                ResultOption::Void => StaffOrder::Void(match_id),
            };
            propose(act_of(order), reason)
        }
        Admin::AdjustMmr(AdjustMmr { player, race, mmr, reason }) => {
            let to = Mmr(i32::try_from(mmr).unwrap_or(i32::MAX));
            propose(StaffAct::AdjustMmr { player, race: race.into(), to }, reason)
        }
        Admin::Knobs(Knobs {}) => look(StaffLook::Knobs),
        Admin::SetKnob(SetKnob { name, value, reason }) => {
            propose(StaffAct::SetKnob { name: name.trim().to_owned(), value }, reason)
        }
        Admin::RetireHandles(RetireHandles { release, reason, region, map }) => {
            propose(StaffAct::RetireHandles { release, region: region.map(GameRegion::from), map }, reason)
        }
        Admin::MarkFake(MarkFake { file, fake, reason }) => {
            propose(StaffAct::MarkFake { file: file.to_ascii_lowercase(), fake }, reason)
        }
        Admin::AllowAccounts(AllowAccounts { player, region, count, reason }) => {
            let count = u8::try_from(count).unwrap_or(u8::MAX);
            propose(StaffAct::AllowToons { player, region: region.into(), count }, reason)
        }
        Admin::UnbindAccount(UnbindAccount { player, account, reason }) => match toon_of(&account) {
            Some(toon) => propose(StaffAct::UnbindToon { player, toon }, reason),
            None => Plan::Refuse(Refusal::ToonUnknown),
        },
    })
}

/// What a button on a case proposes.
pub fn act_of(order: StaffOrder) -> StaffAct<String> {
    let ground = Ground::Staff;
    match order {
        StaffOrder::Won(match_id, winner) => {
            StaffAct::Resolve { match_id, verdict: Verdict::Decided { winner, ground } }
        }
        StaffOrder::Draw(match_id) => StaffAct::Resolve { match_id, verdict: Verdict::Drawn { ground } },
        StaffOrder::Void(match_id) => StaffAct::Resolve { match_id, verdict: Verdict::Void },
        StaffOrder::Close(case) => StaffAct::CloseCase { case },
        StaffOrder::Learn(case) => StaffAct::LearnHandles { case },
    }
}

/// The modal that asks for the reason of such an act.
pub fn modal(order: StaffOrder, words: Words) -> InteractionResponseData {
    #[expect(deprecated, reason = "the model has the field; it stays empty")]
    let input = TextInput {
        custom_id: "reason".to_owned(),
        id: None,
        label: None,
        max_length: Some(300),
        min_length: Some(3),
        placeholder: None,
        required: Some(true),
        style: TextInputStyle::Paragraph,
        value: None,
    };
    let label = Label {
        component: Box::new(Component::TextInput(input)),
        description: Some(words.say("admin-modal-reason-help")),
        id: None,
        label: words.say("admin-reason"),
    };
    InteractionResponseData {
        custom_id: Some(CustomId::StaffReason(order).to_string()),
        title: Some(words.say("admin-modal-title")),
        components: Some(vec![Component::Label(label)]),
        ..InteractionResponseData::default()
    }
}

/// What was typed into the modal.
pub fn reason_of(fields: &[(String, String)]) -> String {
    fields.iter().find(|(id, _)| id == "reason").map_or_else(String::new, |(_, text)| text.clone())
}

/// An account as [`Toon`] is written.
fn toon_of(text: &str) -> Option<Toon> {
    let [region, game, realm, id] = text.trim().split('-').collect::<Vec<_>>().try_into().ok()?;
    let toon = Toon { region: region.parse().ok()?, realm: realm.parse().ok()?, id: id.parse().ok()? };
    (game == "S2").then_some(toon)
}

/// The option being typed is a player's name in every sub-command that suggests something.
#[expect(clippy::needless_pass_by_value, reason = "as all that plan a command")]
fn suggest(caller: &Caller, data: CommandData) -> Result<Plan, CommandError> {
    let typed = typed(&data.options).unwrap_or_default().to_owned();
    Ok(Plan::Ask(BackendRequest::PlayerNames { caller: *caller, typed }))
}

fn typed(options: &[CommandDataOption]) -> Option<&str> {
    options.iter().find_map(|option| match &option.value {
        CommandOptionValue::Focused(typed, _) => Some(typed.as_str()),
        CommandOptionValue::SubCommand(inner) | CommandOptionValue::SubCommandGroup(inner) => typed(inner),
        _ => None,
    })
}
