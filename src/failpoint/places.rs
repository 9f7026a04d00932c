//! The list of places, for the tests that go to each.

/// A place, and when a running ladder passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// As it is written where it is, with its role in front.
    pub name: &'static str,
    pub passed: Passed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Again and again while people play.
    InPlay,
    /// When an answer does not come in time for the first callback.
    LateAnswer,
    /// Whenever a process of that role starts.
    AtStartOf(&'static str),
    /// When its ladder starts for the first time.
    AtFirstStart,
    /// Not by a young ladder, or in another way too: the tests in that file go there.
    ByTestsIn(&'static str),
}

const fn place(name: &'static str, passed: Passed) -> Place {
    Place { name, passed }
}

/// Every place there is.
#[rustfmt::skip]
pub const PLACES: &[Place] = &[
    place("frontend: interaction taken",       Passed::InPlay),
    place("frontend: request sent",            Passed::InPlay),
    place("frontend: reply received",          Passed::InPlay),
    place("frontend: before the callback",     Passed::InPlay),
    place("frontend: after the callback",      Passed::InPlay),
    place("frontend: before an answer's edit", Passed::LateAnswer),
    place("frontend: after an answer's edit",  Passed::LateAnswer),
    place("frontend: before a card's call",    Passed::InPlay),
    place("frontend: after a card's call",     Passed::InPlay),
    place("frontend: delivery reported",       Passed::InPlay),
    place("frontend: file downloaded",         Passed::InPlay),
    place("frontend: file handed over",        Passed::InPlay),
    place("frontend: session saved",           Passed::InPlay),
    place("backend: loaded",                   Passed::AtStartOf("backend")),
    place("backend: decided",                  Passed::InPlay),
    place("backend: handed to the writer",     Passed::InPlay),
    place("backend: acknowledged",             Passed::InPlay),
    place("backend: before replies go out",    Passed::InPlay),
    place("backend: replies went out",         Passed::InPlay),
    place("backend: card sent",                Passed::InPlay),
    place("backend: file stored",              Passed::InPlay),
    place("backend: job dealt",                Passed::InPlay),
    place("backend: job answered",             Passed::InPlay),
    place("db-writer: before a load's answer", Passed::AtStartOf("backend")),
    place("db-writer: append received",        Passed::InPlay),
    place("db-writer: before the answer",      Passed::InPlay),
    place("db-writer: after the answer",       Passed::InPlay),
    place("db-writer: before the statement",   Passed::InPlay),
    place("db-writer: after the statement",    Passed::InPlay),
    place("replay: mark",                      Passed::InPlay),
    place("replay: name",                      Passed::InPlay),
    place("replay: sync folder",               Passed::InPlay),
    place("replay: before acknowledging",      Passed::InPlay),
    place("replay: kept",                      Passed::ByTestsIn("processes/lost_folder.rs")),
    place("copies: all marked",                Passed::ByTestsIn("copies.rs")),
    place("copies: put",                       Passed::ByTestsIn("copies.rs")),
    place("copies: unmark",                    Passed::ByTestsIn("copies.rs")),
    place("copies: unmarked",                  Passed::ByTestsIn("copies.rs")),
    place("snapshot: write",                   Passed::ByTestsIn("snapshots/failpoints.rs")),
    place("snapshot: before its header",       Passed::ByTestsIn("snapshots/failpoints.rs")),
    place("snapshot: sync",                    Passed::ByTestsIn("snapshots/failpoints.rs")),
    place("snapshot: name",                    Passed::ByTestsIn("snapshots/failpoints.rs")),
    place("snapshot: sync folder",             Passed::ByTestsIn("snapshots/failpoints.rs")),
    place("db-writer: session written",        Passed::InPlay),
    place("db-writer: session saved",          Passed::InPlay),
    place("journal: make segment",             Passed::AtFirstStart),
    place("journal: name segment",             Passed::AtFirstStart),
    place("journal: sync folder",              Passed::AtFirstStart),
    place("journal: sync at open",             Passed::AtStartOf("db-writer")),
    place("journal: write",                    Passed::InPlay),
    place("journal: half written",             Passed::InPlay),
    place("journal: sync",                     Passed::InPlay),
    place("journal: before acknowledging",     Passed::InPlay),
    place("journal: trim",                     Passed::ByTestsIn("journal/failpoints.rs")),
    place("journal: trimmed",                  Passed::ByTestsIn("journal/failpoints.rs")),
    place("replay-worker: job taken",          Passed::InPlay),
    place("replay-worker: job read",           Passed::InPlay),
    place("replay-worker: job answered",       Passed::InPlay),
];

impl Place {
    /// The role whose process passes it.
    pub fn role(self) -> &'static str {
        match self.name.split_once(": ") {
            // The db-writer owns all that is kept.
            Some(("journal" | "replay" | "copies" | "snapshot", _)) => "db-writer",
            Some((role, _)) => role,
            None => unreachable!("a place names its role"),
        }
    }
}
