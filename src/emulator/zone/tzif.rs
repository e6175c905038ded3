//! The files of `/usr/share/zoneinfo`: TZif, versions 1 to 4.

use super::rule::Rule;
use super::{Kind, Zone};

/// What a header counts.
struct Counts {
    utc_marks: usize,
    standard_marks: usize,
    leaps: usize,
    changes: usize,
    kinds: usize,
    letters: usize,
}

struct Reader<'f> {
    rest: &'f [u8],
}

impl<'f> Reader<'f> {
    fn take(&mut self, length: usize) -> Option<&'f [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// The header: the version, and how much of everything follows.
    fn header(&mut self) -> Option<(u8, Counts)> {
        let head = self.take(20)?;
        if !head.starts_with(b"TZif") {
            return None;
        }
        let mut count = || {
            let bytes = self.take(4)?.try_into().ok()?;
            usize::try_from(u32::from_be_bytes(bytes)).ok()
        };
        let counts = Counts {
            utc_marks: count()?,
            standard_marks: count()?,
            leaps: count()?,
            changes: count()?,
            kinds: count()?,
            letters: count()?,
        };
        Some((*head.get(4)?, counts))
    }

    /// The part behind a header, whose moments have so many bytes.
    fn body(&mut self, counts: &Counts, width: usize) -> Option<Zone> {
        let moments = self.take(counts.changes.checked_mul(width)?)?;
        let indices = self.take(counts.changes)?;
        let kinds = self.take(counts.kinds.checked_mul(6)?)?;
        let letters = self.take(counts.letters)?;
        self.take(counts.leaps.checked_mul(width + 4)?)?;
        self.take(counts.standard_marks.checked_add(counts.utc_marks)?)?;
        let kinds: Vec<Kind> =
            kinds.chunks_exact(6).map(|it| kind(it, letters)).collect::<Option<_>>()?;
        let changes: Vec<(i64, Kind)> = moments
            .chunks_exact(width)
            .zip(indices)
            .map(|(moment, &index)| Some((number(moment)?, kinds.get(usize::from(index))?.clone())))
            .collect::<Option<_>>()?;
        if !changes.is_sorted_by(|(one, _), (other, _)| one < other) {
            return None;
        }
        let first = kinds.first()?.clone();
        Some(Zone { first, changes, rule: None })
    }
}

fn number(bytes: &[u8]) -> Option<i64> {
    match *bytes {
        [a, b, c, d] => Some(i64::from(i32::from_be_bytes([a, b, c, d]))),
        _ => Some(i64::from_be_bytes(bytes.try_into().ok()?)),
    }
}

fn kind(bytes: &[u8], letters: &[u8]) -> Option<Kind> {
    let [a, b, c, d, is_dst, at] = *bytes else { return None };
    let name = letters.get(usize::from(at)..)?.split(|&byte| byte == 0).next()?;
    Some(Kind {
        offset: i32::from_be_bytes([a, b, c, d]),
        is_dst: is_dst != 0,
        abbreviation: name.to_vec(),
    })
}

/// Reads a file; `None` when it is none, or broken.
pub(super) fn read(bytes: &[u8]) -> Option<Zone> {
    let mut reader = Reader { rest: bytes };
    let (version, counts) = reader.header()?;
    let old = reader.body(&counts, 4)?;
    if version < b'2' {
        return Some(old);
    }
    let (_, counts) = reader.header()?;
    let mut zone = reader.body(&counts, 8)?;
    let footer = reader.rest.strip_prefix(b"\n")?.split(|&byte| byte == b'\n').next()?;
    // Without a rule that can be read, the last change holds for ever.
    zone.rule = Rule::parse(footer);
    Some(zone)
}
