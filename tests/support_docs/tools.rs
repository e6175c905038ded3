//! Command lines of our tools in a page: the options that they name are there.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// The commands of a `console` block (behind `$` or `#`), or of one of `sh`, without comments.
pub fn commands(block: &str) -> impl Iterator<Item = &str> {
    let command = |line: &'_ str| -> Option<usize> {
        (line.starts_with("$ ") || line.starts_with("# ")).then_some(2)
    };
    let is_console = block.lines().any(|line| command(line).is_some());
    block.lines().filter_map(move |line| {
        let at = if is_console { command(line)? } else { 0 };
        line.get(at..)?.split(" #").next().map(str::trim)
    })
}

/// Our tool that a command line calls, as it says what it takes: the tool and its subcommand.
fn tool(words: &[&str]) -> Option<(&'static str, Option<String>)> {
    let agikit = env!("CARGO_BIN_EXE_agikit");
    match *words {
        ["agikit", command, ..] if !command.starts_with('-') => {
            Some((agikit, Some(command.to_owned())))
        }
        ["agikit", ..] => Some((agikit, None)),
        ["cargo", "run", ..] if words.contains(&"cli") => {
            let command = words.iter().skip_while(|word| **word != "--").nth(1)?;
            Some((agikit, Some((*command).to_owned())))
        }
        ["fastagi-serve", ..] => Some((env!("CARGO_BIN_EXE_fastagi-serve"), None)),
        _ => None,
    }
}

/// The words that are ours: in front of what `--` gives to a program.
fn ours<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let begin = match words {
        ["cargo", ..] => words.iter().position(|word| *word == "--").map_or(0, |at| at + 1),
        _ => 0,
    };
    words[begin..].iter().copied().take_while(|word| *word != "--")
}

/// Looks at each command line of a block that calls one of our tools, and gives how many there were.
pub fn options_are_known(block: &str) -> usize {
    let mut helps = BTreeMap::new();
    let mut looked_at = 0;
    for line in commands(block) {
        // Of a line of several, such as a pipe, each.
        for part in line.split([';', '|', '&']) {
            let words = part.split_whitespace().skip_while(|word| *word == "sudo");
            let words: Vec<&str> =
                words.map(|word| word.trim_start_matches("~/.cargo/bin/")).collect();
            let Some((tool, command)) = tool(&words) else { continue };
            let help = helps.entry((tool, command.clone())).or_insert_with(|| {
                let mut tool = Command::new(tool);
                let done = tool.args(&command).arg("--help").stdin(Stdio::null()).output().unwrap();
                assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
                String::from_utf8_lossy(&done.stdout).into_owned()
            });
            let known = |option: &str| help.split([' ', '\n', ',', '[']).any(|word| word == option);
            for word in ours(&words) {
                let option = word.split('=').next().unwrap();
                assert!(!word.starts_with('-') || known(option), "{line}: {word}");
            }
            looked_at += 1;
        }
    }
    looked_at
}
