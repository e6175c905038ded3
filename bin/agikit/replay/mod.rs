//! `agikit replay`: transcripts against a program, told like a test runner does.

mod junit;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use agikit::program::{Program, Replay as Runner, ReplayProgramError, explain, find};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::cli::Replay;
use crate::exit::{Done, Exit};
use crate::output::{self, BAD, GOOD, STRONG, name, visible};
use junit::Report;

/// A transcript that was replayed.
pub(crate) struct Replayed {
    file: PathBuf,
    failure: Option<String>,
    took: Duration,
}

pub(crate) fn run(arguments: &Replay) -> Done {
    let (program_name, words) = arguments.program.split_first().ok_or("name a program")?;
    let path = find(program_name.as_ref());
    if let Some(trouble) = explain(&path) {
        return Err(trouble.into());
    }
    let files = files(&arguments.transcripts)?;
    // Before the long run, not after it.
    let report = arguments.junit.as_deref().map(Report::open).transpose()?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // Whoever asks twice gets it.
        flag::register_conditional_default(signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    let program = Program::new(path).name(program_name).arguments(words);
    let runner = Runner::new(program).limit(arguments.limit).timed(arguments.times);
    let runner = runner.stop_on(Arc::clone(&stop));
    // Where the report takes standard output, the talk is all on the other.
    let mut talk: Box<dyn Write> = match report.as_ref().is_some_and(Report::takes_standard_output)
    {
        true => Box::new(output::talk()),
        false => Box::new(output::data()),
    };
    let began = Instant::now();
    let jobs = arguments.jobs.or_else(|| thread::available_parallelism().ok());
    let jobs = jobs.map_or(1, usize::from).min(files.len());
    let all = files.len();
    let mut done = play(&runner, files, jobs, &stop, &mut talk)?;
    done.sort_by(|one, other| one.file.cmp(&other.file));
    let left = all - done.len();
    let failed = summary(&done, left, began.elapsed(), &mut talk)?;
    if let Some(report) = report {
        report.write(program_name, &done, began.elapsed())?;
    }
    Ok(match (failed, left) {
        (_, 1..) => Exit::Trouble,
        (0, 0) => Exit::Success,
        (_, 0) => Exit::Failure,
    })
}

/// Replays all of them, so many at a time, and tells each as it ends.
fn play(
    runner: &Runner,
    files: Vec<PathBuf>,
    jobs: usize,
    stop: &AtomicBool,
    talk: &mut dyn Write,
) -> io::Result<Vec<Replayed>> {
    let next = AtomicUsize::new(0);
    let (one, all) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (one, next, files) = (one.clone(), &next, &files);
            scope.spawn(move || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let failure = match runner.file(file) {
                        Ok(()) => None,
                        Err(ReplayProgramError::Stopped) => return,
                        Err(error) => Some(with_sources(&error)),
                    };
                    let took = began.elapsed();
                    if one.send(Replayed { file: file.clone(), failure, took }).is_err() {
                        return;
                    }
                }
            });
        }
        drop(one);
        let mut done = Vec::new();
        for replayed in all {
            let (style, word) = match replayed.failure {
                None => (GOOD, "ok"),
                Some(_) => (BAD, "FAILED"),
            };
            let told = writeln!(talk, "test {} ... {style}{word}{style:#}", name(&replayed.file));
            if let Err(error) = told.and_then(|()| talk.flush()) {
                // Nobody listens any more: nothing is to go on in secret.
                stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
            done.push(replayed);
        }
        Ok(done)
    })
}

/// Shows the failures and the numbers; gives how many failed. What is left was stopped by a signal.
fn summary(
    done: &[Replayed],
    left: usize,
    took: Duration,
    talk: &mut dyn Write,
) -> io::Result<usize> {
    let mut failed = 0;
    for Replayed { file, failure, .. } in done {
        if let Some(failure) = failure {
            if failed == 0 {
                writeln!(talk, "\nfailures:")?;
            }
            let (name, failure) = (name(file), visible(failure));
            writeln!(talk, "\n{STRONG}---- {name}{STRONG:#}\n{failure}")?;
            failed += 1;
        }
    }
    let (style, word) = match (failed, left) {
        (_, 1..) => (BAD, "STOPPED"),
        (0, 0) => (GOOD, "ok"),
        _ => (BAD, "FAILED"),
    };
    let left = if left > 0 { format!("; {left} not replayed") } else { String::new() };
    writeln!(
        talk,
        "\nreplayed: {style}{word}{style:#}. {} passed; {failed} failed{left}; in {:.2} s",
        done.len() - failed,
        took.as_secs_f64()
    )?;
    talk.flush()?;
    Ok(failed)
}

/// The files that are named, and those in folders, in their order and each once.
fn files(places: &[PathBuf]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for place in places {
        if !place.is_dir() {
            place.metadata().map_err(|error| format!("{}: {error}", place.display()))?;
            files.push(place.clone());
            continue;
        }
        let before = files.len();
        search(place, &mut files).map_err(|error| format!("{}: {error}", place.display()))?;
        if files.len() == before {
            return Err(format!("{}: no file in it is named *.agi", place.display()).into());
        }
        if let Some(new) = files.get_mut(before..) {
            new.sort();
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

fn search(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let path = entry.path();
        // A link to a folder may lead in circles; one to a file may not.
        if entry.file_type()?.is_dir() {
            search(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "agi") && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
