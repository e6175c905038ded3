//! The commands of the dialplan: its variables, applications and routines, AstDB, and where the call goes on.

use agikit::{Gosub, Result, Session};

use crate::chance::Chance;
use crate::notes::{Bears, Notes};

/// Applications that take no time, or a little; none of them changes anything but this channel.
const APPLICATIONS: [(&str, &str); 11] = [
    ("NoOp", "a,b"),
    ("Wait", "0.1"),
    ("Wait", "0.3"),
    ("Playback", "beep"),
    ("Playback", "no-such-sound"),
    ("SendDTMF", "12,50,50"),
    ("Set", "SOAK_SET=1"),
    ("Read", "SOAK_READ,beep,2,,1,1"),
    ("Playtones", "!440/50"),
    ("StopPlaytones", ""),
    ("Verbose", "4,said by an application"),
];

/// Routines, and what each leaves: by Return, or by running out of priorities.
const ROUTINES: [(&str, Option<bool>); 4] =
    [("returns", Some(true)), ("waits", Some(true)), ("ends", Some(false)), ("none", None)];

pub fn one(
    agi: &mut Session,
    words: &'static str,
    id: &str,
    chance: &mut Chance,
    notes: &mut Notes,
) -> Result {
    use Bears::{Counted, NoApplication, Nothing};
    match words {
        "DATABASE DEL" => {
            let seen = agi.database_del("soak", id);
            notes.take(words, Nothing, seen)?;
        }
        "DATABASE DELTREE" => {
            let put = agi.database_put("soak-tree", id, "x");
            notes.take("DATABASE PUT", Nothing, put)?;
            let seen = agi.database_deltree("soak-tree");
            notes.take(words, Nothing, seen)?;
        }
        "DATABASE PUT" | "DATABASE GET" => {
            let value = chance.bytes(30);
            let put = agi.database_put("soak", id, value.as_slice());
            notes.take("DATABASE PUT", Nothing, put)?;
            let got = agi.database_get("soak", id);
            let got = notes.take("DATABASE GET", Nothing, got)?.flatten();
            let same = got.as_ref().is_some_and(|got| got.as_bytes() == value);
            notes.check("another value in AstDB", same, &(&value, &got));
            notes.tokens += u32::from(same);
        }
        "EXEC" if chance.is(5) => {
            let seen = agi.exec("NoSuchApplication", "");
            notes.take(words, NoApplication, seen)?;
        }
        "EXEC" if chance.is(5) => {
            notes.hangs_up = true;
            let seen = agi.exec("Hangup", "");
            notes.take(words, Nothing, seen)?;
        }
        "EXEC" => {
            let (application, arguments) = chance.of(&APPLICATIONS);
            let seen = agi.exec(application, arguments);
            notes.take(words, Nothing, seen)?;
        }
        "GET FULL VARIABLE" => {
            let word = chance.word(12);
            let (a, b) = (chance.below(1000), chance.below(1000));
            let seen = agi.get_full_variable(&format!("<{word} $[{a} + {b}]> ${{LEN({word})}}"));
            if let Some(seen) = notes.take(words, Nothing, seen)? {
                let expected = format!("<{word} {}> {}", a + b, word.len());
                let same = seen.as_ref().is_some_and(|seen| *seen == *expected);
                notes.check("another value", same, &(&expected, &seen));
                notes.tokens += u32::from(same);
            }
        }
        "GET VARIABLE" => {
            let seen =
                agi.get_variable(chance.of(&["CHANNEL", "EXTEN", "UNIQUEID", "NO_SUCH_ONE"]));
            notes.take(words, Nothing, seen)?;
        }
        "GOSUB" => {
            let (routine, complete) = chance.of(&ROUTINES);
            let word = chance.word(10);
            let bears = if complete.is_none() { Counted } else { Nothing };
            let seen = agi.run(Gosub::new("soak-routines", routine, 1).arguments(&word));
            if let Some(seen) = notes.take(words, bears, seen)? {
                notes.check("GOSUB", Some(seen.complete) == complete, &(routine, seen));
            }
        }
        "NOOP" => {
            let seen = agi.noop();
            notes.take(words, Nothing, seen)?;
        }
        "SET CONTEXT" => {
            let seen = agi.set_context("soak-script");
            notes.take(words, Nothing, seen)?;
        }
        "SET EXTENSION" => {
            let seen = agi.set_extension(id);
            notes.take(words, Nothing, seen)?;
        }
        "SET PRIORITY" => {
            let seen = agi.set_priority("after");
            notes.take(words, Nothing, seen)?;
        }
        "SET VARIABLE" => {
            let value = chance.bytes(200);
            let seen = agi.set_variable("SOAK_D", value.as_slice());
            notes.take(words, Nothing, seen)?;
        }
        other => notes.fault(other, "nobody has thought of it"),
    }
    Ok(())
}
