//! What Asterisk 22 and 16 made of these files.

use super::config::{Config, Refused};

/// `astrundir` in a file that Asterisk reads; `None` where the default is in force.
fn run(text: &str) -> Option<String> {
    let (config, _) = Config::parse(text.as_bytes()).ok()?;
    let value = config.setting("directories", "astrundir")?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn refused(text: &str) -> String {
    let Err(Refused(remark)) = Config::parse(text.as_bytes()) else { panic!("it is read: {text}") };
    format!("{}: {}", remark.line, remark.text)
}

#[test]
fn settings_as_asterisk_reads_them() {
    let seen = [
        ("[directories]\nastrundir => /one\n", "/one"),
        // The first category, but the last line.
        ("[directories]\nastrundir => /one\n[directories]\nastrundir => /two\n", "/one"),
        ("[Directories]\nASTRUNDIR=/one\n[directories](+)\nastrundir => /two\n", "/two"),
        (
            "[directories]\nastrundir=/one\n[options]\nx=y\n[directories](+)\nastrundir=/two\n",
            "/two",
        ),
        ("[base](!)\nastrundir => /base\n[directories](base)\nastlogdir=/x\n", "/base"),
        ("[directories](!)\nastrundir => /one\n[directories]\nastrundir=/two\n", "/two"),
        ("\u{feff}[directories]\r\nastrundir => /one\r\n", "/one"),
        ("[directories] ; x\nastrundir => \"/one\"\n", "\"/one\""),
        ("[directories]\nastrundir => /one\nastrundir =\n", ""),
        ("[directories]\nastrundir => /one\n= /three\n#nonsense x\n", "/one"),
        ("[directories]\nastrundir => /one\nastrundir==>/y\n", "=>/y"),
        ("[directories]\nastrundir => /one\nnonsense\nastrundir=/two\n", "/two"),
        ("[directories]\nastrundir => /one\0two\nastrlogdir => /two\n", "/one"),
    ];
    for (text, expected) in seen {
        assert_eq!(run(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(run("[directories](!)\nastrundir => /one\n"), None);
    assert_eq!(run("[ directories ]\nastrundir => /one\n"), None);
    assert_eq!(run(""), None);
}

#[test]
fn comments_as_asterisk_reads_them() {
    let seen = [
        ("astrundir => /one ; c\n;-- a\nastrundir=/two\n--;\n", "/one"),
        ("astrundir => /o;-- a --;ne\n", "/one"),
        ("astrundir => /o\\;x\n", "/o;x"),
        ("astrundir => /one\n;---- a\nastrundir=/two\n", "/two"),
        (
            "astrundir => /one\n;-- a\n ;-- b\nastrundir=/two\n--;\nastrundir=/three\n--;\
             astrundir=/four\n",
            "/four",
        ),
        // An end without a beginning hides the rest.
        ("astrundir => /one\n--;\nastrundir=/two\n", "/one"),
    ];
    for (text, expected) in seen {
        assert_eq!(run(&format!("[directories]\n{text}")).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_file_that_asterisk_leaves() {
    let text = refused("[directories]\nastrundir => /one\n[broken\n");
    assert_eq!(text, "3: a category without its `]`");
    assert_eq!(refused("a=b\n[directories]\n"), "1: a setting before any `[category]`");
    assert_eq!(refused("[directories](base)\n"), "1: no category `base` to inherit from");
    assert_eq!(
        refused("[directories](+)\n"),
        "1: `[directories](+)` without a `[directories]` before it"
    );
    assert_eq!(refused("[directories](!\n"), "1: a category's options without their `)`");
}

#[test]
fn says_what_is_not_followed() {
    let (config, remarks) =
        Config::parse(b"[directories](!)\nastagidir => /a\n#include \"x.conf\"\n").unwrap();
    assert_eq!(remarks.len(), 1);
    assert_eq!(remarks[0].line, 3);
    assert!(remarks[0].text.starts_with("`#include \"x.conf\"` is not followed"), "{remarks:?}");
    assert_eq!(config.template("directories", "astagidir"), Some(&b"/a"[..]));
    let long = [b"[a]\nb=".as_slice(), &[b'x'; 9000], b"\nc=d\n"].concat();
    let (config, remarks) = Config::parse(&long).unwrap();
    assert_eq!((config.setting("a", "b"), config.setting("a", "c")), (None, Some(&b"d"[..])));
    assert_eq!(remarks[0].line, 2);
}

/// Whatever the bytes are, there is an answer.
#[test]
fn any_bytes() {
    let pieces: [&[u8]; 14] = [
        b"[",
        b"]",
        b"(",
        b")",
        b"!",
        b"+",
        b";",
        b"--",
        b"\\",
        b"=",
        b"=>",
        b"\n",
        b"#include",
        b"\xff\0a",
    ];
    let mut state = 1_u64;
    for _ in 0..20_000 {
        let mut text = Vec::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.extend_from_slice(pieces[(state >> 33) as usize % pieces.len()]);
        }
        if let Ok((config, _)) = Config::parse(&text) {
            let _ = config.setting("a", "a");
        }
    }
}
