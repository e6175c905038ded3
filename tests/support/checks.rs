//! What must hold for any bytes: the same checks for the property tests, the corpus and the fuzzer.

use std::time::Duration;

use agikit::command::*;
use agikit::eagi::variable_value;
use agikit::reply::{Fields, Outcome};
use agikit::transcript::{Entry, Player, Redaction, Step, Tape, Transcript, import};
use agikit::wire::{LONG_LINE_LIMIT, Line, MAX_WORDS, split};
use agikit::{Environment, Error, Fault, Recognition, Text};

use super::{Asterisk, ENVIRONMENT, assert_aligned, samples};

/// A reply: taken apart without loss, and read by every command.
pub fn reply(bytes: &[u8]) {
    let Some(fields) = Fields::parse(bytes) else { return };
    assert_eq!(fields.all(), *bytes);
    assert!((100..600).contains(&fields.code()));
    let start = format!("{:03}", fields.code());
    assert!(bytes.starts_with(start.as_bytes()));
    if let Some(result) = fields.result() {
        let head = [&bytes[..4], b"result=", result.as_bytes()].concat();
        assert!(bytes.starts_with(&head));
        assert!(fields.rest().len() + head.len() <= bytes.len());
    }
    for part in [fields.value(), fields.note(), fields.word("endpos"), fields.word("")] {
        assert!(part.is_none_or(|part| part.len() <= fields.rest().len()));
    }
    let _ = (fields.number(), fields.word_number::<u32>("endpos"));
    read(&fields);
}

fn read(fields: &Fields<'_>) {
    macro_rules! by {
        ($($command:ident)*) => { $(let _ = $command::read(fields);)* };
    }
    by!(Answer ChannelStatus ControlStreamFile DatabaseDeltree DatabasePut Exec GetOption Gosub);
    by!(Noop ReceiveChar RecordFile SayNumber StreamFile WaitForDigit);
    if let Outcome::Value(Some(value)) = GetVariable::read(fields) {
        assert!(fields.all().as_bytes().ends_with(&[b" (", value.as_bytes(), b")"].concat()));
    }
    if let Outcome::Doubtful(value) = ReceiveText::read(fields) {
        assert_eq!(value, None);
    }
    if let Outcome::Value(data) = GetData::read(fields) {
        assert_eq!(Some(data.digits.as_text()), fields.result());
    }
    if let Outcome::Value(recognition) = SpeechRecognize::read(fields) {
        results(&recognition, fields);
    }
    let Outcome::Value(raw) = Raw::read(fields) else { panic!("any reply is a raw one") };
    assert_eq!(raw.fields(), *fields);
}

fn results(recognition: &Recognition, fields: &Fields<'_>) {
    let room = fields.rest().len();
    assert!(recognition.results().all(|it| it.text.len() + it.grammar.len() <= room));
}

/// Arguments, NUL between them: Asterisk reads what was meant, or they are refused for a reason.
pub fn split_line(bytes: &[u8]) {
    assert!(split(bytes).len() <= 127);
    as_value(bytes);
    let arguments: Vec<&[u8]> = bytes.split(|&byte| byte == 0).collect();
    let mut buffer = Vec::new();
    let mut line = Line::begin(&mut buffer, LONG_LINE_LIMIT, "SOME COMMAND");
    for argument in &arguments {
        line.text("argument", Text::new(argument));
    }
    match line.end() {
        Ok(()) => {
            let written = buffer.strip_suffix(b"\n").unwrap();
            assert!(written.len() <= usize::from(LONG_LINE_LIMIT));
            assert!(!written.iter().any(|byte| b"\r\n\0".contains(byte)));
            let meant = [&[&b"SOME"[..], b"COMMAND"], &arguments[..]].concat();
            assert_eq!(split(written), meant);
            assert!(meant.len() <= usize::from(MAX_WORDS));
        }
        Err(Error::Argument { fault, .. }) => {
            assert!(buffer.is_empty());
            let has = |byte| bytes.contains(&byte);
            assert!(match fault {
                Fault::LineFeed => has(b'\n'),
                Fault::CarriageReturn => has(b'\r'),
                Fault::TooManyWords => arguments.len() > 124,
                Fault::LineTooLong(_) => bytes.len() > 8000 / 2 - 400,
                _ => false,
            });
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// What a program has printed: as a variable's value it fits, and can be sent.
fn as_value(bytes: &[u8]) {
    for room in [bytes.len() / 2, bytes.len() * 2] {
        let (value, is_all) = variable_value(bytes, room);
        let mut buffer = Vec::new();
        let mut line = Line::begin(&mut buffer, LONG_LINE_LIMIT, "NOOP");
        line.text("value", Text::new(&value));
        match line.end() {
            Ok(()) => assert!(buffer.len() <= room + "NOOP \"\"\n".len()),
            Err(Error::Argument { fault: Fault::LineTooLong(_), .. }) => assert!(room > 8000),
            Err(other) => panic!("{other:?}"),
        }
        assert!(value.len() <= bytes.len());
        assert!(is_all || value.len() < bytes.len());
        assert!(is_all || room < bytes.len() * 2);
    }
}

/// An environment block: taken apart without loss, and the same when it is written anew.
pub fn environment(bytes: &[u8]) {
    let environment = Environment::parse(bytes);
    let mut block = Vec::new();
    for (name, value) in environment.iter() {
        assert!(!name.is_empty() && !name.as_bytes().contains(&b'\n'));
        block.extend([name.as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    }
    let _ = (environment.callingpres(), environment.priority(), environment.threadid());
    assert!([2046, 8190].contains(&environment.line_limit()));
    for (number, argument) in (1..).zip(environment.args()) {
        assert_eq!(environment.arg(number), Some(argument));
    }
    // A block ends at its first empty line, so no value ends with a line feed.
    if environment.iter().all(|(_, value)| !value.as_bytes().ends_with(b"\n")) {
        let again = Environment::parse(&block);
        assert!(again.iter().eq(environment.iter()), "{:?}", block.escape_ascii().to_string());
    }
}

/// The fuzzer sees the echo that is asked for and answers before it is asked, NULs between its letters; a caller does not.
pub fn foresees_an_echo(bytes: &[u8]) -> bool {
    let text: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    text.windows(7).any(|window| window == b"agikit-")
}

/// Replies, NUL between them: whatever they are, the session ends in order, and can be aligned.
///
/// The first two bytes say how many bytes a read gives and with which command to begin.
pub fn session(bytes: &[u8]) {
    let [piece, first, bytes @ ..] = bytes else { return };
    if foresees_an_echo(bytes) {
        return;
    }
    let mut replies = bytes.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect::<Vec<_>>();
    replies.reverse();
    let count = replies.len();
    let piece = if *piece == 0 { usize::MAX } else { usize::from(*piece) };
    let asterisk = Asterisk::new(ENVIRONMENT, move |_| {
        Some(replies.pop().unwrap_or_else(|| b"200 result=0\n".to_vec()))
    });
    let mut session = asterisk.piece(piece).begin().unwrap();
    session.set_reply_bound(5000);
    let commands = samples::ALL.iter().cycle().skip(usize::from(*first));
    for (number, sample) in commands.take(count.min(100)).enumerate() {
        let result = if number % 5 == 4 { sample.start } else { sample.run }(&mut session);
        if let Err(error) = result {
            assert!(!matches!(error, Error::Argument { .. }), "{error:?}");
        }
    }
    if session.resync().is_ok() {
        assert_aligned(&mut session);
    }
}

/// A log: what is in it is found whatever else is, the same in pieces of any size, and can be written down.
pub fn log(bytes: &[u8]) {
    let sessions = import::sessions(bytes);
    let pieces = std::io::BufReader::with_capacity(1 + bytes.len() % 61, bytes);
    assert!(import::read(pieces).map(Result::unwrap).eq(sessions.iter().cloned()));
    let lines = 1 + bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
    for session in &sessions {
        assert!((1..=lines).contains(&session.line));
        assert!(session.notes.iter().all(|it| it.line <= lines && it.column >= 1));
        let text = session.transcript.to_string();
        assert_eq!(Transcript::parse(text.as_bytes()).as_ref(), Ok(&session.transcript), "{text}");
    }
}

/// A transcript: read or refused at a place that is there, printed without loss, and played by what it says.
pub fn transcript(bytes: &[u8]) {
    let transcript = match Transcript::parse(bytes) {
        Ok(transcript) => transcript,
        Err(error) => {
            let line = bytes.split(|&byte| byte == b'\n').nth(error.line - 1).unwrap();
            assert!((1..=line.len() + 1).contains(&error.column), "{error}");
            return;
        }
    };
    let text = transcript.to_string();
    assert_eq!(Transcript::parse(text.as_bytes()).as_ref(), Ok(&transcript), "{text}");
    let mut lines = transcript.entries.iter().filter_map(|entry| match entry {
        Entry::Script(line) => Some(line.pieces().concat()),
        _ => None,
    });
    let (mut player, mut writer) = (Player::new(&transcript), Player::new(&transcript).rewriting());
    loop {
        let step = player.step();
        assert_eq!(writer.step(), step);
        match step {
            Step::Script => {
                let line = lines.next().unwrap();
                player.sent(&line).unwrap();
                writer.sent(&line).unwrap();
            }
            Step::End => break,
            _ => {}
        }
    }
    player.ended(None).unwrap();
    writer.ended(None).unwrap();
    assert_eq!(lines.next(), None);
    assert_eq!(writer.rewritten(), Some(transcript));
}

/// What both sides say, in turns, a NUL between them: recorded without loss, and redacted to a transcript.
pub fn recording(bytes: &[u8]) {
    let redaction = Redaction::new().callers().digits().variable("PIN").variable("DB");
    let mut tapes = [Tape::new(), Tape::new().times(false).redact(redaction)];
    for tape in &mut tapes {
        for (number, part) in bytes.split(|&byte| byte == 0).enumerate() {
            let at = Duration::from_micros(700 * number as u64);
            match number % 2 {
                0 => tape.asterisk(at, part),
                _ => tape.script(at, part),
            }
        }
        tape.finish(Duration::from_secs(1));
    }
    let [plain, redacted] = tapes.map(|mut tape| Transcript { entries: tape.take() });
    for one in [&plain, &redacted] {
        assert_eq!(Transcript::parse(one.to_string().as_bytes()).as_ref(), Ok(one), "{one}");
    }
    for side in 0..2 {
        let mut said =
            bytes.split(|&byte| byte == 0).skip(side).step_by(2).collect::<Vec<_>>().concat();
        if !said.is_empty() && !said.ends_with(b"\n") {
            said.push(b'\n');
        }
        let lines = |transcript: &Transcript| {
            let entries = transcript.entries.iter().filter_map(|entry| match (entry, side) {
                (Entry::Asterisk(line), 0) | (Entry::Script(line), 1) => Some(line.clone()),
                _ => None,
            });
            entries.collect::<Vec<_>>()
        };
        let exact = lines(&plain)
            .iter()
            .map(|line| [line.as_exact().unwrap(), b"\n"].concat())
            .collect::<Vec<_>>();
        assert_eq!(exact.concat(), said);
        // A hidden part is open for what stood there.
        for (hidden, line) in lines(&redacted).iter().zip(lines(&plain)) {
            assert!(hidden.matches(line.as_exact().unwrap()), "{hidden} hides {line}");
        }
        assert_eq!(lines(&redacted).len(), lines(&plain).len());
    }
}
