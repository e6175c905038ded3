//! How far it is, on standard error while it goes on; nothing where that is no terminal.

use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::{Width, terminal_size_of};

use super::crew::Books;
use crate::telephone;

/// The bar is drawn anew so often.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// Where there are fewer columns the bar is short, so that all stands in a line.
const WIDE: u16 = 72;

pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(calls: usize) -> Self {
        let calls = u64::try_from(calls).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(calls), ProgressDrawTarget::stderr());
        let width = terminal_size_of(io::stderr()).map_or(WIDE, |(Width(width), _)| width);
        let columns = if width < WIDE { 8 } else { 24 };
        let template = format!("{{bar:{columns}.cyan}} {{pos}} of {{len}} calls  {{wide_msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            let characters =
                if telephone::is_ascii() { "=>-" } else { "█▉▊▋▌▍▎▏ " };
            bar.set_style(style.progress_chars(characters));
        }
        Progress { bar }
    }

    pub(super) fn show(&self, books: Books, failed: usize, took: Duration) {
        let rate = books.ended as f64 / took.as_secs_f64().max(1e-3);
        let mut message = format!("{} in progress, {rate:.0}/s", books.in_progress());
        if failed > 0 {
            message += &format!(", {failed} failed");
        }
        self.bar.set_message(message);
        self.bar.set_position(u64::try_from(books.ended).unwrap_or(u64::MAX));
    }

    /// Gives the line back.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
