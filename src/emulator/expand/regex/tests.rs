use super::*;

fn found(pattern: &str, text: &str) -> Option<(Span, Option<Span>)> {
    let found = Regex::new(pattern.as_bytes()).expect(pattern).find(text.as_bytes())?;
    Some((found.whole, found.first))
}

#[test]
fn the_longest_of_the_first_matches_counts() {
    assert_eq!(found("(a|ab)(c|bcd)?", "abcd"), Some(((0, 4), Some((0, 1)))));
    assert_eq!(found("b|a", "ab"), Some(((0, 1), None)));
    assert_eq!(found("(a|ab)", "ab"), Some(((0, 2), Some((0, 2)))));
    assert_eq!(found("o+", "foobar"), Some(((1, 3), None)));
    assert_eq!(found("x*", "abc"), Some(((0, 0), None)));
    assert_eq!(found("(x)?a", "a"), Some(((0, 1), None)));
    assert_eq!(found("(abc)+", "xabcabcy"), Some(((1, 7), Some((4, 7)))));
    assert_eq!(found("a{2,3}", "aaaa"), Some(((0, 3), None)));
    assert_eq!(found("(a)\\1", "aa"), Some(((0, 2), Some((0, 1)))));
    assert_eq!(found("\\bb\\b", "a b"), Some(((2, 3), None)));
    assert_eq!(found("^.$", "é"), Some(((0, 2), None)));
    assert_eq!(found("^[^a]$", "é"), Some(((0, 2), None)));
    assert_eq!(found("[]a-c-]+", "x]-b"), Some(((1, 4), None)));
    assert_eq!(found("()", ""), Some(((0, 0), Some((0, 0)))));
    assert_eq!(found("^[[:digit:]]+$", "12a"), None);
    assert_eq!(found("(a*)*", "b"), Some(((0, 0), Some((0, 0)))));
    assert_eq!(found("(a*)+", "aa"), Some(((0, 2), Some((0, 2)))));
}

#[test]
fn what_is_no_pattern_is_none() {
    for wrong in [
        "(", "[", "[a", "a{", "a{1", "a{2,1}", "a{256}", "*a", "+", "(*a)", "[z-a]", "\\",
        "(a)\\2", "[[:x:]]", "(()",
    ] {
        assert!(Regex::new(wrong.as_bytes()).is_none(), "{wrong}");
    }
    assert!(Regex::new(b"a)").is_some() && Regex::new(b"a|").is_some());
}

#[test]
fn work_is_bounded() {
    let text = vec![b'a'; 4000];
    for pattern in
        ["(a*)*b", "(a|aa)+$b", "((a+)+)+b", "(a|b|ab)*c", &"a?".repeat(60), "(.*)(.*)(.*)(.*)x"]
    {
        Regex::new(pattern.as_bytes()).unwrap().find(&text);
    }
    assert!(Regex::new(&[b'('; 10_000]).is_none());
}

proptest::proptest! {
    #[test]
    fn nothing_panics(pattern in "[ab(|)*+?{}0-9,.^$\\\\\\[\\]:-]{0,12}", text in "[ab]{0,20}") {
        if let Some(regex) = Regex::new(pattern.as_bytes())
            && let Some(found) = regex.find(text.as_bytes())
        {
            proptest::prop_assert!(found.whole.0 <= found.whole.1 && found.whole.1 <= text.len());
        }
    }
}
