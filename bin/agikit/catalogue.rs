//! What the desk tool knows of the commands: `commands.txt`, the only place that says it. The library's
//! [`CATALOGUE`] has what a script needs, and a field there would be in every script.

use agikit::CATALOGUE;
use agikit::command::Spec;

const TEXT: &str = include_str!("commands.txt");

/// A command, with all that is known of it.
pub(crate) struct Entry {
    pub(crate) spec: &'static Spec,
    /// `GET DATA file [timeout [max_digits ...]]`
    pub(crate) syntax: &'static str,
    /// Asterisk's version, and what came later.
    pub(crate) since: &'static str,
    pub(crate) does: &'static str,
    /// What stands behind `200 result=`, and what it means, in one line or more.
    pub(crate) replies: Vec<(&'static str, Vec<&'static str>)>,
    pub(crate) notes: Vec<&'static str>,
}

/// All of them, in the catalogue's order.
pub(crate) fn all() -> Vec<Entry> {
    TEXT.split("\n\n").filter_map(entry).collect()
}

fn entry(block: &'static str) -> Option<Entry> {
    let mut lines = block.trim_matches('\n').lines();
    let syntax = lines.next()?;
    let words = |spec: &&Spec| {
        syntax.strip_prefix(spec.words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let spec = CATALOGUE.iter().find(words)?;
    let since = lines.next()?.strip_prefix("since ")?;
    let mut entry =
        Entry { spec, syntax, since, does: lines.next()?, replies: Vec::new(), notes: Vec::new() };
    for line in lines {
        if let Some(note) = line.strip_prefix("! ") {
            entry.notes.push(note);
        } else if let Some(reply) = line.strip_prefix('=') {
            // The form and its meaning are two blanks apart at least.
            let reply = reply.strip_prefix(' ').unwrap_or(reply);
            let (form, meaning) = reply.split_once("  ")?;
            entry.replies.push((form, vec![meaning.trim_start()]));
        } else if let Some((_, meaning)) = entry.replies.last_mut() {
            meaning.push(line.trim_start());
        }
    }
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agikit::command::ANY;

    /// How many words the syntax asks for at least, and at most.
    fn counts(arguments: &str) -> (u8, u8) {
        let (required, optional) = arguments.split_once('[').unwrap_or((arguments, ""));
        let count = |text: &str| {
            u8::try_from(text.split([' ', '[', ']']).filter(|word| !word.is_empty()).count())
        };
        let least = count(required).unwrap();
        if optional.contains("...") {
            return (least, ANY);
        }
        (least, least + count(optional).unwrap())
    }

    #[test]
    fn agrees_with_the_catalogue() {
        let all = all();
        assert_eq!(all.len(), TEXT.split("\n\n").count(), "an entry cannot be read");
        let found: Vec<&str> = all.iter().map(|entry| entry.spec.words).collect();
        let should: Vec<&str> = CATALOGUE.iter().map(|spec| spec.words).collect();
        assert_eq!(found, should);
        for Entry { spec, syntax, .. } in &all {
            let (least, most) = counts(&syntax[spec.words.len()..]);
            assert_eq!(least, spec.least, "{syntax}");
            // Where Asterisk passes over what is too much, a syntax without arguments stays short.
            assert!(most == spec.most || (most, spec.most) == (0, ANY), "{syntax}: {}", spec.most);
        }
    }

    #[test]
    fn every_entry_is_whole() {
        for entry in all() {
            let words = entry.spec.words;
            let version: String =
                entry.since.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            assert!(version.split('.').all(|part| part.parse::<u8>().is_ok()), "{words}");
            assert!(entry.does.ends_with('.'), "{words}");
            assert!(!entry.replies.is_empty(), "{words}");
            for (form, meaning) in &entry.replies {
                assert!(meaning.iter().all(|line| !line.is_empty()), "{words}: {form}");
            }
            // A reply with any text is one in parentheses.
            let text = entry.replies.iter().any(|(form, _)| {
                ["(VALUE)", "(TEXT)", "text0="].iter().any(|part| form.contains(part))
            });
            assert_eq!(text, entry.spec.text, "{words}");
        }
    }
}
