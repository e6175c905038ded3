//! The book's page of the 47 commands, made of what the desk tool and the library know of them.
//! `BOOK=overwrite cargo test --test book_commands` writes it anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

#[path = "../bin/agikit/catalogue.rs"]
mod catalogue;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use catalogue::{Entry, all};

const HEAD: &str = "\
# The 47 commands

What Asterisk takes, and what it answers. Arguments in brackets may be left out. Replies stand without `200 result=`.

Common to all: `510` for a command that this Asterisk does not know, `511` for one that does not run after a hangup, `520` for a
wrong number of arguments. `agikit commands` shows the same in a terminal.

A command has a method of `Session` with its required arguments, and a type with its options, which [`run`][run-command] sends.

| command | after a hangup | since | method | type |
|---|---|---|---|---|
";

/// `SAY NUMBER` is `SayNumber`.
fn kind(words: &str) -> String {
    words.split(' ').map(|word| word[..1].to_owned() + &word[1..].to_ascii_lowercase()).collect()
}

fn method(words: &str) -> String {
    words.to_ascii_lowercase().replace(' ', "_")
}

/// What `#` leads to.
fn anchor(words: &str) -> String {
    words.to_ascii_lowercase().replace(' ', "-")
}

/// The file in `src/command` that has the type.
fn file(kind: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let found = files.iter().find(|path| {
        let source = fs::read_to_string(path).unwrap();
        source.contains(&format!("\n    {kind} = Spec::"))
            || source.contains(&format!("\n    {kind}<'a> = Spec::"))
    });
    found.unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

/// In a cell of a table a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn section(page: &mut String, entry: &Entry) {
    writeln!(
        page,
        "\n## {}\n\n```text\n{}\n```\n\n{}\n",
        entry.spec.words, entry.syntax, entry.does
    )
    .unwrap();
    page.push_str("| `result=` | meaning |\n|---|---|\n");
    for (form, meaning) in &entry.replies {
        let form = if form.is_empty() { "(empty)".to_owned() } else { format!("`{}`", cell(form)) };
        writeln!(page, "| {form} | {} |", cell(&meaning.join(" "))).unwrap();
    }
    for note in &entry.notes {
        writeln!(page, "\n{note}").unwrap();
    }
}

/// The page, and where its links lead in rustdoc.
fn page() -> (String, String) {
    let mut page = HEAD.to_owned();
    let (mut sections, mut here, mut there) = (String::new(), String::new(), String::new());
    for entry in &all() {
        let words = entry.spec.words;
        let (kind, method) = (kind(words), method(words));
        let after = if entry.spec.dead { "runs" } else { "refused" };
        let since = entry.since.split(',').next().unwrap();
        // Their labels are one's words: Markdown minds no case, and NOOP is `noop` and `Noop`.
        writeln!(
            page,
            "| [{words}](#{}) | {after} | {since} | [`{method}`][{method}-method] | [`{kind}`][{kind}-type] |",
            anchor(words)
        )
        .unwrap();
        section(&mut sections, entry);
        writeln!(here, "[{method}-method]: ../src/session/methods.rs").unwrap();
        writeln!(here, "[{kind}-type]: ../src/command/{}", file(&kind)).unwrap();
        writeln!(there, "[{method}-method]: crate::Session::{method}").unwrap();
        writeln!(there, "[{kind}-type]: crate::command::{kind}").unwrap();
    }
    here.push_str("[run-command]: ../src/session/mod.rs\n");
    there.push_str("[run-command]: crate::Session::run\n");
    (page + &sections + "\n" + &here, there)
}

#[test]
fn the_page_is_current() {
    let (page, links) = page();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, should) in [("docs/commands.md", page), ("src/book/command_links.md", links)] {
        let path = root.join(path);
        if std::env::var_os("BOOK").is_some_and(|what| what == "overwrite") {
            fs::write(&path, &should).unwrap();
        }
        let is = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            is == should,
            "{} is old: BOOK=overwrite cargo test --test book_commands",
            path.display()
        );
    }
}
