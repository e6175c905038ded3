//! The arguments of a function, taken apart as Asterisk does.

/// What becomes of quotes and backslashes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    Removed,
    Kept,
}

/// Arguments at commas, at most so many: the last one is what is left, as it stands. Commas in parentheses, in
/// brackets and in quotes separate nothing.
pub(super) fn split(text: &[u8], most: usize) -> Vec<Vec<u8>> {
    split_at(text, b',', most, Marks::Removed)
}

pub(super) fn split_at(text: &[u8], separator: u8, most: usize, marks: Marks) -> Vec<Vec<u8>> {
    let mut arguments = Vec::new();
    let mut rest = text;
    let mut follows = false;
    while !rest.is_empty() && arguments.len() + 1 < most {
        let (argument, behind) = first(rest, separator, marks);
        arguments.push(argument);
        follows = behind.is_some();
        rest = behind.unwrap_or_default();
    }
    if !rest.is_empty() || follows {
        arguments.push(rest.to_vec());
    }
    arguments
}

/// The first argument, and what stands behind its separator.
fn first(text: &[u8], separator: u8, marks: Marks) -> (Vec<u8>, Option<&[u8]>) {
    let mut argument = Vec::new();
    let (mut parentheses, mut brackets, mut quoted) = (0_u32, 0_u32, false);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'(' => parentheses += 1,
            b')' => parentheses = parentheses.saturating_sub(1),
            b'[' if separator != b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'"' if separator != b'"' => {
                quoted = !quoted;
                if marks == Marks::Removed {
                    at += 1;
                    continue;
                }
            }
            b'\\' => {
                if marks == Marks::Kept {
                    argument.push(byte);
                }
                at += 1;
                argument.extend(text.get(at));
                at += 1;
                continue;
            }
            _ if byte == separator && parentheses == 0 && brackets == 0 && !quoted => {
                return (argument, text.get(at + 1..));
            }
            _ => {}
        }
        argument.push(byte);
        at += 1;
    }
    (argument, None)
}

/// The first character of a text, which may be written `\n`, `\x2c` or `\054`, and how long that is.
pub(super) fn character(text: &[u8]) -> Option<(u8, usize)> {
    let (&first, rest) = text.split_first()?;
    if first != b'\\' {
        return Some((first, 1));
    }
    let Some((&second, rest)) = rest.split_first() else { return Some((b'\\', 1)) };
    let code = |radix: u32, most: usize| {
        let digits = rest.iter().take(most).map_while(|&byte| char::from(byte).to_digit(radix));
        let (number, count) =
            digits.fold((0, 0), |(number, count), digit| (number * radix + digit, count + 1));
        (u8::try_from(number & 0xff).unwrap_or_default(), 2 + count)
    };
    Some(match second {
        b'n' => (b'\n', 2),
        b'r' => (b'\r', 2),
        b't' => (b'\t', 2),
        b'x' | b'X' => code(16, 2),
        b'0' => code(8, 3),
        other => (other, 2),
    })
}

/// All characters of a text.
pub(super) fn characters(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((byte, length)) = character(rest) {
        out.push(byte);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}
