//! `cargo bench --bench calls` by the crate asterisk-agi.

use asterisk_agi::*;

fn main() -> std::io::Result<()> {
    read_variables()?;
    // It gives the value with its parentheses.
    let balance = get_variable("ACCOUNT")?.unwrap_or_default();
    set_variable("BALANCE", balance.trim_matches(['(', ')']))?;
    stream_file("welcome", "")?;
    let key = wait_for_digit(5000)?;
    say_number(1204, "")?;
    exec("NoOp", "done")?;
    set_variable("CHOICE", &key.map(String::from).unwrap_or_default())
}
