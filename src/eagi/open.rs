//! From a session to its audio.

use crate::audio::{Audio, Format};
use crate::error::{Error, Result};
use crate::session::Session;

impl Audio {
    /// The caller's audio of a call that came by `EAGI()`. Open it before the first command that takes time: only
    /// from then on the pipe holds more than four seconds.
    ///
    /// `GET VARIABLE "EAGI_AUDIO_FORMAT"` tells the form, which the dialplan chooses before `EAGI()`; without it, it is
    /// linear at 8 kHz.
    ///
    /// # Errors
    /// [`Error::NoAudio`]: the call came by `AGI()` (`agi_enhanced: 0.0`), over the network, or the audio was opened
    /// before. [`Error::AudioFormat`]: the form is neither linear nor G.711. Otherwise as
    /// [`get_variable`](Session::get_variable).
    pub fn open(agi: &mut Session) -> Result<Audio> {
        // Only this tells: under plain AGI descriptor 3 is whatever this program has opened first.
        if !agi.environment().enhanced() {
            return Err(Error::NoAudio);
        }
        let name = agi.get_variable("EAGI_AUDIO_FORMAT")?.filter(|name| !name.is_empty());
        let format = match &name {
            None => Format::default(),
            Some(name) => Format::named(name.as_bytes())
                .ok_or_else(|| Error::AudioFormat { format: name.to_string_lossy().into() })?,
        };
        let descriptor = agi.take_audio().ok_or(Error::NoAudio)?;
        Audio::from_descriptor(descriptor, format, agi.hangup_flag())
    }
}
