//! `evoladder journal`: shows what is in a journal, also while a ladder writes to it.

#[path = "journal/words.rs"]
mod words;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use evoladder::journal::inspect::{Inspection, Segment};
use ipc_schema::db_writer::Record;
use ipc_schema::ids::Seq;
use serde_json::{Value as Json, json};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use words::{Value, time_of};

/// Something is damaged.
const EXIT_FOUND: u8 = 1;
/// There is no journal that could be read (as in sysexits).
const EXIT_DATA: u8 = 65;

/// The journal's folder in a data folder.
const JOURNAL: &str = "journal";

/// Shows the ladder's history as it is on disk. Nothing is changed, and a ladder may run meanwhile.
#[derive(Parser)]
#[command(name = "evoladder-journal", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the segments of a journal, and its records if they are asked for.
    ///
    /// Exits with 0 if all of it can be read, with 1 if something is damaged, which is named by file and byte,
    /// and with 65 if there is no journal.
    Inspect(Wanted),
}

#[derive(clap::Args)]
struct Wanted {
    /// The data folder of a ladder, or the journal's own
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Print JSON, one object a line: {"segment": ..}, {"record": ..}
    #[arg(long)]
    json: bool,
    /// Print records from this one on
    #[arg(long, value_name = "SEQ")]
    from: Option<u64>,
    /// Print at most so many records
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print what became true by each record, not only how much
    #[arg(long)]
    events: bool,
}

fn main() -> ExitCode {
    let Command::Inspect(wanted) = Arguments::parse().command;
    match inspect(&wanted, &mut io::stdout().lock()) {
        Ok(code) => code,
        // A reader that has seen enough is no error.
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "evoladder journal: {error:#}");
            ExitCode::from(EXIT_DATA)
        }
    }
}

fn inspect(wanted: &Wanted, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let within = wanted.dir.join(JOURNAL);
    let dir = if within.is_dir() { &within } else { &wanted.dir };
    let mut inspection = Inspection::of(dir)?;
    if inspection.is_empty() {
        bail!("there is no journal in {}", wanted.dir.display());
    }
    let mut left = match (wanted.limit, wanted.json, wanted.from, wanted.events) {
        (None, false, None, false) => 0,
        (limit, ..) => limit.unwrap_or(usize::MAX),
    };
    let after = Seq(wanted.from.unwrap_or(1).saturating_sub(1));
    let progress = !wanted.json && left == 0 && inspection.len() > 1 && io::stderr().is_terminal();
    let mut segments = Vec::new();
    for at in 0..inspection.len() {
        if progress {
            let _ = write!(io::stderr(), "\r{at}/{}", inspection.len());
        }
        let mut written = Ok(());
        let segment = inspection.read(at, after, |record| {
            if left > 0 && written.is_ok() {
                left -= 1;
                written = writeln!(
                    out,
                    "{}",
                    if wanted.json {
                        record_json(&record, wanted.events).to_string()
                    } else {
                        record_words(&record, wanted.events)
                    }
                );
            }
        })?;
        written?;
        let Some(segment) = segment else { continue };
        if wanted.json {
            writeln!(out, "{}", segment_json(&segment))?;
        }
        segments.push(segment);
    }
    if progress {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    if !wanted.json {
        print_segments(out, &segments).context("print")?;
    }
    out.flush()?;
    let damaged = segments.iter().any(|segment| segment.fault.is_some());
    Ok(if damaged { ExitCode::from(EXIT_FOUND) } else { ExitCode::SUCCESS })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn print_segments(out: &mut impl Write, segments: &[Segment]) -> io::Result<()> {
    writeln!(
        out,
        "{:<28} {:>6} {:>12} {:>12} {:>8} {:>10} {:>12} {:>12}",
        "SEGMENT", "FORMAT", "FIRST", "LAST", "FRAMES", "RECORDS", "BYTES USED", "ROOM"
    )?;
    for segment in segments {
        let format = segment.format.map_or("-".to_owned(), |format| format.to_string());
        let last = if segment.records > 0 { segment.last.to_string() } else { "-".to_owned() };
        writeln!(
            out,
            "{:<28} {format:>6} {:>12} {last:>12} {:>8} {:>10} {:>12} {:>12}",
            name(&segment.path),
            segment.first.0,
            segment.frames,
            segment.records,
            segment.used,
            segment.file.saturating_sub(segment.used),
        )?;
    }
    if let Some(ladder) = segments.iter().find_map(|segment| segment.ladder) {
        let records: u64 = segments.iter().map(|segment| segment.records).sum();
        writeln!(out, "ladder {:016x}, {records} records", ladder.0)?;
    }
    for segment in segments {
        let path = segment.path.display();
        if let Some(fault) = &segment.fault {
            writeln!(out, "damaged: {path} at byte {}: {}", fault.offset, fault.problem)?;
        }
        if segment.cut_short > 0 {
            let bytes = segment.cut_short;
            writeln!(
                out,
                "not whole: {path} at byte {}: {bytes} bytes of a frame that is being written, or that the next start cuts",
                segment.used
            )?;
        }
    }
    Ok(())
}

fn segment_json(segment: &Segment) -> Json {
    let fault =
        segment.fault.as_ref().map(|fault| json!({ "offset": fault.offset, "problem": fault.problem }));
    json!({ "segment": {
        "file": segment.path,
        "ladder": segment.ladder.map(|ladder| format!("{:016x}", ladder.0)),
        "format": segment.format,
        "first": segment.first.0,
        "last": segment.last.0,
        "frames": segment.frames,
        "records": segment.records,
        "bytes_used": segment.used,
        "bytes_file": segment.file,
        "bytes_cut_short": segment.cut_short,
        "damage": fault,
    } })
}

fn record_json(record: &Record, events: bool) -> Json {
    let events: Json = if events {
        record.events.iter().map(|event| Value::of(event).json()).collect()
    } else {
        json!(record.events.len())
    };
    json!({ "record": {
        "seq": record.seq.0,
        "at": record.at.0,
        "key": record.key.map(|key| Value::of(&key).json()),
        "events": events,
        "reply_bytes": record.reply.as_ref().map(|reply| reply.bytes.len()),
    } })
}

fn record_words(record: &Record, events: bool) -> String {
    let Record { seq, at, key, events: became, reply: _ } = record;
    let key = key.map_or("no key".to_owned(), |key| Value::of(&key).words());
    let count = match became.len() {
        1 => "1 event".to_owned(),
        count => format!("{count} events"),
    };
    let mut line = format!("{seq:>12}  {}  {key}; {count}", time_of(&at.0.to_string()));
    if events {
        became.iter().for_each(|event| line += &format!("\n              {}", Value::of(event).words()));
    }
    line
}
