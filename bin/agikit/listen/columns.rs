//! A part of a sound as so many columns: what the terminal and the SVG both draw.

use std::ops::Range;

use super::heard::{Block, Heard};

/// What is told of a column's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Nothing,
    /// A capture keeps it with the speech.
    Kept,
    Speech,
}

/// A column, levels in dBFS.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    /// Of its loudest 20 ms.
    pub(super) level: f32,
    /// The means of the lines; none behind the sound's end, or where the judge has none.
    pub(super) floor: Option<f32>,
    pub(super) threshold: Option<f32>,
    pub(super) mark: Mark,
}

/// The most lines that a picture is broken into.
const MOST: u64 = 500;

/// The parts of the sound that become a line each; the last may reach behind its end.
pub(super) fn lines(part: Range<u64>, line: Option<u64>) -> Result<Vec<Range<u64>>, String> {
    let Some(line) = line.map(|line| line.max(1)) else { return Ok(vec![part]) };
    let count = (part.end - part.start).div_ceil(line);
    if count > MOST {
        return Err(format!(
            "the picture would have {count} lines, and {MOST} are the most; give --line more time, or show \
             a part with --from and --to"
        ));
    }
    let begin = |number: u64| part.start + number * line;
    Ok((0..count).map(|number| begin(number)..begin(number + 1)).collect())
}

/// So many columns of this part.
pub(super) fn columns(heard: &Heard, part: &Range<u64>, count: usize) -> Vec<Column> {
    let count = count as u64;
    let edge = |number: u64| part.start + scaled(part.end - part.start, number, count);
    (0..count).map(|number| column(heard, edge(number)..edge(number + 1))).collect()
}

/// `length * number / count`, without overflow.
fn scaled(length: u64, number: u64, count: u64) -> u64 {
    let place = u128::from(length) * u128::from(number) / u128::from(count.max(1));
    u64::try_from(place).unwrap_or(u64::MAX)
}

fn column(heard: &Heard, place: Range<u64>) -> Column {
    let place = place.start..place.end.max(place.start + 1);
    // The blocks that begin here; in a column shorter than a block, the one that lasts.
    let first = place.start.div_ceil(heard.block).min((place.end - 1) / heard.block);
    let last = place.end.div_ceil(heard.block).max(first + 1);
    let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(heard.blocks.len());
    let blocks = heard.blocks.get(at(first)..at(last)).unwrap_or_default();
    Column {
        level: blocks.iter().map(|block| block.level).fold(f32::NEG_INFINITY, f32::max),
        floor: mean(blocks, |block| block.lines.floor),
        threshold: mean(blocks, |block| block.lines.threshold),
        mark: mark(heard, &place),
    }
}

fn mean(blocks: &[Block], line: impl Fn(&Block) -> Option<f32>) -> Option<f32> {
    let (sum, count) = blocks
        .iter()
        .filter_map(line)
        .fold((0.0_f64, 0_u32), |(sum, count), value| (sum + f64::from(value), count + 1));
    #[expect(clippy::cast_possible_truncation, reason = "a level needs no more than an f32 holds")]
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

fn mark(heard: &Heard, place: &Range<u64>) -> Mark {
    let all = &heard.utterances;
    let first = all.partition_point(|said| said.kept.end.max(said.speech.end) <= place.start);
    // Of two, the later one may be speech where of the first the end is kept.
    let near = all.iter().skip(first).take_while(|said| said.kept.start < place.end);
    let is_in = |range: &Range<u64>| range.start < place.end && place.start < range.end;
    near.map(|said| match () {
        () if is_in(&said.speech) => Mark::Speech,
        () if is_in(&said.kept) => Mark::Kept,
        () => Mark::Nothing,
    })
    .max()
    .unwrap_or(Mark::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::heard::{hear, tests::two_bursts};
    use crate::listen::options::Values;

    fn marks(columns: &[Column]) -> String {
        let sign = |column: &Column| match column.mark {
            Mark::Nothing => '.',
            Mark::Kept => '-',
            Mark::Speech => '#',
        };
        columns.iter().map(sign).collect()
    }

    #[test]
    fn marks_speech_and_what_is_kept() {
        let heard = hear(&two_bursts(), &Values::default());
        // 100 ms each.
        let marked = marks(&columns(&heard, &(0..40_000), 50));
        assert_eq!(marked.len(), 50);
        for (at, wanted) in
            [(4, "."), (8, "-"), (11, "#"), (14, "#"), (16, "-"), (20, "."), (32, "#")]
        {
            assert_eq!(&marked[at..=at], wanted, "{at} of {marked}");
        }
        assert_eq!(marks(&columns(&heard, &(0..40_000), 2)), "##");
    }

    #[test]
    fn no_burst_is_lost_however_few_columns() {
        let heard = hear(&two_bursts(), &Values::default());
        let loudest = heard.blocks.iter().map(|block| block.level).fold(-100.0, f32::max);
        for count in [1, 2, 7, 50, 250, 333, 3000] {
            let columns = columns(&heard, &(0..40_000), count);
            assert_eq!(columns.len(), count);
            let highest = columns.iter().map(|column| column.level).fold(-100.0, f32::max);
            assert_eq!(highest.to_bits(), loudest.to_bits(), "{count}");
            assert!(columns.iter().all(|column| column.level.is_finite()), "{count}");
        }
    }

    #[test]
    fn a_block_stands_in_one_column() {
        let mut heard = hear(&two_bursts(), &Values::default());
        heard.utterances.clear();
        for (at, block) in heard.blocks.iter_mut().enumerate() {
            block.level = if at == 10 { -10.0 } else { -60.0 };
        }
        let loud = |count| {
            let columns = columns(&heard, &(0..40_000), count);
            columns.iter().filter(|column| column.level > -60.0).count()
        };
        assert_eq!([10, 77, 125, 250, 1000].map(loud), [1, 1, 1, 1, 4]);
    }

    #[test]
    fn behind_the_end_is_nothing() {
        let heard = hear(&two_bursts(), &Values::default());
        let lines = lines(0..40_000, Some(16_000)).unwrap();
        assert_eq!(lines, [0..16_000, 16_000..32_000, 32_000..48_000]);
        let last = columns(&heard, &lines[2], 20);
        assert!(last[..10].iter().all(|column| column.floor.is_some()));
        let nothing =
            Column { level: f32::NEG_INFINITY, floor: None, threshold: None, mark: Mark::Nothing };
        assert!(last[10..].iter().all(|column| *column == nothing), "{last:?}");
    }

    #[test]
    fn too_many_lines_are_refused() {
        assert_eq!(lines(0..500, Some(1)).unwrap().len(), 500);
        assert!(lines(0..501, Some(1)).unwrap_err().contains("501 lines"));
        assert_eq!(lines(7..9, None).unwrap(), std::slice::from_ref(&(7..9)));
    }
}
