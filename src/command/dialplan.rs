//! The dialplan: applications, routines, and where the call goes on after the script.

use super::{ANY, Arguments, Priority, Spec, command};
use crate::reply::Subroutine;
use crate::reply::plain::{application, done, subroutine};
use crate::text::Text;

command! {
    /// Runs a dialplan application.
    ///
    /// `EXEC application [arguments]` → `200 result=N`: what the application returned.
    ///
    /// N is no success flag: Playback of a missing file returns 0, Background returns the key's code, a
    /// hangup gives -1 or 0 by application and version. Most applications set a variable of their own
    /// (`DIALSTATUS`, `PLAYBACKSTATUS`): ask that. Without the application it is
    /// [`NoSuchApplication`](crate::Error::NoSuchApplication).
    ///
    /// `${…}` in the arguments stays as it is unless the channel variable `AGIEXECFULL` is true (since
    /// 16.27, 18.13, 19.5 and 20).
    ///
    /// After hangup: runs. Asterisk: `handle_exec`, which passes on one word behind the application;
    /// [`Arguments`] makes it from a text or a list.
    Exec<'a> = Spec::new("EXEC", 1, ANY).dead(), application => i32,
    (application: Text<'a>, arguments: Arguments<'a>) {}
    |this, line| this.arguments.write_to(line.text("application", this.application))
}

command! {
    /// Runs a routine of the dialplan until its Return, and comes back here.
    ///
    /// `GOSUB context extension priority [arguments]` → `100 result=0 Trying...`, and when the routine has
    /// ended `200 result=0 Gosub complete`.
    ///
    /// [`Failed`](crate::Error::Failed) when there is no such place (`-1 Gosub label not found`),
    /// [`Refused`](crate::Error::Refused) with 510 when `app_stack` is not loaded. What the routine
    /// returns is in the variable `GOSUB_RETVAL`.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::Gosub;
    ///
    /// agi.run(Gosub::new("rates", "find", 1).arguments("44,night"))?;   // ARG1, ARG2
    /// # Ok(()) }
    /// ```
    ///
    /// After hangup: refused; a hangup meanwhile gives [`Hangup`](crate::Error::Hangup). Asterisk:
    /// `handle_gosub` in `app_stack`.
    Gosub<'a> = Spec::new("GOSUB", 3, 4), subroutine => Subroutine,
    (context: Text<'a>, extension: Text<'a>, priority: Priority<'a>) {
        /// What the routine finds in `ARG1`, `ARG2`, … GOSUB splits raw: a list whose element holds a
        /// comma, quote, backslash or bracket is refused.
        arguments: Arguments<'a>,
    }
    |this, line| {
        line.text("context", this.context).text("extension", this.extension);
        this.priority.write_to(line);
        if let Some(arguments) = this.arguments {
            arguments.write_raw_to(line);
        }
    }
}

command! {
    /// Sets the context in which the call goes on when the script has ended.
    ///
    /// `SET CONTEXT context` → `200 result=0`. Asterisk does not check that it exists.
    ///
    /// After hangup: refused. Asterisk: `handle_setcontext`.
    SetContext<'a> = Spec::new("SET CONTEXT", 1, 1), done => (),
    (context: Text<'a>) {}
    |this, line| line.text("context", this.context)
}

command! {
    /// Sets the extension at which the call goes on when the script has ended.
    ///
    /// `SET EXTENSION extension` → `200 result=0`. Asterisk does not check that it exists.
    ///
    /// After hangup: refused. Asterisk: `handle_setextension`.
    SetExtension<'a> = Spec::new("SET EXTENSION", 1, 1), done => (),
    (extension: Text<'a>) {}
    |this, line| line.text("extension", this.extension)
}

command! {
    /// Sets the priority at which the call goes on when the script has ended: a number, or a label of the
    /// context and extension that are set by then.
    ///
    /// `SET PRIORITY priority` → `200 result=0`; a label that does not exist is
    /// [`Refused`](crate::Error::Refused) with 520.
    ///
    /// After hangup: refused. Asterisk: `handle_setpriority`.
    SetPriority<'a> = Spec::new("SET PRIORITY", 1, 1), done => (),
    (priority: Priority<'a>) {}
    |this, line| this.priority.write_to(line)
}

command! {
    /// Ends AsyncAGI and lets the dialplan go on. Elsewhere it does nothing.
    ///
    /// `ASYNCAGI BREAK` → `200 result=0`.
    ///
    /// After hangup: runs. Asterisk: `handle_asyncagi_break`.
    AsyncagiBreak = Spec::new("ASYNCAGI BREAK", 0, ANY).dead(), done => (),
    () {}
    |_, line| line
}
