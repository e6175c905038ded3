//! Instructions by callgrind, and those of before.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ALONE;
use crate::case::Case;

/// The function that is counted: `case::counted`.
const COUNTED: &str = "*::counted";

/// A valgrind that is installed.
pub(crate) struct Callgrind {
    /// What it calls itself.
    pub(crate) version: String,
    /// The compiler and the C library, by which the counts differ.
    pub(crate) made_by: String,
    folder: PathBuf,
}

impl Callgrind {
    /// Finds it, or says what is missing.
    pub(crate) fn find() -> Result<Self, String> {
        let version = said("valgrind", &["--version"])
            .ok_or("it needs valgrind: apt-get install valgrind")?;
        let compiler = said("rustc", &["--version"]).unwrap_or_default();
        let library = said("getconf", &["GNU_LIBC_VERSION"]).unwrap_or_default();
        let made_by = format!("{compiler}, {library}, {}", env::consts::ARCH);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("micro");
        fs::create_dir_all(&folder).unwrap();
        Ok(Callgrind { version, made_by, folder })
    }

    /// The instructions of a row's work.
    pub(crate) fn count(&self, case: &Case) -> f64 {
        let name: String =
            case.name.chars().map(|it| if it.is_alphanumeric() { it } else { '-' }).collect();
        let out = self.folder.join(format!("{name}.out"));
        let ended = Command::new("valgrind")
            .args(["--tool=callgrind", "--quiet", &format!("--toggle-collect={COUNTED}")])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(env::current_exe().unwrap())
            .args([ALONE, case.name])
            // What it finds around it moves the stack, and with it some of the work.
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "valgrind on {:?}: {errors}", case.name);
        let told = fs::read_to_string(&out).unwrap();
        let total = told.lines().find_map(|line| line.strip_prefix("totals: "));
        let all = total.and_then(|total| total.trim().parse().ok()).unwrap_or(0);
        assert!(all > 0, "callgrind did not see {COUNTED}: is the program stripped?");
        // As it is written.
        (case.each(all) * 100.0).round() / 100.0
    }
}

/// The first line that a program prints.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned();
    output.status.success().then_some(text)
}

/// The counts in the tree.
pub(crate) struct Reference {
    /// The compiler and the C library of that time.
    pub(crate) made_by: String,
    counts: BTreeMap<String, f64>,
}

impl Reference {
    /// Reads them; none where there is no file.
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(file()).unwrap_or_default();
        let mut made_by = "nobody yet".to_owned();
        let mut counts = BTreeMap::new();
        for line in text.lines() {
            if let Some(by) = line.strip_prefix("# by ") {
                made_by = by.to_owned();
            } else if let Some((name, count)) = line.rsplit_once("  ") {
                counts.insert(name.trim_end().to_owned(), count.trim().parse().unwrap());
            }
        }
        Reference { made_by, counts }
    }

    /// A row's count of then.
    pub(crate) fn count(&self, name: &str) -> Option<f64> {
        self.counts.get(name).copied()
    }

    /// Notes a row's count of now.
    pub(crate) fn set(&mut self, name: &str, count: f64) {
        self.counts.insert(name.to_owned(), count);
    }

    /// Writes them, in the rows' order; rows that are no more are left out.
    pub(crate) fn write(&self, made_by: &str, cases: &[Case]) {
        let mut text =
            "# Instructions, by `cargo bench --bench micro -- --overwrite`.\n".to_owned();
        writeln!(text, "# by {made_by}").unwrap();
        for case in cases {
            if let Some(count) = self.count(case.name) {
                writeln!(text, "{:<56}  {count:>12.2}", case.name).unwrap();
            }
        }
        fs::write(file(), text).unwrap();
    }
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/micro/counts.txt")
}
