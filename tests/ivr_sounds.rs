//! A program that lists its sounds, and `agikit doctor`, which asks it for them.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_doctor;
mod support_process;

use std::fs;
use std::process::{Command, Stdio};

use agikit::ivr::{Prompt, Sounds};
use support_doctor::House;
use support_process::program;

/// What the program plays.
fn sounds() -> Sounds {
    Sounds::from(["beep", "goodbye"]).and(&Prompt::new().number(200))
}

fn house(name: &str) -> House {
    House::new(name).copy("menu", &program("sounds-under-test"))
}

#[test]
fn it_lists_and_ends() {
    let list = |variables: &[(&str, &str)]| {
        let mut command = Command::new(program("sounds-under-test"));
        command.envs(variables.iter().copied()).stdin(Stdio::null());
        let done = command.output().unwrap();
        (done.status.code(), String::from_utf8(done.stdout).unwrap())
    };
    let english = "# agikit sounds 1\nbeep\ndigits/2\ndigits/hundred\ngoodbye\n";
    assert_eq!(list(&[("AGIKIT_SOUNDS", "list")]), (Some(0), english.to_owned()));
    let spanish = [("AGIKIT_SOUNDS", "list"), ("AGIKIT_SOUNDS_LANGUAGE", "es_MX")];
    let names = "# agikit sounds 1\nbeep\ndigits/200\ngoodbye\n";
    assert_eq!(list(&spanish), (Some(0), names.to_owned()));
    // Without the wish it is a script like any other: here without a call.
    for other in [&[][..], &[("AGIKIT_SOUNDS", "")], &[("AGIKIT_SOUNDS", "1")]] {
        assert_eq!(list(other), (Some(1), String::new()), "{other:?}");
    }
}

#[test]
fn the_doctor_asks_and_looks() {
    let house = house("ivr");
    let cure = |first: &str, language: &str| {
        format!(
            "put them below HERE/data/sounds/{language} (such as {first}.wav, 8000 Hz, 16 bits, mono), or install \
             Asterisk's own sounds of that language"
        )
    };
    house.has(
        &["menu"],
        1,
        "it lists 3 sounds that are not there for language en: digits/2, digits/hundred, goodbye",
        &cure("digits/2", "en"),
    );
    // Both ends look at the same places.
    let folder = house.path("data/sounds");
    assert_eq!(sounds().missing(&folder, "en"), ["digits/2", "digits/hundred", "goodbye"]);
    fs::create_dir_all(folder.join("en/digits")).unwrap();
    for name in ["en/digits/2.gsm", "en/digits/hundred.ulaw", "goodbye.wav"] {
        fs::write(folder.join(name), [0; 330]).unwrap();
    }
    assert_eq!(sounds().missing(&folder, "en_GB"), Vec::<String>::new());
    let done = house.doctor(&["menu"]);
    assert_eq!(done.status, Some(0), "{}", done.sent.join("\n"));
}

#[test]
fn in_the_language_of_the_house() {
    let house = house("ivr-es");
    fs::write(house.path("data/sounds/beep.gsm"), [0; 33]).unwrap();
    house.has(
        &["menu", "--language", "es_MX"],
        1,
        "it lists 2 sounds that are not there for language es_MX: digits/200, goodbye",
        "put them below HERE/data/sounds/es_MX (such as digits/200.wav, 8000 Hz, 16 bits, mono), or install \
         Asterisk's own sounds of that language",
    );
    assert_eq!(sounds().missing(house.path("data/sounds"), "es_MX"), ["digits/200", "goodbye"]);
}
