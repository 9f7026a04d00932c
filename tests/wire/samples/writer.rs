//! What the backend and the db-writer say to each other, and the backend and its workers.

use super::{AT, JOB, MATCH, archived_match, facts, faults, gateway_session, records, text};
use ipc_schema::db_writer::{SnapshotHead, WriterAnswer, WriterCall, WriterReply, WriterRequest};
use ipc_schema::ids::{JobId, LadderId, Seq, Trace};
use ipc_schema::replay::{Job, WorkerRequest};
use ipc_schema::vocab::FileHash;

pub(crate) fn writer_calls() -> Vec<WriterCall> {
    let hash = FileHash([0xcd; 32]);
    let requests = every!(WriterRequest:
        Load { after: Seq(0) },
        Append { records: records() },
        StoreReplay { hash, bytes: 5 },
        ReadReplay { hash },
        SaveSession { shard: 0, session: gateway_session() },
        LoadSession { shard: u32::MAX },
        FindMatch { match_id: MATCH },
        LoadSnapshot,
        SnapshotPart { seq: Seq(9), part: 3 },
    );
    requests.into_iter().zip(1..).map(|(request, id)| WriterCall { id, trace: Trace(id), request }).collect()
}

pub(crate) fn writer_answers() -> Vec<WriterAnswer> {
    let mut replies = every!(WriterReply:
        Load { ladder: LadderId(1), records: records(), complete: true, backend_gone_at: Some(AT) },
        Appended { through: Seq(9) },
        ReplayStored,
        Replay(Some(4)),
        ReadOnly { reason: text("no space left on device") },
        SessionSaved,
        Session(Some(gateway_session())),
        Match(Some(Box::new(archived_match()))),
        HistoryAway { reason: text("the database does not answer in time") },
        Busy,
        Snapshot(Some(SnapshotHead { ladder: LadderId(1), seq: Seq(9), parts: 4, of_matches: (1, 3) })),
        SnapshotPart(Some(5)),
    );
    replies.extend([WriterReply::Replay(None), WriterReply::Session(None), WriterReply::Match(None)]);
    replies.extend([WriterReply::Snapshot(None), WriterReply::SnapshotPart(None)]);
    replies.into_iter().zip(1..).map(|(reply, id)| WriterAnswer { id, reply }).collect()
}

pub(crate) fn worker_requests() -> Vec<WorkerRequest> {
    let one_each = every!(WorkerRequest: Pull, Done { job: JOB, result: Ok(Box::new(facts())) });
    let failed = faults().into_iter().map(|fault| WorkerRequest::Done { job: JOB, result: Err(fault) });
    one_each.into_iter().chain(failed).collect()
}

pub(crate) fn jobs() -> Vec<Job> {
    vec![
        Job { job: JOB, bytes: 0, trace: Trace::NONE },
        Job { job: JobId(u64::MAX), bytes: 6, trace: Trace(7) },
    ]
}
