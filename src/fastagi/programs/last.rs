//! The last steps against a program whose call is over and that goes on.

use std::io;
use std::time::{Duration, Instant};

use crate::program::Running;
use crate::transcript::Exit;

/// Between SIGHUP, SIGTERM and SIGKILL. Together they are over before the server itself ends.
const STEP: Duration = Duration::from_millis(600);

/// How far it has come.
#[derive(Debug)]
pub(super) enum Last {
    NotYet,
    HungUp(Instant),
    Terminated(Instant),
    Killed,
}

impl Last {
    /// Takes the next step, if it is time, and gives how the program ended if it has. The process group holds what the
    /// program has started, too.
    pub(super) fn step(&mut self, running: &mut Running) -> io::Result<Option<Exit>> {
        // One that changed its user cannot be reached: nothing is left to be done about it.
        match *self {
            // Of this it may be told though it has just ended: so is what it has left.
            Last::NotYet => {
                let _ = running.hang_up();
                *self = Last::HungUp(Instant::now());
            }
            _ if running.has_ended() => return running.end_group(STEP / 2),
            Last::HungUp(since) if since.elapsed() >= STEP => {
                log::warn!(
                    "fastagi: process {} does not end with its call: SIGTERM",
                    running.pid()
                );
                let _ = running.terminate();
                *self = Last::Terminated(Instant::now());
            }
            Last::Terminated(since) if since.elapsed() >= STEP => {
                log::warn!("fastagi: process {} does not end: SIGKILL", running.pid());
                let _ = running.kill();
                *self = Last::Killed;
            }
            _ => {}
        }
        Ok(None)
    }
}
