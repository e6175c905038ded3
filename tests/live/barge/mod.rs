//! Prompts that yield: stopped at any moment, the answers stay aligned, and the caller hears nothing more.

#[path = "../voice/chance.rs"]
pub mod chance;
mod figures;
mod reaction;
#[path = "../voice/rounds.rs"]
mod rounds;

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, SystemTime};

use agikit::{Hangup, Session};

use crate::Test;
use crate::lab::{Call, Lab, wait};
use chance::Chance;
use figures::Figures;

/// Calls with the caller's audio, and how often each stops a prompt: 200 times in all.
const CALLS: u64 = 4;
const ROUNDS: u64 = 50;
/// Beside them, where numbers and letters are said to their end.
const BESIDE: u64 = 30;

pub fn tests() -> Vec<Test> {
    vec![
        ("barge-in: 200 prompts".into(), Box::new(quiet)),
        ("barge-in: by voice".into(), Box::new(reaction::by_voice)),
        ("barge-in: keys all the time".into(), Box::new(|lab| beside(lab, "presses", "keys"))),
        ("barge-in: without audio".into(), Box::new(|lab| beside(lab, "idles", "plain"))),
        ("barge-in: over the network".into(), Box::new(network)),
    ]
}

/// Puts the sounds where the lab's Asterisk finds them, and the dialplan.
pub fn install(lab: &Lab) {
    let folder = lab.inside("srv/lab/sounds");
    std::fs::create_dir_all(&folder).expect("the lab takes a folder");
    let mut chance = Chance::new(7);
    let mut noise = |name: &str, milliseconds: u32| {
        let mut sound = Vec::new();
        for _ in 0..milliseconds * 8 {
            let sample = i16::try_from(chance.below(8000)).unwrap() - 4000;
            sound.extend(sample.to_le_bytes());
        }
        put(&folder, &format!("{name}.sln"), &sound);
    };
    noise("barge-long", 8000);
    noise("barge-short", 200);
    noise("barge-blip", 60);
    // As good as silent for 0.7 s, then half a second of a voice.
    let mut voice: Vec<i16> = Vec::new();
    voice.extend((0..5600).map(|_| i16::try_from(chance.below(17)).unwrap() - 8));
    voice.extend(&crate::eagi::voice_8000()[..4000]);
    let voice: Vec<u8> = voice.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    put(&folder, "barge-voice.sln", &voice);
    lab.plan("barge", include_bytes!("dialplan.conf"));
}

/// Renamed into place: a call may be playing the file of a run before.
fn put(folder: &Path, name: &str, sound: &[u8]) {
    let new = folder.join(format!("{name}.new"));
    std::fs::write(&new, sound).expect("the lab takes a sound");
    std::fs::rename(&new, folder.join(name)).expect("under its name");
}

/// What chance begins with: `BARGE_SEED`, or the time.
pub fn seed() -> u64 {
    let time = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let given = std::env::var("BARGE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| time().as_secs() % 1_000_000)
}

/// The script's report, when it has ended well.
fn report(call: &Call<'_>) -> String {
    let end = call.wait_for("end ");
    let report = call.report();
    assert!(end == "ok" && !report.contains("FAIL"), "{}: {end}\n{}", call.id, failures(&report));
    report
}

fn failures(report: &str) -> String {
    report.lines().filter(|line| line.starts_with("FAIL")).collect::<Vec<_>>().join("\n")
}

/// Two hundred times, and what the callers heard.
fn quiet(lab: &Lab) -> String {
    let seed = seed();
    let calls: Vec<(Call<'_>, String)> = (0..CALLS)
        .map(|number| {
            let caller = format!("hears-{seed}.{number}.{}", std::process::id());
            let script = format!("barge-eagi.{}.{ROUNDS}", seed + number);
            (lab.call(&caller, &script), caller)
        })
        .collect();
    let mut figures = Figures::default();
    for (call, caller) in &calls {
        let report = report(call);
        // The caller's half ends behind the script.
        let path = lab.report_file(caller);
        let heard = wait("the caller's half to end", || {
            let heard = std::fs::read_to_string(&path).unwrap_or_default();
            heard.contains("\nend ok\n").then_some(heard)
        });
        figures.add(&report, Some(&heard));
    }
    assert_eq!(figures.rounds(), CALLS * ROUNDS);
    // Each frame that still came lay in Asterisk's hands when the answer did; a prompt that goes on gives eight.
    assert!(figures.behind() < figures.rounds(), "{figures}");
    format!("seed {seed}\n{figures}")
}

/// The answers alone.
fn beside(lab: &Lab, caller: &str, with: &str) -> String {
    let seed = seed();
    let call = lab.call(caller, &format!("barge-{with}.{seed}.{BESIDE}"));
    let mut figures = Figures::default();
    figures.add(&report(&call), None);
    assert_eq!(figures.rounds(), BESIDE);
    format!("seed {seed}\n{figures}")
}

fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).expect("it may");
    let stream = wait("Asterisk to connect", || listener.accept().ok()).0;
    stream.set_nonblocking(false).expect("it may");
    // An echo right behind a command is not to wait until that one is acknowledged.
    stream.set_nodelay(true).expect("it may");
    stream
}

/// The script is this process.
fn network(lab: &Lab) -> String {
    let seed = seed();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has one").port();
    let script = std::thread::spawn(move || {
        let stream = accept(&listener);
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("it may take no longer");
        let mut agi = Session::begin(stream, Hangup::new()).expect("a session");
        let mut report = String::new();
        let done = rounds::all(&mut agi, &format!("net.{seed}.{BESIDE}"), &mut |line| {
            report += &format!("{line}\n");
            Ok(())
        });
        (done.map_err(|error| error.to_string()), report)
    });
    let _call = lab.call("idles", &format!("over-{port}"));
    let (done, report) = script.join().expect("no panic");
    assert!(done.is_ok() && !report.contains("FAIL"), "{done:?}\n{}", failures(&report));
    let mut figures = Figures::default();
    figures.add(&report, None);
    assert_eq!(figures.rounds(), BESIDE);
    format!("seed {seed}\n{figures}")
}
