//! Tells a caller the balance of his account.
//!
//! It asks for an account number, looks it up in an SQLite database, says the balance, and leaves what
//! it learned to the dialplan in three channel variables:
//!
//! | variable | value |
//! |---|---|
//! | `ACCOUNT` | the number that was dialled last |
//! | `BALANCE` | `1204.50`; only set when the account was found |
//! | `RESULT` | `found`, `unknown`, `none` (no number was dialled), `hangup` or `error` |
//!
//! A caller who hangs up halfway gets his `RESULT` too, and AstDB's entry `accounts/last` tells of every call.
//!
//! # In `extensions.conf`
//! ```text
//! exten => 200,1,AGI(account,/var/lib/asterisk/accounts.db)
//!  same => n,Verbose(1,${RESULT}: ${ACCOUNT} has ${BALANCE})
//!  same => n,Hangup()
//! ```
//! Without an argument the database is `accounts.db` in Asterisk's folder for data that changes
//! (`astvarlibdir`), at a desk in the current one. It is made, with accounts 1001 to 1003, where there is none.
//!
//! # At a desk
//! ```console
//! $ cargo run -q --example account < tests/transcripts/examples/account.agi
//! ANSWER
//! GET DATA "vm-enter-num-to-call" 10000 8
//! SET VARIABLE "ACCOUNT" "1001"
//! …
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use agikit::ivr::say::{self, Currency, Language};
use agikit::ivr::{Amount, Answer, Question, Sounds};
use agikit::{Directories, ScriptResult, Session};
use rusqlite::{Connection, OptionalExtension};

fn main() -> ExitCode {
    agikit::ivr::run(script, sounds)
}

/// What it plays: `agikit doctor account` asks, and looks whether all of it is there.
fn sounds() -> Sounds {
    question().sounds().money(Currency::DOLLAR)
}

/// The whole call. A `?` hands an error to whoever called this function: here to `agikit::ivr::run`, which
/// takes a hangup for a normal end and writes every other error to Asterisk's console. `ScriptResult`
/// lets it be any library's error, AGI's as well as SQLite's. (`pub(crate)`: `fastagi.rs` serves it over TCP.)
pub(crate) fn script(agi: &mut Session) -> ScriptResult {
    let ended = serve(agi); // no `?` here: what follows runs however the call ended
    let result = match &ended {
        Ok(result) => result,
        Err(_) if agi.is_hung_up() => "hangup",
        Err(_) => "error",
    };
    let noted = note(agi, result);
    ended?; // what went wrong first is what matters
    noted
}

/// Talks with the caller. Gives the `RESULT`.
fn serve(agi: &mut Session) -> ScriptResult<&'static str> {
    let accounts = open(&database_path(agi))?;
    agi.answer()?;
    let mut result = "none";
    let balance = question().ask_for(agi, |agi, number| {
        result = "unknown";
        agi.set_variable("ACCOUNT", &number)?;
        Ok(look_up(&accounts, &number)?)
    })?;
    if let Answer::Given(balance) = balance {
        agi.set_variable("BALANCE", &balance.to_string())?;
        // "one thousand two hundred four dollars and fifty", as far as Asterisk has the sounds in the caller's language
        say::money(Language::of(agi)?, balance, Currency::DOLLAR)?.play(agi)?;
        result = "found";
    }
    Ok(result)
}

/// Asks three times at most: of a caller who dials nothing, and of one whose number nobody has.
fn question() -> Question<'static, String> {
    Question::digits("vm-enter-num-to-call")
        .up_to(8)
        .timeout(Duration::from_secs(10))
        .invalid("invalid")
        .give_up("goodbye")
}

/// Writes down how the call ended. Both commands run after a hangup as well.
fn note(agi: &mut Session, result: &str) -> ScriptResult {
    agi.set_variable("RESULT", result)?;
    let last = format!("{} {result}", agi.environment().uniqueid());
    agi.database_put("accounts", "last", &last)?;
    Ok(())
}

/// The balance of an account; `None` when there is no such account.
///
/// What the caller dialled goes in as a parameter (`?1`) and never becomes part of the SQL.
fn look_up(accounts: &Connection, number: &str) -> rusqlite::Result<Option<Amount>> {
    accounts
        .query_row("SELECT cents FROM account WHERE number = ?1", [number], |row| row.get(0))
        .optional()
        .map(|cents| cents.map(Amount::from_cents))
}

/// Where the database is: the script's first argument, or Asterisk's folder, or here.
fn database_path(agi: &Session) -> PathBuf {
    match agi.environment().arg(1) {
        Some(path) => path.as_path().into(),
        None => Directories::from_env().var.unwrap_or_default().join("accounts.db"),
    }
}

/// Opens the database; makes it, with three accounts, where there is none.
///
/// Calls come at once: the first one makes it, in one transaction, and whoever sees it empty until then waits and finds
/// nothing left to do.
fn open(path: &Path) -> ScriptResult<Connection> {
    let is_empty = path.metadata().map_or(0, |file| file.len()) == 0;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let accounts = Connection::open(path)?;
    if is_empty {
        accounts.execute_batch(
            "BEGIN IMMEDIATE;
             CREATE TABLE IF NOT EXISTS account (number TEXT PRIMARY KEY, cents INTEGER NOT NULL);
             INSERT OR IGNORE INTO account VALUES ('1001', 120450), ('1002', 7500), ('1003', -1999);
             COMMIT;",
        )?;
    }
    Ok(accounts)
}
