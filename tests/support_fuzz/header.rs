//! What a FastAGI server reads first: the header, and the address in it.

use agikit::Environment;

use crate::support::checks::foresees_an_echo;
use crate::support::{Asterisk, assert_aligned};

/// A header and what follows it, in reads of any size: the environment is the block's, the address is taken apart as
/// it is meant, and the session can be aligned.
///
/// The first byte says how many bytes a read gives.
pub fn header(bytes: &[u8]) {
    let [piece, bytes @ ..] = bytes else { return };
    let piece = if *piece == 0 { usize::MAX } else { usize::from(*piece) };
    let sent: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    if foresees_an_echo(bytes) {
        return;
    }
    let asterisk = Asterisk::new(bytes, |_| Some(b"200 result=0\n".to_vec())).piece(piece);
    let begun = asterisk.begin();
    let Some(block) = block(&sent) else {
        assert!(begun.is_err(), "a header without an end");
        return;
    };
    let mut session = begun.unwrap();
    let environment = Environment::parse(block);
    assert!(session.environment().iter().eq(environment.iter()));
    address(&environment);
    if session.resync().is_ok() {
        assert_aligned(&mut session);
    }
}

/// Up to the first empty line.
fn block(sent: &[u8]) -> Option<&[u8]> {
    let end = match sent {
        [b'\n', ..] => 1,
        _ => sent.windows(2).position(|two| two == b"\n\n")? + 2,
    };
    sent.get(..end)
}

fn address(environment: &Environment) {
    let address = Address::of(environment);
    assert_eq!(environment.network_path().as_bytes(), address.path);
    let parameters: Vec<(Vec<u8>, Vec<u8>)> = environment
        .parameters()
        .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
        .collect();
    assert_eq!(parameters, address.query);
    for (name, _) in &parameters {
        let Ok(text) = std::str::from_utf8(name) else { continue };
        let first = parameters.iter().find(|(it, _)| it == name).unwrap();
        assert_eq!(environment.parameter(text).unwrap().as_bytes(), first.1);
    }
    assert!(environment.network() || environment.network_script().is_none());
}

/// `path?query#fragment` by other means than the library's, to compare with.
#[derive(Debug)]
pub struct Address {
    /// Decoded as a whole.
    pub path: Vec<u8>,
    /// Its parts, each decoded.
    pub parts: Vec<Vec<u8>>,
    pub query: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Address {
    pub fn of(environment: &Environment) -> Address {
        let script = environment.network_script().map_or(&b""[..], |script| script.as_bytes());
        let (before, _) = cut(script, b'#');
        let (path, query) = cut(before, b'?');
        let begin = path.iter().position(|&byte| byte != b'/').unwrap_or(path.len());
        let end = path.iter().rposition(|&byte| byte != b'/').map_or(begin, |last| last + 1);
        let path = &path[begin..end];
        let query = query.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
        let both = |pair| {
            let (name, value) = cut(pair, b'=');
            (decoded(name), decoded(value))
        };
        Address {
            path: decoded(path),
            parts: path.split(|&byte| byte == b'/').map(decoded).collect(),
            query: query.map(both).collect(),
        }
    }
}

fn cut(all: &[u8], at: u8) -> (&[u8], &[u8]) {
    match all.iter().position(|&byte| byte == at) {
        Some(place) => (&all[..place], &all[place + 1..]),
        None => (all, b""),
    }
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).filter(|it| it.iter().all(u8::is_ascii_hexdigit));
        match digits.filter(|_| text[at] == b'%') {
            Some(digits) => {
                let digits = std::str::from_utf8(digits).unwrap();
                plain.push(u8::from_str_radix(digits, 16).unwrap());
                at += 3;
            }
            None => {
                plain.push(text[at]);
                at += 1;
            }
        }
    }
    plain
}
