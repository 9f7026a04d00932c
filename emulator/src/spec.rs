//! Discord's own description of its API, where it is at hand: what a bot sends is held against it, and what
//! the emulator answers.
//!
//! The document is OpenAPI 3.1, whose schemas are JSON Schema. It says of a request's path, query and body
//! what Discord's servers expect, and catches what `rules` forgot; `rules` has what it does not know (it lets
//! unknown fields pass, and 4,000 characters of content). Each schema is compiled when it is first needed.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;

use axum::http::Method;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use crate::fault::Flaw;
use crate::wire::{Body, Reply, Request};

/// The name of the document among schemas.
const DOCUMENT: &str = "urn:discord";

/// Flaws that are told of one request or answer; the rest of many says no more.
const MAX_FLAWS: usize = 8;
const MAX_MESSAGE: usize = 300;

/// Places of a body that the document does not describe as Discord takes them, with why. `*` stands for any
/// step; what comes before is left out. Unknown fields need no excuse, since the document lets them pass.
const EXCUSED: &[(&str, &str)] = &[
    ("attachments.*.id", "the documentation's own examples number the files of a form by whole numbers"),
    (
        "default_member_permissions",
        "the documentation has permissions as text everywhere, the document a number",
    ),
];

const METHODS: [(&str, Method); 5] = [
    ("get", Method::GET),
    ("put", Method::PUT),
    ("post", Method::POST),
    ("delete", Method::DELETE),
    ("patch", Method::PATCH),
];

#[derive(Debug, thiserror::Error)]
pub enum Unread {
    #[error("read Discord's description of its API")]
    Io(#[source] io::Error),
    #[error("parse Discord's description of its API")]
    NotJson(#[source] serde_json::Error),
    #[error("it is no description of an API: {0}")]
    NotOpenApi(String),
}

/// One step of a path in the document.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Word(String),
    Parameter(String),
}

#[derive(Debug)]
struct Operation {
    method: Method,
    steps: Vec<Step>,
    /// Of path and query: where, name, schema, whether it must be there.
    parameters: Vec<Parameter>,
    body: Option<Value>,
    needs_body: bool,
    /// By status, `200` or `4XX`: of its body, if there is to be one.
    replies: BTreeMap<String, Option<Value>>,
}

#[derive(Debug)]
struct Parameter {
    is_in_path: bool,
    name: String,
    schema: Value,
    required: bool,
}

#[derive(Debug)]
pub(crate) struct Spec {
    registry: Registry<'static>,
    operations: Vec<Operation>,
    /// By operation and part; none where the document has a schema that cannot be compiled.
    compiled: HashMap<(usize, String), Option<Validator>>,
}

impl Spec {
    pub(crate) fn read(path: &Path) -> Result<Spec, Unread> {
        let text = std::fs::read_to_string(path).map_err(Unread::Io)?;
        let document: Value = serde_json::from_str(&text).map_err(Unread::NotJson)?;
        Spec::new(document)
    }

    fn new(document: Value) -> Result<Spec, Unread> {
        let paths = document["paths"].as_object();
        let paths = paths.ok_or_else(|| Unread::NotOpenApi("it has no paths".to_owned()))?;
        let mut operations = Vec::new();
        for (path, item) in paths {
            for (name, method) in METHODS {
                let read = |operation| Operation::read(&document, path, method.clone(), item, operation);
                operations.extend(item.get(name).map(read));
            }
        }
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, document)
            .and_then(|registry| registry.prepare())
            .map_err(|error| Unread::NotOpenApi(error.to_string()))?;
        Ok(Spec { registry, operations, compiled: HashMap::new() })
    }

    /// What the document does not allow of a request.
    pub(crate) fn check(&mut self, request: &Request) -> Vec<Flaw> {
        let flaw =
            |path: &str, message: String| Flaw { path: path.to_owned(), code: "SPEC_VIOLATION", message };
        let Some(index) = self.find(&request.method, &request.path) else {
            return vec![flaw("", "Discord's description has no such request.".to_owned())];
        };
        let mut flaws = Vec::new();
        let operation = &self.operations[index];
        let mut texts: Vec<(String, String)> = Vec::new();
        for (step, part) in operation.steps.iter().zip(&request.path) {
            if let Step::Parameter(name) = step {
                texts.push((name.clone(), part.clone()));
            }
        }
        for (name, text) in &request.query {
            if operation.parameters.iter().any(|known| !known.is_in_path && known.name == *name) {
                texts.push((name.clone(), text.clone()));
            } else {
                flaws.push(flaw(name, "Discord's description has no such parameter.".to_owned()));
            }
        }
        let missing = operation
            .parameters
            .iter()
            .filter(|known| known.required && !known.is_in_path && !request.query.contains_key(&known.name));
        flaws.extend(missing.map(|known| flaw(&known.name, "This parameter is required.".to_owned())));
        for (name, text) in texts {
            let schema = self.operations[index].parameters.iter().find(|known| known.name == name);
            let Some(schema) = schema.map(|known| known.schema.clone()) else { continue };
            let validator = self.validator(index, &name, &schema);
            let fits = validator
                .is_none_or(|validator| readings(&text).iter().any(|reading| validator.is_valid(reading)));
            if !fits {
                flaws.push(flaw(&name, format!("{text:?} is not what this parameter takes.")));
            }
        }
        if let Ok(body) = &request.body {
            flaws.extend(self.check_body(index, body));
        }
        flaws.truncate(MAX_FLAWS);
        flaws
    }

    /// What Discord would not answer like this. Requests that it does not describe have no such answer.
    pub(crate) fn check_reply(&mut self, method: &Method, path: &[String], reply: &Reply) -> Vec<Flaw> {
        let Some(index) = self.find(method, path) else { return Vec::new() };
        let flaw = |message: String| vec![Flaw { path: String::new(), code: "SPEC_VIOLATION", message }];
        let replies = &self.operations[index].replies;
        let status = reply.status.as_u16();
        let names = [status.to_string(), format!("{}XX", status / 100)];
        let Some((name, schema)) = names.iter().find_map(|name| Some((name, replies.get(name)?))) else {
            return flaw(format!("Discord does not answer this with {status}."));
        };
        if !reply.status.is_success() {
            // The document has numbers for the codes of flaws and a code for each limit; its servers do not.
            return Vec::new();
        }
        let (schema, body) = match (schema, &reply.body) {
            (Some(schema), Some(body)) => (schema.clone(), body),
            (None, None) => return Vec::new(),
            (Some(_), None) => return flaw(format!("Discord's {status} has a body.")),
            (None, Some(_)) => return flaw(format!("Discord's {status} has no body.")),
        };
        let Some(validator) = self.validator(index, name, &schema) else { return Vec::new() };
        let mut found = Vec::new();
        for error in validator.iter_errors(body).take(MAX_FLAWS) {
            innermost(&error, &mut found);
        }
        found.truncate(MAX_FLAWS);
        found
    }

    fn check_body(&mut self, index: usize, body: &Body) -> Vec<Flaw> {
        let operation = &self.operations[index];
        let is_form = !body.files.is_empty() || !body.texts.is_empty();
        let Some(schema) = operation.body.clone() else { return Vec::new() };
        if body.json.is_null() {
            let message = "This request needs a body.".to_owned();
            let missing = operation.needs_body && !is_form;
            return missing
                .then(|| Flaw { path: String::new(), code: "SPEC_VIOLATION", message })
                .into_iter()
                .collect();
        }
        let Some(validator) = self.validator(index, "", &schema) else { return Vec::new() };
        let mut found = Vec::new();
        for error in validator.iter_errors(&body.json) {
            innermost(&error, &mut found);
        }
        found.retain(|flaw: &Flaw| !EXCUSED.iter().any(|(place, _)| ends_with(&flaw.path, place)));
        found
    }

    /// The operation of a request; a word in the document goes before a parameter.
    fn find(&self, method: &Method, path: &[String]) -> Option<usize> {
        let fits = |operation: &Operation| {
            operation.method == *method
                && operation.steps.len() == path.len()
                && operation.steps.iter().zip(path).all(|(step, part)| match step {
                    Step::Word(word) => word == part,
                    Step::Parameter(_) => true,
                })
        };
        let words = |operation: &Operation| {
            operation.steps.iter().filter(|step| matches!(step, Step::Word(_))).count()
        };
        let found = self.operations.iter().enumerate().filter(|(_, operation)| fits(operation));
        found.max_by_key(|(_, operation)| words(operation)).map(|(index, _)| index)
    }

    fn validator(&mut self, index: usize, part: &str, schema: &Value) -> Option<&Validator> {
        let registry = &self.registry;
        let compiled = self.compiled.entry((index, part.to_owned())).or_insert_with(|| {
            let options =
                jsonschema::options().with_draft(Draft::Draft202012).with_registry(registry).offline();
            let built = options.build(&absolute(schema));
            built.inspect_err(|error| tracing::warn!(%error, "a schema of Discord's cannot be used")).ok()
        });
        compiled.as_ref()
    }
}

impl Operation {
    fn read(document: &Value, path: &str, method: Method, item: &Value, operation: &Value) -> Operation {
        let steps = path.split('/').skip(1).map(|step| {
            let name = step.strip_prefix('{').and_then(|step| step.strip_suffix('}'));
            name.map_or_else(|| Step::Word(step.to_owned()), |name| Step::Parameter(name.to_owned()))
        });
        let lists = [&item["parameters"], &operation["parameters"]];
        let parameters = lists.into_iter().filter_map(Value::as_array).flatten();
        let parameters = parameters.map(|parameter| Parameter {
            is_in_path: parameter["in"] == "path",
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            schema: parameter["schema"].clone(),
            required: parameter["required"] == true,
        });
        let body = &operation["requestBody"];
        let replies = operation["responses"].as_object().into_iter().flatten().map(|(status, reply)| {
            let shared = reply["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
            let reply = shared.and_then(|target| document.pointer(target)).unwrap_or(reply);
            (status.clone(), reply["content"]["application/json"].get("schema").cloned())
        });
        Operation {
            method,
            steps: steps.collect(),
            parameters: parameters.collect(),
            body: body["content"]["application/json"].get("schema").cloned(),
            needs_body: body["required"] == true,
            replies: replies.collect(),
        }
    }
}

/// Whether the last steps of `path` are those of `pattern`.
fn ends_with(path: &str, pattern: &str) -> bool {
    let mut steps = path.rsplit('.');
    pattern.rsplit('.').all(|wanted| steps.next().is_some_and(|step| wanted == "*" || step == wanted))
}

/// What a parameter's text may stand for.
fn readings(text: &str) -> Vec<Value> {
    let mut readings = vec![json!(text), json!([text])];
    readings.extend(text.parse::<i64>().ok().map(Value::from));
    readings.extend(text.parse::<bool>().ok().map(Value::from));
    readings
}

/// A part of the document that refers to the rest of it from outside.
fn absolute(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| match value {
                    Value::String(target) if key == "$ref" && target.starts_with('#') => {
                        (key.clone(), Value::String(format!("{DOCUMENT}{target}")))
                    }
                    value => (key.clone(), absolute(value)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(absolute).collect()),
        other => other.clone(),
    }
}

/// Of a value that fits none of several schemas, tells what keeps it from the one that is of its kind.
fn innermost(error: &ValidationError<'_>, found: &mut Vec<Flaw>) {
    let branches = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context,
        _ => return found.push(flaw_of(error)),
    };
    let own = |error: &ValidationError<'_>| {
        let path = error.instance_path().as_str();
        // Of another kind, or not a thing like this at all.
        path.ends_with("/type") || matches!(error.kind(), ValidationErrorKind::Type { .. })
    };
    let mut kin = branches.iter().filter(|branch| !branch.is_empty() && !branch.iter().any(own));
    match (kin.next(), kin.next()) {
        (Some(branch), None) => branch.iter().for_each(|error| innermost(error, found)),
        _ => found.push(flaw_of(error)),
    }
}

fn flaw_of(error: &ValidationError<'_>) -> Flaw {
    let path = error.instance_path().as_str().trim_start_matches('/').replace('/', ".");
    let message: String = error.to_string().chars().take(MAX_MESSAGE).collect();
    Flaw { path, code: "SPEC_VIOLATION", message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    fn spec() -> Spec {
        let text = json!({"type": "object", "properties": {
            "type": {"type": "integer", "enum": [10]}, "content": {"type": "string", "maxLength": 3},
        }, "required": ["type", "content"]});
        let button = json!({"type": "object", "properties": {
            "type": {"type": "integer", "enum": [2]}, "label": {"type": "string", "maxLength": 2},
        }, "required": ["type"]});
        let message = json!({"type": "object", "properties": {
            "content": {"type": ["string", "null"]},
            "components": {"type": "array", "items": {"oneOf": [
                {"$ref": "#/components/schemas/Text"}, {"$ref": "#/components/schemas/Button"},
            ]}},
        }});
        let id = json!({"name": "channel_id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9]+$"}});
        let limit = json!({"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}});
        let body = json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}});
        Spec::new(json!({
            "openapi": "3.1.0",
            "paths": {"/channels/{channel_id}/messages": {
                "parameters": [id], "get": {"parameters": [limit]}, "post": {"requestBody": body},
            }, "/channels/@me/messages": {"get": {}}},
            "components": {"schemas": {"Text": text, "Button": button, "Message": message}},
        }))
        .unwrap()
    }

    fn request(method: Method, path: &str, query: &[(&str, &str)], json: Value) -> Request {
        Request {
            number: 0,
            method,
            path: path.split('/').map(str::to_owned).collect(),
            query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            authorization: None,
            body: Ok(Body { json, ..Body::default() }),
        }
    }

    #[test]
    fn a_request_is_told_where_it_is_not_what_the_document_allows() {
        let mut spec = spec();
        let long = json!({"components": [{"type": 2}, {"type": 10, "content": "four"}]});
        let both = json!({"components": [{"type": 2, "label": "abc"}, {"type": 5}]});
        for (method, path, query, body, places) in [
            (Method::GET, "channels/5/messages", vec![("limit", "50")], Value::Null, vec![]),
            (Method::GET, "channels/@me/messages", vec![], Value::Null, vec![]),
            (Method::GET, "channels/x/messages", vec![], Value::Null, vec!["channel_id"]),
            (Method::GET, "channels/5/messages", vec![("limit", "101")], Value::Null, vec!["limit"]),
            (Method::GET, "channels/5/messages", vec![("more", "1")], Value::Null, vec!["more"]),
            (Method::DELETE, "channels/5/messages", vec![], Value::Null, vec![""]),
            (Method::POST, "channels/5/messages", vec![], Value::Null, vec![""]),
            (Method::POST, "channels/5/messages", vec![], json!({"content": "x"}), vec![]),
            (Method::POST, "channels/5/messages", vec![], json!({"content": 5}), vec!["content"]),
            (Method::POST, "channels/5/messages", vec![], long, vec!["components.1.content"]),
            (Method::POST, "channels/5/messages", vec![], both, vec!["components.0.label", "components.1"]),
        ] {
            let flaws = spec.check(&request(method.clone(), path, &query, body.clone()));
            let found: Vec<&str> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
            assert_eq!(found, places, "{method} {path} {body}: {flaws:?}");
        }
    }

    #[test]
    fn a_reply_is_told_where_discord_would_not_answer_like_it() {
        let schema = json!({"type": "object", "required": ["id"]});
        let good = json!({"content": {"application/json": {"schema": schema}}});
        let responses = json!({"200": good, "204": {}, "4XX": {"$ref": "#/components/responses/Refused"}});
        let mut spec = Spec::new(json!({
            "paths": {"/channels/{channel_id}": {"get": {"responses": responses}}},
            "components": {"responses": {"Refused": good}},
        }))
        .unwrap();
        let told = |status: u16, body: Option<Value>| Reply {
            body,
            ..Reply::new(StatusCode::from_u16(status).unwrap(), Value::Null)
        };
        let path = ["channels".to_owned(), "5".to_owned()];
        for (reply, flaws) in [
            (told(200, Some(json!({"id": 1}))), 0),
            (told(200, Some(json!({"name": 1}))), 1),
            (told(200, None), 1),
            (told(204, None), 0),
            (told(204, Some(json!({"id": 1}))), 1),
            (told(201, Some(json!({"id": 1}))), 1),
            (told(404, Some(json!({"name": 1}))), 0),
            (told(500, None), 1),
        ] {
            let found = spec.check_reply(&Method::GET, &path, &reply);
            assert_eq!(found.len(), flaws, "{reply:?}: {found:?}");
        }
        assert!(spec.check_reply(&Method::POST, &path, &told(200, None)).is_empty(), "it is not described");
    }

    #[test]
    fn an_excuse_is_for_its_place_alone() {
        for (path, excused) in [
            ("attachments.0.id", true),
            ("data.attachments.3.id", true),
            ("id", false),
            ("embeds.0.id", false),
        ] {
            assert_eq!(ends_with(path, "attachments.*.id"), excused, "{path}");
        }
    }

    #[test]
    fn what_is_no_description_of_an_api_is_said() {
        assert!(Spec::new(json!({})).is_err());
        assert!(Spec::read(Path::new("/dev/null")).is_err());
    }
}
