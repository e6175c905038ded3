//! A program that listens, on a session of the test's own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::Write;
use std::time::Duration;

use agikit::audio::{Audio, Format};
use agikit::eagi::Pipe;
use support::socket::{call, echo};
use support::watched;

/// What was fetched from the pipe before shows there no more, and nothing comes behind it.
#[test]
fn what_was_said_before_is_heard() {
    watched(|| {
        let (mut agi, _lines) = call(|far, line| {
            far.write_all(echo(line).unwrap_or_default().as_bytes()).unwrap();
        });
        let (reader, mut caller) = std::io::pipe().unwrap();
        caller.write_all(&[7; 3 * 320]).unwrap();
        let mut audio =
            Audio::from_descriptor(reader, Format::default(), agi.hangup_flag()).unwrap();
        let count = Pipe::new("wc").argument("-c").longest(Duration::from_millis(200));
        let piped = count.run(&mut agi, &mut audio).unwrap();
        assert_eq!(piped.output.trim_ascii(), b"960");
    });
}
