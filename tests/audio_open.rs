//! From a session to its audio: what is asked, what is refused, and which descriptor is taken.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use agikit::audio::{Audio, Format};
use agikit::{Error, Hangup, Result, Session, Stream};
use support::{Asterisk, ENVIRONMENT, watched};

/// An Asterisk in memory, with audio.
struct Enhanced(Asterisk, Option<OwnedFd>);

impl Read for Enhanced {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Enhanced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Stream for Enhanced {
    fn audio(&mut self) -> Option<OwnedFd> {
        self.1.take()
    }
}

/// Opens the audio of a call where EAGI_AUDIO_FORMAT and the channel's own format are these.
fn open(asked: Option<&str>, flows: Option<&str>) -> (Result<Audio>, Vec<String>) {
    let reply = |value: Option<&str>| match value {
        None => "200 result=0\n".to_owned(),
        Some(value) => format!("200 result=1 ({value})\n"),
    };
    let (asked, flows) = (reply(asked), reply(flows));
    let asterisk = Asterisk::new(ENVIRONMENT.replace("enhanced: 0.0", "enhanced: 1.0"), {
        move |line| match line.starts_with(b"GET VARIABLE") {
            true => Some(asked.clone().into()),
            false => Some(flows.clone().into()),
        }
    });
    let pipe = io::pipe().unwrap().0.into();
    let stream = Enhanced(asterisk.clone(), Some(pipe));
    let mut agi = Session::begin(stream, Hangup::new()).unwrap();
    let audio = Audio::open(&mut agi);
    if audio.is_ok() {
        assert!(matches!(Audio::open(&mut agi), Err(Error::NoAudio)), "it is there once");
    }
    (audio, asterisk.lines())
}

#[test]
fn the_form_is_what_the_dialplan_asked_for() {
    watched(|| {
        let asked = |name| open(name, None).0.unwrap().format();
        assert_eq!(asked(None), Format::Linear(8000));
        assert_eq!(asked(Some("")), Format::Linear(8000));
        assert_eq!(asked(Some("SLIN192")), Format::Linear(192_000));
        assert_eq!(asked(Some("alaw")), Format::Alaw);
        assert_eq!(open(None, None).1[0], r#"GET VARIABLE "EAGI_AUDIO_FORMAT""#);
    });
}

#[test]
fn for_another_name_asterisk_is_asked_what_flows() {
    watched(|| {
        let (audio, lines) = open(Some("bogus"), Some("slin"));
        assert_eq!(audio.unwrap().format(), Format::Linear(8000));
        assert_eq!(lines[1], r#"GET FULL VARIABLE "${CHANNEL(audioreadformat)}""#);
        for (asked, flows, named) in [
            ("gsm", Some("gsm"), "gsm"),
            ("G722", None, "G722"), // an Asterisk without that function
            ("G722", Some(""), "G722"),
            ("x", Some("speex"), "speex"),
        ] {
            let error = open(Some(asked), flows).0.unwrap_err();
            assert!(matches!(&error, Error::AudioFormat { format } if &**format == named));
            assert!(error.to_string().contains(named), "{error}");
        }
    });
}

#[test]
fn plain_agi_has_none() {
    watched(|| {
        let asterisk = Asterisk::replies(["200 result=0\n"]);
        let mut agi = asterisk.begin().unwrap();
        let error = Audio::open(&mut agi).unwrap_err();
        assert!(matches!(error, Error::NoAudio) && error.to_string().contains("EAGI()"), "{error}");
        assert!(asterisk.lines().is_empty(), "nothing was asked");
    });
}
