//! The file's name out of its template.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// No value that a caller sends is longer than this in a name.
const LONGEST: usize = 64;

/// What the letters of a date stand for, in the order in which Asterisk is asked for them.
pub(crate) const DATES: &[u8] = b"YmdHMSj";

/// Whether Asterisk must be asked for the time.
pub(crate) fn has_date(template: &[u8]) -> bool {
    let mut bytes = template.iter();
    while bytes.any(|&byte| byte == b'%') {
        if bytes.next().is_some_and(|letter| DATES.contains(letter)) {
            return true;
        }
    }
    false
}

/// Replaces what stands for something. The error says what is wrong with the template.
pub(crate) fn expand<'a>(
    template: &[u8],
    value: impl Fn(&[u8]) -> Option<Vec<u8>>,
    dates: &'a [&'a [u8]],
) -> Result<PathBuf, String> {
    let mut name = Vec::new();
    let mut rest = template;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            name.push(byte);
            continue;
        }
        let Some((&letter, behind)) = rest.split_first() else {
            return Err("FILE ends with a %; write %% for one".into());
        };
        rest = behind;
        match letter {
            b'%' => name.push(b'%'),
            b'(' => {
                let end = rest.iter().position(|&byte| byte == b')');
                let end = end.ok_or("FILE has a %( without its )")?;
                let (variable, behind) = rest.split_at(end);
                rest = behind.get(1..).unwrap_or_default();
                let found = value(variable).ok_or_else(|| {
                    let variable = String::from_utf8_lossy(variable);
                    format!("FILE has %({variable}), which is none of uniqueid, channel, callerid, extension")
                })?;
                name.extend(harmless(&found));
            }
            letter => {
                let place = DATES.iter().position(|&known| known == letter);
                let date = place.and_then(|place| dates.get(place)).ok_or_else(|| {
                    format!("FILE has %{}, which stands for nothing", char::from(letter))
                })?;
                name.extend_from_slice(date);
            }
        }
    }
    if name.is_empty() || name.ends_with(b"/") {
        return Err("FILE names no file".into());
    }
    if !name.ends_with(b".wav") && !name.ends_with(b".wav16") {
        name.extend_from_slice(b".wav");
    }
    Ok(Path::new(OsStr::from_bytes(&name)).into())
}

/// What a call has, as a part of a name that leads nowhere: no `/`, no dots that climb, nothing that a shell minds.
fn harmless(value: &[u8]) -> Vec<u8> {
    let mut part = Vec::new();
    for &byte in value.iter().take(LONGEST) {
        let dot = byte == b'.' && !part.is_empty() && !part.ends_with(b".");
        let plain = byte.is_ascii_alphanumeric() || b"+-@_".contains(&byte);
        // A name that begins with - would be an option to many a program.
        let plain = plain && !(byte == b'-' && part.is_empty());
        part.push(if plain || dot { byte } else { b'_' });
    }
    match part.is_empty() {
        true => b"unknown".to_vec(),
        false => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(template: &str, caller: &str) -> Result<String, String> {
        let dates: [&[u8]; 7] = [b"2026", b"01", b"02", b"13", b"04", b"05", b"002"];
        let value = |name: &[u8]| (name == b"callerid").then(|| caller.as_bytes().to_vec());
        let path = expand(template.as_bytes(), value, &dates)?;
        Ok(path.into_os_string().into_string().unwrap())
    }

    #[test]
    fn puts_in_what_the_call_has() {
        for (template, name) in [
            ("/a/b.wav", "/a/b.wav"),
            ("/a/%(callerid)", "/a/+49123.wav"),
            ("%Y/%m%d-%H%M%S.wav16", "2026/0102-130405.wav16"),
            ("100%%-%j", "100%-002.wav"),
        ] {
            assert_eq!(named(template, "+49123").unwrap(), name);
        }
        assert!(has_date(b"a%Y") && !has_date(b"%%Y") && !has_date(b"%(Y)") && !has_date(b"%"));
    }

    #[test]
    fn leads_nowhere_by_what_a_caller_sends() {
        for (caller, part) in [
            ("../../etc/passwd", "_._.__etc_passwd"),
            ("..", "_."),
            (".", "_"),
            ("", "unknown"),
            ("a..b", "a._b"),
            ("-rf *", "_rf__"),
            ("a/b\0c\nd", "a_b_c_d"),
            ("J\u{fc}rgen", "J__rgen"),
        ] {
            let name = named("/x/%(callerid)/y", caller).unwrap();
            assert_eq!(name, format!("/x/{part}/y.wav"));
        }
        assert!(named("%(callerid)", &"9".repeat(500)).unwrap().len() < 100);
    }

    #[test]
    fn says_what_is_wrong() {
        for template in ["", "/a/", "%", "%(callerid", "%(x)", "%q"] {
            assert!(named(template, "1").unwrap_err().starts_with("FILE "), "{template}");
        }
    }
}
