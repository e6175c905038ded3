//! Dialplan functions that need no channel, as they are in Asterisk's modules `func_strings`, `func_logic`,
//! `func_math`, `func_uri`, `func_cut` and `func_env`.
//!
//! Not here: random numbers, digests, files, the shell, SPRINTF, STRPTIME, IFTIME, BASE64.

use crate::emulator::expand::{Expansion, Scope};

mod arguments;
mod base64;
mod lists;
mod logic;
mod math;
mod strings;
mod times;
mod uri;

/// Reads a function; `None` when it fails, or is not known.
pub(super) fn read(
    expansion: &mut Expansion<'_>,
    name: &[u8],
    arguments: &[u8],
) -> Option<Vec<u8>> {
    let scope = &mut *expansion.scope;
    match name {
        b"LEN" => Some(arguments.len().to_string().into_bytes()),
        b"TOUPPER" => Some(arguments.to_ascii_uppercase()),
        b"TOLOWER" => Some(arguments.to_ascii_lowercase()),
        b"PASSTHRU" => Some(arguments.to_vec()).filter(|it| !it.is_empty()),
        b"EVAL" => Some(expansion.text(arguments)),
        b"QUOTE" => Some(strings::quote(arguments)),
        b"CSV_QUOTE" => Some(strings::csv_quote(arguments)),
        b"KEYPADHASH" => Some(strings::keypad(arguments)),
        b"FILTER" => strings::filter(arguments),
        b"REGEX" => strings::regex(arguments),
        b"ISNULL" => Some(logic::truth(arguments.is_empty())),
        b"EXISTS" => Some(logic::truth(!arguments.is_empty())),
        b"IF" => logic::choose(arguments),
        b"SET" => logic::set(scope, arguments),
        b"ENV" => Some(logic::environment(arguments)),
        b"MATH" => math::math(arguments),
        b"ABS" => math::absolute(arguments),
        b"MIN" => math::extreme(arguments, f64::min),
        b"MAX" => math::extreme(arguments, f64::max),
        b"INC" => math::step(scope, arguments, 1),
        b"DEC" => math::step(scope, arguments, -1),
        b"BASE64_ENCODE" => Some(base64::encode(arguments)),
        b"BASE64_DECODE" => Some(base64::decode(arguments)),
        b"URIENCODE" => Some(uri::encode(arguments)),
        b"URIDECODE" => Some(uri::decode(arguments)),
        b"STRFTIME" => Some(times::strftime(scope.epoch(), arguments)),
        b"HASH" => lists::hash(scope, arguments),
        b"FIELDQTY" => Some(lists::count(expansion, arguments)),
        b"FIELDNUM" => lists::place(expansion, arguments),
        b"CUT" => lists::cut(expansion, arguments),
        b"LISTFILTER" => lists::without(expansion, arguments),
        b"REPLACE" => strings::replace(expansion, arguments),
        b"STRREPLACE" => strings::replace_text(expansion, arguments),
        b"SHIFT" | b"POP" => lists::take(expansion, arguments, name == b"SHIFT"),
        _ => None,
    }
}

/// Writes a function: `ARRAY`, `HASH`, `PUSH`, `UNSHIFT`. Gives whether it is one of these.
pub(in crate::emulator) fn write(
    scope: &mut dyn Scope,
    name: &[u8],
    arguments: &[u8],
    value: &[u8],
) -> bool {
    match name {
        b"ARRAY" => lists::set_all(scope, arguments, value),
        b"HASH" => lists::set_hash(scope, arguments, value),
        b"PUSH" | b"UNSHIFT" => lists::add(scope, arguments, value, name == b"PUSH"),
        _ => return false,
    }
    true
}

/// Whether an expression may call it: to some, Asterisk has no way from there.
pub(super) fn is_for_expressions(name: &[u8]) -> bool {
    ![&b"PASSTHRU"[..], b"REPLACE", b"STRREPLACE", b"SHIFT", b"POP"].contains(&name)
}

impl Expansion<'_> {
    /// The value of a variable that a function names, which may be a function itself.
    fn named(&mut self, name: &[u8]) -> Vec<u8> {
        self.text(&[b"${", name, b"}"].concat())
    }
}
