//! The usage that follows wrong arguments.

use crate::command::{ANY, Spec};
use crate::emulator::call::Call;

/// Sends a `520`. Asterisk's texts are its own; what stands between the first and the last line here is the
/// emulator's, unless [`Asterisk::usage`](crate::emulator::Asterisk::usage) gave another.
pub(super) fn send(call: &mut Call, spec: &Spec) {
    let text = match call.doors.usages.get(spec.words) {
        Some(text) if text.is_empty() => {
            call.reply("520 Invalid command syntax.  Proper usage not available.");
            return;
        }
        Some(text) => text.clone(),
        None => ours(spec).into_bytes(),
    };
    let mut reply = b"520-Invalid command syntax.  Proper usage follows:\n".to_vec();
    reply.extend(text);
    if call.version.ends_usage_on_its_own_line() {
        reply.push(b'\n');
    }
    reply.extend_from_slice(b"520 End of proper usage.");
    call.reply(reply);
}

fn ours(spec: &Spec) -> String {
    let (least, most) = (spec.least, spec.most);
    let count = match (least, most) {
        (least, ANY) => format!("at least {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    format!(
        "<literal>{}</literal> takes {count} arguments, and numbers where it says so.",
        spec.words
    )
}
