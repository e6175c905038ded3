//! Channel variables and dialplan functions.

use super::{Spec, command};
use crate::reply::plain::{done, value};
use crate::text::{Text, Value};
use crate::wire::Word;

command! {
    /// Reads a variable of the channel or a global one, or a function: `EXTEN`, `CALLERID(num)`.
    ///
    /// `GET VARIABLE name` → `200 result=1 (value)`, or `200 result=0` when it is not set: `None`. A
    /// variable that is set to nothing is `Some` and empty.
    ///
    /// **Asterisk cuts the value after 1,023 bytes** and says nothing of it; a value of exactly that length
    /// is best asked again with [`GetFullVariable`], which has no limit. The name is taken as it is: no
    /// `${…}`, no `:offset:length`.
    ///
    /// After hangup: runs. Asterisk: `handle_getvariable`.
    GetVariable<'a> = Spec::new("GET VARIABLE", 1, 1).dead().text(), value => Option<Value>,
    (name: Text<'a>) {}
    |this, line| line.text("name", this.name)
}

command! {
    /// Evaluates a text as the dialplan does: `${EXTEN:1}`, `$[1 + 1]`, `${CALLERID(all)}`; what stands
    /// outside is literal, so `CHANNEL` gives `CHANNEL` and `${CHANNEL}` its value.
    ///
    /// `GET FULL VARIABLE expression [channel]` → `200 result=1 (value)`, of any length; an unset variable
    /// in it is nothing. `None` only when there is no channel of that name.
    ///
    /// Never put into the expression what a caller can choose: `${SHELL(…)}` in it would run.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// let prefix = agi.get_full_variable("${CALLERID(num):0:3}")?;
    /// # let _ = prefix; Ok(()) }
    /// ```
    ///
    /// After hangup: runs. Asterisk: `handle_getvariablefull`.
    GetFullVariable<'a> = Spec::new("GET FULL VARIABLE", 1, 2).dead().text(), value => Option<Value>,
    (expression: Text<'a>) {
        /// Another channel, by its name.
        channel: Text<'a>,
    }
    |this, line| line
        .text("expression", this.expression)
        .tail([("channel", this.channel.map(Word::Text), "")])
}

command! {
    /// Sets a variable of the channel, or writes a function: `CALLERID(name)`, `DB(family/key)`. `_NAME` and
    /// `__NAME` are inherited by channels that this one makes.
    ///
    /// `SET VARIABLE name value` → `200 result=1`, always: also when a function could not be written.
    ///
    /// Asterisk keeps the value byte for byte. The line's limit bounds its length.
    ///
    /// After hangup: runs. Asterisk: `handle_setvariable`.
    SetVariable<'a> = Spec::new("SET VARIABLE", 2, 2).dead(), done => (),
    (name: Text<'a>, value: Text<'a>) {}
    |this, line| line.arg("name", Word::Filled(this.name)).text("value", this.value)
}
