//! Programs of a folder behind a FastAGI server: what passes between them and Asterisk, byte for byte.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;
#[path = "support_programs/mod.rs"]
mod support_programs;

use std::time::Duration;

use support_programs::{Folder, header_end};

#[test]
fn a_program_finds_what_process_agi_gives() {
    let folder = Folder::new("finds");
    folder.script(
        "sales/tell.sh",
        "sed '/^$/q' > \"$OUT/in\"; printf '%s\\n' \"$0\" \"$@\" > \"$OUT/args\"
        env | grep '^AGI_' | sort > \"$OUT/env\"",
    );
    let served = folder.serve();
    let mut caller = served
        .call("sales/tell%2esh?level=2&who=J%20%2b&level=3&no-name=1", &["one", "two words", ""]);
    assert_eq!(caller.end(), "");
    let expected = support_fastagi::header("", &["one", "two words", ""]);
    let expected = expected.replace("agi_network: yes\n", "");
    let expected = expected.replace("agi://127.0.0.1/", "sales/tell.sh");
    assert_eq!(folder.read("in"), expected);
    let arguments = format!("{}\none\ntwo words\n\n", folder.path("sales/tell.sh").display());
    assert_eq!(folder.read("args"), arguments);
    let raw = "AGI_NETWORK_SCRIPT=sales/tell%2esh?level=2&who=J%20%2b&level=3&no-name=1";
    assert_eq!(folder.read("env"), format!("{raw}\nAGI_QUERY_level=2\nAGI_QUERY_who=J +\n"));
}

#[test]
fn a_whole_call() {
    let folder = Folder::new("whole");
    folder.script("ask", &format!("{}
        echo 'GET VARIABLE X'; read -r reply; echo \"SET VARIABLE Y \\\"$reply\\\"\"; read -r reply", header_end()));
    let served = folder.serve();
    let mut caller = served.call("ask", &[]);
    assert_eq!(caller.command(), "GET VARIABLE X");
    caller.reply("200 result=1 (seen)");
    assert_eq!(caller.command(), "SET VARIABLE Y \"200 result=1 (seen)\"");
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "");
    served.wait(|counters| (counters.done, counters.commands, counters.active) == (1, 2, 0));
}

#[test]
fn every_byte_passes_both_ways() {
    let folder = Folder::new("bytes");
    // The program says back what it was told.
    folder.script("echo", &format!("{}\necho NOOP; head -c 516 | cat", header_end()));
    let served = folder.serve();
    let mut caller = served.call("echo", &[]);
    assert_eq!(caller.command(), "NOOP");
    let all: Vec<u8> = (0..=255).chain((0..=255).rev()).chain(*b"end\n").collect();
    caller.send(&all).unwrap();
    assert_eq!(caller.take(all.len()), all);
    caller.close_half();
    caller.end();
}

#[test]
fn a_reply_of_a_megabyte() {
    let folder = Folder::new("megabyte");
    folder.script(
        "big",
        &format!("{}\nsleep 0.2; head -c 3000000 | cksum | sed 's/^/NOOP /'", header_end()),
    );
    let served = folder.serve();
    let mut caller = served.call("big", &[]);
    let mut reply = b"200 result=1 (".to_vec();
    reply.resize(2_999_998, b'x');
    reply.extend(b")\n");
    caller.send(&reply).unwrap();
    let expected = support_programs::cksum(&reply);
    assert_eq!(caller.command(), format!("NOOP {expected}"));
}

#[test]
fn commands_go_in_whole_lines() {
    let folder = Folder::new("lines");
    folder.script(
        "parts",
        "printf 'NO'; sleep 0.3; printf 'OP\\nGET VARI'; sleep 0.3; printf 'ABLE X'",
    );
    let served = folder.serve();
    let mut caller = served.call("parts", &[]);
    assert_eq!(caller.piece(), b"NOOP\n");
    assert_eq!(caller.piece(), b"GET VARIABLE X\n");
    // It has ended and reads no reply. Asterisk's are taken all the same, so that nothing is lost on the way.
    assert_eq!(caller.piece(), b"");
    for _ in 0..2 {
        caller.reply("200 result=0");
    }
    served.wait(|counters| counters.active == 1);
    caller.close_half();
    served.wait(|counters| (counters.done, counters.active) == (1, 0));
}

#[test]
fn one_who_prints_and_never_reads() {
    let folder = Folder::new("prints");
    // 200 MB of commands.
    folder.script(
        "prints",
        "yes 'VERBOSE \"0123456789 0123456789 0123456789 0123456789\"' | head -c 200000000",
    );
    let served = folder.serve();
    let mut caller = served.call("prints", &[]);
    std::thread::sleep(Duration::from_millis(300));
    let before = support_programs::memory();
    let mut sum = 0;
    loop {
        match caller.piece().len() {
            0 => break,
            count => sum += count,
        }
    }
    assert_eq!(sum, 200_000_000 + usize::from(!200_000_000_usize.is_multiple_of(54)));
    let grown = support_programs::memory().saturating_sub(before);
    assert!(grown < 20_000_000, "{grown} bytes");
}

#[test]
fn one_who_never_reads_and_a_peer_who_says_everything() {
    let folder = Folder::new("never");
    folder.script(
        "never",
        "trap 'echo hup > \"$OUT/hup\"; exit 0' HUP; while :; do sleep 0.05; done",
    );
    let served = folder.serve();
    let mut caller = served.call("never", &[]);
    let before = support_programs::memory();
    // More than all buffers on the way hold.
    let sent = caller.flood(100_000_000);
    assert!(sent < 60_000_000, "{sent} bytes went somewhere");
    let grown = support_programs::memory().saturating_sub(before);
    assert!(grown < 20_000_000, "{grown} bytes");
    drop(caller);
    served.wait(|counters| counters.active == 0);
    assert_eq!(folder.read("hup"), "hup\n");
}
