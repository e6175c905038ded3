//! Our program of `cargo bench --bench calls` that listens: how loud a second of the caller's voice is.

use std::process::ExitCode;

use agikit::audio::Audio;
use agikit::{Result, Session};

/// Memory for one call, as `agikit new` writes it.
#[global_allocator]
static MEMORY: agikit::Arena = agikit::Arena::new();

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    let mut audio = Audio::open(agi)?;
    let (mut heard, mut loudest) = (0, 0);
    while heard < 8000 {
        let Some(frame) = audio.next_frame()? else { break };
        heard += frame.len();
        loudest = frame.iter().copied().fold(loudest, i16::max);
    }
    agi.set_variable("LOUDEST", &loudest.to_string())
}
