//! `agikit completions` and `agikit man`: made of the declared arguments.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man as Page;

use crate::cli::{Cli, Completions, Man};
use crate::exit::{Done, Exit};
use crate::output;

pub(crate) fn completions(arguments: &Completions) -> Done {
    let mut all = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "agikit", &mut all);
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

/// `agikit.1`, `agikit-replay.1` and so on.
fn pages(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let at = |error| format!("cannot write manual pages to {}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(at)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(at)?;
    Ok(())
}
