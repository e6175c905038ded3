//! What the README promises. Its Rust blocks are doctests of the library.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_docs;
#[cfg(feature = "cli")]
mod support_process;

use std::path::Path;
#[cfg(feature = "cli")]
use std::process::Command;

#[cfg(feature = "cli")]
use support_process::{empty_folder, program, run};

const README: &str = include_str!("../README.md");

/// The blocks fenced as this, without their fences.
fn blocks(fence: &str) -> Vec<&'static str> {
    support_docs::fenced(README, fence)
}

const CALL: &str =
    "cargo run -q --features cli -- call --fast --keys 1001 --example account target/accounts.db";

#[test]
fn two_commands_and_no_more() {
    assert_eq!(blocks("sh"), [CALL, "cargo test --all-features"]);
}

/// The same call, of the example that is built already.
#[cfg(feature = "cli")]
#[test]
fn the_conversation_is_what_the_first_command_prints() {
    let mut agikit = Command::new(env!("CARGO_BIN_EXE_agikit"));
    agikit.args(["call", "--fast", "--environment", "never", "--keys", "1001"]);
    agikit.arg(program("account")).arg("accounts.db").current_dir(empty_folder("readme"));
    assert_eq!(run(&mut agikit).sent.join("\n"), blocks("text")[0]);
}

/// The tools' options are there, wherever a command line names one.
#[cfg(feature = "cli")]
#[test]
fn options_are_known() {
    let looked_at: usize =
        blocks("console").into_iter().map(support_docs::tools::options_are_known).sum();
    assert!(looked_at >= 10, "{looked_at}");
}

#[test]
fn links_lead_somewhere() {
    let there = |link: &&str| Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists();
    let links = README.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let broken: Vec<&str> =
        links.filter(|link| !link.contains("://")).filter(|link| !there(link)).collect();
    assert_eq!(broken, [""; 0]);
}

#[test]
fn dialplans_are_read() {
    let all = support_docs::blocks(README);
    let plans = all.iter().filter(|block| support_docs::dialplan::is_dialplan(block.text));
    assert!(plans.inspect(|plan| support_docs::dialplan::check(plan.text)).count() >= 5);
}

/// In the help of the programs for agi-bin, too.
#[test]
fn the_dialplan_goes_where_there_is_a_label() {
    let helps = [
        include_str!("../bin/eagi-level/help.txt"),
        include_str!("../bin/eagi-pipe/help.txt"),
        include_str!("../bin/eagi-record/help.txt"),
    ];
    let mut jumps = 0;
    for text in blocks("text").into_iter().chain(helps) {
        for jump in text.lines().filter(|line| line.contains("GotoIf(")) {
            let label = jump.rsplit('?').next().unwrap().trim_end_matches(')');
            assert!(text.contains(&format!("n({label}),")), "{jump}");
            jumps += 1;
        }
    }
    assert!(jumps >= 2);
}
