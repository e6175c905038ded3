//! As whom one looks: the user that Asterisk runs as, whom a doctor that is root becomes.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{AccessFlags, Gid, Uid, access, geteuid, setgid, setgroups, setuid};

/// What somebody wants of a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Read,
    Write,
    /// To run a file, to enter a folder.
    Run,
}

/// The user that Asterisk runs as.
#[derive(Debug, Clone)]
pub(super) struct Who {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) groups: Vec<u32>,
    /// This process is that user by now: what the system says is what it would tell Asterisk.
    really: bool,
}

impl Who {
    pub(super) fn new(name: String, uid: u32, gid: u32, groups: Vec<u32>) -> Self {
        Who { name, uid, gid, groups, really: geteuid().as_raw() == uid }
    }

    /// Becomes that user, for good. Who is neither root nor that user stays what he is, and hears why.
    pub(super) fn become_it(&mut self) -> Result<(), String> {
        if self.really {
            return Ok(());
        }
        if !geteuid().is_root() {
            return Err("only root can look as another user".to_owned());
        }
        let mut groups: Vec<Gid> = self.groups.iter().copied().map(Gid::from_raw).collect();
        groups.push(Gid::from_raw(self.gid));
        groups.dedup();
        setgroups(&groups)
            .and_then(|()| setgid(Gid::from_raw(self.gid)))
            .and_then(|()| setuid(Uid::from_raw(self.uid)))
            .map_err(|errno| errno.desc().to_owned())?;
        self.really = true;
        Ok(())
    }

    pub(super) fn is_really(&self) -> bool {
        self.really
    }

    pub(super) fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// Whether the user may. Of another user's rights the mode tells; lists of access (ACL) are not looked at.
    pub(super) fn may(&self, right: Right, path: &Path) -> bool {
        if self.really {
            let flag = match right {
                Right::Read => AccessFlags::R_OK,
                Right::Write => AccessFlags::W_OK,
                Right::Run => AccessFlags::X_OK,
            };
            return access(path, flag).is_ok();
        }
        std::fs::metadata(path).is_ok_and(|meta| self.may_by_mode(right, &meta))
    }

    fn may_by_mode(&self, right: Right, meta: &Metadata) -> bool {
        if self.uid == 0 {
            return right != Right::Run || meta.is_dir() || meta.mode() & 0o111 != 0;
        }
        let bit = match right {
            Right::Read => 4,
            Right::Write => 2,
            Right::Run => 1,
        };
        meta.mode() >> self.place(meta) & bit != 0
    }

    /// Which of the three digits of the mode counts: 6 for the owner's, 3 for the group's, 0 for all others'.
    fn place(&self, meta: &Metadata) -> u32 {
        match () {
            () if meta.uid() == self.uid => 6,
            () if meta.gid() == self.gid || self.groups.contains(&meta.gid()) => 3,
            () => 0,
        }
    }

    /// The letter that `chmod` has for this user and that file: `u`, `g` or `o`.
    pub(super) fn letter(&self, path: &Path) -> char {
        match std::fs::metadata(path).map_or(0, |meta| self.place(&meta)) {
            6 => 'u',
            3 => 'g',
            _ => 'o',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn knows_by_the_mode_what_another_user_may() {
        let path = std::env::temp_dir().join(format!("agikit-who-{}", std::process::id()));
        std::fs::write(&path, "").unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        let who = |uid, gid, groups: &[u32]| Who {
            name: "somebody".into(),
            uid,
            gid,
            groups: groups.into(),
            really: false,
        };
        let (owner, group) = (meta.uid() + 1000, meta.gid() + 1000);
        let others = [
            (who(meta.uid(), group, &[]), 0o100, 'u'),
            (who(owner, meta.gid(), &[]), 0o010, 'g'),
            (who(owner, group, &[meta.gid()]), 0o010, 'g'),
            (who(owner, group, &[]), 0o001, 'o'),
        ];
        for (who, bit, letter) in others {
            if who.is_root() {
                continue; // whom no mode keeps out
            }
            for (mode, may) in [(bit, true), (0o111 & !bit, false)] {
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
                assert_eq!(who.may(Right::Run, &path), may, "{who:?} {mode:o}");
                assert!(!who.may(Right::Read, &path) && !who.may(Right::Write, &path));
            }
            assert_eq!(who.letter(&path), letter);
        }
        let root = who(0, 0, &[]);
        assert!(root.may(Right::Read, &path));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(!root.may(Right::Run, &path) && !root.may(Right::Run, &path.join("none")));
        std::fs::remove_file(path).unwrap();
    }
}
