//! Bytes with a text view: [`Text`] borrows them (a command's argument, a variable of the
//! environment), [`Value`] owns them (what a reply carried).
//!
//! Asterisk does not know encodings: a caller's name is whatever bytes the far end sent, often
//! Latin-1. So both types hold bytes, and every view as `str` is asked for by name.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::str::{FromStr, Utf8Error};

/// Borrowed bytes: what a command takes as an argument, and what [`Environment`] gives.
///
/// Commands take `impl Into<Text>`: a `&str`, `&String`, `&[u8]`, `&Path` or the [`Value`] of an
/// earlier reply.
///
/// ```
/// use agikit::Text;
///
/// assert_eq!(Text::from("1234").parse::<u32>(), Some(1234));
/// assert_eq!(Text::from(b"Jos\xe9").to_string_lossy(), "Jos\u{fffd}");
/// ```
///
/// [`Environment`]: crate::Environment
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// These bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Text(bytes)
    }

    /// The bytes as they are on the wire.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// How many bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The text, when the bytes are UTF-8.
    ///
    /// # Errors
    /// The place of the first byte that is not.
    pub const fn to_str(self) -> Result<&'a str, Utf8Error> {
        std::str::from_utf8(self.0)
    }

    /// The text, with U+FFFD for what is not UTF-8.
    #[must_use]
    pub fn to_string_lossy(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// What the text says as a number, an address or any other `FromStr`; `None` when it does not.
    #[must_use]
    pub fn parse<T: FromStr>(self) -> Option<T> {
        self.to_str().ok()?.parse().ok()
    }

    /// The bytes as a path: a file that the dialplan named.
    #[must_use]
    pub fn as_path(self) -> &'a Path {
        Path::new(OsStr::from_bytes(self.0))
    }

    /// A copy that lives on.
    #[must_use]
    pub fn to_value(self) -> Value {
        Value(self.0.to_vec())
    }
}

/// Owned bytes: the value that a reply carried.
///
/// ```
/// use agikit::Value;
///
/// let digits = Value::from("0042");
/// assert_eq!(digits, "0042");                     // digits are text: the zeros stay
/// assert_eq!(digits.parse::<u32>(), Some(42));
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(Vec<u8>);

impl Value {
    /// The bytes as they were on the wire.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A borrowed view, with everything [`Text`] offers.
    #[must_use]
    pub fn as_text(&self) -> Text<'_> {
        Text(&self.0)
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, when the bytes are UTF-8.
    ///
    /// # Errors
    /// The place of the first byte that is not.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        self.as_text().to_str()
    }

    /// The text, with U+FFFD for what is not UTF-8.
    #[must_use]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        self.as_text().to_string_lossy()
    }

    /// What the text says as a number, an address or any other `FromStr`; `None` when it does not.
    #[must_use]
    pub fn parse<T: FromStr>(&self) -> Option<T> {
        self.as_text().parse()
    }
}

/// `From` for everything that lends bytes: `$type => $how` turns a reference into a slice.
macro_rules! lends {
    ($($type:ty, $it:ident => $how:expr;)*) => {$(
        impl<'a> From<&'a $type> for Text<'a> {
            fn from($it: &'a $type) -> Self {
                Text($how)
            }
        }
    )*};
}
lends! {
    str, it => it.as_bytes();
    String, it => it.as_bytes();
    [u8], it => it;
    Vec<u8>, it => it;
    Value, it => &it.0;
    OsStr, it => it.as_bytes();
    OsString, it => it.as_bytes();
    Path, it => it.as_os_str().as_bytes();
    PathBuf, it => it.as_os_str().as_bytes();
    Cow<'_, str>, it => it.as_bytes();
}

impl<'a, const N: usize> From<&'a [u8; N]> for Text<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Text(bytes)
    }
}

impl<'a> From<&Text<'a>> for Text<'a> {
    fn from(text: &Text<'a>) -> Self {
        *text
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Value(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Value(bytes.to_vec())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value(text.into())
    }
}

/// Shows bytes as text, U+FFFD for what is not UTF-8, without allocating.
fn lossy(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        f.write_str(chunk.valid())?;
        if !chunk.invalid().is_empty() {
            f.write_str("\u{fffd}")?;
        }
    }
    Ok(())
}

/// The views that both types share.
macro_rules! shows {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            /// The text, with U+FFFD for what is not UTF-8.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                lossy(&self.0, f)
            }
        }
        impl fmt::Debug for $type {
            /// The bytes in quotes, those outside ASCII escaped.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "\"{}\"", self.0.escape_ascii())
            }
        }
        impl AsRef<[u8]> for $type {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other.as_bytes()
            }
        }
        impl PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == *other.as_bytes()
            }
        }
        impl PartialEq<[u8]> for $type {
            fn eq(&self, other: &[u8]) -> bool {
                *self.0 == *other
            }
        }
        impl PartialEq<&[u8]> for $type {
            fn eq(&self, other: &&[u8]) -> bool {
                *self.0 == **other
            }
        }
    )*};
}
shows!(Text<'_>, Value);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_any_bytes() {
        let text = Text::from(b"J\xf6rg \"x\"\0");
        assert_eq!(text.to_string(), "J\u{fffd}rg \"x\"\0");
        assert_eq!(format!("{text:?}"), r#""J\xf6rg \"x\"\x00""#);
    }

    #[test]
    fn compares_with_text_and_bytes() {
        assert_eq!(Value::from("12#"), "12#");
        assert_eq!(Text::from("12#"), b"12#"[..]);
        assert_ne!(Text::from(b"\xff"), "\u{ff}");
    }

    #[test]
    fn parses_only_what_is_said() {
        assert_eq!(Text::from("-7").parse::<i32>(), Some(-7));
        assert_eq!(Text::from("").parse::<i32>(), None);
        assert_eq!(Text::from(b"\xe9").parse::<String>(), None);
    }

    #[test]
    fn takes_paths_as_they_are() {
        let path = PathBuf::from(OsStr::from_bytes(b"/tmp/\xff"));
        assert_eq!(Text::from(&path), b"/tmp/\xff"[..]);
    }
}
