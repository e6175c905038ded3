//! Who takes part: what is built, and put into the lab's agi-bin.

use std::fs;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::lab::{Lab, TARGET, top};

/// In the lab, as the lab sees it.
const PYTHON: &str = "/srv/lab/bench-python";
/// As the live tests start theirs: with nothing of this machine's, and descriptor 0 as systemd's socket. It ends with
/// this program, however that ends.
const SERVE: &str = "exec 3<&0 </dev/null; mount -t proc proc \"$0/proc\" && \
    exec env -i PATH=\"$PATH\" LISTEN_FDS=1 LISTEN_PID=$$ chroot \"$0\" /srv/lab/agi-bin/bench-server";

/// One of them.
#[derive(Debug)]
pub struct Contestant {
    pub name: &'static str,
    pub title: &'static str,
    /// What `AGI()` is given; `none` for no AGI at all.
    pub target: String,
    /// `seven`, or `nothing`.
    pub work: &'static str,
}

/// All of them, and our server.
pub struct Contestants {
    pub all: Vec<Contestant>,
    pub server: Option<Child>,
}

impl Contestants {
    pub fn install(lab: &Lab) -> Result<Contestants, String> {
        let wanted = std::env::var("AGIKIT_PEERS").ok();
        let is_wanted = |name: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.split(',').any(|it| it == name))
        };
        let mut contestants = Contestants { all: Vec::new(), server: None };
        let mut add = |name, title, target: &str, work| {
            let target = target.to_owned();
            contestants.all.push(Contestant { name, title, target, work });
        };
        if is_wanted("none") {
            add("none", "no AGI", "none", "nothing");
        }
        for (name, title, work) in
            [("empty", "empty program, static musl", "nothing"), ("c", "C, static musl", "seven")]
        {
            if is_wanted(name) {
                compile(lab, if name == "c" { "call" } else { name }, name)?;
                add(name, title, &format!("bench-{name}"), work);
            }
        }
        if is_wanted("ours") {
            let built = cargo("agi-bin", Some(TARGET), "asterisk-bench")?;
            put(lab, "bench-ours", &read(&built)?)?;
            add("ours", "agikit, agi-bin profile", "bench-ours", "seven");
        }
        if is_wanted("release") {
            let built = cargo("release", None, "asterisk-bench")?;
            put(lab, "bench-release", &read(&built)?)?;
            add("release", "agikit, default release", "bench-release", "seven");
        }
        if is_wanted("perl") {
            match lab.inside("usr/share/perl5/Asterisk/AGI.pm").exists() {
                true => {
                    script(lab, "bench-perl", "#!/usr/bin/perl\n", "perl/call.pl")?;
                    add("perl", "Perl, Asterisk::AGI", "bench-perl", "seven");
                }
                false => println!("perl: left out, the lab has no libasterisk-agi-perl"),
            }
        }
        let has_python = lab.inside("usr/bin/python3").exists();
        if !has_python {
            println!(
                "python: left out, the lab has no python3 (chroot $(tests/live/lab path 22) apt-get install python3)"
            );
        }
        if is_wanted("plain") && has_python {
            script(lab, "bench-plain", "#!/usr/bin/python3\n", "python/plain.py")?;
            add("plain", "Python, by hand", "bench-plain", "seven");
        }
        if is_wanted("pyst2") && has_python {
            match pyst2(lab) {
                Ok(()) => {
                    let head =
                        format!("#!/usr/bin/python3\nimport sys\nsys.path.insert(0, '{PYTHON}')\n");
                    script(lab, "bench-pyst2", &head, "python/pyst2.py")?;
                    add("pyst2", "Python, pyst2", "bench-pyst2", "seven");
                }
                Err(why) => println!("pyst2: left out, {why}"),
            }
        }
        if is_wanted("fastagi") {
            let built = cargo("agi-bin", Some(TARGET), "asterisk-bench-server")?;
            put(lab, "bench-server", &read(&built)?)?;
            let (server, port) = serve(lab)?;
            contestants.server = Some(server);
            let target = format!("agi://127.0.0.1:{port}/bench");
            contestants.all.push(Contestant {
                name: "fastagi",
                title: "agikit, FastAGI",
                target,
                work: "seven",
            });
        }
        lab.plan("bench", include_bytes!("dialplan.conf"));
        Ok(contestants)
    }

    pub fn stop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Renamed into place, with its run bit.
fn put(lab: &Lab, name: &str, program: &[u8]) -> Result<(), String> {
    let path = lab.program(name);
    let new = path.with_extension("new");
    let put = fs::write(&new, program)
        .and_then(|()| fs::set_permissions(&new, fs::Permissions::from_mode(0o755)))
        .and_then(|()| fs::rename(&new, &path));
    put.map_err(|error| format!("{}: {error}", path.display()))
}

fn script(lab: &Lab, name: &str, head: &str, file: &str) -> Result<(), String> {
    let text = read(&top().join("benches/asterisk").join(file))?;
    put(lab, name, &[head.as_bytes(), &text].concat())
}

fn done(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}

fn compile(lab: &Lab, source: &str, name: &str) -> Result<(), String> {
    let source = top().join(format!("benches/asterisk/c/{source}.c"));
    let path = lab.program(&format!("bench-{name}"));
    let mut gcc = Command::new("musl-gcc");
    gcc.args(["-O2", "-Wall", "-Wextra", "-s", "-static", "-o"]).arg(path).arg(source);
    done(&mut gcc).map_err(|why| format!("{why} (Debian: apt-get install musl-tools)"))
}

fn cargo(profile: &str, target: Option<&str>, example: &str) -> Result<PathBuf, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(top()).args(["build", "-q", "--profile", profile, "--example", example]);
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or(top().join("target"), PathBuf::from);
    let mut built = folder;
    if let Some(target) = target {
        cargo.args(["--target", target]);
        built.push(target);
    }
    if example.ends_with("server") {
        cargo.args(["--features", "fastagi"]);
    }
    done(&mut cargo)?;
    Ok(built.join(profile).join("examples").join(example))
}

/// The library, by pip, into a folder of the lab's.
fn pyst2(lab: &Lab) -> Result<(), String> {
    let folder = lab.inside(PYTHON.trim_start_matches('/'));
    if folder.join("six.py").exists() {
        return Ok(());
    }
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "--target"]);
    done(pip.arg(&folder).arg("pyst2==0.5.1")).map_err(|why| format!("pip cannot fetch it ({why})"))
}

fn serve(lab: &Lab) -> Result<(Child, u16), String> {
    let socket = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let port = socket.local_addr().map_err(|error| error.to_string())?.port();
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"]);
    command.args(["sh", "-c", SERVE]).arg(lab.root());
    let child = command.stdin(OwnedFd::from(socket)).stdout(Stdio::null()).spawn();
    Ok((child.map_err(|error| format!("setpriv: {error}"))?, port))
}
