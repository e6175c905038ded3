//! Whom Asterisk runs as.

use std::fs;
use std::path::Path;

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

/// The users and groups of a system, from its files (a chroot has its own).
#[derive(Debug)]
pub(super) struct Accounts {
    passwd: String,
    group: String,
}

impl Accounts {
    pub(super) fn read(root: &Path) -> Accounts {
        let read = |name: &str| {
            let bytes = fs::read(root.join("etc").join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Accounts { passwd: read("passwd"), group: read("group") }
    }

    /// The user of a process.
    pub(super) fn by_number(&self, uid: u32, gid: u32, groups: Vec<u32>) -> User {
        let name_of = |file, number| {
            let found = rows(file).find(|row| number_at(row, 2) == Some(number))?;
            found.first().map(ToString::to_string)
        };
        User {
            name: name_of(&self.passwd, uid),
            group_name: name_of(&self.group, gid),
            uid,
            gid,
            groups,
            known_by: "it runs as that",
        }
    }

    /// The user whom Asterisk will become, with his group if no other is told.
    pub(super) fn by_name(
        &self,
        user: &str,
        group: Option<&str>,
        known_by: &'static str,
    ) -> Option<User> {
        let row = rows(&self.passwd).find(|row| row.first() == Some(&user))?;
        let uid = number_at(&row, 2)?;
        let gid = match group {
            Some(name) => {
                let row = rows(&self.group).find(|row| row.first() == Some(&name))?;
                number_at(&row, 2)?
            }
            None => number_at(&row, 3)?,
        };
        let is_member = |row: &Vec<&str>| {
            row.get(3).is_some_and(|members| members.split(',').any(|member| member == user))
        };
        let mut groups: Vec<u32> =
            rows(&self.group).filter(is_member).filter_map(|row| number_at(&row, 2)).collect();
        if !groups.contains(&gid) {
            groups.push(gid);
        }
        Some(User { known_by, ..self.by_number(uid, gid, groups) })
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
        };
        let user = accounts.by_name("asterisk", None, "a test").unwrap();
        assert_eq!((user.uid, user.gid, user.groups), (101, 102, vec![29, 102]));
        assert_eq!(user.group_name.as_deref(), Some("asterisk"));
        let user = accounts.by_name("asterisk", Some("audio"), "a test").unwrap();
        assert_eq!((user.gid, user.groups), (29, vec![29]));
        assert_eq!(accounts.by_name("nobody", None, "a test"), None);
        assert_eq!(accounts.by_name("asterisk", Some("x"), "a test"), None);
        let user = accounts.by_number(5, 29, Vec::new());
        assert_eq!((user.name, user.group_name.as_deref()), (None, Some("audio")));
    }
}
