//! Asterisk's answers: a command line in, its reply out (`agi_handle_command`).

mod asking;
mod channel;
mod controlling;
mod database;
mod dialplan;
mod listening;
mod playing;
mod recording;
mod saying;
mod speaking;
mod usage;
mod variables;

use crate::command::{ANY, CATALOGUE, Spec};
use crate::emulator::call::Call;
use crate::wire::split;

/// What a handler says of its command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handled {
    Success,
    /// AGISTATUS becomes FAILURE, unless the channel is hung up.
    Failure,
    /// The arguments were wrong: the usage follows.
    Usage,
}

/// Answers a command; its arguments are the words behind its own.
type Handler = fn(&mut Call, &[Vec<u8>]) -> Handled;

static HANDLERS: [(&str, Handler); 47] = [
    ("ANSWER", channel::answer),
    ("ASYNCAGI BREAK", dialplan::noop),
    ("CHANNEL STATUS", channel::status),
    ("CONTROL STREAM FILE", controlling::control_stream_file),
    ("DATABASE DEL", database::del),
    ("DATABASE DELTREE", database::deltree),
    ("DATABASE GET", database::get),
    ("DATABASE PUT", database::put),
    ("EXEC", dialplan::exec),
    ("GET DATA", asking::get_data),
    ("GET FULL VARIABLE", variables::get_full),
    ("GET OPTION", asking::get_option),
    ("GET VARIABLE", variables::get),
    ("GOSUB", dialplan::gosub),
    ("HANGUP", channel::hangup),
    ("NOOP", dialplan::noop),
    ("RECEIVE CHAR", listening::receive_char),
    ("RECEIVE TEXT", listening::receive_text),
    ("RECORD FILE", recording::record_file),
    ("SAY ALPHA", saying::alpha),
    ("SAY DATE", saying::date),
    ("SAY DATETIME", saying::datetime),
    ("SAY DIGITS", saying::digits),
    ("SAY NUMBER", saying::number),
    ("SAY PHONETIC", saying::phonetic),
    ("SAY TIME", saying::time),
    ("SEND IMAGE", listening::send_image),
    ("SEND TEXT", listening::send_text),
    ("SET AUTOHANGUP", channel::autohangup),
    ("SET CALLERID", channel::callerid),
    ("SET CONTEXT", channel::context),
    ("SET EXTENSION", channel::extension),
    ("SET MUSIC", channel::music),
    ("SET PRIORITY", channel::priority),
    ("SET VARIABLE", variables::set),
    ("SPEECH ACTIVATE GRAMMAR", speaking::activate),
    ("SPEECH CREATE", speaking::create),
    ("SPEECH DEACTIVATE GRAMMAR", speaking::deactivate),
    ("SPEECH DESTROY", speaking::destroy),
    ("SPEECH LOAD GRAMMAR", speaking::load),
    ("SPEECH RECOGNIZE", speaking::recognize),
    ("SPEECH SET", speaking::set),
    ("SPEECH UNLOAD GRAMMAR", speaking::unload),
    ("STREAM FILE", playing::stream_file),
    ("TDD MODE", channel::tdd_mode),
    ("VERBOSE", dialplan::verbose),
    ("WAIT FOR DIGIT", listening::wait_for_digit),
];

/// Answers one line.
pub(super) fn command(call: &mut Call, line: &[u8]) -> Handled {
    let words = split(line);
    let Some((spec, handler, arguments)) = find(&words) else {
        call.log.stray(line);
        call.reply("510 Invalid or unknown command");
        return Handled::Success;
    };
    if call.dead && !spec.dead {
        call.reply(match call.version.knows_intercept_routines() {
            true => "511 Command Not Permitted on a dead channel or intercept routine",
            false => "511 Command Not Permitted on a dead channel",
        });
        return Handled::Success;
    }
    let count = arguments.len();
    let right =
        count >= usize::from(spec.least) && (spec.most == ANY || count <= usize::from(spec.most));
    let handled = if right { handler(call, arguments) } else { Handled::Usage };
    if handled == Handled::Usage {
        usage::send(call, spec);
    }
    handled
}

/// The command that a line's first words name, in any case.
fn find(words: &[Vec<u8>]) -> Option<(&'static Spec, Handler, &[Vec<u8>])> {
    CATALOGUE.iter().zip(&HANDLERS).find_map(|(spec, (_, handler))| {
        let names = spec.words.split(' ');
        let count = names.clone().count();
        let (own, arguments) = words.split_at_checked(count)?;
        let same = own.iter().zip(names).all(|(a, b)| a.eq_ignore_ascii_case(b.as_bytes()));
        same.then_some((spec, *handler, arguments))
    })
}

/// The n-th argument, or an empty one.
fn argument(arguments: &[Vec<u8>], index: usize) -> &[u8] {
    arguments.get(index).map_or(b"", Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_handler() {
        for (spec, (words, _)) in CATALOGUE.iter().zip(&HANDLERS) {
            assert_eq!(spec.words, *words);
        }
    }

    #[test]
    fn finds_commands_as_asterisk_does() {
        let found = |line: &str| find(&split(line.as_bytes())).map(|(s, _, a)| (s.words, a.len()));
        assert_eq!(found("answer now"), Some(("ANSWER", 1)));
        assert_eq!(found("  \"get\"  Full VARIABLE x"), Some(("GET FULL VARIABLE", 1)));
        assert_eq!(found("GET"), None);
        assert_eq!(found(""), None);
        assert_eq!(found("NOOPS"), None);
    }
}
