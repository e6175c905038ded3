//! Many calls that record at once: every file is whole; what they cost is told beside what Asterisk did.

use std::time::Duration;

use agikit::audio::Format;

use super::sound::{difference, missing};
use super::{bytes, heard, put, voice_8000, whole};
use crate::Test;
use crate::lab::{Call, Lab, wait};
use crate::manager::Manager;

const CALLS: usize = 50;
const SECONDS: usize = 30;
/// Each caller says something else: the voice from so many samples later.
const APART: usize = 6000;

pub fn tests() -> Vec<Test> {
    vec![(
        format!("EAGI: {CALLS} calls record {SECONDS} s at once"),
        Box::new(|lab: &Lab| whole(|| all(lab))),
    )]
}

/// What the caller of this number says.
fn said(number: usize) -> &'static [i16] {
    &voice_8000()[number * APART..][..SECONDS * 8000]
}

fn all(lab: &Lab) -> Result<String, String> {
    let folder = lab.inside("srv/lab/sounds");
    for number in 0..CALLS {
        put(&folder, &format!("many{number}.sln"), &bytes(said(number)));
    }
    let before = lab.processor_time();
    let manager = &mut Manager::connect(&lab.version);
    let calls: Vec<Call<'_>> = (0..CALLS)
        .map(|number| {
            let caller = format!("plays-many{number}@eagi-caller");
            lab.place(manager, (&caller, "audio-record@eagi-script"), &[])
        })
        .collect();
    // Looked at rarely: what they cost is measured.
    std::thread::sleep(Duration::from_secs(SECONDS as u64));
    let last = calls.last().expect("there are calls");
    wait("the last call", || {
        std::thread::sleep(Duration::from_millis(200));
        last.report().contains("end ").then_some(())
    });
    let (mut own, mut bad, mut gaps) = (Duration::ZERO, Vec::new(), Vec::new());
    for (number, call) in calls.iter().enumerate() {
        let received = heard(lab, call, Format::default());
        let heard: Vec<i16> =
            received.chunks_exact(2).map(|it| i16::from_le_bytes([it[0], it[1]])).collect();
        match missing(&received, &bytes(said(number)), Format::default().frame_bytes()) {
            Some(missing) => gaps.push(format!("{number}: {missing}")),
            None => {
                bad.extend(difference(&heard, said(number)).map(|it| format!("{number}: {it}")))
            }
        }
        assert_eq!(call.wait_for("overruns "), "0", "{}", call.report());
        own += Duration::from_micros(call.wait_for("cpu ").parse().expect("microseconds"));
        let _ = std::fs::remove_file(folder.join(format!("many{number}.sln")));
    }
    let asterisk = lab.processor_time().saturating_sub(before);
    assert!(bad.is_empty(), "{bad:#?}");
    if !gaps.is_empty() {
        return Err(gaps.join(", "));
    }
    let share = |time: Duration| 100.0 * time.as_secs_f64() / SECONDS as f64;
    Ok(format!(
        "{CALLS} files of {} samples, each as it was said\nthe scripts took {:.2} s of the processor ({:.1} % of a core), \
         Asterisk {:.2} s ({:.1} %)\n",
        SECONDS * 8000,
        own.as_secs_f64(),
        share(own),
        asterisk.as_secs_f64(),
        share(asterisk),
    ))
}
