//! SPEECH RECOGNIZE's reply.

use super::{Fields, Outcome, key};
use crate::text::{Text, Value};

/// What SPEECH RECOGNIZE came to. A hangup is [`Error::Hangup`](crate::Error::Hangup).
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use std::time::Duration;
///
/// if agi.speech_create()? {
///     agi.speech_load_grammar("city", "/etc/asterisk/city.gram")?;
///     agi.speech_activate_grammar("city")?;
///     let said = agi.speech_recognize("custom/which-city", Duration::from_secs(5))?;
///     if let Some(best) = said.results().next() {
///         agi.set_variable("CITY", best.text)?;
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recognition {
    /// What ended it.
    pub end: RecognitionEnd,
    /// Where the engine stopped the prompt, in samples; 0 when it played to its end.
    pub endpos: u32,
    /// The rest of the reply, from which the results are read: one allocation for all of them.
    words: Value,
}

/// What ended a recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecognitionEnd {
    /// The engine has done; there may still be no result.
    Speech,
    /// The caller pressed a key.
    Digit(char),
    /// The caller said nothing in time.
    Timeout,
}

/// One thing that the caller may have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hypothesis<'a> {
    /// How sure the engine is, in its own scale (often 0 to 100 or 0 to 1000).
    pub score: i32,
    /// The words. Asterisk escapes nothing in them.
    pub text: Text<'a>,
    /// The grammar that matched; may be empty.
    pub grammar: Text<'a>,
}

impl Recognition {
    /// The results, the likeliest first as the engine gave them. Asterisk cuts them at 4,095 bytes: a
    /// result that was cut is left out.
    pub fn results(&self) -> impl Iterator<Item = Hypothesis<'_>> {
        let mut rest = self.words.as_bytes();
        let cut = rest.len() >= ROOM;
        (0_u32..).map_while(move |index| {
            let (result, behind) = hypothesis(rest, index)?;
            if cut && behind.is_empty() {
                return None;
            }
            rest = behind;
            Some(result)
        })
    }
}

/// How many bytes Asterisk's buffer for the results holds: as many say that more were cut off.
const ROOM: usize = 4095;

/// `score0=87 text0="hello world" grammar0=digits`, and what follows it.
fn hypothesis(words: &[u8], index: u32) -> Option<(Hypothesis<'_>, &[u8])> {
    let start = format!("score{index}=");
    let words = words.strip_prefix(start.as_bytes())?;
    let next = find(words, format!(" score{}=", index + 1).as_bytes()).unwrap_or(words.len());
    let (this, behind) = words.split_at(next);
    let quote = find(this, format!(" text{index}=\"").as_bytes())?;
    let score = Text::new(this.get(..quote)?).parse()?;
    let text = this.get(quote..)?.strip_prefix(format!(" text{index}=\"").as_bytes())?;
    let close = format!("\" grammar{index}=");
    // Nothing is escaped in the text: its end is the last place that looks like one.
    let end = text.windows(close.len()).rposition(|window| window == close.as_bytes())?;
    let grammar = text.get(end + close.len()..)?;
    let text = Text::new(text.get(..end)?);
    Some((
        Hypothesis { score, text, grammar: Text::new(grammar) },
        behind.strip_prefix(b" ").unwrap_or(behind),
    ))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// `200 result=1 (speech) endpos=0 results=1 score0=87 text0="hello" grammar0=digits`,
/// `200 result=1 (digit) digit=5 endpos=0`, `200 result=1 (timeout) endpos=0`,
/// `200 result=1 (hangup) endpos=0`; `200 result=0` without an engine.
pub(crate) fn recognition(reply: &Fields<'_>) -> Outcome<Recognition> {
    let (Some(1), Some(note)) = (reply.number(), reply.note()) else {
        return if reply.number() == Some(0) { Outcome::Failed } else { Outcome::Odd };
    };
    let end = match note.as_bytes() {
        b"speech" => RecognitionEnd::Speech,
        b"timeout" => RecognitionEnd::Timeout,
        b"hangup" => return Outcome::Gone,
        b"digit" => match reply.word("digit").map(Text::as_bytes) {
            Some([digit]) => match key(i64::from(*digit)) {
                Some(digit) => RecognitionEnd::Digit(digit),
                None => return Outcome::Odd,
            },
            _ => return Outcome::Odd,
        },
        _ => return Outcome::Odd,
    };
    let Some(endpos) = reply.word_number("endpos") else { return Outcome::Odd };
    let rest = reply.rest().as_bytes();
    let words = match find(rest, b" score0=").and_then(|at| rest.get(at + 1..)) {
        Some(words) if end == RecognitionEnd::Speech => Value::from(words),
        _ => Value::default(),
    };
    Outcome::Value(Recognition { end, endpos, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reply: &str) -> Outcome<Recognition> {
        recognition(&Fields::parse(reply.as_bytes()).unwrap())
    }

    #[track_caller]
    fn results(reply: &str) -> Vec<(i32, String, String)> {
        match read(reply) {
            Outcome::Value(said) => said
                .results()
                .map(|r| (r.score, r.text.to_string(), r.grammar.to_string()))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_results_whose_text_is_anything() {
        let one = "200 result=1 (speech) endpos=0 results=1 score0=87 text0=\"hello world\" grammar0=digits";
        assert_eq!(results(one), [(87, "hello world".into(), "digits".into())]);
        let two = "200 result=1 (speech) endpos=99 results=2 score0=9 text0=\"a \"b\" grammar0=x\" \
                   grammar0=g score1=-1 text1=\"\" grammar1=";
        let expected =
            [(9, "a \"b\" grammar0=x".into(), "g".into()), (-1, String::new(), String::new())];
        assert_eq!(results(two), expected);
        assert_eq!(results("200 result=1 (speech) endpos=0 results=0 "), []);
    }

    #[test]
    fn leaves_a_cut_result_out() {
        let whole = "200 result=1 (speech) endpos=0 results=2 score0=8 text0=\"a\" grammar0=g score1=7 text1=\"";
        assert_eq!(results(&format!("{whole}bc")).len(), 1);
        let long = format!("{whole}{}", "~".repeat(5000)).replace('~', "\" grammar1=");
        let words = long.find("score0").unwrap();
        assert_eq!(results(&long[..words + 4095]).len(), 1);
        assert_eq!(results(&long[..words + 4094]).len(), 2);
    }

    #[test]
    fn tells_the_ends_apart() {
        let end = |reply| match read(reply) {
            Outcome::Value(said) => Some((said.end, said.endpos)),
            _ => None,
        };
        let digit = "200 result=1 (digit) digit=5 endpos=80";
        assert_eq!(end(digit), Some((RecognitionEnd::Digit('5'), 80)));
        assert_eq!(end("200 result=1 (timeout) endpos=0"), Some((RecognitionEnd::Timeout, 0)));
        assert_eq!(read("200 result=1 (hangup) endpos=0"), Outcome::Gone);
        assert_eq!(read("200 result=0"), Outcome::Failed);
        assert_eq!(read("200 result=1"), Outcome::Odd);
    }
}
