//! `agikit build`: a package's programs as agi-bin wants them, by one run of cargo.

mod elf;
mod order;
mod settings;
mod target;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exit::{Done, Exit};
use crate::output::{self, BAD, FAINT, GOOD, STRONG};
use crate::{cargo, output::name};
pub(crate) use elf::loader;
use settings::PROFILE;

/// Builds the programs of a Cargo package for agi-bin: static, small, quick to start.
///
/// All of them, unless some are named. A static program needs nothing of the machine that it is copied to. The
/// profile `agi-bin` is the package's own where its Cargo.toml has it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit build                          all programs of the package in this folder
  agikit build balance --bin menu       one, of the package in balance/
  agikit build --example account        an example
  agikit build --target aarch64-unknown-linux-musl

By cargo alone, which leaves the code in no order, where Cargo.toml and
.cargo/config.toml are those that `agikit new` writes:
  cargo build --profile agi-bin --target x86_64-unknown-linux-musl --bins

Exit codes:
  0  they are built; standard output has each program, its size, whether it is
     static, and its file
  2  the arguments make no sense
  3  they are not: cargo, the target or a C compiler is missing, or cargo failed")]
pub(crate) struct Build {
    /// The package's folder.
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) wanted: Wanted,
}

/// Which programs are built, and how. The default: all programs, for this kind of machine.
#[derive(Debug, Default, Clone, Args)]
pub(crate) struct Wanted {
    /// Build this program. May be given often.
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Vec<String>,
    /// Build this example. May be given often.
    #[arg(long, value_name = "NAME")]
    pub(crate) example: Vec<String>,
    /// The package's features to build with.
    #[arg(short = 'F', long, value_name = "LIST")]
    pub(crate) features: Vec<String>,
    /// The kind of machine; unless it is said, this one's, with musl, which is what makes a program static.
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// The profile of cargo's: agi-bin, unless it is said.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

/// A program that is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// In bytes.
    pub(crate) size: u64,
    /// It needs nothing of the machine that it runs on.
    pub(crate) is_static: bool,
}

pub(crate) fn run(arguments: &Build) -> Done {
    let programs = build(&arguments.dir, &arguments.wanted)?;
    let mut data = output::data();
    let names = programs.iter().map(|it| it.name.chars().count()).max().unwrap_or(0).max(7);
    writeln!(data, "{STRONG}{:names$}  {:>9}  static  file{STRONG:#}", "program", "size")?;
    for Built { name: program, path, size, is_static } in &programs {
        let (style, word) = if *is_static { (GOOD, "yes") } else { (BAD, "no") };
        let (size, file) = (format!("{} KiB", size.div_ceil(1024)), name(path));
        writeln!(
            data,
            "{program:names$}  {size:>9}  {style}{word:6}{style:#}  {FAINT}{file}{FAINT:#}"
        )?;
    }
    data.flush()?;
    Ok(Exit::Success)
}

/// Builds a package's programs. What cargo says goes to standard error.
pub(crate) fn build(package: &Path, wanted: &Wanted) -> Result<Vec<Built>, Box<dyn Error>> {
    let workspace = settings::workspace(package)?;
    let target = match &wanted.target {
        Some(target) => target.clone(),
        None => target::ours()?,
    };
    target::look_for(package, &target)?;
    let built = cargo::build(package, arguments(package, &workspace, wanted, &target))?;
    if !built.success {
        let hint = target::hint(&built.said, &target);
        return Err(format!("cargo did not build it, and says above why{hint}").into());
    }
    let mut programs = Vec::new();
    for program in built.programs {
        let cannot_read = |error| format!("cannot read {}: {error}", name(&program.file));
        programs.push(Built {
            size: fs::metadata(&program.file).map_err(cannot_read)?.len(),
            is_static: elf::is_static(&program.file).map_err(cannot_read)?.unwrap_or(false),
            name: program.name,
            path: program.file,
        });
    }
    match programs.is_empty() {
        true => Err(format!(
            "{} has no programs (src/main.rs, src/bin/); --example NAME builds an example",
            name(package)
        )
        .into()),
        false => Ok(programs),
    }
}

/// What cargo is told.
fn arguments(package: &Path, workspace: &Path, wanted: &Wanted, target: &str) -> Vec<String> {
    let profile = wanted.profile.as_deref().unwrap_or(PROFILE);
    let mut arguments: Vec<String> =
        ["--profile", profile, "--target", target].map(str::to_owned).into();
    if wanted.bin.is_empty() && wanted.example.is_empty() {
        arguments.push("--bins".to_owned());
    }
    for (option, values) in
        [("--bin", &wanted.bin), ("--example", &wanted.example), ("--features", &wanted.features)]
    {
        arguments.extend(values.iter().map(|value| format!("{option}={value}")));
    }
    let ordered = order::setting(package, workspace, target);
    for setting in settings::missing(package, workspace, profile, target).into_iter().chain(ordered)
    {
        arguments.extend(["--config".to_owned(), setting]);
    }
    arguments
}
