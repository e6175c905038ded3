//! Speech engines, and what they recognize.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What one SPEECH RECOGNIZE comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    /// Score, text, grammar.
    pub(super) results: Vec<(i32, Vec<u8>, Vec<u8>)>,
}

/// The engines that there are, by name, and what they will recognize.
#[derive(Debug, Default)]
pub(super) struct Engines {
    pub(super) engines: BTreeMap<String, VecDeque<Heard>>,
    /// The one that SPEECH CREATE made, of the session.
    pub(super) created: Option<String>,
    pub(super) grammars: BTreeSet<Vec<u8>>,
}

impl Engines {
    /// What the engine of this session recognizes next.
    pub(super) fn next(&mut self) -> Option<Heard> {
        self.engines.get_mut(self.created.as_ref()?)?.pop_front()
    }
}
