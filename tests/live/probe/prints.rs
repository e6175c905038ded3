//! Stray prints: ours and a child's.

#![allow(clippy::print_stdout, reason = "that is what is tried")]

use std::process::Command;

use agikit::{ScriptResult, Session};

use crate::report::Report;

/// 10,000 lines, with commands between them.
pub fn own(agi: &mut Session, report: &mut Report) -> ScriptResult {
    for number in 0..10_000_u32 {
        println!("HANGUP {number} is no command, and GET DATA x neither");
        if number % 100 == 0 {
            aligned(agi, number)?;
        }
    }
    report.check("10,000 printed lines", true, "aligned")?;
    Ok(())
}

/// A child that prints as much, and one that reads its standard input.
pub fn of_a_child(agi: &mut Session, report: &mut Report) -> ScriptResult {
    // The program itself, when it is started without a call: it says so on its standard output, too.
    let shell = "i=0; while [ $i -lt 10000 ]; do echo NOOP $i; i=$((i+1)); done";
    let status = Command::new("/bin/sh").args(["-c", shell]).status()?;
    report.check("the child ended well", status.success(), status)?;
    aligned(agi, 1)?;
    let mut reader = Command::new("/bin/cat").spawn()?;
    for number in 0..100 {
        aligned(agi, number)?;
    }
    report.check("the reader found nothing", reader.wait()?.success(), "aligned")?;
    Ok(())
}

/// A child that outlives the script: it holds nothing that keeps the session open.
pub fn leave_a_child(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let child = Command::new("/bin/sleep").arg("15").spawn()?;
    report.line("child", child.id())?;
    aligned(agi, 1)?;
    report.check("started", true, "a child")?;
    Ok(())
}

fn aligned(agi: &mut Session, number: u32) -> ScriptResult {
    let sent = number.to_string();
    agi.set_variable("NUMBER", &sent)?;
    match agi.get_variable("NUMBER")? {
        Some(seen) if seen == *sent => Ok(()),
        seen => Err(format!("{seen:?} instead of {sent}").into()),
    }
}
