//! No server at all: what the dialplan does then.

use super::servers::{closes, refuses};
use super::{Named, Place, complaints, hosts, srv, went};
use crate::lab::Lab;

pub fn tests() -> Vec<Named> {
    vec![
        ("both stopped: the program in agi-bin", program),
        ("both stopped, no program either: an apology", apology),
    ]
}

/// The servers' script is a program in agi-bin as well: the caller does not notice.
fn program(lab: &Lab) -> String {
    let (first, second, closer) = (refuses(), refuses(), closes());
    let records = [
        srv("agi.test", &[(10, 0, first, "one.agi.test"), (20, 0, second, "two.agi.test")]),
        srv("closes.agi.test", &[(10, 0, closer.port, "one.agi.test")]),
        hosts(),
    ];
    let mut place = Place::new(lab, &records.concat());
    let from = lab.log_length();
    let mut saw = String::new();
    let urls = [
        ("hagi://agi.test/account".to_owned(), "FAILURE"),
        (format!("agi://127.0.0.1:{first}/account"), "FAILURE"),
        // To AGISTATUS nothing is wrong with this one.
        ("hagi://closes.agi.test/account".to_owned(), "SUCCESS"),
    ];
    let urls = urls.map(|(url, status)| (format!("URL={url}"), status));
    let calls =
        urls.each_ref().map(|(url, _)| place.place("keys-1001#", "safe", &[url, "LOCAL=account"]));
    for ((url, status), call) in urls.iter().zip(&calls) {
        let went = went(call);
        assert_eq!((went.status.as_str(), went.by.as_str()), (*status, "found"), "{url}");
        saw += &format!("{url}: {status} after {:?}, then agi-bin: found\n", went.took);
        let _ = std::fs::remove_file(lab.report_file(&format!("{}.db", call.id)));
    }
    saw + &complaints(lab, from)
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
