//! The channel: who calls, what state it is in, its variables.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::identity::{Identity, Known};
use super::voice::Voice;

/// A channel's state while it rings.
pub(super) const RING: u8 = 4;
/// A channel's state once it is answered.
pub(super) const UP: u8 = 6;

/// An entry's place in AstDB.
pub(super) fn entry(family: &[u8], key: &[u8]) -> Vec<u8> {
    [family, b"/", key].concat()
}

/// One channel.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) name: Vec<u8>,
    pub(super) technology: Vec<u8>,
    pub(super) language: Vec<u8>,
    pub(super) uniqueid: Vec<u8>,
    pub(super) version: Vec<u8>,
    pub(super) identity: Identity,
    pub(super) context: Vec<u8>,
    pub(super) extension: Vec<u8>,
    pub(super) priority: i32,
    pub(super) accountcode: Vec<u8>,
    pub(super) request: Vec<u8>,
    pub(super) arguments: Vec<Vec<u8>>,
    /// Over TCP: what the address says behind the host. It may be nothing.
    pub(super) served: Option<Vec<u8>>,
    pub(super) state: u8,
    pub(super) hangup_cause: i32,
    pub(super) voice: Voice,
    /// The form in which its audio is read: EAGI chooses it.
    pub(super) reads: Vec<u8>,
    /// When the call begins, by the calendar.
    pub(super) began: SystemTime,
    /// What was written to CHANNEL(…) and means nothing more here.
    pub(super) items: BTreeMap<String, Vec<u8>>,
    pub(super) variables: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) globals: BTreeMap<Vec<u8>, Vec<u8>>,
    /// AstDB, by `family/key`: a family may hold slashes, too.
    pub(super) database: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Default for Channel {
    fn default() -> Self {
        Channel {
            name: b"PJSIP/agikit-00000001".to_vec(),
            technology: b"PJSIP".to_vec(),
            language: b"en".to_vec(),
            uniqueid: b"1767225600.1".to_vec(),
            version: Vec::new(),
            identity: Identity::default(),
            context: b"default".to_vec(),
            extension: b"100".to_vec(),
            priority: 1,
            accountcode: Vec::new(),
            request: b"script".to_vec(),
            arguments: Vec::new(),
            served: None,
            state: RING,
            hangup_cause: 0,
            voice: Voice::default(),
            reads: b"slin".to_vec(),
            began: SystemTime::now(),
            items: BTreeMap::new(),
            variables: BTreeMap::new(),
            globals: BTreeMap::new(),
            database: BTreeMap::new(),
        }
    }
}

impl Channel {
    /// The environment, a line each, the empty one included: Asterisk writes each by itself (`setup_env`).
    pub(super) fn environment(&self, enhanced: bool) -> Vec<Vec<u8>> {
        let unknown = |value: &[u8]| match value {
            [] => b"unknown".to_vec(),
            value => value.to_vec(),
        };
        let known_text = |known: &Known| unknown(if known.valid { &known.text } else { b"" });
        let id = &self.identity;
        let number = |number: i32| number.to_string().into_bytes();
        let known = |known: bool| if known { &b"1.0"[..] } else { b"0.0" }.to_vec();
        let mut lines = Vec::with_capacity(26);
        if let Some(script) = &self.served {
            lines.push(b"agi_network: yes\n".to_vec());
            if !script.is_empty() {
                lines.push([b"agi_network_script: ", script.as_slice(), b"\n"].concat());
            }
        }
        for (name, value) in [
            ("request", self.request.clone()),
            ("channel", self.name.clone()),
            ("language", self.language.clone()),
            ("type", self.technology.clone()),
            ("uniqueid", self.uniqueid.clone()),
            ("version", self.version.clone()),
            ("callerid", known_text(&id.number)),
            ("calleridname", known_text(&id.name)),
            ("callingpres", number(id.presentation().into())),
            ("callingani2", number(id.ani2)),
            ("callington", number(id.plan)),
            ("callingtns", number(id.tns)),
            ("dnid", unknown(&id.dnid)),
            ("rdnis", unknown(&id.rdnis)),
            ("context", self.context.clone()),
            ("extension", self.extension.clone()),
            ("priority", number(self.priority)),
            ("enhanced", known(enhanced)),
            ("accountcode", self.accountcode.clone()),
            ("threadid", b"140000000000000".to_vec()),
        ] {
            lines.push([b"agi_", name.as_bytes(), b": ", &value, b"\n"].concat());
        }
        for (index, value) in (1..).zip(&self.arguments) {
            lines.push([format!("agi_arg_{index}: ").as_bytes(), value, b"\n"].concat());
        }
        lines.push(b"\n".to_vec());
        lines
    }

    /// A variable set on the channel, or else for all.
    pub(super) fn variable(&self, name: &[u8]) -> Option<&[u8]> {
        self.variables.get(name).or_else(|| self.globals.get(name)).map(Vec::as_slice)
    }

    /// Sets a variable. One or two `_` before the name, which let it be inherited, are no part of it.
    pub(super) fn set_variable(&mut self, name: &[u8], value: &[u8]) {
        let name = name.strip_prefix(b"_").unwrap_or(name);
        let name = name.strip_prefix(b"_").unwrap_or(name);
        self.variables.insert(name.to_vec(), value.to_vec());
    }

    /// Asterisk's "true": `AGIEXITONHANGUP` needs one.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.is_one_of(name, &["yes", "true", "y", "t", "1", "on"])
    }

    /// Asterisk's "false": `AGISIGHUP` is on otherwise.
    pub(super) fn is_false(&self, name: &str) -> bool {
        self.is_one_of(name, &["no", "false", "n", "f", "0", "off"])
    }

    fn is_one_of(&self, name: &str, words: &[&str]) -> bool {
        self.variable(name.as_bytes())
            .is_some_and(|value| words.iter().any(|it| value.eq_ignore_ascii_case(it.as_bytes())))
    }
}
