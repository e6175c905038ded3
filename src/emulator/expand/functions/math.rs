//! `MATH` and its like.

use super::arguments::split;
use crate::emulator::expand::{Scope, scan};

/// What C's `%lf` reads at the beginning of a text.
fn double(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii_start();
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let end = text.iter().take(40).position(|byte| !is_part(byte)).unwrap_or(text.len().min(40));
    // The longest beginning that is a number.
    (1..=end).rev().find_map(|end| std::str::from_utf8(text.get(..end)?).ok()?.parse().ok())
}

/// A number as `MIN` and `ABS` print it.
fn plain(number: f64) -> Vec<u8> {
    match number.fract() == 0.0 && number.abs() < 2_147_483_648.0 {
        true => format!("{number:.0}"),
        false => format!("{number:.6}"),
    }
    .into_bytes()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "so does Asterisk, and what is too large is the lowest"
)]
fn to_int(number: f64) -> i32 {
    if (-2_147_483_648.0..2_147_483_648.0).contains(&number) { number as i32 } else { i32::MIN }
}

/// The operators, in the order in which they are looked for: subtraction is the last.
const OPERATORS: [&[u8]; 12] =
    [b"*", b"/", b"%", b"^", b"AND", b"XOR", b"OR", b">", b"<", b"=", b"+", b"-"];

/// `MATH(one operator other,type)`
pub(super) fn math(arguments: &[u8]) -> Option<Vec<u8>> {
    let parts = split(arguments, 2);
    let text = parts.first()?;
    let (is_negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text.as_slice()),
    };
    let (operator, at) = OPERATORS.iter().find_map(|operator| {
        let at = text.windows(operator.len()).position(|part| part == *operator)?;
        Some((*operator, at))
    })?;
    let (one, other) = text.split_at(at);
    let other = other.get(operator.len()..).unwrap_or_default();
    // `>`, `>=`, `>>`: the next byte tells which.
    let (sign, other) = match (operator, other.first()) {
        (b">" | b"<" | b"=", Some(b'=')) => ([operator, b"="].concat(), other.get(1..)),
        (b">", Some(b'>')) | (b"<", Some(b'<')) => ([operator, operator].concat(), other.get(1..)),
        (b"=", _) => return None,
        _ => (operator.to_vec(), Some(other)),
    };
    let kind = parts.get(1).map_or(&b"f"[..], Vec::as_slice).to_ascii_lowercase();
    let one = double(one)?;
    let one = if is_negative { -one } else { one };
    let other = double(other?)?;
    let truth = |is: bool| Some(if is { b"TRUE".to_vec() } else { b"FALSE".to_vec() });
    let shift = |of: fn(i32, u32) -> i32| f64::from(of(to_int(one), to_int(other).cast_unsigned()));
    let bits = |of: fn(i32, i32) -> i32| f64::from(of(to_int(one), to_int(other)));
    let result = match sign.as_slice() {
        b"*" => one * other,
        b"/" if other == 0.0 => 0.0,
        b"/" => one / other,
        b"%" => bits(|one, other| one.checked_rem(other).unwrap_or(0)),
        b"^" => one.powf(other),
        b"AND" => bits(|one, other| one & other),
        b"XOR" => bits(|one, other| one ^ other),
        b"OR" => bits(|one, other| one | other),
        b">>" => shift(i32::wrapping_shr),
        b"<<" => shift(i32::wrapping_shl),
        b"+" => one + other,
        b"-" => one - other,
        b">" => return truth(one > other),
        b"<" => return truth(one < other),
        b">=" => return truth(one >= other),
        b"<=" => return truth(one <= other),
        _ => return truth((one - other).abs() <= f64::EPSILON),
    };
    Some(match kind.as_slice() {
        b"f" | b"float" => format!("{result:.6}").into_bytes(),
        b"i" | b"int" => to_int(result).to_string().into_bytes(),
        b"h" | b"hex" => format!("{:x}", to_int(result)).into_bytes(),
        b"c" | b"char" => vec![to_int(result).to_le_bytes().first().copied().unwrap_or_default()],
        _ => return None,
    })
}

/// `ABS(number)`
pub(super) fn absolute(arguments: &[u8]) -> Option<Vec<u8>> {
    Some(plain(double(arguments)?.abs()))
}

/// `MIN(one,other)`, `MAX(one,other)`
pub(super) fn extreme(arguments: &[u8], of: fn(f64, f64) -> f64) -> Option<Vec<u8>> {
    let parts = split(arguments, 2);
    let one = double(parts.first()?)?;
    Some(plain(match parts.get(1) {
        Some(other) => of(one, double(other)?),
        None => one,
    }))
}

/// `INC(name)`, `DEC(name)`
pub(super) fn step(scope: &mut dyn Scope, name: &[u8], by: i32) -> Option<Vec<u8>> {
    let value = scope.variable(name)?;
    let (number, _) = scan::integer(&value)?;
    let stepped = number.wrapping_add(by).to_string().into_bytes();
    scope.set_variable(name, &stepped);
    Some(stepped)
}
