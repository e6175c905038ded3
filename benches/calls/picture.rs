//! The plot: a bar a program, as long as a call takes, on a logarithmic axis. SVG alone, light or dark as its reader.

use std::fmt::Write;

use crate::table::{Row, factor, number};

const WIDTH: f64 = 760.0;
/// Where bars begin, and how far they may go: the figures stand behind them.
const LEFT: f64 = 200.0;
const RIGHT: f64 = 600.0;
const TOP: f64 = 52.0;
const LINE: f64 = 26.0;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1f2328}\
.title{font-size:15px;font-weight:600}\
.small{font-size:11px;fill:#59636e}\
.grid{stroke:#d1d9e0}\
.bar{fill:#8c959f}\
.ours{fill:#0969da}\
text.own{font-weight:600}\
.middle{stroke:#1f2328;stroke-width:2}\
@media(prefers-color-scheme:dark){\
text{fill:#e6edf3}\
.small{fill:#9198a1}\
.grid{stroke:#3d444d}\
.bar{fill:#6e7681}\
.ours{fill:#4493f8}\
.middle{stroke:#e6edf3}}";

/// The picture of a table, in its order.
pub(crate) fn picture(title: &str, rows: &[Row]) -> String {
    let axis = Axis::of(rows);
    let bottom = TOP + LINE * rows.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"12\" y=\"22\">{title}</text>\n\
         <text class=\"small\" x=\"12\" y=\"40\">µs, logarithmic; the middle half of all calls is marked; × static C</text>\n",
        height = bottom + 34.0,
        title = escaped(title),
    );
    for tick in axis.ticks() {
        let x = axis.place(tick);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\n\
             <text class=\"small\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            bottom + 18.0,
            number(tick).trim_end_matches(".0"),
        );
    }
    for (at, row) in rows.iter().enumerate() {
        bar(&mut svg, &axis, row, TOP + LINE * at as f64);
    }
    svg.push_str("</svg>\n");
    svg
}

fn bar(svg: &mut String, axis: &Axis, row: &Row, top: f64) {
    let (class, own) = if row.is_ours() { ("ours", " class=\"own\"") } else { ("bar", "") };
    let (end, middle) = (axis.place(row.call.median), top + LINE / 2.0);
    let (lower, upper) = (axis.place(row.call.lower), axis.place(row.call.upper));
    let text = middle + 4.5;
    let _ = writeln!(
        svg,
        "<text{own} x=\"{}\" y=\"{text}\" text-anchor=\"end\">{}</text>\n\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{}\" width=\"{:.1}\" height=\"{}\" rx=\"2\"/>\n\
         <line class=\"middle\" x1=\"{lower:.1}\" y1=\"{middle}\" x2=\"{upper:.1}\" y2=\"{middle}\"/>\n\
         <text{own} x=\"{:.1}\" y=\"{text}\">{}</text>",
        LEFT - 8.0,
        escaped(&row.name),
        top + 5.0,
        (end - LEFT).max(1.0),
        LINE - 10.0,
        end.max(upper) + 8.0,
        escaped(&format!("{} µs, × {}", number(row.call.median), factor(row.ratio))),
    );
}

/// From a power of ten, or half of one, to the longest.
struct Axis {
    least: f64,
    most: f64,
}

impl Axis {
    fn of(rows: &[Row]) -> Axis {
        let each = || rows.iter().flat_map(|row| [row.call.lower, row.call.upper]);
        let (least, most) = (each().fold(f64::MAX, f64::min), each().fold(1.0, f64::max));
        // The shortest bar has a length, too.
        let decade = 10f64.powf((least / 2.0).clamp(0.1, 1e9).log10().floor());
        let least = if least / 2.0 > 5.0 * decade { 5.0 * decade } else { decade };
        Axis { least, most: most.max(least * 10.0) }
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value / self.least).max(1.0).ln() / (self.most / self.least).ln();
        LEFT + part * (RIGHT - LEFT)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (least, most) = (self.least, self.most);
        let decades = (0..9).map(|at| 10f64.powi(at));
        decades.filter(move |&tick| least <= tick && tick <= most)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
