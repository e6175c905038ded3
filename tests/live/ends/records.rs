//! `eagi-record`, up to the caller's hangup and up to SIGKILL.

use std::time::{Duration, Instant};

use agikit::audio::Sound;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{CALLER, LONG, caller_half, said_first};
use crate::Test;
use crate::lab::{Call, Lab, is_alive, wait};
use crate::manager::Manager;

const DIALPLAN: &str = "[record-scripts]
exten => _record-.,1,Set(ID=${EXTEN})
 same => n,ExecIf($[\"${EXTEN}\" =~ \"nosighup\"]?Set(AGISIGHUP=no))
 same => n,ExecIf($[\"${EXTEN}\" =~ \"exithup\"]?Set(AGIEXITONHANGUP=yes))
 same => n,EAGI(eagi-record,/srv/lab/report/${ID}.wav,60,,q)
 same => n,Hangup()
exten => h,1,Set(DB(live/${ID}-file)=<${RECORDED_FILE}>)
 same => n,Set(DB(live/${ID}-recorded)=<${RECORDED_SECONDS} ${RECORD_END}>)
";

pub fn tests() -> Vec<Test> {
    let mut tests: Vec<Test> = vec![("ends: eagi-record, killed".into(), Box::new(killed))];
    for how in ["", ".nosighup", ".exithup"] {
        let name = format!("ends: eagi-record and the caller's hangup{how}");
        tests.push((name, Box::new(move |lab| hung_up(lab, how))));
    }
    tests
}

pub fn install(lab: &Lab) {
    lab.install(&["eagi-record"]);
    lab.plan("records", DIALPLAN.as_bytes());
}

/// A call that is being recorded for two seconds, and the number of the process.
fn recording<'l>(lab: &'l Lab, manager: &mut Manager, how: &str) -> (Call<'l>, String) {
    let script = format!("record-{how}@record-scripts");
    let call = lab.place(manager, (CALLER, &script), &["Codecs: slin"]);
    let pid = wait("eagi-record", || process(&format!("{}.wav", call.id)));
    std::thread::sleep(Duration::from_millis(3500));
    assert!(is_alive(&pid), "it records");
    (call, pid)
}

/// The process of which an argument ends so.
fn process(argument: &str) -> Option<String> {
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let mut found = processes.filter(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let program = line.split(|&byte| byte == 0).next().unwrap_or_default();
        program.ends_with(b"eagi-record")
            && line.split(|&byte| byte == 0).any(|it| it.ends_with(argument.as_bytes()))
    });
    found.next().map(|process| process.file_name().to_string_lossy().into_owned())
}

fn hung_up(lab: &Lab, how: &str) -> String {
    let manager = &mut Manager::connect(&lab.version);
    let (call, pid) = recording(lab, manager, how);
    let channel = caller_half(lab, &call);
    let at = Instant::now();
    let said = manager.act("Hangup", &[&format!("Channel: {channel}")]);
    assert!(said.contains("Success"), "{said}");
    while is_alive(&pid) {
        assert!(at.elapsed() < LONG * 10, "{} goes on", call.id);
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = at.elapsed();
    let path = lab.report_file(&format!("{}.wav", call.id));
    let sound = Sound::read(&path).expect("the recording has its name, and is whole");
    assert!(sound.samples.len() > 8000, "more than a second was recorded");
    said_first(&sound.samples, &call.id);
    std::fs::remove_file(path).expect("it goes");
    let (recorded, file) = (call.left("recorded"), call.left("file"));
    // Where Asterisk closes the session at the hangup, nothing more can be set.
    if how != ".exithup" {
        assert_eq!(file, format!("</srv/lab/report/{}.wav>", call.id));
        assert!(recorded.ends_with(" hangup>"), "{recorded}");
    }
    assert!(took < LONG, "{took:?}");
    format!(
        "ended {took:.0?} after the hangup, {} samples, each as it was said; the dialplan has {recorded}\n",
        sound.samples.len()
    )
}

fn killed(lab: &Lab) -> String {
    let manager = &mut Manager::connect(&lab.version);
    let (call, pid) = recording(lab, manager, "");
    kill(Pid::from_raw(pid.parse().expect("a number")), Signal::SIGKILL).expect("it is there");
    wait("its end", || (!is_alive(&pid)).then_some(()));
    let path = lab.report_file(&format!(".{}.wav.{pid}.part", call.id));
    let sound = Sound::read(&path).expect("it opens");
    assert!(sound.samples.len() > 8000, "more than a second was recorded");
    said_first(&sound.samples, &call.id);
    std::fs::remove_file(path).expect("it goes");
    assert!(call.left("recorded").ends_with(" >"), "nothing could be set");
    format!("{} samples in the hidden file, each as it was said\n", sound.samples.len())
}
