//! `agikit new`: the project's own two commands, run as its README has them; and what is refused.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use support_process::{Done, empty_folder, run, run_within};

/// In a folder, and not by `cargo run`: cargo's tests have its variables, too.
fn agikit(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.arg("new").args(arguments).current_dir(folder).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "CARGO_MANIFEST_DIR"] {
        command.env_remove(variable);
    }
    command
}

/// Makes a project with this very library, as `cargo run` does. It gets our versions of other crates, which are here.
fn project(test: &str, name: &str, more: &[&str]) -> PathBuf {
    let folder = empty_folder(test);
    let mut new = agikit(&folder, &[name]);
    let done = run(new.args(more).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR")));
    assert_eq!((done.status, done.sent.len()), (Some(0), 0), "{}", done.errors);
    assert!(done.errors.contains("cargo run -q --example call -- '42#'"), "{}", done.errors);
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    fs::copy(ours, folder.join(name).join("Cargo.lock")).unwrap();
    folder.join(name)
}

/// A command line of the project's, without a network. What all projects use is built once.
fn shell(project: &Path, line: &str) -> Done {
    let mut folders = vec![Path::new(env!("CARGO")).parent().unwrap().to_owned()];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap()));
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(project).stdin(Stdio::null());
    shell.env("PATH", env::join_paths(folders).unwrap()).env("CARGO_NET_OFFLINE", "true");
    shell.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-projects"));
    for variable in ["CARGO_MANIFEST_DIR", "RUSTFLAGS", "AGIKIT_TRANSCRIPT", "TRANSCRIPTS"] {
        shell.env_remove(variable);
    }
    let done = run_within(&mut shell, Duration::from_secs(240));
    assert_eq!(done.status, Some(0), "{line}: {}\n{}", done.sent.join("\n"), done.errors);
    done
}

/// The commands that a README gives a newcomer.
fn commands(project: &Path) -> Vec<String> {
    let readme = fs::read_to_string(project.join("README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

#[test]
fn a_project_calls_and_passes_its_tests_by_its_two_commands() {
    let project = project("new-program", "call-back", &[]);
    let commands = commands(&project);
    assert_eq!(commands, ["cargo run -q --example call -- '42#'", "cargo test"]);
    let call = shell(&project, &commands[0]).sent.join("\n");
    for part in ["> ANSWER\n", "! key 4\n", "> SAY DIGITS \"42\"", "\n= 0\n", "NUMBER=42"] {
        assert!(call.contains(part), "{part}: {call}");
    }
    let tests = shell(&project, &commands[1]).sent;
    assert!(tests.iter().any(|line| line.contains("test result: ok. 7 passed")), "{tests:?}");
    shell(&project, "cargo fmt --check");
    let readme = fs::read_to_string(project.join("README.md")).unwrap();
    assert!(readme.contains("exten => 100,1,AGI(call-back)\n"), "{readme}");
    // It starts as quickly as ours: by the same profile, links and memory.
    for (file, has) in [
        ("Cargo.toml", "[profile.agi-bin]"),
        (".cargo/config.toml", "-Crelocation-model=static"),
        ("src/main.rs", "#[global_allocator]\nstatic MEMORY: agikit::Arena"),
    ] {
        assert!(fs::read_to_string(project.join(file)).unwrap().contains(has), "{file}");
    }
    for file in ["src/lib.rs", "tests/calls.rs"] {
        assert!(readme.contains(&format!("]({file})")) && project.join(file).is_file());
    }
}

/// The files that differ are the `main`; the others are looked at here with all features that they may meet.
#[test]
fn a_server_is_without_a_remark() {
    let project = project("new-server", "served", &["--fastagi"]);
    shell(&project, "cargo clippy -q --all-targets -- -D warnings -D clippy::pedantic");
    shell(&project, "cargo fmt --check");
    let readme = fs::read_to_string(project.join("README.md")).unwrap();
    assert!(readme.contains("exten => 100,1,AGI(agi://127.0.0.1/served)\n"), "{readme}");
    assert_eq!(commands(&project), ["cargo run -q --example call -- '42#'", "cargo test"]);
}

#[test]
fn without_a_source_it_is_crates_ios() {
    let folder = empty_folder("new-version");
    fs::create_dir(folder.join("hotline")).unwrap(); // empty: it is taken
    let done = run(&mut agikit(&folder, &["hotline"]));
    assert_eq!(done.status, Some(0), "{}", done.errors);
    assert!(done.errors.contains("agikit 0.1 from crates.io") && done.errors.contains("--agikit"));
    let manifest = fs::read_to_string(folder.join("hotline/Cargo.toml")).unwrap();
    assert!(manifest.contains("\nagikit = \"0.1\"\n"), "{manifest}");
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["hotline"], "and nothing beside it");
}

#[test]
fn inside_a_workspace_it_stands_alone() {
    let folder = empty_folder("new-workspace");
    fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
    let done = run(&mut agikit(&folder, &["hotline", "--agikit", "=0.1.3"]));
    assert!(done.errors.contains("does not belong to that of "), "{}", done.errors);
    let found = shell(&folder.join("hotline"), "cargo locate-project --workspace");
    assert!(found.sent[0].contains("/hotline/Cargo.toml"), "{:?}", found.sent);
}

fn refused(folder: &Path, arguments: &[&str], why: &str) {
    let done = run(&mut agikit(folder, arguments));
    assert_eq!((done.status, done.sent.len()), (Some(3), 0), "{arguments:?}: {}", done.errors);
    assert!(done.errors.contains(why), "{arguments:?}: {}", done.errors);
}

#[test]
fn what_is_there_stays_as_it_is() {
    let folder = empty_folder("new-refused");
    fs::create_dir(folder.join("full")).unwrap();
    fs::write(folder.join("full/notes"), "mine").unwrap();
    fs::write(folder.join("file"), "mine").unwrap();
    symlink("nowhere", folder.join("dangling")).unwrap();
    refused(&folder, &["full"], "full is there, and not empty");
    refused(&folder, &["file"], "file is there, and no folder");
    refused(&folder, &["dangling"], "dangling is there");
    refused(
        &folder,
        &["match"],
        "\"match\" cannot be a package's name: that is a word of Rust's own",
    );
    refused(&folder, &["a/b"], "that is a path");
    refused(&folder, &["hotline", "--agikit", "elsewhere"], "neither a version");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    assert_eq!(fs::read_dir(folder.join("full")).unwrap().count(), 1);
}

#[test]
fn a_full_disk_leaves_nothing() {
    let folder = empty_folder("new-full");
    // No file may be longer than a kilobyte; told by an error, as a full disk is, and not by a signal.
    let line = "trap '' XFSZ; ulimit -f 1; exec \"$0\" new hotline";
    let mut shell = Command::new("sh");
    shell.args(["-c", line, env!("CARGO_BIN_EXE_agikit")]).current_dir(&folder);
    let done = run(shell.stdin(Stdio::null()));
    assert_eq!(done.status, Some(3), "{}", done.errors);
    assert!(done.errors.contains("; nothing is left of it"), "{}", done.errors);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}
