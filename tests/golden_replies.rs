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

/// As recorded from real engines; the words stand between quotes as the engine gave them.
#[test]
fn results_of_a_recognition() {
    let show = |results: &str| {
        let (said, mut session) = recognise(&format!("200 result=1 (speech) endpos=0 {results}"));
        assert_aligned(&mut session);
        let results = said.results().map(|it| format!("{} {} {}", it.score, it.text, it.grammar));
        results.collect::<Vec<_>>()
    };
    let one = r#"results=1 score0=87 text0="hello world" grammar0=digits"#;
    assert_eq!(show(one), ["87 hello world digits"]);
    let three = r#"results=3 score0=1 text0="r2" grammar0=g score1=2 text1="r1" grammar1=g score2=3 text2="r0" grammar2=g"#;
    assert_eq!(show(three), ["1 r2 g", "2 r1 g", "3 r0 g"]);
    assert_eq!(show("results=0 "), [""; 0]);
    let null = r#"results=1 score0=95 text0="(null)" grammar0=(null)"#;
    assert_eq!(show(null), ["95 (null) (null)"]);
    let lines = "results=1 score0=1 text0=\"line1\nline2\r\nline3\" grammar0=g";
    assert_eq!(show(lines), ["1 line1\nline2\r\nline3 g"]);
    let odd =
        r#"results=2 score0=-5 text0="say "b" (c) \" grammar0= score1=0 text1="" grammar1=x y"#;
    assert_eq!(show(odd), [r#"-5 say "b" (c) \ "#, "0  x y"]);
}

/// Asterisk's buffer for the results holds 4,095 bytes: wherever that cuts, only whole ones are given.
#[test]
fn results_that_asterisk_cut() {
    watched(|| {
        for shift in 0..60 {
            let mut words = format!("score0=9 text0=\"{}\" grammar0=g", "x".repeat(shift));
            for index in 1..200 {
                let next =
                    format!(" score{index}={index} text{index}=\"word {index}\" grammar{index}=g");
                words.push_str(&next);
            }
            let text = &words[..4095];
            let (said, mut session) =
                recognise(&format!("200 result=1 (speech) endpos=0 results=200 {text}"));
            let results: Vec<_> = said.results().collect();
            // The last whole one may look cut: its grammar might go on.
            let whole = text.matches("=g").count();
            assert!((whole - 1..=whole).contains(&results.len()), "{shift}: {}", results.len());
            for (index, result) in results.iter().enumerate().skip(1) {
                assert_eq!(result.text, format!("word {index}").as_str());
                assert_eq!(result.grammar, "g");
            }
            assert_aligned(&mut session);
        }
    });
}
