//! What no command can carry is refused before a byte is sent, by the names of command and argument,
//! and the next command works.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agikit::command::*;
use agikit::wire::Line;
use agikit::{Fault, Text, Timeout};
use support::{Asterisk, ENVIRONMENT, refused};

const SECOND: Duration = Duration::from_secs(1);

/// Every text argument of every command, by its name.
macro_rules! texts {
    ($text:ident; $($name:literal => $command:expr;)*) => {
        #[test]
        fn no_text_carries_line_feed_carriage_return_or_nul() {
            let bad = [
                ("a\nANSWER", Fault::LineFeed), ("\n", Fault::LineFeed), ("a\r", Fault::CarriageReturn),
                ("a\r\nb", Fault::CarriageReturn), ("\0", Fault::Nul), ("a\0b", Fault::Nul),
            ];
            for ($text, fault) in bad {
                $(refused($name, fault, $command);)*
            }
        }

        /// How many text arguments the table above has, a command.
        fn count_texts() -> BTreeMap<&'static str, usize> {
            let $text = "1";
            let mut count = BTreeMap::new();
            for words in [$($command.spec().words),*] {
                *count.entry(words).or_default() += 1;
            }
            count
        }
    };
}

texts! {
    t;
    "channel" => ChannelStatus::new().channel(t);
    "file" => ControlStreamFile::new(t);
    "family" => DatabaseDel::new(t, "k");
    "key" => DatabaseDel::new("f", t);
    "family" => DatabaseDeltree::new(t);
    "tree" => DatabaseDeltree::new("f").tree(t);
    "family" => DatabaseGet::new(t, "k");
    "key" => DatabaseGet::new("f", t);
    "family" => DatabasePut::new(t, "k", "v");
    "key" => DatabasePut::new("f", t, "v");
    "value" => DatabasePut::new("f", "k", t);
    "application" => Exec::new(t, "x");
    "arguments" => Exec::new("NoOp", t);
    "arguments" => Exec::new("NoOp", &["x", t]);
    "arguments" => Exec::new("NoOp", &[Text::from(t)]);
    "file" => GetData::new(t);
    "expression" => GetFullVariable::new(t);
    "channel" => GetFullVariable::new("x").channel(t);
    "file" => GetOption::new(t, "1");
    "name" => GetVariable::new(t);
    "context" => Gosub::new(t, "e", 1);
    "extension" => Gosub::new("c", t, 1);
    "priority" => Gosub::new("c", "e", t);
    "arguments" => Gosub::new("c", "e", 1).arguments(t);
    "arguments" => Gosub::new("c", "e", 1).arguments(&[t]);
    "channel" => Hangup::new().channel(t);
    "argument" => Raw::new("ANY").arg(t);
    "file" => RecordFile::new(t, "wav", "#", SECOND);
    "format" => RecordFile::new("f", t, "#", SECOND);
    "text" => SayAlpha::new(t);
    "format" => SayDatetime::new(UNIX_EPOCH).format(t);
    "timezone" => SayDatetime::new(UNIX_EPOCH).timezone(t);
    "digits" => SayDigits::new(&format!("1{t}"));
    "text" => SayPhonetic::new(t);
    "image" => SendImage::new(t);
    "text" => SendText::new(t);
    "callerid" => SetCallerid::new(t);
    "context" => SetContext::new(t);
    "extension" => SetExtension::new(t);
    "class" => SetMusic::new(true).class(t);
    "priority" => SetPriority::new(t);
    "name" => SetVariable::new(t, "v");
    "value" => SetVariable::new("n", t);
    "name" => SpeechActivateGrammar::new(t);
    "engine" => SpeechCreate::new().engine(t);
    "name" => SpeechDeactivateGrammar::new(t);
    "name" => SpeechLoadGrammar::new(t, "p");
    "path" => SpeechLoadGrammar::new("n", t);
    "prompt" => SpeechRecognize::new(t, SECOND);
    "name" => SpeechSet::new(t, "v");
    "value" => SpeechSet::new("n", t);
    "name" => SpeechUnloadGrammar::new(t);
    "file" => StreamFile::new(t);
    "message" => Verbose::new(t);
}

/// The table above is whole: the sources have as many text arguments as it.
#[test]
fn every_text_argument_is_in_the_table() {
    let folder = format!("{}/src/command", env!("CARGO_MANIFEST_DIR"));
    let mut in_sources = BTreeMap::<String, usize>::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for row in source.split("\ncommand! {").skip(1) {
            let row = &row[..row.find("\n    |").unwrap()];
            let code = row.lines().filter(|line| !line.trim_start().starts_with("///"));
            let code = code.collect::<Vec<_>>().join("\n");
            let words = code.split("Spec::new(\"").nth(1).unwrap().split('"').next().unwrap();
            // Keys are texts too: they have a test of their own below.
            let keys = code.matches("escape_digits: Text<'a>").count();
            let texts = code.matches(": Text<'a>").count() - keys;
            let others =
                code.matches(": Arguments<'a>").count() + code.matches(": Priority<'a>").count();
            in_sources.insert(words.to_owned(), texts + others);
        }
    }
    in_sources.retain(|_, count| *count > 0);
    let mut table: BTreeMap<String, usize> =
        count_texts().into_iter().map(|(words, count)| (words.to_owned(), count)).collect();
    table.remove("ANY");
    // The same argument in its other forms.
    *table.get_mut("EXEC").unwrap() -= 2;
    *table.get_mut("GOSUB").unwrap() -= 1;
    assert_eq!(table, in_sources);
}

#[test]
fn only_keys_are_keys() {
    for bad in ["a", "12e", " ", "1 2", "-", "E", "+", "1\n2", "\u{661}", "\"", "\0"] {
        let fault = Fault::NotKeys;
        let keys = "escape_digits";
        refused(keys, fault, ControlStreamFile::new("f").escape_digits(bad));
        refused(keys, fault, GetOption::new("f", bad));
        refused(keys, fault, RecordFile::new("f", "wav", bad, SECOND));
        refused(keys, fault, SayAlpha::new("x").escape_digits(bad));
        refused(keys, fault, SayDate::new(UNIX_EPOCH).escape_digits(bad));
        refused(keys, fault, SayDatetime::new(UNIX_EPOCH).escape_digits(bad));
        refused(keys, fault, SayDigits::new("1").escape_digits(bad));
        refused(keys, fault, SayNumber::new(1).escape_digits(bad));
        refused(keys, fault, SayPhonetic::new("x").escape_digits(bad));
        refused(keys, fault, SayTime::new(UNIX_EPOCH).escape_digits(bad));
        refused(keys, fault, StreamFile::new("f").escape_digits(bad));
    }
    for bad in ['a', 'E', ' ', '\n', '\0', '\u{131}', '\u{1f600}'] {
        refused("forward", Fault::NotKeys, ControlStreamFile::new("f").forward(bad));
        refused("rewind", Fault::NotKeys, ControlStreamFile::new("f").rewind(bad));
        refused("pause", Fault::NotKeys, ControlStreamFile::new("f").pause(bad));
    }
}

/// Zero means something else to Asterisk there: its default, for ever, or no silence at all.
#[test]
fn no_time_where_zero_is_none() {
    let zero = Duration::ZERO;
    refused("timeout", Fault::Zero, GetData::new("f").timeout(zero));
    refused("skip", Fault::Zero, ControlStreamFile::new("f").skip(zero));
    refused("silence", Fault::Zero, RecordFile::new("f", "wav", "", SECOND).silence(zero));
    refused("timeout", Fault::Zero, SpeechRecognize::new("f", zero));
}

#[test]
fn no_time_past_32_bits() {
    let month = Duration::from_millis(1 << 31);
    for late in [month, Duration::MAX] {
        refused("timeout", Fault::TooLate, GetData::new("f").timeout(late));
        refused("timeout", Fault::TooLate, GetOption::new("f", "1").timeout(late));
        refused("timeout", Fault::TooLate, ReceiveChar::new(late));
        refused("timeout", Fault::TooLate, ReceiveText::new(late));
        refused("timeout", Fault::TooLate, RecordFile::new("f", "wav", "", late));
        refused("timeout", Fault::TooLate, WaitForDigit::new(late));
        refused("skip", Fault::TooLate, ControlStreamFile::new("f").skip(late));
        refused("offset", Fault::TooLate, ControlStreamFile::new("f").offset(late));
    }
    let century = Duration::from_secs(1 << 31);
    for late in [century, Duration::MAX] {
        refused("timeout", Fault::TooLate, SpeechRecognize::new("f", late));
        let record = RecordFile::new("f", "wav", "", SECOND).silence(late);
        refused("silence", Fault::TooLate, record);
    }
    refused("time", Fault::TooLate, SetAutohangup::new(Duration::from_secs(1 << 32)));
    refused("time", Fault::TooLate, SetAutohangup::new(Duration::MAX));
}

#[test]
fn no_date_past_2038_where_asterisk_has_32_bits() {
    let january: SystemTime = UNIX_EPOCH + Duration::from_secs(1 << 31);
    refused("time", Fault::TooLate, SayDate::new(january));
    refused("time", Fault::TooLate, SayTime::new(january));
    let before = UNIX_EPOCH - Duration::from_secs((1 << 31) + 1);
    refused("time", Fault::TooLate, SayDate::new(before));
}

#[test]
fn no_number_out_of_range() {
    let range = Fault::OutOfRange { least: 1, most: 1023 };
    refused("max_digits", range, GetData::new("f").max_digits(0));
    refused("max_digits", range, GetData::new("f").max_digits(1024));
    refused("level", Fault::OutOfRange { least: 0, most: 10 }, Verbose::new("x").level(11));
}

/// Asterisk reads a priority by `%d`, and a label that begins like a number as one.
#[test]
fn no_priority_that_asterisk_would_misread() {
    let range = Fault::OutOfRange { least: 1, most: 65535 };
    for number in [0, 65536, u32::MAX] {
        refused("priority", range, SetPriority::new(number));
        refused("priority", range, Gosub::new("c", "e", number));
    }
    for label in ["1st", "-x", "+x", " x", "\tx"] {
        refused("priority", Fault::Label, SetPriority::new(label));
        refused("priority", Fault::Label, Gosub::new("c", "e", label));
    }
    refused("priority", Fault::Empty, SetPriority::new(""));
    refused("offset", Fault::TooLate, SpeechRecognize::new("", SECOND).offset(1 << 31));
}

#[test]
fn no_text_that_asterisk_would_misread() {
    refused("name", Fault::Empty, SetVariable::new("", "v"));
    for bad in ["", "*12", "#", "abc", "-", "--1", " 1"] {
        refused("digits", Fault::NotANumber, SayDigits::new(bad));
    }
    let long = "x".repeat(256);
    refused("callerid", Fault::TooLong(255), SetCallerid::new(&long));
    for part in ["a,b", ",", "\"", "\\", "(", "]"] {
        let gosub = Gosub::new("c", "e", 1);
        refused("arguments", Fault::Separator, gosub.arguments(&["x", part]));
        refused("arguments", Fault::Separator, gosub.arguments(&[Text::from(part)]));
    }
}

#[test]
fn no_raw_command_that_ends_the_session_or_splits() {
    for words in ["failure", "FAILURE", "Failure of all", "failures", "FaIlUrEx"] {
        refused("command", Fault::Failure, Raw::new(words));
    }
    for words in ["", " ", " NOOP", "NOOP ", "A  B", "A\nB", "A\"", "A\\", "A\tB", "A\0", "\u{c9}"]
    {
        refused("command", Fault::NotWords, Raw::new(words));
    }
}

/// A raw command with so many arguments, its own two words before them.
#[test]
fn a_command_of_ones_own_is_checked_alike() {
    struct Own;
    impl Command for Own {
        type Reply = ();
        fn spec(&self) -> Spec {
            Spec::new("OWN", 0, ANY)
        }
        fn write(&self, line: &mut Line<'_>) {
            line.text("first", "x".into()).text("second", "a\nb".into()).text("third", "\0".into());
        }
        fn read(_: &agikit::reply::Fields<'_>) -> agikit::reply::Outcome<()> {
            agikit::reply::Outcome::Value(())
        }
    }
    refused("second", Fault::LineFeed, Own);
}

#[test]
fn for_ever_is_a_time_for_all_that_wait() {
    let asterisk = Asterisk::new(ENVIRONMENT, |_| Some(b"510 x\n".to_vec()));
    let mut session = asterisk.begin().unwrap();
    let _ = session.wait_for_digit(Timeout::FOREVER);
    let _ = session.receive_text(Timeout::FOREVER);
    assert_eq!(asterisk.lines(), ["WAIT FOR DIGIT -1", "RECEIVE TEXT -1"]);
}
