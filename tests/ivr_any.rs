//! Whatever keys come whenever, and whenever the caller hangs up: a question and a menu come to an end, after so many
//! commands and no more, and never panic.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "a part of two programs")]

mod support_ivr;
mod support_scenarios;

use std::time::Duration;

use agikit::emulator::Version;
use proptest::prelude::*;
use support_ivr::{Case, cases, outcome, run};
use support_scenarios::Act;

/// What a caller may do within half a minute, or at a moment, or all at once.
fn acts() -> impl Strategy<Value = Vec<(Duration, Act)>> {
    let time = prop_oneof![
        (0_u64..30_000).prop_map(Duration::from_millis),
        (0_u64..30).prop_map(|tenths| Duration::from_millis(tenths * 100)),
        Just(Duration::from_millis(500)),
    ];
    let key = prop::sample::select("0123456789*#ABCD".chars().collect::<Vec<_>>());
    let act = prop_oneof![
        30 => key.prop_map(Act::Key),
        1 => Just(Act::Hangup),
    ];
    prop::collection::vec((time, act), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn it_ends(which in any::<prop::sample::Index>(), acts in acts(), is_new in any::<bool>()) {
        let all = cases();
        let mut case: Case = all[which.index(all.len())].clone();
        case.scenario.caller = acts;
        let outcome = run(&case, if is_new { Version::V22 } else { Version::V16 });
        // No answer is an internal error's.
        prop_assert!(
            ["Given(", "Cancelled", "GaveUp(", "hangup", "Some(", "None", "error: no database",
                "error: two does not work"].iter().any(|start| outcome.answer.starts_with(start)),
            "{outcome:?}"
        );
        let hangs_up = case.scenario.caller.iter().any(|(_, act)| *act == Act::Hangup);
        prop_assert!(hangs_up || outcome.answer != "hangup", "{outcome:?}");
        // Each key costs a command at most, each try a few.
        let keys = case.scenario.caller.len();
        prop_assert!(outcome.sent.len() <= 40 + 8 * keys, "{} commands: {outcome:?}", outcome.sent.len());
    }
}

/// A caller who presses one and the same key for ever: the menu's repeat key, its back and forth, `#`.
#[test]
fn a_key_without_an_end_ends() {
    for case in cases() {
        for keys in ["*", "30", "#", "1", "9"] {
            let script = case.script;
            let end = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
            let given = end.clone();
            let asterisk = agikit::emulator::Asterisk::new().keys(&keys.repeat(2000));
            let call = asterisk.run(move |agi| {
                *given.lock().unwrap() = outcome(script, agi);
                Ok::<(), agikit::Error>(())
            });
            let (name, sent) = (&case.name, call.commands().len());
            assert!(sent < 300, "{name}, {keys}: {sent} commands");
            assert_ne!(*end.lock().unwrap(), "hangup", "{name}, {keys}");
        }
    }
}
