//! How many ten-command calls a second, and what one costs.

use std::io;
use std::time::{Duration, Instant};

use crate::common::{Cores, setting};
use crate::generator::Generator;
use crate::server::Server;
use crate::servers::Contestant;

/// What one round of one server came to.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    /// Whole calls a second.
    rate: f64,
    /// Processor time of the server a call, in microseconds.
    cost: f64,
    /// Which part of its core the server used.
    busy: f64,
    /// Its peak, in MiB.
    peak: f64,
}

/// One table for each number of calls at once. Gives what went wrong.
pub(crate) fn compare(contestants: &[Contestant], cores: Cores) -> Vec<String> {
    let rounds = setting("AGIKIT_ROUNDS", 5);
    let span = Duration::from_millis(setting("AGIKIT_MILLIS", 2000));
    let mut faults = Vec::new();
    for at_once in at_once() {
        let mut measured: Vec<Vec<Round>> = vec![Vec::new(); contestants.len()];
        // In turns: whatever else the machine does meets them all.
        for _ in 0..rounds {
            for (contestant, into) in contestants.iter().zip(&mut measured) {
                match round(contestant, cores, at_once, span, &mut faults) {
                    Ok(round) => into.push(round),
                    Err(error) => faults.push(format!("{}, {at_once}: {error}", contestant.name)),
                }
            }
        }
        table(contestants, &measured, at_once);
    }
    faults
}

fn round(
    contestant: &Contestant,
    cores: Cores,
    at_once: usize,
    span: Duration,
    faults: &mut Vec<String>,
) -> io::Result<Round> {
    let server = Server::start(&contestant.program, "ten", cores)?;
    let mut generator = Generator::new(server.port, false)?;
    generator.begin(at_once)?;
    generator.play(Instant::now() + span / 5, true)?;
    let (done, busy, begin) = (generator.done, server.busy()?, Instant::now());
    generator.play(begin + span, true)?;
    let (done, busy) = (generator.done - done, server.busy()?.saturating_sub(busy));
    let took = begin.elapsed();
    generator.drain(Duration::from_secs(20))?;
    faults.extend(
        generator.faults.iter().map(|fault| format!("{}, {at_once}: {fault}", contestant.name)),
    );
    Ok(Round {
        rate: done as f64 / took.as_secs_f64(),
        cost: busy.as_secs_f64() * 1e6 / done as f64,
        busy: busy.as_secs_f64() / took.as_secs_f64(),
        peak: server.memory()?.peak as f64 / f64::from(1 << 20),
    })
}

fn table(contestants: &[Contestant], measured: &[Vec<Round>], at_once: usize) {
    println!(
        "\n{at_once} at once: medians of {} rounds, ratios to c in the same round",
        measured[0].len()
    );
    println!(
        "{:<16} {:>9} {:>7}  {:>9} {:>7}  {:>6} {:>9}",
        "server", "calls/s", "ratio", "µs a call", "ratio", "core", "peak MiB"
    );
    for (contestant, rounds) in contestants.iter().zip(measured) {
        let each = |value: fn(&Round) -> f64| median(rounds.iter().map(value));
        let to_c = |value: fn(&Round) -> f64| {
            median(rounds.iter().zip(&measured[0]).map(|(one, c)| value(one) / value(c)))
        };
        println!(
            "{:<16} {:>9.0} {:>7.2}  {:>9.1} {:>7.2}  {:>5.0}% {:>9.1}",
            contestant.name,
            each(|round| round.rate),
            to_c(|round| round.rate),
            each(|round| round.cost),
            to_c(|round| round.cost),
            each(|round| round.busy * 100.0),
            each(|round| round.peak),
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The numbers of calls at once, from the settings.
fn at_once() -> Vec<usize> {
    let text = setting("AGIKIT_AT_ONCE", "1,16,100,1000".to_owned());
    text.split(',').filter_map(|number| number.trim().parse().ok()).collect()
}
