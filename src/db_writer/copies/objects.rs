//! The object store: a bucket that speaks S3, or a folder somewhere else.

use crate::config::{Bucket, ReplayStore};
use crate::db_writer::files::{hash_of, name};
use anyhow::{Context, anyhow};
use bytes::Bytes;
use futures_util::TryStreamExt;
use ipc_schema::vocab::FileHash;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// For a connection, and for one request over it: a replay has 5 MiB at most.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// A request that is answered with "try again" is repeated so often before it counts as failed.
const RETRIES: usize = 2;
const RETRY_LIMIT: Duration = Duration::from_secs(20);

/// Where copies of replays are.
#[derive(Debug)]
pub struct Objects {
    name: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Opened anew for each use: it may be a volume that comes and goes.
    Folder(PathBuf),
    Bucket {
        store: Arc<dyn ObjectStore>,
        prefix: Path,
    },
}

impl Objects {
    /// Reaches nothing yet.
    pub fn new(setting: &ReplayStore) -> anyhow::Result<Objects> {
        let place = match setting {
            ReplayStore::Folder(folder) => Place::Folder(folder.clone()),
            ReplayStore::Bucket(bucket) => {
                let prefix = Path::parse(&bucket.prefix).context("read the prefix of REPLAY_STORE")?;
                let store = s3(bucket).context("set up the client of REPLAY_STORE")?;
                Place::Bucket { store: Arc::new(store), prefix }
            }
        };
        Ok(Objects { name: setting.url(), place })
    }

    /// As in the settings, without secrets.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns when the store has it, whether it had it before or not.
    pub(super) async fn put(&self, hash: FileHash, bytes: Bytes) -> anyhow::Result<()> {
        let (store, path) = self.at(hash)?;
        let put = store.put(&path, bytes.into()).await;
        put.map_err(briefly).with_context(|| format!("copy replay {hash}"))?;
        Ok(())
    }

    /// None if the store answers that it has no such file.
    pub(in crate::db_writer) async fn get(&self, hash: FileHash) -> anyhow::Result<Option<Bytes>> {
        let (store, path) = self.at(hash)?;
        let read = async { store.get(&path).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(briefly(error)).with_context(|| format!("read the copy of replay {hash}")),
        }
    }

    /// All that it has, with their sizes.
    pub(super) async fn list(&self) -> anyhow::Result<BTreeMap<FileHash, u64>> {
        let (store, prefix) = self.open()?;
        let mut found = BTreeMap::new();
        let mut listed = store.list(Some(&prefix));
        while let Some(object) =
            listed.try_next().await.map_err(briefly).context("list the copies of replays")?
        {
            found.extend(object.location.filename().and_then(hash_of).map(|hash| (hash, object.size)));
        }
        Ok(found)
    }

    fn at(&self, hash: FileHash) -> anyhow::Result<(Arc<dyn ObjectStore>, Path)> {
        let (store, prefix) = self.open()?;
        let [folder, file] = name(hash);
        Ok((store, prefix.join(folder).join(file)))
    }

    fn open(&self) -> anyhow::Result<(Arc<dyn ObjectStore>, Path)> {
        match &self.place {
            Place::Bucket { store, prefix } => Ok((store.clone(), prefix.clone())),
            Place::Folder(folder) => {
                let opened = std::fs::create_dir_all(folder).context("create it").and_then(|()| {
                    // Whatever is told to be copied is to survive a power cut there as well.
                    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
                });
                let store = opened.with_context(|| format!("open {}", folder.display()))?;
                Ok((Arc::new(store), Path::default()))
            }
        }
    }
}

/// What the store said, and the reason at the bottom of it. An error of the library repeats most of the
/// errors below it in its own words, so that a whole chain would say everything many times.
fn briefly(error: object_store::Error) -> anyhow::Error {
    let told = error.to_string();
    let bottom = anyhow::Error::from(error).root_cause().to_string();
    if told.contains(&bottom) { anyhow!(told) } else { anyhow!("{told}: {bottom}") }
}

fn s3(bucket: &Bucket) -> anyhow::Result<impl ObjectStore + use<>> {
    // The client takes the provider of the process; whoever was first has installed the same one.
    rustls::crypto::ring::default_provider().install_default().ok();
    let options = ClientOptions::new().with_connect_timeout(CONNECT_LIMIT).with_timeout(REQUEST_LIMIT);
    let retry =
        RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRY_LIMIT };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(bucket.key_id.expose())
        .with_secret_access_key(bucket.secret.expose())
        .with_client_options(options)
        .with_retry(retry);
    if let Some(token) = &bucket.session_token {
        builder = builder.with_token(token.expose());
    }
    if let Some(endpoint) = &bucket.endpoint {
        // The bucket's name goes into the path: few servers of one's own have a name for each bucket.
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    Ok(builder.build()?)
}
