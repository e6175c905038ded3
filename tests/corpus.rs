//! The fuzzer's seeds, and whatever once failed there, through the same checks on a stable compiler.
#![allow(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod support;
mod support_fuzz;

use support::{checks, watched};

fn each(target: &str, check: fn(&[u8])) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    assert!(files.len() >= 4, "{target} has {} files", files.len());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        // So that a failure says of which file.
        eprintln!("{}", file.display());
        watched(move || check(&bytes));
    }
}

#[test]
fn replies() {
    each("reply", checks::reply);
}

#[test]
fn lines() {
    each("split_line", checks::split_line);
}

#[test]
fn environments() {
    each("environment", checks::environment);
}

#[test]
fn sessions() {
    each("session", checks::session);
}

#[test]
fn logs() {
    each("log", checks::log);
}

#[test]
fn transcripts() {
    each("transcript", checks::transcript);
}

#[test]
fn recordings() {
    each("recording", checks::recording);
}

#[test]
fn calls_on_the_emulator() {
    each("emulator", support_fuzz::emulator::emulator);
}

#[test]
fn headers() {
    each("header", support_fuzz::header::header);
}

#[test]
fn sounds() {
    each("sound", support_fuzz::sound::sound);
}

#[cfg(feature = "fastagi")]
#[test]
fn connections_to_a_server() {
    each("fastagi", support_fuzz::fastagi::fastagi);
}

/// A target has a check, and a check has a target.
#[test]
fn every_target_has_seeds() {
    let manifest = include_str!("../fuzz/Cargo.toml");
    let targets: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""))
        .collect();
    let checks = [
        "reply",
        "split_line",
        "environment",
        "session",
        "log",
        "transcript",
        "recording",
        "emulator",
        "header",
        "sound",
        "fastagi",
    ];
    assert_eq!(targets, checks);
}
