//! Random arguments.

use std::time::Duration;

use crate::chance::Chance;

/// Values that look like what Asterisk says, or like what a line is made of.
const ODD: [&str; 8] = [
    "200 result=1 (forged)",
    "200 result=0 endpos=1",
    "HANGUP",
    "511 Command Not Permitted on a dead channel or intercept routine",
    "520-Invalid command syntax.  Proper usage follows:",
    ")",
    "\\\"\\\\\" \\",
    "  two  blanks\tand a tab ",
];

impl Chance {
    /// One of them.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    /// In so many of a hundred cases.
    pub fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// At least 10 ms.
    pub fn soon(&mut self, most: u64) -> Duration {
        Duration::from_millis(10 + self.below(most))
    }

    /// Any characters that a line can carry, at least one. A few times any bytes: Asterisk carries those, too, but tells
    /// each such command to its log as an error, with a backtrace (the event that it makes of it must be UTF-8).
    pub fn bytes(&mut self, most: u64) -> Vec<u8> {
        if self.is(20) {
            return self.of(&ODD).into();
        }
        if self.is(95) {
            let all: Vec<char> = ('\x01'..='\u{17f}').filter(|c| !"\n\r".contains(*c)).collect();
            let text: String = (0..1 + self.below(most)).map(|_| self.of(&all)).collect();
            return text.into_bytes();
        }
        (0..1 + self.below(most))
            .map(|_| match u8::try_from(1 + self.below(255)).unwrap() {
                b'\n' | b'\r' => b'"',
                other => other,
            })
            .collect()
    }

    /// Letters and digits, at least one.
    pub fn word(&mut self, most: u64) -> String {
        (0..1 + self.below(most)).map(|_| char::from(self.of(b"abcxyz0123456789"))).collect()
    }

    pub fn digits(&mut self, most: u64) -> String {
        (0..1 + self.below(most)).map(|_| char::from(self.of(b"0123456789"))).collect()
    }

    /// Keys that stop something.
    pub fn keys(&mut self) -> &'static str {
        self.of(&["", "", "#", "12", "0123456789*#"])
    }

    /// A short sound.
    pub fn sound(&mut self) -> &'static str {
        self.of(&["digits/1", "digits/5", "digits/9", "beep", "letters/a", "you-entered"])
    }
}
