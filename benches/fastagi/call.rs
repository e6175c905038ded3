//! Asterisk's side of one call: what it says, what it must be told, and when. Nothing here waits or allocates.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// What Asterisk 22 sends of a call, at one go.
pub(crate) const HEADER: &[u8] = b"agi_network: yes\n\
    agi_network_script: ten-commands\n\
    agi_request: agi://127.0.0.1/ten-commands\n\
    agi_channel: PJSIP/alice-0000002a\n\
    agi_language: en\n\
    agi_type: PJSIP\n\
    agi_uniqueid: 1795209041.8\n\
    agi_version: 22.10.1\n\
    agi_callerid: 0123456789\n\
    agi_calleridname: Alice\n\
    agi_callingpres: 0\n\
    agi_callingani2: 0\n\
    agi_callington: 0\n\
    agi_callingtns: 0\n\
    agi_dnid: 600\n\
    agi_rdnis: unknown\n\
    agi_context: scripts\n\
    agi_extension: 600\n\
    agi_priority: 1\n\
    agi_enhanced: 0.0\n\
    agi_accountcode: \n\
    agi_threadid: 139641021650624\n\
    agi_arg_1: one\n\
    agi_arg_2: two three\n\
    \n";

/// What the first command of a held call is, and how it is answered in the end.
const PLAY: &[u8] = b"STREAM FILE prompt";
const PLAYED: &[u8] = b"200 result=0 endpos=8000\n";

/// How many commands follow.
pub(crate) const COMMANDS: usize = 10;

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The next command is STREAM FILE, and its reply is held back.
    Play,
    /// It has come.
    Held,
    /// This many of the ten commands were answered.
    Answered(usize),
    /// Answered all, and closed by the server.
    Done,
}

/// A call and what came of the line that the server is writing.
pub(crate) struct Call {
    pub(crate) socket: TcpStream,
    pub(crate) stage: Stage,
    /// No other call of this run has it.
    number: u64,
    begun: bool,
    input: [u8; 256],
    filled: usize,
}

impl Call {
    pub(crate) fn new(socket: TcpStream, number: u64, hold: bool) -> Self {
        let stage = if hold { Stage::Play } else { Stage::Answered(0) };
        Call { socket, stage, number, begun: false, input: [0; 256], filled: 0 }
    }

    /// The socket is ready for something: sends the header, reads, answers. Errors are the server's faults.
    pub(crate) fn turn(&mut self) -> Result<Stage, String> {
        if !self.begun {
            match (&self.socket).write(HEADER) {
                // Nothing can have come before it.
                Ok(HEADER_LENGTH) => {
                    self.begun = true;
                    return Ok(self.stage);
                }
                Ok(_) => return Err("the header does not fit into the socket".into()),
                Err(error) if is_early(&error) => return Ok(self.stage),
                Err(error) => return Err(format!("not connected: {error}")),
            }
        }
        loop {
            match (&self.socket).read(&mut self.input[self.filled..]) {
                Ok(0) if self.stage == Stage::Answered(COMMANDS) && self.filled == 0 => {
                    self.stage = Stage::Done;
                }
                Ok(0) => return Err(format!("closed by the server at {:?}", self.stage)),
                Ok(read) => {
                    self.filled += read;
                    if self.input[..self.filled].contains(&b'\n') {
                        self.answer()?;
                    }
                    if self.filled == self.input.len() {
                        return Err(self.wrong());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if is_early(&error) => {}
                Err(error) => return Err(format!("{error} at {:?}", self.stage)),
            }
            // Whatever comes from now on wakes anew.
            return Ok(self.stage);
        }
    }

    /// Compares a whole line with the one that must come now, and answers it.
    fn answer(&mut self) -> Result<(), String> {
        let mut line = [0; 256];
        let length = unquoted(&self.input[..self.filled], &mut line);
        // A second command before the first one's reply is as wrong as another one.
        let Some(line) = line[..length].strip_suffix(b"\n") else { return Err(self.wrong()) };
        let mut text = Line::default();
        match self.stage {
            Stage::Play if line.starts_with(PLAY) => self.stage = Stage::Held,
            Stage::Answered(at @ 0..COMMANDS) => {
                let (n, token) = (b'0' + (at / 2) as u8, self.token(at / 2));
                let want = match at % 2 {
                    0 => Line::default().and(b"GET VARIABLE LOAD_").and(&[n]),
                    _ => Line::default().and(b"SET VARIABLE ECHO_").and(&[n]).and(b" ").and(&token),
                };
                if line != want.bytes() {
                    return Err(self.wrong());
                }
                text = match at % 2 {
                    0 => text.and(b"200 result=1 (").and(&token).and(b")\n"),
                    _ => text.and(b"200 result=1\n"),
                };
                self.stage = Stage::Answered(at + 1);
            }
            _ => return Err(self.wrong()),
        }
        self.filled = 0;
        self.say(text.bytes())
    }

    /// Answers the command that was held back.
    pub(crate) fn release(&mut self) -> Result<(), String> {
        self.stage = Stage::Answered(0);
        self.say(PLAYED)
    }

    fn say(&self, bytes: &[u8]) -> Result<(), String> {
        if bytes.is_empty() {
            return Ok(());
        }
        match (&self.socket).write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            other => Err(format!("a reply could not be sent: {other:?}")),
        }
    }

    fn wrong(&self) -> String {
        let line = String::from_utf8_lossy(&self.input[..self.filled]);
        format!("wrong at {:?}: {line:?}", self.stage)
    }

    /// The value of this call's n-th variable: no other has it.
    fn token(&self, n: usize) -> [u8; 16] {
        let mut bits = (self.number * 5 + n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut token = [0; 16];
        for digit in &mut token {
            *digit = b"0123456789abcdef"[(bits & 15) as usize];
            bits >>= 4;
        }
        token
    }
}

const HEADER_LENGTH: usize = HEADER.len();

fn is_early(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected)
}

/// The line without its quotes: one library quotes a word, another does not.
fn unquoted(line: &[u8], into: &mut [u8]) -> usize {
    let mut length = 0;
    for &byte in line.iter().filter(|&&byte| byte != b'"') {
        into[length] = byte;
        length += 1;
    }
    length
}

/// A short line that is put together on the stack.
struct Line {
    text: [u8; 64],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Line { text: [0; 64], length: 0 }
    }
}

impl Line {
    fn and(mut self, bytes: &[u8]) -> Self {
        self.text[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
        self
    }

    fn bytes(&self) -> &[u8] {
        &self.text[..self.length]
    }
}
