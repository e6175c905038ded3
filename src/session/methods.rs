//! A method a command, with its required arguments. What it does on the wire, its options and what its
//! errors mean stand at the command's type.

use std::time::{Duration, SystemTime};

use super::Session;
use crate::command::*;
use crate::error::Result;
use crate::reply::*;
use crate::text::{Text, Value};
use crate::wire::Timeout;

/// `$method($arguments) = $command => $reply`: makes the command and runs it.
macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident $(<$life:lifetime>)? ($($argument:ident: $kind:ty),*) = $command:ident => $reply:ty;)*) => {
        /// The 47 commands. Each method takes the required arguments; for options run the command's value.
        impl Session {
            $(
                $(#[$doc])*
                ///
                #[doc = concat!("Options, wire form and errors: [`", stringify!($command), "`](crate::command::", stringify!($command), ").")]
                pub fn $method $(<$life>)? (&mut self, $($argument: impl Into<$kind>),*) -> Result<$reply> {
                    self.run($command::new($($argument),*))
                }
            )*
        }
    };
}

methods! {
    /// Answers the call.
    answer() = Answer => ();
    /// Ends AsyncAGI; elsewhere it does nothing. Runs after hangup.
    asyncagi_break() = AsyncagiBreak => ();
    /// The state of this channel.
    channel_status() = ChannelStatus => ChannelState;
    /// Plays a sound that the caller can wind with `#` and `*`.
    control_stream_file<'a>(file: Text<'a>) = ControlStreamFile => ControlPlayback;
    /// Removes an entry of AstDB. Runs after hangup.
    database_del<'a>(family: Text<'a>, key: Text<'a>) = DatabaseDel => bool;
    /// Removes a family of AstDB; `true` when there was one. Runs after hangup.
    database_deltree<'a>(family: Text<'a>) = DatabaseDeltree => bool;
    /// Reads an entry of AstDB. Runs after hangup.
    database_get<'a>(family: Text<'a>, key: Text<'a>) = DatabaseGet => Option<Value>;
    /// Writes an entry of AstDB. Runs after hangup.
    database_put<'a>(family: Text<'a>, key: Text<'a>, value: Text<'a>) = DatabasePut => bool;
    /// Runs a dialplan application and gives what it returned. Runs after hangup.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// agi.exec("Dial", "PJSIP/bob,30")?;
    /// let how = agi.get_variable("DIALSTATUS")?;
    /// # let _ = how; Ok(()) }
    /// ```
    exec<'a>(application: Text<'a>, arguments: Arguments<'a>) = Exec => i32;
    /// Plays a sound and takes the digits that the caller dials until `#`.
    get_data<'a>(file: Text<'a>) = GetData => Data;
    /// Evaluates a text with `${…}` and `$[…]` in it. Runs after hangup.
    get_full_variable<'a>(expression: Text<'a>) = GetFullVariable => Option<Value>;
    /// Plays a sound and waits for one of these keys.
    get_option<'a>(file: Text<'a>, escape_digits: Text<'a>) = GetOption => Playback;
    /// Reads a channel variable or a function. Runs after hangup.
    get_variable<'a>(name: Text<'a>) = GetVariable => Option<Value>;
    /// Runs a routine of the dialplan until its Return.
    gosub<'a>(context: Text<'a>, extension: Text<'a>, priority: Priority<'a>) = Gosub => Subroutine;
    /// Hangs up this channel.
    hangup() = Hangup => ();
    /// Does nothing. Runs after hangup.
    noop() = Noop => ();
    /// Waits for a text message and gives its first byte.
    receive_char(timeout: Timeout) = ReceiveChar => Option<u8>;
    /// Waits for a text message.
    receive_text(timeout: Timeout) = ReceiveText => Option<Value>;
    /// Records the caller into a file.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use std::time::Duration;
    ///
    /// let message = agi.record_file("/tmp/message", "wav", "#", Duration::from_secs(60))?;
    /// let seconds = message.endpos / 8000;
    /// # let _ = seconds; Ok(()) }
    /// ```
    record_file<'a>(file: Text<'a>, format: Text<'a>, escape_digits: Text<'a>, timeout: Timeout) = RecordFile => Recording;
    /// Spells a text.
    say_alpha<'a>(text: Text<'a>) = SayAlpha => Option<char>;
    /// Says a date.
    say_date(time: SystemTime) = SayDate => Option<char>;
    /// Says date and time.
    say_datetime(time: SystemTime) = SayDatetime => Option<char>;
    /// Says digits one by one.
    say_digits<'a>(digits: Text<'a>) = SayDigits => Option<char>;
    /// Says a whole number.
    say_number(number: i32) = SayNumber => Option<char>;
    /// Spells a text in the phonetic alphabet.
    say_phonetic<'a>(text: Text<'a>) = SayPhonetic => Option<char>;
    /// Says the time of day.
    say_time(time: SystemTime) = SayTime => Option<char>;
    /// Sends an image.
    send_image<'a>(image: Text<'a>) = SendImage => ();
    /// Sends a text.
    send_text<'a>(text: Text<'a>) = SendText => ();
    /// Hangs up by itself after a time; zero takes that back.
    set_autohangup(time: Duration) = SetAutohangup => ();
    /// Sets the caller's number and name: `"John Doe <1234>"`.
    set_callerid<'a>(callerid: Text<'a>) = SetCallerid => ();
    /// Sets the context in which the call goes on after the script.
    set_context<'a>(context: Text<'a>) = SetContext => ();
    /// Sets the extension at which the call goes on after the script.
    set_extension<'a>(extension: Text<'a>) = SetExtension => ();
    /// Starts music on hold, or stops it.
    set_music(on: bool) = SetMusic => ();
    /// Sets the priority at which the call goes on after the script.
    set_priority<'a>(priority: Priority<'a>) = SetPriority => ();
    /// Sets a channel variable, or writes a function. Runs after hangup.
    set_variable<'a>(name: Text<'a>, value: Text<'a>) = SetVariable => ();
    /// Activates a grammar of the recogniser.
    speech_activate_grammar<'a>(name: Text<'a>) = SpeechActivateGrammar => bool;
    /// Makes the recogniser, by the first engine loaded.
    speech_create() = SpeechCreate => bool;
    /// Deactivates a grammar of the recogniser.
    speech_deactivate_grammar<'a>(name: Text<'a>) = SpeechDeactivateGrammar => bool;
    /// Destroys the recogniser. Runs after hangup.
    speech_destroy() = SpeechDestroy => bool;
    /// Loads a grammar into the recogniser.
    speech_load_grammar<'a>(name: Text<'a>, path: Text<'a>) = SpeechLoadGrammar => bool;
    /// Plays a prompt and listens.
    speech_recognize<'a>(prompt: Text<'a>, timeout: Timeout) = SpeechRecognize => Recognition;
    /// Sets a setting of the recogniser.
    speech_set<'a>(name: Text<'a>, value: Text<'a>) = SpeechSet => bool;
    /// Unloads a grammar of the recogniser. Runs after hangup.
    speech_unload_grammar<'a>(name: Text<'a>) = SpeechUnloadGrammar => bool;
    /// Plays a sound to its end.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// agi.stream_file("vm-goodbye")?;
    /// # Ok(()) }
    /// ```
    stream_file<'a>(file: Text<'a>) = StreamFile => Playback;
    /// Switches the transmission of text to telephones for the deaf.
    tdd_mode(mode: TddSwitch) = TddMode => bool;
    /// Writes a line to Asterisk's console. Runs after hangup.
    verbose<'a>(message: Text<'a>) = Verbose => ();
    /// Waits for one key.
    wait_for_digit(timeout: Timeout) = WaitForDigit => Waited;
}
