//! Which sounds of numbers, dates and amounts Asterisk's own packages bring, by language: Asterisk's "core sounds",
//! 1.6.1.

use super::Tongue;

/// Names below `digits` that all of the packages have.
const DIGITS: [&str; 16] = [
    "a-m",
    "at",
    "dollars",
    "h-billion",
    "h-hundred",
    "h-million",
    "h-thousand",
    "hundred",
    "million",
    "minus",
    "oclock",
    "p-m",
    "thousand",
    "today",
    "tomorrow",
    "yesterday",
];
const SPANISH: [&str; 24] = [
    "100-and", "1F", "1M", "20-and", "200", "21", "22", "23", "24", "25", "26", "27", "28", "29",
    "300", "400", "500", "600", "700", "800", "900", "and", "millions", "oh",
];
const ITALIAN: [&str; 23] = [
    "21",
    "28",
    "31",
    "38",
    "41",
    "48",
    "51",
    "58",
    "61",
    "68",
    "71",
    "78",
    "81",
    "88",
    "91",
    "98",
    "billion",
    "e",
    "euros",
    "millions",
    "oh",
    "thousands",
    "un",
];

/// Whether Asterisk ships a sound for this language. (Of sounds that are no part of what is said, it does not tell.)
pub(crate) fn ships(tongue: Tongue, name: &str) -> bool {
    if tongue == Tongue::German {
        return false;
    }
    let Some(digit) = name.strip_prefix("digits/") else {
        return match name {
            "hours" | "minutes" | "seconds" | "vm-and" | "letters/dollar" => true,
            "minute" | "second" => {
                matches!(tongue, Tongue::English | Tongue::British | Tongue::French)
            }
            _ => false,
        };
    };
    let counted = digit.strip_prefix("h-").unwrap_or(digit).parse();
    let in_range = |start, all| {
        let number = digit.strip_prefix(start).map(str::parse::<u8>);
        matches!(number, Some(Ok(number)) if number < all)
    };
    match counted {
        Ok(0) => digit == "0",
        Ok(1..=20 | 30 | 40 | 50 | 60 | 70 | 80 | 90) => true,
        _ if DIGITS.contains(&digit) || in_range("day-", 7) || in_range("mon-", 12) => true,
        _ => match tongue {
            Tongue::English | Tongue::British => ["billion", "oh"].contains(&digit),
            Tongue::French => digit == "et",
            Tongue::Italian => ITALIAN.contains(&digit),
            Tongue::Russian => ["1n", "2n", "billion", "oh"].contains(&digit),
            Tongue::Spanish => SPANISH.contains(&digit),
            Tongue::German => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_differ() {
        use Tongue::*;
        let by = |name: &str| {
            [English, French, Italian, Russian, Spanish, German].map(|it| ships(it, name))
        };
        assert_eq!(by("digits/20"), [true, true, true, true, true, false]);
        assert_eq!(by("digits/h-0"), [false; 6]);
        assert_eq!(by("digits/mon-11"), [true, true, true, true, true, false]);
        assert_eq!(by("digits/mon-12"), [false; 6]);
        assert_eq!(by("digits/billion"), [true, false, true, true, false, false]);
        assert_eq!(by("digits/euros"), [false, false, true, false, false, false]);
        assert_eq!(by("digits/100"), [false; 6]);
        assert_eq!(by("digits/200"), [false, false, false, false, true, false]);
        assert_eq!(by("minute"), [true, true, false, false, false, false]);
        assert_eq!(by("hour"), [false; 6]);
    }
}
