//! Whom Asterisk runs as.

use std::ffi::CString;
use std::fs;
use std::path::Path;

use nix::unistd::{Gid, Group, Uid, User as Known, getgrouplist};

/// A user, by number; and by name where the system knows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: Option<String>,
    pub(crate) group_name: Option<String>,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The groups besides.
    pub(crate) groups: Vec<u32>,
    /// How that is known, to be said: "it runs as", "Debian's user".
    pub(crate) known_by: &'static str,
    /// Nothing says it: it is what Asterisk stays where nobody tells it another.
    pub(crate) is_guess: bool,
}

impl User {
    /// The name, or else the number.
    pub(crate) fn shown(&self) -> String {
        match (&self.name, self.uid) {
            (Some(name), _) => name.clone(),
            (None, 0) => "root".to_owned(),
            (None, uid) => format!("user {uid}"),
        }
    }
}

/// Whom a system does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    User,
    Group,
}

/// The users and groups of a system: from its files (a chroot has its own), and here from wherever the system has
/// them, too (LDAP, systemd).
#[derive(Debug)]
pub(super) struct Accounts {
    passwd: String,
    group: String,
    is_here: bool,
}

impl Accounts {
    pub(super) fn read(root: &Path) -> Accounts {
        let read = |name: &str| {
            let bytes = fs::read(root.join("etc").join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Accounts { passwd: read("passwd"), group: read("group"), is_here: root == Path::new("/") }
    }

    /// The user of a process.
    pub(super) fn by_number(&self, uid: u32, gid: u32, groups: Vec<u32>) -> User {
        let name_of = |file, number| {
            let found = rows(file).find(|row| number_at(row, 2) == Some(number))?;
            found.first().map(ToString::to_string)
        };
        let user = || Some(self.here(Known::from_uid(Uid::from_raw(uid)))?.name);
        let group = || Some(self.here(Group::from_gid(Gid::from_raw(gid)))?.name);
        User {
            name: name_of(&self.passwd, uid).or_else(user),
            group_name: name_of(&self.group, gid).or_else(group),
            uid,
            gid,
            groups,
            known_by: "it runs as that",
            is_guess: false,
        }
    }

    /// What the system says, where it is this one's.
    fn here<T>(&self, found: nix::Result<Option<T>>) -> Option<T> {
        found.ok().flatten().filter(|_| self.is_here)
    }

    /// The user whom Asterisk will become, with his group if no other is told; or who is not known.
    pub(super) fn by_name(
        &self,
        user: &str,
        group: Option<&str>,
        known_by: &'static str,
    ) -> Result<User, Unknown> {
        let (uid, own) = self.user(user).ok_or(Unknown::User)?;
        let gid = match group {
            Some(name) => self.group(name).ok_or(Unknown::Group)?,
            None => own,
        };
        let is_member = |row: &Vec<&str>| {
            row.get(3).is_some_and(|members| members.split(',').any(|member| member == user))
        };
        let mut groups: Vec<u32> =
            rows(&self.group).filter(is_member).filter_map(|row| number_at(&row, 2)).collect();
        let all = CString::new(user).ok().filter(|_| self.is_here);
        let all = all.and_then(|name| getgrouplist(&name, Gid::from_raw(gid)).ok());
        for group in all.into_iter().flatten().map(Gid::as_raw) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        if !groups.contains(&gid) {
            groups.push(gid);
        }
        Ok(User { known_by, ..self.by_number(uid, gid, groups) })
    }

    /// A user's number and his group's.
    fn user(&self, name: &str) -> Option<(u32, u32)> {
        if let Some(known) = self.here(Known::from_name(name)) {
            return Some((known.uid.as_raw(), known.gid.as_raw()));
        }
        let row = rows(&self.passwd).find(|row| row.first() == Some(&name))?;
        Some((number_at(&row, 2)?, number_at(&row, 3)?))
    }

    fn group(&self, name: &str) -> Option<u32> {
        if let Some(known) = self.here(Group::from_name(name)) {
            return Some(known.gid.as_raw());
        }
        let row = rows(&self.group).find(|row| row.first() == Some(&name))?;
        number_at(&row, 2)
    }
}

fn rows(file: &str) -> impl Iterator<Item = Vec<&str>> {
    file.lines().map(|line| line.split(':').collect())
}

fn number_at(row: &[&str], at: usize) -> Option<u32> {
    row.get(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_users_and_their_groups() {
        let accounts = Accounts {
            passwd: "root:x:0:0:root:/root:/bin/sh\nasterisk:x:101:102:PBX:/var:/bin/false\n"
                .into(),
            group: "root:x:0:\naudio:x:29:asterisk,pulse\nasterisk:x:102:\nbad\n".into(),
            is_here: false,
        };
        let user = accounts.by_name("asterisk", None, "a test").unwrap();
        assert_eq!((user.uid, user.gid, user.groups), (101, 102, vec![29, 102]));
        assert_eq!(user.group_name.as_deref(), Some("asterisk"));
        let user = accounts.by_name("asterisk", Some("audio"), "a test").unwrap();
        assert_eq!((user.gid, user.groups), (29, vec![29]));
        assert_eq!(accounts.by_name("nobody", None, "a test"), Err(Unknown::User));
        assert_eq!(accounts.by_name("asterisk", Some("x"), "a test"), Err(Unknown::Group));
        let user = accounts.by_number(5, 29, Vec::new());
        assert_eq!((user.name, user.group_name.as_deref()), (None, Some("audio")));
    }
}
