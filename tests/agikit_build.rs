//! `agikit build`: small packages without dependencies, and what is missing on a machine.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use support_process::{Done, empty_folder, run_within, write_program};

fn run(command: &mut Command) -> Done {
    run_within(command, Duration::from_secs(120))
}

fn agikit(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.arg("build").args(arguments).current_dir(folder).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    command.env("CARGO", env!("CARGO")).env("CARGO_TARGET_DIR", folder.join("target"));
    command
}

/// A package with two programs and an example. A workspace of its own, since it stands below this one.
fn package(name: &str) -> PathBuf {
    let folder = empty_folder(name);
    let manifest = "[package]\nname = \"hotline\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    for file in ["src/main.rs", "src/bin/menu.rs", "examples/tried.rs"] {
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
        fs::write(folder.join(file), "fn main() {}\n").unwrap();
    }
    folder
}

/// The rows of the table, without its heading and the files.
fn rows(done: &Done) -> Vec<[String; 3]> {
    assert_eq!(done.status, Some(0), "{}", done.errors);
    let row = |line: &String| {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(Path::new(words[4]).is_file(), "{line}");
        [words[0], words[2], words[3]].map(str::to_owned)
    };
    assert_eq!(
        done.sent[0].split_whitespace().collect::<Vec<_>>(),
        ["program", "size", "static", "file"]
    );
    done.sent[1..].iter().map(row).collect()
}

fn row(words: [&str; 3]) -> [String; 3] {
    words.map(str::to_owned)
}

#[test]
fn all_programs_are_built_static_where_rust_has_the_target() {
    let folder = package("build-all");
    let mut build = agikit(&folder, &[]);
    let done = run(&mut build);
    if done.errors.contains("rustup target add") {
        // A machine without it: the help is all that can be tried.
        assert_eq!(done.status, Some(3));
        return;
    }
    assert_eq!(rows(&done), [row(["hotline", "KiB", "yes"]), row(["menu", "KiB", "yes"])]);
    let sizes: Vec<u32> = done.sent[1..]
        .iter()
        .map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap())
        .collect();
    assert!(sizes.iter().all(|size| (100..600).contains(size)), "stripped: {sizes:?}");
    assert!(done.errors.contains("profile [optimized]"), "{}", done.errors);
    assert!(done.sent[1].contains("/agi-bin/hotline"), "{}", done.sent[1]);
    // What hardly a call runs lies behind the rest, where the linker knows how.
    let linker = run(Command::new("cc").arg("-Wl,--version").stdin(Stdio::null()));
    if linker.sent.iter().any(|line| line.contains("GNU ld")) {
        let file = done.sent[1].split_whitespace().nth(4).unwrap();
        let program = fs::read(file).unwrap();
        assert!(program.windows(12).any(|name| name == b".text.seldom"), "{}", done.errors);
    }
}

#[test]
fn one_program_or_example_as_it_is_asked_for() {
    let folder = package("build-one");
    let host = run(Command::new("rustc").arg("-vV")).sent;
    let host = host.iter().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let is_static = if host.contains("musl") { "yes" } else { "no" };
    let plain = ["--target", host, "--profile", "dev", "--bin", "menu", "--example", "tried"];
    let done = run(&mut agikit(&folder, &plain));
    assert_eq!(rows(&done), [row(["menu", "KiB", is_static]), row(["tried", "KiB", is_static])]);
    let done =
        run(agikit(folder.parent().unwrap(), &["build-one", "--bin", "gone"])
            .args(["--target", host]));
    assert_eq!((done.status, done.sent.len()), (Some(3), 0));
    assert!(done.errors.contains("no bin target named `gone`"), "{}", done.errors);
    assert!(done.errors.contains("agikit: cargo did not build it, and says above why\n"));
}

#[test]
fn what_is_no_package_is_told() {
    let folder = package("build-none");
    for file in ["src/main.rs", "src/bin/menu.rs"] {
        fs::remove_file(folder.join(file)).unwrap();
    }
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let done = run(&mut agikit(&folder, &["--profile", "dev"]));
    assert_eq!(done.status, Some(3), "{}", done.errors);
    let says = [". has no programs", "rustup target add"];
    assert!(says.iter().any(|it| done.errors.contains(it)), "{}", done.errors);

    let told = |arguments: &[&str], text: &str| {
        let done = run(&mut agikit(Path::new("/"), arguments));
        assert_eq!((done.status, done.sent.len()), (Some(3), 0));
        assert!(
            done.errors.starts_with("agikit: ") && done.errors.contains(text),
            "{text}: {done:?}"
        );
    };
    told(&["proc"], "could not find `Cargo.toml`");
    told(&["no/where"], "no/where is no folder");
    let mut without = agikit(&folder, &[]);
    let done = run(without.env_remove("CARGO").env("PATH", "/no/where"));
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("cannot start cargo: ") && done.errors.contains("rustup.rs"));
}

/// A machine on which cargo and rustc are these shell scripts, and there is nothing else.
fn machine(name: &str, cargo: &str, rustc: &str) -> (PathBuf, PathBuf) {
    let folder = package(name);
    let path = folder.join("path");
    fs::create_dir(&path).unwrap();
    let manifest = folder.join("Cargo.toml");
    let cargo = format!(
        "#!/bin/sh\n[ \"$1\" != locate-project ] || {{ echo {}; exit; }}\n{cargo}\n",
        manifest.display()
    );
    write_program(&path.join("cargo"), cargo.as_bytes());
    write_program(&path.join("rustc"), format!("#!/bin/sh\n{rustc}\n").as_bytes());
    (folder, path)
}

fn errors(folder: &Path, path: &Path) -> String {
    let mut build = agikit(folder, &["--target", "x86_64-unknown-linux-musl"]);
    let done = run(build.env_remove("CARGO").env_remove("RUSTC").env("PATH", path));
    assert_eq!((done.status, done.sent.len()), (Some(3), 0), "{}", done.errors);
    done.errors
}

#[test]
fn a_missing_target_names_its_command() {
    let (folder, path) = machine("build-target", "exit 9", "echo /no/such/folder");
    let errors_without_rustup = errors(&folder, &path);
    write_program(&path.join("rustup"), b"#!/bin/sh\n");
    assert_eq!(
        errors(&folder, &path),
        "agikit: Rust's library for x86_64-unknown-linux-musl is missing; to add it: rustup target add \
         x86_64-unknown-linux-musl\n"
    );
    assert!(errors_without_rustup.contains("with a Rust by rustup (https://rustup.rs)"));
}

#[test]
fn a_missing_c_compiler_names_its_package() {
    let says = "echo 'error occurred: failed to find tool \"musl-gcc\"' >&2; exit 101";
    let (folder, path) = machine("build-musl", says, "exit 1");
    let told = errors(&folder, &path);
    assert!(told.starts_with("error occurred: "), "{told}");
    assert!(told.ends_with("is missing: apt-get install musl-tools\n"), "{told}");
    write_program(&path.join("musl-gcc"), b"#!/bin/sh\n");
    assert!(!errors(&folder, &path).contains("apt-get"));
}
