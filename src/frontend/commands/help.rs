//! `/help`: how it works, in one message. It asks nobody, so it works while the ladder restarts.

use super::{Ack, Command, CommandError, Plan};
use ipc_schema::backend::Caller;
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;

/// `/help`: how the ladder works.
#[derive(CommandModel, CreateCommand)]
#[command(
    name = "help",
    desc = "How the ladder works",
    contexts = "guild bot_dm",
    integration_types = "guild_install"
)]
struct Help {}

pub const COMMAND: Command = Command {
    name: Help::NAME,
    ack: Ack::Message,
    register: || Help::create_command().into(),
    request,
    suggest: None,
};

fn request(_: &Caller, _: CommandData) -> Result<Plan, CommandError> {
    Ok(Plan::Say("help"))
}

#[cfg(test)]
mod tests {
    use crate::frontend::reply::Page;
    use crate::frontend::reply::limits::assert_fits;
    use crate::frontend::text::Words;
    use ipc_schema::vocab::Locale;

    #[test]
    fn help_names_every_command_and_fits() {
        let text = Words::of(Locale::EnUs).say("help");
        for command in ["/setup", "/queue", "/match", "/leaderboard"] {
            assert!(text.contains(command), "{command}");
        }
        assert_fits(&Page::of(text));
    }
}
