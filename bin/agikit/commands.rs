//! `agikit commands`: what Asterisk's commands are.

use std::io::{self, Write};

use crate::catalogue::{Entry, all};
use crate::cli::Commands;
use crate::exit::{Done, Exit};
use crate::output::{self, FAINT, STRONG};

/// A longer syntax pushes its replies to the right.
const SYNTAX: usize = 56;

pub(crate) fn run(arguments: &Commands) -> Done {
    let words: Vec<String> = arguments
        .words
        .iter()
        .flat_map(|words| words.split_whitespace())
        .map(str::to_ascii_uppercase)
        .collect();
    let mut found: Vec<Entry> = all().into_iter().filter(|it| matches(it, &words)).collect();
    // `get variable` is a command, although GET FULL VARIABLE has these words, too.
    let whole = words.join(" ");
    if found.iter().any(|entry| entry.spec.words == whole) {
        found.retain(|entry| entry.spec.words == whole);
    }
    if found.is_empty() {
        output::problem(&format!("no command has {whole}; `agikit commands` shows all of them"));
        return Ok(Exit::Failure);
    }
    let mut data = output::data();
    if arguments.long || found.len() == 1 {
        for (at, entry) in found.iter().enumerate() {
            if at > 0 {
                writeln!(data)?;
            }
            long(&mut data, entry)?;
        }
    } else {
        table(&mut data, &found)?;
    }
    data.flush()?;
    Ok(Exit::Success)
}

/// Whether each word begins one of the command's.
fn matches(entry: &Entry, words: &[String]) -> bool {
    words.iter().all(|word| entry.spec.words.split(' ').any(|own| own.starts_with(word.as_str())))
}

fn table(data: &mut impl Write, entries: &[Entry]) -> io::Result<()> {
    let width = entries.iter().map(|entry| entry.syntax.len()).max().unwrap_or(0).min(SYNTAX);
    writeln!(
        data,
        "{STRONG}{:<6} {:<8} {:<width$} 200 result={STRONG:#}",
        "since", "hangup", "command"
    )?;
    for entry in entries {
        let (command, rest) = entry.syntax.split_at(entry.spec.words.len());
        let pad = width.saturating_sub(entry.syntax.len());
        let forms: Vec<&str> = entry
            .replies
            .iter()
            .map(|(form, _)| if form.is_empty() { "(empty)" } else { *form })
            .collect();
        let since = entry.since.split(',').next().unwrap_or_default();
        writeln!(
            data,
            "{since:<6} {:<8} {STRONG}{command}{STRONG:#}{rest}{:pad$} {FAINT}{}{FAINT:#}",
            if entry.spec.dead { "runs" } else { "refused" },
            "",
            forms.join(" | ")
        )?;
    }
    Ok(())
}

fn long(data: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let (command, rest) = entry.syntax.split_at(entry.spec.words.len());
    writeln!(data, "{STRONG}{command}{STRONG:#}{rest}")?;
    writeln!(data, "  {}", entry.does)?;
    let width = entry.replies.iter().map(|(form, _)| form.len()).max().unwrap_or(0).min(40);
    for (form, meaning) in &entry.replies {
        let mut lines = meaning.iter();
        let first = lines.next().copied().unwrap_or_default();
        writeln!(data, "  {FAINT}200 result={FAINT:#}{form:<width$}  {first}")?;
        for line in lines {
            writeln!(data, "  {:1$}{line}", "", "200 result=".len() + width + 2)?;
        }
    }
    if entry.spec.least > 0 || entry.spec.most < u8::MAX {
        writeln!(data, "  {FAINT}520{FAINT:#} with usage, for {}", wrong(entry))?;
    }
    for note in &entry.notes {
        writeln!(data, "  {note}")?;
    }
    let after = if entry.spec.dead { "runs" } else { "refused, by 511" };
    writeln!(data, "  After a hangup: {after}. Since Asterisk {}.", entry.since)?;
    let method = entry.spec.words.to_ascii_lowercase().replace(' ', "_");
    writeln!(data, "  {FAINT}agikit: Session::{method}, {}{FAINT:#}", kind(entry.spec.words))
}

/// How many arguments are refused.
fn wrong(entry: &Entry) -> String {
    let arguments = |count: u8| format!("{count} argument{}", if count == 1 { "" } else { "s" });
    match (entry.spec.least, entry.spec.most) {
        (least, u8::MAX) => format!("fewer than {}", arguments(least)),
        (0, most) => format!("more than {}", arguments(most)),
        (least, most) if least == most => format!("more or fewer than {}", arguments(least)),
        (least, most) => format!("fewer than {least} or more than {}", arguments(most)),
    }
}

/// The type's name: `SayDatetime`.
fn kind(words: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_owned() + &rest.to_ascii_lowercase()
    };
    let name: String = words.split(' ').map(word).collect();
    // The crate's root has the session's flag of that name.
    if name == "Hangup" { "command::Hangup".to_owned() } else { name }
}
