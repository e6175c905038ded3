//! Sound files of others: read as they are meant, or refused, whatever bytes they hold.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::io::ErrorKind;
use std::path::Path;

use agikit::Error;
use agikit::audio::{Format, Sound};
use proptest::prelude::*;
use support_process::empty_folder;

fn kind(error: &Error) -> ErrorKind {
    match error {
        Error::Io { source, .. } => source.kind(),
        other => panic!("{other}"),
    }
}

#[test]
fn reads_what_others_write() {
    let folder = empty_folder("wav_others");
    let path = folder.join("a.wav");
    for (bits, format, of_1000) in [
        (8, hound::SampleFormat::Int, 768),
        (16, hound::SampleFormat::Int, 1000),
        (24, hound::SampleFormat::Int, 1000),
        (32, hound::SampleFormat::Int, 1000),
        (32, hound::SampleFormat::Float, 1000),
    ] {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 11_025,
            bits_per_sample: bits,
            sample_format: format,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in [1000, -5, -1000, 5] {
            match (format, bits) {
                (hound::SampleFormat::Float, _) => {
                    writer.write_sample(sample as f32 / 32768.0).unwrap();
                }
                (_, 8) => writer.write_sample(sample >> 8).unwrap(),
                _ => writer.write_sample(sample << (bits - 16)).unwrap(),
            }
        }
        writer.finalize().unwrap();
        let sound = Sound::read(&path).unwrap();
        assert_eq!(sound.format, Format::Linear(11_025));
        let second = if bits == 8 { -1024 } else { -1000 };
        assert_eq!(sound.samples, [of_1000, second], "{bits} {format:?}");
    }
    let error = Sound::read(folder.join("none.wav")).unwrap_err();
    assert_eq!(kind(&error), ErrorKind::NotFound);
    let error = Sound::parse(Path::new("a.mp3"), b"ID3").unwrap_err();
    assert!(format!("{error:?}").contains("a.mp3"), "{error:?}");
}

/// A WAV file of which any part may be wrong.
fn broken() -> impl Strategy<Value = Vec<u8>> {
    let tag = prop_oneof![Just(1_u16), Just(3), Just(6), Just(7), Just(0xfffe), any::<u16>()];
    let size = prop_oneof![Just(16_u32), Just(18), Just(40), any::<u32>()];
    let bits = prop_oneof![Just(8_u16), Just(16), Just(24), Just(32), any::<u16>()];
    let small = prop_oneof![0_u16..9, any::<u16>()];
    let body = prop::collection::vec(any::<u8>(), 0..200);
    (tag, size, bits, small.clone(), small, any::<u32>(), any::<u32>(), body).prop_map(
        |(tag, size, bits, channels, block, rate, length, body)| {
            let mut bytes = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
            bytes.extend(size.to_le_bytes());
            bytes.extend(tag.to_le_bytes());
            bytes.extend(channels.to_le_bytes());
            bytes.extend(rate.to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(block.to_le_bytes());
            bytes.extend(bits.to_le_bytes());
            bytes.resize(20 + usize::try_from(size).unwrap().clamp(16, 64), 7);
            bytes.extend(b"data");
            bytes.extend(length.to_le_bytes());
            bytes.extend(body);
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for name in ["a.wav", "a.sln16", "a.ulaw", "a"] {
            let _ = Sound::parse(Path::new(name), &bytes);
        }
        let _ = Sound::parse(Path::new("a"), &[b"RIFF\0\0\0\0WAVE", &*bytes].concat());
    }

    #[test]
    fn broken_files_are_read_or_refused(bytes in broken(), end in any::<prop::sample::Index>()) {
        if let Ok(sound) = Sound::parse(Path::new("a.wav"), &bytes) {
            prop_assert!(sound.samples.len() <= bytes.len());
        }
        let _ = Sound::parse(Path::new("a.wav"), &bytes[..end.index(bytes.len())]);
    }
}
