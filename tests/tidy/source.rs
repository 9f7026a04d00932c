//! A Rust file as far as tidiness needs it: its code without comments and texts, without what only
//! tests see, and the paths it names.

use std::collections::BTreeSet;

/// The code of a file, line by line: comments, texts and `#[cfg(test)]` modules are blanks.
pub(super) fn code(source: &str) -> String {
    without_tests(&without_words(source))
}

/// Comments, texts and characters become blanks; lines stay where they are.
fn without_words(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_words(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|&char| if char == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// The end of the comment or text that begins at `at`; `at` itself where none does.
fn end_of_words(chars: &[char], at: usize) -> usize {
    let starts =
        |at: usize, what: &str| what.chars().enumerate().all(|(i, char)| chars.get(at + i) == Some(&char));
    let find = |from: usize, what: &str| {
        (from..chars.len()).find(|&at| starts(at, what)).map_or(chars.len(), |at| at + what.len())
    };
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if starts(at, "//") => find(at, "\n").saturating_sub(1).max(at + 2),
        '/' if starts(at, "/*") => find(at + 2, "*/"),
        'r' if !in_word && (starts(at, "r\"") || starts(at, "r#")) => {
            let hashes = chars[at + 1..].iter().take_while(|&&char| char == '#').count();
            if chars.get(at + 1 + hashes) == Some(&'"') {
                find(at + 2 + hashes, &format!("\"{}", "#".repeat(hashes)))
            } else {
                at
            }
        }
        '"' => {
            let mut end = at + 1;
            while end < chars.len() && chars[end] != '"' {
                end += if chars[end] == '\\' { 2 } else { 1 };
            }
            (end + 1).min(chars.len())
        }
        '\'' if chars.get(at + 1) == Some(&'\\') => find(at + 3, "'"),
        '\'' if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

/// Blanks the bodies of `#[cfg(test)] mod name { … }`.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut from = 0;
    while let Some(found) = out[from..].find(CFG_TEST).map(|at| from + at) {
        from = found + CFG_TEST.len();
        let item = &out[from..];
        let Some(open) = item.find(['{', ';']) else { break };
        if !item.trim_start().starts_with("mod ") || item.as_bytes()[open] == b';' {
            continue;
        }
        let mut depth = 0;
        let body = item[open..].char_indices().find(|(_, char)| {
            depth += i32::from(*char == '{') - i32::from(*char == '}');
            depth == 0
        });
        let end = body.map_or(out.len(), |(at, _)| from + open + at + 1);
        let blank: String =
            out[found..end].chars().map(|char| if char == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(found..end, &blank);
    }
    out
}

const CFG_TEST: &str = "#[cfg(test)]";

/// Names of `#[cfg(test)] mod name;`: files that only tests see.
pub(super) fn test_files(source: &str) -> Vec<String> {
    let code = without_words(source);
    let after = code.split(CFG_TEST).skip(1);
    let name =
        |item: &str| Some(item.trim_start().strip_prefix("mod ")?.split_once(';')?.0.trim().to_owned());
    after.filter_map(name).filter(|name| !name.contains('{')).collect()
}

/// A path as code names it, resolved to its crate, and its line from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) path: String,
}

/// Every path of at least two words, and every `use`, groups taken apart. `module` is where the file
/// is, such as `crate::backend::core`; `super`, `self` and imported names become full paths.
pub(super) fn paths(code: &str, module: &str) -> Vec<Named> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let after_path = at > 0 && tokens[at - 1].1 == "::";
        if is_word(&tokens[at].1) && !after_path {
            at = tree(&tokens, at, "", &mut found);
        } else {
            at += 1;
        }
    }
    let imported: BTreeSet<String> =
        found.iter().filter(|named| named.path.contains("::")).map(|named| named.path.clone()).collect();
    let mut named: Vec<Named> = found
        .into_iter()
        .map(|Named { line, path }| Named { line, path: resolve(&path, module, &imported) })
        .filter(|named| named.path.contains("::"))
        .collect();
    named.sort();
    named.dedup();
    named
}

fn is_word(token: &str) -> bool {
    token.starts_with(|char: char| char.is_alphabetic() || char == '_')
}

fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut tokens = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
            let bytes = match first {
                _ if word > 0 => word,
                _ if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            if !first.is_whitespace() {
                tokens.push((line + 1, rest[..bytes].to_owned()));
            }
            rest = &rest[bytes..];
        }
    }
    tokens
}

/// Reads one path, or a tree of them, from `at`, and says where it ends.
fn tree(tokens: &[(usize, String)], mut at: usize, prefix: &str, found: &mut Vec<Named>) -> usize {
    let token = |at: usize| tokens.get(at).map_or("", |(_, token)| token.as_str());
    let mut path = prefix.to_owned();
    let line = tokens[at].0;
    loop {
        if token(at) == "{" {
            at += 1;
            while at < tokens.len() && token(at) != "}" {
                at = if is_word(token(at)) || token(at) == "{" {
                    tree(tokens, at, &path, found)
                } else {
                    at + 1
                };
            }
            return at + 1;
        }
        if !is_word(token(at)) {
            break;
        }
        path = if path.is_empty() || token(at) == "self" && !path.is_empty() {
            if path.is_empty() { token(at).to_owned() } else { path }
        } else {
            format!("{path}::{}", token(at))
        };
        at += 1;
        if token(at) != "::" || !(is_word(token(at + 1)) || token(at + 1) == "{") {
            break;
        }
        at += 1;
    }
    found.push(Named { line, path });
    at
}

fn resolve(path: &str, module: &str, imported: &BTreeSet<String>) -> String {
    let (first, rest) = path.split_once("::").map_or((path, ""), |(first, rest)| (first, rest));
    let join =
        |head: &str, rest: &str| if rest.is_empty() { head.to_owned() } else { format!("{head}::{rest}") };
    match first {
        "self" => join(module, rest),
        "super" => {
            let parent = module.rsplit_once("::").map_or(module, |(parent, _)| parent);
            if rest.starts_with("super") { resolve(rest, parent, imported) } else { join(parent, rest) }
        }
        _ if rest.is_empty() => path.to_owned(),
        // A module brought in by `use` hides a crate of its name.
        _ => {
            let ends = format!("::{first}");
            match imported.iter().find(|import| import.ends_with(&ends) && *import != path) {
                Some(import) if !import.starts_with("super") && !import.starts_with("self") => {
                    join(import, rest)
                }
                Some(import) => join(&resolve(import, module, &BTreeSet::new()), rest),
                None => path.to_owned(),
            }
        }
    }
}
