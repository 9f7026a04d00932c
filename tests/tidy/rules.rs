//! Who may name whom. Each rule is a sentence, the files it is about, and what they must not name.

const ROLES: [&str; 9] = [
    "audit",
    "backend",
    "dashboard",
    "db_writer",
    "frontend",
    "judge",
    "players",
    "replay_worker",
    "supervisor",
];

/// The files of ipc-schema that hold plain facts.
const DOMAIN_WORDS: [&str; 8] =
    ["ids", "vocab", "event", "notifications", "view", "replay", "snapshot", "staff"];

/// The parts of std that reach outside.
const STD_WITH_IO: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];

pub(super) struct Rule {
    pub(super) says: &'static str,
    /// Whether `file`, below the root, may not name `path`. `crates` are all dependencies there are.
    pub(super) forbids: fn(file: &str, path: &str, crates: &[String]) -> bool,
}

/// Whether `path` is in `module`, or is it.
fn within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether a file is that module of the package, or below it.
fn in_module(file: &str, module: &str) -> bool {
    let below = file.strip_prefix("src/").and_then(|file| file.strip_prefix(module));
    below.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The executable that looks into replays.
fn in_replay_tool(file: &str) -> bool {
    file == "bin/replay.rs" || file.starts_with("bin/replay/")
}

/// The module of the package that a path names.
fn module_of(path: &str) -> Option<&str> {
    let mut words = path.split("::");
    matches!(words.next()?, "crate" | "evoladder").then(|| words.next())?
}

fn root(path: &str) -> &str {
    path.split("::").next().unwrap_or(path)
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        says: "a role is named only by itself and by its executable",
        forbids: |file, path, _| {
            let Some(role) = module_of(path).filter(|module| ROLES.contains(module)) else { return false };
            // What a run will meet at Discord is asked for in the same way.
            let asks = in_module(file, "check") && within(path, "crate::frontend::rest");
            let outside = file.starts_with("src/") && !in_module(file, role) && !asks;
            // What the verdict is given of a replay is the same for a file at hand.
            let looks = in_replay_tool(file) && within(path, "evoladder::replay_worker::facts");
            let second = file == "bin/calibration.rs" && within(path, "evoladder::audit::calibration");
            // Its page offers what its players could send.
            let offers = file == "bin/emulator.rs" && within(path, "evoladder::players::offers");
            let own = file == format!("bin/{role}.rs");
            outside || file.starts_with("bin/") && !own && !looks && !second && !offers
        },
    },
    Rule {
        says: "domain sees std without I/O, the words of ipc-schema, libraries that compute, and itself",
        forbids: |file, path, crates| {
            if !in_module(file, "domain") {
                return false;
            }
            let mut words = path.split("::");
            let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            match first {
                "crate" => second != "domain",
                "ipc_schema" => !DOMAIN_WORDS.contains(&second),
                "std" => {
                    STD_WITH_IO.contains(&second) || second == "time" && words.next() != Some("Duration")
                }
                "libm" | "skillratings" | "unicase" | "unicode_normalization" => false,
                _ => crates.iter().any(|name| name == first),
            }
        },
    },
    Rule {
        says: "the supervisor sees neither tokio nor twilight",
        forbids: |file, path, _| {
            in_module(file, "supervisor")
                && (root(path).starts_with("tokio") || root(path).starts_with("twilight"))
                || file == "bin/supervisor.rs" && root(path).starts_with("tokio")
        },
    },
    Rule {
        says: "skillratings is named in src/domain/rating.rs",
        forbids: |file, path, _| root(path) == "skillratings" && file != "src/domain/rating.rs",
    },
    Rule {
        says: "twilight is named in src/frontend, and by the bot of the browser's tests",
        forbids: |file, path, _| {
            root(path).starts_with("twilight")
                && !in_module(file, "frontend")
                && file != "tests/browser/bot.rs"
        },
    },
    Rule {
        says: "sqlx is named in src/store, by tests that look into the database, and by what is measured against it",
        forbids: |file, path, _| {
            root(path) == "sqlx"
                && !in_module(file, "store")
                && !file.starts_with("tests/")
                && file != "benches/writer/database.rs"
        },
    },
    Rule {
        says: "bincode is named in ipc-schema/src/frame.rs",
        forbids: |file, path, _| root(path) == "bincode" && file != "ipc-schema/src/frame.rs",
    },
    Rule {
        says: "object_store is named in src/db_writer/copies/objects.rs",
        forbids: |file, path, _| root(path) == "object_store" && file != "src/db_writer/copies/objects.rs",
    },
    Rule {
        says: "jsonschema is named in emulator/src/spec.rs",
        forbids: |file, path, _| root(path) == "jsonschema" && file != "emulator/src/spec.rs",
    },
    Rule {
        says: "zstd_safe is named in emulator/src/gateway/zstd_stream.rs, and by the test that reads what it makes",
        forbids: |file, path, _| {
            root(path) == "zstd_safe"
                && !["emulator/src/gateway/zstd_stream.rs", "emulator/src/tests/wire.rs"].contains(&file)
        },
    },
    Rule {
        says: "axum is named in src/dashboard/web.rs, and in the emulator",
        forbids: |file, path, _| {
            root(path) == "axum"
                && (file.starts_with("src/") || file.starts_with("bin/"))
                && file != "src/dashboard/web.rs"
        },
    },
    Rule {
        says: "bzip2 is named in replay",
        forbids: |file, path, _| root(path) == "bzip2" && !file.starts_with("replay/"),
    },
    Rule {
        says: "resvg is named in src/frontend/pictures/paint.rs",
        forbids: |file, path, _| root(path) == "resvg" && file != "src/frontend/pictures/paint.rs",
    },
    Rule {
        says: "landlock and seccompiler are named in src/replay_worker/sandbox.rs, and by tests that forbid calls",
        forbids: |file, path, _| {
            ["landlock", "seccompiler"].contains(&root(path))
                && file != "src/replay_worker/sandbox.rs"
                && !file.starts_with("tests/")
        },
    },
    Rule {
        says: "the db-writer comes to domain through snapshot",
        forbids: |file, path, _| in_module(file, "db_writer") && module_of(path) == Some("domain"),
    },
    Rule {
        says: "only the db-writer sees store and journal, judge and check read store, audit and backup both, and bin/journal.rs journal",
        forbids: |file, path, _| {
            let storage = ["store", "journal"];
            let tool = ["bin/journal.rs", "benches/writer.rs"].contains(&file);
            let reads = ["judge", "check"].iter().any(|module| in_module(file, module))
                && module_of(path) == Some("store")
                || ["audit", "backup"].iter().any(|module| in_module(file, module))
                || tool && module_of(path) == Some("journal")
                || ["benches/restart.rs", "benches/writer/database.rs"].contains(&file);
            module_of(path).is_some_and(|module| storage.contains(&module))
                && !reads
                && !["db_writer", "store", "journal"].iter().any(|module| in_module(file, module))
                && !file.starts_with("tests/")
        },
    },
    Rule {
        says: "only replay workers, players, bin/replay.rs and the fuzz targets see replay",
        forbids: |file, path, _| {
            root(path) == "replay"
                && !["replay/", "fuzz/", "tests/"].iter().any(|folder| file.starts_with(folder))
                && !in_replay_tool(file)
                && !["replay_worker", "players"].iter().any(|module| in_module(file, module))
        },
    },
    Rule {
        says: "only bin/emulator.rs and tests see emulator",
        forbids: |file, path, _| {
            root(path) == "emulator"
                && !["emulator/", "tests/"].iter().any(|folder| file.starts_with(folder))
                && file != "bin/emulator.rs"
        },
    },
    Rule {
        says: "emulator and replay know nothing of the ladder, and ipc-schema nothing of sockets",
        forbids: |file, path, _| {
            let apart = file.starts_with("emulator/") || file.starts_with("replay/");
            let words = file.starts_with("ipc-schema/");
            let ladder = ["evoladder", "ipc_schema"];
            apart && ladder.contains(&root(path))
                || words && (root(path) == "evoladder" || root(path).starts_with("tokio"))
                || words && (within(path, "std::net") || within(path, "std::fs"))
        },
    },
];
