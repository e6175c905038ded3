//! Replies of what plays and takes keys.

use std::time::Duration;

use super::{Fields, Outcome, key};
use crate::text::Value;

/// How a playback ended: STREAM FILE, GET OPTION.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::StreamFile;
///
/// let played = agi.run(StreamFile::new("demo-congrats").escape_digits("#"))?;
/// if played.digit == Some('#') {
///     // Goes on where the caller stopped it.
///     agi.run(StreamFile::new("demo-congrats").offset(played.endpos))?;
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Playback {
    /// The escape digit that stopped it; `None` when it played to its end (STREAM FILE) or nobody
    /// pressed a key in time (GET OPTION).
    pub digit: Option<char>,
    /// Where it stopped, in samples of the file's rate; its length when it played to its end.
    pub endpos: u32,
}

/// STREAM FILE: `200 result=0 endpos=7360`, `200 result=49 endpos=800`, `-1` failed.
pub(crate) fn playback(reply: &Fields<'_>) -> Outcome<Playback> {
    let Some(endpos) = reply.word_number("endpos") else { return Outcome::Odd };
    match reply.number() {
        Some(0) => Outcome::Value(Playback { digit: None, endpos }),
        Some(-1) => Outcome::Failed,
        Some(code) => {
            Outcome::or_odd(key(code).map(|digit| Playback { digit: Some(digit), endpos }))
        }
        None => Outcome::Odd,
    }
}

/// GET OPTION: as STREAM FILE, but a hangup after the prompt is `result=0` too.
pub(crate) fn option(reply: &Fields<'_>) -> Outcome<Playback> {
    match playback(reply) {
        Outcome::Value(Playback { digit: None, endpos }) => {
            Outcome::Doubtful(Playback { digit: None, endpos })
        }
        other => other,
    }
}

/// How a controlled playback ended: CONTROL STREAM FILE, which tells time and not samples.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::ControlStreamFile;
///
/// let heard = agi.run(ControlStreamFile::new("custom/lecture").escape_digits("0"))?;
/// if let Some(place) = heard.endpos {
///     agi.database_put("lecture", "place", &place.as_millis().to_string())?;
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlPlayback {
    /// The escape digit that stopped it.
    pub digit: Option<char>,
    /// Where it was stopped; `None` when it played to its end. Asterisk reckons with 8,000 samples a
    /// second whatever the file's rate: halve it for a 16 kHz file.
    pub endpos: Option<Duration>,
}

/// CONTROL STREAM FILE: `200 result=0 endpos=-1`, `200 result=50 endpos=1500`, `-1` failed.
pub(crate) fn control(reply: &Fields<'_>) -> Outcome<ControlPlayback> {
    // Asterisk 11 and before send no endpos.
    let endpos = match reply.word("endpos") {
        None => None,
        Some(millis) => match millis.parse::<i64>() {
            Some(millis) => u64::try_from(millis).ok().map(Duration::from_millis),
            None => return Outcome::Odd,
        },
    };
    match reply.number() {
        Some(0) => Outcome::Value(ControlPlayback { digit: None, endpos }),
        Some(-1) => Outcome::Failed,
        Some(code) => {
            Outcome::or_odd(key(code).map(|digit| ControlPlayback { digit: Some(digit), endpos }))
        }
        None => Outcome::Odd,
    }
}

/// The digits that GET DATA took.
///
/// ```
/// # use agikit::{Data, Value};
/// # fn show(data: Data) {
/// match data.digits.parse::<u32>() {
///     Some(account) => println!("account {account}"),
///     None if data.timed_out => println!("nothing, or too little"),
///     None => println!("a # at once, or a * among the digits"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Data {
    /// What was dialled: text of `0`–`9`, `*`, `A`–`D`, leading zeros kept, without the `#` that ended
    /// it. May be empty. When a manager or ARI client controls a playback meanwhile, Asterisk puts a
    /// byte above 127 among them.
    pub digits: Value,
    /// The time ran out before `#` or the last digit. The digits dialled until then are there.
    pub timed_out: bool,
}

/// GET DATA: `200 result=123`, `200 result=12 (timeout)`, `200 result=` for `#` alone, `-1` failed.
pub(crate) fn data(reply: &Fields<'_>) -> Outcome<Data> {
    match (reply.result(), reply.rest()) {
        (Some(result), rest) if result == "-1" && rest.is_empty() => Outcome::Failed,
        (Some(result), rest) if rest.is_empty() || rest == "(timeout)" => {
            Outcome::Value(Data { digits: result.to_value(), timed_out: !rest.is_empty() })
        }
        _ => Outcome::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(reply: &str) -> Fields<'_> {
        Fields::parse(reply.as_bytes()).unwrap()
    }

    #[test]
    fn digits_are_text() {
        let taken = |reply| data(&fields(reply));
        let is = |digits: &str, timed_out| {
            Outcome::Value(Data { digits: Value::from(digits), timed_out })
        };
        assert_eq!(taken("200 result=0042"), is("0042", false));
        assert_eq!(taken("200 result="), is("", false));
        assert_eq!(taken("200 result= (timeout)"), is("", true));
        assert_eq!(
            taken("200 result=12345678901234567890 (timeout)"),
            is("12345678901234567890", true)
        );
        assert_eq!(taken("200 result=*1*"), is("*1*", false));
        assert_eq!(taken("200 result=-1"), Outcome::Failed);
        assert_eq!(taken("200 result=1 (other)"), Outcome::Odd);
        let control = data(&Fields::parse(b"200 result=1\xe8 (timeout)").unwrap());
        assert_eq!(
            control,
            Outcome::Value(Data { digits: Value::from(&b"1\xe8"[..]), timed_out: true })
        );
    }

    #[test]
    fn positions_have_their_units() {
        assert_eq!(
            playback(&fields("200 result=35 endpos=7360")),
            Outcome::Value(Playback { digit: Some('#'), endpos: 7360 })
        );
        assert_eq!(playback(&fields("200 result=-1 endpos=0")), Outcome::Failed);
        assert_eq!(playback(&fields("200 result=0")), Outcome::Odd);
        assert_eq!(playback(&fields("200 result=7 endpos=0")), Outcome::Odd);
        assert_eq!(
            control(&fields("200 result=0 endpos=-1")),
            Outcome::Value(ControlPlayback { digit: None, endpos: None })
        );
        assert_eq!(
            control(&fields("200 result=42 endpos=1500")),
            Outcome::Value(ControlPlayback {
                digit: Some('*'),
                endpos: Some(Duration::from_millis(1500))
            })
        );
        assert_eq!(
            control(&fields("200 result=0")),
            Outcome::Value(ControlPlayback { digit: None, endpos: None })
        );
    }
}
