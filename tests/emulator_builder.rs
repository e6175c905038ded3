//! What can be said of a call before it begins, and what is told of it afterwards.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::time::{Duration, UNIX_EPOCH};

use agikit::emulator::{Asterisk, Report, Version};
use agikit::transcript::{Entry, Event, Exit, Transcript};
use agikit::{Error, RecordFile, Result, Session};
use support_process::{empty_folder, write_program};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The replies of lines that are sent as they are.
fn replies(asterisk: Asterisk, lines: &[&str]) -> (Vec<String>, Report) {
    use std::io::{BufRead, BufReader, Write};
    asterisk.connect(|ends, _| {
        let mut ends = BufReader::new(ends);
        let mut line = Vec::new();
        let mut read = |ends: &mut BufReader<_>| {
            line.clear();
            ends.read_until(b'\n', &mut line).unwrap();
            String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned()
        };
        while !read(&mut ends).is_empty() {}
        let mut replies = Vec::new();
        for line in lines {
            ends.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
            loop {
                let reply = read(&mut ends);
                let is_more =
                    reply.starts_with("100 ") || !reply.starts_with(|c: char| c.is_ascii_digit());
                replies.push(reply);
                let last = replies.last().unwrap();
                if !is_more && !last.starts_with("520-") {
                    break;
                }
            }
        }
        replies
    })
}

#[test]
fn the_environment_is_what_was_said() {
    let asterisk =
        Asterisk::new().caller(b"\xff1").caller_name(b"J\xf6rg").dnid("200").rdnis("300");
    let asterisk = asterisk.request("menu").channel("SIP/bob-7").uniqueid("17.3").language("de");
    let asterisk = asterisk.accountcode("dept").place("shop", "s", 4).arg("one").arg("");
    let report = asterisk.version(Version::new(18, 4)).run(|agi| -> Result {
        let environment = agi.environment();
        for (name, value) in [
            ("agi_request", &b"menu"[..]),
            ("agi_channel", b"SIP/bob-7"),
            ("agi_language", b"de"),
            ("agi_type", b"SIP"),
            ("agi_uniqueid", b"17.3"),
            ("agi_version", b"18.4.0"),
            ("agi_callerid", b"\xff1"),
            ("agi_calleridname", b"J\xf6rg"),
            ("agi_dnid", b"200"),
            ("agi_rdnis", b"300"),
            ("agi_context", b"shop"),
            ("agi_extension", b"s"),
            ("agi_priority", b"4"),
            ("agi_enhanced", b"0.0"),
            ("agi_accountcode", b"dept"),
            ("agi_arg_1", b"one"),
            ("agi_arg_2", b""),
        ] {
            let got = environment.get(name).map(|text| text.as_bytes().to_vec());
            assert_eq!(got.as_deref(), Some(value), "{name}");
        }
        Ok(())
    });
    assert_eq!((report.agi_status(), report.error()), (Some("SUCCESS"), None));
}

#[test]
fn variables_functions_and_astdb_are_there_and_told() {
    let asterisk =
        Asterisk::new().caller("123").caller_name("Ann").variable("A", b"\xfe").global("G", "all");
    let asterisk = asterisk.variable("CALLERID(pres)", "prohib").database("f/g", "k", "v");
    let asterisk =
        asterisk.function("TWICE", |text| Some(text.repeat(2))).function("FAILS", |_| None);
    let asterisk = asterisk.date(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    let lines = [
        ("GET VARIABLE G", "200 result=1 (all)"),
        ("GET VARIABLE CALLERID(num)", "200 result=1 (123)"),
        ("GET VARIABLE CALLERID(pres)", "200 result=1 (prohib)"),
        ("GET VARIABLE TWICE(ab)", "200 result=1 (abab)"),
        ("GET VARIABLE FAILS()", "200 result=0"),
        ("GET VARIABLE EPOCH", "200 result=1 (1000000000)"),
        ("GET FULL VARIABLE \"${CALLERID(name)}-$[1 + 2]\"", "200 result=1 (Ann-3)"),
        ("SET VARIABLE CALLERID(name) Bob", "200 result=1"),
        ("GET VARIABLE CALLERID(all)", "200 result=1 (\"Bob\" <123>)"),
        ("DATABASE GET f/g k", "200 result=1 (v)"),
        ("DATABASE PUT f new 1", "200 result=1"),
        ("DATABASE DELTREE f g", "200 result=0"),
    ];
    let (told, report) = replies(asterisk, &lines.map(|(line, _)| line));
    assert_eq!(told, lines.map(|(_, reply)| reply));
    assert_eq!(report.entries().collect::<Vec<_>>(), [(&b"f/new"[..], &b"1"[..])]);
    assert_eq!(report.variable("A"), Some(b"\xfe".into()));
    assert!(report.variables().any(|(name, value)| name == b"AGISTATUS" && value == b"SUCCESS"));
}

#[test]
fn refusals_are_those_of_the_version() {
    let lines = ["STREAM FILE x", "NONSENSE", "HANGUP", "ANSWER", "DATABASE GET a"];
    let asterisk = || Asterisk::new().usage("STREAM FILE", "Usage: mine").usage("DATABASE GET", "");
    let refused = |usage: &[&str], dead: &str| -> Vec<String> {
        let others = ["510 Invalid or unknown command", "200 result=1", dead];
        let unknown = ["520 Invalid command syntax.  Proper usage not available."];
        usage.iter().chain(&others).chain(&unknown).map(|&line| line.to_owned()).collect()
    };
    let (newer, report) = replies(asterisk(), &lines);
    let first = "520-Invalid command syntax.  Proper usage follows:";
    let usage = [first, "Usage: mine", "520 End of proper usage."];
    let dead = "511 Command Not Permitted on a dead channel or intercept routine";
    assert_eq!(newer, refused(&usage, dead));
    assert_eq!(report.stray(), [b"NONSENSE".to_vec()]);
    let (older, _) = replies(asterisk().version(Version::new(13, 1)), &lines[1..4]);
    assert_eq!(older[2], "511 Command Not Permitted on a dead channel");
}

#[test]
fn lines_are_as_long_as_the_versions_buffer() {
    for (version, most) in [(Version::V16, 2047), (Version::V22, 8191), (Version::new(22, 5), 2047)]
    {
        let line = |length: usize| format!("NOOP {}", "x".repeat(length - 5));
        // The line feed is read, too.
        let (fits, _) = replies(Asterisk::new().version(version), &[&line(most - 1)]);
        assert_eq!(fits, ["200 result=0"]);
        let lines = [&*format!("{}\nNOOP", line(most + 3))];
        let (cut, report) = replies(Asterisk::new().version(version), &lines);
        assert_eq!(cut, ["200 result=0"]);
        assert_eq!(report.stray().first().map(Vec::as_slice), Some(&b"xxx"[..]), "{version}");
    }
}

#[test]
fn the_caller_answers_the_prompt_that_was_meant() {
    let asterisk = Asterisk::new().answer(2, "42#").answer(1, "w9#").answer(3, "");
    let report = asterisk.run(|agi| -> Result {
        assert_eq!(agi.get_data("vm-enter-num-to-call")?.digits, "9");
        agi.stream_file("goodbye")?; // takes no keys: no prompt
        assert_eq!(agi.get_data("vm-enter-num-to-call")?.digits, "42");
        assert_eq!(agi.get_data("vm-enter-num-to-call")?.digits, "");
        Ok(())
    });
    assert_eq!(report.agi_status(), Some("SUCCESS"));
    let keys: String = report.pressed().iter().map(|it| it.key).collect();
    assert_eq!(keys, "9#42#");
    assert_eq!(report.pressed()[0].at, ms(700)); // a key's own pause, and w
}

#[test]
fn the_caller_hangs_up_before_the_start_or_was_never_there() {
    let after = |agi: &mut Session| -> Result {
        assert!(matches!(agi.answer(), Err(Error::Hangup)));
        agi.set_variable("AFTER", "1")
    };
    let report = Asterisk::new().hang_up_at(Duration::ZERO).run(after);
    assert_eq!(report.agi_status(), Some("HANGUP"));
    assert!(report.conversation().iter().any(|(_, it)| *it == Entry::Event(Event::Hangup)));
    let report = Asterisk::new().dead().run(after);
    assert_eq!(report.agi_status(), Some("SUCCESS"));
    assert!(report.conversation().iter().all(|(_, it)| *it != Entry::Event(Event::Hangup)));
    assert_eq!(report.variable("AFTER"), Some("1".into()));
    for (name, signals, closes) in [("AGISIGHUP", "no", "no"), ("AGIEXITONHANGUP", "yes", "yes")] {
        let asterisk = Asterisk::new().variable(name, signals).hang_up_during(1);
        let report = asterisk.run(|agi| agi.wait_for_digit(ms(5000)).map(drop));
        let has = |event: Event| {
            report.conversation().iter().any(|(_, it)| *it == Entry::Event(event.clone()))
        };
        assert_eq!(has(Event::Hangup), name != "AGISIGHUP");
        assert_eq!(has(Event::Closed), closes == "yes");
    }
}

#[test]
fn the_callers_voice_is_a_wav_file() {
    let path = empty_folder("emulator_builder").join("voice.wav");
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(&path, spec).unwrap();
    for _ in 0..16_000 {
        wav.write_sample(4000_i16).unwrap();
        wav.write_sample(-1_i16).unwrap();
    }
    wav.finalize().unwrap();
    let report = Asterisk::new().audio(&path).unwrap().run(|agi| -> Result {
        agi.run(RecordFile::new("message", "wav", "#", ms(2000)))?;
        Ok(())
    });
    let samples = &report.recorded()[0].samples;
    assert_eq!((samples.len(), samples[0], samples[7999], samples[8000]), (16_000, 4000, 4000, 0));
    assert!(Asterisk::new().audio("/nosuch.wav").is_err());
    let silent = Asterisk::new().silent().run(|agi| agi.answer());
    assert_eq!(silent.lasted(), Duration::ZERO); // a frame comes at once
}

#[test]
fn sounds_are_there_or_not() {
    let asterisk = Asterisk::new().without_sound("beep").sound("menu", ms(300));
    let lines = ["STREAM FILE beep \"\"", "STREAM FILE menu \"\"", "STREAM FILE goodbye \"\""];
    let (told, report) = replies(asterisk, &lines);
    assert_eq!(told[..2], ["200 result=-1 endpos=0", "200 result=0 endpos=2400"]);
    assert_eq!(report.sounds(), ["menu", "goodbye"]);
    assert!(report.played().iter().all(|it| it.heard == it.length));
}

#[test]
fn a_speech_engine_hears_what_it_is_told() {
    let asterisk = Asterisk::new().hears("ear", 900, "two tickets", "order").speech_engine("deaf");
    let lines = [
        ("SPEECH CREATE nosuch", "200 result=0"),
        ("SPEECH CREATE ear", "200 result=1"),
        ("SPEECH LOAD GRAMMAR order /order.gram", "200 result=1"),
        ("SPEECH ACTIVATE GRAMMAR order", "200 result=1"),
        (
            "SPEECH RECOGNIZE beep 3",
            "200 result=1 (speech) endpos=0 results=1 score0=900 text0=\"two tickets\" grammar0=order",
        ),
        ("SPEECH RECOGNIZE beep 3", "200 result=1 (timeout) endpos=0"),
        ("SPEECH DESTROY", "200 result=1"),
    ];
    let (told, _) = replies(asterisk, &lines.map(|(line, _)| line));
    assert_eq!(told, lines.map(|(_, reply)| reply));
}

#[test]
fn subroutines_and_applications_are_closures() {
    let asterisk = Asterisk::new()
        .routine(("sub", "s", "1"), |dialplan, arguments| {
            dialplan.set_database("calls", "last", &arguments.concat());
            dialplan.wait(ms(1500));
            Some(b"back".to_vec())
        })
        .application("Ask", |dialplan, _| {
            assert_eq!(dialplan.play("beep", "5"), Some('5'));
            dialplan.hang_up();
            if dialplan.is_hung_up() { 7 } else { 0 }
        })
        .keys("5");
    let lines = ["GOSUB sub s 1 a,b", "EXEC Ask x"];
    let (told, report) = replies(asterisk, &lines);
    assert_eq!(told, ["100 result=0 Trying...", "200 result=0 Gosub complete", "200 result=7"]);
    assert_eq!(report.variable("GOSUB_RETVAL"), Some("back".into()));
    assert_eq!(report.database("calls", "last"), Some("ab".into()));
    assert!(report.lasted() >= ms(1500));
    assert_eq!(report.agi_status(), Some("HANGUP"));
}

#[test]
fn a_program_gets_its_environment_variables_and_its_report_is_a_transcript() {
    let path = empty_folder("emulator_builder_program").join("vars.sh");
    let text = "#!/bin/sh\nwhile read -r line && [ -n \"$line\" ]; do :; done\n\
                echo \"NOOP $AST_AGI_DIR\"; read -r reply; exit 5\n";
    write_program(&path, text.as_bytes());
    let asterisk = Asterisk::new().patience(Duration::from_secs(20)).variable("KEPT", "1");
    let report = asterisk.environment_variable("AST_AGI_DIR", "/agi").agi(&path).unwrap();
    assert_eq!(report.commands(), ["NOOP /agi"]);
    assert_eq!((report.started(), report.exit()), (true, Some(Exit::Status(5))));
    let transcript = report.transcript().to_string();
    assert!(transcript.ends_with("> NOOP /agi\n< 200 result=0\n= 5\n"), "{transcript}");
    assert!(transcript.parse::<Transcript>().is_ok());
    let report = Asterisk::new().dead().eagi(&path).unwrap();
    assert_eq!((report.started(), report.agi_status(), report.notes().len()), (false, None, 1));
    let asterisk = Asterisk::new().variable("KEPT", "1").database("a", "b", "c");
    let report = asterisk.agi(path.with_file_name("nosuch")).unwrap();
    assert_eq!((report.started(), report.variable("KEPT")), (false, Some("1".into())));
    assert_eq!(report.variable("AGISTATUS"), Some("NOTFOUND".into()));
    assert_eq!(report.database("a", "b"), Some("c".into()));
}
