//! Calls for a given time, of all kinds at once: random scripts, keys and hangups, programs, EAGI and our FastAGI
//! server. At the end there is an account: every call has ended, with an AGISTATUS that its story explains, and nothing
//! of it is left.
//!
//! `AGIKIT_SOAK=30m AGIKIT_LAB=22 cargo test --all-features --test live -- soak`; without that variable it takes 20
//! seconds. `AGIKIT_SOAK_SEED` has the same stories again, `AGIKIT_SOAK_CALLS` (12) is how many are at once.

mod account;
mod gauges;
mod plan;
mod told;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::Test;
use crate::barge::chance;
use crate::lab::{Lab, is_alive};
use crate::manager::Manager;
use account::Account;
use gauges::Gauge;
use plan::Plan;
use told::{Events, Told};

/// No story takes so long.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long what is left of the last calls may take to go.
const SETTLING: Duration = Duration::from_secs(30);
/// How much memory may grow from the first tenth on, in KiB; and from the middle on.
const GROWTH: [(u64, u64); 2] = [(24 * 1024, 12 * 1024), (4 * 1024, 1024)];

/// How long it takes; nothing where nobody asks for it.
pub fn length() -> Duration {
    let Ok(text) = std::env::var("AGIKIT_SOAK") else { return Duration::ZERO };
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.trim_end_matches('s'), 1),
    };
    let number: u64 = number.parse().unwrap_or_else(|_| panic!("AGIKIT_SOAK={text}: 30m or 45s"));
    Duration::from_secs(number * unit)
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name}={value}")))
}

pub fn install(lab: &Lab) {
    let folder = reports(lab);
    std::fs::create_dir_all(&folder).expect("the lab takes a folder");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o1777)).expect("for all");
    let program = lab.program("live-soak-norun");
    std::fs::write(&program, "#!/bin/sh\n").expect("agi-bin takes a file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o644))
        .expect("it cannot run");
    lab.plan("soak", include_bytes!("dialplan.conf"));
}

fn reports(lab: &Lab) -> PathBuf {
    lab.report_file("soak")
}

/// On Asterisk 22: 16 loses exit statuses behind a FastAGI call. Only where it is asked for: what is drawn by chance is no
/// part of a check that says yes or no.
pub fn tests() -> Vec<Test> {
    match length() {
        Duration::ZERO => Vec::new(),
        _ => vec![("soak".into(), Box::new(soak))],
    }
}

/// All that the callers share.
struct Soak<'l> {
    lab: &'l Lab,
    seed: u64,
    end: Instant,
    server: String,
    nowhere: String,
    next: AtomicU64,
    events: Events,
    account: Mutex<Account>,
}

fn soak(lab: &Lab) -> String {
    let length = length();
    let seed = setting("AGIKIT_SOAK_SEED").unwrap_or_else(chance::now);
    let at_once = setting("AGIKIT_SOAK_CALLS").unwrap_or(12);
    let mut text = format!("seed {seed}, {length:?}, {at_once} at once\n");
    println!("  {} | soak | {}", lab.version, text.trim_end());
    let (mut server, address) = crate::served::serve(lab, &["live-soak"]);
    let asterisk = lab.pid();
    let server_pid = server.id().to_string();
    let log_from = lab.log_length();
    // A port that was just free.
    let nowhere = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let start = Instant::now();
    let read = || Gauge::read(start.elapsed(), &asterisk, &server_pid);
    let first = ready(&server_pid, read);
    let soak = Soak {
        lab,
        seed,
        end: start + length,
        server: address.to_string(),
        nowhere: nowhere.to_string(),
        next: AtomicU64::new(0),
        events: Events::listen(&lab.version).expect("the manager tells events"),
        account: Mutex::default(),
    };
    let mut gauges = std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| soak.caller());
        }
        let mut gauges = Vec::new();
        for percent in [10, 25, 50, 75, 100] {
            let at = start + length * percent / 100;
            while Instant::now() < at && is_alive(&asterisk) {
                let left = at.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(Duration::from_millis(200)));
            }
            gauges.push(read());
        }
        gauges
    });
    // From here on nobody places a call.
    let Soak { events, account, .. } = soak;
    let mut account = account.into_inner().expect("no caller has held it");
    if !is_alive(&asterisk) {
        let last = "and its last calls are lost; the lab's log ends where it died";
        panic!("\n{text}{}asterisk has died, {last}", account.shown());
    }
    let settled = settle(|| {
        let (opened, closed, _) = events.counts();
        opened == closed && !lab.cli("core show channels concise").contains("soak")
    });
    let (opened, closed, told) = events.counts();
    late(lab, &events);
    events.stop();
    let back = settle(|| {
        let now = read();
        now.asterisk.descriptors <= first.asterisk.descriptors
            && now.server.descriptors <= first.server.descriptors
            && now.server.threads <= first.server.threads
            && now.zombies == 0
    });
    let last = read();
    let mut wrong = Vec::new();
    let mut demand = |good: bool, what: String| {
        if !good {
            wrong.push(what);
        }
    };
    demand(settled, format!("channels are left: {opened} opened, {closed} closed"));
    demand(back, "more is held than at the beginning".into());
    demand(account.begun == account.ended, "calls are lost".into());
    demand(told == account.ended && opened == closed, format!("{told} ends told"));
    let most = first.zombies + account.left_programs;
    let zombies = gauges.iter().map(|it| it.zombies).max().unwrap_or(0);
    demand(zombies <= most, format!("{zombies} zombies, and Asterisk has left {most} programs"));
    demand(stop(&mut server), "the server does not end".into());
    let left = lab.left_over(&["live-soak"]);
    demand(left.is_empty(), format!("programs are left: {left:?}"));
    for ((name, growth), memory) in
        [("asterisk", GROWTH[0]), ("the server", GROWTH[1])].iter().zip([
            gauges.iter().map(|it| it.asterisk.memory).collect::<Vec<_>>(),
            gauges.iter().map(|it| it.server.memory).collect::<Vec<_>>(),
        ])
    {
        let (tenth, middle, end) = (memory[0], memory[2], memory[4]);
        let good = end <= tenth + growth.0 && end <= middle + growth.1;
        demand(good, format!("{name} grows: {tenth}, {middle}, {end} KiB"));
    }
    let (errors, unknown) = errors(lab, log_from);
    demand(unknown.is_empty(), format!("errors in the log: {unknown:#?}"));
    let all = agikit::CATALOGUE.len();
    let sent = account.kinds_of_commands();
    demand(length < Duration::from_secs(60) || sent == all, format!("{sent} commands were sent"));
    account.faults.extend(wrong);
    text += &account.shown();
    text += &format!(
        "{opened} channels opened, {closed} closed; {errors} expected errors in the log\n"
    );
    gauges.insert(0, first);
    gauges.push(last);
    for gauge in &gauges {
        text += &format!("{}\n", gauge.shown());
    }
    lab.cli("database deltree soak");
    lab.cli("database deltree soak-tree");
    assert!(account.faults.is_empty(), "\n{text}");
    text
}

impl Soak<'_> {
    /// One call after the other, until the time is over. When Asterisk dies, its connections end.
    fn caller(&self) {
        if catch_unwind(AssertUnwindSafe(|| self.calls())).is_err() {
            self.account.lock().unwrap().faults.push("a caller has stopped".into());
        }
    }

    fn calls(&self) {
        let mut manager = Manager::connect(&self.lab.version);
        while Instant::now() < self.end {
            let plan = Plan::draw(self.seed, self.next.fetch_add(1, Ordering::Relaxed));
            let headers = plan.headers(&self.server, &self.nowhere);
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            self.account.lock().unwrap().begun += 1;
            let said = manager.act("Originate", &headers);
            let end = self.events.end_of(&plan.id, PATIENCE);
            let file = reports(self.lab).join(&plan.id);
            let told = match &end {
                // Asterisk does not wait for a program that it has left (AGIEXITONHANGUP), nor for a server.
                Some((status, ..)) if plan.has_script() && !status.is_empty() => report(&file),
                _ => Told::read(&file),
            };
            let mut account = self.account.lock().unwrap();
            match &end {
                Some(end) => account.add(&plan, end, told.as_ref()),
                None => {
                    account.fault(&plan, told.as_ref(), &format!("no end; {}", said.trim_end()))
                }
            }
            drop(account);
            let _ = std::fs::remove_file(&file);
            for format in ["gsm", "wav", "sln"] {
                let recorded = format!("{}-recorded.{format}", plan.id);
                let _ = std::fs::remove_file(file.with_file_name(recorded));
            }
        }
    }
}

/// A script's file, which may come a little later than the call's end.
fn report(file: &Path) -> Option<Told> {
    let end = Instant::now() + SETTLING;
    loop {
        match Told::read(file) {
            None if Instant::now() < end => std::thread::sleep(Duration::from_millis(10)),
            told => return told,
        }
    }
}

fn settle(mut good: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + SETTLING;
    while !good() {
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

/// Asterisk takes notice of a program that it has left only when one ends while no `AGI()` runs at all: so here, and of
/// all others with it.
fn late(lab: &Lab, events: &Events) {
    let plan = Plan::late();
    let headers = plan.headers("", "");
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    Manager::connect(&lab.version).act("Originate", &headers);
    let end = events.end_of(&plan.id, PATIENCE);
    assert!(end.is_some_and(|(status, ..)| status == "HANGUP"), "the last call");
    let file = reports(lab).join(&plan.id);
    assert!(report(&file).is_some(), "the last script");
    let _ = std::fs::remove_file(&file);
}

/// The first look, when the server waits for calls: it holds the same for a while.
fn ready(server: &str, read: impl Fn() -> Gauge) -> Gauge {
    let name = || std::fs::read_to_string(format!("/proc/{server}/comm")).unwrap_or_default();
    assert!(settle(|| name().trim() == "live-soak"), "the server does not start");
    let mut same = 0;
    let mut last = read();
    assert!(settle(|| {
        let now = read();
        same = if now.server.descriptors == last.server.descriptors { same + 1 } else { 0 };
        last = now;
        same == 10
    }));
    last
}

/// As systemd does it.
fn stop(server: &mut Child) -> bool {
    let pid = server.id().to_string();
    let _ = Command::new("kill").args(["-TERM", &pid]).status();
    let ended = settle(|| server.try_wait().is_ok_and(|it| it.is_some()) || !is_alive(&pid));
    let _ = server.kill();
    let _ = server.wait();
    ended
}

/// Lines that Asterisk logs as errors: how many are what a script has asked for, and the others.
fn errors(lab: &Lab, from: u64) -> (usize, Vec<String>) {
    lab.settle_log();
    let log = lab.log_since(from);
    let lines = log.lines().filter(|line| line.contains("] ERROR["));
    let (expected, unknown): (Vec<&str>, Vec<&str>) =
        lines.partition(|line| EXPECTED.iter().any(|it| line.contains(it)));
    (expected.len(), unknown.into_iter().take(20).map(str::to_owned).collect())
}

/// What the stories bring about themselves.
const EXPECTED: [&str; 4] = [
    // A command whose bytes are no UTF-8: the event that tells of it cannot be made.
    "Invalid UTF-8 string.",
    " backtrace records",
    // SPEECH CREATE without a server.
    "AEAP websocket (",
    "unable to connect transport",
];
