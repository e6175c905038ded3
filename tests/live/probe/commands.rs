//! Every one of the 47 commands through its typed method, live and dead.

use std::time::{Duration, UNIX_EPOCH};

use agikit::{
    CATALOGUE, ChannelState, Error, GetData, GetOption, RecordingEnd, Result, ScriptResult,
    Session, SpeechCreate, TddSwitch, Waited,
};

use crate::report::Report;

/// What a command gave: whether it is what a live channel gives, and how it looks.
type Seen = Result<(bool, String)>;

struct Row {
    words: &'static str,
    run: fn(&mut Session) -> Seen,
}

/// `"WORDS" => |agi| method, |reply| whether it is right`
macro_rules! rows {
    ($($words:literal => |$agi:ident| $run:expr, |$reply:pat_param| $right:expr;)*) => {
        &[$(Row {
            words: $words,
            run: |$agi: &mut Session| -> Seen {
                let reply = $run?;
                let seen = format!("{reply:?}");
                let $reply = reply;
                Ok(($right, seen))
            },
        },)*]
    };
}

const SOON: Duration = Duration::from_millis(100);

/// A reply that is an error on a live channel: `-1` for a recogniser that is not there.
fn failed<T>(result: Result<T>) -> Result<bool> {
    match result {
        Ok(_) => Ok(false),
        Err(Error::Failed { .. }) => Ok(true),
        Err(other) => Err(other),
    }
}

#[rustfmt::skip]
static ROWS: &[Row] = rows! {
    "ANSWER" => |agi| agi.answer(), |()| true;
    "ASYNCAGI BREAK" => |agi| agi.asyncagi_break(), |()| true;
    "CHANNEL STATUS" => |agi| agi.channel_status(), |state| state == ChannelState::Up;
    "CONTROL STREAM FILE" => |agi| agi.control_stream_file("digits/1"),
        |played| played.digit.is_none() && played.endpos.is_none();
    "DATABASE PUT" => |agi| agi.database_put("probe", "a key", "val ue"), |done| done;
    "DATABASE GET" => |agi| { agi.database_put("probe", "got", "val) ue")?; agi.database_get("probe", "got") },
        |value| value.is_some_and(|value| value == "val) ue");
    "DATABASE DEL" => |agi| agi.database_del("probe", "got"), |done| done;
    "DATABASE DELTREE" => |agi| {
        let channel = agi.environment().uniqueid().to_string();
        agi.database_put(&format!("probe-{channel}"), "x", "1")?;
        let first = agi.database_deltree(&format!("probe-{channel}"))?;
        Ok::<_, Error>((first, agi.database_deltree(&format!("probe-{channel}"))?))
    }, |done| done == (true, false);
    "EXEC" => |agi| agi.exec("NoOp", "a,b"), |code| code == 0;
    "GET DATA" => |agi| agi.run(GetData::new("digits/1").timeout(SOON)),
        |data| data.digits.is_empty() && data.timed_out;
    "GET FULL VARIABLE" => |agi| agi.get_full_variable("a (${CHANNEL}) $[1 + 1]"),
        |value| value.is_some_and(|value| value.to_string_lossy().ends_with(") 2"));
    "GET OPTION" => |agi| agi.run(GetOption::new("digits/1", "12").timeout(SOON)),
        |played| played.digit.is_none() && played.endpos == 7360;
    "GET VARIABLE" => |agi| {
        let channel = agi.environment().channel().to_value();
        Ok::<_, Error>((agi.get_variable("CHANNEL")? == Some(channel), agi.get_variable("NO_SUCH_ONE")?))
    }, |(same, none)| same && none.is_none();
    "GOSUB" => |agi| agi.gosub("routines", "returns", 1), |routine| routine.complete;
    "NOOP" => |agi| agi.noop(), |()| true;
    "RECEIVE CHAR" => |agi| agi.receive_char(SOON), |byte| byte.is_none();
    "RECEIVE TEXT" => |agi| agi.receive_text(SOON), |text| text.is_none();
    "RECORD FILE" => |agi| agi.record_file("/tmp/probe", "wav", "#", Duration::from_millis(300)),
        |recording| recording.end == RecordingEnd::Timeout;
    "SAY ALPHA" => |agi| agi.say_alpha("ab"), |key| key.is_none();
    "SAY DATE" => |agi| agi.say_date(UNIX_EPOCH), |key| key.is_none();
    "SAY DATETIME" => |agi| agi.say_datetime(UNIX_EPOCH), |key| key.is_none();
    "SAY DIGITS" => |agi| agi.say_digits("042"), |key| key.is_none();
    "SAY NUMBER" => |agi| agi.say_number(-12), |key| key.is_none();
    "SAY PHONETIC" => |agi| agi.say_phonetic("a"), |key| key.is_none();
    "SAY TIME" => |agi| agi.say_time(UNIX_EPOCH), |key| key.is_none();
    "SEND IMAGE" => |agi| agi.send_image("none"), |()| true;
    "SEND TEXT" => |agi| agi.send_text("hello"), |()| true;
    "SET AUTOHANGUP" => |agi| { agi.set_autohangup(Duration::from_millis(90_500))?; agi.set_autohangup(Duration::ZERO) },
        |()| true;
    "SET CALLERID" => |agi| {
        agi.set_callerid("Jane <5551>")?;
        agi.get_variable("CALLERID(num)")
    }, |number| number.is_some_and(|number| number == "5551");
    "SET CONTEXT" => |agi| agi.set_context("scripts"), |()| true;
    "SET EXTENSION" => |agi| agi.set_extension(&agi.environment().extension().to_value()), |()| true;
    "SET MUSIC" => |agi| { agi.set_music(true)?; agi.set_music(false) }, |()| true;
    "SET PRIORITY" => |agi| { agi.set_priority(1)?; agi.set_priority("agi") }, |()| true;
    "SET VARIABLE" => |agi| {
        agi.set_variable("PROBE", "a \"b\" \\c")?;
        agi.get_variable("PROBE")
    }, |value| value.is_some_and(|value| value == "a \"b\" \\c");
    "SPEECH ACTIVATE GRAMMAR" => |agi| agi.speech_activate_grammar("g"), |done| !done;
    "SPEECH CREATE" => |agi| Ok::<_, Error>((agi.speech_create()?, agi.run(SpeechCreate::new().engine("none"))?)),
        |(_, named)| !named;
    "SPEECH DEACTIVATE GRAMMAR" => |agi| agi.speech_deactivate_grammar("g"), |done| !done;
    "SPEECH DESTROY" => |agi| { agi.speech_destroy()?; agi.speech_destroy() }, |done| !done;
    "SPEECH LOAD GRAMMAR" => |agi| agi.speech_load_grammar("g", "/tmp/g"), |done| !done;
    "SPEECH RECOGNIZE" => |agi| failed(agi.speech_recognize("digits/1", Duration::from_secs(1))), |it| it;
    "SPEECH SET" => |agi| agi.speech_set("a", "b"), |done| !done;
    "SPEECH UNLOAD GRAMMAR" => |agi| agi.speech_unload_grammar("g"), |done| !done;
    "STREAM FILE" => |agi| agi.stream_file("digits/1"),
        |played| played.digit.is_none() && played.endpos == 7360;
    "TDD MODE" => |agi| agi.tdd_mode(TddSwitch::On), |done| !done;
    "VERBOSE" => |agi| agi.verbose("the probe says hello"), |()| true;
    "WAIT FOR DIGIT" => |agi| agi.wait_for_digit(SOON), |waited| waited == Waited::Timeout;
    // The last one: what follows runs on a dead channel.
    "HANGUP" => |agi| agi.hangup(), |()| true;
};

/// All of them on a live channel, in one session.
pub fn all(agi: &mut Session, report: &mut Report) -> ScriptResult {
    for row in ROWS {
        match (row.run)(agi) {
            Ok((right, seen)) => report.told(row.words, right, &seen)?,
            Err(error) => report.check(row.words, false, error)?,
        }
    }
    let missing: Vec<_> =
        CATALOGUE.iter().filter(|spec| ROWS.iter().all(|row| row.words != spec.words)).collect();
    report.check("none missing", missing.is_empty() && ROWS.len() == CATALOGUE.len(), missing)?;
    Ok(())
}

/// One of them on a dead channel: a session refuses by itself once it knows, so each gets its own.
pub fn one_dead(agi: &mut Session, number: usize, report: &mut Report) -> ScriptResult {
    let row = ROWS.get(number).ok_or("no such row")?;
    let dead = CATALOGUE.iter().any(|spec| spec.words == row.words && spec.dead);
    let knew = agi.is_hung_up();
    let seen = (row.run)(agi);
    let right = match (&seen, dead) {
        (Ok((right, _)), true) => *right && !agi.is_hung_up(),
        // Sent, refused with 511, and from then on known.
        (Err(Error::Hangup), false) => !knew && agi.is_hung_up(),
        _ => false,
    };
    let seen = seen.map_or_else(|error| format!("Err: {error}"), |(_, seen)| seen);
    report.told(row.words, right, &seen)?;
    Ok(())
}
