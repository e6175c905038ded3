//! The transcripts' text: what every line means, how it is printed, and where it is wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::time::Duration;

use agikit::transcript::{Entry, Event, Exit, OpenError, Pattern, Transcript};

/// A line's entry; it must print as it stood.
#[track_caller]
fn line(text: &str) -> Entry {
    let entry = lenient(text);
    assert_eq!(entry.to_string(), text, "printed anew");
    entry
}

#[track_caller]
fn lenient(text: &str) -> Entry {
    let transcript = Transcript::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"));
    let [entry] = &transcript.entries[..] else { panic!("{transcript:?}") };
    entry.clone()
}

fn script(line: impl Into<Vec<u8>>) -> Entry {
    Entry::Script(Pattern::exactly(line))
}

fn asterisk(line: impl Into<Vec<u8>>) -> Entry {
    Entry::Asterisk(Pattern::exactly(line))
}

#[test]
fn lines_of_both_sides() {
    assert_eq!(line("> ANSWER"), script("ANSWER"));
    assert_eq!(line(r#"> GET DATA "menu" 10000 8"#), script(r#"GET DATA "menu" 10000 8"#));
    assert_eq!(line("< 200 result=0"), asterisk("200 result=0"));
    assert_eq!(line("<"), asterisk(""));
    assert_eq!(line("<  begins with a blank"), asterisk(" begins with a blank"));
    assert_eq!(lenient("< "), asterisk(""));
    assert_eq!(lenient("< a blank stays "), asterisk("a blank stays "));
}

#[test]
fn bytes() {
    assert_eq!(line("< José"), asterisk("José"));
    assert_eq!(line(r"< Jos\xe9"), asterisk(b"Jos\xe9"));
    assert_eq!(line(r"< 520 usage\x20"), asterisk("520 usage "));
    assert_eq!(line(r"<  \x20"), asterisk("  "));
    assert_eq!(line(r"> a\b\\"), script(r"a\b\\"));
    assert_eq!(line(r"> \x5cx41 \x0d\x0a"), script("\\x41 \r\n"));
    assert_eq!(lenient(r"> \x41\x5C"), script("A\\"));
}

#[test]
fn open_parts() {
    assert_eq!(
        line("< agi_channel: PJSIP/alice-[..]"),
        Entry::Asterisk(Pattern::open(["agi_channel: PJSIP/alice-", ""]))
    );
    assert_eq!(line("> [..]x[..][..]"), Entry::Script(Pattern::open(["", "x", "", ""])));
    assert_eq!(
        line(r"> \x5b..] [.. [[..]..]"),
        Entry::Script(Pattern::open(["[..] [.. [", "..]"]))
    );
}

#[test]
fn events() {
    assert_eq!(line("! hangup"), Entry::Event(Event::Hangup));
    assert_eq!(line("! closed"), Entry::Event(Event::Closed));
    assert_eq!(line("! key #"), Entry::Event(Event::Key('#')));
    assert_eq!(line(r"! key \x20"), Entry::Event(Event::Key(' ')));
    assert_eq!(line("! audio a file.wav"), Entry::Event(Event::Audio("a file.wav".into())));
    assert_eq!(line("! audio"), Entry::Event(Event::Audio("".into())));
    assert_eq!(line("! wait 1.500s"), Entry::Event(Event::Wait(Duration::from_millis(1500))));
    assert_eq!(lenient("! hangup  "), Entry::Event(Event::Hangup));
}

#[test]
fn ends_and_times() {
    assert_eq!(line("= 0"), Entry::Exit(Exit::Status(0)));
    assert_eq!(line("= -1"), Entry::Exit(Exit::Status(-1)));
    assert_eq!(line("= SIGHUP"), Entry::Exit(Exit::Signal(1)));
    assert_eq!(line("= signal 34"), Entry::Exit(Exit::Signal(34)));
    assert_eq!(lenient("= signal 9").to_string(), "= SIGKILL");
    assert_eq!(line("@ +1.250s"), Entry::Passed(Duration::from_millis(1250)));
    assert_eq!(line("@ +0.000000001s"), Entry::Passed(Duration::from_nanos(1)));
    assert_eq!(lenient("@ +12s"), Entry::Passed(Duration::from_secs(12)));
    assert_eq!(lenient("@ +0.5s").to_string(), "@ +0.500s");
    let longest = Entry::Passed(Duration::MAX);
    assert_eq!(line(&longest.to_string()), longest);
}

#[test]
fn comments() {
    assert_eq!(line("# a caller"), Entry::Comment("a caller".into()));
    assert_eq!(line("#"), Entry::Comment(String::new()));
    assert_eq!(line("#  indented"), Entry::Comment(" indented".into()));
    assert_eq!(lenient("#close"), Entry::Comment("close".into()));
    assert_eq!(lenient("  "), Entry::Blank);
    let odd = Entry::Comment("two\nlines, \\x41 ".into());
    assert_eq!(line(&odd.to_string()), odd);
}

#[test]
fn whole_files() {
    let text = "# one\n\n> ANSWER\n< 200 result=0\n! hangup\n= 0\n";
    let transcript: Transcript = text.parse().unwrap();
    assert_eq!(transcript.to_string(), text);
    assert_eq!(transcript.entries[1], Entry::Blank);
    assert_eq!(Transcript::parse(b"").unwrap(), Transcript::default());
    for other in [text.replace('\n', "\r\n"), format!("\u{feff}{text}"), text.trim_end().into()] {
        assert_eq!(Transcript::parse(other.as_bytes()).unwrap(), transcript, "{other:?}");
    }
}

#[test]
fn errors() {
    let check = |text: &[u8], error: &str| {
        let is = Transcript::parse(text).unwrap_err().to_string();
        assert_eq!(is, error, "{}", text.escape_ascii());
    };
    let mark = "expected one of > < ! = @ # at the line's beginning";
    check(b"ANSWER", &format!("line 1, column 1: {mark}"));
    check(b"> ANSWER\n\n200 result=0\n", &format!("line 3, column 1: {mark}"));
    check("é".as_bytes(), &format!("line 1, column 1: {mark}"));
    check(b" > ANSWER", &format!("line 1, column 1: {mark}"));
    check(b">ANSWER", "line 1, column 2: expected a blank");
    check(b"<\t200", "line 1, column 2: expected a blank");
    let utf8 = "expected UTF-8 (any other byte is written \\xNN)";
    check(
        "# ok\r\n< né\u{e9}".as_bytes().strip_suffix(b"\xa9").unwrap(),
        &format!("line 2, column 5: {utf8}"),
    );
    let event = "expected hangup, key, audio, wait or closed";
    check(b"! hang up", &format!("line 1, column 3: {event}"));
    check(b"!", &format!("line 1, column 2: {event}"));
    check(b"! keys 5", &format!("line 1, column 3: {event}"));
    check(b"! key 55", "line 1, column 7: expected one key");
    check(b"! key", "line 1, column 6: expected one key");
    for time in
        ["", "1", "s", "1.s", "-1s", "1,5s", "1.0000000001s", "99999999999999999999s", "+1s"]
    {
        check(
            format!("! wait {time}").as_bytes(),
            "line 1, column 8: expected a time, such as 1.250s",
        );
    }
    check(b"@ 1.250s", "line 1, column 3: expected a time, such as +1.250s");
    for exit in ["", "x", "SIGNOT", "signal", "99999999999", "0 1"] {
        let error = "line 1, column 3: expected an exit status or a signal, such as 0 or SIGHUP";
        check(format!("= {exit}").as_bytes(), error);
    }
}

#[test]
fn errors_name_the_file() {
    let file = std::env::temp_dir().join(format!("agikit-broken-{}.agi", std::process::id()));
    std::fs::write(&file, "# one\n> ANSWER\nx\n").unwrap();
    let error = Transcript::open(&file).unwrap_err();
    std::fs::remove_file(&file).unwrap();
    let start = format!("{}:3:1: expected one of", file.display());
    assert!(matches!(&error, OpenError::Parse { error, .. } if error.line == 3));
    assert!(error.to_string().starts_with(&start), "{error}");
    let error = Transcript::open(&file).unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
}
