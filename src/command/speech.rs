//! Speech recognition by an engine that is loaded in Asterisk: one recogniser a session.

use super::{ANY, Spec, command};
use crate::reply::plain::yes;
use crate::reply::{Recognition, recognition};
use crate::text::Text;
use crate::wire::{Timeout, Word};

command! {
    /// Makes the session's recogniser. `false` when there is no such engine, or one was made already.
    ///
    /// `SPEECH CREATE [engine]` → `200 result=1`, or `0`.
    ///
    /// After hangup: refused. Asterisk: `handle_speechcreate`.
    SpeechCreate<'a> = Spec::new("SPEECH CREATE", 0, ANY), yes => bool,
    () {
        /// The engine's name; the first one loaded by default.
        engine: Text<'a>,
    }
    |this, line| line.tail([("engine", this.engine.map(Word::Text), "")])
}

command! {
    /// Sets a setting of the engine. `false` without a recogniser; what the engine says of it is not told.
    ///
    /// `SPEECH SET name value` → `200 result=1`, or `0`.
    ///
    /// After hangup: refused. Asterisk: `handle_speechset`.
    SpeechSet<'a> = Spec::new("SPEECH SET", 2, 2), yes => bool,
    (name: Text<'a>, value: Text<'a>) {}
    |this, line| line.text("name", this.name).text("value", this.value)
}

command! {
    /// Destroys the recogniser. `false` when there is none.
    ///
    /// `SPEECH DESTROY` → `200 result=1`, or `0`.
    ///
    /// After hangup: runs. Asterisk: `handle_speechdestroy`.
    SpeechDestroy = Spec::new("SPEECH DESTROY", 0, ANY).dead(), yes => bool,
    () {}
    |_, line| line
}

command! {
    /// Loads a grammar under a name. `false` without a recogniser.
    ///
    /// `SPEECH LOAD GRAMMAR name path` → `200 result=1`, or `0`.
    ///
    /// After hangup: refused. Asterisk: `handle_speechloadgrammar`.
    SpeechLoadGrammar<'a> = Spec::new("SPEECH LOAD GRAMMAR", 2, 2), yes => bool,
    (name: Text<'a>, path: Text<'a>) {}
    |this, line| line.text("name", this.name).text("path", this.path)
}

command! {
    /// Unloads a grammar. `false` without a recogniser.
    ///
    /// `SPEECH UNLOAD GRAMMAR name` → `200 result=1`, or `0`.
    ///
    /// After hangup: runs. Asterisk: `handle_speechunloadgrammar`.
    SpeechUnloadGrammar<'a> = Spec::new("SPEECH UNLOAD GRAMMAR", 1, 1).dead(), yes => bool,
    (name: Text<'a>) {}
    |this, line| line.text("name", this.name)
}

command! {
    /// Activates a loaded grammar. `false` without a recogniser.
    ///
    /// `SPEECH ACTIVATE GRAMMAR name` → `200 result=1`, or `0`.
    ///
    /// After hangup: refused. Asterisk: `handle_speechactivategrammar`.
    SpeechActivateGrammar<'a> = Spec::new("SPEECH ACTIVATE GRAMMAR", 1, 1), yes => bool,
    (name: Text<'a>) {}
    |this, line| line.text("name", this.name)
}

command! {
    /// Deactivates a grammar. `false` without a recogniser.
    ///
    /// `SPEECH DEACTIVATE GRAMMAR name` → `200 result=1`, or `0`.
    ///
    /// After hangup: refused. Asterisk: `handle_speechdeactivategrammar`.
    SpeechDeactivateGrammar<'a> = Spec::new("SPEECH DEACTIVATE GRAMMAR", 1, 1), yes => bool,
    (name: Text<'a>) {}
    |this, line| line.text("name", this.name)
}

command! {
    /// Plays a prompt and listens; the caller's voice or a key stops the prompt.
    ///
    /// `SPEECH RECOGNIZE prompt timeout [offset]` → `200 result=1 (speech) endpos=0 results=1 score0=87
    /// text0="hello" grammar0=digits`; `(digit)`, `(timeout)`; `(hangup)`, which is
    /// [`Hangup`](crate::Error::Hangup). Without a recogniser `200 result=0`:
    /// [`Failed`](crate::Error::Failed).
    ///
    /// The timeout counts whole seconds from the prompt's end. Zero is refused: Asterisk means no limit by
    /// it, and [`Timeout::FOREVER`] says so. A prompt that is missing is passed over.
    ///
    /// After hangup: refused. Asterisk: `handle_speechrecognize`.
    SpeechRecognize<'a> = Spec::new("SPEECH RECOGNIZE", 2, ANY).text(), recognition => Recognition,
    (prompt: Text<'a>, timeout: Timeout) {
        /// Where to begin the prompt, in samples.
        offset = u32,
    }
    |this, line| line
        .text("prompt", this.prompt)
        .arg("timeout", Word::SomeSeconds(this.timeout))
        .tail([("offset", this.offset.map(Word::Count), "0")])
}
