//! Texts, character by character: `SAY DIGITS`, `SAY ALPHA`, `SAY PHONETIC`.

use super::{Sound, Sounds};
use crate::spoken;

/// Which letters are announced as `uppercase` or `lowercase`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Case {
    None,
    Lower,
    Upper,
    All,
}

impl Case {
    /// The case option of SAY ALPHA, of which the first letter counts; `None` when it is none.
    pub(in crate::emulator) fn read(option: &[u8]) -> Option<Case> {
        Some(match option.first()?.to_ascii_lowercase() {
            b'n' => Case::None,
            b'l' => Case::Lower,
            b'u' => Case::Upper,
            b'a' => Case::All,
            _ => return None,
        })
    }

    /// What announces a letter.
    fn announces(self, letter: u8) -> Option<&'static str> {
        match self {
            Case::Lower | Case::All if letter.is_ascii_lowercase() => Some("lowercase"),
            Case::Upper | Case::All if letter.is_ascii_uppercase() => Some("uppercase"),
            _ => None,
        }
    }
}

/// What spelling must know of the Asterisk that does it.
pub(in crate::emulator) struct Sounding<'s> {
    /// Whether a sound exists: what has none is passed over.
    pub(in crate::emulator) exists: &'s dyn Fn(&[u8]) -> bool,
    /// Whether it is 16, which trips over the first character: when that has no sound, or is announced as
    /// `uppercase`, it looks for a sound that nobody has.
    pub(in crate::emulator) trips: bool,
}

/// Spells a text: the sounds that a character may have, the first of which that exists is played.
fn spell(
    text: &[u8],
    with: &Sounding<'_>,
    case: Case,
    names: impl Fn(u8) -> Vec<Vec<u8>>,
) -> Vec<Sound> {
    let mut sounds = Sounds::default();
    for (at, &byte) in text.iter().enumerate() {
        let Some(name) = names(byte).into_iter().find(|name| (with.exists)(name)) else { continue };
        let word = case.announces(byte).filter(|word| (with.exists)(word.as_bytes()));
        let trips = with.trips && sounds.all.is_empty();
        match word {
            Some(word) if trips && at == 0 => {
                sounds.need([word.as_bytes(), &name].concat());
                continue;
            }
            _ if trips && at > 0 => sounds.need(""),
            _ => {}
        }
        if let Some(word) = word {
            sounds.play(word);
        }
        sounds.play(name);
    }
    sounds.all
}

/// What `SAY DIGITS` plays: other characters are passed over.
pub(in crate::emulator) fn digits(text: &[u8], with: &Sounding<'_>) -> Vec<Sound> {
    spell(text, with, Case::None, |byte| spoken::digit(byte).into_iter().collect())
}

/// What `SAY ALPHA` plays. A character without a sound of its own may have one by its code, a signed one.
pub(in crate::emulator) fn alpha(text: &[u8], case: Case, with: &Sounding<'_>) -> Vec<Sound> {
    spell(text, with, case, |byte| spoken::letter(byte).into())
}

/// What `SAY PHONETIC` plays: alfa, bravo, …; other characters are passed over.
pub(in crate::emulator) fn phonetic(text: &[u8], with: &Sounding<'_>) -> Vec<Sound> {
    spell(text, with, Case::None, |byte| vec![spoken::phonetic(byte)])
}
