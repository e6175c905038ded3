//! The project's folder: there as a whole, or not at all.

use std::fs;
use std::io;
use std::path::Path;
use std::process;

use super::files::File;
use crate::output;

/// Makes the folder with these files. It is written under another name beside it, and has its own at the end.
pub(super) fn make(parent: &Path, name: &str, files: &[File]) -> Result<(), String> {
    let folder = parent.join(name);
    match fs::read_dir(&folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => {}
        Ok(true) => {
            return Err(format!(
                "{name} is there, and not empty; choose another name, or remove it"
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_symlink() => {}
        Err(error) => {
            return Err(format!("{name} is there, and no folder that can be read: {error}"));
        }
    }
    let draft = parent.join(format!(".{name}.agikit-new-{}", process::id()));
    let cannot = |error: io::Error| format!("cannot make {}: {error}", output::name(&folder));
    fs::create_dir(&draft).map_err(cannot)?;
    let made = write(&draft, files).and_then(|()| fs::rename(&draft, &folder));
    made.map_err(|error| match fs::remove_dir_all(&draft) {
        Ok(()) => format!("{}; nothing is left of it", cannot(error)),
        Err(left) => {
            let draft = output::name(&draft);
            format!("{}; {draft} is left of it, which could not be removed: {left}", cannot(error))
        }
    })
}

fn write(folder: &Path, files: &[File]) -> io::Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
