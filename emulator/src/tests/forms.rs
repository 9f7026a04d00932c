//! What Discord refuses, as one table.

use serde_json::{Value, json};

use super::{button, row};
use crate::rules::commands::check_commands;
use crate::rules::components::check_modal;
use crate::rules::{COMPONENTS_V2, Form, check_message};

fn text(length: usize) -> String {
    "x".repeat(length)
}

fn rows(count: usize) -> Value {
    (0..count).map(|n| row(json!([button(&format!("b{n}"))]))).collect()
}

fn buttons(count: usize) -> Value {
    (0..count).map(|n| button(&format!("b{n}"))).collect()
}

fn options(count: usize) -> Value {
    (0..count).map(|n| json!({"label": "l", "value": format!("v{n}")})).collect()
}

fn select(options: Value) -> Value {
    json!({"type": 3, "custom_id": "s", "options": options})
}

fn texts(count: usize) -> Value {
    (0..count).map(|_| json!({"type": 10, "content": "t"})).collect()
}

fn v2(components: Value) -> Value {
    json!({"flags": COMPONENTS_V2, "components": components})
}

/// Expects the body to be in order, or the flaw at this path to be named.
fn check(checked: Result<(), crate::fault::Fault>, flaw: Option<&str>, row: &str) {
    match (checked, flaw) {
        (Ok(()), None) => {}
        (Ok(()), Some(path)) => panic!("{row}: let through, expected a flaw at {path}"),
        (Err(fault), None) => panic!("{row}: refused with {}", fault.body()),
        (Err(fault), Some(path)) => {
            let body = fault.body();
            let place = path
                .split('.')
                .filter(|step| !step.is_empty())
                .fold(&body["errors"], |place, step| &place[step]);
            assert!(place["_errors"].is_array(), "{row}: no flaw at {path} in {body}");
            assert_eq!(body["code"], 50035, "{row}");
        }
    }
}

#[test]
fn messages_are_checked_by_discords_rules() {
    let embed = |embed: Value| json!({"embeds": [embed]});
    let labelled = |label: &str| {
        json!({"components": [row(json!([
            {"type": 2, "style": 1, "label": label, "custom_id": "b"},
        ]))]})
    };
    let table: Vec<(&str, Value, Option<&str>)> = vec![
        ("content of 2000", json!({"content": text(2_000)}), None),
        ("content of 2001", json!({"content": text(2_001)}), Some("content")),
        ("2000 Korean letters", json!({"content": "한".repeat(2_000)}), None),
        ("content as a number", json!({"content": 5}), Some("content")),
        ("unknown field", json!({"contend": "x"}), Some("contend")),
        ("body as a list", json!([]), Some("")),
        ("ten embeds", json!({"embeds": vec![json!({"title": "t"}); 10]}), None),
        ("eleven embeds", json!({"embeds": vec![json!({"title": "t"}); 11]}), Some("embeds")),
        ("long embed title", embed(json!({"title": text(257)})), Some("embeds.0.title")),
        ("long description", embed(json!({"description": text(4_097)})), Some("embeds.0.description")),
        (
            "empty field name",
            embed(json!({"fields": [{"name": "", "value": "v"}]})),
            Some("embeds.0.fields.0.name"),
        ),
        (
            "26 fields",
            embed(json!({"fields": vec![json!({"name": "n", "value": "v"}); 26]})),
            Some("embeds.0.fields"),
        ),
        (
            "6000 over all",
            json!({"embeds": [{"description": text(4_000)}, {"description": text(2_000)}]}),
            None,
        ),
        (
            "6001 over all",
            json!({"embeds": [{"description": text(4_000)}, {"description": text(2_001)}]}),
            Some("embeds"),
        ),
        ("a time of day", embed(json!({"timestamp": "2026-11-21T10:00:00.5Z"})), None),
        ("no time", embed(json!({"timestamp": "yesterday, about noon"})), Some("embeds.0.timestamp")),
        ("image from a disk", embed(json!({"image": {"url": "file:///x"}})), Some("embeds.0.image.url")),
        ("five rows", json!({"components": rows(5)}), None),
        ("six rows", json!({"components": rows(6)}), Some("components")),
        ("five buttons", json!({"components": [row(buttons(5))]}), None),
        ("six buttons", json!({"components": [row(buttons(6))]}), Some("components.0.components")),
        ("empty row", json!({"components": [row(json!([]))]}), Some("components.0.components")),
        ("bare button", json!({"components": [button("b")]}), Some("components.0.type")),
        (
            "menu beside a button",
            json!({"components": [row(json!([select(options(1)), button("b")]))]}),
            Some("components.0.components"),
        ),
        ("label of 80", labelled(&text(80)), None),
        ("label of 81", labelled(&text(81)), Some("components.0.components.0.label")),
        ("no label", labelled(""), Some("components.0.components.0")),
        ("custom id of 100", json!({"components": [row(json!([button(&text(100))]))]}), None),
        (
            "custom id of 101",
            json!({"components": [row(json!([button(&text(101))]))]}),
            Some("components.0.components.0.custom_id"),
        ),
        (
            "custom id twice",
            json!({"components": [row(json!([button("a"), button("a")]))]}),
            Some("components.0.components.1.custom_id"),
        ),
        ("25 options", json!({"components": [row(json!([select(options(25))]))]}), None),
        (
            "26 options",
            json!({"components": [row(json!([select(options(26))]))]}),
            Some("components.0.components.0.options"),
        ),
        (
            "no options",
            json!({"components": [row(json!([select(json!([]))]))]}),
            Some("components.0.components.0.options"),
        ),
        (
            "option twice",
            json!({"components": [row(json!([select(json!([{"label": "l", "value": "v"}, {"label": "l", "value": "v"}]))]))]}),
            Some("components.0.components.0.options.1.value"),
        ),
        (
            "link button",
            json!({"components": [row(json!([{"type": 2, "style": 5, "label": "l", "url": "https://x.example"}]))]}),
            None,
        ),
        (
            "link with custom id",
            json!({"components": [row(json!([{"type": 2, "style": 5, "label": "l", "url": "https://x.example", "custom_id": "c"}]))]}),
            Some("components.0.components.0"),
        ),
        ("text without the flag", json!({"components": texts(1)}), Some("components.0.type")),
        ("40 components", v2(texts(40)), None),
        ("41 components", v2(texts(41)), Some("components")),
        (
            "41 with nested ones",
            v2(json!([{"type": 17, "components": texts(39)}, {"type": 10, "content": "t"}])),
            Some("components"),
        ),
        (
            "content beside V2",
            json!({"flags": COMPONENTS_V2, "components": texts(1), "content": "x"}),
            Some("content"),
        ),
        (
            "embeds beside V2",
            json!({"flags": COMPONENTS_V2, "components": texts(1), "embeds": [{"title": "t"}]}),
            Some("embeds"),
        ),
        (
            "section without accessory",
            v2(json!([{"type": 9, "components": texts(1)}])),
            Some("components.0.accessory"),
        ),
        (
            "container in a container",
            v2(json!([{"type": 17, "components": [{"type": 17, "components": texts(1)}]}])),
            Some("components.0.components.0.type"),
        ),
        (
            "custom id twice, nested",
            v2(json!([row(json!([button("a")])), {"type": 17, "components": [row(json!([button("a")]))]}])),
            Some("components.1.components.0.components.0.custom_id"),
        ),
        (
            "4000 characters in two texts",
            v2(
                json!([{"type": 10, "content": text(3_000)}, {"type": 17, "components": [{"type": 10, "content": text(1_000)}]}]),
            ),
            None,
        ),
        (
            "4001 characters in two texts",
            v2(
                json!([{"type": 10, "content": text(3_000)}, {"type": 17, "components": [{"type": 10, "content": text(1_001)}]}]),
            ),
            Some("components"),
        ),
        ("flag of Discord's own", json!({"content": "x", "flags": 128}), Some("flags")),
        ("nonce of 26", json!({"content": "x", "nonce": text(26)}), Some("nonce")),
    ];
    for (row, body, flaw) in table {
        check(check_message(Form::Create, "", &body, 0), flaw, row);
    }
}

#[test]
fn modals_are_checked_by_discords_rules() {
    let input =
        |id: &str| json!({"type": 18, "label": "l", "component": {"type": 4, "custom_id": id, "style": 1}});
    let inputs = |count: usize| (0..count).map(|n| input(&format!("i{n}"))).collect::<Value>();
    let modal =
        |title: &str, components: Value| json!({"custom_id": "m", "title": title, "components": components});
    let table: Vec<(&str, Value, Option<&str>)> = vec![
        ("five inputs", modal(&text(45), inputs(5)), None),
        ("six inputs", modal("t", inputs(6)), Some("components")),
        ("none", modal("t", json!([])), Some("components")),
        ("title of 46", modal(&text(46), inputs(1)), Some("title")),
        ("no custom id", json!({"title": "t", "components": inputs(1)}), Some("custom_id")),
        ("button", modal("t", json!([row(json!([button("b")]))])), Some("components.0.components.0.type")),
        (
            "row without label",
            modal("t", json!([row(json!([{"type": 4, "custom_id": "i", "style": 1}]))])),
            Some("components.0.components.0.label"),
        ),
        (
            "same id twice",
            modal("t", json!([input("a"), input("a")])),
            Some("components.1.component.custom_id"),
        ),
        (
            "disabled",
            modal(
                "t",
                json!([{"type": 18, "label": "l", "component": {"type": 4, "custom_id": "i", "style": 1, "disabled": true}}]),
            ),
            Some("components.0.component.disabled"),
        ),
        (
            "preset too long",
            modal(
                "t",
                json!([{"type": 18, "label": "l", "component": {"type": 4, "custom_id": "i", "style": 1, "max_length": 2, "value": "abc"}}]),
            ),
            Some("components.0.component.value"),
        ),
    ];
    for (row, body, flaw) in table {
        check(check_modal("", &body), flaw, row);
    }
    let labelled = |input: Value| modal("t", json!([{"type": 18, "label": "l", "component": input}]));
    let group =
        |kind: u64, options: Value| labelled(json!({"type": kind, "custom_id": "g", "options": options}));
    let chosen = |count: usize| {
        (0..count)
            .map(|n| json!({"label": "l", "value": format!("v{n}"), "default": true}))
            .collect::<Value>()
    };
    let upload = |types: Value| labelled(json!({"type": 19, "custom_id": "f", "file_types": types}));
    let at = |place: &str| Some(format!("components.0.component.{place}"));
    for (row, body, flaw) in [
        ("an upload of replays", upload(json!([".SC2Replay"])), None),
        ("an upload of anything", labelled(json!({"type": 19, "custom_id": "f", "max_values": 10})), None),
        ("eleven files", labelled(json!({"type": 19, "custom_id": "f", "max_values": 11})), at("max_values")),
        ("a type without its dot", upload(json!(["SC2Replay"])), at("file_types.0")),
        ("two radio buttons", group(21, options(2)), None),
        ("one radio button", group(21, options(1)), at("options")),
        ("two chosen of radio buttons", group(21, chosen(2)), at("options")),
        ("ten boxes, all chosen", group(22, chosen(10)), None),
        ("eleven boxes", group(22, options(11)), at("options")),
        ("a box", labelled(json!({"type": 23, "custom_id": "c", "default": true})), None),
        (
            "a box that is no box",
            labelled(json!({"type": 23, "custom_id": "c", "default": 1})),
            at("default"),
        ),
    ] {
        check(check_modal("", &body), flaw.as_deref(), row);
    }
}

#[test]
fn commands_are_checked_by_discords_rules() {
    let command = |name: &str| json!({"name": name, "description": "d"});
    let with_options = |options: Value| json!([{"name": "a", "description": "d", "options": options}]);
    let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
    let many = |count: usize| (0..count).map(|n| command(&format!("c{n}"))).collect::<Value>();
    let table: Vec<(&str, Value, Option<&str>)> = vec![
        ("a name", json!([command("queue-2_b")]), None),
        ("a Korean name", json!([command("대기열")]), None),
        ("upper case", json!([command("Queue")]), Some("0.name")),
        ("a space", json!([command("my queue")]), Some("0.name")),
        ("name of 33", json!([command(&text(33))]), Some("0.name")),
        ("no description", json!([{"name": "a"}]), Some("0.description")),
        ("same name twice", json!([command("a"), command("a")]), Some("1")),
        ("100 commands", many(100), None),
        ("101 commands", many(101), Some("")),
        (
            "unknown field",
            json!([{"name": "a", "description": "d", "descripton": "x"}]),
            Some("0.descripton"),
        ),
        (
            "unknown locale",
            json!([{"name": "a", "description": "d", "name_localizations": {"kr": "b"}}]),
            Some("0.name_localizations.kr"),
        ),
        (
            "upper case, localised",
            json!([{"name": "a", "description": "d", "name_localizations": {"de": "Warten"}}]),
            Some("0.name_localizations.de"),
        ),
        (
            "a replay",
            with_options(
                json!([{"type": 11, "name": "a", "description": "d", "file_types": [".SC2Replay"]}]),
            ),
            None,
        ),
        (
            "file types of a text",
            with_options(json!([{"type": 3, "name": "a", "description": "d", "file_types": [".SC2Replay"]}])),
            Some("0.options.0.file_types"),
        ),
        ("25 options", with_options((0..25).map(|n| option(&format!("o{n}"), false)).collect()), None),
        (
            "26 options",
            with_options((0..26).map(|n| option(&format!("o{n}"), false)).collect()),
            Some("0.options"),
        ),
        (
            "required after optional",
            with_options(json!([option("a", false), option("b", true)])),
            Some("0.options.1"),
        ),
        (
            "choice of another type",
            with_options(
                json!([{"type": 4, "name": "n", "description": "d", "choices": [{"name": "x", "value": "y"}]}]),
            ),
            Some("0.options.0.choices.0.value"),
        ),
    ];
    for (row, body, flaw) in table {
        check(check_commands(body.as_array().unwrap()), flaw, row);
    }
}
