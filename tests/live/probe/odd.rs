//! What is odd about Asterisk's lines and replies, each followed by a command whose reply is its own.

use std::time::Duration;

use agikit::command::ANY;
use agikit::{
    CATALOGUE, Directories, Error, Fault, GetFullVariable, Gosub, Raw, Result, ScriptResult,
    Session, Surprise, Text, Value,
};

use crate::By;
use crate::report::Report;

/// The next command's reply is its own.
fn aligned(agi: &mut Session, name: &str, report: &mut Report) -> ScriptResult {
    agi.set_variable("ALIGNED", name)?;
    let seen = agi.get_variable("ALIGNED")?;
    if seen.as_ref().is_none_or(|seen| *seen != name) {
        report.check(&format!("aligned after {name}"), false, seen)?;
    }
    Ok(())
}

pub fn environment(agi: &mut Session, by: By, report: &mut Report) -> ScriptResult {
    let env = agi.environment();
    let args: Vec<Text<'_>> = env.args().skip(1).collect();
    report.equal(
        "args",
        args,
        vec![" two words ".into(), "quo,ted".into(), "a: b".into(), "".into()],
    )?;
    report.equal("callerid", env.callerid(), Some("0123456789".into()))?;
    report.equal("calleridname", env.calleridname(), Some(b"J\xf6rg \"x\" (y): z".into()))?;
    report.check("callingpres", env.callingpres().is_some(), env.callingpres())?;
    report.equal("dnid, rdnis", (env.dnid(), env.rdnis()), (None, None))?;
    report.equal("context", env.context(), "scripts".into())?;
    report.check("extension", Some(env.extension()) == env.arg(1), env.extension())?;
    report.equal("priority", env.priority(), Some(6))?;
    report.equal("language", env.language(), "en".into())?;
    report.equal("type", env.channel_type(), "Local".into())?;
    report.equal("plain", env.enhanced(), false)?;
    report.equal("accountcode", env.accountcode(), "".into())?;
    report.check("threadid", env.threadid().is_some(), env.threadid())?;
    report.check(
        "uniqueid",
        agi.get_variable("UNIQUEID")? == Some(env.uniqueid().to_value()),
        env.uniqueid(),
    )?;
    report.equal(
        "ani2, ton, tns",
        (env.callingani2(), env.callington(), env.callingtns()),
        (Some(0), Some(0), Some(0)),
    )?;
    report.line("version", env.version())?;
    let folders = Directories::from_env();
    let request = env.request().to_string();
    match by {
        By::Process => {
            report.equal("request", &*request, "live-probe")?;
            report.equal("local", (env.network(), env.network_path()), (false, "".into()))?;
            report.equal("agi-bin", folders.agi, Some("/srv/lab/agi-bin".into()))?;
            report.check(
                "folders",
                folders.data.is_some() && folders.run.is_some(),
                folders.data,
            )?;
        }
        By::Server => {
            let right = request.starts_with("agi://127.0.0.1:")
                && request.ends_with("/live-probe?say=a%20b+c");
            report.check("request", right, request)?;
            report.equal("network", env.network(), true)?;
            report.equal("path", env.network_path(), "live-probe".into())?;
            report.equal("query", env.parameter("say"), Some("a b+c".into()))?;
            // Asterisk tells its folders to the programs that it starts.
            report.equal("folders", folders, Directories::default())?;
        }
    }
    Ok(())
}

/// Under EAGI descriptor 3 stays what it is: a pipe with the caller's audio.
pub fn eagi(agi: &mut Session, report: &mut Report) -> ScriptResult {
    use std::io::Read;
    report.equal("enhanced", agi.environment().enhanced(), true)?;
    let three = std::fs::read_link("/proc/self/fd/3")?;
    report.check("a pipe", three.to_string_lossy().starts_with("pipe:"), three)?;
    agi.wait_for_digit(Duration::from_millis(500))?;
    let mut audio = [0; 1600];
    std::fs::File::open("/proc/self/fd/3")?.read_exact(&mut audio)?;
    report.check("it is heard", audio.iter().any(|&byte| byte != 0), audio.len())?;
    aligned(agi, "EAGI", report)
}

/// One argument too few and one too many: Asterisk's limits are the catalogue's.
pub fn arity(agi: &mut Session, report: &mut Report) -> ScriptResult {
    for spec in &CATALOGUE {
        let mut wrong = Vec::new();
        if spec.least > 0 {
            wrong.push(spec.least - 1);
        }
        if spec.most < ANY {
            wrong.push(spec.most + 1);
        }
        for count in wrong {
            let raw = (0..count).fold(Raw::new(spec.words), |raw, _| raw.arg("0"));
            let seen = agi.run(raw);
            let refused = matches!(seen, Err(Error::Refused { code: 520, .. }));
            report.check(&format!("{} with {count}", spec.words), refused, seen.map(drop))?;
            aligned(agi, spec.words, report)?;
        }
    }
    for words in ["ANSWER", "NOOP", "ASYNCAGI BREAK", "SPEECH DESTROY"] {
        let seen = agi.run(Raw::new(words).arg("x").arg("y").arg("z"));
        report.check(&format!("{words} with 3"), seen.is_ok(), seen.map(drop))?;
    }
    for words in ["BOGUS", "GET", "SPEECH", "WAIT FOR"] {
        let seen = agi.run(Raw::new(words));
        let refused = matches!(seen, Err(Error::Refused { code: 510, .. }));
        report.check(&format!("{words} is unknown"), refused, seen.map(drop))?;
        aligned(agi, words, report)?;
    }
    Ok(())
}

/// Lines, words and values at their limits.
pub fn limits(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let limit = agi.line_limit();
    let new = agi.environment().version().as_bytes().starts_with(b"22.");
    report.equal("line limit", limit, if new { 8190 } else { 2046 })?;
    // SET VARIABLE "L" "…": 19 bytes besides the value.
    let longest: String =
        (0..usize::from(limit) - 19).map(|n| ['a', 'b', 'c', 'd', 'e'][n % 5]).collect();
    agi.set_variable("L", &longest)?;
    let back = agi.get_full_variable("${L}")?;
    report.check(
        "the longest line",
        back.as_ref().is_some_and(|it| *it == *longest),
        longest.len(),
    )?;
    aligned(agi, "the longest line", report)?;
    let refused = agi.set_variable("L", &(longest.clone() + "x"));
    let too_long = matches!(refused, Err(Error::Argument { fault: Fault::LineTooLong(_), .. }));
    report.check("one byte more", too_long, refused)?;
    aligned(agi, "one byte more", report)?;

    let cut = agi.get_variable("L")?.map(|value| value.len());
    report.equal("GET VARIABLE cuts", cut, Some(1023))?;
    let many = agi.get_full_variable("${L}${L}${L}${L}")?.unwrap_or_default();
    report.check("four times the longest", many == *longest.repeat(4), many.len())?;
    aligned(agi, "a long value", report)?;

    agi.set_reply_bound(1000);
    let bounded = agi.get_full_variable("${L}");
    let refused = matches!(bounded, Err(Error::Protocol { fault: Surprise::TooLong, .. }));
    report.check("past the bound", refused, bounded)?;
    aligned(agi, "past the bound", report)?;
    agi.set_reply_bound(1 << 20);

    let words = |count| (0..count).fold(Raw::new("NOOP"), |raw, _| raw.arg("w"));
    let seen = agi.run(words(125));
    report.check("126 words", seen.is_ok(), seen.map(drop))?;
    let seen = agi.run(words(126));
    report.check("127 words", matches!(seen, Err(Error::Argument { .. })), seen.map(drop))?;
    aligned(agi, "words", report)?;
    Ok(())
}

/// Values of several lines, values that imitate a reply.
pub fn values(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let shown = [
        r"two\nlines",
        r"a line feed at the end\n",
        r"\n",
        r")\n",
        r"a)\nb",
        r"a)\n200 result=0\nb",
        r"a)\n200 result=1 (b)\n200 result=1 (c)",
        r"x)\nHANGUP\n",
        r"HANGUP\n",
        r"520-Invalid\n520 End of proper usage.\n",
        r"510 no\n511 no\n",
        r"100 result=0 Trying...\n",
        r"caf\351 \377)\n(\200",
    ];
    for text in shown {
        // The shell's printf makes the bytes; its octal escapes are ours.
        let expected = unescape(text);
        let name = format!("SHELL(printf '{text}')");
        let seen = agi.get_variable(&name)?;
        report.equal(text, seen, Some(Value::from(expected.as_slice())))?;
        aligned(agi, text, report)?;
        let seen = agi.get_full_variable(&format!("${{{name}}}"))?;
        report.equal(text, seen, Some(Value::from(expected.as_slice())))?;
        aligned(agi, text, report)?;
    }
    // SHELL gives 4,095 bytes at most; an expression may hold several.
    let numbers: String = (1..=500).map(|number| format!("{number})\n")).collect();
    let ten = "${SHELL(seq -f '%g)' 1 500)}".repeat(10);
    let seen = agi.get_full_variable(&ten)?.unwrap_or_default();
    report.check("5000 lines", seen == *numbers.repeat(10), seen.len())?;
    aligned(agi, "5000 lines", report)?;
    agi.set_reply_bound(5000);
    let seen = agi.run(GetFullVariable::new(&ten));
    let refused = matches!(seen, Err(Error::Protocol { fault: Surprise::TooLong, .. }));
    report.check("5000 lines past the bound", refused, seen.map(drop))?;
    aligned(agi, "5000 lines past the bound", report)?;
    agi.resync()?;
    aligned(agi, "resync", report)?;
    report.check("still there", !agi.is_hung_up(), agi.is_hung_up())?;
    Ok(())
}

/// `\n` and octal escapes, as the shell's printf reads them.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = match (first, behind) {
            (b'\\', [b'n', behind @ ..]) => {
                bytes.push(b'\n');
                behind
            }
            (b'\\', [a, b, c, behind @ ..]) => {
                bytes.push(
                    [a, b, c].iter().fold(0_u8, |sum, digit| sum.wrapping_mul(8) + (*digit - b'0')),
                );
                behind
            }
            _ => {
                bytes.push(*first);
                behind
            }
        };
    }
    bytes
}

/// EXEC's and GOSUB's arguments, and what they answer.
pub fn applications(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let seen = agi.exec("NoSuchApplication", "");
    report.check("no application", matches!(seen, Err(Error::NoSuchApplication { .. })), seen)?;
    aligned(agi, "no application", report)?;

    // AGI() takes its arguments apart by the standard rules: a script of its own tells what came.
    let id =
        agi.environment().arg(1).unwrap_or_default().to_string().replace("applications", "nested");
    let hostile = ["a,b", "c \"q\" \\d", "(open", "[", "", " end ", "x)y]", "&^|${EXTEN}"];
    let itself = agi.environment().request().to_string();
    let list: Vec<&str> = [&*itself, &id].into_iter().chain(hostile).collect();
    let code = agi.exec("AGI", list.as_slice())?;
    report.equal("EXEC AGI", code, 0)?;
    let nested = std::fs::read_to_string(format!("/srv/lab/report/{id}"))?;
    let got: Vec<&str> = nested.lines().filter_map(|line| line.strip_prefix("arg ")).collect();
    let sent: Vec<String> = hostile.iter().map(|it| format!("{it:?}")).collect();
    report.check("arguments of a list", got == sent, got)?;
    aligned(agi, "EXEC AGI", report)?;

    let code = agi.exec("Set", "VERBATIM=1,2")?;
    let seen = agi.get_variable("VERBATIM")?;
    report.check(
        "a text stays as it is",
        seen.as_ref().is_some_and(|it| *it == "1,2"),
        (code, seen),
    )?;

    let refused = agi.set_priority("nosuchlabel");
    report.check("no label", matches!(refused, Err(Error::Refused { code: 520, .. })), refused)?;
    aligned(agi, "no label", report)?;

    let routine =
        agi.run(Gosub::new("routines", "returns", 1).arguments(&["one", "two words", "3"]))?;
    let got = agi.get_variable("GOT")?;
    report.check(
        "GOSUB with a list",
        routine.complete && got.as_ref().is_some_and(|it| *it == "one|two words|3"),
        got,
    )?;
    let value = agi.get_variable("GOSUB_RETVAL")?;
    report.check("GOSUB_RETVAL", value.as_ref().is_some_and(|it| *it == "back"), value)?;
    let hostile = agi.run(Gosub::new("routines", "returns", 1).arguments(&["a,b"]));
    report.check(
        "GOSUB refuses a comma",
        matches!(hostile, Err(Error::Argument { fault: Fault::Separator, .. })),
        hostile,
    )?;
    let missing = agi.gosub("routines", "none", 1);
    report.check("GOSUB to nowhere", matches!(missing, Err(Error::Failed { .. })), missing)?;
    aligned(agi, "GOSUB to nowhere", report)?;
    let open = agi.gosub("routines", "ends", 1);
    report.check("GOSUB without Return", matches!(&open, Ok(it) if !it.complete), open)?;
    aligned(agi, "GOSUB", report)?;
    missing_files(agi, report)?;
    Ok(())
}

/// `-1` on a live channel is a failure and no hangup.
fn missing_files(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let failed = |seen: Result<()>| (matches!(seen, Err(Error::Failed { .. })), seen);
    let all = [
        ("STREAM FILE", failed(agi.stream_file("no/such").map(drop))),
        ("CONTROL STREAM FILE", failed(agi.control_stream_file("no/such").map(drop))),
        ("GET DATA", failed(agi.get_data("no/such").map(drop))),
        ("GET OPTION", failed(agi.get_option("no/such", "1").map(drop))),
        (
            "RECORD FILE",
            failed(agi.record_file("/no/such", "wav", "", Duration::from_millis(1)).map(drop)),
        ),
        (
            "RECORD FILE's format",
            failed(agi.record_file("/tmp/x", "none", "", Duration::from_millis(1)).map(drop)),
        ),
        ("CHANNEL STATUS", failed(agi.run(agikit::ChannelStatus::new().channel("No/1")).map(drop))),
        ("HANGUP", failed(agi.run(agikit::command::Hangup::new().channel("No/1")))),
    ];
    for (name, (right, seen)) in all {
        report.check(&format!("{name} of what is not there"), right, seen)?;
    }
    report.check("nobody hung up", !agi.is_hung_up(), agi.is_hung_up())?;
    aligned(agi, "missing files", report)
}

/// Run by EXEC AGI: tells its arguments.
pub fn nested(agi: &mut Session, report: &mut Report) -> ScriptResult {
    for argument in agi.environment().args().skip(1) {
        report.line("arg", format!("{:?}", argument.to_string_lossy()))?;
    }
    Ok(())
}
