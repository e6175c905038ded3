//! Lists in variables: their fields, and single ones of them.

use super::arguments::{character, characters, split};
use crate::emulator::expand::{Expansion, Scope, scan};

fn fields(value: &[u8], separator: Option<u8>) -> Vec<&[u8]> {
    match separator {
        Some(separator) => value.split(|&byte| byte == separator).collect(),
        None => vec![value],
    }
}

/// `FIELDQTY(name,separator)`
pub(super) fn count(expansion: &mut Expansion<'_>, arguments: &[u8]) -> Vec<u8> {
    let parts = split(arguments, 2);
    let count = match parts.as_slice() {
        [name, separator] => {
            // Each byte of it separates.
            let separators: Vec<u8> =
                character(separator).into_iter().map(|(byte, _)| byte).collect();
            let value = expansion.named(name);
            match value.is_empty() {
                true => 0,
                false => fields(&value, separators.first().copied()).len(),
            }
        }
        _ => 1,
    };
    count.to_string().into_bytes()
}

/// `FIELDNUM(name,separator,value)`
pub(super) fn place(expansion: &mut Expansion<'_>, arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split(arguments, 3);
    let [name, separator, wanted] = parts.as_slice() else { return None };
    let value = expansion.named(name);
    let separator = character(separator).map(|(byte, _)| byte);
    let place = fields(&value, separator).iter().position(|field| *field == wanted.as_slice());
    let number = if value.is_empty() { 0 } else { place.map_or(0, |place| place + 1) };
    Some(number.to_string().into_bytes())
}

/// `CUT(name,separator,fields)`: `2`, `1-3`, `2-`, `-2`, several with `&`. Out of order it gives nothing.
pub(super) fn cut(expansion: &mut Expansion<'_>, arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split(arguments, 3);
    let [name, separator, wanted] = parts.as_slice() else { return None };
    let separator = separator.first().copied().unwrap_or(b'-');
    let value = expansion.named(name);
    let all = fields(&value, Some(separator));
    let mut out = Vec::new();
    let mut next = 0;
    for range in wanted.split(|&byte| byte == b'&') {
        let number = |text: &[u8]| usize::try_from(scan::atoi(text)).unwrap_or_default();
        let (begin, end) = match range.iter().position(|&byte| byte == b'-') {
            Some(at) => {
                let (begin, end) = range.split_at(at);
                let end = end.get(1..).unwrap_or_default();
                let end = if end.is_empty() { all.len() } else { number(end) };
                (if begin.is_empty() { 1 } else { number(begin) }, end)
            }
            None => (number(range), number(range)),
        };
        // What has been passed cannot be had again.
        for at in begin.max(next + 1)..=end.min(all.len()) {
            let Some(field) = at.checked_sub(1).and_then(|at| all.get(at)) else { continue };
            out.push(*field);
            next = at;
        }
    }
    Some(out.join(&separator))
}

/// `LISTFILTER(name,separator,value)`
pub(super) fn without(expansion: &mut Expansion<'_>, arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split(arguments, 3);
    let [name, separator, unwanted] = parts.as_slice() else { return None };
    let separator = characters(separator).first().copied().unwrap_or(b',');
    let value = expansion.named(name);
    let mut left = fields(&value, Some(separator));
    left.retain(|field| *field != unwanted.as_slice());
    Some(left.join(&separator)).filter(|_| !value.is_empty())
}

/// `SHIFT(name,separator)` takes the first field out of a variable, `POP` the last.
pub(super) fn take(
    expansion: &mut Expansion<'_>,
    arguments: &[u8],
    first: bool,
) -> Option<Vec<u8>> {
    let parts = split(arguments, 2);
    let name = parts.first().filter(|name| !name.is_empty())?;
    let separator = parts.get(1).and_then(|it| character(it)).map_or(b',', |(byte, _)| byte);
    let value = expansion.named(name);
    if value.is_empty() {
        return None;
    }
    let is_separator = |byte: &u8| *byte == separator;
    let at = match first {
        true => value.iter().position(is_separator),
        false => value.iter().rposition(is_separator),
    };
    let (before, behind) = match at {
        Some(at) => (value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default()),
        None if first => (value.as_slice(), &b""[..]),
        None => (&b""[..], value.as_slice()),
    };
    let (taken, left) = if first { (before, behind) } else { (behind, before) };
    expansion.scope.set_variable(name, left);
    Some(taken.to_vec())
}

/// `PUSH(name,separator)` puts a field behind the others, `UNSHIFT` before them.
pub(super) fn add(scope: &mut dyn Scope, arguments: &[u8], field: &[u8], behind: bool) {
    let parts = split(arguments, 2);
    let Some(name) = parts.first().filter(|name| !name.is_empty()) else { return };
    let separator = parts.get(1).and_then(|it| character(it)).map_or(b',', |(byte, _)| byte);
    let old = scope.variable(name).filter(|old| !old.is_empty());
    let new = match old {
        None => field.to_vec(),
        Some(old) if behind => [old.as_slice(), &[separator], field].concat(),
        Some(old) => [field, &[separator], old.as_slice()].concat(),
    };
    scope.set_variable(name, &new);
}

/// `ARRAY(name,name)`: values that are missing are empty.
pub(super) fn set_all(scope: &mut dyn Scope, names: &[u8], values: &[u8]) {
    let values = split(values, 100);
    for (at, name) in split(names, 100).iter().enumerate() {
        scope.set_variable(name, values.get(at).map_or(&b""[..], Vec::as_slice));
    }
}

/// The variable that holds an entry of a hash.
fn entry(arguments: &[u8]) -> Option<Vec<u8>> {
    match split(arguments, 2).as_slice() {
        [hash, key] => Some([b"~HASH~", hash.as_slice(), b"~", key.as_slice(), b"~"].concat()),
        _ => None,
    }
}

/// `HASH(name,key)`
pub(super) fn hash(scope: &mut dyn Scope, arguments: &[u8]) -> Option<Vec<u8>> {
    Some(scope.variable(&entry(arguments)?).unwrap_or_default())
}

pub(super) fn set_hash(scope: &mut dyn Scope, arguments: &[u8], value: &[u8]) {
    if let Some(entry) = entry(arguments) {
        scope.set_variable(&entry, value);
    }
}
