//! What Asterisk 22 and 16 played, compared with what is given here.
//!
//! `tests/golden/say`: a line a command, recorded in the labs: the version where they differ, the moment where it
//! counts, the command, its result, the sounds.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;
use crate::emulator::sounds::Sounds as Existing;
use crate::emulator::zone::Zone;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/say")
}

/// What a command plays, before it is looked whether the sounds exist.
fn said(line: &str, now: i64, trips: bool, existing: &Existing) -> Vec<Sound> {
    let words = crate::wire::split(line.as_bytes());
    let word = |at: usize| words.get(at).map(Vec::as_slice);
    let text = word(2).unwrap();
    let number = || std::str::from_utf8(text).unwrap().parse::<i64>().unwrap();
    let zone = match word(5).unwrap_or_default() {
        // The lab's own zones, not those of the machine that runs this test.
        name @ b"/usr/share/zoneinfo/Asia/Tokyo" => {
            Zone::below(&folder().join("zoneinfo"), &name[20..])
        }
        name => Zone::below(&folder().join("zoneinfo"), name),
    };
    let moment = |epoch| Moment { epoch, now, zone: &zone };
    // Asterisk keeps 32 bits of DATE and TIME.
    #[expect(clippy::cast_possible_truncation, reason = "as Asterisk does")]
    let short = |epoch: i64| moment(i64::from(epoch as i32));
    let with = Sounding { exists: &|name| existing.exists(name), trips };
    match words[1].as_slice() {
        b"NUMBER" => super::number(number().try_into().unwrap()),
        b"DIGITS" => digits(text, &with),
        b"ALPHA" => alpha(text, word(4).map_or(Case::None, |it| Case::read(it).unwrap()), &with),
        b"PHONETIC" => phonetic(text, &with),
        b"DATE" => date(short(number())),
        b"TIME" => time(short(number())),
        b"DATETIME" => datetime(moment(number()), word(4)),
        other => panic!("{other:?}"),
    }
}

/// Compares one file. Gives how many lines it had.
fn compare(file: &str, existing: &Existing) -> usize {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    for row in text.lines() {
        let columns: Vec<&str> = row.splitn(2, '\t').collect();
        let (versions, now) = columns[0].split_once(' ').unwrap_or(("22 16", columns[0]));
        let (line, rest) = columns[1]
            .split_once("\t0\t")
            .unwrap_or_else(|| columns[1].split_once("\t-1\t").expect("a result"));
        let result = if columns[1].contains("\t0\t") { 0 } else { -1 };
        for version in versions.split(' ') {
            let mut played = Vec::new();
            let mut ended = 0;
            for sound in said(line, now.parse().unwrap(), version == "16", existing) {
                if existing.exists(&sound.name) {
                    played.push(String::from_utf8(sound.name).unwrap());
                } else if sound.needed {
                    ended = -1;
                    break;
                }
            }
            assert_eq!((played.join(" "), ended), (rest.to_owned(), result), "{version}: {line}");
        }
    }
    text.lines().count()
}

#[test]
fn numbers_are_said_as_asterisk_says_them() {
    assert!(compare("number.txt", &Existing::default()) > 80);
}

#[test]
fn texts_are_spelled_as_asterisk_spells_them() {
    let existing = Existing::default();
    let count: usize = ["digits.txt", "alpha.txt", "phonetic.txt"]
        .map(|file| compare(file, &existing))
        .iter()
        .sum();
    assert!(count > 200);
}

#[test]
fn dates_are_said_as_asterisk_says_them() {
    let existing = Existing::default();
    let files = ["date.txt", "time.txt", "datetime.txt", "zones.txt"];
    let count: usize = files.map(|file| compare(file, &existing)).iter().sum();
    assert!(count > 700);
}

/// The same Asterisks, after some files had been taken away.
#[test]
fn missing_sounds_are_missed_as_asterisk_misses_them() {
    let mut existing = Existing::default();
    for name in [
        "digits/billion",
        "letters/ascii126",
        "phonetic/z_p",
        "digits/mon-1",
        "digits/oclock",
        "digits/h-9",
        "digits/pound",
        "uppercase",
        "digits/80",
    ] {
        existing.remove(name.as_bytes());
    }
    assert!(compare("missing.txt", &existing) > 15);
}

/// Every number has a name, and only sounds of the core are in it.
#[test]
fn every_sound_of_a_number_exists() {
    let existing = Existing::default();
    let asked = RefCell::new(BTreeSet::new());
    for number in
        (-1000..2000).chain((0..31).map(|bit| 1 << bit)).chain((0..20_000).map(|n| n * 107_329))
    {
        for sound in super::number(number) {
            assert!(existing.exists(&sound.name), "{number}: {sound:?}");
            asked.borrow_mut().insert(sound.name);
        }
    }
    assert_eq!(asked.borrow().len(), 33, "all digits, tens, sizes, and the minus");
}

proptest::proptest! {
    #[test]
    fn anything_can_be_said(text: Vec<u8>, epoch: i64, now: i64, number: i32, trips: bool) {
        let existing = Existing::default();
        let with = Sounding { exists: &|name| existing.exists(name), trips };
        let zone = Zone::named(&text);
        let moment = Moment { epoch, now, zone: &zone };
        super::number(number);
        let said = [
            digits(&text, &with), alpha(&text, Case::All, &with), phonetic(&text, &with),
            datetime(moment, Some(&text)), date(moment), time(moment),
        ];
        // A letter of a format becomes a date at most.
        proptest::prop_assert!(said.iter().all(|said| said.len() <= 40 + 40 * text.len()));
    }
}
