//! `eagi-pipe`: programs that do what is asked of them, and programs that do not; each ends, and so does the script.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{LONG, caller_half};
use crate::Test;
use crate::lab::{Call, Lab, is_alive, wait};
use crate::manager::Manager;

/// A program, and what the dialplan finds behind it.
struct Case {
    /// A letter of its own, of those that are none of a pattern's; and what it does.
    letter: char,
    does: &'static str,
    /// The command, as the dialplan has it.
    command: &'static str,
    /// Variables that are set before.
    options: &'static [&'static str],
    status: &'static str,
    exit: &'static str,
    /// Whether the value is as it should be.
    good: fn(&str) -> bool,
}

/// A frame of 20 ms at 8 kHz.
const FRAME: usize = 320;

/// So many bytes of whole frames, two seconds at most.
fn is_counted(value: &str) -> bool {
    let count: usize = value.parse().unwrap_or(0);
    count > 0 && count.is_multiple_of(FRAME) && count <= 100 * FRAME
}

const CASES: &[Case] = &[
    Case {
        letter: 'a',
        does: "reads all of two seconds",
        command: "/usr/bin/wc,-c",
        options: &["TIME=2"],
        status: "OK",
        exit: "0",
        good: is_counted,
    },
    Case {
        letter: 'b',
        does: "reads all beneath a prompt",
        command: "/usr/bin/wc,-c",
        options: &["TIME=2", "PROMPT=/srv/lab/sounds/barge-long"],
        status: "OK",
        exit: "0",
        good: is_counted,
    },
    Case {
        letter: 'c',
        does: "exits at once",
        command: "/bin/true",
        options: &[],
        status: "OK",
        exit: "0",
        good: str::is_empty,
    },
    Case {
        letter: 'd',
        does: "fails at once, and says why",
        command: "/srv/lab/agi-bin/pipe-fails",
        options: &[],
        status: "FAILED",
        exit: "3",
        good: |value| value == "some",
    },
    Case {
        letter: 'e',
        does: "never reads",
        command: "/srv/lab/agi-bin/pipe-never",
        options: &["TIME=1"],
        status: "OK",
        exit: "0",
        good: |value| value == "never",
    },
    Case {
        letter: 'f',
        does: "never reads and never ends",
        command: "/bin/sleep,70",
        options: &["TIME=1", "PATIENCE=1"],
        status: "TIMEOUT",
        exit: "",
        good: str::is_empty,
    },
    Case {
        letter: 'g',
        does: "closes its input early",
        command: "/srv/lab/agi-bin/pipe-closes",
        options: &["TIME=2"],
        status: "OK",
        exit: "0",
        good: |value| value == "closed",
    },
    Case {
        letter: 'h',
        does: "writes 1 MB",
        command: "/usr/bin/seq,100001,250000",
        options: &[],
        status: "TOOLONG",
        exit: "0",
        good: |value| value.starts_with("100001 100002"),
    },
    Case {
        letter: 'i',
        does: "writes line by line",
        command: "/usr/bin/seq,1,5",
        options: &["LINES=yes"],
        status: "OK",
        exit: "0",
        good: |value| value == "5",
    },
    Case {
        letter: 'j',
        does: "does not exist",
        command: "/usr/bin/no-such-program",
        options: &[],
        status: "NOTFOUND",
        exit: "",
        good: str::is_empty,
    },
    Case {
        letter: 'k',
        does: "reads until the caller hangs up",
        command: "/usr/bin/wc,-c",
        options: &[],
        status: "HANGUP",
        exit: "",
        // What it says to nobody may come too late.
        good: |_| true,
    },
];

pub fn tests() -> Vec<Test> {
    let mut tests: Vec<Test> = CASES
        .iter()
        .map(|case| {
            let name = format!("ends: eagi-pipe and a program that {}", case.does);
            (name, Box::new(|lab: &Lab| one(lab, case)) as Box<_>)
        })
        .collect();
    for how in ["", ".nosighup", ".exithup"] {
        let name = format!("ends: eagi-pipe, its program and the caller's hangup{how}");
        tests.push((name, Box::new(move |lab| hung_up(lab, how))));
    }
    tests
}

/// The programs, and a dialplan in which each has its place.
pub fn install(lab: &Lab) {
    lab.install(&["eagi-pipe"]);
    lab.write_script("pipe-fails", "echo some\necho what it says of that >&2\nexit 3");
    lab.write_script("pipe-never", "sleep 2\necho never");
    lab.write_script("pipe-closes", "exec 0<&-\nsleep 1\necho closed");
    // Told to end it does, and so does what it started.
    lab.write_script("pipe-stays", "echo $$ $PPID >/srv/lab/report/$1.pids\nexec sleep 70");
    let mut plan = "[pipe-scripts]\n".to_owned();
    for case in CASES {
        let _ = writeln!(plan, "exten => _pipe-{}-.,1,Set(ID=${{EXTEN}})", case.letter);
        for option in case.options {
            let _ = writeln!(plan, " same => n,Set(EAGI_PIPE_{option})");
        }
        let _ = writeln!(plan, " same => n,EAGI(eagi-pipe,SAID,{})", case.command);
        let _ = writeln!(plan, " same => n,Hangup()");
    }
    plan += "exten => _stays-.,1,Set(ID=${EXTEN})
 same => n,ExecIf($[\"${EXTEN}\" =~ \"nosighup\"]?Set(AGISIGHUP=no))
 same => n,ExecIf($[\"${EXTEN}\" =~ \"exithup\"]?Set(AGIEXITONHANGUP=yes))
 same => n,EAGI(eagi-pipe,SAID,/srv/lab/agi-bin/pipe-stays,${ID})
 same => n,Hangup()
exten => h,1,Set(DB(live/${ID}-value)=<${SAID:0:40}> ${LEN(${SAID})})
 same => n,Set(DB(live/${ID}-exit)=<${EAGI_PIPE_EXIT}>)
 same => n,Set(DB(live/${ID}-pipe)=<${EAGI_PIPE_STATUS}>)
";
    lab.plan("pipes", plan.as_bytes());
}

/// What the dialplan found: the value, its length, the status and the exit.
fn found(call: &Call<'_>) -> (String, String, String, String) {
    let bare = |text: String| text.trim_matches(['<', '>']).to_owned();
    // This is set last.
    let status = bare(call.left("pipe"));
    let value = call.left("value");
    let (value, length) = value.rsplit_once(' ').expect("a value and its length");
    (bare(value.to_owned()), length.to_owned(), status, bare(call.left("exit")))
}

fn one(lab: &Lab, case: &Case) -> String {
    let manager = &mut Manager::connect(&lab.version);
    let script = format!("pipe-{}@pipe-scripts", case.letter);
    let call = lab.place(manager, ("plays-six8@eagi-caller", &script), &["Codecs: slin"]);
    let (value, length, status, exit) = found(&call);
    let seen = format!("<{value}>, {length} bytes, {status}, exit <{exit}>");
    assert_eq!(status, case.status, "{seen}");
    assert!(case.exit.is_empty() || exit == case.exit, "{seen}");
    assert!((case.good)(&value), "{seen}");
    if case.status == "FAILED" {
        assert!(
            lab.said(call.log_from, "eagi-pipe: ", "what it says of that"),
            "its complaint is on the console"
        );
    }
    format!("{seen}\n")
}

/// A program that neither reads nor ends; the caller leaves.
fn hung_up(lab: &Lab, how: &str) -> String {
    let manager = &mut Manager::connect(&lab.version);
    let script = format!("stays-{how}@pipe-scripts");
    let call = lab.place(manager, ("plays-voice8@eagi-caller", &script), &["Codecs: slin"]);
    let path = lab.report_file(&format!("{}.pids", call.id));
    let pids = wait("the program", || {
        let pids = std::fs::read_to_string(&path).unwrap_or_default();
        pids.ends_with('\n').then_some(pids)
    });
    let (program, script) = pids.trim().split_once(' ').expect("two numbers");
    std::thread::sleep(Duration::from_millis(1500));
    assert!(is_alive(program) && is_alive(script), "both wait for the caller");
    let channel = caller_half(lab, &call);
    let at = Instant::now();
    let said = manager.act("Hangup", &[&format!("Channel: {channel}")]);
    assert!(said.contains("Success"), "{said}");
    let mut ended = [None; 2];
    while ended.contains(&None) {
        for (pid, ended) in [program, script].into_iter().zip(&mut ended) {
            if ended.is_none() && !is_alive(pid) {
                *ended = Some(at.elapsed());
            }
        }
        assert!(at.elapsed() < LONG * 10, "{} goes on: {ended:?}", call.id);
        std::thread::sleep(Duration::from_millis(1));
    }
    let [program, script] = ended.map(Option::unwrap_or_default);
    std::fs::remove_file(path).expect("it goes");
    let (_, _, status, _) = found(&call);
    // Where Asterisk closes the session at the hangup, nothing more can be set.
    assert_eq!(status, if how == ".exithup" { "" } else { "HANGUP" });
    assert!(program.max(script) < LONG, "{program:?} {script:?}");
    format!(
        "the program ended {program:.0?} after the hangup, the script {script:.0?}; status <{status}>\n"
    )
}
