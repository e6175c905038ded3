//! What a script wrote down, and what Asterisk said of the call.

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::manager::Manager;

/// A script's file, whole.
#[derive(Debug)]
pub struct Told(String);

impl Told {
    /// Nothing while it is not finished.
    pub fn read(path: &std::path::Path) -> Option<Told> {
        let text = std::fs::read(path).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        text.ends_with("done\n").then_some(Told(text))
    }

    /// What stands behind a mark, a line each.
    pub fn lines<'a>(&'a self, mark: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.lines().filter_map(move |line| line.strip_prefix(mark))
    }

    pub fn holds(&self, what: &str) -> bool {
        self.lines("holds ").any(|line| line == what)
    }

    pub fn number(&self, mark: &str) -> u64 {
        self.lines(mark).filter_map(|it| it.trim().parse::<u64>().ok()).sum()
    }
}

/// What Asterisk's events have told.
#[derive(Debug, Default)]
struct Seen {
    /// Calls whose `h` extension has run: AGISTATUS there, and as the dialplan behind the script saw it.
    ended: HashMap<String, (String, String)>,
    /// Callers who have hung up by themselves.
    left: HashMap<String, ()>,
    opened: u64,
    closed: u64,
    begun: u64,
    /// Asterisk has closed the connection.
    is_over: bool,
}

/// A manager's connection that only listens.
pub struct Events {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    socket: TcpStream,
    reader: JoinHandle<()>,
}

/// How the channels of the soak are named.
const CHANNELS: &str = "Local/call@soak-caller-";

impl Events {
    pub fn listen(version: &str) -> io::Result<Events> {
        let mut manager = Manager::listen(version, "user,call");
        let socket = manager.socket()?;
        let seen = Arc::<(Mutex<Seen>, Condvar)>::default();
        let shared = Arc::clone(&seen);
        let reader = std::thread::spawn(move || {
            while let Some(event) = manager.event() {
                let value = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim().to_owned()).unwrap_or_default()
                };
                let mut seen = shared.0.lock().unwrap();
                match (value("Event:").as_str(), value("UserEvent:").as_str()) {
                    ("UserEvent", "Soak") => {
                        let status = (value("Status:"), value("After:"));
                        seen.ended.insert(value("ID:"), status);
                        seen.begun += 1;
                        shared.1.notify_all();
                    }
                    ("UserEvent", "SoakCaller") => _ = seen.left.insert(value("ID:"), ()),
                    ("Newchannel", _) if value("Channel:").starts_with(CHANNELS) => {
                        seen.opened += 1
                    }
                    ("Hangup", _) if value("Channel:").starts_with(CHANNELS) => seen.closed += 1,
                    _ => {}
                }
            }
            shared.0.lock().unwrap().is_over = true;
            shared.1.notify_all();
        });
        Ok(Events { seen, socket, reader })
    }

    /// Waits for a call's end: AGISTATUS, the same behind the script, and whether its caller has hung up.
    pub fn end_of(&self, id: &str, patience: Duration) -> Option<(String, String, bool)> {
        let end = Instant::now() + patience;
        let mut seen = self.seen.0.lock().unwrap();
        loop {
            if let Some((status, after)) = seen.ended.remove(id) {
                return Some((status, after, seen.left.remove(id).is_some()));
            }
            let left = end.checked_duration_since(Instant::now()).filter(|_| !seen.is_over)?;
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Channels that were opened, and closed; calls whose end was told.
    pub fn counts(&self) -> (u64, u64, u64) {
        let seen = self.seen.0.lock().unwrap();
        (seen.opened, seen.closed, seen.begun)
    }

    pub fn stop(self) {
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.reader.join();
    }
}
