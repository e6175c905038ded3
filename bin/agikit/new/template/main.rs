//! What Asterisk starts for each call: `AGI(hotline)`.

fn main() -> std::process::ExitCode {
    agikit::ivr::run(hotline::script, hotline::sounds)
}
