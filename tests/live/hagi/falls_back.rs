//! No server at all: what the dialplan does then.

use super::servers::{Site, closes, refuses};
use super::{Named, Place, complaints, hosts, srv, went};
use crate::lab::Lab;

pub fn tests() -> Vec<Named> {
    vec![
        ("both stopped: the program in agi-bin", program),
        ("both stopped, no program either: an apology", apology),
    ]
}

/// The account example, served, and the same in agi-bin when it is not: the caller does not notice.
fn program(lab: &Lab) -> String {
    let (first, second, closer) = (Site::account(), refuses(), closes());
    let port = first.port;
    let records = [
        srv("agi.test", &[(10, 0, port, "one.agi.test"), (20, 0, second, "two.agi.test")]),
        srv("closes.agi.test", &[(10, 0, closer.port, "one.agi.test")]),
        hosts(),
    ];
    let mut place = Place::new(lab, &records.concat());
    let (both, plain) = ("hagi://agi.test/account", format!("agi://127.0.0.1:{port}/account"));
    let mut saw = call(&mut place, &[(both, "SUCCESS"), (&plain, "SUCCESS")]);
    assert_eq!(first.done(), 2, "the server had them");
    first.close();
    let from = lab.log_length();
    // To AGISTATUS nothing is wrong with the last one.
    let closes = ("hagi://closes.agi.test/account", "SUCCESS");
    saw += &call(&mut place, &[(both, "FAILURE"), (&plain, "FAILURE"), closes]);
    assert_eq!(first.end(), 0);
    saw + &complaints(lab, from)
}

/// A caller for each of these addresses, who dials his account's number; and AGISTATUS of AGI(address).
fn call(place: &mut Place<'_>, urls: &[(&str, &str)]) -> String {
    let mut saw = String::new();
    let mut begin = |(url, _): &(&str, &str)| {
        place.place("keys-1001#", "safe", &[&format!("URL={url}"), "LOCAL=account"])
    };
    let calls: Vec<_> = urls.iter().map(&mut begin).collect();
    for ((url, status), call) in urls.iter().zip(&calls) {
        let went = went(call);
        assert_eq!((went.status.as_str(), went.by.as_str()), (*status, "found"), "{url}");
        saw += &format!("{url}: {status} after {:?}; found\n", went.took);
        let _ = std::fs::remove_file(place.lab.report_file(&format!("{}.db", call.id)));
    }
    saw
}

fn apology(lab: &Lab) -> String {
    let refused = refuses();
    let records = [srv("agi.test", &[(10, 0, refused, "one.agi.test")]), hosts()];
    let mut place = Place::new(lab, &records.concat());
    let from = lab.log_length();
    let call =
        place.place("waits", "safe", &["URL=hagi://agi.test/account", "LOCAL=no-such-program"]);
    let channel = call.channel();
    let went = went(&call);
    assert_eq!(("FAILURE", "sorry"), (went.status.as_str(), went.by.as_str()));
    assert_eq!(lab.played(&channel, from), ["vm-sorry"]);
    format!("vm-sorry was played\n{}", complaints(lab, from))
}
