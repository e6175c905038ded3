//! `agikit doctor`: what keeps an installation's programs from running, and what to do.

mod binary;
mod explain;
mod file;
mod finding;
mod listed;
mod modules;
mod options;
mod patient;
mod pipes;
mod script;
mod show;
mod sounds;
mod trial;
mod verdict;
mod who;

use std::io::Write;
use std::path::Path;

pub(crate) use options::Doctor;

use crate::asterisk::Installation;
use crate::exit::{Done, Exit};
use crate::output;
use finding::Finding;
use patient::Patient;
use pipes::Limits;
use show::Chart;

pub(crate) fn run(options: &Doctor) -> Done {
    if let Some(word) = &options.explain {
        return explain(word);
    }
    let mut chart = Chart::default();
    let exit = match examine(options, &mut chart) {
        Ok(()) if chart.faults() == 0 => Exit::Success,
        Ok(()) => Exit::Failure,
        Err(trouble) => {
            chart.findings.push(trouble);
            Exit::Trouble
        }
    };
    let mut data = output::data();
    match options.json {
        true => writeln!(data, "{:#}", chart.json())?,
        false => chart.write(&mut data)?,
    }
    data.flush()?;
    Ok(exit)
}

fn explain(word: &str) -> Done {
    let mut data = output::data();
    if !explain::tell(&mut data, word)? {
        output::problem(&format!("{word} is not known here; there are {}", explain::words()));
        return Ok(Exit::Failure);
    }
    data.flush()?;
    Ok(Exit::Success)
}

/// Looks at all that is asked for; gives why it cannot look.
fn examine(options: &Doctor, chart: &mut Chart) -> Result<(), Finding> {
    let installation = Installation::find(&options.place).map_err(|why| not_found(&why))?;
    let limits = Limits::read((installation.root != Path::new("/")).then_some(&*installation.root));
    // From here on all paths are as Asterisk names them, and all is done as Asterisk's user.
    let (patient, said) = Patient::enter(&installation, options)?;
    chart.of(&patient, &installation);
    let notes = installation.remarks.iter();
    let cure = "correct that line, and start Asterisk anew: it reads the file when it starts";
    chart.findings.extend(notes.map(|it| Finding::note("configuration", it.as_str(), cure)));
    for why in &installation.passed_over {
        let (what, cure) = why.rsplit_once("; ").unwrap_or((why, "name its file: --config"));
        chart.findings.push(Finding::note("passed-over", what, cure));
    }
    chart.findings.extend(patient.look());
    let directories = &installation.directories;
    let folder = installation.setting("directories", "astmoddir");
    chart.findings.extend(modules::look(&said, &directories.etc, folder.as_deref().map(Path::new)));
    let programs = match &options.program {
        Some(name) => vec![patient.program(name, options)],
        None => patient.programs(options),
    };
    // Who calls one program by AGI() need not care for EAGI.
    let cares = options.program.is_none() || programs.iter().any(|program| program.enhanced);
    if let Some(limits) = limits.filter(|_| cares) {
        chart.calls = limits.calls(&patient.who);
        chart.findings.extend(limits.look(options.calls.into(), &patient.who));
    }
    chart.programs = programs;
    Ok(())
}

/// `find` gives one sentence: what is wrong, and what to do.
fn not_found(why: &str) -> Finding {
    let why = why.replace("\n  ", " ");
    let (fault, cure) = why.rsplit_once("; ").unwrap_or((&why, "name its file: --config"));
    Finding::fault("no-asterisk", fault, cure)
}
