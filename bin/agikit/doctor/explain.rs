//! `--explain`: what AGISTATUS, exit statuses and signals mean, and what to do.

use std::io::{self, Write};

use crate::output::STRONG;

/// A word, what it means, and what to do or to look at.
struct Entry {
    words: &'static [&'static str],
    means: &'static str,
    then: &'static [&'static str],
}

const ENTRIES: &[Entry] = &[
    Entry {
        words: &["SUCCESS"],
        means: "AGISTATUS SUCCESS: the script ended by itself with exit status 0, and no command failed.",
        then: &[
            "A FastAGI server that closes the connection, or dies, makes it SUCCESS, too.",
            "Asterisk 16 has it for every exit status from its first call of a FastAGI server, or of a missing program, on.",
            "Let the script set a variable at its end, and ask that in the dialplan.",
        ],
    },
    Entry {
        words: &["FAILURE"],
        means: "AGISTATUS FAILURE: the script was not started, did not end well, or one of its commands failed.",
        then: &[
            "It cannot be run: no run bit, no interpreter, CR LF, a library, another machine. `agikit doctor PROGRAM` tells.",
            "Its exit status was not 0, or a signal ended it. `agikit call PROGRAM` shows what it says.",
            "One command failed while the caller was there (STREAM FILE of a missing sound), though the script went on.",
            "It printed a line that begins with `failure`.",
            "EAGI() with an address, or a FastAGI server that could not be reached.",
        ],
    },
    Entry {
        words: &["HANGUP", "4"],
        means: "AGISTATUS HANGUP: the caller hung up while the script ran; its exit status does not count then.",
        then: &[
            "In Asterisk's log it is `AGI Script … completed, returning 4`: that is no exit status. 0 is SUCCESS there, \
             -1 FAILURE.",
            "The script gets SIGHUP, which ends it unless it takes it: what it would do after the call is not done.",
            "Take the signal (agikit::run does), or Set(AGISIGHUP=no) before AGI(); 13 commands still run then.",
            "A command that failed before the hangup makes it FAILURE.",
        ],
    },
    Entry {
        words: &["NOTFOUND"],
        means: "AGISTATUS NOTFOUND: there is no such file, or Asterisk's user may not look into a folder on the way.",
        then: &[
            "A name without a leading / is one in astagidir; there is no search along PATH.",
            "`http://…`, `agis://…` are taken for files' names: a server's address begins with agi:// or hagi://.",
        ],
    },
    Entry {
        words: &["UNSET", "NONE", ""],
        means: "AGISTATUS is not set, or is that of the call before: Asterisk did not come to run the script.",
        then: &[
            "EAGI() on a call that is over (in `h`).",
            "EAGI_AUDIO_FORMAT names a codec that Asterisk has no translation for: it hangs up.",
            "There is no AGI(): res_agi.so is not loaded.",
        ],
    },
    Entry {
        words: &["0"],
        means: "Exit status 0: the program ended well.",
        then: &["AGISTATUS is SUCCESS, unless the caller hung up or a command failed."],
    },
    Entry {
        words: &["1"],
        means: "Exit status 1: an error of the program's own; a script of agikit's that gave an error.",
        then: &[
            "It said which one on standard error: `agikit call PROGRAM` shows it; agikit's do on the console, too.",
        ],
    },
    Entry {
        words: &["2"],
        means: "Exit status 2: mostly wrong arguments, or a syntax error in a shell script.",
        then: &[
            "A script of agikit's ends so where a terminal is its standard input: no call is at the other end.",
        ],
    },
    Entry {
        words: &["101"],
        means: "Exit status 101: a Rust program panicked.",
        then: &["Standard error has the message and its place: `agikit call PROGRAM` shows it."],
    },
    Entry {
        words: &["126"],
        means: "Exit status 126: a shell or `env` found a program and may not run it.",
        then: &["Give it its run bit (chmod +x), and to the folders on the way to it."],
    },
    Entry {
        words: &["127"],
        means: "Exit status 127: a shell or `env` did not find a program.",
        then: &[
            "Asterisk's PATH is short: name the whole path.",
            "`#!/usr/bin/env perl` with CR LF asks for a program named `perl\\r`: sed -i 's/\\r$//'.",
            "A library of a compiled program is missing: `agikit doctor PROGRAM` tells which.",
        ],
    },
    Entry {
        words: &["255"],
        means: "Exit status 255: PHP's and Perl's own for a fatal error, and -1 of C.",
        then: &[
            "It said which one on standard error, or, in PHP, on standard output: that is a stray line (510).",
        ],
    },
    Entry {
        words: &["SIGHUP", "129"],
        means: "SIGHUP, exit status 129 in a shell: the caller hung up, and the program does not take the signal.",
        then: &[
            "It is Asterisk's only word of the hangup; a program that is to clean up takes it (agikit::run does).",
        ],
    },
    Entry {
        words: &["SIGABRT", "134"],
        means: "SIGABRT, exit status 134 in a shell: the program gave up (assert, abort).",
        then: &["Standard error has its message: `agikit call PROGRAM` shows it."],
    },
    Entry {
        words: &["SIGKILL", "137"],
        means: "SIGKILL, exit status 137 in a shell: somebody ended it, mostly the system, for memory.",
        then: &["journalctl -k | grep -i oom; Asterisk itself never sends it."],
    },
    Entry {
        words: &["SIGSEGV", "139"],
        means: "SIGSEGV, exit status 139 in a shell: the program touched memory that is not its own.",
        then: &[
            "A fault in a compiled program or in a library: run it in gdb, or under `agikit call`.",
        ],
    },
    Entry {
        words: &["SIGPIPE", "141"],
        means: "SIGPIPE, exit status 141 in a shell: it sent a command after Asterisk had closed the session.",
        then: &[
            "AGIEXITONHANGUP closes it at the hangup; otherwise a line beginning with `failure` did.",
        ],
    },
    Entry {
        words: &["SIGTERM", "143"],
        means: "SIGTERM, exit status 143 in a shell: somebody asked it to end, such as systemd stopping Asterisk.",
        then: &["Asterisk itself never sends it."],
    },
    Entry {
        words: &["510"],
        means: "510: a line on standard output that is no command, such as a stray print.",
        then: &[
            "The script takes this reply for the next command's: from there on all replies are one off.",
            "Print to standard error, or by VERBOSE. Lines end in LF alone, not in CR LF.",
        ],
    },
    Entry {
        words: &["511"],
        means: "511: the call is over, and the command needs a caller.",
        then: &["13 commands still run: `agikit commands` shows which. Clean up, and end."],
    },
    Entry {
        words: &["520"],
        means: "520: a wrong number of arguments, or one that is no number; the right usage follows.",
        then: &["`agikit commands NAME` has the syntax. Text with blanks stands in quotes."],
    },
];

/// The words that can be asked for.
pub(super) fn words() -> String {
    let words = ENTRIES.iter().flat_map(|entry| entry.words).filter(|word| !word.is_empty());
    words.copied().collect::<Vec<_>>().join(", ")
}

/// What an exit status means, as part of a sentence.
pub(super) fn of_status(status: i32) -> Option<&'static str> {
    Some(match status {
        2 => "wrong arguments, or a syntax error",
        101 => "a Rust program's panic",
        126 => "a program was found and may not be run",
        127 => "a program was not found",
        255 => "a fatal error of PHP or Perl",
        _ => return None,
    })
}

/// Tells what a word means; whether it is known.
pub(super) fn tell(to: &mut impl Write, word: &str) -> io::Result<bool> {
    let word = word.trim().to_ascii_uppercase();
    let Some(entry) = ENTRIES.iter().find(|entry| entry.words.contains(&word.as_str())) else {
        let is_status = word.parse::<u8>().is_ok();
        if is_status {
            let own =
                "the program's own; Asterisk knows only whether it is 0. AGISTATUS is FAILURE.";
            writeln!(to, "{STRONG}Exit status {word}:{STRONG:#} {own}")?;
        }
        return Ok(is_status);
    };
    let (head, rest) = entry.means.split_once(':').unwrap_or((entry.means, ""));
    writeln!(to, "{STRONG}{head}:{STRONG:#}{rest}")?;
    for line in entry.then {
        writeln!(to, "  - {line}")?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_each_word_once() {
        let mut all: Vec<&str> = ENTRIES.iter().flat_map(|entry| entry.words).copied().collect();
        for word in &all {
            let mut text = Vec::new();
            assert!(tell(&mut text, &word.to_lowercase()).unwrap(), "{word}");
            let text = String::from_utf8(text).unwrap();
            assert!(text.lines().count() >= 2, "{text}");
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(tell(&mut Vec::new(), "42").unwrap() && !tell(&mut Vec::new(), "BUSY").unwrap());
    }
}
