//! What the README promises. Its Rust blocks are doctests of the library.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs::File;
use std::path::Path;
use std::process::Command;

use support_process::{empty_folder, program, run};

const README: &str = include_str!("../README.md");

/// The blocks fenced as this, without their fences.
fn blocks(fence: &str) -> Vec<&'static str> {
    let open = format!("\n```{fence}\n");
    README.split(open.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

#[test]
fn two_commands_and_no_more() {
    let commands = blocks("sh");
    assert_eq!(
        commands,
        ["cargo run --example account < tests/sessions/account.agi", "cargo test"]
    );
}

#[test]
fn the_conversation_is_what_the_first_command_prints() {
    let session = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions/account.agi");
    let mut account = Command::new(program("account"));
    account.current_dir(empty_folder("readme")).stdin(File::open(session).unwrap());
    assert_eq!(run(&mut account).sent.join("\n"), blocks("text")[0]);
}

#[test]
fn links_lead_somewhere() {
    let there = |link: &&str| Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists();
    let links = README.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let broken: Vec<&str> =
        links.filter(|link| !link.contains("://")).filter(|link| !there(link)).collect();
    assert_eq!(broken, [""; 0]);
}
