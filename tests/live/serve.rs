//! `fastagi-serve` on the lab's agi-bin: the programs that `AGI()` starts there, unchanged, over TCP.

use agikit::transcript::{Entry, Transcript};

use crate::Test;
use crate::lab::{Lab, wait};
use crate::tool::{put, recorded};

/// Programs that end badly. Over TCP that is FAILURE, as under `AGI()`.
const BAD: [(&str, &str); 3] = [
    ("fails.sh", "#!/bin/sh\nwhile read -r line && [ \"$line\" ]; do :; done\nexit 3\n"),
    ("dies.sh", "#!/bin/sh\nwhile read -r line && [ \"$line\" ]; do :; done\nkill -9 $$\n"),
    ("nothing.sh", "#!/no/such/interpreter\n"),
];

/// What stands in a path, and is no program of the folder. (In agi-bin are a link that leaves it and a text.)
const REFUSED: [&str; 9] = [
    "missing.sh",
    "../../../bin/true",
    "%2e%2e/%2e%2e/%2e%2e/bin/true",
    "..%2f..%2f..%2fbin%2ftrue",
    "/bin/true",
    "//bin/true",
    "programs",
    "leaves.sh",
    "text.sh",
];

/// Puts the server and its programs into agi-bin.
pub fn install(lab: &Lab) {
    lab.install(&["fastagi-serve"]);
    for (name, program) in BAD {
        put(lab, name, program.as_bytes());
    }
    // It leaves commands behind, and the replies to them.
    let leaves = "#!/bin/sh\nwhile read -r line && [ \"$line\" ]; do :; done\n\
        printf 'SET VARIABLE RESULT one\\nSET VARIABLE ACCOUNT two\\nSET VARIABLE BALANCE three'\n";
    put(lab, "hurries.sh", leaves.as_bytes());
    let agi_bin = lab.inside("srv/lab/agi-bin");
    std::fs::write(agi_bin.join("text.sh"), "#!/bin/sh\n").expect("agi-bin takes a text");
    let link = agi_bin.join("leaves.sh");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink("/bin/true", link).expect("agi-bin takes a link");
}

/// Every program of the desk, called as it is there; and what is another matter over TCP.
pub fn tests(lab: &Lab) -> Vec<Test> {
    let mut tests: Vec<Test> = crate::foreign::tests(lab);
    for (name, _) in BAD {
        tests.push((name.into(), Box::new(move |lab| bad(lab, name))));
    }
    for path in REFUSED {
        tests.push((format!("no program: {path}"), Box::new(move |lab| refused(lab, path))));
    }
    tests.push(("what it is told".into(), Box::new(environment)));
    tests.push(("commands that are left".into(), Box::new(hurries)));
    tests.into_iter().map(|(name, test)| (format!("serve: {name}"), test)).collect()
}

/// What the dialplan finds behind the call: AGISTATUS and FASTAGI_STATUS.
fn ended(lab: &Lab, program: &str) -> (String, String) {
    let call = lab.call("waits", &format!("program-{program}"));
    let after = call.left("after");
    (after, wait("FASTAGI_STATUS", || call.database("fastagi")))
}

fn bad(lab: &Lab, name: &str) -> String {
    let processes = lab.as_processes();
    let status = processes.call("waits", &format!("program-{name}")).left("after");
    // Asterisk 16 has lost the statuses of processes by now: see `start_anew`. A server tells it.
    assert!(status == "FAILURE" || (lab.version == "16" && status == "SUCCESS"), "{status}");
    assert_eq!(ended(lab, name), ("FAILURE".into(), "FAILURE".into()));
    format!("AGISTATUS FAILURE, under AGI() {status}; FASTAGI_STATUS FAILURE\n")
}

fn refused(lab: &Lab, path: &str) -> String {
    assert_eq!(ended(lab, path), ("FAILURE".into(), "NOTFOUND".into()));
    "AGISTATUS FAILURE, FASTAGI_STATUS NOTFOUND\n".into()
}

/// The same lines as from a process, but for what differs between two calls.
fn environment(lab: &Lab) -> String {
    let told = |lab: &Lab| {
        let call = lab.call("waits", "program-menu.sh");
        let channel = call.channel();
        // SIGHUP would end one that is only being started, and there would be no recording.
        wait("the prompt", || {
            call.played(&channel).contains(&"vm-enter-num-to-call".into()).then_some(())
        });
        call.hang_up(&channel);
        lines(&recorded(lab, &call).transcript)
    };
    let (process, served) = (told(&lab.as_processes()), told(lab));
    assert_eq!(process, served);
    format!("{} lines as from a process\n", served.len())
}

fn lines(transcript: &Transcript) -> Vec<String> {
    const DIFFER: [&str; 5] =
        ["agi_channel", "agi_uniqueid", "agi_extension", "agi_threadid", "agi_arg_1"];
    let lines = transcript.entries.iter().filter_map(|entry| match entry {
        Entry::Asterisk(_) => Some(entry.to_string()),
        _ => None,
    });
    let lines = lines.map_while(|line| Some(line.strip_prefix("< ")?.to_owned()));
    lines
        .map(|line| match line.split_once(": ") {
            Some((name, _)) if DIFFER.contains(&name) => name.to_owned(),
            _ => line,
        })
        .collect()
}

/// A program that ends before its replies are there: all its commands run.
fn hurries(lab: &Lab) -> String {
    let call = lab.call("waits", "program-hurries.sh");
    assert_eq!(call.left("after"), "SUCCESS");
    assert_eq!(call.left("result"), "one/two/three");
    "three commands, the last without a line feed, run behind its end\n".into()
}
