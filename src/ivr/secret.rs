//! Digits that nobody is to see.

use std::fmt;

/// A PIN or a card's number. It shows in no message: there is no `Display`, and `Debug` tells how many digits it
/// has. The [`Question`](super::Question) that asked for it kept it out of the recordings as well.
///
/// ```
/// use agikit::ivr::Secret;
///
/// let pin = Secret::from("4711");
/// assert!(pin.is("4711"));
/// assert_eq!(format!("{pin:?}"), "Secret(4 digits)");
/// ```
///
/// What a script prints of the digits it has taken [out](Secret::reveal) is its own affair; recordings hide them there,
/// too. **Asterisk itself knows them**: its console and its log have them after `agi set debug on`, with `dtmf` in logger.conf,
/// and wherever the script says them to it (SET VARIABLE, VERBOSE, an application's arguments).
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn new(digits: &[u8]) -> Self {
        Secret(digits.to_vec())
    }

    /// Whether it is these digits. Takes the same time for each wrong answer of their length.
    #[must_use]
    pub fn is(&self, digits: impl AsRef<[u8]>) -> bool {
        let digits = digits.as_ref();
        let differing =
            self.0.iter().zip(digits).fold(0, |sum, (mine, other)| sum | (mine ^ other));
        self.0.len() == digits.len() && std::hint::black_box(differing) == 0
    }

    /// The digits.
    #[must_use]
    pub fn reveal(&self) -> &str {
        // They are digits, all of them: see `kind`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<&str> for Secret {
    fn from(digits: &str) -> Self {
        Secret::new(digits.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} digits)", self.0.len())
    }
}

impl Drop for Secret {
    /// Writes over them, as far as a program without `unsafe` can: a copy that the compiler made is not reached.
    fn drop(&mut self) {
        self.0.fill(0);
        std::hint::black_box(&self.0);
    }
}
