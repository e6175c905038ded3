//! A name server of the test's own, and an Asterisk that asks it.

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::lab::{Lab, wait};

/// However this program ends, the name server ends after so many seconds.
const LONGEST: &str = "600";

/// Debian's `dnsmasq-base`; not everybody's PATH has its folder.
pub fn program() -> Option<&'static str> {
    ["dnsmasq", "/usr/sbin/dnsmasq"].into_iter().find(|program| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

/// dnsmasq, on a loopback address that no other run has.
#[derive(Debug)]
pub struct Dns {
    pub address: Ipv4Addr,
    child: Child,
    log: PathBuf,
}

impl Dns {
    /// Starts it with `agi.test` and these records, each an option of dnsmasq's.
    pub fn start(lab: &Lab, records: &[String]) -> Dns {
        static STARTED: AtomicU8 = AtomicU8::new(0);
        // Each its own: the one before may still be about to let go of its address.
        let address = address(20 + STARTED.fetch_add(1, Ordering::Relaxed) % 100);
        let log = lab.report_file(&format!("hagi-dns.{}", std::process::id()));
        let _ = fs::remove_file(&log);
        // A test that is killed leaves none behind.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "timeout"]);
        command.args([LONGEST, program().expect("looked for before"), "--keep-in-foreground"]);
        command.args(["--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file="]);
        command.args(["--user=root", "--bind-interfaces", "--local=/agi.test/", "--log-queries"]);
        command.arg(format!("--listen-address={address}"));
        command.arg(format!("--log-facility={}", log.display())).args(records);
        let child = command.stderr(Stdio::inherit()).spawn().expect("setpriv runs");
        let mut dns = Dns { address, child, log };
        wait("dnsmasq to start", || {
            let ended = dns.child.try_wait().expect("it is ours");
            assert!(ended.is_none(), "dnsmasq ended, {ended:?}: {}", dns.log());
            dns.log().contains("started, version").then_some(())
        });
        dns
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What was asked so far, each as `[SRV] _agi._tcp.agi.test`, in its order.
    pub fn queries(&self) -> Vec<String> {
        let log = self.log();
        let asked = log.lines().filter_map(|line| line.split_once("query")?.1.split_once(" from "));
        asked.map(|(query, _)| query.to_owned()).collect()
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            // `timeout` hands it on.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}

/// A loopback address of this run's own; a name server is asked on port 53, whoever else has that.
pub fn address(number: u8) -> Ipv4Addr {
    let [_, _, high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 80 + number, high, low)
}

/// The lab's `/etc/resolv.conf`, as long as this lives: mounted over what is there, for this one Asterisk, whose
/// mounts nobody else sees. The file itself is not touched.
#[derive(Debug)]
pub struct Resolver<'l> {
    lab: &'l Lab,
    file: PathBuf,
}

impl<'l> Resolver<'l> {
    pub fn mount(lab: &'l Lab, content: &str) -> Resolver<'l> {
        unmount(lab);
        let file = lab.inside(&format!("srv/lab/resolv.{}", std::process::id()));
        let resolver = Resolver { lab, file };
        resolver.set(content);
        let file = resolver.file.to_string_lossy();
        assert!(mount(lab, &["mount", "--bind", &file]), "no mount in the lab's namespace");
        resolver
    }

    /// It is read anew for each lookup.
    pub fn set(&self, content: &str) {
        fs::write(&self.file, content).expect("the lab takes a file");
    }
}

impl Drop for Resolver<'_> {
    fn drop(&mut self) {
        unmount(self.lab);
        let _ = fs::remove_file(&self.file);
    }
}

/// Takes away what this run mounted there, or one that was killed.
pub fn unmount(lab: &Lab) {
    while mount(lab, &["umount"]) {}
}

/// In the mount namespace of the lab's Asterisk.
fn mount(lab: &Lab, words: &[&str]) -> bool {
    let pid = fs::read_to_string(lab.root().with_file_name("asterisk.pid"));
    let mut command = Command::new("nsenter");
    command.args(["-t", pid.expect("the lab notes its pid").trim(), "-m"]).args(words);
    command.arg(lab.inside("etc/resolv.conf")).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
