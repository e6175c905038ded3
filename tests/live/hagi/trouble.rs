//! A server that is not there, in the ways in which one can be absent.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::servers::{Site, closes, hole, refuses};
use super::{Named, Place, complaints, host, hosts, srv, went};
use crate::lab::{Lab, wait};

/// What Asterisk gives a connection.
const GIVES: Duration = Duration::from_secs(2);
/// Nobody waited for anything, even on a slow machine.
const AT_ONCE: Duration = Duration::from_millis(1500);

pub fn tests() -> Vec<Named> {
    vec![
        ("the first is stopped, and comes back", stopped),
        ("the first does not answer", silent),
        ("two addresses of one name", addresses),
        ("the first closes at once", closing),
        ("the first cannot be reached", unreachable),
    ]
}

fn two(first: u16, second: u16) -> Vec<String> {
    let targets = [(10, 0, first, "one.agi.test"), (20, 0, second, "two.agi.test")];
    [srv("agi.test", &targets), hosts()].concat()
}

/// Its calls go on to their end, new ones go to the second; started again, it has them back at once.
fn stopped(lab: &Lab) -> String {
    let (one, two_) = (Site::start("one"), Site::start("two"));
    let port = one.port;
    let mut place = Place::new(lab, &two(port, two_.port));
    let slow = place.begin("hagi://agi.test/slow");
    wait("the slow call to begin", || (one.active() == 1).then_some(()));
    one.close();
    let from = lab.log_length();
    let first = place.go("hagi://agi.test/account");
    let said = complaints(lab, from);
    assert!(said.contains("Connection refused"), "{said}");
    assert_eq!(("SUCCESS", "two"), (first.status.as_str(), first.by.as_str()));
    assert!(first.took < AT_ONCE, "{first:?}");
    let by = place.many("hagi://agi.test/account", 20);
    assert!(by.iter().all(|by| by == "two"), "{by:?}");
    let slow = went(&slow);
    assert_eq!(("SUCCESS", "one"), (slow.status.as_str(), slow.by.as_str()), "{slow:?}");
    assert_eq!(one.end(), 0, "none was cut");
    let again = Site::on("one", (Ipv4Addr::LOCALHOST, port).into());
    let by = place.many("hagi://agi.test/account", 20);
    assert!(by.iter().all(|by| by == "one"), "{by:?}");
    drop(again);
    format!("to the second after {:?}\n{said}", first.took)
}

/// The time that Asterisk gives a connection, and then the second.
fn silent(lab: &Lab) -> String {
    let (hole, two_) = (hole(), Site::start("two"));
    let mut place = Place::new(lab, &two(hole.port, two_.port));
    let from = lab.log_length();
    let went = place.go("hagi://agi.test/account");
    let said = complaints(lab, from);
    assert_eq!(("SUCCESS", "two"), (went.status.as_str(), went.by.as_str()), "{said}");
    assert!(went.took >= GIVES - Duration::from_millis(100), "{went:?}");
    assert!(went.took < GIVES * 5, "{went:?}");
    assert!(said.contains("timed out"), "{said}");
    format!("to the second after {:?}\n{said}", went.took)
}

/// Plain `agi://` goes to the next address, too.
fn addresses(lab: &Lab) -> String {
    let second = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), 0));
    let two_ = Site::on("two", second);
    let records = host("agi.test", &["127.0.0.1", "127.0.0.2"]);
    let mut place = Place::new(lab, &records);
    let from = lab.log_length();
    let went = place.go(&format!("agi://agi.test:{}/account", two_.port));
    let said = complaints(lab, from);
    assert_eq!(("SUCCESS", "two"), (went.status.as_str(), went.by.as_str()), "{said}");
    assert!(said.contains("Connection refused"), "the first was asked:\n{said}");
    assert!(went.took < AT_ONCE, "{went:?}");
    format!("to the second address after {:?}\n{said}", went.took)
}

/// A connection is all that Asterisk wants: the second is not asked, and AGISTATUS says SUCCESS.
fn closing(lab: &Lab) -> String {
    let (closer, two_) = (closes(), Site::start("two"));
    let mut place = Place::new(lab, &two(closer.port, two_.port));
    let from = lab.log_length();
    let went = place.go("hagi://agi.test/account");
    let said = complaints(lab, from);
    assert_eq!(("SUCCESS", ""), (went.status.as_str(), went.by.as_str()), "{went:?} {said}");
    format!("AGISTATUS SUCCESS after {:?}, served by nobody\n{said}", went.took)
}

/// The system refuses to connect: nothing leaves the machine for this address.
fn unreachable(lab: &Lab) -> String {
    let two_ = Site::start("two");
    let nowhere = host("one.agi.test", &["255.255.255.255"]);
    let second = host("two.agi.test", &["127.0.0.1"]);
    let port = refuses();
    let records = [
        srv("agi.test", &[(10, 0, port, "one.agi.test"), (20, 0, two_.port, "two.agi.test")]),
        srv("alone.agi.test", &[(10, 0, port, "one.agi.test")]),
        nowhere,
        second,
    ];
    let mut place = Place::new(lab, &records.concat());
    let from = lab.log_length();
    let went = place.go("hagi://agi.test/account");
    let said = complaints(lab, from);
    assert!(said.contains("unreachable"), "{said}");
    assert_eq!(("SUCCESS", "two"), (went.status.as_str(), went.by.as_str()), "{said}");
    assert!(went.took < AT_ONCE, "{went:?}");
    let alone = place.go("hagi://alone.agi.test/account");
    assert_eq!(("FAILURE", ""), (alone.status.as_str(), alone.by.as_str()));
    format!("to the second after {:?}; alone: FAILURE\n{said}", went.took)
}
