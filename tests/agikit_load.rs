//! `agikit load` against a server that does well, and what else it does.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_load;
mod support_process;

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use agikit::Timeout;
use support_load::{figures, good, load, serve, tool};
use support_process::{Call, run};

#[test]
fn good_calls_are_counted() {
    let most = Arc::new(AtomicUsize::new(0));
    let now = AtomicUsize::new(0);
    let highest = Arc::clone(&most);
    let place = serve(move |_, agi| {
        highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let ended = good(agi);
        now.fetch_sub(1, Ordering::SeqCst);
        ended
    });
    let (status, figures) = figures(&place, &["-n", "300", "--at-once", "7", "--keys", "12#"]);
    assert_eq!(status, Some(0), "{figures:#}");
    let calls = &figures["calls"];
    assert_eq!((&calls["good"], &calls["failed"]), (&300.into(), &0.into()));
    assert_eq!((&calls["given_up"], &calls["not_placed"]), (&0.into(), &0.into()));
    assert_eq!(figures["ended"]["SUCCESS"], 300);
    assert_eq!(
        (&figures["commands"], &figures["address"]),
        (&3000.into(), &format!("agi://{place}/menu").into())
    );
    for (name, count) in [("connect", 300), ("first", 300), ("turn", 2700)] {
        let latency = &figures["latency_us"][name];
        assert_eq!(latency["count"], count, "{name}");
        let order =
            ["p50", "p90", "p99", "p99_9", "max"].map(|part| latency[part].as_u64().unwrap());
        assert!(order.is_sorted(), "{name}: {order:?}");
    }
    // One that has ended may still be about to be counted.
    assert!(figures["most_at_once"].as_u64().unwrap() <= 7);
    assert!(most.load(Ordering::SeqCst) <= 14);
}

#[test]
fn the_summary_is_for_people() {
    let place = serve(|_, agi| good(agi));
    let (done, told) = load(&place, &["--calls", "20", "--keys", "1#"]);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{told}");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "calls     20 of 20 went well");
    assert_eq!(lines[1], "ended     SUCCESS 20");
    assert!(lines[2].starts_with("took      ") && lines[2].contains("at most "));
    assert!(lines[3].ends_with("commands/s, 10 a call"), "{told}");
    assert_eq!(lines[5], "latency       p50     p90     p99   p99.9     max");
    let names: Vec<&str> = lines[6..].iter().map(|line| &line[..7]).collect();
    assert_eq!(names, ["connect", "first  ", "turn   "]);
    assert!(!told.contains('\x1b'));
}

#[test]
fn the_server_gets_what_asterisk_sends() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&seen);
    let place = serve(move |_, agi| {
        let names = ["network", "network_script", "callerid", "arg_1", "extension", "channel"];
        let all: Vec<String> = names
            .iter()
            .map(|name| agi.environment().get(&format!("agi_{name}")).unwrap().to_string())
            .collect();
        let set = agi.get_variable("LIMIT")?.unwrap_or_default().to_string();
        let found = agi.database_get("a", "b")?.unwrap_or_default().to_string();
        heard.lock().unwrap().push((all, set, found));
        Ok(())
    });
    let options = [
        "-n",
        "3",
        "--arg",
        "-x",
        "--set",
        "LIMIT=5",
        "--database",
        "a/b=c",
        "--extension",
        "42@x",
    ];
    let (done, told) = load(&place, &options);
    assert_eq!(done.status, Some(0), "{told}");
    let (done, told) = load(&place, &["-n", "1", "--caller", "Eve <0123>", "--arg", "y"]);
    assert_eq!(done.status, Some(0), "{told}");
    let mut seen = seen.lock().unwrap().clone();
    let (last, ..) = seen.pop().unwrap();
    assert_eq!(last[2..4], ["0123", "y"]);
    seen.sort();
    for (index, (all, set, found)) in seen.iter().enumerate() {
        let number = index + 1;
        assert_eq!(
            *all,
            [
                "yes",
                "menu",
                &format!("0{number:09}"),
                "-x",
                "42",
                &format!("PJSIP/load-{number:08x}")
            ]
        );
        assert_eq!((set.as_str(), found.as_str()), ("5", "c"));
    }
}

#[test]
fn calls_come_at_their_rate() {
    let place = serve(|_, agi| agi.answer());
    let (status, figures) = figures(&place, &["-n", "9", "--rate", "20", "--at-once", "2"]);
    assert_eq!(status, Some(0), "{figures:#}");
    // The ninth is due after 0.4 s; how much later it is over is the machine's affair.
    assert!(figures["seconds"].as_f64().unwrap() >= 0.4, "{figures:#}");
}

#[test]
fn callers_hang_up() {
    let place = serve(|_, agi| {
        let ended = agi.wait_for_digit(Timeout::FOREVER);
        agi.set_variable("ENDED", "yes")?;
        ended.map(drop)
    });
    for time in [&[][..], &["--real-time"]] {
        let options = [&["-n", "10", "--hangup-after", "200ms"], time].concat();
        let (status, figures) = figures(&place, &options);
        assert_eq!(status, Some(0), "{figures:#}");
        assert_eq!(figures["ended"]["HANGUP"], 10);
    }
}

#[test]
fn prompts_take_their_time_where_they_should() {
    let place = serve(|_, agi| agi.stream_file("hold").map(drop));
    let options = ["-n", "8", "--real-time", "--sound", "hold=0.5s"];
    let (status, figures) = figures(&place, &options);
    assert_eq!(status, Some(0), "{figures:#}");
    assert!(figures["seconds"].as_f64().unwrap() >= 0.5, "{figures:#}");
    assert_eq!(figures["most_at_once"], 8);
}

#[test]
fn control_c_ends_it_with_what_is_known() {
    let held = Arc::new(AtomicUsize::new(0));
    let holding = Arc::clone(&held);
    let place = serve(move |number, agi| {
        agi.answer()?;
        if number < 5 {
            return Ok(());
        }
        holding.fetch_add(1, Ordering::SeqCst);
        agi.stream_file("hold").map(drop)
    });
    let options = [
        "-n",
        "50",
        "--at-once",
        "10",
        "--real-time",
        "--sound",
        "hold=60s",
        "--compare",
        "nothing",
    ];
    let mut command = tool(&place, &options);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let interrupt = format!("kill -INT {}", child.id());
    let began = Instant::now();
    while held.load(Ordering::SeqCst) < 10 {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not begin");
        thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    let done = Call::of(child, None).end();
    let told = done.sent.join("\n");
    assert_eq!((done.status, done.errors.as_str()), (Some(130), ""), "{told}");
    assert_eq!(done.sent[0], "calls     5 of 50 went well, 10 given up, 35 not placed");
}

#[test]
fn nonsense_is_refused() {
    for arguments in [
        &["load"][..],
        &["load", "127.0.0.1"],
        &["load", "http://127.0.0.1/"],
        &["load", "hagi://127.0.0.1/"],
        &["load", "agi://h:x/"],
        &["load", "agi://h/", "--calls", "0"],
        &["load", "agi://h/", "--at-once", "0"],
        &["load", "agi://h/", "--rate", "0"],
        &["load", "agi://h/", "--keys", "x"],
        &["load", "agi://h/", "--limit", "0s"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        let done = run(command.args(arguments).stdin(Stdio::null()));
        assert_eq!((done.status, done.sent.is_empty()), (Some(2), true), "{arguments:?}");
        let is_count = arguments.ends_with(&["0"]) && !arguments.contains(&"--rate");
        assert_eq!(done.errors.contains("it is a number from 1 on"), is_count, "{done:?}");
    }
}

#[test]
fn it_says_when_descriptors_are_few() {
    let mut command = Command::new("sh");
    let limited = "ulimit -n 100 && exec \"$0\" load agi://127.0.0.1:9/ -n 5000 --at-once 5000";
    let done =
        run(command.args(["-c", limited, env!("CARGO_BIN_EXE_agikit")]).stdin(Stdio::null()));
    assert_eq!((done.status, done.sent.is_empty()), (Some(3), true));
    assert!(
        done.errors.contains("the system gives 100: --at-once 36 is possible"),
        "{}",
        done.errors
    );
    // The soft limit alone is raised.
    let place = serve(|_, agi| agi.stream_file("hold").map(drop));
    let soft = format!(
        "ulimit -S -n 100 && exec \"$0\" load agi://{place}/ -n 120 --at-once 120 --real-time --sound hold=1s"
    );
    let mut command = Command::new("sh");
    let done = run(command.args(["-c", &soft, env!("CARGO_BIN_EXE_agikit")]).stdin(Stdio::null()));
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{:?}", done.sent);
}
