//! `agikit install`: into an agi-bin of the test's own, and out of it.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_install;
mod support_process;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use support_install::{ONE, Place, TWO};
use support_process::write_program;

#[test]
fn a_program_goes_in_and_out() {
    let place = Place::new("install_in_and_out");
    let program = place.write("menu", ONE);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o600)).unwrap();
    let done = place.install(&[program.to_str().unwrap()]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.errors.contains("/agi-bin/menu: installed (32 bytes)\n"), "{}", done.errors);
    // Standard output goes into extensions.conf as it is.
    for line in [
        "[agi-menu]",
        "exten => 100,1,AGI(menu)",
        " same => n,EAGI(menu)",
        ";exten => h,1,AGI(menu,hangup)",
    ] {
        assert!(done.sent.iter().any(|it| it == line), "{line}: {:?}", done.sent);
    }
    let there = |name: &str| fs::metadata(place.agi_bin().join(name)).unwrap();
    assert_eq!(there("menu").permissions().mode() & 0o7777, 0o755);
    assert_eq!(there(".agikit-installed").permissions().mode() & 0o7777, 0o644);
    assert_eq!(place.run("menu"), "one");
    let done = place.install(&["--list"]);
    let row: Vec<&str> = done.sent[1].split_whitespace().collect();
    assert_eq!([row[0], row[1], row[2], row[3]], ["menu", "-", "32", "bytes"], "{done:?}");
    assert_eq!(row[6], "0");
    let done = place.install(&["--remove", "menu"]);
    assert_eq!((done.status, done.sent.len()), (Some(0), 0));
    assert!(done.errors.contains("/agi-bin/menu: removed"), "{}", done.errors);
    // Nothing of ours stays, so that the folder goes with its package.
    assert_eq!(place.names(), [""; 0]);
    let done = place.install(&["--list"]);
    assert_eq!((done.status, done.sent.len()), (Some(0), 0));
    assert!(done.errors.contains("nothing of agikit's is in "), "{}", done.errors);
}

#[test]
fn another_name_and_several() {
    let place = Place::new("install_names");
    let (one, two) = (place.write("one.sh", ONE), place.write("two", TWO));
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    assert_eq!(place.install(&[one, "--name", "greeting"]).status, Some(0));
    let done = place.install(&[one, two]);
    assert_eq!(done.status, Some(0));
    assert!(done.sent.contains(&"exten => 110,1,AGI(two)".to_owned()), "{:?}", done.sent);
    assert_eq!(place.names(), [".agikit-installed", "greeting", "one.sh", "two"]);
    let done = place.install(&[one, two, "--name", "greeting"]);
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("--name is for one program, and these are 2"), "{}", done.errors);
    let done = place.install(&[one, one]);
    assert!(done.errors.contains("one.sh is named twice"), "{}", done.errors);
    for name in ["a b", "a/b", "..", "a,b", ".x", "-x", "agi:async", ""] {
        let done = place.install(&[one, &format!("--name={name}")]);
        assert_eq!(done.status, Some(3), "{name}");
        assert!(done.errors.contains("is no name for AGI() in the dialplan"), "{}", done.errors);
    }
    let done = place.install(&[one, "--name", &"x".repeat(250)]);
    assert!(done.errors.contains("Asterisk cuts a program's path off"), "{}", done.errors);
}

#[test]
fn what_is_ours_is_replaced() {
    let place = Place::new("install_replaced");
    let program = place.write("menu", ONE);
    let name = program.to_str().unwrap();
    place.install(&[name]);
    let done = place.install(&[name]);
    assert!(done.errors.contains("it is there already, the same\n"), "{}", done.errors);
    write_program(&program, TWO.as_bytes());
    let done = place.install(&[name, "--dry-run"]);
    assert!(done.errors.contains("would be installed (32 bytes), in place of an older one\n"));
    assert_eq!((done.status, place.run("menu").as_str()), (Some(0), "one"));
    let done = place.install(&[name]);
    assert!(done.errors.contains("installed (32 bytes), in place of an older one\n"), "{done:?}");
    assert_eq!(place.run("menu"), "two");
    let done = place.install(&["--remove", "-n", "menu"]);
    assert!(done.errors.contains("menu: would be removed\n"), "{done:?}");
    assert_eq!(place.run("menu"), "two");
    // Who may start it is set right.
    let installed = place.agi_bin().join("menu");
    fs::set_permissions(&installed, fs::Permissions::from_mode(0o700)).unwrap();
    let done = place.install(&["--list"]);
    assert!(done.sent[1].ends_with("its owner or mode was changed"), "{:?}", done.sent);
    place.install(&[name]);
    assert_eq!(fs::metadata(&installed).unwrap().permissions().mode() & 0o7777, 0o755);
    // Somebody removed it by hand.
    fs::remove_file(&installed).unwrap();
    assert!(place.install(&["--list"]).sent[1].ends_with("it is gone"));
    assert_eq!(place.install(&["--remove", "menu"]).status, Some(0));
    assert_eq!(place.names(), [""; 0]);
}

/// A file of others, one that was changed, a link, a folder.
#[test]
fn what_is_not_ours_is_left_alone() {
    let place = Place::new("install_foreign");
    let program = place.write("menu", ONE);
    let name = program.to_str().unwrap();
    let there = place.agi_bin().join("menu");
    let refused = |what: &str| {
        let done = place.install(&[name]);
        assert_eq!((done.status, done.sent.len()), (Some(1), 0), "{what}");
        assert!(done.errors.contains(&format!("/agi-bin/menu: it is {what}")), "{}", done.errors);
        assert!(done.errors.contains("nothing is installed\n"), "{}", done.errors);
        let done = place.install(&["--remove", "menu"]);
        assert_eq!(done.status, Some(1));
        assert!(done.errors.contains(&format!("/agi-bin/menu: it is {what}")), "{}", done.errors);
        assert!(done.errors.contains("nothing is removed\n"), "{}", done.errors);
    };
    write_program(&there, b"his");
    refused("a file that agikit did not install; --force");
    assert_eq!(fs::read(&there).unwrap(), b"his");
    assert_eq!(place.install(&[name, "--force"]).status, Some(0));
    assert_eq!(place.run("menu"), "one");
    fs::write(&there, "changed").unwrap();
    refused("changed since agikit installed it; --force");
    assert!(place.install(&["--list"]).sent[1].ends_with("it was changed since"));
    assert_eq!(fs::read(&there).unwrap(), b"changed");
    // The link is replaced; what it leads to is not touched.
    let mine = place.write("mine", TWO);
    fs::remove_file(&there).unwrap();
    symlink(&mine, &there).unwrap();
    refused("a link to ");
    assert_eq!(place.install(&[name, "--force"]).status, Some(0));
    assert!(fs::symlink_metadata(&there).unwrap().is_file());
    assert_eq!(fs::read(&mine).unwrap(), TWO.as_bytes());
    fs::remove_file(&there).unwrap();
    fs::create_dir(&there).unwrap();
    refused("a folder");
    assert_eq!(place.install(&[name, "--force"]).status, Some(1));
    assert!(there.is_dir());
}

#[test]
fn all_or_nothing() {
    let place = Place::new("install_all");
    let (one, two) = (place.write("one", ONE), place.write("two", TWO));
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    write_program(&place.agi_bin().join("two"), b"his");
    assert_eq!(place.install(&[one, two]).status, Some(1));
    assert_eq!(place.names(), ["two"]);
    place.install(&[one]);
    assert_eq!(place.install(&["--remove", "one", "two"]).status, Some(1));
    assert_eq!(place.run("one"), "one");
    for name in ["three", "../one", "/bin/sh", ".agikit-installed"] {
        let done = place.install(&["--remove", name]);
        assert_eq!(done.status, Some(1), "{done:?}");
    }
    assert!(Path::new("/bin/sh").exists());
}

#[test]
fn what_cannot_be_run_is_refused() {
    let place = Place::new("install_not_runnable");
    for (name, bytes, why) in [
        ("text", "hello\n", "it is no program"),
        ("nothing", "", "it is empty"),
        ("windows", "#!/bin/sh\r\necho\r\n", "ends in CR LF"),
        ("wanting", "#!/nowhere/python3\n", "/nowhere/python3, which is not there"),
    ] {
        let program = place.write(name, bytes);
        let program = program.to_str().unwrap();
        let done = place.install(&[program]);
        assert_eq!(done.status, Some(1), "{name}");
        assert!(done.errors.contains(&format!("{program}: ")), "{}", done.errors);
        assert!(done.errors.contains(why), "{}", done.errors);
        assert_eq!(place.names(), [""; 0]);
        assert_eq!(place.install(&[program, "-n"]).status, Some(1), "{name}");
    }
    let text = place.write("text", "hello\n");
    assert_eq!(place.install(&["--force", text.to_str().unwrap()]).status, Some(0));
    let done = place.install(&["/dev/zero"]);
    assert!(done.errors.contains("/dev/zero is no file"), "{}", done.errors);
    let done = place.install(&["missing"]);
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("missing: No such file"), "{}", done.errors);
    let done = place.install(&[place.agi_bin().to_str().unwrap()]);
    assert!(done.errors.contains("is a folder without a Cargo.toml"), "{}", done.errors);
    assert_eq!(place.install(&[]).status, Some(2));
    assert_eq!(place.install(&["--list", "x"]).status, Some(2));
    assert_eq!(place.install(&["--json", "x"]).status, Some(2));
}
