//! Work in the background of a call, leaving it for another place, and answers by voice.

use std::thread::sleep;
use std::time::{Duration, Instant};

use agikit::audio::Audio;
use agikit::ivr::{Answer, Background, Prompt, Question, Spoken, continue_at};
use agikit::{ScriptResult, Session};

use crate::report::Report;

/// So long the work takes.
const WORK: Duration = Duration::from_millis(2500);

pub fn one(agi: &mut Session, what: &str, report: &mut Report) -> ScriptResult {
    agi.answer()?;
    match what {
        "music" => done(agi, &Background::music(), report)?,
        "noclass" => done(agi, &Background::music_of("there-is-none"), report)?,
        "prompt" => {
            let prompt = Prompt::from("one-moment-please").number(7);
            let pause = Duration::from_millis(300);
            done(agi, &Background::repeating(prompt, pause), report)?;
        }
        // Work that is done before anything was played.
        "quick" => {
            let seven = Background::repeating("tt-weasels", Duration::ZERO).run(agi, || 7)?;
            report.equal("the result", seven, 7)?;
        }
        "leave" => continue_at(agi, "routines", "landed", 1)?,
        other => return Err(format!("no scenario {other}").into()),
    }
    Ok(())
}

/// Works, and sees that the next reply is the next command's.
fn done(agi: &mut Session, background: &Background<'_>, report: &mut Report) -> ScriptResult {
    let begin = Instant::now();
    let result = background.run(agi, || {
        sleep(WORK);
        "done"
    })?;
    let took = begin.elapsed();
    report.equal("the result", result, "done")?;
    report.check("not before it is done", took >= WORK, took)?;
    agi.set_variable("AFTER", "this one")?;
    let after = agi.get_variable("AFTER")?;
    report.equal("aligned", after, Some("this one".into()))?;
    Ok(())
}

/// By EAGI(): a prompt that a caller answers by keys or by voice.
pub fn aloud(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let mut audio = Audio::open(agi)?;
    let prompt =
        Prompt::from("vm-enter-num-to-call").silence(Duration::from_millis(500)).sound("beep");
    let question = Question::digits(prompt).up_to(4).timeout(Duration::from_secs(8)).tries(2);
    let answer = question.or_spoken().ask(agi, &mut audio)?;
    let said = match answer {
        Answer::Given(Spoken::Keyed(digits)) => format!("keyed {digits}"),
        Answer::Given(Spoken::Said(speech)) => {
            format!("said for {} ms", speech.spoken().as_millis())
        }
        other => format!("{other:?}"),
    };
    report.line("answered", said)?;
    agi.set_variable("AFTER", "this one")?;
    let after = agi.get_variable("AFTER")?;
    report.equal("aligned", after, Some("this one".into()))?;
    Ok(())
}
