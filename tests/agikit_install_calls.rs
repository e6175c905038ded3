//! `agikit install` while programs run, and where it cannot do its work.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_install;
mod support_process;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use support_install::{ONE, Place, TWO};
use support_process::{empty_folder, run, write_program};

/// A call: a program of agi-bin that waits for its input, and ends with this value.
struct Call(Child);

impl Call {
    fn start(place: &Place, name: &str) -> Call {
        let mut command = Command::new(place.agi_bin().join(name));
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        Call(command.spawn().unwrap())
    }

    /// The file that it runs.
    fn exe(&self) -> Vec<u8> {
        fs::read(format!("/proc/{}/exe", self.0.id())).unwrap()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The column `calls` of the only program.
fn calls(place: &Place) -> String {
    let done = place.install(&["--list"]);
    let (head, row) = (&done.sent[0], &done.sent[1]);
    row[head.find("calls").unwrap()..].to_owned()
}

#[test]
fn a_call_in_progress_keeps_its_program() {
    let place = Place::new("install_in_progress");
    // Two builds of a compiled program: what stands behind its end does not matter.
    let cat = fs::read("/bin/cat").unwrap();
    let newer = [cat.as_slice(), b"newer"].concat();
    let program = place.folder.join("cat");
    let mut builds = [&cat, &newer, &cat].into_iter();
    let mut install = || {
        write_program(&program, builds.next().unwrap());
        place.install(&[program.to_str().unwrap()]).errors
    };
    install();
    let first = Call::start(&place, "cat");
    assert_eq!(calls(&place), "1");
    let said = install();
    assert!(said.contains("in place of an older one; 1 call goes on with the old one\n"), "{said}");
    assert_eq!((first.exe(), calls(&place).as_str()), (cat.clone(), "0 + 1 old"));
    let second = Call::start(&place, "cat");
    assert_eq!((second.exe(), calls(&place).as_str()), (newer.clone(), "1 + 1 old"));
    let said = install();
    assert!(said.contains("; 2 calls go on with the old one\n"), "{said}");
    assert_eq!((&first.exe(), &second.exe()), (&cat, &newer));
    let json = place.install(&["--list", "--json"]).sent.join("");
    assert!(json.contains("\"calls_with_an_older_one\": 2"), "{json}");
    drop(second);
    let done = place.install(&["--remove", "cat"]);
    assert!(done.errors.contains("removed; 1 call goes on with it"), "{}", done.errors);
    assert_eq!(place.names(), [""; 0]);
}

/// A script runs as its interpreter.
#[test]
fn scripts_are_counted() {
    let place = Place::new("install_scripts");
    let program = place.write("menu", "#!/bin/sh -u\nread a || :\n");
    place.install(&[program.to_str().unwrap()]);
    assert_eq!(calls(&place), "0");
    let call = Call::start(&place, "menu");
    assert_eq!(calls(&place), "1");
    drop(call);
    assert_eq!(calls(&place), "0");
}

/// Started again and again while it is replaced: it is always there, whole, and one or the other.
#[test]
fn no_call_finds_nothing() {
    let place = Place::new("install_again_and_again");
    let program = place.write("menu", ONE);
    place.install(&[program.to_str().unwrap()]);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let caller = scope.spawn(|| {
            let mut seen = (0, 0);
            while !done.load(Ordering::Relaxed) {
                match place.run("menu").as_str() {
                    "one" => seen.0 += 1,
                    "two" => seen.1 += 1,
                    other => panic!("{other}"),
                }
            }
            seen
        });
        for round in 0..40 {
            write_program(&program, if round % 2 == 0 { TWO } else { ONE }.as_bytes());
            // Two at the same time take turns.
            let again = scope.spawn(|| place.install(&[program.to_str().unwrap()]).status);
            let status = place.install(&[program.to_str().unwrap()]).status;
            assert_eq!((status, again.join().unwrap()), (Some(0), Some(0)));
        }
        done.store(true, Ordering::Relaxed);
        let (one, two) = caller.join().unwrap();
        assert!(one > 0 && two > 0, "{one} {two}");
    });
    assert_eq!(place.names(), [".agikit-installed", "menu"]);
}

#[test]
fn a_full_disk_changes_nothing() {
    let place = Place::new("install_full");
    let program = place.write("menu", ONE);
    place.install(&[program.to_str().unwrap()]);
    write_program(&program, &[TWO.as_bytes(), &[b'#'; 100_000]].concat());
    // Files of more than 32 KiB cannot be written: as on a full disk, and without one.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"]);
    shell.arg(env!("CARGO_BIN_EXE_agikit")).args(["install", "--config"]).arg(place.config());
    let done = run(shell.arg(&program).stdin(Stdio::null()));
    assert_eq!(done.status, Some(3), "{done:?}");
    assert!(done.errors.contains("cannot write into ") && done.errors.contains("File too large"));
    assert_eq!(place.run("menu"), "one");
    assert_eq!(place.names(), [".agikit-installed", "menu"]);
}

/// What a killed one left is swept, and what it had written down does no harm.
#[test]
fn a_killed_one_leaves_nothing_for_long() {
    let place = Place::new("install_killed");
    let program = place.write("menu", ONE);
    place.install(&[program.to_str().unwrap()]);
    fs::write(place.agi_bin().join(".agikit-menu.new"), "half").unwrap();
    fs::write(place.agi_bin().join(".agikit-list.new"), "half").unwrap();
    let list = place.agi_bin().join(".agikit-installed");
    let text = fs::read_to_string(&list).unwrap();
    // Killed behind the list and before the name changed hands: the new one is known, the old one is there.
    fs::write(&list, format!("{text}menu\t-\t7\t0000000000000007\t1700000000\nnonsense\n\u{ff}\n"))
        .unwrap();
    let done = place.install(&["--list"]);
    assert!(done.sent.len() == 2 && done.sent[1].contains("32 bytes"), "{:?}", done.sent);
    write_program(&program, TWO.as_bytes());
    assert_eq!(place.install(&[program.to_str().unwrap()]).status, Some(0));
    assert_eq!(place.names(), [".agikit-installed", "menu"]);
    assert_eq!(fs::read_to_string(&list).unwrap().lines().count(), 2);
}

#[test]
fn folders_that_take_nothing() {
    let place = Place::new("install_folders");
    let program = place.write("menu", ONE);
    let program = program.to_str().unwrap();
    let trouble = |text: &str| {
        let done = place.install(&[program]);
        assert_eq!(done.status, Some(3), "{done:?}");
        assert!(done.errors.contains(text), "{text}: {}", done.errors);
    };
    // Nobody makes files there, root included.
    place.configure(Path::new("/sys/kernel"));
    trouble("cannot write into /sys/kernel: ");
    place.configure(Path::new("/nowhere/agi-bin"));
    trouble("/nowhere/agi-bin is not there; it is its astagidir, by ");
    place.configure(Path::new("agi-bin"));
    trouble("astagidir is agi-bin, which means another folder wherever Asterisk is started");
    fs::remove_file(place.config()).unwrap();
    trouble("asterisk.conf; --config names an asterisk.conf");
    let empty = empty_folder("install_empty_root");
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    let done = run(command.args(["install", program, "--root"]).arg(&empty));
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("no Asterisk is found in "), "{}", done.errors);
    // What it makes of its file is said.
    fs::write(place.config(), "[directories\nastagidir => /tmp\n").unwrap();
    assert!(
        place.install(&["--list"]).errors.contains("line 1: a category without its `]`; because")
    );
}

/// Links lead where they do for those inside, and a script needs its interpreter there.
#[test]
fn a_chroot() {
    let root = empty_folder("install_chroot");
    for folder in ["etc/asterisk", "usr/share/asterisk/agi-bin", "bin"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("etc/passwd"), "asterisk:x:77:78::/:/bin/sh\n").unwrap();
    symlink("/usr/share/asterisk/agi-bin", root.join("agi")).unwrap();
    fs::write(root.join("etc/asterisk/asterisk.conf"), "[directories]\nastagidir => /agi\n")
        .unwrap();
    let program = root.join("menu");
    write_program(&program, ONE.as_bytes());
    let install = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        command.arg("install").arg(&program).arg("--root").arg(&root).args(arguments);
        run(command.stdin(Stdio::null()))
    };
    let done = install(&[]);
    assert_eq!(done.status, Some(1));
    assert!(done.errors.contains("menu: it needs /bin/sh, which is not in "), "{}", done.errors);
    assert!(done.errors.contains("its user is asterisk: packages run Asterisk as that\n"));
    write_program(&root.join("bin/sh"), b"");
    assert_eq!(install(&[]).status, Some(0));
    let installed = root.join("usr/share/asterisk/agi-bin/menu");
    assert_eq!(fs::read(&installed).unwrap(), ONE.as_bytes());
    // By either name of its file.
    for config in
        ["/etc/asterisk/asterisk.conf", root.join("etc/asterisk/asterisk.conf").to_str().unwrap()]
    {
        let done = install(&["--config", config]);
        assert!(done.errors.contains("it is there already, the same"), "{}", done.errors);
    }
    // Who may write the folder could replace what is in it.
    fs::set_permissions(installed.parent().unwrap(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(install(&[]).errors.contains("asterisk, as whom Asterisk runs, may write "));
}

/// The label is set before the name is: nobody sees a file without.
#[test]
fn an_selinux_label() {
    let place = Place::new("install_label");
    let program = place.write("menu", ONE);
    let tools = place.folder.join("tools");
    fs::create_dir(&tools).unwrap();
    let log = place.folder.join("log");
    let restorecon = |end: &str| {
        let text = format!("#!/bin/sh\nls \"$1\" >> {}\n{end}\n", log.display());
        write_program(&tools.join("restorecon"), text.as_bytes());
    };
    let install = || {
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
        run(place.command(&["--force", program.to_str().unwrap()]).env("PATH", path))
    };
    restorecon("exit 0");
    assert_eq!(install().status, Some(0));
    let labelled = place.agi_bin().join(".agikit-menu.new");
    assert_eq!(fs::read_to_string(&log).unwrap().trim(), labelled.to_str().unwrap());
    write_program(&program, TWO.as_bytes());
    restorecon("echo no rule >&2; exit 1");
    let done = install();
    assert_eq!(done.status, Some(0));
    assert!(done.errors.contains("restorecon did not label the file: no rule"), "{}", done.errors);
    assert_eq!(place.run("menu"), "two");
}

/// All its programs, static, with its version.
#[test]
fn a_cargo_package() {
    let place = Place::new("install_package");
    let package = place.folder.join("balance");
    fs::create_dir_all(package.join("src/bin")).unwrap();
    fs::write(
        package.join("Cargo.toml"),
        "[package]\nname = \"balance\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[workspace]\n",
    )
    .unwrap();
    for name in ["menu", "other"] {
        let code = format!("fn main() {{ println!(\"{name}\"); }}\n");
        fs::write(package.join(format!("src/bin/{name}.rs")), code).unwrap();
    }
    let done = run(place.command(&["balance", "--bin", "menu"]).env_remove("CARGO_TARGET_DIR"));
    assert_eq!(done.status, Some(0), "{}", done.errors);
    assert!(done.errors.contains("/agi-bin/menu: installed (1.2.3, "), "{}", done.errors);
    assert!(!done.errors.contains("needs libraries"), "{}", done.errors);
    assert_eq!(place.names(), [".agikit-installed", "menu"]);
    let done = run(place.command(&["balance"]).env_remove("CARGO_TARGET_DIR"));
    assert!(done.errors.contains("/agi-bin/menu: it is there already, the same\n"), "{done:?}");
    assert_eq!((place.run("menu"), place.run("other")), ("menu".into(), "other".into()));
    assert!(place.install(&["--list"]).sent[2].starts_with("other    1.2.3    "));
    let done = run(place.command(&["balance", "--bin", "none"]).env_remove("CARGO_TARGET_DIR"));
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("cargo did not build it"), "{}", done.errors);
}
