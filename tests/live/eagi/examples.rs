//! The examples of the caller's voice, with a caller who speaks.

use agikit::audio::Sound;

use super::{bytes, put};
use crate::Test;
use crate::lab::Lab;
use crate::manager::Manager;

pub fn tests() -> Vec<Test> {
    vec![
        ("EAGI: example barge_in".into(), Box::new(barge_in)),
        ("EAGI: example echo_wav".into(), Box::new(echo_wav)),
        ("EAGI: example voicemail".into(), Box::new(voicemail)),
    ]
}

/// What this caller says: four seconds, two sentences.
pub(super) fn sounds(folder: &std::path::Path) {
    let message = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/voices/message.wav");
    let message = Sound::read(message).expect("the message is there");
    put(folder, "message.sln", &bytes(&message.samples));
}

/// Calls an example; gives what was played to the caller, and what the dialplan found in its variables.
fn example(lab: &Lab, program: &str, caller: &str) -> (String, String) {
    let manager = &mut Manager::connect(&lab.version);
    let caller = format!("{caller}@eagi-caller");
    let program = format!("Variable: PROGRAM={program}");
    let call = lab.place(manager, (&caller, "uses@eagi-script"), &[&program]);
    let channel = call.channel();
    assert_eq!(call.left("status"), "(SUCCESS)");
    let played = call.played(&channel).join(" ");
    let said = call.left("said");
    (played, said)
}

fn barge_in(lab: &Lab) -> String {
    let (played, said) = example(lab, "barge_in", "breaks");
    assert!(played.starts_with("demo-instruct digits/"), "{played}");
    let spoke: f32 = said.trim_matches(['(', ')']).parse().expect("seconds");
    assert!((3.0..4.5).contains(&spoke), "{said}");
    format!("he spoke for {spoke} s, and heard: {played}\n")
}

fn echo_wav(lab: &Lab) -> String {
    let (played, _) = example(lab, "echo_wav", "breaks");
    assert!(played.starts_with("beep /tmp/echo-"), "{played}");
    format!("{played}\n")
}

fn voicemail(lab: &Lab) -> String {
    let (played, said) = example(lab, "voicemail", "leaves");
    let message = played.split(' ').find(|name| name.starts_with('/')).expect("the message");
    let file = format!("{}.wav", message.trim_start_matches("/srv/lab/report/"));
    // What GET OPTION plays, vm-review, Asterisk does not log.
    let expected = format!("vm-intro beep {message} vm-msgsaved");
    assert_eq!(played, expected);
    let file = lab.report_file(&file);
    let kept = Sound::read(&file).expect("it is kept").duration();
    std::fs::remove_file(file).expect("it goes");
    assert!((3..7).contains(&kept.as_secs()) && said != "()", "{kept:?}, {said}");
    format!("{kept:?} kept; {played}\n")
}
