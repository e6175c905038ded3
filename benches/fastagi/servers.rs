//! Who takes part.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All of them, the yardstick first.
const NAMES: &[&str] = &[
    "c",
    "ours",
    "asterisk-rs-agi",
    "go-by-hand",
    "CyCoreSystems-agi",
    "zaf-agi",
    "pystrix",
    "panoramisk",
];

/// A server's program.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
}

/// Has all of them built, and gives those that can take part; the others are told of.
pub(crate) fn build() -> io::Result<Vec<Contestant>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(package.join("target"), PathBuf::from);
    let wanted = std::env::var("AGIKIT_PEERS").ok();
    let names = NAMES.iter().copied().filter(|&name| {
        wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|it| it == name))
    });
    let mut peers = Command::new(package.join("benches/fastagi/peers"));
    let status = peers.arg("build").args(names.clone()).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("benches/fastagi/peers build: {status}")));
    }
    let mut contestants = Vec::new();
    for name in names {
        let program = target.join("fastagi-bench").join(name);
        if program.exists() {
            contestants.push(Contestant { name, program });
        } else {
            let why = fs::read_to_string(program.with_file_name(format!("{name}.why")));
            println!("{name}: skipped, {}", why.as_deref().unwrap_or("not built").trim_end());
        }
    }
    match contestants.first() {
        Some(Contestant { name: "c", .. }) => Ok(contestants),
        _ => Err(io::Error::other("the yardstick c is missing: all ratios are to it")),
    }
}
