//! Texts and images to the far end, and words to Asterisk's console.

use super::{ANY, Spec, command};
use crate::reply::plain::done;
use crate::text::Text;
use crate::wire::Word;

/// What NOOP carries where keys begin and cease to be a secret: see
/// [`Session::set_confidential`](crate::Session::set_confidential).
pub(crate) const CONFIDENTIAL: [&str; 2] = ["agikit: confidential", "agikit: confidential no more"];

command! {
    /// Sends a text to channels that can show one.
    ///
    /// `SEND TEXT text` → `200 result=0`; `-1`, [`Failed`](crate::Error::Failed), when the channel cannot.
    ///
    /// After hangup: refused. Asterisk: `handle_sendtext`.
    SendText<'a> = Spec::new("SEND TEXT", 1, 1), done => (),
    (text: Text<'a>) {}
    |this, line| line.text("text", this.text)
}

command! {
    /// Sends an image to channels that can show one.
    ///
    /// `SEND IMAGE image` → `200 result=0`, also when the channel cannot or there is no such image.
    ///
    /// After hangup: refused. Asterisk: `handle_sendimage`.
    SendImage<'a> = Spec::new("SEND IMAGE", 1, 1), done => (),
    (image: Text<'a>) {}
    |this, line| line.text("image", this.image)
}

command! {
    /// Writes a line to Asterisk's console and log, when they show that level.
    ///
    /// `VERBOSE message [level]` → `200 result=1`.
    ///
    /// After hangup: runs. Asterisk: `handle_verbose`.
    Verbose<'a> = Spec::new("VERBOSE", 1, ANY).dead(), done => (),
    (message: Text<'a>) {
        /// From 0, which the console always shows and which is the default, to 10. The console shows the
        /// levels up to its own (`core set verbose 3`).
        level = u8,
    }
    |this, line| line
        .text("message", this.message)
        .tail([("level", this.level.map(|level| Word::Within(level.into(), 0, 10)), "")])
}

command! {
    /// Does nothing: a way to ask whether Asterisk is still there.
    ///
    /// `NOOP` → `200 result=0`.
    ///
    /// After hangup: runs, so it does not tell a hangup; CHANNEL STATUS does. Asterisk: `handle_noop`.
    Noop = Spec::new("NOOP", 0, ANY).dead(), done => (),
    () {}
    |_, line| line
}
