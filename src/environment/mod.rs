//! What Asterisk tells a script at its start: the `agi_` variables, and the folders in `AST_…`.

mod address;
mod directories;
mod presentation;
#[cfg(any(test, feature = "fastagi"))]
mod process;

pub use directories::Directories;
pub use presentation::Presentation;

use std::ops::Range;

use crate::text::{Text, Value};
use crate::wire::{DEFAULT_LINE_LIMIT, LONG_LINE_LIMIT};

/// The call's `agi_` variables, in the order in which Asterisk sent them.
///
/// Each has a method of its name; [`get`](Environment::get) finds any, also those that this library does
/// not know. Values are bytes as they were sent: a caller's name may be in any encoding.
///
/// # On the wire
/// ```text
/// agi_request: account
/// agi_callerid: 0123456789
/// agi_arg_1: /var/lib/asterisk/accounts.db
///                                             (an empty line ends them)
/// ```
/// A line is split at its first `": "`. What does not look like a variable belongs to the value before it:
/// an argument of the dialplan may hold line feeds. All names begin with `agi_`. When a name comes twice the
/// first counts, so that no such argument can replace a variable: arguments come last. It can forge a later
/// argument, though: [`is_ambiguous`](Environment::is_ambiguous) tells.
///
/// ```
/// use agikit::Environment;
///
/// let block = b"agi_callerid: unknown\nagi_calleridname: Jos\xe9: x\nagi_arg_1: 7\n";
/// let environment = Environment::parse(block);
/// assert_eq!(environment.callerid(), None);
/// assert_eq!(environment.calleridname().unwrap(), b"Jos\xe9: x"[..]);
/// assert_eq!(environment.args().next().unwrap().parse::<u8>(), Some(7));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Environment {
    block: Box<[u8]>,
    /// Name and value of each variable in the block.
    variables: Vec<(Range<usize>, Range<usize>)>,
    /// A value held a line feed.
    folded: bool,
    /// What a route has found in the address.
    path_parameters: Vec<(Value, Value)>,
}

impl Environment {
    /// Takes the block apart: its lines, with or without the empty one at the end. Never fails.
    #[must_use]
    pub fn parse(block: &[u8]) -> Self {
        let block: Box<[u8]> = block.strip_suffix(b"\n\n").unwrap_or(block).into();
        let mut variables: Vec<(Range<usize>, Range<usize>)> = Vec::with_capacity(32);
        let mut folded = false;
        let mut start = 0;
        for line in block.split(|&byte| byte == b'\n') {
            let end = start + line.len();
            if let Some((name, value)) = split(line) {
                variables.push((start..start + name, start + value..end));
            } else if let Some((_, value)) = variables.last_mut()
                && (end < block.len() || !line.is_empty())
            {
                value.end = end;
                folded = true;
            }
            start = end + 1;
        }
        Environment { block, variables, folded, path_parameters: Vec::new() }
    }

    /// A value held a line feed: something that the dialplan passed on, and perhaps not all of it.
    pub(crate) fn is_folded(&self) -> bool {
        self.folded
    }

    /// The block is not as Asterisk makes it: a value held a line feed, a name came twice, an argument out of
    /// its turn, or another variable behind one. Then an argument of the dialplan was not what a line can
    /// hold, and may have forged arguments that follow it. Whoever passes on what a caller can choose
    /// filters it in the dialplan: `${FILTER(0-9,${…})}`.
    ///
    /// An argument forged behind the last one looks like any other; a program that Asterisk started compares
    /// their number with `std::env::args_os().count() - 1`.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        let args = self.args().count();
        let first_arg = self.iter().position(|(name, _)| name.as_bytes().starts_with(b"agi_arg_"));
        let in_turn = first_arg.is_none_or(|first| first + args == self.variables.len());
        let mut names: Vec<Text<'_>> = self.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        self.folded || !in_turn || names.windows(2).any(|two| matches!(two, [a, b] if a == b))
    }

    fn text(&self, range: &Range<usize>) -> Text<'_> {
        Text::new(self.block.get(range.clone()).unwrap_or_default())
    }

    /// All variables, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Text<'_>, Text<'_>)> {
        self.variables.iter().map(|(name, value)| (self.text(name), self.text(value)))
    }

    /// A variable by its full name: `get("agi_uniqueid")`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Text<'_>> {
        self.iter().find(|(it, _)| *it == name).map(|(_, value)| value)
    }

    fn known(&self, name: &str) -> Option<Text<'_>> {
        self.get(name).filter(|value| *value != "unknown")
    }

    fn filled(&self, name: &str) -> Text<'_> {
        self.get(name).unwrap_or_default()
    }

    /// The script's arguments, in their order: those of `AGI(program,first,second)`.
    pub fn args(&self) -> impl Iterator<Item = Text<'_>> {
        let mut next = 1;
        self.iter().filter_map(move |(name, value)| {
            (number(name) == Some(next)).then(|| next += 1).map(|()| value)
        })
    }

    /// An argument by its number, from 1.
    #[must_use]
    pub fn arg(&self, number: u32) -> Option<Text<'_>> {
        self.args().nth(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// What the dialplan named: the program, or the whole `agi://` address.
    #[must_use]
    pub fn request(&self) -> Text<'_> {
        self.filled("agi_request")
    }

    /// The channel's name: `PJSIP/alice-0000002a`.
    #[must_use]
    pub fn channel(&self) -> Text<'_> {
        self.filled("agi_channel")
    }

    /// The channel's language: `en`.
    #[must_use]
    pub fn language(&self) -> Text<'_> {
        self.filled("agi_language")
    }

    /// The channel's technology: `PJSIP`, `Local`, … (`agi_type`).
    #[must_use]
    pub fn channel_type(&self) -> Text<'_> {
        self.filled("agi_type")
    }

    /// The call's unique id: usually `1795209041.8`.
    #[must_use]
    pub fn uniqueid(&self) -> Text<'_> {
        self.filled("agi_uniqueid")
    }

    /// Asterisk's version, free in its form: `22.10.1`, `GIT-master-…`, `certified/18.9`.
    #[must_use]
    pub fn version(&self) -> Text<'_> {
        self.filled("agi_version")
    }

    /// The caller's number; `None` when Asterisk does not know it or it is empty.
    #[must_use]
    pub fn callerid(&self) -> Option<Text<'_>> {
        self.known("agi_callerid")
    }

    /// The caller's name, any bytes; `None` when Asterisk does not know it or it is empty.
    #[must_use]
    pub fn calleridname(&self) -> Option<Text<'_>> {
        self.known("agi_calleridname")
    }

    /// How the caller's number may be shown (`agi_callingpres`).
    #[must_use]
    pub fn callingpres(&self) -> Option<Presentation> {
        self.get("agi_callingpres")?.parse().map(Presentation)
    }

    /// The line's ANI II digits (`agi_callingani2`); 0 for an ordinary line.
    #[must_use]
    pub fn callingani2(&self) -> Option<u32> {
        self.get("agi_callingani2")?.parse()
    }

    /// The caller's type of number and numbering plan (`agi_callington`).
    #[must_use]
    pub fn callington(&self) -> Option<u32> {
        self.get("agi_callington")?.parse()
    }

    /// The transit network select (`agi_callingtns`).
    #[must_use]
    pub fn callingtns(&self) -> Option<u32> {
        self.get("agi_callingtns")?.parse()
    }

    /// The number that was dialled; `None` when Asterisk does not know it.
    #[must_use]
    pub fn dnid(&self) -> Option<Text<'_>> {
        self.known("agi_dnid")
    }

    /// The number from which the call was forwarded; `None` when it was not.
    #[must_use]
    pub fn rdnis(&self) -> Option<Text<'_>> {
        self.known("agi_rdnis")
    }

    /// The dialplan's context.
    #[must_use]
    pub fn context(&self) -> Text<'_> {
        self.filled("agi_context")
    }

    /// The dialplan's extension; `h` after a hangup.
    #[must_use]
    pub fn extension(&self) -> Text<'_> {
        self.filled("agi_extension")
    }

    /// The dialplan's priority.
    #[must_use]
    pub fn priority(&self) -> Option<u32> {
        self.get("agi_priority")?.parse()
    }

    /// The caller's audio is on descriptor 3: the script was started by `EAGI()`.
    #[must_use]
    pub fn enhanced(&self) -> bool {
        self.filled("agi_enhanced") == "1.0"
    }

    /// The account code; often empty.
    #[must_use]
    pub fn accountcode(&self) -> Text<'_> {
        self.filled("agi_accountcode")
    }

    /// The thread of the channel in Asterisk.
    #[must_use]
    pub fn threadid(&self) -> Option<i64> {
        self.get("agi_threadid")?.parse()
    }

    /// The call came over TCP (FastAGI): Asterisk says so in the first line, and nowhere else.
    #[must_use]
    pub fn network(&self) -> bool {
        self.iter().next().is_some_and(|(name, value)| name == "agi_network" && value == "yes")
    }

    /// What follows the host in `agi://host/script?query`, undecoded; `None` without. The second line.
    /// [`network_path`](Environment::network_path) and [`parameter`](Environment::parameter) take it apart.
    #[must_use]
    pub fn network_script(&self) -> Option<Text<'_>> {
        let (name, value) = self.iter().nth(1)?;
        (self.network() && name == "agi_network_script").then_some(value)
    }

    /// The longest command line that this Asterisk reads as one: 8,190 bytes since 20.16, 21.11, 22.6 and
    /// 23, otherwise, and when the version says nothing, 2,046.
    #[must_use]
    pub fn line_limit(&self) -> u16 {
        let version = self.version();
        let mut parts = version.as_bytes().split(|byte| !byte.is_ascii_digit());
        let mut number = || Text::new(parts.next()?).parse::<u32>();
        match (number(), number()) {
            (Some(20), Some(16..)) | (Some(21), Some(11..)) | (Some(22), Some(6..)) => {
                LONG_LINE_LIMIT
            }
            // A date or a commit (`20241231`, `230abc`) is no release.
            (Some(23..=99), Some(_)) => LONG_LINE_LIMIT,
            _ => DEFAULT_LINE_LIMIT,
        }
    }
}

/// The number of an argument by its variable's name, spelled as Asterisk does: without leading zeros.
fn number(name: Text<'_>) -> Option<u32> {
    let digits = name.as_bytes().strip_prefix(b"agi_arg_")?;
    let spelled = digits.first() != Some(&b'0') && digits.iter().all(u8::is_ascii_digit);
    spelled.then(|| Text::new(digits).parse()).flatten()
}

/// Ends of the name and start of the value, when the line is a variable's.
fn split(line: &[u8]) -> Option<(usize, usize)> {
    let name = line.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')?;
    match line.get(name..)? {
        // All of Asterisk's begin so; another line is what follows a line feed in a value.
        _ if !line.starts_with(b"agi_") => None,
        [b':', b' ', ..] => Some((name, name + 2)),
        [b':'] => Some((name, name + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_every_byte() {
        let env = Environment::parse(b"agi_accountcode: \nagi_arg_1: a: b \nagi_arg_2:  x\n\n");
        assert_eq!(env.get("agi_accountcode"), Some("".into()));
        let args: Vec<_> = env.args().collect();
        assert_eq!(args, [Text::from("a: b "), Text::from(" x")]);
    }

    #[test]
    fn line_feeds_belong_to_the_value_before_and_the_first_name_counts() {
        let env = Environment::parse(
            b"agi_channel: real\nagi_arg_1: one\ntwo lines\nagi_channel: forged\nagi_arg_2: x\n",
        );
        assert_eq!(env.arg(1).unwrap(), "one\ntwo lines");
        assert_eq!(env.channel(), "real");
        assert_eq!(env.args().count(), 2);
        assert!(env.is_folded() && env.is_ambiguous());
        let forged = Environment::parse(b"agi_arg_1: x\nagi_arg_2: forged\nagi_arg_2: real\n");
        assert!(forged.is_ambiguous() && !forged.is_folded());
        let note = Environment::parse(b"agi_arg_1: one\nnote: two\n");
        assert_eq!((note.arg(1), note.is_folded()), (Some("one\nnote: two".into()), true));
        for forged in [
            "agi_arg_1: x\nagi_arg_02: forged\nagi_arg_2: real\n",
            "agi_arg_1: x\nagi_network: yes\nagi_network_script: forged\n",
            "agi_arg_1: x\nagi_arg_3: y\nagi_arg_2: z\n",
            "agi_request: x\nagi_arg_x: y\n",
        ] {
            let env = Environment::parse(forged.as_bytes());
            assert!(env.is_ambiguous() && !env.network(), "{forged}");
            assert!(env.network_script().is_none() && env.arg(2).is_none_or(|it| it != "forged"));
        }
        for plain in ["", "agi_arg_1: x\nagi_arg_2: x\n", "agi_network: yes\nagi_arg_1: y\n"] {
            assert!(!Environment::parse(plain.as_bytes()).is_ambiguous(), "{plain}");
        }
    }

    #[test]
    fn takes_anything() {
        for block in
            [&b""[..], b"\n", b"garbage", b": x\n", b"agi_x", b"agi_x:", b"\xff\xfe: \n\n\n"]
        {
            let env = Environment::parse(block);
            let _ = (env.iter().count(), env.args().count(), env.line_limit(), env.priority());
        }
        assert_eq!(Environment::parse(b"agi_x:").get("agi_x"), Some("".into()));
    }

    #[test]
    fn line_limit_follows_the_release() {
        let limit = |version: &str| {
            Environment::parse(format!("agi_version: {version}\n").as_bytes()).line_limit()
        };
        for long in ["22.10.1+dfsg+~cs6.17", "22.6.0", "21.11.0", "20.16.0", "23.0.0-rc1", "24.1"] {
            assert_eq!(limit(long), 8190, "{long}");
        }
        for short in [
            "16.28.0~dfsg",
            "22.5.9",
            "20.15.2",
            "21.10",
            "18.26",
            "",
            "GIT-master-230.1",
            "23",
            "20260101.5",
        ] {
            assert_eq!(limit(short), 2046, "{short}");
        }
    }
}
