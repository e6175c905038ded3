//! The arguments: declared here, and nothing else.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use log::LevelFilter;

use crate::time::{count, time};

/// Serves the AGI programs of a folder over TCP (FastAGI), so that they need not be on Asterisk's machine.
///
/// AGI(agi://HOST/account,first) of the dialplan runs `account` of the folder as AGI(account,first) runs it there: with the
/// call on its standard input and output, and SIGHUP at the hangup. What the address has behind a `?` is in the
/// environment variables AGI_NETWORK_SCRIPT and AGI_QUERY_name.
#[derive(Debug, Parser)]
#[command(name = "fastagi-serve", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  fastagi-serve /usr/local/lib/agi                     for the Asterisk of this machine
  fastagi-serve -l 192.0.2.10 --allow 192.0.2.0/28 --secret-file /etc/agi.secret agi/
  AGI(agi://192.0.2.10/sales/menu.py?level=2,first,SECRET)       in the dialplan

AGISTATUS is FAILURE when one of these went wrong, and FASTAGI_STATUS tells which:
  NOTFOUND  no program is there that may be run; nothing outside the folder is
  FAILURE   it could not be started, or ended with a status other than 0 or by a signal
  DENIED    the last argument was not the secret

SIGTERM or Ctrl-C: no more calls, those that there are may go on for --grace. Twice: at
once. SIGUSR1 writes counters to the log, which is standard error. Sockets of systemd
(ListenStream=4573) are served, too.

Exit codes:
  0  it was stopped, and every call came to its end
  1  it was stopped, and calls were closed before their end
  2  the arguments make no sense, or it could not begin")]
pub(crate) struct Cli {
    /// The folder with the programs; those in folders below it can be called, too.
    pub(crate) folder: PathBuf,
    /// Listen there: `HOST`, `HOST:PORT`, `[IPV6]:PORT`; may be given several times. Without it, and without systemd's
    /// sockets, this machine's own addresses, port 4573.
    #[arg(short, long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<String>,
    /// Let calls in from this address or network only (192.0.2.7, 192.0.2.0/24); may be given several times.
    #[arg(long, value_name = "NET")]
    pub(crate) allow: Vec<String>,
    /// Run programs only for calls whose last argument is what this file holds. They do not see it.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// So many calls at once; further ones wait. Each has a process, and about five open files.
    #[arg(long, value_name = "N", default_value = "500", value_parser = count)]
    pub(crate) calls: NonZeroUsize,
    /// Asterisk may take so long for what it says first.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
    pub(crate) header_time: Duration,
    /// Close a call whose program sends no command for so long. Without it, never.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) idle: Option<Duration>,
    /// When it is stopped, calls may go on for so long.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    pub(crate) grace: Duration,
    /// When a call's connection is closed, its program may go on for so long.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    pub(crate) after_call: Duration,
    /// Log errors and warnings only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Log each call's beginning and end, too.
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

impl Cli {
    /// What is logged.
    pub(crate) fn level(&self) -> LevelFilter {
        match (self.quiet, self.verbose) {
            (true, _) => LevelFilter::Warn,
            (_, true) => LevelFilter::Debug,
            _ => LevelFilter::Info,
        }
    }
}
