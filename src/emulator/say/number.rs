//! Numbers: `SAY NUMBER`, and those inside dates.

use super::{Sound, Sounds};

/// What `SAY NUMBER` plays. English has no genders.
///
/// Asterisk gives up at 2147483647, and of the lowest number it says the minus only; neither is an error.
pub(in crate::emulator) fn number(number: i32) -> Vec<Sound> {
    let mut sounds = Sounds::default();
    whole(&mut sounds, number);
    sounds.all
}

pub(super) fn whole(sounds: &mut Sounds, number: i32) {
    if number == 0 {
        return sounds.play("digits/0");
    }
    if number < 0 {
        sounds.digit("minus");
    }
    match number.unsigned_abs() {
        0x7fff_ffff.. => {}
        number => positive(sounds, number),
    }
}

fn positive(sounds: &mut Sounds, number: u32) {
    let groups =
        [(1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"), (100, "hundred")];
    let mut rest = number;
    for (size, name) in groups {
        if rest >= size {
            positive(sounds, rest / size);
            sounds.digit(name);
            rest %= size;
        }
    }
    if rest >= 20 {
        sounds.digit(rest / 10 * 10);
        rest %= 10;
    }
    if rest > 0 {
        sounds.digit(rest);
    }
}

/// An ordinal up to 99: `first`, `twenty second`. What is missing of it is passed over.
pub(super) fn ordinal(sounds: &mut Sounds, number: u32) {
    let rest = number % 10;
    if number <= 20 || rest == 0 {
        sounds.play(format!("digits/h-{number}"));
    } else {
        sounds.play(format!("digits/{}", number - rest));
        sounds.play(format!("digits/h-{rest}"));
    }
}
