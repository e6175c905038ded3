//! A caller who keys in a PIN and a card's number: nothing that we write has them. Asterisk's own log has.

use std::fs;
use std::io::{BufReader, Read, Seek, SeekFrom};

use agikit::transcript::import;

use crate::Test;
use crate::lab::{Lab, wait};
use crate::support_secrets::{found, keys};

/// How the caller's keys are taken.
const SCENES: [&str; 8] = ["data", "early", "option", "keys", "cancel", "wrong", "fails", "panics"];

pub fn tests() -> Vec<Test> {
    let one = |scene: &'static str, mode: &'static str| -> Test {
        (format!("secrets: {scene}, {mode}"), Box::new(move |lab: &Lab| call(lab, scene, mode)))
    };
    // The search is seen to find where there are no marks.
    let open = ["data", "keys"].map(|scene| one(scene, "open"));
    SCENES.map(|scene| one(scene, "marked")).into_iter().chain(open).collect()
}

/// The recorder around the program, which itself records, too; and callers whose channels' names do not tell their keys.
pub fn install(lab: &Lab) {
    let folder = "/srv/lab/report/$1.d";
    lab.write_script(
        "rec-secrets",
        &format!(
            "mkdir -p {folder}\nexport AGIKIT_TRANSCRIPT={folder}\n\
             exec /srv/lab/agi-bin/agikit record -o {folder}/taped.agi -- \
             /srv/lab/agi-bin/secrets \"$2\" \"$3\" 2> {folder}/errors"
        ),
    );
    let mut plan = "[globals]\n".to_owned();
    for scene in SCENES {
        plan += &format!("SECRET_{scene} = {}\n", keys(scene));
    }
    plan += "[caller]
exten => _secret-.,1,Answer()
 same => n,Wait(1)
 same => n,SendDTMF(${SECRET_${EXTEN:7}},200,100)
 same => n,Wait(60)
 same => n,Hangup()
[scripts]
";
    for (number, scene) in SCENES.into_iter().enumerate() {
        for mode in ["marked", "open"] {
            let m = &mode[..1];
            // (An `n` in a pattern would stand for 2 to 9.)
            plan += &format!(
                "exten => _secret{number}{m}-.,1,Set(ID=${{EXTEN}})
 same => n,AGI(rec-secrets,${{ID}},{scene},{mode})
 same => n,Set(DB(live/${{ID}}-after)=${{AGISTATUS}})
 same => n,Hangup()
"
            );
        }
    }
    lab.plan("secrets", plan.as_bytes());
}

fn call(lab: &Lab, scene: &str, mode: &str) -> String {
    lab.cli("agi set debug on");
    let before = lab.log_length();
    let number = SCENES.iter().position(|it| *it == scene).unwrap();
    let call = lab.call(&format!("secret-{scene}"), &format!("secret{number}{}", &mode[..1]));
    let channel = call.channel();
    let status = call.left("after");
    let should = if matches!(scene, "fails" | "panics") { "FAILURE" } else { "SUCCESS" };
    assert_eq!(status, should);
    wait("the session's end", || call.logged_result(&channel));
    let mut log = fs::File::open(lab.log_path()).unwrap();
    log.seek(SeekFrom::Start(before)).unwrap();
    let mut raw = Vec::new();
    log.read_to_end(&mut raw).unwrap();
    let ours = raw.split(|&byte| byte == b'\n');
    let ours = ours.filter(|line| line.windows(channel.len()).any(|it| it == channel.as_bytes()));
    let ours: Vec<u8> = ours.collect::<Vec<_>>().join(&b'\n');
    assert!(
        found(&ours).is_some(),
        "asterisk's own log has it: {}",
        String::from_utf8_lossy(&ours)
    );

    let folder = lab.report_file(&format!("{}.d", call.id));
    let mut outputs: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect();
    assert_eq!(outputs.len(), 3, "{folder:?}");
    let sessions = import::read(BufReader::new(raw.as_slice())).map(Result::unwrap);
    let session = sessions.into_iter().find(|it| it.channel == channel.as_bytes()).unwrap();
    outputs.push(("imported".to_owned(), session.transcript.to_string().into_bytes()));
    let mut size = 0;
    for (name, bytes) in &outputs {
        let is_found = found(bytes).is_some();
        let should = mode == "open" && !name.ends_with("errors");
        assert_eq!(is_found, should, "{name}:\n{}", String::from_utf8_lossy(bytes));
        size += bytes.len();
    }
    let _ = fs::remove_dir_all(&folder);
    let told = if mode == "open" { "found" } else { "none of it" };
    format!("{} outputs, {size} bytes: {told}; in asterisk's log: found\n", outputs.len())
}
