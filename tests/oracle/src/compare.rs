//! Where two statements about a file differ.

use std::collections::BTreeSet;

use serde_json::Value;

/// The differences, a line each.
///
/// Every field of `ours` has to be in `theirs` and equal there, or be excused:
/// `excused` lists paths such as `chat[].loop`, each with the reason. So a
/// fact that is new here cannot be left out by mistake. What only `theirs` has
/// is no difference. No line repeats a text of a file, since texts are names.
pub fn differences(ours: &Value, theirs: &Value, excused: &[(&str, &str)]) -> Vec<String> {
    let mut found = BTreeSet::new();
    walk("", "", ours, theirs, excused, &mut found);
    found.into_iter().collect()
}

/// `path` has the numbers of items in it, `pattern` has not.
fn walk(
    path: &str,
    pattern: &str,
    ours: &Value,
    theirs: &Value,
    excused: &[(&str, &str)],
    found: &mut BTreeSet<String>,
) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (field, value) in ours {
                let (path, pattern) = (join(path, field), join(pattern, field));
                if excused.iter().any(|(excused, _)| *excused == pattern) {
                    continue;
                }
                match theirs.get(field) {
                    Some(other) => walk(&path, &pattern, value, other, excused, found),
                    None => {
                        found.insert(format!("{pattern}: neither compared nor excused"));
                    }
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
                let (path, pattern) = (format!("{path}[{index}]"), format!("{pattern}[]"));
                walk(&path, &pattern, one, other, excused, found);
            }
        }
        _ if ours == theirs => {}
        _ => {
            found.insert(format!("{path}: {} here, {} there", shown(ours), shown(theirs)));
        }
    }
}

fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("a text of {} bytes", text.len()),
        Value::Array(items) => format!("{} items", items.len()),
        Value::Object(fields) => format!("{} fields", fields.len()),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_of_difference_is_found() {
        let ours = json!({ "a": 1, "list": [{ "b": "x", "c": 2 }], "new": 3, "left": 4 });
        let excused = [("left", "a reason"), ("list[].c", "another")];
        #[rustfmt::skip]
        let rows = [
            (json!({ "a": 1, "list": [{ "b": "x" }], "new": 3, "more": 5 }), vec![]),
            (json!({ "a": 2, "list": [{ "b": "x" }], "new": 3 }), vec!["a: 1 here, 2 there"]),
            (json!({ "a": 1, "list": [], "new": 3 }), vec!["list: 1 items here, 0 items there"]),
            (json!({ "a": 1, "list": [{ "b": "yy" }], "new": 3 }), vec!["list[0].b: a text of 1 bytes here, a text of 2 bytes there"]),
            (json!({ "a": 1, "list": [{ "b": null }], "new": 3 }), vec!["list[0].b: a text of 1 bytes here, null there"]),
            (json!({ "a": 1, "list": [{}], "new": 3 }), vec!["list[].b: neither compared nor excused"]),
            (json!({ "a": 1, "list": [{ "b": "x" }] }), vec!["new: neither compared nor excused"]),
        ];
        for (theirs, expected) in rows {
            assert_eq!(differences(&ours, &theirs, &excused), expected, "{theirs}");
        }
    }
}
