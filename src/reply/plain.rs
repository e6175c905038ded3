//! Replies of one number, and values.

use super::{Fields, Outcome, key};
use crate::text::Value;

/// `200 result=N`: done; `-1` failed. What N is says nothing (VERBOSE answers 1, NOOP 0).
pub(crate) fn done(reply: &Fields<'_>) -> Outcome<()> {
    match reply.number() {
        Some(-1) => Outcome::Failed,
        Some(0..) => Outcome::Value(()),
        _ => Outcome::Odd,
    }
}

/// `200 result=1` yes, `200 result=0` no.
pub(crate) fn yes(reply: &Fields<'_>) -> Outcome<bool> {
    match reply.number() {
        Some(1) => Outcome::Value(true),
        Some(0) => Outcome::Value(false),
        Some(-1) => Outcome::Failed,
        _ => Outcome::Odd,
    }
}

/// DATABASE DELTREE says `0` when it deleted something and `1` when there was nothing.
pub(crate) fn inverted(reply: &Fields<'_>) -> Outcome<bool> {
    match yes(reply) {
        Outcome::Value(nothing) => Outcome::Value(!nothing),
        other => other,
    }
}

/// `200 result=1 (value)`, or `200 result=0` for none.
pub(crate) fn value(reply: &Fields<'_>) -> Outcome<Option<Value>> {
    match (reply.number(), reply.value()) {
        (Some(1), Some(value)) => Outcome::Value(Some(value.to_value())),
        (Some(0), None) => Outcome::Value(None),
        (Some(-1), None) => Outcome::Failed,
        _ => Outcome::Odd,
    }
}

/// RECEIVE TEXT: `200 result=1 (text)`; `200 result=-1` when no text came in time, and at hangup.
pub(crate) fn received_text(reply: &Fields<'_>) -> Outcome<Option<Value>> {
    match value(reply) {
        Outcome::Failed => Outcome::Doubtful(None),
        other => other,
    }
}

/// RECEIVE CHAR: the byte; `200 result=-1 (hangup)` when none came in time, and at hangup;
/// `200 result=0 (timeout)` for an empty text.
pub(crate) fn received_char(reply: &Fields<'_>) -> Outcome<Option<u8>> {
    match reply.number() {
        Some(-1) => Outcome::Doubtful(None),
        Some(0) if reply.note().is_some() => Outcome::Value(None),
        Some(code) => Outcome::or_odd(u8::try_from(code).ok().map(Some)),
        None => Outcome::Odd,
    }
}

/// `200 result=0` nothing pressed, `200 result=49` key `1`, `200 result=-1` failed.
pub(crate) fn pressed(reply: &Fields<'_>) -> Outcome<Option<char>> {
    match reply.number() {
        Some(0) => Outcome::Value(None),
        Some(-1) => Outcome::Failed,
        Some(code) => Outcome::or_odd(key(code).map(Some)),
        None => Outcome::Odd,
    }
}

/// How WAIT FOR DIGIT ended. [`digit`](Waited::digit) is all that most scripts want of it.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use std::time::Duration;
///
/// match agi.wait_for_digit(Duration::from_secs(5))?.digit() {
///     Some('1') => agi.set_extension("sales")?,
///     Some(_) => agi.set_extension("operator")?,
///     None => agi.hangup()?,                       // nobody pressed a key
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waited {
    /// The caller pressed a key.
    Digit(char),
    /// Nobody pressed one in time.
    Timeout,
    /// A command that arrived meanwhile stopped the wait (`200 result=1`).
    Interrupted,
    /// A manager or ARI client controlled a playback on this channel (`200 result=1000` to `1004`).
    Control(StreamControl),
}

impl Waited {
    /// The key, if one was pressed.
    #[must_use]
    pub fn digit(self) -> Option<char> {
        match self {
            Waited::Digit(digit) => Some(digit),
            _ => None,
        }
    }
}

/// What a manager or ARI client asked of a playback (Asterisk's `AST_CONTROL_STREAM_…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamControl {
    /// To stop.
    Stop,
    /// To pause, or to go on.
    Suspend,
    /// To begin anew.
    Restart,
    /// To go back.
    Reverse,
    /// To go forward.
    Forward,
}

/// WAIT FOR DIGIT.
pub(crate) fn waited(reply: &Fields<'_>) -> Outcome<Waited> {
    Outcome::Value(match reply.number() {
        Some(-1) => return Outcome::Failed,
        Some(0) => Waited::Timeout,
        Some(1) => Waited::Interrupted,
        Some(1000) => Waited::Control(StreamControl::Stop),
        Some(1001) => Waited::Control(StreamControl::Suspend),
        Some(1002) => Waited::Control(StreamControl::Restart),
        Some(1003) => Waited::Control(StreamControl::Reverse),
        Some(1004) => Waited::Control(StreamControl::Forward),
        Some(code) => match key(code) {
            Some(digit) => Waited::Digit(digit),
            None => return Outcome::Odd,
        },
        None => return Outcome::Odd,
    })
}

/// EXEC: what the application returned, which is not a success flag; `-2` when there is none.
pub(crate) fn application(reply: &Fields<'_>) -> Outcome<i32> {
    match reply.number().and_then(|code| i32::try_from(code).ok()) {
        Some(-2) => Outcome::NoApplication,
        Some(code) => Outcome::Value(code),
        None => Outcome::Odd,
    }
}

/// The state of a channel, as CHANNEL STATUS tells it.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// if agi.channel_status()? != agikit::ChannelState::Up {
///     agi.answer()?;
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelState {
    /// 0: down and available.
    Down,
    /// 1: down, but reserved.
    Reserved,
    /// 2: off hook.
    OffHook,
    /// 3: digits are being dialled.
    Dialing,
    /// 4: ring: a call that came in and is not answered.
    Ring,
    /// 5: ringing at the far end.
    Ringing,
    /// 6: up, answered.
    Up,
    /// 7: busy.
    Busy,
    /// 8: digits are being dialled while off hook.
    DialingOffHook,
    /// 9: a call was detected and waits for its caller id.
    PreRing,
}

/// CHANNEL STATUS: `200 result=6`; `-1` when there is no channel of that name.
pub(crate) fn channel_state(reply: &Fields<'_>) -> Outcome<ChannelState> {
    Outcome::Value(match reply.number() {
        Some(-1) => return Outcome::Failed,
        Some(0) => ChannelState::Down,
        Some(1) => ChannelState::Reserved,
        Some(2) => ChannelState::OffHook,
        Some(3) => ChannelState::Dialing,
        Some(4) => ChannelState::Ring,
        Some(5) => ChannelState::Ringing,
        Some(6) => ChannelState::Up,
        Some(7) => ChannelState::Busy,
        Some(8) => ChannelState::DialingOffHook,
        Some(9) => ChannelState::PreRing,
        _ => return Outcome::Odd,
    })
}

/// How a GOSUB came back. What the routine returned is in the variable `GOSUB_RETVAL`.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// let back = agi.gosub("rates", "find", 1)?;
/// let rate = match back.complete {
///     true => agi.get_variable("GOSUB_RETVAL")?,
///     false => None,                               // the routine has no Return
/// };
/// # let _ = rate; Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subroutine {
    /// It ended with Return. Otherwise it ran out of priorities (`Gosub complete (abnormal exit)`).
    pub complete: bool,
}

/// GOSUB: `200 result=0 Gosub complete`, with `(abnormal exit)` when the routine was left without
/// Return, which a hangup does too; otherwise it failed.
pub(crate) fn subroutine(reply: &Fields<'_>) -> Outcome<Subroutine> {
    let rest = reply.rest();
    match reply.number() {
        Some(0) if rest == "Gosub complete" => Outcome::Value(Subroutine { complete: true }),
        Some(0) if rest == "Gosub complete (abnormal exit)" => {
            Outcome::Doubtful(Subroutine { complete: false })
        }
        Some(_) => Outcome::Failed,
        None => Outcome::Odd,
    }
}

/// The reply of a [`Raw`](crate::Raw) command, as far as all replies are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawReply(Value);

impl RawReply {
    /// Its parts.
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        let all = self.0.as_bytes();
        Fields::parse(all).unwrap_or(Fields { all, code: 200, result: None, rest: &[] })
    }

    /// The reply as it was received, without its line feed.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

/// Any `200`.
pub(crate) fn raw(reply: &Fields<'_>) -> Outcome<RawReply> {
    Outcome::Value(RawReply(reply.all().to_value()))
}
