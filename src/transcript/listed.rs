//! A test a file: what [`transcripts!`](crate::transcripts) expands to.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::path::Path;

use super::replay;
use crate::session::Session;

/// A real `#[test]` for each transcript of a folder.
///
/// ```
/// # #[cfg(test)]
/// # mod tests {
/// # use agikit::{Result, Session};
/// fn script(agi: &mut Session) -> Result {
///     agi.answer()
/// }
///
/// agikit::transcripts! { script, "tests/transcripts": account, account_unknown }
/// # }
/// ```
///
/// makes the tests `account` and `account_unknown`, which [replay](crate::transcript::replay()) the files
/// `tests/transcripts/account.agi` and `tests/transcripts/account_unknown.agi` (below the folder of the package's
/// `Cargo.toml`), and the test `every_transcript_is_listed`, which fails when the folder holds a file that is not
/// in the list. `TRANSCRIPTS=overwrite cargo test` writes the files anew.
///
/// Where several scripts share a folder, each names its part of it, and nothing watches over the rest:
///
/// ```
/// # #[cfg(test)]
/// # mod tests {
/// # fn script(agi: &mut agikit::Session) -> agikit::Result { agi.answer() }
/// agikit::transcripts! { script, some of "tests/transcripts": account, account_unknown }
/// # }
/// ```
///
/// The script is anything that [`run`](crate::run) takes: a path, or a closure. The macro may stand once a
/// module.
#[macro_export]
macro_rules! transcripts {
    ($script:expr, some of $folder:literal: $($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder);
                $crate::transcript::assert_replays(folder, stringify!($name), $script);
            }
        )+
    };
    ($script:expr, $folder:literal: $($name:ident),+ $(,)?) => {
        $crate::transcripts! { $script, some of $folder: $($name),+ }

        #[test]
        fn every_transcript_is_listed() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder);
            $crate::transcript::assert_listed(folder, &[$(stringify!($name)),+]);
        }
    };
}

/// Replays `{folder}/{name}.agi`; the macro's.
///
/// # Panics
/// With the difference, when there is one.
#[doc(hidden)]
#[track_caller]
pub fn assert_replays<E>(
    folder: &str,
    name: &str,
    script: impl FnOnce(&mut Session) -> Result<(), E>,
) where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    if let Err(error) = replay(Path::new(folder).join(format!("{name}.agi")), script) {
        panic!("{error:?}");
    }
}

/// Compares a folder's transcripts with a list; the macro's.
///
/// # Panics
/// When a file is not in the list, or the folder cannot be read.
#[doc(hidden)]
#[track_caller]
pub fn assert_listed(folder: &str, names: &[&str]) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => panic!("cannot read {folder}: {error}"),
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let paths = paths.filter(|path| path.extension().is_some_and(|ending| ending == "agi"));
    let there: BTreeSet<String> =
        paths.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    let missing: Vec<&String> =
        there.iter().filter(|name| !names.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "{folder}: no test replays {missing:?}; add them to the list");
}
