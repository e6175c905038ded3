//! `agikit install` among others: who locks the folder, writes into it, or is another user.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_install;
mod support_process;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::unistd::geteuid;
use support_install::{ONE, Place, TWO};
use support_process::{run, write_program};

/// Whoever may read the folder can lock it.
#[test]
fn a_lock_holds_nobody_up_for_ever() {
    let place = Place::new("install_locked");
    let program = place.write("menu", ONE);
    let program = program.to_str().unwrap();
    place.install(&[program]);
    let lock = File::open(place.agi_bin()).unwrap();
    lock.lock().unwrap();
    // Who changes nothing does not wait.
    for look in [&["--list"][..], &[program, "-n"], &["--remove", "-n", "menu"]] {
        let done = place.install(look);
        assert_eq!(done.status, Some(0), "{done:?}");
        assert!(!done.errors.contains("another agikit install"), "{}", done.errors);
    }
    let done = place.install(&["--remove", "menu"]);
    assert_eq!(done.status, Some(3), "{done:?}");
    let told = done.errors.matches("another agikit install is at work in ").count();
    assert_eq!(told, 1, "{}", done.errors);
    assert!(done.errors.contains("is locked still, and nothing is done; `fuser -v "));
    assert_eq!(place.run("menu"), "one");
    drop(lock);
    assert_eq!(place.install(&["--remove", "menu"]).status, Some(0));
}

/// A device would fill the disk, a FIFO wait for ever.
#[test]
fn what_is_no_file_is_not_read() {
    let place = Place::new("install_no_file");
    let fifo = place.folder.join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for source in ["/dev/zero", fifo.to_str().unwrap()] {
        for more in [&[][..], &["--force"], &["-n"]] {
            let done = place.install(&[&[source], more].concat());
            assert_eq!(done.status, Some(3), "{done:?}");
            assert!(done.errors.contains(&format!("{source} is no file")), "{}", done.errors);
            assert_eq!(place.names(), [""; 0]);
        }
    }
    // Nor is a list.
    fs::rename(&fifo, place.agi_bin().join(".agikit-installed")).unwrap();
    let done = place.install(&["--list"]);
    assert_eq!(done.status, Some(3), "{done:?}");
    assert!(done.errors.contains(".agikit-installed: it is no file"), "{}", done.errors);
}

/// Who may write the folder may write the list.
#[test]
fn a_list_leads_nowhere_else() {
    let place = Place::new("install_forged");
    let line =
        |name: &str, version: &str| format!("{name}\t{version}\t4\t0000000000000007\t1700000000\n");
    let text = [
        line("../../etc/shadow", "1.0.0"),
        line("../asterisk.conf", "1.0.0"),
        line("\u{1b}[2J", "1.0.0"),
        line("menu", "\u{1b}]0;title\u{7}"),
    ];
    fs::write(place.agi_bin().join(".agikit-installed"), text.concat()).unwrap();
    for form in [&["--list"][..], &["--list", "--json"]] {
        let done = place.install(form);
        let said = done.sent.join("\n") + &done.errors;
        assert_eq!(done.status, Some(0), "{said}");
        assert!(!said.contains("1.0.0") && !said.contains("title"), "{said}");
        assert!(!said.contains('\u{1b}'), "{said}");
    }
}

/// The disk takes no more when some are in: the list of four is too long for it.
#[test]
fn what_a_full_disk_left_half_done_is_told() {
    let place = Place::new("install_half");
    let names: Vec<String> = "abcde".chars().map(|c| c.to_string().repeat(100)).collect();
    let programs: Vec<_> = names.iter().map(|name| place.write(name, ONE)).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]);
    shell.arg(env!("CARGO_BIN_EXE_agikit")).args(["install", "--config"]).arg(place.config());
    let done = run(shell.args(&programs).stdin(Stdio::null()));
    assert_eq!(done.status, Some(3), "{done:?}");
    assert!(done.errors.contains("File too large"), "{}", done.errors);
    let (placed, missing) = names.split_at(names.iter().filter(|it| done.tells_of(it)).count());
    assert!(!placed.is_empty() && !missing.is_empty(), "{}", done.errors);
    let said = format!("installed: {}; not installed: {}\n", placed.join(", "), missing.join(", "));
    assert!(done.errors.contains(&said), "{said}: {}", done.errors);
    let mut there = place.names();
    assert_eq!(there.remove(0), ".agikit-installed");
    assert_eq!(there, placed);
    // What is not there is not in the list.
    let list = place.install(&["--list"]);
    assert_eq!(list.sent.len(), 1 + placed.len(), "{list:?}");
    assert!(!list.sent.iter().any(|row| row.contains("it is gone")), "{list:?}");
}

impl support_process::Done {
    /// Whether the lines for the dialplan have this program.
    fn tells_of(&self, name: &str) -> bool {
        self.sent.contains(&format!("[agi-{name}]"))
    }
}

/// What another user has installed is right as it is his, and what may not be read spoils no list.
#[test]
fn another_users_list() {
    let place = Place::new("install_another_user");
    for (name, text) in [("menu", ONE), ("other", TWO)] {
        place.install(&[place.write(name, text).to_str().unwrap()]);
    }
    let (list, menu) = (place.agi_bin().join(".agikit-installed"), place.agi_bin().join("menu"));
    let row = |list: Vec<String>| list[1].clone();
    assert!(row(place.install(&["--list"]).sent).ends_with('0'));
    fs::set_permissions(place.agi_bin().join("other"), Permissions::from_mode(0o000)).unwrap();
    if !geteuid().is_root() {
        eprintln!("only root can be another user: not tried");
        let done = place.install(&["--list"]);
        assert!(done.sent[2].ends_with("it cannot be read"), "{done:?}");
        return;
    }
    for (file, user) in [(&list, 1), (&menu, 1)] {
        chown(file, Some(user), None).unwrap();
    }
    assert!(row(place.install(&["--list"]).sent).ends_with('0'));
    chown(&menu, Some(2), None).unwrap();
    assert!(row(place.install(&["--list"]).sent).ends_with("its owner or mode was changed"));
    chown(&menu, Some(1), None).unwrap();
    // A user who may come as far as here.
    let mut command = place.command(&["--list"]);
    command.current_dir("/").uid(3).gid(3).stdout(Stdio::null());
    match command.spawn().map(|mut child| child.wait().unwrap().success()) {
        Ok(true) => {
            let done = run(command.stdout(Stdio::piped()));
            assert!(done.sent[1].ends_with("0?"), "{done:?}");
            assert!(done.sent[2].ends_with("it cannot be read"), "{done:?}");
        }
        other => eprintln!("user 3 may not enter {}: {other:?}", place.folder.display()),
    }
}

/// Its build scripts would run as root, and its `target` would be root's.
#[test]
fn another_users_package_is_not_built_as_root() {
    let place = Place::new("install_not_as_root");
    let package = place.folder.join("balance");
    fs::create_dir_all(package.join("src")).unwrap();
    let text =
        "[package]\nname = \"balance\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(package.join("Cargo.toml"), text).unwrap();
    write_program(&package.join("src/main.rs"), b"fn main() {}\n");
    if !geteuid().is_root() {
        eprintln!("only root could build it as root: not tried");
        return;
    }
    chown(&package, Some(1), Some(1)).unwrap();
    let done = run(place.command(&["balance"]).env_remove("CARGO_TARGET_DIR"));
    assert_eq!(done.status, Some(3), "{done:?}");
    assert!(done.errors.contains(", and is not built as root: `agikit build balance` as "));
    assert!(!package.join("target").exists() && !package.join("Cargo.lock").exists());
}
