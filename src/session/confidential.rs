//! What a caller keys in that nobody is to read later.

use super::Session;
use crate::command::{CONFIDENTIAL, Raw};
use crate::error::Result;

impl Session {
    /// Tells whoever records the call that the keys from here on are a secret, or that they are one no more.
    ///
    /// `NOOP "agikit: confidential"` → `200 result=0`, and at the end `NOOP "agikit: confidential no more"`. Asterisk
    /// does nothing by it. What writes the call down (`AGIKIT_TRANSCRIPT`, `agikit record`, and `agikit import` of
    /// Asterisk's own log) leaves out what was keyed in between, there and wherever it comes again in that call. Asterisk's
    /// log itself cannot be told so.
    ///
    /// [`ivr::Question::pin`](crate::ivr::Question::pin) does it by itself. Runs after hangup.
    ///
    /// # Errors
    /// As [`run`](Session::run)'s.
    pub fn set_confidential(&mut self, is_confidential: bool) -> Result {
        let [begin, end] = CONFIDENTIAL;
        let mark = if is_confidential { begin } else { end };
        self.run(Raw::new("NOOP").arg(mark)).map(drop)
    }
}
