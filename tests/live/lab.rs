//! One Asterisk of the lab, by its console and its report folder, and the calls that are placed there.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::manager::{self, Manager};

/// An Asterisk that `tests/live/lab start` has started.
#[derive(Debug, Clone)]
pub struct Lab {
    pub version: String,
    root: PathBuf,
    /// The scripts of [`call`](Lab::call) and [`ring`](Lab::ring) are reached over TCP.
    over_tcp: bool,
}

/// The longest that a call of these tests may take: more is a hang.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn lab(arguments: &[&str]) -> Output {
    Command::new(top().join("tests/live/lab"))
        .args(arguments)
        .output()
        .expect("tests/live/lab runs")
}

/// A console command as a process: it tells, too, that none is running.
fn lab_cli(version: &str, command: &str) -> String {
    String::from_utf8_lossy(&lab(&["cli", version, command]).stdout).into_owned()
}

impl Lab {
    /// The lab of a version, when it is running.
    pub fn find(version: &str) -> Result<Lab, String> {
        let path = lab(&["path", version]);
        let root = PathBuf::from(String::from_utf8_lossy(&path.stdout).trim());
        let lab = Lab { version: version.into(), root, over_tcp: false };
        let said = lab_cli(&lab.version, "core show version");
        if said.contains(&format!("Asterisk {version}.")) {
            return Ok(lab);
        }
        Err(format!("no asterisk {version} is running; start it: tests/live/lab start {version}"))
    }

    /// The same lab, with its scripts over TCP.
    pub fn over_tcp(&self) -> Lab {
        Lab { over_tcp: true, ..self.clone() }
    }

    /// The same lab, with a process for each call.
    pub fn as_processes(&self) -> Lab {
        Lab { over_tcp: false, ..self.clone() }
    }

    /// Whether a server runs the scripts, or each call has a process.
    pub fn is_over_tcp(&self) -> bool {
        self.over_tcp
    }

    /// What is reported of a script that has ended well: its exit status, which a server has not.
    pub fn good_exit(&self) -> &'static str {
        if self.over_tcp { "none" } else { "0" }
    }

    /// The version, and how scripts are reached.
    pub fn label(&self) -> String {
        format!("{}{}", self.version, if self.over_tcp { " agi:" } else { "" })
    }

    /// The dialplan's name for a call: `tcp-` goes on as the same without it.
    fn extension(&self, id: &str) -> String {
        format!("{}{id}", if self.over_tcp { "tcp-" } else { "" })
    }

    /// Runs a console command and gives what it prints. Over the manager, as tests look often: a process for each look
    /// would take the processor from the calls.
    pub fn cli(&self, command: &str) -> String {
        manager::console(&self.version, command)
    }

    /// Links the programs statically, as one does for agi-bin, and copies them there.
    pub fn install(&self, programs: &[&str]) {
        let agi_bin = self.root.join("srv/lab/agi-bin");
        for program in programs {
            // The desk tool is no example.
            let built = match static_programs().join(program) {
                example if example.exists() => example,
                _ => static_programs().with_file_name(program),
            };
            // Renamed into place: a call in progress keeps the old one.
            let new = agi_bin.join(format!("{program}.new"));
            std::fs::copy(&built, &new).unwrap_or_else(|e| panic!("{}: {e}", built.display()));
            std::fs::rename(&new, agi_bin.join(program)).expect("agi-bin takes a program");
        }
    }

    /// A program in agi-bin, from outside.
    pub fn program(&self, name: &str) -> PathBuf {
        self.root.join("srv/lab/agi-bin").join(name)
    }

    /// The folder that this Asterisk takes for the whole system.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Gives a program that is installed a second name.
    pub fn install_as(&self, name: &str, program: &str) {
        let agi_bin = self.root.join("srv/lab/agi-bin");
        let _ = std::fs::remove_file(agi_bin.join(name));
        std::fs::hard_link(agi_bin.join(program), agi_bin.join(name))
            .expect("agi-bin takes a link");
    }

    /// Writes a shell script into agi-bin.
    pub fn write_script(&self, name: &str, command: &str) {
        let path = self.root.join("srv/lab/agi-bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{command}\n")).expect("agi-bin takes a script");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
            .expect("it may run");
    }

    /// A file or folder of the lab, as this machine sees it.
    pub fn inside(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Runs a program of the lab's, not called by Asterisk.
    pub fn run(&self, words: &[&str]) -> Output {
        // With a /proc, as Asterisk has it.
        let script = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", script]);
        command.arg(&self.root).args(words).output().expect("unshare runs")
    }

    /// Places a call: the caller's extension on one half, the script's on the other, whose name gets a
    /// number of its own. Gives that name.
    pub fn call(&self, caller: &str, script: &str) -> Call<'_> {
        let id = new_id(script);
        let (extension, log_from) = (self.extension(&id), self.log_length());
        self.cli(&format!("channel originate Local/{caller}@caller extension {extension}@scripts"));
        Call { lab: self, id, log_from }
    }

    /// Places a call that is not answered: the script runs on the half that rings.
    pub fn ring(&self, script: &str) -> Call<'_> {
        let id = new_id(script);
        let (extension, log_from) = (self.extension(&id), self.log_length());
        self.cli(&format!("channel originate Local/{extension}@scripts application Wait 60"));
        Call { lab: self, id, log_from }
    }

    /// Places a call with headers of its own, over a connection of the test's own.
    pub fn place(
        &self,
        manager: &mut Manager,
        (caller, script): (&str, &str),
        headers: &[&str],
    ) -> Call<'_> {
        let id = new_id(script.split_once('@').map_or(script, |(script, _)| script));
        let context = script.split_once('@').map_or("scripts", |(_, context)| context);
        let mut all = vec![
            format!("Channel: Local/{caller}"),
            format!("Exten: {id}"),
            format!("Context: {context}"),
            "Priority: 1".into(),
            "Async: true".into(),
        ];
        all.extend(headers.iter().map(ToString::to_string));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let log_from = self.log_length();
        let said = manager.act("Originate", &all);
        assert!(said.contains("Success"), "{said}");
        Call { lab: self, id, log_from }
    }

    /// A file in the folder in which programs leave what they saw.
    pub fn report_file(&self, name: &str) -> PathBuf {
        self.root.join("srv/lab/report").join(name)
    }

    /// What is installed, to the last letter.
    pub fn release(&self) -> String {
        self.cli("core show version").split_whitespace().nth(1).unwrap_or_default().into()
    }

    /// Gives the lab more dialplan, under a name.
    pub fn plan(&self, name: &str, dialplan: &[u8]) {
        let folder = self.root.join("srv/lab/dialplan");
        std::fs::create_dir_all(&folder).expect("the lab takes a folder");
        std::fs::write(folder.join(format!("{name}.conf")), dialplan).expect("and a file");
        self.cli("dialplan reload");
    }

    /// Asterisk's process.
    pub fn pid(&self) -> String {
        let pid = std::fs::read_to_string(self.root.with_file_name("asterisk.pid"));
        pid.expect("the lab notes its pid").trim().into()
    }

    /// What this Asterisk has had of the processor, without the programs that it started.
    pub fn processor_time(&self) -> Duration {
        let stat = format!("/proc/{}/stat", self.pid());
        let stat = std::fs::read_to_string(stat).expect("asterisk runs");
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        // User and system time, in Linux's hundredths.
        let ticks = fields.split(' ').skip(11).take(2).filter_map(|it| it.parse::<u64>().ok());
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// Programs of ours that run in this lab's root.
    pub fn left_over(&self, programs: &[&str]) -> Vec<String> {
        let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
        processes
            .flatten()
            .filter(|process| {
                let inside = std::fs::read_link(process.path().join("root"));
                let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
                inside.is_ok_and(|root| {
                    root.ends_with(self.root.strip_prefix("/").unwrap_or(&self.root))
                }) && programs.iter().any(|program| name.trim() == *program)
                    && is_alive(&process.file_name().to_string_lossy())
            })
            .map(|process| process.path().display().to_string())
            .collect()
    }
}

fn new_id(script: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{script}-{}x{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// One call that was placed.
#[derive(Debug)]
pub struct Call<'l> {
    lab: &'l Lab,
    pub id: String,
    /// How much was logged before it.
    pub log_from: u64,
}

impl Call<'_> {
    /// The file into which the script writes what it sees.
    pub fn report_path(&self) -> PathBuf {
        self.lab.root.join("srv/lab/report").join(&self.id)
    }

    pub fn report(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.report_path()).unwrap_or_default()).into_owned()
    }

    /// Waits until the report has a line that begins so, and gives what follows it.
    pub fn wait_for(&self, start: &str) -> String {
        wait(&format!("{} to report `{start}`", self.id), || {
            let report = self.report();
            // A line is whole when its line feed is there.
            let whole = report.rsplit_once('\n').map_or("", |(whole, _)| whole);
            whole.lines().find_map(|line| line.strip_prefix(start)).map(str::to_owned)
        })
    }

    /// Whether the script runs: its process lives, or the server has not said that it ended.
    pub fn is_running(&self, pid: &str) -> bool {
        match self.lab.over_tcp {
            true => !self.report().contains("\nexit "),
            false => is_alive(pid),
        }
    }

    /// What the dialplan left in AstDB under this name; waits for it, and for the log of what was until then.
    pub fn left(&self, name: &str) -> String {
        let found =
            wait(&format!("the dialplan to set {}-{name}", self.id), || self.database(name));
        self.lab.settle_log();
        found
    }

    /// What stands there by now, if anything does: of the dialplan or of the script.
    pub fn database(&self, name: &str) -> Option<String> {
        let said = self.lab.cli(&format!("database get live {}-{name}", self.id));
        said.lines().find_map(|line| line.strip_prefix("Value: ")).map(str::to_owned)
    }

    /// The caller hangs up: the other half of the script's channel goes down.
    pub fn hang_up(&self, channel: &str) -> Instant {
        let (base, half) = channel.split_at(channel.len() - 1);
        let other = if half == "1" { "2" } else { "1" };
        let at = Instant::now();
        self.lab.cli(&format!("channel request hangup {base}{other}"));
        at
    }

    /// What Asterisk logged at the script's end: not the exit status, but its own result, 0 for SUCCESS, -1
    /// for FAILURE, 4 for HANGUP.
    pub fn logged_result(&self, channel: &str) -> Option<String> {
        let mark = format!("<{channel}>AGI Script ");
        let log = self.lab.log_since(self.log_from);
        let line = log.lines().rev().find(|line| line.contains(&mark))?;
        line.rsplit_once("returning ").map(|(_, status)| status.to_owned())
    }

    /// The sounds that Asterisk played to the script's channel, in their order.
    pub fn played(&self, channel: &str) -> Vec<String> {
        self.lab.played(channel, self.log_from)
    }

    /// The channel on which this call's script runs, from the log.
    pub fn channel(&self) -> String {
        wait(&format!("{} to begin", self.id), || {
            let mark = format!("[{}@", self.id);
            let log = self.lab.log_since(self.log_from);
            let line = log.lines().find(|line| line.contains(&mark) && line.contains(":1] "))?;
            let at = line.find("(\"")? + 2;
            line.get(at..)?.split_once('"').map(|(channel, _)| channel.to_owned())
        })
    }
}

/// Waits for something, within patience.
pub fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process lives: one that has ended and was not waited for yet does not.
pub fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

pub const TARGET: &str = "x86_64-unknown-linux-musl";

/// Where `build` leaves the programs.
pub fn static_programs() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top().join("target"), PathBuf::from);
    target.join(TARGET).join("release/examples")
}
