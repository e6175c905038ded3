//! Taking keys: during a prompt, and behind it.

use std::time::Duration;

use super::Prompt;
use super::prompt::Part;
use crate::command::{GetData, GetOption, WaitForDigit};
use crate::error::Result;
use crate::reply::Waited;
use crate::session::Session;
use crate::text::Text;

/// All that a telephone may have.
pub(super) const ALL: &str = "0123456789*#ABCD";

/// The most keys of an answer whose end the caller tells. GET DATA's own bound is 1,023.
const MOST: u16 = 255;

/// How keys are taken.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// The fewest and the most digits of an answer.
    pub(super) least: u16,
    pub(super) most: u16,
    /// The last possible digit ends the answer; else more of them make it too long.
    pub(super) ends_at_most: bool,
    /// The key that ends it.
    pub(super) end: Option<char>,
    pub(super) cancel: Option<char>,
    /// How long to wait for the first key, and for each one behind it.
    pub(super) first: Duration,
    pub(super) between: Duration,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// These, without the key that ended them.
    Keys(Vec<u8>),
    Silence,
    Cancelled,
}

impl Keys {
    /// Plays prompts, one behind the other, and takes keys from the first of their parts on.
    pub(super) fn take(&self, agi: &mut Session, prompts: [&Prompt<'_>; 2]) -> Result<Taken> {
        let parts: Vec<&Part<'_>> = prompts.into_iter().flat_map(Prompt::parts).collect();
        // One GET DATA from the last sound on: nothing can fall between two commands.
        if self.is_get_data() && self.first == self.between {
            let (last, before) = match parts.split_last() {
                Some((Part::Sound(name), before)) => (Text::new(name), before),
                _ => (Text::new(b""), parts.as_slice()),
            };
            return match play(agi, before)? {
                Some(key) => self.behind(agi, key),
                None => self.get_data(agi, last, Vec::new()),
            };
        }
        match one_key(agi, &parts, self.first)? {
            Some(key) => self.behind(agi, key),
            None => Ok(Taken::Silence),
        }
    }

    /// Whether GET DATA takes keys as they are to be taken: it knows one key that ends them, and none that cancels.
    fn is_get_data(&self) -> bool {
        self.end == Some('#') && self.cancel.is_none()
    }

    /// The keys behind the first one.
    pub(super) fn behind(&self, agi: &mut Session, mut key: char) -> Result<Taken> {
        let mut keys = Vec::new();
        loop {
            if Some(key) == self.cancel {
                return Ok(Taken::Cancelled);
            }
            if Some(key) == self.end {
                return Ok(Taken::Keys(keys));
            }
            keys.extend(u8::try_from(key));
            if keys.len() >= self.limit().into() {
                return Ok(Taken::Keys(keys));
            }
            if self.is_get_data() {
                return self.get_data(agi, Text::new(b""), keys);
            }
            match wait(agi, self.between)? {
                Some(next) => key = next,
                None => return Ok(Taken::Keys(keys)),
            }
        }
    }

    /// The rest by one command, with the keys that were pressed before it.
    fn get_data(&self, agi: &mut Session, sound: Text<'_>, mut keys: Vec<u8>) -> Result<Taken> {
        let time = if keys.is_empty() { self.first } else { self.between };
        let left = self.limit().saturating_sub(u16::try_from(keys.len()).unwrap_or(MOST));
        let data = agi.run(GetData::new(sound).timeout(time).max_digits(left))?;
        // A manager who controls a playback leaves other bytes there.
        keys.extend(data.digits.as_bytes().iter().filter(|byte| byte.is_ascii()));
        Ok(match keys.is_empty() && data.timed_out {
            true => Taken::Silence,
            false => Taken::Keys(keys),
        })
    }

    /// After how many digits no further one is taken.
    fn limit(&self) -> u16 {
        match self.ends_at_most {
            true => self.most,
            false => self.most.saturating_add(1).max(MOST),
        }
    }
}

/// Plays what is to be said and waits for one key, whichever.
pub(super) fn one_key(
    agi: &mut Session,
    parts: &[&Part<'_>],
    timeout: Duration,
) -> Result<Option<char>> {
    match parts.split_last() {
        // The sound and the wait behind it are one command.
        Some((Part::Sound(name), before)) => match play(agi, before)? {
            Some(key) => Ok(Some(key)),
            None => Ok(agi.run(GetOption::new(&**name, ALL).timeout(timeout))?.digit),
        },
        _ => match play(agi, parts)? {
            Some(key) => Ok(Some(key)),
            None => wait(agi, timeout),
        },
    }
}

/// Plays up to the first key.
fn play(agi: &mut Session, parts: &[&Part<'_>]) -> Result<Option<char>> {
    for part in parts {
        if let Some(key) = part.play(agi, Text::from(ALL))? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

fn wait(agi: &mut Session, timeout: Duration) -> Result<Option<char>> {
    loop {
        match agi.run(WaitForDigit::new(timeout))? {
            Waited::Digit(key) => return Ok(Some(key)),
            Waited::Timeout | Waited::Interrupted => return Ok(None),
            Waited::Control(_) => {} // a manager's, of a playback that there is not
        }
    }
}
