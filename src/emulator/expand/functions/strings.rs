//! Texts: what is left of them, what is put in place of something.

use super::arguments::{Marks, character, characters, split, split_at};
use super::logic::truth;
use crate::emulator::expand::regex::Regex;
use crate::emulator::expand::{Expansion, scan};

pub(super) fn quote(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'"'];
    for &byte in text {
        if byte == b'"' || byte == b'\\' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
    out
}

pub(super) fn csv_quote(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'"'];
    for &byte in text {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
    out
}

/// The keys of letters; what is on no key is left out.
pub(super) fn keypad(text: &[u8]) -> Vec<u8> {
    const KEYS: &[u8; 26] = b"22233344455566677778889999";
    text.iter()
        .filter_map(|byte| match byte.to_ascii_lowercase() {
            digit @ b'0'..=b'9' => Some(digit),
            letter @ b'a'..=b'z' => KEYS.get(usize::from(letter - b'a')).copied(),
            _ => None,
        })
        .collect()
}

/// `FILTER(allowed,text)`
pub(super) fn filter(arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split_at(arguments, b',', 2, Marks::Kept);
    let [allowed, text] = parts.as_slice() else { return None };
    let mut set = [false; 256];
    let mut rest = allowed.as_slice();
    while let Some((first, length)) = character(rest) {
        rest = rest.get(length..).unwrap_or_default();
        let mut last = first;
        if let Some(behind) = rest.strip_prefix(b"-") {
            let (end, length) = character(behind).unwrap_or((first, 0));
            rest = behind.get(length..).unwrap_or_default();
            last = end;
        }
        // A range may go round: from `c` to the last, and from the first to `a`.
        let mut byte = first;
        loop {
            if let Some(place) = set.get_mut(usize::from(byte)) {
                *place = true;
            }
            if byte == last {
                break;
            }
            byte = byte.wrapping_add(1);
        }
    }
    let is_allowed = |byte: &u8| set.get(usize::from(*byte)).copied().unwrap_or_default();
    Some(text.iter().copied().filter(is_allowed).collect())
}

/// `REGEX("pattern" text)`
pub(super) fn regex(arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split_at(arguments, b'"', 3, Marks::Removed);
    let [_, pattern, text] = parts.as_slice() else { return None };
    let text = match text.first() {
        Some(b' ' | b'\t') => text.get(1..).unwrap_or_default(),
        _ => text,
    };
    Some(truth(Regex::new(pattern)?.find(text).is_some()))
}

/// `REPLACE(name,characters,character)`
pub(super) fn replace(expansion: &mut Expansion<'_>, arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split(arguments, 3);
    let (name, wanted) = (parts.first()?, characters(parts.get(1)?));
    if name.is_empty() || wanted.is_empty() {
        return None;
    }
    let with = parts.get(2).and_then(|with| character(with)).map(|(with, _)| with);
    let value = expansion.named(name);
    let replaced = value.iter().filter_map(|byte| match wanted.contains(byte) {
        true => with,
        false => Some(*byte),
    });
    Some(replaced.collect()).filter(|_| !value.is_empty())
}

/// `STRREPLACE(name,text,text,most)`
pub(super) fn replace_text(expansion: &mut Expansion<'_>, arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split(arguments, 4);
    let (name, wanted) = (parts.first()?, characters(parts.get(1)?));
    if name.is_empty() || wanted.is_empty() {
        return None;
    }
    let with = characters(parts.get(2).map_or(&b""[..], Vec::as_slice));
    let most = parts.get(3).map_or(0, |most| scan::atoi(most));
    let mut left = if most > 0 { most.unsigned_abs() } else { u32::MAX };
    let value = expansion.named(name);
    let mut out = Vec::new();
    let mut rest = value.as_slice();
    while let Some((&byte, behind)) = rest.split_first() {
        match rest.strip_prefix(wanted.as_slice()).filter(|_| left > 0) {
            Some(behind) => {
                out.extend_from_slice(&with);
                left -= 1;
                rest = behind;
            }
            None => {
                out.push(byte);
                rest = behind;
            }
        }
        if out.len() > crate::emulator::expand::LONGEST {
            break;
        }
    }
    Some(out).filter(|_| !value.is_empty())
}
