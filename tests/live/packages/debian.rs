//! A second Asterisk in the lab, as Debian sets it up: its user, its agi-bin, its spool folder, where data is kept. What it
//! writes besides (its log, its own database) is in a folder of the test's, and it has no network.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::FOLDER;
use crate::lab::{Lab, wait};

/// The callers, and the dialplan of the package as its first lines say.
const DIALPLAN: &str = r#"[caller]
exten => waits,1,Answer()
 same => n,Wait(60)
exten => keys,1,Answer()
 same => n,Wait(1)
 same => n,SendDTMF(1001#,200,100)
 same => n,Wait(60)
exten => speaks,1,Answer()
 same => n,Playback(tt-weasels)
 same => n,Playback(silence/10)
 same => n,Wait(60)
exten => leaves,1,Answer()
 same => n,Playback(tt-weasels)
 same => n,Hangup()

#include "/usr/share/doc/agikit-programs/examples/extensions.conf"
"#;

/// Debian's folders, where the lab has others.
const FOLDERS: [(&str, &str); 3] = [
    ("astvarlibdir", "/var/lib/asterisk"),
    ("astagidir", "/usr/share/asterisk/agi-bin"),
    ("astspooldir", "/var/spool/asterisk"),
];

/// One that runs.
pub(super) struct Debian<'l> {
    lab: &'l Lab,
    asterisk: Child,
}

impl<'l> Debian<'l> {
    pub(super) fn start(lab: &'l Lab) -> Debian<'l> {
        configure(lab);
        // A /proc of its own, as the lab's Asterisk has it.
        let script = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" env -i \
             PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TERM=dumb \
             asterisk -C \"$1\" -f";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", script]);
        command.arg(lab.root()).arg(format!("/{FOLDER}/etc/asterisk.conf"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let asterisk = Debian { lab, asterisk: command.spawn().expect("unshare runs") };
        wait("a second Asterisk to come up", || {
            asterisk.cli("core waitfullybooted").contains("has fully booted").then_some(())
        });
        asterisk
    }

    /// Runs a console command and gives what it prints.
    pub(super) fn cli(&self, command: &str) -> String {
        let config = format!("/{FOLDER}/etc/asterisk.conf");
        let done = self.lab.run(&["asterisk", "-C", &config, "-rx", command]);
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    pub(super) fn log(&self) -> String {
        let log = fs::read(self.lab.inside(FOLDER).join("log/full")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// What the log has behind this mark; waits for it.
    pub(super) fn logged(&self, mark: &str) -> String {
        wait(&format!("the log to tell of `{mark}`"), || {
            let log = self.log();
            // A line is whole when its line feed is there.
            let (whole, _) = log.rsplit_once('\n')?;
            whole.lines().find_map(|line| Some(line.split_once(mark)?.1.to_owned()))
        })
    }
}

impl Drop for Debian<'_> {
    fn drop(&mut self) {
        self.cli("core stop now");
        let begun = Instant::now();
        while matches!(self.asterisk.try_wait(), Ok(None)) {
            if begun.elapsed() > Duration::from_secs(10) {
                let _ = self.asterisk.kill();
                let _ = self.asterisk.wait();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Writes its configuration: the lab's, but for what is Debian's.
fn configure(lab: &Lab) {
    let (from, to) = (lab.inside("srv/lab/etc"), lab.inside(FOLDER));
    let etc = to.join("etc");
    fs::create_dir_all(&etc).expect("the lab takes a folder");
    for file in fs::read_dir(from).expect("the lab is configured").flatten() {
        fs::copy(file.path(), etc.join(file.file_name())).expect("a copy of its configuration");
    }
    let write = |name: &str, text: &str| fs::write(etc.join(name), text).expect("a file");
    write("extensions.conf", DIALPLAN);
    write("manager.conf", "[general]\nenabled = no\n");
    let labs = fs::read_to_string(etc.join("asterisk.conf")).expect("the lab's has one");
    let mut ours = String::new();
    for line in labs.lines() {
        let name = line.split(" =>").next().unwrap_or_default();
        let folder = FOLDERS.iter().find(|(ours, _)| *ours == name);
        match folder {
            Some((name, folder)) => ours += &format!("{name} => {folder}\n"),
            None => ours += &format!("{}\n", line.replace("/srv/lab/", &format!("/{FOLDER}/"))),
        }
    }
    write("asterisk.conf", &(ours + "runuser = asterisk\nrungroup = asterisk\n"));
    let (user, group) = user(lab);
    for name in ["db", "keys", "run", "log"] {
        let folder = to.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        chown(folder, Some(user), Some(group)).expect("it is given away");
    }
}

/// The user as whom Debian's Asterisk runs: whose spool folder it is.
pub(super) fn user(lab: &Lab) -> (u32, u32) {
    let spool = fs::metadata(monitor(lab)).expect("Debian's package brings it");
    (spool.uid(), spool.gid())
}

/// Where the sample dialplan puts recordings.
pub(super) fn monitor(lab: &Lab) -> PathBuf {
    lab.inside("var/spool/asterisk/monitor")
}
