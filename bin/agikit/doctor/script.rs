//! Scripts: the first line, and the interpreter that it names.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use agikit::program::{Trouble, explain};

use super::finding::{self, Finding};
use super::who::{Right, Who};

/// Linux looks at so much for the `#!` line.
const LOOKED_AT: u64 = 256;

/// What a file is, by its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first line behind `#!`.
    Script(String),
    Compiled,
    Other,
}

/// Looks how the file begins. `None` where this process may not read it.
pub(super) fn kind(path: &Path) -> Option<Kind> {
    // A pipe would be waited for.
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mut start = Vec::new();
    File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut start).ok()?;
    if start.starts_with(b"\x7fELF") {
        return Some(Kind::Compiled);
    }
    let Some(line) = start.strip_prefix(b"#!") else { return Some(Kind::Other) };
    let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
    Some(Kind::Script(String::from_utf8_lossy(line).into_owned()))
}

/// The interpreter of a `#!` line, and what it is to look for along PATH if it is `env`.
pub(super) fn interpreter(line: &str) -> Option<(PathBuf, Option<&str>)> {
    let mut words = line.split([' ', '\t', '\r']).filter(|word| !word.is_empty());
    let first = words.next()?;
    let is_env = first == "env" || first.ends_with("/env");
    let name = words.find(|word| !word.starts_with('-') && !word.contains('='));
    Some((first.into(), name.filter(|_| is_env)))
}

/// The program of a name along a PATH that the user may run.
pub(super) fn along(search: &str, name: &str, who: &Who) -> Option<PathBuf> {
    let folders = search.split(':').filter(|folder| folder.starts_with('/'));
    folders
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file() && who.may(Right::Run, path))
}

/// What is the matter with a script, or with what should be one.
pub(super) fn look(path: &Path, kind: &Kind, search: &str, who: &Who) -> Option<Finding> {
    let own = finding::path(path);
    let fault =
        |kind, what: String, cure: String| Some(Finding::fault(kind, what, cure).status("FAILURE"));
    let name = &who.name;
    if let Kind::Script(_) = kind
        && !who.may(Right::Read, path)
    {
        let what = format!("{name} may not read it, and its interpreter reads it as {name}");
        return fault("unreadable", what, format!("chmod {}+r {own}", who.letter(path)));
    }
    match explain(path) {
        Some(Trouble::CarriageReturn(_)) => {
            let line = match kind {
                Kind::Script(line) => line.trim_end(),
                _ => "",
            };
            let what = format!(
                "its lines end in CR LF, as Windows writes them: `{line}\\r` is asked for and is not there"
            );
            fault("carriage-return", what, format!("sed -i 's/\\r$//' {own}"))
        }
        Some(Trouble::ByteOrderMark(_)) => {
            let what = "a byte order mark stands before its `#!`, so that it is no script".into();
            fault("byte-order-mark", what, format!("sed -i '1s/^\\xEF\\xBB\\xBF//' {own}"))
        }
        Some(Trouble::Empty(_)) => {
            fault("empty", "it is empty".into(), "copy it there again; is the disk full?".into())
        }
        Some(Trouble::NotAProgram(_)) => {
            let what = "its first line does not name an interpreter".into();
            fault("no-interpreter-line", what, format!("sed -i '1i #!{}' {own}", usual(path)))
        }
        _ => match kind {
            Kind::Script(line) => lacks_interpreter(line, search, who),
            _ => None,
        },
    }
}

fn lacks_interpreter(line: &str, search: &str, who: &Who) -> Option<Finding> {
    let (program, name) = interpreter(line)?;
    let fault = |what: String, cure: String| {
        Some(Finding::fault("no-interpreter", what, cure).status("FAILURE"))
    };
    let shown = program.display();
    if !program.exists() {
        let short = program.file_name().unwrap_or_default().to_string_lossy();
        let what = format!("its first line asks for {shown}, which is not there");
        let cure = match along(search, &short, who) {
            Some(there) => format!("correct the first line: #!{}", there.display()),
            None => format!("install {short}, or correct the first line"),
        };
        return fault(what, cure);
    }
    if program.is_dir() || !who.may(Right::Run, &program) {
        let what = format!("its first line asks for {shown}, which {} may not run", who.name);
        return fault(what, format!("chmod {}+rx {shown}", who.letter(&program)));
    }
    let name = name?;
    if name.starts_with('/') || along(search, name, who).is_some() {
        return None;
    }
    let what = format!("its first line asks for {name} along PATH, and Asterisk's is {search}");
    fault(what, format!("install {name}, or name its whole path in the first line"))
}

/// The interpreter that a file of this name most likely wants.
fn usual(path: &Path) -> &'static str {
    match path.extension().and_then(|it| it.to_str()) {
        Some("py") => "/usr/bin/env python3",
        Some("pl" | "pm") => "/usr/bin/perl",
        Some("php") => "/usr/bin/php -q",
        Some("rb") => "/usr/bin/env ruby",
        Some("js") => "/usr/bin/env node",
        Some("lua") => "/usr/bin/env lua",
        _ => "/bin/sh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_first_lines() {
        let read = |line| {
            let (program, name) = interpreter(line)?;
            Some((program.display().to_string(), name.map(str::to_owned)))
        };
        let is =
            |program: &str, name: Option<&str>| Some((program.to_owned(), name.map(str::to_owned)));
        assert_eq!(read("/bin/sh"), is("/bin/sh", None));
        assert_eq!(read(" /usr/bin/perl -w\r"), is("/usr/bin/perl", None));
        assert_eq!(read("/usr/bin/env python3"), is("/usr/bin/env", Some("python3")));
        assert_eq!(read("/usr/bin/env -S A=b node -u"), is("/usr/bin/env", Some("node")));
        assert_eq!(read(" "), None);
        assert_eq!(usual(Path::new("menu.php")), "/usr/bin/php -q");
    }
}
