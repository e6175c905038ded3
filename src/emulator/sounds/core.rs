//! What Debian's asterisk-core-sounds-en-gsm brings.

/// A line a sound, its name and its samples, sorted by the bytes of the name.
const TABLE: &str = include_str!("core.txt");

/// The length of a core sound. The table is searched as it stands: nothing is made of it first.
pub(super) fn samples(name: &[u8]) -> Option<u32> {
    let mut table = TABLE;
    while !table.is_empty() {
        // The line in the middle, and what stands before and behind it.
        let middle = table.len() / 2;
        let before = table.get(..middle)?.rfind('\n').map_or(0, |at| at + 1);
        let line = table.get(before..)?.lines().next()?;
        let (found, samples) = line.split_once(' ')?;
        match name.cmp(found.as_bytes()) {
            std::cmp::Ordering::Equal => return samples.parse().ok(),
            std::cmp::Ordering::Less => table = table.get(..before)?,
            std::cmp::Ordering::Greater => {
                table = table.get(before + line.len() + 1..).unwrap_or_default();
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_line_of_the_table() {
        let mut last = "";
        let mut count = 0;
        for line in TABLE.lines() {
            let (name, length) = line.split_once(' ').unwrap();
            assert!(last < name, "{name} is not in its place");
            assert_eq!(samples(name.as_bytes()), Some(length.parse().unwrap()), "{name}");
            for near in [format!("{name} "), format!("{name}0"), format!("{name}\u{e9}")] {
                let known = TABLE.lines().any(|line| line.starts_with(&format!("{near} ")));
                assert_eq!(samples(near.as_bytes()).is_some(), known, "{near}");
            }
            last = name;
            count += 1;
        }
        assert!(count > 500);
    }
}
