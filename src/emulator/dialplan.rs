//! The dialplan's side of a call: what EXEC and GOSUB run.

use std::time::Duration;

use super::call::Call;
use super::caller::Keys;
use super::channel::{UP, entry};
use super::number::{atoi, scan};
use super::play::Ending;
use super::wait::{Happened, Listen};

/// A call in the hands of an application or a subroutine: see [`Asterisk::application`](super::Asterisk::application).
///
/// What it does takes the call's time, and the caller may hang up meanwhile.
#[derive(Debug)]
pub struct Dialplan<'c> {
    call: &'c mut Call,
}

impl<'c> Dialplan<'c> {
    pub(super) fn new(call: &'c mut Call) -> Self {
        Dialplan { call }
    }

    /// Answers the call.
    pub fn answer(&mut self) {
        self.call.channel.state = UP;
    }

    /// Hangs the channel up: the script learns of it when its command is answered.
    pub fn hang_up(&mut self) {
        self.call.hung_up = true;
    }

    /// Whether the caller has hung up.
    #[must_use]
    pub fn is_hung_up(&self) -> bool {
        self.call.hung_up
    }

    /// Lets time pass. Gives whether the caller is still there.
    pub fn wait(&mut self, time: Duration) -> bool {
        self.call.pause(time, Listen::deaf())
    }

    /// Plays a sound. Gives the key that stopped it, one of these.
    pub fn play(&mut self, sound: &str, keys: &str) -> Option<char> {
        let listen = Listen::keys(Keys::These(keys.as_bytes()));
        match self.call.play(sound.as_bytes(), 0, listen).ending {
            Ending::Key(key) => Some(char::from(key)),
            _ => None,
        }
    }

    /// The next key that the caller presses within this time.
    pub fn key(&mut self, time: Duration) -> Option<char> {
        let end = self.call.after(time);
        loop {
            match self.call.wait(Some(end), Listen::keys(Keys::All)) {
                Happened::Key(key) => return Some(char::from(key)),
                Happened::Time | Happened::Hangup => return None,
                Happened::Text(_) | Happened::Command => {}
            }
        }
    }

    /// A channel variable, or what a dialplan function gives: `CALLERID(num)`.
    pub fn variable(&mut self, name: &str) -> Option<Vec<u8>> {
        self.call.read(name.as_bytes())
    }

    /// Sets a channel variable, or writes a dialplan function.
    pub fn set_variable(&mut self, name: &str, value: &[u8]) {
        self.call.write(name.as_bytes(), value);
    }

    /// An entry of AstDB.
    #[must_use]
    pub fn database(&self, family: &str, key: &str) -> Option<&[u8]> {
        let entry = entry(family.as_bytes(), key.as_bytes());
        self.call.channel.database.get(&entry).map(Vec::as_slice)
    }

    /// Writes an entry of AstDB.
    pub fn set_database(&mut self, family: &str, key: &str, value: &[u8]) {
        let entry = entry(family.as_bytes(), key.as_bytes());
        self.call.channel.database.insert(entry, value.to_vec());
    }
}

/// Runs an application: a user's, or one of the few that the emulator has. `-2` where there is none.
pub(super) fn execute(call: &mut Call, name: &str, arguments: &[u8]) -> i32 {
    let key = name.to_ascii_lowercase();
    if let Some(mut application) = call.doors.applications.remove(&key) {
        let result = application(&mut Dialplan::new(call), arguments);
        // It may have been given anew meanwhile.
        call.doors.applications.entry(key).or_insert(application);
        return result;
    }
    match key.as_str() {
        "answer" => {
            call.channel.state = UP;
            0
        }
        "noop" | "verbose" | "log" | "ringing" | "progress" | "proceeding" => 0,
        "startmusiconhold" | "stopmusiconhold" | "userevent" => 0, // nobody hears or sees them here
        "senddtmf" => send_dtmf(call, arguments),
        "set" => {
            set(call, arguments);
            0
        }
        "mset" => {
            arguments.split(|&byte| byte == b',').for_each(|one| set(call, one));
            0
        }
        "hangup" => {
            call.channel.hangup_cause = scan(arguments).unwrap_or(0);
            call.hung_up = true;
            -1
        }
        "wait" => wait(call, arguments),
        "playback" => playback(call, arguments),
        "read" => read(call, arguments),
        _ => -2,
    }
}

/// `Set(NAME=value)`.
fn set(call: &mut Call, arguments: &[u8]) {
    if let Some(at) = arguments.iter().position(|&byte| byte == b'=') {
        let (name, value) = arguments.split_at(at);
        call.write(name, value.get(1..).unwrap_or_default());
    }
}

/// `Wait(seconds)`. Nobody disturbs it when the caller has left already.
fn wait(call: &mut Call, arguments: &[u8]) -> i32 {
    let seconds = std::str::from_utf8(arguments).ok().and_then(|text| text.trim().parse().ok());
    let time = Duration::try_from_secs_f64(seconds.unwrap_or(0.0)).unwrap_or_default();
    match (call.was_dead, call.dead) {
        (true, _) => -1,
        (false, true) => {
            call.let_pass(time);
            0
        }
        (false, false) => {
            if call.pause(time, Listen::deaf()) {
                0
            } else {
                -1
            }
        }
    }
}

/// `SendDTMF(digits,gap,length)`: it takes its time, but for one without anything, which is over at once.
fn send_dtmf(call: &mut Call, arguments: &[u8]) -> i32 {
    if arguments.is_empty() {
        return 0;
    }
    let mut words = arguments.split(|&byte| byte == b',');
    let digits = words.next().unwrap_or_default().len();
    let mut millis = |default: u64| {
        words
            .next()
            .and_then(scan)
            .and_then(|it| u64::try_from(it).ok())
            .filter(|it| *it > 0)
            .unwrap_or(default)
    };
    let (gap, length) = (millis(250), millis(100));
    let digits = u64::try_from(digits).unwrap_or(0);
    let time = Duration::from_millis(100 + digits.saturating_mul(gap + length));
    if call.pause(time, Listen::deaf()) { 0 } else { -1 }
}

/// `Playback(sound&sound)`.
fn playback(call: &mut Call, arguments: &[u8]) -> i32 {
    let sounds = arguments.split(|&byte| byte == b',').next().unwrap_or_default().to_vec();
    if sounds.is_empty() {
        return -1;
    }
    if call.dead {
        return 0;
    }
    call.channel.state = UP;
    let mut status = "SUCCESS";
    let mut result = 0;
    for sound in sounds.split(|&byte| byte == b'&') {
        match call.play(sound, 0, Listen::deaf()).ending {
            Ending::Missing => status = "FAILED",
            Ending::Hangup => {
                status = "FAILED";
                // 16 forgets that the caller left.
                result = if call.version < super::Version::new(17, 0) { 0 } else { -1 };
                break;
            }
            _ => {}
        }
    }
    call.channel.set_variable(b"PLAYBACKSTATUS", status.as_bytes());
    result
}

/// `Read(variable,sound,maxdigits,options,attempts,timeout)`.
fn read(call: &mut Call, arguments: &[u8]) -> i32 {
    let words: Vec<Vec<u8>> = arguments.split(|&byte| byte == b',').map(<[u8]>::to_vec).collect();
    let word = |index: usize| words.get(index).map_or(&b""[..], Vec::as_slice);
    let most = match atoi(word(2)) {
        most @ 1..=255 => usize::try_from(most).unwrap_or(255),
        _ => 255,
    };
    let timeout = match atoi(word(5)) {
        0 => Duration::from_secs(10),
        seconds => Duration::from_secs(u64::from(seconds.unsigned_abs())),
    };
    let mut digits = Vec::new();
    let mut first = None;
    if !word(1).is_empty()
        && let Ending::Key(key) = call.play(word(1), 0, Listen::keys(Keys::All)).ending
    {
        first = Some(char::from(key));
    }
    let mut status = "OK";
    while digits.len() < most {
        let key = first.take().or_else(|| Dialplan::new(call).key(timeout));
        match key {
            Some('#') => break,
            Some(key) => digits.push(u8::try_from(key).unwrap_or_default()),
            None => {
                status = if call.hung_up { "HANGUP" } else { "TIMEOUT" };
                break;
            }
        }
    }
    if status != "HANGUP" {
        call.write(word(0), &digits);
    }
    call.channel.set_variable(b"READSTATUS", status.as_bytes());
    0
}
