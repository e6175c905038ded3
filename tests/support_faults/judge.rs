//! What has to come of a session with a fault.

use super::asterisk::{Came, Played};
use super::memory::{Course, End, Fault, is_told};
use super::tally::Tally;

/// The positions of one: not what belongs to the part before, nor what the test adds.
pub fn positions(played: &Played) -> std::ops::Range<usize> {
    let first = match (played.recording.goes_on, played.recording.overlaps) {
        (false, _) => 0,
        (true, false) => played.ends[0],
        (true, true) => played.ends[1],
    };
    first..played.ends[played.ends.len() - 2]
}

/// A value that looks whole there and is not: Asterisk writes a reply at once, and who sees a part cannot tell.
pub fn looks_whole(played: &Played, at: usize) -> bool {
    let number = played.ends.partition_point(|&end| end <= at);
    if number == 0 {
        return false;
    }
    let reply = &played.recording.exchanges[number - 1].reply;
    reply.get(..at - played.ends[number - 1]).is_some_and(|part| {
        part.starts_with(b"200 result=1 (") && part.ends_with(b")\n") && part.len() < reply.len()
    })
}

/// The end comes within the HANGUP line that stands behind a value over TCP: it may be the value's own text.
fn begins_hangup(played: &Played, number: usize, at: usize) -> bool {
    let behind = at.checked_sub(played.ends[number + 1]).is_some_and(|it| (1..7).contains(&it));
    let exchange = &played.recording.exchanges[number];
    behind && exchange.hangup && exchange.reply.starts_with(b"200 result=1 (")
}

/// What was whole is answered, and from there on nothing.
pub fn ended(played: &Played, course: &Course, at: usize, end: End, tally: &Tally) {
    let name = &played.recording.name;
    let kind = match end {
        End::Closed => "end of input",
        End::Gone => "end of both directions",
        End::Error(_) => "error",
    };
    tally.add(kind, &course.came, course.begun);
    if !course.begun {
        assert!(at < played.ends[0], "{name}, {at}: it did not begin");
        let told = course.refusal.as_ref().is_none_or(|it| is_told(it, end));
        assert!(told, "{name}, {at}: {:?}", course.refusal);
        return;
    }
    let over = match end {
        End::Error(kind) if kind != std::io::ErrorKind::ConnectionReset => Came::Broken,
        _ => Came::Hangup,
    };
    if looks_whole(played, at) {
        return;
    }
    for (number, (is, should)) in course.came.iter().zip(&played.came).enumerate() {
        let should = if played.ends[number + 1] <= at { should } else { &over };
        if *is == over && begins_hangup(played, number, at) {
            continue;
        }
        assert_eq!(is, should, "{name}, command {}, {end:?} after {at} bytes", number + 1);
    }
    assert!(course.hung_up || over == Came::Broken, "{name}: {end:?} after {at} bytes is none");
}

/// All is answered as ever. Where a part of a value passes for the whole, its end must not pass for another reply.
pub fn same(played: &Played, course: &Course, passes: bool, what: impl Fn() -> String) {
    let name = &played.recording.name;
    assert!(course.begun, "{name}, {}: {:?}", what(), course.refusal);
    for (number, (is, should)) in course.came.iter().zip(&played.came).enumerate() {
        if passes && is != should {
            let (Came::Answer(part), Came::Answer(whole)) = (is, should) else {
                panic!("{name}, {}, command {}: {is:?}", what(), number + 1)
            };
            assert!(whole.starts_with(part), "{name}, {}, command {}", what(), number + 1);
            continue;
        }
        assert_eq!(is, should, "{name}, {}, command {}", what(), number + 1);
    }
    assert_eq!(course.came.len(), played.came.len());
}

/// Behind how many replies the caller is still there.
pub fn callers(played: &Played) -> usize {
    let before = played.recording.exchanges.iter().take_while(|it| !it.hangup).count();
    if played.recording.dead { 0 } else { before }
}

/// The caller has left before the command `first`: what runs without him is answered as ever, the rest is told.
pub fn left(played: &Played, course: &Course, first: usize, passes: bool, what: &str) {
    let name = &played.recording.name;
    assert!(course.begun, "{name}, {what}: {:?}", course.refusal);
    assert_eq!(
        course.refused.len(),
        played.came.len(),
        "{name}, {what}: not all was sent: {:?}",
        course.came
    );
    for (number, (is, should)) in course.came.iter().zip(&played.came).enumerate() {
        let exchange = &played.recording.exchanges[number];
        let refused = number >= first && exchange.needs_caller();
        assert_eq!(course.refused[number], refused, "{name}, {what}");
        let should = if refused { &Came::Hangup } else { should };
        assert!(passes || is == should, "{name}, {what}, command {}: {is:?}", number + 1);
    }
    assert!(course.hung_up, "{name}, {what}: it is no hangup");
}

/// What came of one of these is what has to come.
pub fn judge(played: &Played, course: &Course, fault: Fault, tally: &Tally) {
    match fault {
        Fault { end: Some((at, end)), .. } => ended(played, course, at, end, tally),
        Fault { signal: Some(at), .. } => {
            let first = played.ends.partition_point(|&end| end < at);
            left(played, course, first, looks_whole(played, at), &format!("signal at {at}"));
            tally.add("SIGHUP", &course.came, true);
        }
        Fault { delay: Some(at), .. } => {
            same(played, course, looks_whole(played, at), || format!("a delay at {at}"));
            tally.add("delay", &course.came, true);
        }
        // The system may join what was written in pieces, or not.
        fault => {
            same(played, course, true, || format!("{fault:?}"));
            tally.add("pieces", &course.came, true);
        }
    }
}
