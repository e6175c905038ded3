//! A caller speaks for a minute: what is recorded is what he said, sample for sample; where a codec or another
//! rate stands between, it is like it.

use std::path::Path;

use agikit::audio::Format;

use super::sound::{correlation, difference, missing};
use super::{MINUTE, bytes, heard, put, voice, voice_8000, whole};
use crate::Test;
use crate::lab::Lab;
use crate::manager::Manager;

/// A line, a sound, and what is asked for.
struct Case {
    name: &'static str,
    /// What the call is carried in.
    line: &'static str,
    /// The sound that the caller plays.
    sound: &'static str,
    /// EAGI_AUDIO_FORMAT, unless it is empty.
    asked: &'static str,
    /// Nothing is between, so that it must be the same.
    exact: bool,
    /// How late it comes, in milliseconds: a resampler's filter. So much of the end never comes.
    late: usize,
}

const RESAMPLED: usize = 5;
/// What is like it is at least so like it.
const ALIKE: f64 = 0.99;

const CASES: [Case; 9] = [
    Case::new("slin", "voice8", "", true, 0, "8 kHz"),
    Case::new("slin16", "voice16", "slin16", true, 0, "16 kHz"),
    Case::new("slin48", "voice48", "slin48", true, 0, "48 kHz"),
    Case::new("ulaw", "coded", "ulaw", true, 0, "\u{b5}-law as received"),
    Case::new("alaw", "coded", "alaw", true, 0, "A-law as received"),
    Case::new("ulaw", "voice8", "", false, 0, "8 kHz behind \u{b5}-law"),
    Case::new("ulaw", "voice8", "alaw", false, 0, "A-law behind \u{b5}-law"),
    Case::new("slin", "voice8", "slin16", false, RESAMPLED, "16 kHz of a line of 8 kHz"),
    Case::new("slin48", "voice48", "", false, RESAMPLED, "8 kHz of a line of 48 kHz"),
];

impl Case {
    const fn new(
        line: &'static str,
        sound: &'static str,
        asked: &'static str,
        exact: bool,
        late: usize,
        name: &'static str,
    ) -> Case {
        Case { name, line, sound, asked, exact, late }
    }
}

pub fn tests() -> Vec<Test> {
    CASES
        .iter()
        .map(|case| {
            let name = format!("EAGI: a minute, {}", case.name);
            (name, Box::new(|lab: &Lab| whole(|| one(lab, case))) as Box<_>)
        })
        .collect()
}

pub fn sounds(folder: &Path) {
    let minute = minute(8000);
    put(folder, "voice8.sln", &bytes(&minute));
    for (rate, name) in [(16_000, "voice16.sln16"), (48_000, "voice48.sln48")] {
        put(folder, name, &bytes(&voice(rate, MINUTE)));
    }
    for (format, name) in [(Format::Ulaw, "coded.ulaw"), (Format::Alaw, "coded.alaw")] {
        let mut coded = Vec::new();
        format.encode(&minute, &mut coded);
        put(folder, name, &coded);
    }
}

fn minute(rate: u32) -> Vec<i16> {
    match rate {
        8000 => voice_8000()[..8000 * MINUTE as usize].to_vec(),
        rate => voice(rate, MINUTE),
    }
}

fn one(lab: &Lab, case: &Case) -> Result<String, String> {
    let format = match case.asked {
        "" => Format::default(),
        asked => Format::named(asked.as_bytes()).expect("a format of ours"),
    };
    let codecs = format!("Codecs: {}", case.line);
    let asked = format!("Variable: EAGI_AUDIO_FORMAT={}", case.asked);
    let mut headers = vec![codecs.as_str()];
    headers.extend((!case.asked.is_empty()).then_some(asked.as_str()));
    let caller = format!("plays-{}@eagi-caller", case.sound);
    let manager = &mut Manager::connect(&lab.version);
    let call = lab.place(manager, (&caller, "audio-record@eagi-script"), &headers);

    let received = heard(lab, &call, format);
    assert_eq!(call.wait_for("opened "), format!("{format} 1048576"));
    assert_eq!(call.wait_for("overruns "), "0", "{}", call.report());
    let (mut heard, mut said) = (Vec::new(), minute(format.rate()));
    format.decode(&received, &mut heard);
    let mut sent = bytes(&said);
    if case.sound == "coded" {
        // What was said in the first place is coded, too.
        sent.clear();
        format.encode(&said, &mut sent);
        said.clear();
        format.decode(&sent, &mut said);
    }
    if case.exact {
        if let Some(missing) = missing(&received, &sent, format.frame_bytes()) {
            return Err(missing);
        }
        assert!(received == sent, "{}", difference(&heard, &said).unwrap_or_default());
        return Ok(format!(
            "{} samples, each as it was said, from the first to the last\n",
            said.len()
        ));
    }
    assert_eq!(heard.len(), said.len(), "samples");
    let late = case.late * format.frame_samples() / 20;
    let alike = correlation(&heard[late..], &said);
    assert!(alike > ALIKE, "{alike}");
    Ok(format!("{} samples, {late} late, correlation {alike:.6}\n", said.len()))
}
