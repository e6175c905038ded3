//! A script that reads nothing while a prompt plays: what its pipe keeps, what is lost, and what it is told.

use std::path::Path;

use agikit::audio::Format;

use super::sound::missing;
use super::{LONG, bytes, heard, put, voice, voice_8000, whole};
use crate::Test;
use crate::lab::{Call, Lab};
use crate::manager::Manager;

struct Case {
    name: &'static str,
    calls: usize,
    /// The format of the line and of the audio, and the sound that the caller plays in it.
    format: &'static str,
    sound: &'static str,
    /// The scenario of the probe: the prompt, and when it opens its audio.
    script: &'static str,
    /// How many bytes the pipe holds in frames, where more is said; `None`: it holds everything.
    kept: Option<usize>,
}

const CASES: [Case; 4] = [
    Case {
        name: "a minute, 1 MiB",
        calls: 10,
        format: "slin",
        sound: "long8",
        script: "minute",
        kept: None,
    },
    // Opened behind the prompt: until then the pipe is as Asterisk made it.
    Case {
        name: "a minute, 64 KiB",
        calls: 10,
        format: "slin",
        sound: "long8",
        script: "minute.late",
        kept: Some(61_440),
    },
    Case {
        name: "65 s, 1 MiB",
        calls: 2,
        format: "slin",
        sound: "long8",
        script: "longer",
        kept: Some(983_040),
    },
    Case {
        name: "a minute at 16 kHz, 1 MiB",
        calls: 2,
        format: "slin16",
        sound: "long16",
        script: "minute",
        kept: Some(983_040),
    },
];

pub fn tests() -> Vec<Test> {
    CASES
        .iter()
        .map(|case| {
            let name = format!("EAGI: unread for {}", case.name);
            (name, Box::new(|lab: &Lab| whole(|| all(lab, case))) as Box<_>)
        })
        .collect()
}

pub fn sounds(folder: &Path) {
    put(folder, "long8.sln", &bytes(voice_8000()));
    put(folder, "long16.sln16", &bytes(&voice(16_000, LONG)));
    // What the script plays is silence.
    for (name, seconds) in [("minute", 60), ("longer", 65)] {
        put(folder, &format!("{name}.sln"), &vec![0; 16_000 * seconds]);
        put(folder, &format!("{name}.sln16"), &vec![0; 32_000 * seconds]);
    }
}

fn all(lab: &Lab, case: &Case) -> Result<String, String> {
    let format = Format::named(case.format.as_bytes()).expect("a format of ours");
    let said = match format.rate() {
        8000 => voice_8000().to_vec(),
        rate => voice(rate, LONG),
    };
    let said = bytes(&said);
    let manager = &mut Manager::connect(&lab.version);
    let codecs = format!("Codecs: {}", case.format);
    let asked = format!("Variable: EAGI_AUDIO_FORMAT={}", case.format);
    let caller = format!("plays-{}@eagi-caller", case.sound);
    let script = format!("audio-unread.{}@eagi-script", case.script);
    let calls: Vec<Call<'_>> = (0..case.calls)
        .map(|_| lab.place(manager, (&caller, &script), &[&codecs, &asked]))
        .collect();
    // Each is waited for, whatever another has heard: its file goes.
    let seen: Vec<_> = calls.iter().map(|call| one(lab, call, case, format, &said)).collect();
    let seen = seen.into_iter().collect::<Result<Vec<Kept>, String>>()?;
    // The caller does not begin at the same moment of the prompt in each call.
    let range = |what: &dyn Fn(&Kept) -> usize| {
        let (least, most) = (seen.iter().map(what).min(), seen.iter().map(what).max());
        let (least, most) = least.zip(most).expect("there are calls");
        if least == most { format!("{least}") } else { format!("{least} to {most}") }
    };
    Ok(format!(
        "{} at once: of {} bytes kept {} (the oldest), lost {}; overrun {}\n",
        case.calls,
        range(&|it| it.kept + it.lost),
        range(&|it| it.kept),
        range(&|it| it.lost),
        case.kept.is_some(),
    ))
}

/// Bytes of what the caller said during the prompt.
struct Kept {
    kept: usize,
    lost: usize,
}

/// What one call kept, by the place of what was heard in what was said.
fn one(
    lab: &Lab,
    call: &Call<'_>,
    case: &Case,
    format: Format,
    said: &[u8],
) -> Result<Kept, String> {
    let heard = heard(lab, call, format);
    let frame = format.frame_bytes();
    // The oldest is kept.
    let same = heard.iter().zip(said).take_while(|(one, other)| one == other).count();
    let overrun = call.wait_for("overrun ");
    let waited: usize = call.wait_for("backlog ").parse().expect("milliseconds");
    let Some(kept) = case.kept else {
        if let Some(missing) = missing(&heard, said, frame) {
            return Err(format!("{missing}: {}", call.report()));
        }
        assert_eq!(same, heard.len(), "not what was said: {}", call.report());
        assert_eq!(overrun, "false 0 1048576");
        let kept = waited / 20 * frame;
        // The caller begins a second or so behind the prompt.
        assert!(kept > 55 * 50 * frame, "{kept} bytes of a minute");
        assert!(heard.len() > kept + 50 * frame, "{} bytes with what came then", heard.len());
        return Ok(Kept { kept, lost: 0 });
    };
    if let Some(missing) = heard.get(..kept).and_then(|first| missing(first, said, frame)) {
        return Err(format!("{missing}: {}", call.report()));
    }
    // The first byte behind the gap may be the one that is missing by chance.
    assert_eq!(same / frame * frame, kept, "{} bytes in all: {}", heard.len(), call.report());
    // It goes on later, with nothing lost from there: two seconds were heard behind the prompt.
    let rest = &heard[kept..];
    assert!(rest.len() > 50 * frame, "{} bytes behind the gap", rest.len());
    let again = said.chunks_exact(frame).position(|it| it == &rest[..frame]).map(|it| it * frame);
    let again = again.expect("what comes behind the gap was said");
    assert!(again > kept && said[again..].starts_with(rest), "goes on at {again}");
    let told: Vec<&str> = overrun.split(' ').collect();
    assert_eq!((told[0], told[2]), ("true", "1048576"), "{again} bytes were said");
    Ok(Kept { kept, lost: again - kept })
}
