//! Our FastAGI server beside others at the same work: `cargo bench --bench fastagi --all-features`.
//!
//! # The work
//! A call is Asterisk's header (24 lines in one write), then ten commands, `GET VARIABLE LOAD_n` →
//! `200 result=1 (token)` and `SET VARIABLE ECHO_n "token"` → `200 result=1` for n from 0 to 4; then the server
//! closes. Each server does that with what its library offers a script; the C one (`c/server.c`, a thread a call, one
//! read and one write a command) is the yardstick. The generator in here plays Asterisk: it checks each command's
//! place, and each value, of which no two are the same. A wrong one, and a call that is cut or never ends, is an
//! error, told of at the end; otherwise nothing passes or fails, the tables are to be read.
//!
//! # The tables
//! One for each number of calls at once: whole calls a second, the server's processor time a call, the part of its
//! core that it used (below 90 % the generator was the bottleneck: then the processor time is what counts), and its
//! peak memory. The servers take turns, a fresh process each, and the ratio to C is taken within a round: the median
//! of them forgives a little of what others do on the machine. (On a busy one the calls a second say nothing of servers
//! with a thread a call: each wake waits for its turn there.) The generator has one core and the server another.
//!
//! Then 5,000 calls at once that are held in a prompt for a minute and must all finish: threads and memory a call.
//!
//! # Who takes part
//! `peers build`, which this runs, says where each comes from, and fetches what it may. It needs a C compiler, Go
//! and Python; what is missing is skipped, and said.
//!
//! # Settings
//! `AGIKIT_PEERS=c,ours` (only these), `AGIKIT_ROUNDS` (5), `AGIKIT_MILLIS` (2000, of a round), `AGIKIT_AT_ONCE`
//! (1,16,100,1000), `AGIKIT_CALLS` (5000 held), `AGIKIT_HOLD` (60 seconds). An argument `rates` or `hold` leaves out the
//! other.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]

mod call;
#[path = "../common/mod.rs"]
mod common;
mod generator;
mod hold;
mod rates;
mod server;
mod servers;

use std::process::ExitCode;

use common::Cores;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

fn main() -> std::io::Result<ExitCode> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` asks whether it runs, and no more.
    if wanted.iter().any(|argument| argument == "--test") {
        return Ok(ExitCode::SUCCESS);
    }
    let asked = |name: &str, other: &str| {
        wanted.iter().any(|it| it == name) || !wanted.iter().any(|it| it == other)
    };
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    let contestants = servers::servers()?;
    let cores = Cores::find()?;
    Cores::stay(cores.driver)?;
    println!("the generator on core {}, the server on core {}", cores.driver, cores.program);
    let mut faults = Vec::new();
    if asked("rates", "hold") {
        faults.extend(rates::compare(&contestants, cores));
    }
    if asked("hold", "rates") {
        faults.extend(hold::hold(&contestants, cores));
    }
    for fault in faults.iter().take(20) {
        println!("error: {fault}");
    }
    println!("\n{} errors", faults.len());
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
