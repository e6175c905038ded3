//! The table of scenarios: it reads, and what came of each on real Asterisk is kept.
//! `tests/live/scenarios.rs` records it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "a part of two programs")]

mod support_scenarios;

use support_scenarios::{bytes, escaped, golden, load};

#[test]
fn every_scenario_was_recorded_on_both_versions() {
    let scenarios = load();
    assert!(scenarios.len() > 100, "{} scenarios", scenarios.len());
    for version in ["22", "16"] {
        let path = format!("{}/tests/scenarios/golden/{version}.txt", env!("CARGO_MANIFEST_DIR"));
        let kept = golden::read(&std::fs::read_to_string(path).unwrap());
        let missing: Vec<&str> = scenarios
            .iter()
            .filter(|it| it.only.as_ref().is_none_or(|only| only == version))
            .filter(|it| !kept.contains_key(&it.name))
            .map(|it| it.name.as_str())
            .collect();
        assert!(missing.is_empty(), "not recorded on {version}: {missing:?}");
    }
}

#[test]
fn a_result_differs_where_it_should() {
    let text = "== a\nabout endpos= 800\n> NOOP\n";
    let scenario = &support_scenarios::parse(text).unwrap()[0];
    let line = |text: &str| vec![text.to_owned()];
    let differ = |one: &str, other: &str| {
        !golden::differences(scenario, &line(one), &line(other)).is_empty()
    };
    assert!(!differ("< 1.000 200 result=0 endpos=100", "< 1.090 200 result=0 endpos=800"));
    assert!(differ("< 1.000 200 result=0 endpos=100", "< 1.000 200 result=0 endpos=1000"));
    assert!(differ("< 1.000 200 result=0 endpos=100", "< 1.000 200 result=1 endpos=100"));
    assert!(differ("< 1.000 200 result=0", "< 1.200 200 result=0"));
    assert!(differ("! 1.000 hangup", "< 1.000 hangup"));
    assert!(differ("= SUCCESS goes on", "= SUCCESS ends"));
}

#[test]
fn bytes_stand_for_what_they_say() {
    assert_eq!(bytes(r"a\x00b\3{xy}\z").unwrap(), b"a\0bxyxyxy\\z");
    assert_eq!(escaped(b"a\xff\n "), r"a\xff\x0a\x20");
}
