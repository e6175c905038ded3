//! Runs the probe as its child and reports its exit status: after a hangup Asterisk tells nobody.

use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::report::Report;

/// Hands everything through: arguments, descriptors, SIGHUP, the exit status.
pub fn main() -> ExitCode {
    let hangup = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::clone(&hangup)).unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut child = Command::new("/srv/lab/agi-bin/live-probe").args(&arguments).spawn().unwrap();
    let status = loop {
        if hangup.swap(false, Ordering::SeqCst) {
            let kill = format!("kill -HUP {}", child.id());
            let _ = Command::new("/bin/sh").args(["-c", &kill]).status();
        }
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let mut report = Report::open(&arguments[0]).unwrap();
    report.line("status", status).unwrap();
    ExitCode::from(u8::try_from(status.code().unwrap_or(255)).unwrap_or(255))
}
