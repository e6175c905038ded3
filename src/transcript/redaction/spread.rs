//! Digits that stand apart: `4 7 1 1`, `4-7-1-1`, `digits/4&digits/7&digits/1&digits/1`.

use std::ops::Range;

/// With more than this between them, digits do not belong together.
const GAP: usize = 12;

/// The places of digits of which at least so many, one behind the other, are hidden.
pub(super) fn spread(
    text: &[u8],
    least: usize,
    is_hidden: impl Fn(&[u8]) -> bool,
) -> Vec<Range<usize>> {
    let all: Vec<(usize, u8)> =
        text.iter().copied().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).collect();
    let mut found = Vec::new();
    for group in all.chunk_by(|(one, _), (next, _)| next - one <= GAP + 1) {
        let digits: Vec<u8> = group.iter().map(|(_, digit)| *digit).collect();
        let mut from = 0;
        while from + least <= digits.len() {
            let hidden = |count: &usize| digits.get(from..from + count).is_some_and(&is_hidden);
            let Some(count) = (least..).take_while(hidden).last() else {
                from += 1;
                continue;
            };
            let place = |number: usize| group.get(number).map_or(text.len(), |(at, _)| *at);
            found.push(place(from)..place(from + count - 1) + 1);
            from += count;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[track_caller]
    fn check(text: &str, places: &[&str]) {
        let found = spread(text.as_bytes(), 4, |digits| {
            b"0047118".windows(digits.len()).any(|it| it == digits)
        });
        let found: Vec<&str> = found.into_iter().map(|place| &text[place]).collect();
        assert_eq!(found, places, "{text}");
    }

    #[test]
    fn digits_apart() {
        check("4711", &["4711"]);
        check("pin 4 7 1 1, 8", &["4 7 1 1, 8"]);
        check("digits/4&digits/7&digits/1&digits/1", &["4&digits/7&digits/1&digits/1"]);
        check("9947119", &["4711"]);
        check("4 7 1", &[]);
        check("47 and a long way to 11", &[]);
        check("", &[]);
    }
}
