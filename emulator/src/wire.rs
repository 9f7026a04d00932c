//! HTTP requests and replies as the loop sees them.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use crate::fault::Fault;
use crate::files::Upload;

#[derive(Debug)]
pub(crate) struct Request {
    /// Its number among the bot's requests; 0 for a user's.
    pub(crate) number: u64,
    pub(crate) method: Method,
    /// The path in parts, after the prefix, escapes undone.
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Result<Body, BodyFault>,
}

#[derive(Debug, Default)]
pub(crate) struct Body {
    /// The body, or the part `payload_json`; null when there is none.
    pub(crate) json: Value,
    /// Other text parts.
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) files: Vec<Upload>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    TooLarge,
    NotJson,
    NotMultipart,
}

impl From<BodyFault> for Fault {
    fn from(fault: BodyFault) -> Fault {
        match fault {
            BodyFault::TooLarge => Fault::TooLarge,
            BodyFault::NotJson | BodyFault::NotMultipart => Fault::NotJson,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    /// Instead of a body that is JSON.
    pub(crate) page: Option<&'static str>,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, body: Value) -> Reply {
        Reply { status, headers: Vec::new(), body: Some(body), page: None }
    }

    pub(crate) fn ok(body: Value) -> Reply {
        Reply::new(StatusCode::OK, body)
    }

    pub(crate) fn no_content() -> Reply {
        Reply { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: None, page: None }
    }
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Reply {
        if let Fault::Limited(limited) = fault {
            return limited.reply();
        }
        Reply::new(fault.status(), fault.body())
    }
}
