//! The sounds that a program itself tells it needs: started with `AGIKIT_SOUNDS=list`, it lists them and
//! ends. `ivr::Sounds::listed` is the other end.

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::sounds::is_plausible;

/// The first line of a list.
const HEAD: &str = "# agikit sounds 1";
/// A longer list is none.
const LONGEST: u64 = 1 << 20;
/// Who knows of lists has one at once.
const LIMIT: Duration = Duration::from_secs(3);

/// Asks a program; `None` where it has no list. One that knows nothing of lists finds the end of its input where
/// it wants to read a call, and ends.
pub(super) fn ask(
    path: &Path,
    variables: &[(String, String)],
    language: &str,
    limit: Duration,
) -> Option<BTreeSet<String>> {
    let mut command = Command::new(path);
    command.env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
    command.env("AGIKIT_SOUNDS", "list").env("AGIKIT_SOUNDS_LANGUAGE", language).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let group = Pid::from_raw(i32::try_from(child.id()).ok()?);
    let (send, output) = mpsc::channel();
    if let Some(from) = child.stdout.take() {
        thread::spawn(move || {
            let mut text = Vec::new();
            let _ = from.take(LONGEST).read_to_end(&mut text);
            let _ = send.send(text);
        });
    }
    let end = Instant::now() + limit.min(LIMIT);
    let text = output.recv_timeout(limit.min(LIMIT));
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < end && text.is_ok() => {
                thread::sleep(Duration::from_millis(2));
            }
            _ => break None,
        }
    };
    if status.is_none() {
        // Its own group: nothing else has this number while it is not waited for.
        let _ = killpg(group, Signal::SIGKILL);
        let _ = child.wait();
    }
    status.filter(std::process::ExitStatus::success)?;
    list(&String::from_utf8(text.ok()?).ok()?)
}

/// The names of a list, if it is one.
fn list(text: &str) -> Option<BTreeSet<String>> {
    let mut lines = text.lines();
    if lines.next()? != HEAD {
        return None;
    }
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines
        .iter()
        .all(|line| is_plausible(line))
        .then(|| lines.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_nothing_else_for_a_list() {
        let names = list("# agikit sounds 1\nwelcome\ndigits/1\n\n").unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["digits/1", "welcome"]);
        assert_eq!(list("# agikit sounds 1\n"), Some(BTreeSet::new()));
        for text in
            ["", "welcome\n", "# agikit sounds 2\na\n", "# agikit sounds 1\nVERBOSE \"a\"\n"]
        {
            assert_eq!(list(text), None, "{text}");
        }
    }
}
