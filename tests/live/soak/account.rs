//! The account: what the calls came to, in numbers.

use std::collections::BTreeMap;

use super::plan::{Kind, Plan};
use super::told::Told;

/// More are counted and not shown.
const SHOWN: usize = 30;

#[derive(Debug, Default)]
pub struct Account {
    pub begun: u64,
    pub ended: u64,
    scripts: u64,
    kinds: BTreeMap<Kind, BTreeMap<String, u64>>,
    /// Where more than one status was legal: which, and which it was.
    races: BTreeMap<(Vec<&'static str>, String), u64>,
    commands: BTreeMap<String, BTreeMap<String, u64>>,
    tokens: u64,
    frames: u64,
    left: u64,
    /// Programs that Asterisk may have left at the hangup.
    pub left_programs: usize,
    pub faults: Vec<String>,
}

impl Account {
    /// A call has ended so: its status, the same behind the script, whether the caller has hung up.
    pub fn add(&mut self, plan: &Plan, end: &(String, String, bool), told: Option<&Told>) {
        let (status, after, caller_left) = end;
        self.ended += 1;
        self.left += u64::from(*caller_left);
        let name = if status.is_empty() { "not begun" } else { status };
        *self.kinds.entry(plan.kind).or_default().entry(name.into()).or_default() += 1;
        let legal = plan.legal(*caller_left, told);
        if !legal.contains(&status.as_str()) {
            self.fault(plan, told, &format!("AGISTATUS {status:?}, legal were {legal:?}"));
        }
        if !after.is_empty() && after != status {
            self.fault(plan, told, &format!("behind the script AGISTATUS was {after:?}"));
        }
        if legal.len() > 1 {
            *self.races.entry((legal, name.into())).or_default() += 1;
        }
        let holds = |what: &str| told.is_some_and(|told| told.holds(what));
        let is_ended = *caller_left || holds("hangs up") || holds("sets a timer");
        self.left_programs += usize::from(plan.may_be_left(is_ended));
        let Some(told) = told else { return };
        self.scripts += 1;
        self.tokens += told.number("tokens ");
        self.frames += told.number("frames ");
        for line in told.lines("did ") {
            let mut words = line.split('\t');
            let count = words.next().and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
            let (words, outcome) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let outcomes = self.commands.entry(words.into()).or_default();
            *outcomes.entry(outcome.into()).or_default() += count;
        }
        for fault in told.lines("fault ") {
            self.fault(plan, None, fault);
        }
        // Nobody is told of a hangup that was none.
        let is_dead = matches!(plan.kind, Kind::Dead | Kind::DeadServed);
        if told.holds("is hung up") && !is_ended && !is_dead {
            self.fault(plan, Some(told), "the script was told of a hangup, and nobody has hung up");
        }
    }

    pub fn fault(&mut self, plan: &Plan, told: Option<&Told>, what: &str) {
        let holds: Vec<&str> = told.map(|told| told.lines("holds ").collect()).unwrap_or_default();
        self.faults.push(format!("{what} ({}; script: {holds:?})", plan.shown()));
    }

    pub fn shown(&self) -> String {
        let mut text = format!(
            "{} calls begun, {} ended; {} scripts told, {} callers hung up\n",
            self.begun, self.ended, self.scripts, self.left
        );
        let row = |counts: &BTreeMap<String, u64>| {
            let counts = counts.iter().map(|(name, count)| format!("{count} {name}"));
            counts.collect::<Vec<_>>().join(", ")
        };
        for (kind, statuses) in &self.kinds {
            let all: u64 = statuses.values().sum();
            text += &format!("{:<12} {all:>6} calls: {}\n", format!("{kind:?}"), row(statuses));
        }
        for ((legal, status), count) in &self.races {
            text += &format!("race {}: {count} times {status}\n", legal.join(" or "));
        }
        let sum = |outcomes: &BTreeMap<String, u64>| outcomes.values().sum::<u64>();
        let all: u64 = self.commands.values().map(sum).sum();
        text += &format!(
            "{all} commands of {} kinds; {} values back in their places; {} frames of audio\n",
            self.commands.len(),
            self.tokens,
            self.frames
        );
        for (words, outcomes) in &self.commands {
            text += &format!("  {words:<26} {}\n", row(outcomes));
        }
        for fault in self.faults.iter().take(SHOWN) {
            text += &format!("FAULT {fault}\n");
        }
        text + &format!("{} faults\n", self.faults.len())
    }

    /// Whether every command was sent at least once.
    pub fn kinds_of_commands(&self) -> usize {
        agikit::CATALOGUE.iter().filter(|spec| self.commands.contains_key(spec.words)).count()
    }
}
