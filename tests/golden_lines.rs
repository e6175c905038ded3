//! The exact line of every command: required arguments only, each option alone, all of them.
//! `tests/golden/lines.txt` holds them; `GOLDEN=overwrite cargo test --test golden_lines` rewrites it.
#![allow(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agikit::command::*;
use agikit::wire::split;
use agikit::{CATALOGUE, Session, Text, Timeout, Value};
use support::{Asterisk, samples, watched};

/// The line that a session sends for a command, without its line feed.
fn sent(run: impl FnOnce(&mut Session)) -> String {
    let asterisk = Asterisk::replies(["510 Invalid or unknown command\n"]);
    run(&mut asterisk.begin().unwrap());
    let line = String::from_utf8(asterisk.writes().concat()).unwrap();
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    line.strip_suffix('\n').unwrap().to_owned()
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Each command as it is written in Rust, and the line that it sends.
fn table() -> Vec<(&'static str, String)> {
    macro_rules! rows {
        ($($command:expr;)*) => {
            vec![$((stringify!($command), sent(|session| drop(session.run($command))))),*]
        };
    }
    let value = Value::from(&b"7"[..]);
    rows! {
        Answer::new();
        AsyncagiBreak::new();
        ChannelStatus::new();
        ChannelStatus::new().channel("PJSIP/bob-01");
        ControlStreamFile::new("menu");
        ControlStreamFile::new("menu").escape_digits("0#");
        ControlStreamFile::new("menu").skip(ms(1500));
        ControlStreamFile::new("menu").forward('6');
        ControlStreamFile::new("menu").rewind('4');
        ControlStreamFile::new("menu").pause('5');
        ControlStreamFile::new("menu").offset(ms(250));
        ControlStreamFile::new("menu").escape_digits("0").skip(ms(1)).forward('#').rewind('*').pause('A').offset(ms(0));
        DatabaseDel::new("family", "key");
        DatabaseDeltree::new("family");
        DatabaseDeltree::new("family").tree("a/b");
        DatabaseGet::new("family", "key");
        DatabaseGet::new("", "");
        DatabasePut::new("family", "key", "val ue");
        DatabasePut::new("family", "key", "");
        Exec::new("Answer", "");
        Exec::new("Dial", "PJSIP/bob,30,tT");
        Exec::new("SendText", &["one, \"two\"", "back\\slash", "(a) [b]", "", "${X}"]);
        Exec::new("SendText", &[Text::from(b"a,b"), Text::from("c")]);
        GetData::new("enter");
        GetData::new("enter").timeout(ms(30_000));
        GetData::new("enter").timeout(Timeout::FOREVER);
        GetData::new("enter").max_digits(8);
        GetData::new("").timeout(Duration::from_micros(1)).max_digits(1023);
        GetFullVariable::new("${CALLERID(all)} $[1 + 1]");
        GetFullVariable::new("${X}").channel("PJSIP/bob-01");
        GetOption::new("menu", "123");
        GetOption::new("menu", "").timeout(ms(0));
        GetOption::new("menu", "*#ABCD").timeout(Timeout::FOREVER);
        GetVariable::new("CALLERID(num)");
        GetVariable::new(&value);
        Gosub::new("routines", "s", 1);
        Gosub::new("routines", "s", "label");
        Gosub::new("routines", "s", 1).arguments("one,two");
        Gosub::new("routines", "s", 1).arguments(&["one", "two", "thr ee"]);
        Gosub::new("routines", "s", 1).arguments("");
        Hangup::new();
        Hangup::new().channel("PJSIP/bob-01");
        Noop::new();
        ReceiveChar::new(ms(500));
        ReceiveChar::new(ms(0));
        ReceiveText::new(Timeout::FOREVER);
        ReceiveText::new(ms(500));
        RecordFile::new("/tmp/message", "wav", "#", ms(60_000));
        RecordFile::new("message", "wav", "", Timeout::FOREVER);
        RecordFile::new("message", "wav", "#", ms(0)).offset(8000);
        RecordFile::new("message", "wav", "#", ms(1)).beep(true);
        RecordFile::new("message", "wav", "#", ms(1)).beep(false);
        RecordFile::new("message", "wav", "#", ms(1)).silence(ms(2500));
        RecordFile::new("message", "wav", "#", ms(1)).offset(1).silence(ms(3000)).beep(true);
        SayAlpha::new("a b");
        SayAlpha::new("ab").escape_digits("1");
        SayAlpha::new("aB").case(AlphaCase::All);
        SayAlpha::new("aB").case(AlphaCase::Lower);
        SayAlpha::new("aB").case(AlphaCase::Upper);
        SayAlpha::new("aB").escape_digits("1").case(AlphaCase::None);
        SayDate::new(at(1_700_000_000));
        SayDate::new(at(2_147_483_647)).escape_digits("#");
        SayDate::new(UNIX_EPOCH - ms(1));
        SayDatetime::new(at(2_147_483_648));
        SayDatetime::new(at(5)).escape_digits("#");
        SayDatetime::new(at(5)).format("ABdY 'digits/at' IMp");
        SayDatetime::new(at(5)).format("");
        SayDatetime::new(at(5)).timezone("Europe/Berlin");
        SayDatetime::new(at(5)).escape_digits("1").format("Q").timezone("UTC");
        SayDigits::new("0042");
        SayDigits::new("-1*2#").escape_digits("12");
        SayNumber::new(1234);
        SayNumber::new(i32::MIN).escape_digits("*");
        SayNumber::new(1).gender(Gender::Feminine);
        SayNumber::new(1).gender(Gender::Masculine);
        SayNumber::new(1).gender(Gender::Neuter);
        SayNumber::new(1).gender(Gender::Common);
        SayNumber::new(i32::MAX).escape_digits("0").gender(Gender::Plural);
        SayPhonetic::new("ab");
        SayPhonetic::new("").escape_digits("D");
        SayTime::new(at(0));
        SayTime::new(at(1)).escape_digits("#");
        SendImage::new("logo");
        SendText::new("hello \"you\"");
        SendText::new("");
        SetAutohangup::new(ms(0));
        SetAutohangup::new(ms(60_000));
        SetAutohangup::new(ms(1005));
        SetAutohangup::new(Duration::from_micros(1));
        SetAutohangup::new(Duration::from_micros(1_999_500));
        SetCallerid::new("John \"J\" Doe <1234>");
        SetCallerid::new("");
        SetContext::new("other");
        SetExtension::new("100");
        SetMusic::new(true);
        SetMusic::new(false);
        SetMusic::new(true).class("jazz");
        SetPriority::new(1);
        SetPriority::new(65535);
        SetPriority::new("again");
        SetVariable::new("NAME", "two words");
        SetVariable::new("__NAME", "");
        SetVariable::new("CALLERID(name)", &value);
        SetVariable::new("N", "\\ \" ' \t \\n ${X} ,;|");
        SetVariable::new("PATH", Path::new("/tmp/a b"));
        SpeechActivateGrammar::new("digits");
        SpeechCreate::new();
        SpeechCreate::new().engine("aeap");
        SpeechDeactivateGrammar::new("digits");
        SpeechDestroy::new();
        SpeechLoadGrammar::new("digits", "/etc/digits.gram");
        SpeechRecognize::new("say", Timeout::FOREVER);
        SpeechRecognize::new("say", ms(4001));
        SpeechRecognize::new("", ms(4000)).offset(800);
        SpeechSet::new("name", "value");
        SpeechUnloadGrammar::new("digits");
        StreamFile::new("menu");
        StreamFile::new("menu").escape_digits("0123456789*#ABCD");
        StreamFile::new("menu").offset(8000);
        StreamFile::new("menu").escape_digits("").offset(u32::MAX);
        TddMode::new(TddSwitch::On);
        TddMode::new(TddSwitch::Off);
        TddMode::new(TddSwitch::Mate);
        TddMode::new(TddSwitch::Tdd);
        Verbose::new("it's done");
        Verbose::new("it's done").level(3);
        WaitForDigit::new(ms(5000));
        WaitForDigit::new(ms(0));
        WaitForDigit::new(Duration::from_nanos(1));
        WaitForDigit::new(Timeout::FOREVER);
        WaitForDigit::new(ms(2_147_483_647));
        Raw::new("QUEUE POSITION").arg("support").arg("");
    }
}

#[test]
fn every_command_and_option() {
    let mut text = String::new();
    for (rust, line) in watched(table) {
        // The compiler breaks long ones.
        writeln!(text, "# {}\n{line}", rust.replace('\n', " ")).unwrap();
    }
    support::assert_golden("lines.txt", &text);
}

/// What Asterisk makes of each line: the command's words, and as many more as it allows.
#[test]
fn every_line_is_one_that_asterisk_accepts() {
    let mut seen = BTreeSet::new();
    for (rust, line) in table() {
        let words = split(line.as_bytes());
        let text = words.iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>();
        let Some(spec) = CATALOGUE
            .iter()
            .filter(|spec| format!("{} ", text.join(" ")).starts_with(&format!("{} ", spec.words)))
            .max_by_key(|spec| spec.words.len())
        else {
            assert!(rust.starts_with("Raw::"), "{rust}");
            continue;
        };
        let arguments = words.len() - spec.words.split(' ').count();
        assert!(arguments >= usize::from(spec.least), "{rust}: {line}");
        assert!(arguments <= usize::from(spec.most), "{rust}: {line}");
        seen.insert(spec.words);
    }
    assert_eq!(seen.len(), CATALOGUE.len());
}

/// The words that Asterisk reads are the bytes that were meant.
#[test]
fn arguments_arrive_as_they_were_given() {
    let odd = "\\ \" ' \t \\n ${X} ,;|";
    assert_eq!(
        split(sent(|s| drop(s.set_variable("N", odd))).as_bytes()),
        [&b"SET"[..], b"VARIABLE", b"N", odd.as_bytes()]
    );
    // The application splits its one word once more: these are two arguments for it.
    let words = split(sent(|s| drop(s.exec("App", &["a,\"b", "c\\"]))).as_bytes());
    assert_eq!(words, [&b"EXEC"[..], b"App", b"a\\,\\\"b,c\\\\"]);
}

#[test]
fn a_method_sends_what_the_value_sends() {
    for sample in samples::ALL {
        let value = sent(|session| drop((sample.run)(session)));
        let method = sent(|session| drop((sample.method)(session)));
        assert_eq!((value.as_str(), method.as_str()), (sample.line, sample.line));
    }
}
