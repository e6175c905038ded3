//! What `cargo bench --bench calls` is made of: its figures, its table, its picture and its files. Then a few calls by its
//! driver, ours and the yardstick's in C, which count as ignored where there is no C compiler for static programs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(
    clippy::cast_possible_truncation,
    reason = "the bench's numbers are made there, and small"
)]

#[path = "../benches/calls/call.rs"]
mod call;
#[path = "../benches/calls/files.rs"]
mod files;
#[path = "../benches/calls/picture.rs"]
mod picture;
#[path = "../benches/calls/rounds.rs"]
mod rounds;
#[path = "../benches/calls/statistics.rs"]
mod statistics;
#[path = "../benches/calls/table.rs"]
mod table;
#[path = "../benches/calls/watch.rs"]
mod watch;
#[path = "../benches/calls/work.rs"]
mod work;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use call::{Program, Times};
use libtest_mimic::{Arguments, Trial};
use rounds::{Plan, Seen};
use statistics::{Quartiles, ratio};
use table::Row;
use watch::Watch;
use work::Work;

fn main() -> ExitCode {
    let has_compiler = Command::new("musl-gcc").arg("--version").stdout(Stdio::null()).status();
    let has_compiler = has_compiler.is_ok_and(|status| status.success());
    if !has_compiler {
        eprintln!(
            "calls of the yardstick: skipped, there is no musl-gcc (apt-get install musl-tools)"
        );
    }
    let trial = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let trials = vec![
        trial("quartiles_lie_between_values", quartiles_lie_between_values),
        trial("ratios_are_taken_within_rounds", ratios_are_taken_within_rounds),
        trial("numbers_are_short", numbers_are_short),
        trial("a_row_is_what_was_seen", a_row_is_what_was_seen),
        trial("the_table_is_one", the_table_is_one),
        trial("the_picture_is_svg", the_picture_is_svg),
        trial("the_readmes_picture_is_svg", the_readmes_picture_is_svg),
        trial("the_files_have_each_call_and_each_row", the_files_have_each_call_and_each_row),
        trial("a_command_is_told_from_others", a_command_is_told_from_others),
        trial("ours_goes_through_a_call", ours_goes_through_a_call),
        trial("ours_is_compared_with_c", ours_is_compared_with_c).with_ignored_flag(!has_compiler),
        trial("whoever_goes_wrong_is_told_of", whoever_goes_wrong_is_told_of),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn quartiles_lie_between_values() {
    let quartiles = |values: &[f64]| Quartiles::of(values.iter().copied());
    let known = |lower, median, upper| Some(Quartiles { lower, median, upper });
    assert_eq!(quartiles(&[]), None);
    assert_eq!(quartiles(&[7.0]), known(7.0, 7.0, 7.0));
    assert_eq!(quartiles(&[5.0, 1.0, 4.0, 2.0, 3.0]), known(2.0, 3.0, 4.0));
    assert_eq!(quartiles(&[4.0, 1.0, 3.0, 2.0]), known(1.75, 2.5, 3.25));
}

fn ratios_are_taken_within_rounds() {
    // A slow second round is slow for both.
    let (one, other) = ([Some(2.0), Some(20.0), Some(3.0)], [Some(1.0), Some(10.0), Some(1.0)]);
    assert_eq!(ratio(&one, &other), Some(2.0));
    assert_eq!(ratio(&[None, Some(6.0)], &[Some(1.0), Some(2.0)]), Some(3.0));
    assert_eq!(ratio(&one, &[]), None);
}

fn numbers_are_short() {
    let shown = [0.0, 2.24, 9.96, 85.4, 999.7, 47_423.6, 1_234_567.0].map(table::number);
    assert_eq!(shown, ["0.0", "2.2", "10", "85", "1,000", "47,424", "1,234,567"]);
    assert_eq!([1.0, 1.094, 9.996, 367.2].map(table::factor), ["1.00", "1.09", "10", "367"]);
}

/// A program whose calls take so many microseconds.
fn seen(name: &'static str, micros: &[&[u64]]) -> Seen {
    let times = |&whole: &u64| Times {
        whole: Duration::from_micros(whole),
        first: Duration::from_micros(whole / 2),
        further: Duration::from_nanos(whole * 20),
        faults: whole / 10,
    };
    Seen {
        name,
        size: (!name.contains('<')).then_some(2048),
        rounds: micros.iter().map(|turn| turn.iter().map(times).collect()).collect(),
        private: vec![40 * 1024, 44 * 1024, 48 * 1024],
    }
}

/// A yardstick, ours, and one with a name that must be escaped.
fn all() -> [Seen; 3] {
    [
        seen("C, static musl", &[&[80, 90, 100], &[160, 180, 200]]),
        seen("agikit", &[&[99, 90, 81], &[198]]),
        seen("<\"slow\" & sons>", &[&[90_000], &[90_000]]),
    ]
}

fn rows() -> Vec<Row> {
    let all = all();
    all.iter().map(|seen| Row::of(seen, &all[0]).unwrap()).collect()
}

fn a_row_is_what_was_seen() {
    let row = rows().remove(1);
    assert_eq!((row.name.as_str(), row.calls, row.size), ("agikit", 4, Some(2.0)));
    assert_eq!(row.call, Quartiles { lower: 87.75, median: 94.5, upper: 123.75 });
    assert!((row.ratio - 1.05).abs() < 1e-9, "{row:?}"); // 90 to 90, and 198 to 180
    assert_eq!((row.first, row.private), (47.0, 44.0));
    assert!((row.further - 1.89).abs() < 1e-9, "{row:?}");
    assert!((row.further_ratio - 1.05).abs() < 1e-9, "{row:?}");
    // Who made no call has no row.
    assert_eq!(Row::of(&seen("none", &[]), &all()[0]), None);
}

fn the_table_is_one() {
    let text = table::table(&rows());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    let columns = |line: &str| line.matches('|').count();
    assert!(lines.iter().all(|line| columns(line) == 10), "{text}");
    let width = |line: &str| line.chars().count();
    assert!(lines.iter().all(|line| width(line) == width(lines[0])), "{text}");
    assert!(lines[3].contains("| **agikit** "), "{text}");
    assert!(lines[4].contains("script") && lines[4].contains(" 90,000 "), "{text}");
}

fn the_picture_is_svg() {
    let text = picture::picture("One call & what it takes", &rows());
    let svg = roxmltree::Document::parse(&text).unwrap();
    let root = svg.root_element();
    assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2000/svg"));
    let named = |name: &'static str| svg.descendants().filter(move |it| it.has_tag_name(name));
    let texts: Vec<&str> = named("text").filter_map(|it| it.text()).collect();
    assert!(texts.contains(&"<\"slow\" & sons>") && texts.contains(&"agikit"), "{texts:?}");
    // The longer the call, the longer its bar; and all of it lies within the picture.
    let place = |node: &roxmltree::Node<'_, '_>, name| -> f64 {
        node.attribute(name).unwrap().parse().unwrap()
    };
    let bars: Vec<f64> = named("rect").map(|bar| place(&bar, "width")).collect();
    assert!(bars.len() == 3 && bars[0] > 10.0 && bars[2] > 2.0 * bars[0], "{bars:?}");
    let (width, height) = (place(&root, "width"), place(&root, "height"));
    assert!(named("text").all(|it| place(&it, "x") < width && place(&it, "y") < height));
    // Nothing to draw is no surprise either.
    roxmltree::Document::parse(&picture::picture("none", &[])).unwrap();
}

fn the_readmes_picture_is_svg() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(top.join("docs/calls.svg")).unwrap();
    let svg = roxmltree::Document::parse(&text).unwrap();
    let ours = svg.descendants().filter(|it| it.attribute("class") == Some("ours"));
    assert!(ours.count() > 0);
}

fn the_files_have_each_call_and_each_row() {
    let all = all();
    let csv = files::csv(&[&all, &all[..1]]);
    assert_eq!(csv.lines().count(), 1 + (6 + 4 + 2) + 6, "{csv}");
    assert!(csv.contains("\n\"agikit\",2,198.00,99.00,3.960,19\n"), "{csv}");
    let json = files::json(&[("agi", &rows()), ("eagi", &[])]);
    #[cfg(feature = "cli")]
    {
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["agi"][1]["program"], "agikit");
        assert_eq!(read["agi"][2]["program"], "<\"slow\" & sons>");
        assert_eq!(read["agi"][1]["call_us"], 94.5);
        assert_eq!(read["agi"][2]["size_kib"], serde_json::Value::Null);
        assert_eq!(read["eagi"].as_array().map(Vec::len), Some(0));
    }
    let readme = include_str!("../README.md");
    let (own, other) =
        (|text| files::with_tables(text, "one\n"), |text| files::with_tables(text, ""));
    assert!(own(readme).unwrap().contains("-->\none\n<!--"));
    assert_eq!(other(&own(readme).unwrap()), other(readme));
    assert_eq!(own("no marks"), None);
    assert!(json.contains("\"program\": \"agikit\", \"calls\": 4, \"call_us\": 94.50"), "{json}");
}

fn a_command_is_told_from_others() {
    let work = Work::agi(7);
    let is = |at: usize, line: &str| work.steps[at].is(line.as_bytes());
    assert!(is(0, "GET VARIABLE ACCOUNT\n") && is(0, "GET VARIABLE \"ACCOUNT\"\n"));
    assert!(is(2, "STREAM FILE \"welcome\" \"\" 0\n") && is(4, "SAY NUMBER 1204 \"\" \n"));
    assert!(is(6, "SET VARIABLE CHOICE 7\n") && !is(6, "SET VARIABLE CHOICE 8\n"));
    for wrong in
        ["SAY NUMBER 12040\n", "SAY NUMBER 1204", "SAY NUMBER 120\n", "SAY NUMBER 1204 7\n"]
    {
        assert!(!is(4, wrong), "{wrong}");
    }
    // Of no two calls the values are the same.
    assert_ne!(Work::agi(1).steps[0].reply, Work::agi(2).steps[0].reply);
    assert_ne!(Work::eagi(1).audio, Work::eagi(2).audio);
}

/// An example, which cargo builds before the tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().with_file_name("examples").join(name);
    assert!(path.exists(), "{} is not built; cargo build --examples does it", path.display());
    path
}

fn watch() -> Watch {
    Watch::new(Duration::from_secs(10))
}

fn ours_goes_through_a_call() {
    let agi = Program::new(&example("calls-bench"), &watch()).unwrap();
    let times = agi.call(&Work::agi(1), None).unwrap();
    assert!(times.first <= times.whole && times.faults > 0, "{times:?}");
    let eagi = Program::new(&example("calls-bench-eagi"), &watch()).unwrap();
    eagi.call(&Work::eagi(2), None).unwrap();
    let mut looks = Vec::new();
    let mut look = |id| call::private(id).map(|bytes| looks.push(bytes));
    eagi.call(&Work::eagi(3), Some(&mut look)).unwrap();
    agi.call(&Work::agi(4), Some(&mut look)).unwrap();
    assert!(looks.len() == 2 && looks.iter().all(|&bytes| bytes > 0), "{looks:?}");
}

fn ours_is_compared_with_c() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/calls/c/call.c");
    let folder = std::env::temp_dir().join(format!("agikit-calls-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    for (option, ours) in [("-DAGI", "calls-bench"), ("-DEAGI", "calls-bench-eagi")] {
        let work = if option == "-DEAGI" { Work::eagi } else { Work::agi };
        let yardstick = folder.join(ours);
        let mut compiler = Command::new("musl-gcc");
        compiler.args(["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o"]).arg(&yardstick);
        assert!(compiler.arg(&source).arg(option).status().unwrap().success());
        let ours = example(ours);
        let programs = [("C", yardstick.as_path()), ("agikit", ours.as_path())];
        let plan = Plan { rounds: 3, turn: 2 };
        let (seen, faults) = rounds::play(&programs, work, plan, &watch()).unwrap();
        assert_eq!(faults, [""; 0]);
        for seen in &seen {
            assert_eq!((seen.rounds.len(), seen.private.len()), (3, 5));
            assert!(seen.size > Some(1000));
        }
        let rows: Vec<Row> = seen.iter().map(|it| Row::of(it, &seen[0]).unwrap()).collect();
        assert!(rows.iter().all(|row| row.calls >= 3 && row.private > 0.0), "{rows:?}");
        assert!((rows[0].ratio - 1.0).abs() < 1e-9 && rows[1].ratio > 0.0, "{rows:?}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

fn whoever_goes_wrong_is_told_of() {
    let shell = |script: &str| {
        let path = std::env::temp_dir().join(format!("agikit-calls-{}.sh", std::process::id()));
        std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
        Command::new("chmod").arg("755").arg(&path).status().unwrap();
        let program = Program::new(&path, &Watch::new(Duration::from_millis(300))).unwrap();
        let outcome = program.call(&Work::agi(3), None);
        std::fs::remove_file(&path).unwrap();
        outcome.unwrap_err()
    };
    assert!(shell("exit 0").contains("it ended where"));
    assert!(shell("echo GET VARIABLE BALANCE; read reply").contains("was due"));
    // Two at once, and one that hangs.
    assert!(shell("printf 'GET VARIABLE ACCOUNT\\nNOOP\\n'; read reply").contains("was due"));
    assert!(shell("exec sleep 60").contains("it ended where"));
    let rest = "while read line && [ -n \"$line\" ]; do :; done\n\
        c() { echo \"$1\"; read reply; }\n\
        c 'GET VARIABLE ACCOUNT'; v=${reply#*(}; c \"SET VARIABLE BALANCE ${v%)}\"; c 'STREAM FILE welcome'\n\
        c 'WAIT FOR DIGIT 5000'; c 'SAY NUMBER 1204'; c 'EXEC NoOp done'; c 'SET VARIABLE CHOICE 3'\n";
    assert!(shell(&format!("{rest}exit 3")).contains("Exited"));
    assert!(shell(&format!("{rest}kill -9 $$")).contains("SIGKILL"));
    assert!(shell(&format!("{rest}echo NOOP")).contains("more than its commands"));
}
