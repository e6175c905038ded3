//! Arguments that have rules of their own: an application's, and a priority.

use crate::error::Fault;
use crate::text::{Text, Value};
use crate::wire::Line;

/// The arguments of a dialplan application, or of a GOSUB routine.
///
/// A text is taken as it would stand in `extensions.conf`, its commas separating: `"PJSIP/bob,30,tT"`.
/// A list is one argument an element, and a comma, a quote, a backslash or a bracket inside an element
/// separates nothing. Use a list for what you do not control, such as what a caller dialled.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session, who: &str) -> agikit::Result {
/// agi.exec("Dial", "PJSIP/bob,30,tT")?;
/// agi.exec("SendText", &[who])?;                // a comma in it stays a comma
/// # Ok(()) }
/// ```
///
/// # Limits
/// These are the rules of Asterisk's standard argument parser (`ast_app_separate_args`), which comes
/// after AGI's own splitting and which most applications use. What an application does with its
/// arguments beyond it (the `&` and `^` of Dial) is not touched. The parser does not clean the last argument
/// that an application declares, and some do not use it (Set, MSet, Gosub, NoOp, System): there the
/// backslashes stay. Give those a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arguments<'a> {
    /// As in the dialplan.
    Verbatim(Text<'a>),
    /// One argument an element.
    List(&'a [&'a str]),
    /// The same, of texts made meanwhile.
    Strings(&'a [String]),
    /// The same, as bytes.
    Bytes(&'a [Text<'a>]),
}

/// What the standard parser would not leave as it is.
fn is_special(byte: u8) -> bool {
    matches!(byte, b',' | b'"' | b'\\' | b'(' | b')' | b'[' | b']')
}

impl<'a> Arguments<'a> {
    /// Writes them as the one word that EXEC passes on; nothing for none.
    pub(super) fn write_to<'l, 'b>(self, line: &'l mut Line<'b>) -> &'l mut Line<'b> {
        match self {
            Arguments::Verbatim(text) if text.is_empty() => line,
            Arguments::List([]) | Arguments::Strings([]) | Arguments::Bytes([]) => line,
            Arguments::Verbatim(text) => line.text("arguments", text),
            Arguments::List(list) => {
                line.parts("arguments", list.iter().map(|&it| Text::from(it)), b',', is_special)
            }
            Arguments::Strings(list) => {
                line.parts("arguments", list.iter().map(Text::from), b',', is_special)
            }
            Arguments::Bytes(list) => {
                line.parts("arguments", list.iter().copied(), b',', is_special)
            }
        }
    }

    /// Writes them for GOSUB, which splits raw: an element that would need protection is refused.
    pub(super) fn write_raw_to<'l, 'b>(self, line: &'l mut Line<'b>) -> &'l mut Line<'b> {
        let splits = |text: Text<'_>| text.as_bytes().iter().any(|&byte| is_special(byte));
        let refused = match self {
            Arguments::Verbatim(_) => false,
            Arguments::List(list) => list.iter().any(|&it| splits(it.into())),
            Arguments::Strings(list) => list.iter().any(|it| splits(it.into())),
            Arguments::Bytes(list) => list.iter().any(|&it| splits(it)),
        };
        if refused {
            return line.refuse("arguments", Fault::Separator);
        }
        self.write_to(line)
    }
}

/// `$type => $variant`: what a reference to it becomes.
macro_rules! lends {
    ($($type:ty => $variant:ident,)*) => {$(
        impl<'a> From<&'a $type> for Arguments<'a> {
            fn from(arguments: &'a $type) -> Self {
                Arguments::$variant(arguments.into())
            }
        }
    )*};
}
lends! {
    str => Verbatim,
    String => Verbatim,
    [u8] => Verbatim,
    Vec<u8> => Verbatim,
    Value => Verbatim,
    Text<'a> => Verbatim,
    [&'a str] => List,
    [String] => Strings,
    [Text<'a>] => Bytes,
}

impl From<()> for Arguments<'_> {
    /// None: `agi.exec("Answer", ())`.
    fn from((): ()) -> Self {
        Arguments::List(&[])
    }
}

impl<'a> From<&'a Vec<&'a str>> for Arguments<'a> {
    fn from(arguments: &'a Vec<&'a str>) -> Self {
        Arguments::List(arguments)
    }
}

impl<'a> From<&'a Vec<String>> for Arguments<'a> {
    fn from(arguments: &'a Vec<String>) -> Self {
        Arguments::Strings(arguments)
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Arguments<'a> {
    fn from(arguments: &'a [&'a str; N]) -> Self {
        Arguments::List(arguments)
    }
}

impl<'a, const N: usize> From<&'a [Text<'a>; N]> for Arguments<'a> {
    fn from(arguments: &'a [Text<'a>; N]) -> Self {
        Arguments::Bytes(arguments)
    }
}

/// A priority of the dialplan: its number, or its label.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// agi.set_priority(1)?;
/// agi.set_priority("again")?;                      // same => n(again),…
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority<'a> {
    /// `1` to `65535`.
    Number(u32),
    /// A label: `same => n(again),…`
    Label(Text<'a>),
}

impl<'a> From<Text<'a>> for Priority<'a> {
    fn from(label: Text<'a>) -> Self {
        Priority::Label(label)
    }
}

impl<'a> From<&'a String> for Priority<'a> {
    fn from(label: &'a String) -> Self {
        Priority::Label(label.into())
    }
}

impl<'a> From<&'a Value> for Priority<'a> {
    fn from(label: &'a Value) -> Self {
        Priority::Label(label.into())
    }
}

impl From<u32> for Priority<'_> {
    fn from(number: u32) -> Self {
        Priority::Number(number)
    }
}

impl<'a> From<&'a str> for Priority<'a> {
    fn from(label: &'a str) -> Self {
        Priority::Label(label.into())
    }
}

impl Priority<'_> {
    /// Writes it: a number bare, a label quoted. A label that begins like a number would be taken for one.
    pub(super) fn write_to<'l, 'b>(self, line: &'l mut Line<'b>) -> &'l mut Line<'b> {
        use crate::wire::Word;
        match self {
            Priority::Number(number) => {
                line.arg("priority", Word::Within(u16::try_from(number).unwrap_or(0), 1, u16::MAX))
            }
            Priority::Label(label) => {
                if let Some(b'0'..=b'9' | b'-' | b'+' | b' ' | b'\t' | 11 | 12) =
                    label.as_bytes().first()
                {
                    line.refuse("priority", Fault::Label);
                }
                line.arg("priority", Word::Filled(label))
            }
        }
    }
}
