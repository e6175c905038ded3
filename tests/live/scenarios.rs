//! The table of scenarios on real Asterisk: what comes must be what is kept in `tests/scenarios/golden`.
//! `GOLDEN=overwrite` writes that anew; `SCENARIO=stream` runs only those whose names begin so. Then the same over TCP,
//! where what comes is the same but for `golden/22-agi.txt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Test;
use crate::lab::{Lab, is_alive, wait};
use crate::manager::Manager;
use crate::plan::dialplan;
use crate::support_scenarios::{Act, Mode, Scenario, bytes, golden, load};

/// Calls at a time: more would disturb each other's times. What differs runs again with fewer beside it:
/// Asterisk may have had to wait for the processor, and then a key comes late, too.
const AT_A_TIME: [usize; 5] = [12, 4, 2, 1, 1];
/// No scenario takes longer.
const LONGEST: Duration = Duration::from_secs(60);

pub fn tests() -> Vec<Test> {
    vec![("scenarios".into(), Box::new(|lab| all(lab, None)))]
}

/// The same, with the raw program at this address.
pub fn served(address: String) -> Vec<Test> {
    vec![("agi: scenarios".into(), Box::new(move |lab| all(lab, Some(&address))))]
}

fn path(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/scenarios/golden/{version}.txt"))
}

fn kept(version: &str) -> golden::Golden {
    golden::read(&std::fs::read_to_string(path(version)).unwrap_or_default())
}

fn all(lab: &Lab, server: Option<&str>) -> String {
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let scenarios = load();
    lab.plan("scenarios", &bytes(&dialplan(&scenarios)).unwrap());
    let runs: Vec<Scenario> = scenarios
        .iter()
        .filter(|it| only.split(',').any(|only| it.name.starts_with(only)))
        .filter(|it| it.only.as_ref().is_none_or(|only| *only == lab.version))
        .filter(|it| server.is_none() || (it.is_for_servers() && !it.leaves_a_line_open()))
        .cloned()
        .collect();
    let mut kept = kept(&lab.version);
    let over_tcp = format!("{}-agi", lab.version);
    let overwrites = std::env::var("GOLDEN").is_ok_and(|it| it == "overwrite");
    let write = |file: &str, golden: &golden::Golden, how: &str| {
        let heading =
            format!("What came of tests/scenarios on real Asterisk {}{how}.", lab.release());
        std::fs::write(path(file), golden::write(golden, &scenarios, &heading)).unwrap();
    };
    if overwrites && server.is_none() {
        kept.extend(run_all(lab, None, &runs, AT_A_TIME[0]));
        write(&lab.version, &kept, "");
        return format!("{} scenarios recorded\n", runs.len());
    }
    // Over TCP that is kept alone which is something else.
    let mut others = if server.is_some() { self::kept(&over_tcp) } else { golden::Golden::new() };
    if overwrites {
        others.retain(|name, _| runs.iter().all(|it| it.name != *name));
    }
    kept.extend(others.clone());
    let count = runs.len();
    let (mut left, mut differences, mut again) = (runs, Vec::new(), Vec::new());
    let mut last = golden::Golden::new();
    for at_a_time in AT_A_TIME {
        let mut seen = run_all(lab, server, &left, at_a_time);
        let side =
            |side: &golden::Golden, it: &Scenario| side.get(&it.name).cloned().unwrap_or_default();
        let compared = |it: &Scenario| golden::differences(it, &side(&kept, it), &side(&seen, it));
        left.retain(|it| !compared(it).is_empty());
        differences = left.iter().flat_map(compared).collect();
        again.push(left.len().to_string());
        seen.retain(|name, _| left.iter().any(|it| it.name == *name));
        last = seen;
        if left.is_empty() {
            break;
        }
    }
    if overwrites {
        others.extend(last);
        write(&over_tcp, &others, " over TCP, where that is something else");
        return format!("{count} scenarios recorded; run again: {}\n", again.join(", "));
    }
    let lines = differences.len();
    assert!(lines == 0, "{lines} differences, expected | seen\n{}", differences.join("\n"));
    format!("{count} scenarios as recorded; run again: {}\n", again.join(", "))
}

/// So many at a time.
fn run_all(
    lab: &Lab,
    server: Option<&str>,
    scenarios: &[Scenario],
    at_a_time: usize,
) -> golden::Golden {
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                let mut manager = Manager::connect(&lab.version);
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let lines = run(lab, server, &mut manager, scenario);
                    seen.lock().unwrap().insert(scenario.name.clone(), lines);
                }
            });
        }
    });
    seen.into_inner().unwrap()
}

/// One call.
fn run(lab: &Lab, server: Option<&str>, manager: &mut Manager, scenario: &Scenario) -> Vec<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = &scenario.name;
    let id = format!("sc-{name}-{}-{number}", std::process::id());
    let file = |kind: &str| lab.report_file(&format!("{id}.{kind}"));
    let read = |kind: &str| {
        String::from_utf8_lossy(&std::fs::read(file(kind)).unwrap_or_default()).into_owned()
    };
    std::fs::write(file("scenario"), &scenario.text).unwrap();
    // FILE() appends to a file of lines only.
    std::fs::write(file("end"), "\n").unwrap();
    let from = lab.log_length();
    let (first, second) =
        if scenario.mode == Mode::Ring { ("script", "caller") } else { ("caller", "script") };
    let said = manager.act(
        "Originate",
        &[
            &format!("Channel: Local/{name}@sc-{first}"),
            &format!("Context: sc-{second}"),
            &format!("Exten: {name}"),
            "Priority: 1",
            "Timeout: 60000",
            "Async: true",
            &format!("Variable: ID={id}"),
            &format!("Variable: SC_RAW={}", server.unwrap_or("live-raw")),
        ],
    );
    assert!(said.contains("Success"), "{name}: {said}");
    if let Some((time, _)) = scenario.caller.iter().find(|(_, act)| *act == Act::Cancel) {
        std::thread::sleep(*time);
        // It answers with a list: a connection of its own need not read it.
        Manager::connect(&lab.version)
            .act("Hangup", &[&format!("Channel: /^Local.{name}@sc-script-.*;1$/")]);
    }
    let start = Instant::now();
    let mut end = read("end");
    // One that never ends is a result too: it must not take the others with it.
    while !end.lines().any(|line| line.starts_with("h ")) && start.elapsed() < LONGEST {
        std::thread::sleep(Duration::from_millis(20));
        end = read("end");
    }
    let seen = read("seen");
    let mark =
        |mark: char| seen.lines().find_map(|it| it.strip_prefix(mark)?.splitn(3, ' ').nth(2));
    // With AGIEXITONHANGUP the script may go on longer than its call.
    if server.is_some() {
        wait(&format!("{id}'s script to end"), || read("seen").contains("\np ").then_some(()));
    } else if let Some(pid) = mark('p') {
        wait(&format!("{id}'s script to end"), || (!is_alive(pid)).then_some(()));
    }
    let seen = read("seen");
    let channel = seen.lines().find_map(|it| it.split_once("agi_channel: ")).map_or("", |it| it.1);
    let played = if scenario.played {
        lab.settle_log();
        lab.played(channel, from)
    } else {
        Vec::new()
    };
    for kind in ["scenario", "seen", "end"] {
        let _ = std::fs::remove_file(file(kind));
    }
    golden::lines(scenario, &format!("/srv/lab/report/{id}"), &seen, &played, &outcome(&end))
}

/// `SUCCESS goes on`, `HANGUP ends`.
fn outcome(end: &str) -> String {
    let (places, statuses): (Vec<&str>, Vec<&str>) =
        end.lines().filter_map(|line| line.split_once(' ')).unzip();
    let status = statuses.first().copied().unwrap_or_default();
    let went = match places.as_slice() {
        ["on", ..] => "goes on".to_owned(),
        ["h"] => "ends".to_owned(),
        [place, ..] => format!("goes on at {place}"),
        [] => String::new(),
    };
    format!("{status} {went}")
}
