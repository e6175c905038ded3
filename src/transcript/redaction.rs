//! What a recording may not keep.

/// What is hidden while a call is recorded. Nothing is, unless it is said here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redaction {
    pub(super) callers: bool,
    pub(super) digits: bool,
    pub(super) variables: Vec<Vec<u8>>,
}

impl Redaction {
    /// Hides nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Redaction::default()
    }
}
