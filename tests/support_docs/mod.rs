//! Pages of Markdown: their blocks, their links, and what can be said of both without a network.
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

pub mod dialplan;
pub mod links;
#[cfg(feature = "cli")]
pub mod tools;

/// A fenced block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// What stands behind its fence: `rust,no_run`.
    pub fence: &'a str,
    /// What is in it, without its last line feed.
    pub text: &'a str,
}

impl<'a> Block<'a> {
    /// The first word of its fence.
    pub fn language(&self) -> &'a str {
        self.fence.split(',').next().unwrap_or_default()
    }
}

/// All fenced blocks, in their order. A fence begins its line.
pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut all = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find("```") {
        let begins = at == 0 || rest[..at].ends_with('\n');
        rest = &rest[at + 3..];
        if !begins {
            continue;
        }
        let (fence, behind) = rest.split_once('\n').expect("a fence is a whole line");
        let end = if behind.starts_with("```") {
            0
        } else {
            behind.find("\n```").expect("a block has an end") + 1
        };
        all.push(Block { fence, text: behind[..end].strip_suffix('\n').unwrap_or("") });
        rest = &behind[end + 3..];
    }
    all
}

/// The blocks whose fence is exactly this.
pub fn fenced<'a>(page: &'a str, fence: &str) -> Vec<&'a str> {
    blocks(page).into_iter().filter(|block| block.fence == fence).map(|block| block.text).collect()
}

/// The page without its fenced blocks.
pub fn prose(page: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[test]
fn finds_blocks() {
    let page = "a ``` b\n```sh\nx\n\ny\n```\n\n```text\n```\nend\n";
    let all = blocks(page);
    assert_eq!(all, [Block { fence: "sh", text: "x\n\ny" }, Block { fence: "text", text: "" }]);
    assert_eq!(prose(page), "a ``` b\n\nend\n");
}
