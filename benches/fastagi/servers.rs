//! Who takes part.

use std::io;

pub(crate) use crate::common::Contestant;
use crate::common::build;

/// All of them, the yardstick first.
const NAMES: &[&str] = &[
    "c",
    "ours",
    "asterisk-rs-agi",
    "go-by-hand",
    "CyCoreSystems-agi",
    "zaf-agi",
    "pystrix",
    "panoramisk",
];

/// Has all of them built, and gives those that can take part; the others are told of.
pub(crate) fn servers() -> io::Result<Vec<Contestant>> {
    let contestants = build("fastagi", NAMES)?;
    match contestants.first() {
        Some(Contestant { name: "c", .. }) => Ok(contestants),
        _ => Err(io::Error::other("the yardstick c is missing: all ratios are to it")),
    }
}
