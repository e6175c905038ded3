//! Calls on the emulator, with scripts of this process.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::time::Duration;

use agikit::emulator::Asterisk;
use agikit::{Error, GetData, RecordFile, Result, Session, StreamFile, Timeout, Waited};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn account(agi: &mut Session) -> Result {
    agi.answer()?;
    let question = GetData::new("vm-enter-num-to-call").timeout(ms(10_000)).max_digits(8);
    let number = agi.run(question)?.digits;
    agi.set_variable("ACCOUNT", &number)?;
    agi.stream_file("goodbye")?;
    agi.database_put("accounts", "last", &number)?;
    Ok(())
}

#[test]
fn a_call_takes_no_time() {
    let began = std::time::Instant::now();
    let call = Asterisk::new().caller("123").keys("1001").run(account);
    assert_eq!(call.variable("ACCOUNT"), Some("1001".into()));
    assert_eq!(call.database("accounts", "last"), Some("1001".into()));
    assert_eq!(call.agi_status(), Some("SUCCESS"));
    assert_eq!(call.sounds(), ["vm-enter-num-to-call", "goodbye"]);
    assert_eq!(call.played()[0].heard, ms(200)); // the first key stopped it
    assert!(call.lasted() > ms(10_000), "GET DATA waited for more: {:?}", call.lasted());
    assert!(began.elapsed() < ms(5_000));
}

#[test]
fn the_caller_hangs_up_at_every_command() {
    for command in 1..=6 {
        let call = Asterisk::new().keys("1001#").hang_up_during(command).run(account);
        let left = if command == 6 { "SUCCESS" } else { "HANGUP" };
        assert_eq!(call.agi_status(), Some(left), "{command}: {:?}", call.conversation());
        assert_eq!(call.error(), None);
    }
}

#[test]
fn a_missing_sound_fails_the_call() {
    let call = Asterisk::new().run(|agi| agi.stream_file("nosuch").map(drop));
    assert_eq!(call.agi_status(), Some("FAILURE"));
    assert!(call.error().unwrap().contains("STREAM FILE"), "{:?}", call.error());
    let call =
        Asterisk::new().sound("nosuch", ms(1500)).run(|agi| agi.stream_file("nosuch").map(drop));
    assert_eq!(call.agi_status(), Some("SUCCESS"));
    assert_eq!(call.lasted(), ms(1500));
}

#[test]
fn keys_stop_what_listens() {
    let call = Asterisk::new().keys("5").keys_at(ms(100), "9").run(|agi| -> Result {
        let played = agi.run(StreamFile::new("tt-weasels").escape_digits("5"))?;
        assert_eq!((played.digit, played.endpos), (Some('5'), 1600));
        assert_eq!(agi.wait_for_digit(ms(100))?, Waited::Timeout);
        Ok(())
    });
    assert_eq!(
        call.pressed().iter().map(|it| (it.key, it.taken)).collect::<Vec<_>>(),
        [('9', false), ('5', true)]
    );
}

#[test]
fn what_the_caller_says_is_recorded() {
    let call = Asterisk::new().says(vec![5000; 16_000]).run(|agi| -> Result {
        let recording =
            agi.run(RecordFile::new("message", "wav", "#", ms(60_000)).silence(ms(2000)))?;
        assert_eq!(recording.endpos, 16_000 + 8000 + 160);
        Ok(())
    });
    assert_eq!(call.recorded()[0].samples.len(), 24_160);
}

#[test]
fn a_hangup_ends_a_wait_without_end() {
    let call =
        Asterisk::new().longest(ms(5000)).run(|agi| agi.wait_for_digit(Timeout::FOREVER).map(drop));
    assert_eq!(call.agi_status(), Some("HANGUP"));
    assert_eq!(call.notes().len(), 1);
}

#[test]
fn a_script_that_waits_for_the_hangup_gets_it() {
    let call = Asterisk::new().hang_up_at(ms(90_000)).run(|agi| -> Result {
        assert!(agi.hangup_flag().wait(None).unwrap());
        assert!(matches!(agi.answer(), Err(Error::Hangup)));
        agi.set_variable("AFTER", "yes")
    });
    assert_eq!(call.variable("AFTER"), Some("yes".into()));
    assert_eq!(call.lasted(), ms(90_000));
}
