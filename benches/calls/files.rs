//! What other programs may want, every call as CSV and the tables as JSON, and the tables in a README.

use std::fmt::Write;

use crate::rounds::Seen;
use crate::table::{Row, micros};

/// A line a call that counted.
pub(crate) fn csv(all: &[&[Seen]]) -> String {
    let mut text = String::from("program,round,call_us,first_us,further_us,page_faults\n");
    for seen in all.iter().copied().flatten() {
        for (round, calls) in (1..).zip(&seen.rounds) {
            for times in calls {
                let _ = writeln!(
                    text,
                    "\"{}\",{round},{:.2},{:.2},{:.3},{}",
                    seen.name.replace('"', "\"\""),
                    micros(times.whole),
                    micros(times.first),
                    micros(times.further),
                    times.faults,
                );
            }
        }
    }
    text
}

/// An object with a list for each table.
pub(crate) fn json(tables: &[(&str, &[Row])]) -> String {
    let table = |(name, rows): &(&str, &[Row])| {
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!("  {}: [\n{}\n  ]", quoted(name), rows.join(",\n"))
    };
    let tables: Vec<String> = tables.iter().map(table).collect();
    format!("{{\n{}\n}}\n", tables.join(",\n"))
}

/// What stands before the tables in a README, and behind them.
const BEGIN: &str = "<!-- by cargo bench --bench calls -->\n";
const END: &str = "<!-- end -->\n";

/// A text with other tables between its marks. `None` where it has no marks.
pub(crate) fn with_tables(text: &str, tables: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, behind) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{tables}{END}{behind}"))
}

fn row(row: &Row) -> String {
    format!(
        "    {{\"program\": {}, \"calls\": {}, \"call_us\": {:.2}, \"lower_quartile_us\": {:.2}, \
         \"upper_quartile_us\": {:.2}, \"ratio\": {:.4}, \"first_us\": {:.2}, \"further_us\": {:.3}, \
         \"further_ratio\": {:.4}, \"private_kib\": {:.0}, \"page_faults\": {:.0}, \"size_kib\": {}}}",
        quoted(&row.name),
        row.calls,
        row.call.median,
        row.call.lower,
        row.call.upper,
        row.ratio,
        row.first,
        row.further,
        row.further_ratio,
        row.private,
        row.faults,
        row.size.map_or("null".into(), |size| format!("{size:.1}")),
    )
}

/// A name as JSON has it; names hold no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
