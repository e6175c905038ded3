//! The arguments of `agikit load`.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::connect::{self, Server};
use crate::call::values::{self, Caller, Entry, Variable};
use crate::time::count;

/// Places many calls to a FastAGI server of your own, and checks every one of them.
///
/// Each call is a whole one, as Asterisk places it; by default its clock stands still, so that prompts and timeouts
/// take no time. Only the address that you name is called. Do not name what is not yours: this is a load.
#[derive(Debug, Args)]
#[command(after_help = "\
What is checked in each call:
  - it sends the commands that the first good call sent, except for its own uniqueid,
    channel, caller and LOAD values (--compare)
  - no command comes before the reply to the one before it, unless it stops that one
  - channel variables LOAD_0 to LOAD_9 hold values that no other call has: wherever the
    script sets ECHO_3, it must be to this call's LOAD_3, and no command may carry a value
    of another call
  - it ends by itself, in time, with the AGISTATUS of the others and no FASTAGI_STATUS

What is measured: `connect`; `first`, from the environment to the first command; `turn`,
from each reply to the next command.

Examples:
  agikit load agi://127.0.0.1/menu                       100 calls, 100 at once
  agikit load agi://127.0.0.1/account -n 5000 -k 1001#   who all dial 1001#
  agikit load agi://[::1]:4573/menu -n 6000 --rate 50    50 new calls a second
  agikit load agi://127.0.0.1/hold -n 5000 --at-once 5000 --real-time \\
              --sound music=60s                          5,000 who listen for a minute
  agikit load agi://127.0.0.1/menu --json > figures.json

Ctrl-C ends it: no new calls, a moment for those in progress, and what is known by then.

Exit codes:
  0  every call went well
  1  one did not
  2  the arguments make no sense
  3  nothing could be called: no such host, too few descriptors
  130, 143  Ctrl-C or another signal ended it")]
pub(crate) struct Load {
    /// The server: `agi://HOST[:PORT][/PATH][?QUERY]`, as in the dialplan. The port is 4573 unless it is said.
    #[arg(value_name = "ADDRESS", value_parser = connect::server)]
    pub(super) address: Server,

    /// How many calls.
    #[arg(short = 'n', long, value_name = "N", default_value = "100", value_parser = count)]
    #[arg(help_heading = "The load")]
    pub(super) calls: NonZeroUsize,
    /// How many at the same time at most.
    #[arg(long, value_name = "N", default_value = "100", value_parser = count)]
    #[arg(help_heading = "The load")]
    pub(super) at_once: NonZeroUsize,
    /// New calls a second, decimals allowed; unless it is said, as fast as others end.
    #[arg(long, value_name = "R", value_parser = rate, help_heading = "The load")]
    pub(super) rate: Option<f64>,
    /// How long a call may take, in the world's time, and so how long the server may be silent.
    #[arg(long, value_name = "TIME", value_parser = values::patience, default_value = "1m")]
    #[arg(help_heading = "The load")]
    pub(super) limit: Duration,

    /// Each caller presses these keys, each as soon as a command waits for it: 0 to 9, *, #, A to D; `w` is a
    /// pause of half a second, `W` of a second.
    #[arg(short, long, value_parser = values::keys, help_heading = "The callers")]
    pub(super) keys: Option<String>,
    /// Who calls: `NUMBER`, `Name <NUMBER>` or `Name <>`. Otherwise each has a number of his own.
    #[arg(long, value_name = "CALLER", help_heading = "The callers")]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::caller))]
    pub(super) caller: Option<Caller>,
    /// Each caller hangs up at this time of his call: `5s`, `1.5s`, `800ms`.
    #[arg(long, value_name = "TIME", value_parser = values::time, help_heading = "The callers")]
    pub(super) hangup_after: Option<Duration>,
    /// Prompts and timeouts take their time.
    #[arg(long, help_heading = "The callers")]
    pub(super) real_time: bool,

    /// An argument behind the address in AGI(): agi_arg_1 and so on. May be given often.
    #[arg(short, long, value_name = "ARG", allow_hyphen_values = true, help_heading = "Asterisk")]
    pub(super) arg: Vec<OsString>,
    /// A channel variable. May be given often.
    #[arg(short, long, value_name = "NAME=VALUE", help_heading = "Asterisk")]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::variable))]
    pub(super) set: Vec<Variable>,
    /// An entry of AstDB, of which each call has its own. May be given often.
    #[arg(long, value_name = "FAMILY/KEY=VALUE", help_heading = "Asterisk")]
    #[arg(value_parser = OsStringValueParser::new().try_map(values::entry))]
    pub(super) database: Vec<Entry>,
    /// The extension that was dialled, where AGI() stands: agi_extension and agi_context.
    #[arg(long, value_name = "EXTENSION[@CONTEXT]", help_heading = "Asterisk")]
    pub(super) extension: Option<String>,
    /// There is a sound of this length. May be given often. Asterisk's English core sounds are there anyway.
    #[arg(long, value_name = "NAME=TIME", value_parser = values::sound, help_heading = "Asterisk")]
    pub(super) sound: Vec<(String, Duration)>,

    /// What of the commands must be the same in all calls.
    #[arg(long, value_name = "WHAT", default_value = "lines", help_heading = "The checks")]
    pub(super) compare: Compare,
    /// Show the commands of faulty calls whole, and what callers dialled with them.
    #[arg(long, help_heading = "The checks")]
    pub(super) show: bool,
    /// Print the figures as JSON.
    #[arg(long, help_heading = "The checks")]
    pub(super) json: bool,
}

/// What of the commands must be the same in all calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Compare {
    /// The whole line, except for what is the call's own
    Lines,
    /// The command's words, whatever its arguments: where these are times or numbers that count up
    Commands,
    /// Nothing: where calls go different ways
    Nothing,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // Beyond that no clock tells two calls apart.
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("it is a number of calls a second: 50, 0.5".to_owned()),
    }
}

impl Load {
    /// How many are in progress at most: never more than there are.
    pub(super) fn at_once(&self) -> usize {
        self.at_once.min(self.calls).get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_more_than_nothing() {
        assert_eq!((rate("50"), rate("0.5"), rate("1e3")), (Ok(50.0), Ok(0.5), Ok(1000.0)));
        for text in ["0", "-1", "inf", "NaN", "", "5/s", "1e7"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
