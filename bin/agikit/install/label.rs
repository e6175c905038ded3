//! The SELinux label of a file: what the system's rules say for its folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where SELinux shows itself.
const ENFORCE: &str = "/sys/fs/selinux/enforce";

/// Labels a file by `restorecon`, if that is there. Gives what is to be said.
pub(super) fn set(file: &Path) -> Option<String> {
    let Some(restorecon) = restorecon() else {
        return Path::new(ENFORCE).exists().then(|| {
            "SELinux is on, and there is no restorecon to label the file as its folder is; install it (policycoreutils), \
             then `restorecon` the file"
                .to_owned()
        });
    };
    let mut command = Command::new(&restorecon);
    let output = command.arg(file).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Some(format!("{} did not label the file: {}", restorecon.display(), said.trim()))
        }
        Err(error) => Some(format!("cannot start {}: {error}", restorecon.display())),
    }
}

fn restorecon() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .chain(usual)
        .map(|folder| folder.join("restorecon"))
        .find(|file| file.is_file())
}
