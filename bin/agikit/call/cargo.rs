//! Programs of the package in this folder, as cargo builds them.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Builds an example, or a program (`kind` is `example` or `bin`), and gives its file.
pub(super) fn build(kind: &str, name: &str) -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut building = Command::new(&cargo)
        .args(["build", "--quiet", "--message-format=json-render-diagnostics"])
        .args([format!("--{kind}").as_str(), name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", cargo.display()))?;
    let mut found = None;
    if let Some(messages) = building.stdout.take() {
        for message in BufReader::new(messages).split(b'\n').map_while(Result::ok) {
            found = executable(&message, kind, name).or(found);
        }
    }
    let built = building.wait().map_err(|error| format!("cargo is gone: {error}"))?;
    if !built.success() {
        // What is the matter cargo has said itself, on standard error.
        return Err(format!("cargo did not build --{kind} {name}; it says above why"));
    }
    found.ok_or_else(|| format!("cargo built --{kind} {name}, but that is no program"))
}

/// The file that a message of cargo's tells of, if it is the one that is looked for.
fn executable(message: &[u8], kind: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_slice(message).ok()?;
    let target = message.get("target")?;
    let of_kind = target.get("kind")?.as_array()?.iter().any(|it| it.as_str() == Some(kind));
    let is_it = message.get("reason")?.as_str()? == "compiler-artifact"
        && of_kind
        && target.get("name")?.as_str()? == name;
    is_it.then(|| message.get("executable")?.as_str().map(PathBuf::from))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_file_in_cargos_messages() {
        let message = |reason: &str, kind: &str, file: &str| {
            format!(
                r#"{{"reason":"{reason}","target":{{"kind":["{kind}"],"name":"account"}},"executable":{file}}}"#
            )
        };
        let found = |message: String| executable(message.as_bytes(), "example", "account");
        let file = r#""/a/account""#;
        assert_eq!(found(message("compiler-artifact", "example", file)), Some("/a/account".into()));
        assert_eq!(found(message("compiler-artifact", "example", "null")), None);
        assert_eq!(found(message("compiler-artifact", "bin", file)), None);
        assert_eq!(found(message("build-script-executed", "example", file)), None);
        assert_eq!(found("warning: not JSON".to_owned()), None);
    }
}
