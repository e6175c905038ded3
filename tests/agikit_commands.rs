//! The desk tool's help, manual, completions and list of commands, run as a user runs them.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs;
use std::process::{Command, Stdio};

use support_process::{Call, empty_folder, run};

fn agikit(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.args(arguments).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command
}

/// Standard output of a run that succeeds and says nothing besides.
fn output(arguments: &[&str]) -> String {
    let done = run(&mut agikit(arguments));
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{arguments:?}");
    done.sent.join("\n")
}

const COMMANDS: [&str; 13] = [
    "build",
    "call",
    "commands",
    "completions",
    "doctor",
    "import",
    "install",
    "listen",
    "load",
    "man",
    "new",
    "record",
    "replay",
];

#[test]
fn help_has_examples_and_fits() {
    let whole = output(&["--help"]);
    assert!(whole.contains("Exit codes:"), "{whole}");
    for command in COMMANDS {
        assert!(whole.contains(&format!("  {command} ")), "{command}: {whole}");
        let help = output(&[command, "--help"]);
        assert!(help.contains("Examples:\n") && help.contains(&format!("agikit {command}")));
        assert_eq!(help, output(&["help", command]));
        let long = help.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{command}: a line is too long");
    }
}

#[test]
fn every_command_is_tried_here() {
    let help = output(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let found: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap())
        .filter(|&command| command != "help")
        .collect();
    assert_eq!(found, COMMANDS);
}

#[test]
fn a_wrong_argument_is_explained() {
    for arguments in [&["comands"][..], &["commands", "--lang"], &["completions", "dos"]] {
        let done = run(&mut agikit(arguments));
        assert_eq!((done.status, done.sent.is_empty()), (Some(2), true));
        assert!(done.errors.contains("tip:") || done.errors.contains("possible values"));
    }
    // Nothing asked: the help, as an error.
    assert_eq!(run(&mut agikit(&[])).status, Some(2));
}

#[test]
fn lists_all_commands() {
    let table = output(&["commands"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 48);
    for (line, spec) in lines[1..].iter().zip(&agikit::CATALOGUE) {
        let (since, rest) = line.split_at(7);
        let (after, rest) = rest.split_at(9);
        assert!(since.starts_with(|c: char| c.is_ascii_digit()), "{line}");
        assert_eq!(after.trim(), if spec.dead { "runs" } else { "refused" }, "{line}");
        assert!(rest.starts_with(spec.words), "{line}");
    }
    assert!(!table.contains('\x1b'), "colours in a pipe");
}

#[test]
fn finds_commands_by_words() {
    let names = |words: &[&str]| -> Vec<String> {
        let table = output(&[&["commands"], words].concat());
        table.lines().skip(1).map(|line| line[16..].chars().take(12).collect()).collect()
    };
    assert_eq!(names(&["get"]).len(), 5); // DATABASE GET, too
    assert_eq!(names(&["VARI"]), ["GET FULL VAR", "GET VARIABLE", "SET VARIABLE"]);
    let one = output(&["commands", "say", "number"]);
    assert!(one.starts_with("SAY NUMBER number escape_digits [gender]\n"), "{one}");
    assert!(one.contains("200 result=KEY") && one.contains("511"), "{one}");
    assert_eq!(one, output(&["commands", "SAY NUMBER"]));
    assert!(output(&["commands", "get", "variable"]).starts_with("GET VARIABLE name\n"));
    assert!(output(&["commands", "--long", "speech"]).split("\n\n").count() == 8);
    let none = run(&mut agikit(&["commands", "sing"]));
    assert_eq!((none.status, none.sent.len()), (Some(1), 0));
    assert!(none.errors.contains("no command has SING; `agikit commands` shows"));
}

/// Each line is a command that Asterisk knows, with a type and a method of that name.
#[test]
fn names_what_the_library_has() {
    let methods =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/session/methods.rs")).unwrap();
    for spec in &agikit::CATALOGUE {
        let one = output(&["commands", spec.words]);
        let line = one.lines().last().unwrap();
        let names = line.trim().strip_prefix("agikit: Session::").unwrap();
        let (method, kind) = names.split_once(", ").unwrap();
        let kind = kind.trim_start_matches("command::");
        let row = methods.lines().find(|line| {
            line.trim().strip_prefix(method).is_some_and(|rest| rest.starts_with(['(', '<']))
        });
        assert!(row.is_some_and(|row| row.contains(&format!(" = {kind} "))), "{method}: {row:?}");
    }
}

#[test]
fn colours_obey() {
    let coloured = |name: &str, value: &str| {
        run(agikit(&["commands", "noop"]).env(name, value)).sent.join("").contains('\x1b')
    };
    assert!(!coloured("NO_COLOR", "1"));
    assert!(coloured("CLICOLOR_FORCE", "1"));
    let mut both = agikit(&["commands", "noop"]);
    let both = run(both.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!both.sent.join("").contains('\x1b'));
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    for arguments in [
        &["commands"][..],
        &["commands", "--long"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = agikit(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let done = Call::of(child, None).end();
        assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn completes_in_every_shell() {
    for (shell, begins) in
        [("bash", "_agikit()"), ("zsh", "#compdef agikit"), ("fish", "# Print an optspec")]
    {
        let text = output(&["completions", shell]);
        assert!(text.starts_with(begins), "{shell}: {:.80}", text);
        assert!(COMMANDS.iter().all(|command| text.contains(command)), "{shell}");
        let server = output(&["completions", shell, "fastagi-serve"]);
        assert!(server.contains("fastagi-serve") && server.contains("secret-file"), "{shell}");
        assert!(!server.contains("agikit"), "{shell}");
    }
}

#[test]
fn has_manual_pages() {
    let page = output(&["man"]);
    assert!(page.contains(".TH agikit 1") && page.contains("Exit codes"), "{page}");
    let folder = empty_folder("agikit_man").join("man1");
    assert_eq!(output(&["man", "-o", folder.to_str().unwrap()]), "");
    for command in COMMANDS {
        let page = fs::read_to_string(folder.join(format!("agikit-{command}.1"))).unwrap();
        assert!(page.contains(&format!(".TH agikit-{command} 1")), "{command}");
        assert!(page.contains("Examples:"), "{command}");
    }
    let server = fs::read_to_string(folder.join("fastagi-serve.1")).unwrap();
    assert!(server.contains(".TH fastagi-serve 1") && server.contains("secret\\-file"), "{server}");
    let done = run(&mut agikit(&["man", "-o", "/dev/null/man1"]));
    assert_eq!(done.status, Some(3));
    assert!(done.errors.contains("cannot write manual pages to /dev/null/man1: "));
}
