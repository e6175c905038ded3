//! The name server itself: what is asked of it, and what becomes of a call when it does not answer.

use std::net::UdpSocket;
use std::time::Duration;

use super::dns::address;
use super::servers::Site;
use super::{Named, Place, complaints, hosts, srv};
use crate::lab::Lab;

pub fn tests() -> Vec<Named> {
    vec![
        ("a port in the address skips SRV", port),
        ("a name that is not there", unknown),
        ("no name server, or a silent one", no_server),
    ]
}

/// `hagi://name:port` is `agi://name:port`, and a warning.
fn port(lab: &Lab) -> String {
    let one = Site::start("one");
    let mut place = Place::new(lab, &hosts());
    let from = lab.log_length();
    let went = place.go(&format!("hagi://one.agi.test:{}/account", one.port));
    let said = complaints(lab, from);
    assert_eq!(("SUCCESS", "one"), (went.status.as_str(), went.by.as_str()), "{said}");
    assert!(said.contains("disables SRV"), "{said}");
    let asked = place.dns.queries();
    assert_eq!(asked, ["[A] one.agi.test", "[AAAA] one.agi.test"]);
    format!("asked: {}\n{said}", asked.join(", "))
}

/// No SRV record: at once FAILURE, whatever address the name itself has. A target without an address: the next one.
fn unknown(lab: &Lab) -> String {
    let two = Site::start("two");
    let targets = [(10, 0, 4573, "nobody.agi.test"), (20, 0, two.port, "two.agi.test")];
    let mut place = Place::new(lab, &[srv("half.agi.test", &targets), hosts()].concat());
    let from = lab.log_length();
    for url in ["hagi://one.agi.test/x", "hagi://nobody.agi.test/x", "agi://nobody.agi.test/x"] {
        let went = place.go(url);
        assert_eq!((went.status.as_str(), went.by.as_str()), ("FAILURE", ""), "{url}");
        assert!(went.took < Duration::from_millis(1500), "{url}: {went:?}");
    }
    assert!(!place.dns.queries().contains(&"[A] one.agi.test".to_owned()), "no other way is tried");
    let went = place.go("hagi://half.agi.test/account");
    let said = complaints(lab, from);
    assert_eq!(("SUCCESS", "two"), (went.status.as_str(), went.by.as_str()), "{said}");
    format!("FAILURE at once; behind a target without an address, the next one\n{said}")
}

/// Refused, FAILURE at once. Without a word: as long as glibc has patience, which is the machine's to choose.
fn no_server(lab: &Lab) -> String {
    let one = Site::start("one");
    let records = [srv("agi.test", &[(10, 0, one.port, "one.agi.test")]), hosts()].concat();
    let mut place = Place::new(lab, &records);
    let silent = address(1);
    let both = format!("nameserver {silent}\nnameserver {}\n", place.dns.address);
    let mut saw = String::new();
    let mut goes = |resolver: &str, status: &str, least: u64| {
        place.resolver.set(resolver);
        let went = place.go("hagi://agi.test/account");
        let least = Duration::from_millis(least);
        assert_eq!(went.status, status, "{resolver}: {went:?}");
        assert!(went.took >= least && went.took < least * 2 + Duration::from_secs(2), "{went:?}");
        let resolver = resolver.trim_end().replace('\n', "; ");
        saw += &format!("{status} after {:?}: {resolver}\n", went.took);
    };
    // Nobody is there yet.
    goes(&format!("nameserver {silent}\n"), "FAILURE", 0);
    let _mute = UdpSocket::bind((silent, 53)).expect("root binds it");
    goes(&format!("nameserver {silent}\n"), "FAILURE", 9900);
    goes(&format!("nameserver {silent}\noptions timeout:1 attempts:1\n"), "FAILURE", 900);
    // The second one answers: once for the record, once for the address of its target.
    goes(&format!("{both}options timeout:1 attempts:1\n"), "SUCCESS", 1900);
    saw
}
