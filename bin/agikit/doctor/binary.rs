//! Compiled programs: for which machine, and whether the loader and the libraries that they name are there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use elf::abi::{DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_STRTAB, EM_386, PT_INTERP, PT_LOAD};
use elf::endian::AnyEndian;
use elf::file::Class;
use elf::{ElfBytes, abi, to_str};

use super::finding::{self, Finding};

/// A larger file is not looked into.
const LARGEST: u64 = 512 << 20;
/// The most libraries that are looked at; no program has so many.
const MOST: usize = 2000;

/// Where loaders look besides, on the usual systems.
const FOLDERS: [&str; 9] = [
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
    "/usr/local/lib",
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
];

/// What a compiled file says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Binary {
    machine: u16,
    is_64: bool,
    pub(super) loader: Option<PathBuf>,
    needed: Vec<String>,
    /// The folders that it names for its libraries.
    folders: Vec<String>,
}

impl Binary {
    /// Reads a file; `None` where it cannot be read, or is none.
    pub(super) fn read(path: &Path) -> Option<Binary> {
        let mut bytes = Vec::new();
        fs::File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Binary::of(&bytes)
    }

    fn of(bytes: &[u8]) -> Option<Binary> {
        let file = ElfBytes::<AnyEndian>::minimal_parse(bytes).ok()?;
        let mut binary = Binary {
            machine: file.ehdr.e_machine,
            is_64: file.ehdr.class == Class::ELF64,
            ..Binary::default()
        };
        let segments: Vec<_> = file.segments()?.iter().collect();
        if let Some(interp) = segments.iter().find(|it| it.p_type == PT_INTERP) {
            let name = file.segment_data(interp).ok()?;
            let name = name.split(|&byte| byte == 0).next()?;
            binary.loader = Some(PathBuf::from(OsStr::from_bytes(name)));
        }
        let Ok(Some(dynamic)) = file.dynamic() else { return Some(binary) };
        // The table has places in memory; where a segment lies in the file tells which byte that is.
        let table = dynamic.iter().find(|it| it.d_tag == DT_STRTAB)?.d_ptr();
        let holds = |it: &&elf::segment::ProgramHeader| {
            it.p_type == PT_LOAD && table.checked_sub(it.p_vaddr).is_some_and(|at| at < it.p_filesz)
        };
        let segment = segments.iter().find(holds)?;
        let table = table.checked_sub(segment.p_vaddr)?.checked_add(segment.p_offset)?;
        let table = bytes.get(usize::try_from(table).ok()?..)?;
        let text = |at: u64| -> Option<String> {
            let text = table.get(usize::try_from(at).ok()?..)?.split(|&byte| byte == 0).next()?;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        for entry in dynamic.iter() {
            match entry.d_tag {
                DT_NEEDED => binary.needed.extend(text(entry.d_val())),
                DT_RPATH | DT_RUNPATH => {
                    let folders = text(entry.d_val()).unwrap_or_default();
                    binary.folders.extend(folders.split(':').map(str::to_owned));
                }
                _ => {}
            }
        }
        Some(binary)
    }

    /// It brings all that it needs.
    pub(super) fn is_static(&self) -> bool {
        self.loader.is_none() && self.needed.is_empty()
    }

    fn is_like(&self, other: &Binary) -> bool {
        (self.machine, self.is_64) == (other.machine, other.is_64)
    }

    /// Whether this machine runs it: one of 64 bits mostly runs its forerunner's programs, too.
    fn runs_here(&self) -> bool {
        match std::env::consts::ARCH {
            "x86_64" => [abi::EM_X86_64, EM_386].contains(&self.machine),
            "aarch64" => [abi::EM_AARCH64, abi::EM_ARM].contains(&self.machine),
            "x86" => self.machine == EM_386,
            "arm" => self.machine == abi::EM_ARM,
            "riscv64" => self.machine == abi::EM_RISCV && self.is_64,
            "powerpc64" => self.machine == abi::EM_PPC64,
            "s390x" => self.machine == abi::EM_S390,
            _ => true,
        }
    }
}

/// What is the matter with a compiled program. `what` begins each sentence: `it`, or the interpreter's name.
pub(super) fn look(what: &str, path: &Path) -> Vec<Finding> {
    let Some(binary) = Binary::read(path) else { return Vec::new() };
    let fault =
        |kind, what: String, cure: String| vec![Finding::fault(kind, what, cure).status("FAILURE")];
    if !binary.runs_here() {
        let machine = to_str::e_machine_to_human_str(binary.machine).unwrap_or("another machine");
        let here = std::env::consts::ARCH;
        return fault(
            "other-machine",
            format!("{what} was built for {machine}, and this machine is {here}"),
            format!(
                "build it for this one: cargo build --release --target {here}-unknown-linux-musl"
            ),
        );
    }
    let Some(loader) = &binary.loader else { return Vec::new() };
    if !loader.exists() {
        return fault(
            "no-loader",
            format!("{what} needs the loader {}, which is not there", loader.display()),
            STATIC.to_owned(),
        );
    }
    let missing = missing(path, &binary);
    if missing.is_empty() {
        return Vec::new();
    }
    let names = missing.iter().cloned().collect::<Vec<_>>().join(", ");
    let many = if missing.len() == 1 { "which is" } else { "which are" };
    let first = finding::word(missing.iter().next().map_or("", String::as_str));
    fault(
        "no-library",
        format!("{what} needs {names}, {many} not there"),
        format!(
            "install it (`apt-file search {first}` tells the package), or build the program static"
        ),
    )
}

const STATIC: &str = "build it static (cargo build --release --target x86_64-unknown-linux-musl), or install the C \
                      library that it was built with";

/// The libraries that are not there, of the program and of those that it needs.
fn missing(path: &Path, program: &Binary) -> BTreeSet<String> {
    let is_musl = program
        .loader
        .as_ref()
        .and_then(|loader| loader.file_name())
        .is_some_and(|name| name.as_bytes().starts_with(b"ld-musl"));
    let cache = cache();
    let mut missing = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut todo: VecDeque<(String, Vec<PathBuf>)> = wanted(path, program, &[]).collect();
    while let Some((name, folders)) = todo.pop_front() {
        // musl's loader is its C library.
        if (is_musl && name.starts_with("libc.")) || seen.len() > MOST || !seen.insert(name.clone())
        {
            continue;
        }
        let places = match name.contains('/') {
            true => vec![PathBuf::from(&name)],
            false => {
                let named = folders.iter().map(|folder| folder.join(&name));
                let cached = cache.get(&name).into_iter().flatten().map(PathBuf::from);
                let usual = FOLDERS.iter().map(|folder| Path::new(folder).join(&name));
                named.chain(cached).chain(usual).collect()
            }
        };
        let found = places.into_iter().find_map(|place| {
            let library = Binary::read(&place)?;
            library.is_like(program).then_some((place, library))
        });
        match found {
            Some((place, library)) => todo.extend(wanted(&place, &library, &folders)),
            None => drop(missing.insert(name)),
        }
    }
    missing
}

/// What a file asks for, each with the folders that it names itself, and those of whoever asks for it.
fn wanted<'a>(
    path: &Path,
    binary: &'a Binary,
    above: &[PathBuf],
) -> impl Iterator<Item = (String, Vec<PathBuf>)> + use<'a> {
    let origin = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let origin = origin.parent().unwrap_or(Path::new("/")).to_string_lossy().into_owned();
    let own = binary.folders.iter().filter(|folder| !folder.is_empty());
    let own = own.map(|folder| folder.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin));
    let folders: Vec<PathBuf> = own.map(PathBuf::from).chain(above.iter().cloned()).collect();
    binary.needed.iter().map(move |name| (name.clone(), folders.clone()))
}

/// The loader's own list: a name, and where the library of that name is.
fn cache() -> BTreeMap<String, Vec<String>> {
    fs::read("/etc/ld.so.cache").ok().and_then(|bytes| entries(&bytes)).unwrap_or_default()
}

fn entries(bytes: &[u8]) -> Option<BTreeMap<String, Vec<String>>> {
    const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
    const HEAD: usize = 48;
    const ENTRY: usize = 24;
    // An older form may stand in front of it.
    let start = bytes.windows(MAGIC.len()).position(|window| window == MAGIC)?;
    let bytes = bytes.get(start..)?;
    let number = |at: usize| -> Option<usize> {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_ne_bytes(four)).ok()
    };
    let text = |at: usize| -> Option<String> {
        let text = bytes.get(at..)?.split(|&byte| byte == 0).next()?;
        Some(String::from_utf8_lossy(text).into_owned())
    };
    let count = number(MAGIC.len())?.min(bytes.len() / ENTRY);
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in 0..count {
        let at = HEAD + row * ENTRY;
        let (name, path) = (text(number(at + 4)?)?, text(number(at + 8)?)?);
        all.entry(name).or_default().push(path);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_very_program() {
        let path = std::env::current_exe().unwrap();
        let binary = Binary::read(&path).unwrap();
        assert!(binary.runs_here());
        assert_eq!(binary.is_static(), binary.needed.is_empty(), "{binary:?}");
        assert_eq!(look("it", &path), []);
    }

    #[test]
    fn whatever_the_bytes_nothing_breaks() {
        let whole = fs::read(std::env::current_exe().unwrap()).unwrap();
        for length in (0..4096).step_by(7) {
            let _ = Binary::of(&whole[..length]);
        }
        let mut changed = whole[..4096.min(whole.len())].to_vec();
        for at in 0..changed.len() {
            changed[at] ^= 0xFF;
            let _ = Binary::of(&changed);
            changed[at] ^= 0xFF;
        }
        assert_eq!(entries(b""), None);
        assert_eq!(entries(b"glibc-ld.so.cache1.1\xff\xff\xff\xff"), None);
    }

    #[test]
    fn reads_the_loaders_list() {
        let mut list = b"glibc-ld.so.cache1.1".to_vec();
        list.extend(1_u32.to_ne_bytes());
        list.resize(48, 0);
        for number in [0_u32, 72, 79, 0, 0, 0] {
            list.extend(number.to_ne_bytes());
        }
        list.extend(b"lib.so\0/a/lib.so\0");
        let all = entries(&list).unwrap();
        assert_eq!(all["lib.so"], ["/a/lib.so"]);
    }
}
