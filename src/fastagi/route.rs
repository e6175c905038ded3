//! Which script a path calls.

use crate::text::Value;

/// A path as a program names it: `/menu/{level}`.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Exactly(Vec<u8>),
    Named(String),
}

impl Pattern {
    pub(super) fn new(path: &str) -> Self {
        let path = path.trim_matches('/');
        let parts = path.split('/').map(|part| {
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => Part::Named(name.to_owned()),
                None => Part::Exactly(part.as_bytes().to_vec()),
            }
        });
        Pattern { parts: parts.collect(), text: format!("/{path}") }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands in the places with a name; `None` if it is another path. No such place is empty.
    pub(super) fn find(&self, path: &[Value]) -> Option<Vec<(Value, Value)>> {
        if self.parts.len() != path.len() {
            return None;
        }
        let mut found = Vec::new();
        for (part, is) in self.parts.iter().zip(path) {
            match part {
                Part::Exactly(part) if part.as_slice() == is.as_bytes() => {}
                Part::Named(name) if !is.is_empty() => {
                    found.push((Value::from(name.as_str()), is.clone()));
                }
                _ => return None,
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, path: &str) -> Option<String> {
        let path: Vec<Value> = path.split('/').map(Value::from).collect();
        let found = Pattern::new(pattern).find(&path)?;
        Some(found.iter().map(|(name, value)| format!("{name}={value} ")).collect())
    }

    #[test]
    fn finds_a_path() {
        assert_eq!(find("/account", "account").as_deref(), Some(""));
        assert_eq!(find("account/", "account").as_deref(), Some(""));
        assert_eq!(find("/menu/{level}/{of}", "menu/3/9").as_deref(), Some("level=3 of=9 "));
        assert_eq!(find("/", "").as_deref(), Some(""));
        for (pattern, path) in
            [("/account", "accounts"), ("/a", "a/b"), ("/a/{b}", "a"), ("/a/{b}", "a/"), ("/", "a")]
        {
            assert_eq!(find(pattern, path), None, "{pattern} {path}");
        }
    }
}
