//! A data file as a tree in which every value knows where it is written, and what is wrong with it.
//!
//! Faults are gathered, not returned, so that whoever wrote a file sees all of them at once.

use crate::config;
use std::collections::BTreeMap;
use std::rc::Rc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A line of a file, from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    file: Rc<str>,
    line: usize,
}

/// Everything that is wrong with some files.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(Place, String)>);

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Number(f64),
    List(Vec<Node>),
    Table(BTreeMap<String, Entry>),
    /// Times and truth values: no file has any.
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    value: Value,
}

#[derive(Debug, Clone)]
struct Entry {
    place: Place,
    node: Node,
}

/// A text, and where it is written.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) place: Place,
    pub(super) text: String,
}

/// A table of which one field after the other is taken.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) place: Place,
    left: BTreeMap<String, Entry>,
}

impl Faults {
    pub(super) fn add(&mut self, place: &Place, what: impl Into<String>) {
        self.0.push((place.clone(), what.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, unless there are faults: then all of them, by file and line, each as one line
    /// `file:line: what is wrong`.
    pub(super) fn or<T>(mut self, value: Option<T>) -> Result<T, config::Faults> {
        self.0.sort();
        let lines = self.0.iter().map(|(place, what)| format!("{}:{}: {what}", place.file, place.line));
        match value.filter(|_| self.is_empty()) {
            Some(value) => Ok(value),
            None => Err(config::Faults(lines.collect())),
        }
    }
}

/// Reads a file. What is not TOML is a fault, and the rest of the file may be missing then.
pub(super) fn read(file: &str, text: &str, faults: &mut Faults) -> Fields {
    let file: Rc<str> = file.into();
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let place =
        |start: usize| Place { file: file.clone(), line: 1 + ends.partition_point(|end| *end < start) };
    let (tree, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let what = error.message().trim().replace('\n', "; ");
        faults.add(&place(error.span().map_or(0, |span| span.start)), what);
    }
    Fields { place: place(0), left: table(tree.get_ref(), &place) }
}

fn table(table: &DeTable<'_>, place: &dyn Fn(usize) -> Place) -> BTreeMap<String, Entry> {
    let entries = table.iter().map(|(key, value)| {
        let (at, mut node) = (place(key.span().start), node(value, place));
        // A table is where its name is, whichever way it is written.
        if let Value::Table(_) = node.value {
            node.place = at.clone();
        }
        (key.get_ref().to_string(), Entry { place: at, node })
    });
    entries.collect()
}

fn node(value: &Spanned<DeValue<'_>>, place: &dyn Fn(usize) -> Place) -> Node {
    let at = place(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            // No number of ours has more digits than a float holds.
            let number = i64::from_str_radix(number.as_str(), number.radix());
            number.map_or(Value::Other, |number| Value::Number(number as f64))
        }
        DeValue::Float(number) => number.as_str().parse().map_or(Value::Other, Value::Number),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, place)).collect()),
        DeValue::Table(fields) => Value::Table(table(fields, place)),
        DeValue::Boolean(_) | DeValue::Datetime(_) => Value::Other,
    };
    Node { place: at, value }
}

impl Node {
    /// None, and a fault, where it is not a text.
    pub(super) fn word(self, faults: &mut Faults) -> Option<Word> {
        match self.value {
            Value::Text(text) => Some(Word { place: self.place, text }),
            Value::Number(_) | Value::List(_) | Value::Table(_) | Value::Other => {
                faults.add(&self.place, "a text in quotes should be here");
                None
            }
        }
    }

    pub(super) fn list(self, faults: &mut Faults) -> Vec<Node> {
        match self.value {
            Value::List(items) => items,
            Value::Text(_) | Value::Number(_) | Value::Table(_) | Value::Other => {
                faults.add(&self.place, "a list should be here");
                Vec::new()
            }
        }
    }

    pub(super) fn words(self, faults: &mut Faults) -> Vec<Word> {
        self.list(faults).into_iter().filter_map(|item| item.word(faults)).collect()
    }

    pub(super) fn fields(self, faults: &mut Faults) -> Fields {
        let left = match self.value {
            Value::Table(table) => table,
            Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Other => {
                faults.add(&self.place, "a table should be here");
                BTreeMap::new()
            }
        };
        Fields { place: self.place, left }
    }

    /// A number, or a list of them; None for anything else, which is no fault by itself.
    pub(super) fn numbers(&self) -> Option<Result<f64, Vec<f64>>> {
        match &self.value {
            Value::Number(number) => Some(Ok(*number)),
            Value::List(items) => {
                let number = |item: &Node| match item.value {
                    Value::Number(number) => Some(number),
                    Value::Text(_) | Value::List(_) | Value::Table(_) | Value::Other => None,
                };
                items.iter().map(number).collect::<Option<Vec<_>>>().map(Err)
            }
            Value::Text(_) | Value::Table(_) | Value::Other => None,
        }
    }
}

impl Fields {
    /// Values of `over` replace those of this table; tables are gone into.
    pub(super) fn overlay(&mut self, over: Fields) {
        for (key, entry) in over.left {
            match (self.left.get_mut(&key).map(|below| &mut below.node), entry.node.value) {
                (Some(Node { value: Value::Table(below), place }), Value::Table(over)) => {
                    let mut fields = Fields { place: place.clone(), left: std::mem::take(below) };
                    fields.overlay(Fields { place: entry.place, left: over });
                    *below = fields.left;
                }
                (_, value) => {
                    let node = Node { place: entry.node.place, value };
                    self.left.insert(key, Entry { place: entry.place, node });
                }
            }
        }
    }

    pub(super) fn maybe(&mut self, name: &str) -> Option<Node> {
        self.left.remove(name).map(|entry| entry.node)
    }

    /// None, and a fault, where it is missing.
    pub(super) fn take(&mut self, name: &str, faults: &mut Faults) -> Option<Node> {
        let node = self.maybe(name);
        if node.is_none() {
            faults.add(&self.place, format!("{name} is missing"));
        }
        node
    }

    pub(super) fn word(&mut self, name: &str, faults: &mut Faults) -> Option<Word> {
        self.take(name, faults)?.word(faults)
    }

    pub(super) fn words(&mut self, name: &str, faults: &mut Faults) -> Vec<Word> {
        self.take(name, faults).map_or_else(Vec::new, |node| node.words(faults))
    }

    /// A table that must be there.
    pub(super) fn fields(&mut self, name: &str, faults: &mut Faults) -> Fields {
        match self.take(name, faults) {
            Some(node) => node.fields(faults),
            None => Fields { place: self.place.clone(), left: BTreeMap::new() },
        }
    }

    /// All fields that are left, with their names.
    pub(super) fn rest(self) -> impl Iterator<Item = (Word, Node)> {
        self.left.into_iter().map(|(text, entry)| (Word { place: entry.place, text }, entry.node))
    }

    /// Nothing else may be there.
    pub(super) fn end(self, faults: &mut Faults) {
        for (name, _) in self.rest() {
            faults.add(&name.place, format!("unknown field {}", name.text));
        }
    }
}
