//! `/help`: how it works, in one message. It asks nobody, so it works while the ladder restarts. And the
//! guide to a match.

use super::{Ack, Command, CommandError, Plan};
use crate::frontend::custom_id::CustomId;
use crate::frontend::reply::{Page, button, row};
use crate::frontend::text::Words;
use ipc_schema::backend::Caller;
use twilight_interactions::command::{CommandModel, CreateCommand};
use twilight_model::application::interaction::application_command::CommandData;
use twilight_model::channel::message::component::ButtonStyle;

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

/// What a match is like, which whoever queues has read once.
pub fn render_guide(words: Words) -> Page {
    let read = button(CustomId::GuideRead, ButtonStyle::Success, words.say("guide-button-read"));
    Page::of(words.say("guide")).row(row(vec![read]))
}

#[cfg(test)]
mod tests {
    use super::render_guide;
    use crate::frontend::reply::Page;
    use crate::frontend::reply::limits::assert_fits;
    use crate::frontend::text::Words;
    use ipc_schema::vocab::Locale;

    #[test]
    fn help_names_every_command_and_fits() {
        let text = Words::of(Locale::EnUs).say("help");
        for command in ["/setup", "/queue", "/match", "/leaderboard", "/notifications", "/language"] {
            assert!(text.contains(command), "{command}");
        }
        assert_fits(&Page::of(text));
    }

    #[test]
    fn the_guide_says_what_proves_a_match_and_fits() {
        let page = render_guide(Words::of(Locale::EnUs));
        assert_fits(&page);
        assert!(page.content.contains(".SC2Replay"));
    }
}
