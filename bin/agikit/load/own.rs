//! What one call has of its own: its names, and values that no other call has.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How many channel variables LOAD_… a call has.
pub(super) const VALUES: u8 = 10;

/// What the calls of this run have in common.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Stands in each value: nothing that a script sends by itself looks like it.
    tag: String,
    epoch: u64,
    /// Callers are told apart by their numbers.
    numbers: bool,
}

impl Run {
    pub(super) fn new(numbers: bool) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let salt = now.subsec_nanos() ^ std::process::id().rotate_left(12);
        Run { tag: format!("load-{salt:08x}-"), epoch: now.as_secs(), numbers }
    }

    /// What the n-th call has; the first one is 1.
    pub(super) fn call(&self, number: usize) -> Own {
        Own {
            number,
            channel: format!("PJSIP/load-{number:08x}"),
            uniqueid: format!("{}.{number}", self.epoch),
            caller: self.numbers.then(|| format!("0{number:09}")),
            tag: self.tag.clone(),
            stem: format!("{}{number}-", self.tag),
        }
    }
}

/// What one call has.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) number: usize,
    pub(super) channel: String,
    pub(super) uniqueid: String,
    pub(super) caller: Option<String>,
    tag: String,
    stem: String,
}

/// A value of another call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) call: usize,
    pub(super) value: u8,
}

impl Own {
    /// The value of LOAD_0 and so on.
    pub(super) fn value(&self, number: u8) -> String {
        format!("{}{number}", self.stem)
    }

    /// A line with a name in place of all that is the call's own.
    pub(super) fn aside(&self, line: &[u8]) -> Vec<u8> {
        let mut line = line.to_vec();
        let caller = self.caller.as_deref().map(|caller| (caller, "{caller}"));
        for (own, name) in [
            (self.stem.as_str(), "LOAD_"),
            (self.channel.as_str(), "{channel}"),
            (self.uniqueid.as_str(), "{uniqueid}"),
        ]
        .into_iter()
        .chain(caller)
        {
            replace(&mut line, own.as_bytes(), name.as_bytes());
        }
        line
    }

    /// Whose value a line carries that is not this call's.
    pub(super) fn foreign(&self, line: &[u8]) -> Option<Foreign> {
        let mut rest = line;
        while let Some(at) = find(rest, self.tag.as_bytes()) {
            let (_, found) = rest.split_at(at);
            if !found.starts_with(self.stem.as_bytes()) {
                let (_, behind) = found.split_at(self.tag.len());
                let mut parts = behind.split(|byte| !byte.is_ascii_digit());
                let mut part = || std::str::from_utf8(parts.next()?).ok();
                let call = part().and_then(|it| it.parse().ok()).unwrap_or(0);
                let value = part().and_then(|it| it.get(..1)?.parse().ok()).unwrap_or(0);
                return Some(Foreign { call, value });
            }
            (_, rest) = found.split_at(self.tag.len());
        }
        None
    }
}

fn find(line: &[u8], part: &[u8]) -> Option<usize> {
    line.windows(part.len()).position(|window| window == part)
}

fn replace(line: &mut Vec<u8>, old: &[u8], new: &[u8]) {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| find(rest, old)) {
        let begin = from + at;
        line.splice(begin..begin + old.len(), new.iter().copied());
        from = begin + new.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_its_own_is_put_aside() {
        let run = Run::new(true);
        let (one, other) = (run.call(1), run.call(17));
        let line = |own: &Own| {
            let Own { channel, uniqueid, caller, .. } = own;
            let caller = caller.as_ref().unwrap();
            format!("EXEC Log \"{channel}/{uniqueid}-{caller},{}{}\"", own.value(3), own.value(0))
                .into_bytes()
        };
        let aside = one.aside(&line(&one));
        let shown = String::from_utf8_lossy(&aside);
        assert_eq!(shown, "EXEC Log \"{channel}/{uniqueid}-{caller},LOAD_3LOAD_0\"");
        assert_eq!(other.aside(&line(&other)), aside);
        assert_ne!(one.aside(&line(&other)), aside);
        assert_eq!(one.aside(b""), b"");
    }

    #[test]
    fn another_calls_value_is_found() {
        let run = Run::new(false);
        let (one, other) = (run.call(1), run.call(17));
        assert_eq!(one.caller, None);
        let carry = |values: &[String]| format!("NOOP \"{}\"", values.join(" ")).into_bytes();
        assert_eq!(one.foreign(&carry(&[one.value(2), one.value(9)])), None);
        let found = one.foreign(&carry(&[one.value(2), other.value(9)]));
        assert_eq!(found, Some(Foreign { call: 17, value: 9 }));
        let found = other.foreign(&carry(&[one.value(4)]));
        assert_eq!(found, Some(Foreign { call: 1, value: 4 }));
        // Half a value is one, too.
        let half = one.value(1);
        assert_eq!(
            other.foreign(half.as_bytes().split_at(14).0),
            Some(Foreign { call: 0, value: 0 })
        );
        assert_eq!(Run { tag: "load-x-".into(), ..run }.call(1).foreign(&carry(&[half])), None);
    }
}
