//! Asterisk's own logs as transcripts. `tests/logs/` holds what Asterisk 22 and 16 logged of the same calls, at
//! once into files and on the console; one script wrote down what it read and sent (`…-odd.raw`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, BufReader, Read};
use std::time::Duration;

use agikit::transcript::import::{self, Imported, Trouble};
use agikit::transcript::{Entry, Event, Pattern};
use support::{checks, watched};

const LOGS: [&str; 6] = ["16-console", "16-full", "16-timed", "22-console", "22-full", "22-plain"];

fn log(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/logs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// One that has little else in it.
fn short(lines: &str) -> Vec<Imported> {
    let mut log = String::new();
    for line in lines.lines() {
        let (thread, text) = line.trim().split_once(' ').unwrap();
        let (time, text) = match text.strip_prefix('@') {
            Some(rest) => rest.split_once(' ').unwrap(),
            None => ("Nov 21 10:00:00.000", text),
        };
        writeln!(log, "[{time}] VERBOSE[{thread}][C-00000001] res_agi.c: {text}").unwrap();
    }
    import::sessions(log.as_bytes())
}

fn text(session: &Imported) -> String {
    let text = session.transcript.to_string();
    text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("|")
}

fn troubles(session: &Imported) -> Vec<Trouble> {
    session.notes.iter().map(|note| note.trouble).collect()
}

#[test]
fn real_logs() {
    for name in LOGS {
        let mut all = String::new();
        for session in import::sessions(&log(&format!("{name}.log"))) {
            let result = session.result.map_or("unknown".to_owned(), |it| it.to_string());
            write!(all, "{}# result: {result}\n\n", session.transcript).unwrap();
        }
        // So long a line says nothing more.
        let all: String = all.lines().map(|line| format!("{line:.400}\n")).collect();
        support::assert_golden(&format!("logs/{name}.txt"), &all);
    }
}

/// What the script read and sent, byte for byte; but the logger cuts, and takes escape sequences from files.
#[test]
fn every_byte_of_an_odd_session() {
    for version in ["22", "16"] {
        let raw = log(&format!("{version}-odd.raw"));
        // Two writes made one line.
        let raw = raw.strip_suffix(b"\n").unwrap().split(|&byte| byte == b'\n').map(|line| {
            let pieces: &[u8] = b"> NO> OP pieces";
            if line == pieces { b"> NOOP pieces".to_vec() } else { line.to_vec() }
        });
        let raw: Vec<Vec<u8>> = raw.collect();
        for form in ["full", "console"] {
            let sessions = import::sessions(&log(&format!("{version}-{form}.log")));
            let request = Entry::Asterisk(Pattern::exactly("agi_request: import-odd"));
            let odd = sessions.iter().find(|it| it.transcript.entries.contains(&request)).unwrap();
            let lines: Vec<(&[u8], &Pattern)> = odd
                .transcript
                .entries
                .iter()
                .filter_map(|entry| match entry {
                    Entry::Asterisk(line) => Some((&b"< "[..], line)),
                    Entry::Script(line) => Some((&b"> "[..], line)),
                    _ => None,
                })
                .collect();
            assert_eq!(lines.len(), raw.len(), "{version}-{form}");
            let mut cut = 0;
            for ((mark, line), raw) in lines.into_iter().zip(&raw) {
                let whole = [mark, &line.pieces()[0]].concat();
                if line.pieces().len() == 2 {
                    assert!(raw.starts_with(&whole) && whole.len() > 8000);
                    cut += 1;
                } else {
                    assert_eq!(whole.escape_ascii().to_string(), raw.escape_ascii().to_string());
                }
            }
            assert_eq!((cut, troubles(odd)), (1, vec![Trouble::Cut]), "{version}-{form}");
        }
    }
}

/// The console and the file tell of the same sessions.
#[test]
fn the_forms_agree() {
    let sessions = |name: &str| -> BTreeSet<String> {
        import::sessions(&log(name))
            .into_iter()
            .map(|session| {
                let lines = session.transcript.entries.iter().filter(|entry| {
                    // Keys and times are in the file only; both cut, but not at the same place.
                    !matches!(
                        entry,
                        Entry::Comment(_) | Entry::Passed(_) | Entry::Event(Event::Key(_))
                    )
                });
                let lines: Vec<String> =
                    lines.map(|entry| entry.to_string().chars().take(7000).collect()).collect();
                lines.join("\n")
            })
            .collect()
    };
    for version in ["22", "16"] {
        let file = sessions(&format!("{version}-full.log"));
        assert_eq!(file.len(), 11);
        assert_eq!(file, sessions(&format!("{version}-console.log")));
    }
}

#[test]
fn logs_that_begin_or_end_in_the_middle() {
    let whole = log("22-full.log");
    for at in (0..whole.len()).step_by(997) {
        let (before, behind) = whole.split_at(at);
        let (before, behind) = (before.to_vec(), behind.to_vec());
        watched(move || {
            checks::log(&before);
            checks::log(&behind);
        });
    }
    let all = import::sessions(&whole[..20_000]);
    assert!(all.iter().any(|it| troubles(it) == [Trouble::NoEnd]));
    let all = import::sessions(&whole[20_000..]);
    let first = all.iter().find(|it| troubles(it) == [Trouble::NoBeginning]).unwrap();
    let note = first.notes[0].to_string();
    let start = format!("line {}, column 63: expected agi_request: ", first.line);
    assert!(note.starts_with(&start), "{note}");
}

/// A session is given when it ends, and not when the log does.
#[test]
fn sessions_are_given_as_they_end() {
    struct Endless(Vec<u8>);
    impl Read for Endless {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other(format!("after {} bytes", self.0.len())))
        }
    }
    let whole = log("22-full.log");
    let mut sessions = import::read(BufReader::new(whole.chain(Endless(whole.clone()))));
    let given = sessions.by_ref().take_while(Result::is_ok).count();
    assert_eq!(given, 10, "all but AsyncAGI's, whose end is not logged");
    assert!(sessions.next().is_none(), "nothing comes behind an error");
}

#[test]
fn one_after_another_on_one_channel() {
    let all = short(
        "7 <a>AGI Tx >> agi_request: one\n7 <a>AGI Tx >> \n7 <a>AGI Rx << NOOP\n7 <a>AGI Tx >> 200 result=0
         7 <a>AGI Script one completed, returning 0\n7 <a>AGI Tx >> agi_request: two\n7 <a>AGI Tx >> 
         7 <a>AGI Rx << EXEC AGI three\n7 <a>AGI Tx >> agi_request: three\n7 <a>AGI Tx >> 
         7 <a>AGI Rx << NOOP\n7 <a>AGI Tx >> 200 result=0\n7 <a>AGI Tx >> 200 result=0
         7 <a>AGI Tx >> agi_request: four",
    );
    let texts: Vec<String> = all.iter().map(text).collect();
    assert_eq!(
        texts,
        [
            "< agi_request: one|<|> NOOP|< 200 result=0",
            "< agi_request: three|<|> NOOP|< 200 result=0",
            "< agi_request: two|<|> EXEC AGI three|< 200 result=0",
            "< agi_request: four",
        ]
    );
    assert_eq!(troubles(&all[0]), []);
    assert!(all[1..].iter().all(|it| troubles(it) == [Trouble::NoEnd]));
}

/// The hangup is where its traces are.
#[test]
fn hangups() {
    let play = |lines: &str, result: &str| {
        let start = "7 <a>AGI Tx >> agi_request: x\n7 <a>AGI Tx >> \n";
        let lines = lines.split('|').map(|line| match line.split_once(' ').unwrap() {
            (">", rest) => format!("7 <a>AGI Rx << {rest}\n"),
            (_, rest) => format!("7 <a>AGI Tx >> {rest}\n"),
        });
        let end = match result {
            "" => String::new(),
            result => format!("7 <a>AGI Script x completed, returning {result}\n"),
        };
        let all = short(&(start.to_owned() + &lines.collect::<String>() + &end));
        let is_guess = troubles(&all[0]).contains(&Trouble::HangupSomewhere);
        (text(&all[0]).split_off("< agi_request: x|<|".len()), is_guess)
    };
    let is = |lines: &str, result: &str, expected: &str| {
        assert_eq!(play(lines, result), (expected.to_owned(), false), "{result}");
    };
    let lines = "> ANSWER|< 200 result=0|> GET DATA x|< 200 result=-1|> NOOP|< 200 result=0";
    let hung =
        "> ANSWER|< 200 result=0|> GET DATA x|! hangup|< 200 result=-1|> NOOP|< 200 result=0";
    is(lines, "4", hung);
    is(lines, "0", lines);
    is(lines, "", lines);
    let lines = "> ANSWER|< 200 result=0|> NOOP|< 200 result=0|> ANSWER|< 511 x";
    let hung = "> ANSWER|< 200 result=0|> NOOP|< 200 result=0|> ANSWER|! hangup|< 511 x";
    is(lines, "4", hung);
    is(lines, "-1", hung);
    is(lines, "", hung);
    let lines = "> ANSWER|< 200 result=0|> GET DATA x|< 200 result=-1|> CHANNEL STATUS|< 511 x";
    is(lines, "4", &lines.replace("|< 511", "|! hangup|< 511"));
    // Dead from its beginning: the script was not told.
    is("> NOOP|< 200 result=0|> ANSWER|< 511 x", "0", "> NOOP|< 200 result=0|> ANSWER|< 511 x");
    is("> ANSWER|< 511 x", "", "> ANSWER|< 511 x");
    // A file that was not there is no hangup.
    let lines = "> STREAM FILE x|< 200 result=-1|> ANSWER|< 200 result=0|> NOOP|< 200 result=0";
    let hung = lines.replace("> NOOP", "! hangup|> NOOP");
    assert_eq!(play(lines, "4"), (hung, true));
    // FastAGI is told by a line.
    let network =
        "7 <a>AGI Tx >> agi_network: yes\n7 <a>AGI Tx >> agi_request: agi://h\n7 <a>AGI Tx >> 
                   7 <a>AGI Rx << ANSWER\n7 <a>AGI Tx >> 200 result=-1\n7 <a>AGI Tx >> HANGUP
                   7 <a>AGI Script agi://h completed, returning 4\n7 <a>AGI Tx >> HANGUP";
    let told = "> ANSWER|< 200 result=-1|< HANGUP|< HANGUP";
    let all = short(network);
    assert_eq!(all.len(), 1);
    assert_eq!(text(&all[0]), format!("< agi_network: yes|< agi_request: agi://h|<|{told}"));
}

#[test]
fn times() {
    let all = short(
        "7 @Nov-21T23:59:58.000 <a>AGI Tx >> agi_request: x\n7 @Nov-21T23:59:58.900 <a>AGI Tx >> 
         7 @Nov-21T23:59:58.910 <a>AGI Rx << NOOP\n7 @Nov-21T23:59:59.000 <a>AGI Tx >> 200 result=0
         7 @Nov-22T00:00:02.500 <a>AGI Rx << NOOP",
    );
    assert_eq!(
        text(&all[0]),
        "< agi_request: x|<|> NOOP|@ +0.100s|< 200 result=0|@ +3.500s|> NOOP"
    );
    let seconds = short(
        "7 @Nov-21T10:00:00 <a>AGI Tx >> agi_request: x\n7 @Nov-21T10:00:00 <a>AGI Tx >> \n7 @Nov-21T10:00:02 <a>AGI Rx << NOOP",
    );
    let passed = Entry::Passed(Duration::from_secs(2));
    assert!(seconds[0].transcript.entries.contains(&passed));
    assert!(troubles(&seconds[0]).contains(&Trouble::WholeSeconds));
}

/// A value may look like records: inside its bracket it does not pass for them.
#[test]
fn forged_records() {
    let head = "[Nov 21 10:00:00] VERBOSE[7][C-00000001] res_agi.c: ";
    let forged = format!("{head}<a>AGI Rx << HANGUP");
    let log = format!(
        "{head}<a>AGI Tx >> agi_request: x\n{head}<a>AGI Tx >> \n{head}<a>AGI Rx << GET VARIABLE x\n\
         {head}<a>AGI Tx >> 200 result=1 (a\n{forged}\nb)\n{head}<a>AGI Rx << VERBOSE \"{forged}\"\n\
         {head}x: {forged}\n{head}<a>AGI Tx >> 200 result=1\n{head}<a>AGI Tx >> 200 result=1 (never\n"
    );
    let all = import::sessions(log.as_bytes());
    let expected = format!(
        "< agi_request: x|<|> GET VARIABLE x|< 200 result=1 (a|< {forged}|< b)|> VERBOSE \"{forged}\"|\
         < 200 result=1|< 200 result=1 (never"
    );
    assert_eq!((all.len(), text(&all[0])), (1, expected));
    assert_eq!(
        all[0].notes[0].to_string(),
        "line 10, column 85: expected `)` at the value's end: it may lack lines"
    );
}

/// Asterisk ended, and the next one gives its threads the same numbers.
#[test]
fn a_restart_ends_all() {
    let head = "[Nov 21 10:00:00] VERBOSE[7][C-00000001] res_agi.c: ";
    let log = format!(
        "{head}<a>AGI Tx >> agi_request: x\n{head}<a>AGI Tx >> \n{head}<a>AGI Rx << NOOP\n\
         [Nov 21 10:00:01] Asterisk 22.10.1 built by nobody @ x on a y running Linux\n\
         {head}<b>AGI Tx >> agi_request: x\n{head}<b>AGI Tx >> \n"
    );
    let all = import::sessions(log.as_bytes());
    assert_eq!(all.iter().map(|it| &it.channel[..]).collect::<Vec<_>>(), [b"a", b"b"]);
}

/// A line that no Asterisk writes does not fill the memory, and the session goes on behind it.
#[test]
fn a_line_without_end() {
    let head = "[Nov 21 10:00:00] VERBOSE[7][C-00000001] res_agi.c: <a>AGI ";
    let long = "x".repeat(3_000_000);
    let log = format!("{head}Tx >> agi_request: x\n{head}Rx << {long}\n{head}Tx >> 200 result=0\n");
    let all = import::sessions(log.as_bytes());
    assert_eq!(troubles(&all[0])[0], Trouble::TooLong);
    assert!(all[0].transcript.to_string().len() < 300_000);
    assert!(text(&all[0]).ends_with("[..]|< 200 result=0"));
}
