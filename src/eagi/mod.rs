//! The caller's voice in a session: audio beside a command, and prompts that yield to it.

mod listen;
mod open;
