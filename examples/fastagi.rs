//! The account example as a server: the same function, for when a process a call is too much, or when the accounts are
//! on another machine than Asterisk.
//!
//! What it asks, says and leaves to the dialplan is told in `account.rs`, of which nothing is changed here.
//!
//! # In `extensions.conf`
//! ```text
//! exten => 200,1,AGI(agi://127.0.0.1/account,/var/lib/accounts/accounts.db)
//!  same => n,Verbose(1,${RESULT}: ${ACCOUNT} has ${BALANCE})
//!  same => n,Hangup()
//! ```
//! The database is the server's: its path is one on the server's machine.
//!
//! # At a desk
//! ```console
//! $ cargo run -q --features fastagi --example fastagi
//! serves agi://127.0.0.1:4573/ until Ctrl-C (twice: at once)
//! ```
//! and in another terminal
//! ```console
//! $ agikit call agi://127.0.0.1/account target/accounts.db --keys 1001
//! ```
//! Its argument is the address to listen on, `192.0.2.1:4573`; without one it is this machine's own.
//!
//! # With systemd
//! `ExecStart=/usr/local/bin/fastagi`, and `ListenStream=4573` in a `.socket` unit of the same name: then a call that comes
//! while the server is started anew waits for it.

#[path = "account.rs"]
#[allow(dead_code, reason = "its own `main`, for agi-bin")]
mod account;

use std::process::ExitCode;

fn main() -> ExitCode {
    agikit::fastagi::serve(account::script) // account.rs: agikit::ivr::run(script, sounds)
}
