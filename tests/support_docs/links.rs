//! Links of a page, and the places that lead somewhere.

use std::collections::BTreeMap;

use super::prose;

/// `[label]: target`, by the label.
pub fn definitions(page: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for line in prose(page).lines() {
        if let Some((label, target)) =
            line.strip_prefix('[').and_then(|rest| rest.split_once("]: "))
        {
            let doubled = all.insert(label.to_owned(), target.trim().to_owned());
            assert_eq!(doubled, None, "[{label}] is defined twice");
        }
    }
    all
}

/// A link in a page's text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// `[words](target)`
    Target(String),
    /// `[words][label]` or `[label]`
    Label(String),
}

/// The links of a page's text. (No text of ours has brackets that are no link, but in code.)
pub fn links(page: &str) -> Vec<Link> {
    let mut all = Vec::new();
    for line in prose(page).lines().filter(|line| !(line.starts_with('[') && line.contains("]: ")))
    {
        let mut rest = line;
        while let Some(at) = rest.find(['[', '`']) {
            let (mark, behind) = rest[at..].split_at(1);
            if mark == "`" {
                // Code, in which a bracket is a bracket.
                let ticks = rest[at..].chars().take_while(|&c| c == '`').count();
                let (fence, code) = rest[at..].split_at(ticks);
                rest = code.split_once(fence).map_or("", |(_, behind)| behind);
                continue;
            }
            let Some((words, behind)) = behind.split_once(']') else { break };
            rest = behind;
            if let Some(target) = behind.strip_prefix('(') {
                let (target, behind) = target.split_once(')').expect("a link has an end");
                all.push(Link::Target(target.to_owned()));
                rest = behind;
            } else if let Some(label) = behind.strip_prefix('[') {
                let (label, behind) = label.split_once(']').expect("a link has an end");
                all.push(Link::Label(label.to_owned()));
                rest = behind;
            } else {
                all.push(Link::Label(words.to_owned()));
            }
        }
    }
    all
}

/// What a heading is called in a link, on a forge and in rustdoc.
pub fn anchors(page: &str) -> Vec<String> {
    let heading = |line: &str| {
        let text = line.trim_start_matches('#');
        (line.len() != text.len()).then(|| text.strip_prefix(' ').map(anchor))?
    };
    prose(page).lines().filter_map(heading).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn finds_links() {
    let page = "# On `AGI()`, the call\nA [word](https://x.example/) and [`Session`], `a[1]`: [it][label].\n\n\
                [label]: there.md#at\n[`Session`]: ../src\n";
    assert_eq!(
        links(page),
        [
            Link::Target("https://x.example/".into()),
            Link::Label("`Session`".into()),
            Link::Label("label".into())
        ]
    );
    assert_eq!(definitions(page)["label"], "there.md#at");
    assert_eq!(anchors(page), ["on-agi-the-call"]);
}
