//! Leaving the script for another place of the dialplan.

use crate::command::Priority;
use crate::error::Result;
use crate::session::Session;
use crate::text::Text;

/// Lets the call go on at a place of the dialplan when the script has ended, in place of behind `AGI()`. The script
/// itself goes on: return from it.
///
/// `SET CONTEXT context`, `SET EXTENSION extension`, `SET PRIORITY priority`. A priority is a number, or a label of that
/// extension.
///
/// ```
/// use agikit::emulator::Asterisk;
/// use agikit::ivr::continue_at;
///
/// let call = Asterisk::new().run(|agi| continue_at(agi, "support", "100", 1));
/// assert_eq!(call.commands(), ["SET CONTEXT \"support\"", "SET EXTENSION \"100\"", "SET PRIORITY 1"]);
/// ```
///
/// Asterisk does not look whether there is such a place: without one the call ends. A script that takes it from
/// elsewhere asks `DIALPLAN_EXISTS(context,extension,priority)` before.
///
/// # Errors
/// [`Error::Refused`](crate::Error::Refused) with 520 for a label that does not exist; context and extension are set
/// then. [`Error::Argument`](crate::Error::Argument) for a priority of 0. [`Error::Hangup`](crate::Error::Hangup).
pub fn continue_at<'a>(
    agi: &mut Session,
    context: impl Into<Text<'a>>,
    extension: impl Into<Text<'a>>,
    priority: impl Into<Priority<'a>>,
) -> Result {
    agi.set_context(context)?;
    agi.set_extension(extension)?;
    agi.set_priority(priority)
}
