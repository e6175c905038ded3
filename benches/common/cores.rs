//! Which cores there are.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The cores that this process may use: the first is the driver's, the last the program's that is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    pub(crate) driver: usize,
    pub(crate) program: usize,
}

impl Cores {
    pub(crate) fn find() -> nix::Result<Self> {
        let may = sched_getaffinity(Pid::from_raw(0))?;
        let mut cores = (0..CpuSet::count()).filter(|&core| may.is_set(core).unwrap_or(false));
        let driver = cores.next().unwrap_or(0);
        Ok(Cores { driver, program: cores.next_back().unwrap_or(driver) })
    }

    /// Keeps this thread, and whatever it starts from now on, on a core.
    pub(crate) fn stay(core: usize) -> nix::Result<()> {
        let mut only = CpuSet::new();
        only.set(core)?;
        sched_setaffinity(Pid::from_raw(0), &only)
    }
}
