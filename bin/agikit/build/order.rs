//! Where in a program its code lies: what hardly a call runs, out of the way of what each does.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::settings::has_set;

/// Told to the linker. The kernel maps a program's file in pieces of 64 KiB around what runs, and half of a small program is
/// Rust's way to show a panic: spread among the rest it is mapped for each call, some 130 KB of it, and costs its time.
const SCRIPT: &str = include_str!("agi-bin.ld");

/// The setting for cargo, and the file that it names. `None` where the linker is not GNU's, on this machine for this machine:
/// another one may not know such a script, and the program is the same without it.
pub(super) fn setting(package: &Path, workspace: &Path, target: &str) -> Option<String> {
    let is_ours = target.contains("-linux-musl") && target.starts_with(env::consts::ARCH);
    let variable = target.to_uppercase().replace('-', "_");
    let chosen = env::var_os(format!("CARGO_TARGET_{variable}_LINKER")).is_some();
    if !is_ours || chosen || has_set(package, target, "linker") || !is_gnu() {
        return None;
    }
    let path = file(package, workspace)?;
    // A comma would end the linker's argument.
    let path = path.to_str().filter(|path| !path.contains(','))?;
    let flag = format!("-Clink-arg=-Wl,-T,{path}");
    Some(format!("target.{target}.rustflags=[{flag:?}]"))
}

/// Whether the C compiler, by which Rust links, has GNU's linker.
fn is_gnu() -> bool {
    let said = Command::new("cc").arg("-Wl,--version").output();
    said.is_ok_and(|said| said.stdout.windows(6).any(|it| it == b"GNU ld"))
}

/// Where cargo puts what it builds: always in the same place, as it builds anew what is told otherwise.
fn file(package: &Path, workspace: &Path) -> Option<PathBuf> {
    let folder = match env::var_os("CARGO_TARGET_DIR") {
        // As cargo sees it, which is started there.
        Some(folder) => package.canonicalize().ok()?.join(folder),
        None => workspace.join("target"),
    };
    let path = folder.join("agi-bin.ld");
    if fs::read_to_string(&path).is_ok_and(|text| text == SCRIPT) {
        return Some(path);
    }
    fs::create_dir_all(&folder).and_then(|()| fs::write(&path, SCRIPT)).ok()?;
    Some(path)
}
