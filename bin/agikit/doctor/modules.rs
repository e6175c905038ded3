//! Whether Asterisk has AGI() and EAGI() at all: both are in one module.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::finding::Finding;

const MODULE: &str = "res_agi.so";
/// A console that takes longer has an Asterisk that hangs.
const LIMIT: Duration = Duration::from_secs(5);

/// Whether the module is there, by Asterisk's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Running,
    NotLoaded,
    /// It could not be asked.
    Nothing,
}

/// Asks the running Asterisk on its console.
pub(super) fn ask(config: &Path) -> Said {
    let mut command = Command::new("asterisk");
    command.arg("-C").arg(config).args(["-rx", "module show like res_agi"]);
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/opt/asterisk/sbin");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return Said::Nothing };
    let (send, output) = mpsc::channel();
    if let Some(mut from) = child.stdout.take() {
        thread::spawn(move || {
            let mut text = String::new();
            let _ = from.read_to_string(&mut text);
            let _ = send.send(text);
        });
    }
    let text = output.recv_timeout(LIMIT);
    let _ = child.kill();
    let _ = child.wait();
    text.map_or(Said::Nothing, |text| read(&text))
}

fn read(text: &str) -> Said {
    match text.lines().find(|line| line.starts_with(MODULE)) {
        Some(line) if !line.contains("Not Running") => Said::Running,
        Some(_) => Said::NotLoaded,
        None if text.contains("modules loaded") => Said::NotLoaded,
        None => Said::Nothing,
    }
}

/// What there is to say of it.
pub(super) fn look(said: &Said, etc: &Path, folder: Option<&Path>) -> Vec<Finding> {
    let conf = etc.join("modules.conf");
    let shown = conf.display();
    let what = match said {
        Said::Running => return Vec::new(),
        Said::NotLoaded => "Asterisk has not loaded res_agi.so: there is no AGI() and no EAGI()",
        Said::Nothing => {
            let text = fs::read_to_string(&conf);
            match text.as_deref().map(loads) {
                Ok(false) => {
                    "Asterisk will not load res_agi.so: there will be no AGI() and no EAGI()"
                }
                Ok(true) | Err(_) => {
                    let mut found = vec![Finding::note(
                        "not-asked",
                        "Asterisk could not be asked whether it has AGI(): it does not run, or its console is not \
                         for this user",
                        "start Asterisk, and do it as root: sudo agikit doctor",
                    )];
                    found.extend(folder.and_then(not_installed));
                    return found;
                }
            }
        }
    };
    let cure = format!(
        "write `load = res_agi.so` into {shown}, and no noload for it; asterisk -rx 'module load res_agi.so'"
    );
    vec![Finding::fault("no-agi", what, cure)]
}

/// A folder with modules, and without this one.
fn not_installed(folder: &Path) -> Option<Finding> {
    let has_modules = fs::read_dir(folder).ok()?.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("res_") && name.ends_with(".so")
    });
    if !has_modules || folder.join(MODULE).exists() {
        return None;
    }
    let what = format!("there is no res_agi.so in {}: there will be no AGI()", folder.display());
    let cure = "install it: it is a part of Asterisk, and of Debian's package asterisk-modules";
    Some(Finding::fault("no-agi", what, cure))
}

/// Whether a modules.conf loads the module: by name, or with all others.
fn loads(text: &str) -> bool {
    let (mut all, mut named, mut never) = (false, false, false);
    for line in text.lines() {
        let line = line.split(';').next().unwrap_or_default();
        let Some((name, value)) = line.split_once('=') else { continue };
        let value = value.trim_start_matches('>').trim().to_ascii_lowercase();
        let is_it = value == MODULE || value == "res_agi";
        match name.trim().to_ascii_lowercase().as_str() {
            "autoload" => all = ["yes", "true", "y", "t", "1", "on"].contains(&value.as_str()),
            "load" | "preload" | "require" | "preload-require" => named |= is_it,
            "noload" => never |= is_it,
            _ => {}
        }
    }
    (all || named) && !never
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_console_says() {
        let line = |state: &str| {
            format!("Module  Description\n{MODULE}  AGI  0  {state}  core\n1 modules loaded\n")
        };
        assert_eq!(read(&line("Running")), Said::Running);
        assert_eq!(read(&line("Not Running")), Said::NotLoaded);
        assert_eq!(read("Module\n0 modules loaded\n"), Said::NotLoaded);
        assert_eq!(read("Unable to connect to remote asterisk\n"), Said::Nothing);
    }

    #[test]
    fn reads_modules_conf() {
        assert!(loads("[modules]\nautoload = yes ; all\n"));
        assert!(loads("autoload=no\nload => res_agi.so\n"));
        assert!(loads("require = res_agi.so"));
        assert!(!loads("autoload=no\n;load = res_agi.so\nload = res_speech.so\n"));
        assert!(!loads("autoload = yes\nnoload => res_agi.so\n"));
        assert!(!loads(""));
    }
}
