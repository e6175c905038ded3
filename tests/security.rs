//! SECURITY.md is held to what is there: each promise has its tests, and each test that it names is one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use agikit::emulator::Asterisk;

const PAGE: &str = include_str!("../SECURITY.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A part of the page, by its heading.
fn section(heading: &str) -> &'static str {
    let (_, behind) = PAGE.split_once(&format!("\n{heading}\n")).unwrap();
    let level = format!("\n{} ", heading.split(' ').next().unwrap());
    behind.split(&level).next().unwrap()
}

/// The promises, one an item of a list.
fn promises() -> Vec<&'static str> {
    let items = section("## Promises").split("\n- ").skip(1);
    items.map(|item| item.split("\n\n").next().unwrap()).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The functions that a text names, by the file named before them.
fn named(text: &'static str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut file = None;
    for word in quoted(text) {
        if word.ends_with(".rs") {
            file = Some(word);
            all.entry(word).or_default();
        } else {
            all.get_mut(file.unwrap_or_else(|| panic!("{word}: of no file"))).unwrap().push(word);
        }
    }
    all
}

/// Whether a file's text has this function, as a test. (Live tests are functions that a list names.)
fn has_test(text: &str, name: &str, is_live: bool) -> bool {
    let start = format!("fn {name}(");
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.trim_start_matches("pub ").starts_with(&start) {
            let above = lines
                .iter()
                .rev()
                .take_while(|line| line.starts_with('#') || line.starts_with("//"));
            return is_live || above.into_iter().any(|line| *line == "#[test]");
        }
        lines.push(line);
    }
    false
}

#[test]
fn every_promise_has_its_tests() {
    let promises = promises();
    assert!(promises.len() > 30, "{}", promises.len());
    for promise in promises {
        let (_, tests) = promise
            .split_once("\n  → ")
            .unwrap_or_else(|| panic!("no test stands behind {promise}"));
        let named = named(tests);
        assert!(!named.is_empty(), "{promise}");
        for (file, functions) in named {
            let text = fs::read_to_string(root().join(file));
            let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(!functions.is_empty(), "{file}: which of its tests?");
            for function in functions {
                let is_live = file.starts_with("tests/live/");
                assert!(has_test(&text, function, is_live), "{file} has no test {function}");
            }
        }
    }
}

#[test]
fn knows_a_test() {
    let text =
        "#[test]\n/// Words.\n#[cfg(x)]\nfn one() {\n}\nfn two() {}\n    #[test]\n    fn three() {";
    for (name, is) in [("one", true), ("two", false), ("three", true), ("on", false)] {
        assert_eq!(has_test(text, name, false), is, "{name}");
    }
    assert!(has_test("pub fn call(lab: &Lab) {", "call", true));
    let page = "`a.rs`: `x`, `y`;\n  `b/c.rs`: `z`";
    assert_eq!(named(page), BTreeMap::from([("a.rs", vec!["x", "y"]), ("b/c.rs", vec!["z"])]));
}

/// Files that the text names, and its links.
#[test]
fn what_the_page_names_is_there() {
    let is_path = |word: &&str| word.contains('/') && !word.contains(['=', '{', ' ', '$']);
    let paths: BTreeSet<&str> = quoted(PAGE).filter(is_path).collect();
    assert!(paths.len() > 30);
    for path in paths {
        assert!(root().join(path).exists(), "{path}");
    }
    let links = PAGE.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    for link in links.filter(|link| !link.contains("://")) {
        assert!(root().join(link).exists(), "{link}");
    }
    assert!(fs::read_to_string(root().join("README.md")).unwrap().contains("](SECURITY.md)"));
}

/// All files of Rust below a folder.
fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|it| it == "rs") {
            all.push(path);
        }
    }
}

#[test]
fn unsafe_code_is_where_the_page_says() {
    let mut all = Vec::new();
    for folder in ["src", "bin", "examples"] {
        files(&root().join(folder), &mut all);
    }
    let code = |line: &str| line.split("//").next().unwrap().to_owned();
    let is_unsafe = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(code).any(|line| {
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "unsafe("]
                .iter()
                .any(|form| line.contains(form))
        })
    };
    let found: BTreeSet<String> = all
        .iter()
        .filter(|path| is_unsafe(path))
        .map(|path| path.strip_prefix(root()).unwrap().display().to_string())
        .collect();
    let said = section("### Memory").split("\n  → ").next().unwrap();
    let said: BTreeSet<String> =
        quoted(said).filter(|word| word.ends_with(".rs")).map(str::to_owned).collect();
    assert_eq!(found, said);
    let cargo = include_str!("../Cargo.toml");
    assert!(cargo.contains("\nunsafe_code = \"deny\"\n"));
}

#[test]
fn the_librarys_dependencies_are_those_of_the_page() {
    let cargo = include_str!("../Cargo.toml");
    let (_, behind) = cargo.split_once("\n[dependencies]\n").unwrap();
    let table = behind.split("\n[").next().unwrap();
    let is_one = |line: &&str| line.contains(" = ") && !line.contains("optional = true");
    let has: BTreeSet<&str> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter(is_one)
        .map(|line| line.split(" = ").next().unwrap())
        .collect();
    let item = section("### Memory").split("\n- ").find(|item| item.contains("dependencies"));
    let said = item.unwrap().split('→').next().unwrap();
    assert_eq!(has, quoted(said).collect());
}

/// Real Asterisk does, whatever `live_dangerously` says.
#[test]
fn the_emulator_runs_no_shell() {
    let mark = Path::new(env!("CARGO_TARGET_TMPDIR")).join("the_emulator_runs_no_shell");
    fs::write(&mark, "as it was").unwrap();
    let shell = format!("SHELL(echo ran > {})", mark.display());
    let file = format!("FILE({})", mark.display());
    let (asked, read) = (shell.clone(), file.clone());
    let call = Asterisk::new().run(move |agi: &mut agikit::Session| -> agikit::ScriptResult {
        for name in [&asked, &read] {
            let _ = agi.get_variable(name);
            let seen = agi.get_full_variable(&format!("[${{{name}}}]"))?.unwrap_or_default();
            assert!(!seen.to_string().contains("as it was"), "{seen}");
            let _ = agi.set_variable(name, "written");
        }
        let _ = agi.exec("System", &format!("echo ran > {}", read.trim_start_matches("FILE(")));
        Ok(())
    });
    assert_eq!(fs::read_to_string(&mark).unwrap(), "as it was", "{call:?}");
}
