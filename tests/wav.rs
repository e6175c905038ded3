//! WAV files: what is written, what is read, and what is left whatever goes wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use agikit::Error;
use agikit::audio::{Format, Sound, WavRecorder};
use support_process::empty_folder;

/// Samples that G.711 holds exactly, too.
fn noise(count: usize, format: Format) -> Vec<i16> {
    let mut state = 1_u32;
    let any = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [.., low, high] = state.to_le_bytes();
        i16::from_le_bytes([low, high])
    };
    let samples: Vec<i16> = (0..count).map(any).collect();
    let (mut bytes, mut exact) = (Vec::new(), Vec::new());
    format.encode(&samples, &mut bytes);
    format.decode(&bytes, &mut exact);
    exact
}

fn kind(error: &Error) -> ErrorKind {
    match error {
        Error::Io { source, .. } => source.kind(),
        other => panic!("{other}"),
    }
}

/// The files of a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The one file that has not got its name yet.
fn part(folder: &Path) -> PathBuf {
    let parts: Vec<String> =
        names(folder).into_iter().filter(|name| name.ends_with(".part")).collect();
    assert_eq!(parts.len(), 1, "{parts:?}");
    folder.join(&parts[0])
}

const FORMATS: [Format; 5] = [
    Format::Linear(8000),
    Format::Linear(16_000),
    Format::Linear(192_000),
    Format::Ulaw,
    Format::Alaw,
];

#[test]
fn what_is_written_is_read() {
    let folder = empty_folder("wav_round");
    for format in FORMATS {
        for count in [0, 1, 7, 160, 12_345] {
            let samples = noise(count, format);
            let path = folder.join(format!("{format}-{count}.wav"));
            let mut recorder = WavRecorder::create(&path, format).unwrap();
            for frame in samples.chunks(160) {
                recorder.write(frame).unwrap();
            }
            assert_eq!(recorder.samples(), u64::try_from(count).unwrap());
            assert!(!path.exists(), "it has no name before it is finished");
            assert_eq!(recorder.finish().unwrap(), path);
            assert_eq!(Sound::read(&path).unwrap(), Sound { format, samples }, "{format} {count}");
            let length = fs::metadata(&path).unwrap().len();
            assert_eq!(length % 2, 0, "chunks are even");
            let riff = fs::read(&path).unwrap();
            let riff = u32::from_le_bytes(*riff[4..].first_chunk().unwrap());
            assert_eq!(u64::from(riff) + 8, length);
        }
    }
    assert!(names(&folder).iter().all(|name| name.ends_with(".wav")));
}

#[test]
fn hound_reads_linear_ones() {
    let path = empty_folder("wav_hound").join("a.wav");
    let samples = noise(30_000, Format::Linear(48_000));
    let mut recorder = WavRecorder::create(&path, Format::Linear(48_000)).unwrap();
    recorder.write(&samples).unwrap();
    recorder.finish().unwrap();
    let mut reader = hound::WavReader::open(&path).unwrap();
    assert_eq!((reader.spec().sample_rate, reader.spec().channels), (48_000, 1));
    assert_eq!(reader.samples::<i16>().map(Result::unwrap).collect::<Vec<_>>(), samples);
}

/// Where it is installed: the header of our own, seen by another program.
#[test]
fn sox_reads_what_is_written() {
    if Command::new("sox").arg("--version").output().is_err() {
        eprintln!("no sox here: nothing was compared");
        return;
    }
    let folder = empty_folder("wav_sox");
    for format in [Format::Ulaw, Format::Alaw, Format::Linear(24_000)] {
        let samples = noise(8001, format);
        let mut recorder = WavRecorder::create(folder.join("a.wav"), format).unwrap();
        recorder.write(&samples).unwrap();
        let path = recorder.finish().unwrap();
        let sox = Command::new("sox").arg(path).args(["-t", "s16", "-"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&sox.stderr), "", "{format}");
        let (pairs, _) = sox.stdout.as_chunks::<2>();
        let read: Vec<i16> = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
        assert_eq!(read, samples, "{format}");
    }
}

#[test]
fn g711_is_kept_as_it_was_received() {
    let path = empty_folder("wav_g711").join("a.wav");
    let bytes: Vec<u8> = (0..=255).cycle().take(9999).collect();
    let mut recorder = WavRecorder::create(&path, Format::Ulaw).unwrap();
    for frame in bytes.chunks(160) {
        recorder.write_received(frame).unwrap();
    }
    recorder.finish().unwrap();
    // Both zeros of µ-law: decoded and encoded there would be one.
    assert_eq!(fs::read(&path).unwrap()[58..58 + 9999], bytes);
}

/// What a killed program leaves is what lies on the disk at that moment.
#[test]
fn the_file_is_whole_at_each_moment() {
    let folder = empty_folder("wav_moments");
    for format in FORMATS {
        let samples = noise(format.frame_samples() * 120, format);
        let mut recorder = WavRecorder::create(folder.join("a.wav"), format).unwrap();
        for (at, frame) in samples.chunks(format.frame_samples() + 1).enumerate() {
            recorder.write(frame).unwrap();
            let left = fs::read(part(&folder)).unwrap();
            let left = Sound::parse(Path::new("left"), &left).unwrap();
            assert_eq!(left.format, format);
            assert_eq!(left.samples, samples[..left.samples.len()]);
            let given = usize::try_from(recorder.samples()).unwrap();
            let lost = format.duration(u64::try_from(given - left.samples.len()).unwrap());
            assert!(lost <= Duration::from_millis(500), "{format} {at}: {lost:?}");
        }
        recorder.discard().unwrap();
        assert_eq!(names(&folder), [""; 0]);
    }
}

#[test]
fn a_dropped_recorder_loses_nothing() {
    let folder = empty_folder("wav_dropped");
    let samples = noise(1234, Format::default());
    let mut recorder = WavRecorder::create(folder.join("a.wav"), Format::default()).unwrap();
    recorder.write(&samples).unwrap();
    drop(recorder);
    assert!(!folder.join("a.wav").exists());
    let left = fs::read(part(&folder)).unwrap();
    assert_eq!(Sound::parse(Path::new("left"), &left).unwrap().samples, samples);
    // What is left stays: the next one has a name of its own.
    let next = WavRecorder::create(folder.join("a.wav"), Format::default()).unwrap();
    next.finish().unwrap();
    assert_eq!(names(&folder).len(), 2);
}

#[test]
fn it_is_cut_where_one_likes() {
    let folder = empty_folder("wav_cut");
    for format in [Format::Linear(8000), Format::Alaw] {
        let samples = noise(10_000, format);
        for keep in [0, 1, 3999, 4000, 4001, 9999, 10_000, 20_000] {
            let mut recorder = WavRecorder::create(folder.join("a.wav"), format).unwrap();
            recorder.write(&samples).unwrap();
            recorder.truncate(u64::try_from(keep).unwrap()).unwrap();
            recorder.write(&samples[..7]).unwrap();
            let sound = Sound::read(recorder.finish().unwrap()).unwrap();
            let whole = [&samples[..keep.min(10_000)], &samples[..7]].concat();
            assert_eq!(sound.samples, whole, "{format} {keep}");
        }
    }
}

#[test]
fn more_is_added_to_what_is_there() {
    let folder = empty_folder("wav_append");
    for format in [Format::Linear(16_000), Format::Ulaw] {
        let path = folder.join(format!("{format}.wav"));
        let samples = noise(5001, format);
        for times in 1..4 {
            let mut recorder = WavRecorder::options().append().create(&path, format).unwrap();
            recorder.write(&samples).unwrap();
            recorder.finish().unwrap();
            assert_eq!(Sound::read(&path).unwrap().samples, samples.repeat(times), "{format}");
        }
        let mut recorder = WavRecorder::options().append().create(&path, format).unwrap();
        recorder.write(&samples).unwrap();
        recorder.discard().unwrap();
        assert_eq!(Sound::read(&path).unwrap().samples, samples.repeat(3), "{format}");
        let other = WavRecorder::options().append().create(&path, Format::Linear(8000));
        assert!(other.unwrap_err().to_string().len() > 10);
        assert_eq!(Sound::read(&path).unwrap().samples, samples.repeat(3), "{format}");
    }
    fs::write(folder.join("x.wav"), "no sound").unwrap();
    let odd = WavRecorder::options().append().create(folder.join("x.wav"), Format::Ulaw);
    assert_eq!(kind(&odd.unwrap_err()), ErrorKind::InvalidData);
    assert_eq!(fs::read(folder.join("x.wav")).unwrap(), b"no sound");
}

#[test]
fn nothing_is_overwritten_where_that_is_said() {
    let folder = empty_folder("wav_keep");
    let path = folder.join("a.wav");
    let options = WavRecorder::options().keep_existing();
    let first = options.clone().create(&path, Format::default()).unwrap();
    let second = options.clone().create(&path, Format::default()).unwrap();
    first.finish().unwrap();
    assert_eq!(kind(&second.finish().unwrap_err()), ErrorKind::AlreadyExists);
    let third = options.clone().create(&path, Format::default()).unwrap_err();
    assert!(format!("{third:?}").contains("a.wav"), "{third:?}");
    let fourth = options.in_place().create(&path, Format::default()).unwrap_err();
    assert_eq!(kind(&fourth), ErrorKind::AlreadyExists);
    // Unless it is said, the last one stays, as with Asterisk.
    WavRecorder::create(&path, Format::Alaw).unwrap().finish().unwrap();
    assert_eq!(Sound::read(&path).unwrap().format, Format::Alaw);
}

#[test]
fn others_see_nothing_of_it() {
    let folder = empty_folder("wav_mode");
    let path = WavRecorder::create(folder.join("a.wav"), Format::default()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path.finish().unwrap()) & 0o137, 0);
    let options = WavRecorder::options().mode(0o600).in_place();
    let recorder = options.create(folder.join("b.wav"), Format::default()).unwrap();
    assert_eq!(names(&folder), ["a.wav", "b.wav"]);
    assert_eq!(mode(&recorder.finish().unwrap()), 0o600);
}

#[test]
fn what_cannot_be_written_is_told_at_once() {
    let folder = empty_folder("wav_refused");
    let refused = |path: &Path| WavRecorder::create(path, Format::default()).unwrap_err();
    let error = refused(&folder.join("no/such/a.wav"));
    assert_eq!(kind(&error), ErrorKind::NotFound);
    let Error::Io { source, .. } = error else { unreachable!() };
    assert!(source.to_string().contains("no/such/a.wav"), "{source}");
    assert_eq!(kind(&refused(&folder)), ErrorKind::IsADirectory);
    fs::write(folder.join("file"), "").unwrap();
    assert_eq!(kind(&refused(&folder.join("file/a.wav"))), ErrorKind::NotADirectory);
    for rate in [0, 768_001, u32::MAX] {
        let odd = WavRecorder::create(folder.join("a.wav"), Format::Linear(rate));
        assert_eq!(kind(&odd.unwrap_err()), ErrorKind::InvalidInput, "{rate}");
    }
    let full = WavRecorder::options().in_place().create("/dev/full", Format::default());
    assert_eq!(kind(&full.unwrap_err()), ErrorKind::StorageFull);
    assert!(Path::new("/dev/full").exists(), "a device is never removed");
    assert_eq!(names(&folder), ["file"]);
}

/// Nobody reads it, so to open it would wait for ever.
#[test]
fn a_named_pipe_is_no_file() {
    let folder = empty_folder("wav_fifo");
    let fifo = folder.join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for options in [WavRecorder::options().in_place(), WavRecorder::options().append()] {
            done.send(options.create(&fifo, Format::default()).is_err()).unwrap();
        }
    });
    for _ in 0..2 {
        assert_eq!(ended.recv_timeout(Duration::from_secs(20)), Ok(true));
    }
}

#[test]
fn reserved_room_is_given_back() {
    let folder = empty_folder("wav_reserve");
    let options = WavRecorder::options().reserve(Duration::from_secs(100));
    let mut recorder = options.create(folder.join("a.wav"), Format::default()).unwrap();
    recorder.write(&[1; 8000]).unwrap();
    recorder.flush().unwrap();
    let metadata = fs::metadata(part(&folder)).unwrap();
    assert_eq!(metadata.len(), 16_044, "what is reserved is not in the file");
    let path = recorder.finish().unwrap();
    let taken = || fs::metadata(&path).unwrap().blocks() * 512;
    assert!(taken() < 200_000);
    let options = WavRecorder::options().append().reserve(Duration::from_secs(100));
    options.create(&path, Format::default()).unwrap().discard().unwrap();
    assert!(taken() < 200_000);
    assert_eq!(fs::metadata(&path).unwrap().len(), 16_044);
}

/// A file system of its own, where this test may have one.
struct Small(PathBuf);

impl Small {
    fn mount(folder: PathBuf, size: &str) -> Option<Small> {
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "agikit-test"]).arg(&folder);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Small(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_written() {
    let Some(small) = Small::mount(empty_folder("wav_full"), "256k") else {
        eprintln!("not root: no small disk, nothing was filled");
        return;
    };
    let path = small.0.join("a.wav");
    let options = WavRecorder::options().reserve(Duration::from_secs(60));
    let error = options.create(&path, Format::default()).unwrap_err();
    assert_eq!(kind(&error), ErrorKind::StorageFull, "60 s do not fit");
    assert_eq!(names(&small.0), [""; 0]);
    let samples = noise(400_000, Format::default());
    let mut recorder = WavRecorder::create(&path, Format::default()).unwrap();
    let failed = samples.chunks(160).find_map(|frame| recorder.write(frame).err()).unwrap();
    assert_eq!(kind(&failed), ErrorKind::StorageFull);
    assert!(recorder.finish().is_err(), "the last half second does not fit");
    let kept = Sound::read(&path).unwrap().samples;
    assert!(kept.len() > 120_000, "{}", kept.len());
    assert_eq!(kept, samples[..kept.len()]);
}
