//! What an Asterisk of the lab has logged.

use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::lab::{Lab, wait};

impl Lab {
    /// Waits until what has happened by now is in the log: a thread of Asterisk's own writes it, one thing after the
    /// other.
    pub fn settle_log(&self) {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let mark =
            format!("settled-{}x{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let from = self.log_length();
        self.cli(&format!("dialplan set global LIVE_LOG {mark}"));
        wait("the log", || self.said(from, "'LIVE_LOG'", &format!("'{mark}'")).then_some(()));
    }

    /// Whether one line of the log, since that had this length, holds both texts: which call, and what.
    pub fn said(&self, from: u64, call: &str, text: &str) -> bool {
        self.log_since(from).lines().any(|line| line.contains(call) && line.contains(text))
    }

    /// The log that Asterisk writes.
    pub fn log_path(&self) -> PathBuf {
        self.inside("srv/lab/log/full")
    }

    /// How much is logged by now.
    pub fn log_length(&self) -> u64 {
        std::fs::metadata(self.log_path()).map_or(0, |it| it.len())
    }

    /// What was logged since the log had this length.
    pub fn log_since(&self, from: u64) -> String {
        let mut log = Vec::new();
        let mut file = std::fs::File::open(self.log_path()).expect("the lab has a log");
        file.seek(SeekFrom::Start(from))
            .and_then(|_| file.read_to_end(&mut log))
            .expect("it reads");
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The sounds that were played to a channel since the log had this length, in their order.
    pub fn played(&self, channel: &str, from: u64) -> Vec<String> {
        played(&self.log_since(from), channel)
    }
}

fn played(log: &str, channel: &str) -> Vec<String> {
    let mark = format!("<{channel}> Playing '");
    log.lines()
        .filter_map(|line| {
            line.split_once(&mark)?.1.split_once('\'').map(|(sound, _)| sound.to_owned())
        })
        .map(|sound| sound.trim_end_matches(".gsm").trim_end_matches(".slin").to_owned())
        // "Playing ''": an empty name is logged, and nothing is played.
        .filter(|sound| !sound.is_empty())
        .collect()
}
