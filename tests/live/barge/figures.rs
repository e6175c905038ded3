//! What came of many rounds, in figures.

use std::collections::BTreeMap;
use std::fmt;

/// Rounds of a script, and what the caller heard meanwhile.
#[derive(Debug, Default)]
pub struct Figures {
    rounds: u64,
    /// From the question that stops a prompt to the answer, by the kind of moment; in microseconds.
    took: BTreeMap<String, Vec<u64>>,
    /// What was answered, by the kind of command.
    replies: BTreeMap<String, BTreeMap<String, u64>>,
    /// From the answer to the last frame that the caller heard; in microseconds, negative where it came before.
    silent: Vec<i64>,
    /// Frames that came behind an answer, in all and at most.
    behind: u64,
    most: u64,
}

impl Figures {
    pub fn add(&mut self, report: &str, heard: Option<&str>) {
        let heard: Vec<u64> = heard
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.strip_prefix("heard ")?.split(' ').next()?.parse().ok())
            .collect();
        for line in report.lines() {
            let Some(round) = line.strip_prefix("round ") else { continue };
            let parts: Vec<&str> = round.splitn(7, ' ').collect();
            let [kind, moment, times @ .., reply] = parts.as_slice() else { continue };
            let times: Vec<u64> = times.iter().filter_map(|it| it.parse().ok()).collect();
            let [sent, asked, answered, blip] = times.as_slice() else { continue };
            self.rounds += 1;
            self.took.entry((*moment).into()).or_default().push(answered - asked);
            let replies = self.replies.entry((*kind).into()).or_default();
            *replies.entry((*reply).into()).or_default() += 1;
            let within = heard.iter().filter(|time| (sent..blip).contains(time));
            if let Some(last) = within.clone().next_back() {
                self.silent.push(last.cast_signed() - answered.cast_signed());
            }
            let behind = within.filter(|time| *time > answered).count() as u64;
            self.behind += behind;
            self.most = self.most.max(behind);
        }
    }

    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// How many frames came behind an answer.
    pub fn behind(&self) -> u64 {
        self.behind
    }
}

/// The median and the largest.
pub fn spread<T: Copy + Ord>(of: &[T]) -> Option<(T, T)> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    Some((*sorted.get(sorted.len() / 2)?, *sorted.last()?))
}

/// Milliseconds, as text.
pub fn shown(microseconds: i64) -> String {
    format!("{:.1} ms", microseconds as f64 / 1000.0)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} prompts stopped, every answer behind them right", self.rounds)?;
        for (moment, took) in &self.took {
            if let Some((median, worst)) = spread(took) {
                let (median, worst) = (shown(median.cast_signed()), shown(worst.cast_signed()));
                writeln!(f, "answered, {moment} ({}): median {median}, worst {worst}", took.len())?;
            }
        }
        if let Some((median, worst)) = spread(&self.silent) {
            let (count, median, worst) = (self.silent.len(), shown(median), shown(worst));
            writeln!(
                f,
                "the last frame heard, from the answer ({count}): median {median}, worst {worst}"
            )?;
            writeln!(f, "frames heard behind the answers: {}, at most {}", self.behind, self.most)?;
        }
        for (kind, replies) in &self.replies {
            let seen: Vec<String> =
                replies.iter().map(|(reply, count)| format!("{count} x {reply}")).collect();
            writeln!(f, "{kind}: {}", seen.join(", "))?;
        }
        Ok(())
    }
}
