//! Programs without this library, called by real Asterisk and by the emulator: both must be told the same.

use agikit::emulator::{Asterisk, Report, Version};
use agikit::transcript::{Exit, Pattern};

use crate::Test;
use crate::lab::{Lab, top, wait};
use crate::tool::{conversation, has, put, record, recorded};

/// The programs, and what a lab must have for each.
const PROGRAMS: [(&str, &str); 5] = [
    ("menu.sh", "bin/sh"),
    ("menu.pl", "usr/share/perl5/Asterisk/AGI.pm"),
    ("menu.py", "usr/bin/python3"),
    ("menu.php", "usr/bin/php"),
    ("menu.js", "usr/bin/node"),
];

/// What the caller does, in the labs' words and in the emulator's.
const CALLERS: [(&str, &str); 3] =
    [("keys", "keys-1234wwwwwwwwww1"), ("nothing", "waits"), ("hangup", "keys-1234")];

/// Whether a lab can run a program.
pub fn runs(lab: &Lab, name: &str) -> bool {
    PROGRAMS.iter().any(|(program, needs)| *program == name && has(lab, needs))
}

/// Those that the lab has an interpreter for. `lab build` brings Perl's; the others are for who installs them.
pub fn tests(lab: &Lab) -> Vec<Test> {
    let mut tests: Vec<Test> = Vec::new();
    for (program, _) in PROGRAMS.iter().filter(|(program, _)| runs(lab, program)) {
        for (what, caller) in CALLERS {
            tests.push((
                format!("{program}: {what}"),
                Box::new(move |lab| menu(lab, program, what, caller)),
            ));
        }
    }
    tests
}

/// Puts the programs and their recorders into agi-bin.
pub fn install(lab: &Lab) {
    std::fs::create_dir_all(lab.inside("srv/lab/agi-bin/programs")).expect("agi-bin takes one");
    for (program, _) in PROGRAMS {
        let inner = format!("programs/{program}");
        put(lab, &inner, crate::tool::program(program).as_bytes());
        record(lab, program, &inner);
    }
}

/// The same call on the emulator.
fn emulated(lab: &Lab, program: &str, what: &str) -> Report {
    let version = if lab.version == "16" { Version::V16 } else { Version::V22 };
    let asterisk = Asterisk::new().version(version).caller("0123456789").capture_errors();
    let asterisk = match what {
        "keys" => asterisk.keys("12341"),
        "hangup" => asterisk.keys("1234").hang_up_during(4),
        _ => asterisk,
    };
    asterisk.agi(top().join("tests/programs").join(program)).expect("it starts")
}

/// The place of a sound at which a key came is chance: it is left open.
fn opened(line: &str) -> Pattern {
    match line.split_once(" endpos=") {
        Some((start, _)) if !start.ends_with("result=0") => Pattern::open([start, ""]),
        _ => Pattern::exactly(line),
    }
}

fn menu(lab: &Lab, program: &str, what: &str, caller: &str) -> String {
    let emulated = emulated(lab, program, what);
    let ours = conversation(&emulated.transcript());
    let mut tries = 0;
    let (call, channel, status, real, said) = loop {
        let call = lab.call(caller, &format!("program-{program}"));
        let channel = call.channel();
        if what == "hangup" {
            wait("the digits", || call.played(&channel).contains(&"digits/2".into()).then_some(()));
            call.hang_up(&channel);
        }
        let status = call.left("status");
        let real = recorded(lab, &call);
        let said = real.conversation();
        tries += 1;
        // On a busy machine the digits may be over before they are seen to be played.
        let is_late = what == "hangup" && said.len() > ours.len();
        if !is_late || tries == 5 {
            break (call, channel, status, real, said);
        }
    };
    assert_eq!(said.len(), ours.len(), "{said:#?}\n{ours:#?}");
    for (said, ours) in said.iter().zip(&ours) {
        assert!(opened(said).matches_bytes(ours.as_bytes()), "asterisk: {said}, emulator: {ours}");
    }
    assert_eq!(Some(status.as_str()), emulated.agi_status());
    if what != "hangup" {
        assert_eq!(real.exit(), emulated.exit());
        assert_eq!(call.played(&channel), emulated.sounds());
    }
    // A program that ends at the -1 may be gone, and its recorder too, before Asterisk sends SIGHUP.
    let was_first = real.exit() == Some(Exit::Status(0))
        && said.last().is_some_and(|line| line.ends_with("200 result=-1"));
    match what {
        "hangup" => assert!(real.has_hangup() || was_first, "{said:#?}, {:?}", real.exit()),
        _ => assert!(!real.has_hangup()),
    }
    format!("{} lines as on the emulator, AGISTATUS {status}\n", said.len())
}
