//! Which Asterisk is played.

use std::fmt;

/// A version of Asterisk, by which some replies and limits differ.
///
/// ```
/// use agikit::emulator::Version;
///
/// assert!(Version::V16 < Version::V22);
/// assert_eq!(Version::new(13, 1).to_string(), "13.1.0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u16,
    minor: u16,
    patch: u16,
}

impl Version {
    /// 16.28.0, the oldest that the emulator was compared with.
    pub const V16: Version = Version { major: 16, minor: 28, patch: 0 };
    /// 22.10.1, what it plays unless told otherwise.
    pub const V22: Version = Version { major: 22, minor: 10, patch: 1 };

    /// Another one. Only what differs between 13 and 23 in line length, `511`, `520` and EXEC is told apart.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Version { major, minor, patch: 0 }
    }

    /// How many bytes of a line Asterisk reads at a time, a NUL included (`AGI_BUF_LEN`).
    pub(super) fn line_buffer(self) -> usize {
        match (self.major, self.minor) {
            (20, 16..) | (21, 11..) | (22, 6..) | (23.., _) => 8192,
            _ => 2048,
        }
    }

    /// The end of a usage text stands on a line of its own.
    pub(super) fn ends_usage_on_its_own_line(self) -> bool {
        matches!((self.major, self.minor), (13, 17..) | (14, 6..) | (15.., _))
    }

    /// `511` says "or intercept routine".
    pub(super) fn knows_intercept_routines(self) -> bool {
        matches!((self.major, self.minor), (13, 14..) | (14, 3..) | (15.., _))
    }

    /// EXEC evaluates its arguments where AGIEXECFULL is true.
    pub(super) fn knows_execfull(self) -> bool {
        matches!((self.major, self.minor), (16, 27..) | (18, 13..) | (19, 5..) | (20.., _))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Default for Version {
    fn default() -> Self {
        Version::V22
    }
}
