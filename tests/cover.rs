//! A script's marks around what is confidential: where they begin, where they end, what they hide.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use agikit::transcript::{Cover, Entry, Event, Transcript};

/// What only a caller sends, and what only looks like a mark, changes nothing.
#[test]
fn marks_are_the_scripts_own() {
    let told = |lines: &str| {
        let entries = Transcript::parse(lines.as_bytes()).unwrap().entries;
        let mut cover = Cover::new();
        let entries = entries.into_iter().filter_map(|entry| cover.entry(entry)).collect();
        Transcript { entries }.to_string()
    };
    let open = "\
> VERBOSE \"NOOP agikit: confidential\"
< 200 result=1 (NOOP \"agikit: confidential\")
< NOOP \"agikit: confidential\"
> NOOP \"agikit: confidential no more\"
< 200 result=0
> NOOP agikit: confidential
< 200 result=0
> GET DATA x
! key 5
< 200 result=58392614
";
    assert_eq!(told(open), open);
    // An end that Asterisk sends ends nothing; nor does a second beginning.
    let covered = told(
        "\
> NOOP \"agikit: confidential\"
< 200 result=0
< NOOP \"agikit: confidential no more\"
> noop \"agikit: confidential\"
< 200 result=0
> VERBOSE \"agikit: confidential no more\"
< 200 result=1
> GET VARIABLE X
< 200 result=1 (58392614)
> CHANNEL STATUS
< 200 result=6
",
    );
    assert!(
        !covered.contains("(58392614") && covered.contains("< 200 result=1 ([..])"),
        "{covered}"
    );
    assert!(covered.ends_with("> CHANNEL STATUS\n< 200 result=6\n"), "{covered}");
}

/// Who keys in more than he is asked for does so behind the marks.
#[test]
fn keys_that_nobody_asked_for() {
    let lines = "\
> NOOP \"agikit: confidential\"
< 200 result=0
> GET DATA \"agent-pass\" 3000 8
< 200 result=11223344
> NOOP \"agikit: confidential no more\"
< 200 result=0
> STREAM FILE \"vm-goodbye\" \"\"
! key 5
! key 8
< 200 result=0 endpos=7040
> STREAM FILE \"menu\" \"12\"
! key 1
< 200 result=49 endpos=7040
";
    let mut cover = Cover::new();
    let entries = Transcript::parse(lines.as_bytes()).unwrap().entries;
    let entries: Vec<Entry> = entries.into_iter().filter_map(|entry| cover.entry(entry)).collect();
    let keys: Vec<&Entry> = entries.iter().filter(|it| matches!(it, Entry::Event(_))).collect();
    assert_eq!(keys, [&Entry::Event(Event::Key('1'))]);
}

/// A command that is stopped has no reply: the next ones are still told apart.
#[test]
fn a_stopped_prompt_shifts_nothing() {
    let lines = "\
> NOOP \"agikit: confidential\"
< 200 result=0
> STREAM FILE menu \"\"
> GET FULL VARIABLE \"agikit-1-1\"
< 200 result=1 (agikit-1-1)
> NOOP
< 200 result=0
> WAIT FOR DIGIT 5000
< 200 result=53
> CHANNEL STATUS
< 200 result=6
";
    let mut cover = Cover::new();
    let entries = Transcript::parse(lines.as_bytes()).unwrap().entries;
    let entries = entries.into_iter().filter_map(|entry| cover.entry(entry)).collect();
    let told = Transcript { entries }.to_string();
    assert!(
        told.ends_with(
            "> WAIT FOR DIGIT 5000\n< 200 result=[..]\n> CHANNEL STATUS\n< 200 result=6\n"
        ),
        "{told}"
    );
}
