//! PINs and card numbers are in nothing that is written down: searched for in all of it. A control, the same script without
//! marks, shows that the search finds them.
#![cfg(all(feature = "cli", feature = "fastagi"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "shared with a program")]

mod support_process;
mod support_secrets;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use agikit::Session;
use agikit::emulator::{Asterisk, Report};
use agikit::ivr::{Answer, Menu, Question, Secret};
use agikit::transcript::{Cover, Entry, Event, Recorder, Tape, Transcript, import, replay};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support_process::{empty_folder, program, run};
use support_secrets::{CARD, PIN, SCENES, found, keys, script};

/// When the caller of the scene `hangup` leaves: he has pressed seven keys.
const LEAVES: Duration = Duration::from_millis(2000);

/// What there is to search, by its name.
type Outputs = Vec<(String, Vec<u8>)>;

/// Places a scene's call, marked and not, and searches all that comes of it.
fn check(scene: &str, call: impl Fn(&str) -> Outputs) {
    for (name, bytes) in call("marked") {
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(found(&bytes), None, "{scene}, {name}:\n{shown}");
        assert!(!bytes.is_empty(), "{scene}, {name}: nothing to search");
    }
    for (name, bytes) in call("open") {
        let shown = String::from_utf8_lossy(&bytes);
        assert!(found(&bytes).is_some(), "{scene}, {name}, not marked: not found\n{shown}");
    }
}

fn asterisk(scene: &str) -> Asterisk {
    let asterisk = Asterisk::new().keys(&keys(scene));
    if scene == "hangup" { asterisk.hang_up_at(LEAVES) } else { asterisk }
}

/// A panic is the test's own in this process: that scene is for processes and servers.
fn scenes() -> impl Iterator<Item = &'static &'static str> {
    SCENES.iter().filter(|scene| **scene != "panics")
}

fn in_process(scene: &str, mode: &str) -> Report {
    let (scene, marked) = (scene.to_owned(), mode == "marked");
    asterisk(&scene).run(move |agi| script(agi, &scene, marked))
}

#[test]
fn the_search_finds() {
    for text in [
        PIN.to_owned(),
        format!("x{}y", &CARD[5..11]),
        PIN.chars().map(|key| format!("{key}, ")).collect(),
        PIN.chars()
            .map(|key| format!("> WAIT FOR DIGIT 5000\n< 200 result={}\n", key as u8))
            .collect(),
        PIN.chars().map(|key| format!("@ +0.123s\n! key {key}\n")).collect(),
        PIN.chars().map(|key| format!("digits/{key}&")).collect(),
        format!("{:?}", PIN.as_bytes()),
    ] {
        assert!(found(text.as_bytes()).is_some(), "{text}");
    }
    assert_eq!(found(b"< 200 result=53\n< 200 result=56\n[2026-11-21 01:49:07.539] 5000 8"), None);
}

/// What a report prints lands in the logs of build servers.
#[test]
fn reports_and_their_transcripts() {
    for scene in scenes() {
        check(scene, |mode| {
            let call = in_process(scene, mode);
            // Asterisk's side has it: a test that asks for it gets it.
            if !["cancel", "wrong", "silent", "hangup"].contains(scene) {
                assert_eq!(call.variable("PIN"), Some(PIN.into()), "{scene} {mode} {call:?}");
                assert_eq!(call.variable("CARD"), Some(CARD.into()), "{scene} {mode} {call:?}");
            }
            assert_eq!(call.agi_status() == Some("HANGUP"), *scene == "hangup", "{call:?}");
            vec![
                ("the report".to_owned(), format!("{call:?}").into_bytes()),
                ("its transcript".to_owned(), call.transcript().to_string().into_bytes()),
            ]
        });
    }
}

/// The marks stay: what was left out is filled by something harmless, and the script goes the same way.
#[test]
fn what_was_left_out_replays() {
    let folder = empty_folder("secrets-replay");
    for scene in ["data", "early", "option", "keys", "cancel", "hangup"] {
        let text = in_process(scene, "marked").transcript().to_string();
        let ends = text.contains("agikit: confidential no more");
        assert!(text.contains("result=[..]") && ends == (scene != "hangup"), "{text}");
        let file = folder.join(format!("{scene}.agi"));
        fs::write(&file, &text).unwrap();
        if let Err(error) = replay(&file, |agi| script(agi, scene, true)) {
            panic!("{scene}: {error}\n{text}");
        }
    }
}

/// Nothing of it has a form that shows it.
#[test]
fn debug_and_errors() {
    let all = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let seen = std::sync::Arc::clone(&all);
    asterisk("early").run(move |agi: &mut Session| -> agikit::Result {
        let mut all = seen.lock().unwrap();
        let question = Question::pin("agent-pass", 8).check(|pin| pin.is(PIN), "invalid");
        let answer = question.ask(agi)?;
        let Answer::Given(pin) = answer.clone() else { panic!("{answer:?}") };
        let menu = Menu::new("beep").choice('1', pin.clone()).by_default(Secret::from(CARD));
        let _ = writeln!(all, "{question:?} {answer:?} {pin:?} {pin:#?} {menu:?} {agi:?}");
        // A line feed is refused; a sound that is not there fails; a subroutine is not known.
        let argument = agi.verbose(&format!("{PIN}\n")).unwrap_err();
        let failed = agi.stream_file(pin.reveal()).unwrap_err();
        let odd = agi.run(agikit::Raw::new("NO SUCH").arg(pin.reveal())).unwrap_err();
        for error in [argument, failed, odd] {
            let _ = writeln!(all, "{error} {error:?} {error:#?}");
        }
        Ok(())
    });
    let all = all.lock().unwrap();
    assert!(all.contains("Secret(8 digits)") && all.contains("NO SUCH"), "{all}");
    assert_eq!(found(all.as_bytes()), None, "{all}");

    let mut tape = Tape::new();
    let mut cover = Cover::new();
    for line in ["NOOP \"agikit: confidential\"", "GET DATA x 1 8"] {
        tape.script(Duration::ZERO, format!("{line}\n").as_bytes());
        cover.entry(Transcript::parse(format!("> {line}\n").as_bytes()).unwrap().entries.remove(0));
    }
    for key in PIN.chars() {
        tape.event(Duration::ZERO, Event::Key(key));
        assert_eq!(cover.entry(Entry::Event(Event::Key(key))), None);
    }
    tape.asterisk(Duration::ZERO, format!("200 result={PIN}\n200 result={PIN}").as_bytes());
    let (stream, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    let recorder = Recorder::new(stream, &agikit::Hangup::new(), std::io::sink());
    let shown = format!("{tape:?} {tape:#?} {cover:?} {recorder:?} {:?}", recorder.log());
    assert_eq!(found(shown.as_bytes()), None, "{shown}");
}

/// A script's own marks go around several questions, and theirs do not end them.
/// Four digits, as most PINs have; searched whole, where the scenes' secrets are long.
#[test]
fn a_short_pin_is_left_out_too() {
    let script = |is_open: bool| {
        move |agi: &mut Session| {
            let question = Question::pin(["vm-enter-num-to-call", "beep"], 4).tries(2);
            let pin = match is_open {
                true => agi.get_data("beep")?.digits.to_string(),
                false => question.ask(agi)?.given().unwrap().reveal().to_owned(),
            };
            agi.set_variable("PIN", &pin)?;
            agi.say_digits(&pin)?;
            agi.verbose(&format!("he keyed {pin}."))
        }
    };
    // The first one is too short, and the second one begins in the first part of the prompt.
    let open = Asterisk::new().keys("8362#").run(script(true));
    let covered = Asterisk::new().keys("93#8362").run(script(false));
    assert_eq!(covered.variable("PIN"), Some("8362".into()));
    let written = |call: &Report| format!("{}{call:?}", call.transcript());
    assert!(written(&open).contains("8362"), "the search finds what is there");
    assert!(!written(&covered).contains("8362"), "{}", written(&covered));
}

#[test]
fn cover_ends_with_a_prompt_that_is_not_there() {
    let call = Asterisk::new().keys("4711#").run(|agi| {
        let asked = Question::pin("no-such-sound", 4).ask(agi);
        assert!(matches!(asked, Err(agikit::Error::Failed { .. })), "{asked:?}");
        Question::digits("vm-extension").ask(agi).map(drop)
    });
    let transcript = call.transcript().to_string();
    assert!(transcript.contains("result=4711"), "{transcript}");
}

#[test]
fn marks_of_the_scripts_own() {
    let call =
        Asterisk::new().keys(&format!("{PIN}4242#")).run(|agi: &mut Session| -> agikit::Result {
            agi.set_confidential(true)?;
            Question::pin("agent-pass", 8).ask(agi)?;
            let other =
                Question::digits("vm-enter-num-to-call").ask(agi)?.given().unwrap_or_default();
            agi.set_confidential(false)?;
            agi.verbose(&other)
        });
    let text = format!("{call:?}");
    assert!(!text.contains("4242") && found(text.as_bytes()).is_none(), "{text}");
    assert!(text.contains("> VERBOSE \"[..]\""), "{text}");
}

/// The log that Asterisk writes of a call after `agi set debug on`.
fn log(call: &Report) -> String {
    let mut log = String::new();
    let (mut second, channel) = (0, "PJSIP/a-1");
    for (_, entry) in call.conversation() {
        second += 1;
        let _ = write!(log, "[2026-11-21 01:{:02}:{:02}.000] ", second / 60, second % 60);
        let _ = match entry {
            Entry::Event(Event::Key(key)) => writeln!(
                log,
                "DTMF[2212][C-00000006] channel.c: DTMF end '{key}' received on {channel}, duration 100 ms"
            ),
            entry => {
                let line = entry.to_string();
                let way = if line.starts_with('<') { "Tx >>" } else { "Rx <<" };
                let text = line.get(2..).unwrap_or_default();
                writeln!(log, "VERBOSE[2212][C-00000006] res_agi.c: <{channel}>AGI {way} {text}")
            }
        };
    }
    log
}

#[test]
fn imported_logs() {
    let folder = empty_folder("secrets-import");
    for scene in scenes() {
        check(scene, |mode| {
            let path = folder.join(format!("{scene}-{mode}.log"));
            let text = log(&in_process(scene, mode));
            assert!(found(text.as_bytes()).is_some(), "Asterisk's own log has it");
            fs::write(&path, &text).unwrap();
            let done = output(Command::new(env!("CARGO_BIN_EXE_agikit")).arg("import").arg(&path));
            let sessions = format!("{:?}", import::sessions(text.as_bytes()));
            vec![("agikit import".into(), done), ("what it gives".into(), sessions.into_bytes())]
        });
    }
}

fn output(command: &mut Command) -> Vec<u8> {
    let done = run(command);
    [done.sent.join("\n"), done.errors].join("\n").into_bytes()
}

/// `agikit call` of these words, with all that it writes.
fn desk(scene: &str, folder: &Path, words: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.args(["call", "--fast", "--times", "--keys", &keys(scene), "--force"]);
    command.arg("--record").arg(folder.join("desk.agi"));
    command.env("AGIKIT_TRANSCRIPT", folder).stdin(Stdio::null());
    if scene == "hangup" {
        command.arg("--hangup-after").arg(format!("{}ms", LEAVES.as_millis()));
    }
    output(command.args(words))
}

/// All files of a folder, by their names.
fn files(folder: &Path) -> Outputs {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

/// A process: `agikit call` with its recording, AGIKIT_TRANSCRIPT, and `agikit record` around it.
#[test]
fn processes() {
    let (secrets, agikit) = (program("secrets"), env!("CARGO_BIN_EXE_agikit"));
    let secrets = secrets.to_str().unwrap();
    for scene in SCENES {
        check(scene, |mode| {
            let folder = empty_folder(&format!("secrets-{scene}-{mode}"));
            let taped = folder.join("taped.agi");
            let taped = ["record", "-o", taped.to_str().unwrap(), "--", secrets, scene, mode];
            let said = desk(scene, &folder, &[&[agikit], taped.as_slice()].concat());
            let mut all = files(&folder);
            assert_eq!(all.len(), 3, "{}", String::from_utf8_lossy(&said));
            all.push(("agikit call".into(), said));
            all
        });
    }
    // A script's own words: standard error has them, no transcript does.
    let folder = empty_folder("secrets-blurts");
    let said = desk("blurts", &folder, &[secrets, "blurts", "marked"]);
    assert!(found(&said).is_some(), "{}", String::from_utf8_lossy(&said));
    for (name, bytes) in files(&folder) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains("VERBOSE \"no account for [..]"), "{text}");
        assert_eq!(found(&bytes), None, "{name}: {text}");
    }
}

/// A server, its recordings and its log; `agikit call` and `agikit load` against it.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(program("secrets"));
        command.arg("serve").env("AGIKIT_TRANSCRIPT", folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Served { child, address: format!("agi://{}/", address.trim()) }
    }

    /// Its log.
    fn stop(mut self) -> Vec<u8> {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        let mut log = Vec::new();
        self.child.stderr.take().unwrap().read_to_end(&mut log).unwrap();
        assert!(self.child.wait().is_ok());
        log
    }
}

#[test]
fn servers() {
    for scene in SCENES {
        check(scene, |mode| {
            let (own, desks) = (format!("served-{scene}-{mode}"), format!("desk-{scene}-{mode}"));
            let (own, desks) = (empty_folder(&own), empty_folder(&desks));
            let served = Served::start(&own);
            let words = [served.address.as_str(), "--arg", scene, "--arg", mode];
            let said = desk(scene, &desks, &words);
            let log = served.stop();
            if mode == "marked" {
                let shown = String::from_utf8_lossy(&log);
                assert!(shown.contains("fastagi: serves"), "{shown}");
                assert_eq!(found(&log), None, "{scene}: {shown}");
            }
            let mut all = files(&own);
            all.extend(files(&desks));
            assert_eq!(all.len(), 2, "{}", String::from_utf8_lossy(&said));
            all.push(("agikit call".into(), said));
            all
        });
    }
}

#[test]
fn load_shows_lines() {
    check("data", |mode| {
        let folder = empty_folder(&format!("secrets-load-{mode}"));
        let served = Served::start(&folder);
        let mut load = Command::new(env!("CARGO_BIN_EXE_agikit"));
        load.args(["load", &served.address, "--calls", "3", "--show", "--keys", &keys("data")]);
        let said = output(load.args(["--arg", "data", "--arg", mode]).stdin(Stdio::null()));
        let text = String::from_utf8_lossy(&said);
        assert!(text.contains("sent: VERBOSE") && text.contains("should be: VERBOSE"), "{text}");
        served.stop();
        vec![("agikit load".into(), said)]
    });
}
