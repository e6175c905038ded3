//! Numbers: `SAY NUMBER`, and those inside dates.

use super::{Sound, Sounds};
use crate::spoken::{self, Tongue};

/// What `SAY NUMBER` plays. English has no genders.
///
/// Asterisk gives up at 2147483647, and of the lowest number it says the minus only; neither is an error.
pub(in crate::emulator) fn number(number: i32) -> Vec<Sound> {
    let mut sounds = Sounds::default();
    whole(&mut sounds, number);
    sounds.all
}

pub(super) fn whole(sounds: &mut Sounds, number: i32) {
    for name in spoken::number(Tongue::English, number, None) {
        match number {
            0 => sounds.play(name),
            _ => sounds.need(name),
        }
    }
}

/// An ordinal up to 99: `first`, `twenty second`. What is missing of it is passed over.
pub(super) fn ordinal(sounds: &mut Sounds, number: u32) {
    spoken::ordinal(number).into_iter().for_each(|name| sounds.play(name));
}
