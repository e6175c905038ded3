//! One program at one feed of audio.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, PipeWriter, Write};
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use agikit::audio::Format;
use agikit::program::{Audio, Program};
use agikit::transcript::Exit;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::resource::{UsageWho, getrusage};

use crate::programs::Contestant;
use crate::voice;

/// How long a program may read nothing, and how long it may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// The audio of a call.
pub(crate) struct Feed {
    format: Format,
    pub(crate) bytes: u64,
    /// What passes between two frames; without it, all comes as fast as it is taken.
    pub(crate) pace: Option<Duration>,
    /// Two seconds, again and again.
    sound: Vec<u8>,
}

impl Feed {
    pub(crate) fn new(rate: u32, bytes: u64, pace: Option<Duration>) -> Self {
        let (format, mut sound) = (Format::Linear(rate), Vec::new());
        format.encode(&voice::call(rate), &mut sound);
        Feed { format, bytes, pace, sound }
    }

    /// How much audio it is.
    pub(crate) fn seconds(&self) -> f64 {
        self.format.duration(self.bytes / 2).as_secs_f64()
    }

    /// Writes all of it, and gives the private memory of the process that reads it, in the middle.
    fn write(&self, mut to: PipeWriter, reader: u32) -> io::Result<u64> {
        let piece = if self.pace.is_some() { self.format.frame_bytes() } else { 1 << 16 };
        let (mut left, mut memory) = (self.bytes as usize, 0);
        for piece in self.sound.chunks(piece).cycle() {
            let mut piece = &piece[..piece.len().min(left)];
            if piece.is_empty() {
                return Ok(memory);
            }
            left -= piece.len();
            while !piece.is_empty() {
                match to.write(piece) {
                    Ok(written) => piece = &piece[written..],
                    Err(error) if error.kind() == ErrorKind::WouldBlock => room(&to)?,
                    Err(error) => return Err(error),
                }
            }
            if let Some(pace) = self.pace {
                thread::sleep(pace);
                if memory == 0 && left as u64 <= self.bytes / 2 {
                    memory = private(reader)?;
                }
            }
        }
        Ok(memory)
    }
}

/// Waits until the pipe takes more.
fn room(pipe: &PipeWriter) -> io::Result<()> {
    let mut poll_fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLOUT)];
    match poll(&mut poll_fds, PATIENCE.as_millis() as u16)? {
        0 => Err(io::Error::other("the program does not read its audio")),
        _ => Ok(()),
    }
}

/// What one run came to: seconds and bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// The program's processor time, its start included.
    pub(crate) cpu: f64,
    /// From the first sample to the program's word that it had the last.
    pub(crate) wall: f64,
    pub(crate) private: u64,
}

/// Starts a program, answers it, feeds it, and waits for its end.
pub(crate) fn run(contestant: &Contestant, feed: &Feed) -> io::Result<Seen> {
    let failed = |what: String| io::Error::other(format!("{}: {what}", contestant.name));
    let before = busy()?;
    let mut arguments = contestant.arguments.clone();
    if arguments[0] == "frame" {
        arguments[0] = feed.format.frame_bytes().to_string();
    }
    let program = Program::new(&contestant.program).arguments(&arguments).audio(Audio::Pipe);
    let mut running = program.start().map_err(|error| failed(error.to_string()))?;
    let mut to = running.to.take().unwrap();
    let (from, audio, pid) =
        (running.from.take().unwrap(), running.audio.take().unwrap(), running.pid());
    let mut block = String::from("agi_request: reader\nagi_version: 22.10.1\nagi_enhanced: 1.0\n");
    for (argument, number) in arguments.iter().zip(1..) {
        block += &format!("agi_arg_{number}: {argument}\n");
    }
    to.write_all((block + "\n").as_bytes())?;
    let begin = Instant::now();
    let (read, private) = thread::scope(|scope| {
        let feeding = scope.spawn(|| feed.write(audio, pid));
        let mut read = None;
        for line in BufReader::new(from).lines() {
            let line = line?;
            let words = agikit::wire::split(line.as_bytes());
            let name = feed.format.name();
            match &words.iter().map(|word| str::from_utf8(word).unwrap()).collect::<Vec<_>>()[..] {
                ["GET", "VARIABLE", ..] => writeln!(to, "200 result=1 ({name})")?,
                ["SET", "VARIABLE", "SAMPLES", samples] => {
                    read = samples.parse::<u64>().ok().map(|samples| (samples, begin.elapsed()));
                    to.write_all(b"200 result=1\n")?;
                }
                _ => return Err(failed(format!("it said {line:?}"))),
            }
        }
        Ok((read, feeding.join().unwrap()?))
    })?;
    if running.wait(PATIENCE)? != Some(Exit::Status(0)) {
        return Err(failed("it did not end well".into()));
    }
    match read {
        Some((samples, wall)) if samples == feed.bytes / 2 => {
            let cpu = busy()?.saturating_sub(before).as_secs_f64();
            Ok(Seen { cpu, wall: wall.as_secs_f64(), private })
        }
        other => Err(failed(format!("it had {other:?} of {} samples", feed.bytes / 2))),
    }
}

/// The processor time of all programs that have ended.
fn busy() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = |time: nix::sys::time::TimeVal| {
        Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()).unsigned_abs())
    };
    Ok(micros(usage.user_time()) + micros(usage.system_time()))
}

/// What would be free without a process, in bytes.
fn private(pid: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let lines = text.lines().filter(|line| line.starts_with("Private_"));
    let kib = lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    Ok(kib.sum::<u64>() * 1024)
}
