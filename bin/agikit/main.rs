//! `agikit`: call scripts at the desk. Arguments are declared in `cli`; each command has a file.

mod asterisk;
mod build;
mod call;
mod cargo;
mod catalogue;
mod cli;
mod commands;
mod doctor;
mod exit;
// Declared arguments only: for its manual page and completions, which it cannot write by itself.
#[allow(dead_code, reason = "they are described here, and read there")]
#[path = "../fastagi-serve/cli.rs"]
mod fastagi_serve;
mod help;
mod import;
mod install;
mod listen;
mod load;
mod new;
mod output;
mod record;
mod replay;
mod signals;
mod telephone;
#[path = "../common/time.rs"]
mod time;

use std::process::ExitCode;

use cli::Command;

fn main() -> ExitCode {
    let done = match call::parse().command {
        Command::Call(arguments) => return call::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Commands(arguments) => commands::run(&arguments),
        Command::Completions(arguments) => help::completions(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Install(arguments) => install::run(&arguments),
        Command::Listen(arguments) => listen::run(&arguments),
        Command::Load(arguments) => return load::run(*arguments),
        Command::Man(arguments) => help::man(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Record(arguments) => return record::run(&arguments),
    };
    match done {
        Ok(exit) => exit.code(),
        Err(error) => exit::report(error.as_ref()),
    }
}
