//! Three ways to a script: pipes in this process, a child's pipes, a server's socket.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;

use agikit::{Hangup, Session};

use super::asterisk::{Asterisk, Came, Played, talk};
use super::memory::{Course, Fault};
use super::real::{Caller, Far};
use crate::support::pipes::Pipes;

pub fn over_pipes(played: &Arc<Played>, fault: Fault) -> Course {
    let (near_from, far_to) = std::io::pipe().unwrap();
    let (far_from, near_to) = std::io::pipe().unwrap();
    let hangup = Hangup::new();
    let far = Far {
        asterisk: Asterisk::new(played, false, None),
        fault,
        from: Box::new(far_from),
        to: Box::new(far_to),
        socket: None,
        caller: Caller::Flag(hangup.clone()),
    };
    let far = thread::spawn(move || far.serve());
    let (mut came, mut refusal, mut hung_up) = (Vec::new(), None, false);
    match Session::begin(Pipes(near_from, near_to), hangup) {
        Ok(mut session) => {
            talk(&mut session, &played.recording, |one| came.push(one));
            hung_up = session.is_hung_up();
        }
        Err(error) => refusal = Some(error),
    }
    Course {
        begun: refusal.is_none(),
        refusal,
        came,
        refused: far.join().unwrap().refused,
        hung_up,
    }
}

/// What a process was: its results, what else it said, and how it ended.
pub struct Process {
    pub came: Vec<Came>,
    pub refused: Vec<bool>,
    pub errors: Vec<String>,
    pub exit: ExitStatus,
}

/// The program sends what stands in its file, and tells on standard error what each command came to.
pub fn by_process(mut command: Command, played: &Arc<Played>, fault: Fault) -> Process {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Ended(pipes.spawn().unwrap());
    let far = Far {
        asterisk: Asterisk::new(played, false, None),
        fault,
        from: Box::new(child.0.stdout.take().unwrap()),
        to: Box::new(child.0.stdin.take().unwrap()),
        socket: None,
        caller: Caller::Process(child.0.id()),
    };
    let errors = BufReader::new(child.0.stderr.take().unwrap());
    let far = thread::spawn(move || far.serve());
    let mut process = Process {
        came: Vec::new(),
        refused: Vec::new(),
        errors: Vec::new(),
        exit: ExitStatus::default(),
    };
    for line in errors.lines().map(Result::unwrap) {
        match Came::told(&line) {
            Some(came) => process.came.push(came),
            None => process.errors.push(line),
        }
    }
    process.refused = far.join().unwrap().refused;
    process.exit = child.0.wait().unwrap();
    process
}

/// It does not outlive its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The file with a recording's commands: words, each as bytes in hexadecimal, one command a line.
pub fn as_file(played: &Played) -> String {
    let mut text = String::new();
    for exchange in &played.recording.exchanges {
        let hex =
            |word: &Vec<u8>| word.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let count = exchange.command.split(' ').count();
        let words = exchange.words[count..].iter().map(|word| format!("\t{}", hex(word)));
        text += &format!("{}{}\n", exchange.command, words.collect::<String>());
    }
    text
}

#[cfg(feature = "fastagi")]
pub mod served {
    //! A server of this process.

    use std::collections::HashMap;
    use std::net::TcpStream;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Sender, channel};
    use std::sync::{LazyLock, Mutex};
    use std::time::Duration;

    use agikit::Result;

    use super::*;
    use crate::support_fastagi::{Served, serve};

    /// What takes longer hangs.
    const LIMIT: Duration = Duration::from_secs(60);

    type Cases = Mutex<HashMap<String, (Arc<Played>, Sender<(Vec<Came>, bool)>)>>;

    /// The calls that are to come, by the path that Asterisk gives.
    static CASES: LazyLock<Cases> = LazyLock::new(Cases::default);
    static NEXT: AtomicUsize = AtomicUsize::new(0);

    fn script(agi: &mut Session) -> Result {
        let path = agi.environment().network_script().unwrap_or_default().to_string();
        let (played, results) = CASES.lock().unwrap().remove(&path).expect("nobody calls this");
        let mut came = Vec::new();
        talk(agi, &played.recording, |one| came.push(one));
        results.send((came, agi.is_hung_up())).unwrap();
        Ok(())
    }

    pub fn server() -> Served {
        serve(|server| server.calls(100), script)
    }

    /// A call. What did not begin has no results.
    pub fn call(server: &Served, played: &Arc<Played>, fault: Fault) -> Course {
        let name = format!("{:08}", NEXT.fetch_add(1, Ordering::Relaxed));
        let (sender, results) = channel();
        CASES.lock().unwrap().insert(name.clone(), (Arc::clone(played), sender));
        let socket = TcpStream::connect(server.address).unwrap();
        socket.set_nodelay(true).unwrap();
        let mut asterisk = Asterisk::new(played, true, fault.line);
        asterisk.script.clone_from(&name);
        let other = socket.try_clone().unwrap();
        let far = Far {
            asterisk,
            fault,
            from: Box::new(socket.try_clone().unwrap()),
            to: Box::new(other),
            socket: Some(socket),
            caller: Caller::Line,
        };
        let asterisk = far.serve();
        let begins = fault.end.is_none_or(|(at, _)| at >= played.ends[0]);
        let (came, hung_up) = match begins {
            true => results.recv_timeout(LIMIT).expect("the script did not end"),
            false => (Vec::new(), false),
        };
        let is_untouched = CASES.lock().unwrap().remove(&name).is_some();
        assert!(begins || is_untouched, "a script began without its environment");
        Course { begun: begins, refusal: None, came, refused: asterisk.refused, hung_up }
    }
}
