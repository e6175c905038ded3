//! Every one of the 47 commands with random arguments, and some that are none. None takes more than a few seconds.

use std::time::{Duration, UNIX_EPOCH};

use agikit::{
    CATALOGUE, ControlStreamFile, Error, GetData, GetOption, Raw, RecordFile, Result, SayAlpha,
    SayDatetime, SayDigits, SayNumber, SayPhonetic, Session, SetMusic, SpeechCreate, StreamFile,
    TddSwitch, Verbose,
};

use crate::chance::Chance;
use crate::dialplan;
use crate::notes::{Bears, Notes};

/// The formats of a recording; the last is none.
const FORMATS: [&str; 4] = ["gsm", "wav", "sln", "no-such-format"];

/// One of them. Only [`Error::Hangup`] is handed on.
pub fn any(agi: &mut Session, id: &str, chance: &mut Chance, notes: &mut Notes) -> Result {
    match chance.below(50) {
        47 => unknown(agi, notes),
        48 => too_few(agi, chance, notes),
        49 => never_sent(agi, notes),
        number => {
            let words = CATALOGUE[usize::try_from(number).unwrap()].words;
            one(agi, words, id, chance, notes)
        }
    }
}

/// The words of no command.
fn unknown(agi: &mut Session, notes: &mut Notes) -> Result {
    let seen = agi.run(Raw::new("NO SUCH COMMAND"));
    notes.take("(unknown)", Bears::Refusal(510), seen).map(drop)
}

/// A usage of several lines.
fn too_few(agi: &mut Session, chance: &mut Chance, notes: &mut Notes) -> Result {
    let words = chance.of(&["SET VARIABLE", "DATABASE PUT", "VERBOSE", "GET FULL VARIABLE"]);
    notes.take("(too few words)", Bears::Refusal(520), agi.run(Raw::new(words))).map(drop)
}

/// A line feed would be another command.
fn never_sent(agi: &mut Session, notes: &mut Notes) -> Result {
    let seen = agi.set_variable("SOAK_LINE", "a\nHANGUP");
    // A closed session looks at no argument.
    let is_kept = match &seen {
        Err(Error::Hangup) => agi.is_hung_up(),
        seen => matches!(seen, Err(Error::Argument { .. })),
    };
    notes.check("it was sent", is_kept, &seen);
    Ok(())
}

fn one(
    agi: &mut Session,
    words: &'static str,
    id: &str,
    chance: &mut Chance,
    notes: &mut Notes,
) -> Result {
    use Bears::{Counted, Failing, Nothing};
    // `take!(what it bears, what is run)`
    macro_rules! take {
        ($bears:expr, $run:expr) => {{
            let seen = $run;
            notes.take(words, $bears, seen)?
        }};
    }
    let time = UNIX_EPOCH + Duration::from_secs(chance.below(2_000_000_000));
    match words {
        "ANSWER" => _ = take!(Nothing, agi.answer()),
        "ASYNCAGI BREAK" => _ = take!(Nothing, agi.asyncagi_break()),
        "CHANNEL STATUS" => _ = take!(Nothing, agi.channel_status()),
        "CONTROL STREAM FILE" => {
            let (sound, bears) = sound(chance);
            let command = ControlStreamFile::new(sound).escape_digits(chance.of(&["", "5", "0*"]));
            _ = take!(bears, agi.run(command));
        }
        "GET DATA" => {
            let (sound, bears) = sound(chance);
            let bears = if bears == Counted { Failing } else { bears };
            let command =
                GetData::new(sound).timeout(chance.soon(600)).max_digits(chance.of(&[1, 2, 4]));
            if let Some(data) = take!(bears, agi.run(command)) {
                notes.check("more keys than asked for", data.digits.len() <= 4, &data.digits.len());
            }
        }
        "GET OPTION" => {
            let (sound, bears) = sound(chance);
            let command = GetOption::new(sound, chance.keys()).timeout(chance.soon(500));
            _ = take!(bears, agi.run(command));
        }
        "STREAM FILE" => {
            let (sound, bears) = sound(chance);
            let command = StreamFile::new(sound).escape_digits(chance.keys());
            let command = if chance.is(20) { command.offset(800) } else { command };
            _ = take!(bears, agi.run(command));
        }
        "RECORD FILE" => {
            let format = chance.of(&FORMATS);
            let bears = if format == FORMATS[3] { Counted } else { Nothing };
            let file = format!("/srv/lab/report/soak/{id}-recorded");
            let command = RecordFile::new(&file, format, "#", chance.soon(500)).beep(chance.is(20));
            let command = match chance.is(20) {
                true => command.silence(Duration::from_secs(1)),
                false => command,
            };
            _ = take!(bears, agi.run(command));
        }
        "RECEIVE CHAR" => {
            // Asterisk answers as at a hangup, and counts it.
            if take!(Counted, agi.receive_char(chance.soon(200))) == Some(None) {
                notes.counted();
            }
        }
        "RECEIVE TEXT" => _ = take!(Nothing, agi.receive_text(chance.soon(200))),
        "WAIT FOR DIGIT" => _ = take!(Nothing, agi.wait_for_digit(chance.soon(600))),
        "SAY ALPHA" => {
            let text = chance.word(3);
            _ = take!(Nothing, agi.run(SayAlpha::new(&text).escape_digits(chance.keys())));
        }
        "SAY DIGITS" => {
            let text = chance.digits(4);
            _ = take!(Nothing, agi.run(SayDigits::new(&text).escape_digits(chance.keys())));
        }
        "SAY NUMBER" => {
            let number = i32::try_from(chance.below(1999)).unwrap() - 999;
            _ = take!(Nothing, agi.run(SayNumber::new(number).escape_digits(chance.keys())));
        }
        "SAY PHONETIC" => {
            let text = chance.word(2);
            _ = take!(Nothing, agi.run(SayPhonetic::new(&text).escape_digits(chance.keys())));
        }
        "SAY DATE" => _ = take!(Nothing, agi.say_date(time)),
        "SAY TIME" => _ = take!(Nothing, agi.say_time(time)),
        "SAY DATETIME" => {
            _ = take!(
                Nothing,
                agi.run(SayDatetime::new(time).format(chance.of(&["A", "IMp", "B"])))
            );
        }
        "SEND IMAGE" => _ = take!(Nothing, agi.send_image("none")),
        "SEND TEXT" => {
            let text = chance.word(20);
            _ = take!(Nothing, agi.send_text(&text));
        }
        "SET AUTOHANGUP" => {
            let time = if chance.is(60) { Duration::ZERO } else { chance.soon(2500) };
            notes.sets_timer |= !time.is_zero();
            _ = take!(Nothing, agi.set_autohangup(time));
        }
        "SET CALLERID" => {
            let number = chance.digits(12);
            _ = take!(Nothing, agi.set_callerid(&format!("\"A (caller)\" <{number}>")));
        }
        // Off again before anything else: Asterisk 22 does not survive RECORD FILE beside music.
        "SET MUSIC" => {
            let on = SetMusic::new(true);
            _ = take!(Nothing, agi.run(if chance.is(30) { on.class("none") } else { on }));
            std::thread::sleep(chance.soon(200));
            _ = take!(Nothing, agi.run(SetMusic::new(false)));
        }
        "TDD MODE" => {
            let mode = chance.of(&[TddSwitch::On, TddSwitch::Off]);
            _ = take!(Nothing, agi.tdd_mode(mode));
        }
        "VERBOSE" => {
            let text = chance.bytes(60);
            _ = take!(Nothing, agi.run(Verbose::new(text.as_slice()).level(chance.of(&[1, 4]))));
        }
        "HANGUP" => {
            if chance.is(25) {
                notes.hangs_up = true;
                _ = take!(Nothing, agi.hangup());
            }
        }
        "SPEECH CREATE" => {
            let named = SpeechCreate::new().engine("none");
            let done =
                take!(Nothing, agi.run(if chance.is(50) { named } else { SpeechCreate::new() }));
            notes.check("an engine", done != Some(true), &done);
        }
        "SPEECH ACTIVATE GRAMMAR" => _ = take!(Nothing, agi.speech_activate_grammar("g")),
        "SPEECH DEACTIVATE GRAMMAR" => _ = take!(Nothing, agi.speech_deactivate_grammar("g")),
        "SPEECH DESTROY" => _ = take!(Nothing, agi.speech_destroy()),
        "SPEECH LOAD GRAMMAR" => _ = take!(Nothing, agi.speech_load_grammar("g", "/tmp/g")),
        "SPEECH RECOGNIZE" => {
            _ = take!(Failing, agi.speech_recognize("digits/1", Duration::from_secs(1)));
        }
        "SPEECH SET" => _ = take!(Nothing, agi.speech_set("a", "b")),
        "SPEECH UNLOAD GRAMMAR" => _ = take!(Nothing, agi.speech_unload_grammar("g")),
        _ => dialplan::one(agi, words, id, chance, notes)?,
    }
    Ok(())
}

/// A short sound, or one that is not there.
fn sound(chance: &mut Chance) -> (&'static str, Bears) {
    match chance.is(10) {
        true => ("no-such-sound", Bears::Counted),
        false => (chance.sound(), Bears::Nothing),
    }
}
