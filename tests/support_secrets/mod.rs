//! A script that asks for secrets, and then says them wherever it can. What it prints itself does not have them.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::fmt::Write;
use std::time::Duration;

use agikit::ivr::{Answer, Prompt, Question};
use agikit::{ScriptResult, Session};

pub const PIN: &str = "58392614";
pub const CARD: &str = "4929170283546316";

/// How keys are taken, and how it ends.
pub const SCENES: &[&str] =
    &["data", "early", "option", "keys", "cancel", "wrong", "silent", "hangup", "fails", "panics"];

/// What the caller presses in a scene. (`*` cancels; three tries.)
pub fn keys(scene: &str) -> String {
    match scene {
        "cancel" => format!("{}*{CARD}#", &PIN[..6]),
        // Too short, and refused; then too short, too long, refused.
        "wrong" => format!("{}#{PIN}{PIN}{}#{CARD}77777#{CARD}#", &PIN[..7], &CARD[..9]),
        "silent" | "hangup" => PIN[..7].to_owned(),
        _ => format!("{PIN}{CARD}#"),
    }
}

/// Runs a scene: with marks, or without, so that a search is seen to find.
pub fn script(agi: &mut Session, scene: &str, is_marked: bool) -> ScriptResult {
    let early = Prompt::from("beep").number(27).sound("agent-pass");
    let prompt = if scene == "data" { Prompt::from("agent-pass") } else { early };
    let pin = match is_marked {
        true => shaped(Question::pin(prompt, 8), scene).ask(agi)?.map(|it| it.reveal().to_owned()),
        false => shaped(Question::digits(prompt).exactly(8), scene).ask(agi)?,
    };
    let card = "vm-enter-num-to-call";
    let card = match is_marked {
        true => shaped(Question::card(card), scene).ask(agi)?.map(|it| it.reveal().to_owned()),
        false => shaped(Question::digits(card).length(12..=19), scene).ask(agi)?,
    };
    for (name, secret) in [("PIN", pin), ("CARD", card)] {
        if let Answer::Given(secret) = secret {
            tell(agi, name, &secret)?;
        }
    }
    match scene {
        "fails" => Err("the bank does not answer".into()),
        "panics" => panic!("the bank fell over"),
        // These are the script's own words: Asterisk's console and standard error have them, a transcript has not.
        "blurts" => Err(format!("no account for {PIN} and {CARD}").into()),
        _ => Ok(()),
    }
}

/// Says a secret in each way that there is.
fn tell(agi: &mut Session, name: &str, secret: &str) -> ScriptResult {
    let spaced = secret.chars().fold(String::new(), |mut all, key| {
        let _ = write!(all, "{key} ");
        all
    });
    let sounds = secret.chars().map(|key| format!("digits/{key}")).collect::<Vec<_>>().join("&");
    agi.set_variable(name, secret)?;
    agi.database_put("secrets", name, secret)?;
    agi.set_variable("LAST", &secret[2..])?;
    agi.set_variable("SPACED", &spaced)?;
    agi.verbose(&format!("{name} is {secret}, is {spaced}, is {}", spaced.replace(' ', "-")))?;
    agi.exec("NoOp", &format!("{secret} {sounds}"))?;
    agi.say_digits(secret)?;
    let again = agi.get_variable(name)?.unwrap_or_default();
    agi.set_variable("AGAIN", &again)?;
    Ok(())
}

fn shaped<'a, T>(question: Question<'a, T>, scene: &str) -> Question<'a, T> {
    let question = question.invalid("invalid").tries(2).timeout(Duration::from_secs(3));
    match scene {
        "cancel" | "keys" | "hangup" => question.cancel_key('*'),
        "option" => question.first_digit(Duration::from_secs(4)),
        "wrong" => question.tries(3).check(|_| false, "auth-incorrect").give_up("vm-goodbye"),
        _ => question,
    }
}

/// Where a secret is found: six of its digits in a row, with little between them, as keys that were pressed, as
/// codes of keys.
pub fn found(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let digits: Vec<(usize, char)> =
        text.char_indices().filter(|(_, it)| it.is_ascii_digit()).collect();
    let near = |pair: &[(usize, char)]| pair[1].0 - pair[0].0 <= 10;
    let apart = digits.windows(6).filter(|six| six.windows(2).all(near));
    let mut all: Vec<String> = apart.map(|six| six.iter().map(|(_, it)| it).collect()).collect();
    let numbers: Vec<&str> =
        text.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    let code = |number: &&str| number.parse().ok().filter(u8::is_ascii_digit).map(char::from);
    all.push(numbers.iter().filter_map(code).collect());
    let behind = |mark: &str, length: usize| -> Vec<String> {
        text.split(mark).skip(1).map(|it| it.chars().take(length).collect()).collect()
    };
    all.push(behind("result=", 2).iter().filter_map(|it| code(&it.as_str())).collect());
    all.extend(["key ", "Key('", "DTMF end '"].map(|mark| behind(mark, 1).concat()));
    let parts = [PIN, CARD]
        .into_iter()
        .flat_map(|secret| (0..secret.len() - 5).map(|at| &secret[at..at + 6]));
    parts.into_iter().find(|part| all.iter().any(|it| it.contains(part))).map(str::to_owned)
}
