//! Who takes part, and how it is built.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program, and what it is told.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
}

/// The yardstick, and the least that can be done. A frame's bytes depend on the rate.
const C: [(&str, &str); 2] =
    [("C, a frame with each read", "frame"), ("C, 64 KiB with each read", "65536")];
const OURS: [(&str, &str); 4] = [
    ("agikit, frames", "read"),
    ("agikit, and their level", "level"),
    ("agikit, and the speech in them", "detect"),
    ("agikit, and a WAV file of them", "record"),
];

/// Builds all. The yardstick must be there: all ratios are to it.
pub(crate) fn build() -> io::Result<Vec<Contestant>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = env::var_os("CARGO_TARGET_DIR").map_or(package.join("target"), PathBuf::from);
    let folder = target.join("eagi-bench");
    fs::create_dir_all(&folder)?;
    let c = folder.join("c-reader");
    let source = package.join("benches/eagi/c/reader.c");
    let mut compiler = Command::new("musl-gcc");
    compiler.args(["-O2", "-Wall", "-Wextra", "-static", "-s", "-o"]).arg(&c).arg(source);
    done(&mut compiler, "it needs musl-gcc: apt-get install musl-tools")?;

    let musl = format!("{}-unknown-linux-musl", env::consts::ARCH);
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(package).args(["build", "-q", "--profile", "agi-bin", "--target", &musl]);
    cargo.args(["--example", "eagi-bench"]);
    done(&mut cargo, &format!("if its library is missing: rustup target add {musl}"))?;
    let ours = target.join(&musl).join("agi-bin/examples/eagi-bench");

    let recording = folder.join("recording.wav").display().to_string();
    let of = |program: &Path, (name, mode): (&'static str, &str)| Contestant {
        name,
        program: program.to_owned(),
        arguments: vec![mode.to_owned(), recording.clone()],
    };
    Ok(C.map(|it| of(&c, it)).into_iter().chain(OURS.map(|it| of(&ours, it))).collect())
}

fn done(command: &mut Command, hint: &str) -> io::Result<()> {
    let name = command.get_program().to_owned();
    let failed = |what: String| io::Error::other(format!("{}: {what} ({hint})", name.display()));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}
