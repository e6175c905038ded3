//! The FastAGI server where the system has no more to give: places, descriptors, threads.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "what was not run")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;

use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use support_fastagi::Caller;
use support_fastagi::child::{Server, server};
use support_fastagi::honest::Honest;

/// Callers who have got their first command, and do not answer it.
fn hold(server: &Server, count: usize) -> Vec<Caller> {
    let hold = |_| {
        let mut caller = server.call("waits", &[]);
        assert_eq!(caller.command(), "ANSWER");
        caller
    };
    (0..count).map(hold).collect()
}

#[test]
fn further_calls_wait_in_the_order_in_which_they_came() {
    let server = server(&["calls=8"]);
    let mut held = hold(&server, 8);
    let waiting: Vec<Caller> = (0..20).map(|_| server.call("echo", &[])).collect();
    server.wait("waiting", |count| count == 20);
    assert_eq!((server.counter("active"), server.counter("accepted")), (8, 8));
    held.pop();
    for (number, caller) in waiting.into_iter().enumerate() {
        // One place is free: nobody is served before his turn.
        caller.echo(number as u64);
        let done = server.counter("done");
        assert!(done >= number as u64 && done <= number as u64 + 1, "{done} after {number}");
    }
    assert_eq!(server.counter("waiting"), 0);
    drop(held);
    assert_eq!(server.stop().0, 0);
}

#[test]
fn a_burst_into_few_places() {
    let server = server(&["calls=3"]);
    let callers: Vec<Caller> = (0..500).map(|_| server.call("echo", &[])).collect();
    // Whose header is read first gets a place first: here that is nobody's order.
    std::thread::scope(|scope| {
        for (number, caller) in callers.into_iter().enumerate() {
            scope.spawn(move || caller.echo(number as u64));
        }
    });
    server.wait("active", |count| count == 0);
    assert_eq!((server.counter("done"), server.counter("waiting")), (500, 0));
    assert_eq!(server.stop().0, 0);
}

#[test]
fn few_descriptors() {
    let server = server(&["descriptors=40", "header_time=400"]);
    server.logs("12 calls; raise LimitNOFILE=");
    let held = hold(&server, 11);
    // Silent ones, more than it may have.
    let silent: Vec<TcpStream> =
        (0..60).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    server.call("echo", &[]).echo(1);
    let honest = Honest::calls(server.address);
    server.wait("no header", |count| count == 60);
    drop((held, silent));
    assert!(honest.end().0 > 0);
    let held = hold(&server, 12);
    assert!(server.descriptors() <= 40, "{}", server.descriptors());
    drop(held);
    assert_eq!(server.stop().0, 0);
}

#[test]
fn no_descriptor_at_all() {
    // Not even for what was promised: scripts that wait take three more each.
    let server = server(&["descriptors=40"]);
    let mut held = hold(&server, 8);
    for caller in &mut held {
        let before = server.descriptors();
        caller.reply("200 result=0");
        let (begin, grows) = (Instant::now(), before + 3 <= 40);
        while grows && server.descriptors() < before + 3 {
            assert!(begin.elapsed() < support_fastagi::LIMIT);
        }
    }
    let begin = Instant::now();
    let more: Vec<Caller> = (0..8).map(|_| server.call("echo", &[])).collect();
    server.logs("a connection could not be accepted: Too many open files");
    for caller in &mut held {
        caller.say("HANGUP");
        // Where there was no descriptor for the wait the script did not wait.
        assert_eq!(caller.command(), "SET VARIABLE \"WAITED\" \"yes\"");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    }
    for (number, caller) in more.into_iter().enumerate() {
        caller.echo(number as u64);
    }
    assert!(begin.elapsed() < support_fastagi::LIMIT);
    let (code, _, log) = server.stop();
    assert_eq!(code, 0);
    assert!(
        log.lines().count() < 100 + 11 * usize::try_from(begin.elapsed().as_secs()).unwrap(),
        "{log}"
    );
}

#[test]
fn no_thread() {
    let mut command = std::process::Command::new(support_fastagi::child::program());
    // The allocator's arenas would count as stacks.
    command.args(["threads=6"]).env("MALLOC_ARENA_MAX", "1");
    let server = Server::start(&mut command);
    let mut held = hold(&server, 4);
    let more: Vec<Caller> = (0..10).map(|_| server.call("echo", &[])).collect();
    server.logs("no thread for its call yet");
    std::thread::sleep(Duration::from_millis(300));
    server.signal(Signal::SIGTERM);
    for caller in &mut held {
        caller.reply("200 result=0");
        caller.say("HANGUP");
        assert_eq!(caller.command(), "SET VARIABLE \"WAITED\" \"yes\"");
        caller.reply("200 result=1");
        assert_eq!(caller.end(), "");
    }
    // Not one of them is lost, nor by the stop: they wait.
    for (number, caller) in more.into_iter().enumerate() {
        caller.echo(number as u64);
    }
    let (code, said, log) = server.end();
    assert_eq!((code, said.as_str()), (0, "Stopped { cut: 0, running: 0 }"), "{log}");
    assert!(log.contains("done 10, hung up 4"), "{log}");
}

#[test]
fn both_kinds_of_addresses() {
    let Ok(_) = std::net::TcpListener::bind("[::1]:0") else {
        println!("this machine has no IPv6: not run");
        return;
    };
    server(&["address=[::1]:0"]).call("echo", &[]).echo(1);
    let mut server = server(&["address=[::]:0"]);
    let port = server.address.port();
    for (number, ip) in ["::1", "127.0.0.1"].into_iter().enumerate() {
        server.address = (ip.parse::<std::net::IpAddr>().unwrap(), port).into();
        server.call("echo", &[]).echo(number as u64);
    }
    assert_eq!(server.stop().0, 0);
}
