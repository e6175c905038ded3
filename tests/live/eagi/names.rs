//! EAGI_AUDIO_FORMAT as Asterisk takes it: names that it knows, does not know, or cannot serve; and calls that
//! have no audio, or whose hangup gives no signal.

use std::path::Path;

use agikit::audio::Format;

use super::sound::difference;
use super::{bytes, heard, put, voice};
use crate::Test;
use crate::lab::{Call, Lab};
use crate::manager::Manager;

/// What these callers say lasts so long.
const SECONDS: u32 = 2;

/// What is asked for, on which line, and what flows then.
const FLOWS: [(&str, &str, &str); 6] = [
    ("SLIN16", "slin16", "slin16"),
    ("slin8", "slin", "slin"),
    ("bogus", "slin", "slin"),
    (" slin16", "slin", "slin"),
    ("", "slin", "slin"),
    // A name that it knows, though not of audio.
    ("h264", "slin", "slin"),
];

pub fn tests() -> Vec<Test> {
    vec![
        ("EAGI: names of formats".into(), Box::new(flows) as Box<_>),
        ("EAGI: a format that is not ours".into(), Box::new(not_ours)),
        ("EAGI: a format that Asterisk cannot make".into(), Box::new(not_made)),
        ("EAGI: audio of a call without any".into(), Box::new(plain)),
        ("EAGI: a hangup without a signal".into(), Box::new(unsignalled)),
    ]
}

pub fn sounds(folder: &Path) {
    put(folder, "short8.sln", &bytes(&voice(8000, SECONDS)));
    put(folder, "short16.sln16", &bytes(&voice(16_000, SECONDS)));
}

fn place<'l>(lab: &'l Lab, script: &str, line: &str, asked: &str) -> Call<'l> {
    let manager = &mut Manager::connect(&lab.version);
    let sound = if line == "slin16" { "short16" } else { "short8" };
    let caller = format!("plays-{sound}@eagi-caller");
    let codecs = format!("Codecs: {line}");
    let asked = format!("Variable: EAGI_AUDIO_FORMAT={asked}");
    lab.place(manager, (&caller, &format!("{script}@eagi-script")), &[&codecs, &asked])
}

fn flows(lab: &Lab) -> String {
    let calls = FLOWS.map(|(asked, line, _)| place(lab, "audio-record", line, asked));
    let mut seen = String::new();
    for ((asked, _, flows), call) in FLOWS.iter().zip(&calls) {
        let format = Format::named(flows.as_bytes()).expect("a format of ours");
        let received = heard(lab, call, format);
        assert_eq!(call.wait_for("opened "), format!("{format} 1048576"), "{asked:?}");
        let mut heard = Vec::new();
        format.decode(&received, &mut heard);
        let difference = difference(&heard, &voice(format.rate(), SECONDS));
        assert_eq!(difference, None, "{asked:?}");
        seen += &format!("{asked:?} gives {format}, each sample as it was said\n");
    }
    seen
}

/// Asterisk makes it; the library says that it does not read it.
fn not_ours(lab: &Lab) -> String {
    let call = place(lab, "audio-record", "slin", "GSM");
    let end = call.wait_for("end ");
    assert!(end.contains("gsm") || end.contains("GSM"), "{end}");
    assert_eq!(call.left("status"), "(FAILURE)");
    format!("GSM: {end}\n")
}

/// The program is not even started, and the call ends.
fn not_made(lab: &Lab) -> String {
    let call = place(lab, "audio-record", "slin", "g729");
    assert_eq!(call.left("status"), "()");
    assert_eq!(call.report(), "");
    "g729: never started, AGISTATUS not set\n".into()
}

fn plain(lab: &Lab) -> String {
    let call = place(lab, "agi-record", "slin", "slin");
    let end = call.wait_for("end ");
    assert!(end.contains("EAGI"), "{end}");
    format!("AGI(): {end}\n")
}

/// AGISIGHUP=no: nothing tells that nobody speaks any more, but a command does.
fn unsignalled(lab: &Lab) -> String {
    let call = place(lab, "audio-nosighup", "slin", "slin");
    let received = heard(lab, &call, Format::default());
    let told = call.wait_for("told ");
    assert_eq!(received, bytes(&voice(8000, SECONDS)), "{}", call.report());
    format!("all heard, then nothing, then: {told}\n")
}
