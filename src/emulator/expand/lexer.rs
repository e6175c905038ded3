//! The words of an expression.

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// What has no meaning of its own, quoted texts with their quotes.
    Text(Vec<u8>),
    /// Digits, and perhaps a point and digits.
    Numeric(Vec<u8>),
    Open,
    Close,
    Comma,
    Condition,
    Otherwise,
    Not,
    Operator(Operator),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Over,
    Remainder,
    Begins,
    Matches,
    Joined,
}

/// Signs, the longer ones first.
const SIGNS: [(&[u8], Token); 25] = {
    use Operator::*;
    [
        (b"||", Token::Operator(Or)),
        (b"&&", Token::Operator(And)),
        (b"==", Token::Operator(Equal)),
        (b"=~", Token::Operator(Matches)),
        (b"~~", Token::Operator(Joined)),
        (b">=", Token::Operator(GreaterOrEqual)),
        (b"<=", Token::Operator(LessOrEqual)),
        (b"!=", Token::Operator(Unequal)),
        (b"::", Token::Otherwise),
        (b"|", Token::Operator(Or)),
        (b"&", Token::Operator(And)),
        (b"=", Token::Operator(Equal)),
        (b">", Token::Operator(Greater)),
        (b"<", Token::Operator(Less)),
        (b"+", Token::Operator(Plus)),
        (b"-", Token::Operator(Minus)),
        (b"*", Token::Operator(Times)),
        (b"/", Token::Operator(Over)),
        (b"%", Token::Operator(Remainder)),
        (b":", Token::Operator(Begins)),
        (b"?", Token::Condition),
        (b"!", Token::Not),
        (b",", Token::Comma),
        (b"(", Token::Open),
        (b")", Token::Close),
    ]
};
/// What ends a word that holds `${…}`.
const STOPS: &[u8] = b"-\t\r \n$():?%/+=*<>!|&";

/// Takes an expression apart. What belongs to no word is passed over, as is a quote that nothing closes.
pub(super) fn tokens(text: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(&first) = rest.first() {
        let (token, length) = token(rest, first);
        tokens.extend(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

fn token(rest: &[u8], first: u8) -> (Option<Token>, usize) {
    if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return (Some(token.clone()), sign.len());
    }
    if first == b'"' {
        let end = rest.iter().skip(1).position(|&byte| byte == b'"');
        return match end {
            Some(end) => {
                (Some(Token::Text(rest.get(..end + 2).unwrap_or_default().to_vec())), end + 2)
            }
            None => (None, 1),
        };
    }
    let (length, has_reference) = word(rest);
    let word = || rest.get(..length).unwrap_or_default().to_vec();
    match length {
        0 => (None, 1),
        _ if !has_reference && numeric(rest) == length => (Some(Token::Numeric(word())), length),
        _ => (Some(Token::Text(word())), length),
    }
}

/// How long the number is that a text begins with.
fn numeric(text: &[u8]) -> usize {
    let digits =
        |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    if whole > 0 && text.get(whole) == Some(&b'.') {
        match digits(whole + 1) {
            0 => whole,
            places => whole + 1 + places,
        }
    } else {
        whole
    }
}

/// How long the word is that a text begins with, and whether it holds a `${…}`. A `$` takes the next byte along.
fn word(text: &[u8]) -> (usize, bool) {
    let mut at = 0;
    let mut has_reference = false;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'$' if text.get(at + 1) == Some(&b'{') => {
                has_reference = true;
                match reference(text.get(at + 2..).unwrap_or_default()) {
                    Some(length) => at += 2 + length,
                    // A reference that nothing closes takes all, and comes to nothing.
                    None => return (0, true),
                }
            }
            b'$' if !has_reference && at + 1 < text.len() => at += 2,
            b'$' => break,
            _ if has_reference && STOPS.contains(&byte) => break,
            _ if has_reference => at += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. => at += 1,
            b'.' | b'\'' | b';' | b'\\' | b'_' | b'^' | b'#' | b'@' => at += 1,
            _ => break,
        }
    }
    (at, has_reference)
}

/// How far it is to the brace that closes.
fn reference(text: &[u8]) -> Option<usize> {
    let mut depth = 1;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}
