//! Which Asterisk is meant.

use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::config::{Config, Refused, Remark};
use super::process::{self, Process};
use super::root::outside;
use super::user::{Accounts, Unknown, User};
use super::{Directories, Installation, Place, directories};

/// Where an `asterisk.conf` is unless somebody put it elsewhere: packages and a build without a prefix; builds with one.
const PLACES: &[&str] = &[
    "/etc/asterisk/asterisk.conf",
    "/usr/local/etc/asterisk/asterisk.conf",
    "/opt/asterisk/etc/asterisk/asterisk.conf",
    "/opt/etc/asterisk/asterisk.conf",
];

/// Below are a system's own users, such as packages make.
const FIRST_OF_PEOPLE: u32 = 1000;

pub(super) fn find(place: &Place) -> Result<Installation, String> {
    let root = match &place.root {
        Some(root) => Some(
            fs::canonicalize(root)
                .map_err(|error| format!("--root {}: {error}; name a folder", root.display()))?,
        ),
        None => None,
    };
    let running = process::running();
    match &place.config {
        Some(config) => named(config, root, running),
        None => unnamed(root, running),
    }
}

/// The one whose `asterisk.conf` this is.
fn named(
    config: &Path,
    root: Option<PathBuf>,
    running: Vec<Process>,
) -> Result<Installation, String> {
    let base = root.clone().unwrap_or_else(|| "/".into());
    let own = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
    // With a root it is named as from inside, or else by its whole path.
    let inside = match own.strip_prefix(&base) {
        Ok(rest) if root.is_some() && !outside(&base, config).exists() => Path::new("/").join(rest),
        _ if root.is_some() => config.to_owned(),
        _ => own,
    };
    let file = outside(&base, &inside);
    if !file.is_file() {
        return Err(format!(
            "there is no file {}; --config names an asterisk.conf",
            file.display()
        ));
    }
    let found = running.into_iter().find_map(|process| {
        let config = config_of(&process)?;
        is_same(&outside(&process.root, &config), &file).then_some((process, config))
    });
    match found {
        // It names the file itself, and its root is known.
        Some((process, config)) => read(process.root.clone(), config, Some(process)),
        None => read(base, inside, None),
    }
}

/// The one that runs, or else the one that is installed.
fn unnamed(root: Option<PathBuf>, mut running: Vec<Process>) -> Result<Installation, String> {
    if let Some(root) = &root {
        running.retain(|process| is_same(&process.root, root));
    }
    let mut found: Vec<(Process, PathBuf)> = Vec::new();
    let mut passed_over = Vec::new();
    for process in running {
        let Some(config) = config_of(&process) else { continue };
        if !is_believed(&process, &config) {
            let (pid, uid, config) = (process.pid, process.uid, config.display());
            passed_over.push(format!(
                "process {pid} is passed over: user {uid} runs it by a file that is not root's, {config}; --config {config} \
                 takes it"
            ));
            continue;
        }
        let is_known =
            found.iter().any(|(other, it)| it == &config && is_same(&other.root, &process.root));
        if !is_known {
            found.push((process, config));
        }
    }
    if found.len() > 1 {
        let believed = found.iter().map(|(process, config)| match process.root == Path::new("/") {
            true => format!("--config {}", config.display()),
            false => format!("--root {} --config {}", process.root.display(), config.display()),
        });
        let all: Vec<String> = believed.chain(passed_over).collect();
        return Err(format!(
            "{} Asterisks run here; say which is meant:\n  {}",
            found.len(),
            all.join("\n  ")
        ));
    }
    let with = |it| Installation { passed_over: passed_over.clone(), ..it };
    if let Some((process, config)) = found.pop() {
        return read(process.root.clone(), config, Some(process)).map(with);
    }
    let base = root.unwrap_or_else(|| "/".into());
    match installed(&base) {
        Some(config) => read(base, config, None).map(with),
        None => Err(format!(
            "{}no Asterisk is found{}: none runs, and there is no {}; --config FILE names its asterisk.conf",
            passed_over.iter().map(|it| it.clone() + "; ").collect::<String>(),
            if base == Path::new("/") { String::new() } else { format!(" in {}", base.display()) },
            PLACES.join(" nor ")
        )),
    }
}

/// The file that a process has read; `None` if it has none, or this user may not see it.
fn config_of(process: &Process) -> Option<PathBuf> {
    process.config.clone().or_else(|| installed(&process.root))
}

fn installed(root: &Path) -> Option<PathBuf> {
    PLACES.iter().map(PathBuf::from).find(|path| outside(root, path).is_file())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) else { return false };
    one.dev() == other.dev() && one.ino() == other.ino()
}

/// Reads its `asterisk.conf`.
fn read(root: PathBuf, config: PathBuf, process: Option<Process>) -> Result<Installation, String> {
    let file = outside(&root, &config);
    let (text, owner) = text(&file).map_err(|error| {
        format!(
            "cannot read {}: {error}; --config FILE names another asterisk.conf",
            file.display()
        )
    })?;
    let say = |Remark { line, text }| format!("{}, line {line}: {text}", file.display());
    let (settings, mut remarks): (_, Vec<String>) = match Config::parse(&text) {
        Ok((settings, remarks)) => (settings, remarks.into_iter().map(say).collect()),
        Err(Refused(remark)) => {
            let text =
                "; because of that Asterisk leaves the whole file and uses what it was built with";
            (Config::default(), vec![say(remark) + text])
        }
    };
    let directories =
        Directories::of(&settings, &config, &root, built_in(&root, &config, process.as_ref()));
    if directories.agi_known_by != "its astagidir"
        && let Some(shown) = settings.template("directories", "astagidir")
        && shown != directories.agi.as_os_str().as_bytes()
    {
        remarks.push(format!(
            "{}: Asterisk ignores [directories](!), a template, and so its astagidir {}; without the (!) it is in force",
            file.display(),
            String::from_utf8_lossy(shown)
        ));
    }
    if directories.agi.is_relative() {
        return Err(format!(
            "{}: astagidir is {}, which means another folder wherever Asterisk is started; write a whole path",
            file.display(),
            directories.agi.display()
        ));
    }
    let user = user(&settings, &file, &root, process.as_ref())?;
    if !is_owned_well(owner, user.uid) {
        return Err(format!(
            "{0} belongs to user {owner}, and Asterisk runs as {1}: root does not go by it; chown root {0}, or do it \
             as that user",
            file.display(),
            user.shown(),
        ));
    }
    let passed_over = Vec::new();
    Ok(Installation { user, directories, root, config, process, remarks, passed_over, settings })
}

/// A file's bytes, and whose it is.
fn text(file: &Path) -> io::Result<(Vec<u8>, u32)> {
    let mut file = fs::File::open(file)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    Ok((text, file.metadata()?.uid()))
}

/// The folder of the programs that Asterisk was built with, if its program can be found.
fn built_in(root: &Path, config: &Path, process: Option<&Process>) -> Option<PathBuf> {
    if let Some(process) = process {
        return directories::built_in(Path::new(&format!("/proc/{}/exe", process.pid)));
    }
    // A prefix has them both: /usr/local/etc/asterisk/asterisk.conf, /usr/local/sbin/asterisk.
    let prefix = config.ancestors().nth(3).unwrap_or(Path::new("/"));
    let places = [prefix.join("sbin/asterisk"), "/usr/sbin/asterisk".into()];
    places.iter().find_map(|place| directories::built_in(&outside(root, place)))
}

/// Whom it runs as; if it does not run, whom its settings say, or Debian's user. Who is set there and is not known is
/// nobody to be guessed: Asterisk would not start either.
fn user(
    settings: &Config,
    file: &Path,
    root: &Path,
    process: Option<&Process>,
) -> Result<User, String> {
    let accounts = Accounts::read(root);
    if let Some(process) = process {
        return Ok(accounts.by_number(process.uid, process.gid, process.groups.clone()));
    }
    let option = |name| {
        let text = String::from_utf8_lossy(settings.setting("options", name)?);
        (!text.is_empty()).then(|| text.into_owned())
    };
    let group = option("rungroup");
    let said = option("runuser");
    let by = match &said {
        Some(user) => accounts.by_name(user, group.as_deref(), "runuser in asterisk.conf"),
        None => accounts.by_name("asterisk", group.as_deref(), "packages run Asterisk as that"),
    };
    let file = file.display();
    match (by, said, group) {
        (Ok(user), ..) => Ok(user),
        (Err(Unknown::User), Some(user), _) => Err(format!(
            "{file}: runuser is {user}, and there is no such user: Asterisk does not start; make the user, or correct \
             runuser"
        )),
        (Err(Unknown::Group), _, Some(group)) => Err(format!(
            "{file}: rungroup is {group}, and there is no such group: Asterisk does not start; make the group, or \
             correct rungroup"
        )),
        (Err(_), ..) => Ok(User {
            known_by: "nothing says another",
            is_guess: true,
            ..accounts.by_number(0, 0, Vec::new())
        }),
    }
}

/// Whether root may go by a file of this owner: his own, or that of Asterisk's user. Debian gives it to that one.
fn is_owned_well(owner: u32, user: u32) -> bool {
    owner == 0 || owner == user || !geteuid().is_root()
}

/// Whether root may go by what a process says, where nobody named the file: anybody may start `asterisk -C FILE` as
/// himself, with a file of his own.
fn is_believed(process: &Process, config: &Path) -> bool {
    let owner = fs::metadata(outside(&process.root, config)).map_or(0, |meta| meta.uid());
    let is_people = process.uid >= FIRST_OF_PEOPLE;
    owner == 0 || !geteuid().is_root() || (owner == process.uid && !is_people)
}
