//! The secret's file.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What the file holds, without a line end behind it. A file that everybody may read holds no secret.
pub(crate) fn read(file: &Path) -> io::Result<Vec<u8>> {
    let odd = |kind, what: String| io::Error::new(kind, format!("{}: {what}", file.display()));
    let named = |error: io::Error| {
        let what = match error.kind() {
            ErrorKind::NotFound => {
                "there is no such file; --secret-file names the one with the secret"
            }
            ErrorKind::PermissionDenied => {
                "this user may not read it; `chgrp` and `chmod g+r` let its group"
            }
            _ => return odd(error.kind(), error.to_string()),
        };
        odd(error.kind(), what.to_owned())
    };
    if fs::metadata(file).map_err(named)?.permissions().mode() & 0o007 != 0 {
        let what = "everybody may read it; `chmod o= FILE` makes it a secret"
            .replace("FILE", &file.display().to_string());
        return Err(odd(ErrorKind::PermissionDenied, what));
    }
    let mut secret = fs::read(file).map_err(named)?;
    if secret.ends_with(b"\n") {
        secret.pop();
        secret.pop_if(|byte| *byte == b'\r');
    }
    match secret.is_empty() || secret.contains(&b'\n') {
        true => Err(odd(ErrorKind::InvalidData, "it holds no secret: one line, not empty".into())),
        false => Ok(secret),
    }
}
