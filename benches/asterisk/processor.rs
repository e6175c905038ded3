//! Processor time, by the system's own account.

use std::fs;
use std::time::Duration;

/// What a process has had of the processor.
#[derive(Debug, Clone, Copy, Default)]
pub struct Processor {
    /// Itself, in the system and outside.
    pub own: Duration,
    /// Its children that have ended.
    pub children: Duration,
}

impl Processor {
    /// Hundredths of a second are the finest that Linux tells of a whole process with its children.
    pub fn of(pid: &str) -> Processor {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let fields: Vec<u64> = fields.split(' ').map(|it| it.parse().unwrap_or(0)).collect();
        // utime, stime, cutime, cstime: the 14th to 17th, and the third is the first here.
        let sum = |at: usize| {
            let two = fields.get(at..at + 2).map_or(0, |it| it.iter().sum::<u64>());
            Duration::from_millis(two * 10)
        };
        Processor { own: sum(11), children: sum(13) }
    }

    pub fn since(self, before: Processor) -> Processor {
        Processor {
            own: self.own.saturating_sub(before.own),
            children: self.children.saturating_sub(before.children),
        }
    }
}
