//! Lines of `extensions.conf` in a page: read as Asterisk does, and each application known.

/// The applications that our pages use: all are Asterisk's own.
const APPLICATIONS: [&str; 15] = [
    "AGI",
    "Answer",
    "Dial",
    "EAGI",
    "Gosub",
    "Goto",
    "GotoIf",
    "Hangup",
    "NoOp",
    "Playback",
    "Return",
    "Set",
    "Verbose",
    "VoiceMail",
    "Wait",
];

/// Whether a block is a piece of dialplan.
pub fn is_dialplan(block: &str) -> bool {
    block.lines().any(|line| {
        line.trim_start().starts_with("exten ") || line.trim_start().starts_with("same ")
    })
}

/// Reads the block, and stops the test where Asterisk would not.
pub fn check(block: &str) {
    let mut labels = Vec::new();
    let mut jumps = Vec::new();
    let mut extension = false;
    for line in block.lines() {
        let line = line.split(" ;").next().unwrap().trim();
        if line.is_empty()
            || line.starts_with(';')
            || (line.starts_with('[') && line.ends_with(']'))
        {
            continue;
        }
        let (kind, rest) = line.split_once(" => ").unwrap_or_else(|| panic!("{line}: no =>"));
        let rest = match kind.trim() {
            "exten" => {
                extension = true;
                rest.split_once(',').unwrap_or_else(|| panic!("{line}: no extension")).1
            }
            "same" => {
                assert!(extension, "{line}: of which extension?");
                rest
            }
            "include" | "switch" => continue,
            other => panic!("{line}: {other}"),
        };
        let (priority, call) =
            rest.split_once(',').unwrap_or_else(|| panic!("{line}: no priority"));
        let (priority, label) = match priority.split_once('(') {
            Some((priority, label)) => (priority, label.strip_suffix(')')),
            None => (priority, None),
        };
        assert!(
            ["n", "hint"].contains(&priority) || priority.parse::<u32>().is_ok(),
            "{line}: priority {priority}"
        );
        labels.extend(label);
        let (application, arguments) =
            call.split_once('(').unwrap_or_else(|| panic!("{line}: no ()"));
        assert!(APPLICATIONS.contains(&application), "{line}: is {application} an application?");
        let arguments =
            arguments.strip_suffix(')').unwrap_or_else(|| panic!("{line}: it does not end"));
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let count = |bracket: char| arguments.matches(bracket).count();
            assert_eq!(count(open), count(close), "{line}: {open}{close}");
        }
        if application == "GotoIf" {
            jumps.push((line, arguments.rsplit('?').next().unwrap()));
        }
    }
    for (line, jump) in jumps {
        for label in jump.split(':').filter(|label| !label.is_empty()) {
            assert!(labels.contains(&label), "{line}: no label {label}");
        }
    }
}

/// The applications that a block calls.
pub fn applications(block: &str) -> impl Iterator<Item = &'static str> {
    let called = |line: &str, name: &str| line.contains(&format!(",{name}("));
    block.lines().filter_map(move |line| APPLICATIONS.into_iter().find(|name| called(line, name)))
}

#[test]
fn reads_a_dialplan() {
    check(
        "[phones]\nexten => _1XX,1,Set(X=${EXTEN:1}) ; a comment\n same => n,GotoIf($[\"${X}\" = \"\"]?end)\n same => n(end),Hangup()",
    );
    for wrong in [
        "exten => 100,1,Agi(x)",
        "exten => 100,1,AGI(x",
        "same => n,AGI(x)",
        "exten => 100,AGI(x)",
        "exten => 1,1,GotoIf(${X}?there)",
        "exten => 1,1,Set(X=${Y)",
    ] {
        assert!(std::panic::catch_unwind(|| check(wrong)).is_err(), "{wrong}");
    }
}
