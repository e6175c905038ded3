//! Numbers as C reads them, and parts of texts.

/// What C's `%d` reads: blanks, a sign, digits; too large a number wraps. Also gives what stands behind.
pub(super) fn integer(text: &[u8]) -> Option<(i32, &[u8])> {
    let text = text.trim_ascii_start();
    let (is_negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, behind) = digits.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let size = digits.iter().fold(0_i64, |number, digit| {
        number.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    Some((wrapped(if is_negative { -size } else { size }), behind))
}

/// The lower 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "so does Asterisk")]
pub(super) fn wrapped(number: i64) -> i32 {
    number as i32
}

/// C's `atoi`.
pub(super) fn atoi(text: &[u8]) -> i32 {
    integer(text).map_or(0, |(number, _)| number)
}

/// The part of a text that `offset:length` names. A negative offset counts from the end, a negative length
/// leaves so much off the end.
pub(super) fn part<'t>(text: &'t [u8], wanted: &[u8]) -> &'t [u8] {
    let (offset, rest) = integer(wanted).unwrap_or((0, b""));
    let length = rest.strip_prefix(b":").and_then(integer).map_or(i32::MAX, |(length, _)| length);
    let size = |number: i32| usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
    let begin = match offset {
        0.. => size(offset),
        _ => text.len().saturating_sub(size(offset)),
    };
    let rest = text.get(begin..).unwrap_or_default();
    let end = match length {
        0.. => rest.len().min(size(length)),
        _ => rest.len().saturating_sub(size(length)),
    };
    rest.get(..end).unwrap_or_default()
}
