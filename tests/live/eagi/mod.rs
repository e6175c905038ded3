//! EAGI: what the caller says, as it arrives. A caller is half a Local channel that plays a file; no frame stands
//! before the file's first or behind its last, so that both ends of a recording are aligned by themselves.

mod aloud;
mod exact;
mod examples;
mod keys;
mod many;
mod names;
mod sound;
mod unread;

use std::path::Path;
use std::sync::OnceLock;

use agikit::audio::Format;

use crate::Test;
use crate::lab::{Call, Lab};
use sound::{bytes, recorded, voice};

/// A minute and more, so that a prompt of a minute ends before it.
const LONG: u32 = 70;
/// What a recording of a whole sound has.
const MINUTE: u32 = 60;

pub fn tests() -> Vec<Test> {
    let rooms = [
        aloud::tests(),
        exact::tests(),
        unread::tests(),
        names::tests(),
        keys::tests(),
        examples::tests(),
    ];
    rooms.into_iter().flatten().collect()
}

/// What takes the whole machine.
pub fn many() -> Vec<Test> {
    many::tests()
}

/// The voice at 8 kHz, which most of these calls hear.
pub fn voice_8000() -> &'static [i16] {
    static VOICE: OnceLock<Vec<i16>> = OnceLock::new();
    VOICE.get_or_init(|| voice(8000, LONG))
}

/// Puts the sounds where the lab's Asterisk finds them, and the dialplan.
pub fn install(lab: &Lab) {
    let folder = lab.inside("srv/lab/sounds");
    std::fs::create_dir_all(&folder).expect("the lab takes a folder");
    exact::sounds(&folder);
    examples::sounds(&folder);
    put(&folder, "six8.sln", &bytes(&voice_8000()[..6 * 8000]));
    names::sounds(&folder);
    unread::sounds(&folder);
    lab.plan("eagi", include_bytes!("dialplan.conf"));
}

/// Renamed into place: a call may be playing the file of a run before.
fn put(folder: &Path, name: &str, sound: &[u8]) {
    let new = folder.join(format!("{name}.new"));
    std::fs::write(&new, sound).expect("the lab takes a sound");
    std::fs::rename(&new, folder.join(name)).expect("under its name");
}

/// How often callers speak again where a frame was missing.
const AGAIN: usize = 2;

/// What a test of whole sounds saw, and why it ran again: only for frames that are missing ([`sound::missing`]); any other
/// difference fails at once. On a machine with far too much to do a call now and then lacks one (seen on 22.10: frame
/// 19, before the script had read any), most probably Asterisk's own loss, which is not there the next time.
fn whole(test: impl Fn() -> Result<String, String>) -> String {
    let mut gaps = Vec::new();
    while gaps.len() <= AGAIN {
        match test() {
            Ok(saw) => {
                let again = gaps.iter().map(|it| format!("run again: {it}\n"));
                return saw + &again.collect::<String>();
            }
            Err(gap) => gaps.push(gap),
        }
    }
    panic!("{gaps:#?}");
}

/// Waits for the script's end, which must be a good one, and gives what it has recorded, as received. The file goes.
fn heard(lab: &Lab, call: &Call<'_>, format: Format) -> Vec<u8> {
    let end = call.wait_for("end ");
    assert_eq!(end, "ok", "{}: {}", call.id, call.report());
    let path = lab.report_file(&format!("{}.wav", call.id));
    let wav = std::fs::read(&path).expect("the probe has recorded what it heard");
    std::fs::remove_file(&path).expect("it goes");
    recorded(&wav, format)
}
