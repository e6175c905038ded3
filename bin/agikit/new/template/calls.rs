//! Calls of the script: on the emulator, and as they stand in `tests/transcripts`.

use agikit::emulator::Asterisk;
use hotline::script;

#[test]
fn a_number_is_said_back() {
    let call = Asterisk::new().keys("42#").run(script);
    assert_eq!(call.variable("NUMBER"), Some("42".into()));
    assert_eq!(call.variable("RESULT"), Some("given".into()));
    let sounds = ["vm-enter-num-to-call", "vm-num-i-have", "digits/4", "digits/2"];
    assert_eq!(call.sounds(), sounds, "{call:?}");
}

#[test]
fn a_number_that_is_too_short_is_asked_for_again() {
    let call = Asterisk::new().answer(1, "7#").answer(2, "42#").run(script);
    assert_eq!(call.variable("NUMBER"), Some("42".into()), "{call:?}");
    assert!(call.sounds().contains(&"invalid"), "{call:?}");
}

#[test]
fn nobody_is_asked_for_ever() {
    let call = Asterisk::new().run(script);
    assert_eq!(call.variable("RESULT"), Some("none".into()), "{call:?}");
    assert_eq!(call.sounds().last(), Some(&"goodbye"));
}

#[test]
fn a_hangup_leaves_its_result() {
    let call = Asterisk::new().hang_up_during(2).run(script); // while he is asked
    assert_eq!(call.variable("RESULT"), Some("hangup".into()));
    assert_eq!(call.agi_status(), Some("HANGUP"), "{call:?}");
}

// A test for each file. `TRANSCRIPTS=overwrite cargo test` writes down what the script sends now.
agikit::transcripts! { script, "tests/transcripts": number, hangup }
