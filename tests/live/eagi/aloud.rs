//! A question that a caller answers by keys or by voice.

use crate::Test;
use crate::lab::Lab;
use crate::manager::Manager;

pub fn tests() -> Vec<Test> {
    [
        ("keys", "keys-12#@caller", "keyed 12"),
        // The first key in the prompt's first sound, the last one long behind it.
        ("four keys", "keys-4711@caller", "keyed 4711"),
        ("voice", "plays-six8@eagi-caller", "said for "),
        ("neither", "waits@caller", "GaveUp(Silence)"),
    ]
    .map(|(name, caller, answer)| -> Test {
        let name = format!("EAGI: a question answered by {name}");
        (name, Box::new(move |lab| answered(lab, caller, answer)))
    })
    .into()
}

fn answered(lab: &Lab, caller: &str, answer: &str) -> String {
    let manager = &mut Manager::connect(&lab.version);
    let call = lab.place(manager, (caller, "audio-aloud@eagi-script"), &["Codecs: slin"]);
    assert_eq!(call.wait_for("end "), "ok", "{}", call.report());
    let said = call.wait_for("answered ");
    assert!(said.starts_with(answer), "{said}");
    assert!(!call.report().contains("FAIL"), "{}", call.report());
    format!("{said}\n")
}
