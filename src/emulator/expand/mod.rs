//! The dialplan's variables, functions and expressions, as GET FULL VARIABLE evaluates them.
//!
//! `${NAME}`, `${NAME:offset:length}`, `${FUNCTION(arguments)}` and `$[expression]`, one inside the other. Any
//! bytes are text; nothing is an error. What would go on for ever in Asterisk ends here: depth, work and the
//! length of a result are bounded.

mod expression;
mod float;
mod functions;
mod lexer;
mod regex;
mod scan;
mod value;

/// How deep one thing may stand inside another, and how much may be looked up in all.
const DEEPEST: u32 = 24;
const MOST: u32 = 20_000;
/// The longest text that comes out.
const LONGEST: usize = 1 << 20;

pub(in crate::emulator) use functions::write;

/// What is known where something is evaluated.
pub(in crate::emulator) trait Scope {
    /// The value of a variable.
    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>>;

    /// Seconds since 1970, as the call's clock has them.
    fn epoch(&self) -> i64;

    /// Sets a variable.
    fn set_variable(&mut self, name: &[u8], value: &[u8]);

    /// What a function of the scope gives: the outer `None` when it has no such function, the inner one when the
    /// function fails. What it does not have is looked for among the functions that need no channel.
    fn function(&mut self, name: &[u8], arguments: &[u8]) -> Option<Option<Vec<u8>>>;
}

/// What a text comes to.
pub(in crate::emulator) fn expand(scope: &mut dyn Scope, text: &[u8]) -> Vec<u8> {
    Expansion { scope, depth: 0, left: MOST }.text(text)
}

/// What a function gives; `None` when it fails or there is none.
pub(in crate::emulator) fn call(
    scope: &mut dyn Scope,
    name: &[u8],
    arguments: &[u8],
) -> Option<Vec<u8>> {
    Expansion { scope, depth: 0, left: MOST }.call(name, arguments)
}

/// One evaluation under way.
struct Expansion<'s> {
    scope: &'s mut dyn Scope,
    depth: u32,
    left: u32,
}

impl Expansion<'_> {
    /// Whether there is still something to be looked up.
    fn spend(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    /// Evaluates a text.
    fn text(&mut self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.depth >= DEEPEST {
            return out;
        }
        self.depth += 1;
        let mut rest = text;
        while let Some(at) = rest.iter().position(|&byte| byte == b'$') {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before);
            if out.len() > LONGEST || !self.spend() {
                rest = &[];
                break;
            }
            let inside = from.get(2..).unwrap_or_default();
            rest = match from.get(1) {
                Some(b'{') => {
                    let (reference, behind) = enclosed(inside, b'{', b'}', b'[');
                    let reference = self.inner(reference);
                    out.extend(self.reference(&reference));
                    behind
                }
                Some(b'[') => {
                    let (expression, behind) = enclosed(inside, b'[', b']', b'{');
                    let expression = self.inner(expression);
                    out.extend(self.expression(&expression));
                    behind
                }
                _ => {
                    out.push(b'$');
                    from.get(1..).unwrap_or_default()
                }
            };
        }
        out.extend_from_slice(rest);
        out.truncate(LONGEST);
        self.depth -= 1;
        out
    }

    /// What stands in brackets, evaluated itself where there is something in it.
    fn inner(&mut self, text: &[u8]) -> Vec<u8> {
        let has_more = text.windows(2).any(|two| matches!(two, b"${" | b"$["));
        if has_more { self.text(text) } else { text.to_vec() }
    }

    /// `NAME:offset:length`, or `FUNCTION(arguments):offset:length`.
    fn reference(&mut self, reference: &[u8]) -> Vec<u8> {
        let mut open = 0_i32;
        let mut is_function = false;
        let mut end = reference.len();
        for (at, &byte) in reference.iter().enumerate() {
            match byte {
                b'(' => {
                    is_function = true;
                    open += 1;
                }
                b')' => open -= 1,
                b':' if open == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let (name, part) = reference.split_at(end);
        let value = if is_function {
            let (name, arguments) =
                name.split_at(name.iter().position(|&b| b == b'(').unwrap_or(0));
            let arguments = arguments.get(1..).unwrap_or_default();
            // A function may lack its parenthesis; what stands behind it is left.
            let end = arguments.iter().rposition(|&byte| byte == b')').unwrap_or(arguments.len());
            self.call(name, arguments.get(..end).unwrap_or_default())
        } else {
            self.scope.variable(name)
        };
        let Some(value) = value else { return Vec::new() };
        match part.strip_prefix(b":") {
            Some(part) => scan::part(&value, part).to_vec(),
            None => value,
        }
    }

    /// Calls a function.
    fn call(&mut self, name: &[u8], arguments: &[u8]) -> Option<Vec<u8>> {
        if !self.spend() {
            return None;
        }
        let mut value = match self.scope.function(name, arguments) {
            Some(value) => value?,
            None => functions::read(self, name, arguments)?,
        };
        value.truncate(LONGEST);
        Some(value)
    }
}

/// What stands up to the closing bracket, and what behind it. Without one, all is inside. Between `${` and `}`
/// a `$[` is skipped as one, and the other way round: it opens nothing that has to be closed.
fn enclosed(text: &[u8], open: u8, close: u8, other: u8) -> (&[u8], &[u8]) {
    let mut depth = 1_u32;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let next = text.get(at + 1).copied();
        if byte == b'$' && (next == Some(open) || next == Some(other)) {
            depth += u32::from(next == Some(open));
            at += 1;
        } else if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return (
                    text.get(..at).unwrap_or_default(),
                    text.get(at + 1..).unwrap_or_default(),
                );
            }
        }
        at += 1;
    }
    (text, &[])
}

#[cfg(test)]
mod tests;
