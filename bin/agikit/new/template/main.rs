//! What Asterisk starts for each call: `AGI(hotline)`.

/// Memory for one call, without a question to the system. (The system is asked when 64 KiB are used.)
#[global_allocator]
static MEMORY: agikit::Arena = agikit::Arena::new();

fn main() -> std::process::ExitCode {
    agikit::ivr::run(hotline::script, hotline::sounds)
}
