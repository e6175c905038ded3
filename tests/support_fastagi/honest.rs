//! A caller who only wants his calls, while others do what they do.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Caller, header};

/// Places one call after another, and looks at every reply's place.
pub struct Honest {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(u64, Duration)>,
}

impl Honest {
    pub fn calls(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let stop = Arc::clone(&stop);
            move || {
                let (mut calls, mut slowest) = (0, Duration::ZERO);
                while !stop.load(Ordering::Relaxed) || calls == 0 {
                    let begin = Instant::now();
                    let caller = Caller::over(TcpStream::connect(address).unwrap());
                    caller.send(header("echo", &[]).as_bytes()).unwrap();
                    caller.echo(calls);
                    calls += 1;
                    slowest = slowest.max(begin.elapsed());
                    thread::sleep(Duration::from_millis(2));
                }
                (calls, slowest)
            }
        });
        Honest { stop, thread }
    }

    /// So many calls were placed, and the slowest took so long. None failed.
    pub fn end(self) -> (u64, Duration) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("an honest call failed")
    }
}
