//! What Asterisk starts for each call: `AGI(hotline)`.

fn main() -> std::process::ExitCode {
    agikit::run(hotline::script)
}
