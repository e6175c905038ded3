//! What a call is to be, drawn from its seed, and what AGISTATUS it may then have.

use std::fmt::Write;

use super::told::Told;
use crate::barge::chance::Chance;

/// How the script is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Process,
    Eagi,
    Served,
    /// On a dead channel, in the `h` extension.
    Dead,
    DeadServed,
    /// No program of that name.
    Missing,
    /// A file that may not be run.
    NotRun,
    /// A port on which nobody listens.
    NobodyThere,
}

use Kind::{Dead, DeadServed, Eagi, Missing, NobodyThere, NotRun, Process, Served};

/// Of a hundred calls.
const KINDS: [(Kind, u64); 8] = [
    (Process, 34),
    (Eagi, 26),
    (Served, 22),
    (Dead, 5),
    (DeadServed, 3),
    (Missing, 4),
    (NotRun, 3),
    (NobodyThere, 3),
];

/// One call.
#[derive(Debug, Clone)]
pub struct Plan {
    pub id: String,
    pub kind: Kind,
    seed: u64,
    /// How the script ends: `ok`, `error`, `panic`, `exit` (with a status of its own), `killed`.
    pub end: &'static str,
    signal: bool,
    /// AGIEXITONHANGUP.
    leaves: bool,
    voice: bool,
    keys: [String; 2],
    /// What the caller waits for, in milliseconds, before each of the keys and before he hangs up.
    waits: [u64; 3],
}

impl Plan {
    pub fn draw(seed: u64, number: u64) -> Plan {
        let mut chance = Chance::new(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut at = chance.below(100);
        let kind = KINDS.iter().find_map(|&(kind, share)| {
            let here = at < share;
            at = at.saturating_sub(share);
            here.then_some(kind)
        });
        let kind = kind.expect("they are a hundred");
        let end = match chance.below(20) {
            0..=12 => "ok",
            13..=15 => "error",
            16 | 17 => "panic",
            _ if matches!(kind, Served | DeadServed) => "error",
            18 => "exit",
            _ => "killed",
        };
        let mut keys = || match chance.below(3) {
            0 => String::new(),
            _ => {
                let keys: Vec<char> = "0123456789*#ABCD".chars().collect();
                (0..1 + chance.below(5))
                    .map(|_| keys[usize::try_from(chance.below(16)).unwrap()])
                    .collect()
            }
        };
        let keys = [keys(), keys()];
        // Early more often than late.
        let moment = 1 + chance.below(2000);
        let hangs_up = chance.below(100) < 60;
        let last = if hangs_up { chance.below(moment) } else { 60_000 };
        Plan {
            id: format!("soak-{}-{number}", std::process::id()),
            kind,
            seed: chance.below(u64::MAX),
            end,
            signal: chance.below(100) >= 20,
            leaves: chance.below(100) < 15,
            voice: chance.below(100) < 70,
            keys,
            waits: [chance.below(moment), chance.below(moment), last],
        }
    }

    /// A script that ends a second after Asterisk has left it.
    pub fn late() -> Plan {
        Plan {
            id: format!("soak-{}-late", std::process::id()),
            kind: Process,
            end: "late",
            signal: true,
            leaves: true,
            waits: [500, 0, 0],
            ..Plan::draw(0, 0)
        }
    }

    /// Whether Asterisk may leave its program before it has ended: at a hangup, or because it could not be started.
    /// Then it does not take notice of the end.
    pub fn may_be_left(&self, is_hung_up: bool) -> bool {
        self.kind == NotRun || self.leaves && is_hung_up && matches!(self.kind, Process | Eagi)
    }

    /// Whether a script of ours runs.
    pub fn has_script(&self) -> bool {
        !matches!(self.kind, Missing | NotRun | NobodyThere)
    }

    /// What the manager is told of it. `server` is where ours listens, `nowhere` where nobody does.
    pub fn headers(&self, server: &str, nowhere: &str) -> Vec<String> {
        let target = match self.kind {
            Process | Eagi | Dead => "live-soak".into(),
            Served | DeadServed => format!("agi://{server}/soak"),
            Missing => "no-such-program".into(),
            NotRun => "live-soak-norun".into(),
            NobodyThere => format!("agi://{nowhere}/soak"),
        };
        let application = match self.kind {
            Dead | DeadServed => "dead",
            // A program that is not there is not there for EAGI, too.
            Eagi => "EAGI",
            Missing | NotRun if self.voice => "EAGI",
            _ => "AGI",
        };
        let seconds =
            |milliseconds: u64| format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
        let variables = [
            ("SOAK_ID", self.id.clone()),
            ("SOAK_SEED", self.seed.to_string()),
            ("SOAK_END", self.end.into()),
            ("SOAK_APP", application.into()),
            ("SOAK_TARGET", target),
            ("SOAK_VOICE", u8::from(self.voice).to_string()),
            ("SOAK_KEYS1", self.keys[0].clone()),
            ("SOAK_KEYS2", self.keys[1].clone()),
            ("SOAK_WAIT1", seconds(self.waits[0])),
            ("SOAK_WAIT2", seconds(self.waits[1])),
            ("SOAK_WAIT3", seconds(self.waits[2])),
            ("AGISIGHUP", if self.signal { "yes" } else { "no" }.into()),
            ("AGIEXITONHANGUP", if self.leaves { "yes" } else { "no" }.into()),
        ];
        let mut headers = vec![
            "Channel: Local/call@soak-caller".into(),
            format!("Exten: {}", self.id),
            "Context: soak-script".into(),
            "Priority: 1".into(),
            "Async: true".into(),
        ];
        headers.extend(variables.map(|(name, value)| format!("Variable: {name}={value}")));
        headers
    }

    /// The statuses that it may have had, by what its caller and its script have done. More than one where two things
    /// raced; an empty one where the caller was gone before the application began.
    pub fn legal(&self, caller_left: bool, told: Option<&Told>) -> Vec<&'static str> {
        let mut legal = Vec::new();
        let by_end = if self.end == "ok" { "SUCCESS" } else { "FAILURE" };
        let holds = |what: &str| told.is_some_and(|told| told.holds(what));
        match self.kind {
            Missing => legal.push("NOTFOUND"),
            NotRun | NobodyThere => legal.push("FAILURE"),
            // A server does not say `failure` behind a hangup: AGISTATUS is HANGUP then. Of the end of this channel it
            // has heard in the same way, by a command that was refused.
            DeadServed if holds("is hung up") => return vec!["SUCCESS"],
            Dead | DeadServed => return vec![by_end],
            // The script has told of no end: Asterisk never began it.
            Process | Eagi | Served if told.is_none() => {}
            // A failure is kept, whatever comes behind it.
            Process | Eagi | Served if holds("failed") => return vec!["FAILURE"],
            Process | Eagi | Served => {
                if holds("may have failed") {
                    legal.push("FAILURE");
                }
                match holds("is hung up") {
                    true => legal.push("HANGUP"),
                    false => legal.push(by_end),
                }
            }
        }
        let ends = caller_left || holds("hangs up") || holds("sets a timer");
        if ends && !legal.contains(&"HANGUP") {
            legal.push("HANGUP");
        }
        if caller_left && told.is_none() {
            legal.push("");
        }
        legal.sort_unstable();
        legal.dedup();
        legal
    }

    /// For a fault's line.
    pub fn shown(&self) -> String {
        let mut text = format!("{} {:?} end {}", self.id, self.kind, self.end);
        for (holds, what) in [
            (!self.signal, "AGISIGHUP=no"),
            (self.leaves, "AGIEXITONHANGUP"),
            (self.voice, "voice"),
        ] {
            if holds {
                let _ = write!(text, " {what}");
            }
        }
        let _ = write!(text, " keys {:?} waits {:?}", self.keys, self.waits);
        text
    }
}
