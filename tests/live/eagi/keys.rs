//! A caller who presses a key while he speaks: for as long as the key sounds, Asterisk passes on no audio, and
//! nothing marks the gap.

use std::time::Duration;

use agikit::audio::Format;

use super::{bytes, heard, voice_8000};
use crate::Test;
use crate::lab::Lab;
use crate::manager::Manager;

const FRAME: usize = 320;

pub fn tests() -> Vec<Test> {
    vec![("EAGI: a key while the caller speaks".into(), Box::new(key))]
}

fn key(lab: &Lab) -> String {
    let manager = &mut Manager::connect(&lab.version);
    let call = lab.place(manager, ("plays-six8@eagi-caller", "audio-record@eagi-script"), &[]);
    let channel = call.wait_for("channel ");
    std::thread::sleep(Duration::from_secs(3));
    let caller = format!("Channel: {}2", channel.strip_suffix('1').expect("half a Local channel"));
    let said = manager.act("PlayDTMF", &[&caller, "Digit: 5", "Duration: 200"]);
    assert!(said.contains("Success"), "{said}");
    let heard = heard(lab, &call, Format::default());
    let said = bytes(&voice_8000()[..6 * 8000]);
    let same = heard.iter().zip(&said).take_while(|(one, other)| one == other).count();
    let (before, lost) = (same / FRAME * FRAME, said.len() - heard.len());
    assert!(lost > 0, "nothing was lost");
    assert!(heard[before..] == said[before + lost..], "more than one gap, or more than a gap");
    let (before, lost) = (before / FRAME, lost / FRAME);
    assert!(lost < 50, "{lost} frames");
    format!("a key of 200 ms after {before} frames: {lost} frames are missing, all others came\n")
}
