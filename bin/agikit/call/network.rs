//! `agikit call agi://…`: a call to a FastAGI server.

use std::ffi::OsStr;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use super::Call;
use crate::cli::{Cli, Command};

/// Whether this is a server's address and no program's file.
pub(super) fn is_address(word: &OsStr) -> bool {
    let bytes = word.as_encoded_bytes();
    [&b"agi://"[..], b"hagi://"]
        .iter()
        .any(|scheme| bytes.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme)))
}

/// What is called, as the screen names it.
pub(super) fn name(program: &Path) -> &OsStr {
    if is_address(program.as_os_str()) {
        return program.as_os_str();
    }
    program.file_name().unwrap_or(program.as_os_str())
}

impl Call {
    /// The call goes to a server.
    pub(crate) fn is_to_server(&self) -> bool {
        self.words.first().is_some_and(|word| is_address(word))
    }

    /// Ends with a usage message where an option means nothing to a server.
    pub(super) fn refuse_what_is_for_programs(&self) {
        let given = [
            ("--eagi", self.eagi),
            ("--audio", self.audio.is_some()),
            ("--example", self.example.is_some()),
            ("--bin", self.bin.is_some()),
        ];
        let Some((option, _)) = given.into_iter().find(|(_, is_given)| *is_given) else { return };
        let why = match option {
            "--eagi" | "--audio" => "Asterisk gives a FastAGI server no audio",
            _ => "cargo builds programs, and this is a server's address",
        };
        usage(&format!("{option} does not go with agi://: {why}"));
    }
}

fn usage(message: &str) -> ! {
    let mut cli = Cli::command();
    let call = cli.find_subcommand_mut("call").map(std::mem::take).unwrap_or_default();
    call.bin_name("agikit call").error(ErrorKind::ArgumentConflict, message).exit()
}

/// The arguments of this program. What stands behind a program is the program's; behind a server's address options
/// are still ours.
pub(crate) fn parse() -> Cli {
    let first = <Cli as clap::Parser>::try_parse();
    let is_to_server =
        |cli: &Cli| matches!(&cli.command, Command::Call(call) if call.is_to_server());
    let is_known = first.as_ref().is_ok_and(is_to_server);
    if !is_known && first.is_ok() {
        return first.unwrap_or_else(|error| error.exit());
    }
    let mixed = Cli::command()
        .mut_subcommand("call", |call| call.mut_arg("words", |words| words.trailing_var_arg(false)))
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match mixed {
        Ok(cli) if is_to_server(&cli) => cli,
        Err(error) if is_known => error.exit(),
        _ => first.unwrap_or_else(|error| error.exit()),
    }
}
