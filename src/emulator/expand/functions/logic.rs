//! `IF`, `SET`, and the environment.

use super::arguments::{Marks, split_at};
use crate::emulator::expand::{Scope, scan};

pub(super) fn truth(is: bool) -> Vec<u8> {
    if is { b"1".to_vec() } else { b"0".to_vec() }
}

/// `IF(expression?yes:no)`
pub(super) fn choose(arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split_at(arguments, b'?', 2, Marks::Removed);
    let [condition, choices] = parts.as_slice() else { return None };
    let choices = split_at(choices, b':', 2, Marks::Removed);
    if condition.is_empty() || choices.is_empty() {
        return None;
    }
    let condition = condition.trim_ascii();
    let is_true = match scan::integer(condition) {
        Some((number, _)) => number != 0,
        None => !condition.is_empty(),
    };
    let choice = choices.get(usize::from(!is_true));
    Some(choice.map_or(Vec::new(), |choice| choice.trim_ascii().to_vec()))
}

/// `SET(name=value)`
pub(super) fn set(scope: &mut dyn Scope, arguments: &[u8]) -> Option<Vec<u8>> {
    let at = arguments.iter().position(|&byte| byte == b'=')?;
    let (name, value) = arguments.split_at(at);
    let (name, value) = (name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii());
    if name.is_empty() {
        return None;
    }
    scope.set_variable(name, value);
    Some(value.to_vec())
}

/// `ENV(name)`, of this process.
pub(super) fn environment(name: &[u8]) -> Vec<u8> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    // Such a name is none, and would be refused by a panic.
    if name.is_empty() || name.contains(&0) || name.contains(&b'=') {
        return Vec::new();
    }
    std::env::var_os(std::ffi::OsStr::from_bytes(name))
        .map(OsStringExt::into_vec)
        .unwrap_or_default()
}
