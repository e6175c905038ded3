//! Whether a caller wants his number to be shown.

/// How a caller's number may be shown, as Asterisk's octet tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presentation(pub u8);

impl Presentation {
    /// It may be shown.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self.0 & 0x60 == 0x00
    }

    /// The caller does not want it to be shown.
    #[must_use]
    pub fn is_restricted(self) -> bool {
        self.0 & 0x60 == 0x20
    }

    /// There is none.
    #[must_use]
    pub fn is_unavailable(self) -> bool {
        self.0 & 0x60 == 0x40
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presentation_by_its_bits() {
        let is = |bits| {
            let it = Presentation(bits);
            [it.is_allowed(), it.is_restricted(), it.is_unavailable()]
        };
        assert_eq!([is(0), is(3)], [[true, false, false]; 2]);
        assert_eq!([is(32), is(35)], [[false, true, false]; 2]);
        assert_eq!(is(67), [false, false, true]);
    }
}
