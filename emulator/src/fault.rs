//! What Discord answers when it refuses a bot's request.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::limits::Limited;

/// One fault of a request's body, at a dotted path such as `embeds.0.title`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) path: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    Unauthorized,
    NoSuchRoute,
    UnknownApplication,
    UnknownChannel,
    UnknownGuild,
    UnknownMember,
    UnknownMessage,
    UnknownUser,
    UnknownWebhook,
    /// Never existed, or its three seconds have passed.
    UnknownInteraction,
    AlreadyAcknowledged,
    InvalidWebhookToken,
    /// The bot is not shown it.
    MissingAccess,
    MissingPermissions,
    /// The user takes no messages from the bot.
    DmsClosed,
    NoMutualGuild,
    OpensDmsTooFast,
    WrongChannelKind,
    ThreadArchived,
    ThreadLocked,
    TooManyThreads,
    TooManyThreadMembers,
    TooManyNewCommands,
    NotItsAuthor,
    EmptyMessage,
    TooLarge,
    NotJson,
    /// A limit that only its route knows.
    Limited(Limited),
    InvalidForm(Vec<Flaw>),
}

impl Fault {
    /// A single flaw of the body.
    pub(crate) fn form(path: &str, code: &'static str, message: &str) -> Fault {
        Fault::InvalidForm(vec![Flaw { path: path.to_owned(), code, message: message.to_owned() }])
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Fault::Unauthorized | Fault::InvalidWebhookToken => StatusCode::UNAUTHORIZED,
            Fault::NoSuchRoute
            | Fault::UnknownApplication
            | Fault::UnknownChannel
            | Fault::UnknownGuild
            | Fault::UnknownMember
            | Fault::UnknownMessage
            | Fault::UnknownUser
            | Fault::UnknownWebhook
            | Fault::UnknownInteraction => StatusCode::NOT_FOUND,
            Fault::NotItsAuthor
            | Fault::MissingAccess
            | Fault::MissingPermissions
            | Fault::DmsClosed
            | Fault::NoMutualGuild
            | Fault::OpensDmsTooFast
            | Fault::ThreadLocked => StatusCode::FORBIDDEN,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::AlreadyAcknowledged
            | Fault::EmptyMessage
            | Fault::NotJson
            | Fault::WrongChannelKind
            | Fault::ThreadArchived
            | Fault::TooManyThreads
            | Fault::TooManyThreadMembers
            | Fault::TooManyNewCommands
            | Fault::InvalidForm(_) => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn body(&self) -> Value {
        let (code, message) = match self {
            Fault::Unauthorized => (0, "401: Unauthorized"),
            Fault::NoSuchRoute => (0, "404: Not Found"),
            Fault::UnknownApplication => (10002, "Unknown Application"),
            Fault::UnknownChannel => (10003, "Unknown Channel"),
            Fault::UnknownGuild => (10004, "Unknown Guild"),
            Fault::UnknownMember => (10007, "Unknown Member"),
            Fault::UnknownMessage => (10008, "Unknown Message"),
            Fault::UnknownUser => (10013, "Unknown User"),
            Fault::UnknownWebhook => (10015, "Unknown Webhook"),
            Fault::UnknownInteraction => (10062, "Unknown interaction"),
            Fault::TooManyThreadMembers => (30033, "Maximum number of thread participants reached (1000)"),
            Fault::TooManyNewCommands => {
                (30034, "Max number of daily application command creates has been reached (200)")
            }
            Fault::OpensDmsTooFast => (40003, "You are opening direct messages too fast"),
            Fault::AlreadyAcknowledged => (40060, "Interaction has already been acknowledged."),
            Fault::TooLarge => (40005, "Request entity too large"),
            Fault::MissingAccess => (50001, "Missing Access"),
            Fault::DmsClosed => (50007, "Cannot send messages to this user"),
            Fault::MissingPermissions => (50013, "Missing Permissions"),
            Fault::WrongChannelKind => (50024, "Cannot execute action on this channel type"),
            Fault::ThreadArchived => (50083, "Thread is archived"),
            Fault::NoMutualGuild => {
                (50278, "Cannot send messages to this user due to having no mutual guilds")
            }
            Fault::ThreadLocked => (160_005, "Thread is locked"),
            Fault::TooManyThreads => (160_006, "Maximum number of active threads reached"),
            Fault::NotItsAuthor => (50005, "Cannot edit a message authored by another user"),
            Fault::EmptyMessage => (50006, "Cannot send an empty message"),
            Fault::InvalidWebhookToken => (50027, "Invalid Webhook Token"),
            Fault::Limited(Limited::Hidden { code, message, .. }) => (*code, *message),
            Fault::Limited(_) => (0, "You are being rate limited."),
            Fault::InvalidForm(_) => (50035, "Invalid Form Body"),
            Fault::NotJson => (50109, "The request body contains invalid JSON."),
        };
        let mut body = json!({"code": code, "message": message});
        if let Fault::InvalidForm(flaws) = self {
            body["errors"] = tree(flaws);
        }
        body
    }
}

/// Flaws nested by their paths, each place with its list `_errors`.
fn tree(flaws: &[Flaw]) -> Value {
    let mut root = Map::new();
    for flaw in flaws {
        // A field may be called anything by whoever sent it, `_errors` too.
        let steps = flaw.path.split('.').filter(|step| !step.is_empty() && *step != "_errors");
        let place = steps.fold(&mut root, |at, step| match at.entry(step).or_insert(Value::Null) {
            Value::Object(inner) => inner,
            other => {
                *other = Value::Object(Map::new());
                other.as_object_mut().expect("it was just made an object")
            }
        });
        if let Value::Array(errors) = place.entry("_errors").or_insert_with(|| json!([])) {
            errors.push(json!({"code": flaw.code, "message": flaw.message}));
        }
    }
    Value::Object(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaws_are_nested_by_their_path() {
        let flaw = |path: &str| Flaw { path: path.to_owned(), code: "C", message: "m".to_owned() };
        let fault = Fault::InvalidForm(vec![flaw("embeds.0.title"), flaw("embeds.0"), flaw("")]);
        let error = json!([{"code": "C", "message": "m"}]);
        let errors =
            json!({"embeds": {"0": {"title": {"_errors": error}, "_errors": error}}, "_errors": error});
        assert_eq!(fault.body()["errors"], errors);
    }
}
