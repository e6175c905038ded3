//! A configuration file as Asterisk reads it. All here was seen of Asterisk 22 and 16: what they make of a file
//! shows in the name of the socket that `asterisk -C FILE -rx x` looks for.

use super::comments::Comments;

/// A file's categories, `[directories]` and the like, with their settings.
#[derive(Debug, Default)]
pub(super) struct Config {
    categories: Vec<Category>,
    /// The one that lines are added to.
    current: Option<usize>,
}

#[derive(Debug, Default)]
struct Category {
    name: Vec<u8>,
    /// `[name](!)`: there to be inherited from, and otherwise not looked at.
    is_template: bool,
    settings: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What else is to be known of a file, by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) line: usize,
    pub(super) text: String,
}

/// A line makes Asterisk leave the whole file and use what it was built with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) Remark);

/// Asterisk passes over a line that, with its end, does not fit into so many bytes.
const LONGEST: usize = 8191;

impl Config {
    /// Reads any bytes.
    pub(super) fn parse(text: &[u8]) -> Result<(Config, Vec<Remark>), Refused> {
        let mut config = Config::default();
        let mut remarks = Vec::new();
        let mut comments = Comments::default();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        for (number, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
            let remark = |text: String| Remark { line: number + 1, text };
            if line.len() > LONGEST || line.len() == LONGEST && !line.ends_with(b"\n") {
                remarks.push(remark("it is too long for Asterisk, which passes over it".into()));
                continue;
            }
            // A string in C ends here.
            let line = line.split(|&byte| byte == 0).next().unwrap_or_default();
            let line = comments.strip(line);
            match config.line(trim(&line)) {
                Ok(None) => {}
                Ok(Some(text)) => remarks.push(remark(text)),
                Err(text) => return Err(Refused(remark(text))),
            }
        }
        Ok((config, remarks))
    }

    /// A setting in force: of the first category of that name, its last line. Asterisk minds no case.
    pub(super) fn setting(&self, category: &str, name: &str) -> Option<&[u8]> {
        self.named(category.as_bytes(), false)?.setting(name)
    }

    /// A setting in a template, which Asterisk ignores.
    pub(super) fn template(&self, category: &str, name: &str) -> Option<&[u8]> {
        let category = self.named(category.as_bytes(), true)?;
        category.is_template.then(|| category.setting(name))?
    }

    fn named(&self, name: &[u8], with_templates: bool) -> Option<&Category> {
        self.categories
            .iter()
            .find(|it| (with_templates || !it.is_template) && it.name.eq_ignore_ascii_case(name))
    }

    /// Takes a line without comments. Gives what is to be remarked, or why Asterisk leaves the file.
    fn line(&mut self, line: &[u8]) -> Result<Option<String>, String> {
        match line {
            [] => Ok(None),
            [b'[', rest @ ..] => self.category(rest).map(|()| None),
            [b'#', rest @ ..] => Ok(directive(rest)),
            _ => self.assignment(line),
        }
    }

    /// `name](options`, each option `!`, `+` or the name of a category to inherit from.
    fn category(&mut self, text: &[u8]) -> Result<(), String> {
        let (name, rest) = cut(text, b']').ok_or("a category without its `]`")?;
        let options = match rest.strip_prefix(b"(") {
            Some(options) => cut(options, b')').ok_or("a category's options without their `)`")?.0,
            None => b"",
        };
        let options = options.split(|&byte| byte == b',');
        if options.clone().any(|option| option.starts_with(b"+")) {
            let found = self.categories.iter().position(|it| it.name.eq_ignore_ascii_case(name));
            self.current = Some(found.ok_or_else(|| {
                let name = String::from_utf8_lossy(name);
                format!("`[{name}](+)` without a `[{name}]` before it")
            })?);
        } else {
            self.categories.push(Category { name: name.to_vec(), ..Category::default() });
            self.current = Some(self.categories.len() - 1);
        }
        for option in options.filter(|option| !option.is_empty() && !option.starts_with(b"+")) {
            let inherited = match option {
                b"!" => None,
                base => {
                    Some(self.named(base, true).map(|it| it.settings.clone()).ok_or_else(|| {
                        format!("no category `{}` to inherit from", String::from_utf8_lossy(base))
                    })?)
                }
            };
            let Some(category) = self.current_category() else { continue };
            match inherited {
                Some(settings) => category.settings.extend(settings),
                None => category.is_template = true,
            }
        }
        Ok(())
    }

    fn current_category(&mut self) -> Option<&mut Category> {
        self.categories.get_mut(self.current?)
    }

    /// `name = value`, `name => value`.
    fn assignment(&mut self, line: &[u8]) -> Result<Option<String>, String> {
        let category = self.current_category().ok_or("a setting before any `[category]`")?;
        let Some((name, value)) = cut(line, b'=') else {
            return Ok(Some("no `=`: Asterisk passes over the line".into()));
        };
        let name = trim(name);
        let value = trim(value.strip_prefix(b">").unwrap_or(value));
        if name.is_empty() {
            return Ok(Some("no name before `=`: Asterisk passes over the line".into()));
        }
        if name.ends_with(b"+") {
            return Ok(Some("`+=` is not read here".into()));
        }
        category.settings.push((name.to_vec(), value.to_vec()));
        Ok(None)
    }
}

impl Category {
    fn setting(&self, name: &str) -> Option<&[u8]> {
        let mut settings = self.settings.iter().rev();
        let found = settings.find(|(it, _)| it.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.as_slice())
    }
}

/// `#include` and others are not followed.
fn directive(text: &[u8]) -> Option<String> {
    let word = text.split(|byte| *byte <= b' ').next().unwrap_or_default();
    let files = ["include", "tryinclude", "exec"];
    files.iter().any(|it| word.eq_ignore_ascii_case(it.as_bytes())).then(|| {
        let text = String::from_utf8_lossy(text);
        format!("`#{text}` is not followed; what it sets is not known here")
    })
}

/// What stands before and behind the first such byte.
fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|&byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// Without the blanks around it, for which Asterisk takes all up to the blank.
fn trim(text: &[u8]) -> &[u8] {
    let is_seen = |byte: &u8| *byte > b' ';
    let start = text.iter().position(is_seen).unwrap_or(text.len());
    let end = text.iter().rposition(is_seen).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}
