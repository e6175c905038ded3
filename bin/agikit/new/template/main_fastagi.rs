//! The server that Asterisk calls: `AGI(agi://127.0.0.1/hotline)`.

fn main() -> std::process::ExitCode {
    agikit::fastagi::serve(hotline::script)
}
