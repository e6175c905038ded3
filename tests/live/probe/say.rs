//! What `ivr::say` composes, played; and the sounds that it lists for that.

use std::time::{Duration, SystemTime};

use agikit::ivr::say::{self, Currency, Language};
use agikit::ivr::{Amount, Prompt, Sounds};
use agikit::{ScriptResult, Session};

use crate::report::Report;

/// How many are played in one call: the caller listens for a minute.
const PROMPTS: usize = 5;

/// Numbers of chance: any size is as likely as any other.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn number(&mut self, digits: u64) -> u64 {
        let size = 10_u64.pow(u32::try_from(1 + self.below(digits)).unwrap());
        self.below(size)
    }
}

pub fn all(agi: &mut Session, what: &str, report: &mut Report) -> ScriptResult {
    let now = SystemTime::now();
    let seed = now.duration_since(SystemTime::UNIX_EPOCH)?.as_nanos();
    let mut chance = Chance(u64::try_from(seed)?);
    if what == "spanish" {
        return spanish(agi, report);
    }
    for name in class(what).names() {
        report.line("class", name)?;
    }
    for _ in 0..PROMPTS {
        let (prompt, value) = one(what, &mut chance)?;
        for name in prompt.sounds().names() {
            report.line("listed", name)?;
        }
        let played = prompt.play(agi);
        report.check(&format!("{what} {value}"), played.is_ok(), played)?;
    }
    Ok(())
}

fn class(what: &str) -> Sounds {
    let sounds = Sounds::new();
    match what {
        "money" => sounds.money(Currency::DOLLAR),
        "ordinal" => sounds.ordinals(),
        "duration" => sounds.durations(),
        "list" => sounds.numbers().and(["vm-and"]),
        "spelled" => sounds.digits().letters().phonetic(),
        _ => sounds.dates(),
    }
}

fn one(what: &str, chance: &mut Chance) -> ScriptResult<(Prompt<'static>, u64)> {
    let english = Language::ENGLISH;
    let number = chance.number(7);
    let prompt = match what {
        "money" => {
            let cents = i64::try_from(number * 100 + chance.below(100))?;
            let sign = if chance.below(2) == 0 { -1 } else { 1 };
            say::money(english, Amount::from_cents(cents * sign), Currency::DOLLAR)?
        }
        "ordinal" => say::ordinal(english, u32::try_from(number.max(1))?)?,
        "duration" => say::duration(english, Duration::from_secs(number))?,
        "list" => {
            let one = Prompt::new().number(i32::try_from(number % 1000)?);
            say::list(english, [one.clone(), one.clone(), one])?
        }
        "spelled" => {
            let text = format!("{}-z", char::from(b'a' + u8::try_from(number % 26)?));
            Prompt::new()
                .digits(number.to_string())
                .digits("*#")
                .letters(text.clone())
                .phonetic(text)
        }
        _ => {
            let now = SystemTime::now();
            // Near days have words of their own. SAY DATE counts in 32 bits, back to 1901.
            let days = chance.number(5) % 45_000;
            let time = now.checked_sub(Duration::from_secs(days * 86_400 + chance.below(86_400)));
            let time = time.ok_or("before all times")?;
            let prompt = match chance.below(4) {
                0 => say::date(english, time, "Europe/Berlin")?,
                1 => say::datetime(english, time, "UTC")?,
                2 => Prompt::new().date(time).time(time),
                _ => say::day(english, now + Duration::from_secs(86_400), "")?.then(say::day(
                    english,
                    time,
                    "America/New_York",
                )?),
            };
            return Ok((prompt, days));
        }
    };
    Ok((prompt, number))
}

/// A language whose sounds are not there: what becomes of a number and of a sound.
fn spanish(agi: &mut Session, report: &mut Report) -> ScriptResult {
    agi.set_variable("CHANNEL(language)", "es")?;
    let number = agi.say_number(100);
    report.check("number", true, number)?;
    let number = agi.say_number(2_000);
    report.check("number", true, number)?;
    let sound = agi.stream_file("vm-and");
    report.check("sound", true, sound)?;
    agi.set_variable("CHANNEL(language)", "en")?;
    Ok(())
}
