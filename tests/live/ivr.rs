//! Questions and menus on real Asterisk: the table of `tests/support_ivr`, with callers that key in. Each call comes to
//! what the table says, and sends what it sends on the emulator. The scripts run here, over TCP.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agikit::emulator::Version;
use agikit::transcript::{Entry, Recorder, Transcript};
use agikit::{Hangup, Session};

use crate::Test;
use crate::lab::{Lab, wait};
use crate::manager::Manager;
use crate::plan;
use crate::support_ivr::{Case, Outcome, cases, outcome, own, run};

/// Calls at a time. What differs runs again with fewer beside it: Asterisk may have had to wait for the processor, and
/// then a key comes late, too.
const AT_A_TIME: [usize; 3] = [32, 8, 2];
/// No reply takes longer.
const LONGEST: Duration = Duration::from_secs(30);

pub fn tests() -> Vec<Test> {
    vec![("questions and menus".into(), Box::new(all))]
}

fn all(lab: &Lab) -> String {
    let start = Instant::now();
    let version = if lab.version == "16" { Version::V16 } else { Version::V22 };
    let only = std::env::var("IVR").unwrap_or_default();
    let mut left: Vec<Case> =
        cases().into_iter().filter(|case| case.name.starts_with(&only)).collect();
    lab.plan("ivr", dialplan(&left).as_bytes());
    let manager = Mutex::new(Manager::connect(&lab.version));
    let (count, mut again, mut differences) = (left.len(), Vec::new(), Vec::new());
    for at_a_time in AT_A_TIME {
        let seen = play_all(&manager, &left, at_a_time);
        differences.clear();
        left.retain(|case| {
            let (seen, emulated) = (&seen[&case.name], run(case, version));
            let differs = *seen != emulated || seen.answer != case.expected;
            if differs {
                let (text, expected) = (&case.scenario.text, case.expected);
                differences.push(format!("{text}{expected}: {seen:#?}\nemulated: {emulated:#?}"));
            }
            differs
        });
        again.push(left.len().to_string());
        if left.is_empty() {
            break;
        }
    }
    assert!(left.is_empty(), "{} differ\n{}", left.len(), differences.join("\n"));
    let took = start.elapsed().as_secs();
    format!("{count} calls as in the table, {took} s; run again: {}\n", again.join(", "))
}

/// An extension for each caller, and one for all scripts.
fn dialplan(cases: &[Case]) -> String {
    let mut text = "[ivr-caller]\n".to_owned();
    for case in cases {
        plan::caller(&mut text, &case.scenario);
    }
    let script = [plan::ANSWER, "n,AGI(agi://127.0.0.1:${IVR_PORT}/call)", "n,Hangup()"];
    text + &format!(
        "[ivr-script]\nexten => call,1,NoOp()\n same => {}\n",
        script.join("\n same => ")
    )
}

/// So many at a time.
fn play_all(
    manager: &Mutex<Manager>,
    cases: &[Case],
    at_a_time: usize,
) -> BTreeMap<String, Outcome> {
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
                listener.set_nonblocking(true).expect("it may");
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = play(manager, &listener, case);
                    seen.lock().unwrap().insert(case.name.clone(), outcome);
                }
            });
        }
    });
    seen.into_inner().unwrap()
}

/// One call.
fn play(manager: &Mutex<Manager>, listener: &TcpListener, case: &Case) -> Outcome {
    let port = listener.local_addr().expect("it has one").port();
    let said = manager.lock().unwrap().act(
        "Originate",
        &[
            &format!("Channel: Local/{}@ivr-caller", case.name),
            "Context: ivr-script",
            "Exten: call",
            "Priority: 1",
            "Async: true",
            &format!("Variable: IVR_PORT={port}"),
        ],
    );
    assert!(said.contains("Success"), "{}: {said}", case.name);
    let stream = wait(&case.name, || listener.accept().ok()).0;
    let (kept, hangup) = (Kept::default(), Hangup::new());
    let recorder = Recorder::new(prepared(stream), &hangup, kept.clone()).times(false);
    let answer = match Session::begin(recorder, hangup) {
        Ok(mut agi) => outcome(case.script, &mut agi),
        Err(error) => format!("no session: {error}"),
    };
    let transcript = Transcript::parse(&kept.0.lock().unwrap()).expect("it is a transcript");
    let sent = transcript.entries.iter().filter_map(|entry| match entry {
        Entry::Script(line) => Some(String::from_utf8_lossy(&line.pieces().concat()).into_owned()),
        _ => None,
    });
    Outcome { answer, sent: own(sent.collect()) }
}

fn prepared(stream: TcpStream) -> TcpStream {
    stream.set_nonblocking(false).expect("it may");
    stream.set_nodelay(true).expect("it may");
    stream.set_read_timeout(Some(LONGEST)).expect("it may take no longer");
    stream
}

/// A recording in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
