//! `$[…]`: operators, their precedence, and what they make of texts and numbers.

use std::cmp::Ordering;

use super::Expansion;
use super::float::Float;
use super::lexer::{Operator, Token, tokens};
use super::regex::Regex;
use super::value::Value;

/// What a division by zero gives.
const TOO_MUCH: i64 = 2_147_483_647;
/// How deep parentheses may be.
const DEEPEST: u32 = 100;
/// The longest text that may be looked through or joined.
const LONGEST: usize = super::LONGEST;
/// How strong the signs in front of an operand bind.
const UNARY: u8 = 7;

/// An expression that cannot be read; it gives `0`.
struct Unreadable;

type Read<T = Value> = Result<T, Unreadable>;

struct Parser<'p, 's> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    expansion: &'p mut Expansion<'s>,
    depth: u32,
}

impl<'s> Expansion<'s> {
    /// What an expression comes to. What stands behind a whole one is left.
    pub(super) fn expression(&mut self, text: &[u8]) -> Vec<u8> {
        let tokens = tokens(text).into_iter().peekable();
        let mut parser = Parser { tokens, expansion: self, depth: 0 };
        let begins = match parser.tokens.peek() {
            None | Some(Token::Close | Token::Comma | Token::Condition | Token::Otherwise) => false,
            Some(Token::Operator(operator)) => *operator == Operator::Minus,
            Some(_) => true,
        };
        match begins.then(|| parser.expression(0)) {
            None => Vec::new(),
            Some(Ok(value)) => value.into_bytes(),
            Some(Err(Unreadable)) => b"0".to_vec(),
        }
    }
}

/// How strong an operator binds.
fn strength(operator: Operator) -> u8 {
    use Operator::*;
    match operator {
        Or => 2,
        And => 3,
        Equal | Unequal | Less | LessOrEqual | Greater | GreaterOrEqual => 4,
        Plus | Minus => 5,
        Times | Over | Remainder => 6,
        Begins | Matches | Joined => 8,
    }
}

impl Parser<'_, '_> {
    fn next_is(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }

    /// Operands, and the operators between them that bind at least so strong.
    fn expression(&mut self, least: u8) -> Read {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable);
        }
        let mut left = self.operand()?;
        loop {
            left = match self.tokens.peek() {
                Some(Token::Condition) if least <= 1 => {
                    self.tokens.next();
                    let yes = self.expression(0)?;
                    if !self.next_is(&Token::Otherwise) {
                        return Err(Unreadable);
                    }
                    let no = self.expression(2)?;
                    if left.is_true() { yes } else { no }
                }
                Some(&Token::Operator(operator)) if strength(operator) >= least => {
                    self.tokens.next();
                    let right = self.expression(strength(operator) + 1)?;
                    apply(operator, left, right)
                }
                _ => break,
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Read {
        match self.tokens.next().ok_or(Unreadable)? {
            Token::Operator(Operator::Minus) => {
                let value = self.expression(UNARY + 1)?;
                Ok(Value::Number(value.number().map_or(Float::ZERO, Float::negated)))
            }
            Token::Not => {
                let value = self.expression(UNARY + 1)?;
                Ok(Value::truth(value.is_false()))
            }
            Token::Open => {
                let value = self.expression(0)?;
                if self.next_is(&Token::Close) { Ok(value) } else { Err(Unreadable) }
            }
            Token::Text(name) => {
                if self.next_is(&Token::Open) {
                    self.function(&name)
                } else {
                    Ok(Value::Text(name))
                }
            }
            Token::Numeric(name) => {
                if self.next_is(&Token::Open) {
                    self.function(&name)
                } else {
                    Ok(Value::Numeric(name))
                }
            }
            _ => Err(Unreadable),
        }
    }

    /// A function, behind its opening parenthesis.
    fn function(&mut self, name: &[u8]) -> Read {
        let mut arguments = vec![self.expression(0)?];
        while self.next_is(&Token::Comma) {
            // All but the first may be empty.
            let is_empty = matches!(self.tokens.peek(), Some(Token::Comma | Token::Close));
            arguments.push(if is_empty { Value::Text(Vec::new()) } else { self.expression(0)? });
        }
        if !self.next_is(&Token::Close) {
            return Err(Unreadable);
        }
        let is_name = name
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
        if !is_name {
            return Ok(Value::Number(Float::ZERO));
        }
        if let Some(number) = calculated(name, &arguments) {
            return Ok(Value::Number(number));
        }
        let arguments: Vec<Vec<u8>> = arguments.into_iter().map(Value::into_bytes).collect();
        let gives_text = super::functions::is_for_expressions(name);
        let value = self.expansion.call(name, &arguments.join(&b','));
        let text = value.filter(|_| gives_text).unwrap_or_default();
        let is_number = text.iter().all(|byte| b"-0123456789. \t".contains(byte));
        Ok(match is_number {
            true => Value::Number(Float::parse(text.trim_ascii_start())),
            false => Value::made(text),
        })
    }
}

fn apply(operator: Operator, left: Value, right: Value) -> Value {
    use Operator::*;
    match operator {
        Or if left.is_nothing() => right,
        Or => left.converted(),
        And if left.is_nothing() || right.is_nothing() => Value::truth(false),
        And => left.converted(),
        Equal => compare(left, right, Ordering::is_eq),
        Unequal => compare(left, right, Ordering::is_ne),
        Less => compare(left, right, Ordering::is_lt),
        LessOrEqual => compare(left, right, Ordering::is_le),
        Greater => compare(left, right, Ordering::is_gt),
        GreaterOrEqual => compare(left, right, Ordering::is_ge),
        Plus | Minus | Times | Over | Remainder => {
            Value::Number(calculate(operator, left.number(), right.number()))
        }
        Begins | Matches => search(left.unquoted(), &right.unquoted(), operator == Begins),
        Joined => {
            let mut text = left.unquoted();
            text.extend(right.unquoted());
            text.truncate(LONGEST);
            Value::made(text)
        }
    }
}

/// As numbers when both are some, else byte by byte.
fn compare(left: Value, right: Value, is: fn(Ordering) -> bool) -> Value {
    let numbers = (!left.is_text() && !right.is_text()).then(|| left.number().zip(right.number()));
    let order = match numbers.flatten() {
        Some((left, right)) => left.order(right),
        None => left.into_bytes().cmp(&right.into_bytes()),
    };
    Value::truth(is(order))
}

/// What is no number counts as if it were not there.
fn calculate(operator: Operator, left: Option<Float>, right: Option<Float>) -> Float {
    use Operator::*;
    match (operator, left, right) {
        (Plus, Some(left), Some(right)) => left.plus(right),
        (Plus, left, right) => left.or(right).unwrap_or(Float::ZERO),
        (Minus, Some(left), Some(right)) => left.minus(right),
        (Minus, Some(left), None) => left,
        (Minus, None, right) => right.map_or(Float::ZERO, |right| Float::ZERO.minus(right)),
        (Times, Some(left), Some(right)) => left.times(right),
        (Over, Some(left), Some(right)) if !right.is_zero() => left.over(right),
        (Over, Some(_), _) => Float::new(TOO_MUCH),
        (Remainder, Some(_), Some(right)) if right.is_zero() => right,
        (Remainder, Some(left), Some(right)) => left.remainder(right),
        _ => Float::ZERO,
    }
}

/// The first group of a match, its length when there is no group.
fn search(mut text: Vec<u8>, pattern: &[u8], at_begin: bool) -> Value {
    text.truncate(LONGEST);
    let Some(regex) = Regex::new(pattern) else { return Value::Text(Vec::new()) };
    let found = regex.find(&text).filter(|found| !at_begin || found.whole.0 == 0);
    let group = found.and_then(|found| found.first);
    match (found, group) {
        (_, Some((begin, end))) => Value::made(text.get(begin..end).unwrap_or_default().to_vec()),
        (Some(found), None) => {
            let length = found.whole.1 - found.whole.0;
            Value::Number(Float::new(i64::try_from(length).unwrap_or_default()))
        }
        (None, None) if regex.groups == 0 => Value::Number(Float::ZERO),
        (None, None) => Value::Text(Vec::new()),
    }
}

/// The functions that expressions have of their own; `None` when it is none of them. Powers, sines and the
/// like have the digits of an `f64`: Asterisk gives two more.
fn calculated(name: &[u8], arguments: &[Value]) -> Option<Float> {
    let f64_of =
        |function: fn(f64) -> f64| move |number: Float| Float::from_f64(function(number.to_f64()));
    let one: Box<dyn Fn(Float) -> Float> = match name {
        b"ABS" => Box::new(Float::absolute),
        b"TRUNC" => Box::new(Float::truncated),
        b"FLOOR" => Box::new(f64_of(f64::floor)),
        b"CEIL" => Box::new(f64_of(f64::ceil)),
        b"ROUND" => Box::new(f64_of(f64::round)),
        b"RINT" => Box::new(f64_of(f64::round_ties_even)),
        b"SQRT" => Box::new(Float::root),
        b"SIN" => Box::new(f64_of(f64::sin)),
        b"COS" => Box::new(f64_of(f64::cos)),
        b"TAN" => Box::new(f64_of(f64::tan)),
        b"ASIN" => Box::new(f64_of(f64::asin)),
        b"ACOS" => Box::new(f64_of(f64::acos)),
        b"ATAN" => Box::new(f64_of(f64::atan)),
        b"EXP" => Box::new(f64_of(f64::exp)),
        b"EXP2" => Box::new(f64_of(f64::exp2)),
        b"EXP10" => Box::new(f64_of(|number| 10_f64.powf(number))),
        b"LOG" => Box::new(f64_of(f64::ln)),
        b"LOG2" => Box::new(f64_of(f64::log2)),
        b"LOG10" => Box::new(f64_of(f64::log10)),
        b"POW" | b"ATAN2" | b"REMAINDER" => return Some(calculated_of_two(name, arguments)),
        _ => return None,
    };
    // Wrong arguments give 0.
    match arguments {
        [argument] => Some(argument.number().map_or(Float::ZERO, one)),
        _ => Some(Float::ZERO),
    }
}

fn calculated_of_two(name: &[u8], arguments: &[Value]) -> Float {
    let [left, right] = arguments else { return Float::ZERO };
    let (Some(left), Some(right)) = (left.number(), right.number()) else { return Float::ZERO };
    let (one, other) = (left.to_f64(), right.to_f64());
    Float::from_f64(match name {
        b"POW" => one.powf(other),
        b"ATAN2" => one.atan2(other),
        _ if other == 0.0 => 0.0,
        _ => {
            let rest = one % other;
            let half = other.abs() / 2.0;
            if rest.abs() > half { rest - other.abs().copysign(rest) } else { rest }
        }
    })
}
