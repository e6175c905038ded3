//! What a command costs in memory: nothing, or its value and nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agikit::audio::{Audio, Format, Heard};
use agikit::{Hangup, Session, Stream};
use support::samples::{self, Sample};
use support::{ENVIRONMENT, watched};

thread_local! {
    /// How often this thread allocated; other threads' do not count.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}
/// How many bytes the program holds.
static HELD: AtomicIsize = AtomicIsize::new(0);

struct Counting;

#[expect(
    unsafe_code,
    reason = "there is no safe way to count allocations; all is passed on as it is"
)]
// SAFETY: every call goes to the system's allocator with the arguments given; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as the caller vouches.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: as the caller vouches.
        unsafe { System.dealloc(memory, layout) }
    }
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as the caller vouches.
        unsafe { System.realloc(memory, layout, size) }
    }
}

fn count(bytes: isize) {
    HELD.fetch_add(bytes, Ordering::Relaxed);
    // A thread that ends may allocate when its counter is gone.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Answers every line with one text, and allocates nothing for it.
#[derive(Clone)]
struct Parrot(Arc<Mutex<(&'static [u8], &'static [u8])>>);

impl Parrot {
    fn says(&self, text: &'static [u8]) {
        self.0.lock().unwrap().1 = text;
    }
}

impl Read for Parrot {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap().0.read(buffer)
    }
}

impl Write for Parrot {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut texts = self.0.lock().unwrap();
        texts.0 = texts.1;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Parrot {}

fn begin() -> (Parrot, Session) {
    let parrot = Parrot(Arc::new(Mutex::new((ENVIRONMENT.as_bytes(), b"200 result=0\n"))));
    let mut session = Session::begin(parrot.clone(), Hangup::new()).unwrap();
    session.noop().unwrap();
    (parrot, session)
}

fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

fn command(sample: &Sample) -> usize {
    let (parrot, mut session) = begin();
    parrot.says(format!("{}\n", sample.reply).into_bytes().leak());
    allocations(|| (sample.run)(&mut session).unwrap())
}

/// One test, so that what it reads of the program's memory is its own.
#[test]
fn what_commands_allocate() {
    watched(|| {
        for sample in &samples::ALL {
            let should = usize::from(sample.gives_text());
            assert_eq!(command(sample), should, "{}", sample.words);
        }
        assert_eq!(samples::ALL.iter().filter(|sample| sample.gives_text()).count(), 6);

        nothing_is_cheap();
        refusals();
        a_long_reply_is_given_back();
        frames();
    });
}

/// No value, or an empty one, costs nothing.
fn nothing_is_cheap() {
    for (words, reply) in [
        ("GET VARIABLE", &b"200 result=0\n"[..]),
        ("GET VARIABLE", b"200 result=1 ()\n"),
        ("DATABASE GET", b"200 result=0\n"),
        ("GET DATA", b"200 result=\n"),
        ("GET DATA", b"200 result= (timeout)\n"),
        ("SPEECH RECOGNIZE", b"200 result=1 (timeout) endpos=0\n"),
        ("SPEECH RECOGNIZE", b"200 result=1 (digit) digit=5 endpos=0\n"),
        ("GOSUB", b"100 result=0 Trying...\n200 result=0 Gosub complete\n"),
        ("WAIT FOR DIGIT", b"100 x\n200 result=49\n"),
    ] {
        let (parrot, mut session) = begin();
        parrot.says(reply);
        let run = samples::sample(words).run;
        assert_eq!(allocations(|| run(&mut session).unwrap()), 0, "{words}");
    }
}

/// An error that holds no reply costs nothing either.
fn refusals() {
    let (parrot, mut session) = begin();
    assert_eq!(allocations(|| session.set_variable("X", "a\nb").unwrap_err().use_up()), 0);
    parrot.says(b"511 Command Not Permitted on a dead channel\n");
    assert_eq!(allocations(|| session.answer().unwrap_err().use_up()), 0);
    assert_eq!(allocations(|| session.answer().unwrap_err().use_up()), 0);
}

trait UseUp {
    fn use_up(&self);
}

impl UseUp for agikit::Error {
    fn use_up(&self) {
        std::hint::black_box(self);
    }
}

/// Answers GET VARIABLE with a value of a megabyte.
struct Long(io::Cursor<Vec<u8>>);

impl Read for Long {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Long {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut coming = self.0.get_ref()[usize::try_from(self.0.position()).unwrap()..].to_vec();
        match bytes.strip_prefix(b"GET FULL VARIABLE \"") {
            Some(echo) => {
                let echo = echo.strip_suffix(b"\"\n").unwrap();
                coming.extend([b"200 result=1 (", echo, b")\n"].concat());
            }
            None if bytes.starts_with(b"GET VARIABLE") => {
                coming.extend([&b"200 result=1 ("[..], &vec![b'x'; 1_000_000], b")\n"].concat());
            }
            None => coming.extend(b"200 result=0\n"),
        }
        self.0 = io::Cursor::new(coming);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Long {}

/// After a long value, and after one past the bound, the session is as small as before.
fn a_long_reply_is_given_back() {
    let stream = Long(io::Cursor::new(ENVIRONMENT.as_bytes().to_vec()));
    let mut session = Session::begin(stream, Hangup::new()).unwrap();
    session.noop().unwrap();
    let small = HELD.load(Ordering::Relaxed);
    assert_eq!(session.get_variable("X").unwrap().unwrap().len(), 1_000_000);
    session.noop().unwrap();
    let after = HELD.load(Ordering::Relaxed) - small;
    assert!(after < 64 * 1024, "{after} bytes held after a long value");

    session.set_reply_bound(400_000);
    drop(session.get_variable("X").unwrap_err());
    session.noop().unwrap();
    let after = HELD.load(Ordering::Relaxed) - small;
    assert!(after < 64 * 1024, "{after} bytes held after one too long");
}

/// A frame costs nothing; what a backlog took is given back.
fn frames() {
    let (reader, mut writer) = io::pipe().unwrap();
    let mut audio = Audio::from_descriptor(reader, Format::default(), Hangup::new()).unwrap();
    writer.write_all(&[0; 320]).unwrap();
    assert!(audio.next_frame().unwrap().is_some()); // makes the hangup's pipe
    let small = HELD.load(Ordering::Relaxed);
    let heard = allocations(|| {
        for _ in 0..100 {
            writer.write_all(&[0; 320]).unwrap();
            assert!(audio.next_frame().unwrap().is_some());
        }
    });
    assert_eq!(heard, 0);
    writer.write_all(&[0; 320_000]).unwrap();
    while audio.frame_within(Duration::ZERO).unwrap() != Heard::Nothing {}
    assert!(audio.backlog().unwrap().is_zero());
    let after = HELD.load(Ordering::Relaxed) - small;
    assert!(after < 64 * 1024, "{after} bytes held after a backlog");
}
