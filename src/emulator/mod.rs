//! Asterisk's side of an AGI session, without Asterisk.

#![allow(dead_code, reason = "the rooms come before the house that uses them")]

pub(crate) mod expand;
pub(crate) mod say;
pub(crate) mod sounds;
