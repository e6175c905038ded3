//! A server's process: started on a core of its own, looked at from outside.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

use crate::common::Cores;

/// A server that runs; it ends with this.
pub(crate) struct Server {
    process: Child,
    clock: ClockId,
    pub(crate) port: u16,
}

/// What the system says of a process, in bytes where they are bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    pub(crate) threads: u64,
    pub(crate) resident: u64,
    pub(crate) peak: u64,
    pub(crate) proportional: u64,
    pub(crate) virtual_size: u64,
}

impl Server {
    /// Starts a program with its script's name, and waits for its port.
    pub(crate) fn start(program: &Path, script: &str, cores: Cores) -> io::Result<Self> {
        // The child inherits where it may run before it can start a thread.
        Cores::stay(cores.program)?;
        let started = Command::new(program)
            .arg(script)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Cores::stay(cores.driver)?;
        let mut process = started?;
        let mut line = String::new();
        let told = match process.stdout.take() {
            Some(output) => BufReader::new(output).read_line(&mut line),
            None => Ok(0),
        };
        let port = told.ok().and_then(|_| line.trim().parse().ok());
        let id = i32::try_from(process.id()).map_err(io::Error::other)?;
        match (port, clock_getcpuclockid(Pid::from_raw(id))) {
            (Some(port), Ok(clock)) => Ok(Server { process, clock, port }),
            _ => {
                end(&mut process);
                Err(io::Error::other(format!("it did not print its port, but {line:?}")))
            }
        }
    }

    /// The processor time of all its threads, those that have ended too.
    pub(crate) fn busy(&self) -> io::Result<Duration> {
        Ok(self.clock.now()?.into())
    }

    pub(crate) fn memory(&self) -> io::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.process.id()))?;
        Ok(Memory {
            threads: field(&status, "Threads:"),
            resident: field(&status, "VmRSS:") * 1024,
            peak: field(&status, "VmHWM:") * 1024,
            proportional: field(&rollup, "Pss:") * 1024,
            virtual_size: field(&status, "VmSize:") * 1024,
        })
    }
}

fn field(text: &str, name: &str) -> u64 {
    let found = text.lines().find_map(|line| line.strip_prefix(name));
    found.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}
