//! `agikit new`, its two commands, `agikit install`, and calls: what a newcomer does. And the next build of it while a call
//! runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use crate::Test;
use crate::lab::{Lab, static_programs, top, wait};

const NAME: &str = "live-hotline";

/// The callers, one of whom gives his number only when the next build is there; then the lines of the project's README.
const DIALPLAN: &str = "[caller]
exten => project-late,1,Answer()
 same => n,Set(WAITED=0)
 same => n(again),Wait(0.5)
 same => n,Set(WAITED=$[${WAITED} + 1])
 same => n,GotoIf($[\"${DB(live/project-go)}\" = \"\" & ${WAITED} < 30]?again)
 same => n,SendDTMF(42#,200,100)
 same => n,Wait(60)
 same => n,Hangup()
exten => project-leaves,1,Answer()
 same => n,Wait(2)
 same => n,Hangup()
[live-project]
";

pub fn tests() -> Vec<Test> {
    vec![("new: a project, tested, installed, called, replaced".into(), Box::new(project))]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The desk tool, or a command line of the project's README; offline, and what all projects use is built once.
fn run(mut command: Command) -> (String, String) {
    let target = static_programs().with_file_name("projects");
    command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TARGET_DIR", target);
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    let (lines, said) = (text(&stdout), text(&stderr));
    assert!(status.success(), "{command:?}: {lines}{said}");
    (lines, said)
}

fn agikit(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(static_programs().with_file_name("agikit"));
    command.args(arguments).current_dir(folder);
    command
}

/// The blocks of a README that are fenced as this.
fn blocks(readme: &str, fence: &str) -> Vec<String> {
    let open = format!("\n```{fence}\n");
    readme
        .split(&open)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned())
        .collect()
}

/// The project, and the same with another result: both tested, both built.
fn projects() -> [PathBuf; 2] {
    static MADE: Mutex<bool> = Mutex::new(false);
    let folder = static_programs().with_file_name("live-projects");
    let projects = ["one", "two"].map(|build| folder.join(build).join(NAME));
    // The second lab takes those of the first.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if !*made {
        let _ = fs::remove_dir_all(&folder);
        for project in &projects {
            let parent = project.parent().expect("it stands in a folder");
            fs::create_dir_all(parent).expect("the target folder takes a folder");
            let library = top().to_str().expect("a name in UTF-8");
            run(agikit(parent, &["new", NAME, "--agikit", library]));
            // Our versions of other crates, which are here.
            fs::copy(top().join("Cargo.lock"), project.join("Cargo.lock")).expect("it is copied");
        }
        let [first, second] = &projects;
        let readme = fs::read_to_string(first.join("README.md")).expect("it has one");
        let commands = blocks(&readme, "sh");
        assert_eq!(commands.len(), 2, "{readme}");
        for (line, shows) in commands.iter().zip(["RESULT=given", "test result: ok. 7 passed"]) {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]).current_dir(first);
            let (lines, said) = run(shell);
            assert!(lines.contains(shows), "{line}: {lines}{said}");
        }
        for (file, from, to) in
            [("src/lib.rs", "Ok(\"given\")", "Ok(\"noted\")"), ("Cargo.toml", "0.1.0", "0.2.0")]
        {
            let whole = fs::read_to_string(second.join(file)).expect("it is there");
            let other = whole.replacen(from, to, 1);
            assert_ne!(other, whole);
            fs::write(second.join(file), other).expect("it is written");
        }
        for project in &projects {
            let (table, _) = run(agikit(project, &["build"]));
            assert!(table.contains("KiB  yes     /"), "{table}");
        }
        *made = true;
    }
    projects
}

/// Into the lab. One after the other: both projects' programs have one place in cargo's folder.
fn install(lab: &Lab, project: &Path) -> String {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut install = agikit(project, &["install", ".", "--config", "/srv/lab/etc/asterisk.conf"]);
    install.arg("--root").arg(lab.root());
    run(install).1
}

/// Calls by the lines of the README. Gives the mark of this call in the log.
fn call(lab: &Lab, caller: &str) -> u64 {
    let from = lab.log_length();
    lab.cli(&format!("channel originate Local/{caller}@caller extension 100@live-project"));
    from
}

/// Waits for a line of the log, behind a mark.
fn logged(lab: &Lab, from: u64, line: &str) {
    wait(line, || lab.said(from, line, "").then_some(()));
}

fn project(lab: &Lab) -> String {
    let [first, second] = projects();
    let readme = fs::read_to_string(first.join("README.md")).expect("it has one");
    lab.plan("project", (DIALPLAN.to_owned() + &blocks(&readme, "ini")[0]).as_bytes());
    let said = install(lab, &first);
    assert!(said.contains("installed (0.1.0, "), "{said}");

    let from = call(lab, "keys-42#");
    logged(lab, from, "AGISTATUS SUCCESS, RESULT given, NUMBER 42");
    let from = call(lab, "project-leaves");
    logged(lab, from, "\"RESULT is hangup\"");

    // The one whose caller left may still be ending.
    wait("the programs to end", || lab.left_over(&[NAME]).is_empty().then_some(()));
    // The next build while a call runs: it ends as it began.
    lab.cli("database del live project-go");
    let from = call(lab, "project-late");
    let channel = format!("Launched AGI Script /srv/lab/agi-bin/{NAME}");
    logged(lab, from, &channel);
    let said = install(lab, &second);
    assert!(said.contains("in place of 0.1.0; 1 call goes on with the old one\n"), "{said}");
    lab.cli("database put live project-go yes");
    logged(lab, from, "AGISTATUS SUCCESS, RESULT given, NUMBER 42");
    let from = call(lab, "keys-43#");
    logged(lab, from, "AGISTATUS SUCCESS, RESULT noted, NUMBER 43");

    let mut remove = agikit(&first, &["install", "--remove", NAME, "--root"]);
    remove.arg(lab.root()).args(["--config", "/srv/lab/etc/asterisk.conf"]);
    run(remove);
    lab.plan("project", b"");
    lab.cli("database del live project-go");
    "made, tested, built, installed, called; another build while a call ran\n".into()
}
