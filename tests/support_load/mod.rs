//! A FastAGI server for `agikit load`, and the tool against it.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of this")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use agikit::{Hangup, Result, Session};
use serde_json::Value;

use crate::support_process::{Done, run};

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Serves each connection on a thread of its own, which gets its number from 0 on; gives host and port.
pub fn listen(serve: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let stream = stream.unwrap();
            stream.set_read_timeout(Some(LIMIT)).unwrap();
            stream.set_nodelay(true).unwrap();
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(number, stream));
        }
    });
    place
}

/// The same with a session. What a script ends with is the tool's to find out.
pub fn serve(script: impl Fn(usize, &mut Session) -> Result + Send + Sync + 'static) -> String {
    listen(move |number, stream| {
        if let Ok(mut agi) = Session::begin(stream, Hangup::new()) {
            let _ = script(number, &mut agi);
        }
    })
}

/// A script that does all that is asked for.
pub fn good(agi: &mut Session) -> Result {
    agi.answer()?;
    for number in 0..3 {
        let value = agi.get_variable(&format!("LOAD_{number}"))?.unwrap_or_default();
        agi.set_variable(&format!("ECHO_{number}"), &value)?;
    }
    let data = agi.get_data("vm-enter-num-to-call")?.digits;
    agi.set_variable("DIALLED", &data)?;
    let own = format!("{}", agi.environment().get("agi_uniqueid").unwrap());
    agi.verbose(&own)
}

/// `agikit load` of this server.
pub fn tool(place: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.args(["load", &format!("agi://{place}/menu")]).args(arguments).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command
}

/// Runs it to its end; its standard output in one piece.
pub fn load(place: &str, arguments: &[&str]) -> (Done, String) {
    let done = run(&mut tool(place, arguments));
    let told = done.sent.join("\n");
    (done, told)
}

/// Its figures, and the exit code.
pub fn figures(place: &str, arguments: &[&str]) -> (Option<i32>, Value) {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    let (done, told) = load(place, &arguments);
    assert_eq!(done.errors, "");
    (done.status, serde_json::from_str(&told).unwrap())
}
