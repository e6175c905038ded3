//! Whether a program can be started in agi-bin.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use agikit::program::{Trouble, explain};

use crate::asterisk::Installation;
use crate::build::loader;

/// Where a name is looked for that `#!/usr/bin/env` is to find.
const PATH: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// What keeps a copy in agi-bin from being started.
pub(super) fn fault(asterisk: &Installation, copy: &Path, source: &Path) -> Option<String> {
    let named = |trouble: Trouble| {
        // It is known by where it comes from.
        let copy = copy.display().to_string();
        trouble.to_string().replacen(&copy, &source.display().to_string(), 1)
    };
    let missing = |path: &Path| !is_inside(asterisk, path);
    match explain(copy) {
        // It gets its run bit with its place.
        Some(Trouble::NoRunBit(_)) => None,
        // What it needs may be in the chroot alone.
        Some(
            Trouble::NoInterpreter { interpreter: needed, .. }
            | Trouble::NoLoader { loader: needed, .. },
        ) if !missing(&needed) => None,
        Some(trouble) => Some(named(trouble)),
        None => {
            let needed = interpreter(copy).or_else(|| loader(copy).ok()??);
            let needed = needed.filter(|needed| missing(needed))?;
            let root = asterisk.root.display();
            Some(format!(
                "{}: it needs {}, which is not in {root}",
                source.display(),
                needed.display()
            ))
        }
    }
}

/// What is to be known of a program that can be started.
pub(super) fn remark(name: &str, copy: &Path) -> Option<String> {
    let is_dynamic = matches!(loader(copy), Ok(Some(Some(_))));
    is_dynamic.then(|| {
        format!(
            "{name} needs libraries of the machine; `agikit doctor {name}` tells whether they are there, and `agikit \
             build` makes programs that need none"
        )
    })
}

/// What the first line of a script names: a path, or a name that `env` is to find.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let mut start = Vec::new();
    File::open(script).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let mut words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|it| !it.is_empty());
    let first = words.next()?;
    let name = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='));
    let word = if first.ends_with(b"/env") { name.unwrap_or(first) } else { first };
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(word)))
}

/// Whether Asterisk finds a program that another one needs.
fn is_inside(asterisk: &Installation, needed: &Path) -> bool {
    let is_file = |path: &Path| fs::metadata(asterisk.outside(path)).is_ok_and(|it| it.is_file());
    match needed.as_os_str().as_bytes().contains(&b'/') {
        true => is_file(needed),
        false => PATH.iter().any(|folder| is_file(&Path::new(folder).join(needed))),
    }
}
