//! The caller's audio in a replay without a process.

use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::audio::{Feed, Format, Sound};
use crate::hangup::Hangup;

/// So many frames are played at most, ten minutes: who listens for ever comes to an end.
const MOST: u32 = 30_000;

/// What the caller says, a frame as soon as the one before was read. Clones share one.
#[derive(Clone)]
pub(super) struct Voice(Arc<Mutex<Mouth>>);

struct Mouth {
    /// Gone when there is nothing more to be heard.
    feed: Option<Feed>,
    to: Option<PipeReader>,
    sound: Sound,
    /// How many frames of the sound were played.
    at: u64,
    hangup: Hangup,
}

impl Voice {
    /// Silence at first. Where the transcript tells of no audio, it is over before it begins.
    pub(super) fn new(is_told: bool, hangup: Hangup) -> io::Result<Self> {
        let (to, from) = io::pipe()?;
        let feed = is_told.then(|| Feed::new(from.into())).transpose()?;
        let sound = Sound { format: Format::default(), samples: Vec::new() };
        let mouth = Mouth { feed, to: Some(to), sound, at: 0, hangup };
        Ok(Voice(Arc::new(Mutex::new(mouth))))
    }

    fn mouth(&self) -> MutexGuard<'_, Mouth> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says this from now on.
    pub(super) fn says(&self, sound: Sound) {
        let mut mouth = self.mouth();
        (mouth.sound, mouth.at) = (sound, 0);
    }

    /// The script's end, once. From then on there is a voice.
    pub(super) fn open(&self) -> Option<OwnedFd> {
        let to = self.mouth().to.take()?;
        let voice = self.clone();
        thread::spawn(move || voice.speak());
        Some(to.into())
    }

    /// Says nothing any more.
    pub(super) fn close(&self) {
        self.mouth().feed = None;
    }

    fn speak(&self) {
        let mut left = MOST;
        let mut since = Instant::now();
        loop {
            let mut mouth = self.mouth();
            let Mouth { feed, sound, at, hangup, .. } = &mut *mouth;
            let Some(open) = feed.as_mut().filter(|_| !hangup.is_raised()) else { return };
            if open.is_taken() {
                open.send(&sound.frame(*at));
                *at += 1;
                left -= 1;
                since = Instant::now();
            }
            if left == 0 {
                *feed = None;
            }
            drop(mouth);
            // A reader who is at work takes a frame at once.
            let pause = since.elapsed() / 4;
            thread::sleep(pause.clamp(Duration::from_micros(20), Duration::from_millis(1)));
        }
    }
}
