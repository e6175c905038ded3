//! Whole numbers, as SAY NUMBER says them, and ordinals.

use std::fmt::Display;

use super::Tongue;

/// The largest number that is said; Asterisk gives up at the next one, which is an error or is not.
pub(crate) fn largest(tongue: Tongue) -> i32 {
    match tongue {
        Tongue::English => i32::MAX - 1,
        Tongue::German => i32::MAX,
        Tongue::Spanish => 2_147_483_639,
        Tongue::British | Tongue::French | Tongue::Italian | Tongue::Russian => 999_999_999,
    }
}

/// The sounds of a number, in the gender of what is counted (SAY NUMBER's letter for it). Of one that is too large
/// nothing but the minus.
pub(crate) fn number(tongue: Tongue, number: i32, gender: Option<char>) -> Vec<String> {
    let mut said = Said::default();
    if number < 0 {
        said.digit("minus");
    }
    let rest = number.unsigned_abs();
    match tongue {
        _ if number == 0 => said.digit(0),
        _ if i64::from(rest) > i64::from(largest(tongue)) => {}
        Tongue::English => said.english(rest),
        Tongue::British => said.british(rest),
        Tongue::French => said.french(rest, gender == Some('f')),
        Tongue::German => said.german(rest, gender == Some('f'), false),
        Tongue::Italian => said.italian(rest),
        Tongue::Russian => said.russian(rest, gender),
        Tongue::Spanish => said.spanish(rest, gender),
    }
    said.0
}

/// The sounds of an English ordinal up to 99: first, twenty second.
pub(crate) fn ordinal(number: u32) -> Vec<String> {
    let mut said = Said::default();
    let rest = number % 10;
    if number <= 20 || rest == 0 {
        said.digit(format_args!("h-{number}"));
    } else {
        said.digit(number - rest);
        said.digit(format_args!("h-{rest}"));
    }
    said.0
}

/// Sounds, one after the other. Its methods say nothing of 0.
#[derive(Debug, Default)]
struct Said(Vec<String>);

impl Said {
    fn digit(&mut self, name: impl Display) {
        self.0.push(format!("digits/{name}"));
    }

    fn unless_zero(&mut self, number: u32) {
        if number > 0 {
            self.digit(number);
        }
    }

    fn english(&mut self, number: u32) {
        let groups = [
            (1_000_000_000, "billion"),
            (1_000_000, "million"),
            (1000, "thousand"),
            (100, "hundred"),
        ];
        let mut rest = number;
        for (size, name) in groups {
            if rest >= size {
                self.english(rest / size);
                self.digit(name);
                rest %= size;
            }
        }
        self.tens(rest);
    }

    /// Below 100: up to 20 a word, then two.
    fn tens(&mut self, number: u32) {
        match number {
            0..=19 => self.unless_zero(number),
            _ => {
                self.digit(number - number % 10);
                self.unless_zero(number % 10);
            }
        }
    }

    fn british(&mut self, number: u32) {
        let (size, name) = match number {
            0..100 => return self.tens(number),
            100..1000 => (100, "hundred"),
            1000..1_000_000 => (1000, "thousand"),
            _ => (1_000_000, "million"),
        };
        self.british(number / size);
        self.digit(name);
        let rest = number % size;
        if (1..100).contains(&rest) {
            self.digit("and");
        }
        self.british(rest);
    }

    fn french(&mut self, number: u32, feminine: bool) {
        let tens = |said: &mut Self, before: u32| {
            said.digit(before);
            if number % 10 == 1 && number < 80 {
                said.digit("et");
            }
            said.french(number - before, feminine);
        };
        match number {
            1 if feminine => self.digit("1F"),
            0..=20 => self.unless_zero(number),
            21..70 => tens(self, number - number % 10),
            70..80 => tens(self, 60),
            80..100 => tens(self, 80),
            _ => {
                let (size, name) = match number {
                    100..1000 => (100, "hundred"),
                    1000..1_000_000 => (1000, "thousand"),
                    _ => (1_000_000, "million"),
                };
                match number / size {
                    1 if size < 1_000_000 => {}
                    hundreds if size == 100 => self.digit(hundreds),
                    count => self.french(count, feminine),
                }
                self.digit(name);
                self.french(number % size, feminine);
            }
        }
    }

    /// `inside` is what stands behind thousands: there it is "ein hundert".
    fn german(&mut self, number: u32, feminine: bool, inside: bool) {
        match number {
            1 if feminine => self.digit("1F"),
            0..=19 => self.unless_zero(number),
            20..100 => {
                if !number.is_multiple_of(10) {
                    self.digit(format_args!("{}-and", number % 10));
                }
                self.digit(number - number % 10);
            }
            100 if !inside => self.digit("hundred"),
            1000 if !inside => self.digit("thousand"),
            100..1000 => {
                match number / 100 {
                    1 => self.digit("1N"),
                    hundreds => self.digit(hundreds),
                }
                self.digit("hundred");
                self.german(number % 100, feminine, inside);
            }
            _ => {
                let (size, one, single, plural) = match number {
                    0..1_000_000 => (1000, "1N", "thousand", "thousand"),
                    1_000_000..1_000_000_000 => (1_000_000, "1F", "million", "millions"),
                    _ => (1_000_000_000, "1F", "milliard", "milliards"),
                };
                match number / size {
                    1 => {
                        self.digit(one);
                        self.digit(single);
                    }
                    count => {
                        self.german(count, feminine, false);
                        self.digit(plural);
                    }
                }
                self.german(number % size, feminine, true);
            }
        }
    }

    fn italian(&mut self, number: u32) {
        let (size, single, plural) = match number {
            0..=19 => return self.unless_zero(number),
            20..100 if matches!(number % 10, 1 | 8) => return self.digit(number),
            20..100 => return self.tens(number),
            100..1000 => (100, "hundred", "hundred"),
            1000..1_000_000 => (1000, "thousand", "thousands"),
            _ => (1_000_000, "million", "millions"),
        };
        match number / size {
            1 => self.digit(single),
            count => {
                self.italian(count);
                self.digit(plural);
            }
        }
        self.italian(number % size);
    }

    fn russian(&mut self, number: u32, gender: Option<char>) {
        let (size, names) = match number {
            0..=19 => {
                return match gender {
                    Some(gender) if matches!(number, 1 | 2) => {
                        self.digit(format_args!("{number}{gender}"));
                    }
                    _ => self.unless_zero(number),
                };
            }
            20..100 => {
                self.digit(number - number % 10);
                return self.russian(number % 10, gender);
            }
            100..1000 => {
                self.digit(number - number % 100);
                return self.russian(number % 100, gender);
            }
            1000..1_000_000 => (1000, ["thousand", "thousands-i", "thousands"]),
            _ => (1_000_000, ["million", "million-a", "millions"]),
        };
        let count = number / size;
        let last = match count % 100 {
            teens @ 0..20 => teens,
            more => more % 10,
        };
        self.russian(count, (size == 1000 && last < 3).then_some('f'));
        let [one, few, many] = names;
        self.digit(match last {
            1 => one,
            2..=4 => few,
            _ => many,
        });
        self.russian(number % size, gender);
    }

    fn spanish(&mut self, number: u32, gender: Option<char>) {
        match (number, gender) {
            (1, Some('f')) => self.digit("1F"),
            (1, Some('m')) => self.digit("1M"),
            (0..=30, _) => self.unless_zero(number),
            (31..100, _) => {
                self.digit(number - number % 10);
                if !number.is_multiple_of(10) {
                    self.digit("and");
                }
                self.spanish(number % 10, gender);
            }
            (100, _) => self.digit("100"),
            (101..200, _) => {
                self.digit("100-and");
                self.spanish(number - 100, gender);
            }
            (200..1000, _) => {
                self.digit(number - number % 100);
                self.spanish(number % 100, gender);
            }
            (1000..1_000_000, _) => {
                if number >= 2000 {
                    self.spanish(number / 1000, gender);
                }
                self.digit("thousand");
                self.spanish(number % 1000, gender);
            }
            _ => {
                match number / 1_000_000 {
                    1 => {
                        self.digit("1M");
                        self.digit("million");
                    }
                    millions => {
                        self.spanish(millions, gender);
                        self.digit("millions");
                    }
                }
                self.spanish(number % 1_000_000, gender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(tongue: Tongue, it: i32, gender: Option<char>) -> String {
        let all = number(tongue, it, gender);
        all.iter().map(|name| name.strip_prefix("digits/").unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_language_counts_in_its_way() {
        use Tongue::*;
        for (tongue, it, is) in [
            (English, 0, "0"),
            (English, -1204, "minus 1 thousand 2 hundred 4"),
            (English, i32::MAX, ""),
            (English, i32::MIN, "minus"),
            (British, 101, "1 hundred and 1"),
            (British, 2_034, "2 thousand and 30 4"),
            (British, 1_100_000, "1 million 1 hundred thousand"),
            (British, 101_101, "1 hundred and 1 thousand 1 hundred and 1"),
            (French, 21, "20 et 1"),
            (French, 71, "60 et 11"),
            (French, 75, "60 15"),
            (French, 81, "80 1"),
            (French, 91, "80 11"),
            (French, 100, "hundred"),
            (French, 201, "2 hundred 1"),
            (French, 1_999, "thousand 9 hundred 80 19"),
            (French, 1_000_000, "1 million"),
            (German, 1, "1"),
            (German, 21, "1-and 20"),
            (German, 100, "hundred"),
            (German, 101, "1N hundred 1"),
            (German, 1000, "thousand"),
            (German, 1100, "1N thousand 1N hundred"),
            (German, 100_000, "hundred thousand"),
            (German, 2_000_000, "2 millions"),
            (
                German,
                i32::MAX,
                "2 milliards 1N hundred 7-and 40 millions 4 hundred 3-and 80 thousand 6 hundred 7-and 40",
            ),
            (Italian, 28, "28"),
            (Italian, 29, "20 9"),
            (Italian, 100, "hundred"),
            (Italian, 1000, "thousand"),
            (Italian, 2_200, "2 thousands 2 hundred"),
            (Italian, 1_000_001, "million 1"),
            (Russian, 121, "100 20 1"),
            (Russian, 1000, "1f thousand"),
            (Russian, 22_000, "20 2f thousands-i"),
            (Russian, 12_000, "12 thousands"),
            (Russian, 111_005, "100 11 thousands 5"),
            (Russian, 2_000_000, "2 million-a"),
            (Spanish, 1, "1"),
            (Spanish, 31, "30 and 1"),
            (Spanish, 100, "100"),
            (Spanish, 115, "100-and 15"),
            (Spanish, 1_500, "thousand 500"),
            (Spanish, 1_000_000, "1M million"),
            (Spanish, 22_000_000, "22 millions"),
        ] {
            assert_eq!(said(tongue, it, None), is, "{tongue:?} {it}");
        }
    }

    #[test]
    fn one_has_a_gender() {
        use Tongue::*;
        for (tongue, it, gender, is) in [
            (Spanish, 41, 'f', "40 and 1F"),
            (Spanish, 41, 'm', "40 and 1M"),
            (French, 1, 'f', "1F"),
            (French, 71, 'f', "60 et 11"),
            (German, 101, 'f', "1N hundred 1F"),
            (Russian, 2, 'n', "2n"),
            (Russian, 3, 'n', "3"),
            (English, 1, 'f', "1"),
        ] {
            assert_eq!(said(tongue, it, Some(gender)), is, "{tongue:?} {it}");
        }
    }
}
