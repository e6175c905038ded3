//! Thousands of calls at once that wait in a prompt, and then all go on.

use std::io;
use std::time::{Duration, Instant};

use crate::common::{Cores, setting};
use crate::generator::Generator;
use crate::server::{Memory, Server};
use crate::servers::Contestant;

/// How long the calls may take to come, and to end.
const PATIENCE: Duration = Duration::from_secs(120);

/// One line a server. Gives what went wrong.
pub(crate) fn hold(contestants: &[Contestant], cores: Cores) -> Vec<String> {
    let many: usize = setting("AGIKIT_CALLS", 5000);
    let minute = Duration::from_secs(setting("AGIKIT_HOLD", 60));
    let mut faults = Vec::new();
    println!("\n{many} calls held in a prompt for {minute:?}; what a call adds, in KiB");
    println!(
        "{:<16} {:>6} {:>7} {:>8} {:>6} {:>12} {:>8} {:>8} {:>9} {:>6}",
        "server",
        "held",
        "threads",
        "resident",
        "own",
        "virtual",
        "peak MiB",
        "all in s",
        "all out s",
        "done"
    );
    for contestant in contestants {
        let before = faults.len();
        match one(contestant, cores, many, minute, &mut faults) {
            Ok(line) => println!("{:<16} {line}", contestant.name),
            Err(error) => faults.push(error.to_string()),
        }
        for fault in &mut faults[before..] {
            *fault = format!("{}, held: {fault}", contestant.name);
        }
    }
    println!(
        "resident: as the system counts it; own: the proportional set; virtual: addresses, not memory"
    );
    faults
}

fn one(
    contestant: &Contestant,
    cores: Cores,
    many: usize,
    minute: Duration,
    faults: &mut Vec<String>,
) -> io::Result<String> {
    let server = Server::start(&contestant.program, "hold", cores)?;
    let mut generator = Generator::new(server.port, true)?;
    let empty = server.memory()?;
    let begin = Instant::now();
    generator.begin(many)?;
    while generator.held() + generator.faults.len() < many && begin.elapsed() < PATIENCE {
        generator.play(Instant::now() + Duration::from_millis(20), false)?;
    }
    let (held, came) = (generator.held(), begin.elapsed());
    // Whoever says or closes anything now is a fault.
    generator.play(Instant::now() + minute, false)?;
    let full = server.memory()?;
    let begin = Instant::now();
    generator.release();
    generator.drain(PATIENCE)?;
    let went = begin.elapsed();
    let Memory { peak, .. } = server.memory()?;
    if generator.done != many as u64 {
        faults.push(format!("{} of {many} calls were lost", many as u64 - generator.done));
    }
    faults.append(&mut generator.faults);
    let each = |value: fn(&Memory) -> u64| {
        (value(&full) as f64 - value(&empty) as f64) / many as f64 / 1024.0
    };
    Ok(format!(
        "{held:>6} {:>7} {:>8.1} {:>6.1} {:>12.1} {:>8.1} {:>8.2} {:>9.2} {:>6}",
        full.threads,
        each(|memory| memory.resident),
        each(|memory| memory.proportional),
        each(|memory| memory.virtual_size),
        peak as f64 / f64::from(1 << 20),
        came.as_secs_f64(),
        went.as_secs_f64(),
        generator.done,
    ))
}
