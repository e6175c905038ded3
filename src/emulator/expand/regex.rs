//! Regular expressions, POSIX's extended ones, as `=~`, `:` and REGEX() take them.
//!
//! Of all matches that begin first, the longest counts. Work is bounded: a pattern that would take too long
//! matches nothing. A dot stands for a character of UTF-8.

mod parse;

/// How much work a search may take.
const WORK: u32 = 200_000;
/// The largest number in braces, and how deep groups may be.
const MOST_REPEATS: u32 = 255;
const DEEPEST: u32 = 64;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Byte(u8),
    /// Any character.
    Any,
    /// Which bytes, and whether these are the ones that are not meant.
    Set(Box<[bool; 256]>, bool),
    Begin,
    End,
    /// `\b`, or `\B`.
    Border(bool),
    /// `\1`
    Back(usize),
    Group(usize, Box<Node>),
    Either(Vec<Node>),
    All(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>),
}

/// A pattern that can be searched for.
#[derive(Debug)]
pub(super) struct Regex {
    node: Node,
    /// How many groups it has.
    pub(super) groups: usize,
}

/// Where a part of a text begins and ends.
pub(super) type Span = (usize, usize);

/// Where a match is, and its first group, when that took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) whole: Span,
    pub(super) first: Option<Span>,
}

/// What is left to be matched when a piece is: a list, its newest end first.
enum Rest<'r> {
    Done,
    Then(&'r Node, &'r Rest<'r>),
    Close(usize, usize, &'r Rest<'r>),
    /// A repetition goes on.
    Again(Repeated<'r>, usize, &'r Rest<'r>),
}

/// A piece that is to be there so often yet.
#[derive(Clone, Copy)]
struct Repeated<'r> {
    node: &'r Node,
    least: u32,
    most: Option<u32>,
    is_first: bool,
}

struct Search<'t> {
    text: &'t [u8],
    spans: Vec<Option<Span>>,
    best: Option<(usize, Vec<Option<Span>>)>,
    work: u32,
}

impl Regex {
    /// Reads a pattern; `None` when it is none.
    pub(super) fn new(pattern: &[u8]) -> Option<Regex> {
        parse::parse(pattern)
    }

    /// The first and longest match.
    pub(super) fn find(&self, text: &[u8]) -> Option<Match> {
        let mut search = Search { text, spans: Vec::new(), best: None, work: WORK };
        for begin in 0..=text.len() {
            search.spans = vec![None; self.groups + 1];
            search.node(&self.node, begin, &Rest::Done, 0);
            if let Some((end, spans)) = search.best.take() {
                let first = spans.get(1).copied().flatten();
                return Some(Match { whole: (begin, end), first });
            }
            if search.work == 0 {
                break;
            }
        }
        None
    }
}

/// Deeper than that the search does not go: the stack is not endless.
const DEEPEST_SEARCH: u32 = 400;

impl Search<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// The end of the character at a place.
    fn character(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let length = match rest.first()? {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        let whole = rest.get(..length).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok());
        Some(at + if whole { length } else { 1 })
    }

    fn is_word(&self, at: Option<usize>) -> bool {
        at.and_then(|at| self.byte(at))
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    /// Goes on with what is left.
    fn rest(&mut self, rest: &Rest<'_>, at: usize, depth: u32) {
        match rest {
            Rest::Done => {
                if self.best.as_ref().is_none_or(|(end, _)| at > *end) {
                    self.best = Some((at, self.spans.clone()));
                }
            }
            Rest::Then(node, rest) => self.node(node, at, rest, depth),
            Rest::Close(group, begin, rest) => {
                let Some(before) = self.spans.get(*group).copied() else { return };
                self.set(*group, Some((*begin, at)));
                self.rest(rest, at, depth);
                self.set(*group, before);
            }
            Rest::Again(repeated, begin, rest) => {
                // An empty repetition would go on for ever.
                if at == *begin {
                    if repeated.is_first || repeated.least > 0 {
                        self.rest(rest, at, depth);
                    }
                    return;
                }
                self.repeat(Repeated { is_first: false, ..*repeated }, at, rest, depth);
            }
        }
    }

    fn set(&mut self, group: usize, span: Option<Span>) {
        if let Some(place) = self.spans.get_mut(group) {
            *place = span;
        }
    }

    /// At least so often, at most so often.
    fn repeat(&mut self, repeated: Repeated<'_>, at: usize, rest: &Rest<'_>, depth: u32) {
        let Repeated { node, least, most, .. } = repeated;
        if matches!(node, Node::Byte(_) | Node::Any | Node::Set(..)) {
            return self.repeat_one(repeated, at, rest, depth);
        }
        if most != Some(0) {
            let left = Repeated {
                least: least.saturating_sub(1),
                most: most.map(|most| most - 1),
                ..repeated
            };
            self.node(node, at, &Rest::Again(left, at, rest), depth);
        }
        if least == 0 {
            self.rest(rest, at, depth);
        }
    }

    /// The same of a piece that is one character: however long the text is, it takes no stack.
    fn repeat_one(&mut self, repeated: Repeated<'_>, at: usize, rest: &Rest<'_>, depth: u32) {
        let Repeated { node, least, most, .. } = repeated;
        let least = usize::try_from(least).unwrap_or(usize::MAX);
        let most = most.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        let mut ends = vec![at];
        while ends.len() <= most {
            let Some(end) = ends.last().and_then(|&at| self.one(node, at)) else { break };
            ends.push(end);
            self.work = self.work.saturating_sub(1);
        }
        for &end in ends.get(least..).unwrap_or_default().iter().rev() {
            if self.work == 0 {
                break;
            }
            self.work -= 1;
            self.rest(rest, end, depth);
        }
    }

    /// The end of a piece that is one character, if it is here.
    fn one(&self, node: &Node, at: usize) -> Option<usize> {
        let byte = self.byte(at)?;
        match node {
            Node::Byte(wanted) => (byte == *wanted).then_some(at + 1),
            Node::Any => self.character(at),
            Node::Set(set, negated) => {
                let belongs = set.get(usize::from(byte)) != Some(negated);
                let end = if *negated { self.character(at) } else { Some(at + 1) };
                end.filter(|_| belongs)
            }
            _ => None,
        }
    }

    fn node(&mut self, node: &Node, at: usize, rest: &Rest<'_>, depth: u32) {
        // The longest that there can be is there already.
        let done = self.best.as_ref().is_some_and(|(end, _)| *end == self.text.len());
        if self.work == 0 || depth > DEEPEST_SEARCH || done {
            return;
        }
        self.work -= 1;
        let depth = depth + 1;
        match node {
            Node::Byte(_) | Node::Any | Node::Set(..) => {
                if let Some(end) = self.one(node, at) {
                    self.rest(rest, end, depth);
                }
            }
            Node::Begin if at == 0 => self.rest(rest, at, depth),
            Node::End if at == self.text.len() => self.rest(rest, at, depth),
            Node::Border(wanted)
                if (self.is_word(at.checked_sub(1)) != self.is_word(Some(at))) == *wanted =>
            {
                self.rest(rest, at, depth);
            }
            Node::Back(group) => {
                let Some(Some((begin, end))) = self.spans.get(*group).copied() else { return };
                let length = end - begin;
                if self.text.get(begin..end) == self.text.get(at..at + length) {
                    self.rest(rest, at + length, depth);
                }
            }
            Node::Group(group, inner) => {
                self.node(inner, at, &Rest::Close(*group, at, rest), depth)
            }
            Node::Either(nodes) => nodes.iter().for_each(|node| self.node(node, at, rest, depth)),
            Node::All(nodes) => self.all(nodes, at, rest, depth),
            Node::Repeat(node, least, most) => {
                let repeated = Repeated { node, least: *least, most: *most, is_first: true };
                self.repeat(repeated, at, rest, depth);
            }
            _ => {}
        }
    }

    /// One after the other.
    fn all(&mut self, nodes: &[Node], at: usize, rest: &Rest<'_>, depth: u32) {
        match nodes {
            [] => self.rest(rest, at, depth),
            [node] => self.node(node, at, rest, depth),
            [node, others @ ..] => {
                // Plain characters are compared in place.
                let mut at = at;
                let mut node = node;
                let mut others = others;
                while let (Node::Byte(wanted), [next, behind @ ..]) = (node, others) {
                    if self.byte(at) != Some(*wanted) {
                        return;
                    }
                    (at, node, others) = (at + 1, next, behind);
                }
                self.chain(node, others, at, rest, depth);
            }
        }
    }

    /// A piece, and those behind it as what is left.
    fn chain(&mut self, node: &Node, others: &[Node], at: usize, rest: &Rest<'_>, depth: u32) {
        match others.split_last() {
            None => self.node(node, at, rest, depth),
            Some((last, between)) => {
                self.chain(node, between, at, &Rest::Then(last, rest), depth + 1)
            }
        }
    }
}

#[cfg(test)]
mod tests;
