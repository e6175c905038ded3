//! The manager interface: calls placed, and console commands without a process for each.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// An action is answered within milliseconds; a machine may be very busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a console command by a connection that nobody uses just now, and gives what it prints.
pub fn console(version: &str, command: &str) -> String {
    static IDLE: Mutex<Vec<(String, Manager)>> = Mutex::new(Vec::new());
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = {
        let mut idle = idle();
        let at = idle.iter().position(|(its, _)| its == version);
        at.map(|at| idle.swap_remove(at).1)
    };
    // It may be to an Asterisk that was stopped meanwhile.
    let kept = kept.and_then(|mut manager| Some((manager.console(command).ok()?, manager)));
    let (printed, manager) = kept.unwrap_or_else(|| {
        let mut manager = Manager::connect(version);
        (manager.console(command).expect("the manager answers"), manager)
    });
    idle().push((version.to_owned(), manager));
    printed
}

/// One connection.
pub struct Manager {
    stream: BufReader<TcpStream>,
}

impl Manager {
    pub fn connect(version: &str) -> Manager {
        Manager::listen(version, "off")
    }

    /// One that is also told events, of these classes.
    pub fn listen(version: &str, events: &str) -> Manager {
        let port = if version == "16" { 5116 } else { 5138 };
        let mut manager = (0..10).find_map(|_| Manager::greeted(port)).expect("the manager greets");
        let events = format!("Events: {events}");
        let said = manager.act("Login", &["Username: lab", "Secret: lab", &events]);
        assert!(said.contains("Success"), "{said}");
        manager
    }

    /// A connection that Asterisk has taken. Its listen queue holds five: where many connect at once, the system calls
    /// one established of which Asterisk never learns, and nothing ever comes.
    fn greeted(port: u16) -> Option<Manager> {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the lab's manager listens");
        stream.set_read_timeout(Some(Duration::from_secs(3))).expect("a time limit");
        let mut manager = Manager { stream: BufReader::new(stream) };
        let mut greeting = String::new();
        manager.stream.read_line(&mut greeting).ok().filter(|count| *count > 0)?;
        manager.stream.get_ref().set_read_timeout(Some(PATIENCE)).expect("a time limit");
        Some(manager)
    }

    /// Sends an action and gives what is answered.
    pub fn act(&mut self, action: &str, headers: &[&str]) -> String {
        self.send(action, headers);
        let mut said = String::new();
        while !said.ends_with("\r\n\r\n") {
            let count = self.stream.read_line(&mut said).expect("the manager answers");
            assert!(count > 0, "the manager hung up: {said}");
        }
        said
    }

    /// Runs a console command and gives what it prints. An error: the connection is over.
    pub fn console(&mut self, command: &str) -> io::Result<String> {
        let text = format!("Action: Command\r\nCommand: {command}\r\n\r\n");
        self.stream.get_mut().write_all(text.as_bytes())?;
        let (mut printed, mut line) = (String::new(), Vec::new());
        loop {
            line.clear();
            if self.stream.read_until(b'\n', &mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // What is in AstDB may be any bytes.
            let line = String::from_utf8_lossy(&line);
            match line.trim_end_matches(['\r', '\n']) {
                "" => return Ok(printed),
                line => printed.extend(line.strip_prefix("Output: ").map(|it| format!("{it}\n"))),
            }
        }
    }

    /// Sends an action; its answer comes among the events.
    pub fn send(&mut self, action: &str, headers: &[&str]) {
        let text = format!("Action: {action}\r\n{}\r\n\r\n", headers.join("\r\n"));
        self.stream.get_mut().write_all(text.as_bytes()).expect("the manager takes an action");
    }

    /// The next event, as it comes; nothing when the connection is closed.
    pub fn event(&mut self) -> Option<String> {
        let mut event = String::new();
        while !event.ends_with("\r\n\r\n") {
            match self.stream.read_line(&mut event) {
                Ok(0) => return None,
                Ok(_) => {}
                // Nothing has happened for a while.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
        Some(event)
    }

    /// The same connection, to close it.
    pub fn socket(&self) -> io::Result<TcpStream> {
        self.stream.get_ref().try_clone()
    }
}
