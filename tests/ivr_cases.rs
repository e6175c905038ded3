//! Questions and menus: the table of `support_ivr` on the emulator. The live tests play it to real Asterisk.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "a part of two programs")]

mod support_ivr;
mod support_scenarios;

use agikit::emulator::Version;

#[test]
fn every_case_comes_to_what_it_should() {
    let mut wrong = Vec::new();
    for version in [Version::V16, Version::V22] {
        for case in support_ivr::cases() {
            let outcome = support_ivr::run(&case, version);
            if outcome.answer != case.expected {
                let (name, caller) = (&case.name, &case.scenario.text);
                wrong
                    .push(format!("{version:?} {name}: {outcome:#?}\n{}\n{caller}", case.expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What tells a case's name and its callers apart.
#[test]
fn every_case_has_a_name_of_its_own() {
    let mut names: Vec<String> =
        support_ivr::cases().into_iter().map(|case| case.scenario.text).collect();
    names.sort();
    assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
    assert!(names.len() > 120, "{}", names.len());
}
