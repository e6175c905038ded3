//! Asks a caller for a number and says it back.
//!
//! | variable | what the dialplan finds in it |
//! |---|---|
//! | `RESULT` | `given`, `none` (no try brought a number), `hangup` or `error` |
//! | `NUMBER` | the number, where one was given |

use agikit::ivr::{Answer, Question, Sounds};
use agikit::{Result, Session};

/// The whole call.
///
/// # Errors
/// What ended it early. A hangup is one of them, and `agikit` takes it for a normal end.
pub fn script(agi: &mut Session) -> Result {
    let talked = talk(agi); // no `?` here: what follows runs after a hangup, too
    let result = match &talked {
        Ok(result) => result,
        Err(_) if agi.is_hung_up() => "hangup",
        Err(_) => "error",
    };
    agi.set_variable("RESULT", result)?;
    talked.map(drop)
}

/// Talks with the caller. Gives the `RESULT`.
fn talk(agi: &mut Session) -> Result<&'static str> {
    agi.answer()?;
    let Answer::Given(number) = question().ask(agi)? else {
        return Ok("none");
    };
    agi.set_variable("NUMBER", &number)?;
    agi.stream_file("vm-num-i-have")?;
    agi.say_digits(&number)?;
    Ok("given")
}

/// What the caller is asked.
fn question() -> Question<'static, String> {
    Question::digits("vm-enter-num-to-call")
        .length(2..=8) // ended by # or a pause
        .invalid("invalid")
        .give_up("goodbye") // after three tries
}

/// All that the script may play: `agikit doctor` looks whether it is there.
#[must_use]
pub fn sounds() -> Sounds {
    question().sounds().digits().and(["vm-num-i-have"])
}
