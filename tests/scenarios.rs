//! The table of scenarios on the emulator: what comes is what came on real Asterisk, which
//! `tests/live/scenarios.rs` has recorded, but for what `tests/scenarios/golden/differences.txt` lists.
//! `SCENARIO=stream,say` runs those alone whose names begin so. The program is called as a process, and over TCP: there
//! what comes is the same, but for `golden/22-agi.txt`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "a part of two programs")]

#[path = "support_scenarios/emulated.rs"]
mod emulated;
mod support_scenarios;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use agikit::emulator::Version;
use emulated::{Clock, Program};
use support_scenarios::{Scenario, bytes, escaped, golden, load};

/// Calls at a time: they mostly wait. Those that differ run again, fewer at a time, since another program may have
/// had the processor.
const AT_A_TIME: [usize; 6] = [48, 8, 2, 1, 1, 1];

fn kept(version: &str) -> golden::Golden {
    let path = format!("{}/tests/scenarios/golden/{version}.txt", env!("CARGO_MANIFEST_DIR"));
    golden::read(&std::fs::read_to_string(path).unwrap())
}

/// Where a scenario comes to something else on the emulator: `NAME: reason`, and below it each line that differs.
fn known() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/golden/differences.txt");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(difference) = line.strip_prefix("  ") {
            all.get_mut(&name).expect("a name before the lines").push(difference.into());
        } else {
            name = line.split_once(": ").expect("NAME: reason").0.into();
            all.insert(name.clone(), Vec::new());
        }
    }
    all
}

/// A difference without its name and times, which are never the same.
fn timeless(difference: &str) -> String {
    let sides = difference.split_once(": ").map_or(difference, |it| it.1).split(" | ");
    let words = |side: &str| {
        let words: Vec<&str> = side.splitn(3, ' ').collect();
        match words.as_slice() {
            [kind @ ("<" | "!"), time, text] if time.parse::<f64>().is_ok() => {
                format!("{kind} {text}")
            }
            _ => side.to_owned(),
        }
    };
    sides.map(words).collect::<Vec<_>>().join(" | ")
}

/// What is Asterisk's alone: its exact version, and the prose of a usage.
fn comparable(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| match line.strip_prefix("e agi_version: ") {
            Some(version) => format!("e agi_version: {}", version.split('.').next().unwrap()),
            None if line.starts_with("  (") => "  (usage)".into(),
            None => line.clone(),
        })
        .collect()
}

/// The differences of each scenario.
fn compare(version: &str, clock: Clock, program: &Program) -> BTreeMap<String, Vec<String>> {
    let is_server = matches!(program, Program::Serves(_));
    let folder = format!("scenarios-{version}-{clock:?}-{is_server}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let mut scenarios: Vec<Scenario> = load();
    scenarios.retain(|it| it.only.as_ref().is_none_or(|only| only == version));
    scenarios.retain(|it| only.split(',').any(|only| it.name.starts_with(only)));
    scenarios.retain(|it| clock == Clock::Real || emulated::can_stand_still(it));
    assert!(!only.is_empty() || scenarios.len() > 300, "{} scenarios", scenarios.len());
    if is_server {
        // With the clock that goes, those alone that need it: of the others each takes its time.
        let goes = clock == Clock::Real;
        scenarios.retain(|it| it.is_for_servers() && goes != emulated::can_stand_still(it));
        assert!(!only.is_empty() || scenarios.len() > 25, "{} scenarios", scenarios.len());
    }
    let (mut kept, known) = (kept(version), known());
    if is_server {
        kept.extend(self::kept(&format!("{version}-agi")));
    }
    let emulated = if version == "16" { Version::V16 } else { Version::V22 };
    let found = Mutex::new(BTreeMap::new());
    for at_a_time in AT_A_TIME {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..at_a_time {
                scope.spawn(|| {
                    while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let expected = comparable(&kept[&scenario.name]);
                        let seen = emulated::run(scenario, emulated, clock, program, &folder);
                        let differences =
                            golden::differences(scenario, &expected, &comparable(&seen));
                        found.lock().unwrap().insert(scenario.name.clone(), differences);
                    }
                });
            }
        });
        let found = found.lock().unwrap();
        let listed = |name: &str, line: &str| {
            known.get(name).is_some_and(|lines| lines.contains(&timeless(line)))
        };
        scenarios.retain(|it| found[&it.name].iter().any(|line| !listed(&it.name, line)));
    }
    found.into_inner().unwrap()
}

#[test]
fn the_emulator_answers_as_asterisk_does() {
    answers_as_asterisk_does(Clock::Real, &Program::At(program()));
}

#[test]
fn and_so_it_does_while_the_clock_stands_still() {
    answers_as_asterisk_does(Clock::Still, &Program::At(program()));
}

#[test]
fn and_so_it_does_over_tcp() {
    let (_server, program) = serve();
    answers_as_asterisk_does(Clock::Real, &program);
}

#[test]
fn and_so_it_does_over_tcp_while_the_clock_stands_still() {
    let (_server, program) = serve();
    answers_as_asterisk_does(Clock::Still, &program);
}

fn answers_as_asterisk_does(clock: Clock, program: &Program) {
    let both = std::thread::scope(|scope| {
        let older = scope.spawn(|| compare("16", clock, program));
        (compare("22", clock, program), older.join().unwrap())
    });
    let is_whole = clock == Clock::Real && matches!(program, Program::At(_));
    let mut known = known();
    let mut wrong = String::new();
    let mut names: Vec<&String> = both.0.keys().chain(both.1.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let of = |side: &BTreeMap<String, Vec<String>>| side.get(name).cloned().unwrap_or_default();
        let (newer, older) = (of(&both.0), of(&both.1));
        let listed = known.remove(name);
        if is_whole && listed.is_some() && newer.is_empty() && older.is_empty() {
            wrong += &format!("{name}: agrees, and is listed as different\n");
        }
        let listed = listed.unwrap_or_default();
        let new = |line: &&String| !listed.contains(&timeless(line));
        for line in newer.iter().filter(new) {
            wrong += &format!("22 {line}\n");
        }
        // Mostly the two versions agree, and so do the differences.
        for line in older.iter().filter(new).filter(|line| !newer.contains(line)) {
            wrong += &format!("16 {line}\n");
        }
    }
    if is_whole && std::env::var("SCENARIO").is_err() {
        wrong.extend(known.keys().map(|name| format!("{name}: listed, and no scenario\n")));
    }
    assert!(wrong.is_empty(), "Asterisk | emulator\n{wrong}");
}

/// The raw program, which cargo has built with the examples.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().with_file_name("examples").join("live-raw");
    assert!(path.exists(), "{} is not built; cargo build --examples does it", path.display());
    path
}

/// Ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The same as a server.
fn serve() -> (Server, Program) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("agi://{}/raw", socket.local_addr().unwrap());
    let mut server = Command::new(program());
    let server = server.arg("serve").stdin(OwnedFd::from(socket)).spawn().unwrap();
    (Server(server), Program::Serves(address))
}

#[test]
fn every_scenario_was_recorded_on_both_versions() {
    let scenarios = load();
    assert!(scenarios.len() > 100, "{} scenarios", scenarios.len());
    for version in ["22", "16"] {
        let path = format!("{}/tests/scenarios/golden/{version}.txt", env!("CARGO_MANIFEST_DIR"));
        let kept = golden::read(&std::fs::read_to_string(path).unwrap());
        let missing: Vec<&str> = scenarios
            .iter()
            .filter(|it| it.only.as_ref().is_none_or(|only| only == version))
            .filter(|it| !kept.contains_key(&it.name))
            .map(|it| it.name.as_str())
            .collect();
        assert!(missing.is_empty(), "not recorded on {version}: {missing:?}");
    }
}

#[test]
fn a_result_differs_where_it_should() {
    let text = "== a\nabout endpos= 800\n> NOOP\n";
    let scenario = &support_scenarios::parse(text).unwrap()[0];
    let line = |text: &str| vec![text.to_owned()];
    let differ = |one: &str, other: &str| {
        !golden::differences(scenario, &line(one), &line(other)).is_empty()
    };
    assert!(!differ("< 1.000 200 result=0 endpos=100", "< 1.090 200 result=0 endpos=800"));
    assert!(differ("< 1.000 200 result=0 endpos=100", "< 1.000 200 result=0 endpos=1000"));
    assert!(differ("< 1.000 200 result=0 endpos=100", "< 1.000 200 result=1 endpos=100"));
    assert!(differ("< 1.000 200 result=0", "< 1.200 200 result=0"));
    assert!(differ("! 1.000 hangup", "< 1.000 hangup"));
    assert!(differ("= SUCCESS goes on", "= SUCCESS ends"));
}

#[test]
fn bytes_stand_for_what_they_say() {
    assert_eq!(bytes(r"a\x00b\3{xy}\z").unwrap(), b"a\0bxyxyxy\\z");
    assert_eq!(escaped(b"a\xff\n "), r"a\xff\x0a\x20");
}
