//! Menus. The sounds are those of `questions.rs`.

use std::cell::RefCell;
use std::time::Duration;

use agikit::ivr::{Action, Answer, Menu, Prompt};
use agikit::{ScriptResult, Session};

use super::Group;

pub const GROUPS: &[Group] = &[
    Group {
        name: "menu",
        script: |agi| told(agi, &plain()),
        calls: &[
            ("0.5 key 1", "Given(\"one\")"),
            ("2.0 key 2", "Given(\"two\")"),
            // Again, while it is said and behind it.
            ("0.5 key *, 1.2 key 1", "Given(\"one\")"),
            ("2.0 key *, 4.0 key 1", "Given(\"one\")"),
            ("0.5 key 0", "Cancelled"),
            ("2.0 key 0", "Cancelled"),
            // A key that it does not have, and keys into what is said of that.
            ("0.5 key 9, 3.0 key 1", "Given(\"one\")"),
            ("0.5 key 9, 1.0 key 1", "Given(\"one\")"),
            ("0.5 key 9, 1.0 key #", "GaveUp(Wrong)"),
            ("0.5 key 9", "GaveUp(Silence)"),
            ("", "GaveUp(Silence)"),
            ("3.0 key 2", "Given(\"two\")"),
            ("0.5 hangup", "hangup"),
            ("2.0 hangup", "hangup"),
            ("0.5 key 9, 1.0 hangup", "hangup"),
            ("0.5 key *, 1.2 hangup", "hangup"),
            ("3.0 hangup", "hangup"),
            ("0.5 key 9, 1.0 key 9, 1.5 hangup", "hangup"),
            ("0.5 key 9, 1.0 key 9, 2.4 hangup", "hangup"),
        ],
    },
    Group {
        name: "nested",
        script: |agi| {
            let inner = quick("auth-thankyou").choice('1', "inner one").back_key('0');
            told(agi, &plain().menu('3', inner))
        },
        calls: &[
            ("0.5 keys 31", "Given(\"inner one\")"),
            ("2.0 key 3, 3.6 key 1", "Given(\"inner one\")"),
            ("0.5 key 3, 1.0 key 0, 1.6 key 2", "Given(\"two\")"),
            ("0.5 key 3, 1.0 key 0, 1.6 key 0", "Cancelled"),
            ("0.5 key 3, 1.0 key 9, 1.6 key 9", "GaveUp(Wrong)"),
            ("0.5 key 3", "GaveUp(Silence)"),
            ("0.5 key 3, 1.0 hangup", "hangup"),
            ("0.5 key 3, 2.2 hangup", "hangup"),
            ("0.5 key 3, 1.0 key 0, 1.6 hangup", "hangup"),
        ],
    },
    Group {
        name: "default",
        script: |agi| told(agi, &plain().by_default("operator")),
        calls: &[
            ("", "Given(\"operator\")"),
            ("0.5 key 9", "Given(\"operator\")"),
            ("0.5 key 9, 1.0 key 9", "GaveUp(Wrong)"),
            ("0.5 key 2", "Given(\"two\")"),
        ],
    },
    // What is said last is no sound.
    Group {
        name: "menu-parts",
        script: |agi| {
            let prompt = Prompt::from("activated").number(7).silence(Duration::from_millis(1000));
            told(agi, &plain_of(prompt).tries(1))
        },
        calls: &[
            ("0.5 key 1", "Given(\"one\")"),
            ("1.4 key 1", "Given(\"one\")"),
            ("2.5 key 1", "Given(\"one\")"),
            ("3.8 key 1", "Given(\"one\")"),
            ("", "GaveUp(Silence)"),
            ("1.4 hangup", "hangup"),
            ("2.5 hangup", "hangup"),
            ("3.8 hangup", "hangup"),
        ],
    },
    Group {
        name: "confirm",
        script: |agi| {
            let menu = Menu::confirm("activated").timeout(Duration::from_millis(1500)).tries(1);
            Ok(format!("{:?}", menu.ask(agi)?.cloned()))
        },
        calls: &[
            ("0.5 key 1", "Given(true)"),
            ("0.5 key 2", "Given(false)"),
            ("0.5 key 3", "GaveUp(Wrong)"),
            ("", "GaveUp(Silence)"),
        ],
    },
    Group {
        name: "actions",
        script: |agi| {
            let done = RefCell::new(Vec::new());
            let menu: Menu<'_, Action<'_, Box<dyn std::error::Error + Send + Sync>>> =
                Menu::new("activated").timeout(Duration::from_millis(1500)).tries(1);
            let menu = menu
                .action('1', |agi: &mut Session| {
                    done.borrow_mut().push("one");
                    Ok(agi.stream_file("beep").map(drop)?)
                })
                .action('2', |_: &mut Session| Err("two does not work".into()))
                .action('3', |agi: &mut Session| Ok(agi.stream_file("auth-thankyou").map(drop)?));
            let answer: Answer<()> = menu.run(agi)?;
            Ok(format!("{answer:?} {:?}", done.borrow()))
        },
        calls: &[
            ("0.5 key 1", "Given(()) [\"one\"]"),
            ("0.5 key 2", "error: two does not work"),
            ("0.5 key 3, 1.0 hangup", "hangup"),
            ("", "GaveUp(Silence) []"),
        ],
    },
];

fn told(agi: &mut Session, menu: &Menu<'_, &str>) -> ScriptResult<String> {
    Ok(format!("{:?}", menu.ask(agi)?.cloned()))
}

/// Two tries of a second and a half, with all that may be said.
fn quick<'a>(prompt: impl Into<Prompt<'a>>) -> Menu<'a, &'static str> {
    let menu = Menu::new(prompt).timeout(Duration::from_millis(1500)).tries(2);
    menu.invalid("cancelled").silence("auth-thankyou").give_up("vm-goodbye")
}

fn plain_of<'a>(prompt: impl Into<Prompt<'a>>) -> Menu<'a, &'static str> {
    quick(prompt).choice('1', "one").choice('2', "two").repeat_key('*').back_key('0')
}

fn plain() -> Menu<'static, &'static str> {
    plain_of("activated")
}
