//! What every form of every command's reply comes to. `tests/golden/replies.txt` holds replies (`<`) and
//! results (`=`; where it matters whether the channel is still there when the session asks, `= alive` and
//! `= gone`). A reply is added there by its line; `GOLDEN=overwrite cargo test --test golden_replies` adds
//! the result.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use agikit::{CATALOGUE, Recognition, Session};
use support::captures::shown;
use support::samples::{Sample, sample};
use support::{Asterisk, assert_aligned, assert_golden, unescape, watched};

/// Runs a command to which this comes; the session may then ask CHANNEL STATUS.
fn result(sample: Sample, reply: &str, alive: bool) -> String {
    let mut answers = vec![[&unescape(reply)[..], b"\n"].concat()];
    let asterisk = Asterisk::new(support::ENVIRONMENT, move |line| match answers.pop() {
        Some(answer) => Some(answer),
        None => {
            assert_eq!(line, b"CHANNEL STATUS");
            Some(if alive { b"200 result=6\n".to_vec() } else { b"511 x\n".to_vec() })
        }
    });
    let mut session = asterisk.begin().unwrap();
    let mut text = shown((sample.show)(&mut session)).replace(", words: \"\"", "");
    if session.is_hung_up() && text != "Hangup" {
        text.push_str(", and the caller hung up");
    }
    assert_aligned(&mut session);
    text
}

#[test]
fn every_form_of_every_reply() {
    let path = format!("{}/tests/golden/replies.txt", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(path).unwrap();
    let table = watched({
        let file = file.clone();
        move || {
            let mut table = String::new();
            let mut command = "";
            for line in file.lines().filter(|line| !line.starts_with('=')) {
                writeln!(table, "{line}").unwrap();
                let Some(reply) = line.strip_prefix("< ") else {
                    command = line.strip_prefix("# ").unwrap();
                    continue;
                };
                let alive = result(sample(command), reply, true);
                let gone = result(sample(command), reply, false);
                match alive == gone {
                    true => writeln!(table, "= {alive}").unwrap(),
                    false => writeln!(table, "= alive: {alive}\n= gone: {gone}").unwrap(),
                }
            }
            table
        }
    });
    assert_golden("replies.txt", &table);
    let commands: BTreeSet<&str> =
        file.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    assert_eq!(commands, CATALOGUE.iter().map(|spec| spec.words).collect());
}

fn recognise(reply: &str) -> (Recognition, Session) {
    let mut session = Asterisk::replies([format!("{reply}\n")]).begin().unwrap();
    let said = session.speech_recognize("f", std::time::Duration::from_secs(1)).unwrap();
    (said, session)
}

/// Asterisk puts the engine's words between quotes as they are, and cuts the reply at 4,095 bytes.
#[test]
fn results_of_a_recognition() {
    let reply = "200 result=1 (speech) endpos=4000 results=2 score0=900 text0=\"say \"b\" (c)\" \
                 grammar0=g score1=-5 text1=\"\" grammar1= ";
    let (said, _) = recognise(reply);
    let results: Vec<_> = said.results().collect();
    assert_eq!(results.len(), 2);
    assert_eq!((results[0].score, results[1].score), (900, -5));
    assert_eq!((results[0].text, results[0].grammar), ("say \"b\" (c)".into(), "g".into()));
    assert_eq!((results[1].text, results[1].grammar), ("".into(), "".into()));

    let long = "x".repeat(5000);
    let cut = format!("{}{long}", reply.replace("text1=\"", "text1=\"y"));
    for end in reply.len() + 1..4095 {
        let (said, mut session) = recognise(&cut[..end]);
        assert!(said.results().count() <= 2);
        assert_eq!(said.results().next().unwrap().score, 900);
        if end % 500 == 0 {
            assert_aligned(&mut session);
        }
    }
}
