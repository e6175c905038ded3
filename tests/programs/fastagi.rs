//! The server that `tests/fastagi_*.rs` start as a process: how, its arguments say, `name=value`. It tells its port by a
//! line on standard output, then how it ended; what it logs goes to standard error.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use agikit::fastagi::Server;
use agikit::{Result, ScriptResult, Session};
use nix::sys::resource::{Resource, setrlimit};

fn main() -> std::result::Result<ExitCode, Box<dyn Error>> {
    log::set_logger(&ToStderr).map_err(|error| error.to_string())?;
    log::set_max_level(log::LevelFilter::Info);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let pairs = arguments.iter().filter_map(|argument| argument.split_once('='));
        pairs.filter(|(is, _)| *is == name).map(|(_, value)| value.to_owned()).next()
    };
    let number = |name: &str| value(name).map(|value| value.parse::<u64>()).transpose();
    let time = |name: &str| number(name).map(|it| it.map(Duration::from_millis));

    if let Some(most) = number("descriptors")? {
        setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    }
    let mut server = match Server::from_systemd()? {
        Some(server) => server,
        None => Server::bind(value("address").as_deref().unwrap_or("127.0.0.1:0"))?,
    };
    if let Some(time) = time("header_time")? {
        server = server.header_time(time);
    }
    if let Some(time) = time("idle")? {
        server = server.idle(time);
    }
    if let Some(time) = time("grace")? {
        server = server.grace(time);
    }
    if let Some(calls) = number("calls")? {
        server = server.calls(usize::try_from(calls)?);
    }
    if let Some(secret) = value("secret") {
        server = server.secret(secret);
    }
    if let Some(threads) = number("threads")? {
        // The system has no more threads when it has no place for another stack.
        const STACK: u64 = 64 << 20;
        let has = std::fs::read_to_string("/proc/self/statm")?;
        let pages: u64 = has.split(' ').next().unwrap_or_default().parse()?;
        let most = pages * 4096 + threads * STACK + STACK / 2;
        setrlimit(Resource::RLIMIT_AS, most, most)?;
        server = server.stack(usize::try_from(STACK)?);
    }
    say(&server.address()?.to_string())?;
    let stopped = server
        .route("/echo", echo)
        .route("/two", two)
        .route("/waits", waits)
        .route("/quiet", quiet)
        .route("/panics", |_: &mut Session| -> Result { panic!("oh dear") })
        .route("/fails/{why}", fails)
        .route("/shows", |_: &mut Session| Err(Unshown))
        .route("/loops", loops)
        .route("/sleeps", sleeps)
        .route("/leaves", leaves)
        .route("/talks", talks)
        .run()?;
    say(&format!("{stopped:?}"))?;
    Ok(stopped.exit_code())
}

/// The number that it is given, back: a reply that is another call's or command's is seen.
fn echo(agi: &mut Session) -> Result {
    let value = agi.get_variable("X")?.unwrap_or_default();
    agi.set_variable("Y", &value)
}

/// Something between the commands.
fn two(agi: &mut Session) -> Result {
    let value = agi.get_variable("X")?.unwrap_or_default();
    agi.hangup_flag().wait(Some(Duration::from_millis(300))).ok();
    agi.set_variable("Y", &value)
}

/// Up to the hangup.
fn waits(agi: &mut Session) -> Result {
    agi.answer()?;
    agi.hangup_flag().wait(None).ok();
    agi.set_variable("WAITED", "yes")
}

/// A while without a look at the hangup, and then a command.
fn quiet(agi: &mut Session) -> Result {
    agi.answer()?;
    agi.stream_file("long")?;
    agi.hangup_flag().wait(Some(Duration::from_secs(60))).ok();
    agi.set_variable("Y", "yes")
}

/// For ever, with no look at the hangup.
fn loops(agi: &mut Session) -> Result {
    agi.answer()?;
    let mut count = 0_u64;
    loop {
        count = std::hint::black_box(count.wrapping_add(1));
        thread::sleep(Duration::from_millis(1));
    }
}

fn sleeps(agi: &mut Session) -> Result {
    agi.answer()?;
    thread::sleep(Duration::from_secs(1));
    agi.set_variable("SLEPT", "yes")
}

/// Leaves the hangup's flag to somebody who lives longer.
fn leaves(agi: &mut Session) -> Result {
    let hangup = agi.hangup_flag();
    let begin = Instant::now();
    thread::spawn(move || {
        let over = hangup.wait(Some(Duration::from_secs(60)));
        log::info!(
            "the other thread heard of it: {over:?}, soon: {}",
            begin.elapsed().as_secs() < 30
        );
        thread::sleep(Duration::from_secs(60));
        drop(hangup);
    });
    agi.answer()
}

/// To whoever listens, as long as there are replies.
fn talks(agi: &mut Session) -> Result {
    let value = "x".repeat(8000);
    loop {
        agi.set_variable("Y", &value)?;
    }
}

/// With an error in the caller's words.
fn fails(agi: &mut Session) -> ScriptResult {
    Err(agi.environment().parameter("why").unwrap_or_default().to_string().into())
}

/// An error that cannot be shown.
#[derive(Debug)]
struct Unshown;

impl std::fmt::Display for Unshown {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("its own display")
    }
}

impl Error for Unshown {}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

struct ToStderr;

impl log::Log for ToStderr {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.level() <= log::max_level() {
            let _ = writeln!(io::stderr(), "{} {}", record.level(), record.args());
        }
    }

    fn flush(&self) {}
}
