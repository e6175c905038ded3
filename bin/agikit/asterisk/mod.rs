//! An Asterisk installation: which one is meant, its `asterisk.conf`, its folders, and whom it runs as.

mod comments;
mod config;
#[cfg(test)]
mod config_tests;
mod directories;
mod find;
mod process;
mod root;
mod user;

use std::path::{Path, PathBuf};

use clap::Args;

pub(crate) use directories::Directories;
pub(crate) use process::Process;
pub(crate) use user::User;

/// Which Asterisk is meant, where it does not find itself.
#[derive(Debug, Default, Args)]
pub(crate) struct Place {
    /// Its asterisk.conf; unless it is said, that of the Asterisk which runs, or else where packages and builds from
    /// source put it.
    #[arg(long, value_name = "FILE", help_heading = "Which Asterisk")]
    pub(crate) config: Option<PathBuf>,
    /// The folder which it takes for the whole system: a chroot's, a container's.
    #[arg(long, value_name = "DIR", help_heading = "Which Asterisk")]
    pub(crate) root: Option<PathBuf>,
}

/// An Asterisk of this machine. Its paths are as Asterisk itself names them; [`outside`](Installation::outside) tells
/// where they are from here.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The folder that it takes for the whole system, mostly `/`.
    pub(crate) root: PathBuf,
    /// Its `asterisk.conf`.
    pub(crate) config: PathBuf,
    pub(crate) directories: Directories,
    /// Whom it runs as, or will.
    pub(crate) user: User,
    /// When it runs.
    pub(crate) process: Option<Process>,
    /// What is to be said of its `asterisk.conf`, a line each.
    pub(crate) remarks: Vec<String>,
    /// Processes by which root does not go: what is the matter, `; `, what to do.
    pub(crate) passed_over: Vec<String>,
    /// All of its `asterisk.conf`.
    settings: config::Config,
}

impl Installation {
    /// The one that is meant, or why there is none, and what to do then.
    pub(crate) fn find(place: &Place) -> Result<Installation, String> {
        find::find(place)
    }

    /// What its `asterisk.conf` says, of what has no field of its own here.
    pub(crate) fn setting(&self, category: &str, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(self.settings.setting(category, name)?);
        (!text.is_empty()).then(|| text.into_owned())
    }

    /// A path of Asterisk's as it is named from here, with the links in its own folders followed.
    pub(crate) fn outside(&self, path: &Path) -> PathBuf {
        root::outside(&self.root, path)
    }

    /// The folder of the programs, as it is named from here.
    pub(crate) fn agi_bin(&self) -> PathBuf {
        self.outside(&self.directories.agi)
    }
}
