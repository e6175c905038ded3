//! From a session to its audio.

use crate::audio::{Audio, Format};
use crate::error::{Error, Result};
use crate::session::Session;

impl Audio {
    /// The caller's audio of a call that came by `EAGI()`. Open it before the first command that takes time: only
    /// from then on the pipe holds more than four seconds.
    ///
    /// `GET VARIABLE "EAGI_AUDIO_FORMAT"` tells the form, which the dialplan chooses before `EAGI()`; without it, it is
    /// linear at 8 kHz. Where it holds another name, Asterisk is asked what really flows, by `GET FULL VARIABLE
    /// "${CHANNEL(audioreadformat)}"`: for a name that it does not know, it has taken linear at 8 kHz.
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
        let format = format(agi)?;
        let descriptor = agi.take_audio().ok_or(Error::NoAudio)?;
        Audio::from_descriptor(descriptor, format, agi.hangup_flag())
    }
}

fn format(agi: &mut Session) -> Result<Format> {
    let asked = agi.get_variable("EAGI_AUDIO_FORMAT")?.filter(|name| !name.is_empty());
    let Some(mut name) = asked else { return Ok(Format::default()) };
    if let Some(format) = Format::named(name.as_bytes()) {
        return Ok(format);
    }
    let flows = agi.get_full_variable("${CHANNEL(audioreadformat)}")?;
    if let Some(flows) = flows.filter(|flows| !flows.is_empty()) {
        name = flows;
    }
    Format::named(name.as_bytes())
        .ok_or_else(|| Error::AudioFormat { format: name.to_string_lossy().into() })
}
