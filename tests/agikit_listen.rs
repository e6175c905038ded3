//! `agikit listen`, run as a user runs it: the picture, what is told, the SVG, and what cannot be listened to.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support_process;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use agikit::audio::{Format, WavRecorder};
use nix::pty::{Winsize, openpty};
use roxmltree::{Document, Node};
use support_process::{Done, empty_folder, run};

/// Where the two bursts are, in seconds; the whole is 5 s.
const BURSTS: [(f64, f64); 2] = [(1.0, 1.5), (3.0, 3.8)];

/// A quiet line with two bursts of syllables, the second one louder.
fn samples() -> Vec<i16> {
    let wave = |n: i32| {
        let loud = match n {
            8000..12_000 => 300,
            24_000..30_400 => 900,
            _ => 0,
        };
        let syllable = 1000 - (n % 1000 - 500).abs();
        i16::try_from((n * 37 % 64 - 32) * loud * syllable / 5000 + n * 7919 % 13 - 6).unwrap()
    };
    (0..40_000).map(wave).collect()
}

/// A folder of the test's own with `two.wav` in it.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = empty_folder(name);
    let mut file = WavRecorder::create(folder.join("two.wav"), Format::Linear(8000)).unwrap();
    file.write(&samples()).unwrap();
    file.finish().unwrap();
    folder
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agikit"));
    command.arg("listen").current_dir(folder).stdin(Stdio::null());
    for name in ["COLUMNS", "LINES", "LC_ALL", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C.UTF-8");
    command
}

fn listen(folder: &Path, arguments: &[&str]) -> Done {
    run(command(folder).args(arguments))
}

/// Begin and end of each utterance, out of its line.
fn utterances(done: &Done) -> Vec<(f64, f64)> {
    let lines = done.sent.iter().filter(|line| line.starts_with("utterance "));
    let value = |line: &str, name: &str| {
        let mut words = line.split_whitespace().skip_while(|word| *word != name);
        words.nth(1).unwrap().parse::<f64>().unwrap()
    };
    lines.map(|line| (value(line, "begin"), value(line, "end"))).collect()
}

/// Within two frames, and at the end a third: the last syllable fades away.
#[track_caller]
fn near(found: &[(f64, f64)]) {
    assert_eq!(found.len(), 2, "{found:?}");
    for ((begin, end), (from, to)) in found.iter().zip(BURSTS) {
        assert!((begin - from).abs() <= 0.0401 && (end - to).abs() <= 0.0601, "{found:?}");
    }
}

#[test]
fn draws_and_tells() {
    let folder = folder("listen_draws");
    let done = listen(&folder, &["--threshold", "9.5", "two.wav"]);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    near(&utterances(&done));
    let sent = &done.sent;
    assert!(sent[0].starts_with("two.wav: slin, 8000 Hz, 5.000 s, RMS -"), "{}", sent[0]);
    assert!(sent[1].starts_with("     0 \u{2524}") && sent[13].starts_with("   -60 \u{2524}"));
    assert!(sent[14].starts_with("speech  ") && sent[14].contains('\u{2501}'));
    assert!(sent[16].trim_start().starts_with("0s") && sent[16].ends_with("5s"), "{}", sent[16]);
    assert!(sent[17].contains("threshold: noise + 9.5 dB, at least -"), "{}", sent[17]);
    assert_eq!(sent.last().unwrap(), "Detector::new(8000).threshold(9.5)");
    // What is speech in the picture is where the bursts are: 80 columns, 9 of which are not the sound's.
    let marks: Vec<char> = sent[14].chars().skip(8).collect();
    let speech: Vec<usize> =
        (0..marks.len()).filter(|at| "\u{2501}12".contains(marks[*at])).collect();
    for (at, seconds) in [(0, 1.0), (speech.len() - 1, 3.8)] {
        let found = (speech[at] as f64 + 0.5) / 71.0 * 5.0;
        assert!((found - seconds).abs() < 0.12, "{found} {seconds}");
    }
}

#[test]
fn values_change_what_is_found() {
    let folder = folder("listen_values");
    let done = listen(&folder, &["--least-level", "-22", "--hangover", "1.2s", "two.wav"]);
    let found = utterances(&done);
    assert!(found.len() == 1 && found[0].0 > 2.9, "the louder one only: {found:?}");
    let rust = "Detector::new(8000).least_level(-22.0).hangover(Duration::from_millis(1200))";
    assert_eq!(done.sent.last().unwrap(), rust);
    assert!(done.sent.iter().any(|line| line.contains("at least -22 dBFS")));
    let done = listen(&folder, &["--hangover", "2s", "two.wav"]);
    assert_eq!(utterances(&done).len(), 1);
    let done = listen(&folder, &["--minimum-speech", "2s", "two.wav"]);
    assert!(utterances(&done).is_empty() && done.sent.contains(&"no speech".to_owned()));
}

#[test]
fn a_part_and_lines() {
    let folder = folder("listen_part");
    let done = listen(&folder, &["--from", "2s", "--to", "4s", "two.wav"]);
    let lines: Vec<&String> = done.sent.iter().filter(|it| it.starts_with("utterance")).collect();
    assert!(lines.len() == 1 && lines[0].starts_with("utterance 2 "), "{lines:?}");
    let done = listen(&folder, &["--line", "2s", "two.wav"]);
    assert_eq!(done.sent.iter().filter(|line| line.starts_with("speech")).count(), 3);
    near(&utterances(&done));
    let done = listen(&folder, &["--line", "1ms", "two.wav"]);
    assert!(done.status == Some(3) && done.errors.contains("give --line more time"));
    let done = listen(&folder, &["--from", "5s", "two.wav"]);
    assert!(done.status == Some(3) && done.errors.contains("two.wav is 5.000 s long"));
}

#[test]
fn colours_and_characters_are_those_that_are_wanted() {
    let folder = folder("listen_colours");
    let text = |command: &mut Command| run(command.arg("two.wav")).sent.join("\n");
    let plain = text(&mut command(&folder));
    assert!(!plain.contains('\u{1b}') && !plain.is_ascii());
    let coloured = text(command(&folder).env("CLICOLOR_FORCE", "1"));
    assert!(coloured.contains("\u{1b}[32m"));
    assert_eq!(text(command(&folder).env("NO_COLOR", "1")), plain);
    let ascii = text(command(&folder).arg("--ascii"));
    assert!(ascii.is_ascii() && ascii.contains("===="));
    assert_eq!(text(command(&folder).env("LC_ALL", "C")), ascii);
}

#[test]
fn is_as_wide_as_the_terminal() {
    let folder = folder("listen_wide");
    for (columns, wide) in [("40", 40), ("200", 200), ("1", 30), ("x", 80), ("", 80), ("0", 80)] {
        let done = run(command(&folder).env("COLUMNS", columns).arg("two.wav"));
        let picture = &done.sent[1..17];
        let widest = picture.iter().map(|line| line.chars().count()).max().unwrap();
        assert!(widest == wide - 1 || widest == wide, "{columns}: {widest}");
        near(&utterances(&done));
    }
}

#[test]
fn a_terminal_gets_its_own_size_and_whole_pieces() {
    let folder = folder("listen_terminal");
    for (wide, high, rows) in [(50, 20, 7), (100, 30, 13), (100, 50, 25)] {
        let size = Winsize { ws_row: high, ws_col: wide, ws_xpixel: 0, ws_ypixel: 0 };
        let ends = openpty(&size, None).unwrap();
        let mut command = command(&folder);
        command.args(["--hangover", "800ms", "--minimum-speech", "100ms", "two.wav"]);
        command.env("TERM", "xterm").env("NO_COLOR", "1").stdout(ends.slave);
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut all = Vec::new();
        let _ = File::from(ends.master).read_to_end(&mut all); // ends with an error
        assert!(child.wait().unwrap().success());
        let all = String::from_utf8(all).unwrap();
        let lines: Vec<&str> = all.lines().collect();
        let widest = lines.iter().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= wide.into() && widest + 1 >= wide.into(), "{widest} of {wide}:\n{all}");
        let levels = lines.iter().filter(|line| line.contains(['\u{2502}', '\u{2524}']));
        assert_eq!(levels.count(), rows, "{all}");
        let rust = match wide {
            50 => "\n    .hangover(Duration::from_millis(800))\n    .minimum_speech(",
            _ => "Detector::new(8000).hangover(Duration::from_millis(800)).minimum_speech(",
        };
        assert!(all.replace('\r', "").contains(rust), "{all}");
    }
}

#[test]
fn json_for_programs() {
    let folder = folder("listen_json");
    let done = listen(&folder, &["--json", "two.wav", "two.wav"]);
    assert_eq!((done.status, done.sent.len()), (Some(0), 2));
    let all: serde_json::Value = serde_json::from_str(&done.sent[1]).unwrap();
    let number = |at: usize, name: &str| all["utterances"][at][name].as_f64().unwrap();
    near(&[0, 1].map(|at| (number(at, "begin"), number(at, "end"))));
    assert!((number(0, "kept_from") - number(0, "begin") + 0.3).abs() < 1e-6);
    assert_eq!((&all["format"], &all["rate"]), (&"slin".into(), &8000.into()));
}

fn of_class<'a, 'i>(svg: &'a Document<'i>, class: &str) -> Vec<Node<'a, 'i>> {
    svg.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

fn number(node: &Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

#[test]
fn an_svg_of_the_same() {
    let folder = folder("listen_svg");
    let file = "a <b> & \u{1b}[2J\".wav";
    fs::rename(folder.join("two.wav"), folder.join(file)).unwrap();
    let done = listen(&folder, &["--svg", "two.svg", file]);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    near(&utterances(&done));
    let text = fs::read_to_string(folder.join("two.svg")).unwrap();
    let svg = Document::parse(&text).unwrap();
    let title =
        svg.descendants().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "title")));
    let title = title.unwrap().text().unwrap().to_owned();
    assert!(title.starts_with("a <b> & \\u{1b}[2J\".wav: slin, 8000 Hz, 5.000 s"), "{title}");
    assert!(!svg.descendants().any(|node| node.tag_name().name() == "script"));
    // The axis of time tells where a second is.
    let times = of_class(&svg, "time");
    let second =
        |label: &str| number(times.iter().find(|node| node.text() == Some(label)).unwrap(), "x");
    let (begin, end) = (second("0.0s"), second("5.0s"));
    let at = |x: f64| (x - begin) / (end - begin) * 5.0;
    let speech: Vec<(f64, f64)> = of_class(&svg, "speech")
        .iter()
        .map(|node| (at(number(node, "x")), at(number(node, "x") + number(node, "width"))))
        .collect();
    near(&speech);
    for class in ["threshold", "floor", "level", "rest", "kept", "said"] {
        assert!(!of_class(&svg, class).is_empty(), "{class}");
    }
    // Alone on standard output, and the same.
    let done = listen(&folder, &["--svg", "-", file]);
    assert_eq!(done.sent.join("\n") + "\n", text);
}

#[test]
fn an_svg_overwrites_nothing_else() {
    let folder = folder("listen_svg_over");
    let before = fs::read(folder.join("two.wav")).unwrap();
    let done = listen(&folder, &["--svg", "two.wav", "two.wav"]);
    assert!(done.status == Some(3) && done.errors.contains("two.wav is there and is no SVG"));
    assert_eq!(fs::read(folder.join("two.wav")).unwrap(), before);
    fs::write(folder.join("old.svg"), "<?xml version=\"1.0\"?>\n<svg/>").unwrap();
    assert_eq!(listen(&folder, &["--svg", "old.svg", "two.wav"]).status, Some(0));
    assert!(fs::read_to_string(folder.join("old.svg")).unwrap().contains("</svg>"));
    let done = listen(&folder, &["--svg", "no/where.svg", "two.wav"]);
    assert!(done.status == Some(3) && done.errors.contains("no/where.svg"), "{}", done.errors);
}

#[test]
fn samples_without_a_header() {
    let folder = folder("listen_raw");
    for (name, format) in [("a.sln", "slin"), ("a.ulaw", "ulaw"), ("a.alaw", "alaw")] {
        let mut bytes = Vec::new();
        Format::named(format.as_bytes()).unwrap().encode(&samples(), &mut bytes);
        fs::write(folder.join(name), &bytes).unwrap();
        let done = listen(&folder, &[name]);
        assert!(done.sent[0].starts_with(&format!("{name}: {format}, 8000 Hz, 5.000 s")));
        near(&utterances(&done));
        fs::write(folder.join("caller"), &bytes).unwrap();
        near(&utterances(&listen(&folder, &["--format", format, "caller"])));
        let input = File::open(folder.join(name)).unwrap();
        let done = run(command(&folder).args(["--format", format, "-"]).stdin(input));
        near(&utterances(&done));
        assert!(done.sent[0].starts_with("standard input: "), "{}", done.sent[0]);
    }
    // A WAV file says itself what it is.
    let done = run(command(&folder)
        .args(["--format", "ulaw", "-"])
        .stdin(File::open(folder.join("two.wav")).unwrap()));
    near(&utterances(&done));
}

#[test]
fn what_cannot_be_listened_to() {
    let folder = folder("listen_bad");
    fs::write(folder.join("text.txt"), "no sound at all").unwrap();
    fs::write(folder.join("empty.sln"), "").unwrap();
    fs::write(folder.join("cut.wav"), &fs::read(folder.join("two.wav")).unwrap()[..30]).unwrap();
    fs::write(folder.join("e\u{1b}]0;x\u{7}.txt"), "x").unwrap();
    for (file, told) in [
        ("none.wav", "cannot read none.wav: No such file"),
        (".", "cannot read .: Is a directory"),
        ("text.txt", "text.txt: neither a WAV file nor one with a known extension"),
        ("text.txt", "--format slin16"),
        ("empty.sln", "empty.sln: there is no sample in it"),
        ("cut.wav", "cut.wav: the WAV file's format is cut short"),
        ("e\u{1b}]0;x\u{7}.txt", "e\\u{1b}]0;x\\u{7}.txt: neither"),
    ] {
        let done = listen(&folder, &[file]);
        assert_eq!((done.status, done.sent.len()), (Some(3), 0), "{file}");
        assert!(
            done.errors.starts_with("agikit: ") && done.errors.contains(told),
            "{}",
            done.errors
        );
        assert!(!done.errors.contains('\u{1b}'));
    }
    // One that is bad hides none of the others.
    let done = listen(&folder, &["none.wav", "two.wav"]);
    assert_eq!(done.status, Some(3));
    near(&utterances(&done));
}

#[test]
fn arguments_that_make_no_sense() {
    let folder = folder("listen_arguments");
    for (arguments, told) in [
        ("", "<FILE>..."),
        ("--svg x.svg two.wav two.wav", "an SVG is of one FILE"),
        ("--svg - --json two.wav", "cannot both go to standard output"),
        ("--line 0s two.wav", "--line needs some time"),
        ("--from 2s --to 1s two.wav", "--to is not behind --from"),
        ("--hangover 5 two.wav", "a time is a number and its unit"),
        ("--threshold loud two.wav", "a number of dB, from 0 to 60"),
        ("--least-level 3 two.wav", "a number of dBFS, from -100 to 0"),
        ("--format gsm two.wav", "slin16"),
    ] {
        let done = listen(&folder, &arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!((done.status, done.sent.len()), (Some(2), 0), "{arguments}");
        assert!(done.errors.contains(told), "{arguments}: {}", done.errors);
    }
}

#[test]
fn every_sample_rate_and_the_shortest_sound() {
    let folder = empty_folder("listen_rates");
    for rate in [8000, 16_000, 44_100, 48_000, 192_000] {
        for count in [1, 7, 4000] {
            let name = format!("{rate}-{count}.wav");
            let mut file = WavRecorder::create(folder.join(&name), Format::Linear(rate)).unwrap();
            file.write(&samples()[..count]).unwrap();
            file.finish().unwrap();
            let done = listen(&folder, &["--svg", "x.svg", &name]);
            assert_eq!((done.status, done.errors.as_str()), (Some(0), ""), "{name}");
            let text = fs::read_to_string(folder.join("x.svg")).unwrap();
            assert!(
                Document::parse(&text).is_ok() && !text.contains("NaN") && !text.contains("inf")
            );
        }
    }
}

#[cfg(feature = "vad")]
#[test]
fn the_trained_model_judges_as_well() {
    let folder = folder("listen_vad");
    let done = listen(&folder, &["--judge", "vad", "--score", "0.25", "two.wav"]);
    assert_eq!((done.status, done.errors.as_str()), (Some(0), ""));
    assert!(done.sent.iter().any(|line| line.contains("a score of 0.25")), "{:?}", done.sent);
    let rust = "Detector::with(8000, Vad::new(8000).threshold(0.25))";
    assert_eq!(done.sent.last().unwrap(), rust);
    // Nothing is certain; and where all will do, what is loud is left.
    let done = listen(&folder, &["--judge", "vad", "--score", "1", "two.wav"]);
    assert!(utterances(&done).is_empty());
    let done = listen(&folder, &["--judge", "vad", "--score", "0", "--json", "two.wav"]);
    let all: serde_json::Value = serde_json::from_str(&done.sent[0]).unwrap();
    assert_eq!(all["detector"]["judge"], "vad");
    assert_eq!(all["utterances"].as_array().unwrap().len(), 2);
    assert_eq!(all["detector"].get("threshold"), None);
    for arguments in ["--judge vad --threshold 3 two.wav", "--score 0.7 two.wav"] {
        let done = listen(&folder, &arguments.split(' ').collect::<Vec<_>>());
        assert!(done.status == Some(2) && done.errors.contains("--judge vad"), "{}", done.errors);
    }
}
