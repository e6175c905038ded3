//! The list of all commands: what Asterisk expects of each.

use super::*;

/// No limit on a command's arguments: what is too much, Asterisk ignores.
pub const ANY: u8 = u8::MAX;

/// What Asterisk knows of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spec {
    /// Its words: `GET DATA`.
    pub words: &'static str,
    /// It still runs after a hangup, and in the `h` extension. Asterisk calls it *dead-safe*; the
    /// others are answered `511` there.
    pub dead: bool,
    /// Its reply may carry any text, line feeds included.
    pub text: bool,
    /// The fewest words after its own; with fewer, Asterisk answers `520`.
    pub least: u8,
    /// The most words after its own, [`ANY`] for no limit; with more, Asterisk answers `520`.
    pub most: u8,
}

impl Spec {
    /// A command that needs a live channel and is answered with numbers.
    #[must_use]
    pub const fn new(words: &'static str, least: u8, most: u8) -> Self {
        Spec { words, dead: false, text: false, least, most }
    }

    /// The same for a command that also runs after a hangup.
    #[must_use]
    pub const fn dead(self) -> Self {
        Spec { dead: true, ..self }
    }

    /// The same for a command whose reply may carry any text.
    #[must_use]
    pub const fn text(self) -> Self {
        Spec { text: true, ..self }
    }
}

/// All commands of Asterisk 22, in alphabetical order; 16 has the same.
///
/// ```
/// use agikit::CATALOGUE;
///
/// let after_hangup: Vec<&str> = CATALOGUE.iter().filter(|c| c.dead).map(|c| c.words).collect();
/// assert_eq!(after_hangup.len(), 13);
/// assert!(after_hangup.contains(&"SET VARIABLE"));
/// ```
pub static CATALOGUE: [Spec; 47] = [
    Answer::SPEC,
    AsyncagiBreak::SPEC,
    ChannelStatus::SPEC,
    ControlStreamFile::SPEC,
    DatabaseDel::SPEC,
    DatabaseDeltree::SPEC,
    DatabaseGet::SPEC,
    DatabasePut::SPEC,
    Exec::SPEC,
    GetData::SPEC,
    GetFullVariable::SPEC,
    GetOption::SPEC,
    GetVariable::SPEC,
    Gosub::SPEC,
    Hangup::SPEC,
    Noop::SPEC,
    ReceiveChar::SPEC,
    ReceiveText::SPEC,
    RecordFile::SPEC,
    SayAlpha::SPEC,
    SayDate::SPEC,
    SayDatetime::SPEC,
    SayDigits::SPEC,
    SayNumber::SPEC,
    SayPhonetic::SPEC,
    SayTime::SPEC,
    SendImage::SPEC,
    SendText::SPEC,
    SetAutohangup::SPEC,
    SetCallerid::SPEC,
    SetContext::SPEC,
    SetExtension::SPEC,
    SetMusic::SPEC,
    SetPriority::SPEC,
    SetVariable::SPEC,
    SpeechActivateGrammar::SPEC,
    SpeechCreate::SPEC,
    SpeechDeactivateGrammar::SPEC,
    SpeechDestroy::SPEC,
    SpeechLoadGrammar::SPEC,
    SpeechRecognize::SPEC,
    SpeechSet::SPEC,
    SpeechUnloadGrammar::SPEC,
    StreamFile::SPEC,
    TddMode::SPEC,
    Verbose::SPEC,
    WaitForDigit::SPEC,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_in_order_without_doubles() {
        assert!(CATALOGUE.windows(2).all(|two| two[0].words < two[1].words));
    }

    #[test]
    fn knows_what_runs_after_hangup_and_what_carries_text() {
        let dead: Vec<_> = CATALOGUE.iter().filter(|c| c.dead).map(|c| c.words).collect();
        assert_eq!(
            dead,
            [
                "ASYNCAGI BREAK",
                "DATABASE DEL",
                "DATABASE DELTREE",
                "DATABASE GET",
                "DATABASE PUT",
                "EXEC",
                "GET FULL VARIABLE",
                "GET VARIABLE",
                "NOOP",
                "SET VARIABLE",
                "SPEECH DESTROY",
                "SPEECH UNLOAD GRAMMAR",
                "VERBOSE"
            ]
        );
        // GET DATA carries text too, but only keys: its reply never spans lines.
        let text: Vec<_> = CATALOGUE.iter().filter(|c| c.text).map(|c| c.words).collect();
        assert_eq!(
            text,
            [
                "DATABASE GET",
                "GET FULL VARIABLE",
                "GET VARIABLE",
                "RECEIVE TEXT",
                "SPEECH RECOGNIZE"
            ]
        );
    }
}
