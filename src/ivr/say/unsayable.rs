//! What cannot be said, and why.

/// What cannot be said without a hole in it.
///
/// ```
/// use agikit::ivr::say::{self, Language, Unsayable};
///
/// let spanish = Language::read("es_MX")?;
/// let why = say::ordinal(spanish, 21).unwrap_err();
/// assert_eq!(
///     why.to_string(),
///     "an ordinal in es takes a sound that asterisk does not ship: digits/h-21; record it, then allow it by \
///      Language::with_own_sounds"
/// );
/// # Ok::<(), Unsayable>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsayable {
    /// Nothing is known of the channel's language.
    #[error(
        "nothing is known of how things are said in language {language:?}; known are en, en_GB, de, es, fr, it, ru"
    )]
    Language {
        /// The language.
        language: String,
    },
    /// This is not known in that language.
    #[error("how {what} is said in {language} is not known; it is in {known}")]
    Unknown {
        /// What was to be said.
        what: &'static str,
        /// The language.
        language: &'static str,
        /// The languages in which it is known.
        known: &'static str,
    },
    /// Asterisk ships no such sounds in that language.
    #[error(
        "{what} in {language} takes {} that asterisk does not ship: {}; record {}, then allow {} by \
         Language::with_own_sounds",
        if sounds.len() == 1 { "a sound" } else { "sounds" },
        sounds.join(", "),
        if sounds.len() == 1 { "it" } else { "them" },
        if sounds.len() == 1 { "it" } else { "them" }
    )]
    NoSound {
        /// What was to be said.
        what: &'static str,
        /// The language.
        language: &'static str,
        /// The sounds.
        sounds: Vec<String>,
    },
    /// Asterisk says no such number.
    #[error("{what} in {language} can be said from {least} to {most}")]
    OutOfRange {
        /// What was to be said.
        what: &'static str,
        /// The language.
        language: &'static str,
        /// The least that can be said.
        least: i32,
        /// The most.
        most: i32,
    },
}
