//! What may be wrong with a call.

use std::time::Duration;

use agikit::transcript::Pattern;

use super::own::Foreign;

/// What is wrong, of which a call may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Connect,
    NoCommand,
    Silent,
    Limit,
    Broken,
    Early,
    Different,
    Place,
    Foreign,
    Echo,
    Refused,
    Status,
}

impl Kind {
    /// As the summary counts them.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Connect => "no connection",
            Kind::NoCommand => "no command",
            Kind::Silent => "fell silent",
            Kind::Limit => "took too long",
            Kind::Broken => "connection broken",
            Kind::Early => "ended early",
            Kind::Different => "other commands",
            Kind::Place => "out of place",
            Kind::Foreign => "reply of another call",
            Kind::Echo => "wrong ECHO",
            Kind::Refused => "FASTAGI_STATUS",
            Kind::Status => "AGISTATUS",
        }
    }

    /// As JSON has it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Kind::Connect => "no_connection",
            Kind::NoCommand => "no_command",
            Kind::Silent => "silent",
            Kind::Limit => "too_long",
            Kind::Broken => "broken",
            Kind::Early => "ended_early",
            Kind::Different => "other_commands",
            Kind::Place => "out_of_place",
            Kind::Foreign => "reply_of_another_call",
            Kind::Echo => "wrong_echo",
            Kind::Refused => "fastagi_status",
            Kind::Status => "agistatus",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// The command at which it was seen; the first one is 1.
    pub(super) command: Option<usize>,
    pub(super) what: String,
}

impl Fault {
    pub(super) fn of_call(kind: Kind, what: String) -> Self {
        Fault { kind, command: None, what }
    }

    pub(super) fn at(kind: Kind, command: usize, what: String) -> Self {
        Fault { kind, command: Some(command), what }
    }

    /// The command carries a value that another call was given.
    pub(super) fn foreign(command: usize, name: &str, foreign: Foreign) -> Self {
        let Foreign { call, value } = foreign;
        let whose = match call {
            0 => "half a LOAD value".to_owned(),
            call => format!("LOAD_{value} of call {call}"),
        };
        let what = format!("{name} carries {whose}: a reply of another call");
        Fault::at(Kind::Foreign, command, what)
    }

    /// Both lines, for who has asked to see them.
    pub(super) fn showing(mut self, sent: &Pattern, should: Option<&Pattern>) -> Self {
        self.what += &format!("; sent: {sent}");
        if let Some(should) = should {
            self.what += &format!("; should be: {should}");
        }
        self
    }

    /// In one line.
    pub(super) fn told(&self) -> String {
        match self.command {
            Some(command) => format!("command {command}, {}", self.what),
            None => self.what.clone(),
        }
    }
}

/// `1m`, `1.5s`, `800ms`
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match time.as_millis() {
        millis if millis < 1000 => format!("{millis}ms"),
        millis if millis % 60_000 == 0 => format!("{}m", millis / 60_000),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_it_in_a_line() {
        let foreign = Foreign { call: 18, value: 3 };
        let fault = Fault::foreign(4, "SET VARIABLE", foreign);
        assert_eq!(
            fault.told(),
            "command 4, SET VARIABLE carries LOAD_3 of call 18: a reply of another call"
        );
        let shown = fault.showing(&Pattern::exactly(b"NOOP \x1b"), Some(&Pattern::exactly("NOOP")));
        assert!(shown.told().ends_with("; sent: NOOP \\x1b; should be: NOOP"), "{}", shown.told());
        let times = [800, 60_000, 1500, 90_000].map(Duration::from_millis);
        assert_eq!(times.map(time), ["800ms", "1m", "1.5s", "90s"]);
    }
}
