//! What the database keeps for a data folder that is lost: snapshots in pieces, replay files, and the
//! sessions of Discord's gateway.

use super::link::Value;
use super::{Store, StoreError};
use anyhow::Context;
use ipc_schema::ids::{LadderId, Seq};
use ipc_schema::vocab::{FileHash, GatewaySession, Timestamp};

/// What there is of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptSnapshot {
    pub seq: Seq,
    /// Of how many parts it is made; None where its rows do not agree.
    pub parts: Option<u32>,
    /// How many of them are there.
    pub there: u32,
}

impl KeptSnapshot {
    pub fn is_whole(&self) -> bool {
        self.parts == Some(self.there)
    }
}

/// A part without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPart {
    /// From 0.
    pub part: u32,
    pub parts: u32,
    /// CRC-32C of its bytes.
    pub checksum: u32,
}

impl Store {
    /// The snapshots that are there as a whole or in part, newest first.
    pub async fn kept_snapshots(&mut self) -> Result<Vec<KeptSnapshot>, StoreError> {
        let query =
            "select seq, min(parts), max(parts), count(*) from snapshots group by seq order by seq desc";
        let mut found = Vec::new();
        self.each(query, vec![], |mut row| {
            let seq = Seq(row.number()?);
            let (least, most, there) = (row.int()?, row.int()?, row.int()?);
            let parts = if least == most { u32::try_from(most).ok() } else { None };
            found.push(KeptSnapshot { seq, parts, there: u32::try_from(there).context("count parts")? });
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The parts of the snapshot of record `seq` that are there, in order.
    pub async fn kept_parts(&mut self, seq: Seq) -> Result<Vec<KeptPart>, StoreError> {
        let query = "select part, parts, checksum from snapshots where seq = $1 order by part";
        let mut found = Vec::new();
        self.each(query, vec![seq.0.into()], |mut row| {
            let mut number = || u32::try_from(row.int()?).context("read a part of a snapshot");
            found.push(KeptPart { part: number()?, parts: number()?, checksum: number()? });
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Keeps a part, if the tables are of this ladder and have its record. Whether it did: not where
    /// another one is there already.
    pub async fn keep_part(
        &mut self,
        ladder: LadderId,
        seq: Seq,
        part: KeptPart,
        bytes: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let statement = "insert into snapshots (seq, part, parts, bytes, checksum) select $1, $2, $3, $4, $5
             from progress where ladder_id = $6 and seq >= $1 on conflict do nothing returning part";
        let values = vec![
            seq.0.into(),
            part.part.into(),
            part.parts.into(),
            Value::Bytes(bytes),
            part.checksum.into(),
            format!("{:016x}", ladder.0).into(),
        ];
        let mut is_kept = false;
        self.each(statement, values, |_| {
            is_kept = true;
            Ok(())
        })
        .await?;
        Ok(is_kept)
    }

    /// The bytes of a part and the checksum that they had; None if it is not there.
    pub async fn kept_part(&mut self, seq: Seq, part: u32) -> Result<Option<(Vec<u8>, u32)>, StoreError> {
        let query = "select bytes, checksum from snapshots where seq = $1 and part = $2";
        let mut found = None;
        self.each(query, vec![seq.0.into(), part.into()], |mut row| {
            let bytes = row.bytes()?;
            found = Some((bytes, u32::try_from(row.int()?).context("read the checksum of a part")?));
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Removes all of every snapshot but those.
    pub async fn remove_snapshots_but(&mut self, kept: &[Seq]) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=kept.len()).map(|number| format!("${number}")).collect();
        let but = if kept.is_empty() {
            String::new()
        } else {
            format!(" where seq not in ({})", places.join(", "))
        };
        let values = kept.iter().map(|seq| seq.0.into()).collect();
        self.each(&format!("delete from snapshots{but}"), values, |_| Ok(())).await
    }

    /// Keeps a file; one that is there already is left alone.
    pub async fn keep_replay(&mut self, hash: FileHash, bytes: &[u8]) -> Result<(), StoreError> {
        let statement = "insert into replay_files (sha256, bytes) values ($1, $2) on conflict do nothing";
        let values = vec![hash.to_string().into(), Value::Bytes(bytes.to_vec())];
        self.each(statement, values, |_| Ok(())).await
    }

    /// The bytes under that hash, whatever they are.
    pub async fn kept_replay(&mut self, hash: FileHash) -> Result<Option<Vec<u8>>, StoreError> {
        let query = "select bytes from replay_files where sha256 = $1";
        let mut found = None;
        self.each(query, vec![hash.to_string().into()], |mut row| {
            found = Some(row.bytes()?);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Keeps the session of a shard of that ladder, in place of the one before.
    pub async fn keep_session(
        &mut self,
        ladder: LadderId,
        shard: u32,
        session: &GatewaySession,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = "insert into gateway_sessions
                 (shard, ladder_id, session_id, resume_url, sequence, application_id, saved_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (shard) do update set ladder_id = excluded.ladder_id, session_id = excluded.session_id,
                 resume_url = excluded.resume_url, sequence = excluded.sequence,
                 application_id = excluded.application_id, saved_at_ms = excluded.saved_at_ms";
        let GatewaySession { id, resume_url, sequence, application, refused: _ } = session;
        let values = vec![
            shard.into(),
            format!("{:016x}", ladder.0).into(),
            id.into(),
            resume_url.into(),
            (*sequence).into(),
            application.to_string().into(),
            at.into(),
        ];
        self.each(statement, values, |_| Ok(())).await
    }

    /// The session of a shard of that ladder, and when it was kept.
    pub async fn kept_session(
        &mut self,
        ladder: LadderId,
        shard: u32,
    ) -> Result<Option<(GatewaySession, Timestamp)>, StoreError> {
        let query =
            "select session_id, resume_url, sequence, application_id, saved_at_ms from gateway_sessions
             where shard = $1 and ladder_id = $2";
        let mut found = None;
        self.each(query, vec![shard.into(), format!("{:016x}", ladder.0).into()], |mut row| {
            let (id, resume_url, sequence) = (row.text()?, row.text()?, row.number()?);
            let application = row.text()?.parse().context("read the application of a session")?;
            let session = GatewaySession { id, resume_url, sequence, application, refused: Vec::new() };
            found = Some((session, Timestamp(row.number()?)));
            Ok(())
        })
        .await?;
        Ok(found)
    }
}
