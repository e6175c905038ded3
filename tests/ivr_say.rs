//! What is said in which language, and what the emulator plays of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use agikit::emulator::Asterisk;
use agikit::ivr::say::{self, Currency, Language, Unsayable};
use agikit::ivr::{Amount, Prompt, Sounds};
use agikit::{Gender, ScriptResult};

type Said = Result<Prompt<'static>, Unsayable>;

fn language(name: &str) -> Language {
    Language::read(name).unwrap()
}

/// What the caller hears, without the folder of digits.
fn heard(prompt: &Prompt<'_>) -> String {
    let call = Asterisk::new().run(|agi| prompt.play(agi));
    assert_eq!(call.agi_status(), Some("SUCCESS"), "{prompt:?}");
    let names = call.sounds().into_iter().map(|name| name.strip_prefix("digits/").unwrap_or(name));
    names.collect::<Vec<_>>().join(" ")
}

fn dollars(name: &str, cents: i64) -> Said {
    say::money(language(name), Amount::from_cents(cents), Currency::DOLLAR)
}

fn time(name: &str, seconds: u64) -> Said {
    say::duration(language(name), Duration::from_secs(seconds))
}

#[test]
fn money_in_english() {
    for (cents, is) in [
        (120_450, "1 thousand 2 hundred 4 dollars vm-and 50"),
        (100, "1 letters/dollar"),
        (0, "0 dollars"),
        (7, "0 dollars vm-and 7"),
        (-1999, "minus 19 dollars vm-and 90 9"),
        (-50, "minus 0 dollars vm-and 50"),
        (
            214_748_364_600,
            "2 billion 1 hundred 40 7 million 4 hundred 80 3 thousand 6 hundred 40 6 dollars",
        ),
    ] {
        assert_eq!(heard(&dollars("en", cents).unwrap()), is, "{cents}");
    }
    let why = dollars("en", 214_748_364_700).unwrap_err().to_string();
    assert_eq!(why, "an amount of money in en can be said from 0 to 2147483646");
    assert!(dollars("en", i64::MIN).is_err() && dollars("en", i64::MAX).is_err());
}

#[test]
fn money_in_other_languages() {
    let number = |count| Prompt::new().number(count);
    let masculine = |count| Prompt::new().number_of(count, Gender::Masculine);
    let end = |prompt: Prompt<'static>| prompt.sound("vm-and");
    assert_eq!(
        dollars("fr", 7_150).unwrap(),
        end(masculine(71).sound("digits/dollars")).then(masculine(50))
    );
    assert_eq!(dollars("es_MX", 100).unwrap(), masculine(1).sound("letters/dollar"));
    let euros = |name, cents| say::money(language(name), Amount::from_cents(cents), Currency::EURO);
    assert_eq!(
        euros("it", 101).unwrap(),
        end(Prompt::from(["digits/un", "digits/euros"])).sound("digits/un")
    );
    assert_eq!(euros("it", 2_800).unwrap(), number(28).sound("digits/euros"));
    let why = |said: Said| said.unwrap_err().to_string();
    assert_eq!(
        why(euros("en", 200)),
        "an amount of money in en takes a sound that asterisk does not ship: digits/euros; record it, then allow it \
         by Language::with_own_sounds"
    );
    assert_eq!(
        why(dollars("es", 10_000)),
        "an amount of money in es takes a sound that asterisk does not ship: digits/100; record it, then allow it by \
         Language::with_own_sounds"
    );
    assert_eq!(
        why(dollars("de", 2_100)),
        "an amount of money in de takes sounds that asterisk does not ship: digits/1-and, digits/20, digits/dollars; \
         record them, then allow them by Language::with_own_sounds"
    );
    assert_eq!(
        why(dollars("it", 100_000_000)),
        "an amount of money in it can be said from 0 to 999999"
    );
    assert_eq!(
        why(dollars("ru", 500)),
        "how an amount of money is said in ru is not known; it is in en, en_GB, es, fr and it, with sounds of one's \
         own in de"
    );
    let own = language("de").with_own_sounds();
    let euro = say::money(own, Amount::from_cents(100), Currency::new("geld/euro", "geld/euro"));
    assert_eq!(euro.unwrap(), Prompt::from(["digits/1N", "geld/euro"]));
}

#[test]
fn a_currency_of_ones_own() {
    let pounds = || Currency::new("gbp/pound", "gbp/pounds").hundredths("gbp/penny", "gbp/pence");
    let say = |cents| say::money(Language::ENGLISH, Amount::from_cents(cents), pounds()).unwrap();
    let number = |count| Prompt::new().number(count);
    assert_eq!(say(1), number(1).sound("gbp/penny"));
    assert_eq!(say(100), number(1).sound("gbp/pound"));
    assert_eq!(
        say(-250),
        Prompt::from("digits/minus")
            .number(2)
            .sound("gbp/pounds")
            .sound("vm-and")
            .number(50)
            .sound("gbp/pence")
    );
    assert_eq!(say(0), number(0).sound("gbp/pounds"));
    // Numbers are looked at all the same.
    let spanish = say::money(language("es"), Amount::from_cents(10_000), pounds()).unwrap_err();
    assert!(matches!(spanish, Unsayable::NoSound { sounds, .. } if sounds == ["digits/100"]));
}

#[test]
fn ordinals() {
    for (number, is) in [
        (1, "h-1"),
        (20, "h-20"),
        (21, "20 h-1"),
        (100, "1 h-hundred"),
        (101, "1 hundred h-1"),
        (112, "1 hundred h-12"),
        (123, "1 hundred 20 h-3"),
        (130, "1 hundred h-30"),
        (1000, "1 h-thousand"),
        (2_100, "2 thousand 1 h-hundred"),
        (21_000, "20 1 h-thousand"),
        (1_021_000, "1 million 20 1 h-thousand"),
        (2_000_100, "2 million 1 h-hundred"),
        (300_000_000, "3 hundred h-million"),
        (1_001_000_000, "1 billion 1 h-million"),
        (2_000_000_000, "2 h-billion"),
    ] {
        assert_eq!(heard(&say::ordinal(Language::ENGLISH, number).unwrap()), is, "{number}");
    }
    let all = |name: &str| -> Vec<u32> {
        (0..=110).filter(|&it| say::ordinal(language(name), it).is_ok()).collect()
    };
    let words: Vec<u32> = (1..=20).chain((30..=90).step_by(10)).collect();
    for name in ["es", "fr", "it", "ru"] {
        assert_eq!(all(name), words, "{name}");
    }
    assert_eq!(all("de"), Vec::<u32>::new());
    assert_eq!(all("en_GB"), (1..=100).collect::<Vec<_>>());
    assert!(say::ordinal(Language::ENGLISH, u32::MAX).is_err());
}

#[test]
fn durations() {
    for (seconds, is) in [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (3600, "60 minutes"),
        (3905, "60 5 minutes 5 seconds"),
        (7_325, "2 hours 2 minutes 5 seconds"),
        (90_000, "20 5 hours"),
    ] {
        assert_eq!(heard(&time("en", seconds).unwrap()), is, "{seconds}");
    }
    assert_eq!(
        heard(&say::duration(Language::ENGLISH, Duration::from_millis(1999)).unwrap()),
        "1 second"
    );
    let count =
        |count, gender, unit: &'static str| Prompt::new().number_of(count, gender).sound(unit);
    assert_eq!(time("es", 90).unwrap(), count(90, Gender::Masculine, "seconds"));
    assert_eq!(
        time("es", 7_320).unwrap(),
        count(2, Gender::Feminine, "hours").then(count(2, Gender::Masculine, "minutes"))
    );
    assert_eq!(time("fr", 60).unwrap(), count(60, Gender::Feminine, "seconds"));
    assert_eq!(time("it", 3_660).unwrap(), Prompt::new().number(61).sound("minutes"));
    for (name, seconds) in [("es", 121), ("fr", 21), ("it", 1), ("ru", 5), ("de", 5)] {
        assert!(time(name, seconds).is_err(), "{name} {seconds}");
    }
    assert!(say::duration(Language::ENGLISH, Duration::MAX).is_err());
}

#[test]
fn lists_have_an_and_before_the_last() {
    let list = |items: &[&'static str]| {
        heard(&say::list(Language::ENGLISH, items.iter().copied()).unwrap())
    };
    assert_eq!(list(&[]), "");
    assert_eq!(list(&["beep"]), "beep");
    assert_eq!(list(&["beep", "goodbye"]), "beep vm-and goodbye");
    assert_eq!(list(&["beep", "hello", "goodbye"]), "beep hello vm-and goodbye");
    for name in ["es", "fr", "it", "ru"] {
        assert!(say::list(language(name), ["beep"]).is_ok());
    }
    assert!(say::list(language("de"), ["beep"]).is_err());
}

#[test]
fn days_are_near_or_far() {
    let now = SystemTime::now();
    let day = Duration::from_secs(86_400);
    let zone = "Europe/Berlin";
    let hear = |said: Said| heard(&said.unwrap());
    assert_eq!(hear(say::day(Language::ENGLISH, now + day, zone)), "tomorrow");
    assert_eq!(hear(say::day(Language::ENGLISH, now - day, zone)), "yesterday");
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_132_800);
    assert_eq!(
        hear(say::datetime(Language::ENGLISH, at, zone)),
        hear(say::date(Language::ENGLISH, at, zone))
            + " at "
            + &hear(say::time(Language::ENGLISH, at, zone))
    );
    let why = say::day(language("fr_CA"), at, zone).unwrap_err().to_string();
    assert_eq!(why, "how a day is said in fr is not known; it is in en");
}

#[test]
fn the_callers_language() {
    let ask = |name: &str| {
        let mut said = String::new();
        Asterisk::new().language(name).run(|agi| -> ScriptResult {
            said = Language::of(agi)?.name().to_owned();
            Ok(())
        });
        said
    };
    assert_eq!(["en", "en_GB", "es_MX", "fr_CA", "ja"].map(ask), ["en", "en_GB", "es", "fr", ""]);
    assert_eq!(
        Language::read("ja").unwrap_err().to_string(),
        "nothing is known of how things are said in language \"ja\"; known are en, en_GB, de, es, fr, it, ru"
    );
}

/// Whatever is said is listed, and whatever is refused would have had a hole.
#[test]
fn all_that_is_played_is_listed() {
    let listed = Sounds::new().money(Currency::DOLLAR).ordinals().durations().numbers().dates();
    for name in ["en", "en_GB", "es", "fr", "it", "ru", "de"] {
        let listed = listed.names_in(name);
        let mut some = 0;
        for step in 0_i32..400 {
            let number = step.wrapping_mul(step).wrapping_mul(step).wrapping_mul(31) % 3_000_000;
            let whole = number.unsigned_abs();
            let prompts = [
                dollars(name, i64::from(number)),
                time(name, whole.into()),
                say::ordinal(language(name), whole % 1_100_000),
                Ok(Prompt::new().number(number)),
            ];
            for prompt in prompts.into_iter().flatten() {
                let sounds: BTreeSet<String> = prompt.sounds().names_in(name);
                let unlisted: Vec<_> = sounds.difference(&listed).collect();
                assert!(unlisted.is_empty(), "{name} {number}: {unlisted:?}");
                some += 1;
            }
        }
        assert!(some >= 400, "{name}: only {some}");
    }
}

/// The emulator plays what a prompt lists, and nothing else, for each kind of part.
#[test]
fn prompts_list_what_the_emulator_plays() {
    for step in 0..300_u64 {
        let seconds = step.wrapping_mul(7_654_321) % 4_000_000_000;
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let short = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds % 2_000_000_000);
        let text: String =
            (0..6).map(|it| char::from(((step * 7 + it * 11) % 126) as u8 + 1)).collect();
        let text = text.replace(['\n', '\r'], "x");
        let prompt = Prompt::new()
            .number(i32::try_from(seconds % 2_000_000_000).unwrap() - 1_000_000_000)
            .digits(format!("{step}*#-{text}"))
            .digits(format!("#{step}"))
            .letters(text.clone())
            .phonetic(text)
            .date(short)
            .time(short)
            .datetime(at, "ABdY 'digits/at' IMp", "UTC")
            .datetime(at, "aBm H k N S R T l Q q P", "Europe/Berlin");
        let listed: BTreeSet<String> = prompt.sounds().names().collect();
        let call = Asterisk::new().run(|agi| prompt.play(agi));
        assert_eq!(call.agi_status(), Some("SUCCESS"), "{prompt:?}");
        let played: BTreeSet<String> = call.sounds().into_iter().map(str::to_owned).collect();
        let unlisted: Vec<_> = played.difference(&listed).collect();
        assert!(unlisted.is_empty(), "{step}: {unlisted:?}");
    }
}
