//! Tests of a script from transcripts' files, as a user writes them, and the files written anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::path::Path;
use std::process::Command;

use agikit::{Result, Session, StreamFile};
use support_process::{empty_folder, run};

fn menu(agi: &mut Session) -> Result {
    let played = agi.answer().and_then(|()| agi.run(StreamFile::new("menu").escape_digits("12")));
    let choice = match &played {
        Ok(played) => played.digit.map_or("none".to_string(), String::from),
        Err(_) => "none".to_string(),
    };
    agi.set_variable("CHOICE", &choice)?;
    played.map(drop)
}

agikit::transcripts! { menu, "tests/transcripts": greeting, greeting_hangup }

mod some {
    agikit::transcripts! { super::menu, some of "tests/transcripts": greeting_hangup }
}

/// One line, one file; what a user's own test is.
#[test]
fn in_one_line() -> std::result::Result<(), agikit::transcript::ReplayError> {
    agikit::transcript::replay("tests/transcripts/greeting.agi", menu)
}

#[test]
#[should_panic(expected = "no test replays [\"greeting_hangup\"]")]
fn a_file_that_is_not_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts");
    agikit::transcript::assert_listed(folder, &["greeting"]);
}

#[test]
#[should_panic(expected = "greeting.agi:6: the script sent another line")]
fn a_file_that_differs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts");
    agikit::transcript::assert_replays(folder, "greeting", |agi| agi.noop());
}

/// What the next test starts: it replays a file that the environment names.
#[test]
fn rewritten_by_another_test() {
    if let Some(file) = std::env::var_os("AGIKIT_TEST_FILE") {
        agikit::transcript::replay(file, menu).unwrap();
    }
}

/// Runs that test in a process of its own: the environment is one for all of them.
#[track_caller]
fn replay_in_a_process(file: &Path, overwrite: bool) -> bool {
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "rewritten_by_another_test"]).env("AGIKIT_TEST_FILE", file);
    if overwrite {
        test.env("TRANSCRIPTS", "overwrite");
    }
    run(&mut test).status == Some(0)
}

#[test]
fn overwrite_makes_it_green() {
    let file = empty_folder("overwrite").join("menu.agi");
    let before = "# a caller\n< agi_version: 22.10.1\n<\n> ANSWER\n< 200 result=0\n\
                  # which menu?\n> STREAM FILE \"old\" \"[..]\"\n< 200 result=50 endpos=8\n\
                  > SET VARIABLE \"[..]\" \"2\"\n< 200 result=1\n= 1\n";
    let after = before.replace(r#""old" "[..]""#, r#""menu" "12""#).replace("= 1", "= 0");
    std::fs::write(&file, before).unwrap();
    assert!(!replay_in_a_process(&file, false));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before, "read, not written");
    assert!(replay_in_a_process(&file, true));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
    assert!(replay_in_a_process(&file, false));
}
