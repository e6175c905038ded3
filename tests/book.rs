//! The book, without running it: its chapters, blocks and links. Its Rust blocks are doctests of the library, what it shows
//! of programs is `book_shown.rs`'s.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_docs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use support_docs::links::{Link, anchors, definitions, links};
use support_docs::{blocks, dialplan};

const MODULE: &str = include_str!("../src/book/mod.rs");
const LINKS: &str = include_str!("../src/book/links.md");
const COMMAND_LINKS: &str = include_str!("../src/book/command_links.md");

/// What a block may be. Rust is compiled: none is passed over by `ignore` or `compile_fail`.
const FENCES: [&str; 8] = ["rust", "rust,no_run", "console", "sh", "ini", "toml", "text", "perl"];

/// Other sites that a page may name.
const SITES: [&str; 2] = ["https://www.asterisk.org", "https://doc.rust-lang.org/"];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The pages, by their files' names.
fn pages() -> BTreeMap<String, String> {
    let files = fs::read_dir(docs()).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    pages.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

/// Which module each file is; the front page is the book itself.
fn modules() -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([
        ("README.md".to_owned(), "crate::book".to_owned()),
        ("commands.md".to_owned(), "crate::book::commands".to_owned()),
    ]);
    for line in MODULE.lines() {
        if let Some((module, file)) = line.trim().split_once(" = \"") {
            let file = file.trim_end_matches("\",").to_owned();
            all.insert(file, format!("crate::book::{module}"));
        }
    }
    all
}

#[test]
fn every_chapter_is_included_and_in_the_contents() {
    let pages = pages();
    let files: BTreeSet<&String> = pages.keys().collect();
    assert_eq!(files, modules().keys().collect());
    let contents = definitions(&pages["README.md"]);
    let listed: BTreeSet<&String> = contents.values().collect();
    for file in files.into_iter().filter(|file| *file != "README.md") {
        assert!(listed.contains(file), "{file} is not in the contents");
    }
    for (file, page) in &pages {
        assert!(page.starts_with("# "), "{file} has no heading");
    }
}

#[test]
fn blocks_are_of_known_languages() {
    let mut rust = 0;
    for (file, page) in pages() {
        for block in blocks(&page) {
            assert!(FENCES.contains(&block.fence), "{file}: ```{}", block.fence);
            rust += usize::from(block.language() == "rust");
        }
        let indented =
            page.lines().find(|line| line.trim_start().starts_with("```") && line.starts_with(' '));
        assert_eq!(indented, None, "{file}: nobody looks into such a block");
    }
    assert!(rust >= 15, "{rust}");
}

#[test]
fn dialplans_are_read() {
    let mut read = 0;
    for (_, page) in pages() {
        for block in blocks(&page).into_iter().filter(|block| dialplan::is_dialplan(block.text)) {
            assert_eq!(block.fence, "ini", "{}", block.text);
            dialplan::check(block.text);
            read += 1;
        }
    }
    assert!(read >= 6, "{read}");
}

#[cfg(feature = "cli")]
#[test]
fn options_are_known() {
    let mut looked_at = 0;
    for (_, page) in pages() {
        for block in blocks(&page) {
            if ["console", "sh"].contains(&block.fence) {
                looked_at += support_docs::tools::options_are_known(block.text);
            }
        }
    }
    assert!(looked_at >= 15, "{looked_at}");
}

/// Both targets of a label: a file here, an item in rustdoc, which checks that by itself.
#[test]
fn links_lead_somewhere() {
    let (pages, modules) = (pages(), modules());
    let (own, of_commands) = (definitions(LINKS), definitions(COMMAND_LINKS));
    let labels: Vec<String> =
        own.keys().chain(of_commands.keys()).map(|it| it.to_lowercase()).collect();
    assert_eq!(
        labels.len(),
        labels.iter().collect::<BTreeSet<_>>().len(),
        "Markdown minds no case"
    );
    let mut used = BTreeSet::new();
    for (file, page) in &pages {
        let here = definitions(page);
        for link in links(page) {
            match link {
                Link::Target(target) if target.starts_with('#') => {
                    assert!(anchors(page).iter().any(|it| *it == target[1..]), "{file}: {target}");
                }
                Link::Target(target) => {
                    assert!(SITES.iter().any(|site| target.starts_with(site)), "{file}: {target}");
                }
                Link::Label(label) => {
                    assert!(here.contains_key(&label), "{file}: [{label}] is not defined");
                    used.insert((file.clone(), label));
                }
            }
        }
        for (label, target) in &here {
            assert!(used.contains(&(file.clone(), label.clone())), "{file}: [{label}] is not used");
            let item = own.get(label).or_else(|| of_commands.get(label));
            let item = item.unwrap_or_else(|| panic!("{file}: [{label}] is not in links.md"));
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            if let Some(module) = modules.get(path) {
                let there =
                    if anchor.is_empty() { module.clone() } else { format!("{module}#{anchor}") };
                assert_eq!(*item, there, "{file}: [{label}]");
                assert!(
                    anchor.is_empty() || anchors(&pages[path]).iter().any(|it| it == anchor),
                    "{file}: {target} has no such heading"
                );
            } else {
                // The source, where the item's name stands.
                let source = fs::read_to_string(docs().join(path));
                let source = source.unwrap_or_else(|_| panic!("{file}: {path} is not there"));
                let name = item.rsplit("::").next().unwrap();
                assert!(source.contains(name), "{file}: {path} has no {name}");
            }
        }
    }
    let needed: BTreeSet<&String> = used.iter().map(|(_, label)| label).collect();
    let defined: BTreeSet<&String> = own.keys().chain(of_commands.keys()).collect();
    assert_eq!(needed, defined, "a label of links.md is not used");
}

/// What a page says that one writes now stands in its program, which is compiled.
#[test]
fn the_table_of_other_languages_is_compiled() {
    let pages = pages();
    let page = &pages["08-other-languages.md"];
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let programs: String = blocks(page)
        .iter()
        .filter(|block| block.language() == "rust")
        .map(|it| plain(it.text))
        .collect();
    let mut cells = 0;
    for row in page.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cell = row.trim_end_matches([' ', '|']).rsplit("| ").next().unwrap();
        let code = cell.trim().trim_matches('`');
        assert!(programs.contains(&plain(code)), "{code} is not compiled");
        cells += 1;
    }
    assert!(cells >= 20, "{cells}");
}
