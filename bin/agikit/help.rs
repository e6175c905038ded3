//! `agikit completions` and `agikit man`: made of the declared arguments.

use std::io::Write;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use crate::cli::{Cli, Completions, Man, Program};
use crate::exit::{Done, Exit};
use crate::{fastagi_serve, output};

impl Program {
    /// Its declared arguments.
    fn command(self) -> Command {
        match self {
            Program::Agikit => Cli::command(),
            Program::FastagiServe => fastagi_serve::Cli::command(),
        }
    }
}

pub(crate) fn completions(arguments: &Completions) -> Done {
    let mut all = Vec::new();
    let mut command = arguments.program.command();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut all);
    let mut data = output::data();
    data.write_all(&all)?;
    data.flush()?;
    Ok(Exit::Success)
}

pub(crate) fn man(arguments: &Man) -> Done {
    match &arguments.output {
        Some(folder) => pages(folder)?,
        None => {
            let mut page = Vec::new();
            Page::new(Cli::command()).render(&mut page)?;
            let mut data = output::data();
            data.write_all(&page)?;
            data.flush()?;
        }
    }
    Ok(Exit::Success)
}

/// `agikit.1`, `agikit-replay.1` and so on, `fastagi-serve.1`.
fn pages(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let at = |error| format!("cannot write manual pages to {}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(at)?;
    for program in [Program::Agikit, Program::FastagiServe] {
        clap_mangen::generate_to(program.command(), folder).map_err(at)?;
    }
    Ok(())
}
