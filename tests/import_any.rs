//! Logs made up at random: any bytes are read, and sessions that are known come back, whatever they carry and
//! however they are mixed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use agikit::transcript::{Entry, import};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use support::{checks, watched};

fn config(cases: u32) -> ProptestConfig {
    let file = FileFailurePersistence::Direct("tests/properties.regressions");
    let failure_persistence = Some(Box::new(file) as Box<_>);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}

/// In which form a log is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    File,
    Plain,
    Console,
    Timed,
}

/// One record: which way, and its lines.
type Said = (bool, Vec<Vec<u8>>);

/// What may come where in a log, more often than chance would have it.
const LIKELY: [&[u8]; 16] = [
    b"[2026-11-21 01:50:25.904] VERBOSE[7][C-00000008] res_agi.c: <a>AGI Rx << NOOP",
    b"<a>AGI Tx >> agi_request: x",
    b"<a>AGI Rx << ",
    b">AGI Script x completed, returning 0",
    b" (",
    b")",
    b"\r",
    b"\x1b[0K",
    b"\0",
    b"[..]",
    b"\\x41",
    b"    -- ",
    b"vm*CLI> ",
    b"200 result=",
    b"HANGUP",
    b"<",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let other: Vec<u8> = (0..=255).filter(|&byte| byte != b'\n').collect();
    let piece = prop_oneof![select(&LIKELY[..]).prop_map(<[u8]>::to_vec), vec(select(other), 0..9)];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A value's lines: none but the last ends in a bracket, so that nothing is in doubt.
fn value() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(text(), 1..4).prop_map(|mut lines| {
        lines[0].splice(0..0, *b"200 result=1 (");
        let last = lines.len() - 1;
        for line in &mut lines[..last] {
            // Neither does it look like the note of a recording.
            line.retain(|&byte| byte != b')' && byte != b'\r');
        }
        lines[last].push(b')');
        lines
    })
}

fn exchange() -> impl Strategy<Value = Vec<Said>> {
    let line = |text: &str| vec![(true, vec![text.as_bytes().to_vec()])];
    let reply = prop_oneof![
        select(vec!["200 result=0", "200 result=-1 endpos=80", "510 Invalid", "511 No"])
            .prop_map(line),
        value().prop_map(|lines| vec![(true, lines)]),
        Just(vec![
            (true, vec![b"520-Invalid command syntax.  Proper usage follows:".to_vec()]),
            (true, vec![b"Waits for something.".to_vec(), b"And more of it".to_vec()]),
            (true, vec![b"520 End of proper usage.".to_vec()]),
        ]),
    ];
    (text(), reply).prop_map(|(command, reply)| {
        let mut all = vec![(false, vec![command])];
        all.extend(reply);
        all
    })
}

/// A session's channel, and what is said in it.
fn session() -> impl Strategy<Value = (Vec<u8>, Vec<Said>)> {
    let channel = select(&["Local/a@b-1;1", "SIP/x y>z", "PJSIP/\u{e4}\"(", "<>"][..]);
    let arguments = vec("[a-z :]{0,9}", 0..3);
    (channel, arguments, vec(exchange(), 0..6)).prop_map(|(channel, arguments, exchanges)| {
        let mut all = vec![(true, vec![b"agi_request: x".to_vec()])];
        for argument in arguments {
            all.push((true, vec![format!("agi_arg_1: {argument}").into_bytes()]));
        }
        all.push((true, vec![Vec::new()]));
        all.extend(exchanges.into_iter().flatten());
        (channel.as_bytes().to_vec(), all)
    })
}

/// A record as Asterisk logs it, in one piece.
fn record(form: Form, end: &str, number: usize, channel: &[u8], said: &Said) -> Vec<u8> {
    let mark = if said.0 { "AGI Tx >> " } else { "AGI Rx << " };
    let time = "[2026-11-21 01:50:25.904] ";
    let thread = format!("VERBOSE[{}][C-0000000{number}]", 100 + number);
    let head = match form {
        Form::File => format!("{time}{thread} res_agi.c: "),
        Form::Plain => format!("{time}{thread}: res_agi.c:1666 __ast_agi_send: "),
        Form::Console if number.is_multiple_of(2) => "\r\x1b[Kvm*CLI> \r\x1b[0K".to_owned(),
        Form::Console => String::new(),
        Form::Timed => time.to_owned(),
    };
    let mut bytes = head.into_bytes();
    bytes.extend([b"<", channel, b">", mark.as_bytes()].concat());
    for (place, line) in said.1.iter().enumerate() {
        if place > 0 {
            bytes.extend(end.as_bytes());
            if form == Form::Timed {
                bytes.extend(time.as_bytes());
            }
        }
        bytes.extend(line);
    }
    bytes.extend(end.as_bytes());
    bytes
}

/// What else a log holds.
fn noise(form: Form, end: &str, number: usize) -> Vec<u8> {
    let time = "[2026-11-21 01:50:25.904] ";
    let text = match (form, number % 3) {
        (Form::Console, 0) => "    -- Executing [s@x:1] AGI(\"a\", \"b\") in new stack".to_owned(),
        (Form::Console, 1) => "  == Spawn extension (a, b, 1) exited non-zero on 'c'".to_owned(),
        (Form::Timed, 0) => format!("{time}    -- <a> Playing 'b.gsm' (language 'en')"),
        (Form::File | Form::Plain, 0) => format!("{time}VERBOSE[100] pbx.c: <a>AGI Rx << forged"),
        (Form::File | Form::Plain, 1) => format!(
            "{time}ERROR[101][C-00000001] : Got 2 backtrace records{end}# 0: asterisk(){end}#1: x{end}"
        ),
        _ => return Vec::new(),
    };
    (text + end).into_bytes()
}

fn lines(session: &import::Imported) -> Vec<Said> {
    let part = |it: &agikit::transcript::Pattern| {
        assert_eq!(it.pieces().len(), 1, "nothing was cut");
        it.pieces()[0].clone()
    };
    let entries = session.transcript.entries.iter();
    let said = entries.filter_map(|entry| match entry {
        Entry::Asterisk(line) => Some((true, vec![part(line)])),
        Entry::Script(line) => Some((false, vec![part(line)])),
        _ => None,
    });
    said.collect()
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..2000)) {
        watched(move || checks::log(&bytes));
    }

    #[test]
    fn likely_bytes(lines in vec((text(), select(&["\n", "\r\n", ""][..])), 0..30)) {
        let bytes = lines.into_iter().flat_map(|(line, end)| [&line, end.as_bytes()].concat());
        let bytes: Vec<u8> = bytes.collect();
        watched(move || checks::log(&bytes));
    }

    #[test]
    fn sessions_come_back(
        form in select(&[Form::File, Form::Plain, Form::Console, Form::Timed][..]),
        end in select(&["\n", "\r\n"][..]),
        sessions in vec(session(), 1..6),
        turns in vec(any::<prop::sample::Index>(), 400),
        ends in any::<bool>(),
    ) {
        let mut sessions = sessions;
        for (number, (channel, _)) in sessions.iter_mut().enumerate() {
            channel.extend(format!("-{number}").bytes());
        }
        let mut log = Vec::new();
        let mut left: Vec<usize> = (0..sessions.len()).collect();
        let mut places = vec![0; sessions.len()];
        let mut over = Vec::new();
        for turn in turns.into_iter().cycle() {
            if left.is_empty() {
                break;
            }
            let which = turn.index(left.len());
            let number = left[which];
            let (channel, all) = &sessions[number];
            log.extend(noise(form, end, turn.index(1000)));
            match all.get(places[number]) {
                Some(said) => log.extend(record(form, end, number, channel, said)),
                None => {
                    if ends {
                        let text = b"completed".to_vec();
                        let line = record(form, end, number, channel, &(true, vec![text]));
                        let from = b"AGI Tx >> completed";
                        let at = line.windows(from.len()).rposition(|it| it == from).unwrap();
                        let sign: &[u8] = match form {
                            Form::Console | Form::Timed => b"    -- ",
                            _ => b"",
                        };
                        let message = at - channel.len() - 2;
                        log.extend([&line[..message], sign, &line[message..at]].concat());
                        log.extend(b"AGI Script x y completed, returning 0");
                        log.extend(end.as_bytes());
                    }
                    over.push(number);
                    left.remove(which);
                }
            }
            places[number] += 1;
        }
        let mut imported = import::sessions(&log);
        if !ends {
            over.sort_unstable();
            imported.sort_by_key(|it| it.channel.rsplit(|&it| it == b'-').next().unwrap().to_vec());
        }
        prop_assert_eq!(imported.len(), sessions.len(), "{}", log.escape_ascii());
        for (number, session) in over.into_iter().zip(&imported) {
            let (channel, all) = &sessions[number];
            prop_assert_eq!(&session.channel, channel);
            prop_assert_eq!(session.result, ends.then_some(0));
            let expected: Vec<Said> = all
                .iter()
                .flat_map(|(to, lines)| lines.iter().map(|line| (*to, vec![line.clone()])))
                .collect();
            prop_assert_eq!(lines(session), expected, "{}", log.escape_ascii());
            prop_assert_eq!(session.notes.is_empty(), ends, "{:?}", session.notes);
        }
    }
}
