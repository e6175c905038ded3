//! The numbers of expressions: C's `long double` of the machines that Asterisk runs on, 64 bits of mantissa.
//!
//! `$[1/3]` gives 0.333333333333333333, which no `f64` can.

use std::cmp::Ordering;

/// Digits that Asterisk prints.
const DIGITS: usize = 18;
/// 10 to the power of `DIGITS`.
const TEN_TO_DIGITS: u128 = 1_000_000_000_000_000_000;

/// `mantissa * 2^exponent`; the mantissa's highest bit is set, but for zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Float {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

/// The same with twice the bits, for what is on the way to a result.
#[derive(Debug, Clone, Copy)]
struct Wide {
    mantissa: u128,
    exponent: i32,
}

impl Wide {
    fn new(mantissa: u128, exponent: i32) -> Wide {
        if mantissa == 0 {
            return Wide { mantissa, exponent: 0 };
        }
        let shift = mantissa.leading_zeros();
        Wide { mantissa: mantissa << shift, exponent: exponent.saturating_sub(shift.cast_signed()) }
    }

    /// The product, as far as the bits go.
    fn times(self, other: Wide) -> Wide {
        let low = |number: u128| number & u128::from(u64::MAX);
        let (a, b) = (self.mantissa >> 64, low(self.mantissa));
        let (c, d) = (other.mantissa >> 64, low(other.mantissa));
        let (one, two) = (a * d, b * c);
        let carry = (((b * d) >> 64) + low(one) + low(two)) >> 64;
        let high = a * c + (one >> 64) + (two >> 64) + carry;
        Wide::new(high, self.exponent.saturating_add(other.exponent).saturating_add(128))
    }

    /// A power of ten; a negative one by its reciprocal.
    fn ten_to(power: i32) -> Wide {
        let mut result = Wide::new(1, 0);
        let mut base = match power < 0 {
            false => Wide::new(10, 0),
            // A tenth, with all the bits that there are.
            true => Wide::new(u128::MAX / 5 * 4 + 1, -131),
        };
        let mut left = power.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                result = result.times(base);
            }
            base = base.times(base);
            left >>= 1;
        }
        result
    }

    /// Rounded to the nearest, a tie to the even one.
    fn round(self, negative: bool, is_inexact: bool) -> Float {
        let dropped = self.mantissa & u128::from(u64::MAX);
        let mut mantissa = u64::try_from(self.mantissa >> 64).unwrap_or_default();
        let mut exponent = self.exponent.saturating_add(64);
        let half = 1 << 63;
        let up = dropped > half || (dropped == half && (is_inexact || mantissa & 1 == 1));
        if up {
            match mantissa.checked_add(1) {
                Some(more) => mantissa = more,
                None => {
                    mantissa = 1 << 63;
                    exponent = exponent.saturating_add(1);
                }
            }
        }
        Float { negative, mantissa, exponent }
    }
}

impl Float {
    pub(super) const ZERO: Float = Float { negative: false, mantissa: 0, exponent: 0 };

    pub(super) fn new(number: i64) -> Float {
        let size = Wide::new(u128::from(number.unsigned_abs()), 0);
        if size.mantissa == 0 { Float::ZERO } else { size.round(number < 0, false) }
    }

    pub(super) fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    fn wide(self) -> Wide {
        Wide::new(self.mantissa.into(), self.exponent)
    }

    /// What a text of digits begins with: `12.5`. Everything behind is left.
    pub(super) fn parse(text: &[u8]) -> Float {
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mut number, mut scale, mut behind_point, mut is_inexact) =
            (0_u128, 0_i32, false, false);
        for &byte in text {
            match byte {
                b'.' if !behind_point => behind_point = true,
                b'0'..=b'9' if number < u128::MAX / 11 => {
                    number = number * 10 + u128::from(byte - b'0');
                    scale = scale.saturating_sub(behind_point.into());
                }
                // More digits than a mantissa can tell.
                b'0'..=b'9' => {
                    is_inexact |= byte != b'0';
                    scale = scale.saturating_add((!behind_point).into());
                }
                _ => break,
            }
        }
        if number == 0 {
            return Float { negative, ..Float::ZERO };
        }
        let number = Wide::new(number, 0);
        // Small numbers are divided exactly.
        match u32::try_from(-scale) {
            Ok(places @ 1..=19) if number.mantissa.trailing_zeros() >= 64 => {
                let mut quotient = number.round(false, false).over(Float::exact_ten_to(places));
                quotient.negative = negative;
                quotient
            }
            Ok(0) => number.round(negative, is_inexact),
            _ => number.times(Wide::ten_to(scale)).round(negative, true),
        }
    }

    /// A power of ten that has no more than 64 bits.
    fn exact_ten_to(power: u32) -> Float {
        Wide::new(10_u128.pow(power.min(19)), 0).round(false, false)
    }

    pub(super) fn negated(self) -> Float {
        Float { negative: !self.negative, ..self }
    }

    pub(super) fn absolute(self) -> Float {
        Float { negative: false, ..self }
    }

    pub(super) fn plus(self, other: Float) -> Float {
        if self.is_zero() || other.is_zero() {
            let both = self.is_zero() && other.is_zero();
            let negative = if both { self.negative && other.negative } else { self.negative };
            return match both {
                true => Float { negative, ..Float::ZERO },
                false if self.is_zero() => other,
                false => self,
            };
        }
        let (big, small) = match self.size_order(other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let (high, low) = (big.wide(), small.wide());
        let shift = high.exponent.saturating_sub(low.exponent).unsigned_abs();
        // One bit is kept free for the carry.
        let high_bits = high.mantissa >> 1;
        let low_bits = (low.mantissa >> 1).checked_shr(shift).unwrap_or(0);
        let is_inexact = low_bits.checked_shl(shift) != Some(low.mantissa >> 1);
        let sum = match big.negative == small.negative {
            true => high_bits + low_bits,
            false => high_bits - low_bits - u128::from(is_inexact),
        };
        if sum == 0 {
            return Float::ZERO;
        }
        Wide::new(sum, high.exponent.saturating_add(1)).round(big.negative, is_inexact)
    }

    pub(super) fn minus(self, other: Float) -> Float {
        self.plus(other.negated())
    }

    pub(super) fn times(self, other: Float) -> Float {
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        let negative = self.negative != other.negative;
        if product == 0 {
            return Float { negative, ..Float::ZERO };
        }
        Wide::new(product, self.exponent.saturating_add(other.exponent)).round(negative, false)
    }

    /// The quotient; whoever divides by zero gets zero, and has to look first.
    pub(super) fn over(self, other: Float) -> Float {
        let negative = self.negative != other.negative;
        let divisor = u128::from(other.mantissa);
        let dividend = u128::from(self.mantissa) << 64;
        let (Some(high), Some(rest)) =
            (dividend.checked_div(divisor), dividend.checked_rem(divisor))
        else {
            return Float::ZERO;
        };
        if high == 0 {
            return Float { negative, ..Float::ZERO };
        }
        // The first bits of the quotient, then as many more as there is room for.
        let room = high.leading_zeros().min(63);
        let more = (rest << room) / divisor;
        let is_inexact = (rest << room) % divisor != 0;
        let exponent = self.exponent.saturating_sub(other.exponent).saturating_sub(64);
        let exponent = exponent.saturating_sub(room.cast_signed());
        Wide::new(high << room | more, exponent).round(negative, is_inexact)
    }

    /// What is left of a division, with the sign of what was divided.
    pub(super) fn remainder(self, other: Float) -> Float {
        if other.is_zero() || self.size_order(other) == Ordering::Less {
            return self;
        }
        let divisor = u128::from(other.mantissa);
        let mut rest = u128::from(self.mantissa) % divisor;
        // Each step takes one power of two; as many bits as there is room for go at once.
        let mut left = self.exponent.saturating_sub(other.exponent);
        while left > 0 && rest != 0 {
            let step = left.min(63);
            rest = (rest << step) % divisor;
            left -= step;
        }
        if rest == 0 {
            return Float { negative: self.negative, ..Float::ZERO };
        }
        Wide::new(rest, other.exponent).round(self.negative, false)
    }

    /// Which of the two is farther from zero.
    fn size_order(self, other: Float) -> Ordering {
        let zero = self.is_zero().cmp(&other.is_zero()).reverse();
        zero.then(self.exponent.cmp(&other.exponent)).then(self.mantissa.cmp(&other.mantissa))
    }

    pub(super) fn order(self, other: Float) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => {
                return if other.negative { Ordering::Greater } else { Ordering::Less };
            }
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (false, false) => self.size_order(other),
            (true, true) => other.size_order(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// The whole part.
    pub(super) fn truncated(self) -> Float {
        match self.exponent {
            0.. => self,
            -63..0 => {
                let dropped = self.exponent.unsigned_abs();
                let mantissa = self.mantissa >> dropped << dropped;
                if mantissa == 0 {
                    Float { negative: self.negative, ..Float::ZERO }
                } else {
                    Float { mantissa, ..self }
                }
            }
            _ => Float { negative: self.negative, ..Float::ZERO },
        }
    }

    /// The square root: an `f64`'s, and one step of Newton's, which doubles its digits.
    pub(super) fn root(self) -> Float {
        let guess = Float::from_f64(self.to_f64().sqrt());
        if guess.is_zero() {
            return guess;
        }
        guess.plus(self.over(guess)).over(Float::new(2))
    }

    pub(super) fn from_f64(number: f64) -> Float {
        let bits = number.abs().to_bits();
        let (power, fraction) =
            (i32::try_from(bits >> 52).unwrap_or_default(), bits & ((1 << 52) - 1));
        if power == 0 || !number.is_finite() {
            return Float::ZERO;
        }
        Wide::new(u128::from(fraction | 1 << 52), power - 1075).round(number < 0.0, false)
    }

    pub(super) fn to_f64(self) -> f64 {
        String::from_utf8(self.print()).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// As C's `%.18Lg` prints it.
    pub(super) fn print(self) -> Vec<u8> {
        let sign = if self.negative { "-" } else { "" };
        if self.is_zero() {
            return format!("{sign}0").into_bytes();
        }
        let (digits, power) = self.decimal();
        let text = digits.trim_end_matches('0');
        let rest = text.get(1..).unwrap_or_default();
        let last = i32::try_from(DIGITS).unwrap_or_default();
        let printed = if power < -4 || power >= last {
            let point = if rest.is_empty() { "" } else { "." };
            let first = text.get(..1).unwrap_or_default();
            format!(
                "{sign}{first}{point}{rest}e{}{:02}",
                if power < 0 { '-' } else { '+' },
                power.abs()
            )
        } else if power < 0 {
            let zeros = "0".repeat(usize::try_from(-power - 1).unwrap_or_default());
            format!("{sign}0.{zeros}{text}")
        } else {
            let whole = usize::try_from(power + 1).unwrap_or_default();
            match text.split_at_checked(whole) {
                Some((whole, "")) => format!("{sign}{whole}"),
                Some((whole, behind)) => format!("{sign}{whole}.{behind}"),
                None => format!("{sign}{}", digits.get(..whole).unwrap_or_default()),
            }
        };
        printed.into_bytes()
    }

    /// Eighteen digits, and the power of ten of the first.
    fn decimal(self) -> (String, i32) {
        // A guess at the power, which may be one off; too low a one gives too many digits.
        let bits = self.exponent.saturating_add(63);
        let guess = i32::try_from(i64::from(bits) * 30_103 / 100_000).unwrap_or_default();
        for power in [guess - 1, guess, guess + 1] {
            let scaled = self.wide().times(Wide::ten_to(17_i32.saturating_sub(power)));
            let shift = scaled.exponent.saturating_neg().unsigned_abs();
            if scaled.exponent >= 0 || shift >= 128 {
                continue;
            }
            let whole = scaled.mantissa >> shift;
            let dropped = scaled.mantissa & ((1 << shift) - 1);
            let half = 1_u128 << (shift - 1);
            let up = dropped > half || (dropped == half && whole & 1 == 1);
            let digits = whole + u128::from(up);
            if (TEN_TO_DIGITS / 10..TEN_TO_DIGITS).contains(&digits) {
                return (digits.to_string(), power);
            }
            if digits == TEN_TO_DIGITS {
                return ((digits / 10).to_string(), power.saturating_add(1));
            }
        }
        ("0".into(), 0)
    }
}

#[cfg(test)]
mod tests;
