//! The picture of the house, checked: what uses what, no circles, no long file, no code in `lib.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each part of `src` and the parts that it uses, lowest first: a part uses only what stands above it.
const LAYERS: &[(&str, &[&str])] = &[
    ("arena", &[]),
    ("book", &[]),
    ("text", &[]),
    ("error", &[]),
    ("escape", &[]),
    ("descriptor", &[]),
    ("spoken", &[]),
    ("hangup", &["descriptor"]),
    ("stream", &["escape"]),
    ("wire", &["error", "text"]),
    ("environment", &["text", "wire"]),
    ("reply", &["text", "wire"]),
    ("command", &["error", "reply", "text", "wire"]),
    (
        "session",
        &[
            "command",
            "descriptor",
            "environment",
            "error",
            "hangup",
            "reply",
            "stream",
            "text",
            "wire",
        ],
    ),
    ("audio", &["descriptor", "error", "hangup"]),
    ("eagi", &["audio", "command", "descriptor", "error", "reply", "session", "text", "wire"]),
    ("conduct", &["command", "error", "session"]),
    (
        "transcript",
        &[
            "audio",
            "command",
            "conduct",
            "environment",
            "error",
            "escape",
            "hangup",
            "reply",
            "session",
            "stream",
            "wire",
        ],
    ),
    ("script", &["conduct", "error", "session", "stream", "transcript"]),
    (
        "ivr",
        &[
            "audio",
            "command",
            "descriptor",
            "eagi",
            "error",
            "reply",
            "script",
            "session",
            "spoken",
            "text",
        ],
    ),
    ("program", &["audio", "descriptor", "transcript"]),
    (
        "fastagi",
        &[
            "conduct",
            "descriptor",
            "environment",
            "error",
            "hangup",
            "program",
            "session",
            "stream",
            "text",
            "transcript",
        ],
    ),
    (
        "emulator",
        &[
            "audio",
            "command",
            "conduct",
            "descriptor",
            "error",
            "hangup",
            "program",
            "session",
            "spoken",
            "stream",
            "text",
            "transcript",
            "wire",
        ],
    ),
];

const LONGEST: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut all = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            // What a build leaves is nobody's code.
            if !path.ends_with("target") {
                all.extend(files(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all
}

/// The code without its comments. No string of the library holds `//`.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect()
}

/// The part of `src` to which a file belongs.
fn part(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The names behind `crate::`: one, or those of a group.
fn used(code: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect()
    };
    let mut names = BTreeSet::new();
    for behind in code.split("crate::").skip(1) {
        let Some(group) = behind.strip_prefix('{') else {
            let name = name(behind);
            // A macro stands at the crate's root, wherever it is written.
            if !behind[name.len()..].starts_with('!') {
                names.insert(name);
            }
            continue;
        };
        let mut depth = 0;
        for (at, c) in group.char_indices() {
            match c {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                _ if depth == 0 && (at == 0 || group[..at].trim_end().ends_with(',')) => {
                    names.insert(name(&group[at..]));
                }
                _ => {}
            }
        }
    }
    names.remove("");
    names
}

#[test]
fn reads_what_is_used() {
    let is = |code: &str, names: &[&str]| {
        assert_eq!(used(code), names.iter().map(|&name| name.to_owned()).collect(), "{code}");
    };
    is("use crate::text::Text; let x = crate::wire::split(b);", &["text", "wire"]);
    is(
        "use crate::{text::{Text, Value}, wire, reply::plain::{raw, yes}};",
        &["reply", "text", "wire"],
    );
    is("pub(crate) use word::x; use super::y;", &[]);
    is("$crate::transcripts! { x }", &[]);
}

#[test]
fn every_edge_is_in_the_table() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in files(&root().join("src")) {
        let part = part(&path);
        if part != "lib" {
            let mut used = used(&code(&path));
            used.remove(&part);
            edges.entry(part).or_default().extend(used);
        }
    }
    let table: BTreeMap<String, BTreeSet<String>> = LAYERS
        .iter()
        .map(|(part, used)| (part.to_string(), used.iter().map(|&it| it.to_owned()).collect()))
        .collect();
    for (part, used) in &edges {
        let allowed = table.get(part).unwrap_or_else(|| panic!("{part} is not in the table"));
        for one in used {
            assert!(allowed.contains(one), "{part} uses {one}, which points back or is new");
        }
    }
    assert_eq!(edges, table, "the table names what is no longer used");
}

#[test]
fn nothing_points_back() {
    for (at, (part, used)) in LAYERS.iter().enumerate() {
        for one in *used {
            let below = LAYERS[..at].iter().any(|(lower, _)| lower == one);
            assert!(below, "{part} uses {one}, which does not stand below it");
        }
    }
}

/// A way round the table.
#[test]
fn nobody_climbs_over_its_own_part() {
    for path in files(&root().join("src")) {
        let code = code(&path);
        let is_top = path.parent().unwrap().ends_with("src");
        let tests = code.find("#[cfg(test)]").unwrap_or(code.len());
        assert!(!code.contains("super::super"), "{}", path.display());
        assert!(!is_top || !code[..tests].contains("super::"), "{}", path.display());
        let in_folder_file = path.file_name().unwrap() == "mod.rs";
        assert!(!in_folder_file || !code[..tests].contains("super::"), "{}", path.display());
    }
}

#[test]
fn no_file_is_long() {
    let mut count = 0;
    for folder in ["src", "tests", "examples", "bin", "fuzz", "benches"] {
        for path in files(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
            count += 1;
        }
    }
    assert!(count > 30, "only {count} files found");
}

#[test]
fn the_front_page_has_no_code() {
    let code = code(&root().join("src/lib.rs"));
    let items: Vec<&str> = code.lines().filter(|line| !line.starts_with("#[")).collect();
    // The README's programs are compiled by a module with nothing in it.
    let items = items.join("\n").replace(" {}", ";");
    for item in items.split(';').map(str::trim).filter(|item| !item.is_empty()) {
        assert!(
            ["mod ", "pub mod ", "pub use "].iter().any(|start| item.starts_with(start))
                && !item.contains("fn ")
                && !item.contains("mod tests"),
            "lib.rs: {item}"
        );
    }
}
