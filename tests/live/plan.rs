//! The dialplan of the scenarios: an extension for each one's caller, and one for its script.

use std::fmt::Write;
use std::time::Duration;

use crate::support_scenarios::{Act, Mode, Scenario};

/// From the start of SendDTMF to the end of the key, which is when the other half gets it.
const KEY: Duration = Duration::from_millis(200);
/// SendDTMF is silent for so long before and after.
const AROUND: Duration = Duration::from_millis(100);
/// Answer waits so long for the other half's first sound; the script must not begin before.
pub const ANSWER: &str = "n,Wait(0.5)";

/// What the scripts of the scenarios call.
const ROUTINES: &str = "[globals]
SC_GLOBAL = everywhere
SC_RAW = live-raw

[sc-routines]
exten => returns,1(start),Set(GOT=${ARG1}|${ARG2}|${ARG3}|${ARGC})
 same => n,Return(back)
exten => empty,1,Return()
exten => ends,1,NoOp()
exten => waits,1,Wait(2)
 same => n,Return()
exten => waits-long,1,Wait(60)
 same => n,Return()
exten => plays,1,Playback(activated)
 same => n,Return(played)
exten => hangs-up,1,Hangup()
exten => nested,1,Gosub(returns,1(x))
 same => n,Return(${GOSUB_RETVAL}-and-more)
exten => sets,1,Set(ROUTINE=${ARG1})
 same => n,Set(LOCAL(LOCAL)=here)
 same => n,Return()
";

/// Both contexts, as a file that the lab's dialplan includes.
pub fn dialplan(scenarios: &[Scenario]) -> String {
    let mut callers = "[sc-caller]\n".to_owned();
    let mut scripts = "[sc-script]\n".to_owned();
    for scenario in scenarios {
        caller(&mut callers, scenario);
        script(&mut scripts, scenario);
    }
    // A dead script runs when its channel is gone.
    let tell = tell("h");
    scripts += &format!(
        "exten => landed,1,{}\n same => n,Hangup()\n\
         exten => h,1,ExecIf($[\"${{DEAD}}\" = \"1\"]?AGI(${{SC_RAW}},/srv/lab/report/${{ID}}))\n \
         same => n,{tell}\n",
        self::tell("landed"),
    );
    callers + &scripts + ROUTINES
}

/// Writes what became of the script where the test reads it.
fn tell(what: &str) -> String {
    format!("Set(FILE(/srv/lab/report/${{ID}}.end,,,al)={what} ${{AGISTATUS}})")
}

/// The extension of a scenario's caller, by its name.
pub fn caller(plan: &mut String, scenario: &Scenario) {
    let mut line = |application: String| {
        let _ = writeln!(plan, " same => n,{}", application.replace(';', "\\;"));
    };
    line(String::new());
    let mut acts = scenario.caller.clone();
    acts.sort_by_key(|(time, _)| *time);
    let mut now = Duration::ZERO;
    for (time, act) in acts {
        let starts = if matches!(act, Act::Key(_)) { time.saturating_sub(KEY) } else { time };
        let wait = starts.saturating_sub(now);
        if !wait.is_zero() {
            line(format!("Wait({:.3})", wait.as_secs_f64()));
            now = starts;
        }
        match act {
            Act::Key(key) => {
                line(format!("SendDTMF({key},100,100)"));
                now += KEY + AROUND;
            }
            Act::Text(text) => line(format!("SendText({text})")),
            Act::Voice(time) => {
                line(format!("Playtones(!440/{},!0/600000)", time.as_millis()));
            }
            Act::Hangup => line("Hangup()".into()),
            Act::Cancel => {}
        }
    }
    line("Wait(120)".into());
    let first = format!("exten => {},1,Answer()", scenario.name);
    *plan = plan.replacen(" same => n,\n", &format!("{first}\n"), 1);
}

fn script(plan: &mut String, scenario: &Scenario) {
    let _ = writeln!(plan, "exten => {},1,NoOp()", scenario.name);
    let mut line = |application: String| {
        let _ = writeln!(plan, " same => {}", application.replace(';', "\\;"));
    };
    if matches!(scenario.mode, Mode::Live | Mode::Eagi) {
        line(ANSWER.into());
    }
    for set in &scenario.set {
        line(format!("n,Set({set})"));
    }
    let (application, program) = match scenario.mode {
        Mode::Eagi => ("EAGI", "live-raw"),
        Mode::Missing => ("AGI", "no-such-program"),
        // A call over TCP has an address in this variable.
        _ => ("AGI", "${SC_RAW}"),
    };
    if scenario.mode == Mode::Dead {
        line("n,Set(DEAD=1)".into());
    } else {
        let arguments = &scenario.arguments;
        line(format!("n(agi),{application}({program},/srv/lab/report/${{ID}}{arguments})"));
        line(format!("n(after),{}", tell("on")));
    }
    line("n,Hangup()".into());
    line(format!("n(label),{}", tell("label")));
    line("n,Hangup()".into());
}
