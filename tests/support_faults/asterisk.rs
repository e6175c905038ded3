//! Asterisk's side of a recorded session, whatever carries its bytes.

use std::sync::Arc;

use agikit::{Error, Raw, RawReply, Session};

use super::sessions::Recording;

const DEAD: &[u8] = b"511 Command Not Permitted on a dead channel or intercept routine\n";

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    Answer(Vec<u8>),
    Refused(Vec<u8>),
    Hangup,
    /// The stream is of no use any more.
    Broken,
    Other(String),
}

impl Came {
    fn of(result: agikit::Result<RawReply>) -> Self {
        match result {
            Ok(reply) => Came::Answer(reply.as_value().as_bytes().to_vec()),
            Err(Error::Refused { reply, .. }) => Came::Refused(reply.as_bytes().to_vec()),
            Err(Error::Hangup) => Came::Hangup,
            Err(Error::Io { .. }) => Came::Broken,
            Err(other) => Came::Other(format!("{other:?}")),
        }
    }
}

impl Came {
    /// What the program of `tests/programs/faults.rs` tells.
    pub fn told(line: &str) -> Option<Self> {
        let (kind, text) = line.strip_prefix("came ")?.split_once(' ')?;
        let bytes = || {
            let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            pairs.map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
        };
        Some(match kind {
            "answer" => Came::Answer(bytes()),
            "refused" => Came::Refused(bytes()),
            "hangup" => Came::Hangup,
            "broken" => Came::Broken,
            _ => Came::Other(text.to_owned()),
        })
    }
}

/// Sends a recording's commands again, each when the one before is answered.
pub fn talk(session: &mut Session, recording: &Recording, mut told: impl FnMut(Came)) {
    for exchange in &recording.exchanges {
        let arguments = exchange.words.iter().skip(exchange.command.split(' ').count());
        told(Came::of(
            session.run(arguments.fold(Raw::new(exchange.command), |it, one| it.arg(one))),
        ));
    }
}

/// A recording, and how it goes without a fault.
#[derive(Debug, Default)]
pub struct Played {
    pub recording: Recording,
    /// Each line that is sent, and what it comes to.
    pub sent: Vec<Vec<u8>>,
    pub came: Vec<Came>,
    /// How many bytes Asterisk has said when a command is answered; the first: with the environment.
    pub ends: Vec<usize>,
    /// All that it says.
    pub text: Vec<u8>,
}

/// How `HANGUP` comes over TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Line,
    /// Old Asterisks': the line feed is missing, and the next reply follows.
    Glued,
}

/// Asterisk itself.
pub struct Asterisk {
    pub played: Arc<Played>,
    network: bool,
    /// The path that is called over TCP.
    pub script: String,
    /// A `HANGUP` behind so many replies.
    hangup: Option<(usize, Form)>,
    /// From here on it refuses what needs a caller.
    pub dead: bool,
    /// Whether it did so, for each command.
    pub refused: Vec<bool>,
    /// Every line, in the run that has no fault.
    pub lines: Option<Vec<Vec<u8>>>,
    unfinished: Vec<u8>,
    /// SIGHUP is due: in the recording it came here.
    pub signals: bool,
}

impl Asterisk {
    pub fn new(played: &Arc<Played>, network: bool, hangup: Option<(usize, Form)>) -> Self {
        let (dead, signals, lines) = (false, played.recording.dead, None);
        let (refused, unfinished) = (Vec::new(), Vec::new());
        let played = Arc::clone(played);
        let script = "00000000".to_owned();
        Asterisk { played, network, script, hangup, dead, refused, lines, unfinished, signals }
    }

    /// What it says first.
    pub fn environment(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        if self.network {
            let network = format!("agi_network: yes\nagi_network_script: {}\n", self.script);
            text.extend_from_slice(network.as_bytes());
        }
        text.extend_from_slice(&self.played.recording.environment);
        self.hang_up(0, &mut text);
        text
    }

    fn hang_up(&mut self, replies: usize, text: &mut Vec<u8>) {
        let Some((_, form)) = self.hangup.filter(|(at, _)| *at == replies) else { return };
        text.extend_from_slice(if form == Form::Line { b"HANGUP\n" } else { b"HANGUP" });
        self.dead = true;
    }

    /// Takes what the script sends, and gives what comes for it.
    pub fn hears(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        self.unfinished.extend_from_slice(bytes);
        while let Some(end) = self.unfinished.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.unfinished.drain(..=end).collect();
            self.line(&line, &mut text);
        }
        text
    }

    /// Whether a line has come in part only.
    pub fn has_part(&self) -> bool {
        !self.unfinished.is_empty()
    }

    fn line(&mut self, line: &[u8], text: &mut Vec<u8>) {
        if let Some(mark) = line.strip_prefix(b"GET FULL VARIABLE \"agikit-") {
            let mark = mark.strip_suffix(b"\"\n").unwrap();
            text.extend_from_slice(&[b"200 result=1 (agikit-", mark, b")\n"].concat());
            return;
        }
        let number = self.refused.len();
        match &mut self.lines {
            Some(lines) => lines.push(line.to_vec()),
            None => {
                let should = self.played.sent.get(number).map_or(&b""[..], |it| it);
                assert!(line == should, "not in order, or not whole: {}", line.escape_ascii());
            }
        }
        let played = Arc::clone(&self.played);
        let exchange = &played.recording.exchanges[number];
        let refuses = self.dead && exchange.needs_caller();
        text.extend_from_slice(if refuses { DEAD } else { &exchange.reply });
        self.refused.push(refuses);
        self.signals |= exchange.hangup;
        if exchange.hangup && self.network && self.hangup.is_none() {
            text.extend_from_slice(b"HANGUP\n");
        }
        self.hang_up(number + 1, text);
    }
}
