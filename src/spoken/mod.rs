//! Which sounds the SAY commands are made of, without playing one: for the emulator, which plays them, and for
//! scripts, which want to know what they need.

mod calendar;
mod number;
mod shipped;
mod spell;
mod tongue;

pub(crate) use calendar::{FORMAT, dated, formatted};
pub(crate) use number::{largest, number, ordinal};
pub(crate) use shipped::ships;
pub(crate) use spell::{digit, letter, named, phonetic};
pub(crate) use tongue::Tongue;
