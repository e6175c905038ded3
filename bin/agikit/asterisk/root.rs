//! Paths in a folder that somebody takes for the whole system.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// So many links Linux follows in a path.
const LINKS: u32 = 40;

/// Where a path in `root` is. Links are followed as they are from inside: one to `/run` leads to the root's own. What
/// is not there stays as it is named.
pub(super) fn outside(root: &Path, path: &Path) -> PathBuf {
    if root == Path::new("/") {
        return path.to_owned();
    }
    let mut found = PathBuf::new();
    let mut left: VecDeque<OsString> = parts(path);
    let mut links = 0;
    while let Some(part) = left.pop_front() {
        if part == ".." {
            found.pop();
            continue;
        }
        let next = found.join(&part);
        match fs::read_link(root.join(&next)) {
            Ok(to) if links < LINKS => {
                links += 1;
                if to.is_absolute() {
                    found = PathBuf::new();
                }
                for part in parts(&to).into_iter().rev() {
                    left.push_front(part);
                }
            }
            _ => found = next,
        }
    }
    root.join(found)
}

/// The names on the way, and `..`.
fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir))
        .map(|part| part.as_os_str().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_stay_inside() {
        let root = std::env::temp_dir().join(format!("agikit-root-{}", std::process::id()));
        fs::create_dir_all(root.join("usr/share/agi")).unwrap();
        fs::create_dir_all(root.join("var")).unwrap();
        symlink("/usr/share", root.join("absolute")).unwrap();
        symlink("../usr/share", root.join("var/relative")).unwrap();
        symlink("../../../../usr", root.join("out")).unwrap();
        symlink("circle", root.join("circle")).unwrap();
        let outside = |path: &str| outside(&root, Path::new(path));
        let agi = root.join("usr/share/agi");
        for path in ["/usr/share/agi", "/absolute/agi", "/var/relative/agi", "/out/share/./agi"] {
            assert_eq!(outside(path), agi, "{path}");
        }
        assert_eq!(outside("/../../etc/x"), root.join("etc/x"));
        assert_eq!(outside("/circle"), root.join("circle"));
        assert_eq!(super::outside(Path::new("/"), Path::new("/a/../b")), Path::new("/a/../b"));
        fs::remove_dir_all(&root).unwrap();
    }
}
