//! `REPLAY_STORE`: where replay files are copied to.

use super::{Reader, Secret};
use std::ffi::OsString;
use std::path::PathBuf;

/// Where replay files are copied to, `s3://bucket/prefix` or `file:///absolute/folder`.
pub const REPLAY_STORE: &str = "REPLAY_STORE";
/// Who the bucket knows, and its secret.
pub const AWS_ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
pub const AWS_SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// Beside keys that are valid for a while.
pub const AWS_SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// Where the bucket is.
pub const AWS_REGION: &str = "AWS_REGION";
/// A server that speaks S3 instead of Amazon's.
pub const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// The region of a server that has none.
const NO_REGION: &str = "us-east-1";

const STORE_IS: &str = "s3://bucket/prefix or file:///absolute/folder";

/// Where replay files are copied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayStore {
    Folder(PathBuf),
    Bucket(Bucket),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub name: String,
    /// Without slashes around it; may be empty.
    pub prefix: String,
    /// `AWS_REGION`, default `us-east-1` where there is an endpoint, else needed.
    pub region: String,
    /// `AWS_ENDPOINT_URL`, default Amazon's own.
    pub endpoint: Option<String>,
    /// `AWS_ACCESS_KEY_ID`.
    pub key_id: Secret,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret: Secret,
    /// `AWS_SESSION_TOKEN`, which keys for good do without.
    pub session_token: Option<Secret>,
}

impl ReplayStore {
    /// As in the setting; it has no secret.
    pub fn url(&self) -> String {
        match self {
            ReplayStore::Folder(folder) => format!("file://{}", folder.display()),
            ReplayStore::Bucket(Bucket { name, prefix, .. }) if prefix.is_empty() => format!("s3://{name}"),
            ReplayStore::Bucket(Bucket { name, prefix, .. }) => format!("s3://{name}/{prefix}"),
        }
    }

    /// The variables that go with it.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let ReplayStore::Bucket(bucket) = self else { return Vec::new() };
        let secret = |name, value: &Secret| (name, OsString::from(value.expose()));
        let mut variables = vec![
            secret(AWS_ACCESS_KEY_ID, &bucket.key_id),
            secret(AWS_SECRET_ACCESS_KEY, &bucket.secret),
            (AWS_REGION, OsString::from(&bucket.region)),
        ];
        variables.extend(bucket.session_token.as_ref().map(|token| secret(AWS_SESSION_TOKEN, token)));
        variables.extend(bucket.endpoint.as_ref().map(|endpoint| (AWS_ENDPOINT_URL, endpoint.into())));
        variables
    }
}

impl Reader<'_> {
    pub(super) fn replay_store(&mut self) -> Option<ReplayStore> {
        let place = self.parsed(REPLAY_STORE, STORE_IS, |text| {
            let text = text.trim();
            if let Some(folder) = text.strip_prefix("file://") {
                let folder = PathBuf::from(folder);
                return folder.is_absolute().then_some(Place::Folder(folder));
            }
            let place = text.strip_prefix("s3://")?;
            let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
            let prefix = prefix.trim_matches('/');
            (is_bucket(name) && is_prefix(prefix))
                .then(|| Place::Bucket { name: name.to_owned(), prefix: prefix.to_owned() })
        })?;
        match place {
            Place::Folder(folder) => Some(ReplayStore::Folder(folder)),
            Place::Bucket { name, prefix } => {
                let endpoint = self.parsed(AWS_ENDPOINT_URL, "https://host or http://host:port", |text| {
                    let text = text.trim().trim_end_matches('/');
                    is_endpoint(text).then(|| text.to_owned())
                });
                let key_id = self.needed_secret(AWS_ACCESS_KEY_ID, "who the bucket of REPLAY_STORE knows");
                let secret = self.needed_secret(AWS_SECRET_ACCESS_KEY, "the secret of that key");
                let session_token = self.secret(AWS_SESSION_TOKEN);
                let region = match self.word(AWS_REGION) {
                    None if self.raw(AWS_REGION).is_none() && self.raw(AWS_ENDPOINT_URL).is_none() => {
                        self.faults.push(format!(
                            "{AWS_REGION} is not set; it should be the region of the bucket of {REPLAY_STORE}"
                        ));
                        None
                    }
                    None => Some(NO_REGION.to_owned()),
                    region => region,
                };
                let (key_id, secret, region) = (key_id?, secret?, region?);
                Some(ReplayStore::Bucket(Bucket {
                    name,
                    prefix,
                    region,
                    endpoint,
                    key_id,
                    secret,
                    session_token,
                }))
            }
        }
    }

    fn needed_secret(&mut self, name: &str, is: &str) -> Option<Secret> {
        self.needs(name, is, Reader::secret)
    }

    fn secret(&mut self, name: &str) -> Option<Secret> {
        self.word(name).map(Secret::new)
    }

    fn word(&mut self, name: &str) -> Option<String> {
        self.parsed(name, "one word of plain letters", |text| {
            let text = text.trim();
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            plain.then(|| text.to_owned())
        })
    }
}

enum Place {
    Folder(PathBuf),
    Bucket { name: String, prefix: String },
}

/// Whether S3 would allow such a bucket, about.
fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
}

/// Plain folders, so that what stands in the setting is where the files are.
fn is_prefix(prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    prefix.is_empty()
        || prefix.split('/').all(|part| !matches!(part, "" | "." | "..") && part.bytes().all(plain))
}

fn is_endpoint(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    // A name and a password in it would be in every log.
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Faults;
    use std::ffi::OsStr;

    const KEYS: [(&str, &str); 2] = [(AWS_ACCESS_KEY_ID, "AKIA7"), (AWS_SECRET_ACCESS_KEY, "hidden")];

    fn read(set: &[(&str, &str)]) -> Result<Option<ReplayStore>, Faults> {
        let set: Vec<(String, OsString)> =
            set.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        let lookup = move |name: &str| set.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        Reader::read(&lookup, Reader::replay_store)
    }

    fn with(store: &str, set: &[(&str, &str)]) -> Result<Option<ReplayStore>, Faults> {
        read(&[&[(REPLAY_STORE, store)], &KEYS[..], set].concat())
    }

    #[test]
    fn a_store_is_a_folder_or_a_bucket_with_its_keys() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[(REPLAY_STORE, "")]), Ok(None));
        let folder = read(&[(REPLAY_STORE, "file:///mnt/copies")]);
        assert_eq!(folder, Ok(Some(ReplayStore::Folder(PathBuf::from("/mnt/copies")))));
        let bucket = Bucket {
            name: "replays".to_owned(),
            prefix: "evo/2026".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: None,
            key_id: Secret::new("AKIA7"),
            secret: Secret::new("hidden"),
            session_token: None,
        };
        let region = (AWS_REGION, "eu-west-1");
        let expected = ReplayStore::Bucket(bucket.clone());
        assert_eq!(with("s3://replays/evo/2026/", &[region]), Ok(Some(expected)));
        let own = Bucket {
            prefix: String::new(),
            region: NO_REGION.to_owned(),
            endpoint: Some("http://127.0.0.1:9000".to_owned()),
            session_token: Some(Secret::new("t")),
            ..bucket
        };
        let set = [(AWS_ENDPOINT_URL, "http://127.0.0.1:9000/"), (AWS_SESSION_TOKEN, "t")];
        assert_eq!(with("s3://replays", &set), Ok(Some(ReplayStore::Bucket(own))));
    }

    #[test]
    fn what_is_handed_on_is_read_as_the_same() {
        let set = [(AWS_ENDPOINT_URL, "https://s3.example.org"), (AWS_SESSION_TOKEN, "t")];
        for store in [
            with("s3://replays/evo", &set),
            with("s3://replays", &[(AWS_REGION, "r")]),
            with("file:///a", &[]),
        ] {
            let store = store.unwrap().unwrap();
            let mut handed = store.variables();
            handed.push((REPLAY_STORE, OsString::from(store.url())));
            let lookup =
                |name: &str| handed.iter().find(|(n, _)| *n == name).map(|(_, v)| OsStr::to_owned(v));
            assert_eq!(Reader::read(&lookup, Reader::replay_store), Ok(Some(store.clone())));
        }
    }

    #[test]
    fn each_fault_says_what_is_wrong_and_no_secret() {
        for wrong in [
            "replays",
            "ftp://replays",
            "s3://",
            "s3://ab",
            "s3://UPPER",
            "s3://bucket/a//b",
            "s3://bucket/../b",
            "s3://key:hidden@bucket",
            "file://relative",
            "file:",
            "/hidden",
        ] {
            let faults = with(wrong, &[(AWS_REGION, "r")]).unwrap_err();
            assert_eq!(faults.0, [format!("REPLAY_STORE should be {STORE_IS}")], "{wrong}");
        }
        let faults = read(&[(REPLAY_STORE, "s3://replays")]).unwrap_err();
        assert_eq!(
            faults.0,
            [
                "AWS_ACCESS_KEY_ID is not set; it should be who the bucket of REPLAY_STORE knows",
                "AWS_SECRET_ACCESS_KEY is not set; it should be the secret of that key",
                "AWS_REGION is not set; it should be the region of the bucket of REPLAY_STORE",
            ]
        );
        for wrong in
            ["s3.example.org", "https://", "ftp://host", "http://me:hidden@host", "https://host/path"]
        {
            let faults = with("s3://replays", &[(AWS_ENDPOINT_URL, wrong)]).unwrap_err();
            assert_eq!(faults.0, ["AWS_ENDPOINT_URL should be https://host or http://host:port"], "{wrong}");
        }
        let faults = with("s3://replays", &[(AWS_REGION, "eu west")]).unwrap_err();
        assert_eq!(faults.0, ["AWS_REGION should be one word of plain letters"]);
        let printed = format!("{:?}", with("s3://replays", &[(AWS_REGION, "r")]).unwrap());
        assert!(!printed.contains("hidden") && !printed.contains("AKIA7"), "{printed}");
    }
}
