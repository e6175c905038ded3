//! Every byte and hostile mixtures through SET VARIABLE and back.

use agikit::{Error, Result, ScriptResult, Session, Value};

use crate::report::Report;

/// What became of a value.
#[derive(Default)]
struct Count {
    same: u32,
    refused: u32,
    changed: u32,
}

pub fn all(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let mut count = Count::default();
    for byte in 0..=255 {
        for mixture in mixtures(byte) {
            one(agi, &mixture, report, &mut count)?;
        }
    }
    for fixed in [
        &b""[..],
        b" ",
        b"\t",
        b"\"",
        b"\\",
        b"\"\"",
        b"\\\\\"",
        b")",
        b"(",
        b"${CHANNEL}",
        b"$[1+1]",
        b"200 result=0",
        b"HANGUP",
        b"failure",
        b"a)b)",
        b"520-x",
    ] {
        one(agi, fixed, report, &mut count)?;
    }
    report.line("fixed", format!("{} same, {} refused", count.same, count.refused))?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut count_random = Count::default();
    for _ in 0..2000 {
        let bytes = random.bytes();
        one(agi, &bytes, report, &mut count_random)?;
    }
    report
        .line("random", format!("{} same, {} refused", count_random.same, count_random.refused))?;
    // 256 bytes and 11 mixtures each; CR, LF and NUL are in all 11 of theirs.
    report.equal("mixtures same", count.same, 253 * 11 + 16)?;
    report.equal("mixtures refused", count.refused, 3 * 11)?;
    report.equal("random same or refused", count_random.same + count_random.refused, 2000)?;
    report.check(
        "random same",
        count_random.same > 1000 && count_random.refused > 100,
        count_random.same,
    )?;
    report.equal("changed", count.changed + count_random.changed, 0)?;
    Ok(())
}

fn mixtures(byte: u8) -> Vec<Vec<u8>> {
    let around = |before: &[u8], after: &[u8]| [before, &[byte], after].concat();
    vec![
        around(b"", b""),
        around(b"x", b"y"),
        around(b"\"", b"\""),
        around(b"\\", b""),
        around(b" ", b" "),
        around(b"\t", b"\t"),
        around(b")", b")"),
        around(b"${", b"}"),
        around(b"J\xf6rg ", b" \xe9"),
        around(b"\xc3", b"\xa9"),
        vec![byte; 40],
    ]
}

/// Sends a value and asks for it; a value that was refused must have left the one before.
fn one(agi: &mut Session, value: &[u8], report: &mut Report, count: &mut Count) -> Result {
    let before = agi.get_variable("BYTES")?;
    match agi.set_variable("BYTES", value) {
        Ok(()) => match agi.get_variable("BYTES")? {
            Some(seen) if seen.as_bytes() == value => count.same += 1,
            seen => {
                count.changed += 1;
                let _ = report.check("value", false, (Value::from(value), seen));
            }
        },
        Err(Error::Argument { .. }) => {
            count.refused += 1;
            let must = value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
            if !must || agi.get_variable("BYTES")? != before {
                count.changed += 1;
                let _ = report.check("refused", false, Value::from(value));
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// xorshift: the same bytes in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Up to 100 bytes, half of them those that mean something to somebody.
    fn bytes(&mut self) -> Vec<u8> {
        const HOSTILE: &[u8] = b"\"\"\\\\ \t)()$${}[],;|&'%#*\xff\x80\xe9";
        let length = self.next() % 100;
        let mut bytes: Vec<u8> = (0..length)
            .map(|_| match self.next() {
                odd if odd & 1 == 1 => HOSTILE[(odd >> 8) as usize % HOSTILE.len()],
                even => even.to_be_bytes()[3],
            })
            .collect();
        // Mostly without what is refused, so that most are sent.
        if !self.next().is_multiple_of(4) {
            bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
        }
        bytes
    }
}
