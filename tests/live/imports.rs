//! Many calls at once, out of the log: each is one transcript, and the program that ran replays it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::PathBuf;

use agikit::transcript::import::{self, Imported, Trouble};
use agikit::transcript::{Entry, Event, Pattern, Transcript};

use crate::Test;
use crate::lab::{Call, Lab, static_programs, wait};

/// What the caller does, the script's extension, the program, and when he hangs up: at this sound.
type Planned = (&'static str, &'static str, &'static str, Option<&'static str>);

const CALLS: [Planned; 24] = [
    ("waits", "acct", "account", None),
    ("keys-1001#", "acct", "account", None),
    ("keys-1002#", "acct", "account", None),
    ("keys-1003#", "acct", "account", None),
    ("keys-9999#", "acct", "account", None),
    ("keys-#", "acct", "account", None),
    ("keys-1001#", "acct", "account", None),
    ("keys-4711", "acct", "account", None),
    ("waits", "acct", "account", Some("vm-enter-num-to-call")),
    ("waits", "acct", "account", Some("vm-enter-num-to-call")),
    ("keys-1001#", "acct", "account", Some("digits/1")),
    ("keys-9999#", "acct", "account", Some("invalid")),
    ("waits", "hello", "hello", None),
    ("keys-55", "hello", "hello", None),
    ("waits", "hello", "hello", Some("letters/h")),
    ("waits", "hello", "hello", Some("letters/e")),
    ("waits", "variables", "variables", None),
    ("waits", "variables", "variables", None),
    ("waits", "variables", "variables", None),
    ("keys-1", "variables", "variables", None),
    ("waits", "after_call", "after_call", None),
    ("waits", "after_call", "after_call", None),
    ("keys-12", "after_call", "after_call", None),
    ("keys-3", "after_call", "after_call", None),
];

pub fn tests() -> Vec<Test> {
    vec![("a log of 24 calls at once".into(), Box::new(log_of_many))]
}

fn log_of_many(lab: &Lab) -> String {
    lab.cli("agi set debug on");
    let before = lab.log_length();
    let calls: Vec<(Call<'_>, String)> = std::thread::scope(|scope| {
        let one = |(caller, script, _, leaves): Planned| {
            let call = lab.call(caller, script);
            let channel = call.channel();
            if let Some(sound) = leaves {
                let is_it = |played: &String| played == sound;
                wait(sound, || lab.played(&channel, before).iter().any(is_it).then_some(()));
                call.hang_up(&channel);
            }
            (call, channel)
        };
        let calls = CALLS.map(|planned| scope.spawn(move || one(planned)));
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    for (call, channel) in &calls {
        wait("the session's end", || call.logged_result(channel));
    }
    let mut log = fs::File::open(lab.log_path()).unwrap();
    log.seek(SeekFrom::Start(before)).unwrap();
    // Other tests call at the same time; theirs are other channels.
    let mut sessions: BTreeMap<String, Vec<Imported>> = BTreeMap::new();
    for session in import::read(BufReader::new(log)) {
        let session = session.unwrap();
        let channel = String::from_utf8_lossy(&session.channel).into_owned();
        sessions.entry(channel).or_default().push(session);
    }
    let ours: Vec<&Imported> = calls
        .iter()
        .map(|(_, channel)| match sessions.get(channel).map(Vec::as_slice) {
            Some([session]) => session,
            other => panic!("{channel}: {other:?} instead of one session"),
        })
        .collect();
    let most = ours.iter().map(|it| at_once(&ours, it.line)).max().unwrap_or(0);
    assert!(most >= 4, "only {most} at once: nothing was mixed");
    let mut hung_up = 0;
    for ((session, (_, script, program, _)), (call, _)) in ours.iter().zip(CALLS).zip(&calls) {
        // Where the machine is busy, a caller may be too late.
        let is_hung_up = call.left("status") == "HANGUP";
        assert_eq!(session.result, Some(if is_hung_up { 4 } else { 0 }), "{}", call.id);
        let doubt = session.notes.iter().find(|it| it.trouble != Trouble::HangupSomewhere);
        assert!(doubt.is_none(), "{}: {doubt:?}", call.id);
        let hangup = session.transcript.entries.contains(&Entry::Event(Event::Hangup));
        assert_eq!(hangup, is_hung_up, "{}\n{}", call.id, session.transcript);
        hung_up += usize::from(hangup);
        replay(&at_the_desk(&session.transcript, script, &call.id), program, &call.id);
    }
    assert!(hung_up >= 3, "only {hung_up} were hung up");
    format!("{} sessions, up to {most} at once, {hung_up} hung up: each replays\n", ours.len())
}

/// How many sessions are in progress at a line of the log.
fn at_once(sessions: &[&Imported], line: u64) -> usize {
    sessions.iter().filter(|it| (it.line..=it.last_line).contains(&line)).count()
}

/// The account example opens the database that the dialplan names, and there is no such folder at the desk: its
/// argument, and that alone, is another. Every call of these made its own, so it is empty there, too.
fn at_the_desk(transcript: &Transcript, script: &str, id: &str) -> Transcript {
    let mut transcript = transcript.clone();
    if script == "acct" {
        let was = Pattern::exactly(format!("agi_arg_1: /srv/lab/report/{id}.db"));
        let path = database(id);
        let _ = fs::remove_file(&path);
        let mut count = 0;
        for entry in &mut transcript.entries {
            if *entry == Entry::Asterisk(was.clone()) {
                *entry =
                    Entry::Asterisk(Pattern::exactly(format!("agi_arg_1: {}", path.display())));
                count += 1;
            }
        }
        assert_eq!(count, 1, "{id}: one line names the database");
    }
    transcript
}

fn database(id: &str) -> PathBuf {
    std::env::temp_dir().join(format!("agikit-live-{id}.db"))
}

/// Green on the file that ran in the lab; red when one line that it sends were another.
fn replay(transcript: &Transcript, program: &str, id: &str) {
    let path = static_programs().join(program);
    let arguments: [&str; 0] = [];
    // The replay gives the arguments that the transcript names.
    if let Err(why) = transcript.replay_program(&path, arguments) {
        panic!("{id}: {why}\n{transcript}");
    }
    let _ = fs::remove_file(database(id));
    let mut other = transcript.clone();
    let sent = other.entries.iter_mut().rfind(|entry| matches!(entry, Entry::Script(_)));
    *sent.unwrap() = Entry::Script(Pattern::exactly("NOOP what the script does not say"));
    assert!(other.replay_program(&path, arguments).is_err(), "{id}: replays what it does not send");
    let _ = fs::remove_file(database(id));
}
