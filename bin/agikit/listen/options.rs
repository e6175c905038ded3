//! The arguments of `agikit listen`.

use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "vad")]
use agikit::audio::Vad;
use agikit::audio::{Detector, Format};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

#[cfg(feature = "vad")]
use super::judge::Judge;
use crate::call::time;

/// Draws how loud a recording is over time, and what the detector takes for speech.
///
/// For choosing a detector's values by looking: give some, look, and copy the line of Rust that stands below the
/// picture. Each column shows its loudest 20 ms in dBFS (RMS); the lines are the noise, as the detector follows it,
/// and what speech must reach. That is so where the noise is steady: the detector weighs octave by octave, without
/// what is below 125 Hz, asks for more where the noise goes up and down, and for less while somebody speaks. Under the
/// picture is what it takes for speech, and what a capture keeps with it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit listen message.wav
  agikit listen --threshold 6 --hangover 1s message.wav   try other values
  agikit listen --from 1m --to 90s --line 10s long.wav    a part, 10 s a line
  agikit listen --svg message.svg message.wav             as a file, too
  agikit listen --format slin16 - < caller.raw            without a header
  agikit listen --json *.wav | jq .utterances             for programs
  agikit listen *.wav | grep ^utterance

A name's extension tells what a file without a header holds: .sln .raw .sln16
(and so on) .ulaw .alaw. Times are 800ms, 1.5s, 2m. COLUMNS and LINES set the
picture's size.")]
pub(crate) struct Listen {
    /// WAV files, or samples without a header; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What a file without a header holds, by Asterisk's names.
    #[arg(long, value_parser = PossibleValuesParser::new(FORMATS).try_map(format))]
    pub(crate) format: Option<Format>,

    /// Show from this time on.
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "The picture")]
    pub(crate) from: Option<Duration>,
    /// Show up to this time.
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "The picture")]
    pub(crate) to: Option<Duration>,
    /// Break the picture into lines of so much time each; without it all is one line.
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "The picture")]
    pub(crate) line: Option<Duration>,
    /// Draw with ASCII, as is done where the locale is not UTF-8.
    #[arg(long, help_heading = "The picture")]
    pub(crate) ascii: bool,
    /// Write the picture as SVG to this file, too; `-` is standard output, and then nothing else goes there.
    #[arg(long, value_name = "FILE", help_heading = "The picture")]
    pub(crate) svg: Option<PathBuf>,
    /// Print a line of JSON for each file, and no picture.
    #[arg(long, help_heading = "The picture")]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) values: Values,
}

/// Those of a detector that nobody has set; a test compares.
const THRESHOLD: f32 = 4.0;
const LEAST_LEVEL: f32 = -50.0;

/// The detector's values, by the names of its setters.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "The detector")]
pub(crate) struct Values {
    /// Who judges what is speech.
    #[cfg(feature = "vad")]
    #[arg(long, value_name = "JUDGE", default_value = "energy")]
    pub(crate) judge: Judge,
    /// How sure the model is of speech, from 0 to 1; for --judge vad.
    #[cfg(feature = "vad")]
    #[arg(long, value_name = "SCORE", default_value = "0.5", value_parser = score)]
    pub(crate) score: f32,
    /// How far speech stands out of the noise, in dB where the noise is steady.
    #[arg(long, value_name = "DB", default_value_t = THRESHOLD, value_parser = decibels)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) threshold: f32,
    /// How loud speech is at least, in dBFS.
    #[arg(long, value_name = "DBFS", default_value_t = LEAST_LEVEL, value_parser = dbfs)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) least_level: f32,
    /// How much silence ends an utterance.
    #[arg(long, value_name = "TIME", default_value = "600ms", value_parser = time)]
    pub(crate) hangover: Duration,
    /// How much speech makes an utterance.
    #[arg(long, value_name = "TIME", default_value = "120ms", value_parser = time)]
    pub(crate) minimum_speech: Duration,
    /// How much a capture keeps of what was before.
    #[arg(long, value_name = "TIME", default_value = "300ms", value_parser = time)]
    pub(crate) pre_roll: Duration,
}

impl Default for Values {
    /// Those of a detector that nobody has set.
    fn default() -> Self {
        let time = Duration::from_millis;
        Values {
            #[cfg(feature = "vad")]
            judge: Judge::Energy,
            #[cfg(feature = "vad")]
            score: 0.5,
            threshold: THRESHOLD,
            least_level: LEAST_LEVEL,
            hangover: time(600),
            minimum_speech: time(120),
            pre_roll: time(300),
        }
    }
}

impl Values {
    pub(super) fn detector(&self, rate: u32) -> Detector {
        self.judged(rate)
            .hangover(self.hangover)
            .minimum_speech(self.minimum_speech)
            .pre_roll(self.pre_roll)
    }

    fn judged(&self, rate: u32) -> Detector {
        #[cfg(feature = "vad")]
        if self.judge == Judge::Vad {
            return Detector::with(rate, Vad::new(rate).threshold(self.score));
        }
        Detector::new(rate).threshold(self.threshold).least_level(self.least_level)
    }

    /// What is said of a judge that is not the one that judges.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        #[cfg(feature = "vad")]
        {
            let usual = Values::default();
            let is_own = (self.threshold, self.least_level) == (usual.threshold, usual.least_level);
            match self.judge {
                Judge::Vad if !is_own => {
                    return Some(
                        "--threshold and --least-level are not for --judge vad; --score is",
                    );
                }
                Judge::Energy if self.score != usual.score => {
                    return Some("--score is for --judge vad");
                }
                _ => {}
            }
        }
        None
    }

    /// The same in Rust, for a script, call by call: only what is not as usual.
    pub(super) fn rust(&self, rate: u32) -> Vec<String> {
        let usual = Values::default();
        let mut calls = vec![format!("Detector::new({rate})")];
        let mut number = |name: &str, value: f32, usual: f32| {
            if value.to_bits() != usual.to_bits() {
                calls.push(format!(".{name}({value:?})"));
            }
        };
        number("threshold", self.threshold, usual.threshold);
        number("least_level", self.least_level, usual.least_level);
        #[cfg(feature = "vad")]
        if self.judge == Judge::Vad {
            let score = match self.score == usual.score {
                true => String::new(),
                false => format!(".threshold({:?})", self.score),
            };
            calls = vec![format!("Detector::with({rate}, Vad::new({rate}){score})")];
        }
        let mut span = |name: &str, value: Duration, usual: Duration| {
            if value != usual {
                let (unit, count) = match value.subsec_micros() % 1000 {
                    0 => ("millis", value.as_millis()),
                    _ => ("micros", value.as_micros()),
                };
                calls.push(format!(".{name}(Duration::from_{unit}({count}))"));
            }
        };
        span("hangover", self.hangover, usual.hangover);
        span("minimum_speech", self.minimum_speech, usual.minimum_speech);
        span("pre_roll", self.pre_roll, usual.pre_roll);
        calls
    }
}

/// Asterisk's names of what can be read.
const FORMATS: [&str; 11] = [
    "slin", "slin12", "slin16", "slin24", "slin32", "slin44", "slin48", "slin96", "slin192",
    "ulaw", "alaw",
];

fn format(name: String) -> Result<Format, &'static str> {
    Format::named(name.as_bytes()).ok_or("no format of samples")
}

fn decibels(text: &str) -> Result<f32, String> {
    between(text, 0.0, 60.0).ok_or_else(|| "it is a number of dB, from 0 to 60".to_owned())
}

fn dbfs(text: &str) -> Result<f32, String> {
    between(text, -100.0, 0.0).ok_or_else(|| "it is a number of dBFS, from -100 to 0".to_owned())
}

#[cfg(feature = "vad")]
fn score(text: &str) -> Result<f32, String> {
    between(text, 0.0, 1.0).ok_or_else(|| "it is a number from 0 to 1".to_owned())
}

fn between(text: &str, least: f32, most: f32) -> Option<f32> {
    // No -0 in a script.
    text.parse().ok().filter(|number| (least..=most).contains(number)).map(|number| number + 0.0)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        values: Values,
    }

    #[test]
    fn what_is_usual_is_the_librarys() {
        let usual = Line::parse_from(["listen"]).values;
        assert_eq!(usual, Values::default());
        assert_eq!(format!("{:?}", usual.detector(8000)), format!("{:?}", Detector::new(8000)));
        assert_eq!(usual.rust(8000), ["Detector::new(8000)"]);
    }

    #[test]
    fn writes_what_is_not_usual_as_rust() {
        let words = "listen --threshold 5 --least-level -42.5 --hangover 1s --pre-roll 0.0005s";
        let values = Line::parse_from(words.split(' ')).values;
        assert_eq!(
            values.rust(16_000).concat(),
            "Detector::new(16000).threshold(5.0).least_level(-42.5)\
             .hangover(Duration::from_millis(1000)).pre_roll(Duration::from_micros(500))"
        );
    }

    #[test]
    fn knows_the_formats_that_it_names() {
        for name in FORMATS {
            assert_eq!(format(name.to_owned()).unwrap().to_string(), name);
        }
    }

    #[test]
    fn refuses_what_is_no_level() {
        for wrong in ["", "x", "NaN", "-1", "61", "inf", "8 dB"] {
            assert!(decibels(wrong).is_err(), "{wrong}");
        }
        assert_eq!((dbfs("-0"), dbfs("-100")), (Ok(0.0), Ok(-100.0)));
        assert!(dbfs("3").is_err() && dbfs("-101").is_err());
    }
}
