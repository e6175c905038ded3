use std::time::Duration;

use agikit::emulator::Seen;
use agikit::transcript::{Entry, Event, Pattern};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{Look, draw};
use crate::telephone::State;

const LOOK: Look = Look { colour: true, ascii: false };

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn script(line: &str) -> Seen {
    Seen::Entry(Entry::Script(Pattern::exactly(line)))
}

fn asterisk(line: &str) -> Seen {
    Seen::Entry(Entry::Asterisk(Pattern::exactly(line)))
}

/// A call in which a prompt plays.
fn call() -> State {
    let mut state = State::new(b"menu.py", b"Alice <0123>", false, false);
    for line in ["agi_request: menu.py", "agi_channel: PJSIP/a-1", ""] {
        state.see(ms(0), &asterisk(line));
    }
    state.see(ms(1), &script("ANSWER"));
    state.see(ms(2), &asterisk("200 result=0"));
    state.see(ms(1002), &script("GET DATA menu 10000 8"));
    state.see(ms(1002), &Seen::Playing("menu".to_owned(), ms(2000)));
    state
}

fn screen(state: &State, now: Duration, hold: Option<u64>, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, state, now, hold, LOOK)).unwrap();
    let text = terminal.backend().to_string();
    let rows = text.lines().map(|row| row.trim_matches('"').trim_end());
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_whole_screen() {
    let expected = "\
\x20menu.py  from Alice <0123>                   on the line  0:02
   0.000 < (2 agi_ variables)
   0.001 > ANSWER
   0.002 < 200 result=0
   1.002 > GET DATA menu 10000 8


 ♪ menu ████████████████████░░░░░░░░░░░░░░░░░░░░   1.0 of 2.0 s
 0-9 * # A-D keypad   h hangs up   ↑ ↓ PgUp PgDn scroll";
    assert_eq!(screen(&call(), ms(2002), None, (64, 9)), expected);
}

#[test]
fn little_room_shows_what_matters_most() {
    let state = call();
    let narrow = "\
\x20 on the line  0:02
< 200 result=0
> GET DATA menu 1000
  0 8
 ♪ me  1.0 of 2.0 s
 0-9 * # A-D keypad";
    assert_eq!(screen(&state, ms(2002), None, (20, 6)), narrow);
    assert_eq!(
        screen(&state, ms(2002), None, (30, 2)),
        "> GET DATA menu 10000 8\n ♪ menu ████░░░  1.0 of 2.0 s"
    );
    for size in [(0, 0), (0, 5), (5, 0), (1, 1), (2, 3), (1, 40), (300, 1), (3, 4), (47, 5)] {
        for (now, hold) in [(2002, None), (2002, Some(0)), (0, Some(7))] {
            let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            terminal.draw(|frame| draw(frame, &state, ms(now), hold, LOOK)).unwrap();
        }
    }
}

#[test]
fn the_caller_is_seen_to_speak() {
    let mut state = call();
    let quiet = screen(&state, ms(2002), None, (64, 9));
    state.see(ms(2001), &Seen::Voice(3));
    let loud = screen(&state, ms(2002), None, (64, 9));
    assert!(loud.contains("\u{2586} on the line  0:02"), "{loud}");
    state.see(ms(2001), &Seen::Voice(0));
    assert_eq!(screen(&state, ms(2002), None, (64, 9)), quiet);
    state.see(ms(2001), &Seen::Voice(1));
    let mut terminal = Terminal::new(TestBackend::new(64, 9)).unwrap();
    let look = Look { ascii: true, ..LOOK };
    terminal.draw(|frame| draw(frame, &state, ms(2002), None, look)).unwrap();
    assert!(terminal.backend().to_string().contains("speaking, on the line  0:02"));
}

#[test]
fn nothing_reaches_the_terminal_as_it_is() {
    let mut state = call();
    state.see(ms(3), &Seen::Entry(Entry::Script(Pattern::exactly(b"VERBOSE \x1b[2J\xff\x9b"))));
    state.see(ms(3), &script("VERBOSE \u{9b}31m \u{202e}abc \u{200b}."));
    state.see(ms(3), &Seen::Error(b"\x1b]0;title\x07\tindented\r".to_vec()));
    state.see(ms(3), &Seen::Playing("\x1b[31m".to_owned(), ms(10)));
    state.see(ms(3), &Seen::Note("\u{1}".to_owned()));
    let text = screen(&state, ms(4), None, (100, 20));
    assert!(!text.contains(|c: char| c != '\n' && c.is_control()), "{text:?}");
    for part in [
        "\\x1b[2J\\xff\\x9b",
        "\\xc2\\x9b31m \\u{202e}abc \\u{200b}.",
        "E \\x1b]0;title\\x07    indented\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn wide_characters_are_not_cut() {
    let mut state = State::new("名".as_bytes(), b"", false, false);
    state.see(ms(0), &script("漢字漢字漢字 e\u{301}e\u{301}"));
    // A row has room for four and a half of them.
    let text = screen(&state, ms(0), None, (11, 6));
    assert!(text.contains("> 漢字漢字 ") && text.contains("\n  漢字 e\u{301}e\u{301}  "), "{text}");
    let plain = {
        let mut state = State::new("名".as_bytes(), b"", false, true);
        state.see(ms(0), &script("é"));
        screen(&state, ms(0), None, (40, 6))
    };
    assert!(plain.contains("\\u{540d}") && plain.contains("> \\u{e9}"), "{plain}");
}

#[test]
fn a_flood_is_bounded() {
    let mut state = call();
    let long = "x".repeat(100_000);
    for number in 0..20_000 {
        state.see(ms(number), &script(&format!("NOOP {number}")));
    }
    state.see(ms(20_000), &script(&long));
    let (first, end) = state.bounds();
    assert_eq!(end - first, 5000);
    let text = screen(&state, ms(20_000), None, (80, 24));
    assert!(text.contains("(99000 bytes more)"), "{text}");
    // What is looked at may be gone: then the first there is.
    let text = screen(&state, ms(20_000), Some(3), (80, 24));
    assert!(text.contains("NOOP 15001\n"), "{text}");
}

#[test]
fn keys_and_the_end_are_told() {
    let mut state = call();
    state.see(ms(1500), &Seen::Entry(Entry::Event(Event::Key('7'))));
    state.see(ms(2000), &Seen::Entry(Entry::Event(Event::Hangup)));
    let text = screen(&state, ms(2000), None, (80, 12));
    assert!(text.contains("hung up  0:02") && text.contains("! hangup"), "{text}");
    // A server is told by a line; elsewhere that is a part of a value.
    for (first, stage) in [("agi_network: yes", "hung up  0:02"), ("agi_request: x", "on the line")]
    {
        let mut served = State::new(b"agi://h/menu", b"", false, false);
        for line in [first, "", "HANGUP"] {
            served.see(ms(2000), &asterisk(line));
        }
        let text = screen(&served, ms(2000), None, (80, 12));
        assert!(text.contains(stage), "{text}");
    }
    state.end("AGISTATUS HANGUP, ended by SIGHUP".to_owned());
    let text = screen(&state, ms(63_000), None, (80, 12));
    assert!(text.contains("over  1:03"), "{text}");
    assert!(text.contains("\n AGISTATUS HANGUP, ended by SIGHUP\n any key leaves"), "{text}");
}

#[test]
fn what_is_confidential_is_not_shown() {
    let seen = |marked: bool| {
        let mut state = call();
        let (begin, end) = match marked {
            true => ("NOOP \"agikit: confidential\"", "NOOP \"agikit: confidential no more\""),
            false => ("NOOP", "NOOP"),
        };
        state.see(ms(1003), &asterisk("200 result="));
        state.see(ms(1004), &script(begin));
        state.see(ms(1004), &asterisk("200 result=0"));
        state.see(ms(1005), &script("GET DATA pin 1000 4"));
        for key in "4713".chars() {
            state.see(ms(1006), &Seen::Entry(Entry::Event(Event::Key(key))));
            let pressed = agikit::emulator::Asterisk::new().keys_at(ms(0), &key.to_string());
            let pressed = pressed.run(|agi| agi.wait_for_digit(ms(10)).map(drop)).pressed()[0];
            state.see(ms(1006), &Seen::Pressed(pressed));
        }
        state.see(ms(1007), &asterisk("200 result=4713"));
        state.see(ms(1008), &script(end));
        state.see(ms(1008), &asterisk("200 result=0"));
        state.see(ms(1009), &Seen::Error(b"a trace: 4713".to_vec()));
        state.see(ms(1010), &script("SAY DIGITS 4713 \"\""));
        state.see(ms(1010), &Seen::Playing("digits/4".to_owned(), ms(500)));
        screen(&state, ms(1500), None, (80, 30))
    };
    let (hidden, open) = (seen(true), seen(false));
    for part in ["4713", "key 4", "digits/4"] {
        assert!(open.contains(part) && !hidden.contains(part), "{part}:\n{hidden}\n{open}");
    }
    assert!(hidden.contains("result=[..]") && hidden.contains("a trace: [..]"), "{hidden}");
}
