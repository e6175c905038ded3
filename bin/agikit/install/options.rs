//! The arguments of `agikit install`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::asterisk::Place;
use crate::build::Wanted;

/// Puts programs into Asterisk's agi-bin, and shows the dialplan that starts them.
///
/// A program that is there already is replaced in one step: a call in progress ends with the one that it began with,
/// the next call gets the new one. What agikit did not put there it leaves alone. The file belongs to whoever installs
/// it, mostly root; all may run it, and the user that Asterisk runs as cannot change it. An SELinux label is set by
/// `restorecon`, where that is there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agikit install ./menu.py                   into the agi-bin of the Asterisk that runs
  agikit install balance/                    all programs of a Cargo package, built static;
                                             as root only where the package is root's
  agikit install . --bin menu                one of them
  agikit install eagi-level --name level     under another name
  agikit install balance/ >> extensions.conf standard output is the dialplan for it
  agikit install --list                      what is ours there, and in how many calls
  agikit install --remove menu.py
  agikit install menu --root /srv/pbx --config /etc/asterisk/asterisk.conf
                                             the Asterisk in a chroot or a container

Which files are ours stands in agi-bin/.agikit-installed. A file that somebody else
put there, or changed since, is not overwritten nor removed without --force.

Exit codes:
  0  done
  1  not done: a file is not ours, or cannot be run; then nothing is installed
  2  the arguments make no sense
  3  it could not be done: no Asterisk, no right to write there, cargo failed; where
     a disk failed in the middle, it says which programs are installed")]
pub(crate) struct Install {
    /// A program, or the folder of a Cargo package, which is built first; with --remove, its name in agi-bin.
    #[arg(value_name = "PROGRAM", required_unless_present = "list")]
    pub(super) programs: Vec<PathBuf>,

    /// Remove programs that were installed so. A call in progress goes on.
    #[arg(long, conflicts_with_all = ["list", "name"])]
    pub(super) remove: bool,
    /// List what was installed so: version, size, since when, by how many calls it is used.
    #[arg(long, conflicts_with_all = ["programs", "name", "force", "dry_run"])]
    pub(super) list: bool,
    /// The list as JSON.
    #[arg(long, requires = "list", conflicts_with = "programs")]
    pub(super) json: bool,
    /// The name in agi-bin, for one program.
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<OsString>,
    /// Replace or remove also what somebody else put there; install what does not look like a program.
    #[arg(long)]
    pub(super) force: bool,
    /// Only tell what would be done. (A package is built all the same.)
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,

    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten, next_help_heading = "Of a Cargo package")]
    pub(super) wanted: Wanted,
    /// Build with cargo's profile `release`, in place of agi-bin.
    #[arg(long, conflicts_with = "profile", help_heading = "Of a Cargo package")]
    pub(super) release: bool,
}
