//! Reads a pattern.

use super::{DEEPEST, MOST_REPEATS, Node, Regex};

/// A name, and what belongs to it.
type Class = (&'static [u8], fn(&u8) -> bool);

/// Named sets of characters inside brackets.
const CLASSES: [Class; 12] = [
    (b"alnum", u8::is_ascii_alphanumeric),
    (b"alpha", u8::is_ascii_alphabetic),
    (b"blank", |byte| b" \t".contains(byte)),
    (b"cntrl", u8::is_ascii_control),
    (b"digit", u8::is_ascii_digit),
    (b"graph", u8::is_ascii_graphic),
    (b"lower", u8::is_ascii_lowercase),
    (b"print", |byte| byte.is_ascii_graphic() || *byte == b' '),
    (b"punct", u8::is_ascii_punctuation),
    (b"space", |byte| b" \t\n\r\x0b\x0c".contains(byte)),
    (b"upper", u8::is_ascii_uppercase),
    (b"xdigit", u8::is_ascii_hexdigit),
];

struct Parser<'p> {
    rest: &'p [u8],
    groups: usize,
    depth: u32,
}

pub(super) fn parse(pattern: &[u8]) -> Option<Regex> {
    let mut parser = Parser { rest: pattern, groups: 0, depth: 0 };
    let node = parser.either()?;
    parser.rest.is_empty().then_some(Regex { node, groups: parser.groups })
}

fn set_of(belongs: impl Fn(&u8) -> bool, negated: bool) -> Node {
    let mut set = Box::new([false; 256]);
    for (byte, place) in (0..=u8::MAX).zip(set.iter_mut()) {
        *place = belongs(&byte);
    }
    Node::Set(set, negated)
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn next_is(&mut self, byte: u8) -> bool {
        let is = self.rest.first() == Some(&byte);
        if is {
            self.next();
        }
        is
    }

    fn either(&mut self) -> Option<Node> {
        let mut nodes = vec![self.all()?];
        while self.next_is(b'|') {
            nodes.push(self.all()?);
        }
        Some(if nodes.len() == 1 { nodes.pop()? } else { Node::Either(nodes) })
    }

    fn all(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(&byte) = self.rest.first() {
            // Outside of groups a `)` is a character.
            if byte == b'|' || (byte == b')' && self.depth > 0) {
                break;
            }
            let node = self.one(nodes.is_empty())?;
            nodes.push(self.repeated(node)?);
        }
        Some(Node::All(nodes))
    }

    /// A piece without what repeats it.
    fn one(&mut self, is_first: bool) -> Option<Node> {
        Some(match self.next()? {
            b'(' => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return None;
                }
                self.groups += 1;
                let group = self.groups;
                let inner = self.either()?;
                if !self.next_is(b')') {
                    return None;
                }
                self.depth -= 1;
                Node::Group(group, Box::new(inner))
            }
            b'.' => Node::Any,
            b'^' => Node::Begin,
            b'$' => Node::End,
            b'[' => self.bracket()?,
            b'\\' => match self.next()? {
                b'w' => set_of(|byte| byte.is_ascii_alphanumeric() || *byte == b'_', false),
                b'W' => set_of(|byte| byte.is_ascii_alphanumeric() || *byte == b'_', true),
                b's' => set_of(|byte| b" \t\n\r\x0b\x0c".contains(byte), false),
                b'S' => set_of(|byte| b" \t\n\r\x0b\x0c".contains(byte), true),
                b'b' => Node::Border(true),
                b'B' => Node::Border(false),
                digit @ b'1'..=b'9' => {
                    let group = usize::from(digit - b'0');
                    if group > self.groups {
                        return None;
                    }
                    Node::Back(group)
                }
                other => Node::Byte(other),
            },
            // There is nothing to repeat.
            b'*' | b'+' | b'?' | b'{' if is_first => return None,
            other => Node::Byte(other),
        })
    }

    fn repeated(&mut self, node: Node) -> Option<Node> {
        let mut node = node;
        loop {
            let (least, most) = match self.rest.first() {
                Some(b'*') => (0, None),
                Some(b'+') => (1, None),
                Some(b'?') => (0, Some(1)),
                Some(b'{') => {
                    self.next();
                    let (least, most) = self.braces()?;
                    node = Node::Repeat(Box::new(node), least, most);
                    continue;
                }
                _ => return Some(node),
            };
            self.next();
            // Twice the same is once the same.
            if !matches!(&node, Node::Repeat(_, 0, None) if least == 0) {
                node = Node::Repeat(Box::new(node), least, most);
            }
        }
    }

    /// The bounds in braces.
    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        let least = self.number()?;
        let bounds = if self.next_is(b',') {
            let most = self.number()?;
            (least.unwrap_or(0), most)
        } else {
            (least?, least)
        };
        let in_order = bounds.1.is_none_or(|most| bounds.0 <= most);
        (self.next_is(b'}') && in_order).then_some(bounds)
    }

    fn number(&mut self) -> Option<Option<u32>> {
        let mut number = None;
        while let Some(digit @ b'0'..=b'9') = self.rest.first().copied() {
            self.next();
            number = Some(number.unwrap_or(0) * 10 + u32::from(digit - b'0'));
            if number > Some(MOST_REPEATS) {
                return None;
            }
        }
        Some(number)
    }

    /// `[a-z[:digit:]]`
    fn bracket(&mut self) -> Option<Node> {
        let negated = self.next_is(b'^');
        let mut set = Box::new([false; 256]);
        let mut is_first = true;
        loop {
            let byte = self.next()?;
            match byte {
                b']' if !is_first => return Some(Node::Set(set, negated)),
                b'[' if self.next_is(b':') => {
                    let end = self.rest.windows(2).position(|two| two == b":]")?;
                    let (name, behind) = self.rest.split_at_checked(end)?;
                    let (_, belongs) = CLASSES.iter().find(|(class, _)| *class == name)?;
                    self.rest = behind.get(2..)?;
                    for (byte, place) in (0..=u8::MAX).zip(set.iter_mut()) {
                        *place |= belongs(&byte);
                    }
                }
                first => {
                    let is_range = self.rest.first() == Some(&b'-')
                        && self.rest.get(1).is_some_and(|&byte| byte != b']');
                    let last = if is_range { self.next().and(self.next())? } else { first };
                    let range = set.get_mut(usize::from(first)..=usize::from(last))?;
                    if range.is_empty() {
                        return None;
                    }
                    range.fill(true);
                }
            }
            is_first = false;
        }
    }
}
