//! Questions: every way in which an answer comes, or does not.
//!
//! The sounds: `activated` 1.08 s, `cancelled` 0.98 s (said of a wrong answer), `auth-thankyou` 0.96 s (of silence),
//! `vm-goodbye` 0.88 s (at the end). Times are chosen so that half a second of difference changes nothing.

use std::time::Duration;

use agikit::ivr::{Prompt, Question};
use agikit::{ScriptResult, Session};

use super::Group;

pub const GROUPS: &[Group] = &[
    // The last digit ends the answer; `#` before it.
    Group {
        name: "exactly",
        script: |agi| three("activated").told(agi),
        calls: &[
            ("2.0 keys 123", "Given(\"123\")"),
            ("0.5 keys 123", "Given(\"123\")"),
            ("", "GaveUp(Silence)"),
            // Silence, and keys into what is said of that.
            ("3.0 keys 789", "Given(\"789\")"),
            // Too short, by the end key and by a pause.
            ("0.5 keys 12#, 3.0 keys 4#", "GaveUp(TooShort)"),
            ("0.5 keys 12, 5.0 keys 123", "Given(\"123\")"),
            ("0.5 key #, 3.0 keys 123", "Given(\"123\")"),
            ("2.0 key #, 4.0 key #", "GaveUp(TooShort)"),
            // Not digits.
            ("0.5 keys 1*2, 3.5 keys *12", "GaveUp(Wrong)"),
            ("0.5 keys 1*2, 3.5 keys 12A", "GaveUp(Wrong)"),
            // Keys into what is said of a wrong answer.
            ("0.5 keys 1*2, 1.6 keys 456", "Given(\"456\")"),
            // The last try's miss counts.
            ("0.5 keys 1*2", "GaveUp(Silence)"),
            // Hung up in the prompt, in the wait, behind a key, in what is said of each miss, at the end.
            ("0.5 hangup", "hangup"),
            ("1.8 hangup", "hangup"),
            ("1.5 key 1, 2.2 hangup", "hangup"),
            ("0.5 key 1, 1.1 hangup", "hangup"),
            ("0.5 key #, 1.0 hangup", "hangup"),
            ("0.5 key #, 2.0 hangup", "hangup"),
            ("3.0 hangup", "hangup"),
            ("0.5 key #, 3.0 key #, 3.5 hangup", "hangup"),
            ("0.5 key #, 3.0 key #, 4.4 hangup", "hangup"),
        ],
    },
    // The caller tells the end.
    Group {
        name: "between",
        script: |agi| {
            let question = quick(Question::digits("activated").length(2..=3));
            question.too_long("beep").told(agi)
        },
        calls: &[
            ("0.5 keys 12#", "Given(\"12\")"),
            ("1.5 keys 123#", "Given(\"123\")"),
            ("1.5 keys 12", "Given(\"12\")"),
            ("0.5 keys 123", "Given(\"123\")"),
            ("0.5 keys 1234#, 4.0 keys 12#", "Given(\"12\")"),
            ("0.5 keys 123456789#, 6.0 keys 9876#", "GaveUp(TooLong)"),
            ("0.5 keys 1234, 5.0 keys 1#", "GaveUp(TooShort)"),
            ("0.5 keys 1234, 2.0 hangup", "hangup"),
            ("0.5 keys 1234#, 1.9 hangup", "hangup"),
        ],
    },
    // Keys one by one: GET DATA knows no cancel key.
    Group {
        name: "cancel",
        script: |agi| three("activated").cancel_key('*').told(agi),
        calls: &[
            ("0.5 key *", "Cancelled"),
            ("2.0 key *", "Cancelled"),
            ("0.5 keys 12*", "Cancelled"),
            ("0.5 keys 123", "Given(\"123\")"),
            ("2.0 keys 123", "Given(\"123\")"),
            ("0.5 keys 12#, 1.6 key *", "Cancelled"),
            ("3.0 key *", "Cancelled"),
            ("0.5 keys 12, 5.0 keys 123", "Given(\"123\")"),
            ("", "GaveUp(Silence)"),
            ("0.5 key 1, 1.1 hangup", "hangup"),
            ("0.5 hangup", "hangup"),
            ("1.8 hangup", "hangup"),
        ],
    },
    Group {
        name: "other-end",
        script: |agi| quick(Question::digits("activated").up_to(4)).end_key('*').told(agi),
        calls: &[
            ("0.5 keys 12*", "Given(\"12\")"),
            ("0.5 keys 1234", "Given(\"1234\")"),
            ("0.5 keys 1#*, 3.5 key *", "GaveUp(TooShort)"),
            ("2.0 keys 12", "Given(\"12\")"),
        ],
    },
    Group {
        name: "no-end",
        script: |agi| {
            let keys = |keys: &[u8]| String::from_utf8(keys.to_vec()).ok();
            quick(Question::new("activated".into(), keys).exactly(3)).end_key(None).told(agi)
        },
        calls: &[
            ("0.5 keys 1#2", "Given(\"1#2\")"),
            ("2.0 keys *#D", "Given(\"*#D\")"),
            ("2.0 key #", "GaveUp(Silence)"),
        ],
    },
    // Another time for the first key than for the others.
    Group {
        name: "first-long",
        script: |agi| {
            three("activated").first_digit(ms(3000)).between_digits(ms(1000)).tries(1).told(agi)
        },
        calls: &[
            ("3.3 keys 123", "Given(\"123\")"),
            ("0.5 keys 12", "GaveUp(TooShort)"),
            ("0.5 keys 12, 2.5 key 3", "GaveUp(TooShort)"),
            ("2.0 keys 12, 4.3 key 3", "GaveUp(TooShort)"),
            ("", "GaveUp(Silence)"),
            ("3.3 hangup", "hangup"),
            ("2.0 key 1, 2.5 hangup", "hangup"),
        ],
    },
    Group {
        name: "first-short",
        script: |agi| {
            three("activated").first_digit(ms(800)).between_digits(ms(2500)).tries(1).told(agi)
        },
        calls: &[
            ("0.5 key 1, 2.2 keys 23", "Given(\"123\")"),
            ("1.4 key 1, 3.2 keys 23", "Given(\"123\")"),
            ("2.5 keys 123", "GaveUp(Silence)"),
        ],
    },
    // activated, "seven" 0.84 s, "star one" 0.9 + 0.92 s, silence, beep 0.44 s: a key in each of them.
    Group {
        name: "parts",
        script: |agi| parts().tries(1).told(agi),
        calls: &[
            ("0.4 keys 123", "Given(\"123\")"),
            ("1.4 keys 123", "Given(\"123\")"),
            ("2.3 keys 123", "Given(\"123\")"),
            ("4.5 keys 123", "Given(\"123\")"),
            ("5.4 keys 123", "Given(\"123\")"),
            ("0.4 keys 12", "GaveUp(TooShort)"),
            ("1.4 key #", "GaveUp(TooShort)"),
            ("1.4 keys 1#", "GaveUp(TooShort)"),
            ("1.4 hangup", "hangup"),
            ("2.3 hangup", "hangup"),
            ("4.5 hangup", "hangup"),
            ("2.3 key 1, 2.8 hangup", "hangup"),
        ],
    },
    // What is said last is no sound.
    Group {
        name: "number-last",
        script: |agi| three(Prompt::from("activated").number(7)).tries(1).told(agi),
        calls: &[
            ("1.4 keys 123", "Given(\"123\")"),
            ("2.7 keys 123", "Given(\"123\")"),
            ("2.7 key #", "GaveUp(TooShort)"),
            ("", "GaveUp(Silence)"),
            ("2.7 hangup", "hangup"),
        ],
    },
    Group {
        name: "nothing-said",
        script: |agi| three(Prompt::new()).tries(1).told(agi),
        calls: &[("0.5 keys 123", "Given(\"123\")"), ("", "GaveUp(Silence)")],
    },
    // The second prompt is another; and how often.
    Group {
        name: "again",
        script: |agi| three("activated").again("beep").tries(3).told(agi),
        calls: &[
            // 2.58 silence, 3.54 beep, 3.98, 5.48 silence, 6.44 beep
            ("5.0 keys 123", "Given(\"123\")"),
            ("6.0 keys 123", "Given(\"123\")"),
            ("0.5 key #, 1.0 key #, 1.5 key #", "GaveUp(TooShort)"),
        ],
    },
];

/// What a group's script asks, and gives.
pub trait Told {
    fn told(&self, agi: &mut Session) -> ScriptResult<String>;
}

impl<T: std::fmt::Debug> Told for Question<'_, T> {
    fn told(&self, agi: &mut Session) -> ScriptResult<String> {
        Ok(format!("{:?}", self.ask(agi)?))
    }
}

/// Two tries of a second and a half, with all that may be said.
pub fn quick<'a, T>(question: Question<'a, T>) -> Question<'a, T> {
    let question = question.timeout(ms(1500)).tries(2);
    question.invalid("cancelled").silence("auth-thankyou").give_up("vm-goodbye")
}

fn three<'a>(prompt: impl Into<Prompt<'a>>) -> Question<'a, String> {
    quick(Question::digits(prompt).exactly(3))
}

fn parts() -> Question<'static, String> {
    let prompt = Prompt::from("activated").number(7).digits("*1").silence(ms(1000)).sound("beep");
    three(prompt)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
