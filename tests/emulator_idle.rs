//! A call in real time that waits for its script costs nothing. (A test program of its own: it counts what the whole
//! process takes.)
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::thread::sleep;
use std::time::Duration;

use agikit::emulator::Asterisk;

/// What the processor has done for this process, in hundredths of a second.
fn spent() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let behind_the_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = behind_the_name.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn nobody_is_busy_while_the_script_thinks() {
    let before = spent();
    let call = Asterisk::new().real_time().run(|agi| {
        sleep(Duration::from_secs(2));
        agi.noop()
    });
    assert_eq!(call.agi_status(), Some("SUCCESS"));
    assert!(spent() - before < 100, "half of the time or more was spent on waiting");
}
