//! The FastAGI server on a socket that somebody else holds, as systemd does: it is started by it, stopped, and replaced by
//! the next one, and no caller notices.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "figures")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;

use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use support_fastagi::child::{Server, program};
use support_fastagi::{Caller, LIMIT, header};

/// The command that hands a socket over: descriptor 3, and LISTEN_PID is the server's own number.
fn handed(socket: impl Into<OwnedFd>) -> Command {
    let mut command = Command::new("sh");
    let script = "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" \"$@\"";
    command.args(["-c", script]).arg(program()).stdin(Stdio::from(socket.into()));
    command
}

fn start(listener: &TcpListener, arguments: &[&str]) -> Server {
    Server::start(handed(listener.try_clone().unwrap()).args(arguments))
}

fn call(address: SocketAddr) -> Caller {
    let caller = Caller::over(TcpStream::connect(address).unwrap());
    caller.send(header("echo", &[]).as_bytes()).unwrap();
    caller
}

#[test]
fn serves_the_socket_that_it_is_given() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // They wait in the socket until there is a server.
    let early: Vec<Caller> = (0..20).map(|_| call(address)).collect();
    let server = start(&listener, &["calls=1"]);
    assert_eq!(server.address, address);
    server.wait("waiting", |count| count > 0);
    thread::scope(|scope| {
        for (number, caller) in early.into_iter().enumerate() {
            scope.spawn(move || caller.echo(number as u64));
        }
    });
    let held = call(address);
    server.wait("active", |count| count == 1);
    server.signal(Signal::SIGTERM);
    server.logs("calls go on");
    // Nobody is refused: who calls now is the next server's.
    let next = call(address);
    held.echo(1);
    let (code, _, log) = server.end();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("accepted 21,"), "{log}");
    let server = start(&listener, &[]);
    next.echo(2);
    assert_eq!(server.stop().0, 0);
}

#[test]
fn rolls_over_without_losing_a_call() {
    const SERVERS: usize = 8;
    const EACH: u64 = 400;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (over, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    let slowest = thread::scope(|scope| {
        let mut server = start(&listener, &[]);
        let callers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut slowest = Duration::ZERO;
                    while !over.load(Ordering::Relaxed) {
                        let begin = Instant::now();
                        call(address).echo(calls.fetch_add(1, Ordering::Relaxed));
                        slowest = slowest.max(begin.elapsed());
                    }
                    slowest
                })
            })
            .collect();
        let mut served = 0;
        for number in 1..=SERVERS as u64 {
            let begin = Instant::now();
            while calls.load(Ordering::Relaxed) < number * EACH {
                assert!(begin.elapsed() < LIMIT, "the callers have stopped");
                sleep(Duration::from_millis(1));
            }
            // Now and then nobody is there for a moment.
            let next = (number % 3 != 0).then(|| start(&listener, &[]));
            let (code, said, log) = server.stop();
            assert_eq!((code, said.as_str()), (0, "Stopped { cut: 0, running: 0 }"), "{log}");
            served += done(&log);
            server = next.unwrap_or_else(|| start(&listener, &[]));
        }
        over.store(true, Ordering::Relaxed);
        let slowest = callers.into_iter().map(|it| it.join().unwrap()).max().unwrap();
        server.wait("active", |count| count == 0);
        let (code, _, log) = server.stop();
        assert_eq!(code, 0, "{log}");
        served += done(&log);
        assert_eq!(served, calls.load(Ordering::Relaxed));
        slowest
    });
    let calls = calls.into_inner();
    println!(
        "{SERVERS} roll-overs, {calls} calls, none lost; the slowest {} ms",
        slowest.as_millis()
    );
}

/// How many calls came to their end, in the last line of its log.
fn done(log: &str) -> u64 {
    let (_, end) = log.split_once("has stopped").unwrap();
    let (_, behind) = end.split_once("done ").unwrap();
    behind.split(',').next().unwrap().parse().unwrap()
}

#[test]
fn what_is_no_listener_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let connected = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    for socket in [OwnedFd::from(connected), OwnedFd::from(udp)] {
        let output = handed(socket).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert!(error.contains("no TCP listener"), "{error}");
    }
}

#[test]
fn started_by_systemd_s_own_program() {
    let Ok(version) = Command::new("systemd-socket-activate").arg("--version").output() else {
        println!("systemd-socket-activate is not installed: not run");
        return;
    };
    assert!(version.status.success());
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new("systemd-socket-activate");
    command.args(["-l", &free.to_string()]).arg(program());
    // It starts the server for the first who calls.
    let first = thread::spawn(move || {
        let begin = Instant::now();
        let socket = loop {
            match TcpStream::connect(free) {
                Ok(socket) => break socket,
                Err(error) => assert!(begin.elapsed() < LIMIT, "{error}"),
            }
            sleep(Duration::from_millis(5));
        };
        let caller = Caller::over(socket);
        caller.send(header("echo", &[]).as_bytes()).unwrap();
        caller.echo(1);
    });
    let server = Server::start(&mut command);
    first.join().unwrap();
    assert_eq!(server.address, free);
    server.call("echo", &[]).echo(2);
    let (code, _, log) = server.stop();
    assert_eq!(code, 0, "{log}");
}
