//! Every example, called on the emulator as a program: the caller of its recordings, what he heard, what is left
//! in variables and AstDB. What it sends is `tests/examples.rs`'s.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::path::{Path, PathBuf};
use std::time::Duration;

use agikit::audio::Sound;
use agikit::emulator::{Asterisk, Report};
use agikit::transcript::{Entry, Exit, Transcript};
use support_process::{empty_folder, examples, program};

/// The examples that a test below calls.
const COVERED: [&str; 8] =
    ["account", "after_call", "barge_in", "echo_wav", "fastagi", "hello", "variables", "voicemail"];

#[test]
fn every_example_is_called() {
    assert_eq!(examples(), COVERED.map(String::from).into(), "examples/ and COVERED differ");
}

/// Who called when the recordings were made.
fn alice() -> Asterisk {
    Asterisk::new().caller("0123456789").caller_name("Alice").capture_errors()
}

fn call(asterisk: Asterisk, example: &str) -> Report {
    let call = asterisk.agi(program(example)).unwrap();
    assert_eq!(call.exit(), Some(Exit::Status(0)), "{}", call.transcript());
    call
}

/// How Asterisk reaches the account example, which is one function: in agi-bin, or on TCP.
#[derive(Debug, Clone, Copy)]
enum Way {
    Process,
    #[cfg(feature = "fastagi")]
    Served,
}

const WAYS: &[Way] = &[
    Way::Process,
    #[cfg(feature = "fastagi")]
    Way::Served,
];

/// The account example with a database of its own.
fn account(way: Way, name: &str, asterisk: Asterisk) -> Report {
    let database = empty_folder(&format!("emulated-{name}-{way:?}")).join("accounts.db");
    let asterisk = asterisk.uniqueid("7.7").arg(database.to_str().unwrap());
    match way {
        Way::Process => call(asterisk, "account"),
        #[cfg(feature = "fastagi")]
        Way::Served => {
            let served = support_process::served::serve("fastagi");
            let call = asterisk.fastagi(&format!("agi://{}/account", served.address)).unwrap();
            assert_eq!(served.stop(), (Some(0), Vec::new()), "{}", call.transcript());
            call
        }
    }
}

/// What was said behind the environment; what hangs on the moment of the call is left out, and the hangup's line, which
/// comes to a server in place of a signal.
fn said(transcript: &Transcript) -> Vec<String> {
    let lines = transcript.entries.iter().filter_map(|entry| match entry {
        Entry::Script(line) => {
            Some(format!("> {line}")).filter(|line| !line.contains("DATABASE PUT"))
        }
        Entry::Asterisk(line) => Some(format!("< {line}")).filter(|line| line != "< HANGUP"),
        _ => None,
    });
    lines.skip_while(|line| line != "< ").skip(1).collect()
}

/// The same conversation as on real Asterisk.
#[track_caller]
fn as_recorded(call: &Report, recording: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/examples");
    let recorded = Transcript::open(path.join(format!("{recording}.agi"))).unwrap();
    assert_eq!(said(&call.transcript()), said(&recorded));
}

fn left<'a>(call: &'a Report, name: &str) -> Option<&'a str> {
    call.variable(name).map(|value| value.to_str().unwrap())
}

#[test]
fn hello() {
    let call = call(alice(), "hello");
    as_recorded(&call, "hello");
    assert_eq!(call.agi_status(), Some("SUCCESS"));
    let letters = "h e l l o space w o r l d".split(' ').map(|letter| format!("letters/{letter}"));
    assert_eq!(call.sounds(), letters.collect::<Vec<_>>());
}

#[test]
fn account_found() {
    for &way in WAYS {
        let call = account(way, "found", alice().keys("1001#"));
        as_recorded(&call, "account");
        assert_eq!(call.agi_status(), Some("SUCCESS"));
        let sounds = "vm-enter-num-to-call digits/1 digits/thousand digits/2 digits/hundred digits/4 \
                      digits/dollars vm-and digits/50";
        assert_eq!(call.sounds().join(" "), sounds);
        assert_eq!(left(&call, "ACCOUNT"), Some("1001"));
        assert_eq!(left(&call, "BALANCE"), Some("1204.50"));
        assert_eq!(left(&call, "RESULT"), Some("found"));
        assert_eq!(call.database("accounts", "last"), Some("7.7 found".into()));
        assert!(call.pressed().iter().all(|key| key.taken), "{:?}", call.pressed());
    }
}

#[test]
fn account_unknown() {
    for &way in WAYS {
        let call = account(way, "unknown", alice().keys("4711#"));
        as_recorded(&call, "account_unknown");
        assert_eq!(call.agi_status(), Some("SUCCESS"));
        let ask = "vm-enter-num-to-call";
        assert_eq!(call.sounds(), [ask, "invalid", ask, ask, "goodbye"]);
        assert_eq!(
            (left(&call, "ACCOUNT"), left(&call, "RESULT")),
            (Some("4711"), Some("unknown"))
        );
        assert_eq!(left(&call, "BALANCE"), None);
        assert_eq!(call.database("accounts", "last"), Some("7.7 unknown".into()));
    }
}

#[test]
fn account_nothing_dialled() {
    for &way in WAYS {
        let call = account(way, "nothing", alice());
        as_recorded(&call, "account_nothing");
        assert_eq!((left(&call, "ACCOUNT"), left(&call, "RESULT")), (None, Some("none")));
        // Three prompts of two seconds, ten seconds of silence behind each, and a goodbye.
        assert!((36..39).contains(&call.lasted().as_secs()), "{:?}", call.lasted());
    }
}

#[test]
fn account_hung_up() {
    for &way in WAYS {
        let call = account(way, "hangup", alice().hang_up_at(Duration::from_secs(3)));
        assert_eq!(call.agi_status(), Some("HANGUP"));
        assert_eq!(left(&call, "RESULT"), Some("hangup"));
        assert_eq!(call.database("accounts", "last"), Some("7.7 hangup".into()));
        // The signal may be there before the session asks what that -1 was.
        let sent = call.commands();
        assert!(matches!(sent.len(), 4 | 5), "{sent:?}");
        assert_eq!(sent.last().unwrap(), "DATABASE PUT \"accounts\" \"last\" \"7.7 hangup\"");
    }
}

/// Asterisk closes its side: nothing can be written down any more.
#[test]
fn account_cut() {
    for &way in WAYS {
        let asterisk = alice().variable("AGIEXITONHANGUP", "yes");
        let call = account(way, "cut", asterisk.hang_up_at(Duration::from_secs(3)));
        as_recorded(&call, "account_cut");
        assert_eq!(call.agi_status(), Some("HANGUP"));
        assert_eq!((left(&call, "RESULT"), call.database("accounts", "last")), (None, None));
    }
}

/// Where it listens is its argument; the port that Asterisk takes by itself need not be said.
#[cfg(feature = "fastagi")]
#[test]
fn fastagi_listens_where_it_is_told() {
    let listens = |address: &[u8]| {
        let address: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(address);
        let mut command = std::process::Command::new(program("fastagi"));
        command.arg(address).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    for wrong in [&b"no address"[..], b"no \xff"] {
        let refused = support_process::Call::of(listens(wrong), None).end();
        assert_eq!(refused.status, Some(1));
        assert!(refused.errors.starts_with("fastagi: \"no "), "{refused:?}");
        assert!(refused.errors.contains("\" is no address"), "{refused:?}");
    }
    // An address of this machine that nobody else uses.
    let mut served = listens(b"127.45.73.1");
    let start = std::time::Instant::now();
    while std::net::TcpStream::connect("127.45.73.1:4573").is_err() {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not listen");
        std::thread::sleep(ms(5));
    }
    let call = alice().keys("1001#").arg(empty_folder("told").join("a.db").to_str().unwrap());
    let call = call.fastagi("agi://127.45.73.1/account").unwrap();
    assert_eq!(left(&call, "RESULT"), Some("found"));
    served.kill().unwrap();
    served.wait().unwrap();
}

/// Many who call at once, while there is no database yet.
#[cfg(feature = "fastagi")]
#[test]
fn fastagi_makes_its_database_once() {
    let served = support_process::served::serve("fastagi");
    let database = empty_folder("at-once").join("a.db");
    let address = format!("agi://{}/account", served.address);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let call = alice().keys("1001#").arg(database.to_str().unwrap());
                let call = call.fastagi(&address).unwrap();
                assert_eq!(left(&call, "RESULT"), Some("found"), "{call:?}");
            });
        }
    });
}

#[test]
fn variables() {
    let asterisk = alice().variable("GREETING", "good morning");
    let call = call(asterisk, "variables");
    assert_eq!(call.agi_status(), Some("SUCCESS"));
    assert_eq!(left(&call, "GREETING"), Some("good morning to you"));
    assert_eq!(left(&call, "CALLERID(name)"), None, "that is no variable");
    assert_eq!(call.database("visitors", "0123456789"), Some("1".into()));
    assert_eq!(call.database("scratch", "today/first"), None);
    let again = alice().variable("GREETING", "good day").database("visitors", "0123456789", "41");
    let again = self::call(again, "variables");
    assert_eq!(again.database("visitors", "0123456789"), Some("42".into()));
}

#[test]
fn after_call() {
    let asterisk = alice().dead().channel("Local/waits@caller-000002e6;1").uniqueid("8.8");
    let asterisk = asterisk.place("record", "h", 1).variable("HANGUPCAUSE", "16");
    let call = call(asterisk, "after_call");
    assert_eq!(call.sounds(), [""; 0]);
    let kept = call.database("calls", "8.8").unwrap().to_string();
    assert!(kept.starts_with("Local/waits@caller-000002e6;1 from 0123456789, "), "{kept}");
    let sent = call.commands();
    let refused = sent.iter().position(|line| line == "ANSWER").unwrap();
    assert!(sent[refused + 1].starts_with("VERBOSE \"ANSWER does not"), "{sent:?}");
}

/// So long a voice, 8,000 samples a second: a fifth of a second a syllable, none as loud as the one before. What stays
/// the same is no voice to the detector.
fn voice(length: Duration) -> Vec<i16> {
    let wave = |n: usize| i16::try_from(n * n % 200).unwrap() - 100;
    let loud = |n: usize| [60, 25, 80, 0, 45][n / 1600 % 5];
    (0..usize::try_from(length.as_millis()).unwrap() * 8).map(|n| wave(n % 160) * loud(n)).collect()
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// By EAGI, with the caller's voice.
fn call_eagi(asterisk: Asterisk, example: &str) -> Report {
    let call = asterisk.eagi(program(example)).unwrap();
    assert_eq!(call.exit(), Some(Exit::Status(0)), "{}", call.transcript());
    call
}

#[test]
fn barge_in_stops_the_prompt() {
    let call = call_eagi(alice().says_at(ms(3000), voice(ms(2000))), "barge_in");
    assert_eq!(call.agi_status(), Some("SUCCESS"), "{call:?}");
    let sounds = call.sounds();
    assert_eq!(sounds, ["demo-instruct", "digits/2", "seconds"], "{call:?}");
    let spoke: f32 = left(&call, "SPOKE").unwrap().parse().unwrap();
    assert!((2.0..3.0).contains(&spoke), "{spoke}");
}

#[test]
fn barge_in_by_key_by_nobody_and_hung_up() {
    let call = call_eagi(alice().silent().keys_at(ms(2000), "7"), "barge_in");
    assert_eq!(call.sounds(), ["demo-instruct", "digits/7"], "{call:?}");
    let call = call_eagi(alice().silent(), "barge_in");
    assert_eq!(call.sounds(), ["demo-instruct", "goodbye"], "{call:?}");
    assert_eq!(left(&call, "SPOKE"), Some("0.0"));
    let caller = alice().says_at(ms(1000), voice(ms(9000))).hang_up_at(ms(3000));
    let call = call_eagi(caller, "barge_in");
    assert_eq!(call.agi_status(), Some("HANGUP"), "{call:?}");
    let spoke: f32 = left(&call, "SPOKE").unwrap().parse().unwrap();
    assert!((1.5..2.5).contains(&spoke), "{spoke}");
}

#[test]
fn echo_wav_plays_what_it_recorded() {
    let call = call_eagi(alice().says_at(ms(2000), voice(ms(1500))), "echo_wav");
    assert_eq!(call.agi_status(), Some("SUCCESS"), "{call:?}");
    let sounds = call.sounds();
    assert_eq!((sounds.len(), sounds[0]), (2, "beep"), "{call:?}");
    assert!(!Path::new(&format!("{}.wav", sounds[1])).exists(), "it is removed");
    // A telephone that sends nothing: there is no recording to be played.
    let call = call_eagi(alice().real_time(), "echo_wav"); // only its own clock tells
    assert_eq!(call.sounds(), ["beep", "goodbye"], "{call:?}");
}

/// A caller of the voicemail box, and the message that he leaves, if he does.
fn voicemail(name: &str, caller: Asterisk) -> (Report, Option<Sound>) {
    let folder = empty_folder(&format!("emulated-voicemail-{name}"));
    let call = call_eagi(caller.uniqueid("7.7").arg(folder.to_str().unwrap()), "voicemail");
    let file = folder.join("7.7.wav");
    let message = file.exists().then(|| Sound::read(&file).unwrap());
    let named = message.as_ref().map_or("", |_| file.to_str().unwrap());
    assert_eq!(left(&call, "MESSAGE"), Some(named), "{call:?}");
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(files, usize::from(message.is_some()), "nothing else is left");
    (call, message)
}

/// He speaks when the introduction and the beep are over.
fn speaker() -> Asterisk {
    alice().says_at(ms(9000), voice(ms(3000)))
}

#[test]
fn voicemail_kept_after_listening() {
    let (call, message) = voicemail("kept", speaker().answer(2, "2").answer(4, "1"));
    assert_eq!(call.agi_status(), Some("SUCCESS"), "{call:?}");
    let sounds = call.sounds();
    let played = sounds[3];
    assert_eq!(sounds, ["vm-intro", "beep", "vm-review", played, "vm-review", "vm-msgsaved"]);
    assert!(played.ends_with("/7.7"), "{played}");
    let message = message.unwrap();
    assert!((3000..9000).contains(&message.duration().as_millis()), "{:?}", message.duration());
}

#[test]
fn voicemail_discarded_hung_up_and_silent() {
    let (call, message) = voicemail("discarded", speaker().answer(2, "*"));
    assert_eq!(call.sounds(), ["vm-intro", "beep", "vm-review", "vm-deleted"], "{call:?}");
    assert_eq!(message, None);
    let (call, message) = voicemail("hangup", speaker().hang_up_at(ms(11_000)));
    assert_eq!(call.agi_status(), Some("HANGUP"), "{call:?}");
    assert!(message.unwrap().duration() >= ms(1800));
    let (call, message) = voicemail("silent", alice().silent());
    assert_eq!((call.sounds().len(), message), (2, None), "{call:?}");
}
