//! What the benches have in common: their settings, where they run, and who takes part.

mod cores;
mod peers;

pub(crate) use cores::Cores;
pub(crate) use peers::{Contestant, build};

/// A setting from the environment.
pub(crate) fn setting<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}
