//! Calls placed over the manager interface: a console command costs too much where there are hundreds.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// One connection.
pub struct Manager {
    stream: BufReader<TcpStream>,
}

impl Manager {
    pub fn connect(version: &str) -> Manager {
        let port = if version == "16" { 5116 } else { 5138 };
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the lab's manager listens");
        let mut manager = Manager { stream: BufReader::new(stream) };
        let mut greeting = String::new();
        manager.stream.read_line(&mut greeting).expect("it greets");
        let said = manager.act("Login", &["Username: lab", "Secret: lab", "Events: off"]);
        assert!(said.contains("Success"), "{said}");
        manager
    }

    /// Sends an action and gives what is answered.
    pub fn act(&mut self, action: &str, headers: &[&str]) -> String {
        let text = format!("Action: {action}\r\n{}\r\n\r\n", headers.join("\r\n"));
        self.stream.get_mut().write_all(text.as_bytes()).expect("the manager takes an action");
        let mut said = String::new();
        while !said.ends_with("\r\n\r\n") {
            let count = self.stream.read_line(&mut said).expect("the manager answers");
            assert!(count > 0, "the manager hung up: {said}");
        }
        said
    }
}
