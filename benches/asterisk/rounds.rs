//! The contestants take turns.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::lab::Lab;
use crate::manager::Manager;
use crate::processor::Processor;
use crate::programs::{Contestant, Contestants};
use crate::setting;

/// How many chains of calls there are at once.
pub const AT_ONCE: [u32; 2] = [1, 8];

/// What one turn came to, for each call.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    pub time: Duration,
    pub asterisk: Processor,
    pub server: Duration,
}

/// The turns of all rounds, by contestant and chains.
pub struct Turns {
    pub titles: Vec<(&'static str, &'static str)>,
    pub all: BTreeMap<(&'static str, u32), Vec<Turn>>,
}

/// Plays all rounds; gives also what went wrong.
pub fn play(lab: &Lab, contestants: &Contestants) -> (Turns, Vec<String>) {
    let rounds = setting("AGIKIT_ROUNDS", 5);
    let time = Duration::from_millis(setting("AGIKIT_MILLIS", 1500));
    let mut errors = Vec::new();
    let titles = contestants.all.iter().map(|it| (it.name, it.title)).collect();
    let mut turns = Turns { titles, all: BTreeMap::new() };
    let mut chains =
        Chains { lab, contestants, manager: Manager::listen(&lab.version, "user"), next: 0 };
    // How many calls a turn has: as many as fit into its time, by a short trial.
    let mut counts = BTreeMap::new();
    for at_once in AT_ONCE {
        for contestant in &contestants.all {
            let trial = chains.turn(contestant, at_once, 8, &mut errors);
            let count = time.as_nanos() / trial.time.as_nanos().max(1);
            let count = u32::try_from(count).unwrap_or(u32::MAX).clamp(8, 20_000);
            counts.insert((contestant.name, at_once), count.next_multiple_of(at_once));
        }
    }
    for _ in 0..rounds {
        for at_once in AT_ONCE {
            for contestant in &contestants.all {
                let count = counts[&(contestant.name, at_once)];
                let turn = chains.turn(contestant, at_once, count, &mut errors);
                turns.all.entry((contestant.name, at_once)).or_default().push(turn);
            }
        }
    }
    (turns, errors)
}

struct Chains<'l> {
    lab: &'l Lab,
    contestants: &'l Contestants,
    manager: Manager,
    next: u32,
}

impl Chains<'_> {
    /// So many calls, in so many chains.
    fn turn(
        &mut self,
        contestant: &Contestant,
        at_once: u32,
        calls: u32,
        errors: &mut Vec<String>,
    ) -> Turn {
        let asterisk = self.lab.pid();
        let server = self.contestants.server.as_ref().map(|it| it.id().to_string());
        let server = server.unwrap_or_default();
        let (before, server_before) = (Processor::of(&asterisk), Processor::of(&server));
        let start = Instant::now();
        for _ in 0..at_once {
            self.next += 1;
            let variables = [
                format!("Variable: __BENCH_ID=b{}x{}", std::process::id(), self.next),
                format!("Variable: __BENCH_TARGET={}", contestant.target),
                format!("Variable: __BENCH_WORK={}", contestant.work),
                format!("Variable: __BENCH_LEFT={}", calls / at_once),
            ];
            let mut headers = vec![
                "Channel: Local/one@bench-one/n",
                "Application: Wait",
                "Data: 600",
                "Async: true",
            ];
            headers.extend(variables.iter().map(String::as_str));
            self.manager.send("Originate", &headers);
        }
        let mut good = 0;
        for _ in 0..at_once {
            good += self.one_end();
        }
        let time = start.elapsed();
        let processor = Processor::of(&asterisk).since(before);
        let server = Processor::of(&server).since(server_before).own;
        if good != calls {
            errors.push(format!(
                "{}, {at_once} at once: {good} of {calls} calls were good; see tests/live/lab's log for `bench: `",
                contestant.name
            ));
        }
        Turn {
            time: time / calls,
            asterisk: Processor {
                own: processor.own / calls,
                children: processor.children / calls,
            },
            server: server / calls,
        }
    }

    /// Waits for the end of a chain: how many of its calls were good.
    fn one_end(&mut self) -> u32 {
        loop {
            let event = self.manager.event().expect("the manager tells events");
            if event.contains("UserEvent: Bench\r\n") {
                let good = event.lines().find_map(|line| line.strip_prefix("Good: "));
                return good.and_then(|good| good.trim().parse().ok()).unwrap_or(0);
            }
        }
    }
}
