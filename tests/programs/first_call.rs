//! The program that `agikit new hotline` makes, for the tests of the book that begins with it.

#[allow(unreachable_pub, reason = "of a library there, of a module here")]
#[path = "../../bin/agikit/new/template/lib.rs"]
mod hotline;

fn main() -> std::process::ExitCode {
    agikit::ivr::run(hotline::script, hotline::sounds)
}
