//! What variables and functions are, seen from this call.

use std::time::UNIX_EPOCH;

use super::call::Call;
use super::channel::Channel;
use super::expand::{self, Scope};
use super::functions;

/// `NAME(arguments)` taken apart. Only a `)` at the very end makes it a function.
fn function(name: &[u8]) -> Option<(String, &[u8])> {
    let inside = name.strip_suffix(b")")?;
    let at = inside.iter().position(|&byte| byte == b'(')?;
    let function = String::from_utf8_lossy(inside.get(..at)?).into_owned();
    Some((function, inside.get(at + 1..)?))
}

impl Channel {
    /// Whether this is the channel's name, in any case.
    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Sets a variable, or writes a function.
    pub(super) fn write(&mut self, name: &[u8], value: &[u8]) {
        match function(name) {
            Some((name, arguments)) => functions::write(self, &name, arguments, value),
            None => self.set_variable(name, value),
        }
    }

    /// What Asterisk knows of every channel by a variable's name; such a name wins over a variable.
    fn builtin(&self, name: &[u8]) -> Option<Vec<u8>> {
        let number = |number: i32| number.to_string().into_bytes();
        Some(match name {
            b"CHANNEL" => self.name.clone(),
            b"UNIQUEID" => self.uniqueid.clone(),
            b"EXTEN" => self.extension.clone(),
            b"CONTEXT" => self.context.clone(),
            b"PRIORITY" => number(self.priority),
            b"CALLINGPRES" => number(self.identity.presentation().into()),
            b"CALLINGANI2" => number(self.identity.ani2),
            b"CALLINGTON" => number(self.identity.plan),
            b"CALLINGTNS" => number(self.identity.tns),
            b"HANGUPCAUSE" => number(self.hangup_cause),
            b"SYSTEMNAME" => Vec::new(),
            b"ASTETCDIR" => b"/etc/asterisk".to_vec(),
            b"ASTVARLIBDIR" | b"ASTDBDIR" => b"/var/lib/asterisk".to_vec(),
            b"ASTDATADIR" => b"/usr/share/asterisk".to_vec(),
            b"ASTAGIDIR" => b"/usr/share/asterisk/agi-bin".to_vec(),
            b"ASTSPOOLDIR" => b"/var/spool/asterisk".to_vec(),
            b"ASTRUNDIR" => b"/var/run/asterisk".to_vec(),
            b"ASTLOGDIR" => b"/var/log/asterisk".to_vec(),
            _ => return None,
        })
    }
}

impl Call {
    /// The date and time, in seconds since 1970: when the call began, and what has passed of it.
    pub(super) fn epoch(&self) -> i64 {
        let now = self.channel.began.checked_add(self.now()).unwrap_or(UNIX_EPOCH);
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// What a variable is, or a function gives.
    pub(super) fn read(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        match function(name) {
            Some((name, arguments)) => expand::call(self, name.as_bytes(), arguments),
            None => self.read_variable(name),
        }
    }

    pub(super) fn read_variable(&self, name: &[u8]) -> Option<Vec<u8>> {
        if name == b"EPOCH" {
            return Some(self.epoch().to_string().into_bytes());
        }
        self.channel.builtin(name).or_else(|| self.channel.variable(name).map(<[u8]>::to_vec))
    }

    /// Sets a variable, or writes a function.
    pub(super) fn write(&mut self, name: &[u8], value: &[u8]) {
        match function(name) {
            Some((name, arguments)) if name == "TIMEOUT" => {
                functions::set_timeout(self, arguments, value);
            }
            Some((name, arguments)) if expand::write(self, name.as_bytes(), arguments, value) => {}
            _ => self.channel.write(name, value),
        }
    }

    /// Evaluates `${…}` and `$[…]`.
    pub(super) fn evaluate(&mut self, text: &[u8]) -> Vec<u8> {
        expand::expand(self, text)
    }
}

impl Scope for Call {
    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.read_variable(name)
    }

    fn epoch(&self) -> i64 {
        Call::epoch(self)
    }

    fn set_variable(&mut self, name: &[u8], value: &[u8]) {
        self.channel.set_variable(name, value);
    }

    fn function(&mut self, name: &[u8], arguments: &[u8]) -> Option<Option<Vec<u8>>> {
        let name = String::from_utf8_lossy(name).into_owned();
        if let Some(function) = self.doors.functions.get_mut(&name) {
            return Some(function(arguments));
        }
        functions::is_known(&name).then(|| functions::read(self, &name, arguments))
    }
}
