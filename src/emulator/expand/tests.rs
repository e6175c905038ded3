//! What Asterisk 22 and 16 answered, compared with what comes out here: `tests/golden/expand`, conversations of
//! the labs in which a value's line feeds and backslashes are written with a backslash.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::*;

#[derive(Default)]
struct Variables {
    all: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Scope for Variables {
    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.all.get(name).cloned()
    }

    fn epoch(&self) -> i64 {
        1
    }

    fn set_variable(&mut self, name: &[u8], value: &[u8]) {
        self.all.insert(name.to_vec(), value.to_vec());
    }

    fn function(&mut self, name: &[u8], arguments: &[u8]) -> Option<Option<Vec<u8>>> {
        match name {
            b"CALLERID" if arguments == b"num" => Some(Some(Vec::new())),
            b"CALLERID" if arguments == b"ani" => Some(Some(b"0123".to_vec())),
            b"CALLERID" => Some(None),
            _ => None,
        }
    }
}

/// The reply to a command, as Asterisk writes it.
fn answer(scope: &mut Variables, line: &str) -> Vec<u8> {
    let words = crate::wire::split(line.as_bytes());
    let parts = |name: &[u8]| {
        let inside = name.strip_suffix(b")")?;
        let at = inside.iter().position(|&byte| byte == b'(')?;
        Some((inside[..at].to_vec(), inside[at + 1..].to_vec()))
    };
    match (words[0].as_slice(), words[1].as_slice()) {
        (b"SET", _) => {
            match parts(&words[2]) {
                Some((name, arguments)) => {
                    functions::write(scope, &name, &arguments, &words[3]);
                }
                None => scope.set_variable(&words[2], &words[3]),
            }
            b"200 result=1".to_vec()
        }
        (_, b"FULL") => [b"200 result=1 (", &*expand(scope, &words[3]), b")"].concat(),
        _ => {
            let value = match parts(&words[2]) {
                Some((name, arguments)) => call(scope, &name, &arguments),
                None => scope.variable(&words[2]),
            };
            match value {
                Some(value) => [b"200 result=1 (", &*value, b")"].concat(),
                None => b"200 result=0".to_vec(),
            }
        }
    }
}

/// Compares a conversation. Gives how many commands it had.
fn compare(file: &str) -> usize {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/expand").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut scope = Variables::default();
    let mut wrong = Vec::new();
    for pair in lines.chunks(2) {
        let line = pair[0].strip_prefix("> ").unwrap();
        let got = String::from_utf8_lossy(&answer(&mut scope, line)).into_owned();
        let got = got.replace('\\', "\\\\").replace('\n', "\\n");
        let expected = pair[1].strip_prefix("< ").unwrap();
        if got != expected {
            wrong.push(format!("{line}\n  Asterisk {expected}\n  here     {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    lines.len() / 2
}

#[test]
fn expressions_and_references_come_to_what_they_come_to_in_asterisk() {
    assert!(compare("expressions.txt") > 400);
}

#[test]
fn functions_give_what_they_give_in_asterisk() {
    assert!(compare("functions.txt") > 250);
}

#[test]
fn regular_expressions_numbers_and_fields_are_as_in_asterisk() {
    assert!(compare("more.txt") > 150);
    assert!(compare("mixed.txt") > 60);
}

#[test]
fn a_scope_has_functions_of_its_own() {
    let mut scope = Variables::default();
    assert_eq!(
        expand(&mut scope, b"${CALLERID(ani):1} ${CALLERID(x)}|${LEN(${CALLERID(ani)})}"),
        b"123 |4"
    );
    assert_eq!(expand(&mut scope, b"$[${CALLERID(ani)} = 123]"), b"1");
    assert_eq!(call(&mut scope, b"CALLERID", b"x"), None);
    assert_eq!(call(&mut scope, b"NOSUCH", b""), None);
}

#[test]
fn what_would_not_end_ends() {
    let mut scope = Variables::default();
    scope.set_variable(b"X", b"${EVAL(${X})}${EVAL(${X})}");
    scope.set_variable(b"LONG", &vec![b'a'; 60_000]);
    scope.set_variable(b"DEEP", &[&b"(".repeat(60_000)[..], b"1"].concat());
    let begin = Instant::now();
    expand(&mut scope, b"${X}${EVAL(${X})}");
    expand(&mut scope, &b"${LONG}".repeat(1000));
    expand(&mut scope, &b"${".repeat(5000));
    expand(&mut scope, &b"$[".repeat(5000));
    expand(&mut scope, b"$[${DEEP}]");
    expand(&mut scope, &[&b"$["[..], &b"-".repeat(60_000), b"1]"].concat());
    expand(&mut scope, &[&b"$[1"[..], &b"+1".repeat(30_000), b"]"].concat());
    expand(&mut scope, b"$[\"${LONG}\" =~ \"(a*)*b\"]");
    expand(&mut scope, b"$[\"${LONG}\" ~~ \"${LONG}\"]");
    expand(&mut scope, b"${STRREPLACE(LONG,a,${LONG})}");
    assert!(begin.elapsed() < Duration::from_secs(60));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_taken(text: Vec<u8>, value: Vec<u8>) {
        let mut scope = Variables::default();
        scope.set_variable(b"X", &value);
        expand(&mut scope, &text);
        expand(&mut scope, &[b"${", &text[..], b"}$[", &text[..], b"]${EVAL(${X})}"].concat());
    }

    #[test]
    fn anything_like_an_expression_is_taken(
        text in "[ a0-9.\"()|&=<>!+*/%?:~$\\[\\]{},-]{0,40}",
        name in "(LEN|IF|CUT|FIELDQTY|FILTER|REGEX|MATH|STRFTIME|REPLACE|STRREPLACE|LISTFILTER|SHIFT|SET|URIDECODE)",
    ) {
        let mut scope = Variables::default();
        scope.set_variable(b"a", b"1,2,3");
        let out = expand(&mut scope, format!("$[{text}]${{{name}({text})}}${{{name}(a,{text})}}").as_bytes());
        proptest::prop_assert!(out.len() <= LONGEST);
    }
}
