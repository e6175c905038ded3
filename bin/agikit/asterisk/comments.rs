//! Comments in Asterisk's files: `;` to the line's end, `;--` to `--;` over lines and within each other.

/// How deep in comments a file is.
#[derive(Debug, Default)]
pub(super) struct Comments {
    depth: i64,
}

impl Comments {
    /// A line without its comments. `\;` is a semicolon.
    pub(super) fn strip(&mut self, line: &[u8]) -> Vec<u8> {
        let mut kept = Vec::with_capacity(line.len());
        // Where the last mark ended: a mark does not reach back behind it.
        let mut since = 0;
        for (at, &byte) in line.iter().enumerate() {
            if at < since {
                continue;
            }
            let behind = line.get(at + 1..).unwrap_or_default();
            let before = line.get(since..at).unwrap_or_default();
            if byte != b';' {
                if self.depth == 0 {
                    kept.push(byte);
                }
            } else if before.ends_with(b"\\") {
                if self.depth == 0 {
                    kept.pop();
                    kept.push(b';');
                }
                since = at;
            } else if behind.starts_with(b"--") && behind.get(2) != Some(&b'-') {
                self.depth += 1;
                since = at + 3;
            } else if before.ends_with(b"--") {
                if self.depth == 0 {
                    // Asterisk counts this end, too, and takes the lines that follow for a comment.
                    self.depth -= 1;
                    return kept;
                }
                self.depth -= 1;
                since = at + 1;
            } else if self.depth == 0 {
                return kept;
            } else {
                since = at + 1;
            }
        }
        kept
    }
}
