//! Whether a call goes as the first good one went, and keeps to its own values.

use std::sync::OnceLock;
use std::time::Duration;

use agikit::CATALOGUE;
use agikit::emulator::Report;
use agikit::transcript::Cover;
use agikit::wire::split;

use super::fault::{Fault, Kind, time};
use super::options::Compare;
use super::own::{Own, VALUES};

/// So many commands of a call are compared: one that never ends must not fill the memory.
const MOST: usize = 10_000;
/// So much of what is wrong with a call is kept.
const MOST_FAULTS: usize = 4;

/// How calls go: what the first good one sent.
#[derive(Debug)]
pub(super) struct Model {
    call: usize,
    lines: Vec<Vec<u8>>,
    /// How many it sent, as far as they count.
    compared: usize,
    status: &'static str,
    /// Over what its lines have of what is confidential.
    cover: Cover,
}

/// What all calls are held to.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) model: OnceLock<Model>,
    pub(super) compare: Compare,
    /// Lines are shown whole, and what was dialled with them.
    pub(super) show: bool,
    /// The caller hangs up: calls end at different commands, and clean up as they like.
    pub(super) hangs_up: bool,
    pub(super) limit: Duration,
}

/// One call under check.
#[derive(Debug)]
pub(super) struct Checker {
    own: Own,
    /// What was sent, as long as nothing is known to compare it with.
    held: Vec<Vec<u8>>,
    pub(super) commands: usize,
    pub(super) faults: Vec<Fault>,
    /// The caller has left.
    over: bool,
    /// How many commands count.
    compared: usize,
    /// Over what the server has marked as confidential, where lines are shown.
    pub(super) cover: Cover,
}

impl Checker {
    pub(super) fn new(own: Own) -> Self {
        let (held, faults) = (Vec::new(), Vec::new());
        let cover = Cover::new();
        Checker { own, held, commands: 0, faults, over: false, compared: 0, cover }
    }

    pub(super) fn wrong(&mut self, fault: Fault) {
        // Where one kind of thing goes wrong, it often goes on; and a wrong value is another line, too.
        let known = self.faults.iter().any(|it| {
            let is_value = matches!(it.kind, Kind::Foreign | Kind::Echo);
            it.kind == fault.kind
                || is_value && (fault.kind == Kind::Echo || it.command == fault.command)
        });
        if !known && self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// The call's next command.
    pub(super) fn command(&mut self, line: &[u8], rules: &Rules) {
        self.commands += 1;
        let at = self.commands;
        self.values(line, rules);
        if rules.compare == Compare::Nothing || at > MOST || (self.over && rules.hangs_up) {
            return;
        }
        self.compared = at;
        let line = match rules.compare {
            Compare::Commands => name(line).as_bytes().to_vec(),
            _ => self.own.aside(line),
        };
        match rules.model.get() {
            None => self.held.push(line),
            Some(model) => {
                self.catch_up(model, rules);
                self.compare(at, &line, model, rules);
            }
        }
    }

    /// LOAD values are where they belong.
    fn values(&mut self, line: &[u8], rules: &Rules) {
        let at = self.commands;
        let text = rules.show.then(|| self.cover.text(line));
        let shown = |fault: Fault| match &text {
            Some(text) => fault.showing(text, None),
            None => fault,
        };
        if let Some(foreign) = self.own.foreign(line) {
            return self.wrong(shown(Fault::foreign(at, name(line), foreign)));
        }
        let words = split(line);
        if let [set, variable, name, value, ..] = words.as_slice()
            && set.eq_ignore_ascii_case(b"SET")
            && variable.eq_ignore_ascii_case(b"VARIABLE")
            && let Some(number) = echo(name)
            && *value != self.own.value(number).as_bytes()
        {
            let what = format!("SET VARIABLE: ECHO_{number} is not this call's LOAD_{number}");
            self.wrong(shown(Fault::at(Kind::Echo, at, what)));
        }
    }

    /// The next command was there before this one had its reply.
    pub(super) fn out_of_place(&mut self) {
        let what = "the next one was sent before its reply".to_owned();
        self.wrong(Fault::at(Kind::Place, self.commands, what));
    }

    /// The caller hangs up.
    pub(super) fn hangs_up(&mut self) {
        self.over = true;
    }

    fn catch_up(&mut self, model: &Model, rules: &Rules) {
        for (index, line) in std::mem::take(&mut self.held).into_iter().enumerate() {
            self.compare(index + 1, &line, model, rules);
        }
    }

    fn compare(&mut self, at: usize, line: &[u8], model: &Model, rules: &Rules) {
        let first = model.call;
        let should = model.lines.get(at - 1);
        let what = match should {
            Some(should) if should == line => return,
            None if rules.hangs_up || at > MOST => return,
            None => format!("{}: call {first} had ended there", name(line)),
            Some(should) if name(should) == name(line) => {
                let word = first_difference(should, line);
                format!("{}: word {word} is not that of call {first}", name(line))
            }
            Some(should) => format!("{} where call {first} sent {}", name(line), name(should)),
        };
        let fault = Fault::at(Kind::Different, at, what);
        let should = should.map(|should| model.cover.text(should));
        self.wrong(match rules.show {
            true => fault.showing(&self.cover.text(line), should.as_ref()),
            false => fault,
        });
    }

    /// How the call ended is right, too. A good one is the model, if there is none. `waited` is how long nothing had
    /// come by then.
    pub(super) fn end(&mut self, report: &Report, waited: Duration, rules: &Rules) {
        self.ending(report, waited, rules);
        for number in 0..VALUES {
            let echo = format!("ECHO_{number}");
            if report.variable(&echo).is_some_and(|it| it != self.own.value(number).as_str()) {
                let what = format!("{echo} is not this call's LOAD_{number} at the end");
                self.wrong(Fault::of_call(Kind::Echo, what));
            }
        }
        let status = report.agi_status().unwrap_or("not set");
        if self.faults.is_empty() {
            rules.model.get_or_init(|| Model {
                call: self.own.number,
                lines: std::mem::take(&mut self.held),
                compared: self.compared,
                status,
                cover: std::mem::take(&mut self.cover),
            });
        }
        let Some(model) = rules.model.get() else { return };
        self.catch_up(model, rules);
        let &Model { call, compared: should, status: usual, .. } = model;
        if rules.hangs_up || !self.faults.is_empty() {
            return;
        }
        let compared = self.compared;
        if rules.compare != Compare::Nothing && compared < should {
            let what =
                format!("it ended after command {compared}, where call {call} sent {should}");
            self.wrong(Fault::of_call(Kind::Early, what));
        } else if status != usual {
            let what = format!("AGISTATUS is {status}, and was {usual} in call {call}");
            self.wrong(Fault::of_call(Kind::Status, what));
        }
    }

    fn ending(&mut self, report: &Report, waited: Duration, rules: &Rules) {
        let (limit, commands) = (time(rules.limit), self.commands);
        let (kind, what) = match () {
            () if report.overdue() && commands == 0 => {
                (Kind::NoCommand, format!("no command came within {limit} (--limit)"))
            }
            () if report.overdue() && waited * 2 > rules.limit => (
                Kind::Silent,
                format!("nothing came behind command {commands} until {limit} (--limit)"),
            ),
            () if report.overdue() => {
                (Kind::Limit, format!("it took longer than {limit} (--limit), {commands} commands"))
            }
            () if report.broken() => {
                (Kind::Broken, format!("the connection was broken behind command {commands}"))
            }
            () if commands == 0 => {
                (Kind::NoCommand, "the server closed the connection without a command".to_owned())
            }
            () if refusal(report).is_some() => {
                (Kind::Refused, refusal(report).unwrap_or_default().to_owned())
            }
            () if report.agi_status() == Some("FAILURE") => {
                let note = report.notes().first().map(|note| format!(": {note}"));
                (Kind::Status, format!("AGISTATUS is FAILURE{}", note.unwrap_or_default()))
            }
            () => return,
        };
        self.wrong(Fault::of_call(kind, what));
    }
}

/// What this library's server told the dialplan of a call that it did not serve to the end.
fn refusal(report: &Report) -> Option<&'static str> {
    match report.variable("FASTAGI_STATUS")?.as_bytes() {
        b"NOTFOUND" => {
            Some("FASTAGI_STATUS is NOTFOUND: nothing is at this path; the server's log says why")
        }
        b"DENIED" => Some("FASTAGI_STATUS is DENIED: the last --arg is to be the server's secret"),
        b"FAILURE" => {
            Some("FASTAGI_STATUS is FAILURE: the script failed; the server's log says why")
        }
        _ => None,
    }
}

/// The first word that is another one, counted from 1.
fn first_difference(one: &[u8], other: &[u8]) -> usize {
    let (one, other) = (split(one), split(other));
    1 + one.iter().zip(&other).take_while(|(one, other)| one == other).count()
}

/// `ECHO_3`
fn echo(name: &[u8]) -> Option<u8> {
    match name.strip_prefix(b"ECHO_")? {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        _ => None,
    }
}

/// The command's words; never what stands behind them.
pub(super) fn name(line: &[u8]) -> &'static str {
    let words = split(line);
    let is = |spec: &str| {
        let mut own = spec.split(' ');
        let count = own.clone().count();
        count <= words.len()
            && own.by_ref().zip(&words).all(|(one, word)| word.eq_ignore_ascii_case(one.as_bytes()))
    };
    let found = CATALOGUE.iter().map(|spec| spec.words).filter(|words| is(words));
    found.max_by_key(|words| words.len()).unwrap_or("an unknown command")
}
