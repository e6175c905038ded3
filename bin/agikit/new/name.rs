//! Whether a name does for a package, its library, its program and its folder.

/// Rust's own words, of which no library can be named; edition 2024.
const WORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What cargo or Rust have for themselves, and the library that the project uses.
const TAKEN: &[&str] = &[
    "agikit",
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc_macro",
    "std",
    "test",
];

/// Says what is wrong with a name.
pub(super) fn check(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let library = name.replace('-', "_");
    let why = if name.contains('/') {
        "that is a path; go to the folder that it is to be in first"
    } else if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        "it begins with a letter"
    } else if !name.chars().all(is_plain) {
        "it has letters of a to z, digits, `-` and `_` only"
    } else if name.len() > 64 {
        "it has 64 letters at most"
    } else if WORDS.contains(&library.as_str()) {
        "that is a word of Rust's own"
    } else if TAKEN.contains(&library.as_str()) {
        "that name is taken: Rust, cargo or this toolkit uses it"
    } else {
        return Ok(());
    };
    Err(format!("{name:?} cannot be a package's name: {why}"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn takes_what_cargo_takes() {
        for name in ["hotline", "a", "call-back", "menu_2", "Zentrale", "call", "calls"] {
            assert_eq!(check(name), Ok(()));
        }
        for (name, why) in [
            ("", "begins"),
            ("2go", "begins"),
            ("-x", "begins"),
            ("a b", "letters of a to z"),
            ("h\u{f6}r", "letters of a to z"),
            ("a/b", "path"),
            ("../a", "path"),
            ("match", "Rust's own"),
            ("agikit", "taken"),
            ("proc-macro", "taken"),
        ] {
            assert!(check(name).unwrap_err().contains(why), "{name}");
        }
        assert!(check(&"a".repeat(64)).is_ok() && check(&"a".repeat(65)).is_err());
    }
}
