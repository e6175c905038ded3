//! The examples, in agi-bin, called.

use crate::Test;
use crate::lab::{Call, Lab, wait};

pub fn tests() -> Vec<Test> {
    vec![
        (
            "example account: a good number".into(),
            Box::new(|lab| account(lab, "keys-1001#", "found/1001/")),
        ),
        (
            "example account: a wrong number".into(),
            Box::new(|lab| account(lab, "keys-9999#", "unknown/")),
        ),
        ("example account: nothing dialled".into(), Box::new(|lab| account(lab, "waits", "none/"))),
        ("example account: hung up halfway".into(), Box::new(account_hangup)),
        ("example hello".into(), Box::new(hello)),
        ("example variables".into(), Box::new(variables)),
        ("example after_call".into(), Box::new(after_call)),
    ]
}

/// What the dialplan found when the script had ended, and what the caller heard.
fn account(lab: &Lab, caller: &str, expected: &str) -> String {
    let call = lab.call(caller, "acct");
    let channel = call.channel();
    let result = call.left("result");
    let status = call.left("after");
    assert!(result.starts_with(expected), "{result:?} instead of {expected:?}");
    assert_eq!(status, "SUCCESS");
    let heard = call.played(&channel).join(" ");
    assert!(heard.contains("vm-enter-num-to-call"), "{heard}");
    if expected.starts_with("found") {
        assert!(heard.contains("digits/"), "the balance is said: {heard}");
    }
    format!("{result} AGISTATUS {status}; heard: {heard}\n")
}

/// The caller leaves while he is asked.
fn account_hangup(lab: &Lab) -> String {
    let call = lab.call("waits", "acct");
    let channel = call.channel();
    wait("the prompt", || {
        call.played(&channel).contains(&"vm-enter-num-to-call".to_owned()).then_some(())
    });
    call.hang_up(&channel);
    let result = call.left("result");
    assert!(result.starts_with("hangup/"), "{result}");
    assert_eq!(call.left("status"), "HANGUP");
    let noted = lab.cli("database get accounts last");
    assert!(noted.contains("hangup"), "{noted}");
    ended(&call, &channel, &result)
}

/// Asterisk's own result of the session, as it logs it: 0, or 4 for a hangup.
fn ended(call: &Call<'_>, channel: &str, saw: &str) -> String {
    let status = call.left("status");
    let result = wait("asterisk's result", || call.logged_result(channel));
    assert_eq!(result, if status == "HANGUP" { "4" } else { "0" });
    format!("{saw} AGISTATUS {status}\n")
}

fn hello(lab: &Lab) -> String {
    let call = lab.call("waits", "hello");
    let channel = call.channel();
    assert_eq!(call.left("after"), "SUCCESS");
    let heard = call.played(&channel).join(" ");
    assert!(heard.starts_with("letters/h letters/e letters/l letters/l letters/o"), "{heard}");
    ended(&call, &channel, &heard)
}

fn variables(lab: &Lab) -> String {
    let call = lab.call("waits", "variables");
    let channel = call.channel();
    assert_eq!(call.left("after"), "SUCCESS");
    let greeting = call.left("greeting");
    assert_eq!(greeting, "hello to you, a friend");
    ended(&call, &channel, &greeting)
}

/// It runs in the `h` extension: a dead channel.
fn after_call(lab: &Lab) -> String {
    let call = lab.call("waits", "after_call");
    let channel = call.channel();
    let status = call.left("status");
    assert_eq!(status, "SUCCESS");
    let records = lab.cli("database show calls");
    let record = records.lines().find(|line| line.contains(&channel));
    assert!(record.is_some_and(|record| record.starts_with("/calls/")), "{records}");
    ended(&call, &channel, record.unwrap_or_default())
}
