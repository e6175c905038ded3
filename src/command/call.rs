//! The call itself: ANSWER, HANGUP, CHANNEL STATUS, and what is set on the channel.

use std::time::Duration;

use super::{ANY, Spec, command};
use crate::reply::ChannelState;
use crate::reply::plain::{channel_state, done, yes};
use crate::text::Text;
use crate::wire::Word;

command! {
    /// Answers the call; does nothing when it is answered already.
    ///
    /// `ANSWER` → `200 result=0`, `-1` failed.
    ///
    /// After hangup: refused. Asterisk: `handle_answer`.
    Answer = Spec::new("ANSWER", 0, ANY), done => (),
    () {}
    |_, line| line
}

command! {
    /// Hangs up: this channel, or the one named.
    ///
    /// `HANGUP [channel]` → `200 result=1`; `-1`, [`Failed`](crate::Error::Failed), when there is no
    /// channel of that name.
    ///
    /// Asterisk answers first and then says to the script what it says at every hangup: the session's
    /// [`Hangup`](crate::Hangup) is raised soon after, and only commands that run after hangup follow.
    /// To go on in the dialplan instead, just let the script end.
    ///
    /// After hangup: refused. Asterisk: `handle_hangup`.
    Hangup<'a> = Spec::new("HANGUP", 0, 1), done => (),
    () {
        /// The channel, by its name, such as `PJSIP/alice-00000001`.
        channel: Text<'a>,
    }
    |this, line| line.tail([("channel", this.channel.map(Word::Text), "")])
}

command! {
    /// Asks for the state of this channel, or of the one named.
    ///
    /// `CHANNEL STATUS [channel]` → `200 result=6`; `-1`, [`Failed`](crate::Error::Failed), when there is
    /// no channel of that name.
    ///
    /// After hangup: refused. Asterisk: `handle_channelstatus`.
    ChannelStatus<'a> = Spec::new("CHANNEL STATUS", 0, 1), channel_state => ChannelState,
    () {
        /// The channel, by its name.
        channel: Text<'a>,
    }
    |this, line| line.tail([("channel", this.channel.map(Word::Text), "")])
}

command! {
    /// Hangs up by itself after a time from now; [`Duration::ZERO`] takes that back.
    ///
    /// `SET AUTOHANGUP seconds` → `200 result=0`. Sent with up to three decimals.
    ///
    /// The hangup that comes is one like any other, and it ends what waits.
    ///
    /// After hangup: refused. Asterisk: `handle_autohangup`.
    SetAutohangup = Spec::new("SET AUTOHANGUP", 1, 1), done => (),
    (time: Duration) {}
    |this, line| line.arg("time", Word::Fraction(this.time))
}

command! {
    /// Sets the caller's number, his name, or both, in the forms that Asterisk takes a caller id apart:
    /// `"John Doe <1234>"`, `"1234"`, `"John Doe"`; the empty text clears both.
    ///
    /// `SET CALLERID callerid` → `200 result=1`, always. At most 255 bytes.
    ///
    /// A name that looks like a number (`1-800-555`) becomes the number. To set one part and nothing else,
    /// set the variable `CALLERID(num)` or `CALLERID(name)`.
    ///
    /// After hangup: refused. Asterisk: `handle_setcallerid`.
    SetCallerid<'a> = Spec::new("SET CALLERID", 0, ANY), done => (),
    (callerid: Text<'a>) {}
    |this, line| line.arg("callerid", Word::Short(this.callerid, 255))
}

command! {
    /// Starts music on hold, or stops it. It plays while no other command plays.
    ///
    /// `SET MUSIC on|off [class]` → `200 result=0`, always, also when there is no such class.
    ///
    /// Stop it before RECORD FILE: that, beside music, was seen to end Asterisk 22.10 itself.
    ///
    /// After hangup: refused. Asterisk: `handle_setmusic`.
    SetMusic<'a> = Spec::new("SET MUSIC", 1, ANY), done => (),
    (on: bool) {
        /// The class of `musiconhold.conf`; the channel's own by default.
        class: Text<'a>,
    }
    |this, line| line
        .arg("on", Word::Bare(if this.on { "on" } else { "off" }))
        .tail([("class", this.class.map(Word::Text), "")])
}

/// What TDD MODE switches to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TddSwitch {
    /// Telecommunication for the deaf, on.
    On,
    /// Off.
    Off,
    /// Only the receiving half.
    Mate,
    /// As `On`, by Asterisk's other word for it.
    Tdd,
}

command! {
    /// Switches the transmission of text to telephones for the deaf (TDD).
    ///
    /// `TDD MODE on|off|mate|tdd` → `200 result=1`, or `0` when the channel cannot: `false`. Only
    /// DAHDI's channels can.
    ///
    /// After hangup: refused. Asterisk: `handle_tddmode`.
    TddMode = Spec::new("TDD MODE", 1, 1), yes => bool,
    (mode: TddSwitch) {}
    |this, line| line.arg("mode", Word::Bare(match this.mode {
        TddSwitch::On => "on",
        TddSwitch::Off => "off",
        TddSwitch::Mate => "mate",
        TddSwitch::Tdd => "tdd",
    }))
}
