//! `agikit new`: a project that builds and passes its tests at once.

mod files;
mod folder;
mod name;
mod origin;

use std::env;
use std::io::Write;
use std::path::Path;

use clap::Args;

use crate::exit::{Done, Exit};
use crate::output::{self, FAINT, STRONG};
use files::Kind;
use origin::Origin;

/// Makes a new project: a script with its tests, and what it takes to bring it onto the PBX.
///
/// In a new folder of that name: the script, which asks with retries and keeps its result at a hangup; tests on the
/// emulator and of recorded calls; the profile agi-bin; a README with the lines for the dialplan.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit new hotline
  agikit new hotline --agikit ../agikit     with the library of this folder
  agikit new hotline --agikit '0.1.3'       with that of crates.io
  agikit new hotline --fastagi              a server that Asterisk calls by TCP

  cd hotline
  cargo run -q --example call -- '42#'      a call on the emulator
  cargo test                                its tests

A folder that is there must be empty. Nothing is written but the files in it, and no git
repository is made; there is a .gitignore for one.")]
pub(crate) struct New {
    /// The package, and its folder: letters, digits, `-` and `_`.
    pub(crate) name: String,
    /// The library: a version on crates.io, or the folder of a copy of its source. Unless it is said, the version of
    /// this tool; started by `cargo run` in the library's own folder, that folder.
    #[arg(long, value_name = "VERSION|DIR")]
    pub(crate) agikit: Option<String>,
    /// Make it a server (FastAGI), in place of a program for agi-bin.
    #[arg(long)]
    pub(crate) fastagi: bool,
}

pub(crate) fn run(arguments: &New) -> Done {
    let name = arguments.name.as_str();
    name::check(name)?;
    let origin = Origin::of(arguments.agikit.as_deref())?;
    let here = env::current_dir().map_err(|error| format!("this folder is gone: {error}"))?;
    let kind = if arguments.fastagi { Kind::Server } else { Kind::Program };
    let workspace = workspace_around(&here);
    folder::make(&here, name, &files::all(name, kind, &origin, workspace.is_some()))?;
    tell(name, &origin, workspace.as_deref())?;
    Ok(Exit::Success)
}

/// The manifest of a workspace that the new package would be taken for a part of.
fn workspace_around(folder: &Path) -> Option<std::path::PathBuf> {
    folder.ancestors().map(|folder| folder.join("Cargo.toml")).find(|manifest| {
        let text = std::fs::read_to_string(manifest).unwrap_or_default();
        text.lines().any(|line| line.trim_start().starts_with("[workspace"))
    })
}

/// What to do next.
fn tell(name: &str, origin: &Origin, workspace: Option<&Path>) -> std::io::Result<()> {
    let mut talk = output::talk();
    writeln!(talk, "{name}/ is a project now (and no git repository).")?;
    if let Some(manifest) = workspace {
        let manifest = output::name(manifest);
        writeln!(talk, "It is a workspace of its own: it does not belong to that of {manifest}.")?;
    }
    if let Origin::CratesIo(version) = origin {
        writeln!(
            talk,
            "It takes agikit {version} from crates.io. If cargo finds none there, remove {name}/ and \
             make it again with --agikit and the folder of a copy of agikit's source."
        )?;
    }
    for (command, does) in [
        (format!("cd {name}"), ""),
        ("cargo run -q --example call -- '42#'".to_owned(), "a call on the emulator"),
        ("cargo test".to_owned(), "its tests"),
    ] {
        let gap = if does.is_empty() { 0 } else { 40_usize.saturating_sub(command.len()) };
        writeln!(talk, "  {STRONG}{command}{STRONG:#}{:gap$}{FAINT}{does}{FAINT:#}", "")?;
    }
    writeln!(talk, "README.md tells how it comes onto the PBX, with the lines for the dialplan.")
}
