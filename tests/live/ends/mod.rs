//! Calls and scripts that end while the caller is being heard: by his hangup, or by SIGKILL.

mod pipes;
mod records;

use std::time::{Duration, Instant};

use agikit::audio::Sound;

use crate::Test;
use crate::barge::chance::Chance;
use crate::barge::seed;
use crate::eagi::voice_8000;
use crate::lab::{Call, Lab, is_alive, wait};
use crate::manager::Manager;

/// The caller speaks for a minute.
const CALLER: &str = "plays-voice8@eagi-caller";
/// A busy machine may be slow: what it took is told.
const LONG: Duration = Duration::from_secs(2);
const KILLED: usize = 20;

/// What is under way, and how the dialplan lets the script know. Without a signal only a command tells.
const UNDER_WAY: &[&str] = &[
    "read",
    "detect",
    "prompt",
    "record",
    "asks",
    "asks.nosighup",
    "prompt.nosighup",
    "record.nosighup",
    "read.exithup",
    "detect.exithup",
    "prompt.exithup",
    "record.exithup",
];

pub fn tests() -> Vec<Test> {
    let mut tests: Vec<Test> = vec![("ends: killed while it records".into(), Box::new(killed))];
    for what in UNDER_WAY {
        tests.push((format!("ends: hung up: {what}"), Box::new(|lab| hung_up(lab, what))));
    }
    tests.extend(pipes::tests());
    tests.extend(records::tests());
    tests
}

/// Puts what is called into agi-bin, and the dialplan.
pub fn install(lab: &Lab) {
    pipes::install(lab);
    records::install(lab);
}

fn place<'l>(lab: &'l Lab, manager: &mut Manager, what: &str) -> Call<'l> {
    lab.place(manager, (CALLER, &format!("last-{what}")), &["Codecs: slin"])
}

/// The recording's samples: the first that were said, each as it was said.
fn said_first(samples: &[i16], what: &str) {
    let said = voice_8000().get(..samples.len()).expect("no more than was said");
    let same = samples.iter().zip(said).take_while(|(one, other)| one == other).count();
    assert_eq!(same, samples.len(), "{what}: not what was said from there on");
}

/// Hung up at a moment of chance, three times.
fn hung_up(lab: &Lab, what: &str) -> String {
    let mut chance = Chance::new(seed());
    let manager = &mut Manager::connect(&lab.version);
    let (mut took, mut saw) = (Vec::new(), String::new());
    for _ in 0..3 {
        let call = place(lab, manager, what);
        let (channel, pid) = (call.wait_for("channel "), call.wait_for("pid "));
        call.wait_for("ready ");
        // He begins after a second; where many calls begin at once, after two.
        std::thread::sleep(Duration::from_millis(3500) + chance.time(Duration::from_secs(1)));
        assert!(is_alive(&pid), "it hears the caller:\n{}", call.report());
        let (base, _) = channel.split_at(channel.len() - 1);
        let at = Instant::now();
        let said = manager.act("Hangup", &[&format!("Channel: {base}2")]);
        assert!(said.contains("Success"), "{said}");
        while is_alive(&pid) {
            assert!(at.elapsed() < LONG * 10, "{} goes on: {}", call.id, call.report());
            std::thread::sleep(Duration::from_millis(1));
        }
        took.push(at.elapsed());
        let report = call.report();
        assert!(report.contains("\nhung up true\nend ok\n"), "{report}");
        if what.starts_with("record") {
            let path = lab.report_file(&format!("{}.wav", call.id));
            let sound = Sound::read(&path).expect("the recording is whole");
            let samples = call.wait_for("samples ");
            assert_eq!(sound.samples.len().to_string(), samples, "all that was recorded");
            assert!(sound.samples.len() > 8000, "more than a second was recorded: {samples}");
            said_first(&sound.samples, &call.id);
            std::fs::remove_file(path).expect("it goes");
            saw = format!("; {samples} samples, each as it was said");
        }
    }
    took.sort();
    assert!(took[2] < LONG, "{took:?}");
    format!("ended {took:.0?} after the hangup{saw}\n")
}

/// SIGKILL at moments of chance, in calls that go on at once.
fn killed(lab: &Lab) -> String {
    let seed = seed();
    let mut chance = Chance::new(seed);
    let manager = &mut Manager::connect(&lab.version);
    let calls: Vec<_> = (0..KILLED)
        .map(|_| {
            let after = Duration::from_millis(300) + chance.time(Duration::from_secs(6));
            (place(lab, manager, "kill"), after)
        })
        .collect();
    let lacks = std::thread::scope(|scope| {
        let calls: Vec<_> =
            calls.iter().map(|(call, after)| scope.spawn(|| kill(lab, call, *after))).collect();
        calls.into_iter().map(|it| it.join().expect("a good one")).collect::<Vec<_>>()
    });
    let most = lacks.iter().max().expect("some were killed");
    let least = lacks.iter().min().expect("some were killed");
    format!(
        "seed {seed}; {KILLED} recordings, each opens and is what was said; lacks {least} to {most} ms of what was written\n"
    )
}

/// Kills the script after this time of recording; gives how many milliseconds its file lacks.
fn kill(lab: &Lab, call: &Call<'_>, after: Duration) -> usize {
    let pid = call.wait_for("pid ");
    call.wait_for("at ");
    std::thread::sleep(after);
    let target = nix::unistd::Pid::from_raw(pid.parse().expect("a number"));
    nix::sys::signal::kill(target, nix::sys::signal::Signal::SIGKILL).expect("it is there");
    wait("its end", || (!is_alive(&pid)).then_some(()));
    // Asterisk sees a program that failed, and goes on with the call.
    assert_eq!(call.left("after"), "FAILURE");
    let report = call.report();
    let written = report.lines().rev().find_map(|line| line.strip_prefix("at "));
    let written: usize = written.expect("it wrote").parse().expect("a number");
    let path = lab.report_file(&format!(".{}.wav.{pid}.part", call.id));
    let other = hound::WavReader::open(&path).expect("another reader opens it").into_samples();
    let other: Vec<i16> = other.map(|it| it.expect("a sample")).collect();
    let sound = Sound::read(&path).expect("it opens");
    assert_eq!(sound.samples, other);
    said_first(&other, &call.id);
    assert!(other.len() + 8000 > written, "{} of {written} samples", other.len());
    std::fs::remove_file(path).expect("it goes");
    (written.saturating_sub(other.len())) / 8
}

/// The channel of the caller's half.
fn caller_half(lab: &Lab, call: &Call<'_>) -> String {
    let shown = lab.cli("core show channels concise");
    let mark = format!("!{}!", call.id);
    let line = shown.lines().find(|line| line.contains(&mark)).expect("the call is there");
    let name = line.split('!').next().unwrap_or_default();
    format!("{}2", name.strip_suffix('1').expect("the script's half"))
}
