//! What a line of a log begins with.

/// Who wrote a line: that tells sessions apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A file names the thread and the call; one thread runs a whole session.
    Thread(u64, u64),
    /// The console names neither: then it is the channel.
    Channel(Vec<u8>),
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head<'a> {
    /// `[date] LEVEL[thread][C-call] file: message`, the form of a log file.
    File { time: &'a [u8], level: &'a [u8], thread: u64, call: u64, file: &'a [u8], at: usize },
    /// `<channel>AGI …` on the console, behind the prompt, colours and a time, if there are any.
    Console { time: &'a [u8], at: usize },
    /// Asterisk started.
    Start,
    /// Something else that begins anew.
    Other,
    /// Nothing of that: it may belong to the line before.
    Rest,
}

/// What an AGI line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// To the script.
    Asterisk(&'a [u8]),
    /// From the script.
    Script(&'a [u8]),
    /// The session ended, with Asterisk's own result.
    Completed(i32),
}

/// The place of one byte string in another.
pub(super) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// What a line is, by its beginning.
pub(super) fn parse(line: &[u8]) -> Head<'_> {
    if let Some((time, rest)) = bracket(line)
        && let Some(rest) = rest.strip_prefix(b" ")
    {
        if let Some(head) = file(line.len(), time, rest) {
            return head;
        }
        if rest.starts_with(b"Asterisk ") && find(rest, b" built by ").is_some() {
            return Head::Start;
        }
    }
    console(line)
}

/// What stands behind the time of a console that tells it on every line.
pub(super) fn behind_time(line: &[u8]) -> &[u8] {
    bracket(line).and_then(|(_, rest)| rest.strip_prefix(b" ")).unwrap_or(line)
}

/// `[…]` with a time in it, and what follows.
fn bracket(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = bytes.strip_prefix(b"[")?;
    let end = inside.iter().take(80).position(|&byte| byte == b']')?;
    let (time, rest) = inside.split_at_checked(end)?;
    time.iter().any(u8::is_ascii_digit).then_some((time, rest.get(1..)?))
}

/// `LEVEL[thread][C-call] file: ` or, in the form that Asterisk calls plain,
/// `LEVEL[thread][C-call]: file:line function: `.
fn file<'a>(length: usize, time: &'a [u8], rest: &'a [u8]) -> Option<Head<'a>> {
    let end = rest.iter().position(|byte| !byte.is_ascii_uppercase())?;
    let (level, rest) = rest.split_at_checked(end)?;
    let (thread, mut rest) = number(rest.strip_prefix(b"[")?, 10)?;
    let mut call = 0;
    if let Some(inside) = rest.strip_prefix(b"[C-") {
        (call, rest) = number(inside, 16)?;
    }
    let plain = rest.strip_prefix(b": ");
    let rest = plain.or_else(|| rest.strip_prefix(b" "))?;
    let colon = rest.iter().take(80).position(|&byte| byte == b':')?;
    let (file, mut rest) = rest.split_at_checked(colon)?;
    if plain.is_some() {
        // The line's number and the function.
        let end = rest.iter().take(160).skip(1).position(|&byte| byte == b':')? + 1;
        rest = rest.get(end..)?;
    }
    let message = rest.strip_prefix(b": ")?;
    if level.is_empty() || file.iter().any(u8::is_ascii_whitespace) {
        return None;
    }
    Some(Head::File { time, level, thread, call, file, at: length - message.len() })
}

/// A number up to `]`, and what follows that.
fn number(bytes: &[u8], radix: u32) -> Option<(u64, &[u8])> {
    let end = bytes.iter().take(20).position(|&byte| byte == b']')?;
    let (digits, rest) = bytes.split_at_checked(end)?;
    let number = u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    Some((number, rest.get(1..)?))
}

/// The places behind `<channel` where an AGI line is told by.
fn marker(line: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + find(line.get(from..)?, b">AGI ")?;
        let what = line.get(at + 5..)?;
        if [&b"Tx >>"[..], b"Rx <<", b"Script "].iter().any(|mark| what.starts_with(mark)) {
            return Some(at);
        }
        from = at + 1;
    }
}

fn console(line: &[u8]) -> Head<'_> {
    let begin = behind_prompt(line);
    let bare = behind_colours(line, begin);
    let rest = line.get(bare..).unwrap_or_default();
    let (time, after) = match bracket(rest) {
        Some((time, after)) => (time, after.strip_prefix(b" ").unwrap_or(after)),
        None => (&b""[..], rest),
    };
    let indented = after.iter().take_while(|&&byte| byte == b' ').count();
    let mut at = behind_colours(line, line.len() - after.len());
    let sign = after.get(indented..).unwrap_or_default();
    let is_verbose =
        indented > 0 && [&b"-- "[..], b"== ", b"> "].iter().any(|mark| sign.starts_with(mark));
    if is_verbose {
        // Asterisk's word on the session's end stands behind such a sign.
        at = behind_colours(line, line.len() - sign.len() + 3);
        let message = line.get(at..).unwrap_or_default();
        return match said(message) {
            Some((_, Said::Completed(_))) => Head::Console { time, at },
            _ => Head::Other,
        };
    }
    match said(line.get(at..).unwrap_or_default()) {
        Some((_, Said::Asterisk(_) | Said::Script(_))) => Head::Console { time, at },
        _ if !time.is_empty() || begin > 0 => Head::Other,
        _ => Head::Rest,
    }
}

/// The console draws its prompt again and again: CR, "erase the line", the prompt, CR, "erase". NULs are
/// what a console without a terminal gets instead.
fn behind_prompt(line: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let host = rest.iter().take(80).position(|byte| matches!(byte, b' ' | b'<' | b'['));
        let prompt = host.filter(|&end| rest.get(..end).is_some_and(|it| it.ends_with(b"*CLI>")));
        at += match rest {
            [0 | b'\r', ..] => 1,
            // 16 leaves the byte by which it tells its consoles how verbose a line is.
            [0xF5..=0xFF, b'<' | b'[' | b' ' | 0x1b, ..] => 1,
            [0x1b, b'[', b'K', ..] => 3,
            [0x1b, b'[', b'0', b'K', ..] => 4,
            _ => match prompt {
                Some(end) => end + 1,
                None => return at,
            },
        };
    }
}

/// The place behind `ESC [ … m` sequences.
fn behind_colours(line: &[u8], mut at: usize) -> usize {
    while let Some(rest) = line.get(at..).and_then(|rest| rest.strip_prefix(b"\x1b[")) {
        let digits = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
        match rest.get(digits) {
            Some(b'm') => at += 2 + digits + 1,
            _ => break,
        }
    }
    at
}

/// The channel, and what an AGI line says: `<channel>AGI Tx >> 200 result=0`.
pub(super) fn said(message: &[u8]) -> Option<(&[u8], Said<'_>)> {
    // The first two lines of FastAGI are logged without the channel.
    if let Some(text) = message.strip_prefix(b"AGI Tx >> ")
        && text.starts_with(b"agi_network")
    {
        return Some((b"", Said::Asterisk(text)));
    }
    let inside = message.strip_prefix(b"<")?;
    let (channel, rest) = inside.split_at_checked(marker(inside)?)?;
    let rest = rest.strip_prefix(b">AGI ")?;
    // An editor may have taken the blank from the end of an empty line.
    let behind = |rest: &'_ [u8]| rest.strip_prefix(b" ").map_or(0, |_| 1);
    let said = if let Some(text) = rest.strip_prefix(b"Tx >>") {
        Said::Asterisk(text.get(behind(text)..)?)
    } else if let Some(text) = rest.strip_prefix(b"Rx <<") {
        Said::Script(text.get(behind(text)..)?)
    } else {
        let text = rest.strip_suffix(b"\r").unwrap_or(rest);
        let mark = &b" completed, returning "[..];
        let number = text.get(find(text, mark)? + mark.len()..)?;
        Said::Completed(std::str::from_utf8(number).ok()?.trim().parse().ok()?)
    };
    (!channel.is_empty()).then_some((channel, said))
}
