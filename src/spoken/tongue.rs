//! The languages whose rules are known here.

/// The rules by which Asterisk says numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tongue {
    /// And what Asterisk knows no rules for.
    English,
    /// `en_GB`, with an "and" in numbers.
    British,
    French,
    German,
    Italian,
    Russian,
    Spanish,
}

impl Tongue {
    /// The rules for a channel's language. As Asterisk, it looks at the first letters only.
    pub(crate) fn of(language: &str) -> Option<Tongue> {
        let starts = |with: &str| {
            language.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        let known = [
            ("en_GB", Tongue::British),
            ("en", Tongue::English),
            ("de", Tongue::German),
            ("es", Tongue::Spanish),
            ("fr", Tongue::French),
            ("it", Tongue::Italian),
            ("mx", Tongue::Spanish),
            ("ru", Tongue::Russian),
        ];
        known.into_iter().find(|(with, _)| starts(with)).map(|(_, tongue)| tongue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_first_letters() {
        for (language, tongue) in [
            ("en", Some(Tongue::English)),
            ("EN_us", Some(Tongue::English)),
            ("en_GB", Some(Tongue::British)),
            ("es_MX", Some(Tongue::Spanish)),
            ("deutsch", Some(Tongue::German)),
            ("ja", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(Tongue::of(language), tongue, "{language}");
        }
    }
}
