//! Which programs a call finds in a folder, and which it does not: no path leaves it.
#![cfg(feature = "fastagi")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

#[path = "support_fastagi/mod.rs"]
mod support_fastagi;
#[path = "support_programs/mod.rs"]
mod support_programs;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use agikit::fastagi::Programs;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use support_fastagi::Served;
use support_programs::{Folder, write_program};

const GOOD: &str = "echo GOOD";

/// The program runs, and is this one.
#[track_caller]
fn runs(served: &Served, path: &str) {
    assert_eq!(served.call(path, &[]).command(), "GOOD", "{path}");
}

/// Nothing runs; the console learns nothing but the path.
#[track_caller]
fn refused(served: &Served, path: &str, shown: &str) {
    let before = served.handle.counters().unrouted;
    let mut caller = served.call(path, &[]);
    assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"NOTFOUND\"", "{path}");
    caller.reply("200 result=1");
    assert_eq!(caller.command(), format!("VERBOSE \"fastagi: no program is at /{shown}\" 1"));
    caller.reply("200 result=1");
    assert_eq!(caller.end(), "failure\n");
    served.wait(|counters| counters.unrouted == before + 1);
}

#[test]
fn programs_below_the_folder() {
    let folder = Folder::new("below");
    for name in
        ["account", "sales/menu.py", "sales/deep/x", "a b", "back\\slash", "...", "-rf", ".hidden"]
    {
        folder.script(name, GOOD);
    }
    symlink("sales/menu.py", folder.path("inside")).unwrap();
    symlink("../account", folder.path("sales/up")).unwrap();
    symlink("sales", folder.path("vente")).unwrap();
    symlink(folder.path("account"), folder.path("absolute")).unwrap();
    let served = folder.serve();
    for path in [
        "account",
        "account?x=../..",
        "account#x",
        "sales/menu.py",
        "sales/deep/x",
        "a%20b",
        "back\\slash",
        "back%5cslash",
        "...",
        "-rf",
        ".hidden",
        "inside",
        "sales/up",
        "vente/menu.py",
        "absolute",
        "%61ccount",
    ] {
        runs(&served, path);
    }
}

#[test]
fn nothing_outside_of_it() {
    let folder = Folder::new("outside");
    folder.script("sales/menu.py", GOOD);
    write_program(&folder.path("../secret"), b"#!/bin/sh\necho BAD\n");
    // Its name begins as the folder's does.
    write_program(&folder.path("../folder-2/secret"), b"#!/bin/sh\necho BAD\n");
    symlink("../secret", folder.path("leaves")).unwrap();
    symlink("../folder-2/secret", folder.path("leaves-2")).unwrap();
    symlink("..", folder.path("top")).unwrap();
    symlink("/", folder.path("root")).unwrap();
    symlink("/bin/sh", folder.path("shell")).unwrap();
    symlink("loop", folder.path("loop")).unwrap();
    symlink("nowhere", folder.path("dangling")).unwrap();
    let served = folder.serve();
    let secret = folder.path("../secret").canonicalize().unwrap();
    let secret = secret.to_str().unwrap();
    for (path, shown) in [
        ("../secret", "../secret"),
        ("%2e%2e/secret", "../secret"),
        ("%2e%2e%2fsecret", "../secret"),
        ("..%2fsecret", "../secret"),
        ("sales/../../secret", "sales/../../secret"),
        ("sales/../sales/menu.py", "sales/../sales/menu.py"),
        ("./sales/menu.py", "./sales/menu.py"),
        ("sales/./menu.py", "sales/./menu.py"),
        ("/bin/sh", "bin/sh"),
        ("//bin/sh", "bin/sh"),
        ("%2fbin%2fsh", "/bin/sh"),
        ("/sales/menu.py", "sales/menu.py"),
        ("sales//menu.py", "sales//menu.py"),
        ("sales/menu.py/", "sales/menu.py"),
        ("leaves", "leaves"),
        ("leaves-2", "leaves-2"),
        ("top/secret", "top/secret"),
        ("root/bin/sh", "root/bin/sh"),
        ("shell", "shell"),
        ("loop", "loop"),
        ("dangling", "dangling"),
        ("", ""),
        ("?x=1", ""),
        (".", "."),
        ("..", ".."),
        ("...%2f..", ".../.."),
        ("sales/menu.py%00", "sales/menu.py\\\\x00"),
        ("sales/menu.py%00.txt", "sales/menu.py\\\\x00.txt"),
        ("x%0aagi_request: y", "x\\\\nagi_request: y"),
        ("%ff%1b", "\\\\xff\\\\x1b"),
        ("sales%5c..%5c..%5csecret", "sales\\\\\\\\..\\\\\\\\..\\\\\\\\secret"),
    ] {
        refused(&served, path, shown);
    }
    refused(&served, secret, secret.trim_start_matches('/'));
    let long = "x".repeat(10_000);
    refused(&served, &long, &format!("{}…", &long[..100]));
    let deep = "a/".repeat(2500) + "b";
    refused(&served, &deep, &format!("{}…", &deep[..100]));
}

#[test]
fn what_is_no_program() {
    let folder = Folder::new("none");
    folder.script("sales/menu.py", GOOD);
    fs::write(folder.path("text"), "#!/bin/sh\necho BAD\n").unwrap();
    mkfifo(&folder.path("fifo"), Mode::S_IRWXU).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket"));
    let served = folder.serve();
    for path in ["text", "fifo", "sales", "missing", "text/x", "sales/missing", "socket"] {
        refused(&served, path, path);
    }
}

#[test]
fn what_cannot_be_started() {
    let folder = Folder::new("started");
    write_program(&folder.path("interpreter"), b"#!/no/such/interpreter\n");
    write_program(&folder.path("nothing"), b"");
    write_program(&folder.path("words"), b"these are words\n");
    write_program(&folder.path("windows"), b"#!/bin/sh\r\necho BAD\r\n");
    let served = folder.serve();
    for path in ["interpreter", "nothing", "words", "windows"] {
        let mut caller = served.call(path, &[]);
        assert_eq!(caller.command(), "SET VARIABLE \"FASTAGI_STATUS\" \"FAILURE\"", "{path}");
        caller.reply("200 result=1");
        let said = caller.command();
        assert_eq!(
            said,
            format!("VERBOSE \"fastagi: the program at /{path} could not be started\" 1")
        );
        caller.reply("200 result=1");
    }
    served.wait(|counters| (counters.failed, counters.active) == (4, 0));
}

/// A new release is a new folder and a link that moves.
#[test]
fn the_folder_may_be_a_link_that_changes() {
    let folder = Folder::new("releases");
    folder.script("1/version", "echo FIRST");
    folder.script("2/version", "echo SECOND");
    let link = folder.path("current");
    symlink("1", &link).unwrap();
    let programs = Programs::new(&link).unwrap();
    let served = support_fastagi::serve(|server| server, move |agi| programs.call(agi));
    assert_eq!(served.call("version", &[]).command(), "FIRST");
    fs::remove_file(&link).unwrap();
    symlink("2", &link).unwrap();
    assert_eq!(served.call("version", &[]).command(), "SECOND");
    fs::remove_file(&link).unwrap();
    refused(&served, "version", "version");
}

#[test]
fn a_folder_has_to_be_one() {
    for (wrong, what) in [
        ("/no/such/folder", "there is no such folder"),
        ("/bin/sh", "it is no folder"),
        ("", "there is no such folder"),
    ] {
        let error = Programs::new(Path::new(wrong)).unwrap_err().to_string();
        assert_eq!(error, format!("{wrong}: {what}; name the one that holds the programs"));
    }
}
