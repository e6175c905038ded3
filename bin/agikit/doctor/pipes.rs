//! Pipes for EAGI: how large one may be, and how many a user may have.

use std::fs;
use std::path::Path;

use super::finding::Finding;
use super::who::Who;

/// What the caller's audio takes at most: a minute of him.
const AUDIO: u64 = 1 << 20;
/// A pipe that nobody has enlarged.
const PLAIN: u64 = 64 << 10;
/// A page of the limits. Where it is larger, so are plain pipes, and the figures err on the safe side.
const PAGE: u64 = 4096;
/// The pages of a call: its audio, the commands, the replies.
const PAGES: u64 = (AUDIO + 2 * PLAIN) / PAGE;

/// The system's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    size: u64,
    /// Pages a user, from which on his pipes are small; 0 is no limit.
    soft: u64,
    /// Pages a user, from which on he gets no pipe; 0 is no limit.
    hard: u64,
}

impl Limits {
    /// Reads those of the system; in a root that has its own `/proc`, those.
    pub(super) fn read(root: Option<&Path>) -> Option<Limits> {
        let number = |name: &str| -> Option<u64> {
            let path = format!("proc/sys/fs/{name}");
            let inside = root.map(|root| root.join(&path));
            let text = inside.and_then(|path| fs::read_to_string(path).ok());
            let text = text.or_else(|| fs::read_to_string(Path::new("/").join(&path)).ok())?;
            text.trim().parse().ok()
        };
        Some(Limits {
            size: number("pipe-max-size")?,
            soft: number("pipe-user-pages-soft")?,
            hard: number("pipe-user-pages-hard")?,
        })
    }

    /// How many calls of EAGI may go on at once; `None` where nothing limits them.
    pub(super) fn calls(&self, who: &Who) -> Option<u64> {
        let limits = [self.soft, self.hard].into_iter().filter(|&pages| pages > 0);
        limits.min().map(|pages| pages / PAGES).filter(|_| !who.is_root())
    }

    /// Whether so many calls have what they need.
    pub(super) fn look(&self, calls: u64, who: &Who) -> Vec<Finding> {
        if who.is_root() {
            return Vec::new(); // whom neither limit binds
        }
        let mut found = Vec::new();
        let size = self.size;
        if size < AUDIO {
            // Twelve frames of 20 ms a page.
            let seconds = (size / PAGE) as f64 * 0.24;
            let what = format!(
                "a pipe may hold {size} bytes: under EAGI a program misses what the caller says as soon as it is \
                 {seconds:.1} s behind, in place of 61 s"
            );
            found.push(Finding::fault("pipe-size", what, set("pipe-max-size", AUDIO)));
        }
        let needed = calls.saturating_mul(PAGES);
        for (pages, name, what) in [
            (self.soft, "pipe-user-pages-soft", "their pipes stay small"),
            (self.hard, "pipe-user-pages-hard", "the others get none"),
        ] {
            if pages == 0 || pages >= needed {
                continue;
            }
            let what = format!(
                "{calls} calls of EAGI at once take {needed} pages of pipes ({PAGES} each), {} may have {pages} \
                 ({name}): beyond {} calls {what}",
                who.name,
                pages / PAGES
            );
            found.push(Finding::fault("pipe-pages", what, set(name, needed)));
        }
        found
    }
}

fn set(name: &str, number: u64) -> String {
    format!(
        "sysctl -w fs.{name}={number}; for the next start, too: echo fs.{name}={number} \
         >/etc/sysctl.d/60-eagi.conf"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(uid: u32) -> Who {
        Who::new("asterisk".into(), uid, 1, Vec::new())
    }

    #[test]
    fn counts_pages() {
        let usual = Limits { size: 1 << 20, soft: 16384, hard: 0 };
        assert_eq!(PAGES, 288);
        assert_eq!(usual.calls(&who(7)), Some(56));
        assert_eq!(usual.look(56, &who(7)), []);
        let found = usual.look(57, &who(7));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, "pipe-pages");
        assert_eq!((usual.calls(&who(0)), usual.look(10_000, &who(0))), (None, Vec::new()));
        let none = Limits { size: 1 << 20, soft: 0, hard: 0 };
        assert_eq!((none.calls(&who(7)), none.look(10_000, &who(7))), (None, Vec::new()));
        let small = Limits { size: 65536, soft: 100, hard: 200 };
        let kinds: Vec<_> = small.look(1, &who(7)).iter().map(|it| it.kind).collect();
        assert_eq!(kinds, ["pipe-size", "pipe-pages", "pipe-pages"]);
    }

    #[test]
    fn reads_the_systems_limits() {
        let limits = Limits::read(None).unwrap();
        assert!(limits.size >= 4096);
        assert_eq!(Limits::read(Some(Path::new("/nosuch"))), Some(limits));
    }
}
