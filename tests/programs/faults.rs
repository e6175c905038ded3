//! What `tests/faults_stream.rs` starts: sends the commands of a file, and tells what each came to.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use agikit::{Error, Raw, ScriptResult, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> ScriptResult {
    let file = std::env::args().nth(1).ok_or("which file?")?;
    for line in std::fs::read_to_string(file)?.lines() {
        let mut words = line.split('\t');
        // A command's words are known when a program is made; of these, when it runs.
        let command: &'static str = words.next().unwrap_or_default().to_owned().leak();
        let arguments = words.map(bytes).collect::<Result<Vec<_>, _>>()?;
        let raw = arguments.iter().fold(Raw::new(command), |raw, word| raw.arg(word));
        let told = match agi.run(raw) {
            Ok(reply) => format!("answer {}", hex(reply.as_value().as_bytes())),
            Err(Error::Refused { reply, .. }) => format!("refused {}", hex(reply.as_bytes())),
            Err(Error::Hangup) => "hangup ".to_owned(),
            Err(Error::Io { .. }) => "broken ".to_owned(),
            Err(other) => format!("other {other:?}"),
        };
        writeln!(std::io::stderr(), "came {told}")?;
    }
    Ok(())
}

fn bytes(word: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let pairs = word
        .as_bytes()
        .chunks(2)
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
