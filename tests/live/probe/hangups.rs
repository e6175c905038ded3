//! The caller hangs up, at every kind of moment; clean-up follows.

use std::time::{Duration, Instant};

use agikit::ivr::{Background, Menu, Prompt, Question};
use agikit::{Error, GetData, GetOption, Result, ScriptResult, Session, StreamFile, Timeout};

use crate::report::Report;

const LONG: Duration = Duration::from_secs(60);
/// Half a minute of sound.
const SOUND: &str = "demo-congrats";

/// Begins what the moment says, tells the test that it may hang up now, and cleans up afterwards.
pub fn one(agi: &mut Session, moment: &str, id: &str, report: &mut Report) -> ScriptResult {
    let (what, how) = moment.split_once('.').unwrap_or((moment, ""));
    report.line("ready", what)?;
    let ended = during(agi, what, how);
    let seen = match &ended {
        Ok(seen) => seen.clone(),
        Err(error) => error.to_string(),
    };
    report.line("saw", format!("{seen}; hung up: {}", agi.is_hung_up()))?;
    // The clean-up: what a script does for a caller who has left.
    let variable = agi.set_variable("CLEANUP", "done");
    let entry = agi.database_put("live", &format!("{id}-entry"), "written");
    report.line("cleanup", format!("{variable:?} {entry:?}"))?;
    let refused = agi.stream_file("beep");
    report.check("live commands are refused", matches!(refused, Err(Error::Hangup)), &refused)?;
    let expected = matches!(how, "exithup");
    report.check("closed", matches!(variable, Err(Error::Hangup)) == expected, &variable)?;
    match ended {
        Ok(_) | Err(Error::Hangup) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

fn during(agi: &mut Session, what: &str, how: &str) -> Result<String> {
    let seen = match what {
        "stream" => format!("{:?}", agi.run(StreamFile::new(SOUND).escape_digits("1"))?),
        "control" => format!("{:?}", agi.control_stream_file(SOUND)?),
        "getdata" => format!("{:?}", agi.run(GetData::new(SOUND).timeout(LONG))?),
        "getdatawait" => format!("{:?}", agi.run(GetData::new("").timeout(LONG))?),
        "option" => format!("{:?}", agi.run(GetOption::new(SOUND, "1").timeout(LONG))?),
        "optionwait" => format!("{:?}", agi.run(GetOption::new("beep", "1").timeout(LONG))?),
        "digit" => format!("{:?}", agi.wait_for_digit(Timeout::FOREVER)?),
        "char" => format!("{:?}", agi.receive_char(LONG)?),
        "text" => format!("{:?}", agi.receive_text(LONG)?),
        "record" => format!("{:?}", agi.record_file("/tmp/hangup", "wav", "#", LONG)?),
        "saynumber" => format!("{:?}", agi.say_number(777_777_777)?),
        "saydatetime" => format!("{:?}", agi.say_datetime(std::time::SystemTime::now())?),
        "exec" => format!("{:?}", agi.exec("Wait", "60")?),
        "gosub" => format!("{:?}", agi.gosub("routines", "waits", 1)?),
        "question" => {
            let question = Question::digits(Prompt::from("beep").sound(SOUND)).timeout(LONG);
            format!("{:?}", question.cancel_key('*').ask(agi)?)
        }
        "menu" => format!("{:?}", Menu::confirm(["beep", SOUND]).ask(agi)?),
        "music" => format!("{:?}", Background::music().run(agi, || std::thread::sleep(LONG))?),
        "repeated" => {
            let background = Background::repeating("beep", Duration::from_secs(3));
            format!("{:?}", background.run(agi, || std::thread::sleep(LONG))?)
        }
        "compute" => compute(agi, how)?,
        "answer" => {
            // The caller leaves while it rings, before the script answers.
            let seen = compute(agi, how)?;
            agi.answer()?;
            format!("answered all the same: {seen}")
        }
        // The channel is dead when the script starts.
        "dead" => format!("{:?}", agi.answer()?),
        other => format!("no moment {other}"),
    };
    Ok(seen)
}

/// Works between two commands, and looks whether the caller is still there. Where SIGHUP, or `HANGUP`, is switched
/// off only a command tells.
fn compute(agi: &mut Session, how: &str) -> Result<String> {
    let hangup = agi.hangup_flag();
    let start = Instant::now();
    while start.elapsed() < LONG {
        if hangup.wait(Some(Duration::from_millis(100))).unwrap_or(true) {
            return Ok("the flag while computing".into());
        }
        if how == "nosighup" && start.elapsed() > Duration::from_millis(200) {
            match agi.channel_status() {
                Ok(_) => {}
                Err(Error::Hangup) if hangup.is_raised() => {
                    return Ok("hangup by a command while computing".into());
                }
                Err(other) => return Err(other),
            }
        }
    }
    Ok("nothing in a minute".into())
}
