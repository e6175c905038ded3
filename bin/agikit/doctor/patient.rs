//! The installation from inside: in its root folder, as its user.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use agikit::ivr::SoundsDirectory;
use nix::unistd::{chroot, geteuid};
use serde_json::Value;

use super::finding::{self, Finding};
use super::modules::{self, Said};
use super::options::Doctor;
use super::script::{self, Kind};
use super::show::Program;
use super::sounds::Sounds;
use super::trial::Trial;
use super::who::Who;
use super::{binary, file};
use crate::asterisk::Installation;

/// systemd's, where nothing tells Asterisk's.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What makes known as whom Asterisk runs.
const KNOW: &str = "start Asterisk, or set runuser in [options] of asterisk.conf";
/// What is Asterisk's own and concerns no program.
const NOT_PASSED_ON: [&str; 4] = ["NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "WATCHDOG_USEC"];

/// An installation that is looked at.
#[derive(Debug)]
pub(super) struct Patient {
    pub(super) who: Who,
    /// Nothing says that Asterisk runs as that user.
    is_guess: bool,
    pub(super) agi_bin: PathBuf,
    pub(super) sounds: Sounds,
    /// Asterisk's environment, as a program gets it.
    variables: Vec<(String, String)>,
    /// What the files are, by who was perhaps allowed to look.
    kinds: BTreeMap<PathBuf, Kind>,
}

impl Patient {
    /// Enters its root, becomes its user, for good, and asks the Asterisk that runs. Or gives why that cannot be.
    pub(super) fn enter(
        installation: &Installation,
        options: &Doctor,
    ) -> Result<(Patient, Said), Finding> {
        let variables = variables(installation);
        let root = &installation.root;
        if root != Path::new("/") {
            chroot(root).map_err(|errno| {
                let what = format!("{} cannot be entered: {}", root.display(), errno.desc());
                Finding::fault("no-root", what, "do it as root: sudo agikit doctor")
            })?;
        }
        std::env::set_current_dir("/").map_err(|error| {
            Finding::fault("no-root", format!("/ cannot be entered: {error}"), "do it as root")
        })?;
        let user = &installation.user;
        let name = user.name.clone().unwrap_or_else(|| format!("user {}", user.uid));
        let mut who = Who::new(name, user.uid, user.gid, user.groups.clone());
        let agi_bin = installation.directories.agi.clone();
        let named = options.program.as_ref().map(|name| agi_bin.join(name));
        let files = named.map_or_else(|| files(&agi_bin), |path| vec![path]);
        let kinds = files.into_iter().filter_map(|path| Some((path.clone(), script::kind(&path)?)));
        let kinds = kinds.collect();
        if let Err(why) = who.become_it()
            && geteuid().is_root()
        {
            // As root, nothing of the installation's is run. Of others `look` says who they are.
            let what = format!("root cannot become {}, as whom Asterisk runs: {why}", who.name);
            let cure =
                "do it as a root who may change users, outside of containers: sudo agikit doctor";
            return Err(Finding::fault("no-user", what, cure));
        }
        let is_guess = user.is_guess;
        // Its console is for its own user, too.
        let said = match is_guess && geteuid().is_root() {
            true => Said::Nothing,
            false => modules::ask(&installation.config),
        };
        let custom = installation.setting("options", "sounds_search_custom_dir");
        let custom = custom.is_some_and(|it| ["yes", "true", "1", "on", "y", "t"].contains(&&*it));
        let directory =
            SoundsDirectory::new(installation.directories.data.join("sounds")).custom_first(custom);
        let sounds = Sounds {
            directory,
            languages: match options.language.is_empty() {
                false => options.language.clone(),
                true => {
                    let language = installation.setting("options", "defaultlanguage");
                    vec![language.unwrap_or_else(|| "en".to_owned())]
                }
            },
        };
        Ok((Patient { who, is_guess, agi_bin, sounds, variables, kinds }, said))
    }

    /// What concerns all programs.
    pub(super) fn look(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let (name, folder) = (&self.who.name, self.agi_bin.display());
        if self.is_guess {
            let what = format!("it is not known as whom Asterisk runs: {name} is a guess");
            found.push(Finding::note("unknown-user", what, KNOW));
        }
        if !self.who.is_really() {
            let me = geteuid();
            let what = format!(
                "Asterisk runs as {name} and this is user {me}: what {name} may do goes by the files' modes, and a \
                 trial call is made as user {me}"
            );
            found.push(Finding::note("other-user", what, "do it as root: sudo agikit doctor"));
        }
        let own = finding::path(&self.agi_bin);
        match fs::metadata(&self.agi_bin) {
            Ok(meta) if !meta.is_dir() => {
                let what = format!("astagidir, {folder}, is no folder");
                found.push(Finding::fault(
                    "no-agi-bin",
                    what,
                    format!("mkdir -p {own}, or correct asterisk.conf"),
                ));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let what = format!("astagidir, {folder}, is not there");
                found.push(Finding::fault(
                    "no-agi-bin",
                    what,
                    format!("mkdir -p {own}, or correct asterisk.conf"),
                ));
            }
            _ => {}
        }
        found
    }

    /// Looks at one program, as AGI() names it.
    pub(super) fn program(&self, name: &Path, options: &Doctor) -> Program {
        let mut program = self.without_call(name);
        program.enhanced |= options.eagi;
        if program.findings.iter().any(Finding::is_fault) || options.no_call {
            return program;
        }
        if self.is_guess && geteuid().is_root() {
            let what = "no trial call is made: it would be root's, and nothing says that Asterisk runs as root";
            let cure = format!("{KNOW}; --no-call leaves the call out");
            program.findings.push(Finding::fault("no-call", what, cure));
            return program;
        }
        let trial = Trial {
            path: &program.path,
            request: name.as_os_str().as_bytes(),
            options,
            variables: &self.variables,
            sounds: &self.sounds,
        };
        match trial.run() {
            Ok(outcome) => {
                program.findings.extend(outcome.findings);
                program.told = Some(outcome.told);
                program.call = outcome.json;
                program.enhanced = outcome.enhanced;
            }
            Err(error) => {
                let what = format!("no trial call could be made: {error}");
                program.findings.push(Finding::fault("no-call", what, "--no-call leaves it out"));
            }
        }
        program
    }

    /// All programs of the folder, none of which is run.
    pub(super) fn programs(&self, options: &Doctor) -> Vec<Program> {
        let all = files(&self.agi_bin);
        let all = all.iter().filter(|path| is_program(path, self.kinds.get(*path)));
        let names = all.filter_map(|path| path.file_name().map(Path::new));
        let looked_at = names.map(|name| self.without_call(name));
        looked_at.map(|program| Program { enhanced: options.eagi, ..program }).collect()
    }

    fn without_call(&self, name: &Path) -> Program {
        let path = self.agi_bin.join(name); // an absolute path stays what it is
        let mut program = Program {
            name: name.to_string_lossy().into_owned(),
            path: path.clone(),
            call: Value::Null,
            ..Program::default()
        };
        let start = name.to_string_lossy().to_ascii_lowercase();
        if ["agi://", "hagi://", "agi:async"].iter().any(|it| start.starts_with(it)) {
            let what = "it is no file: Asterisk connects to a server, or waits for commands of AMI";
            let cure = "agikit call agi://… tries a server";
            program.findings.push(Finding::fault("address", what, cure));
            return program;
        }
        program.findings = file::look(&path, &self.agi_bin, &self.who);
        if program.findings.iter().any(Finding::is_fault) {
            return program;
        }
        match self.kinds.get(&path) {
            None => {
                let what = "it may not be read here: what is in it was not looked at";
                let cure = "do it as root (sudo agikit doctor), or as its owner";
                program.findings.push(Finding::note("unread", what, cure));
            }
            Some(kind) => {
                program.kind = self.in_words(&path, kind);
                program.findings.extend(self.inside(&path, kind));
            }
        }
        program
    }

    fn search(&self) -> &str {
        let path = self.variables.iter().find(|(name, _)| name == "PATH");
        path.map_or(PATH, |(_, value)| value)
    }

    fn in_words(&self, path: &Path, kind: &Kind) -> String {
        match kind {
            Kind::Script(line) => format!("script of {}", line.trim()),
            Kind::Compiled => match binary::Binary::read(path) {
                Some(binary) if binary.is_static() => "compiled, static".to_owned(),
                _ => "compiled, dynamic".to_owned(),
            },
            Kind::Other => String::new(),
        }
    }

    /// What is the matter with what the file holds.
    fn inside(&self, path: &Path, kind: &Kind) -> Vec<Finding> {
        let line = match kind {
            Kind::Compiled => return binary::look("it", path),
            Kind::Script(line) => line.as_str(),
            Kind::Other => "",
        };
        if let Some(finding) = script::look(path, kind, self.search(), &self.who) {
            return vec![finding];
        }
        let Some((program, name)) = script::interpreter(line) else { return Vec::new() };
        let found = name.and_then(|name| script::along(self.search(), name, &self.who));
        [Some(program), found]
            .into_iter()
            .flatten()
            .flat_map(|program| {
                binary::look(&format!("its interpreter {}", program.display()), &program)
            })
            .collect()
    }
}

/// Whether somebody means to run the file: the folder may hold others, which programs read.
fn is_program(path: &Path, kind: Option<&Kind>) -> bool {
    let Ok(meta) = fs::metadata(path) else { return true };
    if !meta.is_file() {
        return false;
    }
    let is_hidden = path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"."));
    let has_run_bit = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 != 0;
    !is_hidden && (has_run_bit || matches!(kind, Some(Kind::Script(_) | Kind::Compiled)))
}

/// What is in a folder, by its names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.sort();
    all
}

/// Asterisk's environment: that of the one that runs, if this user may see it, and what Asterisk adds for programs.
fn variables(installation: &Installation) -> Vec<(String, String)> {
    let process = installation.process.as_ref();
    let own = process.and_then(|it| fs::read(format!("/proc/{}/environ", it.pid)).ok());
    let own = String::from_utf8_lossy(&own.unwrap_or_default()).into_owned();
    let own = own.split('\0').filter_map(|pair| pair.split_once('='));
    let mut all: Vec<(String, String)> = own
        .filter(|(name, _)| !NOT_PASSED_ON.contains(name) && !name.starts_with("AST_"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if !all.iter().any(|(name, _)| name == "PATH") {
        all.push(("PATH".to_owned(), PATH.to_owned()));
    }
    let folders = &installation.directories;
    let text = |path: &Path| OsStr::to_string_lossy(path.as_os_str()).into_owned();
    for (name, value) in [
        ("AST_CONFIG_DIR", text(&folders.etc)),
        ("AST_CONFIG_FILE", text(&installation.config)),
        ("AST_MODULE_DIR", installation.setting("directories", "astmoddir").unwrap_or_default()),
        ("AST_SPOOL_DIR", text(&folders.spool)),
        ("AST_MONITOR_DIR", text(&folders.spool.join("monitor"))),
        ("AST_VAR_DIR", text(&folders.var)),
        ("AST_DATA_DIR", text(&folders.data)),
        ("AST_LOG_DIR", text(&folders.log)),
        ("AST_AGI_DIR", text(&folders.agi)),
        ("AST_KEY_DIR", installation.setting("directories", "astkeydir").unwrap_or_default()),
        ("AST_RUN_DIR", text(&folders.run)),
    ] {
        all.push((name.to_owned(), value));
    }
    all
}
