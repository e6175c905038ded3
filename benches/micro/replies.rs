//! Replies that are read, by the parts and by a whole session.

use std::hint::black_box;
use std::io::{self, Read, Write};

use agikit::reply::Fields;
use agikit::wire::{Lines, Progress};
use agikit::{
    ChannelStatus, GetData, GetVariable, Hangup, Noop, Session, Stream, StreamFile, Text,
};

use crate::case::Case;

/// What a session begins with.
pub(crate) const ENVIRONMENT: &[u8] = b"agi_request: account\n\
    agi_channel: PJSIP/alice-0000002a\n\
    agi_language: en\n\
    agi_type: PJSIP\n\
    agi_uniqueid: 1795209041.8\n\
    agi_version: 22.10.1\n\
    agi_callerid: 0123456789\n\
    agi_calleridname: Alice Example\n\
    agi_callingpres: 0\n\
    agi_callingani2: 0\n\
    agi_callington: 0\n\
    agi_callingtns: 0\n\
    agi_dnid: 100\n\
    agi_rdnis: unknown\n\
    agi_context: default\n\
    agi_extension: 100\n\
    agi_priority: 1\n\
    agi_enhanced: 0.0\n\
    agi_accountcode: \n\
    agi_threadid: 139872334522944\n\
    agi_arg_1: /var/lib/asterisk/accounts.db\n\
    \n";

/// Asterisk's answer to a command that it was given wrongly.
const USAGE: &[u8] = b"520-Invalid command syntax.  Proper usage follows:\n \
    Usage: GET DATA <file to be streamed> [timeout] [max digits]\n\
    \tPlays a file, and takes the digits of the caller,\n\
    \tup to the timeout or to the most that there may be.\n\
    \tReturns the digits that were dialled.\n\
    520 End of proper usage.\n";

/// All rows.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        fields("reply taken apart: plain", b"200 result=0"),
        fields("reply taken apart: note", b"200 result= (timeout)"),
        fields("reply taken apart: two fields", b"200 result=49 endpos=73600"),
        fields("reply taken apart: value of 20 bytes", b"200 result=1 (PJSIP/alice-0000002a)"),
        read("line read: 12 bytes", b"200 result=0\n".to_vec()),
        read("line read: 1,000 bytes", long(1000)),
        read("line read: 100,000 bytes", long(100_000)),
        session("a whole command: NOOP", b"200 result=0\n".to_vec(), |agi| {
            agi.run(Noop::new()).unwrap();
        }),
        session("a whole command: CHANNEL STATUS", b"200 result=6\n".to_vec(), |agi| {
            black_box(agi.run(ChannelStatus::new()).unwrap());
        }),
        session("a whole command: STREAM FILE", b"200 result=49 endpos=73600\n".to_vec(), |agi| {
            let menu = StreamFile::new("custom/menu").escape_digits("123");
            black_box(agi.run(menu).unwrap());
        }),
        session("a whole command: GET DATA", b"200 result=12345678\n".to_vec(), |agi| {
            black_box(agi.run(GetData::new("vm-enter-num-to-call")).unwrap());
        }),
        session(
            "a whole command: GET VARIABLE, 20 bytes",
            b"200 result=1 (PJSIP/alice-0000002a)\n".to_vec(),
            |agi| _ = black_box(agi.run(GetVariable::new("CHANNEL")).unwrap()),
        ),
        session("a whole command: GET VARIABLE, 1,000 bytes", long(1000), |agi| {
            black_box(agi.run(GetVariable::new("LONG")).unwrap());
        }),
        session("a whole command: 520 with usage", USAGE.to_vec(), |agi| {
            black_box(agi.run(GetData::new("x")).unwrap_err());
        }),
        Case::new("a whole command: the environment, and a session made", || {
            || _ = black_box(begin(Vec::new()))
        }),
    ]
}

/// A reply with a value of so many bytes.
fn long(bytes: usize) -> Vec<u8> {
    [b"200 result=1 (", &vec![b'x'; bytes][..], b")\n"].concat()
}

/// All that is asked of a reply by one command or another.
fn fields(name: &'static str, reply: &'static [u8]) -> Case {
    Case::new(name, move || {
        move || {
            let fields = Fields::parse(black_box(reply)).unwrap();
            let texts: [Option<Text<'_>>; 3] =
                [fields.value(), fields.note(), fields.word("endpos")];
            black_box((fields.code(), fields.number(), texts));
        }
    })
}

/// A line that a read gives whole.
fn read(name: &'static str, reply: Vec<u8>) -> Case {
    Case::new(name, move || {
        let (reply, mut lines) = (reply.clone(), Lines::new(1 << 20));
        move || {
            lines.begin();
            let read = lines.extend(&mut black_box(&reply[..])).unwrap();
            assert!(matches!(black_box(read), Progress::Line(_)));
        }
    })
}

/// A session that is always answered the same.
fn session(
    name: &'static str,
    reply: Vec<u8>,
    run: impl Fn(&mut Session) + Copy + 'static,
) -> Case {
    Case::new(name, move || {
        let mut agi = begin(reply.clone());
        move || run(black_box(&mut agi))
    })
}

fn begin(reply: Vec<u8>) -> Session {
    Session::begin(Canned { reply, at: 0, begun: false }, Hangup::new()).unwrap()
}

/// Answers each line with the same, without any system call.
struct Canned {
    reply: Vec<u8>,
    at: usize,
    begun: bool,
}

impl Read for Canned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !std::mem::replace(&mut self.begun, true) {
            return (&mut &ENVIRONMENT[..]).read(buffer);
        }
        let read = (&self.reply[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

impl Write for Canned {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.at = 0;
        Ok(black_box(line).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Canned {}
