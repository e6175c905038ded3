//! What `ivr::say` composes is played without an error, and Asterisk plays what was listed before: nothing else.

use std::collections::BTreeSet;

use crate::Test;
use crate::lab::Lab;

const KINDS: [&str; 6] = ["money", "ordinal", "duration", "list", "spelled", "dates"];

pub fn tests() -> Vec<Test> {
    let mut tests: Vec<Test> = KINDS
        .into_iter()
        .map(|what| -> Test { (format!("say: {what}"), Box::new(move |lab| said(lab, what))) })
        .collect();
    tests.push(("say: without the sounds".into(), Box::new(without_sounds)));
    tests
}

fn said(lab: &Lab, what: &str) -> String {
    let call = lab.call("waits", &format!("probe-say.{what}"));
    let channel = call.channel();
    assert_eq!(call.wait_for("end "), "ok", "{}", call.report());
    let report = call.report();
    let failed: Vec<&str> = report.lines().filter(|line| line.starts_with("FAIL")).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let names = |start: &str| -> BTreeSet<String> {
        report.lines().filter_map(|line| line.strip_prefix(start)).map(str::to_owned).collect()
    };
    let (listed, class) = (names("listed "), names("class "));
    assert_eq!(call.left("after"), "SUCCESS");
    let heard = call.played(&channel);
    let played: BTreeSet<String> = heard.iter().cloned().collect();
    let not_listed: Vec<_> = played.difference(&listed).collect();
    assert!(not_listed.is_empty() && !played.is_empty(), "{not_listed:?}\n{report}");
    // A date is listed as any date; the others as what they are.
    if what != "dates" {
        assert_eq!(played, listed, "{report}");
    }
    let beyond: Vec<_> = listed.difference(&class).filter(|name| *name != "letters/dash").collect();
    assert!(beyond.is_empty(), "of no {what}: {beyond:?}");
    let said = report.lines().filter(|line| line.starts_with("ok ")).count();
    format!("{said} said, {} sounds played, {} different ones\n", heard.len(), played.len())
}

fn without_sounds(lab: &Lab) -> String {
    let call = lab.call("waits", "probe-say.spanish");
    let channel = call.channel();
    assert_eq!(call.wait_for("end "), "ok", "{}", call.report());
    lab.settle_log();
    let heard = call.played(&channel);
    format!("{}\nheard {heard:?}\n", call.report())
}
