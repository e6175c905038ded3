//! Two servers that are both there: who gets the calls.

use super::servers::Site;
use super::{Named, Place, hosts, srv};
use crate::lab::Lab;

pub fn tests() -> Vec<Named> {
    vec![("by weight", by_weight), ("by priority", by_priority)]
}

/// With the same priority: by their weights, roughly. Asterisk's draw has a bias (70 to 30 makes 79 to 21), and
/// between equals takes what the answer names first; dnsmasq turns its answers round.
fn by_weight(lab: &Lab) -> String {
    let (one, two) = (Site::start("one"), Site::start("two"));
    let weighs = |name: &str, first, second| {
        srv(name, &[(10, first, one.port, "one.agi.test"), (10, second, two.port, "two.agi.test")])
    };
    let records = [
        weighs("weighed.agi.test", 70, 30),
        weighs("equal.agi.test", 50, 50),
        weighs("zero.agi.test", 0, 0),
        hosts(),
    ];
    let mut place = Place::new(lab, &records.concat());
    let mut first = |name: &str, calls| {
        let by = place.many(&format!("hagi://{name}/account"), calls);
        by.iter().filter(|by| *by == "one").count()
    };
    let weighed = first("weighed.agi.test", 200);
    // 157 are expected of a name server that turns its answers, 140 of a fair draw; 6 is the deviation.
    assert!((110..=190).contains(&weighed), "{weighed} of 200 for 70 to 30");
    let equal = first("equal.agi.test", 100);
    assert!((20..=80).contains(&equal), "{equal} of 100 for 50 to 50");
    let zero = first("zero.agi.test", 100);
    assert!((20..=80).contains(&zero), "{zero} of 100 for 0 to 0");
    format!(
        "70 to 30: {weighed} of 200 to the first; 50 to 50: {equal} of 100; 0 to 0: {zero} of 100\n"
    )
}

/// With different ones: all to the first, whatever the weights.
fn by_priority(lab: &Lab) -> String {
    let (one, two) = (Site::start("one"), Site::start("two"));
    let targets = [(20, 100, two.port, "two.agi.test"), (10, 0, one.port, "one.agi.test")];
    let mut place = Place::new(lab, &[srv("agi.test", &targets), hosts()].concat());
    let by = place.many("hagi://agi.test/account", 50);
    assert!(by.iter().all(|by| by == "one"), "{by:?}");
    let asked = place.dns.queries();
    // Nothing is kept: each call asks for the servers, and for the address of the one it takes.
    let records = asked.iter().filter(|it| *it == "[SRV] _agi._tcp.agi.test").count();
    assert_eq!(records, 50, "{asked:?}");
    format!("50 of 50 to the first; {} questions to the name server\n", asked.len())
}
