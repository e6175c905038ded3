//! Sound files of others.

use std::path::Path;

use agikit::audio::{Format, Sound, level};

/// The forms, by the names that tell them; the first three tell nothing.
const NAMES: [&str; 10] =
    ["a.wav", "a", "a.gsm", "a.sln", "a.raw", "a.sln16", "a.slin192", "a.ulaw", "a.pcm", "a.alaw"];

/// A file: read or refused, no more of it than there is, and the same once it was written and read again.
///
/// The first byte says its name, the second one where it is cut.
pub fn sound(bytes: &[u8]) {
    let [name, cut, file @ ..] = bytes else { return };
    let name = Path::new(NAMES[usize::from(*name) % NAMES.len()]);
    let Ok(sound) = Sound::parse(name, file) else { return };
    assert!(sound.samples.len() <= file.len());
    assert!((1..=768_000).contains(&sound.format.rate()));
    let is_wav = file.len() >= 12 && &file[..4] == b"RIFF" && &file[8..12] == b"WAVE";
    if !is_wav {
        assert_ne!(name, Path::new("a.wav"));
        samples_alone(&sound, file);
    }
    again(&sound);
    // Who reads while it is being written finds the beginning.
    let cut = usize::from(*cut).min(file.len());
    if (!is_wav || cut >= 12)
        && let Ok(part) = Sound::parse(name, &file[..cut])
    {
        assert_eq!(part.format, sound.format);
        assert!(sound.samples.starts_with(&part.samples));
    }
    let level = level(&sound.samples);
    assert!(level.peak <= 0.0 && level.rms <= level.peak + 0.01, "{level:?}");
}

/// Samples without a header: all of them are there, and can be written as they were.
fn samples_alone(sound: &Sound, file: &[u8]) {
    let whole = file.len() / sound.format.sample_bytes() * sound.format.sample_bytes();
    assert_eq!(sound.samples.len() * sound.format.sample_bytes(), whole);
    let mut written = Vec::new();
    sound.format.encode(&sound.samples, &mut written);
    // µ-law has two zeros.
    let zero = |byte: &u8| if sound.format == Format::Ulaw && *byte == 0x7f { 0xff } else { *byte };
    assert!(written.iter().eq(file[..whole].iter().map(zero).collect::<Vec<u8>>().iter()));
}

/// Written as a WAV file and read again.
fn again(sound: &Sound) {
    let mut file = sound.format.wav_header();
    sound.format.encode(&sound.samples, &mut file);
    assert_eq!(Sound::parse(Path::new("a"), &file).as_ref().ok(), Some(sound));
}
