//! `agikit call`, printing plainly, as a shell script uses it.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agikit::transcript::Transcript;
use support_process::{Done, empty_folder, program, run, write_program};

fn agikit(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.arg("call").current_dir(folder).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command
}

/// A shell script that has read its environment.
fn script(folder: &Path, name: &str, body: &str) -> PathBuf {
    let path = folder.join(name);
    let text = format!("#!/bin/sh\nwhile read -r line && [ -n \"$line\" ]; do :; done\n{body}\n");
    write_program(&path, text.as_bytes());
    path
}

/// A call without its environment's lines.
fn conversation(done: &Done) -> Vec<&str> {
    let begin = done.sent.iter().position(|line| line == "<").map_or(0, |at| at + 1);
    done.sent[begin..].iter().map(String::as_str).collect()
}

#[test]
fn the_account_example_tells_a_balance() {
    let folder = empty_folder("call-account");
    let mut call = agikit(&folder);
    call.args(["--fast", "--environment", "never", "--keys", "1001#"]).arg(program("account"));
    let done = run(&mut call);
    assert_eq!(done.status, Some(0), "{}", done.errors);
    assert_eq!(
        done.sent[..4].join("\n"),
        "> ANSWER\n< 200 result=0\n> GET DATA \"vm-enter-num-to-call\" 10000 8\n! key 1"
    );
    assert_eq!(done.sent.last().unwrap(), "= 0");
    for part in [
        "AGISTATUS  SUCCESS, exit status 0",
        "vm-enter-num-to-call (0.2s of 2.0s), digits/1",
        "ACCOUNT=1001",
        "database   accounts/last=",
    ] {
        assert!(done.errors.contains(part), "{part}: {}", done.errors);
    }
}

#[test]
fn what_is_printed_replays() {
    let folder = empty_folder("call-replays");
    let account = program("account");
    let place = |file: &str| {
        let mut call = agikit(&folder);
        call.args(["--fast", "--keys", "1001#", "--record", file]).arg(&account).arg("accounts");
        let done = run(&mut call);
        assert_eq!(done.status, Some(0), "{}", done.errors);
        done
    };
    let done = place("one");
    let printed = Transcript::parse((done.sent.join("\n") + "\n").as_bytes()).unwrap();
    assert_eq!(printed.to_string(), done.sent.join("\n") + "\n");
    // The file has the times besides.
    let recorded = fs::read_to_string(folder.join("one")).unwrap();
    assert!(recorded.contains("@ +"), "{recorded}");
    fs::write(folder.join("printed"), printed.to_string()).unwrap();
    let mut replay = Command::new(env!("CARGO_BIN_EXE_agikit"));
    replay.args(["replay", "printed", "one", "--"]).arg(&account).arg("accounts");
    let replayed = run(replay.current_dir(&folder).stdin(Stdio::null()));
    assert_eq!(replayed.status, Some(0), "{:?} {}", replayed.sent, replayed.errors);
    assert_eq!(place("two").sent.len(), done.sent.len(), "the same each time");
}

#[test]
fn a_recording_is_private_and_never_overwritten_by_itself() {
    let folder = empty_folder("call-record");
    let hello = script(&folder, "hello.sh", "echo ANSWER; read -r reply");
    let place = |more: &[&str]| {
        let mut call = agikit(&folder);
        run(call.args(["-f", "-q", "--record", "call.agi"]).args(more).arg(&hello))
    };
    assert_eq!(place(&[]).status, Some(0));
    let file = folder.join("call.agi");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let transcript = Transcript::open(&file).unwrap();
    assert_eq!(transcript.entries.last().unwrap().to_string(), "= 0");
    let again = place(&[]);
    assert_eq!(again.status, Some(3));
    assert!(again.sent.is_empty() && again.errors.contains("--force"), "{}", again.errors);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(place(&["--force"]).status, Some(0));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Transcript::open(&file).unwrap(), transcript);
    let mut nowhere = agikit(&folder);
    assert_eq!(run(nowhere.args(["--record", "no/where"]).arg(&hello)).status, Some(3));
}

#[test]
fn the_caller_is_who_the_options_say() {
    let folder = empty_folder("call-options");
    let shown = script(
        &folder,
        "shown.sh",
        "echo 'GET VARIABLE A(b)'; read -r r; echo 'DATABASE GET f k'; read -r r
echo 'STREAM FILE mine #'; read -r r; echo \"VERBOSE '$1|$2'\"; read -r r",
    );
    let name = std::ffi::OsStr::from_bytes(b"Jos\xe9 <0123>");
    let mut call = agikit(&folder);
    call.args(["-f", "--set", "PLAIN=x=y", "--database", "f/k=v w", "--sound", "mine=1.5s"]);
    call.args(["--extension", "42@sales", "--asterisk", "16", "--caller"]).arg(name);
    let done = run(call.arg(shown).args(["one", "--two"]));
    let all = done.sent.join("\n");
    for line in [
        "< agi_callerid: 0123",
        "< agi_calleridname: Jos\\xe9",
        "< agi_context: sales",
        "< agi_extension: 42",
        "< agi_version: 16.28.0",
        "< agi_arg_2: --two",
        "< 200 result=1 (v w)",
        "< 200 result=0 endpos=12000",
        "> VERBOSE 'one|--two'",
    ] {
        assert!(done.sent.iter().any(|it| it == line), "{line}: {all}");
    }
    assert!(done.errors.contains("PLAIN=x=y"), "{}", done.errors);
}

#[test]
fn audio_makes_it_eagi() {
    let folder = empty_folder("call-eagi");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(folder.join("voice.wav"), spec).unwrap();
    (0..8000).for_each(|_| wav.write_sample(16_705_i16).unwrap()); // "AA"
    wav.finalize().unwrap();
    let listen = script(
        &folder,
        "listen.sh",
        "echo 'EXEC Wait 0.3'; read -r r; echo \"VERBOSE $(head -c 4 <&3)\"; read -r r",
    );
    let done = run(agikit(&folder).args(["--audio", "voice.wav"]).arg(&listen));
    assert_eq!(done.status, Some(0), "{}", done.errors);
    assert!(done.sent.iter().any(|line| line == "< agi_enhanced: 1.0"));
    assert!(conversation(&done).contains(&"> VERBOSE AAAA"), "{:?}", conversation(&done));
    // Later, and only where there is something to say.
    let late = ["--audio", "voice.wav", "--audio-at", "9s"];
    let done = run(agikit(&folder).args(late).arg(&listen));
    assert_eq!(done.status, Some(0), "{}", done.errors);
    assert!(!conversation(&done).contains(&"> VERBOSE AAAA"), "{:?}", conversation(&done));
    let done = run(agikit(&folder).args(["--audio-at", "9s"]).arg(&listen));
    assert_eq!(done.status, Some(2), "{}", done.errors);
    // As fast as it reads, nothing is lost; and the call can be played again.
    let record = script(
        &folder,
        "record.sh",
        "head -c 16000 <&3 | sort -u | head -c 4 > heard & echo 'WAIT FOR DIGIT 2000'
read -r r; wait; echo \"VERBOSE $(cat heard)\"; read -r r",
    );
    let fast = run(agikit(&folder).args(["--fast", "--audio", "voice.wav"]).arg(&record));
    assert_eq!(fast.status, Some(0), "{}", fast.errors);
    assert!(conversation(&fast).contains(&"> VERBOSE AAAA"), "{:?}", conversation(&fast));
    let said = format!("! audio {}/voice.wav", folder.display());
    assert_eq!(fast.sent[0], said);
    std::fs::write(folder.join("call.agi"), fast.sent.join("\n") + "\n").unwrap();
    let mut again = Command::new(env!("CARGO_BIN_EXE_agikit"));
    let again = again.arg("replay").arg(folder.join("call.agi")).arg("--").arg(&record);
    let again = again.current_dir(&folder).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
    let done = run(agikit(&folder).args(["--audio", "listen.sh"]).arg(&listen));
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("listen.sh"), "{}", done.errors);
}

#[test]
fn a_planned_hangup_has_its_own_exit_code() {
    let folder = empty_folder("call-hangup");
    let wait = script(&folder, "wait.sh", "echo 'WAIT FOR DIGIT -1'; read -r r; sleep 5 & wait $!");
    let done = run(agikit(&folder).args(["-f", "--hangup-after", "1.5s"]).arg(&wait));
    assert_eq!(done.status, Some(5), "{}", done.errors);
    assert_eq!(
        conversation(&done),
        ["> WAIT FOR DIGIT -1", "< 200 result=-1", "! hangup", "= SIGHUP"]
    );
    let last = script(&folder, "dead.sh", "echo ANSWER; read -r r");
    let done = run(agikit(&folder).args(["-f", "--dead"]).arg(last));
    assert!(conversation(&done)[1].starts_with("< 511 "), "{:?}", conversation(&done));
}

#[test]
fn options_behind_the_program_are_pointed_out() {
    let folder = empty_folder("call-misplaced");
    let hello = script(&folder, "hello.sh", "echo \"VERBOSE $1\"; read -r reply");
    let done = run(agikit(&folder).arg("-f").arg(hello).args(["--keys", "5"]));
    assert_eq!((done.status, conversation(&done)[0]), (Some(0), "> VERBOSE --keys"));
    assert!(done.errors.contains("--keys stands behind the program"), "{}", done.errors);
}

#[test]
fn wrong_arguments_are_explained() {
    let folder = empty_folder("call-arguments");
    for (arguments, said) in [
        (&[][..], "PROGRAM"),
        (&["--keys", "12x", "true"], "'x' is no key"),
        (&["--hangup-after", "5", "true"], "a number and its unit"),
        (&["--set", "A", "true"], "name and its value"),
        (&["--database", "a=b", "true"], "accounts/last"),
        (&["--asterisk", "13", "true"], "possible values: 16, 22"),
        (&["--caller", "A <5", "true"], "`>` is missing"),
        (&["--force", "true"], "--record"),
        (&["--kyes", "5", "true"], "--keys"),
        (&["--example", "a", "--bin", "b"], "cannot be used with"),
    ] {
        let done = run(agikit(&folder).args(arguments));
        assert_eq!((done.status, done.sent.len()), (Some(2), 0), "{arguments:?}");
        assert!(done.errors.contains(said), "{arguments:?}: {}", done.errors);
    }
}

#[test]
fn cargo_builds_an_example() {
    let _ = program("after_call"); // built already: no test waits for a compiler
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut call = agikit(root);
    let done = run(call.env("CARGO", env!("CARGO")).args(["-f", "-e", "after_call"]));
    assert_eq!(done.status, Some(0), "{}", done.errors);
    assert!(conversation(&done).len() > 2);
    let done = run(agikit(root).env("CARGO", env!("CARGO")).args(["-f", "-e", "nosuch"]));
    assert_eq!((done.status, done.sent.len()), (Some(3), 0));
    assert!(done.errors.contains("did not build --example nosuch"), "{}", done.errors);
    let mut call = agikit(Path::new("/"));
    let done = run(call.env("CARGO", env!("CARGO")).args(["-f", "--example", "hello"]));
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("Cargo.toml"), "{}", done.errors);
    let done = run(agikit(root).env("CARGO", "/no/cargo").args(["-e", "hello"]));
    assert!(done.errors.contains("cannot start /no/cargo"), "{}", done.errors);
}
