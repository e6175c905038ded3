//! `fastagi-serve`: the programs of a folder over TCP, each called as Asterisk's `AGI()` calls it.

mod cli;
mod logger;
mod secret;
#[path = "../common/time.rs"]
mod time;

use std::io::{self, Write};
use std::process::ExitCode;

use agikit::fastagi::{Programs, Server, Stopped};
use clap::Parser;

use cli::Cli;

/// It could not begin.
const TROUBLE: u8 = 2;

fn main() -> ExitCode {
    // Before anything is opened: systemd tells its sockets by their numbers.
    let systemd = Server::from_systemd();
    let arguments = Cli::parse();
    logger::begin(arguments.level());
    match systemd.and_then(|systemd| serve(&arguments, systemd)) {
        Ok(stopped) => stopped.exit_code(),
        Err(error) => {
            // Nobody is left to tell that standard error is closed.
            let _ = writeln!(io::stderr(), "fastagi-serve: {error}");
            ExitCode::from(TROUBLE)
        }
    }
}

fn serve(arguments: &Cli, systemd: Option<Server>) -> io::Result<Stopped> {
    let programs = Programs::new(&arguments.folder)?.time_after(arguments.after_call);
    let mut server = listen(&arguments.listen, systemd)?
        .calls(arguments.calls.get())
        .header_time(arguments.header_time)
        .grace(arguments.grace);
    for network in &arguments.allow {
        server = server.allow(network)?;
    }
    if let Some(file) = &arguments.secret_file {
        server = server.secret(secret::read(file)?);
    }
    if let Some(time) = arguments.idle {
        server = server.idle(time);
    }
    // Where, the server says by itself.
    log::info!("serves the programs of {}", arguments.folder.display());
    for address in server.addresses()? {
        if !address.ip().is_loopback() && arguments.allow.is_empty() {
            log::warn!("whoever reaches {address} may call: --allow names who may");
        }
    }
    server.serve(move |agi| programs.call(agi))
}

/// Where calls arrive: systemd's sockets, the addresses that are named, otherwise this machine's own.
fn listen(addresses: &[String], systemd: Option<Server>) -> io::Result<Server> {
    let (mut server, rest) = match (systemd, addresses.split_first()) {
        (Some(server), _) => (server, addresses),
        (None, Some((first, rest))) => (Server::bind(first)?, rest),
        (None, None) => (Server::local()?, addresses),
    };
    for address in rest {
        server = server.also_bind(address)?;
    }
    Ok(server)
}
