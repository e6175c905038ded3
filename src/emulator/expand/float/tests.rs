use super::*;

fn number(text: &str) -> Float {
    Float::parse(text.as_bytes())
}

fn printed(number: Float) -> String {
    String::from_utf8(number.print()).unwrap()
}

#[test]
fn prints_what_it_reads() {
    for (text, expected) in [
        ("0", "0"),
        ("-0", "-0"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("123456789012345678", "123456789012345678"),
        ("999999999999999999", "999999999999999999"),
        ("1000000000000000000", "1e+18"),
        ("18446744073709551616", "1.84467440737095516e+19"),
        ("0.000123456789", "0.000123456789"),
        ("0.0000123456789", "1.23456789e-05"),
        ("1.2.3", "1.2"),
        ("5x", "5"),
        ("", "0"),
        (".", "0"),
        (".5", "0.5"),
    ] {
        assert_eq!(printed(number(text)), expected, "{text}");
    }
}

#[test]
fn calculates_with_64_bits() {
    let is = |result: Float, expected: &str| assert_eq!(printed(result), expected);
    is(number("1").over(number("3")), "0.333333333333333333");
    is(number("22").over(number("7")).times(number("7")), "22");
    is(number("0.1").plus(number("0.2")), "0.3");
    is(number("1").minus(number("0.9")), "0.1");
    is(number("3").remainder(number("0.7")), "0.2");
    is(number("-5").remainder(number("3")), "-2");
    is(number("2").remainder(number("3")), "2");
    is(number("1").minus(number("1")), "0");
    is(number("0").times(number("-1")), "-0");
    is(Float::new(i64::MIN), "-9.22337203685477581e+18");
    is(Float::from_f64(0.5).truncated(), "0");
    is(number("-2.75").truncated(), "-2");
}

proptest::proptest! {
    #[test]
    fn whole_numbers_are_exact(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
        let (x, y) = (Float::new(a), Float::new(b));
        proptest::prop_assert_eq!(printed(x.plus(y)), (a + b).to_string());
        if a * b != 0 && (a * b).abs() < 1_000_000_000_000_000_000 {
            proptest::prop_assert_eq!(printed(x.times(y)), (a * b).to_string());
        }
        proptest::prop_assert_eq!(x.order(y), a.cmp(&b));
        if b != 0 && a % b != 0 {
            proptest::prop_assert_eq!(printed(x.remainder(y)), (a % b).to_string());
        }
    }

    #[test]
    fn doubles_keep_their_bits(bits: u64) {
        let double = f64::from_bits(bits);
        if double.is_normal() && double.abs() > 1e-300 && double.abs() < 1e300 {
            proptest::prop_assert_eq!(Float::from_f64(double).to_f64(), double);
        }
    }

    #[test]
    fn nothing_panics(a: u64, b: u64, e: i32, f: i32, text: Vec<u8>) {
        let make = |mantissa, exponent: i32| Float { negative: a & 1 == 1, mantissa: mantissa | 1 << 63, exponent };
        let (x, y) = (make(a, e % 20_000), make(b, f % 20_000));
        for result in [x.plus(y), x.minus(y), x.times(y), x.over(y), x.remainder(y), x.truncated(), Float::parse(&text)] {
            result.print();
        }
        x.order(y);
    }
}
