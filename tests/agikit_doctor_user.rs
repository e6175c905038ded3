//! As whom `agikit doctor` looks: where that is not known, or cannot be, nothing is run as root.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_doctor;
mod support_process;

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use support_doctor::{House, faults, is_root, mode, notes};
use support_process::{Done, run};

/// Replaces the lines on users in a house's asterisk.conf.
fn users(house: &House, lines: &str) {
    let path = house.path("etc/asterisk.conf");
    let conf = fs::read_to_string(&path).unwrap();
    fs::write(path, conf.replace("runuser = daemon\n", "") + lines).unwrap();
}

#[test]
fn a_user_whom_nobody_knows() {
    let house = House::new("unknown").says("menu", "echo NOOP; read -r reply");
    users(&house, "runuser = no-such-pbx\n");
    house.has(
        &["menu"],
        3,
        "HERE/etc/asterisk.conf: runuser is no-such-pbx, and there is no such user: Asterisk does not start",
        "make the user, or correct runuser",
    );
    users(&house, "runuser = daemon\nrungroup = no-such-group\n");
    house.has(
        &["menu"],
        3,
        "HERE/etc/asterisk.conf: rungroup is no-such-group, and there is no such group: Asterisk does not start",
        "make the group, or correct rungroup",
    );
}

/// Root would run the program, if it took its guess for true.
#[test]
fn a_guess_is_not_called_by() {
    if !is_root() {
        return eprintln!("passed over: only root could run a program as root");
    }
    if nix::unistd::User::from_name("asterisk").unwrap().is_some() {
        return eprintln!("passed over: this machine has a user asterisk, as whom packages run it");
    }
    let house = House::new("guess");
    let mark = house.path("mark");
    let house = house.says("menu", &format!("echo ran >{}", mark.display()));
    users(&house, "");
    let cure = "start Asterisk, or set runuser in [options] of asterisk.conf";
    house.has(
        &["menu"],
        1,
        "no trial call is made: it would be root's, and nothing says that Asterisk runs as root",
        &format!("{cure}; --no-call leaves the call out"),
    );
    assert!(!mark.exists());
    let done = house.doctor(&["menu", "--no-call"]);
    let note = ("it is not known as whom Asterisk runs: root is a guess".into(), cure.into());
    assert!(done.status == Some(0) && notes(&done).contains(&note), "{:?}", done.sent);
    // Who says so is called so.
    users(&house, "runuser = root\n");
    house.doctor(&["menu"]);
    assert!(mark.exists());
}

/// A root whom the system lets become nobody else: in a container without users.
#[test]
fn root_that_stays_root_runs_nothing() {
    let house = House::new("stays");
    let mark = house.path("mark");
    let house = house.says("menu", &format!("echo ran >{}", mark.display()));
    users(&house, "runuser = daemon\n");
    let inner = house.command(&["menu"]);
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user"]).arg(inner.get_program()).args(inner.get_args());
    let done = run(command.stdin(Stdio::null()));
    if done.errors.contains("unshare") {
        return eprintln!("passed over: no users of its own here: {}", done.errors);
    }
    let found = faults(&done);
    assert_eq!((done.status, found.len()), (Some(3), 1), "{:?}", done.sent);
    let start = "root cannot become daemon, as whom Asterisk runs: ";
    assert!(found[0].0.starts_with(start), "{found:?}");
    assert!(!mark.exists());
}

/// A shell that calls itself an Asterisk.
struct Fake(Child);

impl Fake {
    fn start(exe: &Path, config: &Path, uid: u32) -> Fake {
        let mut command = Command::new(exe);
        command.args(["-c", "read line; exit 0", "-C"]).arg(config).uid(uid).gid(uid);
        Fake(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn root_does_not_go_by_anybodys_process() {
    if !is_root() {
        return eprintln!("passed over: only root can start a process as another user");
    }
    let house = House::new("fake").copy("asterisk", Path::new("/bin/sh"));
    let (exe, config) = (house.program("asterisk"), house.path("etc/asterisk.conf"));
    let own = |path: &Path, uid: u32| chown(path, Some(uid), None).unwrap();
    let look = |uid: u32| -> (Fake, Done) {
        let fake = Fake::start(&exe, &config, uid);
        let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
        (fake, run(command.arg("doctor").stdin(Stdio::null())))
    };
    let name = config.display().to_string();
    let tells = |done: &Done, text: &str| done.sent.iter().any(|line| line.contains(text));
    // Root's program, and root's file, or that of a package's user: so it is where Asterisk is well installed.
    for (owner, uid) in [(0, 1), (1, 1), (0, 61_234)] {
        own(&config, owner);
        let (_fake, done) = look(uid);
        assert!(tells(&done, &name), "{owner} {uid}: {done:?}");
        assert!(!tells(&done, "is passed over"), "{owner} {uid}: {done:?}");
    }
    // Somebody's own file.
    own(&config, 61_234);
    let (fake, done) = look(61_234);
    let text = format!("process {} is passed over: user 61234 runs it by a file", fake.0.id());
    assert!(tells(&done, &text), "{done:?}");
    drop(fake);
    // Who names it must not be led either: it would be root's word.
    let done = house.doctor(&[]);
    let found = faults(&done);
    assert!(found.len() == 1 && found[0].0.contains("belongs to user 61234"), "{found:?}");
    assert_eq!(done.status, Some(3));
    own(&config, 0);
    // Somebody's own program, or one that others may write.
    own(&exe, 1);
    assert!(!tells(&look(1).1, &name));
    own(&exe, 0);
    mode(&exe, 0o777);
    assert!(!tells(&look(1).1, &name));
}

/// A list is asked for in each language, and each is looked for whole.
#[test]
fn lists_of_several_languages() {
    let house = House::new("lists");
    let text = "#!/bin/sh\n\
                if [ \"$AGIKIT_SOUNDS\" = list ]; then echo '# agikit sounds 1'; echo beep\n\
                [ $AGIKIT_SOUNDS_LANGUAGE = en ] || echo digits/und; exit 0; fi\n\
                while read -r line && [ -n \"$line\" ]; do :; done\necho NOOP; read -r reply\n";
    let house = house.with("menu", text);
    fs::create_dir(house.path("data/sounds/de")).unwrap();
    fs::write(house.path("data/sounds/de/beep.gsm"), [0; 330]).unwrap();
    if is_root() {
        mode(&house.path("data/sounds"), 0o755);
    }
    let found = faults(&house.doctor(&["menu", "--language", "en,de"]));
    let found: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        found,
        ["it lists the sound digits/und, which is not there for language de"],
        "{found:?}"
    );
}
