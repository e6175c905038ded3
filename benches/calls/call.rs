//! One call: a program started as `AGI()` starts it, answered, and awaited.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::watch::Watch;
use crate::work::{Step, Work};

/// What Asterisk's environment has; nothing of who runs the bench.
const ENVIRONMENT: [&str; 12] = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "AST_CONFIG_DIR=/etc/asterisk",
    "AST_CONFIG_FILE=/etc/asterisk/asterisk.conf",
    "AST_MODULE_DIR=/usr/lib/asterisk/modules",
    "AST_SPOOL_DIR=/var/spool/asterisk",
    "AST_MONITOR_DIR=/var/spool/asterisk/monitor",
    "AST_VAR_DIR=/var/lib/asterisk",
    "AST_DATA_DIR=/usr/share/asterisk",
    "AST_LOG_DIR=/var/log/asterisk",
    "AST_AGI_DIR=/usr/share/asterisk/agi-bin",
    "AST_KEY_DIR=/usr/share/asterisk/keys",
    "AST_RUN_DIR=/var/run/asterisk",
];

/// What one call took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Times {
    /// From just before the start until the program is gone.
    pub(crate) whole: Duration,
    /// From just before the start to the first command.
    pub(crate) first: Duration,
    /// From one command to the next.
    pub(crate) further: Duration,
    pub(crate) faults: u64,
}

/// A program, and how it is started.
pub(crate) struct Program {
    path: CString,
    environment: Vec<CString>,
    attributes: PosixSpawnAttr,
    errors: File,
    watch: Watch,
}

/// What looks at a program that waits for a reply, or for audio.
pub(crate) type Look<'a> = &'a mut dyn FnMut(Pid) -> io::Result<()>;

impl Program {
    pub(crate) fn new(path: &Path, watch: &Watch) -> io::Result<Program> {
        let text = |text: &str| CString::new(text).map_err(io::Error::other);
        let mut attributes = PosixSpawnAttr::init()?;
        // Rust's own start has ignored it, and that would be inherited.
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGPIPE);
        attributes.set_sigdefault(&signals)?;
        attributes.set_flags(PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF)?;
        Ok(Program {
            path: CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)?,
            environment: ENVIRONMENT.into_iter().map(text).collect::<io::Result<_>>()?,
            attributes,
            errors: File::options().write(true).open("/dev/null")?,
            watch: watch.clone(),
        })
    }

    /// Plays a call. Whatever the program does otherwise than it must is an error. `look` is called once, while it
    /// waits for the last reply, or in the middle of the audio.
    pub(crate) fn call(&self, work: &Work, mut look: Option<Look<'_>>) -> Result<Times, String> {
        let failed = |error: io::Error| error.to_string();
        let (input, mut to) = io::pipe().map_err(failed)?;
        let (mut from, output) = io::pipe().map_err(failed)?;
        let mut audio = work.audio.as_deref();
        let voice = audio.map(|_| io::pipe()).transpose().map_err(failed)?;
        let (voice, mut speak) = voice.unzip();
        let actions = self.descriptors(&input, &output, voice.as_ref()).map_err(failed)?;
        if let (Some(all), Some(_)) = (audio, &look) {
            // The program is looked at while it waits for the rest.
            let (now, later) = all.split_at(all.len() / 2);
            say(&mut speak, now)?;
            audio = Some(later);
        } else if let Some(all) = audio.take() {
            say(&mut speak, all)?;
        }
        let faults = faults().map_err(failed)?;

        let begun = Instant::now();
        // It is there whenever the program looks: it makes no difference who has the core first.
        to.write_all(&work.header).map_err(failed)?;
        let name = [&self.path];
        let started =
            posix_spawn(self.path.as_c_str(), &actions, &self.attributes, &name, &self.environment);
        let mut running =
            Running { id: started.map_err(|error| error.to_string())?, watch: Some(&self.watch) };
        self.watch.begin(running.id);
        drop((input, output, voice));
        let (mut first, mut last) = (begun, begun);
        let mut line = [0; 512];
        for (at, step) in work.steps.iter().enumerate() {
            read(&mut from, &mut line, step)?;
            last = Instant::now();
            if at == 0 {
                first = last;
            }
            if at + 1 == work.steps.len()
                && audio.is_none()
                && let Some(look) = look.take()
            {
                running.look(look)?;
            }
            to.write_all(&step.reply).map_err(failed)?;
            if let Some(later) = audio.take()
                && let Some(look) = look.take()
            {
                running.look(look)?;
                say(&mut speak, later)?;
            }
        }
        match from.read(&mut line) {
            Ok(0) => {}
            other => return Err(format!("more than its commands: {other:?}")),
        }
        let status = running.end();
        let whole = begun.elapsed();

        match status {
            Ok(WaitStatus::Exited(_, 0)) => {}
            other => return Err(format!("its end is {other:?}")),
        }
        let further = u32::try_from(work.steps.len() - 1).unwrap_or(1).max(1);
        Ok(Times {
            whole,
            first: first - begun,
            further: (last - first) / further,
            faults: crate::call::faults().map_err(failed)? - faults,
        })
    }

    /// Asterisk's descriptors for a program.
    fn descriptors(
        &self,
        input: &PipeReader,
        output: &PipeWriter,
        voice: Option<&PipeReader>,
    ) -> io::Result<PosixSpawnFileActions> {
        let mut actions = PosixSpawnFileActions::init()?;
        actions.add_dup2(input.as_raw_fd(), 0)?;
        actions.add_dup2(output.as_raw_fd(), 1)?;
        actions.add_dup2(self.errors.as_raw_fd(), 2)?;
        if let Some(voice) = voice {
            actions.add_dup2(voice.as_raw_fd(), 3)?;
        }
        Ok(actions)
    }
}

/// A program that runs. What is not awaited is killed.
struct Running<'a> {
    id: Pid,
    watch: Option<&'a Watch>,
}

impl Running<'_> {
    fn end(&mut self) -> nix::Result<WaitStatus> {
        let status = waitpid(self.id, None);
        if let Some(watch) = self.watch.take() {
            watch.end();
        }
        status
    }

    /// Calls back when it has had time to come to its next wait.
    fn look(&self, look: Look<'_>) -> Result<(), String> {
        std::thread::sleep(Duration::from_millis(20));
        look(self.id).map_err(|error| error.to_string())
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.watch.is_some() {
            let _ = kill(self.id, Signal::SIGKILL);
            let _ = self.end();
        }
    }
}

/// Reads a whole line, which must be the one that is due, and nothing behind it.
fn read(from: &mut PipeReader, line: &mut [u8], step: &Step) -> Result<(), String> {
    let mut filled = 0;
    loop {
        let seen = |filled: usize| String::from_utf8_lossy(&line[..filled]).into_owned();
        if filled == line.len() {
            return Err(format!("{:?} where {step:?} was due", seen(filled)));
        }
        match from.read(&mut line[filled..]) {
            Ok(0) => return Err(format!("it ended where {step:?} was due")),
            Ok(some) => filled += some,
            Err(error) => return Err(error.to_string()),
        }
        if line[..filled].contains(&b'\n') {
            let is = line[..filled].iter().position(|&byte| byte == b'\n') == Some(filled - 1)
                && step.is(&line[..filled]);
            return if is {
                Ok(())
            } else {
                let seen = String::from_utf8_lossy(&line[..filled]);
                Err(format!("{seen:?} where {step:?} was due"))
            };
        }
    }
}

fn say(speak: &mut Option<PipeWriter>, audio: &[u8]) -> Result<(), String> {
    let Some(speak) = speak else { return Ok(()) };
    speak.write_all(audio).map_err(|error| error.to_string())
}

/// The page faults of all programs that were awaited.
fn faults() -> io::Result<u64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.minor_page_faults() + usage.major_page_faults()).unsigned_abs())
}

/// The memory that is a program's own, in bytes: what would be free without it.
pub(crate) fn private(id: Pid) -> io::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let kilobytes = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once(':')?;
        let counts = matches!(name, "Private_Clean" | "Private_Dirty");
        counts.then(|| rest.split_whitespace().next()?.parse::<u64>().ok())?
    });
    Ok(kilobytes.sum::<u64>() * 1024)
}
