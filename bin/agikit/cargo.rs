//! Cargo, started; and the programs that it tells of in its messages.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

/// A program that cargo has built, or found built already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Artifact {
    /// `bin` or `example`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) file: PathBuf,
}

/// What a run of `cargo build` came to.
#[derive(Debug)]
pub(crate) struct Built {
    /// In the order of their names.
    pub(crate) programs: Vec<Artifact>,
    /// Why it failed has been said on standard error already.
    pub(crate) success: bool,
    /// All that was said there.
    pub(crate) said: String,
}

/// The cargo that started us, or the one along PATH.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(name());
    cargo.current_dir(folder).stdin(Stdio::null());
    cargo
}

fn name() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Why cargo could not be started.
pub(crate) fn cannot_start(error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => "; Rust has it: https://rustup.rs",
        _ => "",
    };
    format!("cannot start {}: {error}{hint}", name().display())
}

/// Runs `cargo build` with these arguments. What it says goes on to standard error as it comes.
pub(crate) fn build<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<Built, String> {
    let mut command = cargo(folder);
    command.args(["build", "--message-format=json-render-diagnostics"]).args(arguments);
    if io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "always"); // for it sees a pipe
    }
    let mut building = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(&error))?;
    let listening = building.stderr.take().map(|talk| thread::spawn(|| pass_on(talk)));
    let mut programs = Vec::new();
    if let Some(messages) = building.stdout.take() {
        let messages = BufReader::new(messages).split(b'\n').map_while(Result::ok);
        programs.extend(messages.filter_map(|message| artifact(&message)));
    }
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    let said = listening.and_then(|thread| thread.join().ok()).unwrap_or_default();
    let success = building.wait().map_err(|error| format!("cargo is gone: {error}"))?.success();
    Ok(Built { programs, success, said })
}

/// Says what another program says, and keeps it.
fn pass_on(mut from: impl Read) -> String {
    let (mut said, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = from.read(&mut piece) {
        let piece = piece.get(..length).unwrap_or_default();
        let _ = io::stderr().write_all(piece);
        said.extend_from_slice(piece);
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// Builds an example, or a program (`kind` is `example` or `bin`), of this folder's package and gives its file.
pub(crate) fn program(kind: &str, name: &str) -> Result<PathBuf, String> {
    let built = build(Path::new("."), ["--quiet", &format!("--{kind}"), name])?;
    if !built.success {
        return Err(format!("cargo did not build --{kind} {name}; it says above why"));
    }
    let found = built.programs.into_iter().find(|it| it.kind == kind && it.name == name);
    found
        .map(|it| it.file)
        .ok_or_else(|| format!("cargo built --{kind} {name}, but that is no program"))
}

/// The program that a message of cargo's tells of.
fn artifact(message: &[u8]) -> Option<Artifact> {
    let message: Value = serde_json::from_slice(message).ok()?;
    if message.get("reason")?.as_str()? != "compiler-artifact" {
        return None;
    }
    let file = message.get("executable")?.as_str()?.into();
    let target = message.get("target")?;
    let kind = target.get("kind")?.get(0)?.as_str()?.to_owned();
    let name = target.get("name")?.as_str()?.to_owned();
    matches!(kind.as_str(), "bin" | "example").then_some(Artifact { kind, name, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_file_in_cargos_messages() {
        let found = |reason: &str, kind: &str, file: &str| {
            let message = format!(
                r#"{{"reason":"{reason}","target":{{"kind":["{kind}"],"name":"account"}},"executable":{file}}}"#
            );
            artifact(message.as_bytes()).map(|it| format!("{} {} {:?}", it.kind, it.name, it.file))
        };
        let file = r#""/a/account""#;
        let example = found("compiler-artifact", "example", file);
        assert_eq!(example.as_deref(), Some(r#"example account "/a/account""#));
        assert!(found("compiler-artifact", "bin", file).is_some());
        assert_eq!(found("compiler-artifact", "example", "null"), None);
        assert_eq!(found("compiler-artifact", "custom-build", file), None);
        assert_eq!(found("build-script-executed", "example", file), None);
        assert_eq!(artifact(b"warning: not JSON"), None);
    }
}
