//! Recorded sessions under `tests/golden/captures`: `E` environment, `>` sent, `<` got.

use agikit::{Environment, Raw};

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

/// A line as it was recorded, as [`Raw`] sends it: the words, and the arguments in quotes.
pub fn raw(words: &[Vec<u8>]) -> Raw<'_> {
    let text: Vec<_> = words.iter().map(|word| String::from_utf8_lossy(word)).collect();
    let upper = text.join(" ").to_ascii_uppercase();
    let known = agikit::CATALOGUE.iter().map(|spec| spec.words);
    let command = known
        .filter(|known| upper == *known || upper.starts_with(&format!("{known} ")))
        .max_by_key(|known| known.len())
        // What no Asterisk knows was recorded too.
        .unwrap_or(if upper == "GET" { "GET" } else { "BOGUS" });
    let count = command.split(' ').count();
    words[count..].iter().fold(Raw::new(command), |raw, word| raw.arg(word))
}
