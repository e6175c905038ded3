//! The values of an expression.

use super::float::Float;

/// A value. Numbers that were written stay as they were until somebody calculates with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(Float),
    Numeric(Vec<u8>),
    Text(Vec<u8>),
}

impl Value {
    pub(super) fn truth(is: bool) -> Value {
        Value::Number(Float::new(is.into()))
    }

    /// A text that something gave: digits are a number.
    pub(super) fn made(text: Vec<u8>) -> Value {
        let is_numeric = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        if is_numeric && !text.is_empty() { Value::Numeric(text) } else { Value::Text(text) }
    }

    pub(super) fn number(&self) -> Option<Float> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Numeric(text) => Some(Float::parse(text)),
            Value::Text(_) => None,
        }
    }

    /// The same, as the number that it is.
    pub(super) fn converted(self) -> Value {
        self.number().map_or(self, Value::Number)
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Value::Text(_))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Value::Number(number) => number.print(),
            Value::Numeric(text) | Value::Text(text) => text,
        }
    }

    /// Without double quotes, where it stands in some.
    pub(super) fn unquoted(self) -> Vec<u8> {
        let mut text = self.into_bytes();
        if text.first() == Some(&b'"') && text.last() == Some(&b'"') {
            text.retain(|&byte| byte != b'"');
        }
        text
    }

    /// Whether `|` and `&` take it for nothing. (An empty text in quotes is something.)
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Value::Text(text) => text.is_empty(),
            _ => self.number().is_none_or(Float::is_zero),
        }
    }

    /// Whether `? ::` takes it for true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Value::Text(text) => !matches!(text.as_slice(), b"" | b"\"\"" | b"0"),
            _ => !self.number().is_none_or(Float::is_zero),
        }
    }

    /// Whether `!` takes it for nothing.
    pub(super) fn is_false(&self) -> bool {
        match self {
            Value::Number(number) => number.is_zero(),
            Value::Numeric(text) | Value::Text(text) => super::scan::atoi(text) == 0,
        }
    }
}
