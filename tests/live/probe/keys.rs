//! What the caller gives: keys, texts, silence. The caller's half presses after a second.

use std::time::Duration;

use agikit::{
    ControlStreamFile, Data, Error, GetData, GetOption, RecordFile, RecordingEnd, SayDigits,
    ScriptResult, Session, StreamFile, Waited,
};

use crate::report::Report;

const WAIT: Duration = Duration::from_secs(4);
const SOUND: &str = "demo-congrats";

/// One command, one caller: `keys.WHAT`.
pub fn one(agi: &mut Session, what: &str, report: &mut Report) -> ScriptResult {
    let data = |agi: &mut Session| agi.run(GetData::new("").timeout(WAIT));
    let dialed = |data: &Data, digits: &str, timed_out| {
        data.digits == *digits && data.timed_out == timed_out
    };
    let (right, seen) = match what {
        "zeros" => show(data(agi)?, |it| dialed(it, "0042", false)),
        "hash" => show(data(agi)?, |it| dialed(it, "", false)),
        "star" => show(data(agi)?, |it| dialed(it, "*1*", false)),
        "letters" => show(data(agi)?, |it| dialed(it, "A1D", false)),
        "partial" => show(data(agi)?, |it| dialed(it, "12", true)),
        "many" => show(data(agi)?, |it| dialed(it, "12345678901234567890", false)),
        "max" => show(agi.run(GetData::new(SOUND).max_digits(3))?, |it| dialed(it, "123", false)),
        "stream" => show(agi.run(StreamFile::new(SOUND).escape_digits("5"))?, |it| {
            it.digit == Some('5') && it.endpos > 0
        }),
        "offset" => {
            show(agi.run(StreamFile::new(SOUND).escape_digits("*").offset(80_000))?, |it| {
                it.digit == Some('*') && it.endpos > 80_000
            })
        }
        "other" => show(agi.run(StreamFile::new("tt-weasels").escape_digits("1"))?, |it| {
            it.digit.is_none()
        }),
        "option" => {
            show(agi.run(GetOption::new(SOUND, "12").timeout(WAIT))?, |it| it.digit == Some('2'))
        }
        "optionwait" => {
            show(agi.run(GetOption::new("beep", "12").timeout(WAIT))?, |it| it.digit == Some('1'))
        }
        "optionother" => {
            show(agi.run(GetOption::new("beep", "12").timeout(WAIT))?, |it| it.digit.is_none())
        }
        "digit" => show(agi.wait_for_digit(WAIT)?, |it| *it == Waited::Digit('#')),
        "say" => show(agi.run(SayDigits::new("01234567890123456789").escape_digits("8"))?, |it| {
            *it == Some('8')
        }),
        "control" => {
            show(agi.run(ControlStreamFile::new(SOUND).escape_digits("4").pause('7'))?, |it| {
                it.digit == Some('4') && it.endpos.is_some_and(|at| at > Duration::from_millis(500))
            })
        }
        "record" => show(agi.record_file("/tmp/keys", "wav", "#", WAIT)?, |it| {
            it.end == RecordingEnd::Digit('#')
        }),
        other => (false, format!("no scenario {other}")),
    };
    report.check(what, right, seen)?;
    // A key that is left over must not shift anything.
    agi.set_variable("ALIGNED", what)?;
    let seen = agi.get_variable("ALIGNED")?;
    report.check("aligned", seen.as_ref().is_some_and(|it| *it == what), seen)?;
    Ok(())
}

fn show<T: std::fmt::Debug>(seen: T, right: impl Fn(&T) -> bool) -> (bool, String) {
    (right(&seen), format!("{seen:?}"))
}

/// The caller sends two texts.
pub fn texts(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let text = agi.receive_text(WAIT)?;
    report.check(
        "text",
        text.as_ref().is_some_and(|it| it.to_string_lossy().starts_with("first (text)")),
        text,
    )?;
    let byte = agi.receive_char(WAIT)?;
    report.equal("char", byte, Some(b'x'))?;
    let none = (agi.receive_text(Duration::from_millis(200))?, agi.receive_char(Duration::ZERO)?);
    report.equal("none", none, (None, None))?;
    Ok(())
}

/// The caller speaks for three seconds and is silent then. Every arrangement of RECORD FILE's options.
pub fn silence(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let long = Duration::from_secs(30);
    let silence = Duration::from_secs(2);
    let record = || RecordFile::new("/tmp/silence", "wav", "", long);
    let first = agi.run(record().silence(silence))?;
    let by_silence =
        |end| matches!(end, RecordingEnd::Silence { left } if left > Duration::from_secs(5));
    report.check("silence", by_silence(first.end), first)?;
    let second = agi.run(record().silence(silence).beep(true))?;
    report.check("beep and silence", by_silence(second.end), second)?;
    let third =
        agi.run(RecordFile::new("/tmp/silence", "wav", "", silence).beep(true).offset(8000))?;
    report.check("beep and offset", third.end == RecordingEnd::Timeout, third)?;
    let refused = agi.run(record().silence(Duration::ZERO));
    report.check("no silence", matches!(refused, Err(Error::Argument { .. })), refused)?;
    Ok(())
}
