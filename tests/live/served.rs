//! Calls whose scripts a server runs: `AGI(agi://…)` in place of a program, and all else as in the other rooms. The
//! very functions are called: of `live-probe`, and of the account example.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
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

/// What a program of the lab is started with: nothing of this machine's, and a socket as systemd hands it over, which
/// is descriptor 0 here.
const START: &str = "exec 3<&0 </dev/null; mount -t proc proc \"$0/proc\" && \
    exec env -i PATH=\"$PATH\" LISTEN_FDS=1 LISTEN_PID=$$ chroot \"$0\" \"$@\"";

/// No call is left when they are stopped; a server on whose calls nothing waits any more ends at once.
const SOON: Duration = Duration::from_secs(5);

/// The servers of a lab.
#[derive(Debug)]
pub struct Served {
    label: String,
    servers: Vec<(&'static str, Child)>,
}

impl Served {
    /// Starts them, and tells the dialplan where they are.
    pub fn start(lab: &Lab) -> Served {
        let mut plan = "[globals]\n".to_owned();
        let programs = [
            ("live-probe", "NET_PROBE", "live-probe?say=a%20b+c"),
            ("fastagi", "NET_ACCOUNT", "account"),
        ];
        let servers = programs.map(|(program, variable, path)| {
            let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let address = socket.local_addr().expect("it is bound");
            plan += &format!("{variable} = agi://{address}/{path}\n");
            // It ends with this program, however that ends.
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"]);
            command.args(["sh", "-c", START]).arg(lab.root());
            command.arg(format!("/srv/lab/agi-bin/{program}"));
            let child = command.stdin(OwnedFd::from(socket)).stdout(std::process::Stdio::null());
            (program, child.spawn().expect("setpriv runs"))
        });
        lab.plan("served", plan.as_bytes());
        Served { label: lab.over_tcp().label(), servers: servers.into() }
    }

    /// Stops them as systemd does; gives whether each had nothing left to do.
    pub fn stop(self) -> bool {
        let mut good = true;
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
