//! Recorded sessions under `tests/golden/captures`: `E` environment, `>` sent, `<` got.

use std::sync::{Arc, Mutex};

use agikit::wire::split;
use agikit::{Environment, Error, Raw, Result, Surprise};

use super::Asterisk;
use super::samples::sample;
use super::tcp::Way;

/// One command of a recording and what came for it.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub line: Vec<u8>,
    /// With the line feeds.
    pub reply: Vec<u8>,
    /// SIGHUP came before the reply.
    pub sighup: bool,
}

#[derive(Debug, Clone)]
pub struct Capture {
    pub environment: Vec<u8>,
    pub exchanges: Vec<Exchange>,
}

/// The four recordings of all commands, by name.
pub fn all() -> [(&'static str, Capture); 4] {
    macro_rules! of {
        ($name:literal) => {
            ($name, parse(include_bytes!(concat!("../golden/captures/", $name, ".txt"))))
        };
    }
    [
        of!("commands-live-22"),
        of!("commands-live-16"),
        of!("commands-dead-22"),
        of!("commands-dead-16"),
    ]
}

fn parse(text: &[u8]) -> Capture {
    let mut capture = Capture { environment: Vec::new(), exchanges: Vec::new() };
    for line in text.split(|&byte| byte == b'\n') {
        match line {
            [b'E', b' ', rest @ ..] => {
                capture.environment.extend_from_slice(rest);
                capture.environment.push(b'\n');
            }
            [b'>', b' ', rest @ ..] => capture.exchanges.push(Exchange {
                line: rest.to_vec(),
                reply: Vec::new(),
                sighup: false,
            }),
            [b'<', b' ', rest @ ..] => {
                let last = capture.exchanges.last_mut().unwrap();
                last.reply.extend_from_slice(rest);
                last.reply.push(b'\n');
            }
            b"!! SIGHUP" => capture.exchanges.last_mut().unwrap().sighup = true,
            b"" | b"---- end" => {}
            other => panic!("{}", other.escape_ascii()),
        }
    }
    assert!(Environment::parse(&capture.environment).channel() != "");
    capture
}

/// The command of a recorded line: one of the 47, or what Asterisk did not know.
pub fn command_of(line: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(line).to_ascii_uppercase();
    let known = agikit::CATALOGUE.iter().map(|spec| spec.words);
    known
        .filter(|known| {
            text.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
        .max_by_key(|known| known.len())
        .unwrap_or(if text == "GET" { "GET" } else { "BOGUS" })
}

/// A line as it was recorded, as [`Raw`] sends it: the words, and the arguments in quotes.
pub fn raw<'a>(line: &[u8], words: &'a [Vec<u8>]) -> Raw<'a> {
    let command = command_of(line);
    let count = command.split(' ').count();
    words[count..].iter().fold(Raw::new(command), |raw, word| raw.arg(word))
}

/// Plays a recording through a session: each command by its own type, those that Asterisk refused by
/// [`Raw`]. Gives what each came to, or nothing when the session did not begin.
pub fn play(capture: &Capture, set: impl FnOnce(Asterisk) -> Asterisk) -> Option<Vec<String>> {
    play_by(Way::Memory, capture, set)
}

/// The same, as a process or over TCP. There the hangup is a line in place of a signal.
pub fn play_by(
    way: Way,
    capture: &Capture,
    set: impl FnOnce(Asterisk) -> Asterisk,
) -> Option<Vec<String>> {
    let next: Arc<Mutex<Option<Exchange>>> = Arc::default();
    let mut dead = false;
    let answer = {
        let next = Arc::clone(&next);
        move |line: &[u8]| {
            let Some(exchange) = next.lock().unwrap().take() else {
                assert_eq!(line, b"CHANNEL STATUS", "nothing else is asked by itself");
                return Some(if dead { b"511 x\n".to_vec() } else { b"200 result=6\n".to_vec() });
            };
            assert_eq!(command_of(line), command_of(&exchange.line));
            dead |= exchange.sighup || exchange.reply.starts_with(b"511");
            Some(exchange.reply)
        }
    };
    let asterisk = set(Asterisk::new(way.environment(&capture.environment), answer));
    let (mut session, call) = match way.begin(&asterisk) {
        (Ok(session), call) => (session, call),
        (Err(Error::Protocol { fault: Surprise::NoEnvironment, .. }), _) => return None,
        (Err(other), _) => panic!("{other:?}"),
    };
    let mut results = Vec::new();
    for exchange in &capture.exchanges {
        if exchange.sighup {
            call.hang_up();
        }
        *next.lock().unwrap() = Some(exchange.clone());
        let refused = exchange.reply.starts_with(b"510") || exchange.reply.starts_with(b"520");
        results.push(match refused {
            true => {
                let words = split(&exchange.line);
                shown(session.run(raw(&exchange.line, &words)).map(|reply| format!("{reply:?}")))
            }
            false => shown((sample(command_of(&exchange.line)).show)(&mut session)),
        });
        *next.lock().unwrap() = None;
    }
    Some(results)
}

/// A result with all its bytes.
pub fn shown(result: Result<String>) -> String {
    match result {
        Ok(value) => value,
        Err(Error::Refused { code, reply, .. }) => {
            format!("Refused {code}, {}", reply.as_bytes().escape_ascii())
        }
        Err(Error::Failed { .. }) => "Failed".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}
