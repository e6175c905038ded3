//! How long a sound file lasts, by its extension and its size.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Raw formats: a block of so many bytes holds so many samples at 8 kHz.
const RAW: [(&str, u64, u64); 16] = [
    ("gsm", 33, 160),
    ("ulaw", 1, 1),
    ("ul", 1, 1),
    ("mu", 1, 1),
    ("ulw", 1, 1),
    ("pcm", 1, 1),
    ("alaw", 1, 1),
    ("al", 1, 1),
    ("alw", 1, 1),
    ("g722", 1, 1),
    ("g729", 10, 80),
    ("sln", 2, 1),
    ("slin", 2, 1),
    ("raw", 2, 1),
    ("sln16", 4, 1),
    ("sln48", 12, 1),
];
/// Formats with a header of their own.
const WAV: [&str; 2] = ["wav", "wav16"];

/// Deeper folders are not looked into, so that a link that leads upwards does no harm.
const DEEPEST: u32 = 16;

/// The samples of a file; `None` when it is no sound.
fn samples(path: &Path) -> Option<u32> {
    let extension = path.extension()?.to_str()?;
    let count = if WAV.contains(&extension) {
        let reader = hound::WavReader::open(path).ok()?;
        let rate = u64::from(reader.spec().sample_rate.max(1));
        u64::from(reader.duration()) * 8000 / rate
    } else {
        let (_, bytes, samples) = RAW.iter().find(|(name, ..)| *name == extension)?;
        fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len() / bytes * samples
    };
    Some(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The samples of an absolute path without its extension, when there is such a file.
pub(super) fn on_disk(name: &[u8]) -> Option<u32> {
    // A NUL ends the name in Asterisk; here it is no file's name.
    if name.first() != Some(&b'/') || name.contains(&0) {
        return None;
    }
    WAV.iter().chain(RAW.iter().map(|(extension, ..)| extension)).find_map(|extension| {
        let path = [name, b".", extension.as_bytes()].concat();
        samples(Path::new(OsStr::from_bytes(&path)))
    })
}

/// Gives every sound of a folder, by its name below it.
pub(super) fn in_folder(folder: &Path, give: &mut dyn FnMut(&[u8], u32)) -> io::Result<()> {
    walk(folder, b"", DEEPEST, give)
}

fn walk(
    folder: &Path,
    above: &[u8],
    deepest: u32,
    give: &mut dyn FnMut(&[u8], u32),
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(stem) = path.file_stem().map(OsStr::as_bytes) else { continue };
        if path.is_dir() {
            let name = path.file_name().map(OsStr::as_bytes).unwrap_or_default();
            if deepest > 0 {
                walk(&path, &[above, name, b"/"].concat(), deepest - 1, give)?;
            }
        } else if let Some(samples) = samples(&path) {
            give(&[above, stem].concat(), samples);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn measures_the_files_of_a_folder() {
        let folder = std::env::temp_dir().join(format!("agikit-sounds-{}", std::process::id()));
        fs::create_dir_all(folder.join("en/digits")).unwrap();
        let write =
            |name: &str, bytes: usize| fs::write(folder.join(name), vec![0; bytes]).unwrap();
        write("a.gsm", 66);
        write("b.ulaw", 8000);
        write("c.sln", 16000);
        write("en/digits/d.sln16", 16000);
        write("e.txt", 5);
        write("broken.wav", 5);
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 16000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(folder.join("f.wav"), spec).unwrap();
        (0..32000).for_each(|_| wav.write_sample(0_i16).unwrap());
        wav.finalize().unwrap();
        let mut found = BTreeMap::new();
        in_folder(&folder, &mut |name, samples| {
            found.insert(String::from_utf8(name.to_vec()).unwrap(), samples);
        })
        .unwrap();
        let absolute = folder.join("b").into_os_string();
        assert_eq!(on_disk(absolute.as_bytes()), Some(8000));
        assert_eq!(on_disk(folder.join("e").as_os_str().as_bytes()), None);
        fs::remove_dir_all(&folder).unwrap();
        let expected = [("a", 320), ("b", 8000), ("c", 8000), ("en/digits/d", 4000), ("f", 8000)];
        assert_eq!(found, expected.map(|(name, samples)| (name.to_owned(), samples)).into());
        assert!(in_folder(&folder, &mut |_, _| {}).is_err());
        assert_eq!(on_disk(b"/nosuch\0"), None);
    }
}
