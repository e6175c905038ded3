//! The FastAGI server and callers who are no Asterisk, while one who is places his calls. The server is a process of its
//! own, so that its memory, threads and log can be looked at. Run with `--nocapture` it shows a table.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "the table")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::libc::linger;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::socket::{setsockopt, sockopt};
use support_fastagi::child::{Server, server};
use support_fastagi::honest::Honest;
use support_fastagi::{LIMIT, header};

/// Kilobytes that a server may grow by, whatever is sent to it: stacks and buffers of all that it holds at once.
const MUCH: u64 = 64 * 1024;

/// Does this to a server while honest calls go on, and looks at it afterwards: all is given back, nothing has grown, and the
/// log is short.
fn abused(name: &str, arguments: &[&str], abuse: impl FnOnce(&Server)) -> String {
    let server = server(arguments);
    let descriptors = server.descriptors();
    // The first calls make what stays.
    for number in 0..20 {
        server.call("echo", &[]).echo(number);
    }
    let memory = server.status("VmRSS");
    let begin = Instant::now();
    let honest = Honest::calls(server.address);
    abuse(&server);
    let (calls, slowest) = honest.end();
    let took = begin.elapsed();
    server.rests(descriptors);
    let grown = server.status("VmHWM").saturating_sub(memory);
    println!(
        "{name:32} {:6.1} s, {calls:6} honest calls, the slowest {:5} ms; memory + {grown} kB at most",
        took.as_secs_f32(),
        slowest.as_millis()
    );
    assert!(grown < MUCH, "{name}: {grown} kB");
    let (code, said, log) = server.stop();
    assert_eq!((code, said.as_str()), (0, "Stopped { cut: 0, running: 0 }"), "{log}");
    let lines = log.lines().filter(|line| !line.contains("accepted ")).count();
    let most = 30 + 24 * usize::try_from(begin.elapsed().as_secs()).unwrap();
    assert!(lines <= most, "{name}: {lines} lines in the log:\n{log}");
    assert!(!log.contains("agi_arg") && !log.contains("sesame"), "{log}");
    log
}

fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(support_fastagi::LIMIT)).unwrap();
    socket.set_write_timeout(Some(support_fastagi::LIMIT)).unwrap();
    socket
}

/// Sends this again and again, up to a gigabyte or for a few seconds; gives how much was taken.
fn send_on(socket: &mut TcpStream, piece: &[u8]) -> u64 {
    let (begin, mut sent) = (Instant::now(), 0);
    while sent < 1 << 30 && begin.elapsed() < Duration::from_secs(2) {
        match socket.write(piece) {
            Ok(count) => sent += count as u64,
            Err(_) => break,
        }
    }
    sent
}

#[test]
fn headers_a_byte_at_a_time_and_never_ended() {
    let log = abused("a header a byte at a time", &["header_time=700"], |server| {
        let header = header("echo", &[]);
        let mut slow: Vec<TcpStream> = (0..50).map(|_| connect(server.address)).collect();
        for byte in header.bytes().take(12) {
            for socket in &mut slow {
                let _ = socket.write_all(&[byte]);
            }
            sleep(Duration::from_millis(70));
        }
        for mut socket in slow {
            let _ = socket.read_to_end(&mut Vec::new());
        }
    });
    assert!(log.contains("the agi_ lines: did not come within 0.7 s"), "{log}");
    assert!(log.contains("more complaints about callers were left out"), "{log}");
}

#[test]
fn a_gigabyte() {
    let log = abused("a gigabyte of header", &[], |server| {
        for (begin, piece) in [
            ("agi_network: yes\n", vec![b'x'; 64 * 1024]),
            ("agi_network: yes\n", b"agi_x: y\n".repeat(7000)),
            ("", vec![b'a'; 64 * 1024]),
        ] {
            for _ in 0..3 {
                let mut socket = connect(server.address);
                socket.write_all(begin.as_bytes()).unwrap();
                let sent = send_on(&mut socket, &piece);
                assert!(sent < 32 << 20, "{sent} bytes were taken");
            }
        }
    });
    assert!(log.contains("the agi_ lines: is longer than 65536 bytes"), "{log}");
    assert!(log.contains("the agi_ lines: does not begin as asterisk's does"), "{log}");

    let mut taken = Vec::new();
    abused("a gigabyte of replies", &[], |server| {
        for reply in ["x\n", "200 result=0\n", "100 Trying\n", "200 result=1 (", "HANGUP\n", "520-"]
        {
            let mut socket = connect(server.address);
            socket.write_all(header("echo", &[]).as_bytes()).unwrap();
            let mut reader = socket.try_clone().unwrap();
            thread::spawn(move || reader.read_to_end(&mut Vec::new()));
            taken.push(
                send_on(&mut socket, reply.repeat((64 << 10) / reply.len()).as_bytes()) >> 20,
            );
            let _ = socket.shutdown(Shutdown::Both);
        }
    });
    println!("{:32} MB that were taken of them: {taken:?}", "");
}

#[test]
fn whatever_bytes() {
    abused("random bytes", &["header_time=1000"], |server| {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for round in 0..400 {
            let mut socket = connect(server.address);
            let behind: &[u8] = match round % 4 {
                0 => b"",
                1 => b"agi_network: yes\n",
                2 => b"agi_network: yes\nagi_network_script: echo\n\n",
                _ => b"agi_network: yes\nagi_network_script: echo\n\n200 result=1 (",
            };
            let count = random() % 700;
            let bytes: Vec<u8> = (0..count).map(|_| random().to_le_bytes()[3]).collect();
            let _ = socket.write_all(&[behind, &bytes].concat());
            if round % 3 == 0 {
                let _ = socket.shutdown(Shutdown::Write);
                let _ = socket.read_to_end(&mut Vec::new());
            }
        }
    });
}

#[test]
fn closed_at_every_byte() {
    let header = header("echo?pin=sesame", &["sesame"]);
    let log = abused("closed at every byte", &[], |server| {
        for end in 0..=header.len() {
            for how in ["closes", "half", "resets"] {
                let mut socket = connect(server.address);
                let _ = socket.write_all(&header.as_bytes()[..end]);
                match how {
                    "closes" => {}
                    "half" => {
                        let _ = socket.shutdown(Shutdown::Write);
                        let _ = socket.read_to_end(&mut Vec::new());
                    }
                    _ => {
                        let now = linger { l_onoff: 1, l_linger: 0 };
                        setsockopt(&socket, sockopt::Linger, &now).unwrap();
                    }
                }
            }
        }
        server.wait("no header", |count| count >= header.len() as u64 * 3);
    });
    assert!(log.contains("the agi_ lines: ended early"), "{log}");
}

#[test]
fn twenty_thousand_connections() {
    // As many at once as this process may have; of further ones the oldest is closed.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    let held = usize::try_from(hard.min(20_500)).unwrap().saturating_sub(500).max(100);
    let mut most = 0;
    let log = abused("20,000 silent connections", &[], |server| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut open = std::collections::VecDeque::new();
                    for _ in 0..5000 {
                        open.push_back(connect(server.address));
                        if open.len() > held / 4 {
                            open.pop_front();
                        }
                    }
                });
            }
            while most < 1000 {
                most = most.max(server.status("Threads"));
                sleep(Duration::from_millis(5));
            }
        });
        server.wait("no header", |count| count >= 20_000);
        most = most.max(server.status("Threads"));
    });
    println!("{:32} {held} open at once; {most} threads of the server", "");
    // Those that send their header, with some that are about to end.
    assert!(most < 1300, "{most}");
    assert!(log.contains("did not come, and its place was needed"), "{log}");
}

#[test]
fn who_answers_a_refusal_without_end_does_not_keep_the_place() {
    let server = server(&["secret=sesame", "calls=1", "header_time=300"]);
    let mut caller = server.call("echo", &["guess"]);
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"DENIED\"");
    let (lines, begin) = (b"no reply\n".repeat(1000), Instant::now());
    while caller.send(&lines).is_ok() {
        assert!(begin.elapsed() < LIMIT, "it is listened to for ever");
    }
    server.call("echo", &["sesame"]).echo(1);
    assert_eq!(server.stop().0, 0);
}

#[test]
fn who_has_not_the_secret_does_not_keep_the_place() {
    let arguments = ["secret=sesame", "calls=2", "header_time=300"];
    let (server, begin) = (server(&arguments), Instant::now());
    // Neither of them ever answers.
    let mut callers: Vec<_> =
        ["echo", "nowhere?pin=1234", "echo"].map(|script| server.call(script, &["guess"])).into();
    for caller in &mut callers {
        assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"DENIED\"");
        assert_eq!(caller.end(), "");
    }
    server.call("echo", &["sesame"]).echo(1);
    for _ in 0..300 {
        let mut caller = server.call("nowhere?pin=1234", &["guess"]);
        caller.command();
    }
    let (code, _, log) = server.stop();
    assert_eq!(code, 0);
    assert!(log.contains("a call without the secret was turned away"), "{log}");
    for secret in ["guess", "sesame", "1234"] {
        assert!(!log.contains(secret), "{log}");
    }
    let most = 30 + 12 * usize::try_from(begin.elapsed().as_secs()).unwrap();
    assert!(log.lines().count() < most, "{log}");
}
