//! Who takes part.

use std::io;

use crate::common::{Contestant, build as build_all};

/// All of them by the name that `peers` has for them, and what they are; the yardsticks first.
const AGI: &[(&str, &str)] = &[
    ("c-musl", "C, static musl"),
    ("agikit", "agikit"),
    ("c-glibc-static", "C, static glibc"),
    ("c-glibc", "C, dynamic glibc"),
    ("agikit-release", "agikit, default release"),
    ("asterisk-agi", "Rust, asterisk-agi"),
    ("go-by-hand", "Go, by hand"),
    ("zaf-agi", "Go, zaf/agi"),
    ("bash", "bash"),
    ("perl", "Perl, Asterisk::AGI"),
    ("phpagi", "PHP, phpagi"),
    ("pyst2", "Python, pyst2"),
    ("ding-dong", "Node, ding-dong"),
];
const EAGI: &[(&str, &str)] = &[("c-musl-eagi", "C, static musl"), ("agikit-eagi", "agikit, EAGI")];

/// Those of AGI and those of EAGI that can take part. A name of either list in `AGIKIT_PEERS` brings the yardstick.
pub(crate) fn build() -> io::Result<(Vec<Contestant>, Vec<Contestant>)> {
    let both = [AGI, EAGI].concat();
    let names: Vec<&str> = both.iter().map(|&(name, _)| name).collect();
    let found = build_all("calls", &names)?;
    let of = |all: &[(&str, &'static str)]| {
        let is = |name: &str| all.iter().find(|it| it.0 == name).map(|it| it.1);
        found
            .iter()
            .filter_map(|it| Some(Contestant { name: is(it.name)?, program: it.program.clone() }))
            .collect()
    };
    let (agi, eagi): (Vec<Contestant>, Vec<Contestant>) = (of(AGI), of(EAGI));
    for list in [&agi, &eagi] {
        if list.first().is_some_and(|first| first.name != "C, static musl") {
            return Err(io::Error::other("the yardstick c-musl is missing: all ratios are to it"));
        }
    }
    Ok((agi, eagi))
}
