//! The allocator of short programs: whatever is asked of it, no two blocks meet and none changes by itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::alloc::{GlobalAlloc, Layout};
use std::thread;

use agikit::Arena;
use proptest::prelude::*;

/// What this test itself, its threads and proptest run on.
#[global_allocator]
static MEMORY: Arena = Arena::new();

/// A block of an arena, full of one byte.
struct Block<'a, const BYTES: usize> {
    arena: &'a Arena<BYTES>,
    memory: *mut u8,
    layout: Layout,
    byte: u8,
}

#[expect(unsafe_code, reason = "an allocator is called so")]
impl<'a, const BYTES: usize> Block<'a, BYTES> {
    /// Takes one; by `alloc_zeroed` where its byte is to be 0.
    fn new(arena: &'a Arena<BYTES>, size: usize, align: usize, byte: u8) -> Self {
        let layout = Layout::from_size_align(size, align).unwrap();
        assert!(size > 0);
        // SAFETY: the size is not zero.
        let memory = unsafe {
            match byte {
                0 => arena.alloc_zeroed(layout),
                _ => arena.alloc(layout),
            }
        };
        let block = Block { arena, memory, layout, byte };
        block.check(if byte == 0 { size } else { 0 });
        block.fill();
        block
    }

    fn fill(&self) {
        // SAFETY: the block is ours, and of this size.
        unsafe { self.memory.write_bytes(self.byte, self.layout.size()) };
    }

    /// It is aligned, and its first bytes are what they were.
    #[track_caller]
    fn check(&self, bytes: usize) {
        assert!(!self.memory.is_null());
        assert_eq!(self.memory.addr() % self.layout.align(), 0);
        // SAFETY: so many bytes were written.
        let all = unsafe { std::slice::from_raw_parts(self.memory, bytes) };
        assert!(all.iter().all(|byte| *byte == self.byte), "{:?}", self.layout);
    }

    fn resize(&mut self, size: usize) {
        let old = self.layout;
        // SAFETY: the block is the arena's, and the size not zero.
        self.memory = unsafe { self.arena.realloc(self.memory, old, size) };
        self.layout = Layout::from_size_align(size, old.align()).unwrap();
        self.check(size.min(old.size()));
        self.fill();
    }

    /// Whether it lies in the array.
    fn is_inside(&self) -> bool {
        let first = std::ptr::from_ref(self.arena).addr();
        (first..first + size_of::<Arena<BYTES>>()).contains(&self.memory.addr())
    }
}

#[expect(unsafe_code, reason = "an allocator is called so")]
impl<const BYTES: usize> Drop for Block<'_, BYTES> {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.check(self.layout.size());
        }
        // SAFETY: it is the arena's, and goes back once.
        unsafe { self.arena.dealloc(self.memory, self.layout) };
    }
}

fn used<const BYTES: usize>(arena: &Arena<BYTES>) -> String {
    format!("{arena:?}")
}

#[test]
fn the_last_block_grows_shrinks_and_goes_back_in_its_place() {
    let arena = Arena::<1024>::new();
    let mut first = Block::new(&arena, 10, 1, 1);
    let second = Block::new(&arena, 20, 1, 2);
    assert_eq!(used(&arena), "Arena { used: 48, of: 1024 }");
    drop(second);
    let place = first.memory;
    first.resize(1000);
    assert_eq!((first.memory, used(&arena)), (place, "Arena { used: 1008, of: 1024 }".into()));
    first.resize(1);
    assert_eq!((first.memory, used(&arena)), (place, "Arena { used: 16, of: 1024 }".into()));
    drop(first);
    assert_eq!(used(&arena), "Arena { used: 0, of: 1024 }");
}

#[test]
fn what_does_not_fit_is_the_systems() {
    let arena = Arena::<1024>::new();
    let mut first = Block::new(&arena, 512, 8, 1);
    let large = Block::new(&arena, 513, 8, 2);
    assert!(first.is_inside() && !large.is_inside());
    let last = Block::new(&arena, 512, 8, 3);
    assert!(last.is_inside());
    // It is not the last one, and there is no room: it moves.
    first.resize(600);
    assert!(!first.is_inside());
    first.resize(100_000);
    let none = Arena::<0>::new();
    assert!(!Block::new(&none, 1, 1, 4).is_inside());
}

#[test]
fn zeros_are_zeros_also_where_something_was() {
    let arena = Arena::<1024>::new();
    drop(Block::new(&arena, 100, 1, 7));
    let zeros = Block::new(&arena, 200, 1, 0);
    assert!(zeros.is_inside());
    drop(zeros);
    drop(Block::new(&arena, 16, 1, 9));
    drop(Block::new(&arena, 64, 64, 0));
    drop(Block::new(&arena, 5000, 4096, 0));
}

/// What is lost in the array is bounded by it: a program may run as long as it likes.
#[test]
fn a_full_array_costs_nothing_more() {
    let arena = Arena::<4096>::new();
    for _ in 0..10_000 {
        let kept = Block::new(&arena, 100, 8, 1);
        let passing = Block::new(&arena, 50, 8, 2);
        drop(kept); // not the last one: its place is lost
        drop(passing);
    }
    assert!(used(&arena).ends_with(", of: 4096 }"));
    let mut all: Vec<Vec<u8>> = Vec::new();
    for size in 0..2000 {
        all.push(vec![1; size]);
    }
    assert_eq!(all.iter().map(Vec::len).sum::<usize>(), 1999 * 1000);
    assert!(used(&MEMORY).ends_with("of: 65536 }"));
}

#[test]
fn what_has_no_size_takes_nothing() {
    let before: Vec<()> = std::iter::repeat_n((), 1000).collect();
    let boxed: Box<[u8]> = Vec::new().into();
    assert_eq!((before.len(), boxed.len()), (1000, 0));
}

#[test]
fn threads_share_it() {
    let arena = Arena::<16384>::new();
    thread::scope(|scope| {
        for thread in 1..=8_u8 {
            let arena = &arena;
            scope.spawn(move || {
                let mut held = Vec::new();
                for round in 0..3000_usize {
                    let zeros = round.is_multiple_of(3);
                    let size = 1 + round * 37 % 200;
                    held.push(Block::new(
                        arena,
                        size,
                        1 << (round % 7),
                        if zeros { 0 } else { thread },
                    ));
                    if let Some(block) = held.last_mut().filter(|_| round.is_multiple_of(5)) {
                        block.resize(1 + round % 300);
                    }
                    if held.len() > round % 11 {
                        held.swap_remove(round % held.len());
                    }
                }
            });
        }
    });
}

proptest! {
    /// Any order of taking, changing and giving back; each block is compared when it goes.
    #[test]
    fn no_two_blocks_meet(steps in prop::collection::vec((0_u8..4, 1_usize..600, 0_u32..8, any::<u8>()), 1..80)) {
        let arena = Arena::<4096>::new();
        let mut held = Vec::new();
        for (step, size, align, byte) in steps {
            match step {
                0 | 1 => held.push(Block::new(&arena, size, 1 << align, byte)),
                _ if held.is_empty() => {}
                2 => {
                    let which = usize::from(byte) % held.len();
                    held[which].resize(size);
                }
                _ => drop(held.swap_remove(usize::from(byte) % held.len())),
            }
            for block in &held {
                block.check(block.layout.size());
            }
        }
    }
}
