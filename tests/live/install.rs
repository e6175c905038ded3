//! `agikit install` into the lab's agi-bin: another build while a call runs, the lines that it prints, how it reads
//! `asterisk.conf`. (A Cargo package is installed in `project`.)

use std::fs;
use std::process::{Command, Output};

use crate::Test;
use crate::lab::{Lab, static_programs, wait};

/// A caller who presses a key when the next build is there.
const DIALPLAN: &str = "[caller]
exten => presses-late,1,Answer()
 same => n,Set(WAITED=0)
 same => n(again),Wait(0.5)
 same => n,Set(WAITED=$[${WAITED} + 1])
 same => n,GotoIf($[\"${DB(live/PROGRAM-go)}\" = \"\" & ${WAITED} < 120]?again)
 same => n,SendDTMF(5,200,100)
 same => n,Wait(60)
 same => n,Hangup()
[scripts]
; (An `n` in a pattern would stand for 2 to 9.)
exten => _put-.,1,Set(ID=${EXTEN})
 same => n,AGI(PROGRAM,${ID})
 same => n,Set(DB(live/${ID}-after)=${AGISTATUS})
 same => n,Hangup()
";

/// The program, in two builds: each says in the beginning and in the end which it is. A shell reads its script line by
/// line, so that one which is written over goes on in the middle of the other.
const SCRIPT: &str = r#"#!/bin/sh
while read -r line && [ "$line" ]; do
  case $line in agi_arg_1:*) id=${line#agi_arg_1: } ;; esac
done
say() { echo "$*" && read -r reply; }
say ANSWER
[ "$id" ] || exit 0
say "DATABASE PUT live $id-begun BUILD"
say WAIT FOR DIGIT 100000
say "DATABASE PUT live $id-ended BUILD"
"#;

pub fn tests() -> Vec<Test> {
    vec![
        ("install: again while a call runs, and out".into(), Box::new(replaced)),
        ("install: reads asterisk.conf as Asterisk does".into(), Box::new(settings)),
    ]
}

/// The desk tool on the lab, as anybody would name that. Its status, data and talk.
fn agikit(lab: &Lab, config: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(static_programs().with_file_name("agikit"));
    command.args(arguments).arg("--root").arg(lab.root()).args(["--config", config]);
    let Output { status, stdout, stderr } = command.output().expect("agikit runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}

const CONFIG: &str = "/srv/lab/etc/asterisk.conf";

fn replaced(lab: &Lab) -> String {
    // No other run's.
    let program = format!("inst{}-{}", lab.version, std::process::id());
    lab.plan("install", DIALPLAN.replace("PROGRAM", &program).as_bytes());
    let install = |build: &str| {
        let file = static_programs().join(format!("{program}-{build}"));
        fs::write(&file, SCRIPT.replace("BUILD", build)).expect("the target folder takes a file");
        let source = file.to_str().expect("a name in UTF-8");
        let (status, lines, said) = agikit(lab, CONFIG, &["install", source, "--name", &program]);
        assert_eq!(status, Some(0), "{said}");
        fs::remove_file(&file).expect("it is there");
        (lines, said)
    };
    let (lines, said) = install("one");
    assert!(said.contains(&format!("/srv/lab/agi-bin/{program}: installed (")), "{said}");
    assert!(said.contains("/srv/lab/etc/asterisk.conf runs as root, process "), "{said}");

    // The lines that it prints, as they are.
    lab.plan("install-printed", lines.as_bytes());
    let context = format!("agi-{program}");
    let shown = lab.cli(&format!("dialplan show {context}"));
    assert!(shown.contains(&format!("EAGI({program})")), "{shown}");
    let from = lab.log_length();
    lab.cli(&format!("channel originate Local/waits@caller extension 100@{context}"));
    wait("the call by the printed lines", || {
        lab.said(from, &program, &format!("{program}: SUCCESS")).then_some(())
    });
    let (status, found, said) = agikit(lab, CONFIG, &["doctor", &program]);
    assert_eq!(status, Some(0), "{found}{said}");

    // Another build while a call runs. (Which build a script's interpreter has read cannot be told.)
    let row = |text: &str| {
        let (_, list, _) = agikit(lab, CONFIG, &["install", "--list"]);
        list.lines().any(|line| line.starts_with(&program) && line.ends_with(text)).then_some(())
    };
    let first = lab.call("presses-late", "put");
    assert_eq!(first.left("begun"), "one");
    row("  1").expect("a call");
    let (_, said) = install("two");
    let goes_on = "in place of an older one; 1 call goes on with the old one\n";
    assert!(said.contains(goes_on), "{said}");
    let second = lab.call("presses-late", "put");
    assert_eq!(second.left("begun"), "two");
    row("  2").expect("two calls");

    // Both have their key now; each ends as it began.
    lab.cli(&format!("database put live {program}-go yes"));
    for (call, build) in [(&first, "one"), (&second, "two")] {
        assert_eq!((call.left("after").as_str(), call.left("ended").as_str()), ("SUCCESS", build));
    }
    wait("both programs to end", || row("  0"));

    // And out.
    let (status, _, said) = agikit(lab, CONFIG, &["install", "--remove", &program]);
    assert_eq!(status, Some(0), "{said}");
    let third = lab.call("waits", "put");
    assert_eq!(third.left("after"), "NOTFOUND");
    lab.plan("install-printed", b"");
    lab.cli(&format!("database del live {program}-go"));
    "another build while a call ran: each ended as it began; 2 calls counted; removed: NOTFOUND\n"
        .into()
}

/// Files with a folder's setting, NAME. In the first one it is `astrundir`, in which Asterisk looks for its socket, and
/// says where; in the second one `astagidir`.
const FILES: &[&str] = &[
    "[directories]\nNAME => /T/one\n",
    "[directories]\nNAME=/T/one\n[directories]\nNAME => /T/two\n",
    "[Directories]\nNAME=/T/one\n[directories](+)\nNAME => /T/two\n",
    "[directories](!)\nNAME => /T/one\n",
    "[base](!)\nNAME => /T/base\n[directories](base)\nastlogdir=/x\n",
    "[directories](!)\nNAME => /T/one\n[directories]\nNAME=/T/two\n",
    "[directories]\nNAME => /T/one ; c\n;-- a\nNAME=/T/two\n--;\n",
    "[directories]\nNAME => /T/o;-- a --;ne\n",
    "[directories]\nNAME => /T/o\\;x\n",
    "[directories]\nNAME => /T/one\n--;\nNAME=/T/two\n",
    "[directories]\nNAME => /T/one\nnonsense\nNAME=/T/two\n",
    "[directories]\nNAME => /T/one\n[broken\nNAME=/T/two\n",
    "\u{feff}[directories]\r\nNAME => /T/one\r\n",
    "[directories]\nNAME => /T/one\n;---- a\nNAME=/T/two\n",
    "NAME=/T/two\n[directories]\nNAME => /T/one\n",
    "[directories]\nNAME => /T/one\n#tryinclude \"nothere.conf\"\n",
    "[directories] ; x\n\tNAME\t=>\t/T/one\t\n",
    "[ directories ]\nNAME => /T/one\n",
    "[directories](base)\nNAME => /T/one\n",
    "[directories]\nNAME => /T/one\n= /three\n#nonsense x\n",
    "[directories]\nNAME => /T/one\n;-- a\n ;-- b\nNAME=/T/two\n--;\nNAME=/T/three\n--;NAME=/T/four\n",
    "[directories]\nNAME => /T/one\n[options]\nx=y\n[directories](+)\nNAME => /T/two\n",
    "[a]\nNAME=/T/a\n[b](a)\nNAME=/T/b\n[directories](b,a)\nx=y\n",
    "[directories]\nNAME => /T/one=two>x\n",
    "[directories\nNAME => /T/one\n",
    "[directories]junk\nNAME => /T/one\n",
    "[directories](!\nNAME => /T/one\n",
    "[directories]\nNAME => /T/one\n[directories](+)(!)\nNAME => /T/two\n",
    "",
];

fn settings(lab: &Lab) -> String {
    let folder = format!("srv/lab/settings-{}", std::process::id());
    let inside = lab.root().join(&folder);
    fs::create_dir_all(&inside).expect("the lab takes a folder");
    let config = format!("/{folder}/a.conf");
    for file in FILES {
        let file = file.replace("/T/", &format!("/{folder}/"));
        let write = |name: &str| {
            fs::write(inside.join("a.conf"), file.replace("NAME", name)).expect("and a file");
        };
        write("astrundir");
        let mut asterisk = Command::new("chroot");
        asterisk.arg(lab.root()).args(["asterisk", "-C", &config, "-rx", "x"]);
        let Output { stdout, stderr, .. } = asterisk.output().expect("chroot runs");
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        let socket = said.split("(does ").nth(1).and_then(|it| it.split("/asterisk.ctl").next());
        let socket = socket.unwrap_or_else(|| panic!("{file:?}: {said}"));
        write("astagidir");
        let (_, list, error) = agikit(lab, &config, &["install", "--list", "--json"]);
        let ours = match socket {
            "/var/run/asterisk" => "/usr/share/asterisk/agi-bin",
            other => other,
        };
        let ours = lab.root().join(ours.trim_start_matches('/')).display().to_string();
        let found = list.contains(&format!("\"{ours}\""))
            || error.contains(&format!("{ours} is not there"));
        assert!(found, "{file:?}: Asterisk has {socket}, agikit {list}{error}");
    }
    fs::remove_dir_all(&inside).expect("it is there");
    format!("{} files: the same folder as Asterisk\n", FILES.len())
}
