//! The lines of extensions.conf that start a program.

use std::fmt::Write as _;

/// A context for each program: as AGI, as EAGI, and after the hangup. They go into extensions.conf as they are.
pub(super) fn lines(names: &[String]) -> String {
    let mut text = String::new();
    for (number, name) in names.iter().enumerate() {
        let extension = 100 + 10 * number;
        let eagi = extension + 1;
        let _ = write!(
            text,
            "{gap}\
; {name}: what your telephones may dial belongs into their context, or includes this one there.
; `dialplan reload` on Asterisk's console reads it. Arguments follow a comma: AGI({name},one,two).
[agi-{name}]
exten => {extension},1,AGI({name})
 same => n,Verbose(1,{name}: ${{AGISTATUS}})
 same => n,Hangup()
; the same, and the program hears the caller
exten => {eagi},1,Answer()
 same => n,EAGI({name})
 same => n,Verbose(1,{name}: ${{AGISTATUS}})
 same => n,Hangup()
; once more when the caller has hung up, to clean up: what still runs is in `agikit commands`
;exten => h,1,AGI({name},hangup)
",
            gap = if number > 0 { "\n" } else { "" },
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_has_its_extensions() {
        let text = lines(&["hello".into(), "menu.py".into()]);
        for line in [
            "[agi-hello]",
            "exten => 100,1,AGI(hello)",
            " same => n,EAGI(hello)",
            ";exten => h,1,AGI(hello,hangup)",
            "[agi-menu.py]",
            "exten => 110,1,AGI(menu.py)",
            "exten => 111,1,Answer()",
            " same => n,Verbose(1,menu.py: ${AGISTATUS})",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}: {text}");
        }
    }
}
