//! The speech of the bench: made by `espeak-ng`, or Asterisk's prompts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support_speech::{Item, babble, read};

/// Utterances of one kind, and voices for the noise that are not among them.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) items: Vec<Item>,
    pub(crate) babble: Vec<i16>,
}

/// The voices by which the detector was tuned, and what they say.
const TUNED: [&str; 6] = ["en-us", "en-gb+f2", "de", "en-us+m3", "fr+f4", "es"];
const TUNED_PHRASES: [&str; 10] = [
    "yes",
    "no",
    "hello",
    "four two seven",
    "I would like to speak to the sales department",
    "cancel",
    "Peter Miller",
    "six",
    "tomorrow at half past three",
    "stop that please",
];
/// Others, by which it was only measured.
const HELD_OUT: [&str; 6] = ["en-gb-scotland", "en-us+f5", "it", "nl+m7", "en-gb-x-rp+f1", "pl"];
const HELD_OUT_PHRASES: [&str; 10] = [
    "okay",
    "help",
    "seven",
    "operator",
    "my number is nine eight one five",
    "fine thanks",
    "who is calling",
    "zero",
    "please call me back this afternoon",
    "what time do you open",
];
const TALK: &str = "The telephone rang twice before anybody came down the stairs. It was cold in the hall, and \
    the window had been left open all night long. She asked who was there, and nobody gave an answer. After a \
    while there was music, a door, and the voice of a man who read numbers from a list, one after the other, \
    without ever coming to an end. Nobody knew what to make of it, so they put the thing down again.";

/// All that can be had here.
pub(crate) fn sets() -> Vec<Set> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speech");
    fs::create_dir_all(&folder).unwrap();
    if !runs("espeak-ng") || !runs("sox") {
        println!("all: skipped, it needs espeak-ng and sox");
        return Vec::new();
    }
    let made = |name, voices: &[&str], phrases: &[&str], others: &[&str]| Set {
        name,
        items: spoken(&folder, voices, phrases),
        babble: babble(&talking(&folder, others)),
    };
    let mut sets = vec![
        made(
            "espeak-ng, tuned",
            &TUNED,
            &TUNED_PHRASES,
            &["en", "de+m2", "sv", "pt+f3", "en-029", "da+f1", "cs+m5", "hu"],
        ),
        made(
            "espeak-ng, held out",
            &HELD_OUT,
            &HELD_OUT_PHRASES,
            &["en-us-nyc", "ro", "fi+f2", "tr+m4", "hr", "el+f5", "ru+m1", "id"],
        ),
    ];
    match prompts() {
        Some(prompts) => sets.push(recorded(&folder, &prompts)),
        None => {
            println!("Asterisk's prompts: skipped, no folder has them; name one as AGIKIT_PROMPTS")
        }
    }
    sets
}

fn runs(program: &str) -> bool {
    let quiet =
        |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet(Command::new(program).arg("--version")).is_ok_and(|status| status.success())
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

/// A sound file as samples at 8 kHz; kept under this name for the next run.
fn converted(folder: &Path, name: &str, from: impl FnOnce() -> PathBuf) -> Vec<i16> {
    let to = folder.join(name.replace([' ', '/'], "_") + ".wav");
    if !to.exists() {
        let (from, made) = (from(), folder.join("made.wav"));
        // No dither: silence stays silent, and the same file gives the same samples.
        let [from, made_name] = [&from, &made].map(|path| path.to_str().unwrap());
        run("sox", &["-D", from, "-r", "8000", "-c", "1", "-b", "16", made_name, "gain", "-h"]);
        fs::rename(made, &to).unwrap();
    }
    read(&to)
}

fn say(folder: &Path, voice: &str, text: &str, speed: usize) -> Vec<i16> {
    let begin: String = text.chars().take(40).collect();
    converted(folder, &format!("{voice}-{speed}-{begin}"), || {
        let to = folder.join("spoken");
        run(
            "espeak-ng",
            &["-v", voice, "-s", &speed.to_string(), "-w", to.to_str().unwrap(), text],
        );
        let wav = folder.join("spoken.wav");
        fs::rename(to, &wav).unwrap();
        wav
    })
}

/// Every voice says every phrase, some faster than others.
fn spoken(folder: &Path, voices: &[&str], phrases: &[&str]) -> Vec<Item> {
    let pairs = phrases.iter().flat_map(|phrase| voices.iter().map(move |voice| (voice, phrase)));
    let samples = pairs
        .enumerate()
        .map(|(at, (voice, phrase))| say(folder, voice, phrase, 130 + at % 5 * 15));
    samples.filter_map(Item::by_level).collect()
}

fn talking(folder: &Path, voices: &[&str]) -> Vec<Vec<i16>> {
    let rotated = |at: usize| {
        let words: Vec<&str> = TALK.split(' ').collect();
        let from = at * 9 % words.len();
        [&words[from..], &words[..from]].concat().join(" ")
    };
    voices
        .iter()
        .enumerate()
        .map(|(at, voice)| say(folder, voice, &rotated(at), 150 + at * 5))
        .collect()
}

/// Asterisk's English prompts.
fn prompts() -> Option<PathBuf> {
    // Debian's `en` is a link that leads elsewhere outside the lab's root.
    let lab = |version| {
        let sounds = format!(".lab/{version}/root/usr/share/asterisk/sounds/en_US_f_Allison");
        format!("{}/{sounds}", env!("CARGO_MANIFEST_DIR"))
    };
    let named = std::env::var("AGIKIT_PROMPTS").ok();
    let usual = ["/usr/share/asterisk/sounds/en", "/var/lib/asterisk/sounds/en"].map(str::to_owned);
    let mut folders = named.into_iter().chain([lab(22), lab(16)]).chain(usual).map(PathBuf::from);
    folders.find(|folder| folder.join("vm-goodbye.gsm").exists())
}

/// Every third of the prompts that are one utterance; the babble is eight of the longest.
fn recorded(folder: &Path, prompts: &Path) -> Set {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(prompts).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gsm"));
    // Beeps and the monkeys are no speech.
    paths.retain(|path| {
        !["beep", "beeperr", "tone", "monkeys", "weasels"]
            .iter()
            .any(|word| path.to_string_lossy().contains(word))
    });
    paths.sort_by_key(|path| (std::cmp::Reverse(fs::metadata(path).unwrap().len()), path.clone()));
    let sound = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        converted(folder, &format!("prompt-{name}"), || path)
    };
    let voices: Vec<Vec<i16>> = paths.drain(..8).map(sound).collect();
    paths.sort();
    let items = paths.into_iter().step_by(3).map(sound).filter_map(Item::by_level);
    Set { name: "Asterisk's prompts, held out", items: items.collect(), babble: babble(&voices) }
}
