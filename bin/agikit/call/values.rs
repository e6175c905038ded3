//! Arguments that are more than a word.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

pub(crate) use crate::time::time;

/// Who calls: any bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) number: Option<Vec<u8>>,
}

/// `NAME=VALUE`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: Vec<u8>,
}

/// `FAMILY/KEY=VALUE`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) family: String,
    pub(crate) key: String,
    pub(crate) value: Vec<u8>,
}

/// `1001#`, `1w2W#`
pub(crate) fn keys(text: &str) -> Result<String, String> {
    match text.chars().find(|key| !"0123456789*#ABCDabcdwW".contains(*key)) {
        Some(key) => {
            Err(format!("{key:?} is no key; keys are 0 to 9, *, #, A to D, and w and W for pauses"))
        }
        None => Ok(text.to_owned()),
    }
}

/// A time that is none at all would end every call.
pub(crate) fn patience(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("without patience no program gets a word in".to_owned()),
        time => Ok(time),
    }
}

/// `NAME=TIME`
pub(crate) fn sound(text: &str) -> Result<(String, Duration), String> {
    match text.rsplit_once('=') {
        Some((name, length)) if !name.is_empty() => Ok((name.to_owned(), time(length)?)),
        _ => Err("a sound is its name and its length, such as welcome=2.5s".to_owned()),
    }
}

/// `0123456789`, `Alice <0123456789>`, `"Alice" <>`
pub(crate) fn caller(text: OsString) -> Result<Caller, String> {
    let text = text.into_vec();
    let something = |bytes: &[u8]| (!bytes.is_empty()).then(|| bytes.to_vec());
    let Some(open) = text.iter().rposition(|&byte| byte == b'<') else {
        return Ok(Caller { name: None, number: something(text.trim_ascii()) });
    };
    let (name, number) = text.split_at(open);
    let Some(number) =
        number.trim_ascii_end().strip_prefix(b"<").and_then(|it| it.strip_suffix(b">"))
    else {
        return Err("a caller is a number, or `Name <number>`; the `>` is missing".to_owned());
    };
    let name = name.trim_ascii();
    let name = name.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(name);
    Ok(Caller { name: something(name), number: something(number) })
}

/// `NAME=VALUE`
pub(crate) fn variable(text: OsString) -> Result<Variable, String> {
    let wrong = || "a variable is its name and its value, such as LIMIT=5".to_owned();
    let (name, value) = assignment(text).ok_or_else(wrong)?;
    Ok(Variable { name, value })
}

/// `FAMILY/KEY=VALUE`
pub(crate) fn entry(text: OsString) -> Result<Entry, String> {
    let wrong = || "an entry of AstDB is such as accounts/last=1001".to_owned();
    let (name, value) = assignment(text).ok_or_else(wrong)?;
    match name.split_once('/') {
        Some((family, key)) if !family.is_empty() && !key.is_empty() => {
            Ok(Entry { family: family.to_owned(), key: key.to_owned(), value })
        }
        _ => Err(wrong()),
    }
}

/// What stands before the first `=`, which is a name, and what stands behind it, which may be anything.
fn assignment(text: OsString) -> Option<(String, Vec<u8>)> {
    let mut name = text.into_vec();
    let at = name.iter().position(|&byte| byte == b'=')?;
    let value = name.split_off(at + 1);
    name.pop();
    let name = String::from_utf8(name).ok()?;
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_is_some_time() {
        assert_eq!(patience("800ms"), Ok(Duration::from_millis(800)));
        assert!(patience("0s").is_err() && patience("5").is_err());
    }

    #[test]
    fn callers_have_names_and_numbers() {
        let check = |text: &[u8], name: &[u8], number: &[u8]| {
            let caller = caller(OsString::from_vec(text.to_vec())).unwrap();
            assert_eq!(caller.name.as_deref().unwrap_or_default(), name);
            assert_eq!(caller.number.as_deref().unwrap_or_default(), number);
        };
        check(b"0123456789", b"", b"0123456789");
        check(b"Alice <0123>", b"Alice", b"0123");
        check(b"\"Jos\xe9 <x>\" <+49 30>", b"Jos\xe9 <x>", b"+49 30");
        check(b"Alice <>", b"Alice", b"");
        check(b"<5> ", b"", b"5");
        check(b"", b"", b"");
        assert!(caller("Alice <5".into()).is_err());
        assert!(caller("Alice <5> x".into()).is_err());
    }

    #[test]
    fn values_may_be_anything() {
        let set = variable(OsString::from_vec(b"A(x)=b=\xff".to_vec())).unwrap();
        assert_eq!((set.name.as_str(), set.value.as_slice()), ("A(x)", &b"b=\xff"[..]));
        assert!(variable("=5".into()).is_err() && variable("A".into()).is_err());
        let put = entry("a/b/c=d/e=f".into()).unwrap();
        assert_eq!((put.family.as_str(), put.key.as_str()), ("a", "b/c"));
        assert_eq!(put.value, b"d/e=f");
        assert!(entry("ab=c".into()).is_err() && entry("/b=c".into()).is_err());
        assert_eq!(sound("a=b=2s"), Ok(("a=b".to_owned(), Duration::from_secs(2))));
        assert!(sound("a").is_err() && sound("=2s").is_err() && sound("a=2").is_err());
        assert!(keys("12x").is_err() && keys("0*#AdwW").is_ok());
    }
}
