//! The Debian packages: installed with dpkg, called from their own dialplan as Debian's Asterisk calls them, purged.

mod debian;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::Test;
use crate::lab::{Lab, top, wait};
use debian::Debian;

/// What both are called, and so purged.
const NAMES: [&str; 2] = ["agikit", "agikit-programs"];
/// Where they and a second Asterisk are, in the lab.
const FOLDER: &str = "srv/lab/packages";

/// Why the packages cannot be built here, if they cannot.
pub fn missing() -> Option<String> {
    let done = build(&["--check"]);
    let why = String::from_utf8_lossy(&done.stderr).into_owned();
    (!done.status.success()).then(|| why.trim().to_owned())
}

fn build(arguments: &[&str]) -> Output {
    let mut command = Command::new(top().join("bin/debian/build"));
    command.args(arguments).output().expect("bin/debian/build runs")
}

/// The packages, built when first asked for.
fn packages() -> &'static [PathBuf] {
    static BUILT: OnceLock<Vec<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let done = build(&[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        said.lines().map(|line| top().join(line)).collect()
    })
}

pub fn tests() -> Vec<Test> {
    vec![("packages: installed, called, purged".into(), Box::new(installed_called_purged))]
}

fn installed_called_purged(lab: &Lab) -> String {
    let _ = fs::remove_dir_all(lab.inside(FOLDER));
    purge(lab); // what a run that was ended has left
    take_recordings(lab);
    let before = files(lab.root());
    leaves_ones_own(lab);
    let installed = Installed::new(lab);
    let asterisk = Debian::start(lab);
    let saw = call_each(lab, &asterisk);
    drop(asterisk);
    drop(installed);
    assert_eq!(take_recordings(lab), 1, "the recording stays");
    fs::remove_dir_all(lab.inside(FOLDER)).expect("the test's own folder goes");
    let after = files(lab.root());
    let differ: Vec<_> = before.iter().filter(|it| !after.contains_key(it.0)).collect();
    assert!(differ.is_empty(), "gone: {differ:#?}");
    let differ: Vec<_> = after.iter().filter(|it| before.get(it.0) != Some(it.1)).collect();
    assert!(differ.is_empty(), "left or changed: {differ:#?}");
    let known = lab.run(&["dpkg-query", "-W", "agikit*"]);
    assert!(known.stdout.is_empty(), "{}", String::from_utf8_lossy(&known.stdout));
    saw + &format!("purged: {} files and folders as before\n", after.len())
}

fn install(lab: &Lab) -> Output {
    let folder = lab.inside(FOLDER);
    fs::create_dir_all(&folder).expect("the lab takes a folder");
    let mut words = vec!["dpkg".to_owned(), "-i".into()];
    for package in packages() {
        let name = package.file_name().expect("a package has a name").to_string_lossy();
        fs::copy(package, folder.join(&*name)).expect("the lab takes a package");
        words.push(format!("/{FOLDER}/{name}"));
    }
    lab.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A script of the user's own in agi-bin is not replaced: the package says so, and is not installed.
fn leaves_ones_own(lab: &Lab) {
    let own = lab.inside("usr/share/asterisk/agi-bin/hello");
    fs::write(&own, "mine").expect("agi-bin takes a script");
    let done = install(lab);
    let kept = fs::read(&own).expect("it is there");
    fs::remove_file(&own).expect("it goes");
    purge(lab);
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        !done.status.success() && errors.contains("agi-bin/hello is there already"),
        "{errors}"
    );
    assert_eq!(kept, b"mine");
}

/// Both packages, up to its end.
struct Installed<'l>(&'l Lab);

impl<'l> Installed<'l> {
    fn new(lab: &'l Lab) -> Installed<'l> {
        let installed = Installed(lab);
        let done = install(lab);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        // Every file as its package says. (The lab's dpkg leaves out manuals: nobody reads them there.)
        for name in NAMES {
            let done = lab.run(&["dpkg", "--verify", name]);
            let said = String::from_utf8_lossy(&done.stdout).into_owned();
            let wrong: Vec<&str> =
                said.lines().filter(|line| !line.contains("/usr/share/man/")).collect();
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
        let version = format!("agikit {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(good(lab, &["agikit", "--version"]), version);
        installed
    }
}

impl Drop for Installed<'_> {
    fn drop(&mut self) {
        let done = purge(self.0);
        if !std::thread::panicking() {
            let errors = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success() && errors.is_empty(), "dpkg --purge: {errors}");
        }
    }
}

fn purge(lab: &Lab) -> Output {
    lab.run(&[["dpkg", "--purge"], NAMES].concat())
}

/// Runs a program in the lab that must succeed; gives what it printed.
fn good(lab: &Lab, words: &[&str]) -> String {
    let done = lab.run(words);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words:?}: {errors}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A call of each extension of the packaged dialplan, all at once. Gives what was seen of them.
fn call_each(lab: &Lab, asterisk: &Debian<'_>) -> String {
    let version = asterisk.cli("core show version");
    assert!(version.contains(&format!("Asterisk {}.", lab.version)), "{version}");
    let callers = [
        ("waits", "8801"),
        ("keys", "8802"),
        ("speaks", "8803"),
        ("leaves", "8804"),
        ("speaks", "8805"),
    ];
    for (caller, extension) in callers {
        let call = format!("Local/{caller}@caller extension {extension}@agikit");
        asterisk.cli(&format!("channel originate {call}"));
    }
    for program in ["hello", "account", "eagi-record", "eagi-level", "eagi-pipe"] {
        let end = asterisk.logged(&format!("AGI Script {program} completed, returning "));
        // 4 is a hangup: of the one who measures his level.
        assert_eq!(end, if program == "eagi-level" { "4" } else { "0" }, "{program}");
    }
    let log = asterisk.log();
    assert!(log.contains("Playing 'letters/h"), "hello spells");
    let level = asterisk.logged("eagi-level: rms");
    let account = asterisk.logged("app_verbose.c: account: ");
    assert_eq!(account, "found 1001 1204.50");
    let database = lab.inside("var/lib/asterisk/agikit-accounts.db");
    let made = fs::metadata(&database).expect("the first call makes the database");
    assert_eq!((made.uid(), made.gid()), debian::user(lab), "it is not Asterisk's");
    let recorded = asterisk.logged("app_verbose.c: eagi-record: ");
    let words: Vec<&str> = recorded.split_whitespace().collect();
    let [file, _, "s", "silence"] = words[..] else { panic!("{recorded}") };
    let name = file.trim_end_matches(".wav");
    wait("the recording to be played", || asterisk.log().contains(name).then_some(()));
    asterisk.logged(&format!("Playing '{name}."));
    let piped = asterisk.logged("app_verbose.c: eagi-pipe: ");
    let bytes = piped.strip_prefix("OK ").and_then(|bytes| bytes.parse().ok());
    // Two seconds of speech at least, and two of silence.
    assert!(bytes > Some(64_000), "{piped}");
    format!(
        "account: {account}\neagi-record: {recorded}\neagi-level: rms{level}\neagi-pipe: {piped}\n"
    )
}

/// Recordings are their callers', and no package's: they stay, until the test takes them away. Gives how many there were.
fn take_recordings(lab: &Lab) -> usize {
    let folder = fs::read_dir(debian::monitor(lab)).expect("Debian's package brings it");
    let taken = folder.flatten().map(|it| fs::remove_file(it.path()).expect("it goes"));
    taken.count()
}

/// What tells whether a file has changed: its mode, owner, length (a folder's is none of ours).
type Kind = (u32, u32, u32, u64);

/// All files and folders of the lab, but for those of the tests' and dpkg's own notes of what it did.
fn files(root: &Path) -> BTreeMap<PathBuf, Kind> {
    const PASSED_OVER: [&str; 5] = ["srv/lab", "proc", "sys", "dev", "var/log/dpkg.log"];
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = file.path();
            let name = path.strip_prefix(root).expect("it is below").to_owned();
            let dpkgs = name.parent() == Some(Path::new("var/lib/dpkg"));
            if dpkgs && path.is_file() || PASSED_OVER.iter().any(|it| name == Path::new(it)) {
                continue;
            }
            let Ok(kind) = file.metadata() else { continue };
            let length = if kind.is_file() { kind.len() } else { 0 };
            if kind.is_dir() {
                folders.push(path);
            }
            found.insert(name, (kind.mode(), kind.uid(), kind.gid(), length));
        }
    }
    found
}
