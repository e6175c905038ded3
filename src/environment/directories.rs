//! Asterisk's folders, in `AST_…`.

use std::ffi::OsString;
use std::path::PathBuf;

/// Asterisk's folders, which it gives to every program that it starts (process AGI only).
///
/// ```
/// use agikit::Directories;
///
/// // Beside Asterisk's own database, wherever that lies; the current folder at a desk.
/// let var = Directories::from_env().var.unwrap_or_default();
/// let database = var.join("accounts.db");
/// # let _ = database;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Directories {
    /// `AST_CONFIG_DIR`: `/etc/asterisk`
    pub config: Option<PathBuf>,
    /// `AST_CONFIG_FILE`: the `asterisk.conf` in use.
    pub config_file: Option<PathBuf>,
    /// `AST_MODULE_DIR`
    pub modules: Option<PathBuf>,
    /// `AST_SPOOL_DIR`: `/var/spool/asterisk`
    pub spool: Option<PathBuf>,
    /// `AST_MONITOR_DIR`: where recordings of calls go.
    pub monitor: Option<PathBuf>,
    /// `AST_VAR_DIR`: `/var/lib/asterisk`, for what changes.
    pub var: Option<PathBuf>,
    /// `AST_DATA_DIR`: the folder above `sounds`; Asterisk need not be able to write there.
    pub data: Option<PathBuf>,
    /// `AST_LOG_DIR`
    pub log: Option<PathBuf>,
    /// `AST_AGI_DIR`: agi-bin.
    pub agi: Option<PathBuf>,
    /// `AST_KEY_DIR`
    pub keys: Option<PathBuf>,
    /// `AST_RUN_DIR`
    pub run: Option<PathBuf>,
}

impl Directories {
    /// Reads the variables of this process.
    #[must_use]
    pub fn from_env() -> Self {
        Directories::from_lookup(|name| std::env::var_os(name))
    }

    /// Reads them from elsewhere; those that are empty count as missing.
    #[must_use]
    pub fn from_lookup(look_up: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| look_up(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Directories {
            config: path("AST_CONFIG_DIR"),
            config_file: path("AST_CONFIG_FILE"),
            modules: path("AST_MODULE_DIR"),
            spool: path("AST_SPOOL_DIR"),
            monitor: path("AST_MONITOR_DIR"),
            var: path("AST_VAR_DIR"),
            data: path("AST_DATA_DIR"),
            log: path("AST_LOG_DIR"),
            agi: path("AST_AGI_DIR"),
            keys: path("AST_KEY_DIR"),
            run: path("AST_RUN_DIR"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_by_name() {
        let found = Directories::from_lookup(|name| match name {
            "AST_AGI_DIR" => Some("/x/agi-bin".into()),
            "AST_DATA_DIR" => Some("".into()),
            _ => None,
        });
        assert_eq!(found.agi, Some("/x/agi-bin".into()));
        assert_eq!(found.data, None);
    }
}
