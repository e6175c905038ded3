//! `agikit doctor` and its trial call: programs that can be run and do not do well, and one that does.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_doctor;
mod support_process;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support_doctor::{House, faults, is_root, mode, notes};
use support_process::{program, run};

const CALL: &str = "`agikit call PROGRAM` shows the call";

/// The note that there is no Asterisk to ask.
const NOT_ASKED: &str = "Asterisk could not be asked whether it has AGI(): it does not run, or its console is not \
                         for this user";
const ASKED_BY: &str = "start Asterisk, and do it as root: sudo agikit doctor";

#[test]
fn a_healthy_one_has_no_fault() {
    let house = House::new("well").copy("hello", &program("hello"));
    let done = house.doctor(&["hello"]);
    let text = done.sent.join("\n");
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{text}");
    assert_eq!(
        (faults(&done), notes(&done)),
        (vec![], vec![(NOT_ASKED.into(), ASKED_BY.into())]),
        "{text}"
    );
    assert_eq!(done.sent.last().unwrap(), "no fault");
    let line = done.sent.iter().find(|line| line.starts_with("hello compiled, ")).unwrap();
    assert!(line.contains("; AGI call: AGISTATUS SUCCESS, exit status 0, "), "{line}");
    // And the installation with it.
    let done = house.doctor(&[]);
    assert_eq!((done.status, faults(&done)), (Some(0), vec![]), "{:?}", done.sent);
    assert!(done.sent.iter().any(|line| line.starts_with("hello compiled, ")), "{:?}", done.sent);
}

#[test]
fn stray_text() {
    House::new("stray")
        .says("menu", "echo 'Hello, world'; read -r reply; echo NOOP; read -r reply")
        .has(
            &["menu"],
            1,
            "it prints `Hello, world`, which Asterisk takes for a command: 510 (AGISTATUS SUCCESS)",
            "print to standard error, or tell it by VERBOSE: standard output is for commands alone",
        );
}

#[test]
fn a_line_that_ends_the_session() {
    House::new("failure").says("menu", "echo 'Failure to connect'; read -r reply").has(
        &["menu"],
        1,
        "it prints `Failure to connect`: a line that begins with `failure` ends the session (AGISTATUS FAILURE)",
        "print to standard error",
    );
}

#[test]
fn an_exit_status() {
    let text = "echo NOOP; read -r reply; echo 'no database' >&2; exit 3";
    House::new("status").says("menu", text).has(
        &["menu"],
        1,
        "it ends with exit status 3; it says `no database` (AGISTATUS FAILURE)",
        &format!("end with status 0, or repair what it says; {CALL}, --arg and --keys give it what it needs"),
    );
    House::new("found").says("menu", "nosuch-program").has(
        &["menu"],
        1,
        "it ends with exit status 127, a program was not found; it says \
         `HERE/agi-bin/menu: 3: nosuch-program: not found` (AGISTATUS FAILURE)",
        &format!("end with status 0, or repair what it says; {CALL}, --arg and --keys give it what it needs"),
    );
}

#[test]
fn a_signal() {
    House::new("signal").says("menu", "echo NOOP; read -r reply; kill -ABRT $$").has(
        &["menu"],
        1,
        "SIGABRT ends it (AGISTATUS FAILURE)",
        "agikit doctor --explain SIGABRT",
    );
}

#[test]
fn a_program_that_never_says_a_word() {
    House::new("silent").says("menu", "exec sleep 60").has(
        &["menu"],
        1,
        "it sends no command within 1 s",
        "send the first one at once; --limit gives it more time",
    );
}

#[test]
fn a_program_that_stops_halfway() {
    House::new("hangs").says("menu", "echo NOOP halfway; read -r reply; exec sleep 60").has(
        &["menu"],
        1,
        "it says nothing more for 1 s behind `NOOP halfway`",
        &format!("look what it waits for ({CALL}); --limit gives it more time"),
    );
}

#[test]
fn a_program_that_does_not_wait_for_replies() {
    let text = "printf 'NOOP\\nNOOP\\n'; read -r one; read -r other";
    House::new("early").says("menu", text).has(
        &["menu"],
        1,
        "it sends a command before it has read the reply to the one before: Asterisk holds it back, and both wait",
        "read a line after each command",
    );
}

#[test]
fn a_program_that_keeps_its_commands_back() {
    if !Path::new("/usr/bin/perl").exists() {
        return eprintln!("passed over: there is no perl, which buffers what it prints");
    }
    let text = "#!/usr/bin/perl\nwhile (<STDIN>) { last if $_ eq \"\\n\" }\n\
                print \"VERBOSE hello\\n\"; my $reply = <STDIN>; exit 0;\n";
    House::new("buffered").with("menu.pl", text).has(
        &["menu.pl"],
        1,
        "it keeps its commands back: none comes until its input ends",
        "flush standard output after each command ($| = 1 in Perl, flush=True in Python, fflush in C)",
    );
}

#[test]
fn a_program_that_lives_on() {
    House::new("lives").says("menu", "echo NOOP; read -r reply; exec >&-; exec sleep 60").has(
        &["menu"],
        1,
        "it has closed its session, and lives on for more than 1 s: the caller waits",
        "end it with its session; what goes on in the background needs its standard output elsewhere",
    );
}

#[test]
fn a_program_that_minds_no_hangup() {
    let text = "trap '' HUP; echo 'WAIT FOR DIGIT 2000'; read -r reply\n\
                [ \"$reply\" = '200 result=0' ] || exec sleep 60";
    House::new("deaf").says("menu", text).has(
        &["menu"],
        1,
        "it goes on for more than 1 s behind the hangup: the channel stays until it ends (AGISTATUS HANGUP)",
        "end it when a reply is -1 or 511; Set(AGIEXITONHANGUP=yes) before AGI() ends its session",
    );
}

#[test]
fn sounds_that_are_not_there() {
    let text = "echo 'STREAM FILE \"welcome\" \"\"'; read -r reply\n[ \"$reply\" != '200 result=-1 endpos=0' ] || exit 1\n\
                echo 'GET DATA menu 1000 1'; read -r reply";
    let house = House::new("sound").says("menu", text);
    // The second one it asks for only if the first one is there.
    house.has(
        &["menu"],
        1,
        "it plays 2 sounds that are not there for language en: menu, welcome (AGISTATUS FAILURE)",
        "put them below HERE/data/sounds/en (such as menu.wav, 8000 Hz, 16 bits, mono), or install Asterisk's own \
         sounds of that language",
    );
    fs::write(house.path("data/sounds/en/menu.gsm"), [0; 33]).unwrap();
    fs::write(house.path("data/sounds/welcome.ulaw"), [0; 160]).unwrap();
    assert_eq!(house.doctor(&["menu"]).status, Some(0));
    house.has(
        &["menu", "--language", "en_GB,de"],
        1,
        "it plays the sound menu, which is not there for language de",
        "put them below HERE/data/sounds/de (such as menu.wav, 8000 Hz, 16 bits, mono), or install Asterisk's own \
         sounds of that language",
    );
    let house = house.option("defaultlanguage = fr");
    assert!(faults(&house.doctor(&["menu"]))[0].0.ends_with("for language fr"));
}

#[test]
fn sounds_that_a_program_lists() {
    let text = "#!/bin/sh\nif [ \"$AGIKIT_SOUNDS\" = list ]; then\n\
                echo '# agikit sounds 1'; echo beep; echo goodbye; exit 0\nfi\n\
                while read -r line && [ -n \"$line\" ]; do :; done\necho NOOP; read -r reply\n";
    let house = House::new("lists").with("menu", text);
    house.has(
        &["menu"],
        1,
        "it lists the sound goodbye, which is not there for language en",
        "put them below HERE/data/sounds/en (such as goodbye.wav, 8000 Hz, 16 bits, mono), or install Asterisk's \
         own sounds of that language",
    );
    let listed = serde_json::json!(["beep", "goodbye"]);
    let found = json(&house, &["menu"]);
    assert_eq!(found["programs"][0]["call"]["listed"], listed);
    // And one that uses the library.
    let house = house.copy("ours", &program("script-under-test"));
    let found = json(&house, &["ours", "--arg", "between"]);
    assert_eq!(found["programs"][0]["call"]["listed"], listed, "{found:#}");
}

#[test]
fn a_program_for_eagi() {
    let text = "[ -e /proc/$$/fd/3 ] || exit 1; echo NOOP; read -r reply";
    let house = House::new("eagi").says("listen", text);
    let done = house.doctor(&["listen"]);
    let text = done.sent.join("\n");
    assert_eq!((done.status, faults(&done)), (Some(0), vec![]), "{text}");
    let found = notes(&done);
    let note = "by AGI() it does not do well (exit status 1), by EAGI() it does";
    assert!(
        found.contains(&(note.into(), "call it by EAGI() in the dialplan".into())),
        "{found:?}"
    );
    assert!(text.contains("; EAGI call: AGISTATUS SUCCESS"), "{text}");
    assert!(!notes(&house.doctor(&["listen", "--eagi"])).iter().any(|it| it.0 == note));
}

#[test]
fn what_is_no_fault_is_a_note() {
    let note = |name: &str, text: &str| {
        let house = House::new(name).says("menu", text);
        let done = house.doctor(&["menu"]);
        assert_eq!((done.status, faults(&done)), (Some(0), vec![]), "{:?}", done.sent);
        notes(&done).into_iter().find(|it| it.0 != NOT_ASKED && !it.0.starts_with("the hangup's"))
    };
    let is = |note: Option<(String, String)>, text: &str| {
        assert_eq!(note.map(|it| it.0).as_deref(), Some(text));
    };
    is(note("mute", "exit 0"), "it ends without a single command: the caller hears nothing");
    is(
        note("soon", "printf 'NOOP\\nNOOP\\n'; read -r one"),
        "it does not read the reply to each command: Asterisk may hold the next one back, or stop this one",
    );
    is(
        note("command", "echo 'RECEIVE CHAR 10'; read -r reply"),
        "`RECEIVE CHAR 10` fails, which makes AGISTATUS FAILURE though it ends with status 0",
    );
    assert_eq!(note("hangup", "echo HANGUP; read -r reply; read -r none"), None);
}

#[test]
fn it_is_called_as_asterisk_calls_it() {
    let user = nix::unistd::geteuid().as_raw();
    let user = if is_root() { "1".to_owned() } else { user.to_string() };
    let text = format!(
        "[ \"$(id -u)\" = {user} ] || exit 10; [ -z \"$MINE\" ] || exit 11; [ -n \"$AST_AGI_DIR\" ] || exit 12\n\
         [ \"$PWD\" = / ] || exit 13; [ \"$1\" = first ] || exit 14\n\
         echo 'WAIT FOR DIGIT 1000'; read -r reply; [ \"$reply\" = '200 result=53' ] || exit 15\n\
         trap '' HUP; echo NOOP; read -r reply"
    );
    let house = House::new("as").says("menu", &text);
    let done = run(house
        .command(&["menu", "--arg", "first", "--keys", "5", "--no-call"])
        .env("MINE", "1"));
    assert_eq!(done.status, Some(0));
    let done = run(house.command(&["menu", "--arg", "first", "--keys", "5"]).env("MINE", "1"));
    assert_eq!(faults(&done), []);
}

#[test]
fn who_is_not_asked_runs_nothing() {
    let house = House::new("run");
    let mark = house.path("mark");
    let house =
        house.says("menu", &format!("echo ran >{0}; chmod 666 {0}; exit 1", mark.display()));
    mode(&house.path(""), 0o777);
    for arguments in [&["menu", "--no-call"][..], &[]] {
        assert_eq!(house.doctor(arguments).status, Some(0));
        assert!(!mark.exists(), "{arguments:?}");
    }
    assert_eq!(house.doctor(&["menu"]).status, Some(1));
    assert!(mark.exists());
}

fn json(house: &House, arguments: &[&str]) -> Value {
    let done = run(house.command(arguments).arg("--json"));
    serde_json::from_str(&done.sent.join("\n")).unwrap()
}

#[test]
fn tells_it_as_json() {
    let house = House::new("json").says("menu", "echo NOOP; read -r reply; exit 3");
    let found = json(&house, &["menu"]);
    assert_eq!(found["faults"], 1);
    let program = &found["programs"][0];
    assert_eq!(program["findings"][0]["kind"], "exit-status");
    assert_eq!(program["findings"][0]["agi_status"], "FAILURE");
    assert_eq!(
        (&program["call"]["agi_status"], &program["call"]["exit"]),
        (&"FAILURE".into(), &"3".into())
    );
    assert_eq!(found["asterisk"]["languages"][0], "en");
    fs::remove_file(house.path("etc/asterisk.conf")).unwrap();
    let found = json(&house, &["menu"]);
    assert_eq!(
        (&found["findings"][0]["kind"], &found["asterisk"]),
        (&"no-asterisk".into(), &Value::Null)
    );
}

#[test]
fn explains_and_colours() {
    let house = House::new("explain");
    let explain = |word: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_agikit"));
        run(command.args(["doctor", "--explain", word]).env_remove("CLICOLOR_FORCE"))
    };
    let done = explain("failure");
    assert_eq!(done.status, Some(0));
    assert!(
        done.sent[0].starts_with("AGISTATUS FAILURE: the script was not started, "),
        "{done:?}"
    );
    assert!(explain("4").sent.join(" ").contains("completed, returning 4"));
    let done = explain("BUSY");
    assert_eq!((done.status, done.sent.len()), (Some(1), 0));
    assert!(
        done.errors.contains("BUSY is not known here; there are SUCCESS, FAILURE, "),
        "{done:?}"
    );
    let colour = |name: &str| {
        let done = run(house.command(&["menu"]).env("CLICOLOR_FORCE", "1").env(name, "1"));
        done.sent.join("\n").contains('\x1b')
    };
    assert!(colour("SOMETHING") && !colour("NO_COLOR"));
}
