//! Names follow from Asterisk's words, mechanically: who knows the command knows its type and its method.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use agikit::CATALOGUE;

/// One `command!` row: its documentation, and the words of its Spec.
struct Row {
    docs: Vec<String>,
    words: String,
}

fn source(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The rows of all files in `src/command`, by the type's name.
fn rows() -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for file in fs::read_dir(format!("{}/src/command", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        for row in source.split("\ncommand! {\n").skip(1) {
            let docs: Vec<String> = row
                .lines()
                .map_while(|line| line.trim_start().strip_prefix("///"))
                .map(|line| line.trim().to_owned())
                .collect();
            let head = row.lines().nth(docs.len()).unwrap().trim();
            let (name, spec) = head.split_once(" = Spec::new(\"").unwrap();
            let name = name.trim_end_matches("<'a>").to_owned();
            let words = spec.split('"').next().unwrap().to_owned();
            assert!(rows.insert(name, Row { docs, words }).is_none(), "{head}: twice");
        }
    }
    rows
}

/// `SAY DATETIME` → `SayDatetime`
fn type_of(words: &str) -> String {
    words.split(' ').map(|word| word[..1].to_owned() + &word[1..].to_ascii_lowercase()).collect()
}

#[test]
fn types_have_the_commands_names() {
    let rows = rows();
    let types: BTreeMap<String, &str> =
        CATALOGUE.iter().map(|spec| (type_of(spec.words), spec.words)).collect();
    assert_eq!(types.len(), 47);
    let found: BTreeMap<String, &str> =
        rows.iter().map(|(name, row)| (name.clone(), row.words.as_str())).collect();
    assert_eq!(found, types);
}

#[test]
fn methods_have_the_commands_names() {
    let source = source("src/session/methods.rs");
    let table = source.split("\nmethods! {").nth(1).unwrap();
    let methods: BTreeMap<String, String> = table
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && line.contains(" => "))
        .map(|line| {
            let name = line.split(['(', '<']).next().unwrap();
            let command = line.split(") = ").nth(1).unwrap().split(' ').next().unwrap();
            (name.to_owned(), command.to_owned())
        })
        .collect();
    let should: BTreeMap<String, String> = CATALOGUE
        .iter()
        .map(|spec| (spec.words.to_ascii_lowercase().replace(' ', "_"), type_of(spec.words)))
        .collect();
    assert_eq!(methods, should);
}

/// Every command's page shows its line, and says what becomes of it after a hangup.
#[test]
fn pages_show_the_line_and_the_hangup() {
    let rows = rows();
    for spec in &CATALOGUE {
        let docs = &rows[&type_of(spec.words)].docs;
        let form = |line: &&String| {
            line.strip_prefix(&format!("`{}", spec.words))
                .is_some_and(|rest| rest.starts_with(['`', ' ']))
        };
        assert!(docs.iter().any(|line| form(&line)), "{}: no wire form", spec.words);
        assert!(docs.join("\n").contains('\u{2192}'), "{}: no reply", spec.words);
        let after = docs.iter().find_map(|line| line.strip_prefix("After hangup: "));
        let after = after.unwrap_or_else(|| panic!("{}: not said what a hangup does", spec.words));
        let says = if spec.dead { "runs" } else { "refused" };
        assert!(after.starts_with(says), "{}: {after}", spec.words);
        assert!(docs.join(" ").contains("Asterisk: `handle_"), "{}: no function named", spec.words);
        assert!(!docs[0].is_empty() && docs[0].len() < 120, "{}: {}", spec.words, docs[0]);
    }
}

/// The 13 are those that `res_agi` marks, and a method's page says so too.
#[test]
fn methods_say_which_run_after_a_hangup() {
    let source = source("src/session/methods.rs");
    let table = source.split("\nmethods! {").nth(1).unwrap();
    let mut docs = String::new();
    let mut saying = BTreeSet::new();
    for line in table.lines().map(str::trim) {
        match line.strip_prefix("///") {
            Some(text) => docs.push_str(text),
            None => {
                if docs.contains("Runs after hangup.") {
                    saying.insert(line.split(['(', '<']).next().unwrap().to_owned());
                }
                docs.clear();
            }
        }
    }
    let dead = CATALOGUE.iter().filter(|spec| spec.dead);
    let dead: BTreeSet<String> =
        dead.map(|spec| spec.words.to_ascii_lowercase().replace(' ', "_")).collect();
    assert_eq!((saying.len(), saying), (13, dead));
}
