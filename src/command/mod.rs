//! The 47 commands of Asterisk 22, each a small value whose reply type follows from it.
//!
//! A command is made with its required arguments; options are set on it; a session runs it:
//!
//! ```no_run
//! use agikit::{Result, Session, StreamFile};
//!
//! fn menu(agi: &mut Session) -> Result<Option<char>> {
//!     let played = agi.run(StreamFile::new("custom/menu").escape_digits("123").offset(8000))?;
//!     Ok(played.digit)
//! }
//! ```
//! [`Session`](crate::Session) has a method for each that takes the required arguments alone. Commands
//! that Asterisk's modules add are sent with [`Raw`], or get a type of one's own by [`Command`].
//!
//! [`CATALOGUE`] tells of each what Asterisk expects and whether it still runs after a hangup.

mod arguments;
mod call;
mod catalogue;
mod database;
mod dialplan;
mod input;
mod message;
mod play;
mod raw;
mod say;
mod speech;
mod variable;

pub use arguments::{Arguments, Priority};
pub use call::{
    Answer, ChannelStatus, Hangup, SetAutohangup, SetCallerid, SetMusic, TddMode, TddSwitch,
};
pub use catalogue::{ANY, CATALOGUE, Spec};
pub use database::{DatabaseDel, DatabaseDeltree, DatabaseGet, DatabasePut};
pub use dialplan::{AsyncagiBreak, Exec, Gosub, SetContext, SetExtension, SetPriority};
pub use input::{GetData, GetOption, ReceiveChar, ReceiveText, RecordFile, WaitForDigit};
pub(crate) use message::CONFIDENTIAL;
pub use message::{Noop, SendImage, SendText, Verbose};
pub use play::{ControlStreamFile, StreamFile};
pub use raw::Raw;
pub use say::{
    AlphaCase, Gender, SayAlpha, SayDate, SayDatetime, SayDigits, SayNumber, SayPhonetic, SayTime,
};
pub use speech::{
    SpeechActivateGrammar, SpeechCreate, SpeechDeactivateGrammar, SpeechDestroy, SpeechLoadGrammar,
    SpeechRecognize, SpeechSet, SpeechUnloadGrammar,
};
pub use variable::{GetFullVariable, GetVariable, SetVariable};

use crate::reply::{Fields, Outcome};
use crate::wire::Line;

/// A command: its words, its arguments, and how its reply is read.
///
/// A command that a module of your own registers becomes as typed as Asterisk's:
///
/// ```
/// use agikit::command::{Command, Spec};
/// use agikit::reply::{Fields, Outcome};
/// use agikit::wire::{Line, Word};
///
/// /// `QUEUE POSITION name`: `200 result=3`
/// struct QueuePosition<'a>(&'a str);
///
/// impl Command for QueuePosition<'_> {
///     type Reply = i64;
///
///     fn spec(&self) -> Spec {
///         Spec::new("QUEUE POSITION", 1, 1)
///     }
///     fn write(&self, line: &mut Line<'_>) {
///         line.arg("name", Word::Text(self.0.into()));
///     }
///     fn read(reply: &Fields<'_>) -> Outcome<i64> {
///         reply.number().map_or(Outcome::Odd, Outcome::Value)
///     }
/// }
/// ```
pub trait Command {
    /// What it is answered.
    type Reply;

    /// Its words, and what Asterisk does with it.
    fn spec(&self) -> Spec;

    /// Writes its arguments; the words stand already.
    fn write(&self, line: &mut Line<'_>);

    /// Reads a reply with code `200`; the others mean the same for all commands.
    fn read(reply: &Fields<'_>) -> Outcome<Self::Reply>;
}

/// A command that Asterisk stops when the next one comes: only these can be
/// [interrupted](crate::Pending::interrupt).
///
/// STREAM FILE, GET DATA, GET OPTION and WAIT FOR DIGIT always; SAY ALPHA, DIGITS, NUMBER and PHONETIC where the call
/// has audio (`EAGI()`). They are also those during which Asterisk passes on the caller's audio. (Seen on Asterisk 16
/// and 22; `handle_streamfile` and the others, `ast_say_digit_str_full`.)
pub trait Interruptible: Command {}

impl Interruptible for StreamFile<'_> {}
impl Interruptible for GetData<'_> {}
impl Interruptible for GetOption<'_> {}
impl Interruptible for WaitForDigit {}
impl Interruptible for SayAlpha<'_> {}
impl Interruptible for SayDigits<'_> {}
impl Interruptible for SayNumber<'_> {}
impl Interruptible for SayPhonetic<'_> {}

/// One command a row: its documentation and name, what Asterisk expects, the reader of its reply, the
/// required arguments, the options, and how the arguments are written. It makes what one would write by
/// hand: a struct, `new` with the required arguments, a setter an option, and `Command`.
macro_rules! command {
    (
        $(#[$doc:meta])*
        $name:ident $(<$life:lifetime>)? = $spec:expr, $reader:path => $reply:ty,
        ($($required:ident: $kind:ty),*)
        {$($(#[$option_doc:meta])* $option:ident $sign:tt $option_kind:ty,)*}
        |$this:pat_param, $line:ident| $write:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        #[must_use = "a command does nothing until a session runs it"]
        pub struct $name $(<$life>)? {
            $($required: $kind,)*
            $($option: Option<$option_kind>,)*
        }

        impl $(<$life>)? $name $(<$life>)? {
            /// Its row in the catalogue.
            pub const SPEC: $crate::command::Spec = $spec;

            /// The command with its required arguments.
            #[expect(clippy::new_without_default, reason = "commands are made alike")]
            #[allow(unfulfilled_lint_expectations)]
            pub fn new($($required: impl Into<$kind>),*) -> Self {
                $name { $($required: $required.into(),)* $($option: None,)* }
            }

            $($crate::command::setter! { $(#[$option_doc])* $option $sign $option_kind })*
        }

        impl $(<$life>)? $crate::command::Command for $name $(<$life>)? {
            type Reply = $reply;

            fn spec(&self) -> $crate::command::Spec {
                Self::SPEC
            }

            fn write(&self, $line: &mut $crate::wire::Line<'_>) {
                let $this = self;
                let _ = $write;
            }

            fn read(reply: &$crate::reply::Fields<'_>) -> $crate::reply::Outcome<$reply> {
                $reader(reply)
            }
        }
    };
}
pub(crate) use command;

/// The setter of an option: `name: Type` takes what becomes the type, `name = Type` the type itself, for
/// numbers and keys, so that a bare `8` is one.
macro_rules! setter {
    ($(#[$doc:meta])* $option:ident : $kind:ty) => {
        $(#[$doc])*
        pub fn $option(mut self, $option: impl Into<$kind>) -> Self {
            self.$option = Some($option.into());
            self
        }
    };
    ($(#[$doc:meta])* $option:ident = $kind:ty) => {
        $(#[$doc])*
        pub fn $option(mut self, $option: $kind) -> Self {
            self.$option = Some($option);
            self
        }
    };
}
pub(crate) use setter;
