//! `hagi://`: servers behind SRV records, of a real name server on loopback; and what is left when none is there.

mod dns;
mod falls_back;
mod names;
mod servers;
mod shares;
mod trouble;

use std::fmt::Write as _;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::Duration;

use crate::Test;
use crate::lab::{Call, Lab};
use crate::manager::Manager;
pub use dns::program;
use dns::{Dns, Resolver, unmount};

/// Why these tests are passed over.
pub const MISSING: &str = "no dnsmasq here: apt-get install dnsmasq-base";

type Named = (&'static str, fn(&Lab) -> String);

/// They change whom Asterisk asks for names, and compare times: nothing is to run beside them.
pub fn tests() -> Vec<Test> {
    let all = [shares::tests(), trouble::tests(), falls_back::tests(), names::tests()].concat();
    all.into_iter()
        .map(|(name, test)| (format!("hagi: {name}"), Box::new(test) as Box<_>))
        .collect()
}

pub fn install(lab: &Lab) {
    lab.plan("hagi", include_bytes!("dialplan.conf"));
    unmount(lab);
}

/// A lab whose Asterisk asks our name server.
struct Place<'l> {
    lab: &'l Lab,
    manager: Manager,
    // In this order: Asterisk first has its own back.
    resolver: Resolver<'l>,
    dns: Dns,
}

/// What became of a call.
#[derive(Debug)]
struct Went {
    status: String,
    /// Who served it.
    by: String,
    took: Duration,
}

impl<'l> Place<'l> {
    fn new(lab: &'l Lab, records: &[String]) -> Place<'l> {
        let dns = Dns::start(lab, records);
        let resolver = Resolver::mount(lab, &format!("nameserver {}\n", dns.address));
        Place { lab, manager: Manager::connect(&lab.version), resolver, dns }
    }

    fn place(&mut self, caller: &str, script: &str, variables: &[&str]) -> Call<'l> {
        let variables: Vec<String> =
            variables.iter().map(|variable| format!("Variable: {variable}")).collect();
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        let caller = format!("{caller}@caller");
        self.lab.place(&mut self.manager, (&caller, &format!("{script}@hagi")), &variables)
    }

    /// A call of this address.
    fn begin(&mut self, url: &str) -> Call<'l> {
        self.place("waits", "go", &[&format!("URL={url}")])
    }

    fn go(&mut self, url: &str) -> Went {
        went(&self.begin(url))
    }

    /// Many calls, some at once; gives who served them.
    fn many(&mut self, url: &str, count: usize) -> Vec<String> {
        let mut by = Vec::new();
        while by.len() < count {
            let calls: Vec<Call<'_>> =
                (by.len()..count).take(10).map(|_| self.begin(url)).collect();
            for call in calls {
                let went = went(&call);
                assert_eq!(went.status, "SUCCESS", "{went:?}");
                by.push(went.by);
            }
        }
        by
    }
}

/// What the dialplan wrote down, at the call's end.
fn went(call: &Call<'_>) -> Went {
    let done = call.wait_for("done ");
    let _ = std::fs::remove_file(call.report_path());
    let words: Vec<&str> = done.split('|').collect();
    let [status, by, took] = words[..] else { panic!("{}: {done}", call.id) };
    // Asterisk's arithmetic has fractions.
    let took: f64 = took.parse().expect("milliseconds");
    Went { status: status.into(), by: by.into(), took: Duration::from_secs_f64(took / 1000.0) }
}

/// A record `_agi._tcp.NAME`; its targets by priority, weight, port and name.
fn srv(name: &str, targets: &[(u16, u16, u16, &str)]) -> Vec<String> {
    let record = |(priority, weight, port, target): &(u16, u16, u16, &str)| {
        format!("--srv-host=_agi._tcp.{name},{target},{port},{priority},{weight}")
    };
    targets.iter().map(record).collect()
}

/// Addresses of a name.
fn host(name: &str, addresses: &[&str]) -> Vec<String> {
    addresses.iter().map(|address| format!("--host-record={name},{address}")).collect()
}

/// Both servers of most tests, on this machine.
fn hosts() -> Vec<String> {
    [host("one.agi.test", &["127.0.0.1"]), host("two.agi.test", &["127.0.0.1"])].concat()
}

/// What Asterisk complained of since its log had this length.
fn complaints(lab: &Lab, from: u64) -> String {
    let mut log = Vec::new();
    let mut file = std::fs::File::open(lab.log_path()).expect("the lab has a log");
    file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_end(&mut log)).expect("it reads");
    let mut found = String::new();
    for line in String::from_utf8_lossy(&log).lines() {
        let Some((_, line)) = line.split_once("] ") else { continue };
        if line.starts_with("WARNING") || line.starts_with("ERROR") {
            let text = line.split_once("] ").map_or(line, |(_, text)| text);
            let text = text.split_once(' ').map_or(text, |(_, text)| text);
            let _ = writeln!(found, "  {text}");
        }
    }
    found
}
