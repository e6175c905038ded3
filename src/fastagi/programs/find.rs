//! Which file a call's path means. No path leaves the folder.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::ProgramError;
use crate::environment::Environment;
use crate::fastagi::call::shown;
use crate::program::{Trouble, explain};
use crate::text::Value;

/// A program that may be run.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: PathBuf,
    /// As the dialplan says it: the path below the folder, decoded.
    pub(super) name: Vec<u8>,
}

impl Found {
    pub(super) fn shown(&self) -> String {
        shown(&self.name)
    }
}

/// The program at the path of a call.
pub(super) fn find(folder: &Path, environment: &Environment) -> Result<Found, ProgramError> {
    let parts = environment.untrimmed_segments();
    let parts: Vec<&[u8]> = parts.iter().map(Value::as_bytes).collect();
    let name = parts.join(&b'/');
    let refused = |why: String| ProgramError::NotFound {
        path: shown(environment.network_path().as_bytes()),
        why,
    };
    if let Some(why) = parts.iter().find_map(|part| fault(part)) {
        return Err(refused(why.into()));
    }
    let file = folder.join(OsStr::from_bytes(&name));
    let here = folder.canonicalize();
    let here = here.map_err(|error| refused(format!("{}: {error}", folder.display())))?;
    let Ok(real) = file.canonicalize() else {
        return Err(refused(match explain(&file) {
            Some(Trouble::Missing(_)) | None => {
                format!("{}: there is no such file", file.display())
            }
            Some(trouble) => trouble.to_string(),
        }));
    };
    if !real.starts_with(&here) {
        let real = real.display();
        return Err(refused(format!("it is a link to {real}, which is not in the folder")));
    }
    match explain(&real) {
        // These it says by itself when it is started.
        None
        | Some(
            Trouble::CarriageReturn(_)
            | Trouble::ByteOrderMark(_)
            | Trouble::NoInterpreter { .. }
            | Trouble::NoLoader { .. }
            | Trouble::OtherMachine(_)
            | Trouble::Empty(_)
            | Trouble::NotAProgram(_),
        ) => Ok(Found { file, name }),
        Some(trouble) => Err(refused(trouble.to_string())),
    }
}

/// What is the matter with a part of a path.
fn fault(part: &[u8]) -> Option<&'static str> {
    match part {
        b"" => Some(
            "the path has an empty part; it names a program below the folder, `account`, `sales/menu.py`",
        ),
        b"." | b".." => {
            Some("the path has a part `.` or `..`; it begins at the folder and goes down only")
        }
        _ if part.contains(&b'/') => Some("a part of the path holds an encoded slash"),
        _ if part.contains(&0) => Some("the path holds a NUL, which no file's name does"),
        // agi_request is a line.
        _ if part.contains(&b'\n') => Some("the path holds a line feed"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path() {
        for part in [&b"menu.pl"[..], b"...", b".x", b"a b", b"\\", b"..\\x", b"\xff", b"~", b"-rf"]
        {
            assert_eq!(fault(part), None, "{part:?}");
        }
        for part in [&b""[..], b".", b"..", b"a/b", b"/", b"a\0", b"a\nagi_x: y"] {
            assert!(fault(part).is_some(), "{part:?}");
        }
    }

    #[test]
    fn stays_below_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let find = |script: &str| {
            let block = format!("agi_network: yes\nagi_network_script: {script}\n\n");
            find(&folder, &Environment::parse(block.as_bytes()))
        };
        let found = find("programs/menu%2epl?x=1#y").unwrap();
        assert_eq!(found.name, b"programs/menu.pl");
        assert_eq!(found.file, folder.join("programs/menu.pl"));
        for away in [
            "",
            "/",
            "../Cargo.toml",
            "%2e%2e/Cargo.toml",
            "programs/../programs/menu.pl",
            "./programs/menu.pl",
            "/bin/sh",
            "//bin/sh",
            "programs//menu.pl",
            "programs/menu.pl/",
            "programs",
            "programs%2fmenu.pl",
            "%2fbin%2fsh",
            "menu.pl",
            "programs/script.rs",
            "programs/menu.pl%00",
            "programs\\menu.pl",
        ] {
            assert!(matches!(find(away), Err(ProgramError::NotFound { .. })), "{away}");
        }
    }
}
