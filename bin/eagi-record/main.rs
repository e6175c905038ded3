//! `EAGI(eagi-record,FILE[,max-seconds[,silence-seconds[,options]]])`: records the caller.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/mod.rs"]
mod common;
mod name;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use agikit::audio::{Audio, WavRecorder};
use agikit::eagi::{Record, Recorded, RecordedEnd};
use agikit::{ChannelState, Directories, Error, ScriptResult, Session};

const HELP: &str = include_str!("help.txt");

/// Unless the dialplan says how long.
const LONGEST: Duration = Duration::from_secs(3600);

/// The room that is asked for beforehand, of a recording that may be longer.
const RESERVE: Duration = Duration::from_secs(300);

const KEYS: &str = "0123456789*#ABCD";

fn main() -> ExitCode {
    common::main(HELP, script)
}

/// What the dialplan wants.
struct Order {
    file: Vec<u8>,
    longest: Duration,
    silence: Option<Duration>,
    options: Vec<u8>,
}

fn script(agi: &mut Session) -> ScriptResult {
    tell(agi, None, "", "")?; // a killed program leaves nothing of a recording before this one
    let order = match order(agi) {
        Ok(order) => order,
        Err(wrong) => {
            tell(agi, None, "error", "")?;
            return arguments::usage(agi, HELP, wrong);
        }
    };
    let recorded = match record(agi, &order) {
        Ok(Some(recorded)) => recorded,
        Ok(None) => return tell(agi, None, "skip", ""),
        Err(error) => {
            let hangup = matches!(error.downcast_ref(), Some(Error::Hangup));
            let told = tell(agi, None, if hangup { "hangup" } else { "error" }, "");
            return Err(error).or_else(|error| if hangup { told } else { Err(error) });
        }
    };
    let mut key = [0; 4];
    match &recorded.end {
        RecordedEnd::Silence => tell(agi, Some(&recorded), "silence", ""),
        RecordedEnd::Key(it) => tell(agi, Some(&recorded), "key", it.encode_utf8(&mut key)),
        RecordedEnd::Time => tell(agi, Some(&recorded), "time", ""),
        RecordedEnd::Hangup => tell(agi, Some(&recorded), "hangup", ""),
        _ => {
            tell(agi, Some(&recorded), "error", "")?;
            match recorded.end {
                RecordedEnd::Fault(error) => Err(error.into()),
                _ => Ok(()),
            }
        }
    }
}

/// Reads the arguments; the error says what is wrong.
fn order(agi: &Session) -> Result<Order, String> {
    let environment = agi.environment();
    let argument = |number| environment.arg(number).map_or(Vec::new(), |it| it.as_bytes().to_vec());
    if environment.args().count() > 4 {
        return Err("there are too many arguments; a comma in FILE stands in quotes".into());
    }
    let file = argument(1);
    if file.is_empty() {
        return Err("FILE is missing".into());
    }
    let time = |number, name| {
        arguments::seconds(&argument(number)).ok_or_else(|| format!("{name} must be a number"))
    };
    let longest = time(2, "max-seconds")?.unwrap_or(LONGEST);
    let silence = time(3, "silence-seconds")?;
    let options = argument(4);
    match options.iter().find(|letter| !b"aknoqstuxy".contains(letter)) {
        None => Ok(Order { file, longest, silence, options }),
        Some(&odd) => Err(format!("there is no option {}", char::from(odd).escape_default())),
    }
}

/// Records; `None` where it was to be skipped.
fn record(agi: &mut Session, order: &Order) -> ScriptResult<Option<Recorded>> {
    let has = |letter| order.options.contains(&letter);
    if has(b's') && agi.channel_status()? != ChannelState::Up {
        return Ok(None);
    }
    let path = path(agi, &order.file)?;
    let mut audio = Audio::open(agi)?;
    if !has(b'n') {
        agi.answer()?;
    }
    let wav = WavRecorder::options().reserve(order.longest.min(RESERVE));
    let keys = match () {
        () if has(b'x') => "",
        () if has(b'y') => KEYS,
        () if has(b't') && has(b'o') => "*0",
        () if has(b't') => "*",
        () if has(b'o') => "#0",
        () => "#",
    };
    let mut record = Record::new(path)
        .wav(if has(b'a') { wav.append() } else { wav })
        .longest(order.longest)
        .escape_digits(keys);
    if let Some(silence) = order.silence {
        record = record.silence(silence);
    }
    if has(b'u') {
        record = record.keep_silence();
    }
    if !has(b'q') {
        record = record.beep("beep");
    }
    Ok(Some(record.run(agi, &mut audio)?))
}

/// The file, below the spool folder where it is relative.
fn path(agi: &mut Session, template: &[u8]) -> ScriptResult<PathBuf> {
    let now = match name::has_date(template) {
        // Asterisk knows the zone that its machine is in.
        true => agi.get_full_variable("${STRFTIME(${EPOCH},,%Y %m %d %H %M %S %j)}")?,
        false => None,
    };
    let now = now.as_ref().map_or(&b""[..], |now| now.as_bytes());
    let dates: Vec<&[u8]> = now.split(|&byte| byte == b' ').collect();
    if name::has_date(template) && dates.len() != name::DATES.len() {
        return Err("asterisk does not tell the date: STRFTIME is in func_strings, load it".into());
    }
    let call = agi.environment();
    let value = |name: &[u8]| {
        let value = match name {
            b"uniqueid" => call.uniqueid(),
            b"channel" => call.channel(),
            b"callerid" => call.callerid().unwrap_or_default(),
            b"extension" => call.extension(),
            _ => return None,
        };
        Some(value.as_bytes().to_vec())
    };
    let path = name::expand(template, value, &dates)?;
    if path.is_absolute() {
        return Ok(path);
    }
    let spool = Directories::from_env().spool;
    let spool =
        spool.ok_or("FILE is relative, and there is no AST_SPOOL_DIR: name the whole path")?;
    Ok(spool.join(path))
}

/// Leaves to the dialplan what came of it; that runs after a hangup as well.
fn tell(agi: &mut Session, recorded: Option<&Recorded>, end: &str, key: &str) -> ScriptResult {
    let file = recorded.and_then(|it| it.path.as_deref());
    let time = recorded.map_or(Duration::ZERO, |it| it.duration);
    agi.set_variable("RECORD_END", end)?;
    agi.set_variable("RECORD_KEY", key)?;
    agi.set_variable("RECORDED_SECONDS", &format!("{:.2}", time.as_secs_f64()))?;
    match file {
        Some(file) => agi.set_variable("RECORDED_FILE", file)?,
        None => agi.set_variable("RECORDED_FILE", "")?,
    }
    Ok(())
}
