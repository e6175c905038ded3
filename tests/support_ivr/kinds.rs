//! Questions: every kind of answer, checks and look-ups; and prompts by themselves. The sounds are those of
//! `questions.rs`.

use std::time::Duration;

use agikit::ivr::{DateOrder, Prompt, Question};

use super::Group;
use super::questions::{Told, quick};

pub const GROUPS: &[Group] = &[
    Group {
        name: "check",
        script: |agi| {
            let question = quick(Question::number("activated")).length(1..=3);
            question.check(|&age| age >= 18, "beep").check(|&age| age < 100, "beep").told(agi)
        },
        calls: &[
            ("0.5 keys 42#", "Given(42)"),
            ("0.5 keys 7#, 3.0 keys 042#", "Given(42)"),
            ("0.5 keys 7#, 1.0 keys 42#", "Given(42)"),
            ("0.5 keys 7#, 3.0 keys 200#", "GaveUp(Refused)"),
            ("0.5 keys 7#, 3.0 keys 2*#", "GaveUp(Wrong)"),
        ],
    },
    Group {
        name: "look-up",
        script: |agi| {
            let question = quick(Question::digits("activated").exactly(2));
            let mut asked = Vec::new();
            let found = question.ask_for(agi, |agi, number| {
                agi.set_variable("DIALLED", &number)?;
                asked.push(number.clone());
                match number.as_str() {
                    "42" => Ok(Some("Alice")),
                    "99" => Err("no database".into()),
                    _ => Ok(None),
                }
            })?;
            let dialled = agi.get_variable("DIALLED")?;
            Ok(format!("{found:?} {asked:?} {:?}", dialled.unwrap_or_default().to_string()))
        },
        calls: &[
            ("0.5 keys 42", "Given(\"Alice\") [\"42\"] \"42\""),
            ("0.5 keys 17, 3.0 keys 42", "Given(\"Alice\") [\"17\", \"42\"] \"42\""),
            ("0.5 keys 17, 1.3 keys 42", "Given(\"Alice\") [\"17\", \"42\"] \"42\""),
            ("0.5 keys 17, 3.0 keys 18", "GaveUp(Refused) [\"17\", \"18\"] \"18\""),
            ("0.5 keys 17", "GaveUp(Silence) [\"17\"] \"17\""),
            ("0.5 keys 99", "error: no database"),
            ("0.5 keys 17, 1.3 hangup", "hangup"),
        ],
    },
    Group {
        name: "amount",
        script: |agi| quick(Question::amount("activated")).told(agi),
        calls: &[
            ("0.5 keys 12*5#", "Given(Amount(1250))"),
            ("0.5 keys 1*2*3#, 4.0 keys *05", "Given(Amount(5))"),
            ("2.0 keys 7", "Given(Amount(700))"),
        ],
    },
    Group {
        name: "date",
        script: |agi| {
            quick(Question::date("activated", DateOrder::DayMonthYear)).tries(1).told(agi)
        },
        calls: &[
            ("0.5 keys 29022024", "Given(Date { year: 2024, month: 2, day: 29 })"),
            ("0.5 keys 29022023", "GaveUp(Wrong)"),
            ("0.5 keys 2902#", "GaveUp(TooShort)"),
        ],
    },
    Group {
        name: "pin",
        script: |agi| {
            let right = quick(Question::pin("activated", 4)).check(|pin| pin.is("4711"), "beep");
            right.told(agi)
        },
        calls: &[
            ("0.5 keys 4711", "Given(Secret(4 digits))"),
            ("0.5 keys 4712, 3.5 keys 4711", "Given(Secret(4 digits))"),
            ("0.5 keys 4712, 3.5 keys 471#", "GaveUp(TooShort)"),
            ("0.5 keys 47, 1.2 hangup", "hangup"),
        ],
    },
    Group {
        name: "card",
        script: |agi| quick(Question::card("activated")).tries(1).told(agi),
        calls: &[
            ("0.5 keys 4111111111111111#", "Given(Secret(16 digits))"),
            ("0.5 keys 4111111111111112#", "GaveUp(Wrong)"),
        ],
    },
    // Two questions: what is pressed behind an answer's last digit is the next one's.
    Group {
        name: "two",
        script: |agi| {
            let question = quick(Question::digits("activated").exactly(2));
            Ok(format!("{:?} {:?}", question.ask(agi)?, question.ask(agi)?))
        },
        calls: &[("0.5 keys 1234", "Given(\"12\") Given(\"34\")")],
    },
    // What is only said: no key stops it, or these do.
    Group {
        name: "said",
        script: |agi| {
            let prompt = Prompt::from("beep").silence(Duration::from_millis(1000)).number(7);
            prompt.play(agi)?;
            let key = agi.wait_for_digit(Duration::from_millis(1500))?;
            Ok(format!("{:?}", key.digit()))
        },
        calls: &[
            ("0.8 key 5", "None"),
            ("0.8 key 5, 3.0 key 6", "Some('6')"),
            ("0.9 hangup", "hangup"),
            ("1.8 hangup", "hangup"),
        ],
    },
    Group {
        name: "said-until",
        script: |agi| {
            let prompt = Prompt::from("activated").silence(Duration::from_millis(1500)).number(7);
            Ok(format!("{:?}", prompt.play_until(agi, "12")?))
        },
        calls: &[
            ("0.5 key 1", "Some('1')"),
            ("0.5 key 3", "None"),
            ("1.8 key 2", "Some('2')"),
            ("1.8 key 3", "None"),
            ("1.8 hangup", "hangup"),
        ],
    },
];
