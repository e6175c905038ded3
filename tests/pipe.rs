//! `Pipe` in a script of one's own: what the caller's program is too slow for, barge-in, keys, lines that fail.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use agikit::audio::{Audio, Format};
use agikit::eagi::{Pipe, PipeEnd, Piped, variable_value};
use agikit::emulator::Asterisk;
use agikit::{Error, Hangup, Result, Session};
use support::watched;

/// A call whose audio is this, as fast as it is read.
fn file(name: &str, bytes: &[u8]) -> Audio {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    let audio = File::open(path).unwrap();
    Audio::from_descriptor(audio, Format::default(), Hangup::new()).unwrap()
}

/// What a pipe comes to.
fn run(
    asterisk: Asterisk,
    script: impl FnOnce(&mut Session) -> Result<Piped> + Send + 'static,
) -> Piped {
    watched(move || {
        let mut piped = None;
        let call = asterisk.run_eagi(|agi| script(agi).map(|it| piped = Some(it)));
        assert_eq!(call.error(), None, "{call:?}");
        piped.unwrap()
    })
}

#[test]
fn what_is_lost_is_counted() {
    let mut audio = file("pipe-lost", &vec![0; 3 << 20]);
    let piped = run(Asterisk::new().real_time(), move |agi| {
        let never = Pipe::new("sleep").argument("100").patience(Duration::from_millis(100));
        never.run(agi, &mut audio)
    });
    assert!(matches!(piped.end, PipeEnd::Timeout), "{piped:?}");
    let most = Format::default().duration((2 << 20) / 2);
    assert!(piped.lost > most * 9 / 10 && piped.lost <= most, "{piped:?}");
}

#[test]
fn all_of_it_arrives_in_its_order() {
    let bytes: Vec<u8> = (0..1_000_000_u64).map(|n| u8::try_from(n * n % 251).unwrap()).collect();
    let mut audio = file("pipe-order", &bytes);
    let piped = run(Asterisk::new().real_time(), move |agi| {
        Pipe::new("cat").longest_output(2 << 20).run(agi, &mut audio)
    });
    assert!(matches!(piped.end, PipeEnd::Exited) && piped.exit.unwrap().success());
    assert!(piped.output == bytes && piped.cut == 0 && piped.lost.is_zero());
}

#[test]
fn speech_stops_the_prompt() {
    let wave = |n: i32| i16::try_from(n * n % 20_000 - 10_000).unwrap();
    let speech: Vec<i16> = (0..8000).map(wave).collect();
    let caller = Asterisk::new().answered().real_time().sound("long", Duration::from_secs(20));
    let piped = run(caller.says_at(Duration::from_millis(300), speech), |agi| {
        let mut audio = Audio::open(agi)?;
        let begun = Instant::now();
        let piped = Pipe::new("wc")
            .argument("-c")
            .prompt("long")
            .barge_in()
            .silence(Duration::from_millis(500))
            .run(agi, &mut audio)?;
        assert!(begun.elapsed() < Duration::from_secs(10));
        Ok(piped)
    });
    assert!(matches!(piped.end, PipeEnd::Exited), "{piped:?}");
    let (count, _) = variable_value(&piped.output, 100);
    let count: u32 = String::from_utf8(count).unwrap().trim().parse().unwrap();
    assert!((16_000..80_000).contains(&count), "{count}");
}

#[test]
fn a_key_of_ones_own_stops_prompt_and_speech() {
    let caller = Asterisk::new().answered().real_time().sound("long", Duration::from_secs(20));
    let piped = run(caller.keys_at(Duration::from_millis(300), "#7"), |agi| {
        let mut audio = Audio::open(agi)?;
        Pipe::new("cat").prompt("long").escape_digits("78").run(agi, &mut audio)
    });
    assert!(matches!(piped.end, PipeEnd::Exited), "{piped:?}");
    assert_eq!(piped.key, Some('7'));
}

#[test]
fn a_line_that_fails_ends_the_program() {
    let piped = watched(|| {
        let mut failed = None;
        let call = Asterisk::new().answered().real_time().run_eagi(|agi| {
            let mut audio = Audio::open(agi)?;
            let lines = Pipe::new("sh").argument("-c").argument("echo $$; sleep 100");
            failed = lines
                .run_by_line(agi, &mut audio, |agi, line| {
                    assert!(!line.is_empty());
                    agi.set_variable("", line)
                })
                .err();
            agi.noop()
        });
        assert_eq!(call.error(), None);
        failed
    });
    assert!(matches!(piped, Some(Error::Argument { .. })), "{piped:?}");
}
