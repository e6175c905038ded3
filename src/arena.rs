//! Memory for a process that lives as long as one call: an array in the program, and the system's allocator behind it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::fmt;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// Every block begins at a multiple of so many bytes, and the array is counted in them.
const UNIT: usize = 16;

/// An allocator for programs that Asterisk starts for each call: it hands out an array that is part of the program, and
/// asks the system only when that is full.
///
/// ```
/// #[global_allocator]
/// static MEMORY: agikit::Arena = agikit::Arena::new();
/// # fn main() { assert_eq!(vec![1; 1000].len(), 1000); }
/// ```
///
/// A system's allocator begins by asking the kernel for memory, which is most of what a small script does at its start:
/// eight system calls and as many page faults, a tenth of a whole call's time. The array costs nothing until it is touched.
///
/// # For how long a program it is fit
/// For any. Blocks are cut off the array's front, one behind the other; the last one grows, shrinks and goes back in
/// its place, and the others are not used again. So what is never used again is bounded by the array, 64 KiB where the
/// program says no other number. All beyond comes from the system's allocator and goes back to it: a script that runs for
/// hours, or a server, neither grows nor slows down. A server gains nothing by it, either.
///
/// It may be used by all threads, and in a program that starts others.
pub struct Arena<const BYTES: usize = 65_536> {
    /// A `State`, in one word so that both numbers change at once.
    state: AtomicU32,
    memory: Memory<BYTES>,
}

/// Aligned as its blocks are.
#[repr(align(16))]
struct Memory<const BYTES: usize>(UnsafeCell<[u8; BYTES]>);

/// How far the array is handed out, in units.
#[derive(Clone, Copy)]
struct State {
    /// At most: behind it the array is as it was in the beginning, zeros.
    ever: u16,
    /// Now.
    now: u16,
}

impl State {
    fn of(word: u32) -> Self {
        let [a, b, c, d] = word.to_ne_bytes();
        State { ever: u16::from_ne_bytes([a, b]), now: u16::from_ne_bytes([c, d]) }
    }

    fn word(self) -> u32 {
        let ([a, b], [c, d]) = (self.ever.to_ne_bytes(), self.now.to_ne_bytes());
        u32::from_ne_bytes([a, b, c, d])
    }

    /// The same with another end.
    fn up_to(self, now: u16) -> Self {
        State { ever: self.ever.max(now), now }
    }
}

impl<const BYTES: usize> Arena<BYTES> {
    /// How much of it there is, in units.
    const UNITS: u16 = {
        assert!(BYTES.is_multiple_of(UNIT), "an arena has a multiple of 16 bytes");
        assert!(BYTES / UNIT <= u16::MAX as usize, "an arena has at most 1,048,560 bytes");
        #[expect(clippy::cast_possible_truncation, reason = "it was compared above")]
        let units = (BYTES / UNIT) as u16;
        units
    };

    /// An array that nobody has touched.
    #[must_use]
    pub const fn new() -> Self {
        Arena { state: AtomicU32::new(0), memory: Memory(UnsafeCell::new([0; BYTES])) }
    }

    /// The array's first byte.
    fn first(&self) -> *mut u8 {
        self.memory.0.get().cast()
    }

    fn state(&self) -> State {
        State::of(self.state.load(Ordering::Acquire))
    }

    /// Goes from one state to another, if nobody was faster. Who takes a block that was given back sees all that was done
    /// to it before.
    fn replace(&self, old: State, new: State) -> bool {
        let (old, new) = (old.word(), new.word());
        self.state.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Takes a block: its place in bytes, and from where on it is zeros already. `None`: there is no room.
    fn take(&self, layout: Layout) -> Option<(usize, usize)> {
        loop {
            let state = self.state();
            let free = usize::from(state.now) * UNIT;
            let padding =
                self.first().addr().wrapping_add(free).wrapping_neg() & (layout.align() - 1);
            let begin = free.checked_add(padding)?;
            let end = units(begin.checked_add(layout.size())?).filter(|end| *end <= Self::UNITS)?;
            if self.replace(state, state.up_to(end)) {
                return Some((begin, usize::from(state.ever) * UNIT));
            }
        }
    }

    /// A block's place, if it is one of ours.
    fn place(&self, block: *mut u8) -> Option<usize> {
        let place = block.addr().wrapping_sub(self.first().addr());
        (place < BYTES).then_some(place)
    }

    /// Moves the end of a block, if it is the last one: to `place` itself gives it back.
    fn move_end(&self, place: usize, old: usize, new: usize) -> bool {
        let ends =
            place.checked_add(old).and_then(units).zip(place.checked_add(new).and_then(units));
        let Some((old, new)) = ends.filter(|(_, new)| *new <= Self::UNITS) else { return false };
        loop {
            let state = self.state();
            if state.now != old {
                return false;
            }
            if self.replace(state, state.up_to(new)) {
                return true;
            }
        }
    }
}

/// How many units hold so many bytes.
fn units(bytes: usize) -> Option<u16> {
    u16::try_from(bytes.div_ceil(UNIT)).ok()
}

#[expect(unsafe_code, reason = "an allocator hands out memory, which no safe code does")]
// SAFETY: `replace` gives each unit of the array to one block at a time, as only a block that was given back leaves its
// place, and what a block's bytes are is touched by its holder alone.
unsafe impl<const BYTES: usize> Sync for Arena<BYTES> {}

#[expect(unsafe_code, reason = "an allocator hands out memory, which no safe code does")]
// SAFETY: A block is either the system's, from its allocator and given back to that, or a part of the array: aligned as
// asked, of its size at least, inside the array, and nobody else's, since `take` goes on behind it until it has come back. A
// block keeps its place until it is given back, since the array does, as long as it is a static. Nothing here unwinds. (A
// copy of each in every place that allocates would make programs 80 KB larger.)
unsafe impl<const BYTES: usize> GlobalAlloc for Arena<BYTES> {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match self.take(layout) {
            // SAFETY: `take` gives places inside the array.
            Some((place, _)) => unsafe { self.first().add(place) },
            // SAFETY: as the caller vouches.
            None => unsafe { System.alloc(layout) },
        }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some((place, clean)) = self.take(layout) else {
            // SAFETY: as the caller vouches.
            return unsafe { System.alloc_zeroed(layout) };
        };
        let used = clean.saturating_sub(place).min(layout.size());
        // SAFETY: the block begins inside the array, and its first `used` bytes are no more than its own.
        unsafe {
            let block = self.first().add(place);
            // The rest was never anybody's: writing there would only touch it.
            ptr::write_bytes(block, 0, used);
            block
        }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.place(block) {
            Some(place) => _ = self.move_end(place, layout.size(), 0),
            // SAFETY: it is none of ours, so it came from there.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(place) = self.place(block) else {
            // SAFETY: it is none of ours, so it came from there; the rest is as the caller vouches.
            return unsafe { System.realloc(block, layout, size) };
        };
        if self.move_end(place, layout.size(), size) || size <= layout.size() {
            return block;
        }
        // SAFETY: the caller vouches for the size with this alignment, and that the block holds what its layout says; the
        // new block is another one, and larger.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size());
                self.dealloc(block, layout);
            }
            new
        }
    }
}

impl<const BYTES: usize> Default for Arena<BYTES> {
    fn default() -> Self {
        Arena::new()
    }
}

impl<const BYTES: usize> fmt::Debug for Arena<BYTES> {
    /// How many bytes are handed out, and of how many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = usize::from(self.state().now) * UNIT;
        f.debug_struct("Arena").field("used", &used).field("of", &BYTES).finish()
    }
}
