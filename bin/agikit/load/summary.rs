//! What the load came to, for people and as JSON.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::crew::Books;
use super::fault::time;
use super::figures::{Figures, Latencies, PERCENTILES};
use super::options::Load;
use super::picture::Scale;
use crate::output::{BAD, FAINT, GOOD, STRONG};

/// A call that begins later than this is late.
const LATE: Duration = Duration::from_millis(100);

/// All that there is to tell.
pub(super) struct Summary<'a> {
    pub(super) options: &'a Load,
    pub(super) figures: &'a Figures,
    pub(super) books: Books,
    pub(super) took: Duration,
    /// What else the user should know.
    pub(super) notes: Vec<String>,
}

impl Summary<'_> {
    /// Every call was placed, and went well.
    pub(super) fn is_good(&self) -> bool {
        self.figures.good == self.options.calls.get()
    }

    /// Said where new calls did not keep to their rate.
    fn late(&self) -> Option<String> {
        let latest = self.options.rate.map(|_| self.figures.latest)?;
        let busy = self.books.most_at_once == self.options.at_once();
        let why = if busy { ": all that may be in progress were (--at-once)" } else { "" };
        let late = length(latest);
        (latest > LATE).then(|| format!("a call began {BAD}{late}{BAD:#} behind its time{why}"))
    }

    fn a_second(&self, count: f64) -> f64 {
        count / self.took.as_secs_f64().max(1e-6)
    }

    /// For people; with a picture where it can be seen.
    pub(super) fn write(&self, to: &mut impl Write, picture: Option<Canvas>) -> io::Result<()> {
        let Figures { good, failed, commands, .. } = *self.figures;
        let mut row = |name: &str, text: &str| writeln!(to, "{STRONG}{name:<9}{STRONG:#} {text}");
        let asked = self.options.calls;
        let mut text = match failed {
            0 => format!("{GOOD}{good} of {asked} went well{GOOD:#}"),
            _ => format!("{good} of {asked} went well, {BAD}{failed} failed{BAD:#}"),
        };
        for (count, what) in
            [(self.books.in_progress(), "given up"), (asked.get() - self.books.begun, "not placed")]
        {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        row("calls", &text)?;
        let ended = self.figures.ended.iter().map(|(status, count)| format!("{status} {count}"));
        row("ended", &ended.collect::<Vec<_>>().join(", "))?;
        let done = (good + failed) as f64;
        row(
            "took",
            &format!("{}, at most {} at once", length(self.took), self.books.most_at_once),
        )?;
        let [calls, commands, a_call] =
            [self.a_second(done), self.a_second(commands as f64), commands as f64 / done.max(1.0)]
                .map(number);
        row("rate", &format!("{calls} calls/s, {commands} commands/s, {a_call} a call"))?;
        if let Some(late) = self.late() {
            row("late", &late)?;
        }
        self.faults(to)?;
        for note in &self.notes {
            writeln!(to, "{STRONG}{:<9}{STRONG:#} {note}", "note")?;
        }
        self.table(to, picture)
    }

    fn faults(&self, to: &mut impl Write) -> io::Result<()> {
        let kinds =
            self.figures.kinds.iter().map(|(kind, count)| format!("{} {count}", kind.name()));
        let kinds: Vec<String> = kinds.collect();
        if kinds.is_empty() {
            return Ok(());
        }
        writeln!(to, "{STRONG}{:<9}{STRONG:#} {}", "faults", kinds.join(", "))?;
        for faulty in &self.figures.faulty {
            for (index, fault) in faulty.faults.iter().enumerate() {
                match index {
                    0 => {
                        write!(to, "  call {} {FAINT}{}{FAINT:#}: ", faulty.number, faulty.channel)?
                    }
                    _ => write!(to, "    and ")?,
                }
                writeln!(to, "{}", fault.told())?;
            }
        }
        match self.figures.failed - self.figures.faulty.len() {
            0 => Ok(()),
            more => writeln!(to, "  and {more} more"),
        }
    }

    /// Percentiles, and the picture.
    fn table(&self, to: &mut impl Write, picture: Option<Canvas>) -> io::Result<()> {
        let all = self.figures.latencies();
        let all = all.into_iter().filter(|(_, latencies)| latencies.count() > 0);
        if all.clone().next().is_none() {
            return Ok(());
        }
        let scaled = picture.and_then(|Canvas { width, ascii }| {
            let room = width.saturating_sub(TABLE);
            Some((Scale::over(all.clone().map(|(_, latencies)| latencies), room)?, ascii))
        });
        write!(to, "\n{STRONG}{:<9}", "latency")?;
        for name in PERCENTILES.map(|(name, _)| name).into_iter().chain(["max"]) {
            write!(to, "{name:>8}")?;
        }
        let axis = scaled.map(|(scale, _)| format!("   {FAINT}{}{FAINT:#}", scale.axis()));
        writeln!(to, "{STRONG:#}{}", axis.unwrap_or_default())?;
        for (name, latencies) in all {
            write!(to, "{name:<9}")?;
            for time in percentiles(latencies) {
                write!(to, "{:>8}", length(time))?;
            }
            let row = scaled.map(|(scale, ascii)| format!("   {}", scale.row(latencies, ascii)));
            writeln!(to, "{}", row.unwrap_or_default())?;
        }
        Ok(())
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        let figures = self.figures;
        let done = figures.good + figures.failed;
        let kinds: serde_json::Map<String, Value> = figures
            .kinds
            .iter()
            .map(|(kind, count)| (kind.key().to_owned(), (*count).into()))
            .collect();
        let latency: serde_json::Map<String, Value> = figures
            .latencies()
            .into_iter()
            .map(|(name, latencies)| (name.to_owned(), latency(latencies)))
            .collect();
        let faulty: Vec<Value> = figures
            .faulty
            .iter()
            .map(|faulty| {
                let faults = faulty.faults.iter().map(|fault| {
                    json!({ "kind": fault.kind.key(), "command": fault.command, "what": fault.what })
                });
                json!({ "call": faulty.number, "channel": faulty.channel, "faults": faults.collect::<Vec<_>>() })
            })
            .collect();
        json!({
            "address": self.options.address.text,
            "calls": {
                "asked": self.options.calls, "good": figures.good, "failed": figures.failed,
                "given_up": self.books.in_progress(),
                "not_placed": self.options.calls.get() - self.books.begun,
            },
            "ended": figures.ended,
            "seconds": self.took.as_secs_f64(),
            "most_at_once": self.books.most_at_once,
            "calls_per_second": self.a_second(done as f64),
            "latest_begin_us": micros(figures.latest),
            "commands": figures.commands,
            "commands_per_second": self.a_second(figures.commands as f64),
            "faults": kinds,
            "faulty": faulty,
            "latency_us": latency,
            "notes": self.notes,
        })
    }
}

/// Where a picture is drawn: so many columns, perhaps of ASCII's characters only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) ascii: bool,
}

/// What stands left of the picture.
const TABLE: usize = 9 + 5 * 8 + 3;

fn percentiles(latencies: &Latencies) -> impl Iterator<Item = Duration> {
    let some = PERCENTILES.map(|(_, percent)| latencies.percentile(percent));
    some.into_iter().chain([latencies.max()])
}

fn latency(latencies: &Latencies) -> Value {
    let mut all = serde_json::Map::new();
    all.insert("count".to_owned(), latencies.count().into());
    let names = PERCENTILES.map(|(name, _)| name).into_iter().chain(["max"]);
    for (name, time) in names.zip(percentiles(latencies)) {
        all.insert(name.replace('.', "_"), micros(time).into());
    }
    all.into()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// A time with three digits: `83us`, `1.25ms`, `12.3s`
fn length(length: Duration) -> String {
    let micros = length.as_secs_f64() * 1e6;
    let (number, unit) = match micros {
        micros if micros < 999.5 => return format!("{micros:.0}us"),
        micros if micros < 999_500.0 => (micros / 1e3, "ms"),
        micros if micros < 6e9 => (micros / 1e6, "s"),
        _ => return time(Duration::from_secs(length.as_secs())),
    };
    format!("{}{unit}", digits(number))
}

/// Three digits, and never fewer than there are before the point.
fn digits(number: f64) -> String {
    match number {
        number if number < 9.995 => format!("{number:.2}"),
        number if number < 99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// `10`, `2.50`, `1234`
fn number(number: f64) -> String {
    if (number - number.round()).abs() < 1e-9 { format!("{number:.0}") } else { digits(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_three_digits() {
        let shown = [0, 83, 999, 1000, 1254, 99_960, 999_600, 12_345_678, 123_456_789];
        assert_eq!(
            shown.map(|micros| length(Duration::from_micros(micros))),
            ["0us", "83us", "999us", "1.00ms", "1.25ms", "100ms", "1.00s", "12.3s", "123s"]
        );
        assert_eq!([10.0, 2.5, 1234.4, 0.333].map(number), ["10", "2.50", "1234", "0.33"]);
    }
}
