//! One argument of a command line, with the type that Asterisk reads it as.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::Fault;
use crate::text::Text;

/// How long a command waits: a [`Duration`], or [`Timeout::FOREVER`].
///
/// Commands take `impl Into<Timeout>`, so a `Duration` is enough. Time is sent in the command's own
/// unit, rounded up: half a millisecond is one, never none.
///
/// ```
/// use agikit::{Timeout, WaitForDigit};
/// use std::time::Duration;
///
/// let soon = WaitForDigit::new(Duration::from_secs(5));   // WAIT FOR DIGIT 5000
/// let some_day = WaitForDigit::new(Timeout::FOREVER);     // WAIT FOR DIGIT -1
/// # let _ = (soon, some_day);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout(Option<Duration>);

impl Timeout {
    /// Until it happens, or the call ends.
    pub const FOREVER: Timeout = Timeout(None);

    /// The time, `None` for [`FOREVER`](Timeout::FOREVER).
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        self.0
    }
}

impl From<Duration> for Timeout {
    fn from(time: Duration) -> Self {
        Timeout(Some(time))
    }
}

/// An argument as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Word<'a> {
    /// Any bytes but CR, LF and NUL, quoted.
    Text(Text<'a>),
    /// Like `Text`, but not empty.
    Filled(Text<'a>),
    /// Like `Text`, for what Asterisk keeps in a buffer of this many bytes.
    Short(Text<'a>, u16),
    /// A keyword of the command, bare: as it stands.
    Bare(&'static str),
    /// A number, bare.
    Number(i64),
    /// A number that Asterisk reads as 32 bits with a sign, bare.
    Count(u32),
    /// A number within what Asterisk accepts, bare.
    Within(u16, u16, u16),
    /// Keys of a telephone, quoted: `"12*#"`.
    Keys(Text<'a>),
    /// One key, quoted; Asterisk's own where there is none: `""`.
    Key(Option<char>),
    /// Milliseconds, or -1 for ever.
    Millis(Timeout),
    /// Milliseconds, or -1 for ever; zero is refused, since Asterisk takes it for its default.
    SomeMillis(Timeout),
    /// Whole seconds, or 0 for ever; zero is refused.
    SomeSeconds(Timeout),
    /// RECORD FILE's seconds of silence: `s=3`; zero is refused.
    Silence(Duration),
    /// Seconds with up to three decimals, 0 allowed: `1.5`.
    Fraction(Duration),
    /// Seconds since 1970 in 32 bits.
    ShortTime(SystemTime),
    /// Seconds since 1970 in 64 bits.
    Time(SystemTime),
}

impl Word<'_> {
    /// Appends the word as it stands on the line.
    pub(super) fn write(&self, line: &mut Vec<u8>) -> Result<(), Fault> {
        match *self {
            Word::Text(text) => quote(line, text.as_bytes()),
            Word::Filled(text) if text.is_empty() => Err(Fault::Empty),
            Word::Filled(text) => quote(line, text.as_bytes()),
            Word::Short(text, most) if text.len() > usize::from(most) => Err(Fault::TooLong(most)),
            Word::Short(text, _) => quote(line, text.as_bytes()),
            Word::Bare(word) => {
                line.extend_from_slice(word.as_bytes());
                Ok(())
            }
            Word::Number(number) => number_to(line, number),
            Word::Count(number) => match i32::try_from(number) {
                Ok(number) => number_to(line, number.into()),
                Err(_) => Err(Fault::TooLate),
            },
            Word::Within(number, least, most) if number < least || number > most => {
                Err(Fault::OutOfRange { least, most })
            }
            Word::Within(number, ..) => number_to(line, number.into()),
            Word::Keys(keys) if !keys.as_bytes().iter().all(|&key| is_key(key)) => {
                Err(Fault::NotKeys)
            }
            Word::Keys(keys) => quote(line, keys.as_bytes()),
            Word::Key(None) => quote(line, b""),
            Word::Key(Some(key)) => match u8::try_from(key) {
                Ok(key) if is_key(key) => quote(line, &[key]),
                _ => Err(Fault::NotKeys),
            },
            Word::Millis(timeout) => number_to(line, millis(timeout)?),
            Word::SomeMillis(timeout) => match millis(timeout)? {
                0 => Err(Fault::Zero),
                some => number_to(line, some),
            },
            Word::SomeSeconds(Timeout(None)) => number_to(line, 0),
            Word::SomeSeconds(Timeout(Some(time))) => {
                let whole = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
                match i32::try_from(whole) {
                    Ok(0) => Err(Fault::Zero),
                    Ok(some) => number_to(line, some.into()),
                    Err(_) => Err(Fault::TooLate),
                }
            }
            Word::Silence(time) => {
                line.extend_from_slice(b"s=");
                Word::SomeSeconds(time.into()).write(line)
            }
            Word::Fraction(time) => fraction_to(line, time),
            Word::ShortTime(time) => match i32::try_from(epoch(time)?) {
                Ok(seconds) => number_to(line, seconds.into()),
                Err(_) => Err(Fault::TooLate),
            },
            Word::Time(time) => number_to(line, epoch(time)?),
        }
    }
}

/// The keys that a telephone can send.
pub(crate) fn is_key(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D')
}

/// Appends bytes in quotes. `\` stands before `"` and `\` only: before anything else Asterisk would
/// drop it all the same (`parse_args`), there is no `\n`.
fn quote(line: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Fault> {
    line.push(b'"');
    escape_to(line, bytes)?;
    line.push(b'"');
    Ok(())
}

/// Appends what stands between the quotes.
pub(super) fn escape_to(line: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Fault> {
    for &byte in bytes {
        match byte {
            b'\n' => return Err(Fault::LineFeed),
            b'\r' => return Err(Fault::CarriageReturn),
            0 => return Err(Fault::Nul),
            b'"' | b'\\' => line.extend_from_slice(&[b'\\', byte]),
            _ => line.push(byte),
        }
    }
    Ok(())
}

/// Milliseconds for a `%d`, rounded up.
fn millis(timeout: Timeout) -> Result<i64, Fault> {
    let Some(time) = timeout.0 else { return Ok(-1) };
    let up = time.as_nanos().div_ceil(1_000_000);
    i32::try_from(up).map(i64::from).map_err(|_| Fault::TooLate)
}

/// Seconds since 1970, negative before.
fn epoch(time: SystemTime) -> Result<i64, Fault> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).map_err(|_| Fault::TooLate),
        Err(before) => {
            let before = before.duration();
            let up = before.as_secs() + u64::from(before.subsec_nanos() > 0);
            i64::try_from(up).map(|up| -up).map_err(|_| Fault::TooLate)
        }
    }
}

/// Decimal digits, without the formatting machinery: a script's start is a matter of microseconds.
fn number_to(line: &mut Vec<u8>, number: i64) -> Result<(), Fault> {
    if number < 0 {
        line.push(b'-');
    }
    let start = line.len();
    let mut rest = number.unsigned_abs();
    loop {
        // A digit is below ten, so nothing is cut.
        line.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    line.get_mut(start..).unwrap_or_default().reverse();
    Ok(())
}

/// Seconds with the milliseconds, rounded up, behind a point, where there are any.
fn fraction_to(line: &mut Vec<u8>, time: Duration) -> Result<(), Fault> {
    let up = time.as_nanos().div_ceil(1_000_000);
    let seconds = u32::try_from(up / 1000).map_err(|_| Fault::TooLate)?;
    number_to(line, seconds.into())?;
    let millis = up % 1000;
    if millis > 0 {
        // Below a thousand, so nothing is cut; 1000 + millis gives three digits with leading zeros; the 1
        // becomes the point.
        let point = line.len();
        number_to(line, 1000 + millis as i64)?;
        if let Some(byte) = line.get_mut(point) {
            *byte = b'.';
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(word: Word<'_>) -> Result<String, Fault> {
        let mut line = Vec::new();
        word.write(&mut line)?;
        Ok(String::from_utf8(line).unwrap())
    }

    #[test]
    fn quotes_what_would_end_a_word() {
        assert_eq!(written(Word::Text("a \"b\" \\c".into())).unwrap(), r#""a \"b\" \\c""#);
        assert_eq!(written(Word::Text("".into())).unwrap(), r#""""#);
        assert_eq!(written(Word::Text("a\nANSWER".into())), Err(Fault::LineFeed));
        assert_eq!(written(Word::Text("a\r".into())), Err(Fault::CarriageReturn));
        assert_eq!(written(Word::Text("\0".into())), Err(Fault::Nul));
    }

    #[test]
    fn short_texts_are_so_long_at_most() {
        assert_eq!(written(Word::Short("four".into(), 4)).unwrap(), r#""four""#);
        assert_eq!(written(Word::Short("fives".into(), 4)), Err(Fault::TooLong(4)));
    }

    #[test]
    fn writes_every_number() {
        for number in [0, 7, -1, 1234567890, i64::MIN, i64::MAX] {
            assert_eq!(written(Word::Number(number)).unwrap(), number.to_string());
        }
    }

    #[test]
    fn rounds_time_up_and_keeps_to_32_bits() {
        let millis = |time| written(Word::Millis(Timeout::from(time)));
        assert_eq!(millis(Duration::from_micros(1)).unwrap(), "1");
        assert_eq!(millis(Duration::ZERO).unwrap(), "0");
        assert_eq!(millis(Duration::from_millis(i32::MAX as u64)).unwrap(), "2147483647");
        assert_eq!(millis(Duration::from_millis(1 << 31)), Err(Fault::TooLate));
        assert_eq!(millis(Duration::MAX), Err(Fault::TooLate));
        assert_eq!(written(Word::Millis(Timeout::FOREVER)).unwrap(), "-1");
        assert_eq!(written(Word::SomeMillis(Duration::ZERO.into())), Err(Fault::Zero));
        assert_eq!(written(Word::SomeSeconds(Duration::from_millis(1200).into())).unwrap(), "2");
        assert_eq!(written(Word::SomeSeconds(Timeout::FOREVER)).unwrap(), "0");
        assert_eq!(written(Word::Fraction(Duration::from_millis(1050))).unwrap(), "1.050");
        assert_eq!(written(Word::Fraction(Duration::from_secs(9))).unwrap(), "9");
        assert_eq!(written(Word::Fraction(Duration::from_nanos(1))).unwrap(), "0.001");
        assert_eq!(written(Word::Fraction(Duration::from_micros(1_999_001))).unwrap(), "2");
    }

    #[test]
    fn tells_times_before_and_after_the_epoch() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(written(Word::ShortTime(at(1 << 31))), Err(Fault::TooLate));
        assert_eq!(written(Word::Time(at(1 << 31))).unwrap(), "2147483648");
        let before = UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(written(Word::ShortTime(before)).unwrap(), "-2");
        let whole = UNIX_EPOCH - Duration::from_secs(5);
        assert_eq!(written(Word::Time(whole)).unwrap(), "-5");
    }

    #[test]
    fn knows_the_keys() {
        assert_eq!(written(Word::Keys("19*#AD".into())).unwrap(), r#""19*#AD""#);
        assert_eq!(written(Word::Keys("1a".into())), Err(Fault::NotKeys));
        assert_eq!(written(Word::Key(Some('\u{131}'))), Err(Fault::NotKeys));
        assert_eq!(written(Word::Key(None)).unwrap(), r#""""#);
        assert_eq!(written(Word::Within(0, 1, 9)), Err(Fault::OutOfRange { least: 1, most: 9 }));
    }
}
