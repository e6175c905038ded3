//! The kind of machine that is built for, and what is missing to do so.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// The target of static programs for machines of this kind.
pub(super) fn ours() -> Result<String, String> {
    let (architecture, system) = match env::consts::ARCH {
        "x86" => ("i686", "musl"),
        "arm" => ("armv7", "musleabihf"),
        "riscv64" => ("riscv64gc", "musl"),
        known @ ("x86_64" | "aarch64" | "loongarch64") => (known, "musl"),
        other => return Err(format!("no static target is known for {other}; say --target")),
    };
    Ok(format!("{architecture}-unknown-linux-{system}"))
}

/// Looks whether Rust's library for the target is there: else cargo's error is a long one.
pub(super) fn look_for(package: &Path, target: &str) -> Result<(), String> {
    let asked = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(package)
        .stdin(Stdio::null())
        .output();
    // Where it cannot be asked, or does not know, cargo will tell.
    let Ok(asked) = asked else { return Ok(()) };
    let folder = String::from_utf8_lossy(&asked.stdout);
    if !asked.status.success() || Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    let how = match is_on_path("rustup") {
        true => format!("rustup target add {target}"),
        false => format!("with a Rust by rustup (https://rustup.rs): rustup target add {target}"),
    };
    Err(format!("Rust's library for {target} is missing; to add it: {how}"))
}

/// What to do, where cargo's own words do not say it.
pub(super) fn hint(said: &str, target: &str) -> String {
    let is_for_others = !target.starts_with(env::consts::ARCH);
    // `musl-gcc` or `x86_64-linux-musl-gcc`, as the crate that compiles C looks for both.
    if !is_for_others && said.contains("musl-gcc") && !is_on_path("musl-gcc") {
        "; a dependency is written in C, and the C compiler for static programs is missing: \
         apt-get install musl-tools"
            .to_owned()
    } else if is_for_others && (said.contains("linking with") || said.contains("linker `")) {
        let variable = target.to_ascii_uppercase().replace('-', "_");
        format!(
            "; a program for another kind of machine wants a linker of its own: install one and name it \
             in CARGO_TARGET_{variable}_LINKER (rust-lld does for Rust alone)"
        )
    } else {
        String::new()
    }
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(OsStr::new(&path)).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_to_install() {
        let other = if env::consts::ARCH == "aarch64" { "x86_64" } else { "aarch64" };
        let other = format!("{other}-unknown-linux-musl");
        let ours = ours().unwrap();
        assert_eq!(hint("error: expected `;`", &ours), "");
        assert_eq!(hint("error: linking with `cc` failed", &ours), "");
        assert!(hint("error: linking with `cc` failed", &other).contains("_LINUX_MUSL_LINKER"));
    }
}
