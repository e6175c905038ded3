//! `agikit record` in place of a program in agi-bin, and `agikit replay` of what it wrote.

use std::fs;
use std::process::Command;

use crate::Test;
use crate::lab::{Call, Lab, wait};

/// The account example behind the recorder, and a program that fails.
const DIALPLAN: &str = "[scripts]
exten => _rec-.,1,Set(ID=${EXTEN})
 same => n,AGI(rec-account,/srv/lab/report/${ID}.db,${ID})
 same => n,Set(DB(live/${ID}-after)=${AGISTATUS})
 same => n,Hangup()
exten => _recfail-.,1,Set(ID=${EXTEN})
 same => n,AGI(rec-fail,${ID})
 same => n,Set(DB(live/${ID}-after)=${AGISTATUS})
 same => n,Hangup()
";

/// What the account example asks for, and what it asks for after somebody changed it.
const PROMPT: &str = "vm-enter-num-to-call";
const CHANGED: &str = "vm-enter-num-to-cell";

pub fn tests() -> Vec<Test> {
    vec![
        (
            "record: the account example replays, and a changed one does not".into(),
            Box::new(account),
        ),
        ("record: hung up halfway".into(), Box::new(hangup)),
        ("record: a program that fails".into(), Box::new(failure)),
    ]
}

/// Puts the recorder into agi-bin, and the programs behind it.
pub fn install(lab: &Lab) {
    lab.install(&["agikit"]);
    let record = "exec /srv/lab/agi-bin/agikit record -o";
    lab.write_script(
        "rec-account",
        &format!("{record} /srv/lab/report/$2.agi -- /srv/lab/agi-bin/account \"$@\""),
    );
    lab.write_script(
        "rec-fail",
        &format!("{record} /srv/lab/report/$1.agi -- /bin/sh -c 'exit 3'"),
    );
    let mut account = fs::read(lab.program("account")).expect("it is installed");
    let at = account.windows(PROMPT.len()).position(|bytes| bytes == PROMPT.as_bytes());
    let at = at.expect("the prompt is in it");
    account[at..at + PROMPT.len()].copy_from_slice(CHANGED.as_bytes());
    let changed = lab.program("account-changed");
    let _ = fs::remove_file(&changed);
    fs::copy(lab.program("account"), &changed).expect("agi-bin takes a program");
    fs::write(changed, account).expect("and one that was changed");
    lab.plan("desk", DIALPLAN.as_bytes());
}

/// The transcript, when it is whole.
fn recorded(lab: &Lab, call: &Call<'_>) -> String {
    let path = lab.report_file(&format!("{}.agi", call.id));
    wait("the recording", || {
        let text = fs::read_to_string(&path).unwrap_or_default();
        text.lines().last()?.starts_with("= ").then_some(text)
    })
}

/// Whether a program replays it, and what is said of that.
fn replay(lab: &Lab, call: &Call<'_>, program: &str) -> (Option<i32>, String) {
    let mut command = Command::new("chroot");
    command.arg(lab.root()).arg("/srv/lab/agi-bin/agikit").arg("replay");
    command.arg(format!("/srv/lab/report/{}.agi", call.id));
    let output = command.args(["--", &format!("/srv/lab/agi-bin/{program}")]).output();
    let output = output.expect("chroot runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn account(lab: &Lab) -> String {
    let call = lab.call("keys-1001#", "rec");
    assert_eq!(call.left("after"), "SUCCESS");
    let text = recorded(lab, &call);
    assert!(text.contains("< 200 result=1001\n") && text.ends_with("\n= 0\n"), "{text}");
    let (status, said) = replay(lab, &call, "account");
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = replay(lab, &call, "account-changed");
    assert_eq!(status, Some(1), "{said}");
    for part in [
        format!(" - > GET DATA \"{PROMPT}\" 10000 8\n"),
        format!(" + > GET DATA \"{CHANGED}\" 10000 8\n"),
        format!("expected \"{PROMPT}\", the script sent \"{CHANGED}\""),
    ] {
        assert!(said.contains(&part), "{said}");
    }
    let word = said.lines().find(|line| line.starts_with("word ")).unwrap_or_default();
    format!("{} lines; green, and red after a change: {word}\n", text.lines().count())
}

fn hangup(lab: &Lab) -> String {
    let call = lab.call("waits", "rec");
    let channel = call.channel();
    wait("the prompt", || call.played(&channel).contains(&PROMPT.to_owned()).then_some(()));
    call.hang_up(&channel);
    assert_eq!(call.left("status"), "HANGUP");
    let text = recorded(lab, &call);
    // The script asks for the channel's state, unless it has the signal by then.
    let (_, behind) = text.split_once("< 200 result=-1\n").expect("the reply came first");
    let asked = behind.contains("> CHANNEL STATUS");
    assert!(behind.contains("! hangup\n"), "{text}");
    assert!(text.ends_with("\n= 0\n"), "{text}");
    let (status, said) = replay(lab, &call, "account");
    assert_eq!(status, Some(0), "{said}");
    format!(
        "the reply, the hangup{}, the clean-up: green\n",
        if asked { " and a question" } else { "" }
    )
}

fn failure(lab: &Lab) -> String {
    let call = lab.call("waits", "recfail");
    assert_eq!(call.left("after"), "FAILURE");
    let text = recorded(lab, &call);
    assert!(text.ends_with("\n= 3\n"), "{text}");
    "AGISTATUS FAILURE, = 3\n".into()
}
