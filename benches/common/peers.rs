//! Who takes part.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that takes part.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
}

/// Has the programs of a bench built, by its script `peers`, and gives those that can take part, the yardstick first;
/// the others are told of, with what to install.
pub(crate) fn build(bench: &str, names: &[&'static str]) -> io::Result<Vec<Contestant>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(package.join("target"), PathBuf::from);
    let wanted = std::env::var("AGIKIT_PEERS").ok();
    let names = names.iter().copied().filter(|&name| {
        wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|it| it == name))
    });
    let mut peers = Command::new(package.join("benches").join(bench).join("peers"));
    let status = peers.arg("build").args(names.clone()).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("benches/{bench}/peers build: {status}")));
    }
    let mut contestants = Vec::new();
    for name in names {
        let program = target.join(format!("{bench}-bench")).join(name);
        if program.exists() {
            contestants.push(Contestant { name, program });
        } else {
            let why = fs::read_to_string(program.with_file_name(format!("{name}.why")));
            println!("{name}: skipped, {}", why.as_deref().unwrap_or("not built").trim_end());
        }
    }
    Ok(contestants)
}
