//! A call without a telephone and without an Asterisk: the emulator answers as Asterisk 22 does, and the caller
//! presses the keys of the first argument.

use agikit::emulator::Asterisk;

fn main() {
    let keys = std::env::args().nth(1).unwrap_or_default();
    let call = Asterisk::new().caller("0123456789").keys(&keys).run(hotline::script);
    let whole = format!("{call:?}");
    // Behind the lines that tell the script who calls.
    println!("{}", whole.split_once("\n<\n").map_or(whole.as_str(), |(_, call)| call));
}
