//! Each role under a user of its own, where the supervisor is root and was asked to: a process that is taken
//! over can then neither signal nor trace the others, nor touch a file that is not its own.
//!
//! The data folder belongs to the db-writer, the folders of a demo's world in it to those who live there, and
//! the sockets to a group that all children are in.

use super::folder::RunFolder;
use super::spec::{CHILDREN, Listener};
use crate::config;
use crate::ipc::CHILDREN_GROUP;
use anyhow::{Context, Result};
use ipc_schema::control::Role;
use nix::unistd::geteuid;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown};
use std::path::Path;

/// Who has a folder of the data folder's for themselves.
const OWN_FOLDERS: [(&str, Role); 2] = [("emulator", Role::Emulator), ("players", Role::Players)];

/// That children have users of their own.
#[derive(Debug, Clone, Copy)]
pub struct Users(());

/// Whose a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
}

impl Users {
    /// Some where it was asked for and can be had.
    pub fn apart(asked: bool) -> Option<Users> {
        if asked && !geteuid().is_root() {
            tracing::warn!(
                "{} asks for a user for each process, which only root can give: all of them stay the same user",
                config::RUN_UID
            );
        }
        (asked && geteuid().is_root()).then_some(Users(()))
    }

    /// Users are numbered from the group's number on, by their row in [`CHILDREN`].
    pub fn of(self, role: Role) -> User {
        let row = CHILDREN.iter().position(|spec| spec.role == role).expect("every role has a row");
        User { uid: CHILDREN_GROUP + u32::try_from(row).expect("a short table"), gid: CHILDREN_GROUP }
    }

    /// Gives the data folder and what is in it to those who write there, all of it at each start: what was put
    /// back from a backup by root is root's, whoever has the folder.
    pub fn take_over(self, data: &Path, is_demo: bool) -> Result<()> {
        let given = |path: &Path, role| {
            let user = self.of(role);
            give(path, user).with_context(|| format!("give {} to user {}", path.display(), user.uid))
        };
        given(data, Role::DbWriter)?;
        for (name, role) in OWN_FOLDERS.iter().filter(|_| is_demo) {
            let folder = data.join(name);
            fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
            given(&folder, *role)?;
        }
        // In a demo others pass through it to folders of their own.
        let mode = if is_demo { 0o711 } else { 0o700 };
        fs::set_permissions(data, Permissions::from_mode(mode)).context("close the data folder")
    }

    /// Lets all children reach the sockets, and nobody else.
    pub fn let_in(self, sockets: &RunFolder) -> Result<()> {
        let run_dir = sockets.run_dir();
        let open = |path: &Path, mode| {
            chown(path, None, Some(CHILDREN_GROUP))?;
            fs::set_permissions(path, Permissions::from_mode(mode))
        };
        open(run_dir.path(), 0o710).context("open the folder of sockets to the children")?;
        for listener in Listener::ALL {
            open(&listener.path(run_dir), 0o660).context("open a socket to the children")?;
        }
        Ok(())
    }
}

/// Gives away a file, or a folder with all that is in it. A link is given away itself, and not followed.
fn give(path: &Path, user: User) -> std::io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), user)?;
        }
    }
    if metadata.uid() != user.uid { lchown(path, Some(user.uid), Some(user.gid)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_root_put_into_a_folder_that_was_given_is_given_too() {
        if !geteuid().is_root() {
            println!("skipped: only root can give files away");
            return;
        }
        let (root, users) = (tempfile::tempdir().unwrap(), Users(()));
        let data = root.path();
        users.take_over(data, true).unwrap();
        fs::create_dir(data.join("journal")).unwrap();
        let put_back = ["journal/1", "emulator/world.ndjson"].map(|name| data.join(name));
        put_back.iter().for_each(|file| fs::write(file, "from a backup").unwrap());
        std::os::unix::fs::symlink("/", data.join("link")).unwrap();
        let of_the_system = fs::metadata("/").unwrap().uid();
        users.take_over(data, true).unwrap();
        let owner = |path: &Path| fs::symlink_metadata(path).unwrap().uid();
        let (writer, emulator) = (users.of(Role::DbWriter).uid, users.of(Role::Emulator).uid);
        assert_eq!(put_back.each_ref().map(|file| owner(file)), [writer, emulator]);
        assert_eq!([owner(data), owner(&data.join("link"))], [writer; 2]);
        assert_eq!(owner(Path::new("/")), of_the_system, "a link is not followed");
    }
}
