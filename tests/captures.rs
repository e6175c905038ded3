//! Sessions recorded on Asterisk 22 and 16, on a live call and after hangup, played to the end.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::fmt::Write as _;

use agikit::wire::split;
use agikit::{Error, Fault};
use support::{Asterisk, PIECES, assert_aligned, captures, watched};

/// `tests/golden/captures.txt` tells of every recorded command what the session makes of its reply.
#[test]
fn every_reply_is_its_own_commands() {
    let mut table = String::new();
    for (name, capture) in captures::all() {
        let results = watched({
            let capture = capture.clone();
            move || {
                let whole = captures::play(&capture, |asterisk| asterisk).unwrap();
                for piece in PIECES {
                    let other = captures::play(&capture, |asterisk| asterisk.piece(piece));
                    assert_eq!(other.as_ref(), Some(&whole), "in pieces of {piece}");
                }
                whole
            }
        });
        assert_eq!(results.len(), capture.exchanges.len());
        writeln!(table, "# {name}").unwrap();
        for (exchange, result) in capture.exchanges.iter().zip(results) {
            writeln!(table, "> {}\n  {result}", exchange.line.escape_ascii()).unwrap();
        }
    }
    support::assert_golden("captures.txt", &table);
}

/// The recorded lines themselves, requoted: Asterisk reads the same words, and the reply is returned as
/// it came.
#[test]
fn every_line_as_it_was_recorded() {
    for (name, capture) in captures::all() {
        let replies = capture.exchanges.iter().map(|exchange| exchange.reply.clone());
        // A line feed's other half cannot be sent.
        let lines = capture.exchanges.iter().map(|exchange| &exchange.line);
        let sent = lines.zip(replies).filter(|(line, _)| !line.contains(&b'\r'));
        let mut replies = sent.map(|(_, reply)| reply).collect::<Vec<_>>().into_iter();
        let asterisk = Asterisk::new(&capture.environment, move |_| replies.next());
        let mut session = asterisk.begin().unwrap();
        for exchange in &capture.exchanges {
            let words = split(&exchange.line);
            let should = exchange.reply.strip_suffix(b"\n").unwrap();
            match session.run(captures::raw(&exchange.line, &words)) {
                Ok(reply) => assert!(
                    // GOSUB's first line is no part of it.
                    should.ends_with(reply.as_value().as_bytes()) && should[0] < b'3'
                ),
                Err(Error::Refused { code, reply, .. }) => {
                    assert!(should.starts_with(code.to_string().as_bytes()));
                    assert_eq!(reply.as_bytes(), should);
                }
                Err(Error::Hangup) => assert!(should.starts_with(b"511")),
                Err(Error::Argument { fault, .. }) => {
                    assert_eq!(fault, Fault::CarriageReturn);
                    assert!(exchange.line.contains(&b'\r'));
                    continue;
                }
                Err(other) => panic!("{name}: {other:?}"),
            }
            let line = asterisk.writes().pop().unwrap();
            let (is, should) = (split(&line[..line.len() - 1]), &words);
            assert!(is.iter().zip(should).all(|(is, should)| is.eq_ignore_ascii_case(should)));
            assert_eq!(is.len(), should.len());
        }
        assert_aligned(&mut session);
    }
}
