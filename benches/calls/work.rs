//! What Asterisk says in one call, and what it must be told. Each call has values of its own.

/// The environment block of Asterisk 22, up to what tells `AGI()` from `EAGI()`.
const HEADER: &str = "agi_request: call\n\
    agi_channel: PJSIP/alice-0000002a\n\
    agi_language: en\n\
    agi_type: PJSIP\n\
    agi_uniqueid: 1795209041.8\n\
    agi_version: 22.10.1\n\
    agi_callerid: 0123456789\n\
    agi_calleridname: Alice\n\
    agi_callingpres: 0\n\
    agi_callingani2: 0\n\
    agi_callington: 0\n\
    agi_callingtns: 0\n\
    agi_dnid: 600\n\
    agi_rdnis: unknown\n\
    agi_context: scripts\n\
    agi_extension: 600\n\
    agi_priority: 1\n\
    agi_enhanced: ";
const HEADER_END: &str = "\nagi_accountcode: \nagi_threadid: 139641021650624\n\n";

/// How many samples the caller says under EAGI: a second.
pub(crate) const SAMPLES: usize = 8000;

/// A call's side of Asterisk.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) header: Vec<u8>,
    /// What the caller says, under EAGI.
    pub(crate) audio: Option<Vec<u8>>,
    pub(crate) steps: Vec<Step>,
}

/// A command without quotes, and its reply.
#[derive(Debug)]
pub(crate) struct Step {
    line: String,
    pub(crate) reply: Vec<u8>,
}

impl Work {
    /// Seven commands.
    pub(crate) fn agi(number: u64) -> Work {
        let (token, key) = (token(number), (b'0' + (number % 10) as u8) as char);
        Work::of(
            "0.0",
            &[
                ("GET VARIABLE ACCOUNT", &format!("1 ({token})")),
                (&format!("SET VARIABLE BALANCE {token}"), "1"),
                ("STREAM FILE welcome", "0 endpos=8000"),
                ("WAIT FOR DIGIT 5000", &u32::from(key).to_string()),
                ("SAY NUMBER 1204", "0"),
                ("EXEC NoOp done", "0"),
                (&format!("SET VARIABLE CHOICE {key}"), "1"),
            ],
        )
    }

    /// A second of voice, of which the loudest sample is told.
    pub(crate) fn eagi(number: u64) -> Work {
        let loudest = (1000 + number % 20_000) as i16;
        let at = (number.wrapping_mul(7919) % SAMPLES as u64) as usize;
        let sample = |n: usize| if n == at { loudest } else { (n % 500) as i16 - 250 };
        let told = format!("SET VARIABLE LOUDEST {loudest}");
        Work {
            audio: Some((0..SAMPLES).flat_map(|n| sample(n).to_le_bytes()).collect()),
            ..Work::of("1.0", &[("GET VARIABLE EAGI_AUDIO_FORMAT", "0"), (&told, "1")])
        }
    }

    fn of(enhanced: &str, steps: &[(&str, &str)]) -> Work {
        let step = |&(line, result): &(&str, &str)| Step {
            line: line.to_owned(),
            reply: format!("200 result={result}\n").into_bytes(),
        };
        Work {
            header: format!("{HEADER}{enhanced}{HEADER_END}").into_bytes(),
            audio: None,
            steps: steps.iter().map(step).collect(),
        }
    }
}

impl Step {
    /// Whether a line, with its end, is this command. One library quotes a word, another does not; behind the words
    /// there may be empty ones, and an offset of 0.
    pub(crate) fn is(&self, line: &[u8]) -> bool {
        let mut unquoted = line.iter().copied().filter(|&byte| byte != b'"');
        let same = self.line.bytes().all(|byte| unquoted.next() == Some(byte));
        let mut last = b' ';
        let rest = unquoted.enumerate().all(|(at, byte)| {
            last = byte;
            byte == b'\n' || byte == b' ' || (byte == b'0' && at > 0)
        });
        same && rest && last == b'\n'
    }
}

/// Sixteen letters that no other call has.
fn token(number: u64) -> String {
    let bits = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..16).map(|at| char::from(b'a' + (bits >> (4 * at) & 15) as u8)).collect()
}
