//! Calls whose scripts a server runs: `AGI(agi://…)` in place of a program, and all else as in the other rooms. The
//! very functions are called: of `live-probe`, and of the account example.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Test;
use crate::lab::Lab;

/// A test of a process that a server cannot be put to, by how its name begins; and why, or what shows it instead.
const NOT_SERVED: &[(&str, &str)] = &[
    (
        "values without environment variables",
        "no call of a server has Asterisk's: `values` shows it",
    ),
    ("EAGI's descriptor 3", "EAGI() starts programs alone: `EAGI is refused`"),
    ("exit status after a hangup", "there is no process: `hangup: …` look at the script's end"),
    ("example hello", "served are the probe and the account example"),
    ("example variables", "the same"),
    ("example after_call", "the same"),
];

/// Starts a server of agi-bin with a socket as from systemd: gives its address. Whoever starts it ends it.
pub fn serve(lab: &Lab, words: &[&str]) -> (Child, SocketAddr) {
    start(lab, BY_SYSTEMD, words)
}

/// Starts a program of the lab with nothing of this machine's, and with a socket as systemd hands it over, which is
/// descriptor 0 here.
const BY_SYSTEMD: &str = "exec 3<&0 </dev/null; mount -t proc proc \"$0/proc\" && \
    exec env -i PATH=\"$PATH\" LISTEN_FDS=1 LISTEN_PID=$$ chroot \"$0\" \"$@\"";
/// The same, where descriptor 0 is what it takes.
const BY_NUMBER: &str =
    "mount -t proc proc \"$0/proc\" && exec env -i PATH=\"$PATH\" chroot \"$0\" \"$@\"";

/// No call is left when they are stopped; a server on whose calls nothing waits any more ends at once.
const SOON: Duration = Duration::from_secs(5);

/// The servers of a lab.
#[derive(Debug)]
pub struct Served {
    label: String,
    servers: Vec<(&'static str, Child)>,
    /// That of the scenarios, which knows no stop, and where it is.
    raw: Child,
    pub raw_address: String,
}

impl Served {
    /// Starts them, and tells the dialplan where they are.
    pub fn start(lab: &Lab) -> Served {
        let (probe, probe_at) = start(lab, BY_SYSTEMD, &["live-probe"]);
        let (account, account_at) = start(lab, BY_SYSTEMD, &["fastagi"]);
        let folder = ["fastagi-serve", "/srv/lab/agi-bin"];
        let (programs, programs_at) = start(lab, BY_SYSTEMD, &folder);
        let (raw, raw_at) = start(lab, BY_NUMBER, &["live-raw", "serve"]);
        let plan = format!(
            "[globals]\nNET_PROBE = agi://{probe_at}/live-probe?say=a%20b+c\n\
             NET_ACCOUNT = agi://{account_at}/account\nNET_PROGRAMS = agi://{programs_at}/\n"
        );
        lab.plan("served", plan.as_bytes());
        Served {
            label: lab.over_tcp().label(),
            servers: vec![("live-probe", probe), ("fastagi", account), ("fastagi-serve", programs)],
            raw,
            raw_address: format!("agi://{raw_at}/raw"),
        }
    }

    /// Stops them as systemd does; gives whether each had nothing left to do.
    pub fn stop(mut self) -> bool {
        let mut good = true;
        let _ = self.raw.kill();
        let _ = self.raw.wait();
        for (program, mut child) in self.servers {
            let kill = format!("kill -TERM {}", child.id());
            let _ = Command::new("/bin/sh").args(["-c", &kill]).status();
            let end = Instant::now() + SOON;
            let status = loop {
                match child.try_wait().expect("it is ours") {
                    None if Instant::now() < end => std::thread::sleep(Duration::from_millis(10)),
                    status => break status,
                }
            };
            let ended = status.map_or("calls are left".into(), |status| status.to_string());
            println!("asterisk {} {program} stopped: {ended}", self.label);
            good &= status.is_some_and(|status| status.success());
            let _ = child.kill();
            let _ = child.wait();
        }
        good
    }
}

/// Starts a program of agi-bin with a listening socket: gives its address.
fn start(lab: &Lab, how: &str, words: &[&str]) -> (Child, SocketAddr) {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("it is bound");
    // It ends with this program, however that ends.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"]);
    command.args(["sh", "-c", how]).arg(lab.root());
    command.arg(format!("/srv/lab/agi-bin/{}", words[0])).args(&words[1..]);
    let child = command.stdin(OwnedFd::from(socket)).stdout(Stdio::null()).spawn();
    (child.expect("setpriv runs"), address)
}

/// The tests of the other rooms that can be asked, and what holds where one cannot.
pub fn tests() -> Vec<Test> {
    let all = || crate::calls::tests().into_iter().chain(crate::hangups::tests());
    for (name, _) in NOT_SERVED {
        assert!(all().any(|(test, _)| test.starts_with(name)), "there is no test {name:?}");
    }
    let is_served = |name: &str| NOT_SERVED.iter().all(|(not, _)| !name.starts_with(not));
    let mut tests: Vec<Test> = all().filter(|(name, _)| is_served(name)).collect();
    tests.push(("EAGI is refused".into(), Box::new(eagi)));
    tests.into_iter().map(|(name, test)| (format!("agi: {name}"), test)).collect()
}

/// Asterisk does not even connect.
fn eagi(lab: &Lab) -> String {
    let call = lab.call("speaks", "eagi");
    let status = call.left("status");
    assert_eq!((status.as_str(), call.report().as_str()), ("FAILURE", ""));
    format!("AGISTATUS {status}, and the server sees nothing\n")
}
