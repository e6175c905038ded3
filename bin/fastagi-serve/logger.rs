//! The log: standard error, a line a message.

use std::io::{self, Write};
use std::os::fd::AsFd;

use env_logger::{Builder, Target};
use log::{Level, LevelFilter};
use nix::sys::stat::fstat;

pub(crate) fn begin(level: LevelFilter) {
    let is_journal = is_journal();
    let format = move |to: &mut env_logger::fmt::Formatter, record: &log::Record<'_>| {
        let text = record.args();
        match is_journal {
            // It has the time by itself, and takes the level from there.
            true => writeln!(to, "<{}>{text}", priority(record.level())),
            false => {
                let time = to.timestamp_millis();
                writeln!(to, "{time} {:<5} {text}", record.level())
            }
        }
    };
    Builder::new().filter_level(level).target(Target::Stderr).format(format).init();
}

/// The level as syslog numbers it.
fn priority(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

/// Whether standard error is systemd's journal, which says so by the socket's numbers.
fn is_journal() -> bool {
    let stderr = io::stderr();
    std::env::var("JOURNAL_STREAM").is_ok_and(|journal| {
        fstat(stderr.as_fd()).is_ok_and(|it| journal == format!("{}:{}", it.st_dev, it.st_ino))
    })
}
