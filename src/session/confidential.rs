//! What a caller keys in that nobody is to read later.

use super::Session;
use crate::command::{CONFIDENTIAL, Raw};
use crate::error::Result;

impl Session {
    /// Tells whoever records the call that the keys from here on are a secret, or that they are one no more.
    ///
    /// `NOOP "agikit: confidential"` → `200 result=0`, and at the end `NOOP "agikit: confidential no more"`. Asterisk
    /// does nothing by it. What writes the call down (`AGIKIT_TRANSCRIPT`, a server's recordings, `agikit record`,
    /// `agikit import` of Asterisk's own log, `agikit call`) leaves out the digits, keys and values of all replies in between,
    /// there and wherever they come again in that call: see [`Cover`](crate::transcript::Cover). A call that ends in between
    /// stays covered.
    ///
    /// [`ivr::Question::pin`](crate::ivr::Question::pin) does it by itself, for each try. Inside marks of the script's own it
    /// sends none.
    ///
    /// What it cannot do: Asterisk's log has the digits (`agi set debug on`, `core set verbose` with VERBOSE, `dtmf` in
    /// logger.conf). A key pressed before the first mark, over a greeting maybe, is none of the secret. What the script
    /// itself prints, or computes of it (a hash, a sum, words), is as it is. Runs after hangup.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// fn script(agi: &mut agikit::Session) -> agikit::Result {
    ///     agi.set_confidential(true)?;
    ///     let pin = agi.get_data("agent-pass")?.digits;
    ///     agi.set_confidential(false)?;
    ///     agi.set_variable("TYPED", &pin)
    /// }
    ///
    /// let call = Asterisk::new().keys("4711#").run(script);
    /// assert_eq!(call.variable("TYPED"), Some("4711".into())); // Asterisk knows it
    /// assert!(!call.transcript().to_string().contains("4711"));
    /// assert!(!format!("{call:?}").contains("4711"));
    /// ```
    ///
    /// # Errors
    /// As [`run`](Session::run)'s.
    pub fn set_confidential(&mut self, is_confidential: bool) -> Result {
        self.mark_confidential(is_confidential)?;
        self.confidential = is_confidential;
        Ok(())
    }

    /// Whether the script itself has said so.
    pub(crate) fn is_confidential(&self) -> bool {
        self.confidential
    }

    /// Sends a mark: for a part of a script, which does not end what the script itself has begun.
    pub(crate) fn mark_confidential(&mut self, begins: bool) -> Result {
        let [begin, end] = CONFIDENTIAL;
        self.run(Raw::new("NOOP").arg(if begins { begin } else { end })).map(drop)
    }
}
