//! What callers do with questions and menus, and what comes of it: one table, for the emulator and for real Asterisk.

#![allow(dead_code, reason = "each of the programs uses a part")]

mod kinds;
mod menus;
mod questions;

use std::sync::{Arc, Mutex};

use agikit::emulator::{Asterisk, Version};
use agikit::{Error, ScriptResult, Session};

use crate::support_scenarios::{Act, Scenario, parse};

/// Gives what it came to, as text.
pub type Script = fn(&mut Session) -> ScriptResult<String>;

/// A script and its callers: what each does, as in `tests/scenarios` (`0.5 keys 12#, 3.0 hangup`), and what it comes to.
pub struct Group {
    pub name: &'static str,
    pub script: Script,
    pub calls: &'static [(&'static str, &'static str)],
}

/// One call.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub script: Script,
    /// Of it, what the caller does.
    pub scenario: Scenario,
    pub expected: &'static str,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What the script gave; `hangup` when that ended it, `error: …` when something else did.
    pub answer: String,
    /// What it sent.
    pub sent: Vec<String>,
}

/// The whole table.
pub fn cases() -> Vec<Case> {
    let groups = [questions::GROUPS, kinds::GROUPS, menus::GROUPS].concat();
    groups.iter().flat_map(Group::cases).collect()
}

impl Group {
    fn cases(&self) -> Vec<Case> {
        let case = |(number, &(caller, expected)): (usize, &(&str, &'static str))| {
            let acts = caller.split(", ").filter(|act| !act.is_empty());
            let acts: String = acts.map(|act| format!("caller {act}\n")).collect();
            let name = format!("{}.{number}", self.name);
            let scenario = parse(&format!("== {name}\n{acts}")).expect(caller).remove(0);
            Case { name, script: self.script, scenario, expected }
        };
        self.calls.iter().enumerate().map(case).collect()
    }
}

impl Clone for Group {
    fn clone(&self) -> Self {
        Group { ..*self }
    }
}

/// Runs a script to its end.
pub fn outcome(script: Script, agi: &mut Session) -> String {
    match script(agi) {
        Ok(answer) => answer,
        Err(error) => match error.downcast_ref::<Error>() {
            Some(Error::Hangup) => "hangup".into(),
            _ => format!("error: {error}"),
        },
    }
}

/// Of the commands those of the script: whether that was a hangup the session asks itself, or has learned already.
pub fn own(mut sent: Vec<String>) -> Vec<String> {
    sent.retain(|line| line != "CHANNEL STATUS");
    sent
}

/// The caller of a call, on the emulator.
pub fn emulated(scenario: &Scenario, version: Version) -> Asterisk {
    let asterisk = Asterisk::new().version(version).answered();
    scenario.caller.iter().fold(asterisk, |asterisk, (time, act)| match act {
        Act::Key(key) => asterisk.keys_at(*time, &key.to_string()),
        Act::Hangup => asterisk.hang_up_at(*time),
        other => panic!("no caller of a menu does this: {other:?}"),
    })
}

/// The call on the emulator.
pub fn run(case: &Case, version: Version) -> Outcome {
    let answer = Arc::new(Mutex::new(String::new()));
    let answers = Arc::clone(&answer);
    let script = case.script;
    let call = emulated(&case.scenario, version).run(move |agi| {
        *answers.lock().unwrap() = outcome(script, agi);
        Ok::<(), Error>(())
    });
    let answer = answer.lock().unwrap().clone();
    Outcome { answer, sent: own(call.commands()) }
}
