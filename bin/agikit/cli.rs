//! The arguments of all commands: declared here, and nothing else. (Those of `build`, `call`, `doctor`, `listen`,
//! `load` and `new` are with them.)

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::exit;
use crate::time::count;

/// Develops and tests telephone call scripts for Asterisk (AGI) at the desk.
#[derive(Debug, Parser)]
#[command(name = "agikit", version, after_help = exit::HELP, propagate_version = true)]
#[command(max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What it can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Build(crate::build::Build),
    Call(Box<crate::call::Call>),
    Commands(Commands),
    Completions(Completions),
    Doctor(Box<crate::doctor::Doctor>),
    Import(Import),
    Install(Box<crate::install::Install>),
    Listen(Box<crate::listen::Listen>),
    Load(Box<crate::load::Load>),
    Man(Man),
    New(crate::new::New),
    Record(Record),
    Replay(Replay),
}

/// Shows Asterisk's commands: syntax, replies, after a hangup or not, since when.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit commands                 all 47 as a table
  agikit commands variable        those with that word
  agikit commands say number      one, with all that is known of it
  agikit commands --long speech   all of a family, with all that is known

Replies stand without `200 result=`. Common to all: 510 for an unknown command,
511 for one that does not run after a hangup, 520 with usage for a wrong number
of arguments.")]
pub(crate) struct Commands {
    /// Words of the command, or their beginnings, in any order and case.
    pub(crate) words: Vec<String>,
    /// Tell all that is known of each.
    #[arg(short, long)]
    pub(crate) long: bool,
}

/// Writes the completions for a shell to standard output.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit completions bash > /etc/bash_completion.d/agikit
  agikit completions zsh > ~/.zfunc/_agikit
  agikit completions fish > ~/.config/fish/completions/agikit.fish
  agikit completions bash fastagi-serve > /etc/bash_completion.d/fastagi-serve")]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
    /// For which program.
    #[arg(value_enum, default_value = "agikit")]
    pub(crate) program: Program,
}

/// The programs whose arguments are declared.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Program {
    Agikit,
    FastagiServe,
}

/// Makes transcripts of Asterisk's own log: one for each AGI session.
///
/// On Asterisk's console, `agi set debug on` makes it log each line of each session, to the console and to files
/// whose line in logger.conf has `verbose`. Both are read, however many calls are interleaved. What a log does not
/// tell (the exit status, the exact place of a hangup) is left open, and what is in doubt is said.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit import /var/log/asterisk/full -o calls/      a file for each session
  agikit import console.txt > call.agi                the only session
  grep -F C-0000002a full | agikit import - > call.agi

The files are named after the channel and its unique number, readable for their
owner only, and told on standard output.")]
pub(crate) struct Import {
    /// The log file; `-` is standard input.
    pub(crate) log: PathBuf,
    /// Write a file for each session into this folder.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite files that are there.
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

/// Writes the manual pages.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit man | man -l -                              read it
  agikit man -o /usr/local/share/man/man1            a page for each command, and fastagi-serve's")]
pub(crate) struct Man {
    /// Write a page for each command, and one for fastagi-serve, into this folder, in place of one page to standard
    /// output.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

/// Stands between Asterisk and a program and writes the call down as a transcript.
///
/// Put it in place of the program in agi-bin. Bytes, signals, descriptor 3 and the exit status pass unchanged, and
/// trouble with the recording never harms the call: it is said on standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agi-bin/account, in place of the program of that name:
    #!/bin/sh
    exec agikit record -o /var/spool/agi/ -- /usr/lib/agi/account \"$@\"

  Without callers, digits and a PIN; the transcript replays all the same:
    agikit record -o calls/ --redact callers,digits,variable=PIN -- ./account

The file is readable for its owner only, and nothing is ever overwritten: a folder
(it must be there) gets a new file for each call, named after the program, the time
and the process. Without -o that is the current folder.")]
pub(crate) struct Record {
    /// The transcript, or a folder that gets a new one for each call.
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Hide `callers` (their numbers and names), `digits` (what they dial and say), `variable=NAME` (its
    /// values).
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = redact)]
    pub(crate) redact: Vec<Redact>,
    /// Leave out the times.
    #[arg(long)]
    pub(crate) no_times: bool,
    /// The program.
    #[arg(required = true)]
    pub(crate) program: OsString,
    /// Its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARG")]
    pub(crate) arguments: Vec<OsString>,
}

/// What a recording hides.
#[derive(Debug, Clone)]
pub(crate) enum Redact {
    Callers,
    Digits,
    Variable(String),
}

fn redact(text: &str) -> Result<Redact, String> {
    match text.split_once('=') {
        Some(("variable", name)) if !name.is_empty() => Ok(Redact::Variable(name.to_owned())),
        None if text == "callers" => Ok(Redact::Callers),
        None if text == "digits" => Ok(Redact::Digits),
        _ => Err("it is `callers`, `digits` or `variable=NAME`".to_owned()),
    }
}

/// Runs a program on transcripts, and tells where it does otherwise.
///
/// The program is sent what Asterisk sent in the recorded call; each line that it sends is compared, and so is how
/// it ends. `! hangup` sends SIGHUP, `! audio` plays a WAV file on descriptor 3. A program that has not ended in
/// time is ended, and has failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit replay calls/account.agi -- ./account
  agikit replay tests/transcripts --junit report.xml -- python3 account.py
  TRANSCRIPTS=overwrite agikit replay tests/transcripts -- ./account
                          writes the transcripts anew with what the program sends

A program without arguments gets those of the recorded call (agi_arg_1 and so on).
A name without a slash is a file here, or else a program along PATH.")]
pub(crate) struct Replay {
    /// The transcripts: files, or folders with files named *.agi.
    #[arg(required = true)]
    pub(crate) transcripts: Vec<PathBuf>,
    /// Write a report for a build server (JUnit XML); `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Keep the times of the recordings.
    #[arg(long)]
    pub(crate) times: bool,
    /// How long each may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) limit: Duration,
    /// How many run at the same time; as many as there are processors, unless it is said.
    #[arg(short, long, value_name = "N", value_parser = count)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// The program and its arguments.
    #[arg(last = true, required = true, value_name = "PROGRAM [ARG]")]
    pub(crate) program: Vec<OsString>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "it is a number of seconds: 60, 0.5".to_owned())
}
