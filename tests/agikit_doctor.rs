//! `agikit doctor` on broken installations: each has one fault, which is told in one line, and its cure in the next.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_doctor;
mod support_process;

use std::fs;

use support_doctor::{House, changed, faults, is_root, mode, notes};
use support_process::run;

#[test]
fn no_asterisk_conf() {
    let house = House::new("conf");
    fs::remove_file(house.path("etc/asterisk.conf")).unwrap();
    house.has(
        &["menu"],
        3,
        "there is no file HERE/etc/asterisk.conf",
        "--config names an asterisk.conf",
    );
}

#[test]
fn no_program() {
    House::new("missing").has(
        &["menu.agi"],
        1,
        "there is no such file (AGISTATUS NOTFOUND)",
        "put it there (`agikit install PROGRAM`), or correct the name in AGI()",
    );
}

#[test]
fn a_program_of_another_name() {
    House::new("similar").says("menu.agi", "").has(
        &["Menu"],
        1,
        "there is no such file (AGISTATUS NOTFOUND)",
        "there is menu.agi: correct the name in AGI()",
    );
}

#[test]
fn a_link_to_nowhere() {
    let house = House::new("link");
    std::os::unix::fs::symlink("/nosuch/menu", house.program("menu")).unwrap();
    house.has(
        &["menu"],
        1,
        "it is a link to /nosuch/menu, which is not there (AGISTATUS NOTFOUND)",
        "ln -sfn PROGRAM HERE/agi-bin/menu",
    );
}

#[test]
fn no_run_bit() {
    let house = House::new("bit").says("menu", "");
    mode(&house.program("menu"), 0o644);
    house.has(&["menu"], 1, "it has no run bit (AGISTATUS FAILURE)", "chmod 755 HERE/agi-bin/menu");
    // It begins as a program does, so it is meant to be one.
    assert_eq!(faults(&house.doctor(&[])).len(), 1);
}

#[test]
fn another_users_program() {
    if !is_root() {
        return eprintln!("passed over: only root can have another user's files");
    }
    let house = House::new("allowed").says("menu", "");
    mode(&house.program("menu"), 0o700);
    house.has(
        &["menu"],
        1,
        "daemon may not run it: it belongs to user 0 and group 0, mode 700 (AGISTATUS FAILURE)",
        "chmod o+rx HERE/agi-bin/menu",
    );
    mode(&house.program("menu"), 0o711);
    house.has(
        &["menu"],
        1,
        "daemon may not read it, and its interpreter reads it as daemon (AGISTATUS FAILURE)",
        "chmod o+r HERE/agi-bin/menu",
    );
}

/// Notes, which are no faults.
#[test]
fn rights_that_are_too_wide() {
    let house = House::new("wide").says("menu", "");
    let note = |arguments: &[&str]| {
        let done = house.doctor(arguments);
        assert_eq!((done.status, faults(&done)), (Some(0), vec![]), "{:?}", done.sent);
        notes(&done).last().unwrap().0.clone()
    };
    mode(&house.program("menu"), 0o777);
    assert_eq!(note(&["menu", "--no-call"]), "anybody on this machine may change it, mode 777");
    mode(&house.program("menu"), 0o4755);
    assert!(note(&["menu", "--no-call"]).starts_with("it is set-user-ID or set-group-ID: "));
    if is_root() {
        std::os::unix::fs::chown(house.program("menu"), Some(1), None).unwrap();
        mode(&house.program("menu"), 0o755);
        assert_eq!(
            note(&["menu", "--no-call"]),
            "daemon may change it: who breaks into Asterisk may stay in it"
        );
    }
}

/// A pipe in the folder is nothing to wait for.
#[test]
fn what_is_no_file() {
    let house = House::new("fifo");
    nix::unistd::mkfifo(&house.program("menu"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    house.has(&["menu"], 1, "it is not a file (AGISTATUS FAILURE)", "put a program in its place");
    assert_eq!(house.doctor(&[]).status, Some(0));
}

#[test]
fn a_closed_folder() {
    if !is_root() {
        return eprintln!("passed over: only root can have another user's folders");
    }
    let house = House::new("folder");
    fs::create_dir(house.path("private")).unwrap();
    mode(&house.path("private"), 0o750);
    support_process::write_program(&house.path("private/menu"), b"#!/bin/sh\n");
    std::os::unix::fs::symlink("../private/menu", house.program("menu")).unwrap();
    house.has(
        &["menu"],
        1,
        "daemon may not enter the folder HERE/agi-bin/../private, which is on the way to it (AGISTATUS NOTFOUND)",
        "chmod o+x HERE/agi-bin/../private",
    );
}

#[test]
fn windows_line_ends() {
    House::new("crlf").with("menu", "#!/bin/sh\r\nexit 0\r\n").has(
        &["menu"],
        1,
        "its lines end in CR LF, as Windows writes them: `/bin/sh\\r` is asked for and is not there \
         (AGISTATUS FAILURE)",
        "sed -i 's/\\r$//' HERE/agi-bin/menu",
    );
}

#[test]
fn a_byte_order_mark() {
    House::new("bom").with("menu", b"\xEF\xBB\xBF#!/bin/sh\nexit 0\n").has(
        &["menu"],
        1,
        "a byte order mark stands before its `#!`, so that it is no script (AGISTATUS FAILURE)",
        "sed -i '1s/^\\xEF\\xBB\\xBF//' HERE/agi-bin/menu",
    );
}

#[test]
fn no_first_line() {
    House::new("head").with("menu.py", "print('VERBOSE hello')\n").has(
        &["menu.py"],
        1,
        "its first line does not name an interpreter (AGISTATUS FAILURE)",
        "sed -i '1i #!/usr/bin/env python3' HERE/agi-bin/menu.py",
    );
}

#[test]
fn no_interpreter() {
    let house = House::new("interpreter").with("menu", "#!/usr/bin/nosuch -q\n");
    house.has(
        &["menu"],
        1,
        "its first line asks for /usr/bin/nosuch, which is not there (AGISTATUS FAILURE)",
        "install nosuch, or correct the first line",
    );
    let house = house.with("other", "#!/nosuch/sh\n");
    let cure = &faults(&house.doctor(&["other"]))[0].1;
    assert!(cure.starts_with("correct the first line: #!/") && cure.ends_with("bin/sh"), "{cure}");
}

#[test]
fn no_interpreter_along_path() {
    House::new("env").with("menu", "#!/usr/bin/env nosuch\n").has(
        &["menu"],
        1,
        "its first line asks for nosuch along PATH, and Asterisk's is \
         /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin (AGISTATUS FAILURE)",
        "install nosuch, or name its whole path in the first line",
    );
}

#[test]
fn another_machine() {
    let mut program = fs::read("/bin/true").unwrap();
    // e_machine: one that nobody has any more, Fujitsu's.
    program[18..20].copy_from_slice(&[54, 0]);
    let house = House::new("machine").with("menu", program);
    let found = faults(&house.doctor(&["menu"]));
    let (fault, cure) = &found[0];
    let here = std::env::consts::ARCH;
    assert!(fault.starts_with("it was built for "), "{fault}");
    let end = format!(", and this machine is {here} (AGISTATUS FAILURE)");
    assert!(fault.ends_with(&end), "{fault}");
    let target = format!("{here}-unknown-linux-musl");
    assert_eq!(*cure, format!("build it for this one: cargo build --release --target {target}"));
    assert_eq!(found.len(), 1);
}

#[test]
fn no_library() {
    House::new("library").with("menu", changed(b"libc.so.6\0", b"libq.so.6\0")).has(
        &["menu"],
        1,
        "it needs libq.so.6, which is not there (AGISTATUS FAILURE)",
        "install it (`apt-file search libq.so.6` tells the package), or build the program static",
    );
}

#[test]
fn no_loader() {
    let program = changed(b"/ld-linux", b"/ld-nosux");
    let house = House::new("loader").with("menu", program);
    let found = faults(&house.doctor(&["menu"]));
    assert_eq!(found.len(), 1);
    let (fault, cure) = &found[0];
    assert!(fault.starts_with("it needs the loader /lib"), "{fault}");
    assert!(fault.ends_with(", which is not there (AGISTATUS FAILURE)"), "{fault}");
    assert!(cure.starts_with("build it static (cargo build "), "{cure}");
}

#[test]
fn an_empty_file_and_a_folder() {
    let house = House::new("empty").with("menu", "");
    house.has(
        &["menu"],
        1,
        "it is empty (AGISTATUS FAILURE)",
        "copy it there again; is the disk full?",
    );
    let folder = house.path("agi-bin").display().to_string();
    house.has(
        &[&folder],
        1,
        "it is a folder (AGISTATUS FAILURE)",
        "name a program in it: ls HERE/agi-bin",
    );
}

#[test]
fn no_agi_bin_and_no_agi() {
    let house = House::new("bin");
    fs::remove_dir(house.path("agi-bin")).unwrap();
    house.has(
        &[],
        1,
        "astagidir, HERE/agi-bin, is not there",
        "mkdir -p HERE/agi-bin, or correct asterisk.conf",
    );
    let house = House::new("module");
    fs::write(house.path("etc/modules.conf"), "[modules]\nautoload=yes\nnoload = res_agi.so\n")
        .unwrap();
    house.has(
        &[],
        1,
        "Asterisk will not load res_agi.so: there will be no AGI() and no EAGI()",
        "write `load = res_agi.so` into HERE/etc/modules.conf, and no noload for it; \
         asterisk -rx 'module load res_agi.so'",
    );
}

/// A root folder in which there is nothing but what the doctor reads.
fn root(name: &str, size: &str, soft: &str) -> House {
    let house = House::new(name);
    for folder in ["root/proc/sys/fs", "root/etc/asterisk", "root/usr/share/asterisk/agi-bin"] {
        fs::create_dir_all(house.path(folder)).unwrap();
    }
    let write = |name: &str, text: &str| fs::write(house.path("root").join(name), text).unwrap();
    write("etc/asterisk/asterisk.conf", "[options]\nrunuser = asterisk\n");
    write("etc/asterisk/modules.conf", "[modules]\nautoload = yes\n");
    write("etc/passwd", "asterisk:x:107:107::/:/bin/false\n");
    write("etc/group", "asterisk:x:107:\n");
    write("proc/sys/fs/pipe-max-size", size);
    write("proc/sys/fs/pipe-user-pages-soft", soft);
    write("proc/sys/fs/pipe-user-pages-hard", "0\n");
    let inside = house.path("root").display().to_string();
    house.given(&["--root", &inside])
}

#[test]
fn pipes_that_are_too_small() {
    if !is_root() {
        return eprintln!("passed over: only root can enter another root folder");
    }
    root("pipe", "65536\n", "16384\n").has(
        &[],
        1,
        "a pipe may hold 65536 bytes: under EAGI a program misses what the caller says as soon as it is 3.8 s \
         behind, in place of 61 s",
        "sysctl -w fs.pipe-max-size=1048576; for the next start, too: echo fs.pipe-max-size=1048576 \
         >/etc/sysctl.d/60-eagi.conf",
    );
}

#[test]
fn too_few_pages_of_pipes() {
    if !is_root() {
        return eprintln!("passed over: only root can enter another root folder");
    }
    let house = root("pages", "1048576\n", "16384\n");
    assert_eq!(faults(&house.doctor(&["--calls", "56"])), []);
    house.has(
        &["--calls", "100"],
        1,
        "100 calls of EAGI at once take 28800 pages of pipes (288 each), asterisk may have 16384 \
         (pipe-user-pages-soft): beyond 56 calls their pipes stay small",
        "sysctl -w fs.pipe-user-pages-soft=28800; for the next start, too: echo fs.pipe-user-pages-soft=28800 \
         >/etc/sysctl.d/60-eagi.conf",
    );
}

#[test]
fn a_file_system_without_programs() {
    let house = House::new("noexec");
    // A file system of its own, in a namespace that ends with the command.
    let script = "mount -t tmpfs -o noexec,mode=755 tmpfs \"$0\" || exit 77\n\
                  printf '#!/bin/sh\\n' >\"$0/menu\" && chmod 755 \"$0/menu\" && exec \"$@\"";
    let inner = house.command(&["menu"]);
    let mut command = std::process::Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", script]);
    command.arg(house.path("agi-bin")).arg(inner.get_program()).args(inner.get_args());
    let done = run(&mut command);
    if done.status == Some(77) || done.errors.contains("unshare") {
        return eprintln!("passed over: no file system can be mounted here: {}", done.errors);
    }
    let found = faults(&done);
    let mount = house.path("agi-bin").display().to_string();
    let fault = format!("its file system is mounted noexec, at {mount} (AGISTATUS FAILURE)");
    let cure = format!(
        "mount -o remount,exec {mount}, and take noexec out of /etc/fstab; or put the program elsewhere"
    );
    assert_eq!(found, [(fault, cure)], "{}", done.errors);
    assert_eq!(done.status, Some(1));
}
