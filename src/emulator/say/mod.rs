//! What the SAY commands play in English, sound by sound, as Asterisk 16 and 22 do.
//!
//! Each function gives the sounds in their order. What happens when one of them does not exist differs: a
//! letter that has no sound is passed over, a missing part of a number or a date ends the saying with -1.

mod date;
mod number;
mod spell;

pub(super) use date::{Moment, date, datetime, time};
pub(super) use number::number;
pub(super) use spell::{Case, Sounding, alpha, digits, phonetic};

#[cfg(test)]
mod golden;

/// A sound that is to be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sound {
    /// Its name, as STREAM FILE would take it.
    pub(super) name: Vec<u8>,
    /// Whether the saying ends with -1 when there is no such sound. Others are passed over.
    pub(super) needed: bool,
}

/// Sounds, one after the other.
#[derive(Debug, Default)]
struct Sounds {
    all: Vec<Sound>,
}

impl Sounds {
    /// One that must be there.
    fn need(&mut self, name: impl Into<Vec<u8>>) {
        self.all.push(Sound { name: name.into(), needed: true });
    }

    /// One that may be missing.
    fn play(&mut self, name: impl Into<Vec<u8>>) {
        self.all.push(Sound { name: name.into(), needed: false });
    }

    /// `digits/…`, which must be there.
    fn digit(&mut self, digit: impl std::fmt::Display) {
        self.need(format!("digits/{digit}"));
    }
}
