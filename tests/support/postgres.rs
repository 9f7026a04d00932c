//! PostgreSQL servers of the tests' own. Needs nothing but std and PostgreSQL's programs, so that an example
//! can include it as well.
//!
//! Each server lives in a folder of its own and is watched by a shell whose standard input is a pipe from
//! here: however this process ends, the pipe closes, and the shell stops the server and removes the folder.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// Runs the server until it reads a word, or the end, and then stops it: at `stop` in order, at `crash` at once, and
/// at the end also removes the folder. $1 is the folder, $2 the program, $3 its port, $4 whose process it is; more are settings.
const WATCHER: &str = r#"
root=$1; program=$2; port=$3; user=$4; shift 4
if [ -n "$user" ]; then set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$program" "$@"
else set -- "$program" "$@"; fi
"$@" -D "$root/data" -p "$port" -k "$root" -c listen_addresses=127.0.0.1 </dev/null >>"$root/log" 2>&1 &
server=$!
trap '' INT TERM HUP
echo up
word=
read -r word
case $word in
stop) kill -INT $server ;;
*) kill -QUIT $server ;;
esac
wait $server
[ -n "$word" ] || rm -rf "$root"
"#;

/// A server that runs, or was stopped for a while.
pub(crate) struct Postgres {
    programs: PathBuf,
    root: PathBuf,
    port: u16,
    user: String,
    settings: Vec<String>,
    watcher: Option<Child>,
}

/// PostgreSQL's programs: those of the newest version that is installed, or those on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    found.sort();
    let path = std::env::var_os("PATH")?;
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    found.pop().map(|(_, bin)| bin).or(on_path)
}

/// As whom a server runs: not as root, which it refuses.
fn server_user() -> String {
    let id = |arguments: &[&str]| {
        Command::new("id").args(arguments).output().ok().filter(|id| id.status.success())
    };
    let me = id(&["-u"]).map(|id| String::from_utf8_lossy(&id.stdout).trim().to_owned());
    if me.as_deref() != Some("0") {
        return String::new();
    }
    let known = ["postgres", "nobody"].into_iter().find(|user| id(&["-u", user]).is_some());
    known.unwrap_or_default().to_owned()
}

impl Postgres {
    /// A new server, None where PostgreSQL is not installed; that is said, and where `CI` is set it is a failure.
    /// `settings` are like `fsync=off`.
    pub(crate) fn start(settings: &[&str]) -> Option<Postgres> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed");
            println!("skipped: PostgreSQL is not installed");
            return None;
        };
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        // Short, since the name of a socket has room for 100 letters.
        let name = format!("evoladder-pg-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let root = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir(&root).unwrap();
        let user = server_user();
        if !user.is_empty() {
            run(Command::new("chown").arg(&user).arg(&root));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Postgres {
            programs,
            root,
            port,
            user,
            settings: settings.iter().map(|&one| one.to_owned()).collect(),
            watcher: None,
        };
        let mut initdb = server.as_server(&server.programs.join("initdb"));
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ]);
        run(initdb.arg(server.root.join("data")));
        server.start_again();
        Some(server)
    }

    /// The folder, which holds `data` and `log`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn as_server(&self, program: &Path) -> Command {
        if self.user.is_empty() {
            return Command::new(program);
        }
        let group = Command::new("id").args(["-g", &self.user]).output().unwrap().stdout;
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid",
            &self.user,
            "--regid",
            String::from_utf8_lossy(&group).trim(),
            "--clear-groups",
            "--",
        ]);
        command.arg(program).current_dir("/");
        command
    }

    /// Gives a file in the folder to the server, as it wants its key.
    pub(crate) fn give(&self, file: &Path) {
        if !self.user.is_empty() {
            run(Command::new("chown").arg(&self.user).arg(file));
        }
        run(Command::new("chmod").arg("600").arg(file));
    }

    /// Settings from its next start on.
    pub(crate) fn set(&mut self, settings: &[&str]) {
        self.settings.extend(settings.iter().map(|&one| one.to_owned()));
    }

    /// Starts a server that was stopped, and waits until it serves.
    pub(crate) fn start_again(&mut self) {
        assert!(self.watcher.is_none(), "it runs");
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "watcher"]).arg(&self.root).arg(self.programs.join("postgres"));
        watcher.arg(self.port.to_string()).arg(&self.user);
        for setting in &self.settings {
            watcher.args(["-c", setting]);
        }
        // In a group of its own, so that a Ctrl-C at the tests comes to it as their end.
        std::os::unix::process::CommandExt::process_group(&mut watcher, 0);
        watcher.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = watcher.spawn().unwrap();
        let mut up = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut up).unwrap();
        self.watcher = Some(child);
        for _ in 0..600 {
            let ready = Command::new(self.programs.join("pg_isready")).arg("-q").args(self.here()).status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!(
            "PostgreSQL does not start: {}",
            std::fs::read_to_string(self.root.join("log")).unwrap_or_default()
        );
    }

    /// Stops it in order; what is connected is cut off. Its data stays.
    pub(crate) fn stop(&mut self) {
        self.end("stop");
    }

    /// Stops it at once, as a crash would.
    pub(crate) fn crash(&mut self) {
        self.end("crash");
    }

    fn end(&mut self, how: &str) {
        let mut watcher = self.watcher.take().expect("it runs");
        writeln!(watcher.stdin.take().unwrap(), "{how}").unwrap();
        watcher.wait().unwrap();
    }

    fn here(&self) -> [String; 6] {
        let arguments = ["-h", self.root.to_str().unwrap(), "-p", &self.port.to_string(), "-U", "postgres"];
        arguments.map(str::to_owned)
    }

    /// A new database and its address, over loopback.
    pub(crate) fn fresh(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("ladder_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        run(Command::new(self.programs.join("createdb"))
            .args(self.here())
            .args(["--template=template0", &name]));
        self.url(&name)
    }

    /// The address of a database of this server.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// What a query answers in a database of this server, a line for each row.
    pub(crate) fn ask(&self, database: &str, query: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        let asked = psql.args(self.here()).args(["-X", "-q", "-A", "-t", "-d", database, "-c", query]);
        String::from_utf8(run(asked)).unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        match self.watcher.take() {
            Some(mut watcher) => {
                drop(watcher.stdin.take());
                watcher.wait().ok();
            }
            None => drop(std::fs::remove_dir_all(&self.root)),
        }
    }
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A fresh database of the one server that all tests of this executable share, None where there is no PostgreSQL.
pub(crate) fn fresh() -> Option<String> {
    static SERVER: OnceLock<Option<Mutex<Postgres>>> = OnceLock::new();
    let settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"];
    let server = SERVER.get_or_init(|| Postgres::start(&settings).map(Mutex::new)).as_ref()?;
    Some(server.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fresh())
}
