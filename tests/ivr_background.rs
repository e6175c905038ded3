//! Work in the background of a call: done, hung up, panicked; over the emulator, in real time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::sync::mpsc::channel;
use std::thread::sleep;
use std::time::Duration;

use agikit::emulator::Asterisk;
use agikit::ivr::{Background, Prompt};
use agikit::{Error, Result, Session};
use support::watched;

const WORK: Duration = Duration::from_millis(300);

fn works(agi: &mut Session, background: &Background<'_>) -> Result {
    let found = background.run(agi, || {
        sleep(WORK);
        42
    })?;
    agi.set_variable("FOUND", &found.to_string())
}

#[test]
fn music_plays_until_the_work_is_done() {
    watched(|| {
        let call = Asterisk::new().real_time().run(|agi| works(agi, &Background::music()));
        assert_eq!(call.variable("FOUND"), Some("42".into()));
        let commands = call.commands();
        assert_eq!(commands[0], "SET MUSIC on");
        assert_eq!(commands[1], "WAIT FOR DIGIT 1000");
        // An echo stops the wait; what is said next is answered as itself.
        assert!(commands[2].starts_with("GET FULL VARIABLE \"agikit-"), "{commands:?}");
        // Nothing else stops one: until the work is done each wait ends by itself.
        let echoes = commands.iter().filter(|line| line.contains("agikit-")).count();
        assert_eq!(echoes, 1, "{commands:?}");
        assert_eq!(
            commands[commands.len() - 2..],
            ["SET MUSIC off", "SET VARIABLE \"FOUND\" \"42\""]
        );
    });
}

#[test]
fn a_prompt_is_repeated_and_then_stopped() {
    watched(|| {
        let prompt = Prompt::from("beep").number(1);
        let background = Background::repeating(prompt, Duration::from_millis(20));
        let asterisk = Asterisk::new().sound("beep", Duration::from_millis(50));
        let call = asterisk.real_time().run(|agi| works(agi, &background));
        assert_eq!(call.variable("FOUND"), Some("42".into()));
        let played = call.sounds();
        let first = played.iter().filter(|sound| **sound == "beep").count();
        assert!(first >= 1, "{played:?}");
        assert!(!call.commands().iter().any(|line| line.starts_with("SET MUSIC")));
    });
}

#[test]
fn nobody_waits_for_the_work_of_a_caller_who_left() {
    watched(|| {
        let (told, tells) = channel();
        let call = Asterisk::new().hang_up_at(Duration::from_millis(200)).real_time().run(|agi| {
            let hangup = agi.hangup_flag();
            let ended: Result<()> = Background::music().run(agi, move || {
                // Far longer than anybody waits, were it not for the hangup.
                let _ = hangup.wait(Some(Duration::from_secs(60)));
                told.send(hangup.is_raised()).unwrap();
            });
            agi.set_variable("ENDED", &format!("{}", matches!(ended, Err(Error::Hangup))))?;
            ended
        });
        assert_eq!(call.variable("ENDED"), Some("true".into()));
        // The work is told by the flag.
        assert!(tells.recv_timeout(Duration::from_secs(20)).unwrap());
    });
}

#[test]
fn a_panic_of_the_work_is_the_scripts() {
    watched(|| {
        // The emulator hands a script's panic on to the test.
        let panic = std::panic::catch_unwind(|| {
            Asterisk::new()
                .real_time()
                .run(|agi| -> Result { Background::music().run(agi, || panic!("the work broke")) })
        });
        let panic = panic.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the work broke"));
    });
}

#[test]
fn a_missing_sound_is_an_error_and_no_silence() {
    watched(|| {
        let call = Asterisk::new()
            .real_time()
            .run(|agi| works(agi, &Background::repeating("no-such-sound", Duration::from_secs(1))));
        assert!(call.error().unwrap().starts_with("STREAM FILE failed"), "{:?}", call.error());
        assert_eq!(call.variable("FOUND"), None);
    });
}
