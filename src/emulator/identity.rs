//! Who calls: names, numbers, how they may be presented.

/// A name or a number of a party: known to the network or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) text: Vec<u8>,
    pub(super) valid: bool,
    /// Bits: 0 allowed, 32 restricted, 64 unavailable; the lowest two are the screening.
    pub(super) presentation: u8,
}

impl Known {
    pub(super) fn set(&mut self, text: &[u8]) {
        self.text = text.to_vec();
        self.valid = true;
    }
}

/// What a channel knows of its caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) name: Known,
    pub(super) number: Known,
    pub(super) charset: Option<Vec<u8>>,
    pub(super) plan: i32,
    pub(super) tag: Vec<u8>,
    pub(super) ani_name: Vec<u8>,
    pub(super) ani: Vec<u8>,
    pub(super) ani2: i32,
    pub(super) dnid: Vec<u8>,
    pub(super) dnid_plan: i32,
    pub(super) rdnis: Vec<u8>,
    pub(super) tns: i32,
}

/// Presentations, their numbers and names.
const PRESENTATIONS: [(u8, &str); 9] = [
    (0, "allowed_not_screened"),
    (1, "allowed_passed_screen"),
    (2, "allowed_failed_screen"),
    (3, "allowed"),
    (32, "prohib_not_screened"),
    (33, "prohib_passed_screen"),
    (34, "prohib_failed_screen"),
    (35, "prohib"),
    (67, "unavailable"),
];

/// What a presentation's number is called.
pub(super) fn presentation_name(number: u8) -> &'static str {
    PRESENTATIONS.iter().find(|(it, _)| *it == number).map_or("unknown", |(_, name)| name)
}

/// A presentation by its name or its number.
pub(super) fn presentation(word: &[u8]) -> Option<u8> {
    let named = PRESENTATIONS.iter().find(|(_, name)| word.eq_ignore_ascii_case(name.as_bytes()));
    let number = std::str::from_utf8(word).ok().and_then(|text| text.parse().ok());
    let known = |number: &u8| PRESENTATIONS.iter().any(|(it, _)| it == number);
    named.map(|(number, _)| *number).or(number.filter(known))
}

impl Identity {
    /// The presentation of both together: the more restricted of the two, with the number's screening
    /// (`ast_party_id_presentation`).
    pub(super) fn presentation(&self) -> u8 {
        // What is unavailable says least.
        let rank = |known: &Known| match (known.valid, known.presentation & 0x60) {
            (true, 0x20) => (0, 0x20),
            (true, 0) => (1, 0),
            _ => (2, 0x40),
        };
        let screening = if self.number.valid { self.number.presentation & 3 } else { 0 };
        match rank(&self.number).min(rank(&self.name)) {
            (2, _) => 67,
            (_, value) => value | screening,
        }
    }

    /// `"name" <number>`.
    pub(super) fn all(name: &[u8], number: &[u8]) -> Vec<u8> {
        [b"\"", name, b"\" <", number, b">"].concat()
    }

    /// Sets both, as SET CALLERID does.
    pub(super) fn set_all(&mut self, text: &[u8]) {
        // It is copied into 256 bytes before.
        let (name, number) = parse(text.get(..255).unwrap_or(text));
        self.name.set(&name);
        self.number.set(&number);
    }
}

/// Name and number out of `"name" <number>`, a name or a number (`ast_callerid_parse`).
pub(super) fn parse(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    if let Some(open) = text.iter().rposition(|&byte| byte == b'<') {
        let name = text.get(..open).unwrap_or_default();
        let number = text.get(open + 1..).unwrap_or_default();
        let number = number.split(|&byte| byte == b'>').next().unwrap_or_default();
        return (unquoted(name), shrunk(number));
    }
    let number = shrunk(text);
    let is_number = !number.is_empty()
        && number.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#' | b'+'));
    if is_number { (Vec::new(), number) } else { (unquoted(text), Vec::new()) }
}

/// A name without the quotes and blanks around it, and without backslashes before its bytes.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let name = name.trim_ascii();
    let inside = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\""));
    let mut bytes = inside.unwrap_or(name).iter();
    let mut plain = Vec::new();
    while let Some(&byte) = bytes.next() {
        plain.extend(if byte == b'\\' { bytes.next().copied() } else { Some(byte) });
    }
    plain
}

/// A number without what people write between its digits.
fn shrunk(number: &[u8]) -> Vec<u8> {
    let last = number.len().saturating_sub(1);
    let kept = |(at, byte): &(usize, &u8)| match byte {
        b'(' | b')' | b' ' | b'-' => false,
        b'.' => *at == last,
        _ => true,
    };
    number.iter().enumerate().filter(kept).map(|(_, byte)| *byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_caller_apart() {
        for (text, name, number) in [
            ("\"John Doe\" <123>", "John Doe", "123"),
            ("Bob X <42>", "Bob X", "42"),
            ("<7>", "", "7"),
            ("a <b> <c>", "a <b>", "c"),
            ("x <", "x", ""),
            ("\\Quoted", "Quoted", ""),
            ("1-800-555", "", "1800555"),
            ("(030) 12.34", "", "0301234"),
            ("Bob", "Bob", ""),
            ("", "", ""),
        ] {
            assert_eq!(parse(text.as_bytes()), (name.into(), number.into()), "{text}");
        }
    }

    #[test]
    fn shows_the_more_restricted_presentation() {
        let mut identity = Identity::default();
        assert_eq!(identity.presentation(), 67);
        identity.set_all(b"Bob <1>");
        assert_eq!(identity.presentation(), 0);
        identity.name.presentation = 32;
        identity.number.presentation = 1;
        assert_eq!(presentation_name(identity.presentation()), "prohib_passed_screen");
        identity.name.presentation = 67;
        assert_eq!(presentation_name(identity.presentation()), "allowed_passed_screen");
        assert_eq!(presentation(b"Prohib"), Some(35));
        assert_eq!(presentation(b"67"), Some(67));
        assert_eq!(presentation(b"68"), None);
    }
}
