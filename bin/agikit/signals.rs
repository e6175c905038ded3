//! Signals to this program while calls run: the first Ctrl-C hangs up, or lets no more begin; the second one ends all at
//! once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;
use std::time::Duration;

use agikit::emulator::Telephone;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long the call may take to end once its program was ended.
const A_LITTLE: Duration = Duration::from_secs(2);

/// The signal that ended this program, if one did.
#[derive(Debug, Clone, Default)]
pub(crate) struct EndedBy(Arc<AtomicI32>);

impl EndedBy {
    /// The exit code that tells of it, as shells have it.
    pub(crate) fn code(&self) -> Option<u8> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(exit_code(signal)),
        }
    }

    pub(crate) fn note(&self, signal: i32) {
        self.0.store(signal, Ordering::SeqCst);
    }
}

fn exit_code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// Notes the first signal from now on; the second one ends this program at once.
pub(crate) fn note() -> io::Result<EndedBy> {
    let ended_by = EndedBy::default();
    let noted = ended_by.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if noted.code().is_some() {
                std::process::exit(exit_code(signal).into());
            }
            noted.note(signal);
        }
    });
    Ok(ended_by)
}

/// Takes signals from now on. `restore` is done before this program is left in haste.
pub(crate) fn take(telephone: Telephone, restore: fn()) -> io::Result<EndedBy> {
    let ended_by = EndedBy::default();
    let noted = ended_by.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        let mut hung_up = false;
        for signal in signals.forever() {
            if signal == SIGINT && !hung_up {
                hung_up = true;
                telephone.hang_up();
                continue;
            }
            noted.note(signal);
            telephone.end();
            thread::sleep(A_LITTLE);
            // Something holds the call up.
            restore();
            std::process::exit(exit_code(signal).into());
        }
    });
    Ok(ended_by)
}
